"""Delimited numbers by polars, where it is installed: the same numbers and the same text, sooner.

It is asked for large pieces of plain numbers only; numbers that it writes in another way are written by our own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from adcli.numbers.decimals import write_rows
from adcli.points.rows import Array

PLAIN = b"0123456789.+-eE\n"
LEAST = 1 << 18  # bytes or numbers of a piece from which on loading polars is worth while
ZEROS = b"0" * 300  # of a number that may be none to binary64 without a power of ten
SMALLEST, LARGEST = 1e-4, 1e15  # between which polars writes numbers as Python does, but for a ".0"


@cache
def polars() -> Any:
    """The module, or None."""
    try:
        import polars
    except ImportError:
        return None
    return polars


def read_columns(data: bytes, separator: bytes, width: int, places: Sequence[int]) -> list[Array] | None:
    """Some columns of lines that are known to have `width` cells each; None where our own reader must do it."""
    if len(data) < LEAST or data.translate(None, PLAIN + separator) or (pl := polars()) is None:
        return None
    names = [f"column_{i + 1}" for i in range(width)]  # as polars calls them
    read = set(places)
    schema = {name: pl.Float64 if i in read else pl.String for i, name in enumerate(names)}
    try:
        wanted = [names[i] for i in sorted(places)]
        frame = pl.read_csv(data, has_header=False, separator=separator.decode(), schema=schema, columns=wanted)
    except pl.exceptions.PolarsError:
        return None
    if sum(frame.null_count().row(0)):
        return None
    found = [frame[names[i]].to_numpy() for i in places]
    if not all(np.isfinite(x).all() for x in found):  # what binary64 cannot hold?
        return None
    tiny = b"e" in data or b"E" in data or ZEROS in data
    if tiny and not all(x.all() for x in found):
        return None
    return found


def write_lines(columns: Sequence[Array], separator: bytes) -> list[bytes]:
    """A line for each row, as `adcli.numbers.decimals.write_rows` has them all."""
    if not columns or len(columns) * len(columns[0]) < LEAST // 8 or (pl := polars()) is None:
        return write_rows(columns, separator).splitlines(keepends=True)
    sizes = [np.abs(column) for column in columns]
    usual = np.all([(size == 0) | ((size >= SMALLEST) & (size < LARGEST)) for size in sizes], axis=0)
    ours = np.flatnonzero(~usual)
    out = io.BytesIO()
    frame = pl.DataFrame({str(i): column for i, column in enumerate(columns)})
    frame.write_csv(out, include_header=False, separator=separator.decode())
    text = out.getvalue()
    if any((column == np.rint(column)).any() for column in columns):
        text = text.replace(b".0" + separator, separator).replace(b".0\n", b"\n")
    lines = text.splitlines(keepends=True)
    if len(ours):
        written = write_rows([column[ours] for column in columns], separator).splitlines(keepends=True)
        for i, line in zip(ours.tolist(), written, strict=True):
            lines[i] = line
    return lines
