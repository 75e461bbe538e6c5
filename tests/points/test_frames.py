"""Parquet and Arrow files give the rows of their tables with their bits and types, piece by piece."""

from __future__ import annotations

import datetime
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pl = pytest.importorskip("polars")

from adcli.errors import ProblemError  # noqa: E402
from adcli.points import frames as module  # noqa: E402
from adcli.points.delimited import Reader as TextReader  # noqa: E402
from adcli.points.frames import Frame, Frames, Reader, Sink, Writer  # noqa: E402
from adcli.points.jsonl import Reader as JsonReader  # noqa: E402
from adcli.points.lines import Lines  # noqa: E402
from adcli.points.rows import Columns, Rows  # noqa: E402

FORMATS = ("parquet", "arrow")
BITS = np.array(
    [0x0, 0x8000000000000000, 0x1, 0x800FFFFFFFFFFFFF, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000, 0xFFF0000000000000,
     0x7FF8000000000000, 0x3FF0000000000001, 0x3FD5555555555555],
    np.uint64,
)  # fmt: skip


def written(path: Path, format: str, *tables: Any) -> Path:
    sink = Sink(str(path), format)
    for table in tables:
        sink.write(table)
    sink.close()
    return path


def opened(path: Path, format: str) -> Frames:
    frames = Frames(path.name, str(path), format)
    frames.header(None)
    return frames


def read(table: Any, wanted: list[str], keep: bool = True) -> Rows:
    """The rows of a table, the first of which is number 5."""
    places = [table.columns.index(name) for name in wanted]
    columns = Columns(table.columns, places, list(range(table.width)) if keep else sorted(places))
    return Reader().rows("t", Frame(table, 5, 4, 4 + len(table)), columns)


def words(problem: pytest.ExceptionInfo[ProblemError]) -> tuple[str, str]:
    found = problem.value.problems[0]
    return found.kind, found.headline


@pytest.mark.parametrize("format", FORMATS)
def test_every_bit_comes_back(tmp_path: Path, format: str) -> None:
    writer = Writer(format, set())
    assert writer.head(["x", "z"]) == b""
    values = BITS.view(np.float64)
    rows = read(pl.DataFrame({"x": values}), ["x"])
    path = written(tmp_path / "a", format, writer.rows(rows, [values[::-1].copy()]))
    (piece,) = opened(path, format)
    back = read(piece.data, ["x", "z"])
    assert back.good is None
    assert back.numbers[0].view(np.uint64).tolist() == BITS.tolist()
    assert back.numbers[1].view(np.uint64).tolist() == BITS[::-1].tolist()
    assert piece.data.null_count().row(0) == (0, 0)


@pytest.mark.parametrize("format", FORMATS)
def test_types_pass_through(tmp_path: Path, format: str) -> None:
    day = datetime.date(2024, 2, 29)
    table = pl.DataFrame(
        {
            "s": ["a", None, "ü"], "i": [1, 2**60 + 1, None], "d": [day, None, day], "x": [1, 2, 3],
            "c": pl.Series(["u", "v", "u"], dtype=pl.Categorical), "l": [[1.5], [], None], "b": [True, None, False],
        },
        schema_overrides={"x": pl.UInt8},
    )  # fmt: skip
    writer = Writer(format, {"x"})
    writer.head([*table.columns, "z"])
    first = writer.rows(read(table, ["x"]), [np.ones(3)])
    other = table.with_columns(pl.Series("c", ["w", "u", "x"], pl.Categorical))
    path = written(tmp_path / "a", format, first, writer.rows(read(other, ["x"]), [np.zeros(3)]))
    back = pl.concat([piece.data for piece in opened(path, format)])
    assert back.schema == {**table.schema, "z": pl.Float64}
    assert back.drop("z").rows() == table.rows() + other.rows()
    assert back["z"].to_list() == [1, 1, 1, 0, 0, 0]


def test_kept_values_are_what_json_has() -> None:
    moment = datetime.datetime(2024, 2, 29, 1, 2, 3)
    table = pl.DataFrame(
        {"x": [1.5], "t": [moment], "e": [Decimal("1.50")], "r": [b"\xff"], "l": [[1.0, float("inf")]],
         "s": [{"a": 1, "d": moment.date()}], "n": [None]}
    )  # fmt: skip
    kept = [[1.5, "2024-02-29T01:02:03", "1.50", "\\xff", [1.0, "inf"], {"a": 1, "d": "2024-02-29"}, None]]
    assert read(table, ["x"]).kept() == kept
    assert read(table, ["x"], keep=False).kept() == [[1.5]]
    assert read(table, [], keep=False).kept() == [[]]


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        (pl.Int64, [2**53 + 3, -1], [9007199254740996.0, -1.0]),
        (pl.UInt64, [2**64 - 1, 0], [18446744073709551616.0, 0.0]),
        (pl.Float32, [0.1, float("-inf")], [float(np.float32(0.1)), float("-inf")]),
        (pl.Decimal(20, 5), [Decimal("147180892692.83583"), Decimal("-0.3")], [147180892692.83583, -0.3]),
        (pl.Categorical, ["0.1", "1e300"], [0.1, 1e300]),
    ],
)
def test_kinds_of_numbers(kind: Any, cells: list[Any], values: list[float]) -> None:
    rows = read(pl.DataFrame({"x": pl.Series(cells, dtype=kind)}), ["x"])
    assert rows.good is None
    assert rows.numbers[0].tolist() == values


