"""Hessians, Taylor coefficients, sparse Jacobians and checkpoints, over one gradient, one value, one plain sweep."""

from __future__ import annotations

import gc
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from adcli.engines import checkpoint
from adcli.engines.bundle import BLOCK, FEW, hessian_products
from adcli.engines.compressed import jacobian_plan, sparse_jacobian
from adcli.engines.linearise import evaluate, linearise
from adcli.engines.reverse import reverse
from adcli.function import Function
from adcli.higher import Sparse
from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.real import REAL
from adcli.tape.tape import Tape

from . import programs
from .table import Table, at_most
from .timing import Size, best_of

HESSIAN, TAYLOR, JACOBIAN = 40, 400, 12
ORDERS = (1, 20, 100)
AIMED = 20  # the order that has a target
CLOCK = "Processor time, the best of calls in turns."
DENSE = """\
Dense sweeps are reverse sweeps on duals, a column each: timed for {few} columns one by one, and for {block} side by
side as arrays, those in the middle, and extrapolated to all {n:,}."""
JACOBIANS = """\
`f` is `Function.value` with its notes; the target is for all of `Function.sparse_jacobian`, which finds pattern and
colours anew in every call; the program is read before. A step with two names is adcli's; CasADi's."""
PEER = """\
CasADi: `SX` and its `Function`; `Function` of `jacobian` of that, built once and then evaluated, numbers from `DM` to
`DM`. Its `all` is both. The entries are the same."""
CHECKPOINTS = """\
t = sin(t)*0.9 + x from t = x, in arrays, with the engines themselves. `peak` is what tracemalloc counts in another
run. It holds columns of pointers to numbers (8 bytes a node in each of 3 columns, of 4 with checkpoints), which a
limit does not count."""


def solved(text: str) -> tuple[Function, dict[str, float], list[float]]:
    """A program, a point by name, and its values in order."""
    function = Function(text)
    at = programs.point(function.tape)
    return function, at, list(at.values())


def columns(tape: Tape, x: list[float], count: int) -> list[list[float]]:
    """The columns in the middle of the Hessian of the one output, a sweep each; shape [count][n].

    The middle, for a column that comes early in a long sum reaches more of it than one that comes late.
    """
    (output,) = tape.outputs
    start = (len(x) - count) // 2
    seeds = [{node: 1.0} for node in tape.inputs[start : start + count]]
    return hessian_products(REAL, tape, x, [output.node], tape.inputs, seeds)[0]


def hessians(size: Size) -> Table:
    """The Hessian by colours, and column by column."""
    f, at, x = solved(programs.rosenbrock(size.curved))
    n = len(x)
    few, block = min(FEW, n), min(BLOCK, n)
    calls: dict[str, Callable[[], object]] = {
        "one gradient": lambda: f.grad(at),
        "Function.hessian": lambda: f.hessian(at),
        "Function.sparse_hessian": lambda: f.sparse_hessian(at),
        "dense, one by one": lambda: columns(f.tape, x, few),
        f"dense, {block} at once": lambda: columns(f.tape, x, block),
    }
    parts = dict(zip(calls, (1, 1, 1, few / n, block / n), strict=True))
    sweeps = dict(zip(calls, (1, f.hessian(at).sweeps, f.sparse_hessian(at).sweeps, n, n), strict=True))
    seconds = best_of(calls, size.best, size.least)
    table = Table(
        f"Hessian of rosenbrock, n = {n:,}, over one gradient (target: at most {HESSIAN})",
        ["computation", "sweeps", "ms", "over the gradient", "target"],
        notes=[f"{DENSE.format(few=few, block=block, n=n)}\n{CLOCK}"],
    )
    for name in calls:
        whole = seconds[name] / parts[name]
        ratio = whole / seconds["one gradient"]
        target = at_most(ratio, HESSIAN) if name.startswith("Function") else ""
        table.rows.append([name, f"{sweeps[name]:,}", f"{whole * 1000:,.1f}", f"{ratio:,.1f}", target])
    return table


