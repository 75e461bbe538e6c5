"""The one linearisation: a value on every node and a partial on every edge.

Rules are called here and nowhere else; both sweeps read what this leaves behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from adcli.numbers.namespace import Namespace
from adcli.ops.row import Row
from adcli.tape.tape import Tape

NONE: tuple[Any, ...] = ()
Steps = Iterable[tuple[int, Row, int, int, int]]  # as `Tape.interior` gives them: all of a tape, or a part of it


class Linearisation(NamedTuple):
    """values[k], and partials[k]: one number or None per argument of node k (empty for leaves)."""

    values: list[Any]
    partials: list[tuple[Any, ...]]


def leaves(F: Namespace, tape: Tape, point: Sequence[Any]) -> list[Any]:
    """A column of values with the leaves filled in; `point` has one value per variable, in order."""
    values: list[Any] = [None] * len(tape)
    for node, value in zip(tape.inputs, point, strict=True):
        values[node] = value
    for node, text in tape.literals.items():
        values[node] = F.literal(text)
    return values


def evaluate(F: Namespace, tape: Tape, point: Sequence[Any]) -> list[Any]:
    """The value of every node at a point: the tape run once, without derivatives."""
    values = leaves(F, tape, point)
    evaluator(F, tape)(tape.interior(), values)
    return values


def linearise(F: Namespace, tape: Tape, point: Sequence[Any]) -> Linearisation:
    """Values and partials at a point, one value of `F` per variable.

    Values follow IEEE 754: inf and nan appear, nothing is raised.
    """
    linear = Linearisation(leaves(F, tape, point), [NONE] * len(tape))
    lineariser(F, tape)(tape.interior(), linear)
    return linear


def evaluator(F: Namespace, tape: Tape) -> Callable[[Steps, list[Any]], None]:
    """What fills in the values of some steps of a tape, whose arguments have theirs."""
    kernels = {row: F.value(row) for row in set(tape.rows) if row.samples}

    def run(steps: Steps, values: list[Any]) -> None:
        known, faults = kernels, F.faults
        for k, row, a, b, c in steps:
            f = known[row]
            try:
                if b < 0:
                    values[k] = f(values[a])
                elif c < 0:
                    values[k] = f(values[a], values[b])
                else:
                    values[k] = f(values[a], values[b], values[c])
            except faults:
                values[k] = F.again(row, *(values[x] for x in tape.arguments(k)))[0]

    return run


def lineariser(F: Namespace, tape: Tape) -> Callable[[Steps, Linearisation], None]:
    """What fills in the values and partials of some steps of a tape, whose arguments have their values."""
    kernels: Mapping[Any, Any] = {row: (F.value(row), F.slopes(row)) for row in set(tape.rows) if row.samples}

    def run(steps: Steps, linear: Linearisation) -> None:
        values, partials = linear
        known, faults = kernels, F.faults
        for k, row, a, b, c in steps:
            f, slopes = known[row]
            try:
                if b < 0:
                    x = values[a]
                    values[k] = v = f(x)
                    if slopes is not None:
                        partials[k] = slopes(v, x)
                elif c < 0:
                    x, y = values[a], values[b]
                    values[k] = v = f(x, y)
                    if slopes is not None:
                        partials[k] = slopes(v, x, y)
                else:
                    x, y, z = values[a], values[b], values[c]
                    values[k] = v = f(x, y, z)
                    if slopes is not None:
                        partials[k] = slopes(v, x, y, z)
            except faults:
                values[k], partials[k] = F.again(row, *(values[x] for x in tape.arguments(k)))

    return run
