"""Floats that count: the numbers of plain floats bit for bit, and the operations that a person counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from support import points, share, tapes

from adcli.engines.bundle import hessian_products
from adcli.engines.cost import Operations, Work, operations
from adcli.engines.forward import forward
from adcli.engines.jacobian import jacobian
from adcli.engines.linearise import evaluate, linearise
from adcli.engines.reverse import reverse
from adcli.engines.taylor import taylor
from adcli.function import Function
from adcli.numbers.counted import ADDS, ELEMENTARY, MULS, Counted, Counting
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.ops import TABLE, Row
from adcli.parse.program import parse
from adcli.tape.tape import Tape

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"
POINT = [2.0, 5.0]


def value(tape: Tape) -> Work:
    return lambda F, x: evaluate(F, tape, x)


def tangent(tape: Tape, *seeds: float) -> Work:
    nodes = dict(zip(tape.inputs, seeds, strict=True))
    return lambda F, x: forward(F, tape, linearise(F, tape, x), {node: s for node, s in nodes.items() if s})


def adjoint(tape: Tape) -> Work:
    return lambda F, x: reverse(F, tape, linearise(F, tape, x), {tape.outputs[0].node: 1.0})


# By hand. The textbook: ln, sin; one product; one sum and one difference. Its partials are 1/x1, cos(x2), and what
# is there already. In reverse there is a product for each of the eight edges, those with a partial of 1 too; x1 and x2
# each add two terms.
BY_HAND: list[tuple[str, list[float], Callable[..., Work], tuple[float, ...], tuple[int, int, int]]] = [
    (TEXTBOOK, POINT, value, (), (2, 1, 2)),
    (TEXTBOOK, POINT, adjoint, (), (2 + 2, 1 + 1 + 8, 2 + 1)),
    (TEXTBOOK, POINT, tangent, (1.0, 0.0), (2 + 1, 1 + 1 + 2 + 3, 2 + 1)),
    (TEXTBOOK, POINT, tangent, (1.0, 1.0), (2 + 3, 1 + 1 + 4 + 4, 2 + 1)),
    ("x*x*x", [3.0], value, (), (0, 2, 0)),
    ("x^3", [3.0], value, (), (0, 0, 1)),
    ("-x", [3.0], value, (), (1, 0, 0)),
    ("x/y - y", [3.0, 4.0], value, (), (1, 1, 0)),
    ("if(x > 2 and y < 5, x, y)", [3.0, 4.0], value, (), (0, 0, 0)),
    ("sum(x[i] for i in 1..10)", [1.0] * 10, value, (), (9, 0, 0)),
    ("prod(x[i] for i in 1..10)", [1.0] * 10, value, (), (0, 9, 0)),
    ("x", [3.0], value, (), (0, 0, 0)),
    ("2*3 + 4", [], value, (), (1, 1, 0)),
    ("ln(x)", [0.0], value, (), (0, 0, 1)),  # also where it is no number
    ("1/x", [0.0], value, (), (0, 1, 0)),
]


@pytest.mark.parametrize(("program", "point", "work", "more", "counts"), BY_HAND)
def test_the_counts_are_those_by_hand(
    program: str, point: list[float], work: Callable[..., Work], more: tuple[float, ...], counts: tuple[int, int, int]
) -> None:
    assert operations(work(parse([program]), *more), point) == counts


def test_every_function_is_one_elementary_operation_however_it_is_made() -> None:
    """sigmoid is defined by exp and a quotient, atan2 is a call of the C library."""
    for row in TABLE.values():
        if row.condition or row.infix or row.tests:
            continue
        F = Counting()
        F.value(row)(*map(F.number, row.samples[0]))
        assert F.tally == {ADDS: 0, MULS: 0, ELEMENTARY: 1}, row.key


def test_a_rule_counts_what_it_takes() -> None:
    """tan' = 1 + v*v; asinh' = 1/hypot(1, x); sqrt' = 0.5/v; sin' = cos; exp' = v."""
    expected = {"tan": (1, 1, 0), "asinh": (0, 1, 1), "sqrt": (0, 1, 0), "sin": (0, 0, 1), "exp": (0, 0, 0)}
    for key, counts in expected.items():
        F = Counting()
        row = TABLE[key]
        F.slopes(row)(F.number(0.5), F.number(0.5))  # type: ignore[misc]
        assert tuple(F.tally.values()) == counts, key


