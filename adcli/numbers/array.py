"""NumPy arrays: one row of the op table on many points at once.

Values are float64 arrays of one shape (conditions: bool arrays); what does not depend on an input
stays a NumPy scalar and is computed once. Call the engines under `quietly()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from adcli.numbers import real
from adcli.numbers.namespace import Namespace, resolve
from adcli.ops import Row


def quietly() -> AbstractContextManager[Any]:
    """NumPy without its floating-point warnings: inf and nan are answers here."""
    return np.errstate(all="ignore")


class Array(Namespace):
    """float64 arrays. Rows without a NumPy or SciPy host run their float kernel element by element."""

    def host(self, row: Row) -> Callable[..., Any] | None:
        if row.array:
            try:
                return resolve(row.array)  # type: ignore[no-any-return]
            except ImportError:  # SciPy is an extra
                return by_element(row)
        if row.floats is not None:
            return lambda *args: row.floats(self, *args)  # type: ignore[misc]
        return None if row.define is not None else by_element(row)

    def literal(self, text: str) -> Any:
        return np.float64(real.REAL.literal(text))

    def times(self, x: Any, y: Any) -> Any:
        if x.__class__ is float or x.__class__ is int:  # a tangent along many directions, scaled
            if x == 0:
                return 0.0
            if x - x == 0:
                return x * y
        return np.where((x == 0) | (y == 0), 0.0, x * y)

    def quietly(self) -> AbstractContextManager[Any]:
        return quietly()

    def everywhere(self, condition: Any) -> bool:
        return bool(np.all(condition))

    def finite(self, values: Iterable[Any]) -> bool:
        total: Any = 0.0  # one sum is quicker than a test of each; where it overflows nothing is lost but time
        with quietly():
            for x in values:
                if x is not None:
                    total = total + x
        return bool(np.isfinite(total).all())


def by_element(row: Row) -> Callable[..., Any]:
    """The float kernel of a row, element by element."""
    kernel = np.frompyfunc(lambda *args: real.evaluate(row, *map(float, args)), len(row.params), 1)
    return lambda *args: np.asarray(kernel(*args), dtype=np.float64)[()]


ARRAY = Array()
