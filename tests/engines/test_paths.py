"""The paths of a partial: all of them by brute force, their order, their sum; and what goes through nodes and edges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import SAMPLES
from sampled import function, sample
from support import points, share, tapes

from adcli.engines.forward import forward
from adcli.engines.linearise import Linearisation, linearise
from adcli.engines.paths import Cone, Edge, Paths, edge_shares, node_shares, product, remainder
from adcli.engines.reverse import reverse
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.tape import Builder, Output, Tape

MOST = 2000  # paths that brute force looks at
EPSILON = 2.0**-52


@st.composite
def meshes(draw: st.DrawFn) -> Tape:
    """A tape with many paths: each step uses two of the last three nodes, or one of them twice."""
    builder = Builder()
    nodes = [builder.input("x1"), builder.input("x2"), builder.literal("0.5")]
    recent = st.integers(1, 3)
    for key in draw(st.lists(st.sampled_from(["add", "sub", "mul", "mul", "div", "hypot", "max", "sin"]), min_size=3,
                             max_size=9)):  # fmt: skip
        row = TABLE[key]
        nodes.append(builder.apply(row, *(nodes[-draw(recent)] for _ in row.params)))
    builder.tape.outputs = [Output("y", nodes[-1])]
    return builder.tape


def edges_of(tape: Tape, linear: Linearisation, k: int) -> Iterator[Edge]:
    """The edges below a node, said once more: a partial, an input below it, and not in a branch that is not taken."""
    args = tape.arguments(k)
    row = tape.rows[k]
    for i, (a, p) in enumerate(zip(args, linear.partials[k], strict=False)):
        if p is not None and tape.varying[a] and (row.key != "where" or i == (1 if linear.values[args[0]] else 2)):
            yield Edge(k, i, a, p)


def every_path(tape: Tape, linear: Linearisation, source: int, target: int) -> list[list[Edge]]:
    """All paths, in the order of the arguments from the output down; as edges from the output down. By recursion."""
    if source == target:
        return [[]]
    return [
        [edge, *rest] for edge in edges_of(tape, linear, target) for rest in every_path(tape, linear, source, edge.wrt)
    ]


def how_many(tape: Tape, linear: Linearisation, source: int) -> list[int]:
    counts = [0] * len(tape)
    for k in range(len(tape)):
        counts[k] = sum(counts[edge.wrt] for edge in edges_of(tape, linear, k)) + (k == source)
    return counts


def size(path: Sequence[Edge]) -> Fraction:
    return abs(math.prod((Fraction(edge.partial) for edge in path), start=Fraction(1)))


def all_finite(linear: Linearisation) -> bool:
    return all(p is None or math.isfinite(p) for partials in linear.partials for p in partials)


def paths_of(text: str, *at: float) -> tuple[Paths, Linearisation]:
    """The paths from the first input to the last output."""
    tape = parse([text])
    linear = linearise(REAL, tape, list(at))
    return Paths(Cone(tape, linear, tape.outputs[-1].node), tape.inputs[0]), linear


def products(text: str, *at: float) -> list[float]:
    return [path.product for path in paths_of(text, *at)[0].largest()]


def test_all_paths_of_any_tape_are_found_in_order() -> None:
    seen = [0, 0, 0]  # pairs, paths, pairs with more paths than one

    @settings(max_examples=share(600))
    @given(tapes() | meshes(), points)
    def found(tape: Tape, point: Sequence[float]) -> None:
        linear = linearise(REAL, tape, point[: len(tape.inputs)])
        for source in tape.inputs:
            counts = how_many(tape, linear, source)
            for output in tape.outputs:
                paths = Paths(Cone(tape, linear, output.node), source)
                assert paths.count == counts[output.node]
                assert paths.any == (paths.count > 0)
                if paths.count > MOST or not all_finite(linear):
                    continue
                truth = every_path(tape, linear, source, output.node)
                sizes = {id(path): size(path) for path in truth}
                ordered = sorted(truth, key=lambda path: -sizes[id(path)])  # stable
                some = [path.edges[::-1] for path in paths.largest()]
                counted = sum(map(bool, sizes.values()))
                assert some[:counted] == ordered[:counted]
                assert sorted(some[counted:]) == sorted(ordered[counted:])  # those with a factor 0
                assert {edge for path in truth for edge in path} == {e for es in paths.edges.values() for e in es}
                for edges, path in zip(some, paths.largest(), strict=True):
                    exact = math.prod((Fraction(edge.partial) for edge in edges), start=Fraction(1))
                    assert abs(exact) > 2**1023 or path.product == pytest.approx(float(exact), rel=1e-15, abs=0)
                seen[0] += 1
                seen[1] += len(truth)
                seen[2] += len(truth) > 1

    found()
    assert seen[0] > share(500) / 5
    assert seen[1] > share(1000) / 5
    assert seen[2] > share(100) / 5


def test_the_products_of_all_paths_add_up_to_the_partial_of_any_tape() -> None:
    compared = [0]

    @settings(max_examples=share(400))
    @given(tapes() | meshes(), points)
    def add_up(tape: Tape, point: Sequence[float]) -> None:
        linear = linearise(REAL, tape, point[: len(tape.inputs)])
        if not all_finite(linear):
            return
        for output in tape.outputs:
            adjoints = reverse(REAL, tape, linear, {output.node: 1.0})
            for source in tape.inputs:
                paths = Paths(Cone(tape, linear, output.node), source)
                if paths.count > MOST:
                    continue
                terms = [path.product for path in paths.largest()]
                partial = adjoints[source] or 0.0
                sizes = math.fsum(map(abs, terms)) if all(map(math.isfinite, terms)) else math.inf
                if sizes < 1e300:
                    assert abs(partial - math.fsum(terms)) <= 8 * len(tape) * EPSILON * sizes + 1e-300
                    assert math.fsum([*terms, remainder(partial, terms)]) == pytest.approx(partial, rel=1e-15)
                    compared[0] += len(terms) > 1

    add_up()
    assert compared[0] > share(50) / 25


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_products_of_all_paths_of_a_sample_add_up_to_its_jacobian(path: object) -> None:
    f, at = function(path), sample(path).at  # type: ignore[arg-type]
    trace = f.trace(at)
    for output, row in zip(trace.outputs, trace.result.jacobian, strict=True):
        for node, partial in zip(trace.inputs.values(), row, strict=True):
            paths = Paths(Cone(trace.tape, trace.linear, output.node), node)
            if paths.count > MOST:
                continue
            terms = [one.product for one in paths.largest()]
            assert len(terms) == paths.count
            assert partial == pytest.approx(math.fsum(terms), rel=1e-13, abs=1e-13 * math.fsum(map(abs, terms)))


def test_the_two_ways_of_the_textbook() -> None:
    assert products("ln(x1) + x1*x2 - sin(x2)", 2, 5) == [5, 0.5]
    paths, _ = paths_of("ln(x1) + x1*x2 - sin(x2)", 2, 5)
    first, second = paths.largest()
    assert [edge.partial for edge in first.edges] == [5, 1, 1]
    assert [edge.partial for edge in second.edges] == [0.5, 1, 1]
    assert [edge.node for edge in first.edges] == [one.wrt for one in first.edges[1:]] + [paths.target]


# Equal products, zeros, what is not finite


def test_equal_products_come_in_the_order_of_the_arguments() -> None:
    paths, _ = paths_of("a = x*x; b = a*a; b*b", 1)
    places = [[edge.place for edge in path.edges[::-1]] for path in paths.largest()]
    assert places == [[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]


def test_products_of_the_same_factors_in_another_order_are_equal() -> None:
    """Rounded step by step, 0.1*0.3*0.7 and 0.7*0.3*0.1 differ; here the first argument comes first."""
    paths, _ = paths_of("0.7*(0.3*(0.1*x)) + 0.1*(0.3*(0.7*x)) + 0.3*(0.1*(0.7*x))", 1)
    found = list(paths.largest())
    assert len({path.product for path in found}) == 1
    assert [path.edges[0].partial for path in found] == [0.1, 0.7, 0.7]
    assert [path.edges[1].partial for path in found] == [0.3, 0.3, 0.1]


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ([], 1), ([2, -3], -6), ([0, math.inf], 0), ([math.nan, 0], 0), ([2, math.nan], math.nan),
        ([-2, math.inf], -math.inf), ([math.inf, 1e-320, 1e-320], math.inf), ([-math.inf, math.inf], -math.inf),
        ([1e300, 1e300, 1e-300, 1e-300], 1), ([1e-300, 1e-300, 1e300, 1e300], 1), ([1e300, 1e300], math.inf),
        ([-1e-300, 1e-300], 0),
    ],
)  # fmt: skip
def test_the_product_along_a_path(factors: list[float], expected: float) -> None:
    assert product(factors) == pytest.approx(expected, rel=1e-15, nan_ok=True)
    assert math.copysign(1, product(factors)) > 0 or expected


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        ("x + 0*x + 1/x - 3*x", 0.0, [-math.inf, -3, 1, 0]),
        ("0*sqrt(x) + x", 0.0, [1, 0]),
        ("1e200*(1e200*(1e-300*x)) + 2*x + 1e-200*(1e-200*x) + 1e300*(1e300*x)", 1.0, [math.inf, 1e100, 2, 0]),
        ("1e-200*(1e-200*x) + 1e-200*(3e-200*x) + 1e-200*(2e-200*x)", 1.0, [0, 0, 0]),
    ],
)
def test_the_order_where_numbers_leave_the_range(text: str, x: float, expected: list[float]) -> None:
    assert products(text, x) == pytest.approx(expected, rel=1e-15)


def test_what_underflows_is_still_in_order() -> None:
    paths, _ = paths_of("1e-200*(1e-200*x) + 1e-200*(3e-200*x) + 1e-200*(2e-200*x)", 1)
    assert [path.edges[0].partial for path in paths.largest()] == [3e-200, 2e-200, 1e-200]


@pytest.mark.parametrize(
    ("text", "at", "count", "skipped"),
    [
        ("if(x > 0, x^2, y*x)", (1, 2), 1, True),
        ("if(y > 0, y^2, y*x)", (1, 2), 1, True),
        ("if(y > 0, x^2, x)", (-1, 2), 0, False),  # a condition is no path
        ("if(0 < y, 2, x) + 0*y", (1, 2), 1, False),
        ("x", (1,), 1, False),
        ("[x, y, x + y, 3]", (1, 2), 0, False),
        ("[x, y]", (1, 2), 0, False),
        ("[y, x, y]", (1, 2), 1, False),
    ],
)
def test_branches_not_taken_and_outputs_without_paths(
    text: str, at: tuple[float, ...], count: int, skipped: bool
) -> None:
    paths, _ = paths_of(text, *at)
    assert (paths.count, paths.any, paths.skipped) == (count, count > 0, skipped)
    assert len(list(paths.largest())) == count
    assert bool(paths.nodes) == paths.any


# Large


@pytest.mark.slow
def test_a_long_chain_has_one_path() -> None:
    n = 100_000
    paths, _ = paths_of("sin(" * n + "x" + ")" * n, 0.3)
    (path,) = paths.largest()
    assert (paths.count, len(path.edges)) == (1, n)
    assert path.product == pytest.approx(math.exp(math.fsum(math.log(e.partial) for e in path.edges)), rel=1e-9)


def test_a_tape_with_very_many_paths_gives_the_largest() -> None:
    text = "\n".join(["a0 = x", *(f"a{i + 1} = a{i} + (1 + {i + 1}/1000)*a{i}" for i in range(100))])
    paths, _ = paths_of(text, 0.5)
    assert paths.count == 2**100
    some = [path.product for path in islice(paths.largest(), 20)]
    factors = [1 + (i + 1) / 1000 for i in range(100)]
    whole = math.prod(factors)
    assert some[0] == pytest.approx(whole, rel=1e-14)
    # Next come those that go around one of the smallest factors, or two, ...
    subsets = (math.prod(chosen) for n in range(6) for chosen in combinations(factors[:20], n))
    without = sorted(subsets)[:20]
    assert some == pytest.approx([whole / x for x in without], rel=1e-13)
    assert all(x >= y for x, y in pairwise(some))


# What goes through nodes and edges


def test_shares_are_sums_over_paths_on_any_tape() -> None:
    compared = [0, 0]

    @settings(max_examples=share(300))
    @given(tapes(most=12) | meshes(), points)
    def sums(tape: Tape, point: Sequence[float]) -> None:
        linear = linearise(REAL, tape, point[: len(tape.inputs)])
        if not all_finite(linear):
            return
        target = tape.outputs[-1].node
        adjoints = reverse(REAL, tape, linear, {target: 1.0})
        for source in tape.inputs:
            paths = Paths(Cone(tape, linear, target), source)
            if not 0 < paths.count <= MOST:
                continue
            found = list(paths.largest())
            total = math.fsum(abs(path.product) for path in found)
            if not 1e-200 < total < 1e200:
                continue
            tangents = forward(REAL, tape, linear, {source: 1.0})
            if not REAL.finite(tangents) or not REAL.finite(adjoints):
                continue
            partial = adjoints[source] or 0.0
            close = 1e-12 * total
            nodes = node_shares(paths, tangents, adjoints, partial)
            edges = edge_shares(paths, tangents, adjoints, partial)
            for one in nodes:
                through = [p.product for p in found if one.node == source or any(e.node == one.node for e in p.edges)]
                assert one.through == pytest.approx(math.fsum(through), rel=1e-12, abs=close)
            for one in edges:
                through = [path.product for path in found if one.edge in path.edges]
                assert one.through == pytest.approx(math.fsum(through), rel=1e-12, abs=close)
            assert {one.node for one in nodes} == set(paths.nodes)
            assert [abs(x.through) for x in nodes] == sorted((abs(x.through) for x in nodes), reverse=True)
            if abs(partial) > 1e-3 * total:
                for cut in range(source, target):  # every path crosses it once
                    crossing = [s.share for s in edges if s.edge and s.edge.wrt <= cut < s.node]
                    assert math.fsum(crossing) == pytest.approx(1, abs=1e-8)
                    compared[1] += len(crossing) > 1
            compared[0] += len(found) > 1

    sums()
    assert compared[0] > share(30) / 25
    assert compared[1] > share(300) / 10


def test_a_share_of_nothing_is_no_number() -> None:
    paths, linear = paths_of("x - x", 1)
    adjoints = [0.0, 1.0]
    (one, other) = node_shares(paths, [1.0, 0.0], adjoints, 0.0)
    assert (one.through, other.through) == (0, 0)
    assert math.isnan(one.share)
    assert linear.values[-1] == 0


@pytest.mark.parametrize(
    ("partial", "terms", "expected"),
    [
        (5.5, [5, 0.5], 0),
        (1.0, [1e100, -1e100], 1),
        (1e308, [-1e308, 1e308, 1e308], 0),
        (1e308, [-1.5e308], math.inf),
        (math.inf, [1], math.inf),
        (math.inf, [math.inf], math.nan),
        (1.0, [math.nan], math.nan),
        (1.0, [math.inf], -math.inf),
    ],
)
def test_the_remainder_is_exact(partial: float, terms: list[float], expected: float) -> None:
    assert remainder(partial, terms) == pytest.approx(expected, rel=1e-15, nan_ok=True)
