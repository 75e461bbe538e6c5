"""JavaScript: the number type whose values are expressions of a function, so that a page computes with the same rows.

A row's lambdas, run on it, leave the same operations in the same order as they do on floats. Equal operations are made
once; what is used several times becomes a `const`. What depends on no argument is worked out here, by Python.
JavaScript raises nothing in arithmetic: 1/0 is Infinity as it stands, and hosts answer as IEEE 754 does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from adcli.numbers.namespace import Namespace, Operand
from adcli.numbers.real import REAL
from adcli.numbers.text import write
from adcli.ops import Row
from adcli.ops.row import Lambda

Pieces = tuple["str | Expression", ...]
WORDS = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}


class Expression(Operand):
    """An operation: its text, in pieces between the expressions it is made of. A `call` never needs brackets."""

    __slots__ = ("space", "pieces", "call")

    def __init__(self, space: Script, pieces: Pieces, call: bool = False):
        self.space = space
        self.pieces = pieces
        self.call = call


class Script(Namespace):
    """The namespace of one JavaScript function. What is no Expression is a constant: a float, an int or a bool."""

    def __init__(self) -> None:
        self.known: dict[Pieces, Expression] = {}

    def argument(self, name: str) -> Expression:
        """A parameter of the function."""
        return Expression(self, (name,), call=True)

    def value(self, row: Row) -> Callable[..., Any]:
        plain, found = REAL.sure(row), super().value(row)
        return lambda *args: found(*args) if any(isinstance(x, Expression) for x in args) else plain(*args)

    def host(self, row: Row) -> Callable[..., Any] | None:
        if row.js:
            return lambda *args: self.operation(row.js, *args)
        return None if row.floats is None else lambda *args: row.floats(self, *args)  # type: ignore[misc]

    def operation(self, host: str, *args: Any) -> Expression:
        """An operator or a function applied to arguments."""
        parts = [x if isinstance(x, Expression) else spelled(x) for x in args]
        call = host[0].isalpha()
        pieces: Pieces
        if call:
            separated = [piece for x in parts for piece in (", ", x)]
            pieces = (host, "(", *separated[1:], ")")
        elif host == "?:":
            pieces = (parts[0], " ? ", parts[1], " : ", parts[2])
        else:
            pieces = (host, *parts) if len(parts) == 1 else (parts[0], f" {host} ", parts[1])
        return self.known.setdefault(pieces, Expression(self, pieces, call))

    def literal(self, text: str) -> float:
        return REAL.literal(text)


def spelled(x: Any) -> str:
    """A constant in JavaScript; null for none."""
    if x is None or isinstance(x, bool):
        return {None: "null", True: "true", False: "false"}[x]
    text = write(x)
    return WORDS.get(text, text)


def function(params: Sequence[str], compute: Callable[..., Any]) -> str:
    """The arrow function that returns what `compute(F, *params)` gives: a value, or an array of a tuple of them."""
    space = Script()
    result = compute(space, *map(space.argument, params))
    several = isinstance(result, (tuple, list))
    results = list(result) if several else [result]
    made = reached(results)
    uses = Counter(x for group in (results, *(y.pieces for y in made)) for x in group if isinstance(x, Expression))
    names: dict[Any, str] = {}
    lines = []

    def text(x: Any, within: bool = False) -> str:
        if not isinstance(x, Expression):
            return spelled(x)
        if x in names:
            return names[x]
        body = written(x)
        return f"({body})" if within and not x.call else body

    def written(x: Expression) -> str:
        bare = x.call  # arguments stand between commas
        return "".join(piece if isinstance(piece, str) else text(piece, not bare) for piece in x.pieces)

    for x in made:
        if uses[x] > 1 and len(x.pieces) > 1:
            body = written(x)
            names[x] = f"t{len(names) + 1}"
            lines.append(f"const {names[x]} = {body};")
    last = f"[{', '.join(map(text, results))}]" if several else text(result)
    head = f"({', '.join(params)}) =>"
    return f"{head} {{ {' '.join(lines)} return {last}; }}" if lines else f"{head} {last}"


def reached(results: Iterable[Any]) -> list[Expression]:
    """The expressions that results are made of, each after those it is made of itself."""
    found: dict[Expression, None] = {}

    def visit(x: Any) -> None:
        if isinstance(x, Expression) and x not in found:
            for piece in x.pieces:
                visit(piece)
            found[x] = None

    for x in results:
        visit(x)
    return list(found)


def value(row: Row) -> Lambda:
    """How a row is evaluated, as a function of the namespace and the arguments."""
    return lambda F, *args: F.value(row)(*args)


def kernel(row: Row) -> str:
    """A row as a JavaScript object of its functions; those it lacks are left out.

    value(...) and partials(v, ...), an array with null for a structural zero; domain(...), kink(...); taken(...), an
    array of conditions.
    """
    columns: dict[str, Lambda | None] = {
        "value": value(row), "partials": row.partials, "domain": row.domain, "kink": row.kink, "taken": row.taken,
    }  # fmt: skip
    return ", ".join(
        f"{name}: {function((*(('v',) if name == 'partials' else ()), *row.params), compute)}"
        for name, compute in columns.items()
        if compute is not None
    )


def kernels(rows: Iterable[Row]) -> str:
    """A JavaScript object: the key of each row -> its functions, over the `host` of `library()`. Leaves have none."""
    known = {row.key: row for row in rows if row.samples}
    return "{\n" + "".join(f"  {key}: {{{kernel(row)}}},\n" for key, row in known.items()) + "}"


def library() -> str:
    """The JavaScript that defines `host`, the functions that `Math` lacks or gets wrong."""
    return Path(__file__).with_name("hosts.js").read_text("utf-8")
