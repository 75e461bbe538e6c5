"""Where two traces part: which node is which, which numbers differ, and where they differ first."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pytest
from documents import text_of
from hypothesis import given, settings
from printed import table_text
from running import SAMPLES, columns_of
from sampled import function, sample
from support import points, share, tapes

from adcli.engines.linearise import linearise
from adcli.engines.notes import notes
from adcli.errors import ProblemError
from adcli.function import Function
from adcli.named import Asked
from adcli.numbers.real import REAL
from adcli.report.diff import DiffReport
from adcli.report.match import matches
from adcli.report.record import Record, load
from adcli.report.trace import TraceReport
from adcli.results import Jacobian
from adcli.tape.tape import Tape
from adcli.trace import Trace

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"


def record(text: str, mode: str = "both", numbering: str = "level", **at: Any) -> Record:
    trace = Function(text).trace(at or {"x1": 2, "x2": 5}, mode, numbering=numbering)
    return load(text_of(TraceReport(trace), "json"), "t.json")


def diff(one: Record, other: Record) -> DiffReport:
    return DiffReport(one, other, ("a.json", "b.json"))


def changes(one: str, other: str, **at: Any) -> list[str]:
    """The nodes that differ, as '~ sin(v0) cos(v0)'."""
    found = diff(record(one, **at), record(other, **at)).changes
    sign = {"changed": "~", "removed": "-", "added": "+"}
    return [" ".join([sign[m.change], *(node.formula for node in m[:2] if node)]) for m in found]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_trace_is_equal_to_itself_however_it_is_numbered(path: Any) -> None:
    at, wrt = sample(path).at, sample(path).wrt
    one, other = (
        load(text_of(TraceReport(function(path).trace(at, wrt=wrt, numbering=order)), "json"), "t.json")
        for order in ("level", "source")
    )
    report = diff(one, other)
    assert report.equal
    assert report.alone == ([], [])
    assert all(match.a and match.b and match.a.value == match.b.value for match in report.matches)
    assert "no difference" in table_text(report)
    assert text_of(report, "tsv").count("\n") == 1
    assert json.loads(text_of(report, "json"))["equal"] is True


CHANGES = [
    (TEXTBOOK, "ln(x1) + x1*x2 - cos(x2)", ["~ sin(v0) cos(v0)"]),
    (TEXTBOOK, "a = x1*x2*2; ln(x1) + a - sin(x2)", ["~ v1 + v2 v2 + v4", "+ v1*2"]),
    ("a = x1*x2*2; ln(x1) + a - sin(x2)", TEXTBOOK, ["- v1*2", "~ v2 + v4 v1 + v2"]),
    (TEXTBOOK, "ln(x1) - sin(x2) + x1*x2", ["~ v1 + v2 v1 - v2", "~ v4 - v3 v4 + v3"]),
    ("sin(x1*x2)", "exp(sin(x1*x2))", ["~ v2 v3", "+ exp(v2)"]),
    ("exp(sin(x1*x2))", "sin(x1*x2)", ["- exp(v2)", "~ v3 v2"]),
    ("((x1 + 1)*2)^3 + x2", "((x1 + 5)*2)^3 + x2", ["~ v-1 + 1 v-1 + 5"]),
    ("x1 + x2", "x2 + x1", ["~ v-1 + v0 v-1 + v0"]),
    ("[x1, x2]", "[x2, x1]", ["~ v-1 v-1", "~ v0 v0"]),
    ("p = x1; q = x2*x1", "p = x1; r = x2*x1", ["~ v1 v1"]),
    ("[x1, x2]", "[x1, x2, x1*x2]", ["+ v-1*v0", "+ v1"]),
    ("x1*x2", "x1*x2 # as before", []),
    ("x1*(x2 + 1.5)", "x1*(x2+1.50)", ["~ v0 + 1.5 v0 + 1.50"]),
    ("[3, x1*x2]", "[4, x1*x2]", ["~ 3 4"]),
]


@pytest.mark.parametrize(("one", "other", "expected"), CHANGES)
def test_the_nodes_that_differ_between_two_versions(one: str, other: str, expected: list[str]) -> None:
    assert changes(one, other) == expected


def test_a_variable_of_another_name() -> None:
    report = diff(record("x*x", x=2), record("t*t", t=2))
    assert [(m.change, m.a and m.a.formula, m.b and m.b.formula) for m in report.changes] == [("changed", "x", "t")]
    assert report.alone == (["tangent:x"], ["tangent:t"])
    assert not report.differences


def test_the_first_node_of_each_sweep_is_named() -> None:
    report = diff(record(TEXTBOOK), record("ln(x1) + x1*x2 - cos(x2)"))
    first = {named: (one.match.a.name if one.match.a else "") for named, one in report.first.items()}
    assert first == {"value": "v3", "tangent:x2": "v3", "adjoint:y": "v0"}
    text = table_text(report)
    assert "values part first at v3 = sin(v0): -0.958924 and 0.283662\n" in text
    assert "tangents (x2) part first at v3 = sin(v0): 0.283662 and 0.958924\n" in text
    assert "adjoints (y), swept in reverse, part first at v0 = x2: 1.716338 and 1.041076\n" in text


def test_another_point() -> None:
    report = diff(record(TEXTBOOK), record(TEXTBOOK, x1=2, x2=5.5))
    assert not report.changes
    first = {named: (one.match.a.name if one.match.a else "") for named, one in report.first.items()}
    assert first == {"value": "v0", "tangent:x1": "v2", "tangent:x2": "v3", "adjoint:y": "v0"}
    partials = [(one.of, one.a, one.b) for one in report.differences if one.quantity == "partial"]
    assert [row[:2] for row in partials] == [("x1", 5.5), ("x2", 1.7163378145367738)]


def test_two_modes_are_compared_in_what_both_have() -> None:
    report = diff(record(TEXTBOOK, "forward"), record(TEXTBOOK, "reverse"))
    assert report.equal
    assert report.alone == (["tangent:x1", "tangent:x2"], ["adjoint:y"])
    text = table_text(report)
    assert "only a has tangent:x1, tangent:x2: not compared" in text
    assert "only b has adjoint:y: not compared" in text


def altered(**numbers: Any) -> Record:
    data = json.loads(text_of(TraceReport(Function(TEXTBOOK).trace({"x1": 2, "x2": 5})), "json"))
    data["nodes"][2] |= numbers
    return Record(data)


@pytest.mark.parametrize(
    ("value", "shown", "apart"),
    [
        (math.nextafter(0.6931471805599453, 1), "0.6931471805599453 and 0.6931471805599454", "1 ulp"),
        (0.7, "0.693147 and 0.7", "0.0098"),
        ("nan", "0.693147 and nan", ""),
        ("-inf", "0.693147 and -inf", ""),
        (0, "0.693147 and 0", "1"),
    ],
)
def test_how_far_numbers_are_apart(value: Any, shown: str, apart: str) -> None:
    report = diff(record(TEXTBOOK), altered(value=value))
    text = table_text(report)
    assert f"values part first at v1 = ln(v-1): {shown}\n" in text
    (row,) = (line for line in text.splitlines() if line.startswith("v1 "))
    assert row.endswith(apart or "inf" * (value == "-inf") or "nan")
    json.loads(text_of(report, "json"), parse_constant=pytest.fail)


def test_nan_is_equal_to_nan_and_the_sign_of_zero_is_nothing() -> None:
    assert diff(altered(value="nan"), altered(value="nan")).equal
    assert diff(altered(value=0.0), altered(value=-0.0)).equal
    assert not diff(altered(value="inf"), altered(value="-inf")).equal


def test_conditions_are_true_or_false() -> None:
    report = diff(record("if(x > 0, x, -x)", x=1), record("if(x > 0, x, -x)", x=-1))
    rows = [line.split("\t") for line in text_of(report, "tsv").splitlines()]
    assert ["", "v1", "v1", "value", "true", "false"] in [row[:6] for row in rows]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    report = diff(record(TEXTBOOK), record("a = x1*x2*2; exp(ln(x1) + a - sin(x2))"))
    for ascii in (False, True):
        lines = table_text(report, width=width, ascii=ascii).splitlines()
        assert max(map(columns_of, lines)) <= width
        assert not ascii or all(map(str.isascii, lines))


def test_json_and_tsv_say_the_same() -> None:
    report = diff(record(TEXTBOOK), record("a = x1*x2*2; ln(x1) + a - cos(x2)"))
    data = json.loads(text_of(report, "json"))
    assert list(data) == ["a", "b", "equal", "first", "nodes", "numbers", "not_compared"]
    assert {key for one in data["numbers"] for key in one} == {
        "node", "quantity", "of", "a", "b", "difference", "relative", "ulps"
    }  # fmt: skip
    header, *rows = (line.split("\t") for line in text_of(report, "tsv").splitlines())
    assert header == ["change", "node_a", "node_b", "quantity", "a", "b", "difference", "relative", "ulps"]
    assert {len(row) for row in rows} == {len(header)}
    assert len(rows) == len(data["nodes"]) + len(data["numbers"])
    assert [row[0] for row in rows[: len(data["nodes"])]] == [node["change"] for node in data["nodes"]]
    assert [float(row[4]) for row in rows[len(data["nodes"]) :]] == [one["a"] for one in data["numbers"]]


def of_tape(tape: Tape, point: Sequence[float]) -> Record:
    """The record of any tape, as `Function.trace` makes it of a program."""
    at = dict(zip(tape.variables, point, strict=False))
    asked = Asked(tape, at, tape.outputs, dict(zip(tape.variables, tape.inputs, strict=True)))
    linear = linearise(REAL, tape, asked.x)
    common = asked.common(linear.values, notes(tape, linear, asked.nodes, asked.wrt))
    rows = [[0.0] * len(asked.wrt) for _ in asked.outputs]
    result = Jacobian(**common, jacobian=rows, mode="reverse")
    return Record(TraceReport(Trace(asked, linear, "both", "level", result)).data())


@settings(max_examples=share(100))
@given(tapes(most=10), tapes(most=10), points)
def test_any_two_traces_can_be_compared(one: Tape, other: Tape, point: Sequence[float]) -> None:
    a, b = of_tape(one, point), of_tape(other, point)
    assert not [match for match in matches(a, a) if match.change]
    assert diff(a, a).equal
    found = matches(a, b)
    for mine, theirs, place in ((a, b, 0), (b, a, 1)):
        nodes = [match[place] for match in found if match[place] is not None]
        assert len(nodes) == len(mine.nodes) + len(mine.outputs)
        assert len({id(node) for node in nodes}) == len(nodes)
        assert theirs
    table_text(diff(a, b))


def test_a_file_with_a_circle_in_it_is_refused() -> None:
    data = json.loads(text_of(TraceReport(Function(TEXTBOOK).trace({"x1": 2, "x2": 5})), "json"))
    data["nodes"][2]["args"] = ["v5"]
    with pytest.raises(ProblemError, match="the arguments of v1 do not fit"):
        Record(data)


def test_names_in_a_file_are_texts_in_every_format() -> None:
    data = json.loads(text_of(TraceReport(Function(TEXTBOOK).trace({"x1": 2, "x2": 5})), "json"))
    text = json.dumps(data).replace("x2", "<b>|[bold]:x:")
    report = DiffReport(record(TEXTBOOK), load(text, "t.json"), ("a.json", "\x1b]b.json"))
    assert not report.equal
    for format in ("table", "tsv", "csv", "markdown", "svg", "json"):
        out = text_of(report, format)
        assert out
        assert "\x1b" not in out


def test_a_jacobian_that_does_not_fit_is_refused() -> None:
    data = json.loads(text_of(TraceReport(Function(TEXTBOOK).trace({"x1": 2, "x2": 5})), "json"))
    for jacobian in ([], [[1]], [[1, 2], [3, 4]]):
        with pytest.raises(Exception, match="the jacobian does not fit"):
            Record(data | {"jacobian": jacobian})
