"""Tables for a terminal, drawn by Rich.

A table fits the terminal without wrapping or cutting a number: columns that only repeat go first, the
numbers put in move under their formula, formulas are shortened, and wide matrices come in panels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from textwrap import wrap
from typing import NamedTuple

from rich.console import Console
from rich.text import Text as RichText

from adcli.errors import printable
from adcli.render._cells import cell_len
from adcli.render._drawing import drawing
from adcli.render._styles import STYLES
from adcli.render._tree import tree
from adcli.report.document import HEAD, MOST, Block, Column, Document, Graph, Group, Table, Text, View

SUFFIXES = (".txt",)
PLAIN = False
NEEDS = ""

GAP = 2
UNLIMITED = 100_000

Runs = list[tuple[str, str]]  # a line: texts with their styles


class Line(NamedTuple):
    """One line of a table as it is drawn; `gap` is said above it of lines left out there."""

    cells: list[str]
    dim: bool = False
    gap: str = ""


def render(document: Document, view: View) -> Iterator[str]:
    """The whole document."""
    yield from pieces(document.blocks(view), view)


def pieces(blocks: Iterable[Block], view: View) -> Iterator[str]:
    """Each block; an empty line before and after a table."""
    buffer = StringIO()
    console = make_console(view, buffer)
    before: Block | None = None
    for block in blocks:
        if before is not None and not (isinstance(block, Text) and isinstance(before, Text)):
            console.print()
        for part in drawings(block, view):
            if isinstance(part, RichText):
                console.print(part)
            elif view.color:
                console.print(RichText.assemble(*part, no_wrap=True, overflow="ignore"), crop=False)
            else:  # Rich writes some 10,000 lines a second
                buffer.write("".join(text for text, _ in part) + "\n")
        before = block
        yield trimmed(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()


def trimmed(text: str) -> str:
    """The drawing without the blanks that Rich ends its lines with."""
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


def make_console(view: View, file: StringIO) -> Console:
    """A console that reads no mark-up, decides nothing by itself and emits colour only if told to."""
    return Console(
        file=file,
        width=view.width or UNLIMITED,
        force_terminal=view.color,
        color_system="standard" if view.color else None,
        no_color=not view.color,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        legacy_windows=False,
        force_jupyter=False,
        force_interactive=False,
    )


def drawings(block: Block, view: View) -> Iterator[RichText | Runs]:
    """What a paragraph, a table or a graph looks like: texts that Rich wraps, and lines that fit."""
    if isinstance(block, Text):
        yield RichText(printable(block.text), STYLES.get(block.role, ""))
        return
    if block.title:
        yield RichText(printable(block.title), STYLES["title"])
    lines = drawing(block, view) if isinstance(block, Graph) else None
    if lines is not None:
        yield from lines
    else:
        yield from tabular(tree(block, view) if isinstance(block, Graph) else block, view)
    for text in block.foot:
        yield RichText(printable(text), STYLES["foot"])


def tabular(table: Table, view: View) -> Iterator[Runs]:
    """The panels of a table, without its title and its foot."""
    for part in panels(*fitted(table.columns, visible(table.groups, view), view), view):
        yield from drawn(*part, view)


def visible(groups: Sequence[Group], view: View) -> list[Line]:
    """The lines shown: all, or on a terminal the head and the tail of a long table."""
    if view.width is None or view.whole or len(groups) <= MOST:
        return [line for group in groups for line in group_lines(group, view)]
    head = [line for i in range(HEAD) for line in group_lines(groups[i], view)]
    tail = [line for i in range(len(groups) - HEAD, len(groups)) for line in group_lines(groups[i], view)]
    return [*head, gap(tail[0], len(groups) - 2 * HEAD, view), *tail[1:]]


def group_lines(group: Group, view: View) -> list[Line]:
    """The lines of one group; of very many, those at either end."""
    shown = [Line([printable(cell) for cell in cells], group.dim) for cells in group.lines]
    if view.width is None or view.whole or len(shown) <= MOST:
        return shown
    return [*shown[:HEAD], gap(shown[-HEAD], len(shown) - 2 * HEAD, view), *shown[1 - HEAD :]]


def gap(line: Line, count: int, view: View) -> Line:
    """A line above which it is said that others were left out."""
    return line._replace(gap=f"{view.ellipsis} {count:,} more: --all or --format tsv")


def aligned(texts: list[str]) -> list[str]:
    """Numbers padded so that their decimal points stand under each other."""
    numeric = [is_number(text) for text in texts]
    heads = [point(text) for text in texts]
    head = max((h for h, n in zip(heads, numeric, strict=True) if n), default=0)
    padded = [" " * (head - h) + text if n else text for text, h, n in zip(texts, heads, numeric, strict=True)]
    room = max((cell_len(text) for text, n in zip(padded, numeric, strict=True) if n), default=0)
    padded = [text + " " * (room - cell_len(text)) if n else text for text, n in zip(padded, numeric, strict=True)]
    width = max(map(cell_len, padded), default=0)
    return [" " * (width - cell_len(text)) + text for text in padded]


def is_number(text: str) -> bool:
    return text.lstrip("-≈~")[:1].isdigit() or text.lstrip("-≈~") in ("inf", "nan")


def point(text: str) -> int:
    """How far the decimal point is from the left (the end, where there is none)."""
    place = text.find(".")
    if place < 0:
        place = text.find("e") if text[:1] not in ("i", "n", "t", "f") and "e" in text else len(text)
    return place


def fitted(columns: list[Column], lines: list[Line], view: View) -> tuple[list[Column], list[Line]]:
    """Columns and lines within the terminal's width."""
    columns = list(columns)
    numbers = sum(column.number for column in columns)
    for i, column in enumerate(columns):
        if column.number:
            for line, text in zip(lines, aligned([line.cells[i] for line in lines]), strict=True):
                line.cells[i] = text
    # A column with nothing in it is not shown.
    for i in reversed(range(1, len(columns))):
        if all(not line.cells[i].strip() for line in lines):
            columns, lines = without(i, columns, lines)
    if view.width is None:
        return columns, lines
    for i in reversed(range(len(columns))):
        if columns[i].narrow == "drop" and total(columns, lines) > view.width:
            columns, lines = without(i, columns, lines)
    for i in reversed(range(1, len(columns))):
        if columns[i].narrow == "stack" and total(columns, lines) > view.width:
            room = view.width - total(*without(i, columns, lines)) + width_of(i - 1, columns, lines)
            columns, lines = stacked(i, columns, lines, max(room, width_of(i - 1, columns, lines)), view)
    for i in range(len(columns)):
        over = total(columns, lines) - view.width
        if columns[i].narrow == "cut" and over > 0:
            room = width_of(i, columns, lines) - over
            texts = [line.cells[i] for line in lines]
            cut = [shortened(text, max(8, room), view) for text in texts]
            if numbers > 1 and columns[i].role == "name" and (room < 8 or len(set(cut)) < len(set(texts))):
                continue  # panels leave it more room, and names that read alike are none
            for line, text in zip(lines, cut, strict=True):
                line.cells[i] = text
    if not any(column.number for column in columns):  # a table of numbers comes in panels instead
        for i in reversed(range(len(columns))):
            over = total(columns, lines) - view.width
            if over > 0:
                lines = folded(i, lines, max(8, width_of(i, columns, lines) - over))
    return columns, lines


