"""Comma-separated values with a header (RFC 4180, lines ended by a newline), at full precision."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from adcli.report.document import Document, View

SUFFIXES = (".csv",)
PLAIN = True


def render(document: Document, view: View) -> Iterator[str]:
    """One line a record."""
    header, rows = document.records()
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in chain([header], rows):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
