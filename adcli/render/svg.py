"""A picture of the tables and graphs, as SVG: readable on light and dark paper, loading nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from io import StringIO

from rich.console import Console

from adcli.render import table
from adcli.render._cells import cell_len
from adcli.render._graph_svg import STYLE, elements, picture
from adcli.report.document import Block, Document, Graph, Text, View

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
{style}</style>
<rect x="0.5" y="0.5" width="{inner:.0f}" height="{below}" rx="8"/>
{lines}
</svg>
"""


def render(document: Document, view: View) -> Iterator[str]:
    """What the table format draws, and graphs as pictures, one below the other."""
    console = table.make_console(View(color=True, width=view.width), StringIO())
    parts: list[str] = []
    y, right, style = float(MARGIN), CELL, ""
    for number, block in enumerate(document.blocks(view)):
        y += LINE * bool(number)
        if not isinstance(block, Graph):
            y, wide = written(console, block, view, y, parts)
            right = max(right, wide)
            continue
        y, wide = written(console, Text(block.title, "title"), view, y, parts)
        found = picture(block, view)
        parts.append("\n".join(elements(block, found, MARGIN, y + LINE / 2)))
        style, right = STYLE, max(right, wide, found.width)
        y += found.height + LINE
        for text in block.foot:
            y, wide = written(console, Text(text, "foot"), view, y, parts)
            right = max(right, wide)
    width, height = 2 * MARGIN + right, y + MARGIN
    lines = "\n".join(part for part in parts if part)
    yield SHAPE.format(width=width, height=f"{height:.0f}", inner=width - 1, below=f"{height - 1:.0f}",
                       size=FONT_SIZE, style=style, lines=lines)  # fmt: skip


def written(console: Console, block: Block, view: View, y: float, parts: list[str]) -> tuple[float, float]:
    """Add a table or a paragraph below `y`: (where it ends, its width). Runs of one style are placed by themselves, so
    that columns stay aligned.
    """
    widest = 0
    for line in laid(console, block, view):
        column = 0
        row = []
        for text, style in line:
            stripped = text.rstrip("\n ")
            if stripped:
                indent = len(stripped) - len(stripped.lstrip(" "))
                x = MARGIN + CELL * (column + indent)
                widest = max(widest, column + cell_len(stripped))
                at = f'x="{x:.2f}" y="{y + FONT_SIZE:.0f}"'
                row.append(f"<text {at}{classes(style)}>{escape(stripped[indent:])}</text>")
            column += cell_len(text)
        parts.append("".join(row))
        y += LINE
    return y, CELL * widest


def laid(console: Console, block: Block, view: View) -> Iterator[table.Runs]:
    """The lines of a table or a paragraph."""
    for drawing in table.drawings(block, view._replace(color=True)):
        if isinstance(drawing, list):
            yield drawing
        else:
            for segments in console.render_lines(drawing, pad=False):
                yield [(text, str(style or "")) for text, style, *_ in segments]


def classes(style: str) -> str:
    """The class attribute of a run of text: the words of its style."""
    return f' class="{style}"' if style else ""
