"""Worksheets and marked answers: what is blank, what is filled in, and that they are of one mind."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from documents import TEXTUAL, drawn, quiz, text_of
from running import SAMPLES, TEXTBOOK

from adcli.function import Function
from adcli.render import needs
from adcli.report.document import Table, Text, View
from adcli.report.exercises import LEVELS
from adcli.report.quiz import BLANK, MODES, RULE_BLANK, MarkedReport, Quiz, Worksheet, marked
from adcli.report.steps import SWEEPS

VIEW = View()
every_sample = pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
every_mode = pytest.mark.parametrize("mode", MODES)


@cache
def of(sample: str, mode: str, level: int = 3) -> Quiz:
    return quiz(sample, mode=mode, level=level)


def rows(document: Worksheet | MarkedReport) -> list[list[str]]:
    return [
        line
        for block in document.blocks(VIEW) if isinstance(block, Table)
        for group in block.groups for line in group.lines
    ]  # fmt: skip


@every_mode
@every_sample
def test_a_worksheet_shows_no_number_that_is_asked_for(sample: str, mode: str) -> None:
    """Nor the outputs' rows, which repeat it."""
    one = of(sample, mode)
    asked = list(one.lines(VIEW))
    outputs = len(one.record.outputs)
    found = rows(Worksheet([one]))
    forward = len(one.record.seeds) if mode != "reverse" else 0
    assert sum(line[-1] == BLANK for line in found) == len(asked) + outputs * (1 + forward)
    assert sum(line[1] == RULE_BLANK for line in found) == sum(step.sweep != "primal" for _, step in asked)
    data = json.dumps(Worksheet([one]).data())
    assert '"value": null' in data
    assert all(line["value"] is None for line in Worksheet([one]).data()["exercises"][0]["lines"])


@every_mode
@every_sample
def test_a_solution_is_the_trace(sample: str, mode: str) -> None:
    one = of(sample, mode)
    steps = [step for sweep in one.sweeps(VIEW) for step in sweep.steps]
    found = rows(Worksheet([one], solutions=True))
    assert [line[:2] for line in found] == [[step.name, step.rule] for step in steps]
    assert [line[-1].lstrip("≈") for line in found] == [step.text for step in steps]
    assert not any("__" in cell for line in found for cell in line)


@every_mode
@every_sample
def test_the_solution_of_a_worksheet_is_marked_right(sample: str, mode: str) -> None:
    one = of(sample, mode)
    answers = text_of(Worksheet([one], solutions=True), "raw").splitlines()
    report = MarkedReport([one], marked([one], answers, VIEW))
    assert report.right == len(answers) == report.data()["asked"]


@pytest.mark.parametrize("level", LEVELS)
def test_the_first_levels_show_the_rules(level: int) -> None:
    for mode in MODES:
        found = rows(Worksheet([of("textbook", mode, level)]))
        assert any(line[1] == RULE_BLANK for line in found) == (level > 2)
        assert [line[1] for line in found if line[0] in ("v1", "v5", "v-1")] == ["x1", "ln(v-1)", "v4 - v3"]


def test_several_exercises_on_one_sheet() -> None:
    quizzes = [drawn(level) for level in LEVELS]
    sheet = Worksheet(quizzes)
    titles = [block.text for block in sheet.blocks(VIEW) if isinstance(block, Text)]
    assert titles[::2] == [f"Exercise {i}: {one.title(VIEW)}" for i, one in enumerate(quizzes, 1)]
    assert titles[1::2] == [f"level {level}, seed 7" for level in LEVELS]
    answers = text_of(Worksheet(quizzes, solutions=True), "raw").splitlines()
    marks = marked(quizzes, answers, VIEW)
    assert {mark.exercise for mark in marks} == {1, 2, 3, 4, 5}
    assert all(mark.verdict.right for mark in marks)


def test_a_bare_worksheet_is_what_a_command_line_takes() -> None:
    for level in LEVELS:
        (line,) = text_of(Worksheet([drawn(level)]), "raw").splitlines()
        program, _, at = line.rpartition(" ")
        point = {name: float(x) for name, _, x in (pair.partition("=") for pair in at.split(","))}
        assert Function(program).value(point).values == pytest.approx([o.value for o in drawn(level).record.outputs])


@pytest.mark.parametrize("name", [name for name in TEXTUAL if not needs()[name]])
def test_a_worksheet_in_every_format(name: str) -> None:
    bare = Quiz(Function(TEXTBOOK).trace({"x1": 2, "x2": 5}), "both")  # the sample tells its value in a comment
    sheet, filled = Worksheet([bare]), Worksheet([bare], solutions=True)
    for view in ({}, {"width": 80}, {"width": 40, "ascii": True}):
        blank, solved = text_of(sheet, name, **view), text_of(filled, name, **view)
        assert "11.652071" not in blank, name
        assert "11.652071" in solved, name


def test_marks_are_data() -> None:
    one = of("textbook", "reverse")
    report = MarkedReport([one], marked([one], ["0.301", "", "0.5 +", "v1 + v2"], VIEW))
    data = report.data()
    assert (data["right"], data["asked"]) == (1, 11)
    assert [line["kind"] for line in data["exercises"][0]["lines"]][:5] == [
        "base", "skipped", "unreadable", "right", "skipped"
    ]  # fmt: skip
    first = data["exercises"][0]["lines"][0]
    assert (first["message"], first["from"], first["answer"]) == ("log10 in place of ln", "v1", "0.301")
    assert first["value"] == pytest.approx(0.6931471805599453)
    assert list(report.numbers()) == [["1", "11"]]


@pytest.mark.parametrize(
    ("program", "at", "asked"),
    [("3", {}, []), ("x", {"x": 5}, []), ("1/x", {"x": 0}, []), ("ln(x) + y", {"x": -1, "y": 2}, ["v̄-1"]),
     ("if(x > 0, x^2, -x)", {"x": 2}, ["v2", "v4", "v̄2", "v̄0"])],
)  # fmt: skip
def test_what_has_no_number_to_find_is_not_asked(program: str, at: dict[str, Any], asked: list[str]) -> None:
    one = Quiz(Function(program).trace(at))
    found = [step.name for _, step in one.lines(VIEW)]
    assert [name for name in asked if name not in found] == []
    assert all(step.total - step.total == 0 and step.active for _, step in one.lines(VIEW))
    if not asked:
        assert found == []
    assert text_of(Worksheet([one]), "table")


def test_the_sweeps_are_those_of_the_mode() -> None:
    assert set(SWEEPS) == {"primal", "tangent", "adjoint"}
    for mode, expected in (("forward", ["", "x1", "x2"]), ("reverse", ["", "y"]), ("both", ["", "x1", "x2", "y"])):
        one = Quiz(Function(TEXTBOOK).trace({"x1": 2, "x2": 5}), mode)
        assert [sweep.seed for sweep in one.sweeps(VIEW)] == expected
