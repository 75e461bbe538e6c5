"""The parser's reductions as flat postfix code, in the order the LALR parser makes them.

`Emitter` is the transformer embedded in the parser. A reduced expression is a place in the code (the
index where it begins; it ends where the code ends), so there is no tree and no recursion. The body of
a comprehension or a function is known to be one only after it was read: it is then cut off the end of
the code into a `Block` of its own, which the expansion runs as often as needed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from adcli.errors import Span
from adcli.ops import OPERATORS

# What an instruction does, and its payload: LITERAL text; NAME name; BINARY and PREFIX row;
# CALL (name, argument count, length of the name as written); ELEMENT (name, index blocks, length);
# LOOP (name, body, loops, length).
LITERAL, NAME, BINARY, PREFIX, CALL, ELEMENT, LOOP = range(7)

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
# Signs that people paste, by what they mean. There is no other equivalence: NFKC would make x² of x2.
SIGNS = {"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "−": "-", "**": "^", "≤": "<=", "≥": ">=", "≠": "!="}
LETTERS = {"π": "pi", "τ": "tau"}

BINARIES = {sign: row for (sign, arity), row in OPERATORS.items() if arity == 2}
BINARIES |= {pasted: BINARIES[sign] for pasted, sign in SIGNS.items() if sign in BINARIES}
PREFIXES = {sign: row for (sign, arity), row in OPERATORS.items() if arity == 1}
PREFIXES["−"] = PREFIXES["-"]


class Block:
    """Postfix code: per instruction its kind, payload and source span."""

    __slots__ = ("kinds", "payloads", "starts", "ends")

    def __init__(self) -> None:
        self.kinds = bytearray()
        self.payloads: list[Any] = []
        self.starts = array("i")
        self.ends = array("i")

    def emit(self, kind: int, payload: Any, start: int, end: int) -> None:
        self.kinds.append(kind)
        self.payloads.append(payload)
        self.starts.append(start)
        self.ends.append(end)

    def instructions(self) -> Iterator[tuple[int, Any, int, int]]:
        """(kind, payload, start, end) of every instruction."""
        return zip(self.kinds, self.payloads, self.starts, self.ends, strict=True)

    def cut(self, begin: int, end: int | None = None) -> Block:
        """The instructions from `begin` on (up to `end`), as a block of their own; they stay here too."""
        part = Block()
        part.kinds = self.kinds[begin:end]
        part.payloads = self.payloads[begin:end]
        part.starts = self.starts[begin:end]
        part.ends = self.ends[begin:end]
        return part

    def drop(self, begin: int) -> None:
        """Forget the instructions from `begin` on."""
        del self.kinds[begin:], self.payloads[begin:], self.starts[begin:], self.ends[begin:]

    @property
    def span(self) -> Span:
        """The source span of the whole expression: that of its last instruction."""
        return Span(self.starts[-1], self.ends[-1])


class Loop(NamedTuple):
    """`for name in lower..upper`."""

    name: str
    lower: Block
    upper: Block
    span: Span


class Statement(NamedTuple):
    """One statement: output, outputs, outputs_for, assign, define, or (in a point) bind.

    `blocks` are its expressions; `name` what it binds; `params` and `loops` as the kind has them;
    for bind, `params` is the index and `value` the nested list of the blocks.
    """

    kind: str
    blocks: list[Block]
    span: Span
    name: str = ""
    name_span: Span = Span(0, 0)
    params: tuple[Any, ...] = ()
    loops: tuple[Loop, ...] = ()
    value: Any = None


class Emitter:
    """Callbacks by the grammar's names; each takes the list of what its rule matched.

    Lark gives nonterminals as what their callback returned and terminals as tokens. Expressions are
    returned as the index where their code begins.
    """

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, offset: int) -> None:
        """Start on a text whose first character is `offset` characters into the source."""
        self.code = Block()
        self.offset = offset
        self.statements: list[Statement] = []

    def program(self, c: list[Any]) -> None:
        """Statements are collected as they are reduced; nothing is left to hold them together."""

    line = point = program

    # Expressions

    def _leaf(self, kind: int, token: Any, text: str) -> int:
        code = self.code
        begin = len(code.kinds)
        start = token.start_pos + self.offset
        code.emit(kind, text, start, start + len(token))
        return begin

    def number(self, c: list[Any]) -> int:
        return self._leaf(LITERAL, c[0], str(c[0]))

    def name(self, c: list[Any]) -> int:
        return self._leaf(NAME, c[0], word(c[0]))

    def binary(self, c: list[Any]) -> int:
        left, token, right = c
        code = self.code
        code.emit(BINARY, BINARIES[str(token)], code.starts[right - 1], code.ends[-1])
        return left  # type: ignore[no-any-return]

    def prefix(self, c: list[Any]) -> int:
        token, operand = c
        code = self.code
        start = token.start_pos + self.offset
        if token == "+":  # says nothing, so that there is no node for it
            code.starts[-1] = start
        else:
            code.emit(PREFIX, PREFIXES[str(token)], start, code.ends[-1])
        return operand  # type: ignore[no-any-return]

    def superscript(self, c: list[Any]) -> int:
        base, token = c
        code = self.code
        start, end = code.starts[-1], token.start_pos + len(token) + self.offset
        digits = token.translate(SUPERSCRIPTS)
        code.emit(LITERAL, digits.lstrip("+-"), end - len(token), end)
        if digits.startswith("-"):
            code.emit(PREFIX, PREFIXES["-"], end - len(token), end)
        code.emit(BINARY, BINARIES["^"], start, end)
        return base  # type: ignore[no-any-return]

    def bracket(self, c: list[Any]) -> int:
        opening, inside, closing = c
        self._extend(opening, closing)
        return inside  # type: ignore[no-any-return]

    def _extend(self, opening: Any, closing: Any) -> None:
        self.code.starts[-1] = opening.start_pos + self.offset
        self.code.ends[-1] = closing.start_pos + 1 + self.offset

    def call(self, c: list[Any]) -> int:
        token, args, closing = c[0], c[2], c[-1]
        start = token.start_pos + self.offset
        self.code.emit(CALL, (word(token), len(args), len(token)), start, closing.start_pos + 1 + self.offset)
        return args[0]  # type: ignore[no-any-return]

    def call_empty(self, c: list[Any]) -> int:
        begin = len(self.code.kinds)
        start = c[0].start_pos + self.offset
        self.code.emit(CALL, (word(c[0]), 0, len(c[0])), start, c[-1].start_pos + 1 + self.offset)
        return begin

    def element(self, c: list[Any]) -> int:
        token, _, args, closing = c
        begin = args[0]
        blocks = self._split(args)
        start = token.start_pos + self.offset
        self.code.emit(ELEMENT, (word(token), blocks, len(token)), start, closing.start_pos + 1 + self.offset)
        return begin  # type: ignore[no-any-return]

    def comprehension(self, c: list[Any]) -> int:
        token, _, begin, loops, closing = c
        body = self._body(begin, loops)
        start = token.start_pos + self.offset
        payload = (word(token), body, tuple(loop for _, loop in loops), len(token))
        self.code.emit(LOOP, payload, start, closing.start_pos + 1 + self.offset)
        return begin  # type: ignore[no-any-return]

    def loop(self, c: list[Any]) -> tuple[int, Loop]:
        keyword, name, _, lower, _, upper = c
        span = Span(keyword.start_pos + self.offset, self.code.ends[-1])
        return lower, Loop(word(name), self.code.cut(lower, upper), self.code.cut(upper), span)

    def _body(self, begin: int, loops: list[tuple[int, Loop]]) -> Block:
        """Cut the body and the bounds of its loops off the code."""
        body = self.code.cut(begin, loops[0][0])
        self.code.drop(begin)
        return body

    def _split(self, args: list[int]) -> list[Block]:
        """Cut the expressions beginning at `args` off the code, a block each."""
        ends: list[int | None] = [*args[1:], None]
        blocks = [self.code.cut(begin, end) for begin, end in zip(args, ends, strict=True)]
        self.code.drop(args[0])
        return blocks

    # Lists: the first makes one, the next is appended

    def first_arg(self, c: list[Any]) -> list[Any]:
        return [c[0]]

    first_loop = first_value = first_arg

    def next_arg(self, c: list[Any]) -> list[Any]:
        c[0].append(c[-1])
        return c[0]  # type: ignore[no-any-return]

    next_loop = next_value = next_arg

    def first_name(self, c: list[Any]) -> list[tuple[str, Span]]:
        return [(word(c[0]), self._span(c[0]))]

    def next_name(self, c: list[Any]) -> list[tuple[str, Span]]:
        c[0].append((word(c[-1]), self._span(c[-1])))
        return c[0]  # type: ignore[no-any-return]

    def _span(self, token: Any) -> Span:
        start = token.start_pos + self.offset
        return Span(start, start + len(token))

    # Statements

    def _statement(self, kind: str, blocks: list[Block], span: Span, **columns: Any) -> None:
        self.statements.append(Statement(kind, blocks, span, **columns))

    def output(self, c: list[Any]) -> None:
        (block,) = self._split([c[0]])
        self._statement("output", [block], block.span)

    def outputs(self, c: list[Any]) -> None:
        span = Span(self._span(c[0]).start, self._span(c[-1]).end)
        self._statement("outputs", self._split(c[1]), span)

    def outputs_for(self, c: list[Any]) -> None:
        span = Span(self._span(c[0]).start, self._span(c[-1]).end)
        _, begin, loops, _ = c
        body = self._body(begin, loops)
        self._statement("outputs_for", [body], span, loops=tuple(loop for _, loop in loops))

    def assign(self, c: list[Any]) -> None:
        (block,) = self._split([c[2]])
        name = self._span(c[0])
        self._statement("assign", [block], Span(name.start, block.span.end), name=word(c[0]), name_span=name)

    def define(self, c: list[Any]) -> None:
        (block,) = self._split([c[-1]])
        name = self._span(c[0])
        self._statement(
            "define", [block], Span(name.start, block.span.end),
            name=word(c[0]), name_span=name, params=tuple(c[2]),
        )  # fmt: skip

    # The text of --at

    def value_number(self, c: list[Any]) -> Block:
        (block,) = self._split([c[0]])
        return block

    def value_list(self, c: list[Any]) -> list[Any]:
        return c[1]  # type: ignore[no-any-return]

    def bind(self, c: list[Any]) -> None:
        self._bind(c[0], [], c[2])

    def bind_element(self, c: list[Any]) -> None:
        # The value was cut off the code already, so that the index is what is left of it.
        self._bind(c[0], self._split(c[2]), c[5])

    def _bind(self, token: Any, index: list[Block], value: Any) -> None:
        name = self._span(token)
        self._statement("bind", [], name, name=word(token), name_span=name, params=tuple(index), value=value)


def word(token: Any) -> str:
    """A name as it is known: x₁ is x1, π is pi."""
    text = str(token)
    if text.isascii():
        return text
    return LETTERS.get(text) or text.translate(SUBSCRIPTS)
