"""A tape as text: parsing it again gives the same tape, and the text has no brackets but the necessary ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import SAMPLES
from support import share, value_of

from adcli.files import read_text
from adcli.numbers.real import REAL
from adcli.numbers.text import write
from adcli.ops import TABLE, Row
from adcli.parse.canonical import canonical
from adcli.parse.program import parse
from adcli.tape.rules import condition_text, definition_text, partial_texts
from adcli.tape.show import show
from adcli.tape.tape import Tape, same


def sorted_by_name(tape: Tape) -> Tape:
    """The tape with its variables in alphabetical order."""
    pairs = sorted(zip(tape.variables, tape.inputs, strict=True))
    tape.variables, tape.inputs = [name for name, _ in pairs], [node for _, node in pairs]
    return tape


def same_but_for_the_order_of_variables(one: Tape, other: Tape) -> bool:
    return same(sorted_by_name(one), sorted_by_name(other))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back(path: Path) -> None:
    tape = parse([read_text(str(path))])
    again = parse([show(tape)])
    assert same(tape, again)
    assert show(again) == show(tape)


LONG = "sin(x + 1 + x^2 + x^3 + x^4 + x^5)"
LONGER = f"{LONG}*cos({LONG}) + {LONG}"

PROGRAMS = [
    # Operators beside each other, and every place a bracket is needed or not
    "-x^2", "(-x)^2", "(-x)^-2", "-(-x)", "x - (-y)", "x*(-y)", "x/(-y)", "x^-y", "x^-y^z", "(x^-y)^z", "x^-(-y)",
    "(x + y)*z", "x + y*z", "x - (y - z)", "x - (y + z)", "x/(y/z)", "x/(y*z)", "x*(y*z)", "x + (y + z)", "x^y^z",
    "(x^y)^z", "-(x + y)", "-(x*y)", "-x*y", "(x*y)^z", "x*y^z", "-x/y", "-(x/y)", "2^-x^-y^-z", "(-x)^y*z",
    "sin(-x)", "-sin(x)", "sin(x)^2", "-sin(x)^2", "(2*x)^-2", "(-2)^x", "-2^x", "(-pi)^2", "(-e)^x", "2 - (-3)",
    # Numbers as they were written
    "1.50*x", ".5 + x", "5.*x", "1e3 + 1000 + x", "1E-3*x", "0e400 + x", "007*x", "x^5.", "5.^x", "-5. - x",
    # Constants, literals and negative numbers inside
    "pi*x + tau", "x^pi", "pi^e", "x^(6/2)", "x^-(1/2)", "n = 3; x^n", "n = -3; x^n", "n = -3; n^2*x",
    "a = 3; b = a; x*b",
    # Conditions
    "if(x < y and not (y < z or z < x) or not x == y, 1, 2)", "if(not not x < y, 1, 2)",
    "if((x < y or y < z) and z < 1, x, y)",
    "if(x < y and (y < z and z < 1), 1, 2)", "if(not (x < y and y < z), 1, 2)", "if(-x < -1, -x, -(-x))",
    "f(t) = t > 0; if(f(x) or f(y), 1, 2)",
    # Functions and comprehensions, expanded
    "f(t) = t^2; f(f(x)) + f(3)", "min(x, y, z) + max(x, y, z)", "sum(u[i+1]*u[i] for i in 1..3)",
    "prod(x for i in 1..0)",
    "sum(u[i,j] for i in 1..2 for j in 1..2)", "u[-1] + u[0]", "[i*x for i in 1..3]",
    "polygamma(2, x) + polygamma(-1, x)",
    # Outputs with names and without
    "[x, y]", "[x]", "[x, x, 1]", "a = x*2", "a = x*2; b = x*2", "a = x*2; b = a", "a = x*2; b = a*3; [b, a]",
    "a = x; b = a",
    "a = 3", "a = 3; b = x", "a = x*2; [a, a]", "a = x*2; [a, a + 1]", "a = x + 1; [a, x + 1]", "a = x; [a, x]",
    "a = x*2; b = a; c = b*2", "y = x^2; y + 1", "y*f*z*out", "a = x*2; a", "y1 = x^2; [y1, y1*2]",
    "a = x*2; b = x*2; [a, b, x*2]", "a = x + 1; b = a; [b, b*2]",
    # Shared parts, named or long
    LONG, LONGER, f"[{LONG}, {LONG}^2]",
    f"t1 = x; {LONGER.replace('x', 't1')}", f"t1 = {LONG}; t1 + t1^2",
    f"a = {LONG}; b = {LONG}^2; a*b + {LONG}^2", f"if({LONG} > 0, {LONG}, 1)",
    f"if({LONG} > 0 and {LONG} < 1, {LONG}, 1)",
    "f(t) = t*t; f(f(f(f(f(x + 1)))))",
]  # fmt: skip

# Programs whose variables do not first appear where the text shown would first have them
ORDERED = [
    "f(t) = t*c; a = d; [a, f(1)]", "f(t) = t*c; d + f(1)", "f(t) = t + k; f(x)", f"w + {LONGER}", f"t1*({LONGER})",
    f"w*({LONG} - {LONG}^2)", f"[w, {LONG}, {LONG}^2]", "a = x*2; w", "a = x; w", "a = x*2; b = w*3; c = b",
    "sum(sum(c[j] for j in 1..i)*d[i] for i in 0..2)", "a = w; b = x*a + c; [c, b]",
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS + ORDERED)
def test_a_program_comes_back(program: str) -> None:
    tape = parse([program])
    again = parse([show(tape)])
    assert [output.name for output in again.outputs if output.bound] == [o.name for o in tape.outputs if o.bound]
    used = set(again.variables)
    if program in PROGRAMS:
        assert used == set(tape.variables)
        assert same_but_for_the_order_of_variables(tape, again)


@pytest.mark.parametrize("program", PROGRAMS + ORDERED)
def test_the_variables_come_back_in_their_order(program: str) -> None:
    """The Jacobian of the canonical text has the same columns in the same order."""
    tape = parse([program])
    again = parse([canonical([program])])
    assert again.variables == tape.variables
    assert same(again, tape)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_text_shown_is_shown_as_it_is(program: str) -> None:
    text = show(parse([program]))
    assert show(parse([text])) == text


@pytest.mark.parametrize(
    "texts", [["x", "y"], ["a = x^2", "a + 1"], ["a = x^2; a", "b = a + 1"], ["[x, y]", "x*y", "a = x"]]
)
def test_several_texts_come_back_as_one(texts: list[str]) -> None:
    tape = parse(texts)
    assert same(tape, parse([show(tape)]))


# Every printed rule of the table

RULES = [
    (key, text)
    for key, row in TABLE.items()
    for text in [*partial_texts(row), definition_text(row)]
    if text
]  # fmt: skip


def closed(row: Row, text: str) -> str:
    """A rule with a number and a condition for the parameters that must be one."""
    for places, stand_in in ((row.constant, "2"), (row.tests, "p > 0")):
        for i in places:
            text = re.sub(rf"\b{row.params[i]}\b", stand_in, text)
    return text


@pytest.mark.parametrize(("key", "text"), RULES)
def test_every_printed_rule_comes_back(key: str, text: str) -> None:
    program = closed(TABLE[key], text)
    assert show(parse([program])) == program


@pytest.mark.parametrize("key", [key for key, row in TABLE.items() if row.partials])
def test_the_text_of_a_rule_has_the_value_of_the_rule(key: str) -> None:
    row = TABLE[key]
    for sample in row.samples if not row.tests else ():  # a condition cannot be given a number
        point = dict(zip(row.params, sample, strict=True))
        given = "".join(f"{row.params[i]} = {write(sample[i])}; " for i in row.constant)
        value = REAL.value(row)(*sample)
        assert row.partials is not None
        for text, slope in zip(partial_texts(row), row.partials(REAL, value, *sample), strict=True):
            assert (text is None) == (slope is None)
            if text is not None:
                assert value_of(given + text, point) == pytest.approx(slope, rel=1e-9)


@pytest.mark.parametrize("key", [key for key, row in TABLE.items() if row.domain or row.kink])
def test_every_domain_and_kink_comes_back_as_a_condition(key: str) -> None:
    row = TABLE[key]
    for text in filter(None, (condition_text(row, row.domain), condition_text(row, row.kink))):
        program = f"if({text}, 1, 0)"
        assert show(parse([program])) == program


# Random expressions: any two texts with an operator between them, with brackets or without

NUMBERS = st.sampled_from(["0", "1", "2", "2.50", ".5", "3.", "1e-3", "pi", "e", "tau"])
NAMES = st.sampled_from(["x", "y", "z", "x1", "u[1]", "u[2]", "w[1,2]"])
CALLED = [row for row in TABLE.values() if row.name and not row.tests]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> str:
    """The text of a number. What binds how is left to chance: most operands get no brackets."""
    e = expressions(depth=depth - 1)
    kind = draw(
        st.sampled_from(["leaf", *["infix", "infix", "sign", "brackets", "call", "choice", "twice"] * bool(depth)])
    )
    if kind == "leaf":
        return draw(st.one_of(NUMBERS, NAMES))
    if kind == "infix":
        return draw(e) + draw(st.sampled_from("+-*/^×÷−")) + draw(e)
    if kind == "sign":
        return draw(st.sampled_from("-+−")) + draw(e)
    if kind == "brackets":
        return draw(st.sampled_from(["({})", "(({})²)", "({})^2", "({})*2"])).format(draw(e))
    if kind == "call":
        row = draw(st.sampled_from(CALLED))
        args = [draw(st.sampled_from("123")) if i in row.constant else draw(e) for i in range(len(row.params))]
        return f"{row.name}({', '.join(args)})"
    if kind == "choice":
        return f"if({draw(conditions(depth - 1))}, {draw(e)}, {draw(e)})"
    return "({0})*({0}) + ({0})".format(draw(e))


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> str:
    e, c = expressions(depth=max(0, depth - 1)), conditions(depth=depth - 1)
    kind = draw(st.sampled_from(["compare", *["and", "or", "not", "brackets"] * (depth > 0)]))
    if kind == "compare":
        return draw(e) + draw(st.sampled_from([" < ", "<=", ">", " >= ", "==", " != ", "≤"])) + draw(e)
    if kind in ("and", "or"):
        return f"{draw(c)} {kind} {draw(c)}"
    return f"not {draw(c)}" if kind == "not" else f"({draw(c)})"


EXPRESSIONS = expressions()


@settings(max_examples=share(500))
@given(EXPRESSIONS)
def test_any_expression_comes_back(text: str) -> None:
    tape = parse([text])
    shown = show(tape)
    again = parse([shown])
    assert show(again) == shown
    assert same_but_for_the_order_of_variables(tape, again)


@settings(max_examples=share(300))
@given(EXPRESSIONS)
def test_the_variables_of_any_expression_come_back_in_their_order(text: str) -> None:
    tape = parse([text])
    assert parse([show(tape)]).variables == tape.variables


@settings(max_examples=share(200))
@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_program_comes_back(expressions: list[str], random: object) -> None:
    """Named values that later statements use, and a list of some of them."""
    choice = random.choice  # type: ignore[attr-defined]
    lines: list[str] = []
    for i, expression in enumerate(expressions):
        known = choice([f"a{j}" for j in range(i)] or ["1"])
        lines.append(f"a{i} = {expression}*{known}")
    outputs = [f"a{choice(range(len(expressions)))}" for _ in range(choice([1, 2]))] + [expressions[0]]
    for program in ("\n".join(lines), "\n".join([*lines, f"[{', '.join(outputs)}]"])):
        tape = parse([program])
        again = parse([show(tape)])
        kept = [name for name in tape.variables if name in again.variables]
        assert [o.name for o in tape.outputs if o.bound] == [o.name for o in again.outputs if o.bound]
        if kept == tape.variables:
            assert same_but_for_the_order_of_variables(tape, again)


# What a comparison of tapes must notice

DIFFERENT = [
    ("x + y", "x + z"), ("x + y", "y + x"), ("x*1", "x"), ("2*x", "2.0*x"), ("x^2", "x*x"), ("x - y", "x + -y"),
    ("a = x*2", "x*2"), ("[x, y]", "[y, x]"), ("[x, y]", "[x, y, x]"), ("x - y - z", "x - (y - z)"),
    ("sin(x)", "cos(x)"),
    ("a = x*2; b = x*3", "a = x*3; b = x*2"), ("if(x < y, 1, 2)", "if(x <= y, 1, 2)"), ("-x^2", "(-x)^2"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_programs_are_not_the_same_tape(one: str, other: str) -> None:
    assert not same(parse([one]), parse([other]))
