"""digamma and polygamma against 60 digits, and their poles."""

from __future__ import annotations

import math
from random import Random

import mpmath
import pytest
from mpmath import mp, mpf
from support import ulps

from adcli.numbers.real import REAL
from adcli.numbers.special import ROOT, digamma, polygamma
from adcli.ops import TABLE

BUDGET = TABLE["digamma"].ulp[0]
ORDERS = range(7)


def points() -> list[float]:
    """A few hundred: ordinary, near the zero of digamma, near poles and halves, tiny and huge."""
    pick = Random(11).uniform
    found = [pick(1e-3, 30) for _ in range(80)] + [pick(-30, 0) for _ in range(80)]
    found += [ROOT + s * pick(1, 9) * 10.0**-k for k in range(1, 17) for s in (-1, 1)]
    found += [math.nextafter(ROOT, 0), ROOT, math.nextafter(ROOT, 2), ROOT - 0.25, ROOT + 0.25]
    found += [-k - 0.5 for k in range(12)] + [
        -k - 0.5 + s * 2.0**-j for k in range(3) for j in (9, 30) for s in (-1, 1)
    ]
    found += [-k + s * 2.0**-j for k in range(4) for j in (10, 25, 40) for s in (-1, 1)]
    found += [10.0**-k for k in range(1, 40, 3)] + [-(10.0**-k) for k in range(1, 40, 3)]
    found += [float(k) for k in range(1, 25)] + [10.0**k for k in range(2, 40, 3)] + [1e12 + 0.5, -1000.25]
    found += [-100.5, -250.125]
    return [x for x in found if x > 0 or x != math.floor(x)]


@pytest.fixture(scope="module")
def grid() -> list[float]:
    return points()


@pytest.mark.parametrize("n", ORDERS)
def test_the_kernel_is_right_to_its_budget(n: int, grid: list[float]) -> None:
    wrong = []
    with mp.workdps(60):
        for x in grid:
            truth, found = mpmath.polygamma(n, mpf(x)), polygamma(n, x)
            if math.isinf(float(truth)):
                continue
            # Below zero it is a difference, by reflection: the error is relative to the terms.
            scale = max(abs(truth), abs(mpmath.polygamma(n, 1 - mpf(x)))) if x < 0 else abs(truth)
            if not abs(found - truth) <= BUDGET * mpf(math.ulp(float(scale))):
                wrong.append((x, found, float(truth), ulps(found, truth)))
    assert wrong == []


def test_near_its_positive_zero_digamma_keeps_every_digit() -> None:
    with mp.workdps(60):
        for k in range(-40, 41):
            x = ROOT + k * math.ulp(ROOT)
            assert ulps(digamma(x), mpmath.digamma(mpf(x))) <= 4, k


def test_order_zero_is_digamma(grid: list[float]) -> None:
    assert [polygamma(0, x) for x in grid] == [digamma(x) for x in grid]


@pytest.mark.parametrize("x", [0.0, -0.0, -1.0, -2.0, -30.0, -1e15])
@pytest.mark.parametrize("n", ORDERS)
def test_a_pole_raises(n: int, x: float) -> None:
    with pytest.raises(ValueError, match="pole"):
        polygamma(n, x)


@pytest.mark.parametrize("n", [-1, 0.5, -0.5, math.nan])
def test_an_order_that_is_no_whole_number_raises(n: float) -> None:
    with pytest.raises(ValueError, match="order"):
        polygamma(n, 2.0)


EDGES = [
    ("digamma", (0.0,), -math.inf), ("digamma", (-0.0,), math.inf), ("digamma", (-1.0,), math.nan),
    ("digamma", (math.inf,), math.inf), ("digamma", (-math.inf,), math.nan), ("digamma", (math.nan,), math.nan),
    ("digamma", (1e308,), 709.1962086421661), ("digamma", (5e-324,), -math.inf),
    ("polygamma", (1.0, 0.0), math.inf), ("polygamma", (1.0, -0.0), math.inf),
    ("polygamma", (2.0, 0.0), -math.inf), ("polygamma", (2.0, -0.0), math.inf), ("polygamma", (2.0, -1.0), math.nan),
    # Of odd order it goes to +inf on both sides of every pole.
    ("polygamma", (1.0, -1.0), math.inf), ("polygamma", (3.0, -7.0), math.inf),
    ("polygamma", (1.0, 1e-300), math.inf), ("polygamma", (1.0, -1e-300), math.inf),
    ("polygamma", (1.0, -5e-324), math.inf), ("polygamma", (2.0, -1e-300), math.inf),
    ("polygamma", (1.0, math.inf), 0.0), ("polygamma", (1.0, math.nan), math.nan), ("polygamma", (-1.0, 2.0), math.nan),
]  # fmt: skip


@pytest.mark.parametrize(("key", "args", "value"), EDGES, ids=str)
def test_the_number_type_gives_ieee_values_at_poles_and_edges(key: str, args: tuple[float, ...], value: float) -> None:
    found, _ = REAL.again(TABLE[key], *args)
    assert found == value or (found != found and value != value)
