"""Documents that several test modules write in every format: the samples, and one of every report."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import cache

from running import SAMPLES

from adcli.cli.request import bindings, names_of
from adcli.function import Function
from adcli.report.document import Document
from adcli.report.functions import FunctionsReport
from adcli.report.results import GradientReport, JacobianReport, JvpReport, ValueReport, VjpReport
from adcli.report.source import SourceReport
from adcli.report.trace import TraceReport


def sample(name: str) -> tuple[Function, dict[str, float], list[str] | None]:
    """A sample's function, and the point and variables of its command line."""
    (path,) = (path for path in SAMPLES if path.stem == name)
    text = path.read_text(encoding="utf-8")
    (line,) = (line for line in text.split("\n") if line.startswith("# adcli"))
    options = dict(zip(*[iter(shlex.split(line.removeprefix("# adcli"))[1:])] * 2, strict=True))
    return Function(text), bindings([options["--at"]]), names_of([options["--wrt"]] if "--wrt" in options else None)


def trace(name: str) -> Document:
    function, at, wrt = sample(name)
    return TraceReport(function.trace(at, wrt=wrt))


def jacobian(name: str) -> Document:
    function, at, wrt = sample(name)
    return JacobianReport(function.jacobian(at, wrt=wrt))


def gradient(name: str) -> Document:
    function, at, wrt = sample(name)
    return GradientReport(function.grad(at, wrt=wrt))


def value(name: str) -> Document:
    function, at, _ = sample(name)
    return ValueReport(function.value(at))


def jvp(name: str) -> Document:
    function, at, _ = sample(name)
    return JvpReport(function.jvp(at, dict.fromkeys(function.variables[:2], 1.0)))


def vjp(name: str) -> Document:
    function, at, _ = sample(name)
    return VjpReport(function.vjp(at, dict.fromkeys(function.outputs, 0.5)))


def source(name: str) -> Document:
    return SourceReport(sample(name)[0])


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
