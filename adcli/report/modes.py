"""The report of modes: what each way to the derivative takes for one function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adcli.engines.modes import Comparison, Mode
from adcli.higher import Modes
from adcli.numbers.text import write
from adcli.report.document import Block, Column, Records, Table, Text, View, lines
from adcli.report.number import display
from adcli.report.results import Report, title_at

NAMES = {
    "f": "f itself", "jvp": "one jvp", "vjp": "one vjp", "differences": "one-sided differences",
    "central": "central differences",
}  # fmt: skip
BAR = 16  # characters of the longest
SCALE = [(1e-6, "ns", 1e9), (1e-3, "µs", 1e6), (1.0, "ms", 1e3)]


class ModesReport(Report[Modes]):
    """A row a mode, a bar for its work, and the one to use."""

    @property
    def comparison(self) -> Comparison:
        assert self.result.comparison is not None
        return self.result.comparison

    def blocks(self, view: View) -> Iterator[Block]:
        found = self.comparison
        if not self.result.variables:
            yield Text("there is no variable to differentiate in")
            return
        columns = [
            Column("", "name"), Column("sweeps", "", number=True), Column("+ -", "", number=True),
            Column("* /", "", number=True), Column("functions", "", number=True),
            Column("times f", "primal", number=True), Column("", "partial", narrow="drop"),
        ]  # fmt: skip
        longest = max((mode.ratio or 0.0 for mode in found.modes), default=0.0)
        rows = ([
            self.name(mode), f"{mode.sweeps:,}", *(count(x) for x in (mode.adds, mode.muls, mode.elementary)),
            "" if mode.ratio is None else f"{mode.ratio:,.2f}", bar(mode.ratio, longest, view),
        ] for mode in found.modes)  # fmt: skip
        foot = ["times f: operations over those of f; structural zeros are not computed", "jvp, vjp: with all seeds 1"]
        if any(mode.adds is None for mode in found.modes):
            foot.append("modes left empty take too many sweeps here: they were not run")
        yield Table(title_at("Operations", self.result.at, view), columns, lines(rows), foot)
        columns = [
            Column("", "name"), Column("stored", ""), Column("time", ""), Column("", "partial", narrow="drop"),
            Column("error", "", number=True),
        ]  # fmt: skip
        slowest = max((mode.seconds or 0.0 for mode in found.modes), default=0.0)
        rows = ([
            self.name(mode), size(mode.stored_bytes).rjust(6), time_text(mode, view), bar(mode.seconds, slowest, view),
            "" if mode.max_error is None else display(mode.max_error, 1),
        ] for mode in found.modes)  # fmt: skip
        foot = ["stored: kept from the evaluation for the sweep; of f, values alive at once"]
        if any(mode.seconds is not None for mode in found.modes):
            foot.append(f"time: median of the runs {'+-' if view.ascii else '±'} half the distance of the quartiles")
        if found.reference:
            foot.append(f"error: largest difference from the {found.reference} Jacobian, exact to rounding")
        yield Table("Memory, time and error", columns, lines(rows), foot)
        yield from self.memory(view)
        yield Text(f"* use {found.reason}", "name")

    def name(self, mode: Mode) -> str:
        """What a person calls it, the recommended one with a star."""
        name = NAMES.get(mode.name, f"Jacobian, {mode.name}")
        return f"{name} *" if mode.name == self.comparison.recommended else name

    def memory(self, view: View) -> Iterator[Block]:
        """The trade of evaluations for memory in reverse, of a long tape."""
        if len(self.result.trade) < 2:
            return
        columns = [
            Column("segments", "", number=True), Column("checkpoints", "", number=True),
            Column("memory", ""), Column("evaluated again", "primal", number=True),
            Column("", "partial", narrow="drop"),
        ]  # fmt: skip
        most = max(cost.stored for cost in self.result.trade)
        rows = (
            [f"{c.segments:,}", f"{c.slots:,}", size(c.stored).rjust(6), f"{c.extra:.3g}", bar(c.stored, most, view)]
            for c in self.result.trade
        )
        foot = [
            "memory: as --memory SIZE counts it, with what Python adds to each number",
            "evaluated again: how many more evaluations of f that takes",
        ]
        yield Table("Reverse in less memory", columns, lines(rows), foot)

    def data(self) -> dict[str, Any]:
        found = self.comparison
        base = super().data()
        notes = base.pop("notes")
        return {
            **base,
            "modes": [mode._asdict() for mode in found.modes],
            "memory": [cost._asdict() for cost in self.result.trade],
            "recommended": found.recommended,
            "reason": found.reason,
            "reference": found.reference,
            "notes": notes,
        }

    def records(self) -> Records:
        return list(Mode._fields), ([cell(x) for x in mode] for mode in self.comparison.modes)

    def numbers(self) -> Iterable[Sequence[str]]:
        return [[self.comparison.recommended]]


def cell(x: Any) -> str:
    """A value as TSV carries it; nothing for what is not known."""
    return "" if x is None else write(x) if isinstance(x, float) else str(x)


def count(x: int | None) -> str:
    return "" if x is None else f"{x:,}"


def size(count: int) -> str:
    """Bytes, in a few characters."""
    if count < 1000:
        return f"{count} B"
    unit, scaled = "kB", count / 1000
    for unit_above in ("MB", "GB"):
        if round(scaled) >= 1000:
            unit, scaled = unit_above, scaled / 1000
    return f"{scaled:.0f} {unit}" if round(scaled, 1) >= 10 else f"{scaled:.1f} {unit}"


def time_text(mode: Mode, view: View) -> str:
    """Median and spread: 13.2 ± 0.3 µs."""
    if mode.seconds is None or mode.spread is None:
        return ""
    unit, scale = next(((unit, scale) for most, unit, scale in SCALE if mode.seconds < 0.9995 * most), ("s", 1.0))
    text = f"{mode.seconds * scale:5.3g} ± {rounded(mode.spread * scale)} {unit}"
    return text.replace("±", "+-").replace("µ", "u") if view.ascii else text


def rounded(x: float) -> str:
    """One digit, or all before the point."""
    return f"{x:.0f}" if x >= 9.5 else f"{x:.1g}"


def bar(x: float | None, longest: float, view: View) -> str:
    """A bar whose length says how much; never empty for something."""
    if not x or not longest:
        return ""
    eighths = max(1, round(8 * BAR * x / longest))
    if view.ascii:
        return "#" * max(1, eighths // 8)
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
