"""Function: the Python API, and the only place that wires parser, engines and number types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adcli.engines.forward import forward, zero
from adcli.engines.jacobian import MODES, check_size, choose, colors_pay, jacobian, sweeps
from adcli.engines.linearise import Linearisation, evaluate, linearise
from adcli.engines.notes import Note, Watch, notes, second_notes, series_notes
from adcli.engines.reverse import reverse
from adcli.errors import Problem, ProblemError
from adcli.named import Named, Point
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.results import Hessian, Hvp, Jacobian, Jvp, Mixed, Modes, Result, Sparse, Taylor, Trace, Vjp
from adcli.tape.numbering import ORDERS
from adcli.tape.show import show
from adcli.tape.tape import Output, Tape

if TYPE_CHECKING:
    from adcli.engines.checkpoint import Pullback
    from adcli.engines.compressed import Entries, Plan
    from adcli.engines.cost import Work

SHORT = 100  # nodes up to which a tape is not worth cutting into segments


class Function(Named):
    """A program, ready to be evaluated and differentiated.

    >>> f = Function("ln(x1) + x1*x2 - sin(x2)")
    >>> f.jacobian({"x1": 2, "x2": 5}).jacobian
    [[5.5, 1.7163378145367738]]

    Several texts are one program with an output (or more) each. Raises ProblemError.
    """

    def __init__(self, *texts: str):
        self.texts = texts
        self.tape = parse(texts)

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

    # What is computed: `work(F, x)` is done on floats, and for what it costs once more on floats that count

    def value(self, at: Point, of: Sequence[str] | None = None) -> Result:
        """The outputs' values: one evaluation."""
        point, outputs = self.point(at), self.choose_outputs(of)
        values = evaluate(REAL, self.tape, list(point.values()))
        nodes = [o.node for o in outputs]
        told = notes(self.tape, Linearisation(values, [()] * len(values)), nodes, [])

        def work(F: Namespace, x: list[Any]) -> Any:
            return evaluate(F, self.tape, x)

        return Result(**self.common(point, outputs, values, told, self.variables), work=work)

    def jacobian(
        self, at: Point, mode: str = "auto", wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        number: str = "real", checkpoint: bool = False, memory: int | None = None,
    ) -> Jacobian:  # fmt: skip
        """All partials of the outputs in the variables, or in those of `wrt`.

        `mode` is auto, forward (one sweep a variable) or reverse (one sweep an output). With `checkpoint` the
        reverse sweeps evaluate segments of the tape again rather than remember them, within `memory` bytes of
        numbers, or with about the square root of the nodes.
        """
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
        if number != "real":
            raise ValueError(f"number is 'real', not {number!r}")
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        if checkpoint or memory is not None:
            if mode == "forward":
                raise ValueError("checkpoints are for the reverse mode")
            return self.checkpointed(point, outputs, inputs, memory)
        linear = linearise(REAL, self.tape, list(point.values()))
        return self.jacobian_of(point, outputs, inputs, linear, mode)

    def jacobian_of(
        self, point: dict[str, float], outputs: list[Output], inputs: dict[str, int], linear: Linearisation,
        mode: str, order: str = "level",
    ) -> Jacobian:  # fmt: skip
        """The Jacobian of a linearisation. Where that saves many sweeps, auto takes them by colour."""
        nodes, wrt = [o.node for o in outputs], list(inputs.values())
        check_size("Jacobian", len(nodes) * len(wrt))
        told = notes(self.tape, linear, nodes, wrt, order)
        common = self.common(point, outputs, linear.values, told, list(inputs))
        if mode == "auto" and colors_pay(len(nodes), len(wrt)):
            from adcli.engines.compressed import filled, jacobian_plan, sparse_jacobian

            with suppress(ProblemError):  # far from sparse
                plan = jacobian_plan(self.tape, nodes, wrt)
                if plan.sweeps < min(len(nodes), len(wrt)):
                    entries = sparse_jacobian(REAL, self.tape, linear, nodes, wrt, plan)
                    rows = filled(entries, len(nodes), len(wrt))
                    mode = "forward" if plan.compressed == "columns" else "reverse"
                    return Jacobian(
                        **common, jacobian=rows, mode=mode, why=plan.why, sweeps=plan.sweeps,
                        work=sparse_work(self.tape, nodes, wrt, plan),
                    )  # fmt: skip
        mode, why = choose(mode, len(outputs), len(inputs))

        def work(F: Namespace, x: list[Any]) -> Any:
            return jacobian(F, self.tape, linearise(F, self.tape, x), nodes, wrt, mode)

        rows = jacobian(REAL, self.tape, linear, nodes, wrt, mode)
        sweeps = len(wrt) if mode == "forward" else len(nodes)
        return Jacobian(**common, jacobian=rows, mode=mode, why=why, sweeps=sweeps, work=work)

    def checkpointed(
        self, point: dict[str, float], outputs: list[Output], inputs: dict[str, int], memory: int | None
    ) -> Jacobian:
        """The Jacobian by reverse sweeps within limited memory."""
        from adcli.engines import checkpoint

        tape, nodes, wrt = self.tape, [o.node for o in outputs], list(inputs.values())
        chosen = checkpoint.plan(tape, nodes, memory)
        watch = Watch(tape, nodes, wrt)

        def work(F: Namespace, x: list[Any], visit: Any = None) -> list[Pullback]:
            found = []
            for node in nodes:
                found.append(checkpoint.vjp(F, tape, x, {node: 1.0}, chosen, visit))
                visit = None  # once
            return found

        found = work(REAL, list(point.values()), watch.visit)
        values = found[0].values if found else {}
        why = f"reverse: {sweeps(len(nodes))}, where forward takes {len(wrt)}"
        return Jacobian(
            **self.common(point, outputs, values, watch.notes, list(inputs)), mode="reverse", why=why,
            jacobian=[[one.adjoints[node] for node in wrt] for one in found],
            sweeps=len(nodes), work=work, checkpoints=chosen,
        )  # fmt: skip

    def grad(
        self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        checkpoint: bool = False, memory: int | None = None,
    ) -> Jacobian:  # fmt: skip
        """The gradient of every output; `gradient` is that of a function with one output."""
        return self.jacobian(at, "auto", wrt, of, checkpoint=checkpoint, memory=memory)

    def jvp(self, at: Point, tangent: Point, of: Sequence[str] | None = None) -> Jvp:
        """The derivative along a tangent, by one forward sweep; variables not named have the tangent 0."""
        point, outputs = self.point(at), self.choose_outputs(of)
        direction, seeds = self.tangent(tangent)
        nodes = [o.node for o in outputs]

        def work(F: Namespace, x: list[Any]) -> Any:
            return forward(F, self.tape, linearise(F, self.tape, x), seeds)

        linear = linearise(REAL, self.tape, list(point.values()))
        tangents = forward(REAL, self.tape, linear, seeds)
        told = notes(self.tape, linear, nodes, list(seeds))
        common = self.common(point, outputs, linear.values, told, self.variables)
        return Jvp(**common, tangent=direction, jvp=[zero(tangents[node]) for node in nodes], sweeps=1, work=work)

    def vjp(self, at: Point, cotangent: Point, wrt: Sequence[str] | None = None) -> Vjp:
        """The adjoints of the variables, by one reverse sweep; outputs not named have the cotangent 0."""
        point, inputs = self.point(at), self.choose_inputs(wrt)
        weights = self.direction(cotangent, self.outputs, "output")
        seeds: dict[int, float] = {}
        for output in self.tape.outputs:  # two outputs may be one node
            if weights[output.name]:
                seeds[output.node] = seeds.get(output.node, 0.0) + weights[output.name]

        def work(F: Namespace, x: list[Any]) -> Any:
            return reverse(F, self.tape, linearise(F, self.tape, x), seeds)

        linear = linearise(REAL, self.tape, list(point.values()))
        adjoints = reverse(REAL, self.tape, linear, seeds)
        outputs = self.tape.outputs
        told = notes(self.tape, linear, list(seeds) or [o.node for o in outputs], list(inputs.values()))
        common = self.common(point, outputs, linear.values, told, list(inputs))
        found = [zero(adjoints[node]) for node in inputs.values()]
        return Vjp(**common, cotangent=weights, vjp=found, sweeps=1, work=work)

    def sparse_jacobian(
        self, at: Point, mode: str = "auto", wrt: Sequence[str] | None = None, of: Sequence[str] | None = None
    ) -> Sparse:
        """The entries of the Jacobian that can be other than 0, by one sweep for each colour.

        `mode` is auto, forward (colours of columns) or reverse (colours of rows).
        """
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        from adcli.engines.compressed import jacobian_plan, sparse_jacobian

        nodes, chosen = [o.node for o in outputs], list(inputs.values())
        plan = jacobian_plan(self.tape, nodes, chosen, mode)
        linear = linearise(REAL, self.tape, list(point.values()))
        entries = sparse_jacobian(REAL, self.tape, linear, nodes, chosen, plan)
        told = notes(self.tape, linear, nodes, chosen)
        return Sparse(
            **self.common(point, outputs, linear.values, told, list(inputs)),
            shape=(len(nodes), len(chosen)), rows=entries.rows, cols=entries.cols, data=[entries.data],
            colors=plan.colors, compressed=plan.compressed, why=plan.why, sweeps=plan.sweeps,
            work=sparse_work(self.tape, nodes, chosen, plan),
        )  # fmt: skip

    # Higher derivatives

    def hessian(self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Hessian:
        """The second partials of every output, symmetric: reverse sweeps on duals, one for each variable or colour."""
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        from adcli.engines.hessian import dense_hessians

        nodes, chosen = [o.node for o in outputs], list(inputs.values())
        found, sweeps, asymmetry = dense_hessians(REAL, self.tape, list(point.values()), nodes, chosen)

        def work(F: Namespace, x: list[Any]) -> Any:
            return dense_hessians(F, self.tape, x, nodes, chosen)

        numbers = (x for rows in found for row in rows for x in row)
        return Hessian(
            **self.second_order_common(point, outputs, inputs, numbers),
            hessians=found, sweeps=sweeps, asymmetry=asymmetry, work=work,
        )  # fmt: skip

    def sparse_hessian(self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Sparse:
        """The entries of the Hessian of every output that can be other than 0, by one sweep for each colour."""
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        from adcli.engines.compressed import hessian_plan, places, sparse_hessians
        from adcli.engines.sparsity import hessian_pattern

        nodes, chosen = [o.node for o in outputs], list(inputs.values())
        plan = hessian_plan(hessian_pattern(self.tape, nodes, chosen))

        def work(F: Namespace, x: list[Any]) -> list[Entries]:
            return sparse_hessians(F, self.tape, x, nodes, chosen, plan)

        found = work(REAL, list(point.values()))
        rows, cols = places(plan.pattern)
        numbers = (x for entries in found for x in entries.data)
        return Sparse(
            **self.second_order_common(point, outputs, inputs, numbers),
            shape=(len(chosen), len(chosen)), rows=rows, cols=cols,
            data=[entries.data for entries in found], colors=plan.colors, compressed=plan.compressed, why=plan.why,
            sweeps=plan.sweeps, work=work,
        )  # fmt: skip

    def hvp(self, at: Point, tangent: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Hvp:
        """The Hessian of every output times a tangent, by one reverse sweep on duals for each output.

        Variables not named have the tangent 0; `quadratic` has the tangent times that product.
        """
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        direction, seeds = self.tangent(tangent)
        from adcli.engines.bundle import hessian_products

        nodes, everything = [o.node for o in outputs], self.tape.inputs

        def work(F: Namespace, x: list[Any]) -> list[list[list[Any]]]:
            return hessian_products(F, self.tape, x, nodes, everything, [seeds])

        found = [dict(zip(everything, rows[0], strict=True)) for rows in work(REAL, list(point.values()))]
        numbers = (x for one in found for x in one.values())
        return Hvp(
            **self.second_order_common(point, outputs, inputs, numbers),
            tangent=direction, hvps=[[one[node] for node in inputs.values()] for one in found],
            quadratic=[REAL.dot([one[node] for node in seeds], list(seeds.values())) for one in found],
            sweeps=len(nodes), work=work,
        )  # fmt: skip

    def second_order_common(
        self, point: dict[str, float], outputs: list[Output], inputs: dict[str, int], found: Iterable[float]
    ) -> dict[str, Any]:
        """The columns that every result has, from a plain linearisation: it says where the notes belong.

        `found` are the second derivatives: where they alone are not finite, the notes say where that began.
        """
        x, nodes, wrt = list(point.values()), [o.node for o in outputs], list(inputs.values())
        linear = linearise(REAL, self.tape, x)
        told = notes(self.tape, linear, nodes, wrt)
        if not told and not REAL.finite(found):
            from adcli.engines.bundle import second_order

            curved = second_order(REAL, self.tape, x, dict.fromkeys(wrt, 1.0))
            told = second_notes(self.tape, linear, curved, nodes)
        return self.common(point, outputs, linear.values, told, list(inputs))

    def taylor(self, at: Point, order: int, tangent: Point | None = None, of: Sequence[str] | None = None) -> Taylor:
        """The Taylor coefficients of t -> f(x + t*v) up to an order, v the tangent; a function of one variable
        needs none. Raises ProblemError for an order below 0 or too large, and where several variables have no tangent.
        """
        point, outputs = self.point(at), self.choose_outputs(of)
        check_order(order)
        if tangent is None:
            if len(self.variables) > 1:
                example = ",".join(f"{v}=1" for v in self.variables[:2])
                raise ProblemError(Problem("usage", f"--tangent is missing: there are {len(self.variables)} variables",
                                           hint=f"write --tangent {example}, or --mixed for all partials"))  # fmt: skip
            tangent = dict.fromkeys(self.variables, 1.0)
        direction, seeds = self.tangent(tangent)
        from adcli.engines.taylor import taylor

        nodes, x = [o.node for o in outputs], list(point.values())

        def work(F: Namespace, x: list[Any]) -> Any:
            return taylor(F, self.tape, x, nodes, seeds, order)

        coefficients, series = work(REAL, x)
        linear = linearise(REAL, self.tape, x)
        told = notes(self.tape, linear, nodes, list(seeds)) or series_notes(self.tape, linear, series, nodes, order)
        common = self.common(point, outputs, linear.values, told, self.variables)
        rows = [[zero(c) if k else c for k, c in enumerate(row)] for row in coefficients]
        return Taylor(**common, direction=direction, coefficients=rows, sweeps=1, work=work)

    def mixed(self, at: Point, order: int, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None) -> Mixed:
        """All mixed partials of the outputs up to a total order. Raises ProblemError as `taylor` does."""
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        check_order(order)
        from adcli.engines.taylor import mixed

        nodes, chosen = [o.node for o in outputs], list(inputs.values())
        indices, found = mixed(REAL, self.tape, list(point.values()), nodes, chosen, order)
        numbers = (c for row in found for c in row) if order > 1 else ()
        common = self.second_order_common(point, outputs, inputs, numbers)
        rows = [[zero(c) if any(index) else c for index, c in zip(indices, row, strict=True)] for row in found]
        return Mixed(**common, indices=indices, coefficients=rows)

    def modes(
        self, at: Point, wrt: Sequence[str] | None = None, of: Sequence[str] | None = None, repeat: int = 5
    ) -> Modes:
        """What each mode takes for this function at this point; `repeat` runs are timed, none for 0."""
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        from adcli.engines import checkpoint
        from adcli.engines.modes import compare

        nodes, chosen = [o.node for o in outputs], list(inputs.values())
        found = compare(self.tape, list(point.values()), nodes, chosen, repeat)
        trade = checkpoint.trade(self.tape, nodes) if len(self.tape) > SHORT else []
        common = self.second_order_common(point, outputs, inputs, ())
        return Modes(**common, comparison=found, trade=trade)

    def trace(
        self, at: Point, mode: str = "both", wrt: Sequence[str] | None = None, of: Sequence[str] | None = None,
        numbering: str = "level", second: str | None = None,
    ) -> Trace:  # fmt: skip
        """Every node with its value, its tangents and its adjoints.

        `mode` is forward, reverse or both; `numbering` is level (level by level) or source (as written); `second`
        is a variable along which the adjoints are differentiated once more: a column of the Hessian.
        """
        if mode not in ("forward", "reverse", "both"):
            raise ValueError(f"mode is forward, reverse or both, not {mode!r}")
        if numbering not in ORDERS:
            raise ValueError(f"numbering is one of {', '.join(ORDERS)}, not {numbering!r}")
        point, outputs, inputs = self.point(at), self.choose_outputs(of), self.choose_inputs(wrt)
        if second is not None and second not in inputs:
            if second in self.variables:
                raise ProblemError(Problem("usage", f"--second {second} is not among those of --wrt"))
            raise ProblemError(self.unknown(second, list(inputs), "variable"))
        linear = linearise(REAL, self.tape, list(point.values()))
        result = self.jacobian_of(point, outputs, inputs, linear, "auto" if mode == "both" else mode, numbering)
        return Trace(self.tape, linear, inputs, outputs, mode, numbering, result, second)

    def common(
        self, point: dict[str, float], outputs: Sequence[Output], values: Any, told: list[Note],
        variables: list[str],
    ) -> dict[str, Any]:  # fmt: skip
        """The columns that every result has."""
        return {
            "program": self.tape.source,
            "variables": variables,
            "outputs": [o.name for o in outputs],
            "at": point,
            "values": [float(values[o.node]) for o in outputs],
            "notes": told,
        }


def check_order(order: int) -> None:
    """Raise ProblemError for an order below 0."""
    if order < 0:
        raise ProblemError(
            Problem("usage", f"the order of a derivative is 0 or more, not {order}", hint="write --order 2")
        )


def sparse_work(tape: Tape, outputs: list[int], inputs: list[int], plan: Plan) -> Work:
    """A compressed Jacobian for any number type."""
    from adcli.engines.compressed import sparse_jacobian

    return lambda F, x: sparse_jacobian(F, tape, linearise(F, tape, x), outputs, inputs, plan)
