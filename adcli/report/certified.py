"""The report of --certify: beside every float the proven enclosure of the true number, and how many digits are right.

The enclosures come from the same sweeps on balls; decimals stand there for what is written, 0.1 for one tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from adcli.certified import Undecided
from adcli.errors import ProblemError
from adcli.higher import Hessian, Hvp
from adcli.numbers.proven import Proven
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Document, Records, Table, Text, View, lines
from adcli.report.results import title_at
from adcli.results import Jacobian, Jvp, Result, Vjp

DIGITS = 20  # of the bounds
SHOWN = 19  # of them, to people
MOST = 17  # digits that tell a double from all others
GIVEN = ("program", "outputs", "variables", "at", "tangent", "cotangent", "direction", "mode", "notes")


class CertifiedReport(Document):
    """The report of a result on floats, with what the same on balls proves."""

    def __init__(self, plain: Any, result: Result, again: Callable[..., Any]):
        self.plain = plain
        self.result = result
        self.why = ""
        self.exact: Result | None = None
        try:
            self.exact = again(precision=DIGITS)
        except ProblemError as wrong:
            if wrong.problem.kind != "domain":
                raise
            self.why = wrong.problem.headline
            self.exact = wrong.found if isinstance(wrong, Undecided) else None
            if all(proven is None for *_, proven in self.rows(View())):
                self.exact = None

    def rows(self, view: View) -> Iterator[tuple[str, str, float, Proven | None]]:
        """(name, role, float, proven number) of all numbers."""
        found = named(self.result, view)
        if self.exact is None:
            yield from ((name, role, x, None) for name, role, x in found)
        else:
            for (name, role, x), (_, _, proven) in zip(found, named(self.exact, view), strict=True):
                yield name, role, x, proven  # type: ignore[misc]

    def blocks(self, view: View) -> Iterator[Block]:
        columns = [
            Column("", "name", narrow="cut"), Column("float", "primal", number=True),
            Column("true value", "adjoint", number=True), Column("right", "", number=True),
        ]  # fmt: skip
        cells = ([name, view.result(x), *shown(x, proven)] for name, _, x, proven in self.rows(view))
        foot = [
            *[self.why] * bool(self.why), "true value: its last digits are between those in brackets",
            "right: how many digits of the float are right for certain",
        ]  # fmt: skip
        yield Table(title_at("Certified", self.result.at, view), columns, lines(cells), foot)
        if not self.result.variables and not isinstance(self.result, Jvp):
            yield Text("there is no variable to differentiate in")

    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.plain.data()
        keys = [key for key in data if key not in GIVEN]
        enclosures: dict[str, Any] | None = None
        digits: dict[str, Any] | None = None
        if self.exact is not None:
            exact = {**type(self.plain)(self.exact).data()}
            enclosures = {key: each(data[key], exact[key], enclosed) for key in keys}
            digits = {key: each(data[key], exact[key], right) for key in keys}
        return {**data, "enclosures": enclosures, "correct_digits": digits, "undecided": self.why or None}

    def records(self) -> Records:
        header = ["name", "value", "lower", "upper", "correct_digits"]
        return header, (
            [name, write(x), *(("", "", "") if p is None else (*p.enclosure(DIGITS), str(right(x, p))))]
            for name, _, x, p in self.rows(View(ascii=True))
        )

    def numbers(self) -> Iterable[Sequence[str]]:
        return self.plain.numbers()  # type: ignore[no-any-return]


def named(result: Result, view: View) -> Iterator[tuple[str, str, float]]:
    """(name, role, number) of the values of a result, then of its derivatives."""
    outputs, variables = result.outputs, result.variables
    for name, x in zip(outputs, result.values, strict=True):
        yield name, "primal", x
    if isinstance(result, Jacobian):
        for output, row in zip(outputs, result.jacobian, strict=True):
            for v, x in zip(variables, row, strict=True):
                yield view.partial(output, v), "partial", x
    elif isinstance(result, Jvp):
        for output, x in zip(outputs, result.jvp, strict=True):
            yield view.dot(output), "tangent", x
    elif isinstance(result, Vjp):
        for v, x in zip(variables, result.vjp, strict=True):
            yield view.bar(v), "adjoint", x
    elif isinstance(result, Hessian):
        for output, rows in zip(outputs, result.hessians, strict=True):
            for i, v in enumerate(variables):
                for j in range(i + 1):
                    yield view.partial(output, variables[j], v), "partial", rows[i][j]
    elif isinstance(result, Hvp):
        for output, row in zip(outputs, result.hvps, strict=True):
            for v, x in zip(variables, row, strict=True):
                yield f"{view.partial(output, v)} along", "partial", x


def shown(x: float, proven: Proven | None) -> tuple[str, str]:
    """The enclosure as a person reads it, the digits that both bounds share before the two in which they end."""
    if proven is None:
        return "undecided", ""
    low, high = proven.enclosure(SHOWN)
    count = right(x, proven)
    told = "all" if count >= MOST and proven.exact else str(count)
    if low == high:
        return low, told
    (a, _, power), (b, _, other) = low.partition("e"), high.partition("e")
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
    if power == other and len(a) == len(b) and shared > 2:
        return f"{a[:shared]}[{a[shared:]}, {b[shared:]}]{'e' if power else ''}{power}", told
    return f"[{low}, {high}]", told


def right(x: float, proven: Proven) -> int:
    return proven.correct_digits(x, MOST)


def enclosed(_: float, proven: Proven) -> list[str]:
    return list(proven.enclosure(DIGITS))


def each(numbers: Any, exact: Any, make: Callable[[float, Proven], Any]) -> Any:
    """`make` of every number of nested lists and dictionaries, in their shape; None for what is not proven."""
    if exact is None:
        return None
    if isinstance(numbers, list):
        return [each(x, y, make) for x, y in zip(numbers, exact, strict=True)]
    if isinstance(numbers, dict):
        return {key: each(x, exact[key], make) for key, x in numbers.items()}
    return make(numbers, exact)
