"""Array hosts made from SciPy's functions where those alone lose digits. Importing this needs SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from adcli.numbers.array import ARRAY


def erfc(x: Any) -> Any:
    """erfc(x) as exp(-x^2) erfcx(x) from 1 on: SciPy's own is off by up to 200 ulp there."""
    return np.where(x > 1, ARRAY.gauss(x) * special.erfcx(np.maximum(x, 1)), special.erfc(x))[()]
