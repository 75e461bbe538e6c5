"""Nothing breaks it: interrupts, broken pipes, several processes at once; and the same bytes on every run."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import PATIENCE, TEXTBOOK, process, shell, surroundings
from test_commands import RUNS


@pytest.mark.parametrize("command", RUNS)
def test_the_same_bytes_for_every_hash_seed_and_locale(command: str) -> None:
    line = f"{RUNS[command]} --format json" if command != "modes" else RUNS[command]
    first = process(line, PYTHONHASHSEED="1", LC_ALL="C.UTF-8")
    second = process(line, PYTHONHASHSEED="2", LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8")
    assert first == second
    assert first.code == 0


LONG = {
    "taylor": "taylor 'exp(sin(exp(x)))' --at x=0.3 --order 9000",
    "check": f"check '[sin(x[i])^2 for i in 1..300]' --at x=[{','.join(['0.5'] * 300)}] --box x[1]=0:1 --samples 500",
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("name", LONG)
def test_an_interrupt_ends_with_130_and_says_nothing(name: str) -> None:
    line = LONG[name]
    running = subprocess.Popen(
        [sys.executable, "-m", "adcli", *shlex.split(line)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=surroundings({}), text=True,
    )  # fmt: skip
    time.sleep(1.0)
    assert running.poll() is None, "it should take longer"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, out, err) == (130, "", "")


@pytest.mark.parametrize(
    "line",
    [
        "check '[x*y,x/y]' --at x=1,y=2",
        "propagate '[x*y,x/y]' --at x=1,y=2 --sigma x=0.1",
        "trace 'sum(sin(x*i) for i in 1..3000)' --at x=1 --rounding --mode reverse",
    ],
)
def test_a_pipe_that_is_closed_is_141_and_silent(line: str) -> None:
    ran = shell(f"adcli {line} | true; echo ${{PIPESTATUS[0]}}")
    assert ran.out in ("141\n", "0\n")  # 0 where all was written before the pipe was closed
    assert ran.err == ""


def test_many_processes_share_state_and_cache(tmp_path: Path) -> None:
    homes = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env = surroundings({**homes, "ADCLI_NO_STATE": ""})
    commands = [[sys.executable, "-m", "adcli", "grad", TEXTBOOK, "--at", f"x1=2,x2={k}"] for k in range(8)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen(one, env=env, **pipes) for one in commands]  # type: ignore[call-overload]
    results = [(one.communicate(timeout=PATIENCE), one.returncode) for one in running]
    assert [(code, err) for (_, err), code in results] == [(0, b"")] * 8
    assert len({out for (out, _), _ in results}) == 8
    kept = json.loads((tmp_path / "state" / "adcli" / "last.json").read_text())
    assert kept["program"] == [TEXTBOOK]
    left = [path.name for path in (tmp_path / "state" / "adcli").iterdir()]
    assert left == ["last.json"]
    for folder in (tmp_path / "state" / "adcli", tmp_path / "cache" / "adcli"):
        assert os.stat(folder).st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"\0" * 50, b"{", os.urandom(3000)])
def test_a_cache_that_is_spoilt_is_as_none(damage: bytes, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    line = f'grad "{TEXTBOOK}" --at x1=2,x2=5'
    good = process(line, **env)
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.write_bytes(damage)
    assert process(line, **env) == good
    assert good.code == 0
