"""The reverse sweep inside a memory limit.

The tape is cut into segments of consecutive nodes, linearised and swept one at a time, the last first.
A segment is evaluated again from the nearest checkpoint before it. Which boundaries are checkpoints when
is the binomial schedule: A. Griewank, Achieving logarithmic growth of temporal and spatial complexity in
reverse automatic differentiation, Optimization Methods and Software 1 (1992); A. Griewank & A. Walther,
Algorithm 799: revolve, ACM TOMS 26 (2000).

There is one column of values. A checkpoint is a boundary before which nothing is dropped, so that two
checkpoints share what lives across both, and to come back to one is to drop what was computed after it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from math import comb
from operator import mul
from typing import Any, NamedTuple

from adcli.engines.forward import zero
from adcli.engines.linearise import NONE, Linearisation, Steps, evaluator, leaves, lineariser
from adcli.engines.reverse import pull
from adcli.errors import Problem, ProblemError
from adcli.numbers.namespace import Namespace
from adcli.tape.liveness import last_uses
from adcli.tape.tape import Tape

ADVANCE, STORE, REVERSE, FREE = "advance", "store", "reverse", "free"

FINEST = 1 << 14  # segments: beyond, a schedule has more actions than it saves memory
MOST = 50.0  # extra evaluations of every node: a plan with more of them is none


class Action(NamedTuple):
    """One action of a schedule, on segments start..stop-1 of the tape.

    advance  evaluate them, from the state before `start`
    store    keep the state before `start`, where the last advance came to
    reverse  linearise and sweep the one segment `start`; the state is then that of the last checkpoint
    free     drop the checkpoint before `start`, the last one; the state is then that of the one before it
    """

    kind: str
    start: int
    stop: int


def reach(c: int, r: int) -> int:
    """beta(c, r) = C(c + r, c): how many segments can be reversed with c states held (the first is one of
    them) when none is advanced over more than r times (Griewank 1992)."""
    return comb(c + r, c) if r >= 0 else 0


def repeats(segments: int, c: int) -> int:
    """The least r with segments <= beta(c, r)."""
    r = 0
    while reach(c, r) < segments:
        r += 1
    return r


def advances(segments: int, slots: int) -> int:
    """Segments advanced over by the schedule, the least possible: r*l - beta(c + 1, r - 1) for l segments
    (Griewank & Walther 2000; `numforw` of their revolve). They count the first state too: c = slots + 1."""
    r = repeats(segments, slots + 1)
    return r * segments - reach(slots + 2, r - 1)


def schedule(segments: int, slots: int) -> Iterator[Action]:
    """The actions that reverse all segments with `slots` checkpoints beside the inputs, which are always known."""
    kept = [0]
    end = segments  # of those not yet reversed
    while end:
        at = kept[-1]
        while end - at > 1:
            c = slots + 2 - len(kept)
            r = repeats(end - at, c)
            to = at + min(reach(c, r - 1), end - at - reach(c - 1, r - 1))
            yield Action(ADVANCE, at, to)
            at = to
            if end - at > 1:
                yield Action(STORE, at, at)
                kept.append(at)
        end -= 1
        yield Action(REVERSE, end, end + 1)
        if end and end == kept[-1]:
            kept.pop()
            yield Action(FREE, end, end)


class Cost(NamedTuple):
    """What a choice of segments and checkpoints costs.

    segments   pieces the tape is cut into; 1: everything is stored and nothing evaluated again
    slots      checkpoints held at once, at most
    stored     bytes of numbers held at once, at most; estimated
    extra      evaluations of the tape beyond the one it takes anyway
    """

    segments: int
    slots: int
    stored: int
    extra: float


class Plan(NamedTuple):
    """How to do a reverse sweep: node boundaries of the segments (first 0, last len(tape)), checkpoints held
    at once, their cost as in `Cost`, and the outputs and last uses (`last_uses`) it was made for."""

    bounds: Sequence[int]
    slots: int
    stored: int
    extra: float
    outputs: Sequence[int]
    last: Sequence[int]


class Halving(NamedTuple):
    """A tape cut into 2^t segments: bytes held whatever the slots are, and `carried[i]`: bytes of at most
    i + 1 states at boundaries (one of them that of the segment, beside i checkpoints)."""

    segments: int
    fixed: int
    carried: list[int]

    def cost(self, slots: int) -> Cost:
        most = self.carried[min(slots, len(self.carried) - 1)] if self.carried else 0
        return Cost(self.segments, slots, self.fixed + most, advances(self.segments, slots) / self.segments)

    def within(self, memory: int) -> Cost | None:
        """The quickest that fits into a memory."""
        if memory < self.fixed:
            return None
        slots = bisect_right(self.carried, memory - self.fixed) - 1
        if slots == len(self.carried) - 1:  # the last state needs no slot, but then all may stay
            return self.cost(self.segments - 1)
        return self.cost(slots) if slots >= 0 else None

    def least(self) -> Cost:
        """The smallest that takes no more than MOST evaluations."""
        slots = 0
        while advances(self.segments, slots) > MOST * self.segments:
            slots += 1
        return self.cost(slots)


# What Python adds to numbers, in bytes: the object around a float, that around an array; and to a node being
# linearised: the tuple of its partials, and its places in the lists that one segment takes.
FLOAT, ARRAY, NODE = 16, 112, 160
WORK = 8  # numbers that the evaluation of one row may take meanwhile


def halvings(tape: Tape, outputs: Sequence[int], last: Sequence[int], size: int) -> list[Halving]:
    """What it takes to cut a tape into 1, 2, 4... segments, where a number has `size` bytes.

    Counted are, at most at once: the values, partials and adjoints of a segment; the values alive at
    checkpoints, one alive at several only once; the adjoints that wait for a segment (twice, for a second
    try with absolute products); results.
    """
    count = len(tape)
    number = size + (FLOAT if size <= 8 else ARRAY)
    depth = max(min(count, FINEST).bit_length() - 1, 0)
    cells = 1 << depth
    load, opened, parted = [0] * cells, [0] * (cells + 1), [0] * (depth + 1)
    for k, row, a, b, c in tape.interior():
        end = last[k]
        if end == k:
            continue
        numbers = 1
        if tape.varying[k]:
            numbers += 1 + (row.partials is not None) * ((a >= 0) + (b >= 0) + (c >= 0))
        i, j = ((k + 1) * cells - 1) // count, (min(end + 1, count) * cells - 1) // count
        load[i] += number * numbers + NODE
        opened[i + 1] += 1
        opened[j + 1] -= 1
        parted[(i ^ j).bit_length()] += 1  # halvings, from the finest, until both are in one segment
    alive = list(accumulate(opened))
    ends = number * (len(tape.inputs) + len(outputs) + WORK)
    result = []
    for t in range(depth + 1):
        step = cells >> t
        states = sorted(alive[step:cells:step], reverse=True)
        crossing = sum(parted[depth - t + 1 :])
        fixed = max(sum(load[i : i + step]) for i in range(0, cells, step)) + ends
        fixed += 2 * number * max(states, default=0)
        result.append(Halving(1 << t, fixed, [number * min(n, crossing) for n in accumulate(states)]))
    return result


def quickest(choices: Sequence[Halving], memory: int) -> Cost | None:
    """The least extra evaluations that fit into a memory, and of these the least memory."""
    fitting = (choice.within(memory) for choice in choices)
    costs = [cost for cost in fitting if cost is not None and cost.extra <= MOST]
    return min(costs, key=lambda cost: (cost.extra, cost.stored), default=None)


def plan(tape: Tape, outputs: Sequence[int], memory: int | None, size: int = 8) -> Plan:
    """The quickest way to reverse from `outputs` that stores at most `memory` bytes of numbers.

    `size` is the bytes of one number: 8, or 8*P for arrays of P points. None for the memory: every segment
    is evaluated once more, all checkpoints are kept, and there are as many as makes the whole least (about
    the square root of the nodes). The tape, and columns of pointers to numbers, are not counted.
    Raises ProblemError (size) when nothing fits.
    """
    last = last_uses(tape, outputs)
    choices = halvings(tape, outputs, last, size)
    if memory is None:
        found = min((choice.cost(choice.segments - 1) for choice in choices), key=lambda cost: cost.stored)
    else:
        fitting = quickest(choices, memory)
        if fitting is None:
            least = in_bytes(min(choice.least().stored for choice in choices))
            headline = f"the reverse sweep needs {least} of memory at least, not {memory:,} bytes"
            raise ProblemError(Problem("limit", headline, hint=f"write --memory {least}"))
        found = fitting
    bounds = array("i", (i * len(tape) // found.segments for i in range(found.segments + 1)))
    return Plan(bounds, found.slots, found.stored, found.extra, list(outputs), last)


def trade(tape: Tape, outputs: Sequence[int], size: int = 8, rows: int = 7) -> list[Cost]:
    """Memory against evaluations: at most `rows` choices, from everything stored to the least memory."""
    choices = halvings(tape, outputs, last_uses(tape, outputs), size)
    full = choices[0].cost(0).stored
    least = min(choice.least().stored for choice in choices)
    limits = [least if i == rows - 1 else int(full * (least / full) ** (i / (rows - 1))) for i in range(rows)]
    found = (quickest(choices, limit) for limit in limits)
    return list(dict.fromkeys(cost for cost in found if cost is not None))


def in_bytes(count: int) -> str:
    """Bytes rounded up to two digits: 960B, 5.7kB, 120kB, 3MB."""
    grain = 10 ** max(0, len(str(count)) - 2)
    count = -(-count // grain) * grain
    unit, name = next((unit, name) for unit, name in ((10**6, "MB"), (10**3, "kB"), (1, "B")) if count >= unit)
    return f"{count / unit:g}{name}"


class Pullback(NamedTuple):
    """The values of the outputs, and the adjoints of the inputs, by node. A missing adjoint is 0.0, and so is
    -0.0: see `zero` of the Jacobian."""

    values: dict[int, Any]
    adjoints: dict[int, Any]


def vjp(
    F: Namespace, tape: Tape, point: Sequence[Any], seeds: Mapping[int, Any], plan: Plan,
    visit: Callable[[int, int, Linearisation], None] | None = None,
) -> Pullback:  # fmt: skip
    """The reverse sweep of `reverse(F, tape, linearise(F, tape, point), seeds)`, by a plan; seeds are on its outputs.

    `visit(lo, hi, linear)` sees every segment once, the last first: `linear` then has the values and partials
    of the nodes lo..hi-1 that an output depends on, and the values of all their arguments; None and ()
    stand for others.

    All numbers are those of the sweep over the whole tape, bit for bit but for the sign of zeros: where a
    plain sweep is finite, an absolute one differs from it only in these, so that each segment may choose.
    """
    if not seeds.keys() <= set(plan.outputs):
        raise ValueError("a seed is not on an output of the plan")
    bounds, last = plan.bounds, plan.last
    known = leaves(F, tape, point)
    values, partials = linear = Linearisation(known.copy(), [NONE] * len(tape))
    adjoints: list[Any] = [None] * len(tape)
    for node, seed in seeds.items():
        adjoints[node] = F.seed(seed)
    evaluate, linearise = evaluator(F, tape), lineariser(F, tape)
    outputs, inputs = sorted(set(plan.outputs)), sorted(tape.inputs)
    found = Pullback({}, {})
    kept = [0]
    for kind, start, stop in schedule(len(bounds) - 1, plan.slots):
        lo, hi = bounds[start], bounds[stop]
        if kind == ADVANCE:
            for i in range(start, stop):
                evaluate(dropping(tape, last, bounds[i], bounds[i + 1], values, kept[-1]), values)
        elif kind == STORE:
            kept.append(lo)
        elif kind == FREE:
            kept.pop()
            values[kept[-1] : lo] = known[kept[-1] : lo]
        else:
            linearise(steps(tape, last, lo, hi), linear)
            found.values.update((k, values[k]) for k in popped(outputs, lo))
            if visit is not None:
                visit(lo, hi, linear)
            pull_segment(F, tape, partials, adjoints, lo, hi)
            found.adjoints.update((k, zero(adjoints[k])) for k in popped(inputs, lo))
            values[kept[-1] : hi] = known[kept[-1] : hi]
            partials[lo:hi] = [NONE] * (hi - lo)
            adjoints[lo:hi] = [None] * (hi - lo)
    return Pullback({k: found.values[k] for k in plan.outputs}, {k: found.adjoints[k] for k in tape.inputs})


def steps(tape: Tape, last: Sequence[int], lo: int, hi: int) -> Steps:
    """The steps among the nodes lo..hi-1 that an output depends on."""
    cut = slice(lo, hi)
    columns = zip(tape.rows[cut], tape.first[cut], tape.second[cut], tape.third[cut], last[cut], strict=True)
    for k, (row, a, b, c, end) in enumerate(columns, lo):
        if a >= 0 and end > k:
            yield k, row, a, b, c


def dropping(tape: Tape, last: Sequence[int], lo: int, hi: int, values: list[Any], kept: int) -> Steps:
    """The same; after each step, values it was the last to use are dropped, unless they come before `kept`."""
    for step in steps(tape, last, lo, hi):
        yield step
        k = step[0]
        for a in step[2:]:
            if a >= kept and last[a] == k:  # a leaf comes back with the state of the checkpoint
                values[a] = None


def pull_segment(
    F: Namespace, tape: Tape, partials: Sequence[tuple[Any, ...]], adjoints: list[Any], lo: int, hi: int
) -> None:
    """The sweep through one segment: plain, and if a number it makes is not finite, again with absolute products."""
    columns = (tape.first, tape.second, tape.third)
    below = {a: adjoints[a] for column in columns for a in column[lo:hi] if 0 <= a < lo}
    before = adjoints[lo:hi]
    pull(tape, partials, adjoints, mul, lo, hi)
    if not F.finite(chain(adjoints[lo:hi], (adjoints[a] for a in below))):
        adjoints[lo:hi] = before
        for a, adjoint in below.items():
            adjoints[a] = adjoint
        pull(tape, partials, adjoints, F.times, lo, hi)


def popped(nodes: list[int], lo: int) -> Iterator[int]:
    """The nodes from `lo` on, taken from the end of an ascending list."""
    while nodes and nodes[-1] >= lo:
        yield nodes.pop()
