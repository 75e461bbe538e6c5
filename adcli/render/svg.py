"""A picture of the tables, as SVG: readable on light and dark paper, loading nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from io import StringIO

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from adcli.render import table
from adcli.report.document import Document, View

SUFFIXES = (".svg",)
PLAIN = False
NEEDS = ""

FONT_SIZE, LINE, CELL, MARGIN = 14, 20, 8.43, 16
SHAPE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}">
<style>
text {{ font: {size}px "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre; \
fill: #1f2328; }}
rect {{ fill: #ffffff; stroke: #d1d9e0; }}
.bold {{ font-weight: bold; }}
.dim {{ fill: #6a737d; }}
.cyan {{ fill: #0a6c74; }}
.green {{ fill: #1a7f37; }}
.magenta {{ fill: #8250df; }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #e6edf3; }}
rect {{ fill: #0d1117; stroke: #30363d; }}
.dim {{ fill: #8b949e; }}
.cyan {{ fill: #39c5cf; }}
.green {{ fill: #3fb950; }}
.magenta {{ fill: #d2a8ff; }}
}}
</style>
<rect x="0.5" y="0.5" width="{inner:.0f}" height="{below}" rx="8"/>
{lines}
</svg>
"""


def render(document: Document, view: View) -> Iterator[str]:
    """What the table format draws; runs of one style are placed by themselves, so that columns stay aligned."""
    console = table.make_console(View(color=True, width=view.width), StringIO())
    rows: list[str] = []
    widest = 1
    for number, block in enumerate(document.blocks(view)):
        drawn: list[list[Segment]] = [[]] if number else []
        for drawing in table.drawings(block, view):
            drawn += console.render_lines(drawing, pad=False)
        for segments in drawn:
            y = MARGIN + FONT_SIZE + LINE * len(rows)
            column = 0
            row = []
            for text, style, *_ in segments:
                stripped = text.rstrip("\n ")
                if stripped:
                    indent = len(stripped) - len(stripped.lstrip(" "))
                    x = MARGIN + CELL * (column + indent)
                    widest = max(widest, column + cell_len(stripped))
                    row.append(f'<text x="{x:.2f}" y="{y}"{classes(style)}>{escape(stripped[indent:])}</text>')
                column += cell_len(text)
            rows.append("".join(row))
    width, height = 2 * MARGIN + CELL * widest, 2 * MARGIN + LINE * len(rows)
    lines = "\n".join(row for row in rows if row)
    yield SHAPE.format(width=width, height=height, inner=width - 1, below=height - 1, size=FONT_SIZE, lines=lines)


def classes(style: Style | None) -> str:
    """The class attribute of a run of text."""
    if style is None:
        return ""
    names = [name for name, on in (("bold", style.bold), ("dim", style.dim)) if on]
    names += [style.color.name] if style.color is not None else []
    return f' class="{" ".join(names)}"' if names else ""
