"""Logarithms, exponentials, roots and trigonometry."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

from adcli.ops.row import row


def pole(at: float, value: float = -inf) -> Callable[[float], float]:
    """The IEEE answer of a function with one pole: its value there, nan elsewhere outside."""
    return lambda x: value if x == at else nan


def turned(F: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
    """a*b/hypot(x, y), how fast the direction of (x, y) turns; 0 at the origin, where there is none."""
    return F.where(F.eq(F.hypot(x, y), 0), 0, F.weighted(a, b / F.hypot(x, y)))


def scale_of(F: Any, r: Any) -> Any:
    """A power of 2 by which both sides are multiplied: a radius beyond the range has no digits, a subnormal one few."""
    return F.where(F.lt(r, 2.0**-400), 2.0**600, F.where(F.gt(r, 2.0**1000), 2.0**-600, 1))


def side_split(F: Any, side: Any, x: Any, y: Any) -> Any:
    """side/hypot(x, y), where side is x or y."""
    s = scale_of(F, F.hypot(x, y))
    r = F.hypot(x * s, y * s)
    return F.where(F.eq(r, 0), 0, side * s / r)


def turn_split(F: Any, side: Any, x: Any, y: Any) -> Any:
    """side/hypot(x, y)^2. Divided by the radius twice, so that its square can neither overflow nor underflow; a small
    side is made larger first, because the second division by a radius below 1 would magnify what the first one loses.
    """
    r = F.hypot(x, y)
    s = scale_of(F, r)
    larger = F.where(F.and_(F.lt(r, 1), F.ge(r, 2.0**-400)), 2.0**600, 1)
    r = F.hypot(x * s, y * s)
    return side * s * larger / r / r * s / larger


def witch_split(F: Any, x: Any) -> Any:
    """1/(1 + x*x) without overflow of the square: from 2^500 on x is divided by what makes it that, else by 1."""
    r = 1 / F.max(F.abs(x) * 2.0**-500, 1)
    y = x * r
    return 1 / (r * r + y * y) * r * r


def off_origin(F: Any, x: Any, y: Any) -> Any:
    return F.or_(F.ne(x, 0), F.ne(y, 0))


def halves(F: Any, x: Any, y: Any) -> Any:
    """(y - x)(y + x)/hypot(x, y)^4, without overflow of the sum."""
    r = F.hypot(x, y)
    return (y / 2 - x / 2) / r / r * ((y / 2 + x / 2) / r / r) * 4


def turn_series(F: Any, k: int, v: Any, side: Any, x: Any, y: Any) -> Any:
    """From v*(x^2 + y^2) = side, all divided by the first radius: the rule below is a difference, these are squares."""
    r = F.hypot(x[0], y[0])
    u, w = ([F.quotient(c, r) for c in part] for part in (x, y))
    squares = [F.dot(u[: j + 1], u[j::-1]) + F.dot(w[: j + 1], w[j::-1]) for j in range(1, k + 1)]
    return F.quotient(F.quotient(side[k], r), r) - F.dot(v, squares[::-1])


DIRECTIONS = [(3.0, 4.0), (-1e200, 1e200), (1e-8, 2.0)]
TURNS = [(3.0, 4.0), (-1e200, 3e200), (1e-8, 2.0)]
RADIUS = "a product of two quotients, each with the error of the radius twice"

ROWS = [
    row("ln", "x", "natural logarithm (log is the same)", r"\ln\left(#1\right)", [2.0, 0.1, 1.0 + 2**-20, 1e300],
        real="math.log", array="numpy.log", ball="arb.log", js="Math.log", edge=pole(0.0),
        domain=lambda F, x: F.gt(x, 0),
        partials=lambda F, v, x: (1 / x,)),
    row("log2", "x", "logarithm to base 2", r"\log_{2}\left(#1\right)", [8.0, 0.3, 1e-5],
        real="math.log2", array="numpy.log2", ball="adcli.numbers.ball_hosts.log2", js="Math.log2", edge=pole(0.0),
        define=lambda F, x: F.ln(x) / F.ln(2), domain=lambda F, x: F.gt(x, 0),
        partials=lambda F, v, x: (F.per(x, F.ln(2)),)),
    row("log10", "x", "logarithm to base 10", r"\log_{10}\left(#1\right)", [1000.0, 0.3, 1e-5],
        real="math.log10", array="numpy.log10", ball="adcli.numbers.ball_hosts.log10", js="Math.log10", edge=pole(0.0),
        define=lambda F, x: F.ln(x) / F.ln(10), domain=lambda F, x: F.gt(x, 0),
        partials=lambda F, v, x: (F.per(x, F.ln(10)),)),
    # In the rules of log2 and log10: the product overflows where its inverse is still a number.
    row("per", "x c", "1/(x*c)", r"\frac{1}{#1 \cdot #2}", [(2.0, 0.5), (-3.0, 0.75)], name="", constant=(1,),
        define=lambda F, x, c: 1 / (x * c), floats=lambda F, x, c: 1 / c / x, domain=lambda F, x, c: F.ne(x * c, 0),
        partials=lambda F, v, x, c: (-v / x, None)),
    row("log1p", "x", "ln(1 + x), accurate near 0", r"\ln\left(1 + #1\right)", [1e-12, 0.5, -0.75, 30.0],
        real="math.log1p", array="numpy.log1p", ball="arb.log1p", js="Math.log1p", edge=pole(-1.0),
        domain=lambda F, x: F.gt(x, -1),
        partials=lambda F, v, x: (1 / (1 + x),)),
    row("exp", "x", "exponential", r"e^{#1}", [0.0, 1.5, -30.0, 300.0],
        real="math.exp", array="numpy.exp", ball="arb.exp", js="Math.exp",
        partials=lambda F, v, x: (v,)),
    row("exp2", "x", "power of 2", r"2^{#1}", [0.5, -3.25, 100.0],
        real="math.exp2", array="numpy.exp2", ball="adcli.numbers.ball_hosts.exp2", js="host.exp2", define=lambda F, x: F.exp(x * F.ln(2)),
        partials=lambda F, v, x: (v * F.ln(2),)),
    row("expm1", "x", "exp(x) - 1, accurate near 0", r"\left(e^{#1} - 1\right)", [1e-12, 0.5, -3.0, 20.0],
        real="math.expm1", array="numpy.expm1", ball="arb.expm1", js="Math.expm1",
        partials=lambda F, v, x: (F.exp(x),)),
    row("sqrt", "x", "square root", r"\sqrt{#1}", [2.0, 1e-10, 144.0],
        real="math.sqrt", array="numpy.sqrt", ball="adcli.numbers.ball_hosts.sqrt", js="Math.sqrt",
        domain=lambda F, x: F.ge(x, 0),
        partials=lambda F, v, x: (0.5 / v,)),
    row("cbrt", "x", "cube root, of negative numbers too", r"\sqrt[3]{#1}", [2.0, -27.0, 1e-10],
        real="math.cbrt", array="numpy.cbrt", ball="adcli.numbers.ball_hosts.cbrt", js="Math.cbrt",
        define=lambda F, x: F.sign(x) * F.exp(F.ln(F.abs(x)) / 3),
        partials=lambda F, v, x: (F.root_slope(x),)),
    # The C library's cbrt errs by up to 3 ulp, and its square by twice that.
    row("root_slope", "x", "1/(3*cbrt(x)^2)", r"\frac{1}{3\sqrt[3]{#1}^2}", [2.0, -27.0, 1e-10], name="",
        define=lambda F, x: 1 / F.cbrt(x) / F.cbrt(x) / 3,
        floats=lambda F, x: F.where(F.eq(x, 0), 1 / F.abs(x), F.cbrt(x) / x / 3), domain=lambda F, x: F.ne(x, 0),
        ulp=(4, 6), why="the error of the C library's cbrt, up to 3 ulp, and five roundings",
        partials=lambda F, v, x: (-2 * (v / 3) / x,)),
    row("sin", "x", "sine (radians)", r"\sin\left(#1\right)", [0.5, 5.0, -2.0, 100.0],
        real="math.sin", array="numpy.sin", ball="arb.sin", js="Math.sin",
        partials=lambda F, v, x: (F.cos(x),)),
    row("cos", "x", "cosine (radians)", r"\cos\left(#1\right)", [0.5, 5.0, -2.0, 100.0],
        real="math.cos", array="numpy.cos", ball="arb.cos", js="Math.cos",
        partials=lambda F, v, x: (-F.sin(x),)),
    row("tan", "x", "tangent", r"\tan\left(#1\right)", [0.5, 1.5, -2.0],
        real="math.tan", array="numpy.tan", ball="arb.tan", js="Math.tan",
        partials=lambda F, v, x: (1 + v * v,)),
    row("sec", "x", "secant, 1/cos(x)", r"\sec\left(#1\right)", [0.5, 1.5, -2.0],
        define=lambda F, x: 1 / F.cos(x), ball="arb.sec", domain=lambda F, x: F.ne(F.cos(x), 0),
        partials=lambda F, v, x: (v * F.tan(x),)),
    row("csc", "x", "cosecant, 1/sin(x)", r"\csc\left(#1\right)", [0.5, 1.5, -2.0],
        define=lambda F, x: 1 / F.sin(x), ball="arb.csc", domain=lambda F, x: F.ne(F.sin(x), 0),
        partials=lambda F, v, x: (-v * F.cot(x),)),
    row("cot", "x", "cotangent, 1/tan(x)", r"\cot\left(#1\right)", [0.5, 1.5, -2.0],
        define=lambda F, x: 1 / F.tan(x), ball="arb.cot", domain=lambda F, x: F.ne(F.sin(x), 0),
        partials=lambda F, v, x: (-(1 + v * v),)),
    # 1 - x^2 in the rules of asin, acos and atanh: the product keeps the digits that 1 - x*x loses near 1, and the
    # partial those that the product rule loses near 0.
    row("gap", "x", "1 - x^2, accurate near 1", r"\left(1 - #1^2\right)", [0.5, -0.25, 1 - 2**-30, 1e-9], name="",
        define=lambda F, x: (1 - x) * (1 + x),
        partials=lambda F, v, x: (-2 * x,)),
    row("asin", "x", "inverse sine", r"\arcsin\left(#1\right)", [0.5, -0.25, 1 - 2**-30, 0.0],
        real="math.asin", array="numpy.arcsin", ball="arb.asin", js="Math.asin",
        domain=lambda F, x: F.le(F.abs(x), 1),
        partials=lambda F, v, x: (1 / F.sqrt(F.gap(x)),)),
    row("acos", "x", "inverse cosine", r"\arccos\left(#1\right)", [0.5, -0.25, 1 - 2**-30, 0.0],
        real="math.acos", array="numpy.arccos", ball="arb.acos", js="Math.acos",
        domain=lambda F, x: F.le(F.abs(x), 1),
        partials=lambda F, v, x: (-1 / F.sqrt(F.gap(x)),)),
    row("atan", "x", "inverse tangent", r"\arctan\left(#1\right)", [0.5, -40.0, 1e-9],
        real="math.atan", array="numpy.arctan", ball="arb.atan", js="Math.atan",
        partials=lambda F, v, x: (F.witch(x),)),
    row("witch", "x", "1/(1 + x^2)", r"\frac{1}{1 + #1^2}", [0.5, -40.0, 1e-9], name="",
        real="adcli.numbers.special.witch", define=lambda F, x: 1 / (1 + x * x), floats=witch_split, ulp=(4, 5), why="the partial has the square of the value",
        partials=lambda F, v, x: (-2 * (x * v) * v,)),
    row("atan2", "y x", "angle of the point (x, y)", r"\operatorname{atan2}\left(#1, #2\right)",
        [(1.0, 2.0), (-3.0, -0.5), (1e-200, 1e-200), (1e200, -1e200)],
        real="math.atan2", array="numpy.arctan2", ball="arb.atan2", js="Math.atan2",
        kink=lambda F, y, x: F.and_(F.eq(y, 0), F.lt(x, 0)),
        partials=lambda F, v, y, x: (F.turn_x(x, y), F.turn_y(x, y))),
    row("turn_x", "x y", "x/(x^2 + y^2)", r"\frac{#1}{#1^2 + #2^2}", TURNS, name="",
        real="adcli.numbers.special.turn_x", define=lambda F, x, y: x / F.hypot(x, y) / F.hypot(x, y), floats=lambda F, x, y: turn_split(F, x, x, y),
        domain=off_origin, series=lambda F, k, v, x, y: turn_series(F, k, v, x, x, y), ulp=(4, 8), why=RADIUS,
        partials=lambda F, v, x, y: (halves(F, x, y), F.weighted(2 * v, F.turn_y(x, y)))),
    row("turn_y", "x y", "-y/(x^2 + y^2)", r"\frac{-#2}{#1^2 + #2^2}", TURNS, name="",
        real="adcli.numbers.special.turn_y", define=lambda F, x, y: -y / F.hypot(x, y) / F.hypot(x, y), floats=lambda F, x, y: turn_split(F, -y, x, y),
        domain=off_origin, series=lambda F, k, v, x, y: turn_series(F, k, v, [-c for c in y], x, y), ulp=(4, 8), why=RADIUS,
        partials=lambda F, v, x, y: (F.weighted(-2 * v, F.turn_x(x, y)), halves(F, x, y))),
    row("hypot", "x y", "sqrt(x^2 + y^2) without overflow", r"\sqrt{#1^2 + #2^2}",
        [(3.0, 4.0), (-1e200, 1e200), (1e-8, 2.0)],
        real="math.hypot", array="numpy.hypot", js="host.hypot",
        define=lambda F, x, y: F.sqrt(x * x + y * y),
        kink=lambda F, x, y: F.and_(F.eq(x, 0), F.eq(y, 0)),
        partials=lambda F, v, x, y: (F.hypot_x(x, y), F.hypot_y(x, y))),
    # Rows of their own, because the derivative of x/v taken as a quotient is 1/v - x*x/v^3, which cancels where x is large.
    row("hypot_x", "x y", "x/hypot(x, y)", r"\frac{#1}{\sqrt{#1^2 + #2^2}}", DIRECTIONS, name="",
        real="adcli.numbers.special.hypot_x", define=lambda F, x, y: F.where(F.eq(F.hypot(x, y), 0), 0, x / F.hypot(x, y)), floats=lambda F, x, y: side_split(F, x, x, y),
        kink=lambda F, x, y: F.and_(F.eq(x, 0), F.eq(y, 0)), ulp=(4, 6), why=RADIUS,
        partials=lambda F, v, x, y: (turned(F, x, y, F.hypot_y(x, y), F.hypot_y(x, y)),
                                     turned(F, x, y, -v, F.hypot_y(x, y)))),
    row("hypot_y", "x y", "y/hypot(x, y)", r"\frac{#2}{\sqrt{#1^2 + #2^2}}", DIRECTIONS, name="",
        real="adcli.numbers.special.hypot_y", define=lambda F, x, y: F.where(F.eq(F.hypot(x, y), 0), 0, y / F.hypot(x, y)), floats=lambda F, x, y: side_split(F, y, x, y),
        kink=lambda F, x, y: F.and_(F.eq(x, 0), F.eq(y, 0)), ulp=(4, 6), why=RADIUS,
        partials=lambda F, v, x, y: (turned(F, x, y, -v, F.hypot_x(x, y)),
                                     turned(F, x, y, F.hypot_x(x, y), F.hypot_x(x, y)))),
]  # fmt: skip
