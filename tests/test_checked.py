"""`check`: right gradients pass, wrong rules and wrong claims are found, and where they depart is named."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from running import SAMPLES, TEXTBOOK
from sampled import function, sample
from support import points, share, tapes

from adcli import Function, ProblemError
from adcli.engines import check
from adcli.engines.forward import sweep as forward_sweep
from adcli.engines.notes import notes
from adcli.engines.reverse import sweep as reverse_sweep
from adcli.numbers.proven import Proven
from adcli.numbers.text import Written
from adcli.ops import TABLE, Row

AT = {"x1": 2, "x2": 5}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_derivatives_of_every_sample_pass(path: Path) -> None:
    found = function(path).check(sample(path).at)
    assert found.ok, [v for v in found.verdicts if not v.ok]
    assert {v.test for v in found.verdicts} >= {"forward", "order", "dot"}


def underflows(tape: Any, linear: Any, outputs: list[int]) -> bool:
    """Whether a product of either sweep is below the normal numbers."""
    lost = []

    def product(p: float, w: float) -> float:
        lost.append(bool(p and w and abs(p * w) < sys.float_info.min))
        return p * w

    for node in tape.inputs:
        forward_sweep(tape, linear, {node: 1.0}, product)
    for node in outputs:
        reverse_sweep(tape, linear, {node: 1.0}, product, tape.varying)
    return any(lost)


@settings(max_examples=share(2000))
@given(tapes(most=12), points)
def test_right_gradients_of_any_tape_pass(tape: Any, point: list[float]) -> None:
    x = point[: len(tape.inputs)]
    outputs = [o.node for o in tape.outputs]
    sweeps = check.both_sweeps(tape, x, outputs, tape.inputs)
    if any(note.kind != "kink" for note in notes(tape, sweeps.linear, outputs, tape.inputs)):
        return
    if underflows(tape, sweeps.linear, outputs):
        return  # then a sweep is indeed wrong
    kinked = any(note.kind == "kink" for note in notes(tape, sweeps.linear, outputs, tape.inputs))
    assert check.dot_product(tape, sweeps, outputs, tape.inputs, Random(0)).ok
    for i, output in enumerate(outputs):
        for j in range(len(tape.inputs)):
            assert check.agreement(sweeps, i, j).ok
            found = check.remainder(tape, x, output, j, sweeps.by_reverse[i][j], kinked)
            assert found.ok, (found, x, i, j)


STEPS = ("sign", "floor", "ceil", "round")
SMOOTH = [
    pytest.param(row, id=key)
    for key, row in TABLE.items()
    if row.partials
    and not row.tests
    and not row.constant
    and row.name
    and key not in ("sign", "floor", "ceil", "round")
]


@pytest.mark.parametrize("row", SMOOTH)
def test_a_rule_that_is_off_by_a_thousandth_is_found(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{row.name}({', '.join(row.params)})"
    plainest = min(row.samples, key=lambda sample: sum(abs(math.log10(abs(x) or 1)) for x in sample))
    point = dict(zip(row.params, plainest, strict=True))
    assert Function(text).check(point).ok
    right = row.partials
    assert right is not None

    def wrong(F: Any, v: Any, *args: Any) -> Any:
        return tuple(p if p is None else p * 1.001 + 0.002 for p in right(F, v, *args))

    monkeypatch.setattr(row, "partials", wrong)
    found = Function(text).check(point)
    assert not found.ok
    assert {v.test for v in found.verdicts if not v.ok} >= {"order"}
    assert all(v.ok for v in found.verdicts if v.test in ("forward", "dot"))  # which share the wrong rule


def claims(text: str, at: dict[str, float], **claim: str) -> list[tuple[str, bool, str]]:
    found = Function(text).check(at, claim=claim)
    return [(v.variable, v.ok, v.remark.partition(": ")[2]) for v in found.verdicts if v.test == "claim"]


def test_a_right_claim_is_right_as_formula_and_as_number() -> None:
    assert claims(TEXTBOOK, AT, x1="1/x1 + x2", x2="x1 - cos(x2)") == [("x1", True, ""), ("x2", True, "")]
    assert claims(TEXTBOOK, AT, x1="5.5", x2="1.7163") == [("x1", True, ""), ("x2", True, "")]
    assert claims(TEXTBOOK, AT, x2="1.7164")[0][1] is False
    assert claims("1e-8*x", {"x": 1}, x="1e-8")[0][1] is True


@pytest.mark.parametrize(
    ("variable", "claim", "where"),
    [
        ("x2", "x1 + cos(x2)", "what v3 = sin(v0) contributes to v0 has the wrong sign"),
        ("x2", "x1", "what v3 = sin(v0) contributes to v0 is missing"),
        ("x2", "-cos(x2)", "what v2 = v-1*v0 contributes to v0 is missing"),
        ("x1", "2/x1 + x2", "what v1 = ln(v-1) contributes to v-1 is counted twice"),
        ("x1", "x2", "what v1 = ln(v-1) contributes to v-1 is missing"),
        ("x1", "x2 + 1/x1^2", ""),
    ],
)
def test_a_wrong_claim_is_found_and_where_it_departs(variable: str, claim: str, where: str) -> None:
    assert claims(TEXTBOOK, AT, **{variable: claim}) == [(variable, False, where)]


def test_a_claim_that_is_right_at_the_point_only_is_wrong() -> None:
    assert claims("x^2", {"x": 2}, x="4 + 0*x")[0][1] is False
    assert claims("x^2", {"x": 2}, x="4")[0][1] is True  # a number is about the point


def test_random_points_of_a_box() -> None:
    f = Function("sqrt(x)*y")
    found = f.check({}, box={"x": (-1, 1), "y": (1, 2)}, samples=40, seed=3)
    assert (found.ok, found.points) == (True, 40)
    assert 10 < found.left < 30
    assert f.check({}, box={"x": (-1, 1), "y": (1, 2)}, samples=40, seed=3).verdicts == found.verdicts
    assert not f.check({"y": 1}, box={"x": (-2, -1)}).ok  # nothing was checked


def test_of_very_many_partials_some_are_looked_at() -> None:
    found = Function("[x[i]^2*x[i+1] for i in 1..30]").check({"x": [1.0 + i / 7 for i in range(31)]})
    assert found.ok
    assert 500 < found.skipped < 30 * 31


def test_a_kink_has_no_order_and_passes() -> None:
    found = Function("abs(x) + y^2").check({"x": 0, "y": 1})
    assert found.ok
    assert [v.remark for v in found.verdicts if v.variable == "x" and v.test == "order"] == [
        "at a kink there is no order"
    ]
    assert [v.figure for v in found.verdicts if v.variable == "y" and v.test == "order"] == [pytest.approx(2, abs=0.1)]


def test_digits_lost_to_cancellation_fail_against_proven_ones() -> None:
    pytest.importorskip("flint")
    found = Function("(1 - cos(x))/x^2").check({"x": 1e-8})
    assert {v.test for v in found.verdicts if not v.ok} == {"certified"}
    assert Proven(1, 1, 0, 5).ulps(1 + 2**-52) == 1


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("x^2", {"claim": {"z": "3"}}, "there is no variable z"),
        ("x^2", {"claim": {"x": "2*q"}}, "there is no variable q"),
        ("[x, x^2]", {"claim": {"x": "1"}}, "a claim is about one output, and here are 2"),
        ("x^2", {"claim": {"x": "[x, x]"}}, "no single expression"),
        ("x^2", {"box": {"q": (0, 1)}}, "there is no variable q"),
    ],
)
def test_what_cannot_be_checked(text: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ProblemError, match=says.replace("[", r"\[")):
        Function(text).check({"x": 1}, **options)


@pytest.mark.parametrize(
    ("text", "x"), [("erf(1e5*(x-1))", 0.9995), ("softplus(erf(sinh(tan(x))))", 30.0), ("sin(exp(x))", 30.0)]
)
def test_a_front_or_an_ill_conditioned_point_is_no_failure(text: str, x: float) -> None:
    found = Function(text).check({"x": x})
    assert found.ok, [v for v in found.verdicts if not v.ok]


@pytest.mark.parametrize(("text", "at"), [("0.3*x", {"x": 1}), ("x*0.4 + y", {"x": 1, "y": 2}), ("1e-9*x^2", {"x": 1})])
@pytest.mark.parametrize("zero", ["0", "0.0"])
def test_a_claim_of_0_is_wrong_where_the_partial_is_small(text: str, at: dict[str, float], zero: str) -> None:
    assert claims(text, at, x=zero)[0][1] is False


def test_infinities_of_both_signs_are_no_trouble() -> None:
    assert Function("[x - y, 1/x]").check({"x": math.inf, "y": math.inf}).points == 1
    assert Function("x*y").check({"x": math.inf, "y": -math.inf}).points == 1


def test_a_claim_at_a_kink_is_told_of_it() -> None:
    found = Function("abs(x)").check({"x": 0}, claim={"x": 1.0})
    (claim,) = [v for v in found.verdicts if v.test == "claim"]
    assert not claim.ok
    assert claim.remark == "claimed 1.0, but it is 0.0; v1 = abs(0) has a kink here: left -1, right 1; used 0"


def test_where_nothing_bends_no_order_is_measured() -> None:
    found = Function("abs(x)+x").check({"x": -1})
    assert [v.remark for v in found.verdicts if v.test == "order"] == ["flat, as far as floats tell"]
    found = Function("exp(1e300*x)").check({"x": 0})
    assert [v.remark for v in found.verdicts if v.test == "order"] == ["the Taylor series is beyond the range"]


def test_what_is_proven_beside_an_undecided_partial_is_compared() -> None:
    pytest.importorskip("flint")
    found = Function("[x*y, abs(sqrt(2)^2 + x - 2)]").check({"x": 0, "y": 1})
    certified = {(v.output, v.variable): v for v in found.verdicts if v.test == "certified"}
    assert [key for key, v in certified.items() if v.figure is None] == [("y2", "x")]
    assert certified["y2", "x"].remark.startswith("v4 = abs(")
    assert all(v.figure == 0 for key, v in certified.items() if key != ("y2", "x"))


@pytest.mark.parametrize(
    ("text", "at", "claim", "ok"),
    [
        ("(x+1e12)^2-1e24-2e12*x", {"x": 1}, "300*x", False),  # sizes of 4e12 hide no number of this size
        ("(x+1e6)^2-1e12-2e6*x", {"x": 1}, "2*x+0.001", False),
        ("(x+1e6)^2-1e12-2e6*x", {"x": 1}, "2*x", True),
        ("exp(x)-exp(x)+exp(x)-exp(x)+x", {"x": 709.5}, "7*x", False),  # sizes beyond the range
        ("sin(x)", {"x": math.pi / 4}, "sqrt(2)/2", True),  # a number, however it is written
        ("-x^2", {"x": 3}, "(-6)", True),
        ("-x^2", {"x": 3}, "3-8", False),
        ("x^2", {"x": 3}, "x+3", False),  # right at the point, not beside it
    ],
)
def test_claims_within_rounding(text: str, at: dict[str, float], claim: str, ok: bool) -> None:
    found = Function(text).check(at, claim={"x": claim})
    assert [v.ok for v in found.verdicts if v.test == "claim"] == [ok]


def test_a_partial_that_is_lost_is_no_partial_of_0() -> None:
    pytest.importorskip("flint")
    for text, x in [("x/(x+1)", 1e17), ("1/exp(x) + 5", 400.0)]:
        found = Function(text).check({"x": x})
        assert [v.ok for v in found.verdicts if v.test == "certified"] == [False]
    found = Function("1/exp(x)").check({"x": 400}, claim={"x": "-exp(-x)"})
    assert [v.ok for v in found.verdicts if v.test == "claim"] == [True]  # adcli's float is wrong, not the claim
    assert all(v.ok for v in Function("max(x, min(x, 0.1))").check({"x": Written(0.1, "0.1")}).verdicts)
