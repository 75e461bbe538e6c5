"""Compressed sweeps: every entry as the dense matrix has it, in as few sweeps as there are colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from support import points, share, tapes

from adcli.engines.bundle import hessian_products
from adcli.engines.compressed import (
    Entries,
    Plan,
    filled,
    hessian_plan,
    jacobian_plan,
    places,
    sparse_hessians,
    sparse_jacobian,
)
from adcli.engines.jacobian import jacobian
from adcli.engines.linearise import linearise
from adcli.engines.sparsity import hessian_pattern
from adcli.function import Function
from adcli.higher import Sparse
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.tape.tape import Tape


def nodes(tape: Tape) -> list[int]:
    return [o.node for o in tape.outputs]


def wrong_entries(entries: Entries, dense: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Where a sparse matrix is not the dense one, bit for bit but for nan."""
    full = filled(entries, len(dense), len(dense[0]) if dense else 0)
    return [
        (i, j)
        for i, row in enumerate(dense)
        for j, x in enumerate(row)
        if full[i][j] != x and not (x != x and full[i][j] != full[i][j])
    ]


def matrix(found: Sparse, k: int = 0) -> np.ndarray[Any, Any]:
    """A sparse result with its zeros."""
    full = np.zeros(found.shape)
    full[found.rows, found.cols] = found.data[k]
    return full


# Any tape


def test_sparse_jacobians_are_dense_ones_entry_by_entry_on_any_tape() -> None:
    compared = [0, 0]  # entries that are not 0, and tapes in which a sweep was saved

    @settings(max_examples=share(300))
    @given(tapes(most=12), points)
    def agree(tape: Tape, point: list[float]) -> None:
        linear = linearise(REAL, tape, point[: len(tape.inputs)])
        for mode, most in (("forward", len(tape.inputs)), ("reverse", len(tape.outputs))):
            plan = jacobian_plan(tape, nodes(tape), tape.inputs, mode)
            found = sparse_jacobian(REAL, tape, linear, nodes(tape), tape.inputs, plan)
            dense = jacobian(REAL, tape, linear, nodes(tape), tape.inputs, mode)
            if all(math.isfinite(x) for row in dense for x in row):
                assert wrong_entries(found, dense) == []
                compared[0] += sum(x != 0 for x in found.data)
            assert plan.sweeps <= most
            compared[1] += plan.sweeps < most

    agree()
    assert min(compared) > share(50) / 25


def test_hessians_by_colour_are_those_by_every_direction_on_any_tape() -> None:
    compared = [0]

    @settings(max_examples=share(600))
    @given(tapes(most=10), points)
    def agree(tape: Tape, point: list[float]) -> None:
        at = point[: len(tape.inputs)]
        plan = hessian_plan(hessian_pattern(tape, nodes(tape), tape.inputs))
        found = sparse_hessians(REAL, tape, at, nodes(tape), tape.inputs, plan)
        seeds = [{node: 1.0} for node in tape.inputs]
        dense = hessian_products(REAL, tape, at, nodes(tape), tape.inputs, seeds)
        for entries, columns in zip(found, dense, strict=True):
            values = dict(zip(zip(entries.rows, entries.cols, strict=True), entries.data, strict=True))
            numbers = [x for column in columns for x in column]
            if not all(map(math.isfinite, numbers)):
                continue
            for (i, j), x in values.items():
                assert x == values[j, i]
                assert x in (columns[i][j], columns[j][i])  # which differ by rounding only
                compared[0] += x != 0

    agree()
    assert compared[0] > share(200) / 5


def test_two_neighbours_of_one_colour_are_noticed() -> None:
    tape = parse(["[x*y, y*z, z*x, w, x^2 + y^2]"])
    at = [2.0, 3.0, 5.0, 7.0]
    linear = linearise(REAL, tape, at)
    dense = jacobian(REAL, tape, linear, nodes(tape), tape.inputs, "forward")
    right = jacobian_plan(tape, nodes(tape), tape.inputs, "forward")
    assert wrong_entries(sparse_jacobian(REAL, tape, linear, nodes(tape), tape.inputs, right), dense) == []
    for i, j in product(range(3), repeat=2):
        if i != j:
            colors = right.colors.copy()
            colors[i] = colors[j]
            found = sparse_jacobian(REAL, tape, linear, nodes(tape), tape.inputs, right._replace(colors=colors))
            assert wrong_entries(found, dense)
    curvature = hessian_plan(hessian_pattern(tape, nodes(tape), tape.inputs))
    colors = [curvature.colors[0], curvature.colors[0], *curvature.colors[2:]]
    with pytest.raises(ValueError, match="star colouring"):
        sparse_hessians(REAL, tape, at, nodes(tape), tape.inputs, curvature._replace(colors=colors))


