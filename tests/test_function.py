"""The Python API: Function and what it returns."""

from __future__ import annotations

import ast
import doctest
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import adcli
import adcli.function
from adcli import Function, Problem, ProblemError

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"
AT = {"x1": 2, "x2": 5}
GRADIENT = [5.5, 1.7163378145367738]
POLAR = "x = r*cos(t); y = r*sin(t)"
CENTRE = {"r": 2.0, "t": 0.5}


def run_python(code: str) -> str:
    """Standard output of a fresh interpreter; a hang is a failure."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_textbook_from_the_front_page() -> None:
    f = Function(TEXTBOOK)
    assert (f.variables, f.outputs) == (["x1", "x2"], ["y"])
    result = f.jacobian(AT)
    assert result.values == [11.652071455223084]
    assert result.jacobian == [GRADIENT]
    assert result.mode == "reverse"
    assert result.notes == []
    assert result.at == {"x1": 2.0, "x2": 5.0}
    assert result.program == TEXTBOOK
    assert f.grad(AT).gradient == GRADIENT
    assert f.value(AT).values == result.values


@pytest.mark.parametrize("module", [adcli, adcli.function], ids=lambda m: m.__name__)
def test_the_examples_in_the_docstrings_hold(module: Any) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize(
    ("texts", "variables", "outputs"),
    [
        (["x*y", "x + z"], ["x", "y", "z"], ["y1", "y2"]),
        (["[b*a, a]"], ["b", "a"], ["y1", "y2"]),
        ([POLAR], ["r", "t"], ["x", "y"]),
        (["y + 1"], ["y"], ["f"]),
        (["3"], [], ["y"]),
        (["x[2]^2 - x[1] + t"], ["x[1]", "x[2]", "t"], ["y"]),
    ],
)
def test_names_of_variables_and_outputs(texts: list[str], variables: list[str], outputs: list[str]) -> None:
    f = Function(*texts)
    assert (f.variables, f.outputs) == (variables, outputs)
    f.variables.append("mine")
    assert f.variables == variables


def test_a_program_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "polar.ad"
    path.write_text(f"# polar coordinates\n{POLAR.replace(';', chr(10))}\n", encoding="utf-8")
    for name in (path, str(path)):
        assert Function.from_file(name).outputs == ["x", "y"]
    with pytest.raises(ProblemError) as caught:
        Function.from_file(tmp_path / "absent.ad")
    assert caught.value.problem.kind == "file"
    assert caught.value.problem.exit_code == 2


def test_a_function_shows_its_program_and_reads_back() -> None:
    f = Function("a=x*y;a+sin( a )")
    shown = repr(f)
    assert shown.startswith("Function(")
    again = Function(ast.literal_eval(shown.removeprefix("Function(").removesuffix(")")))
    assert again.grad({"x": 1, "y": 2}).gradient == f.grad({"x": 1, "y": 2}).gradient


# Jacobian


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_all_modes_give_the_same_jacobian(mode: str) -> None:
    found = Function(POLAR).jacobian(CENTRE, mode=mode)
    c, s = math.cos(0.5), math.sin(0.5)
    assert found.jacobian == [[c, -2 * s], [s, 2 * c]]
    assert found.values == [2 * c, 2 * s]
    assert found.mode == ("forward" if mode == "auto" else mode)
    assert found.mode in found.why


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_inputs_and_outputs_are_chosen_and_ordered(mode: str) -> None:
    f = Function("[x*y*z, x + y, z^2]")
    at = {"x": 2, "y": 3, "z": 5}
    whole = f.jacobian(at, mode=mode)
    part = f.jacobian(at, mode=mode, wrt=["z", "x"], of=["y3", "y1"])
    assert (part.variables, part.outputs, part.values) == (["z", "x"], ["y3", "y1"], [25, 30])
    assert part.jacobian == [[whole.jacobian[i][j] for j in (2, 0)] for i in (2, 0)] == [[10, 0], [6, 15]]
    assert f.jacobian(at, wrt=[], mode=mode).jacobian == [[], [], []]
    assert f.jacobian(at, of=["y2", "y2"], mode=mode).outputs == ["y2"]


def test_a_name_without_index_stands_for_all_its_elements() -> None:
    f = Function("sum(x[i]^2 for i in 1..3)*t")
    found = f.jacobian({"x": [1, 2, 3], "t": 2}, wrt=["x"])
    assert found.variables == ["x[1]", "x[2]", "x[3]"]
    assert found.gradient == [4, 8, 12]
    assert f.jacobian({"x": [1, 2, 3], "t": 2}, wrt=["x[3]"]).gradient == [12]


def test_a_gradient_belongs_to_one_output() -> None:
    several = Function(POLAR).grad(CENTRE)
    assert len(several.jacobian) == 2
    with pytest.raises(ValueError, match="2"):
        several.gradient  # noqa: B018
    assert Function(POLAR).grad(CENTRE, of=["x"], wrt=["t"]).gradient == [-2 * math.sin(0.5)]


# Products


def test_a_jvp_is_the_jacobian_times_a_tangent() -> None:
    f = Function(POLAR)
    rows = f.jacobian(CENTRE).jacobian
    found = f.jvp(CENTRE, {"t": 3, "r": -1})
    assert found.jvp == [pytest.approx(3 * row[1] - row[0]) for row in rows]
    assert found.tangent == {"r": -1.0, "t": 3.0}
    assert f.jvp(CENTRE, {"r": 1}).jvp == [row[0] for row in rows]
    assert f.jvp(CENTRE, {}).jvp == [0, 0]
    assert f.jvp(CENTRE, {"r": 1}, of=["y"]).jvp == [rows[1][0]]


def test_a_vjp_is_a_cotangent_times_the_jacobian() -> None:
    f = Function(POLAR)
    rows = f.jacobian(CENTRE).jacobian
    found = f.vjp(CENTRE, {"y": 10, "x": 1})
    assert found.vjp == [pytest.approx(a + 10 * b) for a, b in zip(*rows, strict=True)]
    assert found.cotangent == {"x": 1.0, "y": 10.0}
    assert found.values == f.value(CENTRE).values
    assert f.vjp(CENTRE, {}).vjp == [0, 0]
    assert f.vjp(CENTRE, {"x": 1}, wrt=["t"]).vjp == [rows[0][1]]


def test_two_outputs_on_one_node_add_their_cotangents() -> None:
    f = Function("[x^2, x^2, x]")
    assert f.vjp({"x": 3}, {"y1": 1, "y2": 10, "y3": 100}).vjp == [6 + 60 + 100]
    assert f.jacobian({"x": 3}).jacobian == [[6], [6], [1]]


def test_a_direction_takes_lists() -> None:
    f = Function("x[1]*x[2]")
    assert f.jvp({"x": [3, 4]}, {"x": [1, 10]}).jvp == [4 + 30]


# Trace


def test_a_trace_holds_the_textbook_table() -> None:
    trace = Function(TEXTBOOK).trace(AT)
    assert list(trace.names.values()) == ["v-1", "v0", "v1", "v2", "v3", "v4", "v5"]
    assert [round(trace.linear.values[k], 6) for k in trace.nodes] == [
        2, 5, 0.693147, 10, -0.958924, 10.693147, 11.652071,
    ]  # fmt: skip
    tangents = trace.tangents("x1")
    assert [tangents[k] or 0 for k in trace.nodes] == [1, 0, 0.5, 5, 0, 5.5, 5.5]
    adjoints = trace.adjoints("y")
    assert [adjoints[k] for k in trace.nodes] == [*GRADIENT, 1, 1, -1, 1, 1]
    terms = trace.contributions("y")
    first, second = trace.nodes[:2]
    assert sorted(c.term for c in terms[first]) == [0.5, 5]
    assert sorted(c.term for c in terms[second]) == [-math.cos(5), 2]
    assert trace.result.jacobian == [GRADIENT]
    assert (trace.seeds, trace.coseeds) == (["x1", "x2"], ["y"])
    assert [trace.used[k] for k in trace.nodes] == [1] * 7
    assert trace.variables == {first: "x1", second: "x2"}


@pytest.mark.parametrize(
    ("mode", "seeds", "coseeds", "used"),
    [
        ("both", ["r", "t"], ["x", "y"], "forward"),
        ("forward", ["r", "t"], [], "forward"),
        ("reverse", [], ["x", "y"], "reverse"),
    ],
)
def test_a_trace_shows_the_sweeps_asked_for(mode: str, seeds: list[str], coseeds: list[str], used: str) -> None:
    trace = Function(POLAR).trace(CENTRE, mode=mode)
    assert (trace.seeds, trace.coseeds, trace.result.mode) == (seeds, coseeds, used)


def test_a_trace_of_some_inputs_and_outputs_keeps_the_numbering_of_its_inputs() -> None:
    f = Function("[x*y, sin(z), exp(x)]")
    at = {"x": 1, "y": 2, "z": 3}
    trace = f.trace(at, wrt=["y"], of=["y1"])
    assert (trace.seeds, trace.coseeds) == (["y"], ["y1"])
    assert list(trace.names.values())[:3] == ["v-2", "v-1", "v0"]
    assert len(trace.nodes) == 4  # what the other outputs need is left out
    assert trace.result.jacobian == [[1]]
    whole = f.trace(at)
    assert {k: whole.names[k] for k in trace.nodes} == trace.names


def test_a_trace_is_numbered_as_asked_and_marks_what_is_not_used() -> None:
    f = Function("if(x > 0, exp(x), ln(y)) + x")
    by_level, as_written = f.trace({"x": 1, "y": -1}), f.trace({"x": 1, "y": -1}, numbering="source")
    assert sorted(by_level.nodes) == sorted(as_written.nodes)
    keys = {f.tape.rows[k].key: k for k in by_level.nodes}
    assert by_level.names[keys["add"]] == as_written.names[keys["add"]] == "v5"
    assert [by_level.used[keys[key]] for key in ("gt", "exp", "ln", "where", "add")] == [1, 1, 0, 1, 1]
    assert by_level.result.notes == []


# Points


POINTS: list[tuple[str, dict[str, Any], float]] = [
    ("x", {"x": 3}, 3),
    ("x", {"x": np.float64(3)}, 3),
    ("x", {"x": np.array(3.0)}, 3),
    ("x", {"x": True}, 1),
    ("x[1] + 10*x[2]", {"x": [1, 2]}, 21),
    ("x[1] + 10*x[2]", {"x": (1, 2)}, 21),
    ("x[1] + 10*x[2]", {"x": np.array([1, 2])}, 21),
    ("x[1] + 10*x[2]", {"x[2]": 2, "x[1]": 1}, 21),
    ("A[1,1] + 10*A[1,2] + 100*A[2,1] + 1000*A[2,2]", {"A": [[1, 2], [3, 4]]}, 4321),
    ("A[1,1] + 10*A[1,2] + 100*A[2,1] + 1000*A[2,2]", {"A": np.array([[1, 2], [3, 4]])}, 4321),
    ("A[1,1] + 10*A[1,2] + 100*A[2,1] + 1000*A[2,2]", {"A": [np.array([1, 2]), (3, np.float32(4))]}, 4321),
    ("x[3]*t", {"t": 2, "x[3]": 5}, 10),
]


@pytest.mark.parametrize(("program", "at", "value"), POINTS, ids=[f"{p} {at}" for p, at, _ in POINTS])
def test_a_point_takes_numbers_lists_and_arrays(program: str, at: dict[str, Any], value: float) -> None:
    found = Function(program).value(at)
    assert found.values == [value]
    assert {type(x) for x in [*found.values, *found.at.values()]} == {float}


WRONG_POINTS: list[tuple[str, dict[str, Any], str, str]] = [
    (TEXTBOOK, {"x1": 2}, "no value for x2", "x2=1"),
    (TEXTBOOK, {}, "no value for x1, x2", "x1=1,x2=1"),
    (TEXTBOOK, {"x1": 2, "x2": 5, "X1": 2}, "no variable X1", "did you mean x1?"),
    ("alpha*beta", {"alpa": 1, "beta": 2}, "no variable alpa", "did you mean alpha?"),
    (TEXTBOOK, {"x1": 2, "x2": 5, "q": 1}, "no variable q", "x1, x2"),
    ("3", {"q": 1}, "no variable q", "no variables"),
    ("x[1] + x[2]", {"x": [1, 2, 3]}, "no variable x[3]", "x["),
    ("x[1] + x[2]", {"x": [1]}, "no value for x[2]", "x=[1,2,3]"),
    ("x", {"x": [1]}, "no variable x[1]", "x"),
]


@pytest.mark.parametrize(("program", "at", "headline", "hint"), WRONG_POINTS)
def test_a_wrong_point_is_a_problem_with_a_fix(program: str, at: dict[str, Any], headline: str, hint: str) -> None:
    f = Function(program)
    for ask in (f.value, f.grad, f.jacobian, f.trace, lambda at: f.jvp(at, {}), lambda at: f.vjp(at, {})):
        with pytest.raises(ProblemError) as caught:
            ask(at)
        problem = caught.value.problem
        assert problem.kind == "point"
        assert headline in problem.headline
        assert hint in problem.hint
        assert problem.exit_code == 2


def test_text_is_no_value() -> None:
    with pytest.raises(TypeError, match="text"):
        Function("x").value({"x": "2"})


@pytest.mark.parametrize("value", ['["1", "2"]', '[["one"]]'])
def test_text_inside_a_list_is_no_value(value: str) -> None:
    run_python(f"""
