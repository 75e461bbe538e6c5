"""Decimal text of many floats at once, written and read by arrays: the texts of `text.write`, the numbers of `float`.

Writing is the Schubfach algorithm (R. Giulietti, The Schubfach way to render doubles, 2020), reading that of Eisel and
Lemire (D. Lemire, Number parsing at a gigabyte per second, 2021), in integer arrays, so that threads run side by side.
Python's own conversions take five times as long, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Unsigned = NDArray[np.uint64]
SLICE = 8_192  # numbers written at once: their digits stay in cache
LEAST, MOST = -342, 324  # powers of ten that are needed
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
WIDEST = 24  # bytes of a number that is read by arrays: sign, 17 digits, point and exponent


def u(x: int) -> np.uint64:
    return np.uint64(x)


@cache
def powers(up: bool) -> tuple[Unsigned, Unsigned]:
    """High and low halves of 10^k as 128-bit numbers whose first bit is 1, k from LEAST to MOST, rounded up or down."""
    found = []
    for k in range(LEAST, MOST + 1):
        if k >= 0:
            shift = 128 - (10**k).bit_length()
            whole = 10**k << shift if shift >= 0 else -(-(10**k) >> -shift) if up else 10**k >> -shift
        else:
            power = 10**-k
            shift = 127 + power.bit_length()
            whole = (1 << shift) // power
            if whole >> 128:
                whole = (1 << (shift - 1)) // power
            whole += up
        found.append(whole)
    return np.array([w >> 64 for w in found], np.uint64), np.array([w & (2**64 - 1) for w in found], np.uint64)


def high(a: Unsigned, b: Unsigned) -> Unsigned:
    """The high half of a 64-bit product."""
    a0, a1, b0, b1 = a & LOW, a >> HALF, b & LOW, b >> HALF
    cross = a0 * b1
    middle = a1 * b0 + (a0 * b0 >> HALF) + (cross & LOW)
    product: Unsigned = a1 * b1 + (middle >> HALF) + (cross >> HALF)
    return product


def odd(g: tuple[Unsigned, Unsigned], c: Unsigned) -> Unsigned:
    """The high part of a 192-bit product; its last bit is 1 where it is not exact (round to odd)."""
    carried = high(g[1], c)
    low = g[0] * c + carried
    top: Unsigned = high(g[0], c) + (low < carried)
    return top | (low > u(1))


def shortest(bits: Unsigned) -> tuple[Unsigned, NDArray[np.int64]]:
    """(d, k): of the decimals d*10^k that read back to these finite doubles the shortest, and of these the nearest."""
    fraction, exponent = bits & u(2**52 - 1), (bits >> u(52)).astype(np.int64) & 0x7FF
    c = fraction | (exponent > 0).astype(np.uint64) << u(52)
    q = np.maximum(exponent, 1) - 1075
    closer = (fraction == 0) & (exponent > 1)  # a power of two is nearer to its lower neighbour
    k = (q * 1262611 - closer * 524031) >> 22
    h = (q + ((-k * 1741647) >> 19) + 1).astype(np.uint64)
    up = powers(True)
    place = -k - LEAST
    g = up[0][place], up[1][place]
    four = c << u(2)
    uneven = c & u(1)
    lower = odd(g, four - u(2) + closer << h) + uneven
    exact = odd(g, four << h)
    upper = odd(g, four + u(2) << h) - uneven
    s = exact >> u(2)
    tens = s // u(10)
    forty = tens * u(40)
    below, above = lower <= forty, forty + u(40) <= upper
    shorter = (s >= 10) & (below != above)
    fours = s << u(2)
    inside, beyond = lower <= fours, fours + u(4) <= upper
    middle = fours + u(2)
    nearer = (exact > middle) | ((exact == middle) & ((s & u(1)) == 1))
    rounded = np.where(inside != beyond, beyond, nearer)
    return np.where(shorter, tens + above, s + rounded), k + shorter


@cache
def tables() -> tuple[Unsigned, NDArray[np.uint32], NDArray[np.uint8]]:
    """Powers of ten; four digits as text; how many zeros they end with."""
    groups = [f"{i:04d}" for i in range(10_000)]
    text = np.frombuffer("".join(groups).encode(), np.uint32)
    zeros = np.array([4 - len(g.rstrip("0")) for g in groups], np.uint8)
    return np.array([10**i for i in range(20)], np.uint64), text, zeros


def digits(d: Unsigned) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """(17 digits as text in the last columns of 20, how many there were, how many without zeros at the end)."""
    power, text, zeros = tables()
    count = 15 + (d >= power[15]).astype(np.int64) + (d >= power[16])
    few = np.flatnonzero(d < power[14])
    count[few] = np.maximum(np.searchsorted(power, d[few], "right"), 1)
    d = d * power[17 - count]
    left = d // power[8]
    first = left // power[8]
    eights = (left - first * power[8], d - left * power[8])
    fours = []
    for eight in eights:
        top = eight // power[4]
        fours += [top.astype(np.int64), (eight - top * power[4]).astype(np.int64)]
    found = np.empty((len(d), 5), np.uint32)
    for i, four in enumerate(fours, 1):
        found[:, i] = text[four]
    matrix = found.view(np.uint8)
    matrix[:, 3] = first.astype(np.uint8) + 48
    last = zeros[fours[3]].astype(np.int64)
    for i in (2, 1, 0):
        rest = np.flatnonzero(last == 4 * (3 - i))
        if not len(rest):
            break
        last[rest] += zeros[fours[i][rest]]
    return matrix, count, np.maximum(17 - last, 1)


SIGN, PREFIX, BODY, EXPONENT, END = 0, 1, 6, 24, 29  # columns of a number's text
COLUMNS = np.arange(18, dtype=np.int8)


def write_rows(columns: Sequence[NDArray[np.float64]], separator: bytes = b",", end: bytes = b"\n") -> bytes:
    """A line for each row of some columns of shape (rows,), numbers as `text.write` has them.

    `separator` and `end` are one byte each.
    """
    rows = len(columns[0]) if columns else 0
    step = max(1, SLICE // max(1, len(columns)))
    ends = np.frombuffer(separator * (len(columns) - 1) + end, np.uint8)
    pieces = []
    for lo in range(0, rows, step):
        values = np.stack([column[lo : lo + step] for column in columns], axis=1).ravel()
        pieces.append(written(values, np.tile(ends, len(values) // len(ends))))
    return b"".join(pieces)


def written(values: NDArray[np.float64], ends: NDArray[np.uint8]) -> bytes:
    """Numbers one after the other, each with its end: all that could stand in a number, and of that what does."""
    bits = values.view(np.uint64)
    magnitude = bits & u(2**63 - 1)
    strange = magnitude >= u(0x7FF << 52)
    some = bool(strange.any())
    d, k = shortest(np.where(strange, u(0), magnitude) if some else magnitude)
    d[magnitude == 0] = 0
    matrix, count, length = digits(d)
    point = count + k  # digits before the point
    zero = np.flatnonzero(magnitude == 0)
    point[zero] = 1
    scientific = (point > 16) | (point < -3)
    small = ~scientific & (point <= 0)
    at = np.where(scientific, 1, np.where(small, 99, point)).astype(np.int8)
    shown = np.where(length > at, length + 1, np.where(small | scientific, length, at)).astype(np.int8)
    text = np.empty((len(values), 30), np.uint8)
    keep = np.zeros(text.shape, bool)
    text[:, SIGN] = 45
    keep[:, SIGN] = bits >> u(63)
    text[:, PREFIX:BODY] = np.frombuffer(b"0.000", np.uint8)
    lead = np.where(small, 2 - point, 0).astype(np.int8)
    keep[:, PREFIX:BODY] = COLUMNS[:5] < lead[:, None]
    padded = np.full((len(values), 19), 48, np.uint8)
    padded[:, 1:18] = matrix[:, 3:]
    body = np.where(at[:, None] > COLUMNS, padded[:, 1:], padded[:, :18])
    rest = np.flatnonzero(at < 18)
    body[rest, at[rest]] = 46
    text[:, BODY:EXPONENT] = body
    keep[:, BODY:EXPONENT] = shown[:, None] > COLUMNS
    far = np.flatnonzero(scientific)
    if len(far):
        e = point[far] - 1
        size = np.abs(e)
        text[far, EXPONENT:END] = np.stack(
            [np.full(len(e), 101), np.full(len(e), 45), size // 100 + 48, size // 10 % 10 + 48, size % 10 + 48], axis=1
        )
        keep[far, EXPONENT:END] = np.stack(
            [np.ones(len(e), bool), e < 0, size > 99, np.ones(len(e), bool), np.ones(len(e), bool)], axis=1
        )
    if some:
        for i in np.flatnonzero(strange):
            word = b"nan" if values[i] != values[i] else b"inf"
            text[i, BODY : BODY + 3] = np.frombuffer(word, np.uint8)
            keep[i] = False
            keep[i, BODY : BODY + 3] = True
            keep[i, SIGN] = values[i] < 0
    text[:, END] = ends
    keep[:, END] = True
    return text[keep].tobytes()


ONES = u(0x0101010101010101)
EIGHTS = np.arange(WIDEST, dtype=np.uint8)


def counted(matrix: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The sums of the rows of a matrix of 24 small bytes, by eight bytes at once."""
    words = matrix.view(np.uint64)
    return ((words[:, 0] + words[:, 1] + words[:, 2]) * ONES >> u(56)).astype(np.int64)


