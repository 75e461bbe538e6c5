"""What the streams are and what they can show. Nothing here is guessed by a library."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from typing import IO

from adcli.errors import Problem, ProblemError, layout


class PipeClosed(Exception):
    """Nobody reads the output any more. (Typer would make exit code 1 of BrokenPipeError.)"""


SHOWN = 20  # problems or notes written out; the others are counted


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a stream is an interactive terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def need_terminal(what: str, hint: str, **streams: IO[str] | None) -> None:
    """Raise ProblemError where one of these standard streams, by its name, is no terminal."""
    for name, stream in streams.items():
        if not is_terminal(stream):
            raise ProblemError(Problem("usage", f"{what} needs a terminal; standard {name} is none", hint=hint))


def wants_color(choice: str, stream: IO[str] | None) -> bool:
    """always, never, or auto: FORCE_COLOR and NO_COLOR (no-color.org), else whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    force = os.environ.get("FORCE_COLOR", "")
    if force:
        return force != "0"
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def only_ascii(stream: IO[str] | None) -> bool:
    """Whether a stream's encoding lacks the signs of UTF-8, or the locale says so where Python forced UTF-8 on it."""
    locale = next((v for v in map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG")) if v), "")
    if locale in ("C", "POSIX"):
        return True
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    return encoding not in ("utf8", "utf16", "utf32", "utf8sig")


def width() -> int | None:
    """Columns of standard output: the terminal's, those of COLUMNS, or no limit."""
    if is_terminal(sys.stdout) or os.environ.get("COLUMNS", "").isdecimal():
        return max(20, shutil.get_terminal_size((80, 24)).columns)
    return None


def stdin_has_program() -> bool:
    """Whether standard input is a pipe, a socket or a file: not a terminal, /dev/null or closed."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def say(text: str) -> None:
    """A line on standard error, in whatever it can show."""
    stream = sys.stderr
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    if only_ascii(stream):
        text = text.replace("…", "...")
    with contextlib.suppress(OSError, ValueError):
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()


def report_problem(*problems: Problem) -> None:
    """Problems on standard error, in the one layout."""
    for problem in problems[:SHOWN]:
        say(layout(problem))
    if len(problems) > SHOWN:
        say(f"and {len(problems) - SHOWN} more problems")


def silence_stdout() -> None:
    """Nobody reads standard output any more: let nothing more be written to it at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
