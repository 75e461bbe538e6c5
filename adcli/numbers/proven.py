"""Numbers of which every printed digit is proven: a decimal interval that holds the true value, and what it shows.

The interval comes from ball arithmetic (numbers/ball.py); here are whole numbers only.
"""

from __future__ import annotations

import math
import sys

PLAIN = 16  # decimal exponent from which a short number is written with one
SHORT = 12_000  # bits of a number that Python writes
FAR = 400  # decimal exponents beyond those of floats
LARGEST, SMALLEST = sys.float_info.max, 5e-324
WIDTH_DIGITS = 3  # of the width of an interval


class Imprecise(Exception):
    """An interval that is too wide for the digits that are asked of it."""


class Proven(float):
    """A number that lies between low*10^place and high*10^place: a float near to it, with its proven text.

    text    `digits` significant digits, correctly rounded (fewer where the number ends before); of an interval that
            holds 0 the digits that are 0 for certain: 0e-40 is a number below half of 1e-40 in size
    """

    __slots__ = ("low", "high", "place", "digits", "text")
    low: int
    high: int
    place: int
    digits: int
    text: str

    def __new__(cls, low: int, high: int, place: int, digits: int, wide: bool = False) -> Proven:
        """Raises Imprecise where the interval does not prove the digits; with `wide` one that holds 0 may do so."""
        text = proven_text(low, high, place, digits)
        if text is None and wide and low <= 0 <= high:
            power = len(whole_text(2 * max(-low, high))) + place  # 10^that is at least twice as large
            text = f"0e{power}" if power < -digits else None
        if text is None:
            raise Imprecise
        found = super().__new__(cls, bounded(text))
        found.low, found.high, found.place, found.digits, found.text = low, high, place, digits, text
        return found

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__

    @property
    def exact(self) -> bool:
        """Whether the interval is one number."""
        return self.low == self.high

    @property
    def exponent(self) -> int:
        """The decimal exponent of the first digit of a number other than 0."""
        digits, _, power = self.text.lstrip("-").partition("e")
        whole, _, rest = digits.partition(".")
        first = len(whole) - 1 if whole != "0" else len(rest.lstrip("0")) - len(rest) - 1
        return first + int(power or 0)

    @property
    def size(self) -> int:
        """The decimal exponent of the larger end of the interval; 0 of the number 0."""
        digits = max(len(whole_text(abs(self.low))), len(whole_text(abs(self.high))))
        return digits - 1 + self.place if self.low or self.high else 0

    def units(self, places: int) -> int | None:
        """The number in units of 10^-places, rounded half to even; None where the interval does not prove it."""
        low, high = nearest(self.low, self.place + places), nearest(self.high, self.place + places)
        return low if low == high else None

    def enclosure(self, digits: int) -> tuple[str, str]:
        """(lower, upper) bounds of the true value with so many significant digits, rounded outwards; of a wide interval
        with no more than tell how wide it is.
        """
        top = max(len(whole_text(abs(self.low))), len(whole_text(abs(self.high))))
        spread = len(whole_text(self.high - self.low)) if self.high > self.low else 0
        place = self.place + max(0, top - digits, spread - WIDTH_DIGITS)
        down = nearest_below(self.low, self.place - place)
        up = -nearest_below(-self.high, self.place - place)
        ends = down == up  # else zeros at the end are digits like others
        return decimal_text(down, -place, ends), decimal_text(up, -place, ends)

    def times(self, whole: int) -> Proven:
        """A whole multiple, with as many digits as that proves."""
        digits = self.digits
        low, high = sorted((self.low * whole, self.high * whole))
        while True:
            try:
                return Proven(low, high, self.place, digits, wide=True)
            except Imprecise:  # both ends beside the middle between two numbers of so many digits
                digits -= 1

    def ulps(self, x: float) -> float:
        """How far a finite float is from the middle of the interval, in units of the last place of the float there."""
        if abs(self.size) > FAR:  # of numbers out of the range of floats; the powers of ten below would be as large
            return math.inf if self.size > 0 else abs(x) / SMALLEST
        numerator, denominator = x.as_integer_ratio()
        unit = math.ulp(float(self)).as_integer_ratio()
        over, under = (power_of_ten(self.place), 1) if self.place >= 0 else (1, power_of_ten(-self.place))
        gap = abs(2 * numerator * under - (self.low + self.high) * over * denominator)
        whole, divisor = gap * unit[1], 2 * denominator * under * unit[0]
        return whole / divisor if whole.bit_length() - divisor.bit_length() < 1000 else math.inf

    def correct_digits(self, x: float, most: int = 17) -> int:
        """How many significant digits of a float are right for certain: the whole part of -log10 of its relative
        error, which is taken as large as the interval allows; `most` where it is exact.
        """
        if x - x != 0 or abs(self.size) > FAR:
            return 0
        numerator, denominator = x.as_integer_ratio()
        scale = 10 ** abs(self.place)
        over, under = (scale, 1) if self.place >= 0 else (1, scale)
        # all times denominator*under, so that nothing is rounded
        low, high = self.low * over * denominator, self.high * over * denominator
        error = max(abs(numerator * under - low), abs(numerator * under - high))
        size = 0 if low <= 0 <= high else min(abs(low), abs(high))
        if error == 0:
            return most
        if size == 0:
            return 0
        count = 0
        while count < most and error * 10 ** (count + 1) <= size:
            count += 1
        return count


