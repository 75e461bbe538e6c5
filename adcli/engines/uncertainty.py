"""Propagation of uncertainty: the law of the GUM (JCGM 100:2008, 5.1 and 5.2), and its second order.

Covariances C of the inputs make J*C*J' of the outputs; they are worked out from the uncertainties and the correlations,
so that no square goes beyond the range. Of the quadratic Taylor polynomial in normal inputs the mean is
sum(H[j,k]*C[j,k])/2 from the value, and the variance larger by sum((H*C)[j,k]*(H*C)[k,j])/2. (Third derivatives, which
the note of 5.1.2 has as well, are left out.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adcli.numbers.real import summed

Matrix = Sequence[Sequence[float]]
Sparse = Sequence[Mapping[int, float]]  # the entries of each row that are not 0, by column

ROUNDED = 2.0**-50  # of the sizes of its terms: a variance below that is 0


def correlated(u: Mapping[int, float], v: Mapping[int, float], correlation: Sparse) -> float:
    """u*R*v' for the effects of the inputs on two outputs; 0 where all cancels but for rounding."""
    terms = [product(x * r, v[k]) for j, x in u.items() for k, r in correlation[j].items() if k in v]
    total = summed(terms)
    sizes = summed(map(abs, terms))
    return 0.0 if sizes - sizes == 0 and abs(total) <= ROUNDED * sizes else total


def scaled(effects: Sequence[float]) -> tuple[dict[int, float], float]:
    """(the effects that are not 0, over the largest of them; that)."""
    top = max(map(abs, effects), default=0.0) or 1.0
    top = top if top - top == 0 else 1.0
    return {j: x / top for j, x in enumerate(effects) if x}, top


def product(x: float, y: float) -> float:
    """Absolute: an input without uncertainty adds nothing, whatever its partial."""
    return x * y if x and y else 0.0


def budget(u: Mapping[int, float], correlation: Sparse, variance: float) -> list[float]:
    """The part of each input in the variance of an output, of 1: its own, and half of each covariance it is in."""
    alone = [{j: u[j]} if j in u else {} for j in range(len(correlation))]
    return [correlated(one, u, correlation) / variance if variance else 0.0 for one in alone]


def second_order(hessian: Matrix, given: Sparse) -> tuple[float, float]:
    """(bias of the mean, what is added to the variance) of an output, with the covariances of the inputs."""
    uncertain = [k for k, row in enumerate(given) if row]
    mixed = {
        j: {k: summed(product(hessian[j][i], c) for i, c in given[k].items()) for k in uncertain}
        for j in uncertain
    }  # fmt: skip
    bias = summed(mixed[j][j] for j in uncertain) / 2
    added = summed(product(mixed[j][k], mixed[k][j]) for j in uncertain for k in uncertain) / 2
    return bias, added
