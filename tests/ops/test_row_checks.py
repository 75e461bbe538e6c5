"""Tests of the checks: a fault planted in a row is caught."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from row_checks import (
    Check,
    arguments,
    moving,
    wrong_arrays,
    wrong_exactly,
    wrong_lambdas,
    wrong_partials,
    wrong_recurrences,
    wrong_rules,
    wrong_seconds,
    wrong_values,
)

from adcli.numbers.real import REAL, evaluate
from adcli.ops import TABLE, Row


def altered(row: Row, change: Callable[..., Any]) -> Row:
    """The row with its partials changed: change(F, v, args, partials) -> partials."""
    plain = row.partials
    assert plain is not None
    return replace(row, partials=lambda F, v, *args: change(F, v, args, list(plain(F, v, *args))))


def each(change: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda F, v, args, partials: [None if p is None else change(p) for p in partials]


PLANTED: dict[str, Callable[..., Any]] = {
    "x1.001": each(lambda p: p * 1.001),
    "some ulp too many": each(lambda p: p * (1 + 2**-44)),
    "wrong sign": each(lambda p: -p),
    "no edge": each(lambda p: None),
    "an edge too many": lambda F, v, args, partials: [0.0 if p is None else p for p in partials] + [0.0],
    "the last one only": lambda F, v, args, partials: [None] * (len(partials) - 1) + partials[-1:],
    "swapped partials": lambda F, v, args, partials: partials[::-1],
}


def has_slope(row: Row) -> bool:
    """Whether some partial is not 0 at some sample: a change of it can be seen."""
    args = [arguments(row, sample) for sample in row.samples]
    return any(p for a in args for p in REAL.slopes(row)(evaluate(row, *a), *a))


def plantings() -> list[Any]:
    found = []
    for key, row in TABLE.items():
        if row.condition or not has_slope(row):
            continue
        for name, change in PLANTED.items():
            if key == "add" and name == "swapped partials":
                continue  # both are 1
            if name in ("the last one only", "swapped partials") and len(moving(row)) < 2:
                continue
            found.append(pytest.param(row, change, id=f"{key}-{name}"))
    return found


@pytest.mark.parametrize(("row", "change"), plantings())
def test_a_planted_wrong_partial_is_caught(row: Row, change: Callable[..., Any]) -> None:
    assert wrong_partials(altered(row, change))


# Faults of one row: (key, columns, the checks that must catch them)
FAULTY: list[tuple[str, str, dict[str, Any], list[Check]]] = [
    ("a dropped term of tan", "tan", {"partials": lambda F, v, x: (v * v,)},
     [wrong_partials, wrong_exactly, wrong_seconds, wrong_rules]),
    ("a dropped term of pow", "pow", {"partials": lambda F, v, x, y: (y * F.pow(x, y), F.ln(x) * v)},
     [wrong_partials, wrong_exactly, wrong_seconds, wrong_rules]),
    ("a dropped factor of erf", "erf", {"partials": lambda F, v, x: (F.gauss(x),)},
     [wrong_partials, wrong_exactly, wrong_seconds, wrong_rules]),
    ("swapped arguments of atan2", "atan2",
     {"partials": lambda F, v, x, y: (x / F.hypot(x, y) / F.hypot(x, y), -y / F.hypot(x, y) / F.hypot(x, y))},
     [wrong_partials, wrong_exactly, wrong_seconds, wrong_rules]),
    ("swapped arguments of div", "div", {"partials": lambda F, v, y, x: (1 / y, -v / y)},
     [wrong_partials, wrong_exactly, wrong_rules]),
    ("a wrong sign of cos", "cos", {"partials": lambda F, v, x: (F.sin(x),)},
     [wrong_partials, wrong_exactly, wrong_seconds, wrong_rules]),
    ("an unstable form of asin", "asin", {"partials": lambda F, v, x: (1 / F.sqrt(1 - x * x),)}, [wrong_partials]),
    ("an unstable form of tanh", "tanh", {"partials": lambda F, v, x: (1 - v * v,)}, [wrong_partials]),
    ("a decimal literal", "erf", {"partials": lambda F, v, x: (1.1283791670955126 * F.gauss(x),)},
     [wrong_exactly, wrong_lambdas]),
    ("a fraction that is not dyadic", "cbrt", {"partials": lambda F, v, x: (1 / 3 / (v * v),)},
     [wrong_exactly, wrong_lambdas]),
    ("math on a lambda's argument", "sin", {"partials": lambda F, v, x: (math.cos(x),)}, [wrong_lambdas]),
    ("** in a lambda", "tan", {"partials": lambda F, v, x: (1 + v**2,)}, [wrong_lambdas]),
    ("a comparison in a lambda", "relu", {"partials": lambda F, v, x: (1 if x > 0 else 0,)}, [wrong_lambdas]),
    ("an equality in a lambda", "abs", {"partials": lambda F, v, x: (0 if x == 0 else F.sign(x),)}, [wrong_lambdas]),
    ("a choice by truth in a lambda", "relu", {"partials": lambda F, v, x: (1 if F.gt(x, 0) else 0,)},
     [wrong_lambdas]),
    ("a wrong float host", "sin", {"real": "math.cos"}, [wrong_values, wrong_arrays]),
    ("a wrong array host", "sin", {"array": "numpy.cos"}, [wrong_arrays]),
    ("a wrong definition", "sec", {"define": lambda F, x: 1 / F.sin(x)}, [wrong_values, wrong_exactly]),
    ("a wrong comparison", "lt", {"real": "operator.le", "samples": ((1.0, 1.0),)}, [wrong_values, wrong_arrays]),
    ("a recurrence that is off", "mul", {"series": lambda F, k, v, x, y: F.dot(x, y[::-1]) * 1.001},
     [wrong_recurrences]),
    ("a recurrence that leaves out a term", "div",
     {"series": lambda F, k, v, x, y: F.div(x[k] - F.dot(v, y[:1:-1]), y[0])}, [wrong_recurrences]),
    ("partials that are not what the recurrence says", "div", {"partials": lambda F, v, x, y: (1 / y, v / y)},
     [wrong_recurrences]),
    ("partials of a condition", "lt", {"partials": lambda F, v, x, y: (0, 0)}, [wrong_partials]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "check"),
    [
        pytest.param(replace(TABLE[key], **columns), check, id=f"{name}-{check.__name__}")
        for name, key, columns, checks in FAULTY
        for check in checks
    ],
)
def test_a_planted_fault_is_caught(row: Row, check: Check) -> None:
    assert check(row)
