"""What a terminal gets: tables that fit, colour where it is wanted, ASCII where there is no more, completion."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from running import ROOT, SAMPLES, TEXTBOOK, columns_of, here, on_terminal, process, shell_command

from adcli.report.number import display

Capture = pytest.CaptureFixture[str]
ADCLI = [sys.executable, "-m", "adcli"]
TRACE = ["trace", TEXTBOOK, "--at", "x1=2,x2=5"]
GRAD = ["grad", TEXTBOOK, "--at", "x1=2,x2=5"]
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def command_of(path: Path) -> list[str]:
    """File and point, from the command line that a sample's comment gives."""
    line = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# adcli "))
    given = line.split()
    return [word for flag in ("-f", "--at") for word in (flag, given[given.index(flag) + 1])]


# A real terminal


def test_a_terminal_gets_the_table_and_a_pipe_tsv() -> None:
    code, screen = on_terminal([*ADCLI, *GRAD])
    assert code == 0
    assert "Gradient at x1 = 2, x2 = 5" in ESCAPE.sub("", screen)
    assert "\x1b[" in screen
    assert process("", *GRAD).out.startswith("output\tvariable\tpartial\n")


def test_only_standard_output_decides() -> None:
    code, screen = on_terminal(shell_command(f'adcli grad "{TEXTBOOK}" --at x1=2,x2=5 | cat'))
    assert (code, screen.splitlines()[0]) == (0, "output\tvariable\tpartial")


def test_a_terminal_as_standard_input_is_not_waited_for() -> None:
    code, screen = on_terminal([*ADCLI, "jacobian"], env={"NO_COLOR": "1"})
    assert code == 0
    assert screen.startswith(f"using the textbook example: {TEXTBOOK} --at x1=2,x2=5\n")
    assert "1.7163378145367738" in screen


def test_the_textbook_trace_on_a_terminal() -> None:
    """Every number of the textbook, each adjoint a sum that adds up."""
    code, screen = on_terminal([*ADCLI, *TRACE], env={"NO_COLOR": "1"})
    assert code == 0
    lines = [line.split() for line in screen.splitlines()]
    for row in ("v1 ln(v-1) ln(2) 0.693147", "v4 v1 + v2 0.693147 + 10 10.693147", "= v̄0 1.716338", "= v̄-1 5.5"):
        assert any(words[: len(row.split())] == row.split() for words in lines), row


