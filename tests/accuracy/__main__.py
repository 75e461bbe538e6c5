"""python -m tests.accuracy: measure every row at many points, and write tests/accuracy/RESULTS.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .audit import ROWS, SEED, audit
from .known import LOST
from .report import document
from .truth import DIGITS

POINTS = 10_000
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and write it where all rows were measured."""
    asked = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    asked.add_argument("rows", nargs="*", metavar="ROW", help="keys of rows (default: all, and RESULTS.md is written)")
    asked.add_argument("--points", type=int, default=POINTS, help=f"points a row (default: {POINTS})")
    asked.add_argument("--seed", default=SEED, help=f"where the random points start (default: {SEED})")
    asked.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    given = asked.parse_args(arguments)
    strange = [key for key in given.rows if key not in ROWS]
    if strange:
        asked.error(f"there is no row {strange[0]}")
    keys = given.rows or ROWS
    command = " ".join(
        [
            "python -m tests.accuracy",
            *given.rows,
            f"--points {given.points}",
            *[f"--seed {given.seed}"] * (given.seed != SEED),
        ]
    )
    findings = []
    with ProcessPoolExecutor(given.jobs) as pool:
        for finding in pool.map(audit, keys, [given.points] * len(keys), [given.seed] * len(keys)):
            findings.append(finding)
            print(f"\r{len(findings)} of {len(keys)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    lost = {key: LOST[key] for key in keys if key in LOST}
    text = document(findings, command, DIGITS, lost)
    print(text, end="")
    if not given.rows:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
