"""Reports of hessian, hvp and taylor, and of sparse matrices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isqrt
from typing import Any

from adcli.errors import Problem, ProblemError
from adcli.higher import Hessian, Hvp, Mixed, Sparse, Taylor
from adcli.report.document import (
    Block,
    Column,
    Matrix,
    Records,
    Table,
    Text,
    View,
    lines,
    size_text,
    texts,
)
from adcli.report.results import (
    WIDEST,
    R,
    Report,
    direction_text,
    matrix_cells,
    number_records,
    one_line,
    partial_table,
    title_at,
    value_text,
)

COLORS = 8  # whose columns are listed


class SecondReport(Report[R]):
    """What has one thing for each output, and for one output that thing itself."""

    def each(self, column: Sequence[Any]) -> Any:
        """As JSON carries it."""
        return column[0] if len(self.result.outputs) == 1 else column


class HessianReport(SecondReport[Hessian]):
    """hessian: a symmetric matrix for each output."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        yield from value_text(result, view)
        if not result.variables:
            yield Text("there is no variable to differentiate in")
            return
        for output, rows in zip(result.outputs, result.hessians, strict=True):
            yield hessian_table(title_at(f"Hessian of {output}", result.at, view), output, result.variables, rows, view)

    def derivatives(self) -> dict[str, Any]:
        return {"hessian": self.each(self.result.hessians)}

    def records(self) -> Records:
        result = self.result
        return ["output", "variable", *result.variables], (
            [output, variable, *texts(row)]
            for output, rows in zip(result.outputs, result.hessians, strict=True)
            for variable, row in zip(result.variables, rows, strict=True)
        )

    def numbers(self) -> Iterable[Sequence[str]]:
        return (texts(row) for rows in self.result.hessians for row in rows)


def hessian_table(title: str, output: str, variables: list[str], rows: list[list[float]], view: View) -> Table:
    """A matrix, or where it would be too wide, one second partial of its lower triangle a row."""
    if len(variables) > WIDEST:

        def entry(k: int) -> tuple[str, float]:
            i = (isqrt(8 * k + 1) - 1) // 2  # before row i of the triangle there are i*(i + 1)/2 entries
            j = k - i * (i + 1) // 2
            return view.partial(output, variables[j], variables[i]), rows[i][j]

        return partial_table(title, len(variables) * (len(variables) + 1) // 2, entry, view)
    cells, foot = matrix_cells(rows, variables, max(map(len, variables)), view)
    columns = [Column("", "name"), *(Column(name, "partial", number=True) for name in variables)]
    return Table(title, columns, lines([name, *row] for name, row in zip(variables, cells, strict=True)), foot)


class HvpReport(SecondReport[Hvp]):
    """hvp: the Hessian of each output times a tangent."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        yield from value_text(result, view)
        titles = ["Hessian*tangent"] if len(result.outputs) == 1 else [f"for {name}" for name in result.outputs]
        columns = [Column("variable", "name", narrow="cut"), *(Column(t, "partial", number=True) for t in titles)]
        rows = zip(result.variables, *result.hvps, strict=True)
        yield Table(
            title_at("Hessian times tangent", result.at, view), columns,
            lines([name, *map(view.result, found)] for name, *found in rows), [self.seed(view)],
        )  # fmt: skip

    def seed(self, view: View) -> str:
        """Which sweeps made it."""
        one = len(self.result.outputs) == 1
        what = "one reverse sweep on duals" if one else "a reverse sweep on duals for each output"
        return f"{what}, along {direction_text(self.result.tangent, view, view.dot)}"

    def derivatives(self) -> dict[str, Any]:
        return {"tangent": self.result.tangent, "hvp": self.each(self.result.hvps)}

    def records(self) -> Records:
        return number_records("hvp", self.result, self.result.hvps)

    def numbers(self) -> Iterable[Sequence[str]]:
        return map(texts, self.result.hvps)


class QuadraticReport(HvpReport):
    """hessian --tangent: the quadratic form of the Hessian of each output."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        columns = [
            Column("output", "name", narrow="cut"), Column("value", "primal", number=True),
            Column("tangent*Hessian*tangent", "partial", number=True),
        ]  # fmt: skip
        rows = zip(result.outputs, result.values, result.quadratic, strict=True)
        title = title_at("Quadratic form of the Hessian", result.at, view)
        yield Table(
            title, columns, lines([name, view.result(x), view.result(q)] for name, x, q in rows), [self.seed(view)]
        )

    def derivatives(self) -> dict[str, Any]:
        return {"tangent": self.result.tangent, "quadratic": self.result.quadratic}

    def records(self) -> Records:
        rows = zip(self.result.outputs, texts(self.result.quadratic), strict=True)
        return ["output", "quadratic"], map(list, rows)

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([text] for text in texts(self.result.quadratic))


