"""A picture of the tables and graphs, as PNG: the SVG on light paper, drawn by resvg at twice its size."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adcli.errors import Problem, ProblemError
from adcli.render import svg
from adcli.report.document import Document, View

SUFFIXES = (".png",)
PLAIN = False
NEEDS = ""

SCALE, MOST = 2.0, 8_000  # pixels of a side at most: of very large ones, the scale gives way


def render(document: Document, view: View) -> Iterator[bytes]:
    """One piece. Raises ProblemError without the extra `png`."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        hint = 'pip install "adcli[png]", or write --format svg'
        raise ProblemError(Problem("usage", "png needs a package that is not installed", hint=hint)) from None
    text = "".join(svg.render(document, view))
    found = re.search(r'width="(\d+)" height="(\d+)"', text)
    assert found is not None
    scale = min(SCALE, MOST / max(map(int, found.groups())))
    yield bytes(svg_to_bytes(svg_string=text, zoom=scale, monospace_family="DejaVu Sans Mono"))
