"""Clocks: whole processes run in turns, and calls within this process."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

HIDDEN = ("PYTHON", "COLUMNS", "FORCE_COLOR", "NO_COLOR")  # beginnings of variables that measured processes do not see


class Size(NamedTuple):
    """How much is measured; `TINY` only shows that it runs."""

    rounds: int = 41  # of whole processes
    best: int = 3  # of calls within a process
    least: float = 0.02  # seconds that short calls are repeated for
    nodes: int = 1_000_000  # of the largest tape
    wide: int = 100_000  # terms, brackets, rounds of a loop, variables
    tower: int = 10_000
    curved: int = 1_000  # variables of the Hessian
    banded: int = 10_000  # variables of the sparse Jacobian
    points: int = 100  # at which a long chain is differentiated at once
    memory: int = 100_000_000  # bytes that it may take
    traced: int = 10_000  # nodes of the printed trace
    batch: int = 1_000_000  # points differentiated at once, and rows of a file
    turns: int = 5  # of calls that take all points, and of processes that read a file
    steps: int = 1_000_000  # of a scalar chain


TINY = Size(
    rounds=2, best=1, least=0.001, nodes=2_000, wide=300, tower=100, traced=400,
    curved=80, banded=100, points=10, memory=40_000, batch=1_000, turns=2, steps=300,
)  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A process to be timed. `expects` must be in its output, or the comparison would be of nothing."""

    argv: list[str]
    expects: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Runs:
    """Wall and processor seconds of one command, a number a round; `output` is what it printed."""

    output: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        return median(self.wall) * 1000

    @property
    def spread(self) -> str:
        """'93 (91..97) ms': the median and the quartiles."""
        low, middle, high = quartiles([x * 1000 for x in self.wall])
        return f"{middle:.1f} ({low:.1f}..{high:.1f})"

    def over(self, other: Runs) -> list[float]:
        """Our wall time over the other's, round by round: what slows the machine slows both."""
        return [a / b for a, b in zip(self.wall, other.wall, strict=True)]


def quartiles(values: list[float]) -> tuple[float, float, float]:
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high


@contextmanager
def workplace() -> Iterator[tuple[Path, dict[str, str]]]:
    """A temporary folder, and the environment of measured processes: its caches and state are there.

    Byte code is kept, as it is for a user, whatever this process was told.
    """
    with TemporaryDirectory(prefix="adcli-benchmark-") as name:
        folder = Path(name)
        environment = {k: v for k, v in os.environ.items() if k == "PYTHONPATH" or not k.startswith(HIDDEN)}
        environment |= {"XDG_CACHE_HOME": f"{name}/cache", "XDG_STATE_HOME": f"{name}/state", "ADCLI_NO_STATE": "0"}
        yield folder, environment


def adcli(*arguments: str) -> list[str]:
    """The command as it was installed beside this Python, else `python -m adcli`."""
    script = Path(sys.executable).parent / "adcli"
    return [str(script), *arguments] if script.is_file() else [sys.executable, "-m", "adcli", *arguments]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def processes(commands: Mapping[str, Command], rounds: int, folder: Path, env: dict[str, str]) -> dict[str, Runs]:
    """Every command once a round; the first round fills caches and is not counted.

    The order changes from round to round (alike in every run), for a process is slower after a large one.
    Standard input is /dev/null. Raises RuntimeError for a command that fails or prints something else.
    """
    found: dict[str, Runs] = {}
    for name, command in commands.items():
        done = subprocess.run(
            command.argv, env={**env, **command.variables}, cwd=folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode or command.expects not in done.stdout:
            raise RuntimeError(f"{name} gave exit code {done.returncode} and {done.stdout[:500]}{done.stderr[:500]}")
        found[name] = Runs(done.stdout)
    order = list(commands.items())
    shuffle = Random(1).shuffle
    for _ in range(rounds):
        shuffle(order)
        for name, command in order:
            start = perf_counter()
            with subprocess.Popen(
                command.argv, env={**env, **command.variables}, cwd=folder, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ) as process:  # fmt: skip
                _, status, usage = os.wait4(process.pid, 0)
                found[name].wall.append(perf_counter() - start)
                process.returncode = os.waitstatus_to_exitcode(status)
            if status:
                raise RuntimeError(f"{name} gave exit code {process.returncode} in the middle of the measurement")
            found[name].cpu.append(usage.ru_utime + usage.ru_stime)
    return found


def best_of(
    calls: Mapping[str, Callable[[], object]], rounds: int, least: float, clock: Callable[[], float] = process_time
) -> dict[str, float]:
    """The fewest seconds a call of each, in turns; short calls are repeated to fill `least` seconds.

    Of processor time, for long calls are never left alone on a busy machine; calls on several threads need another
    clock.
    """
    best: dict[str, float] = {}
    repeats: dict[str, int] = {}
    for _ in range(rounds):
        for name, call in calls.items():
            gc.collect()
            if name not in repeats:
                once = clocked(call, 1, clock)
                repeats[name] = max(1, int(least / max(once, 1e-9)))
                best[name] = once
                if once > 1:  # long enough to be the first measurement
                    continue
            best[name] = min(best[name], clocked(call, repeats[name], clock))
    return best


def clocked(call: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats
