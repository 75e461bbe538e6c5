"""Proven numbers: what an interval of decimals shows, and nothing more than it proves."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.numbers.proven import Imprecise, Proven
from adcli.numbers.text import unsigned, write
from adcli.report.number import display, sum_texts


@pytest.mark.parametrize(
    ("low", "high", "place", "digits", "text"),
    [
        (5, 5, 0, 10, "5"),
        (55, 55, -1, 10, "5.5"),
        (0, 0, 0, 10, "0"),
        (-25, -25, -1, 1, "-2"),  # a tie goes to the even digit
        (35, 35, -1, 1, "4"),
        (123456, 123456, 0, 3, "1.23e5"),
        (1, 1, 300, 3, "1e300"),
        (314159265, 314159266, -8, 7, "3.141593"),
        (199999999, 200000001, -8, 5, "2.0000"),  # zeros at the end are digits that are proven
        (-200000001, -199999999, -8, 5, "-2.0000"),
        (123456789, 123456790, -20, 4, "0.000000000001235"),
        (123456789, 123456790, 1000, 4, "1.235e1008"),
    ],
)
def test_the_text_of_an_interval(low: int, high: int, place: int, digits: int, text: str) -> None:
    found = Proven(low, high, place, digits)
    expected = f"{Decimal(text):.3e}".replace("e+", "e") if "0000000001" in text else text
    assert Decimal(found.text) == Decimal(expected)
    assert found.text in (text, expected)
    assert write(found) == str(found) == found.text


@pytest.mark.parametrize(
    ("low", "high", "place", "digits"),
    [(1, 3, 0, 1), (-1, 1, -50, 10), (149, 151, -2, 1), (0, 1, 0, 3), (94, 101, 0, 2)],
)
def test_an_interval_that_is_too_wide_is_refused(low: int, high: int, place: int, digits: int) -> None:
    with pytest.raises(Imprecise):
        Proven(low, high, place, digits)


def test_an_interval_around_0_may_show_the_digits_that_are_0() -> None:
    found = Proven(-3, 4, -50, 10, wide=True)
    assert found.text == "0e-49"
    assert float(found) == 0
    assert unsigned(found) is found
    with pytest.raises(Imprecise):  # of fewer digits than are asked for it says nothing
        Proven(-3, 4, -5, 10, wide=True)


@pytest.mark.parametrize(("text", "exponent"), [("5", 0), ("0.05", -2), ("123.4", 2), ("1e300", 300), ("-0.5", -1)])
def test_the_exponent_of_the_first_digit(text: str, exponent: int) -> None:
    sign, digits, place = Decimal(text).as_tuple()
    whole = int("".join(map(str, digits))) * (-1 if sign else 1)
    assert isinstance(place, int)
    assert Proven(whole, whole, place, 20).exponent == exponent


@pytest.mark.parametrize(("place", "x"), [(5000, 1.7976931348623157e308), (-5000, 5e-324)])
def test_beyond_the_range_of_floats_it_is_the_last_float(place: int, x: float) -> None:
    assert float(Proven(1, 1, place, 5)) == x
    assert float(Proven(-1, -1, place, 5)) == -x


ENDS = st.integers(-(10**30), 10**30)


@given(ENDS, st.integers(0, 10**6), st.integers(-40, 10), st.integers(1, 25), st.fractions(0, 1))
def test_every_number_of_the_interval_rounds_to_what_is_shown(
    low: int, width: int, place: int, digits: int, part: Fraction
) -> None:
    try:
        found = Proven(low, low + width, place, digits)
    except Imprecise:
        return
    truth = (low + part * width) * Fraction(10) ** place
    shown = Fraction(found.text)
    size = len(found.text.lstrip("-").partition("e")[0].replace(".", "").lstrip("0"))
    assert size <= digits + 1 or found.exact
    unit = Fraction(10) ** (found.exponent - digits + 1) if truth else Fraction(1)
    assert abs(truth - shown) <= unit / 2
    lower, upper = map(Fraction, found.enclosure(8))
    assert lower <= truth <= upper


@given(ENDS, st.integers(0, 10**6), st.integers(-40, 10), st.floats(allow_nan=False, allow_infinity=False))
def test_the_digits_of_a_float_that_are_right(low: int, width: int, place: int, x: float) -> None:
    try:
        found = Proven(low, low + width, place, 5)
    except Imprecise:
        return
    for y in (x, float(found)):
        count = found.correct_digits(y)
        for end in (low, low + width):
            truth = end * Fraction(10) ** place
            assert abs(Fraction(y) - truth) * 10**count <= abs(truth) or count == 0
    assert found.correct_digits(math.nan) == found.correct_digits(math.inf) == 0
    if found.exact and Fraction(float(found)) == low * Fraction(10) ** place:
        assert found.correct_digits(float(found)) == 17


def test_a_whole_multiple() -> None:
    third = Proven(333333333333, 333333333334, -12, 8)
    assert third.times(3).text == "1.0000000"
    assert third.times(-30).text == "-10.000000"
    assert third.times(0).text == "0"


def test_numbers_are_displayed_on_a_grid_and_add_up() -> None:
    a, b = Proven(123456789012345, 123456789012346, -14, 10), Proven(987654321098765, 987654321098766, -14, 10)
    total = Proven(a.low + b.low, a.high + b.high, -14, 10)
    assert (a.text, display(a), display(a, 3)) == ("1.234567890", "1.2345678901", "1.235")
    texts, shown, adds_up = sum_texts([a, b], total)
    assert adds_up
    assert sum(map(Decimal, texts)) == Decimal(shown)
    assert len(shown) >= len("11.11111110")


@pytest.mark.parametrize("place", [10**15, -(10**15), 10**30])
def test_numbers_far_out_of_the_range_are_no_trouble(place: int) -> None:
    found = Proven(123456, 123456, place, 5)
    assert found.correct_digits(1.5) == 0
    assert found.ulps(1.5) == (math.inf if place > 0 else 1.5 / 5e-324)
    assert found.enclosure(3) == (f"1.23e{place + 5}", f"1.24e{place + 5}")
    if place < 0:
        assert (found.units(3), found.ulps(0.0)) == (0, 0)
        assert Proven(-1, -1, place, 5).enclosure(3)[0] == f"-1e{place}"


def test_an_error_beyond_the_range_is_infinite() -> None:
    assert Proven(1, 1, -300, 5).ulps(1e308) == math.inf
