"""A document: what a command found, before it has a format.

A report gives four views of itself, each made only when a format asks for it:
`blocks` for people, `data` for JSON, `records` for TSV and CSV, `numbers` for bare output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, overload

from adcli.numbers.text import unsigned, write

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST, HEAD = 60, 20  # on a terminal, more rows than MOST are shown as HEAD of them at either end


class View(NamedTuple):
    """How people want to see it.

    digits   decimals of displayed numbers; None gives results in full and the steps of a trace with six
    ascii    nothing but ASCII
    whole    all rows of long tables
    width    columns of the terminal, None for no limit
    color    whether to colour
    """

    digits: int | None = None
    ascii: bool = False
    whole: bool = False
    width: int | None = None
    color: bool = False

    def number(self, x: float) -> str:
        """A number on the way to a result."""
        from adcli.report.number import display  # the machine formats have no use for it

        return display(x, self.digits)

    def result(self, x: float) -> str:
        """A number that was asked for: the shortest text that reads back to the same double."""
        return write(unsigned(x)) if self.digits is None else self.number(x)

    def bar(self, name: str) -> str:
        """The adjoint of a name: v3 with a bar."""
        return f"{name}bar" if self.ascii else f"{name[0]}\u0304{name[1:]}"

    def dot(self, name: str) -> str:
        """The tangent of a name: v3 with a dot."""
        return f"{name}dot" if self.ascii else f"{name[0]}\u0307{name[1:]}"

    def bar_dot(self, name: str) -> str:
        """The tangent of the adjoint of a name: v3 with a bar and a prime. (A dot above a bar is lost in print.)"""
        return f"{name}bardot" if self.ascii else f"{self.bar(name)}′"

    def partial(self, output: str, *variables: str) -> str:
        """A partial derivative, of any order: ∂y/∂x1, ∂³y/∂x1²∂x2."""
        order = self.power(len(variables))
        times = {name: variables.count(name) for name in variables}
        if self.ascii:
            return f"d{order}{output}/{''.join(f'd{name}{self.power(n)}' for name, n in times.items())}"
        return f"∂{order}{output}/{''.join(f'∂{name}{self.power(n)}' for name, n in times.items())}"

    def power(self, n: int) -> str:
        """An exponent as it is written at a name: nothing for 1."""
        if n == 1:
            return ""
        return f"^{n}" if self.ascii else str(n).translate(SUPERSCRIPTS)

    def shows(self, i: int, count: int) -> bool:
        """Whether row i of `count` is shown: of very many, a terminal gets those at either end."""
        return self.width is None or self.whole or count <= MOST or i < HEAD or i >= count - HEAD

    @property
    def ellipsis(self) -> str:
        return "..." if self.ascii else "…"

    @property
    def about(self) -> str:
        return "~" if self.ascii else "≈"


class Column(NamedTuple):
    """One column of a table.

    role    primal, tangent, adjoint, partial, seed, name, rule or empty: what a format colours by
    number  aligned at the decimal point, never cut
    narrow  what may happen where there is no room: '' nothing, 'drop' it goes first, 'stack' it goes
            under the column before it, 'cut' its text is shortened
    """

    title: str
    role: str = ""
    number: bool = False
    narrow: str = ""


class Group(NamedTuple):
    """The lines that belong together in a table (one node with all its contributions)."""

    lines: list[list[str]]
    dim: bool = False


class Table(NamedTuple):
    """A titled table. `groups` may be lazy: long ones are not made where they are not shown."""

    title: str
    columns: list[Column]
    groups: Sequence[Group]
    foot: Sequence[str] = ()


class Text(NamedTuple):
    """A paragraph."""

    text: str
    role: str = ""


class Vertex(NamedTuple):
    """A node of a drawn graph. `tangent` and `adjoint` are whole texts (v̇3 = 0.5), empty where none is shown.

    dim  in a branch that is not taken
    """

    name: str
    formula: str
    value: str
    tangent: str = ""
    adjoint: str = ""
    dim: bool = False


class Edge(NamedTuple):
    """An edge from an argument to its user, by their places in the list of nodes, and its partial: the rule and the
    number, empty where none is shown.
    """

    source: int
    target: int
    rule: str = ""
    value: str = ""


class Graph(NamedTuple):
    """A titled graph without cycles. Arguments stand before their users, edges are in the order of the arguments."""

    title: str
    nodes: Sequence[Vertex]
    edges: Sequence[Edge]
    foot: Sequence[str] = ()


Block = Table | Text | Graph
Records = tuple[list[str], Iterable[list[str]]]


class Lazy(Sequence[Group]):
    """Groups made one at a time when they are looked at."""

    def __init__(self, length: int, make: Callable[[int], Group]):
        self._length = length
        self._make = make

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Group: ...
    @overload
    def __getitem__(self, index: slice) -> list[Group]: ...
    def __getitem__(self, index: int | slice) -> Group | list[Group]:
        if isinstance(index, slice):
            return [self._make(i) for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._make(index % self._length)

    def __iter__(self) -> Iterator[Group]:
        return map(self._make, range(self._length))


class Matrix(NamedTuple):
    """A matrix entry by entry, row by row, indices from 0; of a symmetric one both halves are there.

    note  what it is, in a line
    """

    shape: tuple[int, int]
    rows: list[int]
    cols: list[int]
    data: list[float]
    symmetric: bool = False
    note: str = ""


def size_text(shape: tuple[int, int], entries: int) -> str:
    """The shape of a matrix, and how many entries it has."""
    m, n = shape
    share = f" of {m * n:,}" if m * n else ""
    return f"{m:,} x {n:,}, {entries:,}{share} entries"


class Document:
    """Base of the reports.

    offers  what it has for the formats that need something special
    proven  its numbers are proven digits, which JSON carries as texts
    """

    offers: tuple[str, ...] = ()
    proven = False

    def blocks(self, view: View) -> Iterator[Block]:
        """Titled tables and paragraphs, for people."""
        raise NotImplementedError

    def data(self) -> dict[str, Any]:
        """What JSON carries. Floats may be non-finite: the format writes them as strings."""
        raise NotImplementedError

    def records(self) -> Records:
        """Header and rows at full precision, for TSV and CSV."""
        raise NotImplementedError

    def numbers(self) -> Iterable[Sequence[str]]:
        """The bare results, a line each."""
        raise NotImplementedError

    def matrix(self) -> Matrix:
        """The one matrix found, for the formats of matrices. Raises ProblemError where there are several."""
        raise NotImplementedError

    def graph(self, view: View) -> Graph:
        """The one graph, for the formats of graphs."""
        raise NotImplementedError


def listed(start: str, parts: Iterable[str], view: View) -> str:
    """What follows `start`, separated by commas: as much as one line holds."""
    text = start
    for i, part in enumerate(parts):
        more = f"{', ' if i else ''}{part}"
        if len(text) + len(more) + 5 > (view.width or 120):
            return f"{text}{', ' if i else ''}{view.ellipsis}"
        text += more
    return text


def texts(values: Iterable[float]) -> list[str]:
    """Numbers at full precision."""
    return [write(x) for x in values]


def lines(rows: Iterable[list[str]]) -> list[Group]:
    """Groups of one line each."""
    return [Group([row]) for row in rows]
