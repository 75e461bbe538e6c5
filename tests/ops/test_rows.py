"""Every row of the op table at every one of its samples, and what a row says in words."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from row_checks import CHECKS, REFERENCE, Check, arguments, wrong_arrays
from support import value_of

from adcli.numbers.array import Array
from adcli.numbers.counted import Counting
from adcli.numbers.dual import Duals
from adcli.numbers.namespace import resolve
from adcli.numbers.real import REAL, Real, evaluate
from adcli.numbers.script import library
from adcli.numbers.series import SeriesSpace
from adcli.ops import ALIASES, CONSTANTS, FUNCTIONS, OPERATORS, TABLE, Row
from adcli.tape.rules import condition_text
from adcli.tape.symbol import Symbols
from adcli.tape.tape import Builder

MATH_OF_JAVASCRIPT = (
    "abs acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh exp expm1 floor hypot log log10 log1p "
    "log2 max min pow round sign sin sinh sqrt tan tanh trunc"
)
ROWS = [pytest.param(row, id=key) for key, row in TABLE.items()]
SMOOTH = [pytest.param(row, id=key) for key, row in TABLE.items() if not row.condition]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("wrong_"))
@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_right_at_every_sample(row: Row, check: Check) -> None:
    assert check(row) == []


def test_every_row_has_a_reference_and_samples() -> None:
    assert set(REFERENCE) == set(TABLE)
    assert [key for key, row in TABLE.items() if not row.samples or key != row.key] == []


@pytest.fixture
def no_scipy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Array]:
    """Arrays where SciPy is not installed."""
    for module in [name for name in sys.modules if name.partition(".")[0] == "scipy"] + ["scipy", "scipy.special"]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "adcli.numbers.scipy_hosts", raising=False)
    resolve.cache_clear()
    yield Array()
    resolve.cache_clear()


@pytest.mark.parametrize("row", ROWS)
def test_without_scipy_the_float_kernel_runs_element_by_element(row: Row, no_scipy: Array) -> None:
    assert wrong_arrays(row, no_scipy, "scipy" in row.array) == []


# What a row says in words


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_documented(row: Row) -> None:
    assert row.doc
    assert "\n" not in row.doc
    assert not row.doc.endswith(".")
    assert row.name == "" or re.fullmatch("[a-z][a-z0-9]*", row.name)
    assert row.infix == "" or (row.name == "" and row.level > 0)
    assert set(re.findall(r"#\d", row.latex)) == {f"#{i}" for i in range(1, len(row.params) + 1)}
    assert row.latex.count("{") == row.latex.count("}")
    assert row.latex.count(r"\left") == row.latex.count(r"\right")
    assert (max(row.ulp) > 4) == bool(row.why)


def test_names_are_unique_and_aliases_lead_to_rows() -> None:
    names = [row.name for row in TABLE.values() if row.name]
    assert len(set(names)) == len(names)
    assert not set(names) & (set(CONSTANTS) | set(ALIASES))
    assert set(ALIASES.values()) <= set(FUNCTIONS) | {infix for infix, _ in OPERATORS}


GRID = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.5]


@pytest.mark.parametrize("column", ["domain", "kink"])
@pytest.mark.parametrize("row", ROWS)
def test_domain_and_kink_print_read_back_and_mean_the_same(row: Row, column: str) -> None:
    condition = getattr(row, column)
    if condition is None:
        assert condition_text(row, condition) == ""
        return
    text = f"if({condition_text(row, condition)}, 1, 0)"
    points = [*row.samples, *product(GRID, repeat=len(row.params))]
    assert len({*map(len, points)}) == 1
    for point in points:
        try:
            held = condition(REAL, *point)
        except REAL.faults:
            continue  # mod by zero: the domain speaks of that
        assert value_of(text, dict(zip(row.params, point, strict=True))) == held, point


@pytest.mark.parametrize("row", ROWS)
def test_samples_lie_in_the_domain_where_values_are_finite(row: Row) -> None:
    for sample in row.samples:
        args = arguments(row, sample)
        assert row.domain is None or row.domain(REAL, *args), sample
        assert math.isfinite(evaluate(row, *args)), sample


@pytest.mark.parametrize("row", SMOOTH)
def test_outside_its_domain_a_row_is_not_finite_and_inside_it_is(row: Row) -> None:
    for point in product(GRID, repeat=len(row.params)):
        args = arguments(row, point)
        inside = row.domain is None or bool(row.domain(REAL, *args))
        assert math.isfinite(evaluate(row, *args)) == inside, point


# Hosts


@pytest.mark.parametrize("row", ROWS)
def test_the_float_host_resolves_or_a_definition_stands_for_it(row: Row) -> None:
    assert callable(resolve(row.real)) if row.real else row.define is not None or row.floats is not None


@pytest.mark.parametrize("row", ROWS)
def test_the_array_host_resolves(row: Row) -> None:
    if "scipy" in row.array:
        pytest.importorskip("scipy")
    assert callable(resolve(row.array)) if row.array else row.define is not None or bool(row.real)


@pytest.mark.parametrize("row", [p for p in ROWS if p.values[0].ball])
def test_the_ball_host_resolves(row: Row) -> None:
    module, _, name = row.ball.rpartition(".")
    if module == "arb":
        assert callable(getattr(pytest.importorskip("flint").arb, name))
    else:
        assert callable(resolve(row.ball))


@pytest.mark.parametrize("row", [p for p in ROWS if p.values[0].js])
def test_the_javascript_host_is_an_operator_or_a_function_there_is(row: Row) -> None:
    module, _, name = row.js.rpartition(".")
    if module:
        functions = {"Math": MATH_OF_JAVASCRIPT, "host": library().split("return {")[-1]}
        assert name in re.findall(r"\w+", functions[module])
    else:
        assert re.fullmatch(r"[-+*/<>=!&|?:]{1,3}", row.js)


SPACES = [Real, Array, lambda: Duals(REAL, REAL), lambda: SeriesSpace(REAL), lambda: Symbols(Builder()), Counting]


@pytest.mark.parametrize("make", SPACES)
def test_no_row_is_called_as_something_that_a_number_type_has_for_itself(make: Callable[[], Any]) -> None:
    """A new one, for rows that were asked for are kept under their names."""
    space = make()
    assert [key for key in TABLE if key in vars(space) or hasattr(type(space), key)] == []
