"""The report of a trace: the values, the forward sweeps, the reverse sweeps, the Jacobian."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from adcli.engines.forward import zero
from adcli.numbers.dual import parts
from adcli.numbers.text import write
from adcli.report.document import (
    Block,
    Column,
    Document,
    Group,
    Lazy,
    Records,
    Table,
    Text,
    View,
    lines,
    listed,
    texts,
)
from adcli.report.formulas import Formulas, constant_text, node_text
from adcli.report.number import sum_texts
from adcli.report.record import FORMAT, VERSION
from adcli.report.results import JacobianReport, note_data, title_at
from adcli.report.rounding import rounding_data, rounding_table
from adcli.report.second import second_data, second_order
from adcli.report.sums import joined, sum_group
from adcli.tape.tape import INPUT
from adcli.trace import Trace

SWEEPS = 4  # seeds of each mode whose sweeps are drawn step by step, unless all are asked for


class TraceReport(Document):
    """Every number is read off the trace; the tables only say how it came about."""

    def __init__(self, trace: Trace):
        self.trace = trace
        self.proven = trace.result.precision is not None

    # For people

    def blocks(self, view: View) -> Iterator[Block]:
        trace = self.trace
        formulas = Formulas(trace, view)
        yield self.values(view, formulas)
        if formulas.constants:
            columns = [Column("constant", "name"), Column("meaning", "rule", narrow="cut"),
                       Column("value", "primal", number=True)]  # fmt: skip
            rows = ([name, constant_text(trace, k), view.number(trace.linear.values[k])]
                    for k, name in formulas.constants.items())  # fmt: skip
            yield Table("Constants", columns, lines(rows))
        shown = slice(None) if view.whole else slice(SWEEPS)
        for seed in trace.seeds[shown]:
            yield self.forward(seed, view, formulas)
        if trace.mode == "forward" and len(trace.seeds) > 1:
            yield self.tangents(view)
        for output in trace.coseeds[shown]:
            yield self.reverse(output, view, formulas)
        if trace.second is not None:
            for result in trace.outputs[shown]:
                yield from second_order(trace, result, view, formulas)
        if trace.rounding:
            for result in trace.outputs[shown]:
                yield rounding_table(trace, result, view, formulas)
        outputs = trace.ends if trace.second or trace.rounding else ()
        others = (trace.coseeds, "reverse sweep") if trace.coseeds else (list(outputs), "output")
        for seeds, what, flag in ((trace.seeds, "forward sweep", "--wrt"), (*others, "--of")):
            if len(seeds) > SWEEPS and not view.whole:
                more = len(seeds) - SWEEPS
                noun = what if more == 1 else f"{what}s"
                yield Text(f"{more} more {noun}: {flag} {seeds[SWEEPS]} shows one, --all shows all")
        yield from JacobianReport(trace.result).table(view)

    def values(self, view: View, formulas: Formulas) -> Table:
        """The evaluation trace."""
        trace = self.trace
        columns = [
            Column("node", "name"), Column("formula", "rule", narrow="cut"), Column("with numbers", "", narrow="stack"),
            Column("value", "primal", number=True), Column("written as", "source", narrow="drop"),
        ]  # fmt: skip

        def group(i: int) -> Group:
            if i >= len(trace.nodes):
                output = trace.outputs[i - len(trace.nodes)]
                value = trace.linear.values[output.node]
                return Group([[output.name, node_text(self.trace, output.node), "", view.number(value), ""]])
            k = trace.nodes[i]
            formula, numbers = self.formula(k, formulas)
            value = view.number(trace.linear.values[k])
            return Group([[trace.names[k], formula, numbers, value, self.written(k, view)]], not trace.used[k])

        title = title_at("Evaluation", trace.result.at, view)
        idle = [trace.names[k] for k in trace.nodes if trace.tape.first[k] >= 0 and not trace.used[k]]
        foot = [listed("in a branch that is not taken here: ", idle, view)] if idle else []
        return Table(title, columns, Lazy(len(trace.nodes) + len(trace.outputs), group), foot)

    def formula(self, k: int, formulas: Formulas) -> tuple[str, str]:
        tape = self.trace.tape
        if tape.rows[k] is INPUT:
            return self.trace.variables[k], ""
        return formulas.value(k)

    def written(self, k: int, view: View) -> str:
        """The name a statement gave the node, or its source text; all places of a shared node."""
        tape = self.trace.tape
        if k in tape.names:
            return f"{tape.names[k]} = {node_text(self.trace, k)}"
        spans = tape.spans(k)
        if not spans or tape.rows[k] is INPUT:
            return ""
        text = " ".join(tape.source[spans[0].start : spans[0].end].split())
        if len(text) > 28:
            text = text[: 28 - len(view.ellipsis)] + view.ellipsis
        if len(spans) > 1:
            places = [self.place(span.start) for span in spans[:3]]
            text += f"  ({len(spans)} places: {', '.join(places)}{', ' + view.ellipsis if len(spans) > 3 else ''})"
        return text

    def place(self, position: int) -> str:
        """line:column of a position, counted from 1."""
        source = self.trace.tape.source
        return f"{source.count(chr(10), 0, position) + 1}:{position - source.rfind(chr(10), 0, position)}"

    def forward(self, seed: str, view: View, formulas: Formulas) -> Table:
        """One forward sweep: the tangent of every node, as rule, with numbers, and as a number."""
        trace = self.trace
        tangents = trace.tangents(seed)
        columns = [
            Column("tangent", "name"), Column("rule", "rule", narrow="cut"), Column("with numbers", "", narrow="stack"),
            Column("value", "tangent", number=True),
        ]  # fmt: skip

        def group(i: int) -> Group:
            if i >= len(trace.nodes):
                output = trace.outputs[i - len(trace.nodes)]
                known = output.node in trace.names
                value = view.number(zero(tangents[output.node]))
                return Group([[view.dot(output.name), view.dot(trace.names[output.node]) if known else "0", "", value]])
            k = trace.nodes[i]
            name = view.dot(trace.names[k])
            row = trace.tape.rows[k]
            if row is INPUT:
                value = view.number(zero(tangents[k]))
                return Group([[name, view.dot(trace.variables[k]), "", value]])
            if row.condition:
                return Group([[name, "a condition has no derivative", "", ""]], not trace.used[k])
            return Group([[name, *self.tangent(k, seed, view, formulas)]], not trace.used[k])

        title = f"Forward sweep, seed {view.dot(seed)} = 1"
        return Table(title, columns, Lazy(len(trace.nodes) + len(trace.outputs), group))

    def tangents(self, view: View) -> Table:
        """All forward sweeps side by side, a column for each seed."""
        trace = self.trace
        columns = [Column("tangent", "name")]
        columns += [Column(f"{view.dot(seed)} = 1", "tangent", number=True) for seed in trace.seeds]
        nodes = [(trace.names[k], k) for k in trace.nodes if not trace.tape.rows[k].condition]
        nodes += [(o.name, o.node) for o in trace.outputs]

        def group(i: int) -> Group:
            name, k = nodes[i]
            numbers = [view.number(zero(trace.tangents(seed)[k])) for seed in trace.seeds]
            return Group([[view.dot(name), *numbers]], not trace.used[k])

        foot = ["the last row is that of the Jacobian" if len(trace.outputs) == 1 else
                f"the last {len(trace.outputs)} rows are those of the Jacobian"]  # fmt: skip
        return Table("Forward sweeps, a column for each seed", columns, Lazy(len(nodes), group), foot)

    def tangent(self, k: int, seed: str, view: View, formulas: Formulas) -> tuple[str, str, str]:
        """(rule, with numbers, value) of one tangent. Printed terms add up to the printed value."""
        trace = self.trace
        rules, numbers, terms = [], [], []
        for a, i, weight, _, term in trace.tangent_terms(seed, k):
            rule, number = formulas.term(k, i, view.dot(trace.names[a]), zero(weight))
            rules.append(rule)
            numbers.append(number)
            terms.append(term)
        total = zero(trace.tangents(seed)[k])
        shown, value, adds_up = sum_texts(terms, total, view.digits)
        shown = ["-0" if rule[0] == "-" and text == "0" else text for rule, text in zip(rules, shown, strict=True)]
        with_numbers = joined(numbers)
        if len(terms) > 1 and with_numbers != joined(shown):
            bare = all(number.lstrip("-").replace(".", "", 1).isdigit() for number in numbers)
            with_numbers = joined(shown) if bare else f"{with_numbers} = {joined(shown)}"
        if len(terms) == 1:
            value = view.number(total)
        return joined(rules) or "0", with_numbers, value if adds_up or len(terms) < 2 else f"{view.about}{value}"

    def reverse(self, output: str, view: View, formulas: Formulas) -> Table:
        """One reverse sweep: the adjoint of every node with all its contributions, last node first."""
        trace = self.trace
        adjoints = trace.adjoints(output)
        contributions = trace.contributions(output)
        seeded = trace.ends[output]
        nodes = [k for k in reversed(trace.nodes) if not trace.tape.rows[k].condition]
        columns = [
            Column("adjoint", "name"), Column("contributions", "rule", narrow="cut"),
            Column("with numbers", "", narrow="stack"), Column("value", "adjoint", number=True),
        ]  # fmt: skip

        def group(i: int) -> Group:
            if i == 0:
                return Group([[view.bar(output), "seed", "", "1"]])
            k = nodes[i - 1]
            rows = [(view.bar(output), "1", 1.0)] if k == seeded else []
            found = contributions.get(k, [])
            count = len(rows) + len(found) + 1
            for number, (user, i, weight, _, term) in enumerate(found, len(rows)):
                texts = ("", "")  # of a row that is not shown only the number matters
                if view.shows(number, count):
                    texts = formulas.term(user, i, view.bar(trace.names[user]), weight)
                rows.append((*texts, term))
            rows = rows or [(f"no path to {output}", "", 0.0)]
            return sum_group(view.bar(trace.names[k]), rows, zero(adjoints[k]), view, not trace.used[k])

        title = f"Reverse sweep, seed {view.bar(output)} = 1"
        return Table(title, columns, Lazy(len(nodes) + 1, group))

    # For machines

    def data(self) -> dict[str, Any]:
        trace = self.trace
        result = trace.result
        return {
            "format": FORMAT,
            "version": VERSION,
            "program": result.program,
            "at": result.at,
            "mode": trace.mode,
            **({} if trace.second is None else {"second": trace.second}),
            "constants": [
                {"name": name, "formula": constant_text(trace, k), "value": trace.linear.values[k]}
                for k, name in self.exact.constants.items()
            ],
            "nodes": [self.node_data(k) for k in trace.nodes],
            "outputs": [
                {"name": o.name, "node": node_text(self.trace, o.node), "value": trace.linear.values[o.node]}
                for o in trace.outputs
            ],
            "variables": result.variables,
            "jacobian": result.jacobian,
            **rounding_data(trace),
            "notes": note_data(result),
        }

    def node_data(self, k: int) -> dict[str, Any]:
        """One node as the trace JSON carries it."""
        trace = self.trace
        tape = trace.tape
        args = tape.arguments(k)
        formulas = self.exact
        return {
            "name": trace.names[k],
            "op": tape.rows[k].label,
            "args": [node_text(self.trace, a) for a in args],
            "formula": self.formula(k, formulas)[0],
            "value": trace.linear.values[k],
            "span": list(tape.span(k) or ()) or None,
            "spans": [list(span) for span in tape.spans(k)],
            "active": bool(trace.used[k]),
            "partials": [
                {"wrt": trace.names[a], "formula": formulas.edge(k, i), "value": number(p)}
                for i, (a, p) in enumerate(zip(args, trace.linear.partials[k], strict=False))
                if p is not None and tape.varying[a]
            ],
            "tangents": {seed: zero(trace.tangents(seed)[k]) for seed in trace.seeds},
            "adjoints": {output: zero(trace.adjoints(output)[k]) for output in trace.coseeds},
            "contributions": {output: self.contribution_data(k, output) for output in trace.coseeds},
            **second_data(trace, k),
        }

    @cached_property
    def exact(self) -> Formulas:
        return Formulas(self.trace, View(digits=17, ascii=True))

    @cached_property
    def ends(self) -> dict[str, int]:
        """The node of each output."""
        return {o.name: o.node for o in self.trace.outputs}

    def contribution_data(self, k: int, output: str) -> list[dict[str, Any]]:
        """What an adjoint is the sum of; the seed of an output counts as one term."""
        trace = self.trace
        found: list[dict[str, Any]] = []
        if self.ends.get(output) == k:
            found.append({"from": output, "adjoint": 1.0, "partial": 1.0, "term": 1.0})
        for user, _, weight, p, term in trace.contributions(output).get(k, []):
            found.append({"from": trace.names[user], "adjoint": weight, "partial": number(p), "term": number(term)})
        return found

    def records(self) -> Records:
        trace = self.trace
        formulas = self.exact
        header = ["node", "op", "formula", "value"]
        header += [f"tangent:{seed}" for seed in trace.seeds] + [f"adjoint:{output}" for output in trace.coseeds]
        seconds = [] if trace.second is None else [o.name for o in trace.outputs]
        header += [f"adjoint_tangent:{output}" for output in seconds]
        rounded = {o.name: {s.node: s for s in trace.shares(o.name)} for o in trace.outputs} if trace.rounding else {}
        header += [f"{what}:{output}" for output in rounded for what in ("condition", "error", "share")]

        def rows() -> Iterator[list[str]]:
            for k in trace.nodes:
                value = trace.linear.values[k]
                shown = ("true" if value else "false") if isinstance(value, bool) else write(value)
                tangents = texts(zero(trace.tangents(seed)[k]) for seed in trace.seeds)
                adjoints = texts(zero(trace.adjoints(output)[k]) for output in trace.coseeds)
                op = trace.tape.rows[k].label
                more = texts(parts(trace.second_adjoints(output)[k])[1] + 0.0 for output in seconds)
                known = [found.get(k) for found in rounded.values()]
                more += texts(x for s in known for x in ((s.condition, s.error, s.share) if s else (0.0, 0.0, 0.0)))
                yield [trace.names[k], op, self.formula(k, formulas)[0], shown, *tangents, *adjoints, *more]
            for output in trace.outputs:
                node = output.node
                tangents = texts(zero(trace.tangents(seed)[node]) for seed in trace.seeds)
                adjoints = texts(float(other == output.name) for other in trace.coseeds)
                value = write(trace.linear.values[node])
                more = texts(0.0 for _ in seconds) + [""] * (3 * len(rounded))  # a seed does not change
                yield [output.name, "output", node_text(self.trace, node), value, *tangents, *adjoints, *more]

        return header, rows()

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([write(self.trace.linear.values[k])] for k in self.trace.nodes)


def number(x: Any) -> float:
    """A partial as JSON carries it: rules give whole numbers too."""
    return x if isinstance(x, float) else float(x)
