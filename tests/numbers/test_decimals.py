"""Numbers written and read by arrays are those of `text.write` and `float`, to the digit and to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.numbers.decimals import read_fields, write_rows
from adcli.numbers.text import NUMBER, write

DRAW = np.random.default_rng(20)
BITS = DRAW.integers(0, 2**64, 60_000, dtype=np.uint64).view(np.float64)
TWOS = 2.0 ** np.arange(-1074, 1024)
TENS = np.array([float(f"1e{i}") for i in range(-323, 309)])
NUMBERS = {
    "bits": BITS,
    "normal": DRAW.normal(size=40_000),
    "whole": np.arange(-2_000.0, 40_000.0),
    "large whole": DRAW.integers(2**52, 2**63, 5_000).astype(np.float64),
    "twos": np.concatenate([TWOS, np.nextafter(TWOS, 0), np.nextafter(TWOS, np.inf)]),
    "tens": np.concatenate([TENS, np.nextafter(TENS, 0), np.nextafter(TENS, np.inf)]),
    "subnormal": DRAW.integers(0, 2**52, 5_000, dtype=np.uint64).view(np.float64),
    "decimals": np.concatenate([np.round(DRAW.normal(size=1_000), i) for i in range(1, 17)]),
    "small": DRAW.normal(size=10_000) * 1e-7,
    "odd": np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e15, 1e16, 1e17, 1e-4, 1e-5, 123456789012345680, 5e-324]),
}


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
    texts = write_rows([numbers]).decode().splitlines()
    assert texts == [write(x) for x in numbers.tolist()]
    values, sure = fields(texts)
    ours, theirs = bits(values), bits(numbers)
    assert np.array_equal(ours[sure], theirs[sure])
    if name not in ("bits", "subnormal", "twos", "tens", "odd", "large whole"):
        assert all(sure)
    assert np.mean(sure) > 0.9 or name in ("subnormal", "odd", "large whole")


@pytest.mark.parametrize("rows", [0, 1, 2, 4_096, 10_000])
@pytest.mark.parametrize("width", [1, 2, 3, 7])
def test_rows_of_several_columns(rows: int, width: int) -> None:
    columns = [DRAW.normal(size=rows) * 10.0 ** DRAW.integers(-9, 20, rows) for _ in range(width)]
    expected = "".join(";".join(map(write, row)) + "\n" for row in zip(*(c.tolist() for c in columns), strict=True))
    assert write_rows(columns, b";").decode() == expected


def test_slices_of_arrays_are_written() -> None:
    assert write_rows([np.arange(10.0)[::3], np.arange(10.0)[::-3]]) == b"0,9\n3,6\n6,3\n9,0\n"


@pytest.mark.parametrize("digits", range(1, 20))
def test_decimals_of_every_length_are_rounded_as_float_does(digits: int) -> None:
    whole = [int(x) for x in DRAW.integers(10 ** (digits - 1), min(10**digits, 2**63 - 1), 400)]
    texts = [f"{str(w)[:i]}.{str(w)[i:]}e{e}" for w in whole for i, e in ((1, 0), (digits // 2, -30), (digits, 7))]
    texts += [f"-0.000{w}" for w in whole]
    values, sure = fields(texts)
    assert [v for v, s in zip(values, sure, strict=True) if s] == [
        float(t) for t, s in zip(texts, sure, strict=True) if s
    ]
    assert np.mean(sure) > 0.5


def test_halves_between_two_doubles_are_even_or_left_open() -> None:
    texts = [str((2**53 + 2 * i) + 1) for i in range(200)] + [f"{2**53 + 2 * i + 1}.0" for i in range(200)]
    texts += [str(2**54 + 2), "9007199254740993e1", "90071992547409930e-1", "4503599627370496.5", "4503599627370497.5"]
    values, sure = fields(texts)
    assert all(v == float(t) for v, s, t in zip(values, sure, texts, strict=True) if s)


BROKEN = [
    "", " ", "1 ", " 1", "1_0", "1e", "1e+", "e5", "+", "-", ".", "+.", "1.2.3", "1..2", "--1", "+-1", "1-", "1e5e5",
    "1e1.5", "0x1", "inf", "nan", "1f", "1e٣", "\u0661", "1\0", "1e--5", "1ee5", "- 1", "1e 5", "e", ".e1", "1.e",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_number_is_never_sure(text: str) -> None:
    assert fields(["1.5", text.replace("\n", ""), "2"])[1] == [True, False, True]


@given(st.lists(st.text("0123456789+-.eE_ x", max_size=30), max_size=30))
def test_sure_means_the_number_that_python_reads(texts: list[str]) -> None:
    values, sure = fields(texts)
    for text, value, good in zip(texts, values, sure, strict=True):
        if good:
            assert NUMBER.match(text)
            assert bits(value) == bits(float(text))


@given(st.lists(st.decimals(-(10**12), 10**12, allow_nan=False, places=3), min_size=1))
def test_plain_decimals_are_always_sure(numbers: list[Any]) -> None:
    texts = [format(x, "f") for x in numbers]
    values, sure = fields(texts)
    assert all(sure)
    assert values == [float(t) for t in texts]
