"""The keys of the terminal explorer, on a screen of their own."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

KEYS = [
    ("n  space  right", "the next step of the sweep"),
    ("p  left", "the step before"),
    ("down  up  j  k", "the next row of the table, the row before"),
    ("PgDn  PgUp  Home  End", "a page of the table, its ends of the sweep"),
    ("v  f  r", "values, forward sweep, reverse sweep of the same node"),
    ("s", "the next seed: another variable, another output"),
    ("Tab  Shift+Tab", "choose a term of the step"),
    ("Enter  Backspace", "follow that term to its node, and come back"),
    ("/", "find a name, op, formula, value; nan inf zero kink domain"),
    ("a", "change the point"),
    ("e", "change the expression"),
    ("t", "the graph beside the table, in its place, or not at all"),
    ("w  W", "write the trace to a file, write this step"),
    ("b", "open the page of the trace in a browser"),
    ("?  q", "these keys; quit"),
]


class Help(ModalScreen[None]):
    """The keys."""

    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q,question_mark,enter,space", "dismiss")]

    def compose(self) -> ComposeResult:
        room = max(len(keys) for keys, _ in KEYS) + 2
        wide = self.app.size.width >= room + max(len(what) for _, what in KEYS)
        text = Text("Keys\n\n", "bold")
        for keys, what in KEYS:
            text.append(keys.ljust(room) if wide else f"{keys}\n  ", "bold")
            text.append(f"{what}\n", "not bold")
        yield VerticalScroll(Static(text, id="keys"))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()  # which its keys scroll
