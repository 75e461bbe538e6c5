"""Function: the Python API, and the place that wires parser, engines and number types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from adcli.engines.jacobian import MODES
from adcli.errors import Problem, ProblemError
from adcli.named import Asked, Named, Point, elements
from adcli.parse.program import parse
from adcli.results import Jacobian, Jvp, Result, Vjp
from adcli.swept import checkpointed, pulled, pushed, swept, valued
from adcli.tape.numbering import ORDERS
from adcli.tape.show import show
from adcli.tape.tape import MAX_NODES

if TYPE_CHECKING:
    from adcli.checked import Check
    from adcli.higher import Hessian, Hvp, Mixed, Modes, Sparse, Taylor
    from adcli.many import Batch, Many
    from adcli.propagated import Propagated
    from adcli.trace import Trace

M = TypeVar("M")
NUMBERS = ("real", "ball")
DIGITS = 17  # of balls, where nothing else is said


class Function(Named):
    """A program, ready to be evaluated and differentiated.

    >>> f = Function("ln(x1) + x1*x2 - sin(x2)")
    >>> f.jacobian({"x1": 2, "x2": 5}).jacobian
    [[5.5, 1.7163378145367738]]

    Several texts are one program with an output (or more) each. Raises ProblemError, also for a program of more
    than `max_nodes` nodes.
    """

    def __init__(self, *texts: str, max_nodes: int = MAX_NODES):
        self.texts = texts
        self.tape = parse(texts, max_nodes)

    @classmethod
    def from_file(cls, path: str | Path) -> Function:
        """The function of a program file (.ad). Raises ProblemError."""
        from adcli.files import read_text

        return cls(read_text(str(path)))

    def __repr__(self) -> str:
        return f"Function({show(self.tape)!r})"

    def canonical(self, expand: bool = False) -> str:
        """The program as it was parsed: its statements, or with `expand` the tape itself, in which user
        functions and comprehensions are written out."""
        from adcli.parse.canonical import canonical

        text = None if expand else canonical(self.texts, self.tape.outputs)
        return show(self.tape) if text is None else text

    # `work(F, x)` is all that is computed, for any number type: floats, proven digits, and for what it costs floats
    # that count. With a `precision` so many digits of every number are proven (extra certified): values are then
    # `Proven`, decimals and texts in `at` stand for what is written, and ProblemError is raised where a number is
    # undefined or its digits cannot be proven.

    def made(
        self, build: Callable[[Asked], M], at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        precision: int | None = None,
    ) -> M:  # fmt: skip
        """What `build` makes of the names, on floats or with so many proven digits."""
        if precision is None:
            return build(self.ask(at, wrt, of))
        from adcli.certified import prove, written

        return prove(build, self.ask(written(at), wrt, of), precision)

    def value(self, at: Point, of: Sequence[str] | None = None, precision: int | None = None) -> Result:
        """The outputs' values: one evaluation."""
        return self.made(valued, at, None, of, precision)

    def jacobian(
        self, at: Point, mode: str = "auto", wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        number: str = "real", checkpoint: bool = False, memory: int | None = None, precision: int | None = None,
    ) -> Jacobian:  # fmt: skip
        """All partials of the outputs in the variables, or in those of `wrt`; `number` is real, or ball for proven
        digits (17, or `precision`).

        `mode` is auto, forward (one sweep a variable) or reverse (one sweep an output). With `checkpoint` the
        reverse sweeps evaluate segments of the tape again rather than remember them, within `memory` bytes of
        numbers, or with about the square root of the nodes.
        """
        check_mode(mode)
        if number not in NUMBERS:
            raise ValueError(f"number is one of {', '.join(NUMBERS)}, not {number!r}")
        if number == "ball" and precision is None:
            precision = DIGITS
        if checkpoint or memory is not None:
            if mode == "forward" or precision is not None:
                raise ValueError("checkpoints are for the reverse mode, on floats")
            return checkpointed(self.ask(at, wrt, of), memory)
        return self.made(lambda asked: swept(asked, mode)[0], at, wrt, of, precision)

    def grad(
        self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        checkpoint: bool = False, memory: int | None = None, precision: int | None = None,
    ) -> Jacobian:  # fmt: skip
        """The gradient of every output; `gradient` is that of a function with one output."""
        return self.jacobian(at, "auto", wrt, of, checkpoint=checkpoint, memory=memory, precision=precision)

    def jvp(self, at: Point, tangent: Point, of: Sequence[str] | None = None, precision: int | None = None) -> Jvp:
        """The derivative along a tangent, by one forward sweep; variables not named have the tangent 0."""
        direction = self.tangent(exact(tangent, precision))
        return self.made(lambda asked: pushed(asked, *direction), at, None, of, precision)

    def vjp(self, at: Point, cotangent: Point, wrt: Sequence[str] | None = None, precision: int | None = None) -> Vjp:
        """The adjoints of the variables, by one reverse sweep; outputs not named have the cotangent 0."""
        weights = self.cotangent(exact(cotangent, precision))
        return self.made(lambda asked: pulled(asked, *weights), at, wrt, None, precision)

    def trace(
        self, at: Point, mode: str = "both", wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        numbering: str = "level", second: str | None = None, precision: int | None = None, rounding: bool = False,
    ) -> Trace:  # fmt: skip
        """Every node with its value, its tangents and its adjoints.

        `mode` is forward, reverse or both; `numbering` is level (level by level) or source (as written); `second`
        is a variable along which the adjoints are differentiated once more: a column of the Hessian. With `rounding`
        it is told how much every node adds to the rounding error of the outputs.
        """
        if mode not in ("forward", "reverse", "both"):
            raise ValueError(f"mode is forward, reverse or both, not {mode!r}")
        if numbering not in ORDERS:
            raise ValueError(f"numbering is one of {', '.join(ORDERS)}, not {numbering!r}")
        from adcli.trace import Trace

        inputs = self.choose_inputs(wrt)
        if second is not None and second not in inputs:
            if second in self.variables:
                headline = f"--second {second} is not among those of --wrt"
                raise ProblemError(Problem("usage", headline, hint=f"add {second} to --wrt"))
            raise ProblemError(self.unknown(second, list(inputs), "variable"))

        def build(asked: Asked) -> Trace:
            result, linear = swept(asked, "auto" if mode == "both" else mode, numbering)
            return Trace(asked, linear, mode, numbering, result, second, rounding)

        return self.made(build, at, wrt, of, precision)

    # Sparse, second and higher derivatives

    def sparse_jacobian(
        self, at: Point, mode: str = "auto", wrt: Sequence[str] | None = None, of: Sequence[str] | None = None
    ) -> Sparse:
        """The entries of the Jacobian that can be other than 0, by one sweep for each colour.

        `mode` is auto, forward (colours of columns) or reverse (colours of rows).
        """
        check_mode(mode)
        from adcli.higher import sparse_jacobian

        return sparse_jacobian(self.ask(at, wrt, of), mode)

    def hessian(
        self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None, precision: int | None = None
    ) -> Hessian:
        """The second partials of every output, symmetric: reverse sweeps on duals, one for each variable or colour."""
        from adcli.higher import hessian

        return self.made(hessian, at, wrt, of, precision)

    def sparse_hessian(self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Sparse:
        """The entries of the Hessian of every output that can be other than 0, by one sweep for each colour."""
        from adcli.higher import sparse_hessian

        return sparse_hessian(self.ask(at, wrt, of))

    def hvp(
        self, at: Point, tangent: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        precision: int | None = None,
    ) -> Hvp:  # fmt: skip
        """The Hessian of every output times a tangent, by one reverse sweep on duals for each output.

        Variables not named have the tangent 0; `quadratic` has the tangent times that product.
        """
        from adcli.higher import hvp

        direction = self.tangent(exact(tangent, precision))
        return self.made(lambda asked: hvp(asked, *direction), at, wrt, of, precision)

    def taylor(
        self, at: Point, order: int, tangent: Point | None = None, of: Sequence[str] | None = None,
        precision: int | None = None,
    ) -> Taylor:  # fmt: skip
        """The Taylor coefficients of t -> f(x + t*v) up to an order, v the tangent; a function of one variable
        needs none. Raises ProblemError for an order below 0 or too large, and where several variables have no tangent.
        """
        from adcli.higher import check_order, taylor

        check_order(order)
        if tangent is None:
            if len(self.variables) > 1:
                example = ",".join(f"{v}=1" for v in self.variables[:2])
                raise ProblemError(Problem("usage", f"--tangent is missing: there are {len(self.variables)} variables",
                                           hint=f"write --tangent {example}, or --mixed for all partials"))  # fmt: skip
            tangent = dict.fromkeys(self.variables, 1.0)
        direction = self.tangent(exact(tangent, precision))
        return self.made(lambda asked: taylor(asked, order, *direction), at, None, of, precision)

    def mixed(self, at: Point, order: int, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Mixed:
        """All mixed partials of the outputs up to a total order. Raises ProblemError as `taylor` does."""
        from adcli.higher import check_order, mixed

        asked = self.ask(at, wrt, of)
        check_order(order)
        return mixed(asked, order)

    def modes(
        self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None, repeat: int = 5
    ) -> Modes:
        """What each mode takes for this function at this point; `repeat` runs are timed, none for 0."""
        from adcli.higher import modes

        return modes(self.ask(at, wrt, of), repeat)

    # Trust

    def check(
        self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        claim: Mapping[str, str | float] | None = None, box: Mapping[str, tuple[float, float]] | None = None,
        samples: int = 20, seed: int = 0,
    ) -> Check:  # fmt: skip
        """Whether the derivatives are right, by tests that compare with no derivative: see `adcli.engines.check`.

        `box` gives bounds of variables, for tests at `samples` random points; `claim` the formulas (or numbers) that
        somebody claims to be the partials of the one output. Raises ProblemError for names, and for claims that are
        no expressions.
        """
        from adcli.checked import checked

        box = box or {}
        self.refuse(box, self.variables, "variable")
        middle = {name: (low + high) / 2 for name, (low, high) in box.items()}
        return checked(self.ask({**middle, **at}, wrt, of), box, samples, claim or {}, seed)

    def propagate(
        self, at: Point, sigma: Point | None = None, cov: Mapping[tuple[str, str], float] | None = None,
        second_order: bool = False, of: Sequence[str] | None = None,
    ) -> Propagated:  # fmt: skip
        """The standard uncertainties of the outputs, from those of the inputs (`sigma`) or from covariances by pairs
        of names (`cov`). Inputs that are not named are exact. Raises ProblemError for what are no covariances.
        """
        from adcli.propagated import given_matrix, propagate

        asked = self.ask(at, None, of)
        spread = {name: float(x) for given, value in (sigma or {}).items() for name, x in elements(given, value)}
        given = dict.fromkeys([*spread, *(name for pair in cov or {} for name in pair)])
        self.refuse(given, self.variables, "variable")
        return propagate(asked, *given_matrix(self.variables, spread, cov or {}), second_order)

    # Many points

    def many(
        self, at: Mapping[str, Any], kind: str = "grad", wrt: Sequence[str] | None = None,
        of: Sequence[str] | None = None, tangent: Point | None = None, cotangent: Point | None = None,
        out: Any = None, workers: int | None = None, engine: str = "auto",
    ) -> Batch:  # fmt: skip
        """The values and one kind of derivative at many points.

        `at` has for every variable an array of shape (P,), or a number for all points; x=[a, b] are the arrays of
        x[1] and x[2] where a and b are arrays. `kind` is value, grad, jacobian, jvp (needs `tangent`), vjp (needs
        `cotangent`), hessian or hvp (needs `tangent`). `out` is a batch (or its array `numbers`, shape (rows, P)) to
        be written over; `workers` is how many threads compute (default: all cores). Raises ProblemError for names,
        ValueError for shapes.
        """
        from adcli.many import arrays, batch

        columns, fixed = arrays(at)
        asked = (list(columns), kind, fixed, wrt, of, tangent, cotangent, engine)
        last = self.__dict__.get("_last_many")  # the same again, at other points, needs nothing new
        ready = last[1] if last is not None and last[0] == asked else self.ready_many(*asked)
        self.__dict__["_last_many"] = deepcopy(asked), ready
        return batch(ready, [columns[name] for name in ready.columns], out, workers)

    def ready_many(
        self, columns: Sequence[str], kind: str, fixed: Point, wrt: Sequence[str] | None = None,
        of: Sequence[str] | None = None, tangent: Point | None = None, cotangent: Point | None = None,
        engine: str = "auto",
    ) -> Many:  # fmt: skip
        """What `many` does, for points yet to come: `columns` are the variables that differ from point to point."""
        from adcli.many import KINDS, Many

        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
        needed = {"jvp": tangent, "hvp": tangent, "vjp": cotangent}
        if kind in needed and needed[kind] is None:
            raise ValueError(f"{kind} needs a {'cotangent' if kind == 'vjp' else 'tangent'}")
        spread = {name: x for given, value in fixed.items() for name, x in elements(given, value)}
        asked = self.ask({**spread, **dict.fromkeys(columns, 0.0)}, wrt, of)
        seeds: dict[int, float] = {}
        if kind in ("jvp", "hvp"):
            seeds = self.tangent(tangent or {})[1]
        elif kind == "vjp":
            seeds = self.cotangent(cotangent or {})[1]
        return Many(asked, kind, {name: asked.at[name] for name in spread}, seeds, engine)


def exact(given: Point, precision: int | None) -> Point:
    """A tangent or cotangent, where digits are proven with numbers that remember how they are written."""
    if precision is None:
        return given
    from adcli.certified import written

    return written(given)


def check_mode(mode: str) -> None:
    """Raise ValueError for a mode that there is not."""
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
