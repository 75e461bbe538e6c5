"""Floats with IEEE 754 results everywhere.

Bare floats and `math` do the work. Where Python raises instead of giving inf or nan (1/0, ln(0),
exp(1000)), that one row is evaluated again on `Quiet` floats, whose operators and hosts do not raise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import mul
from typing import Any

from adcli.numbers.namespace import Namespace, resolve
from adcli.ops import Row

FAULTS = (ZeroDivisionError, OverflowError, ValueError)
CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}


def sign(x: float) -> float:
    """-1, 0 or 1; nan for nan."""
    return x if x != x else float((x > 0) - (x < 0))


def floor(x: float) -> float:
    """Largest whole number not above x, as a float; infinities and nan stay."""
    return x - x % 1 if -4503599627370496 < x < 4503599627370496 else x


def ceil(x: float) -> float:
    """Smallest whole number not below x, as a float."""
    return -floor(-x)


def nearest(x: float) -> float:
    """Nearest whole number, halves to the even one, as `numpy.rint`."""
    return math.copysign(float(round(x)), x) if math.isfinite(x) else x


def larger(x: float, y: float) -> float:
    """The larger; nan if either is, as `numpy.maximum`."""
    return x if x > y or x != x else y


def smaller(x: float, y: float) -> float:
    """The smaller; nan if either is, as `numpy.minimum`."""
    return x if x < y or x != x else y


def summed(terms: Iterable[float]) -> float:
    """The sum, rounded once; nan of both infinities, and inf beyond the range, where `math.fsum` raises."""
    found = list(terms)
    try:
        return math.fsum(found)
    except (OverflowError, ValueError):
        return float(sum(found))


def where(c: bool, x: float, y: float) -> float:
    """x where the condition holds, else y."""
    return x if c else y


class Real(Namespace):
    """Python floats. Shapes: every value is one float (conditions: one bool)."""

    faults: tuple[type[Exception], ...] = FAULTS

    def host(self, row: Row) -> Callable[..., Any] | None:
        if row.real:
            return resolve(row.real)  # type: ignore[no-any-return]
        return None if row.floats is None else lambda *args: row.floats(self, *args)  # type: ignore[misc]

    def again(self, row: Row, *args: Any) -> tuple[Any, Any]:
        arguments = [quiet_number(x) for x in args]
        value = QUIET.value(row)(*arguments)
        slopes = QUIET.slopes(row)
        partials = () if slopes is None else slopes(value, *arguments)
        return plain(value), tuple(plain(p) for p in partials)

    def literal(self, text: str) -> float:
        constant = CONSTANTS.get(text)
        return float(text) if constant is None else constant

    def seed(self, x: float) -> float:
        return float(x)

    def times(self, x: float, y: float) -> float:
        return x * y if x and y else 0.0

    def dot(self, xs: Sequence[float], ys: Sequence[float]) -> float:  # type: ignore[override]  # read twice
        try:
            total = math.fsum(map(mul, xs, ys))  # rounded once, so it is the same on every Python: `sum` is not
        except (OverflowError, ValueError):  # beyond the range on the way, or both infinities
            total = math.nan
        if total - total == 0:
            return total
        total = 0.0
        for x, y in zip(xs, ys, strict=False):
            total += self.times(x, y)
        return total

    def finite(self, values: Iterable[float | None]) -> bool:
        total = 0.0
        for x in values:
            if x is not None:
                total += x
        return total - total == 0


class Quiet(float):
    """A float whose division does not raise. Its other operators never do."""

    __slots__ = ()

    def __add__(self, other: float) -> Quiet:
        return Quiet(float.__add__(self, other))

    def __sub__(self, other: float) -> Quiet:
        return Quiet(float.__sub__(self, other))

    def __mul__(self, other: float) -> Quiet:
        return Quiet(float.__mul__(self, other))

    def __truediv__(self, other: float) -> Quiet:
        if other:
            return Quiet(float.__truediv__(self, other))
        if self != self or not self or other != other:
            return Quiet(math.nan)
        return Quiet(math.copysign(math.inf, math.copysign(1, self) * math.copysign(1, other)))

    def __mod__(self, other: float) -> Quiet:
        return Quiet(float.__mod__(self, other) if other else math.nan)

    def __neg__(self) -> Quiet:
        return Quiet(float.__neg__(self))

    def __radd__(self, other: float) -> Quiet:
        return Quiet(other) + self

    def __rsub__(self, other: float) -> Quiet:
        return Quiet(other) - self

    def __rmul__(self, other: float) -> Quiet:
        return Quiet(other) * self

    def __rtruediv__(self, other: float) -> Quiet:
        return Quiet(other) / self


def quiet_number(x: Any) -> Any:
    return x if isinstance(x, bool) else Quiet(x)


def plain(x: Any) -> Any:
    return x if x is None or isinstance(x, bool) else float(x)


class QuietReal(Real):
    """Quiet floats: every host answers as IEEE 754 does."""

    faults = ()

    def host(self, row: Row) -> Callable[..., Any] | None:
        native = super().host(row)
        if native is None or row.condition:
            return native

        def quiet(*args: Any) -> Quiet:
            try:
                return Quiet(native(*args))
            except (OverflowError, ValueError, ZeroDivisionError) as fault:
                if row.edge is not None:
                    return Quiet(row.edge(*args))
                return Quiet(math.inf if isinstance(fault, OverflowError) else math.nan)

        return quiet

    def literal(self, text: str) -> float:
        return Quiet(super().literal(text))


REAL = Real()
QUIET = QuietReal()
sure = cache(REAL.sure)


def evaluate(row: Row, *args: Any) -> Any:
    """The IEEE value of one row at floats."""
    return sure(row)(*args)
