"""One long tape at one point, in machine code: a loop over the nodes, with a case for every row that occurs.

A tape of a million nodes is too long to become code, but few rows occur in it. So what is compiled is an interpreter:
its forward loop reads the row of a node and its arguments and stores the value; its reverse loop works out the
partials of a node from the values, unless the adjoint of the node is 0, and adds the adjoint's share to the arguments.
A partial or an adjoint that is exactly 0 adds nothing, whatever the other is.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adcli.engines.machine import Library
from adcli.engines.program import needed_lines
from adcli.numbers.machine_code import Writer, has_code, llvm
from adcli.numbers.real import REAL
from adcli.numbers.recorded import Recorded, Recorder
from adcli.ops.row import Row
from adcli.tape.tape import Tape

Floats = NDArray[np.float64]
FORWARD, REVERSE = "adcli_forward", "adcli_reverse"


def missing(tape: Tape) -> str:
    """The first row whose value or partials have no machine code on this computer; empty if all have."""
    for row in dict.fromkeys(row for row in tape.rows if row.samples):
        for build in (value, partials):
            F, found = build(row)
            if F is not None:
                references = [F.reference(x) for x in found if x is not None]
                for line in needed_lines(F.code, F.width, references):
                    inner = F.code[line - F.width][0]
                    if not has_code(inner):
                        return inner.key
    return ""


def value(row: Row) -> tuple[Recorder, list[Any]]:
    """The value of a row, recorded on its arguments."""
    F = Recorder(len(row.params))
    return F, [F.value(row)(*map(F.input, range(F.width)))]


def partials(row: Row) -> tuple[Recorder | None, list[Any]]:
    """The partials of a row, recorded on its value and its arguments; None where it has none."""
    if row.partials is None:
        return None, []
    F = Recorder(1 + len(row.params))
    return F, list(row.partials(F, *map(F.input, range(F.width))))


class Interpreter:
    """A tape, ready to be run forward and in reverse at one point after another."""

    def __init__(self, tape: Tape, cache: Path | None = None):
        self.tape = tape
        count = len(tape)
        rows = list(dict.fromkeys(tape.rows))
        numbers = {row: i for i, row in enumerate(rows)}
        self.op = np.fromiter(map(numbers.__getitem__, tape.rows), np.int32, count)
        self.columns = [np.fromiter(column, np.int32, count) for column in (tape.first, tape.second, tape.third)]
        self.varying = np.frombuffer(bytes(tape.varying), np.uint8)
        self.literals = np.fromiter(tape.literals, np.int64, len(tape.literals))
        self.constants = np.array([REAL.literal(text) for text in tape.literals.values()], np.float64)
        self.library = Library(text([(number, row) for row, number in numbers.items() if row.samples]), cache)
        kind = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * 7)
        self._forward = kind(self.library.address(FORWARD))
        self._reverse = kind(self.library.address(REVERSE))

    def values(self, point: Sequence[float]) -> Floats:
        """The value of every node, for one value per variable."""
        values: Floats = np.empty(len(self.tape))
        values[self.tape.inputs] = point
        values[self.literals] = self.constants
        self._run(self._forward, len(values), values, values)
        return values

    def gradient(self, point: Sequence[float], seeds: Mapping[int, float]) -> tuple[Floats, Floats]:
        """Values and adjoints of all nodes, for seed adjoints on some; 0 where no adjoint arrives."""
        values = self.values(point)
        adjoints: Floats = np.zeros(len(values))
        for node, seed in seeds.items():
            adjoints[node] = seed
        self._run(self._reverse, max(seeds, default=-1) + 1, values, adjoints)
        return values, adjoints

    def _run(self, loop: Callable[..., None], count: int, values: Floats, adjoints: Floats) -> None:
        arrays: list[NDArray[Any]] = [self.op, *self.columns, self.varying, values, adjoints]
        if count:
            loop(count, *[x.ctypes.data for x in arrays])


def text(rows: Sequence[tuple[int, Row]]) -> str:
    """The two loops as LLVM reads them: f(count, op, first, second, third, varying, values, adjoints)."""
    ir = llvm()[0]
    module = ir.Module("adcli")
    write = Writer(module, 1)
    loop(write, FORWARD, rows, True)
    loop(write, REVERSE, rows, False)
    return str(module)


def loop(write: Writer, name: str, rows: Sequence[tuple[int, Row]], forward: bool) -> None:
    """A loop over the nodes 0..count-1, or count-1..0, that jumps to the code of their rows."""
    ir = write.ir
    word, short, byte = ir.IntType(64), ir.IntType(32), ir.IntType(8)
    kinds = [short.as_pointer()] * 4 + [byte.as_pointer()] + [write.scalar.as_pointer()] * 2
    function = ir.Function(write.module, ir.FunctionType(ir.VoidType(), [word, *kinds]), name)
    count, op, *columns, varying, values, adjoints = function.args
    entry, head, after, done = (function.append_basic_block(name) for name in ("entry", "head", "after", "done"))
    at = ir.IRBuilder(entry)
    at.branch(head)
    at.position_at_end(head)
    step = at.phi(word)
    step.add_incoming(word(0), entry)
    k = step if forward else at.sub(at.sub(count, word(1)), step)
    jump = at.switch(at.load(at.gep(op, [k])), after)
    for number, row in rows:
        if not forward and row.partials is None:
            continue
        case = function.append_basic_block(row.key)
        jump.add_case(short(number), case)
        at.position_at_end(case)
        nodes = [at.sext(at.load(at.gep(column, [k])), word) for column in columns[: len(row.params)]]
        if forward:
            emit_value(write, at, row, [at.load(at.gep(values, [a])) for a in nodes], at.gep(values, [k]))
        else:
            emit_shares(write, at, row, k, nodes, varying, values, adjoints, after)
        at.branch(after)
    at.position_at_end(after)
    following = at.add(step, word(1))
    step.add_incoming(following, after)
    at.cbranch(at.icmp_signed("<", following, count), head, done)
    at.position_at_end(done)
    at.ret_void()


def recorded(write: Writer, at: Any, F: Recorder, found: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    """Instructions for recorded numbers."""
    references = [F.reference(x) for x in found]
    needed = sorted(needed_lines(F.code, F.width, references))
    code = [(*F.code[line - F.width], line) for line in needed]
    line_value = write.code(at, code, F.constants, dict(enumerate(inputs)))
    return [write.number(at, line_value(line)) for line in references]


def emit_value(write: Writer, at: Any, row: Row, args: Sequence[Any], place: Any) -> None:
    F, found = value(row)
    at.store(recorded(write, at, F, found, args)[0], place)


def emit_shares(
    write: Writer, at: Any, row: Row, k: Any, nodes: Sequence[Any], varying: Any, values: Any, adjoints: Any, after: Any
) -> None:
    """adjoint[argument] += partial*adjoint, for the arguments that depend on an input."""
    F, found = partials(row)
    assert F is not None
    adjoint = at.load(at.gep(adjoints, [k]))
    zero = write.constant(0.0)
    go = at.append_basic_block(f"{row.key}.partials")
    at.cbranch(at.fcmp_unordered("!=", adjoint, zero), go, after)
    at.position_at_end(go)
    places = [i for i, p in enumerate(found) if isinstance(p, Recorded) or p]
    inputs = [at.load(at.gep(values, [a])) for a in (k, *nodes)]
    for i, p in zip(places, recorded(write, at, F, [found[i] for i in places], inputs), strict=True):
        on = at.icmp_unsigned("!=", at.load(at.gep(varying, [nodes[i]])), write.ir.IntType(8)(0))
        with at.if_then(on):
            share = at.select(at.fcmp_ordered("==", p, zero), zero, at.fmul(p, adjoint))
            place = at.gep(adjoints, [nodes[i]])
            at.store(at.fadd(at.load(place), share), place)
