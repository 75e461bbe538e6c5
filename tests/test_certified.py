"""Proven digits: every number against 80 digits of mpmath, and what cannot be proven is said."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf

pytest.importorskip("flint")

from running import SAMPLES
from sampled import function, sample
from support import points, share, tapes

from adcli import Function, ProblemError
from adcli.named import Asked
from adcli.numbers.proven import Proven
from adcli.ops import FUNCTIONS

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"
AT = {"x1": 2, "x2": 5}


def right(found: float, truth: Any, digits: int) -> bool:
    """Whether a number shows so many digits of the truth, correctly rounded."""
    assert isinstance(found, Proven)
    with mp.workdps(digits + 20):
        shown, exact = mpf(found.text), mpf(truth)
        return bool(abs(shown - exact) <= abs(exact) * mpf(10) ** (1 - digits) * mpf("0.5000001"))


@pytest.mark.parametrize("digits", [1, 2, 10, 17, 50, 200])
def test_the_textbook(digits: int) -> None:
    found = Function(TEXTBOOK).jacobian(AT, precision=digits)
    with mp.workdps(digits + 30):
        assert right(found.values[0], mpmath.ln(2) + 10 - mpmath.sin(5), digits)
        assert right(found.gradient[1], 2 - mpmath.cos(5), digits)
    assert [str(x) for x in (found.gradient[0], *found.at.values())] == (
        ["5.5", "2", "5"] if digits > 1 else ["6", "2", "5"]
    )
    assert found.precision == digits


def test_the_number_type_may_be_asked_for_by_name() -> None:
    assert Function(TEXTBOOK).jacobian(AT, number="ball").gradient[1].text == "1.7163378145367737"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="number is one of real, ball"):
        Function("x").jacobian({"x": 1}, number="float")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("0.1", "0.1"), (Decimal("0.1"), "0.1"), (Fraction(1, 3), "0.33333333333333333333333333"),
        (0.1, "0.10000000000000000555111512"), (3, "3"), (10**30, "1e30"), ("pi/4", "0.78539816339744830961566085"),
        ("[0.1, 0.2]", None), (Decimal("1E+2"), "100"), (-2, "-2"), (Fraction(-1, 8), "-0.125"),
    ],
)  # fmt: skip
def test_what_is_written_is_what_is_meant(given: Any, shown: str | None) -> None:
    if shown is None:
        assert [str(x) for x in Function("[x[1] + x[2]]").value({"x": ["0.1", "0.2"]}, precision=26).values] == ["0.3"]
    else:
        assert str(Function("x").value({"x": given}, precision=26).values[0]) == shown


def test_every_command_gives_the_same_derivatives() -> None:
    f, at = Function("x^2*y + exp(x*y)"), {"x": "0.1", "y": "0.7"}
    with mp.workdps(60):
        x, y = mpf("0.1"), mpf("0.7")
        e = mpmath.exp(x * y)
        value, fx, fy = x * x * y + e, 2 * x * y + y * e, x * x + x * e
        xx, xy, yy = 2 * y + y * y * e, 2 * x + e + x * y * e, x * x * e
        assert right(f.value(at, precision=40).values[0], value, 40)
        assert all(map(right, f.grad(at, precision=40).gradient, (fx, fy), (40, 40)))
        assert right(f.jvp(at, {"x": 1, "y": 2}, precision=40).jvp[0], fx + 2 * fy, 40)
        assert all(map(right, f.vjp(at, {"f": 3}, precision=40).vjp, (3 * fx, 3 * fy), (40, 40)))
        assert all(map(right, sum(f.hessian(at, precision=40).hessian, []), (xx, xy, xy, yy), [40] * 4))
        hvp = f.hvp(at, {"x": 1, "y": 2}, precision=40)
        assert all(map(right, [*hvp.hvp, *hvp.quadratic], (xx + 2 * xy, xy + 2 * yy, xx + 4 * xy + 4 * yy), [40] * 3))
        taylor = f.taylor(at, 2, {"x": 1, "y": 0}, precision=40)
        assert all(map(right, taylor.coefficients[0], (value, fx, xx / 2), [40] * 3))
        assert right(taylor.derivatives[0][2], xx, 40)
        trace = f.trace(at, precision=40)
        assert all(map(right, trace.result.gradient, (fx, fy), (40, 40)))
        assert all(map(right, [trace.adjoints("f")[k] for k in trace.inputs.values()], (fx, fy), (40, 40)))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_agrees_with_its_floats(path: Any) -> None:
    f, at = function(path), sample(path).at
    floats, proven = f.jacobian(at), f.jacobian(at, precision=20)
    for x, y in zip([*floats.values, *floats.numbers()], [*proven.values, *proven.numbers()], strict=True):
        assert x == pytest.approx(float(y), rel=1e-9, abs=1e-9)
        assert isinstance(y, Proven)


# (program, at, what the problem says of its value, of its gradient; None where there is none)
OPEN = [
    ("ln(x)", "0", "v1 = ln(0) is undefined: ln(x) needs x > 0", "is undefined"),
    ("1/(x - 0.3)", "0.1+0.2", "v2 = 1/0 is undefined", "is undefined"),
    ("sqrt(x)", "0", None, "v1 = sqrt(0) has no finite derivative here"),
    ("ln(sin(x))", "pi", "at the edge of its domain as far as 4,932 digits tell: ln(x) needs x > 0", "edge"),
    ("abs(sin(x))", "pi", None, "v2 = abs(0e-4930) is at a kink as far as 4,932 digits tell"),
    ("if(sin(x) > 0, x, 1)", "pi", "0e-4930 > 0 cannot be decided: the two sides agree", "cannot be decided"),
    ("if(sin(x) > 0, x, x + 0)", "pi", None, "cannot be decided"),
    ("floor(sin(x)^2 + cos(x)^2)", "0.3", "is at a kink", "is at a kink"),
    ("asin(sin(x)^2 + cos(x)^2)", "0.3", "edge of its domain", "edge of its domain"),
    ("if(x > 0, ln(x), 0)", "-1", None, None),
    ("sin(x)", "pi", None, None),
    ("gamma(x)", "-2", "is undefined", "is undefined"),
    ("(-8)^(x/3)", "1", "is undefined", "is undefined"),
]


@pytest.mark.parametrize(("text", "at", "value", "gradient"), OPEN, ids=[f"{row[0]} at {row[1]}" for row in OPEN])
def test_what_is_undefined_or_open_is_said_and_nothing_is_guessed(
    text: str, at: str, value: str | None, gradient: str | None
) -> None:
    f = Function(text)
    for method, says in ((f.value, value), (f.grad, gradient)):
        if says is None:
            method({"x": at}, precision=30)
            continue
        with pytest.raises(ProblemError) as wrong:
            method({"x": at}, precision=30)
        assert says in wrong.value.problem.headline
        assert wrong.value.problem.exit_code == 1
        assert wrong.value.problem.span is not None


def test_a_kink_is_met_exactly() -> None:
    found = Function("abs(x - 0.3)").grad({"x": "0.1 + 0.2"}, precision=20)  # in floats it is 5.6e-17 beside it
    assert [note.message for note in found.notes] == ["v2 = abs(0) has a kink here: left -1, right 1; used 0"]
    assert Function("abs(x - 0.3)").grad({"x": 0.1 + 0.2}).notes == []
    jump = Function("floor(x) + if(x > 1, x^2, 1)").grad({"x": "0.7 + 0.3"}, precision=20)
    assert ["jumps here" in note.message or "equality" in note.message for note in jump.notes] == [True, True]


def test_what_is_0_but_not_for_certain_shows_the_digits_that_are() -> None:
    found = Function("[sin(x), cos(x)]").jacobian({"x": "pi"}, precision=20)
    assert [str(x) for x in found.values] == ["0e-4930", "-1.0000000000000000000"]
    assert [str(row[0]) for row in found.jacobian] == ["-1.0000000000000000000", "0e-4930"]


def test_cancellation_is_no_trouble() -> None:
    found = Function("(1 - cos(x))/x^2").value({"x": "1e-100"}, precision=30)
    assert str(found.values[0]) == "0.500000000000000000000000000000"
    assert Function("(1 - cos(x))/x^2").value({"x": 1e-100}).values[0] == 0


@pytest.mark.parametrize("precision", [0, -5, 10**6])
def test_a_precision_out_of_range(precision: int) -> None:
    with pytest.raises(ProblemError, match="the precision is from 1 to 100,000 digits"):
        Function("x").value({"x": 1}, precision=precision)


@settings(max_examples=share(400))
@given(tapes(most=8), points)
def test_floats_and_proven_numbers_of_any_tape_agree_where_both_have_one(tape: Any, point: list[float]) -> None:
    from adcli.certified import prove
    from adcli.swept import swept

    at = dict(zip(tape.variables, point, strict=False))
    asked = Asked(tape, at, tape.outputs, dict(zip(tape.variables, tape.inputs, strict=True)))
    floats = swept(asked, "reverse")[0]
    try:
        reverse = prove(lambda one: swept(one, "reverse")[0], asked, 5)
        forward = prove(lambda one: swept(one, "forward")[0], asked, 5)
    except ProblemError:
        return
    for x, y, z in zip(floats.numbers(), reverse.numbers(), forward.numbers(), strict=True):
        assert str(y) == str(z) or (not y and not z)  # 0, of which either tells as many digits as it can
        if x - x == 0 and abs(float(y)) < 1e100:  # where nothing cancels; what does is for --rounding
            scale = max(1.0, *(abs(v) for v in floats.values if v - v == 0), abs(float(y)))
            assert abs(x - float(y)) <= 1e-3 * scale or floats.notes != []


def test_more_digits_than_python_writes_and_numbers_beside_a_middle() -> None:
    with mp.workdps(5020):
        assert (
            str(Function("sqrt(2)").value({}, precision=5000).values[0])[:4990] == mpmath.nstr(mp.sqrt(2), 5010)[:4990]
        )
    for text, digits, shown in (("1/8+1e-40", 2, "0.13"), ("1/8+1e-40*sqrt(2)", 2, "0.13"), ("1.5+exp(-100)", 1, "2")):
        assert str(Function(text).value({}, precision=digits).values[0]) == shown
    with pytest.raises(ProblemError, match="cannot be proven"):
        Function("exp(-exp(exp(x)))").value({"x": 10}, precision=5)


SMOOTH = [
    name for name, row in FUNCTIONS.items() if row.partials and not row.kink and not row.constant and name != "if"
]


@pytest.mark.parametrize("name", SMOOTH)
def test_the_proven_taylor_series_of_a_function_adds_up_to_it(name: str) -> None:
    row = FUNCTIONS[name]
    f = Function(f"{name}({','.join(row.params)})")
    summed = 0
    for xs in row.samples:
        at = {v: Fraction(str(float(x))) for v, x in zip(f.variables, xs, strict=True)}
        h = Fraction(1, 1000) * min(1, *(abs(x) or 1 for x in at.values()), 1)
        try:
            found = f.taylor(at, 14, dict.fromkeys(at, 1), precision=60).coefficients[0]
            whole = Fraction(f.value({v: x + h for v, x in at.items()}, precision=60).values[0].text)
        except ProblemError:  # beside the edge of the domain
            continue
        terms = [Fraction(c.text) * h**k for k, c in enumerate(found)]
        size = max(map(abs, terms))
        if all(abs(term) < size * Fraction(1, 10**39) for term in terms[-2:]):
            assert abs(sum(terms) - whole) < size * Fraction(1, 10**36)
            summed += 1
    assert summed


def test_cotangents_are_as_exact_as_tangents() -> None:
    third = Fraction(1, 3)
    assert Function("x").vjp({"x": 1}, {"y": third}, precision=20).vjp[0].text == "0.33333333333333333333"  # type: ignore[attr-defined]
    assert Function("x").jvp({"x": 1}, {"x": third}, precision=20).jvp[0].text == "0.33333333333333333333"  # type: ignore[attr-defined]
    twice = Function("x", "x").vjp({"x": 1}, {"y1": "0.1", "y2": "0.2"}, precision=20)  # two outputs that are one node
    assert twice.vjp[0].text == "0.3"  # type: ignore[attr-defined]
    assert Function("x", "x").vjp({"x": 1}, {"y1": 0.1, "y2": 0.2}).vjp == [0.1 + 0.2]


@pytest.mark.parametrize(
    ("text", "x"), [("digamma(x)", -123456.5), ("polygamma(1, x)", -99999.5), ("polygamma(2^1023, x)", 1.5)]
)
def test_what_would_take_too_long_is_undecided_and_not_undefined(text: str, x: float) -> None:
    with pytest.raises(ProblemError, match="is not known with proven digits"):
        Function(text).grad({"x": x}, precision=10)