def bounded(text: str) -> float:
    """The float nearest to a decimal text that is not 0, or the largest or smallest there is."""
    x = float(text)
    if x == 0 and any(c in "123456789" for c in text.partition("e")[0]):
        return -SMALLEST if text.startswith("-") else SMALLEST
    return max(-LARGEST, min(LARGEST, x))


def proven_text(low: int, high: int, place: int, digits: int) -> str | None:
    """The number between low and high (times 10^place) with so many significant digits; None where that is open."""
    if low == high:
        size = len(whole_text(abs(low)))
        if size - digits <= 0 or low % 10 ** (size - digits) == 0:
            return decimal_text(low, -place)
        return decimal_text(nearest(low, digits - size), digits - size - place, ends=False)
    if low <= 0 <= high:
        return None
    size = max(len(whole_text(abs(low))), len(whole_text(abs(high))))
    first, second = nearest(low, digits - size), nearest(high, digits - size)
    if first != second or first == 0:
        return None
    return decimal_text(first, digits - size - place, ends=False)


def nearest(x: int, shift: int) -> int:
    """x*10^shift as a whole number, rounded half to even."""
    if shift >= 0:
        return x * power_of_ten(shift)
    if x.bit_length() < -shift:  # less than a tenth
        return 0
    unit = power_of_ten(-shift)
    whole, rest = divmod(x, unit)
    return whole + (2 * rest > unit or (2 * rest == unit and whole % 2))


def nearest_below(x: int, shift: int) -> int:
    """x*10^shift as a whole number, rounded down."""
    if shift >= 0:
        return x * power_of_ten(shift)
    return x // power_of_ten(-shift) if x.bit_length() >= -shift else -(x < 0)


def whole_text(n: int) -> str:
    """The digits of a whole number from 0 on, of which Python writes no more than 4,300 at once."""
    if n.bit_length() < SHORT:
        return str(n)
    half = n.bit_length() * 30103 // 200000
    high, low = divmod(n, power_of_ten(half))
    return whole_text(high) + whole_text(low).zfill(half)


def power_of_ten(n: int) -> int:
    """10^n for n from 0 on."""
    return int(10**n)


def decimal_text(units: int, places: int, ends: bool = True) -> str:
    """units*10^-places as text; a number that `ends` there is written without zeros at its end, another one without
    zeros that would be taken for digits.
    """
    if units == 0:
        return "0"
    sign, digits = "-" if units < 0 else "", whole_text(abs(units))
    e = len(digits) - 1 - places
    if ends:
        digits = digits.rstrip("0")
    if not -5 < e < (max(PLAIN, len(digits)) if ends else len(digits)):
        return f"{sign}{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{e}"
    if e < 0:
        return f"{sign}0.{'0' * (-e - 1)}{digits}"
    whole = digits[: e + 1].ljust(e + 1, "0")
    return f"{sign}{whole}{'.' if len(digits) > e + 1 else ''}{digits[e + 1 :]}"
