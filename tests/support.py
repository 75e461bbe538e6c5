"""Helpers that several test modules share."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from hypothesis import strategies as st
from mpmath import mpf

from adcli.engines.linearise import evaluate
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.tape import Builder, Output, Tape

THOROUGH = bool(os.environ.get("ADCLI_THOROUGH"))  # set where the slow tests run as well


def share(examples: int) -> int:
    """How many of so many random examples are tried: a quarter, unless the tests are to be thorough."""
    return examples if THOROUGH else max(50, examples // 4)


def ulps(value: float, truth: Any) -> float:
    """Distance of a float from an exact number (mpf or float), in ulp of that number rounded to double."""
    nearest = float(truth)
    if math.isfinite(value) and math.isfinite(nearest):
        return float(abs(mpf(value) - truth) / mpf(math.ulp(nearest)))
    return 0.0 if value == nearest or (value != value and nearest != nearest) else math.inf


def value_of(text: str, point: Mapping[str, float]) -> float:
    """The value of a program's one output at a point, which may hold more than the program needs."""
    tape = parse([text])
    (output,) = tape.outputs
    return float(evaluate(REAL, tape, [point[name] for name in tape.variables])[output.node])


def live_at(tape: Tape, last: Sequence[int], boundaries: Sequence[int]) -> list[list[int]]:
    """Per boundary b, ascending: the nodes before b that b or a later node uses, leaves left out."""
    result: list[list[int]] = []
    alive: list[int] = []
    start = 0
    for b in boundaries:
        alive = [k for k in chain(alive, range(start, b)) if last[k] >= b and tape.first[k] >= 0]
        result.append(alive)
        start = b
    return result


CONSTANTS = ["0", "1", "2", "3", "0.5", "10", "pi"]
NUMBER_ROWS = sorted(key for key, row in TABLE.items() if not row.condition and key != "where")
COMPARISONS = sorted(key for key, row in TABLE.items() if row.condition and not row.tests)


@st.composite
def tapes(draw: st.DrawFn, most: int = 25) -> Tape:
    """A tape over the rows of the table: 1 to 3 inputs, up to `most` steps, 1 to 3 outputs."""
    builder = Builder()
    numbers = [builder.input(f"x{i}") for i in range(1, draw(st.integers(1, 3)) + 1)]
    for text in draw(st.lists(st.sampled_from(CONSTANTS), max_size=2)):
        numbers.append(builder.literal(text))
    node = st.integers(0, 10**6).map(lambda i: numbers[-1 - i % len(numbers)])  # small: the latest
    for key in draw(st.lists(st.sampled_from([*NUMBER_ROWS, "where"]), min_size=4, max_size=most)):
        row = TABLE[key]
        args = [draw(node) for _ in row.params]
        for i in row.constant:
            args[i] = builder.literal(draw(st.sampled_from(["0", "1", "2", "3"])))
        for i in row.tests:
            args[i] = builder.apply(TABLE[draw(st.sampled_from(COMPARISONS))], draw(node), draw(node))
        numbers.append(builder.apply(row, *args))
    chosen = {numbers[-1], *draw(st.lists(node, max_size=2))}
    builder.tape.outputs = [Output(f"y{i}", k) for i, k in enumerate(sorted(chosen), 1)]
    return builder.tape


points = st.lists(st.floats(-3, 3) | st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0]), min_size=3, max_size=3)
