"""`trace --step`: the keys on a terminal, and all steps below each other where nobody presses any."""

from __future__ import annotations

import re
import shlex
import sys

import pytest
from documents import made, text_of
from running import SAMPLES, TEXTBOOK, process, surroundings

from adcli.report.paging import StepsReport

pexpect = pytest.importorskip("pexpect")
RUN = f"trace {TEXTBOOK} --at x1=2,x2=5 --step"
CLEAR = "\x1b[H\x1b[2J"


class Screen:
    """The command on a terminal; `press` sends a key and gives the page that it shows."""

    def __init__(self, line: str = RUN, columns: int = 80, rows: int = 24, **env: str):
        self.child = pexpect.spawn(
            sys.executable, ["-m", "adcli", *shlex.split(line)], encoding="utf-8", timeout=60,
            dimensions=(rows, columns), env=surroundings({"NO_COLOR": "1", **env}),
        )  # fmt: skip
        self.first = self.page()

    def page(self) -> str:
        self.child.expect(r"[0-9]+ of [0-9]+ .*quit|Enter, b, g, G, q")
        return str(self.child.before + self.child.after).rpartition(CLEAR)[2].replace("\r\n", "\n")

    def press(self, key: str) -> str:
        self.child.send(key)
        return self.page()

    def leave(self, key: str) -> int:
        self.child.send(key)
        self.child.expect(pexpect.EOF)
        assert self.child.before.endswith("\x1b[?1049l")  # the screen from before is back
        self.child.close()
        return int(self.child.exitstatus)


def number(page: str) -> int:
    return int(re.findall(r"([0-9]+) of [0-9]+  ", page)[-1])


def test_the_keys() -> None:
    screen = Screen()
    assert number(screen.first) == 1
    keys = [("\r", 2), (" ", 3), ("n", 4), ("\x1b[C", 5), ("b", 4), ("\x1b[D", 3), ("p", 2), ("G", 32),
            ("\r", 32), ("g", 1), ("b", 1), ("\x1b[F", 32), ("\x1b[H", 1), ("z", 1)]  # fmt: skip
    for key, expected in keys:
        assert number(screen.press(key)) == expected, repr(key)
    assert screen.leave("q") == 0


def test_the_last_step_shows_what_it_is_made_of() -> None:
    screen = Screen()
    page = screen.press("G")
    assert "> v-1 " in re.sub(" +", " ", page)
    assert "v-1 is used by v2 and v1" in page
    assert "+ v̄1/v-1" in page
    assert screen.leave("\x1b") == 0


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 0)])
def test_it_can_be_left(key: str, code: int) -> None:
    assert Screen().leave(key) == code


def test_a_narrow_terminal_without_utf8() -> None:
    screen = Screen(columns=40, rows=20, LC_ALL="C")
    for _ in range(31):
        page = screen.press("n")
        lines = page.split("\n")
        assert page.isascii()
        assert len(lines) <= 20
        assert max(map(len, lines)) <= 40
    assert screen.leave("q") == 0


def test_where_nobody_presses_a_key_all_steps_are_printed() -> None:
    ran = process(RUN)
    assert (ran.code, ran.err) == (0, "")
    assert len(re.findall(r"^(?:Evaluation|Forward|Reverse).*: [0-9]+ of [0-9]+$", ran.out, re.M)) == 32
    assert process(f"{RUN} --format json").out == process(f"trace {TEXTBOOK} --at x1=2,x2=5 --format json").out


def test_more_steps_than_anybody_reads_are_not_written() -> None:
    ran = process("trace '[x*i for i in 1..2000]' --at x=1 --step")
    assert (ran.code, ran.out) == (2, "")
    assert "8,002 steps are too many to be written" in ran.err


@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
def test_the_steps_of_every_sample(sample: str) -> None:
    report = StepsReport(made(f"trace-{sample}").trace)  # type: ignore[attr-defined]
    text = text_of(report, "table", width=80)
    assert text.count(" of ") >= len(report.places)
    assert max(map(len, text.split("\n"))) <= 120  # combining marks take no column
