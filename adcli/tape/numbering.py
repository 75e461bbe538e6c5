"""Names of nodes as Griewank & Walther give them: inputs v(1-n)..v0, intermediates v1..vl."""

from __future__ import annotations

from adcli.tape.tape import INPUT, Tape

ORDERS = ("level", "source")


def levels(tape: Tape) -> list[int]:
    """Longest way from an input to each node; constants are on level 0."""
    level = [0] * len(tape)
    varying = tape.varying
    for k, _, a, b, c in tape.interior():
        if varying[k]:
            deepest = level[a]
            if b >= 0 and level[b] > deepest:
                deepest = level[b]
            if c >= 0 and level[c] > deepest:
                deepest = level[c]
            level[k] = deepest + 1
    return level


def ordered(tape: Tape, order: str = "level") -> list[int]:
    """The numbered nodes, inputs first: intermediates level by level, or as written.

    Constants (nodes with no input below them) are written in place and get no number.
    """
    inner = [k for k, row in enumerate(tape.rows) if tape.varying[k] and row is not INPUT]
    if order == "level":
        level = levels(tape)
        inner.sort(key=level.__getitem__)
    return tape.inputs + inner


def numbering(tape: Tape, order: str = "level") -> dict[int, str]:
    """Node -> name, in the order of the table."""
    shift = 1 - len(tape.inputs)
    return {k: f"v{i + shift}" for i, k in enumerate(ordered(tape, order))}
