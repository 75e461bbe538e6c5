"""Every sample against what it says itself, against 50-digit numerical derivatives, and as a trace that adds up.

Broken samples (samples/errors) print the text that stands beside them; ADCLI_SNAPSHOTS=1 writes it anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf
from printed import printed_sums, table_text
from rich.cells import cell_len
from running import ROOT, SAMPLES, here
from sampled import function, sample

from adcli.report.trace import TraceReport
from adcli.trace import Trace

ERRORS = sorted((ROOT / "samples" / "errors").glob("*.ad"))


@cache
def traced(path: Path, mode: str = "both") -> Trace:
    given = sample(path)
    return function(path).trace(given.at, mode, given.wrt)


every_sample = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)


# What a sample says of itself


@every_sample
def test_the_command_line_of_a_sample_runs(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = sample(path).arguments
    assert arguments[1:3] == ["-f", f"samples/{path.name}"]
    ran = here(capsys, "", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["program"] == path.read_text(encoding="utf-8")


def agrees(number: float, text: str) -> bool:
    """Whether a number is within half a unit of the last digit of a text, or reads back as it."""
    place = Decimal(1).scaleb(Decimal(text).as_tuple().exponent)  # type: ignore[arg-type]
    return number == float(text) or abs(Decimal(number) - Decimal(text)) <= place / 2 * Decimal("1.0000001")


@every_sample
def test_values_and_jacobian_are_those_written_in_the_sample(path: Path) -> None:
    given = sample(path)
    assert given.values, "a sample says its values"
    result = function(path).jacobian(given.at, wrt=given.wrt)
    assert [agrees(x, text) for x, text in zip(result.values, given.values, strict=True)] == [True] * len(given.values)
    assert len(result.jacobian) == len(given.jacobian)
    for row, texts in zip(result.jacobian, given.jacobian, strict=True):
        assert [agrees(x, text) for x, text in zip(row, texts, strict=True)] == [True] * len(texts), row


@every_sample
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_both_modes_give_the_same_jacobian(path: Path, mode: str) -> None:
    given = sample(path)
    one, other = (function(path).jacobian(given.at, mode=m, wrt=given.wrt) for m in ("auto", mode))
    for row, expected in zip(one.jacobian, other.jacobian, strict=True):
        assert row == pytest.approx(expected, rel=1e-13, abs=1e-15)


# An opinion that shares nothing with adcli: the formulas written again, differentiated numerically

Reference = Callable[[Callable[..., Any]], list[Any]]


def normal(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def black_scholes(v: Callable[..., Any]) -> list[Any]:
    spot, strike, rate, sigma, time = map(v, ("spot", "strike", "rate", "sigma", "time"))
    d1 = (mpmath.ln(spot / strike) + (rate + sigma**2 / 2) * time) / (sigma * mpmath.sqrt(time))
    return [spot * normal(d1) - strike * mpmath.exp(-rate * time) * normal(d1 - sigma * mpmath.sqrt(time))]


def broyden(v: Callable[..., Any]) -> list[Any]:
    return [(3 - 2 * v("x", i)) * v("x", i) - v("x", i - 1) - 2 * v("x", i + 1) + 1 for i in range(2, 6)]


def griewank(v: Callable[..., Any]) -> list[Any]:
    a, b = v("x1"), v("x2")
    return [(mpmath.sin(a / b) + a / b - mpmath.exp(b)) * (a / b - mpmath.exp(b))]


def lighthouse(v: Callable[..., Any]) -> list[Any]:
    t = mpmath.tan(v("omega") * v("t"))
    return [v("nu") * t / (v("slope") - t), v("slope") * v("nu") * t / (v("slope") - t)]


def logistic(v: Callable[..., Any]) -> list[Any]:
    table = [(0.5, 1.2, 1), (1.5, -0.3, 1), (-0.7, 0.8, -1), (-1.1, -0.4, -1), (0.2, -1.9, 1), (0.1, 0.6, -1)]
    scores = [label * (v("w1") * mpf(u) + v("w2") * mpf(w) + v("b")) for u, w, label in table]
    return [sum(mpmath.log(1 + mpmath.exp(-score)) for score in scores) / 6]


def lorenz(v: Callable[..., Any]) -> list[Any]:
    x, y, z = v("x"), v("y"), v("z")
    return [v("sigma") * (y - x), x * (v("rho") - z) - y, x * y - v("beta") * z]


def network(v: Callable[..., Any]) -> list[Any]:
    hidden = [mpmath.tanh(v("w", i, 1) * mpf(0.5) - v("w", i, 2) + v("b", i)) for i in (1, 2, 3)]
    prediction = sum(v("u", i) * h for i, h in enumerate(hidden, 1)) + v("c")
    return [(prediction - mpf(0.8)) ** 2 / 2]


def robot_arm(v: Callable[..., Any]) -> list[Any]:
    angles = [v("a"), v("a") + v("b"), v("a") + v("b") + v("c")]
    links = [v("l", i) for i in (1, 2, 3)]
    x = sum(link * mpmath.cos(q) for link, q in zip(links, angles, strict=True))
    y = sum(link * mpmath.sin(q) for link, q in zip(links, angles, strict=True))
    return [x, y, angles[2]]


def rosenbrock(v: Callable[..., Any]) -> list[Any]:
    return [sum(100 * (v("x", i + 1) - v("x", i) ** 2) ** 2 + (1 - v("x", i)) ** 2 for i in range(1, 10))]


REFERENCES: dict[str, Reference] = {
    "black_scholes": black_scholes,
    "broyden": broyden,
    "exp_2": lambda v: [1 + v("x") + v("x") ** 2 / 2],
    "griewank": griewank,
    "lighthouse": lighthouse,
    "logistic": logistic,
    "lorenz": lorenz,
    "network": network,
    "robot_arm": robot_arm,
    "rosenbrock": rosenbrock,
    "speelpenning": lambda v: [mpmath.fprod(v("x", i) for i in range(1, 8))],
    "textbook": lambda v: [mpmath.log(v("x1")) + v("x1") * v("x2") - mpmath.sin(v("x2"))],
}
WITHOUT_DERIVATIVE = {"kinks"}


def test_every_sample_has_a_reference() -> None:
    assert {path.stem for path in SAMPLES} == REFERENCES.keys() | WITHOUT_DERIVATIVE


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.stem in REFERENCES], ids=lambda path: path.stem)
def test_values_and_jacobian_agree_with_numerical_differentiation(path: Path) -> None:
    given = sample(path)
    result = function(path).jacobian(given.at, wrt=given.wrt)
    reference = REFERENCES[path.stem]

    def outputs(moved: str, step: Any) -> list[Any]:
        def variable(name: str, *index: int) -> Any:
            full = name + (f"[{','.join(map(str, index))}]" if index else "")
            return mpf(given.at[full]) + (step if full == moved else 0)

        return reference(variable)

    with mp.workdps(50):
        step = mpf(10) ** -16  # the central difference errs by its square
        assert result.values == pytest.approx([float(x) for x in outputs("", 0)], rel=1e-13)
        for j, name in enumerate(result.variables):
            slopes = [(b - a) / (2 * step) for a, b in zip(outputs(name, -step), outputs(name, step), strict=True)]
            assert [row[j] for row in result.jacobian] == pytest.approx(
                [float(s) for s in slopes], rel=1e-12, abs=1e-15
            )


# Every trace adds up


@every_sample
def test_every_adjoint_is_exactly_the_sum_of_its_contributions(path: Path) -> None:
    trace = traced(path)
    for output in trace.coseeds:
        adjoints, contributions = trace.adjoints(output), trace.contributions(output)
        (seeded,) = (o.node for o in trace.outputs if o.name == output)
        for k in trace.nodes:
            total = 1.0 if k == seeded else 0.0
            for part in contributions.get(k, []):
                assert part.term == (part.adjoint * part.partial if part.adjoint and part.partial else 0.0)
                assert part.adjoint == adjoints[part.user]
                total += part.term
            assert (adjoints[k] or 0.0) == total, trace.names[k]


@every_sample
def test_every_tangent_is_exactly_the_sum_of_its_terms(path: Path) -> None:
    trace = traced(path)
    for seed in trace.seeds:
        tangents = trace.tangents(seed)
        for k in trace.nodes:
            args = trace.tape.arguments(k)
            if args:
                slopes = zip(args, trace.linear.partials[k], strict=False)
                terms = [(tangents[a] or 0.0) * p for a, p in slopes if p is not None]
                assert (tangents[k] or 0.0) == sum(terms), trace.names[k]


@every_sample
def test_the_sweeps_of_the_trace_end_in_the_jacobian(path: Path) -> None:
    trace = traced(path)
    result = trace.result
    for j, name in enumerate(result.variables):
        column = [trace.tangents(name)[o.node] or 0.0 for o in trace.outputs]
        assert column == pytest.approx([row[j] for row in result.jacobian], rel=1e-13, abs=1e-15)
    for i, output in enumerate(trace.outputs):
        row = [trace.adjoints(output.name)[node] or 0.0 for node in trace.inputs.values()]
        assert row == pytest.approx(result.jacobian[i], rel=1e-13, abs=1e-15)


VIEWS = [
    {"width": width, "ascii": ascii, "whole": True, "digits": digits}
    for width, ascii, digits in ((80, False, 6), (80, True, 3), (120, False, 3), (120, True, 6))
]


@every_sample
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(map(str, view.values())))
def test_the_printed_terms_add_up_to_the_printed_sum_and_fit_the_terminal(path: Path, view: dict[str, Any]) -> None:
    text = table_text(TraceReport(traced(path)), **view)
    found = list(printed_sums(text))
    assert found or path.stem == "speelpenning"
    for terms, total, about in found:
        assert len(terms) > 1
        assert about or sum(terms) == total, (terms, total)
    assert max(map(cell_len, text.split("\n"))) <= view["width"]
    assert not view["ascii"] or text.isascii()


@every_sample
def test_the_printed_sums_are_all_there(path: Path) -> None:
    """With room enough, every adjoint of several contributions and every tangent of several terms shows its sum."""
    trace = traced(path)
    wanted = 0
    for output in trace.coseeds:
        (seeded,) = (o.node for o in trace.outputs if o.name == output)
        parts = trace.contributions(output)
        wanted += sum(len(parts.get(k, [])) + (k == seeded) > 1 for k in trace.nodes)
    for k in trace.nodes:
        slopes = zip(trace.tape.arguments(k), trace.linear.partials[k], strict=False)
        wanted += len(trace.seeds) * (sum(p is not None and bool(trace.tape.varying[a]) for a, p in slopes) > 1)
    assert len(list(printed_sums(table_text(TraceReport(trace), whole=True)))) == wanted


@every_sample
def test_samples_are_marked_as_approximate_nowhere(path: Path) -> None:
    """With at most twelve decimals, every sum of every sample adds up in print."""
    text = table_text(TraceReport(traced(path)), whole=True)
    assert not any(about for _, _, about in printed_sums(text))


# Broken samples


def test_there_are_broken_samples_of_every_kind() -> None:
    assert len(ERRORS) >= 30
    assert {path.stem for path in ERRORS} == {path.stem for path in ERRORS[0].parent.glob("*.txt")}


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_a_broken_sample_prints_the_message_beside_it(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = sample(path).arguments
    assert arguments[1:3] == ["-f", f"samples/errors/{path.name}"]
    ran = here(capsys, "", *arguments)
    assert (ran.code in (1, 2, 3), ran.out) == (True, "")
    assert re.match("error: .*[a-z]", ran.err), "the headline names the problem"
    message = path.with_suffix(".txt")
    if os.environ.get("ADCLI_SNAPSHOTS") == "1":
        message.write_text(ran.err, encoding="utf-8")
    assert ran.err == message.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_the_message_of_a_broken_sample_has_carets_and_a_fix(path: Path) -> None:
    lines = path.with_suffix(".txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    kind = path.stem
    assert any(re.fullmatch(r" +\| +\^+", line) for line in lines) == (kind not in ("no_value", "unknown_variable"))
    assert kind in ("outside_the_domain", "kink", "overflow") or re.match("  [a-z'(]", lines[-1])
