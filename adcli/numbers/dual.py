"""Dual numbers over any number type: a primal and a tangent, x + x'd with d*d = 0.

The arithmetic comes from the rows' own partials, so nothing here knows an op by name. An argument
that is no dual is a constant.
Running a sweep on duals gives second derivatives (Griewank & Walther 2008, section 5.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from adcli.numbers.namespace import Namespace, Operand
from adcli.ops import Row


class Dual(Operand):
    """A primal and its tangent, both numbers of the base type."""

    __slots__ = ("primal", "tangent")
    space: Duals

    def __init__(self, primal: Any, tangent: Any):
        self.primal = primal
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"


class Duals(Namespace):
    """The namespace of duals over `base`."""

    def __init__(self, base: Namespace):
        self.base = base
        self.faults = base.faults
        self.number: type[Dual] = type("Dual", (Dual,), {"__slots__": (), "space": self})

    def value(self, row: Row) -> Callable[..., Any]:
        base, number = self.base, self.number
        evaluate, slopes = base.value(row), base.slopes(row)

        def lifted(*args: Any) -> Any:
            primals = [x.primal if isinstance(x, number) else x for x in args]
            try:
                value = evaluate(*primals)
                partials = () if slopes is None else slopes(value, *primals)
            except base.faults:
                value, partials = base.again(row, *primals)
            tangent = None
            for x, p in zip(args, partials, strict=False):
                if p is not None and isinstance(x, number):
                    term = base.times(p, x.tangent)
                    tangent = term if tangent is None else tangent + term
            return value if tangent is None else number(value, tangent)

        return lifted

    def again(self, row: Row, *args: Any) -> tuple[Any, Any]:
        """Value and partials with every argument a dual: then the base type evaluates each row anew."""
        lifted = [x if isinstance(x, (self.number, bool)) else self.number(x, 0.0) for x in args]
        value, slopes = self.value(row)(*lifted), self.slopes(row)
        return value, () if slopes is None else slopes(value, *lifted)

    def literal(self, text: str) -> Any:
        return self.base.literal(text)

    def times(self, x: Any, y: Any) -> Any:
        """Each coefficient product is absolute."""
        times, number = self.base.times, self.number
        if not isinstance(x, number):
            x, y = y, x
        if not isinstance(x, number):
            return times(x, y)
        if not isinstance(y, number):
            return number(times(x.primal, y), times(x.tangent, y))
        tangent = times(x.primal, y.tangent) + times(x.tangent, y.primal)
        return number(times(x.primal, y.primal), tangent)

    def finite(self, values: Iterable[Any]) -> bool:
        number = self.number
        parts: list[Any] = []
        for x in values:
            parts += (x.primal, x.tangent) if isinstance(x, number) else (x,)
        return self.base.finite(parts)


@cache
def duals(base: Namespace) -> Duals:
    """The duals over a number type (the same namespace each time)."""
    return Duals(base)
