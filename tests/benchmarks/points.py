"""Values and gradients at a million points: adcli's engines, JAX, autograd, CasADi and a gradient written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from statistics import geometric_mean
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adcli.engines.blocks import cores
from adcli.engines.interpreter import Interpreter
from adcli.engines.linearise import linearise
from adcli.engines.reverse import reverse
from adcli.function import Function
from adcli.numbers.real import REAL
from adcli.tape.tape import Tape

from . import higher, programs
from .formulas import FORMULAS, Formula
from .table import Table, at_least, at_most
from .timing import Size, best_of

Array = NDArray[np.float64]
OURS = {f"adcli {engine}{', out=' * reuse}": (engine, reuse) for engine in ("numpy", "llvm") for reuse in (False, True)}
NEEDED = {
    "adcli llvm": "llvmlite", "adcli llvm, out=": "llvmlite", "JAX": "jax", "autograd": "autograd",
    "CasADi": "casadi", "CasADi, buffers": "casadi",
}  # fmt: skip
GOALS: dict[str, dict[str, float]] = {
    "JAX": {"numpy": 1.0, "llvm": 1.5}, "autograd": {"numpy": 4.0}, "CasADi": {"numpy": 15.0}, "CasADi, buffers": {},
    "by hand": {"numpy": 1.5},
}  # fmt: skip
TOLERANCE = 1e-9
CHAIN = 25
CLOCK = """\
Wall clock, for several of them use all cores; the best of {turns}, in turns. A result is held until the next one is
there. All agree to {tolerance:g} in value and all partials, which is checked before."""
PEERS = """\
JAX: `jit(vmap(value_and_grad))` in float64 on the CPU, compiled before, from arrays of its own. autograd: `make_vjp`,
which is its `elementwise_grad` without a second evaluation. CasADi: `SX`, `Function.map` over all points on all
cores (which gains little), from a matrix of its own; and the same by `Function.buffer`, from array to array, always the
same, its quickest. By hand: NumPy as one would write it, everything computed once."""
RATIOS = "The peer's time over adcli's: the geometric mean of the six functions. The goals are for new results."
LOGISTIC = """\
x = r*x*(1 - x), {steps:,} times from x0; the gradient in r and x0. An operation is a node of the tape that is no leaf;
its share of values, partials and sweep. Wall clock, the best of calls in turns. `made` is the interpreter itself from
the tape, once for all points."""


class Contestant(NamedTuple):
    """A call that is timed, and what makes [value, partial, ...] of its result."""

    call: Callable[[], Any]
    rows: Callable[[Any], Sequence[Any]]


Maker = Callable[[Formula, list[Array]], Contestant]


def ours(engine: str, reuse: bool) -> Maker:
    """adcli with one of its engines, in new arrays or in those of an earlier result."""

    def make(formula: Formula, x: list[Array]) -> Contestant:
        f, at = Function(formula.text), dict(zip(formula.ranges, x, strict=True))
        out = f.many(at, "grad", engine=engine) if reuse else None
        return Contestant(lambda: f.many(at, "grad", engine=engine, out=out), lambda b: [*b.values, *b.jacobian[0]])

    return make


def jax(formula: Formula, x: list[Array]) -> Contestant:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    m, inputs = import_module("jax.numpy"), [jax.device_put(v) for v in x]
    one = jax.value_and_grad(lambda *v: formula.value(m, *v), argnums=tuple(range(len(x))))
    f = jax.jit(jax.vmap(one))
    return Contestant(lambda: jax.block_until_ready(f(*inputs)), lambda found: [found[0], *found[1]])


def autograd(formula: Formula, x: list[Array]) -> Contestant:
    m, make_vjp = import_module("autograd.numpy"), import_module("autograd").make_vjp
    f = make_vjp(lambda *v: formula.value(m, *v), tuple(range(len(x))))

    def call() -> tuple[Any, Any]:
        vjp, value = f(*x)
        return value, vjp(np.ones_like(value))

    return Contestant(call, lambda found: [found[0], *found[1]])


def casadi_map(casadi: Any, formula: Formula, points: int) -> Any:
    """CasADi's function of a matrix with a point a column, that gives value and partials as columns."""
    v = casadi.SX.sym("x", len(formula.ranges))
    y = formula.value(casadi, *casadi.vertsplit(v))
    f = casadi.Function("f", [v], [casadi.vertcat(y, casadi.gradient(y, v))])
    return f.map(points, "thread", cores())


def casadi(formula: Formula, x: list[Array]) -> Contestant:
    casadi = higher.peer()
    f, inputs = casadi_map(casadi, formula, len(x[0])), casadi.DM(np.stack(x))
    return Contestant(lambda: f(inputs), lambda found: list(found.full()))


def casadi_buffers(formula: Formula, x: list[Array]) -> Contestant:
    """The quickest that there is: from array to array, always the same."""
    buffer, evaluate = casadi_map(higher.peer(), formula, len(x[0])).buffer()
    inputs, found = np.stack(x, axis=1), np.empty((len(x[0]), len(x) + 1))
    buffer.set_arg(0, memoryview(inputs.ravel()))  # type: ignore[arg-type, unused-ignore]
    buffer.set_res(0, memoryview(found.ravel()))  # type: ignore[arg-type, unused-ignore]
    held = buffer, inputs, found  # they know of each other by address only

    def call() -> Array:
        evaluate()
        return held[-1]

    return Contestant(call, lambda found: list(found.T))


def by_hand(formula: Formula, x: list[Array]) -> Contestant:
    return Contestant(lambda: formula.hand(*x), list)