from adcli import Function
try:
    Function("x[1]").value({{"x": {value}}})
except TypeError:
    pass
else:
    raise SystemExit("no error")
""")


@pytest.mark.parametrize(
    ("ask", "headline"),
    [
        (lambda f: f.jacobian(AT, wrt=["x1", "x3"]), "no variable x3"),
        (lambda f: f.grad(AT, of=["z"]), "no output z"),
        (lambda f: f.value(AT, of=["y", "y1"]), "no output y1"),
        (lambda f: f.trace(AT, wrt=["y"]), "no variable y"),
        (lambda f: f.jvp(AT, {"x9": 1}), "no variable x9"),
        (lambda f: f.vjp(AT, {"x1": 1}), "no output x1"),
    ],
)
def test_an_unknown_name_is_a_problem(ask: Any, headline: str) -> None:
    with pytest.raises(ProblemError, match=headline) as caught:
        ask(Function(TEXTBOOK))
    assert caught.value.problem.hint


@pytest.mark.parametrize(
    "ask",
    [
        lambda f: f.jacobian(AT, mode="sideways"),
        lambda f: f.jacobian(AT, mode="both"),
        lambda f: f.jacobian(AT, number="decimal"),
        lambda f: f.trace(AT, mode="auto"),
        lambda f: f.trace(AT, numbering="random"),
    ],
)
def test_a_wrong_option_raises_and_lists_the_right_ones(ask: Any) -> None:
    with pytest.raises(ValueError, match="forward|level|real"):
        ask(Function(TEXTBOOK))


# Problems


def test_a_wrong_program_raises_with_kind_span_and_message() -> None:
    with pytest.raises(ProblemError) as caught:
        Function("2x + 1")
    problem = caught.value.problem
    assert isinstance(problem, Problem)
    assert problem.kind == "syntax"
    assert problem.span is not None
    assert "2*x" in problem.hint
    assert "^" in str(problem)


def test_all_problems_of_names_come_at_once() -> None:
    with pytest.raises(ProblemError) as caught:
        Function("sine(x) + max(1) + a[0.5] + cosh(1, 2)")
    assert len(caught.value.problems) == 4
    starts = [p.span.start for p in caught.value.problems if p.span is not None]
    assert starts == sorted(starts)
    assert all(p.headline in str(caught.value) for p in caught.value.problems)


# Weight and threads


def test_importing_adcli_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'lark', 'rich', 'typer', 'pydantic', 'scipy'}"
    assert (
        run_python(f"import sys; before = set(sys.modules); import adcli; print(({heavy} & set(sys.modules)) - before)")
        == "set()\n"
    )


def test_a_scalar_gradient_loads_neither_numpy_nor_rich() -> None:
    code = f"""
