"""The README tells the truth: every command in it prints what stands under it.

A block marked `console` holds lines `$ command`, each followed by what a terminal of 80 columns without
colour shows, standard error included. The commands of all blocks are one conversation, run from the top
in the folder of the checkout. A `python` block with `>>>` is a doctest; a `sh` block is for .ci/run.
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from running import ROOT, on_terminal, shell_command

README = (ROOT / "README.md").read_text(encoding="utf-8")


class Step(NamedTuple):
    """A command of the README: the line it stands in, its text, what it should print."""

    line: int
    command: str
    expected: str


def blocks(text: str, kind: str) -> Iterator[tuple[int, str]]:
    """(line number of the fence, content) of the fenced blocks of a kind."""
    for found in re.finditer(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, found.start()) + 1, found[1]


def steps(text: str) -> list[Step]:
    """The commands of all console blocks. A backslash at the end continues a command on a line `> `."""
    found: list[Step] = []
    for start, content in blocks(text, "console"):
        lines = list(enumerate(content.splitlines(), start + 1))
        assert lines, f"README.md:{start}: an empty console block"
        assert lines[0][1].startswith("$ "), f"README.md:{start}: a console block begins with a command"
        while lines:
            number, line = lines.pop(0)
            command = line.removeprefix("$ ")
            while command.endswith("\\"):
                command += "\n" + lines.pop(0)[1].removeprefix("> ")
            shown = []
            while lines and not lines[0][1].startswith("$ "):
                shown.append(lines.pop(0)[1])
            found.append(Step(number, command, "".join(f"{line}\n" for line in shown)))
    return found


SCREENS = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "explore" / "snapshots").glob("*.txt")]
STEPS = steps(README)
DOCUMENTED = [path for path in sorted((ROOT / "adcli").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each command put on the terminal. They run in a folder that looks like the checkout."""
    home = tmp_path_factory.mktemp("readme")
    for path in ROOT.iterdir():
        if not path.name.startswith("."):
            (home / path.name).symlink_to(path)
    env = {"NO_COLOR": "1", "XDG_STATE_HOME": str(home / ".state"), "XDG_CACHE_HOME": str(home / ".cache")}
    found, status = {}, 0
    for step in STEPS:
        # `$?` is the exit code of the command before, as in one shell.
        status, found[step.line] = on_terminal(shell_command(f"(exit {status})\n{step.command}"), 80, home, env)
    return found


def test_the_readme_shows_commands() -> None:
    assert len(STEPS) >= 3
    assert any(step.expected for step in STEPS)


@pytest.mark.parametrize("step", STEPS, ids=[f"line {step.line}" for step in STEPS])
def test_a_command_prints_what_the_readme_shows(step: Step, screens: dict[int, str]) -> None:
    assert screens[step.line] == step.expected, f"README.md:{step.line}: {step.command}"


def test_the_python_blocks_are_true() -> None:
    python = list(blocks(README, "python"))
    assert python
    for start, content in python:
        example = doctest.DocTestParser().get_doctest(content, {}, "README.md", str(ROOT / "README.md"), start)
        assert example.examples, f"README.md:{start}: a python block without >>>"
        told: list[str] = []
        failed = doctest.DocTestRunner(verbose=False).run(example, out=told.append).failed
        assert not failed, "".join(told)


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_in_docstrings_are_true(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    result = doctest.testmod(import_module(name))
    assert result.attempted
    assert not result.failed


def test_the_set_up_is_two_commands() -> None:
    """One that installs and takes the gradient, one that passes the tests; .ci/run runs them as they stand."""
    (_, first), (_, second), *_ = blocks(README, "sh")
    for block in (first, second):
        assert block.count("\n") == 1
        assert "python3 -m venv" in block
    assert 'adcli grad "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5' in first
    assert re.search(r"\bpytest$", second.strip())


def test_every_file_the_readme_names_is_there() -> None:
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert linked
    for name in linked:
        assert (ROOT / name).exists(), name


def test_the_picture_is_what_the_program_makes(tmp_path: Path) -> None:
    (name,) = re.findall(r"!\[[^\]]*\]\(([^)]+\.svg)\)", README)
    (arguments,) = re.findall(r"`adcli (trace [^`]*?) -o \S+\.svg`", README)
    path = tmp_path / "made.svg"
    subprocess.run(
        [sys.executable, "-m", "adcli", *arguments.split(), "-o", path], cwd=ROOT, stdin=subprocess.DEVNULL, check=True
    )
    assert path.read_text(encoding="utf-8") == (ROOT / name).read_text(encoding="utf-8")


# The reader of the README itself


def test_steps_are_found() -> None:
    text = "a\n```console\n$ one\nout\n\n$ two \\\n> three\n```\n```console\n$ four\n```\n```sh\n$ five\n```\n"
    assert steps(text) == [Step(3, "one", "out\n\n"), Step(6, "two \\\nthree", ""), Step(10, "four", "")]


def test_a_screen_that_is_shown_is_one_of_the_explorer() -> None:
    found = [content for _, content in blocks(README, "text")]
    assert found
    assert not [content for content in found if content not in SCREENS]
