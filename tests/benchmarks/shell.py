"""One gradient from the shell, against SymPy and qalc in the same turns; and what a start is made of."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from .table import Table, at_most
from .timing import Command, Runs, Size, adcli, processes, python, quartiles, workplace

NOTE = """\
Caches are filled before. The ratio is the median of
the ratios round by round, so that what slows the machine for a while slows both sides of it."""
IMPORTS = """\
By `-X importtime`, which slows imports a little: read the shares. A module of the standard library counts for
the package that imported it first."""
OURS = adcli("grad", "ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5", "--format", "json")
SYMPY = (
    'from sympy import *; x1, x2 = symbols("x1 x2"); f = log(x1) + x1*x2 - sin(x2); '
    "print([diff(f, v).evalf(subs={x1: 2, x2: 5}) for v in (x1, x2)])"
)
API = "from adcli import Function; print(Function('ln(x1)+x1*x2-sin(x2)').grad({'x1': 2, 'x2': 5}).gradient)"
PEERS = {
    "SymPy": (Command(python(SYMPY), "[5.50000000000000, 1.71633781453677]"), 0.40),
    "qalc": (Command(["qalc", "-t", "diff(ln(x)+x*5-sin(5), x)"], "1 / x + 5"), 1.4),
}
PARTS = {
    "python -c pass": Command(python("pass")),
    "import typer": Command(python("import typer")),
    "import lark": Command(python("import lark")),
    "the Python API alone": Command(python(API), "[5.5, 1.7163378145367738]"),
}


def here(peer: str) -> bool:
    """Whether a peer is installed."""
    return find_spec("sympy") is not None if peer == "SymPy" else shutil.which("qalc") is not None


def tables(size: Size) -> Iterator[Table]:
    commands = {"adcli": Command(OURS, '"jacobian": [[5.5, 1.7163378145367738]]')}
    commands |= {name: command for name, (command, _) in PEERS.items() if here(name)} | PARTS
    with workplace() as (folder, environment):
        runs = processes(commands, size.rounds, folder, environment)
        yield side_by_side(runs, size)
        yield imports(max(2, size.rounds // 4), folder, environment)


def side_by_side(runs: dict[str, Runs], size: Size) -> Table:
    """Every command, and adcli over it."""
    compared = [OURS, *(command.argv for command, _ in PEERS.values())]
    table = Table(
        "one gradient from the shell",
        ["command", "wall ms, median (quartiles)", "fastest", "processor ms", "adcli over it (quartiles)", "target"],
        notes=[
            f"{size.rounds} rounds, every command once a round. {NOTE}",
            "\n".join(f"    {shlex.join([Path(argv[0]).name, *argv[1:]])}" for argv in compared),
        ],
    )
    if find_spec("interegular"):
        table.notes.append("interegular is installed here, and Lark imports it: adcli without it is faster.")
    for name in ["adcli", *PEERS, *PARTS]:
        if name not in runs:
            table.rows.append([name, "not installed", "", "", "", ""])
            continue
        low, ratio, high = quartiles(runs["adcli"].over(runs[name]))
        target = at_most(ratio, PEERS[name][1]) if name in PEERS else ""
        shown = "" if name == "adcli" else f"{ratio:.2f} ({low:.2f}..{high:.2f})"
        fastest, processor = min(runs[name].wall) * 1000, median(runs[name].cpu) * 1000
        table.rows.append([name, runs[name].spread, f"{fastest:.1f}", f"{processor:.1f}", shown, target])
    return table


PACKAGES = ("adcli", "typer", "lark")
START = "Python's own start"


def imports(rounds: int, folder: Path, environment: dict[str, str]) -> Table:
    """Where the imports of that command spend their time, by the package that asked for them."""
    own: dict[str, list[float]] = {}
    pulled: dict[str, list[float]] = {}
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "adcli", *OURS[OURS.index("grad") :]],
            env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for times, spent in zip((own, pulled), import_times(done.stderr), strict=True):
            for package, seconds in spent.items():
                times.setdefault(package, []).append(seconds * 1000)
    whole = sum(map(median, pulled.values()))
    table = Table(
        "what that command imports",
        ["package", "own modules, ms", "with what they pull in first", "share"],
        notes=[IMPORTS],
    )
    for package, values in sorted(pulled.items(), key=lambda item: -median(item[1])):
        mine = f"{median(own[package]):.1f}" if package in own else ""
        table.rows.append([package, mine, f"{median(values):.1f}", f"{median(values) / whole:.0%}"])
    return table


def import_times(log: str) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds by package, of its own modules and of those it made Python import, from -X importtime.

    A line is written when a module is done, so that what imported it comes later, and less indented.
    """
    own: Counter[str] = Counter()
    pulled: Counter[str] = Counter()
    above: list[tuple[int, str]] = []  # (indentation, package) of the modules being imported
    for line in reversed(log.splitlines()):
        found = re.fullmatch(r"import time:\s+(\d+) \|\s+\d+ \| (\s*)(\S+)", line)
        if found is None:
            continue
        micro, depth, package = int(found[1]), len(found[2]), found[3].partition(".")[0]
        while above and above[-1][0] >= depth:
            above.pop()
        if package in PACKAGES:
            own[package] += micro
        else:
            package = above[-1][1] if above else START
        pulled[package] += micro
        above.append((depth, package))
    return {k: v / 1e6 for k, v in own.items()}, {k: v / 1e6 for k, v in pulled.items()}
