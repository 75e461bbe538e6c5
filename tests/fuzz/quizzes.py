"""Command lines of quiz: worksheets, and answers of every kind to be marked."""

from __future__ import annotations

from random import Random

from .mutations import PIECES, STRANGE, mutated
from .programs import moderate, program, variables

NAMES = ["v1", "v-1", "v0bar", "vbar2", "v1dot", "vdot2", "dv3", "v̄1", "v̇2", "x", "x1", "y", "v99", "seed", "1"]
SIGNS = ["*", "+", "-", "/", "^", " ", "**", "·", "="]
OPTIONS = [["--worksheet"], ["--solutions"], ["--answers", "a.txt"], ["--answers", "a.txt"], ["--answers", "a.txt"],
           ["--answers", "none"], []]  # fmt: skip
OTHERS = [["--mode", "forward"], ["--mode", "both"], ["--level", "1"], ["--level", "5"], ["--level", "9"],
          ["--tolerance", "0"], ["--tolerance", "1e400"], ["--tolerance", "-1"], ["--tolerance", "nan"],
          ["--count", "3"], ["--count", "0"], ["--count", "99999999"], ["--seed", "7"], ["--seed", "-1"],
          ["--format", "json"], ["--format", "html"], ["--format", "latex"], ["--format", "svg"], ["--strict"],
          ["--wrt", "x"], ["--of", "y"], ["--digits", "2"], ["-o", "out.md"], ["--random"]]  # fmt: skip


def quiz_line(random: Random) -> tuple[list[str], dict[str, str], list[int]]:
    """The arguments and the answers; no exit code is expected."""
    if random.random() < 0.4:
        line = ["quiz", "--random", "--seed", str(random.randrange(1000)), "--level", str(random.randint(1, 5))]
    else:
        text = program(random, strange=STRANGE if random.random() < 0.2 else ())
        names = variables(text, ["x"])
        line = ["quiz", text, "--at", ",".join(f"{name}={moderate(random)!r}" for name in names)]
    line += random.choice(OPTIONS)
    for _ in range(random.choice([0, 1, 1, 2])):
        line += random.choice(OTHERS)
    answers = "\n".join(answer(random) for _ in range(random.choice([0, 1, 5, 30])))
    return [*line, "--max-nodes", "20000"], {"a.txt": answers}, []


def answer(random: Random) -> str:
    """One line of answers."""
    kind = random.random()
    if kind < 0.2:
        return repr(moderate(random))
    if kind < 0.5:
        return "".join(random.choice(NAMES) + random.choice(SIGNS) for _ in range(random.randint(1, 4))) + "2"
    text = random.choice(["", program(random), random.choice(PIECES), random.choice(["1.7", "s", "q", "?", "nan"])])
    return mutated(random, text, program(random)) if random.random() < 0.3 else text
