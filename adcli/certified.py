"""Proven digits: what a function is asked for on balls, with more bits until every digit that is shown is certain.

Decimals are taken as they are written, 0.1 as one tenth. python-flint is the extra `adcli[certified]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from adcli.engines.linearise import evaluate, linearise
from adcli.errors import Problem, ProblemError
from adcli.named import Asked
from adcli.numbers.proven import Imprecise
from adcli.numbers.text import Written
from adcli.parse.point import constant, parse_point
from adcli.trace import Trace

if TYPE_CHECKING:
    from adcli.numbers.ball import Ball, Balls

M = TypeVar("M")
MOST_DIGITS = 100_000
SPARE = 64  # bits beyond those of the digits, to begin with
MOST_BITS = 16_384  # or eight times as many as the digits have: then what is not proven stays open
KEPT = ("program", "variables", "outputs", "notes", "work", "asymmetry")  # of a result: no numbers


class Undecided(ProblemError):
    """Why digits cannot be proven. `found` is the result all the same, with None for each number that stays open; or
    None, where that is not known.
    """

    def __init__(self, problem: Problem, found: Any):
        super().__init__(problem)
        self.found = found


def prove(build: Callable[[Asked], M], asked: Asked, digits: int) -> M:
    """What `build` makes of the names, with so many digits of every number proven.

    Raises ProblemError without python-flint, for more digits than are possible, where something is undefined, and
    Undecided where digits cannot be proven.
    """
    if not 1 <= digits <= MOST_DIGITS:
        headline = f"the precision is from 1 to {MOST_DIGITS:,} digits, not {digits:,}"
        raise ProblemError(Problem("usage", headline, hint="write --precision 50"))
    try:
        from adcli.numbers.ball import Balls
    except ImportError:
        hint = 'pip install "adcli[certified]"'
        raise ProblemError(Problem("usage", "proven digits need python-flint", hint=hint)) from None
    needed = digits * 3322 // 1000 + SPARE
    finite = all(x - x == 0 for x in asked.at.values())
    most = max(MOST_BITS, 8 * needed) if finite else needed  # no bits decide what is not finite
    bits = needed
    while True:
        F = Balls(bits, digits, read)
        found: Any = None
        with F.quietly():
            try:
                found = build(asked._replace(F=F))
                if settled(found, F, bits >= most):
                    return found  # type: ignore[no-any-return]
            except Imprecise:
                found = None
            except ProblemError as wrong:
                if wrong.problem.kind != "domain":
                    raise
                raise Undecided(wrong.problem, around(build, asked, F)) from None
            if bits >= most:
                raise Undecided(open_question(asked._replace(F=F), F), found)
        bits = min(most, 2 * bits)


def around(build: Callable[[Asked], M], asked: Asked, F: Balls) -> M | None:
    """The result with None in the place of what is undefined."""
    from adcli.numbers.ball import Balls

    G = Balls(F.bits, F.digits, read, strict=False)
    try:
        found = build(asked._replace(F=G))
        settled(found, G, last=True)
    except Imprecise:
        return None
    return found


def open_question(asked: Asked, F: Balls) -> Problem:
    """Why the digits cannot be proven."""
    from adcli.engines.decided import digits, open_question

    found = open_question(F, asked.tape, linearise(F, asked.tape, asked.x), asked.nodes)
    if found is None:
        return Problem("domain", f"the digits cannot be proven: computed as far as {digits(F)}")
    return found.problem()._replace(hint="move the point, write what is exactly 0 as 0, or leave --precision out")


def read(F: Balls, text: str) -> Ball:
    """The value of a constant expression."""
    tape, node = constant(text)
    return evaluate(F, tape, [])[node]  # type: ignore[no-any-return]


def written(at: Mapping[str, Any]) -> dict[str, Any]:
    """A point of texts, decimals and fractions as one of numbers that remember how they are written."""
    return {name: written_value(x) for name, x in at.items()}


def written_value(x: Any) -> Any:
    """One value of such a point, or a list of them."""
    if isinstance(x, (list, tuple)):
        return [written_value(one) for one in x]
    if isinstance(x, (Decimal, Fraction)) or (isinstance(x, int) and not isinstance(x, bool)):
        return Written(float(x), f"({x})")
    if isinstance(x, str):
        return parse_point(f"x={x}")[0].value
    return x


def settled(found: Any, F: Balls, last: bool) -> bool:
    """Put proven numbers in the place of balls. With `last`, None for those that stay open: whether there is none.
    Raises Imprecise.
    """
    every = True

    def answer(x: Any) -> Any:
        nonlocal every
        if isinstance(x, (list, tuple)):
            return type(x)(map(answer, x))
        if isinstance(x, dict):
            return {key: answer(one) for key, one in x.items()}
        if not (hasattr(x, "space") or isinstance(x, float)):  # a float: 0, structurally
            return x
        try:
            return F.answer(x, wide=last)
        except Imprecise:
            if not last:
                raise
            every = False
            return None

    def at_node(k: int, x: Any) -> Any:
        """A number of a trace; in a branch that is not taken it may stay unknown."""
        if isinstance(x, bool) or (x is None and not trace.tape.rows[k].condition):
            return x
        try:
            if x is None:
                raise Imprecise
            return F.answer(x, wide=last)
        except Imprecise:
            if trace.used[k]:
                raise
            return math.nan

    result = found
    if isinstance(found, Trace):
        trace, result = found, found.result
        trace.replace(at_node)
    for one in fields(result):
        if one.name not in KEPT:
            setattr(result, one.name, answer(getattr(result, one.name)))
    result.precision = F.digits
    return every
