"""Text that means something to a terminal, a browser or a reader of tables goes through every format unharmed."""

from __future__ import annotations

import csv
import html
import json
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

import pytest
from documents import TEXTUAL, formats_of
from hypothesis import given, settings
from hypothesis import strategies as st
from support import share

from adcli.errors import printable
from adcli.function import Function
from adcli.render import formats, load
from adcli.report.document import (
    Block,
    Column,
    Document,
    Edge,
    Graph,
    Group,
    Matrix,
    Records,
    Table,
    Text,
    Vertex,
    View,
    lines,
)
from adcli.report.explain import VIEWS
from adcli.report.higher import HessianReport, HvpReport, MixedReport, SparseReport, TaylorReport
from adcli.report.modes import ModesReport
from adcli.report.results import GradientReport, JacobianReport, ValueReport
from adcli.report.source import SourceReport
from adcli.report.trace import TraceReport

EXPLAINED = list(VIEWS.values())
TEXTS = [
    "x[i]+y", "x[1]", "[/]", "[bold]x[/bold]", "[link=http://example.org]x[/link]", ":x:", ":smile: :warning:", "\\[x]",
    "\\", "</script>", "<script>alert(1)</script>", "<b>x</b> &amp; &lt;", "<!-- x -->", "]]>", "a|b", "|", "||x||",
    "a\\|b", "\\|", "`x`", "``", "`", "a`b``c", "*x* _y_ **z**", "# title", "- item", "1. item", "> quote", "---",
    "===", "~~x~~", "$x$", "@x", "![x](y)", "[x](javascript:y)", "https://example.org", '"x"', "'x'", "a,b", "a;b",
    '"a","b"', "=1+2", "+1", "-1", "@SUM(1)", "{x}", "{0}", "%s", "%(x)s", "${x}", "日本語", "π×²₁", "e\u0301", "😀",
    "a  b", " a ",
]  # fmt: skip
CONTROL = [
    "a\tb", "a\nb", "a\r\nb", "a\rb", "\x1b[31mred\x1b[0m", "\x00", "\x07", "\u200b", "\u202ex", "a\u2028b",
    "a\x85b", "\ud800",
]  # fmt: skip


class Fixture(Document):
    """One text in every place that a document has for text."""

    def __init__(self, text: str):
        self.text = text

    def blocks(self, view: View) -> Iterator[Block]:
        yield Text(self.text)
        columns = [
            Column("name", "name"),
            Column("rule", "rule"),
            Column("", "source"),
            Column("value", "primal", number=True),
        ]
        rows = lines([[self.text, self.text, self.text, "1.5"], ["x", f"2*{self.text}", "", self.text]])
        yield Table(self.text, columns, rows, [self.text])
        yield Text(self.text, "primal")
        yield self.graph(view)

    def graph(self, view: View) -> Graph:
        nodes = [
            Vertex(self.text, self.text, "1.5"),
            Vertex("x", self.text, "2", f"{self.text} = 1", f"{self.text} = 1"),
        ]
        return Graph(self.text, nodes, [Edge(0, 1, self.text, "0.5")], [self.text])

    def data(self) -> dict[str, Any]:
        return {"program": self.text, self.text: [self.text, {"inside": self.text}], "number": 0.1, "count": 3}

    def records(self) -> Records:
        return [self.text, "b", "c"], iter([[self.text, "1", self.text], ["", self.text, "3"]])

    def numbers(self) -> Iterable[Sequence[str]]:
        return [[self.text]]

    def matrix(self) -> Matrix:
        return Matrix((2, 2), [0, 1], [1, 1], [1.5, -2.0], note=self.text)


def rendered(document: Document, name: str, **view: Any) -> str:
    return "".join(load(name).render(document, View(**view)))


every_text = pytest.mark.parametrize("text", TEXTS + CONTROL, ids=ascii)


@every_text
@pytest.mark.parametrize("name", TEXTUAL)
def test_every_format_can_be_encoded_and_says_no_control_character(name: str, text: str) -> None:
    for view in ({}, {"width": 80}, {"width": 80, "ascii": True}):
        out = rendered(Fixture(text), name, **view)
        assert "\x1b" not in out or name in ("csv", "tsv", "raw", "markdown")
        out.encode("utf-8", "backslashreplace")


