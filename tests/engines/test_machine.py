"""The compiled engines: every row against floats, programs against NumPy, the cache, and the interpreter of tapes."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.programs import logistic_map
from running import ROOT
from sampled import function, sample

from adcli.engines.blocks import Buffers
from adcli.engines.jacobian import jacobian
from adcli.engines.linearise import linearise
from adcli.engines.program import Program, record
from adcli.engines.reverse import reverse
from adcli.numbers.array import quietly
from adcli.numbers.real import REAL, evaluate
from adcli.ops import TABLE, Row
from adcli.parse.program import parse
from adcli.tape.tape import Builder, Output, Tape

pytest.importorskip("llvmlite")

from adcli.engines import interpreter, machine  # noqa: E402
from adcli.engines.interpreter import Interpreter  # noqa: E402
from adcli.numbers import machine_code  # noqa: E402

PRIMITIVE = sorted((row for row in TABLE.values() if row.array or row.key == "powc"), key=lambda row: row.key)
NONE = {"digamma", "lgamma", "psi"}  # no function of the C library, or one with fewer digits
EDGES = [
    0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 3.0, 5e-324, -5e-324, 1e-310, 2.0**-1022,
    1e-200, 1e-20, 1.7976931348623157e308, -1.7976931348623157e308, 1e300, -1e300, 1e22, 1e16, -1e5, 710.0, -745.2,
    0.9999999999999999, 1.0000000000000002, 171.6, -170.5, 2.0**52 + 1, 1e6, 123456.789,
]  # fmt: skip
FEW = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-310, 1e300, -1e22, 2.0**53]
FUNCTIONS = {
    "textbook": "ln(x1)+x1*x2-sin(x2)",
    "rosenbrock": "sum((1-x[i])^2+100*(x[i+1]-x[i]^2)^2 for i in 1..3)",
    "logistic": "softplus(-(w1*a+w2*b+w3)*t)",
    "product": "prod(x[i] for i in 1..8)",
    "gauss": "a*exp(-(x-s)^2)+b*exp(-(x-t)^2)",
    "option": "d1=(ln(S/K)+(r+s^2/2)*T)/(s*sqrt(T)); d2=d1-s*sqrt(T); "
    "N(d)=0.5*(1+tanh(0.7978845608028654*(d+0.044715*d^3))); S*N(d1)-K*exp(-r*T)*N(d2)",
}


def program(text: str, absolute: bool = False) -> Program:
    """Values and gradients of a program."""
    tape = parse((text,))
    nodes = [output.node for output in tape.outputs]

    def work(F: Any, x: list[Any]) -> Any:
        linear = linearise(F, tape, x)
        rows = jacobian(F, tape, linear, nodes, tape.inputs, "reverse")
        return [linear.values[k] for k in nodes] + [v for row in rows for v in row], linear

    return record(tape, {}, work, tape.inputs, absolute)


def one_row(row: Row) -> Program:
    """A program of one row; arguments that are conditions are made by a comparison with 0."""
    width = len(row.params)
    code = [(TABLE["ne"], (i, -1), width + n) for n, i in enumerate(row.tests)]
    lines = {i: width + n for n, i in enumerate(row.tests)}
    code.append((row, tuple(lines.get(i, i) for i in range(width)), width + len(code)))
    return Program(width, code, [0.0], [code[-1][2]], None)


def run(
    made: Callable[[int], Any], given: Program, inputs: Sequence[Any], points: int
) -> tuple[list[np.ndarray[Any, Any]], Any]:
    out = [np.full(points, 77.0) for _ in given.results]
    return out, made(points)(inputs, out)


def apart(x: float, y: float) -> float:
    """How many ulp two floats are apart; infinite where one is not finite or the signs of zeros differ."""
    if x != x or y != y or math.isinf(x) or math.isinf(y):
        return 0.0 if x == y or (x != x and y != y) else math.inf
    if x == y == 0:
        return 0.0 if math.copysign(1, x) == math.copysign(1, y) else math.inf
    return abs(x - y) / math.ulp(y)


def check_row(row: Row, points: Sequence[tuple[float, ...]]) -> None:
    given = one_row(row)
    columns = [np.array(column, float) for column in zip(*points, strict=True)]
    (found,), _ = run(machine.compiled(given, None), given, columns, len(points))
    wrong = []
    for point, value in zip(points, found, strict=True):
        args = [bool(x) if i in row.tests else x for i, x in enumerate(point)]
        want = float(evaluate(row, *args))
        if apart(float(value), want) > max(4, row.ulp[0]):
            wrong.append((point, float(value), want))
    assert not wrong, (len(wrong), wrong[:10])


@pytest.mark.parametrize("row", PRIMITIVE, ids=lambda row: row.key)
def test_rows_at_samples_and_edges(row: Row) -> None:
    if row.key in NONE:
        assert machine.missing(one_row(row)) == row.key
        return
    edges = [(x,) for x in EDGES] if len(row.params) == 1 else list(product(FEW, repeat=len(row.params)))
    check_row(row, [*row.samples, *edges])


@pytest.mark.parametrize("row", [r for r in PRIMITIVE if r.key not in NONE and not r.condition], ids=lambda r: r.key)
def test_rows_at_random_points(row: Row) -> None:
    rng = np.random.default_rng(7)
    columns = []
    for _ in row.params:
        size = 10.0 ** rng.uniform(-12, 12, 1500)
        columns.append(
            np.concatenate([rng.uniform(-5, 5, 1500), size * rng.choice([-1, 1], 1500), rng.uniform(0, 1, 500)])
        )
    check_row(row, [tuple(map(float, point)) for point in zip(*columns, strict=True)])


def test_there_is_no_code_for_polygamma() -> None:
    assert machine.missing(program("x*lgamma(x)")) in ("digamma", "lgamma")
    assert machine.missing(program("digamma(x)")) in ("digamma", "psi")
    assert machine.missing(program("gauss2 = exp(-x^2); erf(x)*gauss2")) == ""


@pytest.mark.parametrize("text", FUNCTIONS.values(), ids=FUNCTIONS)
def test_gradients_as_numpy_has_them(text: str) -> None:
    given, points = program(text), 10_007
    rng = np.random.default_rng(1)
    inputs = [rng.uniform(0.5, 2, points) for _ in range(given.width)]
    found, _ = run(machine.compiled(given, None), given, inputs, points)
    want, _ = run(lambda size: Buffers(given, size), given, inputs, points)
    for x, y in zip(found, want, strict=True):
        assert np.allclose(x, y, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("text", ["abs(x)*y", "relu(x - y)", "max(x, y)*x", "min(x, y, 2)", "if(x > y, x, floor(y))"])
@pytest.mark.parametrize("absolute", [False, True])
def test_kinks_as_numpy_finds_them(text: str, absolute: bool) -> None:
    given = program(text, absolute)
    grid = np.array(list(product(range(-3, 4), repeat=2)), float)
    inputs = [grid[:, i].copy() for i in range(given.width)]
    found, kinks = run(machine.compiled(given, None), given, inputs, len(grid))
    want, expected = run(lambda size: Buffers(given, size), given, inputs, len(grid))
    assert expected is not None
    assert kinks.dtype == bool
    assert kinks.tolist() == expected.tolist()
    assert [x.tolist() for x in found] == [y.tolist() for y in want]


def test_inputs_that_are_not_finite() -> None:
    given = program("x*exp(y)/(x - y)", absolute=True)
    grid = np.array(list(product(FEW, repeat=2)))
    inputs = [grid[:, 0].copy(), grid[:, 1].copy()]
    found, _ = run(machine.compiled(given, None), given, inputs, len(grid))
    with quietly():
        want, _ = run(lambda size: Buffers(given, size), given, inputs, len(grid))
    for x, y in zip(found, want, strict=True):
        assert np.allclose(x, y, rtol=1e-14, equal_nan=True)


@pytest.mark.parametrize("points", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100])
def test_a_point_has_the_same_numbers_wherever_it_stands(points: int) -> None:
    given = program("x*sin(y) + abs(x)^y")
    made = machine.compiled(given, None)
    rng = np.random.default_rng(points)
    inputs = [rng.uniform(-2, 2, points) for _ in range(given.width)]
    found, kinks = run(made, given, inputs, points)
    for i in range(points):
        single, kink = run(made, given, [x[i : i + 1] for x in inputs], 1)
        assert all(y[i] == x[0] or x[0] != x[0] for x, y in zip(single, found, strict=True))
        assert kink.tolist() == [kinks[i]]


def test_no_points() -> None:
    given = program("abs(x)*y")
    _, kinks = run(machine.compiled(given, None), given, [np.empty(0)] * 2, 0)
    assert kinks.tolist() == []


def test_numbers_strided_arrays_and_integers_are_inputs() -> None:
    given = program("x*sin(y)*z")
    made = machine.compiled(given, None)
    base = np.linspace(0.5, 2, 606)
    whole = [base[::3].copy(), np.full(202, 0.7), np.arange(202.0)]
    want, _ = run(made, given, whole, 202)
    still = base[::3]
    still.flags.writeable = False
    found, _ = run(made, given, [still, 0.7, np.arange(202)], 202)
    assert [x.tolist() for x in found] == [y.tolist() for y in want]
    table = np.empty((202, len(want)))
    made(202)(whole, [table[:, j] for j in range(len(want))])
    assert table.T.tolist() == [y.tolist() for y in want]


def test_arrays_that_do_not_fit_are_refused() -> None:
    given = program("x*y")
    block = machine.compiled(given, None)(10)
    out = [np.empty(10) for _ in given.results]
    with pytest.raises(ValueError, match="length"):
        block([np.empty(9), np.empty(10)], out)
    with pytest.raises(ValueError, match="program"):
        block([np.empty(10)], out)


def test_what_is_finite_and_negative_zeros() -> None:
    given = program("x*y")
    for points in (1, 3, 4, 9):
        for where in range(points):
            x = np.arange(1.0, points + 1)
            block = machine.compiled(given, None, 2)(points)
            out = [np.empty(points) for _ in given.results]
            block([x, -0.0], out)
            assert block.finite
            assert [np.signbit(y).all() for y in out] == [True, False, False]
            x[where] = math.inf if where % 2 else math.nan
            block([x, 2.0], out)
            assert not block.finite


def test_constant_results() -> None:
    given = program("3*x + 2")
    (value, slope), kinks = run(machine.compiled(given, None), given, [np.arange(10.0)], 10)
    assert slope.tolist() == [3.0] * 10
    assert value.tolist() == [3.0 * x + 2 for x in range(10)]
    assert kinks is None


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry each time code is made."""
    calls: list[int] = []
    real = machine.made
    monkeypatch.setattr(machine, "made", lambda *args: (calls.append(1), real(*args))[1])
    return calls


