"""Operators: + - * / ^, comparisons, and, or, not."""

from __future__ import annotations

from math import copysign, inf, nan
from typing import Any

from adcli.ops.row import ADD, AND, COMPARE, MULTIPLY, NEGATE, NOT, OR, POWER, Row, row

PAIRS = [(2.0, 5.0), (-1.5, 0.75), (1e-8, 3.0), (7.0, -2.5)]


def power_edge(x: float, y: float) -> float:
    """IEEE 754 pow where `math.pow` raises: a pole at zero, a negative base, overflow."""
    odd = abs(y) < 2**53 and abs(y) % 2 == 1  # of a y just above -1, y % 2 is rounded to 1
    if x == 0:
        return copysign(inf, x) if odd else inf
    if x < 0 and y % 1 != 0:
        return nan
    return -inf if x < 0 and odd else inf


def lower_edge(x: float, y: float) -> float:
    """`power_edge` of x^(y - 1)."""
    return power_edge(x, y - 1)


def has_power(F: Any, x: Any, y: Any) -> Any:
    """Where x^y is defined."""
    return F.or_(F.or_(F.gt(x, 0), F.and_(F.eq(x, 0), F.ge(y, 0))), F.and_(F.ne(x, 0), F.eq(y, F.floor(y))))


def stepwise(F: Any, x: Any, c: Any) -> Any:
    """Whether x^c is differentiated from power to power, x^c, x^(c-1), ..., and not by division by x: at 0, and for
    small whole exponents, whose powers end with exact zeros.
    """
    return F.or_(F.eq(x, 0), F.and_(F.and_(F.ge(c, 0), F.le(c, 8)), F.eq(c, F.floor(c))))


def lower_split(F: Any, power: Any, x: Any, y: Any) -> Any:
    """x^(y - 1) by a function for powers, right where y - 1 is rounded: a power magnifies that ln(x) times.

    What the difference leaves out is exact (Knuth, TAOCP 2, section 4.2.2), and counts to first order. A y without room
    for the 1 stands at a base beside 1, by which x^y can be divided. As `numbers.special.lower_power`.
    """
    s = y - 1
    back = s - y
    rest = y - (s - back) - (1 + back)
    plain = power(x, s)
    usual = F.and_(F.eq(x - x, 0), F.eq(s - s, 0))
    long = F.and_(F.and_(usual, F.ne(x, 0)), F.ge(F.abs(y), 9007199254740992))
    rounded = F.and_(F.and_(usual, F.gt(x, 0)), F.and_(F.ne(rest, 0), F.ne(plain, 0)))
    return F.where(long, power(x, y) / x, F.where(rounded, plain * (1 + rest * F.ln(x)), plain))


def power_series(F: Any, k: int, v: Any, x: Any, c: Any) -> Any:
    """From x*v' = c*v*x' (Griewank & Walther 2008, table 13.2; Knuth, TAOCP 2, section 4.7)."""
    weighted = [F.times((c[0] + 1) * j - k, x[j]) for j in range(1, k + 1)]
    return F.quotient(F.dot(weighted, v[::-1]), x[0] * k)


def compare(key: str, sign: str, latex: str, doc: str, array: str, ball: str) -> Row:
    """A comparison: no partials; where both sides are equal the choice it makes has a kink."""
    return row(
        key, "x y", doc, f"#1 {latex} #2", PAIRS,
        infix=sign, level=COMPARE, condition=True, real=f"operator.{key}", array=array,
        ball=f"adcli.numbers.ball_hosts.{ball}", js=sign, kink=lambda F, x, y: F.eq(x, y),
    )  # fmt: skip