def taylors(size: Size) -> Table:
    """Taylor coefficients of the textbook expression along (1, 1)."""
    text, at = programs.sample("textbook")
    f = Function(text)
    x, along = list(f.point(at).values()), dict.fromkeys(at, 1.0)
    calls: dict[str, Callable[[], object]] = {"one evaluation": lambda: f.value(at)}
    calls["its tape alone"] = lambda: evaluate(REAL, f.tape, x)
    calls |= {f"order {k}": partial(f.taylor, at, k, along) for k in ORDERS}
    seconds = best_of(calls, 3 * size.best, size.least)
    table = Table(
        f"Taylor coefficients of the textbook expression over one evaluation (target at order {AIMED}: at most "
        f"{TAYLOR})",
        ["computation", "µs", "over one evaluation", "target"],
        notes=[f"`Function.taylor` over `Function.value`, both with their notes. {CLOCK}"],
    )
    for name in calls:
        ratio = seconds[name] / seconds["one evaluation"]
        target = at_most(ratio, TAYLOR) if name == f"order {AIMED}" else ""
        table.rows.append([name, f"{seconds[name] * 1e6:,.1f}", f"{ratio:.1f}", target])
    return table


def peer() -> Any:
    """CasADi, or None where it is not installed."""
    if find_spec("casadi") is None:
        return None
    with warnings.catch_warnings():  # of its bindings' types, from Python 3.12 on
        warnings.simplefilter("ignore")
        return import_module("casadi")


def casadi_calls(casadi: Any, x: list[float], ours: Sparse) -> dict[str, Callable[[], object]]:
    """Broyden's function in CasADi, step by step. Raises RuntimeError where it has another Jacobian than `ours`."""

    def build() -> Any:
        v = casadi.SX.sym("x", len(x))
        inner = v[1:-1]
        y = (3 - 2 * inner) * inner - v[:-2] - 2 * v[2:] + 1
        return v, y, casadi.Function("f", [v], [y])

    v, y, f = build()

    def derive() -> Any:
        return casadi.Function("J", [v], [casadi.jacobian(y, v)])

    J, point = derive(), casadi.DM(x)
    theirs = J(point)
    entries = dict(zip(zip(*theirs.sparsity().get_triplet(), strict=True), theirs.nonzeros(), strict=True))
    if entries != dict(zip(zip(ours.rows, ours.cols, strict=True), ours.data[0], strict=True)):
        raise RuntimeError("CasADi gives another Jacobian")
    return {"build": build, "value": lambda: f(point), "derive": derive, "sweep": lambda: J(point)}


def jacobians(size: Size) -> Table:
    """The sparse Jacobian of Broyden's tridiagonal function, and the same in CasADi."""
    text = programs.broyden(size.banded)
    f, at, x = solved(text)
    tape, nodes = f.tape, [o.node for o in f.tape.outputs]
    plan = jacobian_plan(tape, nodes, tape.inputs)
    calls: dict[str, Callable[[], object]] = {
        "build": lambda: Function(text),
        "value": lambda: f.value(at),
        "tape": lambda: evaluate(REAL, tape, x),
        "derive": lambda: jacobian_plan(tape, nodes, tape.inputs),
        "sweep": lambda: sparse_jacobian(REAL, tape, linearise(REAL, tape, x), nodes, tape.inputs, plan),
        "all": lambda: f.sparse_jacobian(at),
    }
    casadi = peer()
    if casadi is not None:
        calls |= {f"CasADi {step}": call for step, call in casadi_calls(casadi, x, f.sparse_jacobian(at)).items()}
    seconds = best_of(calls, size.best, size.least)
    if casadi is not None:
        seconds["CasADi all"] = seconds["CasADi derive"] + seconds["CasADi sweep"]
    table = Table(
        f"sparse Jacobian of Broyden's tridiagonal function, n = {size.banded:,}, over one evaluation "
        f"(target: at most {JACOBIAN})",
        ["step", "adcli, ms", "over f", "target"],
        notes=[f"{JACOBIANS}\n{CLOCK}", "CasADi is not installed." if casadi is None else PEER],
    )
    if casadi is not None:
        table.header += ["CasADi, ms", "over its f"]
    steps = {
        "build": "f: read; built", "value": "f: one evaluation", "tape": "f: the tape alone",
        "derive": "pattern and colours; Jacobian built", "sweep": f"{plan.sweeps} sweeps; Jacobian evaluated",
        "all": "sparse Jacobian, all of it",
    }  # fmt: skip
    for key, step in steps.items():
        ratio = seconds[key] / seconds["value"]
        row = [step, f"{seconds[key] * 1000:,.1f}", f"{ratio:.2f}", at_most(ratio, JACOBIAN) if key == "all" else ""]
        if casadi is not None:
            theirs = seconds.get(f"CasADi {key}")
            over = "" if theirs is None else f"{theirs / seconds['CasADi value']:,.1f}"
            row += ["" if theirs is None else f"{theirs * 1000:,.2f}", over]
        table.rows.append(row)
    return table


