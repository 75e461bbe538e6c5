"""Problems: what is wrong with an input, where, and what to do about it. No colour here."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

# Exit codes of the command line, by kind of problem.
OK, FAILED, USAGE, WRONG, ROWS, BUG, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 4, 70, 130, 141
EXIT = {"domain": FAILED, "usage": USAGE, "file": USAGE, "point": USAGE, "limit": USAGE, "row": ROWS}


class Span(NamedTuple):
    """Half-open range of characters of a source text."""

    start: int
    end: int


class Problem(NamedTuple):
    """One thing that is wrong.

    kind      syntax, name, arity, condition, index, literal, size: the program is wrong;
              point, usage, file: what surrounds it is; limit: what was asked for would take too much;
              domain: it has no finite answer here; row: a row of a table has none
    headline  names the problem in one line, not the stage that found it
    span      the place in `source`, or None
    note      the node where it happened, with numbers
    hint      one concrete fix
    source    the text that `span` refers to
    """

    kind: str
    headline: str
    span: Span | None = None
    note: str = ""
    hint: str = ""
    source: str = ""

    @property
    def exit_code(self) -> int:
        """The exit code of the command line for this kind."""
        return EXIT.get(self.kind, WRONG)

    def __str__(self) -> str:
        return layout(self)


class ProblemError(Exception):
    """Raised for every problem of an input. `problem` is the first of `problems`."""

    def __init__(self, *problems: Problem):
        super().__init__("\n".join(p.headline for p in problems))
        self.problems = problems

    @property
    def problem(self) -> Problem:
        return self.problems[0]


def did_you_mean(word: str, known: list[str]) -> str:
    """'did you mean sin?', or nothing when no known word is near."""
    from difflib import get_close_matches

    if len(word) < 2:
        return ""
    near = get_close_matches(word, known, n=1, cutoff=0.6) or [k for k in known if k.lower() == word.lower()][:1]
    return f"did you mean {near[0]}?" if near else ""


def brief(text: str, longest: int = 200) -> str:
    """A message without the middle of what is too long for one."""
    return text if len(text) <= longest else f"{text[: longest // 2]}...{text[-longest // 4 :]}"


def printable(text: str) -> str:
    """Text that any terminal can show in one line: control characters and lone surrogates escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c in "\t\r\n" else f"\\u{ord(c):04x}" for c in text)


def width(text: str) -> int:
    """Columns that printable text takes in a terminal."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)


WINDOW = 60  # characters of a long source line shown around the span


def excerpt(source: str, span: Span) -> tuple[int, str, str]:
    """(line number, the line, carets under the span); long lines are cut around the span."""
    start = min(max(span.start, 0), len(source))
    head = source.rfind("\n", 0, start) + 1
    tail = source.find("\n", start)
    tail = len(source) if tail < 0 else tail
    end = min(max(span.end, start + 1), max(tail, start + 1))
    cut_head, cut_tail = head, tail
    if tail - head > WINDOW + 20:
        cut_head = max(head, start - WINDOW // 2)
        cut_tail = min(tail, cut_head + WINDOW + 10)
    before = ("..." if cut_head > head else "") + printable(source[cut_head:start])
    middle = printable(source[start : min(end, cut_tail)])
    after = printable(source[min(end, cut_tail) : cut_tail]) + ("..." if cut_tail < tail else "")
    carets = " " * width(before) + "^" * max(1, width(middle))
    return source.count("\n", 0, head) + 1, before + middle + after, carets


def layout(problem: Problem, label: str = "error") -> str:
    """The one layout of every problem: headline, source line, carets, note, fix."""
    lines = [f"{label}: {printable(problem.headline)}"]
    if problem.span is not None and problem.source:
        number, line, carets = excerpt(problem.source, problem.span)
        gutter = f"  {number} | "
        lines += [gutter + line, " " * (len(gutter) - 2) + "| " + carets]
    if problem.note:
        lines.append(f"  {printable(problem.note)}")
    if problem.hint:
        lines.append(f"  {printable(problem.hint)}")
    return "\n".join(lines)
