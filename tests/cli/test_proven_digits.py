"""--precision and --certify: what they print, as texts and as JSON, and what they refuse."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest
from running import TEXTBOOK, here

pytest.importorskip("flint")

Capture = pytest.CaptureFixture[str]
AT = "--at x1=2,x2=5"
Y, DX2 = "11.652071455223083778310386527614170541427961678325", "1.7163378145367737355333608284864426916655774077478"


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (f'eval "{TEXTBOOK}" {AT}', ["output\tvalue", f"y\t{Y}"]),
        (f'grad "{TEXTBOOK}" {AT}', ["output\tvariable\tpartial", "y\tx1\t5.5", f"y\tx2\t{DX2}"]),
        (f'jacobian "{TEXTBOOK}" {AT}', ["output\tx1\tx2", f"y\t5.5\t{DX2}"]),
        (f'jvp "{TEXTBOOK}" {AT} --tangent x2=1', ["output\tvalue\ttangent", f"y\t{Y}\t{DX2}"]),
        (f'vjp "{TEXTBOOK}" {AT} --cotangent y=1', ["variable\tadjoint", "x1\t5.5", f"x2\t{DX2}"]),
        ("hessian x^3*y --at x=0.1,y=2", ["output\tvariable\tx\ty", "f\tx\t1.2\t0.03", "f\ty\t0.03\t0"]),
        ("hvp x^3*y --at x=0.1,y=2 --tangent x=1", ["output\tvariable\thvp", "f\tx\t1.2", "f\ty\t0.03"]),
        ("hessian x^3*y --at x=0.1,y=2 --tangent x=1", ["output\tquadratic", "f\t1.2"]),
        ("taylor x^3 --at x=0.1 --order 2", ["output\torder\tcoefficient", "y\t0\t0.001", "y\t1\t0.03", "y\t2\t0.3"]),
        (
            "taylor x^3 --at x=0.1 --order 2 --derivatives",
            ["output\torder\tderivative", "y\t0\t0.001", "y\t1\t0.03", "y\t2\t0.6"],
        ),
        (
            "trace x*0.1 --at x=0.3",
            ["node\top\tformula\tvalue\ttangent:x\tadjoint:y", "v0\tinput\tx\t0.3\t1\t0.1",
             "v1\t*\tv0*0.1\t0.03\t0.1\t1", "y\toutput\tv1\t0.03\t0.1\t1"],
        ),
    ],
)  # fmt: skip
def test_fifty_digits(line: str, lines: list[str], capsys: Capture) -> None:
    ran = here(capsys, f"{line} --precision 50")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == lines


def test_json_carries_texts_under_the_same_keys(capsys: Capture) -> None:
    for command in ("eval", "grad", "jacobian", "trace"):
        floats = json.loads(here(capsys, f'{command} "{TEXTBOOK}" {AT} --format json').out)
        proven = json.loads(here(capsys, f'{command} "{TEXTBOOK}" {AT} --precision 50 --format json').out)
        same_shape(floats, proven)
    grad = json.loads(here(capsys, f'grad "{TEXTBOOK}" {AT} --precision 50 --format json').out)
    assert (grad["values"], grad["gradient"], grad["at"]) == ([Y], ["5.5", DX2], {"x1": "2", "x2": "5"})


def same_shape(floats: Any, proven: Any) -> None:
    """Every float is a text that is near to it; all else is the same."""
    assert isinstance(proven, str if isinstance(floats, float) else type(floats))
    if isinstance(floats, float):
        assert float(proven) == pytest.approx(floats)
    elif isinstance(floats, dict):
        assert list(floats) == list(proven)
        for key, value in floats.items():
            same_shape(value, proven[key])
    elif isinstance(floats, list):
        for x, y in zip(floats, proven, strict=True):
            same_shape(x, y)
    else:
        assert floats == proven


def test_a_trace_of_thirty_digits_adds_up(capsys: Capture) -> None:
    ran = here(capsys, f'trace "{TEXTBOOK}" {AT} --precision 30 --format text')
    assert "≈" not in ran.out
    assert "1.71633781453677373553336082849" in ran.out
    assert len(re.findall(r"\b\d\.\d{25,}", ran.out)) > 10


def test_a_conversation_keeps_what_was_written(capsys: Capture) -> None:
    assert here(capsys, "eval x+y --at x=pi/4,y=0.1").code == 0
    ran = here(capsys, "eval --precision 40 -q")
    assert ran.out.splitlines()[1] == "f\t0.8853981633974483096156608458198757210493"


# --certify


def test_enclosures_and_right_digits_in_json(capsys: Capture) -> None:
    data = json.loads(here(capsys, f'jacobian "{TEXTBOOK}" {AT} --certify --format json').out)
    assert data["values"] == [11.652071455223084]
    assert data["enclosures"] == {
        "values": [["11.652071455223083778", "11.652071455223083779"]],
        "jacobian": [[["5.5", "5.5"], ["1.7163378145367737355", "1.7163378145367737356"]]],
    }
    assert data["correct_digits"] == {"values": [16], "jacobian": [[17, 16]]}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("eval [x*y,x/y]", ["y1", "y2"]),
        ("grad x*y", ["f", "df/dx", "df/dy"]),
        ("jvp x*y --tangent x=1", ["f", "fdot"]),
        ("vjp x*y --cotangent f=1", ["f", "xbar", "ybar"]),
        ("hessian x*y", ["f", "d^2f/dx^2", "d^2f/dxdy", "d^2f/dy^2"]),
        ("hvp x*y --tangent x=1", ["f", "df/dx along", "df/dy along"]),
    ],
)
def test_every_number_has_its_line(line: str, names: list[str], capsys: Capture) -> None:
    ran = here(capsys, f"{line} --at x=0.1,y=3 --certify")
    header, *rows = [one.split("\t") for one in ran.out.splitlines()]
    assert header == ["name", "value", "lower", "upper", "correct_digits"]
    assert [row[0] for row in rows] == names
    for _, value, lower, upper, count in rows:
        assert float(lower) <= float(value) + 1e-15
        assert float(value) - 1e-15 <= float(upper)
        assert 15 <= int(count) <= 17
    data = json.loads(here(capsys, f"{line} --at x=0.1,y=3 --certify --format json").out)
    assert set(data["enclosures"]) == set(data["correct_digits"])
    shown = here(capsys, f"{line} --at x=0.1,y=3 --certify --format text").out
    assert "true value" in shown


def test_digits_lost_to_cancellation_are_seen(capsys: Capture) -> None:
    ran = here(capsys, 'eval "(1-cos(x))/x^2" --at x=1e-8 --certify --format text')
    assert re.search(r"y\s+0\s+0\.499999999999999995\[8, 9\]\s+0\b", ran.out)


def test_what_is_undecided_is_said_beside_the_float(capsys: Capture) -> None:
    ran = here(capsys, 'eval "ln(x)" --at x=-1 --certify --format text')
    assert (ran.code, "undecided" in ran.out, "is undefined" in ran.out) == (0, True, True)
    data = json.loads(here(capsys, 'eval "ln(x)" --at x=-1 --certify --format json').out)
    assert (data["enclosures"], data["correct_digits"]) == (None, None)
    assert data["undecided"] == "v1 = ln(-1) is undefined: ln(x) needs x > 0"


def test_what_is_proven_beside_an_undecided_number_is_shown(capsys: Capture) -> None:
    line = 'jacobian "[x*y,abs(sqrt(2)^2+x-2)]" --at x=0,y=1 --certify'
    ran = here(capsys, f"{line} --format json")
    data = json.loads(ran.out)
    assert data["enclosures"]["jacobian"] == [[["1", "1"], ["0", "0"]], [None, ["0", "0"]]]
    assert data["correct_digits"] == {"values": [17, 0], "jacobian": [[17, 17], [None, 17]]}
    assert data["undecided"].startswith("v4 = abs(")
    assert "note: not every number is proven here: v4 = abs(" in ran.err
    shown = here(capsys, f"{line} --format text").out
    assert len(re.findall("undecided$", shown, re.M)) == 1
    assert re.search(r"^y2 .* \[-\d\.\d+e-493\d, \d\.\d+e-493\d\] ", shown, re.M)  # no more digits than it is wide
    columns = here(capsys, f"{line} --format tsv").out.splitlines()
    assert "dy2/dx\t1\t\t\t" in columns


def test_what_is_proven_beside_an_undefined_number_is_shown(capsys: Capture) -> None:
    ran = here(capsys, 'jacobian "[ln(x), asin(x), x^2]" --at x=-1 --certify --format json')
    data = json.loads(ran.out)
    assert data["enclosures"]["values"][0] is None
    assert data["correct_digits"] == {"values": [None, 16, 17], "jacobian": [[None], [None], [17]]}
    assert data["undecided"] == "v1 = ln(-1) is undefined: ln(x) needs x > 0"


@pytest.mark.parametrize("other", ["sqrt(x-1)", "1/(x-1)", "acosh(x)", "acosh(x-1)"])
def test_a_branch_that_is_not_taken_may_be_undefined(other: str, capsys: Capture) -> None:
    ran = here(capsys, f'trace "if(x>0,x,{other})+x^2" --at x=1 --precision 5 --format json')
    assert (ran.code, json.loads(ran.out)["jacobian"]) == (0, [["3"]])


# What cannot be done

WRONG = [
    ("eval x --at x=1 --precision 0", "--precision is a whole number from 1 to 100000"),
    ("eval x --at x=1 --precision 1e9", "--precision is a whole number"),
    ("eval x --at x=1 --precision 10 --certify", "--certify is for floats, not with --precision"),
    ("grad x --at x=1 --precision 10 --checkpoint", "--checkpoint is for reverse sweeps, not with --precision"),
    ("hessian x^2 --at x=1 --precision 10 --sparse", "--sparse is on floats, not with --precision"),
    ("jacobian x^2 --at x=1 --certify --sparse", "--sparse is on floats, not with --certify"),
    ("taylor x^2 --at x=1 --precision 10 --mixed", "--mixed is on floats, not with --precision"),
    ("trace x^2 --at x=1 --precision 10 --step", "--step is on floats, not with --precision"),
    ("trace x^2 --at x=1 --precision 10 --second x", "--second is on floats, not with --precision"),
    ("trace x^2 --at x=1 --precision 10 --rounding", "--rounding is on floats, not with --precision"),
    ("trace x^2 --at x=1 --precision 10 -o x.html", "the page of --format html is on floats, not with --precision"),
    ("eval x --points - --precision 10", "--precision is not for --points"),
    ("eval x --points - --certify", "--certify is not for --points"),
]


@pytest.mark.parametrize(("line", "says"), WRONG, ids=[row[0] for row in WRONG])
def test_what_goes_with_floats_only(line: str, says: str, capsys: Capture) -> None:
    ran = here(capsys, line)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    for name in ("adcli.numbers.ball", "adcli.numbers.ball_hosts"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for option in ("--precision 10", "--certify"):
        ran = here(capsys, f"eval x --at x=1 {option}")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == 'error: proven digits need python-flint\n  pip install "adcli[certified]"\n'
