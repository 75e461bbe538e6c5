"""CSV and TSV (RFC 4180; cells may be quoted in both)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from adcli.errors import Problem, ProblemError
from adcli.numbers.decimals import read_fields
from adcli.numbers.text import write
from adcli.points import quick
from adcli.points.lines import Lines, Piece
from adcli.points.rows import Array, Columns, Rows, Trouble, number

NEWLINE = 10


class Reader:
    """Rows of a delimited file; `separator` is one byte."""

    quotes = True

    def __init__(self, separator: bytes):
        self.separator = separator

    def header(self, lines: Lines, names: list[str] | None) -> list[str]:
        """The names of the columns: of the first line, or those given for a file without. Raises ProblemError."""
        if names is not None:
            if not lines.rest:
                lines.more()
            lines.skip_mark()
            return names
        first = lines.first()
        while not first and (lines.rest or lines.more()):
            first = lines.first()
        try:
            text = first.decode()
        except UnicodeDecodeError:
            raise ProblemError(Problem("file", f"{lines.name} is not UTF-8 text", hint="save it as UTF-8")) from None
        if "\0" in text:
            raise ProblemError(Problem("file", f"{lines.name} is a binary file, not a table"))
        if not text:
            raise ProblemError(Problem("file", f"{lines.name} is empty", hint="its first line names the columns"))
        found = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.separator.decode()))
        return [name.strip() for name in found]

    def rows(self, name: str, piece: Piece, columns: Columns) -> Rows:
        """The rows of a piece: by arrays where all lines are alike, else line by line."""
        data = piece.data.replace(b"\r\n", b"\n") if b"\r" in piece.data else piece.data
        if not data.endswith(b"\n"):
            data += b"\n"
        if b'"' not in data:
            cells = np.frombuffer(data, np.uint8)
            separator, width = self.separator[0], len(columns.names)
            ends = np.flatnonzero((cells == separator) | (cells == NEWLINE))
            if len(ends) % width == 0:
                kinds = cells[ends].reshape(-1, width)
                alike = (kinds[:, -1] == NEWLINE).all() and (kinds[:, :-1] == separator).all()
                if alike and not (width == 1 and b"\n\n" in b"\n" + data):
                    return self.even(name, piece.line, data, cells, ends.reshape(-1, width), columns)
        return self.uneven(name, piece.line, data, columns)

    def even(self, name: str, line: int, data: bytes, cells: Any, ends: Any, columns: Columns) -> Rows:
        """Rows with a cell for every column, none of them quoted."""
        starts = np.concatenate(([0], ends.ravel()[:-1] + 1)).reshape(ends.shape)
        count = len(ends)
        good = np.ones(count, bool)
        troubles: list[Trouble] = []
        found = quick.read_columns(data, self.separator, len(columns.names), columns.places)
        numbers = found or []
        for place in [] if found is not None else columns.places:
            values, sure = read_fields(cells, starts[:, place], ends[:, place])
            for i in np.flatnonzero(~sure):
                text = data[starts[i, place] : ends[i, place]].decode("utf-8", "backslashreplace")
                try:
                    values[i] = number(text)
                except ValueError as wrong:
                    if good[i]:
                        troubles.append(Trouble(name, line + int(i), columns.names[place], text, str(wrong)))
                    good[i] = False
            numbers.append(values)
        spoilt = bool(troubles)
        if spoilt:
            numbers = [values[good] for values in numbers]
            troubles.sort(key=lambda trouble: trouble.row)

        def prefix(separator: bytes) -> list[bytes] | None:
            if separator != self.separator:
                return None
            text = data
            left_out = [i for i in range(len(columns.names)) if i not in columns.kept]
            if left_out:
                gone = np.zeros(len(cells) + 1, np.int8)
                for i in left_out:  # with the separator behind it, or where nothing before it stays the one before
                    behind = i < min(columns.kept, default=0)
                    gone[starts[:, i] - (not behind and i > 0)] += 1
                    gone[ends[:, i] + behind] -= 1
                text = cells[np.cumsum(gone[:-1], dtype=np.int8) == 0].tobytes()
            return text.split(b"\n")[:-1]

        def kept() -> list[list[Any]]:
            rows = [row.split(self.separator.decode()) for row in data.decode("utf-8", "replace").split("\n")[:-1]]
            return [[row[i] for i in columns.kept] for row in rows]

        return Rows(numbers, range(line, line + count), good if spoilt else None, troubles, kept, prefix)

    def uneven(self, name: str, line: int, data: bytes, columns: Columns) -> Rows:
        """Rows of any kind: cells in quotes, too few or too many; blank lines are passed over."""
        text = data.decode("utf-8", "surrogateescape")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator.decode())
        lines: list[int] = []
        found: list[list[str]] = []
        good: list[bool] = []
        troubles: list[Trouble] = []
        numbers: list[list[float]] = [[] for _ in columns.places]
        before = 0
        try:
            for row in reader:
                at, before = line + before, reader.line_num
                if not row or (len(row) == 1 and not row[0].strip() and len(columns.names) > 1):
                    continue
                lines.append(at)
                wrong = self.cells(name, at, row, columns, numbers)
                good.append(wrong is None)
                troubles += [wrong] if wrong is not None else []
                found.append([row[i] if i < len(row) else "" for i in columns.kept])
        except csv.Error as fault:
            raise ProblemError(Problem("file", f"{name}, row {line + before}: {fault}")) from None
        mask = np.array(good, bool)
        return Rows(
            [np.array(values, np.float64) for values in numbers], lines, None if mask.all() else mask, troubles,
            lambda: found, lambda separator: None,
        )  # fmt: skip

    def cells(
        self, name: str, line: int, row: list[str], columns: Columns, numbers: list[list[float]]
    ) -> Trouble | None:
        """Add the numbers of one row, or say what is wrong with it."""
        width = len(columns.names)
        if len(row) != width:
            text = self.separator.decode().join(row)
            cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
            return Trouble(name, line, "", text, f"the row has {cells}, the header {width}")
        values = []
        for place in columns.places:
            try:
                values.append(number(row[place]))
            except ValueError as wrong:
                return Trouble(name, line, columns.names[place], row[place], str(wrong))
        for column, value in zip(numbers, values, strict=True):
            column.append(value)
        return None


class Writer:
    """Rows of a delimited file."""

    def __init__(self, separator: bytes):
        self.separator = separator

    def head(self, names: Sequence[str]) -> bytes:
        return self.line(names)

    def line(self, cells: Sequence[Any]) -> bytes:
        """A line of cells, quoted where they must be."""
        if len(cells) == 1 and cells[0] in ("", None):  # which `csv` would write as ""
            return b"\n"
        out = io.StringIO()
        csv.writer(out, delimiter=self.separator.decode(), lineterminator="\n").writerow([plain(x) for x in cells])
        return out.getvalue().encode("utf-8", "surrogateescape")

    def rows(self, rows: Rows, results: Sequence[Array]) -> bytes:
        """The cells that pass through, and the results; those of a row that is not good are empty."""
        numbers = quick.write_lines(results, self.separator)
        if rows.good is not None:
            given = iter(numbers)
            empty = self.separator * (len(results) - 1) + b"\n"
            numbers = [next(given) if good else empty for good in rows.good.tolist()]
        prefix = rows.prefix(self.separator)
        if prefix is None:
            prefix = [self.line(cells)[:-1] for cells in rows.kept()]
        if not prefix or not (prefix[0] or rows.kept()[0]):  # nothing passes through
            return b"".join(numbers)
        lines = [self.separator] * (3 * len(numbers))
        lines[::3] = prefix
        lines[2::3] = numbers
        return b"".join(lines)


def plain(x: Any) -> Any:
    """What JSON has, as the text of a cell."""
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, float):
        return write(x)
    if isinstance(x, (dict, list)):
        import json

        return json.dumps(x, ensure_ascii=False)
    return x


SEPARATORS = {"csv": b",", "tsv": b"\t"}
