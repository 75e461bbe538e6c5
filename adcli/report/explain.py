"""The report of explain: a partial as the sum over the paths from the input to the output, or what each node or edge
carries of it.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import islice
from textwrap import wrap
from typing import Any, NamedTuple

from adcli.engines.paths import Cone, Edge, Path, Paths, Share, edge_shares, node_shares, remainder
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Document, Group, Records, Table, Text, View, lines, texts
from adcli.report.formulas import Formulas
from adcli.report.number import display, sum_texts
from adcli.report.results import note_data, span, title_at
from adcli.tape.tape import INPUT
from adcli.trace import Trace

TOP = 10  # paths shown
PAIRS = 4  # of an input and an output, that are shown to people unless all are asked for
LONG, END = 24, 8  # a path of more nodes is shown to people by that many at either end
FEW = 6  # products that are also written as one sum
EXACT = 2**53  # counts from here on are texts in JSON: not every reader has such numbers
PRODUCT = "product"
COMMAS = 10**21  # counts up to which people are shown all digits


class Explained(NamedTuple):
    """One partial derivative, and the paths that it is the sum of."""

    variable: str
    output: str
    partial: float
    paths: Paths


class ExplainReport(Document):
    """Of every pair of an input and an output of a trace. `top` limits what is listed."""

    def __init__(self, trace: Trace, top: int | None = None):
        self.trace = trace
        self.top = top

    def explained(self) -> Iterator[Explained]:
        """Output by output, each partial."""
        trace = self.trace
        for output, row in zip(trace.outputs, trace.result.jacobian, strict=True):
            cone = Cone(trace.tape, trace.linear, output.node)
            for (variable, node), partial in zip(trace.inputs.items(), row, strict=True):
                yield Explained(variable, output.name, partial, Paths(cone, node))

    # For people

    def blocks(self, view: View) -> Iterator[Block]:
        trace = self.trace
        count = len(trace.inputs) * len(trace.outputs)
        if not count:
            yield Text("there is no variable to differentiate in")
        formulas = Formulas(trace, view)
        for one in islice(self.explained(), None if view.whole else PAIRS):
            if one.paths.any:
                yield self.table(one, view, formulas)
                continue
            only = " but through branches that are not taken here" if one.paths.skipped else ""
            zero = f"{view.partial(one.output, one.variable)} = {view.number(one.partial)}"
            yield Text(f"{zero}: no path leads from {one.variable} to {one.output}{only}")
        if count > PAIRS and not view.whole:
            yield Text(f"{count - PAIRS} more: --path and --of choose an input and an output, --all shows all")

    @abstractmethod
    def table(self, one: Explained, view: View, formulas: Formulas) -> Table:
        """What is shown of one partial, of which there are paths."""

    def foot(self, one: Explained) -> list[str]:
        return ["left out: paths through branches that are not taken here"] if one.paths.skipped else []

    def arrow(self, view: View) -> str:
        return " -> " if view.ascii else " → "

    # For machines

    def data(self) -> dict[str, Any]:
        result = self.trace.result
        found = [self.entry(one) for one in self.explained()]
        return {
            "program": result.program,
            "at": result.at,
            **(found[0] if len(found) == 1 else {"explained": found}),
            "notes": note_data(result),
        }

    def entry(self, one: Explained) -> dict[str, Any]:
        """One partial as JSON carries it."""
        count = one.paths.count
        return {
            "variable": one.variable,
            "output": one.output,
            "partial": one.partial,
            "paths_total": count if count < EXACT else f"{Decimal(count):f}",
            **self.detail(one),
        }

    @abstractmethod
    def detail(self, one: Explained) -> dict[str, Any]:
        """The keys that this view adds."""

    @cached_property
    def exact(self) -> Formulas:
        return Formulas(self.trace, View(digits=17, ascii=True))


class PathsReport(ExplainReport):
    """The paths of largest product, and the remainder."""

    def largest(self, one: Explained) -> tuple[list[Path], float]:
        """(the paths that are listed, what the others add up to)."""
        found = list(islice(one.paths.largest(), self.top or TOP))
        return found, remainder(one.partial, [path.product for path in found])

    def table(self, one: Explained, view: View, formulas: Formulas) -> Table:
        found, rest = self.largest(one)
        more = one.paths.count - len(found)
        name = view.partial(one.output, one.variable)
        terms = [path.product for path in found] + [rest] * (more > 0)
        shown, total, adds_up = sum_texts(terms, one.partial, view.digits)
        if not all(map(math.isfinite, terms)):
            adds_up = agree(terms, one.partial)
        total = total if adds_up else f"{view.about}{total}"
        room = max(20, (view.width or 100) - len(str(len(found))) - max(len(PRODUCT), span([*shown, total])) - 4)
        groups = []
        for i, (path, value) in enumerate(zip(found, shown, strict=False), 1):
            texts = [*folded(self.path_text(one, path, view), room), *folded(self.factors(path, view, formulas), room)]
            groups.append(Group([[str(i), texts[0], value], *(["", text, ""] for text in texts[1:])]))
        if more > 0:
            groups.append(
                Group([[view.ellipsis, f"{count_text(more, view)} more {'paths' if more > 1 else 'path'}", shown[-1]]])
            )
        groups.append(Group([["", f"= {name}", total]]))
        columns = [Column("", "name"), Column("path", "rule", narrow="cut"), Column(PRODUCT, "partial", number=True)]
        what = f"{count_text(one.paths.count, view)} paths" if one.paths.count > 1 else "The path"
        title = title_at(f"{what} from {one.variable} to {one.output}", self.trace.result.at, view)
        foot = self.foot(one)
        if adds_up and 1 < len(terms) <= FEW and not more:
            foot.insert(0, f"{name} = {summed(shown)} = {total}")
        elif not adds_up and not all(map(math.isfinite, terms)):
            foot.insert(0, "what is not finite need not add up: the sweeps add before they multiply")
        return Table(title, columns, groups, foot)

    def path_text(self, one: Explained, path: Path, view: View) -> str:
        """x2 = v0 -> v2 -> v4 = y"""
        nodes = [one.paths.source, *(edge.node for edge in path.edges)]
        names = [self.trace.names[k] for k in shortened(nodes, view)]
        if len(names) < len(nodes):
            names.insert(END, f"{view.ellipsis} {len(nodes) - 2 * END:,} more {view.ellipsis}")
        return f"{one.variable} = {self.arrow(view).join(names)} = {one.output}"

    def factors(self, path: Path, view: View, formulas: Formulas) -> str:
        """The partials along a path, as rules and as numbers: v-1 * 1 * 1 = 2 * 1 * 1"""
        if not path.edges:
            return "no edge: they are one node"
        edges = shortened(path.edges, view)
        rules = [formulas.edge(edge.node, edge.place) for edge in edges]
        numbers = [view.number(edge.partial) for edge in edges]
        if len(edges) > 1:
            rules, numbers = list(map(bracketed, rules)), list(map(bracketed, numbers))
        if len(edges) < len(path.edges):
            for words in (rules, numbers):
                words.insert(END, view.ellipsis)
        one, two = " * ".join(rules), " * ".join(numbers)
        return one if one == two else f"{one} = {two}"

    def detail(self, one: Explained) -> dict[str, Any]:
        found, rest = self.largest(one)
        names = self.trace.names
        return {
            "paths": [
                {
                    "nodes": [names[k] for k in (one.paths.source, *(edge.node for edge in path.edges))],
                    "factors": [self.factor_data(edge) for edge in path.edges],
                    "product": path.product,
                }
                for path in found
            ],
            "remainder": rest,
        }

    def factor_data(self, edge: Edge) -> dict[str, Any]:
        names = self.trace.names
        formula = self.exact.edge(edge.node, edge.place)
        return {"node": names[edge.node], "wrt": names[edge.wrt], "formula": formula, "value": edge.partial}

    def records(self) -> Records:
        """A row a path, and one for those that are not listed: the products of an output and a variable add up to
        their partial.
        """
        names = self.trace.names

        def rows() -> Iterator[list[str]]:
            for one in self.explained():
                found, rest = self.largest(one)
                head = [one.output, one.variable]
                for i, path in enumerate(found, 1):
                    nodes = [one.paths.source, *(edge.node for edge in path.edges)]
                    yield [*head, str(i), "1", " -> ".join(names[k] for k in nodes), write(path.product)]
                if one.paths.count > len(found):
                    yield [*head, "", f"{Decimal(one.paths.count - len(found)):f}", "", write(rest)]

        return ["output", "variable", "rank", "paths", "path", "product"], rows()

    def numbers(self) -> Iterable[Sequence[str]]:
        for one in self.explained():
            found, rest = self.largest(one)
            others = [rest] * (one.paths.count > len(found))
            yield texts([*(path.product for path in found), *others])


class SharesReport(ExplainReport):
    """What each node, or each edge, carries of a partial."""

    def listed(self, one: Explained) -> list[Share]:
        """The largest shares."""
        # The adjoints of very many outputs would fill the memory: they go with their cone.
        found = self.shares(one.paths, self.trace.tangents(one.variable), one.paths.cone.adjoints, one.partial)
        return found[: self.top]

    @abstractmethod
    def shares(self, paths: Paths, tangents: list[Any], adjoints: list[Any], partial: float) -> list[Share]:
        """All of them, ranked."""

    def numbers(self) -> Iterable[Sequence[str]]:
        return (texts(found.through for found in self.listed(one)) for one in self.explained())

    def formula(self, k: int, formulas: Formulas) -> str:
        """A node in node names; an input by the name of its variable."""
        trace = self.trace
        return trace.variables[k] if trace.tape.rows[k] is INPUT else formulas.value(k)[0]

    def carried(self, found: Share) -> dict[str, Any]:
        """The numbers of a share as JSON carries them."""
        share = None if found.share != found.share else found.share
        return {"tangent": found.tangent, "adjoint": found.adjoint, "product": found.through, "share": share}

    def shares_table(
        self, one: Explained, view: View, what: str, product: str, columns: list[Column], rows: Iterable[list[str]]
    ) -> Table:
        """Some columns about a node or an edge, and those that all shares have."""
        number = view.number
        columns = [
            *columns, Column("tangent", "tangent", number=True), Column("adjoint", "adjoint", number=True),
            Column("product", "partial", number=True), Column("share %", "", number=True),
        ]  # fmt: skip
        listed = self.listed(one)
        cells = (
            [*row, number(s.tangent), number(s.adjoint), number(s.through), percent(s.share)]
            for row, s in zip(rows, listed, strict=True)
        )
        title = title_at(f"{what}s between {one.variable} and {one.output}", self.trace.result.at, view)
        partial = f"{view.partial(one.output, one.variable)} = {number(one.partial)}"
        foot = [
            f"product = {product}: what the paths through the {what.lower()} add up to",
        ]
        if one.partial and one.partial - one.partial == 0:
            foot.append(f"share: percent of {partial}")
        return Table(title, columns, lines(cells), foot + self.foot(one))


class NodesReport(SharesReport):
    """The tangent times the adjoint of every node."""

    shares = staticmethod(node_shares)

    def table(self, one: Explained, view: View, formulas: Formulas) -> Table:
        trace = self.trace
        columns = [Column("node", "name"), Column("formula", "rule", narrow="cut"),
                   Column("value", "primal", number=True)]  # fmt: skip
        rows = (
            [trace.names[s.node], self.formula(s.node, formulas), view.number(trace.linear.values[s.node])]
            for s in self.listed(one)
        )
        return self.shares_table(one, view, "Node", "tangent * adjoint", columns, rows)

    def detail(self, one: Explained) -> dict[str, Any]:
        trace = self.trace
        return {
            "nodes": [
                {
                    "node": trace.names[s.node],
                    "formula": self.formula(s.node, self.exact),
                    "value": trace.linear.values[s.node],
                    **self.carried(s),
                }
                for s in self.listed(one)
            ]
        }

    def records(self) -> Records:
        trace = self.trace
        header = ["output", "variable", "node", "formula", "value", "tangent", "adjoint", "product", "share"]
        return header, (
            [one.output, one.variable, trace.names[s.node], self.formula(s.node, self.exact),
             *texts([trace.linear.values[s.node], s.tangent, s.adjoint, s.through, s.share])]
            for one in self.explained()
            for s in self.listed(one)
        )  # fmt: skip


class EdgesReport(SharesReport):
    """The tangent of the lower end of every edge, times its partial, times the adjoint of the upper end."""

    shares = staticmethod(edge_shares)

    def edges(self, one: Explained) -> Iterator[tuple[Share, Edge]]:
        for found in self.listed(one):
            assert found.edge is not None
            yield found, found.edge

    def table(self, one: Explained, view: View, formulas: Formulas) -> Table:
        names = self.trace.names
        columns = [Column("edge", "name"), Column("rule", "rule", narrow="cut"),
                   Column("partial", "partial", number=True)]  # fmt: skip
        rows = (
            [names[e.wrt] + self.arrow(view) + names[e.node], formulas.edge(e.node, e.place), view.number(e.partial)]
            for _, e in self.edges(one)
        )
        return self.shares_table(one, view, "Edge", "tangent of its start * partial * adjoint of its end", columns,
                                 rows)  # fmt: skip

    def detail(self, one: Explained) -> dict[str, Any]:
        names = self.trace.names
        return {
            "edges": [
                {
                    "node": names[e.node],
                    "wrt": names[e.wrt],
                    "formula": self.exact.edge(e.node, e.place),
                    "value": e.partial,
                    **self.carried(s),
                }
                for s, e in self.edges(one)
            ]
        }

    def records(self) -> Records:
        names = self.trace.names
        header = ["output", "variable", "node", "wrt", "formula", "partial", "tangent", "adjoint", "product", "share"]
        return header, (
            [one.output, one.variable, names[e.node], names[e.wrt], self.exact.edge(e.node, e.place),
             *texts([e.partial, s.tangent, s.adjoint, s.through, s.share])]
            for one in self.explained()
            for s, e in self.edges(one)
        )  # fmt: skip


VIEWS: dict[str, Callable[[Trace, int | None], ExplainReport]] = {
    "paths": PathsReport,
    "nodes": NodesReport,
    "edges": EdgesReport,
}


def shortened(items: list[Any], view: View) -> list[Any]:
    """Both ends of a long list."""
    return items if view.whole or len(items) <= LONG else [*items[:END], *items[-END:]]


def folded(text: str, room: int) -> list[str]:
    """Text in lines of at most `room` columns, those behind the first set in; a longer word is left whole."""
    found = wrap(text, room - 2, break_long_words=False, break_on_hyphens=False)
    return [f"  {line}" if i else line for i, line in enumerate(found)]


def bracketed(factor: str) -> str:
    """A formula or a number as the factor of a product: in brackets where it is a sum or has a sign."""
    depth = 0
    for i, c in enumerate(factor):
        depth += (c in "([") - (c in ")]")
        if not depth and c in "+-" and (i == 0 or factor[i - 1] == " "):
            return f"({factor})"
    return factor


def agree(terms: Sequence[float], total: float) -> bool:
    """Whether numbers of which some are not finite add up to their total."""
    found = 0.0
    for term in terms:
        found += term
    return found == total or (found != found and total != total)


def summed(terms: Sequence[str]) -> str:
    """Texts of numbers as a sum."""
    return "".join((f" - {t[1:]}" if t[0] == "-" else f" + {t}") if i else t for i, t in enumerate(terms))


def percent(share: float) -> str:
    return "" if share != share else display(100 * share, 2)


def count_text(count: int, view: View) -> str:
    """A number of paths for people."""
    return f"{count:,}" if count < COMMAS else f"{view.about}{Decimal(count):.2e}".replace("e+", "e")
