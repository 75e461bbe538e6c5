"""Taylor coefficients and mixed partials: the tape evaluated on series."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import combinations_with_replacement
from typing import Any

from adcli.engines.linearise import evaluate
from adcli.errors import Problem, ProblemError
from adcli.numbers.namespace import Namespace
from adcli.numbers.proven import Proven
from adcli.numbers.series import Budget, Exhausted, SeriesSpace
from adcli.tape.tape import Tape

MOST_COEFFICIENTS = 20_000_000  # of all series together: within two gigabytes
OVERHEAD = 10  # coefficients that take as much memory as a series without any
TRIAL = 1_000_000  # coefficients that are found to see how many series there are: about a second
MOST_ORDER = 20_000  # beyond, its square is minutes
SURE = 1_000  # up to which its cube is seconds, where each derivative is a new function (gamma)
MOST_MIXED = 100_000
MOST_VARIABLES = 60  # of mixed partials: each is a number type upon that of the next


def taylor(
    F: Namespace, tape: Tape, point: Sequence[Any], outputs: Sequence[int], direction: Mapping[int, Any], order: int
) -> tuple[list[list[Any]], list[Any]]:
    """(coefficients of t -> f(x + t*v) up to an order, shape [m][order + 1]; the series of all nodes).

    Raises ProblemError for an order whose coefficients cannot be held in memory, or would take many minutes.
    """
    pairs = list(zip(tape.inputs, point, strict=True))

    def expand(order: int, budget: Budget) -> tuple[list[list[Any]], list[Any]]:
        space = SeriesSpace(F, budget)
        x = [space.variable(x, F.seed(direction[node])) if node in direction else x for node, x in pairs]
        nodes = evaluate(space, tape, x)
        return [[space.coefficient(nodes[node], k) for k in range(order + 1)] for node in outputs], nodes

    small = order <= MOST_ORDER and len(tape) * (order + 1) <= MOST_COEFFICIENTS
    if small and (order <= SURE or order <= min(limits(expand, order))):
        with suppress(Exhausted):
            return expand(order, Budget(MOST_COEFFICIENTS, order + 1 + OVERHEAD))
    fits, ends = limits(expand, order)
    trouble = "do not fit in memory" if order > fits else "take too long"
    most = min(fits, ends)
    hint = f"write --order {most} or less" if most >= 0 else "take a lower --order"
    raise ProblemError(Problem("limit", f"the coefficients up to order {order:,} {trouble}", hint=hint))


def limits(expand: Callable[[int, Budget], Any], order: int) -> tuple[float, int]:
    """The highest orders whose coefficients fit in memory, and end in time; -1 for the first where it is not known.

    There are as many series at all orders but the lowest, unless each derivative is a new function (gamma).
    """
    made = []
    for few in (12, 16):
        trial = Budget(TRIAL, min(few, order) + 1)
        try:
            expand(min(few, order), trial)
        except Exhausted:
            return -1, MOST_ORDER
        made.append((TRIAL - int(trial.left)) // trial.size)
    if made[0] != made[1]:
        return (math.inf if order > SURE else -1), SURE
    return max(-1, MOST_COEFFICIENTS // max(1, made[0]) - 1 - OVERHEAD), MOST_ORDER


def mixed(
    F: Namespace, tape: Tape, point: Sequence[Any], outputs: Sequence[int], inputs: Sequence[int], order: int
) -> tuple[list[tuple[int, ...]], list[list[Any]]]:
    """(multi-indices up to a total order, the Taylor coefficient of each): coefficients have shape [m][indices].

    Series in the first input, whose coefficients are series in the second, and so on: no interpolation, hence no
    cancellation. Only the coefficients that are asked for are found. Raises ProblemError for too many.
    """
    n = len(inputs)
    hint = "take a lower --order, or fewer variables with --wrt"
    if n > MOST_VARIABLES:
        headline = f"mixed partials are for {MOST_VARIABLES} variables or fewer, not {n:,}"
        raise ProblemError(Problem("limit", headline, hint="take fewer variables with --wrt, or use grad or hessian"))
    if math.comb(n + order, order) > MOST_MIXED:
        headline = f"{n} variables have {math.comb(n + order, order):,} mixed partials up to order {order}"
        raise ProblemError(Problem("limit", headline, hint=hint))
    indices = multi_indices(n, order)
    # On average: most series are factors in the products of the last two variables, which are short.
    budget = Budget(MOST_COEFFICIENTS, order // max(1, 2 * n - 1) + 1 + OVERHEAD)
    try:
        return indices, expand_mixed(F, tape, point, outputs, inputs, indices, budget)
    except Exhausted:
        headline = f"the series for the mixed partials of {n} variables up to order {order} do not fit in memory"
    raise ProblemError(Problem("limit", headline, hint=hint))


def expand_mixed(
    F: Namespace, tape: Tape, point: Sequence[Any], outputs: Sequence[int], inputs: Sequence[int],
    indices: Sequence[tuple[int, ...]], budget: Budget,
) -> list[list[Any]]:  # fmt: skip
    """The coefficients of `mixed`. Raises Exhausted where the budget does not suffice."""
    spaces: list[SeriesSpace] = []
    base = F
    started: dict[int, Any] = {}
    values = dict(zip(tape.inputs, point, strict=True))
    for node in reversed(inputs):
        base = SeriesSpace(base, budget)
        spaces.insert(0, base)
        started[node] = base.variable(values[node], F.seed(1.0))
    nodes = evaluate(base, tape, [started.get(node, x) for node, x in values.items()])

    def read(x: Any, index: tuple[int, ...]) -> Any:
        for space, k in zip(spaces, index, strict=True):
            x = space.coefficient(x, k)
        return x

    return [[read(nodes[node], index) for index in indices] for node in outputs]


def multi_indices(n: int, order: int) -> list[tuple[int, ...]]:
    """All of n whole numbers with a sum up to `order`, lower sums first, the first inputs first."""
    found = []
    for total in range(order + 1):
        for chosen in combinations_with_replacement(range(n), total):
            index = [0] * n
            for i in chosen:
                index[i] += 1
            found.append(tuple(index))
    return found


def factorials(index: tuple[int, ...]) -> int:
    """The number by which a Taylor coefficient is multiplied to be a partial derivative."""
    return math.prod(map(math.factorial, index))


def times_whole(x: float, whole: int) -> float:
    """x times a whole number of any size, rounded once; inf beyond the range. A proven number stays proven."""
    if isinstance(x, Proven):
        return x.times(whole)
    if x - x != 0 or x == 0:
        return x
    numerator, denominator = x.as_integer_ratio()
    try:
        return numerator * whole / denominator  # Python divides whole numbers with one rounding
    except OverflowError:
        return math.copysign(math.inf, x)
