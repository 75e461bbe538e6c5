"""Memory: the peak of a gradient, in bytes a node."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from . import programs
from .table import Table, at_most
from .timing import Size, workplace

LIMIT = 400
NOTE = """\
A fresh process each, over what it held before. `tracemalloc` counts what Python asked for; `resident` is
the high-water mark of its pages (ru_maxrss, as VmHWM gives it without the parent's share)."""
WAYS = ("tracemalloc", "resident")


class Peak(NamedTuple):
    """Bytes over what the process held before: up to the tape, in the gradient, and of both; and the nodes."""

    nodes: int
    parsed: int
    swept: int
    peak: int


def measure(text: str, how: str) -> Peak:
    """The peak of a gradient in a process of its own: `tracemalloc` (blocks of Python) or `resident` (pages)."""
    with workplace() as (folder, environment):
        path = folder / "program.ad"
        path.write_text(text, encoding="utf-8")
        probe = Path(__file__).with_name("probe.py")
        done = subprocess.run(
            [sys.executable, str(probe), str(path), how],
            env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return Peak(**json.loads(done.stdout))


def tables(size: Size) -> Iterator[Table]:
    table = Table(
        f"peak memory of a gradient, bytes a node (target: at most {LIMIT})",
        ["program", "nodes", "measured by", "parsing", "gradient", "peak", "target"],
        notes=[NOTE],
    )
    cases = {
        "one long formula": programs.mixed(size.nodes),
        "rosenbrock, by comprehension": programs.rosenbrock(size.nodes // 9),
    }
    for name, text in cases.items():
        for how in WAYS:
            found = measure(text, how)
            each = found.peak / found.nodes
            table.rows.append([
                name, f"{found.nodes:,}", how, f"{found.parsed / found.nodes:.0f}", f"{found.swept / found.nodes:.0f}",
                f"{each:.0f}", at_most(each, LIMIT),
            ])  # fmt: skip
    yield table
