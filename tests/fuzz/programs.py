"""Random valid programs: every function of the table, shared names, user functions, conditions, comprehensions.

A generator of its own, on `random.Random`: a hundred times as many programs a second as Hypothesis draws, and the same
ones for the same seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from adcli.errors import ProblemError
from adcli.ops import ALIASES, FUNCTIONS
from adcli.parse.program import parse

CALLS = {name: row for name, row in FUNCTIONS.items() if name != "if"}
NAMES = ["x", "y", "z", "x1", "x2", "w"]
NUMBERS = ["0", "1", "2", "3", "0.5", "10", ".25", "1e-3", "2.", "pi", "e", "tau", "1.5e2", "7"]
BINARY = ["+", "+", "-", "*", "*", "/", "^", "**"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]


class Maker:
    """Makes one program; `names` are those that an expression may use, `strange` what may stand in their place."""

    def __init__(self, random: Random, strange: Sequence[str] = ()):
        self.random = random
        self.strange = strange
        self.names = random.sample(NAMES, random.randint(1, 3))
        if random.random() < 0.3:
            self.names += ["u[1]", "u[2]"]
        self.functions: dict[str, int] = {}

    def program(self, size: int = 6) -> str:
        """Up to three statements that name something, then one to three outputs (or none, after names)."""
        random = self.random
        lines: list[str] = []
        for name in random.sample(["a", "b", "c", "f", "g"], random.choice([0, 0, 1, 1, 2, 3])):
            if name in "fg":
                params = ["t", "s"][: random.randint(1, 2)]
                outer, self.names = self.names, [*params, *params]
                lines.append(f"{name}({', '.join(params)}) = {self.expression(size // 2)}")
                self.names = outer
                self.functions[name] = len(params)
            else:
                lines.append(f"{name} = {self.expression(size)}")
                self.names = [*self.names, name, name]
        kind = random.random()
        if kind < 0.75 or not any(line[0] in "abc" for line in lines):
            lines.append(self.expression(size))
        elif kind < 0.9:
            lines.append(f"[{', '.join(self.expression(size // 2) for _ in range(random.randint(1, 3)))}]")
        elif kind < 0.95:
            lines.append(f"[{self.looped(size // 2, 'i')} for i in 1..{random.randint(1, 3)}]")
        return random.choice([";", "; ", "\n"]).join(lines)

    def expression(self, size: int) -> str:
        """An expression of about `size` operations."""
        random = self.random
        if size <= 0:
            if self.strange and random.random() < 0.1:
                return random.choice(self.strange)
            return random.choice(self.names) if random.random() < 0.7 else random.choice(NUMBERS)
        kind = random.random()
        left = random.randint(0, size - 1)
        if kind < 0.42:
            sign = random.choice(BINARY)
            if sign in ("^", "**") and random.random() < 0.8:
                return f"({self.expression(size - 1)}){sign}{random.choice(['2', '3', '-1', '0.5', '-2', '0', '1'])}"
            return f"({self.expression(left)}) {sign} ({self.expression(size - 1 - left)})"
        if kind < 0.47:
            return f"-({self.expression(size - 1)})"
        if kind < 0.80:
            return self.call(size)
        if kind < 0.88:
            return f"if({self.condition(left)}, {self.expression(size - 1 - left)}, {self.expression(left)})"
        if kind < 0.93 and self.functions:
            name, count = random.choice(sorted(self.functions.items()))
            return f"{name}({', '.join(self.expression(left // count) for _ in range(count))})"
        fold, index = random.choice(["sum", "prod", "min", "max"]), random.choice("ijk")
        if index in self.names:  # inside another of the same name
            return self.expression(size - 1)
        low = random.choice([1, 1, 1, 2])
        return f"{fold}({self.looped(size - 1, index)} for {index} in {low}..{low + random.randint(0, 3)})"

    def looped(self, size: int, index: str) -> str:
        """An expression that may use the name of a loop, as a number or an index."""
        outer, self.names = self.names, [*self.names, index, f"u[{index}]"]
        text = self.expression(size)
        self.names = outer
        return text

    def call(self, size: int) -> str:
        """A function of the table."""
        random = self.random
        name = random.choice([*CALLS, *ALIASES])
        if name == "pow":
            return f"pow({self.expression(size // 2)}, {self.expression(size // 2)})"
        row = CALLS["ln" if name == "log" else name]
        count = len(row.params) if name not in ("min", "max") else random.randint(2, 4)
        args = [self.expression((size - 1) // count) for _ in range(count)]
        for i in row.constant:
            args[i] = random.choice(["0", "1", "2", "3"])
        return f"{name}({', '.join(args)})"

    def condition(self, size: int) -> str:
        """Comparisons, joined."""
        random = self.random
        one = f"{self.expression(size // 2)} {random.choice(COMPARISONS)} {self.expression(size // 2)}"
        kind = random.random()
        if size < 2 or kind < 0.7:
            return one
        return f"not ({one})" if kind < 0.8 else f"{one} {random.choice(['and', 'or'])} ({self.condition(size // 2)})"


def program(random: Random, size: int = 6, strange: Sequence[str] = ()) -> str:
    """One valid program; with `strange` expressions, one that parses and may still be wrong or without end."""
    return Maker(random, strange).program(random.randint(1, size))


def moderate(random: Random) -> float:
    """A number at which functions are likely to be defined."""
    kind = random.random()
    if kind < 0.15:
        return random.choice([0.0, 1.0, -1.0, 0.5, 2.0, 3.0])
    return round(random.uniform(-1, 4), random.choice([1, 3, 17])) if kind < 0.95 else random.uniform(-100, 100)


EXTREMES = [0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 1e-308, 1e308, -1e308, 1.7976931348623157e308, 1e16, 2.0**53, 0.1,
            float("inf"), float("-inf"), float("nan"), 1e-16, 170.7, -0.5, -3.0, 709.79, 1e5]  # fmt: skip


def number(random: Random) -> float:
    """Any number whatever."""
    kind = random.random()
    if kind < 0.5:
        return moderate(random)
    return random.choice(EXTREMES) if kind < 0.9 else random.choice([-1, 1]) * 10 ** random.uniform(-320, 308)


def anything(random: Random) -> float:
    """A number of any kind, most often a moderate one."""
    return random.choice([moderate, moderate, number])(random)


def variables(text: str, otherwise: list[str]) -> list[str]:
    """Those of a program; of what is none, the names given."""
    try:
        return parse([text], 500).variables
    except ProblemError:
        return otherwise
