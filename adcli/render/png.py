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

SCALE, LEAST = 2.0, 0.25  # times the size of the SVG; large pictures are drawn smaller
SIDE, AREA = 16_000, 50_000_000  # pixels at most


def render(document: Document, view: View) -> Iterator[bytes]:
    """One piece. Raises ProblemError without the extra `png`, and for what is too large for a picture of pixels."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        hint = 'pip install "adcli[png]", or write --format svg'
        raise ProblemError(Problem("usage", "png needs a package that is not installed", hint=hint)) from None
    text = "".join(svg.render(document, view))
    found = re.search(r'width="(\d+)" height="(\d+)"', text)
    assert found is not None
    width, height = map(int, found.groups())
    scale = min(SCALE, SIDE / max(width, height), (AREA / (width * height)) ** 0.5)
    if scale < LEAST:
        headline = f"{width:,} x {height:,} is too large for png"
        raise ProblemError(Problem("usage", headline, hint="write --format svg, or of a graph --around NODE"))
    yield bytes(svg_to_bytes(svg_string=text, zoom=scale, monospace_family="DejaVu Sans Mono"))
