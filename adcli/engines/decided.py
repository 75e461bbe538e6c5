"""What a person must be told of a point where numbers are proven: domains left, kinks, and what stays open.

The conditions of the rows are those that notes.py reads, here with three answers: yes, no, and open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from adcli.engines.linearise import Linearisation
from adcli.engines.notes import STEP, Note, Watch, active, domain_text, jumps_or_bends
from adcli.errors import ProblemError
from adcli.numbers.proven import Imprecise
from adcli.ops.row import Row
from adcli.tape.tape import Tape

if TYPE_CHECKING:
    from adcli.numbers.ball import Balls

SHOWN = 15  # digits of a number in a message
OPEN = "?"  # a number of which they are not known


def notes(
    F: Balls, tape: Tape, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], order: str = "level"
) -> list[Note]:
    """The kinks that the point is at for certain. Raises ProblemError where an output or a derivative is undefined."""
    watch = Watch(tape, outputs, inputs, order)
    found = []
    for k, row, args in steps(F, tape, linear, outputs):
        here = row.applied([text(F, x) for x in args])
        if F.strict and F.decide(row.domain, args) is False:
            message = f"{here} is undefined: {row.applied(row.params)} needs {domain_text(row)}"
            raise ProblemError(watch.note(k, "domain", message).problem())
        moving = [i for i, a in enumerate(tape.arguments(k)) if watch.moving[a]]
        partials = linear.partials[k]
        if F.strict and partials and all(getattr(x, "exact", x is not None) for x in args):
            for i in moving:
                if F.undefined(partials[i]):
                    wrt = f" in {row.params[i]}" if len(args) > 1 else ""
                    message = f"{here} has no finite derivative{wrt} here"
                    raise ProblemError(watch.note(k, "domain", message).problem())
        if moving and F.decide(row.kink, args):
            if row.condition:
                message = f"{here} holds or fails with equality: the derivative is that of the branch taken"
            else:
                used = text(F, partials[moving[0]])
                message = f"{here} {sides(F, row, args, moving[0])}; used {used}"
            found.append(watch.note(k, "kink", message))
    return found


def open_question(F: Balls, tape: Tape, linear: Linearisation, outputs: Sequence[int]) -> Note | None:
    """The first node at which the enclosures decide neither the domain nor a choice."""
    watch = Watch(tape, outputs, [])
    for k, row, args in steps(F, tape, linear, outputs):
        here = row.applied([text(F, x) for x in args])
        if row.condition and linear.values[k] is None:
            return watch.note(k, "undecided", f"{here} cannot be decided: the two sides agree as far as {digits(F)}")
        if row.domain is not None and F.decide(row.domain, args) is None:
            needs = f"{row.applied(row.params)} needs {domain_text(row)}"
            return watch.note(k, "undecided", f"{here} is at the edge of its domain as far as {digits(F)}: {needs}")
        if F.decide(row.kink, args) is None and row.kink is not None:
            return watch.note(k, "undecided", f"{here} is at a kink as far as {digits(F)}")
        if all(map(bounded, args)) and not all(map(bounded, [linear.values[k], *linear.partials[k]])):
            return watch.note(k, "undecided", f"{here} is not known with proven digits")
    return None


def bounded(x: Any) -> bool:
    """Whether there are bounds of a number."""
    return getattr(x, "exact", True) or bool(x.x.is_finite())


def digits(F: Balls) -> str:
    """How far was computed."""
    return f"{F.bits * 30103 // 100000:,} digits tell"


def steps(F: Balls, tape: Tape, linear: Linearisation, outputs: Sequence[int]) -> Iterator[tuple[int, Row, list[Any]]]:
    """(node, row, arguments) of what is computed, and what an output may depend on here, in tape order."""
    marks = active(F, tape, linear.values, outputs)
    for k, row, *_ in tape.interior():
        if marks[k]:
            yield k, row, [x if x is None or isinstance(x, bool) else F.lift(x) for x in
                           (linear.values[a] for a in tape.arguments(k))]  # fmt: skip


def text(F: Balls, x: Any) -> str:
    """A number in a message."""
    if x is None or isinstance(x, bool):
        return {None: OPEN, True: "true", False: "false"}[x]
    try:
        return F.answer(x, SHOWN, wide=True).text
    except Imprecise:
        return OPEN


def sides(F: Balls, row: Row, args: list[Any], i: int) -> str:
    """The one-sided derivatives of a row in its i-th argument, or the jump of its value there."""
    evaluate, slopes = F.value(row), F.slopes(row)
    assert slopes is not None
    near = []
    for step in (-STEP, STEP):
        moved = [*args[:i], args[i] + step, *args[i + 1 :]]
        value = evaluate(*moved)
        slope = text(F, slopes(value, *moved)[i])
        if slope == OPEN:  # of max(x, x) for an x of very many digits, beside which the step is lost
            return f"has a kink here in {row.params[i]}"
        near.append((float(F.answer(value, SHOWN, wide=True)), slope))
    return jumps_or_bends(row, i, STEP, near[0], near[1])
