"""Taylor series over any number type: x(t) = x0 + x1*t + x2*t^2 + ..., coefficients found when asked for.

The arithmetic comes from the rows' own partials: v' = f'(x)*x', integrated order by order, gives
k*v[k] = sum of j*x[j]*p[k-j] with the partial p as a series itself (Griewank & Walther 2008, section 13.2).
A row may give a recurrence instead. Coefficients are lazy and equal series are one object, so that the rules
of sine and cosine, each the partial of the other, come to an end. Over another series type the coefficients are series
in a second variable: mixed partials.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from adcli.numbers.namespace import Namespace, Operand
from adcli.ops import TABLE, Row

TIMES = replace(TABLE["mul"], key="times")  # absolute: 0 where either factor is 0 at t = 0


class Exhausted(Exception):
    """The series of an expansion do not fit in its budget."""


class Budget:
    """How many coefficients may still be promised, to all spaces of one expansion together.

    Partials make series of their own as the order rises, so what an expansion will hold is known only while it is made:
    each series is charged `size` coefficients, what it can come to hold, when it is made.
    """

    __slots__ = ("left", "size")

    def __init__(self, left: float = math.inf, size: int = 1):
        self.left = left
        self.size = size

    def charge(self) -> None:
        """One more series. Raises Exhausted."""
        self.left -= self.size
        if self.left < 0:
            raise Exhausted


class Series(Operand):
    """A row applied to arguments, at least one of them a series; `known` are its coefficients so far."""

    __slots__ = ("row", "args", "known", "moments", "_slopes", "_taken", "_recurs")
    space: SeriesSpace

    def __init__(self, row: Row | None, args: Sequence[Any], known: list[Any]):
        self.row = row
        self.args = args
        self.known = known
        self.moments: list[Any] = []  # k*x[k], which every use of x as an argument needs
        self._slopes: list[tuple[Any, Any]] | None = None
        self._taken: Sequence[Any] | None = None
        self._recurs: bool | None = None

    def coefficient(self, k: int) -> Any:
        """The coefficient of t^k, a number of the base type."""
        if len(self.known) <= k:
            force(self, k)
        return self.known[k]

    @property
    def slopes(self) -> list[tuple[Any, Any]]:
        """(argument, partial) for the arguments that are series and whose partial is not exactly 0."""
        if self._slopes is None:
            space, row = self.space, self.row
            if row is None or row.partials is None:
                self._slopes = []
            else:
                try:
                    partials = row.partials(space, self, *map(space.constant, self.args))
                except space.hazards:  # a constant divided by another: as series, no operator of theirs raises
                    partials = row.partials(space, self, *map(space.lift, self.args))
                self._slopes = [
                    (x, p)
                    for x, p in zip(self.args, partials, strict=True)
                    if isinstance(x, space.number) and p is not None and (isinstance(p, Operand) or p != 0)
                ]
        return self._slopes

    @property
    def taken(self) -> Sequence[Any]:
        """Per argument, whether the value depends on it here."""
        if self._taken is None:
            row = self.row
            assert row is not None
            taken = () if row.taken is None else row.taken(self.space, *self.args)
            self._taken = [self.space.possible(c) for c in taken] or [True] * len(self.args)
        return self._taken

    @property
    def recurs(self) -> bool:
        """Whether the row's own recurrence is used."""
        if self._recurs is None:
            space, row = self.space, self.row
            self._recurs = (
                row is not None
                and row.series is not None
                and all(isinstance(self.args[i], space.number) for i in row.bends)
                and (row.recurs is None or space.everywhere(row.recurs(space, *self.args)))
            )
        return self._recurs

    def missing(self, k: int) -> tuple[Series, int] | None:
        """A coefficient that must be known before the k-th of this one, if there is any."""
        number = self.space.number
        if self.row is None:
            return None
        if k == 0:
            for x, used in zip(self.args, self.taken, strict=True):
                if used and isinstance(x, number) and not x.known:
                    return x, 0
        elif self.recurs:
            for x in self.args:
                if isinstance(x, number) and len(x.known) <= k:
                    return x, k
        else:
            for x, p in self.slopes:
                if len(x.known) <= k:
                    return x, k
                if isinstance(p, number) and len(p.known) < k:
                    return p, k - 1
        return None

    def extend(self, k: int) -> None:
        """Find the k-th coefficient; those before it and all that it needs are known."""
        self.known.append(self.first() if k == 0 else self.next(k))
        if k and self.row is not None:  # beyond those given, a variable has none: products with 0 are not made
            self.moments.append(self.known[k] * k)

    def first(self) -> Any:
        space, row = self.space, self.row
        assert row is not None
        # An argument that the value does not depend on (the branch not taken) is not even evaluated.
        args = [space.leading(x) if used else 0.0 for x, used in zip(self.args, self.taken, strict=True)]
        return space.plain(row)(*args)

    def next(self, k: int) -> Any:
        space, row = self.space, self.row
        if row is None:
            return 0.0
        number, base = space.number, space.base
        if self.recurs:
            assert row.series is not None
            return row.series(base, k, self.known, *(space.coefficients(x, k) for x in self.args))
        total: Any = None
        integrals: Any = None
        for x, p in self.slopes:
            if isinstance(p, number):
                moments = x.moments[:k]
                term = base.dot(moments, p.known[k - len(moments) : k][::-1])
                integrals = term if integrals is None else integrals + term
            else:
                term = base.times(p, x.known[k])
                total = term if total is None else total + term
        if integrals is not None:
            total = integrals / k if total is None else total + integrals / k
        return 0.0 if total is None else total


