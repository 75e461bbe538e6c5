"""adcli hessian"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import CERTIFY, DISPLAY, OF, POINT, PROGRAM, STATS, WRT, takes
from adcli.cli.request import Request
from adcli.errors import Problem, ProblemError


@takes(PROGRAM, POINT, WRT, OF, CERTIFY, STATS, DISPLAY, many="hessian")
def command(
    ask: Request,
    tangent: Annotated[
        list[str] | None,
        typer.Option("--tangent", metavar="NAME=VALUE,...", help="Only the quadratic form in this direction."),
    ] = None,
    sparse: Annotated[bool, typer.Option("--sparse", help="Only the entries that can be other than 0.")] = False,
) -> None:
    """The second partials: one symmetric matrix for each output.

    With --tangent v only the number v'Hv, the quadratic form; with --sparse the pattern, its colours and its entries.

    adcli hessian "x^2*y + exp(x*y)" --at x=1,y=2
    """
    from adcli.report.higher import HessianReport, QuadraticReport, SparseReport

    if tangent is not None:
        for option, given in (("--sparse", sparse), ("--wrt", ask.wrt)):
            if given:
                raise ProblemError(Problem("usage", f"--tangent has no use for {option}", hint=f"leave {option} out"))
        product = ask.found(ask.function.hvp, ask.point, ask.direction("--tangent", tangent), None, ask.outputs)
        ask.answer(QuadraticReport(product), product)
    elif sparse or ask.for_matrices:
        ask.on_floats("--sparse" if sparse else f"the format {ask.chosen}")
        entries = ask.function.sparse_hessian(ask.point, ask.variables, ask.outputs)
        ask.answer(SparseReport(entries, second=True), entries)
    else:
        result = ask.found(ask.function.hessian, ask.point, ask.variables, ask.outputs)
        ask.answer(HessianReport(result), result)
