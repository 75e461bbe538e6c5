"""The DOT language of Graphviz: https://graphviz.org/doc/info/lang.html"""

from __future__ import annotations

from collections.abc import Iterator

from adcli.errors import printable
from adcli.report.document import Document, Vertex, View

SUFFIXES = (".dot", ".gv")
PLAIN = False
NEEDS = "graph"

HEAD = """\
  rankdir=LR;
  node [shape=box, style=rounded, fontname="monospace"];
  edge [fontname="monospace"];
"""


def render(document: Document, view: View) -> Iterator[str]:
    """One digraph; nodes are numbered, so that no name is ever read as a keyword."""
    graph = document.graph(view)
    yield f"digraph {{\n  label={quoted([graph.title, *graph.foot])};\n{HEAD}"
    for number, node in enumerate(graph.nodes):
        yield f"  n{number} [label={quoted(node_lines(node))}{', color=gray, fontcolor=gray' * node.dim}];\n"
    for edge in graph.edges:
        label = f" [label={quoted([edge.value])}]" if edge.value else ""
        yield f"  n{edge.source} -> n{edge.target}{label};\n"
    yield "}\n"


def node_lines(node: Vertex) -> list[str]:
    """What is said of a node."""
    return [f"{node.name} = {node.formula}", node.value, *filter(None, (node.tangent, node.adjoint))]


def quoted(texts: list[str]) -> str:
    """Lines as one string of DOT, in which & would begin an entity and a backslash an escape."""
    escaped = (printable(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return '"{}"'.format("\\n".join(escaped))
