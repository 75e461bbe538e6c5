"""The linearisation: rules called once a node; the choice of sweeps; tapes of any depth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from adcli.engines.forward import forward
from adcli.engines.jacobian import choose, jacobian
from adcli.engines.linearise import evaluate, linearise
from adcli.engines.reverse import reverse
from adcli.function import Function
from adcli.numbers.dual import Dual, duals
from adcli.numbers.real import REAL, Real
from adcli.ops import TABLE, Row
from adcli.parse.program import parse
from adcli.tape.tape import Builder


class Counting(Real):
    """Floats that count how often each row is evaluated and asked for partials."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()

    def value(self, row: Row) -> Callable[..., Any]:
        plain = super().value(row)

        def counted(*args: Any) -> Any:
            self.values[row.key] += 1
            return plain(*args)

        return counted

    def slopes(self, row: Row) -> Callable[..., Any] | None:
        partials = row.partials

        def counted(v: Any, *args: Any) -> Any:
            self.rules[row.key] += 1
            return partials(REAL, v, *args)  # type: ignore[misc]

        return None if partials is None else counted


def test_rules_are_called_once_a_node_however_many_sweeps_follow() -> None:
    tape = parse(["a = sin(x)*y; [a + a, a*sin(x), if(x > y, a, y)]"])
    F = Counting()
    linear = linearise(F, tape, [0.5, 2.0])
    once = Counter(row.key for _, row, *_ in tape.interior())
    assert F.values == once
    assert F.rules == {key: n for key, n in once.items() if key != "gt"}
    for mode in ("forward", "reverse"):
        jacobian(F, tape, linear, [o.node for o in tape.outputs], tape.inputs, mode)
    assert F.values == once


def test_an_evaluation_calls_no_rule() -> None:
    tape = parse(["ln(x1) + x1*x2 - sin(x2)"])
    F = Counting()
    evaluate(F, tape, [2.0, 5.0])
    assert F.rules == {}
    assert F.values.total() == 5


def test_values_and_partials_stand_on_nodes_and_edges() -> None:
    tape = parse(["ln(x1) + x1*x2 - sin(x2)"])
    linear = linearise(REAL, tape, [2.0, 5.0])
    found = {row.key: (linear.values[k], linear.partials[k]) for k, row, *_ in tape.interior()}
    assert found == {
        "ln": (math.log(2), (0.5,)),
        "mul": (10.0, (5.0, 2.0)),
        "add": (10 + math.log(2), (1, 1)),
        "sin": (math.sin(5), (math.cos(5),)),
        "sub": (10 + math.log(2) - math.sin(5), (1, -1)),
    }
    assert [linear.partials[k] for k in tape.inputs] == [(), ()]


def test_the_textbook_sweeps_hold_the_textbook_numbers() -> None:
    tape = parse(["ln(x1) + x1*x2 - sin(x2)"])
    linear = linearise(REAL, tape, [2.0, 5.0])
    order = ["input", "input", "ln", "mul", "sin", "add", "sub"]
    place = {row.key: k for k, row, *_ in tape.interior()}
    nodes = [*tape.inputs, *(place[key] for key in order[2:])]
    tangents = forward(REAL, tape, linear, {tape.inputs[0]: 1.0})
    assert [tangents[k] for k in nodes] == [1, None, 0.5, 5, None, 5.5, 5.5]
    adjoints = reverse(REAL, tape, linear, {place["sub"]: 1.0})
    assert [adjoints[k] for k in nodes] == [5.5, 1.7163378145367738, 1, 1, -1, 1, 1]


def test_seeds_weigh_and_add() -> None:
    tape = parse(["[x*y, x + y]"])
    linear = linearise(REAL, tape, [3.0, 4.0])
    first, second = (o.node for o in tape.outputs)
    tangents = forward(REAL, tape, linear, dict(zip(tape.inputs, [2.0, -1.0], strict=True)))
    assert (tangents[first], tangents[second]) == (2 * 4 - 3, 2 - 1)
    adjoints = reverse(REAL, tape, linear, {first: 10.0, second: 1.0})
    assert [adjoints[k] for k in tape.inputs] == [41, 31]
    assert forward(REAL, tape, linear, {}) == [None] * len(tape)
    assert reverse(REAL, tape, linear, {}) == [None] * len(tape)


