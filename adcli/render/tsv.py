"""Tab-separated values with a header, at full precision."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from adcli.report.document import Document, View

SUFFIXES = (".tsv", ".tab")
PLAIN = True
NEEDS = ""

BLANKS = str.maketrans("\t\r\n", "   ")  # inside a cell they would end it


def render(document: Document, view: View) -> Iterator[str]:
    """One line a record."""
    header, rows = document.records()
    for row in chain([header], rows):
        yield "\t".join(cell.translate(BLANKS) for cell in row) + "\n"
