"""Floats: IEEE 754 answers where Python raises, the same as NumPy's."""

from __future__ import annotations

import math
import operator
from itertools import product
from typing import Any

import numpy as np
import pytest
from support import ulps

from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.real import QUIET, REAL, Quiet, evaluate
from adcli.ops import TABLE, Row

inf, nan = math.inf, math.nan


def identical(x: float, y: float) -> bool:
    """The same double; any nan is nan, and the signs of zeros count."""
    return (x != x and y != y) or (x == y and math.copysign(1, x) == math.copysign(1, y))


# (key, arguments, IEEE value)
IEEE: list[tuple[str, tuple[float, ...], float]] = [
    ("div", (1.0, 0.0), inf), ("div", (1.0, -0.0), -inf), ("div", (-1.0, 0.0), -inf),
    ("div", (0.0, 0.0), nan), ("div", (nan, 0.0), nan), ("div", (inf, 0.0), inf),
    ("div", (1.0, inf), 0.0), ("div", (1e300, 1e-300), inf),
    ("mul", (1e200, -1e200), -inf), ("mul", (0.0, inf), nan), ("add", (inf, -inf), nan),
    ("ln", (0.0,), -inf), ("ln", (-0.0,), -inf), ("ln", (-1.0,), nan), ("ln", (inf,), inf),
    ("log2", (0.0,), -inf), ("log2", (-2.0,), nan), ("log10", (0.0,), -inf),
    ("log10", (-inf,), nan), ("log1p", (-1.0,), -inf), ("log1p", (-2.0,), nan),
    ("exp", (1000.0,), inf), ("exp", (-1000.0,), 0.0), ("exp", (-inf,), 0.0),
    ("exp2", (5000.0,), inf), ("expm1", (1000.0,), inf), ("expm1", (-1000.0,), -1.0),
    ("sqrt", (-1.0,), nan), ("sqrt", (-0.0,), -0.0), ("sqrt", (inf,), inf),
    ("cbrt", (-8.0,), -2.0), ("cbrt", (-inf,), -inf),
    ("pow", (-8.0, 1 / 3), nan), ("pow", (0.0, -1.0), inf), ("pow", (-0.0, -1.0), -inf),
    ("pow", (-0.0, -2.0), inf), ("pow", (0.0, -0.5), inf), ("pow", (-0.0, -0.5), inf),
    ("pow", (-0.0, -1 + 2**-53), inf),
    ("pow", (-1e200, 3.0), -inf), ("pow", (-1e200, 2.0), inf), ("pow", (1e200, 2.5), inf),
    ("pow", (1e-200, -2.5), inf), ("pow", (-1e200, 2.5), nan), ("pow", (0.0, 0.0), 1.0),
    ("pow", (nan, 0.0), 1.0), ("pow", (1.0, nan), 1.0), ("pow", (-1.0, inf), 1.0),
    ("pow", (0.0, -inf), inf), ("pow", (-2.0, -1e308), 0.0),
    ("powc", (-8.0, 1 / 3), nan), ("powc", (0.0, -1.0), inf), ("powc", (-0.0, -1.0), -inf),
    ("powc", (-1e200, 3.0), -inf), ("powc", (1e200, 2.5), inf), ("powc", (5e-324, -1.5), inf),
    ("powc", (-0.0, 0.5), 0.0), ("powc", (-inf, 0.5), inf), ("powc", (-0.0, 3.0), -0.0),
    ("sin", (inf,), nan), ("cos", (-inf,), nan), ("tan", (inf,), nan),
    ("sec", (inf,), nan), ("csc", (0.0,), inf), ("csc", (-0.0,), -inf), ("cot", (0.0,), inf),
    ("asin", (2.0,), nan), ("acos", (-1.5,), nan), ("atan", (inf,), math.pi / 2),
    ("atan2", (0.0, 0.0), 0.0), ("atan2", (0.0, -0.0), math.pi), ("atan2", (-0.0, -1.0), -math.pi),
    ("atan2", (inf, -inf), 3 * math.pi / 4), ("hypot", (inf, nan), inf),
    ("hypot", (1e308, 1e308), 1.4142135623730951e308),
    ("sinh", (-1000.0,), -inf), ("sinh", (1000.0,), inf), ("cosh", (-1000.0,), inf),
    ("tanh", (1000.0,), 1.0), ("acosh", (0.5,), nan), ("atanh", (1.0,), inf),
    ("atanh", (-1.0,), -inf), ("atanh", (2.0,), nan), ("asinh", (-inf,), -inf),
    ("sigmoid", (-1000.0,), 0.0), ("sigmoid", (1000.0,), 1.0), ("sigmoid", (nan,), nan),
    ("softplus", (1000.0,), 1000.0), ("softplus", (-1000.0,), 0.0),
    ("gamma", (0.0,), inf), ("gamma", (-0.0,), -inf), ("gamma", (-1.0,), nan),
    ("gamma", (172.0,), inf), ("gamma", (-inf,), nan), ("gamma", (inf,), inf),
    ("gamma", (-1e300,), nan), ("gamma", (nan,), nan),
    ("lgamma", (0.0,), inf), ("lgamma", (-3.0,), inf), ("lgamma", (1e307,), inf),
    ("lgamma", (-inf,), inf),
    ("erf", (-inf,), -1.0), ("erfc", (inf,), 0.0), ("erfc", (-inf,), 2.0),
    ("normcdf", (-inf,), 0.0), ("normcdf", (inf,), 1.0), ("normcdf", (nan,), nan),
    ("normpdf", (inf,), 0.0), ("normpdf", (-1e200,), 0.0), ("normpdf", (nan,), nan),
    ("mod", (1.0, 0.0), nan), ("mod", (0.0, 0.0), nan), ("mod", (inf, 2.0), nan),
    ("mod", (-1.0, inf), inf), ("mod", (-7.5, 2.0), 0.5), ("mod", (7.5, -2.0), -0.5),
    ("abs", (-0.0,), 0.0), ("abs", (-inf,), inf), ("sign", (nan,), nan), ("sign", (-inf,), -1.0),
    ("floor", (1e300,), 1e300), ("floor", (-0.5,), -1.0), ("floor", (-0.0,), -0.0),
    ("floor", (-inf,), -inf), ("floor", (nan,), nan), ("floor", (2.0**52 + 1,), 2.0**52 + 1),
    ("floor", (-4503599627370495.5,), -4503599627370496.0), ("floor", (-5e-324,), -1.0),
    ("ceil", (1e300,), 1e300), ("ceil", (-0.5,), -0.0), ("ceil", (0.5,), 1.0),
    ("ceil", (inf,), inf), ("ceil", (nan,), nan), ("ceil", (5e-324,), 1.0),
    ("round", (0.5,), 0.0), ("round", (1.5,), 2.0), ("round", (2.5,), 2.0),
    ("round", (-1.5,), -2.0), ("round", (-0.3,), -0.0), ("round", (1e300,), 1e300),
    ("round", (-inf,), -inf), ("round", (nan,), nan), ("round", (0.49999999999999994,), 0.0),
    ("max", (nan, 1.0), nan), ("max", (1.0, nan), nan), ("max", (-inf, inf), inf),
    ("min", (nan, 1.0), nan), ("min", (1.0, nan), nan), ("min", (-inf, inf), -inf),
    ("relu", (nan,), nan), ("relu", (-inf,), 0.0), ("clamp", (nan, 0.0, 1.0), nan),
    ("clamp", (inf, 0.0, 1.0), 1.0),
]  # fmt: skip


