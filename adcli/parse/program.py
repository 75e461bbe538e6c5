"""Program texts to a tape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from adcli.errors import Problem, ProblemError, Span
from adcli.ops import CONSTANTS
from adcli.parse.code import CALL, ELEMENT, LOOP, NAME, Block, Statement
from adcli.parse.collector import POISON
from adcli.parse.expand import Expansion, UserFunction
from adcli.tape.tape import MAX_NODES, Builder, Output, Tape

LOCK = Lock()  # the parser has one emitter embedded
UNNAMED = ("y", "f", "z", "out")


def reductions(text: str, start: str, source: str, offset: int) -> list[Statement]:
    """The statements of one text, which begins `offset` characters into the source."""
    from adcli.parse.driver import Stuck
    from adcli.parse.grammar import blanked, driver, emitter

    with LOCK:
        emit = emitter()
        emit.reset(offset)
        quick = driver()
        try:
            if quick is None:
                by_lark(text, start, source, offset)
            else:
                quick.parse(blanked(text), start)
        except Stuck:
            emit.reset(offset)
            by_lark(text, start, source, offset)
        statements = emit.statements
        emit.reset(0)
        return statements


def by_lark(text: str, start: str, source: str, offset: int) -> None:
    """Lark's own parser, which knows what it expected. Raises ProblemError, the error explained."""
    from lark.exceptions import UnexpectedInput

    from adcli.parse.grammar import blanked, parser

    try:
        parser().parse(blanked(text), start=start)
    except UnexpectedInput as wrong:
        from adcli.parse.explain import explain

        raise ProblemError(explain(wrong, text, start, source, offset)) from None


def expression(text: str) -> Block | None:
    """The code of a text that is one expression; None for any other, without saying why."""
    from adcli.parse.driver import Stuck
    from adcli.parse.grammar import blanked, driver, emitter

    with LOCK:
        emit = emitter()
        emit.reset(0)
        quick = driver()
        try:
            if quick is None:
                by_lark(text, "program", text, 0)
            else:
                quick.parse(blanked(text), "program")
        except (Stuck, ProblemError):
            return None
        finally:
            statements = emit.statements
            emit.reset(0)
    return statements[0].blocks[0] if [s.kind for s in statements] == ["output"] else None


def parse(texts: Sequence[str], max_nodes: int = MAX_NODES) -> Tape:
    """The tape of a program; several texts are one program, and each adds its outputs.

    Raises ProblemError: one problem of syntax, or all problems of names, arity and indices at once.
    """
    source = "\n".join(texts)
    builder = Builder(max_nodes)
    builder.tape.source = source
    program = Program(builder)
    offset = 0
    for text in texts:
        program.add(reductions(text, "program", source, offset))
        offset += len(text) + 1
    return program.finish()


