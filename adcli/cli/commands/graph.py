"""adcli graph"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, Numbering, takes, traced, whole
from adcli.cli.request import Request
from adcli.cli.terminal import say
from adcli.errors import Problem, ProblemError


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    mode: Annotated[
        str | None,
        typer.Option("--mode", metavar="MODE", help="Also tangents (forward), adjoints (reverse) or both; partials."),
    ] = None,
    numbering: Numbering = None,
    around: Annotated[
        str | None, typer.Option("--around", metavar="NODE", help="Only this node and those near it.")
    ] = None,
    hops: Annotated[
        int | None,
        typer.Option("--hops", metavar="N", parser=whole("--hops", 0, 1_000_000),
                     help="How near, in edges either way. Default: 2."),
    ] = None,
) -> None:  # fmt: skip
    """The graph of a program, with values: what uses what.

    As text it is drawn with lines, or where that would not fit a tree from each output down to the inputs, in which
    a node used twice is expanded once. Formats svg, png, dot and mermaid draw it too. Default: text, also in a pipe.

    adcli graph "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5 --mode reverse
    """
    from adcli.report.graph import HOPS, LARGEST, GraphReport

    order = traced(mode, numbering)
    if hops is not None and around is None:
        raise ProblemError(Problem("usage", "--hops needs --around", hint="write --around v1 --hops 2"))
    trace = ask.function.trace(ask.point, mode or "both", ask.variables, ask.outputs, order)
    count = len(trace.nodes) + len(trace.outputs)
    if count > LARGEST and around is None and not ask.for_machines:
        around = trace.outputs[0].name
        if not ask.quiet:
            say(f"{count:,} nodes: showing those within {HOPS} hops of {around}; --around NODE --hops N shows others")
    ask.answer(GraphReport(trace, mode, around, HOPS if hops is None else hops), trace.result, "text")
