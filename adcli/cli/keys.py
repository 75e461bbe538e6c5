"""Keys of a terminal, one at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDED = ""  # what is read where nothing more will come
NAMES = {"\r": "enter", "\n": "enter", " ": "space", "\x7f": "backspace", "\b": "backspace", "\t": "tab",
         "\x04": ENDED, "\x1b": "escape"}  # fmt: skip
SEQUENCES = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end",
             "1~": "home", "4~": "end", "7~": "home", "8~": "end", "5~": "pageup", "6~": "pagedown"}  # fmt: skip
WAIT = 0.05  # seconds in which the rest of a sequence has come


@contextmanager
def keyboard() -> Iterator[Callable[[], str]]:
    """What reads one key: a letter, a name such as enter, left, pageup, or ENDED.

    The terminal is as it was afterwards, whatever happens; Ctrl-C raises KeyboardInterrupt. Where keys cannot be read
    one at a time, each takes a line: its first letter, and enter for an empty one.
    """
    try:
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin.fileno())
    except (ImportError, OSError, ValueError, termios.error):
        yield line_key
        return
    descriptor = sys.stdin.fileno()
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        yield lambda: raw_key(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def line_key() -> str:
    """A key that was typed as a line."""
    line = sys.stdin.readline()
    return line.strip()[:1] or ("enter" if line else ENDED)


def raw_key(descriptor: int) -> str:
    """The next key of a terminal that gives them one by one."""
    from select import select

    def more() -> bool:
        return bool(select([descriptor], [], [], WAIT)[0])

    data = os.read(descriptor, 1)
    if data == b"\x1b" and more():
        data = os.read(descriptor, 8)
        return SEQUENCES.get(data.decode("ascii", "replace")[1:], "") or "unknown"
    while data and data[0] >= 0x80 and len(data) < 4 and more():  # the rest of a letter
        data += os.read(descriptor, 1)
    text = data.decode("utf-8", "replace")
    return NAMES.get(text, text)
