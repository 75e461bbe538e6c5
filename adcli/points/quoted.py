"""Quoted cells of delimited text (RFC 4180): a quote opens a cell only at its beginning, and is doubled inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

CLOSING = re.compile(rb'[^"]*+(?:""[^"]*+)*+"(?!")')


@cache
def opening(separator: bytes) -> re.Pattern[bytes]:
    """A quote that opens a cell: at the beginning of the text, behind a separator, or behind the end of a line."""
    return re.compile(rb'(?:\A|(?<=[\n\r%b]))"' % re.escape(separator))


@cache
def plain_cell(separator: bytes) -> re.Pattern[bytes]:
    """A whole quoted cell on one line."""
    return re.compile(
        rb'(?:\A|(?<=[\n%b]))"((?:[^"\n]|"")*+)"(?=[\n%b]|\Z)' % (re.escape(separator), re.escape(separator))
    )


def covered(text: bytes, separator: bytes) -> bytes | None:
    """The text with its quoted cells covered, of the same length: those that hold neither separators nor quotes lose
    their quotes, of others nothing is left to read. None where a quote is anything else, or a cell has several lines.
    """

    def cover(found: re.Match[bytes]) -> bytes:
        inner = found[1]
        if separator in inner or b'"' in inner:
            return b"_" * (len(inner) + 2)
        return b" %b " % inner

    result = plain_cell(separator).sub(cover, text)
    return None if b'"' in result else result


class Quoted:
    """The quoted cells of a text that begins with a row and grows at its end.

    spans     (start, end) of the cells that hold an end of a line
    open      where a cell begins that is not closed yet, or -1
    """

    def __init__(self, separator: bytes):
        self.separator = separator
        self.spans: list[tuple[int, int]] = []
        self.open = -1
        self.seen = 0

    def look(self, text: bytes, ended: bool) -> None:
        """Find the cells of what came in addition; `ended` tells that nothing more will come."""
        pattern = opening(self.separator)
        while self.seen < len(text) or (ended and self.open >= 0):
            if self.open < 0:
                if text.find(b'"', self.seen) < 0 or (found := pattern.search(text, self.seen)) is None:
                    self.seen = len(text)
                    return
                self.open = found.start()
            closed = CLOSING.match(text, self.open + 1)
            if closed is None or (closed.end() == len(text) and not ended):  # its quote may be the first of two
                self.seen = len(text)
                return
            if text.find(b"\n", self.open, closed.end()) >= 0:
                self.spans.append((self.open, closed.end()))
            self.open, self.seen = -1, closed.end()

    def around(self, place: int) -> tuple[int, int] | None:
        """The quoted cell in which this place is; one that is not closed has no end (-1)."""
        if 0 <= self.open < place:
            return self.open, -1
        return next(((start, end) for start, end in reversed(self.spans) if start < place < end), None)

    def drop(self, size: int) -> None:
        """The text begins that much later."""
        self.spans = [(start - size, end - size) for start, end in self.spans if start >= size]
        self.open = self.open - size if self.open >= size else -1
        self.seen = max(0, self.seen - size)


def records(text: bytes, separator: bytes) -> Iterator[tuple[int, bytes]]:
    """(lines before it, its text without the end of its line) of every row."""
    cells = Quoted(separator)
    cells.look(text, True)
    spans = iter([*cells.spans, (len(text), len(text))])
    start = line = place = 0
    span = next(spans)
    while start < len(text):
        end = text.find(b"\n", place)
        if end < 0 or 0 <= cells.open < end:
            yield line, text[start:].rstrip(b"\r\n")
            return
        while span[1] <= end and span[1] < len(text):
            span = next(spans)
        if span[0] < end < span[1]:
            place = span[1]
            continue
        yield line, text[start:end].removesuffix(b"\r")
        line += text.count(b"\n", start, end + 1)
        start = place = end + 1
