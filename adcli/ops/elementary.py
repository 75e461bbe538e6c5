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
    return F.where(F.eq(F.hypot(x, y), 0), 0, a * b / F.hypot(x, y))


DIRECTIONS = [(3.0, 4.0), (-1e200, 1e200), (1e-8, 2.0)]

ROWS = [
    row("ln", "x", "natural logarithm (log is the same)", r"\ln\left(#1\right)", [2.0, 0.1, 1.0 + 2**-20, 1e300],
        real="math.log", array="numpy.log", ball="arb.log", js="Math.log", edge=pole(0.0),
        domain=lambda F, x: F.gt(x, 0),
        partials=lambda F, v, x: (1 / x,)),
    row("log2", "x", "logarithm to base 2", r"\log_{2}\left(#1\right)", [8.0, 0.3, 1e-5],
        real="math.log2", array="numpy.log2", ball="adcli.numbers.ball_hosts.log2", js="Math.log2", edge=pole(0.0),
        define=lambda F, x: F.ln(x) / F.ln(2), domain=lambda F, x: F.gt(x, 0),
        partials=lambda F, v, x: (1 / (x * F.ln(2)),)),
    row("log10", "x", "logarithm to base 10", r"\log_{10}\left(#1\right)", [1000.0, 0.3, 1e-5],
        real="math.log10", array="numpy.log10", ball="adcli.numbers.ball_hosts.log10", js="Math.log10", edge=pole(0.0),
        define=lambda F, x: F.ln(x) / F.ln(10), domain=lambda F, x: F.gt(x, 0),
        partials=lambda F, v, x: (1 / (x * F.ln(10)),)),
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
        partials=lambda F, v, x: (1 / v / v / 3,)),  # with v*v the second derivative at 0 would be lost
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
        partials=lambda F, v, x: (1 / (1 + x * x),)),
    # Divided by the radius twice, so that its square can neither overflow nor underflow.
    row("atan2", "y x", "angle of the point (x, y)", r"\operatorname{atan2}\left(#1, #2\right)",
        [(1.0, 2.0), (-3.0, -0.5), (1e-200, 1e-200), (1e200, -1e200)],
        real="math.atan2", array="numpy.arctan2", ball="arb.atan2", js="Math.atan2",
        kink=lambda F, y, x: F.and_(F.eq(y, 0), F.lt(x, 0)),
        partials=lambda F, v, y, x: (x / F.hypot(x, y) / F.hypot(x, y), -y / F.hypot(x, y) / F.hypot(x, y))),
    row("hypot", "x y", "sqrt(x^2 + y^2) without overflow", r"\sqrt{#1^2 + #2^2}",
        [(3.0, 4.0), (-1e200, 1e200), (1e-8, 2.0)],
        real="math.hypot", array="numpy.hypot", js="host.hypot",
        define=lambda F, x, y: F.sqrt(x * x + y * y),
        kink=lambda F, x, y: F.and_(F.eq(x, 0), F.eq(y, 0)),
        partials=lambda F, v, x, y: (F.hypot_x(x, y), F.hypot_y(x, y))),
    # Rows of their own, because the derivative of x/v taken as a quotient is 1/v - x*x/v^3, which cancels where x is large.
    row("hypot_x", "x y", "x/hypot(x, y)", r"\frac{#1}{\sqrt{#1^2 + #2^2}}", DIRECTIONS, name="",
        define=lambda F, x, y: F.where(F.eq(F.hypot(x, y), 0), 0, x / F.hypot(x, y)),
        partials=lambda F, v, x, y: (turned(F, x, y, F.hypot_y(x, y), F.hypot_y(x, y)),
                                     turned(F, x, y, -v, F.hypot_y(x, y)))),
    row("hypot_y", "x y", "y/hypot(x, y)", r"\frac{#2}{\sqrt{#1^2 + #2^2}}", DIRECTIONS, name="",
        define=lambda F, x, y: F.where(F.eq(F.hypot(x, y), 0), 0, y / F.hypot(x, y)),
        partials=lambda F, v, x, y: (turned(F, x, y, -v, F.hypot_x(x, y)),
                                     turned(F, x, y, F.hypot_x(x, y), F.hypot_x(x, y)))),
]  # fmt: skip
