"""Recorded numbers: the number type whose arithmetic writes down what is to be done.

The engines run once on these, and what they leave is straight-line code over primitive rows: values, partials and
sweeps together, each operation once. It is then run on blocks of points. What does not depend on an input is a
float, computed at once.

All tidying keeps every bit of a finite result: x*1 is x, a + (-b) is a - b, x^2 is x*x. Python numbers come from the
rows and the seeds; the literals of a program are floats of NumPy, and of these nothing is tidied away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.namespace import Namespace, Operand, tidy_and, tidy_or
from adcli.ops import TABLE, Row

Code = list[tuple[Row, tuple[int, ...]]]


class Recorded(Operand):
    """What one line of the code will hold: an input, or the result of a row."""

    __slots__ = ("space", "index")
    __array_ufunc__ = None  # floats of NumPy leave operators to us

    def __init__(self, space: Recorder, index: int):
        self.space = space
        self.index = index


class Recorder(Namespace):
    """The namespace of recorded numbers.

    code       (row, arguments) of every line; the first `width` lines are inputs and have none
    constants  what the arguments -1, -2, ... stand for
    absolute   whether all products of sweeps are absolute; else they are plain, which is right where all is finite
    """

    def __init__(self, width: int, absolute: bool = False):
        self.width = width
        self.absolute = absolute
        self.code: Code = []
        self.constants: list[Any] = []
        self._lines: dict[tuple[Row, tuple[int, ...]], Recorded] = {}
        self._places: dict[str, int] = {}

    def input(self, i: int) -> Recorded:
        """The i-th input."""
        return Recorded(self, i)

    def reference(self, x: Any) -> int:
        """A number as an argument: the line of what is recorded, or -1, -2, ... for a constant."""
        if isinstance(x, Recorded):
            return x.index
        key = str(bool(x)) if isinstance(x, (bool, np.bool_)) else float(x).hex()
        place = self._places.get(key)
        if place is None:
            self.constants.append(bool(x) if isinstance(x, (bool, np.bool_)) else float(x))
            place = self._places[key] = -len(self.constants)
        return place

    def value(self, row: Row) -> Callable[..., Any]:
        plain = ARRAY.value(row)
        written = None if row.array else row.floats or row.define
        tidy = TIDY.get(row.key)

        def record(*args: Any) -> Any:
            if not any(isinstance(x, Recorded) for x in args):
                with quietly():  # numbers of NumPy: those of Python raise where one divides by 0
                    return plain(*(np.float64(x) if x.__class__ in (int, float) else x for x in args))
            if tidy is not None:
                short = tidy(self, *args)
                if short is not None:
                    return short
            return self.line(row, *args) if written is None else written(self, *args)

        return record

    def line(self, row: Row, *args: Any) -> Recorded:
        """One more line of code, or the one that does the same."""
        references = tuple(map(self.reference, args))
        if row.key in COMMUTES and references[0] > references[1]:
            references = references[::-1]
        key = (row, references)
        known = self._lines.get(key)
        if known is None:
            known = self._lines[key] = Recorded(self, self.width + len(self.code))
            self.code.append(key)
        return known

    def negated(self, x: Any) -> Any:
        """What x is the negation of, or None."""
        if isinstance(x, Recorded) and x.index >= self.width:
            row, references = self.code[x.index - self.width]
            if row is NEG:
                return Recorded(self, references[0])
        return None

    def literal(self, text: str) -> Any:
        return ARRAY.literal(text)

    def times(self, x: Any, y: Any) -> Any:
        if not self.absolute:
            return x * y
        if is_python(x, 0) or is_python(y, 0):
            return 0
        zero = self.or_(self.eq(x, 0.0), self.eq(y, 0.0))
        return self.where(zero, 0.0, x * y)

    def quietly(self) -> AbstractContextManager[Any]:
        return quietly()

    def everywhere(self, condition: Any) -> bool:
        raise NotImplementedError("what is recorded has no value yet")

    def finite(self, values: Iterable[Any]) -> bool:
        """Whether plain products do: that is found out where the code is run."""
        return not self.absolute


def is_python(x: Any, number: float) -> bool:
    """Whether x is this number, and none that a user wrote."""
    return x.__class__ in (int, float) and x == number


def tidy_add(F: Recorder, x: Any, y: Any) -> Any:
    for one, other in ((x, y), (y, x)):
        if is_python(one, 0):
            return other
        inner = F.negated(one)
        if inner is not None:
            return other - inner
    return None


def tidy_sub(F: Recorder, x: Any, y: Any) -> Any:
    if is_python(y, 0):
        return x
    inner = F.negated(y)
    return None if inner is None else x + inner


def tidy_mul(F: Recorder, x: Any, y: Any) -> Any:
    for one, other in ((x, y), (y, x)):
        if is_python(one, 0):
            return 0
        if is_python(one, 1):
            return other
        if is_python(one, -1):
            return -other
        inner = F.negated(one)
        if inner is not None:
            return -(inner * other)
    return None


def tidy_div(F: Recorder, x: Any, y: Any) -> Any:
    if is_python(y, 1):
        return x
    inner = F.negated(x)
    return None if inner is None else -(inner / y)


def tidy_neg(F: Recorder, x: Any) -> Any:
    return F.negated(x)


def tidy_powc(F: Recorder, x: Any, c: Any) -> Any:
    """Small powers as products (at most 1.5 ulp); the square root adds 0 because (-0)^0.5 is 0.

    The root differs from the power at -inf, where it is nan: then all is done again with absolute products.
    """
    if isinstance(c, Recorded):
        return None
    if c == 0:
        return 1.0
    if c == 1:
        return x
    if c == -1:
        return F.div(1.0, x)
    if c in (2, 3, 4):
        square = x * x
        return square if c == 2 else square * x if c == 3 else square * square
    if c == 0.5 and not F.absolute:
        return F.line(TABLE["add"], F.sqrt(x), 0.0)
    return F.line(TABLE["pow"], x, c)


def tidy_where(F: Recorder, c: Any, x: Any, y: Any) -> Any:
    return None if isinstance(c, Recorded) else x if c else y


NEG = TABLE["neg"]
COMMUTES = ("add", "mul")
TIDY: dict[str, Callable[..., Any]] = {
    "add": tidy_add,
    "sub": tidy_sub,
    "mul": tidy_mul,
    "div": tidy_div,
    "neg": tidy_neg,
    "powc": tidy_powc,
    "where": tidy_where,
    "and_": tidy_and,
    "or_": tidy_or,
}
