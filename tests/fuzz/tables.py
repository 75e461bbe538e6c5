"""Command lines with --points: tables of numbers, valid ones and ones that were, with options that may be wrong."""

from __future__ import annotations

import json
from random import Random

from adcli.numbers.text import write

from .mutations import PIECES, STRANGE, mutated
from .programs import anything, program, variables

COMMANDS = ["eval", "grad", "jacobian", "jvp", "vjp", "hessian", "hvp"]
CELLS = ["", " ", "nan", "inf", "-inf", "NaN", "null", "1,5", "1e400", "1e-400", "0x10", "1_000", "+1", ".5", "5.",
         "-0", "true", '"1"', '"1\n"', '"', '""', "'1'", "1;2", "1 2", "9" * 400, "0." + "0" * 330 + "1", "٣",
         "\u00a01", "\ufeff1", "[1]", "{}", "1e", "e1", "--1", "\x00", "\ud800", "#1"]  # fmt: skip
ENDINGS = ["\n", "\n", "\n", "\r\n", "\r", ""]
SUFFIXES = ["csv", "csv", "csv", "tsv", "jsonl", "parquet", "arrow", "txt", "json"]
OPTIONS = [["--keep"], ["--on-error", "null"], ["--on-error", "skip"], ["--on-error", "skip", "--max-errors", "1"],
           ["--errors", "bad.jsonl"], ["--errors", "p.csv"], ["--workers", "1"], ["--workers", "0"],
           ["--workers", "99"], ["--engine", "numpy"], ["--engine", "x"], ["--line-buffered"], ["--resume"],
           ["-o", "out.csv"], ["-o", "out.jsonl", "--resume"], ["-o", "p.csv"], ["-o", "out.tsv", "-q"],
           ["--strict"], ["--stats"],
           ["--map", "x=a"], ["--map", "x=x"], ["--map", "x=y,y=x"], ["--map", "x"], ["--map", "z=a"],
           ["--columns", "x,y,z"], ["--columns", ""], ["--columns", "x,x"], ["--input-format", "csv"],
           ["--input-format", "jsonl"], ["--input-format", "parquet"], ["--input-format", "x"], ["--at", "x=1"],
           ["--format", "csv"], ["--format", "tsv"], ["--format", "jsonl"], ["--format", "json"], ["--format", "text"],
           ["--precision", "20"], ["--certify"], ["--wrt", "x"], ["--digits", "5"], ["--points", "p.csv"],
           ["--points", "none.csv"], ["--points", "*.csv"], ["--points", "."], ["--checkpoint"]]  # fmt: skip


def table_line(random: Random) -> tuple[list[str], dict[str, str], list[int]]:
    """The arguments and the table; no exit code is expected."""
    text = program(random, strange=STRANGE if random.random() < 0.3 else ())
    if random.random() < 0.2:
        text = mutated(random, text, program(random))
    names = variables(text, ["x", "y"])[:20]
    suffix = random.choice(SUFFIXES)
    given = [*names, *random.choice([[], [], ["a"], ["x"]])]
    random.shuffle(given)
    table = (lines if suffix in ("jsonl", "json") else cells)(random, given, "\t" if suffix == "tsv" else ",")
    if random.random() < 0.3:
        table = mutated(random, table, text)
    command = random.choice(COMMANDS)
    line = [command, text, "--points", f"p.{suffix}"]
    if command in ("jvp", "hvp"):
        line += ["--tangent", ",".join(f"{name}=1" for name in names[:2])]
    elif command == "vjp":
        line += ["--cotangent", "y=1"]
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        line += random.choice(OPTIONS)
    return [*line, "--max-nodes", "20000"], {f"p.{suffix}": table}, []


def cells(random: Random, names: list[str], separator: str) -> str:
    """A table with a header."""
    wrong = random.choice([0.0, 0.0, 0.05, 0.5])
    rows = [names]
    for _ in range(random.choice([0, 1, 2, 5, 40])):
        row = [random.choice([*CELLS, *PIECES]) if random.random() < wrong else write(anything(random)) for _ in names]
        if random.random() < wrong / 4:
            row = row[:-1] if random.random() < 0.5 else [*row, "1"]
        rows.append(row)
    end = random.choice(ENDINGS)
    return random.choice(["", "", "", "\ufeff"]) + (end or "\n").join(separator.join(row) for row in rows) + end


def lines(random: Random, names: list[str], _: str) -> str:
    """A table of JSON lines."""
    wrong = random.choice([0.0, 0.0, 0.05, 0.5])
    odd = [None, True, "1", "x", [1], {}, {"a": 1}, 10**400, "nan", 1e-320, -0.0, ""]
    rows = []
    for _ in range(random.choice([0, 1, 2, 5, 40])):
        row = {name: random.choice(odd) if random.random() < wrong else anything(random) for name in names}
        if row and random.random() < wrong / 4:
            del row[random.choice(list(row))]
        rows.append(json.dumps(row))
    end = random.choice(ENDINGS) or "\n"
    return end.join(rows) + end
