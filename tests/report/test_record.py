"""A trace written as JSON is read back whole, and what is no trace is refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from documents import made, text_of
from running import SAMPLES

from adcli.errors import ProblemError
from adcli.report.document import View
from adcli.report.record import Record, load
from adcli.report.steps import Steps


def written(name: str) -> str:
    return text_of(made(f"trace-{name}"), "json")


@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
def test_a_trace_is_read_back_as_it_was_written(sample: str) -> None:
    data = json.loads(written(sample))
    record = load(written(sample), "t.json")
    assert [node.name for node in record.nodes] == [node["name"] for node in data["nodes"]]
    assert (record.seeds, record.coseeds) == (
        data["variables"],
        data["outputs"] and [o["name"] for o in data["outputs"]],
    )
    for node in record.nodes:
        for output, terms in node.contributions.items():
            total = sum(term.term for term in terms)
            assert total == pytest.approx(node.adjoints[output], rel=1e-12, abs=1e-12)
            for term in terms:
                user = record.by_name.get(term.source)
                edge = node.edge(term, user)
                assert (edge is None) == (user is None)
                assert edge is None or edge.value == term.partial


def test_a_record_of_the_first_version_is_read() -> None:
    data = json.loads(written("textbook"))
    for key in ("format", "version", "constants"):
        del data[key]
    assert Record(data).users["v0"] == ["v2", "v3"]


def without(*path: Any) -> str:
    data = json.loads(written("textbook"))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return json.dumps(data)


def altered(**keys: Any) -> str:
    return json.dumps(json.loads(written("textbook")) | keys)


WRONG = {
    "": "t.json is no trace of adcli",
    "x^2": "t.json is no trace of adcli",
    "{}": "t.json is no trace of adcli",
    '{"program": "x", "outputs": ["y"], "jacobian": [[1]]}': "t.json is no trace of adcli",
    "[1, 2]": "t.json is no trace of adcli",
    "[" * 100_000: "t.json is no trace of adcli",
    '{"nodes": [}': "t.json is no JSON: expecting value (line 1, column 12)",
}
PARTS = {
    ("nodes", 0, "args"): "t.json is no complete trace: args is missing",
    ("nodes", 3, "adjoints", "y"): "t.json is no complete trace: the adjoints of v2 do not fit its nodes",
    ("variables",): "t.json is no complete trace: variables is missing",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_trace_is_refused(text: str) -> None:
    with pytest.raises(ProblemError) as raised:
        load(text, "t.json")
    assert raised.value.problem.headline == WRONG[text]
    assert raised.value.problem.hint
    assert raised.value.problem.exit_code == 2


SPOILT: dict[str, tuple[tuple[Any, ...], Any]] = {
    "the arguments of v4 do not fit its nodes": (("nodes", 5, "args"), ["v5", "v2"]),
    "the adjoints do not fit its outputs": (("outputs", 0, "name"), "z"),
    "'v1\\x1b[31m' should be a text": (("nodes", 2, "name"), "v1\x1b[31m"),
    "two of its nodes have one name": (("nodes", 5, "name"), "v5"),
    "sideways is no mode": (("mode",), "sideways"),
    "int too large to convert to float": (("nodes", 0, "value"), 10**400),
}


@pytest.mark.parametrize("complaint", SPOILT)
def test_a_trace_that_was_spoilt_is_refused(complaint: str) -> None:
    path, value = SPOILT[complaint]
    data = json.loads(written("textbook"))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ProblemError) as raised:
        load(json.dumps(data), "t.json")
    assert raised.value.problem.headline == f"t.json is no complete trace: {complaint}"


def test_a_number_of_very_many_digits_is_no_trace() -> None:
    with pytest.raises(ProblemError, match="no trace of adcli"):
        load(f'{{"program": "x", "nodes": [{"1" * 5000}]}}', "t.json")


@pytest.mark.parametrize(("formula", "complaint"), [("v9 + 1", "names v9"), ("v-1 +* 2", "cannot be read")])
def test_a_formula_that_means_nothing_is_said_when_it_is_looked_at(formula: str, complaint: str) -> None:
    data = json.loads(written("textbook"))
    data["nodes"][2]["formula"] = formula
    steps = Steps(load(json.dumps(data), "t.json"), "primal", "", View())
    assert steps[0].text == "2"
    with pytest.raises(ProblemError, match=complaint):
        steps[2]


@pytest.mark.parametrize("path", PARTS)
def test_a_trace_that_lacks_a_part_is_refused(path: tuple[Any, ...]) -> None:
    with pytest.raises(ProblemError) as raised:
        load(without(*path), "t.json")
    assert raised.value.problem.headline == PARTS[path]


def test_a_trace_cut_off_anywhere_is_refused() -> None:
    whole = written("textbook").strip()
    for end in range(1, len(whole), 7):
        with pytest.raises(ProblemError, match="cut off|no JSON"):
            load(whole[:end], "t.json")


def test_other_versions_and_formats() -> None:
    with pytest.raises(ProblemError, match="version 2; this adcli reads versions up to 1"):
        load(altered(version=2), "t.json")
    with pytest.raises(ProblemError, match="no trace of adcli"):
        load(altered(format="something else"), "t.json")
    with pytest.raises(ProblemError, match="'one' should be a number|not a number"):
        load(altered(jacobian=[["one", 2]]), "t.json")
