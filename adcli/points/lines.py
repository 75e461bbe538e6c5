"""Text files in pieces that end with a line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from adcli.errors import Problem, ProblemError
from adcli.files import reason

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
    """A file, read from a descriptor piece by piece; `quotes` tells that a line may end within quotes."""

    def __init__(self, name: str, descriptor: int, quotes: bool, eager: bool = False):
        self.name = name
        self.descriptor = descriptor
        self.quotes = quotes
        self.eager = eager
        self.rest = b""  # read, and not yet given
        self.line = 1
        self.offset = 0  # of the rest
        self.ended = False

    def move(self, offset: int, line: int) -> None:
        """Go on from this offset, where this line begins."""
        os.lseek(self.descriptor, offset, os.SEEK_SET)
        self.rest, self.offset, self.line, self.ended = b"", offset, line, False

    def more(self) -> bool:
        """Read on; False at the end."""
        try:
            data = os.read(self.descriptor, PIECE)
        except OSError as fault:
            raise ProblemError(Problem("file", f"cannot read {self.name}: {reason(fault)}")) from None
        self.ended = not data
        self.rest += data
        return bool(data)

    def first(self) -> bytes:
        """The first line, without its end; a byte order mark is dropped."""
        while (cut := self.cut(self.rest.find(b"\n") + 1)) == 0 and self.more():
            self.check()
        marked = self.skip_mark()
        return self.take(max(cut - marked, 0) or len(self.rest)).data.rstrip(b"\r\n")

    def skip_mark(self) -> int:
        """Drop a byte order mark from what was read first: how many bytes it had."""
        marked = len(MARK) if self.rest.startswith(MARK) else 0
        self.rest, self.offset = self.rest[marked:], self.offset + marked
        return marked

    def cut(self, end: int) -> int:
        """The next end of a line from `end` on that is not within quotes; 0 where there is none yet."""
        while end and self.odd(end):
            end = self.rest.find(b"\n", end) + 1
        return end

    def odd(self, end: int) -> bool:
        """Whether this end of a line is within quotes."""
        return self.quotes and b'"' in self.rest and self.rest.count(b'"', 0, end) % 2 == 1

    def check(self) -> None:
        if len(self.rest) > LONGEST:
            what = "a quote is not closed" if self.quotes and b'"' in self.rest else "a line has no end"
            raise ProblemError(Problem("file", f"{self.name}, row {self.line}: {what}"))

    def take(self, size: int) -> Piece:
        data, self.rest = self.rest[:size], self.rest[size:]
        piece = Piece(data, self.line, self.offset, self.offset + size, data.count(b"\n"))
        self.offset += size
        self.line += piece.lines
        return piece

    def __iter__(self) -> Iterator[Piece]:
        """The rest of the file. Where a piece ends depends only on where it begins."""
        while True:
            while len(self.rest) < PIECE and not self.ended and not (self.eager and b"\n" in self.rest):
                self.more()
            end = self.rest.rfind(b"\n") if self.eager else self.rest.rfind(b"\n", 0, PIECE)
            cut = self.last(end + 1) or self.cut(self.rest.find(b"\n", min(PIECE, len(self.rest))) + 1)
            while not cut and not self.ended:
                self.check()
                self.more()
                cut = self.cut(self.rest.find(b"\n", min(PIECE, len(self.rest))) + 1)
            if not cut:
                cut = len(self.rest)
            if not cut:
                return
            yield self.take(cut)

    def last(self, end: int) -> int:
        """The last end of a line up to `end` that is not within quotes; 0 where there is none."""
        while end and self.odd(end):
            end = self.rest.rfind(b"\n", 0, end - 1) + 1
        return end
