"""Constants while parsing: the whole numbers of indices and bounds, and the values of --at.

They are worked out in floats by the op table itself, so that `x[floor(n/2) + 1]` needs no second evaluator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adcli.errors import Span
from adcli.numbers.real import REAL, evaluate
from adcli.numbers.text import write
from adcli.ops import ALIASES, CONSTANTS, FUNCTIONS
from adcli.parse.code import BINARY, CALL, LITERAL, NAME, PREFIX, Block
from adcli.tape.tape import Tape

HINT = "write x[2], x[i + 1], or for i in 1..n with n = 3, say"
LARGEST = 2**53  # beyond it, floats skip whole numbers


class Constants:
    """Evaluates blocks and nodes that no input is below.

    `bound` maps names to nodes; `problem(kind, headline, span, hint)` notes what is wrong.
    """

    def __init__(self, tape: Tape, bound: Mapping[str, int], problem: Callable[[str, str, Span, str], int]):
        self.tape = tape
        self.bound = bound
        self.problem = problem
        self._values: dict[int, float] = {}

    def whole(self, block: Block, scope: Mapping[str, int], counters: Mapping[str, int], what: str) -> int | None:
        """The whole number that an index or a bound stands for; None after noting a problem."""
        if len(block.kinds) == 1 and block.kinds[0] == NAME and block.payloads[0] in counters:
            return counters[block.payloads[0]]
        value = self.value(block, scope, counters, what)
        if value is None:
            return None
        if value % 1 != 0 or abs(value) > LARGEST:
            self.problem("index", f"{what} is a whole number, not {write(value)}", block.span, HINT)
            return None
        return int(value)

    def silently(self, block: Block, scope: Mapping[str, int], counters: Mapping[str, int]) -> int | None:
        """The same, without a word where there is none."""
        told, self.problem = self.problem, lambda *_: -1
        try:
            return self.whole(block, scope, counters, "")
        finally:
            self.problem = told

    def value(self, block: Block, scope: Mapping[str, int], counters: Mapping[str, int], what: str) -> float | None:
        """The value of a block built from numbers, named constants and loop names."""
        stack: list[float] = []
        for kind, payload, start, end in block.instructions():
            if kind == LITERAL:
                stack.append(float(payload))
            elif kind == NAME:
                value = self.named(payload, scope, counters)
                if value is None:
                    headline = f"{what} is built from numbers, named constants and loop names; {payload} is none"
                    self.problem("index", headline, Span(start, end), HINT)
                    return None
                stack.append(value)
            else:
                row = payload if kind in (BINARY, PREFIX) else None
                if kind == CALL:
                    row = FUNCTIONS.get(ALIASES.get(payload[0], payload[0]))
                if row is None or row.condition or row.tests or (kind == CALL and payload[1] != len(row.params)):
                    self.problem("index", f"this cannot stand in {what}", Span(start, end), HINT)
                    return None
                args = stack[len(stack) - len(row.params) :]
                del stack[len(stack) - len(row.params) :]
                stack.append(evaluate(row, *args))
        return stack[0]

    def named(self, name: str, scope: Mapping[str, int], counters: Mapping[str, int]) -> float | None:
        """The value of a name, or None if it is no constant."""
        if name in counters:
            return float(counters[name])
        node = scope.get(name, self.bound.get(name))
        if node is not None:
            return self.node(node)
        return float(REAL.literal(name)) if name in CONSTANTS else None

    def node(self, node: int) -> float | None:
        """The value of a node with no input below it, else None."""
        tape = self.tape
        if node < 0 or tape.varying[node]:
            return None
        if node not in self._values:
            marks = tape.reachable([node])
            for k in range(node + 1):
                if marks[k] and k not in self._values:
                    text = tape.literals.get(k)
                    args = (self._values[a] for a in tape.arguments(k))
                    self._values[k] = evaluate(tape.rows[k], *args) if text is None else REAL.literal(text)
        return self._values[node]
