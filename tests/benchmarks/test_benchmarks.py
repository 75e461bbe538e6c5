"""The benchmarks run, and what they count (operations, bytes: no clocks) holds at small sizes."""

from __future__ import annotations

import gc
import platform
import sys
from importlib import import_module
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

from adcli.engines import checkpoint
from adcli.engines.cost import Operations
from adcli.function import Function
from adcli.numbers.counted import Counting
from adcli.numbers.real import REAL
from adcli.parse.program import parse
from adcli.tape.tape import Builder

from . import files, higher, memory, operations, points, programs, shell
from .__main__ import SUBJECTS, main, tool
from .formulas import FORMULAS
from .table import Table, at_least, at_most
from .timing import TINY, Command, Runs, best_of, processes, python, workplace

TEXTBOOK = programs.sample("textbook")


def cost_of(text: str, at: dict[str, float] | None = None) -> operations.Cost:
    tape = parse((text,))
    point = programs.point(tape) if at is None else at
    return operations.cost(tape, [point[v] for v in tape.variables])


@pytest.mark.slow
@pytest.mark.parametrize("name", SUBJECTS)
def test_every_benchmark_runs_and_prints_whole_tables(name: str) -> None:
    tables = list(import_module(f".{name}", __package__).tables(TINY))
    assert tables
    for table in tables:
        assert table.rows
        assert all(len(row) == len(table.header) for row in table.rows)
        assert table.text().splitlines()[2].count("|") == len(table.header) + 1


@pytest.mark.slow
def test_the_command_prints_the_benchmarks_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["operations", "--tiny"])
    printed = capsys.readouterr().out
    assert "    python -m tests.benchmarks operations --tiny\n" in printed
    assert "\n## operations\n" in printed
    assert "\n## memory\n" not in printed


def test_an_unknown_benchmark_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["velocity"])
    assert stopped.value.code == 2
    assert "velocity" in capsys.readouterr().err


# Operations


def test_counting_a_gradient_by_hand_gives_the_same() -> None:
    """ln, *, sin, +, - are 5. Then 1/x and cos; 8 products; x1 and x2 each get two contributions."""
    cost = cost_of(*TEXTBOOK)
    assert cost.value == Operations(adds=2, muls=1, elementary=2)
    assert cost.gradient == Operations(adds=2 + 2, muls=1 + 1 + 8, elementary=3)
    assert cost.checks == 7
    assert (cost.ratio, cost.checked) == (17 / 5, 24 / 5)


@pytest.mark.parametrize("name", operations.ONE_OUTPUT)
def test_counted_numbers_give_the_same_gradient(name: str) -> None:
    text, at = programs.sample(name)
    tape = parse((text,))
    point = [at[v] for v in tape.variables]
    for F in (Counting(), operations.Checked()):
        counted = operations.gradient(F, tape, [F.number(x) for x in point])
        assert counted == operations.gradient(REAL, tape, point)
        assert sum(F.tally.values()) > 0


@pytest.mark.parametrize("n", [10, 1000])
def test_a_gradient_of_rosenbrock_costs_at_most_five_values(n: int) -> None:
    assert 1 < cost_of(programs.rosenbrock(n)).ratio <= operations.LIMIT


def test_the_cost_does_not_grow_with_the_number_of_variables() -> None:
    few, many = (cost_of(programs.rosenbrock(n)).ratio for n in (10, 1000))
    assert many == pytest.approx(few, rel=0.01)


@pytest.mark.parametrize("name", operations.ONE_OUTPUT)
def test_a_gradient_of_a_sample_costs_at_most_five_values(name: str) -> None:
    assert 1 < cost_of(*programs.sample(name)).ratio <= operations.LIMIT


# Higher derivatives


@pytest.mark.parametrize("n", [4, 100, 130])
def test_colours_and_dense_sweeps_give_the_same_hessian(n: int) -> None:
    f, at, x = higher.solved(programs.rosenbrock(n))
    hessian = f.hessian(at).hessian
    for count in {min(higher.FEW, n), min(higher.BLOCK, n)}:
        start = (n - count) // 2
        for row, column in zip(hessian[start : start + count], higher.columns(f.tape, x, count), strict=True):
            assert column == pytest.approx(row, rel=1e-12)


