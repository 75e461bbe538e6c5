"""A result written aside, and the journal from which an interrupted run goes on.

Beside FILE stand FILE.part, the rows so far, and FILE.journal, which says how far they go: what was asked (a hash of
program, options and input), how much of the input is done, how much of the output it made, and what was counted. The
rows reach the disk before the journal does, so whatever happens the journal speaks of rows that are there.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import IO, Any

from adcli.errors import Problem, ProblemError
from adcli.files import locked, usual_mode, write_whole

EVERY = 1.0  # seconds between two entries
SAMPLE = 1 << 16  # bytes of the beginning and the end of an input that its hash is made of


def identity(path: str) -> list[Any]:
    """What tells whether a file is still the same: size, time of its last change, and a hash of both its ends."""
    with open(path, "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        digest = hashlib.sha256(stream.read(SAMPLE))
        stream.seek(max(0, size - SAMPLE))
        digest.update(stream.read(SAMPLE))
        return [os.path.abspath(path), size, os.fstat(stream.fileno()).st_mtime_ns, digest.hexdigest()]


def fingerprint(asked: Any) -> str:
    """A hash of all that the bytes of the result depend on."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class Aside:
    """A file that is written aside and takes its name when it is whole."""

    def __init__(self, path: str, asked: str, journaled: bool):
        self.path = Path(path).resolve()
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.journal = self.path.with_name(f"{self.path.name}.journal") if journaled else None
        self.asked = asked
        self.mode = usual_mode(self.path)
        self.stream: IO[bytes]
        self.last = monotonic()

    def begin(self) -> None:
        """Begin anew. Raises ProblemError where another run is writing this file."""
        self.stream = locked(self.part, "ab", self.path)
        self.stream.truncate(0)
        self._forget()

    def resume(self) -> dict[str, Any] | None:
        """What the journal says, with the rows that it speaks of; None where there is none to go on from.

        Raises ProblemError where program, options or input are other ones.
        """
        assert self.journal is not None
        try:
            entry = json.loads(self.journal.read_text("utf-8"))
            state: dict[str, Any] = entry["state"]
            size = int(entry["size"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            headline = f"{self.journal} cannot be read"
            raise ProblemError(Problem("file", headline, hint="begin anew without --resume")) from None
        if entry["asked"] != self.asked:
            headline = f"{self.path.name} was begun with another program, other options or another input"
            raise ProblemError(Problem("file", headline, hint="begin anew without --resume"))
        if not self.part.exists():
            headline = f"{self.part} is not there any more"
            raise ProblemError(Problem("file", headline, hint="begin anew without --resume"))
        self.stream = locked(self.part, "r+b", self.path)
        if os.fstat(self.stream.fileno()).st_size < size:
            headline = f"{self.part} is shorter than its journal says"
            raise ProblemError(Problem("file", headline, hint="begin anew without --resume"))
        self.stream.truncate(size)
        self.stream.seek(size)
        return state

    def note(self, state: Callable[[], dict[str, Any]], now: bool = False) -> None:
        """Write down how far the rows go, once a second."""
        if self.journal is None or (not now and monotonic() - self.last < EVERY):
            return
        self.last = monotonic()
        self.stream.flush()
        os.fsync(self.stream.fileno())
        entry = {"asked": self.asked, "size": self.stream.tell(), "state": state()}
        write_whole(self.journal, json.dumps(entry))

    def finish(self) -> None:
        """Give the file its name."""
        self.stream.flush()
        os.chmod(self.part, self.mode)
        self.stream.close()
        os.replace(self.part, self.path)
        self._forget()

    def leave(self, keep: bool) -> None:
        """Stop: what is there stays for --resume, or goes."""
        self.stream.close()
        if not keep:
            with suppress(OSError):
                self.part.unlink()
            self._forget()

    def _forget(self) -> None:
        if self.journal is not None:
            with suppress(OSError):
                self.journal.unlink()
