"""Many sweeps of one kind: a few one after the other, more of them side by side as arrays.

One tape operation on an array of 64 directions costs little more than on one float, so that n sweeps of a long
tape cost about as much as n/64 of a few times the length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from adcli.engines.forward import forward, zero
from adcli.engines.linearise import Linearisation, linearise
from adcli.engines.reverse import reverse
from adcli.numbers.dual import duals
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.tape.tape import Tape

Seeds = Mapping[int, float]
FEW = 8  # sweeps up to which floats are as fast as arrays
SHORT = 50_000  # nodes in all sweeps together, up to which loading NumPy would take longer than the sweeps
DUAL = 10  # how many times as long a node takes on duals
BLOCK = 64
MEMORY = 256_000_000  # bytes that the arrays of one block may take; a node has about four


def bundles(
    F: Namespace, tape: Tape, seeds: Sequence[Seeds], weight: int
) -> Iterator[tuple[Namespace, Mapping[int, Any], int]]:
    """(number type of the tangents, seeds, how many sweeps) for each run over the tape: a sweep each (0, no
    array), or blocks as arrays.
    """
    if F is not REAL or len(seeds) <= FEW or weight * len(seeds) * len(tape) <= SHORT:
        for seed in seeds:
            yield F, seed, 0
        return
    import numpy as np

    from adcli.numbers.array import ARRAY

    width = max(1, min(BLOCK, MEMORY // (32 * len(tape))))
    for start in range(0, len(seeds), width):
        block = seeds[start : start + width]
        joint: dict[int, Any] = {}
        for i, seed in enumerate(block):
            for node, x in seed.items():
                if node not in joint:
                    joint[node] = np.zeros(len(block))
                joint[node][i] = x
        yield ARRAY, joint, len(block)


def spread(found: Iterable[Any], count: int) -> list[list[Any]]:
    """What one run found at some nodes, sweep by sweep: one row of numbers a sweep."""
    numbers = [zero(x) for x in found]
    if not count:
        return [numbers]
    import numpy as np

    return np.array([np.broadcast_to(x, count) for x in numbers]).reshape(-1, count).T.tolist()


def runs(
    F: Namespace, tape: Tape, seeds: Sequence[Seeds],
    sweep: Callable[[Namespace, Mapping[int, Any]], list[Iterable[Any]]], weight: int = 1,
) -> list[list[list[Any]]]:  # fmt: skip
    """`sweep` for all seeds; [what sweep gives][seed][node]. `weight` is how long a node takes."""
    result: list[list[list[Any]]] = []
    for G, joint, count in bundles(F, tape, seeds, weight):
        with G.quietly():
            found = sweep(G, joint)
        result = result or [[] for _ in found]
        for rows, numbers in zip(result, found, strict=True):
            rows += spread(numbers, count)
    return result


def forward_sweeps(
    F: Namespace, tape: Tape, linear: Linearisation, seeds: Sequence[Seeds], outputs: Sequence[int]
) -> list[list[Any]]:
    """The tangents of the outputs, one row a sweep: shape [len(seeds)][len(outputs)]."""

    def sweep(G: Namespace, joint: Mapping[int, Any]) -> list[Iterable[Any]]:
        tangents = forward(G, tape, linear, joint)
        return [[tangents[node] for node in outputs]]

    return (runs(F, tape, seeds, sweep) or [[]])[0]


def reverse_sweeps(
    F: Namespace, tape: Tape, linear: Linearisation, seeds: Sequence[Seeds], inputs: Sequence[int]
) -> list[list[Any]]:
    """The adjoints of the inputs, one row a sweep: shape [len(seeds)][len(inputs)]."""

    def sweep(G: Namespace, joint: Mapping[int, Any]) -> list[Iterable[Any]]:
        adjoints = reverse(G, tape, linear, joint)
        return [[adjoints[node] for node in inputs]]

    return (runs(F, tape, seeds, sweep) or [[]])[0]


def second_order(
    F: Namespace, tape: Tape, point: Sequence[Any], tangents: Mapping[int, Any], G: Namespace | None = None
) -> Linearisation:
    """The linearisation on duals: values and partials with their tangents, for the tangents of some input nodes."""
    D = duals(F, G)
    pairs = zip(tape.inputs, point, strict=True)
    return linearise(
        D, tape, [D.number(x, D.tangents.seed(tangents[node])) if node in tangents else x for node, x in pairs]
    )


def hessian_products(
    F: Namespace, tape: Tape, point: Sequence[Any], outputs: Sequence[int], inputs: Sequence[int],
    directions: Sequence[Seeds],
) -> list[list[list[Any]]]:  # fmt: skip
    """The Hessian of each output times each direction: shape [len(outputs)][len(directions)][len(inputs)].

    Forward over reverse: the reverse sweep run on duals (Griewank & Walther 2008, section 5.1).
    """

    def sweep(G: Namespace, joint: Mapping[int, Any]) -> list[Iterable[Any]]:
        D = duals(F, G)
        linear = second_order(F, tape, point, joint, G)
        found: list[Iterable[Any]] = []
        for output in outputs:
            adjoints = reverse(D, tape, linear, {output: 1.0})
            found.append([getattr(adjoints[node], "tangent", None) for node in inputs])
        return found

    return runs(F, tape, directions, sweep, DUAL) or [[] for _ in outputs]
