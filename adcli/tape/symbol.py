"""Symbols: the number type whose values are nodes, so that a row's partials print as a rule.

The arithmetic tidies as it builds (1*x is x, c - 1 of a whole number is worked out): it writes
derivative rules for people. What a user typed never passes through here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adcli.numbers.namespace import Namespace, Operand, tidy_and, tidy_or
from adcli.ops import TABLE, Row
from adcli.tape.tape import Builder


class Symbol(Operand):
    """A node under construction. `number` is its value when it is a decimal, else None."""

    __slots__ = ("space", "node", "number")

    def __init__(self, space: Symbols, node: int, number: Decimal | None = None):
        self.space = space
        self.node = node
        self.number = number


class Symbols(Namespace):
    """The namespace of symbols on one tape.

    `decide` says whether the condition at a node holds, where that is known (at a point): a decided
    `if` is the branch taken, an undecided one is written out.
    """

    def __init__(self, builder: Builder, decide: Callable[[int], bool | None] = lambda node: None):
        self.builder = builder
        self.decide = decide

    def input(self, name: str) -> Symbol:
        """A variable."""
        return Symbol(self, self.builder.input(name))

    def literal(self, text: str) -> Symbol:
        number = None if text in ("pi", "e", "tau") else Decimal(text)
        return Symbol(self, self.builder.literal(text), number)

    def lift(self, x: Any) -> Any:
        """A Python number as a symbol; negative numbers are negations of literals."""
        if isinstance(x, (Symbol, bool)):
            return x
        return self.decimal(Decimal(x))

    def decimal(self, x: Decimal) -> Symbol:
        """The literal of a decimal number."""
        text = format(abs(x).normalize(), "f")
        node = self.builder.literal(text)
        return Symbol(self, self.builder.apply(TABLE["neg"], node) if x < 0 else node, x)

    def value(self, row: Row) -> Callable[..., Any]:
        tidy = TIDY.get(row.key)
        if not row.infix and not row.name and row.define is not None:
            define = row.define  # a row outside the language is written as what it means
            return lambda *args: define(self, *(self.lift(x) for x in args))

        def build(*args: Any) -> Any:
            symbols = [self.lift(x) for x in args]
            if tidy is not None:
                short = tidy(self, *symbols)
                if short is not None:
                    return short
            return Symbol(self, self.builder.apply(row, *(s.node for s in symbols)))

        return build

    def times(self, x: Any, y: Any) -> Any:
        return x * y


def tidy_add(F: Symbols, x: Symbol, y: Symbol) -> Any:
    if x.number is not None and y.number is not None:
        return F.decimal(x.number + y.number)
    if x.number == 0:
        return y
    return x if y.number == 0 else None


def tidy_sub(F: Symbols, x: Symbol, y: Symbol) -> Any:
    if x.number is not None and y.number is not None:
        return F.decimal(x.number - y.number)
    if x.number == 0:
        return -y
    return x if y.number == 0 else None


def tidy_mul(F: Symbols, x: Symbol, y: Symbol) -> Any:
    if x.number is not None and y.number is not None:
        return F.decimal(x.number * y.number)
    for one, other in ((x, y), (y, x)):
        if one.number == 0:
            return one
        if one.number == 1:
            return other
        if one.number == -1:
            return -other
    if x.node == y.node:
        return F.powc(x, 2)
    over = numerator_is_one(F, y)
    if over is not None:
        return x / over
    return minus(F, y, lambda inner: -(x * inner))


def tidy_div(F: Symbols, x: Symbol, y: Symbol) -> Any:
    return x if y.number == 1 else None


def tidy_neg(F: Symbols, x: Symbol) -> Any:
    if x.number is not None:
        return F.decimal(-x.number)
    return minus(F, x, lambda inner: inner)


def tidy_powc(F: Symbols, x: Symbol, c: Symbol) -> Any:
    if c.number == 0:
        return F.literal("1")
    return x if c.number == 1 else None


def tidy_where(F: Symbols, c: Any, a: Symbol, b: Symbol) -> Any:
    held = c if isinstance(c, bool) else F.decide(c.node)
    return None if held is None else a if held else b


def tidy_not(F: Symbols, c: Any) -> bool | None:
    return not c if isinstance(c, bool) else None


def numerator_is_one(F: Symbols, y: Symbol) -> Any:
    """z where y is 1/z."""
    tape = F.builder.tape
    if tape.rows[y.node] is TABLE["div"] and tape.literals.get(tape.first[y.node]) == "1":
        return Symbol(F, tape.second[y.node])
    return None


def minus(F: Symbols, y: Symbol, then: Callable[[Symbol], Symbol]) -> Any:
    """`then(z)` where y is -z."""
    tape = F.builder.tape
    if y.number is None and tape.rows[y.node] is TABLE["neg"]:
        return then(Symbol(F, tape.first[y.node]))
    return None


def compare_numbers(holds: Callable[[Decimal, Decimal], bool]) -> Callable[..., bool | None]:
    """A comparison of two numbers is decided."""
    return lambda F, x, y: None if x.number is None or y.number is None else holds(x.number, y.number)


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
    "not_": tidy_not,
    "lt": compare_numbers(Decimal.__lt__),
    "le": compare_numbers(Decimal.__le__),
    "gt": compare_numbers(Decimal.__gt__),
    "ge": compare_numbers(Decimal.__ge__),
    "eq": compare_numbers(Decimal.__eq__),
    "ne": compare_numbers(Decimal.__ne__),
}
