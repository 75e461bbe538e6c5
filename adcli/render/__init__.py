"""Document to text. One file per format, found by its file name: add a file, have a format.

A format module has

    render(document, view) -> iterator of pieces of text
    SUFFIXES    endings of output files that mean this format
    PLAIN       whether it is for machines: full precision, never boxed, wrapped or cut
    MATRIX      whether it writes a matrix, and nothing else
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType


def files() -> list[Path]:
    """The files of all formats, by name."""
    return sorted(path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def formats() -> list[str]:
    """Names of all formats."""
    return [path.stem for path in files()]


def matrices() -> list[str]:
    """Names of those for matrices. Their files are read, not loaded: --help must not wait for Rich."""
    return [path.stem for path in files() if re.search("^MATRIX = True$", path.read_text("utf-8"), re.MULTILINE)]


def load(name: str) -> ModuleType:
    """The module of a format; `name` must be one of `formats()`."""
    return import_module(f"adcli.render.{name}")


def format_of(path: str) -> str | None:
    """The format that an output file's ending means, or None."""
    suffix = Path(path).suffix.lower()
    if suffix[1:] in formats():
        return suffix[1:]
    return next((name for name in formats() if suffix in load(name).SUFFIXES), None) if suffix else None
