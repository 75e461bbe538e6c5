"""hessian, hvp, taylor, modes, the second order of a trace, checkpoints: what they answer and what they refuse."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import TEXTBOOK, finished, here, on_terminal, process

Capture = pytest.CaptureFixture[str]
ONE = "'x^2*y' --at x=1,y=2"
TWO = "'[x^2*y, x*y]' --at x=1,y=2"
CHAIN = "'sum(sin(x*i) for i in 1..500)' --at x=0.5"


# JSON: the keys are a promise


def about(program: str, outputs: list[str], values: list[float]) -> dict[str, Any]:
    return {
        "program": program, "outputs": outputs, "variables": ["x", "y"], "at": {"x": 1, "y": 2}, "values": values,
        "notes": [],
    }  # fmt: skip


ABOUT_ONE = about("x^2*y", ["f"], [2])
ABOUT_TWO = about("[x^2*y, x*y]", ["y1", "y2"], [2, 2])
ALONG = {"tangent": {"x": 1, "y": -1}}
PATTERN = {"shape": [2, 2], "rows": [0, 0, 1], "cols": [0, 1, 0], "colors": [0, 1], "sweeps": 2}
INDICES = [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]
JSON: list[tuple[str, dict[str, Any]]] = [
    (f"hessian {ONE}", {**ABOUT_ONE, "hessian": [[4, 2], [2, 0]]}),
    (f"hessian {TWO}", {**ABOUT_TWO, "hessian": [[[4, 2], [2, 0]], [[0, 1], [1, 0]]]}),
    (f"hessian {TWO} --of y2", {**ABOUT_TWO, "outputs": ["y2"], "values": [2], "hessian": [[0, 1], [1, 0]]}),
    (f"hessian {ONE} --wrt y,x", {**ABOUT_ONE, "variables": ["y", "x"], "hessian": [[0, 2], [2, 4]]}),
    (f"hessian {ONE} --wrt x", {**ABOUT_ONE, "variables": ["x"], "hessian": [[4]]}),
    (f"hessian {ONE} --tangent x=1,y=-1", {**ABOUT_ONE, **ALONG, "quadratic": [0]}),
    (f"hessian {TWO} --tangent x=1,y=-1", {**ABOUT_TWO, **ALONG, "quadratic": [0, -2]}),
    (
        f"hessian {ONE} --sparse",
        {**ABOUT_ONE, **PATTERN, "data": [4, 2, 2], "compressed": "columns"},
    ),
    (
        f"hessian {TWO} --sparse",
        {**ABOUT_TWO, **PATTERN, "data": [[4, 2, 2], [0, 1, 1]], "compressed": "columns"},
    ),
    (f"hvp {ONE} --tangent x=1,y=-1", {**ABOUT_ONE, **ALONG, "hvp": [2, 2]}),
    (f"hvp {ONE} --tangent x=1 --wrt y", {
        **ABOUT_ONE, "variables": ["y"], "tangent": {"x": 1, "y": 0}, "hvp": [2]}),
    (f"hvp {TWO} --tangent x=1 --tangent y=-1", {**ABOUT_TWO, **ALONG, "hvp": [[2, 2], [-1, 1]]}),
    (f"taylor {ONE} --tangent x=1,y=-1 --order 3", {
        **ABOUT_ONE, "direction": {"x": 1, "y": -1}, "coefficients": [[2, 3, 0, -1]]}),
    (f"taylor {TWO} --tangent x=1 --order 2", {
        **ABOUT_TWO, "direction": {"x": 1, "y": 0}, "coefficients": [[2, 4, 2], [2, 2, 0]]}),
    (f"taylor {TWO} --tangent x=1 --order 0 --of y2", {
        **ABOUT_TWO, "outputs": ["y2"], "values": [2], "direction": {"x": 1, "y": 0}, "coefficients": [[2]]}),
    (f"taylor {ONE} --tangent x=1 --order 2 --derivatives", {
        **ABOUT_ONE, "direction": {"x": 1, "y": 0}, "coefficients": [[2, 4, 2]], "derivatives": [[2, 4, 4]]}),
    (f"taylor {ONE} --mixed --order 2", {
        **ABOUT_ONE, "indices": INDICES, "coefficients": [[2, 4, 1, 2, 2, 0]], "derivatives": [[2, 4, 1, 4, 2, 0]]}),
    (f"taylor {ONE} --mixed --order 2 --wrt x", {
        **ABOUT_ONE, "variables": ["x"], "indices": [[0], [1], [2]], "coefficients": [[2, 4, 2]],
        "derivatives": [[2, 4, 4]]}),
    ("jacobian '[x*y, x]' --at x=1,y=2 --sparse", {
        **about("[x*y, x]", ["y1", "y2"], [2, 1]), **PATTERN, "data": [2, 1, 1], "compressed": "columns"}),
    ("jacobian '[x*y, x]' --at x=1,y=2 --sparse --mode reverse", {
        **about("[x*y, x]", ["y1", "y2"], [2, 1]), **PATTERN, "data": [2, 1, 1], "compressed": "rows"}),
    ("jacobian '[x*y, x]' --at x=1,y=2 --sparse --of y2 --wrt y", {
        **about("[x*y, x]", ["y2"], [1]), "variables": ["y"], "shape": [1, 1], "rows": [], "cols": [], "data": [],
        "colors": [-1], "sweeps": 0, "compressed": "columns"}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), JSON, ids=[line for line, _ in JSON])
def test_json_of_a_command(line: str, expected: dict[str, Any], capsys: Capture) -> None:
    ran = here(capsys, f"{line} --format json")
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)
    data = json.loads(ran.out)
    assert data == expected
    assert list(data)[:5] == ["program", "outputs", "variables", "at", "values"]
    assert list(data)[-1] == "notes"


def test_json_of_modes(capsys: Capture) -> None:
    ran = here(capsys, "modes '[x*y, x+y, x/y]' --at x=1,y=2 --repeat 1 --format json")
    assert (ran.code, ran.err) == (0, "")
    data = json.loads(ran.out)
    assert list(data) == [
        "program", "outputs", "variables", "at", "values", "modes", "memory", "recommended", "reason", "reference",
        "notes",
    ]  # fmt: skip
    fields = ["sweeps", "adds", "muls", "elementary", "ratio", "stored_bytes", "seconds", "spread", "max_error"]
    assert all(list(mode) == ["name", *fields] for mode in data["modes"])
    found = {mode["name"]: mode for mode in data["modes"]}
    assert {name: mode["sweeps"] for name, mode in found.items()} == {
        "f": 1, "jvp": 1, "vjp": 1, "forward": 2, "reverse": 3, "compressed": 2, "differences": 3, "central": 4
    }  # fmt: skip
    assert found["f"]["ratio"] == 1
    assert all(mode["seconds"] > 0 for mode in found.values())
    assert data["recommended"] == "forward"
    assert "2 sweeps" in data["reason"]


def test_modes_without_times_is_the_same_every_time(capsys: Capture) -> None:
    line = f"modes '{TEXTBOOK}' --at x1=2,x2=5 --repeat 0 --format json"
    first = here(capsys, line)
    assert first == here(capsys, line)
    assert {mode["seconds"] for mode in json.loads(first.out)["modes"]} == {None}


def test_json_of_a_trace_of_second_order(capsys: Capture) -> None:
    data = json.loads(here(capsys, "trace x*y --at x=1,y=2 --second x --format json").out)
    assert data["second"] == "x"
    assert [(n["name"], n["adjoint_tangents"]["f"]) for n in data["nodes"]] == [("v-1", 0), ("v0", 1), ("v1", 0)]
    (zero, term) = data["nodes"][1]["second_contributions"]["f"]
    assert (zero["user"], zero["curved"], zero["term"]) == ("v1", False, 0)
    assert term == {"user": "v1", "place": 1, "curved": True, "adjoint": 1, "partial": 1, "term": 1}
    plain = json.loads(here(capsys, "trace x*y --at x=1,y=2 --format json").out)
    assert "second" not in plain
    assert not any("adjoint_tangents" in node for node in plain["nodes"])


# Rows for machines

ROWS = [
    (f"hessian {ONE} --tangent x=1", "output quadratic | f 4"),
    (f"hessian {ONE} --sparse", "output variable1 variable2 partial | f x x 4 | f x y 2 | f y x 2"),
    (f"jacobian {TWO} --sparse", "output variable partial | y1 x 4 | y1 y 1 | y2 x 2 | y2 y 1"),
    (f"taylor {ONE} --tangent x=1 --order 2 --derivatives", "output order derivative | f 0 2 | f 1 4 | f 2 4"),
    (f"taylor {ONE} --mixed --order 1", "output x y coefficient derivative | f 0 0 2 2 | f 1 0 4 4 | f 0 1 1 1"),
    (
        "trace x*y --at x=1,y=2 --second x --mode reverse",
        (
            "node op formula value adjoint:f adjoint_tangent:f | v-1 input x 1 2 0 | v0 input y 2 1 1"
            " | v1 * v-1*v0 2 1 0"
            " | f output v1 2 1 0"
        ),
    ),
    (
        "trace x*y --at x=1,y=2 --mode forward",
        (
            "node op formula value tangent:x tangent:y | v-1 input x 1 1 0 | v0 input y 2 0 1 | v1 * v-1*v0 2 2 1"
            " | f output v1 2 2 1"
        ),
    ),
]
BARE = [
    (f"hessian {TWO} --tangent x=1", "4 | 0"),
    (f"hessian {TWO} --sparse", "4 2 2 | 0 1 1"),
    (f"jacobian {TWO} --sparse", "4 1 2 1"),
    (f"taylor {TWO} --tangent x=1 --order 2 --derivatives", "2 4 4 | 2 2 0"),
    (f"taylor {ONE} --mixed --order 2", "2 4 1 4 2 0"),
]


@pytest.mark.parametrize(("line", "rows"), ROWS, ids=[line for line, _ in ROWS])
def test_rows_for_machines(line: str, rows: str, capsys: Capture) -> None:
    for format, blank in (("tsv", "\t"), ("csv", ",")):
        expected = "".join(f"{row.replace(' ', blank)}\n" for row in rows.split(" | "))
        assert here(capsys, f"{line} --format {format}") == (0, expected, "")


@pytest.mark.parametrize(("line", "rows"), BARE, ids=[line for line, _ in BARE])
def test_raw_is_the_results_and_nothing_else(line: str, rows: str, capsys: Capture) -> None:
    assert here(capsys, f"{line} --format raw") == (0, "".join(f"{row}\n" for row in rows.split(" | ")), "")


def test_numbers_that_are_not_finite_are_words_in_json(capsys: Capture) -> None:
    for line, key, expected in (
        ("hessian sqrt(x) --at x=0", "hessian", [["-inf"]]),
        ("hvp sqrt(x) --at x=0 --tangent x=1", "hvp", ["-inf"]),
        ("taylor sqrt(x) --at x=0 --order 2", "coefficients", [[0, "inf", "-inf"]]),
        ("taylor ln(x) --at x=-1 --order 1", "coefficients", [["nan", -1]]),
        ("hessian sqrt(x) --at x=0 --sparse", "data", ["-inf"]),
    ):
        ran = here(capsys, f"{line} --format json")
        data = json.loads(ran.out)
        assert data[key] == expected
        assert [note["kind"] for note in data["notes"]]
        assert ran.err.startswith("note: ")


# What is refused: (command line, headline, hint), all of it usage

WRONG = [
    ("taylor x --at x=1 --order -1", "the order of a derivative is 0 or more, not -1", "write --order 2"),
    ("taylor x*y --at x=1,y=2 --mixed --order -3", "the order of a derivative is 0 or more, not -3", "--order 2"),
    ("taylor x --at x=1 --order two", "--order is a whole number, not two", "write --order 4"),
    ("taylor x --at x=1 --order 1.5", "--order is a whole number, not 1.5", "write --order 4"),
    ("taylor x --at x=1 --order 1_0", "--order is a whole number, not 1_0", "write --order 4"),
    ("taylor x --at x=1 --order", "--order", ""),
    ("taylor x*y --at x=1,y=2", "--tangent is missing: there are 2 variables", "write --tangent x=1,y=1, or --mixed"),
    ("taylor x*y --at x=1,y=2 --tangent z=1", "there is no variable z", "the variables are x, y"),
    ("taylor alpha*y --at alpha=1,y=2 --tangent alhpa=1", "there is no variable alhpa", "did you mean alpha?"),
    ("taylor 3 --tangent x=1", "there is no variable x", "the program has no variables"),
    ("taylor x*y --at x=1,y=2 --mixed --tangent x=1", "--mixed has no use for --tangent", "leave --tangent out"),
    ("taylor x*y --at x=1,y=2 --mixed --derivatives", "--mixed has no use for --derivatives", "leave --derivatives"),
    ("taylor x*y --at x=1,y=2 --wrt x,y", "--wrt names one variable, or goes with --mixed", "write --tangent x=1,y=1"),
    ("taylor x*y --at x=1,y=2 --wrt x --tangent y=1", "--wrt names one variable, or goes with --mixed", "--tangent"),
    ("taylor x*y --at x=1,y=2 --tangent ' '", "--tangent is missing", "write --tangent x=1,y=0"),
    ("hvp 5 --tangent ' '", "--tangent is missing", "the program has no variables"),
    ("taylor x*y --at x=1,y=2 --mixed --wrt z", "there is no variable z", "the variables are x, y"),
    ("taylor x --at x=1 --of z", "there is no output z", ""),
    ("taylor x --at x=1 --tangent x=q", "a value is a number", "1 | x=q"),
    ("hvp x*y --at x=1,y=2", "--tangent is missing", "write --tangent"),
    ("hvp x*y --at x=1,y=2 --tangent z=1", "there is no variable z", "the variables are x, y"),
    ("hvp alpha*y --at alpha=1,y=2 --tangent alhpa=1", "there is no variable alhpa", "did you mean alpha?"),
    ("hvp x*y --at x=1,y=2 --tangent x=1,x=1", "x is given twice", "1 | x=1,x=1"),
    ("hvp x*y --at x=1,y=2 --tangent x=1 --tangent x=2", "x is given twice", "1 | x=2"),
    ("taylor x*y --at x=1,y=2 --tangent x=1 --tangent x=2", "x is given twice", "1 | x=2"),
    ("hessian x*y --at x=1,y=2 --tangent x=1 --tangent x=2", "x is given twice", "1 | x=2"),
    ("hessian x*y --at x=1,y=2 --tangent z=1", "there is no variable z", "the variables are x, y"),
    ("hessian x*y --at x=1,y=2 --tangent x=1 --sparse", "--tangent has no use for --sparse", "leave --sparse out"),
    ("hessian x*y --at x=1,y=2 --tangent x=1 --format mtx", "mtx is a format of a matrix", ""),
    ("hessian x*y --at x=1,y=2 --wrt z", "there is no variable z", "the variables are x, y"),
    ("hessian x*y --at x=1,y=2 --of z", "there is no output z", ""),
    ("hessian x*y --at x=1", "no value for y", "add --at y=1"),
    ("hessian x*y --at x=1,y=2 --checkpoint", "there is no option --checkpoint", ""),
    ("hvp x --at x=1 --tangent x=1 --memory 1MB", "there is no option --memory", ""),
    ("trace x*y --at x=1,y=2 --second z", "there is no variable z", "the variables are x, y"),
    ("trace alpha*y --at alpha=1,y=2 --second alhpa", "there is no variable alhpa", "did you mean alpha?"),
    ("trace x*y --at x=1,y=2 --second", "--second", ""),
    ("modes x --at x=1 --repeat -1", "--repeat is a whole number from 0 to 1000, not -1", "write --repeat 4"),
    ("modes x --at x=1 --repeat 1001", "--repeat is a whole number from 0 to 1000, not 1001", "write --repeat 4"),
    ("modes x --at x=1 --repeat many", "--repeat is a whole number from 0 to 1000, not many", "write --repeat 4"),
    ("modes x*y --at x=1", "no value for y", "add --at y=1"),
    ("grad x --at x=1 --memory nonsense", "--memory nonsense is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory 0", "--memory 0 is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory -5", "--memory -5 is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory 1.2.3MB", "--memory 1.2.3MB is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory .", "--memory . is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory 64XB", "--memory 64XB is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory 1e400", "--memory 1e400 is no size", "write --memory 64MB"),
    ("grad x --at x=1 --memory \u0661MB", "is no size", "write --memory 64MB"),
    ("jacobian x*y --at x=1,y=2 --memory 1kB --mode forward", "--memory is for reverse sweeps", ""),
    ("jacobian x*y --at x=1,y=2 --checkpoint --mode forward", "--checkpoint is for reverse sweeps", ""),
    ("jacobian x*y --at x=1,y=2 --checkpoint --sparse", "--checkpoint is for reverse sweeps", ""),
    ("jacobian x*y --at x=1,y=2 --memory 1kB --format mtx", "--memory is for reverse sweeps", ""),
    ("jacobian x --at x=1 --sparse --mode sideways", "--mode is one of auto, forward, reverse, not sideways", ""),
]  # fmt: skip


@pytest.mark.parametrize(("line", "headline", "hint"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_command_line(line: str, headline: str, hint: str, capsys: Capture) -> None:
    ran = here(capsys, line)
    assert (ran.code, ran.out) == (2, "")
    first, *rest = ran.err.splitlines()
    assert first.startswith("error: ")
    assert headline in first
    assert hint in "\n".join(rest)
    for text in (first, *rest):
        assert re.match(r"error: [^A-Z]|  ", text), text
        assert not text.endswith((".", " "))
        assert "Traceback" not in text


TOO_LARGE = [
    (
        "taylor x --at x=1 --order 1000000000",
        "the coefficients up to order 1,000,000,000 do not fit in memory",
        "--order",
    ),
    ("taylor x --at x=1 --order 99999999999999999999", "do not fit in memory", "--order"),
    ("taylor x --at x=1 --order 1000000", "the coefficients up to order 1,000,000 take too long", "--order 20000 or"),
    ("taylor x*y --at x=1,y=2 --mixed --order 100000", "mixed partials up to order", "--wrt"),
    (f"taylor {CHAIN} --order 1000000", "do not fit in memory", "--order"),
    (f"grad {CHAIN} --memory 1", "of memory at least", "--memory"),
]


@pytest.mark.parametrize(("line", "headline", "hint"), TOO_LARGE, ids=[row[0] for row in TOO_LARGE])
def test_what_would_take_too_much_is_refused_at_once(line: str, headline: str, hint: str, capsys: Capture) -> None:
    """Nothing is wrong with the expression (3): it is the option (2)."""
    ran = here(capsys, line)
    assert (ran.code, ran.out) == (2, "")
    assert headline in ran.err.splitlines()[0]
    assert hint in ran.err.splitlines()[1]


def test_the_order_that_is_proposed_is_one_that_fits(capsys: Capture) -> None:
    ran = here(capsys, f"taylor {CHAIN} --order 1000000000")
    (proposed,) = re.findall(r"write --order ([0-9]+)", ran.err)
    assert f"--order {proposed} or less" in ran.err
    assert here(capsys, f"taylor {CHAIN} --order {int(proposed) + 1}").code == 2


def test_a_memory_is_checked_where_assertions_are_not() -> None:
    line = [sys.executable, "-O", "-m", "adcli", "grad", "x", "--at", "x=1", "--memory"]
    for wrong in ("foo", "0", "1.2.3MB"):
        ran = finished([*line, wrong], {"stdin": subprocess.DEVNULL}, {})
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == f"error: --memory {wrong} is no size\n  write --memory 64MB\n"


def test_the_memory_that_is_proposed_is_enough(capsys: Capture) -> None:
    ran = here(capsys, f"grad {CHAIN} --memory 1")
    (least,) = re.findall(r"--memory (\S+)", ran.err.splitlines()[1])
    assert "not 1kB" not in ran.err, "1 byte was asked for"
    assert here(capsys, f"grad {CHAIN} --memory {least}").code == 0


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize("option", ["--second", "--memory", "--tangent"])
def test_an_empty_value_is_named_as_such(option: str, value: str, capsys: Capture) -> None:
    command = {"--second": "trace", "--memory": "grad", "--tangent": "hvp"}[option]
    ran = here(capsys, f"{command} x --at x=1", option, value)
    assert (ran.code, ran.out) == (2, "")
    headline = ran.err.splitlines()[0]
    assert headline == " ".join(headline.split()), "a blank stands where a name should"


def test_wrt_is_used_or_refused_everywhere(capsys: Capture) -> None:
    """Of the quadratic form x'Hx in x alone the other variables have no part."""
    ran = here(capsys, "hessian x^2*y --at x=1,y=2 --tangent x=1,y=1 --wrt x --format raw")
    assert (ran.code, ran.out) in ((2, ""), (0, "4\n"))


