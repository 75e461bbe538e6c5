"""What a result cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adcli.higher import Hessian, Sparse
from adcli.report.modes import size
from adcli.report.number import display
from adcli.results import Jacobian, Result


def stats_text(result: Result) -> str:
    """Sweeps, operations, and what else there is to know of how it was made, a line each."""
    return "stats: " + "\n  ".join(parts(result))


def parts(result: Result) -> Iterator[str]:
    if result.sweeps:
        yield plural(result.sweeps, "sweep")
    counted = result.operations
    if counted is not None:
        adds, muls = plural(counted.adds, "addition"), plural(counted.muls, "multiplication")
        yield f"{adds}, {muls}, {plural(counted.elementary, 'elementary function')}"
    if type(result) in MORE:
        yield from MORE[type(result)](result)


def of_jacobian(result: Jacobian) -> Iterator[str]:
    yield f"mode {result.why}"
    if result.checkpoints is not None:
        plan = result.checkpoints
        cut = f"{plural(len(plan.bounds) - 1, 'segment')}, {plural(plan.slots, 'checkpoint')}"
        yield f"{cut}, about {size(plan.stored)}, {plan.extra:.3g} extra evaluations"


def of_sparse(result: Sparse) -> Iterator[str]:
    if result.why:
        yield result.why


def of_hessian(result: Hessian) -> Iterator[str]:
    yield f"asymmetry {display(result.asymmetry, 2)}"


# What else there is to say, by the type of the result
MORE: dict[type[Result], Callable[[Any], Iterator[str]]] = {
    Jacobian: of_jacobian, Sparse: of_sparse, Hessian: of_hessian,
}  # fmt: skip


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
