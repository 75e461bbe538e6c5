"""A matrix as coordinates: row, column (from 0) and value of every entry, as `scipy.sparse.coo_array` takes them."""

from __future__ import annotations

from collections.abc import Iterator

from adcli.numbers.text import write
from adcli.report.document import Document, View

SUFFIXES = (".coo",)
PLAIN = True
NEEDS = "matrix"


def render(document: Document, view: View) -> Iterator[str]:
    """Tab-separated with a header, one line an entry."""
    matrix = document.matrix()
    yield "row\tcol\tvalue\n"
    for i, j, x in zip(matrix.rows, matrix.cols, matrix.data, strict=True):
        yield f"{i}\t{j}\t{write(x)}\n"
