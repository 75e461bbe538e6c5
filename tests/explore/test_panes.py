"""The panes of the terminal explorer: they fit, cut no digit, and show what the trace's tables show."""

from __future__ import annotations

import re

import pytest
from running import SAMPLES, columns_of
from test_walk import recorded, walk_of

from adcli.explore.panes import Panes, broken, foot
from adcli.explore.walk import Walk
from adcli.report.document import View
from adcli.report.steps import sweeps

SIZES = [(80, 24), (120, 40), (40, 20), (20, 8)]


def panes(name: str = "textbook", ascii: bool = False) -> Panes:
    return Panes(Walk(recorded(name), View(ascii=ascii)))


def screen(one: Panes, width: int, height: int) -> dict[str, list[str]]:
    """All panes, each as wide as the screen."""
    drawn = {
        "program": one.program(width, 3), "head": [one.head(width)], "rule": [one.rule(width)],
        "table": one.table(width, height), "graph": one.graph(width, height), "line": [one.line(width)],
        "step": one.step(width, height), "foot": [foot(width)],
    }  # fmt: skip
    return {name: [line.plain for line in lines] for name, lines in drawn.items()}


@pytest.mark.parametrize("ascii", [False, True], ids=["utf8", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", [path.stem for path in SAMPLES])
def test_panes_fit(name: str, size: tuple[int, int], ascii: bool) -> None:
    width, height = size
    one = panes(name, ascii)
    for sweep, seed in sweeps(one.walk.record)[:6]:
        one.walk.enter(sweep, seed)
        count = len(one.walk.steps)
        for index in {0, count // 3, count // 2, count - 1}:
            one.walk.go(index)
            for pane, lines in screen(one, width, height).items():
                assert len(lines) <= height, pane
                for line in lines:
                    assert not ascii or line.isascii()
                    fits = columns_of(line.rstrip()) <= width
                    assert fits or (width < 40 and pane in ("table", "step", "graph")), (pane, line)


@pytest.mark.parametrize("name", [path.stem for path in SAMPLES])
def test_the_table_has_every_number_in_full(name: str) -> None:
    """At 40 columns a formula may be cut or left out, a number never."""
    one = panes(name)
    record = one.walk.record
    for sweep, seed in sweeps(record)[:3]:
        one.walk.enter(sweep, seed)
        one.walk.go(len(one.walk.steps))
        lines = {line.plain[2:].split()[0]: line.plain.split() for line in one.table(40, 10_000)[1:]}
        for node in record.nodes:
            if node.name not in lines:
                assert isinstance(node.value, bool)
                continue
            if sweep != "primal":
                number = (node.tangents if sweep == "tangent" else node.adjoints)[seed]
                assert lines[node.name][-1] == one.view.number(number)
            else:
                assert lines[node.name][-1] == one.view.number(node.value)


def test_the_table_shows_what_the_sweep_has_come_to() -> None:
    one = panes()
    one.walk.turn("adjoint")
    one.walk.to("v2")
    table = [line.plain for line in one.table(60, 20)]
    assert [line.split()[-1] for line in table if re.match(r"..(v2|v4|y) ", line)] == ["1", "1", "1"]
    assert table[1].split() == ["v-1", "x1", "2"]
    marks = {line[2:].split()[0]: line[0].strip() for line in table[1:]}
    assert marks == {"v-1": "", "v0": "", "v1": "", "v2": ">", "v3": "", "v4": "*", "v5": "", "y": ""}


def test_a_long_table_keeps_the_step_in_sight() -> None:
    one = Panes(Walk(walk_of("sum(sin(i*x) for i in 1..900)", x=1).record, View()))
    one.walk.turn("adjoint")
    for index in (0, 5, 1500, 1501, 2700, 3, 10_000):
        one.walk.go(index)
        table = one.table(50, 12)
        assert len(table) == 12
        (here,) = (i for i, line in enumerate(table) if line.plain.startswith(">"))
        assert table[here].plain[2:].split()[0] == one.walk.node
        assert one.row_at(here) == one.walk.row
    assert one.row_at(0) is None
    assert one.row_at(10_000) is None


def test_a_sum_of_very_many_terms_keeps_the_chosen_one_in_sight() -> None:
    one = Panes(Walk(walk_of("sum(sin(i*x) for i in 1..300)", x=1).record, View()))
    one.walk.turn("adjoint")
    one.walk.to("v0")
    for term in (0, 150, 299):
        one.walk.term = term
        lines = [line.plain for line in one.step(70, 8)]
        assert len(lines) == 8
        (chosen,) = (line for line in lines if line.startswith(">"))
        assert one.walk.step.terms[term].rule.lstrip("-") in chosen


def test_the_places_of_the_node_are_marked() -> None:
    one = Panes(Walk(walk_of("a = sin(x)*2\nb = sin(x) + a", x=1).record, View()))
    one.walk.find("sin")
    marked = [
        line.plain[span.start : span.end] for line in one.program(60, 3) for span in line.spans
    ]  # fmt: skip
    assert marked == ["sin(x)", "sin(x)"]


def test_a_long_program_is_shown_around_the_node() -> None:
    text = "\n".join(f"a{i} = {i}*x" for i in range(40)) + "\n" + " + ".join(f"a{i}" for i in range(40))
    one = Panes(Walk(walk_of(text, x=1).record, View()))
    one.walk.find("30")
    assert any("a30 = 30*x" in line.plain for line in one.program(60, 3))
    assert len(one.program(60, 3)) == 3
    assert one.program_rows(60) == len(broken(text, 60)) > 41


def test_pieces_of_a_text() -> None:
    assert broken("", 5) == [(0, 0)]
    assert broken("abcdefg\n\nxy", 3) == [(0, 3), (3, 6), (6, 7), (8, 8), (9, 11)]


def test_notes_stand_with_the_step() -> None:
    one = Panes(Walk(walk_of("abs(x)", x=0).record, View()))
    one.walk.find("kink")
    assert "! kink: " in "\n".join(line.plain for line in one.step(60, 8))


def test_a_constant_is_explored_too() -> None:
    one = Panes(Walk(walk_of("3").record, View()))
    for lines in screen(one, 60, 10).values():
        assert lines
    assert not one.walk.turn("adjoint")


def test_control_characters_of_a_program_reach_no_terminal() -> None:
    one = Panes(Walk(walk_of("x # \x1b[31m\t\u202e", x=1).record, View()))
    for lines in screen(one, 60, 10).values():
        assert all(line.isprintable() for line in lines)
