"""Error function, normal distribution, gamma function and its logarithmic derivatives."""

from __future__ import annotations

from math import copysign, inf, nan
from typing import Any

from adcli.ops.row import row


def gauss_split(F: Any, x: Any, scale: int) -> Any:
    """exp(-x*x/scale) for scale 1 or 2, right to about 2 ulp.

    The rounding of x*x is magnified x*x times by exp. With h = x cut to four binary places, h*h is
    exact, and x^2 = h^2 + (x - h)(x + h) has a small second term (the device of fdlibm's erfc).
    Beyond 64 the result is 0, so larger arguments are cut there.
    """
    y = F.max(F.min(x, 64), -64)
    h = F.floor(16 * y + 0.5) / 16
    return F.exp(-(h * h) / scale) * F.exp((h - y) * (h + y) / scale)


def normcdf_split(F: Any, x: Any) -> Any:
    """erfc(-x/sqrt(2))/2, corrected for the rounding of the argument.

    In the lower tail erfc magnifies a relative error of its argument z by 2z^2. So the residual dz of
    z = -x*c, c = 1/sqrt(2), is worked out with c in three pieces and x in two, each product exact or
    negligible (Dekker 1971), and its first-order effect is added. Beyond 40 the result is 0 or 1.
    """
    y = F.max(F.min(x, 40), -40)
    c = F.sqrt(2) / 2
    high, tail = 0.70703125, -4.833646656726457e-17  # the first 8 bits of 1/sqrt(2); what c leaves out
    top = F.floor(y * 67108864 + 0.5) / 67108864
    z = -y * c
    dz = -(top * high + z + ((y - top) * high + y * (c - high))) - y * tail
    return 0.5 * F.erfc(z) - F.exp(-(z * z)) / F.sqrt(F.pi) * dz


def not_a_pole(F: Any, x: Any) -> Any:
    """Everywhere but at 0, -1, -2, ..."""
    return F.or_(F.gt(x, 0), F.ne(x, F.floor(x)))


def gamma_edge(x: float) -> float:
    """gamma where `math.gamma` raises: poles (at 0 with the sign of the zero) and overflow."""
    if -1 < x <= 0:
        return copysign(inf, x)
    return nan if x < 0 else inf


def polygamma_edge(n: float, x: float) -> float:
    """polygamma behaves as (-1)^(n+1) n!/(x - p)^(n+1) at its poles p = 0, -1, -2, ..."""
    if n < 0 or n % 1 != 0 or x > 1:
        return nan
    if n % 2:
        return inf
    return -copysign(inf, x) if abs(x) < 1 else nan


CONDITION = "a sum of terms larger than the result, from 2 to 3 and below 0 to either side of a zero"

