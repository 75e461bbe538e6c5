"""A trace as its JSON records it, read back: what `explore` opens and `--diff` compares.

Whoever reads a record needs no program and no engine: every number and every formula is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from adcli.errors import Problem, ProblemError, Span
from adcli.numbers.text import read

FORMAT, VERSION = "adcli trace", 1
MODES = ("forward", "reverse", "both")
AGAIN = "write it again: adcli trace ... --format json -o trace.json"

Number = float | bool


class Edge(NamedTuple):
    """The partial of a node in one of its arguments: its rule in node names, and its value."""

    wrt: str
    formula: str
    value: float


class Term(NamedTuple):
    """One contribution to an adjoint: the adjoint of the node (or output) it comes from, times a partial."""

    source: str
    adjoint: float
    partial: float
    term: float


class Node(NamedTuple):
    """One row of the trace. `tangents` are by variable, `adjoints` and `contributions` by output."""

    name: str
    op: str
    args: tuple[str, ...]
    formula: str
    value: Number
    spans: tuple[Span, ...]
    active: bool
    partials: tuple[Edge, ...]
    tangents: dict[str, float]
    adjoints: dict[str, float]
    contributions: dict[str, tuple[Term, ...]]

    @property
    def is_input(self) -> bool:
        return self.op == "input"

    def edge(self, term: Term, user: Node | None) -> Edge | None:
        """The edge of `user`, the node a contribution comes from, that the contribution came along."""
        if user is None:
            return None
        edges = [edge for edge in user.partials if edge.wrt == self.name]
        same = [edge for edge in edges if edge.value == term.partial]
        found = same or edges
        return found[0] if found else None


class Result(NamedTuple):
    """An output: its name, the node (or the text of the constant) it is, and its value."""

    name: str
    node: str
    value: Number


class Constant(NamedTuple):
    """A constant too long to be written in place: c1, c2, ..."""

    name: str
    formula: str
    value: float


class Remark(NamedTuple):
    """A note: domain, overflow, underflow or kink, at a node."""

    kind: str
    node: str
    message: str
    span: Span | None


class Record:
    """A trace that was written down. Raises ProblemError for data that is none.

    program     its text; spans of nodes and notes refer to it
    at          the point, by variable
    mode        forward, reverse or both: which sweeps it holds
    nodes       in the order of the table, inputs first; `node` finds one by name
    outputs, variables, constants, notes, jacobian    as the JSON has them
    """

    def __init__(self, data: Mapping[str, Any], name: str = "the trace"):
        if not isinstance(data, Mapping) or "nodes" not in data or "program" not in data:
            raise ProblemError(foreign(name))
        if data.get("format", FORMAT) != FORMAT:
            raise ProblemError(foreign(name))
        version = data.get("version", 0)
        if isinstance(version, bool) or not isinstance(version, int) or version < 0:
            raise ProblemError(foreign(name))
        if version > VERSION:
            headline = f"{name} is a trace of version {version}; this adcli reads versions up to {VERSION}"
            raise ProblemError(Problem("file", headline, hint="read it with the adcli that wrote it, or a newer one"))
        try:
            self.program = source(data["program"])
            self.at = {text(key): number(x) for key, x in data["at"].items()}
            self.mode = text(data["mode"])
            if self.mode not in MODES:
                raise ValueError(f"{self.mode:.40} is no mode")
            self.variables = [text(x) for x in data["variables"]]
            self.nodes: Sequence[Node] = [node(one) for one in data["nodes"]]
            self.outputs = [Result(text(o["name"]), text(o["node"]), scalar(o["value"])) for o in data["outputs"]]
            self.constants = [
                Constant(text(c["name"]), text(c["formula"]), scalar(c["value"])) for c in data.get("constants", ())
            ]
            self.jacobian = [[number(x) for x in row] for row in data["jacobian"]]
            self.notes = [
                Remark(text(n["kind"]), text(n["node"]), text(n["message"]), span(n["span"]) if n["span"] else None)
                for n in data["notes"]
            ]
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
            headline = f"{name} is no complete trace: {complaint(fault)}"
            raise ProblemError(Problem("file", headline, hint=AGAIN)) from None
        self.check(name)

    def check(self, name: str) -> None:
        """Raise ProblemError where the pieces do not fit together."""
        if len(self.jacobian) != len(self.outputs) or {*map(len, self.jacobian)} - {len(self.variables)}:
            headline = f"{name} is no complete trace: the jacobian does not fit its outputs and variables"
            raise ProblemError(Problem("file", headline, hint=AGAIN))
        if not self.outputs or not {*self.coseeds} <= {o.name for o in self.outputs}:
            headline = f"{name} is no complete trace: the adjoints do not fit its outputs"
            raise ProblemError(Problem("file", headline, hint=AGAIN))
        if len(self.position) < len(self.nodes):
            headline = f"{name} is no complete trace: two of its nodes have one name"
            raise ProblemError(Problem("file", headline, hint=AGAIN))
        seeds, outputs = set(self.seeds), set(self.coseeds)
        for i, one in enumerate(self.nodes):
            wrong = (
                (set(one.tangents) != seeds and "tangents") or (set(one.adjoints) != outputs and "adjoints")
                or (set(one.contributions) != outputs and "contributions")
                or (any(edge.wrt not in self.by_name for edge in one.partials) and "partials")
                or (any(self.position.get(a, -1) >= i for a in one.args) and "arguments")
            )  # fmt: skip
            if wrong:
                headline = f"{name} is no complete trace: the {wrong} of {one.name} do not fit its nodes"
                raise ProblemError(Problem("file", headline, hint=AGAIN))

    @cached_property
    def names(self) -> list[str]:
        """The names of the nodes, in the order of the table."""
        return [one.name for one in self.nodes]

    @cached_property
    def conditions(self) -> set[str]:
        """The names of the nodes that are true or false: they have no tangent and no adjoint."""
        return {one.name for one in self.nodes if isinstance(one.value, bool)}

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return {one.name: one for one in self.nodes}

    @cached_property
    def ends(self) -> dict[str, Result]:
        """The outputs by what they are called beside the nodes: by name, or 'output v1' where a node is called so."""
        return {o.name if o.name not in self.by_name else f"output {o.name}": o for o in self.outputs}

    @cached_property
    def end_of(self) -> dict[str, str]:
        """What each output is called in `ends`."""
        return {o.name: key for key, o in self.ends.items()}

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each node stands in the table."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def seeds(self) -> list[str]:
        """Variables whose tangents it holds."""
        return list(self.nodes[0].tangents) if self.nodes else []

    @cached_property
    def coseeds(self) -> list[str]:
        """Outputs whose adjoints it holds."""
        return list(self.nodes[0].adjoints) if self.nodes else []

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """Node -> the nodes that use it, in order."""
        found: dict[str, list[str]] = {one.name: [] for one in self.nodes}
        for one in self.nodes:
            for argument in dict.fromkeys(one.args):
                if argument in found:
                    found[argument].append(one.name)
        return found


def load(written: str, name: str) -> Record:
    """The record in a JSON text; `name` is what a person knows it by. Raises ProblemError."""
    try:
        data = json.loads(written)
    except json.JSONDecodeError as fault:
        if not written.lstrip().startswith("{"):
            raise ProblemError(foreign(name)) from None
        if fault.pos >= len(written.rstrip()) or "Unterminated" in fault.msg:
            raise ProblemError(Problem("file", f"{name} is cut off (at line {fault.lineno})", hint=AGAIN)) from None
        headline = f"{name} is no JSON: {fault.msg.lower()} (line {fault.lineno}, column {fault.colno})"
        raise ProblemError(Problem("file", headline, hint=AGAIN)) from None
    except (RecursionError, ValueError):  # a number of very many digits
        raise ProblemError(foreign(name)) from None
    return Record(data, name)


def foreign(name: str) -> Problem:
    """The problem of a file that is something else."""
    return Problem("file", f"{name} is no trace of adcli", hint=AGAIN)


def complaint(fault: Exception) -> str:
    """What is wrong with a piece of it, in words."""
    return f"{fault.args[0]} is missing" if isinstance(fault, KeyError) else str(fault) or "a piece has a wrong shape"


def node(data: Mapping[str, Any]) -> Node:
    spans = data["spans"] if "spans" in data else [data["span"]] if data["span"] else []
    return Node(
        text(data["name"]), text(data["op"]), tuple(text(a) for a in data["args"]), text(data["formula"]),
        scalar(data["value"]), tuple(map(span, spans)), bool(data.get("active", True)),
        tuple(Edge(text(p["wrt"]), text(p["formula"]), number(p["value"])) for p in data["partials"]),
        {text(key): number(x) for key, x in data["tangents"].items()},
        {text(key): number(x) for key, x in data["adjoints"].items()},
        {text(key): tuple(map(term, found)) for key, found in data["contributions"].items()},
    )  # fmt: skip


def term(data: Mapping[str, Any]) -> Term:
    return Term(text(data["from"]), number(data["adjoint"]), number(data["partial"]), number(data["term"]))


def text(x: Any) -> str:
    """A text of one line, for a terminal too."""
    if not isinstance(x, str) or not x.isprintable():
        raise TypeError(f"{x!r:.40} should be a text")
    return x


def source(x: Any) -> str:
    """The text of a program."""
    if not isinstance(x, str):
        raise TypeError(f"{x!r:.40} should be a text")
    return x


def number(x: Any) -> float:
    """A number of the JSON: non-finite ones are words."""
    if isinstance(x, str):
        return read(x)
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise TypeError(f"{x!r:.40} should be a number")
    return float(x)


def scalar(x: Any) -> Number:
    """A number, or what a condition is: true or false."""
    return x if isinstance(x, bool) else number(x)


def span(x: Any) -> Span:
    start, end = x
    if not isinstance(start, int) or not isinstance(end, int):
        raise TypeError(f"{x!r:.40} should be a span")
    return Span(start, end)