# C says inf, SciPy -inf; NumPy takes x^0.5 for a square root, whose values at -0 and -inf are others.
OTHERWISE = {("lgamma", (-inf,)), ("powc", (-0.0, 0.5)), ("powc", (-inf, 0.5))}


@pytest.mark.parametrize(("key", "args", "value"), IEEE, ids=str)
def test_values_are_ieee_and_numpy_agrees(key: str, args: tuple[float, ...], value: float) -> None:
    row = TABLE[key]
    assert identical(evaluate(row, *args), value)
    if (key, args) in OTHERWISE:
        return
    if row.array.startswith("scipy"):
        pytest.importorskip("scipy")
    with quietly():
        columns = [np.float64(x) if i in row.constant else np.full(9, x) for i, x in enumerate(args)]
        found = ARRAY.value(row)(*columns)
    assert all(identical(float(x), value) or 0 < ulps(float(x), value) <= 4 for x in found)


COMPARED = [
    ("lt", (nan, 1.0), False), ("ge", (nan, nan), False), ("eq", (nan, nan), False), ("ne", (nan, nan), True),
    ("eq", (0.0, -0.0), True), ("le", (-inf, -inf), True), ("and_", (True, False), False), ("or_", (True, False), True),
    ("not_", (False,), True),
]  # fmt: skip


