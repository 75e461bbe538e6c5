"""A long tape at a few points, one after the other: the interpreter as what computes a block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adcli.engines.blocks import Tally, all_finite, tally
from adcli.engines.interpreter import Interpreter


class Pointwise:
    """Values and adjoints of a tape, point by point.

    outputs   the nodes whose values are results
    sweeps    the seeds of each reverse sweep, whose adjoints of `inputs` are the further results
    """

    def __init__(
        self,
        interpreter: Interpreter,
        outputs: Sequence[int],
        sweeps: Sequence[dict[int, float]],
        inputs: Sequence[int],
    ):
        self.interpreter = interpreter
        self.outputs = list(outputs)
        self.sweeps = sweeps
        self.inputs = list(inputs)

    def run(
        self, inputs: Sequence[Any], out: Sequence[NDArray[Any]], workers: int | None = None,
        marks: NDArray[np.bool_] | None = None,
    ) -> Tally:  # fmt: skip
        """As `Engine.run`, for a tape without kinks."""
        points = len(out[0]) if out else 0
        for p in range(points):
            x = [float(v) if isinstance(v, float) else float(v[p]) for v in inputs]
            values = None if self.sweeps else self.interpreter.values(x)
            adjoints: list[float] = []
            for seeds in self.sweeps:
                values, found = self.interpreter.gradient(x, seeds)
                adjoints += (found[self.inputs] + 0.0).tolist()
            assert values is not None
            for y, number in zip(out, [*values[self.outputs].tolist(), *adjoints], strict=True):
                y[p] = number
        bad = None if all_finite(out) else np.logical_not(np.isfinite(out).all(axis=0))
        if marks is not None and bad is not None:
            marks |= bad
        return tally(bad, None)
