"""A row of the op table: everything adcli knows about one function.

The lambdas of a row are written over a namespace `F` (a number type: floats, NumPy arrays, duals,
symbols...) and hold only `F`, `+ - * /` and dyadic literals, so that one lambda gives the number,
the printed rule and the second derivative. Comparisons and choices go through `F`, powers through
`F.powc` (constant exponent) or `F.pow`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Lambda = Callable[..., Any]


@dataclass(eq=False, repr=False)  # the cheapest to make: this class is made at every start
class Row:
    """One function or operator. Rows are compared by identity.

    key       the attribute under which every namespace offers it: `F.sin`, `F.where`
    params    the names of its arguments, in order
    doc       one line: what it is
    latex     its LaTeX form, with #1, #2, #3 for the arguments
    partials  (F, v, *args) -> one partial per argument, from the result `v` and the arguments;
              None is a structural zero (that edge does not exist). No partials: a condition
    name      what a user writes (the key, unless given); rows with `infix` are operators,
              and a row whose name is empty is not in the language
    infix     operator text, and `level`, how tightly it binds (see LEVELS)
    real, array, ball   hosts by dotted name, resolved on first use
    js        the host in JavaScript: an operator, a function of Math, or one of `host` (numbers/hosts.js)
    define    (F, *args) -> value from other rows, for number types that have no host
    floats    the same, arranged for floating point: used by real and array before `define`
    edge      (*floats) -> the IEEE value where the real host raises (default: nan; inf on overflow)
    domain    (F, *args) -> condition: where the value is defined
    kink      (F, *args) -> condition: where there is a value but no derivative
    taken     (F, *args) -> per argument, whether the value depends on it here (default: all)
    series    (F, k, v, *args) -> the k-th Taylor coefficient, from the coefficients v[0..k-1] and those of the
              arguments, where that is better than integrating the partials; it divides through F.quotient
    bends     positions of the arguments of which all must be series for that: where one is a number, the row is
              linear in the others
    recurs    (F, *args) -> condition: where `series` is to be used (default: everywhere)
    tests     positions of the arguments that are conditions
    condition the value is a condition, true or false
    constant  positions of arguments that must be constants
    samples   points at which the generic tests prove the row
    ulp       budget of (value, partial) against the exact result, in units of the last place;
              `why` says what makes it more than 4
    """

    key: str
    params: tuple[str, ...]
    doc: str
    latex: str
    samples: tuple[tuple[float, ...], ...]
    partials: Lambda | None = None
    name: str = ""
    infix: str = ""
    level: int = 0
    real: str = ""
    array: str = ""
    ball: str = ""
    js: str = ""
    define: Lambda | None = None
    floats: Lambda | None = None
    edge: Callable[..., float] | None = None
    domain: Lambda | None = None
    kink: Lambda | None = None
    taken: Lambda | None = None
    series: Lambda | None = None
    bends: tuple[int, ...] = ()
    recurs: Lambda | None = None
    tests: tuple[int, ...] = ()
    condition: bool = False
    constant: tuple[int, ...] = ()
    ulp: tuple[float, float] = (4, 4)
    why: str = ""

    @property
    def label(self) -> str:
        """What a person calls it: the name in the language, the operator, or the key."""
        return self.infix or self.name or self.key

    def applied(self, texts: Sequence[str]) -> str:
        """The row applied to texts, as a person writes it: ln(2), 1/0, 2 + 3, not c."""
        if not self.infix:
            return f"{self.label}({', '.join(texts)})"
        wrapped = [f"({text})" if text.startswith("-") else text for text in texts]
        if len(texts) == 1:
            return f"{self.infix}{' ' if self.infix.isalpha() else ''}{wrapped[0]}"
        return (self.infix if self.level in (MULTIPLY, POWER) else f" {self.infix} ").join(wrapped)


# How tightly operators bind, loosest first; a call or a name binds at ATOM.
OR, AND, NOT, COMPARE, ADD, MULTIPLY, NEGATE, POWER, ATOM = range(1, 10)


def row(key: str, params: str, doc: str, latex: str, samples: Any, **columns: Any) -> Row:
    """A row a user can call by its key; `params` are blank-separated, one-argument samples bare."""
    columns.setdefault("name", "" if "infix" in columns else key)
    points = tuple(s if isinstance(s, tuple) else (s,) for s in samples)
    return Row(key, tuple(params.split()), doc, latex, points, **columns)
