"""The quiz as a student sees it on a terminal: right and wrong answers, hints, skips; and where nobody is asked."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from running import Ran, process, surroundings

pexpect = pytest.importorskip("pexpect")

RUN = "quiz ln(x1)+x1*x2-sin(x2) --at x1=2,x2=5"
ANSWERS = ["0.693", "10", "-0.959", "v1+v2", "11.652", "v5bar", "-1", "1", "1", "v3bar*cos(v0)+v2bar*v-1", "5.5"]


def session(*keys: str, line: str = RUN, columns: int = 80, **env: str) -> tuple[int, str]:
    """(exit code, the screen) of a quiz in which these lines are typed; what is sent is echoed by the terminal."""
    child = pexpect.spawn(
        sys.executable, ["-m", "adcli", *shlex.split(line)], encoding="utf-8", timeout=60, dimensions=(40, columns),
        env=surroundings({"NO_COLOR": "1", **env}),
    )  # fmt: skip
    shown = ""
    for key in keys:
        child.expect(r"= $")
        shown += child.before + child.after
        if len(key) == 1 and key < " ":
            child.sendcontrol({"\x03": "c", "\x04": "d"}[key])
        else:
            child.sendline(key)
    child.expect(pexpect.EOF)
    shown += child.before
    child.close()
    return child.exitstatus if child.signalstatus is None else 128 + child.signalstatus, shown.replace("\r\n", "\n")


def test_all_answers_right() -> None:
    code, screen = session(*ANSWERS)
    assert code == 0
    assert screen.count("✓") == len(ANSWERS)
    assert screen.endswith("11 of 11 right at once\n")
    assert "∂y/∂x1 = 5.5, ∂y/∂x2 = 1.716338" in screen


def test_a_wrong_answer_is_told_what_is_wrong_with_it() -> None:
    code, screen = session("0.301", "0.693", "10", "0.959", "-0.959", "s", "q")
    assert code == 0
    assert "✗ log10 in place of ln" in screen
    assert "the sign is wrong" in screen or "sign" in screen
    assert "v4 = v1 + v2 = 10.693147" in screen
    assert screen.endswith("1 of 4 right at once, 2 later, 1 skipped\n")


def test_hints_end_with_the_answer() -> None:
    _, screen = session("", "?", "hint", "q")
    assert "? natural logarithm of v-1" in screen
    assert "? ln(2)" in screen
    assert "v1 = ln(v-1) = ln(2) = 0.693147" in screen


@pytest.mark.parametrize("answer", ["1e999", "__import__", "(" * 2000, "\x1bx", "2 +", "nan", "v99", "0/0", "x" * 3000])
def test_what_is_no_answer_is_asked_again(answer: str) -> None:
    code, screen = session(answer, "0.693", "q")
    assert code == 0
    assert "Traceback" not in screen
    assert "0 of 1 right at once, 1 later" in screen or "1 of 1 right at once" in screen


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 0)])
def test_a_quiz_can_be_left(key: str, code: int) -> None:
    assert session("0.693", key)[0] == code


def test_without_utf8_and_on_a_narrow_terminal() -> None:
    code, screen = session(*ANSWERS, columns=40, LC_ALL="C")
    assert code == 0
    assert screen.isascii()
    assert all(len(line) <= 40 for line in screen.split("\n"))


REFUSED: dict[str, str] = {
    RUN: "error: a quiz needs a terminal; standard input is none\n  --worksheet writes the exercise down",
    f"{RUN} --seed 3 --worksheet": "error: --seed is for new exercises\n  add --random",
    f"{RUN} --random --worksheet": "error: --random makes its own program and point",
    "quiz --random --answers answers.txt": "error: --answers needs the --seed of the exercise",
    "quiz --random --level 6": "error: --level is a whole number from 1 to 5, not 6",
    "quiz --random --count 0": "error: --count is a whole number from 1 to 100, not 0",
    f"{RUN} --tolerance 2 --worksheet": "error: --tolerance is a number from 0 to 1, not 2",
    f"{RUN} --answers nothing.txt": "error: cannot read nothing.txt",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_asked(line: str) -> None:
    ran = process(line)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(REFUSED[line])


def test_answers_in_a_file_are_marked(tmp_path: Path) -> None:
    def marked(answers: Sequence[str]) -> Ran:
        path = tmp_path / "answers.txt"
        path.write_text("\n".join(answers) + "\n", encoding="utf-8")
        return process(f"{RUN} --format raw --answers", str(path))

    assert marked(ANSWERS).out == "11 11\n"
    assert marked(["0.693", "", "0.959"]).out == "1 11\n"


def test_the_same_seed_is_the_same_exercise() -> None:
    line = "quiz --random --level 3 --seed 7 --count 2 --worksheet --format raw"
    first, second = process(line), process(line)
    assert first == second
    assert len(first.out.splitlines()) == 2