@pytest.mark.parametrize(("key", "args", "value"), COMPARED, ids=str)
def test_conditions_are_bools(key: str, args: tuple[Any, ...], value: bool) -> None:
    assert evaluate(TABLE[key], *args) is value
    columns = [np.full(9, x) for x in args]
    assert (ARRAY.value(TABLE[key])(*columns) == value).all()


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, inf, -inf, nan, 1e308, -1e308, 5e-324, -5e-324, 172.0, -171.5]


@pytest.mark.parametrize("row", [pytest.param(row, id=key) for key, row in TABLE.items()])
def test_no_row_raises_and_again_repeats_what_did_not(row: Row) -> None:
    for point in product(SPECIAL, repeat=len(row.params)) if len(row.params) < 3 else product(SPECIAL[::2], repeat=3):
        args = [bool(x) if i in row.tests else x for i, x in enumerate(point)]
        value, partials = REAL.again(row, *args)
        assert type(value) is (bool if row.condition else float)
        assert {type(p) for p in partials} <= {float, type(None)}
        assert len(partials) == (0 if row.partials is None else len(args))
        try:
            plain = REAL.value(row)(*args)
            slopes = () if row.partials is None else REAL.slopes(row)(plain, *args)
        except REAL.faults:
            continue
        assert identical(float(value), float(plain)), point
        for x, y in zip(partials, slopes, strict=True):
            assert x is y is None or identical(x, float(y)), point


def test_infinite_orders_and_huge_loops_do_not_hang() -> None:
    assert evaluate(TABLE["polygamma"], 1.0, inf) == 0
    assert evaluate(TABLE["digamma"], 1e308) > 700


@pytest.mark.parametrize("sign", [operator.add, operator.sub, operator.mul, operator.truediv, operator.mod])
@pytest.mark.parametrize("pair", list(product([0.0, -0.0, 1.5, -2.0, inf, -inf, nan], repeat=2)), ids=str)
def test_quiet_arithmetic_is_that_of_numpy_on_either_side(sign: Any, pair: tuple[float, float]) -> None:
    x, y = pair
    with quietly():
        truth = float(sign(np.float64(x), np.float64(y)))
    for a, b in ((Quiet(x), Quiet(y)), (Quiet(x), y), (x, Quiet(y))):
        if sign is operator.mod and type(a) is float:
            continue  # `%` stands in no lambda
        assert identical(sign(a, b), truth)
        assert type(sign(a, b)) is Quiet


def test_quiet_numbers_stay_quiet_and_literals_too() -> None:
    assert type(-Quiet(1.0)) is type(QUIET.literal("2.5")) is type(QUIET.pi) is Quiet
    assert [QUIET.pi, QUIET.e, QUIET.tau] == [math.pi, math.e, math.tau] == [REAL.pi, REAL.e, REAL.tau]


PRODUCTS = [
    (0.0, inf, 0.0), (-0.0, nan, 0.0), (inf, 0.0, 0.0), (nan, -0.0, 0.0), (2.0, 3.0, 6.0), (inf, -1.0, -inf),
    (nan, 1.0, nan), (1e-200, 1e-200, 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("x", "y", "value"), PRODUCTS)
def test_the_absolute_product_is_zero_where_a_factor_is(x: float, y: float, value: float) -> None:
    assert identical(abs(REAL.times(x, y)), abs(value))
    with quietly():
        found = ARRAY.times(np.full(3, x), np.full(3, y))
    assert all(identical(abs(float(z)), abs(value)) for z in found)


@pytest.mark.parametrize(
    ("column", "all_finite"),
    [([], True), ([1.0, None, -2.0], True), ([1.0, inf], False), ([nan], False), ([inf, -inf], False)],
)
def test_a_column_is_finite_when_all_its_numbers_are(column: list[float | None], all_finite: bool) -> None:
    assert REAL.finite(column) is all_finite
    assert ARRAY.finite(None if x is None else np.array([0.0, x]) for x in column) is all_finite


def test_a_name_outside_the_table_is_no_attribute() -> None:
    with pytest.raises(AttributeError):
        REAL.system  # noqa: B018
    assert REAL.sin is math.sin