# JSON


@every_text
def test_json_reads_back_to_the_same_strings(text: str) -> None:
    out = rendered(Fixture(text), "json")
    assert json.loads(out) == Fixture(text).data()
    assert out.count("\n") == 1
    out.encode()


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def test_json_has_strings_for_numbers_that_are_not_finite() -> None:
    class NonFinite(Fixture):
        def data(self) -> dict[str, Any]:
            return {"a": math.inf, "b": [-math.inf, {"c": (math.nan, 1.5)}], "d": None, "e": True, "text": "inf"}

    out = rendered(NonFinite(""), "json")
    expected = {"a": "inf", "b": ["-inf", {"c": ["nan", 1.5]}], "d": None, "e": True, "text": "inf"}
    assert json.loads(out, parse_constant=no_constant) == expected


@pytest.mark.parametrize("program", ["1/x", "-1/x", "ln(x)", "0*ln(x)", "[exp(1000 + x), x^-1 - x^-1]"])
def test_json_of_results_is_strict_json_whatever_the_numbers(program: str) -> None:
    function = Function(program)
    for report in (
        GradientReport(function.grad({"x": 0})),
        ValueReport(function.value({"x": 0})),
        JacobianReport(function.jacobian({"x": 0})),
        TraceReport(function.trace({"x": 0})),
        *(report(function.trace({"x": 0}), None) for report in EXPLAINED),
    ):
        data = json.loads(rendered(report, "json"), parse_constant=no_constant)
        numbers = [x for value in data.values() if isinstance(value, list) for x in value]
        assert numbers


# CSV and TSV


@every_text
def test_csv_has_the_same_cells(text: str) -> None:
    out = rendered(Fixture(text), "csv")
    header, rows = Fixture(text).records()
    assert list(csv.reader(StringIO(out, newline=""), strict=True)) == [header, *rows]


@every_text
def test_tsv_has_a_line_a_record_and_a_cell_a_column(text: str) -> None:
    out = rendered(Fixture(text), "tsv")
    header, rows = Fixture(text).records()
    expected = [[re.sub("[\t\r\n]", " ", cell) for cell in row] for row in (header, *rows)]
    assert [line.split("\t") for line in out.removesuffix("\n").split("\n")] == expected


# Markdown, read as GitHub reads it: a | behind a backslash belongs to its cell, then come code and escapes


def cells(line: str) -> list[str]:
    """The cells of a table row."""
    first, *found, last = re.split(r"(?<!\\)\|", line)
    assert (first, last) == ("", ""), "a row begins and ends with |"
    return [cell.strip(" ").replace("\\|", "|") for cell in found]


def read(cell: str) -> str:
    """What a cell or a line shows: code as it is, elsewhere without escapes."""
    code = re.fullmatch(r"(`+)(.*?)(?<!`)\1", cell, re.DOTALL)
    if code and f"{code[1]}`" not in code[2].replace(code[1] + "`", ""):
        inside = code[2]
        return inside[1:-1] if inside.startswith(" ") and inside.endswith(" ") and inside.strip() else inside
    tagged = re.fullmatch(r"<code>(.*)</code>", cell)
    if tagged:
        return html.unescape(tagged[1])
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", lambda m: f"&#{ord(m[1])};", cell))


@every_text
def test_markdown_tables_have_the_right_cells(text: str) -> None:
    out, fences = re.subn("```mermaid\n.*?```\n", "", rendered(Fixture(text), "markdown"), flags=re.DOTALL)
    assert fences == 1
    shown = " ".join(text.split())
    rows = [cells(line) for line in out.split("\n") if line.startswith("| ")]
    assert [len(row) for row in rows] == [4] * 4
    assert rows[1] == ["---", "---", "---", "---:"]
    assert [read(cell) for cell in rows[2]] == [shown, shown, shown, "1.5"]
    assert [read(cell) for cell in rows[3]] == ["x", " ".join(f"2*{text}".split()), "", shown]


