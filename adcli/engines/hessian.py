"""Hessians: reverse sweeps on duals, one for each variable or colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.engines.bundle import BLOCK, hessian_products
from adcli.engines.jacobian import MOST_ENTRIES, check_size
from adcli.errors import ProblemError
from adcli.numbers.namespace import Namespace
from adcli.tape.tape import Tape


def dense_hessians(
    F: Namespace, tape: Tape, point: Sequence[Any], outputs: Sequence[int], inputs: Sequence[int]
) -> tuple[list[list[list[Any]]], int, float]:
    """(the Hessian of each output, sweeps, asymmetry); shape [m][n][n].

    The lower triangle is mirrored; the asymmetry is the largest difference between the two halves as computed.
    More than BLOCK inputs are swept by colour where that takes fewer sweeps: then every entry is read in one place.
    Raises ProblemError for matrices that do not fit in memory.
    """
    n = len(inputs)
    check_size("Hessian", len(outputs) * n * n, MOST_ENTRIES // 2)  # it is computed as columns, and given as rows
    if n > BLOCK:
        from adcli.engines.compressed import filled, hessian_plan, sparse_hessians
        from adcli.engines.sparsity import hessian_pattern

        try:
            plan = hessian_plan(hessian_pattern(tape, outputs, inputs, most=n * n // 4))
        except ProblemError:
            plan = None  # not sparse
        if plan is not None and plan.sweeps < n:
            found = sparse_hessians(F, tape, point, outputs, inputs, plan)
            return [filled(entries, n, n) for entries in found], plan.sweeps, 0.0
    raw = hessian_products(F, tape, point, outputs, inputs, [{node: 1.0} for node in inputs])
    asymmetry = 0.0
    result = []
    for columns in raw:
        lower = [[columns[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]
        for j, column in enumerate(columns):
            for i in range(j):
                gap = abs(column[i] - columns[i][j])
                if gap > asymmetry:
                    asymmetry = gap
        result.append(lower)
    return result, n, asymmetry
