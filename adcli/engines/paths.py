"""A partial derivative taken apart: the paths from an input to an output, and what goes through a node or an edge.

The partial of an output in an input is the sum, over all paths from the input to the output, of the product of the
partials along the path (Bauer, "Computational graphs and rounding error", SIAM J. Numer. Anal. 11, 1974; Griewank &
Walther, "Evaluating Derivatives", 2nd ed., 2008, chapter 9). Two edges between the same two nodes, as in x*x, are
two. Edges are those of the point: into branches not taken there is none.

Counting the paths and finding the largest product are forward sweeps with other operations: + and 1, max and *.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from adcli.engines.linearise import Linearisation
from adcli.engines.reverse import reverse
from adcli.numbers.real import REAL
from adcli.tape.tape import Tape

# Products of a million partials neither overflow nor underflow, and equal ones are equal in whatever order they were
# multiplied: they are made with 80 digits and compared by 60.
EXACT = Context(prec=80, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
COMPARED = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
SMALL = 2.0**-64
ZERO, ONE, ENDLESS = Decimal(0), Decimal(1), Decimal("Infinity")


class Edge(NamedTuple):
    """The partial of `node` in its `place`-th argument, which is the node `wrt`."""

    node: int
    place: int
    wrt: int
    partial: float


class Path(NamedTuple):
    """The edges from an input to an output, the input's first (none where they are one node), and the product of
    their partials: 0 with a factor that is exactly 0, else rounded once.
    """

    edges: list[Edge]
    product: float


class Way(NamedTuple):
    """One path from an input to a node: by the node's edge number `edge`, then by the `rank`-th way to its other end.

    `order` is what ways are compared by: minus the size of the product, as far as it is compared.
    """

    order: Decimal
    edge: int
    rank: int
    size: Decimal


class Cone:
    """All that the node `target` is made of at a point; the paths from any input lie within.

    nodes     in the order of the tape, with those of branches not taken
    edges     node -> its edges, of the nodes that are read at the point
    left_out  node -> the arguments that it does not read there, if there are any
    """

    def __init__(self, tape: Tape, linear: Linearisation, target: int):
        self.tape = tape
        self.linear = linear
        self.target = target
        found = {target}
        stack = [target]
        while stack:
            fresh = {a for a in tape.arguments(stack.pop()) if a not in found}
            found |= fresh
            stack.extend(fresh)
        self.nodes = sorted(found)
        self.edges: dict[int, list[Edge]] = {}
        self.left_out: dict[int, list[int]] = {}
        read = {target}
        for k in reversed(self.nodes):
            if k in read:
                self.edges[k], left_out = live_edges(tape, linear, k)
                read.update(edge.wrt for edge in self.edges[k])
                if left_out:
                    self.left_out[k] = left_out

    @cached_property
    def adjoints(self) -> list[Any]:
        """Those of the target, of every node; None where none arrives."""
        return reverse(REAL, self.tape, self.linear, {self.target: 1.0})


class Paths:
    """All paths from the node `source` to the target of a cone.

    edges    node -> its edges that are on a path, in the order of its arguments; nodes in the order of the tape
    skipped  whether the program has further paths, through branches that are not taken here
    """

    def __init__(self, cone: Cone, source: int):
        self.cone = cone
        self.source = source
        self.target = cone.target
        self.edges: dict[int, list[Edge]] = {}
        # A node all of whose ways down are in branches not taken is on no path.
        reached = {source} & cone.edges.keys()
        for k in reversed(cone.edges):
            edges = [edge for edge in cone.edges[k] if edge.wrt in reached]
            if edges:
                self.edges[k] = edges
                reached.add(k)
        self.skipped = bool(cone.left_out) and self.further()

    def further(self) -> bool:
        """Whether a branch that is not taken depends on the source."""
        cone = self.cone
        below = {self.source}
        for k in cone.nodes:
            if not below.isdisjoint(cone.tape.arguments(k)):
                below.add(k)
        return any(not below.isdisjoint(left_out) for left_out in cone.left_out.values())

    @property
    def any(self) -> bool:
        """Whether there is a path."""
        return self.target in self.edges or self.source == self.target

    @property
    def nodes(self) -> list[int]:
        """The nodes on the paths, in the order of the tape."""
        return [self.source, *self.edges] if self.any else []

    @cached_property
    def count(self) -> int:
        """How many paths there are: exactly, however many."""
        last = {edge.wrt: k for k, edges in self.edges.items() for edge in edges}
        counts = {self.source: 1}
        for k, edges in self.edges.items():
            counts[k] = sum(counts[edge.wrt] for edge in edges)
            for edge in edges:  # a count can be as long as the tape: it is dropped after its last use
                if last[edge.wrt] == k:
                    counts.pop(edge.wrt, None)
        return counts.get(self.target, 0)

    def largest(self) -> Iterator[Path]:
        """All paths, those with the largest product by size first; equal ones in the order of the arguments, from
        the output down. Those whose product is not finite come first; those with a factor 0, whose product is 0, last.

        Each node keeps its ways in a heap and is asked for its next one only when that is needed (the recursive
        enumeration of Jiménez & Marzal, 1999, without recursion): a path costs at most its length.
        """
        if not self.any:
            return
        ways = {self.source: [Way(-ONE, -1, -1, ONE)]}
        heaps: dict[int, list[Way]] = {}
        for k, edges in self.edges.items():
            heap = heaps[k] = [way(edge, i, 0, ways[edge.wrt][0]) for i, edge in enumerate(edges)]
            heapify(heap)
            ways[k] = [heappop(heap)]
        rank = 0
        while rank < len(ways[self.target]):
            yield self.path(ways, rank)
            rank += 1
            self.another(ways, heaps)

    def another(self, ways: dict[int, list[Way]], heaps: dict[int, list[Way]]) -> None:
        """Give the target its next way, if there is one."""
        stack: list[tuple[int, Edge, int]] = []  # nodes whose next way needs that of the following one
        k = self.target
        while k != self.source:
            last = ways[k][-1]
            edge = self.edges[k][last.edge]
            stack.append((k, edge, last.rank + 1))
            if len(ways[edge.wrt]) > last.rank + 1:
                break
            k = edge.wrt
        for k, edge, rank in reversed(stack):
            if len(ways[edge.wrt]) > rank:
                heappush(heaps[k], way(edge, ways[k][-1].edge, rank, ways[edge.wrt][rank]))
            if heaps[k]:
                ways[k].append(heappop(heaps[k]))

    def path(self, ways: dict[int, list[Way]], rank: int) -> Path:
        """The path that the target's way of this rank is."""
        edges: list[Edge] = []
        k = self.target
        while k != self.source:
            found = ways[k][rank]
            edges.append(self.edges[k][found.edge])
            k, rank = edges[-1].wrt, found.rank
        edges.reverse()
        return Path(edges, product([edge.partial for edge in edges]))