# Checkpoints change what it takes and no result


@pytest.mark.parametrize("option", ["--checkpoint", "--memory 1MB", "--memory 20kB", "--memory '20 kB'",
                                    "--memory 0.02MB", "--memory 2e4", "--checkpoint --memory 20KiB"])  # fmt: skip
@pytest.mark.parametrize("command", ["grad", "jacobian"])
def test_checkpoints_change_no_result(command: str, option: str, capsys: Capture) -> None:
    plain = here(capsys, f"{command} {CHAIN} --format json")
    assert here(capsys, f"{command} {CHAIN} --format json {option}") == plain
    assert plain.code == 0


# --stats: a line on standard error, in every command that sweeps

STATS = [
    ("grad", ["1 sweep\n", "mode reverse"]),
    ("grad --checkpoint", ["checkpoint", " B, ", "mode reverse"]),
    ("jacobian --mode forward", ["2 sweeps\n", "mode forward"]),
    ("jacobian --sparse", ["1 sweep\n", "\n  reverse: 1 sweep by colour of rows"]),
    ("jvp --tangent x1=1", ["1 sweep\n"]),
    ("vjp --cotangent y=1", ["1 sweep\n"]),
    ("hessian", ["2 sweeps\n", "asymmetry 0"]),
    ("hessian --sparse", ["2 sweeps\n", "\n  reverse on duals: 2 sweeps by star colouring"]),
    ("hessian --tangent x1=1", ["1 sweep\n"]),
    ("hvp --tangent x1=1", ["1 sweep\n"]),
    ("taylor --tangent x1=1", ["1 sweep\n"]),
]


