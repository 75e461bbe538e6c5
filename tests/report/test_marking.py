"""Marking: every equal form is right, and a wrong answer is told which term is wrong and how."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from running import SAMPLES, TEXTBOOK
from sampled import function, sample

from adcli.errors import ProblemError
from adcli.function import Function
from adcli.report.document import View
from adcli.report.marking import Line, Verdict
from adcli.report.mistakes import KINDS, MISTAKEN, WRONG
from adcli.report.quiz import Quiz

ASCII, FULL = View(ascii=True), View(ascii=True, digits=17)
STEPS = 150  # lines of a sample that are tried
every_sample = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)


@cache
def lines_of(path: object) -> list[Line]:
    trace = function(path).trace(sample(path).at, wrt=sample(path).wrt)  # type: ignore[arg-type]
    found = [Line(sweep.steps, step) for sweep, step in Quiz(trace, "both").lines(FULL)]
    return found[:: max(1, len(found) // STEPS)]


@cache
def line(program: str, name: str, **at: float) -> Line:
    """The line of a program that is called so, in ASCII; of several sweeps the first."""
    quiz = Quiz(Function(program).trace(at), "both")
    return next(Line(sweep.steps, step) for sweep, step in quiz.lines(ASCII) if step.name == name)


def textbook(name: str, answer: str) -> Verdict:
    return line(TEXTBOOK, name, x1=2, x2=5).mark(answer)


# Right answers


@every_sample
def test_every_line_of_a_sample_takes_its_value_in_every_form(path: object) -> None:
    for one in lines_of(path):
        step, total = one.step, one.total
        forms = [repr(total), f"{total:.3g}", f"{total:.2e}", f"{total!r}*1", f"({total!r} + 1) - 1", step.rule]
        forms += [f"{step.name} = {step.rule}", f" {step.rule} ", f"={total!r}"]
        if "true" not in step.numbers and "false" not in step.numbers:
            forms += [step.numbers]
        for form in filter(None, forms):
            assert one.mark(form).right, (step.name, form, one.mark(form))


@pytest.mark.parametrize(
    "answer",
    ["1.716", "1.72", "1.7163378", "v3bar*cos(v0)+v2bar*v-1", "v2bar*v-1+v3bar*cos(v0)", "v̄3*cos(v0) + v̄2*v-1",
     "dv3*cos(v0) + dv2*v-1", "vbar3*cos(x2) + vbar2*x1", "-cos(5)+2", "2-cos(5)", "x1 - cos(x2)", "v-1-cos(v0)",
     "v0bar = 2 - cos(5)", "v̄0 = 1.716", "= 1.716", "-v4bar*cos(v0) + ybar*v-1", "-ȳ*cos(v0)+v-1", "1716e-3",
     "  1.716  ", "-0.28 + 2", "2·1 − cos(5)", "1.7163378145367738"],
)  # fmt: skip
def test_equal_forms_of_the_adjoint_of_the_textbook(answer: str) -> None:
    assert textbook("v0bar", answer) == (True, "right", "right", "")


@pytest.mark.parametrize(
    ("answer", "right"),
    [("1.71", True), ("1.72", True), ("1.70", False), ("1.7", False), ("1.73", False), ("17.2e-1", True),
     ("2 - cos(5) + 0.001", True), ("v-1 - cos(v0)*1001/1000", False)],
)  # fmt: skip
def test_numbers_are_taken_to_three_digits_and_formulas_exactly(answer: str, right: bool) -> None:
    assert textbook("v0bar", answer).right == right


@pytest.mark.parametrize(("tolerance", "right"), [(0.05, True), (0.001, False), (0.0, False)])
def test_the_tolerance_is_relative(tolerance: float, right: bool) -> None:
    known = line(TEXTBOOK, "v0bar", x1=2, x2=5)
    assert Line(known.steps, known.step, tolerance).mark("1.7").right == right
    assert Line(known.steps, known.step, tolerance).mark("1.7163378145367738").right


@pytest.mark.parametrize("answer", ["0", "0.0", "-0", "x - x", "1e-20", "v1 - v0"])
@pytest.mark.parametrize("program", ["x*1 - x", "x*(x - 3)", "sin(x - 3)"])
def test_an_exact_zero(program: str, answer: str) -> None:
    quiz = Quiz(Function(program).trace({"x": 3}), "both")
    zero = next(Line(sweep.steps, step) for sweep, step in quiz.lines(ASCII) if step.total == 0)
    if answer != "v1 - v0" or zero.step.node == "v2":
        assert zero.mark(answer.replace("v1 - v0", "v1 - v1")).right
    assert not zero.mark("0.001").right
    assert zero.mark("0.001").message


# Wrong answers: planted mistakes

SIN = "sin(x^2)"
QUOTIENT = "x1/x2"
FAN = "x^2 + ln(x) + exp(x)"
CLASSICS = [
    # program, point, line, answer, kind, words
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v1", "0.301", "base", "log10 in place of ln"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v3", "0.0872", "degrees", "radians, not degrees"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v3", "0.2837", "function", "cos in place of sin"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v3", "0.909", "argument", "v-1 in place of v0"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v2", "7", "operator", "+ in place of *"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v5", "9.734", "operator", "+ in place of -"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v5", "-11.652", "sign", "right except for the sign"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v3bar", "1", "sign", "the rule has a minus"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "2.2837", "sign", "the term from v3: its sign"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "v3bar*cos(v0)", "missing", "from v2 is missing"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "-0.284", "missing", "from v2 is missing"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v-1bar", "10.5", "twice", "from v2 is counted twice"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "v3bar*sin(v0) + v2bar*v-1", "function", "sin in place of cos"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "v3bar*cos(v0) + v2bar*v0", "swapped", "in v-1, not in v0"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "v3bar*cos(v-1) + v2bar*v-1", "argument", "v-1 in place of v0"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v-1bar", "v2bar*v0 + v1bar*v-1", "operator", "* in place of /"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v-1bar", "v2bar*v0 + v1bar/(v-1*ln(10))", "rule", "the rule of log10"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "v3bar*cos(v0) + v2bar*v-1 + v1", "extra", "v1 does not belong here"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "17.16", "point", "decimal point"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "1.7", "digits", "right to 2 digits"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "1.7 + 0", "rounded", "rounded too early?"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v0bar", "100", "off", "too large by a factor of 58"),
    (TEXTBOOK, {"x1": 2, "x2": 5}, "v-1bar", "5", "missing", "from v1 is missing"),
    (SIN, {"x": 2}, "v0bar", "v1bar*v0", "factor", "the factor 2 is missing"),
    (SIN, {"x": 2}, "v0bar", "v1bar*2*v0^2", "rule", "the exponent is not lowered"),
    (SIN, {"x": 2}, "v0bar", "2*v0", "weight", "the adjoint v1bar is missing"),
    (SIN, {"x": 2}, "v0bar", "v1bar", "partial", "the partial of v1 in v0 is missing"),
    (SIN, {"x": 1.5}, "v1dot", "v1", "undifferentiated", "v1 itself in place of its partial"),
    (SIN, {"x": 1.5}, "v2dot", "cos(v1)", "weight", "the tangent v1dot is missing"),
    (SIN, {"x": 1.5}, "v2dot", "cos(v1) + v1dot", "sum", "plus the partial in place of times"),
    ("cos(x)*x", {"x": 2}, "v1dot", "0.909", "sign", "the rule has a minus"),
    ("x^3 + 1", {"x": 2}, "v1dot", "v0^2", "factor", "the factor 3 is missing"),
    ("x^3 + 1", {"x": 2}, "v1dot", "3*v0^3", "exponent", "the exponent 2 is not lowered by one"),
    ("ln(x)*x^3", {"x": 2}, "v3dot", "v1dot*v2dot", "product", "the tangents are multiplied"),
    (QUOTIENT, {"x1": 2, "x2": 5}, "v0bar", "0.08", "sign", "the rule has a minus"),
    (QUOTIENT, {"x1": 2, "x2": 5}, "v0bar", "-1/v0^2", "factor", "the numerator v-1 is missing"),
    (QUOTIENT, {"x1": 2, "x2": 5}, "v1", "2.5", "order", "v-1 and v0 are swapped in /"),
    ("exp(x)/2", {"x": 3}, "v0bar", "v1bar*v0*exp(v0 - 1)", "rule", "the power rule does not hold for exp"),
    ("tan(x)*2", {"x": 1}, "v0bar", "v1bar/cos(v0)", "rule", "the square of 1/cos is missing"),
    (FAN, {"x": 2}, "v0bar", "v1bar*2*v0 + v2bar*v0 + v3bar*v3", "operator", "the term from v2: * in place of /"),
    (FAN, {"x": 2}, "v0bar", "v1bar*v0 + v2bar/v0 + v3bar*v3", "factor", "the term from v1: the factor 2"),
    (FAN, {"x": 2}, "v0bar", "7 + 8 + 9", "off", ""),
    ("(x*y)^2*ln(x)", {"x": 3, "y": 0.7}, "v1bar", "v3bar*2*v0", "argument", "v0 in place of v1"),
    ("(x*y)^2*ln(x)", {"x": 3, "y": 0.7}, "v-1bar", "v2bar/v-1 + v3bar*v0", "node", "v3bar in place of v1bar"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "at", "name", "answer", "kind", "words"), CLASSICS)
def test_a_classic_mistake_is_named(
    program: str, at: dict[str, float], name: str, answer: str, kind: str, words: str
) -> None:
    verdict = line(program, name, **at).mark(answer)
    assert not verdict.right
    assert (verdict.kind, words in verdict.message) == (kind, True), verdict


def planted(one: Line) -> Iterator[tuple[str, str, float]]:
    """(kind, node, number) of the mistakes that need no knowledge of the rule."""
    yield "sign", "", -one.total
    for part in one.parts:
        rest = one.total - part.value
        if len(one.parts) > 1:
            yield "sign", part.source, rest - part.value
            yield "missing", part.source, rest
            yield "twice", part.source, one.total + part.value
        if one.step.sweep != "primal":
            yield "weight", part.source, rest + part.partial
            yield "partial", part.source, rest + part.number


@every_sample
def test_planted_mistakes_are_named(path: object) -> None:
    """All that cannot be another one: none of the others comes near the same number."""
    named, tried = 0, 0
    for one in lines_of(path):
        found = [(kind, node, x) for kind, node, x in planted(one) if not one.equals(x, one.tolerance)]
        for kind, node, x in found:
            verdict = one.mark(repr(x))
            assert not verdict.right
            assert verdict.kind != "off"
            if all((k, n) == (kind, node) or abs(x - y) > 1e-6 * abs(x) for k, n, y in found):
                tried += 1
                named += (verdict.kind, verdict.source) == (kind, node)
    print(f"{path}: {named} of {tried} named with their term")
    assert tried
    assert named >= 0.95 * tried


@every_sample
def test_no_mistake_of_the_tables_is_taken_for_right(path: object) -> None:
    for one in lines_of(path):
        for mistake in one.mistakes:
            verdict = one.mark(repr(mistake.value))
            assert not verdict.right
            assert verdict.kind in KINDS, verdict
            assert KINDS.index(verdict.kind) <= KINDS.index(mistake.kind)


def test_the_tables_of_mistakes_are_those_of_the_language() -> None:
    from adcli.ops import TABLE

    for key, others in MISTAKEN.items():
        assert key in TABLE
        assert all(len(TABLE[other].params) == len(TABLE[key].params) for other in others if other in TABLE)
        assert {other for other in others if other not in TABLE} <= {"square"}
    for key, rules in WRONG.items():
        for formula, text in rules:
            assert set(Function(formula).variables) <= set(TABLE[key].params), formula
            assert text


# Answers that are none

HOSTILE = [
    ("1e999", "too large"), ("__import__('os').system('id')", ""), ("(" * 100_000 + "1" + ")" * 100_000, "at most"),
    ("(" * 900 + "1", ""), ("\x1b[31m1\x00", ""), ("\ud800", ""), ("x[", ""), ("[1, 2]", "one number"), ("", ""),
    ("1 < 2", "condition"), ("foo(3)", "foo"), ("q", "there is no q here"), ("v99", "there is no v99 here"),
    ("1/0", "comes to inf"), ("0/0", "comes to nan"), ("ln(0)", "comes to -inf"), ("1,5", "decimal point"),
    ("sum(i for i in 1..1000000000)", ""), ("v0bar", "not known yet"), ("v-1bar", "not known yet"),
    ("v3dot", "v3dot is a tangent"), ("[bold]", "bold"), ("a" * 1990, "there is no"), ("2 3", "operator"),
    ("f(t) = t", ""), ("1.716.2", ""), ("v0bar =", ""), ("n_0", "there is no n_0"), ("v1 + n_0", "there is no n_0"),
    ("9" * 400, "too large"), ("2^10000", "comes to inf"), ("λ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "words"), HOSTILE, ids=[ascii(answer)[:30] for answer, _ in HOSTILE])
def test_what_is_no_answer_is_said_to_be_none(answer: str, words: str) -> None:
    with pytest.raises(ProblemError) as wrong:
        textbook("v0bar", answer)
    assert words in wrong.value.problem.headline
    assert "n_" not in wrong.value.problem.headline or "n_" in answer


@pytest.mark.parametrize("word", ["v1", "v2", "v3", "v5", "y", "dy"])
def test_a_value_cannot_be_answered_with_what_is_not_known(word: str) -> None:
    with pytest.raises(ProblemError):
        textbook("v1", word)


def test_names_of_the_program_that_look_like_those_of_the_trace() -> None:
    quiz = Quiz(Function("v*s + v1bar*q").trace({"v": 3, "s": 2, "v1bar": 5, "q": 7}), "both")
    known = {step.name: Line(sweep.steps, step) for sweep, step in quiz.lines(ASCII)}
    assert known["v1"].mark("v*s").right
    assert known["v1"].mark("v-3*v-2").right
    assert known["v2"].mark("v1bar*q").right
    assert known["v2"].mark("v - 3 + 35").right


def test_a_condition_can_stand_in_an_answer() -> None:
    known = line("if(x > 0, x^2, x)", "v3", x=2)
    assert known.mark("if(v1, v2, 0)").right
