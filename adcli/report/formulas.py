"""Formulas of a trace in node names, and the same with numbers put in.

Both are read off the row's own partials, traced on symbols whose leaves are the nodes' names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adcli.engines.linearise import evaluate
from adcli.numbers.dual import Duals
from adcli.numbers.real import REAL
from adcli.numbers.text import write
from adcli.ops import CONSTANTS
from adcli.report.document import View
from adcli.tape.show import is_longer, show_node
from adcli.tape.symbol import Symbol, Symbols
from adcli.tape.tape import Builder
from adcli.trace import SecondTerm, Trace

LONG_CONSTANT = 20  # characters, beyond which a constant gets a name
VAST = 200  # operations, beyond which it is known by its value only


class Formula:
    """One formula under construction: symbols, and what number each leaf stands for."""

    def __init__(self) -> None:
        self.space = Symbols(Builder(), self.decide)
        self.numbers: dict[str, Any] = {}

    def leaf(self, name: str, number: Any) -> Symbol:
        """A leaf that prints as `name`."""
        self.numbers[name] = number
        return self.space.input(name)

    def decide(self, node: int) -> bool:
        """Whether a condition holds at the point: the rule shown is that of the branch taken."""
        tape = self.space.builder.tape
        return bool(evaluate(REAL, tape, [self.numbers[name] for name in tape.variables])[node])

    def text(self, symbol: Any) -> str:
        """The formula in names."""
        return show_node(self.space.builder.tape, self.space.lift(symbol).node)

    def text_with_numbers(self, symbol: Any, number: Callable[[Any], str]) -> str:
        """The formula with the leaves' numbers put in."""
        tape = self.space.builder.tape
        known = {node: number(self.numbers[name]) for name, node in zip(tape.variables, tape.inputs, strict=True)}
        return show_node(tape, self.space.lift(symbol).node, known.get)


def node_text(trace: Trace, k: int) -> str:
    """A node by name; a constant as it was written."""
    return trace.names.get(k) or constant_text(trace, k)


def constant_text(trace: Trace, node: int) -> str:
    """A constant as it was written; one that sharing makes vast, by its value."""
    if is_longer(trace.tape, node, VAST):
        return f"a constant of many parts, {write(trace.linear.values[node])}"
    return show_node(trace.tape, node)


class Formulas:
    """The formulas of one trace."""

    def __init__(self, trace: Trace, view: View):
        self.trace = trace
        self.view = view
        self.constants: dict[int, str] = {}  # long constants: node -> c1, c2, ...
        tape = trace.tape
        for k in trace.constants:
            if tape.first[k] >= 0 and len(constant_text(trace, k)) > LONG_CONSTANT:
                self.constants[k] = f"c{len(self.constants) + 1}"

    def argument(self, formula: Formula, node: int) -> Symbol:
        """An argument as a symbol: a node by its name, a constant as it was written."""
        trace = self.trace
        tape = trace.tape
        name = trace.names.get(node) or self.constants.get(node)
        if name is None:
            literal = tape.literals.get(node)
            if literal is not None:
                if literal in CONSTANTS:
                    return formula.leaf(literal, REAL.literal(literal))
                return formula.space.literal(literal)
            name = f"({constant_text(trace, node)})"
        return formula.leaf(name, trace.linear.values[node])

    def value(self, k: int) -> tuple[str, str]:
        """(the formula of node k in node names, the same with numbers)."""
        trace = self.trace
        formula = Formula()
        args = [self.argument(formula, a) for a in trace.tape.arguments(k)]
        node = formula.space.builder.apply(trace.tape.rows[k], *(s.node for s in args))
        symbol = Symbol(formula.space, node)
        return formula.text(symbol), formula.text_with_numbers(symbol, self.view.number)

    def partial(self, formula: Formula, k: int, i: int) -> Any:
        """The symbolic partial of node k in its i-th argument."""
        row = self.trace.tape.rows[k]
        result, *args = self.symbols(formula, k)
        assert row.partials is not None
        return row.partials(formula.space, result, *args)[i]

    def symbols(self, formula: Formula, k: int) -> list[Symbol]:
        """Node k and its arguments. A rule that applies the row to them once more means node k."""
        trace = self.trace
        args = [self.argument(formula, a) for a in trace.tape.arguments(k)]
        result = formula.leaf(trace.names[k], trace.linear.values[k])
        formula.space.builder.equate(result.node, trace.tape.rows[k], *(s.node for s in args))
        return [result, *args]

    def slope(self, formula: Formula, k: int, i: int, tangents: list[Any]) -> Any:
        """The symbolic tangent of that partial, from the row's partials on duals over symbols; the number 0 where the
        partial does not change.
        """
        trace = self.trace
        row = trace.tape.rows[k]
        D = Duals(formula.space, formula.space)

        def with_tangent(symbol: Symbol, node: int) -> Any:
            if not tangents[node]:
                return symbol
            return D.number(symbol, formula.leaf(self.view.dot(trace.names[node]), tangents[node]))

        nodes = (k, *trace.tape.arguments(k))
        result, *args = map(with_tangent, self.symbols(formula, k), nodes)
        assert row.partials is not None
        found = row.partials(D, result, *args)[i]
        return found.tangent if isinstance(found, D.number) else 0

    def second_term(self, found: SecondTerm, tangents: list[Any]) -> tuple[str, str]:
        """One term of the tangent of an adjoint, in names and with numbers."""
        view, name = self.view, self.trace.names[found.user]
        if not found.curved:
            return self.term(found.user, found.place, view.bar_dot(name), found.adjoint)
        formula = Formula()
        factor = formula.leaf(view.bar(name), found.adjoint)
        symbol = factor * self.slope(formula, found.user, found.place, tangents)
        return formula.text(symbol), formula.text_with_numbers(symbol, view.number)

    def edge(self, k: int, i: int) -> str:
        """The partial of node k in its i-th argument, in node names."""
        formula = Formula()
        return formula.text(self.partial(formula, k, i))

    def term(self, k: int, i: int, weight: str, number: float) -> tuple[str, str]:
        """(weight times partial in names, the same with numbers): one term of a tangent or an adjoint."""
        formula = Formula()
        factor = formula.leaf(weight, number)
        symbol = factor * self.partial(formula, k, i)
        return formula.text(symbol), formula.text_with_numbers(symbol, self.view.number)
