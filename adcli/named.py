"""A program's variables and outputs by name: what `Function` is asked for becomes nodes and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from adcli.engines.linearise import Linearisation
from adcli.engines.notes import Note, notes
from adcli.errors import Problem, ProblemError, did_you_mean
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.numbers.text import Written
from adcli.tape.tape import Output, Tape

Value = float | int | Sequence[Any]
FEW = 4  # unknown names that are told one by one, each with what is close to it
SHOWN = 8  # names in a list
Point = Mapping[str, Value]


class Asked(NamedTuple):
    """What is asked of a tape: a value for every variable, the outputs, and the inputs to differentiate in."""

    tape: Tape
    at: dict[str, float]
    outputs: list[Output]
    inputs: dict[str, int]
    F: Namespace = REAL

    @property
    def x(self) -> list[Any]:
        """The point as the engines take it."""
        return [self.F.seed(x) for x in self.at.values()]

    @property
    def nodes(self) -> list[int]:
        """The nodes of the outputs."""
        return [output.node for output in self.outputs]

    @property
    def wrt(self) -> list[int]:
        """The nodes of the inputs."""
        return list(self.inputs.values())

    def seeds(self, direction: Mapping[str, float]) -> dict[str, Any]:
        """A tangent or cotangent as the engines take it."""
        return {name: self.F.seed(x) for name, x in direction.items()}

    def notes(
        self, linear: Linearisation, outputs: Sequence[int], inputs: Sequence[int], order: str = "level"
    ) -> list[Note]:
        """What a person must be told of the point. Raises ProblemError where proven numbers are undefined."""
        if self.F is REAL:
            return notes(self.tape, linear, outputs, inputs, order)
        from adcli.engines.decided import notes as decided

        return decided(self.F, self.tape, linear, outputs, inputs, order)  # type: ignore[arg-type]

    def common(self, values: Any, notes: list[Note]) -> dict[str, Any]:
        """The columns that every result has, from the values of the nodes."""
        F = self.F
        return {
            "program": self.tape.source,
            "variables": list(self.inputs),
            "outputs": [output.name for output in self.outputs],
            "at": self.seeds(self.at),
            "values": [F.seed(values[output.node]) for output in self.outputs],
            "notes": notes,
        }


class Named:
    """A tape whose inputs and outputs are asked for by name."""

    tape: Tape

    @property
    def variables(self) -> list[str]:
        """Names of the inputs, in order."""
        return list(self.tape.variables)

    @property
    def outputs(self) -> list[str]:
        """Names of the outputs, in order."""
        return [output.name for output in self.tape.outputs]

    def ask(self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Asked:
        """Names as nodes and numbers. Raises ProblemError for a name that is unknown, and for one without a value."""
        return Asked(self.tape, self.point(at), self.choose_outputs(of), self.choose_inputs(wrt))

    def point(self, at: Point) -> dict[str, float]:
        """A value for every variable, lists spread over elements. Raises ProblemError."""
        given: dict[str, float] = {}
        for name, value in at.items():
            for element, number in elements(name, value):
                given[element] = number
        known = self.tape.variables
        self.refuse(given, known, "variable")
        missing = [name for name in known if name not in given]
        if missing:
            example = ",".join(f"{name}=1" for name in missing[:4] if "[" not in name)
            first = missing[0].partition("[")[0]
            hint = f"add --at {example}" if example else f"add --at {first}=[1,2,3]"
            raise ProblemError(Problem("point", f"no value for {listed(missing)}", hint=hint))
        return {name: given[name] for name in known}

    def refuse(self, given: Iterable[str], known: Sequence[str], what: str) -> None:
        """Raise ProblemError for names that are not among the known ones: one by one, or very many together."""
        names = set(known)
        strange = [name for name in given if name not in names]
        if len(strange) > FEW:
            hint = known_names(known, what)
            raise ProblemError(Problem("point", f"there are no {what}s {listed(strange)}", hint=hint))
        if strange:
            raise ProblemError(*(self.unknown(name, known, what) for name in strange))

    def unknown(self, name: str, known: Sequence[str], what: str) -> Problem:
        hint = did_you_mean(name, list(known)) or known_names(known, what)
        return Problem("point", f"there is no {what} {name.strip() or '(empty)'}", hint=hint)

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
        self.refuse(of, list(named), "output")
        return [named[name] for name in dict.fromkeys(of)]

    def direction(self, given: Point, known: Sequence[str], what: str) -> dict[str, float]:
        """A tangent or cotangent: what is not named is 0. Raises ProblemError."""
        spread = {element: number for name, value in given.items() for element, number in elements(name, value)}
        self.refuse(spread, known, what)
        return {name: spread.get(name, 0.0) for name in known}

    def tangent(self, given: Point) -> tuple[dict[str, float], dict[int, float]]:
        """A tangent of all variables, and its seeds: what is not 0."""
        direction = self.direction(given, self.variables, "variable")
        return direction, {
            node: direction[v] for v, node in zip(self.variables, self.tape.inputs, strict=True) if direction[v]
        }

    def cotangent(self, given: Point) -> tuple[dict[str, float], dict[int, float]]:
        """A cotangent of all outputs, and its seeds: what is not 0."""
        weights = self.direction(given, self.outputs, "output")
        seeds: dict[int, float] = {}
        for output in self.tape.outputs:  # two outputs may be one node
            weight = weights[output.name]
            if weight:
                known = seeds.get(output.node)
                seeds[output.node] = weight if known is None else together(known, weight)
        return weights, seeds


def together(x: float, y: float) -> float:
    """The sum of two numbers, that of what was written where numbers are exact."""
    if x - x != 0 or y - y != 0:
        return x + y
    from fractions import Fraction

    texts = [one.text if isinstance(one, Written) else f"{Fraction(one)}" for one in (x, y)]
    return Written(x + y, f"({texts[0]}) + ({texts[1]})")


def known_names(known: Sequence[str], what: str) -> str:
    """The names that there are, as a hint."""
    return f"the {what}s are {listed(known)}" if known else f"the program has no {what}s"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, the last of very many after an ellipsis, with their number."""
    if len(names) <= SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[: SHOWN - 2])}, ..., {names[-1]} ({len(names):,} in all)"


def elements(name: str, value: Value) -> Iterator[tuple[str, float]]:
    """(name, number) for every number of a value; lists count from 1: x[1], x[2], A[1,1]..."""
    if isinstance(value, str):
        raise TypeError(f"the value of {name} is text; adcli.Function takes numbers")
    if not hasattr(value, "__len__") or getattr(value, "ndim", 1) == 0:
        yield name, value if isinstance(value, Written) else float(value)  # type: ignore[arg-type]
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
            yield f"{name}[{','.join(map(str, index))}]", item if isinstance(item, Written) else float(item)
