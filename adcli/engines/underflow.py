"""Where a derivative is lost below the range: a partial, or a product of a sweep, that is taken for 0 although what it
is multiplied by later on would bring it back.

The sweep is followed in logarithms, for what its floats have lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from adcli.engines.linearise import Linearisation
from adcli.engines.notes import Note, Watch, here
from adcli.ops.row import Row
from adcli.tape.tape import Tape

SMALL = 2.0**-1022  # below which doubles lose digits
NORMAL = -1022.0  # its logarithm
MATTERS = 20.0  # bits: what is smaller than a tangent by more is not missed
LOG10_2 = math.log10(2)


class Lost(NamedTuple):
    """What a tangent lacks: log2 of its size, and the node at which it was lost."""

    size: float
    node: int


def lost_note(
    tape: Tape, linear: Linearisation, tangents: Sequence[Any], outputs: Sequence[int], order: str = "level"
) -> list[Note]:
    """The node at which the tangent of an output became 0 that is a normal number."""
    found: dict[int, Lost] = {}
    for k, row, *_ in tape.interior():
        arguments, partials = tape.arguments(k), linear.partials[k]
        terms = []
        for i, (a, p) in enumerate(zip(arguments, partials)):  # noqa: B905 - conditions have none
            t = tangents[a]
            if p is None or (not t and a not in found):
                continue
            node, whole = (found[a].node, found[a].size) if a in found else (k, math.log2(abs(t)))
            if abs(p) < SMALL:
                exact = sizes(row, [linear.values[x] for x in arguments])
                if exact is not None and exact[i] is not None:
                    terms.append(Lost(exact[i] + whole, min(node, k)))
            elif a in found or abs(p * t) < SMALL:
                terms.append(Lost(math.log2(abs(p)) + whole, node))
        if terms:
            missed, have = max(terms), abs(tangents[k] or 0.0)
            if not have or missed.size > math.log2(have) - MATTERS:
                found[k] = missed
    for output in outputs:
        if output in found and NORMAL < found[output].size < math.inf:
            return [told(tape, linear, found[output], order)]
    return []


def sizes(row: Row, args: Sequence[float]) -> tuple[float, ...] | None:
    """log2 of the sizes of the partials of the rows whose partials leave the range where their values do not."""
    if not all(isinstance(x, float) and x and math.isfinite(x) for x in args):
        return None
    logs = [math.log2(abs(x)) for x in args]
    if row.key == "div":  # 1/y and -x/y^2
        return -logs[1], logs[0] - 2 * logs[1]
    if row.key == "powc":  # c*x^(c - 1)
        return logs[1] + (args[1] - 1) * logs[0], math.nan
    return None


def told(tape: Tape, linear: Linearisation, lost: Lost, order: str) -> Note:
    """The note on the node."""
    about = f"1e{math.floor(lost.size * LOG10_2)}"
    what = f"below the range of binary64 its part in a derivative of about {about} is taken for 0"
    return Watch(tape, [], [], order).note(lost.node, "underflow", f"{here(tape, linear, lost.node)}: {what}")
