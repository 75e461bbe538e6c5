"""Every command: its help, its place in the README, its headers, its JSON, every format."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from documents import TEXTUAL
from running import ROOT, TEXTBOOK, TEXTBOOK_GRADIENT, here, process, shell

from adcli import __version__
from adcli.cli.request import COMMANDS as OFFERING
from adcli.render import formats, needs

COMMANDS = sorted(p.stem for p in (ROOT / "adcli" / "cli" / "commands").glob("*.py") if not p.stem.startswith("_"))
AT = "--at x1=2,x2=5"
CURVE = '"[x*y, x+y, x]" --at x=2,y=5'  # three outputs, two variables
# How each command is run in the tests that run them all.
RUNS = {
    "eval": f'eval "{TEXTBOOK}" {AT}',
    "grad": f'grad "{TEXTBOOK}" {AT}',
    "jacobian": f"jacobian {CURVE}",
    "jvp": f"jvp {CURVE} --tangent x=1,y=10",
    "vjp": f"vjp {CURVE} --cotangent y1=1,y3=100",
    "hessian": f"hessian {CURVE}",
    "hvp": f"hvp {CURVE} --tangent x=1,y=10",
    "taylor": f"taylor {CURVE} --tangent x=1,y=10 --order 3",
    "trace": f'trace "{TEXTBOOK}" {AT}',
    "graph": f'graph "{TEXTBOOK}" {AT}',
    "explain": f'explain "{TEXTBOOK}" {AT}',
    "quiz": f'quiz "{TEXTBOOK}" {AT} --worksheet',
    "check": f'check "{TEXTBOOK}" {AT} --claim x1=5.5,x2=x1-cos(x2)',
    "propagate": f'propagate "{TEXTBOOK}" {AT} --sigma x1=0.1,x2=0.2',
    "modes": f'modes "{TEXTBOOK}" {AT} --repeat 0',
    "fmt": f'fmt "{TEXTBOOK}"',
    "functions": "functions",
}
INTERACTIVE = {"explore"}  # which prints nothing: tests/cli/test_explore.py


def test_every_command_is_tried_by_the_tests_below() -> None:
    assert {*RUNS, *INTERACTIVE} == set(COMMANDS)
    assert not INTERACTIVE & set(RUNS)


# Help


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"{command} {option}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: adcli {command} [OPTIONS]")
    assert max(map(len, ran.out.splitlines())) <= 100


@pytest.mark.parametrize("command", RUNS)
def test_the_example_in_the_help_works_as_it_stands(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = here(capsys, f"{command} --help").out
    examples = [line.strip() for line in text.splitlines() if line.startswith(f"  adcli {command} ")]
    assert examples, text
    for example in examples:
        ran = here(capsys, example.removeprefix("adcli "))
        assert (ran.code, ran.err) == (0, ""), example
        assert ran.out


def test_help_lists_every_command_and_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, "--help")
    assert (ran.code, ran.err) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^  {command}\b", ran.out, re.M)
    codes = ran.out[ran.out.index("Exit codes") :]
    assert all(re.search(rf"\b{code}\b", codes) for code in (0, 1, 2, 3, 70, 130, 141))


def test_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    text = here(capsys, "grad --help").out
    shown = text[text.index("--format") : text.index("-o, --output")]
    for name in formats():
        assert re.search(rf"\b{name}\b", shown), name


def test_no_arguments_shows_the_help() -> None:
    ran = process("")
    text = ran.out or ran.err
    assert text.startswith("Usage: adcli [OPTIONS] COMMAND")
    assert "\n  grad " in text
    assert (ran.code, ran.err if ran.out else "") in ((0, ""), (2, ""))


def test_version_is_one_line() -> None:
    assert process("--version") == (0, f"adcli {__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_has_a_card_for_every_command(command: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\badcli {command}\b", readme)


# Headers and rows of TSV: what scripts rely on

ROWS = {
    "eval": "output value | y 11.652071455223084",
    "grad": "output variable partial | y x1 5.5 | y x2 1.7163378145367738",
    "jacobian": "output x y | y1 5 2 | y2 1 1 | y3 1 0",
    "jvp": "output value tangent | y1 10 25 | y2 7 11 | y3 2 1",
    "vjp": "variable adjoint | x 105 | y 2",
    "hessian": "output variable x y | y1 x 0 1 | y1 y 1 0 | y2 x 0 0 | y2 y 0 0 | y3 x 0 0 | y3 y 0 0",
    "hvp": "output variable hvp | y1 x 10 | y1 y 1 | y2 x 0 | y2 y 0 | y3 x 0 | y3 y 0",
    "taylor": "output order coefficient | y1 0 10 | y1 1 25 | y1 2 10 | y1 3 0 | y2 0 7 | y2 1 11 | y2 2 0 | y2 3 0"
    " | y3 0 2 | y3 1 1 | y3 2 0 | y3 3 0",
}
EXPLAINED = [
    ["output", "variable", "rank", "paths", "path", "product"],
    ["y", "x1", "1", "1", "v-1 -> v2 -> v4 -> v5", "5"],
    ["y", "x1", "2", "1", "v-1 -> v1 -> v4 -> v5", "0.5"],
    ["y", "x2", "1", "1", "v0 -> v2 -> v4 -> v5", "2"],
    ["y", "x2", "2", "1", "v0 -> v3 -> v5", "-0.28366218546322625"],
]
BARE = {
    "eval": "11.652071455223084",
    "grad": "5.5 1.7163378145367738",
    "jacobian": "5 2 | 1 1 | 1 0",
    "jvp": "25 | 11 | 1",
    "vjp": "105 | 2",
    "hessian": "0 1 | 1 0 | 0 0 | 0 0 | 0 0 | 0 0",
    "hvp": "10 1 | 0 0 | 0 0",
    "taylor": "10 25 10 0 | 7 11 0 0 | 2 1 0 0",
    "explain": "5 0.5 | 2 -0.28366218546322625",
    "modes": "reverse",
    "fmt": "ln(x1) + x1*x2 - sin(x2)",
}


@pytest.mark.parametrize(("format", "blank"), [("tsv", "\t"), ("csv", ",")])
@pytest.mark.parametrize("command", ROWS)
def test_rows_for_machines(command: str, format: str, blank: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = "".join(f"{row.replace(' ', blank)}\n" for row in ROWS[command].split(" | "))
    assert here(capsys, f"{RUNS[command]} --format {format}") == (0, expected, "")


@pytest.mark.parametrize("command", ROWS)
def test_tsv_is_the_default_in_a_pipe(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(capsys, RUNS[command]) == here(capsys, f"{RUNS[command]} --format tsv")


@pytest.mark.parametrize("command", BARE)
def test_raw_is_the_results_and_nothing_else(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = "".join(f"{row}\n" for row in BARE[command].split(" | "))
    assert here(capsys, f"{RUNS[command]} --format raw") == (0, expected, "")


@pytest.mark.parametrize(
    ("options", "rows"),
    [("", EXPLAINED), ("--path x2", [EXPLAINED[0], *EXPLAINED[3:]]), ("--path x2,x1", [EXPLAINED[0], *EXPLAINED[3:],
                                                                                    *EXPLAINED[1:3]]),
     ("--top 1 --path x2", [*EXPLAINED[:1], EXPLAINED[3], ["y", "x2", "", "1", "", "-0.2836621854632262"]])],
)  # fmt: skip
def test_paths_of_the_textbook(options: str, rows: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"{RUNS['explain']} {options}")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split("\t") for line in ran.out.splitlines()] == rows


SHARE_HEADERS = {
    "--node": "output variable node formula value tangent adjoint product share",
    "--edge": "output variable node wrt formula partial tangent adjoint product share",
}


@pytest.mark.parametrize("option", SHARE_HEADERS)
def test_shares_of_the_textbook(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split("\t") for line in here(capsys, f"{RUNS['explain']} --path x2 {option} --top 3").out.splitlines()]
    assert " ".join(rows[0]) == SHARE_HEADERS[option]
    assert [len(row) for row in rows] == [len(rows[0])] * 4
    assert [row[-2] for row in rows[1:3]] == ["2", "2"]


TRACE_HEADERS = {
    "": "node op formula value tangent:x1 tangent:x2 adjoint:y",
    "--mode both": "node op formula value tangent:x1 tangent:x2 adjoint:y",
    "--mode forward": "node op formula value tangent:x1 tangent:x2",
    "--mode reverse": "node op formula value adjoint:y",
    "--mode forward --wrt x2": "node op formula value tangent:x2",
    "--wrt x2,x1": "node op formula value tangent:x2 tangent:x1 adjoint:y",
}


@pytest.mark.parametrize("options", TRACE_HEADERS)
def test_columns_of_a_trace(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"{RUNS['trace']} {options}")
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert " ".join(rows[0]) == TRACE_HEADERS[options]
    assert [row[0] for row in rows[1:]] == ["v-1", "v0", "v1", "v2", "v3", "v4", "v5", "y"]
    assert {len(row) for row in rows} == {len(rows[0])}


def test_rows_of_the_textbook_trace(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split("\t") for line in here(capsys, RUNS["trace"]).out.splitlines()]
    assert rows[1] == ["v-1", "input", "x1", "2", "1", "0", "5.5"]
    assert rows[5] == ["v3", "sin", "sin(v0)", "-0.9589242746631385", "0", "0.28366218546322625", "-1"]
    assert rows[8] == ["y", "output", "v5", "11.652071455223084", "5.5", "1.7163378145367738", "1"]


def test_numbering_as_written_is_only_another_order(capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"{RUNS['trace']} --numbering source")
    rows = [line.split("\t") for line in ran.out.splitlines()[1:]]
    assert [row[:2] for row in rows[2:-1]] == [["v1", "ln"], ["v2", "*"], ["v3", "+"], ["v4", "sin"], ["v5", "-"]]
    assert [row[-1] for row in rows[:2]] == ["5.5", "1.7163378145367738"]


# Every command in every format


@pytest.mark.parametrize("format", TEXTUAL)
@pytest.mark.parametrize("command", RUNS)
def test_every_command_has_every_format(command: str, format: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that need something where there is one: a matrix is the Jacobian, and the Hessian of one output."""
    need = needs()[format]
    of = " --of y1" if command == "hessian" and need == "matrix" else ""
    ran = here(capsys, f"{RUNS[command]}{of} --format {format}")
    if need and command not in OFFERING[need].split(" or "):
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"error: {format} is a format of a {need}\n")
        return
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip()
    assert ran.out.endswith("\n")