def test_a_null_is_a_bad_row() -> None:
    rows = read(pl.DataFrame({"x": [1, None, 3, None], "y": [None, None, 6.0, 7.0]}), ["x", "y"])
    assert [(t.row, t.column, t.reason) for t in rows.troubles] == [
        (5, "y", "the cell is empty"), (6, "x", "the cell is empty"), (8, "x", "the cell is empty"),
    ]  # fmt: skip
    assert rows.good is not None
    assert rows.good.tolist() == [False, False, True, False]
    assert [x.tolist() for x in rows.numbers] == [[3], [6]]
    assert list(rows.lines) == [5, 6, 7, 8]
    assert read(pl.DataFrame({"x": [None, None]}), ["x"]).numbers[0].tolist() == []


def test_text_is_read_as_in_csv() -> None:
    cells = ["1", " -0 ", "", "1_0", None, "nan", "1e400", "ü,\n", "0.1", "INF"]
    rows = read(pl.DataFrame({"x": cells}), ["x"])
    assert list(map(repr, rows.numbers[0].tolist())) == ["1.0", "-0.0", "nan", "0.1", "inf"]
    assert [(t.row, t.text, t.reason) for t in rows.troubles] == [
        (7, "", "the cell is empty"), (8, "1_0", "this is not a number"), (9, "", "the cell is empty"),
        (11, "1e400", "binary64 cannot hold this number"), (12, "ü,\n", "this is not a number"),
    ]  # fmt: skip


@pytest.mark.parametrize(("cells", "kind"), [([[1.0]], "List"), ([True], "Bool"), ([datetime.date.today()], "Date")])
def test_other_types_are_refused(cells: list[Any], kind: str) -> None:
    with pytest.raises(ProblemError) as problem:
        read(pl.DataFrame({"y": cells}), ["y"])
    assert words(problem)[0] == "file"
    assert words(problem)[1].startswith(f"the column y of t is of the type {kind}")


@pytest.mark.parametrize("format", FORMATS)
def test_pieces_and_move(tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 7)
    monkeypatch.setattr(module, "STRETCH", 21)
    tables = [pl.DataFrame({"x": range(lo, hi), "y": 0}) for lo, hi in ((0, 3), (3, 30), (30, 50))]
    frames = opened(written(tmp_path / "a", format, *tables), format)
    assert frames.rows == 50
    pieces = list(frames)
    assert [(p.line, p.start, p.end) for p in pieces] == [(i + 1, i, min(i + 7, 50)) for i in range(0, 50, 7)]
    assert pl.concat([p.data for p in pieces])["x"].to_list() == list(range(50))
    for piece in pieces:
        frames.move(piece.start, piece.line)
        rest = list(frames)
        assert [p[1:] for p in rest] == [p[1:] for p in pieces if p.start >= piece.start]
        assert rest[0].data.equals(piece.data)
    frames.move(50, 51)
    assert list(frames) == []
    frames.move(0, 1)
    frames.only = ["x"]
    assert next(iter(frames)).data.columns == ["x"]
    before = pieces[1].before(10)
    assert (before.data["x"].to_list(), *before[1:]) == ([7, 8], 8, 7, 9)
    assert (before.lines, pieces[1].before(8).lines, pieces[-1].lines) == (2, 0, 1)