@pytest.mark.parametrize(("command", "words"), STATS, ids=[command for command, _ in STATS])
def test_stats_are_a_few_lines_on_standard_error(command: str, words: list[str], capsys: Capture) -> None:
    line = f"{command} '{TEXTBOOK}' --at x1=2,x2=5"
    plain, ran = here(capsys, line), here(capsys, f"{line} --stats")
    assert (plain.code, plain.err) == (0, "")
    assert (ran.code, ran.out) == (0, plain.out)
    first, counts, *rest = ran.err.splitlines()
    assert re.fullmatch(r"stats: \d+ sweeps?", first)
    assert re.fullmatch(r"  \d+ additions?, \d+ multiplications?, \d+ elementary functions?", counts)
    assert all(line.startswith("  ") and len(line) <= 80 for line in rest)
    for word in words:
        assert word in ran.err


def test_stats_come_after_the_notes(capsys: Capture) -> None:
    ran = here(capsys, "hessian abs(x) --at x=0 --stats")
    assert ran.err.startswith("note: ")
    assert [line.partition(" ")[0] for line in ran.err.splitlines() if line[0] != " "] == ["note:", "stats:"]
    assert here(capsys, "hessian abs(x) --at x=0 --stats --quiet").err.startswith("stats: ")


# Terminals

