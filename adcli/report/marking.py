"""Marking an answer to one line of a trace: right, or which term of it is wrong and how."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from adcli.report.answers import TIGHT, Answer, Named, read
from adcli.report.mistakes import Mistake, Part, in_a_term, mistakes, parts, ranked
from adcli.report.number import display
from adcli.report.steps import Step, Steps, listed

TOLERANCE = 0.005  # relative: whatever is right to three significant digits
CLOSE = 0.05  # relative: what may come of rounding on the way
LEAST = 1e-14  # below which a number is 0


class Verdict(NamedTuple):
    """What an answer is worth. `kind` is 'right', that of the mistake (see KINDS), 'digits', 'rounded', 'terms',
    'extra' or 'off'; `source` the node whose term is wrong, where one is.
    """

    right: bool
    kind: str
    message: str
    source: str = ""


RIGHT = Verdict(True, "right", "right")


class Line:
    """A line of a trace that is asked for: what is right, and what can go wrong."""

    def __init__(self, steps: Steps, step: Step, tolerance: float = TOLERANCE):
        self.steps = steps
        self.step = step
        self.tolerance = tolerance
        self.total = float(step.total)

    @cached_property
    def parts(self) -> list[Part]:
        return parts(self.steps, self.step)

    @cached_property
    def mistakes(self) -> list[Mistake]:
        """Those that come to another number, the most telling first."""
        found = mistakes(self.steps, self.step, self.parts)
        return [one for one in found if math.isfinite(one.value) and not self.equals(one.value, self.tolerance)]

    def equals(self, x: float, tolerance: float) -> bool:
        """Whether a number is the right one. Of a sum that cancels, what rounding leaves is 0."""
        scale = max([abs(self.total), *(abs(part.value) for part in self.parts)])
        return abs(x - self.total) <= max(tolerance * abs(self.total), TIGHT * scale, LEAST)

    def mark(self, text: str) -> Verdict:
        """The verdict on an answer. Raises ProblemError for one that cannot be read."""
        answer = read(text, self.steps.record, self.step)
        if self.equals(answer.value, TIGHT if answer.exact else self.tolerance):
            return RIGHT
        return self.by_digits(answer) or self.by_terms(answer) or self.by_number(answer) or self.by_distance(answer)

    def by_digits(self, answer: Answer) -> Verdict | None:
        """Right to fewer digits than are asked for, unless it is what a mistake leads to exactly."""
        if not 0 < answer.digits < 3 or answer.value != float(f"{self.total:.{answer.digits - 1}e}"):
            return None
        if any(abs(answer.value - one.value) <= TIGHT * abs(one.value) for one in self.mistakes):
            return None
        digits = "1 digit" if answer.digits == 1 else f"{answer.digits} digits"
        return Verdict(False, "digits", f"right to {digits}; three are asked for")

    def by_terms(self, answer: Answer) -> Verdict | None:
        """A sum is compared term by term."""
        if answer.digits or len(self.parts) < 2:
            return None
        left, extra = matched(self.parts, answer)
        if len(extra) == 0 and len(left) == 1:
            return Verdict(False, "missing", f"the contribution from {left[0].source} is missing", left[0].source)
        if extra and not left:
            twice = [part.source for part in self.parts if same(extra[0].value, part.value, answer)]
            if twice and len(extra) == 1:
                return Verdict(False, "twice", f"the contribution from {twice[0]} is counted twice", twice[0])
            too_much = listed([one.text for one in extra])
            return Verdict(False, "extra", f"{too_much} {'does' if len(extra) == 1 else 'do'} not belong here")
        if len(extra) == 1 and len(left) == 1:
            return self.of_a_term(left[0], extra[0], answer)
        if len(extra) == len(left) < len(self.parts):
            return Verdict(False, "terms", f"the terms from {listed([part.source for part in left])} are wrong")
        return None

    def of_a_term(self, part: Part, given: Named, answer: Answer) -> Verdict:
        """What is wrong with the one term that is."""
        where = f"the term from {part.source}"
        for one in ranked(list(in_a_term(self.steps, self.step, part))):
            if not same(one.value, part.value, answer) and same(given.value, one.value, answer):
                return Verdict(False, one.kind, f"{where}: {one.text}", part.source)
        text = f"{where} is {part.weight} times the partial of {part.user} in {part.wrt}; {given.text} is not"
        return Verdict(False, "terms", text, part.source)

    def by_number(self, answer: Answer) -> Verdict | None:
        """The first mistake that leads to this number: to all its digits, or nearly."""
        tolerances = answer.tolerances if answer.exact else [*answer.tolerances, self.tolerance]
        for tolerance in tolerances:
            if tolerance is self.tolerance and abs(answer.value - self.total) <= CLOSE * abs(self.total):
                return Verdict(False, "rounded", f"close, {self.off(answer)}: rounded too early?")
            for one in self.mistakes:
                if answer.means(one.value, tolerance):
                    where = f"the term from {one.source}: " if self.names_term(one) else ""
                    return Verdict(False, one.kind, where + one.text, one.source)
        return None

    def names_term(self, one: Mistake) -> bool:
        """Whether it must be said which term a mistake is in."""
        return bool(one.source) and len(self.parts) > 1 and one.kind not in ("missing", "twice", "only")

    def by_distance(self, answer: Answer) -> Verdict:
        return Verdict(False, "off", f"not yet: {self.off(answer)}")

    def off(self, answer: Answer) -> str:
        """How far off an answer is, in words."""
        if not self.total:
            return "too large" if answer.value > 0 else "too small"
        ratio = answer.value / self.total
        if ratio < 0:
            return "neither the sign nor the size is right"
        if ratio == 0:
            return "it is not 0"
        factor = max(ratio, 1 / ratio)
        way = ("large" if ratio > 1 else "small") + (", disregarding the sign" if self.total < 0 else "")
        if factor >= 2:
            return f"too {way} by a factor of {display(float(f'{factor:.1e}'), 1)}"
        return f"{display(float(f'{abs(ratio - 1) * 100:.0e}'), 2)}% too {way}"


def matched(terms: Sequence[Part], answer: Answer) -> tuple[list[Part], list[Named]]:
    """(terms that the answer lacks, terms that it has too much)."""
    left, extra = list(terms), []
    for given in answer.terms:
        found = next((part for part in left if same(given.value, part.value, answer)), None)
        if found is None:
            extra.append(given)
        else:
            left.remove(found)
    return left, extra


def same(x: float, y: float, answer: Answer) -> bool:
    """Whether two numbers are one, as exactly as the answer was written."""
    return abs(x - y) <= (TIGHT if answer.exact else TOLERANCE) * max(abs(x), abs(y))