def read_fields(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The numbers in data[starts[i]:ends[i]], shape (n,), and where that is sure: elsewhere ask `text.read`.

    Sure are numbers of the grammar of `text.NUMBER`, correctly rounded, but very long or very large ones.
    """
    values = np.zeros(len(starts))
    sure = np.zeros(len(starts), bool)
    data = np.concatenate([data, np.zeros(WIDEST, np.uint8)])
    for lo in range(0, len(starts), SLICE):
        cut = slice(lo, lo + SLICE)
        values[cut], sure[cut] = read_slice(data, starts[cut], ends[cut])
    return values, sure


def read_slice(data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Any:
    length = ends - starts
    eights: Any = np.ndarray((len(data) - 7,), np.uint64, data, strides=(1,))
    words = np.stack([eights[starts + i] for i in (0, 8, 16)], axis=1)
    text = words.view(np.uint8)
    inside = np.minimum(length, WIDEST).astype(np.uint8)[:, None] > EIGHTS
    exponent = ((text | 32) == 101) & inside
    power = np.zeros(len(starts), np.int64)
    good = length <= WIDEST
    if exponent.any():
        far = np.flatnonzero(counted(exponent.view(np.uint8)) == 1)
        at = counted((exponent * EIGHTS)[far])
        good &= counted(exponent.view(np.uint8)) <= 1
        power[far], fine = exponents(text[far], at + 1, length[far])
        good[far] &= fine
        inside[far] &= at.astype(np.uint8)[:, None] > EIGHTS
        length = length.copy()
        length[far] = at
    digit = text - 48
    is_digit = (digit < 10) & inside
    is_point = (text == 46) & inside
    signed = ((text[:, 0] == 45) | (text[:, 0] == 43)) & inside[:, 0]
    points = counted(is_point.view(np.uint8))
    number = counted(is_digit.view(np.uint8))
    good &= (number >= 1) & (points <= 1) & (number + points + signed == length)
    place = counted(is_point.view(np.uint8) * EIGHTS)
    w = np.zeros(len(starts), np.uint64)
    for j in range(int(np.minimum(length, WIDEST).max(initial=0))):
        w = np.where(is_digit[:, j], w * u(10) + digit[:, j], w)
    lead = leading(text, digit, signed, number)
    good &= number - lead <= 19
    q = power - np.where(points == 1, length - 1 - place, 0)
    values, fine = nearest(w, q)
    return np.where(text[:, 0] == 45, -values, values), good & fine


def leading(text: NDArray[np.uint8], digit: NDArray[np.uint8], signed: NDArray[np.bool_], number: Any) -> Any:
    """How many zeros a number of more than 19 digits begins with, so that 0.00012345678901234567 is decided."""
    found = np.zeros(len(text), np.int64)
    for i in np.flatnonzero(number > 19):
        body = bytes(text[i]).lstrip(b"+-")
        found[i] = len(body) - len(body.lstrip(b"0.")) - (b"." in body[: len(body) - len(body.lstrip(b"0."))])
    return found


def exponents(text: NDArray[np.uint8], at: NDArray[np.int64], length: NDArray[np.int64]) -> Any:
    """The exponents that begin at some places, of at most four digits, and where there are such."""
    rows = np.arange(len(text))
    first = text[rows, np.minimum(at, WIDEST - 1)]
    signed = (first == 45) | (first == 43)
    at = at + signed
    size = length - at
    good = (size >= 1) & (size <= 4)
    found = np.zeros(len(text), np.int64)
    for j in range(4):
        there = size > j
        digit = text[rows, np.minimum(at + j, WIDEST - 1)] - 48
        good &= ~there | (digit < 10)
        found = np.where(there, found * 10 + digit, found)
    return np.where(first == 45, -found, found), good


TENS = np.array([float(f"1e{i}") for i in range(23)])


def nearest(w: Unsigned, q: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The doubles nearest to w*10^q, and where that is sure."""
    exact = (w <= 2**53) & (np.abs(q) <= 22)  # both are doubles: one division or product is rounded once (Clinger 1990)
    scale = TENS[np.minimum(np.abs(q), 22)]
    whole = w.astype(np.float64)
    values = np.where(q < 0, whole / scale, whole * scale)
    rest = np.flatnonzero(~exact & (w > 0))
    sure = exact | (w == 0)
    if len(rest):
        values[rest], sure[rest] = scaled(w[rest], q[rest])
    return values, sure


def scaled(w: Unsigned, q: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """By the high 128 bits of w times a 128-bit power of ten: sure unless the rounding hangs on what is below these."""
    lost = (1086 - (w.astype(np.float64).view(np.uint64) >> u(52)).astype(np.int64)).clip(0, 63)
    w = w << lost.astype(np.uint64)
    short = (w >> u(63)) == 0  # a w just below a power of two was rounded up
    w, lost = w << short.astype(np.uint64), lost + short
    place = q.clip(LEAST, 308) - LEAST
    down = powers(False)
    carried = high(down[1][place], w)
    low = down[0][place] * w + carried
    top = high(down[0][place], w) + (low < carried)
    upper = top >> u(63)
    m = top >> (upper + u(9))
    m = (m + (m & u(1))) >> u(1)
    power = ((217706 * q) >> 16) + 63 + upper.astype(np.int64) - lost + 1023
    sure = (low > 8) & (low < 2**64 - 9) & (power > 0) & (power < 2046) & (q >= LEAST) & (q <= 308)
    bits = (power.clip(0, 2046).astype(np.uint64) << u(52)) + (m - u(2**52))
    return bits.view(np.float64), sure
