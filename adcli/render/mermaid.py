"""A Mermaid flowchart, as GitHub draws it: https://mermaid.js.org/syntax/flowchart.html"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adcli.errors import printable
from adcli.render.dot import node_lines
from adcli.report.document import Document, Graph, View

SUFFIXES = (".mmd", ".mermaid")
PLAIN = False
NEEDS = "graph"


def render(document: Document, view: View) -> Iterator[str]:
    """One flowchart; the title and what stands below a graph are comments."""
    return flowchart(document.graph(view))


def flowchart(graph: Graph) -> Iterator[str]:
    """The lines of one flowchart. Nodes are numbered, so that no name is ever read as a keyword."""
    yield "flowchart LR\n"
    for text in (graph.title, *graph.foot):
        yield f"  %% {escaped(text)}\n"
    for number, node in enumerate(graph.nodes):
        yield f'  n{number}["{"<br>".join(map(escaped, node_lines(node)))}"]\n'
    for edge in graph.edges:
        yield f"  n{edge.source} -->{f'|{chr(34)}{escaped(edge.value)}{chr(34)}|' * bool(edge.value)} n{edge.target}\n"
    dim = [f"n{number}" for number, node in enumerate(graph.nodes) if node.dim]
    if dim:
        yield f"  classDef dim opacity:0.5\n  class {','.join(dim)} dim\n"


def escaped(text: str) -> str:
    """Text that shows as it is: all that HTML, Markdown or Mermaid might read is written as its number."""
    return re.sub(r"[^A-Za-z0-9 =+.,()/^\-\u0080-\U0010ffff]", lambda m: f"#{ord(m[0])};", printable(text))
