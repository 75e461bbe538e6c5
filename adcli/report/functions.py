"""The report of `functions`: the op table, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adcli.errors import Problem, ProblemError, did_you_mean
from adcli.ops import ALIASES, CONSTANTS, FUNCTIONS, TABLE, Row
from adcli.report.document import Block, Column, Document, Records, Table, Text, View, lines
from adcli.tape.rules import condition_text, definition_text, partial_texts

FOLDS = {
    "sum": "sum(e for i in 1..n)", "prod": "prod(e for i in 1..n)",
    "min": "also min(e for i in 1..n)", "max": "also max(e for i in 1..n)",
}  # fmt: skip


def rule(row: Row, view: View | None = None) -> str:
    """The partials, in the order of the parameters: one, or '1/y, -x/y/y'."""
    found = [("0" if text is None else text) for text in partial_texts(row)]
    return ", ".join(found) if found else "none: a condition"


class FunctionsReport(Document):
    """All rows, or some of them in full."""

    def __init__(self, names: Sequence[str]):
        self.names = names
        self.rows = [row for name in names for row in find(name)] if names else listed()

    def blocks(self, view: View) -> Iterator[Block]:
        if self.names:
            for row in self.rows:
                yield from self.full(row)
            return
        columns = [
            Column("function", "name"), Column("meaning", ""), Column("derivative", "rule", narrow="cut"),
            Column("domain", "", narrow="drop"), Column("kink", "", narrow="drop"),
        ]  # fmt: skip
        for title, operators in (("Functions", False), ("Operators", True)):
            rows = [row for row in self.rows if bool(row.infix) == operators]
            yield Table(title, columns, lines(self.cells(row)[1:] for row in rows))
        columns = [Column("name", "name"), Column("meaning", "")]
        also = {**CONSTANTS, **{name: f"another name of {other}" for name, other in ALIASES.items()}, **FOLDS}
        yield Table("Constants, other names, comprehensions", columns, lines([k, v] for k, v in also.items()))
        yield Text("adcli functions NAME shows one in full")

    def full(self, row: Row) -> Iterator[Block]:
        """Everything about one row."""
        facts = [["meaning", row.doc]]
        if row.define is not None:
            facts.append(["definition", definition_text(row)])
        names = row.params
        for name, text in zip(names, partial_texts(row), strict=False):
            facts.append([f"derivative in {name}", "none: a constant" if text is None else text])
        if not row.partials:
            facts.append(["derivative", "none: a condition"])
        facts.append(["domain", condition_text(row, row.domain) or "all numbers"])
        if row.kink is not None:
            facts.append(["kink", condition_text(row, row.kink)])
        facts.append(["LaTeX", row.latex])
        yield Table(row.applied(row.params), [Column("", "name"), Column("", "")], lines(facts))

    def data(self) -> dict[str, Any]:
        return {"functions": [self.row_data(row) for row in self.rows]}

    def row_data(self, row: Row) -> dict[str, Any]:
        return {
            "name": row.label,
            "form": row.applied(row.params),
            "parameters": list(row.params),
            "meaning": row.doc,
            "definition": definition_text(row) or None,
            "partials": partial_texts(row),
            "domain": condition_text(row, row.domain) or None,
            "kink": condition_text(row, row.kink) or None,
            "latex": row.latex,
        }

    def records(self) -> Records:
        header = ["name", "form", "meaning", "partials", "domain", "kink"]
        return header, map(self.cells, self.rows)

    def cells(self, row: Row) -> list[str]:
        """One row of the table of all."""
        domain, kink = condition_text(row, row.domain), condition_text(row, row.kink)
        return [row.label, row.applied(row.params), row.doc, rule(row), domain, kink]

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([row.label] for row in self.rows)


def listed() -> list[Row]:
    """Every row a user can write."""
    return [row for row in TABLE.values() if row.infix or row.name]


def find(name: str) -> list[Row]:
    """The rows called `name`: a function, or an operator (- is two). Raises ProblemError."""
    if name in FUNCTIONS or ALIASES.get(name) in FUNCTIONS:
        return [FUNCTIONS[ALIASES.get(name, name)]]
    sign = ALIASES.get(name, {"**": "^"}.get(name, name))
    rows = [row for row in TABLE.values() if row.infix == sign]
    if not rows:
        hint = did_you_mean(name, [*FUNCTIONS, *ALIASES]) or "'adcli functions' lists them all"
        raise ProblemError(Problem("usage", f"there is no function {name}", hint=hint))
    return rows
