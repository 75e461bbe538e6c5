"""Programs as `fmt` writes them: every statement kept, and the same tape when they are read again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import SAMPLES
from support import share

from adcli.files import read_text
from adcli.function import Function
from adcli.parse.canonical import canonical
from adcli.parse.program import parse
from adcli.tape.tape import same

# Program, how it is written
WRITTEN = [
    ("x", "x"),
    ("  x+ z*2 ", "x + z*2"),
    ("a=x*2;a+1", "a = x*2\na + 1"),
    (";;a = 3;\n\n; a*x # comment\n", "a = 3\na*x"),
    ("a = (x +\n  z) # sum\n[a,\n a*2]", "a = x + z\n[a, a*2]"),
    ("f(t,s)=t^2+s;f(x,f(z,1))", "f(t, s) = t^2 + s\nf(x, f(z, 1))"),
    ("sum( x[i+1]*(x[i]) for i in 1..n-1 )", "sum(x[i + 1]*x[i] for i in 1..n - 1)"),
    ("[i*j for i in 1..2 for j in (1)..(i+1)]", "[i*j for i in 1..2 for j in 1..i + 1]"),
    ("sum(1 for i in 1 ..3)", "sum(1 for i in 1..3)"),
    ("sum(1 for i in 1. ..3)", "sum(1 for i in 1. ..3)"),
    ("sum(1 for i in -1..-(-2))", "sum(1 for i in -1..-(-2))"),
    ("max(x,(z),3)", "max(x, z, 3)"),
    ("A[ 1 ,(2) ]", "A[1,2]"),
    ("log(x)+pow(x,2)", "log(x) + pow(x, 2)"),
    ("if((x<z)and not(x==1)or(z>2),(x),-x)", "if(x < z and not x == 1 or z > 2, x, -x)"),
    ("if((x<z)and((z<1)or(x>1)),1,2)", "if(x < z and (z < 1 or x > 1), 1, 2)"),
    ("--x", "-(-x)"), ("x--z", "x - (-z)"), ("x*-z", "x*(-z)"), ("+x", "x"), ("-(x^2)", "-x^2"), ("(-x)^2", "(-x)^2"),
    ("2^(-x)", "2^-x"), ("(2^x)^z", "(2^x)^z"), ("2^(x^z)", "2^x^z"), ("x/(z*2)", "x/(z*2)"), ("(x/z)*2", "x/z*2"),
    ("x×z−π÷τ·x₁²", "x*z - pi/tau*x1^2"), ("x⁻¹²", "x^-12"), ("(x+1)³", "(x + 1)^3"),
    ("if(x≤z,1,2)", "if(x <= z, 1, 2)"),
    ("1.50*x + .5 + 5. + 1E3", "1.50*x + .5 + 5. + 1E3"),
    ("a = x", "a = x"),
    ("[x]", "[x]"),
    ("(x)", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "text"), WRITTEN)
def test_a_program_is_written(program: str, text: str) -> None:
    assert canonical([program]) == text


@pytest.mark.parametrize("program", [program for program, _ in WRITTEN if "1..n" not in program])
def test_what_is_written_is_the_same_program(program: str) -> None:
    tape = parse([program])
    text = canonical([program])
    again = parse([text])
    assert same(tape, again)
    assert again.variables == tape.variables
    assert [output.name for output in again.outputs] == [output.name for output in tape.outputs]
    assert canonical([text]) == text


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_with_their_names_and_order(path: str) -> None:
    source = read_text(str(path))
    text = canonical([source])
    assert same(parse([source]), parse([text]))
    assert canonical([text]) == text
    statements = [line for line in source.split("\n") if line and not line.startswith("#")]
    assert len(text.split("\n")) <= sum(line.count(";") + 1 for line in statements)


@pytest.mark.parametrize("texts", [["x", "z"], ["x", "[z, 1]"], ["a = x^2", "a + 1"], ["a = x^2; a", "b = a + 1"],
                                   ["f(t) = t^2", "f(x)", "f(z)"], ["a = x", "b = z"]])  # fmt: skip
@pytest.mark.parametrize("expand", [False, True])
def test_several_texts_are_written_as_one_program(texts: list[str], expand: bool) -> None:
    """What fmt prints is a program: it has the same outputs when it is read as one text."""
    text = Function(*texts).canonical(expand)
    again = parse([text])
    assert same(parse(texts), again)
    assert [output.name for output in again.outputs] == [output.name for output in parse(texts).outputs]


def test_expanding_writes_functions_and_comprehensions_out() -> None:
    function = Function("f(t) = t^2; sum(f(u[i]) for i in 1..2)")
    assert function.canonical() == "f(t) = t^2\nsum(f(u[i]) for i in 1..2)"
    assert function.canonical(expand=True) == "u[1]^2 + u[2]^2"


LARGE = ["(" * 20_000 + "x" + ")" * 20_000, "-" * 5_000 + "x", "^".join(["x"] * 5_000), "+".join(["x"] * 20_000),
         "sin(" * 5_000 + "x" + ")" * 5_000]  # fmt: skip


@pytest.mark.parametrize("program", LARGE, ids=len)
def test_deep_and_long_programs_are_written(program: str) -> None:
    text = canonical([program])
    assert canonical([text]) == text


def test_shared_parts_are_written_once_a_statement() -> None:
    program = "f(t) = t*t; " + "f(" * 60 + "x" + ")" * 60
    assert len(canonical([program])) < len(program) + 20


OPERAND = st.sampled_from(
    ["x", "z", "u[1]", "u[i]", "2", "1.", ".5", "pi", "f(x)", "sum(x*j for j in 1..2)", "max(x, z)"]
)
FLAT = st.recursive(
    OPERAND,
    lambda e: st.one_of(
        st.tuples(e, st.sampled_from(["+", "-", "*", "/", "^", "**", " × ", "−"]), e).map("".join),
        st.tuples(st.sampled_from("-+−"), e).map("".join),
        e.map("({})".format),
        e.map("sin({})".format),
        st.tuples(e, e, e).map("if({0[0]} < {0[1]} and not {0[1]}>{0[2]} or ({0[0]}) == 1, {0[1]}, {0[2]})".format),
    ),
    max_leaves=10,
)


@settings(max_examples=share(300))
@given(FLAT)
def test_any_expression_is_written_as_the_same_program(text: str) -> None:
    program = f"f(t) = t^2 - 1\nsum({text} for i in 1..2)"
    written = canonical([program])
    assert same(parse([program]), parse([written]))
    assert canonical([written]) == written
