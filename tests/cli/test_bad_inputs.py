"""Bad input on the whole command line: files, points, options. Broken programs are in tests/parse/test_problems.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import here, process

FILES = {
    "bin.ad": bytes(range(256)), "nul.ad": b"x\0y", "utf16.ad": b"\xff\xfex\0", "empty.ad": b"",
    "two.ad": b"x^2\r\n+1\r\n",
    "null.json": b'{"x": null}', "list.json": b"[1]", "deep.json": b"[" * 100_000, "twice.json": b'{"x": 1, "x": 2}',
}  # fmt: skip

# (exit code, what the first line says, the arguments)
BAD: list[tuple[int, str, list[str]]] = [
    (2, "there is no command nope", ["nope"]),
    (2, "there is no option --nope", ["eval", "--nope"]),
    (2, "option '--at' requires an argument", ["eval", "x", "--at"]),
    (2, "there is no command", ["\x1b[31m"]),
    # Files
    (2, "bin.ad is not UTF-8 text", ["grad", "-f", "bin.ad"]),
    (2, "nul.ad is a binary file, not a program", ["grad", "-f", "nul.ad"]),
    (2, "utf16.ad is not UTF-8 text (line 1)", ["grad", "-f", "utf16.ad"]),
    (2, "cannot read folder: is a directory", ["grad", "-f", "folder"]),
    (2, "cannot read nope.ad: no such file", ["grad", "-f", "nope.ad"]),
    (3, "the program is empty", ["grad", "-f", "empty.ad"]),
    (3, "only the last statement may be an expression without a name", ["grad", "-f", "two.ad", "--at", "x=1"]),
    # Programs that want to be something else
    (3, "'\"' is not part of the language", ["eval", '__import__("os").system("id")']),
    (3, "there is no operator between import and os", ["eval", "x; import os"]),
    (3, "there is no operator between [bold] and x[/bold]", ["eval", "[bold]x[/bold]"]),
    (3, "'`' is not part of the language", ["eval", "`id`"]),
    (3, "'$' is not part of the language", ["eval", "$(id)"]),
    (3, "'\\' is not part of the language", ["eval", "\\e[31mx"]),
    (3, "character U+001B is not part of the language", ["eval", "\x1b[31mx"]),
    (3, "character U+0001 is not part of the language", ["eval", "x\x01y"]),
    (3, "character U+DCED is not part of the language", ["eval", "\udced\udca0\udc80"]),
    (3, "character U+200B is not part of the language", ["eval", "x\u200b"]),
    (3, "'%' is not part of the language", ["eval", "x % 2"]),
    (3, "b is used before it is bound", ["eval", "a=b; b=a"]),
    (3, "g is used before it is bound", ["eval", "f(x)=g(x); g(x)=f(x); f(1)"]),
    (3, "x is defined by itself", ["eval", "x=x+1"]),
    (3, "1e400 is too large for a double", ["eval", "1e400"]),
    (3, "1e-400 is too small for a double", ["eval", "1e-400"]),
    (3, "the program needs more than 5,000,000 nodes", ["eval", "sum(x[i] for i in 1..10^12)"]),
    (3, "the program needs more than 5,000,000 nodes", ["eval", "sum(i for i in 1..10^4 for j in 1..10^4)"]),
    (3, "the program needs more than 100 nodes", ["eval", "sum(x*i for i in 1..99)", "--max-nodes", "100"]),
    (3, "'(' is never closed", ["eval", "(" * 50_000]),
    # Points
    (2, "'\"' has no place in a point", ["eval", "x", "--at", 'x=__import__("os")']),
    (2, "a value is finite; this one is inf", ["eval", "x", "--at", "x=1/0"]),
    (2, "a value is finite; this one is inf", ["eval", "x", "--at", "x=9^9^9^9"]),
    (2, "1e400 is too large for a double", ["eval", "x", "--at", "x=1e400"]),
    (2, "there is nothing after '='", ["eval", "x", "--at", "x="]),
    (2, "a point is written name=value", ["eval", "x", "--at", "=1"]),
    (2, "a point is written name=value", ["eval", "x", "--at", "1"]),
    (2, "x is given twice", ["eval", "x", "--at", "x=1,x=2"]),
    (2, "x is given twice", ["eval", "x", "--at", "x=1", "--at", "x=2"]),
    (2, "'[' is never closed", ["eval", "x", "--at", "x=[1,2"]),
    (2, "a value is a number; y has none here", ["eval", "x", "--at", "x=y"]),
    (2, "there is no variable z", ["eval", "x", "--at", "x=1,z=2"]),
    (2, "no value for y", ["eval", "x*y", "--at", "x=1"]),
    (2, "cannot read nope.json: no such file", ["eval", "x", "--at", "@nope.json"]),
    (2, "cannot read folder: is a directory", ["eval", "x", "--at", "@folder"]),
    (2, "bin.ad is not UTF-8 text", ["eval", "x", "--at", "@bin.ad"]),
    (2, "x in null.json is no number", ["eval", "x", "--at", "@null.json"]),
    (2, "list.json holds no JSON object", ["eval", "x", "--at", "@list.json"]),
    (2, "deep.json is no JSON", ["eval", "x", "--at", "@deep.json"]),
    (2, "twice.json is no JSON: x is given twice", ["eval", "x", "--at", "@twice.json"]),
    # Options
    (2, "--digits is a whole number from 1 to 17, not 0", ["eval", "x", "--at", "x=1", "--digits", "0"]),
    (2, "--digits is a whole number from 1 to 17, not 1_0", ["eval", "x", "--at", "x=1", "--digits", "1_0"]),
    (2, "--digits is a whole number from 1 to 17, not ٣", ["eval", "x", "--at", "x=1", "--digits", "٣"]),
    (2, "--max-nodes is a whole number", ["eval", "x", "--at", "x=1", "--max-nodes", "0"]),
    (2, "there is no format nope", ["eval", "x", "--at", "x=1", "--format", "nope"]),
    (2, "-o names no file", ["eval", "x", "--at", "x=1", "-o", ""]),
    (2, "cannot write folder: is a directory", ["eval", "x", "--at", "x=1", "-o", "folder"]),
    (2, "cannot write no/x.csv: no such file", ["eval", "x", "--at", "x=1", "-o", "no/x.csv"]),
    (2, "--color is one of auto, always, never", ["eval", "x", "--at", "x=1", "--color", "pink"]),
    (2, "there is no variable q", ["grad", "x", "--at", "x=1", "--wrt", "q"]),
    (2, "there is no output q", ["grad", "x", "--at", "x=1", "--of", "q"]),
    (2, "--wrt names nothing", ["grad", "x", "--at", "x=1", "--wrt", ""]),
    (2, "--tangent is missing", ["jvp", "x", "--at", "x=1"]),
    (2, "--cotangent is missing", ["vjp", "x", "--at", "x=1"]),
    (2, "--tangent is missing", ["hvp", "x", "--at", "x=1"]),
    (2, "--tangent is missing: there are 2 variables", ["taylor", "x*y", "--at", "x=1,y=2"]),
    (2, "the order of a derivative is 0 or more, not -3", ["taylor", "x", "--at", "x=1", "--order", "-3"]),
    (2, "--mode is one of forward, reverse, both, not up", ["trace", "x", "--at", "x=1", "--mode", "up"]),
    (2, "--numbering is one of level, source, not up", ["trace", "x", "--at", "x=1", "--numbering", "up"]),
    (2, "there is no variable q", ["trace", "x", "--at", "x=1", "--second", "q"]),
    (2, "there is no node v99", ["graph", "x", "--at", "x=1", "--around", "v99"]),
    (2, "there is no variable q", ["explain", "x", "--at", "x=1", "--path", "q"]),
    (2, "there is no variable q", ["propagate", "x", "--at", "x=1", "--sigma", "q=1"]),
    (2, "--sigma is missing", ["propagate", "x", "--at", "x=1"]),
    (2, "an uncertainty is 0 or more", ["propagate", "x", "--at", "x=1", "--sigma", "x=-1"]),
    (2, "cannot read nope.csv", ["propagate", "x", "--at", "x=1", "--cov", "nope.csv"]),
    (2, "'(' is never closed", ["check", "x", "--at", "x=1", "--claim", "x=("]),
    (2, "there is no variable z", ["check", "x", "--at", "x=1", "--claim", "z=1"]),
    (2, "--box x=1 is no range", ["check", "x", "--box", "x=1"]),
    (2, "--box x=2:1 is empty", ["check", "x", "--box", "x=2:1"]),
    (2, "--box names x twice", ["check", "x", "--box", "x=1:2,x=2:3"]),
    (2, "there is no variable q", ["check", "x", "--box", "x=1:2,q=2:3"]),
    (2, "--samples is a whole number from 1", ["check", "x", "--box", "x=1:2", "--samples", "0"]),
    (2, "--repeat is a whole number from 0 to 1000, not -1", ["modes", "x", "--at", "x=1", "--repeat", "-1"]),
    (2, "there is no function nope", ["functions", "nope"]),
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)


@pytest.mark.parametrize(("code", "says", "arguments"), BAD, ids=[ascii(" ".join(row[2]))[:60] for row in BAD])
def test_bad_input_has_its_exit_code_and_message(
    code: int, says: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    ran = here(capsys, arguments[0], *arguments[1:])
    assert (ran.code, ran.out) == (code, "")
    first = ran.err.splitlines()[0]
    assert first.startswith("error: ")
    assert says in first
    assert "Traceback" not in ran.err
    assert not {"\x1b", "\0"} & set(ran.err)


DEEP = [
    "(" * 100_000 + "x" + ")" * 100_000,
    "-" * 100_000 + "x",
    "sin(" * 50_000 + "x" + ")" * 50_000,
    "x" + "^x" * 30_000,
]


@pytest.mark.parametrize("text", DEEP, ids=[text[:4] for text in DEEP])
def test_depth_does_not_matter(text: str) -> None:
    Path("deep.ad").write_text(text)
    ran = process("grad -f deep.ad --at x=1 --format json")
    assert ran.code == 0
    assert len(json.loads(ran.out)["gradient"]) == 1


def test_a_byte_order_mark_and_carriage_returns_are_no_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bom.ad").write_bytes(b"\xef\xbb\xbfa = x^2\r\na + 1\r\n")
    assert here(capsys, "grad -f bom.ad --at x=2").out == "output\tvariable\tpartial\ny\tx\t4\n"
