"""The engine of the page on whole tapes: columns, sweeps, what is active and notes, against those on floats."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from math import fsum, inf, isfinite, nan, ulp
from pathlib import Path
from typing import Any

import javascript
import pytest
import sampled
from running import SAMPLES
from scripted import budget

import adcli.render
from adcli.engines.forward import forward, zero
from adcli.engines.linearise import linearise
from adcli.engines.notes import active, notes
from adcli.engines.reverse import reverse
from adcli.function import Function
from adcli.numbers.dual import duals, parts
from adcli.numbers.real import REAL
from adcli.numbers.script import kernels, library
from adcli.numbers.text import write
from adcli.ops import TABLE, Row
from adcli.tape.tape import Tape

ENGINE = (Path(adcli.render.__file__).parent / "page" / "engine.js").read_text("utf-8")
DUAL = duals(REAL)

# Programs with what is awkward, and points (one number per variable).
AWKWARD: dict[str, tuple[list[float], ...]] = {
    "L = ln(x); if(x > 0, L, 0)": ([-1.0], [0.0], [2.0]),
    "if(x > 0 and y != x or not (y < 1), 1/x, sqrt(y))": ([0.0, 0.0], [1.0, 1.0], [-1.0, 2.0], [0.0, -1.0]),
    "y = x*x; [x, 3, 2*pi, y, x*x]": ([3.0], [-inf], [nan]),
    "x*sqrt(2) + ln(0)*y": ([1.0, 2.0], [0.0, 0.0]),
    "abs(x) + relu(y) + max(x, y) + clamp(x, 0, 1)": ([0.0, 0.0], [1.0, 1.0], [-2.0, 3.0]),
    "x^3 + x^y + 0^y + x^0": ([0.0, 0.0], [0.0, 2.0], [-2.0, 0.5], [2.0, -3.0]),
    "exp(exp(x)) - exp(1000*y)": ([1.0, 0.1], [7.0, 0.5], [800.0, -1.0]),
    "sqrt(x) * ln(y) + asin(x) / y": ([0.0, 0.0], [1.0, 1.0], [-1.0, 0.0], [0.25, 2.0]),
    "mod(x, y) + floor(x) + round(y) + atan2(y, x) + hypot(x, y)": ([0.0, 0.0], [2.0, 1.0], [2.5, 0.5], [-1.0, 0.0]),
    "polygamma(2, x) + gamma(x) - lgamma(y) + digamma(y) + erf(x)*erfc(y)": ([0.5, 3.5], [-1.0, 0.0], [-1.5, 0.3]),
    "sum(normcdf(x)^i/i for i in 1..20) + prod(sigmoid(x - i) for i in 1..5)": ([0.3], [-40.0], [40.0]),
    "3": ([],),
}


FORMS = ["sin({0} + {1})", "{0}*{1}/2", "tanh({0} - {1})", "if({0} > {1}, cos({0}), {1})", "exp(-abs({0}))"]


def grown(size: int) -> Function:
    """A function of many nodes, each of one or two of those just before it; its values stay of usual size."""
    draw = random.Random(7)
    lines = ["v0 = x", "v1 = y"]
    for k in range(2, size):
        a, b = (f"v{max(0, k - draw.randrange(1, 30))}" for _ in range(2))
        form = draw.choice(FORMS)
        lines.append(f"v{k} = {form.format(a, b)}")
    return Function("\n".join([*lines, f"[v{size - 1}, v{size - 2}]"]))


@cache
def cases() -> dict[str, tuple[Function, list[float]]]:
    """Every function with a point, by a name for the test."""
    found = {path.stem: (sampled.function(path), sampled.sample(path).at) for path in SAMPLES}
    named = {name: (f, f.ask(at).x) for name, (f, at) in found.items()}
    awkward = {f"{text} at {x}": (Function(text), x) for text, points in AWKWARD.items() for x in points}
    return {**named, **awkward, "grown": (grown(2000), [0.3, -0.7])}


def columns(tape: Tape) -> dict[str, Any]:
    """A tape as the engine takes it."""
    keys = sorted({row.key for row in tape.rows if row.samples})
    return {
        "keys": keys, "op": [keys.index(row.key) if row.samples else -1 for row in tape.rows],
        "a": list(tape.first), "b": list(tape.second), "c": list(tape.third), "inputs": tape.inputs,
        "literals": [[node, REAL.literal(text)] for node, text in tape.literals.items()],
        "outputs": [o.node for o in tape.outputs],
    }  # fmt: skip


DRIVER = """
const write = (x) => Object.is(x, -0) ? "-0" : String(x);
const words = {inf: Infinity, "-inf": -Infinity, nan: NaN};
const edges = (engine, k) => [0, 1, 2].map((i) => engine.linked(k, i) ? write(engine.partials[3*k + i]) : null);
const said = cases.map(([tape, point]) => {
  const engine = makeEngine(tape, kernels), x = point.map((text) => text in words ? words[text] : Number(text));
  engine.run(x.map(() => 0.5)).notes(); // another point before, of which nothing may stay
  engine.run(x);
  return {
    values: Array.from(engine.values, write), partials: Array.from(engine.values, (_, k) => edges(engine, k)),
    tangents: tape.inputs.map((_, i) => Array.from(engine.tangents(i), write)),
    adjoints: tape.outputs.map((_, j) => Array.from(engine.adjoints(j), write)),
    active: [...engine.active], varying: [...engine.varying], notes: engine.notes(),
  };
});
return JSON.stringify(said);
"""


@cache
def answers(engine: str) -> dict[str, dict[str, Any]]:
    """What an engine says of every case, from one run."""
    asked = [[columns(f.tape), list(map(write, x))] for f, x in cases().values()]
    table = f"const kernels = {kernels(TABLE.values())};"
    source = "\n".join([library(), ENGINE, table, f"const cases = {json.dumps(asked)};", DRIVER])
    return dict(zip(cases(), json.loads(javascript.run(source, engine)), strict=True))


class Case:
    """A case on floats, and how far each number may be off: to first order, its row's own budget, and what the
    budgets of its arguments make of it. A difference of large terms may be off by more than a few ulp of itself.
    """

    def __init__(self, name: str):
        self.function, point = cases()[name]
        self.tape = self.function.tape
        self.linear = linearise(REAL, self.tape, point)
        self.nodes = [o.node for o in self.tape.outputs]
        self.near = [0.0] * len(self.tape)
        self.slack: list[list[float]] = [[] for _ in self.near]
        for k, row, *_ in self.tape.interior():
            args, v, partials = self.tape.arguments(k), self.linear.values[k], self.linear.partials[k]
            value, partial = budget(row)
            spread = fsum(times(p, self.near[a]) for p, a in zip(partials, args, strict=False))
            self.near[k] = spread + value * unit(v)
            bent = self.bent(row, args)
            self.slack[k] = [partial * unit(p) + b for p, b in zip(partials, bent, strict=True)]

    def bent(self, row: Row, args: tuple[int, ...]) -> list[float]:
        """What the budgets of the arguments make of the partials."""
        total = [0.0] * (0 if row.partials is None else len(args))
        for moved in args:
            if not total or not self.near[moved]:
                continue
            given = [self.linear.values[a] for a in args]
            lifted = [DUAL.number(x, self.near[moved]) if a == moved else x for x, a in zip(given, args, strict=True)]
            try:
                slopes = row.partials(DUAL, DUAL.value(row)(*lifted), *lifted)  # type: ignore[misc]
            except DUAL.faults:
                slopes = DUAL.again(row, *lifted)[1]
            total = [x + abs(parts(p)[1]) for x, p in zip(total, slopes, strict=True)]
        return total

    def edges(self) -> list[tuple[int, int, float, float]]:
        """(node, argument, partial, how far off) of every edge, in tape order."""
        return [
            (k, a, p, s)
            for k in range(len(self.tape))
            for a, p, s in zip(self.tape.arguments(k), self.linear.partials[k], self.slack[k], strict=False)
            if p is not None
        ]

    def tangents(self, node: int) -> tuple[list[float], list[float]]:
        """The tangents for a seed on an input, and how far they may be off."""
        found = list(map(zero, forward(REAL, self.tape, self.linear, {node: 1.0})))
        off = [0.0] * len(found)
        for k, a, p, s in self.edges():
            off[k] += times(p, off[a]) + times(s, found[a]) + unit(times(p, found[a]))
        return found, off

    def adjoints(self, node: int) -> tuple[list[float], list[float]]:
        """The adjoints for a seed on an output, and how far they may be off."""
        found = list(map(zero, reverse(REAL, self.tape, self.linear, {node: 1.0})))
        off = [0.0] * len(found)
        for k, a, p, s in reversed(self.edges()):
            off[a] += times(p, off[k]) + times(s, found[k]) + unit(times(p, found[k]))
        return found, off


def times(x: float | None, y: float) -> float:
    """The size of the absolute product."""
    return abs(REAL.times(x or 0.0, y))


def unit(x: float | None) -> float:
    """A unit of the last place; what is not finite has none."""
    return ulp(x) if x is not None and isfinite(x) else 0.0


def same(found: Sequence[str], due: Sequence[float], off: Sequence[float]) -> bool:
    """Whether the numbers of a column are those due, as far as they may be off."""
    return all(
        x == float(y) or (x != x and float(y) != float(y)) or abs(x - float(y)) <= d
        for x, y, d in zip(map(float, found), due, off, strict=True)
    )


case = cache(Case)
every_case = pytest.mark.parametrize("name", cases())
every_engine = pytest.mark.parametrize("engine", javascript.ENGINES)


@every_engine
@every_case
def test_values_and_partials_are_those_of_the_linearisation(name: str, engine: str) -> None:
    here, said = case(name), answers(engine)[name]
    assert same(said["values"], here.linear.values, here.near)
    for k, found in enumerate(said["partials"]):
        due = [*here.linear.partials[k], None, None, None][:3]
        assert [p is None for p in found] == [p is None for p in due]
        numbers = [p for p in due if p is not None]
        slack = [s for p, s in zip(due, here.slack[k], strict=False) if p is not None]
        assert same([p for p in found if p is not None], numbers, slack), (k, found, due)


@every_engine
@every_case
def test_sweeps_are_those_on_floats(name: str, engine: str) -> None:
    here, said = case(name), answers(engine)[name]
    for node, found in zip(here.tape.inputs, said["tangents"], strict=True):
        assert same(found, *here.tangents(node))
    for node, found in zip(here.nodes, said["adjoints"], strict=True):
        assert same(found, *here.adjoints(node))


@every_engine
@every_case
def test_what_is_active_and_what_is_to_be_told_are_the_same(name: str, engine: str) -> None:
    here, said = case(name), answers(engine)[name]
    assert said["varying"] == list(here.tape.varying)
    assert said["active"] == list(active(REAL, here.tape, here.linear.values, here.nodes))
    due = notes(here.tape, here.linear, here.nodes, here.tape.inputs)
    assert [(n["kind"], n["node"]) for n in said["notes"]] == [(n.kind, n.node) for n in due]


def test_the_cases_have_every_kind_of_note_and_what_is_not_active() -> None:
    kinds = set()
    idle = 0
    for name in cases():
        here = case(name)
        kinds |= {n.kind for n in notes(here.tape, here.linear, here.nodes, here.tape.inputs)}
        idle += active(REAL, here.tape, here.linear.values, here.nodes).count(0)
    assert kinds == {"domain", "overflow", "kink"}
    assert idle


def test_the_samples_are_held_to_eleven_digits() -> None:
    """The budgets are no excuse: they are far below what a page shows."""
    for path in SAMPLES:
        here = case(path.stem)
        for node in here.nodes:
            assert here.near[node] <= 1e-12 * max(1.0, abs(here.linear.values[node])), path.stem
            for due, off in zip(*here.adjoints(node), strict=True):
                assert off <= 1e-11 * max(1.0, abs(due)), path.stem


def told(text: str, x: list[float], engine: str, **changes: Any) -> list[tuple[str, int]]:
    """The kinds and places of the notes on a program at a point."""
    f = Function(text)
    source = f"""{library()}\n{ENGINE}
