"""The report of `check`: a line a partial, with what every test measured and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adcli.checked import Check, Verdict
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Records, Table, Text, View, lines
from adcli.report.results import Report, title_at

TESTS = {  # what each is called above its column
    "forward": "sweeps apart",
    "order": "order",
    "certified": "error in ulp",
    "claim": "claim off by",
}


class CheckReport(Report[Check]):
    """check: the verdicts."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        by_pair: dict[tuple[str, str], dict[str, Verdict]] = {}
        for verdict in result.verdicts:
            by_pair.setdefault((verdict.output, verdict.variable), {})[verdict.test] = verdict
        shared = by_pair.pop(("", ""), {})
        tests = [test for test in TESTS if any(test in row for row in by_pair.values())]
        columns = [
            Column("partial", "name", narrow="cut"), *(Column(TESTS[test], "", number=True) for test in tests),
            Column("verdict", "rule"),
        ]  # fmt: skip
        rows = (
            [view.partial(*pair), *(measured(row.get(test), view) for test in tests), said(row.values())]
            for pair, row in by_pair.items()
        )
        if by_pair:
            yield Table(self.title(view), columns, lines(rows), list(self.legend(tests)))
        for verdict in shared.values():
            limit = f"{measured(verdict, view)} of {view.number(verdict.limit)} roundings"
            yield Text(f"w.(Jv) = (J'w).v, random v and w: apart by {limit}: {said([verdict])}")
        for verdict in result.verdicts:
            if not verdict.ok or (verdict.remark and verdict.test != "order"):
                yield Text(self.remark(verdict, view), "adjoint" if not verdict.ok else "")
        if result.left:
            yield Text(left_out(result))
        if result.skipped:
            yield Text(f"the order of {result.skipped:,} partials was not looked for: choose with --wrt and --of")
        yield Text("all tests are passed" if result.ok else "a test is failed")

    def title(self, view: View) -> str:
        result = self.result
        if result.points == 1:
            return title_at("Derivatives checked", result.at, view)
        return f"Derivatives checked at {result.points} random points: the worst of each"

    def legend(self, tests: Sequence[str]) -> Iterator[str]:
        """What the figures are."""
        by = {verdict.test: verdict for verdict in self.result.verdicts}
        if "forward" in tests:
            yield f"sweeps apart: forward against reverse, in roundings; at most {write(by['forward'].limit)}"
        if "order" in tests:
            yield "order: how the Taylor remainder falls; below 2 the partial is wrong"
        if "certified" in tests:
            yield "error in ulp: against proven digits; half of the digits may be lost"

    def remark(self, verdict: Verdict, view: View) -> str:
        """What is to be said of one verdict, and at which point."""
        names = (verdict.output, verdict.variable)
        what = view.partial(*names) if all(names) else "w.(Jv) = (J'w).v"
        failed = {
            "forward": "forward and reverse sweep are apart", "order": "the remainder does not fall with order 2",
            "certified": "rounding takes more than half of the digits", "dot": "the products are apart",
        }  # fmt: skip
        told = verdict.remark or failed.get(verdict.test, "")
        at = ", ".join(f"{name} = {view.number(x)}" for name, x in list(verdict.at.items())[:6])
        return f"{what}: {told}" + ("" if verdict.ok or not at else f" (at {at})")

    def derivatives(self) -> dict[str, Any]:
        return {
            "verdicts": [
                {"output": v.output, "variable": v.variable, "test": v.test, "ok": v.ok, "figure": v.figure,
                 "limit": v.limit, "remark": v.remark, "at": v.at}
                for v in self.result.verdicts
            ],
            "points": self.result.points,
            "left": self.result.left,
            "skipped": self.result.skipped,
            "ok": self.result.ok,
        }  # fmt: skip

    def records(self) -> Records:
        return ["output", "variable", "test", "ok", "figure", "limit", "remark"], (
            [v.output, v.variable, v.test, "true" if v.ok else "false", "" if v.figure is None else write(v.figure),
             write(v.limit), v.remark]
            for v in self.result.verdicts
        )  # fmt: skip

    def numbers(self) -> Iterable[Sequence[str]]:
        return [["ok" if self.result.ok else "wrong"]]


def left_out(result: Check) -> str:
    """How many points could not be tested."""
    have = "has" if result.left == 1 else "have"
    return f"{result.left} of {result.points} points {have} no value or no finite derivative"


def measured(verdict: Verdict | None, view: View) -> str:
    """A figure as people read it: there are no more than two digits in it."""
    if verdict is None or verdict.figure is None:
        return "-"
    return view._replace(digits=None).number(float(f"{verdict.figure:.2g}")) if verdict.figure else "0"


def said(verdicts: Iterable[Verdict]) -> str:
    """The verdict of several tests."""
    found = list(verdicts)
    failed = {verdict.test for verdict in found if not verdict.ok}
    if failed:
        return "INEXACT" if failed == {"certified"} else "WRONG"
    return "ok" if any(verdict.figure is not None for verdict in found) else "not tested"
