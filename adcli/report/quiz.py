"""Exercises: the lines of a trace with blanks, as worksheets with and without solutions, and answers marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from adcli.errors import ProblemError, printable
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Document, Group, Records, Table, Text, View
from adcli.report.exercises import RULES_FROM, Exercise
from adcli.report.marking import TOLERANCE, Line, Verdict
from adcli.report.mistakes import called
from adcli.report.record import Record
from adcli.report.results import one_line, title_at
from adcli.report.steps import Step, Steps
from adcli.report.trace import TraceReport
from adcli.tape.show import show
from adcli.trace import Trace

BLANK, RULE_BLANK = "_" * 12, "_" * 24
MODES = {"forward": ("tangent",), "reverse": ("adjoint",), "both": ("tangent", "adjoint")}
TITLES = {"primal": "Values", "tangent": "Forward sweep", "adjoint": "Reverse sweep"}


class Sweep(NamedTuple):
    """One sweep of an exercise, its steps in order."""

    sweep: str
    seed: str
    steps: Steps

    def title(self, view: View) -> str:
        seed = f", seed {called(self.sweep, self.seed, view)} = 1" if self.seed else ""
        return f"{TITLES[self.sweep]}{seed}"


class Quiz:
    """One exercise: a trace, of which lines are asked for.

    exercise   where it comes from, for its title; mode, the sweeps asked for after the values
    rules      whether the rules are asked for as well (they are not shown)
    """

    def __init__(self, trace: Trace, mode: str = "reverse", exercise: Exercise | None = None, level: int = RULES_FROM):
        self.trace = trace
        self.mode = mode
        self.exercise = exercise
        self.rules = level >= RULES_FROM

    @cached_property
    def record(self) -> Record:
        return Record(TraceReport(self.trace).data())

    def sweeps(self, view: View) -> list[Sweep]:
        found = [("primal", "")]
        for sweep in MODES[self.mode]:
            seeds = self.record.seeds if sweep == "tangent" else self.record.coseeds
            found += [(sweep, seed) for seed in seeds]
        return [Sweep(*one, Steps(self.record, *one, view)) for one in found]

    def asks(self, step: Step) -> bool:
        """Whether a line is asked for: those that are worked out, and have a finite number."""
        node = self.record.by_name.get(step.node)
        if node is None or isinstance(step.total, bool) or step.total - step.total != 0 or not step.active:
            return False
        if step.sweep == "adjoint":
            return any(term.source in self.record.by_name for term in step.terms)
        return not node.is_input and (step.sweep == "primal" or bool(node.partials))

    def shows_rule(self, step: Step) -> bool:
        return step.sweep == "primal" or not self.rules or not self.asks(step)

    def lines(self, view: View) -> Iterator[tuple[Sweep, Step]]:
        """The lines that are asked for, in order."""
        for sweep in self.sweeps(view):
            for step in sweep.steps:
                if self.asks(step):
                    yield sweep, step

    def title(self, view: View) -> str:
        return title_at(printable(self.program), self.record.at, view)

    @property
    def program(self) -> str:
        """The whole program, on one line."""
        return one_line(self.record.program, len(self.record.program) + 1)

    @property
    def origin(self) -> str:
        """Level and seed of a random exercise."""
        return f"level {self.exercise.level}, seed {self.exercise.seed}" if self.exercise else ""


class Worksheet(Document):
    """Exercises on paper: the tables of the traces with blanks, or filled in."""

    def __init__(self, quizzes: Sequence[Quiz], solutions: bool = False):
        self.quizzes = quizzes
        self.solutions = solutions

    def blocks(self, view: View) -> Iterator[Block]:
        for number, quiz in enumerate(self.quizzes, 1):
            heading = f"Exercise {number}" if len(self.quizzes) > 1 else "Exercise"
            heading += " (solution)" if self.solutions else ""
            yield Text(f"{heading}: {quiz.title(view)}", "title")
            if quiz.origin:
                yield Text(quiz.origin, "foot")
            for sweep in quiz.sweeps(view):
                yield self.table(quiz, sweep, view)

    def table(self, quiz: Quiz, sweep: Sweep, view: View) -> Table:
        first, second = ("node", "formula") if sweep.sweep == "primal" else (sweep.sweep, "rule")
        numbers = [Column("with numbers", "", narrow="stack")] if self.solutions else []
        columns = [Column(first, "name"), Column(second, "rule", narrow="cut"), *numbers,
                   Column("value", sweep.sweep, number=True)]  # fmt: skip
        return Table(sweep.title(view), columns, [self.group(quiz, step, view) for step in sweep.steps])

    def group(self, quiz: Quiz, step: Step, view: View) -> Group:
        """One line. What an output is worth is blank as well: it is the line above."""
        blank = quiz.asks(step) or (step.node not in quiz.record.by_name and step.sweep != "adjoint")
        about = view.about if step.about else ""
        if self.solutions:
            numbers = step.numbers if quiz.asks(step) else ""
            return Group([[step.name, step.rule, numbers, about + step.text]], not step.active)
        if not blank:
            return Group([[step.name, step.rule, step.text]], not step.active)
        return Group([[step.name, step.rule if quiz.shows_rule(step) else RULE_BLANK, BLANK]])

    def data(self) -> dict[str, Any]:
        return {"exercises": [self.exercise_data(quiz) for quiz in self.quizzes]}

    def exercise_data(self, quiz: Quiz) -> dict[str, Any]:
        view = View(digits=17, ascii=True)
        made = {} if quiz.exercise is None else {"level": quiz.exercise.level, "seed": quiz.exercise.seed}
        return {
            "program": quiz.record.program, "at": quiz.record.at, "mode": quiz.mode, **made,
            "lines": [self.line_data(quiz, sweep, step) for sweep, step in quiz.lines(view)],
        }  # fmt: skip

    def line_data(self, quiz: Quiz, sweep: Sweep, step: Step) -> dict[str, Any]:
        shown = self.solutions or quiz.shows_rule(step)
        return {
            "sweep": sweep.sweep, "seed": sweep.seed, "node": step.node, "name": step.name,
            "rule": step.rule if shown else None, "value": float(step.total) if self.solutions else None,
        }  # fmt: skip

    def records(self) -> Records:
        def rows() -> Iterator[list[str]]:
            for number, exercise in enumerate(self.data()["exercises"], 1):
                for line in exercise["lines"]:
                    value = "" if line["value"] is None else write(line["value"] + 0.0)
                    yield [str(number), line["sweep"], line["seed"], line["name"], line["rule"] or "", value]

        return ["exercise", "sweep", "seed", "name", "rule", "value"], rows()

    def numbers(self) -> Iterable[Sequence[str]]:
        """The exercises bare, a line each; with solutions the answers, as `--answers` takes them."""
        for quiz in self.quizzes:
            if self.solutions:
                yield from ([write(float(step.total) + 0.0)] for _, step in quiz.lines(View(digits=17, ascii=True)))
            else:
                at = ",".join(f"{name}={write(x)}" for name, x in quiz.record.at.items())
                yield [show(quiz.trace.tape).replace("\n", "; "), at]


class Mark(NamedTuple):
    """One line of a file of answers, marked. `given` is what was answered, '' where nothing was."""

    exercise: int
    step: Step
    given: str
    verdict: Verdict


def marked(quizzes: Sequence[Quiz], answers: Sequence[str], view: View, tolerance: float = TOLERANCE) -> list[Mark]:
    """The answers, one a line that is asked for, in order; an empty one is skipped, missing ones are empty."""
    left = iter(answers)
    found = []
    for number, quiz in enumerate(quizzes, 1):
        for sweep, step in quiz.lines(view):
            given = next(left, "").strip()
            verdict = Verdict(False, "skipped", "")
            if given:
                try:
                    verdict = Line(sweep.steps, step, tolerance).mark(given)
                except ProblemError as wrong:
                    verdict = Verdict(False, "unreadable", wrong.problem.headline)
            found.append(Mark(number, step, given, verdict))
    return found


class MarkedReport(Document):
    """A file of answers, marked."""

    def __init__(self, quizzes: Sequence[Quiz], marks: Sequence[Mark]):
        self.quizzes = quizzes
        self.marks = marks

    @property
    def right(self) -> int:
        return sum(mark.verdict.right for mark in self.marks)

    def blocks(self, view: View) -> Iterator[Block]:
        columns = [
            Column("line", "name"), Column("answer", narrow="cut"), Column("mark", narrow="cut"),
            Column("value", "primal", number=True),
        ]  # fmt: skip
        for number, quiz in enumerate(self.quizzes, 1):
            rows = [
                Group([[called(mark.step.sweep, mark.step.node, view), printable(mark.given),
                        mark.verdict.message or "no answer", view.number(float(mark.step.total))]])
                for mark in self.marks if mark.exercise == number
            ]  # fmt: skip
            yield Table(quiz.title(view), columns, rows)
        yield Text(f"{self.right} of {len(self.marks)} right")

    def data(self) -> dict[str, Any]:
        return {
            "right": self.right,
            "asked": len(self.marks),
            "exercises": [
                {"program": quiz.record.program, "at": quiz.record.at, "lines": [
                    self.mark_data(mark) for mark in self.marks if mark.exercise == number]}
                for number, quiz in enumerate(self.quizzes, 1)
            ],
        }  # fmt: skip

    def mark_data(self, mark: Mark) -> dict[str, Any]:
        verdict, step = mark.verdict, mark.step
        return {
            "sweep": step.sweep, "seed": step.seed, "node": step.node, "answer": mark.given, "right": verdict.right,
            "kind": verdict.kind, "from": verdict.source or None, "message": verdict.message,
            "value": float(step.total),
        }  # fmt: skip

    def records(self) -> Records:
        rows = (
            [str(mark.exercise), mark.step.sweep, mark.step.seed, mark.step.node, mark.given,
             "true" if mark.verdict.right else "false", mark.verdict.kind, mark.verdict.message,
             write(float(mark.step.total) + 0.0)]
            for mark in self.marks
        )  # fmt: skip
        return ["exercise", "sweep", "seed", "node", "answer", "right", "kind", "message", "value"], rows

    def numbers(self) -> Iterable[Sequence[str]]:
        return [[str(self.right), str(len(self.marks))]]
