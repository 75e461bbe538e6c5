"""`propagate`: the law of the GUM, against the package uncertainties and against random numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from running import here

from adcli import Function, ProblemError

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"
AT = {"x1": 2, "x2": 5}
PROGRAMS = [
    (TEXTBOOK, AT, {"x1": 0.1, "x2": 0.2}, lambda u, x1, x2: u.log(x1) + x1 * x2 - u.sin(x2)),
    ("exp(-x)*y/z", {"x": 0.3, "y": 2, "z": 7}, {"x": 0.01, "z": 0.5}, lambda u, x, y, z: u.exp(-x) * y / z),
    ("sqrt(x^2 + y^2)", {"x": 3, "y": 4}, {"x": 0.1, "y": 0.3}, lambda u, x, y: u.sqrt(x**2 + y**2)),
]


@pytest.mark.parametrize("text", [row[0] for row in PROGRAMS])
def test_the_same_as_the_package_uncertainties(text: str) -> None:
    uncertainties = pytest.importorskip("uncertainties")
    umath = pytest.importorskip("uncertainties.umath")
    at, sigma, peer = next(row[1:] for row in PROGRAMS if row[0] == text)
    found = Function(text).propagate(at, sigma)
    numbers = [uncertainties.ufloat(x, sigma[name]) if name in sigma else x for name, x in at.items()]
    expected = peer(umath, *numbers)
    assert found.sigma == [pytest.approx(expected.std_dev, rel=1e-12)]
    parts = expected.error_components()
    for number, name, percent in zip(numbers, at, found.budget[0], strict=True):
        part = parts.get(number, 0) if name in sigma else 0
        assert percent == pytest.approx(100 * (part / expected.std_dev) ** 2, abs=1e-9), name


def test_covariances_the_same_as_the_package_uncertainties() -> None:
    uncertainties = pytest.importorskip("uncertainties")
    umath = pytest.importorskip("uncertainties.umath")
    cov = [[0.01, 0.006], [0.006, 0.04]]
    x1, x2 = uncertainties.correlated_values([2, 5], cov)
    expected = [umath.log(x1) + x1 * x2 - umath.sin(x2), x1 * x2]
    pairs = {("x1", "x1"): 0.01, ("x1", "x2"): 0.006, ("x2", "x1"): 0.006, ("x2", "x2"): 0.04}
    found = Function(TEXTBOOK, "x1*x2").propagate(AT, cov=pairs)
    assert found.sigma == [pytest.approx(y.std_dev, rel=1e-10) for y in expected]
    np.testing.assert_allclose(found.covariance, uncertainties.covariance_matrix(expected), rtol=1e-9)
    assert [sum(row) for row in found.budget] == [pytest.approx(100)] * 2


def test_the_second_order_is_what_random_numbers_give() -> None:
    f, at, sigma = Function("x^2 + x*y + y^2/2"), {"x": 1.0, "y": 0.5}, {"x": 0.3, "y": 0.4}
    found = f.propagate(at, sigma, second_order=True)
    draw = np.random.default_rng(7).normal(size=(2, 400_000))
    values = f.many({name: at[name] + sigma[name] * z for name, z in zip(at, draw, strict=True)}, "value").values[0]
    assert found.bias is not None
    assert found.sigma2 is not None
    assert found.bias[0] == pytest.approx(values.mean() - found.values[0], rel=0.03)
    assert found.sigma2[0] == pytest.approx(values.std(), rel=0.005)  # of a quadratic the second order is all
    assert found.sigma[0] != pytest.approx(values.std(), rel=0.01)


def test_a_square_in_closed_form() -> None:
    found = Function("x^2").propagate({"x": 3}, {"x": 0.5}, second_order=True)
    assert (found.sigma, found.bias) == ([3.0], [0.25])
    assert found.sigma2 == [pytest.approx(math.sqrt(9 + 2 * 0.5**4))]


def test_inputs_that_are_not_named_are_exact_and_add_nothing_even_where_a_partial_is_infinite() -> None:
    found = Function("sqrt(x)*0 + y").propagate({"x": 0, "y": 1}, {"y": 0.1})
    assert found.sigma == [0.1]
    assert Function("x*y").propagate({"x": 2, "y": 3}, {"x": 0.1}).budget == [[100.0, 0.0]]
    assert Function("x*y").propagate({"x": 2, "y": 3}, {}).budget == [[0.0, 0.0]]


def test_lists_are_taken_as_in_at() -> None:
    found = Function("x[1]*x[2]").propagate({"x": [2, 3]}, {"x": [0.1, 0.2]})
    assert found.sigma == [pytest.approx(math.hypot(0.3, 0.4))]


@pytest.mark.parametrize(
    ("sigma", "cov", "says"),
    [
        ({"x": -1}, {}, "an uncertainty is 0 or more"),
        ({"x": math.nan}, {}, "an uncertainty is 0 or more"),
        ({"z": 1}, {}, "there is no variable z"),
        ({}, {("x", "q"): 1}, "there is no variable q"),
        ({"x": 1}, {("x", "x"): 4}, "--sigma and --cov disagree on x"),
        ({}, {("x", "x"): -1}, "the variance of x is negative"),
        ({}, {("x", "x"): 1, ("y", "y"): 1, ("x", "y"): 2}, "larger than their uncertainties allow"),
        ({}, {("x", "y"): 1, ("y", "x"): 2}, "no symmetric matrix"),
        ({}, {("x", "x"): math.inf}, "is not finite"),
    ],
)
def test_what_is_no_uncertainty_is_refused(sigma: Any, cov: Any, says: str) -> None:
    with pytest.raises(ProblemError, match=says):
        Function("x*y").propagate({"x": 1, "y": 2}, sigma, cov)


def test_correlations_that_cannot_be_together_are_refused() -> None:
    cov = {(a, a): 1.0 for a in "xyz"} | {("x", "y"): 0.9, ("y", "z"): 0.9, ("x", "z"): -0.9}
    with pytest.raises(ProblemError, match="no random numbers have these covariances"):
        Function("x + y + z").propagate({"x": 1, "y": 1, "z": 1}, cov=cov)


FILES = {
    "c.csv": "x,y\n0.01,0.002\n0.002,0.04\n",
    "c.tsv": "x\ty\n0.01\t0.002\n0.002\t0.04\n",
    "c.json": '{"x": {"x": 0.01, "y": 0.002}, "y": {"y": 0.04}}',
    "turned.csv": "y, x\n0.04, 0.002\n\n0.002, 0.01\n",
}


@pytest.mark.parametrize("name", FILES)
def test_covariances_in_a_file(
    name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(FILES[name])
    ran = here(capsys, f"propagate x+y --at x=1,y=2 --cov {name} --format raw")
    assert (ran.code, ran.err) == (0, "")
    assert float(ran.out) == pytest.approx(math.sqrt(0.054))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no square table"),
        ("x,y\n1,2\n", "holds no square table"),
        ("x,y\n1,2\n3\n", "the row of y has 1 cells"),
        ("x,y\n1,a\n3,4\n", "is no number: a"),
        ("x,x\n1,2\n3,4\n", "holds no square table"),
        ('{"x": 1}', "holds no covariances"),
        ('{"x": {"x": NaN}}', "holds no covariances"),
        ('{"x": {"x": "1"}}', "holds no covariances"),
        ("{", "holds no covariances"),
    ],
)
def test_a_file_without_covariances(
    text: str, says: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.csv").write_text(text)
    ran = here(capsys, "propagate x+y --at x=1,y=2 --cov c.csv")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


@pytest.mark.parametrize(
    ("text", "at", "sigma", "expected"),
    [
        ("x - y", {"x": 1, "y": 2}, {"x": 1e-200, "y": 1e-200}, math.sqrt(2) * 1e-200),
        ("1e-200*x", {"x": 1}, {"x": 1}, 1e-200),
        ("1e200*x", {"x": 1}, {"x": 1}, 1e200),
        ("x", {"x": 1}, {"x": 1e200}, 1e200),
    ],
)
def test_no_square_goes_beyond_the_range(text: str, at: Any, sigma: Any, expected: float) -> None:
    found = Function(text).propagate(at, sigma)
    assert found.sigma == [pytest.approx(expected)]
    assert sum(found.budget[0]) == pytest.approx(100)


def test_inputs_that_are_one_number_cancel() -> None:
    pairs = {(a, b): x * y for a, x in (("x", 0.3), ("y", 0.7)) for b, y in (("x", 0.3), ("y", 0.7))}
    found = Function("7*x - 3*y").propagate({"x": 1, "y": 1}, cov=pairs)
    assert (found.sigma, found.budget) == ([0.0], [[0.0, 0.0]])


@pytest.mark.parametrize(
    ("text", "at"), [("sqrt(x)+y", {"x": 0, "y": 1}), ("1/x+y", {"x": 0, "y": 1}), ("exp(x)+y", {"x": 800, "y": 1})]
)
def test_an_infinite_partial_makes_an_infinite_uncertainty(text: str, at: dict[str, float]) -> None:
    found = Function(text).propagate(at, {"x": 0.1, "y": 0.2})
    assert found.sigma == [math.inf]
    assert Function(text).propagate(at, {"x": 0.0, "y": 0.2}).sigma == [0.2]
