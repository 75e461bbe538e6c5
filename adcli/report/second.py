"""The second order of a trace: the tangents of the adjoints along one variable, and where they come from.

The reverse sweep run on duals: each adjoint has a tangent, and that of an input is an entry of the Hessian.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adcli.numbers.dual import parts
from adcli.report.document import Block, Column, Group, Lazy, Table, View, listed
from adcli.report.formulas import Formulas
from adcli.report.sums import sum_group
from adcli.tape.tape import Output
from adcli.trace import Trace


def second_order(trace: Trace, output: Output, view: View, formulas: Formulas) -> Iterator[Block]:
    """The sweep with all contributions, then tangents and adjoints side by side."""
    assert trace.second is not None
    along = trace.second
    adjoints = [parts(x) for x in trace.second_adjoints(output.name)]
    terms = trace.second_terms(output.name)
    tangents = trace.tangents(along)
    nodes = [k for k in reversed(trace.nodes) if not trace.tape.rows[k].condition]

    def group(i: int) -> Group:
        k = nodes[i]
        name = view.bar_dot(trace.names[k])
        found = terms.get(k, [])
        rows = []
        for number, term in enumerate(found):
            texts = formulas.second_term(term, tangents) if view.shows(number, len(found) + 1) else ("", "")
            rows.append((*texts, term.term))
        if not rows:
            rows = [("the seed does not change" if k == output.node else f"no path to {output.name}", "", 0.0)]
        return sum_group(name, rows, adjoints[k][1], view, not trace.used[k])

    columns = [
        Column("tangent", "name"), Column("contributions", "rule", narrow="cut"),
        Column("with numbers", "", narrow="stack"), Column("value", "adjoint", number=True),
    ]  # fmt: skip
    seeds = f"{view.dot(along)} = 1, {view.bar(output.name)} = 1"
    example = trace.names.get(output.node, "v1")
    foot = f"{view.bar_dot(example)} is the tangent of {view.bar(example)}"
    yield Table(f"Tangents of the adjoints, seeds {seeds}", columns, Lazy(len(nodes), group), [foot])

    forward = trace.nodes
    columns = [
        Column("node", "name"), Column("value", "primal", number=True), Column("tangent", "tangent", number=True),
        Column("adjoint", "adjoint", number=True), Column("tangent of adjoint", "partial", number=True),
    ]  # fmt: skip

    def line(i: int) -> Group:
        k = forward[i]
        value = view.number(trace.linear.values[k])
        name = trace.names[k] + (f" = {trace.variables[k]}" if k in trace.variables else "")
        if trace.tape.rows[k].condition:
            return Group([[name, value, "", "", ""]], not trace.used[k])
        numbers = (tangents[k] or 0.0, *adjoints[k])
        return Group([[name, value, *map(view.number, numbers)]], not trace.used[k])

    partials = [view.partial(output.name, along, name) for name in trace.inputs]
    foot = listed("the last column at the inputs: ", partials, view)
    yield Table(f"Second order, seeds {seeds}", columns, Lazy(len(forward), line), [foot])


def second_data(trace: Trace, k: int) -> dict[str, Any]:
    """What JSON carries of a node: the tangents of its adjoints, and what each is the sum of."""
    if trace.second is None or trace.tape.rows[k].condition:
        return {}
    tangents, terms = {}, {}
    for output in trace.outputs:
        tangents[output.name] = parts(trace.second_adjoints(output.name)[k])[1] + 0.0
        terms[output.name] = [
            {**t._asdict(), "user": trace.names[t.user]} for t in trace.second_terms(output.name).get(k, [])
        ]
    return {"adjoint_tangents": tangents, "second_contributions": terms}
