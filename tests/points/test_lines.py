"""Pieces of a file end with lines, whatever is in quotes and however the bytes arrive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.errors import ProblemError
from adcli.points import lines as module
from adcli.points.lines import Lines, Piece


@contextmanager
def opened(path: Path, separator: bytes = b",") -> Iterator[Lines]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield Lines(path.name, descriptor, separator)
    finally:
        os.close(descriptor)


def pieces(path: Path, separator: bytes = b",", start: Piece | None = None) -> list[Piece]:
    with opened(path, separator) as lines:
        if start is not None:
            lines.move(start.start, start.line)
        return list(lines)


TEXTS = st.lists(st.sampled_from(['a,"b\nc"\n', "1,2\n", '"x""y",\n', "\n", "long,line,long,line\n"]), max_size=40)


@given(TEXTS, st.integers(1, 60), st.booleans())
def test_pieces_are_the_file_cut_between_rows(texts: list[str], size: int, ended: bool) -> None:
    data = "".join(texts).encode()
    data = data if ended else data.rstrip(b"\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", size)
        path = Path(os.environ.get("TMPDIR", "/tmp")) / f"adcli-lines-{os.getpid()}.csv"
        path.write_bytes(data)
        try:
            found = pieces(path)
            assert b"".join(p.data for p in found) == data
            for p in found:
                assert p.line == 1 + data.count(b"\n", 0, p.start)
                assert (p.start, p.data) == (p.start, data[p.start : p.end])
                assert p.data.count(b'"') % 2 == 0
            if found:  # where a piece ends depends on where it begins, so a resumed run has the same pieces
                middle = found[len(found) // 2]
                assert pieces(path, start=middle) == found[len(found) // 2 :]
        finally:
            path.unlink()


def test_lines_of_json_may_hold_single_quotes_of_any_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 4)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'"\n"\nab\n')
    assert [p.data for p in pieces(path, separator=b"")] == [b'"\n"\n', b"ab\n"]


def test_a_quote_that_is_never_closed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 100)
    monkeypatch.setattr(module, "LONGEST", 1000)
    path = tmp_path / "a.csv"
    path.write_bytes(b'1\n"' + b"2\n" * 5000)
    with pytest.raises(ProblemError, match="row 2: a quote is not closed"):
        pieces(path)


def test_the_first_line_loses_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfx,y\r\n1,2\n")
    with opened(path) as lines:
        assert lines.first() == b"x,y"
        assert list(lines) == [Piece(b"1,2\n", 2, 8, 12, 1)]


def test_as_much_as_there_is_comes_at_once_when_that_is_asked_for() -> None:
    reading, writing = os.pipe()
    try:
        lines = iter(Lines("pipe", reading, b",", eager=True))
        os.write(writing, b"1\n2\n3")
        assert next(lines).data == b"1\n2\n"
        os.write(writing, b"4\n")
        assert next(lines).data == b"34\n"
    finally:
        os.close(writing)
        os.close(reading)
