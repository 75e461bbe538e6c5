"""Documents that several test modules write in every format: the samples, and one of every report."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from running import SAMPLES
from sampled import function, sample

from adcli.errors import ProblemError
from adcli.function import Function
from adcli.render import formats, load, needs
from adcli.report.diff import DiffReport
from adcli.report.document import Document, View
from adcli.report.exercises import LEVELS, exercise
from adcli.report.explain import VIEWS
from adcli.report.functions import FunctionsReport
from adcli.report.graph import GraphReport
from adcli.report.higher import HessianReport, HvpReport, MixedReport, QuadraticReport, SparseReport, TaylorReport
from adcli.report.modes import ModesReport
from adcli.report.quiz import MarkedReport, Quiz, Worksheet, marked
from adcli.report.record import Record
from adcli.report.results import GradientReport, JacobianReport, JvpReport, ValueReport, VjpReport
from adcli.report.source import SourceReport
from adcli.report.trace import TraceReport

BINARY = {"png"}  # see tests/render/test_png.py
TEXTUAL = [name for name in formats() if name not in BINARY]


def read(name: str) -> tuple[Function, dict[str, float], list[str] | None]:
    """A sample's function, and the point and variables of its command line."""
    (path,) = (path for path in SAMPLES if path.stem == name)
    return function(path), sample(path).at, sample(path).wrt


def trace(name: str, **options: Any) -> Document:
    f, at, wrt = read(name)
    return TraceReport(f.trace(at, wrt=wrt, **options))


def graph(name: str, mode: str | None = None, **options: Any) -> Document:
    f, at, wrt = read(name)
    return GraphReport(f.trace(at, mode or "both", wrt), mode, **options)


def jacobian(name: str) -> Document:
    f, at, wrt = read(name)
    return JacobianReport(f.jacobian(at, wrt=wrt))


def gradient(name: str) -> Document:
    f, at, wrt = read(name)
    return GradientReport(f.grad(at, wrt=wrt))


def value(name: str) -> Document:
    f, at, _ = read(name)
    return ValueReport(f.value(at))


def jvp(name: str) -> Document:
    f, at, _ = read(name)
    return JvpReport(f.jvp(at, dict.fromkeys(f.variables[:2], 1.0)))


def vjp(name: str) -> Document:
    f, at, _ = read(name)
    return VjpReport(f.vjp(at, dict.fromkeys(f.outputs, 0.5)))


def source(name: str) -> Document:
    return SourceReport(read(name)[0])


def hessian(name: str) -> Document:
    f, at, wrt = read(name)
    return HessianReport(f.hessian(at, wrt))


def product(name: str, kind: type[HvpReport]) -> Document:
    """The Hessian times the tangent 1, -1/2, 1/3, ..., or its quadratic form."""
    f, at, _ = read(name)
    return kind(f.hvp(at, {v: (-1) ** i / (i + 1) for i, v in enumerate(f.variables)}))


def taylor(name: str, order: int, derivatives: bool = False) -> Document:
    f, at, _ = read(name)
    return TaylorReport(f.taylor(at, order, dict.fromkeys(f.variables[:2], 1.0)), derivatives)


def mixed(name: str, order: int) -> Document:
    f, at, wrt = read(name)
    return MixedReport(f.mixed(at, order, wrt))


def sparse(name: str) -> Document:
    f, at, wrt = read(name)
    return SparseReport(f.sparse_jacobian(at, wrt=wrt), second=False)


def sparse_hessian(name: str) -> Document:
    f, at, wrt = read(name)
    return SparseReport(f.sparse_hessian(at, wrt), second=True)


def modes(name: str) -> Document:
    """Without times: nothing in it depends on the machine."""
    f, at, wrt = read(name)
    return ModesReport(f.modes(at, wrt, repeat=0))


def explained(view: str, program: str, at: dict[str, float], top: int | None = None) -> Document:
    return VIEWS[view](Function(program).trace(at), top)


def explain(name: str, view: str, *inputs: str) -> Document:
    f, at, wrt = read(name)
    return VIEWS[view](f.trace(at, wrt=inputs or wrt), None)


def diff(one: str, other: str, x2: float = 5, **options: Any) -> Document:
    a, b = (
        Record(TraceReport(Function(text).trace({"x1": 2, "x2": x}, **options)).data())
        for text, x in ((one, 5), (other, x2))
    )
    return DiffReport(a, b, ("a.json", "b.json"))


