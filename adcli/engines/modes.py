"""The modes compared on one function at one point: what each takes, and how right it is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from itertools import chain
from statistics import median
from typing import Any, NamedTuple

from adcli.engines.bundle import forward_sweeps, reverse_sweeps
from adcli.engines.compressed import Entries, filled, jacobian_plan, sparse_jacobian
from adcli.engines.cost import Work, kept_by_evaluation, kept_by_reverse, operations
from adcli.engines.jacobian import decide, jacobian
from adcli.engines.linearise import evaluate, linearise
from adcli.errors import ProblemError
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.tape.tape import Tape

MOST_WORK = 1_000_000  # nodes times sweeps; a mode that takes more is not run
PATIENCE = 0.5  # seconds after which a mode is not run once more
STEP = 2.0**-26  # of finite differences, relative to the variable or 1: the square root of the unit roundoff
Matrix = list[list[float]]


class Mode(NamedTuple):
    """One way to the derivative. What was not run (None) would take too long.

    sweeps        of the derivative, or evaluations of f for differences
    adds, muls, elementary   operations, those of the evaluation included
    ratio         all of them, over those of one evaluation of f
    stored_bytes  what is kept from the evaluation for the sweep, and for f what is alive at once
    seconds, spread   median and half the distance between the quartiles of the runs (None: not measured)
    max_error     largest difference from the Jacobian (exact to rounding) that `reference` names
    """

    name: str
    sweeps: int
    adds: int | None
    muls: int | None
    elementary: int | None
    ratio: float | None
    stored_bytes: int
    seconds: float | None
    spread: float | None
    max_error: float | None


class Comparison(NamedTuple):
    """The modes, the one that is recommended, why, and the one whose Jacobian the errors are taken from."""

    modes: list[Mode]
    recommended: str
    reason: str
    reference: str


class Case:
    """One function, and every way to its derivative: work(F, x) for a number type and a point of it."""

    def __init__(self, tape: Tape, outputs: Sequence[int], inputs: Sequence[int]):
        self.tape = tape
        self.outputs = outputs
        self.inputs = inputs
        self.choice = decide(tape, outputs, inputs)
        self.plan = self.choice.plan
        with suppress(ProblemError):  # far from sparse
            self.plan = self.plan or jacobian_plan(tape, outputs, inputs)

    def recommend(self) -> tuple[str, str]:
        """(what `auto` decides, the reason in words)."""
        m, n, plan = len(self.outputs), len(self.inputs), self.plan
        if self.choice.plan is not None:
            return "compressed", f"{self.choice.why} (n = {n:,}, m = {m:,})"
        colors = ""
        if plan is not None and plan.sweeps < min(m, n):
            colors = f"; {plan.sweeps} by colour, but to find the colours takes longer"
        return self.choice.mode, f"{self.choice.why} (n = {n:,}, m = {m:,}{colors})"

    def f(self, F: Namespace, x: list[Any]) -> list[Any]:
        values = evaluate(F, self.tape, x)
        return [values[k] for k in self.outputs]

    def jvp(self, F: Namespace, x: list[Any]) -> list[Any]:
        linear = linearise(F, self.tape, x)
        return forward_sweeps(F, self.tape, linear, [dict.fromkeys(self.inputs, 1.0)], self.outputs)[0]

    def vjp(self, F: Namespace, x: list[Any]) -> list[Any]:
        linear = linearise(F, self.tape, x)
        seed = {node: float(n) for node, n in Counter(self.outputs).items()}  # two outputs may be one node
        return reverse_sweeps(F, self.tape, linear, [seed], self.inputs)[0]

    def forward(self, F: Namespace, x: list[Any]) -> Matrix:
        return jacobian(F, self.tape, linearise(F, self.tape, x), self.outputs, self.inputs, "forward")

    def reverse(self, F: Namespace, x: list[Any]) -> Matrix:
        return jacobian(F, self.tape, linearise(F, self.tape, x), self.outputs, self.inputs, "reverse")

    def compressed(self, F: Namespace, x: list[Any]) -> Matrix | Entries:
        """Filled in with its zeros only where the other modes are run too."""
        assert self.plan is not None
        m, n = len(self.outputs), len(self.inputs)
        linear = linearise(F, self.tape, x)
        entries = sparse_jacobian(F, self.tape, linear, self.outputs, self.inputs, self.plan)
        return filled(entries, m, n) if m * n <= MOST_WORK else entries

    def differences(self, F: Namespace, x: list[Any]) -> Matrix:
        """One-sided: n + 1 evaluations."""
        start = self.f(F, x)
        return self.quotients(F, x, STEP, lambda behind: start, 0.0)

    def central(self, F: Namespace, x: list[Any]) -> Matrix:
        """Central differences: 2n evaluations."""
        return self.quotients(F, x, STEP ** (2 / 3), lambda behind: self.f(F, behind), 1.0)

    def quotients(
        self, F: Namespace, x: list[Any], step: float, value: Callable[[list[Any]], list[Any]], back: float
    ) -> Matrix:
        columns = []
        for node in self.inputs:
            j = self.tape.inputs.index(node)
            h = step * max(1.0, abs(float(x[j])))
            ahead, behind = x.copy(), x.copy()
            ahead[j], behind[j] = x[j] + h, x[j] - h * back
            pairs = zip(self.f(F, ahead), value(behind), strict=True)
            columns.append([(after - before) / (ahead[j] - behind[j]) for after, before in pairs])
        return [list(row) for row in zip(*columns, strict=True)] or [[] for _ in self.outputs]

    def sweeps(self) -> dict[str, int]:
        """The ways, and the sweeps (or evaluations) that each takes."""
        n, m = len(self.inputs), len(self.outputs)
        found = {"f": 1, "jvp": 1, "vjp": 1, "forward": n, "reverse": m}
        if self.plan is not None:
            found["compressed"] = self.plan.sweeps
        return found | {"differences": n + 1, "central": 2 * n}

    def kept(self, name: str) -> int:
        """Bytes kept between evaluation and sweep."""
        if name in ("f", "differences", "central"):
            return self.alive
        rows = self.plan is not None and self.plan.compressed == "rows"
        if name in ("vjp", "reverse") or (name == "compressed" and rows):
            return self.edges
        return 2 * self.alive  # a value and its tangent travel together

    @cached_property
    def alive(self) -> int:
        return kept_by_evaluation(self.tape, self.outputs)

    @cached_property
    def edges(self) -> int:
        return kept_by_reverse(self.tape, self.outputs)


def compare(
    tape: Tape, point: Sequence[float], outputs: Sequence[int], inputs: Sequence[int], repeat: int = 5
) -> Comparison:
    """All modes on one function. `repeat` runs are timed, none for 0."""
    case = Case(tape, outputs, inputs)
    recommended, reason = case.recommend()
    found: dict[str, Any] = {}
    modes: list[Mode] = []
    one = 0
    for name, count in case.sweeps().items():
        full = name not in ("f", "jvp", "vjp", "compressed")
        if max(count * len(tape), full * len(outputs) * len(inputs)) > MOST_WORK:
            modes.append(Mode(name, count, None, None, None, None, case.kept(name), None, None, None))
            continue
        work: Work = getattr(case, name)
        adds, muls, elementary = counted = operations(work, point)
        if name == "f":
            one = counted.total
        found[name] = work(REAL, list(point))
        seconds, spread = timed(partial(work, REAL, list(point)), repeat) if repeat else (None, None)
        ratio = counted.total / one if one else None
        kept = case.kept(name)
        modes.append(Mode(name, count, adds, muls, elementary, ratio, kept, seconds, spread, None))
    reference = next((name for name in (recommended, "reverse", "forward", "compressed") if name in found), "")
    if reference:
        truths = truth_of(found[reference], len(outputs), len(inputs))
        modes = [mode._replace(max_error=error(found.get(mode.name), truths.get(mode.name))) for mode in modes]
    return Comparison(modes, recommended, reason, reference)


def timed(work: Callable[[], Any], repeat: int) -> tuple[float, float]:
    """(median, half the distance between the quartiles) of a call's time in seconds, in at most `repeat` runs.

    Short calls are repeated within a run until the clock can be trusted.
    """
    start = time.perf_counter()
    work()
    calls = max(1, int(0.002 / max(time.perf_counter() - start, 1e-9)))
    runs: list[float] = []
    while len(runs) < repeat and sum(runs) * calls < PATIENCE:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        runs.append((time.perf_counter() - start) / calls)
    runs.sort()
    last = len(runs) - 1
    return median(runs), (runs[(3 * last) // 4] - runs[last // 4]) / 2


def truth_of(matrix: Matrix | Entries, outputs: int, inputs: int) -> dict[str, Matrix | Entries]:
    """What each way should find, from the Jacobian: the Jacobian itself, and its sums over the columns and rows."""
    rows: list[list[float]] = [[] for _ in range(outputs)]
    columns: list[list[float]] = [[] for _ in range(inputs)]
    if isinstance(matrix, Entries):
        for i, j, x in zip(*matrix, strict=True):
            rows[i].append(x)
            columns[j].append(x)
    else:
        rows, columns = matrix, list(map(list, zip(*matrix, strict=True)))
    ways = dict.fromkeys(("forward", "reverse", "compressed", "differences", "central"), matrix)
    return ways | {"jvp": [list(map(total, rows))], "vjp": [list(map(total, columns))]}


def total(numbers: Sequence[float]) -> float:
    return REAL.dot(numbers, [1.0] * len(numbers))


def error(found: Any, truth: Matrix | Entries | None) -> float | None:
    """The largest difference; None where there is nothing to compare."""
    if found is None or truth is None:
        return None
    pairs = zip(numbers(found), numbers(truth), strict=True)
    return max((gap(a, b) for a, b in pairs), default=0.0)


def numbers(found: Any) -> list[float]:
    """All numbers of a matrix, of its entries, or of one row."""
    if isinstance(found, Entries):
        return found.data
    return list(chain.from_iterable(found)) if found and isinstance(found[0], list) else list(found)


def gap(a: float, b: float) -> float:
    """The distance of two numbers; 0 between equal infinities, and between nan and nan."""
    return 0.0 if a == b or (a != a and b != b) else abs(a - b)
