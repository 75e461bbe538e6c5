"""Programs to be measured on: texts of any size, and the samples with their points."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from adcli.ops import TABLE
from adcli.parse.point import parse_point
from adcli.tape.tape import Builder, Output, Tape

SAMPLES = Path(__file__).parents[2] / "samples"
FUNCTIONS = ("sin", "cos", "exp", "tanh", "sqrt")


def mixed(nodes: int) -> str:
    """A sum of formulas of 8 nodes each (and 100 squares), none of them equal, in 100 variables; about `nodes` nodes.

    sin(x38*0.15 + x12^2)/(x27 + 1.15) + cos(x75*0.25 + x23^2)/(x53 + 1.25) + ...
    """
    terms = []
    for i in range(1, max(1, nodes // 8) + 1):
        a, b, c = (i * k % 100 + 1 for k in (37, 11, 26))
        terms.append(f"{FUNCTIONS[i % 5]}(x{a}*0.{i}5 + x{b}^2)/(x{c} + 1.{i}5)")
    return " + ".join(terms)


def brackets(depth: int) -> str:
    return "(" * depth + "x" + ")" * depth


def flat(terms: int) -> str:
    """x1 + x2 + x3 + ..."""
    return " + ".join(f"x{i}" for i in range(1, terms + 1))


def tower(height: int) -> str:
    """x^x^x^..."""
    return "^".join(["x"] * height)


def loop(rounds: int) -> str:
    """Four nodes a round: the number i, i*x, sin and the sum."""
    return f"sum(sin(i*x) for i in 1..{rounds})"


def rosenbrock(n: int) -> str:
    return resized("rosenbrock", n)


def broyden(n: int) -> str:
    """n variables, n - 2 outputs, three entries in each row of the Jacobian."""
    return resized("broyden", n)


def resized(name: str, n: int) -> str:
    """A sample in n dimensions."""
    text = (SAMPLES / f"{name}.ad").read_text(encoding="utf-8")
    return re.sub(r"^n = \d+", f"n = {n}", text, flags=re.MULTILINE)


def chain(nodes: int) -> Tape:
    """t = sin(t)*0.9 + x again and again, from t = x: about so many nodes, each on the one before; output y."""
    b = Builder()
    x, c = b.input("x"), b.literal("0.9")
    t = x
    while len(b.tape) < nodes - 2:
        t = b.apply(TABLE["add"], b.apply(TABLE["mul"], b.apply(TABLE["sin"], t), c), x)
    b.tape.outputs.append(Output("y", t))
    return b.tape


def logistic_map(steps: int) -> Tape:
    """x = r*x*(1 - x) again and again: three nodes a step; output y."""
    b = Builder()
    r, x, one = b.input("r"), b.input("x0"), b.literal("1")
    for _ in range(steps):
        x = b.apply(TABLE["mul"], b.apply(TABLE["mul"], r, x), b.apply(TABLE["sub"], one, x))
    b.tape.outputs.append(Output("y", x))
    return b.tape


def point(tape: Tape) -> dict[str, float]:
    """Values from 0 to 0.9 in turns, as the Rosenbrock sample has them: no function above has a fault there."""
    return {name: i % 10 / 10 for i, name in zip(count(), tape.variables, strict=False)}


def sample(name: str) -> tuple[str, dict[str, float]]:
    """The text of a sample and the point that its own comment gives."""
    text = (SAMPLES / f"{name}.ad").read_text(encoding="utf-8")
    (at,) = re.findall(r"^# adcli .*--at (\S+)", text, flags=re.MULTILINE)
    return text, {binding.name: binding.value for binding in parse_point(at)}
