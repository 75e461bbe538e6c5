"""Symbols: rules written as text, tidied for people without changing what they mean."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.engines.linearise import evaluate
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.ops.row import row
from adcli.tape.rules import condition_text, definition_text, partial_texts
from adcli.tape.show import show_node
from adcli.tape.symbol import Symbols
from adcli.tape.tape import Builder

Expression = Callable[[Symbols, Any, Any], Any]


def written(expression: Expression, decide: Any = lambda node: None) -> str:
    F = Symbols(Builder(), decide)
    return show_node(F.builder.tape, F.lift(expression(F, F.input("x"), F.input("y"))).node)


TIDY: list[tuple[str, Expression]] = [
    ("x", lambda F, x, y: 1 * x),
    ("x", lambda F, x, y: x * 1.0),
    ("-x", lambda F, x, y: x * -1),
    ("0", lambda F, x, y: x * 0),
    ("0", lambda F, x, y: 0.0 * x),
    ("x", lambda F, x, y: x + 0),
    ("x", lambda F, x, y: 0 + x),
    ("x", lambda F, x, y: x - 0),
    ("-x", lambda F, x, y: 0 - x),
    ("x", lambda F, x, y: x / 1),
    ("0.5*x", lambda F, x, y: 0.5 * x),
    ("x^2", lambda F, x, y: x * x),
    ("x*y", lambda F, x, y: x * y),
    ("x/y", lambda F, x, y: x * (1 / y)),
    ("1/y", lambda F, x, y: 1 / y),
    ("-(x*y)", lambda F, x, y: x * -y),
    ("x", lambda F, x, y: -(0 - x)),
    ("x", lambda F, x, y: F.powc(x, 1)),
    ("x^3", lambda F, x, y: F.powc(x, F.literal("4") - 1)),
    ("x^-2", lambda F, x, y: F.powc(x, F.literal("-1") - 1)),
    ("3", lambda F, x, y: F.lift(1) + 2),
    ("-1", lambda F, x, y: F.lift(1) - 2),
    ("-0.375", lambda F, x, y: F.lift(0.75) * -0.5),
    ("x - 1", lambda F, x, y: x - 1),
    ("x + y", lambda F, x, y: x + y),
    ("x - x", lambda F, x, y: x - x),
    ("-sin(x)", lambda F, x, y: -F.sin(x)),
    ("2/sqrt(pi)", lambda F, x, y: 2 / F.sqrt(F.pi)),
    ("sin(ln(10)*x)", lambda F, x, y: F.sin(F.ln(10) * x)),
    ("exp(-x^2)", lambda F, x, y: F.gauss(x)),
    ("if(x > 0, x, y)", lambda F, x, y: F.where(F.gt(x, 0), x, y)),
    ("x", lambda F, x, y: F.where(F.gt(F.lift(2), 0), x, y)),
    ("y", lambda F, x, y: F.where(F.eq(F.lift(0.5), F.lift(1)), x, y)),
    ("y", lambda F, x, y: F.where(False, x, y)),
    ("if(x == 0, 1, 0)", lambda F, x, y: F.where(F.and_(F.eq(x, 0), F.le(F.lift(1), 1)), 1, 0)),
    ("0", lambda F, x, y: F.where(F.and_(F.eq(x, 0), F.gt(F.lift(1), 1)), 1, 0)),
    ("1", lambda F, x, y: F.where(F.or_(F.eq(x, 0), F.ge(F.lift(1), 1)), 1, 0)),
    ("if(x == 0, 1, 0)", lambda F, x, y: F.where(F.or_(F.ne(F.lift(1), 1), F.eq(x, 0)), 1, 0)),
    ("1", lambda F, x, y: F.where(F.not_(F.lt(F.lift(1), 1)), 1, 0)),
    ("if(not x < y, 1, 0)", lambda F, x, y: F.where(F.not_(F.lt(x, y)), 1, 0)),
]


@pytest.mark.parametrize(("text", "expression"), [pytest.param(t, e, id=f"{i}: {t}") for i, (t, e) in enumerate(TIDY)])
def test_rules_are_tidied_as_they_are_written(text: str, expression: Expression) -> None:
    assert written(expression) == text


@pytest.mark.parametrize(("held", "text"), [(True, "x"), (False, "y"), (None, "if(x > y, x, y)")])
def test_a_condition_known_at_a_point_leaves_the_branch_taken(held: bool | None, text: str) -> None:
    assert written(lambda F, x, y: F.where(F.gt(x, y), x, y), lambda node: held) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1e20, "100000000000000000000"), (2.0**-20, "0.00000095367431640625"), (-3, "-3"), (0.0, "0"), (-0.0, "0"),
     (Decimal("1.10"), "1.1")],
)  # fmt: skip
def test_numbers_are_written_out_in_full(number: Any, text: str) -> None:
    assert written(lambda F, x, y: F.lift(number)) == text


def test_a_literal_keeps_its_text() -> None:
    assert written(lambda F, x, y: F.literal("0.10") * x) == "0.10*x"


# Rules of the table as `functions` prints them.
RULES = {
    "add": ["1", "1"], "sub": ["1", "-1"], "mul": ["y", "x"], "neg": ["-1"], "ln": ["1/x"], "exp": ["exp(x)"],
    "sin": ["cos(x)"], "cos": ["-sin(x)"], "tan": ["1 + tan(x)^2"], "sqrt": ["0.5/sqrt(x)"],
    "tanh": ["1/cosh(x)^2"], "asin": ["1/sqrt((1 - x)*(1 + x))"], "polygamma": [None, "polygamma(n + 1, x)"],
    "erf": ["2/sqrt(pi)*exp(-x^2)"], "abs": ["sign(x)"], "relu": ["if(x > 0, 1, 0)"],
    "mod": ["1", "-floor(a/b)"], "where": [None, "if(c, 1, 0)", "if(c, 0, 1)"], "lt": [],
}  # fmt: skip


@pytest.mark.parametrize(("key", "texts"), RULES.items())
def test_the_table_prints_its_rules(key: str, texts: list[str | None]) -> None:
    assert partial_texts(TABLE[key]) == texts


def test_domains_and_definitions_print() -> None:
    assert condition_text(TABLE["ln"], TABLE["ln"].domain) == "x > 0"
    assert condition_text(TABLE["sin"], TABLE["sin"].domain) == ""
    assert definition_text(TABLE["sec"]) == "1/cos(x)"
    assert definition_text(TABLE["sin"]) == ""


def test_a_lambda_that_leaves_the_namespace_does_not_trace() -> None:
    for partials in (lambda F, v, x: (x**2,), lambda F, v, x: (abs(x),), lambda F, v, x: (x < 1,)):
        with pytest.raises(TypeError):
            partial_texts(row("sin", "x", "", "", [1.0], partials=partials))


LEAVES = st.sampled_from(["x", "y"]) | st.sampled_from([0, 1, -1, 2, 0.5, -0.25, 3])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(st.sampled_from("+-*/n"), inner, inner) | st.tuples(st.just("i"), inner, inner, inner),
)


def built(tree: Any, F: Any, x: Any, y: Any) -> Any:
    """The tree worked out over a namespace, written with operators as the lambdas of the table are."""
    if not isinstance(tree, tuple):
        return {"x": x, "y": y}.get(tree, tree)
    sign, *rest = tree
    a, b, *others = (built(part, F, x, y) for part in rest)
    if sign == "i":
        return F.where(F.gt(a, b), others[0], a)
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "n": lambda: -a, "/": lambda: a / (b * b + 1)}[
        sign
    ]()


@given(TREES)
def test_tidying_keeps_the_value(tree: Any) -> None:
    x, y = 1.5, -0.75
    F = Symbols(Builder())
    node = F.lift(built(tree, F, F.input("x"), F.input("y"))).node
    found = evaluate(REAL, F.builder.tape, [x, y])[node]
    assert found == pytest.approx(built(tree, REAL, x, y), rel=1e-9, abs=1e-9)
