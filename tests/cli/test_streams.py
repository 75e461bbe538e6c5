"""Where a program comes from (standard input, files) and where a result goes to (files)."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import TEXTUAL
from running import TEXTBOOK, here, process, shell

from adcli.render import load, needs

Capture = pytest.CaptureFixture[str]
RAW = "--format raw"
EXAMPLE = f"using the textbook example: {TEXTBOOK} --at x1=2,x2=5\n"


# Standard input


def test_a_program_in_a_pipe() -> None:
    assert process(f"eval --at x=3 {RAW}", stdin="x^2\n") == (0, "9\n", "")
    assert process(f"eval - --at x=3 {RAW}", stdin="x^2\n") == (0, "9\n", "")
    assert process(f"eval --at x=3 {RAW} -", stdin="y = x^2\ny + 1") == (0, "10\n", "")
    assert process(f"eval --at x=3 {RAW}", stdin="\ufeffx^2\r\n") == (0, "9\n", "")


def test_a_file_as_standard_input(tmp_path: Path) -> None:
    (tmp_path / "p.ad").write_text("x^2\n")
    assert shell(f"adcli eval --at x=3 {RAW} < {tmp_path}/p.ad") == (0, "9\n", "")
    assert shell(f"adcli eval --at x=3 {RAW} <<< 'x^3'") == (0, "27\n", "")


def test_standard_input_can_be_one_of_several_programs() -> None:
    assert process(f"eval x - x^3 --at x=3 {RAW}", stdin="x^2\n") == (0, "3\n9\n27\n", "")


@pytest.mark.parametrize("content", ["", "\n", " \t\r\n"])
@pytest.mark.parametrize("dash", ["", "-"])
def test_an_empty_pipe_is_an_error(content: str, dash: str) -> None:
    ran = process(f"eval {dash} --at x1=2,x2=5", stdin=content)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: standard input is empty\n")


def test_an_empty_file_as_standard_input_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "p.ad").write_text("")
    ran = shell(f"adcli eval < {tmp_path}/p.ad")
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (2, "", "error: standard input is empty")


@pytest.mark.parametrize("source", ["< /dev/null", "<&-"])
def test_dev_null_and_closed_standard_input_fall_back(source: str) -> None:
    assert shell(f"adcli eval {RAW} {source}") == (0, "11.652071455223084\n", EXAMPLE)


def test_a_dash_asks_for_standard_input_even_where_there_is_none() -> None:
    for script in ("adcli eval - < /dev/null", "adcli eval - <&-"):
        ran = shell(script)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: standard input is ")


@pytest.mark.parametrize("arguments", [["x"], ["-x^2"], ["-f", "{}"], ["x", "y"]])
def test_standard_input_is_not_read_when_a_program_is_given(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "p.ad").write_text("x*y\n")
    words = " ".join(shlex.quote(word.format(tmp_path / "p.ad")) for word in arguments)
    point = "x=1,y=2" if "y" in arguments or "-f" in arguments else "x=1"
    ran = shell(f"{{ adcli eval {words} --at {point} > {tmp_path}/out; cat; }} <<< 'still here'")
    assert ran == (0, "still here\n", "")


def test_a_pipe_without_content_does_not_matter_when_a_program_is_given() -> None:
    assert process(f"eval x --at x=1 {RAW}", stdin="") == (0, "1\n", "")


@pytest.mark.parametrize(
    ("content", "headline"),
    [
        (b"x \xe9", "standard input is not UTF-8 text (line 1)"),
        (b"x\ny\n\xff", "standard input is not UTF-8 text (line 3)"),
        (b"x\0y", "standard input is a binary file"),
    ],
)
def test_standard_input_that_is_no_text(content: bytes, headline: str) -> None:
    ran = process("eval --at x=1", stdin=content)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {headline}")


# Files to read

READABLE = {
    "plain": b"x^2 + 1",
    "with a byte order mark": b"\xef\xbb\xbfx^2 + 1\n",
    "of Windows": b"a = x^2\r\na + 1\r\n",
    "of Windows, with comments": b"# caf\xc3\xa9\r\na = x^2 # square\r\n\r\na + 1\r\n",
    "brackets over lines": b"(x^2\r\n + 1\r\n)\r\n",
    "pasted signs": "x² + 1\n".encode(),
}


@pytest.mark.parametrize("content", READABLE.values(), ids=READABLE)
@pytest.mark.parametrize("option", ["-f", "--file"])
def test_a_program_file(content: bytes, option: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "p.ad").write_bytes(content)
    assert here(capsys, f"eval {option} {tmp_path}/p.ad --at x=3 {RAW}") == (0, "10\n", "")


UNREADABLE = {
    "a folder": (None, "is a directory"),
    "Latin-1": (b"# caf\xe9\nx\n", "is not UTF-8 text (line 1)"),
    "UTF-16": ("x^2".encode("utf-16"), "is not UTF-8 text (line 1)"),
    "a zero byte": (b"x^2\0", "is a binary file"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not UTF-8 text (line 1)"),
}


@pytest.mark.parametrize(("content", "text"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_program(content: bytes | None, text: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "p.ad"
    path.mkdir() if content is None else path.write_bytes(content)
    ran = here(capsys, f"eval -f {path} --at x=3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert str(path) in ran.err.splitlines()[0]
    assert text in ran.err.splitlines()[0]


def test_a_file_that_is_missing(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "nope.ad"
    ran = here(capsys, f"eval -f {path} --at x=3")
    assert ran == (2, "", f"error: cannot read {path}: no such file or directory\n")


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n"])
def test_an_empty_program_file(content: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "p.ad").write_text(content)
    ran = here(capsys, f"eval -f {tmp_path}/p.ad")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: the program ")


def test_a_problem_in_a_file_shows_its_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "p.ad").write_bytes(b"\xef\xbb\xbf# one\r\na = x^2\r\na + 2a\r\n")
    ran = here(capsys, f"eval -f {tmp_path}/p.ad --at x=1")
    assert (ran.code, ran.out) == (3, "")
    assert re.search(r"^  3 \| a \+ 2a *\n    \|      \^$", ran.err, re.M)


# Files to write

LINE = f'grad "{TEXTBOOK}" --at x1=2,x2=5'


@pytest.mark.parametrize("name", TEXTUAL)
def test_the_ending_of_a_file_chooses_the_format(name: str, tmp_path: Path, capsys: Capture) -> None:
    line = LINE.replace("grad", "graph" if needs()[name] == "graph" else "jacobian")
    for suffix in load(name).SUFFIXES:
        for path in (tmp_path / f"out{suffix}", tmp_path / f"OUT{suffix.upper()}"):
            assert here(capsys, f"{line} -o {path}") == (0, "", "")
            shown = here(capsys, f"{line} --format {name}").out
            assert path.read_text(encoding="utf-8") == shown


ENDINGS = {".json": "json", ".csv": "csv", ".tsv": "tsv", ".md": "markdown", ".txt": "table", ".dat": "tsv", "": "tsv"}


@pytest.mark.parametrize(("ending", "name"), ENDINGS.items())
def test_endings_that_everybody_knows(ending: str, name: str, tmp_path: Path, capsys: Capture) -> None:
    ran = here(capsys, f"{LINE} --output {tmp_path}/out{ending}")
    told = f"note: {tmp_path}/out.dat is written as tsv; --format chooses another format\n" if ending == ".dat" else ""
    assert ran == (0, "", told)
    assert (tmp_path / f"out{ending}").read_text() == here(capsys, f"{LINE} --format {name}").out


def test_format_goes_before_the_ending(tmp_path: Path, capsys: Capture) -> None:
    here(capsys, f"{LINE} -o {tmp_path}/out.csv --format json")
    assert json.loads((tmp_path / "out.csv").read_text())["gradient"] == [5.5, 1.7163378145367738]


def test_a_file_has_no_colour_and_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    here(capsys, f"trace 'sum(i*x^i for i in 1..200)' --at x=1 -o {tmp_path}/out.txt")
    text = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "more: --all" not in text
    assert "v500" in text


def test_notes_go_to_standard_error_beside_a_file(tmp_path: Path, capsys: Capture) -> None:
    ran = here(capsys, f"grad abs(x) --at x=0 -o {tmp_path}/out.tsv")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("note: ")
    assert (tmp_path / "out.tsv").read_text() == "output\tvariable\tpartial\ny\tx\t0\n"


FAILURES = ["grad 2x", "grad x*y --at x=1", "grad ln(x) --at x=-1 --strict", "trace x --at x=1 --mode sideways",
            "hessian '[x, x^2]' --at x=1 --format mtx", "taylor x --at x=1 --order -1"]  # fmt: skip


@pytest.mark.parametrize("line", FAILURES)
def test_a_run_that_fails_leaves_the_old_file(line: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "out.json"
    assert here(capsys, f"{line} -o {path}").code != 0
    assert not list(tmp_path.glob("*out*"))
    path.write_text("old\n")
    assert here(capsys, f"{line} -o {path}").code != 0
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.glob("*out*")] == ["out.json"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(OSError(28, "No space left on device"), 2), (KeyboardInterrupt(), 130), (RuntimeError("boom"), 70)],
    ids=["disk", "interrupt", "bug"],
)
def test_a_write_that_fails_half_way_leaves_the_old_file(
    fault: BaseException, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def broken(*_: Any) -> Iterator[str]:
        yield "half\n"
        raise fault

    path = tmp_path / "out.tsv"
    path.write_text("old\n")
    monkeypatch.setattr("adcli.render.tsv.render", broken)
    assert here(capsys, f"{LINE} -o {path}").code == code
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.glob("*out*")] == ["out.tsv"]


def test_a_rename_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "out.tsv"
    path.write_text("old\n")
    monkeypatch.setattr("os.replace", refuse)
    ran = here(capsys, f"{LINE} -o {path}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: cannot write {path}: no space left on device\n"
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.glob("*out*")] == ["out.tsv"]


@pytest.mark.parametrize("place", ["{}/nope/out.tsv", "{}", "{}/file/out.tsv"])
def test_a_place_that_cannot_be_written(place: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    ran = here(capsys, f"{LINE} -o {place.format(tmp_path)}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: cannot write {place.format(tmp_path)}: ")


def test_an_empty_file_name(capsys: Capture) -> None:
    ran = here(capsys, LINE, "-o", "")
    assert (ran.code, ran.out) == (2, "")
    ran = here(capsys, "eval --at x=1", "-f", "")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    ran = here(capsys, f"{LINE} -o {folder}/out.tsv")
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: cannot write {folder}/out.tsv: permission denied\n")


def test_the_mode_of_a_file_is_that_of_any_new_file_or_of_the_old_one(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "out.tsv"
    mask = os.umask(0o027)
    try:
        here(capsys, f"{LINE} -o {path}")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        here(capsys, f"{LINE} -o {path}")
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(mask)


def test_a_link_stays_a_link(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "real.tsv").write_text("old\n")
    (tmp_path / "link.tsv").symlink_to("real.tsv")
    assert here(capsys, f"eval x --at x=1 -o {tmp_path}/link.tsv").code == 0
    assert (tmp_path / "link.tsv").is_symlink()
    assert (tmp_path / "real.tsv").read_text() == "output\tvalue\ny\t1\n"


def test_a_pipe_or_a_device_as_a_file() -> None:
    assert shell("adcli eval x --at x=1 -o /dev/null") == (0, "", "")
    assert shell("set -o pipefail; adcli eval x --at x=1 --format raw -o /dev/stdout | cat") == (0, "1\n", "")
    assert shell("adcli eval x --at x=1 --format raw -o >(cat); wait $!").out == "1\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_as_a_file(capsys: Capture) -> None:
    ran = here(capsys, f"{LINE} -o /dev/full")
    assert ran == (2, "", "error: cannot write /dev/full: no space left on device\n")
