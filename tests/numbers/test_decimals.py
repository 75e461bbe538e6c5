"""Numbers written and read by arrays are those of `text.write` and `float`, to the digit and to the bit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adcli.numbers.decimals import SLICE, read_fields, write_rows
from adcli.numbers.text import NUMBER, write

DRAW = np.random.default_rng(20)
TWOS = 2.0 ** np.arange(-1074, 1024)
TENS = np.array([float(f"1e{i}") for i in range(-323, 309)])


def neighbours(x: Any) -> Any:
    return np.concatenate([x, np.nextafter(x, 0), np.nextafter(x, np.inf)])


NUMBERS = {
    "bits": DRAW.integers(0, 2**64, 200_000, dtype=np.uint64).view(np.float64),
    "normal": DRAW.normal(size=40_000),
    "small": DRAW.normal(size=20_000) * 1e-7,
    "whole": np.arange(-2_000.0, 30_000.0),
    "large whole": DRAW.integers(0, 2**63, 10_000) // 2.0 ** DRAW.integers(0, 63, 10_000),
    "twos": neighbours(TWOS),
    "tens": neighbours(TENS),
    "subnormal": DRAW.integers(0, 2**52, 10_000, dtype=np.uint64).view(np.float64),
    "smallest": np.arange(0, 2_000, dtype=np.uint64).view(np.float64),
    "decimals": np.concatenate([np.round(DRAW.normal(size=1_000), i) for i in range(1, 18)]),
    "dyadic": DRAW.integers(0, 2**60, 20_000) / 2.0 ** DRAW.integers(0, 70, 20_000),
    "ties": DRAW.integers(2**17, 10 * 2**17, 10_000) / 2.0**17,  # half way between two numbers of 17 digits
    "few digits": np.array([float(f"{i % 997}e{i % 600 - 300}") for i in range(9_000)]),
    "odd": np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan, 1e15, 1e16, 1e17, 1e-4, 1e-5, 123456789012345680]),
}  # fmt: skip


def fields(texts: Sequence[str]) -> tuple[list[float], list[bool]]:
    data = np.frombuffer("\n".join([*texts, ""]).encode("utf-8", "surrogatepass"), np.uint8)
    ends = np.flatnonzero(data == 10)
    values, sure = read_fields(data, np.concatenate([[0], ends[:-1] + 1])[: len(ends)], ends)
    return values.tolist(), sure.tolist()


def bits(x: Any) -> Any:
    return np.asarray(x, np.float64).view(np.uint64)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_written_as_one_by_one_and_read_back(name: str) -> None:
    numbers = NUMBERS[name]
    texts = write_rows([numbers]).decode().split("\n")
    assert texts.pop() == ""
    assert texts == [write(x) for x in numbers.tolist()]
    values, sure = fields(texts)
    with np.errstate(invalid="ignore"):
        usual = (np.abs(numbers) > 2.3e-308) & np.isfinite(numbers) | (numbers == 0)
    assert np.all(np.array(sure) >= usual)
    assert np.array_equal(bits(values)[sure], bits(numbers)[sure])


@pytest.mark.parametrize("rows", [0, 1, 2, SLICE - 1, SLICE + 1])
@pytest.mark.parametrize("width", [1, 2, 3, 7])
def test_rows_of_several_columns(rows: int, width: int) -> None:
    columns = [DRAW.normal(size=rows) * 10.0 ** DRAW.integers(-9, 20, rows) for _ in range(width)]
    for column in columns:
        column[::5] = DRAW.choice([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, 1e100, 1e-300], len(column[::5]))
    expected = "".join(";".join(map(write, row)) + "\n" for row in zip(*(c.tolist() for c in columns), strict=True))
    assert write_rows(columns, b";").decode() == expected


def test_no_columns_are_no_rows() -> None:
    assert write_rows([]) == b""


def test_slices_of_arrays_are_written_and_kept() -> None:
    numbers = np.arange(10.0)
    numbers[0] = np.nan
    assert write_rows([numbers[::3], numbers[9::-3]], b"\t", b"|") == b"nan\t9|3\t6|6\t3|9\tnan|"
    assert np.isnan(numbers[0])


def test_threads_do_not_disturb_each_other() -> None:
    numbers = [NUMBERS[name] for name in ("normal", "small", "whole", "decimals")]
    alone = [write_rows([x]) for x in numbers]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda x: write_rows([x]), numbers)) == alone


@pytest.mark.parametrize("digits", range(1, 20))
def test_decimals_of_every_length_are_rounded_as_float_does(digits: int) -> None:
    whole = [int(x) for x in DRAW.integers(10 ** (digits - 1), 10**digits, 300, dtype=np.uint64)]
    texts = [f"{str(w)[:i]}.{str(w)[i:]}e{e}" for w in whole for i, e in ((1, 0), (digits // 2, -30), (digits, 7))]
    texts += [f"{w}E{e}" for w, e in zip(whole, DRAW.integers(-307, 308 - digits, len(whole)).tolist(), strict=True)]
    texts += [f"{'-+'[w % 2]}{'0.000'[: 24 - digits]}{w}" for w in whole]
    texts += [f"{w}." for w in whole]
    values, sure = fields(texts)
    assert all(sure)
    assert np.array_equal(bits(values), bits([float(t) for t in texts]))


def halves() -> list[str]:
    """Numbers of up to 19 digits half way between two doubles, and next to that."""
    found = []
    odd = [2 * int(m) + 1 for m in DRAW.integers(2**52, 2**53, 200)]  # of 54 bits
    for shift in range(10):
        found += [str(m << shift) for m in odd]
        found += [str((m << shift) + step) for m in odd for step in (-1, 1)]
    for places in range(1, 5):  # 54 bits, some of them behind the point
        for m in odd:
            scaled = str(m * 5**places)
            found += [f"{scaled[:-places]}.{scaled[-places:]}"]
    for power in range(1, 24):  # a power of five that divides the 54 bits
        found += [f"{2**53 // 5**power + i | 1}e{power}" for i in range(1, 40)]
    return [text for text in found if sum(map(str.isdigit, text.split("e")[0])) <= 19]


def test_halves_between_two_doubles_are_rounded_to_even() -> None:
    texts = halves()
    values, sure = fields(texts)
    assert all(sure)
    assert values == [float(t) for t in texts]


def test_whole_numbers_just_below_powers_of_two() -> None:
    texts = [str(2**i - 1) for i in range(1, 64)]
    assert fields(texts) == ([float(t) for t in texts], [True] * len(texts))


TOO_LARGE = ["1.7976931348623159e308", "1e309", "-1e400", "1e9999999", "1e99999999999", "17976931348623159e292"]
TOO_SMALL = ["1e-400", "2e-324", "1e-9999999", "-1e-343"]
TOO_LONG = ["12345678901234567890123", "1" + 24 * "0", "1" + 23 * "0" + ".5", "99999999999999999999"]


@pytest.mark.parametrize("text", TOO_LARGE + TOO_SMALL + TOO_LONG)
def test_what_is_left_to_the_other_reader(text: str) -> None:
    assert fields([text])[1] == [False]


BROKEN = [
    "", " ", "1 ", " 1", "1_0", "1e", "1e+", "e5", "+", "-", ".", "+.", "1.2.3", "1..2", "--1", "+-1", "1-", "1e5e5",
    "1e1.5", "0x1", "inf", "nan", "1f", "1e٣", "\u0661", "1\0", "1e--5", "1ee5", "- 1", "1e 5", "e", ".e1", "1.e",
    "1/2", "1:2", "1,5", "1e-", "-e1", "+.e1",
    "12345678.12345678.12", "1.12345678901234567.", "1\x0e2", "\xb1", "1\xae5",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN, ids=ascii)
def test_what_is_no_number_is_never_sure(text: str) -> None:
    assert fields(["1.5", text, "2"])[1] == [True, False, True]


PLAIN = re.compile(r"[+-]?(?=[.\d]{1,24}(?:[eE]|\Z))(?:\.?\d){1,19}\.?(?:[eE][+-]?\d{1,2})?\Z", re.ASCII)


def check(text: str, value: float, sure: bool) -> None:
    """Sure of the grammar's numbers only, and of all of them with at most 19 digits and two of an exponent."""
    if sure:
        assert NUMBER.match(text)
        assert bits(value) == bits(float(text))
    else:
        assert not (NUMBER.match(text) and PLAIN.match(text))


