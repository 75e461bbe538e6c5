"""The rules of the table as text: what `functions` prints, and the words of a domain note."""

from __future__ import annotations

from typing import Any

from adcli.ops.row import Lambda, Row
from adcli.tape.show import show_node
from adcli.tape.symbol import Symbols
from adcli.tape.tape import Builder


def traced(row: Row) -> tuple[Symbols, list[Any]]:
    """A fresh namespace of symbols and the row's parameters in it."""
    space = Symbols(Builder())
    return space, [space.input(name) for name in row.params]


def text(space: Symbols, value: Any) -> str:
    """A traced value as source text."""
    return show_node(space.builder.tape, space.lift(value).node)


def condition_text(row: Row, condition: Lambda | None) -> str:
    """A domain or kink of a row, such as 'x > 0'; empty for none."""
    if condition is None:
        return ""
    space, args = traced(row)
    return text(space, condition(space, *args))


def partial_texts(row: Row) -> list[str | None]:
    """The partials of a row in its parameters, such as ['cos(x)']; None for a structural zero."""
    if row.partials is None:
        return []
    space, args = traced(row)
    value = space.value(row)(*args)
    return [None if p is None else text(space, p) for p in row.partials(space, value, *args)]


def definition_text(row: Row) -> str:
    """What a row with a definition means, such as '1/cos(x)'; empty for a primitive."""
    if row.define is None:
        return ""
    space, args = traced(row)
    return text(space, row.define(space, *args))
