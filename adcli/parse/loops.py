"""The rounds of comprehensions: which there are, and how many may be made."""

from __future__ import annotations

from collections.abc import Iterator

from adcli.errors import Problem, ProblemError, Span
from adcli.parse.code import Block, Loop
from adcli.parse.constants import Constants
from adcli.tape.tape import Builder, too_many

WORK = 50  # instructions for each node that a program may have: nodes that are shared cost time and no node


class Rounds:
    """All rounds of a program. Raises ProblemError beyond the limit of the builder."""

    def __init__(self, builder: Builder, constants: Constants, problems: list[Problem]):
        self.builder = builder
        self.constants = constants
        self.problems = problems
        self.count = 0
        self.work = 0

    def charge(self, instructions: int) -> None:
        """One more round of so many instructions. Raises ProblemError where they are too many in all."""
        self.work += instructions
        if self.work > WORK * self.builder.max_nodes:
            raise self.too_many(None)

    def too_many(self, span: Span | None) -> ProblemError:
        return ProblemError(*self.problems, too_many(self.builder.max_nodes, span, self.builder.tape.source))

    def rounds(
        self, body: Block, loops: tuple[Loop, ...], scope: dict[str, int], counters: dict[str, int]
    ) -> Iterator[tuple[Block, dict[str, int]]]:
        """The body and the loop names' values, for every round; loops nest from left to right."""
        if len(loops) > 1:
            self.check_rounds(loops, scope, counters)
        stack = [self.counted_range(loops[0], scope, counters)]
        current = [dict(counters)]
        while stack:
            value = next(stack[-1], None)
            if value is None:
                stack.pop()
                current.pop()
                continue
            depth = len(stack) - 1
            names = {**current[depth], loops[depth].name: value}
            if depth + 1 == len(loops):
                yield body, names
            else:
                current.append(names)
                stack.append(self.counted_range(loops[depth + 1], scope, names))

    def check_rounds(self, loops: tuple[Loop, ...], scope: dict[str, int], counters: dict[str, int]) -> None:
        """Raise ProblemError for nested loops that are too many rounds before one is made: as far as their bounds do
        not depend on one another.
        """
        total = 1
        names: set[str] = set()
        for loop in loops:
            if names & {text for block in (loop.lower, loop.upper) for text in block.payloads if isinstance(text, str)}:
                break
            names.add(loop.name)
            ends = [self.constants.silently(block, scope, counters) for block in (loop.lower, loop.upper)]
            if ends[0] is None or ends[1] is None:
                return
            total *= max(0, ends[1] - ends[0] + 1)
        if self.count + total > self.builder.max_nodes:
            raise ProblemError(
                *self.problems, too_many(self.builder.max_nodes, loops[0].span, self.builder.tape.source)
            )

    def counted_range(self, loop: Loop, scope: dict[str, int], counters: dict[str, int]) -> Iterator[int]:
        lower = self.constants.whole(loop.lower, scope, counters, "a bound")
        upper = self.constants.whole(loop.upper, scope, counters, "a bound")
        if lower is None or upper is None:
            return iter(())
        self.count += max(0, upper - lower + 1)
        if self.count > self.builder.max_nodes:
            raise self.too_many(loop.span)
        return iter(range(lower, upper + 1))
