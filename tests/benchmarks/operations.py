"""What a reverse gradient costs over one value: operations counted, and time.

Both are the product's own engines, run on a number type that counts. What counts as one operation:

    + - * / and the unary minus on numbers of the program, wherever they are done: in the values, in
    the partials of the rows, and in the sweep (partial times adjoint, and adjoint plus that);
    every call of an elementary function (ln, sin, pow, x^c, abs, max...), as one, however long it takes.

Not counted are comparisons and choices (`if`, which of two a max is), literals, and moving numbers
about. A multiplication by a partial of exactly 1 is counted like any other. The value is the run of
`evaluate`; the gradient is `linearise` (which gives the value too) and one `reverse` sweep.

After a sweep the engine adds all adjoints up to see whether they are finite: one addition for each. It is
not part of the gradient's arithmetic, so that it has a column of its own: `with check`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from adcli.engines.linearise import evaluate, linearise
from adcli.engines.reverse import reverse
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL, Real
from adcli.ops import Row
from adcli.parse.program import parse
from adcli.tape.tape import Tape

from . import programs
from .table import Table, at_most
from .timing import Size, best_of

LIMIT = 5
NOTE = """\
An operation is one of + - * / (a unary minus is a -) or one call of an elementary function, in the values, in
the partials and in the sweep; comparisons and choices are none. `with check` adds one addition an adjoint, by
which the engine sees whether all are finite. Time: the same calls on plain floats, in processor time, the best."""
ONE_OUTPUT = ("textbook", "griewank", "speelpenning", "network", "logistic", "black_scholes")
SUM, PRODUCT, FUNCTION, CHECK = "+ -", "* /", "functions", "check"


class Counted(float):
    """A float whose operators count themselves in `tally`."""

    __slots__ = ()
    tally: Counter[str] = Counter()

    def __neg__(self) -> Counted:
        Counted.tally[SUM] += 1
        return Counted(float.__neg__(self))


def counting(name: str, kind: str) -> Callable[[Any, Any], Counted]:
    """The float operator of that name, counted."""
    plain = getattr(float, name)

    def operate(self: Any, other: Any) -> Counted:
        Counted.tally[kind] += 1
        return Counted(plain(self, other))

    return operate


for kind, names in {SUM: ("add", "sub"), PRODUCT: ("mul", "truediv", "mod")}.items():
    for short in names:
        for method in (f"__{short}__", f"__r{short}__"):
            setattr(Counted, method, counting(method, kind))


class Counting(Real):
    """Floats that count; a fault is an error here, for its second evaluation would not be counted."""

    faults = ()

    def host(self, row: Row) -> Callable[..., Any] | None:
        native = super().host(row)
        if not row.real or row.condition or row.tests or row.real.startswith("operator."):
            return native  # a choice, or built from what counts itself
        assert native is not None

        def once(*args: Any) -> Counted:
            Counted.tally[FUNCTION] += 1
            return Counted(native(*map(float, args)))

        return once

    def literal(self, text: str) -> float:
        return Counted(super().literal(text))

    def finite(self, values: Iterable[float | None]) -> bool:
        numbers = [float(x) for x in values if x is not None]
        Counted.tally[CHECK] += len(numbers)
        return super().finite(numbers)


class Cost(NamedTuple):
    """Operations by kind, of one value and of one gradient."""

    value: Counter[str]
    gradient: Counter[str]

    @property
    def ratio(self) -> float:
        return (self.gradient.total() - self.gradient[CHECK]) / self.value.total()

    @property
    def checked(self) -> float:
        return self.gradient.total() / self.value.total()


def gradient(F: Namespace, tape: Tape, point: list[Any]) -> list[Any]:
    """The adjoints of all nodes."""
    (output,) = tape.outputs
    return reverse(F, tape, linearise(F, tape, point), {output.node: F.literal("1")})


def cost(tape: Tape, point: Iterable[float]) -> Cost:
    """The operations of a value and a gradient of a program with one output."""
    F, numbers = Counting(), [Counted(x) for x in point]

    def tally(run: Callable[..., Any]) -> Counter[str]:
        Counted.tally = Counter()
        run(F, tape, numbers)
        return Counted.tally

    return Cost(tally(evaluate), tally(gradient))


def cases(size: Size) -> Iterator[tuple[str, str, dict[str, float] | None]]:
    """(name, program, point or none) of every row of the table."""
    for n in sorted({10, max(20, size.wide // 100), size.wide}):
        yield f"rosenbrock, n = {n:,}", programs.rosenbrock(n), None
    for name in ONE_OUTPUT:
        yield name, *programs.sample(name)


def tables(size: Size) -> Iterator[Table]:
    table = Table(
        f"one reverse gradient over one value, in operations (target: at most {LIMIT})",
        ["program", "value: operations", "gradient: functions", "* /", "+ -", "all", "ratio", "target", "with check",
         "time ratio"],
        notes=[NOTE],
    )  # fmt: skip
    for name, text, given in cases(size):
        tape = parse((text,))
        at = programs.point(tape) if given is None else given
        point = [at[v] for v in tape.variables]
        found = cost(tape, point)
        made = found.gradient
        seconds = timed(tape, point, size)
        table.rows.append([
            name, f"{found.value.total():,}", *(f"{made[kind]:,}" for kind in (FUNCTION, PRODUCT, SUM)),
            f"{made.total() - made[CHECK]:,}", f"{found.ratio:.2f}", at_most(found.ratio, LIMIT),
            f"{found.checked:.2f}", f"{seconds['gradient'] / seconds['value']:.2f}",
        ])  # fmt: skip
    yield table


def timed(tape: Tape, point: list[float], size: Size) -> dict[str, float]:
    calls = {"value": lambda: evaluate(REAL, tape, point), "gradient": lambda: gradient(REAL, tape, point)}
    return best_of(calls, 3 * size.best, size.least)
