"""What things cost, as it is said: modes, --stats, sizes, times, bars."""

from __future__ import annotations

import json
import re

import pytest
from printed import table_text
from rich.cells import cell_len

from adcli.engines.modes import Comparison, Mode
from adcli.function import Function
from adcli.higher import Modes
from adcli.render import load
from adcli.report.document import View
from adcli.report.modes import BAR, ModesReport, bar, size, time_text
from adcli.report.stats import stats_text

PLAIN, ASCII = View(), View(ascii=True)


def mode(name: str = "f", seconds: float | None = None, spread: float | None = None, **more: object) -> Mode:
    given = {"sweeps": 1, "adds": 1, "muls": 1, "elementary": 1, "ratio": 1.0, "stored_bytes": 8, "max_error": 0.0}
    return Mode(name, **{**given, **more}, seconds=seconds, spread=spread)  # type: ignore[arg-type]


SIZES = [
    (0, "0 B"), (8, "8 B"), (999, "999 B"), (1000, "1.0 kB"), (1536, "1.5 kB"), (9949, "9.9 kB"), (10_000, "10 kB"),
    (123_456, "123 kB"), (1_000_000, "1.0 MB"), (64_000_000, "64 MB"), (1_000_000_000, "1.0 GB"), (2**40, "1100 GB"),
]  # fmt: skip


