"""The report of a graph: the nodes of a trace and the edges between them, whole or around one node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from adcli.errors import Problem, ProblemError, did_you_mean
from adcli.numbers.text import write
from adcli.report.document import Block, Document, Edge, Graph, Records, Vertex, View
from adcli.report.formulas import Formulas, constant_text, node_text
from adcli.report.results import note_data, title_at
from adcli.tape.tape import INPUT, Output
from adcli.trace import Trace

LARGEST = 5_000  # nodes of one picture
HOPS = 2


class Link(NamedTuple):
    """An edge: places of its nodes in `GraphReport.nodes`, and which argument it is; None for that of an output."""

    source: int
    target: int
    place: int | None


class GraphReport(Document):
    """The nodes are those of the trace and, after them, its outputs; constants stand in the formulas.

    mode    forward, reverse or both: whose tangents, adjoints and partials are shown; None for values only
    around  a node, an output, a variable or a name of the program, of which only the neighbourhood is shown
    hops    edges, followed either way, up to which a node belongs to it

    Raises ProblemError for an unknown `around`.
    """

    offers = ("graph",)

    def __init__(self, trace: Trace, mode: str | None = None, around: str | None = None, hops: int = HOPS):
        self.trace = trace
        self.mode = mode
        self.around = around
        self.hops = hops
        self.nodes: list[int | Output] = [*trace.nodes, *trace.outputs]
        self.links = list(links(trace))
        self.shown = list(range(len(self.nodes)))
        if around is not None:
            beside: list[list[int]] = [[] for _ in self.nodes]
            for source, target, _ in self.links:
                beside[source].append(target)
                beside[target].append(source)
            self.shown = neighbourhood(self.find(around), beside.__getitem__, hops)

    def find(self, name: str) -> int:
        """The place of a node that is called so. Raises ProblemError."""
        trace = self.trace
        places: dict[str, int] = {}
        for names in (trace.tape.names, trace.variables, trace.names):  # a later one wins
            places |= {names[k]: i for i, k in enumerate(trace.nodes) if k in names}
        for i, output in enumerate(trace.outputs, len(trace.nodes)):
            places.setdefault(output.name, i)
        if name not in places:
            known = [*trace.names.values(), *trace.variables.values(), *(o.name for o in trace.outputs)]
            hint = did_you_mean(name, known) or f"the nodes are {known[0]} to {list(trace.names.values())[-1]}"
            raise ProblemError(Problem("usage", f"there is no node {name or '(empty)'}", hint=hint))
        return places[name]

    @cached_property
    def kept(self) -> list[Link]:
        """The edges between the nodes shown, by their users."""
        if len(self.shown) == len(self.nodes):
            return self.links
        shown = set(self.shown)
        return [link for link in self.links if link.source in shown and link.target in shown]

    # For people

    def blocks(self, view: View) -> Iterator[Block]:
        yield self.graph(view)

    def graph(self, view: View) -> Graph:
        formulas = Formulas(self.trace, view)
        index = {place: i for i, place in enumerate(self.shown)}
        edges = [
            Edge(index[link.source], index[link.target], *self.partial(link, view, formulas)) for link in self.kept
        ]
        nodes = [self.vertex(self.nodes[place], view, formulas) for place in self.shown]
        return Graph(title_at("Graph", self.trace.result.at, view), nodes, edges, list(self.foot(view, formulas)))

    @property
    def seed(self) -> str | None:
        """The variable whose tangents people are shown."""
        return self.trace.seeds[0] if self.mode in ("forward", "both") and self.trace.seeds else None

    @property
    def coseed(self) -> str | None:
        """The output whose adjoints people are shown."""
        return self.trace.coseeds[0] if self.mode in ("reverse", "both") and self.trace.coseeds else None

    def vertex(self, node: int | Output, view: View, formulas: Formulas) -> Vertex:
        trace = self.trace
        k = node.node if isinstance(node, Output) else node
        name = node.name if isinstance(node, Output) else trace.names[k]
        tangent = adjoint = ""
        if not trace.tape.rows[k].condition:
            if self.seed is not None:
                tangent = f"{view.dot(name)} = {view.number(trace.tangents(self.seed)[k] or 0.0)}"
            if self.coseed is not None:
                adjoint = f"{view.bar(name)} = {view.number(self.adjoint(node, self.coseed))}"
        value = view.number(trace.linear.values[k])
        return Vertex(name, self.formula(node, formulas), value, tangent, adjoint, not trace.used[k])

    def partial(self, link: Link, view: View, formulas: Formulas) -> tuple[str, str]:
        """The partial on an edge: (rule, number); nothing where no mode is shown or there is none."""
        if self.mode is None or link.place is None:
            return "", ""
        value = self.slope(link)
        return ("", "") if value is None else (self.rule(link, formulas), view.number(value))

    def foot(self, view: View, formulas: Formulas) -> Iterator[str]:
        """What is said below the graph."""
        trace = self.trace
        for k, name in formulas.constants.items():
            yield f"{name} = {constant_text(trace, k)} = {view.number(trace.linear.values[k])}"
        for seed, shown, count, flag in (
            ("tangents", self.seed and view.dot(self.seed), len(trace.seeds), "--wrt"),
            ("adjoints", self.coseed and view.bar(self.coseed), len(trace.coseeds), "--of"),
        ):
            if shown:
                yield f"{seed}: seed {shown} = 1" + (f", the first of {count} ({flag} chooses)" if count > 1 else "")
        if self.around is not None:
            yield (f"{len(self.shown):,} of {len(self.nodes):,} nodes: those within {self.hops} "
                   f"{'hop' if self.hops == 1 else 'hops'} of {self.around}")  # fmt: skip
        nodes = (self.nodes[place] for place in self.shown)
        if not all(trace.used[k] for k in nodes if not isinstance(k, Output) and trace.tape.first[k] >= 0):
            yield "dimmed: in a branch that is not taken here"

    # What is known of a node and of an edge

    def formula(self, node: int | Output, formulas: Formulas) -> str:
        trace = self.trace
        if isinstance(node, Output):
            return node_text(trace, node.node)
        return trace.variables[node] if trace.tape.rows[node] is INPUT else formulas.value(node)[0]

    def name(self, place: int) -> str:
        node = self.nodes[place]
        return node.name if isinstance(node, Output) else self.trace.names[node]

    def adjoint(self, node: int | Output, output: str) -> float:
        """The adjoint of a node; that of an output is its seed."""
        if isinstance(node, Output):
            return float(node.name == output)
        return float(self.trace.adjoints(output)[node] or 0.0)

    def user(self, link: Link) -> int:
        """The node of the tape at the end of an edge that leads to no output."""
        node = self.nodes[link.target]
        assert isinstance(node, int)
        return node

    def slope(self, link: Link) -> float | None:
        """The partial as a number; None for a condition, which has none."""
        if link.place is None:
            return 1.0
        partials = self.trace.linear.partials[self.user(link)]
        found = partials[link.place] if link.place < len(partials) else None
        return None if found is None else float(found)

    def rule(self, link: Link, formulas: Formulas) -> str:
        """The partial in node names."""
        return "1" if link.place is None else formulas.edge(self.user(link), link.place)

    # For machines

    @cached_property
    def exact(self) -> Formulas:
        return Formulas(self.trace, View(digits=17, ascii=True))

    def data(self) -> dict[str, Any]:
        trace = self.trace
        result = trace.result
        return {
            "program": result.program,
            "at": result.at,
            "mode": self.mode or "values",
            "nodes": [self.node_data(self.nodes[place]) for place in self.shown],
            "edges": [self.edge_data(link) for link in self.kept],
            "outputs": [
                {"name": o.name, "node": self.formula(o, self.exact), "value": trace.linear.values[o.node]}
                for o in trace.outputs
            ],
            "variables": result.variables,
            "notes": note_data(result),
        }

    def node_data(self, node: int | Output) -> dict[str, Any]:
        trace = self.trace
        k = node.node if isinstance(node, Output) else node
        seeds = trace.seeds if self.mode in ("forward", "both") else []
        coseeds = trace.coseeds if self.mode in ("reverse", "both") else []
        return {
            "name": node.name if isinstance(node, Output) else trace.names[k],
            "op": "output" if isinstance(node, Output) else trace.tape.rows[k].label,
            "formula": self.formula(node, self.exact),
            "value": trace.linear.values[k],
            "active": bool(trace.used[k]),
            "tangents": {seed: float(trace.tangents(seed)[k] or 0.0) for seed in seeds},
            "adjoints": {output: self.adjoint(node, output) for output in coseeds},
        }

    def edge_data(self, link: Link) -> dict[str, Any]:
        """An edge; that of a condition has no partial."""
        value = self.slope(link)
        formula = None if value is None else self.rule(link, self.exact)
        return {"from": self.name(link.source), "to": self.name(link.target), "formula": formula, "value": value}

    def records(self) -> Records:
        def rows() -> Iterator[list[str]]:
            for link in self.kept:
                found = self.edge_data(link)
                value = "" if found["value"] is None else write(found["value"])
                yield [found["from"], found["to"], found["formula"] or "", value]

        return ["from", "to", "formula", "value"], rows()

    def numbers(self) -> Iterable[Sequence[str]]:
        nodes = (self.nodes[place] for place in self.shown)
        values = self.trace.linear.values
        return ([write(values[node.node if isinstance(node, Output) else node])] for node in nodes)


def links(trace: Trace) -> Iterator[Link]:
    """All edges, by their users; those of the outputs last."""
    index = {k: i for i, k in enumerate(trace.nodes)}
    for target, k in enumerate(trace.nodes):
        for place, a in enumerate(trace.tape.arguments(k)):
            if a in index:
                yield Link(index[a], target, place)
    for target, output in enumerate(trace.outputs, len(trace.nodes)):
        if output.node in index:
            yield Link(index[output.node], target, None)


def neighbourhood(start: int, beside: Callable[[int], Iterable[int]], hops: int, most: int = LARGEST) -> list[int]:
    """The nodes within so many edges of one, either way, in order; the nearest ones where there are more than `most`.

    beside  the arguments and the users of a node
    """
    distance = {start: 0}
    queue = [start]
    for k in queue:  # grows meanwhile
        if distance[k] == hops or len(queue) >= most:
            break
        for other in beside(k):
            if other not in distance:
                distance[other] = distance[k] + 1
                queue.append(other)
    return sorted(queue[:most])
