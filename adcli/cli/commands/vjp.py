"""adcli vjp"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import CERTIFY, DISPLAY, POINT, PROGRAM, STATS, WRT, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, CERTIFY, STATS, DISPLAY, many="vjp")
def command(
    ask: Request,
    cotangent: Annotated[
        list[str] | None,
        typer.Option("--cotangent", metavar="NAME=VALUE,...", help="The weights; outputs not named have 0."),
    ] = None,
) -> None:
    """A cotangent times the Jacobian: one reverse sweep.

    This is the adjoint of every variable for the weighted sum of the outputs.

    adcli vjp "[x*y, x+y]" --at x=1,y=2 --cotangent y1=1,y2=0
    """
    from adcli.report.results import VjpReport

    weights = ask.direction("--cotangent", cotangent)
    result = ask.found(ask.function.vjp, ask.point, weights, ask.variables)
    ask.answer(VjpReport(result), result)
