"""A quiz on a terminal: line by line, with hints, until the last line or until the student has had enough."""

from __future__ import annotations

import contextlib
import io
import sys
from collections import Counter
from collections.abc import Sequence
from textwrap import wrap

from adcli.errors import ProblemError, printable, width
from adcli.report.document import View
from adcli.report.marking import Line
from adcli.report.mistakes import called
from adcli.report.quiz import Quiz, Sweep
from adcli.report.steps import Step

CODES = {"primal": "36", "tangent": "32", "adjoint": "35", "title": "1", "dim": "2"}  # as in tables
COMMANDS = {"?": "hint", "hint": "hint", "s": "skip", "skip": "skip", "q": "quit", "quit": "quit", "exit": "quit"}
PATIENCE = 3  # wrong answers after which the hints are pointed out
ROOM = 16  # columns that an answer has behind its line, at least


class Quit(Exception):
    """The student has had enough."""


class Session:
    """Asks the lines of exercises. `score` counts how each line came out: at once, later, shown or skipped."""

    def __init__(self, quizzes: Sequence[Quiz], view: View, tolerance: float):
        self.quizzes = quizzes
        self.view = view
        self.tolerance = tolerance
        self.score: Counter[str] = Counter()
        self.width = view.width or 80
        for stream in (sys.stdin, sys.stdout):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # line editing, and earlier answers to go back to

    def run(self) -> None:
        """Ask everything, then tell the score."""
        try:
            for quiz in self.quizzes:
                self.ask_quiz(quiz)
        except (Quit, EOFError):
            self.put("")
        except KeyboardInterrupt:
            self.put("")
            raise
        self.put(self.score_text(), "title")

    # What is said

    def put(self, text: str, role: str = "", indent: str = "") -> None:
        """Text, folded where the terminal ends."""
        for part in wrap(text, self.width - 1, subsequent_indent=indent, break_on_hyphens=False) or [""]:
            print(f"\x1b[{CODES[role]}m{part}\x1b[0m" if role and self.view.color else part, flush=True)

    def note(self, sign: str, text: str, role: str = "") -> None:
        self.put(f"  {sign:1} {printable(text)}", role, "    ")

    @property
    def tick(self) -> str:
        return "ok" if self.view.ascii else "✓"

    @property
    def cross(self) -> str:
        return "!" if self.view.ascii else "✗"

    def score_text(self) -> str:
        asked = self.score.total()
        if not asked:
            return "nothing answered"
        parts = [f"{self.score['at once']} of {asked} right at once"]
        parts += [f"{self.score[key]} {key}" for key in ("later", "shown", "skipped") if self.score[key]]
        return ", ".join(parts)

    # What is asked

    def ask_quiz(self, quiz: Quiz) -> None:
        """All lines of one exercise."""
        self.put(quiz.title(self.view._replace(width=None)), "title")
        if quiz.origin:
            self.put(quiz.origin, "dim")
        letters = [key for key in ("s", "q") if key not in quiz.record.at]
        skip, leave = ("s" if "s" in letters else "skip"), ("q" if "q" in letters else "quit")
        self.put("Answer with a number, to three digits, or with a formula.", "dim")
        self.put(f"Enter: a hint, {skip}: skip, {leave}: quit.", "dim")
        for sweep in quiz.sweeps(self.view):
            self.put("")
            self.put(sweep.title(self.view), "title")
            if sweep.sweep != "primal" and not self.view.ascii:
                typed = called(sweep.sweep, "v1", self.view._replace(ascii=True))
                self.put(f"{called(sweep.sweep, 'v1', self.view)} is typed {typed}", "dim")
            for step in sweep.steps:
                if quiz.asks(step):
                    self.score[self.ask_line(quiz, sweep, step)] += 1
                else:
                    self.put(f"  {self.line(step)}", "" if step.active else "dim", "    ")
        self.put("")
        if len(quiz.record.outputs) == 1 and len(quiz.record.variables) <= 6:
            (name,) = (o.name for o in quiz.record.outputs)
            row = zip(quiz.record.variables, quiz.record.jacobian[0], strict=True)
            self.put(", ".join(f"{self.view.partial(name, v)} = {self.view.number(x)}" for v, x in row))

    def line(self, step: Step, numbers: bool = False) -> str:
        """A line of the trace as it stands, with the numbers put in if asked."""
        about = self.view.about if step.about else ""
        parts = [step.name, step.rule, step.numbers if numbers else "", f"{about}{step.text}"]
        return " = ".join(part for i, part in enumerate(parts) if part and part not in parts[1:i])

    def prompt(self, quiz: Quiz, step: Step) -> str:
        """The line up to its blank, which has room behind it."""
        if not quiz.shows_rule(step):
            return f"  {step.name} = "
        text = f"  {step.name} = {step.rule}"
        if width(text) + ROOM <= self.width:
            return f"{text} = "
        self.put(text, indent="    ")
        return "    = "

    def hints(self, quiz: Quiz, step: Step) -> list[str]:
        """In words, in symbols, in numbers."""
        symbols = [] if quiz.shows_rule(step) else [f"{step.name} = {step.rule}"]
        numbers = [step.numbers] if step.numbers not in ("", step.rule, step.text) else []
        return [step.words, *symbols, *numbers]

    def ask_line(self, quiz: Quiz, sweep: Sweep, step: Step) -> str:
        """Ask until it is right, shown or skipped; how it came out."""
        line = Line(sweep.steps, step, self.tolerance)
        hints = self.hints(quiz, step)
        prompt = self.prompt(quiz, step)
        hinted = wrong = 0
        while True:
            given = input(prompt).strip()
            what = "" if given in quiz.record.at else COMMANDS.get(given, "")
            if what == "quit":
                raise Quit
            if what == "skip":
                self.note("", self.line(step), sweep.sweep)
                return "skipped"
            if what == "hint" or not given:
                if hinted == len(hints):
                    self.note("", self.line(step, numbers=True), sweep.sweep)
                    return "shown"
                self.note("?", hints[hinted])
                hinted += 1
                continue
            try:
                verdict = line.mark(given)
            except ProblemError as fault:
                self.note("?", "; ".join(filter(None, (fault.problem.headline, fault.problem.hint))))
                continue
            if verdict.right:
                self.note(self.tick, step.text if quiz.shows_rule(step) else self.line(step), sweep.sweep)
                return "later" if hinted or wrong else "at once"
            wrong += 1
            self.note(self.cross, verdict.message)
            if wrong == PATIENCE and not hinted:
                self.put("    (Enter gives a hint)", "dim")
