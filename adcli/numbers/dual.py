"""Dual numbers over any number type: a primal and a tangent, x + x'd with d*d = 0.

The rows' own partials give the arithmetic; sum, difference and product, which the sweeps run on, are written out.
An argument that is no dual is a constant. Tangents may be of another type than primals: floats with arrays for tangents
are floats with many directions at once.
Running a sweep on duals gives second derivatives (Griewank & Walther 2008, section 5.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dual) and other.space is self.space:
            return self.space.number(self.primal + other.primal, self.tangent + other.tangent)
        return NotImplemented if self.yields(other) else self.space.number(self.primal + other, self.tangent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Dual) and other.space is self.space:
            return self.space.number(self.primal - other.primal, self.tangent - other.tangent)
        return NotImplemented if self.yields(other) else self.space.number(self.primal - other, self.tangent)

    def __rsub__(self, other: Any) -> Any:
        return self.space.number(other - self.primal, -self.tangent)

    def __neg__(self) -> Any:
        return self.space.number(-self.primal, -self.tangent)

    def __mul__(self, other: Any) -> Any:
        """Primals multiply as their type does, 0*inf being nan; products with tangents are absolute."""
        scale = self.space.scale
        if isinstance(other, Dual) and other.space is self.space:
            tangent = scale(self.primal, other.tangent) + scale(other.primal, self.tangent)
            return self.space.number(self.primal * other.primal, tangent)
        if self.yields(other):
            return NotImplemented
        return self.space.number(self.primal * other, scale(other, self.tangent))

    __rmul__ = __mul__


class Duals(Namespace):
    """The namespace of duals over `base`, with tangents of the number type `tangents`."""

    def __init__(self, base: Namespace, tangents: Namespace):
        self.base = base
        self.tangents = tangents
        self.depth = base.depth + 1
        self.scale = tangents.times  # (number of the base type, tangent) -> tangent
        self.faults = base.faults
        self.number: type[Dual] = type("Dual", (Dual,), {"__slots__": (), "space": self})

    def value(self, row: Row) -> Callable[..., Any]:
        base, number, scale = self.base, self.number, self.scale
        evaluate, constant, slopes = base.value(row), base.sure(row), base.slopes(row)

        def lifted(*args: Any) -> Any:
            for x in args:
                if isinstance(x, number):
                    break
            else:
                return constant(*args)
            primals = [x.primal if isinstance(x, number) else x for x in args]
            if slopes is None:
                return constant(*primals)
            try:
                value = evaluate(*primals)
                partials = slopes(value, *primals)
            except base.faults:
                value, partials = base.again(row, *primals)
            tangent = None
            for x, p in zip(args, partials, strict=False):
                if p is not None and isinstance(x, number):
                    term = scale(p, x.tangent)
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

    def constant(self, x: Any) -> Any:
        return self.base.constant(x)

    def seed(self, x: Any) -> Any:
        return self.base.seed(x)

    def times(self, x: Any, y: Any) -> Any:
        """Each coefficient product is absolute."""
        times, scale, number = self.base.times, self.scale, self.number
        if not isinstance(x, number):
            x, y = y, x
        if not isinstance(x, number):
            return times(x, y)
        if not isinstance(y, number):
            return number(times(x.primal, y), scale(y, x.tangent))
        tangent = scale(x.primal, y.tangent) + scale(y.primal, x.tangent)
        return number(times(x.primal, y.primal), tangent)

    def finite(self, values: Iterable[Any]) -> bool:
        number = self.number
        primals: list[Any] = []
        tangents: list[Any] = []
        for x in values:
            if isinstance(x, number):
                primals.append(x.primal)
                tangents.append(x.tangent)
            elif x is not None:
                primals.append(x)
        return self.base.finite(primals) and self.tangents.finite(tangents)


def duals(base: Namespace, tangents: Namespace | None = None) -> Duals:
    """The duals over a number type (the same namespace each time), kept by it so that they live no longer than it."""
    kept: dict[Namespace | None, Duals] = base.__dict__.setdefault("_duals", {})
    if tangents not in kept:
        kept[tangents] = Duals(base, tangents or base)
    return kept[tangents]


def parts(x: Any) -> tuple[Any, Any]:
    """Primal and tangent of a dual, a number or None."""
    if x is None:
        return 0.0, 0.0
    return (x.primal, x.tangent) if isinstance(x, Dual) else (x, 0.0)
