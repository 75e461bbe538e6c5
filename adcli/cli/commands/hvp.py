"""adcli hvp"""

from __future__ import annotations

from adcli.cli.options import CERTIFY, DISPLAY, OF, POINT, PROGRAM, STATS, WRT, Tangent, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, OF, CERTIFY, STATS, DISPLAY, many="hvp")
def command(ask: Request, tangent: Tangent = None) -> None:
    """The Hessian times a tangent, without the Hessian.

    One reverse sweep on dual numbers for each output.

    adcli hvp "x^2*y + exp(x*y)" --at x=1,y=2 --tangent x=1,y=0
    """
    from adcli.report.higher import HvpReport

    direction = ask.direction("--tangent", tangent)
    result = ask.found(ask.function.hvp, ask.point, direction, ask.variables, ask.outputs)
    ask.answer(HvpReport(result), result)
