"""Rows in JavaScript against rows on floats: the points, what both sides say, and where they differ."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import javascript

from adcli.numbers.real import QUIET, REAL
from adcli.numbers.script import kernels, library
from adcli.numbers.text import write
from adcli.ops import TABLE, Row

LEAST, TINY, HUGE = 2.0**-1074, 2.0**-1022, 1.7976931348623157e308
# Magnitudes of the edges, by the number of arguments: the rest is their signs, nan, and every combination.
EDGES = {
    1: [0.0, LEAST, TINY, 1e-200, 1e-21, 1e-9, 2**-30, 0.25, 0.5, 1 - 2**-53, 1.0, 1 + 2**-52, 1.5, 2.0, 2.5, 3.0, 4.75,
        7.0, 14.5, 22.0, 23.0, 30.0, 64.0, 171.5, 201.5, 709.7, 710.5, 745.2, 1023.5, 2.0**52 + 1, 2.0**53, 1e20, 1e154,
        1e200, HUGE, math.inf],
    2: [0.0, LEAST, 1e-200, 0.5, 1 - 2**-53, 1.0, 1.5, 2.0, 3.0, 7.0, 40.0, 2.0**53, 1e200, HUGE, math.inf],
    3: [0.0, 1e-200, 0.5, 1.0, 2.0, 3.0, 1e200, math.inf],
}  # fmt: skip
# High orders, on both sides of where they are refused, and where a term or a power leaves the range on the way.
FURTHER: dict[str, list[tuple[float, ...]]] = {
    "polygamma": [(170.0, 0.5), (250.0, 0.01), (300.0, 7.0), (301.0, 7.0), (300.0, -0.3), (101.0, -1e-4), (99.0, 1e-3)],
    "psi": [
        (500.0, 498.0, -0.5), (501.0, 499.0, -0.5), (400.0, 350.0, 1e-3), (400.0, 390.0, -2.25), (120.0, 110.0, 1e5),
        (2000.0, 1999.0, 3.0), (20000.0, 19999.0, 3.0), (20001.0, 20000.0, 3.0), (301.0, 0.0, 9.0), (5.0, 5.0, 2.0),
    ],
}  # fmt: skip
RANDOM = 300

# Budgets of (value, partial) beyond 4 and beyond `row.ulp`, where the C library that Python calls is what errs.
WIDER = {
    "cbrt": (4, 12),  # glibc's cbrt errs by 3 ulp, of which the partial has the square
    "tanh": (4, 8),  # cosh errs by 1 ulp, and 1/cosh^2 by twice that
    "sech2": (8, 8),
    "polygamma": (24, 24),  # below 0 a polynomial in cot(pi*x), of an order as high as n
    "psi": (24, 24),
}
# The largest term of (value, partial), of which the result is the difference near its zeros: no more exact than that.
TERMS: dict[str, Callable[..., tuple[float, float]]] = {
    "lgamma": lambda v, x: (max(8.0, abs(x)) * math.log(2 + abs(x)), math.log(2 + abs(x))),
    "gamma": lambda v, x: (0.0, abs(v) * math.log(2 + abs(x))),
    "digamma": lambda v, x: (math.log(2 + abs(x)), 0.0),
    "polygamma": lambda v, n, x: (math.log(2 + abs(x)) if n == 0 else 0.0, 0.0),
    "psi": lambda v, n, j, x: (math.log(2 + abs(x)) if n == 0 else 0.0, 0.0),
}


class Answer(NamedTuple):
    """What one side says of a row at a point; None where the row has no such column."""

    value: Any
    partials: list[float | None] | None
    domain: bool | None
    kink: bool | None
    taken: list[bool] | None


# The points


@cache
def points(row: Row) -> list[tuple[Any, ...]]:
    """Samples, further points, edges and random points of a row, always the same."""
    magnitudes = EDGES[len(row.params)]
    edges = [*magnitudes, *(-x for x in magnitudes), math.nan]
    grid = product(*([True, False] if i in row.tests else edges for i in range(len(row.params))))
    draw = random.Random("adcli")
    drawn = (tuple(column(draw, row, i) for i in range(len(row.params))) for _ in range(RANDOM))
    given = (tuple(bool(x) if i in row.tests else x for i, x in enumerate(s)) for s in row.samples)
    return [*given, *FURTHER.get(row.key, []), *grid, *drawn]


def column(draw: random.Random, row: Row, i: int) -> float:
    """A random argument: near 1, of usual size, or of any; often a whole number where the row takes constants."""
    if i in row.tests:
        return draw.random() < 0.5
    if i in row.constant and draw.random() < 0.7:
        return float(draw.randrange(-2, 12))
    return draw.choice([
        draw.gauss(1, 0.25), draw.uniform(-4, 4), draw.uniform(-200, 200),
        draw.choice((-1, 1)) * 2 ** draw.uniform(-1070, 1023),
    ])  # fmt: skip


# Both sides


def in_python(row: Row, args: Sequence[Any]) -> Answer:
    """The answer on floats, as the engines have it; conditions follow IEEE 754 too, where plain floats would raise."""
    try:
        value = REAL.value(row)(*args)
        partials = () if row.partials is None else row.partials(REAL, value, *args)
    except REAL.faults:
        value, partials = REAL.again(row, *args)
    domain, kink = (None if c is None else bool(c(QUIET, *args)) for c in (row.domain, row.kink))
    taken = None if row.taken is None else [bool(x) for x in row.taken(QUIET, *args)]
    return Answer(value, None if row.partials is None else list(partials), domain, kink, taken)


# Doubles cross over as their shortest text, which reads back to the same one.
DRIVER = """
const words = {inf: Infinity, "-inf": -Infinity, nan: NaN};
const read = (x) => typeof x === "boolean" ? x : x in words ? words[x] : Number(x);
const write = (x) => x === null || typeof x === "boolean" ? x : Object.is(x, -0) ? "-0" : String(x);
const answer = (row, args) => {
  const v = row.value(...args);
  return [
    write(v), row.partials ? row.partials(v, ...args).map(write) : null, row.domain ? row.domain(...args) : null,
    row.kink ? row.kink(...args) : null, row.taken ? row.taken(...args) : null,
  ];
};
"""


def exchanged(x: Any) -> Any:
    """A number as the driver reads it."""
    return x if isinstance(x, bool) else write(x)


def number(x: Any) -> Any:
    """A number as the driver wrote it."""
    return float(x) if isinstance(x, str) else x


def program(rows: Iterable[Row]) -> str:
    """The JavaScript that has `kernels` and the driver."""
    return "\n".join((library(), f"const kernels = {kernels(rows)};", DRIVER))


def answers(rows: Iterable[Row], engine: str) -> dict[str, list[Answer]]:
    """The answers of rows at their points, from one run of an engine."""
    rows = list(rows)
    asked = {row.key: [list(map(exchanged, point)) for point in points(row)] for row in rows}
    source = f"""{program(rows)}
