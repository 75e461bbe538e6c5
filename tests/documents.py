"""Documents that several test modules write in every format: the samples, and one of every report."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from running import SAMPLES
from sampled import function, sample

from adcli.function import Function
from adcli.report.document import Document
from adcli.report.functions import FunctionsReport
from adcli.report.results import GradientReport, JacobianReport, JvpReport, ValueReport, VjpReport
from adcli.report.source import SourceReport
from adcli.report.trace import TraceReport


def read(name: str) -> tuple[Function, dict[str, float], list[str] | None]:
    """A sample's function, and the point and variables of its command line."""
    (path,) = (path for path in SAMPLES if path.stem == name)
    return function(path), sample(path).at, sample(path).wrt


def trace(name: str) -> Document:
    f, at, wrt = read(name)
    return TraceReport(f.trace(at, wrt=wrt))


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


NON_FINITE = "[1/x, ln(x), exp(1000*z), -1/x, 0*z]"

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
}


@cache
def made(document: str) -> Document:
    """One of the documents, made once."""
    return DOCUMENTS[document]()
