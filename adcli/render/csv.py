"""Comma-separated values with a header (RFC 4180, lines ended by a newline), at full precision."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from adcli.report.document import Document, View

SUFFIXES = (".csv",)
PLAIN = True
NEEDS = ""


def render(document: Document, view: View) -> Iterator[str]:
    """One line a record."""
    header, rows = document.records()
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    careful = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in chain([header], rows):
        # A bare carriage return ends a line for many readers, and the module leaves it unquoted.
        (careful if any("\r" in cell for cell in row) else writer).writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
