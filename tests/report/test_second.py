"""The second order of a trace: Hessian columns can be read off it, its rules are true, its printed terms add up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import printed_sums, table_text
from rich.cells import cell_len
from running import SAMPLES, here
from sampled import function, sample
from support import value_of

from adcli.function import Function
from adcli.numbers.dual import parts
from adcli.ops import ALIASES, CONSTANTS, FUNCTIONS
from adcli.report.document import Table, View
from adcli.report.trace import TraceReport
from adcli.trace import Trace

NODE = re.compile(r"(?<![A-Za-z_0-9])v(-?[0-9]+)(bardot|bar|dot|)(?![A-Za-z_0-9])")
EXACT = View(digits=17, ascii=True)
WORDS = ("no path to ", "the seed does not change")


def chosen(path: Path) -> list[str]:
    """The variables that the command line of a sample differentiates."""
    return sample(path).wrt or function(path).variables


def tables(trace: Trace, view: View) -> dict[str, list[list[str]]]:
    blocks = TraceReport(trace).blocks(view)
    return {b.title: [line for group in b.groups for line in group.lines] for b in blocks if isinstance(b, Table)}


# Columns of the Hessian


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_column_at_the_inputs_is_that_of_the_hessian(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both read back from TSV, for every variable of every sample."""
    given = [f"--at={text}" for text in sample(path).option("--at")]
    if sample(path).wrt:
        given += ["--wrt", ",".join(chosen(path))]
    lines = [line.split("\t") for line in here(capsys, f"hessian -q -f {path}", *given).out.splitlines()]
    names = lines[0][2:]
    hessian = {(*row[:2], name): float(x) for row in lines[1:] for name, x in zip(names, row[2:], strict=True)}
    outputs = list(dict.fromkeys(row[0] for row in lines[1:]))
    for along in chosen(path):
        ran = here(capsys, f"trace -q -f {path} --mode reverse --second", along, *given)
        assert ran.code == 0
        header, *rows = [line.split("\t") for line in ran.out.splitlines()]
        inputs = {row[2]: dict(zip(header, row, strict=True)) for row in rows if row[1] == "input"}
        for output in outputs:
            column = {name: float(inputs[name][f"adjoint_tangent:{output}"]) for name in chosen(path)}
            expected = {name: hessian[output, name, along] for name in chosen(path)}
            largest = max(map(abs, expected.values()))
            assert column == pytest.approx(expected, rel=1e-13, abs=1e-14 * largest)


# The rules


def check_rules(trace: Trace) -> int:
    """Every printed rule names nodes that exist and, like the numbers put in, has the value of its term."""
    found = tables(trace, EXACT)
    values: dict[str, float] = {line[0]: float(line[2]) for line in found.get("Constants", [])}
    values |= {name: float(trace.linear.values[k]) for k, name in trace.names.items()}
    assert trace.second is not None
    values |= {f"{name}dot": float(trace.tangents(trace.second)[k] or 0.0) for k, name in trace.names.items()}
    checked = 0
    for output in trace.outputs:
        bars = {name: parts(trace.second_adjoints(output.name)[k]) for k, name in trace.names.items()}
        values |= {f"{name}bar": bar for name, (bar, _) in bars.items()}
        values |= {f"{name}bardot": dot for name, (_, dot) in bars.items()}
        terms = [t.term for k in reversed(trace.nodes) for t in trace.second_terms(output.name).get(k, [])]
        title = f"Tangents of the adjoints, seeds {trace.second}dot = 1, {output.name}bar = 1"
        lines = [line for line in found[title] if not line[1].startswith(("= ", *WORDS))]
        assert len(lines) == len(terms)
        for (_, rule, numbers, _), term in zip(lines, terms, strict=True):
            used = {"".join(("v", *match)) for match in NODE.findall(rule)}
            assert used <= set(values), rule
            words = set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", NODE.sub("0", rule)))
            assert words <= {*FUNCTIONS, *ALIASES, *CONSTANTS, *values}, rule
            text = NODE.sub(lambda match: plain(match[0]), rule)
            value = value_of(text.strip().removeprefix("+"), {plain(name): x for name, x in values.items()})
            if term - term == 0:
                assert value == pytest.approx(term, rel=1e-9, abs=1e-12), rule
                assert value_of(numbers, {}) == pytest.approx(term, rel=1e-9, abs=1e-12), numbers
            checked += 1
    return checked


def plain(name: str) -> str:
    """A node's name as a name of the language."""
    return f"n{name[1:]}".replace("-", "m") if NODE.fullmatch(name) else name


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_rules_are_true_of_every_sample(path: Path) -> None:
    f = function(path)
    for along in chosen(path):
        trace = f.trace(sample(path).at, "reverse", sample(path).wrt, second=along)
        assert check_rules(trace) > 0


RULES = [
    "x^3", "x^z", "x/z", "z/x", "exp(x*z)", "sqrt(x + z)", "atan2(x, z)", "hypot(x, z)", "x*x + x", "tan(x)*tanh(z)",
    "x^2^z", "max(x, z)^2", "if(x > z, x^2, z^3)", "clamp(x, 0, 1)*x^2", "abs(x)^3", "erf(x) + normcdf(z)",
    "gamma(x) + lgamma(z)", "sigmoid(x)*softplus(z)", "polygamma(1, x)", "mod(x, z)*x", "log2(x) + log1p(z)", "cbrt(x)",
    "x*(1 + 2 + 3 + 4 + 5 + 6 + pi)", "asin(x/9)*acosh(z + 1)", "[x*z, x^2, 3]", "a = x*z; [a, a^2]", "pow(x, 2.5)*e",
]  # fmt: skip