import sys
from adcli import Function
assert Function({TEXTBOOK!r}).grad({AT!r}).gradient == {GRADIENT!r}
Function("abs(x)").trace({{"x": 0}})
print({{"numpy", "rich", "typer", "pydantic", "scipy"}} & set(sys.modules))
"""
    assert run_python(code) == "set()\n"


def test_an_unknown_attribute_of_the_package_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        adcli.nonsense  # noqa: B018


def test_threads_parse_and_differentiate_at_the_same_time() -> None:
    threads, rounds = 8, 12
    start = threading.Barrier(threads)
    found: dict[int, list[Any]] = {}

    def work(n: int) -> None:
        start.wait()
        results: list[Any] = []
        for r in range(rounds):
            program = " + ".join(f"{n}*x{i}^{r + 2}" for i in range(20)) + (" + (" if n == 3 else "")
            try:
                f = Function(program)
                results.append((f.variables, f.grad(dict.fromkeys(f.variables, 1)).gradient))
            except ProblemError as wrong:
                results.append(wrong.problem.kind)
        found[n] = results

    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    names = [f"x{i}" for i in range(20)]
    for n in range(threads):
        truth = [(names, [n * (r + 2.0)] * 20) if n != 3 else "syntax" for r in range(rounds)]
        assert found[n] == truth
