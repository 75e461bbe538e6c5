"""A graph as an indented tree: from each node that nothing uses down to its arguments, a line an edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adcli.report.document import Column, Edge, Graph, Group, Table, View

DEEPEST = 12  # levels of indentation at most, beyond which a part of the tree gets a place of its own below


class Glyphs(NamedTuple):
    """What a tree is drawn with."""

    fork: str
    last: str
    line: str


LINES, ASCII = Glyphs("├─ ", "└─ ", "│  "), Glyphs("|- ", "`- ", "|  ")


class Step(NamedTuple):
    """What is to be drawn next: a node, the edge it is reached by, and what stands before it and what it uses."""

    node: int
    edge: Edge | None = None
    before: str = ""
    below: str = ""
    depth: int = 0


def tree(graph: Graph, view: View) -> Table:
    """The tree as a table. A shared node is expanded where it is first met, and named from then on; the argument of a
    node with one argument stands right below it; what would be indented too far comes after the rest.
    """
    glyphs = ASCII if view.ascii else LINES
    deepest = DEEPEST if view.width is None else max(2, min(DEEPEST, view.width // 9))
    arguments: list[list[Edge]] = [[] for _ in graph.nodes]
    for edge in graph.edges:
        arguments[edge.target].append(edge)
    used = {edge.source for edge in graph.edges}
    roots = [i for i in range(len(graph.nodes)) if i not in used]
    met: set[int] = set()
    later: list[int] = []
    rows: list[Group] = []
    for roots_now in (roots, later):
        for root in roots_now:  # `later` grows meanwhile
            if root in met:
                continue
            stack = [Step(root)]
            while stack:
                step = stack.pop()
                if step.node in met:
                    rows.append(line(graph, step, "above"))
                    continue
                below = arguments[step.node]
                if step.depth >= deepest and len(below) > 1:
                    rows.append(line(graph, step, "below"))
                    later.append(step.node)
                    continue
                met.add(step.node)
                rows.append(line(graph, step))
                stack.extend(reversed(steps(step, below, glyphs)))
    columns = [Column("node", "name"), Column("formula", "rule", narrow="cut"), Column("value", "primal", number=True)]
    columns += [Column("tangent", "tangent", number=True), Column("adjoint", "adjoint", number=True)]
    columns += [Column("partial", "partial", number=True), Column("as a rule", "source", narrow="drop")]
    return Table(graph.title, columns, rows, graph.foot)


def steps(step: Step, edges: Sequence[Edge], glyphs: Glyphs) -> list[Step]:
    """The arguments of a node that has just been drawn."""
    if len(edges) == 1:
        return [Step(edges[0].source, edges[0], step.below, step.below, step.depth)]
    return [
        Step(
            edge.source, edge, step.below + (glyphs.fork if more else glyphs.last),
            step.below + (glyphs.line if more else " " * len(glyphs.line)), step.depth + 1,
        )
        for more, edge in zip(range(len(edges) - 1, -1, -1), edges, strict=True)
    ]  # fmt: skip


def line(graph: Graph, step: Step, where: str = "") -> Group:
    """One line: the node whole, or where else it stands."""
    node = graph.nodes[step.node]
    partial = ["", ""] if step.edge is None else [step.edge.value, step.edge.rule]
    if where:
        return Group([[f"{step.before}{node.name}", where, "", "", "", *partial]], node.dim)
    sweeps = [text.rpartition(" = ")[2] for text in (node.tangent, node.adjoint)]
    return Group([[f"{step.before}{node.name}", f"= {node.formula}", node.value, *sweeps, *partial]], node.dim)