def twice(folder: Path | None) -> None:
    given = program("x*sin(y)")
    out, _ = run(machine.compiled(given, folder), given, [2.0, np.arange(5.0)], 5)
    assert out[0].tolist() == pytest.approx([2 * math.sin(y) for y in range(5)])


def test_code_is_kept_on_disk(tmp_path: Path, compiling: list[int]) -> None:
    twice(tmp_path)
    (file,) = (tmp_path / "code").iterdir()
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    twice(tmp_path)
    assert len(compiling) == 1


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 5000])
def test_damaged_code_is_made_again(tmp_path: Path, compiling: list[int], damage: bytes) -> None:
    twice(tmp_path)
    (file,) = (tmp_path / "code").iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage or whole[:-1])
    twice(tmp_path)
    assert file.read_bytes() == whole
    assert len(compiling) == 2


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_code_that_others_may_write_is_not_run(tmp_path: Path, compiling: list[int]) -> None:
    twice(tmp_path)
    (file,) = (tmp_path / "code").iterdir()
    file.chmod(0o622)
    twice(tmp_path)
    assert len(compiling) == 2
    real = file.rename(tmp_path / "elsewhere")
    file.symlink_to(real)
    twice(tmp_path)
    assert len(compiling) == 3


def test_no_cache_is_no_fault(tmp_path: Path, compiling: list[int]) -> None:
    twice(None)
    (tmp_path / "file").write_text("")
    twice(tmp_path / "file")
    assert len(compiling) == 2


