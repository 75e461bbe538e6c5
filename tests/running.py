"""Commands as the tests run them: as a process, in this process, in a shell, and on a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import struct
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "samples").glob("*.ad"))
TEXTBOOK = "ln(x1)+x1*x2-sin(x2)"
TEXTBOOK_GRADIENT = [5.5, 1.7163378145367738]
PATIENCE = 120  # seconds after which a command that hangs is a failure


class Ran(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command: that of the test, in UTF-8, and `more`."""
    return {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **more}


def process(line: str, *more: str, stdin: str | bytes | None = None, **env: str) -> Ran:
    """`python -m adcli`; `line` is split as a shell would, `more` needs no quotes. No stdin is /dev/null."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    source = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    command = [sys.executable, "-m", "adcli", *shlex.split(line), *more]
    return finished(command, source, env)


def shell(script: str, **env: str) -> Ran:
    """A script of bash in which `adcli` runs; its standard input is /dev/null."""
    return finished(shell_command(script), {"stdin": subprocess.DEVNULL}, env)


def finished(command: Sequence[str], source: Mapping[str, object], env: Mapping[str, str]) -> Ran:
    done = subprocess.run(
        command, **source, capture_output=True, env=surroundings(env), check=False, timeout=PATIENCE
    )  # type: ignore[call-overload]  # fmt: skip
    return Ran(done.returncode, *(stream.decode(errors="backslashreplace") for stream in (done.stdout, done.stderr)))


def shell_command(script: str) -> list[str]:
    """Bash with a command `adcli`: that of this Python, whatever is on the PATH."""
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    return ["bash", "-c", f'adcli() {{ {shlex.quote(sys.executable)} -m adcli "$@"; }}\n{script}']


def here(capsys: pytest.CaptureFixture[str], line: str, *more: str) -> Ran:
    """Like `process`, in this process and with nothing on standard input: fast, but no pipe and no terminal."""
    from adcli.cli.app import guarded_run

    capsys.readouterr()
    with nothing_on_stdin():
        code = guarded_run([*shlex.split(line), *more])
    return Ran(code, *capsys.readouterr())


@contextmanager
def nothing_on_stdin() -> Iterator[None]:
    """File descriptor 0 is /dev/null meanwhile, whatever the tests were started with."""
    saved, null = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    try:
        os.dup2(null, 0)
        yield
    finally:
        os.dup2(saved, 0)
        os.close(saved)
        os.close(null)


def on_terminal(
    command: Sequence[str], columns: int = 80, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """A command with its three streams on a new terminal: (exit code, all that the terminal was sent)."""
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        run = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=surroundings(env or {}),
            start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(slave)
    chunks: list[bytes] = []
    with open(master, "rb", buffering=0) as screen:
        while True:
            try:
                chunk = screen.read(65536)
            except OSError:  # what Linux says when the last writer has gone
                break
            if not chunk:
                break
            chunks.append(chunk)
    return run.wait(timeout=PATIENCE), b"".join(chunks).decode().replace("\r\n", "\n")


def columns_of(line: str) -> int:
    """Columns that a line takes on a terminal, by Unicode's own tables."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in line)
    return len(line) + wide - sum(unicodedata.combining(c) != 0 for c in line)
