"""Printing a long trace: head and tail at 80 columns, and every node as TSV."""

from __future__ import annotations

from collections.abc import Iterator

from .table import Table
from .timing import Command, Runs, Size, adcli, processes, workplace


def program(nodes: int) -> str:
    """Two variables, four numbered nodes a round: i*x, sin, the product with y and the sum."""
    return f"sum(sin(i*x)*y for i in 1..{max(2, nodes // 4)})"


def measured(size: Size) -> dict[str, Runs]:
    """Whole processes: the trace in three ways, and the gradient alone for comparison."""
    with workplace() as (folder, environment):
        path = folder / "long.ad"
        path.write_text(program(size.traced) + "\n", encoding="utf-8")
        narrow = {"COLUMNS": "80"}

        def command(*words: str) -> list[str]:
            return adcli(*words, "-f", str(path), "--at", "x=0.3,y=2")

        trace = ("trace", "--mode", "reverse", "--format")
        commands = {
            "grad, tsv": Command(command("grad", "--format", "tsv"), "y"),
            "trace, table of 80 columns": Command(command(*trace, "table"), " more: --all or --format tsv", narrow),
            "trace, tsv": Command(command(*trace, "tsv"), "adjoint:"),
            "trace, table --all": Command(command(*trace, "table", "--all"), "Evaluation", narrow),
        }
        return processes(commands, max(2, size.rounds // 8), folder, environment)


def tables(size: Size) -> Iterator[Table]:
    found = measured(size)
    base = found["grad, tsv"]
    table = Table(
        f"a trace of {size.traced:,} nodes, whole processes",
        ["command", "wall ms, median (quartiles)", "over grad", "lines", "widest", "lines/s over grad"],
        notes=[f"`{program(size.traced)}`, reverse mode. `over grad`: the median of the ratios round by round."],
    )
    for name, runs in found.items():
        lines = runs.output.splitlines()
        ratio = sorted(runs.over(base))[len(runs.wall) // 2]
        more = (runs.milliseconds - base.milliseconds) / 1000
        rate = f"{len(lines) / more:,.0f}" if more > 0.01 else ""
        table.rows.append([name, runs.spread, f"{ratio:.2f}", f"{len(lines):,}", f"{max(map(len, lines))}", rate])
    yield table
