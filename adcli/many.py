"""Many points at once: what `Function.many` returns, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adcli.engines.blocks import Engine, Tally, array_engine, fresh
from adcli.engines.bundle import hessian_products
from adcli.engines.forward import forward
from adcli.engines.jacobian import chosen, decide
from adcli.engines.linearise import Linearisation, evaluate, linearise
from adcli.engines.program import Program, record
from adcli.engines.reverse import reverse
from adcli.errors import Problem, ProblemError
from adcli.named import Asked
from adcli.numbers.array import quietly

if TYPE_CHECKING:
    from adcli.engines.notes import Note
    from adcli.engines.pointwise import Pointwise
    from adcli.numbers.recorded import Recorder

KINDS = ("value", "grad", "jacobian", "jvp", "vjp", "hessian", "hvp")
ENGINES = ("auto", "numpy", "llvm")
LONGEST = 200_000  # nodes of a tape that becomes code
LONGEST_CODE = 5_000  # operations that become machine code without being asked
MOST_CODE = 50_000  # operations that may become so at all: it takes a minute, and a gigabyte
RESULT = 4  # operations whose compilation takes as long as that of a result
Array = NDArray[np.float64]


class Many:
    """A derivative of a program, ready to be taken at many points.

    columns    the variables that differ from point to point; the others are fixed
    names      a name for each result: y, dy/dx1, ...
    """

    def __init__(
        self, asked: Asked, kind: str, fixed: Mapping[str, float], seeds: Mapping[int, float], engine: str = "auto"
    ):
        if engine not in ENGINES:
            raise ValueError(f"engine is one of {', '.join(ENGINES)}, not {engine!r}")
        self.asked = asked
        self.kind = kind
        self.seeds = seeds
        self.names = names(asked, kind)
        self.values = len(asked.outputs)
        variables = asked.tape.variables
        self.columns = [name for name in variables if name not in fixed]
        self.fixed = {i: fixed[name] for i, name in enumerate(variables) if name in fixed}
        self.engine: Engine | Pointwise
        if len(asked.tape) > LONGEST:
            self.engine_name, self.why, self.engine = self._pointwise(engine)
        else:
            self.program = self._record(False)
            self.engine_name, self.why, self.engine = self._engine(engine)

    def _record(self, absolute: bool) -> Program:
        moving = [] if self.kind == "value" else self.asked.wrt
        with quietly():  # what is fixed may be anywhere
            return record(self.asked.tape, self.fixed, self._work, moving, absolute, self.asked.nodes)

    def _work(self, F: Recorder, x: list[Any]) -> tuple[list[Any], Linearisation | None]:
        """All results in the order of the names, and the linearisation they come from."""
        tape, nodes, wrt, seeds = self.asked.tape, self.asked.nodes, self.asked.wrt, self.seeds
        if self.kind == "value":
            values = evaluate(F, tape, x)
            return [values[k] for k in nodes], Linearisation(values, [])
        linear = linearise(F, tape, x)
        found = [linear.values[k] for k in nodes]
        if self.kind in ("grad", "jacobian"):
            rows = chosen(F, tape, linear, nodes, wrt, decide(tape, nodes, wrt))
            found += [p for row in rows for p in row]
        elif self.kind == "jvp":
            tangents = forward(F, tape, linear, seeds)
            found += [tangents[k] for k in nodes]
        elif self.kind == "vjp":
            adjoints = reverse(F, tape, linear, seeds)
            found += [adjoints[k] for k in wrt]
        elif self.kind == "hessian":
            for columns in hessian_products(F, tape, x, nodes, wrt, [{node: 1.0} for node in wrt]):
                found += [columns[j][i] for i in range(len(wrt)) for j in range(i + 1)]
        else:
            for rows in hessian_products(F, tape, x, nodes, wrt, [seeds]):
                found += rows[0]
        return found, linear

    def _engine(self, engine: str) -> tuple[str, str, Engine]:
        """(its name, why it is that, the engine): machine code where it is installed and has all functions."""
        derivatives = len(self.names) - self.values
        arrays = array_engine(self.program, lambda: self._record(True), derivatives)
        if engine == "numpy":
            return "numpy", "numpy, as asked", arrays
        if find_spec("llvmlite") is None:
            if engine == "llvm":
                hint = 'pip install "adcli[jit]", or leave --engine out'
                raise ProblemError(Problem("usage", "the engine llvm is not installed", hint=hint))
            return "numpy", "numpy: llvmlite (the extra jit) is not installed", arrays
        length = len(self.program.code) + RESULT * len(self.names)
        if length > LONGEST_CODE and engine == "auto":
            return "numpy", f"numpy: {len(self.program.code):,} operations take longer to compile than to run", arrays
        from adcli.engines.machine import compiled, missing
        from adcli.files import user_folder

        lacking = missing(self.program)
        if engine == "llvm" and length > MOST_CODE:
            headline = f"{len(self.program.code):,} operations and {len(self.names):,} results take too long to compile"
            raise ProblemError(Problem("limit", headline, hint="leave --engine out"))
        if lacking and engine == "llvm":
            headline = f"there is no machine code for {lacking}"
            raise ProblemError(Problem("usage", headline, hint="leave --engine out"))
        if lacking:
            return "numpy", f"numpy: there is no machine code for {lacking}", arrays
        asked = "" if engine == "auto" else ", as asked"
        why = f"llvm: {len(self.program.code):,} operations as machine code{asked}"
        return "llvm", why, Engine(compiled(self.program, user_folder("cache"), derivatives), arrays.absolute)

    def _pointwise(self, engine: str) -> tuple[str, str, Pointwise]:
        """The interpreter of long tapes. Raises ProblemError where it cannot be had."""
        tape, nodes = self.asked.tape, self.asked.nodes
        kinds = {"value": [], "vjp": [dict(self.seeds)]}
        sweeps = kinds.get(self.kind, [{node: 1.0} for node in nodes])
        if (
            engine == "numpy"
            or self.kind not in ("value", "grad", "jacobian", "vjp")
            or any(row.kink for row in set(tape.rows))
            or find_spec("llvmlite") is None
        ):
            headline = f"a program of {len(tape):,} nodes is too long for many points"
            hint = "only gradients of programs without kinks may be as long, with the engine llvm"
            if find_spec("llvmlite") is None:
                hint += ': pip install "adcli[jit]"'
            raise ProblemError(Problem("limit", headline, hint=hint))
        from adcli.engines.interpreter import Interpreter, missing
        from adcli.engines.pointwise import Pointwise
        from adcli.files import user_folder

        lacking = missing(tape)
        if lacking:
            headline = f"a program of {len(tape):,} nodes is too long for many points with {lacking} in it"
            raise ProblemError(Problem("limit", headline, hint="take them one at a time with --at"))
        found = Pointwise(Interpreter(tape, user_folder("cache")), nodes, sweeps, self.asked.wrt)
        return "llvm", f"llvm: {len(tape):,} nodes, interpreted point by point", found

    def run(
        self, columns: Sequence[Array], out: Sequence[Array], workers: int | None = None,
        marks: NDArray[np.bool_] | None = None,
    ) -> Tally:  # fmt: skip
        """Fill `out`, an array of shape (P,) for each name, from one for each of `columns`.

        `marks` of that shape is set where a point is not finite or has a kink.
        """
        given = iter(columns)
        inputs = [self.fixed[i] if i in self.fixed else next(given) for i in range(len(self.asked.tape.variables))]
        return self.engine.run(inputs, out, workers, marks)

    def notes(self, point: Sequence[float]) -> list[Note]:
        """What must be said of one point, given by its columns."""
        from adcli.engines.notes import notes
        from adcli.numbers.real import REAL

        given = iter(point)
        tape = self.asked.tape
        x = [self.fixed[i] if i in self.fixed else float(next(given)) for i in range(len(tape.variables))]
        wrt = [] if self.kind == "value" else self.asked.wrt
        return notes(tape, linearise(REAL, tape, x), self.asked.nodes, wrt)


def names(asked: Asked, kind: str) -> list[str]:
    """The name of every result: the values first, then the derivatives, output by output."""
    outputs, variables = [output.name for output in asked.outputs], list(asked.inputs)
    if kind == "value":
        return outputs
    if kind in ("grad", "jacobian"):
        return outputs + [f"d{y}/d{x}" for y in outputs for x in variables]
    if kind == "jvp":
        return outputs + [f"tangent:{y}" for y in outputs]
    if kind == "vjp":
        return outputs + [f"adjoint:{x}" for x in variables]
    if kind == "hvp":
        return outputs + [f"hvp:{y}/{x}" if len(outputs) > 1 else f"hvp:{x}" for y in outputs for x in variables]
    return outputs + [f"d2{y}/d{b}d{a}" for y in outputs for i, a in enumerate(variables) for b in variables[: i + 1]]


@dataclass(eq=False, repr=False)
class Batch:
    """Values and derivatives at P points.

    names     a name for each row of `numbers`
    numbers   shape (rows, P): the outputs' values, then the derivatives, output by output
    tally     points of which something must be said
    """

    names: list[str]
    outputs: list[str]
    variables: list[str]
    kind: str
    numbers: Array
    tally: Tally
    find: Callable[[int], list[Note]]

    def __repr__(self) -> str:
        return f"Batch({self.kind}, {self.numbers.shape[1]:,} points, {', '.join(self.names)})"

    @property
    def values(self) -> Array:
        """Shape (m, P)."""
        return self.numbers[: len(self.outputs)]

    @property
    def derivatives(self) -> Array:
        """All but the values, as they are named."""
        return self.numbers[len(self.outputs) :]

    @property
    def jacobian(self) -> Array:
        """Of grad and jacobian: shape (m, n, P). Raises ValueError for other kinds."""
        return self._matrix("grad", "jacobian")

    @property
    def gradient(self) -> Array:
        """Of a function with one output: shape (n, P). Raises ValueError for several."""
        self._only("grad", "jacobian")
        if len(self.outputs) != 1:
            raise ValueError(f"a gradient has one output, this function has {len(self.outputs)}")
        return self.derivatives

    @property
    def jvp(self) -> Array:
        """Shape (m, P)."""
        self._only("jvp")
        return self.derivatives

    @property
    def vjp(self) -> Array:
        """Shape (n, P)."""
        self._only("vjp")
        return self.derivatives

    @property
    def hvps(self) -> Array:
        """Shape (m, n, P)."""
        return self._matrix("hvp")

    @cached_property
    def hessians(self) -> Array:
        """Shape (m, n, n, P), symmetric."""
        self._only("hessian")
        m, n = len(self.outputs), len(self.variables)
        i, j = np.tril_indices(n)
        found = np.empty((m, n, n, self.numbers.shape[1]))
        lower = self.derivatives.reshape(m, len(i), self.numbers.shape[1])
        found[:, i, j] = lower
        found[:, j, i] = lower
        return found

    @property
    def notes(self) -> list[tuple[int, Note]]:
        """(point, note) of the first point that is not finite, and of the first with a kink."""
        points = {p: None for p in (self.tally.first_nonfinite, self.tally.first_kink) if p >= 0}
        return [(p, note) for p in points for note in self.find(p)]

    def _matrix(self, *kinds: str) -> Array:
        self._only(*kinds)
        return self.derivatives.reshape(len(self.outputs), len(self.variables), self.numbers.shape[1])

    def _only(self, *kinds: str) -> None:
        if self.kind not in kinds:
            raise ValueError(f"this is a batch of {self.kind}, not of {kinds[0]}")


def arrays(at: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, float]]:
    """(arrays of one shape (P,), numbers) of a point of arrays. Raises ValueError for other shapes."""
    columns: dict[str, Array] = {}
    fixed: dict[str, float] = {}
    stack: list[tuple[str, tuple[int, ...], Any]] = [(name, (), value) for name, value in at.items()]
    stack.reverse()
    while stack:
        name, index, value = stack.pop()
        if isinstance(value, (list, tuple)) and any(np.ndim(x) for x in value):
            stack += reversed([(name, (*index, i), x) for i, x in enumerate(value, 1)])
            continue
        element = f"{name}[{','.join(map(str, index))}]" if index else name
        x = real_array(element, value)
        if x.ndim > 1:
            raise ValueError(f"{element} has the shape {x.shape}; a variable has one of (P,)")
        if x.ndim:
            columns[element] = np.ascontiguousarray(x)
        else:
            fixed[element] = float(x)
    shapes = {x.shape for x in columns.values()}
    if len(shapes) > 1:
        raise ValueError(f"arrays of several lengths: {', '.join(str(len(x)) for x in columns.values())}")
    return columns, fixed


def real_array(name: str, value: Any) -> Array:
    """An array of floats. Raises ValueError for what is no array of real numbers, or has missing ones."""
    given = np.asanyarray(value)
    if given.dtype.kind not in "biuf" or np.ma.is_masked(given):
        what = "with masked numbers" if np.ma.is_masked(given) else f"of {given.dtype}"
        raise ValueError(f"{name} takes real numbers, not an array {what}")
    return np.asarray(given, np.float64)


def batch(many: Many, columns: Sequence[Array], out: Any, workers: int | None) -> Batch:
    """The derivative at all points, in new arrays or in those of `out`: a batch, or an array of its shape."""
    points = len(columns[0]) if columns else 1
    shape = (len(many.names), points)
    if out is None:
        numbers = fresh(*shape)
    else:
        numbers = out.numbers if isinstance(out, Batch) else out
        if not isinstance(numbers, np.ndarray):
            raise ValueError(f"out is an array of the shape {shape} of float64, or a batch of that shape")
        if numbers.shape != shape or numbers.dtype != np.float64 or not numbers.flags.writeable:
            wrong = f"has the shape {numbers.shape} of {numbers.dtype}" if numbers.flags.writeable else "is read-only"
            raise ValueError(f"out {wrong}; it takes {shape} of float64")
        columns = [x.copy() if np.may_share_memory(x, numbers) else x for x in columns]
    if workers is not None and (not isinstance(workers, int) or workers < 1):
        raise ValueError(f"workers is a whole number from 1 on, not {workers!r}")
    tally = many.run(columns, list(numbers), workers)
    told = {p: [float(x[p]) for x in columns] for p in (tally.first_nonfinite, tally.first_kink) if p >= 0}
    return Batch(
        many.names, [o.name for o in many.asked.outputs], list(many.asked.inputs), many.kind, numbers, tally,
        lambda p: many.notes(told[p]),
    )  # fmt: skip