TEXTBOOK = "ln(x1)+x1*x2-sin(x2)"
DOUBLING = "\n".join(["a0 = x", *(f"a{i + 1} = a{i} + (1 - {i + 1}/100)*a{i}" for i in range(20))])
BRANCHES = "if(x > 0, x^2, L*y) + 0*y"


def quiz(name: str, mode: str = "reverse", level: int = 3) -> Quiz:
    f, at, wrt = read(name)
    return Quiz(f.trace(at, mode, wrt), mode, level=level)


def worksheet(name: str, solutions: bool = False, **options: Any) -> Document:
    return Worksheet([quiz(name, **options)], solutions)


def drawn(level: int) -> Quiz:
    """The exercise of a level and the seed 7."""
    one = exercise(level, 7)
    return Quiz(Function(one.text).trace(one.at, "reverse"), "reverse", one, level)


ANSWERS = ["0.301", "10", "-0.959", "", "11.65", "v5bar", "1", "1 | 2", "[b]", "v3bar*sin(v0) + v2bar*v-1"]


def marks(name: str) -> Document:
    """A right answer or two, and wrong ones, unreadable ones and missing ones."""
    asked = [quiz(name)]
    return MarkedReport(asked, marked(asked, ANSWERS, View()))


NON_FINITE = "[1/x, ln(x), exp(1000*z), -1/x, 0*z]"
CHAIN = "sum((x[i]*x[i+1] - sin(x[i]))^2 for i in 1..{})"
BAND = "[x[i]^2 - x[i-1] for i in 2..{}]"


def start(n: int) -> dict[str, list[float]]:
    return {"x": [i / n for i in range(1, n + 1)]}


