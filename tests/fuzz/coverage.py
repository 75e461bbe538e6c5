"""Coverage-guided fuzzing: atheris (libFuzzer) on the parser, the tape and the engines, with the same oracle.

An input is two bytes, which choose the operation and the point, and the program in UTF-8. What fails is written down,
and the fuzzer goes on.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from .mutations import PIECES, STRANGE

INSTRUMENTED = ["adcli.parse", "adcli.tape", "adcli.engines"]
SEEDS = 400  # programs of the grammar-aware fuzzer to begin with
NUMBERS = [[1.0], [0.0], [-1.5, 2.0, 0.5], [1e308, -1e-308], [float("inf"), 3.0], [float("nan")], [0.5, 0.25], [2.0]]


def dictionary() -> str:
    """The words of the language and what is hostile, as libFuzzer reads them."""
    from adcli.ops import FUNCTIONS

    words = [*FUNCTIONS, *(piece for piece in [*PIECES, *STRANGE] if piece.isprintable())]
    texts = ("".join(f"\\x{b:02x}" for b in word.encode()) for word in words if len(word) < 60)
    return "".join(f'"{text}"\n' for text in texts)


def fuzz(seconds: float, seed: int) -> None:
    """Fuzz for some time in a child process (libFuzzer ends the process that it is in), and print its summary."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            fuzz_here(seconds, seed, Path(folder))
        _, status = os.waitpid(child, 0)
        print(Path(folder, "summary").read_text(encoding="utf-8"))
        if os.WIFSIGNALED(status):
            print(f"ended by signal {os.WTERMSIG(status)}")


def fuzz_here(seconds: float, seed: int, folder: Path) -> None:
    """Fuzz in this process; the summary is written every second. Does not return."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        from .oracle import load_all

        load_all()
    from .journal import Journal
    from .operations import CHEAP, OPERATIONS
    from .oracle import Case, limited, tried, workshop
    from .programs import program

    journal = Journal(f"coverage-{seed}")
    names = [*CHEAP, *CHEAP, *OPERATIONS]
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    random = Random(seed)
    for i in range(SEEDS):
        text = program(random, 4, STRANGE)
        (corpus / str(i)).write_bytes(bytes([i % 256, i % 7]) + text.encode("utf-8", "surrogatepass"))
    words.write_text(dictionary(), encoding="ascii")
    told = 0.0

    def one(data: bytes) -> None:
        nonlocal told
        if len(data) < 3:
            return
        case = Case(
            texts=[data[2:].decode("utf-8", "surrogateescape")], numbers=NUMBERS[data[1] % len(NUMBERS)],
            operation=names[data[0] % len(names)], form="json" if data[1] > 250 else "",
        )  # fmt: skip
        journal.begin(case)
        failure = tried(case, journal.slow)
        if failure is not None:
            journal.failed(case, failure)
        if time.monotonic() - told > 1:
            told = time.monotonic()
            (folder / "summary").write_text(journal.summary(), encoding="utf-8")

    options = [f"-max_total_time={int(seconds)}", f"-dict={words}", "-max_len=4000", "-timeout=100", "-rss_limit_mb=0",
               f"-seed={seed}", "-print_final_stats=1", "-verbosity=0", "-detect_leaks=0"]  # fmt: skip
    with workshop(), limited():
        atheris.Setup([sys.argv[0], *options, str(corpus)], one)
        atheris.Fuzz()
