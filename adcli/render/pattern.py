"""The pattern of a matrix: a glyph for each entry, or of a large matrix for each block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import ceil
from textwrap import wrap

from adcli.errors import printable
from adcli.report.document import Document, View, size_text

SUFFIXES = ()
PLAIN = False
NEEDS = "matrix"

WIDTH, HEIGHT = 80, 40  # glyphs where the terminal has no width of its own
SHADES, ASCII_SHADES = "░▒▓█", ".:+#"


def render(document: Document, view: View) -> Iterator[str]:
    """A dot for what is 0 at every point, a mark for an entry; shades for how full a block is."""
    matrix = document.matrix()
    m, n = matrix.shape
    width = view.width or WIDTH
    yield from paragraph(printable(matrix.note), width)
    yield from paragraph(size_text(matrix.shape, len(matrix.rows)), width)
    if not n:
        return
    if 2 * n <= width and m <= 2 * HEIGHT:
        mark, dot = ("x", ".") if view.ascii else ("■", "·")
        rows: list[set[int]] = [set() for _ in range(m)]
        for i, j in zip(matrix.rows, matrix.cols, strict=True):
            rows[i].add(j)
        for row in rows:
            yield " ".join(mark if j in row else dot for j in range(n)) + "\n"
        return
    # A character is about twice as high as wide: a block has twice as many rows as columns, and looks square.
    across = max(1, -(-n // width), -(-m // (2 * HEIGHT)))
    down = 2 * across
    full = Counter(zip((i // down for i in matrix.rows), (j // across for j in matrix.cols), strict=True))
    shades = ASCII_SHADES if view.ascii else SHADES
    for i in range(-(-m // down)):
        height = min(down, m - i * down)
        yield (
            "".join(
                shade(full[i, j] / (height * min(across, n - j * across)), shades) for j in range(-(-n // across))
            ).rstrip()
            + "\n"
        )
    legend = f"a glyph is a block of {down:,} x {across:,}; {' '.join(shades)} up to 1/4, 1/2, 3/4 and all of it"
    yield from paragraph(legend, width)


def paragraph(text: str, width: int) -> Iterator[str]:
    for line in wrap(text, width):
        yield f"{line}\n"


def shade(part: float, shades: str) -> str:
    """The glyph for the part of a block that is full; blank for an empty one."""
    return shades[ceil(part * 4) - 1] if part else " "
