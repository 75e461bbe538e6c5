"""adcli check"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, takes, whole
from adcli.cli.request import Request, box_of
from adcli.cli.terminal import say
from adcli.errors import FAILED


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    claim: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="NAME=PARTIAL,...", help="A gradient to be checked: formulas, or numbers."),
    ] = None,
    box: Annotated[
        list[str] | None,
        typer.Option("--box", metavar="NAME=LOW:HIGH,...", help="Check at random points of a box; repeatable."),
    ] = None,
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", parser=whole("--samples", 1, 100_000), help="How many points.")
    ] = 20,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", parser=whole("--seed", 0, 10**15), help="Of the random points.")
    ] = 0,
) -> None:
    """Whether derivatives are right: tests that compare with no step size.

    Forward against reverse sweep; w.(Jv) against (J'w).v; the order with which the Taylor remainder falls; with the
    extra certified also against proven digits. Exit code 1 when a test fails. With --claim the gradient that somebody
    found by hand or by another program is checked, and what is wrong with it is named.

    adcli check "x^2*sin(y)" --at x=2,y=1 --claim "x=2*x*sin(y), y=x^2*cos(y)"
    """
    from adcli.parse.point import parse_named
    from adcli.report.check import CheckReport, left_out

    claims: dict[str, str] = {}
    for text in claim or []:
        claims |= parse_named(text)
    bounds = {} if box is None else box_of(box)
    result = ask.function.check(ask.point, ask.variables, ask.outputs, claims, bounds, samples, seed)
    ask.answer(CheckReport(result), result)
    if result.left and not ask.quiet:
        say(f"note: {left_out(result)}")
    if not result.ok:
        raise typer.Exit(FAILED)
