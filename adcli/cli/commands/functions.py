"""adcli functions"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, takes
from adcli.cli.request import Request


@takes(DISPLAY)
def command(
    ask: Request,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", show_default=False, help="Functions to show in full.")
    ] = None,
) -> None:
    """The functions: meaning, rule, domain and kink.

    adcli functions sin
    """
    from adcli.report.functions import FunctionsReport

    ask.print(FunctionsReport(names or []))
