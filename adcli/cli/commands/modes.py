"""adcli modes"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, takes, whole
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    repeat: Annotated[
        int,
        typer.Option(
            "--repeat",
            metavar="N",
            parser=whole("--repeat", 0, 1000),
            help="Runs that are timed, at most 1000; 0 measures no time.",
        ),
    ] = 5,
) -> None:
    """What each mode costs for this function, and which to use.

    Forward, reverse, compressed, and finite differences: sweeps, operations, memory, time and error.

    adcli modes "[x*y, x+y, x/y]" --at x=1,y=2
    """
    from adcli.report.modes import ModesReport

    result = ask.function.modes(ask.point, ask.variables, ask.outputs, repeat)
    ask.answer(ModesReport(result), result)
