"""The report of trace --diff: where two traces part, read off their records.

A record is a file that anyone may have written: what it calls things is printed without control characters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from adcli.errors import printable
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Document, Group, Records, Table, Text, View, lines
from adcli.report.match import Match, matches
from adcli.report.number import display
from adcli.report.record import Node, Number, Record
from adcli.report.results import one_line

FIRSTS = 8  # places shown where values or sweeps part, unless all are asked for
SHOWN = 8  # variables of a point
NEAR = 1000  # units in the last place, up to which a difference is counted in them
LONGEST = 60  # characters of a formula shown to people
WORDS = {"changed": "~", "removed": "-", "added": "+"}
ROLES = {"value": "primal", "tangent": "tangent", "adjoint": "adjoint", "partial": "partial"}


class Difference(NamedTuple):
    """A number that both traces have, and that is not the same.

    quantity  value, tangent, adjoint, or partial of an output; `of` is its seed: a variable or an output
    """

    match: Match
    quantity: str
    of: str
    a: Number
    b: Number

    @property
    def difference(self) -> float:
        """b - a; nan where one of them is a condition."""
        if isinstance(self.a, bool) or isinstance(self.b, bool):
            return math.nan
        return self.b - self.a

    @property
    def relative(self) -> float:
        """The difference as a part of the larger of the two by size; nan where it is not finite."""
        return self.measured(float)

    @property
    def ulps(self) -> float:
        """The difference in units in the last place of the larger of the two by size."""
        return self.measured(math.ulp)

    def measured(self, unit: Callable[[float], float]) -> float:
        """The size of the difference, in a unit that depends on the larger of the two."""
        size = abs(self.difference)
        return size / unit(max(abs(self.a), abs(self.b))) if math.isfinite(size) else math.nan

    @property
    def named(self) -> str:
        """value, or tangent:x1 as a trace in TSV calls it."""
        return f"{self.quantity}:{printable(self.of)}" if self.of else self.quantity


class DiffReport(Document):
    """Of the records `a` and `b`, which a person knows by these names."""

    def __init__(self, a: Record, b: Record, names: tuple[str, str]):
        self.a = a
        self.b = b
        self.names = names

    @cached_property
    def matches(self) -> list[Match]:
        return matches(self.a, self.b)

    @cached_property
    def changes(self) -> list[Match]:
        """What only one of them has, or has in another form."""
        return [match for match in self.matches if match.change]

    @cached_property
    def differences(self) -> list[Difference]:
        """All numbers that part, node by node."""
        found = []
        for match in self.matches:
            if match.a is not None and match.b is not None:
                for quantity, of, x, y in numbers_of(match.a, match.b):
                    if x != y and (x == x or y == y):
                        found.append(Difference(match, quantity, of, x, y))
        return found

    @property
    def equal(self) -> bool:
        """Whether all that both have is the same, and neither has a node or an output of its own."""
        return not self.changes and not self.differences

    @cached_property
    def first(self) -> dict[str, Difference]:
        """For values, tangents and adjoints the node at which they part first, in the order they are computed in."""
        found: dict[str, Difference] = {}
        for quantity in ("value", "tangent", "adjoint"):
            those = [one for one in self.differences if one.quantity == quantity]
            for one in reversed(those) if quantity == "adjoint" else those:  # adjoints from the last node to the first
                found.setdefault(one.named, one)
        return found

    @cached_property
    def alone(self) -> tuple[list[str], list[str]]:
        """The sweeps that only the first has, and those that only the second has."""
        sweeps = [
            [*(f"tangent:{seed}" for seed in record.seeds), *(f"adjoint:{seed}" for seed in record.coseeds)]
            for record in (self.a, self.b)
        ]
        one, other = ([x for x in mine if x not in theirs] for mine, theirs in (sweeps, sweeps[::-1]))
        return one, other

    # For people

    def blocks(self, view: View) -> Iterator[Block]:
        columns = [Column("", "name"), Column("trace", "name", narrow="cut"), Column("program", "rule", narrow="cut"),
                   Column("at", "primal", narrow="cut"), Column("mode", "seed")]  # fmt: skip
        yield Table("Two traces", columns, lines(self.about(view)))
        for text in self.verdict(view):
            yield Text(text)
        if self.changes:
            columns = [Column("", "name"), Column("a", "name"), Column("formula in a", "rule", narrow="cut"),
                       Column("b", "name"), Column("formula in b", "rule", narrow="cut")]  # fmt: skip
            foot = ["~ changed, - only in a, + only in b"]
            rows = (
                [WORDS[match.change], *described(match.a, self.a, view), *described(match.b, self.b, view)]
                for match in self.changes
            )
            yield Table("Nodes that differ", columns, lines(rows), foot)
        if self.differences:
            columns = [Column("node", "name"), Column("number", "rule"), Column("a", "primal", number=True),
                       Column("b", "primal", number=True), Column("b - a", "partial", number=True),
                       Column("apart", "", number=True)]  # fmt: skip
            foot = ["apart: the difference, relative to the larger number, or counted in its last place (ulp)"]
            yield Table("Numbers that differ", columns, self.groups(view), foot)

    def about(self, view: View) -> Iterator[list[str]]:
        for letter, name, record in zip("ab", self.names, (self.a, self.b), strict=True):
            at = [f"{variable} = {view.number(x)}" for variable, x in islice(record.at.items(), SHOWN)]
            more = [view.ellipsis] * (len(record.at) > SHOWN)
            yield [letter, *map(printable, (name, one_line(record.program), ", ".join(at + more), record.mode))]

    def verdict(self, view: View) -> Iterator[str]:
        """What there is to say, in a line each."""
        for letter, sweeps in zip("ab", self.alone, strict=True):
            if sweeps:
                shown = f", {view.ellipsis}" if len(sweeps) > 4 else ""
                yield f"only {letter} has {printable(', '.join(sweeps[:4]))}{shown}: not compared"
        if self.equal:
            count = sum(match.a is not None and match.a.op != "output" for match in self.matches)
            yield f"no difference: {count:,} {'nodes' if count != 1 else 'node'}, and every number that both have"
        firsts = list(self.first.values())
        for one in firsts if view.whole else firsts[:FIRSTS]:
            assert one.match.a is not None
            what = f"{one.quantity}s" + (f" ({printable(one.of)})" if one.of else "")
            order = ", swept in reverse," if one.quantity == "adjoint" else ""
            node = f"{label(one.match)} = {cut(one.match.a.formula, view)}"
            yield f"{what}{order} part first at {node}: {' and '.join(pair(one, view))}"
        if len(firsts) > FIRSTS and not view.whole:
            yield f"{len(firsts) - FIRSTS} more sweeps part: --all shows where"

    def groups(self, view: View) -> list[Group]:
        """The numbers that differ, node by node."""
        found: list[Group] = []
        last: Match | None = None
        for one in self.differences:
            if one.match is not last:
                found.append(Group([]))
            name = "" if one.match is last else label(one.match)
            apart = f"{one.ulps:.0f} ulp" if one.ulps <= NEAR else display(one.relative, 2)
            finite = math.isfinite(one.difference)
            more = [view.number(one.difference), apart] if finite else ["", ""]
            found[-1].lines.append([name, one.named, *pair(one, view), *more])
            last = one.match
        return found

    # For machines

    def data(self) -> dict[str, Any]:
        return {
            **{
                letter: {"name": name, "program": record.program, "at": record.at, "mode": record.mode}
                for letter, name, record in zip("ab", self.names, (self.a, self.b), strict=True)
            },
            "equal": self.equal,
            "first": {named: self.entry(one) for named, one in self.first.items()},
            "nodes": [
                {"change": match.change, "a": node_data(match.a), "b": node_data(match.b)} for match in self.changes
            ],
            "numbers": [self.entry(one) for one in self.differences],
            "not_compared": dict(zip("ab", self.alone, strict=True)),
        }

    def entry(self, one: Difference) -> dict[str, Any]:
        """A number that differs as JSON carries it."""
        a, b = one.match.a, one.match.b
        assert a is not None
        assert b is not None
        return {
            "node": {"a": a.name, "b": b.name}, "quantity": one.quantity, "of": one.of or None, "a": one.a, "b": one.b,
            "difference": one.difference, "relative": one.relative, "ulps": one.ulps,
        }  # fmt: skip

    def records(self) -> Records:
        """A row for each node that differs, whose quantity is its formula, and one for each number."""
        header = ["change", "node_a", "node_b", "quantity", "a", "b", "difference", "relative", "ulps"]

        def rows() -> Iterator[list[str]]:
            for match in self.changes:
                names, formulas = ([getattr(node, what, "") for node in match[:2]] for what in ("name", "formula"))
                yield [match.change, *names, "formula", *formulas, "", "", ""]
            for one in self.differences:
                names = [getattr(node, "name", "") for node in one.match[:2]]
                sizes = [write(x) for x in (one.difference, one.relative, one.ulps)]
                yield [one.match.change, *names, one.named, full(one.a), full(one.b), *sizes]

        return header, (list(map(printable, row)) for row in rows())

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([full(one.a), full(one.b)] for one in self.differences)


def numbers_of(a: Node, b: Node) -> Iterator[tuple[str, str, Number, Number]]:
    """(quantity, seed, number in a, number in b) of all that both nodes have."""
    yield "value", "", a.value, b.value
    tangent = "partial" if a.op == "output" else "tangent"
    for quantity, mine, theirs in ((tangent, a.tangents, b.tangents), ("adjoint", a.adjoints, b.adjoints)):
        for of, x in mine.items():
            if of in theirs:
                yield quantity, of, x, theirs[of]


def node_data(node: Node | None) -> dict[str, Any] | None:
    return None if node is None else {"name": node.name, "op": node.op, "args": node.args, "formula": node.formula}


def described(node: Node | None, record: Record, view: View) -> list[str]:
    """A node by name, and its formula with the constants that have a name in it."""
    if node is None:
        return ["", ""]
    named = [one for one in record.constants if one.name in node.formula and one.formula in node.args]
    where = "".join(f"; {one.name} = {one.formula}" for one in named)
    return [printable(node.name), cut(node.formula + where, view)]


def label(match: Match) -> str:
    """A node by its name in both traces."""
    names = dict.fromkeys(printable(node.name) for node in match[:2] if node)
    return " / ".join(names)


def pair(one: Difference, view: View) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to tell them apart."""
    if isinstance(one.a, bool) or isinstance(one.b, bool):
        return full(one.a), full(one.b)
    texts = view.number(one.a), view.number(one.b)
    return texts if texts[0] != texts[1] else (write(one.a), write(one.b))


def full(x: Number) -> str:
    return ("true" if x else "false") if isinstance(x, bool) else write(x)


def cut(text: str, view: View) -> str:
    text = printable(text)
    return text if len(text) <= LONGEST or view.whole else text[:LONGEST] + view.ellipsis