ROWS = [
    row("erf", "x", "error function", r"\operatorname{erf}\left(#1\right)", [0.5, -2.0, 4.0, 1e-9],
        real="math.erf", array="scipy.special.erf", ball="arb.erf", js="host.erf",
        partials=lambda F, v, x: (2 / F.sqrt(F.pi) * F.gauss(x),)),
    row("erfc", "x", "complementary error function, 1 - erf(x)", r"\operatorname{erfc}\left(#1\right)",
        [0.5, -2.0, 4.0, 10.0],
        real="math.erfc", array="adcli.numbers.scipy_hosts.erfc", ball="arb.erfc", js="host.erfc",
        partials=lambda F, v, x: (-2 / F.sqrt(F.pi) * F.gauss(x),)),
    # exp(-x^2) as the rules of erf and erfc need it: shown as that, computed without its loss of digits.
    row("gauss", "x", "exp(-x^2)", r"e^{-#1^2}", [0.5, -2.0, 4.0, 10.0], name="",
        define=lambda F, x: F.exp(-F.powc(x, 2)), floats=lambda F, x: gauss_split(F, x, 1),
        partials=lambda F, v, x: (-2 * (x * v),)),
    row("normpdf", "x", "density of the standard normal distribution", r"\varphi\left(#1\right)",
        [0.5, -2.0, 4.0, 10.0, 0.0],
        define=lambda F, x: F.exp(-(x * x) / 2) / F.sqrt(2 * F.pi),
        floats=lambda F, x: gauss_split(F, x, 2) / F.sqrt(2 * F.pi),
        partials=lambda F, v, x: (-x * v,)),
    row("normcdf", "x", "distribution function of the standard normal", r"\Phi\left(#1\right)",
        [0.5, -2.0, 4.0, -10.0, 0.0],
        define=lambda F, x: F.erfc(-x / F.sqrt(2)) / 2, floats=normcdf_split,
        partials=lambda F, v, x: (F.normpdf(x),)),
    row("gamma", "x", "gamma function, (x - 1)! at whole numbers", r"\Gamma\left(#1\right)", [0.5, 4.5, -1.5, 20.0],
        real="math.gamma", array="adcli.numbers.scipy_hosts.gamma", ball="arb.gamma", js="host.gamma",
        edge=gamma_edge,
        domain=not_a_pole, ulp=(10, 12),
        why="Lanczos' sum and a power in the C library; the partial is a product with digamma",
        partials=lambda F, v, x: (v * F.digamma(x),)),
    row("lgamma", "x", "logarithm of the absolute value of gamma", r"\ln\left|\Gamma\left(#1\right)\right|",
        [0.5, 4.5, -1.5, 200.0, 1e10],
        real="adcli.numbers.special.lgamma", array="adcli.numbers.scipy_hosts.lgamma", ball="adcli.numbers.ball_hosts.lgamma", js="host.lgamma", edge=lambda x: inf,
        domain=not_a_pole, ulp=(8, 8), why=CONDITION,
        partials=lambda F, v, x: (F.digamma(x),)),
    row("digamma", "x", "derivative of lgamma", r"\psi\left(#1\right)", [0.5, 4.5, -1.5, 200.0, 1e10, 0.001],
        real="adcli.numbers.special.digamma", array="adcli.numbers.scipy_hosts.digamma", ball="adcli.numbers.ball_hosts.digamma", js="host.digamma",
        edge=lambda x: -copysign(inf, x) if x == 0 else nan, domain=not_a_pole, ulp=(8, 8), why=CONDITION,
        partials=lambda F, v, x: (F.psi(1, 0, x),)),
    row("polygamma", "n x", "n-th derivative of digamma, n a whole number", r"\psi^{(#1)}\left(#2\right)",
        [(0.0, 0.5), (1.0, 0.5), (1.0, 4.5), (2.0, -1.5), (3.0, 30.0), (1.0, 1e10)],
        real="adcli.numbers.special.polygamma", ball="adcli.numbers.ball_hosts.polygamma", js="host.polygamma", constant=(0,),
        edge=polygamma_edge,
        domain=lambda F, n, x: F.and_(F.and_(F.ge(n, 0), F.eq(n, F.floor(n))), not_a_pole(F, x)),
        ulp=(10, 10), why="a power of the order n + 1 in every term; of order 0 that of digamma",
        partials=lambda F, v, n, x: (None, F.psi(n + 1, 0, x))),
    # polygamma divided by what grows with its order: a Taylor coefficient is a derivative over a factorial, neither of
    # which is in range at an order of 200, where the quotient is a number like another.
    row("psi", "n j x", "polygamma(n, x)*(n - j)!/n!", r"\frac{(#1 - #2)!}{#1!}\psi^{(#1)}\left(#3\right)",
        [(1.0, 0.0, 0.5), (1.0, 0.0, 4.5), (2.0, 1.0, -1.5), (40.0, 38.0, 3.0), (3.0, 2.0, 30.0)], name="",
        real="adcli.numbers.special.scaled_polygamma", array="adcli.numbers.scipy_hosts.psi", js="host.psi", constant=(0, 1),
        edge=lambda n, j, x: polygamma_edge(n, x),
        define=lambda F, n, j, x: F.polygamma(n, x) * F.where(F.eq(j, 0), 1, F.gamma(n - j + 1) / F.gamma(n + 1)),
        domain=lambda F, n, j, x: F.and_(
            F.and_(F.and_(F.ge(n, 0), F.eq(n, F.floor(n))), not_a_pole(F, x)),
            F.and_(F.and_(F.ge(j, 0), F.lt(j, F.max(n, 1))), F.eq(j, F.floor(j)))),
        ulp=(10, 10), why="that of polygamma",
        partials=lambda F, v, n, j, x: (None, None, (n + 1) * F.psi(n + 1, F.where(F.eq(n, 0), 0, j + 1), x))),
]  # fmt: skip
