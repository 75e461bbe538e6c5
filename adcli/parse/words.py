"""Words of other tools."""

from __future__ import annotations

# What other tools call our functions.
SYNONYMS = {
    "arcsin": "asin(x)", "arccos": "acos(x)", "arctan": "atan(x)", "tg": "tan(x)", "ctg": "cot(x)", "cosec": "csc(x)",
    "arsinh": "asinh(x)", "arcosh": "acosh(x)", "artanh": "atanh(x)", "lg": "log10(x)", "lb": "log2(x)",
    "sgn": "sign(x)", "fabs": "abs(x)", "ceiling": "ceil(x)", "logistic": "sigmoid(x)", "expit": "sigmoid(x)",
    "phi": "normcdf(x)", "psi": "digamma(x)", "factorial": "gamma(x + 1)", "fact": "gamma(x + 1)",
    "power": "a^b", "square": "x^2", "sqr": "x^2", "atan2d": "atan2(y, x)", "minimum": "min(a, b)",
    "maximum": "max(a, b)", "where": "if(c, a, b)", "iif": "if(c, a, b)", "gammaln": "lgamma(x)",
}  # fmt: skip
