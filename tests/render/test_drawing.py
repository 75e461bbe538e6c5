"""Graphs drawn with lines: what is read off the drawing, line by line, is the graph."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from documents import graph as report
from running import SAMPLES, columns_of

from adcli.render._drawing import MOST, drawing
from adcli.report.document import Edge, Graph, Vertex, View

WIDE = View(width=2000)
UP, DOWN, LEFT, RIGHT = (-1, 0), (1, 0), (0, -1), (0, 1)
OPPOSITE = {UP: DOWN, DOWN: UP, LEFT: RIGHT, RIGHT: LEFT}
DIRECTIONS = {
    "─": [LEFT, RIGHT], "│": [UP, DOWN], "┘": [UP, LEFT], "└": [UP, RIGHT], "┐": [DOWN, LEFT], "┌": [DOWN, RIGHT],
    "┤": [UP, DOWN, LEFT], "├": [UP, DOWN, RIGHT], "┴": [UP, LEFT, RIGHT], "┬": [DOWN, LEFT, RIGHT],
    "┼": [UP, DOWN, LEFT, RIGHT],
}  # fmt: skip


def scattered(seed: int, most: int = 14) -> Graph:
    """A graph in which nodes use up to three before them, some twice."""
    draw = random.Random(seed)
    count = draw.randrange(2, most)
    edges = []
    for target in range(1, count):
        for _ in range(draw.randrange(4)):
            edges.append(Edge(draw.randrange(target), target, "", draw.choice(["", "", "0.5", "-12.25"])))
    nodes = [
        Vertex(f"n{k}", "f" * draw.randrange(1, 9), str(k), *([f"t{k} = 1"] * draw.randrange(2))) for k in range(count)
    ]
    return Graph("", nodes, edges)


def lines_of(graph: Graph, view: View = WIDE) -> list[str]:
    found = drawing(graph, view)
    assert found is not None
    return [line.plain for line in found]


def edges_read(lines: list[str], graph: Graph) -> Counter[tuple[int, int]]:
    """The edges, followed on the drawing from every head to the left."""
    where = {}
    for row, line in enumerate(lines):
        for found in re.finditer(r"\bn(\d+) = f+", line):
            where[int(found[1])] = (row, found.start(), found.end())
    assert set(where) == set(range(len(graph.nodes)))
    entries = Counter(edge.target for edge in graph.edges)
    read: Counter[tuple[int, int]] = Counter()
    for row, line in enumerate(lines):
        for head in (i for i, c in enumerate(line) if c == "▶"):
            (target,) = (k for k, (top, start, _) in where.items()
                         if start == head + 2 and top <= row < top + entries[k])  # fmt: skip
            place = followed(lines, row, head)
            (source,) = (k for k, (top, _, end) in where.items() if (top, end) == place)
            read[source, target] += 1
    return read


def followed(lines: list[str], row: int, head: int) -> tuple[int, int]:
    """From a head against the arrow: (row, column after the text) of the node that the line comes from."""
    column = head - 1
    while lines[row][column] not in DIRECTIONS:  # the partial stands on the line
        column -= 1
    seen, stack, ends = set(), [(row, column, (0, -1))], set()
    while stack:
        row, column, going = stack.pop()
        if (row, column, going) in seen:
            continue
        seen.add((row, column, going))
        sign = lines[row][column] if column < len(lines[row]) else " "
        if sign == " ":
            if going == LEFT:
                ends.add((row, column))
            continue
        ways = DIRECTIONS.get(sign, [])
        if sign == "│" and going[0] == 0:
            ways = [LEFT, RIGHT]  # a crossing
        assert OPPOSITE[going] in ways, f"{sign} is entered from where it has no end"
        for way in ways:
            if way not in (OPPOSITE[going], RIGHT):  # to the right are other heads
                stack.append((row + way[0], column + way[1], way))
    (end,) = ends
    return end


@pytest.mark.parametrize("seed", range(150))
def test_what_is_drawn_is_the_graph(seed: int) -> None:
    graph = scattered(seed)
    assert edges_read(lines_of(graph), graph) == Counter((edge.source, edge.target) for edge in graph.edges)


@pytest.mark.parametrize("seed", range(20))
def test_the_partials_stand_at_the_heads(seed: int) -> None:
    graph = scattered(seed)
    found = Counter(re.findall(r"[─│┐┘└┌┬┴├┤┼]([-.0-9]+) ▶", "\n".join(lines_of(graph))))
    assert found == Counter(edge.value for edge in graph.edges if edge.value)


@pytest.mark.parametrize("mode", [None, "reverse", "both"])
@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
def test_it_fits_or_is_no_drawing(sample: str, mode: str | None) -> None:
    document = report(sample, mode)
    for ascii in (False, True):
        for width in (40, 80, 120, 300):
            view = View(width=width, ascii=ascii)
            found = drawing(document.graph(view), view)
            for line in found or ():
                assert columns_of(line.plain) <= width
                assert not ascii or line.plain.isascii()


def test_the_textbook() -> None:
    view = View(width=80)
    assert [line.plain.rstrip() for line in drawing(report("textbook").graph(view), view) or ()] == [
        "          ┌──▶ v1 = ln(v-1) ─┐",
        "v-1 = x1 ─┤    0.693147      │",
        "2         │                  └──▶ v4 = v1 + v2 ─┐",
        "          └──▶ v2 = v-1*v0 ─────▶ 10.693147     └──▶ v5 = v4 - v3 ──▶ y = v5",
        "v0 = x2 ──┬──▶ 10                               ┌──▶ 11.652071        11.652071",
        "5         │                  ┌──────────────────┘",
        "          └──▶ v3 = sin(v0) ─┘",
        "               -0.958924",
    ]
    narrow = View(width=78)
    assert drawing(report("textbook").graph(narrow), narrow) is None


def test_lines_of_ascii() -> None:
    graph = Graph("", [Vertex("a", "x", "1"), Vertex("b", "a*a", "1")], [Edge(0, 1), Edge(0, 1)])
    assert lines_of(graph, View(width=80, ascii=True)) == ["a = x -+--> b = a*a", "1      +--> 1"]


def test_a_node_alone_and_very_many_are_no_drawing() -> None:
    assert drawing(Graph("", [Vertex("y", "3", "3")], []), WIDE) is None
    many = [Vertex(f"n{k}", "f", "1") for k in range(MOST + 1)]
    assert drawing(Graph("", many, []), WIDE) is None
    chain = [Edge(k, k + 1) for k in range(MOST - 1)]
    assert drawing(Graph("", many[:-1], chain), WIDE) is not None


def test_names_of_a_user_reach_no_terminal_as_they_are() -> None:
    graph = Graph("", [Vertex("a\x1b[31m", "x", "1"), Vertex("b", "\x07", "1")], [Edge(0, 1)])
    assert all(line.isprintable() for line in lines_of(graph))
