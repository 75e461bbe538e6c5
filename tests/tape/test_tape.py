"""The tape: flat columns, equal nodes once, and every place a shared node was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.errors import ProblemError, Span
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.tape import INPUT, LITERAL, Builder, same


def test_equal_nodes_are_made_once_and_others_are_not() -> None:
    b = Builder()
    x, y = b.input("x"), b.input("y")
    product = b.apply(TABLE["mul"], x, y)
    assert b.apply(TABLE["mul"], x, y) == product
    assert b.input("x") == x
    assert b.literal("2") == b.literal("2")
    others = {b.apply(TABLE["mul"], y, x), b.apply(TABLE["add"], x, y), b.literal("2"), b.literal("2.0"), b.input("2")}
    assert len(others | {product, x, y}) == 8


def test_columns_hold_rows_and_arguments_in_topological_order() -> None:
    b = Builder()
    x, two = b.input("x"), b.literal("2")
    c = b.apply(TABLE["lt"], x, two)
    w = b.apply(TABLE["where"], c, x, two)
    tape = b.tape
    assert [tape.rows[k] for k in (x, two, c, w)] == [INPUT, LITERAL, TABLE["lt"], TABLE["where"]]
    assert [tape.arguments(k) for k in range(len(tape))] == [(), (), (x, two), (c, x, two)]
    assert [k for k, *_ in tape.interior()] == [c, w]
    assert list(tape.varying) == [1, 0, 1, 1]
    assert (tape.variables, tape.inputs, tape.literals) == (["x"], [x], {two: "2"})


def test_a_node_without_an_input_below_it_is_constant() -> None:
    b = Builder()
    two = b.literal("2")
    root = b.apply(TABLE["sqrt"], two)
    assert not b.tape.varying[b.apply(TABLE["add"], root, two)]
    assert b.tape.varying[b.apply(TABLE["add"], root, b.input("x"))]


def test_a_shared_node_knows_every_place_it_was_written() -> None:
    source = "sin(x*y) + x*y + cos(x*y)"
    tape = parse([source])
    (node,) = (k for k, row, *_ in tape.interior() if row.key == "mul")
    assert [source[s.start : s.end] for s in tape.spans(node)] == ["x*y"] * 3
    assert [s.start for s in tape.spans(node)] == [4, 11, 21]
    assert tape.span(node) == Span(4, 7)


def test_the_same_place_is_noted_once_and_a_made_node_has_none() -> None:
    b = Builder()
    x = b.input("x")
    made = b.apply(TABLE["sin"], x)
    assert b.tape.span(made) is None
    assert b.tape.spans(made) == []
    for _ in range(3):
        b.apply(TABLE["cos"], x, start=2, end=8)
        node = b.apply(TABLE["cos"], x, start=12, end=18)
    assert b.tape.spans(node) == [Span(2, 8), Span(12, 18)]


@pytest.mark.parametrize(
    ("program", "rows"),
    [
        ("x*1", ["mul"]),
        ("x + 0", ["add"]),
        ("1*x + 0*y", ["mul", "mul", "add"]),
        ("x - x", ["sub"]),
        ("--x", ["neg", "neg"]),
        ("x*x", ["mul"]),
        ("x^1", ["powc"]),
        ("x^y", ["pow"]),
        ("x^(6/2)", ["div", "powc"]),
        ("2*3 + x", ["mul", "add"]),
        ("x + y + y + x", ["add", "add", "add"]),
        ("(x + y)*(x + y)", ["add", "mul"]),
        ("x*y + y*x", ["mul", "mul", "add"]),
    ],
)
def test_what_was_typed_is_shared_and_never_rewritten(program: str, rows: list[str]) -> None:
    assert [row.key for _, row, *_ in parse([program]).interior()] == rows


def test_marks_follow_edges_downwards_and_upwards() -> None:
    b = Builder()
    x, y = b.input("x"), b.input("y")
    s, p = b.apply(TABLE["sin"], x), b.apply(TABLE["mul"], x, y)
    top = b.apply(TABLE["add"], s, p)
    loose = b.apply(TABLE["cos"], y)
    tape = b.tape
    assert list(tape.reachable([s])) == [1, 0, 1, 0, 0, 0]
    assert list(tape.reachable([top])) == [1, 1, 1, 1, 1, 0]
    assert list(tape.reachable([s, loose])) == [1, 1, 1, 0, 0, 1]
    assert list(tape.reachable([])) == [0] * 6
    assert list(tape.depends_on([y])) == [0, 1, 0, 1, 1, 1]
    assert list(tape.depends_on([])) == [0] * 6


def test_a_tape_that_grows_too_large_is_a_problem() -> None:
    b = Builder(max_nodes=3)
    x = b.input("x")
    node = b.apply(TABLE["sin"], b.apply(TABLE["sin"], x))
    with pytest.raises(ProblemError) as caught:
        b.apply(TABLE["sin"], node, start=0, end=6)
    assert caught.value.problem.kind == "size"
    assert "3 nodes" in caught.value.problem.headline
    assert b.apply(TABLE["sin"], x) == 1  # what is known still is


@pytest.mark.parametrize("program", ["[x[i] for i in 1..1000]", "[1 for i in 1..1000]", "sum(x[i] for i in 1..1000)"])
def test_a_range_too_large_for_the_limit_is_a_problem_also_when_it_makes_only_leaves(program: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse([program], max_nodes=100)
    assert caught.value.problem.kind == "size"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("x + y*2", "x + (y*2)", True),
        ("a = x*y; a + a", "x*y + x*y", True),
        ("[y, x]", "[x, y]", False),
        ("x + y", "y + x", False),
        ("x + 2", "x + 2.0", False),
        ("x^2", "x*x", False),
        ("a = x", "b = x", False),
        ("sin(x)", "sin(y)", False),
    ],
)
def test_two_tapes_are_the_same_when_they_compute_the_same_steps(one: str, other: str, equal: bool) -> None:
    assert same(parse([one]), parse([other])) is equal


@given(st.lists(st.tuples(st.sampled_from(["add", "mul", "sub", "max"]), st.integers(0, 99), st.integers(0, 99))))
def test_a_second_run_of_the_same_steps_makes_nothing_new(steps: list[tuple[str, int, int]]) -> None:
    b = Builder()
    made: list[list[int]] = []
    sizes = []
    for _ in range(2):
        nodes = [b.input("x"), b.input("y"), b.literal("3")]
        for key, i, j in steps:
            nodes.append(b.apply(TABLE[key], nodes[i % len(nodes)], nodes[j % len(nodes)]))
        made.append(nodes)
        sizes.append(len(b.tape))
    assert made[0] == made[1]
    assert sizes[0] == sizes[1]
    keys = {(b.tape.rows[k].key, b.tape.arguments(k)) for k, *_ in b.tape.interior()}
    assert len(keys) == len(b.tape) - 3
