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
HIGHEST_REFLECTED = 500  # order beyond which the polynomials of the reflection are, divided by n! or not
HIGHEST_SCALED = 20_000  # order of a Taylor coefficient that no one waits for
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


def cot_derivative(n: int, j: int, c: float) -> float:
    """(n-j)!/n! times the n-th derivative of pi*cot(pi*x) where cot(pi*x) is c.

    P(0) = pi*c, P(k+1) = -pi(1 + c^2) P(k)'(c).
    """
    polynomial = [0.0, math.pi]
    for order in range(1, n + 1):
        factor = math.pi / order if order > n - j else math.pi
        slope = [k * a * factor for k, a in enumerate(polynomial)][1:]
        polynomial = [0.0] * (len(slope) + 2)
        for k, a in enumerate(slope):
            polynomial[k] -= a
            polynomial[k + 2] -= a
    return math.fsum(a * c**k for k, a in enumerate(polynomial))


def polygamma(n: float, x: float) -> float:
    """The n-th derivative of digamma; n is a whole number not below 0."""
    return scaled_polygamma(n, 0, x)


def scaled_polygamma(n: float, j: float, x: float) -> float:
    """(n-j)!/n! times the n-th derivative of digamma, which is in range for j near n at any order; j < n, or both 0."""
    if n < 0 or not 0 <= j < max(n, 1) or n % 1 != 0 or j % 1 != 0:
        raise ValueError("the order of polygamma is a whole number not below 0")
    n, j = int(n), int(j)
    if n == 0:
        return digamma(x)
    if x <= 0 and x == math.floor(x):
        raise ValueError("polygamma has a pole here")
    if n - j > HIGHEST or n > (HIGHEST_REFLECTED if x <= 0 else HIGHEST_SCALED):
        raise OverflowError("polygamma of so high an order is beyond the range")
    if x <= 0:
        # DLMF 5.15.6: psi_n(x) = (-1)^n psi_n(1 - x) - pi d^n/dx^n cot(pi x)
        cot = cot_pi(x)
        if math.isinf(cot):
            raise OverflowError("polygamma is too large so near to its pole")
        turn, mirrored = cot_derivative(n, j, cot), scaled_polygamma(n, j, 1 - x)
        return (-mirrored if n % 2 else mirrored) - turn
    terms = []
    while x < ASYMPTOTIC + n:
        terms.append(factorial_over_power(n - j, n, x))
        x += 1
    leading = factorial_over_power(n - j - 1, n - 1, x) * (n - j) / n
    terms += [leading, factorial_over_power(n - j, n, x) / 2]
    square = x * x
    for k, b in enumerate(BERNOULLI, 1):
        leading *= (n + 2 * k - 2) * (n + 2 * k - 1) / ((2 * k - 1) * (2 * k) * square)
        terms.append(b * leading)
    return math.fsum(terms) if n % 2 else -math.fsum(terms)


def factorial_over_power(m: int, n: int, x: float) -> float:
    """m!/x^(n + 1) for m <= n, also where one of both is beyond the range. Raises OverflowError where it is."""
    if m < 100 and 1e-3 < x < 1e3:
        quotient = math.gamma(m + 1) * x ** -(m + 1)
    else:
        quotient = 1 / x
        for k in range(1, m + 1):
            quotient *= k / x
    quotient *= x ** (m - n)
    if math.isinf(quotient):
        raise OverflowError("beyond the range")
    return quotient