@pytest.mark.parametrize(("count", "text"), SIZES)
def test_a_size_in_a_few_characters(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize("count", [9_949, 9_999, 999_999])
def test_a_size_that_rounds_up_takes_the_next_unit(count: int) -> None:
    assert re.fullmatch(r"[0-9]\.[0-9] [kMG]?B|[0-9]{2,3} [kMG]?B", size(count))


TIMES = [
    (13.2e-6, 0.3e-6, "13.2 ± 0.3 µs"), (4.5e-8, 1e-9, "45 ± 1 ns"), (2.5e-3, 1.2e-4, "2.5 ± 0.1 ms"),
    (1.5, 0.02, "1.5 ± 0.02 s"), (120e-6, 12e-6, "120 ± 12 µs"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "spread", "text"), TIMES)
def test_a_time_and_its_spread(seconds: float, spread: float, text: str) -> None:
    assert re.sub(r"\.0(?= )", "", time_text(mode("f", seconds, spread), PLAIN).strip()) == text
    assert time_text(mode("f", seconds, spread), ASCII).isascii()


@pytest.mark.parametrize(("seconds", "spread"), [
    (999.4e-9, 0.0), (999.6e-9, 0.0), (999.7e-6, 1e-6), (0.9998, 0.01), (50e-6, 9.6e-6), (59.96, 0.3)])  # fmt: skip
def test_a_time_is_never_written_with_an_exponent(seconds: float, spread: float) -> None:
    """1e+03 µs is no way to write a millisecond."""
    assert "e" not in time_text(mode("f", seconds, spread), PLAIN)


def test_what_was_not_measured_has_no_time() -> None:
    assert time_text(mode("f"), PLAIN) == ""


@pytest.mark.parametrize("view", [PLAIN, ASCII])
def test_bars_are_as_long_as_what_they_show(view: View) -> None:
    lengths = [cell_len(bar(x, 64.0, view)) for x in (64.0, 48.0, 32.0, 16.0, 4.0, 1e-9)]
    assert lengths == [BAR, BAR * 3 // 4, BAR // 2, BAR // 4, 1, 1]
    assert [bar(x, 64.0, view) for x in (0.0, None)] == ["", ""]
    assert bar(1.0, 0.0, view) == ""
    assert not view.ascii or bar(64.0, 64.0, view).isascii()


def test_eighths_of_a_character_are_drawn() -> None:
    assert [bar(x, BAR * 8, PLAIN) for x in (1, 4, 8, 9)] == ["▏", "▌", "█", "█▏"]


# The report

CHAIN = "sum((x[i]*x[i+1] - sin(x[i]))^2 for i in 1..{})"


def report(program: str, at: dict[str, object], repeat: int = 0) -> ModesReport:
    return ModesReport(Function(program).modes(at, repeat=repeat))  # type: ignore[arg-type]


def test_a_row_for_every_mode_and_one_star() -> None:
    text = table_text(report("[x*y, x+y, x/y]", {"x": 1, "y": 2}, repeat=1), width=80)
    for name in ("f itself", "one jvp", "one vjp", "Jacobian, forward *", "Jacobian, reverse", "Jacobian, compressed",
                 "one-sided differences", "central differences"):  # fmt: skip
        assert sum(line.startswith(f"{name} ") for line in text.split("\n")) == 2, name
    assert len(re.findall(r"^\S.* \* ", text, re.M)) == 2
    assert "█" in text
    *_, last = text.rstrip().split("\n")
    assert last.startswith("* ")
    assert "2 sweeps" in last


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_modes_of_a_large_program_fit(width: int, ascii_only: bool) -> None:
    text = table_text(report(CHAIN.format(99), {"x": [0.5] * 100}), width=width, ascii=ascii_only)
    assert max(map(cell_len, text.split("\n"))) <= width
    assert "Reverse in less memory" in text
    assert not ascii_only or (text.isascii() and "?" not in text)


@pytest.mark.parametrize("program", ["3", "x", "[x, y]"])
def test_what_takes_no_operation_has_no_ratio_and_no_excuse(program: str) -> None:
    """Nothing is too long here, and nothing is a multiple of nothing."""
    f = Function(program)
    found = ModesReport(f.modes(dict.fromkeys(f.variables, 1.0), repeat=0))
    text = table_text(found, width=80)
    assert "too long" not in text
    assert {m.ratio for m in found.comparison.modes} <= {None}
    json.loads("".join(load("json").render(found, View())))


def test_what_was_not_run_is_said() -> None:
    none = dict.fromkeys(("adds", "muls", "elementary", "ratio", "max_error"))
    modes = [mode("f"), mode("reverse", max_error=0.0), mode("central", **none, sweeps=20_000)]
    result = Modes(program="x", variables=["x"], outputs=["y"], at={"x": 1.0}, values=[1.0], notes=[],
                   comparison=Comparison(modes, "reverse", "reverse: because", "reverse"))  # fmt: skip
    text = table_text(ModesReport(result), width=80)
    assert "modes left empty take too many sweeps here" in text
    assert re.search(r"^central differences +20,000$", text, re.M)
    data = json.loads("".join(load("json").render(ModesReport(result), View())))
    assert data["modes"][2]["ratio"] is None
    assert (
        "".join(load("tsv").render(ModesReport(result), View())).split("\n")[3].startswith("central\t20000\t\t\t\t\t8")
    )


def test_reverse_in_less_memory_is_less_than_reverse() -> None:
    """The two tables are about the same numbers: cut into one piece, it takes what reverse takes."""
    found = report(CHAIN.format(199), {"x": [0.5] * 200})
    (whole,) = (cost for cost in found.result.trade if cost.segments == 1)
    (reverse,) = (m for m in found.comparison.modes if m.name == "reverse")
    assert min(cost.stored for cost in found.result.trade) < reverse.stored_bytes
    assert whole.stored == max(cost.stored for cost in found.result.trade)


def test_a_domain_problem_leaves_a_report() -> None:
    found = report("ln(x)", {"x": -1})
    assert "nan" in table_text(found, width=80)
    assert json.loads("".join(load("json").render(found, View())))["modes"][-1]["max_error"] == "nan"


# --stats

TEXTBOOK = "ln(x1) + x1*x2 - sin(x2)"
AT = {"x1": 2, "x2": 5}


def test_stats_of_each_kind_of_result() -> None:
    f = Function(TEXTBOOK)
    number = r"[0-9,]+"
    counts = rf"{number} additions?, {number} multiplications?, {number} elementary functions?"
    by_star = "reverse on duals: 2 sweeps by star colouring"
    in_pieces = r"mode reverse.*\n  .* segments, .* B, .* extra evaluations"
    expected = {
        "value": (f.value(AT), counts),
        "jacobian": (f.jacobian(AT, "forward"), rf"2 sweeps\n  {counts}\n  mode forward.*"),
        "grad": (f.grad(AT), rf"1 sweep\n  {counts}\n  mode reverse.*"),
        "hessian": (f.hessian(AT), rf"2 sweeps\n  {counts}\n  asymmetry 0"),
        "hvp": (f.hvp(AT, {"x1": 1}), rf"1 sweep\n  {counts}"),
        "taylor": (f.taylor(AT, 3, {"x1": 1}), rf"1 sweep\n  {counts}"),
        "sparse": (f.sparse_jacobian(AT), rf"1 sweep\n  {counts}\n  reverse: 1 sweep by colour of rows.*"),
        "sparse hessian": (
            f.sparse_hessian(AT),
            rf"2 sweeps\n  {counts}\n  {by_star}",
        ),
        "checkpoints": (
            f.grad(AT, checkpoint=True),
            rf"1 sweep\n  {counts}\n  {in_pieces}",
        ),
    }
    for kind, (result, pattern) in expected.items():
        assert re.fullmatch(f"stats: {pattern}", stats_text(result)), (kind, stats_text(result))


def test_one_is_not_plural() -> None:
    text = stats_text(Function("x*y").grad({"x": 1, "y": 2}))
    assert not re.search(r"\b1 (sweeps|additions|multiplications|elementary functions|segments|checkpoints)\b", text)
    assert "0 elementary functions" in text


def test_the_value_of_the_textbook_takes_what_can_be_counted_by_hand() -> None:
    assert stats_text(Function(TEXTBOOK).value(AT)) == "stats: 2 additions, 1 multiplication, 2 elementary functions"
