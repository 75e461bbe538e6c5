"""What is known to be outside the budgets, and why."""

from __future__ import annotations

# Partials at subnormal numbers. Values hold their budgets there too.
LOST = {
    "div": "-v/y with a subnormal quotient v and |y| < 1, which magnifies what v has lost",
    "pow": "ln(x)*v with a subnormal value v; x^(y - 1) that overflows at a subnormal x where y is tiny",
    "lower": "(y - 1)*v/x and ln(x)*v with a subnormal value v, or v/x that overflows at a subnormal x",
    "powc": "c times a subnormal power",
    "turn_x": "the fourth power of a subnormal radius",
    "turn_y": "the fourth power of a subnormal radius",
    "hypot_x": "division by a radius that is subnormal or beyond the range",
    "hypot_y": "division by a radius that is subnormal or beyond the range",
    "gauss": "-2*x*v with a subnormal value v",
    "normpdf": "-x*v with a subnormal value v",
    "gamma": "v*digamma(x) with a subnormal value v, beside the poles below -170",
}
