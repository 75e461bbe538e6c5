"""Readers and writers: what passes through, what is a number, what is wrong with a row."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.errors import ProblemError
from adcli.numbers.decimals import write_rows
from adcli.numbers.text import write
from adcli.points import delimited, jsonl, quick
from adcli.points.lines import Piece
from adcli.points.rows import Columns, Rows, match, number

CSV = delimited.Reader(b",")


def read(text: str | bytes, names: Sequence[str], wanted: Sequence[str], keep: bool = False, reader=CSV) -> Rows:  # type: ignore[no-untyped-def]
    data = text.encode() if isinstance(text, str) else text
    columns = match("f.csv", list(names), wanted, {}, [], keep)
    return reader.rows("f.csv", Piece(data, 2, 0, len(data), data.count(b"\n")), columns)  # type: ignore[no-any-return]


def told(rows: Rows) -> list[tuple[int, str, str, str]]:
    return [(t.row, t.column, t.text, t.reason) for t in rows.troubles]


def test_plain_rows() -> None:
    rows = read("1,2\n3,-4e2\n", "xy", ["y", "x"])
    assert [x.tolist() for x in rows.numbers] == [[2, -400], [1, 3]]
    assert (list(rows.lines), rows.good, rows.troubles) == ([2, 3], None, [])
    assert rows.prefix(b",") == [b"1,2", b"3,-4e2"]
    assert rows.prefix(b"\t") is None


@pytest.mark.parametrize(
    ("keep", "prefix"), [(False, [b"2", b"5"]), (True, [b"a,2,zz", b",5,"])]
)  # fmt: skip
def test_other_columns_pass_through_when_they_are_kept(keep: bool, prefix: list[bytes]) -> None:
    rows = read("a,2,zz\n,5,\n", ["n", "x", "m"], ["x"], keep)
    assert rows.prefix(b",") == prefix
    assert [x.tolist() for x in rows.numbers] == [[2, 5]]


BAD = [
    ("1,\n", "y", "", "the cell is empty"),
    ("1,  \n", "y", "  ", "the cell is empty"),
    ("1,two\n", "y", "two", "this is not a number"),
    ("1_000,2\n", "x", "1_000", "this is not a number"),
    ("1,٣\n", "y", "٣", "this is not a number"),
    ("0x10,2\n", "x", "0x10", "this is not a number"),
    ("1,1e400\n", "y", "1e400", "binary64 cannot hold this number"),
    ("1,1e-400\n", "y", "1e-400", "binary64 cannot hold this number"),
    ("1,infinity\n", "y", "infinity", "this is not a number"),
    ("1,--2\n", "y", "--2", "this is not a number"),
    ("1;2\n", "", "1;2", "the row has 1 cell, the header 2"),
    ("1,2,3\n", "", "1,2,3", "the row has 3 cells, the header 2"),
    ('"1","2x"\n', "y", "2x", "this is not a number"),
    ("1,2\x00\n", "y", "2\x00", "this is not a number"),
]


@pytest.mark.parametrize(("line", "column", "text", "reason"), BAD, ids=[repr(b[0]) for b in BAD])
def test_a_bad_row_is_told_and_the_others_are_read(line: str, column: str, text: str, reason: str) -> None:
    rows = read(f"7,8\n{line}\n9,10\r\n", "xy", ["x", "y"])
    assert told(rows) == [(3, column, text, reason)]
    assert [x.tolist() for x in rows.numbers] == [[7, 9], [8, 10]]
    assert rows.good is not None
    assert rows.good.tolist() == [True, False, True]
    assert list(rows.lines) == [2, 3, 5]


def test_bytes_that_are_no_text_are_no_number() -> None:
    assert told(read(b"1,\xff2\n", "xy", ["x", "y"])) == [(2, "y", "\\xff2", "this is not a number")]


@pytest.mark.parametrize(
    "text", ["inf", "-INF", "NaN", " 2 ", "+.5", "5.", "1E5", "1e400"[:4], "123456789012345678901234567890"]
)
def test_what_is_a_number(text: str) -> None:
    rows = read(f"{text},1\n", "xy", ["x", "y"])
    assert rows.troubles == []
    assert rows.numbers[0][0] == number(text) or math.isnan(number(text))


def test_quoted_cells_and_lines_within_them() -> None:
    rows = read('"1","a ""b""\nc"\n\n2,d\n', ["x", "n"], ["x"], keep=True)
    assert rows.numbers[0].tolist() == [1, 2]
    assert list(rows.lines) == [2, 5]
    assert rows.kept() == [["1", 'a "b"\nc'], ["2", "d"]]
    written = delimited.Writer(b",").rows(rows, [np.array([0.5, 0.25])])
    assert written == b'1,"a ""b""\nc",0.5\n2,d,0.25\n'


def test_blank_lines_count_and_are_passed_over() -> None:
    assert list(read("1\n\n\n2\n", ["x"], ["x"]).lines) == [2, 5]


def test_results_of_bad_rows_are_empty() -> None:
    rows = read("1,2\nx,3\n", "xy", ["x", "y"])
    assert delimited.Writer(b",").rows(rows, [np.array([1.0]), np.array([2.5])]) == b"1,2,1,2.5\nx,3,,\n"
    writer = jsonl.Writer()
    writer.head(["x", "y", "f", "g"])
    assert [json.loads(line) for line in writer.rows(rows, [np.array([1.0]), np.array([np.inf])]).splitlines()] == [
        {"x": 1, "y": 2, "f": 1, "g": "inf"},
        {"x": "x", "y": 3, "f": None, "g": None},
    ]


def test_lines_of_json() -> None:
    good = '{"x": 1, "n": {"a": [1]}}\n\n{"x": "inf", "n": null}\n'
    text = good + '[1]\n{"y": 2}\n{"x": true}\n{"x": 1e999}\nnot\n{"x": NaN}\n'
    rows = read(text, ["x", "n"], ["x"], True, jsonl.Reader())
    assert rows.numbers[0].tolist() == [1, np.inf]
    assert [(t.row, t.column, t.reason) for t in rows.troubles] == [
        (5, "", "the line is not a JSON object"),
        (6, "x", "the object has no x"),
        (7, "x", "this is not a number"),
        (8, "x", "binary64 cannot hold this number"),
        (9, "", "the line is not JSON"),
        (10, "", "the line is not JSON"),
    ]
    fine = rows._replace(good=None, kept=lambda: rows.kept()[:2])
    assert delimited.Writer(b",").rows(fine, [np.zeros(2)]) == b'1,"{""a"": [1]}",0\ninf,,0\n'


def test_deep_json_is_not_json() -> None:
    rows = read('{"x": ' + "[" * 100_000 + "\n", ["x"], ["x"], False, jsonl.Reader())
    assert [t.reason for t in rows.troubles] == ["the line is not JSON"]


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=50))
def test_numbers_come_back_to_the_bit_in_every_format(pairs: list[tuple[float, float]]) -> None:
    columns = [np.array(c) for c in zip(*pairs, strict=True)]
    empty = Rows([], range(len(pairs)), None, [], lambda: [[] for _ in pairs], lambda separator: [b""] * len(pairs))
    formats = [(delimited.Writer(s), delimited.Reader(s)) for s in (b",", b"\t")]
    for writer, reader in [*formats, (jsonl.Writer(), jsonl.Reader())]:
        writer.head(["x", "y"])
        rows = reader.rows("f", Piece(writer.rows(empty, columns), 1, 0, 0, 0), Columns(["x", "y"], [0, 1], []))
        assert rows.troubles == []
        for ours, theirs in zip(rows.numbers, columns, strict=True):
            assert [write(x) for x in ours] == [write(x) for x in theirs]


@pytest.mark.parametrize(
    ("names", "wanted", "renamed", "fixed", "says"),
    [
        (["x1", "b"], ["x1", "x2"], {}, [], "no column x2"),
        (["x1", "b"], ["x1", "x2"], {"x2": "c"}, [], "no column c"),
        (["x1", "x1"], ["x1"], {}, [], "several columns x1"),
        (["x1", "x2"], ["x1"], {}, ["x2"], "x2 is a column of f and in --at"),
    ],
)
def test_columns_that_do_not_fit_are_refused(
    names: list[str], wanted: list[str], renamed: dict[str, str], fixed: list[str], says: str
) -> None:
    with pytest.raises(ProblemError, match=says):
        match("f", names, wanted, renamed, fixed, False)


@pytest.mark.parametrize(
    ("reader", "data", "says"),
    [
        (CSV, b"", "is empty"),
        (CSV, b"x\xff,y\n", "is not UTF-8"),
        (CSV, b"x\x00,y\n", "binary"),
        (jsonl.Reader(), b"", "is empty"),
        (jsonl.Reader(), b"[1]\n", "does not begin with a JSON object"),
        (jsonl.Reader(), b"x,y\n1,2\n", "does not begin with a JSON object"),
    ],
)
def test_files_without_a_header_are_refused(reader, data: bytes, says: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from test_lines import opened

    path = tmp_path / "f"
    path.write_bytes(data)
    with opened(path) as lines, pytest.raises(ProblemError, match=says):
        reader.header(lines, None)


# By polars


@pytest.fixture
def polars(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("polars")
    monkeypatch.setattr(quick, "LEAST", 0)


DRAW = np.random.default_rng(5)


@pytest.mark.parametrize(
    "numbers",
    [
        DRAW.normal(size=5_000), np.arange(-500.0, 500.0), DRAW.normal(size=500) * 1e12,
        np.round(DRAW.normal(size=500), 2),
        np.array([0.0, -0.0, 1e-3, 9.99e14, 0.1 + 0.2, 1 / 3]), np.nextafter(2.0 ** np.arange(-9, 49), 0),
    ],
)  # fmt: skip
def test_polars_writes_and_reads_the_same(numbers: np.ndarray, polars: None) -> None:
    columns = [numbers, numbers[::-1].copy()]
    text = write_rows(columns, b",")
    assert b"".join(quick.write_lines(columns, b",")) == text
    found = quick.read_columns(text, b",", 2, [1, 0])
    assert found is not None
    for ours, theirs in zip(found, columns[::-1], strict=True):
        assert np.array_equal(ours.view(np.uint64), theirs.view(np.uint64))


@pytest.mark.parametrize("x", [np.nan, np.inf, -np.inf, 1e-4, 9.9e-5, 2e-7, 1e15, 1e16, -1e300, 5e-324])
def test_numbers_that_polars_writes_otherwise_are_ours(x: float, polars: None) -> None:
    columns = [np.array([1.0, x, 3.0]), np.array([0.0, -0.0, 1 / 3])]
    assert b"".join(quick.write_lines(columns, b",")) == write_rows(columns, b",")


@pytest.mark.parametrize(
    "line", ["1,x", "1,1_0", "1,1e999", "1,1e-999", "1,", "1,.", "1,1e", "1,+", "1,nan", "1, 2", "1,1.2.3", "1,--1"]
)
def test_lines_that_are_not_plain_are_ours(line: str, polars: None) -> None:
    assert quick.read_columns(f"1,2\n{line}\n".encode(), b",", 2, [0, 1]) is None
    rows = read(f"1,2\n{line}\n", "xy", ["x", "y"])
    assert len(rows.troubles) == (line not in ("1,nan", "1, 2"))


@pytest.mark.parametrize(
    "text", ["+1.5", ".5", "5.", "1E5", "1e-30", "007", "123456789012345678901234567890", "9007199254740993"]
)
def test_numbers_that_polars_may_read_are_those_of_python(text: str, polars: None) -> None:
    found = quick.read_columns(f"{text}\n".encode(), b",", 1, [0])
    assert found is None or found[0].tolist() == [float(text)]
