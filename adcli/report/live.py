"""The record of a trace as it is made: each node when it is first looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

from adcli.report.formulas import constant_text, node_text
from adcli.report.record import Constant, Node, Record, Remark, Result, node
from adcli.report.trace import TraceReport


class LiveRecord(Record):
    """What `Record(report.data())` is, of a trace of any size at once."""

    def __init__(self, report: TraceReport):
        trace = report.trace
        result = trace.result
        values = trace.linear.values
        self.report = report
        self.program = result.program
        self.at = result.at
        self.mode = trace.mode
        self.variables = result.variables
        self.nodes = LiveNodes(report)
        self.outputs = [Result(o.name, node_text(trace, o.node), values[o.node]) for o in trace.outputs]
        self.constants = [
            Constant(name, constant_text(trace, k), values[k]) for k, name in report.exact.constants.items()
        ]
        self.jacobian = result.jacobian
        self.notes = [Remark(note.kind, note.name, note.message, note.span) for note in result.notes]

    @cached_property
    def names(self) -> list[str]:
        return list(self.report.trace.names.values())

    @cached_property
    def conditions(self) -> set[str]:
        trace = self.report.trace
        return {trace.names[k] for k in trace.nodes if trace.tape.rows[k].condition}

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return Named(self)

    @cached_property
    def seeds(self) -> list[str]:
        return self.report.trace.seeds if self.names else []

    @cached_property
    def coseeds(self) -> list[str]:
        return self.report.trace.coseeds if self.names else []

    @cached_property
    def users(self) -> dict[str, list[str]]:
        trace = self.report.trace
        found: dict[str, list[str]] = {name: [] for name in self.names}
        for k in trace.nodes:
            for argument in dict.fromkeys(trace.tape.arguments(k)):
                if argument in trace.names:
                    found[trace.names[argument]].append(trace.names[k])
        return found


class LiveNodes(Sequence[Node]):
    """The nodes of a trace, made when they are looked at."""

    def __init__(self, report: TraceReport):
        self.report = report
        self.made: dict[int, Node] = {}

    def __len__(self) -> int:
        return len(self.report.trace.nodes)

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | list[Node]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        k = self.report.trace.nodes[index]
        if k not in self.made:
            self.made[k] = node(self.report.node_data(k))
        return self.made[k]


class Named(Mapping[str, Node]):
    """The nodes of a record by name."""

    def __init__(self, record: LiveRecord):
        self.record = record

    def __getitem__(self, name: str) -> Node:
        return self.record.nodes[self.record.position[name]]

    def __contains__(self, name: Any) -> bool:
        return name in self.record.position

    def __iter__(self) -> Iterator[str]:
        return iter(self.record.names)

    def __len__(self) -> int:
        return len(self.record.names)