ROWS = [
    row("add", "x y", "sum", "#1 + #2", PAIRS,
        infix="+", level=ADD, real="operator.add", array="numpy.add", ball="operator.add", js="+",
        partials=lambda F, v, x, y: (1, 1)),
    row("sub", "x y", "difference", "#1 - #2", PAIRS,
        infix="-", level=ADD, real="operator.sub", array="numpy.subtract", ball="operator.sub", js="-",
        partials=lambda F, v, x, y: (1, -1)),
    row("mul", "x y", "product", r"#1 \cdot #2", PAIRS,
        infix="*", level=MULTIPLY, real="operator.mul", array="numpy.multiply", ball="operator.mul", js="*",
        series=lambda F, k, v, x, y: F.dot(x, y[::-1]), bends=(0, 1),
        partials=lambda F, v, x, y: (y, x)),
    row("div", "x y", "quotient", r"\frac{#1}{#2}", PAIRS,
        infix="/", level=MULTIPLY, real="operator.truediv", array="numpy.divide", ball="adcli.numbers.ball_hosts.div",
        js="/", domain=lambda F, x, y: F.ne(y, 0),
        series=lambda F, k, v, x, y: F.quotient(x[k] - F.dot(v, y[:0:-1]), y[0]), bends=(1,),
        partials=lambda F, v, x, y: (1 / y, -v / y)),
    row("neg", "x", "negation", "-#1", [2.0, -0.5, 1e10],
        infix="-", level=NEGATE, real="operator.neg", array="numpy.negative", ball="operator.neg", js="-",
        partials=lambda F, v, x: (-1,)),
    # The general power. 0^0 has the partial 0 in x, and 0^y for y > 0 in y, although 0^-1 is inf and ln(0) -inf.
    row("pow", "x y", "x to the power y, both variable", "#1^{#2}", [(2.0, 5.0), (0.3, -1.5), (10.0, 0.01), (2.0, 0.0)],
        infix="^", level=POWER, real="math.pow", array="numpy.power", ball="adcli.numbers.ball_hosts.power", js="host.pow",
        edge=power_edge,
        domain=has_power,
        partials=lambda F, v, x, y: (
            F.where(F.and_(F.eq(x, 0), F.eq(y, 0)), 0, F.weighted(y, F.lower(x, y))),
            F.where(F.and_(F.eq(x, 0), F.gt(y, 0)), 0, F.ln(x) * v))),
    # x^(y-1) in the rule of pow: its derivatives are made of itself, those of a power of another power each time.
    row("lower", "x y", "x^(y - 1)", "#1^{#2 - 1}", [(2.0, 5.0), (0.3, -1.5), (10.0, 0.01), (2.0, 0.0)], name="",
        real="adcli.numbers.special.lower_power", edge=lower_edge, define=lambda F, x, y: F.pow(x, y - 1),
        floats=lambda F, x, y: lower_split(F, F.pow, x, y), domain=lambda F, x, y: has_power(F, x, y - 1),
        partials=lambda F, v, x, y: (
            F.where(F.or_(F.eq(v, 0), stepwise(F, x, y)), F.weighted(y - 1, F.pow(x, y - 2)), (y - 1) * (v / x)),
            F.where(F.and_(F.eq(x, 0), F.gt(y, 1)), 0, F.ln(x) * v))),
    # An exact 0 times x^-1, which near 0 is beyond the range, is 0.
    row("weighted", "x y", "x*y, 0 where x is 0", r"#1 \cdot #2", PAIRS, name="",
        define=lambda F, x, y: x * y, floats=lambda F, x, y: F.where(F.eq(x, 0), 0, x * y),
        partials=lambda F, v, x, y: (y, x)),
    # x^c is its own op, so that no logarithm of a negative base is taken and x^0 has the partial 0.
    row("powc", "x c", "x to the power c, a constant", "#1^{#2}",
        [(2.0, 3.0), (-1.5, 2.0), (0.25, -0.5), (-2.0, -3.0), (3.0, 1.0), (5.0, 0.0)],
        infix="^", level=POWER, constant=(1,), real="math.pow", array="operator.pow", ball="adcli.numbers.ball_hosts.power",
        js="host.pow", edge=power_edge,
        series=power_series, recurs=lambda F, x, c: F.not_(stepwise(F, x, c)),
        domain=has_power,
        partials=lambda F, v, x, c: (F.where(F.eq(c, 0), 0, c * F.lowerc(x, c)), None)),
    # x^(c-1) in that rule, differentiated as a power again unless c - 1 is rounded: from 1/2 on it is not (Sterbenz 1974).
    row("lowerc", "x c", "x^(c - 1), c a constant", "#1^{#2 - 1}", [(2.0, 3.0), (-1.5, 2.0), (0.25, -0.5), (7.0, 0.125), (3.0, 1.0)],
        name="", constant=(1,), real="adcli.numbers.special.lower_power", edge=lower_edge, define=lambda F, x, c: F.powc(x, c - 1),
        floats=lambda F, x, c: lower_split(F, F.powc, x, c), domain=lambda F, x, c: has_power(F, x, c - 1),
        series=lambda F, k, v, x, c: power_series(F, k, v, x, [c[0] - 1]),
        recurs=lambda F, x, c: F.not_(stepwise(F, x, c - 1)),
        partials=lambda F, v, x, c: (
            F.where(F.eq(c, 1), 0,
                    F.where(F.or_(F.or_(F.eq(x, 0), F.eq(v, 0)), F.ge(c, 0.5)), (c - 1) * F.lowerc(x, c - 1), (c - 1) * (v / x))),
            None)),
    compare("lt", "<", "<", "less than", "numpy.less", "less"),
    compare("le", "<=", r"\le", "less than or equal", "numpy.less_equal", "less_or_equal"),
    compare("gt", ">", ">", "greater than", "numpy.greater", "greater"),
    compare("ge", ">=", r"\ge", "greater than or equal", "numpy.greater_equal", "greater_or_equal"),
    compare("eq", "==", "=", "equal", "numpy.equal", "equal"),
    compare("ne", "!=", r"\ne", "not equal", "numpy.not_equal", "unequal"),
    row("and_", "c d", "both conditions hold", r"#1 \land #2", [(1.0, 0.0), (1.0, 1.0)],
        infix="and", level=AND, condition=True, tests=(0, 1), taken=lambda F, c, d: (True, c),
        real="operator.and_", array="numpy.logical_and", ball="adcli.numbers.ball_hosts.both", js="&&"),
    row("or_", "c d", "one of the conditions holds", r"#1 \lor #2", [(1.0, 0.0), (0.0, 0.0)],
        infix="or", level=OR, condition=True, tests=(0, 1), taken=lambda F, c, d: (True, F.not_(c)),
        real="operator.or_", array="numpy.logical_or", ball="adcli.numbers.ball_hosts.either", js="||"),
    row("not_", "c", "the condition does not hold", r"\lnot #1", [1.0, 0.0],
        infix="not", level=NOT, condition=True, tests=(0,),
        real="operator.not_", array="numpy.logical_not", ball="adcli.numbers.ball_hosts.negation", js="!"),
]  # fmt: skip
