"""python -m tests.fuzz grammar|coverage|agree: try very many inputs, and write what goes wrong to tests/fuzz/found/."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .watched import watched


def main(arguments: Sequence[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    modes = asked.add_subparsers(dest="mode", required=True)
    for name, what in (("grammar", "random programs and command lines"), ("coverage", "atheris"),
                       ("agree", "forward, reverse and certified on valid programs")):  # fmt: skip
        mode = modes.add_parser(name, help=what)
        mode.add_argument("--seed", type=int, default=1, help="of the random inputs (default: 1)")
        mode.add_argument("--seconds", type=float, default=60, help="how long (default: 60)")
        if name == "agree":
            mode.add_argument("--count", type=int, default=100_000, help="how many programs (default: 100,000)")
    given = asked.parse_args(arguments)
    if given.mode == "grammar":
        from .grammar import run

        watched("grammar", given.seconds, given.seed, run)
    elif given.mode == "coverage":
        from .coverage import fuzz

        fuzz(given.seconds, given.seed)
    else:
        from .agree import compare

        print(compare(given.count, given.seed, given.seconds).summary())


if __name__ == "__main__":
    main()
