"""The report of a trace: the textbook's table, sums that add up in print on any program, long and wide tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from documents import formats_of
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import printed_sums, table_text
from rich.cells import cell_len
from support import share

from adcli.function import Function
from adcli.render import load
from adcli.report.document import Lazy, Table, View
from adcli.report.formulas import Formulas
from adcli.report.number import display
from adcli.report.results import JacobianReport
from adcli.report.trace import TraceReport
from adcli.trace import Trace


def traced(program: str, at: dict[str, Any], **options: Any) -> Trace:
    return Function(program).trace(at, **options)


def tables(trace: Trace, **view: Any) -> dict[str, list[list[str]]]:
    """Title -> the lines of a table, of every table of a trace."""
    blocks = TraceReport(trace).blocks(View(**view))
    return {b.title: [line for group in b.groups for line in group.lines] for b in blocks if isinstance(b, Table)}


@cache
def textbook() -> Trace:
    return traced("ln(x1) + x1*x2 - sin(x2)", {"x1": 2, "x2": 5})


def test_the_evaluation_is_that_of_the_textbook() -> None:
    assert [line[:4] for line in tables(textbook())["Evaluation at x1 = 2, x2 = 5"]] == [
        ["v-1", "x1", "", "2"],
        ["v0", "x2", "", "5"],
        ["v1", "ln(v-1)", "ln(2)", "0.693147"],
        ["v2", "v-1*v0", "2*5", "10"],
        ["v3", "sin(v0)", "sin(5)", "-0.958924"],
        ["v4", "v1 + v2", "0.693147 + 10", "10.693147"],
        ["v5", "v4 - v3", "10.693147 - (-0.958924)", "11.652071"],
        ["y", "v5", "", "11.652071"],
    ]


def test_the_tangents_are_those_of_the_textbook() -> None:
    assert tables(textbook(), ascii=True)["Forward sweep, seed x1dot = 1"] == [
        ["v-1dot", "x1dot", "", "1"],
        ["v0dot", "x2dot", "", "0"],
        ["v1dot", "v-1dot/v-1", "1/2", "0.5"],
        ["v2dot", "v-1dot*v0 + v0dot*v-1", "1*5 + 0*2 = 5 + 0", "5"],
        ["v3dot", "v0dot*cos(v0)", "0*cos(5)", "0"],
        ["v4dot", "v1dot + v2dot", "0.5 + 5", "5.5"],
        ["v5dot", "v4dot - v3dot", "5.5 - 0", "5.5"],
        ["ydot", "v5dot", "", "5.5"],
    ]


def test_the_adjoints_are_those_of_the_textbook() -> None:
    assert tables(textbook(), ascii=True)["Reverse sweep, seed ybar = 1"] == [
        ["ybar", "seed", "", "1"],
        ["v5bar", "ybar", "1", "1"],
        ["v4bar", "v5bar", "1", "1"],
        ["v3bar", "-v5bar", "-1", "-1"],
        ["v2bar", "v4bar", "1", "1"],
        ["v1bar", "v4bar", "1", "1"],
        ["v0bar", "  v3bar*cos(v0)", "-1*cos(5)", "-0.283662"],
        ["", "+ v2bar*v-1", "1*2", "2"],
        ["", "= v0bar", "", "1.716338"],
        ["v-1bar", "  v2bar*v0", "1*5", "5"],
        ["", "+ v1bar/v-1", "1/2", "0.5"],
        ["", "= v-1bar", "", "5.5"],
    ]


def test_the_jacobian_is_tied_to_its_seeds() -> None:
    reverse = tables(textbook(), ascii=True)["Jacobian at x1 = 2, x2 = 5"]
    assert reverse == [["y", "ybar = 1", "5.5", "1.7163378145367738"]]
    forward = tables(traced("[x*z, x, z]", {"x": 2, "z": 5}), ascii=True)["Jacobian at x = 2, z = 5"]
    assert forward == [["seed", "xdot = 1", "zdot = 1"], ["y1", "5", "2"], ["y2", "1", "0"], ["y3", "0", "1"]]


@pytest.mark.parametrize("numbering", ["level", "source"])
def test_numbering_changes_names_and_no_number(numbering: str) -> None:
    trace = traced("ln(x1) + x1*x2 - sin(x2)", {"x1": 2, "x2": 5}, numbering=numbering)
    lines = tables(trace)["Evaluation at x1 = 2, x2 = 5"]
    ops = [line[1].partition("(")[0] if "(" in line[1] else line[1] for line in lines]
    level = ["x1", "x2", "ln", "v-1*v0", "sin", "v1 + v2", "v4 - v3", "v5"]
    source = ["x1", "x2", "ln", "v-1*v0", "v1 + v2", "sin", "v3 - v4", "v5"]
    assert ops == (level if numbering == "level" else source)
    assert lines[-1][3] == "11.652071"


# Program, point, the rows of its outputs: outputs that are inputs or constants have a row, too
OUTPUT_ROWS = [
    ("x", {"x": 3}, [["y", "v0", "", "3", ""]]),
    ("3", {}, [["y", "3", "", "3", ""]]),
    ("[x, x]", {"x": 3}, [["y1", "v0", "", "3", ""], ["y2", "v0", "", "3", ""]]),
    ("a = 2*pi; b = x", {"x": 3}, [["a", "2*pi", "", "6.283185", ""], ["b", "v0", "", "3", ""]]),
    ("a = x^2; [a, a*2]", {"x": 3}, [["a", "v1", "", "9", ""], ["y2", "v2", "", "18", ""]]),
]


@pytest.mark.parametrize(("program", "at", "rows"), OUTPUT_ROWS)
def test_every_output_has_its_row(program: str, at: dict[str, Any], rows: list[list[str]]) -> None:
    trace = traced(program, at)
    (evaluation,) = (lines for title, lines in tables(trace).items() if title.startswith("Evaluation"))
    assert evaluation[-len(rows) :] == rows
    for output in trace.outputs:
        assert tables(trace, ascii=True)[f"Reverse sweep, seed {output.name}bar = 1"][0][3] == "1"


def test_constants_are_written_in_place_and_long_ones_named() -> None:
    trace = traced("x*(2*pi) + x^(6/2) + x*(1 + 2 + 3 + 4 + 5 + 6)", {"x": 2})
    found = tables(trace)
    evaluation = found["Evaluation at x = 2"]
    assert [line[1] for line in evaluation[:4]] == ["x", "v0*(2*pi)", "v0^(6/2)", "v0*c1"]
    assert found["Constants"] == [["c1", "1 + 2 + 3 + 4 + 5 + 6", "21"]]
    assert len([line for line in evaluation if line[0].startswith("v")]) == 6


@pytest.mark.parametrize("program", ["f(t) = t*t; x*{}", "f(t) = t + t; [x, {}]"])
def test_a_constant_made_of_shared_parts_is_not_written_out_without_end(program: str) -> None:
    """f(f(f(...))) of a number doubles with every step if all of it is written in place."""

    def size(steps: int) -> int:
        report = TraceReport(traced(program.format("f(" * steps + "1.01" + ")" * steps), {"x": 2}))
        return sum(len(text) for name in formats_of(report) for text in load(name).render(report, View()))

    assert size(12) < 3 * size(6) + 2_000


def test_a_shared_node_is_shown_once_with_its_places() -> None:
    lines = tables(traced("sin(x*z) + x*z + cos(x*z)", {"x": 2, "z": 5}))["Evaluation at x = 2, z = 5"]
    (shared,) = (line for line in lines if line[1] == "v-1*v0")
    assert shared[4] == "x*z  (3 places: 1:5, 1:12, 1:22)"


def test_nodes_of_a_branch_not_taken_are_dimmed_and_contribute_nothing() -> None:
    trace = traced("if(x > 0, ln(x), -x)", {"x": -2})
    (values, *_) = (b for b in TraceReport(trace).blocks(View()) if isinstance(b, Table))
    dimmed = [group.lines[0][1] for group in values.groups if group.dim]
    assert dimmed == ["ln(v0)"]
    assert trace.result.jacobian == [[-1.0]]
    assert "nan" not in tables(trace, ascii=True)["Reverse sweep, seed ybar = 1"][-1]


def test_the_digits_are_those_asked_for() -> None:
    found = tables(textbook(), digits=3, ascii=True)
    assert found["Evaluation at x1 = 2, x2 = 5"][2][3] == "0.693"
    assert found["Jacobian at x1 = 2, x2 = 5"] == [["y", "ybar = 1", "5.5", "1.716"]]


def test_seventeen_digits_are_all_digits() -> None:
    """The foot of a rounded Jacobian says so."""
    for number in (1.7163378145367738, -13.723961509314076, 123456.78901234567, 0.1, 2 / 3, 1e15 + 0.125):
        assert float(View(digits=17).result(number)) == number


# Sums that add up in print, on random programs at random points

ATOMS = st.sampled_from(["x", "z", "w", "2", "0.1", "pi", "3"])
FUNCTIONS = ["sin", "exp", "tanh", "atan", "sqrt", "abs", "sigmoid", "normcdf"]
RANDOM = st.recursive(
    ATOMS,
    lambda e: st.one_of(
        st.tuples(e, st.sampled_from("+-*/"), e).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(st.sampled_from(FUNCTIONS), e).map("{0[0]}({0[1]})".format),
        e.map("({0})*({0}) - ({0})^3".format),
        st.tuples(e, e).map("hypot({0[0]}, {0[1]})".format),
        st.tuples(e, e).map("max({0[0]}, {0[1]})".format),
        st.tuples(e, e).map("if({0[0]} < {0[1]}, {0[1]}, {0[0]}*{0[0]})".format),
    ),
    max_leaves=10,
)  # fmt: skip
POINT = st.fixed_dictionaries({name: st.one_of(st.floats(-4, 4), st.floats(1e-9, 1e9), st.integers(-2, 2).map(float))
                               for name in "xzw"})  # fmt: skip
VIEWS = st.fixed_dictionaries({"width": st.sampled_from([80, 100, 120, None]), "ascii": st.booleans(),
                               "digits": st.sampled_from([None, 1, 3, 6, 12])})  # fmt: skip


@settings(max_examples=share(150))
@given(RANDOM, POINT, VIEWS)
def test_printed_sums_add_up_on_any_program(program: str, point: dict[str, float], view: dict[str, Any]) -> None:
    function = Function(program)
    trace = function.trace({name: point[name] for name in function.variables})
    text = table_text(TraceReport(trace), whole=True, **view)
    for terms, total, about in printed_sums(text):
        assert about or sum(terms) == total, (terms, total)
    if view["width"] is not None:
        assert max(map(cell_len, text.split("\n"))) <= view["width"]
    assert not view["ascii"] or text.isascii()


@settings(max_examples=share(100))
@given(RANDOM, POINT)
def test_the_last_line_of_an_adjoint_is_its_value(program: str, point: dict[str, float]) -> None:
    """To the digits shown, the printed sum is the adjoint itself."""
    function = Function(program)
    trace = function.trace({name: point[name] for name in function.variables}, mode="reverse")
    (output,) = trace.outputs
    adjoints = trace.adjoints(output.name)
    named = {f"{name}bar": adjoints[k] or 0.0 for k, name in trace.names.items()}
    last: dict[str, str] = {}
    current = ""
    for line in tables(trace, ascii=True)[f"Reverse sweep, seed {output.name}bar = 1"]:
        current = line[0] or current
        last[current] = line[3].lstrip("~")
    for name, text in last.items():
        if name in named and math.isfinite(named[name]):
            # A sum may be shown with more decimals, and as 0 beside terms much larger.
            assert float(text) == pytest.approx(named[name], rel=1e-5, abs=1e-5 * scale(trace, adjoints))


def scale(trace: Trace, adjoints: Sequence[Any]) -> float:
    terms = [abs(part.term) for parts in trace.contributions(trace.outputs[0].name).values() for part in parts]
    return max([1.0, *(term for term in terms if math.isfinite(term))])


# Long traces and wide Jacobians


def test_a_long_trace_shows_head_and_tail_and_makes_no_other_row(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    value, term = Formulas.value, Formulas.term
    monkeypatch.setattr(Formulas, "value", lambda self, k: made.append(k) or value(self, k))
    monkeypatch.setattr(Formulas, "term", lambda self, *given: made.append(given[0]) or term(self, *given))
    trace = traced("sin(" * 10_000 + "x" + ")" * 10_000, {"x": 0.5})
    assert len(trace.nodes) == 10_001
    text = table_text(TraceReport(trace), width=80)
    assert len(set(made)) < 100
    assert text.count("… 9,962 more: --all or --format tsv") == 3
    assert "v1 " in text
    assert "v10000" in text
    assert len(text.split("\n")) < 150
    assert max(map(cell_len, text.split("\n"))) <= 80


def test_a_long_trace_is_shown_whole_where_it_is_asked_for() -> None:
    trace = traced("sum(sin(x*i) for i in 1..50)", {"x": 0.001}, mode="reverse")
    for view in ({"width": 80, "whole": True}, {"width": None}):
        text = table_text(TraceReport(trace), **view)
        assert " more: " not in text
        assert all(f"v{i} " in text for i in range(1, len(trace.nodes)))
    assert " more: --all" in table_text(TraceReport(trace), width=80)


def test_an_adjoint_of_many_contributions_shows_head_and_tail() -> None:
    trace = traced("sum(x^i for i in 1..200)", {"x": 0.5}, mode="reverse")
    text = table_text(TraceReport(trace), width=80, ascii=True)
    assert "... 161 more: --all or --format tsv" in text
    assert "= v0bar" in text


def test_many_seeds_are_not_all_drawn() -> None:
    trace = traced("sum(u[i]^2 for i in 1..6)", {"u": [1, 2, 3, 4, 5, 6]})
    text = table_text(TraceReport(trace), width=80, ascii=True)
    assert text.count("Forward sweep, seed") == 4
    assert "2 more forward sweeps: --wrt u[5] shows one, --all shows all" in text
    assert table_text(TraceReport(trace), width=80, whole=True).count("Forward sweep, seed") == 6


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("count", [5, 20, 40, 200])
def test_a_wide_jacobian_comes_in_panels_that_fit(width: int, count: int) -> None:
    point = {"u": [i * 1.2345678 for i in range(1, count + 1)]}
    result = Function(f"[prod(sin(u[i]) for i in 1..{count}), sum(u[i]*1000 for i in 1..{count})]").jacobian(point)
    text = table_text(JacobianReport(result), width=width, whole=True)
    assert max(map(cell_len, text.split("\n"))) <= width
    assert all(f"u[{i}]" in text for i in range(1, count + 1))
    for row in result.jacobian:
        for x in row:
            assert display(x) in text or str(x) in text or f"{x:g}" in text


def test_a_panel_repeats_the_names_of_its_rows() -> None:
    result = Function("[sum(u[i]*w for i in 1..30), w]").jacobian({"u": [1.5] * 30, "w": 1 / 3})
    lines = table_text(JacobianReport(result), width=80, ascii=True).split("\n")
    heads = [line for line in lines if line.split()[:1] == ["seed"]]
    assert len(heads) > 2
    assert " ".join(heads).replace("seed", "").split() == result.variables
    for name in ("y1", "y2"):
        assert sum(line.startswith(f"{name}  {name}bar = 1  ") for line in lines) == len(heads)


def test_lazy_groups_are_a_sequence() -> None:
    asked: list[int] = []
    groups = Lazy(5, lambda i: asked.append(i) or i)  # type: ignore[func-returns-value,arg-type,return-value]
    assert (len(groups), groups[1], groups[-1], list(groups[1:3])) == (5, 1, 4, [1, 2])
    assert asked == [1, 4, 1, 2]
    assert list(groups) == [0, 1, 2, 3, 4]
    for outside in (5, -6):
        with pytest.raises(IndexError):
            groups[outside]
