"""Sparse, second and higher derivatives: what `Function` returns of them, and how it is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from adcli.engines.forward import zero
from adcli.engines.linearise import Linearisation, linearise
from adcli.engines.notes import notes, second_notes, second_sweep_note, series_notes
from adcli.engines.reverse import reverse
from adcli.errors import Problem, ProblemError
from adcli.named import Asked
from adcli.numbers.dual import duals
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.results import Result

if TYPE_CHECKING:
    from adcli.engines.checkpoint import Cost
    from adcli.engines.compressed import Entries
    from adcli.engines.modes import Comparison

SHORT = 100  # nodes up to which a tape is not worth cutting into segments


@dataclass(eq=False, repr=False)
class Sparse(Result):
    """A Jacobian, or the Hessian of each output, entry by entry, row by row, indices from 0.

    shape       (m, n), for Hessians (n, n)
    rows, cols  where the entries are that can be other than 0
    data        their values: one column, for Hessians one for each output
    colors      the colour of each column or row; -1 where there is nothing to compute
    compressed  columns (forward sweeps) or rows (reverse sweeps); `why` says why
    """

    shape: tuple[int, int] = (0, 0)
    rows: list[int] = field(default_factory=list)
    cols: list[int] = field(default_factory=list)
    data: list[list[float]] = field(default_factory=list)
    colors: list[int] = field(default_factory=list)
    compressed: str = ""
    why: str = ""

    def numbers(self) -> Iterator[float]:
        return chain.from_iterable(self.data)


@dataclass(eq=False, repr=False)
class Hessian(Result):
    """`hessians[i]` is the symmetric matrix of second partials of outputs[i], shape [m][n][n].

    The lower triangle is mirrored; `asymmetry` is the largest difference of the two halves as they were computed.
    """

    hessians: list[list[list[float]]] = field(default_factory=list)
    asymmetry: float = 0.0

    def numbers(self) -> Iterator[float]:
        return (x for rows in self.hessians for row in rows for x in row)

    @property
    def hessian(self) -> list[list[float]]:
        """The Hessian of a function with one output, shape [n][n]. Raises ValueError for several outputs."""
        return self.only("Hessian", self.hessians)


@dataclass(eq=False, repr=False)
class Hvp(Result):
    """`hvps[i]` is the Hessian of outputs[i] times the tangent, shape [m][n]; `quadratic[i]` the tangent times that."""

    tangent: dict[str, float] = field(default_factory=dict)
    hvps: list[list[float]] = field(default_factory=list)
    quadratic: list[float] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return chain.from_iterable([*self.hvps, self.quadratic])

    @property
    def hvp(self) -> list[float]:
        """That of a function with one output, shape [n]. Raises ValueError for several outputs."""
        return self.only("Hessian-vector product", self.hvps)


@dataclass(eq=False, repr=False)
class Taylor(Result):
    """`coefficients[i][k]` is the coefficient of t^k in outputs[i] at x + t*direction, shape [m][order + 1]."""

    direction: dict[str, float] = field(default_factory=dict)
    coefficients: list[list[float]] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return chain.from_iterable(self.coefficients)

    @property
    def derivatives(self) -> list[list[float]]:
        """The derivatives in t: k! times the coefficient of order k."""
        from adcli.engines.taylor import times_whole

        return [[times_whole(c, math.factorial(k)) for k, c in enumerate(row)] for row in self.coefficients]


@dataclass(eq=False, repr=False)
class Mixed(Result):
    """All mixed partials up to a total order: indices[e] says how often in each variable, shape [entries][n].

    `coefficients[i][e]` is the Taylor coefficient of outputs[i]: the partial derivative over the factorials.
    """

    indices: list[tuple[int, ...]] = field(default_factory=list)
    coefficients: list[list[float]] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return chain.from_iterable(self.coefficients)

    @property
    def derivatives(self) -> list[list[float]]:
        """The partial derivatives."""
        from adcli.engines.taylor import factorials, times_whole

        whole = [factorials(index) for index in self.indices]
        return [[times_whole(c, w) for c, w in zip(row, whole, strict=True)] for row in self.coefficients]


@dataclass(eq=False, repr=False)
class Modes(Result):
    """The modes compared, and the trade of memory for evaluations in reverse."""

    comparison: Comparison | None = None
    trade: list[Cost] = field(default_factory=list)


def sparse_jacobian(asked: Asked, mode: str) -> Sparse:
    """By colours of columns (forward) or rows (reverse), whichever are fewer for `auto`."""
    from adcli.engines.compressed import jacobian_plan, sparse_jacobian

    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt
    plan = jacobian_plan(tape, nodes, wrt, mode)

    def work(F: Namespace, x: list[Any]) -> tuple[Linearisation, Entries]:
        linear = linearise(F, tape, x)
        return linear, sparse_jacobian(F, tape, linear, nodes, wrt, plan)

    linear, entries = work(REAL, asked.x)
    return Sparse(
        **asked.common(linear.values, notes(tape, linear, nodes, wrt)), shape=(len(nodes), len(wrt)),
        rows=entries.rows, cols=entries.cols, data=[entries.data], colors=plan.colors, compressed=plan.compressed,
        why=plan.why, sweeps=plan.sweeps, work=work,
    )  # fmt: skip


def sparse_hessian(asked: Asked) -> Sparse:
    """By a star colouring of the pattern of all outputs together."""
    from adcli.engines.compressed import hessian_plan, places, sparse_hessians
    from adcli.engines.sparsity import hessian_pattern

    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt
    plan = hessian_plan(hessian_pattern(tape, nodes, wrt))

    def work(F: Namespace, x: list[Any]) -> list[Entries]:
        return sparse_hessians(F, tape, x, nodes, wrt, plan)

    found = work(REAL, asked.x)
    rows, cols = places(plan.pattern)
    return Sparse(
        **noted(asked, (x for entries in found for x in entries.data)), shape=(len(wrt), len(wrt)), rows=rows,
        cols=cols, data=[entries.data for entries in found], colors=plan.colors, compressed=plan.compressed,
        why=plan.why, sweeps=plan.sweeps, work=work,
    )  # fmt: skip


def hessian(asked: Asked) -> Hessian:
    """By reverse sweeps on duals."""
    from adcli.engines.hessian import dense_hessians

    def work(F: Namespace, x: list[Any]) -> tuple[list[list[list[Any]]], int, float]:
        return dense_hessians(F, asked.tape, x, asked.nodes, asked.wrt)

    found, sweeps, asymmetry = work(asked.F, asked.x)
    numbers = (x for rows in found for row in rows for x in row)
    return Hessian(**noted(asked, numbers), hessians=found, sweeps=sweeps, asymmetry=asymmetry, work=work)


def hvp(asked: Asked, direction: dict[str, float], seeds: dict[int, float]) -> Hvp:
    """By one reverse sweep on duals for each output; `seeds` are those of the direction."""
    from adcli.engines.bundle import hessian_products

    nodes, everything = asked.nodes, asked.tape.inputs

    def work(F: Namespace, x: list[Any]) -> list[list[list[Any]]]:
        return hessian_products(F, asked.tape, x, nodes, everything, [seeds])

    F = asked.F
    found = [dict(zip(everything, rows[0], strict=True)) for rows in work(F, asked.x)]
    return Hvp(
        **noted(asked, (x for one in found for x in one.values())), tangent=asked.seeds(direction),
        hvps=[[one[node] for node in asked.wrt] for one in found],
        quadratic=[F.dot([one[node] for node in seeds], [F.seed(x) for x in seeds.values()]) for one in found],
        sweeps=len(nodes), work=work,
    )  # fmt: skip


def taylor(asked: Asked, order: int, direction: dict[str, float], seeds: dict[int, float]) -> Taylor:
    """By one evaluation on series; `seeds` are those of the direction."""
    from adcli.engines.taylor import taylor

    tape, nodes = asked.tape, asked.nodes

    def work(F: Namespace, x: list[Any]) -> tuple[list[list[Any]], list[Any]]:
        return taylor(F, tape, x, nodes, seeds, order)

    coefficients, series = work(asked.F, asked.x)
    linear = linearise(asked.F, tape, asked.x)
    told = asked.notes(linear, nodes, list(seeds))
    if not told and asked.F is REAL:
        told = series_notes(tape, linear, series, nodes, order)
    rows = [[zero(c) if k else c for k, c in enumerate(row)] for row in coefficients]
    common = asked.common(linear.values, told)
    return Taylor(**common, direction=asked.seeds(direction), coefficients=rows, sweeps=1, work=work)


def mixed(asked: Asked, order: int) -> Mixed:
    """By one evaluation on series of series."""
    from adcli.engines.taylor import mixed, taylor

    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt

    def work(F: Namespace, x: list[Any]) -> tuple[list[tuple[int, ...]], list[list[Any]]]:
        return mixed(F, tape, x, nodes, wrt, order)

    indices, found = work(REAL, asked.x)
    rows = [[zero(c) if any(index) else c for index, c in zip(indices, row, strict=True)] for row in found]
    linear = linearise(REAL, tape, asked.x)
    told = notes(tape, linear, nodes, wrt)
    if not told and not REAL.finite(chain.from_iterable(found)):  # where that began is seen along all inputs at once
        _, series = taylor(REAL, tape, asked.x, nodes, dict.fromkeys(wrt, 1.0), order)
        told = series_notes(tape, linear, series, nodes, order)
    return Mixed(**asked.common(linear.values, told), indices=indices, coefficients=rows, sweeps=1, work=work)


def modes(asked: Asked, repeat: int) -> Modes:
    """All modes compared, and the trade of memory for evaluations of a long tape."""
    from adcli.engines.checkpoint import trade
    from adcli.engines.modes import compare

    found = compare(asked.tape, asked.x, asked.nodes, asked.wrt, repeat)
    choices = trade(asked.tape, asked.nodes) if len(asked.tape) > SHORT else []
    return Modes(**noted(asked), comparison=found, trade=choices)


def noted(asked: Asked, found: Iterable[float] = ()) -> dict[str, Any]:
    """The columns that every result has, from a plain linearisation: it says where the notes belong.

    `found` are second derivatives: where they alone are not finite, the notes say where that began.
    """
    tape, nodes, wrt = asked.tape, asked.nodes, asked.wrt
    linear = linearise(asked.F, tape, asked.x)
    told = asked.notes(linear, nodes, wrt)
    if not told and asked.F is REAL and not REAL.finite(found):
        from adcli.engines.bundle import second_order

        curved = second_order(REAL, tape, asked.x, dict.fromkeys(wrt, 1.0))
        told = second_notes(tape, linear, curved, nodes)
        for node in nodes:
            told = told or second_sweep_note(tape, linear, reverse(duals(REAL), tape, curved, {node: 1.0}))
    return asked.common(linear.values, told)


def check_order(order: int) -> None:
    """Raise ProblemError for an order below 0."""
    if order < 0:
        raise ProblemError(
            Problem("usage", f"the order of a derivative is 0 or more, not {order}", hint="write --order 2")
        )
