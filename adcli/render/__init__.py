"""Document to text. One file per format, found by its file name: add a file, have a format.

A format module has

    render(document, view) -> iterator of pieces of text
    SUFFIXES    endings of output files that mean this format
    PLAIN       whether it is for machines: full precision, never boxed, wrapped or cut
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType


def formats() -> list[str]:
    """Names of all formats."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def load(name: str) -> ModuleType:
    """The module of a format; `name` must be one of `formats()`."""
    return import_module(f"adcli.render.{name}")


def format_of(path: str) -> str | None:
    """The format that an output file's ending means, or None."""
    suffix = Path(path).suffix.lower()
    return next((name for name in formats() if suffix in load(name).SUFFIXES), None) if suffix else None
