"""The tape: an expression as flat columns, topological by construction, equal nodes shared.

A node is an index k. `rows[k]` is its row of the op table; `first[k]`, `second[k]`, `third[k]` are
its arguments, -1 where there is none. Leaves have the row INPUT or LITERAL and no arguments.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from adcli.errors import Problem, ProblemError, Span
from adcli.ops.row import ATOM, Row

INPUT = Row("input", (), "a variable", "", (), level=ATOM)
LITERAL = Row("literal", (), "a number as it was written, or a named constant", "", (), level=ATOM)

MAX_NODES = 5_000_000


class Output(NamedTuple):
    """A result: its name, its node, and whether a statement of the program gave it that name."""

    name: str
    node: int
    bound: bool = False


class Tape:
    """Columns of nodes, and what was written about them.

    rows, first, second, third   one entry per node
    start, end     the source span of each node's first place (-1 where there is none)
    varying        1 where an input is below the node; 0 makes it a constant
    literals       node -> decimal text, or the name of a constant
    variables      names of the inputs, in order; `inputs` are their nodes
    outputs        names and nodes of the results
    names          node -> the name a statement bound it to
    places         node -> the further source spans of a shared node
    source         the program text all spans refer to
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.first: list[int] = []
        self.second: list[int] = []
        self.third: list[int] = []
        self.start = array("i")
        self.end = array("i")
        self.varying = bytearray()
        self.literals: dict[int, str] = {}
        self.variables: list[str] = []
        self.inputs: list[int] = []
        self.outputs: list[Output] = []
        self.names: dict[int, str] = {}
        self.places: dict[int, dict[tuple[int, int], None]] = {}
        self.source = ""

    def __len__(self) -> int:
        return len(self.rows)

    def arguments(self, k: int) -> tuple[int, ...]:
        """The argument nodes of node k."""
        a, b, c = self.first[k], self.second[k], self.third[k]
        if b < 0:
            return (a,) if a >= 0 else ()
        return (a, b) if c < 0 else (a, b, c)

    def span(self, k: int) -> Span | None:
        """Where node k was first written, or None for a node no text stands for."""
        return Span(self.start[k], self.end[k]) if self.start[k] >= 0 else None

    def spans(self, k: int) -> list[Span]:
        """Every place node k was written."""
        first = self.span(k)
        others = [Span(*place) for place in self.places.get(k, ())]
        return others if first is None else [first, *others]

    def interior(self, lo: int = 0, hi: int | None = None) -> Iterator[tuple[int, Row, int, int, int]]:
        """(node, row, first, second, third) of every node that has arguments, in order; of lo..hi-1 only."""
        columns: Any = (self.rows, self.first, self.second, self.third)
        if lo or hi is not None:
            columns = (column[lo:hi] for column in columns)
        for k, (row, a, b, c) in enumerate(zip(*columns, strict=True), lo):
            if a >= 0:
                yield k, row, a, b, c

    def reachable(self, nodes: list[int]) -> bytearray:
        """1 for every node that one of `nodes` depends on (themselves included)."""
        marks = bytearray(len(self))
        for node in nodes:
            marks[node] = 1
        for k in range(max(nodes, default=-1), -1, -1):
            if marks[k]:
                for a in self.arguments(k):
                    marks[a] = 1
        return marks

    def depends_on(self, inputs: list[int]) -> bytearray:
        """1 for every node that depends on one of the input nodes (themselves included)."""
        marks = bytearray(len(self))
        for node in inputs:
            marks[node] = 1
        for k, _, a, b, c in self.interior():
            if marks[a] or (b >= 0 and marks[b]) or (c >= 0 and marks[c]):
                marks[k] = 1
        return marks


class Builder:
    """Makes a tape node by node; an equal node (same row, same arguments) is made once."""

    def __init__(self, max_nodes: int = MAX_NODES):
        self.tape = Tape()
        self.max_nodes = max_nodes
        self._known: dict[tuple[Row, int, int, int], int] = {}
        self._leaves: dict[tuple[Row, str], int] = {}

    def apply(self, row: Row, a: int, b: int = -1, c: int = -1, start: int = -1, end: int = -1) -> int:
        """The node `row(a, b, c)`, written at the given span. Raises ProblemError beyond max_nodes."""
        key = (row, a, b, c)
        tape = self.tape
        node = self._known.get(key)
        if node is None:
            varying = tape.varying
            rows = tape.rows
            node = self._known[key] = len(rows)
            if node >= self.max_nodes:
                raise ProblemError(too_many(self.max_nodes, Span(start, end) if start >= 0 else None, tape.source))
            rows.append(row)
            tape.first.append(a)
            tape.second.append(b)
            tape.third.append(c)
            tape.start.append(start)
            tape.end.append(end)
            varying.append(varying[a] or (b >= 0 and varying[b]) or (c >= 0 and varying[c]))
        elif start >= 0 and (tape.start[node] != start or tape.end[node] != end):
            tape.places.setdefault(node, {})[start, end] = None
        return node

    def equate(self, node: int, row: Row, a: int, b: int = -1, c: int = -1) -> None:
        """From now on a row applied to these arguments is this node: a leaf may stand for what it was made of."""
        self._known[row, a, b, c] = node

    def _leaf(self, row: Row, text: str, start: int, end: int) -> int:
        tape = self.tape
        node = self._leaves.get((row, text))
        if node is None:
            node = self._leaves[row, text] = len(tape.rows)
            tape.rows.append(row)
            for column in (tape.first, tape.second, tape.third):
                column.append(-1)
            tape.start.append(start)
            tape.end.append(end)
            tape.varying.append(row is INPUT)
        return node

    def literal(self, text: str, start: int = -1, end: int = -1) -> int:
        """The node of a decimal text or of a named constant."""
        node = self._leaf(LITERAL, text, start, end)
        self.tape.literals[node] = text
        return node

    def input(self, name: str, start: int = -1, end: int = -1) -> int:
        """The node of a variable."""
        known = len(self.tape.rows)
        node = self._leaf(INPUT, name, start, end)
        if node == known:
            self.tape.variables.append(name)
            self.tape.inputs.append(node)
        return node


def too_many(limit: int, span: Span | None, source: str) -> Problem:
    """The problem of a program that is larger than it may become."""
    return Problem(
        "size", f"the program needs more than {limit:,} nodes", span, source=source,
        hint="make the range smaller, or raise --max-nodes",
    )  # fmt: skip


def same(one: Tape, other: Tape) -> bool:
    """Whether two tapes compute the same outputs by the same operations (node order aside)."""
    builder = Builder(max_nodes=len(one) + len(other))
    results = []
    for tape in (one, other):
        nodes: list[int] = []
        inputs = dict(zip(tape.inputs, tape.variables, strict=True))
        for k, row in enumerate(tape.rows):
            if row is INPUT:
                nodes.append(builder.input(inputs[k]))
            elif row is LITERAL:
                nodes.append(builder.literal(tape.literals[k]))
            else:
                nodes.append(builder.apply(row, *(nodes[a] for a in tape.arguments(k))))
        results.append([(o.name if o.bound else "", nodes[o.node]) for o in tape.outputs])
    return results[0] == results[1] and one.variables == other.variables
