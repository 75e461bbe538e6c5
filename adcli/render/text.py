"""Plain text: what the table format draws, without colour."""

from __future__ import annotations

from collections.abc import Iterator

from adcli.render import table
from adcli.report.document import Document, View

SUFFIXES = (".text",)
PLAIN = False
NEEDS = ""


def render(document: Document, view: View) -> Iterator[str]:
    """Each block, at the terminal's width."""
    return table.render(document, view._replace(color=False))
