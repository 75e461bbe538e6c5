"""The checks of a row of the op table against 60 digits: each takes any row and lists what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import wraps
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf
from support import ulps, value_of

from adcli.numbers.array import ARRAY, Array, quietly
from adcli.numbers.dual import duals
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL, evaluate
from adcli.numbers.series import SeriesSpace
from adcli.ops import CONSTANTS, Row
from adcli.tape.show import show_node
from adcli.tape.symbol import Symbol, Symbols
from adcli.tape.tape import Builder

Check = Callable[..., list[str]]

# The independent truth: every row, by its key, in mpmath.
REFERENCE: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: mpf(x) ** y,
    "lower": lambda x, y: mpf(x) ** (y - 1),
    "weighted": lambda x, y: x * y,
    "powc": lambda x, c: mpf(x) ** c,
    "lowerc": lambda x, c: mpf(x) ** (c - 1),
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
    "and_": lambda c, d: c and d,
    "or_": lambda c, d: c or d,
    "not_": lambda c: not c,
    "ln": mpmath.ln,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "per": lambda x, c: 1 / (mpf(x) * c),
    "log1p": lambda x: mpmath.ln(1 + mpf(x)),
    "exp": mpmath.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": lambda x: mpmath.exp(x) - 1,
    "sqrt": mpmath.sqrt,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "root_slope": lambda x: 1 / mpmath.cbrt(abs(x)) ** 2 / 3,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sec": mpmath.sec,
    "csc": mpmath.csc,
    "cot": mpmath.cot,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "witch": lambda x: 1 / (1 + mpf(x) * x),
    "atan2": mpmath.atan2,
    "turn_x": lambda x, y: x / (mpf(x) * x + mpf(y) * y),
    "turn_y": lambda x, y: -y / (mpf(x) * x + mpf(y) * y),
    "hypot": mpmath.hypot,
    "hypot_x": lambda x, y: x / mpmath.hypot(x, y),
    "hypot_y": lambda x, y: y / mpmath.hypot(x, y),
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "logistic": lambda x: 1 / (1 + mpmath.exp(-x)) / (1 + mpmath.exp(x)),
    "softplus": lambda x: mpmath.ln(1 + mpmath.exp(x)),
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "gauss": lambda x: mpmath.exp(-mpf(x) * x),
    "gap": lambda x: 1 - mpf(x) * x,
    "sech2": lambda x: 1 / mpmath.cosh(x) ** 2,
    "normpdf": mpmath.npdf,
    "normcdf": mpmath.ncdf,
    "gamma": mpmath.gamma,
    "lgamma": lambda x: mpmath.ln(abs(mpmath.gamma(x))),
    "digamma": mpmath.digamma,
    "polygamma": lambda n, x: mpmath.polygamma(int(n), x),
    "psi": lambda n, j, x: mpmath.polygamma(int(n), x) * mpmath.factorial(n - j) / mpmath.factorial(n),
    "abs": abs,
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "round": mpmath.nint,
    "relu": lambda x: x if x > 0 else mpf(0),
    "max": max,
    "min": min,
    "clamp": lambda x, lo, hi: min(max(x, lo), hi),
    "laps": lambda a, b: mpmath.floor(a / b),
    "mod": lambda a, b: a - b * mpmath.floor(a / b),
    "where": lambda c, a, b: a if c else b,
}
# Rows that jump: their derivative is 0 by convention, also where a sample stands at a jump.
JUMPING = {"sign", "floor", "ceil", "round", "laps"}
SECOND_ULP = 64  # budget of a second partial, whose terms may cancel


def check(complaints: Callable[..., Iterator[str]]) -> Check:
    """A list of complaints, worked out with 300 digits: a difference of differences keeps 60 of them."""

    @wraps(complaints)
    def listed(*args: Any) -> list[str]:
        with mp.workdps(300):
            return list(complaints(*args))

    return listed


class Exact(Namespace):
    """The references as a number type: it shows whether a lambda is right but for rounding."""

    def host(self, row: Row) -> Callable[..., Any]:
        return REFERENCE[row.key]

    def literal(self, text: str) -> Any:
        return {"pi": mp.pi, "e": mp.e, "tau": 2 * mp.pi}.get(text) or mpf(text)


EXACT = Exact()


def arguments(row: Row, sample: Sequence[float], number: Callable[[float], Any] = float) -> list[Any]:
    """A sample as arguments of a number type; conditions are true or false."""
    return [bool(x) if i in row.tests else number(x) for i, x in enumerate(sample)]


def moving(row: Row) -> list[int]:
    """Positions of the arguments that have a partial."""
    return [i for i in range(len(row.params)) if i not in row.tests and i not in row.constant]


def slope(f: Callable[..., Any], args: list[Any], i: int) -> Any:
    """d f / d args[i] by a central difference 60 digits below the argument: right to 100 digits."""
    h = mpf(10) ** -60 * (abs(args[i]) or 1)
    return (f(*args[:i], args[i] + h, *args[i + 1 :]) - f(*args[:i], args[i] - h, *args[i + 1 :])) / (2 * h)


def true_partial(row: Row, args: list[Any], i: int) -> Any:
    return mpf(0) if row.key in JUMPING else slope(REFERENCE[row.key], args, i)


def true_second(row: Row, args: list[Any], i: int, j: int) -> Any:
    if row.key in JUMPING:
        return mpf(0)
    return slope(lambda *x: slope(REFERENCE[row.key], list(x), i), args, j)


# The checks


@check
def wrong_values(row: Row) -> Iterator[str]:
    """The float value is within its budget of the truth."""
    for sample in row.samples:
        found, truth = evaluate(row, *arguments(row, sample)), REFERENCE[row.key](*arguments(row, sample, mpf))
        if row.condition:
            if found is not bool(truth):
                yield f"{row.key}{sample} is {found}, not {truth}"
        elif not ulps(found, truth) <= row.ulp[0]:
            yield f"{row.key}{sample} = {found!r} errs by {ulps(found, truth):.3g} ulp"


@check
def wrong_partials(row: Row) -> Iterator[str]:
    """A partial stands for every argument that can move, and is within its budget of the truth."""
    if row.condition:
        if row.partials is not None:
            yield f"{row.key} is a condition and has partials"
        return
    for sample in row.samples:
        args = arguments(row, sample)
        partials = REAL.slopes(row)(evaluate(row, *args), *args)
        if [i for i, p in enumerate(partials) if p is not None] != moving(row) or len(partials) != len(args):
            yield f"{row.key}{sample} has the partials {partials}"
            continue
        for i in moving(row):
            truth = true_partial(row, arguments(row, sample, mpf), i)
            if not ulps(partials[i], truth) <= row.ulp[1]:
                apart = ulps(partials[i], truth)
                yield f"{row.key}{sample} in {row.params[i]}: {partials[i]!r} errs by {apart:.3g} ulp"


@check
def wrong_exactly(row: Row) -> Iterator[str]:
    """Worked out with 60 digits, the definition and the partials are right to 50."""
    for sample in row.samples:
        args = arguments(row, sample, mpf)
        value = REFERENCE[row.key](*args)
        claims = [("definition", row.define(EXACT, *args), value)] if row.define else []
        if row.partials is not None:
            partials = row.partials(EXACT, value, *args)
            claims += [
                (row.params[i], math.nan if partials[i] is None else partials[i], true_partial(row, args, i))
                for i in moving(row)
            ]
        for what, found, truth in claims:
            if not abs(found - truth) <= mpf(10) ** -50 * abs(truth):
                yield f"{row.key}{sample} {what}: {mpmath.nstr(found, 20)}, not {mpmath.nstr(truth, 20)}"


@check
def wrong_seconds(row: Row) -> Iterator[str]:
    """Duals over duals over floats give the second partials."""
    inner, outer = duals(REAL), duals(duals(REAL))
    for sample, (i, j) in product(row.samples, product(moving(row), repeat=2)):
        args: list[Any] = arguments(row, sample)
        for k in moving(row):
            args[k] = outer.number(inner.number(args[k], float(k == j)), inner.number(float(k == i), 0.0))
        tangent = getattr(outer.value(row)(*args), "tangent", 0.0)
        exact = arguments(row, sample, mpf)
        truth, first = true_second(row, exact, i, j), true_partial(row, exact, i)
        found = getattr(tangent, "tangent", 0.0)
        scale = max(abs(float(truth)), abs(float(first)))  # the terms may be as large as the first partial
        beyond = math.isinf(float(abs(first) / (abs(exact[j]) or 1)))  # a term of it is more than a double holds
        right = abs(found - truth) <= SECOND_ULP * math.ulp(scale) or (beyond and not math.isfinite(found))
        if not right:
            yield f"{row.key}{sample} in {i}, {j}: {found!r}, not {mpmath.nstr(truth, 20)}"


@check
def wrong_arrays(row: Row, F: Array = ARRAY, same_host: bool = False) -> Iterator[str]:
    """Arrays agree with floats; a row whose array host is the float kernel gives the same values."""
    budget = [0.0 if same_host else max(4, row.ulp[0]), max(4, row.ulp[1])]
    for sample in row.samples:
        args = arguments(row, sample)
        columns = [np.float64(x) if i in row.constant else np.full(9, x) for i, x in enumerate(args)]
        with quietly():
            value = F.value(row)(*columns)
            partials = () if row.partials is None else F.slopes(row)(value, *columns)
        known = evaluate(row, *args)
        expected = [known] + ([] if row.partials is None else list(REAL.slopes(row)(known, *args)))
        for k, (column, x) in enumerate(zip([value, *partials], expected, strict=True)):
            if x is None or column is None:
                if x is not column:
                    yield f"{row.key}{sample} has no column {k}"
                continue
            apart = max(ulps(float(a), x) for a in np.broadcast_to(column, (9,)))
            if not apart <= budget[k > 0]:
                yield f"{row.key}{sample} column {k} is {apart:.3g} ulp from floats"


@check
def wrong_recurrences(row: Row) -> Iterator[str]:
    """A recurrence for Taylor coefficients gives what the partials give, integrated."""
    if row.series is None:
        return
    for sample in row.samples:
        columns = []
        for one in (row, replace(row, series=None)):
            space, args = SeriesSpace(REAL), arguments(row, sample)
            for i in moving(row):
                args[i] = space.variable(args[i], 1.0 + i, -0.5, 0.25)
            found = space.value(one)(*args)
            columns.append([space.coefficient(found, k) for k in range(9)])
        for k, (x, y) in enumerate(zip(*columns, strict=True)):
            if not abs(x - y) <= 1e-12 * max(map(abs, columns[1][: k + 1])):
                yield f"{row.key}{sample}, order {k}: {x!r} by the recurrence, {y!r} by the partials"


def symbols(row: Row, sample: Sequence[float]) -> tuple[Symbols, list[Any]]:
    """The arguments as symbols: constants as numbers, conditions as comparisons."""
    F = Symbols(Builder())
    args: list[Any] = []
    for i, (name, x) in enumerate(zip(row.params, sample, strict=True)):
        symbol = F.lift(x) if i in row.constant else F.input(name)
        args.append(F.ne(symbol, 0) if i in row.tests else symbol)
    return F, args


@check
def wrong_rules(row: Row) -> Iterator[str]:
    """The value and the partials print as text that reads back and evaluates to the same number."""
    for sample in row.samples:
        F, args = symbols(row, sample)
        value = F.value(row)(*args)
        partials = () if row.partials is None else row.partials(F, value, *args)
        exact = arguments(row, sample, mpf)
        point = dict(zip(row.params, sample, strict=True))
        for i, symbol in enumerate([value, *partials]):
            if symbol is None:
                continue
            text = show_node(F.builder.tape, F.lift(symbol).node)
            truth = REFERENCE[row.key](*exact) if i == 0 else true_partial(row, exact, i - 1)
            if row.condition:
                text, truth = f"if({text}, 1, 0)", float(truth)
            if not ulps(value_of(text, point), truth) <= row.ulp[i > 0] + 4:
                yield f"{row.key}{sample}: {text} is not {mpmath.nstr(truth, 20)}"


def refuse(*_: Any) -> Any:
    raise TypeError("a choice goes through F")


def literals(row: Row, column: str) -> set[str]:
    """The literals that a lambda of a row holds; raises TypeError for one that does not trace."""
    found = set()
    for sample in row.samples:
        F, args = symbols(row, sample)
        given = set(F.builder.tape.literals.values())
        if column == "partials":
            args = [F.value(row)(*args), *args]
            given = set(F.builder.tape.literals.values())
        with pytest.MonkeyPatch.context() as patch:
            for name in ("__bool__", "__eq__"):
                patch.setattr(Symbol, name, refuse, raising=False)
            results = getattr(row, column)(F, *args)
        for result in results if isinstance(results, tuple) else (results,):
            if result is not None:
                F.lift(result)
        found |= set(F.builder.tape.literals.values()) - given
    return found


@check
def wrong_lambdas(row: Row) -> Iterator[str]:
    """Every lambda traces, and its literals are short dyadic numbers (but for `floats`, which no ball sees)."""
    for column in ("partials", "define", "floats", "domain", "kink", "taken"):
        if getattr(row, column) is None:
            continue
        try:
            found = literals(row, column)
        except (TypeError, ValueError, AttributeError) as fault:
            yield f"{row.key}.{column} does not trace: {fault}"
            continue
        for text in found - set(CONSTANTS):
            number = Fraction(text)
            long = number.denominator & (number.denominator - 1) or number.numerator.bit_length() > 12
            if long and column != "floats":
                yield f"{row.key}.{column} holds {text}"


CHECKS: list[Check] = [
    wrong_values,
    wrong_partials,
    wrong_exactly,
    wrong_seconds,
    wrong_arrays,
    wrong_recurrences,
    wrong_rules,
    wrong_lambdas,
]