HOSTILE = ["x[1] + y # </script>", "x[1] + y # [/] [bold]b[/bold] :x:", 'x[1] + y # "quoted" \\ \x1b[31m']


@pytest.mark.parametrize("format", TEXTUAL)
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("command", ["grad", "trace", "fmt"])
def test_text_of_a_user_comes_through_unharmed(
    command: str, text: str, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if needs()[format]:
        command = OFFERING[needs()[format]].split()[0]
    point = [] if command == "fmt" else ["--at", "x=[2],y=5"]
    ran = here(capsys, command, text, *point, "--format", format)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    if command == "fmt" or format not in ("raw", "coo"):
        out = {
            "markdown": lambda: ran.out.replace("\\", ""), "latex": lambda: ran.out.replace("x_{1}", "x[1]"),
            "mermaid": lambda: re.sub(r"#(\d+);", lambda m: chr(int(m[1])), ran.out),
        }.get(format, lambda: ran.out)()  # fmt: skip
        assert "x[1]" in out
    if format == "json" and command != "fmt":
        assert json.loads(ran.out)["program"] == text


# JSON: one schema a command


def strict(text: str) -> Any:
    """JSON as the strictest reader takes it: no NaN, no Infinity, no name twice."""

    def refuse(word: str) -> Any:
        raise AssertionError(f"{word} is no JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


ABOUT_CURVE = {
    "program": "[x*y, x+y, x]",
    "outputs": ["y1", "y2", "y3"],
    "variables": ["x", "y"],
    "at": {"x": 2, "y": 5},
    "values": [10, 7, 2],
    "notes": [],
}
ABOUT_TEXTBOOK = {
    "program": TEXTBOOK,
    "outputs": ["y"],
    "variables": ["x1", "x2"],
    "at": {"x1": 2, "x2": 5},
    "values": [11.652071455223084],
    "notes": [],
}
MATRIX = [[5, 2], [1, 1], [1, 0]]
JSON = {
    RUNS["eval"]: ABOUT_TEXTBOOK,
    RUNS["grad"]: {
        **ABOUT_TEXTBOOK, "jacobian": [TEXTBOOK_GRADIENT], "mode": "reverse", "gradient": TEXTBOOK_GRADIENT
    },
    f"grad {CURVE}": {**ABOUT_CURVE, "jacobian": MATRIX, "mode": "forward"},
    f'jacobian "{TEXTBOOK}" {AT}': {**ABOUT_TEXTBOOK, "jacobian": [TEXTBOOK_GRADIENT], "mode": "reverse"},
    f"jacobian {CURVE} --mode reverse": {**ABOUT_CURVE, "jacobian": MATRIX, "mode": "reverse"},
    RUNS["fmt"]: {
        "program": "ln(x1) + x1*x2 - sin(x2)", "outputs": ["y"], "variables": ["x1", "x2"], "nodes": 7
    },
    RUNS["jvp"]: {**ABOUT_CURVE, "tangent": {"x": 1, "y": 10}, "jvp": [25, 11, 1]},
    RUNS["vjp"]: {**ABOUT_CURVE, "cotangent": {"y1": 1, "y2": 0, "y3": 100}, "vjp": [105, 2]},
}  # fmt: skip


@pytest.mark.parametrize("line", JSON)
def test_json_of_a_command(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"{line} --format json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("\n") == 1
    assert strict(ran.out) == JSON[line]


TRACE_KEYS = [
    "format", "version", "program", "at", "mode", "constants", "nodes", "outputs", "variables", "jacobian", "notes"
]  # fmt: skip
NODE_KEYS = {
    "name", "op", "args", "formula", "value", "span", "partials", "tangents", "adjoints", "contributions"
}  # fmt: skip


def test_json_of_a_graph(capsys: pytest.CaptureFixture[str]) -> None:
    data = strict(here(capsys, f"{RUNS['graph']} --mode reverse --format json").out)
    assert list(data) == ["program", "at", "mode", "nodes", "edges", "outputs", "variables", "notes"]
    assert (data["program"], data["at"], data["mode"]) == (TEXTBOOK, {"x1": 2, "x2": 5}, "reverse")
    assert data["nodes"][0] == {
        "name": "v-1", "op": "input", "formula": "x1", "value": 2, "active": True,
        "tangents": {}, "adjoints": {"y": 5.5},
    }  # fmt: skip
    assert data["edges"][0] == {"from": "v-1", "to": "v1", "formula": "1/v-1", "value": 0.5}
    assert data["edges"][-1] == {"from": "v5", "to": "y", "formula": "1", "value": 1}
    assert data["outputs"] == [{"name": "y", "node": "v5", "value": 11.652071455223084}]


def test_a_graph_is_text_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert here(capsys, RUNS["graph"]) == here(capsys, f"{RUNS['graph']} --format text")


def test_a_large_graph_is_shown_around_its_first_output_and_written_whole(capsys: pytest.CaptureFixture[str]) -> None:
    line = 'graph "prod(x[i]+1 for i in 1..2000)" --at ' + f"x=[{','.join(['0'] * 2000)}]"
    told = "6,000 nodes: showing those within 2 hops of y; --around NODE --hops N shows others\n"
    for format in ("text", "svg", "dot", "mermaid"):
        ran = here(capsys, f"{line} --format {format}")
        assert (ran.code, ran.err) == (0, told)
        assert len(ran.out) < 10_000
    assert here(capsys, f"{line} -q").err == ""
    around = here(capsys, f"{line} --around v2001 --hops 1")
    assert (around.code, around.err) == (0, "")
    ran = here(capsys, f"{line} --format json")
    assert ran.err == ""
    assert len(json.loads(ran.out)["nodes"]) == 6000


def test_json_of_a_trace_is_the_schema_of_the_explorer(capsys: pytest.CaptureFixture[str]) -> None:
    data = strict(here(capsys, f"{RUNS['trace']} --format json").out)
    assert sorted(data) == sorted(TRACE_KEYS)
    assert (data["format"], data["version"], data["constants"]) == ("adcli trace", 1, [])
    assert (data["program"], data["at"], data["mode"]) == (TEXTBOOK, {"x1": 2, "x2": 5}, "both")
    assert (data["variables"], data["jacobian"], data["notes"]) == (["x1", "x2"], [TEXTBOOK_GRADIENT], [])
    assert [node["name"] for node in data["nodes"]] == ["v-1", "v0", "v1", "v2", "v3", "v4", "v5"]
    for node in data["nodes"]:
        assert set(node) >= NODE_KEYS
        assert all(set(partial) == {"wrt", "formula", "value"} for partial in node["partials"])
        assert (list(node["tangents"]), list(node["adjoints"]), list(node["contributions"])) == (
            ["x1", "x2"], ["y"], ["y"],
        )  # fmt: skip
        terms = node["contributions"]["y"]
        assert all(set(term) == {"from", "adjoint", "partial", "term"} for term in terms)
        assert sum(term["term"] for term in terms) == pytest.approx(node["adjoints"]["y"], rel=1e-15)


def test_one_node_of_a_trace_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    data = strict(here(capsys, f"{RUNS['trace']} --format json").out)
    cosine = 0.28366218546322625
    node = data["nodes"][1]
    assert {key: node[key] for key in NODE_KEYS} == {
        "name": "v0", "op": "input", "args": [], "formula": "x2", "value": 5, "span": [10, 12], "partials": [],
        "tangents": {"x1": 0, "x2": 1}, "adjoints": {"y": 1.7163378145367738},
        "contributions": {"y": [
            {"from": "v3", "adjoint": -1, "partial": cosine, "term": -cosine},
            {"from": "v2", "adjoint": 1, "partial": 2, "term": 2},
        ]},
    }  # fmt: skip
    node = data["nodes"][4]
    assert {key: node[key] for key in NODE_KEYS} == {
        "name": "v3", "op": "sin", "args": ["v0"], "formula": "sin(v0)", "value": -0.9589242746631385,
        "span": [13, 20], "partials": [{"wrt": "v0", "formula": "cos(v0)", "value": cosine}],
        "tangents": {"x1": 0, "x2": cosine}, "adjoints": {"y": -1},
        "contributions": {"y": [{"from": "v5", "adjoint": 1, "partial": -1, "term": -1}]},
    }  # fmt: skip


NON_FINITE = [
    ("eval ln(x) --at x=0", "values", ["-inf"]),
    ("eval ln(x) --at x=-1", "values", ["nan"]),
    ("eval exp(x) --at x=1000", "values", ["inf"]),
    ("grad sqrt(x) --at x=0", "gradient", ["inf"]),
    ("trace sqrt(x) --at x=0", "jacobian", [["inf"]]),
]


@pytest.mark.parametrize(("line", "key", "expected"), NON_FINITE)
def test_numbers_that_are_not_finite_are_words_in_json(
    line: str, key: str, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    command, text, *point = line.split()
    data = strict(here(capsys, command, text, *point, "--format", "json").out)
    assert data[key] == expected
    assert {"kind", "node", "message", "span"} <= set(data["notes"][0])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_can_be_read_in_every_encoding_of_the_output(encoding: str) -> None:
    ran = process("eval 'x # é … \U0001d4b3' --at x=1 --format json", PYTHONIOENCODING=encoding)
    assert strict(ran.out)["program"] == "x # é … \U0001d4b3"


# functions and fmt


def test_functions_lists_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    from adcli.ops import FUNCTIONS

    rows = [line.split("\t") for line in here(capsys, "functions").out.splitlines()]
    assert rows[0] == ["name", "form", "meaning", "partials", "domain", "kink"]
    assert set(FUNCTIONS) <= {row[0] for row in rows}


def test_functions_shows_one_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, "functions sqrt --format table")
    assert (ran.code, ran.err) == (0, "")
    for text in ("square root", "derivative in x", "domain", "x >= 0", "LaTeX", r"\sqrt"):
        assert text in ran.out
    data = strict(here(capsys, "functions sqrt --format json").out)["functions"]
    assert [row["name"] for row in data] == ["sqrt"]
    assert {"name", "form", "parameters", "meaning", "definition", "partials", "domain", "kink", "latex"} <= set(
        data[0]
    )


def test_every_function_of_the_table_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    from adcli.ops import ALIASES, FUNCTIONS

    for name in [*FUNCTIONS, *ALIASES, "+", "-", "*", "/", "^", "<="]:
        assert here(capsys, "functions", name).code == 0, name


@pytest.mark.parametrize(("name", "hint"), [("nope", "lists them all"), ("sine", "did you mean sin?")])
def test_a_function_that_is_not_there(name: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, f"functions {name}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: there is no function {name}\n")
    assert hint in ran.err


@pytest.mark.parametrize("text", [TEXTBOOK, "f(t) = t^2; -f(x1)^-x2 - -x1*(2 + x2)/x1/x2"])
def test_what_fmt_writes_can_be_read_back_in_a_pipe(text: str) -> None:
    direct = process("grad", text, *AT.split())
    piped = shell(f"adcli fmt {shlex.quote(text)} | adcli grad - {AT}")
    assert piped == direct
    assert direct.code == 0


def test_fmt_is_one_word_for_the_same_program(capsys: pytest.CaptureFixture[str]) -> None:
    once = here(capsys, "fmt", "2^-x ^2*3 - -y  # a comment").out
    assert once == "2^-x^2*3 - (-y)\n"
    assert here(capsys, "fmt", once).out == once
