"""Values and first derivatives, on any number type: what `Function` returns of them, and how it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.engines.forward import forward, zero
from adcli.engines.jacobian import check_size, choose, chosen, decide
from adcli.engines.linearise import Linearisation, evaluate, linearise
from adcli.engines.notes import Note, Watch, forward_note, reverse_note
from adcli.engines.reverse import reverse
from adcli.engines.underflow import SMALL, lost_note
from adcli.named import Asked
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.results import Jacobian, Jvp, Result, Vjp

MOST_LOST = 100_000  # nodes times inputs that are looked through for what is lost below the range


def valued(asked: Asked) -> Result:
    """The values of the outputs."""

    def work(F: Namespace, x: list[Any]) -> list[Any]:
        return evaluate(F, asked.tape, x)

    values = work(asked.F, asked.x)
    told = asked.notes(Linearisation(values, [()] * len(values)), asked.nodes, [])
    return Result(**asked.common(values, told), work=work)


def pushed(asked: Asked, direction: dict[str, float], seeds: dict[int, float]) -> Jvp:
    """The Jacobian times a direction; `seeds` are those of the direction."""

    def work(F: Namespace, x: list[Any]) -> tuple[Linearisation, list[Any]]:
        linear = linearise(F, asked.tape, x)
        return linear, forward(F, asked.tape, linear, seeds)

    linear, tangents = work(asked.F, asked.x)
    told = asked.notes(linear, asked.nodes, list(seeds))
    if not told and asked.F is REAL:
        told = forward_note(asked.tape, linear, tangents) or lost_note(asked.tape, linear, tangents, asked.nodes)
    common = asked.common(linear.values, told)
    return Jvp(
        **common, tangent=asked.seeds(direction), jvp=[zero(tangents[k]) for k in asked.nodes], sweeps=1, work=work
    )


def pulled(asked: Asked, weights: dict[str, float], seeds: dict[int, float]) -> Vjp:
    """A cotangent times the Jacobian; `seeds` are those of the cotangent."""

    def work(F: Namespace, x: list[Any]) -> tuple[Linearisation, list[Any]]:
        linear = linearise(F, asked.tape, x)
        return linear, reverse(F, asked.tape, linear, seeds)

    linear, adjoints = work(asked.F, asked.x)
    told = asked.notes(linear, list(seeds) or asked.nodes, asked.wrt)
    if not told and asked.F is REAL:
        found = list(seeds), [adjoints[k] for k in asked.wrt]
        told = reverse_note(asked.tape, linear, adjoints) or lost_notes(asked, linear, [found])
    common = asked.common(linear.values, told)
    return Vjp(
        **common, cotangent=asked.seeds(weights), vjp=[zero(adjoints[k]) for k in asked.wrt], sweeps=1, work=work
    )


def swept(asked: Asked, mode: str, order: str = "level") -> tuple[Jacobian, Linearisation]:
    """The Jacobian, and the linearisation that it was swept from; `order` numbers the nodes that notes name."""
    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt
    check_size("Jacobian", len(nodes) * len(wrt))
    choice = decide(tape, nodes, wrt, mode)

    def work(F: Namespace, x: list[Any]) -> tuple[Linearisation, list[list[Any]]]:
        linear = linearise(F, tape, x)
        return linear, chosen(F, tape, linear, nodes, wrt, choice)

    linear, rows = work(asked.F, asked.x)
    told = asked.notes(linear, nodes, wrt, order)
    if not told and asked.F is REAL:
        found = [([node], row) for node, row in zip(nodes, rows, strict=True)]
        told = swept_notes(asked, linear, rows, choice.mode, order) or lost_notes(asked, linear, found, order)
    common = asked.common(linear.values, told)
    result = Jacobian(**common, jacobian=rows, mode=choice.mode, why=choice.why, sweeps=choice.sweeps, work=work)
    return result, linear


def swept_notes(
    asked: Asked, linear: Linearisation, rows: Sequence[Sequence[float]], mode: str, order: str
) -> list[Note]:
    """Where the sweeps of a Jacobian stop being finite although all that they read is: of the first one that does."""
    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt
    place = next(((i, j) for i, row in enumerate(rows) for j, x in enumerate(row) if x - x != 0), None)
    if place is None:
        return []
    if mode == "reverse":
        return reverse_note(tape, linear, reverse(REAL, tape, linear, {nodes[place[0]]: 1.0}), order)
    return forward_note(tape, linear, forward(REAL, tape, linear, {wrt[place[1]]: 1.0}), order)


def lost_notes(
    asked: Asked, linear: Linearisation, found: Sequence[tuple[Sequence[int], Sequence[Any]]], order: str = "level"
) -> list[Note]:
    """Where a derivative was lost below the range: the first that is 0, or nearly so. `found` are outputs, with what
    was found of them in each variable (None: structurally 0).
    """
    tape = asked.tape

    def faint(x: Any) -> bool:
        return x is not None and abs(x) < SMALL

    columns = [j for j in range(len(asked.wrt)) if any(faint(row[j]) for _, row in found)]
    if len(tape) * len(columns) > MOST_LOST:
        return []
    for j in columns:
        outputs = [node for nodes, row in found if faint(row[j]) for node in nodes]
        told = lost_note(tape, linear, forward(REAL, tape, linear, {asked.wrt[j]: 1.0}), outputs, order)
        if told:
            return told
    return []


def checkpointed(asked: Asked, memory: int | None) -> Jacobian:
    """The Jacobian by reverse sweeps within limited memory, one after the other."""
    from adcli.engines import checkpoint

    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt
    check_size("Jacobian", len(nodes) * len(wrt))
    plan = checkpoint.plan(tape, nodes, memory)
    watch = Watch(tape, nodes, wrt)

    def work(F: Namespace, x: list[Any]) -> list[checkpoint.Pullback]:
        visit = watch.visit if F is REAL else None
        found = []
        for k in nodes:
            found.append(checkpoint.vjp(F, tape, x, {k: 1.0}, plan, visit))
            visit = None  # the first sweep has seen all
        return found

    found = work(REAL, asked.x)
    cost = plan._replace(extra=max(1, len(nodes)) * (1 + plan.extra) - 1)  # each sweep evaluates anew
    mode, why = choose("reverse", len(nodes), len(wrt))
    return Jacobian(
        **asked.common(found[0].values if found else {}, watch.notes), mode=mode, why=why,
        jacobian=[[one.adjoints[k] for k in wrt] for one in found], sweeps=len(nodes), work=work, checkpoints=cost,
    )  # fmt: skip
