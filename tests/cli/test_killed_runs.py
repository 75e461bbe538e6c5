"""--points: runs that are killed go on, two do not write one file, and very many rows take little memory."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pointed import grad, large
from running import PATIENCE, TEXTBOOK, process, shell, surroundings


def run_and_kill(command: list[str], after: float) -> int:
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=surroundings({})) as run:
        try:
            return run.wait(timeout=after)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            return run.wait()


FREQUENT = """
from adcli.points import journal, lines
journal.EVERY, lines.PIECE = 0, 1 << 14
from adcli.__main__ import main
main()
"""


def killed_and_resumed(tmp_path: Path, times: int, rows: int) -> None:
    """The same bytes as without being killed, at whatever place that is; errors are listed once."""
    source = tmp_path / "in.csv"
    large(source, rows)
    text = source.read_text().splitlines(keepends=True)
    for i in range(5, len(text), 997):
        text[i] = "oops,1,\n"
    source.write_text("".join(text))
    options = ["--points", str(source), "--keep", "--on-error", "null"]
    command = [sys.executable, "-c", FREQUENT, "grad", TEXTBOOK, *options]
    whole = [*command, "-o", str(tmp_path / "whole.csv"), "--errors", str(tmp_path / "whole.jsonl")]
    start = time.monotonic()
    assert subprocess.run(whole, stderr=subprocess.DEVNULL, env=surroundings({}), check=False).returncode == 4
    usual = time.monotonic() - start
    draw = random.Random(7)
    resumed = [*command, "-o", str(tmp_path / "out.csv"), "--errors", str(tmp_path / "out.jsonl"), "--resume"]
    kills = went_on = 0
    while kills < times:
        for name in ("out.csv", "out.csv.part", "out.csv.journal", "out.jsonl"):
            (tmp_path / name).unlink(missing_ok=True)
        while run_and_kill(resumed, draw.uniform(0.15, 1.0) * usual) == -signal.SIGKILL:
            kills += 1
            went_on += (tmp_path / "out.csv.journal").exists()
            if (tmp_path / "out.csv").exists():  # killed between its last rename and its end
                break
        for ending in ("csv", "jsonl"):
            assert (tmp_path / f"out.{ending}").read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()
        assert not (tmp_path / "out.csv.journal").exists()
    assert went_on > times // 4


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, 3, 30_000)


@pytest.mark.slow
def test_runs_killed_fifty_times_go_on(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, 50, 60_000)


def test_an_interrupt_says_how_to_go_on(points: Path) -> None:
    large(points, 300_000)
    code = FREQUENT.replace("1 << 14", "1 << 12")
    command = [sys.executable, "-c", code, "grad", TEXTBOOK, "--points", "in.csv", "-o", "out.csv"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=surroundings({})) as run:
        while not Path("out.csv.journal").exists():
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert "the same command with --resume goes on" in err
    assert Path("out.csv.part").exists()
    changed = process(f'grad "{TEXTBOOK}+1" --points in.csv -o out.csv --resume')
    assert (changed.code, "was begun with another program" in changed.err) == (2, True)
    points.write_text(points.read_text() + "1,2,\n")
    changed = process(f'grad "{TEXTBOOK}" --points in.csv -o out.csv --resume')
    assert (changed.code, "another input" in changed.err) == (2, True)
    assert process("eval x1 --points in.csv -o out.csv").code == 0
    assert not Path("out.csv.part").exists()


def test_two_runs_do_not_write_one_file(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fcntl = pytest.importorskip("fcntl")
    with open("out.csv.part", "wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ran = grad(capsys, "--points in.csv -o out.csv")
    assert (ran.code, "another run is writing" in ran.err) == (2, True)


def test_a_spoilt_journal_is_refused(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.csv.part").write_text("x1")
    for text in ("", "{}", "[", '{"asked": "", "size": 5, "state": {}}'):
        Path("out.csv.journal").write_text(text)
        ran = grad(capsys, "--points in.csv -o out.csv --resume")
        assert ran.code == 2
        assert "begin anew without --resume" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs ulimit -v")
def test_ten_million_rows_in_little_memory(tmp_path: Path) -> None:
    large(tmp_path / "in.csv", 10_000_000)
    command = f'adcli grad "{TEXTBOOK}" --points in.csv -o out.csv'
    ran = shell(
        f"cd {tmp_path}; ulimit -v 3000000; {command}; echo $?; wc -l < out.csv",
        OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1",
    )  # fmt: skip
    assert ran.out.split() == ["0", "10000001"]
