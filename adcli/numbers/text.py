"""The one reader and writer of number text: expressions, --at, data files and reports.

Python's `float()` is not it: it takes `1_000`, Arabic digits and "infinity".
"""

from __future__ import annotations

import re

from adcli.numbers.proven import Proven

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
NON_FINITE = {"inf": "inf", "+inf": "inf", "-inf": "-inf", "nan": "nan"}


class Written(float):
    """A float with the text that it was written as: what stands for it where numbers are exact."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, value: float, text: str) -> Written:
        found = super().__new__(cls, value)
        found.text = text
        return found


def read(text: str) -> float:
    """The double nearest to a decimal text, or one of the words inf, -inf, nan (any case).

    Raises ValueError for anything else. A finite text beyond the range gives inf or 0: see `holds`.
    """
    if NUMBER.match(text):
        return float(text)
    word = NON_FINITE.get(text.lower())
    if word is None:
        raise ValueError(f"not a number: {text!r}")
    return float(word)


def holds(text: str, value: float) -> bool:
    """Whether binary64 can hold the decimal text that was read as `value` (1e400 and 1e-400 it cannot)."""
    if value - value != 0:
        return False
    return value != 0 or not any(c in "123456789" for c in re.split("[eE]", text)[0])


def write(value: float) -> str:
    """The shortest text that reads back to the same double: 2, 0.1, 1e22, -0, inf, nan; of a proven number its own."""
    if type(value) is Proven:
        return value.text
    text = repr(float(value))
    if text.endswith(".0"):
        return text[:-2]
    return text.replace("e+", "e")


def unsigned(x: float) -> float:
    """0 for -0: the sign of a zero says nothing to people."""
    return x or (x if type(x) is Proven else 0.0)
