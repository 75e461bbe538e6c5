"""Propagation of uncertainty: the law of the GUM (JCGM 100:2008, 5.1 and 5.2), and its second order.

Covariances C of the inputs make J*C*J' of the outputs. To second order the mean of an output moves by
sum(H[j,k]*C[j,k])/2, and for normal inputs its variance grows by sum((H*C)[j,k]*(H*C)[k,j])/2 (JCGM 100:2008, 5.1.2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Matrix = Sequence[Sequence[float]]


def covariance(jacobian: Matrix, given: Matrix) -> list[list[float]]:
    """J*C*J', shape [m][m]."""
    rows = [[math.fsum(map(product, row, column)) for column in zip(*given, strict=True)] for row in jacobian]
    return [[math.fsum(map(product, row, other)) for other in jacobian] for row in rows]


def product(x: float, y: float) -> float:
    """Absolute: an input without uncertainty adds nothing, whatever its partial."""
    return x * y if x and y else 0.0


def budget(row: Sequence[float], given: Matrix, variance: float) -> list[float]:
    """The part of each input in the variance of an output, of 1: its own, and half of each covariance it is in."""
    found = []
    for j, p in enumerate(row):
        total = math.fsum(product(product(p, q), c) for q, c in zip(row, given[j], strict=True))
        found.append(total / variance if variance else 0.0)
    return found


def second_order(hessian: Matrix, given: Matrix) -> tuple[float, float]:
    """(bias of the mean, what is added to the variance) of an output."""
    uncertain = [k for k, row in enumerate(given) if any(row)]
    mixed = {
        j: {k: math.fsum(product(hessian[j][i], given[i][k]) for i in uncertain if given[i][k]) for k in uncertain}
        for j in uncertain
    }
    bias = math.fsum(mixed[j][j] for j in uncertain) / 2
    added = math.fsum(product(mixed[j][k], mixed[k][j]) for j in uncertain for k in uncertain) / 2
    return bias, added
