"""Parquet and Arrow IPC files, read and written piece by piece in constant memory.

Polars is an extra, `adcli[data]`: it is loaded when such a file is met, not with this module.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from queue import Full, Queue
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from adcli.errors import Problem, ProblemError
from adcli.files import reason
from adcli.numbers.decimals import read_fields
from adcli.numbers.text import write
from adcli.points.delimited import plain
from adcli.points.jsonl import cell
from adcli.points.rows import Array, Columns, Rows, Trouble

FORMATS = {"parquet": "Parquet file", "arrow": "Arrow IPC file (Feather 2; no stream)"}
PIECE = 1 << 16  # rows of a piece
STRETCH = PIECE << 2  # rows of one query, which has its price; after it the pages of a mapped file are given back
AHEAD = 2  # frames that may wait to be written
POLL = 0.1  # seconds between looks whether the writing thread still lives


def load() -> Any:
    """Polars. Raises ProblemError without the extra."""
    try:
        import polars
    except ImportError:
        hint = 'pip install "adcli[data]", or take CSV'
        raise ProblemError(Problem("usage", "Parquet and Arrow need Polars", hint=hint)) from None
    return polars


class Late:
    """A module that is loaded once something is asked of it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(load(), name)


if TYPE_CHECKING:
    import polars as pl
else:
    pl = Late()


class Frame(NamedTuple):
    """Some rows of a file, shape (n, columns): the number of the first, from 1 on, and the rows start to end."""

    data: pl.DataFrame
    line: int
    start: int
    end: int

    @property
    def lines(self) -> int:
        """How many they are."""
        return self.end - self.start

    def before(self, row: int) -> Frame:
        """The rows before the one with this number."""
        data = self.data[: row - self.line]
        return self._replace(data=data, end=self.start + len(data))


class Frames:
    """A file of the format `parquet` or `arrow`, in pieces; `rows` counts all of its rows once `header` was read."""

    def __init__(self, name: str, path: str, format: str):
        load()
        self.name = name
        self.path = path
        self.format = format
        self.rows = 0
        self.offset = 0
        self.line = 1
        self.only: list[str] | None = None  # the columns to be read; None for all

    def scan(self) -> pl.LazyFrame:
        read = pl.scan_parquet if self.format == "parquet" else pl.scan_ipc
        # A full path, for Polars takes s3://... for the network and ~ for a home.
        found: pl.LazyFrame = read(os.path.abspath(self.path), glob=False, hive_partitioning=False)
        return found if self.only is None else found.select(self.only)

    @contextlib.contextmanager
    def problems(self) -> Iterator[None]:
        """What Polars raises as a ProblemError. Its panics, for some broken files, are no Exceptions."""
        hint = ""
        try:
            yield
            return
        except OSError as fault:
            why = reason(fault)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
            why = (str(fault).splitlines() or [type(fault).__name__])[0]
            hint = f"it is not a whole {FORMATS[self.format]}"
        raise ProblemError(Problem("file", f"cannot read {self.name}: {why}", hint=hint))

    def header(self, names: list[str] | None) -> list[str]:
        """The names of the columns. Raises ProblemError: for names that are given, and where there is no such file."""
        if names is not None:
            hint = f"a {self.format} file has its own names"
            raise ProblemError(Problem("usage", "--columns is for CSV and TSV", hint=hint))
        with self.problems():
            size = os.stat(self.path).st_size  # says what is missing in the words of the system
            if not os.path.isfile(self.path):  # Polars reads all files of a folder, and a pipe never
                raise OSError("it is a folder" if os.path.isdir(self.path) else "it is a pipe or a device")
            if not size:
                raise OSError("the file is empty")
            found = self.scan()
            columns = found.collect_schema().names()
            self.rows = int(found.select(pl.len()).collect().item())
        return columns

    def move(self, offset: int, line: int) -> None:
        """Go on from this row, counted from 0, whose number is `line`."""
        self.offset, self.line = offset, line

    def none(self) -> Frame:
        """A piece without rows: what a writer needs for the types of a table that has none."""
        with self.problems():
            return Frame(self.scan().head(0).collect(), self.line, self.offset, self.offset)

    def __iter__(self) -> Iterator[Frame]:
        """The rest of the rows. Where a piece ends depends only on where it begins. Raises ProblemError."""
        while self.offset < self.rows:
            with self.problems():
                found = self.scan().slice(self.offset, STRETCH).collect()
                if found.is_empty():
                    raise OSError("it became shorter")
            for data in found.iter_slices(PIECE):
                piece = Frame(data, self.line, self.offset, self.offset + len(data))
                self.offset, self.line = piece.end, self.line + len(data)
                yield piece