def live_edges(tape: Tape, linear: Linearisation, k: int) -> tuple[list[Edge], list[int]]:
    """(the edges of node k, the arguments it does not read here because a branch is not taken)."""
    nodes = tape.arguments(k)
    taken = tape.rows[k].taken
    reads: Sequence[Any] = (True,) * len(nodes)
    if taken is not None:
        reads = taken(REAL, *(linear.values[a] for a in nodes))
    left_out = [a for a, read in zip(nodes, reads, strict=True) if not read]
    edges = [
        Edge(k, i, a, float(p))
        for i, (a, p, read) in enumerate(zip(nodes, linear.partials[k], reads))  # noqa: B905 - conditions have none
        if p is not None and read and tape.varying[a]
    ]
    return edges, left_out


def way(edge: Edge, number: int, rank: int, below: Way) -> Way:
    """A way to the node of an edge, by a way to its other end."""
    p = edge.partial
    if not p or not below.size:
        size = ZERO
    else:
        size = EXACT.multiply(Decimal(abs(p)) if math.isfinite(p) else ENDLESS, below.size)
    return Way(COMPARED.minus(size), number, rank, size)


def product(factors: Sequence[float]) -> float:
    """The product of factors, rounded once; 0 if one is exactly 0, whatever the others."""
    if 0 in factors:
        return 0.0
    if not all(map(math.isfinite, factors)):
        return math.prod(math.copysign(1.0, x) if math.isfinite(x) else x for x in factors)
    total = ONE
    for x in factors:
        total = EXACT.multiply(total, Decimal(x))
    return float(total) + 0.0  # what is too small keeps no sign


def remainder(partial: float, terms: Sequence[float]) -> float:
    """What is left of a partial without some of its terms, rounded once."""
    numbers = [partial, *(-x for x in terms)]
    try:
        return math.fsum(numbers)
    except OverflowError:  # beyond the range on the way
        return math.fsum(x * SMALL for x in numbers) / SMALL
    except ValueError:  # both infinities
        return math.nan


class Share(NamedTuple):
    """What the paths through one node or one edge add up to: `through` is tangent times adjoint of the node, or
    tangent times partial times adjoint of the edge; `share` is its part of the whole partial, nan where that is 0 or
    not finite.
    """

    node: int
    edge: Edge | None
    tangent: float
    adjoint: float
    through: float
    share: float


def node_shares(paths: Paths, tangents: Sequence[Any], adjoints: Sequence[Any], partial: float) -> list[Share]:
    """What goes through each node on a path, the largest first.

    A path through node k is a path from the input to k and one from k to the output. The products of the former add up
    to the tangent of k, those of the latter to its adjoint; so all paths through k add up to their product, which the
    one forward and the one reverse sweep give for every node at once. The shares of nodes or edges that every path
    meets exactly once (a cut of the graph) add up to 1.
    """
    found = []
    for k in paths.nodes:
        t, w = tangents[k] or 0.0, adjoints[k] or 0.0
        through = REAL.times(t, w)
        found.append(Share(k, None, t, w, through, share(through, partial)))
    return ranked(found)


def edge_shares(paths: Paths, tangents: Sequence[Any], adjoints: Sequence[Any], partial: float) -> list[Share]:
    """What goes through each edge on a path, the largest first: the tangent of its lower end, times its partial, times
    the adjoint of its upper end, for the reason that `node_shares` gives.
    """
    found = []
    for k, edges in paths.edges.items():
        for edge in edges:
            t, w = tangents[edge.wrt] or 0.0, adjoints[k] or 0.0
            through = product([t, edge.partial, w])
            found.append(Share(k, edge, t, w, through, share(through, partial)))
    return ranked(found)


def share(through: float, partial: float) -> float:
    return through / partial if partial and math.isfinite(partial) else math.nan


def ranked(shares: list[Share]) -> list[Share]:
    """The largest by size first, those that are not finite before them; equal ones in the order of the tape."""
    return sorted(shares, key=lambda found: -abs(found.through) if math.isfinite(found.through) else -math.inf)
