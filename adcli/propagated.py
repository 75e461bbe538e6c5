"""The uncertainty of a function's outputs from that of its inputs: what `Function.propagate` returns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from adcli.engines.uncertainty import budget, correlated, product, scaled, second_order
from adcli.errors import Problem, ProblemError
from adcli.named import Asked
from adcli.results import Result

SLACK = 1e-9  # relative: how far a covariance matrix may be from one by rounding


@dataclass(eq=False, repr=False)
class Propagated(Result):
    """The standard uncertainty of every output, and where it comes from.

    sigma       shape [m]
    covariance  of the outputs, shape [m][m]
    budget      per cent of the variance of each output by input, shape [m][n]; correlated inputs may have less than 0
    given       the standard uncertainties of the inputs, shape [n]
    bias        how far the mean of each output is from its value, to second order, shape [m]; None if not asked for
    sigma2      the standard uncertainty to second order, for normal inputs, shape [m]; None if not asked for
    """

    sigma: list[float] = field(default_factory=list)
    covariance: list[list[float]] = field(default_factory=list)
    budget: list[list[float]] = field(default_factory=list)
    given: list[float] = field(default_factory=list)
    bias: list[float] | None = None
    sigma2: list[float] | None = None

    def numbers(self) -> Iterator[float]:
        return chain(self.sigma, *self.covariance)


def given_matrix(
    names: Sequence[str], sigma: Mapping[str, float], cov: Mapping[tuple[str, str], float]
) -> tuple[list[float], list[dict[int, float]]]:
    """(uncertainties, correlations that are not 0) of the inputs. Raises ProblemError for what are no covariances."""
    place = {name: j for j, name in enumerate(names)}
    found = [0.0] * len(names)
    correlation = [{j: 1.0} for j in range(len(names))]
    for name, s in sigma.items():
        if not s >= 0 or s - s != 0:
            raise ProblemError(Problem("usage", f"an uncertainty is 0 or more; that of {name} is {s}"))
        found[place[name]] = s
    for (a, b), c in cov.items():
        if c - c != 0:
            raise ProblemError(Problem("usage", f"the covariance of {a} and {b} is not finite"))
        other = cov.get((b, a))
        if other is not None and abs(other - c) > SLACK * max(abs(c), abs(other)):
            raise ProblemError(Problem("usage", f"the covariances of {a} and {b} differ: it is no symmetric matrix"))
        if a == b:
            if c < 0:
                raise ProblemError(Problem("usage", f"the variance of {a} is negative"))
            if a in sigma and abs(c - sigma[a] ** 2) > SLACK * abs(c):
                raise ProblemError(Problem("usage", f"--sigma and --cov disagree on {a}", hint="leave one of them out"))
            found[place[a]] = math.sqrt(c)
    for (a, b), c in cov.items():
        j, k = place[a], place[b]
        most = found[j] * found[k]
        if a == b or not c:
            continue
        if abs(c) > most * (1 + SLACK):
            headline = f"the covariance of {a} and {b} is larger than their uncertainties allow"
            raise ProblemError(Problem("usage", headline, hint=f"at most {most:.6g} in size"))
        correlation[j][k] = correlation[k][j] = c / found[j] / found[k]
    if any(len(row) > 1 for row in correlation):
        import numpy as np

        dense = np.array([[row.get(k, 0.0) for k in range(len(names))] for row in correlation])
        if np.linalg.eigvalsh(dense).min() < -SLACK * len(names):
            hint = "it has to be positive semidefinite"
            raise ProblemError(Problem("usage", "no random numbers have these covariances together", hint=hint))
    return found, correlation


def propagate(asked: Asked, given: list[float], correlation: list[dict[int, float]], second: bool) -> Propagated:
    """Through the Jacobian, and with `second` the Hessians as well."""
    from adcli.swept import swept

    first = swept(asked, "auto")[0]
    effects = [scaled([product(p, s) for p, s in zip(row, given, strict=True)]) for row in first.jacobian]
    found = [[correlated(u, v, correlation) for v, _ in effects] for u, _ in effects]
    scales = [scale for _, scale in effects]
    sigma = [scale * root(found[i][i]) for i, scale in enumerate(scales)]
    bias = sigma2 = None
    sweeps = first.sweeps
    if second:
        from adcli.higher import hessian

        curved = hessian(asked)
        covariances = [
            {k: c for k, r in row.items() if (c := given[j] * r * given[k])} for j, row in enumerate(correlation)
        ]
        terms = [second_order(rows, covariances) for rows in curved.hessians]
        bias = [b for b, _ in terms]
        sigma2 = [math.hypot(s, root(added)) for s, (_, added) in zip(sigma, terms, strict=True)]
        sweeps += curved.sweeps
    return Propagated(
        first.program, first.variables, first.outputs, first.at, first.values, first.notes, sweeps, sigma=sigma,
        covariance=[[scales[i] * c * scales[k] for k, c in enumerate(row)] for i, row in enumerate(found)],
        budget=[[100 * x for x in budget(u, correlation, found[i][i])] for i, (u, _) in enumerate(effects)],
        given=given, bias=bias, sigma2=sigma2,
    )  # fmt: skip


def root(variance: float) -> float:
    """Its square root; 0 for what rounding left below 0, nan for nan."""
    return math.sqrt(variance) if variance >= 0 else variance * 0.0
