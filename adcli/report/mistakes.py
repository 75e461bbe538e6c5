"""The mistakes that can be made in one line of a trace, each with the number that it leads to.

They are made from the terms of the line: signs, factors and partials left out, and the rule itself changed at one
place. What is mistaken for what stands in tables; nothing else here knows a function by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adcli.engines.linearise import evaluate, evaluator
from adcli.numbers.real import REAL
from adcli.numbers.real import evaluate as apply
from adcli.ops import TABLE
from adcli.report.document import View
from adcli.report.record import Record
from adcli.report.steps import NAME, Parsed, Step, Steps, parsed_text
from adcli.tape.show import show_node
from adcli.tape.tape import INPUT, LITERAL

# Functions and operators that are taken for one another.
MISTAKEN = {
    "sin": ("cos", "tan"), "cos": ("sin", "tan"), "tan": ("cot", "sin", "cos"), "sec": ("csc", "cos"),
    "csc": ("sec", "sin"), "cot": ("tan",), "asin": ("acos", "atan"), "acos": ("asin", "atan"),
    "atan": ("tan", "asin", "acos"), "sinh": ("cosh", "sin"), "cosh": ("sinh", "cos"), "tanh": ("tan", "atanh"),
    "ln": ("log10", "log2", "exp"), "log10": ("ln", "log2"), "log2": ("ln", "log10"), "exp": ("exp2", "ln"),
    "exp2": ("exp",), "sqrt": ("cbrt", "square"), "cbrt": ("sqrt",), "sigmoid": ("tanh",), "erf": ("erfc",),
    "add": ("sub", "mul"), "sub": ("add",), "mul": ("add", "div"), "div": ("mul",), "powc": ("mul",), "pow": ("mul",),
    "max": ("min",), "min": ("max",),
}  # fmt: skip
BASES = {"ln", "log10", "log2", "exp", "exp2"}  # that are one another in another base
ANGLES = {"sin", "cos", "tan", "sec", "csc", "cot"}  # of an angle
DIRECTIONS = {"asin", "acos", "atan", "atan2"}  # that are an angle
PRODUCTS, QUOTIENTS, POWERS, NEGATIONS = {"mul"}, {"div"}, {"powc", "pow"}, {"neg"}
# Wrong partials that are no change at one place: a row's key -> (in its parameters, what was done).
WRONG = {
    "exp": (("x*exp(x - 1)", "the power rule does not hold for exp"),),
    "exp2": (("x*2^(x - 1)", "the power rule does not hold for a variable exponent"),),
    "pow": (("y*x^y", "the exponent is not lowered"),),
    "sqrt": (("1/(2*x)", "the root in the partial is missing"), ("2/sqrt(x)", "the factor 2 belongs below")),
    "ln": (("1/ln(x)", "1/ln in place of the partial of ln"), ("1/(x*ln(10))", "that is the rule of log10")),
    "tan": (("1/cos(x)", "the square of 1/cos is missing"), ("cos(x)^2", "the rule is upside down")),
    "div": (("1/y^2", "the numerator is missing"), ("x/y", "the square below is missing")),
    "sin": (("cos(1)", "the argument of cos is missing"),),
    "sigmoid": (("1 - sigmoid(x)", "the factor sigmoid is missing"),),
}
# Kinds of mistakes, the most telling first; of several that lead to one number the first is named.
KINDS = (
    "sign", "missing", "twice", "weight", "partial", "function", "undifferentiated", "base", "degrees", "factor",
    "exponent", "operator", "order", "swapped", "rule", "product", "sum", "only", "sweep", "argument", "value", "node",
    "line", "point",
)  # fmt: skip
FEW = 40  # nodes of a trace, up to which any may be taken for any other


class Part(NamedTuple):
    """One term of a line: `number` (the tangent or adjoint `weight`; 1 in the primal sweep) times a partial.

    source   the node it comes from; user, the node whose rule it is; wrt, the node the partial is in
    formula  the partial in node names (in the primal sweep the formula of the node), and its value
    """

    source: str
    user: str
    wrt: str
    weight: str
    number: float
    formula: str
    partial: float
    value: float


class Mistake(NamedTuple):
    """A mistake: its kind, the node whose term it is in ('' for the whole line), in words, and what comes out."""

    kind: str
    source: str
    text: str
    value: float


def called(sweep: str, name: str, view: View) -> str:
    """What a line of a sweep is called: v3, or with its dot or its bar."""
    return {"primal": name, "tangent": view.dot(name), "adjoint": view.bar(name)}[sweep]


def parts(steps: Steps, step: Step) -> list[Part]:
    """The terms of a line, with all that they are made of."""
    record, view = steps.record, steps.view
    node = record.by_name.get(step.node)
    if node is None:
        return []
    if step.sweep == "primal":
        value = float(node.value)
        return [Part(node.name, node.name, node.name, "", 1.0, node.formula, value, value)]
    if step.sweep == "tangent":
        return [
            Part(edge.wrt, node.name, edge.wrt, view.dot(edge.wrt), weight, edge.formula, edge.value, term.value)
            for edge, term in zip(node.partials, step.terms, strict=False)
            for weight in [record.by_name[edge.wrt].tangents[step.seed]]
        ]
    found = []
    for term in node.contributions[step.seed]:
        edge = node.edge(term, record.by_name.get(term.source))
        rule = (edge.formula, edge.value) if edge else ("1", 1.0)
        found.append(Part(term.source, term.source, node.name, view.bar(term.source), term.adjoint, *rule, term.term))
    return found


def mistakes(steps: Steps, step: Step, terms: Sequence[Part]) -> list[Mistake]:
    """All that can go wrong in a line, the most telling first; what it comes to is that of the whole line."""
    total = float(step.total)
    found = list(of_the_whole(steps, step, terms))
    for part in terms:
        rest = total - part.value if len(terms) > 1 else 0.0
        found += [one._replace(value=rest + one.value) for one in in_a_term(steps, step, part)]
    return ranked(found)


def ranked(found: list[Mistake]) -> list[Mistake]:
    return sorted(found, key=lambda one: KINDS.index(one.kind))


def of_the_whole(steps: Steps, step: Step, terms: Sequence[Part]) -> Iterator[Mistake]:
    """Mistakes in how the terms add up, and numbers of other lines."""
    total = float(step.total)
    minus = ": the rule has a minus" if len(terms) == 1 and terms[0].formula.startswith("-") else ""
    yield Mistake("sign", "", f"right except for the sign{minus}", -total)
    for part in terms if len(terms) > 1 else ():
        yield Mistake("missing", part.source, f"the contribution from {part.source} is missing", total - part.value)
        text = f"the contribution from {part.source} is counted twice"
        yield Mistake("twice", part.source, text, total + part.value)
        yield Mistake("only", part.source, f"that is the term from {part.source} alone", part.value)
    if step.sweep == "tangent" and len(terms) == 2:
        text = "the tangents are multiplied: each belongs to its own partial"
        yield Mistake("product", "", text, terms[0].number * terms[1].number)
    for name in others(steps.record, [step.node], terms):
        number = number_of(steps.record, step, name)
        if number is not None:
            yield Mistake("line", "", f"that is {called(step.sweep, name, steps.view)}", number)
    for power in (-3, -2, -1, 1, 2, 3):
        yield Mistake("point", "", "the decimal point is in the wrong place", total * 10.0**power)


def in_a_term(steps: Steps, step: Step, part: Part) -> Iterator[Mistake]:
    """Mistakes in one term; what comes out is that of the term."""
    record, source = steps.record, part.source
    minus = ": the rule has a minus" if part.formula.startswith("-") else ""
    yield Mistake("sign", source, f"its sign{minus}", -part.value)
    if step.sweep != "primal":
        yield from in_the_product(steps, step, part)
    user = record.by_name.get(part.user)
    for kind, text, value in in_the_rule(steps, part):
        yield Mistake(kind, source, text, part.number * value)
    if user is not None and part.user in names_in(part.formula):  # 'v' in a rule may be written out
        expanded = NAME.sub(lambda m: f"({user.formula})" if m[0] == part.user else m[0], part.formula)
        for kind, text, value in in_the_rule(steps, part._replace(formula=expanded)):
            if kind != "argument":
                yield Mistake(kind, source, text, part.number * value)


def in_the_product(steps: Steps, step: Step, part: Part) -> Iterator[Mistake]:
    """Mistakes in weight times partial."""
    record, source, what = steps.record, part.source, step.sweep
    user = record.by_name.get(part.user)
    yield Mistake("weight", source, f"the {what} {part.weight} is missing", part.partial)
    if user is None:
        return
    yield Mistake("partial", source, f"the partial of {part.user} in {part.wrt} is missing", part.number)
    own = float(user.value)
    yield Mistake("undifferentiated", source, f"{part.user} itself in place of its partial", part.number * own)
    for edge in user.partials:
        if edge.wrt != part.wrt:
            text = f"that is the partial of {part.user} in {edge.wrt}, not in {part.wrt}"
            yield Mistake("swapped", source, text, part.number * edge.value)
    for text, value in wrong_rules(record, part):
        yield Mistake("rule", source, text, part.number * value)
    yield Mistake("sum", source, f"{part.weight} plus the partial in place of times", part.number + part.partial)
    if part.partial:
        yield Mistake("sum", source, f"{part.weight} is divided by the partial", part.number / part.partial)
    node = record.by_name.get(source)
    if node is None:
        return
    swapped = node.tangents.values() if what == "adjoint" else node.adjoints.values()
    text = f"the {'tangent' if what == 'adjoint' else 'adjoint'} of {source} in place of its {what}"
    for number in swapped:
        yield Mistake("sweep", source, text, number * part.partial)
    yield Mistake("value", source, f"{source} in place of {part.weight}", float(node.value) * part.partial)
    for name in others(record, [source], [part]):
        other = number_of(record, step, name)
        if other is not None:
            yield Mistake(
                "node", source, f"{called(what, name, steps.view)} in place of {part.weight}", other * part.partial
            )


def number_of(record: Record, step: Step, name: str) -> float | None:
    """The number of a node in the sweep of a step; None for a condition."""
    node = record.by_name[name]
    if isinstance(node.value, bool):
        return None
    if step.sweep == "primal":
        return node.value
    return node.tangents[step.seed] if step.sweep == "tangent" else node.adjoints[step.seed]


def others(record: Record, without: Sequence[str], terms: Sequence[Part]) -> list[str]:
    """The nodes that may be taken for another: all of a short trace, of a long one those near."""
    if len(record.nodes) <= FEW:
        near = list(record.by_name)
    else:
        named = [name for part in terms for name in (part.source, part.user, part.wrt) if name in record.by_name]
        near = [*named, *(arg for name in named for arg in record.by_name[name].args if arg in record.by_name)]
        near += [user for name in named for user in record.users[name][:FEW]]
    return [name for name in dict.fromkeys(near) if name not in without]


# Rules changed at one place


def in_the_rule(steps: Steps, part: Part) -> Iterator[tuple[str, str, float]]:
    """(kind, in words, value) of a rule with one mistake in it."""
    parsed = steps.parsed(part.formula)
    tape = parsed.tape
    labels = dict(zip(tape.inputs, parsed.names, strict=True))
    given = [steps.value(name) for name in parsed.names]
    # A condition stands there as a comparison with 0.
    values = evaluate(REAL, tape, [float(not x) if isinstance(x, bool) else x for x in given])

    def changed(k: int, value: float) -> float:
        found = [*values]
        found[k] = value
        evaluator(REAL, tape)(tape.interior(k + 1), found)
        return float(found[parsed.node])

    marks = tape.reachable([parsed.node])
    for k in range(len(tape)):
        if not marks[k] or tape.rows[k].condition:
            continue
        if tape.rows[k] is INPUT:
            if not isinstance(steps.value(labels[k]), bool):
                for name in others(steps.record, [labels[k]], [part]):
                    other = steps.value(name)
                    if not isinstance(other, bool):
                        yield "argument", f"{name} in place of {labels[k]}", changed(k, other)
        elif tape.rows[k] is not LITERAL:
            for kind, text, value in at_an_operation(parsed, k, values, labels):
                yield kind, text, changed(k, value)


def at_an_operation(
    parsed: Parsed, k: int, values: list[float], labels: dict[int, str]
) -> Iterator[tuple[str, str, float]]:
    """(kind, in words, value) of one operation done wrong."""
    tape = parsed.tape
    row, args = tape.rows[k], tape.arguments(k)
    x = [values[a] for a in args]

    def shown(node: int) -> str:
        return show_node(tape, node, labels.get)

    for key in MISTAKEN.get(row.key, ()):
        other = TABLE.get(key)
        kind = "base" if {key, row.key} <= BASES else "operator" if row.infix else "function"
        if other is None:
            yield "function", "the square in place of the root", x[0] * x[0]
        else:
            for given in (x, x[::-1]):
                yield kind, f"{other.label} in place of {row.label}", apply(other, *given)
    if row.key in ANGLES:
        yield "degrees", f"{row.label} takes radians, not degrees", apply(row, math.radians(x[0]))
    if row.key in DIRECTIONS:
        yield "degrees", "the angle is in radians, not in degrees", math.degrees(values[k])
    if row.key in PRODUCTS:
        for one, other_one in (args, args[::-1]):
            yield "factor", f"the factor {shown(one)} is missing", values[other_one]
    elif row.key in QUOTIENTS:
        yield "factor", f"the division by {shown(args[1])} is missing", x[0]
        yield "factor", f"the numerator {shown(args[0])} is missing", apply(row, 1.0, x[1])
    elif row.key in POWERS:
        power = shown(args[1])
        yield "exponent", f"the exponent {power} is not lowered by one", apply(row, x[0], x[1] + 1)
        yield "exponent", f"the exponent {power} is missing", x[0]
        yield "exponent", f"the exponent {power} is one too low", apply(row, x[0], x[1] - 1)
    elif row.key in NEGATIONS:
        yield "sign", "its sign: the rule has a minus", x[0]
    if len(x) == 2 and not row.condition:
        yield "order", f"{shown(args[0])} and {shown(args[1])} are swapped in {row.label}", apply(row, *x[::-1])


def wrong_rules(record: Record, part: Part) -> Iterator[tuple[str, float]]:
    """(in words, value) of the partials that are taken for that of a function."""
    user = record.by_name[part.user]
    for row in TABLE.values():
        if row.label != user.op or len(row.params) != len(user.args) or row.key not in WRONG:
            continue
        given = {name: argument(record, text) for name, text in zip(row.params, user.args, strict=True)}
        for formula, text in WRONG[row.key]:
            tape = parsed_text(formula)
            yield text, float(evaluate(REAL, tape, [given[name] for name in tape.variables])[tape.outputs[0].node])


def argument(record: Record, text: str) -> float:
    """The value of an argument: a node, a long constant, or a constant written in place."""
    node = record.by_name.get(text)
    if node is not None:
        return float(node.value)
    found = next((c.value for c in record.constants if c.name == text), None)
    if found is not None:
        return found
    tape = parsed_text(text)
    return float(evaluate(REAL, tape, [])[tape.outputs[0].node])


def names_in(formula: str) -> set[str]:
    return set(NAME.findall(formula))
