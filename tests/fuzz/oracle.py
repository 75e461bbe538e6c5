"""The oracle: one input is tried within the limits, and what must never happen is told.

An input is a program at a point with an operation of the API, or a command line. What must not happen: an exception
other than ProblemError, a wrong exit code, a traceback or a control character on standard error, a JSON text that is
none, more than 2 s of this process, more than 1 GiB.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pkgutil
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import adcli
from adcli.cli.app import guarded_run
from adcli.errors import FAILED, OK, ROWS, USAGE, WRONG, ProblemError, layout
from adcli.function import Function

from .operations import operate

SECONDS = 2.0
BYTES = 1 << 30
MOST_NODES = 20_000
DEADLINE = [0.0]  # in seconds of processor time
CODES = {OK, FAILED, USAGE, WRONG, ROWS}
SLACK = 128 << 20  # that Python and malloc keep of what was freed


class Case(NamedTuple):
    """An input: `argv` (with the files that it names, and the exit codes that are right), or `texts` at `numbers`."""

    argv: list[str] = []
    files: dict[str, str] = {}
    codes: list[int] = []
    texts: list[str] = []
    numbers: list[float] = []
    operation: str = ""
    form: str = ""

    def record(self) -> dict[str, Any]:
        """The columns that say something; numbers as text, since JSON has no inf."""
        found = {name: value for name, value in self._asdict().items() if value}
        return {**found, "numbers": [repr(x) for x in self.numbers]} if self.numbers else found


class Failure(NamedTuple):
    """What went wrong, where (file:line of adcli, or what took so long), and the last lines of the traceback."""

    wrong: str
    where: str
    tail: list[str] = []


class TooLong(BaseException):
    """Raised by the alarm; no handler of adcli catches it."""


def recorded(line: dict[str, Any]) -> Case:
    """The case of a line of corpus.jsonl or of found/."""
    known = {name: line[name] for name in Case._fields if name in line}
    return Case(**{**known, "numbers": [float(x) for x in known.get("numbers", [])]})


def load_all() -> None:
    """Import all of adcli, so that no input pays for it (and nothing changes while the fuzzer runs)."""
    for module in pkgutil.walk_packages(adcli.__path__, "adcli."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                import_module(module.name)


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """An alarm after 2 s of processor time, and no more address space than 1 GiB beyond what is taken now."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    old = signal.signal(signal.SIGPROF, alarm)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (taken + BYTES + SLACK, before[1]))
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)
        resource.setrlimit(resource.RLIMIT_AS, before)


def alarm(number: int, frame: FrameType | None) -> None:
    """The profiling timer counts ticks, and may ring early."""
    left = DEADLINE[0] - time.process_time()
    if left > 0.01:
        signal.setitimer(signal.ITIMER_PROF, left)
        return
    raise TooLong


@contextlib.contextmanager
def timer(seconds: float = SECONDS) -> Iterator[None]:
    """TooLong is raised where what is done meanwhile takes longer. Call it within `limited`."""
    DEADLINE[0] = time.process_time() + seconds
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextlib.contextmanager
def workshop() -> Iterator[None]:
    """A folder of its own for what a command reads, writes and remembers; nothing on standard input."""
    saved, folder, null = dict(os.environ), os.getcwd(), os.open(os.devnull, os.O_RDONLY)
    stdin, given = os.dup(0), sys.stdin
    with tempfile.TemporaryDirectory() as temporary:
        os.environ.update({"XDG_STATE_HOME": f"{temporary}/state", "LC_ALL": "C.UTF-8", "COLUMNS": ""})
        try:
            os.chdir(temporary)
            os.dup2(null, 0)
            with open(os.devnull, encoding="utf-8") as sys.stdin:
                yield
        finally:
            sys.stdin = given
            os.dup2(stdin, 0)
            os.close(stdin)
            os.close(null)
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(saved)


def tried(case: Case, known: Collection[str] = ()) -> Failure | None:
    """What goes wrong with a case, if anything does. Call it within `limited` and `workshop`.

    `known` are places that are known to be too slow: what is there after half a second is not waited for any longer.
    """
    if known:
        failure = timed(case, SECONDS / 4)
        if failure is None or not failure.wrong.startswith("more than") or failure.where in known:
            return failure
    return timed(case, SECONDS)


