"""Function: the Python API, and the only place that wires parser, engines and number types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from adcli.engines.forward import forward
from adcli.engines.jacobian import MODES, choose, jacobian, zero
from adcli.engines.linearise import Linearisation, evaluate, linearise
from adcli.engines.notes import Note, active, notes
from adcli.engines.reverse import Contribution, contributions, reverse
from adcli.errors import Problem, ProblemError, did_you_mean
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.tape.numbering import ORDERS, numbering
from adcli.tape.show import show
from adcli.tape.tape import Output, Tape

Value = float | int | Sequence[Any]
Point = Mapping[str, Value]


class Function:
    """A program, ready to be evaluated and differentiated.

    >>> f = Function("ln(x1) + x1*x2 - sin(x2)")
    >>> f.jacobian({"x1": 2, "x2": 5}).jacobian
    [[5.5, 1.7163378145367738]]

    Several texts are one program with an output (or more) each. Raises ProblemError.
    """

    def __init__(self, *texts: str):
        self.texts = texts
        self.tape = parse(texts)

    @classmethod
    def from_file(cls, path: str | Path) -> Function:
        """The function of a program file (.ad). Raises ProblemError."""
        from adcli.files import read_text

        return cls(read_text(str(path)))

    @property
    def variables(self) -> list[str]:
        """Names of the inputs, in order."""
        return list(self.tape.variables)

    @property
    def outputs(self) -> list[str]:
        """Names of the outputs, in order."""
        return [output.name for output in self.tape.outputs]

    def __repr__(self) -> str:
        return f"Function({show(self.tape)!r})"

    def canonical(self, expand: bool = False) -> str:
        """The program as it was parsed: its statements, or with `expand` the tape itself, in which user
        functions and comprehensions are written out."""
        from adcli.parse.canonical import canonical

        text = None if expand else canonical(self.texts, self.tape.outputs)
        return show(self.tape) if text is None else text

    # What is asked for: a point, some inputs, some outputs

    def point(self, at: Point) -> dict[str, float]:
        """A value for every variable, lists spread over elements. Raises ProblemError."""
        given: dict[str, float] = {}
        for name, value in at.items():
            for element, number in elements(name, value):
                given[element] = number
        known = self.tape.variables
        strange = given.keys() - set(known)
        if strange:
            raise ProblemError(*(self.unknown(name, known, "variable") for name in sorted(strange)))
        missing = [name for name in known if name not in given]
        if missing:
            listed = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
            example = ",".join(f"{name}=1" for name in missing[:4] if "[" not in name)
            first = missing[0].partition("[")[0]
            hint = f"add --at {example}" if example else f"add --at {first}=[1,2,3]"
            raise ProblemError(Problem("point", f"no value for {listed}", hint=hint))
        return {name: given[name] for name in known}

    def unknown(self, name: str, known: Sequence[str], what: str) -> Problem:
        hint = did_you_mean(name, list(known))
        if not hint:
            hint = f"the {what}s are {', '.join(known[:12])}" if known else f"the program has no {what}s"
        return Problem("point", f"there is no {what} {name}", hint=hint)

    def choose_inputs(self, wrt: Sequence[str] | None) -> dict[str, int]:
        """The variables to differentiate, by name; a name without index stands for all its elements."""
        nodes = dict(zip(self.tape.variables, self.tape.inputs, strict=True))
        if wrt is None:
            return nodes
        chosen: dict[str, int] = {}
        for name in wrt:
            family = [v for v in nodes if v == name or v.startswith(f"{name}[")]
            if not family:
                raise ProblemError(self.unknown(name, self.variables, "variable"))
            chosen |= {v: nodes[v] for v in family}
        return chosen

    def choose_outputs(self, of: Sequence[str] | None) -> list[Output]:
        """The outputs asked for, in the order asked for."""
        if of is None:
            return list(self.tape.outputs)
        named = {output.name: output for output in self.tape.outputs}
        strange = [name for name in of if name not in named]
        if strange:
            raise ProblemError(*(self.unknown(name, list(named), "output") for name in strange))
        return [named[name] for name in dict.fromkeys(of)]

    def direction(self, given: Point, known: Sequence[str], what: str) -> dict[str, float]:
        """A tangent or cotangent: what is not named is 0. Raises ProblemError."""
        spread = {element: number for name, value in given.items() for element, number in elements(name, value)}
        strange = spread.keys() - set(known)
        if strange:
            raise ProblemError(*(self.unknown(name, known, what) for name in sorted(strange)))
        return {name: spread.get(name, 0.0) for name in known}

    # What is computed

    def value(self, at: Point, of: Sequence[str] | None = None) -> Result:
        """The outputs' values: one evaluation."""
        point, outputs = self.point(at), self.choose_outputs(of)
        values = evaluate(REAL, self.tape, list(point.values()))
        nodes = [o.node for o in outputs]
        told = notes(self.tape, Linearisation(values, [()] * len(values)), nodes, [])
        return Result(**self.common(point, outputs, values, told, self.variables))

    def jacobian(
        self, at: Point, mode: str = "auto", wrt: Sequence[str] | None = None,
        of: Sequence[str] | None = None, number: str = "real",
    ) -> Jacobian:  # fmt: skip
        """All partials of the outputs in the variables, or in those of `wrt`.

        `mode` is auto, forward (one sweep a variable) or reverse (one sweep an output).
        """
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
        if number != "real":
            raise ValueError(f"number is 'real', not {number!r}")
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        linear = linearise(REAL, self.tape, list(point.values()))
        return self.jacobian_of(point, outputs, inputs, linear, mode)

    def jacobian_of(
        self, point: dict[str, float], outputs: list[Output], inputs: dict[str, int], linear: Linearisation,
        mode: str, order: str = "level",
    ) -> Jacobian:  # fmt: skip
        """The Jacobian of a linearisation."""
        mode, why = choose(mode, len(outputs), len(inputs))
        nodes, wrt = [o.node for o in outputs], list(inputs.values())
        rows = jacobian(REAL, self.tape, linear, nodes, wrt, mode)
        told = notes(self.tape, linear, nodes, wrt, order)
        common = self.common(point, outputs, linear.values, told, list(inputs))
        return Jacobian(**common, jacobian=rows, mode=mode, why=why)

    def grad(self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Jacobian:
        """The gradient of every output; `gradient` is that of a function with one output."""
        return self.jacobian(at, "auto", wrt, of)

    def jvp(self, at: Point, tangent: Point, of: Sequence[str] | None = None) -> Jvp:
        """The derivative along a tangent, by one forward sweep; variables not named have the tangent 0."""
        point, outputs = self.point(at), self.choose_outputs(of)
        direction = self.direction(tangent, self.variables, "variable")
        linear = linearise(REAL, self.tape, list(point.values()))
        seeds = {node: direction[v] for v, node in zip(self.variables, self.tape.inputs, strict=True) if direction[v]}
        tangents = forward(REAL, self.tape, linear, seeds)
        nodes = [o.node for o in outputs]
        told = notes(self.tape, linear, nodes, list(seeds))
        common = self.common(point, outputs, linear.values, told, self.variables)
        return Jvp(**common, tangent=direction, jvp=[zero(tangents[node]) for node in nodes])

    def vjp(self, at: Point, cotangent: Point, wrt: Sequence[str] | None = None) -> Vjp:
        """The adjoints of the variables, by one reverse sweep; outputs not named have the cotangent 0."""
        point, inputs = self.point(at), self.choose_inputs(wrt)
        weights = self.direction(cotangent, self.outputs, "output")
        linear = linearise(REAL, self.tape, list(point.values()))
        seeds: dict[int, float] = {}
        for output in self.tape.outputs:  # two outputs may be one node
            if weights[output.name]:
                seeds[output.node] = seeds.get(output.node, 0.0) + weights[output.name]
        adjoints = reverse(REAL, self.tape, linear, seeds)
        outputs = self.tape.outputs
        told = notes(self.tape, linear, list(seeds) or [o.node for o in outputs], list(inputs.values()))
        common = self.common(point, outputs, linear.values, told, list(inputs))
        return Vjp(**common, cotangent=weights, vjp=[zero(adjoints[node]) for node in inputs.values()])

    def trace(
        self, at: Point, mode: str = "both", wrt: Sequence[str] | None = None,
        of: Sequence[str] | None = None, numbering: str = "level",
    ) -> Trace:  # fmt: skip
        """Every node with its value, its tangents and its adjoints.

        `mode` is forward, reverse or both; `numbering` is level (level by level) or source (as written).
        """
        if mode not in ("forward", "reverse", "both"):
            raise ValueError(f"mode is forward, reverse or both, not {mode!r}")
        if numbering not in ORDERS:
            raise ValueError(f"numbering is one of {', '.join(ORDERS)}, not {numbering!r}")
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        linear = linearise(REAL, self.tape, list(point.values()))
        result = self.jacobian_of(point, outputs, inputs, linear, "auto" if mode == "both" else mode, numbering)
        return Trace(self.tape, linear, inputs, outputs, mode, numbering, result)

    def common(
        self, point: dict[str, float], outputs: Sequence[Output], values: Sequence[float], told: list[Note],
        variables: list[str],
    ) -> dict[str, Any]:  # fmt: skip
        """The columns that every result has."""
        return {
            "program": self.tape.source,
            "variables": variables,
            "outputs": [o.name for o in outputs],
            "at": point,
            "values": [float(values[o.node]) for o in outputs],
            "notes": told,
        }


def elements(name: str, value: Value) -> Iterator[tuple[str, float]]:
    """(name, number) for every number of a value; lists count from 1: x[1], x[2], A[1,1]..."""
    if isinstance(value, str):
        raise TypeError(f"the value of {name} is text; adcli.Function takes numbers")
    if not hasattr(value, "__len__") or getattr(value, "ndim", 1) == 0:
        yield name, float(value)  # type: ignore[arg-type]
        return
    stack: list[tuple[list[int], Any]] = [([i], v) for i, v in enumerate(value, 1)]  # type: ignore[arg-type]
    stack.reverse()
    while stack:
        index, item = stack.pop()
        if isinstance(item, str):  # whose elements are texts again, without end
            raise TypeError(f"an element of {name} is text; adcli.Function takes numbers")
        if hasattr(item, "__len__"):
            stack.extend(reversed([([*index, i], v) for i, v in enumerate(item, 1)]))
        else:
            yield f"{name}[{','.join(map(str, index))}]", float(item)
