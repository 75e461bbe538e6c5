"""Graphs: the tree of the textbook, shared nodes, neighbourhoods, geometry of the pictures, what machines are given."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from documents import graph, read, text_of
from printed import table_text
from rich.cells import cell_len
from running import SAMPLES

from adcli.errors import ProblemError
from adcli.function import Function
from adcli.render._graph_svg import Picture, picture
from adcli.render._tree import DEEPEST, tree
from adcli.report.document import View
from adcli.report.graph import LARGEST, GraphReport
from adcli.trace import Trace

MODES = [None, "forward", "reverse", "both"]
STEMS = [path.stem for path in SAMPLES]


def chain(form: str, count: int) -> Trace:
    """`form` holds {a} for the value so far; each step gives it a name."""
    steps = (f"a{i + 1} = {form.format(a=f'a{i}', i=i + 2)}" for i in range(count))
    return Function("\n".join(["a0 = x", *steps])).trace({"x": 0.5})


def rows(report: GraphReport, **view: object) -> list[list[str]]:
    found = View(**view)  # type: ignore[arg-type]
    return [line for group in tree(report.graph(found), found).groups for line in group.lines]


def test_the_tree_of_the_textbook() -> None:
    shown = [[cell for cell in line if cell] for line in rows(graph("textbook", "both"), ascii=True)]  # type: ignore[arg-type]
    assert shown == [
        ["y", "= v5", "11.652071", "5.5", "1"],
        ["v5", "= v4 - v3", "11.652071", "5.5", "1"],
        ["|- v4", "= v1 + v2", "10.693147", "5.5", "1", "1", "1"],
        ["|  |- v1", "= ln(v-1)", "0.693147", "0.5", "1", "1", "1"],
        ["|  |  v-1", "= x1", "2", "1", "5.5", "0.5", "1/v-1"],
        ["|  `- v2", "= v-1*v0", "10", "5", "1", "1", "1"],
        ["|     |- v-1", "above", "5", "v0"],
        ["|     `- v0", "= x2", "5", "0", "1.716338", "2", "v-1"],
        ["`- v3", "= sin(v0)", "-0.958924", "0", "-1", "-1", "-1"],
        ["   v0", "above", "0.283662", "cos(v0)"],
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stem", STEMS)
def test_a_tree_has_every_node_once_and_every_edge(stem: str, mode: str | None) -> None:
    report = graph(stem, mode)
    assert isinstance(report, GraphReport)
    found = rows(report)
    names = [line[0].lstrip("├─└│ ") for line in found if line[1] not in ("above", "below")]
    assert sorted(names) == sorted(report.name(place) for place in report.shown)
    drawn = report.graph(View())
    used = {edge.source for edge in drawn.edges}
    roots = len(drawn.nodes) - len(used) + sum(line[1] == "below" for line in found)
    assert len(found) == len(drawn.edges) + roots
    assert all(bool(line[5]) <= (mode is not None) for line in found)


@pytest.mark.parametrize("form", ["sin({a})", "{a}*{i}", "{a}*x + {i}", "x + {i}*{a}", "{a}*{a}"])
def test_a_long_chain_is_not_indented_without_end(form: str) -> None:
    report = GraphReport(chain(form, 1500))
    for width in (None, 80, 40):
        found = rows(report, width=width)
        assert max(len(line[0]) for line in found) <= 3 * DEEPEST + len("v3000")
    text = table_text(report, width=80)
    assert max(map(cell_len, text.split("\n"))) <= 80
    assert "more: --all" in text


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("stem", ["textbook", "kinks", "robot_arm", "black_scholes"])
def test_a_tree_fits_the_terminal(stem: str, width: int) -> None:
    for ascii_only in (False, True):
        text = table_text(graph(stem, "both"), width=width, ascii=ascii_only)
        assert max(map(cell_len, text.split("\n"))) <= width
        assert text.isascii() or not ascii_only


def test_text_is_the_table_without_colour() -> None:
    document = graph("textbook", "both")
    assert text_of(document, "text", width=80, color=True) == text_of(document, "table", width=80)
    coloured = text_of(document, "table", width=80, color=True)
    plain = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.split("\n")] == text_of(document, "text", width=80).split("\n")


# Neighbourhoods


@pytest.mark.parametrize(
    ("around", "hops", "names"),
    [("v3", 0, "v3"), ("v3", 1, "v0 v3 v5"), ("v3", 2, "v0 v2 v3 v4 v5 y"), ("x1", 1, "v-1 v1 v2"), ("y", 1, "v5 y"),
     ("v-1", 1, "v-1 v1 v2"), ("y", 100, "v-1 v0 v1 v2 v3 v4 v5 y")],
)  # fmt: skip
def test_the_neighbourhood_of_a_node(around: str, hops: int, names: str) -> None:
    report = graph("textbook", around=around, hops=hops)
    data = report.data()
    assert [node["name"] for node in data["nodes"]] == names.split()
    inside = set(names.split())
    whole = graph("textbook").data()["edges"]
    assert data["edges"] == [edge for edge in whole if {edge["from"], edge["to"]} <= inside]
    hop = "hop" if hops == 1 else "hops"
    assert f"{len(inside)} of 8 nodes: those within {hops} {hop} of {around}" in table_text(report)


def test_a_node_may_be_called_by_the_name_the_program_gave_it() -> None:
    trace = Function("speed = x*z; speed^2").trace({"x": 1, "z": 2})
    assert [node["name"] for node in GraphReport(trace, around="speed", hops=0).data()["nodes"]] == ["v1"]


@pytest.mark.parametrize("name", ["v6", "", "v17", "[bold]"])
def test_an_unknown_node_is_named(name: str) -> None:
    with pytest.raises(ProblemError) as raised:
        graph("textbook", around=name)
    assert "there is no node" in raised.value.problem.headline
    assert raised.value.problem.hint


def test_a_neighbourhood_of_very_many_is_that_of_the_nearest() -> None:
    f = Function(f"[x*i for i in 1..{LARGEST + 100}]")
    assert len(GraphReport(f.trace({"x": 1}), around="x", hops=1).shown) == LARGEST


# For machines


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stem", STEMS)
def test_json_is_what_the_sweeps_found(stem: str, mode: str | None) -> None:
    f, at, wrt = read(stem)
    data = graph(stem, mode).data()
    assert list(data) == ["program", "at", "mode", "nodes", "edges", "outputs", "variables", "notes"]
    assert data["mode"] == (mode or "values")
    jacobian = f.jacobian(at, wrt=wrt).jacobian
    nodes = [node for node in data["nodes"] if node["op"] != "output"]
    for i, output in enumerate(f.outputs):
        (node,) = (n for n in data["nodes"] if n["op"] == "output" and n["name"] == output)
        for j, variable in enumerate(data["variables"]):
            if mode in ("forward", "both"):
                assert node["tangents"][variable] == pytest.approx(jacobian[i][j], rel=1e-12, abs=1e-300)
            if mode in ("reverse", "both"):
                (given,) = (n for n in nodes if n["op"] == "input" and n["formula"] == variable)
                assert given["adjoints"][output] == pytest.approx(jacobian[i][j], rel=1e-12, abs=1e-300)
    if mode == "forward":  # a tangent is what arrives along the edges
        for node in nodes:
            arriving = [edge for edge in data["edges"] if edge["to"] == node["name"] and edge["value"] is not None]
            if node["op"] != "input" and arriving and node["name"] not in f.outputs:
                tangents = {n["name"]: n["tangents"] for n in nodes}
                for seed, total in node["tangents"].items():
                    terms = [edge["value"] * tangents[edge["from"]][seed] for edge in arriving]
                    assert math.fsum(terms) == pytest.approx(total, rel=1e-9, abs=1e-12)


def test_an_edge_of_a_condition_has_no_partial() -> None:
    edges = graph("kinks").data()["edges"]
    assert {"from": "v3", "to": "v6", "formula": None, "value": None} in edges
    assert "v3\tv6\t\t\n" in text_of(graph("kinks"), "tsv")


def test_rows_are_edges() -> None:
    header, *found = [line.split("\t") for line in text_of(graph("textbook"), "tsv").splitlines()]
    assert header == ["from", "to", "formula", "value"]
    assert ["v0", "v3", "cos(v0)", "0.28366218546322625"] in found
    assert found[-1] == ["v5", "y", "1", "1"]
    assert len(found) == 9


def test_the_seed_that_is_shown_is_named() -> None:
    text = table_text(graph("robot_arm", "both"), ascii=True)
    assert "tangents: seed adot = 1, the first of 6 (--wrt chooses)" in text
    assert "adjoints: seed xbar = 1, the first of 3 (--of chooses)" in text
    assert "the first of" not in table_text(GraphReport(Function("x^2").trace({"x": 3}), "both"))


# Pictures


def drawn(path: Path, mode: str | None) -> tuple[GraphReport, Picture]:
    report = graph(path.stem, mode)
    assert isinstance(report, GraphReport)
    return report, picture(report.graph(View()), View())


@pytest.mark.parametrize("mode", [None, "both"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_boxes_do_not_overlap_and_edges_join_theirs(path: Path, mode: str | None) -> None:
    report, found = drawn(path, mode)
    for a, b in combinations(found.boxes, 2):
        beside = a.left + a.width <= b.left or b.left + b.width <= a.left
        assert beside or a.top + a.height < b.top or b.top + b.height < a.top
    for box in found.boxes:
        assert box.left >= -0.01
        assert box.top >= -0.01
        assert box.left + box.width <= found.width + 0.01
        assert box.top + box.height <= found.height + 0.01
    for edge, way in zip(report.graph(View()).edges, found.ways, strict=True):
        source, target = found.boxes[edge.source], found.boxes[edge.target]
        assert way.start == (source.left + source.width, source.middle)
        assert way.end[0] == target.left
        assert target.top < way.end[1] < target.top + target.height


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_edge_goes_through_a_box(path: Path) -> None:
    _, found = drawn(path, "both")
    for way in found.ways:
        points = [way.start, *(point for point, _ in way.steps)]
        assert all(a[0] <= b[0] + 0.01 for a, b in pairwise(points))
        for (x0, y0), (x1, y1) in pairwise(points):
            for box in found.boxes:  # a curve stays between its ends
                clear = x1 <= box.left + 0.01 or x0 >= box.left + box.width - 0.01
                low, high = sorted((y0, y1))
                assert clear or high < box.top or low > box.top + box.height


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stem", STEMS)
def test_a_picture_is_well_formed_and_says_all(stem: str, mode: str | None) -> None:
    report = graph(stem, mode)
    assert isinstance(report, GraphReport)
    root = ElementTree.fromstring(text_of(report, "svg"))
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    nodes = report.graph(View()).nodes
    assert set(texts) >= {node.name for node in nodes} | {node.value for node in nodes}
    edges = [element for element in root.iter() if element.get("class", "").startswith("edge")]
    assert len(edges) == len(report.kept)
    partials = [element for element in root.iter() if element.get("class", "").startswith("partial")]
    assert bool(partials) == (mode is not None)


@pytest.mark.parametrize("name", ["dot", "mermaid"])
@pytest.mark.parametrize("stem", STEMS)
def test_other_programs_are_told_every_node_and_edge(stem: str, name: str) -> None:
    report = graph(stem, "reverse")
    assert isinstance(report, GraphReport)
    text = text_of(report, name)
    arrow = " -> " if name == "dot" else " -->"
    assert len([line for line in text.splitlines() if re.match(rf"  n\d+{arrow}", line)]) == len(report.kept)
    assert len(re.findall(r"^  n\d+ ?\[", text, re.M)) == len(report.shown)
