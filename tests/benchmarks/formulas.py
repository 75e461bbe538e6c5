"""Six functions: as adcli's text, as a formula of any package's numbers, and with their gradients written by hand.

`value` takes the module that has log, exp, sin, tanh and sqrt, and the inputs in the order of `ranges`. `hand` is
plain NumPy: the value, then all partials, with everything computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from operator import mul
from typing import Any, NamedTuple

import numpy as np

SLOPE, CUBE = 0.7978845608028654, 0.044715  # of the normal distribution function by tanh


class Formula(NamedTuple):
    """`ranges` has every input, in the order of the text, and between which numbers it lies."""

    text: str
    ranges: dict[str, tuple[float, float]]
    value: Callable[..., Any]
    hand: Callable[..., Sequence[Any]]
    times: int = 1  # as many points as for the others


def textbook(m: Any, x1: Any, x2: Any) -> Any:
    return m.log(x1) + x1 * x2 - m.sin(x2)


def textbook_hand(x1: Any, x2: Any) -> Sequence[Any]:
    return np.log(x1) + x1 * x2 - np.sin(x2), 1 / x1 + x2, x1 - np.cos(x2)


def rosenbrock(m: Any, *x: Any) -> Any:
    total: Any = 0.0
    for a, b in zip(x, x[1:], strict=False):
        u, v = b - a * a, 1 - a
        total = total + 100 * (u * u) + v * v
    return total


def rosenbrock_hand(*x: Any) -> Sequence[Any]:
    value: Any = 0.0
    partials: list[Any] = [0.0] * len(x)
    for i, (a, b) in enumerate(zip(x, x[1:], strict=False)):
        u, v = b - a * a, 1 - a
        slope = 200 * u
        value = value + 0.5 * slope * u + v * v
        partials[i] = partials[i] - 2 * (slope * a + v)
        partials[i + 1] = slope
    return value, *partials


def logistic(m: Any, w1: Any, a: Any, w2: Any, b: Any, w3: Any, t: Any) -> Any:
    return m.log(1 + m.exp(-(w1 * a + w2 * b + w3) * t))


def logistic_hand(w1: Any, a: Any, w2: Any, b: Any, w3: Any, t: Any) -> Sequence[Any]:
    line = w1 * a + w2 * b + w3
    e = np.exp(-line * t)
    one = 1 + e
    slope = -e / one
    inner = slope * t
    return np.log(one), inner * a, inner * w1, inner * b, inner * w2, inner, slope * line


def speelpenning(m: Any, *x: Any) -> Any:
    return reduce(mul, x)


def speelpenning_hand(*x: Any) -> Sequence[Any]:
    before = list(accumulate(x, mul))
    behind = list(accumulate(x[:0:-1], mul))[::-1]
    middle = [a * b for a, b in zip(before[:-2], behind[1:], strict=True)]
    return before[-1], behind[0], *middle, before[-2]


def gaussians(m: Any, a: Any, x: Any, s: Any, b: Any, t: Any) -> Any:
    u, v = x - s, x - t
    return a * m.exp(-u * u) + b * m.exp(-v * v)


def gaussians_hand(a: Any, x: Any, s: Any, b: Any, t: Any) -> Sequence[Any]:
    u, v = x - s, x - t
    da, db = np.exp(-u * u), np.exp(-v * v)
    first, second = a * da, b * db
    ds, dt = 2 * u * first, 2 * v * second
    return first + second, da, -ds - dt, ds, db, dt


def normal(m: Any, d: Any) -> Any:
    return 0.5 * (1 + m.tanh(SLOPE * (d + CUBE * (d * d * d))))


def black_scholes(m: Any, S: Any, K: Any, r: Any, s: Any, T: Any) -> Any:
    root = s * m.sqrt(T)
    d1 = (m.log(S / K) + (r + s * s / 2) * T) / root
    return S * normal(m, d1) - K * m.exp(-r * T) * normal(m, d1 - root)


def normal_hand(d: Any) -> tuple[Any, Any]:
    """The distribution function, and its derivative."""
    square = d * d
    u = np.tanh(SLOPE * d * (1 + CUBE * square))
    return 0.5 * (1 + u), 0.5 * SLOPE * (1 - u * u) * (1 + 3 * CUBE * square)


def black_scholes_hand(S: Any, K: Any, r: Any, s: Any, T: Any) -> Sequence[Any]:
    time = np.sqrt(T)
    root, drift = s * time, r + s * s / 2
    d1 = (np.log(S / K) + drift * T) / root
    (n1, slope1), (n2, slope2) = normal_hand(d1), normal_hand(d1 - root)
    discount = np.exp(-r * T)
    strike = K * discount
    bond, own, other = strike * n2, S * slope1, strike * slope2
    both = own - other
    each = both / root
    dT = r * bond + both * (drift / root - d1 / (2 * T)) + other * s / (2 * time)
    return S * n1 - bond, n1 + each / S, -discount * n2 - each / K, T * bond + each * T, own * time - both * d1 / s, dT


BLACK_SCHOLES = """\
d1 = (ln(S/K) + (r + s^2/2)*T)/(s*sqrt(T)); d2 = d1 - s*sqrt(T)
N(d) = 0.5*(1 + tanh(0.7978845608028654*(d + 0.044715*d^3)))
S*N(d1) - K*exp(-r*T)*N(d2)"""
MARKET = {"S": (80.0, 120.0), "K": (90.0, 110.0), "r": (0.01, 0.05), "s": (0.1, 0.4), "T": (0.5, 2.0)}


def between(names: str, low: float = 0.5, high: float = 2.0) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(names.split(), (low, high))


def row(n: int) -> dict[str, tuple[float, float]]:
    return between(" ".join(f"x[{i}]" for i in range(1, n + 1)))


FORMULAS = {
    "textbook": Formula("ln(x1) + x1*x2 - sin(x2)", between("x1 x2"), textbook, textbook_hand, 4),
    "rosenbrock": Formula(
        "sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1..3)", row(4), rosenbrock, rosenbrock_hand
    ),
    "logistic": Formula(
        "ln(1 + exp(-(w1*a + w2*b + w3)*t))", between("w1 a w2 b w3 t", -1.0, 1.0), logistic, logistic_hand
    ),
    "speelpenning": Formula("prod(x[i] for i in 1..8)", row(8), speelpenning, speelpenning_hand),
    "gaussians": Formula(
        "a*exp(-(x - s)^2) + b*exp(-(x - t)^2)", between("a x s b t"), gaussians, gaussians_hand
    ),
    "black-scholes": Formula(BLACK_SCHOLES, MARKET, black_scholes, black_scholes_hand),
}  # fmt: skip
