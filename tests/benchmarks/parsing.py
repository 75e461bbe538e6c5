"""Parsing, with spans and sharing: nodes a second, how it grows, and the shapes that break recursive parsers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from time import process_time

from adcli.function import Function
from adcli.parse.program import parse
from adcli.render import table as drawing
from adcli.report.document import View
from adcli.report.source import SourceReport
from adcli.report.trace import TraceReport

from . import programs
from .table import Table, at_least
from .timing import Size, best_of

TEXT, LOOP = 40_000, 300_000  # nodes a second


def growth(size: Size) -> Table:
    """The same mix of formulas at growing sizes."""
    sizes = [n for n in (1_000, 10_000, 100_000, 1_000_000) if n < size.nodes] + [size.nodes]
    texts = {f"{n:,}": programs.mixed(n) for n in sizes}
    nodes = {name: len(parse((text,))) for name, text in texts.items()}
    seconds = best_of({name: partial(parse, (text,)) for name, text in texts.items()}, size.best, size.least)
    table = Table(
        "parsing a long formula",
        ["nodes", "characters", "seconds", "nodes/s", "target", "ns/node", "of the smallest's"],
        notes=["sin(x38*0.15 + x12^2)/(x27 + 1.15) + ...: 8 nodes a term, none equal. Processor time, the best."],
    )
    first = next(iter(texts))
    for name, text in texts.items():
        rate = nodes[name] / seconds[name]
        each = seconds[name] / nodes[name]
        table.rows.append([
            f"{nodes[name]:,}", f"{len(text):,}", f"{seconds[name]:.3f}", f"{rate:,.0f}", at_least(rate, TEXT),
            f"{each * 1e9:,.0f}", f"{each / (seconds[first] / nodes[first]):.2f}",
        ])  # fmt: skip
    return table


def loops(size: Size) -> Table:
    """Comprehensions: the body is parsed once."""
    n = size.wide
    texts = {
        programs.loop(n): programs.loop(n),
        f"rosenbrock, n = {n:,}": programs.rosenbrock(n),
    }
    nodes = {name: len(parse((text,))) for name, text in texts.items()}
    seconds = best_of({name: partial(parse, (text,)) for name, text in texts.items()}, size.best, size.least)
    table = Table("building a comprehension", ["program", "nodes", "seconds", "nodes/s", "target"])
    for name in texts:
        rate = nodes[name] / seconds[name]
        table.rows.append(
            [name, f"{nodes[name]:,}", f"{seconds[name]:.3f}", f"{rate:,.0f}", at_least(rate, LOOP)],
        )
    return table


def shapes(size: Size) -> Table:
    """Deep and long programs through the whole product; that they come out right is a test's business."""
    programs_of = {
        f"{size.wide:,} nested brackets": programs.brackets(size.wide),
        f"flat sum of {size.wide:,} terms": programs.flat(size.wide),
        f"power tower of {size.tower:,}": programs.tower(size.tower),
        f"sum of {size.wide:,} rounds": programs.loop(size.wide),
    }
    table = Table(
        "deep and long programs: seconds of each step",
        ["program", "characters", "nodes", "parse", "characters/s", "gradient", "fmt", "trace, 80 columns"],
        notes=["Processor time of one run each. The trace is the reverse one, as a terminal of 80 columns shows it."],
    )
    for name, text in programs_of.items():
        function, *seconds = steps(text)
        table.rows.append([
            name, f"{len(text):,}", f"{len(function.tape):,}", f"{seconds[0]:.2f}", f"{len(text) / seconds[0]:,.0f}",
            *(f"{s:.2f}" for s in seconds[1:]),
        ])  # fmt: skip
    return table


def steps(text: str) -> tuple[Function, float, float, float, float]:
    """The function of a text, and the seconds to parse, differentiate, format and trace it."""
    view = View(width=80)
    clock = [process_time()]
    function = Function(text)
    clock.append(process_time())
    at = dict.fromkeys(function.variables, 1.0)
    function.grad(at)
    clock.append(process_time())
    printed = "".join(drawing.render(SourceReport(function), View()))
    clock.append(process_time())
    traced = "".join(drawing.render(TraceReport(function.trace(at, "reverse")), view))
    clock.append(process_time())
    assert printed
    assert traced
    a, b, c, d, e = clock
    return function, b - a, c - b, d - c, e - d


def tables(size: Size) -> Iterator[Table]:
    yield growth(size)
    yield loops(size)
    yield shapes(size)
