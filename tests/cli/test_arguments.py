"""What may stand on a command line: expressions that begin with a minus, points, names; and what may not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import TEXTBOOK, here, process, shell

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that a file written by mistake is seen."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# Expressions that begin with a minus, and options whose values look like expressions or options.
ACCEPTED = [
    (["eval", "-x^2", "--at", "x=3"], "-9"),
    (["eval", "--at", "x=3", "-x^2"], "-9"),
    (["eval", "-v*x", "--at", "v=2,x=3"], "-6"),
    (["eval", "--at", "v=2,x=3", "-v*x"], "-6"),
    (["eval", "-x", "--at", "x=1"], "-1"),
    (["eval", "--at", "x=1", "-x"], "-1"),
    (["eval", "--at", "f=2,o=3", "-f*o"], "-6"),
    (["eval", "--at", "q2=2,h2=3", "-q2 - h2", "-h2"], "-5 -3"),
    (["eval", "-.5*x", "--at", "x=2"], "-1"),
    (["eval", "-1e-3"], "-0.001"),
    (["eval", "-(x)", "-q", "--at", "x=1"], "-1"),
    (["eval", "-q", "--at", "x=1", "-x"], "-1"),
    (["eval", "-x", "-x^2", "--at", "x=2"], "-2 -4"),
    (["eval", "--at", "x=1", "--", "-x"], "-1"),
    (["eval", "--at", "x=1", "--", "--x"], "1"),
    (["eval", "--at", "x=1,at=5", "--", "--at", "x"], "5 1"),
    (["eval", "--at", "q=3", "--", "-q"], "-3"),
    (["eval", "--at=q=3", "--", "-q"], "-3"),
    (["eval", "a", "--at", "a=-1"], "-1"),
    (["eval", "a", "--at=a=-1"], "-1"),
    (["eval", "a*b", "--at", "a=-2,b=-3"], "6"),
    (["eval", "\u2212x", "--at", "x=2"], "-2"),
    (["grad", "-x^2", "--at", "x=3"], "-6"),
    (["grad", "-x*y", "--at", "x=3,y=4", "--wrt", "y,x"], "-3 -4"),
    (["jacobian", "-x", "--at", "x=3", "--mode", "forward"], "-1"),
    (["jvp", "-x^2", "--at", "x=3", "--tangent", "x=-1"], "6"),
    (["vjp", "-x^2", "--at", "x=3", "--cotangent", "y=-1"], "6"),
    (["fmt", "-x^2"], "-x^2"),
    (["functions", "-"], "- -"),
]


@pytest.mark.parametrize(("arguments", "expected"), ACCEPTED, ids=lambda value: " ".join(value)[:60])
def test_expressions_and_options_are_told_apart(arguments: list[str], expected: str, capsys: Capture) -> None:
    ran = here(capsys, "", arguments[0], "--format", "raw", *arguments[1:])
    assert (ran.code, ran.out.split(), ran.err) == (0, expected.split(), "")


def test_a_minus_works_from_a_real_shell() -> None:
    assert shell("adcli grad -x^2 --at x=3 --format raw") == (0, "-6\n", "")
    assert shell("adcli grad --at v=2,x=3 -v*x --format raw") == (0, "-3 -2\n", "")


# What is wrong: (command line, headline, hint)
USAGE = [
    ("nope", "there is no command nope", ""),
    ("grda x", "there is no command grda", "did you mean grad?"),
    ("gradd", "there is no command gradd", "did you mean grad?"),
    ("'x^2 + 1'", "there is no command x^2 + 1", "adcli grad"),
    ("eval --typo x", "there is no option --typo", ""),
    ("eval x --formt json", "there is no option --formt", "did you mean --format?"),
    ("grad x --modes forward", "there is no option --modes", ""),
    ("--typo", "there is no option --typo", ""),
    ("eval x --at x=1 --format tabel", "there is no format tabel", "did you mean table?"),
    ("eval x --at x=1 --format jsn", "there is no format jsn", "did you mean json?"),
    ("eval x --at x=1 --format zzz", "there is no format zzz", "the formats are coo, csv, "),
    ("eval x --at x=1 --format ''", "there is no format", "the formats are coo, csv, "),
    ("fmt x --format zzz", "there is no format zzz", "the formats are coo, csv, "),
    ("functions --format zzz", "there is no format zzz", "the formats are coo, csv, "),
    ("eval x --at x=1 --color blue", "--color is one of auto, always, never, not blue", ""),
    ("eval x --at x=1 --digits 0", "--digits is a whole number from 1 to 17, not 0", "write --digits 4"),
    ("eval x --at x=1 --digits 18", "--digits is a whole number from 1 to 17, not 18", "write --digits 4"),
    ("eval x --at x=1 --digits two", "--digits is a whole number from 1 to 17, not two", "write --digits 4"),
    ("eval x --at x=1/0", "a value is finite; this one is inf", "write a finite number"),
    ("eval x -o", "-o", ""),
    ("eval x --at x=1 -o -q", "-o has no value: -q is an option", "see adcli eval --help"),
    ("eval x --at --strict", "--at has no value: --strict is an option", "see adcli eval --help"),
    ("eval x --at x=1 -o ''", "-o names no file", "write -o FILE"),
    ("grad x*y --at x=1,y=2 --wrt ''", "--wrt names nothing", "write --wrt x,y"),
    ("grad x*y --at x=1,y=2 --of ' '", "--of names nothing", "write --of f"),
    ("explain x*y --at x=1,y=2 --path ''", "--path names nothing", "write --path x,y"),
    ("explain 'alpha*y' --at alpha=1,y=2 --path alhpa", "there is no variable alhpa", "did you mean alpha?"),
    ("explain 'x*y' --at x=1,y=2 --of g", "there is no output g", "the outputs are"),
    ("explain x --at x=1 --top 0", "--top is a whole number from 1 to 10000, not 0", "write --top 4"),
    ("explain x --at x=1 --top ten", "--top is a whole number from 1 to 10000, not ten", "write --top 4"),
    ("explain x --at x=1 --node --edge", "--node and --edge are two views", "choose one of them"),
    ("explain x --at x=1 --numbering size", "--numbering is one of level, source, not size", ""),
    ("graph x --at x=1 --mode tangent", "--mode is one of forward, reverse, both, not tangent", ""),
    ("graph x --at x=1 --numbering size", "--numbering is one of level, source, not size", ""),
    ("graph x --at x=1 --hops 2", "--hops needs --around", "write --around v1 --hops 2"),
    ("graph x --at x=1 --around v0 --hops -1", "--hops is a whole number from 0 to 1000000, not -1", "write --hops 4"),
    ("graph x^2 --at x=1 --around v17", "there is no node v17", "did you mean v1?"),
    ("graph x^2 --at x=1 --around ''", "there is no node (empty)", "the nodes are v0 to v1"),
    ("grad x^2 --at x=1 --format dot", "dot is a format of a graph", "use it with graph"),
    ("trace --diff", "'--diff' requires 2 arguments", "see adcli trace --help"),
    ("trace --diff a.json", "'--diff' requires 2 arguments", "see adcli trace --help"),
    ("trace --diff a.json --all", "--diff has no value: --all is an option", "see adcli trace --help"),
    ("trace --diff a.json b.json", "cannot read a.json: no such file or directory", ""),
    ("trace --diff=a.json b.json", "cannot read a.json: no such file or directory", ""),
    ("trace --diff - -", "--diff reads standard input once", "write - for one of the two"),
    ("trace --diff a.json b.json c.json", "--diff compares two files as they are", "write adcli trace --diff a.json b"),
    ("trace x --at x=1 --diff a.json b.json", "--diff compares two files as they are", ""),
    ("trace --diff a.json b.json --mode forward", "--diff compares two files as they are", ""),
    ("eval x --at x=1 --digits", "--digits", ""),
    ("eval x --at x=1 -f", "-f", ""),
    ("eval x --at x=1 -o", "-o", ""),
    ("eval x --at", "--at", ""),
    ("grad x --at x=1 --wrt", "--wrt", ""),
    ("eval x --at x=1 --format", "--format", ""),
    ("eval x --at x=1 --wrt x", "there is no option --wrt", ""),
    ("vjp x --at x=1 --cotangent y=1 --of y", "there is no option --of", ""),
    ("jacobian x --at x=1 --mode sideways", "--mode is one of auto, forward, reverse, not sideways", ""),
    ("jacobian x --at x=1 --mode both", "--mode is one of auto, forward, reverse, not both", ""),
    ("trace x --at x=1 --mode auto", "--mode is one of forward, reverse, both, not auto", ""),
    ("trace x --at x=1 --numbering size", "--numbering is one of level, source, not size", ""),
    ("jvp x --at x=1", "--tangent is missing", "write --tangent x=1"),
    ("vjp x --at x=1", "--cotangent is missing", "write --cotangent y=1"),
    ("jvp 'x*y' --at x=1,y=1 --tangent z=1", "there is no variable z", "the variables are x, y"),
    ("jvp alpha --at alpha=1 --tangent alhpa=1", "there is no variable alhpa", "did you mean alpha?"),
    ("vjp x --at x=1 --cotangent z=1", "there is no output z", "the outputs are y"),
    ("grad 'x*y' --at x=1", "no value for y", "add --at y=1"),
    ("grad 'x*y' ", "no value for x, y", "add --at x=1,y=1"),
    ("grad 'x[1]*x[2]'", "no value for x[1], x[2]", "add --at x=[1,2,3]"),
    ("eval 'x[1]*x[2]' --at x=[1]", "no value for x[2]", ""),
    ("grad 'alpha*x' --at alhpa=1,x=2", "there is no variable alhpa", "did you mean alpha?"),
    ("eval x --at x=1,unused=2", "there is no variable unused", "the variables are x"),
    ("eval 3 --at x=1", "there is no variable x", "the program has no variables"),
    ("eval 'x[1]' --at x=[1,2]", "there is no variable x[2]", "did you mean x[1]?"),
    ("grad x --at x=1,x=2", "x is given twice", "1 | x=1,x=2"),
    ("grad x --at x=1 --at x=2", "x is given twice", "1 | x=2"),
    ("eval 'x[1]+x[2]' --at x=[1,2] --at x[2]=5", "x[2] is given twice", ""),
    ("eval 'x[1]+x[2]' --at x=[1,2],x[2]=5", "x[2] is given twice", ""),
    ("grad 'x*y' --at x=1,y=2 --wrt z", "there is no variable z", "the variables are x, y"),
    ("grad 'alpha*y' --at alpha=1,y=2 --wrt alhpa", "there is no variable alhpa", "did you mean alpha?"),
    ("grad 'x*y' --at x=1,y=2 --of g", "there is no output g", "the outputs are"),
    ("eval '[x, 2*x]' --at x=1 --of y3", "there is no output y3", "the outputs are y1, y2"),
    ("eval x --at inf=1,x=inf", "", ""),
    ("eval x --at x=inf", "inf is no number", "1 | x=inf"),
    ("eval x --at x=y", "a value is a number", "1 | x=y"),
    ("eval x --at x=(1<2)", "", "1 | x=(1<2)"),
    ("eval x --at x", "a point is written name=value", "write x1=2,x2=5"),
    ("eval x --at ''", "the point is empty", "write x1=2,x2=5"),
    ("eval x --at 5", "", "1 | 5"),
    ("eval x --at x=1+", "", "1 | x=1+"),
    ("eval x --at x==1", "", "1 | x==1"),
    ("eval x --at x=1,", "", "1 | x=1,"),
    ("eval x --at x=1e400", "", "1 | x=1e400"),
    ("eval x --at x=foo(3)", "there is no function foo", "1 | x=foo(3)"),
    ("eval x --at @nope.json", "cannot read nope.json: no such file or directory", ""),
    ("eval x --at @", "cannot read", ""),
]


@pytest.mark.parametrize(("line", "headline", "hint"), USAGE, ids=[row[0] for row in USAGE])
def test_a_wrong_command_line(line: str, headline: str, hint: str, elsewhere: Path, capsys: Capture) -> None:
    ran = here(capsys, line)
    first, *rest = ran.err.splitlines()
    assert first.startswith("error: ")
    assert headline in first
    assert hint in "\n".join(rest)
    assert (ran.code, ran.out) == (2, "")
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("line", [row[0] for row in USAGE])
def test_problems_have_one_layout(line: str, elsewhere: Path, capsys: Capture) -> None:
    """Headlines begin with error:, are one sentence without a full stop; the rest is indented."""
    for text in here(capsys, line).err.splitlines():
        assert re.match(r"error: [^A-Z]|  ", text), text
        assert not text.endswith((".", " "))
        assert len(text) < 120
        assert "Traceback" not in text
        assert "Try " not in text


def test_all_names_that_are_wrong_are_told_in_one_go(capsys: Capture) -> None:
    ran = here(capsys, "eval x --at p=1,q=2,x=3")
    assert ran.err.count("error: there is no variable") == 2
    ran = here(capsys, "eval x --at x=1 --of p,q")
    assert ran.err.count("error: there is no output") == 2


# The point


POINTS = [
    (["--at", "x1=2,x2=5"], "11.652071455223084"),
    (["--at", "x1=2", "--at", "x2=5"], "11.652071455223084"),
    (["--at", " x1 = 2 , x2 = 2*2 + 1 "], "11.652071455223084"),
    (["--at", "x2=sqrt(25)", "--at", "x1=2^1"], "11.652071455223084"),
    (["--at", "x1=2,x2=5.0"], "11.652071455223084"),
]


@pytest.mark.parametrize(("options", "value"), POINTS)
def test_a_point_is_written_in_parts_or_as_expressions(options: list[str], value: str, capsys: Capture) -> None:
    assert here(capsys, "eval --format raw", TEXTBOOK, *options) == (0, f"{value}\n", "")


LISTS = [
    ("x[1] + 10*x[2] + 100*x[3]", "x=[1,2,3]", "321"),
    ("x[1] + 10*x[2]", "x=[1, -2]", "-19"),
    ("x[1] + 10*x[2]", "x[2]=2,x[1]=1", "21"),
    ("A[1,1] + 10*A[1,2] + 100*A[2,1] + 1000*A[2,2]", "A=[[1,2],[3,4]]", "4321"),
    ("A[2,1]*b", "A[2,1]=3,b=2", "6"),
    ("cos(t)", "t=pi", "-1"),
    ("ln(t)", "t=e", "1"),
    ("t", "t=-1e-3", "-0.001"),
]


@pytest.mark.parametrize(("program", "point", "value"), LISTS)
def test_lists_and_elements_in_a_point(program: str, point: str, value: str, capsys: Capture) -> None:
    assert here(capsys, "eval --format raw", program, "--at", point) == (0, f"{value}\n", "")


FILES = [
    ('{"x1": 2, "x2": 5}', "x1 + 10*x2", "52"),
    ('{"x": [1, 2, 3]}', "x[1] + 10*x[2] + 100*x[3]", "321"),
    ('{"x": [[1, 2], [3, 4]]}', "x[2,1]", ""),
    ('{"x": [[1, 2], [3, 4]]}', "x[1,1] + x[1,2] + 10*x[2,1] + x[2,2]", "37"),
    ('{"x": "0.25"}', "x", "0.25"),
    ('\ufeff{"x": 1e2}', "x", "100"),
]


@pytest.mark.parametrize(("content", "program", "value"), FILES)
def test_a_point_in_a_json_file(content: str, program: str, value: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "point.json"
    path.write_text(content, encoding="utf-8")
    ran = here(capsys, "eval --format raw", program, "--at", f"@{path}")
    if value:
        assert ran == (0, f"{value}\n", "")
    else:
        assert (ran.code, ran.out) == (2, "")


def test_what_adcli_writes_is_a_point_file(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "result.json"
    direct = here(capsys, "grad --format json", TEXTBOOK, "--at", "x1=0.1,x2=1/3")
    path.write_text(direct.out, encoding="utf-8")
    assert here(capsys, "grad --format json", TEXTBOOK, "--at", f"@{path}") == direct


def test_a_point_file_and_text_go_together(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "point.json"
    path.write_text('{"x": 2}')
    assert here(capsys, f"eval 'x + 10*y' --at @{path} --at y=3 --format raw").out == "32\n"
    ran = here(capsys, f"eval 'x + 10*y' --at y=3,x=1 --at @{path}")
    assert (ran.code, ran.out, ran.err.startswith("error: x is given twice\n")) == (2, "", True)


BROKEN = ["", "{", "[1, 2]", "3", '{"x": "two"}', '{"x": true}', '{"x": null}', '{"x": {"y": 1}}', '{"x": [1, "q"]}',
          '{"x": "1_000"}', '{"x": 1, "x": 2}', '{"x": NaN}', '{"x": 1e999}', "[" * 100_000]  # fmt: skip


@pytest.mark.parametrize("content", BROKEN, ids=lambda text: text[:20])
def test_a_point_file_that_is_wrong(content: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "point.json"
    path.write_text(content)
    ran = here(capsys, f"eval x --at @{path}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert "x" in ran.err or "point.json" in ran.err


def test_a_point_file_that_is_no_text(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "point.json"
    path.write_bytes(b'{"x": 1, "\xe9": 2}')
    ran = here(capsys, f"eval x --at @{path}")
    assert (ran.code, ran.out) == (2, "")
    assert "is not UTF-8 text" in ran.err


# Names


def variables(capsys: Capture, line: str, *more: str) -> list[str]:
    ran = here(capsys, f"{line} --format json", *more)
    assert (ran.code, ran.err) == (0, ""), ran.err
    return json.loads(ran.out)["variables"]


WRT = [
    ([], ["x[1]", "x[2]", "y", "A[1,2]"]),
    (["--wrt", "y"], ["y"]),
    (["--wrt", "y,x[1]"], ["y", "x[1]"]),
    (["--wrt", "y", "--wrt", "x[2]"], ["y", "x[2]"]),
    (["--wrt", "y,x"], ["y", "x[1]", "x[2]"]),
    (["--wrt", "A[1,2],y"], ["A[1,2]", "y"]),
    (["--wrt", "A, y"], ["A[1,2]", "y"]),
    (["--wrt", "y,y,y"], ["y"]),
]


@pytest.mark.parametrize(("options", "expected"), WRT)
def test_wrt_chooses_and_orders_the_variables(options: list[str], expected: list[str], capsys: Capture) -> None:
    line = "grad 'x[1] + 10*x[2] + 100*y + 1000*A[1,2]' --at x=[0,0],y=0,A[1,2]=0"
    assert variables(capsys, line, *options) == expected
    weights = {"x[1]": 1, "x[2]": 10, "y": 100, "A[1,2]": 1000}
    data = json.loads(here(capsys, f"{line} --format json", *options).out)
    assert data["gradient"] == [weights[name] for name in expected]


def test_wrt_of_a_vjp_and_a_trace(capsys: Capture) -> None:
    line = "vjp '[x*y, x+y]' --at x=2,y=5 --cotangent y1=1 --wrt y,x --format raw"
    assert here(capsys, line).out == "2\n5\n"
    header = here(capsys, "trace x*y --at x=2,y=5 --wrt y --mode forward").out.splitlines()[0]
    assert header.split("\t")[4:] == ["tangent:y"]


OF = [
    ("eval", ["--of", "b"], {"outputs": ["b"], "values": [20]}),
    ("eval", ["--of", "c,a"], {"outputs": ["c", "a"], "values": [200, 2]}),
    ("eval", ["--of", "c", "--of", "a"], {"outputs": ["c", "a"], "values": [200, 2]}),
    ("eval", ["--of", "c,c"], {"outputs": ["c"], "values": [200]}),
    ("grad", ["--of", "b"], {"outputs": ["b"], "gradient": [10]}),
    ("jacobian", ["--of", "c,b"], {"outputs": ["c", "b"], "jacobian": [[100], [10]]}),
    ("jvp", ["--of", "c,b", "--tangent", "x=1"], {"outputs": ["c", "b"], "jvp": [100, 10]}),
    ("trace", ["--of", "c,b"], {"jacobian": [[100], [10]]}),
]


@pytest.mark.parametrize(("command", "options", "expected"), OF)
def test_of_chooses_and_orders_the_outputs(
    command: str, options: list[str], expected: dict[str, object], capsys: Capture
) -> None:
    ran = here(capsys, f"{command} 'a = x; b = 10*x; c = 100*x; [a, b, c]' --at x=2 --format json", *options)
    assert (ran.code, ran.err) == (0, "")
    data = json.loads(ran.out)
    assert {key: data[key] for key in expected} == expected


@pytest.mark.parametrize("option", ["--wrt", "--of"])
@pytest.mark.parametrize("names", ["", ",", " "])
def test_a_choice_of_nothing_is_an_error(option: str, names: str, capsys: Capture) -> None:
    ran = here(capsys, "grad x --at x=1", option, names)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert option in ran.err


def test_several_programs_are_several_outputs(capsys: Capture) -> None:
    data = json.loads(here(capsys, "eval x x^2 -x --at x=3 --format json").out)
    assert (data["outputs"], data["values"]) == (["y1", "y2", "y3"], [3, 9, -3])


# Modes and digits


@pytest.mark.parametrize(
    ("program", "asked", "used"),
    [
        ("x*y", "auto", "reverse"), ("x*y", "forward", "forward"), ("x*y", "reverse", "reverse"),
        ("[x*y, x+y]", "auto", "forward"), ("[x*y, x+y]", "reverse", "reverse"), ("[x*y, x+y, x]", "auto", "forward"),
        ("[x*y*z, x+y]", "auto", "reverse"),
    ],
)  # fmt: skip
def test_the_mode_of_a_jacobian(program: str, asked: str, used: str, capsys: Capture) -> None:
    point = "x=2,y=3,z=4" if "z" in program else "x=2,y=3"
    data = json.loads(here(capsys, f"jacobian --at {point} --mode {asked} --format json", program).out)
    auto = json.loads(here(capsys, f"jacobian --at {point} --format json", program).out)
    assert (data["mode"], data["jacobian"]) == (used, auto["jacobian"])


def test_digits_are_for_people_only(capsys: Capture) -> None:
    line = f'trace "{TEXTBOOK}" --at x1=2,x2=5'
    assert here(capsys, f"{line} --digits 3") == here(capsys, line)
    assert here(capsys, f"{line} --digits 3 --format json") == here(capsys, f"{line} --format json")
    shown = here(capsys, f"{line} --digits 3 --format table").out
    assert "0.693 " in shown
    assert "0.6931" not in shown
    assert "0.69314718056 " in here(capsys, f"{line} --digits 12 --format table").out


def test_machine_formats_are_exact(capsys: Capture) -> None:
    """The text of every number reads back as the same double."""
    ran = here(capsys, "eval 1/3 2/3*1e300 1e-300/7 0.1+0.2 --format raw")
    assert [float(text) for text in ran.out.split()] == [1 / 3, 2 / 3 * 1e300, 1e-300 / 7, 0.1 + 0.2]


@pytest.mark.parametrize("text", ["x" * 5000, "+".join(["x"] * 5000)])
def test_a_long_program_in_a_problem_is_shown_in_part(text: str) -> None:
    ran = process("eval", text, "--at", "z=1")
    assert (ran.code, ran.out) == (2, "")
    ran = process("eval", f"{text} @ 1", "--at", "x=1")
    assert (ran.code, ran.out) == (3, "")
    assert max(map(len, ran.err.splitlines())) < 120
