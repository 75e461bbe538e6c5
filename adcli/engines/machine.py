"""A program as machine code: one loop over the points, made with LLVM and kept on disk.

All lines of a program are computed for a few points at once before the next few are read, so what is between inputs
and results never leaves the processor. The loop is called through ctypes, which lets other threads run meanwhile; it
has no state, so all threads share it.

Nothing is left to LLVM but instructions and registers: the code is straight, its vectors are written out, and what is
common was found when the program was recorded. So it takes a few milliseconds, not those of a compiler's passes.

llvmlite is the extra `adcli[jit]`.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adcli.engines.program import Program
from adcli.files import write_private
from adcli.numbers.machine_code import Writer, has_code, llvm, target

NAME = "adcli_block"
KEPT = 500  # files of code in the cache
VECTORS = 2  # computed side by side: while one function waits for its steps, the other's are done (10 to 20 %)
FLOAT = np.dtype(np.float64)
DIGEST = hashlib.sha256().digest_size


def missing(program: Program) -> str:
    """The first row that has no machine code on this computer, by its key; empty if all have."""
    return next((row.key for row, _, _ in program.code if not has_code(row)), "")


def compiled(program: Program, cache: Path | None, derivatives: int = 0) -> Callable[[int], Machine]:
    """What makes blocks, one for a thread, that run the machine code of a program; `cache` is where code is kept.

    Of the last results, `derivatives` of them, a -0 is told as 0.
    """
    lanes = VECTORS * target()[2]
    library = Library(text(program, lanes, derivatives), cache)
    run = ctypes.CFUNCTYPE(ctypes.c_bool, *[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_void_p)(
        library.address(NAME)
    )
    return lambda size: Machine(program, library, run, lanes, size)


def text(program: Program, lanes: int, derivatives: int = 0) -> str:
    """The code of a program as LLVM reads it: f(inputs, masks, results, points, kinks), whether all is finite.

    Inputs and results are lists of addresses. The index of a point is masked: by 0 for an input that is one number for
    all points, and there once for each lane, by -1 for all others. The last vector ends at the last point, and so
    computes some points again: each is computed by the same instructions wherever it stands.
    """
    ir = llvm()[0]
    module = ir.Module("adcli")
    write = Writer(module, lanes)
    word, byte = ir.IntType(64), ir.IntType(8)
    numbers = ir.DoubleType().as_pointer()
    kind = ir.FunctionType(
        ir.IntType(8), [numbers.as_pointer(), word.as_pointer(), numbers.as_pointer(), word, byte.as_pointer()]
    )
    function = ir.Function(module, kind, NAME)
    function.attributes.add("nounwind")
    inputs, masks, results, points, kinks = function.args
    entry, loop, done = (function.append_basic_block(name) for name in ("entry", "loop", "done"))
    at = ir.IRBuilder(entry)

    def element(pointer: Any, i: int) -> Any:
        return at.load(at.gep(pointer, [word(i)]))

    used = {a for _, args, _ in program.code for a in args} | set(program.results) | {program.kinks}
    sources = {i: (element(inputs, i), element(masks, i)) for i in range(program.width) if i in used}
    sinks = [element(results, j) for j in range(len(program.results))]
    last = at.sub(points, word(lanes))
    at.branch(loop)

    at.position_at_end(loop)
    start = at.phi(word)
    start.add_incoming(word(0), entry)
    spoilt = at.phi(write.float)  # 0, or nan after a number that is not finite: of no other is the product with 0 not 0
    spoilt.add_incoming(write.constant(0.0), entry)
    index = at.select(at.icmp_signed("<", start, last), start, last)
    vectors = write.float.as_pointer()
    lines = {}
    for i, (pointer, mask) in sources.items():
        lines[i] = at.load(at.bitcast(at.gep(pointer, [at.and_(index, mask)]), vectors), align=8)
    value = write.code(at, program.code, program.constants, lines)
    zero = product = write.constant(0.0)
    for j, (line, pointer) in enumerate(zip(program.results, sinks, strict=True)):
        number = write.number(at, value(line))
        if j >= len(sinks) - derivatives:
            number = at.fadd(number, zero)
        product = at.fadd(product, at.fmul(number, zero))
        at.store(number, at.bitcast(at.gep(pointer, [index]), vectors), align=8)
    if program.kinks is not None and program.kinks >= 0:
        mask = at.zext(value(program.kinks), write.vector(byte))
        at.store(mask, at.bitcast(at.gep(kinks, [index]), write.vector(byte).as_pointer()), align=1)
    following = at.add(start, word(lanes))
    start.add_incoming(following, loop)
    total = at.fadd(spoilt, product)
    spoilt.add_incoming(total, loop)
    at.cbranch(at.icmp_signed("<", following, points), loop, done)

    at.position_at_end(done)
    lost = at.fcmp_unordered("uno", total, total)
    if lanes > 1:
        lost = at.icmp_unsigned("!=", at.bitcast(lost, ir.IntType(lanes)), ir.IntType(lanes)(0))
    at.ret(at.zext(at.not_(lost), byte))
    return str(module)


class Library:
    """Machine code in memory, from the cache or made now. It stays as long as somebody holds this."""

    def __init__(self, text: str, cache: Path | None):
        binding = llvm()[1]
        name, features, _ = target()
        parts = (text, name, features, llvmlite_version())
        key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        path = cache / "code" / f"{key}.o" if cache is not None else None
        machine = binding.Target.from_default_triple().create_target_machine(
            cpu=name, features=features, opt=3, reloc="default", codemodel="jitdefault"
        )
        code = None if path is None else kept(path)
        if code is None:
            code = made(text, machine)
            if path is not None:
                keep(path, code)
        self.engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
        self.engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self.engine.finalize_object()

    def address(self, name: str) -> int:
        return int(self.engine.get_function_address(name))


def llvmlite_version() -> str:
    from importlib import import_module

    return str(import_module("llvmlite").__version__)


def made(text: str, machine: Any) -> bytes:
    """Code compiled to an object file."""
    module = llvm()[1].parse_assembly(text)
    return bytes(machine.emit_object(module))


def kept(path: Path) -> bytes | None:
    """Code from the cache, if it is whole and nobody else can have written it: it is going to be run."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                return None
            if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o022):
                return None
            data = stream.read()
    except OSError:
        return None
    code = data[DIGEST:]
    return code if code and hashlib.sha256(code).digest() == data[:DIGEST] else None


