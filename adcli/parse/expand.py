"""Postfix code onto the tape: names are bound, functions and comprehensions expanded in place.

One explicit stack of frames does it, so that no program can exhaust Python's own. Problems of names
and arity are collected; a wrong part becomes the node POISON, which silences what depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from adcli.errors import Problem, Span, did_you_mean
from adcli.numbers.text import holds
from adcli.ops import ALIASES, CONSTANTS, FUNCTIONS, OPERATORS, TABLE, Row
from adcli.parse.code import BINARY, CALL, ELEMENT, LITERAL, NAME, PREFIX, Block, Loop
from adcli.parse.collector import POISON, Collector
from adcli.parse.constants import Constants
from adcli.parse.loops import Rounds
from adcli.parse.words import SYNONYMS
from adcli.tape.tape import Builder

POW, POWC = OPERATORS["^", 2], TABLE["powc"]
# Rows of which more is to be checked than that their arguments are numbers.
PARTICULAR = {POW} | {row for row in TABLE.values() if row.tests or row.constant or row.condition}

# What folds a comprehension, or a call with several arguments: the row that joins two, and the
# number of an empty range.
FOLDS: dict[str, tuple[Row, str | None]] = {
    "sum": (TABLE["add"], "0"),
    "prod": (TABLE["mul"], "1"),
    "min": (TABLE["min"], None),
    "max": (TABLE["max"], None),
}


class UserFunction(NamedTuple):
    """`name(params) = body`, expanded where it is called."""

    name: str
    params: tuple[str, ...]
    body: Block


class Frame:
    """A block being run: what its names mean, and what happens at its end."""

    __slots__ = ("code", "scope", "counters", "rounds", "fold", "memo", "total", "base")

    def __init__(self, block: Block, scope: dict[str, int], counters: dict[str, int], base: int):
        self.code = block.instructions()
        self.scope = scope  # parameters: name -> node
        self.counters = counters  # loop names: name -> whole number
        self.base = base  # height of the value stack below this frame
        self.rounds: Iterator[tuple[Block, dict[str, int]]] | None = None
        self.fold: tuple[Row, Span] | None = None
        self.memo: tuple[Any, ...] | None = None
        self.total: int | None = None


class Expansion:
    """Runs blocks onto a builder's tape."""

    def __init__(self, builder: Builder):
        self.builder = builder
        self.bound: dict[str, int] = {}  # name -> node
        self.problems: list[Problem] = []
        self.problem = Collector(self.problems, builder.tape)
        self.constants = Constants(builder.tape, self.bound, self.problem)
        self.functions: dict[str, UserFunction] = {}
        self.failed: set[str] = set()  # functions whose definition was wrong
        self.later: set[str] = set()  # functions that statements still to come define
        self.conditions: set[int] = set()  # nodes that are true or false
        self.indexed: dict[str, int] = {}  # name -> number of indices
        self.plain: set[str] = set()  # names used as variables without index
        self.seen: dict[str, int] = {}  # variable -> order of its first appearance
        self.elements: dict[str, tuple[str, tuple[int, ...]]] = {}  # x[1] -> (x, (1,))
        self._calls: dict[tuple[Any, ...], int] = {}
        self._literals: dict[str, int] = {}  # decimal texts that were checked
        self.loops = Rounds(builder, self.constants, self.problems)

    # Running a block

    def run(self, block: Block, counters: dict[str, int] | None = None) -> int:
        """The node of an expression (POISON where it is wrong)."""
        stack: list[int] = []
        frames = [Frame(block, {}, counters or {}, 0)]
        push = stack.append
        pop = stack.pop
        apply, build, conditions = self.apply, self.builder.apply, self.conditions
        varying = self.builder.tape.varying
        while frames:
            frame = frames[-1]
            scope, counters = frame.scope, frame.counters
            for kind, payload, start, end in frame.code:
                if kind == BINARY:
                    b = pop()
                    a = stack[-1]
                    if payload is POW and a >= 0 and b >= 0 and not varying[b] and not conditions:
                        stack[-1] = build(POWC, a, b, -1, start, end)
                    elif conditions or payload in PARTICULAR or a < 0 or b < 0:
                        stack[-1] = apply(payload, (a, b), start, end)
                    else:
                        stack[-1] = build(payload, a, b, -1, start, end)
                elif kind == LITERAL:
                    push(self.literal(payload, start, end))
                elif kind == NAME:
                    node = scope.get(payload)
                    if node is None:
                        node = self.name(payload, counters, start, end)
                    push(node)
                elif kind == ELEMENT:
                    push(self.element(payload, scope, counters, start, end))
                elif kind == PREFIX:
                    stack[-1] = apply(payload, (stack[-1],), start, end)
                elif kind == CALL:
                    name, count, length = payload
                    args = tuple(stack[len(stack) - count :])
                    del stack[len(stack) - count :]
                    found = self.call(name, args, Span(start, end), length)
                    if isinstance(found, int):
                        push(found)
                        continue
                    known = self._calls.get((name, *args))
                    if known is not None:
                        push(known)
                        continue
                    inner = Frame(found.body, dict(zip(found.params, args, strict=True)), {}, len(stack))
                    inner.memo = (name, *args)
                    frames.append(inner)
                    break
                else:
                    opened = self.open_loop(payload, scope, counters, Span(start, end), len(stack))
                    if isinstance(opened, int):
                        push(opened)
                        continue
                    frames.append(opened)
                    break
            else:
                self.close(frames, stack)
        return stack[0]

    def close(self, frames: list[Frame], stack: list[int]) -> None:
        """The code of the innermost frame has ended: fold and go round again, or return its value."""
        frame = frames[-1]
        if frame.fold is not None and len(stack) > frame.base:
            row, span = frame.fold
            term = stack.pop()
            total = frame.total
            frame.total = term if total is None else self.apply(row, (total, term), span.start, span.end)
        if frame.rounds is not None:
            turn = next(frame.rounds, None)
            if turn is not None:
                self.loops.charge(len(turn[0].kinds))
                frame.code, frame.counters = turn[0].instructions(), turn[1]
                return
            stack.append(self.finish_loop(frame))
        if frame.memo is not None:
            self._calls[frame.memo] = stack[-1]
        frames.pop()

    # Instructions

    def apply(self, row: Row, args: tuple[int, ...], start: int, end: int) -> int:
        """A row on nodes: conditions stand only where they may, a constant exponent makes x^c."""
        if min(args) < 0:
            return POISON
        if row in PARTICULAR or self.conditions:
            for i, a in enumerate(args):
                if (a in self.conditions) != (i in row.tests):
                    return self.misplaced(row, a, start, end)
            varying = self.builder.tape.varying
            if row is POW and not varying[args[1]]:
                row = POWC
            for i in row.constant:
                if varying[args[i]]:
                    headline = f"{row.params[i]} in {row.name}({', '.join(row.params)}) is a constant"
                    return self.problem("index", headline, Span(start, end), "write a number there")
        a, b, c = (*args, -1, -1)[:3]
        node = self.builder.apply(row, a, b, c, start, end)
        if row.condition:
            self.conditions.add(node)
        return node

    def misplaced(self, row: Row, node: int, start: int, end: int) -> int:
        """A condition where a number belongs, or a number where a condition belongs."""
        tape = self.builder.tape
        span = tape.span(node) or Span(start, end)
        if tape.rows[node].condition:
            return self.not_a_number(node, span)
        text = tape.source[span.start : span.end]
        hint = f"{row.label} takes a condition: write {text} > 0, say"
        return self.problem("condition", f"{text} is a number, not a condition", span, hint)

    def not_a_number(self, node: int, span: Span) -> int:
        """A condition stands only in if, and, or, not."""
        text = self.builder.tape.source[span.start : span.end]
        return self.problem("condition", f"{text} is a condition, not a number", span, f"write if({text}, 1, 0)")

    def literal(self, text: str, start: int, end: int) -> int:
        node = self._literals.get(text)
        if node is None:
            node = self.builder.literal(text, start, end)
            if not holds(text, float(text)):
                large = float(text) > 1
                node = self.problem(
                    "literal", f"{text} is too {'large' if large else 'small'} for a double", Span(start, end),
                    "the largest double is 1.7976931348623157e308" if large else "the smallest is 5e-324",
                )  # fmt: skip
            self._literals[text] = node
        return node

    def name(self, name: str, counters: dict[str, int], start: int, end: int) -> int:
        """A name that is no parameter: a loop's, a bound one, a constant or a variable."""
        if name in counters:
            value = counters[name]
            node = self.builder.literal(str(abs(value)), start, end)
            return node if value >= 0 else self.builder.apply(TABLE["neg"], node, start=start, end=end)
        node = self.bound.get(name)  # type: ignore[assignment]
        if node is not None:
            return node
        if name in CONSTANTS:
            return self.builder.literal(name, start, end)
        span = Span(start, end)
        form = self.form(name)
        if form:
            return self.problem("name", f"{name} is a function", span, f"give it an argument: {form}")
        if name in ("inf", "nan"):
            return self.problem("name", f"{name} is no number to calculate with", span, "write a number, such as 1e308")
        if name in self.indexed:
            return self.problem("name", f"{name} is used with an index and without", span, f"write {name}[1], say")
        self.plain.add(name)
        return self.variable(name, name, (), start, end)

    def form(self, name: str) -> str:
        """How a function is called, such as max(a, b); empty for what is no function."""
        if name in self.functions:
            return f"{name}({', '.join(self.functions[name].params)})"
        if name in FOLDS:
            return f"{name}(a, b)"
        row = FUNCTIONS.get(ALIASES.get(name, name))
        return f"{name}({', '.join(row.params)})" if row else "pow(a, b)" if name in ALIASES else ""

    def variable(self, text: str, name: str, index: tuple[int, ...], start: int, end: int) -> int:
        """An input; its place among the variables is that of the name's first appearance."""
        if name not in self.seen:
            self.seen[name] = start
        if index:
            self.elements[text] = (name, index)
        return self.builder.input(text, start, end)

    def element(self, payload: Any, scope: dict[str, int], counters: dict[str, int], start: int, end: int) -> int:
        """x[i] or x[i, j]: a variable."""
        name, blocks, length = payload
        values = []
        for block in blocks:
            value = self.constants.whole(block, scope, counters, "an index")
            if value is None:
                return POISON
            values.append(value)
        text = f"{name}[{','.join(map(str, values))}]"
        if text in self.elements:
            return self.builder.input(text)
        span = Span(start, start + length)
        if name in self.bound or name in scope or name in counters or name in CONSTANTS:
            return self.problem("name", f"{name} is a number and has no elements", span, f"write {name}")
        if name in FUNCTIONS or name in self.functions:
            return self.problem("name", f"{name} is a function", span, f"write {name}(...) with round brackets")
        if name in self.plain:
            return self.problem("name", f"{name} is used with an index and without", span, f"write {name}[1], say")
        if self.indexed.setdefault(name, len(values)) != len(values):
            many = "index" if self.indexed[name] == 1 else "indices"
            headline = f"{name} has {self.indexed[name]} {many} elsewhere, here {len(values)}"
            return self.problem("index", headline, span, "use one name for one table of numbers")
        return self.variable(text, name, tuple(values), start, end)

    def call(self, name: str, args: tuple[int, ...], span: Span, length: int) -> int | UserFunction:
        """A call: the node of a row, or the user's function to be expanded."""
        row = FUNCTIONS.get(ALIASES.get(name, name))
        name_span = Span(span.start, span.start + length)
        if name in self.failed:
            return POISON
        user = self.functions.get(name)
        if user is not None:
            if len(args) != len(user.params):
                return self.arity(name, user.params, len(args), span)
            return POISON if min(args) < 0 else user
        if name in FOLDS:
            fold = FOLDS[name][0]
            if len(args) < (2 if FOLDS[name][1] is None else 1):
                return self.arity(name, ("a", "b", "..."), len(args), span)
            node = args[0]
            for arg in args[1:]:
                node = self.apply(fold, (node, arg), *span)
            return node
        if name == "pow":
            row = POW
        if row is not None:
            if len(args) != len(row.params):
                return self.arity(name, row.params, len(args), span)
            return self.apply(row, args, *span)
        if name in self.bound or name in CONSTANTS:
            return self.problem("name", f"{name} is a number, not a function", name_span, f"write {name}*(...)")
        if name in self.later:
            return self.problem(
                "name", f"{name} is used before it is defined", name_span, "define it before it is used"
            )
        if len(args) == 1 and (len(name) == 1 or name in self.plain):
            hint = f"to multiply, write {name}*(...)"
        else:
            known = [*FUNCTIONS, *ALIASES, *FOLDS, *self.functions]
            other = SYNONYMS.get(name.lower())
            hint = f"write {other}" if other else did_you_mean(name, known)
            if not hint:
                hint = f"to multiply, write {name}*(...)" if len(args) == 1 else "'adcli functions' lists them all"
        return self.problem("name", f"there is no function {name}", name_span, hint)

    def arity(self, name: str, params: tuple[str, ...], given: int, span: Span) -> int:
        form = f"{name}({', '.join(params)})"
        wanted = counted(len(params), "argument")
        if params[-1] == "...":
            wanted = "two or more arguments" if FOLDS[name][1] is None else "one or more arguments"
        return self.problem("arity", f"{name} takes {wanted}, not {given}", span, f"write {form}")

    # Comprehensions

    def open_loop(
        self, payload: Any, scope: dict[str, int], counters: dict[str, int], span: Span, base: int
    ) -> int | Frame:
        """The frame of sum(e for i in a..b): one round per value, folded pair by pair."""
        name, body, loops, length = payload
        if name not in FOLDS:
            place = Span(span.start, span.start + length)
            hint = "only sum, prod, min and max do"
            return self.problem("name", f"{name} takes no 'for'", place, hint)
        if self.loop_names_taken(loops, scope, counters):
            return POISON
        frame = Frame(EMPTY, scope, counters, base)
        frame.fold = (FOLDS[name][0], span)
        frame.rounds = self.loops.rounds(body, loops, scope, counters)
        frame.memo = None
        return frame

    def finish_loop(self, frame: Frame) -> int:
        assert frame.fold is not None
        if frame.total is not None:
            return frame.total
        row, span = frame.fold
        empty = next(text for fold, text in FOLDS.values() if fold is row)
        if empty is None:
            return self.problem("index", f"{row.label} of an empty range has no value", span, "let it hold one number")
        return self.builder.literal(empty, *span)

    def loop_names_taken(self, loops: tuple[Loop, ...], scope: dict[str, int], counters: dict[str, int]) -> bool:
        """Whether a loop's name is already something else (a problem)."""
        seen = set(counters)
        for loop in loops:
            place = Span(loop.span.start, loop.upper.span.end)
            if loop.name in seen or loop.name in scope or self.taken(loop.name) or loop.name in self.plain:
                self.problem("name", f"{loop.name} is already a name here", place, "give the loop another name")
                return True
            seen.add(loop.name)
        return False

    # Statements

    def taken(self, name: str) -> bool:
        """Whether a name means something that cannot be bound again."""
        return (
            name in self.bound
            or name in self.functions
            or name in FUNCTIONS
            or name in FOLDS
            or name in ALIASES
            or name in CONSTANTS
            or name in self.indexed
        )


EMPTY = Block()


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
