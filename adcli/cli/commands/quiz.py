"""adcli quiz"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adcli.cli.options import DISPLAY, OF, POINT, PROGRAM, WRT, one_of, takes, whole
from adcli.cli.request import Request, read_stdin, tell
from adcli.cli.terminal import need_terminal, say
from adcli.errors import Problem, ProblemError

if TYPE_CHECKING:
    from adcli.report.quiz import Quiz

LARGEST_SEED = 999_999_999


def share(given: Any) -> float:
    """The value of --tolerance. Raises ProblemError."""
    from adcli.numbers.text import read

    try:
        found = read(str(given).strip())
    except ValueError:
        found = -1.0
    if not 0 <= found < 1:
        headline = f"--tolerance is a number from 0 to 1, not {str(given).strip() or '(empty)'}"
        raise ProblemError(Problem("usage", headline, hint="write --tolerance 0.005"))
    return found


@takes(PROGRAM, POINT, WRT, OF, DISPLAY)
def command(
    ask: Request,
    mode: Annotated[
        str, typer.Option("--mode", metavar="MODE", help="The sweeps asked after the values: forward, reverse or both.")
    ] = "reverse",
    level: Annotated[
        int,
        typer.Option(
            "--level", metavar="1..5", parser=whole("--level", 1, 5),
            help="How hard; 1 and 2 show the rules, from 3 on they are asked for.",
        ),
    ] = 3,
    random: Annotated[bool, typer.Option("--random", help="A new exercise in place of EXPR.")] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", metavar="N", parser=whole("--seed", 0, LARGEST_SEED), help="Which one; it stays the same."
        ),
    ] = None,
    count: Annotated[
        int,
        typer.Option("--count", metavar="N", parser=whole("--count", 1, 100), help="So many, of seeds N, N+1, ..."),
    ] = 1,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance", metavar="SHARE", parser=share,
            help="How far off a number may be, relatively; 0.005 takes three digits that are right.",
        ),
    ] = 0.005,
    worksheet: Annotated[bool, typer.Option("--worksheet", help="Write the exercise down, with its blanks.")] = False,
    solutions: Annotated[bool, typer.Option("--solutions", help="Write it down filled in.")] = False,
    answers: Annotated[
        str | None,
        typer.Option("--answers", metavar="FILE", help="Mark a file of answers, one a line; an empty line skips."),
    ] = None,
) -> None:  # fmt: skip
    """Exercises: fill in the blanks of a trace, and learn which term is wrong.

    A blank takes a number, or any formula that comes to it: v3bar*cos(v0) + v2bar*v-1. The adjoint
    of v3 is typed v3bar, vbar3, dv3 or with its bar; its tangent v3dot, vdot3, dv3 or with its dot.
    Enter or ? hints, s skips, q quits. The exit code is 0, however many answers are right.

    adcli quiz "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5 --worksheet

    adcli quiz --random --level 4 --seed 7 --count 3 --solutions
    """
    from adcli.report.quiz import MODES, MarkedReport, Worksheet, marked

    one_of("--mode", mode, tuple(MODES))
    written = worksheet or solutions
    if not written and answers is None:
        interactive(ask)
    quizzes = made(ask, mode, level, random, seed, count, answers)
    if written:
        finish(ask, Worksheet(quizzes, solutions), quizzes)
    elif answers is not None:
        lines = text_of(answers).removesuffix("\n").split("\n")
        marks = marked(quizzes, lines, ask.view(False), tolerance)
        if len(lines) > len(marks) and not ask.quiet:
            say(f"note: {answers} has {len(lines)} lines; {len(marks)} are asked for")
        finish(ask, MarkedReport(quizzes, marks), quizzes)
    else:
        from adcli.cli.quiz_session import Session

        if not ask.quiet:
            tell([note for quiz in quizzes for note in quiz.trace.result.notes])
        Session(quizzes, ask.view(False), tolerance).run()
        remember(ask, quizzes)


def interactive(ask: Request) -> None:
    """Raise ProblemError where nobody can be asked."""
    hint = "--worksheet writes the exercise down, --answers FILE marks answers"
    need_terminal("a quiz", hint, input=sys.stdin, output=sys.stdout)
    ask.write_nothing("add --worksheet")


def made(
    ask: Request, mode: str, level: int, random: bool, seed: int | None, count: int, answers: str | None
) -> list[Quiz]:
    """The exercises: of the program, or new ones."""
    from adcli.report.quiz import Quiz

    if not random:
        if seed is not None or count != 1:
            option = "--seed" if seed is not None else "--count"
            raise ProblemError(Problem("usage", f"{option} is for new exercises", hint="add --random"))
        trace = ask.function.trace(ask.point, mode, ask.variables, ask.outputs)
        if ask.strict:
            ask.refuse(trace.result)
        return [Quiz(trace, mode, None, level)]
    if ask.exprs or ask.file or ask.at or ask.wrt or ask.of:
        headline = "--random makes its own program and point"
        raise ProblemError(Problem("usage", headline, hint="leave out --random, or EXPR, --at, --wrt and --of"))
    from adcli.function import Function
    from adcli.report.exercises import exercise

    if seed is None:
        if answers is not None:
            raise ProblemError(Problem("usage", "--answers needs the --seed of the exercise", hint="add --seed N"))
        from random import SystemRandom

        seed = SystemRandom().randrange(10_000)
    found = [exercise(level, seed + i) for i in range(count)]
    return [Quiz(Function(one.text).trace(one.at, mode), mode, one, level) for one in found]


def finish(ask: Request, document: Any, quizzes: list[Quiz]) -> None:
    """Print a document; of a program of the user's with its notes."""
    if quizzes[0].exercise is None:
        ask.answer(document, quizzes[0].trace.result)
    else:
        ask.print(document)


def remember(ask: Request, quizzes: list[Quiz]) -> None:
    """Keep the last exercise: `adcli trace` shows its solution."""
    from adcli.cli import state

    texts = list(ask.texts) if quizzes[-1].exercise is None else [quizzes[-1].exercise.text]
    state.remember(state.Last(texts, quizzes[-1].trace.result.at))


def text_of(path: str) -> str:
    """The text of a file of answers; - is standard input."""
    from adcli.files import read_text

    return read_stdin() if path == "-" else read_text(path)
