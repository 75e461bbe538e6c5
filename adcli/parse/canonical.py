"""A program as canonical text: the statements the user wrote, with no brackets but the necessary ones.

The text is made from the postfix code itself, so that functions, comprehensions and names stay. Pieces
are emitted in reading order from an explicit stack: neither depth nor length matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.ops.row import ADD, ATOM, NEGATE, OR
from adcli.parse.code import BINARY, CALL, ELEMENT, LITERAL, LOOP, PREFIX, Block, Loop, Statement
from adcli.parse.program import reductions
from adcli.tape.show import written
from adcli.tape.tape import Output

# A piece of text, or an instruction to be written: its block, its place there, the loosest level that
# needs no brackets, and whether it stands to the right of an operator.
Piece = str | tuple[Block, int, int, bool]


def canonical(texts: Sequence[str], outputs: Sequence[Output] = ()) -> str | None:
    """The canonical text of a program, a statement a line. Raises ProblemError.

    Of several texts each adds its own `outputs`: one list of all of them is then the last line. None where
    that cannot be written so (a list by comprehension among others).
    """
    source = "\n".join(texts)
    bindings: list[str] = []
    results: list[Piece] = []
    last = ""
    offset = done = 0
    for text in texts:
        statements = reductions(text, "program", source, offset)
        offset += len(text) + 1
        names = {s.name for s in statements if s.kind == "assign"}
        expressions = [s for s in statements if s.kind not in ("assign", "define")]
        bindings += [statement_text(s) for s in statements if s.kind in ("assign", "define")]
        if any(s.kind == "outputs_for" for s in expressions) and len(texts) > 1:
            return None
        last = statement_text(expressions[0]) if expressions else ""
        parts: list[list[Piece]] = [whole(block) for s in expressions for block in s.blocks]
        while not expressions and done + len(parts) < len(outputs) and outputs[done + len(parts)].name in names:
            parts.append([outputs[done + len(parts)].name])
        done += len(parts)
        for part in parts:
            results += [", ", *part] if results else part
    if len(texts) > 1:
        last = text_of(["[", *results, "]"]) if done > 1 else text_of(results)
    return "\n".join([*bindings, last] if last else bindings)


def statement_text(statement: Statement) -> str:
    """One statement."""
    if statement.kind == "assign":
        return text_of([f"{statement.name} = ", *whole(statement.blocks[0])])
    if statement.kind == "define":
        params = ", ".join(name for name, _ in statement.params)
        return text_of([f"{statement.name}({params}) = ", *whole(statement.blocks[0])])
    if statement.kind == "outputs":
        return text_of(["[", *listed(statement.blocks), "]"])
    if statement.kind == "outputs_for":
        return text_of(["[", *whole(statement.blocks[0]), *ranges(statement.loops), "]"])
    return text_of(whole(statement.blocks[0]))


def whole(block: Block, needed: int = OR) -> list[Piece]:
    """The expression of a block."""
    return [(block, len(block.kinds) - 1, needed, False)]


def listed(blocks: Sequence[Block], comma: str = ", ") -> list[Piece]:
    """Expressions with commas between."""
    pieces: list[Piece] = []
    for i, block in enumerate(blocks):
        pieces += [comma, *whole(block)] if i else whole(block)
    return pieces


def ranges(loops: Sequence[Loop]) -> list[Piece]:
    """' for i in 1..n' of every loop."""
    pieces: list[Piece] = []
    for loop in loops:
        # "1." and ".." would run together.
        blank = " " if loop.lower.kinds[-1] == LITERAL and loop.lower.payloads[-1].endswith(".") else ""
        pieces += [f" for {loop.name} in ", *whole(loop.lower, ADD), f"{blank}..", *whole(loop.upper, ADD)]
    return pieces


def text_of(pieces: Sequence[Piece]) -> str:
    """The text of pieces, instructions written out."""
    done: list[str] = []
    stack = list(reversed(pieces))
    arguments: dict[int, list[tuple[int, ...]]] = {}
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            done.append(piece)
            continue
        block, k, needed, right = piece
        if id(block) not in arguments:
            arguments[id(block)] = places(block)
        level = block.payloads[k].level if block.kinds[k] in (BINARY, PREFIX) else ATOM
        inner = instruction(block, k, arguments[id(block)][k])
        if level < needed or (level == NEGATE and right):
            inner = ["(", *inner, ")"]
        stack.extend(reversed(inner))
    return "".join(done)


def instruction(block: Block, k: int, args: tuple[int, ...]) -> list[Piece]:
    """The pieces of one instruction."""
    kind, payload = block.kinds[k], block.payloads[k]
    if kind in (BINARY, PREFIX):
        return [part if isinstance(part, str) else (block, *part) for part in written(payload, args)]
    if kind == CALL:
        inside: list[Piece] = []
        for i, a in enumerate(args):
            inside += [", ", (block, a, OR, False)] if i else [(block, a, OR, False)]
        return [f"{payload[0]}(", *inside, ")"]
    if kind == ELEMENT:
        return [f"{payload[0]}[", *listed(payload[1], ","), "]"]
    if kind == LOOP:
        return [f"{payload[0]}(", *whole(payload[1]), *ranges(payload[2]), ")"]
    return [payload]


def places(block: Block) -> list[tuple[int, ...]]:
    """The places of every instruction's arguments."""
    found: list[tuple[int, ...]] = []
    stack: list[int] = []
    for k, (kind, payload, *_) in enumerate(block.instructions()):
        count = taken(kind, payload)
        found.append(tuple(stack[len(stack) - count :]))
        del stack[len(stack) - count :]
        stack.append(k)
    return found


def taken(kind: int, payload: Any) -> int:
    """How many values an instruction takes off the stack."""
    if kind in (BINARY, PREFIX):
        return len(payload.params)
    return int(payload[1]) if kind == CALL else 0
