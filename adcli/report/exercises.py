"""New exercises: random programs with a point, by level. The same seed gives the same exercise on every Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from random import Random
from typing import NamedTuple

from adcli.errors import ProblemError
from adcli.function import Function
from adcli.trace import Trace

RULES_FROM = 3  # the level from which on the rules are asked for as well
LEAST, MOST = 0.05, 60.0  # size of all values; of derivatives half and twice that
APART = (
    0.01  # how far the values of two nodes differ at least, relatively: no node is to be taken for another by chance
)
LONGEST = 64  # characters of a program


NAME = re.compile("x[0-9]?(?![a-z])")  # of a variable


class Exercise(NamedTuple):
    """A program and a point to work out by hand."""

    level: int
    seed: int
    text: str
    at: dict[str, float]


class Level(NamedTuple):
    """What an exercise of a level is made of.

    variables, outputs   how many
    nodes       how many lines there are to work out, at least and at most
    operators   drawn as often as they stand there; ^ is a power with a small exponent, f a function of `functions`
    calls       how many functions and powers there are at least; chained, whether one is of something worked out
    shared      how many of the nodes that are no input have several users, at least
    points      what the variables may be
    """

    variables: int
    outputs: int
    nodes: tuple[int, int]
    operators: str
    functions: tuple[str, ...]
    calls: int
    chained: bool
    shared: int
    points: tuple[float, ...]


HALVES = (0.5, 1.5, 2.0, 2.5, 3.0)
LEVELS = {
    1: Level(1, 1, (2, 3), "+-**", (), 0, False, 0, (2.0, 3.0, 4.0, 5.0)),
    2: Level(1, 1, (3, 4), "+-**^fff", ("ln", "exp", "sqrt", "sin", "cos"), 1, False, 0, (0.5, 2.0, 3.0, 4.0)),
    3: Level(2, 1, (4, 5), "+-**^fff", ("ln", "exp", "sqrt", "sin", "cos"), 1, True, 0, HALVES),
    4: Level(2, 1, (5, 7), "+-**^fff", ("ln", "exp", "sqrt", "sin", "cos"), 1, True, 1, HALVES),
    5: Level(3, 2, (7, 9), "+-**//^fff", ("ln", "exp", "sqrt", "sin", "cos", "tanh", "atan"), 2, True, 1, HALVES),
}  # fmt: skip
CONSTANTS = ("2", "3", "4", "5")


def exercise(level: int, seed: int) -> Exercise:
    """The exercise of a level and a seed."""
    draw = Draw(LEVELS[level], Random(10 * seed + level))
    for _ in count():
        text, at = draw.program(), draw.point()
        if not all(name in text for name in draw.variables):
            continue
        try:
            function = Function(text)
            text = function.canonical().replace("\n", "; ")
            if len(text) <= LONGEST and worthy(function.trace(at), LEVELS[level]):
                return Exercise(level, seed, *renamed(text, at, dict(zip(function.variables, at, strict=True))))
        except ProblemError:  # a name that nothing uses is an output as well
            continue
    raise AssertionError


def renamed(text: str, at: dict[str, float], names: dict[str, str]) -> tuple[str, dict[str, float]]:
    """A program and a point with other names for its variables, in the order in which they appear."""
    return NAME.sub(lambda found: names[found[0]], text), {new: at[old] for old, new in names.items()}


class Draw:
    """Draws programs. Only `random()` is used of the generator: it is what stays the same in all versions of Python."""

    def __init__(self, level: Level, source: Random):
        self.level = level
        self.source = source
        self.variables = ["x"] if level.variables == 1 else [f"x{i}" for i in range(1, level.variables + 1)]
        self.leaves = self.variables

    def one(self, choices: Sequence[str]) -> str:
        return choices[int(self.source.random() * len(choices))]

    def whole(self, least: int, most: int) -> int:
        return least + int(self.source.random() * (most - least + 1))

    def point(self) -> dict[str, float]:
        points = self.level.points
        return {name: points[int(self.source.random() * len(points))] for name in self.variables}

    def program(self) -> str:
        """A program: where nodes are to be shared, a part with a name first."""
        level = self.level
        size = self.whole(*level.nodes)
        self.leaves = self.variables
        head = ""
        if level.shared:
            inner = self.whole(1, 2)
            head = f"a = {self.expression(inner)}; "
            self.leaves = [*self.variables, "a", "a"]
            size -= inner
        sizes = [size // level.outputs + (i < size % level.outputs) for i in range(level.outputs)]
        outputs = [self.expression(part) for part in sizes]
        return head + (outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]")

    def expression(self, size: int) -> str:
        """An expression of `size` operations."""
        if size == 0:
            return self.one(self.leaves)
        operator = self.one(self.level.operators)
        if operator == "f":
            return f"{self.one(self.level.functions)}({self.expression(size - 1)})"
        if operator == "^":
            return f"({self.expression(size - 1)})^{self.one(CONSTANTS[:2])}"
        left = self.whole(0, size - 1)
        sides = [self.expression(left), self.expression(size - 1 - left)]
        plain = [i for i, part in enumerate((left, size - 1 - left)) if part == 0]
        if plain and self.source.random() < 0.4:  # one side is a number
            sides[plain[int(self.source.random() * len(plain))]] = self.one(CONSTANTS)
        return f"({sides[0]}){operator}({sides[1]})"


def worthy(trace: Trace, level: Level) -> bool:
    """Whether a trace is fit for an exercise: nothing undefined, vanishing, huge or trivial in it."""
    inner = [k for k in trace.nodes if trace.tape.first[k] >= 0]
    if len(trace.variables) != level.variables or not level.nodes[0] <= len(inner) <= level.nodes[1]:
        return False
    if trace.result.notes or len({o.node for o in trace.outputs}) != level.outputs:
        return False
    values = [float(trace.linear.values[k]) for k in trace.nodes]
    if not all(LEAST <= abs(x) <= MOST for x in values) or not apart(values):
        return False
    if any(abs(trace.linear.values[k]) == 1 for k in inner) or shared(trace, inner) < level.shared:
        return False
    if not calls(trace, inner, level):
        return False
    slopes = [p for k in inner for p in trace.linear.partials[k] if p is not None]
    adjoints = [x for o in trace.outputs for x in trace.adjoints(o.name) if x is not None]
    if not all(LEAST / 2 <= abs(p) <= 2 * MOST for p in (*slopes, *adjoints)):
        return False
    found = [trace.adjoints(o.name)[k] for o in trace.outputs for k in trace.variables]
    several = all(sum(trace.adjoints(o.name)[k] is not None for k in trace.variables) > 1 for o in trace.outputs)
    return all(x is None or abs(x) != 1 for x in found) and (several or level.variables == 1)


def calls(trace: Trace, inner: Sequence[int], level: Level) -> bool:
    """Whether there are functions enough, of what they should be; none directly of itself."""
    tape = trace.tape
    found = [k for k in inner if not tape.rows[k].infix or tape.rows[k].constant]
    if any(tape.rows[k] is tape.rows[tape.first[k]] for k in found):
        return False
    return len(found) >= level.calls and (not level.chained or any(tape.first[tape.first[k]] >= 0 for k in found))


def apart(values: Sequence[float]) -> bool:
    """Whether no two numbers are nearly the same size."""
    sizes = sorted(map(abs, values))
    return all(y - x > APART * y for x, y in zip(sizes, sizes[1:], strict=False))


def shared(trace: Trace, inner: Sequence[int]) -> int:
    """How many of these nodes have several users."""
    users = [a for k in inner for a in set(trace.tape.arguments(k))]
    return sum(users.count(k) > 1 for k in inner)
