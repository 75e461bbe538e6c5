"""What is done with a program at a point: every way into the API, and the report that shows what it found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from adcli import render
from adcli.function import Function
from adcli.report.check import CheckReport
from adcli.report.document import Document, View
from adcli.report.explain import VIEWS
from adcli.report.graph import GraphReport
from adcli.report.higher import HessianReport, HvpReport, MixedReport, SparseReport, TaylorReport
from adcli.report.modes import ModesReport
from adcli.report.propagate import PropagateReport
from adcli.report.results import GradientReport, JacobianReport, JvpReport, ValueReport, VjpReport
from adcli.report.source import SourceReport
from adcli.report.trace import TraceReport

Point = dict[str, Any]


def along(f: Function) -> dict[str, float]:
    """A direction in all variables: 1, -1/2, 1/3, ..."""
    return {name: (-1) ** i / (i + 1) for i, name in enumerate(f.variables)}


def gradient(f: Function, at: Point) -> Document:
    found = f.grad(at)
    return GradientReport(found) if len(f.outputs) == 1 else JacobianReport(found)


OPERATIONS: dict[str, Callable[[Function, Point], Document]] = {
    "value": lambda f, at: ValueReport(f.value(at)),
    "grad": gradient,
    "forward": lambda f, at: JacobianReport(f.jacobian(at, "forward")),
    "reverse": lambda f, at: JacobianReport(f.jacobian(at, "reverse")),
    "checkpoint": lambda f, at: JacobianReport(f.jacobian(at, checkpoint=True)),
    "sparse": lambda f, at: SparseReport(f.sparse_jacobian(at), second=False),
    "jvp": lambda f, at: JvpReport(f.jvp(at, along(f))),
    "vjp": lambda f, at: VjpReport(f.vjp(at, dict.fromkeys(f.outputs, 0.5))),
    "hessian": lambda f, at: HessianReport(f.hessian(at)),
    "sparse hessian": lambda f, at: SparseReport(f.sparse_hessian(at), second=True),
    "hvp": lambda f, at: HvpReport(f.hvp(at, along(f))),
    "taylor 0": lambda f, at: TaylorReport(f.taylor(at, 0, along(f)), False),
    "taylor 2": lambda f, at: TaylorReport(f.taylor(at, 2, along(f)), True),
    "taylor 4": lambda f, at: TaylorReport(f.taylor(at, 4, along(f)), False),
    "mixed": lambda f, at: MixedReport(f.mixed(at, 2)),
    "trace": lambda f, at: TraceReport(f.trace(at)),
    "second trace": lambda f, at: TraceReport(f.trace(at, second=next(iter(f.variables), None), rounding=True)),
    "source trace": lambda f, at: TraceReport(f.trace(at, numbering="source")),
    "graph": lambda f, at: GraphReport(f.trace(at), "both"),
    "paths": lambda f, at: VIEWS["paths"](f.trace(at), None),
    "nodes": lambda f, at: VIEWS["nodes"](f.trace(at), 5),
    "check": lambda f, at: CheckReport(f.check(at)),
    "propagate": lambda f, at: PropagateReport(f.propagate(at, dict.fromkeys(f.variables, 0.1), second_order=True)),
    "modes": lambda f, at: ModesReport(f.modes(at, repeat=0)),
    "source": lambda f, at: SourceReport(f),
    "expanded": lambda f, at: SourceReport(f, True),
    "certified": lambda f, at: JacobianReport(f.jacobian(at, precision=15)),
}
CHEAP = ["value", "grad", "forward", "reverse", "checkpoint", "sparse", "jvp", "vjp", "hvp", "taylor 0", "taylor 2",
         "source", "expanded"]  # fmt: skip


def point(f: Function, numbers: list[float]) -> Point:
    """The numbers, over and over, for the variables."""
    return dict(zip(f.variables, islice(cycle(numbers or [1.0]), len(f.variables)), strict=True))


def operate(f: Function, numbers: list[float], operation: str, form: str) -> str:
    """The text of a report in a format; without one, the report is only made."""
    document = OPERATIONS[operation](f, point(f, numbers))
    return "".join(render.load(form).render(document, View(width=100))) if form else ""
