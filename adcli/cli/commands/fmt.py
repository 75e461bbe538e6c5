"""adcli fmt"""

from __future__ import annotations

from adcli.cli.options import DISPLAY, PROGRAM, takes
from adcli.cli.request import Request


@takes(PROGRAM, DISPLAY)
def command(ask: Request) -> None:
    """How a program was parsed, as canonical text.

    User functions and comprehensions are shown expanded.

    adcli fmt "2^-x^2*3 - -y"
    """
    from adcli.report.source import SourceReport

    ask.print(SourceReport(ask.function), piped="raw")
