"""Functions with kinks, jumps and choices."""

from __future__ import annotations

from typing import Any

from adcli.ops.row import row

PAIRS = [(2.0, 5.0), (-1.5, -2.75), (1e-8, 3.0)]


def wins(F: Any, test: Any, x: Any, y: Any) -> Any:
    """1 where x wins over y, 0 where it loses, and half where they are equal."""
    return F.where(test(x, y), 1, F.where(F.eq(x, y), 0.5, 0))


def clamp_partials(F: Any, v: Any, x: Any, lo: Any, hi: Any) -> Any:
    """clamp is min(max(x, lo), hi), with the halves of both at a tie."""
    m = F.max(x, lo)
    above, below = wins(F, F.gt, x, lo), wins(F, F.lt, m, hi)
    return above * below, wins(F, F.gt, lo, x) * below, wins(F, F.lt, hi, m)


ROWS = [
    row("abs", "x", "absolute value", r"\left|#1\right|", [2.0, -0.5],
        real="builtins.abs", array="numpy.abs", ball="builtins.abs", js="Math.abs",
        kink=lambda F, x: F.eq(x, 0),
        partials=lambda F, v, x: (F.sign(x),)),
    row("sign", "x", "sign, -1, 0 or 1", r"\operatorname{sign}\left(#1\right)", [2.0, -0.5, 0.0],
        real="adcli.numbers.real.sign", array="numpy.sign", ball="adcli.numbers.ball_hosts.sign", js="host.sign",
        kink=lambda F, x: F.eq(x, 0),
        partials=lambda F, v, x: (0,)),
    row("floor", "x", "largest whole number not above x", r"\left\lfloor #1\right\rfloor", [2.5, -0.5, 1e20],
        real="adcli.numbers.real.floor", array="numpy.floor", ball="adcli.numbers.ball_hosts.floor", js="Math.floor",
        kink=lambda F, x: F.eq(x, F.floor(x)),
        partials=lambda F, v, x: (0,)),
    row("ceil", "x", "smallest whole number not below x", r"\left\lceil #1\right\rceil", [2.5, -0.5, 1e20],
        real="adcli.numbers.real.ceil", array="numpy.ceil", ball="adcli.numbers.ball_hosts.ceil", js="Math.ceil",
        kink=lambda F, x: F.eq(x, F.ceil(x)),
        partials=lambda F, v, x: (0,)),
    row("round", "x", "nearest whole number, halves to the even one", r"\operatorname{round}\left(#1\right)",
        [2.3, -0.7, 3.5],
        real="adcli.numbers.real.nearest", array="numpy.rint", ball="adcli.numbers.ball_hosts.nearest", js="host.round",
        kink=lambda F, x: F.eq(x - F.floor(x), 0.5),
        partials=lambda F, v, x: (0,)),
    row("relu", "x", "x where it is positive, else 0", r"\operatorname{relu}\left(#1\right)", [2.0, -0.5],
        define=lambda F, x: F.max(x, 0), kink=lambda F, x: F.eq(x, 0),
        partials=lambda F, v, x: (F.where(F.gt(x, 0), 1, 0),)),
    row("max", "a b", "the larger; of more arguments, pair by pair", r"\max\left(#1, #2\right)", PAIRS,
        real="adcli.numbers.real.larger", array="numpy.maximum", ball="adcli.numbers.ball_hosts.larger", js="host.max",
        kink=lambda F, a, b: F.eq(a, b),
        partials=lambda F, v, a, b: (wins(F, F.gt, a, b), wins(F, F.gt, b, a))),
    row("min", "a b", "the smaller; of more arguments, pair by pair", r"\min\left(#1, #2\right)", PAIRS,
        real="adcli.numbers.real.smaller", array="numpy.minimum", ball="adcli.numbers.ball_hosts.smaller", js="host.min",
        kink=lambda F, a, b: F.eq(a, b),
        partials=lambda F, v, a, b: (wins(F, F.lt, a, b), wins(F, F.lt, b, a))),
    row("clamp", "x lo hi", "x kept between lo and hi", r"\operatorname{clamp}\left(#1, #2, #3\right)",
        [(0.5, 0.0, 1.0), (2.0, 0.0, 1.0), (-3.0, -1.0, 1.0)],
        define=lambda F, x, lo, hi: F.min(F.max(x, lo), hi),
        kink=lambda F, x, lo, hi: F.or_(F.or_(F.eq(x, lo), F.eq(x, hi)), F.eq(lo, hi)),
        partials=clamp_partials),
    row("mod", "a b", "a - b*floor(a/b), with the sign of b", r"\left(#1 \bmod #2\right)", [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)],
        real="operator.mod", array="numpy.mod", js="host.mod", domain=lambda F, a, b: F.ne(b, 0),
        define=lambda F, a, b: a - b * F.floor(a / b),
        kink=lambda F, a, b: F.eq(F.mod(a, b), 0),
        partials=lambda F, v, a, b: (1, -F.laps(a, b))),
    # In that rule: a quotient that is rounded up to a whole number, or to 0, would be one lap off.
    row("laps", "a b", "floor(a/b)", r"\left\lfloor \frac{#1}{#2}\right\rfloor", [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)], name="",
        define=lambda F, a, b: F.floor(a / b), floats=lambda F, a, b: F.round(a / b - F.mod(a, b) / b),
        domain=lambda F, a, b: F.ne(b, 0), kink=lambda F, a, b: F.eq(F.mod(a, b), 0),
        partials=lambda F, v, a, b: (0, 0)),
    # The branch not taken contributes nothing, not even NaN: its partial is an exact zero.
    row("where", "c a b", "a where the condition c holds and b elsewhere",
        r"\begin{cases}#2 & \text{if } #1\\ #3 & \text{otherwise}\end{cases}", [(1.0, 2.0, 3.0), (0.0, 2.0, 3.0)],
        name="if", tests=(0,), real="adcli.numbers.real.where", array="numpy.where", ball="adcli.numbers.ball_hosts.where", js="?:",
        taken=lambda F, c, a, b: (True, c, F.not_(c)),
        partials=lambda F, v, c, a, b: (None, F.where(c, 1, 0), F.where(c, 0, 1))),
]  # fmt: skip
