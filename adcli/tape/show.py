"""A tape as source text, with no brackets but the necessary ones. parse(show(tape)) is the tape.

Pieces are emitted in reading order from an explicit stack, so that neither depth nor length matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count

from adcli.ops.row import ADD, ATOM, COMPARE, MULTIPLY, NEGATE, OR, POWER, Row
from adcli.tape.tape import INPUT, LITERAL, Tape

Label = Callable[[int], str | None]
LONG = 12  # nodes in a shared part, from which on it gets a name rather than being written twice


def show_node(tape: Tape, node: int, label: Label = lambda node: None) -> str:
    """The text of one node. `label` may give the text of any node below it; None descends."""
    pieces: list[str] = []
    inputs = dict(zip(tape.inputs, tape.variables, strict=True))
    # Work to do, last first: a piece of text, or (node, loosest level without brackets, is it a right side).
    stack: list[str | tuple[int, int, bool]] = [(node, OR, False)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        k, needed, right = item
        row = tape.rows[k]
        text = label(k)
        if text is None and row is INPUT:
            text = inputs[k]
        if text is None and row is LITERAL:
            text = tape.literals[k]
        if text is not None:
            # A negative number binds like a negation.
            loose = text.startswith("-") and (needed > NEGATE or right)
            pieces.append(f"({text})" if loose else text)
            continue
        level = row.level if row.infix else ATOM
        # To the right of - + * / a negation is legal but hard to read: it gets brackets.
        brackets = level < needed or (level == NEGATE and right)
        parts = written(row, tape.arguments(k))
        if brackets:
            parts = ["(", *parts, ")"]
        stack.extend(reversed(parts))
    return "".join(pieces)


def is_longer(tape: Tape, node: int, most: int) -> bool:
    """Whether the text of a node would hold more than `most` operations and leaves: shared parts count each time."""
    stack, found = [node], 0
    while stack and found <= most:
        stack.extend(tape.arguments(stack.pop()))
        found += 1
    return found > most


def written(row: Row, args: tuple[int, ...]) -> list[str | tuple[int, int, bool]]:
    """The pieces of one node: text, and arguments with the level each needs."""
    level = row.level
    if not row.infix:
        parts: list[str | tuple[int, int, bool]] = [row.name or row.key, "("]
        for i, a in enumerate(args):
            parts += [", ", (a, OR, False)] if i else [(a, OR, False)]
        return [*parts, ")"]
    if len(args) == 1:
        return [row.infix if level == NEGATE else f"{row.infix} ", (args[0], level, level == NEGATE)]
    if level == POWER:
        # The exponent takes a sign without brackets, and is right associative.
        return [(args[0], ATOM, False), row.infix, (args[1], NEGATE, False)]
    sign = row.infix if level == MULTIPLY else f" {row.infix} "
    # Comparisons do not chain, so that both sides of one need the next tighter level.
    left = level + (level == COMPARE)
    return [(args[0], left, False), sign, (args[1], level + 1, level in (ADD, MULTIPLY))]


def show(tape: Tape) -> str:
    """The whole tape as a program: bound names, fresh names for long shared parts, and the outputs."""
    marks = tape.reachable([o.node for o in tape.outputs])
    uses = [0] * len(tape)
    for k, *_ in tape.interior():
        if marks[k]:
            for argument in tape.arguments(k):
                uses[argument] += 1
    names = dict(tape.names)
    taken = {*tape.variables, *names.values(), *(o.name for o in tape.outputs)}
    fresh = (name for name in (f"t{i}" for i in count(1)) if name not in taken)
    size = [1] * len(tape)
    statements: list[str] = []
    stated: dict[int, str] = {}
    for k, row, *_ in tape.interior():
        if not marks[k]:
            continue
        size[k] = 1 + sum(size[a] for a in tape.arguments(k))
        if k not in names and uses[k] > 1 and size[k] > LONG and not row.condition:
            names[k] = next(fresh)
        if k in names:
            statements.append(f"{names[k]} = {show_node(tape, k, stated.get)}")
            stated[k] = names[k]
            size[k] = 1
    texts = []
    repeated = Counter(o.node for o in tape.outputs if not o.bound)
    for name, node, bound in tape.outputs:
        # The bare name of a value would name the output, unless it stands there twice.
        own = None if repeated[node] > 1 else stated.pop(node, None)
        text = show_node(tape, node, stated.get)
        if own is not None:
            stated[node] = own
        texts.append(name if bound else text)
        if bound and stated.get(node) != name:
            statements.append(f"{name} = {text}")
            uses[node] += 1
    # Without an expression, the outputs of a program are the names that nothing uses, in order.
    results = [o.node for o in tape.outputs]
    unused = sorted(k for k in stated if uses[k] == 0)
    if unused != results or not all(o.bound for o in tape.outputs):
        statements.append(texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")
    return "\n".join(statements)
