"""Rows of the op table against the truth, point by point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.real import REAL
from adcli.ops import TABLE, Row

from .points import SMALLEST_NORMAL, draws
from .truth import Open, Overflow, exact, ulps

SEED = "1"
ROWS = [key for key, row in TABLE.items() if not row.condition]
AT_SUBNORMAL = "at subnormal numbers"
FAINT = 2.0**-1000
TRIES = 40  # points drawn for one that counts, at most


@dataclass
class Worst:
    """The largest error of one column, and where it is."""

    error: float = 0.0
    at: list[Any] = field(default_factory=list)

    def take(self, error: float, at: list[Any]) -> None:
        if error > self.error:
            self.error, self.at = error, at


@dataclass
class Side:
    """The worst of one number type, a column for the value and each partial: at ordinary and at subnormal points."""

    usual: list[Worst]
    subnormal: list[Worst]

    def pair(self, subnormal: bool = False) -> tuple[float, float]:
        """(value, partial): the largest errors."""
        value, *partials = self.subnormal if subnormal else self.usual
        return value.error, max((w.error for w in partials), default=0.0)


@dataclass
class Finding:
    """What was found of one row at so many points, `subnormal` of them with a subnormal number.

    `open` points were drawn as well, but their truth is not proven; at those `beyond` it is too large for a float.
    """

    key: str
    points: int
    subnormal: int
    open: int
    beyond: int
    floats: Side
    arrays: Side

    @property
    def budget(self) -> tuple[float, float]:
        return TABLE[self.key].ulp

    def outside(self, side: Side) -> list[str]:
        """What is outside the budget: 'value', 'partial', or either 'at subnormal numbers' alone."""
        found = []
        for i, (name, limit) in enumerate(zip(("value", "partial"), self.budget, strict=True)):
            if side.pair()[i] > limit:
                found.append(name)
            elif side.pair(subnormal=True)[i] > limit:
                found.append(f"{name} {AT_SUBNORMAL}")
        return found


def by_floats(row: Row, args: list[Any]) -> list[Any]:
    """The value and the partials, as the engines work them out."""
    try:
        value = REAL.value(row)(*args)
        partials = REAL.slopes(row)(value, *args)  # type: ignore[misc]
    except REAL.faults:
        value, partials = REAL.again(row, *args)
    return [value, *partials]


def by_arrays(row: Row, points: list[list[Any]]) -> list[list[Any]]:
    """The same of many points that have the constants of the row in common."""
    columns = [
        np.float64(column[0]) if i in row.constant else np.array(column)
        for i, column in enumerate(zip(*points, strict=True))
    ]
    with quietly():
        value = ARRAY.value(row)(*columns)
        partials = ARRAY.slopes(row)(value, *columns)  # type: ignore[misc]
    found = [x if x is None else np.broadcast_to(x, (len(points),)) for x in (value, *partials)]
    return [[x if x is None else float(x[k]) for x in found] for k in range(len(points))]


def is_subnormal(args: list[Any], truth: list[Any]) -> bool:
    """Whether an argument is below the smallest normal float, or a result so near to it that one on the way may be."""
    arguments = (0 < abs(x) < SMALLEST_NORMAL for x in args if x.__class__ is float)
    return any(arguments) or any(x is not None and bool(0 < abs(x) < FAINT) for x in truth)


def audit(key: str, points: int, seed: str = SEED) -> Finding:
    """Draw points until so many count, and compare floats and arrays with the truth at each."""
    row = TABLE[key]
    unproven = beyond = 0
    chosen: list[list[Any]] = []
    truths: list[list[Any]] = []
    for tries, args in enumerate(draws(row, seed)):
        if len(chosen) == points or tries == TRIES * points:
            break
        try:
            value, partials = exact(row, args)
        except Open:
            unproven += 1
        except Overflow:
            beyond += 1
        else:
            chosen.append(args)
            truths.append([value, *partials])
    small = [is_subnormal(args, truth) for args, truth in zip(chosen, truths, strict=True)]
    floats = compared(chosen, [by_floats(row, args) for args in chosen], truths, small)
    arrays = compared(chosen, in_arrays(row, chosen), truths, small)
    return Finding(key, len(chosen), sum(small), unproven, beyond, floats, arrays)


def in_arrays(row: Row, points: list[list[Any]]) -> list[list[Any]]:
    """`by_arrays` of any points: those with the same constants at once."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for k, args in enumerate(points):
        groups.setdefault(tuple(args[i] for i in row.constant), []).append(k)
    found: dict[int, list[Any]] = {}
    for group in groups.values():
        found.update(zip(group, by_arrays(row, [points[k] for k in group]), strict=True))
    return [found[k] for k in range(len(points))]


def compared(points: list[list[Any]], found: list[list[Any]], truths: list[list[Any]], small: list[bool]) -> Side:
    """The largest errors."""
    columns = range(1 + len(points[0]))
    side = Side([Worst() for _ in columns], [Worst() for _ in columns])
    for args, results, exactly, subnormal in zip(points, found, truths, small, strict=True):
        worst = side.subnormal if subnormal else side.usual
        for column, x, truth in zip(worst, results, exactly, strict=True):
            if x is not None and truth is not None:
                column.take(ulps(x, truth), args)
    return side
