"""The sample files as tests need them: the command line and the numbers that stand in their comments."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from typing import NamedTuple

from adcli.function import Function
from adcli.parse.point import parse_point


class Sample(NamedTuple):
    """A sample file: its command line and the numbers it promises, as texts."""

    path: Path
    arguments: list[str]
    values: list[str]
    jacobian: list[list[str]]

    def option(self, name: str) -> list[str]:
        """The values of an option in the command line."""
        return [self.arguments[i + 1] for i, word in enumerate(self.arguments) if word == name]

    @property
    def at(self) -> dict[str, float]:
        """The point."""
        return {b.name: b.value for text in self.option("--at") for b in parse_point(text)}

    @property
    def wrt(self) -> list[str] | None:
        """The variables to differentiate, where the command line names them."""
        return [name for text in self.option("--wrt") for name in text.split(",")] or None


@cache
def sample(path: Path) -> Sample:
    """The comment lines `# adcli ...`, `# values: ...` and `# jacobian: ... / ...` of a sample."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        for key in ("# adcli", "# values:", "# jacobian:"):
            if line.startswith(key):
                found[key] = line.removeprefix(key)
    assert "# adcli" in found, f"{path.name} has no line '# adcli ...'"
    rows = [row.split() for row in found.get("# jacobian:", "").split("/") if row.strip()]
    return Sample(path, shlex.split(found["# adcli"]), found.get("# values:", "").split(), rows)


@cache
def function(path: Path) -> Function:
    """The function of a sample."""
    return Function.from_file(path)
