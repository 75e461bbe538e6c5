"""Conditioning: what nodes add to the rounding error, compared with errors that are known."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction
from random import Random
from statistics import median

import pytest

from adcli import Function, ProblemError
from adcli.engines.rounding import UNIT, exactly_read, rounding
from adcli.numbers.proven import Proven
from adcli.ops import FUNCTIONS
from adcli.report.document import View
from adcli.report.formulas import node_text
from adcli.report.rounding import blamed, total
from adcli.trace import Trace

CANCELLING = [
    ("(1 - cos(x))/x^2", [10.0**-k * 1.7 for k in range(1, 8)], "1 - cos(x)"),
    ("(exp(x) - 1)/x", [10.0**-k * 1.3 for k in range(1, 12)], "exp(x) - 1"),
    ("sqrt(x + 1) - sqrt(x)", [10.0**k * 1.1 for k in range(2, 14)], "sqrt(x + 1) - sqrt(x)"),
    ("ln(1 + x)/x", [10.0**-k * 1.3 for k in range(2, 12)], "1 + x"),
]


def trace(text: str, x: float) -> Trace:
    return Function(text).trace({"x": x}, rounding=True)


def estimate(text: str, x: float) -> float:
    one = trace(text, x)
    return math.fsum(s.error for s in one.shares(one.outputs[0].name))


def true_error(text: str, x: float) -> float:
    """The error of the float, against proven digits of the same point."""
    exact = Function(text).value({"x": x}, precision=25).values[0]
    assert isinstance(exact, Proven)
    return abs(float(Fraction(Function(text).value({"x": x}).values[0]) - Fraction(exact.text)))


@pytest.mark.parametrize(("text", "points"), [row[:2] for row in CANCELLING], ids=[row[0] for row in CANCELLING])
def test_the_estimate_is_within_a_factor_10_of_the_certified_error(text: str, points: list[float]) -> None:
    pytest.importorskip("flint")
    ratios = []
    for x in points:
        for step in range(8):  # what single roundings happen to be is averaged out
            y = x * (1 + step / 100)
            error = true_error(text, y)
            assert error <= 1.01 * estimate(text, y)  # to first order it is a bound
            if error:
                ratios.append(estimate(text, y) / error)
    assert 1 <= median(ratios) <= 10


@pytest.mark.parametrize("text", [row[0] for row in CANCELLING[:3]])
def test_the_subtraction_is_blamed(text: str) -> None:
    points, source = next((points, source) for name, points, source in CANCELLING if name == text)
    one = trace(text, points[-1])
    worst = blamed(one.shares("y"))
    assert worst is not None
    span = one.tape.span(worst.node)
    assert span is not None
    assert one.tape.source[span.start : span.end] in (source, f"({source})")
    assert worst.magnifies > 1e5


def test_shares_and_conditions_of_a_product() -> None:
    one = Function("x*y").trace({"x": 3, "y": 5})
    found = {node_text(one, s.node): s for s in one.shares("f")}
    assert [found[name].condition for name in ("v-1", "v0", "v1")] == [1, 1, 1]
    assert found["v1"].error == 15 * UNIT
    assert [found["v-1"].error, found["v1"].share] == [0, 1]  # numbers that are given are exact
    assert blamed(one.shares("f")) is None


def test_what_is_read_as_a_decimal_has_an_error_of_its_own() -> None:
    tape = Function("[0.1*x, 0.5*x, pi*x, 3*x]").tape
    assert {tape.literals[k] for k in exactly_read(tape)} == {"0.5", "3"}
    one = Function("0.1*x").trace({"x": 1})
    assert {node_text(one, s.node): s.error > 0 for s in one.shares("y")} == {"v0": False, "0.1": True, "v1": True}


@pytest.mark.parametrize("text", ["x^0.1", "x^(1/3)", "x^-0.7", "2.1^x", "x^x"])
def test_a_constant_exponent_has_an_error_that_powers_magnify(text: str) -> None:
    pytest.importorskip("flint")
    random = Random(3)
    for _ in range(50):
        x = random.uniform(0.1, 100)
        assert true_error(text, x) <= 1.01 * estimate(text, x)
    shares = {node_text(trace("x^0.1", 1e200), s.node): s.share for s in trace("x^0.1", 1e200).shares("y")}
    assert shares["0.1"] > 0.9


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if len(row.params) == 1 and row.samples])
def test_the_estimate_of_a_function_is_a_bound(name: str) -> None:
    pytest.importorskip("flint")
    random = Random(name)
    ratios = []
    for sample in FUNCTIONS[name].samples:
        for _ in range(5):
            x = float(sample[0]) * random.uniform(0.999, 1.001)
            with suppress(ProblemError):  # outside the domain
                error = max(0.0, true_error(f"{name}(x)", x) - 1e-24 * abs(x))  # the digits of what is proven
                ratios.append((error, estimate(f"{name}(x)", x)))
    assert ratios
    assert all(error <= 1.01 * bound for error, bound in ratios)


def test_the_rounding_of_what_is_computed_leaves_the_inputs_out() -> None:
    f = Function("x + y")
    assert rounding(f.tape, [1.0, 2.0], f.tape.outputs[0].node) == pytest.approx(2 * 3 * UNIT)
    f = Function("0.1*x")
    assert rounding(f.tape, [3.0], f.tape.outputs[0].node) == pytest.approx(2 * 0.3 * UNIT)


def test_a_result_of_0_and_one_that_is_not_finite() -> None:
    one = Function("x - x*1").trace({"x": 3})
    assert {s.condition for s in one.shares("y")} <= {math.inf, 0.0, 1.0}
    assert all(s.share >= 0 for s in Function("ln(x)").trace({"x": 0}).shares("y"))


def test_errors_without_end_share_all_of_it() -> None:
    one = Function("sqrt(x-1)").trace({"x": 1}, rounding=True)
    assert sorted(s.share for s in one.shares("y")) == [0, 0, 0, 1]
    assert "digits" not in total(one, one.outputs[0], one.shares("y"), View())
