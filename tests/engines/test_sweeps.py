"""Random tapes on which all ways to a derivative agree, and the sums that make an adjoint."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from support import points, share, tapes

from adcli import Function
from adcli.engines.forward import forward
from adcli.engines.jacobian import jacobian
from adcli.engines.linearise import Linearisation, evaluate, linearise
from adcli.engines.reverse import contributions, reverse
from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.dual import Dual, duals
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.tape.tape import Tape

DUAL = duals(REAL)
EPSILON = 2.0**-52


def same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)


def all_finite(linear: Linearisation) -> bool:
    """Whether all partials are finite: then no product needs to be absolute."""
    return all(p is None or math.isfinite(p) for partials in linear.partials for p in partials)


def magnitudes(tape: Tape, linear: Linearisation, node: int) -> list[float]:
    """Per node, the sum of the sizes of all contributions to its tangent: what rounding is relative to."""
    sizes = Linearisation(linear.values, [tuple(None if p is None else abs(p) for p in ps) for ps in linear.partials])
    return [t or 0.0 for t in forward(REAL, tape, sizes, {node: 1.0})]


def test_forward_reverse_dual_and_both_jacobians_agree_on_any_tape() -> None:
    compared = [0, 0]  # derivatives, those that are neither 0 nor 1

    @settings(max_examples=share(800))
    @given(tapes(), points)
    def agree(tape: Tape, point: Sequence[float]) -> None:
        at = point[: len(tape.inputs)]
        linear = linearise(REAL, tape, at)
        outputs = [o.node for o in tape.outputs]
        assert all(map(same, linear.values, evaluate(REAL, tape, at)))
        if not all_finite(linear):
            return
        backward = [reverse(REAL, tape, linear, {node: 1.0}) for node in outputs]
        by_columns = jacobian(REAL, tape, linear, outputs, tape.inputs, "forward")
        by_rows = jacobian(REAL, tape, linear, outputs, tape.inputs, "reverse")
        for j, node in enumerate(tape.inputs):
            tangents = forward(REAL, tape, linear, {node: 1.0})
            seeded = [DUAL.number(x, float(i == j)) for i, x in enumerate(at)]
            dual = evaluate(DUAL, tape, seeded)
            sizes = magnitudes(tape, linear, node)
            for i, output in enumerate(outputs):
                tangent = tangents[output] or 0.0
                carried = dual[output].tangent if isinstance(dual[output], Dual) else 0.0
                assert same(carried, tangent)
                assert same(by_columns[i][j], tangent)
                assert same(by_rows[i][j], backward[i][node] or 0.0)
                if math.isfinite(sizes[output]):
                    assert abs(tangent - by_rows[i][j]) <= 4 * len(tape) * EPSILON * sizes[output]
                    compared[0] += 1
                    compared[1] += tangent not in (0.0, 1.0)

    agree()
    assert compared[0] > share(500) / 5
    assert compared[1] > 50


def test_contributions_add_up_exactly_to_every_adjoint_of_any_tape() -> None:
    sums = [0]

    @settings(max_examples=share(400))
    @given(tapes(), points)
    def add_up(tape: Tape, point: Sequence[float]) -> None:
        linear = linearise(REAL, tape, point[: len(tape.inputs)])
        for output in tape.outputs:
            adjoints = reverse(REAL, tape, linear, {output.node: 1.0})
            terms = contributions(REAL, tape, linear, adjoints)
            for k, adjoint in enumerate(adjoints):
                if not tape.varying[k]:
                    assert k not in terms
                    assert adjoint is None or k == output.node
                    continue
                total = 1.0 if k == output.node else None
                for term in terms.get(k, []):
                    assert term.partial == linear.partials[term.user][term.place] or term.partial != term.partial
                    assert tape.arguments(term.user)[term.place] == k
                    assert same(term.adjoint, adjoints[term.user])
                    total = term.term if total is None else total + term.term
                    sums[0] += 1
                assert total is adjoint is None or same(total, adjoint)

    add_up()
    assert sums[0] > share(500) / 5


def test_arrays_of_points_agree_with_floats_point_by_point_on_any_tape() -> None:
    compared = [0]

    @settings(max_examples=share(150))
    @given(tapes(most=8), points, points, points)
    def agree(tape: Tape, one: Sequence[float], two: Sequence[float], three: Sequence[float]) -> None:
        at = [np.array(column) for column in (one, two, three)][: len(tape.inputs)]
        with quietly():
            linear = linearise(ARRAY, tape, at)
        for i in range(3):
            single = linearise(REAL, tape, [float(x[i]) for x in at])
            if not all(map(math.isfinite, single.values)) or not all_finite(single):
                continue
            # One step from the same arguments: hosts may differ by ulps, which later steps may magnify.
            for k, row, *_ in tape.interior():
                arguments = [np.broadcast_to(linear.values[a], (3,))[i] for a in tape.arguments(k)]
                again = REAL.again(row, *(bool(x) if x.dtype == bool else float(x) for x in arguments))[0]
                found = float(np.broadcast_to(linear.values[k], (3,))[i])
                close = 1e-14 if row.why else 1e-300
                assert found == pytest.approx(float(again), rel=1e-12, abs=close, nan_ok=True)
                compared[0] += 1

    agree()
    assert compared[0] > share(300) / 5


PROGRAMS = [
    ("ln(x1) + x1*x2 - sin(x2)", [(2, 5), (0.5, -1), (1e-8, 3), (100, 0)]),
    ("(sin(x1/x2) + x1/x2 - exp(x2))*(x1/x2 - exp(x2))", [(1.5, 0.5), (-2, 1), (3, -0.25)]),
    ("[x1*x2, x1^3 + x2, exp(-x1^2)/hypot(x1, x2), 7, x2]", [(1, 2), (-0.5, 3), (2, -2)]),
    ("[normcdf(x1)*x2, erf(x1*x2), sigmoid(x2) - tanh(x1), lgamma(abs(x2) + 1)]", [(0.5, 1), (-3, 2), (0.1, -4)]),
    ("max(x1, x2, x1*x2) + clamp(x1, -1, x2) + mod(x1, 3) + abs(x2)", [(0.5, 2), (-2, 0.25), (4, 1), (1, 1)]),
    # Points where zero must be absolute: a branch not taken, through a shared name too.
    ("L = ln(x1); if(x1 > 0, L, 0) + x2", [(-1, 1), (0, 2), (2, 3)]),
    ("if(x1 == 0, 1, sin(x1)/x1)*x2", [(0, 1), (0.5, 2), (-1, 3)]),
    ("r = sqrt(x1); [if(x1 > 0, r, x1), if(x2 > 0, 1/x2, r)]", [(0, 1), (4, 0), (-1, 2), (0, 0)]),
    ("[1/x1, exp(x2), x1*exp(x2)]", [(0, 1), (1, 1000), (-0.5, 2)]),
]


@pytest.mark.parametrize(("program", "at"), PROGRAMS)
def test_arrays_of_points_go_through_both_sweeps_as_floats_do(program: str, at: list[tuple[float, float]]) -> None:
    tape = parse([program])
    columns = [np.array(column, dtype=float) for column in zip(*at, strict=True)]
    outputs = [o.node for o in tape.outputs]
    with quietly():
        linear = linearise(ARRAY, tape, columns)
        found = {mode: jacobian(ARRAY, tape, linear, outputs, tape.inputs, mode) for mode in ("forward", "reverse")}
    for k, point in enumerate(at):
        single = linearise(REAL, tape, list(map(float, point)))
        values = [float(np.broadcast_to(linear.values[node], (len(at),))[k]) for node in outputs]
        assert values == pytest.approx([single.values[node] for node in outputs], rel=1e-14, nan_ok=True)
        truth = jacobian(REAL, tape, single, outputs, tape.inputs, "reverse")
        for mode, rows in found.items():
            picked = [[float(np.broadcast_to(x, (len(at),))[k]) for x in row] for row in rows]
            assert np.allclose(picked, truth, rtol=1e-13, atol=0, equal_nan=True), (mode, point)


def test_the_textbook_gradient_is_exact() -> None:
    tape = parse(["ln(x1) + x1*x2 - sin(x2)"])
    linear = linearise(REAL, tape, [2.0, 5.0])
    (output,) = (o.node for o in tape.outputs)
    assert linear.values[output] == 11.652071455223084
    for mode in ("forward", "reverse"):
        assert jacobian(REAL, tape, linear, [output], tape.inputs, mode) == [[5.5, 1.7163378145367738]]


def test_the_reverse_sweep_on_duals_gives_the_hessian() -> None:
    tape = parse(["ln(x1)*x2 + x1^2*x2^3 - sin(x1*x2)"])
    x, y = 2.0, 5.0
    s, c = math.sin(x * y), math.cos(x * y)
    by_hand = [
        [-y / x**2 + 2 * y**3 + y * y * s, 1 / x + 6 * x * y * y - c + x * y * s],
        [1 / x + 6 * x * y * y - c + x * y * s, 6 * x * x * y + x * x * s],
    ]
    for j in range(2):
        point = [DUAL.number(v, float(i == j)) for i, v in enumerate((x, y))]
        linear = linearise(DUAL, tape, point)
        adjoints = reverse(DUAL, tape, linear, {tape.outputs[0].node: 1.0})
        assert [adjoints[node].tangent for node in tape.inputs] == pytest.approx([row[j] for row in by_hand], rel=1e-13)


def test_the_hessian_by_duals_is_symmetric_on_any_tape() -> None:
    compared = [0]

    @settings(max_examples=share(500))
    @given(tapes(most=8), points)
    def symmetric(tape: Tape, point: Sequence[float]) -> None:
        at = point[: len(tape.inputs)]
        if len(at) < 2 or not all_finite(linearise(REAL, tape, at)):
            return
        output = tape.outputs[-1].node
        hessian = []
        for j in range(len(at)):
            linear = linearise(DUAL, tape, [DUAL.number(x, float(i == j)) for i, x in enumerate(at)])
            adjoints = [reverse(DUAL, tape, linear, {output: 1.0})[node] for node in tape.inputs]
            hessian.append([a.tangent if isinstance(a, Dual) else 0.0 for a in adjoints])
        for row, column in zip(hessian, zip(*hessian, strict=True), strict=True):
            if all(map(math.isfinite, [*row, *column])):
                largest = max(map(abs, (x for r in hessian for x in r)))
                assert row == pytest.approx(column, rel=1e-9, abs=1e-9 * max(largest, 1e-6))
                compared[0] += any(row)

    symmetric()
    assert compared[0] > share(20) / 25


# Values and partials are finite, what the sweeps make of them is not: the first node at which that happens is named.
BEYOND = [
    ("ln(x*1e-300*1e-300)*1e300", 1e300, "reverse", "v2 = 1*1e-300: in the reverse sweep its adjoint 1e300*1e300 is"),
    ("[x*1e200*1e-10*1e200*1e-300, x]", 1e-300, "forward", "v3 = 1e-110*1e200: in the forward sweep its tangent"),
]


@pytest.mark.parametrize(("text", "x", "mode", "says"), BEYOND, ids=[row[2] for row in BEYOND])
def test_the_first_node_that_a_sweep_takes_beyond_the_range_is_named(text: str, x: float, mode: str, says: str) -> None:
    found = Function(text).jacobian({"x": x}, mode)
    assert not all(map(math.isfinite, found.numbers()))
    (note,) = found.notes
    assert note.kind == "overflow"
    assert note.message.replace("9.999999999999999e299", "1e300").startswith(says)
    assert note.span is not None


def test_the_sweeps_of_jvp_and_vjp_tell_it_too() -> None:
    f = Function("x*1e200")
    (forward_note,) = f.jvp({"x": 1}, {"x": 1e200}).notes
    assert forward_note.message == (
        "v1 = 1*1e200: in the forward sweep its tangent 1e200*1e200 is inf: beyond the range of binary64"
    )
    (reverse_note,) = f.vjp({"x": 1}, {"y": 1e200}).notes
    assert reverse_note.message == (
        "v0 = 1: in the reverse sweep its adjoint 1e200*1e200 is inf: beyond the range of binary64"
    )
    assert f.jvp({"x": 1}, {"x": 1}).notes == f.vjp({"x": 1}, {"y": 1}).notes == []
