"""JSON lines: an object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from adcli.errors import Problem, ProblemError
from adcli.numbers.text import NUMBER, read, write
from adcli.points.lines import Lines, Piece
from adcli.points.rows import Array, Columns, Rows, Trouble, number


def strict(text: str) -> Any:
    """Refuse what Python adds to JSON: NaN and Infinity."""
    raise ValueError(f"{text} is not JSON")


class Literal(str):
    """A number as it is written."""


class Reader:
    """Rows of a file with an object in every line."""

    separator = b""  # of cells that may be quoted

    def header(self, lines: Lines, names: list[str] | None) -> list[str]:
        """The keys of the first object. Raises ProblemError where there is none."""
        if names is not None:
            raise ProblemError(Problem("usage", "--columns is for CSV and TSV", hint="JSON lines have their own names"))
        while b"\n" not in lines.rest.lstrip() and lines.more():
            lines.check()
        lines.skip_mark()
        start = lines.rest.lstrip()
        why = ""
        try:
            first = json.loads(start.partition(b"\n")[0], parse_constant=strict)
        except (ValueError, RecursionError) as wrong:
            first, why = None, f": {wrong}" if str(wrong).endswith("is not JSON") else ""
        if not isinstance(first, dict):
            headline = f"{lines.name} does not begin with a JSON object{why}" if start else f"{lines.name} is empty"
            raise ProblemError(Problem("file", headline, hint='a line is such as {"x1": 2, "x2": 5}'))
        return list(first)

    def rows(self, name: str, piece: Piece, columns: Columns) -> Rows:
        wanted = [columns.names[i] for i in columns.places]
        names = columns.kept_names
        lines, good, kept = [], [], []
        troubles: list[Trouble] = []
        numbers: list[list[float]] = []
        for at, line in enumerate(piece.data.split(b"\n"), piece.line):
            if not line.strip():
                continue
            found, values, wrong = parsed(name, at, line, wanted)
            lines.append(at)
            good.append(wrong is None)
            if wrong is None:
                numbers.append(values)
            else:
                troubles.append(wrong)
            kept.append([found.get(key) for key in names])
        mask = np.array(good, bool)
        return Rows(
            [np.array([row[i] for row in numbers], np.float64) for i in range(len(wanted))], lines,
            None if mask.all() else mask, troubles, lambda: kept, lambda separator: None, typed=True,
        )  # fmt: skip


def parsed(
    name: str, at: int, line: bytes, wanted: Sequence[str]
) -> tuple[dict[str, Any], list[float], Trouble | None]:
    """The object of a line, the numbers wanted of it, and what is wrong with it."""
    text = line.decode("utf-8", "replace").strip()
    try:
        found = json.loads(line, parse_constant=strict)
    except (ValueError, RecursionError):
        return {}, [], Trouble(name, at, "", text[:200], "the line is not JSON")
    if not isinstance(found, dict):
        return {}, [], Trouble(name, at, "", text[:200], "the line is not a JSON object")
    values = []
    for key in wanted:
        if key not in found:
            return found, [], Trouble(name, at, key, "", f"the object has no {key}")
        try:
            values.append(cell(found[key]))
        except ValueError as wrong:
            written = json.loads(line, parse_float=Literal, parse_int=Literal)[key]
            said = str(written) if isinstance(written, Literal) else json.dumps(found[key], ensure_ascii=False)
            return found, [], Trouble(name, at, key, said[:200], str(wrong))
    return found, values, None


def cell(x: Any) -> float:
    """A value as a number; text where it is one. Raises ValueError."""
    if isinstance(x, bool) or not isinstance(x, (int, float, str)):
        raise ValueError("this is not a number")
    try:
        value = number(x) if isinstance(x, str) else float(x)
    except OverflowError:
        value = float("inf")
    if not isinstance(x, str) and value - value != 0:
        raise ValueError("binary64 cannot hold this number")
    return value


class Writer:
    """Rows of JSON lines; numbers that are not finite are text."""

    def __init__(self) -> None:
        self.names: list[bytes] = []

    def head(self, names: Sequence[str]) -> bytes:
        self.names = [json.dumps(name, ensure_ascii=False).encode() for name in names]
        return b""

    def rows(self, rows: Rows, results: Sequence[Array]) -> bytes:
        found = iter(zip(*(map(json_number, column.tolist()) for column in results), strict=True))
        good = [True] * len(rows.lines) if rows.good is None else rows.good.tolist()
        empty = (b"null",) * len(results)
        lines = []
        for cells, fine in zip(rows.kept(), good, strict=True):
            values = [*map(json_cell, cells if rows.typed else map(typed, cells)), *(next(found) if fine else empty)]
            pairs = (b"%b: %b" % pair for pair in zip(self.names, values, strict=True))
            lines.append(b"{%b}\n" % b", ".join(pairs))
        return b"".join(lines)


def json_number(x: float) -> bytes:
    """A number in JSON; -0 with a point, for readers that would make it the integer 0."""
    text = write(x) if x or repr(x) != "-0.0" else "-0.0"
    return (text if x - x == 0 else f'"{text}"').encode()


def typed(text: Any) -> Any:
    """A cell of a text format: the number that it is, where nothing of it is lost by that."""
    if isinstance(text, str) and NUMBER.match(text) and write(read(text)) == text:
        return read(text)
    return text


def json_cell(x: Any) -> bytes:
    """A cell that passes through."""
    if isinstance(x, float):
        return json_number(x)
    return json.dumps(x, ensure_ascii=False).encode("utf-8", "backslashreplace")
