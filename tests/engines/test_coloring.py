"""Colourings against the definition, the published examples, and what they are for: getting the matrix back.

The matrices and colourings of the papers are those of SparseMatrixColorings.jl (src/examples.jl, test/small.jl,
test/check.jl, test/theory.jl), written there from the figures; vertices and colours of figures count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support import share

from adcli.engines import coloring
from adcli.engines.coloring import ORDERS, best, direct, distance2, fewest, star, star_bound, transpose

Pattern = Sequence[Collection[int]]
Matrix = NDArray[Any]

# "What color is your Jacobian?" (2005), figure 4.1
FIGURE_41 = [(1, 2), (2, 3), (2, 5), (2, 6), (3, 4), (4, 6)]
# The same paper, figure 6.1; figures 1 and 4 of "Efficient computation of sparse Hessians using coloring and
# automatic differentiation" (Gebremedhin, Pothen, Tarafdar & Walther 2009) show this graph too.
FIGURE_61 = [
    (1, 2), (1, 7), (2, 3), (2, 5), (3, 4), (3, 6), (4, 10), (5, 6), (5, 8), (6, 9), (7, 8), (8, 9), (9, 10),
]  # fmt: skip

# Two colours are enough, but greedy by index takes eight.
CROWN = [(2 * i, 2 * j + 1) for i in range(8) for j in range(8) if i != j]


def symmetric(
    count: int, edges: Collection[tuple[int, int]], diagonal: Collection[int] | None = None
) -> list[set[int]]:
    """The pattern with these entries, their mirror images and (all of) the diagonal."""
    rows: list[set[int]] = [set() for _ in range(count)]
    for i, j in edges:
        rows[i].add(j)
        rows[j].add(i)
    for i in range(count) if diagonal is None else diagonal:
        rows[i].add(i)
    return rows


def figure(count: int, edges: Collection[tuple[int, int]]) -> list[set[int]]:
    return symmetric(count, [(i - 1, j - 1) for i, j in edges])


def banded(count: int, width: int) -> list[range]:
    return [range(max(0, i - width), min(count, i + width + 1)) for i in range(count)]


def arrowhead(count: int, hub: int) -> list[set[int]]:
    return symmetric(count, [(i, hub) for i in range(count) if i != hub])


def grid(side: int) -> list[set[int]]:
    """The five-point stencil on a square."""
    right = [(k, k + 1) for k in range(side * side) if (k + 1) % side]
    return symmetric(side * side, right + [(k, k + side) for k in range(side * (side - 1))])


def dense(count: int) -> list[range]:
    return [range(count)] * count


def used(colors: Sequence[int]) -> int:
    """How many colours there are; they are numbered without a gap."""
    found = {color for color in colors if color >= 0}
    assert found == set(range(len(found)))
    return len(found)


def check_groups(groups: Pattern, colors: Sequence[int]) -> None:
    held = {v for group in groups for v in group}
    assert [color >= 0 for color in colors] == [v in held for v in range(len(colors))]
    for group in groups:
        assert len({colors[v] for v in group}) == len(group)


def is_star(neighbours: Pattern, colors: Sequence[int]) -> bool:
    """Proper, and no path on four vertices with two colours: by looking at every path."""
    near = [[j for j in row if j != i] for i, row in enumerate(neighbours)]
    paths = ((a, v, w, b) for v, row in enumerate(near) for w in row for a in near[v] for b in near[w])
    return all(colors[v] != colors[w] for v, row in enumerate(near) for w in row) and not any(
        colors[a] == colors[w] and colors[v] == colors[b] for a, v, w, b in paths if a != w and b != v and a != b
    )


def entries(neighbours: Pattern) -> tuple[list[int], list[int]]:
    pairs = [(i, j) for i, row in enumerate(neighbours) for j in row]
    return [i for i, _ in pairs], [j for _, j in pairs]


def recovered(matrix: Matrix, neighbours: Pattern, colors: Sequence[int]) -> Matrix:
    """A symmetric matrix after compression by colour and direct recovery."""
    seeds = np.zeros((len(colors), used(colors)), matrix.dtype)
    for v, color in enumerate(colors):
        if color >= 0:
            seeds[v, color] = 1
    rows, columns = entries(neighbours)
    result = np.zeros_like(matrix)
    read = direct(rows, columns, colors)
    result[rows, columns] = (matrix @ seeds)[[i for i, _ in read], [c for _, c in read]]
    return result


# Columns and rows of a Jacobian

patterns = st.integers(1, 12).flatmap(
    lambda count: st.tuples(st.lists(st.sets(st.integers(0, count - 1), max_size=4), max_size=15), st.just(count))
)


@settings(max_examples=share(300))
@given(patterns)
def test_no_group_holds_a_colour_twice_and_the_best_order_is_kept(pattern: tuple[Pattern, int]) -> None:
    counts = []
    for order in ORDERS:
        colors = distance2(*pattern, order)
        check_groups(pattern[0], colors)
        counts.append(used(colors))
    colors = best(*pattern)
    check_groups(pattern[0], colors)
    assert max(map(len, pattern[0]), default=0) <= used(colors) == min(counts)


@settings(max_examples=share(200))
@given(patterns, st.sampled_from(ORDERS))
def test_wide_patterns_are_coloured_alike(pattern: tuple[Pattern, int], order: str) -> None:
    colors = distance2(*pattern, order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coloring, "WIDE", -1)
        assert distance2(*pattern, order) == colors


@settings(max_examples=share(100))
@given(patterns)
def test_the_transpose_of_the_transpose_is_the_pattern(pattern: tuple[Pattern, int]) -> None:
    groups, count = pattern
    members = transpose(groups, count)
    assert members == [[g for g, group in enumerate(groups) if v in group] for v in range(count)]
    assert transpose(members, len(groups)) == [sorted(group) for group in groups]


@pytest.mark.parametrize(
    ("groups", "count", "colors"),
    [
        ([[0, 2], [1, 2], [0]], 3, [0, 0, 1]),  # test/small.jl: the columns of [1 0 2; 0 3 4; 5 0 0]
        ([[0, 2], [1], [0, 1]], 3, [0, 1, 1]),  # test/small.jl: the columns of [1 0 3; 0 2 0; 4 5 0]
        ([[0, 2], [1, 2], [0]], 4, [0, 0, 1, -1]),  # an empty column
        ([[0, 1], [1, 2], [0, 2]], 3, [0, 1, 2]),  # a triangle: one colour more than the largest group has
        ([[0], [1], []], 2, [0, 0]),
        ([], 3, [-1, -1, -1]),
        ([[], []], 0, []),
    ],
)
def test_small_patterns(groups: Pattern, count: int, colors: list[int]) -> None:
    assert best(groups, count) == distance2(groups, count, "natural") == colors


@pytest.mark.parametrize(
    ("groups", "count", "colors"),
    [
        (banded(10_000, 1), 10_000, 3),
        ([set(row) for row in banded(1000, 3)], 1000, 7),
        (dense(300), 300, 300),
        (arrowhead(10_000, 0), 10_000, 10_000),
        ([[i] for i in range(100)], 100, 1),
        ([range(5000), *((i, i + 1) for i in range(9999))], 10_000, 5000),
    ],
    ids=["tridiagonal", "seven bands", "dense", "arrowhead", "diagonal", "one wide row"],
)
def test_as_few_colours_as_the_largest_group_has(groups: Pattern, count: int, colors: int) -> None:
    found = best(groups, count)
    check_groups(groups, found)
    assert used(found) == colors


@pytest.mark.parametrize(("order", "colors"), [("natural", [0, 0, 0, 1]), ("largest", [1, 1, 1, 0])])
def test_an_order_says_who_is_first(order: str, colors: list[int]) -> None:
    hub_last = [(0, 3), (1, 3), (2, 3)]
    assert distance2(hub_last, 4, order) == star(symmetric(4, hub_last), order) == colors


@settings(max_examples=50)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_smallest_last_colours_any_tree_with_two_colours(parents: list[int], random: Random) -> None:
    label = list(range(len(parents) + 1))
    random.shuffle(label)
    edges = [(label[k], label[parent % k]) for k, parent in enumerate(parents, 1)]
    assert used(distance2(edges, len(label), "smallest")) == 2


def test_an_order_can_save_colours() -> None:
    assert used(distance2(CROWN, 16, "natural")) == 8
    assert used(best(CROWN, 16)) == 2


def test_a_pattern_too_large_for_the_slowest_order_has_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coloring, "PATIENCE", 0)
    monkeypatch.setattr(coloring, "smallest_last", pytest.fail)
    assert used(best(CROWN, 16)) == 8
    tree = [(0, 2), (1, 3), (2, 3)]
    assert used(best(tree, 4)) == 2 < used(distance2(tree, 4, "natural"))


@pytest.mark.parametrize("paint", [lambda: distance2([[0]], 1, "random"), lambda: star([[0]], "random")])
def test_an_order_that_is_none(paint: Callable[[], list[int]]) -> None:
    with pytest.raises(ValueError, match="natural, largest, smallest"):
        paint()


# Symmetric patterns


@st.composite
def graphs(draw: st.DrawFn) -> list[set[int]]:
    """A symmetric pattern on 1 to 11 vertices with any part of the diagonal."""
    count = draw(st.integers(1, 11))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=30)) if count > 1 else []
    return symmetric(count, edges, draw(st.sets(st.integers(0, count - 1))))


def random_matrix(pattern: Pattern, random: Random) -> Matrix:
    """A symmetric matrix of integers with this pattern."""
    matrix = np.zeros((len(pattern), len(pattern)), np.int64)
    for i, row in enumerate(pattern):
        for j in row:
            matrix[i, j] = matrix[j, i] = random.randint(1, 10**9)
    return matrix


@settings(max_examples=share(400))
@given(graphs(), st.sampled_from([*ORDERS, "best"]), st.randoms(use_true_random=False))
def test_a_star_colouring_gives_every_symmetric_matrix_back(
    pattern: list[set[int]], order: str, random: Random
) -> None:
    colors = star(pattern, order)
    assert [color >= 0 for color in colors] == [bool(row) for row in pattern]
    assert is_star(pattern, colors)
    matrix = random_matrix(pattern, random)
    assert np.array_equal(recovered(matrix, pattern, colors), matrix)


@settings(max_examples=share(200))
@given(graphs())
def test_each_vertex_has_the_lowest_colour_that_the_definition_leaves(pattern: list[set[int]]) -> None:
    expected: list[int] = []
    for v in range(len(pattern)):
        before = [{j for j in row if j <= v} for row in pattern[: v + 1]]
        expected.append(next(c for c in range(v + 1) if is_star(before, [*expected, c])))
    assert star(pattern, "natural") == [c if row else -1 for c, row in zip(expected, pattern, strict=True)]


@settings(max_examples=share(200))
@given(graphs())
def test_the_best_star_colouring_is_that_of_the_best_order(pattern: list[set[int]]) -> None:
    assert used(star(pattern)) == min(used(star(pattern, order)) for order in ORDERS)


@pytest.mark.parametrize(
    ("pattern", "published", "most"),
    [
        (figure(6, FIGURE_41), [1, 2, 1, 3, 1, 1], 3),
        (figure(10, FIGURE_61), [1, 2, 1, 3, 1, 4, 3, 5, 1, 2], 4),
    ],
    ids=["what_fig_41", "efficient_fig_1"],
)
def test_published_star_colourings(pattern: list[set[int]], published: list[int], most: int) -> None:
    """By index the greedy algorithm gives just what the figures show; another order may take fewer colours."""
    assert [color + 1 for color in star(pattern, "natural")] == published
    colors = star(pattern)
    assert is_star(pattern, colors)
    assert used(colors) <= most
    matrix = random_matrix(pattern, Random(1))
    assert np.array_equal(recovered(matrix, pattern, colors), matrix)


@pytest.mark.parametrize(
    ("pattern", "colors"),
    [
        (figure(6, FIGURE_41), [1, 3, 1, 3, 1, 1]),  # test/check.jl, this one and the next three
        (figure(10, FIGURE_61), [1, 2, 1, 3, 1, 4, 3, 4, 1, 2]),
        (figure(10, FIGURE_61), [1, 2, 1, 3, 1, 4, 2, 5, 1, 2]),
        (figure(10, FIGURE_61), [1, 2, 1, 4, 1, 4, 3, 5, 1, 2]),
        (figure(10, FIGURE_61), [1, 2, 1, 2, 1, 3, 2, 3, 2, 3]),  # what_fig_61: acyclic only
        (figure(10, FIGURE_61), [1, 2, 1, 2, 1, 3, 2, 3, 2, 1]),  # efficient_fig_4: acyclic only
        (symmetric(2, [(0, 1)]), [1, 1]),  # not proper, with a diagonal
    ],
)
def test_what_is_no_star_colouring_is_refused(pattern: list[set[int]], colors: list[int]) -> None:
    assert not is_star(pattern, colors)
    with pytest.raises(ValueError, match="not a star colouring"):
        direct(*entries(pattern), [color - 1 for color in colors])


@pytest.mark.parametrize(
    ("pattern", "colors"),
    [
        (arrowhead(10_000, 0), 2),
        (arrowhead(10_000, 9999), 2),
        (arrowhead(10_000, 5000), 2),
        (banded(10_000, 1), 3),
        (banded(2000, 5), 11),  # test/theory.jl: 2w + 1 colours for w bands on either side
        (banded(2000, 10), 21),
        (dense(300), 300),
        (symmetric(500, []), 1),
        (symmetric(100, [(2 * i, 2 * i + 1) for i in range(50)], []), 2),
        (symmetric(7, [(1, 2)], [4]), 2),
        ([[], []], 0),
        ([], 0),
    ],
)  # fmt: skip
def test_star_colourings_of_families(pattern: Pattern, colors: int) -> None:
    found = star(pattern)
    assert used(found) == colors
    rows, columns = entries(pattern)
    # every place in B is read for one entry (and its mirror image) only
    held = {(min(i, j), max(i, j)) for i, j in zip(rows, columns, strict=True)}
    assert len(set(direct(rows, columns, found))) == len(held)


@pytest.mark.parametrize(
    ("pattern", "bound"),
    [(symmetric(9, []), 1), (arrowhead(9, 4), 2), (banded(9, 1), 3), (banded(40, 4), 5), (dense(9), 9)],
)
def test_no_order_is_tried_after_one_that_reaches_the_bound(pattern: Pattern, bound: int) -> None:
    assert star_bound([[j for j in row if j != i] for i, row in enumerate(pattern)]) == bound
    tried = []

    def paint(order: str) -> list[int]:
        tried.append(order)
        return list(range(bound))

    assert fewest(paint, ORDERS, bound) == list(range(bound))
    assert tried == ["natural"]


def test_a_grid_takes_few_colours() -> None:
    pattern = grid(30)
    groups, hessian = best(pattern, 900), star(pattern)
    check_groups(pattern, groups)
    assert is_star(pattern, hessian)
    assert used(groups) <= 7
    assert used(hessian) <= 6


def test_an_entry_is_read_where_its_mirror_image_is() -> None:
    pattern = grid(6)
    rows, columns = entries(pattern)
    colors = star(pattern)
    places = dict(zip(zip(rows, columns, strict=True), direct(rows, columns, colors), strict=True))
    assert all(places[row, column] == places[column, row] for row, column in places)
    assert all(places[v, v] == (v, color) for v, color in enumerate(colors))