const asked = {json.dumps(asked)};
const said = Object.entries(asked).map(([key, ps]) => [key, ps.map((p) => answer(kernels[key], p.map(read)))]);
return JSON.stringify(Object.fromEntries(said));"""
    return {
        key: [Answer(number(v), None if p is None else list(map(number, p)), *rest) for v, p, *rest in said]
        for key, said in json.loads(javascript.run(source, engine)).items()
    }


@cache
def in_javascript(engine: str) -> dict[str, list[Answer]]:
    """The answers of the whole table."""
    return answers(TABLE.values(), engine)


# Where they differ


def budget(row: Row) -> list[float]:
    """How many units of the last place a value may be off, and a partial."""
    return [max(pair) for pair in zip((4, 4), row.ulp, WIDER.get(row.key, (0, 0)), strict=True)]


def far(x: Any, y: Any, ulps: float, term: float = 0.0) -> bool:
    """Whether x is not y: more than some units of the last place apart (of a term, where that is larger than y)."""
    if x is None or y is None or isinstance(x, bool) or isinstance(y, bool):
        return x is not y
    if x != x or y != y:
        return (x != x) != (y != y)
    if x == y:
        return False
    return not (abs(x - y) <= ulps * math.ulp(max(abs(y), term)))  # infinities are far from everything else


def differences(row: Row, args: Sequence[Any], found: Answer, due: Answer) -> list[str]:
    """What an answer has wrong."""
    value, partial = budget(row)
    term, slope = TERMS.get(row.key, lambda *_: (0.0, 0.0))(due.value, *args)
    wrong = []
    signs = found.value == due.value == 0 and math.copysign(1, found.value) != math.copysign(1, due.value)
    if signs or far(found.value, due.value, value, term):
        wrong.append("value")
    pairs = zip(found.partials or [], due.partials or [], strict=True)
    if (found.partials is None) != (due.partials is None) or any(far(p, q, partial, slope) for p, q in pairs):
        wrong.append("partials")
    wrong += [name for name in ("domain", "kink", "taken") if getattr(found, name) != getattr(due, name)]
    return wrong