# Absolute zero: (program, point, gradient); each has an infinite partial on an edge that carries 0.
ABSOLUTE = [
    ("L = ln(x); if(x > 0, L, 0)", [-1.0], [0.0]),
    ("L = ln(x); if(x > 0, L, 0)", [0.0], [0.0]),
    ("r = 1/x; if(x == 0, 3*y, r)", [0.0, 2.0], [0.0, 3.0]),
    ("r = sqrt(x); if(x > 0, r*y, y)", [0.0, 2.0], [0.0, 1.0]),
    ("r = sqrt(sqrt(x)); [if(x > 0, r, 5*x)]", [0.0], [5.0]),
    ("0*sqrt(x)", [0.0], [0.0]),
    ("sqrt(x)*x", [0.0], [0.0]),
    ("sqrt(0*x)", [3.0], [0.0]),
    ("ln(x^2)", [0.0], [0.0]),
    ("max(x, 1/y)*y", [1.0, 0.0], [0.0, math.inf]),
    ("0*exp(x)", [1000.0], [0.0]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "point", "gradient"), ABSOLUTE)
def test_zero_times_anything_is_zero_in_every_way_to_a_derivative(
    program: str, point: list[float], gradient: list[float]
) -> None:
    tape = parse([program])
    linear = linearise(REAL, tape, point)
    (output,) = (o.node for o in tape.outputs)
    for mode in ("forward", "reverse"):
        (found,) = jacobian(REAL, tape, linear, [output], tape.inputs, mode)
        assert found == pytest.approx(gradient, nan_ok=True), mode
    F = duals(REAL)
    for i, expected in enumerate(gradient):
        carried = evaluate(F, tape, [F.number(x, float(i == j)) for j, x in enumerate(point)])[output]
        assert (carried.tangent if isinstance(carried, Dual) else 0.0) == pytest.approx(expected, nan_ok=True)


CONSTANT_POLES = ["x + 1/0", "x*ln(0)", "x + hypot(0, 0)", "x + sqrt(0)", "x + 0^-1", "if(x > 0, x, 1/0)"]


@pytest.mark.parametrize("program", CONSTANT_POLES)
def test_constants_at_a_pole_do_not_raise_on_duals(program: str) -> None:
    tape = parse([program])
    F = duals(REAL)
    real, dual = linearise(REAL, tape, [2.0]), linearise(F, tape, [F.number(2.0, 1.0)])
    primals = [v.primal if isinstance(v, Dual) else v for v in dual.values]
    assert primals == pytest.approx(real.values, nan_ok=True)


# The choice of sweeps


@pytest.mark.parametrize(
    ("mode", "outputs", "inputs", "chosen"),
    [
        ("auto", 1, 1, "reverse"), ("auto", 1, 100, "reverse"), ("auto", 2, 2, "forward"), ("auto", 3, 2, "forward"),
        ("auto", 2, 3, "reverse"), ("auto", 100, 1, "forward"), ("forward", 1, 100, "forward"),
        ("reverse", 100, 1, "reverse"), ("auto", 1, 0, "reverse"), ("auto", 5, 0, "forward"),
    ],
)  # fmt: skip
def test_the_cheaper_sweep_is_chosen_and_says_why(mode: str, outputs: int, inputs: int, chosen: str) -> None:
    found, why = choose(mode, outputs, inputs)
    assert found == chosen
    assert chosen in why
    assert ("as asked" in why) is (mode != "auto")
    if mode == "auto":
        assert str(inputs) in why


@pytest.mark.parametrize(
    ("program", "mode"),
    [("x*y", "reverse"), ("[x*y, x]", "forward"), ("[x, y, x*y]", "forward"), ("[x + y + z, x*y*z]", "reverse")],
)
def test_a_function_uses_the_choice(program: str, mode: str) -> None:
    assert Function(program).jacobian({name: 2 for name in "xyz" if name in program}).mode == mode


