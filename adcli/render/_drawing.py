"""A graph drawn with lines in a terminal: levels from left to right, and between two of them a channel for the edges.

Each source of a channel has an upright track of its own, from its row to the rows of what uses it (channel routing by
the left edge: Hashimoto and Stevens, 1971, Wire routing by optimizing channel assignment within large apertures).
Lines that only cross do not touch: the upright one is drawn whole.
"""

from __future__ import annotations

from collections import defaultdict

from rich.text import Text

from adcli.errors import printable
from adcli.render._cells import cell_len
from adcli.render._styles import STYLES
from adcli.report.document import Graph, Vertex, View
from adcli.report.layout import layout

WIDEST, MOST, TALLEST = 120, 60, 80  # columns where there is no limit; nodes; rows
SHIFTS = 4  # rows by which a level may give way, that the tracks before it do not wait for each other
UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
JOINTS = dict(zip((5, 9, 6, 10, 7, 11, 13, 14, 15), "┘└┐┌┤├┴┬┼", strict=True))  # by what meets: sums of these

Piece = tuple[str, str]  # a text and its style


class Item:
    """What stands in a level: a node, or an edge that passes through it.

    lines  the pieces of each line; none for an edge that passes
    y      where it wants to be; `row` its first line, which edges leave from, and enter from there on downwards
    """

    def __init__(self, y: float, lines: list[list[Piece]], height: int):
        self.y = y
        self.lines = lines
        self.height = height
        self.row = 0

    def width(self, line: int) -> int:
        return sum(cell_len(text) for text, _ in self.lines[line]) if self.lines else 0


class Net:
    """What leaves one item: its ends are (item, line, label) of the next level."""

    def __init__(self, item: Item):
        self.item = item
        self.ends: list[tuple[Item, int, str]] = []
        self.column = 0  # of its track

    @property
    def rows(self) -> list[int]:
        return [item.row + line for item, line, _ in self.ends]

    @property
    def low(self) -> int:
        return min(self.item.row, *self.rows)

    @property
    def high(self) -> int:
        return max(self.item.row, *self.rows)


class Canvas:
    """Cells of lines by the nets that pass them, and pieces of text above them."""

    def __init__(self) -> None:
        self.cells: dict[int, dict[int, dict[Net, int]]] = defaultdict(lambda: defaultdict(dict))
        self.pieces: dict[int, dict[int, Piece]] = defaultdict(dict)

    def mark(self, row: int, column: int, net: Net, bits: int) -> None:
        found = self.cells[row][column]
        found[net] = found.get(net, 0) | bits

    def across(self, row: int, start: int, end: int, net: Net) -> None:
        """A line over the columns start..end."""
        for column in range(start, end + 1):
            self.mark(row, column, net, LEFT * (column > start) | RIGHT * (column < end))

    def upright(self, column: int, low: int, high: int, net: Net) -> None:
        for row in range(low, high + 1):
            self.mark(row, column, net, UP * (row > low) | DOWN * (row < high))

    def put(self, row: int, column: int, piece: Piece) -> int:
        """A text at a place; the column after it."""
        self.pieces[row][column] = piece
        return column + cell_len(piece[0])

    def line(self, row: int, ascii: bool) -> Text:
        """One row, from left to right."""
        text, column = Text(no_wrap=True), 0
        places = {
            **{c: (glyph(nets, ascii), STYLES["foot"]) for c, nets in self.cells[row].items()},
            **self.pieces[row],
        }
        for place in sorted(places):
            if place >= column:  # else a text covers it
                text.append(" " * (place - column))
                text.append(*places[place])
                column = place + cell_len(places[place][0])
        return text


def glyph(nets: dict[Net, int], ascii: bool) -> str:
    """How a cell is drawn. Of two nets that cross, the upright one is drawn."""
    bits = next(iter(nets.values())) if len(nets) == 1 else UP | DOWN
    if not bits & (UP | DOWN):
        return "-" if ascii else "─"
    if not bits & (LEFT | RIGHT):
        return "|" if ascii else "│"
    return "+" if ascii else JOINTS[bits]


def drawing(graph: Graph, view: View) -> list[Text] | None:
    """The lines of the drawing; None where it would not fit."""
    if not 1 < len(graph.nodes) <= MOST:
        return None
    levels, channels = placed(graph, view)
    for level, nets in enumerate(channels):
        if not routed(nets, levels[level + 1 :]):
            return None
    low = min(item.row for level in levels for item in level)
    high = max(item.row + item.height for level in levels for item in level)
    canvas = Canvas()
    column = 0
    for level, items in enumerate(levels):
        nets = channels[level] if level < len(channels) else []
        room = max((item.width(line) for item in items for line in range(len(item.lines))), default=0)
        for item in items:
            for line, pieces in enumerate(item.lines):
                place = column
                for piece in pieces:
                    place = canvas.put(item.row + line, place, piece)
        column = wired(canvas, nets, column, room, view)
    if column > (view.width or WIDEST) or high - low > TALLEST:
        return None
    return [canvas.line(row, view.ascii) for row in range(low, high)]


