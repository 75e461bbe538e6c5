"""What the explorer of a trace asks the command line for: other points, other programs, files, a browser."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from adcli.cli.request import Request, bindings, write_file
from adcli.errors import Problem, ProblemError
from adcli.files import read_text

if TYPE_CHECKING:
    from adcli.function import Function
    from adcli.report.document import Document
    from adcli.report.record import Record
    from adcli.report.trace import TraceReport


def recorded(ask: Request, mode: str | None) -> str | None:
    """The file of a trace, where EXPR names one. Raises ProblemError where more than that is asked for."""
    exprs = ask.exprs or []
    found = next((text for text in exprs if text.lower().endswith(".json")), None)
    if found is not None and (len(exprs) > 1 or any((ask.file, ask.at, ask.wrt, ask.of, mode))):
        raise ProblemError(Problem("usage", f"{found} is a trace as it is: it takes no program and no choices",
                                   hint=f"write adcli explore {found}"))  # fmt: skip
    return found


class Session:
    """What is explored, as it is now: a program at a point. `texts` are its texts, each an output."""

    def __init__(self, ask: Request, mode: str | None, numbering: str):
        self.ask = ask
        self.mode = mode
        self.numbering = numbering
        self.texts: list[str] = []
        self.at: dict[str, float] = {}

    def start(self) -> tuple[TraceReport | None, Record]:
        """The trace and its record; no trace where one is opened that was written. Raises ProblemError."""
        from adcli.report.live import LiveRecord
        from adcli.report.record import load

        ask = self.ask
        path = recorded(ask, self.mode)
        if path is not None:
            return None, load(read_text(path), path)
        self.texts = list(ask.texts)
        self.mode = self.mode or ask.affordable_sweeps()
        report = self.report(ask.function, ask.point, ask.variables, ask.outputs)
        self.at = report.trace.result.at
        ask.begin(report.trace.result)
        return report, LiveRecord(report)

    def report(
        self, function: Function, at: dict[str, float], wrt: list[str] | None = None, of: list[str] | None = None
    ) -> TraceReport:
        from adcli.report.trace import TraceReport

        return TraceReport(function.trace(at, self.mode or "both", wrt, of, self.numbering))

    def parsed(self, text: str) -> tuple[Function, list[str]]:
        """The function of a text that was edited, and its texts: several EXPR are lines of it. Raises ProblemError."""
        from adcli.function import Function

        if text == "\n".join(self.texts):
            return Function(*self.texts), self.texts
        try:
            return Function(text), [text]
        except ProblemError:
            lines = list(filter(str.strip, text.split("\n")))
            with suppress(ProblemError):
                return Function(*lines), lines
            raise

    # What the explorer asks for

    def recompute(self, text: str, at: str | dict[str, float]) -> tuple[TraceReport, Record]:
        """The trace of a program at a point, and its record. Raises ProblemError."""
        from adcli.report.live import LiveRecord

        function, texts = self.parsed(text)
        known = function.variables
        point = bindings([at]) if isinstance(at, str) else {name: x for name, x in at.items() if name in known}
        report = self.report(function, point)
        self.texts, self.at = texts, report.trace.result.at
        return report, LiveRecord(report)

    def again(self, record: Record) -> TraceReport:
        """The trace that a record is of, made again. Raises ProblemError."""
        function, self.texts = self.parsed(record.program)
        self.at, self.mode = record.at, record.mode
        return self.report(function, record.at, record.variables, [o.name for o in record.outputs])

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
        if format is None:
            hint = "end it in .html, .json, .tex, .md, .svg, .tsv or .txt"
            raise ProblemError(Problem("usage", f"{name or 'no name'} is no file of a known format", hint=hint))
        module = render.load(format)
        if module.NEEDS and module.NEEDS not in document.offers:
            raise ProblemError(Problem("usage", f"this is not written as {format}", hint="end it in .txt, .md or .tex"))
        path = Path(name).expanduser()
        if path.exists() and not replace:
            return ""
        write_file(str(path), module.render(document, View(self.ask.digits, whole=True)))
        return f"{name} is written"

    def browse(self, document: Document) -> str:
        """Open the page of a trace; says where it is. Raises ProblemError."""
        from adcli.explore.web import open_page
        from adcli.report.document import View

        return f"opened {open_page(document, View(self.ask.digits))}"
