"""A smaller input with the same failure: texts lose tokens as long as the same thing goes wrong at the same place."""

from __future__ import annotations

import time
from collections.abc import Callable

from .mutations import TOKENS
from .oracle import Case, Failure, tried


def same(one: Failure, other: Failure | None) -> bool:
    """Whether two failures are one: the same place, and the same first word."""
    return other is not None and one.where == other.where and one.wrong.split()[:1] == other.wrong.split()[:1]


def smaller(case: Case, failure: Failure, seconds: float = 6.0) -> Case:
    """The case with fewer tokens, within a time."""
    if "not [" in failure.wrong:  # the right code is that of the whole line
        return case
    end = time.monotonic() + (seconds * 3 if failure.wrong.startswith("more") else seconds)

    def fails(one: Case) -> bool:
        return time.monotonic() < end and same(failure, tried(one))

    if case.texts:
        texts = list(case.texts)
        for i, text in enumerate(texts):
            rest = texts[i + 1 :]
            texts[i] = shorter(text, lambda t, i=i, rest=rest: fails(case._replace(texts=[*texts[:i], t, *rest])))  # type: ignore[misc]
        case = case._replace(texts=texts)
        for number in (1.0, 2.0, 0.0):
            simple = case._replace(numbers=[number])
            if fails(simple):
                return simple
        return case
    argv = list(case.argv)
    k = len(argv) - 1
    while k > 0:
        fewer = [*argv[:k], *argv[k + 1 :]]
        if fails(case._replace(argv=fewer)):
            argv = fewer
        k -= 1
    for i in range(1, len(argv)):
        rest = argv[i + 1 :]
        argv[i] = shorter(argv[i], lambda t, i=i, rest=rest: fails(case._replace(argv=[*argv[:i], t, *rest])))  # type: ignore[misc]
    return case._replace(argv=argv)


def shorter(text: str, fails: Callable[[str], bool]) -> str:
    """The text without what it can do without: halves of its tokens first, then quarters, and so on to single ones."""
    tokens = TOKENS.findall(text)
    size = max(1, len(tokens) // 2)
    while tokens:
        k = 0
        while k < len(tokens):
            fewer = tokens[:k] + tokens[k + size :]
            if fails("".join(fewer)):
                tokens = fewer
            else:
                k += size
        if size == 1:
            break
        size //= 2
    return "".join(tokens)
