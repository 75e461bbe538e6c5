"""The bare results: numbers separated by blanks, no header, no names."""

from __future__ import annotations

from collections.abc import Iterator

from adcli.report.document import Document, View

SUFFIXES = ()
PLAIN = True
NEEDS = ""


def render(document: Document, view: View) -> Iterator[str]:
    """One line a row of results."""
    for row in document.numbers():
        yield " ".join(row) + "\n"
