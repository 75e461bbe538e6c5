"""Names of nodes: inputs v(1-n)..v0, then intermediates level by level or as written."""

from __future__ import annotations

import pytest

from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.numbering import levels, numbering, ordered
from adcli.tape.show import show_node
from adcli.tape.tape import Builder

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"


def named(program: str, order: str) -> list[str]:
    """The numbered nodes in the order of the table, each as 'name = text in names'."""
    tape = parse([program])
    names = numbering(tape, order)
    inputs = dict(zip(tape.inputs, tape.variables, strict=True))
    return [
        f"{name} = {inputs[k] if k in inputs else show_node(tape, k, lambda a, k=k: None if a == k else names.get(a))}"
        for k, name in names.items()
    ]


CASES = [
    (TEXTBOOK, "level",
     ["v-1 = x1", "v0 = x2", "v1 = ln(v-1)", "v2 = v-1*v0", "v3 = sin(v0)", "v4 = v1 + v2", "v5 = v4 - v3"]),
    (TEXTBOOK, "source",
     ["v-1 = x1", "v0 = x2", "v1 = ln(v-1)", "v2 = v-1*v0", "v3 = v1 + v2", "v4 = sin(v0)", "v5 = v3 - v4"]),
    ("x", "level", ["v0 = x"]),
    ("3", "level", []),
    ("2*pi", "level", []),
    ("2*pi*x + sin(1)", "level", ["v0 = x", "v1 = 2*pi*v0", "v2 = v1 + sin(1)"]),
    ("x^(6/2)", "level", ["v0 = x", "v1 = v0^(6/2)"]),
    ("sin(sin(x)) + cos(y)", "level",
     ["v-1 = x", "v0 = y", "v1 = sin(v-1)", "v2 = cos(v0)", "v3 = sin(v1)", "v4 = v3 + v2"]),
    ("sin(sin(x)) + cos(y)", "source",
     ["v-1 = x", "v0 = y", "v1 = sin(v-1)", "v2 = sin(v1)", "v3 = cos(v0)", "v4 = v2 + v3"]),
    ("sin(x*y) + x*y", "level", ["v-1 = x", "v0 = y", "v1 = v-1*v0", "v2 = sin(v1)", "v3 = v2 + v1"]),
    ("[z, y, x]", "level", ["v-2 = z", "v-1 = y", "v0 = x"]),
    ("x[3] + x[1] + t", "level",
     ["v-2 = x[1]", "v-1 = x[3]", "v0 = t", "v1 = v-1 + v-2", "v2 = v1 + v0"]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "order", "expected"), CASES)
def test_nodes_are_numbered(program: str, order: str, expected: list[str]) -> None:
    assert named(program, order) == expected


def test_a_level_is_the_longest_way_from_an_input() -> None:
    tape = parse(["sin(cos(x)) + x*2 + 2^3"])
    texts = {show_node(tape, k): level for k, level in enumerate(levels(tape))}
    assert texts["x"] == texts["2"] == texts["2^3"] == 0
    assert texts["cos(x)"] == texts["x*2"] == 1
    assert texts["sin(cos(x))"] == 2
    assert texts["sin(cos(x)) + x*2"] == 3
    assert texts["sin(cos(x)) + x*2 + 2^3"] == 4


@pytest.mark.parametrize("order", ["level", "source"])
def test_both_orders_are_topological_and_number_the_same_nodes(order: str) -> None:
    tape = parse(["a = sin(x[1])*x[2]; b = a + exp(a)/x[3]; [b, a*b, x[1]]"])
    place = {k: i for i, k in enumerate(ordered(tape, order))}
    assert all(place[a] < place[k] for k in place for a in tape.arguments(k) if tape.varying[a])
    assert sorted(place) == [k for k in range(len(tape)) if tape.varying[k]]


@pytest.mark.parametrize("order", ["level", "source"])
def test_a_tape_of_100000_levels_is_numbered(order: str) -> None:
    b = Builder()
    node = b.input("x")
    for _ in range(100_000):
        node = b.apply(TABLE["sin"], node)
    assert numbering(b.tape, order)[node] == "v100000"
