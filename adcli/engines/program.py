"""Straight-line code from a tape: the engines run once on recorded numbers; what no result needs is left out.

Values, partials and sweeps become one list of operations, so what they have in common is computed once, nothing is
computed for inputs that are not asked for, and a number is held only up to its last use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from adcli.engines.linearise import Linearisation
from adcli.numbers.recorded import Code, Recorded, Recorder
from adcli.ops.row import Row
from adcli.tape.tape import Tape

Work = Callable[[Recorder, list[Any]], tuple[list[Any], Linearisation | None]]


class Program(NamedTuple):
    """Operations on numbers in numbered lines.

    width      inputs: lines 0..width-1
    code       (row, arguments, line) in order; arguments below 0 are constants[-1 - argument]
    constants  floats and conditions
    results    a line or a constant (below 0) for each result
    kinks      the line that says where the function has a kink, a constant, or None where it can have none
    """

    width: int
    code: list[tuple[Row, tuple[int, ...], int]]
    constants: list[Any]
    results: list[int]
    kinks: int | None


def record(
    tape: Tape, fixed: dict[int, float], work: Work, moving: Sequence[int], absolute: bool,
    outputs: Sequence[int] | None = None,
) -> Program:  # fmt: skip
    """The program of `work(F, point)`, which gives (results, linearisation or None).

    `fixed` has the values of inputs that are the same at all points, by position; kinks are looked for on nodes that
    depend on the inputs `moving` and that `outputs` (all, unless given) depend on. With `absolute` all products are
    absolute: right where something is not finite.
    """
    import numpy as np

    F = Recorder(len(tape.inputs), absolute)
    point = [np.float64(fixed[i]) if i in fixed else F.input(i) for i in range(len(tape.inputs))]
    found, linear = work(F, point)
    results = [F.reference(0.0 if x is None else x) for x in found]
    nodes = [o.node for o in tape.outputs] if outputs is None else outputs
    where = None if linear is None else kinks(F, tape, linear, nodes, moving)
    mask = None if where is None else F.reference(where)
    needed = set(needed_lines(F.code, F.width, [*results, *([] if mask is None else [mask])]))
    code = [(row, args, F.width + i) for i, (row, args) in enumerate(F.code) if F.width + i in needed]
    return Program(F.width, code, F.constants, results, mask)


def needed_lines(code: Code, width: int, wanted: Sequence[int]) -> list[int]:
    """The lines that some lines are made of, themselves included, the last first."""
    marks = bytearray(width + len(code))
    for line in wanted:
        if line >= 0:
            marks[line] = 1
    found = []
    for line in range(width + len(code) - 1, width - 1, -1):
        if marks[line]:
            found.append(line)
            for a in code[line - width][1]:
                if a >= 0:
                    marks[a] = 1
    return found


def kinks(F: Recorder, tape: Tape, linear: Linearisation, outputs: Sequence[int], moving: Sequence[int]) -> Any:
    """The condition that some node has a kink that an output depends on; None where no row can have one."""
    if not any(row.kink for row in set(tape.rows)):
        return None
    depends = tape.depends_on(list(moving))
    active: list[Any] = [False] * len(tape)
    for node in outputs:
        active[node] = True
    found: Any = False
    for k in range(len(tape) - 1, -1, -1):
        args = tape.arguments(k)
        if active[k] is False or not args:
            continue
        row = tape.rows[k]
        values = [linear.values[a] for a in args]
        if row.kink is not None and any(depends[a] for a in args):
            found = F.or_(found, F.and_(active[k], row.kink(F, *values)))
        reads = (True,) * len(args) if row.taken is None else row.taken(F, *values)
        for a, read in zip(args, reads, strict=True):
            active[a] = F.or_(active[a], F.and_(active[k], read))
    return found if isinstance(found, Recorded) else bool(found) or None
