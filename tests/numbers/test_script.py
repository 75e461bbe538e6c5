"""The op table in JavaScript: what is written, and that engines compute with it what Python computes."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import javascript
import pytest
from scripted import answers, differences, in_javascript, in_python, points

from adcli.numbers.script import Script, function, kernel, kernels, library, spelled
from adcli.ops import TABLE
from adcli.tape.tape import INPUT, LITERAL

every_engine = pytest.mark.parametrize("engine", javascript.ENGINES)


@every_engine
@pytest.mark.parametrize("key", TABLE)
def test_a_row_is_the_same_in_javascript(key: str, engine: str) -> None:
    row, said = TABLE[key], in_javascript(engine)[key]
    wrong = []
    for args, found in zip(points(row), said, strict=True):
        due = in_python(row, args)
        wrong += [(name, args, found, due) for name in differences(row, args, found, due)]
    assert not wrong, f"{len(wrong)} of {len(said)}, the first: {wrong[:3]}"


SINE = dataclasses.replace(
    TABLE["sin"], domain=lambda F, x: F.gt(x, 0), kink=lambda F, x: F.le(x, 1), taken=lambda F, x: (F.le(x, 1),)
)
PLANTED: dict[str, dict[str, Any]] = {
    "partials": {"partials": lambda F, v, x: (F.cos(x) * (1 + 2.0**-49),)},
    "value": {"js": "Math.cos", "partials": SINE.partials},
    "domain": {"domain": lambda F, x: F.ge(x, 0)},
    "kink": {"kink": lambda F, x: F.lt(x, 1)},
    "taken": {"taken": lambda F, x: (F.lt(x, 1),)},
}


@every_engine
def test_a_wrong_row_is_caught(engine: str) -> None:
    wrong = [dataclasses.replace(SINE, key=name, **changes) for name, changes in PLANTED.items()]
    said = answers([dataclasses.replace(SINE, key="right"), *wrong], engine)
    caught = {
        key: {
            what
            for args, a in zip(points(SINE), found, strict=True)
            for what in differences(SINE, args, a, in_python(SINE, args))
        }
        for key, found in said.items()
    }
    assert caught == {"right": set(), **{name: {name} for name in PLANTED}}


@every_engine
def test_the_library_has_what_the_rows_name_and_nothing_else(engine: str) -> None:
    named = re.findall(r"\b(?:Math|host)\.\w+", kernels(TABLE.values()))
    source = f"""{library()}
const missing = {json.dumps(sorted(set(named)))}.filter((name) => {{
  const [space, key] = name.split(".");
  return typeof {{ Math, host }}[space][key] !== "function";
}});
return JSON.stringify([missing, Object.keys(host)]);"""
    missing, hosts = json.loads(javascript.run(source, engine))
    assert missing == []
    assert {f"host.{key}" for key in hosts} == {name for name in named if name.startswith("host.")}


def test_the_library_is_small_and_fits_into_a_page() -> None:
    assert len(library()) < 14_000
    assert library().isascii()
    assert "</" not in library() + kernels(TABLE.values())


@pytest.mark.parametrize("key", TABLE)
def test_every_row_is_written_with_the_columns_it_has(key: str) -> None:
    row = TABLE[key]
    names = re.findall(r"(\w+): \(", kernel(row))
    columns = ("partials", "domain", "kink", "taken")
    assert names == ["value", *(name for name in columns if getattr(row, name) is not None)]


def test_leaves_are_left_out_and_a_row_is_written_once() -> None:
    sine = TABLE["sin"]
    assert kernels([INPUT, sine, LITERAL, sine]) == (
        "{\n  sin: {value: (x) => Math.sin(x), partials: (v, x) => [Math.cos(x)]},\n}"
    )


@pytest.mark.parametrize(
    ("compute", "text"),
    [
        (lambda F, x, y: F.where(F.and_(F.lt(x, y), F.not_(F.eq(x, 0))), -x, y), "((x < y) && (!(x == 0))) ? (-x) : y"),
        (lambda F, x, y: F.hypot(x, y) / 2, "host.hypot(x, y) / 2"),
        (lambda F, x, y: (None, x - -1.5, F.literal("0.1")), "[null, x - -1.5, 0.1]"),
        (lambda F, x, y: F.sqrt(F.pi) * x, "1.7724538509055159 * x"),
        (lambda F, x, y: F.div(1, 0) * x, "Infinity * x"),
        (lambda F, x, y: F.exp(-x) / (1 + F.exp(-x)), "{ const t1 = Math.exp(-x); return t1 / (1 + t1); }"),
        (lambda F, x, y: x * x, "x * x"),
        (lambda F, x, y: (x, x), "[x, x]"),
        (lambda F, x, y: (True, F.gt(x, 0), F.gt(x, 0)), "{ const t1 = x > 0; return [true, t1, t1]; }"),
    ],
)  # fmt: skip
def test_operations_are_written_in_their_order(compute: Any, text: str) -> None:
    assert function(["x", "y"], compute) == f"(x, y) => {text}"


def test_equal_operations_are_one_and_those_of_two_functions_are_not() -> None:
    F, G = Script(), Script()
    x, y = F.argument("x"), G.argument("x")
    assert F.sin(x) is F.sin(x)
    assert F.sin(x) is not G.sin(y)


@pytest.mark.parametrize(
    ("x", "text"),
    [(1, "1"), (-2.5, "-2.5"), (-0.0, "-0"), (1e22, "1e22"), (0.1, "0.1"), (float("inf"), "Infinity"),
     (float("-inf"), "-Infinity"), (float("nan"), "NaN"), (None, "null"), (True, "true"), (False, "false")],
)  # fmt: skip
def test_constants_are_spelled_so_that_they_read_back(x: Any, text: str) -> None:
    assert spelled(x) == text
