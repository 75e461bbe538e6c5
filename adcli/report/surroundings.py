"""What surrounds a node of a recorded trace: the graph of the nodes near it."""

from __future__ import annotations

from adcli.report.document import Edge, Graph, Vertex, View
from adcli.report.graph import HOPS, neighbourhood
from adcli.report.paging import swept
from adcli.report.record import Record

MOST = 40  # nodes; a record of no more is shown whole


def surroundings(
    record: Record, name: str, sweep: str, seed: str, view: View, hops: int = HOPS, most: int = MOST
) -> Graph:
    """The nodes within `hops` edges of the node or the output `name`, with the numbers of one sweep.

    sweep, seed  as in `Steps`; the graph has partials on its edges unless it shows the values only
    most         nodes at most; a record of no more is drawn whole
    """
    ends = {key: o.node for key, o in record.ends.items()}
    names = [*record.names, *ends]
    places = record.position | {end: i for i, end in enumerate(ends, len(record.names))}

    def arguments(one: str) -> tuple[str, ...]:
        return (ends[one],) if one in ends else record.by_name[one].args

    def beside(k: int) -> list[int]:
        one = names[k]
        found = [*arguments(one), *record.users.get(one, ()), *(end for end, node in ends.items() if node == one)]
        return [places[other] for other in found if other in places]

    shown = list(range(len(names)))
    if len(names) > most:
        shown = neighbourhood(places[name], beside, hops, most)
    index = {names[k]: i for i, k in enumerate(shown)}
    nodes = [vertex(record, one, sweep, seed, view) for one in index]
    edges = []
    for one, target in index.items():
        partials = list(record.by_name[one].partials if one in record.by_name else ())
        for argument in arguments(one):
            if argument not in record.by_name:
                continue  # a constant stands in the formula
            i = next((i for i, partial in enumerate(partials) if partial.wrt == argument), None)
            edge = None if i is None else partials.pop(i)  # an argument may stand there twice
            rule, value = (edge.formula, view.number(edge.value)) if edge and sweep != "primal" else ("", "")
            if argument in index:
                edges.append(Edge(index[argument], target, rule, value))
    foot = [] if len(shown) == len(names) else [f"{len(shown):,} of {len(names):,} nodes, those near {name}"]
    return Graph("", nodes, edges, foot)


def vertex(record: Record, name: str, sweep: str, seed: str, view: View) -> Vertex:
    """One node or output, with its tangent or adjoint where that is what the sweep is about."""
    node = record.by_name.get(name)
    if node is None:
        end = record.ends[name]
        formula, value, active = end.node, end.value, True
    else:
        formula, value, active = node.formula, node.value, node.active
    tangent = adjoint = ""
    if not isinstance(value, bool) and sweep != "primal":
        number = view.number(swept(record, sweep, seed, name))
        if sweep == "tangent":
            tangent = f"{view.dot(name)} = {number}"
        else:
            adjoint = f"{view.bar(name)} = {number}"
    return Vertex(name, formula, view.number(value), tangent, adjoint, not active)