def folded(i: int, lines: list[Line], room: int) -> list[Line]:
    """Lines whose i-th cell runs on below itself, broken at blanks where that is possible."""
    found: list[Line] = []
    for line in lines:
        parts = wrap(line.cells[i], room, break_on_hyphens=False) or [""]
        for number, part in enumerate(parts):
            cells = [""] * len(line.cells) if number else list(line.cells)
            cells[i] = part
            found.append(line._replace(cells=cells, gap="" if number else line.gap))
    return found


def width_of(i: int, columns: list[Column], lines: list[Line]) -> int:
    return max([cell_len(columns[i].title), *(cell_len(line.cells[i]) for line in lines)])


def total(columns: list[Column], lines: list[Line]) -> int:
    return sum(width_of(i, columns, lines) for i in range(len(columns))) + GAP * (len(columns) - 1)


def without(i: int, columns: list[Column], lines: list[Line]) -> tuple[list[Column], list[Line]]:
    return columns[:i] + columns[i + 1 :], [line._replace(cells=line.cells[:i] + line.cells[i + 1 :]) for line in lines]


def stacked(i: int, columns: list[Column], lines: list[Line], room: int, view: View) -> tuple[list[Column], list[Line]]:
    """Column i joined to the column before it as '= ...': behind it, or under it in as many lines as it takes. It is
    left out only where one of its words is wider than `room`.
    """
    found: list[Line] = []
    for line in lines:
        before, text = line.cells[i - 1], line.cells[i]
        above = line.cells[:i] + line.cells[i + 1 :]
        inline = f"{before} = {text}"
        parts = wrap(text, max(1, room - 2), break_long_words=False, break_on_hyphens=False)
        if not text or text == before or any(cell_len(part) + 2 > room for part in parts):
            found.append(line._replace(cells=above))
        elif cell_len(inline) <= room:
            above[i - 1] = inline
            found.append(line._replace(cells=above))
        else:
            # The results go with the lower line, the names stay with the upper one.
            kept = [column.number for column in columns[:i] + columns[i + 1 :]]
            result = [cell if number else "" for cell, number in zip(above, kept, strict=True)]
            above = ["" if number else cell for cell, number in zip(above, kept, strict=True)]
            found.append(line._replace(cells=above))
            for number, part in enumerate(parts):
                below = result.copy() if number == len(parts) - 1 else [""] * len(result)
                below[i - 1] = f"  {part}" if number else f"= {part}"
                found.append(Line(below, line.dim))
    return columns[:i] + columns[i + 1 :], found