def placed(graph: Graph, view: View) -> tuple[list[list[Item]], list[list[Net]]]:
    """The items of each level with their rows, and the nets between a level and the next."""
    edges = [(edge.source, edge.target) for edge in graph.edges]
    found = layout(len(graph.nodes), edges, fast=False)  # small, and the same with and without the extra
    lines = [lines_of(node, view) for node in graph.nodes]
    entries = [0] * len(lines)
    for edge in graph.edges:
        entries[edge.target] += 1
    nodes = [Item(y, one, max(len(one), n)) for y, one, n in zip(found.y, lines, entries, strict=True)]
    levels: list[list[Item]] = [[] for _ in range(int(found.width) + 1)]
    for x, item in zip(found.x, nodes, strict=True):
        levels[int(x)].append(item)
    nets: list[dict[Item, Net]] = [{} for _ in levels[1:]]
    entered = [0] * len(nodes)
    for edge, route in zip(graph.edges, found.routes, strict=True):
        item = nodes[edge.source]
        for x, y in route[1:-1]:
            passing = Item(y, [], 1)
            levels[int(x)].append(passing)
            nets[int(x) - 1].setdefault(item, Net(item)).ends.append((passing, 0, ""))
            item = passing
        target, line = nodes[edge.target], entered[edge.target]
        entered[edge.target] += 1
        nets[int(route[-1][0]) - 1].setdefault(item, Net(item)).ends.append((target, line, edge.value))
    pitch = 1 + max(item.height for item in nodes)
    for items in levels:
        items.sort(key=lambda item: item.y)
        free = -(10**9)
        for item in items:
            item.row = max(round(item.y * pitch), free)
            free = item.row + item.height + bool(item.lines)
    return levels, [list(channel.values()) for channel in nets]


def lines_of(node: Vertex, view: View) -> list[list[Piece]]:
    """A node: its name and formula, its value, its tangent, its adjoint."""
    styles = {} if node.dim else STYLES
    plain = STYLES["foot"] if node.dim else ""
    found = [[(printable(node.name), styles.get("name", plain)), (f" = {printable(node.formula)}", plain)]]
    for text, role in ((node.value, "primal"), (node.tangent, "tangent"), (node.adjoint, "adjoint")):
        if text:
            found.append([(printable(text), styles.get(role, plain))])
    return found


def routed(nets: list[Net], after: list[list[Item]]) -> bool:
    """Give the nets of a channel their tracks; whether that is possible. The levels after it may give way for that."""
    for _ in range(SHIFTS):
        if assigned([net for net in nets if net.low < net.high]):
            return True
        for items in after:
            for item in items:
                item.row += 1
    return False


def assigned(nets: list[Net]) -> bool:
    """The tracks from left to right, as full as they get. At a row where one net leaves and another one ends, the track
    of the former must be further left.
    """
    leaving = {net.item.row: net for net in nets}
    waits = {net: {leaving[row] for row in net.rows if leaving.get(row, net) is not net} for net in nets}
    left = sorted(nets, key=lambda net: net.low)
    done: set[Net] = set()
    track = 0
    while left:
        bottom: float = -(10**9)
        chosen = []
        for net in left:
            if net.low > bottom and waits[net] <= done:
                net.column = track
                chosen.append(net)
                bottom = net.high
        if not chosen:
            return False
        done.update(chosen)
        left = [net for net in left if net not in done]
        track += 1
    return True


def wired(canvas: Canvas, nets: list[Net], column: int, room: int, view: View) -> int:
    """Draw the edges of a channel that begins after a level of this width; the column of the next level."""
    if not nets:
        return column + room
    tracks = 1 + max((net.column for net in nets if net.low < net.high), default=-1)
    label = max(cell_len(text) for net in nets for _, _, text in net.ends)
    first = column + room + 2
    head = first + 2 * tracks + (label + 2 if label else 1)
    after = head + 2
    for net in nets:
        row = net.item.row
        start = column + (net.item.width(0) + 1 if net.item.lines else 0)
        turn = first + 2 * net.column
        if net.low < net.high:
            canvas.across(row, start, turn, net)
            canvas.upright(turn, net.low, net.high, net)
            start = turn
        for item, line, text in net.ends:
            end = head if item.lines else after - 1
            canvas.across(item.row + line, start, end, net)
            if item.lines:
                canvas.put(item.row + line, head, (">" if view.ascii else "▶", STYLES["foot"]))
            if text:
                canvas.put(item.row + line, head - 1 - cell_len(text), (f"{text} ", STYLES["partial"]))
    return after
