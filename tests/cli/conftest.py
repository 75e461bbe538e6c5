"""A folder with a file of points."""

from __future__ import annotations

from pathlib import Path

import pytest
from pointed import POINTS


@pytest.fixture
def points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "in.csv"
    path.write_text(POINTS)
    return path
