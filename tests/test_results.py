"""Second and higher derivatives in the Python API: what the results hold, what is told, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from adcli import Function, ProblemError

BOWL = Function("x^2*y + exp(y)")
AT = {"x": 3, "y": 0}
SEVERAL = Function("[x*y, x^3, 7]")


# What the results hold


def test_a_hessian_is_a_matrix_for_each_output() -> None:
    found = BOWL.hessian(AT)
    assert (found.hessian, found.values, found.variables, found.sweeps) == ([[0, 6], [6, 1]], [1], ["x", "y"], 2)
    assert found.asymmetry == 0
    several = SEVERAL.hessian({"x": 2, "y": 5})
    assert several.hessians == [[[0, 1], [1, 0]], [[12, 0], [0, 0]], [[0, 0], [0, 0]]]
    with pytest.raises(ValueError, match="3"):
        several.hessian  # noqa: B018
    one = SEVERAL.hessian({"x": 2, "y": 5}, wrt=["x"], of=["y2"])
    assert (one.hessian, one.outputs, one.variables) == ([[12]], ["y2"], ["x"])
    assert list(several.numbers()) == [0, 1, 1, 0, 12, 0, 0, 0, 0, 0, 0, 0]
    turned = BOWL.hessian(AT, wrt=["y", "x"])
    assert turned.hessian == [[1, 6], [6, 0]]


def test_a_product_is_the_hessian_times_the_tangent_and_its_quadratic_form() -> None:
    found = BOWL.hvp(AT, {"y": 2, "x": -1})
    assert found.hvp == [0 * -1 + 6 * 2, 6 * -1 + 1 * 2]
    assert found.quadratic == [-1 * 12 + 2 * -4]
    assert found.tangent == {"x": -1, "y": 2}
    assert BOWL.hvp(AT, {}).hvp == [0, 0]
    assert BOWL.hvp(AT, {"x": 1}, wrt=["y"]).hvp == [6]
    assert BOWL.hvp(AT, {"x": 1}, wrt=["y"]).quadratic == [0]  # of the whole direction
    several = SEVERAL.hvp({"x": 2, "y": 5}, {"x": 1, "y": 1})
    assert (several.hvps, several.quadratic) == ([[1, 1], [12, 0], [0, 0]], [2, 12, 0])
    with pytest.raises(ValueError, match="3"):
        several.hvp  # noqa: B018
    assert Function("x[1]*x[2]").hvp({"x": [1, 2]}, {"x": [3, 4]}).hvp == [4, 3]


def test_taylor_coefficients_go_along_a_direction() -> None:
    f = Function("x*y^2")
    found = f.taylor({"x": 2, "y": 3}, 4, {"x": 1, "y": -1})  # (2 + t)*(3 - t)^2
    assert found.coefficients == [[18, -3, -4, 1, 0]]
    assert found.derivatives == [[18, -3, -8, 6, 0]]
    assert found.direction == {"x": 1, "y": -1}
    assert found.sweeps == 1
    assert f.taylor({"x": 2, "y": 3}, 0, {"x": 1}).coefficients == [[18]]
    assert f.taylor({"x": 2, "y": 3}, 2, {}).coefficients == [[18, 0, 0]]
    assert Function("[t^2, 5, t]").taylor({"t": 1}, 2).coefficients == [[1, 2, 1], [5, 0, 0], [1, 1, 0]]
    assert Function("[t^2, 5, t]").taylor({"t": 1}, 1, of=["y3", "y1"]).coefficients == [[1, 1], [1, 2]]
    assert Function("2*3").taylor({}, 3).coefficients == [[6, 0, 0, 0]]


def test_mixed_partials_are_indexed_by_how_often_each_variable_stands() -> None:
    found = Function("x^2*y^3").mixed({"x": 1, "y": 2}, 3)
    table = dict(zip(found.indices, found.derivatives[0], strict=True))
    assert table[0, 0] == 8
    assert (table[1, 0], table[0, 1]) == (16, 12)
    assert (table[2, 0], table[1, 1], table[0, 2]) == (16, 24, 12)
    assert (table[3, 0], table[2, 1], table[1, 2], table[0, 3]) == (0, 24, 24, 6)
    assert len(found.indices) == math.comb(5, 3)
    part = Function("x^2*y^3").mixed({"x": 1, "y": 2}, 2, wrt=["y"])
    assert (part.indices, part.derivatives) == ([(0,), (1,), (2,)], [[8, 12, 12]])
    assert Function("3").mixed({}, 2).coefficients == [[3]]


def test_no_negative_zero_is_shown() -> None:
    found = [
        *Function("[-0*x^2, -(x*y*0), -x]").hessian({"x": 1, "y": 2}).numbers(),
        *Function("-0*x^2").hvp({"x": 1}, {"x": -1}).numbers(),
        *Function("-x").taylor({"x": 1}, 3).coefficients[0][2:],
        *Function("-x*y").mixed({"x": 1, "y": 0}, 3).coefficients[0][1:],
        *Function("[-0*x^2, x*y*-0]").sparse_hessian({"x": 1, "y": 2}).numbers(),
    ]
    assert all(math.copysign(1, x) == 1 for x in found if x == 0)


def test_two_outputs_on_one_node_and_outputs_that_are_inputs() -> None:
    f = Function("[x*y, x*y, x]")
    at = {"x": 2, "y": 3}
    assert f.hessian(at).hessians == [[[0, 1], [1, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 0]]]
    assert f.hvp(at, {"x": 1}).hvps == [[0, 1], [0, 1], [0, 0]]
    assert f.taylor(at, 2, {"x": 1, "y": 1}).coefficients == [[6, 5, 1], [6, 5, 1], [2, 1, 0]]
    assert f.sparse_hessian(at).data == [[1, 1], [1, 1], [0, 0]]


# Awkward points (program, point, coefficients to order 3, kinds of the notes)

AWKWARD: list[tuple[str, dict[str, float], list[float], list[str]]] = [
    ("sqrt(x)", {"x": 0}, [0, math.inf], ["domain"]),
    ("x^2.5", {"x": 0}, [0, 0, 0, math.inf], ["domain"]),
    ("x^2", {"x": 0}, [0, 0, 1, 0], []),
    ("ln(x)", {"x": -1}, [math.nan], ["domain"]),
    ("abs(x)", {"x": 0}, [0, 0, 0, 0], ["kink"]),
    ("abs(x)^2", {"x": -2}, [4, -4, 1, 0], []),
    ("max(x, 0)", {"x": 0}, [0, 0.5, 0, 0], ["kink"]),
    ("if(x > 0, ln(x), 0)", {"x": -1}, [0, 0, 0, 0], []),
    ("if(x >= 0, x^2, x)", {"x": 0}, [0, 0, 1, 0], ["kink"]),
    ("L = ln(x); if(x > 0, L, x)", {"x": -1}, [-1, 1, 0, 0], []),
    ("if(x == 0, 1, sin(x)/x)", {"x": 0}, [1, 0, 0, 0], ["kink"]),
    ("exp(x)", {"x": 1000}, [math.inf], ["overflow"]),
    ("exp(x)", {"x": 1}, [math.e, math.e, math.e / 2, math.e / 6], []),
]


@pytest.mark.parametrize(("program", "at", "coefficients", "kinds"), AWKWARD)
def test_a_series_at_an_awkward_point_says_so(
    program: str, at: dict[str, float], coefficients: list[float], kinds: list[str]
) -> None:
    found = Function(program).taylor(at, 3)
    assert found.coefficients[0][: len(coefficients)] == pytest.approx(coefficients, nan_ok=True)
    assert [note.kind for note in found.notes] == kinds


def test_the_order_at_which_a_series_stops_being_finite_is_told() -> None:
    (note,) = Function("y + 3*x^2.5").taylor({"y": 1, "x": 0}, 5, {"x": 1}).notes
    assert "order 3" in note.message
    assert "0^2.5" in note.message
    assert Function("y + 3*x^2.5").taylor({"y": 1, "x": 0}, 2, {"x": 1}).notes == []
    assert Function("y + 3*x^2.5").taylor({"y": 1, "x": 0}, 5, {"y": 1}).notes == []


def test_second_derivatives_at_awkward_points() -> None:
    branch = Function("if(x > 0, ln(x), 0) + x*y")
    assert branch.hessian({"x": -1, "y": 2}).hessian == [[0, 1], [1, 0]]
    assert branch.hessian({"x": -1, "y": 2}).notes == []
    assert branch.hvp({"x": -1, "y": 2}, {"x": 1}).hvp == [0, 1]
    kink = Function("abs(x)*y").hessian({"x": 0, "y": 2})
    assert (kink.hessian, [n.kind for n in kink.notes]) == ([[0, 0], [0, 0]], ["kink"])
    root = Function("sqrt(x)").hessian({"x": 0})
    assert not math.isfinite(root.hessian[0][0])
    assert [n.kind for n in root.notes] == ["domain"]
    assert Function("sqrt(x)*y").hessian({"x": 0, "y": 1}, wrt=["y"]).notes == []


def test_nothing_is_asked_for() -> None:
    assert SEVERAL.hessian({"x": 2, "y": 5}, of=[]).hessians == []
    assert SEVERAL.hessian({"x": 2, "y": 5}, wrt=[]).hessians == [[], [], []]
    assert SEVERAL.sparse_hessian({"x": 2, "y": 5}, wrt=[]).data == [[], [], []]
    assert SEVERAL.mixed({"x": 2, "y": 5}, 2, wrt=[]).coefficients == [[10], [8], [7]]


def test_a_sparse_hessian_of_no_output_is_empty() -> None:
    assert SEVERAL.sparse_hessian({"x": 2, "y": 5}, of=[]).data == []


def test_the_second_derivative_of_a_cube_root_at_0_is_not_0() -> None:
    assert not math.isfinite(Function("cbrt(x)").hessian({"x": 0}).hessian[0][0])


# What is refused


REFUSED: list[tuple[str, Any, str, str]] = [
    ("a negative order", lambda f: f.taylor(AT, -1, {"x": 1}), "usage", "-1"),
    ("a negative order of mixed partials", lambda f: f.mixed(AT, -2), "usage", "-2"),
    ("no direction", lambda f: f.taylor(AT, 2), "usage", "--tangent"),
    ("an unknown variable in a direction", lambda f: f.taylor(AT, 2, {"z": 1}), "point", "z"),
    ("an unknown variable in a tangent", lambda f: f.hvp(AT, {"xx": 1}), "point", "xx"),
    ("an unknown variable", lambda f: f.hessian(AT, wrt=["q"]), "point", "q"),
    ("an unknown output", lambda f: f.sparse_hessian(AT, of=["q"]), "point", "q"),
    ("an unknown output of modes", lambda f: f.modes(AT, of=["q"]), "point", "q"),
    ("an order beyond memory", lambda f: f.taylor(AT, 10**9, {"x": 1}), "limit", "1,000,000,000"),
    ("too many mixed partials", lambda f: f.mixed(AT, 10**6), "limit", "mixed"),
    ("no value", lambda f: f.hessian({"x": 1}), "point", "y"),
    ("another variable along which adjoints change", lambda f: f.trace(AT, second="z"), "point", "z"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "kind", "text"), [pytest.param(*row, id=name) for name, *row in REFUSED])
def test_what_cannot_be_answered_is_a_problem_with_a_fix(ask: Any, kind: str, text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        ask(BOWL)
    problem = caught.value.problem
    assert problem.kind == kind
    assert text in problem.headline
    assert problem.hint


@pytest.mark.parametrize("ask", [lambda f: f.sparse_jacobian(AT, mode="sideways")])
def test_a_wrong_mode_lists_the_right_ones(ask: Any) -> None:
    with pytest.raises(ValueError, match="auto, forward, reverse"):
        ask(BOWL)


# The trace of second order


def test_a_second_order_trace_reads_a_hessian_column() -> None:
    f = Function("ln(x1) + x1*x2^2 - sin(x2*x1)")
    at = {"x1": 2, "x2": 5}
    columns = f.hessian(at).hessian
    for j, name in enumerate(f.variables):
        trace = f.trace(at, second=name)
        second = trace.second_adjoints("y")
        found = [second[node].tangent for node in trace.inputs.values()]
        assert found == pytest.approx([row[j] for row in columns], rel=1e-13)
        terms = trace.second_terms("y")
        for node, tangent in zip(trace.inputs.values(), found, strict=True):
            assert sum(t.term for t in terms[node]) == pytest.approx(tangent, rel=1e-13)
        for term in (t for users in terms.values() for t in users):
            assert term.term == pytest.approx(term.adjoint * term.partial)
