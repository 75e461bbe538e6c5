"""How long values are needed: from a node to the last node that uses it.

Leaves (inputs and literals) are known anyway: they are not counted.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from adcli.tape.tape import Tape


def last_uses(tape: Tape, outputs: Iterable[int]) -> array[int]:
    """The last node that uses each node, on the way to `outputs`; shape [n].

    Outputs live to the end, len(tape). A node that no output depends on has itself, and only such a node.
    """
    size = len(tape)
    last = array("i", range(size))
    for node in outputs:
        last[node] = size
    columns = (tape.first, tape.second, tape.third)
    for k in range(size - 1, -1, -1):
        if last[k] > k:
            for column in columns:
                a = column[k]
                if a >= 0 and last[a] == a:
                    last[a] = k
    return last


def peak(tape: Tape, last: Sequence[int]) -> int:
    """The most values alive at once when a tape is evaluated and each is dropped after its last use."""
    alive = most = 0
    for k, _, a, b, c in tape.interior():
        if last[k] > k:
            alive += 1
            most = max(most, alive)
            alive -= sum(last[x] == k and tape.first[x] >= 0 for x in {a, b, c} if x >= 0)
    return most
