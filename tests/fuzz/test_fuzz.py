"""A few seconds of each fuzzer, and every input that once found something."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest

from adcli.function import Function

from . import agree, grammar
from .journal import Journal
from .large import PROGRAMS
from .mutations import LARGEST, mutated
from .operations import OPERATIONS
from .oracle import Case, limited, recorded, tried, workshop
from .programs import program

CORPUS = [json.loads(line) for line in Path(__file__).with_name("corpus.jsonl").read_text("utf-8").splitlines()]
LINES = [pytest.param(line, id=line["why"], marks=[pytest.mark.slow] if line.get("slow") else []) for line in CORPUS]
MOST = 800  # inputs of the short run


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """A journal that writes to a folder of the test."""
    monkeypatch.setattr("fuzz.journal.FOUND", tmp_path)
    return Journal("test")


@pytest.mark.parametrize("line", LINES)
def test_what_once_failed_does_not_fail_again(line: dict[str, object], request: pytest.FixtureRequest) -> None:
    if "flint" in line.get("needs", ""):  # type: ignore[operator]
        pytest.importorskip("flint")
    if line.get("open"):
        request.applymarker(pytest.mark.xfail(strict=True, reason="not mended yet"))
    with workshop(), limited():
        assert tried(recorded(line)) is None


def test_no_random_input_breaks_anything(journal: Journal) -> None:
    grammar.run(journal, seconds=20, seed=20, most=MOST, large=False)
    assert not journal.counts, journal.summary()
    assert sum(journal.tried.values()) > MOST // 10


def test_forward_reverse_and_certified_agree(journal: Journal) -> None:
    pytest.importorskip("flint")
    agree.compare(150, 1, 20, journal)
    assert not journal.counts, journal.summary()
    assert journal.tried["agree"] > 15


def test_the_coverage_guided_fuzzer_runs(capfd: pytest.CaptureFixture[str]) -> None:
    if find_spec("atheris") is None:
        pytest.skip("needs atheris")
    import subprocess
    import sys

    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.fuzz", "coverage", "--seconds", "1", "--seed", "1"]
    done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert b"inputs tried" in done.stdout, done.stderr.decode()[-500:]
    assert b"times" not in done.stdout, done.stdout.decode()


def test_random_programs_are_valid_and_hold_every_function() -> None:
    random = Random(0)
    texts = [program(random, 9) for _ in range(700)]
    rows = {row for text in texts for row in Function(text).tape.rows}
    from adcli.ops import FUNCTIONS

    assert not set(FUNCTIONS.values()) - rows


def test_mutations_keep_to_the_size_that_the_limits_hold_for() -> None:
    random = Random(0)
    for _ in range(300):
        text = mutated(random, program(random), program(random))
        assert len(text.encode("utf-8", "surrogatepass")) <= LARGEST
    assert all(len(text.encode("utf-8", "surrogatepass")) <= LARGEST for text, _ in PROGRAMS)


# The oracle itself: what must not happen is noticed.

HANG = [lambda f, at: [None for _ in iter(int, 1)], "more than 2 s"]
PLANTED = {
    "an exception": [lambda f, at: 1 / 0, "ZeroDivisionError"],
    "a hang": HANG,
    "too much memory": [lambda f, at: bytes(3 << 30), "MemoryError"],
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_must_not_happen_is_noticed(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work, wrong = PLANTED[what]
    monkeypatch.setitem(OPERATIONS, "value", work)  # type: ignore[arg-type]
    with workshop(), limited():
        failure = tried(Case(texts=["x"], numbers=[1.0], operation="value"))
    assert failure is not None
    assert failure.wrong.startswith(str(wrong))


@pytest.mark.parametrize(("code", "text"), [(70, "a bug"), (4, "exit code 4"), (1, "not [0]")])
def test_a_wrong_exit_code_is_noticed(code: int, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.oracle.guarded_run", lambda argv: code)
    with workshop(), limited():
        failure = tried(Case(argv=["eval", "x", "--at", "x=1"], codes=[0]))
    assert failure is not None
    assert text in failure.wrong or str(code) in failure.wrong
