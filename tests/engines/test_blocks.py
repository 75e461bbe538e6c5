"""The program of a tape on blocks of arrays: the same numbers as the engines give at one point."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from running import SAMPLES
from sampled import function, sample
from support import NUMBER_ROWS, points, share, tapes

from adcli import Function
from adcli.engines import blocks
from adcli.engines.blocks import BLOCK, Buffers, Tally
from adcli.engines.forward import forward, zero
from adcli.engines.linearise import linearise
from adcli.engines.notes import notes
from adcli.engines.program import Program, record
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.tape.tape import Builder, Output, Tape

ROUNDING = 64  # ulp: vector kernels are not libm's, and a sweep adds up what they err by


def program(text: str, wrt: list[str] | None = None, kind: str = "grad") -> Program:
    f = Function(text)
    return f.ready_many(f.variables, kind, {}, wrt).program


def keys(found: Program) -> list[str]:
    return [row.key for row, _, _ in found.code]


def close(ours: float, theirs: float, scale: float = 0.0) -> bool:
    if ours == theirs or (ours != ours and theirs != theirs):
        return True
    return abs(ours - theirs) <= ROUNDING * 2.0**-52 * max(abs(ours), abs(theirs), scale)


def test_common_parts_are_computed_once() -> None:
    assert keys(program("exp(x*y)+exp(x*y)^2")).count("exp") == 1
    assert keys(program("sin(x)*cos(x)")).count("cos") == 1


def test_nothing_is_computed_for_inputs_outside_wrt() -> None:
    assert "cos" in keys(program("x*y+sin(y)"))
    assert "cos" not in keys(program("x*y+sin(y)", ["x"]))
    assert keys(program("x*y+sin(y)", kind="value")) == ["mul", "sin", "add"]


def test_a_buffer_is_used_again_when_its_last_use_is_past() -> None:
    """t = sin(t + x), 200 times: the values alone need one buffer."""
    text = "a0 = x\n" + "\n".join(f"a{i + 1} = sin(a{i} + x)" for i in range(200)) + "\na200"
    found = program(text, kind="value")
    assert len(found.code) == 400
    assert Buffers(found, 8).count <= 2
    gradient = program(text)
    assert Buffers(gradient, 8).count < len(gradient.code) * 0.6


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_has_the_gradient_of_one_point_runs(path: object) -> None:
    given, f = sample(path), function(path)  # type: ignore[arg-type]
    factors = np.array([1.0, 1.0 + 2**-10, 1.0 - 2**-9])
    at = {name: x * factors for name, x in f.point(given.at).items()}
    found = f.many(at, "jacobian", given.wrt)
    for p, factor in enumerate(factors):
        one = f.jacobian({name: x * factor for name, x in f.point(given.at).items()}, wrt=given.wrt)
        assert all(map(close, found.values[:, p], one.values))
        for ours, theirs in zip(found.jacobian[:, :, p], one.jacobian, strict=True):
            largest = max(map(abs, theirs), default=0.0)
            assert all(close(a, b, largest) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("key", NUMBER_ROWS)
def test_a_row_has_its_value_and_partials(key: str) -> None:
    row = TABLE[key]
    for args in row.samples:
        tape = single(key, args)
        moving = [i for i in range(len(args)) if i not in row.constant]
        x = [args[i] for i in moving]
        linear = linearise(REAL, tape, x)
        (node,) = [o.node for o in tape.outputs]

        def work(F, point, tape=tape, node=node):  # type: ignore[no-untyped-def]
            values, partials = linearise(F, tape, point)
            return [values[node], *partials[node]], None

        found = record(tape, {}, work, tape.inputs, False)
        out = [np.empty(1) for _ in found.results]
        with np.errstate(all="ignore"):
            Buffers(found, 1)([np.array([v]) for v in x], out)
        theirs = [linear.values[node], *(0.0 if p is None else p for p in linear.partials[node])]
        assert all(close(float(a[0]), b) for a, b in zip(out, theirs, strict=True)), args


def single(key: str, args: tuple[float, ...]) -> Tape:
    builder, row = Builder(), TABLE[key]
    nodes = [builder.literal(f"{x:g}") if i in row.constant else builder.input(f"x{i}") for i, x in enumerate(args)]
    builder.tape.outputs = [Output("y", builder.apply(row, *nodes))]
    return builder.tape


@settings(max_examples=share(150), deadline=None)
@given(tapes(), points)
def test_random_tapes_have_the_tangents_of_the_float_engine(tape: Tape, x: list[float]) -> None:
    """Where all values and partials of floats are finite and nothing cancels them away."""
    nodes = [o.node for o in tape.outputs]
    x = x[: len(tape.inputs)]
    seeds = dict.fromkeys(tape.inputs, 1.0)
    linear = linearise(REAL, tape, x)
    if not REAL.finite(linear.values) or not REAL.finite(p for ps in linear.partials for p in ps):
        return
    theirs = forward(REAL, tape, linear, seeds)

    def work(F, point):  # type: ignore[no-untyped-def]
        ours = linearise(F, tape, point)
        tangents = forward(F, tape, ours, seeds)
        return [t for k in nodes for t in (ours.values[k], tangents[k])], ours

    plain, careful = (record(tape, {}, work, tape.inputs, absolute) for absolute in (False, True))
    size = [abs(v) for v in [*linear.values, *theirs] if isinstance(v, float)]
    for found in (plain, careful):
        out = [np.empty(3) for _ in found.results]
        with np.errstate(all="ignore"):
            Buffers(found, 3)([np.full(3, v) for v in x], out)
        expected = [zero(t) for k in nodes for t in (linear.values[k], theirs[k])]
        for ours, truth in zip(out, expected, strict=True):
            assert ours[0] == ours[2] or ours[0] != ours[0]
            if max(size) < 1e6:
                assert abs(ours[0] - truth) <= 1e-6 * max(1.0, *size)


def test_a_branch_not_taken_contributes_nothing() -> None:
    f = Function("L = ln(x); if(x > 0, L, 0)")
    found = f.many({"x": np.array([-1.0, 2.0])})
    assert found.values[0].tolist() == pytest.approx([0, np.log(2)], rel=1e-15)
    assert found.gradient.tolist() == [[0, 0.5]]
    assert found.tally == Tally()


def test_points_that_are_not_finite_are_counted_with_the_first() -> None:
    x = np.ones(100_000)
    x[70_001] = x[90_000] = 0.0
    found = Function("ln(x)").many({"x": x})
    assert found.tally == Tally(2, 70_001)
    ((place, note),) = found.notes
    assert (place, note.message) == (70_001, "v1 = ln(0) is -inf: ln(x) needs x > 0")


@pytest.mark.parametrize(
    ("text", "kinks"),
    [
        ("abs(x)", 1), ("max(x, 1)", 1), ("if(x > 2, x, 0)", 1), ("if(x > 5.5, abs(x), x)", 0), ("floor(x)", 6),
        ("relu(x-1)+abs(x-2)", 2), ("sin(x)", 0), ("if(x > -0.5 and x < 1.5, floor(x), x)", 2),
    ],
)  # fmt: skip
def test_kinks_are_counted_where_an_output_depends_on_them(text: str, kinks: int) -> None:
    f = Function(text)
    x = np.arange(6.0)
    found = f.many({"x": x})
    assert found.tally.kinks == kinks
    told = [i for i in range(6) if any(n.kind == "kink" for n in f.grad({"x": x[i]}).notes)]
    assert len(told) == kinks
    assert found.tally.first_kink == (told[0] if told else -1)


def test_kinks_of_outputs_that_are_not_asked_for_are_not_counted() -> None:
    f, x = Function("[abs(x), x^2]"), np.arange(3.0)
    assert f.many({"x": x}).tally.kinks == 1
    assert f.many({"x": x}, of=["y2"]).tally == Tally()


@pytest.mark.parametrize("size", [1, 2, 4095, 4096, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_blocks_and_threads_change_no_bit(size: int) -> None:
    f = Function("[x*y+sin(x)/y, abs(x)]")
    x, y = np.linspace(-2, 2, size), np.linspace(1, 3, size)
    one, many = (f.many({"x": x, "y": y}, workers=workers, engine="numpy") for workers in (1, 3))
    assert np.array_equal(one.numbers, many.numbers)
    assert one.tally == many.tally
    assert np.array_equal(one.numbers[0], x * y + np.sin(x) / y)


def test_zero_derivatives_have_no_sign() -> None:
    found = Function("-x*y").many({"x": np.zeros(3), "y": 0.0})
    assert not np.signbit(found.jacobian).any()
    assert np.signbit(found.values).all()


def test_marks_are_set_where_a_note_is_due() -> None:
    ready = Function("sqrt(x)+abs(x-4)").ready_many(["x"], "grad", {})
    x = np.array([-1.0, 1.0, 4.0, 9.0])
    marks = np.zeros(4, bool)
    ready.run([x], list(np.empty((2, 4))), None, marks)
    assert marks.tolist() == [True, False, True, False]
    assert [bool(notes(ready.asked.tape, linearise(REAL, ready.asked.tape, [v]), [o.node for o in ready.asked.outputs],
                       ready.asked.wrt)) for v in x.tolist()] == marks.tolist()  # fmt: skip


def test_a_fault_in_a_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = Function("x^2").ready_many(["x"], "grad", {}, engine="numpy")

    def fail(*_: object) -> None:
        raise MemoryError(threading.current_thread().name)

    monkeypatch.setattr(blocks, "all_finite", fail)
    with pytest.raises(MemoryError):
        ready.run([np.ones(100_000)], list(np.empty((2, 100_000))), 2)