ALL_SAMPLES = """
import sys
from adcli.cli.app import guarded_run
for line in sys.stdin:
    print("sample", line, end="", flush=True)
    assert guarded_run(line.split()) == 0
"""


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_of_a_trace_is_wider_than_the_terminal(columns: int, tmp_path: Path) -> None:
    """One process for all samples, its standard output a terminal."""
    (tmp_path / "all.py").write_text(ALL_SAMPLES)
    lines = [" ".join(["trace", "--quiet", *command_of(path)]) for path in SAMPLES]
    (tmp_path / "lines").write_text("".join(f"{line}\n" for line in lines))
    script = f"{sys.executable} {tmp_path}/all.py < {tmp_path}/lines"
    code, screen = on_terminal(["bash", "-c", script], columns, ROOT, {"NO_COLOR": "1"})
    assert code == 0, screen[-2000:]
    assert screen.count("sample trace") == len(SAMPLES) > 8
    wide = [line for line in screen.splitlines() if columns_of(line) > columns and not line.startswith("sample")]
    assert not wide


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_trace_fits_and_loses_no_number(
    path: Path, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = here(capsys, "trace --format table --all", *command_of(path))
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert max(map(columns_of, lines)) <= columns
    assert not any(line.endswith(" ") for line in lines)
    data = json.loads(here(capsys, "trace --format json", *command_of(path)).out)
    shown = set(re.findall(r"[-\w.]+", ran.out))
    for node in data["nodes"]:
        if not isinstance(node["value"], bool | str):
            assert display(node["value"]) in shown, node["name"]


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", ["grad", "jacobian"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_results_fit_and_are_whole(
    path: Path, command: str, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = here(capsys, f"{command} --format table --all", *command_of(path))
    assert ran.code == 0
    assert max(map(columns_of, ran.out.splitlines())) <= columns
    data = json.loads(here(capsys, f"{command} --format json", *command_of(path)).out)
    shown = {float(text) for text in re.findall(r"(?<![\w.])-?\d[\d.]*(?:e-?\d+)?", ran.out)}
    partials = {x for row in data["jacobian"] for x in row}
    if "rounded: --digits 17 or --format tsv shows all digits" in ran.out:
        assert command == "jacobian"
        partials = {float(display(x)) for x in partials}
    assert partials <= shown


@pytest.mark.parametrize("line", ["functions", "functions if", "functions polygamma", "fmt sin(x)^2"])
@pytest.mark.parametrize("columns", [80, 120])
def test_other_tables_fit_too(line: str, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(columns_of, here(capsys, f"{line} --format table").out.splitlines())) <= columns


def test_more_columns_show_more(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    wide = here(capsys, "", *TRACE, "--format", "table").out
    assert "written as" in wide
    monkeypatch.setenv("COLUMNS", "40")
    narrow = here(capsys, "", *TRACE, "--format", "table").out
    assert "written as" not in narrow
    assert "-0.958924" in narrow


# Long tables

LONG = ["trace", "sum(i*x^i for i in 1..3400)", "--at", "x=1"]  # 10,200 nodes or so


def test_a_long_trace_shows_head_and_tail_on_a_terminal() -> None:
    code, screen = on_terminal([*ADCLI, *LONG], env={"NO_COLOR": "1"})
    assert code == 0
    lines = screen.splitlines()
    assert len(lines) < 400
    assert max(map(columns_of, lines)) <= 80
    assert re.search(r"[\d,]+ more: --all or --format (tsv|json)", screen)
    names = {line.split()[0] for line in lines if re.match(r"v\d+ ", line)}
    last = max(int(name[1:]) for name in names)
    assert last > 10_000
    assert {"v0", "v1", "v2", f"v{last - 1}"} <= names
    assert "v5000" not in names
    assert "5781700" in screen


def test_all_rows_are_shown_when_asked_for_and_in_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    short = here(capsys, "trace 'sum(i*x for i in 1..100)' --at x=1 --format table").out
    whole = here(capsys, "trace 'sum(i*x for i in 1..100)' --at x=1 --format table --all").out
    assert "more: --all" in short
    assert "more: --all" not in whole
    assert re.search(r"^v100 ", whole, re.M)
    assert not re.search(r"^v100 ", short, re.M)
    rows = here(capsys, "", *LONG).out.splitlines()
    assert len(rows) > 10_000
    assert "more" not in rows


# Colour

COLORED = [  # options, environment, whether there is colour in a pipe, on a terminal
    ([], {}, False, True),
    ([], {"NO_COLOR": "1"}, False, False),
    ([], {"NO_COLOR": ""}, False, True),
    ([], {"FORCE_COLOR": "1"}, True, True),
    ([], {"FORCE_COLOR": "0"}, False, False),
    ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ([], {"TERM": "dumb"}, False, False),
    ([], {"GITHUB_ACTIONS": "true"}, False, True),
    (["--color", "always"], {}, True, True),
    (["--color", "always"], {"NO_COLOR": "1"}, True, True),
    (["--color", "always"], {"TERM": "dumb"}, True, True),
    (["--color", "never"], {}, False, False),
    (["--color", "never"], {"FORCE_COLOR": "1"}, False, False),
]


@pytest.mark.parametrize(("options", "env", "piped", "_"), COLORED)
def test_colour_in_a_pipe(
    options: list[str], env: dict[str, str], piped: bool, _: bool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    ran = here(capsys, "", *TRACE, *options, "--format", "table")
    assert ran.code == 0
    assert ("\x1b" in ran.out) == piped
    for name in ("tsv", "csv", "json", "raw", "markdown"):
        assert "\x1b" not in here(capsys, "", *TRACE, *options, "--format", name).out


@pytest.mark.parametrize(("options", "env", "_", "shown"), COLORED[:9])
def test_colour_on_a_terminal(options: list[str], env: dict[str, str], _: bool, shown: bool) -> None:
    code, screen = on_terminal([*ADCLI, *GRAD, *options], env=env)
    assert code == 0
    assert ("\x1b" in screen) == shown


def test_colour_changes_nothing_but_colour(capsys: Capture) -> None:
    plain = here(capsys, "", *TRACE, "--format", "table").out
    colored = ESCAPE.sub("", here(capsys, "", *TRACE, "--format", "table", "--color", "always").out)
    assert [line.rstrip(" ") for line in colored.splitlines()] == plain.splitlines()


# Encodings


@pytest.mark.parametrize("variable", ["LC_ALL=C", "LC_ALL=POSIX", "PYTHONIOENCODING=ascii", "PYTHONIOENCODING=cp1252"])
def test_a_terminal_without_utf8_gets_ascii(variable: str) -> None:
    name, _, value = variable.partition("=")
    ran = process("", *TRACE, "--format", "table", **{name: value})
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.isascii()
    assert "\\" not in ran.out
    assert "5.5" in ran.out


def test_every_command_without_utf8(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("adcli.cli.request.only_ascii", lambda stream: True)
    for line in ("eval", "grad", "jacobian", "jvp --tangent x1=1", "vjp --cotangent y=1", "trace", "fmt", "functions"):
        ran = here(capsys, f"{line} --format table --quiet")
        assert (ran.code, ran.err, ran.out.isascii()) == (0, "", True), line


def test_notes_problems_and_long_tables_without_utf8() -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    ran = process("eval 'é + 1' --at x=1", **ascii_only)
    assert (ran.code, ran.out, ran.err.isascii()) == (3, "", True)
    ran = process("grad 'abs(x) # café' --at x=0", **ascii_only)
    assert (ran.code, ran.err.isascii()) == (0, True)
    ran = process("trace 'sum(i*x for i in 1..100)' --at x=1 --format table", COLUMNS="60", **ascii_only)
    assert (ran.code, ran.err, ran.out.isascii()) == (0, "", True)
    assert "... " in ran.out
    process(f"grad 'x + 0*({'x+' * 100}x)' --at x=1")
    ran = process("grad", **ascii_only)
    assert (ran.code, ran.err.isascii()) == (0, True)
    assert ran.err.count("\n") == 1


def test_arguments_that_are_no_text() -> None:
    """Bytes that are no UTF-8 reach a program as lone surrogates."""
    ran = process("", "eval", "x \udcff", "--at", "x=1")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: ")
    ran = process("", "eval", "x # \udcff", "--at", "x=1", "--format", "json")
    assert ran.code in (0, 3)
    assert "Traceback" not in ran.err
    ran = process("", "eval", "-f", "\udcff.ad", "--at", "x=1")
    assert (ran.code, ran.out) == (2, "")


# Completion


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("adcli gr", "grad"),
        ("adcli ", "jacobian"),
        ("adcli grad --fo", "--format"),
        ("adcli trace --num", "--numbering"),
        ("adcli grad x --a", "--at"),
        ("adcli nope --a", ""),
    ],
)
def test_completion_in_bash(typed: str, expected: str) -> None:
    ran = process("", _ADCLI_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(typed.count(" ")))
    assert (ran.code, ran.err) == (0, "")
    assert expected in ran.out


@pytest.mark.parametrize("kind", ["zsh", "fish"])
def test_completion_in_other_shells(kind: str) -> None:
    asked = {"_TYPER_COMPLETE_ARGS": "adcli gr", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    ran = process("", _ADCLI_COMPLETE=f"complete_{kind}", **asked)
    assert (ran.code, ran.err) == (0, "")
    assert "grad" in ran.out


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_the_completion_script_can_be_shown(kind: str) -> None:
    ran = process("", _ADCLI_COMPLETE=f"source_{kind}")
    assert (ran.code, ran.err) == (0, "")
    assert "adcli" in ran.out
