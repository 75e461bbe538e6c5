"""What a reverse gradient costs over one value: operations counted, and time.

Both are the product's own engines. Operations are counted as the product does it (`adcli.engines.cost`), on floats that
count. The value is the run of `evaluate`; the gradient is `linearise` (which gives the value too) and one `reverse`
sweep.

After a sweep the engine adds all adjoints up to see whether they are finite: one addition for each. It is
not part of the gradient's arithmetic, so that it has a column of its own: `with check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from adcli.engines.cost import Operations, operations
from adcli.engines.linearise import evaluate, linearise
from adcli.engines.reverse import reverse
from adcli.numbers.counted import Counting
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.tape.tape import Tape

from . import programs
from .table import Table, at_most
from .timing import Size, best_of

LIMIT = 5
NOTE = """\
An operation is one of + - * / (a unary minus is a -) or one call of an elementary function, in the values, in
the partials and in the sweep; comparisons and choices are none. A function that its row defines by others is one call
as a value; what its partial is made of is counted one by one. `with check` adds one addition an adjoint, by
which the engine sees whether all are finite. Time: the same calls on plain floats, in processor time, the best."""
ONE_OUTPUT = ("textbook", "griewank", "speelpenning", "network", "logistic", "black_scholes")


class Checked(Counting):
    """Floats that count, and the additions of `finite` apart."""

    checks = 0

    def finite(self, values: Iterable[float | None]) -> bool:
        numbers = list(values)
        self.checks += sum(x is not None for x in numbers)
        return super().finite(numbers)


class Cost(NamedTuple):
    """Operations of one value and of one gradient, and the additions of the check."""

    value: Operations
    gradient: Operations
    checks: int

    @property
    def ratio(self) -> float:
        return self.gradient.total / self.value.total

    @property
    def checked(self) -> float:
        return (self.gradient.total + self.checks) / self.value.total


def gradient(F: Namespace, tape: Tape, point: list[Any]) -> list[Any]:
    """The adjoints of all nodes."""
    (output,) = tape.outputs
    return reverse(F, tape, linearise(F, tape, point), {output.node: F.literal("1")})


def cost(tape: Tape, point: Sequence[float]) -> Cost:
    """The operations of a value and a gradient of a program with one output."""
    F = Checked()
    gradient(F, tape, [F.number(x) for x in point])
    return Cost(
        operations(lambda F, x: evaluate(F, tape, x), point),
        operations(lambda F, x: gradient(F, tape, x), point),
        F.checks,
    )


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
            name, *(f"{count:,}" for count in (found.value.total, made.elementary, made.muls, made.adds, made.total)),
            f"{found.ratio:.2f}", at_most(found.ratio, LIMIT),
            f"{found.checked:.2f}", f"{seconds['gradient'] / seconds['value']:.2f}",
        ])  # fmt: skip
    yield table


def timed(tape: Tape, point: list[float], size: Size) -> dict[str, float]:
    calls = {"value": lambda: evaluate(REAL, tape, point), "gradient": lambda: gradient(REAL, tape, point)}
    return best_of(calls, 3 * size.best, size.least)
