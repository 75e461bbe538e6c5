"""`adcli explore` as a person meets it: on a terminal, over a recorded trace, in a browser, and where it cannot be."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from running import SAMPLES, TEXTBOOK, here, on_terminal, process, shell_command, surroundings

RUN = f'explore "{TEXTBOOK}" --at x1=2,x2=5'
SNAPSHOTS = Path(__file__).parents[1] / "explore" / "snapshots"
needs_textual = pytest.mark.skipif(find_spec("textual") is None, reason="needs the extra adcli[explore]")


@pytest.fixture
def trace_file(tmp_path: Path) -> Path:
    path = tmp_path / "trace.json"
    path.write_text(process(f'trace "{TEXTBOOK}" --at x1=2,x2=5 --format json').out, encoding="utf-8")
    return path


# On a terminal


class Terminal:
    """The explorer on a terminal: what it was sent, escapes left out, and keys to press."""

    def __init__(self, line: str = RUN, columns: int = 80, rows: int = 24, **env: str):
        pexpect = pytest.importorskip("pexpect")
        self.ended = pexpect.EOF
        self.child = pexpect.spawn(
            sys.executable, ["-m", "adcli", *shlex.split(line)], encoding="utf-8", timeout=60,
            dimensions=(rows, columns), env=surroundings(env),
        )  # fmt: skip
        self.sees("quit")

    def sees(self, text: str) -> None:
        self.child.expect_exact(text)

    def press(self, keys: str, text: str) -> None:
        self.child.send(keys)
        self.sees(text)

    def leave(self, keys: str = "q") -> int:
        self.child.send(keys)
        self.child.expect(self.ended)
        assert "\x1b[?1049l" in self.child.before  # the screen from before is back
        self.child.close()
        return int(self.child.exitstatus)


@needs_textual
def test_keys_on_a_terminal() -> None:
    terminal = Terminal()
    terminal.press("r", "Reverse sweep")
    terminal.press("G", "1.716338")
    terminal.press("?", "the next step of the sweep")
    terminal.press("q", "Reverse sweep")  # closes the help only
    terminal.press("/", "find: ")
    terminal.press("sin\r", "sin: 1 of 1")
    assert terminal.leave() == 0


@needs_textual
@pytest.mark.parametrize(("keys", "code"), [("q", 0), ("\x03", 130), ("\x11", 0)])
def test_it_is_left_by(keys: str, code: int) -> None:
    assert Terminal().leave(keys) == code


@needs_textual
def test_the_point_it_was_left_at_is_the_last_one(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path), "ADCLI_NO_STATE": ""}
    terminal = Terminal(**state)
    terminal.press("a", "at: ")
    terminal.press("*2\r", "x2 = 10")
    assert terminal.leave() == 0
    ran = process("eval --format raw", **state)
    assert "x1=2,x2=10" in ran.err


@needs_textual
@pytest.mark.parametrize(("env", "colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours(env: dict[str, str], colored: bool) -> None:
    terminal = Terminal(**env)
    terminal.child.send("q")
    terminal.child.expect(terminal.ended)
    for line, expected in ((RUN, colored), (f"{RUN} --color never", False), (f"{RUN} --color always", True)):
        terminal = Terminal(line, **env)
        seen = terminal.child.before
        assert bool(re.search(r"\x1b\[(?:[0-9;]*;)?3[1-6]", seen)) == expected, line
        terminal.leave()


@needs_textual
def test_a_narrow_terminal_without_utf8() -> None:
    terminal = Terminal(columns=40, rows=20, LC_ALL="C")
    terminal.press("r", "ybar = 1")
    terminal.press("G", "v-1bar")
    assert terminal.leave() == 0


@needs_textual
@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_the_screen_of_tmux_is_the_snapshot(tmp_path: Path) -> None:
    """A terminal that is no test double shows what the pilot's screen is."""
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    command = shell_command(f"adcli {RUN}")
    start = [*tmux, "new-session", "-d", "-s", "a", "-x", "80", "-y", "24", shlex.join(command)]
    subprocess.run(start, check=True, env=surroundings({}))

    def screen(wanted: Callable[[str], bool]) -> str:
        end = time.monotonic() + 60
        while True:
            found = subprocess.run([*tmux, "capture-pane", "-p", "-t", "a"], capture_output=True, text=True, check=True)
            if wanted(found.stdout) or time.monotonic() > end:
                return found.stdout
            time.sleep(0.05)

    def expected(name: str) -> str:
        return (SNAPSHOTS / f"{name}.txt").read_text(encoding="utf-8")

    try:
        assert screen(lambda text: text == expected("start-80")) == expected("start-80")
        subprocess.run([*tmux, "send-keys", "-t", "a", "r", "End", "Tab"], check=True)
        assert screen(lambda text: text == expected("reverse-80")) == expected("reverse-80")
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


# A recorded trace


@needs_textual
def test_a_recorded_trace_is_opened(trace_file: Path) -> None:
    terminal = Terminal(f"explore {trace_file}")
    terminal.press("r", "Reverse sweep")
    terminal.press("G", "1.716338")
    assert terminal.leave() == 0