class Program:
    """The statements of a program, run one after the other."""

    def __init__(self, builder: Builder):
        self.expansion = Expansion(builder)
        self.tape = builder.tape
        self.uses: set[str] = set()
        # Per text: its expressions as (bound name or none, node, span), else the names it binds.
        self.results: list[tuple[list[tuple[str, int]], list[str]]] = []

    def add(self, statements: Sequence[Statement]) -> None:
        """One text: the last statement may be an expression or a list, its output."""
        run = self.expansion
        run.later |= {s.name for s in statements if s.kind == "define"}
        expressions: list[tuple[str, int]] = []
        assigned: list[str] = []
        for i, statement in enumerate(statements):
            for block in statement.blocks:
                self.uses |= mentioned(block)
            for loop in statement.loops:
                self.uses |= mentioned(loop.lower) | mentioned(loop.upper)
            if statement.kind == "assign":
                self.assign(statement)
                assigned.append(statement.name)
            elif statement.kind == "define":
                self.define(statement)
            elif i < len(statements) - 1:
                run.problem(
                    "syntax", "only the last statement may be an expression without a name", statement.span,
                    "give it a name (a = ...), or write all outputs as a list: [e1, e2]",
                )  # fmt: skip
                for block in statement.blocks if statement.kind != "outputs_for" else []:
                    run.run(block)  # for the problems in it
            else:
                expressions = self.outputs(statement)
        self.results.append((expressions, assigned))

    def outputs(self, statement: Statement) -> list[tuple[str, int]]:
        """The (bound name or '', node) of a last statement."""
        run = self.expansion
        if statement.kind == "outputs_for":
            if run.loop_names_taken(statement.loops, {}, {}):
                return [("", POISON)]
            found = []
            for body, counters in run.loops.rounds(statement.blocks[0], statement.loops, {}, {}):
                found.append(("", self.number(run.run(body, counters), body.span)))
            if not found and not run.problems:
                run.problem("index", "the list is empty", statement.span, "let its range hold one number")
            return found
        found = []
        for block in statement.blocks:
            node = self.number(run.run(block), block.span)
            name = block.payloads[0] if len(block.kinds) == 1 and block.kinds[0] == NAME else ""
            found.append((name if name in run.bound else "", node))
        return found

    def number(self, node: int, span: Span) -> int:
        """The node, if it is a number and no condition."""
        if node >= 0 and self.tape.rows[node].condition:
            return self.expansion.not_a_number(node, span)
        return node

    def free(self, name: str, span: Span, what: str) -> bool:
        """Whether a statement may bind this name."""
        run = self.expansion
        if name in run.bound or name in run.functions:
            run.problem("name", f"{name} is bound already", span, "a name is bound once; choose another")
        elif name in CONSTANTS:
            run.problem("name", f"{name} is a constant and cannot be {what}", span, "choose another name")
        elif run.taken(name) and name not in run.indexed:
            run.problem("name", f"{name} is a function and cannot be {what}", span, "choose another name")
        elif name in run.plain or name in run.indexed:
            run.problem("name", f"{name} is used before it is bound", span, "bind it before it is used")
        else:
            return True
        return False

    def assign(self, statement: Statement) -> None:
        run = self.expansion
        (block,) = statement.blocks
        node = self.number(run.run(block), block.span)
        if statement.name in mentioned(block) and statement.name not in run.bound:
            headline = f"{statement.name} is defined by itself"
            run.problem("name", headline, statement.name_span, "a name is bound once, from others")
            run.bound[statement.name] = POISON
        elif self.free(statement.name, statement.name_span, "bound"):
            run.bound[statement.name] = node
            if node >= 0 and self.tape.first[node] >= 0:
                self.tape.names.setdefault(node, statement.name)

    def define(self, statement: Statement) -> None:
        run = self.expansion
        params: list[str] = []
        for name, span in statement.params:
            if name in params:
                run.problem("name", f"{name} is a parameter already", span, "give each parameter its own name")
            elif run.taken(name) or name in run.plain:
                run.problem("name", f"{name} is already a name here", span, "give the parameter another name")
            params.append(name)
        (block,) = statement.blocks
        if statement.name in called(block):
            headline = f"{statement.name} calls itself"
            run.problem("name", headline, statement.name_span, "recursion has no end here; write the steps out")
            run.failed.add(statement.name)
        elif self.free(statement.name, statement.name_span, "defined"):
            # A function it calls must be there already: that keeps two from calling each other for ever.
            early = (plain_names(block) | called(block)) - set(params)
            run.plain |= {name for name in early if not run.taken(name)}
            run.functions[statement.name] = UserFunction(statement.name, tuple(params), block)
        else:
            run.failed.add(statement.name)
        run.later.discard(statement.name)

    def finish(self) -> Tape:
        """The tape with its variables in order and its outputs named. Raises ProblemError."""
        run, tape = self.expansion, self.tape
        if run.problems:
            raise ProblemError(*sorted(run.problems, key=lambda p: p.span or Span(0, 0)))
        chosen: list[tuple[str, int]] = []
        for expressions, assigned in self.results:
            unused = [name for name in assigned if name not in self.uses]
            chosen += expressions or [(name, run.bound[name]) for name in unused]
        if not chosen:
            defined = next(iter(run.functions.values()), None)
            call = f"call the function: {defined.name}({', '.join(defined.params)})" if defined else ""
            hint = call or "write an expression, such as x^2"
            raise ProblemError(
                Problem("syntax", "the program has no output", Span(0, 0), hint=hint, source=tape.source or " ")
            )
        self.name_outputs(chosen)
        self.order_variables()
        return tape

    def name_outputs(self, chosen: list[tuple[str, int]]) -> None:
        """Outputs keep the name a statement gave them; the others are y, or y1, y2, ... by place."""
        run, tape = self.expansion, self.tape
        names = [name for name, _ in chosen if name]
        if len(set(names)) < len(names):
            chosen = [("", node) for _, node in chosen]
        known = {*run.bound, *run.functions, *tape.variables, *run.indexed}
        count = len(chosen)

        def unnamed(stem: str) -> list[str]:
            return [stem] if count == 1 else [f"{stem}{i}" for i in range(1, count + 1)]

        stem = next((s for s in UNNAMED if known.isdisjoint(unnamed(s))), "")
        default = unnamed(stem) if stem else [f"_{i}" for i in range(1, count + 1)]
        tape.outputs = [
            Output(name or default[i], node, bool(name)) for i, (name, node) in enumerate(chosen)
        ]  # fmt: skip

    def order_variables(self) -> None:
        """By first appearance in the text; the elements of one name together, by index."""
        run, tape = self.expansion, self.tape

        def place(pair: tuple[str, int]) -> Any:
            name, index = run.elements.get(pair[0], (pair[0], ()))
            return run.seen[name], index

        pairs = sorted(zip(tape.variables, tape.inputs, strict=True), key=place)
        tape.variables = [name for name, _ in pairs]
        tape.inputs = [node for _, node in pairs]


def walk(block: Block) -> Iterator[tuple[int, str]]:
    """(kind, name) of every instruction that names something, inner blocks included."""
    stack = [block]
    while stack:
        inner = stack.pop()
        for kind, payload in zip(inner.kinds, inner.payloads, strict=True):
            if kind == NAME:
                yield kind, payload
            elif kind in (CALL, ELEMENT, LOOP):
                yield kind, payload[0]
                if kind == ELEMENT:
                    stack += payload[1]
                elif kind == LOOP:
                    stack.append(payload[1])
                    for loop in payload[2]:
                        stack += [loop.lower, loop.upper]


def mentioned(block: Block) -> set[str]:
    """Names that an expression uses, called or not."""
    return {name for _, name in walk(block)}


def called(block: Block) -> set[str]:
    """Names that an expression calls."""
    return {name for kind, name in walk(block) if kind == CALL}


def plain_names(block: Block) -> set[str]:
    """Names that an expression uses as values, those of its own loops left out."""
    names: set[str] = set()
    stack: list[tuple[Block, frozenset[str]]] = [(block, frozenset())]
    while stack:
        inner, loops = stack.pop()
        for kind, payload in zip(inner.kinds, inner.payloads, strict=True):
            if kind == NAME and payload not in loops:
                names.add(payload)
            elif kind == ELEMENT:
                stack += [(index, loops) for index in payload[1]]
            elif kind == LOOP:
                stack.append((payload[1], loops | {loop.name for loop in payload[2]}))
    return names
