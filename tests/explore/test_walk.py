"""A walk through a trace: steps, rows, sweeps, terms, the way back, the search."""

from __future__ import annotations

from functools import cache

import pytest
from documents import trace
from running import SAMPLES, TEXTBOOK

from adcli.explore.walk import Found, Walk
from adcli.function import Function
from adcli.report.document import View
from adcli.report.record import Record
from adcli.report.steps import sweeps
from adcli.report.trace import TraceReport

NAMES = [path.stem for path in SAMPLES]


@cache
def recorded(name: str) -> Record:
    return Record(trace(name).data())


def walk(name: str = "textbook") -> Walk:
    return Walk(recorded(name), View())


def walk_of(text: str, mode: str = "both", **at: float) -> Walk:
    return Walk(Record(TraceReport(Function(*text.split(" | ")).trace(at, mode)).data()), View())


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_every_sweep_is_passed_once_and_in_the_order_of_the_table(name: str) -> None:
    one = walk(name)
    for sweep, seed in sweeps(one.record):
        one.enter(sweep, seed)
        one.go(0)
        seen = [one.node]
        assert one.row == (len(one.steps) - 1 if sweep == "adjoint" else 0)
        while one.index < len(one.steps) - 1:
            assert one.is_done(one.row)
            assert one.rows[one.row] == one.node
            one.move(1)
            seen.append(one.node)
        assert seen == [name for name, _ in one.steps.order]
        assert (seen[::-1] if sweep == "adjoint" else seen) == one.rows
        assert all(map(one.is_done, range(len(one.rows))))
        one.move(1)
        assert one.node == seen[-1]
        one.go(-5)
        assert one.node == seen[0]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_can_be_followed_and_come_back_from(name: str) -> None:
    one = walk(name)
    for sweep, seed in sweeps(one.record):
        one.enter(sweep, seed)
        for index in range(len(one.steps)):
            one.go(index)
            for term, source in enumerate(one.read):
                one.term = term
                place = one.place
                if one.follow():
                    assert one.node == source
                    assert (one.sweep, one.seed) == (sweep, seed)
                    assert one.back()
                assert (one.place, one.term) == (place, term)
    assert not one.back()


def test_the_row_moves_down_the_table_whatever_the_sweep() -> None:
    one = walk()
    for sweep in ("primal", "tangent", "adjoint"):
        assert one.turn(sweep)
        one.to_row(2)
        assert one.node == "v1"
        one.move_rows(1)
        assert one.node == "v2"
        one.move_rows(-2)
        assert one.node == "v0"


def test_another_sweep_stays_at_the_node() -> None:
    one = walk()
    one.to("v2")
    one.turn("adjoint")
    assert (one.sweep, one.seed, one.node) == ("adjoint", "y", "v2")
    one.turn("tangent")
    assert (one.seed, one.node) == ("x1", "v2")
    assert one.next_seed()
    assert (one.seed, one.node) == ("x2", "v2")
    assert one.next_seed()
    assert one.seed == "x1"
    one.turn("adjoint")
    assert not one.next_seed()


def test_a_sweep_that_was_not_recorded() -> None:
    one = walk_of("x^2", "forward", x=3)
    assert not one.turn("adjoint")
    assert one.sweep == "primal"
    assert one.turn("tangent")


def test_a_condition_has_no_adjoint() -> None:
    one = walk_of("if(x > 1, x, 2)", x=3)
    assert one.to("v1")
    assert one.turn("adjoint")
    assert one.node == "y"


def test_terms_go_round() -> None:
    one = walk()
    one.turn("adjoint")
    one.to("v0")
    assert one.read == ["v3", "v2"]
    one.choose(1)
    assert one.term == 1
    one.choose(1)
    assert one.term == 0
    one.choose(-1)
    one.follow()
    assert one.node == "v2"
    assert one.term == 0
    one.back()
    assert (one.node, one.term) == ("v0", 1)


def test_a_seed_reads_no_node() -> None:
    one = walk()
    one.turn("tangent")
    one.to("v-1")
    assert not one.follow()


@pytest.mark.parametrize(
    ("text", "node", "number", "total"),
    [
        ("v3", "v3", 1, 2),  # also v4 - v3
        ("sin", "v3", 1, 1),
        ("x2", "v0", 1, 1),
        ("y", "y", 1, 1),
        ("11.65", "v5", 1, 2),
        ("-0.95", "v3", 1, 1),
        ("+", "v4", 1, 1),
        ("v-1", "v-1", 1, 3),
    ],
)
def test_the_search(text: str, node: str, number: int, total: int) -> None:
    one = walk()
    one.to("v2")
    found = one.find(text)
    assert (one.node, found.total) == (node, total)
    assert one.find(text).total == total
    if total == 1:
        assert (one.node, found.number) == (node, number)


def test_the_search_goes_on_and_round() -> None:
    one = walk()
    assert [(one.find("v4"), one.node)[1] for _ in range(3)] == ["v4", "v5", "v4"]
    assert one.find("nonsense") == Found(0, 0)
    assert one.find("  ") == Found(0, 0)
    assert one.node == "v4"


def test_a_repeated_search_reaches_every_hit() -> None:
    one = walk()
    assert [(one.find("v-1").number, one.node)[1] for _ in range(4)] == ["v-1", "v1", "v2", "v-1"]
    other = walk_of("2*x - 3*x*1.5", x=2)
    assert [other.find(text).total for text in ("2*v0", "-1", "1.5")] == [1, 0, 1]


def test_an_output_that_is_called_like_a_node_is_a_step_of_its_own() -> None:
    one = walk_of("v1 = sin(x)*x", x=3)
    one.go(99)
    assert (one.node, one.step.total) == ("output v1", pytest.approx(0.4233600241796016))
    one.turn("tangent")
    assert (one.node, one.step.name) == ("output v1", "v\u03071")
    one.turn("adjoint")
    assert (one.index, one.node, one.step.words) == (0, "output v1", "the seed: v1 changes as itself")
    one.move(1)
    assert one.step.words == "v2 is the output v1"
    assert one.follow()
    assert one.node == "output v1"


def test_the_search_for_numbers_and_notes() -> None:
    one = walk_of("ln(x) + abs(y) + z", x=0, y=0, z=1)
    assert one.find("inf").total == 4  # ln, the two sums, the output
    assert one.find("kink").total == 1
    assert one.step.words == "absolute value of v-1"
    assert one.find("domain").total == 1
    assert one.find("nan") == Found(0, 0)
    assert one.find("zero").total == 3  # x, y, abs(y)
    one.turn("adjoint")
    assert one.find("zero").total == 3


def test_a_name_of_another_record_is_found_again() -> None:
    one = walk_of(TEXTBOOK, x1=2, x2=5)
    one.turn("adjoint")
    one.to("v2")
    other = one.moved_to(recorded("textbook"))
    assert other.place == one.place
    gone = one.moved_to(walk_of("x", "forward", x=1).record)
    assert (gone.sweep, gone.index) == ("primal", 0)
    assert one.moved_to(walk_of("3").record).node == "y"