const engine = makeEngine({json.dumps(columns(f.tape) | changes)}, {kernels(TABLE.values())});
return JSON.stringify(engine.run({json.dumps(x)}).notes().map((note) => [note.kind, note.place]));"""
    return [tuple(note) for note in json.loads(javascript.run(source, engine))]


@pytest.mark.parametrize(("wrt", "places"), [([0, 1], [0, 0]), ([1], [0]), ([], [])])
def test_only_the_kinks_of_what_is_differentiated_are_told(wrt: list[int], places: list[int]) -> None:
    assert told("abs(x) + abs(y)", [0.0, 0.0], "any", wrt=wrt) == [("kink", place) for place in places]


@pytest.mark.parametrize(
    ("text", "x", "wrt", "due"),
    [
        ("x/y", [1.0, 0.0], [0, 1], [("domain", -1)]),
        ("0^x + y", [0.5, 1.0], [0, 1], []),
        ("2^x", [2000.0], [0], [("overflow", -1)]),
        ("atan2(x, y)", [0.0, 0.0], [0, 1], [("domain", 0)]),
        ("atan2(x, y)", [0.0, 0.0], [1], [("domain", 1)]),
        ("max(x, y)", [1.0, 1.0], [1], [("kink", 1)]),
    ],
)
def test_a_note_says_which_argument_it_is_about(
    text: str, x: list[float], wrt: list[int], due: list[tuple[str, int]]
) -> None:
    assert told(text, x, "any", wrt=wrt) == due


@every_engine
def test_a_long_tape_is_swept_at_once(engine: str) -> None:
    """Nothing recurs: each of 200,000 nodes is made of the one before."""
    size = 200_000
    tape = {
        "keys": ["sin"], "op": [-1, *[0] * (size - 1)], "a": list(range(-1, size - 1)), "b": [-1] * size,
        "c": [-1] * size, "inputs": [0], "literals": [], "outputs": [size - 1],
    }  # fmt: skip
    source = f"""{library()}\n{ENGINE}
const engine = makeEngine({json.dumps(tape)}, {kernels([TABLE["sin"]])}).run([0.5]);
return JSON.stringify([engine.tangents(0)[{size - 1}] > 0, engine.adjoints(0)[0] > 0, engine.notes()]);"""
    assert json.loads(javascript.run(source, engine)) == [True, True, []]


def test_the_engine_fits_into_a_page() -> None:
    assert len(ENGINE) < 9_000
    assert ENGINE.isascii()
    assert "</" not in ENGINE
