"""Hyperbolic functions, their inverses, and the sigmoid family built on exp."""

from __future__ import annotations

from math import copysign, inf, nan
from typing import Any

from adcli.ops.row import row


def sech2_split(F: Any, x: Any) -> Any:
    """1/cosh(x)^2, divided twice where the square is beyond the range."""
    c = F.cosh(x)
    return F.where(F.gt(c, 2.0**500), 1 / c / c, 1 / F.powc(F.min(c, 2.0**500), 2))


COSH = "the C library's cosh errs by up to 1.75 ulp, of which 1/cosh(x)^2 has twice that"

ROWS = [
    row("sinh", "x", "hyperbolic sine", r"\sinh\left(#1\right)", [0.5, -3.0, 1e-9, 50.0],
        real="math.sinh", array="numpy.sinh", ball="arb.sinh", js="Math.sinh",
        edge=lambda x: copysign(inf, x),
        partials=lambda F, v, x: (F.cosh(x),)),
    row("cosh", "x", "hyperbolic cosine", r"\cosh\left(#1\right)", [0.5, -3.0, 1e-9, 50.0],
        real="math.cosh", array="numpy.cosh", ball="arb.cosh", js="Math.cosh",
        partials=lambda F, v, x: (F.sinh(x),)),
    row("tanh", "x", "hyperbolic tangent", r"\tanh\left(#1\right)", [0.5, -3.0, 20.0, 1e-9],
        real="math.tanh", array="numpy.tanh", ball="arb.tanh", js="Math.tanh", ulp=(4, 6), why=COSH,
        partials=lambda F, v, x: (F.sech2(x),)),
    # tanh': 1 - tanh(x)^2 would be 0 from x = 19 on, where the truth is 1e-16. A row of its own, because its
    # derivatives lose every digit when 1/cosh(x)^2 is differentiated as a quotient.
    row("sech2", "x", "1/cosh(x)^2", r"\operatorname{sech}^2\left(#1\right)", [0.5, -3.0, 20.0, 1e-9], name="",
        define=lambda F, x: 1 / F.powc(F.cosh(x), 2), floats=sech2_split, ulp=(4, 6), why=COSH,
        partials=lambda F, v, x: (-2 * F.tanh(x) * v,)),
    row("asinh", "x", "inverse hyperbolic sine", r"\operatorname{arsinh}\left(#1\right)", [0.5, -1e10, 1e-9],
        real="math.asinh", array="numpy.arcsinh", ball="arb.asinh", js="Math.asinh",
        partials=lambda F, v, x: (1 / F.hypot(1, x),)),
    # Two roots rather than one of a product, which overflows from x = 1e154 on.
    row("acosh", "x", "inverse hyperbolic cosine", r"\operatorname{arcosh}\left(#1\right)", [1.5, 1 + 2**-20, 1e200],
        real="math.acosh", array="numpy.arccosh", ball="arb.acosh", js="Math.acosh",
        domain=lambda F, x: F.ge(x, 1),
        partials=lambda F, v, x: (1 / (F.sqrt(x - 1) * F.sqrt(x + 1)),)),
    row("atanh", "x", "inverse hyperbolic tangent", r"\operatorname{artanh}\left(#1\right)",
        [0.5, -0.99, 1e-9, 1 - 2**-30],
        real="math.atanh", array="numpy.arctanh", ball="arb.atanh", js="Math.atanh",
        edge=lambda x: copysign(inf, x) if abs(x) == 1 else nan,
        domain=lambda F, x: F.lt(F.abs(x), 1),
        partials=lambda F, v, x: (1 / F.gap(x),)),
    # Only exp of a negative number is taken: no overflow, and no digits lost in either tail.
    row("sigmoid", "x", "logistic function, 1/(1 + exp(-x))", r"\sigma\left(#1\right)", [0.5, -3.0, 40.0, -40.0],
        define=lambda F, x: F.where(F.ge(x, 0), 1, F.exp(-F.abs(x))) / (1 + F.exp(-F.abs(x))),
        partials=lambda F, v, x: (F.logistic(x),)),
    # The density of the logistic distribution. A row of its own, because near 0, where the slope of v*sigmoid(-x) is the
    # difference of two halves, its derivative keeps all digits only as -v*tanh(x/2).
    row("logistic", "x", "sigmoid(x)*sigmoid(-x)", r"\sigma\left(#1\right)\,\sigma\left(-#1\right)",
        [0.5, -3.0, 40.0, -40.0, 1e-9], name="",
        define=lambda F, x: F.sigmoid(x) * F.sigmoid(-x),
        partials=lambda F, v, x: (-v * F.tanh(x / 2),)),
    row("softplus", "x", "ln(1 + exp(x))", r"\operatorname{softplus}\left(#1\right)", [0.5, -3.0, 40.0, -40.0],
        define=lambda F, x: F.max(x, 0) + F.log1p(F.exp(-F.abs(x))),
        partials=lambda F, v, x: (F.sigmoid(x),)),
]  # fmt: skip
