"""The layered drawing: levels, room, routes, parts; with fast-sugiyama and without."""

from __future__ import annotations

import random
import sys
from itertools import pairwise

import pytest

from adcli.report.layout import FAST_NODES, NEAR, Layout, bends, layout, levels

Graph = tuple[int, list[tuple[int, int]]]


def scattered(count: int, seed: int) -> Graph:
    """A graph in which nodes use one or two of the ten before them; some use nothing, and some come twice."""
    draw = random.Random(seed)
    edges = []
    for k in range(2, count):
        edges += [(max(0, k - 1 - draw.randrange(10)), k) for _ in range(draw.randrange(3))]
    return count, edges


GRAPHS: dict[str, Graph] = {
    "none": (0, []),
    "one": (1, []),
    "alone": (3, []),
    "diamond": (5, [(0, 2), (0, 3), (1, 3), (2, 4), (3, 4), (0, 4)]),
    "twice": (2, [(0, 1), (0, 1)]),
    "parts": (9, [(0, 1), (2, 3), (3, 4), (6, 8)]),
    "backwards": (4, [(3, 2), (2, 1), (1, 0), (3, 0)]),
    "chain": (400, [(k, k + 1) for k in range(399)] + [(0, k) for k in range(2, 400, 7)]),
    "wide": (1200, [(k % 37, 37 + k) for k in range(1000)] + [(37 + k, 1040 + k % 160) for k in range(1000)]),
    **{f"scattered {seed}": scattered(60, seed) for seed in range(20)},
    "large": scattered(FAST_NODES + 1, 0),
}


@pytest.fixture(params=[True, False], ids=["fast", "plain"])
def fast(request: pytest.FixtureRequest) -> bool:
    if request.param:
        pytest.importorskip("fast_sugiyama")
    return bool(request.param)


def check(drawing: Layout, count: int, edges: list[tuple[int, int]]) -> None:
    """All that a drawing promises."""
    assert len(drawing.x) == len(drawing.y) == count
    assert drawing.x == [float(x) for x in levels(count, edges)]
    columns: dict[float, list[float]] = {}
    for x, y in zip(drawing.x, drawing.y, strict=True):
        columns.setdefault(x, []).append(y)
    for column in columns.values():
        assert all(b - a > 0.999 for a, b in pairwise(sorted(column)))
    assert len(drawing.routes) == len(edges)
    for route, (a, b) in zip(drawing.routes, edges, strict=True):
        assert route[0] == (drawing.x[a], drawing.y[a])
        assert route[-1] == (drawing.x[b], drawing.y[b])
        assert all(q[0] - p[0] >= 1 for p, q in pairwise(route))
    points = [*zip(drawing.x, drawing.y, strict=True), *(point for route in drawing.routes for point in route)]
    assert all(0 <= x <= drawing.width and -1e-9 <= y <= drawing.height for x, y in points)


@pytest.mark.parametrize("name", GRAPHS)
def test_what_a_drawing_promises(name: str, fast: bool) -> None:
    count, edges = GRAPHS[name]
    drawing = layout(count, edges, fast)
    check(drawing, count, edges)
    assert layout(count, edges, fast) == drawing


@pytest.mark.parametrize("name", ["diamond", "parts", "chain", "wide"])
def test_no_edge_runs_through_a_node(name: str, fast: bool) -> None:
    count, edges = GRAPHS[name]
    drawing = layout(count, edges, fast)
    nodes = set(zip(drawing.x, drawing.y, strict=True))
    for route in drawing.routes:
        for point in route[1:-1]:
            assert all(abs(point[1] - y) > 0.3 for x, y in nodes if x == point[0])


def test_a_tree_has_no_crossings(fast: bool) -> None:
    edges = [(k, k // 2) for k in range(63, 1, -1)]
    drawing = layout(64, edges, fast)
    pieces = [(route[0][0], route[0][1], route[1][1]) for route in drawing.routes]
    assert not any(p[0] == q[0] and (p[1] - q[1]) * (p[2] - q[2]) < 0 for p in pieces for q in pieces)


def test_without_the_extra_there_is_a_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    count, edges = GRAPHS["diamond"]
    assert layout(count, edges) == layout(count, edges, fast=False)


def test_edges_over_very_many_levels_are_straight() -> None:
    count = 3000
    edges = [(k, k + 1) for k in range(count - 1)] + [(0, k) for k in range(2, count)]
    drawing = layout(count, edges)
    check(drawing, count, edges)
    assert all(len(route) == 2 for route in drawing.routes)


def test_a_cycle_is_refused(fast: bool) -> None:
    with pytest.raises(ValueError, match="cycle"):
        layout(3, [(0, 1), (1, 2), (2, 1)], fast)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_route_of_fewer_points_stays_near_those_it_leaves_out(name: str, fast: bool) -> None:
    count, edges = GRAPHS[name]
    for route in layout(count, edges, fast).routes:
        kept = [route[0], *bends(route), route[-1]]
        assert set(kept) <= set(route)
        for a, b in pairwise(kept):
            for x, y in route[route.index(a) : route.index(b)]:
                assert abs(a[1] + (b[1] - a[1]) / (b[0] - a[0]) * (x - a[0]) - y) <= NEAR + 1e-9


def test_a_long_edge_that_hardly_turns_has_no_points() -> None:
    assert bends([(float(x), 3 + 0.09 * (x % 2)) for x in range(999)]) == []
    assert bends([(0, 0), (1, 1), (2, 2), (3, 1), (4, 0)]) == [(2, 2)]
