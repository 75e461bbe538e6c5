"""The forward sweep: tangents pushed from the inputs to the outputs. It knows no rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import mul
from typing import Any

from adcli.engines.linearise import Linearisation
from adcli.numbers.namespace import Namespace
from adcli.tape.tape import Tape

Product = Callable[[Any, Any], Any]


def forward(F: Namespace, tape: Tape, linear: Linearisation, seeds: Mapping[int, Any]) -> list[Any]:
    """The tangent of every node, for seed tangents on input nodes; None where it is structurally zero.

    tangent[k] = sum of partial * tangent[argument]. Products are plain; only if something is not
    finite is the sweep run again with absolute ones, in which exactly 0 times anything is 0.
    """
    seeds = {node: F.seed(x) for node, x in seeds.items()}
    tangents = sweep(tape, linear, seeds, mul)
    return tangents if F.finite(tangents) else sweep(tape, linear, seeds, F.times)


def sweep(tape: Tape, linear: Linearisation, seeds: Mapping[int, Any], product: Product) -> list[Any]:
    tangents: list[Any] = [None] * len(tape)
    for node, seed in seeds.items():
        tangents[node] = seed
    partials = linear.partials
    for k, _, a, b, c in tape.interior():
        slopes = partials[k]
        if not slopes:
            continue
        t = tangents[a]
        p = slopes[0]
        total = None if t is None or p is None else product(p, t)
        if b >= 0:
            t = tangents[b]
            p = slopes[1]
            if t is not None and p is not None:
                total = product(p, t) if total is None else total + product(p, t)
            if c >= 0:
                t = tangents[c]
                p = slopes[2]
                if t is not None and p is not None:
                    total = product(p, t) if total is None else total + product(p, t)
        tangents[k] = total
    return tangents


def zero(x: Any) -> Any:
    """A missing tangent or adjoint is 0, and so is -0.0: the sign of a zero derivative says nothing."""
    if x is None:
        return 0.0
    return (x or 0.0) if isinstance(x, float) else x + 0.0
