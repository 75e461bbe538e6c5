"""Reports of second order and of costs with long names, and of large programs: they fit, and no number is lost."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import pytest
from documents import formats_of
from printed import table_text
from rich.cells import cell_len

from adcli.function import Function
from adcli.named import Point
from adcli.render import load
from adcli.report.document import Document, View
from adcli.report.higher import (
    HessianReport,
    HvpReport,
    MixedReport,
    QuadraticReport,
    SparseReport,
    TaylorReport,
    hessian_table,
)
from adcli.report.modes import ModesReport
from adcli.report.results import JacobianReport
from adcli.report.trace import TraceReport

REPORTS: dict[str, Callable[[Function, Point], Document]] = {
    "hessian": lambda f, at: HessianReport(f.hessian(at)),
    "hvp": lambda f, at: HvpReport(f.hvp(at, {f.variables[0]: 1})),
    "quadratic": lambda f, at: QuadraticReport(f.hvp(at, {f.variables[0]: 1})),
    "taylor": lambda f, at: TaylorReport(f.taylor(at, 3, {f.variables[0]: 1}), derivatives=True),
    "mixed": lambda f, at: MixedReport(f.mixed(at, 2)),
    "sparse": lambda f, at: SparseReport(f.sparse_jacobian(at), second=False),
    "sparse hessian": lambda f, at: SparseReport(f.sparse_hessian(at), second=True),
    "modes": lambda f, at: ModesReport(f.modes(at, repeat=0)),
    "second": lambda f, at: TraceReport(f.trace(at, "reverse", second=f.variables[0])),
}


@pytest.mark.parametrize("length", [30, 40, 200])
@pytest.mark.parametrize("report", REPORTS)
def test_long_names_cost_no_number_and_no_line(report: str, length: int) -> None:
    """Names are what gives way: every second partial of x^2*z + sin(z) at 1.5, 2.5 stays."""
    x, z = "x" * length, "z_" * (length // 2)
    document = REPORTS[report](Function(f"{x}^2*{z} + sin({z})"), {x: 1.5, z: 2.5})
    shown = {"hessian": ["5", "3", "-0.598472"], "hvp": ["5", "3"], "quadratic": ["5"], "taylor": ["7.5", "5"],
             "mixed": ["7.5", "5", "3", "-0.598472"], "sparse": ["7.5", "1.448856"], "modes": ["f itself", "jvp"],
             "sparse hessian": ["5", "3", "-0.598472"], "second": ["7.5", "5", "3"]}  # fmt: skip
    for ascii_only in (False, True):
        text = table_text(document, width=80, ascii=ascii_only, digits=6)
        assert max(map(cell_len, text.split("\n"))) <= 80
        tail = text[text.index("Second order") :] if report == "second" else text
        numbers = tail.replace("\n", "  ").split()
        assert [word for word in shown[report] if not set(word.split()) <= set(numbers)] == []


@pytest.mark.parametrize("report", [name for name in REPORTS if name != "mixed"])
def test_large_programs_are_shown_in_part_and_written_whole(report: str) -> None:
    f = Function("sum((x[i]*x[i+1] - sin(x[i]))^2 for i in 1..149)")
    document = REPORTS[report](f, {"x": [0.5] * 150})
    text = table_text(document, width=80)
    assert max(map(cell_len, text.split("\n"))) <= 80
    assert len(text.split("\n")) < 400
    for name in formats_of(document):
        if name not in ("table", "text", "svg", "markdown"):
            out = "".join(load(name).render(document, View(width=80)))
            assert out.strip()
            assert len(out.encode()) < 3_000_000
    data = json.loads("".join(load("json").render(document, View())))
    assert data["program"].startswith("sum(")


def test_the_triangle_of_a_large_hessian_is_listed_row_by_row_and_only_where_it_is_shown() -> None:
    names = [str(i) for i in range(60)]
    rows = [[float(100 * i + j) for j in range(60)] for i in range(60)]
    table = hessian_table("", "y", names, rows, View())
    assert [float(group.lines[0][1]) for group in table.groups] == [rows[i][j] for i in range(60) for j in range(i + 1)]
    n = 10_000
    tracemalloc.start()
    try:
        vast = hessian_table("", "y", ["x"] * n, [[0.5] * n] * n, View())
        assert len(vast.groups) == n * (n + 1) // 2
        assert vast.groups[-1].lines == [["∂²y/∂x²", "0.5"]]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


ROUNDED = "rounded: --digits 17 or --format tsv"


def test_a_matrix_is_rounded_only_where_it_does_not_fit() -> None:
    x, z = "velocity_of_the_particle", "mass_of_the_particle"
    whole = HessianReport(Function(f"{x}^3*{z}/7").hessian({x: 2.1234567891, z: 3.1}))
    text = table_text(whole, width=80)
    assert "5.642328039608571" in text
    assert ROUNDED not in text
    assert ROUNDED in table_text(whole, width=60)
    short = HessianReport(Function(f"{x}^3*{z}/7").hessian({x: 2.1, z: 3}))
    assert ROUNDED not in table_text(short, width=40)  # two panels, and every digit is there
    jacobian = JacobianReport(Function("[a*b/3, sin(a*b), a, b]").jacobian({"a": 1.1, "b": 2}))
    assert ROUNDED not in table_text(jacobian, width=80)
    assert ROUNDED in table_text(jacobian, width=40)
    assert ROUNDED not in table_text(jacobian, width=40, digits=3)  # as asked for


@pytest.mark.parametrize("width", [40, 60, 80])
def test_partials_are_told_apart_by_their_names(width: int) -> None:
    report = MixedReport(Function("exp(speed*mass)*sin(x)").mixed({"speed": 2, "mass": 7, "x": 0.3}, 2))
    shown = [line.split("  ")[0] for line in table_text(report, width=width).split("\n") if line.startswith("∂")]
    panels = 2 if width == 40 else 1
    assert len(shown) == panels * len(set(shown)) == panels * 9


def test_a_narrow_terminal_is_told_the_direction_too() -> None:
    text = table_text(HvpReport(Function("x^2*y").hvp({"x": 1, "y": 2}, {"x": 1, "y": 0.5})), width=40, ascii=True)
    assert "along xdot = 1, ydot = 0.5" in " ".join(text.split())
