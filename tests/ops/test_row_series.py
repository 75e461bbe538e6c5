"""Taylor series: every row against mpmath, the arithmetic, and what a coefficient must not depend on.

The truth is `mpmath.taylor` at 60 digits. It takes numerical differences, which never end for the gamma family: there
the coefficients are polygammas (DLMF 5.15.1), and the integrals of the normal density are integrated term by term.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf
from row_checks import JUMPING, REFERENCE, arguments, moving

from adcli.numbers.real import REAL
from adcli.numbers.series import SeriesSpace
from adcli.ops import TABLE, Row

ORDER = 30
BUDGET = 1e-12  # of the relative error, times the condition of the coefficient
ROWS = [pytest.param(row, id=key) for key, row in TABLE.items() if not row.condition]
inf, nan = math.inf, math.nan


# The truth


def differences(f: Callable[[Any], Any], x: Any, order: int) -> list[Any]:
    """Coefficients 0 to `order` by mpmath, with a step far below the argument."""
    size = abs(x) if abs(x) > 1 or 0 < abs(x) < 1e-30 else 1
    return list(mpmath.taylor(f, x, order, chop=False, h=size * mpf(10) ** -60))


def integral(start: Any, slope: list[Any]) -> list[Any]:
    return [start, *(c / k for k, c in enumerate(slope, 1))]


def polygammas(n: int, x: Any, order: int) -> list[Any]:
    return [mpmath.psi(n + k, x) / mpmath.factorial(k) for k in range(order + 1)]


def lgammas(x: Any, order: int) -> list[Any]:
    return integral(REFERENCE["lgamma"](x), polygammas(0, x, order - 1))


def gammas(x: Any, order: int) -> list[Any]:
    """From gamma' = gamma * psi."""
    psi, found = polygammas(0, x, order), [mpmath.gamma(x)]
    for k in range(order):
        found.append(mpmath.fdot(found, psi[k::-1]) / (k + 1))
    return found


def integrals(key: str, factor: Callable[[], Any], exponent: int) -> Callable[[Any, int], list[Any]]:
    def found(x: Any, order: int) -> list[Any]:
        density = differences(lambda t: factor() * mpmath.exp(-t * t / exponent), x, order - 1)
        return integral(REFERENCE[key](x), density)

    return found


SPECIAL: dict[str, Callable[[Any, int], list[Any]]] = {
    "digamma": lambda x, order: polygammas(0, x, order),
    "lgamma": lgammas,
    "gamma": gammas,
    "erf": integrals("erf", lambda: 2 / mpmath.sqrt(mp.pi), 1),
    "erfc": integrals("erfc", lambda: -2 / mpmath.sqrt(mp.pi), 1),
    "normcdf": integrals("normcdf", lambda: 1 / mpmath.sqrt(2 * mp.pi), 2),
}


def truth(row: Row, sample: Sequence[float], i: int, order: int) -> list[Any]:
    """The exact coefficients of a row in its i-th argument at a sample; an exact 0 is 0, not noise."""
    args = arguments(row, sample, mpf)
    if row.key in JUMPING:
        found = [REFERENCE[row.key](*args), *[mpf(0)] * order]
    elif row.key == "polygamma":
        found = polygammas(int(sample[0]), args[1], order)
    elif row.key == "psi":
        n, j = int(sample[0]), int(sample[1])
        scale = mpmath.factorial(n - j) / mpmath.factorial(n)
        found = [scale * c for c in polygammas(n, args[2], order)]
    elif row.key in SPECIAL:
        found = SPECIAL[row.key](args[i], order)
    else:
        found = differences(lambda t: REFERENCE[row.key](*args[:i], t, *args[i + 1 :]), args[i], order)
    scale, largest = max(1, abs(args[i])), mpf(0)
    for k, c in enumerate(found):
        size = abs(c) * scale**k
        if size < largest * mpf(10) ** -50:
            found[k] = mpf(0)
        largest = max(largest, size)
    return found


# The check


def coefficients(row: Row, sample: Sequence[float], i: int, order: int) -> list[float]:
    """The coefficients of a row in its i-th argument, by adcli."""
    space = SeriesSpace(REAL)
    args = arguments(row, sample)
    args[i] = space.variable(args[i], 1.0)
    found = space.value(row)(*args)
    return [space.coefficient(found, k) for k in range(order + 1)]


def wrong_coefficients(row: Row, i: int, order: int = ORDER, changed: Row | None = None) -> Iterator[str]:
    """Coefficients at the samples of a row (as `changed` has them) that err by more than the budget."""
    for sample in row.samples:
        with mp.workdps(60):
            exact = truth(row, sample, i, order + 1)
        found = coefficients(changed or row, sample, i, order)
        for k, c in enumerate(found):
            if abs(exact[k]) > sys.float_info.max:  # no double: nor need be what is made from it
                if math.isfinite(c):
                    yield f"{row.key}{sample} in {i}, order {k}: {c!r}, not beyond the range"
                break
            conditioned = max(abs(exact[k]), abs(sample[i] * (k + 1) * exact[k + 1]))
            allowed = BUDGET * conditioned + 1e-306 * (exact[k] != 0)
            if not abs(c - exact[k]) <= allowed:
                yield f"{row.key}{sample} in {i}, order {k}: {c!r}, not {mpmath.nstr(exact[k], 17)}"


@pytest.mark.parametrize("row", ROWS)
def test_every_row_agrees_with_mpmath_to_order_30(row: Row) -> None:
    assert [complaint for i in moving(row) for complaint in wrong_coefficients(row, i)] == []


def scaled(row: Row, factor: float) -> Row:
    """The row with the recurrence that it has, or that its partials are, off by a factor."""
    if row.series is not None:
        return replace(row, series=lambda F, k, *args: row.series(F, k, *args) * factor)  # type: ignore[misc]
    return replace(row, partials=lambda *args: tuple(p if p is None else p * factor for p in row.partials(*args)))  # type: ignore[misc]


@pytest.mark.parametrize("key", ["div", "exp", "sin", "powc", "atan2", "gamma", "erfc", "hypot", "softplus"])
@pytest.mark.parametrize("factor", [1.001, 1 + 1e-9])
def test_a_series_that_is_off_by_a_factor_is_caught(key: str, factor: float) -> None:
    row = TABLE[key]
    i = moving(row)[-1]
    assert list(wrong_coefficients(row, i, 4)) == []
    assert list(wrong_coefficients(row, i, 4, scaled(row, factor)))
