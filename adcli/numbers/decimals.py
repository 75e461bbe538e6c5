"""Decimal text of many floats at once, written and read by arrays: the texts of `text.write`, the numbers of `float`.

Writing is the Schubfach algorithm (R. Giulietti, The Schubfach way to render doubles, 2020), reading that of Eisel and
Lemire (D. Lemire, Number parsing at a gigabyte per second, 2021). A number's text is three words of eight bytes, first
byte lowest: an operation works on eight digits of all numbers of a slice, while NumPy leaves other threads running.
A shift by 64 bits or more gives 0 in NumPy, and much here relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Unsigned = NDArray[Any]  # uint64; mypy believes that these and an int make signed ones
Signed = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SLICE = 8_192  # numbers at once: few enough to stay in cache, enough to pay for the calls
LEAST, MOST = -342, 324  # powers of ten that are needed
LOW = 0xFFFFFFFF
WORDS = np.arange(3, dtype=np.int64)[:, None]
TEXT = "V24"  # three words as one item, at any place
SPARE = 24
ONES = 0x0101010101010101
ZEROS = ONES * 0x30
TOPS = ONES * 0x80
FRACTION = (1 << 52) - 1


@cache
def keep_memory() -> None:
    """Memory that slices give back is kept for the next slice, not returned to the system and cleared once more.

    The GNU C library does so once a larger block was freed (the dynamic threshold of mallopt(3)).
    """
    np.empty(1 << 22, np.uint8)


def scaled(k: int, up: bool) -> int:
    """10^k as a number of 128 bits, the first of them 1, rounded up or down."""
    power: int = 10 ** abs(k)
    size = power.bit_length()
    if k < 0:
        return (1 << 127 + size) // power + up
    return power << 128 - size if size <= 128 else (power >> size - 128) + up


@cache
def powers(up: bool) -> tuple[Unsigned, Unsigned]:
    """High and low words of 10^k, k from LEAST to MOST."""
    found = [scaled(k, up or k < 0) for k in range(LEAST, MOST + 1)]
    return np.array([x >> 64 for x in found], np.uint64), np.array([x & (2**64 - 1) for x in found], np.uint64)


def high(a: Unsigned, b: Unsigned) -> Unsigned:
    """The high word of a product of two words."""
    a0, a1, b0, b1 = a & LOW, a >> 32, b & LOW, b >> 32
    cross = a0 * b1
    middle = a1 * b0 + (a0 * b0 >> 32) + (cross & LOW)
    product: Unsigned = a1 * b1 + (middle >> 32) + (cross >> 32)
    return product


@cache
def scales(closer: bool) -> tuple[Unsigned, Unsigned, Unsigned, Signed]:
    """For each exponent field of a double: the words of 10^-k, and h and k of Schubfach.

    `closer` is for powers of two, whose lower neighbour is nearer than the upper one.
    """
    q = np.maximum(np.arange(2047, dtype=np.int64), 1) - 1075
    k = (q * 1262611 - closer * 524031) >> 22
    h = (q + ((-k * 1741647) >> 19) + 1).astype(np.uint64)
    upper, lower = powers(True)
    return upper[-k - LEAST], lower[-k - LEAST], h, k


def shortest(bits: Unsigned, closer: bool = False) -> tuple[Unsigned, Signed]:
    """(d, k): of the decimals d*10^k that read back to these positive doubles the shortest, and of these the nearest.

    d may end with zeros. Numbers here are quarters of 10^k, "rounded to odd": the last bit is set where anything is
    lost, so that they compare as the exact ones would.
    """
    fraction, exponent = bits & FRACTION, bits >> 52
    field = exponent.view(np.int64)
    g1, g0, h, k = (table.take(field) for table in scales(closer))
    c = fraction | np.minimum(exponent, 1) << 52
    odd = c & 1
    c = c << h + 2
    p0, p1, carry = g0 * c, g1 * c, high(g0, c)
    p1 += carry
    p2 = high(g1, c) + (p1 < carry)
    half0, half1, half2 = shifted(g0, g1, h + 1)  # half a step from this double to the next
    step = half1 + (p0 + half0 < half0)
    sum1 = p1 + step
    upper = (p2 + half2 + (sum1 < step) | (sum1 > 1)) - odd
    if closer:
        half0, half1, half2 = shifted(g0, g1, h)
    step = half1 + (p0 < half0)
    lower = (p2 - half2 - (p1 < step) | (p1 - step > 1)) + odd
    exact = p2 | (p1 > 1)
    s = exact >> 2
    tens = s // 10
    forty = tens * 40
    above = forty + 40 <= upper
    d = s + ((exact & 3) + (s & 1) > 2)
    if closer:
        d = np.where(lower > s << 2, s + 1, d)
    d = np.where(above | (lower <= forty), (tens + above) * 10, d)
    if not closer and len(twos := np.flatnonzero((fraction == 0) & (exponent > 1))):
        d[twos], k[twos] = shortest(bits[twos], True)
    return d, k


def shifted(low: Unsigned, high: Unsigned, bits: Unsigned) -> tuple[Unsigned, Unsigned, Unsigned]:
    rest = 64 - bits
    return low << bits, high << bits | low >> rest, high >> rest


def seventeen(d: Unsigned, k: Signed) -> tuple[Unsigned, Signed]:
    """(17 digits, how many of them are before the point) for d*10^k; 0 stays 0."""
    short = d < 10**16
    d, point = np.where(short, d * 10, d), k + 17 - short
    if len(few := np.flatnonzero(d < 10**16)):  # subnormal, or 0
        power = 10 ** np.arange(18, dtype=np.uint64)
        missing = 17 - np.maximum(np.searchsorted(power, d[few], "right"), 1)
        d[few] *= power[missing]
        point[few] -= missing
    return d, point


@cache
def groups() -> NDArray[np.uint32]:
    """Four digits as bytes from 0 to 9."""
    digits = np.arange(10_000)[:, None] // (1000, 100, 10, 1) % 10
    return digits.astype(np.uint8).view(np.uint32).ravel()


def spell(d: Unsigned) -> tuple[Unsigned, Signed]:
    """(17 digits as bytes from 0 to 9, in words of shape (3, n); how many there are without zeros at the end)."""
    first = d // 10**9
    rest = d - first * 10**9
    second = rest // 10
    place = np.empty((2, len(d), 2), np.int64)
    for i, eight in enumerate((first, second)):
        top = eight // 10**4
        place[i, :, 0] = top
        place[i, :, 1] = eight - top * 10**4
    words = np.empty((3, len(d)), np.uint64)
    words[:2] = groups().take(place).view(np.uint64)[:, :, 0]
    words[2] = rest - second * 10
    size = last_byte(words[:2]) + 1
    return words, np.maximum(np.maximum(size[0], size[1] + 8), np.minimum(words[2], 1).view(np.int64) * 17)


def last_byte(words: Unsigned) -> Signed:
    """The place, 0 to 7, of the last byte that is not 0, where none is above 128; far below 0 if there is none."""
    place: Signed = (words.astype(np.float64).view(np.int64) >> 52) - 1023 >> 3
    return place


def with_point(words: Unsigned, at: Signed, marks: Unsigned) -> Unsigned:
    """Texts of shape (n, 3): digits with one byte more at some place, "0" changed by the bits of its mark."""
    texts = np.empty((len(at), 3), np.uint64)
    bits = (at << 3).view(np.uint64)
    most = int(at.max(initial=0)) << 3
    carry = None
    for i, word in enumerate(words):
        start = 64 * i
        behind = word
        if most > start:
            shift = np.maximum(bits, start) - start
            behind = word >> shift << shift
        text = behind << 8
        if carry is not None:
            text |= carry
        carry = behind >> 56
        if most > start:
            text |= word ^ behind
        if most >= start:
            text |= marks << bits - start
        texts[:, i] = text ^ ZEROS
    return texts


@cache
def suffixes() -> tuple[Bytes, Signed]:
    """Exponents from -324 to 308 as text of shape (633, 5), and its length."""
    texts = [f"e{i:03d}" if i < 0 else f"e{i}" for i in range(-324, 309)]
    return np.array(texts, "S5").view(np.uint8).reshape(-1, 5), np.array([len(x) for x in texts], np.int64)


def write_rows(columns: Sequence[Floats], separator: bytes = b",", end: bytes = b"\n") -> bytes:
    """A line for each row of some columns of shape (rows,), numbers as `text.write` has them.

    `separator` and `end` are one byte each.
    """
    keep_memory()
    rows = len(columns[0]) if columns else 0
    step = max(1, SLICE // max(1, len(columns)))
    ends = np.frombuffer(separator * (len(columns) - 1) + end, np.uint8)
    pieces = []
    for lo in range(0, rows, step):
        values = np.stack([column[lo : lo + step] for column in columns], axis=1, dtype=np.float64).ravel()
        pieces.append(written(values, np.tile(ends, len(values) // len(ends))))
    return b"".join(pieces)


def written(values: Floats, ends: Bytes) -> bytes:
    """Numbers one after the other, each with the byte that ends it."""
    bits = values.view(np.uint64)
    size = bits & (1 << 63) - 1
    signs = (bits >> 63).view(np.int64)
    strange = np.flatnonzero(size >= 0x7FF << 52)
    size[strange] = 0
    words, count, point = digits(size)
    far = np.flatnonzero((point + 3).view(np.uint64) > 19)
    exponent = point[far] - 1
    point[far] = 1
    small = np.flatnonzero(point < 0)
    lead = np.maximum(1 - point, 0)  # bytes of "0.00" before the digits; the next "." or "0" is put among these
    marks = np.full(len(values), ord("0") ^ ord("."), np.uint64)
    marks[small] = 0
    at = np.maximum(point, 0)
    texts = with_point(words, at, marks)
    length = np.maximum(count + (count > at), at)
    if len(strange):
        unknown = np.isnan(values[strange])
        texts[strange, 0] = np.where(unknown, int.from_bytes(b"nan", "little"), int.from_bytes(b"inf", "little"))
        length[strange] = 3
        signs[strange[unknown]] = 0
    total = signs + lead + length + 1
    if len(far):
        suffix, suffix_length = (table[exponent + 324] for table in suffixes())
        total[far] += suffix_length
    stops = np.cumsum(total)
    starts = stops - total
    body = starts + signs + lead
    out = np.empty(int(stops[-1]) + SPARE, np.uint8)
    # Each text spoils the bytes behind it, which are written later; so do "0" and "-" with the byte before a number
    # that has none of them.
    np.ndarray(len(out) - SPARE + 1, TEXT, out, strides=(1,))[body] = texts.view(TEXT)[:, 0]
    out[body - 1] = ord("0")
    out[body - lead - 1] = ord("-")
    last, first = body[small], body[small] - lead[small]
    out[last - 2] = out[first] = ord("0")
    out[first + 1] = ord(".")
    out[stops - 1] = ends
    if len(far):
        place = stops[far] - 1 - suffix_length
        for i in range(5):
            there = np.flatnonzero(suffix_length > i)
            out[place[there] + i] = suffix[there, i]
    return out[:-SPARE].tobytes()


def digits(bits: Unsigned) -> tuple[Unsigned, Signed, Signed]:
    """(words, count, point): the shortest decimals of finite doubles as `spell` has them; digits before the point."""
    d, point = seventeen(*shortest(bits))
    point[bits == 0] = 1
    words, count = spell(d)
    return words, count, point


def read_fields(data: Bytes, starts: Signed, ends: Signed) -> tuple[Floats, Bools]:
    """The numbers in data[starts[i]:ends[i]], shape (n,), and where that is sure: elsewhere ask `text.read`.

    Sure are the numbers of the grammar of `text.NUMBER`, rounded as `float` does, but for the longest and those that
    are hardly within the range of a double. `starts` and `ends` are int64 within the data.
    """
    keep_memory()
    values = np.zeros(len(starts))
    sure = np.zeros(len(starts), bool)
    margin = np.zeros(SPARE, np.uint8)
    data = np.concatenate([margin, data, margin])
    for lo in range(0, len(starts), SLICE):
        cut = slice(lo, lo + SLICE)
        values[cut], sure[cut] = read_slice(data, starts[cut], ends[cut])
    return values, sure


def read_slice(data: Bytes, starts: Signed, ends: Signed) -> tuple[Floats, Bools]:
    """As `read_fields`, where `data` has SPARE bytes more before and behind."""
    first = data.take(starts + SPARE)
    negative = first == ord("-")
    length = ends - starts - (negative | (first == ord("+")))
    words = last_bytes(data, ends, length)
    places = np.zeros(len(starts), np.int64)
    sure = np.ones(len(starts), bool)
    letter = flags_of(words[2] | ONES * 0x20, 0x75)  # "e" and "E"
    if len(far := np.flatnonzero(letter)):
        behind, places[far], sure[far] = exponents(words[2, far], letter[far])
        length[far] -= behind
        ends = ends.copy()
        ends[far] -= behind
        words[:, far] = last_bytes(data, ends[far], length[far])
    flags = flags_above_nine(words)
    bit = flags >> 7
    byte = bit * 0x0102040810204080 >> 56  # one bit for each byte
    mask = byte[0] | byte[1] << 8 | byte[2] << 16
    at = (mask.astype(np.float64).view(np.int64) >> 52) - 1023
    pointed = mask > 0
    number = length - pointed
    sure &= (length <= 24) & (number > 0) & (mask & mask - 1 == 0)
    sure &= (data.take(ends + np.maximum(at, 0)) == ord(".")) | ~pointed
    words ^= bit * (ord("0") ^ ord("."))
    shift = np.maximum(8 + 8 * at - 64 * WORDS, 0).view(np.uint64)
    behind = words >> shift << shift
    before = words ^ behind
    behind |= before << 8
    behind[1:] |= before[:-1] >> 56
    eights = value(behind)
    sure &= eights[0] < 1000
    w = eights[0] * 10**16 + eights[1] * 10**8 + eights[2]
    bits, fine = nearest(w, places - np.where(pointed, 23 - at, 0))
    bits |= negative.astype(np.uint64) << 63
    return bits.view(np.float64), sure & fine


def last_bytes(data: Bytes, ends: Signed, length: Signed) -> Unsigned:
    """The last 24 bytes before some places, of shape (3, n), as differences from "0"; 0 before the length."""
    windows = np.ndarray(len(data) - 23, TEXT, data, strides=(1,))
    words = np.ascontiguousarray(windows[ends].view(np.uint64).reshape(-1, 3).T)
    words ^= ZEROS
    shift = np.maximum(192 - 64 * WORDS - 8 * length, 0).view(np.uint64)
    words >>= shift
    words <<= shift
    return words


def flags_above_nine(words: Unsigned) -> Unsigned:
    """The highest bit of each byte that is above 9."""
    flags: Unsigned = ((words & ONES * 0x7F) + ONES * 0x76 | words) & TOPS
    return flags


def flags_of(words: Unsigned, byte: int) -> Unsigned:
    """The highest bit of each byte that is as given."""
    differ = words ^ ONES * byte
    return ((differ & ONES * 0x7F) + ONES * 0x7F | differ) & TOPS ^ TOPS


def exponents(word: Unsigned, letter: Unsigned) -> tuple[Signed, Signed, Bools]:
    """(bytes, exponent, sure) of what begins with the last letter flagged."""
    at = last_byte(letter)
    word = word >> (8 * at + 8).view(np.uint64)
    first = word & 0xFF
    negative = first == ord("-") ^ ord("0")
    signed = negative | (first == ord("+") ^ ord("0"))
    length = 7 - at - signed
    word = word >> (signed.astype(np.uint64) << 3) << (64 - 8 * length).view(np.uint64)
    size = value(word).view(np.int64)
    return 8 - at, np.where(negative, -size, size), (length > 0) & (flags_above_nine(word) == 0)


def value(words: Unsigned) -> Unsigned:
    """Eight digits, as bytes from 0 to 9, as a number."""
    words = words * 2561 >> 8 & 0x00FF00FF00FF00FF
    words = words * 6553601 >> 16 & 0x0000FFFF0000FFFF
    return words * 42949672960001 >> 32


def nearest(w: Unsigned, q: Signed) -> tuple[Unsigned, Bools]:
    """(bits, sure): the doubles nearest to w*10^q, and where they are found: not where subnormal or too large."""
    brief = w & ~(w >> 1)  # has the same first bit, which the nearest float keeps
    lost = 1086 - (brief.astype(np.float64).view(np.int64) >> 52)
    full = w << lost.view(np.uint64)
    place = np.minimum(np.maximum(q, LEAST), 308) - LEAST
    g1, g0 = powers(False)
    g = g1.take(place)
    top, low = high(g, full), g * full
    if len(close := np.flatnonzero(top & 0x1FF == 0x1FF)):  # the next word of the power may matter
        more = high(g0[place[close]], full[close])
        low[close] += more
        top[close] += low[close] < more
    upper = top >> 63
    m = top >> upper + 9
    power = (217706 * q >> 16) + 1086 - lost + upper.view(np.int64)
    sure = (power - 1).view(np.uint64) < 2046
    if len(even := np.flatnonzero((low <= 1) & (m & 3 == 1))):  # half way between two doubles?
        even = even[(q[even] >= -4) & (q[even] <= 23) & (m[even] << upper[even] + 9 == top[even])]
        m[even] -= 1
    m = m + (m & 1) >> 1
    bits = (power.view(np.uint64) << 52) + (m - (1 << 52))
    sure &= bits < 0x7FF << 52
    none = np.flatnonzero(w == 0)
    bits[none] = 0
    sure[none] = True
    return bits, sure
