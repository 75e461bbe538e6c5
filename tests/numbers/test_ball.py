"""Balls: every row of the table encloses the truth, in 300 digits, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import mp, mpf

pytest.importorskip("flint")

from flint import arb, fmpq
from row_checks import REFERENCE, arguments, moving, true_partial

from adcli.numbers.ball import Ball, Balls
from adcli.numbers.dual import duals
from adcli.numbers.proven import Imprecise
from adcli.numbers.series import SeriesSpace
from adcli.ops import TABLE, Row

DIGITS = 50
ROWS = [pytest.param(row, id=key) for key, row in TABLE.items()]
NUMBERS = [pytest.param(row, id=key) for key, row in TABLE.items() if not row.condition]


def balls() -> Balls:
    return Balls(300, DIGITS, lambda F, text: F.literal(text))


def lifted(F: Balls, args: list[Any]) -> list[Any]:
    return [x if isinstance(x, bool) else F.lift(x) for x in args]


def holds(F: Balls, found: Any, truth: Any) -> bool:
    """Whether the enclosure holds the truth, and 50 digits of it are proven."""
    proven = F.answer(found)
    low, high = (mpf(end) * mpf(10) ** proven.place for end in (proven.low, proven.high))
    slack = mpf(10) ** -100 * abs(truth)  # of the reference: a difference
    return bool(low - slack <= truth <= high + slack)


@pytest.mark.parametrize("row", ROWS)
def test_values_and_partials_of_the_samples_are_enclosed(row: Row) -> None:
    F = balls()
    with F.quietly(), mp.workdps(400):
        for sample in row.samples:
            args, exact = lifted(F, arguments(row, sample)), arguments(row, sample, mpf)
            value, truth = F.value(row)(*args), REFERENCE[row.key](*exact)
            if row.condition:
                assert value is bool(truth)
                continue
            assert holds(F, value, truth), sample
            slopes = F.slopes(row)
            assert slopes is not None
            partials = slopes(value, *args)
            assert [i for i, p in enumerate(partials) if p is not None] == moving(row)
            for i in moving(row):
                assert holds(F, partials[i], true_partial(row, exact, i)), (sample, i)


WIDE = st.floats(-50, 50, allow_subnormal=False) | st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0, -3.0])


@pytest.mark.parametrize("row", [p for p in NUMBERS if p.values[0].key not in ("psi", "polygamma")])
@given(xs=st.lists(WIDE, min_size=3, max_size=3), radius=st.sampled_from([0.0, 1e-12, 0.25]))
def test_a_row_on_enclosures_holds_its_value_at_every_point_of_them(row: Row, xs: list[float], radius: float) -> None:
    F = balls()
    xs = xs[: len(row.params)]
    for i in row.constant:
        xs[i] = float(round(xs[i]) % 5)
    with F.quietly(), mp.workdps(120):
        wide: list[Any] = [
            x > 0 if i in row.tests else F.lift(x) if i in row.constant else Ball(F, arb(x, radius))
            for i, x in enumerate(xs)
        ]
        found = F.value(row)(*wide)
        assert isinstance(found, Ball)
        for part in (-1.0, 0.0, 1.0, 0.375):
            args: list[Any] = [
                x > 0 if i in row.tests else mpf(x) + (0 if i in row.constant else mpf(radius) * part)
                for i, x in enumerate(xs)
            ]
            try:
                truth = REFERENCE[row.key](*args)
            except (ValueError, ZeroDivisionError):
                return
            if isinstance(truth, mpmath.mpc) or not mpmath.isfinite(truth):
                assert not F.finite([found]), args
                return
            if found.exact:
                assert radius == 0 or not moving(row) or found.x == fmpq(*float(truth).as_integer_ratio())
                continue
            if not F.finite([found]):
                continue
            mid, rad, place = (int(n) for n in found.x.mid_rad_10exp(60))
            low, high = ((mid + sign * rad) * mpf(10) ** place for sign in (-1, 1))
            slack = mpf(10) ** -55 * (1 + abs(truth))
            assert low - slack <= truth <= high + slack, (args, found)


def test_rational_arithmetic_is_exact() -> None:
    F = balls()
    with F.quietly():
        x, y = F.literal("0.1"), F.literal("0.2")
        assert x + y == F.literal("0.3")
        assert (x / y) * 2 == 1
        assert F.powc(x, -3) == 1000
        assert F.sqrt(F.literal("0.09")) == F.literal("0.3")
        assert F.log2(F.literal("0.125")) == -3
        assert F.log10(F.literal("1000")) == 3
        assert F.exp2(F.lift(-2)) == F.lift(0.25)
        assert F.cos(F.lift(0)) == 1
        assert F.floor(F.literal("-2.5")) == -3
        assert [F.round(F.lift(x)) for x in (0.5, 1.5, 2.5, -0.5)] == [0, 2, 2, 0]


def test_a_fraction_that_grows_too_long_becomes_an_enclosure() -> None:
    F = balls()
    with F.quietly():
        x = F.literal("0.3")
        for _ in range(40):  # each step doubles the digits
            x = 3 * x * (1 - x)
        assert not x.exact
        assert F.finite([x])


def around(F: Balls, x: float) -> Ball:
    return Ball(F, arb(x, 1e-30))


def test_conditions_have_three_answers() -> None:
    F = balls()
    with F.quietly():
        zero, one, near = F.lift(0), F.lift(1), around(F, 0)
        assert [F.lt(zero, one), F.lt(one, zero), F.lt(near, zero)] == [True, False, None]
        assert [F.ge(near, one), F.ge(one, near), F.ge(zero, near)] == [False, True, None]
        assert [F.eq(zero, zero), F.eq(near, one), F.eq(near, zero)] == [True, False, None]
        assert [F.ne(zero, one), F.ne(near, near)] == [True, None]
        assert [F.and_(False, None), F.and_(True, None), F.and_(True, True)] == [False, None, True]
        assert [F.or_(True, None), F.or_(False, None), F.or_(False, False)] == [True, None, False]
        assert [F.not_(None), F.not_(True)] == [None, False]


def test_an_open_choice_encloses_both_sides_and_a_decided_one_takes_one() -> None:
    F = balls()
    with F.quietly():
        one, nan = F.lift(1), F.ln(F.lift(-1))
        assert not F.finite([nan])
        assert F.where(True, one, nan) == 1
        assert not F.finite([F.where(None, one, nan)])
        both = F.where(None, one, F.lift(3))
        assert both.x.contains(arb(1))
        assert both.x.contains(arb(3))
        with pytest.raises(Imprecise):
            F.answer(F.sign(around(F, 0)))


def test_zero_is_absolute() -> None:
    F = balls()
    with F.quietly():
        nan = F.ln(F.lift(-1))
        assert F.times(F.lift(0), nan) == 0
        assert F.times(nan, 0.0) == 0
        assert F.dot([nan, F.lift(2)], [F.lift(0), F.lift(3)]) == 6


@pytest.mark.parametrize("row", NUMBERS)
def test_duals_and_series_over_balls_enclose_the_first_derivative(row: Row) -> None:
    F = balls()
    with F.quietly(), mp.workdps(400):
        for sample in row.samples:
            for i in moving(row):
                truth = true_partial(row, arguments(row, sample, mpf), i)
                D, S = duals(F), SeriesSpace(F)
                for space in (D, S):
                    args = lifted(F, arguments(row, sample))
                    args[i] = D.number(args[i], F.lift(1)) if space is D else S.variable(args[i], F.lift(1))
                    value = space.value(row)(*args)
                    found = value.tangent if space is D else S.coefficient(value, 1)
                    assert holds(F, found, truth), (sample, i)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_taken_exactly(x: float) -> None:
    F = balls()
    assume(x == x)
    with F.quietly():
        assert F.lift(x).x == fmpq(*x.as_integer_ratio())