def peak(call: Callable[[], object]) -> int:
    """Bytes that Python asks for during a call, at most at once."""
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def whole(tape: Tape, x: Any) -> Any:
    """The adjoint of the one input, by the sweep that remembers everything."""
    (output,) = tape.outputs
    with quietly():
        return reverse(ARRAY, tape, linearise(ARRAY, tape, [x]), {output.node: 1.0})[tape.inputs[0]]


def segmented(tape: Tape, x: Any, plan: checkpoint.Plan) -> Any:
    """The same by a plan."""
    (output,) = tape.outputs
    with quietly():
        return checkpoint.vjp(ARRAY, tape, [x], {output.node: 1.0}, plan).adjoints[tape.inputs[0]]


def checkpoints(size: Size) -> Table:
    """One reverse sweep through a long chain: everything kept, and within a memory."""
    tape, x = programs.chain(size.nodes), np.linspace(0.1, 1.0, size.points)
    nodes, megabyte = [o.node for o in tape.outputs], 10**6
    plans = {
        "checkpoints, no limit given": checkpoint.plan(tape, nodes, None, x.nbytes),
        f"checkpoints within {size.memory / megabyte:g} MB": checkpoint.plan(tape, nodes, size.memory, x.nbytes),
    }
    calls: dict[str, Callable[[], object]] = {"plain": lambda: whole(tape, x)}
    calls |= {name: partial(segmented, tape, x, plan) for name, plan in plans.items()}
    seconds = best_of(calls, size.best, size.least)
    table = Table(
        f"reverse sweep through a chain of {len(tape):,} nodes at {size.points:,} points",
        ["sweep", "segments", "checkpoints", "extra evaluations", "seconds", "over plain", "peak MB", "pointers MB",
         "planned MB", "peak without pointers"],
        notes=[f"{CHECKPOINTS}\n{CLOCK}"],
    )  # fmt: skip
    for name, call in calls.items():
        plan, most = plans.get(name), peak(call)
        pointers = 8 * len(tape) * (3 if plan is None else 4)
        cut = ["1", "0", "0", ""] if plan is None else [
            f"{len(plan.bounds) - 1:,}", f"{plan.slots:,}", f"{plan.extra:.2f}", f"{plan.stored / megabyte:.2f}",
        ]  # fmt: skip
        limited = plan is not None and "within" in name
        net = at_most((most - pointers) / megabyte, size.memory / megabyte).replace(":", " MB:") if limited else ""
        table.rows.append([
            name, *cut[:3], f"{seconds[name]:.2f}", f"{seconds[name] / seconds['plain']:.2f}",
            f"{most / megabyte:.1f}", f"{pointers / megabyte:.1f}", cut[3], net,
        ])  # fmt: skip
    return table


def tables(size: Size) -> Iterator[Table]:
    yield hessians(size)
    yield taylors(size)
    yield jacobians(size)
    yield checkpoints(size)
