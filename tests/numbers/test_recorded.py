"""Recorded numbers: what is written down computes what arrays compute, once; what a user wrote stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.recorded import Recorded, Recorder


def keys(F: Recorder) -> list[str]:
    return [row.key for row, _ in F.code]


def pair() -> tuple[Recorder, Recorded, Recorded]:
    F = Recorder(2)
    return F, F.input(0), F.input(1)


def test_equal_operations_are_one_line() -> None:
    F, x, y = pair()
    assert (x * y).index == (y * x).index == 2
    assert (x - y).index != (y - x).index
    assert keys(F) == ["mul", "sub", "sub"]


@pytest.mark.parametrize(
    ("make", "lines"),
    [
        (lambda F, x, y: x * 1, []),
        (lambda F, x, y: 0 + x, []),
        (lambda F, x, y: x / 1, []),
        (lambda F, x, y: F.neg(F.neg(x)), ["neg"]),
        (lambda F, x, y: x * -1, ["neg"]),
        (lambda F, x, y: x + -y, ["neg", "sub"]),
        (lambda F, x, y: x - -y, ["neg", "add"]),
        (lambda F, x, y: F.powc(x, np.float64(1)), []),
        (lambda F, x, y: F.powc(x, np.float64(2)), ["mul"]),
        (lambda F, x, y: F.powc(x, np.float64(3)), ["mul", "mul"]),
        (lambda F, x, y: F.powc(x, np.float64(0.5)), ["sqrt", "add"]),
        (lambda F, x, y: F.powc(x, np.float64(2.5)), ["pow"]),
        (lambda F, x, y: F.where(np.True_, x, y), []),
        (lambda F, x, y: F.and_(F.gt(x, y), True), ["gt"]),
    ],
)
def test_what_the_rows_and_seeds_bring_is_tidied(make: Callable[..., Any], lines: list[str]) -> None:
    F, x, y = pair()
    assert isinstance(make(F, x, y), Recorded)
    assert keys(F) == lines


@pytest.mark.parametrize("make", [lambda F, x: x * F.literal("1"), lambda F, x: x + F.literal("0")])
def test_the_literals_of_a_program_stay(make: Callable[..., Any]) -> None:
    """x + 0 is 0 where x is -0."""
    F, x, _ = pair()
    assert make(F, x).index != x.index


def test_what_no_input_is_in_is_a_number() -> None:
    F, _, _ = pair()
    assert F.sin(F.literal("2")) == ARRAY.sin(np.float64(2))
    assert np.isneginf(F.ln(F.literal("0")))
    assert F.code == []


def test_constants_are_told_apart_by_their_bits() -> None:
    F, x, _ = pair()
    assert (x + np.float64(0.0)).index != (x + np.float64(-0.0)).index
    assert F.where(F.gt(x, 1.0), 1.0, 0.0).index != F.where(F.gt(x, 1.0), 0.0, 1.0).index


@pytest.mark.parametrize("absolute", [False, True])
def test_absolute_products_are_recorded_where_they_are_asked_for(absolute: bool) -> None:
    F = Recorder(2, absolute)
    F.times(F.input(0), F.input(1))
    assert ("where" in keys(F)) is absolute
    assert F.finite([]) is not absolute


@pytest.mark.parametrize("c", [-1.0, 2.0, 3.0, 4.0, 0.5])
def test_small_powers_differ_from_the_power_by_rounding_only(c: float) -> None:
    x = np.array([-0.0, 0.0, 1e-200, 0.3, 7.7, 1e200, np.inf, np.nan, -3.25][: 8 if c == 0.5 else 9])
    F = Recorder(1)
    F.powc(F.input(0), np.float64(c))
    lines: list[Any] = [x]
    with quietly():
        for row, args in F.code:
            lines.append(ARRAY.value(row)(*(lines[a] if a >= 0 else F.constants[-1 - a] for a in args)))
        power = np.power(x, np.full(len(x), c))
        power = power + 0.0 if c == 0.5 else power  # of NumPy's own, (-0)^0.5 is -0
        np.testing.assert_array_max_ulp(lines[-1], power, 2)
        assert np.array_equal(np.signbit(lines[-1]), np.signbit(power))
