"""Taylor series: arithmetic, choices, laziness, and zero that is absolute; tests/ops proves every row of the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import share

from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.dual import duals
from adcli.numbers.real import REAL, Real
from adcli.numbers.series import Budget, Series, SeriesSpace
from adcli.ops import TABLE, Row

inf, nan = math.inf, math.nan
Make = Callable[[SeriesSpace, Any], Any]


def expansion(make: Make, order: int, *start: float) -> list[float]:
    """Coefficients 0 to `order` of an expression in one series."""
    space = SeriesSpace(REAL)
    found = make(space, space.variable(*start))
    return [space.coefficient(found, k) for k in range(order + 1)]


# One expression for each way an operator can be written, at x = 2 + t; coefficients by hand.
WRITTEN: list[tuple[str, Make, list[float]]] = [
    ("x + x", lambda F, x: x + x, [4, 2, 0, 0]),
    ("x + 1", lambda F, x: x + 1, [3, 1, 0, 0]),
    ("1 + x", lambda F, x: 1 + x, [3, 1, 0, 0]),
    ("x - 1", lambda F, x: x - 1, [1, 1, 0, 0]),
    ("1 - x", lambda F, x: 1 - x, [-1, -1, 0, 0]),
    ("x - x", lambda F, x: x - x, [0, 0, 0, 0]),
    ("x * x", lambda F, x: x * x, [4, 4, 1, 0]),
    ("3 * x", lambda F, x: 3 * x, [6, 3, 0, 0]),
    ("x * 3", lambda F, x: x * 3, [6, 3, 0, 0]),
    ("x / 4", lambda F, x: x / 4, [0.5, 0.25, 0, 0]),
    ("1 / x", lambda F, x: 1 / x, [0.5, -0.25, 0.125, -0.0625]),
    ("x / x", lambda F, x: x / x, [1, 0, 0, 0]),
    ("x*x / x", lambda F, x: x * x / x, [2, 1, 0, 0]),
    ("-x", lambda F, x: -x, [-2, -1, 0, 0]),
    ("x^3", lambda F, x: F.powc(x, 3.0), [8, 12, 6, 1]),
    ("x^0", lambda F, x: F.powc(x, 0.0), [1, 0, 0, 0]),
    ("x^-2", lambda F, x: F.powc(x, -2.0), [0.25, -0.25, 0.1875, -0.125]),
    ("x^y, y = 3", lambda F, x: F.pow(x, 3.0), [8, 12, 6, 1]),
    ("2^x", lambda F, x: F.pow(2.0, x), [4 * math.log(2) ** k / math.factorial(k) for k in range(4)]),
    ("(x*x)^2", lambda F, x: F.powc(x * x, 2.0), [16, 32, 24, 8]),
    ("sqrt(x*x)", lambda F, x: F.sqrt(x * x), [2, 1, 0, 0]),
    ("exp(ln(x))", lambda F, x: F.exp(F.ln(x)), [2, 1, 0, 0]),
    ("abs(-x)", lambda F, x: F.abs(-x), [2, 1, 0, 0]),
    ("floor(x + 0.5)", lambda F, x: F.floor(x + 0.5), [2, 0, 0, 0]),
    ("x * sign(x)", lambda F, x: x * F.sign(x), [2, 1, 0, 0]),
    ("max(x, 1)*min(x, 1)", lambda F, x: F.max(x, 1.0) * F.min(x, 1.0), [2, 1, 0, 0]),
    ("max(x, 2)", lambda F, x: F.max(x, 2.0), [2, 0.5, 0, 0]),
    ("mod(x, 1.5)", lambda F, x: F.mod(x, 1.5), [0.5, 1, 0, 0]),
    ("if(x > 1, x*x, x)", lambda F, x: F.where(F.gt(x, 1), x * x, x), [4, 4, 1, 0]),
    ("if(x < 1, x*x, 7)", lambda F, x: F.where(F.lt(x, 1), x * x, 7.0), [7, 0, 0, 0]),
    ("a constant", lambda F, x: F.sin(0.0), [0, 0, 0, 0]),
    ("pi", lambda F, x: F.pi * x, [2 * math.pi, math.pi, 0, 0]),
    ("a literal", lambda F, x: F.literal("0.5") * x, [1, 0.5, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "expected"), [pytest.param(f, v, id=name) for name, f, v in WRITTEN])
def test_a_series_carries_every_coefficient(make: Make, expected: list[float]) -> None:
    assert expansion(make, 3, 2.0, 1.0) == pytest.approx(expected, rel=1e-15, abs=1e-15)


# Known expansions far out: (name, expression, start, the k-th coefficient)
KNOWN: list[tuple[str, Make, float, Callable[[int], float]]] = [
    ("exp", lambda F, x: F.exp(x), 0.0, lambda k: 1 / math.factorial(k) if k < 170 else 0.0),
    ("1/x", lambda F, x: 1 / x, 2.0, lambda k: (-1) ** k / 2.0 ** (k + 1)),
    ("1/(1 - x)", lambda F, x: 1 / (1 - x), 0.0, lambda k: 1.0),
    ("ln(1 + x)", lambda F, x: F.log1p(x), 0.0, lambda k: (-1) ** (k + 1) / k if k else 0.0),
    ("sin", lambda F, x: F.sin(x), 0.0, lambda k: (0, 1, 0, -1)[k % 4] / math.factorial(k) if k < 170 else 0.0),
    ("atan", lambda F, x: F.atan(x), 0.0, lambda k: (0, 1, 0, -1)[k % 4] / max(k, 1)),
    ("sqrt(1 - 4x)", lambda F, x: F.sqrt(1 - 4 * x), 0.0,
     lambda k: -2.0 * math.comb(2 * k - 2, k - 1) / k if k else 1.0),  # Catalan's numbers
    ("x/(1 - x - x*x)", lambda F, x: x / (1 - x - x * x), 0.0, lambda k: float(fibonacci(k))),
]  # fmt: skip


def fibonacci(k: int) -> int:
    a, b = 0, 1
    for _ in range(k):
        a, b = b, a + b
    return a


@pytest.mark.parametrize(("make", "start", "term"), [pytest.param(f, x, t, id=name) for name, f, x, t in KNOWN])
def test_order_200_is_right(make: Make, start: float, term: Callable[[int], float]) -> None:
    found = expansion(make, 200, start, 1.0)
    assert found == pytest.approx([term(k) for k in range(201)], rel=1e-12, abs=1e-290)


def test_the_variable_may_be_a_curve() -> None:
    """exp(t + t^2/2) has the numbers of involutions over k! (Knuth, TAOCP 3, 5.1.4)."""
    found = expansion(lambda F, x: F.exp(x), 8, 0.0, 1.0, 0.5)
    assert [c * math.factorial(k) for k, c in enumerate(found)] == pytest.approx([1, 1, 2, 4, 10, 26, 76, 232, 764])


polynomials = st.lists(st.integers(-9, 9).map(float), min_size=1, max_size=6)


@settings(max_examples=share(100))
@given(polynomials, polynomials)
def test_products_are_cauchys_and_quotients_undo_them(x: list[float], y: list[float]) -> None:
    space = SeriesSpace(REAL)
    one, other = space.variable(*x), space.variable(*y)
    product = one * other
    for k in range(12):
        truth = sum(x[i] * y[k - i] for i in range(len(x)) if 0 <= k - i < len(y))
        assert product.coefficient(k) == truth
    if y[0]:
        quotient = product / other
        size = [Fraction(0)] * 12  # of the rounding of each coefficient, if each step errs by it and all errors add up
        for k in range(12):
            exact = Fraction(x[k]) if k < len(x) else Fraction(0)
            steps = range(1, min(k, len(y) - 1) + 1)
            terms = sum(abs(Fraction(y[j])) * (abs(Fraction(quotient.known[k - j])) + size[k - j]) for j in steps)
            whole = abs(Fraction(product.coefficient(k)))
            carried = sum(abs(Fraction(y[j])) * size[k - j] for j in steps)
            size[k] = (carried + (len(y) + 2) * Fraction(2) ** -53 * (terms + whole)) / abs(Fraction(y[0]))
            assert abs(Fraction(quotient.coefficient(k)) - exact) <= size[k]


@settings(max_examples=share(100))
@given(polynomials, polynomials)
def test_quotients_by_a_leading_term_that_outweighs_the_rest_are_right_to_12_digits(
    x: list[float], y: list[float]
) -> None:
    """There rounding does not grow, and the truth is the quotient of the rational series."""
    if y[0] and abs(y[0]) >= sum(map(abs, y[1:])):
        space = SeriesSpace(REAL)
        quotient = space.variable(*x) / space.variable(*y)
        exact: list[Fraction] = []
        for k in range(12):
            known = sum(Fraction(y[j]) * exact[k - j] for j in range(1, min(k, len(y) - 1) + 1))
            exact.append((Fraction(x[k] if k < len(x) else 0) - known) / Fraction(y[0]))
            assert abs(Fraction(quotient.coefficient(k)) - exact[k]) <= Fraction(1, 10**12)


# Choices


@pytest.mark.parametrize("key", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_a_comparison_of_series_compares_values_and_is_a_bool(key: str) -> None:
    F = SeriesSpace(REAL)
    compare = getattr(F, key)
    for x, y in [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0)]:
        truth = getattr(REAL, key)(x, y)
        assert compare(F.variable(x, 9.0), F.variable(y, -9.0)) is truth
        assert compare(F.variable(x, 9.0), y) is truth
        assert compare(x, F.variable(y, 9.0)) is truth


class Watched(Real):
    """Floats that remember which rows were evaluated."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def value(self, row: Row) -> Callable[..., Any]:
        plain = super().value(row)

        def watched(*args: Any) -> Any:
            self.seen.append(row.key)
            return plain(*args)

        return watched


