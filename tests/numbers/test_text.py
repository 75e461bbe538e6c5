"""The one reader and writer of number text."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adcli.numbers.text import holds, read, write


def bits(x: float) -> bytes:
    return b"nan" if x != x else struct.pack("<d", x)


READ = {
    "0": 0.0, "-0": -0.0, "1": 1.0, "+1": 1.0, "-1.": -1.0, ".5": 0.5, "-.5": -0.5, "2.50": 2.5, "007": 7.0,
    "1e3": 1000.0, "1E-3": 0.001, "1.e+2": 100.0, "5e-324": 5e-324, "1.7976931348623157e308": 1.7976931348623157e308,
    "inf": math.inf, "+Inf": math.inf, "-INF": -math.inf, "nan": math.nan, "NaN": math.nan,
    "1e400": math.inf, "-1e400": -math.inf, "1e-400": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_number_is_read(text: str, value: float) -> None:
    assert bits(read(text)) == bits(value)


NOT_NUMBERS = [
    "", " ", " 1", "1 ", "1\n", "1_000", "1__0", "\u0661\u0662", "\uff11", "\u00b2", "x\u00b2", "infinity", "-Infinity",
    "+nan", "-nan", "nan(1)", ".", "-", "+", "e5", "1e", "1e+", "1e5.", "1e1.5", "--1", "+-1", "1,5", "1.2.3", "0x10",
    "1f", "1d0", "True", "None", "1j", "pi", "1/2", "\u22121", "1e\u0663",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NUMBERS, ids=ascii)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        read(text)


WRITTEN = {
    2.0: "2", -2.0: "-2", 0.0: "0", 0.1: "0.1", 1e22: "1e22", 1e-7: "1e-07", 123456.75: "123456.75",
    1 / 3: "0.3333333333333333", 5e-324: "5e-324", 1.7976931348623157e308: "1.7976931348623157e308",
    math.inf: "inf", -math.inf: "-inf",
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), WRITTEN.items())
def test_a_number_is_written_short(value: float, text: str) -> None:
    assert write(value) == text


def test_signed_zero_nan_and_the_types_of_numpy_are_written_as_plain_text() -> None:
    assert [write(x) for x in (-0.0, math.nan, np.float64(0.1), np.float64(2), 3, True)] == [
        "-0", "nan", "0.1", "2", "3", "1",
    ]  # fmt: skip


@given(st.floats())
@example(5e-324)
@example(2.0**53)
@example(-0.0)
@example(9007199254740993.0)
@example(1e16)
def test_written_text_reads_back_to_the_same_double(x: float) -> None:
    assert bits(read(write(x))) == bits(x)


def significant(text: str) -> str:
    """The significant digits of a decimal text."""
    mantissa = text.lower().partition("e")[0].lstrip("+-").replace(".", "")
    return mantissa.strip("0") or "0"


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(5e-324)
@example(2.0**-1074 * 3)
@example(1e23)
def test_no_shorter_text_reads_back(x: float) -> None:
    digits = len(significant(write(x)))
    assert digits == 1 or float(f"{x:.{digits - 2}e}") != x
    assert len(write(x)) <= len(repr(x))


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("1", True), ("0", True), ("0.000", True), ("0e5", True), ("0.0E-999", True), ("5e-324", True),
        ("1e-320", True), ("1.7976931348623157e308", True), ("1e400", False), ("1.8e308", False),
        ("1e-400", False), ("0.0001e-400", False), ("1E-400", False), ("2e-324", False),
    ],
)  # fmt: skip
def test_what_binary64_cannot_hold_is_known(text: str, held: bool) -> None:
    assert holds(text, read(text)) is held
    assert holds(text, -read(text)) is held
