"""A trace step by step: what is known so far, and the one line of chain rule that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from adcli.errors import Problem, ProblemError
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Document, Group, Records, Table, Text, View
from adcli.report.live import LiveRecord
from adcli.report.record import Record
from adcli.report.results import one_line, title_at
from adcli.report.steps import Step, Steps, sweeps
from adcli.report.sums import sum_group
from adcli.report.trace import TraceReport

NEW, READ = ">", "*"  # marks of the row that is new, and of those that it is made of
Place = tuple[str, str, int]  # of a step: its sweep, the seed, the number in it
MOST_STEPS = 5_000  # written one below the other
FEW = 6  # terms of a sum that are left at its either end where there is little room


class StepsReport(TraceReport):
    """A trace as its steps, one below the other; `page` gives one of them. For machines it is the trace."""

    @cached_property
    def record(self) -> Record:
        return LiveRecord(self)

    @cached_property
    def places(self) -> list[Place]:
        """Every step: the evaluation, the forward, the reverse sweeps."""
        view = View()
        lengths = {sweep: len(Steps(self.record, *sweep, view)) for sweep in sweeps(self.record)}
        return [(*sweep, i) for sweep, length in lengths.items() for i in range(length)]

    def blocks(self, view: View) -> Iterator[Block]:
        """Raises ProblemError for more steps than anybody reads."""
        if len(self.places) > MOST_STEPS:
            hint = "take part of them with --wrt and --of, or read them in a terminal"
            raise ProblemError(Problem("limit", f"{len(self.places):,} steps are too many to be written", hint=hint))
        for sweep, seed in sweeps(self.record):
            steps = Steps(self.record, sweep, seed, view)
            for i in range(len(steps)):
                yield from step_blocks(steps, i, view, 0)

    def page(self, number: int, view: View, room: int, terms: int | None = None) -> list[Block]:
        """One step, see `step_blocks`."""
        sweep, seed, i = self.places[number]
        return step_blocks(Steps(self.record, sweep, seed, view), i, view, room, terms)


class StepReport(Document):
    """One step of a recorded trace: for people with all that is known after it, for machines its terms."""

    def __init__(self, record: Record, place: Place):
        self.record = record
        self.place = place

    def blocks(self, view: View) -> Iterator[Block]:
        record = self.record
        yield Text(title_at(one_line(record.program), record.at, view))
        sweep, seed, i = self.place
        yield from step_blocks(Steps(record, sweep, seed, view), i, view, len(record.nodes) + len(record.outputs))

    @property
    def step(self) -> Step:
        sweep, seed, i = self.place
        found: Step = Steps(self.record, sweep, seed, View(digits=17, ascii=True))[i]
        return found

    def data(self) -> dict[str, Any]:
        step = self.step
        return {
            "program": self.record.program, "at": self.record.at, "sweep": step.sweep, "seed": step.seed,
            "node": step.node, "words": step.words, "value": step.total,
            "terms": [{"from": term.source, "rule": term.rule, "value": term.value} for term in step.terms],
        }  # fmt: skip

    def records(self) -> Records:
        return ["from", "rule", "value"], ([term.source, term.rule, write(term.value)] for term in self.step.terms)

    def numbers(self) -> Iterable[Sequence[str]]:
        return [[write(self.step.total)]]


def step_blocks(steps: Steps, i: int, view: View, room: int, terms: int | None = None) -> list[Block]:
    """One step: what is known, in `room` rows and those that the step reads, the rule in words, and the terms (of very
    many those at either end, if `terms` says so).
    """
    step: Step = steps[i]
    columns, made = step_table(step, view)
    return [
        Text(f"{heading(steps.sweep, steps.seed, steps.record, view)}: {i + 1} of {len(steps)}", "title"),
        known(steps, step, i, view, room),
        Text(step.words),
        Table("", columns, [shortened(made, terms, view)]),
    ]


def step_table(step: Step, view: View) -> tuple[list[Column], Group]:
    """The columns and the lines of one step: a line a term, and one for their sum."""
    rows = [(term.rule, term.numbers, term.value) for term in step.terms]
    columns = [
        Column("", "name"), Column("rule", "rule", narrow="cut"), Column("with numbers", "", narrow="stack"),
        Column("value", step.sweep, number=True),
    ]  # fmt: skip
    return columns, sum_group(step.name, rows, step.total, view, not step.active)


def known(steps: Steps, step: Step, i: int, view: View, room: int) -> Table:
    """What is known after a step: its own row and those it reads are marked, others dimmed."""
    record, sweep, seed = steps.record, steps.sweep, steps.seed
    rows = steps.rows[: i + 1] if sweep == "primal" else steps.rows
    read = set(sources(record, sweep, step))
    columns = [Column("", "name"), Column("node", "name"), Column("formula", "rule", narrow="drop"),
               Column("value", "primal", number=True)]  # fmt: skip
    if sweep != "primal":
        columns.append(Column(sweep, sweep, number=True))

    def row(name: str) -> Group:
        node = record.by_name.get(name)
        cells = [NEW if name == step.node else READ if name in read else "", name,
                 node.formula if node else record.ends[name].node,
                 view.number(node.value if node else record.ends[name].value)]  # fmt: skip
        if sweep != "primal":
            cells.append(view.number(swept(record, sweep, seed, name)) if steps.done(name, i) else "")
        return Group([cells], dim=not cells[0])

    groups: list[Group] = []
    last = -1
    involved = {steps.place[name] for name in (step.node, *read) if name in steps.place}
    for k in chosen(involved, steps.place[step.node], len(rows), room):
        if k > last + 1 and room:
            groups.append(Group([["", view.ellipsis, *[""] * (len(columns) - 2)]], dim=True))
        groups.append(row(rows[k]))
        last = k
    return Table("", columns, groups, [f"{NEW} new, {READ} what it is made of"] if read else [])


def swept(record: Record, sweep: str, seed: str, name: str) -> float:
    """The tangent or the adjoint that a sweep gives a node or an output. The adjoint of an output is its seed."""
    node = record.by_name.get(name)
    if sweep == "adjoint":
        return node.adjoints[seed] if node else float(record.ends[name].name == seed)
    if node is None:
        node = record.by_name.get(record.ends[name].node)
    return node.tangents[seed] if node else 0.0


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


def chosen(involved: set[int], centre: int, count: int, room: int) -> list[int]:
    """The rows shown of `count`: those involved, and those nearest to the new one as far as there is room."""
    found = set(involved)
    for distance in range(1, count):
        for k in (centre - distance, centre + distance):
            if len(found) < room and 0 <= k < count:
                found.add(k)
        if len(found) >= min(room, count):
            break
    return sorted(found)


def shortened(group: Group, most: int | None, view: View) -> Group:
    """A sum of which at most `most` terms are shown."""
    lines = group.lines
    left_out = len(lines) - 2 * FEW
    if most is None or len(lines) <= max(most, 2 * FEW):
        return group
    gap: list[Any] = ["", f"{view.ellipsis} {left_out:,} more terms", "", ""]
    return Group([*lines[:FEW], gap, *lines[-FEW:]], group.dim)