def test_without_the_vector_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "vector_function", lambda *_: "")
    given = program(FUNCTIONS["option"])
    assert "_ZGV" not in machine.text(given, 4)
    inputs = [np.linspace(0.5, 2, 23)] * given.width
    found, _ = run(machine.compiled(given, None), given, inputs, 23)
    want, _ = run(lambda size: Buffers(given, size), given, inputs, 23)
    for x, y in zip(found, want, strict=True):
        assert np.allclose(x, y, rtol=1e-13, atol=1e-14)


def compared(tape: Tape, point: Sequence[float]) -> None:
    node = tape.outputs[0].node
    values, adjoints = Interpreter(tape).gradient(point, {node: 1.0})
    linear = linearise(REAL, tape, point)
    want = [0.0 if w is None else w for w in reverse(REAL, tape, linear, {node: 1.0})]
    assert np.allclose(values, np.array(linear.values, float), rtol=1e-12, atol=1e-300, equal_nan=True)
    assert np.allclose(adjoints, want, rtol=1e-12, atol=1e-14, equal_nan=True)


SAMPLES = sorted((ROOT / "samples").glob("*.ad"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_interpreter_on_samples(path: Path) -> None:
    tape = function(path).tape
    at = sample(path).at
    if interpreter.missing(tape) or set(tape.variables) - set(at):
        pytest.skip("no machine code for a row, or no point")
    compared(tape, [at[name] for name in tape.variables])


def test_the_interpreter_on_a_long_tape() -> None:
    compared(logistic_map(1000), [3.7, 0.4])


@pytest.mark.parametrize(
    "text", ["if(x > 0, ln(x), x^3)", "x*0/0*y", "sqrt(x)*0 + y", "x^2*x^0.5*x^y", "0*ln(x) + y", "5"]
)
@pytest.mark.parametrize("x", [2.0, 0.0, -1.5])
def test_the_interpreter_at_edges(text: str, x: float) -> None:
    tape = parse((text,))
    compared(tape, [x, 3.0][: len(tape.variables)])


@pytest.mark.parametrize("row", [row for row in TABLE.values() if not row.condition], ids=lambda row: row.key)
def test_the_interpreter_on_rows(row: Row) -> None:
    for point in row.samples:
        b = Builder()
        args = [b.literal(repr(x)) if i in row.constant else b.input(f"x{i}") for i, x in enumerate(point)]
        for i in row.tests:
            args[i] = b.apply(TABLE["gt"], args[i], b.literal("0"))
        b.tape.outputs = [Output("y", b.apply(row, *args))]
        if interpreter.missing(b.tape):
            assert row.key in ("gamma", "lgamma", "digamma", "polygamma", "psi")
            return
        compared(b.tape, [x for i, x in enumerate(point) if i not in row.constant])


def test_what_the_interpreter_has_no_code_for() -> None:
    assert interpreter.missing(parse(("lgamma(x)",))) in ("digamma", "lgamma")
    assert interpreter.missing(parse(("sin(x)*y",))) == ""
