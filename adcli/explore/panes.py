"""What the panes of the terminal explorer show: lines of styled text, made for a width and a height."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import wrap
from typing import NamedTuple

from rich.text import Text

from adcli.errors import printable
from adcli.explore.walk import Walk
from adcli.render._cells import cell_len
from adcli.render._drawing import drawing
from adcli.render._styles import STYLES
from adcli.render._tree import tree
from adcli.render.table import GAP, Line, fitted, group_lines, width_of
from adcli.report.document import Column, Group, View, listed
from adcli.report.paging import NEW, READ, heading, step_table, swept
from adcli.report.surroundings import surroundings

BLOCK = 1_000  # rows of the table that are laid out together
TREE = "├└│─|-` "  # what a tree is drawn with
MARKS = 2  # columns in front of a row: whether it is new, or read
HERE, FADED = "bold reverse", "dim"


class Laid(NamedTuple):
    """A table laid out for a width: its columns, its lines, and the room of each column."""

    columns: list[Column]
    lines: list[Line]
    rooms: list[int]

    @classmethod
    def out(cls, columns: list[Column], lines: list[Line], view: View, width: int) -> Laid:
        """Columns and lines within a width."""
        columns, lines = fitted(columns, lines, view._replace(width=max(8, width)))
        return cls(columns, lines, [width_of(i, columns, lines) for i in range(len(columns))])

    @property
    def width(self) -> int:
        return sum(self.rooms) + GAP * (len(self.rooms) - 1)

    def drawn(self, line: Line, style: str = "") -> Text:
        """One line. A style is for all of it, else each role has its own."""
        text = Text(no_wrap=True)
        for i, (column, cell, room) in enumerate(zip(self.columns, line.cells, self.rooms, strict=True)):
            blanks = " " * (room - cell_len(cell))
            text.append(" " * GAP if i else "", style)
            text.append(blanks + cell if column.number else cell + blanks, style or STYLES.get(column.role, ""))
        return text


class Panes:
    """The panes of a walk. Each method gives at most `height` lines of at most `width` columns."""

    def __init__(self, walk: Walk):
        self.walk = walk
        self.top = 0  # the first row of the table that is shown
        self.block = lru_cache(maxsize=4)(self._block)

    @property
    def view(self) -> View:
        return self.walk.view

    # The program

    def program(self, width: int, height: int) -> list[Text]:
        """The text, with the places of the node marked, as much as there is room for."""
        source = "".join(c if c.isprintable() or c == "\n" else " " for c in self.walk.record.program.rstrip())
        if self.view.ascii:
            source = "".join(c if c.isascii() else "?" for c in source)
        node = self.walk.record.by_name.get(self.walk.node)
        spans = node.spans if node else ()
        rows = broken(source, width)
        start = spans[0].start if spans else 0
        here = max((i for i, (lo, _) in enumerate(rows) if lo <= start), default=0)
        first = min(max(0, here - height // 2), max(0, len(rows) - height))
        found = []
        for lo, hi in rows[first : first + height]:
            line = Text(source[lo:hi], no_wrap=True)
            for span in spans:
                line.stylize("bold underline", max(span.start - lo, 0), max(span.end - lo, 0))
            found.append(line)
        return found

    def program_rows(self, width: int) -> int:
        """How many lines the whole program takes."""
        return len(broken(self.walk.record.program.rstrip(), width))

    # The heading

    def head(self, width: int) -> Text:
        """Which sweep it is, how far it has come, and the point."""
        walk, view = self.walk, self.view
        name = "Evaluation" if walk.sweep == "primal" else heading(walk.sweep, walk.seed, walk.record, view)
        seeds = walk.seeds(walk.sweep)
        if len(seeds) > 1:
            name += f" ({seeds.index(walk.seed) + 1} of {len(seeds)})"
        far = f"{walk.index + 1} of {len(walk.steps)}"
        left = f"{name}  {far}"
        if cell_len(left) > width:
            left = f"{name.partition(',')[0]} {walk.seed}  {far}"
        line = Text.assemble((left, f"bold {STYLES[walk.sweep]}"), no_wrap=True)
        at = [f"{variable} = {view.number(value)}" for variable, value in walk.record.at.items()]
        room = width - cell_len(left) - GAP
        right = listed("", at, view._replace(width=room)) if room > 12 else ""
        if right and cell_len(right) <= room:
            line.append(" " * (width - cell_len(left) - cell_len(right)) + right, FADED)
        line.truncate(width)
        return line

    def rule(self, width: int) -> Text:
        """A line between two panes, as full as the sweep has come far."""
        done = round(width * (self.walk.index + 1) / len(self.walk.steps))
        full, empty = ("=", "-") if self.view.ascii else ("━", "─")
        return Text.assemble((full * done, STYLES[self.walk.sweep]), (empty * (width - done), FADED), no_wrap=True)

    def line(self, width: int) -> Text:
        """A line between two panes."""
        return Text(("-" if self.view.ascii else "─") * width, FADED, no_wrap=True)

    # The table

    def table(self, width: int, height: int) -> list[Text]:
        """The rows around that of the step: what the sweep has come to has its number, the rest is still empty."""
        walk = self.walk
        count, room = len(walk.steps), max(1, height - 1)
        self.top = min(max(self.top, walk.row - room + 1), walk.row, max(0, count - room))
        rows = walk.rows
        read = set(walk.read)
        noted = {remark.node for remark in walk.record.notes}
        laid = self.laid_out(walk.row, width - MARKS)
        header = Line([column.title for column in laid.columns])
        found = [marked("", laid.drawn(header, FADED))] if height > 1 else []
        for row in range(self.top, min(count, self.top + room)):
            laid = self.laid_out(row, width - MARKS)
            line = laid.lines[row % BLOCK]
            done, here = walk.is_done(row), row == walk.row
            if not done:
                line = line._replace(cells=[*line.cells[:-1], ""])
            name = rows[row]
            mark = (NEW if here else READ if name in read else "") + "!" * (name in noted)
            style = HERE if here else "" if done and not line.dim else FADED
            text = marked(mark, laid.drawn(line, style))
            if here:
                text.pad_right(max(0, width - text.cell_len))
                text.stylize(HERE)
            found.append(text)
        return found

    def row_at(self, y: int) -> int | None:
        """The row that stands on this line of the table."""
        row = self.top + y - 1
        return row if self.top <= row < len(self.walk.steps) else None

    def laid_out(self, row: int, width: int) -> Laid:
        """The block of rows that a row belongs to, all numbers in place."""
        walk = self.walk
        return self.block(walk.sweep, walk.seed, row // BLOCK, width)

    def _block(self, sweep: str, seed: str, number: int, width: int) -> Laid:
        walk, view = self.walk, self.view
        record = walk.record
        columns = [Column("node", "name"), Column("formula", "rule", narrow="cut"),
                   Column("value", "primal", number=True)]  # fmt: skip
        if sweep != "primal":
            columns.append(Column(sweep, sweep, number=True))
        groups = []
        for name in walk.rows[number * BLOCK : (number + 1) * BLOCK]:
            node = record.by_name.get(name)
            value = node.value if node else record.ends[name].value
            cells = [name, walk.formula(name), view.number(value)]
            if sweep != "primal":
                cells.append(view.number(swept(record, sweep, seed, name)))
            groups.append(Group([cells], dim=node is not None and not node.active))
        found = Laid([], [], [])
        for left_out in ((), (1,), (1, 2))[: len(columns) - 1]:  # without room the formula goes, then the value
            kept = [i for i in range(len(columns)) if i not in left_out]
            lines = [Line([printable(group.lines[0][i]) for i in kept], group.dim) for group in groups]
            found = Laid.out([columns[i] for i in kept], lines, view, width)
            if found.width <= width:
                break
        return found

    # The step

    def step(self, width: int, height: int) -> list[Text]:
        """The rule in words, its terms in names and in numbers with their sum, and what is noted about the node."""
        walk, view = self.walk, self.view
        step = walk.step
        found = [Text(part, no_wrap=True) for part in wrap(step.words, width)[: max(1, height // 3)]]
        notes = [
            Text(part, "yellow", no_wrap=True)
            for remark in walk.record.notes
            if remark.node == walk.node
            for part in wrap(f"! {remark.kind}: {printable(remark.message)}", width)
        ]
        if walk.sweep == "primal" and walk.read:
            found.append(self.arguments(width))
        columns, group = step_table(step, view)
        several = len(walk.read) > 1 and walk.sweep != "primal"
        lines, first = group.lines, 0
        if len(lines) > BLOCK:  # a line a term: those near the chosen one, and the sum
            first = max(0, min(walk.term - BLOCK // 2, len(lines) - BLOCK))
            lines = [*lines[first : first + BLOCK], *lines[-1:]]
        laid = Laid.out(columns, group_lines(Group(lines, group.dim), view._replace(width=None)), view, width - MARKS)
        starts = [i for i, line in enumerate(laid.lines) if not i or line.cells[1][:2] in ("+ ", "- ")]
        chosen = starts[min(walk.term - first, len(starts) - 1)] if several else -1
        texts = []
        for i, line in enumerate(laid.lines):
            texts.append(marked(NEW if i == chosen else "", laid.drawn(line)))
        room = height - len(found) - len(notes)
        return [*found, *window(texts, max(chosen, 0), max(1, room)), *notes][:height]

    def arguments(self, width: int) -> Text:
        """What the evaluation of a node reads, the chosen one marked."""
        walk = self.walk
        text = Text("reads", no_wrap=True)
        for i, name in enumerate(walk.read):
            chosen = i == walk.term and len(walk.read) > 1
            text.append("  ")
            text.append(f"{NEW if chosen else ''}{name}", "bold")
            text.append(f" = {self.view.number(walk.steps.value(name))}", STYLES["primal"])
        text.truncate(width)
        return text

    # The graph

    def graph(self, width: int, height: int) -> list[Text]:
        """The graph, or where it is large what surrounds the node: a drawing, or where that would not fit a tree."""
        walk, view = self.walk, self.view
        graph = surroundings(walk.record, walk.node, walk.sweep, walk.seed, view)
        drawn = drawing(graph, view._replace(width=width))
        if drawn is not None and len(drawn) + len(graph.foot) <= height:
            name = re.compile(rf"(?<![^ ]){re.escape(walk.node)} = ")
            for line in drawn:
                for found in name.finditer(line.plain):
                    line.stylize(HERE, found.start(), found.end() - 3)
            return [*drawn, *(Text(text, FADED, no_wrap=True) for text in graph.foot)]
        table = tree(graph, view._replace(width=width))
        lines = [line for group in table.groups for line in group_lines(group, view)]
        here = next(i for i, line in enumerate(lines)
                    if line.cells[1].startswith("= ") and line.cells[0].lstrip(TREE) == walk.node)  # fmt: skip
        # The table has the numbers of the nodes; here the partials matter.
        wishes = ((0, 1, 2), (0, 1), (0,)) if walk.sweep == "primal" else ((0, 1, 5), (0, 5), (0,))
        for kept in wishes:
            columns = [table.columns[i]._replace(title="") for i in kept]
            picked = [line._replace(cells=[line.cells[i] for i in kept]) for line in lines]
            laid = Laid.out(columns, picked, view, width)
            if laid.width <= width:
                break
        styles = [FADED if line.dim else "" for line in laid.lines]
        styles[here] = HERE
        texts = [laid.drawn(line, style) for line, style in zip(laid.lines, styles, strict=True)]
        foot = [Text(part, FADED, no_wrap=True) for text in table.foot for part in wrap(text, width)]
        return [*window(texts, here, height - len(foot)), *foot][:height]


def marked(mark: str, line: Text) -> Text:
    """A line behind its mark."""
    return Text.assemble((mark.ljust(MARKS), "bold"), line, no_wrap=True)


def window(lines: list[Text], here: int, height: int) -> list[Text]:
    """As many lines around this one as there is room for."""
    first = min(max(0, here - height // 2), max(0, len(lines) - height))
    return lines[first : first + max(0, height)]


def broken(source: str, width: int) -> list[tuple[int, int]]:
    """(start, end) of the lines of a text, long ones in pieces of `width` columns."""
    found = []
    start = 0
    for line in source.split("\n"):
        first = used = 0
        for i, c in enumerate(line):
            room = cell_len(c)
            if used + room > width and i > first:
                found.append((start + first, start + i))
                first, used = i, 0
            used += room
        found.append((start + first, start + len(line)))
        start += len(line) + 1
    return found


def foot(width: int) -> Text:
    """The keys, as many as there is room for."""
    keys = [("n", "next"), ("p", "back"), ("v f r", "sweep"), ("Tab", "term"), ("Enter", "follow"), ("/", "find"),
            ("?", "help"), ("q", "quit")]  # fmt: skip
    while len(keys) > 2 and sum(len(key) + len(word) + 3 for key, word in keys) - 2 > width:
        keys.pop(-3)
    text = Text(no_wrap=True)
    for i, (key, word) in enumerate(keys):
        text.append("  " if i else "")
        text.append(key, "bold")
        text.append(f" {word}", FADED)
    text.truncate(width)
    return text