class Reader:
    """Rows of pieces of a Parquet or Arrow file."""

    separator = b""  # of cells that may be quoted

    def header(self, lines: Frames, names: list[str] | None) -> list[str]:
        """The names of the columns. Raises ProblemError."""
        return lines.header(names)

    def rows(self, name: str, piece: Frame, columns: Columns) -> Rows:
        """The rows of a piece. Raises ProblemError for a variable whose column can hold no numbers."""
        count = len(piece.data)
        good = np.ones(count, bool)
        numbers: list[Array] = []
        troubles: list[Trouble] = []
        for place in columns.places:
            column = piece.data.get_column(columns.names[place])
            values, wrong = read_column(name, column)
            for i, why in wrong.items():
                if good[i]:
                    text = "" if column[i] is None else str(column[i])
                    troubles.append(Trouble(name, piece.line + i, column.name, text, why))
                good[i] = False
            numbers.append(values)
        troubles.sort(key=lambda trouble: trouble.row)
        if troubles:
            numbers = [values[good] for values in numbers]
        frame = piece.data.select(columns.kept_names)

        def kept() -> list[list[Any]]:
            return [[value(x) for x in row] for row in frame.rows()] if columns.kept else [[]] * count

        lines = range(piece.line, piece.line + count)
        return Rows(numbers, lines, good if troubles else None, troubles, kept, lambda separator: None, frame, True)


def read_column(name: str, column: pl.Series) -> tuple[Array, dict[int, str]]:
    """The numbers of a column, shape (n,), and the reasons at the rows without one. Raises ProblemError."""
    kind = column.dtype
    if kind in (pl.String, pl.Categorical, pl.Enum):
        return read_cells(column.cast(pl.String).to_list())
    if not (kind.is_numeric() or kind == pl.Null):
        headline = f"the column {column.name} of {name} is of the type {kind}"
        raise ProblemError(Problem("file", headline, hint="a variable takes numbers, or text that is a number"))
    if kind.is_decimal():
        column = column.cast(pl.String)  # the direct way rounds twice in Polars 1
    column = column.cast(pl.Float64)
    empty = np.flatnonzero(column.is_null().to_numpy()) if column.null_count() else ()
    return column.fill_null(0.0).to_numpy(), dict.fromkeys(map(int, empty), "the cell is empty")


def read_cells(cells: Sequence[Any]) -> tuple[Array, dict[int, str]]:
    """The numbers of cells (text, None, or what JSON has), shape (n,), and the reasons at those without one."""
    data = [x.encode("utf-8", "replace") if isinstance(x, str) else b"" for x in cells]
    sizes = np.array([len(x) for x in data], np.int64)
    ends = np.cumsum(sizes)
    values, sure = read_fields(np.frombuffer(b"".join(data), np.uint8), ends - sizes, ends)
    wrong = {}
    for i in np.flatnonzero(~sure).tolist():
        try:
            values[i] = cell("" if cells[i] is None else cells[i])
        except ValueError as why:
            wrong[i] = str(why)
    return values, wrong


def value(x: Any, inner: bool = False) -> Any:
    """A cell as JSON has it: what it has not, such as a date, as text."""
    if x is None or isinstance(x, (bool, int, str)):
        return x
    if isinstance(x, float):
        return write(x) if inner and x - x != 0 else x
    if isinstance(x, dict):
        return {key: value(y, True) for key, y in x.items()}
    if isinstance(x, list):
        return [value(y, True) for y in x]
    if isinstance(x, bytes):
        return x.decode("utf-8", "backslashreplace")
    return x.isoformat() if hasattr(x, "isoformat") else str(x)


