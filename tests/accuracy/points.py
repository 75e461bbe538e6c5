"""Points across the domain of a row: of every magnitude, and near whatever may be awkward.

No row is named but those whose arguments must fit together for the result to be a float at all, and those with zeros
or poles of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from adcli.numbers.real import REAL
from adcli.ops import Row

LARGEST, SMALLEST_NORMAL, SMALLEST = 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324
SPECIAL = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 10.0, 100.0, SMALLEST, SMALLEST_NORMAL, 2.0**-53, 2.0**53, 1e300, LARGEST)
# Where exp, exp2, sinh, gamma, erfc and the normal tail leave the range of floats.
EDGES = (709.782712893384, 745.1332191019412, 708.3964185322641, 1024.0, 1074.0, 1022.0, 710.4758600739439, 354.8913564,
         171.62437695630272, 27.226017111108366, 26.543, 38.56, 37.519, 36.7368)  # fmt: skip
# Zeros of lgamma and of digamma.
ZEROS = {
    "lgamma": (1.0, 2.0, -2.4570247382208006, -2.7476826467274127, -3.143580888349980, -3.955294284858598,
               -4.039361839740537, -4.991544640560048, -5.008218168440100),
    "digamma": (1.4616321449683622, -0.504083008264456, -1.573498473162390, -2.610720868444144, -3.635293366436901,
                -9.702672540001864),
}  # fmt: skip
ZEROS["gamma"] = ZEROS["digamma"]
WHOLE_ORDERS = {"polygamma", "psi"}
CONSTANTS = (*range(-5, 9), 10, 20, -12, 0.5, -0.5, 1.5, -1.5, 0.25, 1 / 3, 2 / 3, 2.5, 0.1, -0.1, 3.7)


def signed(random: Random, x: float) -> float:
    return -x if random.random() < 0.5 else x


def magnitude(random: Random, low: float, high: float) -> float:
    """A number between 2^low and 2^high whose logarithm is uniform; subnormal ones too."""
    x = math.ldexp(random.uniform(1, 2), int(random.uniform(low, high)))
    return min(max(x, SMALLEST), LARGEST)


def beside(random: Random, anchor: float) -> float:
    """A number near another: a few units of the last place from it, or by any smaller part of it."""
    if random.random() < 0.3:
        return anchor + random.randint(-8, 8) * math.ulp(anchor)
    step = 2.0 ** random.uniform(-54, -1)
    return anchor + signed(random, step * (abs(anchor) if random.random() < 0.5 else 1))


def anchor(random: Random, row: Row) -> float:
    """What a number may be near to: 1, a whole number or a half, a multiple of pi/2, an end of the range, a zero."""
    kind = random.randrange(6)
    if kind == 0:
        return signed(random, 1.0)
    if kind == 1:
        return signed(random, float(random.choice((random.randint(0, 12), random.randint(0, 200)))))
    if kind == 2:
        return signed(random, random.choice((random.randint(1, 8), random.randint(1, 10**6))) * math.pi / 2)
    if kind == 3:
        return signed(random, random.choice(EDGES))
    if kind == 4:
        return random.randint(-40, 40) / 2
    return random.choice(ZEROS.get(row.key, (1.0, -1.0, 0.0)))


def number(random: Random, row: Row) -> float:
    """One argument of a row."""
    kind = random.random()
    if kind < 0.17:
        return signed(random, magnitude(random, -1074, 1024))
    if kind < 0.34:
        return signed(random, magnitude(random, -60, 60))
    if kind < 0.46:
        return random.uniform(-4, 4)
    if kind < 0.56:
        return random.uniform(-50, 50)
    if kind < 0.64:
        return random.uniform(-760, 760)
    if kind < 0.68:
        return signed(random, random.choice(SPECIAL))
    if kind < 0.71:
        return signed(random, magnitude(random, -1074, -1000))
    return beside(random, anchor(random, row))


def constant(random: Random, row: Row, i: int, before: list[float]) -> float:
    """A constant argument: a small whole number (an order of a derivative is none below 0), or a fraction."""
    if row.key not in WHOLE_ORDERS:
        return float(random.choice(CONSTANTS))
    return float(random.randint(0, 8)) if i == 0 else float(random.randrange(max(1, int(before[0]))))


def related(random: Random, row: Row, args: list[float]) -> None:
    """Make later numbers depend on the first: equal, opposite, beside it, or by some power of 2 apart."""
    moving = [i for i in range(len(args)) if i not in row.constant and i not in row.tests]
    for i in moving[1:]:
        first = args[moving[0]]
        kind = random.random()
        if kind < 0.08:
            args[i] = signed(random, first)
        elif kind < 0.16:
            args[i] = signed(random, beside(random, first))
        elif kind < 0.35:
            args[i] = signed(random, first * 2.0 ** random.uniform(-60, 60))


def power(random: Random, args: list[float]) -> None:
    """An exponent with which the power stays in the range of floats."""
    size = abs(args[0])
    if random.random() < 0.8 and 0 < size < math.inf and size != 1:
        args[1] = random.uniform(-745, 710) / math.log(size)
        if random.random() < 0.3:
            args[1] = float(round(args[1])) if abs(args[1]) < 2**60 else args[1]
    elif random.random() < 0.5:
        args[1] = float(random.choice(CONSTANTS))


FITTED: dict[str, Callable[[Random, list[float]], None]] = {"pow": power, "lower": power}


def draws(row: Row, seed: str) -> Iterator[list[Any]]:
    """Points in the domain of a row, without end: the same ones for the same seed."""
    random = Random(f"{seed} {row.key}")
    while True:
        args: list[Any] = []
        for i in range(len(row.params)):
            if i in row.tests:
                args.append(random.random() < 0.5)
            else:
                args.append(constant(random, row, i, args) if i in row.constant else number(random, row))
        related(random, row, args)
        if row.key in FITTED:
            FITTED[row.key](random, args)
        args = [x + 0.0 if isinstance(x, float) else x for x in args]  # arb has no -0
        if all(math.isfinite(x) for x in args) and inside(row, args):
            yield args


def inside(row: Row, args: list[Any]) -> bool:
    """Whether the row is defined at a point."""
    try:
        return row.domain is None or bool(row.domain(REAL, *args))
    except REAL.faults:
        return False
