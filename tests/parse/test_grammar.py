"""The grammar file: no hidden conflict, no function named; and precedence, by value and by canonical text."""

from __future__ import annotations

import re
from types import FunctionType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark
from support import share, value_of

from adcli.ops import ALIASES, FUNCTIONS
from adcli.parse.expand import FOLDS
from adcli.parse.grammar import OPTIONS, STARTS, grammar_text
from adcli.parse.program import parse
from adcli.tape.show import show


@pytest.mark.parametrize("starts", [STARTS, *([start] for start in STARTS)], ids="+".join)
def test_the_grammar_is_lalr_without_any_conflict(starts: list[str]) -> None:
    pytest.importorskip("interegular")
    Lark(grammar_text(), start=starts, strict=True, **OPTIONS)


def test_strict_mode_would_notice_a_conflict() -> None:
    """The test above can fail: the dangling alternative of sums is ambiguous."""
    pytest.importorskip("interegular")
    ambiguous = grammar_text().replace("| sum ADD product ", "| sum ADD sum ", 1)
    assert ambiguous != grammar_text()
    with pytest.raises(Exception, match="[Cc]onflict"):
        Lark(ambiguous, start=STARTS, strict=True, **OPTIONS)


def test_the_grammar_names_no_function() -> None:
    patterns = [terminal.pattern.value for terminal in Lark(grammar_text(), start=STARTS, **OPTIONS).terminals]
    words = {word for pattern in patterns for word in re.findall("[A-Za-z][A-Za-z0-9]*", pattern)}
    assert {"and", "or", "not", "for", "in"} <= words
    assert not words & {*FUNCTIONS, *ALIASES, *FOLDS}


