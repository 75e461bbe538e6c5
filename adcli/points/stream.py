"""From files of points to rows of results: piece by piece, several at once, in order, in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from adcli.errors import Problem, ProblemError
from adcli.points.rows import Array, Columns, Rows, Trouble

if TYPE_CHECKING:
    from adcli.engines.notes import Note

ON_ERROR = ("fail", "null", "skip")


class Compute(Protocol):
    """What the rows are for: results from columns, and what must be said of one point."""

    names: list[str]

    def run(self, columns: Sequence[Array], out: Sequence[Array], workers: int | None, marks: Any = None) -> Any: ...

    def notes(self, point: Sequence[float]) -> list[Note]: ...


class Reader(Protocol):
    """A format to be read."""

    separator: bytes

    def header(self, lines: Any, names: list[str] | None) -> list[str]: ...

    def rows(self, name: str, piece: Any, columns: Columns) -> Rows: ...


class Writer(Protocol):
    """A format to be written."""

    def head(self, names: Sequence[str]) -> bytes: ...

    def rows(self, rows: Rows, results: Sequence[Array]) -> Any: ...


class First(NamedTuple):
    """The first row of a kind: where, and its numbers."""

    file: str
    row: int
    point: list[float]


@dataclass
class Counts:
    """What was met so far. Kept in the journal of a run."""

    rows: int = 0
    failed: int = 0
    nonfinite: int = 0
    kinks: int = 0
    first_nonfinite: First | None = None
    first_kink: First | None = None

    @classmethod
    def read(cls, data: dict[str, Any]) -> Counts:
        firsts = {key: None if data[key] is None else First(*data[key]) for key in ("first_nonfinite", "first_kink")}
        return cls(**{**data, **firsts})


@dataclass
class Done:
    """One piece, computed: its bytes (or table of polars), what was met, and where the file goes on."""

    piece: Any
    text: Any
    counts: Counts
    troubles: list[Trouble] = field(default_factory=list)


@dataclass
class Job:
    """How pieces are worked on.

    on_error     fail, null (the results of a bad row are left empty) or skip (the row is left out)
    strict       whether a row with a note is a bad row
    """

    compute: Compute
    reader: Reader
    writer: Writer
    on_error: str = "fail"
    strict: bool = False
    workers: int = 1
    eager: bool = False

    def work(self, name: str, piece: Any, columns: Columns) -> Done:
        """One piece, from its text to that of its results."""
        rows = self.reader.rows(name, piece, columns)
        count = len(rows.lines) if rows.good is None else int(np.count_nonzero(rows.good))
        results = list(np.empty((len(self.compute.names), count)))
        marks = np.zeros(count, bool) if self.strict else None
        tally = self.compute.run(rows.numbers, results, 1, marks)
        counts = Counts(count, len(rows.troubles), tally.nonfinite, tally.kinks)
        if marks is not None and marks.any():
            rows, results = self.refuse(name, rows, results, marks)
            counts = Counts(len(rows.lines) - len(rows.troubles), len(rows.troubles))
        else:
            lines = rows.lines if rows.good is None else [x for x, ok in zip(rows.lines, rows.good, strict=True) if ok]
            firsts = [
                First(name, lines[i], [float(x[i]) for x in rows.numbers]) if i >= 0 else None
                for i in (tally.first_nonfinite, tally.first_kink)
            ]
            counts.first_nonfinite, counts.first_kink = firsts
        if rows.troubles and self.on_error == "fail":
            return self.until(name, piece, columns, rows.troubles[0])
        if self.on_error == "skip":
            rows = without_bad(rows)
        return Done(piece, self.writer.rows(rows, results), counts, rows.troubles)

    def refuse(self, name: str, rows: Rows, results: list[Array], marks: NDArray[np.bool_]) -> tuple[Rows, list[Array]]:
        """Rows that --strict does not accept become bad ones."""
        good = np.ones(len(rows.lines), bool) if rows.good is None else rows.good.copy()
        places = np.flatnonzero(good)
        troubles = list(rows.troubles)
        bad = np.flatnonzero(marks)
        for i in bad[:1] if self.on_error == "fail" else bad:
            notes = self.compute.notes([float(x[i]) for x in rows.numbers])
            line = rows.lines[int(places[i])]
            if notes:
                note = notes[0]
                span = None if note.span is None else (note.span.start, note.span.end)
                troubles.append(Trouble(name, line, "", "", note.message, note.name, span))
            else:
                troubles.append(Trouble(name, line, "", "", "a result is not finite"))
        good[places[bad]] = False
        troubles.sort(key=lambda trouble: trouble.row)
        fine = ~marks
        return rows._replace(good=good, troubles=troubles), [x[fine] for x in results]

    def until(self, name: str, piece: Any, columns: Columns, trouble: Trouble) -> Done:
        """The rows of a piece before a bad one, and that."""
        before = piece.before(trouble.row)
        if before.end == before.start:
            return Done(before, None, Counts(failed=1), [trouble])
        done = self.work(name, before, columns)
        done.counts.failed += 1
        done.troubles = [trouble]
        return done

    def file(self, lines: Any, columns: Columns) -> Iterator[Done]:
        """All pieces of a file, in order; a few more than there are workers are held at once."""
        if self.workers == 1 or self.eager:
            for piece in lines:
                yield self.work(lines.name, piece, columns)
            return
        waiting: deque[Future[Done]] = deque()
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                for piece in lines:
                    waiting.append(pool.submit(self.work, lines.name, piece, columns))
                    if len(waiting) > self.workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()


def without_bad(rows: Rows) -> Rows:
    """The good rows only; the troubles stay."""
    if rows.good is None:
        return rows
    good = rows.good.tolist()

    def chosen(items: Sequence[Any]) -> list[Any]:
        return [x for x, fine in zip(items, good, strict=True) if fine]

    def prefix(separator: bytes) -> list[bytes] | None:
        found = rows.prefix(separator)
        return None if found is None else chosen(found)

    return rows._replace(
        good=None, lines=chosen(rows.lines), kept=lambda: chosen(rows.kept()), prefix=prefix,
        frame=None if rows.frame is None else rows.frame.filter(rows.good),
    )  # fmt: skip


def nothing() -> Rows:
    """No rows, for the types of a table that has none."""
    return Rows([], [], None, [], list, lambda separator: None)


class Total:
    """What all pieces add up to; the first of each kind is that of the first file and row."""

    def __init__(self, most_errors: int | None, counts: Counts | None = None):
        self.most_errors = most_errors
        self.counts = counts or Counts()

    def add(self, counts: Counts) -> None:
        mine = self.counts
        for key in ("rows", "failed", "nonfinite", "kinks"):
            setattr(mine, key, getattr(mine, key) + getattr(counts, key))
        mine.first_nonfinite = mine.first_nonfinite or counts.first_nonfinite
        mine.first_kink = mine.first_kink or counts.first_kink

    def check(self) -> None:
        """Raise ProblemError beyond the errors that are allowed."""
        if self.most_errors is not None and self.counts.failed > self.most_errors:
            raise ProblemError(Problem("row", f"more rows failed than --max-errors {self.most_errors:,} allows"))
