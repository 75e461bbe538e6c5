"""What a student typed as an answer: an expression in the names of a trace, read at the numbers known so far."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from adcli.engines.linearise import evaluate
from adcli.errors import Problem, ProblemError
from adcli.numbers.real import REAL
from adcli.numbers.text import NUMBER
from adcli.parse.program import parse
from adcli.report.record import Number, Record
from adcli.report.steps import Step
from adcli.tape.show import show_node
from adcli.tape.tape import Tape

LONGEST, LARGEST = 2000, 10_000  # characters of an answer, and operations that a short one may stand for
TIGHT = 1e-9  # how near two numbers are that come from the same formula, relatively
COARSE = 0.02  # how far a number of few digits may be from what was meant
BAR, DOT = "\u0304", "\u0307"
SWEEP_OF = {BAR: "adjoint", "bar": "adjoint", DOT: "tangent", "dot": "tangent"}
# A node below v0 has a minus in its name; of what else is a name, a minus is no part.
WORD = re.compile(
    rf"(?<![A-Za-z0-9_.])(?:(?:v[{BAR}{DOT}]|vbar|vdot|dv|v)-[0-9]+(?:bar|dot)?|[A-Za-z_][{BAR}{DOT}]?[A-Za-z0-9_]*)"
    r"(?![A-Za-z0-9_])"
)
MARKED = re.compile(rf"([A-Za-z_])([{BAR}{DOT}])(.*)")
ENDED = re.compile(r"(.+?)(bar|dot)")
INSIDE = re.compile(r"(v)(bar|dot)(-?[0-9]+)")
ARTICLE = {"tangent": "a", "adjoint": "an"}
SIGNS = {"add": (1, 1), "sub": (1, -1), "neg": (-1,)}  # what makes a sum of its arguments


class Named(NamedTuple):
    """One term of an answer: its text as it was written, and its value."""

    text: str
    value: float


class Answer(NamedTuple):
    """An answer that could be read.

    value   what it comes to; terms of a sum at its top (one, where it is none)
    digits  significant digits of a plain number, 0 for an expression
    slack   how far the number meant may be from it, by its digits; exact where names and whole numbers say it all
    """

    text: str
    value: float
    terms: tuple[Named, ...]
    digits: int
    slack: float

    @property
    def exact(self) -> bool:
        return not self.slack and not self.digits

    @property
    def tolerances(self) -> list[float]:
        """How far, relatively, a number may be that the answer means: not at all, then as its digits leave open."""
        if self.exact or not self.value:
            return [TIGHT]
        return [TIGHT, min(max(self.slack / abs(self.value), TIGHT), COARSE)]

    def means(self, x: float, tolerance: float) -> bool:
        """Whether the answer may mean this number."""
        return abs(self.value - x) <= tolerance * max(abs(x), abs(self.value))


class Names:
    """The names that may stand in the answer to one step: of what was found before it, never of itself."""

    def __init__(self, record: Record, step: Step):
        self.record = record
        self.step = step
        self.place = record.position.get(step.node, len(record.nodes))
        self.outputs = {o.name: o for o in record.outputs}
        self.inputs = {one.formula: one.name for one in record.nodes if one.is_input}
        self.constants = {c.name: c.value for c in record.constants}

    def value(self, word: str) -> Number | None:
        """The number that a name stands for; None for no name. Raises ProblemError for one that is not known yet."""
        plain = self.plain(word)
        if plain is not None:
            return plain
        found = MARKED.fullmatch(word) or INSIDE.fullmatch(word)
        if found:
            return self.derivative(found[1] + found[3], SWEEP_OF[found[2]], word)
        found = ENDED.fullmatch(word)
        if found:
            return self.derivative(found[1], SWEEP_OF[found[2]], word)
        if word[:1] == "d" and len(word) > 1:
            return self.derivative(word[1:], self.step.sweep, word)
        return None

    def plain(self, word: str) -> Number | None:
        """The value of a node, a variable, an output or a long constant."""
        name = self.node(word)
        node = self.record.by_name.get(name)
        if node is not None:
            if self.step.sweep == "primal" and not node.is_input and self.record.position[name] >= self.place:
                raise ProblemError(self.not_yet(word))
            return node.value
        if word in self.outputs:
            if self.step.sweep == "primal":
                raise ProblemError(self.not_yet(word))
            return self.outputs[word].value
        return self.constants.get(word)

    def node(self, word: str) -> str:
        """The node that a name means: itself, or that of a variable."""
        return word if word in self.record.by_name else self.inputs.get(word, word)

    def derivative(self, word: str, sweep: str, written: str) -> float | None:
        """The tangent or adjoint of what is called so, in the sweep at hand."""
        node = self.record.by_name.get(self.node(word))
        if sweep == "primal" or (node is None and word not in self.outputs):
            return None
        if sweep != self.step.sweep:
            ending = {"tangent": "dot", "adjoint": "bar"}.get(self.step.sweep)
            hint = f"write {word}{ending} for its {self.step.sweep}" if ending else "a value is made of values"
            raise ProblemError(Problem("name", f"{printed(written)} is {ARTICLE[sweep]} {sweep}", hint=hint))
        if node is None:
            if sweep == "adjoint":
                return 1.0 if word == self.step.seed else 0.0
            raise ProblemError(self.not_yet(written))
        place = self.record.position[node.name]
        if sweep == "adjoint":
            if place <= self.place:
                raise ProblemError(self.not_yet(written))
            return node.adjoints[self.step.seed]
        if place >= self.place and not node.is_input:
            raise ProblemError(self.not_yet(written))
        return node.tangents[self.step.seed]

    def not_yet(self, word: str) -> Problem:
        return Problem("name", f"{printed(word)} is not known yet", hint="use what stands above")

    def unknown(self, word: str) -> Problem:
        last = self.record.nodes[-1].name if self.record.nodes else "v1"
        mark = {"tangent": f", or {last}dot for a tangent", "adjoint": f", or {last}bar for an adjoint"}
        hint = f"names are those of the trace, such as {last}{mark.get(self.step.sweep, '')}"
        return Problem("name", f"there is no {printed(word)} here", hint=hint)


def read(text: str, record: Record, step: Step) -> Answer:
    """An answer, read. Raises ProblemError where it is none."""
    names = Names(record, step)
    given = unicodedata.normalize("NFD", text).strip()
    if len(given) > LONGEST:
        raise ProblemError(Problem("size", f"an answer has at most {LONGEST:,} characters", hint="write a number"))
    given = without_name(given, step)
    known: dict[str, tuple[str, float]] = {}
    stem = "n_" if "n_" not in given else f"n_{'_' * given.count('_')}"

    def put(word: str) -> str:
        value = names.value(word)
        if value is None and "-" in word:  # a variable called v, less a number
            head, _, tail = word.partition("-")
            return f"{put(head)}-{tail}"
        if value is None:
            return word
        condition = isinstance(value, bool)  # it stands there as a comparison
        identifier, _ = known.setdefault(word, (f"{stem}{len(known)}", float(not value) if condition else value))
        return f"({identifier} == 0)" if condition else identifier

    source = WORD.sub(lambda found: put(found[0]), given)
    tape = parsed(source, names)
    shown = {identifier: word for word, (identifier, _) in known.items()}
    values = dict(known.values())
    for name in tape.variables:
        if name not in values:
            raise ProblemError(names.unknown(shown.get(name, name)))
    found = evaluate(REAL, tape, [values[name] for name in tape.variables])
    top = tape.outputs[0].node
    value = float(found[top])
    if value - value != 0:
        raise ProblemError(Problem("point", f"that comes to {value}", hint="answer with a finite number"))
    labels = {node: shown[name] for name, node in zip(tape.variables, tape.inputs, strict=True)}
    terms = tuple(
        Named(("-" if sign < 0 else "") + show_node(tape, node, labels.get), sign * float(found[node]))
        for sign, node in summands(tape, top)
    )
    digits, slack = precision(given, value)
    if not digits and any("." in literal or "e-" in literal.lower() for literal in tape.literals.values()):
        slack = abs(value) * 5e-3  # numbers put in were rounded
    return Answer(given, value, terms, digits, slack)


def without_name(text: str, step: Step) -> str:
    """An answer without the 'v3bar =' that some write before it."""
    head, sign, tail = text.partition("=")
    name = unicodedata.normalize("NFD", step.name)
    mark = {"tangent": DOT, "adjoint": BAR}.get(step.sweep, "")
    marked = f"{step.node[0]}{mark}{step.node[1:]}"
    spelt = {"", name, marked, step.node, f"{step.node}bar", f"{step.node}dot", f"d{step.node}"}
    return tail.strip() if sign and not tail.startswith("=") and head.strip() in spelt else text


def parsed(source: str, names: Names) -> Tape:
    """The tape of one expression. Problems say nothing of the identifiers that stand for names."""
    try:
        tape = parse((source,), LARGEST)
    except ProblemError as wrong:
        (problem, *_) = wrong.problems
        raise ProblemError(problem._replace(span=None, source="")) from None
    if len(tape.outputs) != 1:
        raise ProblemError(Problem("syntax", "an answer is one number", hint="write a number or one expression"))
    return tape


def summands(tape: Tape, top: int) -> list[tuple[int, int]]:
    """(sign, node) of the terms of the sum at the top."""
    found: list[tuple[int, int]] = []
    stack = [(1, top)]
    while stack:
        sign, node = stack.pop()
        signs = SIGNS.get(tape.rows[node].key)
        if signs is None:
            found.append((sign, node))
        else:
            stack += [(sign * s, a) for s, a in zip(signs, tape.arguments(node), strict=True)][::-1]
    return found


def precision(text: str, value: float) -> tuple[int, float]:
    """(significant digits of a plain number, one unit of its last place); 0 for anything else."""
    bare = text.replace(" ", "")
    if NUMBER.match(bare) is None:
        return 0, 0.0
    mantissa, _, power = bare.lower().lstrip("+-").partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = len((whole + decimals).lstrip("0")) or 1
    return digits, 10.0 ** (int(power or 0) - len(decimals)) if abs(value) < 1e300 else 0.0


def printed(word: str) -> str:
    return unicodedata.normalize("NFC", word)
