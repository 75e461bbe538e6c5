"""The rounding of a trace: what each node adds to the error of an output, and where errors are magnified."""

from __future__ import annotations

from math import log10
from typing import Any

from adcli.engines.rounding import Share
from adcli.numbers.real import summed
from adcli.report.document import Column, Group, Lazy, Table, View
from adcli.report.formulas import Formulas, node_text
from adcli.tape.tape import INPUT, Output
from adcli.trace import Trace

LOUD = 100.0  # from which on a node is said to magnify errors
LONG = 1e5  # from which on a size is written with a power of ten
MATTERS = 1e-3  # of the result: a node that matters less is not blamed


def rounding_table(trace: Trace, output: Output, view: View, formulas: Formulas) -> Table:
    """What each node adds to the error of an output."""
    found = trace.shares(output.name)
    ranked = sorted((s for s in found if s.error), key=lambda s: -s.error)
    columns = [
        Column("node", "name"), Column("formula", "rule", narrow="cut"), Column("value", "primal", number=True),
        Column("condition", "adjoint", number=True), Column("magnifies", "partial", number=True),
        Column("error", "", number=True), Column("share %", "", number=True),
    ]  # fmt: skip

    def group(i: int) -> Group:
        s = ranked[i]
        numbers = [rounded(x, view) for x in (s.condition, s.magnifies, s.error)]
        value = view.number(trace.linear.values[s.node])
        name, rule = node_text(trace, s.node), formula(trace, s.node, formulas)
        return Group([[name, rule, value, *numbers, f"{100 * s.share:.1f}"]])

    title = f"Rounding of {output.name}: {total(trace, output, found, view)}"
    foot = [
        "condition: how much a relative change of the node changes the result, relatively",
        "magnifies: how much the node itself magnifies relative errors of its arguments",
        "error: what its rounding adds to the result, at most, to first order",
    ]
    worst = blamed(found)
    if worst is not None:
        what = f"{node_text(trace, worst.node)} = {formula(trace, worst.node, formulas)}"
        foot.insert(0, f"{what} magnifies errors {rounded(worst.magnifies, view)} times")
    return Table(title, columns, Lazy(len(ranked), group), foot)


def total(trace: Trace, output: Output, found: list[Share], view: View) -> str:
    """The error of the result, and how many of its digits are left."""
    error, value = summed(s.error for s in found), abs(trace.linear.values[output.node])
    if not error:
        return "none"
    if not value:
        return f"at most {rounded(error, view)}"
    if value - value != 0 or error - error != 0:
        return f"at most {rounded(error, view)}"
    left = max(0, min(17, -log10(error / value))) if error / value > 0 else 17
    return f"at most {rounded(error, view)}, {left:.0f} digits are right"


def blamed(found: list[Share]) -> Share | None:
    """The node that magnifies errors most, among those that matter for the result."""
    loud = [s for s in found if s.magnifies >= LOUD and s.condition >= MATTERS]
    return max(loud, key=lambda s: s.magnifies, default=None)


def formula(trace: Trace, k: int, formulas: Formulas) -> str:
    if trace.tape.rows[k] is INPUT:
        return trace.variables[k]
    return formulas.value(k)[0] if k in trace.names else "as it is read"


def rounded(x: float, view: View) -> str:
    """A size: two digits say it."""
    if x - x != 0 or x < LONG:
        return view._replace(digits=None).number(float(f"{x:.1e}") if x - x == 0 else x)
    digits, _, power = f"{x:.1e}".partition("e")
    return f"{digits.removesuffix('.0')}e{int(power)}"


def rounding_data(trace: Trace) -> dict[str, Any]:
    """What JSON carries: for each output the nodes in tape order, the sum of the errors, and the node to blame."""
    if not trace.rounding:
        return {}
    data = {}
    for output in trace.outputs:
        found = trace.shares(output.name)
        worst = blamed(found)
        data[output.name] = {
            "error": summed(s.error for s in found),
            "worst": None if worst is None else node_text(trace, worst.node),
            "nodes": [{**s._asdict(), "node": node_text(trace, s.node)} for s in found],
        }
    return {"rounding": data}