@pytest.mark.parametrize("key", ["add", "sub", "mul", "div", "neg"])
@pytest.mark.parametrize("sample", [(3.0, 4.0), (-0.5, 2.0), (0.0, 0.0), (1.0, 0.0), (1e308, -1e308)])
def test_operators_give_what_plain_floats_give_and_count_once(key: str, sample: tuple[float, float]) -> None:
    row = TABLE[key]
    args = sample[: len(row.params)]
    truth = REAL.again(row, *args)[0]
    for chosen in ((True, True), (True, False), (False, True)):
        if not any(chosen[: len(args)]):
            continue
        F = Counting()
        mixed = [F.number(x) if c else x for x, c in zip(args, chosen, strict=False)]
        found = operate(row, mixed)
        assert isinstance(found, Counted)
        assert float(found).hex() == float(truth).hex()
        assert sum(F.tally.values()) == 1


def operate(row: Row, args: Sequence[Any]) -> Any:
    if row.key == "neg":
        return -args[0]
    x, y = args
    return {"add": lambda: x + y, "sub": lambda: x - y, "mul": lambda: x * y, "div": lambda: x / y}[row.key]()


def test_two_tallies_do_not_mix() -> None:
    one, two = Counting(), Counting()
    _ = one.number(1.0) + 2.0
    assert (one.tally[ADDS], two.tally[ADDS]) == (1, 0)
    assert one.literal("0.5") * 1.0 == 0.5
    assert isinstance(one.literal("pi"), Counted)
    assert one.tally == {ADDS: 1, MULS: 1, ELEMENTARY: 0}


def test_what_is_no_arithmetic_is_not_counted() -> None:
    F = Counting()
    x = F.number(2.0)
    assert F.gt(x, 1.0) is True
    assert F.where(F.gt(x, 1.0), x, 0.0) is x
    assert F.finite([x, None, 3.0])
    assert not F.finite([x, math.inf])
    assert sum(F.tally.values()) == 0


def flat(x: Any) -> list[str]:
    """Every bit of all numbers in nested lists; dual parts by name."""
    if isinstance(x, (list, tuple)):
        return [bits for item in x for bits in flat(item)]
    if x is None or isinstance(x, bool):
        return [str(x)]
    return ["nan"] if x != x else [(float(x) + 0.0).hex()]  # a rule may give the whole number 0, which has no sign


def test_the_numbers_are_those_of_plain_floats_bit_for_bit_on_any_tape() -> None:
    counted = [0]

    @settings(max_examples=share(150))
    @given(tapes(most=12), points)
    def agree(tape: Tape, at: list[float]) -> None:
        point, outputs = at[: len(tape.inputs)], [o.node for o in tape.outputs]
        direction = dict.fromkeys(tape.inputs, 1.0)

        def work(F: Namespace, x: list[Any]) -> Any:
            linear = linearise(F, tape, x)
            return [
                linear.values,
                linear.partials,
                jacobian(F, tape, linear, outputs, tape.inputs, "forward"),
                jacobian(F, tape, linear, outputs, tape.inputs, "reverse"),
                hessian_products(F, tape, x, outputs, tape.inputs, [direction]),
                taylor(F, tape, x, outputs, direction, 3)[0],
            ]

        F = Counting()
        assert flat(work(F, [F.number(x) for x in point])) == flat(work(REAL, point))
        counted[0] += sum(F.tally.values())

    agree()
    assert counted[0] > 5_000


def test_a_result_counts_its_own_work() -> None:
    f = Function(TEXTBOOK)
    at = {"x1": 2, "x2": 5}
    assert f.value(at).operations == Operations(2, 1, 2)
    assert f.vjp(at, {"y": 1}).operations == Operations(4, 10, 3)
    assert f.jvp(at, {"x1": 1}).operations == Operations(3, 7, 3)
    assert f.value(at).operations.total == 5  # type: ignore[union-attr]


def test_a_gradient_costs_what_the_same_sweep_costs_as_a_vjp() -> None:
    f = Function(TEXTBOOK)
    at = {"x1": 2, "x2": 5}
    assert f.grad(at).operations == f.vjp(at, {"y": 1}).operations