LINES = [
    f"hessian '{TEXTBOOK}' --at x1=2,x2=5", f"hessian '{TEXTBOOK}' --at x1=2,x2=5 --sparse",
    f"hessian '{TEXTBOOK}' --at x1=2,x2=5 --tangent x1=1", f"hvp '{TEXTBOOK}' --at x1=2,x2=5 --tangent x1=1",
    f"taylor '{TEXTBOOK}' --at x1=2,x2=5 --tangent x1=1", f"taylor '{TEXTBOOK}' --at x1=2,x2=5 --mixed --order 2",
    "jacobian '[x*y, x]' --at x=1,y=2 --sparse", "jacobian '[x*y, x]' --at x=1,y=2 --format pattern",
    "modes '[x*y, x]' --at x=1,y=2 --repeat 1", f"trace '{TEXTBOOK}' --at x1=2,x2=5 --second x1",
]  # fmt: skip


def test_every_new_report_on_a_terminal_of_ascii_and_on_one_of_utf_8(tmp_path: Path) -> None:
    """One process each; --stats and notes included."""
    script = tmp_path / "all.py"
    script.write_text(
        "import shlex\nfrom adcli.cli.app import guarded_run\n"
        f"for line in {LINES!r}:\n    assert guarded_run(shlex.split(line)) == 0, line\n"
    )
    command = [sys.executable, str(script)]
    code, screen = on_terminal(command, env={"NO_COLOR": "1", "PYTHONIOENCODING": "ascii"})
    assert code == 0, screen
    assert screen.isascii()
    assert "?" not in screen
    assert "\\x" not in screen
    assert "\x1b" not in screen
    code, colored = on_terminal(command)
    assert code == 0
    assert "\x1b[" in colored
    assert "∂²y/∂x1²" in colored
    assert all(len(line) <= 80 for line in screen.splitlines())


@pytest.mark.parametrize("line", LINES)
def test_a_pipe_gets_no_sign_of_a_terminal(line: str, capsys: Capture) -> None:
    ran = here(capsys, line)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.isascii() or "pattern" in line
    assert "\x1b" not in ran.out


def test_ascii_pipes_get_ascii_tables() -> None:
    for line in (LINES[1], LINES[7]):
        ran = process(f"{line} --format {'pattern' if 'pattern' in line else 'table'}", PYTHONIOENCODING="ascii")
        assert ran.code == 0
        assert ran.out.isascii()
        assert "?" not in ran.out
        assert "\\u" not in ran.out