@pytest.mark.parametrize("along", ["x", "z"])
@pytest.mark.parametrize("program", RULES)
def test_the_rules_are_true_of_every_kind_of_step(program: str, along: str) -> None:
    f = Function(program)
    if along in f.variables:
        at = {name: value for name, value in {"x": 1.25, "z": 0.75}.items() if name in f.variables}
        trace = f.trace(at, second=along)
        check_rules(trace)
        for output, rows in zip(trace.outputs, f.hessian(at).hessians, strict=True):
            found = [parts(trace.second_adjoints(output.name)[node])[1] for node in trace.inputs.values()]
            assert found == pytest.approx([row[f.variables.index(along)] for row in rows], rel=1e-13, abs=1e-14)


def test_the_second_order_of_the_textbook() -> None:
    trace = Function("ln(x1) + x1*x2 - sin(x2)").trace({"x1": 2, "x2": 5}, second="x1")
    found = tables(trace, View(ascii=True))
    assert found["Second order, seeds x1dot = 1, ybar = 1"] == [
        ["v-1 = x1", "2", "1", "5.5", "-0.25"],
        ["v0 = x2", "5", "0", "1.716338", "1"],
        ["v1", "0.693147", "0.5", "1", "0"],
        ["v2", "10", "5", "1", "0"],
        ["v3", "-0.958924", "0", "-1", "0"],
        ["v4", "10.693147", "5.5", "1", "0"],
        ["v5", "11.652071", "5.5", "1", "0"],
    ]
    assert found["Tangents of the adjoints, seeds x1dot = 1, ybar = 1"][-8:] == [
        ["v0bardot", "  v3bardot*cos(v0)", "0*cos(5)", "0"],
        ["", "+ v2bardot*v-1", "0*2", "0"],
        ["", "+ v2bar*v-1dot", "1*1", "1"],
        ["", "= v0bardot", "", "1"],
        ["v-1bardot", "  v2bardot*v0", "0*5", "0"],
        ["", "+ v1bardot/v-1", "0/2", "0"],
        ["", "+ v1bar*(-(1/v-1)/v-1*v-1dot)", "1*(-(1/2)/2*1)", "-0.25"],
        ["", "= v-1bardot", "", "-0.25"],
    ]


def test_forward_seeds_stand_side_by_side_as_columns_of_the_jacobian() -> None:
    trace = Function("[x*z, x + z]").trace({"x": 2, "z": 5}, "forward")
    found = tables(trace, View(ascii=True))
    assert found["Forward sweeps, a column for each seed"][-2:] == [["y1dot", "5", "2"], ["y2dot", "1", "1"]]
    assert "Forward sweeps, a column for each seed" not in tables(Function("x^2").trace({"x": 2}, "forward"), View())


# Sums in print

ATOMS = st.sampled_from(["x", "z", "2", "0.1", "3"])
RANDOM = st.recursive(
    ATOMS,
    lambda e: st.one_of(
        st.tuples(e, st.sampled_from("+-*/"), e).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(st.sampled_from(["sin", "exp", "tanh", "atan", "sqrt", "sigmoid"]), e).map("{0[0]}({0[1]})".format),
        e.map("({0})*({0}) - ({0})^3".format),
        st.tuples(e, e).map("hypot({0[0]}, {0[1]})".format),
        st.tuples(e, e).map("if({0[0]} < {0[1]}, {0[1]}, {0[0]}*{0[0]})".format),
    ),
    max_leaves=8,
)  # fmt: skip
POINT = st.fixed_dictionaries({name: st.floats(-4, 4) | st.floats(1e-6, 1e6) for name in "xz"})
VIEWS = st.fixed_dictionaries({"width": st.sampled_from([80, 120, None]), "ascii": st.booleans(),
                               "digits": st.sampled_from([None, 3, 6, 12])})  # fmt: skip


@settings(max_examples=80)
@given(RANDOM, POINT, VIEWS)
def test_printed_sums_add_up_on_any_program(program: str, point: dict[str, float], view: dict[str, Any]) -> None:
    f = Function(f"0*x + {program}")
    trace = f.trace({name: point[name] for name in f.variables}, "reverse", second="x")
    text = table_text(TraceReport(trace), whole=True, **view)
    assert "Tangents of the adjoints" in text
    for terms, total, about in printed_sums(text):
        assert about or sum(terms) == total, (terms, total)
    if view["width"] is not None:
        assert max(map(cell_len, text.split("\n"))) <= view["width"]
    assert not view["ascii"] or text.isascii()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_printed_sums_add_up_in_every_sample(path: Path) -> None:
    for along in chosen(path)[:4]:
        trace = function(path).trace(sample(path).at, "reverse", sample(path).wrt, second=along)
        for width in (80, 120):
            text = table_text(TraceReport(trace), width=width, whole=True)
            assert max(map(cell_len, text.split("\n"))) <= width
            for terms, total, about in printed_sums(text):
                assert about or sum(terms) == total, (terms, total)


def test_a_long_trace_of_second_order_shows_head_and_tail() -> None:
    trace = Function("sin(" * 5_000 + "x" + ")" * 5_000).trace({"x": 0.5}, "reverse", second="x")
    text = table_text(TraceReport(trace), width=80)
    assert text.count(" more: --all or --format tsv") == 4
    assert len(text.split("\n")) < 320
    assert max(map(cell_len, text.split("\n"))) <= 80
