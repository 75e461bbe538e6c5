"""The language, by what programs mean: their variables, outputs, canonical text and values."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import pytest

from adcli.engines.linearise import evaluate
from adcli.errors import ProblemError
from adcli.files import decode, read_text
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.show import show
from adcli.tape.tape import INPUT, LITERAL, Tape


def values(tape: Tape) -> dict[str, float]:
    """The outputs where the first variable is 2, the second 3, then 5, 7, 11, 13..."""
    point = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0][: len(tape.variables)]
    found = evaluate(REAL, tape, point)
    return {output.name: found[output.node] for output in tape.outputs}


def shown(*texts: str) -> str:
    return show(parse(texts))


def places(tape: Tape, node: int) -> list[str]:
    return [tape.source[start:end] for start, end in tape.spans(node)]


# Literals and names

LITERALS = [
    ("1", 1), ("2.5", 2.5), (".5", 0.5), ("1.", 1), ("0", 0), ("007", 7), ("1e-3", 0.001), ("1E3", 1000),
    ("1e+3", 1000), ("1.e3", 1000), (".5e1", 5), ("2.50", 2.5), ("0e400", 0), ("0.000e-999", 0),
    ("1.7976931348623157e308", 1.7976931348623157e308), ("5e-324", 5e-324), ("3e-324", 5e-324),
    ("0.1", 0.1), ("9007199254740993", 9007199254740992), ("1" * 300, float("1" * 300)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), LITERALS)
def test_a_literal_is_the_nearest_double_and_keeps_its_text(text: str, value: float) -> None:
    tape = parse([text])
    assert values(tape) == {"y": value}
    assert show(tape) == text


@pytest.mark.parametrize("name", ["x", "X", "_", "_1", "x1", "snake_case", "android", "order", "notx", "fort", "inn",
                                  "x_and", "pie", "E", "Pi", "ln_", "sin1"])  # fmt: skip
def test_any_word_of_letters_digits_and_underscore_is_a_name(name: str) -> None:
    assert parse([name]).variables == [name]


@pytest.mark.parametrize(("text", "value"), [("pi", math.pi), ("e", math.e), ("tau", math.tau), ("-pi", -math.pi)])
def test_constants(text: str, value: float) -> None:
    tape = parse([text])
    assert (tape.variables, values(tape)) == ([], {"y": value})


# Programs: text(s), variables, outputs with values (2 for the first variable, then 3, 5, 7, ...), canonical text


class Row(NamedTuple):
    program: str | list[str]
    variables: list[str]
    outputs: dict[str, float]
    canonical: str


PROGRAMS = [
    # Statements and what separates them
    Row("x", ["x"], {"y": 2}, "x"),
    Row("x;", ["x"], {"y": 2}, "x"),
    Row(";;\n ; x ;\n;", ["x"], {"y": 2}, "x"),
    Row("\n\nx\n\n", ["x"], {"y": 2}, "x"),
    Row("a = x*z; a + 1", ["x", "z"], {"y": 7}, "a = x*z\na + 1"),
    Row("a = x*z\na + 1", ["x", "z"], {"y": 7}, "a = x*z\na + 1"),
    Row("a = x*z\r\na + 1\r\n", ["x", "z"], {"y": 7}, "a = x*z\na + 1"),
    Row("x  +\tz", ["x", "z"], {"y": 5}, "x + z"),
    Row("x\u00a0+\u202fz\u2009* 2", ["x", "z"], {"y": 8}, "x + z*2"),
    # Brackets may span lines, and hold comments
    Row("(x\n+\nz)", ["x", "z"], {"y": 5}, "x + z"),
    Row("max(x,\n    z)", ["x", "z"], {"y": 3}, "max(x, z)"),
    Row("(x # plus )\n + z)", ["x", "z"], {"y": 5}, "x + z"),
    Row("(x\r\n + z)", ["x", "z"], {"y": 5}, "x + z"),
    Row("[x,\n z]", ["x", "z"], {"y1": 2, "y2": 3}, "[x, z]"),
    Row("u[\n1\n]", ["u[1]"], {"y": 2}, "u[1]"),
    Row("x # the answer", ["x"], {"y": 2}, "x"),
    Row("# x + z\nx", ["x"], {"y": 2}, "x"),
    Row("a = x # ; a = 3 (\na*2 # )", ["x"], {"y": 4}, "x*2"),
    Row("x # \u65e5\u672c [", ["x"], {"y": 2}, "x"),
    # Outputs: the last expression, a list, or the names that nothing uses
    Row("[x, z]", ["x", "z"], {"y1": 2, "y2": 3}, "[x, z]"),
    Row("[x]", ["x"], {"y": 2}, "x"),
    Row("[(x)]", ["x"], {"y": 2}, "x"),
    Row("[x, x]", ["x"], {"y1": 2, "y2": 2}, "[x, x]"),
    Row("a = x*2; b = x*3", ["x"], {"a": 4, "b": 6}, "a = x*2\nb = x*3"),
    Row("a = x*2; b = a*3", ["x"], {"b": 12}, "a = x*2\nb = a*3"),
    Row("a = x*2; b = a*3; c = x", ["x"], {"b": 12, "c": 2}, "a = x*2\nb = a*3\nc = x\n[b, c]"),
    Row("a = x*2; b = a*3; a", ["x"], {"a": 4}, "a = x*2"),
    Row("a = x*2; b = a*3; [b, a]", ["x"], {"b": 12, "a": 4}, "a = x*2\nb = a*3\n[b, a]"),
    Row("a = x*2; [a, a + 1]", ["x"], {"a": 4, "y2": 5}, "a = x*2\n[a, a + 1]"),
    Row("a = x*2; [a, a]", ["x"], {"y1": 4, "y2": 4}, "a = x*2\n[a, a]"),
    Row("a = x*2; (a)", ["x"], {"a": 4}, "a = x*2"),
    Row("a = 3", [], {"a": 3}, "a = 3\na"),
    Row("a = x", ["x"], {"a": 2}, "a = x\na"),
    Row(["x", "z"], ["x", "z"], {"y1": 2, "y2": 3}, "[x, z]"),
    Row(["x", "[z, 1]"], ["x", "z"], {"y1": 2, "y2": 3, "y3": 1}, "[x, z, 1]"),
    Row(["a = x^2", "a + 1"], ["x"], {"y": 5}, "a = x^2\na + 1"),
    Row(["a = x^2", "b = a + 1"], ["x"], {"b": 5}, "a = x^2\nb = a + 1"),
    Row(["a = x^2; a", "b = a + 1"], ["x"], {"a": 4, "b": 5}, "a = x^2\nb = a + 1\n[a, b]"),
    Row(["f(t) = t^2", "f(x)", "f(z)"], ["x", "z"], {"y1": 4, "y2": 9}, "[x^2, z^2]"),
    # Unnamed outputs: y, or the first of f, z, out that the program leaves free
    Row("y", ["y"], {"f": 2}, "y"),
    Row("y*f", ["y", "f"], {"z": 6}, "y*f"),
    Row("y*f*z", ["y", "f", "z"], {"out": 30}, "y*f*z"),
    Row("y = x^2; y + 1", ["x"], {"f": 5}, "y = x^2\ny + 1"),
    Row("y(t) = t^2; y(x)", ["x"], {"f": 4}, "x^2"),
    Row("f(t) = t^2; y = f(x); y + 1", ["x"], {"z": 5}, "y = x^2\ny + 1"),
    Row("y[1]", ["y[1]"], {"f": 2}, "y[1]"),
    Row("[y, 1]", ["y"], {"y1": 2, "y2": 1}, "[y, 1]"),
    Row("[y1, 1]", ["y1"], {"f1": 2, "f2": 1}, "[y1, 1]"),
    Row("[y2, f1, 1]", ["y2", "f1"], {"z1": 2, "z2": 3, "z3": 1}, "[y2, f1, 1]"),
    Row("y1", ["y1"], {"y": 2}, "y1"),
    # User functions are expanded in place
    Row("f(t) = t^2; f(x)", ["x"], {"y": 4}, "x^2"),
    Row("f(t, s) = t^2 + s; f(x, z)", ["x", "z"], {"y": 7}, "x^2 + z"),
    Row("f(t,s)=t-s;f(z,x)", ["z", "x"], {"y": -1}, "z - x"),
    Row("f(t) = t^2; f(f(x))", ["x"], {"y": 16}, "(x^2)^2"),
    Row("f(t) = t^2; g(t) = f(t) + 1; g(x)", ["x"], {"y": 5}, "x^2 + 1"),
    Row("f(t) = t + k; f(x)", ["k", "x"], {"y": 5}, "x + k"),
    Row("k = 3; f(t) = t + k; f(x)", ["x"], {"y": 5}, "x + 3"),
    Row("f(t) = 7; f(x)", ["x"], {"y": 7}, "7"),
    Row("f(t) = t\nf (x)", ["x"], {"y": 2}, "x"),
    Row("f(t) = if(t > 1, t, 1); f(x)", ["x"], {"y": 2}, "if(x > 1, x, 1)"),
    Row("f(t) = t > 1; if(f(x) and f(z), 1, 0)", ["x", "z"], {"y": 1}, "if(x > 1 and z > 1, 1, 0)"),
    Row("f(n) = x^n; f(3)", ["x"], {"y": 8}, "x^3"),
    Row("f(n) = sum(x^i for i in 1..n); f(3)", ["x"], {"y": 14}, "x^1 + x^2 + x^3"),
    Row("f(n) = u[n]; f(2)", ["u[2]"], {"y": 2}, "u[2]"),
    Row("f(n) = u[n]*u[n + 1]; f(1) + f(2)", ["u[1]", "u[2]", "u[3]"], {"y": 21}, "u[1]*u[2] + u[2]*u[3]"),
    Row("f(t) = sum(u[i]*t^i for i in 1..2); f(x)", ["u[1]", "u[2]", "x"], {"y": 85}, "u[1]*x^1 + u[2]*x^2"),
    Row("f(t) = t; sum(t for t in 1..2)", [], {"y": 3}, "1 + 2"),
    # Indexed inputs
    Row("u[1]", ["u[1]"], {"y": 2}, "u[1]"),
    Row("u[1 + 1]", ["u[2]"], {"y": 2}, "u[2]"),
    Row("u[ 1 , 2 ]", ["u[1,2]"], {"y": 2}, "u[1,2]"),
    Row("n = 3; u[n]", ["u[3]"], {"y": 2}, "u[3]"),
    Row("u[6/2]", ["u[3]"], {"y": 2}, "u[3]"),
    Row("u[floor(pi)]", ["u[3]"], {"y": 2}, "u[3]"),
    Row("u[-1] + u[0]", ["u[-1]", "u[0]"], {"y": 5}, "u[-1] + u[0]"),
    # Comprehensions
    Row("sum(i for i in 1..4)", [], {"y": 10}, "1 + 2 + 3 + 4"),
    Row("prod(i for i in 1..4)", [], {"y": 24}, "1*2*3*4"),
    Row("min(u[i] for i in 1..3)", ["u[1]", "u[2]", "u[3]"], {"y": 2}, "min(min(u[1], u[2]), u[3])"),
    Row("max(u[i] for i in 1..3)", ["u[1]", "u[2]", "u[3]"], {"y": 5}, "max(max(u[1], u[2]), u[3])"),
    Row("max(x for i in 1..1)", ["x"], {"y": 2}, "x"),
    Row("[i*x for i in 1..3]", ["x"], {"y1": 2, "y2": 4, "y3": 6}, "[1*x, 2*x, 3*x]"),
    Row("[u[i] for i in 2..3]", ["u[2]", "u[3]"], {"y1": 2, "y2": 3}, "[u[2], u[3]]"),
    Row("[i*j for i in 1..2 for j in 1..i]", [], {"y1": 1, "y2": 2, "y3": 4}, "[1*1, 2*1, 2*2]"),
    Row("n = 3; sum(x*i for i in 1..n)", ["x"], {"y": 12}, "x*1 + x*2 + x*3"),
    Row("n = 3; sum(i for i in n - 1..2*n - 2)", [], {"y": 9}, "2 + 3 + 4"),
    Row("sum(i*j for i in 1..3 for j in 1..i)", [], {"y": 25}, "1*1 + 2*1 + 2*2 + 3*1 + 3*2 + 3*3"),
    Row("sum(sum(j for j in i..3) for i in 1..3)", [], {"y": 14}, "1 + 2 + 3 + (2 + 3) + 3"),
    Row("sum(i for i in -1..1)", [], {"y": 0}, "-1 + 0 + 1"),
    Row("sum(i for i in 2^2..10/2)", [], {"y": 9}, "4 + 5"),
    Row("sum(u[i,j] for i in 1..2 for j in 1..2)", ["u[1,1]", "u[1,2]", "u[2,1]", "u[2,2]"], {"y": 17},
        "u[1,1] + u[1,2] + u[2,1] + u[2,2]"),
    Row("sum(i for i in 1..2) + sum(i for i in 1..2)", [], {"y": 6}, "1 + 2 + (1 + 2)"),
    Row("sum(x^i for i in 1..2)*i", ["x", "i"], {"y": 18}, "(x^1 + x^2)*i"),
    Row("sum(x for i in 3..1)", [], {"y": 0}, "0"),
    Row("prod(x for i in 3..1)", [], {"y": 1}, "1"),
    Row("sum(x for i in 3..1) + z", ["z"], {"y": 2}, "0 + z"),
    Row("sum(prod(x for j in 2..i) for i in 1..2)", ["x"], {"y": 3}, "1 + x"),
    Row("sum(if(i == 2, x, z) for i in 1..2)", ["x", "z"], {"y": 5}, "if(1 == 2, x, z) + if(2 == 2, x, z)"),
    # sum, prod, min and max of arguments
    Row("sum(x, z, 1)", ["x", "z"], {"y": 6}, "x + z + 1"),
    Row("prod(x, z)", ["x", "z"], {"y": 6}, "x*z"),
    Row("min(x, z, 1)", ["x", "z"], {"y": 1}, "min(min(x, z), 1)"),
    Row("max(1, 2, x, z)", ["x", "z"], {"y": 3}, "max(max(max(1, 2), x), z)"),
    # Other names of functions
    Row("log(x)", ["x"], {"y": math.log(2)}, "ln(x)"),
    Row("pow(x, z)", ["x", "z"], {"y": 8}, "x^z"),
    Row("pow(x, 2)", ["x"], {"y": 4}, "x^2"),
    # Nothing a person typed is rewritten
    Row("x*1", ["x"], {"y": 2}, "x*1"),
    Row("x + 0", ["x"], {"y": 2}, "x + 0"),
    Row("x^1 + x^0", ["x"], {"y": 3}, "x^1 + x^0"),
    Row("x - x", ["x"], {"y": 0}, "x - x"),
    Row("2 + 3", [], {"y": 5}, "2 + 3"),
    Row("1.50*x", ["x"], {"y": 3}, "1.50*x"),
    # Order of variables: first appearance; elements together, by index
    Row("b + a", ["b", "a"], {"y": 5}, "b + a"),
    Row("u[2] + u[1]", ["u[1]", "u[2]"], {"y": 5}, "u[2] + u[1]"),
    Row("sum(u[i+1] - u[i] for i in 1..2)", ["u[1]", "u[2]", "u[3]"], {"y": 3}, "u[2] - u[1] + (u[3] - u[2])"),
    Row("u[10] + v + u[9]", ["u[9]", "u[10]", "v"], {"y": 10}, "u[10] + v + u[9]"),
    Row("v + u[10]*u[2]", ["v", "u[2]", "u[10]"], {"y": 17}, "v + u[10]*u[2]"),
    Row("u[2,1] + u[1,2] + u[1,10]", ["u[1,2]", "u[1,10]", "u[2,1]"], {"y": 10}, "u[2,1] + u[1,2] + u[1,10]"),
    Row("sum(u[i]*w[i] for i in 1..2)", ["u[1]", "u[2]", "w[1]", "w[2]"], {"y": 31}, "u[1]*w[1] + u[2]*w[2]"),
    Row("a = z; x + a", ["z", "x"], {"y": 5}, "x + z"),
    # Signs that people paste
    Row("x × z", ["x", "z"], {"y": 6}, "x*z"),
    Row("x · z ⋅ x ∗ z", ["x", "z"], {"y": 36}, "x*z*x*z"),
    Row("z ÷ x", ["z", "x"], {"y": 2 / 3}, "z/x"),
    Row("x − z", ["x", "z"], {"y": -1}, "x - z"),
    Row("−x^2", ["x"], {"y": -4}, "-x^2"),
    Row("2^−x", ["x"], {"y": 0.25}, "2^-x"),
    Row("x ** 2", ["x"], {"y": 4}, "x^2"),
    Row("π*x + τ", ["x"], {"y": math.pi * 2 + math.tau}, "pi*x + tau"),
    Row("x²", ["x"], {"y": 4}, "x^2"),
    Row("x2", ["x2"], {"y": 2}, "x2"),
    Row("x₂", ["x2"], {"y": 2}, "x2"),
    Row("x₁₂ + x12", ["x12"], {"y": 4}, "x12 + x12"),
    Row("x₁²", ["x1"], {"y": 4}, "x1^2"),
    Row("a₁b", ["a1b"], {"y": 2}, "a1b"),
    Row("x¹²", ["x"], {"y": 4096}, "x^12"),
    Row("x⁻²", ["x"], {"y": 0.25}, "x^-2"),
    Row("x⁺²", ["x"], {"y": 4}, "x^2"),
    Row("-x²", ["x"], {"y": -4}, "-x^2"),
    Row("2^x²", ["x"], {"y": 16}, "2^x^2"),
    Row("(x+z)²", ["x", "z"], {"y": 25}, "(x + z)^2"),
    Row("sin(0)² + x²*z", ["x", "z"], {"y": 12}, "sin(0)^2 + x^2*z"),
    Row("u[1]²", ["u[1]"], {"y": 4}, "u[1]^2"),
    Row("2³", [], {"y": 8}, "2^3"),
    Row("if(x ≤ z, 1, 0)", ["x", "z"], {"y": 1}, "if(x <= z, 1, 0)"),
    Row("if(x ≥ z, 1, 0)", ["x", "z"], {"y": 0}, "if(x >= z, 1, 0)"),
    Row("if(x ≠ z, 1, 0)", ["x", "z"], {"y": 1}, "if(x != z, 1, 0)"),
]  # fmt: skip


@pytest.mark.parametrize("row", PROGRAMS, ids=[repr(row.program) for row in PROGRAMS])
def test_a_program_means(row: Row) -> None:
    tape = parse([row.program] if isinstance(row.program, str) else row.program)
    assert tape.variables == row.variables
    assert values(tape) == pytest.approx(row.outputs, rel=1e-15)
    assert list(values(tape)) == list(row.outputs)
    assert show(tape) == row.canonical


def test_every_row_of_the_table_can_be_written() -> None:
    for row in TABLE.values():
        if row.name:
            args = [
                "1 < 2" if i in row.tests else "3" if i in row.constant else f"p{i}" for i in range(len(row.params))
            ]
            text = f"{row.name}({', '.join(args)})"
            assert shown(text) == text


# Files


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_file_may_have_a_byte_order_mark_and_either_line_end(tmp_path: Path, head: bytes, newline: bytes) -> None:
    path = tmp_path / "program.ad"
    path.write_bytes(head + newline.join([b"a = (x", b"  + 1)  # one more", b"a^2", b""]))
    assert shown(read_text(str(path))) == "a = x + 1\na^2"


def test_piped_text_may_have_a_byte_order_mark() -> None:
    assert shown(decode("\ufeffx₁²".encode(), "standard input")) == "x1^2"


# Powers with a constant exponent are an operation of their own

CONSTANT_POWERS = [
    ("x^2", "powc"), ("x^-2", "powc"), ("x^(6/2)", "powc"), ("n = 3; x^n", "powc"), ("n = 6/2; x^n", "powc"),
    ("x^pi", "powc"), ("x^ln(2)", "powc"), ("pow(x, 3)", "powc"), ("x²", "powc"), ("f(n) = x^n; f(3)", "powc"),
    ("sum(x^i for i in 2..2)", "powc"), ("x^if(1 < 2, 2, 3)", "powc"), ("2^3^2", "powc"), ("(-8)^(1/3)", "powc"),
    ("x^n", "pow"), ("2^x", "pow"), ("x^x", "pow"), ("pow(2, x)", "pow"), ("x^(n - n)", "pow"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key"), CONSTANT_POWERS)
def test_a_constant_exponent_makes_its_own_power(text: str, key: str) -> None:
    tape = parse([text])
    assert tape.rows[tape.outputs[0].node].key == key


# Sharing


def test_equal_sub_expressions_are_one_node_with_all_their_places() -> None:
    tape = parse(["sin(a*b) + (a*b) + a * b"])
    (product,) = [k for k, row in enumerate(tape.rows) if row.key == "mul"]
    assert places(tape, product) == ["a*b", "(a*b)", "a * b"]
    assert [row.key for row in tape.rows if row not in (INPUT, LITERAL)] == ["mul", "sin", "add", "add"]


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("x*1 + x*1", 4),  # x, 1, x*1 and the sum
        ("a*b + b*a", 5),  # the order of factors is what the user typed
        ("2*x + 2.0*x", 6),  # and so is the text of a number
        ("x*x*x", 3),
        ("f(t) = t*t; f(x) + f(x)", 3),
        ("a = x*x; a + x*x", 3),
        ("ln(x) + log(x)", 3),
        ("x^2 + x² + x**2 + pow(x, 2)", 6),
        ("-x + −x", 3),
        ("+x", 1),
        ("(((x)))", 1),
    ],
)
def test_the_number_of_nodes(text: str, nodes: int) -> None:
    assert len(parse([text])) == nodes


def test_a_node_used_in_a_function_has_a_place_in_its_body() -> None:
    tape = parse(["f(t) = t^2; f(x)"])
    assert places(tape, tape.outputs[0].node) == ["t^2"]


def test_spans_stay_true_behind_comments_and_lines() -> None:
    source = "a = (x # brackets ((\n  + b) # more\r\nsin(a)*\tb"
    tape = parse([source])
    written = {tape.rows[k].key: places(tape, k)[0] for k in range(len(tape)) if tape.rows[k] is not INPUT}
    assert written == {"add": "(x # brackets ((\n  + b)", "sin": "sin(a)", "mul": "sin(a)*\tb"}


def test_spans_of_several_texts_are_those_of_the_joined_source() -> None:
    tape = parse(["x^2", "ln(z)"])
    assert tape.source == "x^2\nln(z)"
    assert [places(tape, output.node) for output in tape.outputs] == [["x^2"], ["ln(z)"]]


def test_every_span_covers_an_expression_that_is_the_node() -> None:
    """What stands at a node's span, parsed alone, is an expression with the node's operation on top."""
    source = "p = a*b - -c^2; [ln(p)/(a + 1), max(p, a, 3), if(a < b and not p > 1, a², sum(a*i for i in 1..2))]"
    tape = parse([source])
    named = {"p": "(a*b - -c^2)"}
    for k, row in enumerate(tape.rows):
        for text in places(tape, k):
            if row in (INPUT, LITERAL) or row.key in ("max", "add") or "i" in text.replace("if", ""):
                continue  # folded pairs and bodies of loops stand for more than one node
            for name, meaning in named.items():
                text = text.replace(f"{name})", f"{meaning})").replace(f"{name} ", f"{meaning} ")
            alone = parse([f"if({text}, 1, 0)" if row.condition else text])
            top = alone.first[alone.outputs[0].node] if row.condition else alone.outputs[0].node
            assert alone.rows[top] is row, text


# Limits


@pytest.mark.parametrize("program", ["x + 1", "sum(x*i for i in 1..100)", "sum(x^i for i in 1..10) + 1"])
def test_max_nodes_is_what_a_program_may_have(program: str) -> None:
    nodes = len(parse([program]))
    parse([program], max_nodes=nodes)
    with pytest.raises(ProblemError) as caught:
        parse([program], max_nodes=nodes - 1)
    assert caught.value.problem.kind == "size"
    assert caught.value.problem.exit_code == 3
    assert f"{nodes - 1:,} nodes" in caught.value.problem.headline


@pytest.mark.parametrize("bound", ["1e15", "2^50", "9^9"])
def test_a_range_too_long_is_refused_before_it_is_run(bound: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse([f"sum(x for i in 1..{bound})"])
    assert caught.value.problem.kind == "size"
    span = caught.value.problem.span
    assert span is not None
    assert caught.value.problem.source[slice(*span)] == f"for i in 1..{bound}"
