"""python -m tests.benchmarks [NAME...]: measure, and print Markdown tables of ratios."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .timing import TINY, Size

SUBJECTS = ("shell", "parsing", "operations", "memory", "printing", "higher", "explorer", "points", "files")
PACKAGES = (
    "adcli", "typer", "lark", "rich", "numpy", "polars", "llvmlite", "sympy", "casadi", "jax", "autograd",
)  # fmt: skip
TOOLS = ("qalc", "mlr")


def processor() -> str:
    """The model of the processor, where the system tells."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def installed(package: str) -> str:
    """'sympy 1.14.0' or 'sympy not installed'."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def tool(name: str) -> str:
    """'qalc 4.5.1' or 'qalc not installed'."""
    path = shutil.which(name)
    if path is None:
        return f"{name} not installed"
    printed = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return f"{name} {printed[-1] if printed else ''}".strip()


def machine() -> str:
    """One line that says what the numbers were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = [*map(installed, PACKAGES), *map(tool, TOOLS)]
    return (
        f"{cores} cores ({processor()}), {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}, {', '.join(versions)}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of the named benchmarks."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SUBJECTS)} (default: all)")
    asked.add_argument("--tiny", action="store_true", help="sizes that only show that everything runs")
    given = asked.parse_args(arguments)
    strange = [name for name in given.names if name not in SUBJECTS]
    if strange:
        asked.error(f"there is no benchmark {strange[0]}; there are {', '.join(SUBJECTS)}")
    names = [name for name in SUBJECTS if name in given.names] or SUBJECTS
    command = " ".join(["python -m tests.benchmarks", *names[: len(given.names)], *["--tiny"] * given.tiny])
    print(f"# Measurements\n\n    {command}\n\n{machine()}", flush=True)
    for name in names:
        print(f"\n## {name}", flush=True)
        for table in import_module(f".{name}", __package__).tables(TINY if given.tiny else Size()):
            print(f"\n{table.text()}", flush=True)


if __name__ == "__main__":
    main()
