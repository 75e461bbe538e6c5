"""trace --diff on the command line: files and standard input, exit codes, formats, what is no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import TEXTBOOK, here, process, shell

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """A folder with the traces a.json (the textbook), p.json (another point) and f.json (another formula)."""
    monkeypatch.chdir(tmp_path)
    for name, text, at in (
        ("a", TEXTBOOK, "x1=2,x2=5"), ("p", TEXTBOOK, "x1=2,x2=6"), ("f", TEXTBOOK.replace("sin", "cos"), "x1=2,x2=5")
    ):  # fmt: skip
        assert here(capsys, "trace", text, "--at", at, "-o", f"{name}.json").code == 0
    return tmp_path


@pytest.mark.parametrize(("other", "code"), [("a", 0), ("p", 1), ("f", 1)])
@pytest.mark.parametrize("format", ["table", "tsv", "csv", "json", "markdown", "svg"])
def test_the_exit_code_says_whether_traces_differ(
    other: str, code: int, format: str, traces: Path, capsys: Capture
) -> None:
    ran = here(capsys, f"trace --diff a.json {other}.json --format {format}")
    assert (ran.code, ran.err) == (code, "")
    assert ran.out
    if format == "json":
        assert json.loads(ran.out)["equal"] == (code == 0)
    if format == "table":
        assert ("no difference" in ran.out) == (code == 0)


@pytest.mark.parametrize("line", ["trace --diff a.json p.json", "trace --diff=a.json p.json",
                                  "trace -q --diff a.json p.json --digits 3"])  # fmt: skip
def test_a_pipe_gets_rows(line: str, traces: Path, capsys: Capture) -> None:
    rows = [row.split("\t") for row in here(capsys, line).out.splitlines()]
    assert rows[0] == ["change", "node_a", "node_b", "quantity", "a", "b", "difference", "relative", "ulps"]
    assert ["", "v0", "v0", "value", "5", "6", "1", "0.16666666666666666", "1125899906842624"] in rows


def test_one_trace_may_come_from_standard_input(traces: Path) -> None:
    ran = shell("adcli trace --diff - p.json --format json < a.json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out)["a"]["name"] == "standard input"
    ran = shell(f"adcli trace '{TEXTBOOK}' --at x1=2,x2=5 --format json | adcli trace --diff a.json -")
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)


def test_nothing_is_remembered_of_a_comparison(traces: Path) -> None:
    """The last program is still that of the last trace that was made."""
    assert process("trace --diff f.json a.json").code == 1
    assert process("eval --format raw").out == "10.409484995096719\n"


def test_an_empty_standard_input_is_an_error(traces: Path) -> None:
    ran = process("trace --diff - a.json", stdin="")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: standard input is empty\n  name a file that is a trace\n"


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        (lambda text: text[:500], "b.json is cut off (at line 1)"),
        (lambda text: text.replace('"version": 1', '"version": 9'), "b.json is a trace of version 9"),
        (lambda text: '{"a": 1}', "b.json is no trace of adcli"),
        (lambda text: "node,value", "b.json is no trace of adcli"),
        (lambda text: "", "b.json is no trace of adcli"),
        (lambda text: text.replace('"jacobian": [[', '"jacobian": [[1, '), "b.json is no complete trace: the jacobian"),
    ],
)
def test_what_is_no_trace_is_named(text: object, headline: str, traces: Path, capsys: Capture) -> None:
    assert callable(text)
    Path("b.json").write_text(text(Path("a.json").read_text(encoding="utf-8")), encoding="utf-8")
    for line in ("trace --diff a.json b.json", "trace --diff b.json a.json"):
        ran = here(capsys, line)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"error: {headline}")
