"""Places for the nodes of a graph and ways for its edges: a layered drawing, from left to right.

Sugiyama, Tagawa and Toda (1981), Methods for visual understanding of hierarchical system structures: levels, an order
within each level that has few crossings, then coordinates; an edge over several levels passes through a point on each.
With the extra `graph` fast-sugiyama finds order and coordinates, in compiled code; else the plain passes below do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

Point = tuple[float, float]

FAST_NODES, FAST_POINTS = 6_000, 40_000  # beyond which (nodes; points on levels) fast-sugiyama takes seconds
FAST_WIDTH = 300  # nodes of one level, beyond which it exchanges no neighbours (2,000 of them: 13 s)
WAYPOINTS = 100_000  # on levels; where edges would take more of them, they are drawn straight
NEAR = 0.1  # how far a route may pass beside its own points, once those that change little are left out
SLIM = 0.4  # room that an edge passing between two nodes takes, of that of a node
PASSES = 4


class Layout(NamedTuple):
    """Where everything is: x is the level of a node (0, 1, 2, ...: all edges lead to the right), y its place across.

    Nodes of one level are at least 1 apart in y. Whoever draws scales both to the size of its nodes.

    x, y      an entry per node
    routes    per edge the points it passes, its two nodes' included; points in between lie on the levels in between
    width     largest x; `height` largest y; the smallest are 0
    """

    x: list[float]
    y: list[float]
    routes: list[list[Point]]
    width: float
    height: float


class Ordered(NamedTuple):
    """One connected part: where its vertices are, those of nodes first, and which of them each edge passes."""

    places: list[Point]
    chains: dict[tuple[int, int], list[int]]


def layout(count: int, edges: Sequence[tuple[int, int]], fast: bool = True) -> Layout:
    """The drawing of a graph without cycles; edges lead from argument to user and may repeat.

    Parts that nothing connects stand below each other. Equal graphs get equal drawings. `fast=False` leaves
    fast-sugiyama out. Raises ValueError for a cycle.
    """
    level = levels(count, edges)
    different = list(dict.fromkeys(edges))
    points = sum(level[b] - level[a] - 1 for a, b in different)
    places: list[Point] = [(0.0, 0.0)] * count
    routes: dict[tuple[int, int], list[Point]] = {}
    top = bottom = 0.0
    for nodes, own in parts(count, different):
        levels_here = [level[k] for k in nodes]
        found = None
        if fast and own and count <= FAST_NODES and points <= FAST_POINTS:
            found = sugiyama(own, max(Counter(levels_here).values()) <= FAST_WIDTH)
        if found is None or not apart(found.places[: len(nodes)]):
            found = plain(own, levels_here, points <= WAYPOINTS)
        low = min(y for _, y in found.places)
        moved = [(x, y - low + top) for x, y in found.places]
        for k, place in zip(nodes, moved, strict=False):
            places[k] = place
        for (a, b), chain in found.chains.items():
            routes[nodes[a], nodes[b]] = [moved[v] for v in chain]
        bottom = max(y for _, y in moved)
        top = bottom + 1
    across = [y for _, y in places]
    return Layout(
        [float(x) for x in level], across, [routes[edge] for edge in edges], float(max(level, default=0)), bottom
    )


def bends(route: Sequence[Point]) -> list[Point]:
    """The fewest of the points between the ends of a route that keep it within NEAR of every point it passes.

    Greedy along x, with the slopes still allowed from the last point kept (Imai and Iri, 1986, An optimal algorithm
    for approximating a piecewise linear function): linear, and long edges that hardly turn cost nothing.
    """
    kept: list[Point] = []
    here = last = route[0]
    low, high = -inf, inf
    for point in route[1:]:
        far = point[0] - here[0]
        if not low <= (point[1] - here[1]) / far <= high:
            kept.append(last)
            here, low, high = last, -inf, inf
            far = point[0] - here[0]
        low = max(low, (point[1] - NEAR - here[1]) / far)
        high = min(high, (point[1] + NEAR - here[1]) / far)
        last = point
    return kept


def levels(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """The longest way to each node from one that uses nothing. Raises ValueError for a cycle."""
    users: list[list[int]] = [[] for _ in range(count)]
    waits = [0] * count
    for a, b in edges:
        users[a].append(b)
        waits[b] += 1
    level = [0] * count
    ready = [k for k in range(count) if not waits[k]]
    for k in ready:  # grows meanwhile
        for b in users[k]:
            level[b] = max(level[b], level[k] + 1)
            waits[b] -= 1
            if not waits[b]:
                ready.append(b)
    if len(ready) < count:
        raise ValueError("the graph has a cycle")
    return level


def parts(count: int, edges: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """The connected parts by their first node: the nodes of each, and its edges between places in that list."""
    root = list(range(count))

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = k = root[root[k]]
        return k

    for a, b in edges:
        one, other = sorted((find(a), find(b)))
        root[other] = one
    found: dict[int, tuple[list[int], list[tuple[int, int]]]] = {}
    number = [0] * count
    for k in range(count):
        nodes, _ = found.setdefault(find(k), ([], []))
        number[k] = len(nodes)
        nodes.append(k)
    for a, b in edges:
        found[find(a)][1].append((number[a], number[b]))
    return list(found.values())


def sugiyama(edges: list[tuple[int, int]], exchange: bool) -> Ordered | None:
    """One connected part as fast-sugiyama draws it; None where that is not installed.

    exchange  whether it tries to exchange neighbours of a level, once it has an order
    """
    try:
        from fast_sugiyama import from_edges
    except ImportError:
        return None
    # One part at a time: of several, it may give a waypoint the number of a node.
    drawn: Any = from_edges(
        edges, vertex_spacing=1, dummy_vertices=True, dummy_size=SLIM, ranking_type="up", transpose=exchange
    )
    ((positions, _, height, pieces),) = drawn  # its own types allow for names in the place of numbers
    count = 1 + max(max(edge) for edge in edges)
    numbers = sorted(v for v, _ in positions)
    places = {v: (float(height - y), x) for v, (x, y) in positions}  # it draws from the top down, y upwards
    onwards = {a: b for a, b in pieces if a >= count}
    chains = {}
    for a, b in pieces:
        if a >= count:
            continue
        chain = [a, b]
        while chain[-1] >= count:
            chain.append(onwards[chain[-1]])
        chains[a, chain[-1]] = chain
    index = {v: i for i, v in enumerate(numbers)}
    return Ordered([places[v] for v in numbers], {edge: [index[v] for v in chain] for edge, chain in chains.items()})


def apart(places: Iterable[Point]) -> bool:
    """Whether no two nodes overlap."""
    columns: dict[float, list[float]] = {}
    for x, y in places:
        columns.setdefault(x, []).append(y)
    return all(b - a > 0.999 for column in columns.values() for a, b in pairwise(sorted(column)))


def plain(edges: list[tuple[int, int]], level: list[int], waypoints: bool) -> Ordered:
    """One connected part, ordered by barycentres. Linear in nodes, edges and waypoints, but for sorting."""
    count = len(level)
    level = list(level)
    chains: dict[tuple[int, int], list[int]] = {}
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        chain = chains[a, b] = [a]
        for x in range(level[a] + 1, level[b]) if waypoints else ():
            chain.append(len(level))
            level.append(x)
            before.append([])
            after.append([])
        chain.append(b)
        for u, v in pairwise(chain):
            after[u].append(v)
            before[v].append(u)
    layers: list[list[int]] = [[] for _ in range(max(level) + 1)]
    for v, x in enumerate(level):
        layers[x].append(v)
    y = [0.0] * len(level)
    arrange(layers, before, after, count, y)
    return Ordered([(float(x), place) for x, place in zip(level, y, strict=True)], chains)


def arrange(
    layers: list[list[int]], before: list[list[int]], after: list[list[int]], count: int, y: list[float]
) -> None:
    """Set the places across: the order first, then the coordinates."""
    for layer in layers:
        for i, v in enumerate(layer):
            y[v] = float(i)
    for _ in range(PASSES):
        for layer in layers[1:]:
            reorder(layer, before, y)
        for layer in reversed(layers[:-1]):
            reorder(layer, after, y)
    for _ in range(PASSES):
        for layer in layers[1:]:
            settle(layer, before, count, y)
        for layer in reversed(layers[:-1]):
            settle(layer, after, count, y)


def mean(v: int, neighbours: list[list[int]], y: list[float]) -> float:
    """Where a vertex would like to be: amid its neighbours on one side, or where it is."""
    found = neighbours[v]
    if not found:
        return y[v]
    if len(found) == 1:
        return y[found[0]]
    total = 0.0
    for u in found:
        total += y[u]
    return total / len(found)


def reorder(layer: list[int], neighbours: list[list[int]], y: list[float]) -> None:
    """Sort a level by the barycentres of its vertices."""
    if len(layer) > 1:
        wanted = {v: mean(v, neighbours, y) for v in layer}
        layer.sort(key=wanted.__getitem__)
    for i, v in enumerate(layer):
        y[v] = float(i)


def settle(layer: list[int], neighbours: list[list[int]], count: int, y: list[float]) -> None:
    """Move a level's vertices as near to where they would like to be as their order and room allow.

    Least squares under an order: neighbours that want to pass each other become a block at their mean (Barlow et al.,
    1972, Statistical inference under order restrictions: pool adjacent violators).
    """
    offset = 0.0
    offsets: list[float] = []
    blocks: list[tuple[float, int]] = []  # total of wanted places less their offsets, and members
    for i, v in enumerate(layer):
        if i:
            offset += 1.0 if v < count and layer[i - 1] < count else (1 + SLIM) / 2
            offset -= (1 - SLIM) / 2 if v >= count and layer[i - 1] >= count else 0.0
        offsets.append(offset)
        total, members = mean(v, neighbours, y) - offset, 1
        while blocks and blocks[-1][0] * members > total * blocks[-1][1]:
            more, others = blocks.pop()
            total, members = total + more, members + others
        blocks.append((total, members))
    i = 0
    for total, members in blocks:
        for _ in range(members):
            y[layer[i]] = total / members + offsets[i]
            i += 1
