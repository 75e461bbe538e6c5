"""Hessians, Taylor coefficients and mixed partials: closed forms, and every way against every other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from support import points, share, tapes

from adcli.engines import bundle
from adcli.engines import taylor as limits
from adcli.engines.bundle import FEW, hessian_products
from adcli.engines.compressed import filled, hessian_plan, sparse_hessians
from adcli.engines.hessian import dense_hessians
from adcli.engines.linearise import linearise
from adcli.engines.sparsity import hessian_pattern
from adcli.engines.taylor import factorials, mixed, multi_indices, taylor, times_whole
from adcli.errors import ProblemError
from adcli.function import Function
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.tape import Builder, Tape


def nodes(tape: Tape) -> list[int]:
    return [o.node for o in tape.outputs]


# Every way to a Hessian


# Of second derivatives that all but cancel, rounding is all that is left where 1/x^2 is beyond what a double resolves.
tame = points.map(lambda point: [x if abs(x) >= 2.0**-9 else 0.0 for x in point])


def close(x: float, y: float, scale: float) -> bool:
    return abs(x - y) <= 1e-9 * max(abs(x), abs(y), scale, 1e-6)


def test_a_hessian_by_floats_arrays_colour_and_series_is_one_on_any_tape() -> None:
    compared = [0, 0]  # entries that are not 0: all, and those by series

    @settings(max_examples=share(300))
    @given(tapes(most=8), tame)
    def agree(tape: Tape, point: Sequence[float]) -> None:
        at, outputs, inputs = list(point[: len(tape.inputs)]), nodes(tape), tape.inputs
        n = len(inputs)
        seeds = [{node: 1.0} for node in inputs]
        single = hessian_products(REAL, tape, at, outputs, inputs, seeds)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bundle, "SHORT", 0)  # no tape is too short for arrays
            together = hessian_products(REAL, tape, at, outputs, inputs, seeds * (FEW + 1))
        plan = hessian_plan(hessian_pattern(tape, outputs, inputs))
        colored = [filled(e, n, n) for e in sparse_hessians(REAL, tape, at, outputs, inputs, plan)]
        whole, _, _ = dense_hessians(REAL, tape, at, outputs, inputs)
        lines = {
            (i, j): taylor(REAL, tape, at, outputs, {inputs[i]: 1.0, inputs[j]: 1.0}, 2)[0]
            for i in range(n)
            for j in range(i + 1)
        }
        for k, columns in enumerate(single):
            numbers = [x for column in columns for x in column]
            if not all(map(math.isfinite, numbers)):
                continue
            assert together[k] == columns * (FEW + 1)
            scale = max([1.0, *map(abs, numbers)])  # of sums in which all cancels only rounding is left
            for i in range(n):
                for j in range(n):
                    assert close(columns[j][i], whole[k][i][j], scale)
                    assert close(columns[j][i], colored[k][i][j], scale)
                compared[0] += sum(x != 0 for x in columns[i])
                for j in range(i + 1):
                    curvature = [lines[pair][k][2] for pair in ((i, j), (i, i), (j, j))]
                    if all(map(math.isfinite, curvature)):
                        both, one, other = curvature
                        found = 2 * both if i == j else both - one - other
                        assert close(found, whole[k][i][j], max(scale, *map(abs, curvature)))
                        compared[1] += found != 0

    agree()
    assert min(compared) > share(100) / 5


def test_products_are_the_hessian_times_the_direction_on_any_tape() -> None:
    compared = [0]
    weights = st.lists(st.sampled_from([0.0, 1.0, -2.5, 0.125]), min_size=3, max_size=3)

    @settings(max_examples=share(200))
    @given(tapes(most=8), tame, weights)
    def agree(tape: Tape, point: Sequence[float], direction: Sequence[float]) -> None:
        at, outputs, inputs = list(point[: len(tape.inputs)]), nodes(tape), tape.inputs
        v = {node: w for node, w in zip(inputs, direction, strict=False) if w}
        whole, _, _ = dense_hessians(REAL, tape, at, outputs, inputs)
        products = hessian_products(REAL, tape, at, outputs, inputs, [v])
        coefficients = taylor(REAL, tape, at, outputs, v, 2)[0]
        for rows, (product,), line in zip(whole, products, coefficients, strict=True):
            if not all(map(math.isfinite, [*product, *line, *(x for row in rows for x in row)])):
                continue
            scale = max([1.0, *(abs(x) for row in rows for x in row)])
            for i, row in enumerate(rows):
                assert close(product[i], sum(x * v.get(node, 0.0) for x, node in zip(row, inputs, strict=True)), scale)
            quadratic = sum(x * v.get(node, 0.0) for x, node in zip(product, inputs, strict=True))
            assert close(quadratic, 2 * line[2], 10 * scale)
            compared[0] += quadratic != 0

    agree()
    assert compared[0] > share(30) / 25


def test_the_asymmetry_is_that_of_rounding_and_what_is_shown_is_symmetric() -> None:
    tape = parse(["exp(x*y/z)*sin(x + z)/y"])
    found, sweeps, asymmetry = dense_hessians(REAL, tape, [0.3, 1.7, -2.2], nodes(tape), tape.inputs)
    (matrix,) = found
    assert sweeps == 3
    assert 0 <= asymmetry < 1e-14
    assert all(matrix[i][j] == matrix[j][i] for i in range(3) for j in range(3))
    x, y, z = 0.3, 1.7, -2.2
    e, s, c = math.exp(x * y / z), math.sin(x + z), math.cos(x + z)
    by_hand = e / y * ((y / z) ** 2 * s + 2 * y / z * c - s)
    assert matrix[0][0] == pytest.approx(by_hand, rel=1e-13)


# Taylor


LINES: list[tuple[str, dict[str, float], dict[str, float], Callable[[Any], Any]]] = [
    ("ln(x1) + x1*x2 - sin(x2)", {"x1": 2, "x2": 5}, {"x1": 1, "x2": -0.5},
     lambda t: mpmath.ln(2 + t) + (2 + t) * (5 - t / 2) - mpmath.sin(5 - t / 2)),
    ("exp(-x^2)/hypot(x, y)", {"x": 0.5, "y": 1}, {"y": 1}, lambda t: mpmath.exp(-0.25) / mpmath.hypot(0.5, 1 + t)),
    ("x^y", {"x": 2, "y": 2.5}, {"x": 1, "y": 1}, lambda t: (2 + t) ** (2.5 + t)),
    ("exp(x)*tan(x)", {"x": 1.25}, {"x": 1}, lambda t: mpmath.exp(1.25 + t) * mpmath.tan(1.25 + t)),
    ("normcdf(sin(x))/(1 + x^2)", {"x": -0.75}, {"x": 1},
     lambda t: mpmath.ncdf(mpmath.sin(t - 0.75)) / (1 + (t - 0.75) ** 2)),
]  # fmt: skip


@pytest.mark.parametrize(("program", "at", "along", "truth"), LINES, ids=[line[0] for line in LINES])
def test_expressions_agree_with_mpmath_to_order_20(
    program: str, at: dict[str, float], along: dict[str, float], truth: Callable[[Any], Any]
) -> None:
    with mp.workdps(40):
        exact = mpmath.taylor(truth, 0, 20)
    (found,) = Function(program).taylor(at, 20, along).coefficients
    sizes = [float(max(abs(c) for c in exact[max(0, k - 1) : k + 2])) for k in range(21)]
    for k, (c, e) in enumerate(zip(found, exact, strict=True)):
        assert abs(c - e) <= 1e-12 * sizes[k], k


def test_a_power_whose_exponent_passes_through_a_whole_number() -> None:
    """y*x^(y-1) changes with y at y = 0 too; in higher orders each y - k that is 0 matters."""
    ln = math.log(2)
    for program, at, mixed_second in (("x^y", [2.0, 0.0], 0.5), ("x^y", [2.0, 1.0], 1 + ln)):
        tape = parse([program])
        by_x, by_y = hessian_products(REAL, tape, at, nodes(tape), tape.inputs, [{k: 1.0} for k in tape.inputs])[0]
        assert by_x[1] == by_y[0] == pytest.approx(mixed_second)
    assert Function("(2 + t)^t").hessian({"t": 0}).hessian == [[pytest.approx(1 + ln**2)]]
    (found,) = Function("(2 + t)^(3 + t)").taylor({"t": 0}, 8).coefficients
    with mp.workdps(40):
        exact = mpmath.taylor(lambda t: (2 + t) ** (3 + t), 0, 8)
    assert found == pytest.approx([float(c) for c in exact], rel=1e-13)


def test_textbook_series_of_order_200() -> None:
    (found,) = Function("exp(x)").taylor({"x": 1}, 200).coefficients
    assert found == pytest.approx([math.e * float(1 / mpmath.factorial(k)) for k in range(201)], rel=1e-12, abs=1e-300)
    (found,) = Function("1/x").taylor({"x": -2}, 200).coefficients
    assert found == [-(0.5 ** (k + 1)) for k in range(201)]
    reciprocal = Function("1/x").taylor({"x": 1}, 200)
    assert reciprocal.coefficients == [[(-1.0) ** k for k in range(201)]]
    assert reciprocal.derivatives[0][170] == pytest.approx(float(mpmath.factorial(170)), rel=1e-15)
    assert reciprocal.derivatives[0][171] == -math.inf


def test_polygammas_of_high_order() -> None:
    (found,) = Function("digamma(x)").taylor({"x": 2.5}, 100).coefficients
    with mp.workdps(40):
        for k, c in enumerate(found):
            exact = mpmath.psi(k, mpmath.mpf("2.5")) / mpmath.factorial(k)
            assert abs(c - exact) <= 1e-12 * abs(exact), k


@pytest.mark.parametrize("x", [3.0, 0.75, -1.25])
@pytest.mark.parametrize("key", ["digamma", "lgamma", "polygamma(2, x)"])
def test_coefficients_of_gammas_are_right_where_the_derivatives_are_beyond_the_range(key: str, x: float) -> None:
    program = key if "(" in key else f"{key}(x)"
    (found,) = Function(program).taylor({"x": x}, 300).coefficients
    for k in (150, 216, 300):
        with mp.workdps(40):  # psi_n(x)/n! = (-1)^(n+1) sum of (x + i)^-(n+1), DLMF 5.15.1
            n = k + {"digamma": 0, "lgamma": -1}.get(key, 2)
            exact = (-1) ** (n + 1) * mpmath.fsum((mpmath.mpf(x) + i) ** -(n + 1) for i in range(100))
            exact *= {"digamma": 1, "lgamma": mpmath.mpf(1) / k}.get(key, mpmath.mpf((n - 1) * n))
        assert abs(found[k] - exact) <= 1e-11 * abs(exact), k
    assert all(map(math.isfinite, Function("gamma(x)").taylor({"x": x}, 300).coefficients[0]))


def test_polygamma_is_finite_as_long_as_a_double_holds_it() -> None:
    (found,) = Function("polygamma(150, x)").value({"x": 2.5}).values
    assert found == pytest.approx(float(mpmath.psi(150, 2.5)), rel=1e-12)


# Mixed partials


MIXED: list[tuple[str, tuple[float, ...], Callable[..., Any]]] = [
    ("exp(x*y) + x^3*y^2", (0.5, -1.25), lambda x, y: mpmath.exp(x * y) + x**3 * y**2),
    ("sin(x + y^2)/(1 + x*x)", (0.75, 0.5), lambda x, y: mpmath.sin(x + y**2) / (1 + x * x)),
    ("ln(x)*atan2(y, x)", (2.0, 1.0), lambda x, y: mpmath.ln(x) * mpmath.atan2(y, x)),
    ("x^y", (1.5, 2.5), lambda x, y: mpmath.mpf(x) ** y),
    ("hypot(x, y)*exp(z) + x*y*z^2", (1.0, 2.0, -0.5),
     lambda x, y, z: mpmath.hypot(x, y) * mpmath.exp(z) + x * y * z**2),
    ("sqrt(x*y + z)/z", (1.0, 2.0, 3.0), lambda x, y, z: mpmath.sqrt(x * y + z) / z),
]  # fmt: skip


@pytest.mark.parametrize(("program", "at", "truth"), MIXED, ids=[m[0] for m in MIXED])
def test_mixed_partials_up_to_order_4_are_mpmaths(
    program: str, at: tuple[float, ...], truth: Callable[..., Any]
) -> None:
    tape = parse([program])
    order = 4 if len(at) == 2 else 3
    indices, (found,) = mixed(REAL, tape, list(at), nodes(tape), tape.inputs, order)
    assert len(indices) == math.comb(len(at) + order, order)
    for index, c in zip(indices, found, strict=True):
        with mp.workdps(30):
            exact = mpmath.diff(truth, at, index) if any(index) else truth(*at)
        assert c * factorials(index) == pytest.approx(float(exact), rel=1e-12, abs=1e-12), index


def test_mixed_partials_of_orders_1_and_2_are_gradient_and_hessian_on_any_tape() -> None:
    compared = [0, 0]

    @settings(max_examples=share(300))
    @given(tapes(most=7), points)
    def agree(tape: Tape, point: Sequence[float]) -> None:
        at, outputs, inputs = list(point[: len(tape.inputs)]), nodes(tape), tape.inputs
        linear = linearise(REAL, tape, at)
        if not all(p is None or math.isfinite(p) for ps in linear.partials for p in ps):
            return
        indices, found = mixed(REAL, tape, at, outputs, inputs, 2)
        seeds = [{node: 1.0} for node in inputs]
        hessians = hessian_products(REAL, tape, at, outputs, inputs, seeds)
        lines = [taylor(REAL, tape, at, outputs, seed, 1)[0] for seed in seeds]
        for k, coefficients in enumerate(found):
            table = dict(zip(indices, coefficients, strict=True))
            numbers = [*coefficients, *(x for row in hessians[k] for x in row)]
            if not all(map(math.isfinite, numbers)):
                continue
            scale = max(map(abs, numbers))
            for index, c in table.items():
                where = [i for i, times in enumerate(index) for _ in range(times)]
                if len(where) == 1:
                    assert close(c, lines[where[0]][k][1], scale)
                    compared[0] += c != 0
                elif len(where) == 2:
                    assert close(c * factorials(index), hessians[k][where[0]][where[1]], scale)
                    compared[1] += c != 0

    agree()
    assert min(compared) > share(50) / 10


def test_multi_indices_are_in_order() -> None:
    assert multi_indices(2, 2) == [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    assert multi_indices(3, 1) == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert multi_indices(0, 3) == [()]
    assert multi_indices(2, 0) == [(0, 0)]
    assert [factorials(i) for i in ((3, 2), (0,), ())] == [12, 1, 1]


@pytest.mark.parametrize(
    ("x", "whole", "product"),
    [
        (0.5, 6, 3.0),
        (1e-300, math.factorial(170), 1e-300 * math.factorial(170)),
        (1e-320, math.factorial(200), 7.88657867364790e54),
        (-1e300, math.factorial(30), -math.inf),
        (0.0, math.factorial(500), 0.0),
        (math.inf, 6, math.inf),
    ],
)
def test_factorials_of_any_size_are_multiplied_in(x: float, whole: int, product: float) -> None:
    assert times_whole(x, whole) == pytest.approx(product, rel=1e-4)
    assert math.isnan(times_whole(math.nan, whole))


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 400).map(math.factorial) | st.integers(1, 10**30)
)
def test_a_whole_multiple_is_rounded_once(x: float, whole: int) -> None:
    try:
        truth = float(Fraction(x) * whole)
    except OverflowError:
        truth = math.copysign(math.inf, x)
    assert times_whole(x, whole) == truth


# Size and depth


def test_what_cannot_be_held_is_a_problem_of_size() -> None:
    tape = parse(["exp(x)*y*z"])
    with pytest.raises(ProblemError) as caught:
        taylor(REAL, tape, [1.0, 1.0, 1.0], nodes(tape), {tape.inputs[0]: 1.0}, 10**9)
    assert caught.value.problem.kind == "limit"
    most = int(caught.value.problem.hint.split("--order ")[1].split()[0])
    assert most < 10**8
    with pytest.raises(ProblemError, match="mixed") as caught:
        mixed(REAL, tape, [1.0, 1.0, 1.0], nodes(tape), tape.inputs, 500)
    assert caught.value.problem.kind == "limit"


def refusal(find: Callable[..., Any], program: str, order: int) -> tuple[str, str]:
    tape = parse([program])
    point, inputs = [1.25, 2.5][: len(tape.inputs)], tape.inputs
    along: Any = inputs if find is mixed else {inputs[0]: 1.0}
    with pytest.raises(ProblemError) as caught:
        find(REAL, tape, point, nodes(tape), along, order)
    assert caught.value.problem.kind == "limit"
    return caught.value.problem.headline, caught.value.problem.hint


def test_series_that_partials_make_count_and_the_order_proposed_is_the_highest() -> None:
    tape = parse(["asin(x/4)*sin(x)"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MOST_COEFFICIENTS", 2_000)
        assert len(tape) * 200 < 2_000, "the tape alone would fit"
        headline, hint = refusal(taylor, "asin(x/4)*sin(x)", 199)
        assert headline == "the coefficients up to order 199 do not fit in memory"
        most = int(hint.removeprefix("write --order ").removesuffix(" or less"))
        assert 100 < most < 199
        assert refusal(taylor, "asin(x/4)*sin(x)", most + 1)[1] == hint
        assert len(taylor(REAL, tape, [1.25], nodes(tape), {0: 1.0}, most)[0][0]) == most + 1
        assert refusal(taylor, "x + lgamma(x)", 199) == (headline, "take a lower --order")
        assert refusal(mixed, "sin(x*y)/y", 30) == (
            "the series for the mixed partials of 2 variables up to order 30 do not fit in memory",
            "take a lower --order, or fewer variables with --wrt",
        )


def test_derivatives_that_are_new_functions_each_time_are_refused_at_once() -> None:
    headline, hint = refusal(taylor, "lgamma(x)", 20_000)
    assert (headline, hint) == ("the coefficients up to order 20,000 take too long", "write --order 1000 or less")


def test_no_order_is_proposed_to_a_program_too_long_for_it() -> None:
    headline, hint = refusal(taylor, "sum(sin(i*x) for i in 1..20000)", 1_000_000)
    assert (headline, hint) == ("the coefficients up to order 1,000,000 do not fit in memory", "take a lower --order")


def chain(count: int, key: str, other: bool = False) -> tuple[Tape, int]:
    """So many operations, each on the one before (and on x)."""
    b = Builder()
    x = t = b.input("x")
    for _ in range(count):
        t = b.apply(TABLE[key], t, x) if other else b.apply(TABLE[key], t)
    return b.tape, t


@pytest.mark.slow
def test_a_power_of_100000_factors_is_expanded() -> None:
    """(1 + t)^n has the binomial coefficients."""
    n = 100_000
    tape, top = chain(n - 1, "mul", other=True)
    (found,), _ = taylor(REAL, tape, [1.0], [top], {0: 1.0}, 3)
    assert found == pytest.approx([math.comb(n, k) for k in range(4)], rel=1e-9)
    ((product,),) = hessian_products(REAL, tape, [1.0], [top], [0], [{0: 1.0}])
    assert product == [pytest.approx(n * (n - 1), rel=1e-9)]
    plan = hessian_plan(hessian_pattern(tape, [top], [0]))
    (entries,) = sparse_hessians(REAL, tape, [1.0], [top], [0], plan)
    assert entries.data == product


@pytest.mark.slow
def test_20000_nested_sines_have_a_third_derivative() -> None:
    tape, top = chain(20_000, "sin")
    (found,), _ = taylor(REAL, tape, [1.0], [top], {0: 1.0}, 3)
    a, b, c, d = 1.0, 1.0, 0.0, 0.0
    for _ in range(20_000):  # sin(a + b*t + c*t^2 + d*t^3)
        sine, cosine = math.sin(a), math.cos(a)
        a, b, c, d = (
            sine, cosine * b, cosine * c - sine * b * b / 2, cosine * d - sine * b * c - cosine * b**3 / 6,
        )  # fmt: skip
    assert found == pytest.approx([a, b, c, d], rel=1e-8)
    (whole,), _, _ = dense_hessians(REAL, tape, [1.0], [top], [0])
    ((product,),) = hessian_products(REAL, tape, [1.0], [top], [0], [{0: 3.0}])
    assert (whole[0][0], product[0]) == pytest.approx((2 * c, 6 * c), rel=1e-8)


def test_blocks_of_directions_join_without_a_seam() -> None:
    """A Hessian of 150 variables that is full: three blocks of directions, or 150 sweeps one by one."""
    n = 150
    f = Function(f"s = sum(i*x[i] for i in 1..{n}); exp(s/{n * n})")
    x = np.linspace(-1, 1, n)
    weights = np.arange(1, n + 1) / (n * n)
    truth = f.value({"x": x}).values[0] * np.outer(weights, weights)
    results = []
    for short in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bundle, "SHORT", short)
            results.append(f.hessian({"x": x}))
    for found in results:
        assert found.sweeps == n
        assert np.allclose(found.hessian, truth, rtol=1e-13, atol=0)
    assert results[0].hessian == results[1].hessian
