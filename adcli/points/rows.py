"""Rows of a table as the engines and the writers need them, and what is wrong with a row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adcli.errors import Problem, ProblemError, did_you_mean
from adcli.numbers.text import holds, read

Array = NDArray[np.float64]


class Trouble(NamedTuple):
    """What is wrong with one row.

    row       the line it begins on, as an editor counts; of a table that is no text, its place from 1 on
    column    the name of the column, or empty
    text      what stands there
    reason    one line
    node, span   where the program has no answer at these numbers (with --strict)
    """

    file: str
    row: int
    column: str
    text: str
    reason: str
    node: str = ""
    span: tuple[int, int] | None = None

    def problem(self) -> Problem:
        column = f", column {self.column}" if self.column else ""
        hint = "--on-error null or skip goes on without such rows"
        return Problem("row", f"{self.file}, row {self.row}{column}: {self.reason}", hint=hint)

    def record(self) -> str:
        """One line of JSON."""
        return json.dumps({**self._asdict(), "span": list(self.span) if self.span else None}, ensure_ascii=False)


class Rows(NamedTuple):
    """Some rows of a table.

    numbers   an array for each variable asked for, of the good rows only
    lines     the line of each row, good or not
    good      which rows are good; None for all
    troubles  what is wrong with the others
    kept      for each row the cells that pass through, as text or as what JSON has
    prefix    the same as lines ready to be written, without their ends; None where they must be made
    frame     the same as a table of Polars, of all rows; None where it is text
    """

    numbers: list[Array]
    lines: Sequence[int]
    good: NDArray[np.bool_] | None
    troubles: list[Trouble]
    kept: Callable[[], list[list[Any]]]
    prefix: Callable[[bytes], list[bytes] | None]
    frame: Any = None
    typed: bool = False


class Columns(NamedTuple):
    """Where the variables stand in a table, and what passes through.

    names      the header
    places     the column of each variable asked for
    kept       the columns that pass through, in the order of the table
    """

    names: list[str]
    places: list[int]
    kept: list[int]

    @property
    def kept_names(self) -> list[str]:
        return [self.names[i] for i in self.kept]


def match(
    file: str, names: list[str], wanted: Sequence[str], renamed: dict[str, str], fixed: Sequence[str], keep: bool
) -> Columns:
    """The columns of the variables by name. Raises ProblemError for one that is missing, and for a name met twice."""
    repeated = {name for name, times in Counter(names).items() if times > 1}
    places = []
    for variable in wanted:
        column = renamed.get(variable, variable)
        if column not in names:
            hint = did_you_mean(column, names) or f"its columns are {', '.join(names[:8])}"
            other = next((c for c in "\t;|" if len(names) == 1 and c in names[0]), "")
            if other:
                hint = "write --input-format tsv" if other == "\t" else f"cells are separated by commas, not by {other}"
            elif variable not in renamed:
                hint += f"; write --map {variable}=COLUMN or --at {variable}=1"
            raise ProblemError(Problem("file", f"{file} has no column {column}", hint=hint))
        if column in repeated:
            raise ProblemError(Problem("file", f"{file} has several columns {column}", hint="rename one"))
        places.append(names.index(column))
    both = [name for name in fixed if renamed.get(name, name) in names]
    if both:
        headline = f"{both[0]} is a column of {file} and in --at"
        raise ProblemError(
            Problem("point", headline, hint=f"leave it out of --at, or take another column: --map {both[0]}=COLUMN")
        )
    return Columns(names, places, list(range(len(names))) if keep else sorted(set(places)))


def printable(text: str) -> str:
    """A text in which the bytes that are not UTF-8 are written out."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def number(text: str) -> float:
    """The number in a cell. Raises ValueError with the reason where there is none."""
    stripped = text.strip()
    if not stripped:
        raise ValueError("the cell is empty")
    try:
        value = read(stripped)
    except ValueError:
        raise ValueError("this is not a number") from None
    if stripped.lower().lstrip("+-") not in ("inf", "nan") and not holds(stripped, value):
        raise ValueError("binary64 cannot hold this number")
    return value
