"""adcli jacobian"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, one_of, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    mode: Annotated[str, typer.Option("--mode", metavar="MODE", help="auto, forward or reverse.")] = "auto",
) -> None:
    """The Jacobian matrix, and the sweeps that make it.

    A row for each output, a column for each variable.

    adcli jacobian "[x*y, x+y, x/y]" --at x=1,y=2
    """
    from adcli.engines.jacobian import MODES
    from adcli.report.results import JacobianReport

    one_of("--mode", mode, MODES)
    result = ask.function.jacobian(ask.point, mode, ask.variables, ask.outputs)
    ask.answer(JacobianReport(result), result)
