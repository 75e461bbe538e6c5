"""The conventions at the awkward points, row by row: the derivative, and what the user is told."""

from __future__ import annotations

import math
from typing import Any

import pytest

from adcli.function import Function

inf, nan = math.inf, math.nan

# program, point, values, Jacobian, notes as (kind, node, text under the span, pieces of the message)
Told = tuple[str, str, str, tuple[str, ...]]
CONVENTIONS: list[tuple[str, dict[str, float], list[float], list[list[float]], list[Told]]] = [
    # Kinks: 0, half of each, or the branch taken.
    ("abs(x)", {"x": 0}, [0], [[0]], [("kink", "v1", "abs(x)", ("abs(0)", "left -1", "right 1", "used 0"))]),
    ("abs(x)", {"x": -2}, [2], [[-1]], []),
    ("relu(x)", {"x": 0}, [0], [[0]], [("kink", "v1", "relu(x)", ("relu(0)", "left 0", "right 1", "used 0"))]),
    ("sign(x)", {"x": 0}, [0], [[0]], [("kink", "v1", "sign(x)", ("sign(0)", "jumps", "used 0"))]),
    ("floor(x)", {"x": 2}, [2], [[0]], [("kink", "v1", "floor(x)", ("floor(2)", "jumps", "used 0"))]),
    ("floor(x)", {"x": 2.5}, [2], [[0]], []),
    ("floor(x)", {"x": 5000}, [5000], [[0]], [("kink", "v1", "floor(x)", ("floor(5000)", "jumps", "used 0"))]),
    ("ceil(x)", {"x": -3}, [-3], [[0]], [("kink", "v1", "ceil(x)", ("ceil(-3)", "jumps", "used 0"))]),
    ("round(x)", {"x": 2.5}, [2], [[0]], [("kink", "v1", "round(x)", ("round(2.5)", "jumps", "used 0"))]),
    ("round(x)", {"x": 2}, [2], [[0]], []),
    ("mod(x, 2)", {"x": 4}, [0], [[1]], [("kink", "v1", "mod(x, 2)", ("mod(4, 2)", "jumps", "used 1"))]),
    ("max(x, y)", {"x": 1, "y": 1}, [1], [[0.5, 0.5]],
     [("kink", "v1", "max(x, y)", ("max(1, 1)", "left 0", "right 1", "used 0.5"))]),
    ("min(x, y)", {"x": 1, "y": 1}, [1], [[0.5, 0.5]],
     [("kink", "v1", "min(x, y)", ("min(1, 1)", "left 1", "right 0", "used 0.5"))]),
    ("max(x, y)", {"x": 1, "y": 2}, [2], [[0, 1]], []),
    ("max(2, x)", {"x": 2}, [2], [[0.5]], [("kink", "v1", "max(2, x)", ("max(2, 2)", "used 0.5"))]),
    ("max(x, y, z)", {"x": 1, "y": 1, "z": 1}, [1], [[0.25, 0.25, 0.5]],
     [("kink", "v1", "max(x, y, z)", ("max(1, 1)", "used 0.5")),
      ("kink", "v2", "max(x, y, z)", ("max(1, 1)", "used 0.5"))]),
    ("max(x, y, z)", {"x": 1, "y": 1, "z": 5}, [5], [[0, 0, 1]], [("kink", "v1", "max(x, y, z)", ("max(1, 1)",))]),
    ("clamp(x, 0, 1)", {"x": 1}, [1], [[0.5]],
     [("kink", "v1", "clamp(x, 0, 1)", ("clamp(1, 0, 1)", "left 1", "right 0", "used 0.5"))]),
    ("hypot(x, y)", {"x": 0, "y": 0}, [0], [[0, 0]],
     [("kink", "v1", "hypot(x, y)", ("hypot(0, 0)", "left -1", "right 1", "used 0"))]),
    ("if(x >= 0, x, -x)", {"x": 0}, [0], [[1]], [("kink", "v1", "x >= 0", ("0 >= 0", "branch taken"))]),
    ("if(x > 0, x, -x)", {"x": 0}, [0], [[-1]], [("kink", "v1", "x > 0", ("0 > 0", "branch taken"))]),
    ("if(x > y, x, 3*y)", {"x": 2, "y": 1}, [2], [[1, 0]], []),
    # A branch not taken contributes nothing and is not spoken of.
    ("if(x > 0, ln(x), 0)", {"x": -1}, [0], [[0]], []),
    ("L = ln(x); if(x > 0, L, 0)", {"x": -1}, [0], [[0]], []),
    ("if(x == 0, 1, sin(x)/x)", {"x": 0}, [1], [[0]], [("kink", "v1", "x == 0", ("0 == 0", "branch taken"))]),
    ("if(x > 0, 1/(x - x), 7*x)", {"x": -2}, [-14], [[7]], []),
    ("if(x > 0, abs(y) + floor(y), x*y)", {"x": -1, "y": 0}, [0], [[0, -1]], []),
    ("if(x < 0 and ln(x) > 0, x, 2*x)", {"x": 0.5}, [1], [[2]], []),
    ("if(x > 0 or 1/y > 0, 2*x, y)", {"x": 1, "y": 0}, [2], [[2, 0]], []),
    ("L = ln(x); [if(x > 0, L, 0), L]", {"x": 0}, [0, -inf], [[0], [inf]],
     [("domain", "v1", "ln(x)", ("ln(0)", "-inf")), ("kink", "v2", "x > 0", ("0 > 0",))]),
    # Powers: no logarithm of a negative base, no NaN at 0.
    ("x^0", {"x": 0}, [1], [[0]], []),
    ("x^0", {"x": -3}, [1], [[0]], []),
    ("x^1", {"x": 0}, [0], [[1]], []),
    ("x^2", {"x": 0}, [0], [[0]], []),
    ("x^3", {"x": 0}, [0], [[0]], []),
    ("x^(6/2)", {"x": -2}, [-8], [[12]], []),
    ("0^y", {"y": 2}, [0], [[0]], []),
    ("x^y", {"x": 0, "y": 2}, [0], [[0, 0]], []),
    ("x^y", {"x": 0, "y": 1}, [0], [[1, 0]], []),
    # Outside the domain: IEEE, and the user is told.
    ("x^(1/3)", {"x": -8}, [nan], [[nan]], [("domain", "v1", "x^(1/3)", ("(-8)^0.333", "nan"))]),
    ("x^y", {"x": -2, "y": 0.5}, [nan], [[nan, nan]], [("domain", "v1", "x^y", ("(-2)^0.5", "nan"))]),
    ("x^-1", {"x": 0}, [inf], [[-inf]], [("domain", "v1", "x^-1", ("0^(-1)", "inf"))]),
    ("ln(x)", {"x": 0}, [-inf], [[inf]], [("domain", "v1", "ln(x)", ("ln(0)", "-inf", "x > 0"))]),
    ("ln(x)", {"x": -1}, [nan], [[-1]], [("domain", "v1", "ln(x)", ("ln(-1)", "nan", "x > 0"))]),
    ("1/x", {"x": 0}, [inf], [[-inf]], [("domain", "v1", "1/x", ("1/0", "inf", "y != 0"))]),
    ("1/x", {"x": -0.0}, [-inf], [[-inf]], [("domain", "v1", "1/x", ("-inf",))]),
    ("sqrt(x)", {"x": 0}, [0], [[inf]], [("domain", "v1", "sqrt(x)", ("sqrt(0)", "no finite derivative", "inf"))]),
    ("sqrt(x)", {"x": -1}, [nan], [[nan]], [("domain", "v1", "sqrt(x)", ("sqrt(-1)", "nan", "x >= 0"))]),
    ("x^0.5", {"x": 0}, [0], [[inf]], [("domain", "v1", "x^0.5", ("0^0.5", "no finite derivative"))]),
    ("asin(x)", {"x": 1}, [math.pi / 2], [[inf]], [("domain", "v1", "asin(x)", ("asin(1)", "no finite derivative"))]),
    ("mod(x, y)", {"x": 4, "y": 0}, [nan], [[1, nan]], [("domain", "v1", "mod(x, y)", ("mod(4, 0)", "b != 0"))]),
    ("gamma(x)", {"x": -2}, [nan], [[nan]], [("domain", "v1", "gamma(x)", ("gamma(-2)", "nan"))]),
    ("x*(1/0)", {"x": 2}, [inf], [[inf]], [("domain", "", "1/0", ("1/0 is inf",))]),
    ("ln(x) + 1/x", {"x": 0}, [nan], [[nan]],
     [("domain", "v1", "ln(x)", ("ln(0)",)), ("domain", "v2", "1/x", ("1/0",))]),
    # Overflow: the first node that became non-finite, not those it spreads to.
    ("exp(x)", {"x": 1000}, [inf], [[inf]], [("overflow", "v1", "exp(x)", ("exp(1000)", "inf"))]),
    ("sin(y)*exp(exp(x))/2 + 1", {"x": 10, "y": 1}, [inf], [[inf, inf]],
     [("overflow", "v3", "exp(exp(x))", ("exp(22026.4657", "inf"))]),
    ("x^1000", {"x": 10}, [inf], [[inf]], [("overflow", "v1", "x^1000", ("10^1000", "inf"))]),
    ("x^2.5", {"x": 1e200}, [inf], [[2.5 * 1e200**1.5]], [("overflow", "v1", "x^2.5", ("1e200^2.5", "inf"))]),
    ("1e200*x*1e200", {"x": 1}, [inf], [[inf]], [("overflow", "v2", "1e200*x*1e200", ("1e200*1e200", "inf"))]),
    ("gamma(x)", {"x": 172}, [inf], [[inf]], [("overflow", "v1", "gamma(x)", ("gamma(172)", "inf"))]),
    # Zero is absolute: what does not matter poisons nothing.
    ("0*ln(x)", {"x": 0}, [nan], [[0]], [("domain", "v1", "ln(x)", ("ln(0)",))]),
    ("relu(x)*y", {"x": 0, "y": 3}, [0], [[0, 0]], [("kink", "v1", "relu(x)", ("relu(0)",))]),
    ("sqrt(x)^2", {"x": 0}, [0], [[0]], [("domain", "v1", "sqrt(x)", ("sqrt(0)", "no finite derivative"))]),
    ("sqrt(x^2)", {"x": 0}, [0], [[0]], [("domain", "v2", "sqrt(x^2)", ("sqrt(0)", "no finite derivative"))]),
]  # fmt: skip


