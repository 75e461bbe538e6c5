"""Dual numbers: arithmetic from the rows' partials, conditions, and zero that is absolute in each coefficient."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.counted import Counting
from adcli.numbers.dual import Dual, duals, parts
from adcli.numbers.real import REAL

F = duals(REAL)
inf, nan = math.inf, math.nan


def seen(x: Any) -> tuple[Any, Any]:
    """Primal and tangent; no tangent for what is no dual."""
    return (x.primal, x.tangent) if isinstance(x, Dual) else (x, None)


# One expression for each way an operator can be written; x = 2 with the tangent 1, derivative by hand.
WRITTEN: list[tuple[str, Callable[[Any], Any], tuple[float, float | None]]] = [
    ("x + x", lambda x: x + x, (4, 2)),
    ("x + 1", lambda x: x + 1, (3, 1)),
    ("1 + x", lambda x: 1 + x, (3, 1)),
    ("x - 1", lambda x: x - 1, (1, 1)),
    ("1 - x", lambda x: 1 - x, (-1, -1)),
    ("x - x", lambda x: x - x, (0, 0)),
    ("x * x", lambda x: x * x, (4, 4)),
    ("3 * x", lambda x: 3 * x, (6, 3)),
    ("x * 3", lambda x: x * 3, (6, 3)),
    ("x / 4", lambda x: x / 4, (0.5, 0.25)),
    ("1 / x", lambda x: 1 / x, (0.5, -0.25)),
    ("x / x", lambda x: x / x, (1, 0)),
    ("-x", lambda x: -x, (-2, -1)),
    ("x^3", lambda x: F.powc(x, 3), (8, 12)),
    ("x^x", lambda x: F.pow(x, x), (4, 4 + 4 * math.log(2))),
    ("2^x", lambda x: F.pow(2.0, x), (4, 4 * math.log(2))),
    ("hypot(3, x^2)", lambda x: F.hypot(3.0, x * x), (5, 4 * 4 / 5)),
    ("if(x > 1, x*x, x)", lambda x: F.where(F.gt(x, 1), x * x, x), (4, 4)),
    ("if(x < 1, x*x, 7)", lambda x: F.where(F.lt(x, 1), x * x, 7.0), (7, 0)),
    ("a constant", lambda x: F.sin(0.0), (0, None)),
    ("pi", lambda x: F.pi * x, (2 * math.pi, math.pi)),
    ("a literal", lambda x: F.literal("0.5") * x, (1, 0.5)),
    ("exp(1000*x)", lambda x: F.exp(1000 * x), (inf, inf)),
    ("1/(x - 2)", lambda x: 1 / (x - 2), (inf, -inf)),
    ("ln(x - 2)", lambda x: F.ln(x - 2), (-inf, inf)),
    ("sqrt(x - 3)", lambda x: F.sqrt(x - 3), (nan, nan)),
]


@pytest.mark.parametrize(("expression", "value"), [pytest.param(f, v, id=name) for name, f, v in WRITTEN])
def test_a_dual_carries_the_derivative(expression: Callable[[Any], Any], value: tuple[float, float | None]) -> None:
    found = seen(expression(F.number(2.0, 1.0)))
    for x, y in zip(found, value, strict=True):
        assert x is y is None or x == pytest.approx(y, rel=4e-16, nan_ok=True)


@pytest.mark.parametrize("key", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_a_comparison_of_duals_compares_primals_and_is_a_bool(key: str) -> None:
    compare = getattr(F, key)
    for x, y in [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0)]:
        truth = getattr(REAL, key)(x, y)
        assert compare(F.number(x, 9.0), F.number(y, -9.0)) is truth
        assert compare(F.number(x, 9.0), y) is truth
        assert compare(x, F.number(y, 9.0)) is truth


def test_conditions_combine_and_choose() -> None:
    x = F.number(2.0, 1.0)
    assert F.and_(F.gt(x, 1), F.lt(x, 3)) is True
    assert F.or_(F.gt(x, 3), F.not_(F.eq(x, 2))) is False
    assert seen(F.where(F.and_(F.gt(x, 1), F.lt(x, 3)), x, -x)) == (2, 1)


@pytest.mark.parametrize("at", [-1.0, 0.0])
def test_the_branch_not_taken_poisons_nothing(at: float) -> None:
    x = F.number(at, 1.0)
    assert seen(F.where(F.gt(x, 0), F.ln(x), 0.0)) == (0, 0)
    assert seen(F.where(F.gt(x, 0), F.sqrt(x), x * 3)) == (3 * at, 3)
    assert seen(F.where(F.le(x, 0), 5.0, F.powc(x, -2) * F.ln(x))) == (5, 0)


D = F.number
ABSOLUTE = [
    (D(0.0, 0.0), D(inf, nan), (0, 0)),
    (D(inf, nan), D(0.0, 0.0), (0, 0)),
    (0.0, D(inf, nan), (0, 0)),
    (D(nan, -inf), 0.0, (0, 0)),
    (D(0.0, 1.0), D(inf, nan), (0, inf)),
    (D(0.0, 2.0), D(3.0, inf), (0, 6)),
    (D(inf, 0.0), D(0.0, 2.0), (0, inf)),
    (D(2.0, 0.0), D(3.0, 4.0), (6, 8)),
    (D(2.0, 5.0), D(3.0, 4.0), (6, 23)),
    (2.0, D(3.0, 4.0), (6, 8)),
    (0.0, inf, (0, None)),
    (2.0, 3.0, (6, None)),
]


@pytest.mark.parametrize(("x", "y", "value"), ABSOLUTE)
def test_zero_is_absolute_in_each_coefficient_product(x: Any, y: Any, value: tuple[float, float | None]) -> None:
    assert seen(F.times(x, y)) == value
    assert seen(F.times(y, x)) == value


def test_a_column_is_finite_when_both_parts_of_each_are() -> None:
    assert F.finite([D(1.0, 2.0), 3.0])
    assert F.finite([])
    for bad in (D(inf, 0.0), D(0.0, nan), inf):
        assert not F.finite([D(1.0, 2.0), bad])


def test_the_duals_over_a_number_type_are_one_namespace() -> None:
    assert duals(REAL) is F
    assert duals(F) is duals(F)
    assert duals(F) is not F
    assert F.sin is F.sin


def test_nested_duals_do_not_confuse_their_directions() -> None:
    """d/dx (x * d/dy (x + y)) is 1: the inner derivative must not see the outer seed."""
    outer = duals(REAL)
    inner = duals(outer)
    x = outer.number(3.0, 1.0)
    y = inner.number(outer.number(2.0, 0.0), 1.0)
    inside = (x + y).tangent
    assert seen(x * inside if isinstance(inside, (Dual, float)) else inside) == (3, 1)


def test_duals_over_duals_give_second_derivatives() -> None:
    outer = duals(F)
    x = outer.number(F.number(2.0, 1.0), F.number(1.0, 0.0))
    cube = outer.powc(x, 3)
    assert (cube.primal.primal, cube.primal.tangent, cube.tangent.primal, cube.tangent.tangent) == (8, 12, 12, 12)


def test_duals_over_arrays_carry_columns() -> None:
    A = duals(ARRAY)
    points = np.array([-1.0, 0.0, 0.5, 2.0])
    with quietly():
        x = A.number(points, np.ones(4))
        found = A.where(A.gt(x, 0), A.ln(x) * x, x * 3)
    one = [F.where(F.gt(d, 0), F.ln(d) * d, d * 3) for d in (F.number(float(p), 1.0) for p in points)]
    assert found.primal.tolist() == pytest.approx([d.primal for d in one])
    assert found.tangent.tolist() == pytest.approx([d.tangent for d in one])


# Tangents of another type than primals: floats with many directions at once


def test_tangents_as_arrays_are_many_directions_at_once() -> None:
    many = duals(REAL, ARRAY)
    directions = [(1.0, 0.0), (0.0, 1.0), (2.0, -3.0)]

    def make(space: Any, x: Any, y: Any) -> Any:
        return space.sin(x * y) / (1 - y) + space.hypot(x, space.exp(y)) - 2 * x * x + space.powc(y, 3) * (3 - x)

    seeds = [np.array(column) for column in zip(*directions, strict=True)]
    found = make(many, many.number(0.5, seeds[0]), many.number(-2.0, seeds[1]))
    assert type(found.primal) is float
    for i, (dx, dy) in enumerate(directions):
        one = make(F, F.number(0.5, dx), F.number(-2.0, dy))
        assert (found.primal, float(found.tangent[i])) == seen(one)


def test_zero_is_absolute_in_every_direction() -> None:
    many = duals(REAL, ARRAY)
    with quietly():
        for scale, tangent, expected in [
            (0.0, [inf, nan, 1.0], [0, 0, 0]),
            (inf, [0.0, 1.0, -1.0], [0, inf, -inf]),
            (2.0, [inf, 0.0, 3.0], [inf, 0, 6]),
        ]:
            x = many.number(3.0, np.array(tangent))
            for product in (scale * x, x * scale, many.times(scale, x), many.times(x, scale)):
                assert np.broadcast_to(product.tangent, 3).tolist() == expected
        assert many.finite([many.number(1.0, np.ones(3)), 2.0, None])
        assert not many.finite([many.number(1.0, np.array([1.0, inf, 0.0]))])
        assert not many.finite([many.number(nan, np.ones(3))])


def test_a_row_that_raises_is_evaluated_again_in_every_direction() -> None:
    many = duals(REAL, ARRAY)
    with quietly():
        found = many.ln(many.number(0.0, np.array([0.0, 1.0, -2.0])))
    assert found.primal == -inf
    assert found.tangent.tolist() == [0, inf, -inf]


def test_duals_live_no_longer_than_the_numbers_under_them() -> None:
    base = Counting()
    assert duals(base) is duals(base)
    assert duals(base, ARRAY) is not duals(base)
    watched = [weakref.ref(x) for x in (base, duals(base), duals(base, ARRAY))]
    del base
    gc.collect()
    assert [ref() for ref in watched] == [None, None, None]


def test_parts_of_a_dual_a_number_and_nothing() -> None:
    assert [parts(x) for x in (F.number(2.0, 3.0), 2.0, None)] == [(2.0, 3.0), (2.0, 0.0), (0.0, 0.0)]