def shortened(text: str, room: int, view: View) -> str:
    """Text of at most `room` columns; what is left out is said by an ellipsis."""
    if cell_len(text) <= room:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character) > room - len(view.ellipsis):
            break
        kept += character
    return kept + view.ellipsis


def panels(columns: list[Column], lines: list[Line], view: View) -> Iterator[tuple[list[Column], list[Line]]]:
    """The table, or where its numbers do not fit beside each other, several with the same first columns."""
    if view.width is None or total(columns, lines) <= view.width or not any(column.number for column in columns):
        yield columns, lines
        return
    columns, lines = narrowed(columns, lines, view)
    fixed = [i for i, column in enumerate(columns) if not column.number]
    left = [i for i, column in enumerate(columns) if column.number]
    while left:
        chosen = list(fixed)
        while left and (len(chosen) == len(fixed) or total(*picked([*chosen, left[0]], columns, lines)) <= view.width):
            chosen.append(left.pop(0))
        yield picked(chosen, columns, lines)


def narrowed(columns: list[Column], lines: list[Line], view: View) -> tuple[list[Column], list[Line]]:
    """Texts and titles short enough that beside them there is room for the widest number."""
    assert view.width is not None
    columns = list(columns)
    numbers = [i for i, column in enumerate(columns) if column.number]
    others = [i for i, column in enumerate(columns) if not column.number]
    for i in numbers:  # a title gives way to no number, but to the terminal
        content = max((cell_len(line.cells[i]) for line in lines), default=0)
        columns[i] = columns[i]._replace(title=shortened(columns[i].title, max(content, view.width // 3), view))
    widest = max(width_of(i, columns, lines) for i in numbers)
    for i in others:
        over = total(*picked(others, columns, lines)) + GAP + widest - view.width
        if over > 0:
            room = max(8, width_of(i, columns, lines) - over)
            columns[i] = columns[i]._replace(title=shortened(columns[i].title, room, view))
            for line in lines:
                line.cells[i] = shortened(line.cells[i], room, view)
    if total(*picked(others, columns, lines)) + GAP + widest > view.width:
        for i in numbers:  # the decimal points give way to the digits
            for line in lines:
                line.cells[i] = line.cells[i].strip()
    return columns, lines


def picked(chosen: list[int], columns: list[Column], lines: list[Line]) -> tuple[list[Column], list[Line]]:
    return [columns[i] for i in chosen], [line._replace(cells=[line.cells[i] for i in chosen]) for line in lines]


def drawn(columns: list[Column], lines: list[Line], view: View) -> Iterator[Runs]:
    """The lines of one panel, below its titles. What a cell is filled up with has no style."""
    rooms = [width_of(i, columns, lines) for i in range(len(columns))]
    styles = [STYLES.get(column.role, "") for column in columns]

    def row(cells: list[str], styles: list[str]) -> Runs:
        runs = []
        for column, text, style, room in zip(columns, cells, styles, rooms, strict=True):
            blanks = " " * (room - cell_len(text))
            runs += [(blanks, ""), (text, style)] if column.number else [(text, style), (blanks, "")]
            runs.append((" " * GAP, ""))
        return runs[:-1]

    dim = ["dim"] * len(columns)
    if any(column.title for column in columns):
        yield row([column.title for column in columns], dim)
        yield [(("-" if view.ascii else "─") * total(columns, lines), "")]
    for line in lines:
        if line.gap:
            yield [(line.gap, "dim")]
        yield row(line.cells, dim if line.dim else styles)
