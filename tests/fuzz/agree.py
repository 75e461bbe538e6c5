"""Three ways to one Jacobian: forward sweeps, reverse sweeps, and proven digits, on valid random programs.

The sweeps may part by the roundings of their sums (adcli.engines.check.agreement). How far floats may be from the truth
depends on the program: where they are further away than that, the same is computed a few times with every number shaken
within the budget of its row (Monte Carlo arithmetic: Parker 1997; CESTAC: Vignes 1993), and the truth has to lie within
a multiple of what that scatters.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random
from typing import Any

from adcli.engines.check import EPSILON, Sweeps, agreement, both_sweeps, depth
from adcli.engines.linearise import Linearisation, leaves
from adcli.engines.reverse import reverse
from adcli.engines.rounding import EXACT, exactly_read, roundings
from adcli.errors import ProblemError
from adcli.function import Function
from adcli.numbers.real import REAL
from adcli.tape.tape import Tape

from .journal import Journal
from .oracle import Case, Failure, TooLong, limited, load_all, timer, workshop
from .programs import moderate, program

DIGITS = 18
SHAKES = 12
SCATTER = 32  # times the largest scatter that is seen in so many shakes
SMALLEST, SMALLEST_NORMAL = 5e-324, 2.0**-1022  # below which floats are 0, or lose digits


def compare(count: int, seed: int, seconds: float, journal: Journal | None = None) -> Journal:
    """Compare at so many programs, or for some time. Only programs that all three have an answer for are counted."""
    load_all()
    journal = journal or Journal(f"agree-{seed}")
    random = Random(seed)
    end = time.monotonic() + seconds
    with workshop(), limited():
        while journal.tried["agree"] < count and time.monotonic() < end:
            case = Case(texts=[program(random, random.choice([3, 5, 7]))], numbers=[moderate(random) for _ in range(4)])
            try:
                with timer():
                    verdict = judged(case, random)
            except TooLong:
                verdict = Failure("more than 2 s", "certified")
            except Exception as wrong:
                verdict = Failure(f"{type(wrong).__name__}: {wrong}", "agree")
            if isinstance(verdict, str):
                journal.tried[verdict] += 1
            else:
                journal.tried["disagree"] += 1
                journal.count(case, verdict)
    return journal


def judged(case: Case, random: Random) -> str | Failure:
    """agree, why there was nothing to compare, or what disagrees."""
    try:
        f = Function(*case.texts)
    except ProblemError as wrong:
        return Failure(f"not valid: {wrong.problem.headline}", wrong.problem.kind)
    if not f.variables:
        return "left out: no variables"
    at = dict(zip(f.variables, case.numbers * len(f.variables), strict=False))
    found = f.jacobian(at)
    if found.notes:
        return "left out: floats have notes"
    tape = f.tape
    x, outputs = list(at.values()), [output.node for output in tape.outputs]
    sweeps = both_sweeps(tape, x, outputs, tape.inputs)
    places = [(i, j) for i in range(len(outputs)) for j in range(len(x))]
    apart = [(i, j) for i, j in places if sweeps.by_forward[i][j] != sweeps.by_reverse[i][j]
             and not agreement(sweeps, i, j).ok]  # fmt: skip
    if apart:
        i, j = apart[0]
        return Failure(f"forward {sweeps.by_forward[i][j]!r}, reverse {sweeps.by_reverse[i][j]!r} at {i},{j}", "sweeps")
    chosen = sweeps.by_forward if found.mode == "forward" else sweeps.by_reverse
    if repr(found.jacobian) != repr(chosen):
        return Failure(f"jacobian {found.jacobian} is not that of the {found.mode} sweeps {chosen}", "jacobian")
    try:
        proven = f.jacobian(at, precision=DIGITS)
    except ProblemError as wrong:
        return f"left out: {kind_of(wrong.problem.headline)}"
    if proven.notes:
        return "left out: certified has notes"
    return within(tape, x, sweeps, found.jacobian, proven.jacobian, random)


def kind_of(headline: str) -> str:
    """Why there are no proven digits."""
    for word in ("is undefined", "no finite derivative", "cannot be decided", "edge of its domain", "at a kink"):
        if word in headline:
            return f"certified says {word}"
    return "certified cannot be proven" if "proven" in headline else headline


def within(
    tape: Tape, x: Sequence[float], sweeps: Sweeps, floats: list[list[float]], proven: list[list[Any]], random: Random
) -> str | Failure:
    """Whether every float is as near to the truth as its roundings allow."""
    limit = 4.0 * depth(tape) + 4
    shaken: list[list[list[float]]] = []
    for i, row in enumerate(proven):
        for j, truth in enumerate(row):
            x_ij, true = floats[i][j], float(truth)
            gap = abs(x_ij - true)
            if gap <= max(SMALLEST_NORMAL, EPSILON * sweeps.sizes[i][j] * limit):
                continue
            shaken = shaken or [shake(tape, x, random) for _ in range(SHAKES)]
            scatter = max(abs(other[i][j] - x_ij) for other in shaken)
            if not gap <= SCATTER * scatter and scatter == scatter:
                return Failure(f"float {x_ij!r}, proven {truth} at {i},{j}; scatter {scatter!r}", "certified")
    return "agree"


def shake(tape: Tape, x: Sequence[float], random: Random) -> list[list[float]]:
    """The Jacobian with every rounded number moved at random within what its row allows."""
    values, partials = linear = Linearisation(leaves(REAL, tape, x), [()] * len(tape))
    exact = exactly_read(tape)

    def moved(v: Any, units: float) -> Any:
        if v is None or isinstance(v, bool):
            return v
        return v * (1 + random.uniform(-2, 2) * EPSILON * units) + random.choice((-SMALLEST, 0.0, SMALLEST))

    for k in tape.literals:
        if k not in exact:
            values[k] = moved(values[k], 1.0)
    for k, row, *_ in tape.interior():
        args = [values[a] for a in tape.arguments(k)]
        slopes = REAL.slopes(row)
        try:
            values[k] = v = REAL.value(row)(*args)
            found = () if slopes is None else slopes(v, *args)
        except REAL.faults:
            values[k], found = REAL.again(row, *args)
        if row.key not in EXACT:
            values[k] = moved(values[k], max(1.0, roundings(tape, k)))
            found = tuple(moved(p, 2 * row.ulp[1]) for p in found)  # of 0 as well: it may have been too small
        partials[k] = found
    rows = [reverse(REAL, tape, linear, {output.node: 1.0}) for output in tape.outputs]
    return [[row[k] or 0.0 for k in tape.inputs] for row in rows]
