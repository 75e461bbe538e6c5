"""What is printed of the paths adds up, is whole in JSON and TSV, and fits a terminal."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from documents import DOCUMENTS, DOUBLING, made, text_of
from printed import table_text
from running import SAMPLES, columns_of
from sampled import function, sample

from adcli.errors import ProblemError
from adcli.function import Function
from adcli.report.document import Document, Table, View
from adcli.report.explain import EdgesReport, NodesReport, PathsReport, bracketed

EXPLAINED = sorted(name for name in DOCUMENTS if name.startswith("explain"))
STEMS = [path.stem for path in SAMPLES]


def paths(text: str, top: int | None = None, **at: Any) -> PathsReport:
    return PathsReport(Function(text).trace(at), top)


def of_sample(stem: str) -> Document:
    (path,) = (path for path in SAMPLES if path.stem == stem)
    return PathsReport(function(path).trace(sample(path).at, wrt=sample(path).wrt))


def pieces(document: Document) -> list[dict[str, Any]]:
    data = json.loads(text_of(document, "json"))
    return data.get("explained", [data])


def test_the_textbook_as_it_is_done_by_hand() -> None:
    text = table_text(made("explain-textbook"))
    for line in ("∂y/∂x1 = 5 + 0.5 = 5.5", "∂y/∂x2 = 2 - 0.283662 = 1.716338", "x2 = v0 → v3 → v5 = y",
                 "cos(v0) * (-1) = 0.283662 * (-1)", "x1 = v-1 → v1 → v4 → v5 = y"):  # fmt: skip
        assert line in text


@pytest.mark.parametrize("digits", [None, 1, 3, 10, 15])
@pytest.mark.parametrize("stem", STEMS)
def test_printed_products_add_up_to_the_printed_partial(stem: str, digits: int | None) -> None:
    sums = 0
    for block in of_sample(stem).blocks(View(digits=digits, whole=True)):
        if isinstance(block, Table):
            products = [line[2] for group in block.groups for line in group.lines if line[2]]
            if not products[-1].startswith("≈"):
                assert sum(map(Decimal, products[:-1])) == Decimal(products[-1])
                sums += 1
    assert sums


@pytest.mark.parametrize("name", EXPLAINED)
def test_json_has_the_keys_that_are_documented(name: str) -> None:
    data = json.loads(text_of(made(name), "json"))
    assert {"program", "at", "notes"} <= set(data)
    key = {"explain": "paths", "explain_nodes": "nodes", "explain_edges": "edges"}[name.partition("-")[0]]
    for one in pieces(made(name)):
        assert {"variable", "output", "partial", "paths_total", key} <= set(one)
        for row in one[key]:
            if key == "paths":
                assert list(row) == ["nodes", "factors", "product"]
                assert [factor["node"] for factor in row["factors"]] == row["nodes"][1:]
                assert [factor["wrt"] for factor in row["factors"]] == row["nodes"][:-1]
                assert all(list(factor) == ["node", "wrt", "formula", "value"] for factor in row["factors"])
            else:
                assert set(row) >= {"node", "formula", "value", "tangent", "adjoint", "product", "share"}
                assert ("wrt" in row) == (key == "edges")


@pytest.mark.parametrize("stem", STEMS)
def test_json_and_tsv_add_up_to_the_gradient(stem: str) -> None:
    document = of_sample(stem)
    found: dict[tuple[str, str], list[float]] = {}
    for line in text_of(document, "tsv").splitlines()[1:]:
        output, variable, *_, product = line.split("\t")
        found.setdefault((output, variable), []).append(float(product))
    for one in pieces(document):
        products = [path["product"] for path in one["paths"]]
        assert math.fsum([*products, one["remainder"]]) == pytest.approx(one["partial"], rel=1e-15)
        rows = found.get((one["output"], one["variable"]), [])
        close = 1e-13 * math.fsum(map(abs, rows))
        assert math.fsum(rows) == pytest.approx(one["partial"], rel=1e-13, abs=close)
        assert [abs(x) for x in products] == sorted(map(abs, products), reverse=True)
        assert len(products) == min(one["paths_total"], 10)


def test_of_very_many_paths_some_are_shown_and_the_others_added_up() -> None:
    report = paths(DOUBLING, 20, x=1)
    text = table_text(report)
    assert text.startswith("1,048,576 paths from x to a20 at x = 1\n")
    assert "…   1,048,556 more paths" in text
    (one,) = pieces(report)
    assert (one["paths_total"], len(one["paths"])) == (2**20, 20)
    rows = [line.split("\t") for line in text_of(report, "tsv").splitlines()[1:]]
    assert [row[2:5] for row in (rows[0][:2], rows[-1])][1] == ["", "1048556", ""]
    assert math.fsum(float(row[-1]) for row in rows) == pytest.approx(one["partial"], rel=1e-15)
    assert [float(x) for x in text_of(report, "raw").split()] == [float(row[-1]) for row in rows]


@pytest.mark.parametrize(("steps", "total"), [(52, 2**52), (53, str(2**53)), (100, str(2**100))])
def test_a_count_beyond_what_doubles_can_count_is_a_text(steps: int, total: int | str) -> None:
    text = "\n".join(["a0 = x", *(f"a{i + 1} = a{i}*a{i}" for i in range(steps))])
    (one,) = pieces(paths(text, 1, x=1))
    assert one["paths_total"] == total


def test_a_count_too_long_to_be_written_by_python() -> None:
    text = "\n".join(["a0 = x", *(f"a{i + 1} = a{i}*a{i}" for i in range(20_000))])
    report = paths(text, 1, x=1)
    assert table_text(report).startswith("≈3.98e6020 paths from x to a20000")
    count = text_of(report, "tsv").splitlines()[-1].split("\t")[3]
    assert (len(count), count[:3], count[-3:]) == (6021, "398", "375")  # 2^20000 - 1


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", EXPLAINED)
def test_nothing_is_wider_than_the_terminal(name: str, width: int) -> None:
    for ascii in (False, True):
        lines = table_text(made(name), width=width, ascii=ascii).splitlines()
        assert max(map(columns_of, lines)) <= width
        assert not ascii or all(map(str.isascii, lines))


@pytest.mark.parametrize("name", ["explain-black_scholes", "explain-network"])
def test_no_path_is_cut_on_a_terminal_of_80_columns(name: str) -> None:
    assert "…" not in "".join(line for line in table_text(made(name), width=80).splitlines() if " at " not in line)


def test_outputs_without_a_path_are_said_plainly() -> None:
    text = table_text(made("explain-branches"))
    assert "∂f/∂L = 0: no path leads from L to f but through branches that are not taken here" in text
    assert "left out: paths through branches that are not taken here" in text
    text = table_text(paths("[x, y]", x=1, y=2))
    assert "∂y1/∂y = 0: no path leads from y to y1\n" in text
    assert "x = v-1 = y1" in text
    (one, *_) = pieces(paths("[x + 0*y, x]", x=1, y=2))
    assert one["paths"][0]["product"] == 1


def test_a_program_without_variables_has_nothing_to_explain() -> None:
    assert table_text(paths("2*pi")) == "there is no variable to differentiate in\n"
    assert text_of(paths("2*pi"), "tsv").count("\n") == 1
    assert json.loads(text_of(paths("2*pi"), "json"))["explained"] == []


def test_what_does_not_add_up_is_said() -> None:
    report = paths("1/x - 1/x", x=0)
    assert "what is not finite need not add up" in table_text(report)
    (one,) = pieces(report)
    assert ([path["product"] for path in one["paths"]], one["partial"]) == (["-inf", "inf"], 0)


@pytest.mark.parametrize("report", [NodesReport, EdgesReport])
def test_all_nodes_and_edges_are_shown_or_the_largest(report: Any) -> None:
    trace = Function("ln(x1) + x1*x2 - sin(x2)").trace({"x1": 2, "x2": 5}, wrt=["x2"])
    (whole,) = pieces(report(trace))
    (some,) = pieces(report(trace, 2))
    key = "nodes" if report is NodesReport else "edges"
    assert len(whole[key]) == 5
    assert some[key] == whole[key][:2]
    assert [row["share"] for row in whole[key]][:2] == pytest.approx([2 / 1.7163378145367738] * 2)
    assert [row["product"] for row in whole[key]] == [float(x) for x in text_of(report(trace), "raw").split()]


def test_the_share_of_a_partial_that_is_0_is_null() -> None:
    (one,) = pieces(NodesReport(Function("x - x").trace({"x": 1})))
    assert {row["share"] for row in one["nodes"]} == {None}
    assert "nan" not in table_text(NodesReport(Function("x - x").trace({"x": 1})))


@pytest.mark.parametrize(
    ("factor", "expected"),
    [("v1", "v1"), ("v-1", "v-1"), ("-1", "(-1)"), ("v1 + v2", "(v1 + v2)"), ("f(v1 - v2)", "f(v1 - v2)"),
     ("-v1/v2", "(-v1/v2)"), ("1e-5", "1e-5"), ("v1*(-v2)", "v1*(-v2)"), ("2*v-1^(-1)", "2*v-1^(-1)"),
     ("(a + b)*(c - d)", "(a + b)*(c - d)"), ("1 - v1*v2", "(1 - v1*v2)")],
)  # fmt: skip
def test_brackets_of_factors(factor: str, expected: str) -> None:
    assert bracketed(factor) == expected


def test_an_unknown_input_is_a_problem() -> None:
    with pytest.raises(ProblemError, match="no variable z"):
        Function("x").trace({"x": 1}, wrt=["z"])