@pytest.mark.parametrize("n", [10, 1000])
def test_tridiagonal_derivatives_take_three_sweeps_whatever_the_size(n: int) -> None:
    f, at, _ = higher.solved(programs.broyden(n))
    found = f.sparse_jacobian(at)
    assert (found.shape, found.sweeps, len(found.rows)) == ((n - 2, n), 3, 3 * (n - 2))
    f, at, _ = higher.solved(programs.rosenbrock(n))
    assert f.sparse_hessian(at).sweeps == 3


def test_checkpoints_give_the_plain_adjoint_within_their_memory() -> None:
    tape, x, limit = programs.chain(6_000), np.linspace(0.1, 1.0, 100), 2_000_000
    plan = checkpoint.plan(tape, [o.node for o in tape.outputs], limit, x.nbytes)
    assert np.array_equal(higher.whole(tape, x), higher.segmented(tape, x, plan))
    pointers = 8 * len(tape)
    assert higher.peak(lambda: higher.segmented(tape, x, plan)) - 4 * pointers <= limit
    assert higher.peak(lambda: higher.whole(tape, x)) - 3 * pointers > 4 * limit


def test_what_casadi_gives_is_compared() -> None:
    casadi = pytest.importorskip("casadi")
    f, at, x = higher.solved(programs.broyden(20))
    found = f.sparse_jacobian(at)
    assert set(higher.casadi_calls(casadi, x, found)) == {"build", "value", "derive", "sweep"}
    found.data[0][5] += 1.0
    with pytest.raises(RuntimeError, match="another Jacobian"):
        higher.casadi_calls(casadi, x, found)


def test_without_casadi_its_columns_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(higher, "find_spec", lambda name: None)
    table = higher.jacobians(TINY)
    assert table.header == ["step", "adcli, ms", "over f", "target"]
    assert "CasADi is not installed." in table.notes


# Many points


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("peer", [pytest.param(p, marks=[pytest.mark.slow] * (p == "JAX")) for p in points.MAKERS])
def test_all_give_the_gradient_written_by_hand(peer: str, name: str) -> None:
    if peer in points.NEEDED:
        pytest.importorskip(points.NEEDED[peer])
    x = points.inputs(FORMULAS[name], 40)
    points.agree(peer, points.MAKERS[peer](FORMULAS[name], x), FORMULAS[name].hand(*x))


@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_by_hand_is_that_of_one_point(name: str) -> None:
    formula = FORMULAS[name]
    x = points.inputs(formula, 1)
    at = {variable: float(v[0]) for variable, v in zip(formula.ranges, x, strict=True)}
    found = Function(formula.text).grad(at)
    assert list(at) == found.variables
    assert [float(v[0]) for v in formula.hand(*x)] == pytest.approx([*found.values, *found.gradient], rel=1e-12)


def test_other_numbers_are_not_timed() -> None:
    formula = FORMULAS["textbook"]
    x = points.inputs(formula, 3)
    value, first, second = formula.hand(*x)
    with pytest.raises(RuntimeError, match="JAX gives other numbers"):
        points.agree("JAX", points.by_hand(formula, x), [value, first, second * (1 + 1e-8)])


def test_contestants_that_are_not_installed_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "find_spec", lambda name: None)
    found = {name: points.timed(FORMULAS[name], TINY) for name in ("textbook", "gaussians")}
    assert set(found["textbook"]) == {"adcli numpy", "adcli numpy, out=", "by hand"}
    rows = {row[0]: row[1:] for row in points.side_by_side(found, TINY).rows}
    assert rows["JAX"] == rows["adcli llvm"] == ["not installed", ""]
    rows = {row[0]: row[1:] for row in points.ratios(found).rows}
    assert rows["JAX"] == ["not installed", "", "not installed", "not installed", "", "not installed"]
    assert rows["by hand"][3:] == ["not installed", "", "not installed"]
    assert [row[1] != "not installed" for row in points.chain_table(TINY).rows] == [False, True]


