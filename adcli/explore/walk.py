"""A walk through a recorded trace: where somebody stands, and where the keys lead from there."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from adcli.errors import Problem, ProblemError
from adcli.report.document import View
from adcli.report.live import LiveRecord
from adcli.report.paging import Place, sources
from adcli.report.record import AGAIN, Record
from adcli.report.steps import Step, Steps, sweeps

WORDS: dict[str, Callable[[float], bool]] = {"nan": math.isnan, "inf": math.isinf, "zero": lambda x: x == 0}


PART_OF_NUMBER = re.compile(r"-?\d*\.?\d*(?:e[-+]?\d*)?", re.ASCII)


class Found(NamedTuple):
    """What a search came to: how many rows fit, and which of them this is, from 1; 0 of 0 where there is none."""

    number: int
    total: int


class Walk:
    """A place in a record, and the way that led there.

    record  the trace
    view    how its numbers and names are written
    sweep, seed, index    the step: of which sweep, of which seed, which one of it
    term    which of its terms is chosen
    """

    def __init__(self, record: Record, view: View):
        self.record = record
        self.view = view
        self.sweep, self.seed = "primal", ""
        self.index = self.term = 0
        self.trail: list[tuple[Place, int]] = []
        self.sought = ""  # what was looked for last
        self._steps: dict[tuple[str, str], Steps] = {}
        self._step = lru_cache(maxsize=256)(self._made)

    # Where it is

    @property
    def steps(self) -> Steps:
        """The sweep it is in."""
        key = (self.sweep, self.seed)
        if key not in self._steps:
            self._steps[key] = Steps(self.record, *key, self.view)
        return self._steps[key]

    @property
    def step(self) -> Step:
        return self._step(self.sweep, self.seed, self.index)

    def _made(self, sweep: str, seed: str, index: int) -> Step:
        try:
            step: Step = self.steps[index]
        except (LookupError, ValueError) as fault:
            if isinstance(self.record, LiveRecord):
                raise  # a bug; a file may hold anything
            headline = f"the trace does not fit together at {self.steps.order[index][0]}"
            raise ProblemError(Problem("file", headline, note=str(fault), hint=AGAIN)) from None
        return step

    @property
    def node(self) -> str:
        """The node or the output that the step is about."""
        return self.steps.order[self.index][0]

    @property
    def place(self) -> Place:
        return self.sweep, self.seed, self.index

    @property
    def rows(self) -> list[str]:
        """The nodes and outputs of the sweep in the order of the table."""
        order = [name for name, _ in self.steps.order]
        return order[:0:-1] + order[:1] if self.sweep == "adjoint" else order

    @property
    def row(self) -> int:
        """Where the step's node stands among them: in a reverse sweep the output is the last row and the first step."""
        count = len(self.steps)
        return (count - 1 - self.index) if self.sweep == "adjoint" else self.index

    def is_done(self, row: int) -> bool:
        """Whether the sweep has come to a row."""
        return row >= self.row if self.sweep == "adjoint" else row <= self.row

    @property
    def read(self) -> list[str]:
        """The nodes that the step reads, and the output a sweep starts from, in the order of the terms."""
        try:
            found = sources(self.record, self.sweep, self.step)
        except ProblemError:  # which the panes tell
            return []
        return [name for name in found if name in self.record.by_name or name in self.record.ends]

    # Where the keys lead

    def move(self, by: int) -> None:
        """So many steps on, or back."""
        self.go(self.index + by)

    def move_rows(self, by: int) -> None:
        """So many rows down the table, or up."""
        self.move(-by if self.sweep == "adjoint" else by)

    def go(self, index: int) -> None:
        """To a step of this sweep; beyond its ends, to the end."""
        self.index = min(max(index, 0), len(self.steps) - 1)
        self.term = 0

    def to_row(self, row: int) -> None:
        self.go(len(self.steps) - 1 - row if self.sweep == "adjoint" else row)

    def to(self, name: str) -> bool:
        """To the step about a node or an output; whether there is one in this sweep."""
        for i, (one, _) in enumerate(self.steps.order):
            if one == name:
                self.go(i)
                return True
        return False

    def turn(self, sweep: str) -> bool:
        """To the same node in a sweep of this kind, of its first seed; whether the record has one."""
        seeds = self.seeds(sweep)
        if not seeds:
            return False
        if sweep != self.sweep:
            self.enter(sweep, seeds[0])
        return True

    def next_seed(self) -> bool:
        """To the same node for the next seed of this kind of sweep; whether there are several."""
        seeds = self.seeds(self.sweep)
        if len(seeds) > 1:
            self.enter(self.sweep, seeds[(seeds.index(self.seed) + 1) % len(seeds)])
        return len(seeds) > 1

    def enter(self, sweep: str, seed: str) -> None:
        """To the same node in this sweep, or where that has none (a condition, another output) to its beginning."""
        name = self.node
        self.sweep, self.seed = sweep, seed
        self.index = self.term = 0
        self.to(name)

    def seeds(self, sweep: str) -> list[str]:
        return [seed for one, seed in sweeps(self.record) if one == sweep]

    def moved_to(self, record: Record) -> Walk:
        """A walk through another record, at the same node of the same sweep if that is there."""
        walk = Walk(record, self.view)
        walk.to(self.node)
        if self.seed in walk.seeds(self.sweep):
            walk.enter(self.sweep, self.seed)
        else:
            walk.turn(self.sweep)
        return walk

    def choose(self, by: int) -> None:
        """To the next term of the step, or the one before; around the end."""
        if self.read:
            self.term = (self.term + by) % len(self.read)

    def follow(self) -> bool:
        """To the node that the chosen term reads; whether it reads one of this sweep."""
        here = (self.place, self.term)
        if not self.read or not self.to(self.read[self.term]):
            return False
        self.trail.append(here)
        return True

    def back(self) -> bool:
        """To where the last step was followed from; whether there is such a place."""
        if not self.trail:
            return False
        (self.sweep, self.seed, self.index), self.term = self.trail.pop()
        return True

    def find(self, text: str) -> Found:
        """To the next row that fits: its name, its op, its formula, its value, the kind of a note, or one of the words
        nan, inf and zero. A row of just that name comes first.
        """
        text = text.strip()
        rows = self.rows
        found = [i for i, name in enumerate(rows) if self.fits(name, text)] if text else []
        if not found:
            return Found(0, 0)
        exact = [i for i in found if text in (rows[i], self.formula(rows[i]))]
        after = [i for i in found if i > self.row]
        again, self.sought = text == self.sought, text
        row = exact[0] if exact and not again else (after or found)[0]
        self.to_row(row)
        return Found(found.index(row) + 1, len(found))

    def formula(self, name: str) -> str:
        """The formula of a node; of an output, its node."""
        node = self.record.by_name.get(name)
        return node.formula if node else self.record.ends[name].node

    def fits(self, name: str, text: str) -> bool:
        record = self.record
        node = record.by_name.get(name)
        value = node.value if node else record.ends[name].value
        if text in WORDS:
            numbers = [value]
            if node is not None and self.sweep != "primal":
                numbers.append((node.tangents if self.sweep == "tangent" else node.adjoints)[self.seed])
            return any(WORDS[text](x) for x in numbers if not isinstance(x, bool))
        if text in (remark.kind for remark in record.notes if remark.node == name):
            return True
        if PART_OF_NUMBER.fullmatch(text) and self.view.number(value).startswith(text):
            return True
        return text in name or text in self.formula(name) or (node is not None and node.op == text)