class Writer:
    """Rows for a `Sink`; `numeric` are the names of columns that pass through and are variables."""

    def __init__(self, format: str, numeric: set[str]):
        load()
        self.format = format
        self.numeric = numeric
        self.names: list[str] = []

    def head(self, names: Sequence[str]) -> bytes:
        """Remember the names of the columns, those that pass through first."""
        self.names = list(names)
        return b""

    def rows(self, rows: Rows, results: Sequence[Array]) -> pl.DataFrame:
        """The columns that pass through, and the results, Float64; null at rows that are not good.

        Of a text format variables are Float64, null where a cell is no number, and all else is text.
        """
        names = self.names[: len(self.names) - len(results)]
        if rows.frame is not None:
            columns = [x.alias(name) for x, name in zip(rows.frame.get_columns(), names, strict=True)]
        else:
            cells = list(zip(*rows.kept(), strict=True)) or [()] * len(names)
            columns = [self.column(name, x) for name, x in zip(names, cells, strict=True)]
        good = np.ones(len(rows.lines), bool) if rows.good is None else rows.good
        for name, found in zip(self.names[len(names) :], results, strict=True):
            full = np.zeros(len(good))
            full[good] = found
            columns.append(series(name, full, ~good))
        return pl.DataFrame(columns)

    def column(self, name: str, cells: Sequence[Any]) -> pl.Series:
        """Cells of a text format as a column."""
        if name in self.numeric:
            values, wrong = read_cells(cells)
            return series(name, values, list(wrong))
        texts = [None if x is None else str(plain(x)) for x in cells]
        # Lone surrogates stand for bytes that are not UTF-8: Polars takes none.
        fine = [x and x.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for x in texts]
        return pl.Series(name, fine, pl.String)


def series(name: str, values: Array, missing: Any) -> pl.Series:
    """Numbers as a column, null where they are missing: places, or a mask."""
    places = np.arange(len(values))[missing]
    column = pl.Series(name, values, pl.Float64)
    return column.scatter(places, None) if len(places) else column


class Sink:
    """A file that is written frame by frame.

    Polars writes in a thread of its own and asks for the frames, which wait in a short queue.
    """

    def __init__(self, path: str, format: str):
        load()
        self.path = path
        self.format = format
        self.schema: pl.Schema | None = None
        self.queue: Queue[pl.DataFrame | None] = Queue(AHEAD)
        self.thread: threading.Thread | None = None
        self.fault: BaseException | None = None
        self.stopped = False

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows. Raises OSError, also for earlier rows, and ProblemError for columns unlike those before."""
        if self.schema is None:
            open(self.path, "wb").close()  # raises what Polars would say later, and with less words
            self.schema = frame.schema
            self.thread = threading.Thread(target=self.run, name="adcli sink", daemon=True)
            self.thread.start()
        for name, old, new in zip(self.schema.names(), self.schema.dtypes(), frame.dtypes, strict=True):
            if old != new:
                headline = f"the column {name} is of the type {old} first, and of {new} later"
                raise ProblemError(Problem("file", headline, hint="take the files one at a time"))
        self.put(frame)

    def put(self, frame: pl.DataFrame | None) -> None:
        """Hand on a frame, or None for the end; raise what became of the thread where it has stopped."""
        while self.thread is not None and self.thread.is_alive():
            with contextlib.suppress(Full):
                self.queue.put(frame, timeout=POLL)
                return
        if self.fault is not None:
            raise self.fault

    def close(self) -> None:
        """Write what is left, and the end of the file. Raises OSError. Without a `write` there is no file."""
        self.put(None)
        if self.thread is not None:
            self.thread.join()
        self.put(None)
        self.thread = None

    def abort(self) -> None:
        """Stop, and remove the file. It may be called at any time; after `close` it does nothing."""
        if self.thread is None:
            return
        self.stopped = True
        with contextlib.suppress(Full):
            self.queue.put_nowait(None)
        self.thread.join()
        self.thread = None
        if os.path.isfile(self.path):  # not /dev/null
            with contextlib.suppress(OSError):
                os.unlink(self.path)

    def frames(self, *_: object) -> Iterator[pl.DataFrame]:
        """What Polars asks for; its hints have no use here."""
        while (frame := self.queue.get()) is not None and not self.stopped:
            yield frame
        if self.stopped:
            raise RuntimeError("stopped")

    def run(self) -> None:
        """The thread."""
        from polars.io.plugins import register_io_source

        path = os.path.abspath(self.path)  # as in `Frames.scan`
        try:
            source = register_io_source(self.frames, schema=self.schema or {})
            if self.format == "parquet":
                source.sink_parquet(path, row_group_size=PIECE)
            else:
                source.sink_ipc(path)
        except pl.exceptions.PolarsError as fault:
            self.fault = OSError(str(fault).partition("\n")[0])
        except BaseException as fault:  # also Ctrl-C, which Polars keeps from the main thread
            self.fault = fault
