"""Matrix Market, coordinate format (Boisvert, Pozo & Remington 1996, NISTIR 5935): read by SciPy, Julia, Octave."""

from __future__ import annotations

from collections.abc import Iterator

from adcli.errors import printable
from adcli.numbers.text import write
from adcli.report.document import Document, View

SUFFIXES = (".mtx",)
PLAIN = True
NEEDS = "matrix"


def render(document: Document, view: View) -> Iterator[str]:
    """Indices from 1; of a symmetric matrix the lower triangle."""
    matrix = document.matrix()
    entries = list(zip(matrix.rows, matrix.cols, matrix.data, strict=True))
    if matrix.symmetric:
        entries = [entry for entry in entries if entry[1] <= entry[0]]
    yield f"%%MatrixMarket matrix coordinate real {'symmetric' if matrix.symmetric else 'general'}\n"
    note = printable(matrix.note)
    yield f"% {note.encode('ascii', 'backslashreplace').decode() if view.ascii else note}\n"
    yield f"{matrix.shape[0]} {matrix.shape[1]} {len(entries)}\n"
    for i, j, x in entries:
        yield f"{i + 1} {j + 1} {write(x)}\n"
