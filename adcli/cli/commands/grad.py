"""adcli grad"""

from __future__ import annotations

from adcli.cli.options import CERTIFY, CHECKPOINT, DISPLAY, OF, POINT, PROGRAM, STATS, WRT, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, OF, CHECKPOINT, CERTIFY, STATS, DISPLAY, many="grad")
def command(ask: Request) -> None:
    """The partial derivatives at a point, one a row.

    adcli grad "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5
    """
    from adcli.report.results import GradientReport

    result = ask.found(
        ask.function.grad, ask.point, ask.variables, ask.outputs, checkpoint=ask.checkpoint, memory=ask.bytes
    )
    ask.answer(GradientReport(result), result)
