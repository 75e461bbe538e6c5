"""Long and deep inputs: no recursion, no limit but memory, and no blow-up of what is shared."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from adcli.errors import ProblemError
from adcli.parse.point import parse_point
from adcli.parse.program import parse
from adcli.tape.show import show
from adcli.tape.tape import same

# name: (program, its number of nodes)
LARGE = {
    "brackets": ("(" * 100_000 + "x" + ")" * 100_000, 1),
    "flat sum of one name": ("+".join(["x"] * 100_000), 100_000),
    "flat sum of many names": ("+".join(f"x{i}" for i in range(10_000)), 19_999),
    "flat product": ("*".join(["x"] * 10_000), 10_000),
    "power tower": ("^".join(["x"] * 10_000), 10_000),
    "tower of signed exponents": ("x" + "^-x" * 10_000, 20_001),
    "minus signs": ("-" * 10_000 + "x", 10_001),
    "nested calls": ("sin(" * 10_000 + "x" + ")" * 10_000, 10_001),
    "sum nested to the right": ("x+(" * 5_000 + "x" + ")" * 5_000, 5_001),
    "nots": ("if(" + "not " * 5_000 + "x > 1, 1, 2)", 5_005),
    "nested ifs": ("if(x > 1, x, " * 3_000 + "x" + ")" * 3_000, 3_003),
    "comprehension": ("sum(x[i]*x[i + 1] for i in 1..3000)", 3_001 + 3_000 + 2_999),
    "long list": ("[" + ", ".join(["x"] * 5_000) + "]", 1),
    "chain of names": ("\n".join(["a0 = x + 1", *(f"a{i} = a{i - 1} + 1" for i in range(1, 5_000))]), 5_002),
    "chain of functions": (
        ";".join(["f0(t) = t + 1", *(f"f{i}(t) = f{i - 1}(t) + 1" for i in range(1, 3_000)), "f2999(x)"]), 3_002,
    ),
    "long name": ("x" * 100_000, 1),
    "long number": ("0." + "1" * 100_000, 1),
    "many lines": ("\n" * 10_000 + "x" + "\n" * 10_000, 1),
    "long comment": ("x # " + "(" * 100_000, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_large_programs_are_parsed_and_shown(name: str) -> None:
    program, nodes = LARGE[name]
    limit = sys.getrecursionlimit()
    tape = parse([program])
    text = show(tape)
    assert len(tape) == nodes
    assert len(text) < 3 * len(program) + 40 * nodes
    assert same(tape, parse([text]))
    assert sys.getrecursionlimit() == limit


# What is shared is written once: the text of n steps is linear in n, where it would be 2^n without names.
DOUBLING = {
    "square by function": ("f(t) = t*t", "x + 1"),
    "sum by function": ("f(t) = t + t", "x + 1"),
    "power by function": ("f(t) = t^t", "x + 1"),
    "two uses in two nodes": ("f(t) = sin(t)*cos(t)", "x + 1"),
    "three uses": ("f(t) = if(t > 1, t, 2*t)", "x + 1"),
    "constants": ("f(t) = t*t", "1.01"),
}


def assert_linear(program: Callable[[int], str]) -> None:
    """The text shown for 40 steps is about ten times that of 4."""

    def size(steps: int) -> int:
        tape = parse([program(steps)])
        text = show(tape)
        assert same(tape, parse([text]))
        return len(text)

    small = size(4)
    assert size(12) < 4 * small + 300  # asked first: what doubles 40 times never ends
    assert size(40) < 15 * small + 600


@pytest.mark.parametrize("name", DOUBLING)
def test_repeated_doubling_is_shown_in_linear_size(name: str) -> None:
    definition, start = DOUBLING[name]
    assert_linear(lambda steps: f"{definition}; {'f(' * steps}{start}{')' * steps}")


@pytest.mark.parametrize("start", ["x + 1", "1.01"])
def test_named_squares_of_squares_are_shown_in_linear_size(start: str) -> None:
    assert_linear(lambda steps: "\n".join([f"a0 = {start}", *(f"a{i + 1} = a{i}*a{i}" for i in range(steps))]))


@pytest.mark.parametrize(
    ("program", "headline"),
    [
        ("(" * 20_000 + "x", "'(' is never closed"),
        ("x" + ")" * 20_000, "')' has no opening bracket"),
        ("sin(" * 20_000, "'(' is never closed"),
        ("+" * 20_000, "'+' has nothing on its right"),
        ("x+" * 20_000, "'+' has nothing on its right"),
        ("x" * 20_000 + " y", "there is no operator between"),
    ],
)
def test_large_broken_programs_have_a_problem(program: str, headline: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse([program])
    assert headline in caught.value.problem.headline


def test_a_long_headline_is_kept_short() -> None:
    for program in ("1" * 5_000, "x" * 5_000 + " y", "foo" + "o" * 5_000 + "(x)", "(" + "x" * 5_000 + " > 1) + 1"):
        with pytest.raises(ProblemError) as caught:
            parse([program])
        problem = caught.value.problem
        assert max(len(problem.headline), len(problem.hint)) < 400, program[:40]


def test_deeply_nested_points_are_parsed() -> None:
    (binding,) = parse_point("x=" + "(" * 20_000 + "1" + ")" * 20_000)
    assert binding.value == 1
    (binding,) = parse_point("x=" + "[" * 500 + "1" + "]" * 500)
    assert binding.name == f"x[{','.join(['1'] * 500)}]"


def test_long_points_are_parsed() -> None:
    numbers = range(1, 4_001)
    bindings = parse_point(f"x=[{','.join(map(str, numbers))}]")
    assert [(b.name, b.value) for b in bindings] == [(f"x[{i}]", float(i)) for i in numbers]
