"""What is packed, and that it runs wherever it is installed. These tests need pip and its index."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from documents import BINARY
from running import ROOT, TEXTBOOK, TEXTBOOK_GRADIENT, surroundings

pytestmark = pytest.mark.slow

GRAMMAR = "adcli/grammar/expression.lark"
LITTER = shutil.ignore_patterns(
    ".git", ".venv", "venv", "dist", "build", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis"
)


def run(command: Sequence[str | Path], cwd: Path | None = None, **env: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=surroundings(env), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


class Place:
    """A virtual environment."""

    def __init__(self, folder: Path):
        venv.create(folder, with_pip=True)
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / "python"

    def pip(self, *words: str | Path) -> None:
        run([self.python, "-m", "pip", "install", "--quiet", *words])


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, so that building leaves nothing behind."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("packaging") / "tree", ignore=LITTER))


@pytest.fixture(scope="module")
def sdist(tree: Path) -> Path:
    pytest.importorskip("build", reason="needs build (extra dev)")
    run([sys.executable, "-m", "build", "--sdist", "--outdir", tree.parent / "sdist", tree])
    (path,) = (tree.parent / "sdist").iterdir()
    return path


@pytest.fixture(scope="module")
def wheel(tree: Path) -> Path:
    return wheel_of(tree, tree.parent / "wheel")


def wheel_of(source: Path, folder: Path) -> Path:
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source])
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def place(wheel: Path) -> Place:
    """An environment with the wheel and what it depends on, as a user gets it."""
    place = Place(wheel.parent.parent / "environment")
    place.pip(wheel)
    return place


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = names_in(wheel)
    assert {GRAMMAR, "adcli/py.typed", "adcli/__init__.py", "adcli/__main__.py", "adcli/cli/app.py"} <= names
    assert {re.sub(r"^adcli-[^/]*\.dist-info/.*", "", name).partition("/")[0] for name in names} == {"adcli", ""}
    assert not [name for name in names if "test" in name or name.endswith((".ad", ".pyc"))]
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "adcli").rglob("*.*") if path.suffix != ".pyc"}
    assert {name for name in names if name.startswith("adcli/")} == {*files, GRAMMAR}


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        text, entries = archive.read(metadata).decode(), archive.read(entry).decode()
        grammar = archive.read(GRAMMAR)
    needed = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", text, re.M)
    assert sorted(needed) == ["lark", "numpy", "rich", "typer"]
    assert "Requires-Python: >=3.11" in text
    assert "adcli = adcli.__main__:main" in entries
    assert grammar == (ROOT / "grammar" / "expression.lark").read_bytes()


def test_the_sdist_holds_all_that_is_worked_on(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "grammar/expression.lark"} <= names
    assert {"adcli/py.typed", "tests/conftest.py", "tests/test_packaging.py"} <= names
    assert {f"samples/{path.name}" for path in (ROOT / "samples").glob("*.ad")} <= names
    assert not [name for name in names if name.endswith(".pyc")]


def test_a_wheel_of_the_sdist_is_the_same_wheel(sdist: Path, wheel: Path) -> None:
    again = wheel_of(sdist, sdist.parent.parent / "again")
    assert again.name == wheel.name
    assert names_in(again) == names_in(wheel)
    with zipfile.ZipFile(again) as a, zipfile.ZipFile(wheel) as b:
        assert all(a.read(name) == b.read(name) for name in names_in(wheel) if name.startswith("adcli/"))


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_it_runs_where_it_is_installed(
    kind: str, place: Place, tree: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """From another working folder, with the grammar read anew, as a command and as a module."""
    if kind == "editable":
        place.pip("--no-deps", "--editable", tree)
    else:
        place.pip("--no-deps", "--force-reinstall", request.getfixturevalue(kind))
    line = ["grad", TEXTBOOK, "--at", "x1=2,x2=5", "--format", "json"]
    for i, command in enumerate(([place.bin / "adcli"], [place.python, "-m", "adcli"])):
        out = run([*command, *line], tmp_path, XDG_CACHE_HOME=str(tmp_path / f"cache{i}"))
        assert json.loads(out)["gradient"] == TEXTBOOK_GRADIENT
    where = run([place.python, "-c", "import adcli; print(adcli.__file__)"], tmp_path).strip()
    assert Path(where).is_relative_to(tree) == (kind == "editable")


def test_every_format_and_an_array_work_with_what_is_installed(place: Place, tmp_path: Path) -> None:
    """With no extra; a trace for all that needs nothing special: its page is made of files that must be there too."""
    code = "import json, adcli.render; print(json.dumps(adcli.render.needs()))"
    for name, need in json.loads(run([place.python, "-c", code], tmp_path)).items():
        command = {"": "trace", "matrix": "jacobian", "graph": "graph"}[need]
        if name not in BINARY:
            assert run([place.bin / "adcli", command, TEXTBOOK, "--at", "x1=2,x2=5", "--format", name], tmp_path)
    assert "erf" in run([place.bin / "adcli", "functions"], tmp_path)


def test_nothing_is_left_behind_in_the_tree(tree: Path, wheel: Path, sdist: Path) -> None:
    top = {path.name for path in tree.iterdir()}
    assert not top & {"build", "dist", "adcli.egg-info"}