BRANCHES: list[tuple[str, Make, float, list[float]]] = [
    ("if(x > 0, ln(x), 0)", lambda F, x: F.where(F.gt(x, 0), F.ln(x), 0.0), -1.0, [0, 0, 0]),
    ("if(x > 0, ln(x), 0) at 0", lambda F, x: F.where(F.gt(x, 0), F.ln(x), 0.0), 0.0, [0, 0, 0]),
    ("if(x > 0, ln(x), 3*x)", lambda F, x: F.where(F.gt(x, 0), F.ln(x), 3 * x), -1.0, [-3, 3, 0]),
    ("if(x <= 0, x*x, ln(x))*x", lambda F, x: F.where(F.le(x, 0), x * x, F.ln(x)) * x, -1.0, [-1, 3, -3]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "at", "expected"), [pytest.param(f, x, v, id=name) for name, f, x, v in BRANCHES])
def test_the_branch_not_taken_is_not_even_evaluated(make: Make, at: float, expected: list[float]) -> None:
    watched = Watched()
    space = SeriesSpace(watched)
    found = make(space, space.variable(at, 1.0))
    assert [space.coefficient(found, k) for k in range(3)] == expected
    assert "ln" not in watched.seen
    assert "where" in watched.seen


# At the awkward points (design, section 5); the notes are those of the engines.
AWKWARD: list[tuple[str, Make, float, list[float]]] = [
    ("sqrt at 0", lambda F, x: F.sqrt(x), 0.0, [0, inf]),
    ("x^2.5 at 0", lambda F, x: F.powc(x, 2.5), 0.0, [0, 0, 0, inf]),
    ("x^2 at 0", lambda F, x: F.powc(x, 2.0), 0.0, [0, 0, 1, 0, 0]),
    ("x^0 at 0", lambda F, x: F.powc(x, 0.0), 0.0, [1, 0, 0]),
    ("0^x at 2", lambda F, x: F.pow(0.0, x), 2.0, [0, 0, 0]),
    ("ln at -1", lambda F, x: F.ln(x), -1.0, [nan, -1]),
    ("ln at 0", lambda F, x: F.ln(x), 0.0, [-inf, inf]),
    ("1/x at 0", lambda F, x: 1 / x, 0.0, [inf, -inf]),
    ("abs at 0", lambda F, x: F.abs(x), 0.0, [0, 0, 0]),
    ("relu at 0", lambda F, x: F.relu(x), 0.0, [0, 0, 0]),
    ("floor at 2", lambda F, x: F.floor(x), 2.0, [2, 0, 0]),
    ("exp at 1000", lambda F, x: F.exp(x), 1000.0, [inf, inf, inf]),
    ("0*ln(x) at 0, zero being absolute but for the value", lambda F, x: 0 * F.ln(x), 0.0, [nan, 0, 0]),
    ("hypot at 0", lambda F, x: F.hypot(x, x), 0.0, [0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "at", "expected"), [pytest.param(f, x, v, id=name) for name, f, x, v in AWKWARD])
def test_the_awkward_points(make: Make, at: float, expected: list[float]) -> None:
    assert expansion(make, len(expected) - 1, at, 1.0) == pytest.approx(expected, nan_ok=True)


def test_zero_is_absolute_in_each_coefficient_product() -> None:
    F = SeriesSpace(REAL)
    poles = F.variable(inf, nan, inf)
    for product in (F.variable(0.0) * poles, poles * F.variable(0.0), F.times(F.variable(0.0), poles)):
        assert [F.coefficient(product, k) for k in (1, 2)] == [0, 0]
    assert F.times(0.0, inf) == 0
    assert F.times(2.0, 3.0) == 6
    assert not F.finite([F.variable(1.0, inf)])
    assert F.finite([F.variable(1.0, 2.0), 3.0])
    assert not F.finite([nan])


# Lazy, shared, and no deeper than it must be


def test_only_the_coefficients_that_are_asked_for_are_found() -> None:
    space = SeriesSpace(REAL)
    x = space.variable(1.0, 1.0)
    found = space.exp(space.sin(x))
    assert found.known == []
    space.coefficient(found, 3)
    assert len(found.known) == 4
    before = list(found.known)
    assert [space.coefficient(found, k) for k in range(4)] == before
    assert space.coefficient(found, 10) == found.known[10]
    assert found.known[:4] == before


def test_equal_series_are_one_object_and_different_constants_are_different() -> None:
    space = SeriesSpace(REAL)
    x = space.variable(-1.0, 1.0)
    assert space.sin(x) is space.sin(x)
    assert x * x is x * x
    assert space.sin(x) is not space.sin(space.variable(-1.0, 1.0))
    assert space.atan2(0.0, x) is not space.atan2(-0.0, x)
    assert [space.coefficient(space.atan2(y, x), 0) for y in (0.0, -0.0)] == [math.pi, -math.pi]
    assert space.where(True, x, 1.0) is not space.where(1.0, x, 1.0)


def test_a_recursive_rule_does_not_recurse() -> None:
    space = SeriesSpace(REAL)
    node: Series = space.variable(0.5, 1.0)
    for _ in range(5_000):
        node = space.sin(node)
    truth = [0.5, 1.0]
    for _ in range(5_000):
        truth = [math.sin(truth[0]), truth[1] * math.cos(truth[0])]
    assert [space.coefficient(node, k) for k in range(2)] == pytest.approx(truth, rel=1e-12)
    assert space.coefficient(space.sin(space.variable(0.5, 1.0)), 3_000) == 0.0


# Over other number types


def test_series_over_series_are_mixed_partials() -> None:
    """sin(x)*y^3 at (0.5, 2)."""
    inner = SeriesSpace(REAL)
    outer = SeriesSpace(inner)
    y, x = inner.variable(2.0, 1.0), outer.variable(0.5, 1.0)
    found = outer.sin(x) * outer.powc(y, 3.0)
    s, c = math.sin(0.5), math.cos(0.5)
    by_x: Sequence[float] = [s, c, -s / 2, -c / 6]
    for i in range(4):
        for j, factor in enumerate([8, 12, 6, 1, 0]):
            assert inner.coefficient(outer.coefficient(found, i), j) == pytest.approx(by_x[i] * factor, rel=1e-14)


def test_series_over_duals_have_the_derivatives_of_their_coefficients() -> None:
    D = duals(REAL)
    space = SeriesSpace(D)
    found = space.exp(space.variable(D.number(0.5, 1.0), 1.0))
    for k in range(6):
        c = space.coefficient(found, k)
        truth = math.exp(0.5) / math.factorial(k)
        assert (c.primal, c.tangent) == pytest.approx((truth, truth))


def test_series_over_arrays_are_series_point_by_point() -> None:
    points = np.array([-1.0, 0.25, 0.5, 2.0])
    space = SeriesSpace(ARRAY)

    def make(F: SeriesSpace, x: Any) -> Any:
        return F.exp(x) * F.sin(x) / (1 + x * x) + F.tanh(x)

    with quietly():
        found = make(space, space.variable(points, np.ones(4)))
        columns = [space.coefficient(found, k) for k in range(6)]
    for i, x in enumerate(points):
        assert [float(np.broadcast_to(c, 4)[i]) for c in columns] == pytest.approx(
            expansion(make, 5, float(x), 1.0), rel=1e-13, abs=1e-15
        )


# Cost: a number of series that does not grow with the order makes it quadratic in the order


# The gamma function satisfies no algebraic differential equation (Hoelder 1887): each derivative is a new function.
NEW_EACH_TIME = {"gamma", "lgamma", "digamma", "polygamma", "psi"}


def series_made(row: Row, sample: tuple[float, ...], moving: Sequence[int], order: int) -> int:
    budget = Budget(left=10**6)
    space = SeriesSpace(REAL, budget)
    args: list[Any] = [bool(x) if i in row.tests else x for i, x in enumerate(sample)]
    for i in moving:
        args[i] = space.variable(args[i], 1.0, -0.5)
    space.coefficient(space.value(row)(*args), order)
    return 10**6 - int(budget.left)


@pytest.mark.parametrize("row", [pytest.param(row, id=key) for key, row in TABLE.items() if not row.condition])
def test_the_number_of_series_does_not_grow_with_the_order(row: Row) -> None:
    numbers = [i for i in range(len(row.params)) if i not in row.tests and i not in row.constant]
    for sample in row.samples:
        for moving in {(*numbers[:1],), (*numbers[-1:],), (*numbers,)}:
            few, many = (series_made(row, sample, moving, order) for order in (12, 40))
            assert few < 100
            assert (few < many) == (row.key in NEW_EACH_TIME)


def test_a_row_has_a_recurrence_only_where_its_partials_are_worse() -> None:
    found = {key for key, row in TABLE.items() if row.series is not None}
    assert found == {"mul", "div", "powc", "lowerc", "turn_x", "turn_y"}


POWERS = [-1.0, -3.0, 0.5, 2.5, 1 / 3, 9.0, 17.0, 170.0]


@pytest.mark.parametrize("c", POWERS)
def test_a_power_of_a_curve_has_the_coefficients_of_its_exact_recurrence(c: float) -> None:
    """(2 - t + t^2/4)^c: against x*v' = c*v*x' in rational numbers, to order 40."""
    x = [Fraction(2), Fraction(-1), Fraction(1, 4)]
    exact = [Fraction(1)]
    for k in range(1, 41):
        steps = range(1, min(k, 2) + 1)
        exact.append(sum(((Fraction(c) + 1) * j - k) * x[j] * exact[k - j] for j in steps) / (k * x[0]))
    for make in (lambda F, x: F.powc(x, c), lambda F, x: F.pow(x, c)):
        found = expansion(make, 40, *map(float, x))
        for k, e in enumerate(exact):
            near = max(abs(exact[i]) for i in range(max(0, k - 2), min(40, k + 2) + 1))
            assert abs(Fraction(found[k]) / Fraction(2.0**c) - e) <= Fraction(1, 10**12) * near, k


def test_powers_that_end_end_with_exact_zeros() -> None:
    for c in (0.0, 1.0, 2.0, 5.0, 8.0, 12.0):
        assert set(expansion(lambda F, x, c=c: F.powc(x, c), 20, 0.3, 1.0)[int(c) + 1 :]) == {0}
    for c in (0.0, 1.0, 2.0, 5.0):
        assert set(expansion(lambda F, x, c=c: F.pow(x, c), 20, 0.3, 1.0)[int(c) + 1 :]) == {0}


@pytest.mark.parametrize("x", [800.0, -800.0])
def test_series_of_the_logistic_function_do_not_overflow(x: float) -> None:
    for key in ("sigmoid", "logistic", "softplus"):
        assert all(map(math.isfinite, expansion(lambda F, t, key=key: getattr(F, key)(t), 20, x, 1.0)))
