"""Which entries of a Jacobian or a Hessian can be other than zero, whatever the point.

Sets of inputs are propagated through the tape: a node depends on what its arguments depend on (index domains,
Griewank & Walther 2008, section 7.1), and a row that curves in two of its arguments couples their inputs (nonlinear
interaction domains, Walther 2008). What a row carries and where it curves is read off its own partials.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from adcli.errors import Problem, ProblemError
from adcli.ops.row import Row
from adcli.tape.rules import traced
from adcli.tape.tape import Tape

MOST_ENTRIES = 20_000_000


class Pattern(NamedTuple):
    """rows[i] lists the columns of row i that can be other than zero, in order; `width` counts the columns."""

    rows: list[list[int]]
    width: int

    @property
    def entries(self) -> int:
        return sum(map(len, self.rows))


@cache
def carried(row: Row) -> tuple[bool, ...]:
    """Per argument, whether a derivative passes: not where the partial is None or the number 0 everywhere."""
    if row.partials is None:
        return (False,) * len(row.params)
    space, args = traced(row)
    partials = row.partials(space, space.value(row)(*args), *args)
    return tuple(p is not None and space.lift(p).number != 0 for p in partials)


@cache
def curved(row: Row) -> tuple[tuple[int, int], ...]:
    """The pairs of arguments, i <= j, in which the row has a second partial other than 0 somewhere."""
    if row.partials is None:
        return ()
    space, args = traced(row)
    partials = row.partials(space, space.value(row)(*args), *args)
    nodes = {i: space.lift(p).node for i, p in enumerate(partials) if p is not None and carried(row)[i]}
    pairs = set()
    for j, x in enumerate(args):
        if not carried(row)[j]:
            continue
        reached = reaches(space.builder.tape, x.node)
        pairs |= {(min(i, j), max(i, j)) for i, node in nodes.items() if reached[node]}
    return tuple(sorted(pairs))


def reaches(tape: Tape, source: int) -> bytearray:
    """1 for every node that a derivative in the node `source` reaches."""
    marks = bytearray(len(tape))
    marks[source] = 1
    for k, row, *_ in tape.interior():
        if any(carries and marks[a] for a, carries in zip(tape.arguments(k), carried(row), strict=True)):
            marks[k] = 1
    return marks


class Cell:
    """A set of inputs that several nodes may share; `users` counts the nodes that still need it."""

    __slots__ = ("users", "inputs", "squared")

    def __init__(self, inputs: set[int]):
        self.users = 1
        self.inputs = inputs
        self.squared = 0  # how many inputs it had when all their pairs were noted


Cells = list[Cell | None]


def domains(
    tape: Tape, outputs: Sequence[int], inputs: Sequence[int], visit: Callable[[Row, Cells], None] | None = None
) -> Cells:
    """The sets of inputs that the outputs depend on. `visit` sees the row of every node they need, in order, with the
    sets of its arguments.

    A set whose last user is past is given on to its successor and grows in place, so that a sum of n terms costs
    O(n), not O(n^2).
    """
    carries = {row: carried(row) for row in set(tape.rows)}
    last = last_carried(tape, outputs, carries)
    cells: Cells = [None] * len(tape)
    for j, node in enumerate(inputs):
        cells[node] = Cell({j})
    for k, row, a, b, c in tape.interior():
        if last[k] <= k:  # no output needs it
            continue
        args = (a,) if b < 0 else (a, b) if c < 0 else (a, b, c)
        found = [cells[x] if passes else None for x, passes in zip(args, carries[row])]  # noqa: B905 - a hot loop
        if visit is not None:
            visit(row, found)
        for x in args:
            if last[x] <= k:
                dead = cells[x]
                if dead is not None:
                    dead.users -= 1
                    cells[x] = None
        cells[k] = union(found)
    return [cells[node] for node in outputs]


def last_carried(tape: Tape, outputs: Sequence[int], carries: Mapping[Row, tuple[bool, ...]]) -> array[int]:
    """The last node that a derivative in each node reaches on its way to the outputs (which live to the end);
    itself where none does: a node that only decides a branch carries nothing.
    """
    size = len(tape)
    last = array("i", range(size))
    for node in outputs:
        last[node] = size
    rows, columns = tape.rows, (tape.first, tape.second, tape.third)
    for k in range(size - 1, -1, -1):
        if last[k] > k:
            for column, passes in zip(columns, carries[rows[k]]):  # noqa: B905 - as many as the row has arguments
                if passes and last[column[k]] == column[k]:
                    last[column[k]] = k
    return last


def union(cells: Cells) -> Cell | None:
    """The set of what is in any of the cells: one of them where nobody else needs it."""
    result: Cell | None = None
    for cell in cells:
        if cell is None or cell is result:
            continue
        if result is None:
            result = cell
        elif cell.inputs <= result.inputs:
            pass
        elif result.users == 0 and (cell.users or len(cell.inputs) <= len(result.inputs)):
            result.inputs |= cell.inputs
        elif cell.users == 0:
            cell.inputs |= result.inputs
            result = cell
        else:
            result = Cell(result.inputs | cell.inputs)
            result.users = 0
    if result is not None:
        result.users += 1
    return result


def jacobian_pattern(tape: Tape, outputs: Sequence[int], inputs: Sequence[int]) -> Pattern:
    """The pattern of the Jacobian, shape [m][n]. Raises ProblemError where it is far from sparse."""
    rows: list[list[int]] = []
    total = 0
    for cell in domains(tape, outputs, inputs):
        rows.append([] if cell is None else sorted(cell.inputs))
        total += len(rows[-1])
        if total > MOST_ENTRIES:
            raise ProblemError(too_dense("Jacobian"))
    return Pattern(rows, len(inputs))


def hessian_pattern(tape: Tape, outputs: Sequence[int], inputs: Sequence[int], most: int = MOST_ENTRIES) -> Pattern:
    """The pattern of the Hessians of all outputs together, symmetric, shape [n][n].

    Raises ProblemError where more than `most` pairs have to be looked at.
    """
    rows: list[set[int]] = [set() for _ in inputs]
    work = 0

    def visit(row: Row, cells: Cells) -> None:
        nonlocal work
        for i, j in curved(row):
            one, other = cells[i], cells[j]
            if one is None or other is None:
                continue
            size = len(one.inputs)
            if one is other and one.squared == size:
                continue
            work += size * len(other.inputs)
            if work > most:
                raise ProblemError(too_dense("Hessian"))
            for p in one.inputs:
                rows[p] |= other.inputs
            if one is other:
                one.squared = size
            else:
                for p in other.inputs:
                    rows[p] |= one.inputs

    domains(tape, outputs, inputs, visit)
    return Pattern([sorted(row) for row in rows], len(inputs))


def too_dense(what: str) -> Problem:
    return Problem(
        "limit", f"the {what} is too large and too far from sparse", hint="take part of it with --wrt and --of"
    )
