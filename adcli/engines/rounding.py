"""Conditioning: how much rounding each node adds to a result, to first order, and how sensitive it is.

The rounding error of node k is at most u*|v_k| times the budget of its row, and reaches the output times the adjoint
of k: the share of k is |adjoint*v_k|*u (Linnainmaa 1976; Higham 2002, section 3). The condition number of a node is
|adjoint*v_k/y|: by how much a relative change of v_k changes the result, relatively.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from adcli.engines.forward import zero
from adcli.engines.linearise import Linearisation, linearise
from adcli.engines.reverse import reverse
from adcli.numbers.real import CONSTANTS, REAL, summed
from adcli.tape.tape import Tape

UNIT = 2.0**-53  # the largest relative error of one rounding
TINY, SMALL = 5e-324, 2.0**-1022  # what underflow may lose, and below what size
CORRECT = {"add", "sub", "mul", "div", "sqrt", "mod"}  # rounded once
EXACT = {"neg", "abs", "sign", "floor", "ceil", "round", "max", "min", "relu", "clamp", "where"}  # round nothing
# Functions of the C library that err by more than one ulp.
LESS_EXACT = {"cbrt", "erf", "erfc", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"}


class Share(NamedTuple):
    """What one node adds to the rounding error of an output.

    condition  |adjoint*value/output|: how much a relative change of it changes the result, relatively
    magnifies  the largest |partial*argument/value|: how much the node itself magnifies relative errors of its arguments
    error      the error that it adds to the output, at most, to first order
    share      of the sum of these errors, from 0 to 1
    """

    node: int
    condition: float
    magnifies: float
    error: float
    share: float


def shares(tape: Tape, linear: Linearisation, output: int, exact: Collection[int] = ()) -> list[Share]:
    """The shares of the nodes that an output is computed from, in tape order; inputs and literals as they are read,
    but for those that are `exact`.
    """
    values, partials = linear = with_exponents(tape, linear)
    adjoints = reverse(REAL, tape, linear, {output: 1.0}, constants=True)
    y = abs(values[output])
    found = []
    for k, adjoint in enumerate(adjoints):
        value = values[k]
        if adjoint is None or isinstance(value, bool) or value is None:
            continue
        effect = abs(zero(adjoint) * value) if adjoint and value else 0.0
        arguments = zip(tape.arguments(k), partials[k], strict=False)
        moved = [abs(p * values[a]) for a, p in arguments if p and values[a]]
        lost = abs(zero(adjoint)) * TINY if abs(value) < SMALL and tape.rows[k].samples else 0.0  # by underflow
        error = 0.0 if k in exact else effect * UNIT * roundings(tape, k) + lost
        found.append((k, over(effect, y), over(max(moved, default=0.0), abs(value)), error))
    endless = sum(error - error != 0 for *_, error in found)  # these have all of it
    total = summed(error for *_, error in found if error - error == 0)
    return [
        Share(k, c, m, error, (error - error != 0) / endless if endless else error / total if total else 0.0)
        for k, c, m, error in found
    ]


def with_exponents(tape: Tape, linear: Linearisation) -> Linearisation:
    """The linearisation with the partials in constant exponents, which are read and computed with errors as well."""
    values, partials = linear
    found: list[tuple[Any, ...]] = list(partials)
    for k, row, x, *_ in tape.interior():
        if row.key == "powc" and partials[k] and values[x] > 0:
            found[k] = (partials[k][0], values[k] * math.log(values[x]))
    return Linearisation(values, found)


def over(x: float, y: float) -> float:
    """x/y of sizes, with 0/0 = 0."""
    return x / y if y else (math.inf if x else 0.0)


def roundings(tape: Tape, k: int) -> float:
    """How many roundings node k is worth: one for what IEEE 754 rounds correctly and for what is read, two (an ulp) for
    functions of the C library, four for others, more for those that are known to be worse.
    """
    row = tape.rows[k]
    if not row.samples:
        return 1.0
    if row.key in EXACT:
        return 0.0
    if row.key in CORRECT:
        return 1.0
    if row.ulp[0] > 4:
        return 2.0 * row.ulp[0]
    return 2.0 if row.real.startswith("math.") and row.key not in LESS_EXACT else 4.0


def exactly_read(tape: Tape) -> set[int]:
    """The literals that binary64 holds exactly. (What is given as a float is exact as well.)"""
    from decimal import Decimal

    return {k for k, text in tape.literals.items() if text not in CONSTANTS and Decimal(text) == Decimal(float(text))}


def rounding(tape: Tape, x: Sequence[float], output: int) -> float:
    """A bound of the rounding error of an output at a point, to first order; of what is computed, not what is read."""
    linear = linearise(REAL, tape, x)
    found = shares(tape, linear, output, {*tape.inputs, *tape.literals})
    return summed(s.error for s in found) + UNIT * float(abs(linear.values[output]))
