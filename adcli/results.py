"""What the Python API returns: results with their columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from adcli.engines.checkpoint import Plan
    from adcli.engines.cost import Operations, Work
    from adcli.engines.notes import Note

T = TypeVar("T")


@dataclass(eq=False, repr=False)
class Result:
    """What every command returns.

    program    the source text
    variables  names of the inputs differentiated (or all, for a value), n of them
    outputs    names of the outputs, m of them
    at         the point, by variable
    values     the outputs' values, shape [m]; IEEE 754: inf and nan are answers
    notes      domains left, numbers that became non-finite, kinks
    precision  how many digits of every number are proven (all numbers are then `Proven`), or None
    """

    program: str
    variables: list[str]
    outputs: list[str]
    at: dict[str, float]
    values: list[float]
    notes: list[Note]
    sweeps: int = 0
    work: Work | None = None
    precision: int | None = None

    def __repr__(self) -> str:
        columns = ", ".join(f"{name}={x!r}" for name, x in vars(self).items() if name not in ("work", "operations"))
        return f"{type(self).__name__}({columns})"

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


@dataclass(eq=False, repr=False)
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


@dataclass(eq=False, repr=False)
class Jvp(Result):
    """The Jacobian times a tangent: `jvp[i]` is the tangent of outputs[i], shape [m]; one forward sweep."""

    tangent: dict[str, float] = field(default_factory=dict)
    jvp: list[float] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return iter(self.jvp)


@dataclass(eq=False, repr=False)
class Vjp(Result):
    """A cotangent times the Jacobian: `vjp[j]` is the adjoint of variables[j], shape [n]; one reverse sweep."""

    cotangent: dict[str, float] = field(default_factory=dict)
    vjp: list[float] = field(default_factory=list)

    def numbers(self) -> Iterator[float]:
        return iter(self.vjp)
