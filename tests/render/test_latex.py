"""LaTeX: what stands in it, and that pdflatex makes pages of it from which nothing runs off."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from documents import DOCUMENTS, made, text_of
from test_hostile import CONTROL, TEXTS, Fixture

from adcli.function import Function
from adcli.report.document import Document, Table, View
from adcli.report.latex import mathematics, prose, title
from adcli.report.results import GradientReport
from adcli.report.trace import TraceReport

BAR, DOT = "\u0304", "\u0307"
CONTENT = re.compile(r"\\begin\{document\}\n(.*)\\end\{document\}\n", re.DOTALL)


# Texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"v{BAR}3*cos(v0)", r"\bar{v}_{3} \cos(v_{0})"),
        (f"v{DOT}-1/v0 + v{DOT}0*(-v1/v0)", r"\frac{\dot{v}_{-1}}{v_{0}} + \dot{v}_{0} \cdot \frac{-v_{1}}{v_{0}}"),
        ("-1*cos(5) + 1*2 = -0.283662 + 2", r"-1 \cos(5) + 1 \cdot 2 = -0.283662 + 2"),
        (f"v{BAR}1′/v0", r"\frac{\bar{v}_{1}'}{v_{0}}"),
        ("v1 and v5", r"v_{1} \land v_{5}"),
        ("false and true", r"\text{false} \land \text{true}"),
        ("if(v3, v-2, v4)", r"\begin{cases}v_{-2} & \text{if } v_{3}\\ v_{4} & \text{otherwise}\end{cases}"),
        ("x[1]*A[1,2]", r"x_{1}\,A_{1,2}"),
        ("inf*2", r"\infty \cdot 2"),
        ("max(a, b, c)", r"\max(\max(a, b), c)"),
        ("log(x)", r"\ln(x)"),
        ("pow(x, 2)", "x^{2}"),
        *[(text, None) for text in ("seed", "no path to y", "a condition has no derivative", "foo(x)", "sin(x, y)",
                                    "x #", "[x, y]", "x = ", "", "sum(x for i in 1..3)", "a ; b", "日本")],
    ],
)  # fmt: skip
def test_a_formula_of_a_trace(text: str, expected: str | None) -> None:
    assert mathematics(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Evaluation at x1 = 2, spot = -5e-3, …",
         r"Evaluation at $x_{1} = 2$, $\mathit{spot} = -5 \times 10^{-3}$, \ldots{}"),
        (f"Reverse sweep, seed y{BAR} = 1", r"Reverse sweep, seed $\bar{y} = 1$"),
        ("∂²y/∂x1²∂spot", r"$\partial^{2} y/\partial x_{1}^{2}\partial \mathit{spot}$"),
        ("4 more: --wrt w[3,1] shows one", "4 more: -{}-wrt w[3,1] shows one"),
        ("a column for each seed", "a column for each seed"),
        ("100% of x_y & z", r"100\% of x\_y \& z"),
    ],
)  # fmt: skip
def test_a_sentence(text: str, expected: str) -> None:
    assert prose(text) == expected


def test_a_heading_is_a_name_as_in_formulas_or_words() -> None:
    assert [title(text) for text in ("x", "x1", "sigma", "spot", "with numbers")] == [
        "$x$", "$x_{1}$", r"$\sigma$", "spot", "with numbers",
    ]  # fmt: skip


# The document


def test_the_textbook_in_tables_and_equations() -> None:
    out = text_of(made("trace-textbook"), "latex")
    adjoint = r"\bar{v}_{3} \cos(v_{0}) + \bar{v}_{2}\,v_{-1} = -1 \cos(5) + 1 \cdot 2 = -0.283662 + 2"
    for line in (
        r"$v_{4}$ & $v_{1} + v_{2}$ & $0.693147 + 10$ & 10 & .693147 & \texttt{ln(x1) + x1*x2} \\",
        r"v_{1} &= \ln(v_{-1}) = \ln(2) = {\color{primal} 0.693147} \\",
        rf"\bar{{v}}_{{0}} &= {adjoint} = {{\color{{adjoint}} 1.716338}} \\",
        r"\bar{y} &= {\color{adjoint} 1}\quad\text{(seed)} \\",
        r"\dot{v}_{1} &= \frac{\dot{v}_{-1}}{v_{-1}} = \frac{1}{2} = {\color{tangent} 0.5} \\",
    ):
        assert line in out.split("\n")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_rows_have_the_columns_of_their_table(document: str) -> None:
    out = text_of(made(document), "latex")
    assert out.isascii()
    blocks = list(made(document).blocks(View()))
    tables = re.findall(r"\\begin\{(tabular|longtable)\}\{([^\n]*)\}\n(.*?)\\end\{\1\}", out, re.DOTALL)
    assert len(tables) >= sum(isinstance(block, Table) for block in blocks)
    for _, columns, body in tables:
        plain = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", re.sub(r"\\[&{}]", "", body))
        for row in re.findall(r"^(.*) \\\\\*?$", plain, re.MULTILINE):
            wide = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{([0-9])\}", row))
            shape = re.sub(r">\{[^N]*?\}(?=[lp])|@\{\}|p\{[^}]*\}", lambda m: "l" * m[0].startswith("p"), columns)
            shape = re.sub(r"N\{[a-z]+\}", "NN", shape)
            assert row.count("&") + wide + 1 == len(shape), row


def test_every_number_of_a_trace_stands_in_its_tables() -> None:
    out = text_of(made("trace-black_scholes"), "latex").replace(" & .", ".")
    found = Function.from_file(Path(__file__).parents[2] / "samples" / "black_scholes.ad")
    assert found.variables
    for text in ("46.116023", "41.534342", "-0.0975112", "28.075683527420743"):
        assert text in out


# What pdflatex says


def compiled(folder: Path, text: str, times: int = 1) -> str:
    """The log of pdflatex. A document that it refuses is a failure."""
    if shutil.which("pdflatex") is None:
        pytest.skip("needs pdflatex")
    (folder / "it.tex").write_text(text, "ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "it.tex"]
    for _ in range(times):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
        log = done.stdout.decode("latin-1")
        assert done.returncode == 0, log[log.find("\n!") :][:600]
    return log


def together(documents: Sequence[Document]) -> str:
    """The documents as one, each beginning on its own page."""
    texts = [text_of(document, "latex") for document in documents]
    found = [CONTENT.search(text) for text in texts]
    body = "\\clearpage\n".join(one[1] for one in found if one)
    return texts[0][: texts[0].index("\\begin{document}")] + f"\\begin{{document}}\n{body}\\end{{document}}\n"


def overfull(log: str) -> list[str]:
    """What runs off the page by more than a point."""
    return [line for line in log.split("\n") if (found := re.search(r"Overfull .hbox \(([0-9.]+)pt", line))
            and float(found[1]) > 1]  # fmt: skip


def test_a_document_compiles_as_it_is(tmp_path: Path) -> None:
    log = compiled(tmp_path, text_of(made("trace-textbook"), "latex"))
    assert "Warning" not in log.replace("Font Warning", "")
    assert overfull(log) == []


def test_all_documents_compile_and_nothing_runs_off_the_page(tmp_path: Path) -> None:
    log = compiled(tmp_path, together([made(name) for name in DOCUMENTS]), times=2)
    assert overfull(log) == []
    assert "Missing character" not in log


def test_hostile_texts_compile(tmp_path: Path) -> None:
    names = ["x" * 5000, "x_" * 40, "_", "__", "v1", "e1", "inf1", "n0", "a_b_c", "Psi"]
    reports: list[Document] = [Fixture(text) for text in TEXTS + CONTROL]
    for name in names:
        function = Function(f"{name}^2*sin({name})/2 # \\input{{x}} $ % 日本")
        reports += [TraceReport(function.trace({name: 1e-300})), GradientReport(function.grad({name: -0.5}))]
    at = {"x": 0.0, "y": -1.0}
    vast = "[1/x, ln(y), exp(1000 - y), if(x > 0 or not y < 0, 1/x, -x^y), (2/3)^(4/5)/(1 + 2/7)*x, max(x, y, 0)]"
    reports.append(TraceReport(Function(vast).trace(at)))
    log = compiled(tmp_path, together(reports))
    assert "Missing character" not in log
