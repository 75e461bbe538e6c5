"""Float kernels that `math` lacks or has with few digits: the gamma family, x^(y - 1), and rules that need care.

Recurrence up to where the asymptotic series holds, reflection below zero (Abramowitz & Stegun 1964,
6.1.17, 6.1.41, 6.3.5 to 6.3.18 and 6.4.6 to 6.4.11). Poles and orders below 0 raise ValueError, as `math` does.

Below zero the reflection is a difference, which near a zero of the function has no digits left: there it is worked
out again with decimals of 50 of them.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from adcli.numbers.real import REAL
from adcli.ops.elementary import side_split, turn_split, witch_split

if TYPE_CHECKING:
    from decimal import Decimal

# B(2k) for k = 1..11: the coefficients of both asymptotic series come from them.
HIGHEST = 300  # order of polygamma beyond which n! is too large for any argument but vast ones
BERNOULLI_FRACTIONS = (
    (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6),
    (-3617, 510), (43867, 798), (-174611, 330), (854513, 138),
)  # fmt: skip
BERNOULLI = tuple(p / q for p, q in BERNOULLI_FRACTIONS)
LEAST_RADIUS, MOST_RADIUS = 2.0**-400, 2.0**1000
HALF_LOG_TAU = 0.9189385332046728  # ln(2*pi)/2
EULER_REST = 0.42278433509846713  # digamma(2), 1 less Euler's constant
HIGHEST_REFLECTED = 500  # order beyond which the polynomials of the reflection are, divided by n! or not
PRECISE = 20  # order up to which polygamma below zero has all digits
HIGHEST_SCALED = 20_000  # order of a Taylor coefficient that no one waits for
ASYMPTOTIC = 14.0
# The positive zero of digamma as a sum of two doubles, and the Taylor coefficients there.
ROOT, ROOT_TAIL = 1.4616321449683622, 9.549995429965697e-17


def digamma(x: float) -> float:
    """psi(x) = gamma'(x)/gamma(x)."""
    if x <= 0:
        if x == math.floor(x):
            raise ValueError("digamma has a pole here")
        mirrored, turn = digamma(1 - x), math.pi * cot_pi(x)
        # small also without cancellation: 1 - x is rounded, and beside 1.46 that counts
        small = cancelled(mirrored, turn) or abs(mirrored - turn) < 0.5
        return polygamma_below_zero(0, 0, x) if small else mirrored - turn
    if abs(x - ROOT) < 0.5:
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
    """psi^(n)(ROOT)/n! for n = 1..36, enough for a half to either side."""
    return tuple(polygamma(n, ROOT) / math.factorial(n) for n in range(1, 37))


def lower_power(x: float, y: float) -> float:
    """x^(y - 1), right where y - 1 is rounded: what that leaves out is exact, and a power magnifies it ln(x) times.

    Where y has no room for the 1, x stands beside 1, and x^y can be divided by it.
    """
    s = y - 1
    back = s - y
    rest = (y - (s - back)) - (1 + back)
    if rest == 0 or s - s != 0 or x - x != 0 or x == 0:
        return math.pow(x, s)
    if abs(y) >= 2**53:
        return math.pow(x, y) / x
    power = math.pow(x, s)
    return power * (1 + rest * math.log(x)) if power and x > 0 else power


def hypot_x(x: float, y: float) -> float:
    """x/hypot(x, y), 0 at the origin. The usual case of the row's `floats`, which has the others."""
    r = math.hypot(x, y)
    return x / r if LEAST_RADIUS < r < MOST_RADIUS else float(side_split(REAL, x, x, y)) if r else 0.0


def hypot_y(x: float, y: float) -> float:
    return hypot_x(y, x)


def turn_x(x: float, y: float) -> float:
    """x/hypot(x, y)^2."""
    r = math.hypot(x, y)
    if LEAST_RADIUS < r < MOST_RADIUS and (r >= 1 or abs(x) > LEAST_RADIUS):
        return x / r / r
    return float(turn_split(REAL, x, x, y))


def turn_y(x: float, y: float) -> float:
    return turn_x(-y, x)


def witch(x: float) -> float:
    """1/(1 + x^2)."""
    square = x * x
    return 1 / (1 + square) if square < MOST_RADIUS else float(witch_split(REAL, x))


def lgamma(x: float) -> float:
    """ln|gamma(x)|, with all digits near its zeros, where `math.lgamma` has none."""
    if x != x or math.isinf(x):
        return abs(x)
    if x <= 0:
        if x == math.floor(x):
            raise ValueError("lgamma has a pole here")
        if x > -1e-20:
            return -math.log(-x)
        # gamma(x) gamma(-x) = -pi/(x sin(pi x))
        mirrored, turn = lgamma(-x), math.log(math.pi / abs(x * math.sin(math.pi * math.remainder(x, 1.0))))
        if cancelled(mirrored, turn):
            return lgamma_below_zero(x)
        return turn - mirrored
    if x <= 0.5:
        return lgamma_at_two(x) - math.log1p(x) - math.log(x)
    if x < 1.5:
        return lgamma_at_two(x - 1) - math.log1p(x - 1)
    if x < ASYMPTOTIC:
        product = 1.0
        while x > 2.5:
            x -= 1
            product *= x
        return lgamma_at_two(x - 2) + math.log(product)
    square, power = x * x, 1 / x
    terms = [(x - 0.5) * math.log(x), -x, HALF_LOG_TAU]
    for k, b in enumerate(BERNOULLI, 1):
        terms.append(b / (2 * k * (2 * k - 1)) * power)
        power /= square
    return math.fsum(terms) if math.isfinite(terms[0]) else math.inf


