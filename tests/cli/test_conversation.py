"""Commands typed one after another: the last program and point, and where they are kept."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from running import TEXTBOOK, TEXTBOOK_GRADIENT, here, process

from adcli.cli.state import state_file

Capture = pytest.CaptureFixture[str]
GRAD = f'grad "{TEXTBOOK}" --at x1=2,x2=5'
LAST = f"using the last program: {TEXTBOOK} --at x1=2,x2=5\n"
EXAMPLE = f"using the textbook example: {TEXTBOOK} --at x1=2,x2=5\n"


def where() -> Path:
    path = state_file()
    assert path is not None
    return path


def kept() -> str:
    """The state as it is on the disk; nothing where there is none."""
    path = where()
    return path.read_text() if path.exists() else ""


def test_a_conversation() -> None:
    first = process(GRAD)
    assert first.out.split() == ["output", "variable", "partial", "y", "x1", "5.5", "y", "x2", "1.7163378145367738"]
    assert (first.code, first.err) == (0, "")
    second = process("trace --mode reverse")
    assert (second.code, second.err) == (0, LAST)
    adjoints = {line.split("\t")[0]: line.split("\t")[-1] for line in second.out.splitlines()}
    assert [adjoints[name] for name in ("v-1", "v0", "v1", "v3")] == ["5.5", "1.7163378145367738", "1", "-1"]
    third = process("jacobian")
    assert third == (0, "output\tx1\tx2\ny\t5.5\t1.7163378145367738\n", LAST)


COMMANDS = ["eval", "grad", "jacobian", "hessian", "taylor --mixed", "trace", "modes --repeat 0", "fmt"]


@pytest.mark.parametrize("command", COMMANDS)
def test_with_no_program_yet_there_is_the_textbook_example(command: str, capsys: Capture) -> None:
    ran = here(capsys, command)
    assert (ran.code, ran.err) == (0, EXAMPLE)
    given = [] if command == "fmt" else ["--at", "x1=2,x2=5"]
    assert ran.out == here(capsys, command, TEXTBOOK, *given).out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_goes_on_with_the_last_program(command: str, capsys: Capture) -> None:
    here(capsys, "grad -x*y^2 z^3 --at x=2,y=0.1 --at z=1/3")
    ran = here(capsys, command)
    assert ran.code == 0
    assert ran.err == "using the last program: -x*y^2 ; z^3 --at x=2,y=0.1,z=0.3333333333333333\n"
    given = [] if command == "fmt" else ["--at", "x=2,y=0.1,z=1/3"]
    assert ran.out == here(capsys, command, "-x*y^2", "z^3", *given).out


def test_directions_go_with_the_last_program(capsys: Capture) -> None:
    here(capsys, GRAD)
    assert here(capsys, "jvp --tangent x1=1 --format raw") == (0, "5.5\n", LAST)
    assert here(capsys, "vjp --cotangent y=1 --format raw") == (0, "5.5\n1.7163378145367738\n", LAST)
    assert here(capsys, "hvp --tangent x1=2 --format raw") == (0, "-0.5 2\n", LAST)
    assert here(capsys, "hessian --tangent x1=2 --format raw") == (0, "-1\n", LAST)
    assert here(capsys, "taylor --tangent x1=2 --order 2 --format raw") == (0, "11.652071455223084 11 -0.5\n", LAST)
    assert here(capsys, "jacobian --sparse --format raw") == (0, "5.5 1.7163378145367738\n", LAST)


def test_quiet_says_nothing_of_it(capsys: Capture) -> None:
    here(capsys, GRAD)
    assert here(capsys, "grad --quiet --format raw") == (0, "5.5 1.7163378145367738\n", "")


def test_at_alone_is_the_last_program_at_a_new_point(capsys: Capture) -> None:
    here(capsys, GRAD)
    ran = here(capsys, "grad --at x1=4 --format json")
    assert (ran.code, ran.err) == (0, f"using the last program: {TEXTBOOK} --at x1=4,x2=5\n")
    assert json.loads(ran.out)["at"] == {"x1": 4, "x2": 5}
    assert json.loads(here(capsys, "grad --format json").out)["at"] == {"x1": 4, "x2": 5}
    assert json.loads(here(capsys, "grad --at x2=1,x1=1 --format json").out)["at"] == {"x1": 1, "x2": 1}


def test_at_alone_with_an_unknown_name_is_an_error_and_changes_nothing(capsys: Capture) -> None:
    here(capsys, GRAD)
    before = kept()
    ran = here(capsys, "grad --at x3=4")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no variable x3" in ran.err
    assert kept() == before


def test_a_program_without_its_point_does_not_borrow_the_last_one(capsys: Capture) -> None:
    here(capsys, GRAD)
    ran = here(capsys, "grad", TEXTBOOK)
    assert (ran.code, ran.out) == (2, "")
    assert "no value for x1, x2" in ran.err


def test_a_program_from_a_file_is_kept_as_text(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "model.ad"
    path.write_text("# two lines\ny = x^2\nz = 3*y\n")
    here(capsys, f"grad -f {path} --at x=2")
    path.unlink()
    ran = here(capsys, "grad --format raw")
    assert (ran.code, ran.out) == (0, "12\n")
    assert ran.err.startswith("using the last program: ")
    assert ran.err.count("\n") == 1


def test_a_long_program_or_point_is_said_in_short(capsys: Capture) -> None:
    point = ",".join(str(i) for i in range(1, 31))
    here(capsys, "eval 'sum(x[i]^2 for i in 1..30) + 0*(x[1] + x[2] + x[3] + x[4] + x[5])'", "--at", f"x=[{point}]")
    ran = here(capsys, "eval --format raw")
    assert (ran.code, ran.out) == (0, "9455\n")
    assert ran.err.count("\n") == 1
    assert len(ran.err) < 200


@pytest.mark.parametrize("value", ["1", "true"])
def test_no_state_keeps_nothing_and_recalls_nothing(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    here(capsys, "grad x --at x=3")
    path, before = where(), kept()
    monkeypatch.setenv("ADCLI_NO_STATE", value)
    assert here(capsys, "grad x^2 --at x=3").code == 0
    assert path.read_text() == before
    assert here(capsys, "eval") == (0, "output\tvalue\ny\t11.652071455223084\n", EXAMPLE)
    path.unlink()
    here(capsys, "grad x^2 --at x=3")
    assert not path.exists()


# The file


def test_the_file_is_private(capsys: Capture) -> None:
    mask = os.umask(0)
    try:
        here(capsys, GRAD)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(where().stat().st_mode) == 0o600
    assert stat.S_IMODE(where().parent.stat().st_mode) == 0o700
    assert [p.name for p in where().parent.iterdir()] == [where().name]


FAILING = ["grad 2x", "grad foo(3)", "grad x*y --at x=1", "grad ln(x) --at x=-1 --strict", "grad x --at x=1 --typo",
           "grad x --at x=1 --format nope", "grad x --at x=1 -o /nonexistent/folder/out.tsv", "grad x --at x=1 --wrt y",
           "trace x --at x=1 --mode sideways", "eval -f /nonexistent.ad --at x=1", "jvp x --at x=1",
           "hvp x --at x=1", "taylor x*y --at x=1,y=1", "taylor x --at x=1 --order -1",
           "hessian abs(x) --at x=0 --strict", "hessian '[x, x^2]' --at x=1 --format mtx",
           "trace x --at x=1 --second y", "eval x --at x=1 --format coo"]  # fmt: skip


@pytest.mark.parametrize("line", FAILING)
def test_only_a_successful_run_is_kept(line: str, capsys: Capture) -> None:
    assert here(capsys, line).code != 0
    assert kept() == ""
    here(capsys, GRAD)
    before = kept()
    assert before
    assert here(capsys, line).code != 0
    assert kept() == before


@pytest.mark.parametrize("line", ["functions", "functions sin", "--help", "grad --help", "--version"])
def test_what_has_no_program_keeps_nothing(line: str, capsys: Capture) -> None:
    assert here(capsys, line).code == 0
    assert kept() == ""


UNUSABLE = {
    "empty": b"",
    "cut off": b'{"program": ["x^2"], "at": {"x"',
    "not JSON": b"program = x^2\n",
    "not text": b"\x80\x00\xff",
    "another kind": b"[1, 2, 3]",
    "null": b"null",
    "number": b"17",
    "no keys": b"{}",
    "no point": b'{"program": ["x^2"]}',
    "no program": b'{"at": {"x": "3"}}',
    "empty program": b'{"program": [], "at": {}}',
    "program of numbers": b'{"program": [1, 2], "at": {"x": "3"}}',
    "program is one text": b'{"program": "x^2", "at": {"x": "3"}}',
    "program is null": b'{"program": null, "at": {"x": "3"}}',
    "point is a list": b'{"program": ["x^2"], "at": ["3"]}',
    "value is no number": b'{"program": ["x^2"], "at": {"x": "three"}}',
    "value is a list": b'{"program": ["x^2"], "at": {"x": ["3"]}}',
    "deep": b"[" * 200_000,
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
def test_a_state_file_that_cannot_be_used_is_as_none(content: bytes, capsys: Capture) -> None:
    where().parent.mkdir(parents=True)
    where().write_bytes(content)
    assert here(capsys, "grad --format json --quiet").code == 0
    where().write_bytes(content)
    ran = here(capsys, "grad --format json")
    assert (ran.code, ran.err) == (0, EXAMPLE)
    assert json.loads(ran.out)["gradient"] == TEXTBOOK_GRADIENT
    where().write_bytes(content)
    here(capsys, "grad x^2 --at x=3")
    assert here(capsys, "grad --format raw").out == "6\n"


def test_a_folder_in_the_place_of_the_file(capsys: Capture) -> None:
    where().mkdir(parents=True)
    assert here(capsys, GRAD).err == ""
    assert here(capsys, "grad").err == EXAMPLE


def test_a_state_folder_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    """A file stands where the folder should be: the commands only forget."""
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "blocked"))
    assert here(capsys, GRAD)[::2] == (0, "")
    assert here(capsys, "grad").err == EXAMPLE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_state_folder_that_is_read_only(capsys: Capture) -> None:
    where().parent.mkdir(parents=True)
    where().parent.chmod(0o500)
    try:
        assert here(capsys, GRAD)[::2] == (0, "")
        assert not where().exists()
    finally:
        where().parent.chmod(0o700)


def test_a_relative_state_folder_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    """As the XDG specification says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    here(capsys, GRAD)
    assert not (tmp_path / "state").exists()
    assert (tmp_path / "home/.local/state/adcli/last.json").is_file()
