r"""A document of LaTeX that pdflatex compiles as it is: tables with booktabs, and the chain rule as equations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adcli.render._tree import tree
from adcli.report.document import Column, Document, Graph, Group, Table, Text, View
from adcli.report.latex import mathematics, prose, title
from adcli.report.sums import joined
from adcli.tape.latex import BAR, DOT, PRIME, escaped, number_latex

SUFFIXES = (".tex",)
PLAIN = False
NEEDS = ""

# The colours of the other formats, as they read on white paper.
COLORS = {"primal": "0A6C74", "tangent": "1A7F37", "adjoint": "8250DF", "partial": "8250DF", "inactive": "8B949E"}
ACCENTS = {"primal": "primal", "tangent": "tangent", "adjoint": "adjoint", "partial": "partial",
           "source": "inactive", "seed": "inactive"}  # fmt: skip
PREAMBLE = r"""% pdflatex; tables longer than a page find their widths in the second run
\documentclass[a4paper,fleqn]{article}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath,array,booktabs,longtable,xcolor}
COLORS
% numbers at their decimal point, in two halves
\newcolumntype{N}[1]{>{\color{#1}$}r<{$}@{}>{\color{#1}$}l<{$}}
\providecommand{\unicode}[1]{\texttt{U+#1}}
\setlength{\mathindent}{0pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\setlength{\LTleft}{0pt}
\setlength{\emergencystretch}{3em}
\renewcommand{\arraystretch}{1.25}
\allowdisplaybreaks
\begin{document}
""".replace("COLORS", "\n".join(rf"\definecolor{{{name}}}{{HTML}}{{{code}}}" for name, code in COLORS.items()))

PAGE = 94  # digits that a line of the page has room for, at 10 pt
GAP = 2.4  # digits between two columns
SIZES = {"": 1.0, r"\small": 1.1, r"\footnotesize": 1.2}  # how much more a line holds
LEAST = 12  # digits that a column of texts has at least
NUMBER = re.compile(r"([≈~]?)(-?)([0-9]+)(\.[0-9]+)?(e-?[0-9]+)?|-?inf|nan|true|false")
NESTED = re.compile(r"\\frac\{[^}]*\\(?:frac|sqrt)")  # a fraction too small to read in a line
LONG = 32  # lines from which on a table may break over pages
CHUNK = 60  # lines of equations that are aligned with each other


class Line(NamedTuple):
    """One line of a table; `last` of its group."""

    cells: list[str]
    dim: bool
    last: bool
    several: bool


def render(document: Document, view: View) -> Iterator[str]:
    """Each table under its title. Names are set with their marks whatever the terminal can show."""
    view = view._replace(ascii=False, color=False)
    yield PREAMBLE
    for block in document.blocks(view):
        yield "\n"
        # A graph is a tree, drawn with signs that every LaTeX has.
        yield from drawn(tree(block, view._replace(ascii=True)) if isinstance(block, Graph) else block)
    yield "\n\\end{document}\n"


def drawn(block: Table | Text) -> Iterator[str]:
    """The LaTeX of a table or a paragraph."""
    if isinstance(block, Table):
        if block.title:
            yield f"\\subsection*{{{prose(block.title)}}}\n"
        yield from drawn_table(block)
        for text in block.foot:
            yield f"\n{{\\small {prose(text)}}}\n"
        yield from equations(block)
        return
    yield rf"\texttt{{{escaped(block.text)}}}" + "\n" if block.role == "rule" else f"{prose(block.text)}\n"


# Tables


def drawn_table(table: Table) -> Iterator[str]:
    """A table over as many pages as it takes; where its numbers do not fit beside each other, several."""
    columns, lines = shown(table)
    for number, chosen in enumerate(panels(columns, lines)):
        yield "\n\\medskip\n" if number else ""
        part = [line._replace(cells=[line.cells[i] for i in chosen]) for line in lines]
        yield from tabular([columns[i] for i in chosen], part)


def shown(table: Table) -> tuple[list[Column], list[Line]]:
    """The lines of all groups, without columns in which nothing stands."""
    lines = [
        Line(cells, group.dim, i == len(group.lines) - 1, len(group.lines) > 1)
        for group in table.groups for i, cells in enumerate(group.lines)
    ]  # fmt: skip
    kept = [i for i in range(len(table.columns)) if i == 0 or any(line.cells[i].strip() for line in lines)]
    return [table.columns[i] for i in kept], [line._replace(cells=[line.cells[i] for i in kept]) for line in lines]


def room(text: str) -> float:
    """About how many digits wide a text is set."""
    return (
        len(re.sub(f"[{BAR}{DOT}{PRIME}]", "", text))
        + 0.7 * text.count("*")
        + 4 * bool(re.search("[0-9]e-?[0-9]", text))
    )


def room_of(i: int, columns: Sequence[Column], lines: Sequence[Line]) -> float:
    """The room of a column: of its title and its texts; of numbers, those of their halves."""
    texts = [line.cells[i].strip() for line in lines]
    widest = max(
        [room(columns[i].title), *(room(text) for text in texts if not columns[i].number or not is_number(text))]
    )
    if columns[i].number:
        places = [(text, text.find(".") if "." in text else len(text)) for text in texts if is_number(text)]
        before = max((place + ("-" in text) for text, place in places), default=0)
        after = max((room(text) - place for text, place in places), default=0)
        widest = max(widest, before + after)
    return widest


def is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def panels(columns: list[Column], lines: list[Line]) -> Iterator[list[int]]:
    """Which columns stand beside each other: all, or the first ones with as many numbers as the page is wide."""
    rooms = [room_of(i, columns, lines) + GAP for i in range(len(columns))]
    fixed = [i for i, column in enumerate(columns) if not column.number]
    left = [i for i, column in enumerate(columns) if column.number]
    most = PAGE * max(SIZES.values()) - sum(min(rooms[i], LEAST + GAP) for i in fixed)
    if sum(rooms[i] for i in left) <= most:
        yield list(range(len(columns)))
        return
    while left:
        taken = [left.pop(0)]
        while left and sum(rooms[i] for i in [*taken, left[0]]) <= most:
            taken.append(left.pop(0))
        yield [*fixed, *taken]


def tabular(columns: list[Column], lines: list[Line]) -> Iterator[str]:
    """One table, in the largest type in which its lines need not be broken; else texts are broken."""
    rooms = [room_of(i, columns, lines) for i in range(len(columns))]
    total = sum(rooms) + GAP * (len(columns) - 1)
    size, more = next(((size, more) for size, more in SIZES.items() if total <= PAGE * more), (r"\footnotesize", 1.2))
    paragraphs: dict[int, float] = {}
    if total > PAGE * more:
        texts = {i: rooms[i] for i, column in enumerate(columns) if not column.number}
        paragraphs = shares(texts, PAGE * more - total + sum(texts.values()))
    long = len(lines) > LONG
    kind = "longtable" if long else "tabular"
    shapes = "".join(shape(column, paragraphs.get(i)) for i, column in enumerate(columns))
    yield f"{{{size}\n" if size else ""
    yield f"\\begin{{{kind}}}{{@{{}}{shapes}@{{}}}}\n\\toprule\n"
    if any(column.title for column in columns):
        yield f"{' & '.join(map(heading, columns))} \\\\\n\\midrule\n"
    yield "\\endhead\n\\bottomrule\n\\endfoot\n" if long else ""
    formulas = any(column.role == "rule" for column in columns)
    rule = "".join(f"\\cmidrule(l){{{place}-{place + 1}}}\n" for place in places(columns))
    for number, line in enumerate(lines):
        if any(c.role == "rule" and text.startswith("= ") for c, text in zip(columns, line.cells, strict=True)):
            yield rule
        cells = [cell(column, text, line.dim, formulas) for column, text in zip(columns, line.cells, strict=True)]
        opening = "{}" if cells[0][:1] in ("[", "*") else ""  # which the end of the line before would take for its own
        yield f"{opening}{' & '.join(cells)} \\\\{'' if line.last else '*'}\n"
        if line.several and line.last and number < len(lines) - 1:
            yield "\\addlinespace\n"
    yield ("" if long else "\\bottomrule\n") + f"\\end{{{kind}}}\n" + ("\\par}\n" if size else "")


def places(columns: list[Column]) -> list[int]:
    """Where the numbers of a table stand in its LaTeX, from 1 on: each takes two columns there."""
    return [1 + i + sum(c.number for c in columns[:i]) for i, column in enumerate(columns) if column.number]


def shares(rooms: dict[int, float], left: float) -> dict[int, float]:
    """Rooms for the columns of texts that together need more than is left: the widest give way first."""
    found: dict[int, float] = {}
    for number, i in enumerate(sorted(rooms, key=lambda i: rooms[i])):
        fair = max(LEAST, (left - sum(found.values())) / (len(rooms) - number))
        found[i] = min(rooms[i], fair)
    return {i: width for i, width in found.items() if width < rooms[i]}


def shape(column: Column, width: float | None) -> str:
    """The specification of a column: numbers at their decimal point, texts as they are or as paragraphs."""
    accent = ACCENTS.get(column.role, "")
    if column.number:
        return f"N{{{accent or 'black'}}}"
    color = rf"\color{{{accent}}}" if accent else ""
    if width is not None:
        return rf">{{\raggedright\arraybackslash{color}}}p{{{width / 2:.1f}em}}"
    return f">{{{color}}}l" if color else "l"


def heading(column: Column) -> str:
    text = title(column.title)
    return rf"\multicolumn{{2}}{{c}}{{{text}}}" if column.number else text


def cell(column: Column, text: str, dim: bool, formulas: bool) -> str:
    """One cell; that of a number in two halves. What is dimmed overrides the colour of its column. In a table of
    `formulas`, names are those of nodes.
    """
    color = r"\color{inactive}" if dim else ""
    text = text.rstrip()
    if not text.strip():
        return "&" if column.number else ""
    if column.number:
        number = displayed(text.strip())
        if number is None:
            return rf"\multicolumn{{2}}{{c}}{{{color}{prose(text.strip())}}}"
        whole, rest = halves(number)
        return f"{color}{whole} & {color if rest else ''}{rest}"
    if column.role == "source":
        return rf"{color}\texttt{{{escaped(text)}}}"
    formula = column.role == "rule" or column.narrow == "stack" or (column.role == "name" and formulas)
    if formula or (column.role in ("", "name") and not text.isalpha()):
        return color + formula_cell(text)
    return color + title(text.strip())


def halves(number: str) -> tuple[str, str]:
    """A number before and from its decimal point (or its power of ten) on."""
    found = re.search(r"\.| \\times", number)
    place = found.start() if found else len(number)
    rest = number[place:]
    return number[:place], f"{{}}{rest}" if rest.startswith(" ") else rest


def displayed(text: str) -> str | None:
    """A number as it stands in math mode; None for what is no number."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    return (r"\approx " if found[1] else "") + number_latex(text.lstrip("≈~"))


def formula_cell(text: str) -> str:
    """A formula, or one term of a sum with its sign; else what it says."""
    sign, rest = (text[:2], text[2:]) if text[:2] in ("  ", "+ ", "- ", "= ") else ("", text)
    found = mathematics(rest)
    if found is None:
        return prose(text.strip())
    before = {"": "", "  ": r"\hphantom{+}\;"}.get(sign, f"{sign[:1]}\\;")
    large = r"\displaystyle " if NESTED.search(found) else ""
    return f"${large}{before}{found}$"


# The chain rule


def equations(table: Table) -> Iterator[str]:
    """The rows of a sweep as aligned equations: name = rule = with numbers = value."""
    columns = table.columns
    stacked = next((i for i, column in enumerate(columns) if i and column.narrow == "stack"), None)
    if stacked is None or columns[stacked - 1].role != "rule":
        return
    value = next((i for i, column in enumerate(columns) if column.number), None)
    if value is None:
        return
    rows = [row for group in table.groups for row in equation(group, stacked - 1, value, columns[value].role)]
    for start in range(0, len(rows), CHUNK):
        body = " \\\\\n".join(rows[start : start + CHUNK])
        yield f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def equation(group: Group, rule: int, value: int, role: str) -> list[str]:
    """The lines of one equation; none for a row without a number."""
    lines = group.lines
    terms = [line for line in lines if not line[rule].startswith("= ")]
    number = displayed(lines[-1][value].strip())
    if number is None or not terms:
        return []
    said = terms[0][rule].strip()
    sides, note = [joined([signed(line[rule]) for line in terms])], ""
    if len(terms) == 1 and mathematics(signed(said)) is None:  # seed, no path to y
        sides, note = [], rf"\quad\text{{({prose(said)})}}"
    sides += joined([line[rule + 1] for line in terms]).split(" = ")
    if len(terms) > 1:
        sides.append(joined([minus_zero(line, rule, value) for line in terms]))
    sides = [side for i, side in enumerate(sides) if side and side not in sides[:i] and side != lines[-1][value]]
    if lines[-1][value].strip() in ("true", "false"):  # of a condition
        sides = [f"({side})" for side in sides]
    last = rf"{{\color{{{ACCENTS[role]}}} {number}}}".replace(r" \approx ", "")
    last = (r"\approx " if number.startswith(r"\approx") else "= ") + last + note
    return laid_out(name_of(lines[0][0]), sides, last, room(lines[-1][value]))


def minus_zero(line: list[str], rule: int, value: int) -> str:
    """The value of a term: one that is taken away stays so where it is 0."""
    return "-0" if line[value] == "0" and signed(line[rule]).startswith("-") else line[value]


def signed(text: str) -> str:
    """A term of a sum with its sign close to it: '- v4' is '-v4', '+ v4' and '  v4' are 'v4'."""
    return text[2:] if text[:2] in ("+ ", "  ") else f"-{text[2:]}" if text.startswith("- ") else text


def name_of(text: str) -> str:
    return mathematics(text) or rf"\text{{{escaped(text)}}}"


def laid_out(name: str, sides: list[str], last: str, width: float) -> list[str]:
    """An equation in lines that fit the page, broken before an =, and where that is not enough before a term."""
    most = PAGE - 14
    rows = [f"{name} &"]
    used = 0.0
    for side in sides:
        pieces = broken(side, most)
        if used and used + room(side) > most:
            rows.append("&")
            used = 0.0
        for i, piece in enumerate(pieces):
            if i:
                rows.append(r"&\qquad ")
                used = 0.0
            rows[-1] += piece if i else f"= {piece} "
            used += room(side) / len(pieces) + 2
    if used and used + width > most:
        rows.append("&")
    rows[-1] += last
    return [row.rstrip() for row in rows]


def broken(side: str, most: float) -> list[str]:
    """A side in pieces of LaTeX that fit a line: as it is, or broken between its terms."""
    if room(side) <= most:
        return [mathematics(side) or rf"\text{{{prose(side)}}}"]
    pieces: list[str] = []
    depth = start = 0
    for i, c in enumerate(side):
        depth += (c in "([") - (c in ")]")
        if depth == 0 and side[i : i + 3] in (" + ", " - ") and room(side[start:i]) > most / 2:
            pieces.append(side[start:i])
            start = i + 1
    pieces.append(side[start:])
    return [formula_piece(piece) for piece in pieces]


def formula_piece(text: str) -> str:
    """A piece of a sum, with the sign it begins with."""
    sign, rest = (text[0], text[2:]) if text[:2] in ("+ ", "- ") else ("", text)
    found = mathematics(rest) or rf"\text{{{prose(rest)}}}"
    return f"{{}} {sign} {found}" if sign else found
