"""adcli fmt"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, PROGRAM, takes
from adcli.cli.request import Request


@takes(PROGRAM, DISPLAY)
def command(
    ask: Request,
    expand: Annotated[bool, typer.Option("--expand", help="Write user functions and comprehensions out.")] = False,
) -> None:
    """How a program was parsed, as canonical text.

    Brackets that change nothing go, signs are spelled one way, comments are left out.

    adcli fmt "2^-x^2*3 - -y"
    """
    from adcli.report.source import SourceReport

    ask.print(SourceReport(ask.function, expand), piped="raw")
