"""Points in files, for the tests of --points."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from running import TEXTBOOK, Ran, here

POINTS = "x1,x2,name\n2,5,a\n1,0,b\n0.5,-1,c\n"


def grad(capsys: pytest.CaptureFixture[str], line: str) -> Ran:
    return here(capsys, f'grad "{TEXTBOOK}" {line}')


def large(path: Path, rows: int) -> str:
    """A file of points; the text of its rows repeats."""
    draw = random.Random(1)
    lines = [f"{draw.uniform(0.1, 5)!r},{draw.uniform(-5, 5)!r},{'' if i % 7 else 'a'}\n" for i in range(1000)]
    path.write_text("x1,x2,tag\n" + "".join(lines) * (rows // 1000))
    return str(path)