def test_a_jacobian_without_inputs_or_with_constant_outputs_is_empty_or_zero() -> None:
    tape = parse(["[3, x, 2*pi]"])
    linear = linearise(REAL, tape, [1.0])
    outputs = [o.node for o in tape.outputs]
    for mode in ("forward", "reverse"):
        assert jacobian(REAL, tape, linear, outputs, tape.inputs, mode) == [[0], [1], [0]]
        assert jacobian(REAL, tape, linear, outputs, [], mode) == [[], [], []]
    assert Function("[1, 2]").jacobian({}).jacobian == [[], []]


# Depth and length: no recursion anywhere

DEEP = 100_000


def chain(length: int, step: Callable[[Builder, int, int], int]) -> Builder:
    """A tape of `length` steps on one input."""
    builder = Builder()
    x = node = builder.input("x")
    for _ in range(length):
        node = step(builder, node, x)
    return builder


def gradients(builder: Builder, x: float) -> tuple[float, float, float]:
    """The value of the last node, its tangent and the adjoint of the input."""
    tape = builder.tape
    linear = linearise(REAL, tape, [x])
    last = len(tape) - 1
    assert evaluate(REAL, tape, [x])[last] == linear.values[last]
    return linear.values[last], forward(REAL, tape, linear, {0: 1.0})[last], reverse(REAL, tape, linear, {last: 1.0})[0]


def test_100000_nested_sines_differentiate() -> None:
    value, tangent, adjoint = gradients(chain(DEEP, lambda b, k, x: b.apply(TABLE["sin"], k)), 1.0)
    s, t = 1.0, 1.0
    for _ in range(DEEP):
        t *= math.cos(s)
        s = math.sin(s)
    assert (value, tangent) == (s, t)
    assert adjoint == pytest.approx(t, rel=1e-9)


def test_a_flat_sum_of_100000_terms_differentiates() -> None:
    value, tangent, adjoint = gradients(chain(DEEP - 1, lambda b, k, x: b.apply(TABLE["add"], k, x)), 0.5)
    assert (value, tangent, adjoint) == (DEEP / 2, DEEP, DEEP)


@pytest.mark.parametrize(
    ("x", "value", "slope"), [(1.0, 1.0, 1.0), (math.sqrt(2), 2.0, 2 * math.sqrt(2) / (1 - math.log(2)))]
)
def test_a_power_tower_of_10000_differentiates(x: float, value: float, slope: float) -> None:
    """y = x^y has the slope y^2/(x (1 - y ln x)); at sqrt(2) the tower is 2."""
    found, tangent, adjoint = gradients(chain(10_000, lambda b, k, x: b.apply(TABLE["pow"], x, k)), x)
    assert found == pytest.approx(value, rel=1e-12)
    assert tangent == pytest.approx(slope, rel=1e-9)
    assert adjoint == pytest.approx(slope, rel=1e-9)


def test_100000_inputs_have_one_reverse_sweep() -> None:
    builder = Builder()
    total = builder.literal("0")
    inputs = [builder.input(f"x[{i}]") for i in range(DEEP)]
    for node in inputs:
        total = builder.apply(TABLE["add"], total, builder.apply(TABLE["mul"], node, node))
    linear = linearise(REAL, builder.tape, [float(i) for i in range(DEEP)])
    adjoints = reverse(REAL, builder.tape, linear, {total: 1.0})
    assert [adjoints[node] for node in inputs] == [2.0 * i for i in range(DEEP)]


def test_deep_tapes_carry_duals() -> None:
    tape = chain(20_000, lambda b, k, x: b.apply(TABLE["sin"], k)).tape
    F = duals(REAL)
    found = evaluate(F, tape, [F.number(1.0, 1.0)])[-1]
    assert found.tangent == forward(REAL, tape, linearise(REAL, tape, [1.0]), {0: 1.0})[-1]
