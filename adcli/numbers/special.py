"""Float kernels that `math` lacks: digamma and polygamma.

Recurrence up to where the asymptotic series holds, reflection below zero (Abramowitz & Stegun 1964,
6.3.5 to 6.3.18 and 6.4.6 to 6.4.11). Poles and orders below 0 raise ValueError, as `math` does.
"""

from __future__ import annotations

import math
from functools import cache

# B(2k) for k = 1..11: the coefficients of both asymptotic series come from them.
HIGHEST = 300  # order of polygamma beyond which n! is too large for any argument but vast ones
BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6,
    -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138,
)  # fmt: skip
ASYMPTOTIC = 14.0
# The positive zero of digamma as a sum of two doubles, and the Taylor coefficients there.
ROOT, ROOT_TAIL = 1.4616321449683622, 9.549995429965697e-17


def digamma(x: float) -> float:
    """psi(x) = gamma'(x)/gamma(x)."""
    if x <= 0:
        if x == math.floor(x):
            raise ValueError("digamma has a pole here")
        return digamma(1 - x) - math.pi * cot_pi(x)
    if abs(x - ROOT) < 0.25:
        # Near its zero the recurrence would lose every digit: expand about the zero instead.
        step, power, terms = (x - ROOT) - ROOT_TAIL, 1.0, []
        for coefficient in root_series():
            power *= step
            terms.append(coefficient * power)
        return math.fsum(terms)
    terms = []
    while x < ASYMPTOTIC:
        terms.append(-1 / x)
        x += 1
    square, power = x * x, 1.0
    for k, b in enumerate(BERNOULLI, 1):
        power *= square
        terms.append(-b / (2 * k * power))
    return math.fsum([*terms, math.log(x), -0.5 / x])


@cache
def root_series() -> tuple[float, ...]:
    """psi^(n)(ROOT)/n! for n = 1..24, enough for a quarter to either side."""
    return tuple(polygamma(n, ROOT) / math.factorial(n) for n in range(1, 25))


def cot_pi(x: float) -> float:
    """cot(pi*x), from the exact remainder of x by 1; beyond a quarter as the tangent of the rest, exact at its zero."""
    r = math.remainder(x, 1.0)
    if abs(r) > 0.25:
        return math.tan(math.pi * (math.copysign(0.5, r) - r))
    return 1 / math.tan(math.pi * r)


def cot_derivative(n: int, c: float) -> float:
    """The n-th derivative of cot at the point where cot is c: P(0) = c, P(k+1) = -(1 + c^2) P(k)'(c)."""
    polynomial = [0.0, 1.0]
    for _ in range(n):
        slope = [k * a for k, a in enumerate(polynomial)][1:]
        polynomial = [0.0] * (len(slope) + 2)
        for k, a in enumerate(slope):
            polynomial[k] -= a
            polynomial[k + 2] -= a
    return math.fsum(a * c**k for k, a in enumerate(polynomial))


def polygamma(n: float, x: float) -> float:
    """The n-th derivative of digamma; n is a whole number not below 0."""
    if n < 0 or n % 1 != 0:
        raise ValueError("the order of polygamma is a whole number not below 0")
    n = int(n)
    if n == 0:
        return digamma(x)
    if x <= 0:
        if x == math.floor(x):
            raise ValueError("polygamma has a pole here")
        # DLMF 5.15.6: psi_n(x) = (-1)^n psi_n(1 - x) - pi d^n/dx^n cot(pi x)
        cot = cot_pi(x)
        if math.isinf(cot):
            raise OverflowError("polygamma is too large so near to its pole")
        turn = math.pi ** (n + 1) * cot_derivative(n, cot)
        return (-polygamma(n, 1 - x) if n % 2 else polygamma(n, 1 - x)) - turn
    if n > HIGHEST:
        raise OverflowError("polygamma of so high an order is beyond the range")
    terms = []
    while x < ASYMPTOTIC + n:
        terms.append(factorial_over_power(n, x))
        x += 1
    leading = factorial_over_power(n - 1, x)
    terms += [leading, factorial_over_power(n, x) / 2]
    square = x * x
    for k, b in enumerate(BERNOULLI, 1):
        leading *= (n + 2 * k - 2) * (n + 2 * k - 1) / ((2 * k - 1) * (2 * k) * square)
        terms.append(b * leading)
    return math.fsum(terms) if n % 2 else -math.fsum(terms)


def factorial_over_power(n: int, x: float) -> float:
    """n!/x^(n + 1), also where one of both is beyond the range. Raises OverflowError where the quotient is."""
    if n < 100 and 1e-3 < x < 1e3:
        return math.gamma(n + 1) * x ** -(n + 1)
    quotient = 1 / x
    for k in range(1, n + 1):
        quotient *= k / x
    if math.isinf(quotient):
        raise OverflowError("beyond the range")
    return quotient
