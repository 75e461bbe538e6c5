"""Floats that count what is done with them: what a derivative costs, on the very engines that make it.

Counted are + - (and the unary minus), * /, and every call of an elementary function, as one, however long it takes;
in the values, in the partials of the rows, and in the sweeps. Not counted are comparisons, choices (`if`) and literals.
A multiplication by a partial of exactly 1 counts like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from adcli.numbers.real import REAL, Real, evaluate
from adcli.ops import TABLE, Row
from adcli.ops.row import ADD, MULTIPLY, NEGATE

ADDS, MULS, ELEMENTARY = "adds", "muls", "elementary"
KINDS = {ADD: ADDS, NEGATE: ADDS, MULTIPLY: MULS}


class Counted(float):
    """A float whose operators are counted in `tally`."""

    __slots__ = ()
    tally: dict[str, int]

    def __neg__(self) -> Counted:
        self.tally[ADDS] += 1
        return type(self)(-float(self))


def counting(row: Row, swapped: bool) -> Callable[[Counted, Any], Any]:
    """The operator of a row, counted."""
    kind = KINDS[row.level]

    def operate(self: Counted, other: Any) -> Any:
        if not isinstance(other, (float, int)):
            return NotImplemented  # a dual or a series over these floats
        self.tally[kind] += 1
        pair = (float(other), float(self)) if swapped else (float(self), float(other))
        return type(self)(evaluate(row, *pair))

    return operate


for key, name in {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv"}.items():
    setattr(Counted, f"__{name}__", counting(TABLE[key], False))
    setattr(Counted, f"__r{name}__", counting(TABLE[key], True))


class Counting(Real):
    """The namespace of floats that count, with a tally of its own."""

    faults = ()

    def __init__(self) -> None:
        self.tally = dict.fromkeys((ADDS, MULS, ELEMENTARY), 0)
        self.number: type[Counted] = type("Counted", (Counted,), {"__slots__": (), "tally": self.tally})

    def value(self, row: Row) -> Callable[..., Any]:
        if row.condition or row.tests:
            return REAL.value(row)
        tally, number = self.tally, self.number
        kind = KINDS.get(row.level, ELEMENTARY)

        def once(*args: float) -> Counted:
            tally[kind] += 1
            return number(evaluate(row, *map(float, args)))

        return once

    def literal(self, text: str) -> float:
        return self.number(super().literal(text))

    def seed(self, x: float) -> float:
        return self.number(x)

    def dot(self, xs: Sequence[float], ys: Sequence[float]) -> float:  # type: ignore[override]
        count = min(len(xs), len(ys))
        self.tally[MULS] += count
        self.tally[ADDS] += max(0, count - 1)
        return self.number(super().dot(list(map(float, xs)), list(map(float, ys))))

    def finite(self, values: Iterable[float | None]) -> bool:
        """The engines' own test: not arithmetic of the derivative, so it is not counted."""
        return super().finite(None if x is None else float(x) for x in values)