@every_text
def test_markdown_paragraphs_show_the_text_and_nothing_is_active(text: str) -> None:
    out, fences = re.subn("```mermaid\n.*?```\n", "", rendered(Fixture(text), "markdown"), flags=re.DOTALL)
    assert fences == 1
    shown = " ".join(text.split())
    paragraphs = [line for line in out.split("\n") if line and not line.startswith("| ")]
    assert [read(line.removeprefix("### ")) for line in paragraphs] == [shown] * 6
    for line in out.split("\n"):
        bare = re.sub(r"(`+).*?(?<!`)\1", "", line) if line.startswith("| ") else line
        assert "<" not in bare.replace("<code>", "").replace("</code>", "")
        assert not re.search(r"(?<!\\)(\*|_|\[|\]|~|\$)", bare.replace("### ", ""))


# Graphs


@every_text
def test_graphs_for_other_programs_quote_all_they_say(text: str) -> None:
    dot, mermaid = (rendered(Fixture(text), name) for name in ("dot", "mermaid"))
    outside = re.sub(r'"(\\.|[^"\\])*"', '""', dot)
    assert re.fullmatch(r'[a-z0-9A-Z\[\]{}="",;> \n-]*', outside)
    assert outside.count("\n") == dot.count("\n") == 9
    assert mermaid.count("\n") == 6
    for line in mermaid.splitlines()[3:]:
        inside = re.fullmatch(r'  n\d+(\[| -->\|)"(.*)"(\]|\| n1)', line)
        assert inside is not None
        assert not set('"`<>&[]{}|\\*_#;') & set(re.sub(r"#\d+;|<br>", "", inside[2]))


# Matrices


@every_text
def test_a_matrix_is_read_whatever_its_note_says(text: str) -> None:
    banner, note, size, *entries = rendered(Fixture(text), "mtx").split("\n")
    assert (banner, size, entries) == (
        "%%MatrixMarket matrix coordinate real general", "2 2 2", ["1 2 1.5", "2 2 -2", ""],
    )  # fmt: skip
    assert note == f"% {printable(text)}"
    assert note.isprintable()
    assert rendered(Fixture(text), "coo") == "row\tcol\tvalue\n0\t1\t1.5\n1\t1\t-2\n"
    drawing = rendered(Fixture(text), "pattern", width=80, ascii=True)
    assert drawing == f"{printable(text).rstrip(' ')}\n2 x 2, 2 of 4 entries\n. x\n. x\n"


# Tables on a terminal


@every_text
def test_a_table_shows_the_text_literally(text: str) -> None:
    out = rendered(Fixture(text), "table")
    shown = printable(text).rstrip(" ")
    assert out.count(shown) >= 7
    assert all(line.isprintable() for line in out.split("\n"))
    assert len(out.split("\n")) == len(rendered(Fixture("x"), "table").split("\n"))


@every_text
def test_colour_changes_nothing_but_colour(text: str) -> None:
    plain, coloured = (rendered(Fixture(text), "table", color=color) for color in (False, True))
    stripped = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.split("\n")] == [line.rstrip() for line in plain.split("\n")]


# Pictures


@pytest.mark.skipif("svg" not in formats(), reason="there is no such format")
@every_text
def test_a_picture_is_xml_that_shows_the_text_and_loads_nothing(text: str) -> None:
    out = rendered(Fixture(text), "svg")
    root = ElementTree.fromstring(out)
    words = "".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")).replace(
        " ", ""
    )
    assert words.count(printable(text).replace(" ", "")) >= 7
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "image", "foreignObject", "a", "use", "iframe"}
    attributes = [(key, value) for element in root.iter() for key, value in element.attrib.items()]
    assert not [key for key, value in attributes if key.startswith("on") or "href" in key or "url(" in value]


# The same through whole programs: comments inside brackets are part of the source text that a trace quotes

COMMENTS = [text for text in TEXTS if "\n" not in text]