def test_every_byte_in_every_place_of_a_number() -> None:
    for number in (b"1234567.5", b"12e-05", b"-0.12345678901234567", b"5"):
        texts = [number[:i] + bytes([c]) + number[i + 1 :] for i in range(len(number)) for c in range(256)]
        ends = np.cumsum([len(number)] * len(texts))
        values, sure = read_fields(np.frombuffer(b"".join(texts), np.uint8), ends - len(number), ends)
        for text, value, good in zip(texts, values.tolist(), sure.tolist(), strict=True):
            check(text.decode("latin-1"), value, good)


@given(st.lists(st.text("0123456789+-.eE_ x", max_size=30), max_size=30))
@example(["1234567890123456789e99", "0.0000e-99", "-.5E+1", "1e5", "+00000000000000000.1"])
def test_sure_means_the_number_that_python_reads(texts: list[str]) -> None:
    for text, value, sure in zip(texts, *fields(texts), strict=True):
        check(text, value, sure)


@given(st.lists(st.decimals(-(10**12), 10**12, allow_nan=False, places=3), min_size=1))
def test_plain_decimals_are_always_sure(numbers: list[Any]) -> None:
    texts = [format(x, "f") for x in numbers]
    values, sure = fields(texts)
    assert all(sure)
    assert values == [float(t) for t in texts]


def test_fields_may_lie_anywhere() -> None:
    data = np.frombuffer(b"12.5e3", np.uint8)
    starts, ends = np.array([3, 0, 0, 1, 6, 5, 4]), np.array([4, 6, 2, 4, 6, 4, 6])
    values, sure = read_fields(data, starts, ends)
    assert sure.tolist() == [True, True, True, True, False, False, False]
    assert values[:4].tolist() == [5, 12500, 12, 2.5]
    assert [len(x) for x in read_fields(data[:0], starts[:0], ends[:0])] == [0, 0]