def keep(path: Path, code: bytes) -> None:
    """Put code into the cache, where that can be done; the oldest files make room."""
    if not write_private(path, hashlib.sha256(code).digest() + code):
        return
    with contextlib.suppress(OSError):
        files = list(path.parent.glob("*.o"))
        if len(files) > KEPT:
            for old in sorted(files, key=lambda file: file.stat().st_mtime)[: len(files) - KEPT]:
                old.unlink()


class Machine:
    """A block (see `engines.blocks.Block`) that runs machine code; `finite` says whether the last results all were."""

    def __init__(self, program: Program, library: Library, run: Callable[..., bool], lanes: int, size: int):
        self.program = program
        self.library = library  # the code is in memory as long as this is
        self.run = run
        self.lanes = lanes
        self.size = size
        self.finite = True
        constant = program.kinks is not None and program.kinks < 0
        self.fixed = np.bool_(program.constants[-1 - program.kinks]) if constant else None  # type: ignore[operator]

    def __call__(self, inputs: Sequence[Any], out: Sequence[NDArray[Any]]) -> NDArray[Any] | None:
        program = self.program
        if len(inputs) != program.width or len(out) != len(program.results):
            raise ValueError("the inputs or the results are not those of the program")
        arrays = [x for x in inputs if x.__class__ is not float]
        points = len(out[0]) if out else len(arrays[0])
        if not all(x.shape == (points,) for x in (*arrays, *out)):
            raise ValueError("the arrays are not of one length")
        if points < self.lanes:
            return self._few(points, inputs, out)
        xs = [x if plain(x) else self._plain(x) for x in inputs]
        ys = [y if plain(y) else np.empty(points) for y in out]
        written = None if self.fixed is not None or program.kinks is None else np.empty(points, bool)
        masks = np.fromiter([0 if x.__class__ is float else -1 for x in inputs], np.int64, len(inputs))
        sources, sinks = places(xs), places(ys)
        mask = None if written is None else place(written)
        self.finite = bool(self.run(place(sources), place(masks), place(sinks), points, mask))
        for y, result in zip(out, ys, strict=True):
            if y is not result:
                y[:] = result
        return written if self.fixed is None else np.broadcast_to(self.fixed, points)

    def _plain(self, x: Any) -> NDArray[Any]:
        """An array as the code reads it, or a number in every lane."""
        return np.full(self.lanes, x) if x.__class__ is float else np.ascontiguousarray(x, np.float64)

    def _few(self, points: int, inputs: Sequence[Any], out: Sequence[NDArray[Any]]) -> NDArray[Any] | None:
        """Less than a vector of points: the last one is repeated."""
        if points:
            rest = (0, self.lanes - points)
            inputs = [x if x.__class__ is float else np.pad(x, rest, "edge") for x in inputs]
        else:
            inputs = [0.0] * len(inputs)
        results = [np.empty(self.lanes) for _ in out] or [np.empty(self.lanes)] * 0
        kinks = self(inputs, results)
        for y, result in zip(out, results, strict=True):
            y[:] = result[:points]
        return None if kinks is None else kinks[:points]


def plain(x: Any) -> bool:
    """Whether this is an array as the code reads and writes it."""
    return x.__class__ is not float and x.dtype == FLOAT and x.flags.c_contiguous


def place(x: NDArray[Any]) -> int:
    """The address of a contiguous array. NumPy's own ways to say it take three times as long as a buffer."""
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(x.data))
    except (TypeError, ValueError):  # nobody may write to it
        return x.ctypes.data


def places(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The addresses of arrays, as C takes a list of them."""
    return np.fromiter(map(place, arrays), np.int64, len(arrays))
