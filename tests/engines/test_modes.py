"""The modes compared: what is counted, what is kept, how right each is, and which is recommended."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from support import points, tapes

from adcli.engines import modes
from adcli.engines.compressed import Entries
from adcli.engines.cost import NUMBER
from adcli.engines.jacobian import jacobian
from adcli.engines.linearise import linearise
from adcli.engines.modes import Comparison, Mode, compare, error, gap, truth_of
from adcli.function import Function
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.tape.tape import Tape

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"
NAMES = ["f", "jvp", "vjp", "forward", "reverse", "compressed", "differences", "central"]
EXACT = ["jvp", "vjp", "forward", "reverse", "compressed"]


def nodes(tape: Tape) -> list[int]:
    return [o.node for o in tape.outputs]


def compared(program: str, *point: float, repeat: int = 0) -> Comparison:
    tape = parse([program])
    return compare(tape, list(point), nodes(tape), tape.inputs, repeat)


def by_name(found: Comparison) -> dict[str, Mode]:
    return {mode.name: mode for mode in found.modes}


def test_the_textbook_has_the_counts_of_a_person() -> None:
    """f: ln, sin, one product, a sum and a difference; differences: three times that, and a quotient a column."""
    found = compared(TEXTBOOK, 2.0, 5.0)
    assert [mode.name for mode in found.modes] == NAMES
    table = by_name(found)
    assert [mode.sweeps for mode in found.modes] == [1, 1, 1, 2, 1, 1, 3, 4]
    f = table["f"]
    assert (f.adds, f.muls, f.elementary, f.ratio) == (2, 1, 2, 1.0)
    reverse, forward = table["reverse"], table["forward"]
    assert (reverse.muls, reverse.elementary) == (1 + 1 + 8, 3)  # x1*x2, 1/x1, and a product an edge
    assert (forward.muls, forward.elementary) == (2 + 2 * 5, 3)
    assert (table["differences"].elementary, table["central"].elementary) == (3 * 2, 4 * 2)
    for mode in found.modes:
        assert mode.ratio == (mode.adds + mode.muls + mode.elementary) / 5  # type: ignore[operator]
    # Kept: at most three values at once; in reverse a partial for each of the eight edges.
    assert f.stored_bytes == 3 * NUMBER
    assert forward.stored_bytes == table["jvp"].stored_bytes == 2 * 3 * NUMBER
    assert reverse.stored_bytes == table["vjp"].stored_bytes == 8 * NUMBER


SHAPES = [
    (TEXTBOOK, [2.0, 5.0], "reverse"),
    ("[x*y, x + y, sin(x)]", [2.0, 3.0], "forward"),
    ("[x*y*z, x + y + z]", [2.0, 3.0, 5.0], "reverse"),
    ("[x1*x2, x2*x3, x3*x4, x4*x5]", [1.0, 2.0, 3.0, 4.0, 5.0], "reverse"),
    ("[x1^2, x2^2, x3^2]", [1.0, 2.0, 3.0], "forward"),
    ("[x[i]*x[i+1] for i in 1..64]", [1.0] * 65, "reverse"),
    ("[x[i]*x[i+1] for i in 1..65]", [1.0] * 66, "compressed"),
    ("[sum(x[j] for j in 1..66)*x[i] for i in 1..65]", [1.0] * 66, "reverse"),
    ("sin(x)", [2.0], "reverse"),
]


@pytest.mark.parametrize(("program", "point", "chosen"), SHAPES)
def test_what_is_recommended_is_what_auto_picks(program: str, point: list[float], chosen: str) -> None:
    """The mode with the fewest sweeps; colours only where the others take more sweeps than finding colours costs."""
    found = compared(program, *point)
    assert found.recommended == found.reference == chosen
    table = by_name(found)
    f = Function(program)
    at = dict(zip(f.variables, point, strict=True))
    assert f.jacobian(at).sweeps == table[chosen].sweeps
    assert str(table[chosen].sweeps) in found.reason
    if chosen == "compressed":
        sparse = f.sparse_jacobian(at)
        assert sparse.sweeps == table[chosen].sweeps
    else:
        assert table[chosen].sweeps == min(table[name].sweeps for name in ("forward", "reverse"))
        assert f.jacobian(at).mode == chosen
        assert f"n = {len(f.variables)}, m = {len(f.outputs)}" in found.reason


def test_a_recommendation_of_colours_is_the_reason_of_auto() -> None:
    program = "[x[i]*x[i+1] for i in 1..99]"
    found = compared(program, *[1.0] * 100)
    assert found.recommended == "compressed"
    assert found.reason == f"{Function(program).jacobian({'x': [1.0] * 100}).why} (n = 100, m = 99)"
    assert "2 sweeps by colour of rows" in found.reason or "2 sweeps by colour of columns" in found.reason


def test_colours_too_few_to_pay_are_told() -> None:
    found = compared("[x[i]*x[i+1] for i in 1..9]", *[1.0] * 10)
    assert found.recommended == "reverse"
    assert found.reason.startswith("reverse: 9 sweeps, where forward takes 10 (n = 10, m = 9; 2 by colour, but ")


def test_exact_modes_are_exact_and_differences_are_not() -> None:
    for program, point in [
        (TEXTBOOK, [2.0, 5.0]), ("[exp(x*y)/y, hypot(x, y), x^y]", [1.5, 2.5]), ("[x1*x2, tan(x2)]", [1e-3, 1.2]),
    ]:  # fmt: skip
        table = by_name(compared(program, *point))
        for name in EXACT:
            assert 0 <= table[name].max_error < 1e-12, name  # type: ignore[operator]
        assert 1e-12 < table["differences"].max_error < 1e-4  # type: ignore[operator]
        assert table["central"].max_error < table["differences"].max_error / 10  # type: ignore[operator]
        assert table["f"].max_error is None


def test_exact_modes_agree_on_any_tape() -> None:
    finite = [0]

    @settings(max_examples=60)
    @given(tapes(most=10), points)
    def agree(tape: Tape, point: list[float]) -> None:
        at = point[: len(tape.inputs)]
        found = compare(tape, at, nodes(tape), tape.inputs, 0)
        linear = linearise(REAL, tape, at)
        rows = jacobian(REAL, tape, linear, nodes(tape), tape.inputs, "reverse")
        partials = [p for ps in linear.partials for p in ps if p is not None]
        if not all(math.isfinite(x) and abs(x) < 1e6 for x in [*partials, *(x for row in rows for x in row)]):
            return
        for mode in found.modes:
            if mode.name in EXACT:
                assert mode.max_error <= 1e-9 * max(1.0, *(abs(p) for p in partials)) ** 4, mode.name
        finite[0] += 1

    agree()
    assert finite[0] > 20


def test_two_outputs_on_one_node_and_an_output_without_inputs_compare() -> None:
    table = by_name(compared("[x*y, x*y, 3, x]", 2.0, 3.0))
    assert all(table[name].max_error == 0 for name in EXACT)


def test_outputs_without_inputs_compare() -> None:
    constant = compared("[1, 2]")
    assert all(mode.max_error in (None, 0) for mode in constant.modes)
    assert [mode.ratio for mode in constant.modes] == [None] * len(constant.modes)  # nothing to compare with


def test_a_part_is_compared_as_a_function_of_its_own() -> None:
    f = Function("[a*b, b*c, sin(a)]")
    found = f.modes({"a": 1, "b": 2, "c": 3}, wrt=["a"], of=["y3", "y1"], repeat=0).comparison
    assert found is not None
    table = by_name(found)
    assert (table["forward"].sweeps, table["reverse"].sweeps, table["differences"].sweeps) == (1, 2, 2)
    assert found.recommended == "forward"
    assert all(table[name].max_error == 0 for name in EXACT)


def test_times_are_those_of_the_runs_asked_for() -> None:
    assert all(mode.seconds is mode.spread is None for mode in compared(TEXTBOOK, 2.0, 5.0).modes)
    for mode in compared("x*y", 2.0, 5.0, repeat=2).modes:
        assert mode.seconds is not None
        assert mode.spread is not None
        assert mode.seconds > 0
        assert mode.spread >= 0


def test_what_would_take_too_long_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    tape = parse(["sum(x[i]^2 for i in 1..20)"])
    monkeypatch.setattr(modes, "MOST_WORK", 10 * len(tape))
    found = compare(tape, [1.0] * 20, nodes(tape), tape.inputs, 1)
    table = by_name(found)
    for name in ("forward", "differences", "central"):
        assert table[name][2:6] == (None,) * 4
        assert table[name][7:] == (None,) * 3
        assert table[name].sweeps >= 20
        assert table[name].stored_bytes > 0
    for name in ("f", "jvp", "vjp", "reverse"):
        assert table[name].seconds is not None
    assert (found.recommended, found.reference) == ("reverse", "reverse")
    monkeypatch.setattr(modes, "MOST_WORK", 0)
    nothing = compare(tape, [1.0] * 20, nodes(tape), tape.inputs, 1)
    assert nothing.reference == ""
    assert all(mode.adds is mode.max_error is None for mode in nothing.modes)


def test_infinite_and_missing_derivatives_compare_with_themselves() -> None:
    table = by_name(compared("sqrt(x)*y", 0.0, 2.0))
    assert all(table[name].max_error == 0 for name in ("forward", "reverse", "compressed"))
    assert [gap(math.inf, math.inf), gap(math.nan, math.nan), gap(1.0, 1.0), gap(1.0, 3.0)] == [0, 0, 0, 2]
    assert gap(math.inf, -math.inf) == math.inf


def test_a_planted_error_shows() -> None:
    truth = truth_of([[1.0, 2.0], [3.0, 4.0]], 2, 2)
    assert (truth["jvp"], truth["vjp"]) == ([[3.0, 7.0]], [[4.0, 6.0]])
    assert error([[1.0, 2.0], [3.0, 4.5]], truth["forward"]) == 0.5
    assert error([3.0, 7.25], truth["jvp"]) == 0.25
    assert error([4.0, 6.0], truth["vjp"]) == 0
    entries = Entries([0, 0, 1], [0, 2, 1], [1.0, 2.0, 4.0])
    truth = truth_of(entries, 2, 3)
    assert (truth["jvp"], truth["vjp"]) == ([[3.0, 4.0]], [[1.0, 4.0, 2.0]])
    assert error(entries._replace(data=[1.0, 2.5, 4.0]), truth["compressed"]) == 0.5
    assert error(None, truth["forward"]) is None
    assert error([1.0], None) is None
