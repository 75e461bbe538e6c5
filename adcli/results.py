"""What the Python API returns: results with their columns, and the trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adcli.engines.cost import Operations
from adcli.engines.forward import forward
from adcli.engines.linearise import Linearisation
from adcli.engines.modes import Comparison
from adcli.engines.notes import Note, active
from adcli.engines.reverse import Contribution, contributions, reverse
from adcli.numbers.real import REAL
from adcli.tape.numbering import numbering
from adcli.tape.tape import Output, Tape


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


@dataclass(eq=False)
class Jacobian(Result):
    """`jacobian[i][j]` is d outputs[i] / d variables[j], shape [m][n]; `mode` made it, for the reason `why`."""

    jacobian: list[list[float]] = field(default_factory=list)
    mode: str = ""
    why: str = ""

    @property
    def gradient(self) -> list[float]:
        """The one row of a function with one output, shape [n]. Raises ValueError for several outputs."""
        if len(self.outputs) != 1:
            raise ValueError(f"a gradient has one output, this function has {len(self.outputs)}")
        return self.jacobian[0]


@dataclass(eq=False)
class Jvp(Result):
    """The Jacobian times a tangent: `jvp[i]` is the tangent of outputs[i], shape [m]; one forward sweep."""

    tangent: dict[str, float] = field(default_factory=dict)
    jvp: list[float] = field(default_factory=list)


@dataclass(eq=False)
class Vjp(Result):
    """A cotangent times the Jacobian: `vjp[j]` is the adjoint of variables[j], shape [n]; one reverse sweep."""

    cotangent: dict[str, float] = field(default_factory=dict)
    vjp: list[float] = field(default_factory=list)


class Trace:
    """Every node of a tape at a point, with its tangents and adjoints. Sweeps run when first asked for.

    nodes      the numbered nodes in the order of the table, inputs first; `names` has their names
    linear     values and partials of all nodes
    used       1 for nodes that an output depends on here; 0 in branches not taken
    variables  seeds of the forward sweeps, `inputs` their nodes; outputs, seeds of the reverse sweeps
    mode       forward, reverse or both: which sweeps are shown
    result     values, Jacobian and notes
    """

    def __init__(
        self, tape: Tape, linear: Linearisation, inputs: dict[str, int], outputs: list[Output],
        mode: str, order: str, result: Jacobian,
    ):  # fmt: skip
        self.tape = tape
        self.linear = linear
        self.inputs = inputs
        self.outputs = outputs
        self.mode = mode
        self.result = result
        marks = tape.reachable([o.node for o in outputs])
        named = numbering(tape, order)
        self.names = {k: name for k, name in named.items() if marks[k] or tape.first[k] < 0}
        self.nodes = list(self.names)
        self.used = active(REAL, tape, linear.values, [o.node for o in outputs])
        self._tangents: dict[str, list[Any]] = {}
        self._adjoints: dict[str, list[Any]] = {}
        self._terms: dict[str, dict[int, list[Contribution]]] = {}

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
    def variables(self) -> dict[int, str]:
        """Input node -> its name in the program."""
        return dict(zip(self.tape.inputs, self.tape.variables, strict=True))

    @cached_property
    def constants(self) -> list[int]:
        """Nodes with no input below them that a numbered node uses; they are written in place."""
        return sorted({a for k in self.nodes for a in self.tape.arguments(k) if not self.tape.varying[a]})
