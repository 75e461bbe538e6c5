"""Paging through the steps of a trace in a plain terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adcli.cli.keys import ENDED, keyboard
from adcli.cli.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from adcli.report.document import Block, View
    from adcli.report.paging import StepsReport

NEXT = ("enter", "space", "n", "right", "down", "j", "pagedown")
BACK = ("b", "p", "left", "up", "k", "backspace", "pageup")
FIRST, LAST, QUIT = ("g", "home"), ("G", "end"), ("q", "escape", ENDED)
HELP = ("Enter next  b back  g first  G last  q quit", "Enter, b, g, G, q")


def can_step() -> bool:
    """Whether there is somebody to press keys."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def step_through(report: StepsReport, view: Callable[[], View]) -> None:
    """Show step after step, as the keys say. The view is asked for each time: a terminal may change its size."""
    position, count = 0, len(report.places)
    with screen() as clear, keyboard() as key:
        while True:
            rows = shutil.get_terminal_size((80, 24)).lines
            sys.stdout.write(clear + page(report, position, view(), rows))
            sys.stdout.flush()
            pressed = key()
            if pressed in QUIT:
                return
            if pressed in NEXT:
                position = min(position + 1, count - 1)
            elif pressed in BACK:
                position = max(position - 1, 0)
            elif pressed in FIRST:
                position = 0
            elif pressed in LAST:
                position = count - 1


@contextmanager
def screen() -> Iterator[str]:
    """A screen of its own, left when all is done; yields what clears it. A terminal without one gets an empty line."""
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        yield "\n"
        return
    sys.stdout.write("\x1b[?1049h")
    try:
        yield "\x1b[H\x1b[2J"
    finally:
        sys.stdout.write("\x1b[?1049l")
        sys.stdout.flush()


def page(report: StepsReport, position: int, view: View, rows: int) -> str:
    """One step, with as much of what is known as the terminal has rows for."""
    count = len(report.places)
    words = f"{position + 1} of {count}  "
    help_line = next((h for h in HELP if len(words + h) <= (view.width or 80)), HELP[-1])
    foot = f"\n{words}{help_line}"
    best = text_of(report.page(position, view, 0, rows // 2), view)
    room = rows - best.count("\n") - foot.count("\n") - 1
    for more in range(room, 0, -1):
        text = text_of(report.page(position, view, more, rows // 2), view)
        if text.count("\n") + foot.count("\n") < rows:
            best = text
            break
    return best + foot


def text_of(blocks: list[Block], view: View) -> str:
    """Blocks as the table format draws them."""
    from adcli.render import table

    return "".join(table.pieces(blocks, view))
