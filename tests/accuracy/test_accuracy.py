"""Every row within its budget at a few points across its domain; RESULTS.md has what many points say."""

from __future__ import annotations

import math
import re

import pytest

pytest.importorskip("flint")
pytest.importorskip("scipy")

from adcli.numbers.real import REAL
from adcli.ops import TABLE

from . import __main__ as command
from .audit import ROWS, Finding, audit
from .known import LOST
from .points import draws
from .report import cells
from .truth import Overflow, exact, ulps

FEW = 150


def complaints(finding: Finding) -> list[str]:
    """What is outside its budget, and is not known to be."""
    found = finding.outside(finding.floats) + finding.outside(finding.arrays)
    known = ["partial at subnormal numbers"] * (finding.key in LOST)
    return [what for what in found if what not in known]


@pytest.mark.parametrize("key", ROWS)
def test_a_row_is_within_its_budget(key: str) -> None:
    finding = audit(key, FEW)
    assert finding.points == FEW
    assert complaints(finding) == [], cells(finding)


@pytest.mark.slow
@pytest.mark.parametrize("key", ROWS)
def test_a_row_is_within_its_budget_at_many_points(key: str) -> None:
    """The figures of RESULTS.md, in a minute or two for all rows."""
    assert complaints(audit(key, command.POINTS)) == []


@pytest.mark.parametrize("key", ROWS)
def test_points_are_the_same_every_time_and_in_the_domain(key: str) -> None:
    row = TABLE[key]
    one, other = draws(row, "a"), draws(row, "a")
    for _ in range(20):
        args = next(one)
        assert args == next(other)
        assert len(args) == len(row.params)
        assert row.domain is None or row.domain(REAL, *args)


def test_errors_are_counted_in_units_of_the_last_place() -> None:
    value, (slope,) = exact(TABLE["exp"], [0.0])
    assert ulps(1.0, value) == ulps(1.0, slope) == 0
    assert ulps(1.0 + 2**-52, value) == 1
    assert ulps(math.nan, value) == math.inf
    tiny, _ = exact(TABLE["exp"], [-800.0])
    assert ulps(0.0, tiny) < 1e-20
    assert ulps(5e-324, tiny) == pytest.approx(1)
    large, _ = exact(TABLE["exp"], [709.7])
    assert 1 < ulps(math.inf, large) < 2**53
    with pytest.raises(Overflow):
        exact(TABLE["exp"], [710.0])


def lines() -> dict[str, list[str]]:
    """The table of RESULTS.md, by row."""
    text = command.RESULTS.read_text(encoding="utf-8")
    rows = [re.split(r"\s*\|\s*", line.strip("| \n")) for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row for row in rows}


def test_results_have_a_line_for_every_row_with_its_budget() -> None:
    found = lines()
    assert list(found) == ROWS
    assert {key: row[2] for key, row in found.items()} == {
        key: f"{TABLE[key].ulp[0]:g}, {TABLE[key].ulp[1]:g}" for key in ROWS
    }


def test_results_have_nothing_outside_that_is_not_explained() -> None:
    for key, row in lines().items():
        if len(row) == 10 and row[9]:
            assert key in LOST, row
            assert "value" not in row[9]
            assert row[9] == "partial at subnormal numbers"
