"""Sparse derivatives: columns that share no row share a sweep, and every entry is read off where it stands alone.

Curtis, Powell & Reid 1974 for Jacobians, Coleman & More 1984 for Hessians; the colourings are those of `coloring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from adcli.engines.bundle import Seeds, forward_sweeps, hessian_products, reverse_sweeps
from adcli.engines.coloring import best, direct, star, transpose
from adcli.engines.jacobian import choose, sweeps
from adcli.engines.linearise import Linearisation
from adcli.engines.sparsity import Pattern, jacobian_pattern
from adcli.numbers.namespace import Namespace
from adcli.tape.tape import Tape


class Plan(NamedTuple):
    """What is to be swept: the pattern, a colour per column or row (-1: nothing to compute), and which of both.

    compressed  columns (forward sweeps) or rows (reverse sweeps)
    why         the choice in words
    """

    pattern: Pattern
    colors: list[int]
    compressed: str
    why: str

    @property
    def sweeps(self) -> int:
        """One for each colour."""
        return count(self.colors)

    @property
    def mode(self) -> str:
        """forward or reverse"""
        return "forward" if self.compressed == "columns" else "reverse"


class Entries(NamedTuple):
    """A sparse matrix entry by entry, row by row: data[e] is the entry in row rows[e] and column cols[e], from 0."""

    rows: list[int]
    cols: list[int]
    data: list[Any]


def jacobian_plan(tape: Tape, outputs: Sequence[int], inputs: Sequence[int], mode: str = "auto") -> Plan:
    """The direction that takes fewer sweeps, or the one that is asked for: forward by columns, reverse by rows.

    Raises ProblemError for a Jacobian that is far from sparse.
    """
    pattern = jacobian_pattern(tape, outputs, inputs)
    asked = "" if mode == "auto" else ", as asked"
    columns = [] if mode == "reverse" else best(pattern.rows, pattern.width)
    if mode == "forward":
        return Plan(pattern, columns, "columns", f"forward{asked}: {sweeps(count(columns))} by colour of columns")
    # A column with k entries takes k colours of rows: where that is not fewer, the rows are not even coloured.
    least = deepest(pattern)
    if mode == "auto" and count(columns) <= least and choose("auto", least, count(columns))[0] == "forward":
        taken = f"{sweeps(count(columns))} by colour of columns, where rows take {least} or more"
        return Plan(pattern, columns, "columns", f"forward: {taken}")
    rows = best(transpose(pattern.rows, pattern.width), len(pattern.rows))
    if mode == "auto" and choose("auto", count(rows), count(columns))[0] == "forward":
        taken = f"{sweeps(count(columns))} by colour of columns, where rows take {count(rows)}"
        return Plan(pattern, columns, "columns", f"forward: {taken}")
    other = f", where columns take {count(columns)}" if mode == "auto" else ""
    return Plan(pattern, rows, "rows", f"reverse{asked}: {sweeps(count(rows))} by colour of rows{other}")


def count(colors: Sequence[int]) -> int:
    return max(colors, default=-1) + 1


def deepest(pattern: Pattern) -> int:
    """The most entries that a column has."""
    depth = [0] * pattern.width
    for row in pattern.rows:
        for j in row:
            depth[j] += 1
    return max(depth, default=0)


def hessian_plan(pattern: Pattern) -> Plan:
    """A star colouring of a symmetric pattern."""
    colors = star(pattern.rows)
    return Plan(pattern, colors, "columns", f"reverse on duals: {sweeps(count(colors))} by star colouring")


def seeds(colors: Sequence[int], nodes: Sequence[int]) -> list[Seeds]:
    """For each colour the seed 1 on the nodes that have it."""
    found: list[dict[int, float]] = [{} for _ in range(count(colors))]
    for color, node in zip(colors, nodes, strict=True):
        if color >= 0:
            found[color][node] = 1.0
    return [*found]


def places(pattern: Pattern) -> tuple[list[int], list[int]]:
    """Row and column of every entry, row by row."""
    rows = [i for i, row in enumerate(pattern.rows) for _ in row]
    return rows, [j for row in pattern.rows for j in row]


def sparse_jacobian(
    F: Namespace, tape: Tape, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], plan: Plan
) -> Entries:
    """The Jacobian by the sweeps of a plan. Two outputs that are one node share its adjoint, in separate sweeps."""
    rows, cols = places(plan.pattern)
    colors = plan.colors
    if plan.compressed == "columns":
        found = forward_sweeps(F, tape, linear, seeds(colors, inputs), outputs)
        return Entries(rows, cols, [found[colors[j]][i] for i, j in zip(rows, cols, strict=True)])
    found = reverse_sweeps(F, tape, linear, seeds(colors, outputs), inputs)
    return Entries(rows, cols, [found[colors[i]][j] for i, j in zip(rows, cols, strict=True)])


def sparse_hessians(
    F: Namespace, tape: Tape, point: Sequence[Any], outputs: Sequence[int], inputs: Sequence[int], plan: Plan
) -> list[Entries]:
    """The Hessian of each output by the sweeps of a plan, symmetric to the last bit."""
    rows, cols = places(plan.pattern)
    products = hessian_products(F, tape, point, outputs, inputs, seeds(plan.colors, inputs))
    read = direct(rows, cols, plan.colors)
    return [Entries(rows, cols, [found[c][i] for i, c in read]) for found in products]


def filled(entries: Entries, height: int, width: int) -> list[list[Any]]:
    """A sparse matrix with its zeros; shape [height][width]."""
    matrix = [[0.0] * width for _ in range(height)]
    for i, j, x in zip(*entries, strict=True):
        matrix[i][j] = x
    return matrix