MAKERS: dict[str, Maker] = {name: ours(*how) for name, how in OURS.items()} | {
    "JAX": jax, "autograd": autograd, "CasADi": casadi, "CasADi, buffers": casadi_buffers,
    "by hand": by_hand,
}  # fmt: skip


def here(name: str) -> bool:
    """Whether a contestant's package is installed."""
    return name not in NEEDED or find_spec(NEEDED[name]) is not None


def inputs(formula: Formula, points: int) -> list[Array]:
    rng = np.random.default_rng(1)
    return [rng.uniform(low, high, points) for low, high in formula.ranges.values()]


def contestants(formula: Formula, x: list[Array]) -> dict[str, Contestant]:
    """All that are installed. Raises RuntimeError where one has other numbers than the gradient by hand."""
    found = {name: make(formula, x) for name, make in MAKERS.items() if here(name)}
    for name in found:
        agree(name, found[name], formula.hand(*x))
    return found


def agree(name: str, contestant: Contestant, expected: Sequence[Array]) -> None:
    for mine, theirs in zip(expected, contestant.rows(contestant.call()), strict=True):
        if not np.allclose(theirs, mine, rtol=TOLERANCE, atol=1e-3 * TOLERANCE):
            raise RuntimeError(f"{name} gives other numbers")


def held(call: Callable[[], Any]) -> Callable[[], None]:
    """A call whose result is kept until the next one is there, as `b = f(x)` in a loop does."""
    kept: list[Any] = [None]

    def work() -> None:
        kept[0] = call()

    return work


def timed(formula: Formula, size: Size) -> dict[str, float]:
    """Nanoseconds a point of every contestant."""
    points = size.batch * formula.times
    calls = {name: held(c.call) for name, c in contestants(formula, inputs(formula, points)).items()}
    return {name: s / points * 1e9 for name, s in best_of(calls, size.turns, size.least, perf_counter).items()}


def side_by_side(found: Mapping[str, dict[str, float]], size: Size) -> Table:
    """A row a contestant, a column a function."""
    table = Table(
        f"value and gradient at {size.batch:,} points (textbook: {FORMULAS['textbook'].times * size.batch:,}), ns a "
        "point", ["contestant", *found],
        notes=[CLOCK.format(turns=size.turns, tolerance=TOLERANCE), PEERS],
    )  # fmt: skip
    for name in MAKERS:
        cells = [f"{each[name]:.1f}" if name in each else "" for each in found.values()]
        table.rows.append([name, *cells] if here(name) else [name, "not installed", *[""] * (len(cells) - 1)])
    return table


def ratios(found: Mapping[str, dict[str, float]]) -> Table:
    """A row a peer: its time over that of each of our engines."""
    table = Table("the peers' time over adcli's", ["peer"], notes=[RATIOS])
    for name, (engine, reuse) in OURS.items():
        table.header += [name] if reuse else [name, f"target, {engine}"]
    for peer, goals in GOALS.items():
        row = [peer]
        for name, (engine, reuse) in OURS.items():
            known = here(peer) and here(name)
            mean = geometric_mean(each[peer] / each[name] for each in found.values()) if known else 0.0
            row.append(f"{mean:.2f}" if known else "not installed")
            if not reuse:
                row.append(at_least(mean, goals[engine]) if known and engine in goals else "")
        table.rows.append(row)
    return table


def plain(tape: Tape, point: list[float], seeds: dict[int, float]) -> list[float]:
    """The adjoints of the inputs, by the sweeps in Python."""
    adjoints = reverse(REAL, tape, linearise(REAL, tape, point), seeds)
    return [adjoints[k] for k in tape.inputs]


def interpreted(machine: Interpreter, point: list[float], seeds: dict[int, float]) -> list[float]:
    """The same in machine code."""
    _, adjoints = machine.gradient(point, seeds)
    return [float(adjoints[k]) for k in machine.tape.inputs]


def chain_table(size: Size) -> Table:
    """One gradient of a very long scalar chain.

    r = 3 is where the map is neither stable nor chaotic: over any length the adjoints become neither 0 nor infinite.
    """
    tape, point = programs.logistic_map(size.steps), [3.0, 0.3]
    seeds, operations = {tape.outputs[0].node: 1.0}, 3 * size.steps
    calls: dict[str, Callable[[], list[float]]] = {"Python": partial(plain, tape, point, seeds)}
    made = 0.0
    if find_spec("llvmlite"):
        start = perf_counter()
        machine = Interpreter(tape)
        made = perf_counter() - start
        calls["interpreter"] = partial(interpreted, machine, point, seeds)
        if not np.allclose(calls["interpreter"](), calls["Python"](), TOLERANCE, 0.0):
            raise RuntimeError("the interpreter gives another gradient")
    seconds = best_of(calls, size.best, size.least, perf_counter)
    table = Table(
        f"reverse gradient of a scalar chain of {operations:,} operations (target: at most {CHAIN} ns each)",
        ["sweeps", "ns an operation", "target", "made once, ns an operation"],
        notes=[LOGISTIC.format(steps=size.steps)],
    )  # fmt: skip
    for name in ("interpreter", "Python"):
        each = seconds.get(name, 0.0) / operations * 1e9
        once = [at_most(each, CHAIN), f"{made / operations * 1e9:.1f}"] if name == "interpreter" else ["", ""]
        table.rows.append([name, f"{each:.1f}", *once] if name in seconds else [name, "not installed", "", ""])
    return table


def tables(size: Size) -> Iterator[Table]:
    found = {name: timed(formula, size) for name, formula in FORMULAS.items()}
    yield side_by_side(found, size)
    yield ratios(found)
    yield chain_table(size)
