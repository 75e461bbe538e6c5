"""Checks of derivatives that need no derivative to compare with, at one point.

forward   the partial by the forward sweep against the one by the reverse sweep
dot       w.(Jv) = (J'w).v for random v and w (Griewank & Walther 2008, section 3.3)
order     the remainder f(x + h*e) - f(x) - h*df/dx over shrinking h falls with order 2 (with order 1 where the partial
          is wrong). No step size is chosen by anybody: the largest is a quarter of where the Taylor series bends, and
          only remainders well above the rounding of f are looked at.

Every figure comes with its limit, which is a bound on what rounding alone can make of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

from adcli.engines.forward import forward, zero
from adcli.engines.linearise import Linearisation, evaluate, linearise
from adcli.engines.reverse import reverse
from adcli.engines.rounding import TINY, rounding
from adcli.engines.taylor import taylor
from adcli.errors import ProblemError
from adcli.numbers.real import REAL, summed
from adcli.numbers.real import evaluate as value
from adcli.ops.row import Row
from adcli.tape.tape import Tape

EPSILON = 2.0**-53
HALVINGS = 40
OCTAVES = 4  # over which an order is measured
UNEVEN = 0.7  # by how much the orders of two halves of the octaves may differ
CLEAR = 32  # times the rounding of f, from which on a remainder is one
ORDER = 1.8  # from which on it is taken for 2: two numbers of four octaves are a little off
FLAT = 1e-300


class Finding(NamedTuple):
    """One test of one partial: the figure, and the limit that it must keep. `figure` is None where there was nothing
    to be measured: no remainder above rounding, or a kink.
    """

    test: str
    ok: bool
    figure: float | None
    limit: float
    remark: str = ""


class Sweeps(NamedTuple):
    """Both sweeps at a point: partials by each, shape [m][n], the sums of the sizes of all their terms, and how many
    roundings follow one another at most.
    """

    linear: Linearisation
    by_forward: list[list[float]]
    by_reverse: list[list[float]]
    sizes: list[list[float]]
    depth: int

    @property
    def roundings(self) -> float:
        """How many of them a partial may be off by."""
        return float(4 * self.depth + 4)


def both_sweeps(tape: Tape, x: Sequence[float], outputs: Sequence[int], inputs: Sequence[int]) -> Sweeps:
    """The Jacobian by forward and by reverse sweeps."""
    linear = linearise(REAL, tape, x)
    columns = [forward(REAL, tape, linear, {k: 1.0}) for k in inputs]
    rows = [reverse(REAL, tape, linear, {k: 1.0}) for k in outputs]
    sizes = [tuple(p if p is None else abs(p) for p in row) for row in linear.partials]
    total = [reverse(REAL, tape, Linearisation(linear.values, sizes), {k: 1.0}) for k in outputs]
    return Sweeps(
        linear, [[zero(column[k]) for column in columns] for k in outputs],
        [[zero(row[k]) for k in inputs] for row in rows], [[zero(row[k]) for k in inputs] for row in total],
        depth(tape),
    )  # fmt: skip


def agreement(sweeps: Sweeps, i: int, j: int) -> Finding:
    """How far the two sweeps are apart, in roundings of the sum of the sizes of all terms."""
    a, b, size = sweeps.by_forward[i][j], sweeps.by_reverse[i][j], sweeps.sizes[i][j]
    limit = sweeps.roundings
    if a == b or (a != a and b != b):
        return Finding("forward", True, 0.0, limit)
    figure = abs(a - b) / (EPSILON * size + TINY) if size - size == 0 else math.inf
    return Finding("forward", figure <= limit, figure, limit)


def depth(tape: Tape) -> int:
    """How many sums and products follow one another at most: the longest path, and the widest use of a node."""
    levels = [0] * len(tape)
    uses = [0] * len(tape)
    for k, _, a, b, c in tape.interior():
        args = [x for x in (a, b, c) if x >= 0]
        levels[k] = 1 + max(levels[x] for x in args)
        for x in args:
            uses[x] += 1
    return max(levels, default=0) + max(uses, default=0)


def noise(sweeps: Sweeps, i: int, j: int) -> float:
    """How far a partial may be off by rounding; 0 where the sizes of its terms are beyond the range."""
    size = sweeps.sizes[i][j]
    return 2 * sweeps.roundings * EPSILON * size if size - size == 0 else 0.0


def dot_product(tape: Tape, sweeps: Sweeps, outputs: Sequence[int], inputs: Sequence[int], random: Random) -> Finding:
    """w.(Jv) against (J'w).v, each by one sweep, in roundings of the sum of the sizes of all terms."""
    v = {k: random.uniform(0.5, 1.5) * random.choice((-1, 1)) for k in inputs}
    w: dict[int, float] = {}
    for k in outputs:  # two outputs may be one node
        w[k] = w.get(k, 0.0) + random.uniform(0.5, 1.5) * random.choice((-1, 1))
    tangents, adjoints = forward(REAL, tape, sweeps.linear, v), reverse(REAL, tape, sweeps.linear, w)
    left = summed(w[k] * zero(tangents[k]) for k in w)
    right = summed(v[k] * zero(adjoints[k]) for k in v)
    limit = 2 * sweeps.roundings
    size = sum(map(sum, sweeps.sizes)) * 2.25
    if left == right or (left != left and right != right):
        return Finding("dot", True, 0.0, limit)
    if size - size != 0:
        return Finding("dot", True, None, limit, "the sizes of the terms are beyond the range")
    figure = abs(left - right) / (EPSILON * size + TINY)
    return Finding("dot", figure <= limit, figure, limit)


def remainder(
    tape: Tape, x: Sequence[float], output: int, j: int, partial: float, kinked: bool, noise: float | None = None
) -> Finding:
    """The order with which the Taylor remainder falls along the j-th input, `partial` being what is claimed there."""
    if kinked:
        return Finding("order", True, None, ORDER, "at a kink there is no order")
    if partial - partial != 0:
        return Finding("order", True, None, ORDER, "the partial is not finite")
    start = value_at(tape, x, output)
    noise = rounding(tape, x, output) if noise is None else noise
    if start - start != 0 or noise - noise != 0:
        return Finding("order", True, None, ORDER, "the value is not finite")
    h = reach(tape, x, output, j)
    if not h > 0:
        why = "flat, as far as floats tell" if h == 0 else "the Taylor series is beyond the range"
        return Finding("order", True, None, ORDER, why)
    orders = [order for sign in (1, -1) if (order := observed(tape, x, output, j, partial, sign * h, start, noise))]
    if not orders:
        return Finding("order", True, None, ORDER, "no remainder above rounding")
    return Finding("order", min(orders) >= ORDER, min(orders), ORDER)


def observed(
    tape: Tape, x: Sequence[float], output: int, j: int, partial: float, h: float, start: float, noise: float
) -> float | None:
    """The order over the last octaves in which the remainder is above rounding, from the step h down; None for none."""
    found: list[tuple[float, float]] = []
    kinked = [k for k, row, *_ in tape.interior() if row.condition or (row.kink and straight(row))]
    _, here = piece(tape, x, output, kinked)
    for _ in range(HALVINGS):
        moved = [*x]
        moved[j] = x[j] + h
        step = moved[j] - x[j]  # what the addition left of it
        if not step:
            break
        value, there = piece(tape, moved, output, kinked)
        size = abs(value - start - step * partial)
        if size - size != 0 or there != here:  # outside the domain, or beyond a kink
            found.clear()
        elif size <= CLEAR * (noise + EPSILON * abs(step * partial)):
            break
        else:
            found.append((step, size))
        h /= 2
    if len(found) <= OCTAVES:
        return None
    whole, half = found[-1 - OCTAVES], found[-1 - OCTAVES // 2]
    if abs(slope(whole, half) - slope(half, found[-1])) > UNEVEN:
        return None  # a front, or a plateau beyond it: no power of the step
    return slope(whole, found[-1])


def slope(wide: tuple[float, float], narrow: tuple[float, float]) -> float:
    """The power with which a remainder falls between two steps."""
    return float(math.log(wide[1] / narrow[1]) / math.log(wide[0] / narrow[0]))


def piece(tape: Tape, x: Sequence[float], output: int, kinked: Sequence[int]) -> tuple[float, list[Any]]:
    """(the value at a point; on which piece of every function made of straight ones it is: conditions, and slopes)."""
    if not kinked:
        return value_at(tape, x, output), []
    values, partials = linearise(REAL, tape, x)
    return float(values[output]), [partials[k] if any(partials[k]) else values[k] for k in kinked]


@cache
def straight(row: Row) -> bool:
    """Whether the pieces of a row are straight: its slopes are the same a little beside its samples."""
    slopes = REAL.slopes(row)
    assert slopes is not None
    for sample in row.samples:
        near = [x * (1 + 2.0**-20) for x in sample]
        if slopes(value(row, *sample), *sample) != slopes(value(row, *near), *near):
            return False
    return True


def value_at(tape: Tape, x: Sequence[float], output: int) -> float:
    return float(evaluate(REAL, tape, x)[output])


def reach(tape: Tape, x: Sequence[float], output: int, j: int) -> float:
    """The largest step: a quarter of where a higher term of the Taylor series along an input outgrows a lower one; nan
    where the series is beyond the range of floats, and so bends nobody knows where; 0 where it does not bend.
    """
    usual = abs(x[j]) or 1.0
    try:
        rows, _ = taylor(REAL, tape, x, [output], {tape.inputs[j]: 1.0}, 5)
    except ProblemError:  # very long
        return usual * 2.0**-10
    terms = [(k, abs(c)) for k, c in enumerate(rows[0]) if k >= 2]
    if any(c - c != 0 for _, c in terms):
        return math.nan
    if not any(c > FLAT for _, c in terms) and (not rows[0][1] or any(c for _, c in terms)):
        return 0.0
    terms = [(k, c) for k, c in terms if c > FLAT]
    radii = [float((a / b) ** (1 / (q - p))) for (p, a), (q, b) in combinations(terms, 2)]
    return min([usual, *radii]) / 4


def departures(
    tape: Tape, linear: Linearisation, output: int, j: int, claimed: float, true: float
) -> dict[tuple[int, int], float]:
    """(node, place of its argument) -> by how many times the product through that edge a claimed partial is off.

    -1: the paths through it are missing; -2: their sign is wrong; 1: they are counted twice.
    """
    adjoints = reverse(REAL, tape, linear, {output: 1.0})
    tangents = forward(REAL, tape, linear, {tape.inputs[j]: 1.0})
    found = {}
    for k, *_ in tape.interior():
        for i, (a, p) in enumerate(zip(tape.arguments(k), linear.partials[k], strict=False)):
            through = (adjoints[k] or 0.0) * (p or 0.0) * (tangents[a] or 0.0)
            if through and through - through == 0:
                found[k, i] = (claimed - true) / through
    return found