class TaylorReport(Report[Taylor]):
    """taylor: the coefficients of each output; with `derivatives`, k! times them."""

    def __init__(self, result: Taylor, derivatives: bool):
        super().__init__(result)
        self.scaled = derivatives

    @property
    def rows(self) -> list[list[float]]:
        return self.result.derivatives if self.scaled else self.result.coefficients

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        what = "derivative" if self.scaled else "coefficient"
        titles = [what] if len(result.outputs) == 1 else result.outputs
        columns = [Column("order", "name"), *(Column(title, "partial", number=True) for title in titles)]
        rows = ([str(k), *map(view.result, found)] for k, found in enumerate(zip(*self.rows, strict=True)))
        along = f"along {direction_text(result.direction, view, view.dot)}"
        foot = f"of f(x + t*v) in t, {along}" if self.scaled else f"of t^order in f(x + t*v), {along}"
        title = "Derivatives" if self.scaled else "Taylor coefficients"
        yield Table(title_at(title, result.at, view), columns, lines(rows), [foot])

    def derivatives(self) -> dict[str, Any]:
        result = self.result
        found: dict[str, Any] = {"direction": result.direction, "coefficients": result.coefficients}
        return found | ({"derivatives": result.derivatives} if self.scaled else {})

    def records(self) -> Records:
        return ["output", "order", "derivative" if self.scaled else "coefficient"], (
            [output, str(k), text]
            for output, row in zip(self.result.outputs, self.rows, strict=True)
            for k, text in enumerate(texts(row))
        )

    def numbers(self) -> Iterable[Sequence[str]]:
        return map(texts, self.rows)


