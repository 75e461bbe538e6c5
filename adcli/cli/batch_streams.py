"""What a run over many points reads and writes beside its rows: sources, the list of bad rows, the progress."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from adcli.errors import Problem, ProblemError
from adcli.files import locked, reason, usual_mode

if TYPE_CHECKING:
    from adcli.points.rows import Trouble

TABLES = ("parquet", "arrow")  # formats that are no text
DELAY = 0.5  # seconds after which a run shows how far it is


@contextlib.contextmanager
def source(path: str, format: str, separator: bytes, eager: bool) -> Iterator[Any]:
    """A file of points, or standard input: what its pieces come from."""
    from adcli.points.lines import Lines

    if format in TABLES:
        from adcli.points.frames import Frames

        if path == "-":
            headline = f"{format} cannot be read from standard input"
            raise ProblemError(Problem("usage", headline, hint="write --points FILE"))
        yield Frames(path, path, format)
        return
    if path == "-":
        if sys.stdin is None:
            raise ProblemError(Problem("file", "standard input is closed", hint="write --points FILE"))
        yield Lines("standard input", sys.stdin.fileno(), separator, eager)
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as fault:
        raise ProblemError(Problem("file", f"cannot read {path}: {reason(fault)}")) from None
    try:
        yield Lines(path, descriptor, separator, eager)
    finally:
        os.close(descriptor)


class Errors:
    """The file of --errors: a line of JSON for each bad row."""

    def __init__(self, path: str | None, size: int):
        self.path = path
        self.size = size
        self.stream: IO[bytes] | None = None

    def __enter__(self) -> Errors:
        if self.path is None:
            return self
        if not self.path:
            raise ProblemError(Problem("usage", "--errors names no file", hint="write --errors FILE"))
        regular = not os.path.exists(self.path) or os.path.isfile(self.path)
        try:
            if self.size and (not regular or not os.path.exists(self.path) or os.path.getsize(self.path) < self.size):
                headline = f"{self.path} is shorter than the journal says"
                raise ProblemError(Problem("file", headline, hint="begin anew without --resume"))
            self.stream = open(self.path, "r+b" if self.size else "wb")  # noqa: SIM115 - closed on exit
            if regular:
                self.stream.seek(self.size)
                self.stream.truncate()
        except OSError as fault:
            raise ProblemError(Problem("file", f"cannot write {self.path}: {reason(fault)}")) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self.stream is not None:
            self.stream.close()

    def add(self, trouble: Trouble) -> None:
        if self.stream is not None:
            self.size += self.stream.write(trouble.record().encode("utf-8", "backslashreplace") + b"\n")

    def sync(self) -> int:
        """Bring what there is to the disk, before the journal speaks of it; how much it is."""
        if self.stream is not None:
            self.stream.flush()
            with contextlib.suppress(OSError):  # a pipe
                os.fsync(self.stream.fileno())
        return self.size


class Progress:
    """How far a run is, on standard error where that is a terminal and the rows do not go there as well."""

    def __init__(self, files: list[str], shown: bool):
        sizes = [os.path.getsize(path) if os.path.isfile(path) else None for path in files]
        self.total = None if None in sizes else sum(filter(None, sizes))
        self.shown = shown
        self.before = 0
        self.start = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def begin(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("{task.fields[rows]} rows"), BarColumn(), TextColumn("{task.fields[rate]} rows/s"),
            TimeRemainingColumn(), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self.task = self.bar.add_task("", total=self.total, rows="", rate="")
        self.bar.start()

    def skip(self, path: str) -> None:
        """A file is done."""
        self.before += os.path.getsize(path) if os.path.isfile(path) else 0

    def step(self, done: int, rows: int) -> None:
        """So many bytes of this file and rows of all are done."""
        seconds = time.monotonic() - self.start
        if not self.shown or seconds < DELAY:
            return
        if self.bar is None:
            self.begin()
        self.bar.update(self.task, completed=self.before + done, rows=f"{rows:,}", rate=f"{rows / seconds:,.0f}")


class TableFile:
    """A table that is no text, written aside; it takes its name when it is whole, and cannot be gone on with."""

    journal = None

    def __init__(self, path: str, format: str):
        from adcli.points.frames import Sink

        self.path = Path(path).resolve()
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.mode = usual_mode(self.path)
        self.stream = Sink(str(self.part), format)

    def begin(self) -> None:
        """Keep others out: the types of the columns come with the first rows. Raises ProblemError."""
        self.lock = locked(self.part, "ab", self.path)

    def note(self, state: Any) -> None:
        """Nothing: there is no journal."""

    def finish(self) -> None:
        """Give the file its name."""
        self.stream.close()
        os.chmod(self.part, self.mode)
        os.replace(self.part, self.path)
        self.lock.close()

    def leave(self, keep: bool) -> None:
        """Stop, and leave nothing behind."""
        self.stream.abort()
        with contextlib.suppress(OSError):
            self.part.unlink()
        self.lock.close()
