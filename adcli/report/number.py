"""The only formatter of displayed numbers. (Full precision is `adcli.numbers.text.write`.)"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from adcli.numbers.proven import Proven, whole_text
from adcli.numbers.text import unsigned, write

DIGITS = 6
SMALLEST, LARGEST = -4, 15  # decimal exponents between which numbers are written without one
MOST_DECIMALS = 12
SIGNIFICANT = 15  # digits that every double has; more only where they are asked for
EXACT = Context(prec=1200, rounding=ROUND_HALF_EVEN)


def exponent(x: float) -> int:
    """The decimal exponent of the first digit of a finite number other than 0."""
    return x.exponent if isinstance(x, Proven) else Decimal(x).adjusted()


def digits_of(numbers: Sequence[float], asked: int | None = None) -> int:
    """How many digits are shown where none are asked for: of proven numbers all that are proven."""
    return asked or max((x.digits for x in numbers if isinstance(x, Proven)), default=DIGITS)


def decimals(x: float, digits: int) -> int:
    """How many decimals show `digits` of them from 1 on, or `digits` significant ones below 1."""
    e = exponent(x)
    return min(digits, max(digits, SIGNIFICANT) - 1 - e) if e >= 0 else digits - 1 - e


def display(x: float, digits: int | None = None) -> str:
    """A number for people: 0.693147, 11.652071, 10, 1.5e-20. Rounded correctly, zeros at the end left out."""
    if isinstance(x, bool):
        return "true" if x else "false"
    if not math.isfinite(x) or x == 0:
        return write(unsigned(x))
    digits = digits_of([x], digits)
    return on_grid(round_to(x, decimals(x, digits)), decimals(x, digits))


def round_to(x: float, places: int) -> int:
    """x as a whole number of 10^-places, rounded half to even; of a proven number the nearest that is proven."""
    if isinstance(x, Proven):
        units, fewer = x.units(places), 0
        while units is None:
            fewer += 1
            units = x.units(places - fewer)
        return units * 10**fewer  # type: ignore[no-any-return]
    return int(EXACT.scaleb(Decimal(x), places).quantize(Decimal(1), context=EXACT))


def on_grid(units: int, places: int) -> str:
    """`units` times 10^-places, exactly, in the shorter of the two notations."""
    if units == 0:
        return "0"
    digits = whole_text(abs(units)).rstrip("0")
    e = len(whole_text(abs(units))) - 1 - places
    sign = "-" if units < 0 else ""
    if not SMALLEST <= e < LARGEST:
        return f"{sign}{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{e}"
    if e < 0:
        return f"{sign}0.{'0' * (-e - 1)}{digits}"
    whole = digits[: e + 1].ljust(e + 1, "0")
    return f"{sign}{whole}{'.' if len(digits) > e + 1 else ''}{digits[e + 1 :]}"


def sum_texts(terms: Sequence[float], total: float, digits: int | None = None) -> tuple[list[str], str, bool]:
    """(texts of the terms, text of their sum, whether the printed terms add up to the printed sum).

    All are rounded to one decimal place; no digit is ever adjusted. Where the rounded terms do not add
    up, or one would show as 0, more decimals are taken (to 12).
    """
    numbers = [*terms, total]
    digits = digits_of(numbers, digits)
    largest = max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)
    if largest == 0 or not all(math.isfinite(x) for x in numbers):
        added = sum(terms)
        adds_up = added == total or (added != added and total != total)
        return [display(x, digits) for x in terms], display(total, digits), adds_up
    start = decimals(largest, digits)
    fallback = None
    for places in range(start, max(start, start + MOST_DECIMALS - DIGITS) + 1):
        units = [round_to(x, places) for x in numbers]
        adds_up = sum(units[:-1]) == units[-1]
        vanished = any(x != 0 and u == 0 for x, u in zip(numbers, units, strict=True))
        if adds_up and not vanished:
            break
        if adds_up and fallback is None:
            fallback = places
    else:
        places = start if fallback is None else fallback
        units = [round_to(x, places) for x in numbers]
        adds_up = fallback is not None
    texts = [on_grid(u, places) for u in units]
    return texts[:-1], texts[-1], adds_up
