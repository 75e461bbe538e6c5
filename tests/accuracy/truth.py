"""The exact value and partials of a row at floats, to 25 digits and more, from balls over arb."""

from __future__ import annotations

from functools import cache
from typing import Any

from flint import arb, ctx, fmpq

from adcli.numbers.ball import Balls
from adcli.ops import Row

BITS = (160, 1400, 5000)  # the second is enough to reduce 1e308 by pi
DIGITS = 25
PROVEN = 85  # bits: 25 digits and a little
BEYOND = arb(2) ** 1024 - arb(2) ** 970  # from here on a number is rounded to infinity
NOTHING = arb(2) ** -1150  # below this it does not matter what it is
LAST = -1074  # exponent of the smallest number above 0


class Open(Exception):
    """The digits are not proven with the largest precision: at a pole, a jump, or an exact zero that arb cannot see."""


class Overflow(Exception):
    """The number is too large for a float."""


@cache
def balls(bits: int) -> Balls:
    return Balls(bits, DIGITS, None)  # type: ignore[arg-type]  # nothing is read here


def decided(x: Any) -> Any:
    """An enclosure that is narrow enough, else None. Raises Overflow."""
    x = arb(x) if isinstance(x, fmpq) else x
    if not x.is_finite():
        return None
    if x.rel_accuracy_bits() < PROVEN and not x.is_exact() and not abs(x) < NOTHING:
        return None
    if abs(x) >= BEYOND:
        raise Overflow
    return x


def exact(row: Row, args: list[Any]) -> tuple[Any, list[Any]]:
    """(value, partials): enclosures; a partial is None where there is none, or none that is a float.

    Raises Open or Overflow for the value.
    """
    value: Any = None
    partials: list[Any] = [None] * len(args)
    for bits in BITS:
        F = balls(bits)
        with F.quietly():
            lifted = [x if isinstance(x, bool) else F.lift(x) for x in args]
            found = F.value(row)(*lifted)
            value = decided(F.lift(found).x)
            if value is None:
                continue
            missing = False
            slopes = F.slopes(row)
            assert slopes is not None
            for i, p in enumerate(slopes(found, *lifted)):
                if p is None or partials[i] is not None:
                    continue
                try:
                    partials[i] = decided(F.lift(p).x)
                except Overflow:
                    continue
                missing = missing or partials[i] is None
            if not missing:
                break
    if value is None:
        raise Open
    return value, partials


def ulps(found: float, truth: Any) -> float:
    """The error of a float, in units of the last place of the exact number (never less than the smallest float).

    An infinity counts as 2^1024, which is what it is rounded from.
    """
    if found != found:
        return float("inf")
    with ctx.workprec(220):
        number = arb(found) if found - found == 0 else arb(2) ** 1024 * (1 if found > 0 else -1)
        mantissa, exponent = truth.mid().man_exp()
        last = max(int(exponent) + int(mantissa).bit_length() - 53, LAST) if mantissa else LAST
        return float(((number - truth) * arb(2) ** -last).abs_upper())
