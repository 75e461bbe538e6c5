"""Colourings of index patterns: which columns of a Jacobian, or of a Hessian, can share one sweep.

A pattern holds indices only, and so does everything here: a colour is 0, 1, 2, ..., or -1 for what needs
no sweep, and the columns of one colour are seeded together.

Curtis, Powell & Reid 1974, J. Inst. Math. Appl. 13 (columns that share no row); Coleman & More 1983, SIAM J.
Numer. Anal. 20, and 1984, Math. Program. 28 (as colourings of graphs, Jacobians and Hessians); Gebremedhin,
Manne & Pothen 2005, "What color is your Jacobian?", SIAM Rev. 47 (a survey).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from math import isqrt

ORDERS = ("natural", "largest", "smallest")  # cheapest first

WIDE = 4096  # vertices of a group beyond which masks of colours would take too much memory
PATIENCE = 1_000_000  # steps beyond which `best` leaves out the order that takes most


def transpose(groups: Sequence[Collection[int]], count: int) -> list[list[int]]:
    """For every vertex 0..count-1 the groups it is in, ascending: the columns of a pattern given by rows."""
    members: list[list[int]] = [[] for _ in range(count)]
    for g, group in enumerate(groups):
        for v in group:
            members[v].append(g)
    return members


def distance2(groups: Sequence[Collection[int]], count: int, order: str = "largest") -> list[int]:
    """A colour per vertex 0..count-1 such that no group holds two vertices of one colour; -1 for one in no group.

    With the rows of a Jacobian's pattern as groups, columns of one colour share no row: one forward sweep gives
    them all. With its columns as groups it is the rows that are coloured, for reverse sweeps. No group may hold
    a vertex twice.

    Greedy: the partial distance-2 colouring of Gebremedhin, Manne & Pothen 2005, Algorithm 3.2. `order` is
    natural (by index), largest (first those with most vertices beside them in their groups) or smallest (last
    those with fewest, among what is left: Matula & Beck 1983, J. ACM 30; it takes the sum of the squares of the
    group sizes, the others what the groups hold). Raises ValueError for another order.
    """
    return partition(groups, transpose(groups, count), order)


def best(groups: Sequence[Collection[int]], count: int) -> list[int]:
    """A colouring as by `distance2` with the fewest colours that its orders find.

    They are tried from the cheapest on, until the colours are as few as they can be: as many as the largest
    group has vertices.
    """
    members = transpose(groups, count)
    steps = sum(len(group) ** 2 for group in groups)
    orders = ORDERS if steps <= PATIENCE else ORDERS[:-1]
    return fewest(lambda order: partition(groups, members, order), orders, max(map(len, groups), default=0))


def star(neighbours: Sequence[Collection[int]], order: str = "best") -> list[int]:
    """A star colouring of a symmetric pattern: a colour per vertex, -1 for an empty row.

    neighbours[i] are the j with H[i][j] structurally nonzero, i itself where the diagonal entry is. The
    colouring is proper, and every path on four vertices has at least three colours; so that each entry of H
    stands alone somewhere in H times the seeds, and `direct` says where. A diagonal entry asks for no more than
    a proper colouring: no neighbour of i has the colour of i.

    Greedy: Gebremedhin, Tarafdar, Manne & Pothen 2007, "New acyclic and star coloring algorithms with
    application to computing Hessians", SIAM J. Sci. Comput. 29, Algorithm 4.1, in time linear in the entries.
    `order` is one of `distance2`, by the number of neighbours, or best: all of them until a lower bound is
    reached. Raises ValueError for another order.
    """
    near = [[j for j in row if j != i] for i, row in enumerate(neighbours)]
    isolated = [i for i, row in enumerate(neighbours) if not row]

    def paint(order: str) -> list[int]:
        colors = stars(near, sequence(order, len(near), lambda v: len(near[v]), near.__getitem__))
        for i in isolated:
            colors[i] = -1
        return colors

    return fewest(paint, ORDERS, star_bound(near)) if order == "best" else paint(order)


def direct(rows: Sequence[int], columns: Sequence[int], colors: Sequence[int]) -> list[tuple[int, int]]:
    """Where to read the entries of a symmetric matrix H in B = H * seeds, under a star colouring of its pattern.

    The pattern is rows[e], columns[e]: every entry once, (j, i) with (i, j); B[i][c] is the sum of the H[i][j]
    with colors[j] = c. Gives (i, c) for every entry e, which stands in B[i][c]: H[i][j] is B[i][colors[j]]
    if j is the only neighbour of i with its colour, else B[j][colors[i]]. An entry and its mirror image are read
    in one place, so that what comes out is symmetric to the last bit. Raises ValueError if an entry stands alone
    in neither place: then it is no star colouring.
    """
    terms = Counter(zip(rows, [colors[j] for j in columns], strict=True))
    found = []
    for i, j in zip(rows, columns, strict=True):
        low, high = (i, j) if i < j else (j, i)
        place = low, colors[high]
        if terms[place] != 1:
            place = high, colors[low]
            if terms[place] != 1:
                raise ValueError("not a star colouring of the pattern")
        found.append(place)
    return found


def fewest(paint: Callable[[str], list[int]], orders: Sequence[str], bound: int) -> list[int]:
    """The first of the colourings with the fewest colours; none is tried after one with `bound` colours."""
    kept = paint(orders[0])
    for order in orders[1:]:
        if max(kept, default=-1) < bound:
            break
        kept = min(kept, paint(order), key=max)
    return kept


def sequence(
    order: str, count: int, degree: Callable[[int], int], near: Callable[[int], Iterable[int]]
) -> Iterable[int]:
    """The vertices 0..count-1 in the named order; near(v) has u as often as v adds to the degree of u."""
    if order not in ORDERS:
        raise ValueError(f"order is one of {', '.join(ORDERS)}, not {order!r}")
    if order == "natural":
        return range(count)
    degrees = [degree(v) for v in range(count)]
    if order == "smallest":
        return smallest_last(degrees, near)
    return sorted(range(count), key=degrees.__getitem__, reverse=True)


def smallest_last(degrees: Sequence[int], near: Callable[[int], Iterable[int]]) -> list[int]:
    """Each vertex has the least degree among those before it (Matula & Beck 1983)."""
    left = list(degrees)
    buckets: list[list[int]] = [[] for _ in range(max(left, default=-1) + 1)]
    for v, degree in enumerate(left):
        buckets[degree].append(v)
    order = []
    low = 0
    while low < len(buckets):
        if not buckets[low]:
            low += 1
            continue
        v = buckets[low].pop()
        if left[v] != low:  # it has moved to a lower bucket, or is in the order already
            continue
        left[v] = -1
        order.append(v)
        for u in near(v):
            degree = left[u] - 1
            if degree >= 0:
                left[u] = degree
                buckets[degree].append(u)
                if degree < low:
                    low = degree
    order.reverse()
    return order


def partition(groups: Sequence[Collection[int]], members: Sequence[list[int]], order: str) -> list[int]:
    """`distance2`, from the groups and their transpose."""
    sizes = [len(group) for group in groups]

    def degree(v: int) -> int:
        return sum([sizes[g] for g in members[v]]) - len(members[v])

    def near(v: int) -> Iterable[int]:
        return chain.from_iterable([groups[g] for g in members[v]])

    vertices = sequence(order, len(members), degree, near)
    return (wide if max(sizes, default=0) > WIDE else narrow)(len(groups), members, vertices)


def narrow(groups: int, members: Sequence[list[int]], vertices: Iterable[int]) -> list[int]:
    """The lowest colour free in all groups of a vertex, for one after the other: a mask of colours per group."""
    used = [0] * groups
    colors = [-1] * len(members)
    for v in vertices:
        mine = members[v]
        if mine:
            taken = 0
            for g in mine:
                taken |= used[g]
            bit = ~taken & (taken + 1)
            for g in mine:
                used[g] |= bit
            colors[v] = bit.bit_length() - 1
    return colors


def wide(groups: int, members: Sequence[list[int]], vertices: Iterable[int]) -> list[int]:
    """The colouring of `narrow`, with sets: in a pattern with one wide row, small groups have high colours."""
    used: list[set[int]] = [set() for _ in range(groups)]
    low = [0] * groups  # the lowest colour that is free in the group
    colors = [-1] * len(members)
    for v in vertices:
        mine = members[v]
        if mine:
            color = max([low[g] for g in mine])
            while any(color in used[g] for g in mine):
                color += 1
            for g in mine:
                used[g].add(color)
                while low[g] in used[g]:
                    low[g] += 1
            colors[v] = color
    return colors


def stars(near: Sequence[list[int]], vertices: Iterable[int]) -> list[int]:
    """The lowest colour for one vertex after the other that leaves no path on four vertices with two colours.

    Colours are bits. The path may end in v (v, w, x, y: x is the hub of a star with leaves w and y) or have v
    inside (w, v, w', x with w and w' of one colour); Algorithm 4.1 looks for x, here the masks know its colour.
    """
    bits = [0] * len(near)  # the colour of a vertex, 0 before it has one
    seen = [0] * len(near)  # the colours of its neighbours
    twice = [0] * len(near)  # those that more than one of them has
    hubs = [0] * len(near)  # the colours of the neighbours to which it is one of several leaves of its colour
    first: dict[tuple[int, int], int] = {}  # (vertex, colour) -> the first neighbour of that colour
    for v in vertices:
        mine, double, taken = near[v], twice[v], seen[v]
        for w in mine:
            taken |= hubs[w]
            if bits[w] & double:
                taken |= seen[w]
        bits[v] = bit = ~taken & (taken + 1)
        color = bit.bit_length()  # as a key: a power of two has one of 61 hashes
        for w in mine:
            if bits[w] & double:
                hubs[w] |= bit
            if not seen[w] & bit:
                seen[w] |= bit
                first[w, color] = v
                continue
            if not twice[w] & bit:
                twice[w] |= bit
                hubs[first[w, color]] |= bits[w]
            hubs[v] |= bits[w]
    return [bit.bit_length() - 1 for bit in bits]


def star_bound(near: Sequence[list[int]]) -> int:
    """A number of colours that every star colouring has at least.

    Two colour classes with a and b vertices have at most a + b - 1 edges between them, stars being forests.
    Over all pairs of C classes: the edges are at most (C - 1) * n - C * (C - 1) / 2, with n vertices that have
    edges. And an edge between two vertices with further neighbours is in a triangle or a path on four vertices.
    """
    degrees = [len(row) for row in near]
    n = sum(degree > 0 for degree in degrees)
    spread = isqrt(4 * n * (n - 1) - 4 * sum(degrees) + 1)
    crossed = any(degrees[i] > 1 and any(degrees[j] > 1 for j in row) for i, row in enumerate(near))
    return max((2 * n + 2 - spread) // 2, 3 if crossed else 1)
