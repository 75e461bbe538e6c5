"""Rows as machine code: what LLVM needs to compute a row of the table, on one float or on a few at once.

Arithmetic, comparisons and choices become instructions; a function of the C library is called by its address. Where
glibc's vector library is there (libmvec, https://sourceware.org/glibc/wiki/libmvec), its functions take a whole vector
at once: they promise 4 ulp, and special values as the scalar functions have them. LLVM is not told the real names of
the functions it calls, so it rewrites none of them; nothing is computed but what the row says, in IEEE 754 doubles.

llvmlite is an extra, `adcli[jit]`: it is loaded when code is made, not with this module.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from adcli.ops.row import Row

COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
INTRINSICS = {"abs": "fabs", "floor": "floor", "ceil": "ceil", "round": "rint", "sqrt": "sqrt"}
C_NAMES = {"gamma": "tgamma"}  # where the C library calls it otherwise than `math`

# Functions of libmvec that are not used: more than 4 ulp off, or special values that differ from the C library's.
LEFT_OUT: frozenset[str] = frozenset()


@cache
def llvm() -> tuple[Any, Any]:
    """llvmlite: the module that writes code, and the one that compiles it. Raises ImportError without the extra."""
    return import_module("llvmlite.ir"), import_module("llvmlite.binding")


@cache
def target() -> tuple[str, str, int]:
    """The processor: its name, its features as LLVM writes them, and how many floats a vector of it holds."""
    binding = llvm()[1]
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features()
    lanes = 8 if features.get("avx512f") else 4 if features.get("avx2") else 2
    return binding.get_host_cpu_name(), features.flatten(), lanes


@cache
def libraries() -> tuple[list[Any], Any]:
    """The C library's mathematics, wherever it is, and libmvec or None."""
    names: list[Any] = ["libm.so.6", None]
    if sys.platform == "win32":
        names = ["ucrtbase"]
    found = [library for library in map(opened, names) if library is not None]
    vector = opened("libmvec.so.1") if platform.machine() in ("x86_64", "AMD64") else None
    return found, vector


def opened(name: str | None) -> Any:
    try:
        return ctypes.CDLL(name)
    except (OSError, TypeError):
        return None


def address(library: Any, name: str) -> int:
    """Where a function is in memory; 0 if the library has none of that name."""
    try:
        return ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0
    except AttributeError:
        return 0


@cache
def scalar_function(name: str) -> str:
    """The name by which code calls a function of the C library; empty where there is none."""
    return declared(f"adcli_{name}", [address(library, name) for library in libraries()[0]])


@cache
def vector_function(name: str, count: int, lanes: int) -> str:
    """The same of the function of libmvec on so many lanes (`count` arguments), named by the vector ABI of x86-64."""
    vector = libraries()[1]
    if vector is None or name in LEFT_OUT or lanes not in (2, 4, 8):
        return ""
    name = f"_ZGV{ {2: 'b', 4: 'd', 8: 'e'}[lanes] }N{lanes}{'v' * count}_{name}"
    return declared(f"adcli{name}", [address(vector, name)])


def declared(name: str, places: Iterable[int]) -> str:
    place = next(filter(None, places), 0)
    if place:
        llvm()[1].add_symbol(name, place)
    return name if place else ""


def c_name(row: Row) -> str:
    """The function of the C library that computes a row, empty if none does."""
    if row.key == "mod":
        return "fmod"
    module, _, name = row.real.rpartition(".")
    return C_NAMES.get(name, name) if module == "math" else ""


@cache
def has_code(row: Row) -> bool:
    """Whether a row can be machine code on this computer."""
    if row.key in ARITHMETIC or row.key in INTRINSICS or row.key in COMPARISONS or row.key in BUILT:
        return True
    name = c_name(row)
    return bool(name and scalar_function(name))