# Text, how it is written with no brackets but the necessary ones, and its value at a = 2, b = 3, c = 5.
PRECEDENCE = [
    # A power binds tighter than a minus on its left ...
    ("-3^2", "-3^2", -9),
    ("(-3)^2", "(-3)^2", 9),
    ("-a^2", "-a^2", -4),
    ("-(a^2)", "-a^2", -4),
    ("(-a)^2", "(-a)^2", 4),
    ("-a^b", "-a^b", -8),
    ("--a^2", "-(-a^2)", 4),
    ("5 - 3^2", "5 - 3^2", -4),
    ("5 + -3^2", "5 + (-3^2)", -4),
    ("-a^2*b", "-a^2*b", -12),
    ("b*-a^2", "b*(-a^2)", -12),
    # ... is right associative ...
    ("2^3^2", "2^3^2", 512),
    ("(2^3)^2", "(2^3)^2", 64),
    ("2^(3^2)", "2^3^2", 512),
    ("a^b^a", "a^b^a", 512),
    ("a**b**a", "a^b^a", 512),
    ("a^b**a", "a^b^a", 512),
    # ... and takes a signed exponent.
    ("2^-1", "2^-1", 0.5),
    ("2^-a", "2^-a", 0.25),
    ("2^--a", "2^-(-a)", 4),
    ("2^+a", "2^a", 4),
    ("2^-+a", "2^-a", 0.25),
    ("2^+-a", "2^-a", 0.25),
    ("c^-a^b", "c^-a^b", 5.0**-8),
    ("c^(-(a^b))", "c^-a^b", 5.0**-8),
    ("(c^-a)^b", "(c^-a)^b", 25.0**-3),
    ("c^-a^-b", "c^-a^-b", 5.0**-0.125),
    ("c^-(a^b)", "c^-a^b", 5.0**-8),
    ("c^(-a)^b", "c^(-a)^b", 5.0**-8),
    ("-c^-a", "-c^-a", -0.04),
    ("-c^-a^b", "-c^-a^b", -(5.0**-8)),
    ("2^-a*b", "2^-a*b", 0.75),
    ("2^-a/b", "2^-a/b", 0.25 / 3),
    ("2^a*b", "2^a*b", 12),
    ("2*a^b", "2*a^b", 16),
    ("2^a + b", "2^a + b", 7),
    ("2^(a + b)", "2^(a + b)", 32),
    ("2^-(a + b)", "2^-(a + b)", 1 / 32),
    ("sin(0)^2", "sin(0)^2", 0),
    # A sign binds tighter than a product: it belongs to the factor that follows.
    ("--a", "-(-a)", 2),
    ("---a", "-(-(-a))", -2),
    ("-+-a", "-(-a)", 2),
    ("+a", "a", 2),
    ("++a", "a", 2),
    ("-a*b", "-a*b", -6),
    ("(-a)*b", "-a*b", -6),
    ("-(a*b)", "-(a*b)", -6),
    ("a*-b", "a*(-b)", -6),
    ("a*+b", "a*b", 6),
    ("a*-b*c", "a*(-b)*c", -30),
    ("a/-b", "a/(-b)", -2 / 3),
    ("-a/b", "-a/b", -2 / 3),
    ("-(a/b)", "-(a/b)", -2 / 3),
    ("a - -b", "a - (-b)", 5),
    ("a--b", "a - (-b)", 5),
    ("a+-b", "a + (-b)", -1),
    ("-a+b", "-a + b", 1),
    ("-(a+b)", "-(a + b)", -5),
    ("-a-b", "-a - b", -5),
    # Products and sums are left associative.
    ("a/b/c", "a/b/c", 2 / 3 / 5),
    ("a/(b/c)", "a/(b/c)", 10 / 3),
    ("a/b*c", "a/b*c", 2 / 3 * 5),
    ("a/(b*c)", "a/(b*c)", 2 / 15),
    ("a*b/c", "a*b/c", 1.2),
    ("a*(b/c)", "a*(b/c)", 2 * (3 / 5)),
    ("a*b*c", "a*b*c", 30),
    ("a*(b*c)", "a*(b*c)", 30),
    ("a-b-c", "a - b - c", -6),
    ("a-(b-c)", "a - (b - c)", 4),
    ("a-b+c", "a - b + c", 4),
    ("a-(b+c)", "a - (b + c)", -6),
    ("a+(b-c)", "a + (b - c)", 0),
    ("a+(b+c)", "a + (b + c)", 10),
    ("a+b*c", "a + b*c", 17),
    ("(a+b)*c", "(a + b)*c", 25),
    ("a*b+c", "a*b + c", 11),
    ("a-b*c", "a - b*c", -13),
    ("1/2/2", "1/2/2", 0.25),
    ("8-3-2", "8 - 3 - 2", 3),
    # Conditions: comparisons, then not, then and, then or.
    ("if(a+1 < b*2, 1, 0)", "if(a + 1 < b*2, 1, 0)", 1),
    ("if(not a > b, 1, 0)", "if(not a > b, 1, 0)", 1),
    ("if(not not a > b, 1, 0)", "if(not not a > b, 1, 0)", 0),
    ("if(not a < b and a > b, 1, 0)", "if(not a < b and a > b, 1, 0)", 0),
    ("if(not (a < b and a > b), 1, 0)", "if(not (a < b and a > b), 1, 0)", 1),
    ("if(not a < b or a < b, 1, 0)", "if(not a < b or a < b, 1, 0)", 1),
    ("if(not (a < b or a < b), 1, 0)", "if(not (a < b or a < b), 1, 0)", 0),
    ("if(a < b or a > b and a > b, 1, 0)", "if(a < b or a > b and a > b, 1, 0)", 1),
    ("if((a < b or a > b) and a > b, 1, 0)", "if((a < b or a > b) and a > b, 1, 0)", 0),
    ("if(a > b and a > b or a < b, 1, 0)", "if(a > b and a > b or a < b, 1, 0)", 1),
    ("if(a > b and (a > b or a < b), 1, 0)", "if(a > b and (a > b or a < b), 1, 0)", 0),
    ("if(a > b or a < b or b == c, 1, 0)", "if(a > b or a < b or b == c, 1, 0)", 1),
    ("if(a < b and (b < c and a < c), 1, 0)", "if(a < b and (b < c and a < c), 1, 0)", 1),
    ("if(a == 2, 1, 0)", "if(a == 2, 1, 0)", 1),
    ("if(a != 2, 1, 0)", "if(a != 2, 1, 0)", 0),
    ("if(a <= 2, 1, 0)", "if(a <= 2, 1, 0)", 1),
    ("if(a >= 3, 1, 0)", "if(a >= 3, 1, 0)", 0),
    ("if(-a < -1, 1, 0)", "if(-a < -1, 1, 0)", 1),
]


@pytest.mark.parametrize(("text", "canonical", "value"), PRECEDENCE, ids=[row[0] for row in PRECEDENCE])
def test_precedence(text: str, canonical: str, value: float) -> None:
    assert show(parse([text])) == canonical
    assert value_of(text, {"a": 2, "b": 3, "c": 5}) == pytest.approx(value, rel=1e-15, abs=0)


# Python has the same precedence of signs, powers, products and sums: a second opinion on any mixture of them.
FLAT = st.recursive(
    st.sampled_from(["1.", "2.", "3.", "a", "b", ".5"]),
    lambda e: st.one_of(
        st.tuples(e, st.sampled_from(["+", "-", "*", "/", "**", "^"]), e).map("".join),
        st.tuples(st.sampled_from("-+"), e).map("".join),
        e.map("({})".format),
    ),
    max_leaves=8,
)


@settings(max_examples=share(400))
@given(FLAT)
def test_arithmetic_means_what_python_makes_of_it(text: str) -> None:
    code = compile(text.replace("^", "**"), "expression", "eval")
    try:
        expected = FunctionType(code, {"a": 2.0, "b": 3.0})()
    except (ZeroDivisionError, OverflowError):
        return
    if isinstance(expected, complex) or abs(expected) > 1e15:
        return  # roots of negative numbers are complex there
    assert value_of(text, {"a": 2, "b": 3}) == pytest.approx(float(expected), rel=1e-12)
