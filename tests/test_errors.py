"""The one layout of problems: headline, line, carets exactly under the span, fix; printable whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adcli import errors
from adcli.errors import Problem, ProblemError, Span, did_you_mean, excerpt, layout, printable, width
from adcli.parse.program import parse


def drawn(source: str, marked: str, before: str = "") -> tuple[int, str, str]:
    """The excerpt of a source in which the first `marked` behind `before` has the carets."""
    start = source.index(marked, source.index(before) + len(before))
    return excerpt(source, Span(start, start + len(marked)))


def under(line: str, carets: str) -> str:
    """The characters of a line that stand above the carets, by the columns they take on a terminal."""
    first, count = len(carets) - len(carets.lstrip(" ")), carets.count("^")
    found, column = "", 0
    for character in line:
        if first <= column < first + count:
            found += character
        column += cell_len(character)
    return found


# Source, the marked part, what is printed above the carets
CARETS = [
    ("2x + 1", "x", "x"),
    ("foo(x) + 1", "foo", "foo"),
    ("sin(x, z)", "sin(x, z)", "sin(x, z)"),
    ("x\t+\t2y", "y", "y"),
    ("\t\tfoo(x)", "foo", "foo"),
    ("日本語 foo", "foo", "foo"),
    ("foo 日本語 bar", "本語", "本語"),
    ("日本語日本語 2x", "x", "x"),
    ("e\u0301e\u0301e\u0301 foo(x)", "foo", "foo"),
    ("v\u0304 + v\u0307 + 2x", "x", "x"),
    ("ｘ²× foo", "foo", "foo"),
    ("😀😀 + foo", "foo", "foo"),
    ("x\x01 + foo", "foo", "foo"),
    ("x + \x01", "\x01", "\\u0001"),
    ("\ud800 + foo", "foo", "foo"),
    ("x + \ud800", "\ud800", "\\ud800"),
    ("\u200bfoo", "foo", "foo"),
    ("x + \u200b", "\u200b", "\\u200b"),
    ("2\u00a0foo", "foo", "foo"),
    ("a\x1b[31m + foo", "foo", "foo"),
    ("π*x₁² + foo", "foo", "foo"),
]


@pytest.mark.parametrize(("source", "marked", "shown"), CARETS, ids=[ascii(row[0]) for row in CARETS])
def test_carets_stand_under_the_span(source: str, marked: str, shown: str) -> None:
    number, line, carets = drawn(source, marked)
    assert number == 1
    assert set(carets) == {"^"} | set(carets[:-1])
    assert under(line, carets) == shown
    assert carets.strip(" ") == "^" * cell_len(shown)
    assert line.isprintable()


def test_the_line_of_the_span_is_shown_with_its_number() -> None:
    source = "a = 3\nb = 2x # two\n\nc = foo(x)\r\n"
    assert drawn(source, "x") == (2, "b = 2x # two", "     ^")
    assert drawn(source, "foo") == (4, "c = foo(x) ", "    ^^^")
    assert drawn(source, "a") == (1, "a = 3", "^")


def test_a_span_over_several_lines_is_marked_on_its_first() -> None:
    source = "a = 1\nsin(x,\n    z)\nb"
    assert drawn(source, "sin(x,\n    z)") == (2, "sin(x,", "^^^^^^")


@pytest.mark.parametrize(
    ("source", "start"),
    [("", 0), ("x", 1), ("x +", 3), ("x\n", 2), ("x\n", 1), ("\n\n", 1), ("(x", 5), ("x", -3)],
)
def test_an_empty_span_or_one_at_the_end_has_one_caret(source: str, start: int) -> None:
    number, line, carets = excerpt(source, Span(start, start))
    assert carets.strip(" ") == "^"
    assert number == source.count("\n", 0, max(0, start)) + 1
    assert len(carets) <= len(line) + 1


LONG = [
    ("x + " * 500, "2y", " + x" * 500),
    ("", "2y", " + x" * 500),
    ("x + " * 500, "2y", ""),
    ("日 + " * 200, "2y", ""),
]


@pytest.mark.parametrize(("before", "marked", "after"), LONG)
def test_of_a_long_line_a_window_around_the_span_is_shown(before: str, marked: str, after: str) -> None:
    _, line, carets = excerpt(before + marked + after, Span(len(before), len(before) + len(marked)))
    assert under(line, carets) == marked
    assert len(line) <= 100
    assert line.startswith("...") == bool(before)
    assert line.endswith("...") == bool(after)


def test_a_long_span_is_cut_and_its_carets_stay_under_it() -> None:
    source = "1 + sin(" + "x + " * 300 + "x, 2)"
    _, line, carets = excerpt(source, Span(4, len(source)))
    assert len(line) <= 100
    assert cell_len(carets) <= cell_len(line)
    assert under(line, carets).startswith("sin(x + x")


@given(st.text(max_size=120), st.integers(-5, 130), st.integers(0, 40))
def test_any_excerpt_is_printable_and_has_carets_within_it(source: str, start: int, length: int) -> None:
    number, line, carets = excerpt(source, Span(start, start + length))
    assert line.isprintable()
    assert 1 <= number <= source.count("\n") + 1
    assert carets.strip(" ") == "^" * carets.count("^") != ""
    assert len(carets) - len(carets.lstrip(" ")) <= width(line)


SCRIPTS = st.characters(categories=["L", "N", "P", "Sm", "Sc", "Zs", "Cc", "Cs"])


@given(st.text(st.one_of(SCRIPTS, st.sampled_from("日本語e\u0301\u0304\t\x00")), max_size=20))
def test_the_width_is_that_of_the_terminal(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert width(shown) == sum(cell_len(c) for c in shown)


def test_a_mark_without_a_combining_class_takes_no_column() -> None:
    """Vowel signs and variation selectors stand over the letter before them, too."""
    for mark in "\ufe0f\u0e31\u0941\u20dd":
        assert width(f"x{mark}") == cell_len(f"x{mark}") == 1, f"U+{ord(mark):04X}"


# The layout


def test_the_layout_has_headline_line_carets_note_and_hint() -> None:
    problem = Problem(
        "name", "there is no function sinn", Span(8, 12), "at x = 3", "did you mean sin?", "a = 3;\n sinn(x)"
    )
    assert layout(problem).split("\n") == [
        "error: there is no function sinn",
        "  2 |  sinn(x)",
        "    |  ^^^^",
        "  at x = 3",
        "  did you mean sin?",
    ]
    assert str(problem) == layout(problem)
    assert layout(problem, "note").startswith("note: there is")


def test_what_a_problem_lacks_is_left_out() -> None:
    assert layout(Problem("usage", "there is no format tabel")) == "error: there is no format tabel"
    assert layout(Problem("usage", "a", hint="b")) == "error: a\n  b"
    assert layout(Problem("syntax", "a", Span(0, 1))) == "error: a"


def test_the_gutter_grows_with_the_line_number() -> None:
    source = "\n" * 999 + "2x"
    lines = layout(Problem("syntax", "a", Span(1000, 1001), source=source)).split("\n")
    assert lines[1:] == ["  1000 | 2x", "       |  ^"]


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\x1b[31mred", "\ud800", "tab\tbed", "\u202edesrever", "\x00"])
def test_no_text_of_a_problem_can_break_the_layout(text: str) -> None:
    problem = Problem("name", text, Span(0, 1), text, text, text or "x")
    lines = layout(problem).split("\n")
    assert len(lines) == 5
    assert all(line.isprintable() for line in lines)
    layout(problem).encode()  # no lone surrogate is left


@given(st.text(), st.text(), st.text(), st.text(), st.integers(0, 50), st.integers(0, 50))
def test_any_problem_is_laid_out_in_printable_lines(
    headline: str, note: str, hint: str, source: str, start: int, length: int
) -> None:
    shown = layout(Problem("syntax", headline, Span(start, start + length), note, hint, source))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert shown.count("\n") == 2 * bool(source) + bool(note) + bool(hint)


# Kinds and exit codes

CODES = {
    "syntax": 3, "name": 3, "arity": 3, "condition": 3, "index": 3, "literal": 3, "size": 3,
    "point": 2, "usage": 2, "file": 2, "domain": 1,
}  # fmt: skip


@pytest.mark.parametrize("kind", CODES)
def test_every_kind_has_its_exit_code(kind: str) -> None:
    assert Problem(kind, "").exit_code == CODES[kind]


def test_the_exit_codes_are_those_of_the_contract() -> None:
    names = ("OK", "FAILED", "USAGE", "WRONG", "ROWS", "BUG", "INTERRUPTED", "BROKEN_PIPE")
    assert [getattr(errors, name) for name in names] == [0, 1, 2, 3, 4, 70, 130, 141]


def test_an_error_carries_all_its_problems() -> None:
    with pytest.raises(ProblemError) as caught:
        parse(["foo(x) + bar(z)"])
    assert caught.value.problem is caught.value.problems[0]
    assert str(caught.value) == "there is no function foo\nthere is no function bar"


# Did you mean

MEANT = [
    ("sinn", "sin"), ("coss", "cos"), ("SIN", "sin"), ("Exp", "exp"), ("sqr", "sqrt"), ("hypott", "hypot"),
    ("normcfd", "normcdf"), ("xyzzy", ""), ("", ""), ("q", ""), ("LN", "ln"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "meant"), MEANT)
def test_did_you_mean(word: str, meant: str) -> None:
    known = ["sin", "cos", "exp", "sqrt", "hypot", "normcdf", "ln", "if"]
    assert did_you_mean(word, known) == (f"did you mean {meant}?" if meant else "")


def test_a_word_of_one_letter_means_no_other() -> None:
    """f(x, y) is no typing error of if(c, a, b)."""
    assert did_you_mean("f", ["if", "sin"]) == ""
