"""The Jacobian: forward on n seeds or reverse on m, whichever takes fewer sweeps; where there are many, by colour."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from adcli.engines.bundle import forward_sweeps, reverse_sweeps
from adcli.engines.linearise import Linearisation
from adcli.errors import Problem, ProblemError
from adcli.numbers.namespace import Namespace
from adcli.tape.tape import Tape

if TYPE_CHECKING:
    from adcli.engines.compressed import Plan

MOST_ENTRIES = 25_000_000  # 32 bytes each
MODES = ("auto", "forward", "reverse")
MANY = 64  # sweeps up to which finding colours takes longer than they save


class Choice(NamedTuple):
    """How a Jacobian is swept: forward or reverse, why, in how many sweeps, and the colours where they share them."""

    mode: str
    why: str
    sweeps: int
    plan: Plan | None = None


def decide(tape: Tape, outputs: Sequence[int], inputs: Sequence[int], mode: str = "auto") -> Choice:
    """The rule of `auto`: the mode with fewer sweeps; of very many, colours where these take fewer still."""
    m, n = len(outputs), len(inputs)
    if mode == "auto" and min(m, n) > MANY:
        from adcli.engines.compressed import jacobian_plan

        with suppress(ProblemError):  # far from sparse
            found = jacobian_plan(tape, outputs, inputs)
            if found.sweeps < min(m, n):
                return Choice(found.mode, found.why, found.sweeps, found)
    mode, why = choose(mode, m, n)
    return Choice(mode, why, n if mode == "forward" else m)


def choose(mode: str, outputs: int, inputs: int) -> tuple[str, str]:
    """(forward or reverse, why). A tie goes forward, but one output goes reverse."""
    asked = "" if mode == "auto" else ", as asked"
    if mode == "auto":
        mode = "forward" if inputs <= outputs and outputs != 1 else "reverse"
    mine, other, count = (inputs, "reverse", outputs) if mode == "forward" else (outputs, "forward", inputs)
    against = f"as many as {other}" if mine == count else f"where {other} takes {count:,}"
    return mode, f"{mode}{asked}: {sweeps(mine)}, {against}"


def sweeps(count: int) -> str:
    return f"{count:,} sweep{'' if count == 1 else 's'}"


def chosen(
    F: Namespace, tape: Tape, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], choice: Choice
) -> list[list[Any]]:
    """The Jacobian as it was decided, shape [m][n]."""
    if choice.plan is None:
        return jacobian(F, tape, linear, outputs, inputs, choice.mode)
    from adcli.engines.compressed import filled, sparse_jacobian

    entries = sparse_jacobian(F, tape, linear, outputs, inputs, choice.plan)
    return filled(entries, len(outputs), len(inputs))


def jacobian(
    F: Namespace, tape: Tape, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], mode: str
) -> list[list[Any]]:
    """Rows of partials d output[i] / d input[j], in `mode` forward or reverse, a sweep each; shape [m][n].

    A structural zero is the number 0.0.
    """
    if mode == "reverse":
        return reverse_sweeps(F, tape, linear, [{output: 1.0} for output in outputs], inputs)
    columns = forward_sweeps(F, tape, linear, [{node: 1.0} for node in inputs], outputs)
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in outputs]


def check_size(what: str, entries: int, most: int = MOST_ENTRIES) -> None:
    """Raise ProblemError for a full matrix that does not fit in memory."""
    if entries > most:
        hint = f"write {what.lower()} --sparse, or take part of it with --wrt and --of"
        raise ProblemError(Problem("limit", f"the full {what} has {entries:,} entries", hint=hint))
