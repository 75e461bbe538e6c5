"""The trace: every node of a tape at a point, with all that its sweeps made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from adcli.engines.forward import forward
from adcli.engines.linearise import Linearisation
from adcli.engines.notes import active
from adcli.engines.reverse import Contribution, contributions, reverse
from adcli.named import Asked
from adcli.numbers.dual import duals, parts
from adcli.numbers.text import NUMBER, Written
from adcli.results import Jacobian
from adcli.tape.numbering import numbering

if TYPE_CHECKING:
    from adcli.engines.rounding import Share

NUMBERS = ("adjoint", "tangent", "partial", "term")  # of the terms below


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


class TangentTerm(NamedTuple):
    """One term of a tangent: `tangent` of the `place`-th argument (node `source`) times the `partial` in it."""

    source: int
    place: int
    tangent: Any
    partial: Any
    term: Any


class Trace:
    """Every node of a tape at a point, with its tangents and adjoints. Sweeps run when first asked for.

    nodes      the numbered nodes in the order of the table, inputs first; `names` has their names
    linear     values and partials of all nodes
    used       1 for nodes that an output depends on here; 0 in branches not taken
    variables  seeds of the forward sweeps, `inputs` their nodes; outputs, seeds of the reverse sweeps
    mode       forward, reverse or both: which sweeps are shown
    second     the variable along which adjoints are differentiated once more, or None
    rounding   whether it is told how much every node adds to the rounding error
    result     values, Jacobian and notes
    """

    def __init__(
        self, asked: Asked, linear: Linearisation, mode: str, order: str, result: Jacobian, second: str | None = None,
        rounding: bool = False,
    ):  # fmt: skip
        self.asked = asked
        self.tape = tape = asked.tape
        self.linear = linear
        self.inputs = asked.inputs
        self.outputs = outputs = asked.outputs
        self.ends = {o.name: o.node for o in outputs}
        self.mode = mode
        self.second = second
        self.rounding = rounding
        self.result = result
        marks = tape.reachable([o.node for o in outputs])
        named = numbering(tape, order)
        self.names = {k: name for k, name in named.items() if marks[k] or tape.first[k] < 0}
        self.nodes = list(self.names)
        self.used = active(asked.F, tape, linear.values, [o.node for o in outputs])
        self._tangents: dict[str, list[Any]] = {}
        self._tangent_terms: dict[str, dict[int, list[TangentTerm]]] = {}
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
            self._tangents[seed] = forward(self.asked.F, self.tape, self.linear, {self.inputs[seed]: 1.0})
        return self._tangents[seed]

    def tangent_terms(self, seed: str, k: int) -> list[TangentTerm]:
        """Everything the tangent of a node is the sum of."""
        known = self._tangent_terms.setdefault(seed, {})
        if k not in known:
            tangents, times = self.tangents(seed), self.asked.F.times
            edges = enumerate(zip(self.tape.arguments(k), self.linear.partials[k], strict=False))
            known[k] = [
                TangentTerm(a, i, tangents[a], p, times(p, tangents[a] or 0.0))
                for i, (a, p) in edges
                if p is not None and self.tape.varying[a]
            ]
        return known[k]

    def adjoints(self, output: str) -> list[Any]:
        """The adjoint of every node for one output; None where none arrives."""
        if output not in self._adjoints:
            self._adjoints[output] = reverse(self.asked.F, self.tape, self.linear, {self.ends[output]: 1.0})
        return self._adjoints[output]

    def contributions(self, output: str) -> dict[int, list[Contribution]]:
        """node -> everything its adjoint is the sum of, the seed of an output excepted."""
        if output not in self._terms:
            self._terms[output] = contributions(self.asked.F, self.tape, self.linear, self.adjoints(output))
        return self._terms[output]

    @cached_property
    def curved(self) -> Linearisation:
        """The linearisation on duals, along the variable `second`."""
        from adcli.engines.bundle import second_order

        assert self.second is not None
        seed = {self.inputs[self.second]: 1.0}
        return second_order(self.asked.F, self.tape, self.asked.x, seed)

    def second_adjoints(self, output: str) -> list[Any]:
        """The adjoints as duals: their tangents at the inputs are a column of the Hessian of the output."""
        if output not in self._second:
            self._second[output] = reverse(duals(self.asked.F), self.tape, self.curved, {self.ends[output]: 1.0})
        return self._second[output]

    def second_terms(self, output: str) -> dict[int, list[SecondTerm]]:
        """node -> everything the tangent of its adjoint is the sum of, last user first."""
        if output in self._second_terms:
            return self._second_terms[output]
        terms = self._second_terms[output] = {}
        times = self.asked.F.times
        found = contributions(duals(self.asked.F), self.tape, self.curved, self.second_adjoints(output))
        for node, users in found.items():
            for user, place, adjoint, partial, _ in users:
                (w, w_dot), (p, p_dot) = parts(adjoint), parts(partial)
                both = [SecondTerm(user, place, False, w_dot, p, times(w_dot, p))]
                if p_dot:  # of a partial that does not change there is no second term
                    both.append(SecondTerm(user, place, True, w, p_dot, times(w, p_dot)))
                terms.setdefault(node, []).extend(both)
        return terms

    def shares(self, output: str) -> list[Share]:
        """What each node adds to the rounding error of an output, in tape order. Inputs that were written as decimals
        are read with an error of their own.
        """
        from adcli.engines.rounding import shares

        return shares(self.tape, self.linear, self.ends[output], self.exact)

    @cached_property
    def exact(self) -> set[int]:
        """The inputs and literals that are read without an error."""
        from adcli.engines.rounding import exactly_read

        given = zip(self.tape.inputs, self.asked.at.values(), strict=True)
        return exactly_read(self.tape) | {k for k, x in given if not isinstance(x, Written) or read_exactly(x)}

    def replace(self, answer: Callable[[int, Any], Any]) -> None:
        """Put `answer(node, number)` for every number that is shown: all sweeps are run before."""

        def column_of(k: int, numbers: Iterable[Any]) -> list[Any]:
            return [x if x is None else answer(k, x) for x in numbers]

        def column(numbers: list[Any]) -> list[Any]:
            return [answer(k, x) if shown[k] and x is not None else x for k, x in enumerate(numbers)]

        def terms(k: int, found: list[Any]) -> list[Any]:
            made = []
            for term in found:
                user = getattr(term, "user", k)
                owner = {"tangent": getattr(term, "source", k), "adjoint": user, "partial": user}
                numbers = {name: getattr(term, name) for name in NUMBERS if hasattr(term, name)}
                made.append(term._replace(**{
                    name: x if x is None else answer(owner.get(name, k), x) for name, x in numbers.items()
                }))  # fmt: skip
            return made

        shown = bytearray(len(self.tape))
        for k in (*self.nodes, *self.constants, *(o.node for o in self.outputs)):
            shown[k] = 1
        numbered = [k for k in self.nodes if self.linear.partials[k]]
        pushed = {s: {k: terms(k, self.tangent_terms(s, k)) for k in numbered} for s in self.seeds}
        pulled = {o: {k: terms(k, self.contributions(o).get(k, [])) for k in self.nodes} for o in self.coseeds}
        tangents = {seed: column(self.tangents(seed)) for seed in self.seeds}
        adjoints = {output: column(self.adjoints(output)) for output in self.coseeds}
        values, partials = self.linear
        conditions = [k for k in self.nodes if self.tape.rows[k].condition]
        known = column(values)
        for k in conditions:  # one that is open is None
            known[k] = answer(k, values[k])
        slopes = [tuple(column_of(k, row)) if shown[k] else row for k, row in enumerate(partials)]
        self.linear = Linearisation(known, slopes)
        self._tangent_terms, self._terms = pushed, pulled
        self._tangents, self._adjoints = tangents, adjoints

    @cached_property
    def variables(self) -> dict[int, str]:
        """Input node -> its name in the program."""
        return dict(zip(self.tape.inputs, self.tape.variables, strict=True))

    @cached_property
    def constants(self) -> list[int]:
        """Nodes with no input below them that a numbered node uses; they are written in place."""
        return sorted({a for k in self.nodes for a in self.tape.arguments(k) if not self.tape.varying[a]})


def read_exactly(x: Written) -> bool:
    """Whether the float is what was written."""
    from decimal import Decimal

    return bool(NUMBER.match(x.text)) and Decimal(x.text) == Decimal(float(x))
