"""adcli taylor"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PRECISION, PROGRAM, STATS, WRT, Tangent, takes, whole
from adcli.cli.request import Request
from adcli.errors import Problem, ProblemError


@takes(PROGRAM, POINT, WRT, OF, PRECISION, STATS, DISPLAY)
def command(
    ask: Request,
    order: Annotated[
        int, typer.Option("--order", metavar="K", parser=whole("--order", 0), help="The highest order.")
    ] = 4,
    tangent: Tangent = None,
    derivatives: Annotated[
        bool, typer.Option("--derivatives", help="k! times the coefficients: the derivatives themselves.")
    ] = False,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="All mixed partials up to the order, of a few variables.")
    ] = False,
) -> None:
    """The Taylor coefficients, to any order.

    Those of t -> f(x + t*v): along a direction v, or in the one variable there is.

    adcli taylor "exp(x)*sin(x)" --at x=1 --order 8
    """
    from adcli.report.higher import MixedReport, TaylorReport

    if mixed:
        ask.on_floats("--mixed")
        for option, given in (("--tangent", tangent), ("--derivatives", derivatives)):
            if given:
                raise ProblemError(Problem("usage", f"--mixed has no use for {option}", hint=f"leave {option} out"))
        partials = ask.function.mixed(ask.point, order, ask.variables, ask.outputs)
        ask.answer(MixedReport(partials), partials)
        return
    if ask.variables is not None:  # of one variable it names a direction
        chosen = list(ask.function.choose_inputs(ask.variables))
        if tangent is not None or len(chosen) != 1:
            hint = f"write --tangent {','.join(f'{name}=1' for name in chosen[:2])}"
            raise ProblemError(Problem("usage", "--wrt names one variable, or goes with --mixed", hint=hint))
        direction: dict[str, float] | None = {chosen[0]: 1.0}
    else:
        direction = None if tangent is None else ask.direction("--tangent", tangent)
    result = ask.found(ask.function.taylor, ask.point, order, direction, ask.outputs)
    ask.answer(TaylorReport(result, derivatives), result)