def force(series: Series, order: int) -> None:
    """Find the coefficients of a series up to an order, with all that they need; an explicit stack, no recursion."""
    stack = [(series, order)]
    while stack:
        top, k = stack[-1]
        known = len(top.known)
        if known > k:
            stack.pop()
            continue
        wanted = top.missing(known)
        if wanted is None:
            top.extend(known)
        else:
            stack.append(wanted)


class SeriesSpace(Namespace):
    """The namespace of series over `base`. What is no series is a constant.

    Each space is one expansion: its table of equal series lives as long as it does. Over another such space it is part
    of the same expansion and shares its budget. Raises Exhausted, at any call, where that is given and used up.
    """

    def __init__(self, base: Namespace, budget: Budget | None = None):
        self.base = base
        self.depth = base.depth + 1
        self.hazards: tuple[type[Exception], ...] = base.hazards if isinstance(base, SeriesSpace) else base.faults
        self.budget: Budget = budget or (base.budget if isinstance(base, SeriesSpace) else Budget())
        self.plain = cache(lambda row: base.times if row is TIMES else base.sure(row))
        self.number: type[Series] = type("Series", (Series,), {"__slots__": (), "space": self})
        self._equal: dict[tuple[Any, ...], Series] = {}

    def variable(self, *coefficients: Any) -> Series:
        """The series with these coefficients, 0 beyond them."""
        found = self.number(None, (), list(coefficients))
        found.moments = [x * k for k, x in enumerate(coefficients)][1:]
        return found

    def lift(self, x: Any) -> Any:
        """A constant as a series; conditions stay what they are."""
        return x if isinstance(x, (self.number, bool)) else self.variable(x)

    def value(self, row: Row) -> Callable[..., Any]:
        number, equal, plain, budget = self.number, self._equal, self.plain(row), self.budget

        def lifted(*args: Any) -> Any:
            if not any(isinstance(x, number) for x in args):
                return plain(*args)
            if row.condition:
                return plain(*map(self.leading, args))
            # A constant is known by its text: 0.0 and -0.0, 1 and True are different arguments.
            key = (row, *(x if isinstance(x, Operand) else repr(x) for x in args))
            found = equal.get(key)
            if found is None:
                budget.charge()
                found = equal[key] = number(row, args, [])
            return found

        return lifted

    def leading(self, x: Any) -> Any:
        """The value at t = 0."""
        return x.coefficient(0) if isinstance(x, self.number) else x

    def coefficients(self, x: Any, k: int) -> list[Any]:
        """Coefficients 0 to k."""
        return x.known[: k + 1] if isinstance(x, self.number) else [x, *[0.0] * k]

    def coefficient(self, x: Any, k: int) -> Any:
        """The coefficient of t^k of a series or a constant."""
        if isinstance(x, self.number):
            return x.coefficient(k)
        return x if k == 0 else 0.0

    def literal(self, text: str) -> Any:
        return self.base.literal(text)

    def constant(self, x: Any) -> Any:
        return self.base.constant(x)

    def everywhere(self, condition: Any) -> bool:
        return self.base.everywhere(condition)

    def possible(self, condition: Any) -> Any:
        return self.base.possible(condition)

    def times(self, x: Any, y: Any) -> Any:
        """Each coefficient product is absolute, that of the values at t = 0 too."""
        if isinstance(x, self.number) or isinstance(y, self.number):
            return self.value(TIMES)(x, y)
        return self.base.times(x, y)

    def finite(self, values: Iterable[Any]) -> bool:
        return self.base.finite(c for x in values for c in (x.known if isinstance(x, self.number) else [x]))
