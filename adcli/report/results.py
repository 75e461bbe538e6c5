"""Reports of eval, grad, jacobian, jvp and vjp."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from adcli.errors import width
from adcli.numbers.proven import Proven
from adcli.report.document import (
    Block,
    Column,
    Document,
    Group,
    Lazy,
    Records,
    Table,
    Text,
    View,
    lines,
    listed,
    texts,
)
from adcli.results import Jacobian, Jvp, Result, Vjp

R = TypeVar("R", bound=Result)
WIDEST = 40  # variables up to which a Jacobian is drawn as a matrix


class Report(Document, Generic[R]):
    """Of one result."""

    def __init__(self, result: R):
        self.result = result
        self.proven = result.precision is not None

    def data(self) -> dict[str, Any]:
        result = self.result
        return {
            "program": result.program,
            "outputs": result.outputs,
            "variables": result.variables,
            "at": result.at,
            "values": result.values,
            **self.derivatives(),
            "notes": note_data(result),
        }

    def derivatives(self) -> dict[str, Any]:
        """The keys that this command adds to JSON."""
        return {}


def note_data(result: Result) -> list[dict[str, Any]]:
    """Notes as JSON carries them."""
    return [
        {"kind": n.kind, "node": n.name, "message": n.message, "span": list(n.span) if n.span else None}
        for n in result.notes
    ]


def title_at(what: str, at: Mapping[str, float], view: View) -> str:
    """'Gradient at x1 = 2, x2 = 5', as many values as one line holds."""
    values = [f"{name} = {view.number(value)}" for name, value in at.items()]
    return listed(f"{what} at ", values, view) if values else what


def one_line(program: str, room: int = 60) -> str:
    """A program on one line without its comments, cut where it is long."""
    lines = (" ".join(line.partition("#")[0].split()) for line in program.splitlines())
    text = "; ".join(filter(None, lines))
    return text if len(text) <= room else text[: room - 3].rstrip(" .;") + "..."


def value_text(result: Result, view: View) -> Iterator[Text]:
    """The values of a few outputs, in words."""
    for name, value in list(zip(result.outputs, result.values, strict=True))[:8]:
        yield Text(f"{name} = {view.result(value)}", "primal")


def matrix_cells(
    rows: Sequence[Sequence[float]], titles: Sequence[str], beside: int, view: View
) -> tuple[list[list[str]], list[str]]:
    """A matrix in full, or where that would not fit beside `beside` columns of names rounded; and a word on that."""
    full = [[view.result(x) for x in row] for row in rows]
    taken = sum(2 + max(width(t), span(column)) for t, column in zip(titles, zip(*full, strict=True), strict=True))
    proven = any(isinstance(x, Proven) for row in rows for x in row)  # whose digits were asked for
    if proven or view.width is None or beside + taken <= view.width:
        return full, []
    short = [[view.number(x) for x in row] for row in rows]
    return short, [] if short == full else ["rounded: --digits 17 or --format tsv shows all digits"]


def span(texts: Sequence[str]) -> int:
    """About how many columns numbers take whose decimal points stand under each other."""
    heads = [len(text.partition(".")[0]) for text in texts]
    return max(heads) + max(len(text) - head for text, head in zip(texts, heads, strict=True))


def partial_table(
    title: str, count: int, entry: Callable[[int], tuple[str, float]], view: View, foot: Sequence[str] = ()
) -> Table:
    """One partial a row: `entry(k)` is the name and the value of the k-th, asked for when it is shown."""
    columns = [Column("partial", "name", narrow="cut"), Column("value", "partial", number=True)]

    def group(k: int) -> Group:
        name, value = entry(k)
        return Group([[name, view.result(value)]])

    return Table(title, columns, Lazy(count, group), foot)


def jacobian_partials(title: str, result: Jacobian, view: View) -> Table:
    """A Jacobian, one partial a row."""
    n = len(result.variables)

    def entry(k: int) -> tuple[str, float]:
        i, j = divmod(k, n)
        return view.partial(result.outputs[i], result.variables[j]), result.jacobian[i][j]

    return partial_table(title, len(result.outputs) * n, entry, view)


def number_records(what: str, result: Result, rows: Sequence[Sequence[float]]) -> Records:
    """A record for each output and variable, with the number that they have in `rows`."""
    return ["output", "variable", what], (
        [output, variable, text]
        for output, row in zip(result.outputs, rows, strict=True)
        for variable, text in zip(result.variables, texts(row), strict=True)
    )


class ValueReport(Report[Result]):
    """eval: the value of every output."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        columns = [Column("output", "name", narrow="cut"), Column("value", "primal", number=True)]
        rows = ([name, view.result(x)] for name, x in zip(result.outputs, result.values, strict=True))
        yield Table(title_at("Value", result.at, view), columns, lines(rows))

    def records(self) -> Records:
        return ["output", "value"], map(list, zip(self.result.outputs, texts(self.result.values), strict=True))

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([text] for text in texts(self.result.values))


