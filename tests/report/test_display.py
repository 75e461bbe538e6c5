"""The formatter of displayed numbers: correct rounding, two notations, and terms that add up in print."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adcli.numbers.text import read
from adcli.report.number import display, sum_texts

EXACT = Context(prec=2000, rounding=ROUND_HALF_EVEN)
finite = st.floats(allow_nan=False, allow_infinity=False)
digits = st.integers(1, 17)


def rounded(x: float, place: int) -> Decimal:
    """x rounded, halves to even, to 10^place."""
    return Decimal(x).quantize(Decimal(1).scaleb(place), context=EXACT)


def last_place(x: float, count: int) -> int:
    """From 1 on, `count` decimals (but 15 digits at the most, or `count`); below, `count` digits from the first on."""
    first = Decimal(x).adjusted()
    return max(-count, first + 1 - max(15, count)) if first >= 0 else first - count + 1


SHOWN = [
    (0.6931471805599453, 6, "0.693147"), (11.652071455223084, 6, "11.652071"), (10.0, 6, "10"), (1.5e-20, 6, "1.5e-20"),
    (5.5, 6, "5.5"), (-0.9589242746631385, 6, "-0.958924"), (1.7163378145367738, 17, "1.7163378145367738"),
    (1.7163378145367738, 3, "1.716"), (1.7163378145367738, 1, "1.7"), (0.1, 17, "0.10000000000000001"),
    (0.1 + 0.2, 6, "0.3"),
    (0.0001, 6, "0.0001"), (0.00009999, 6, "9.999e-5"), (0.000012345678, 6, "1.23457e-5"),
    (0.00012345678, 6, "0.000123457"),
    (123456789.123456789, 6, "123456789.123457"), (999999999999999.0, 6, "999999999999999"), (1e15, 6, "1e15"),
    (123456789012345678.0, 6, "1.23456789012346e17"), (1e300, 6, "1e300"), (5e-324, 6, "4.94066e-324"),
    (1e22, 6, "1e22"),
    (0.99999999, 6, "1"), (9.9999999, 6, "10"), (0.9999995, 6, "1"), (0.9999994, 6, "0.999999"), (2.5, 1, "2.5"),
    (0.125, 2, "0.12"), (0.375, 2, "0.38"), (1.25, 1, "1.2"), (1.75, 1, "1.8"), (100.0, 6, "100"), (1e-5, 6, "1e-5"),
    (1000000.0, 6, "1000000"), (0.0, 6, "0"), (-0.0, 6, "0"), (math.inf, 6, "inf"), (-math.inf, 6, "-inf"),
    (math.nan, 6, "nan"), (True, 6, "true"), (False, 6, "false"),
]  # fmt: skip


@pytest.mark.parametrize(("x", "count", "text"), SHOWN)
def test_a_number_is_shown_as(x: float, count: int, text: str) -> None:
    assert display(x, count) == text


@given(finite, digits)
@example(9.9999995, 6)
@example(0.99999949999999, 6)
@example(999999999999999.5, 6)
@example(0.00009999999, 3)
@example(5e-324, 17)
def test_numbers_are_rounded_correctly(x: float, count: int) -> None:
    text = display(x, count)
    assert Decimal(text) == (rounded(x, last_place(x, count)) if x else 0)


@given(finite, digits)
@example(1e15, 6)
@example(1e-4, 6)
@example(9.9999999e-5, 3)
def test_the_text_is_plain_between_a_ten_thousandth_and_a_quadrillion(x: float, count: int) -> None:
    text = display(x, count)
    plain = re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text)
    scientific = re.fullmatch(r"-?[1-9](\.[0-9]*[1-9])?e-?[1-9][0-9]*", text)
    shown = abs(Decimal(text))
    assert plain if shown == 0 or Decimal("1e-4") <= shown < Decimal("1e15") else scientific


@given(finite, digits)
def test_the_text_reads_back_and_its_sign_is_its_only_difference(x: float, count: int) -> None:
    text = display(x, count)
    assert abs(Decimal(text) - Decimal(x)) <= abs(Decimal(x)) / 2
    read(text)  # the one reader of numbers takes it
    assert display(-x, count) == ("0" if x == 0 else text[1:] if text.startswith("-") else f"-{text}")


@given(finite)
def test_seventeen_digits_are_the_number(x: float) -> None:
    assert float(display(x, 17)) == x


# Terms and their sum

TERMS = st.lists(st.one_of(finite, st.floats(-100, 100), st.sampled_from([0.0, 1.0, -1.0, 0.5, 1 / 3, 2 / 3, 0.1])),
                 min_size=2, max_size=6)  # fmt: skip


def places(texts: list[str], numbers: list[float], first: int) -> int | None:
    """The one decimal place to which all texts are the correctly rounded numbers, from `first` on down."""
    for place in range(first, first - 13, -1):
        if [Decimal(text) for text in texts] == [rounded(x, place) for x in numbers]:
            return place
    return None


@given(TERMS, digits)
@example([0.1, 0.2], 1)
@example([1 / 3, 1 / 3, 1 / 3], 6)
@example([1e-9, 1.0], 6)
@example([1e300, -1e300], 6)
@example([1e16, 1.0, -1e16], 6)
def test_the_printed_terms_add_up_unless_it_is_said_that_they_do_not(terms: list[float], count: int) -> None:
    total = list(accumulate(terms))[-1]
    if not math.isfinite(total):
        return
    texts, sum_text, adds_up = sum_texts(terms, total, count)
    assert len(texts) == len(terms)
    assert adds_up == (sum(map(Decimal, texts), Decimal(0)) == Decimal(sum_text))
    largest = max(map(abs, [*terms, total]))
    if largest:
        # No digit is adjusted: each is the number itself, rounded to one place for all.
        assert places([*texts, sum_text], [*terms, total], last_place(largest, count)) is not None


@given(TERMS, digits)
def test_more_decimals_are_taken_only_where_they_help(terms: list[float], count: int) -> None:
    total = list(accumulate(terms))[-1]
    largest = max(map(abs, [*terms, total]))
    if largest == 0 or not math.isfinite(total):
        return
    texts, sum_text, adds_up = sum_texts(terms, total, count)
    first = last_place(largest, count)
    used = places([*texts, sum_text], [*terms, total], first)
    assert used is not None

    def good(place: int) -> tuple[bool, bool]:
        units = [rounded(x, place) for x in terms]
        sums = sum(units, Decimal(0)) == rounded(total, place)
        return sums, all(
            u != 0 or x == 0 for x, u in zip([*terms, total], [*units, rounded(total, place)], strict=True)
        )

    tried = [good(place) for place in range(first, first - 7, -1)]
    if not adds_up:
        assert not any(sums for sums, _ in tried)
    elif (True, True) in tried:
        shown = [*map(Decimal, texts), Decimal(sum_text)]
        best = first - tried.index((True, True))
        assert shown == [rounded(x, best) for x in (*terms, total)]


SUMS = [
    ([-0.28366218546322625, 2.0], 1.7163378145367738, 6, ["-0.283662", "2"], "1.716338"),
    ([5.0, 0.5], 5.5, 6, ["5", "0.5"], "5.5"),
    ([0.0, 0.0], 0.0, 6, ["0", "0"], "0"),
    ([1.5, -1.5], 0.0, 6, ["1.5", "-1.5"], "0"),
    ([1.0, 1e-9], 1.000000001, 6, ["1", "1e-9"], "1.000000001"),
]


@pytest.mark.parametrize(("terms", "total", "count", "texts", "sum_text"), SUMS)
def test_sums_are_shown_as(terms: list[float], total: float, count: int, texts: list[str], sum_text: str) -> None:
    assert sum_texts(terms, total, count) == (texts, sum_text, True)


def test_two_rounded_thirds_never_add_up() -> None:
    assert sum_texts([1 / 3, 1 / 3], 2 / 3) == (["0.333333", "0.333333"], "0.666667", False)


@pytest.mark.parametrize("terms", [[math.inf, 1.0], [math.nan, 1.0], [1.0, -math.inf], [math.inf, -math.inf]])
def test_terms_that_are_not_finite_are_shown_as_such(terms: list[float]) -> None:
    total = sum(terms)
    texts, sum_text, adds_up = sum_texts(terms, total)
    assert texts == [display(x) for x in terms]
    assert sum_text == display(total)
    assert adds_up  # inf and 1 are inf: nothing was rounded
    assert not sum_texts(terms, 1.0)[2]
