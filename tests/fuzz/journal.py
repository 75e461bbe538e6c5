"""What a run has found: each distinct failure once, as a JSON line under found/, and the summary at the end."""

from __future__ import annotations

import json
from collections import Counter
from mmap import mmap
from pathlib import Path
from typing import Any

from .minimise import same, smaller
from .oracle import Case, Failure, tried

FOUND = Path(__file__).with_name("found")
KEPT = 2  # inputs of one failure that are written down


class Journal:
    """Failures by signature, and how many inputs were tried."""

    def __init__(self, name: str, slot: mmap | None = None):
        self.slot = slot
        FOUND.mkdir(exist_ok=True)
        self.path = FOUND / f"{name}.jsonl"
        self.counts: Counter[tuple[str, str]] = Counter()
        self.tried: Counter[str] = Counter()
        self.slow: set[str] = set()  # places that are too slow

    def begin(self, case: Case) -> None:
        """Count an input, and leave it where the watching process finds it."""
        self.tried["command lines" if case.argv else "programs"] += 1
        if self.slot is not None:
            text = json.dumps(case.record()).encode()[: len(self.slot) - 16]
            self.slot[:16] = b"%8d%8d" % (sum(self.tried.values()) % 10**8, len(text))
            self.slot[16 : 16 + len(text)] = text

    def failed(self, case: Case, failure: Failure) -> None:
        """Count a failure; the first ones of a kind are tried again, made smaller and written down."""
        signature = failure.wrong.split(":")[0], failure.where
        self.counts[signature] += 1
        if self.counts[signature] <= KEPT:
            if not same(failure, tried(case)):
                self.write(case, failure, again=False)
                return
            small = smaller(case, failure)
            self.write(small, tried(small) or failure)
            if failure.wrong.startswith("more than"):
                self.slow.add(failure.where)

    def count(self, case: Case, failure: Failure) -> None:
        """Count a failure that no smaller input is looked for, and write it down."""
        self.counts[failure.wrong.split()[0], failure.where] += 1
        if self.counts[failure.wrong.split()[0], failure.where] <= 100:
            self.write(case, failure)

    def write(self, case: Case, failure: Failure, **more: Any) -> None:
        """A line of found/."""
        line = {**case.record(), "wrong": failure.wrong, "where": failure.where, "tail": failure.tail, **more}
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    def summary(self) -> str:
        """How many inputs were tried, and what was found."""
        lines = [f"{sum(self.tried.values()):,} inputs tried: {', '.join(f'{n:,} {w}' for w, n in self.tried.items())}"]
        lines += [f"{n:6,} times {wrong} at {where}" for (wrong, where), n in self.counts.most_common()]
        return "\n".join(lines)
