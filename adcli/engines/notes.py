"""What a person must be told of a point: domains left, numbers that became non-finite, kinks.

Every answer comes from the rows' own columns (`domain`, `kink`, `taken`). Nodes reached only through
branches not taken give no note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

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

    kind     domain (outside the domain, or no finite derivative), overflow, underflow (a derivative is lost), or kink
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
    marks = marked(tape, outputs)
    activate(F, tape, values, marks, 0, len(tape))
    return marks


def marked(tape: Tape, nodes: Sequence[int]) -> bytearray:
    """1 for these nodes."""
    marks = bytearray(len(tape))
    for node in nodes:
        marks[node] = 1
    return marks


def activate(F: Namespace, tape: Tape, values: Sequence[float], marks: bytearray, lo: int, hi: int) -> None:
    """Pass the marks of the nodes lo..hi-1 on to what they depend on."""
    for k in range(hi - 1, lo - 1, -1):
        if marks[k]:
            args = tape.arguments(k)
            taken = tape.rows[k].taken
            reads = (True,) * len(args) if taken is None else taken(F, *(values[a] for a in args))
            for a, read in zip(args, reads, strict=True):
                if F.possible(read):
                    marks[a] = 1


def finite(x: float) -> bool:
    return x - x == 0


def suspects(tape: Tape, linear: Linearisation, lo: int, hi: int) -> Iterator[int]:
    """Nodes of lo..hi-1 that may deserve a note, in tape order: few, so that the rest is only done for them."""
    values, partials = linear
    if (
        lo == 0
        and hi == len(tape)
        and not any(row.kink for row in set(tape.rows))
        and REAL.finite(chain(values, chain.from_iterable(partials)))
    ):
        return  # the quick way for most programs
    for k, row, a, b, c in tape.interior(lo, hi):
        v = values[k]
        if v is not None and (
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
    watch = Watch(tape, outputs, inputs, order)
    watch.visit(0, len(tape), linear)
    return watch.notes


class Watch:
    """Gathers the notes of a point from pieces of its linearisation, the last piece first."""

    def __init__(self, tape: Tape, outputs: Sequence[int], inputs: Sequence[int], order: str = "level"):
        self.tape = tape
        self.inputs = list(inputs)
        self.order = order
        self.marks = marked(tape, outputs)
        self.found: list[Note] = []  # the last first

    @cached_property
    def names(self) -> dict[int, str]:
        return numbering(self.tape, self.order)

    @cached_property
    def moving(self) -> bytearray:
        return self.tape.depends_on(self.inputs)

    @property
    def notes(self) -> list[Note]:
        """What was found, in tape order."""
        return self.found[::-1]

    def visit(self, lo: int, hi: int, linear: Linearisation) -> None:
        """Look at the nodes lo..hi-1; those from hi on have been looked at."""
        tape = self.tape
        found = list(suspects(tape, linear, lo, hi))
        if not found and lo == 0:
            return
        activate(REAL, tape, linear.values, self.marks, lo, hi)
        for k in reversed(found):
            spoken = remark(tape, linear, k, self.moving) if self.marks[k] else None
            if spoken is not None:
                self.found.append(self.note(k, *spoken))

    def note(self, k: int, kind: str, message: str) -> Note:
        """A note on node k."""
        name = self.names.get(k, "")
        return Note(kind, k, name, (f"{name} = " if name else "") + message, self.tape.span(k), self.tape.source)


def series_notes(
    tape: Tape, linear: Linearisation, series: Sequence[Any], outputs: Sequence[int], order: int
) -> list[Note]:
    """Where the Taylor coefficients of a finite function stop being finite: the first node that made it so."""

    def known(node: int) -> list[float]:
        return getattr(series[node], "known", [])[: order + 1]

    for k in active_steps(tape, linear, outputs):
        bad = next((i for i, c in enumerate(known(k)) if not finite(c)), None)
        if bad is not None and all(finite(c) for a in tape.arguments(k) for c in known(a)[: bad + 1]):
            return [spoiled(tape, linear, k, f"coefficient of order {bad}", known(k)[bad])]
    return []


def second_notes(tape: Tape, linear: Linearisation, curved: Linearisation, outputs: Sequence[int]) -> list[Note]:
    """Where second derivatives stop being finite although the first are: the first node that made it so.

    `curved` is the linearisation on duals, along all inputs at once.
    """

    def tangent(x: Any) -> float:
        return getattr(x, "tangent", 0.0)

    for k in active_steps(tape, linear, outputs):
        bad = next((tangent(p) for p in curved.partials[k] if not finite(tangent(p))), None)
        if bad is not None and all(finite(tangent(curved.values[a])) for a in tape.arguments(k)):
            return [spoiled(tape, linear, k, "second derivative", bad)]
    return []


def second_sweep_note(tape: Tape, linear: Linearisation, adjoints: Sequence[Any]) -> list[Note]:
    """Where adjoints on duals stop being finite although all that they are made of is: the first node of the sweep."""
    for k in range(len(tape) - 1, -1, -1):
        tangent = getattr(adjoints[k], "tangent", None) or 0.0
        if not finite(tangent):
            return [spoiled(tape, linear, k, "second derivative in the reverse sweep", tangent)]
    return []


def forward_note(tape: Tape, linear: Linearisation, tangents: Sequence[Any], order: str = "level") -> list[Note]:
    """Where tangents stop being finite although values and partials are: the first node of the sweep."""
    for k, *_ in tape.interior():
        if not finite(tangents[k] or 0.0):
            edges = zip(tape.arguments(k), linear.partials[k], strict=False)
            terms = [(p, tangents[a]) for a, p in edges if p and tangents[a]]
            return [overflown(tape, linear, k, "tangent", tangents[k], terms, order)]
    return []


def reverse_note(tape: Tape, linear: Linearisation, adjoints: Sequence[Any], order: str = "level") -> list[Note]:
    """Where adjoints stop being finite although values and partials are: the first node of the sweep, the last of the
    tape.
    """
    for k in range(len(tape) - 1, -1, -1):
        if not finite(adjoints[k] or 0.0):
            edges = (
                (p, adjoints[user])
                for user in range(len(tape) - 1, k, -1)
                for a, p in zip(tape.arguments(user), linear.partials[user], strict=False)
                if a == k and adjoints[user] is not None
            )
            terms = [(p, w) for p, w in edges if p and w]
            return [overflown(tape, linear, k, "adjoint", adjoints[k], terms, order)]
    return []


def overflown(
    tape: Tape,
    linear: Linearisation,
    k: int,
    what: str,
    number: float,
    terms: Sequence[tuple[float, float]],
    order: str,
) -> Note:
    """The note on the node whose tangent or adjoint is beyond the range, with the products that it is the sum of."""
    shown = " + ".join(f"{write(w)}*{write(p)}" for p, w in terms[:TERMS]) + (" + ..." if len(terms) > TERMS else "")
    sweep = "forward" if what == "tangent" else "reverse"
    message = f"in the {sweep} sweep its {what} {shown} is {write(number)}: beyond the range of binary64"
    return Watch(tape, [], [], order).note(k, "overflow", f"{here(tape, linear, k)}: {message}")


def here(tape: Tape, linear: Linearisation, k: int) -> str:
    """A node with its numbers: 1/0; an input is its value."""
    if tape.first[k] < 0:
        return write(linear.values[k])
    return tape.rows[k].applied([write(linear.values[a]) for a in tape.arguments(k)])


def active_steps(tape: Tape, linear: Linearisation, outputs: Sequence[int]) -> Iterator[int]:
    """The nodes that are computed and that an output depends on here, in tape order."""
    marks = active(REAL, tape, linear.values, outputs)
    return (k for k, *_ in tape.interior() if marks[k])


def spoiled(tape: Tape, linear: Linearisation, k: int, what: str, number: float) -> Note:
    """The note on the node at which something of a higher order stopped being finite."""
    return Watch(tape, [], []).note(k, "domain", f"{here(tape, linear, k)}: its {what} comes out as {write(number)}")


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


TERMS = 3  # of a sum in a note
STEP = 2.0**-20  # relative to 1 or the argument; rows with kinks are linear this near to them


def sides(row: Row, args: list[float], i: int) -> str:
    """The one-sided derivatives of a row in its i-th argument, or the jump of its value there."""
    step = STEP * max(1.0, abs(args[i]))
    lower, upper = args.copy(), args.copy()
    lower[i] -= step
    upper[i] += step
    low, high = REAL.again(row, *lower), REAL.again(row, *upper)
    return jumps_or_bends(row, i, step, (low[0], write(low[1][i])), (high[0], write(high[1][i])))


def jumps_or_bends(row: Row, i: int, step: float, low: tuple[float, str], high: tuple[float, str]) -> str:
    """In words, from (value, partial) a step to the left and to the right."""
    wrt = f" in {row.params[i]}" if len(row.params) > 1 else ""
    # A jump is more than the one-sided derivatives explain over the two steps.
    if abs(high[0] - low[0]) > 2 * step * (abs(float(low[1])) + abs(float(high[1]))) + step / 2:
        return f"jumps here{wrt}"
    return f"has a kink here{wrt}: left {low[1]}, right {high[1]}"


def domain_text(row: Row) -> str:
    """The domain of a row as text, traced from its condition."""
    from adcli.tape.rules import condition_text

    return condition_text(row, row.domain)