@pytest.mark.parametrize("format", FORMATS)
def test_files_that_are_none(tmp_path: Path, format: str) -> None:
    path = written(tmp_path / "a", format, pl.DataFrame({"x": np.arange(1000.0)}))
    data = path.read_bytes()
    for wrong in (data[:-20], data[: len(data) // 2], b"x,y\n1,2\n" * 9, b"PAR1", b""):
        path.write_bytes(wrong)
        with pytest.raises(ProblemError) as problem:
            opened(path, format)
        kind, headline = words(problem)
        assert (kind, headline[:15], "\n" in headline) == ("file", "cannot read a: ", False)
    for name, why in (("none", "no such file or directory"), (".", "it is a folder")):
        with pytest.raises(ProblemError) as problem:
            opened(tmp_path / name, format)
        assert words(problem) == ("file", f"cannot read {(tmp_path / name).name}: {why}")


@pytest.mark.parametrize("format", FORMATS)
def test_a_broken_middle(tmp_path: Path, format: str) -> None:
    path = tmp_path / "a"
    table = pl.DataFrame({"x": np.arange(5000.0)})
    table.write_parquet(path) if format == "parquet" else table.write_ipc(path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[300:-1500] = b"\xaa" * len(data[300:-1500])
    path.write_bytes(data)
    frames = opened(path, format)
    with pytest.raises(ProblemError, match="cannot read a: "):
        list(frames)


def test_names_are_not_given(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as problem:
        Frames("a", str(tmp_path / "a"), "parquet").header(["x"])
    assert words(problem) == ("usage", "--columns is for CSV and TSV")


def text(path: Path, reader: Any, data: bytes) -> Rows:
    """The rows of a text file with the columns x, a variable, and s."""
    path.write_bytes(data + b"\n" * (not data))
    with path.open("rb") as stream:
        (piece,) = Lines("t", stream.fileno(), reader.separator)
    found: Rows = reader.rows("t", piece, Columns(["x", "s"], [0], [0, 1]))
    return found


def test_rows_of_text(tmp_path: Path) -> None:
    writer = Writer("parquet", {"x"})
    writer.head(["x", "s", "z"])
    csv = text(tmp_path / "a", TextReader(b","), b'1,7\nq,b\n"-0",\xff\ninf,\n')
    frame = writer.rows(csv, [np.array([1.0, np.nan, 2.0])])
    assert frame.schema == {"x": pl.Float64, "s": pl.String, "z": pl.Float64}
    assert [str(x) for x in frame["x"]] == ["1.0", "None", "-0.0", "inf"]
    assert [str(x) for x in frame["z"]] == ["1.0", "None", "nan", "2.0"]
    assert frame["s"].to_list()[:2] == ["7", "b"]
    data = b'{"x": 1, "s": true}\n{"x": "2.5", "s": [1]}\n{"s": 3, "x": {}}\n{"x": 0.1, "s": null}\n'
    frame = writer.rows(text(tmp_path / "a", JsonReader(), data), [np.zeros(3)])
    assert frame.rows() == [(1, "true", 0), (2.5, "[1]", 0), (None, "3", None), (0.1, None, 0)]


def test_bad_rows_of_a_table_keep_their_cells() -> None:
    writer = Writer("arrow", {"x"})
    writer.head(["x", "s", "z"])
    frame = writer.rows(read(pl.DataFrame({"x": [1, None], "s": ["a", "b"]}), ["x"]), [np.array([7.0])])
    assert frame.rows() == [(1, "a", 7), (None, "b", None)]
    assert frame.schema == {"x": pl.Int64, "s": pl.String, "z": pl.Float64}


@pytest.mark.parametrize("format", FORMATS)
def test_a_table_without_rows(tmp_path: Path, format: str) -> None:
    source = opened(written(tmp_path / "a", format, pl.DataFrame(schema={"x": pl.Int8, "s": pl.String})), format)
    assert (source.rows, list(source)) == (0, [])
    writer = Writer(format, {"x"})
    writer.head(["x", "s", "z"])
    frame = writer.rows(Reader().rows("a", source.none(), Columns(["x", "s"], [0], [0, 1])), [np.zeros(0)])
    back = opened(written(tmp_path / "b", format, frame), format)
    assert back.none().data.schema == {"x": pl.Int8, "s": pl.String, "z": pl.Float64}
    assert writer.rows(text(tmp_path / "c", TextReader(b","), b""), [np.zeros(0)]).schema == {
        "x": pl.Float64,
        "s": pl.String,
        "z": pl.Float64,
    }


def sinks() -> int:
    return sum(thread.name == "adcli sink" for thread in threading.enumerate())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("count", [0, 1, 30])
def test_an_aborted_sink_leaves_nothing(tmp_path: Path, format: str, count: int) -> None:
    sink = Sink(str(tmp_path / "a"), format)
    for i in range(count):
        sink.write(pl.DataFrame({"x": [float(i)] * 1000}))
    sink.abort()
    sink.abort()
    assert sinks() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_closed_sink_stays(tmp_path: Path, format: str) -> None:
    sink = Sink(str(tmp_path / "a"), format)
    sink.write(pl.DataFrame({"x": [1.0]}))
    with pytest.raises(ProblemError, match="column x is of the type Float64 first, and of String later"):
        sink.write(pl.DataFrame({"x": ["1"]}))
    sink.close()
    sink.abort()
    assert sinks() == 0
    assert opened(tmp_path / "a", format).rows == 1


@pytest.mark.parametrize("format", FORMATS)
def test_errors_of_the_disk(tmp_path: Path, format: str) -> None:
    table = pl.DataFrame({"x": np.arange(50_000.0)})
    with pytest.raises(FileNotFoundError):
        Sink(str(tmp_path / "none" / "a"), format).write(table)
    full = Path("/dev/full")
    if full.exists():
        sink = Sink(str(full), format)
        with pytest.raises(OSError, match="No space left"):
            write_much(sink, table)
        with pytest.raises(OSError, match="No space left"):
            sink.close()
        sink.abort()
        assert sinks() == 0
        assert full.exists()


def write_much(sink: Sink, table: Any) -> None:
    for _ in range(200):
        sink.write(table)
    sink.close()