@pytest.mark.parametrize("text", COMMENTS, ids=ascii)
def test_a_trace_of_a_program_with_such_a_comment(text: str) -> None:
    program = f"(u[1] # {text}\n + u[2])*u[1]"
    function = Function(program)
    report = TraceReport(function.trace({"u": [2, 3]}))
    data = json.loads(rendered(report, "json"))
    assert data["program"] == program
    records = [line.split("\t") for line in rendered(report, "tsv").split("\n")[:-1]]
    assert {len(record) for record in records} == {len(records[0])}
    assert [record[0] for record in records] == ["node", "v-1", "v0", "v1", "v2", "y"]
    table = rendered(report, "table")
    quoted = printable(" ".join(program[: program.index(")") + 1].split()))
    assert quoted[:20] in table
    for line in rendered(report, "markdown").split("\n"):
        assert not line.startswith("| ") or len(cells(line)) in (3, 4, 5)
    for name in formats_of(report):
        assert rendered(report, name, width=80)
    at = {"u": [2, 3]}
    for other in (
        HessianReport(function.hessian(at)), SparseReport(function.sparse_hessian(at), second=True),
        SparseReport(function.sparse_jacobian(at), second=False), MixedReport(function.mixed(at, 2)),
        TraceReport(function.trace(at, second="u[1]")), ModesReport(function.modes(at, repeat=0)),
        *(explained(function.trace(at), None) for explained in EXPLAINED),
    ):  # fmt: skip
        assert json.loads(rendered(other, "json"))["program"] == program
        for name in formats_of(other):
            out = rendered(other, name, width=80)
            assert "\x1b" not in out


def unnamed(report: Document) -> list[str]:
    """Formats in which a report has no names of variables."""
    rows = isinstance(report, (ModesReport, TaylorReport))
    return ["csv", "tsv"] if rows else []


def test_indexed_names_stand_in_every_format_as_they_are() -> None:
    function = Function("x[1]*x[2]*A[1,2]")
    at = {"x": [2, 3], "A[1,2]": 5}
    for name in TEXTUAL:
        for report in (
            GradientReport(function.grad(at)),
            JacobianReport(function.jacobian(at)),
            HessianReport(function.hessian(at)),
            HvpReport(function.hvp(at, {"x[1]": 1})),
            TaylorReport(function.taylor(at, 2, {"x[1]": 1}), derivatives=False),
            MixedReport(function.mixed(at, 2)),
            SparseReport(function.sparse_jacobian(at), second=False),
            SparseReport(function.sparse_hessian(at), second=True),
            ModesReport(function.modes(at, repeat=0)),
            TraceReport(function.trace(at, second="x[1]")),
            *(explained(function.trace(at), None) for explained in EXPLAINED),
            SourceReport(function),
        ):
            if name not in formats_of(report):
                continue
            out = rendered(report, name)
            if name == "svg":
                out = "".join(ElementTree.fromstring(out).itertext())
            if name == "markdown":
                out = read(out.replace("`", ""))
            if name == "latex":
                out = re.sub(r"([xA])_\{([0-9,]+)\}", r"\1[\2]", out)
            if isinstance(report, SourceReport) or name not in ("raw", "coo", *unnamed(report)):
                assert "x[1]" in out
                assert "A[1,2]" in out.replace("1, 2", "1,2")


@settings(max_examples=share(150))
@given(st.text(max_size=30))
def test_any_text_goes_through_the_formats_for_machines(text: str) -> None:
    assert json.loads(rendered(Fixture(text), "json")) == Fixture(text).data()
    header, rows = Fixture(text).records()
    expected = [header, *rows]
    assert list(csv.reader(StringIO(rendered(Fixture(text), "csv"), newline=""), strict=True)) == expected
    assert [line.count("\t") for line in rendered(Fixture(text), "tsv").split("\n")[:-1]] == [2] * 3


@settings(max_examples=share(150))
@given(st.text(max_size=30))
def test_any_text_goes_through_the_formats_for_people(text: str) -> None:
    table = rendered(Fixture(text), "table", width=80)
    assert all(line.isprintable() for line in table.split("\n"))
    rows = [cells(line) for line in rendered(Fixture(text), "markdown").split("\n") if line.startswith("| ")]
    assert [len(row) for row in rows] == [4] * 4
    if "svg" in formats():
        ElementTree.fromstring(rendered(Fixture(text), "svg"))


def test_a_group_of_no_lines_and_a_table_of_no_groups_are_no_failure() -> None:
    class Empty(Fixture):
        def blocks(self, view: View) -> Iterator[Block]:
            yield Table("", [Column("name", "name"), Column("value", number=True)], [])
            yield Table("title", [Column("name", "name")], [Group([])])

        def records(self) -> Records:
            return ["a"], []

        def numbers(self) -> Iterable[Sequence[str]]:
            return []

    for name in TEXTUAL:
        for view in ({}, {"width": 20}, {"color": True}):
            rendered(Empty("x"), name, **view)
