"""The reverse sweep: adjoints pulled from the outputs back to the inputs. It knows no rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import mul
from typing import Any, NamedTuple

from adcli.engines.forward import Product
from adcli.engines.linearise import Linearisation
from adcli.numbers.namespace import Namespace
from adcli.tape.tape import Tape


def reverse(
    F: Namespace, tape: Tape, linear: Linearisation, seeds: Mapping[int, Any], constants: bool = False
) -> list[Any]:
    """The adjoint of every node, for seed adjoints on output nodes; None where none arrives, and of constants unless
    they are asked for.

    adjoint[argument] += partial * adjoint[k], from the last node to the first. Products are plain;
    only if something is not finite is the sweep run again with absolute ones.
    """
    seeds = {node: F.seed(x) for node, x in seeds.items()}
    reached = b"\1" * len(tape) if constants else tape.varying
    adjoints = sweep(tape, linear, seeds, mul, reached)
    return adjoints if F.finite(adjoints) else sweep(tape, linear, seeds, F.times, reached)


def sweep(
    tape: Tape, linear: Linearisation, seeds: Mapping[int, Any], product: Product, reached: Sequence[int]
) -> list[Any]:
    adjoints: list[Any] = [None] * len(tape)
    for node, seed in seeds.items():
        adjoints[node] = seed
    pull(tape, linear.partials, adjoints, product, 0, max(seeds, default=-1) + 1, reached)
    return adjoints


def pull(
    tape: Tape, partials: Sequence[tuple[Any, ...]], adjoints: list[Any], product: Product, lo: int, hi: int,
    reached: Sequence[int] | None = None,
) -> None:  # fmt: skip
    """The sweep through the nodes lo..hi-1, the last first: each gives its arguments their share, in place.

    Only nodes that are marked in `reached` get one: those with an input below them, if nothing else is said.
    """
    varying = tape.varying if reached is None else reached
    first, second, third = tape.first, tape.second, tape.third
    for k in range(hi - 1, lo - 1, -1):
        w = adjoints[k]
        if w is None:
            continue
        for a, p in zip((first[k], second[k], third[k]), partials[k]):  # noqa: B905 - fewer partials than columns
            if p is not None and varying[a]:
                known = adjoints[a]
                adjoints[a] = product(p, w) if known is None else known + product(p, w)


class Contribution(NamedTuple):
    """One term of an adjoint: `adjoint` of the user node times `partial` in its `place`-th argument."""

    user: int
    place: int
    adjoint: Any
    partial: Any
    term: Any


def contributions(
    F: Namespace, tape: Tape, linear: Linearisation, adjoints: list[Any]
) -> dict[int, list[Contribution]]:
    """node -> everything its adjoint is the sum of, last user first (an output's seed excepted)."""
    terms: dict[int, list[Contribution]] = {}
    for k in range(len(tape) - 1, -1, -1):
        w = adjoints[k]
        if w is None:
            continue
        for i, (a, p) in enumerate(zip(tape.arguments(k), linear.partials[k])):  # noqa: B905
            if p is not None and tape.varying[a]:
                terms.setdefault(a, []).append(Contribution(k, i, w, p, F.times(p, w)))
    return terms
