"""The rows of the op table on balls: fractions where a number is known exactly, and arb's enclosures where it is not.

Every function takes and gives fractions (fmpq) and enclosures (arb); an enclosure that is no number is nan. Conditions
are True, False, or None where the enclosures do not decide them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, ctx, fmpq, fmpz

LARGEST = 8192  # bits up to which a fraction is kept as one
MOST_ORDER = 10**6  # of a polygamma: beyond it, it would take minutes
MOST_SHIFTS = 10_000  # steps of a recurrence
VAGUE = 32  # bits below which a number is too vague for the slow functions
NAN = arb("nan")
ANYTHING = arb(0, float("inf"))  # a number of which nothing is known

Number = Any  # fmpq or arb
Answer = bool | None


def ball(x: Number) -> arb:
    """An enclosure of a number."""
    return x if isinstance(x, arb) else arb(x)


def settled(x: Number) -> Number:
    """A fraction where a number is known exactly and is not too long for one, else an enclosure."""
    if isinstance(x, fmpq):
        return x if x.height_bits() <= LARGEST else arb(x)
    if x.is_finite() and x.is_exact():
        mantissa, exponent = x.man_exp()
        if abs(exponent) <= LARGEST and mantissa.bit_length() <= LARGEST:
            return fmpq(mantissa) * fmpq(2) ** int(exponent)
    return x


def whole(x: Number) -> int | None:
    """The whole number that it is for certain."""
    return int(x.p) if isinstance(x, fmpq) and x.q == 1 else None


# Arithmetic


def div(x: Number, y: Number) -> Number:
    if isinstance(y, fmpq) and not y:
        return NAN
    return x / y


def power(x: Number, y: Number) -> Number:
    """x^y, 0^0 being 1."""
    n = whole(y)
    if n is not None:
        if not isinstance(x, fmpq):
            return x ** fmpz(n)
        if n < 0 and not x:
            return NAN
        return x**n if abs(n) * x.height_bits() <= LARGEST else arb(x) ** fmpz(n)
    if isinstance(x, fmpq):
        if x == 1:
            return x
        if not x:
            return x if greater(y, fmpq(0)) else NAN
        if x < 0:
            return NAN
    if isinstance(y, fmpq) and y == fmpq(1, 2):
        return sqrt(x)
    return ball(x) ** ball(y)


def exp2(x: Number) -> Number:
    return power(fmpq(2), x)


def logarithm(base: int) -> Callable[[Number], Number]:
    """The logarithm to a base: of its powers it is exact."""

    def log(x: Number) -> Number:
        if isinstance(x, fmpq) and x > 0 and 1 in (x.p, x.q):
            n, size = 0, int(x.p * x.q)
            while size % base == 0:
                n, size = n + 1, size // base
            if size == 1:
                return fmpq(n if x.q == 1 else -n)
        return ball(x).log() / arb(base).log()

    return log


log2, log10 = logarithm(2), logarithm(10)


def sqrt(x: Number) -> Number:
    """Exact for squares of fractions."""
    if isinstance(x, fmpq) and x >= 0:
        p, q = x.p.isqrt(), x.q.isqrt()
        if p * p == x.p and q * q == x.q:
            return fmpq(p, q)
    return ball(x).sqrt()


def cbrt(x: Number) -> Number:
    """Of negative numbers too."""
    x = ball(x)
    if x > 0:
        return x.root(3)
    if x < 0:
        return -(-x).root(3)
    return arb(0, x.abs_upper().root(3).abs_upper())


# Choices


def floor(x: Number) -> Number:
    return fmpq(x.floor()) if isinstance(x, fmpq) else x.floor()


def ceil(x: Number) -> Number:
    return fmpq(x.ceil()) if isinstance(x, fmpq) else x.ceil()


def nearest(x: Number) -> Number:
    """The nearest whole number, halves to the even one."""
    if isinstance(x, fmpq):
        low = x.floor()
        rest = x - low
        up = rest > fmpq(1, 2) or (rest == fmpq(1, 2) and low % 2 == 1)
        return fmpq(low + 1 if up else low)
    return (x + fmpq(1, 2)).floor()  # a half is never decided by an enclosure


def sign(x: Number) -> Number:
    if isinstance(x, fmpq):
        return fmpq((x > 0) - (x < 0))
    return x.sgn()


def larger(x: Number, y: Number) -> Number:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return max(x, y)
    return ball(x).max(ball(y))


def smaller(x: Number, y: Number) -> Number:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return min(x, y)
    return ball(x).min(ball(y))


def where(c: Answer, x: Number, y: Number) -> Number:
    """One or the other; where that is open, an enclosure of both."""
    if c is not None:
        return x if c else y
    return ball(x).union(ball(y))


def less(x: Number, y: Number) -> Answer:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return bool(x < y)
    x, y = ball(x), ball(y)
    return True if x < y else False if x >= y else None


def greater(x: Number, y: Number) -> Answer:
    return less(y, x)


def less_or_equal(x: Number, y: Number) -> Answer:
    return negation(less(y, x))


def greater_or_equal(x: Number, y: Number) -> Answer:
    return negation(less(x, y))


def equal(x: Number, y: Number) -> Answer:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return bool(x == y)
    x, y = ball(x), ball(y)
    if x < y or x > y:
        return False
    return True if x.is_exact() and y.is_exact() and x == y else None


def unequal(x: Number, y: Number) -> Answer:
    return negation(equal(x, y))


def negation(c: Answer) -> Answer:
    return None if c is None else not c


def both(c: Answer, d: Answer) -> Answer:
    if c is False or d is False:
        return False
    return None if c is None or d is None else True


def either(c: Answer, d: Answer) -> Answer:
    return negation(both(negation(c), negation(d)))


# The gamma family


def lgamma(x: Number) -> Number:
    """ln|gamma|, of negative numbers too."""
    x = ball(x)
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def digamma(x: Number) -> Number:
    return polygamma(fmpq(0), x)


def polygamma(n: Number, x: Number) -> Number:
    """From the Hurwitz zeta function, (-1)^(n+1)*n!*zeta(n+1, x) (DLMF 25.11.12), moved to x > 0 by the recurrence
    psi_n(x) = psi_n(x+1) - (-1)^n*n!/x^(n+1) (DLMF 5.15.5).
    """
    order = whole(n)
    x = ball(x)
    if order is None or order < 0:
        return NAN
    accuracy = x.rel_accuracy_bits()
    if order > MOST_ORDER or accuracy < VAGUE or not x > -MOST_SHIFTS:
        return ANYTHING  # it would take minutes
    with ctx.workprec(min(ctx.prec, accuracy + VAGUE)):
        return narrow_polygamma(order, x)


def narrow_polygamma(order: int, x: arb) -> arb:
    if order == 0:
        return x.digamma()
    scale = arb.fac_ui(order)
    shifts = 0
    while not x > 0 and shifts < MOST_SHIFTS:
        shifts += 1
        x = x + 1
    if not x > 0:
        return ANYTHING
    total = arb(order + 1).zeta(x)
    for _ in range(shifts):
        x = x - 1
        total = total + 1 / x ** fmpz(order + 1)
    return total * scale if order % 2 else -total * scale
