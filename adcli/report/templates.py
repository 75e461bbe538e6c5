"""Formulas and rules as text with places for names and numbers: made once for all nodes alike, at any point.

A place is {x}, or [x] where a negative number needs brackets. x is a, b or c for an argument, v for the result and w
for the tangent or adjoint that a partial is multiplied by. A rule that depends on a condition is a choice:
[number of the condition, rule where it holds, rule elsewhere].
"""

from __future__ import annotations

import re
from typing import Any

from adcli.engines.linearise import evaluate
from adcli.numbers.script import function
from adcli.ops import CONSTANTS, Row
from adcli.tape.show import show_node
from adcli.tape.symbol import Symbol, Symbols
from adcli.tape.tape import Builder, Tape

PLACES = "abc"
RESULT, WEIGHT = "v", "w"
MARK = "-\0{}\0"  # looks like a negative number, so that show_node writes the brackets those need
BRACKETED, BARE = re.compile(r"(?<!\w)\(-\0(.)\0\)"), re.compile(r"-\0(.)\0")

Pattern = tuple[str, ...]  # per argument a place (of equal arguments the first), or the decimal text of a literal
Tree = list[Any]  # [partial, its product with the weight], or [condition, tree, tree]


def pattern(tape: Tape, k: int) -> Pattern:
    """How the arguments of a node stand in its formula. Whole and decimal literals are part of the text."""
    nodes = tape.arguments(k)
    found = []
    for a in nodes:
        literal = tape.literals.get(a)
        found.append(PLACES[nodes.index(a)] if literal is None or literal in CONSTANTS else literal)
    return tuple(found)


class Templates:
    """The templates of rows with patterns, made when first asked for.

    conditions   JavaScript functions of (a, b, c, v) that choices refer to, in order
    """

    def __init__(self) -> None:
        self.conditions: dict[str, int] = {}

    def formula(self, row: Row, places: Pattern) -> str:
        """The row applied to its arguments."""
        space = Symbols(Builder())
        node = space.builder.apply(row, *(argument(space, place).node for place in places))
        return template(space, Symbol(space, node))

    def rules(self, row: Row, places: Pattern) -> list[Tree | int]:
        """Per argument the rule of its partial, or 0 for a structural zero."""
        if row.partials is None:
            return []
        count = len(places)
        return [0 if self.missing(row, places, i) else self.tree(row, places, i, ()) for i in range(count)]

    def missing(self, row: Row, places: Pattern, i: int) -> bool:
        """Whether there is no edge to an argument: a structural zero does not depend on the point."""
        assert row.partials is not None
        space = Symbols(Builder())
        return place_of(i, places) is None or row.partials(space, *symbols(space, row, places))[i] is None

    def tree(self, row: Row, places: Pattern, i: int, taken: tuple[bool, ...]) -> Tree:
        """The rule of a partial, the first conditions it asks for answered by `taken`."""
        asked: list[int] = []

        def decide(node: int) -> bool:
            if node not in asked:
                asked.append(node)
            place = asked.index(node)
            return taken[place] if place < len(taken) else True

        space = Symbols(Builder(), decide)
        assert row.partials is not None
        partial = row.partials(space, *symbols(space, row, places))[i]
        term = space.input(WEIGHT) * partial
        if len(asked) <= len(taken):
            return [template(space, partial), template(space, term)]
        holds, fails = (self.tree(row, places, i, (*taken, held)) for held in (True, False))
        if holds == fails:  # the condition was that of another partial
            return holds
        return [self.condition(space.builder.tape, asked[len(taken)]), holds, fails]

    def condition(self, tape: Tape, node: int) -> int:
        """The number of a condition on a tape whose variables are places."""

        def holds(F: Any, *places: Any) -> Any:
            values = dict(zip((*PLACES, RESULT), places, strict=True))
            return evaluate(F, tape, [values.get(name, 0.0) for name in tape.variables])[node]

        return self.conditions.setdefault(function((*PLACES, RESULT), holds), len(self.conditions))


def place_of(i: int, places: Pattern) -> str | None:
    """The place of an argument, or None where a literal stands."""
    return places[i] if places[i] in tuple(PLACES) else None


def argument(space: Symbols, place: str) -> Symbol:
    return space.input(place) if place in tuple(PLACES) else space.literal(place)


def symbols(space: Symbols, row: Row, places: Pattern) -> list[Symbol]:
    """The result and the arguments. A rule that applies the row to them once more means the result."""
    args = [argument(space, place) for place in places]
    result = space.input(RESULT)
    space.builder.equate(result.node, row, *(s.node for s in args))
    return [result, *args]


def template(space: Symbols, symbol: Any) -> str:
    """The text of a formula, its leaves as places."""
    tape = space.builder.tape
    marks = {node: MARK.format(name) for name, node in zip(tape.variables, tape.inputs, strict=True)}
    text = show_node(tape, space.lift(symbol).node, marks.get)
    return BARE.sub(r"{\1}", BRACKETED.sub(r"[\1]", text))
