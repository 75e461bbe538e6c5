"""What the Python API returns: results with their columns, and the trace."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from adcli.engines.forward import forward
from adcli.engines.linearise import Linearisation
from adcli.engines.notes import Note, active
from adcli.engines.reverse import Contribution, contributions, reverse
from adcli.numbers.dual import duals, parts
from adcli.numbers.real import REAL
from adcli.tape.numbering import numbering
from adcli.tape.tape import Output, Tape

if TYPE_CHECKING:
    from adcli.engines.checkpoint import Cost, Plan
    from adcli.engines.cost import Operations, Work
    from adcli.engines.modes import Comparison

T = TypeVar("T")


@dataclass(eq=False)
class Result:
    """What every command returns.

    program    the source text
    variables  names of the inputs differentiated (or all, for a value), n of them
    outputs    names of the outputs, m of them
    at         the point, by variable
    values     the outputs' values, shape [m]; IEEE 754: inf and nan are answers
    notes      domains left, numbers that became non-finite, kinks
    """

    program: str
    variables: list[str]
    outputs: list[str]
    at: dict[str, float]
    values: list[float]
    notes: list[Note]
    sweeps: int = 0
    work: Work | None = field(default=None, repr=False)

    def numbers(self) -> Iterator[float]:
        """Every derivative that was found."""
        yield from ()

    @cached_property
    def operations(self) -> Operations | None:
        """What it took, counted by doing it once more on floats that count."""
        from adcli.engines.cost import operations

        return None if self.work is None else operations(self.work, list(self.at.values()))

    def only(self, what: str, rows: list[T]) -> T:
        """The one element of a column with one for each output. Raises ValueError for several outputs."""
        if len(self.outputs) != 1:
            raise ValueError(f"a {what} has one output, this function has {len(self.outputs)}")
        return rows[0]


@dataclass(eq=False)
class Jacobian(Result):
    """`jacobian[i][j]` is d outputs[i] / d variables[j], shape [m][n]; `mode` made it, for the reason `why`.

    `checkpoints` is what a reverse sweep within limited memory cost.
    """

    jacobian: list[list[float]] = field(default_factory=list)
    mode: str = ""
    why: str = ""
    checkpoints: Plan | None = None

    def numbers(self) -> Iterator[float]:
        return chain.from_iterable(self.jacobian)

    @property
    def gradient(self) -> list[float]:
        """The one row of a function with one output, shape [n]. Raises ValueError for several outputs."""
        return self.only("gradient", self.jacobian)


@dataclass(eq=False)
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


@dataclass(eq=False)
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


@dataclass(eq=False)
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


@dataclass(eq=False)
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


@dataclass(eq=False)
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


@dataclass(eq=False)
class Modes(Result):
    """The modes compared, and the trade of memory for evaluations in reverse."""

    comparison: Comparison | None = None
    trade: list[Cost] = field(default_factory=list)


@dataclass(eq=False)
class Jvp(Result):
    """The Jacobian times a tangent: `jvp[i]` is the tangent of outputs[i], shape [m]; one forward sweep."""

    tangent: dict[str, float] = field(default_factory=dict)
    jvp: list[float] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return iter(self.jvp)


@dataclass(eq=False)
class Vjp(Result):
    """A cotangent times the Jacobian: `vjp[j]` is the adjoint of variables[j], shape [n]; one reverse sweep."""

    cotangent: dict[str, float] = field(default_factory=dict)
    vjp: list[float] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return iter(self.vjp)


class SecondTerm(NamedTuple):
    """One term of the tangent of an adjoint: the tangent of the user's adjoint times the partial in its
    `place`-th argument, or where `curved`, the user's adjoint times the tangent of that partial.
    """

    user: int
    place: int
    curved: bool
    adjoint: float
    partial: float
    term: float


class Trace:
    """Every node of a tape at a point, with its tangents and adjoints. Sweeps run when first asked for.

    nodes      the numbered nodes in the order of the table, inputs first; `names` has their names
    linear     values and partials of all nodes
    used       1 for nodes that an output depends on here; 0 in branches not taken
    variables  seeds of the forward sweeps, `inputs` their nodes; outputs, seeds of the reverse sweeps
    mode       forward, reverse or both: which sweeps are shown
    second     the variable along which adjoints are differentiated once more, or None
    result     values, Jacobian and notes
    """

    def __init__(
        self, tape: Tape, linear: Linearisation, inputs: dict[str, int], outputs: list[Output],
        mode: str, order: str, result: Jacobian, second: str | None = None,
    ):  # fmt: skip
        self.tape = tape
        self.linear = linear
        self.inputs = inputs
        self.outputs = outputs
        self.mode = mode
        self.second = second
        self.result = result
        marks = tape.reachable([o.node for o in outputs])
        named = numbering(tape, order)
        self.names = {k: name for k, name in named.items() if marks[k] or tape.first[k] < 0}
        self.nodes = list(self.names)
        self.used = active(REAL, tape, linear.values, [o.node for o in outputs])
        self._tangents: dict[str, list[Any]] = {}
        self._adjoints: dict[str, list[Any]] = {}
        self._terms: dict[str, dict[int, list[Contribution]]] = {}
        self._second: dict[str, list[Any]] = {}
        self._second_terms: dict[str, dict[int, list[SecondTerm]]] = {}

    @property
    def seeds(self) -> list[str]:
        """Variables whose tangents are shown."""
        return [] if self.mode == "reverse" else list(self.inputs)

    @property
    def coseeds(self) -> list[str]:
        """Outputs whose adjoints are shown."""
        return [] if self.mode == "forward" else [o.name for o in self.outputs]

    def tangents(self, seed: str) -> list[Any]:
        """The tangent of every node for one variable; None where structurally zero."""
        if seed not in self._tangents:
            self._tangents[seed] = forward(REAL, self.tape, self.linear, {self.inputs[seed]: 1.0})
        return self._tangents[seed]

    def adjoints(self, output: str) -> list[Any]:
        """The adjoint of every node for one output; None where none arrives."""
        if output not in self._adjoints:
            (node,) = (o.node for o in self.outputs if o.name == output)
            self._adjoints[output] = reverse(REAL, self.tape, self.linear, {node: 1.0})
        return self._adjoints[output]

    def contributions(self, output: str) -> dict[int, list[Contribution]]:
        """node -> everything its adjoint is the sum of, the seed of an output excepted."""
        if output not in self._terms:
            self._terms[output] = contributions(REAL, self.tape, self.linear, self.adjoints(output))
        return self._terms[output]

    @cached_property
    def curved(self) -> Linearisation:
        """The linearisation on duals, along the variable `second`."""
        from adcli.engines.bundle import second_order

        assert self.second is not None
        seed = {self.inputs[self.second]: 1.0}
        return second_order(REAL, self.tape, list(self.result.at.values()), seed)

    def second_adjoints(self, output: str) -> list[Any]:
        """The adjoints as duals: their tangents at the inputs are a column of the Hessian of the output."""
        if output not in self._second:
            (node,) = (o.node for o in self.outputs if o.name == output)
            self._second[output] = reverse(duals(REAL), self.tape, self.curved, {node: 1.0})
        return self._second[output]

    def second_terms(self, output: str) -> dict[int, list[SecondTerm]]:
        """node -> everything the tangent of its adjoint is the sum of, last user first."""
        if output in self._second_terms:
            return self._second_terms[output]
        terms = self._second_terms[output] = {}
        found = contributions(duals(REAL), self.tape, self.curved, self.second_adjoints(output))
        for node, users in found.items():
            for user, place, adjoint, partial, _ in users:
                (w, w_dot), (p, p_dot) = parts(adjoint), parts(partial)
                both = [SecondTerm(user, place, False, w_dot, p, REAL.times(w_dot, p))]
                if p_dot:  # of a partial that does not change there is no second term
                    both.append(SecondTerm(user, place, True, w, p_dot, REAL.times(w, p_dot)))
                terms.setdefault(node, []).extend(both)
        return terms

    @cached_property
    def variables(self) -> dict[int, str]:
        """Input node -> its name in the program."""
        return dict(zip(self.tape.inputs, self.tape.variables, strict=True))

    @cached_property
    def constants(self) -> list[int]:
        """Nodes with no input below them that a numbered node uses; they are written in place."""
        return sorted({a for k in self.nodes for a in self.tape.arguments(k) if not self.tape.varying[a]})
