"""A trace step by step: what is known so far, and the one line of chain rule that comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from adcli.report.document import Block, Column, Group, Table, Text, View
from adcli.report.record import Number, Record
from adcli.report.results import title_at
from adcli.report.steps import Step, Steps, sweeps
from adcli.report.sums import sum_group
from adcli.report.trace import TraceReport
from adcli.trace import Trace

NEW, READ = ">", "*"  # marks of the row that is new, and of those that it is made of
FEW = 6  # terms of a sum that are left at its either end where there is little room


class StepsReport(TraceReport):
    """A trace as its steps, one below the other; `page` gives one of them. For machines it is the trace."""

    def __init__(self, trace: Trace):
        super().__init__(trace)
        self._steps: list[Steps] = []

    @cached_property
    def record(self) -> Record:
        return Record(self.data())

    @cached_property
    def places(self) -> list[tuple[str, str, int]]:
        """(sweep, seed, number of the step in it) of every step: the evaluation, the forward, the reverse sweeps."""
        view = View()
        lengths = {sweep: len(Steps(self.record, *sweep, view)) for sweep in sweeps(self.record)}
        return [(*sweep, i) for sweep, length in lengths.items() for i in range(length)]

    def blocks(self, view: View) -> Iterator[Block]:
        for i in range(len(self.places)):
            yield from self.page(i, view, 0)

    def page(self, number: int, view: View, room: int, terms: int | None = None) -> list[Block]:
        """One step: what is known, in `room` rows and those that the step reads, the rule in words, and the terms (of
        very many those at either end, if `terms` says so).
        """
        sweep, seed, i = self.places[number]
        steps = Steps(self.record, sweep, seed, view)
        step: Step = steps[i]
        rows = [(term.rule, term.numbers, term.value) for term in step.terms]
        made = sum_group(step.name, rows, step.total, view, not step.active)
        columns = [
            Column("", "name"), Column("rule", "rule", narrow="cut"), Column("with numbers", "", narrow="stack"),
            Column("value", sweep, number=True),
        ]  # fmt: skip
        return [
            Text(f"{heading(sweep, seed, self.record, view)}: {i + 1} of {len(steps)}", "title"),
            self.known(steps, step, i, view, room),
            Text(step.words),
            Table("", columns, [shortened(made, terms, view)]),
        ]

    def known(self, steps: Steps, step: Step, i: int, view: View, room: int) -> Table:
        """What is known after a step: its own row and those it reads are marked, others dimmed."""
        record, sweep, seed = self.record, steps.sweep, steps.seed
        done = {name for name, _ in steps.order[: i + 1]}
        ends = {o.name: o for o in record.outputs if sweep != "adjoint" or o.name == seed}
        names = [node.name for node in record.nodes] + list(ends)
        if sweep == "primal":
            names = [name for name in names if name in done]
        read = set(sources(record, sweep, step))
        columns = [Column("", "name"), Column("node", "name"), Column("formula", "rule", narrow="drop"),
                   Column("value", "primal", number=True)]  # fmt: skip
        if sweep != "primal":
            columns.append(Column(sweep, sweep, number=True))

        def row(name: str) -> Group:
            node = record.by_name.get(name)
            base = node or record.by_name.get(ends[name].node)
            value: Number = node.value if node else ends[name].value
            cells = [NEW if name == step.node else READ if name in read else "", name,
                     node.formula if node else ends[name].node, view.number(value)]  # fmt: skip
            if sweep == "tangent":
                found = base.tangents[seed] if base else 0.0
                cells.append(view.number(found) if name in done else "")
            elif sweep == "adjoint":
                cells.append(view.number(node.adjoints[seed] if node else 1.0) if name in done else "")
            return Group([cells], dim=not cells[0])

        groups: list[Group] = []
        last = -1
        for k in chosen(names, {step.node, *read}, names.index(step.node), room):
            if k > last + 1 and room:
                groups.append(Group([["", view.ellipsis, *[""] * (len(columns) - 2)]], dim=True))
            groups.append(row(names[k]))
            last = k
        return Table("", columns, groups, [f"{NEW} new, {READ} what it is made of"] if read else [])


def heading(sweep: str, seed: str, record: Record, view: View) -> str:
    """What a sweep is called."""
    if sweep == "primal":
        return title_at("Evaluation", record.at, view)
    name, mark = ("Forward", view.dot(seed)) if sweep == "tangent" else ("Reverse", view.bar(seed))
    return f"{name} sweep, seed {mark} = 1"


def sources(record: Record, sweep: str, step: Step) -> list[str]:
    """The rows that a step reads in its sweep."""
    node = record.by_name.get(step.node)
    if sweep == "primal" and node is not None:
        return [name for name in node.args if name in record.by_name]
    return [term.source for term in step.terms if term.source and term.source != step.node]


def chosen(names: Sequence[str], involved: set[str], centre: int, room: int) -> list[int]:
    """The rows shown: those involved, and those nearest to the new one as far as there is room."""
    found = {k for k, name in enumerate(names) if name in involved}
    nearest = sorted(range(len(names)), key=lambda k: abs(k - centre)) if room else []
    for k in nearest:
        if len(found) >= room:
            break
        found.add(k)
    return sorted(found)


def shortened(group: Group, most: int | None, view: View) -> Group:
    """A sum of which at most `most` terms are shown."""
    lines = group.lines
    left_out = len(lines) - 2 * FEW
    if most is None or len(lines) <= max(most, 2 * FEW):
        return group
    gap: list[Any] = ["", f"{view.ellipsis} {left_out:,} more terms", "", ""]
    return Group([*lines[:FEW], gap, *lines[-FEW:]], group.dim)
