"""The Jacobian: forward on n seeds or reverse on m, whichever takes fewer sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.engines.bundle import forward_sweeps, reverse_sweeps
from adcli.engines.linearise import Linearisation
from adcli.errors import Problem, ProblemError
from adcli.numbers.namespace import Namespace
from adcli.tape.tape import Tape

MOST_ENTRIES = 50_000_000
MODES = ("auto", "forward", "reverse")
MANY = 64  # sweeps up to which finding colours takes longer than they save


def choose(mode: str, outputs: int, inputs: int) -> tuple[str, str]:
    """(forward or reverse, why). A tie goes forward, but one output goes reverse."""
    asked = "" if mode == "auto" else ", as asked"
    if mode == "auto":
        mode = "forward" if inputs <= outputs and outputs != 1 else "reverse"
    if mode == "forward":
        return mode, f"forward{asked}: {sweeps(inputs)}, where reverse takes {outputs}"
    return mode, f"reverse{asked}: {sweeps(outputs)}, where forward takes {inputs}"


def colors_pay(outputs: int, inputs: int) -> bool:
    """Whether `auto` looks for colours: the other modes take many sweeps."""
    return min(outputs, inputs) > MANY


def sweeps(count: int) -> str:
    return f"{count} sweep{'' if count == 1 else 's'}"


def jacobian(
    F: Namespace, tape: Tape, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], mode: str
) -> list[list[Any]]:
    """Rows of partials d output[i] / d input[j], in `mode` forward or reverse; shape [m][n].

    A structural zero is the number 0.0.
    """
    if mode == "reverse":
        return reverse_sweeps(F, tape, linear, [{output: 1.0} for output in outputs], inputs)
    columns = forward_sweeps(F, tape, linear, [{node: 1.0} for node in inputs], outputs)
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in outputs]


def check_size(what: str, entries: int) -> None:
    """Raise ProblemError for a full matrix that does not fit in memory."""
    if entries > MOST_ENTRIES:
        raise ProblemError(Problem("limit", f"the full {what} has {entries:,} entries", hint="write --sparse"))
