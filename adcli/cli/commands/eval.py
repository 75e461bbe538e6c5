"""adcli eval"""

from __future__ import annotations

from adcli.cli.options import CERTIFY, DISPLAY, OF, POINT, PROGRAM, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, OF, CERTIFY, DISPLAY, many="value")
def command(ask: Request) -> None:
    """The values of a program at a point.

    adcli eval "x^2 + 1" --at x=3
    """
    from adcli.report.results import ValueReport

    result = ask.found(ask.function.value, ask.point, ask.outputs)
    ask.answer(ValueReport(result), result)
