"""The terminal explorer: the panes of a walk on a screen, and the keys that move it. Textual draws it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from adcli.errors import INTERRUPTED, ProblemError, layout, printable
from adcli.explore.help import Help
from adcli.explore.panes import Panes, foot
from adcli.explore.walk import Walk
from adcli.numbers.text import write
from adcli.report.document import Document, View
from adcli.report.paging import StepReport
from adcli.report.record import Record

BESIDE = 76  # columns, from which on the graph stands beside the table

WRITTEN = {"trace": "the trace", "step": "this step"}


class Services(Protocol):
    """What the command line does for the explorer. Each raises ProblemError."""

    def recompute(self, text: str, at: str | dict[str, float]) -> tuple[Document, Record]:
        """The trace of a program at a point, and its record. The point is a text as for --at, or values by name, of
        which those are left out that the program does not use.
        """

    def again(self, record: Record) -> Document:
        """The trace that a record is of, made again."""

    def variables(self, text: str) -> list[str]:
        """The variables of a program."""

    def export(self, name: str, document: Document, replace: bool) -> str:
        """Write a document to a file; what was done, in words. The empty text where it is there already and not to be
        replaced.
        """

    def browse(self, document: Document) -> str:
        """Open the page of a trace; what was done, in words."""


class Pane(Widget):
    """A part of the screen; the explorer knows what is in it."""

    def __init__(self, name: str, draw: Callable[[int, int], list[Text]]):
        super().__init__(id=name)
        self.draw = draw

    def render(self) -> Text:
        try:
            lines = self.draw(self.size.width, self.size.height)
        except ProblemError as wrong:  # of a damaged record
            lines = [Text(line, no_wrap=True) for line in layout(wrong.problem).split("\n")]
        lines = [line if line.plain.isprintable() else Text(printable(line.plain), no_wrap=True) for line in lines]
        for line in lines:
            line.truncate(self.size.width)  # or it would be wrapped
        return Text("\n", no_wrap=True, end="").join(lines)


class Explorer(App[int]):
    """A trace to walk through.

    record    what is shown
    document  the trace that it was made of; None for a record that was read from a file
    view      how names and numbers are written
    """

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""  # keys move the walk until something is asked
    CSS = """
    Screen { layout: vertical; overflow: hidden; layers: below above; }
    Pane, #asking { height: 1; }
    #middle { height: 1fr; }
    #middle Pane { height: 100%; }
    #table { width: 3fr; }
    #graph { width: 2fr; }
    #message { layer: above; dock: bottom; margin-bottom: 1; height: auto; max-height: 10; background: ansi_default; }
    #label { width: auto; }
    #line { height: 1; width: 1fr; border: none; padding: 0; background: ansi_default; color: ansi_default; }
    #editor { border: none; padding: 0; background: ansi_default; color: ansi_default; }
    Help, Help VerticalScroll { background: ansi_default; color: ansi_default; scrollbar-size: 0 0; }
    """
    # All with priority: keys typed ahead are taken in their order, and go to a prompt once one of them has opened it.
    BINDINGS: ClassVar[list[Any]] = [
        Binding(keys, action, priority=True)
        for keys, action in [
            ("n,space,right", "move(1)"), ("p,left", "move(-1)"), ("down,j", "rows(1)"), ("up,k", "rows(-1)"),
            ("pagedown", "page(1)"), ("pageup", "page(-1)"), ("home,g", "end(False)"), ("end,G", "end(True)"),
            ("v", "turn('primal')"), ("f", "turn('tangent')"), ("r", "turn('adjoint')"), ("s", "seed"),
            ("tab", "term(1)"), ("shift+tab", "term(-1)"), ("enter", "follow"), ("backspace", "return"),
            ("slash", "ask('find')"), ("a", "ask('point')"), ("e", "ask('program')"), ("w", "ask('trace')"),
            ("W", "ask('step')"), ("b", "browse"), ("t", "graph"), ("question_mark", "help"), ("escape", "cancel"),
            ("ctrl+s", "submit"), ("q,ctrl+q", "leave(0)"), ("ctrl+c", f"leave({INTERRUPTED})"),
        ]
    ]  # fmt: skip

    def __init__(self, record: Record, document: Document | None, view: View, services: Services):
        super().__init__(ansi_color=True)
        self.view = view
        self.services = services
        self.document = document
        self.walk = Walk(record, view)
        self.panes = Panes(self.walk)
        self.asked = ""  # what is being asked, if anything is
        self.sought = ""  # what was looked for last
        self.unconfirmed = ""  # the file that would be replaced
        self.program = record.program  # the text that the point is asked for
        self.graph_wanted = ""

    def compose(self) -> ComposeResult:
        yield Pane("program", lambda width, height: self.panes.program(width, height))
        yield Pane("head", lambda width, height: [self.panes.head(width)])
        yield Pane("rule", lambda width, height: [self.panes.rule(width)])
        with Horizontal(id="middle"):
            yield Pane("table", lambda width, height: self.panes.table(width, height))
            yield Pane("graph", lambda width, height: self.panes.graph(width, height))
        yield Pane("under", lambda width, height: [self.panes.line(width)])
        yield Pane("step", lambda width, height: self.panes.step(width, height))
        yield Static(id="message")
        with Horizontal(id="asking"):
            yield Static(id="label")
            yield Input(id="line", select_on_focus=False)
        yield Pane("foot", lambda width, height: [foot(width)])

    def on_mount(self) -> None:
        self.query_one("#message").display = False
        self.query_one("#asking").display = False

    def on_resize(self) -> None:
        self.call_later(self.arrange)  # Textual knows the new size after this

    def arrange(self) -> None:
        """Give every pane its room: it changes with the terminal and the program only, not with the step."""
        width, height = self.size
        lines = min(self.panes.program_rows(width), max(1, height // 6))
        self.query_one("#program").styles.height = lines
        self.query_one("#step").styles.height = max(3, min(10, height // 3))
        graph, table = self.query_one("#graph"), self.query_one("#table")
        graph.display = self.graph_place != "nowhere"
        table.display = self.graph_place != "alone"
        graph.styles.margin = (0, 0, 0, 2 if table.display else 0)
        self.redraw()

    @property
    def graph_places(self) -> list[str]:
        """Where the graph may be on a screen of this width."""
        return ["beside", "alone", "nowhere"] if self.size.width >= BESIDE else ["nowhere", "alone"]

    @property
    def graph_place(self) -> str:
        """Where it is: where it was put, if that is possible."""
        return self.graph_wanted if self.graph_wanted in self.graph_places else self.graph_places[0]

    def redraw(self) -> None:
        for pane in self.query(Pane):
            pane.refresh()

    def say(self, text: str, role: str = "") -> None:
        """A message below the panes, until the next key; none for the empty text."""
        message = self.query_one("#message", Static)
        message.display = bool(text)
        message.update(Text("\n".join(map(printable, text.split("\n"))), role))

    # Moving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """While something is asked, the keys are those of an answer; while help is shown, they are its own."""
        if action == "leave" and parameters != (0,):
            return True
        if len(self.screen_stack) > 1:
            return action == "dismiss"
        if self.asked:
            return action in ("cancel", "submit")
        return True

    def moved(self, message: str = "") -> None:
        self.say(message)
        self.redraw()

    def action_move(self, by: int) -> None:
        self.walk.move(by)
        self.moved()

    def action_rows(self, by: int) -> None:
        self.walk.move_rows(by)
        self.moved()

    def action_page(self, by: int) -> None:
        self.action_rows(by * max(1, self.query_one("#middle").size.height - 2))

    def action_end(self, last: bool) -> None:
        self.walk.go(len(self.walk.steps) if last else 0)
        self.moved()

    def action_turn(self, sweep: str) -> None:
        known = self.walk.turn(sweep)
        name = "forward" if sweep == "tangent" else "reverse"
        self.moved("" if known else f"this trace has no {name} sweep: adcli trace --mode both has")

    def action_seed(self) -> None:
        self.moved("" if self.walk.next_seed() else "there is no other seed")

    def action_term(self, by: int) -> None:
        self.walk.choose(by)
        self.moved()

    def action_follow(self) -> None:
        self.moved("" if self.walk.follow() else "this step reads no other node")

    def action_return(self) -> None:
        self.moved("" if self.walk.back() else "this is where the walk began")

    def action_graph(self) -> None:
        places = self.graph_places
        self.graph_wanted = places[(places.index(self.graph_place) + 1) % len(places)]
        self.arrange()

    def action_help(self) -> None:
        self.push_screen(Help())

    def action_leave(self, code: int) -> None:
        self.exit(code)

    def on_click(self, event: events.Click) -> None:
        if self.asked or event.widget is None or event.widget.id != "table":
            return
        row = self.panes.row_at(event.y)
        if row is not None:
            self.walk.to_row(row)
            self.moved()

    def on_mouse_scroll_down(self) -> None:
        if self.check_action("rows", (1,)):
            self.action_rows(1)

    def on_mouse_scroll_up(self) -> None:
        if self.check_action("rows", (-1,)):
            self.action_rows(-1)

    # Asking

    def action_ask(self, what: str) -> None:
        """Ask for something to find, another point or program, or the name of a file."""
        self.say("")
        self.unconfirmed = text = ""
        if what == "point":
            text = ",".join(f"{name}={write(x)}" for name, x in self.walk.record.at.items())
            self.program = self.walk.record.program
        elif what == "program":
            text = self.walk.record.program
        text = "\n".join(map(printable, text.split("\n")))  # what a terminal would obey is in a comment
        if "\n" in text:
            self.edit(text)
        else:
            self.ask(what, text)
        self.asked = what

    def ask(self, what: str, text: str) -> None:
        """A prompt of one line."""
        labels = {"find": "find: ", "point": "at: ", "program": "expression: "}
        self.query_one("#label", Static).update(labels.get(what, "write to: "))
        line = self.query_one("#line", Input)
        line.value = text
        line.cursor_position = len(text)
        self.query_one("#asking").display = True
        self.query_one("#foot").display = False
        self.set_focus(line)
        if what in WRITTEN:
            self.say(f"{WRITTEN[what]}; the ending is the format: .html .json .tex .md .svg .tsv .txt", "dim")

    def edit(self, text: str) -> None:
        """A program of several lines."""
        editor = TextArea(text, id="editor", soft_wrap=False)
        editor.styles.height = min(text.count("\n") + 2, 10)
        editor.move_cursor(editor.document.end)
        self.mount(editor, before="#foot")
        self.set_focus(editor)
        self.say("Ctrl+S takes the program, Escape leaves it as it was", "dim")

    def close(self) -> None:
        """Nothing is asked any more."""
        self.asked = ""
        self.query("#editor").remove()
        self.query_one("#asking").display = False
        self.query_one("#foot").display = True
        self.set_focus(None)

    def action_cancel(self) -> None:
        self.close()
        self.moved()

    def action_submit(self) -> None:
        """Take what stands in the editor."""
        for editor in self.query("#editor").results(TextArea):
            self.take(editor.text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.take(event.value)

    def take(self, text: str) -> None:
        """An answer. A problem is said, and what is asked stays open."""
        try:
            self.answered(self.asked, text)
        except ProblemError as wrong:
            self.say("\n".join(map(layout, wrong.problems[:2])).replace("--at ", ""))

    def answered(self, what: str, text: str) -> None:
        """Do what was asked for. Raises ProblemError."""
        if what == "find":
            self.sought = text or self.sought
            found = self.walk.find(self.sought)
            self.close()
            self.moved(f"{self.sought}: {found.number} of {found.total}" if found.total else
                       f"nothing here is called, made of or equal to {self.sought or '(empty)'}")  # fmt: skip
        elif what == "point":
            self.show(*self.services.recompute(self.program, text))
        elif what == "program":
            self.program = text
            try:
                self.show(*self.services.recompute(text, self.walk.record.at))
            except ProblemError as wrong:
                if wrong.problem.kind != "point":
                    raise
                self.close()  # a new variable: the point is asked next
                known = self.services.variables(text)
                point = {name: write(x) for name, x in self.walk.record.at.items() if name in known}
                self.ask("point", ",".join(f"{name}={point.get(name, '')}" for name in known))
                self.asked = "point"
                self.say(wrong.problem.headline)
        else:
            document = StepReport(self.walk.record, self.walk.place) if what == "step" else self.whole()
            done = self.services.export(text, document, text == self.unconfirmed)
            self.unconfirmed = "" if done else text
            if done:
                self.close()
            self.moved(done or f"{text} exists: Enter again replaces it")

    def whole(self) -> Document:
        """The trace. Of a record that was read it is made again. Raises ProblemError."""
        if self.document is None:
            self.document = self.services.again(self.walk.record)
        return self.document

    def action_browse(self) -> None:
        """Open the page of the trace in a browser."""
        try:
            self.moved(self.services.browse(self.whole()))
        except ProblemError as wrong:
            self.say(layout(wrong.problem))

    def show(self, document: Document, record: Record) -> None:
        """Show another trace, at the same node of the same sweep where it has it."""
        self.document = document
        self.walk = self.walk.moved_to(record)
        self.panes = Panes(self.walk)
        self.close()
        self.say("")
        self.arrange()

    def _fatal_error(self) -> None:
        """A bug ends the screen; `explore` raises it for the command line to tell. Textual would print variables."""
        self._close_messages_no_wait()


def explore(record: Record, document: Document | None, view: View, services: Services, **options: Any) -> int:
    """Run the explorer on the terminal; the exit code. Raises whatever went wrong in it.

    options  for Textual: headless, size, auto_pilot
    """
    explorer = Explorer(record, document, view, services)
    code = explorer.run(**options)
    if explorer._exception is not None:
        raise explorer._exception
    return code or 0