def test_the_goals_are_for_the_mean_of_the_functions() -> None:
    found = {name: dict.fromkeys(points.MAKERS, 1.0) | {"by hand": time} for name, time in (("a", 1.0), ("b", 4.0))}
    (row,) = (row for row in points.ratios(found).rows if row[0] == "by hand")
    assert row[1:3] == ["2.00", "≥ 1.5: met"]


def test_adjoints_of_the_logistic_map_are_neither_0_nor_infinite() -> None:
    tape = programs.logistic_map(10_000)
    assert len(tape) == 3 * 10_000 + 3
    adjoints = points.plain(tape, [3.0, 0.3], {tape.outputs[0].node: 1.0})
    assert all(1e-8 < abs(x) < 1e8 for x in adjoints)


def test_the_rows_of_a_file_and_what_is_made_of_them_are_checked(tmp_path: Path) -> None:
    files.write(tmp_path / "points.csv", 20, 3)
    x1, x2 = np.loadtxt(tmp_path / "points.csv", delimiter=",", skiprows=1).T
    assert len(x1) == 60
    rows = np.column_stack([x1, x2, *FORMULAS["textbook"].hand(x1, x2)])
    commands = {"Miller": Command([])}
    np.savetxt(tmp_path / "Miller.csv", rows, "%.17g", ",", header="x1,x2,y,dy1,dy2", comments="")
    files.check(tmp_path, commands, 60)
    with pytest.raises(RuntimeError, match="Miller gives another file"):
        files.check(tmp_path, commands, 61)
    np.savetxt(tmp_path / "Miller.csv", rows * 1.001, "%.17g", ",", header="x1,x2,y,dy1,dy2", comments="")
    with pytest.raises(RuntimeError, match="Miller gives another file"):
        files.check(tmp_path, commands, 60)


@pytest.mark.skipif(sys.platform == "win32", reason="starts a process as POSIX has it")
def test_the_peak_of_a_process_is_its_own() -> None:
    with workplace() as (folder, environment):
        small, large = (files.peak(Command(python(f"b'x'*{n}")), folder, environment) for n in (1, 100_000_000))
    assert 90 < large - small < 110


# Memory


@pytest.mark.parametrize("text", [programs.mixed(20_000), programs.rosenbrock(2_000)], ids=["formula", "loop"])
def test_a_gradient_takes_at_most_400_bytes_a_node(text: str) -> None:
    found = memory.measure(text, "tracemalloc")
    assert found.nodes > 15_000
    assert 50 < found.peak / found.nodes <= memory.LIMIT
    assert found.peak == max(found.parsed, found.swept)


def test_what_only_the_parser_needs_is_freed_when_it_is_done() -> None:
    """The table of known nodes is larger than the tape: waiting for the collector adds a third to the peak."""

    def builders() -> int:
        return sum(isinstance(thing, Builder) for thing in gc.get_objects())

    gc.collect()
    before = builders()
    gc.disable()
    try:
        tape = parse(("a = x*y; f(t) = t^a; sum(f(x)*i for i in 1..3)",))
        assert builders() == before
    finally:
        gc.enable()
    assert len(tape) > 5


def test_resident_memory_is_measured_in_the_same_units() -> None:
    found = memory.measure(programs.mixed(50_000), "resident")
    assert 50 < found.peak / found.nodes < 2 * memory.LIMIT


# Programs


@pytest.mark.parametrize("nodes", [1_000, 20_000])
def test_the_long_formula_has_the_size_asked_for_and_finite_values(nodes: int) -> None:
    function = Function(programs.mixed(nodes))
    assert len(function.tape) == pytest.approx(nodes, abs=210)  # 100 variables, 100 squares
    assert all(map(isfinite, function.grad(programs.point(function.tape)).gradient))


@pytest.mark.parametrize(
    ("text", "nodes"),
    [(programs.brackets(50), 1), (programs.flat(50), 99), (programs.tower(50), 50), (programs.loop(50), 200)],
)
def test_shapes_have_the_size_asked_for(text: str, nodes: int) -> None:
    assert len(parse((text,))) == nodes


