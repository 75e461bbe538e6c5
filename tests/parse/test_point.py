"""The text of --at: names, values, lists; and what is wrong with a broken one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import share

from adcli.errors import Problem, ProblemError, layout
from adcli.numbers.text import write
from adcli.parse.point import parse_point, point_of_json


def bindings(text: str) -> dict[str, float]:
    found = parse_point(text)
    assert len({b.name for b in found}) == len(found)
    return {b.name: b.value for b in found}


def problem(text: str) -> Problem:
    with pytest.raises(ProblemError) as caught:
        parse_point(text)
    return caught.value.problem


POINTS = [
    ("x=1", {"x": 1}),
    ("x=1,y=2", {"x": 1, "y": 2}),
    ("  x = 1 ,\ty = 2 ", {"x": 1, "y": 2}),
    ("x1=2,x_2=.5,X=1e-3", {"x1": 2, "x_2": 0.5, "X": 0.001}),
    ("x=-3", {"x": -3}),
    ("x=+3", {"x": 3}),
    ("x=-0", {"x": -0.0}),
    # Constant expressions
    ("x=pi/4", {"x": math.pi / 4}),
    ("x=-2^2,y=2^-1", {"x": -4, "y": 0.5}),
    ("x=sin(1)*e", {"x": math.sin(1) * math.e}),
    ("x=max(1,2),y=if(1 < 2, 3, 4)", {"x": 2, "y": 3}),
    ("x=sum(i^2 for i in 1..3)", {"x": 14}),
    ("x=(1+2)*3", {"x": 9}),
    ("x=8/3", {"x": 8 / 3}),
    ("x=tau", {"x": math.tau}),
    # Lists count from 1
    ("x=[1,2,3]", {"x[1]": 1, "x[2]": 2, "x[3]": 3}),
    ("x=[5]", {"x[1]": 5}),
    ("x=[1/2, pi, -1]", {"x[1]": 0.5, "x[2]": math.pi, "x[3]": -1}),
    ("A=[[1,2],[3,4]]", {"A[1,1]": 1, "A[1,2]": 2, "A[2,1]": 3, "A[2,2]": 4}),
    ("A=[[[7]]]", {"A[1,1,1]": 7}),
    ("x=[1,2],y=3,z=[4]", {"x[1]": 1, "x[2]": 2, "y": 3, "z[1]": 4}),
    ("x=[1,\n 2]", {"x[1]": 1, "x[2]": 2}),
    # Elements
    ("x[2]=5", {"x[2]": 5}),
    ("x[1+1]=5,x[3]=6", {"x[2]": 5, "x[3]": 6}),
    ("x[-1]=5,x[0]=6", {"x[-1]": 5, "x[0]": 6}),
    ("A[1,2]=3", {"A[1,2]": 3}),
    ("A[2]=[1,2]", {"A[2,1]": 1, "A[2,2]": 2}),
    ("x[ 1 ]=[[1]]", {"x[1,1,1]": 1}),
    # Pasted signs, comments
    ("x₁=−3×2", {"x1": -6}),
    ("x=2²", {"x": 4}),
    ("x=1 # one", {"x": 1}),
]


@pytest.mark.parametrize(("text", "expected"), POINTS, ids=[row[0] for row in POINTS])
def test_a_point_means(text: str, expected: dict[str, float]) -> None:
    found = bindings(text)
    assert list(found) == list(expected)
    assert found == expected
    assert all(math.copysign(1, found[name]) == math.copysign(1, expected[name]) for name in found)


@settings(max_examples=50)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_shortest_texts_come_back_as_the_same_doubles(numbers: list[float]) -> None:
    expected = {f"x[{i}]": x for i, x in enumerate(numbers, 1)}
    assert bindings(f"x=[{','.join(map(write, numbers))}]") == expected


def test_a_binding_knows_where_its_name_was_written() -> None:
    text = "x = 1, A[1] = [2, 3]"
    assert [text[slice(*b.span)] for b in parse_point(text)] == ["x", "A", "A"]


# Text, fragment of the headline, text above the carets, fragment of the hint
BROKEN = [
    ("", "the point is empty", "", "x1=2,x2=5"),
    (" ", "the point is empty", " ", "x1=2,x2=5"),
    ("x", "a point is written name=value", "x", "x1=2,x2=5"),
    ("3", "a point is written name=value", "3", "x1=2,x2=5"),
    ("=3", "a point is written name=value", "=", "x1=2,x2=5"),
    ("x 1", "", "1", "x1=2,x2=5"),
    ("x[1,2]", "a point is written name=value", "x[1,2]", "x1=2,x2=5"),
    ("f(t)=t", "a point is written name=value", "f", ""),
    ("x=", "nothing after '='", "", "value"),
    ("x=,y=2", "nothing", ",", ""),
    ("x=1,", "a comma with nothing after it", ",", "remove it"),
    (",x=1", "", ",", "x1=2,x2=5"),
    ("x=1,,y=2", "", ",", ""),
    ("x=1 y=2", "two values with nothing between", "y", "x1=2,x2=5"),
    ("x=1;y=2", "", ";", ","),
    ("x=1\ny=2", "", "\n", ","),
    ("x==1", "a point is written name=value", "==", "x1=2,x2=5"),
    ("x:1", "':' has no place in a point", ":", "x1=2,x2=5"),
    ("x=1=2", "", "=", ""),
    ("x=1,5", "a point is written name=value", "5", ""),
    ("x=(1", "'(' is never closed", "(", "')'"),
    ("x=[1,2", "'[' is never closed", "[", "']'"),
    ("x=[[1,2]", "'[' is never closed", "[", "']'"),
    ("x=1]", "']' has no opening bracket", "]", "remove it"),
    ("x=[1,2)", "'[' is closed by ')'", ")", "']'"),
    ("x=[1,,2]", "nothing before the comma", ",", "remove it"),
    ("x=[1,]", "a comma with nothing after it", ",", "remove it"),
    ("x=[]", "nothing", "]", ""),
    ("x=(1,2)", "", ",", ""),
    ("x=2y", "two values with nothing between", "y", ""),
    ("x=2 3", "two values with nothing between", "3", ""),
    ("x=1_000", "digits are not grouped", "_000", "1000"),
    ("x=3+", "'+' has nothing on its right", "+", "value"),
    ("x=1..3", "'..' stands only in 'for i in 1..n'", "..", ""),
    ("x=\"3\"", "'\"' has no place in a point", '"', ""),
    ("x=y", "y has none here", "y", "number"),
    ("x=1,y=x+1", "x has none here", "x+1", "number"),
    ("x=inf", "inf is no number", "inf", ""),
    ("x=nan", "nan is no number", "nan", ""),
    ("x=u[1]", "u[1] has none here", "u[1]", ""),
    ("x=1,x=2", "x is given twice", "x", ""),
    ("x=[1,2],x[2]=3", "x[2] is given twice", "x", ""),
    ("x=1e400", "1e400 is too large", "1e400", ""),
    ("x=1>0", "1>0 is a condition, not a number", "1>0", "if(1>0, 1, 0)"),
    ("x=foo(3)", "there is no function foo", "foo", "floor"),
    ("x=sin(1,2)", "sin takes 1 argument, not 2", "sin(1,2)", "sin(x)"),
    ("x[1.5]=3", "an index is a whole number, not 1.5", "1.5", ""),
    ("x[y]=3", "an index is built from numbers", "y", ""),
    ("for=3", "", "for", ""),
    ("\ufeffx=1", "U+FEFF has no place in a point", "\ufeff", ""),
    ("x=1\x00", "U+0000 has no place in a point", "\x00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "headline", "caret", "hint"), BROKEN, ids=[ascii(row[0]) for row in BROKEN])
def test_a_broken_point_has_this_problem(text: str, headline: str, caret: str, hint: str) -> None:
    found = problem(text)
    assert headline in found.headline
    assert found.span is not None
    assert found.source[slice(*found.span)] == caret
    assert hint in found.hint
    layout(found)


def test_whatever_is_wrong_with_a_point_the_program_is_not_what_is_wrong() -> None:
    """Exit code 3 says that the expression is wrong; --at is usage, 2."""
    assert [text for text, *_ in BROKEN if problem(text).exit_code != 2] == []


def test_all_problems_of_a_point_are_told_in_one_go() -> None:
    with pytest.raises(ProblemError) as caught:
        parse_point("x=foo(1),y=z,w=sin(1,2)")
    assert [p.headline.split()[0] for p in caught.value.problems] == ["there", "a", "sin"]


@settings(max_examples=share(120))
@given(st.lists(st.sampled_from([*"xy01.,;:()[]{}=<>!+-*/^# \n", "pi", "sin(", "[[", "]]", "x=", "for ", "²"]),
                max_size=15).map("".join))  # fmt: skip
def test_any_text_is_a_point_or_a_problem(text: str) -> None:
    try:
        parse_point(text)
    except ProblemError as wrong:
        for found in wrong.problems:
            layout(found)
            assert found.headline


# Points as JSON objects

JSON_POINTS = [
    ({"x": 1, "y": 2.5}, {"x": 1, "y": 2.5}),
    ({"x": [1, 2], "A": [[3, 4]]}, {"x[1]": 1, "x[2]": 2, "A[1,1]": 3, "A[1,2]": 4}),
    ({"x": "1e-3", "y": "inf", "z": "-inf"}, {"x": 0.001, "y": math.inf, "z": -math.inf}),
    ({"x[2]": 5}, {"x[2]": 5}),
    ({"at": {"x": 1}, "program": "x", "values": [1]}, {"x": 1}),
    ({}, {}),
]


@pytest.mark.parametrize(("data", "expected"), JSON_POINTS)
def test_a_json_point_means(data: object, expected: dict[str, float]) -> None:
    assert point_of_json(data, "p.json") == expected


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ([1, 2], "p.json"), (3, "p.json"), ("x=1", "p.json"), (None, "p.json"),
        ({"x": None}, "x"), ({"x": True}, "x"), ({"x": "one"}, "x"), ({"x": {"y": 1}}, "x"), ({"x": [1, "a"]}, "x[2]"),
        ({"x": "1_000"}, "x"), ({"x": "٣"}, "x"), ({"x": 10**400}, "x"),
    ],
)  # fmt: skip
def test_a_broken_json_point_is_a_problem_of_the_point(data: object, name: str) -> None:
    with pytest.raises(ProblemError) as caught:
        point_of_json(data, "p.json")
    assert caught.value.problem.exit_code == 2
    assert name in caught.value.problem.headline
