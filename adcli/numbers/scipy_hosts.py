"""Array hosts made from SciPy's functions where those alone lose digits. Importing this needs SciPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from adcli.numbers.array import ARRAY, by_element
from adcli.numbers.special import EULER_REST, series_at_two
from adcli.ops import TABLE

C_ERFC = np.frompyfunc(math.erfc, 1, 1)


def mended(x: Any, where: Any, fast: Callable[[Any], Any], exact: Callable[[Any], Any]) -> Any:
    """`fast` of an array, with the elements that a condition holds for by `exact`."""
    if not np.any(where):
        return fast(x)
    x, where = np.broadcast_arrays(x, where)
    found = np.array(fast(x), dtype=np.float64)
    found[where] = exact(x[where])
    return found[()]


def erfc(x: Any) -> Any:
    """SciPy's own is off by up to 10 ulp from 1/2 on and by 200 beyond 1; exp(-x^2) erfcx(x) by up to 7 below 3."""

    def right(x: Any) -> Any:
        return np.where(x > 3, ARRAY.gauss(x) * special.erfcx(np.maximum(x, 3)), special.erfc(x))[()]

    return mended(x, (x > 0.5) & (x <= 3), right, C_ERFC)


def gamma(x: Any) -> Any:
    """SciPy's gamma is 0 where the result is subnormal, and loses digits before it overflows."""
    return mended(x, (x < -165) | (x > 170), special.gamma, by_element(TABLE["gamma"]))


def lgamma(x: Any) -> Any:
    """SciPy's gammaln keeps no digits near its zeros, below 0 and at 1 and 2, and is infinite at subnormal numbers."""
    found = mended(x, (x > 0) & (x < 2.5), special.gammaln, lgamma_near_two)
    return mended(x, x <= 0, lambda _: found, by_element(TABLE["lgamma"]))


def lgamma_near_two(x: Any) -> Any:
    """lgamma from 0 to 2.5, by the series at 2 (see numbers/special.py)."""
    down = np.where(x <= 0.5, 2, np.where(x < 1.5, 1, 0))
    z = x - (2 - down)
    total = np.zeros_like(z)
    for coefficient in reversed(series_at_two()):
        total = (total + coefficient) * z
    log1p = np.where(down > 0, np.log1p(np.maximum(z, -0.5)), 0.0)
    return (EULER_REST + total) * z - log1p - np.where(down > 1, np.log(x), 0.0)


def digamma(x: Any) -> Any:
    """SciPy's digamma loses digits below 0, near zeros and near poles."""
    return mended(x, x <= 0, special.digamma, by_element(TABLE["digamma"]))


psi = by_element(TABLE["psi"])  # the definition in the table is a product of numbers that may be beyond the range
