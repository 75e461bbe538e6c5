"""Values and gradients of the rows of a file: whole processes against Miller and a polars script; peak memory."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np

from .formulas import textbook_hand
from .table import Table, at_most
from .timing import Command, Runs, Size, adcli, processes, python, quartiles, workplace

TEXT = "ln(x1)+x1*x2-sin(x2)"
MILLER = "$y=log($x1)+$x1*$x2-sin($x2);$dy1=1/$x1+$x2;$dy2=$x1-cos($x2)"
POLARS = """\
import polars as pl
x1, x2 = pl.col("x1"), pl.col("x2")
found = pl.read_csv("points.csv").with_columns(y=x1.log() + x1*x2 - x2.sin(), dy1=1/x1 + x2, dy2=x1 - x2.cos())
found.write_csv("script.csv")
"""
PLAIN, FAST = "adcli without extras", "adcli with polars"
RIVALS = {"Miller": (PLAIN, 1.0), "a polars script": (FAST, 1.3)}  # ours that it is compared with, and the goal
GROWTH = 1.2
NOTE = """\
{rows:,} rows of x1 and x2 in full precision, {size:.1f} MB; everybody writes both, the value and both partials to a
file, with the same numbers. The peers have the derivative written by hand. {rounds} rounds, every command once a
round; the ratio is the median of the ratios round by round. Without extras: polars is hidden from
adcli, and `--engine numpy`."""
MEMORY = "`ru_maxrss` of one process each, started by a small one."
WITHOUT = """\
import sys
sys.modules["polars"] = None
from adcli.__main__ import main
main()
"""
LAUNCHER = """\
import os, sys
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(status, usage.ru_maxrss)
"""


def gradient(source: str, target: str, *options: str) -> list[str]:
    return adcli("grad", TEXT, "--points", source, "-o", target, *options)


def ours(source: str) -> dict[str, Command]:
    """Both ways adcli is measured; a file for the results is named after the command's last word."""
    plain = gradient(source, "extras.csv", "--engine", "numpy")[len(adcli()) :]
    found = {PLAIN: Command([*python(WITHOUT), *plain])}
    if find_spec("polars"):
        found[FAST] = Command(gradient(source, "polars.csv"))
    return found


def peers() -> dict[str, Command]:
    """Those that are installed."""
    found = {}
    if shutil.which("mlr"):
        call = shlex.join(["mlr", "--icsv", "--ocsv", "put", MILLER, "points.csv"])
        found["Miller"] = Command(["sh", "-c", f"{call} > Miller.csv"])
    if find_spec("polars"):
        found["a polars script"] = Command(python(POLARS))
    return found


def write(path: Path, rows: int, times: int = 1) -> None:
    """A file of random rows, `times` times over."""
    x = np.random.default_rng(1).uniform(0.5, 2.0, (rows, 2)).tolist()
    text = "".join(f"{a!r},{b!r}\n" for a, b in x)
    with path.open("w", encoding="ascii") as stream:
        stream.write("x1,x2\n")
        for _ in range(times):
            stream.write(text)


def check(folder: Path, commands: Mapping[str, Command], rows: int) -> None:
    """Raise RuntimeError where a result has other numbers or another number of rows."""
    for name in commands:
        path = folder / f"{name.split()[-1]}.csv"
        found = np.loadtxt(path, delimiter=",", skiprows=1, max_rows=1_000).T
        same = np.allclose(found[2:], textbook_hand(*found[:2]), rtol=1e-9, atol=1e-12)
        if not same or path.read_bytes().count(b"\n") != rows + 1:
            raise RuntimeError(f"{name} gives another file")


def side_by_side(runs: Mapping[str, Runs], size: Size, megabytes: float) -> Table:
    """Every command, and adcli over its rivals."""
    table = Table(
        "the gradients of a CSV file",
        ["command", "wall ms, median (quartiles)", "processor ms", "rows/s", "adcli over it (quartiles)", "target"],
        notes=[NOTE.format(rows=size.batch, size=megabytes, rounds=size.turns)],
    )
    for name in [PLAIN, FAST, *RIVALS]:
        if name not in runs:
            table.rows.append([name, "not installed", "", "", "", ""])
            continue
        found, compared = runs[name], ["", ""]
        if name in RIVALS:
            mine, goal = RIVALS[name]
            low, ratio, high = quartiles(runs[mine].over(found))
            compared = [f"{ratio:.2f} ({low:.2f}..{high:.2f})", at_most(ratio, goal)]
        rate = f"{size.batch / median(found.wall):,.0f}"
        table.rows.append([name, found.spread, f"{median(found.cpu) * 1000:.1f}", rate, *compared])
    return table


def peak(command: Command, folder: Path, environment: dict[str, str]) -> float:
    """Megabytes of the most memory a process has held.

    A process begins with what its parent held, so that a small one starts it.
    """
    done = subprocess.run(
        [*python(LAUNCHER), *command.argv], env={**environment, **command.variables}, cwd=folder,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    status, most = map(int, done.stdout.split())
    if status:
        raise RuntimeError(f"{command.argv} failed: {done.stderr[:500]}")
    return most * (1 if sys.platform == "darwin" else 1024) / 1e6


def memory(size: Size, folder: Path, environment: dict[str, str]) -> Table:
    """The peak of a file, and of one ten times as long."""
    write(folder / "long.csv", size.batch, 10)
    short, long = ours("points.csv"), ours("long.csv")
    table = Table(
        f"peak memory of files (target: at most {GROWTH:g} times as much for ten times the rows)",
        ["command", f"MB, {size.batch:,} rows", f"MB, {10 * size.batch:,} rows", "ratio", "target"], notes=[MEMORY],
    )  # fmt: skip
    for name in (PLAIN, FAST):
        if name not in short:
            table.rows.append([name, "not installed", "", "", ""])
            continue
        few, many = (peak(commands[name], folder, environment) for commands in (short, long))
        row = [name, f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}", at_most(many / few, GROWTH)]
        table.rows.append(row)
    return table


def tables(size: Size) -> Iterator[Table]:
    with workplace() as (folder, environment):
        path = folder / "points.csv"
        write(path, size.batch)
        commands = ours(path.name) | peers()
        runs = processes(commands, size.turns, folder, environment)
        check(folder, commands, size.batch)
        yield side_by_side(runs, size, path.stat().st_size / 1e6)
        yield memory(size, folder, environment)
