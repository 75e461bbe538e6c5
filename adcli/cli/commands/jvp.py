"""adcli jvp"""

from __future__ import annotations

from adcli.cli.options import CERTIFY, DISPLAY, OF, POINT, PROGRAM, STATS, Tangent, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, OF, CERTIFY, STATS, DISPLAY, many="jvp")
def command(ask: Request, tangent: Tangent = None) -> None:
    """The Jacobian times a tangent: one forward sweep.

    This is the derivative of every output along a direction.

    adcli jvp "[x*y, x+y]" --at x=1,y=2 --tangent x=1,y=0
    """
    from adcli.report.results import JvpReport

    direction = ask.direction("--tangent", tangent)
    result = ask.found(ask.function.jvp, ask.point, direction, ask.outputs)
    ask.answer(JvpReport(result), result)
