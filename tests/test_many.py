"""Function.many: kinds, shapes, numbers for all points, arrays to be written over."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from running import TEXTBOOK, TEXTBOOK_GRADIENT

from adcli import Function, ProblemError

X = {"x1": np.array([2.0, 1.0, 0.5]), "x2": np.array([5.0, 0.0, -1.0])}
TWO = Function("[x^2*y + exp(x*y), x/y]")
AT = {"x": np.array([1.0, 2.0, 0.25]), "y": np.array([2.0, 0.5, 4.0])}


def at(p: int) -> dict[str, float]:
    return {name: float(column[p]) for name, column in AT.items()}


def test_the_textbook_at_three_points() -> None:
    found = Function(TEXTBOOK).many(X)
    assert found.names == ["y", "dy/dx1", "dy/dx2"]
    assert found.gradient[:, 0].tolist() == pytest.approx(TEXTBOOK_GRADIENT, rel=1e-15)
    assert (found.values.shape, found.jacobian.shape) == ((1, 3), (1, 2, 3))
    assert repr(found) == "Batch(grad, 3 points, y, dy/dx1, dy/dx2)"
    assert found.notes == []


@pytest.mark.parametrize("p", range(3))
def test_every_kind_is_what_it_is_at_one_point(p: int) -> None:
    one = at(p)
    rows = {
        "value": (TWO.many(AT, "value").values[:, p], TWO.value(one).values),
        "jacobian": (TWO.many(AT, "jacobian").jacobian[:, :, p], TWO.jacobian(one).jacobian),
        "grad": (TWO.many(AT, wrt=["y"], of=["y2"]).gradient[:, p], TWO.grad(one, ["y"], ["y2"]).gradient),
        "jvp": (TWO.many(AT, "jvp", tangent={"y": 2}).jvp[:, p], TWO.jvp(one, {"y": 2}).jvp),
        "vjp": (TWO.many(AT, "vjp", cotangent={"y1": 3}).vjp[:, p], TWO.vjp(one, {"y1": 3}).vjp),
        "hessian": (TWO.many(AT, "hessian").hessians[..., p], TWO.hessian(one).hessians),
        "hvp": (TWO.many(AT, "hvp", tangent={"x": 2}).hvps[..., p], TWO.hvp(one, {"x": 2}).hvps),
    }
    for kind, (ours, theirs) in rows.items():
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-13, err_msg=kind)


def test_the_names_say_what_a_row_is() -> None:
    assert TWO.many(AT, "hessian", of=["y1"]).names == ["y1", "d2y1/dxdx", "d2y1/dxdy", "d2y1/dydy"]
    assert TWO.many(AT, "vjp", cotangent={"y1": 1}).names == ["y1", "y2", "adjoint:x", "adjoint:y"]
    assert TWO.many(AT, "jvp", tangent={"x": 1}).names == ["y1", "y2", "tangent:y1", "tangent:y2"]
    assert TWO.many(AT, "hvp", tangent={"x": 1}, of=["y1"]).names == ["y1", "hvp:x", "hvp:y"]


def test_a_number_stands_for_all_points() -> None:
    f, x2 = Function(TEXTBOOK), np.full(3, 5.0)
    one, all_points = (f.many({"x1": X["x1"], "x2": x}, engine="numpy").numbers for x in (5, x2))
    assert np.array_equal(one, all_points)
    (one,) = Function(TEXTBOOK).many({"x1": 2, "x2": 5}).gradient.T.tolist()
    assert one == pytest.approx(TEXTBOOK_GRADIENT, rel=1e-15)


def test_lists_of_arrays_are_indexed_inputs() -> None:
    f = Function("x[1]*x[2] + A[1,2]")
    found = f.many({"x[1]": X["x1"], "x[2]": X["x2"], "A[1,2]": X["x1"]})
    assert found.values[0].tolist() == (X["x1"] * X["x2"] + X["x1"]).tolist()
    assert np.array_equal(Function("x[1]*x[2]").many({"x": [X["x1"], X["x2"]]}).values[0], X["x1"] * X["x2"])


def test_results_are_written_over_what_is_given() -> None:
    f = Function(TEXTBOOK)
    first = f.many(X)
    again = f.many({name: column + 1 for name, column in X.items()}, out=first)
    assert again.numbers is first.numbers
    array = np.empty((3, 3))
    assert f.many(X, out=array).numbers is array
    for wrong in (np.empty((3, 2)), np.empty((3, 3), np.float32), first.numbers[:2]):
        with pytest.raises(ValueError, match="out has the shape"):
            f.many(X, out=wrong)


def test_a_result_that_is_held_is_never_written_over() -> None:
    f, x = Function("x^2"), np.arange(200_000.0)
    first = f.many({"x": x})
    second = f.many({"x": x + 1})
    kept = second.values
    del second
    third = f.many({"x": x + 2})
    assert np.array_equal(first.values[0], x**2)
    assert np.array_equal(kept[0], (x + 1) ** 2)
    assert np.array_equal(third.values[0], (x + 2) ** 2)


def test_what_was_asked_for_last_is_ready_and_nothing_else() -> None:
    f, direction = Function("x*y"), {"x": 1.0}
    x = np.array([2.0, 3.0])
    assert f.many({"x": x, "y": 5}).gradient.tolist() == [[5, 5], [2, 3]]
    assert f.many({"x": x, "y": 7}).gradient.tolist() == [[7, 7], [2, 3]]
    assert f.many({"x": x, "y": 7}, wrt=["y"]).gradient.tolist() == [[2, 3]]
    assert f.many({"x": x, "y": 7}, "jvp", tangent=direction).jvp.tolist() == [[7, 7]]
    direction["x"] = 2.0
    assert f.many({"x": x, "y": 7}, "jvp", tangent=direction).jvp.tolist() == [[14, 14]]
    assert f.many({"x": 3, "y": x}, "jvp", tangent=direction).jvp.tolist() == [[4, 6]]


def test_other_types_and_strides_are_taken() -> None:
    x = np.arange(20, dtype=np.int32)[::2]
    assert Function("x^2").many({"x": x}).values[0].tolist() == (x.astype(float) ** 2).tolist()


def test_no_points_are_no_results() -> None:
    assert Function("x^2").many({"x": np.empty(0)}).numbers.shape == (2, 0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"x": np.ones(2), "y": np.ones(3)}, "several lengths"),
        ({"x": np.ones((2, 2)), "y": 1}, "shape"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        TWO.many(given)


def test_names_and_kinds_are_checked() -> None:
    with pytest.raises(ProblemError, match="no value for y"):
        TWO.many({"x": np.ones(2)})
    with pytest.raises(ProblemError, match="there is no variable z"):
        TWO.many({**AT, "z": 1})
    with pytest.raises(ValueError, match="kind is one of"):
        TWO.many(AT, "gradient")
    with pytest.raises(ValueError, match="a batch of jvp"):
        _ = TWO.many(AT, "jvp", tangent={"x": 1}).jacobian
    with pytest.raises(ValueError, match="engine is one of"):
        TWO.many(AT, engine="fast")
    with pytest.raises(ValueError, match="has one output"):
        _ = TWO.many(AT).gradient


def test_a_long_program_is_interpreted_point_by_point() -> None:
    f = Function("a0 = x; " + "; ".join(f"a{i + 1} = r*a{i}*(1 - a{i})" for i in range(70_000)) + "; a70000")
    assert len(f.tape) > 200_000
    with pytest.raises(ProblemError, match="too long for many points"):
        f.many({"x": np.array([0.3, 0.4]), "r": 2.5}, engine="numpy")
    pytest.importorskip("llvmlite")
    found = f.many({"x": np.array([0.3, 0.4]), "r": 2.5})
    assert found.values[0].tolist() == [f.value({"x": x, "r": 2.5}).values[0] for x in (0.3, 0.4)]
    np.testing.assert_allclose(found.gradient[:, 1], f.grad({"x": 0.4, "r": 2.5}).gradient, rtol=1e-12, atol=1e-300)
    assert f.many({"x": np.array([0.3]), "r": 2.5}, "value").numbers.shape == (1, 1)
    with pytest.raises(ProblemError, match="too long for many points"):
        f.many({"x": np.array([0.3]), "r": 2.5}, "hessian")


@pytest.mark.parametrize("shift", [0, 1])
def test_results_may_be_written_over_their_own_inputs(shift: int) -> None:
    f = Function("x*y + sin(x)")
    x, y = np.arange(1.0, 6), np.full(5, 2.0)
    expected = f.many({"x": x, "y": y}, engine="numpy").numbers.copy()
    buffer = np.zeros(16)
    out, given = buffer[:15].reshape(3, 5), buffer[5 + shift : 10 + shift]
    given[:] = x
    found = f.many({"x": given, "y": y}, out=out, engine="numpy").numbers
    np.testing.assert_array_equal(found, expected)


def test_a_direction_is_not_left_out() -> None:
    for kind, what in (("jvp", "tangent"), ("hvp", "tangent"), ("vjp", "cotangent")):
        with pytest.raises(ValueError, match=f"{kind} needs a {what}"):
            Function("x^2").many({"x": np.ones(2)}, kind)


def test_without_variables_there_are_empty_matrices() -> None:
    assert Function("3").many({}, "grad").jacobian.shape == (1, 0, 1)
    assert Function("3").many({}, "hessian").hessians.shape == (1, 0, 0, 1)
    assert Function("x^2").many({"x": np.ones(4)}, "grad", wrt=[]).jacobian.shape == (1, 0, 4)


@pytest.mark.parametrize("text", ["ln(x1)+x2", "1/x1+x2", "sqrt(x1)*x2", "atanh(x1+1)*x2"])
def test_a_fixed_number_may_be_singular(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.isfinite(Function(text).many({"x1": 0, "x2": np.ones(2)}).numbers).all()


def test_notes_are_of_the_numbers_that_were_given() -> None:
    x = np.array([0.0, 1, 2])
    found = Function("ln(x)").many({"x": x})
    x[:] = 5
    assert [p for p, _ in found.notes] == [0]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (np.array([1j]), "of complex128"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), "masked"),
        (np.array(["1"]), "real numbers"),
        (np.array([None]), "real numbers"),
    ],
)
def test_what_is_no_array_of_real_numbers_is_refused(given: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Function("x^2").many({"x": given})


@pytest.mark.parametrize("options", [{"workers": 0}, {"workers": 1.5}, {"workers": "2"}, {"out": [[1.0], [2.0]]}])
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="workers|out"):
        Function("x^2").many({"x": np.ones(1)}, **options)