def timed(case: Case, seconds: float) -> Failure | None:
    """What goes wrong with a case within so many seconds."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with timer(seconds):
            failure = command(case) if case.argv else program(case)
    except KeyboardInterrupt:
        raise
    except BaseException as wrong:
        return told(wrong, case)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024
    if failure is None and grown > BYTES:
        return Failure(f"{grown >> 20} MiB more", case.operation or case.argv[0])
    return failure


def told(wrong: BaseException, case: Case) -> Failure:
    """An exception as a failure: its place is the last line of adcli that it came through."""
    frames = [f for f in traceback.extract_tb(wrong.__traceback__) if "/adcli/" in f.filename]
    place = f"{frames[-1].filename.rpartition('/adcli/')[2]}:{frames[-1].lineno}" if frames else "?"
    kind = type(wrong).__name__
    tail = "".join(traceback.format_exception(wrong)[-7:]).splitlines()[-14:]
    if isinstance(wrong, TooLong):
        what = case.operation + f" {case.form}" if case.texts else case.argv[0] if case.argv else ""
        files = [f.filename.rpartition("/adcli/")[2] for f in frames]
        inner = next((file for file in reversed(files) if not file.startswith(("ops/", "numbers/"))), "?")
        where = inner if inner.startswith("parse/") else f"{what.strip()} in {inner}"
        return Failure(f"more than {SECONDS:g} s", where, tail)
    return Failure(f"{kind}: {str(wrong)[:200]}", place, tail)


def program(case: Case) -> Failure | None:
    """A program through the API."""
    parsing = True
    try:
        f = Function(*case.texts, max_nodes=MOST_NODES)
        parsing = False
        text = operate(f, case.numbers, case.operation, case.form)
    except ProblemError as found:
        for problem in found.problems:
            if problem.exit_code not in ((WRONG,) if parsing else CODES - {0}):
                return Failure(f"exit code {problem.exit_code} for {problem.kind}: {problem.headline[:100]}", "problem")
        if not all(line.isprintable() for line in layout(found.problem).split("\n")):
            return Failure("a message with control characters", found.problem.kind)
        return None
    if case.form == "json":
        json.loads(text, parse_constant=no_json)
    return None


def no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


class Stream(io.TextIOWrapper):
    """A stream that keeps what is written to it."""

    def __init__(self, errors: str = "strict"):
        self.kept = io.BytesIO()
        super().__init__(self.kept, "utf-8", errors, newline="", write_through=True)

    def text(self) -> str:
        self.flush()
        return self.kept.getvalue().decode("utf-8", "replace")


def command(case: Case) -> Failure | None:
    """A command line, in this process."""
    for path in Path().glob("*"):
        if path.is_file():
            path.unlink()
    with contextlib.suppress(OSError):
        os.unlink("state/adcli/last.json")
    for name, text in case.files.items():
        Path(name).write_bytes(text.encode("utf-8", "surrogatepass"))
    out, err = Stream(), Stream("backslashreplace")
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        code = guarded_run([*case.argv, "--debug"] if case.argv[-1] != "--debug" else case.argv)
    finally:
        sys.stdout, sys.stderr = streams
    return judged(case, code, out.text(), err.text())


def judged(case: Case, code: int, out: str, err: str) -> Failure | None:
    """What is wrong with what a command left, if anything is."""
    lines = err.splitlines()
    if "Traceback (most" in err or code not in CODES:
        places = [line.strip().partition("/adcli/")[2] for line in lines if "/adcli/" in line and "line " in line]
        place = places[-1] if places else "?"
        return Failure(f"exit code {code}: {lines[-2] if len(lines) > 1 else err[:200]}", place, lines[-14:])
    if "more memory than there is" in err:
        return Failure(f"exit code {code}: no memory", case.argv[0], lines[-5:])
    if case.codes and code not in case.codes:
        first = lines[0][:60] if lines else ""
        return Failure(f"exit code {code}, not {case.codes}", f"{case.argv[0]}: {first}", lines[:5])
    if code > 1 and not err.strip() and not {"-q", "--quiet"} & set(case.argv):
        return Failure(f"exit code {code} without a message", case.argv[0])
    if not all(c.isprintable() or c == "\n" for c in err):
        return Failure("control characters on standard error", case.argv[0], [ascii(line) for line in lines[:5]])
    if code == 0 and is_json(case, out):
        json.loads(out, parse_constant=no_json)
    return None


def is_json(case: Case, out: str) -> bool:
    """Whether standard output must be JSON: where --format json comes last and nothing went to a file."""
    forms = [b for a, b in zip(case.argv, case.argv[1:], strict=False) if a == "--format"]
    return forms == ["json"] and bool(out) and "-o" not in case.argv and "--help" not in case.argv
