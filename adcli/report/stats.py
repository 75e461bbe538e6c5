"""What a result cost, in a line."""

from __future__ import annotations

from collections.abc import Iterator

from adcli.higher import Hessian
from adcli.numbers.text import write
from adcli.results import Jacobian, Result


def stats_text(result: Result) -> str:
    """Sweeps, operations, and what else there is to know of how it was made."""
    return "stats: " + "; ".join(parts(result))


def parts(result: Result) -> Iterator[str]:
    if result.sweeps:
        yield plural(result.sweeps, "sweep")
    counted = result.operations
    if counted is not None:
        adds, muls = plural(counted.adds, "addition"), plural(counted.muls, "multiplication")
        yield f"{adds}, {muls}, {plural(counted.elementary, 'elementary function')}"
    if isinstance(result, Hessian):
        yield f"asymmetry {write(result.asymmetry)}"
    if isinstance(result, Jacobian):
        yield f"mode {result.why}"
        if result.checkpoints is not None:
            plan = result.checkpoints
            cut = f"{plural(len(plan.bounds) - 1, 'segment')}, {plural(plan.slots, 'checkpoint')}"
            yield f"{cut}, about {plan.stored:,} bytes; evaluated {plan.extra:.3g} times more"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
