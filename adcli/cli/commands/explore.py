"""adcli explore"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adcli.cli import state
from adcli.cli.explore_session import Session
from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, Mode, Numbering, takes, traced
from adcli.cli.request import Request, tell
from adcli.cli.terminal import need_terminal, say, wants_color
from adcli.errors import OK, Problem, ProblemError

if TYPE_CHECKING:
    from adcli.report.record import Record
    from adcli.report.trace import TraceReport

INSTEAD = "adcli trace --step goes through it in a plain terminal, adcli trace -o trace.html writes a page"


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    mode: Mode = None,
    numbering: Numbering = None,
    web: Annotated[
        bool, typer.Option("--web", help="The page of the trace in a browser; -o FILE keeps it.")
    ] = False,
) -> None:  # fmt: skip
    """A trace to walk through: both sweeps, step by step.

    In the terminal n is the next step and ? lists the keys. EXPR may be a trace that was written
    with --format json: trace.json. Needs the extra adcli[explore]; --web needs none.

    adcli explore "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5
    """
    traced(mode, numbering)
    if not web:
        interactive(ask)
    session = Session(ask, mode, numbering)
    report, record = session.start()
    code = in_browser(ask, session, report, record) if web else in_terminal(ask, session, report, record)
    if session.texts:
        state.remember(state.Last(session.texts, session.at))
    if code:
        raise typer.Exit(code)


def in_terminal(ask: Request, session: Session, report: TraceReport | None, record: Record) -> int:
    """Explore in the terminal; the exit code. Raises ProblemError where the extra is missing."""
    if wants_color(ask.color, sys.stdout):
        os.environ.pop("NO_COLOR", None)
    else:
        os.environ["NO_COLOR"] = "1"  # what Textual goes by
    try:
        from adcli.explore.app import explore
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] != "textual":
            raise
        headline = "the explorer in the terminal needs Textual"
        raise ProblemError(Problem("usage", headline, hint=f'pip install "adcli[explore]"; {INSTEAD}')) from None
    return explore(record, report, ask.view(False), session)


def in_browser(ask: Request, session: Session, report: TraceReport | None, record: Record) -> int:
    """Open the page of the trace; that of a record is made again. Raises ProblemError."""
    if ask.chosen not in (None, "html"):
        raise ProblemError(Problem("usage", f"a browser shows no {ask.chosen}", hint="write -o trace.html"))
    if report is None:
        from adcli.report.diff import DiffReport
        from adcli.report.live import LiveRecord

        report = session.again(record)
        if not ask.quiet and not DiffReport(record, LiveRecord(report), ("file", "program")).equal:
            say("note: the page shows the program as this adcli evaluates it; the file has other numbers")
    if ask.output is None:
        said = session.browse(report)
    else:
        from adcli.explore.web import show

        ask.print(report, "html")
        show(Path(ask.output))
        said = f"opened {ask.output}"
    if not ask.quiet:
        say(said)
        tell(report.trace.result.notes)
    return OK


def interactive(ask: Request) -> None:
    """Raise ProblemError where there is nobody at a terminal, or nothing to draw with."""
    need_terminal("explore", INSTEAD, input=sys.stdin, output=sys.stdout, error=sys.stderr)  # Textual draws on the last
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        raise ProblemError(Problem("usage", "this terminal cannot move its cursor (TERM is dumb)", hint=INSTEAD))
    ask.write_nothing("adcli trace writes a trace; in the explorer the key w does")
