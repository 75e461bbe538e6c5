"""Document to text. One file per format, found by its file name: add a file, have a format.

A format module has

    render(document, view) -> iterator of pieces of text, or of bytes
    SUFFIXES    endings of output files that mean this format
    PLAIN       whether it is for machines: full precision, never boxed, wrapped or cut
    NEEDS       what a document must have for it (see `Document.offers`): matrix, graph, or '' for nothing special
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


def needs() -> dict[str, str]:
    """What each format needs. The files are read, not loaded: --help must not wait for Rich."""
    declared = re.compile('^NEEDS = "(.*)"$', re.MULTILINE)
    return {path.stem: declared.findall(path.read_text("utf-8"))[0] for path in files()}


def load(name: str) -> ModuleType:
    """The module of a format; `name` must be one of `formats()`."""
    return import_module(f"adcli.render.{name}")


def format_of(path: str) -> str | None:
    """The format that an output file's ending means, or None."""
    suffix = Path(path).suffix.lower()
    if suffix[1:] in formats():
        return suffix[1:]
    return next((name for name in formats() if suffix in load(name).SUFFIXES), None) if suffix else None
