"""adcli propagate"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, takes
from adcli.cli.request import Request, bindings
from adcli.errors import Problem, ProblemError
from adcli.files import read_text


@takes(PROGRAM, POINT, OF, DISPLAY)
def command(
    ask: Request,
    sigma: Annotated[
        list[str] | None,
        typer.Option("--sigma", metavar="NAME=VALUE,...", help="Standard uncertainties; inputs not named are exact."),
    ] = None,
    cov: Annotated[
        str | None,
        typer.Option("--cov", metavar="FILE", help="Covariances: CSV with a header of names, or JSON by name."),
    ] = None,
    second: Annotated[
        bool, typer.Option("--second-order", help="Also the bias of the mean, and the uncertainty, by second partials.")
    ] = False,
) -> None:
    """The uncertainty of the outputs, from that of the inputs.

    By the law of propagation of the GUM: through the Jacobian, with the budget of every input.

    adcli propagate "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5 --sigma x1=0.1,x2=0.2
    """
    from adcli.parse.covariances import read_covariances
    from adcli.report.propagate import PropagateReport

    if sigma is None and cov is None:
        known = ",".join(f"{name}=0.1" for name in ask.function.variables[:2])
        hint = f"write --sigma {known}" if known else "the program has no variables"
        raise ProblemError(Problem("usage", "--sigma is missing", hint=hint))
    given = {} if cov is None else read_covariances(read_text(cov), cov)
    uncertainties = {} if sigma is None else dict(bindings(sigma))
    result = ask.function.propagate(ask.point, uncertainties, given, second, ask.outputs)
    ask.answer(PropagateReport(result), result)
