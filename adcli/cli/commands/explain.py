"""adcli explain"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, Numbering, takes, traced, whole
from adcli.cli.request import Request
from adcli.errors import Problem, ProblemError


@takes(PROGRAM, POINT, OF, DISPLAY)
def command(
    ask: Request,
    path: Annotated[
        list[str] | None,
        typer.Option("--path", metavar="NAME,...", help="The paths from these inputs. Default: from each input."),
    ] = None,
    node: Annotated[
        bool, typer.Option("--node", help="Not the paths, but what each node carries: tangent times adjoint.")
    ] = False,
    edge: Annotated[
        bool, typer.Option("--edge", help="Not the paths, but what each edge carries.")
    ] = False,
    top: Annotated[
        int | None,
        typer.Option("--top", metavar="K", parser=whole("--top", 1, 10_000),
                     help="The largest K only. Default: 10 paths; all nodes or edges."),
    ] = None,
    numbering: Numbering = None,
) -> None:  # fmt: skip
    """Where a partial comes from: all paths to the output, and their products.

    A partial is the sum, over all paths from the input to the output, of the product of the partials along the
    path. The largest products come first, then what the other paths add up to.

    adcli explain "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5 --path x2
    """
    from adcli.report.explain import VIEWS

    order = traced(None, numbering)
    if node and edge:
        raise ProblemError(Problem("usage", "--node and --edge are two views", hint="choose one of them"))
    trace = ask.function.trace(ask.point, "both", ask.names(path, "--path"), ask.outputs, order)
    report = VIEWS["nodes" if node else "edges" if edge else "paths"]
    ask.answer(report(trace, top), trace.result)
