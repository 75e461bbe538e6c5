"""Text files in pieces that end with a line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from adcli.errors import Problem, ProblemError
from adcli.files import reason
from adcli.points.quoted import Quoted

PIECE = 1 << 20  # bytes read at once: some ten thousand rows, which stay in cache
MARK = b"\xef\xbb\xbf"
LONGEST = 1 << 26  # bytes of a quoted cell, or a line


class Piece(NamedTuple):
    """Whole lines of a file: the number of the first, where in the file they begin and end in bytes, how many."""

    data: bytes
    line: int
    start: int
    end: int
    lines: int

    def before(self, row: int) -> Piece:
        """The lines before the one with this number."""
        end = 0
        for _ in range(row - self.line):
            end = self.data.index(b"\n", end) + 1
        return self._replace(data=self.data[:end], end=self.start + end, lines=row - self.line)


class Lines:
    """A file, read from a descriptor piece by piece; a row may go on in the next line within quotes where there is a
    `separator` of cells.
    """

    def __init__(self, name: str, descriptor: int, separator: bytes, eager: bool = False):
        self.name = name
        self.descriptor = descriptor
        self.separator = separator
        self.eager = eager
        self.rest = b""  # read, and not yet given
        self.cells = Quoted(separator)  # of the rest
        self.line = 1
        self.offset = 0  # of the rest
        self.ended = False

    def move(self, offset: int, line: int) -> None:
        """Go on from this offset, where this line begins."""
        os.lseek(self.descriptor, offset, os.SEEK_SET)
        self.rest, self.offset, self.line, self.ended = b"", offset, line, False
        self.cells = Quoted(self.separator)

    def more(self) -> bool:
        """Read on; False at the end."""
        try:
            data = os.read(self.descriptor, PIECE)
        except OSError as fault:
            raise ProblemError(Problem("file", f"cannot read {self.name}: {reason(fault)}")) from None
        self.ended = not data
        self.rest += data
        return bool(data)

    def look(self) -> None:
        if self.separator:
            self.cells.look(self.rest, self.ended)

    def first(self) -> bytes:
        """The first line, without its end; a byte order mark is dropped."""
        if not self.rest:
            self.more()
        self.skip_mark()
        while not (cut := self.next(0)) and self.more():
            self.check()
        return self.take(cut or len(self.rest)).data.rstrip(b"\r\n")

    def skip_mark(self) -> None:
        """Drop a byte order mark from what was read first."""
        while len(self.rest) < len(MARK) and MARK.startswith(self.rest) and self.more():
            pass
        marked = len(MARK) if self.rest.startswith(MARK) else 0
        self.rest, self.offset = self.rest[marked:], self.offset + marked

    def next(self, start: int) -> int:
        """Behind the next end of a row from `start` on; 0 where there is none yet."""
        self.look()
        end = self.rest.find(b"\n", start)
        while end >= 0 and (cell := self.cells.around(end)) is not None:
            if cell[1] < 0:
                return 0
            end = self.rest.find(b"\n", cell[1])
        return end + 1

    def last(self, stop: int) -> int:
        """Behind the last end of a row before `stop`; 0 where there is none."""
        self.look()
        end = self.rest.rfind(b"\n", 0, stop)
        while end >= 0 and (cell := self.cells.around(end)) is not None:
            end = self.rest.rfind(b"\n", 0, cell[0])
        return end + 1

    def check(self) -> None:
        if len(self.rest) > LONGEST:
            what = "a quote is not closed" if self.cells.open >= 0 else "a line has no end"
            raise ProblemError(Problem("file", f"{self.name}, row {self.line}: {what}"))

    def take(self, size: int) -> Piece:
        data, self.rest = self.rest[:size], self.rest[size:]
        self.cells.drop(size)
        piece = Piece(data, self.line, self.offset, self.offset + size, data.count(b"\n"))
        self.offset += size
        self.line += piece.lines
        return piece

    def __iter__(self) -> Iterator[Piece]:
        """The rest of the file. Where a piece ends depends only on where it begins."""
        while True:
            while len(self.rest) < PIECE and not self.ended and not (self.eager and b"\n" in self.rest):
                self.more()
            cut = self.last(len(self.rest) if self.eager else PIECE)
            while not cut and not self.ended:
                cut = self.next(min(PIECE, len(self.rest)) - 1)
                if not cut:
                    self.check()
                    self.more()
            cut = cut or self.next(PIECE - 1) or len(self.rest)
            if not cut:
                return
            yield self.take(cut)
