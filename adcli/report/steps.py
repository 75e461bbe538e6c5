"""The steps of a trace, one line of the chain rule each: what is paged through, explored and asked in a quiz.

They are read off a record, so that a trace of last year can be stepped through as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from adcli.engines.linearise import evaluate
from adcli.errors import Problem, ProblemError, brief
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.report.document import View
from adcli.report.formulas import Formula
from adcli.report.number import display, sum_texts
from adcli.report.record import AGAIN, Node, Number, Record
from adcli.report.sums import joined
from adcli.tape.show import show_node
from adcli.tape.tape import Tape

LARGEST = 10_000  # nodes of one formula of a record
SWEEPS = ("primal", "tangent", "adjoint")
NAME = re.compile(r"(?<![A-Za-z0-9_])(?:v-?[0-9]+|c[0-9]+)(?![A-Za-z0-9_])")  # of a node or a long constant
DOCS = {row.label: row for row in reversed(TABLE.values()) if row.name or row.infix}


class Term(NamedTuple):
    """One term of a step: `source` is the node (or output) whose value, tangent or adjoint it reads.

    rule     in node names; `numbers` the same with numbers put in; `text` its value as the step shows it
    """

    source: str
    rule: str
    numbers: str
    value: float
    text: str


class Step(NamedTuple):
    """One line of one sweep: `name` (v3, v̇3, v̄3) is the sum of `terms`; of the primal sweep there is one term.

    sweep    primal, tangent or adjoint; seed the variable or output it is for ('' for primal)
    node     the node (or the output) it is about
    words    the rule in words
    total    its value, text as it is shown; the texts of the terms add up to it unless `about`
    active   whether an output depends on it here
    """

    sweep: str
    seed: str
    node: str
    name: str
    words: str
    terms: tuple[Term, ...]
    total: Number
    text: str
    about: bool = False
    active: bool = True

    @property
    def rule(self) -> str:
        return joined([term.rule for term in self.terms])

    @property
    def numbers(self) -> str:
        return joined([term.numbers for term in self.terms])

    @property
    def sum(self) -> str:
        """The terms as numbers, where there are several."""
        return joined([term.text for term in self.terms]) if len(self.terms) > 1 else ""


class Parsed(NamedTuple):
    """A formula in node names as a tape: its node, and the names in the order of the inputs."""

    tape: Tape
    node: int
    names: list[str]

    def shown(self, label: Callable[[str], str]) -> str:
        """The formula with these texts for its names."""
        tape = self.tape
        known = {node: label(name) for node, name in zip(tape.inputs, self.names, strict=True)}
        for k, row, a, *_ in tape.interior():  # a condition stands there as a comparison of its name
            if row is TABLE["eq"] and a in known:
                known[k] = known[a]
        return show_node(tape, self.node, known.get)


class Steps(Sequence[Step]):
    """The steps of one sweep, made one at a time when they are looked at."""

    def __init__(self, record: Record, sweep: str, seed: str, view: View):
        self.record = record
        self.sweep = sweep
        self.seed = seed
        self.view = view
        ends = [(key, o.node) for key, o in record.ends.items()]
        left_out = record.conditions if sweep != "primal" else ()
        nodes = [(name, name) for name in record.names if name not in left_out]
        self.order = nodes + ends if sweep != "adjoint" else [(record.end_of[seed], "")] + nodes[::-1]

    @cached_property
    def rows(self) -> list[str]:
        """Nodes and outputs in the order of the trace; of a reverse sweep, its own output."""
        ends = self.record.ends.items()
        return self.record.names + [key for key, o in ends if self.sweep != "adjoint" or o.name == self.seed]

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each row."""
        return {name: k for k, name in enumerate(self.rows)}

    @cached_property
    def turns(self) -> dict[str, int]:
        """The step of each row."""
        return {name: i for i, (name, _) in enumerate(self.order)}

    def done(self, name: str, i: int) -> bool:
        """Whether a row has its number after step i."""
        return self.turns.get(name, len(self.order)) <= i

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self.make(*one) for one in self.order[index]]
        return self.make(*self.order[index])

    def __iter__(self) -> Iterator[Step]:
        return (self.make(*one) for one in self.order)

    def make(self, name: str, node: str) -> Step:
        return {"primal": self.primal, "tangent": self.tangent, "adjoint": self.adjoint}[self.sweep](name, node)

    def step(self, name: str, words: str, terms: list[Term], total: Number, active: bool = True) -> Step:
        """A step whose printed terms add up, where they can."""
        end = self.record.ends.get(name)
        known = name if end is None else end.name
        shown = {"primal": name, "tangent": self.view.dot(known), "adjoint": self.view.bar(known)}[self.sweep]
        digits = self.view.digits
        text, about = display(total, digits), False
        if len(terms) > 1:
            texts, text, adds_up = sum_texts([term.value for term in terms], total, digits)
            terms = [term._replace(text=text) for term, text in zip(terms, texts, strict=True)]
            about = not adds_up
        return Step(self.sweep, self.seed, name, shown, words, tuple(terms), total, text, about, active)

    def term(self, source: str, rule: str, numbers: str, value: Number) -> Term:
        return Term(source, rule, numbers, value, display(value, self.view.digits))

    # The three sweeps

    def primal(self, name: str, node: str) -> Step:
        found = self.record.by_name.get(name)
        if found is None:  # an output, which may be a constant
            output = self.record.ends[name]
            return self.step(
                name, f"the output {output.name} is {node}", [self.term(node, node, "", output.value)], output.value
            )
        if found.is_input:
            words = f"the input {found.formula}"
            return self.step(name, words, [self.term(found.formula, found.formula, "", found.value)], found.value)
        parsed = self.parsed(found.formula, isinstance(found.value, bool))
        filled = parsed.shown(lambda one: self.view.number(self.value(one)))
        words = meaning(found)
        return self.step(name, words, [self.term("", found.formula, filled, found.value)], found.value, found.active)

    def tangent(self, name: str, node: str) -> Step:
        found = self.record.by_name.get(name)
        if found is None:
            known = self.record.by_name.get(node)
            total = known.tangents[self.seed] if known else 0.0
            rule = self.view.dot(node) if known else "0"
            words = f"the output {self.record.ends[name].name} is {node}"
            return self.step(name, words, [self.term(node, rule, "", total)], total)
        total = found.tangents[self.seed]
        if found.is_input:
            seeded = found.formula == self.seed
            words = "the seed" if seeded else f"{found.formula} is another input than {self.seed}"
            return self.step(name, words, [self.term("", "seed" if seeded else "0", "", total)], total)
        terms = []
        for edge in found.partials:
            weight = self.record.by_name[edge.wrt].tangents[self.seed]
            rule, numbers = self.product(self.view.dot(edge.wrt), weight, edge.formula)
            terms.append(self.term(edge.wrt, rule, numbers, edge.value * weight if edge.value and weight else 0.0))
        words = f"{found.name} is made of {listed([e.wrt for e in found.partials])}: " if found.partials else ""
        words += "the partial in each times its tangent" if len(terms) > 1 else "the partial in it times its tangent"
        if not terms:
            words, terms = "nothing it is made of changes", [self.term("", "0", "", 0.0)]
        return self.step(name, words, terms, total, found.active)

    def adjoint(self, name: str, node: str) -> Step:
        view = self.view
        found = self.record.by_name.get(name)
        if found is None:
            words = f"the seed: {self.seed} changes as itself"
            return self.step(name, words, [self.term("", "seed", "", 1.0)], 1.0)
        terms = []
        for term in found.contributions[self.seed]:
            user = self.record.by_name.get(term.source)
            edge = found.edge(term, user)
            source, weight = term.source, view.bar(term.source)
            if edge is None:  # the seed of the output
                source = self.record.end_of.get(source, source)
                rule, numbers = weight, view.number(term.adjoint)
            else:
                rule, numbers = self.product(weight, term.adjoint, edge.formula)
            terms.append(self.term(source, rule, numbers, term.term))
        users = listed([term.source for term in terms])
        words = f"{found.name} is used by {users}: the adjoint of each times its partial in {found.name}"
        if len(terms) == 1:
            words = f"{found.name} is used by {users}: its adjoint times its partial in {found.name}"
            if terms[0].source not in self.record.by_name:
                words = f"{found.name} is the output {self.seed}"
        if not terms:
            words, terms = f"no path leads from {found.name} to {self.seed}", [self.term("", "0", "", 0.0)]
        return self.step(name, words, terms, found.adjoints[self.seed], found.active)

    # Formulas

    def value(self, name: str) -> Number:
        """The value of a node or of a long constant."""
        found = self.record.by_name.get(name)
        if found is not None:
            return found.value
        for constant in self.record.constants:
            if constant.name == name:
                return constant.value
        raise ProblemError(Problem("file", f"a formula of the trace names {name}, which is not in it", hint=AGAIN))

    def product(self, weight: str, number: float, formula: str) -> tuple[str, str]:
        """(weight times a partial in names, the same with numbers), tidied as rules are."""
        parsed = self.parsed(formula)
        made = Formula()
        factor = made.leaf(weight, number)
        leaves = [made.leaf(name, self.value(name)) for name in parsed.names]
        symbol = factor * evaluate(made.space, parsed.tape, leaves)[parsed.node]
        return made.text(symbol), made.text_with_numbers(symbol, self.view.number)

    def parsed(self, formula: str, condition: bool = False) -> Parsed:
        """A formula of the record, parsed. Its names become identifiers, those of conditions comparisons."""
        known: dict[str, str] = {}

        def put(found: re.Match[str]) -> str:
            identifier = known.setdefault(found[0], f"n{len(known)}")
            return f"({identifier} == 0)" if isinstance(self.value(found[0]), bool) else identifier

        text = NAME.sub(put, formula)
        try:
            tape = parsed_text(f"if({text}, 1, 0)" if condition else text)
        except ProblemError as wrong:
            headline = f"a formula of the trace cannot be read: {brief(formula, 40)}"
            raise ProblemError(Problem("file", headline, note=wrong.problem.headline, hint=AGAIN)) from None
        top = tape.outputs[0].node
        names = {identifier: name for name, identifier in known.items()}
        return Parsed(tape, tape.first[top] if condition else top, [names[one] for one in tape.variables])


