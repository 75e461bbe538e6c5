"""The report of fmt: how a program was parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adcli.function import Function
from adcli.report.document import Block, Document, Records, Text, View


class SourceReport(Document):
    """The canonical text of a program."""

    def __init__(self, function: Function, expand: bool = False):
        self.function = function
        self.text = function.canonical(expand)

    def blocks(self, view: View) -> Iterator[Block]:
        for line in self.text.splitlines():
            yield Text(line, "rule")

    def data(self) -> dict[str, Any]:
        return {
            "program": self.text,
            "outputs": self.function.outputs,
            "variables": self.function.variables,
            "nodes": len(self.function.tape),
        }

    def records(self) -> Records:
        return ["program"], ([line] for line in self.text.splitlines())

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([line] for line in self.text.splitlines())