def lgamma_at_two(z: float) -> float:
    """lgamma(2 + z) for z from -1/2 to 1/2."""
    power, terms = z, [EULER_REST * z]
    for coefficient in series_at_two():
        power *= z
        terms.append(coefficient * power)
    return math.fsum(terms)


@cache
def series_at_two() -> tuple[float, ...]:
    """psi^(n-1)(2)/n! for n = 2..28."""
    return tuple(polygamma(n - 1, 2.0) / math.factorial(n) for n in range(2, 29))


def cancelled(x: float, y: float) -> bool:
    """Whether a difference loses a digit (of base 2) or more."""
    return abs(x - y) < 0.5 * max(abs(x), abs(y))


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
    if x < 0 and 2 < n <= PRECISE and math.remainder(x, 1.0) ** (n + 1):
        return polygamma_below_zero(n, j, x)  # a power of the cotangent magnifies its error n + 1 times
    if x <= 0:
        # DLMF 5.15.6: psi_n(x) = (-1)^n psi_n(1 - x) - pi d^n/dx^n cot(pi x)
        cot = cot_pi(x)
        if math.isinf(cot):
            raise OverflowError("polygamma is too large so near to its pole")
        turn, mirrored = cot_derivative(n, j, cot), scaled_polygamma(n, j, 1 - x)
        mirrored = -mirrored if n % 2 else mirrored
        return polygamma_below_zero(n, j, x) if n <= 2 and cancelled(mirrored, turn) else mirrored - turn
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


# Near zeros of the functions, with decimals. That module is loaded when they are needed.

PLACES = 50
PI = "3.14159265358979323846264338327950288419716939937510582097494"
HALF_LOG_TAU_TEXT = "0.91893853320467274178032973640561763986139747363778341281715"
FAR = 120  # where the asymptotic series with the numbers above ends 40 digits below its first term


def polygamma_below_zero(n: int, j: int, x: float) -> float:
    """(n-j)!/n! times the n-th derivative of digamma, at x < 0."""
    from decimal import Context, Decimal, localcontext

    with localcontext(Context(prec=PLACES)):
        sine, cosine = sine_cosine(x)
        cot = cosine / sine
        polynomial = [0, 1]  # of the n-th derivative of cot(x), in cot(x)
        for _ in range(n):
            slope = [k * a for k, a in enumerate(polynomial)][1:]
            polynomial = [-a - b for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
        turn = Decimal(PI) ** (n + 1) * sum((a * cot**k for k, a in enumerate(polynomial) if a), Decimal(0))
        y, total = 1 - Decimal(x), Decimal(0)
        whole = math.factorial(n)
        while y < FAR + 2 * n:
            total += whole / y ** (n + 1)
            y += 1
        total += whole / (2 * y ** (n + 1)) + (math.factorial(n - 1) / y**n if n else -y.ln())
        for k, (p, q) in enumerate(BERNOULLI_FRACTIONS, 1):
            total += p * math.factorial(2 * k + n - 1) / (q * math.factorial(2 * k) * y ** (2 * k + n))
        # psi_n(1 - x) is (-1)^(n+1) times that sum, and (-1)^n times it is what the reflection takes
        return float((-total - turn) * math.factorial(n - j) / whole)


def lgamma_below_zero(x: float) -> float:
    """ln|gamma(x)| at x < 0."""
    from decimal import Context, Decimal, localcontext

    with localcontext(Context(prec=PLACES)):
        y, product = -Decimal(x), abs(Decimal(x) * sine_cosine(x)[0] / Decimal(PI))
        while y < FAR:
            product /= y
            y += 1
        total = (y - Decimal("0.5")) * y.ln() - y + Decimal(HALF_LOG_TAU_TEXT) + product.ln()
        for k, (p, q) in enumerate(BERNOULLI_FRACTIONS, 1):
            total += p / (q * 2 * k * (2 * k - 1) * y ** (2 * k - 1))
        return float(-total)


def sine_cosine(x: float) -> tuple[Decimal, Decimal]:
    """sin(pi*r) and cos(pi*r), r the remainder of x by 1, in the decimal context that is set."""
    from decimal import Decimal

    t = Decimal(PI) * Decimal(math.remainder(x, 1.0))
    sums, term = [Decimal(1), t], t
    for k in range(2, 48):
        term *= t / k
        sums[k % 2] += -term if k % 4 in (2, 3) else term
    return sums[1], sums[0]
