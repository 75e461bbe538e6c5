"""What the explorer of a trace asks the command line for: other points, other programs, files, a browser."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from adcli.cli.output import write_file
from adcli.cli.request import Request, affordable, bindings
from adcli.errors import Problem, ProblemError, printable
from adcli.files import read_text

if TYPE_CHECKING:
    from adcli.function import Function
    from adcli.report.document import Document
    from adcli.report.record import Record
    from adcli.report.trace import TraceReport


def recorded(ask: Request, *choices: str | None) -> str | None:
    """The file of a trace, where EXPR names one. Raises ProblemError where more than that is asked for."""
    exprs = ask.exprs or []
    found = next((text for text in exprs if text.lower().endswith(".json")), None)
    if found is not None and (len(exprs) > 1 or any((ask.file, ask.at, ask.wrt, ask.of, *choices))):
        raise ProblemError(Problem("usage", f"{found} is a trace as it is: it takes no program and no choices",
                                   hint=f"write adcli explore {found}"))  # fmt: skip
    return found


class Session:
    """What is explored, as it is now: a program at a point, and which derivatives of it.

    texts  of the program, each an output; those of a record are its lines or one
    at     the point
    wrt, of, mode, numbering    as the options; None for all, and for what is affordable
    """

    def __init__(self, ask: Request, mode: str | None = None, numbering: str | None = None):
        self.ask = ask
        self.mode = mode
        self.numbering = numbering or "level"
        self.chosen = (mode, numbering)
        self.texts: list[str] = []
        self.at: dict[str, float] = {}
        self.wrt: list[str] | None = None
        self.of: list[str] | None = None

    def start(self) -> tuple[TraceReport | None, Record]:
        """The trace and its record; no trace where one is opened that was written. Raises ProblemError."""
        from adcli.report.live import LiveRecord
        from adcli.report.record import load

        ask = self.ask
        path = recorded(ask, *self.chosen)
        if path is not None:
            return None, self.takes(load(read_text(path), path))
        self.texts, self.wrt, self.of = list(ask.texts), ask.variables, ask.outputs
        report = self.report(ask.function, ask.point, self.mode or ask.affordable_sweeps())
        return report, LiveRecord(report)

    def takes(self, record: Record) -> Record:
        """What is explored is a record from now on."""
        self.texts, self.at, self.mode = [record.program], record.at, record.mode
        self.wrt, self.of = record.variables, [o.name for o in record.outputs]
        return record

    def report(self, function: Function, at: dict[str, float], mode: str) -> TraceReport:
        """The trace of a function; with --strict its notes are problems. Raises ProblemError."""
        from adcli.report.trace import TraceReport

        known = (function.variables, function.outputs)
        wrt, of = ([name for name in names if name in all] or None if names and names != all else None
                   for names, all in zip((self.wrt, self.of), known, strict=True))  # fmt: skip
        report = TraceReport(function.trace(at, mode, wrt, of, self.numbering))
        self.ask.begin(report.trace.result)
        self.at = report.trace.result.at
        return report

    def parsed(self, text: str) -> tuple[Function, list[str]]:
        """The function of a text that was edited, and its texts. Several EXPR, or what is no program as a whole, are
        its lines. Raises ProblemError.
        """
        from adcli.function import Function

        if text == "\n".join(self.texts) and len(self.texts) > 1:
            return Function(*self.texts), self.texts
        lines = list(filter(str.strip, text.split("\n")))
        first, second = ([text], lines) if len(self.texts) < 2 else (lines, [text])
        try:
            return Function(*first), first
        except ProblemError:
            with suppress(ProblemError):
                return Function(*second), second
            raise

    # What the explorer asks for

    def recompute(self, text: str, at: str | dict[str, float]) -> tuple[TraceReport, Record]:
        """The trace of a program at a point, and its record. Raises ProblemError."""
        from adcli.report.live import LiveRecord

        function, texts = self.parsed(text)
        known = function.variables
        if isinstance(at, str):
            if at.startswith("@") and not os.path.isfile(at[1:]):  # a device would be read for ever
                raise ProblemError(Problem("file", f"{printable(at[1:])} is no file", hint="write x1=2,x2=5"))
            point = bindings([at]) if at.strip() or known else {}
        else:
            point = {name: x for name, x in at.items() if name in known}
        mode = self.mode or affordable(len(known), len(function.outputs))
        report = self.report(function, point, mode)
        self.texts = texts
        return report, LiveRecord(report)

    def again(self, record: Record) -> TraceReport:
        """The trace that a record is of, made again: of its lines, if they have its outputs, and numbered as it is.
        Raises ProblemError.
        """
        from adcli.function import Function
        from adcli.tape.numbering import ORDERS

        lines = list(filter(str.strip, record.program.split("\n")))
        function, self.texts = self.parsed(record.program)
        if len(lines) > 1 and not set(self.of or ()) <= set(function.outputs):
            function, self.texts = Function(*lines), lines
        found = []
        for self.numbering in ORDERS:
            found.append(self.report(function, record.at, record.mode))
            if [found[-1].trace.names[k] for k in found[-1].trace.nodes] == record.names and alike(found[-1], record):
                return found[-1]
        self.numbering = ORDERS[0]
        return found[0]

    def variables(self, text: str) -> list[str]:
        """The variables of a program. Raises ProblemError."""
        return self.parsed(text)[0].variables

    def export(self, name: str, document: Document, replace: bool) -> str:
        """Write a document, in the format of the file's ending; says so. Nothing where the file is there already and
        is not to be replaced. Raises ProblemError.
        """
        from adcli import render
        from adcli.report.document import View

        format = render.format_of(name)
        hint = "end it in .html, .json, .tex, .md, .svg, .tsv or .txt"
        if format is None:
            raise ProblemError(Problem("usage", f"{name or 'no name'} is no file of a known format", hint=hint))
        module = render.load(format)
        if module.NEEDS and module.NEEDS not in document.offers:
            raise ProblemError(Problem("usage", f"this is not written as {format}", hint=hint))
        path = os.path.expanduser(name)
        try:
            if os.path.exists(path) and not replace:
                return ""
            write_file(path, module.render(document, View(self.ask.digits, whole=True)))
        except ValueError:  # a character that no file's name has
            raise ProblemError(Problem("file", f"cannot write {printable(name)}: no name of a file")) from None
        return f"{name} is written"

    def browse(self, document: Document) -> str:
        """Open the page of a trace; says where it is. Raises ProblemError."""
        from adcli.explore.web import open_page
        from adcli.report.document import View

        return f"opened {open_page(document, View(self.ask.digits))}"


def alike(report: TraceReport, record: Record) -> bool:
    """Whether the nodes of a trace are numbered as those of a record."""
    made = zip(report.trace.nodes, record.nodes, strict=True)
    return all(report.formula(k, report.exact)[0] == node.formula for k, node in made)