DOCUMENTS: dict[str, Callable[[], Document]] = {
    **{f"trace-{path.stem}": lambda name=path.stem: trace(name) for path in SAMPLES},
    **{f"jacobian-{path.stem}": lambda name=path.stem: jacobian(name) for path in SAMPLES},
    "grad-textbook": lambda: gradient("textbook"),
    "eval-robot_arm": lambda: value("robot_arm"),
    "jvp-robot_arm": lambda: jvp("robot_arm"),
    "vjp-robot_arm": lambda: vjp("robot_arm"),
    "fmt-network": lambda: source("network"),
    "functions-some": lambda: FunctionsReport(["sin", "if", "atan2", "-", "polygamma"]),
    "grad-non_finite": lambda: GradientReport(Function(NON_FINITE).grad({"x": 0, "z": 1})),
    "trace-constant": lambda: TraceReport(Function("[x, 3, 2*pi]").trace({"x": 5})),
    "trace-long": lambda: TraceReport(Function("sum(i*x for i in 1..35)").trace({"x": 0.1}, mode="reverse")),
    # Second order and beyond
    "hessian-black_scholes": lambda: hessian("black_scholes"),
    "hessian-robot_arm": lambda: hessian("robot_arm"),
    "hessian-rosenbrock": lambda: hessian("rosenbrock"),
    "hessian-wide": lambda: HessianReport(Function(CHAIN.format(41)).hessian(start(42))),
    "hessian-non_finite": lambda: HessianReport(Function(NON_FINITE).hessian({"x": 0, "z": 1})),
    "hessian-constant": lambda: HessianReport(Function("2*pi").hessian({})),
    "hvp-robot_arm": lambda: product("robot_arm", HvpReport),
    "hvp-black_scholes": lambda: product("black_scholes", HvpReport),
    "quadratic-robot_arm": lambda: product("robot_arm", QuadraticReport),
    "taylor-exp_2": lambda: taylor("exp_2", 2),
    "taylor-robot_arm": lambda: taylor("robot_arm", 6),
    "taylor-derivatives": lambda: taylor("black_scholes", 5, derivatives=True),
    "taylor-long": lambda: TaylorReport(Function("1/(1 - x)").taylor({"x": 0.5}, 80), derivatives=False),
    "mixed-exp_2": lambda: mixed("exp_2", 3),
    "mixed-lighthouse": lambda: mixed("lighthouse", 2),
    "sparse-broyden": lambda: sparse("broyden"),
    "sparse-kinks": lambda: sparse("kinks"),
    "sparse-network": lambda: sparse("network"),
    "sparse-robot_arm": lambda: sparse("robot_arm"),
    "sparse-large": lambda: SparseReport(Function(BAND.format(300)).sparse_jacobian(start(300)), second=False),
    "sparse-constant": lambda: SparseReport(Function("2*pi").sparse_jacobian({}), second=False),
    "sparse_hessian-black_scholes": lambda: sparse_hessian("black_scholes"),
    "sparse_hessian-rosenbrock": lambda: sparse_hessian("rosenbrock"),
    "sparse_hessian-robot_arm": lambda: sparse_hessian("robot_arm"),
    "sparse_hessian-wide": lambda: SparseReport(Function(CHAIN.format(41)).sparse_hessian(start(42)), second=True),
    "sparse_hessian-large": lambda: SparseReport(Function(CHAIN.format(299)).sparse_hessian(start(300)), second=True),
    "modes-textbook": lambda: modes("textbook"),
    "modes-broyden": lambda: modes("broyden"),
    "modes-long": lambda: ModesReport(Function(CHAIN.format(199)).modes(start(200), repeat=0)),
    "second-textbook": lambda: trace("textbook", second="x1"),
    "second-griewank": lambda: trace("griewank", mode="reverse", second="x2"),
    "second-exp_2": lambda: trace("exp_2", second="x"),
    "second-kinks": lambda: trace("kinks", mode="reverse", second="x"),
    "explain-textbook": lambda: explain("textbook", "paths"),
    "explain-black_scholes": lambda: explain("black_scholes", "paths", "spot", "sigma"),
    "explain-network": lambda: explain("network", "paths"),
    "explain-many": lambda: explained("paths", DOUBLING, {"x": 1}),
    "explain-branches": lambda: explained("paths", BRANCHES, {"x": 1, "L": 3, "y": 2}),
    "explain-non_finite": lambda: explained("paths", NON_FINITE, {"x": 0, "z": 1}),
    "explain-constant": lambda: explained("paths", "[x, 3, 2*pi]", {"x": 5}),
    "explain_nodes-black_scholes": lambda: explain("black_scholes", "nodes", "spot", "sigma"),
    "explain_nodes-non_finite": lambda: explained("nodes", NON_FINITE, {"x": 0, "z": 1}),
    "explain_edges-black_scholes": lambda: explain("black_scholes", "edges", "spot"),
    "explain_edges-griewank": lambda: explain("griewank", "edges"),
    "graph-textbook": lambda: graph("textbook"),
    "graph_both-textbook": lambda: graph("textbook", "both"),
    "graph_both-kinks": lambda: graph("kinks", "both"),
    "graph_reverse-robot_arm": lambda: graph("robot_arm", "reverse"),
    "graph_around-network": lambda: graph("network", "forward", around="v5", hops=1),
    "graph-constant": lambda: GraphReport(Function("[x, 3, x*(1 + 2 + 3 + 4 + 5 + 6)]").trace({"x": 5})),
    "diff-formula": lambda: diff(TEXTBOOK, "ln(x1)+2*x1*x2-cos(x2)"),
    "diff-point": lambda: diff(TEXTBOOK, TEXTBOOK, 5.5, mode="reverse"),
    "quiz-textbook": lambda: worksheet("textbook"),
    "quiz-griewank": lambda: worksheet("griewank", mode="both", level=1),
    "quiz-kinks": lambda: worksheet("kinks"),
    "quiz_solution-griewank": lambda: worksheet("griewank", solutions=True),
    "quiz_solution-random": lambda: Worksheet([drawn(level) for level in LEVELS], solutions=True),
    "quiz-random": lambda: Worksheet([drawn(level) for level in LEVELS]),
    "quiz_marks-textbook": lambda: marks("textbook"),
    "seeds-lorenz": lambda: trace("lorenz", mode="forward"),
    "seeds-network": lambda: trace("network", mode="forward"),
}


@cache
def made(document: str) -> Document:
    """One of the documents, made once."""
    return DOCUMENTS[document]()


def text_of(document: Document, name: str, **view: Any) -> str:
    """A document in a format."""
    return "".join(load(name).render(document, View(**view)))


def has(need: str, document: Document) -> bool:
    """Whether a document has what a format needs; of matrices, just one."""
    if need not in ("", *document.offers):
        return False
    try:
        return need != "matrix" or bool(document.matrix())
    except ProblemError:
        return False


def formats_of(document: Document) -> list[str]:
    """The formats of text that a document can be written in."""
    return [name for name, need in needs().items() if name not in BINARY and has(need, document)]
