"""The steps of a trace: what they say is what the tables say, and it adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from documents import made, text_of
from running import SAMPLES

from adcli.function import Function
from adcli.ops import TABLE, Row
from adcli.report.document import View
from adcli.report.record import Record
from adcli.report.steps import Steps, sweeps
from adcli.report.trace import TraceReport

VIEW = View()


def record(text: str, **at: float) -> Record:
    return Record(TraceReport(Function(text).trace(at)).data())


def lines(text: str, sweep: str, seed: str = "", **at: float) -> list[str]:
    return [f"{s.name} = {s.rule} = {s.numbers} = {s.text}" for s in Steps(record(text, **at), sweep, seed, VIEW)]


def test_the_reverse_sweep_of_the_textbook() -> None:
    assert lines("ln(x1)+x1*x2-sin(x2)", "adjoint", "y", x1=2, x2=5)[-2:] == [
        "v̄0 = v̄3*cos(v0) + v̄2*v-1 = -1*cos(5) + 1*2 = 1.716338",
        "v̄-1 = v̄2*v0 + v̄1/v-1 = 1*5 + 1/2 = 5.5",
    ]


def test_conditions_stand_in_formulas_by_name() -> None:
    found = lines("if(x > 0 and not x > 3, x^2, -x)", "primal", x=-2)
    assert "v6 = v1 and v5 = false and true = false" in found
    assert "v7 = if(v6, v3, v4) = if(false, 4, 2) = 2" in found


@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
def test_the_steps_of_a_sample_say_what_its_tables_say(sample: str) -> None:
    document = made(f"trace-{sample}")
    found = Record(document.data())
    cells = " ".join(text_of(document, "table", whole=True).split())
    for sweep in sweeps(found):
        for step in Steps(found, *sweep, VIEW):
            for term in step.terms:
                if term.rule not in ("0", "seed") and step.node in found.by_name:
                    assert " ".join(term.rule.lstrip("-").split()) in cells
            if (
                len(step.terms) > 1
                and not step.about
                and isinstance(step.total, float)
                and step.total - step.total == 0
            ):
                assert sum(Decimal(term.text) for term in step.terms) == Decimal(step.text)


@pytest.mark.parametrize("row", [pytest.param(row, id=key) for key, row in TABLE.items() if row.name or row.infix])
def test_every_row_is_said_in_words(row: Row) -> None:
    args = row.samples[0]
    texts = [repr(x) if i in row.constant else f"x{i}" for i, x in enumerate(args)]
    if row.tests:
        texts = [f"{text} > 0.5" if i in row.tests else text for i, text in enumerate(texts)]
    text = row.applied(texts)
    if row.condition:
        text = f"if({text}, x0, 1)"
    found = record(text, **{f"x{i}": x for i, x in enumerate(args) if i not in row.constant})
    (node,) = [node for node in found.nodes if node.op == row.label]
    (step,) = [step for step in Steps(found, "primal", "", VIEW) if step.node == node.name]
    for argument in node.args:
        assert argument in step.words
    assert ", " not in step.words.split("(")[0]