def sweeps(record: Record) -> list[tuple[str, str]]:
    """(sweep, seed) of all that a record holds: the values, the forward sweeps, the reverse sweeps."""
    forward, reverse = [("tangent", seed) for seed in record.seeds], [("adjoint", seed) for seed in record.coseeds]
    return [("primal", ""), *forward, *reverse]


@cache
def parsed_text(text: str) -> Tape:
    return parse((text,), LARGEST)


def meaning(node: Node) -> str:
    """What a node computes, in words: 'product of v-1 and v0'."""
    row = DOCS.get(node.op)
    if isinstance(node.value, bool) or row is None:
        return f"whether {node.formula}" if isinstance(node.value, bool) else node.formula
    if len(row.params) != len(node.args):  # - and ^ are two rows each
        row = next((r for r in TABLE.values() if r.label == node.op and len(r.params) == len(node.args)), row)
    names = "|".join(map(re.escape, row.params))
    mentioned = re.compile(rf"(?<![A-Za-z0-9_])(?:{names})(?![A-Za-z0-9_])")
    doc = outermost(row.doc, mentioned)
    left = dict(zip(row.params, node.args, strict=True))

    def put(found: re.Match[str]) -> str:
        return left.pop(found[0], "") or dict(zip(row.params, node.args, strict=True))[found[0]]

    said = mentioned.sub(put, doc)
    if len(left) == len(row.params):
        return f"{said} of {listed(list(left.values()))}"
    return f"{said} at {listed(list(left.values()))}" if left else said


def outermost(doc: str, mentioned: re.Pattern[str]) -> str:
    """The one-line doc of a row up to its first aside: a comma, or brackets in which no parameter is mentioned."""
    depth = 0
    for i, c in enumerate(doc):
        depth += (c == "(") - (c == ")")
        aside = doc.startswith(" (", i) and not mentioned.search(doc, i, doc.find(")", i))
        if depth == 0 and (c in ",;" or aside):
            return doc[:i]
    return doc


def listed(names: Sequence[str]) -> str:
    """v1; v1 and v2; v1, v2 and v3."""
    once = list(dict.fromkeys(names))
    return f"{', '.join(once[:-1])} and {once[-1]}" if len(once) > 1 else "".join(once)
