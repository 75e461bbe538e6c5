"""What a derivative costs: operations, counted on the engines themselves, and numbers to be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from adcli.numbers.counted import ADDS, ELEMENTARY, MULS, Counting
from adcli.numbers.namespace import Namespace
from adcli.tape.liveness import last_uses, peak
from adcli.tape.tape import Tape

Work = Callable[[Namespace, list[Any]], Any]  # what is computed, from a number type and a point of it
NUMBER = 8  # bytes of a float


class Operations(NamedTuple):
    """Additions and subtractions, multiplications and divisions, calls of elementary functions."""

    adds: int
    muls: int
    elementary: int

    @property
    def total(self) -> int:
        return sum(self)


def operations(work: Work, point: Sequence[float]) -> Operations:
    """The operations of `work(F, point)`, run on floats that count."""
    F = Counting()
    work(F, [F.number(x) for x in point])
    return Operations(F.tally[ADDS], F.tally[MULS], F.tally[ELEMENTARY])


def kept_by_evaluation(tape: Tape, outputs: Sequence[int]) -> int:
    """Bytes of the values alive at once when each is dropped after its last use."""
    return NUMBER * peak(tape, last_uses(tape, outputs))


def kept_by_reverse(tape: Tape, outputs: Sequence[int]) -> int:
    """Bytes of what a reverse sweep must remember: the partial of every edge that leads to an input."""
    needed = tape.reachable(list(outputs))
    edges = 0
    for k, row, a, b, c in tape.interior():
        if needed[k] and row.partials is not None:
            edges += sum(bool(x >= 0 and tape.varying[x]) for x in (a, b, c))
    return NUMBER * edges