def same(found: Any, expected: Any) -> bool:
    return len(found) == len(expected) and all(
        x == y or (x != x and y != y) for x, y in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("program", "at", "values", "rows", "told"), [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in CONVENTIONS]
)
def test_a_convention_holds_in_both_sweeps_and_is_told(
    program: str, at: dict[str, float], values: list[float], rows: list[list[float]], told: list[Told], mode: str
) -> None:
    result = Function(program).jacobian(at, mode=mode)
    assert same(result.values, values)
    assert all(same(found, row) for found, row in zip(result.jacobian, rows, strict=True)), result.jacobian
    assert [(note.kind, note.name) for note in result.notes] == [(kind, name) for kind, name, _, _ in told]
    for note, (_, name, text, pieces) in zip(result.notes, told, strict=True):
        assert note.span is not None
        assert note.source == program
        assert program[note.span.start : note.span.end].strip("()") == text.strip("()")
        assert [piece for piece in pieces if piece not in note.message] == []
        assert note.message.startswith(f"{name} = " if name else pieces[0])
        assert note.problem().exit_code == 1
        assert note.problem().span == note.span


def test_notes_come_in_tape_order_and_name_nodes_in_the_numbering_asked_for() -> None:
    f = Function("sin(sin(sin(x))) + ln(y - 1) + 1/(y - 1)")
    at = {"x": 1, "y": 1}
    by_level = f.trace(at, numbering="level").result.notes
    as_written = f.trace(at, numbering="source").result.notes
    assert [note.node for note in by_level] == [note.node for note in as_written]
    assert [note.node for note in by_level] == sorted(note.node for note in by_level)
    assert [note.name for note in by_level] == ["v4", "v5"]
    assert [note.name for note in as_written] == ["v5", "v7"]


