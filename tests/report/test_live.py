"""The record of a trace as it is made is that of its JSON."""

from __future__ import annotations

import pytest
from documents import trace
from running import SAMPLES

from adcli.function import Function
from adcli.report.live import LiveRecord
from adcli.report.record import Record
from adcli.report.trace import TraceReport

PARTS = ["program", "at", "mode", "variables", "outputs", "constants", "jacobian", "notes", "names", "conditions",
         "position", "seeds", "coseeds", "users"]  # fmt: skip


def same(report: TraceReport) -> None:
    live, record = LiveRecord(report), Record(report.data())
    for part in PARTS:
        assert repr(getattr(live, part)) == repr(getattr(record, part)), part  # nan is no equal of itself
    assert repr(list(live.nodes)) == repr(record.nodes)
    assert repr(live.nodes[:2]) == repr(record.nodes[:2])
    assert repr(dict(live.by_name)) == repr(record.by_name)
    assert live.by_name.get("nonsense") is None
    assert "nonsense" not in live.by_name


@pytest.mark.parametrize("mode", ["forward", "reverse", "both"])
@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
def test_it_is_that_of_the_json(sample: str, mode: str) -> None:
    same(trace(sample, mode=mode))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["3", "[x, x, 2]", "if(x > 1, ln(x), x*x)", "ln(x)*0", "a = x^2\nb = a + 1e-300*x"])
def test_it_is_that_of_the_json_at_the_edges(text: str) -> None:
    same(TraceReport(Function(text).trace({"x": 0.0} if "x" in text else {})))


def test_nodes_are_made_when_they_are_looked_at() -> None:
    live = LiveRecord(TraceReport(Function("sum(sin(i*x) for i in 1..100)").trace({"x": 1.0})))
    assert live.nodes[-1].name == live.names[-1]
    assert live.by_name["v3"] is live.by_name["v3"]
    assert len(live.nodes.made) == 2  # type: ignore[attr-defined]
