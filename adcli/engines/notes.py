"""What a person must be told of a point: domains left, numbers that became non-finite, kinks.

Every answer comes from the rows' own columns (`domain`, `kink`, `taken`). Nodes reached only through
branches not taken give no note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adcli.engines.linearise import Linearisation
from adcli.errors import Problem, Span
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.numbers.text import write
from adcli.ops.row import Lambda, Row
from adcli.tape.numbering import numbering
from adcli.tape.tape import Tape


class Note(NamedTuple):
    """One thing to know about a node at a point.

    kind     domain (outside the domain, or no finite derivative), overflow, or kink
    node     its index on the tape; `name` is its name in the trace
    message  one line with the node's numbers; span and source say where it was written
    """

    kind: str
    node: int
    name: str
    message: str
    span: Span | None
    source: str

    def problem(self) -> Problem:
        """The note as a problem, for --strict."""
        return Problem("domain", self.message, self.span, source=self.source)


def active(F: Namespace, tape: Tape, values: Sequence[float], outputs: Sequence[int]) -> bytearray:
    """1 for every node that an output depends on here: branches not taken are left out."""
    marks = bytearray(len(tape))
    for node in outputs:
        marks[node] = 1
    for k in range(len(tape) - 1, -1, -1):
        if marks[k]:
            args = tape.arguments(k)
            taken = tape.rows[k].taken
            reads = (True,) * len(args) if taken is None else taken(F, *(values[a] for a in args))
            for a, read in zip(args, reads, strict=True):
                if read:
                    marks[a] = 1
    return marks


def finite(x: float) -> bool:
    return x - x == 0


def suspects(tape: Tape, linear: Linearisation) -> Iterator[int]:
    """Nodes that may deserve a note, in tape order: few, so that the rest is only done for them."""
    values, partials = linear
    for k, row, a, b, c in tape.interior():
        v = values[k]
        if (
            v - v != 0
            or any(p is not None and p - p != 0 for p in partials[k])
            or (row.kink is not None and kinked(row, [values[x] for x in (a, b, c) if x >= 0]))
        ):
            yield k


def kinked(row: Row, args: Sequence[float]) -> bool:
    """Whether the row has a kink at these arguments."""
    return row.kink is not None and holds(row.kink, args)


def holds(condition: Lambda, args: Sequence[float]) -> bool:
    """A condition of a row at floats; where it cannot even be computed it does not hold."""
    try:
        return bool(condition(REAL, *args))
    except REAL.faults:
        return False


def notes(
    tape: Tape, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], order: str = "level"
) -> list[Note]:
    """The notes of a point, in tape order. `inputs` are those differentiated: none, no kinks.

    `order` is the numbering in which nodes are named.
    """
    found = list(suspects(tape, linear))
    if not found:
        return []
    names = numbering(tape, order)
    reached = active(REAL, tape, linear.values, outputs)
    moving = tape.depends_on(list(inputs))
    result = []
    for k in found:
        if reached[k]:
            spoken = remark(tape, linear, k, moving)
            if spoken is not None:
                kind, message = spoken
                place = f"{names[k]} = " if k in names else ""
                result.append(Note(kind, k, names.get(k, ""), place + message, tape.span(k), tape.source))
    return result


def remark(tape: Tape, linear: Linearisation, k: int, moving: bytearray) -> tuple[str, str] | None:
    """(kind, message) for one suspect node, or None where it only passes on what came in."""
    row, nodes = tape.rows[k], tape.arguments(k)
    args = [linear.values[a] for a in nodes]
    here = row.applied([write(x) for x in args])
    value = linear.values[k]
    if not finite(value):
        if not all(map(finite, args)):
            return None
        if row.domain is not None and not holds(row.domain, args):
            return "domain", f"{here} is {write(value)}: {row.applied(row.params)} needs {domain_text(row)}"
        return "overflow", f"{here} is {write(value)}: beyond the range of binary64"
    edges = list(zip(nodes, linear.partials[k], strict=False))
    for i, (a, p) in enumerate(edges):
        if p is not None and moving[a] and not finite(p):
            wrt = f" in {row.params[i]}" if len(nodes) > 1 else ""
            return "domain", f"{here} has no finite derivative{wrt} here: its partial is {write(p)}"
    if not kinked(row, args) or not any(moving[a] for a in nodes):
        return None
    if row.condition:
        return "kink", f"{here} holds or fails with equality: the derivative is that of the branch taken"
    for i, (a, p) in enumerate(edges):
        if moving[a]:
            return "kink", f"{here} {sides(row, args, i)}; used {write(p)}"
    return None


STEP = 2.0**-20  # relative to 1 or the argument; rows with kinks are linear this near to them


def sides(row: Row, args: list[float], i: int) -> str:
    """The one-sided derivatives of a row in its i-th argument, or the jump of its value there."""
    step = STEP * max(1.0, abs(args[i]))
    lower, upper = args.copy(), args.copy()
    lower[i] -= step
    upper[i] += step
    low, high = REAL.again(row, *lower), REAL.again(row, *upper)
    wrt = f" in {row.params[i]}" if len(args) > 1 else ""
    # A jump is more than the one-sided derivatives explain over the two steps.
    if abs(high[0] - low[0]) > 2 * step * (abs(low[1][i]) + abs(high[1][i])) + step / 2:
        return f"jumps here{wrt}"
    return f"has a kink here{wrt}: left {write(low[1][i])}, right {write(high[1][i])}"


def domain_text(row: Row) -> str:
    """The domain of a row as text, traced from its condition."""
    from adcli.tape.rules import condition_text

    return condition_text(row, row.domain)