def test_an_entry_that_is_left_out_is_noticed() -> None:
    tape = parse(["[x*y, y*z]"])
    linear = linearise(REAL, tape, [2.0, 3.0, 5.0])
    plan = jacobian_plan(tape, nodes(tape), tape.inputs, "forward")
    dense = jacobian(REAL, tape, linear, nodes(tape), tape.inputs, "forward")
    for i, row in enumerate(plan.pattern.rows):
        for j in row:
            rows = [[c for c in r if (k, c) != (i, j)] for k, r in enumerate(plan.pattern.rows)]
            short = plan._replace(pattern=plan.pattern._replace(rows=rows))
            assert wrong_entries(sparse_jacobian(REAL, tape, linear, nodes(tape), tape.inputs, short), dense) == [
                (i, j)
            ]


# The families of the issue


def broyden(n: int) -> str:
    """Moré, Garbow & Hillstrom 1981, problem 30: the Broyden tridiagonal function."""
    inner = f"[(3 - 2*x[i])*x[i] - x[i-1] - 2*x[i+1] + 1 for i in 2..{n - 1}]"
    first, last = "(3 - 2*x[1])*x[1] - 2*x[2] + 1", f"(3 - 2*x[{n}])*x[{n}] - x[{n - 1}] + 1"
    return f"{first}\n{last}\n{inner}"


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_a_tridiagonal_jacobian_of_10000_takes_3_sweeps(mode: str) -> None:
    n = 10_000
    first, last, inner = broyden(n).split("\n")
    f = Function(first, inner, last)
    at = np.linspace(-1, 1, n)
    found = f.sparse_jacobian({"x": at}, mode=mode)
    assert (found.sweeps, found.shape, len(found.data[0])) == (3, (n, n), 3 * n - 2)
    assert found.compressed == ("rows" if mode == "reverse" else "columns")
    assert len(set(found.colors)) == 3
    expected = {0: 3 - 4 * at, -1: np.full(n, -1.0), 1: np.full(n, -2.0)}
    for i, j, x in zip(found.rows, found.cols, found.data[0], strict=True):
        assert x == pytest.approx(expected[j - i][i], rel=1e-15, abs=1e-15)


def test_the_arrowhead_hessian_of_10000_takes_2_colours() -> None:
    n = 10_000
    f = Function(f"sum(x[1]*x[i] for i in 2..{n}) + sum(x[i]^2 for i in 1..{n})")
    found = f.sparse_hessian({"x": np.linspace(0, 1, n)})
    assert (found.sweeps, found.shape, len(found.data[0])) == (2, (n, n), 3 * n - 2)
    assert set(zip(found.rows, found.cols, found.data[0], strict=True)) == {
        *((i, i, 2.0) for i in range(n)),
        *((0, i, 1.0) for i in range(1, n)),
        *((i, 0, 1.0) for i in range(1, n)),
    }
    assert "star" in found.why


ROSENBROCK = "sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1..{})"


@pytest.mark.parametrize("n", [2, 10, 100])
def test_rosenbrock_as_scipy_has_it(n: int) -> None:
    """scipy.optimize.rosen, rosen_der, rosen_hess and rosen_hess_prod."""
    optimize = pytest.importorskip("scipy.optimize")
    f = Function(ROSENBROCK.format(n - 1))
    x, v = np.linspace(-1.2, 1.4, n), np.cos(np.arange(n))
    truth = optimize.rosen_hess(x)
    assert f.value({"x": x}).values == [pytest.approx(optimize.rosen(x), rel=1e-13)]
    assert f.grad({"x": x}).gradient == pytest.approx(optimize.rosen_der(x), rel=1e-12, abs=1e-10)
    dense = f.hessian({"x": x})
    assert np.allclose(dense.hessian, truth, rtol=1e-13, atol=1e-11)
    sparse = f.sparse_hessian({"x": x})
    assert np.allclose(matrix(sparse), truth, rtol=1e-13, atol=1e-11)
    assert len(sparse.rows) == 3 * n - 2
    assert sparse.sweeps == min(n, 3)
    product = f.hvp({"x": x}, {"x": v})
    assert np.allclose(product.hvp, optimize.rosen_hess_prod(x, v), rtol=1e-12, atol=1e-10)
    assert product.quadratic == [pytest.approx(float(v @ truth @ v), rel=1e-12)]


@pytest.mark.parametrize("n", [2, 3, 9, 20, 80])
def test_speelpennings_hessian_in_closed_form(n: int) -> None:
    """The product of all variables: it over x[i]*x[j], and 0 on the diagonal (Griewank & Walther 2008, section 3.1)."""
    f = Function(f"prod(x[i] for i in 1..{n})")
    x = np.linspace(0.5, 1.5, n)
    truth = np.prod(x) / np.outer(x, x)
    np.fill_diagonal(truth, 0)
    found = f.hessian({"x": x})
    assert np.allclose(found.hessian, truth, rtol=1e-13, atol=0)
    assert found.sweeps == n
    assert np.allclose(matrix(f.sparse_hessian({"x": x})), truth, rtol=1e-13, atol=0)