class GradientReport(Report[Jacobian]):
    """grad: one partial a row."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        yield from value_text(result, view)
        if not result.variables:
            yield Text("there is no variable to differentiate in")
            return
        one = len(result.outputs) == 1
        yield jacobian_partials(title_at("Gradient" if one else "Gradients", result.at, view), result, view)

    def derivatives(self) -> dict[str, Any]:
        result = self.result
        found: dict[str, Any] = {"jacobian": result.jacobian, "mode": result.mode}
        if len(result.outputs) == 1:
            found["gradient"] = result.gradient
        return found

    def records(self) -> Records:
        return number_records("partial", self.result, self.result.jacobian)

    def numbers(self) -> Iterable[Sequence[str]]:
        return map(texts, self.result.jacobian)


class JacobianReport(Report[Jacobian]):
    """jacobian: outputs down, variables across, and the sweeps that made it."""

    def blocks(self, view: View) -> Iterator[Block]:
        yield from value_text(self.result, view)
        yield from self.table(view)
        yield Text(f"mode {self.result.why}")

    def table(self, view: View) -> Iterator[Block]:
        """The Jacobian with the seed that gave each row or column."""
        result = self.result
        title = title_at("Jacobian", result.at, view)
        if not result.variables:
            yield Text("there is no variable to differentiate in")
            return
        if len(result.variables) > WIDEST:
            yield jacobian_partials(title, result, view)
            return
        columns = [Column("", "name"), *(Column(v, "partial", number=True) for v in result.variables)]
        names = max(4, *map(len, result.outputs))
        if result.mode == "reverse":
            columns.insert(1, Column("seed", "seed"))
            seeds = [f"{view.bar(name)} = 1" for name in result.outputs]
            cells, foot = matrix_cells(result.jacobian, result.variables, names + 2 + max(map(width, seeds)), view)
            rows = [[name, seed, *row] for name, seed, row in zip(result.outputs, seeds, cells, strict=True)]
            foot.insert(0, "each row is one reverse sweep, from the seed beside it")
        else:
            seeds = [f"{view.dot(v)} = 1" for v in result.variables]
            cells, foot = matrix_cells(result.jacobian, seeds, names, view)
            rows = [["seed", *seeds], *([name, *row] for name, row in zip(result.outputs, cells, strict=True))]
            foot.insert(0, "each column is one forward sweep, from the seed above it")
        yield Table(title, columns, lines(rows), foot)

    def derivatives(self) -> dict[str, Any]:
        return {"jacobian": self.result.jacobian, "mode": self.result.mode}

    def records(self) -> Records:
        result = self.result
        rows = zip(result.outputs, result.jacobian, strict=True)
        return ["output", *result.variables], ([output, *texts(row)] for output, row in rows)

    def numbers(self) -> Iterable[Sequence[str]]:
        return map(texts, self.result.jacobian)


def direction_text(direction: Mapping[str, float], view: View, mark: Any) -> str:
    """'ẋ1 = 1, ẋ2 = 0', as many names as one line holds behind some words; on a narrow terminal, two lines."""
    room = max((view.width or 120) - 44, 30)
    text = ""
    zeros = [name for name, x in direction.items() if not x]
    if len(zeros) > 2 and len(zeros) < len(direction):
        moving = {name: x for name, x in direction.items() if x}
        return f"{direction_text(moving, view, mark)}, all others 0"
    for name, x in direction.items():
        more = f"{', ' if text else ''}{mark(name)} = {view.number(x)}"
        if len(text) + len(more) > room:
            return f"{text}{', ' if text else ''}{view.ellipsis}"
        text += more
    return text


class JvpReport(Report[Jvp]):
    """jvp: the tangent of every output."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        columns = [
            Column("output", "name", narrow="cut"), Column("value", "primal", number=True),
            Column("tangent", "tangent", number=True),
        ]  # fmt: skip
        rows = zip(result.outputs, result.values, result.jvp, strict=True)
        yield Table(
            title_at("Jacobian times tangent", result.at, view), columns,
            lines([name, view.result(x), view.result(t)] for name, x, t in rows),
            [f"one forward sweep, from the seed {direction_text(result.tangent, view, view.dot)}"],
        )  # fmt: skip

    def derivatives(self) -> dict[str, Any]:
        return {"tangent": self.result.tangent, "jvp": self.result.jvp}

    def records(self) -> Records:
        result = self.result
        rows = zip(result.outputs, texts(result.values), texts(result.jvp), strict=True)
        return ["output", "value", "tangent"], map(list, rows)

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([text] for text in texts(self.result.jvp))


class VjpReport(Report[Vjp]):
    """vjp: the adjoint of every variable."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        yield from value_text(result, view)
        columns = [Column("variable", "name", narrow="cut"), Column("adjoint", "adjoint", number=True)]
        rows = zip(result.variables, result.vjp, strict=True)
        yield Table(
            title_at("Cotangent times Jacobian", result.at, view), columns,
            lines([name, view.result(x)] for name, x in rows),
            [f"one reverse sweep, from the seed {direction_text(result.cotangent, view, view.bar)}"],
        )  # fmt: skip

    def derivatives(self) -> dict[str, Any]:
        return {"cotangent": self.result.cotangent, "vjp": self.result.vjp}

    def records(self) -> Records:
        return ["variable", "adjoint"], map(list, zip(self.result.variables, texts(self.result.vjp), strict=True))

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([text] for text in texts(self.result.vjp))
