"""adcli trace"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, one_of, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    mode: Annotated[
        str | None, typer.Option("--mode", metavar="MODE", help="forward, reverse or both (the default).")
    ] = None,
    numbering: Annotated[
        str, typer.Option("--numbering", metavar="ORDER", help="Number nodes by level, or as written (source).")
    ] = "level",
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="NAME", help="Also the second order along this variable: a Hessian column."),
    ] = None,
) -> None:
    """Every step: values, tangents, adjoints, Jacobian.

    The nodes are v1, v2, ... and the inputs those up to v0, as Griewank and Walther number them.

    adcli trace "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5 --mode reverse
    """
    from adcli.report.trace import TraceReport
    from adcli.tape.numbering import ORDERS

    one_of("--mode", mode or "both", ("forward", "reverse", "both"))
    one_of("--numbering", numbering, ORDERS)
    mode = mode or ask.affordable_sweeps()
    trace = ask.function.trace(ask.point, mode, ask.variables, ask.outputs, numbering, second)
    ask.answer(TraceReport(trace), trace.result)