def test_a_zero_among_speelpennings_variables_leaves_one_row() -> None:
    x = [2.0, 0.0, 3.0, 5.0]
    found = Function("prod(x[i] for i in 1..4)").hessian({"x": x}).hessian
    assert found == [[0, 15, 0, 0], [15, 0, 10, 6], [0, 10, 0, 0], [0, 6, 0, 0]]


# Choices


def test_both_directions_are_tried_and_the_cheaper_is_used() -> None:
    tall = Function("[x[1]*x[i] for i in 1..50]")
    wide = Function("sum(x[i]^2 for i in 1..50)", "x[1]")
    for f, kind, sweeps in ((tall, "columns", 2), (wide, "rows", 2)):
        found = f.sparse_jacobian({"x": [1.0 + i for i in range(50)]})
        assert (found.compressed, found.sweeps) == (kind, sweeps)
        assert kind in found.why
        for mode in ("forward", "reverse"):
            other = f.sparse_jacobian({"x": [1.0 + i for i in range(50)]}, mode=mode)
            assert (other.compressed, "as asked" in other.why) == ("columns" if mode == "forward" else "rows", True)
            assert (other.rows, other.cols, other.data) == (found.rows, found.cols, found.data)
            assert other.sweeps >= found.sweeps


def test_a_part_of_a_sparse_matrix_is_that_of_the_whole() -> None:
    f = Function("[a*b, b*c, c*a, b^3]")
    at = {"a": 2, "b": 3, "c": 5}
    whole = f.jacobian(at).jacobian
    part = f.sparse_jacobian(at, wrt=["c", "b"], of=["y4", "y2", "y3"])
    assert (part.variables, part.outputs, part.shape) == (["c", "b"], ["y4", "y2", "y3"], (3, 2))
    assert list(zip(part.rows, part.cols, part.data[0], strict=True)) == [
        (0, 1, whole[3][1]), (1, 0, whole[1][2]), (1, 1, whole[1][1]), (2, 0, whole[2][2]),
    ]  # fmt: skip
    curved = f.sparse_hessian(at, wrt=["c", "b"])
    assert [matrix(curved, k).tolist() for k in range(4)] == [
        [[0, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 0]], [[0, 0], [0, 18]],
    ]  # fmt: skip


EDGES: list[tuple[str, dict[str, float], list[list[float]]]] = [
    ("[x*y, x*y, y]", {"x": 2, "y": 3}, [[3, 2], [3, 2], [0, 1]]),  # two outputs that are one node
    ("[x, x, 7, y]", {"x": 2, "y": 3}, [[1, 0], [1, 0], [0, 0], [0, 1]]),  # inputs and a constant
    ("[3, 4]", {}, [[], []]),
    ("x + 0*y", {"x": 2, "y": 3}, [[1, 0]]),
    ("[floor(x), x]", {"x": 2.5}, [[0], [1]]),
    ("if(x > 0, ln(x), 0) + y", {"x": -1, "y": 3}, [[0, 1]]),
]


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
@pytest.mark.parametrize(("program", "at", "expected"), EDGES)
def test_the_edges_of_a_sparse_jacobian(
    program: str, at: dict[str, float], expected: list[list[float]], mode: str
) -> None:
    f = Function(program)
    found = f.sparse_jacobian(at, mode=mode)
    assert found.shape == (len(expected), len(at))
    assert matrix(found).tolist() == expected
    assert f.jacobian(at, mode=mode).jacobian == expected
    assert all(math.copysign(1, x) == 1 for x in found.data[0] if x == 0)


def test_the_edges_of_a_sparse_hessian() -> None:
    none = Function("3").sparse_hessian({})
    assert (none.shape, none.rows, none.data, none.sweeps) == ((0, 0), [], [[]], 0)
    straight = Function("[x + y, x]").sparse_hessian({"x": 1, "y": 2})
    assert (straight.shape, straight.rows, straight.data, straight.sweeps) == ((2, 2), [], [[], []], 0)
    assert straight.colors == [-1, -1]
    twice = Function("[x*y, x*y]").sparse_hessian({"x": 1, "y": 2})
    assert twice.data == [[1, 1], [1, 1]]


def test_places_go_row_by_row() -> None:
    tape = parse(["[x*y, y, z + x]"])
    plan = jacobian_plan(tape, nodes(tape), tape.inputs)
    assert isinstance(plan, Plan)
    assert places(plan.pattern) == ([0, 0, 1, 2, 2], [0, 1, 1, 0, 2])


def test_more_than_64_variables_and_outputs_are_taken_by_colour_without_being_asked() -> None:
    f = Function("[x[i]*x[i+1] for i in 1..80]")
    at = {"x": np.linspace(1, 2, 81)}
    found = f.jacobian(at)
    assert found.sweeps == 2
    for mode in ("forward", "reverse"):
        assert f.jacobian(at, mode=mode).jacobian == found.jacobian
    chain = Function(ROSENBROCK.format(99))
    dense = chain.hessian({"x": np.linspace(-1, 1, 100)})
    assert (dense.sweeps, dense.asymmetry) == (3, 0.0)
