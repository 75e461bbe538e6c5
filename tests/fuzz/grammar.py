"""Grammar-aware fuzzing: random programs and command lines, valid ones and ones that were."""

from __future__ import annotations

import time
from random import Random

from .journal import Journal
from .large import large_line
from .lines import command_line, plain_line
from .mutations import STRANGE, mutated
from .operations import CHEAP, OPERATIONS
from .oracle import Case, limited, load_all, tried, workshop
from .programs import moderate, number, program
from .quizzes import quiz_line
from .tables import table_line

COMMANDS = 0.02  # of the inputs are command lines: one takes ten times as long as a program
KEEP = 50  # programs to be spliced with


class Source:
    """Random inputs, the same for the same seed; with `large` also programs as large as they may be."""

    def __init__(self, seed: int, large: bool = True):
        self.random = Random(seed)
        self.pool = [program(self.random)]
        self.lines = [*[plain_line] * 6, *[command_line] * 8, *[table_line] * 4, quiz_line,
                      *[large_line] * 2 * large]  # fmt: skip

    def case(self) -> Case:
        """The next input."""
        random = self.random
        if random.random() < COMMANDS:
            argv, files, codes = random.choice(self.lines)(random)
            return Case(argv=argv, files=files, codes=codes)
        text = program(random, random.choice([2, 3, 3, 5, 9]), STRANGE if random.random() < 0.35 else ())
        self.pool = [*self.pool[-KEEP:], text]
        kind = random.random()
        if kind < 0.4:
            text = mutated(random, text, random.choice(self.pool))
        elif kind < 0.45:
            text = mutated(random, random.choice(self.pool), text)
        texts = [text] if random.random() < 0.97 else [text, random.choice(self.pool)]
        draw = moderate if random.random() < 0.6 else number
        costly = random.random() < 0.12
        operation = random.choice(list(OPERATIONS) if costly else CHEAP)
        form = random.choice(["json", "text", "json", "tsv", "latex", "markdown"]) if random.random() < 0.05 else ""
        return Case(texts=texts, numbers=[draw(random) for _ in range(3)], operation=operation, form=form)


def run(journal: Journal, seconds: float, seed: int, most: int = 0, large: bool = True) -> Journal:
    """Try inputs for some time (or `most` of them)."""
    load_all()
    source = Source(seed, large)
    end = time.monotonic() + seconds
    with workshop(), limited():
        while time.monotonic() < end and not 0 < most <= sum(journal.tried.values()):
            case = source.case()
            journal.begin(case)
            failure = tried(case, journal.slow)
            if failure is not None:
                journal.failed(case, failure)
    return journal