def test_a_kink_is_told_only_where_what_is_differentiated_moves() -> None:
    f = Function("abs(x)*y + if(x >= 0, y, x)")
    at = {"x": 0, "y": 3}
    assert [note.kind for note in f.jacobian(at).notes] == ["kink", "kink"]
    assert f.jacobian(at, wrt=["y"]).notes == []
    assert f.value(at).notes == []
    assert [note.kind for note in f.jvp(at, {"x": 1}).notes] == ["kink", "kink"]
    assert f.jvp(at, {"y": 1}).notes == []


def test_an_infinite_partial_is_told_only_where_its_argument_moves() -> None:
    f = Function("sqrt(x)*y")
    assert [note.kind for note in f.jacobian({"x": 0, "y": 3}).notes] == ["domain"]
    assert f.jacobian({"x": 0, "y": 3}, wrt=["y"]).notes == []
    assert f.value({"x": 0, "y": 3}).notes == []


def test_a_value_out_of_its_domain_is_told_without_derivatives_too() -> None:
    (note,) = Function("ln(x)").value({"x": 0}).notes
    assert (note.kind, note.name) == ("domain", "v1")


def test_only_nodes_below_the_outputs_asked_for_are_told() -> None:
    f = Function("[ln(x), x^2]")
    assert f.jacobian({"x": 0}, of=["y2"]).notes == []
    assert len(f.jacobian({"x": 0}, of=["y1"]).notes) == 1


def test_the_jacobian_has_no_negative_zero() -> None:
    rows = Function("[-0*x, if(x > 0, -x, y)*0, -(y*0)]").jacobian({"x": 1, "y": -1}).jacobian
    assert all(math.copysign(1, x) == 1 for row in rows for x in row if x == 0)
