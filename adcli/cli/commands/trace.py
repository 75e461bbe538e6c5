"""adcli trace"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PRECISION, PROGRAM, WRT, Mode, Numbering, takes, traced
from adcli.cli.request import Request, read_stdin
from adcli.errors import FAILED, Problem, ProblemError
from adcli.files import read_text

if TYPE_CHECKING:
    from adcli.trace import Trace


@takes(PROGRAM, POINT, WRT, OF, PRECISION, DISPLAY)
def command(
    ask: Request,
    mode: Mode = None,
    numbering: Numbering = None,
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="NAME", help="Also the second order along this variable: a Hessian column."),
    ] = None,
    rounding: Annotated[
        bool, typer.Option("--rounding", help="Also how much each node adds to the rounding error, the worst first.")
    ] = False,
    step: Annotated[
        bool, typer.Option("--step", help="One line of the chain rule at a time: Enter goes on, b back, q quits.")
    ] = False,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="A B",
                     help="Where two traces in JSON part (exit code 1 if they do); - is standard input."),
    ] = None,
) -> None:  # fmt: skip
    """Every step: values, tangents, adjoints, Jacobian.

    The nodes are v1, v2, ... and the inputs those up to v0, as Griewank and Walther number them.

    adcli trace "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5 --mode reverse
    """
    if diff is not None:
        compare(ask, diff, mode, numbering, second, "--step" if step else None, "--rounding" if rounding else None)
        return
    from adcli.report.trace import TraceReport

    for option, given in (
        ("--step", step),
        ("--second", second is not None),
        ("--rounding", rounding),
        ("the page of --format html", ask.chosen == "html"),
    ):
        if given:
            ask.on_floats(option)
    order = traced(mode, numbering)
    mode = mode or ask.affordable_sweeps()
    trace = ask.found(ask.function.trace, ask.point, mode, ask.variables, ask.outputs, order, second, rounding=rounding)
    if step:
        page_through(ask, trace)
    else:
        ask.answer(TraceReport(trace), trace.result)


def page_through(ask: Request, trace: Trace) -> None:
    """The steps, one at a time where somebody presses keys, else one below the other."""
    from adcli.cli.stepping import can_step, step_through
    from adcli.report.paging import StepsReport

    report = StepsReport(trace)
    if ask.chosen is not None or ask.output is not None or not can_step():
        ask.answer(report, trace.result, piped="table")
        return
    ask.begin(trace.result)
    step_through(report, lambda: ask.view(False))
    ask.end(trace.result)


def compare(ask: Request, names: tuple[str, str], *options: str | None) -> None:
    """Print where two recorded traces part. Raises typer.Exit where they do, and ProblemError for what is no trace."""
    from adcli.report.diff import DiffReport
    from adcli.report.record import load

    if any((ask.exprs, ask.file, ask.at, ask.wrt, ask.of, *options)):
        raise ProblemError(Problem("usage", "--diff compares two files as they are: it takes no program and no choices",
                                   hint="write adcli trace --diff a.json b.json"))  # fmt: skip
    if names == ("-", "-"):
        raise ProblemError(Problem("usage", "--diff reads standard input once", hint="write - for one of the two"))
    texts = [read_stdin("name a file that is a trace") if name == "-" else read_text(name) for name in names]
    shown = ["standard input" if name == "-" else name for name in names]
    report = DiffReport(load(texts[0], shown[0]), load(texts[1], shown[1]), (shown[0], shown[1]))
    ask.print(report)
    if not report.equal:
        raise typer.Exit(FAILED)
