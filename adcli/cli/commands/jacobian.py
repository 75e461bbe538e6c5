"""adcli jacobian"""

from __future__ import annotations

from typing import Annotated

import typer

from adcli.cli.options import CERTIFY, CHECKPOINT, DISPLAY, OF, POINT, PROGRAM, STATS, WRT, one_of, takes
from adcli.cli.request import Request


@takes(PROGRAM, POINT, WRT, OF, CHECKPOINT, CERTIFY, STATS, DISPLAY, many="jacobian")
def command(
    ask: Request,
    mode: Annotated[str, typer.Option("--mode", metavar="MODE", help="auto, forward or reverse.")] = "auto",
    sparse: Annotated[bool, typer.Option("--sparse", help="Only the entries that can be other than 0.")] = False,
) -> None:
    """The Jacobian matrix, and the sweeps that make it.

    A row for each output, a column for each variable. With --sparse columns (or rows) that share no entry share a
    sweep; --format pattern draws where the entries are, and mtx and coo write them.

    adcli jacobian "[x*y, x+y, x/y]" --at x=1,y=2
    """
    from adcli.engines.jacobian import MODES

    one_of("--mode", mode, MODES)
    if sparse or ask.for_matrices:
        from adcli.report.higher import SparseReport

        ask.on_floats("--sparse" if sparse else f"the format {ask.chosen}")
        ask.without_checkpoints("--sparse" if sparse else f"the format {ask.chosen}")
        entries = ask.function.sparse_jacobian(ask.point, mode, ask.variables, ask.outputs)
        ask.answer(SparseReport(entries, second=False), entries)
        return
    from adcli.report.results import JacobianReport

    if mode == "forward":
        ask.without_checkpoints("--mode forward")
    result = ask.found(
        ask.function.jacobian, ask.point, mode, ask.variables, ask.outputs, checkpoint=ask.checkpoint, memory=ask.bytes
    )
    ask.answer(JacobianReport(result), result)
