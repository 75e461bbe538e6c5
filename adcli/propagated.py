"""The uncertainty of a function's outputs from that of its inputs: what `Function.propagate` returns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from adcli.engines.uncertainty import budget, covariance, second_order
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
) -> list[list[float]]:
    """The covariances of the inputs. Raises ProblemError for what is no matrix of covariances."""
    place = {name: j for j, name in enumerate(names)}
    found = [[0.0] * len(names) for _ in names]
    for name, s in sigma.items():
        if not s >= 0 or s - s != 0:
            raise ProblemError(Problem("usage", f"an uncertainty is 0 or more; that of {name} is {s}"))
        found[place[name]][place[name]] = s * s
    for (a, b), c in cov.items():
        if c - c != 0:
            raise ProblemError(Problem("usage", f"the covariance of {a} and {b} is not finite"))
        if a == b and a in sigma and abs(c - sigma[a] ** 2) > SLACK * abs(c):
            raise ProblemError(Problem("usage", f"--sigma and --cov disagree on {a}", hint="leave one of them out"))
        other = cov.get((b, a))
        if other is not None and abs(other - c) > SLACK * max(abs(c), abs(other)):
            raise ProblemError(Problem("usage", f"the covariances of {a} and {b} differ: it is no symmetric matrix"))
        found[place[a]][place[b]] = found[place[b]][place[a]] = c
    check(names, found)
    return found


def check(names: Sequence[str], found: list[list[float]]) -> None:
    """Raise ProblemError for a matrix that no random numbers can have."""
    for j, name in enumerate(names):
        if found[j][j] < 0:
            raise ProblemError(Problem("usage", f"the variance of {name} is negative"))
        for k in range(j):
            most = math.sqrt(found[j][j]) * math.sqrt(found[k][k])
            if abs(found[j][k]) > most * (1 + SLACK):
                headline = f"the covariance of {names[k]} and {name} is larger than their uncertainties allow"
                raise ProblemError(Problem("usage", headline, hint=f"at most {most:.6g} in size"))
    if any(found[j][k] for j in range(len(names)) for k in range(j)):
        import numpy as np

        scale = np.sqrt(np.maximum(np.diag(found), 1e-300))
        if np.linalg.eigvalsh(np.array(found) / np.outer(scale, scale)).min() < -SLACK * len(names):
            hint = "it has to be positive semidefinite"
            raise ProblemError(Problem("usage", "no random numbers have these covariances together", hint=hint))


def propagate(asked: Asked, given: list[list[float]], second: bool) -> Propagated:
    """Through the Jacobian, and with `second` the Hessians as well."""
    from adcli.swept import swept

    first = swept(asked, "auto")[0]
    found = covariance(first.jacobian, given)
    variances = [found[i][i] for i in range(len(first.outputs))]
    bias = sigma2 = None
    sweeps = first.sweeps
    if second:
        from adcli.higher import hessian

        curved = hessian(asked)
        terms = [second_order(rows, given) for rows in curved.hessians]
        bias = [b for b, _ in terms]
        sigma2 = [math.sqrt(max(0.0, v + added)) for v, (_, added) in zip(variances, terms, strict=True)]
        sweeps += curved.sweeps
    return Propagated(
        first.program, first.variables, first.outputs, first.at, first.values, first.notes, sweeps,
        sigma=[math.sqrt(v) if v >= 0 else math.nan for v in variances], covariance=found,
        budget=[[100 * x for x in budget(row, given, v)] for row, v in zip(first.jacobian, variances, strict=True)],
        given=[math.sqrt(given[j][j]) for j in range(len(given))], bias=bias, sigma2=sigma2,
    )  # fmt: skip