@needs_textual
@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("", "is no trace of adcli"),
        ("[1, 2]", "is no trace of adcli"),
        ('{"program": "x", "nodes": [{"na', "is cut off"),
        ('{"format": "adcli trace", "version": 99, "program": "x", "nodes": []}', "is a trace of version 99"),
        ('{"format": "other", "version": 1, "program": "x", "nodes": []}', "is no trace of adcli"),
        ('{"format": "adcli trace", "version": 1, "program": "x", "nodes": []}', "is no complete trace"),
        (f'{{"program": "x", "nodes": [{"1" * 5000}]}}', "is no trace of adcli"),
        (None, "no such file"),
    ],
)
def test_what_is_no_trace_is_refused(text: str | None, headline: str, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    if text is not None:
        path.write_text(text)
    code, out = on_terminal([sys.executable, "-m", "adcli", "explore", str(path)])
    assert code == 2
    assert headline in out.replace("\n", " ")
    assert "Traceback" not in out


@pytest.mark.parametrize("more", ["--at x=1", "--wrt x", "--mode reverse", "--numbering level", "x^2", "other.json"])
def test_a_recorded_trace_takes_no_choices(more: str, trace_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"explore --web {trace_file} {more}")
    assert (ran.code, ran.out) == (2, "")
    assert "is a trace as it is: it takes no program and no choices" in ran.err


# Where it cannot be


def test_it_needs_a_terminal() -> None:
    ran = process(RUN)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: explore needs a terminal; standard input is none\n")
    assert "adcli trace --step" in ran.err
    assert "trace.html" in ran.err


def test_it_needs_a_terminal_to_write_to() -> None:
    code, out = on_terminal(shell_command(f"adcli {RUN} | cat; exit ${{PIPESTATUS[0]}}"))
    assert code == 2
    assert "standard output is none" in out


def test_a_terminal_that_cannot_move_its_cursor() -> None:
    code, out = on_terminal([sys.executable, "-m", "adcli", *shlex.split(RUN)], env={"TERM": "dumb"})
    assert code == 2
    assert "adcli trace --step" in out


@pytest.mark.parametrize("option", ["--format json", "-o t.html"])
def test_what_is_written_is_asked_of_trace(option: str) -> None:
    code, out = on_terminal([sys.executable, "-m", "adcli", *shlex.split(f"{RUN} {option}")])
    assert code == 2
    assert "is for what is written" in out


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "textual.py").write_text("raise ModuleNotFoundError(\"No module named 'textual'\", name='textual')\n")
    code, out = on_terminal(
        [sys.executable, "-m", "adcli", *shlex.split(RUN)], 200, env={"PYTHONPATH": str(tmp_path)}
    )  # fmt: skip
    assert code == 2
    assert 'pip install "adcli[explore]"' in out
    assert "Traceback" not in out


def test_a_wrong_program_is_said_before_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = on_terminal([sys.executable, "-m", "adcli", "explore", "2x", "--at", "x=1"])
    assert code == 3
    assert "write 2*x" in out
    assert "\x1b[?1049h" not in out


def test_strict_refuses_a_kink() -> None:
    code, out = on_terminal([sys.executable, "-m", "adcli", "explore", "abs(x)", "--at", "x=0", "--strict"])
    assert code == 1
    assert "\x1b[?1049h" not in out


# In a browser


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that only writes down what it was told to open."""
    path = tmp_path / "browser"
    path.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/opened"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def opened(browser: Path) -> Path:
    """The file that the browser was told to open."""
    end = time.monotonic() + 30
    note = browser.parent / "opened"
    while not (note.exists() and note.read_text().endswith("\n")) and time.monotonic() < end:
        time.sleep(0.02)
    address = note.read_text().strip()
    assert address.startswith("file:///")
    return Path(address.removeprefix("file://"))


@pytest.mark.parametrize("source", ["program", "record"])
def test_the_page_is_opened(source: str, browser: Path, trace_file: Path, tmp_path: Path) -> None:
    line = RUN if source == "program" else f"explore {trace_file}"
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "ADCLI_NO_STATE": ""}
    ran = process(f"{line} --web", BROWSER=f"{browser} %s", TMPDIR=str(tmp_path), **state)
    assert (ran.code, ran.out) == (0, "")
    path = opened(browser)
    assert ran.err == f"opened {path}\n"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert f"{TEXTBOOK} --at x1=2,x2=5" in process("eval", **state).err


def test_the_page_is_kept(browser: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.html"
    ran = process(f"{RUN} --web -o {path} --quiet", BROWSER=f"{browser} %s")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert opened(browser) == path


def test_a_record_with_other_numbers_is_said(browser: Path, trace_file: Path, tmp_path: Path) -> None:
    data = json.loads(trace_file.read_text())
    data["nodes"][2]["value"] = 0.7
    trace_file.write_text(json.dumps(data))
    ran = process(f"explore {trace_file} --web", BROWSER=f"{browser} %s", TMPDIR=str(tmp_path))
    assert ran.code == 0
    assert "the file has other numbers" in ran.err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="always has a window")
def test_without_a_browser_there_is_a_hint() -> None:
    ran = process(f"{RUN} --web", BROWSER="", DISPLAY="", WAYLAND_DISPLAY="")
    assert (ran.code, ran.out) == (2, "")
    assert "adcli trace --format html -o trace.html" in ran.err


def test_a_browser_shows_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"{RUN} --web --format json")
    assert (ran.code, ran.out) == (2, "")
    assert "a browser shows no json" in ran.err


@pytest.mark.parametrize("sample", [path for path in SAMPLES if path.stem in ("kinks", "lorenz")], ids=lambda p: p.stem)
def test_a_sample_is_explored(sample: Path) -> None:
    if find_spec("textual") is None:
        pytest.skip("needs the extra adcli[explore]")
    text = sample.read_text(encoding="utf-8")
    (point,) = re.findall(r"^#.*--at (\S+|\"[^\"]*\")", text, re.M)[:1] or [""]
    terminal = Terminal(f"explore -f {shlex.quote(str(sample))} --at {shlex.quote(point.strip(chr(34)))}")
    terminal.press("G", "━" * 80)
    assert terminal.leave() == 0
