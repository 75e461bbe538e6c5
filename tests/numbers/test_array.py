"""NumPy arrays as a number type: hosts by name, constants once, SciPy only when needed."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest

from adcli.numbers.array import ARRAY, by_element, quietly
from adcli.ops import TABLE


def test_what_no_input_moves_stays_a_scalar() -> None:
    assert np.ndim(ARRAY.literal("0.1")) == 0
    assert np.ndim(ARRAY.sin(ARRAY.pi)) == 0
    assert ARRAY.sin(np.zeros(3)).shape == (3,)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3), (0,)])
def test_the_float_kernel_keeps_shapes_and_makes_doubles(shape: tuple[int, ...]) -> None:
    with quietly():
        found = by_element(TABLE["digamma"])(np.full(shape, 2.0))
    assert np.shape(found) == shape
    assert found.dtype == np.float64
    assert np.allclose(found, 0.42278433509846713)


def test_the_float_kernel_broadcasts_and_gives_ieee_values() -> None:
    kernel = by_element(TABLE["polygamma"])
    assert kernel(np.float64(1), np.array([1.0, 0.0])).tolist() == [1.6449340668482264, np.inf]


def test_nothing_warns_under_quietly() -> None:
    with warnings.catch_warnings(), quietly():
        warnings.simplefilter("error")
        x = np.array([0.0, -1.0, 1e300, np.nan])
        for key in ("ln", "sqrt", "exp", "acosh", "gamma", "lgamma", "digamma", "normcdf", "sigmoid", "cot"):
            getattr(ARRAY, key)(x)
        ARRAY.times(x, x / x)


def test_scipy_is_loaded_on_first_use_and_not_before() -> None:
    pytest.importorskip("scipy")
    code = """
import sys
import numpy as np
from adcli.numbers.array import ARRAY
ARRAY.sin(np.ones(3)), ARRAY.max(np.ones(3), 2)
assert "scipy" not in sys.modules
ARRAY.erf(np.ones(3))
assert "scipy.special" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
