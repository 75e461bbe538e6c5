"""The text of --at: x1=2,x2=pi/4, x=[1,2,3], A=[[1,2],[3,4]], x[2]=5."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adcli.errors import Problem, ProblemError, Span
from adcli.numbers.text import Written, read, write
from adcli.parse.code import Block
from adcli.parse.expand import Expansion
from adcli.parse.program import reductions
from adcli.tape.tape import Builder, Tape


class Binding:
    """A value given to a name, and where it was written."""

    __slots__ = ("name", "value", "span", "source")

    def __init__(self, name: str, value: Written, span: Span, source: str):
        self.name = name
        self.value = value
        self.span = span
        self.source = source


def parse_point(text: str) -> list[Binding]:
    """The bindings of one --at text, lists spread over their elements. Raises ProblemError (kind point).

    Values are constant expressions: numbers, pi, e, tau and the functions of the table.
    """
    try:
        return read_point(text)
    except ProblemError as wrong:
        raise ProblemError(*(problem._replace(kind="point") for problem in wrong.problems)) from None


def read_point(text: str) -> list[Binding]:
    """The bindings; problems are of the kinds that programs have."""
    builder = Builder()
    builder.tape.source = text
    run = Expansion(builder)
    found: dict[str, Binding] = {}
    for statement in reductions(text, "point", text, 0):
        index = [run.constants.whole(block, {}, {}, "an index") for block in statement.params]
        for place, block in spread(statement.value, [i for i in index if i is not None]):
            name = statement.name + (f"[{','.join(map(str, place))}]" if place else "")
            value = number(run, block)
            if value is not None:
                if name in found:
                    run.problem("point", f"{name} is given twice", statement.name_span)
                exact = Written(value, text[block.span.start : block.span.end])
                found[name] = Binding(name, exact, statement.name_span, text)
    if run.problems:
        raise ProblemError(*run.problems)
    return list(found.values())


def constant(text: str) -> tuple[Tape, int]:
    """The tape of the value of one --at text, and its node. Raises ProblemError."""
    builder = Builder()
    builder.tape.source = text
    run = Expansion(builder)
    (statement,) = reductions(f"x={text}", "point", text, 0)
    return builder.tape, run.run(statement.value)


def parse_named(text: str) -> dict[str, str]:
    """The texts of NAME=EXPRESSION,..., by name; lists are spread as in --at. Raises ProblemError (kind point)."""
    builder = Builder()
    builder.tape.source = text
    run = Expansion(builder)
    found: dict[str, str] = {}
    try:
        for statement in reductions(text, "point", text, 0):
            index = [run.constants.whole(block, {}, {}, "an index") for block in statement.params]
            for place, block in spread(statement.value, [i for i in index if i is not None]):
                name = statement.name + (f"[{','.join(map(str, place))}]" if place else "")
                if name in found:
                    run.problem("point", f"{name} is given twice", statement.name_span)
                found[name] = text[block.span.start : block.span.end]
        if run.problems:
            raise ProblemError(*run.problems)
    except ProblemError as wrong:
        raise ProblemError(*(problem._replace(kind="point") for problem in wrong.problems)) from None
    return found


def number(run: Expansion, block: Block) -> float | None:
    """The value of a constant expression; None after noting a problem."""
    node = run.run(block)
    if node < 0:
        return None
    tape = run.builder.tape
    if tape.rows[node].condition:
        run.not_a_number(node, block.span)
        return None
    if tape.varying[node]:
        name = tape.variables[0]
        run.problem("point", f"a value is a number; {name} has none here", block.span, "write the number")
        return None
    value = run.constants.node(node)
    if value is not None and value - value != 0:
        run.problem("point", f"a value is finite; this one is {write(value)}", block.span, "write a finite number")
        return None
    return value


def spread(value: Any, place: list[int]) -> Iterator[tuple[list[int], Block]]:
    """(index, block) of every number in nested lists, which count from 1."""
    if isinstance(value, Block):
        yield place, value
        return
    for i, inner in enumerate(value, 1):
        yield from spread(inner, [*place, i])


def point_of_file(text: str, name: str) -> dict[str, float]:
    """The point that the text of a JSON file holds. Raises ProblemError."""
    import json

    try:
        data = json.loads(
            text, object_pairs_hook=once, parse_constant=no_number, parse_float=decimal, parse_int=decimal
        )
    except (ValueError, RecursionError) as wrong:
        raise ProblemError(Problem("point", f"{name} is no JSON: {wrong}", hint='write {"x1": 2, "x2": 5}')) from None
    return point_of_json(data, name)


def point_of_json(data: Any, name: str) -> dict[str, float]:
    """A point from a JSON object {"x1": 2, "x": [1, 2, 3]}; lists as in --at. Raises ProblemError."""
    if not isinstance(data, dict):
        raise ProblemError(Problem("point", f"{name} holds no JSON object", hint='write {"x1": 2, "x2": 5}'))
    if isinstance(data.get("at"), dict):  # what adcli itself prints
        data = data["at"]
    point: dict[str, float] = {}
    for key, value in data.items():
        found: list[tuple[Any, list[int]]] = list(flatten(value, [])) if isinstance(value, list) else [(value, [])]
        for item, place in found:
            full = key + (f"[{','.join(map(str, place))}]" if place else "")
            try:
                point[full] = decimal(item) if isinstance(item, str) else number_only(item)
            except (TypeError, ValueError, OverflowError):
                raise ProblemError(Problem("point", f"{full} in {name} is no number", hint="write a number")) from None
            if not isinstance(item, str) and point[full] - point[full] != 0:
                raise ProblemError(Problem("point", f"{full} in {name} is not finite", hint="write a finite number"))
    return point


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names must differ."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} is given twice")
        found[name] = value
    return found


def decimal(text: str) -> Written:
    """A number of the file, with its text. Raises ValueError."""
    return Written(read(text), text)


def no_number(word: str) -> float:
    """NaN and Infinity are no JSON."""
    raise ValueError(f"{word} is no number")


def flatten(value: Any, place: list[int]) -> Iterator[tuple[Any, list[int]]]:
    for i, inner in enumerate(value, 1):
        if isinstance(inner, list):
            yield from flatten(inner, [*place, i])
        else:
            yield inner, [*place, i]


def number_only(item: Any) -> float:
    """A number of the file, or of data that was JSON: true and false are none."""
    if isinstance(item, bool) or not isinstance(item, (int, float)):
        raise TypeError
    return item if isinstance(item, Written) else float(item)
