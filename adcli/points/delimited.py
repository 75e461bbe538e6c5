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
from adcli.points.lines import LONGEST, Lines, Piece
from adcli.points.quoted import covered, records
from adcli.points.rows import Array, Columns, Rows, Trouble, number, printable

NEWLINE = 10
LONE = "\ue000"  # stands for a carriage return while a row is split
KINDS = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"PK\x03\x04": "a ZIP file",
    b"BZh": "compressed (bzip2)",
    b"\x1f\x8b": "compressed (gzip)",
    b"\x28\xb5\x2f\xfd": "compressed (zstd)",
    b"\xfd7zXZ": "compressed (xz)",
}


class Reader:
    """Rows of a delimited file; `separator` is one byte."""

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
        kind = next((kind for magic, kind in KINDS.items() if first.startswith(magic)), None)
        if kind is not None:
            raise ProblemError(Problem("file", f"{lines.name} is {kind}", hint="write --input-format, or unpack it"))
        try:
            text = first.decode()
        except UnicodeDecodeError:
            raise ProblemError(Problem("file", f"{lines.name} is not UTF-8 text", hint="save it as UTF-8")) from None
        if "\0" in text:
            raise ProblemError(Problem("file", f"{lines.name} is a binary file, not a table"))
        if not text:
            raise ProblemError(Problem("file", f"{lines.name} is empty", hint="its first line names the columns"))
        if "\r" in text and '"' not in text:
            hint = "end them with line feeds: tr '\\r' '\\n'"
            raise ProblemError(Problem("file", f"{lines.name} ends its lines with carriage returns", hint=hint))
        found, fault = self.split(text)
        if fault:
            raise ProblemError(Problem("file", f"{lines.name}, row 1: {fault}"))
        names = [name.strip() for name in found]
        return [name or unnamed(i, names) for i, name in enumerate(names, 1)]

    def rows(self, name: str, piece: Piece, columns: Columns) -> Rows:
        """The rows of a piece: by arrays where all lines are alike, else line by line."""
        data = piece.data.replace(b"\r\n", b"\n") if b"\r" in piece.data else piece.data
        data = data if data.endswith(b"\n") else data.removesuffix(b"\r") + b"\n"
        bare = covered(data, self.separator) if b'"' in data else data
        if bare is not None:
            cells = np.frombuffer(bare, np.uint8)
            separator, width = self.separator[0], len(columns.names)
            ends = np.flatnonzero((cells == separator) | (cells == NEWLINE))
            if len(ends) % width == 0:
                kinds = cells[ends].reshape(-1, width)
                alike = (kinds[:, -1] == NEWLINE).all() and (kinds[:, :-1] == separator).all()
                if alike and not (width == 1 and b"\n\n" in b"\n" + bare):
                    return self.even(name, piece.line, data, bare, ends.reshape(-1, width), columns)
        return self.uneven(name, piece.line, piece.data, columns)

    def even(self, name: str, line: int, data: bytes, bare: bytes, ends: Any, columns: Columns) -> Rows:
        """Rows with a cell for every column, on a line each; `bare` is the text with quoted cells covered."""
        cells = np.frombuffer(bare, np.uint8)
        starts = np.concatenate(([0], ends.ravel()[:-1] + 1)).reshape(ends.shape)
        count = len(ends)
        good = np.ones(count, bool)
        troubles: list[Trouble] = []
        found = quick.read_columns(bare, self.separator, len(columns.names), columns.places)
        numbers = found or []
        for place in [] if found is not None else columns.places:
            values, sure = read_fields(cells, starts[:, place], ends[:, place])
            for i in np.flatnonzero(~sure):
                start, end = starts[i, place], ends[i, place]
                try:
                    values[i] = number(bare[start:end].decode("utf-8", "backslashreplace"))
                except ValueError as wrong:
                    if good[i]:
                        (text,) = self.split(data[start:end].decode("utf-8", "surrogateescape"))[0] or [""]
                        troubles.append(Trouble(name, line + int(i), columns.names[place], printable(text), str(wrong)))
                    good[i] = False
            numbers.append(values)
        spoilt = bool(troubles)
        if spoilt:
            numbers = [values[good] for values in numbers]
            troubles.sort(key=lambda trouble: trouble.row)

        def prefix(separator: bytes) -> list[bytes] | None:
            if separator != self.separator or columns.kept != sorted(columns.kept):
                return None
            text = data
            passing = set(columns.kept)
            left_out = [i for i in range(len(columns.names)) if i not in passing]
            if left_out:
                gone = np.zeros(len(cells) + 1, np.int8)
                for i in left_out:  # with the separator behind it, or where nothing before it stays the one before
                    behind = i < min(columns.kept, default=0)
                    gone[starts[:, i] - (not behind and i > 0)] += 1
                    gone[ends[:, i] + behind] -= 1
                text = np.frombuffer(data, np.uint8)[np.cumsum(gone[:-1], dtype=np.int8) == 0].tobytes()
            return text.split(b"\n")[:-1]

        def kept() -> list[list[Any]]:
            texts = data.decode("utf-8", "surrogateescape").split("\n")[:-1]
            delimiter = self.separator.decode()
            rows = (row.split(delimiter) for row in texts) if bare is data else csv.reader(texts, delimiter=delimiter)
            return [[row[i] for i in columns.kept] for row in rows]

        return Rows(numbers, range(line, line + count), good if spoilt else None, troubles, kept, prefix)

    def uneven(self, name: str, line: int, data: bytes, columns: Columns) -> Rows:
        """Rows of any kind: cells in quotes, too few or too many; blank lines are passed over."""
        csv.field_size_limit(LONGEST)
        lines: list[int] = []
        found: list[list[str]] = []
        good: list[bool] = []
        troubles: list[Trouble] = []
        numbers: list[list[float]] = [[] for _ in columns.places]
        for before, record in records(data, self.separator):
            text = record.decode("utf-8", "surrogateescape")
            row, fault = self.split(text)
            if not row or (len(row) == 1 and not row[0].strip() and len(columns.names) > 1):
                continue
            lines.append(line + before)
            if fault:
                wrong: Trouble | None = Trouble(name, line + before, "", printable(text)[:200], fault)
            else:
                wrong = self.cells(name, line + before, row, columns, numbers)
            good.append(wrong is None)
            troubles += [wrong] if wrong is not None else []
            found.append([row[i] if i < len(row) else "" for i in columns.kept])
        mask = np.array(good, bool)
        return Rows(
            [np.array(values, np.float64) for values in numbers], lines, None if mask.all() else mask, troubles,
            lambda: found, lambda separator: None,
        )  # fmt: skip

    def split(self, text: str) -> tuple[list[str], str]:
        """(the cells of a row, what is wrong with it)."""
        lone = "\r" in text  # which `csv` takes for the end of a line
        try:
            row = next(csv.reader([text.replace("\r", LONE)], delimiter=self.separator.decode(), strict=True), [])
        except csv.Error as fault:
            return [text], "a quote is not closed" if "end of data" in str(fault) else "text follows a closing quote"
        return [cell.replace(LONE, "\r") for cell in row] if lone else row, ""

    def cells(
        self, name: str, line: int, row: list[str], columns: Columns, numbers: list[list[float]]
    ) -> Trouble | None:
        """Add the numbers of one row, or say what is wrong with it."""
        width = len(columns.names)
        if len(row) != width:
            text = printable(self.separator.decode().join(row))
            cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
            return Trouble(name, line, "", text, f"the row has {cells}, the header {width}")
        values = []
        for place in columns.places:
            try:
                values.append(number(row[place]))
            except ValueError as wrong:
                return Trouble(name, line, columns.names[place], printable(row[place]), str(wrong))
        for column, value in zip(numbers, values, strict=True):
            column.append(value)
        return None


def unnamed(place: int, names: Sequence[str]) -> str:
    """What the column at a place, counted from 1, is called that has no name."""
    name = f"column{place}"
    return name if name not in names else f"{name}_"


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
        text = out.getvalue()
        try:
            return text.encode("utf-8", "surrogateescape")  # bytes that were no text come back as they were
        except UnicodeEncodeError:  # lone surrogates, which JSON can write
            return text.encode("utf-8", "backslashreplace")

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