class MixedReport(Report[Mixed]):
    """taylor --mixed: every mixed partial of each output, and the Taylor coefficient."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        columns = [
            Column("partial", "name", narrow="cut"), Column("derivative", "partial", number=True),
            Column("coefficient", "partial", number=True),
        ]  # fmt: skip
        for output, values, coefficients in zip(result.outputs, result.derivatives, result.coefficients, strict=True):
            rows = (
                [self.name(view, output, index), view.result(x), view.result(c)]
                for index, x, c in zip(result.indices, values, coefficients, strict=True)
            )
            foot = ["coefficient: the derivative over the factorials of its orders"]
            yield Table(title_at(f"Partial derivatives of {output}", result.at, view), columns, lines(rows), foot)

    def name(self, view: View, output: str, index: tuple[int, ...]) -> str:
        """A partial by its multi-index."""
        variables = [v for v, n in zip(self.result.variables, index, strict=True) for _ in range(n)]
        return view.partial(output, *variables) if variables else output

    def derivatives(self) -> dict[str, Any]:
        result = self.result
        indices = [list(index) for index in result.indices]
        return {"indices": indices, "coefficients": result.coefficients, "derivatives": result.derivatives}

    def records(self) -> Records:
        result = self.result
        return ["output", *result.variables, "coefficient", "derivative"], (
            [output, *map(str, index), *texts((c, x))]
            for output, values, coefficients in zip(
                result.outputs, result.derivatives, result.coefficients, strict=True
            )
            for index, x, c in zip(result.indices, values, coefficients, strict=True)
        )

    def numbers(self) -> Iterable[Sequence[str]]:
        return map(texts, self.result.derivatives)


class SparseReport(SecondReport[Sparse]):
    """jacobian --sparse and hessian --sparse: the entries that can be other than 0, and the colours."""

    offers = ("matrix",)

    def __init__(self, result: Sparse, second: bool):
        super().__init__(result)
        self.second = second

    @property
    def what(self) -> str:
        return "Hessian" if self.second else "Jacobian"

    def entries(self) -> Iterator[tuple[str, int, int, float]]:
        """(output, row, column, value) of all entries."""
        result = self.result
        for number, data in enumerate(result.data):
            for i, j, x in zip(result.rows, result.cols, data, strict=True):
                yield result.outputs[number if self.second else i], i, j, x

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        if not result.variables:
            yield Text("there is no variable to differentiate in")
            return
        if not result.rows:
            orders = "second partial" if self.second else "partial"
            yield Text(f"no {orders} can be other than 0, at this point or any other")
            return
        places = range(len(result.rows))
        kept = [e for e in places if result.cols[e] <= result.rows[e]] if self.second else places

        def entry(k: int) -> tuple[str, float]:
            number, at = divmod(k, len(kept))
            e = kept[at]
            i, j, x = result.rows[e], result.cols[e], result.data[number][e]
            if self.second:
                return view.partial(result.outputs[number], result.variables[j], result.variables[i]), x
            return view.partial(result.outputs[i], result.variables[j]), x

        foot = [*self.colors(view), size_text(result.shape, len(result.rows)), result.why]
        if self.second and len(result.outputs) > 1:
            foot.append("the pattern is that of all outputs together")
        if len(kept) < len(places):
            foot.append("each pair is shown once, and stands in the matrix twice")
        title = title_at(f"Sparse {self.what}", result.at, view)
        yield partial_table(title, len(result.data) * len(kept), entry, view, foot)

    def colors(self, view: View) -> Iterator[str]:
        """What each colour seeds, for a few of them."""
        result = self.result
        names = result.variables if result.compressed == "columns" else result.outputs
        mark = view.dot if result.compressed == "columns" else view.bar
        for color in range(min(result.sweeps, COLORS)):
            seeded = [name for name, c in zip(names, result.colors, strict=True) if c == color]
            shown = ", ".join(map(mark, seeded[:8])) + (f", {view.ellipsis}" if len(seeded) > 8 else "")
            yield f"sweep {color + 1}: {shown} = 1"
        if result.sweeps > COLORS:
            yield f"and {result.sweeps - COLORS:,} more"

    def derivatives(self) -> dict[str, Any]:
        result = self.result
        return {
            "shape": list(result.shape),
            "rows": result.rows,
            "cols": result.cols,
            "data": self.each(result.data) if self.second else result.data[0],
            "colors": result.colors,
            "sweeps": result.sweeps,
            "compressed": result.compressed,
        }

    def matrix(self) -> Matrix:
        result = self.result
        if len(result.data) != 1:
            headline = f"there are {len(result.data)} Hessians, one for each output"
            raise ProblemError(Problem("usage", headline, hint=f"choose one: --of {result.outputs[0]}"))
        note = f"{self.what} of {one_line(result.program)}"
        return Matrix(result.shape, result.rows, result.cols, result.data[0], self.second, note)

    def records(self) -> Records:
        result = self.result
        if self.second:
            return ["output", "variable1", "variable2", "partial"], (
                [output, result.variables[i], result.variables[j], *texts([x])] for output, i, j, x in self.entries()
            )
        return ["output", "variable", "partial"], (
            [output, result.variables[j], *texts([x])] for output, _, j, x in self.entries()
        )

    def numbers(self) -> Iterable[Sequence[str]]:
        return map(texts, self.result.data)
