"""Balls: numbers with a proven enclosure, over arb (python-flint; Johansson 2017, IEEE Trans. Comput. 66).

A number is a fraction as long as it is known exactly, and an enclosure from then on. A condition that the
enclosures do not decide is None, and a choice on it the enclosure of both sides, so that nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from typing import Any

from flint import arb, ctx, fmpq

from adcli.numbers.ball_hosts import NAN, settled
from adcli.numbers.namespace import Namespace, Operand, resolve
from adcli.numbers.proven import Imprecise, Proven
from adcli.ops import Row
from adcli.ops.row import Lambda

FARTHEST = 10**100  # decimal exponents beyond which a number is not written
GUARD = 20  # decimal digits of an interval beyond those that are shown


class Ball(Operand):
    """A number: `x` is a fraction (fmpq) or an enclosure (arb). Equal are fractions that are, else nothing."""

    __slots__ = ("space", "x")

    def __init__(self, space: Balls, x: Any):
        self.space = space
        self.x = x

    def __repr__(self) -> str:
        return str(self.x)

    def __bool__(self) -> bool:
        """Whether it is anything but exactly 0."""
        return not (isinstance(self.x, fmpq) and not self.x)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ball):
            return self is other or (isinstance(other, (int, float)) and self == self.space.lift(other))
        return self is other or (isinstance(self.x, fmpq) and isinstance(other.x, fmpq) and bool(self.x == other.x))

    def __hash__(self) -> int:
        return hash(self.x) if isinstance(self.x, fmpq) else id(self)

    def __gt__(self, other: Any) -> bool:
        """Whether it is larger for certain."""
        return self.space.gt(self, other) is True

    def __abs__(self) -> Any:
        return self.space.abs(self)

    @property
    def exact(self) -> bool:
        return isinstance(self.x, fmpq)


class Balls(Namespace):
    """The namespace of balls with `bits` of working precision, of which results show `digits` decimal ones.

    `read` gives the value of a text, for inputs that are `Written`. What is undefined is a problem where it is
    `strict`, else no number.
    """

    def __init__(self, bits: int, digits: int, read: Callable[[Balls, str], Ball], strict: bool = True):
        self.bits = bits
        self.digits = digits
        self.read = read
        self.strict = strict

    def host(self, row: Row) -> Callable[..., Any] | None:
        if not row.ball:
            return None
        module, _, name = row.ball.rpartition(".")
        if module == "arb":
            method = getattr(arb, name)
            return self.lifted(lambda *args: method(*(x if isinstance(x, arb) else arb(x) for x in args)))
        host = resolve(row.ball)
        return host if row.condition and row.tests else self.lifted(host)

    def lifted(self, host: Callable[..., Any]) -> Callable[..., Any]:
        """A host on fractions and enclosures as one on balls."""

        def evaluate(*args: Any) -> Any:
            found = host(*(self.lift(x).x if x is not None and x is not True and x is not False else x for x in args))
            return found if found is None or isinstance(found, bool) else Ball(self, settled(found))

        return evaluate

    def lift(self, x: Any) -> Ball:
        """A number of Python, exactly; one that was written, as it was written."""
        if isinstance(x, Ball):
            return x
        if isinstance(x, int):
            return Ball(self, fmpq(x))
        text = getattr(x, "text", None)
        if text is not None:
            return self.read(self, text)
        return Ball(self, fmpq(*x.as_integer_ratio()) if x - x == 0 else NAN)

    def literal(self, text: str) -> Ball:
        constant = CONSTANTS.get(text)
        if constant is not None:
            return Ball(self, constant())
        return Ball(self, settled(fmpq(*Decimal(text).as_integer_ratio())))

    def constant(self, x: Any) -> Any:
        return self.lift(x) if isinstance(x, (int, float)) and not isinstance(x, bool) else x

    def slopes(self, row: Row) -> Callable[..., Any] | None:
        plain, domain = super().slopes(row), row.domain
        if plain is None:
            return None

        def slopes(v: Any, *args: Any) -> Any:
            if not self.strict and domain is not None and self.decide(domain, args) is False:
                return (Ball(self, NAN),) * len(args)  # what is not there has no slope
            return plain(v, *map(self.constant, args))

        return slopes

    def seed(self, x: Any) -> Ball:
        return self.lift(x)

    def times(self, x: Any, y: Any) -> Any:
        return x * y if x and y else self.zero

    @cached_property
    def zero(self) -> Ball:
        return Ball(self, fmpq(0))

    def finite(self, values: Iterable[Any]) -> bool:
        return all(x is None or isinstance(x, (bool, int, float)) or x.exact or x.x.is_finite() for x in values)

    def undefined(self, x: Any) -> bool:
        """Whether a number is none: what is only beyond the range is not."""
        return isinstance(x, Ball) and not x.exact and bool(x.x.is_nan())

    def possible(self, condition: Any) -> bool:
        return condition is not False

    def decide(self, condition: Lambda | None, args: Iterable[Any]) -> bool | None:
        """A condition of a row at balls: None where it is open."""
        return None if condition is None else condition(self, *args)

    @contextmanager
    def quietly(self) -> Iterator[None]:
        with ctx.workprec(self.bits):
            yield

    def answer(self, x: Any, digits: int = 0, wide: bool = False) -> Proven:
        """What a result carries. Raises Imprecise where the digits are not proven; see `Proven` for `wide`."""
        digits = digits or self.digits
        number = self.lift(x).x
        try:
            return proven(number, digits + GUARD, digits, wide)
        except Imprecise:  # beside the middle between two numbers of so many digits?
            return proven(number, max(digits, self.bits * 30103 // 100000) + GUARD, digits, wide)


def proven(x: Any, kept: int, digits: int, wide: bool) -> Proven:
    """A number as an interval of so many decimal digits that are `kept`. Raises Imprecise."""
    if isinstance(x, fmpq):
        return Proven(*interval(x, kept), digits)
    if not x.is_finite():
        raise Imprecise
    middle, radius, place = (int(n) for n in x.mid_rad_10exp(kept))
    if abs(place) > FARTHEST:
        raise Imprecise
    return Proven(middle - radius, middle + radius, place, digits, wide)


def interval(x: fmpq, digits: int) -> tuple[int, int, int]:
    """(low, high, place): a fraction between whole multiples of 10^place, with at least so many digits."""
    p, q = int(x.p), int(x.q)
    if p == 0:
        return 0, 0, 0
    place = min(0, (p.bit_length() - q.bit_length()) * 30103 // 100000 - digits)
    low, rest = divmod(p * 10**-place, q)
    return low, low + (rest != 0), place


CONSTANTS: dict[str, Callable[[], Any]] = {
    "pi": arb.pi,
    "e": arb.const_e,
    "tau": lambda: 2 * arb.pi(),
}
