"""A graph as a picture: boxes in levels from left to right, edges routed between them, partials where they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from adcli.errors import printable
from adcli.render._cells import cell_len
from adcli.render.table import shortened
from adcli.report.document import Edge, Graph, Vertex, View
from adcli.report.layout import Layout, layout

CELL, LINE, SMALL = 8.43, 18, 7.23  # width of a character, height of a line; width of a character of a partial
PAD_X, PAD_Y, APART = 10, 7, 24  # within a box; between boxes of one level
CURVE, WIDEST_CURVE, ARROW, PORT = 48, 260, 8, 22
LONGEST = 30  # characters of a line in a box

STYLE = """\
rect.box { fill: #f6f8fa; stroke: #afb8c1; }
.edge { fill: none; stroke: #8c959f; stroke-width: 1.3; }
.tip { fill: #8c959f; }
.faint { opacity: 0.5; }
text.partial { font-size: 12px; text-anchor: end; }
@media (prefers-color-scheme: dark) {
rect.box { fill: #161b22; stroke: #484f58; }
.edge { stroke: #6e7681; }
.tip { fill: #6e7681; }
}
"""

Point = tuple[float, float]


class Box(NamedTuple):
    """Where a node is drawn, and its lines: runs of text, each with its class."""

    left: float
    top: float
    width: float
    height: float
    lines: list[list[tuple[str, str]]]

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


class Way(NamedTuple):
    """How an edge is drawn: curved or straight in turns from box to box, an entry of (point, curved) each."""

    start: Point
    steps: list[tuple[Point, bool]]

    @property
    def end(self) -> Point:
        return self.steps[-1][0]


class Picture(NamedTuple):
    """A drawn graph; its upper left corner is (0, 0)."""

    width: float
    height: float
    boxes: list[Box]
    ways: list[Way]


def picture(graph: Graph, view: View) -> Picture:
    """Places for all of it. Nothing overlaps but edges that cross."""
    found = layout(len(graph.nodes), [(edge.source, edge.target) for edge in graph.edges])
    contents = [box_lines(node, view) for node in graph.nodes]
    widths = [2 * PAD_X + CELL * max(map(columns_of, lines)) for lines in contents]
    height = 2 * PAD_Y + LINE * max(map(len, contents), default=1)
    unit = height + APART
    columns, curves = columns_and_curves(graph, found, widths, unit)
    boxes = []
    for x, y, width, lines in zip(found.x, found.y, widths, contents, strict=True):
        left, right = columns[int(x)]
        own = 2 * PAD_Y + LINE * len(lines)
        boxes.append(Box((left + right - width) / 2, y * unit + (height - own) / 2, width, own, lines))
    ports = entries(graph.edges, found, boxes)
    ways = [
        routed(boxes[edge.source], boxes[edge.target], port, route, columns, curves, unit, height)
        for edge, port, route in zip(graph.edges, ports, found.routes, strict=True)
    ]
    return Picture(columns[-1][1] if columns else 0.0, found.height * unit + height, boxes, ways)


def box_lines(node: Vertex, view: View) -> list[list[tuple[str, str]]]:
    """What stands in a box."""
    name = shortened(printable(node.name), LONGEST, view)
    formula = shortened(printable(node.formula), LONGEST, view)
    dim = " faint" if node.dim else ""
    found = [[(name, f"bold{dim}"), (f" = {formula}", f"plain{dim}")], [(node.value, f"cyan{dim}")]]
    for text, style in ((node.tangent, "green"), (node.adjoint, "magenta")):
        if text:
            label, _, number = printable(text).rpartition(" = ")
            found.append([(f"{shortened(label, LONGEST, view)} = {number}", style + dim)])
    return found


def columns_of(line: list[tuple[str, str]]) -> int:
    """Characters that a line takes."""
    return sum(cell_len(text) for text, _ in line)


def columns_and_curves(
    graph: Graph, found: Layout, widths: Sequence[float], unit: float
) -> tuple[list[Point], list[float]]:
    """(left and right of each level, where the curves behind it end)."""
    count = int(found.width) + 1 if graph.nodes else 0
    wide, labels, spans = [0.0] * count, [0.0] * count, [0.0] * count
    for x, width in zip(found.x, widths, strict=True):
        wide[int(x)] = max(wide[int(x)], width)
    for edge, route in zip(graph.edges, found.routes, strict=True):
        if edge.value:
            x = int(found.x[edge.target])
            labels[x] = max(labels[x], SMALL * len(edge.value) + 10)
        for (x0, y0), (_, y1) in zip(route, route[1:], strict=False):
            spans[int(x0)] = max(spans[int(x0)], abs(y1 - y0) * unit)
    columns: list[Point] = []
    curves: list[float] = []
    left = 0.0
    for x in range(count):
        right = left + wide[x]
        columns.append((left, right))
        curves.append(right + min(max(CURVE, spans[x] / 4), WIDEST_CURVE))
        left = curves[-1] + (labels[x + 1] if x + 1 < count else 0.0) + ARROW
    return columns, curves


def entries(edges: Sequence[Edge], found: Layout, boxes: Sequence[Box]) -> list[float]:
    """Where each edge enters its box, across: those from above enter above."""
    into: dict[int, list[int]] = {}
    for number, edge in enumerate(edges):
        into.setdefault(edge.target, []).append(number)
    ports = [0.0] * len(edges)
    for target, numbers in into.items():
        numbers.sort(key=lambda number: (found.routes[number][-2][1], number))
        room = min(PORT, (boxes[target].height - 2 * PAD_Y) / max(1, len(numbers) - 1))
        for i, number in enumerate(numbers):
            ports[number] = boxes[target].middle + room * (i - (len(numbers) - 1) / 2)
    return ports


def routed(
    source: Box, target: Box, port: float, route: Sequence[Point],
    columns: Sequence[Point], curves: Sequence[float], unit: float, height: float,
) -> Way:  # fmt: skip
    """One edge: straight along its levels, curved between them."""
    steps: list[tuple[Point, bool]] = []
    y = source.middle
    for (before, _), (x, across) in zip(route, route[1:], strict=False):
        steps.append(((columns[int(before)][1], y), False))
        y = port if (x, across) == route[-1] else across * unit + height / 2
        steps.append(((curves[int(before)], y), True))
        steps.append(((columns[int(x)][0], y), False))
    steps.append(((target.left, port), False))
    return Way((source.left + source.width, source.middle), steps)


def elements(graph: Graph, found: Picture, x: float, y: float) -> Iterator[str]:
    """The picture as SVG, its corner at (x, y): edges, boxes, partials."""
    for edge, way in zip(graph.edges, found.ways, strict=True):
        dim = " faint" if graph.nodes[edge.target].dim or graph.nodes[edge.source].dim else ""
        yield f'<path class="edge{dim}" d="{path(way, x, y)}"/>'
        tip_x, tip_y = x + way.end[0], y + way.end[1]
        yield f'<path class="tip{dim}" d="M{tip_x:.1f} {tip_y:.1f}l-{ARROW} -4v8z"/>'
    for box in found.boxes:
        left, top = x + box.left, y + box.top
        yield f'<rect class="box" x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height}" rx="6"/>'
        for number, line in enumerate(box.lines):
            column = 0
            for text, style in line:
                at_x = left + PAD_X + CELL * (column + len(text) - len(text.lstrip()))
                at = f'x="{at_x:.1f}" y="{top + PAD_Y + LINE * (number + 0.75):.1f}"'
                yield f'<text {at} class="{style}">{escape(text.strip())}</text>'
                column += cell_len(text)
    for edge, way in zip(graph.edges, found.ways, strict=True):
        if edge.value:
            at = f'x="{x + way.end[0] - ARROW - 4:.1f}" y="{y + way.end[1] - 4:.1f}"'
            yield f'<text {at} class="partial magenta bold">{escape(edge.value)}</text>'


def path(way: Way, x: float, y: float) -> str:
    """The way as SVG writes it; points in a row are one line."""
    px, py = way.start
    found = [f"M{x + px:.1f} {y + py:.1f}"]
    for (qx, qy), curved in way.steps:
        if curved and abs(qy - py) > 0.05:
            middle = x + (px + qx) / 2
            found.append(f"C{middle:.1f} {y + py:.1f} {middle:.1f} {y + qy:.1f} {x + qx:.1f} {y + qy:.1f}")
        elif qx != px:
            found.append(f"H{x + qx:.1f}")
        px, py = qx, qy
    return "".join(found)