def test_the_sample_in_its_own_size_is_the_sample() -> None:
    assert programs.rosenbrock(10) == programs.sample("rosenbrock")[0]


def test_the_chain_has_the_size_asked_for_and_one_output() -> None:
    tape = programs.chain(1_000)
    assert len(tape) == pytest.approx(1_000, abs=3)
    assert [o.node for o in tape.outputs] == [len(tape) - 1]


# The runner


def test_a_peer_that_is_not_installed_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def instant(commands: dict[str, Command], *_: object) -> dict[str, Runs]:
        return {name: Runs("", [1.0, 1.0], [1.0, 1.0]) for name in commands}

    monkeypatch.setattr(shell, "here", lambda peer: False)
    monkeypatch.setattr(shell, "processes", instant)
    rows = {row[0]: row[1] for row in next(shell.tables(TINY)).rows}
    assert rows["SymPy"] == rows["qalc"] == "not installed"
    assert rows["adcli"] == "1000.0 (1000.0..1000.0)"


def test_ratios_are_taken_round_by_round() -> None:
    ours, theirs = Runs("", wall=[2.0, 20.0, 3.0]), Runs("", wall=[1.0, 10.0, 2.0])
    assert ours.over(theirs) == [2.0, 2.0, 1.5]
    assert ours.milliseconds == 3000
    assert ours.spread == "3000.0 (2500.0..11500.0)"


def test_every_command_runs_once_a_round() -> None:
    with workplace() as (folder, environment):
        commands = {name: Command(python(f"print({name!r})"), name) for name in ("a", "b")}
        found = processes(commands, 3, folder, environment)
    for name, runs in found.items():
        assert runs.output == f"{name}\n"
        assert len(runs.wall) == len(runs.cpu) == 3


@pytest.mark.parametrize("code", ["print('something else')", "raise SystemExit(3)"])
def test_a_command_that_does_not_give_the_answer_is_not_timed(code: str) -> None:
    with workplace() as (folder, environment), pytest.raises(RuntimeError, match="wrong gave exit code"):
        processes({"wrong": Command(python(code), "the answer")}, 1, folder, environment)


def test_calls_are_made_in_turns() -> None:
    made: list[str] = []
    found = best_of({name: lambda name=name: made.append(name) for name in "ab"}, 2, least=0.0)  # type: ignore[misc]
    assert made == ["a", "a", "b", "b", "a", "b"]
    assert set(found) == {"a", "b"}


def test_imports_count_for_the_package_that_asked_for_them() -> None:
    log = (
        "import time:       100 |        100 | site\n"
        "import time:        10 |         10 |       dis\n"
        "import time:        20 |         30 |     inspect\n"
        "import time:         5 |         35 |   typer.main\n"
        "import time:         1 |         36 | adcli.cli.app\n"
        "something printed\n"
    )
    own, pulled = shell.import_times(log)
    assert own == pytest.approx({"typer": 5e-6, "adcli": 1e-6})
    assert pulled == pytest.approx({shell.START: 100e-6, "typer": 35e-6, "adcli": 1e-6})


def test_tools_are_named_with_their_versions_or_as_missing() -> None:
    assert tool("no-such-tool") == "no-such-tool not installed"
    assert tool(sys.executable) == f"{sys.executable} {platform.python_version()}"


def test_targets_say_whether_they_are_met() -> None:
    assert [at_most(0.4, 0.4), at_most(0.41, 0.4)] == ["≤ 0.4: met", "≤ 0.4: missed"]
    assert [at_least(40_000, 40_000), at_least(39_999, 40_000)] == ["≥ 40,000: met", "≥ 40,000: missed"]
    assert [at_least(1.5, 1.5), at_least(1.49, 1.5)] == ["≥ 1.5: met", "≥ 1.5: missed"]


def test_a_table_is_aligned_markdown() -> None:
    table = Table("t", ["name", "n"], [["a|b", "1"], ["c", "100"]], ["a note"])
    assert table.text() == "### t\n\n| name |   n |\n|------|----:|\n| a\\|b |   1 |\n| c    | 100 |\n\na note"
