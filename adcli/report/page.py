"""What the page of a trace carries: the tape in columns, and what is written about it.

No derivative is in it: the page computes them itself, at whatever point it is set to.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, NamedTuple

from adcli.numbers.text import write
from adcli.ops import Row
from adcli.report.document import View
from adcli.report.formulas import Formulas, constant_text
from adcli.report.layout import bends, layout
from adcli.report.number import DIGITS
from adcli.report.templates import Templates, pattern
from adcli.tape.rules import condition_text
from adcli.trace import Trace

UNIT = 100  # of a drawing, between two levels


class Page(NamedTuple):
    """The page of a trace.

    data        what its JSON holds, see `page`
    rows        the rows whose kernels it needs
    conditions  JavaScript functions that its rules refer to by number
    """

    data: dict[str, Any]
    rows: list[Row]
    conditions: list[str]


def page(trace: Trace, view: View) -> Page:
    """The page of a trace. Nodes are counted anew in tape order, only those shown and the constants they use.

    rows       key -> how the row is written and what it is called
    op, a, b, c, template   per node; -1 for a leaf and where there is no argument
    templates  [formula, rule of the partial in the first argument, ...]
    start, end, places      where a node was written, and the further places of shared ones: [node, start, end, ...]
    order      nodes in the order of the table; `names` are the numbers in their names v...
    constants  [node, value, text] of every constant, the text as in formulas; `long` are [name, text] of c1...
    bound      [node, name] of statements
    x, y       where a node is drawn, in units of 1/100; `edges` are [from, to, ...], `routes` [edge, x, y, ...]
    """
    tape = trace.tape
    formulas = Formulas(trace, view)
    kept = sorted({*trace.nodes, *trace.constants, *(o.node for o in trace.outputs)})
    index = {k: i for i, k in enumerate(kept)}
    inner = [k for k in kept if tape.varying[k] and tape.first[k] >= 0]
    keys = list(dict.fromkeys(tape.rows[k] for k in inner))
    templates = Templates()
    made: dict[Any, int] = {}
    texts: list[Any] = []
    which = [-1] * len(kept)
    for k in inner:
        row, places = tape.rows[k], pattern(tape, k)
        if (row, places) not in made:
            made[row, places] = len(texts)
            texts.append([templates.formula(row, places), *templates.rules(row, places)])
        which[index[k]] = made[row, places]
    number = {row: i for i, row in enumerate(keys)}
    numbers = [int(trace.names[k][1:]) for k in trace.nodes]
    edges = sorted({(index[a], index[k]) for k in inner for a in tape.arguments(k) if a in trace.names})
    result = trace.result
    data: dict[str, Any] = {
        "program": result.program,
        "digits": view.digits or DIGITS,
        "mode": trace.mode,
        "rows": {row.key: described(row) for row in keys},
        "op": [number[tape.rows[k]] if tape.varying[k] and tape.first[k] >= 0 else -1 for k in kept],
        "template": which,
        **columns(trace, kept, index),
        "templates": texts,
        "start": [tape.start[k] for k in kept],
        "end": [tape.end[k] for k in kept],
        "places": [
            [index[k], *(x for span in tape.spans(k)[1:] for x in span)] for k in kept if tape.places.get(k)
        ],
        "order": ordered(index[k] for k in trace.nodes),
        "names": ordered(numbers, numbers[0] if numbers else 0),
        "constants": [
            [index[k], spelled(trace.linear.values[k]), in_place(trace, k, formulas)]
            for k in kept if not tape.varying[k]
        ],
        "long": [[name, constant_text(trace, k)] for k, name in formulas.constants.items()],
        "bound": [[index[k], name] for k, name in tape.names.items() if k in trace.names],
        "inputs": [index[k] for k in tape.inputs],
        "variables": tape.variables,
        "point": [spelled(x) for x in result.at.values()],
        "wrt": [tape.inputs.index(node) for node in trace.inputs.values()],
        "outputs": [[o.name, index[o.node]] for o in trace.outputs],
        **drawing(len(kept), edges, [index[k] for k in trace.nodes]),
    }  # fmt: skip
    return Page(data, keys, list(templates.conditions))


def described(row: Row) -> dict[str, Any]:
    """How a row is written and what it is called; the page says the same of a point as a note does."""
    return {
        "label": row.label, "params": list(row.params), "doc": row.doc, "infix": row.infix, "level": row.level,
        "condition": row.condition, "domain": condition_text(row, row.domain),
    }  # fmt: skip


def columns(trace: Trace, kept: list[int], index: dict[int, int]) -> dict[str, list[int]]:
    """The arguments of every node, by the page's count. What constants are made of is not kept."""
    tape = trace.tape
    return {
        name: [index[column[k]] if tape.varying[k] and column[k] >= 0 else -1 for k in kept]
        for name, column in (("a", tape.first), ("b", tape.second), ("c", tape.third))
    }


def ordered(numbers: Iterable[int], start: int = 0) -> list[int]:
    """Numbers in their order; none at all where they only count up from `start`."""
    found = list(numbers)
    return [] if all(x == y for x, y in zip(found, count(start), strict=False)) else found


def in_place(trace: Trace, k: int, formulas: Formulas) -> str:
    """A constant as it stands in a formula."""
    known = formulas.constants.get(k) or trace.tape.literals.get(k)
    return known or f"({constant_text(trace, k)})"


def spelled(x: float) -> float | str:
    """A number for JSON: those that are not finite are words, and whole ones have no point."""
    if isinstance(x, bool):
        return int(x)
    return write(x) if x - x != 0 else int(x) if x == int(x) and abs(x) < 1e15 and str(x) != "-0.0" else x


def drawing(size: int, edges: list[tuple[int, int]], shown: list[int]) -> dict[str, Any]:
    """Where the nodes are, and how edges run that are not straight. Constants are not drawn."""
    place = {node: i for i, node in enumerate(shown)}
    found = layout(len(shown), [(place[a], place[b]) for a, b in edges])
    x, y = ([0] * size for _ in "xy")
    for node, i in place.items():
        x[node], y[node] = round(UNIT * found.x[i]), round(UNIT * found.y[i])
    routes = []
    for e, route in enumerate(found.routes):
        turns = [round(UNIT * c) for point in bends(route) for c in point]
        if turns:
            routes.append([e, *turns])
    return {"x": x, "y": y, "edges": [node for edge in edges for node in edge], "routes": routes}