class Writer:
    """Writes rows into an LLVM module as code on vectors of `lanes` floats (1: on floats)."""

    def __init__(self, module: Any, lanes: int):
        ir = llvm()[0]
        self.ir = ir
        self.module = module
        self.lanes = lanes
        self.scalar = ir.DoubleType()
        self.float = self.vector(self.scalar)
        self.bool = self.vector(ir.IntType(1))

    def vector(self, kind: Any) -> Any:
        return kind if self.lanes == 1 else self.ir.VectorType(kind, self.lanes)

    def constant(self, x: Any) -> Any:
        """A float, or a condition, in every lane."""
        kind: Any = self.bool if isinstance(x, bool) else self.float
        x = int(x) if isinstance(x, bool) else float(x)
        return self.ir.Constant(kind, x if self.lanes == 1 else [x] * self.lanes)

    def number(self, at: Any, x: Any) -> Any:
        """A value as a float: a condition is 1 or 0."""
        return at.select(x, self.constant(1.0), self.constant(0.0)) if x.type == self.bool else x

    def condition(self, at: Any, x: Any) -> Any:
        """A value as a condition: a float holds where it is not 0."""
        return at.fcmp_unordered("!=", x, self.constant(0.0)) if x.type == self.float else x

    def row(self, at: Any, row: Row, *args: Any) -> Any:
        """Instructions for a row; `at` is the builder, which knows the place."""
        key = row.key
        if key in BUILT:
            return BUILT[key](self, at, *args)
        args = tuple(self.number(at, x) for x in args)
        if key in ARITHMETIC:
            return getattr(at, ARITHMETIC[key])(*args)
        if key in COMPARISONS:
            compare = at.fcmp_unordered if key == "ne" else at.fcmp_ordered
            return compare(COMPARISONS[key], *args)
        if key in INTRINSICS:
            return self.intrinsic(at, INTRINSICS[key], *args)
        return self.called(at, c_name(row), *args)

    def called(self, at: Any, name: str, *args: Any) -> Any:
        """A call of a function of the C library: of libmvec where that has it, else lane by lane."""
        width = min(self.lanes, target()[2]) if self.lanes > 1 else 0
        found = vector_function(name, len(args), width) if width else ""
        if found:
            f = self.function(found, self.ir.VectorType(self.scalar, width), len(args))
            parts = [at.call(f, [self.part(at, x, i, width) for x in args]) for i in range(0, self.lanes, width)]
            while len(parts) > 1:
                parts = [self.joined(at, x, y) for x, y in zip(parts[::2], parts[1::2], strict=True)]
            return parts[0]
        f = self.function(scalar_function(name), self.scalar, len(args))
        if self.lanes == 1:
            return at.call(f, args)
        result = self.ir.Constant(self.float, self.ir.Undefined)
        for i in range(self.lanes):
            lane = self.ir.Constant(self.ir.IntType(32), i)
            result = at.insert_element(result, at.call(f, [at.extract_element(x, lane) for x in args]), lane)
        return result

    def part(self, at: Any, x: Any, start: int, width: int) -> Any:
        """Some neighbouring lanes of a vector."""
        return x if width == self.lanes else at.shuffle_vector(x, x, self.places(start, width))

    def joined(self, at: Any, x: Any, y: Any) -> Any:
        """Two vectors as one."""
        return at.shuffle_vector(x, y, self.places(0, 2 * x.type.count))

    def places(self, start: int, count: int) -> Any:
        kind = self.ir.IntType(32)
        return self.ir.Constant(self.ir.VectorType(kind, count), list(range(start, start + count)))

    def intrinsic(self, at: Any, name: str, *args: Any) -> Any:
        """What LLVM itself makes of a function, on the floats or vectors of this writer."""
        suffix = "f64" if self.lanes == 1 else f"v{self.lanes}f64"
        return at.call(self.function(f"llvm.{name}.{suffix}", self.float, len(args)), args)

    def function(self, name: str, kind: Any, count: int) -> Any:
        """The declaration of an external function."""
        known = self.module.globals.get(name)
        if known is None:
            known = self.ir.Function(self.module, self.ir.FunctionType(kind, [kind] * count), name)
            if not name.startswith("llvm."):
                known.attributes.add("nounwind")
        return known

    def code(
        self, at: Any, code: Iterable[tuple[Row, tuple[int, ...], int]], constants: Sequence[Any], lines: dict[int, Any]
    ) -> Callable[[int], Any]:
        """Instructions for straight-line code, from the lines known; what comes back gives the value of a line.

        Arguments below 0 are constants, as in `engines.program.Program`.
        """

        def value(line: int) -> Any:
            return lines[line] if line >= 0 else self.constant(constants[-1 - line])

        for row, args, line in code:
            lines[line] = self.row(at, row, *map(value, args))
        return value


def negative(w: Writer, at: Any, x: Any) -> Any:
    return at.fneg(w.number(at, x))


def sign(w: Writer, at: Any, x: Any) -> Any:
    """As `numbers.real.sign`: nan stays, and both zeros are 0."""
    zero = w.constant(0.0)
    below = at.select(at.fcmp_ordered("<", x, zero), w.constant(-1.0), zero)
    known = at.select(at.fcmp_ordered(">", x, zero), w.constant(1.0), below)
    return at.select(at.fcmp_unordered("uno", x, x), x, known)


def larger(w: Writer, at: Any, x: Any, y: Any) -> Any:
    """As `numbers.real.larger`: nan if either is."""
    return at.select(at.fcmp_unordered("uno", x, x), x, at.select(at.fcmp_ordered(">", x, y), x, y))


def smaller(w: Writer, at: Any, x: Any, y: Any) -> Any:
    return at.select(at.fcmp_unordered("uno", x, x), x, at.select(at.fcmp_ordered("<", x, y), x, y))


def modulo(w: Writer, at: Any, a: Any, b: Any) -> Any:
    """The remainder with the sign of b, made of C's, which has that of a, as Python and NumPy do."""
    zero = w.constant(0.0)
    rest = w.called(at, "fmod", a, b)
    other = at.xor(at.fcmp_ordered("<", rest, zero), at.fcmp_ordered("<", b, zero))
    moved = at.select(other, at.fadd(rest, b), rest)
    return at.select(at.fcmp_ordered("==", rest, zero), w.intrinsic(at, "copysign", zero, b), moved)


def choose(w: Writer, at: Any, c: Any, x: Any, y: Any) -> Any:
    return at.select(w.condition(at, c), w.number(at, x), w.number(at, y))


BUILT: Mapping[str, Callable[..., Any]] = {
    "neg": negative,
    "sign": sign,
    "max": larger,
    "min": smaller,
    "where": choose,
    "and_": lambda w, at, c, d: at.and_(w.condition(at, c), w.condition(at, d)),
    "or_": lambda w, at, c, d: at.or_(w.condition(at, c), w.condition(at, d)),
    "not_": lambda w, at, c: at.not_(w.condition(at, c)),
    "mod": modulo,
}
