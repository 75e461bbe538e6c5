"""What every number type shares: callables for rows, resolved on first use.

A number type is a namespace `F`: `F.sin(x)` for every row of the op table, `F.pi`, `F.literal(text)`,
and the absolute product `F.times`. The engines use it through these and know nothing else:

    F.value(row)     callable (*args) -> value
    F.slopes(row)    callable (value, *args) -> one partial (or None) per argument
    F.faults         exceptions after which the engine evaluates the row again, with F.again
    F.seed(x)        a seed as a number of this type
    F.finite(x)      whether all of x is finite

Number types built upon another use F.sure(row), which never raises, F.dot, F.quotient and F.everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, cached_property, partial
from typing import Any

from adcli.ops import CONSTANTS, TABLE, Row


@cache
def resolve(name: str) -> Any:
    """The object of a dotted name. Names come from the op table alone, never from a user."""
    from importlib import import_module

    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


class Namespace:
    """Base of the number types; a subclass says where its hosts are (`host`) and what a literal is."""

    faults: tuple[type[Exception], ...] = ()
    depth = 0  # how many number types it is built upon

    def __getattr__(self, key: str) -> Any:
        if key in CONSTANTS:
            found = self.literal(key)
        elif key in TABLE:
            found = self.value(TABLE[key])
        else:
            raise AttributeError(key)
        setattr(self, key, found)
        return found

    def host(self, row: Row) -> Callable[..., Any] | None:
        """The native implementation of a row, or None to use its definition."""
        raise NotImplementedError

    def value(self, row: Row) -> Callable[..., Any]:
        """The evaluator of a row: its host, else its definition over this namespace."""
        found = self.host(row)
        if found is None:
            define = row.define
            if define is None:
                raise NotImplementedError(f"{row.key} has neither host nor definition for {type(self).__name__}")
            found = partial(define, self)
        return found

    def sure(self, row: Row) -> Callable[..., Any]:
        """The evaluator of a row that never raises: where the plain one does, the row is evaluated again."""
        plain, faults = self.value(row), self.faults
        if not faults:
            return plain

        def sure(*args: Any) -> Any:
            try:
                return plain(*args)
            except faults:
                return self.again(row, *args)[0]

        return sure

    def slopes(self, row: Row) -> Callable[..., Any] | None:
        """The partials of a row, bound to this namespace; None for a condition."""
        return None if row.partials is None else partial(row.partials, self)

    def again(self, row: Row, *args: Any) -> tuple[Any, Any]:
        """Value and partials of a row whose plain evaluation raised one of `faults`."""
        raise NotImplementedError

    def literal(self, text: str) -> Any:
        """The number that a decimal text, or the name of a constant, stands for."""
        raise NotImplementedError

    def constant(self, x: Any) -> Any:
        """A number of Python that stands in a rule, so that what is divided by it is as exact as this type."""
        return x

    def seed(self, x: Any) -> Any:
        """A seed of a sweep: a float is taken as it is by every type that does not count."""
        return x

    def times(self, x: Any, y: Any) -> Any:
        """The absolute product: 0 where either factor is exactly 0, even against inf and nan."""
        raise NotImplementedError

    def dot(self, xs: Iterable[Any], ys: Iterable[Any]) -> Any:
        """The sum of absolute products; 0 for no numbers."""
        total: Any = None
        for x, y in zip(xs, ys, strict=False):
            term = self.times(x, y)
            total = term if total is None else total + term
        return 0.0 if total is None else total

    @cached_property
    def quotient(self) -> Callable[[Any, Any], Any]:
        """x/y that never raises, as only `F.div` and `/` may."""
        return self.sure(TABLE["div"])

    def quietly(self) -> AbstractContextManager[Any]:
        """The context in which the engines run, so that inf and nan are answers."""
        return nullcontext()

    def everywhere(self, condition: Any) -> bool:
        """Whether a condition holds, at all points where the numbers are of several."""
        return bool(condition)

    def possible(self, condition: Any) -> Any:
        """Whether a condition may hold: of a type on which it can stay open, also where it is."""
        return condition

    def finite(self, values: Iterable[Any]) -> bool:
        """Whether every number of a column (None for no number) is finite."""
        raise NotImplementedError


class Operand:
    """A number whose operators are the rows of its namespace: `x + y` is `space.add(x, y)`.

    Between numbers of two types the outer one decides, to which the other is a constant.
    """

    __slots__ = ()
    space: Any

    def yields(self, other: Any) -> bool:
        """Whether the other number is of a type built upon this one's."""
        return isinstance(other, Operand) and other.space.depth > self.space.depth

    def __add__(self, other: Any) -> Any:
        return NotImplemented if self.yields(other) else self.space.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return self.space.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if self.yields(other) else self.space.sub(self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.space.sub(other, self)

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if self.yields(other) else self.space.mul(self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.space.mul(other, self)

    def __truediv__(self, other: Any) -> Any:
        return NotImplemented if self.yields(other) else self.space.div(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.space.div(other, self)

    def __neg__(self) -> Any:
        return self.space.neg(self)


def tidy_and(F: Namespace, c: Any, d: Any) -> Any:
    """`c and d` where one of them is known, and so no `Operand`; else None."""
    for one, other in ((c, d), (d, c)):
        if not isinstance(one, Operand):
            return other if one else False
    return None


def tidy_or(F: Namespace, c: Any, d: Any) -> Any:
    """`c or d` where one of them is known; else None."""
    for one, other in ((c, d), (d, c)):
        if not isinstance(one, Operand):
            return True if one else other
    return None
