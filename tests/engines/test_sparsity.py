"""Sparsity patterns: never too small, exact where the structure is simple, and linear in memory."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from support import points, share, tapes

from adcli.engines import sparsity
from adcli.engines.bundle import hessian_products
from adcli.engines.jacobian import jacobian
from adcli.engines.linearise import linearise
from adcli.engines.sparsity import Pattern, carried, curved, hessian_pattern, jacobian_pattern
from adcli.errors import ProblemError
from adcli.numbers.dual import duals
from adcli.numbers.real import REAL, evaluate
from adcli.ops import TABLE, Row
from adcli.parse.program import parse
from adcli.tape.tape import Builder, Tape

Matrix = Sequence[Sequence[float]]


def nodes(tape: Tape) -> list[int]:
    return [o.node for o in tape.outputs]


def left_out(pattern: Pattern, matrix: Matrix) -> list[tuple[int, int]]:
    """Entries that are not 0 where the pattern says that they are: there must be none."""
    rows = [set(row) for row in pattern.rows]
    return [(i, j) for i, row in enumerate(matrix) for j, x in enumerate(row) if x != 0 and j not in rows[i]]


def dense_jacobian(tape: Tape, point: Sequence[float]) -> Matrix:
    return jacobian(REAL, tape, linearise(REAL, tape, point), nodes(tape), tape.inputs, "reverse")


def dense_hessians(tape: Tape, point: Sequence[float]) -> list[list[list[float]]]:
    seeds = [{node: 1.0} for node in tape.inputs]
    return hessian_products(REAL, tape, list(point), nodes(tape), tape.inputs, seeds)


# What is known of a pattern from the text alone: (program, the rows, variables by first appearance)
JACOBIANS: list[tuple[str, list[list[int]]]] = [
    ("[x*y, z, 5, x + z]", [[0, 1], [2], [], [0, 2]]),
    ("[x, x, y]", [[0], [0], [1]]),
    ("[3, pi]", [[], []]),
    ("x - x", [[0]]),
    ("x*x", [[0]]),
    ("x^2 + y^0.5", [[0, 1]]),
    ("[floor(x), ceil(y), round(x), sign(x*y)]", [[], [], [], []]),
    ("[floor(x)*y, abs(x), relu(y), max(x, y)]", [[1], [0], [1], [0, 1]]),
    ("if(a > 0, b, c)", [[1, 2]]),
    ("if(a > b*c, 1, 2)", [[]]),
    ("if(a > 0, a, b) + if(c < 0, 1, d)", [[0, 1, 3]]),
    ("[clamp(a, b, c), mod(a, b), hypot(b, c), polygamma(2, c)]", [[0, 1, 2], [0, 1], [1, 2], [2]]),
    ("t = x + y; u = t*z; [t, u, t + u, w*2]", [[0, 1], [0, 1, 2], [0, 1, 2], [3]]),
    ("s = sum(x[i] for i in 1..4); [s*x[5], s, x[5]]", [[0, 1, 2, 3, 4], [0, 1, 2, 3], [4]]),
]

HESSIANS: list[tuple[str, list[list[int]]]] = [
    ("x*y", [[1], [0]]),
    ("x*x + y", [[0], []]),
    ("x + y - 3*z", [[], [], []]),
    ("x/y", [[1], [0, 1]]),
    ("x/3", [[]]),
    ("x^2 + sin(y)", [[0], [1]]),
    ("x^y", [[0, 1], [0, 1]]),
    ("(x + y)*z", [[2], [2], [0, 1]]),
    ("(x + y)*(x - y)", [[0, 1], [0, 1]]),
    ("exp(x)*floor(y) + abs(z)", [[0], [], []]),
    ("sign(x)*y + max(x, y) + relu(x) + clamp(x, y, 2) + mod(x, y)", [[], []]),
    ("if(a > 0, b*c, d^2)", [[], [2], [1], [3]]),
    ("if(a*b > 0, a, b)", [[], []]),
    ("t = x + y; t*t + z", [[0, 1], [0, 1], []]),
    ("[x*y, y*z, z^2]", [[1], [0, 2], [1, 2]]),
    ("hypot(x, y) + atan2(y, z)", [[0, 1], [0, 1, 2], [1, 2]]),
    ("2*3", []),
]


@pytest.mark.parametrize(("program", "rows"), JACOBIANS)
def test_the_pattern_of_a_jacobian(program: str, rows: list[list[int]]) -> None:
    tape = parse([program])
    found = jacobian_pattern(tape, nodes(tape), tape.inputs)
    assert found == Pattern(rows, len(tape.inputs))
    assert found.entries == sum(map(len, rows))


@pytest.mark.parametrize(("program", "rows"), HESSIANS)
def test_the_pattern_of_a_hessian(program: str, rows: list[list[int]]) -> None:
    tape = parse([program])
    assert hessian_pattern(tape, nodes(tape), tape.inputs) == Pattern(rows, len(tape.inputs))


def test_a_pattern_counts_the_inputs_and_outputs_that_are_asked_for() -> None:
    tape = parse(["[x*y, y*z, x + 2]"])
    x, y, z = tape.inputs
    one, two, three = nodes(tape)
    assert jacobian_pattern(tape, [three, one], [z, x]) == Pattern([[1], [1]], 2)
    assert jacobian_pattern(tape, [two, two], [z, y]) == Pattern([[0, 1], [0, 1]], 2)
    assert jacobian_pattern(tape, [one], []) == Pattern([[]], 0)
    assert jacobian_pattern(tape, [], [x]) == Pattern([], 1)
    assert hessian_pattern(tape, [one], [y, x]) == Pattern([[1], [0]], 2)
    assert hessian_pattern(tape, [two], [x, y]) == Pattern([[], []], 2)
    assert hessian_pattern(tape, [], [x]) == Pattern([[]], 1)


# What a row carries, and where it curves

LINEAR = {
    "add",
    "laps",
    "sub",
    "neg",
    "abs",
    "sign",
    "floor",
    "ceil",
    "round",
    "relu",
    "max",
    "min",
    "clamp",
    "mod",
    "where",
}
SMOOTH = [pytest.param(row, id=key) for key, row in TABLE.items() if not row.condition]


@pytest.mark.parametrize("row", SMOOTH)
def test_a_row_carries_and_curves_wherever_a_sample_shows_it(row: Row) -> None:
    D = duals(REAL)
    for sample in row.samples:
        args: list[Any] = [bool(x) if i in row.tests else x for i, x in enumerate(sample)]
        moving = [i for i in range(len(args)) if i not in row.tests and i not in row.constant]
        partials = REAL.slopes(row)(evaluate(row, *args), *args)  # type: ignore[misc]
        assert all(carried(row)[i] for i in moving if partials[i])
        for j in moving:
            lifted = [D.number(x, 1.0) if i == j else x for i, x in enumerate(args)]
            seconds = D.slopes(row)(D.value(row)(*lifted), *lifted)  # type: ignore[misc]
            for i in moving:
                if getattr(seconds[i], "tangent", 0.0):
                    assert (min(i, j), max(i, j)) in curved(row)


def test_rows_without_curvature_are_known_as_such() -> None:
    assert {key for key, row in TABLE.items() if not row.condition and not curved(row)} == LINEAR
    assert curved(TABLE["mul"]) == ((0, 1),)
    assert curved(TABLE["div"]) == ((0, 1), (1, 1))
    assert curved(TABLE["pow"]) == ((0, 0), (0, 1), (1, 1))
    assert (0, 0) in curved(TABLE["powc"])
    assert curved(TABLE["polygamma"]) == ((1, 1),)
    assert carried(TABLE["floor"]) == (False,)
    assert carried(TABLE["where"]) == (False, True, True)
    assert carried(TABLE["lt"]) == (False, False)


# Any tape


def naive(tape: Tape, outputs: Sequence[int], inputs: Sequence[int]) -> tuple[Pattern, Pattern]:
    """Both patterns with a set of its own for every node that a derivative passes on its way to an output."""
    found: list[set[int]] = [set() for _ in range(len(tape))]
    for j, node in enumerate(inputs):
        found[node] = {j}
    needed = set(outputs)
    for k in range(len(tape) - 1, -1, -1):
        if k in needed:
            needed |= {a for a, c in zip(tape.arguments(k), carried(tape.rows[k]), strict=True) if c}
    rows: list[set[int]] = [set() for _ in inputs]
    for k, row, *_ in tape.interior():
        args = tape.arguments(k)
        sets = [found[a] if c else set() for a, c in zip(args, carried(row), strict=True)]
        found[k] = set().union(*sets)
        for i, j in curved(row) if k in needed else ():
            for p in sets[i]:
                rows[p] |= sets[j]
            for p in sets[j]:
                rows[p] |= sets[i]
    width = len(inputs)
    return Pattern([sorted(found[node]) for node in outputs], width), Pattern([sorted(r) for r in rows], width)


@settings(max_examples=share(300))
@given(tapes())
def test_shared_sets_are_the_sets_of_every_node_of_any_tape(tape: Tape) -> None:
    by_rows, by_pairs = naive(tape, nodes(tape), tape.inputs)
    assert jacobian_pattern(tape, nodes(tape), tape.inputs) == by_rows
    assert hessian_pattern(tape, nodes(tape), tape.inputs) == by_pairs


def test_a_pattern_is_never_too_small_on_any_tape() -> None:
    seen = [0, 0, 0, 0]  # entries that are not 0, those that the patterns leave out; of Jacobians and Hessians

    @settings(max_examples=share(300))
    @given(tapes(most=12), points)
    def cover(tape: Tape, point: list[float]) -> None:
        at = point[: len(tape.inputs)]
        pattern, matrix = jacobian_pattern(tape, nodes(tape), tape.inputs), dense_jacobian(tape, at)
        assert left_out(pattern, matrix) == []
        curvature = hessian_pattern(tape, nodes(tape), tape.inputs)
        for hessian in dense_hessians(tape, at):
            if all(map(math.isfinite, (x for row in hessian for x in row))):
                assert left_out(curvature, hessian) == []
                seen[2] += sum(x != 0 for row in hessian for x in row)
        seen[0] += sum(x != 0 for row in matrix for x in row)
        seen[1] += len(matrix) * len(tape.inputs) - pattern.entries
        seen[3] += len(tape.inputs) ** 2 - curvature.entries

    cover()
    assert min(seen) > share(100) / 5


@pytest.mark.parametrize(
    ("program", "point"),
    [("[x*y, sin(z), x + z]", [1.0, 2.0, 3.0]), ("[x*y*z + x^2, y/z]", [1.0, 2.0, 3.0])],
)
def test_an_entry_removed_from_a_pattern_is_noticed(program: str, point: list[float]) -> None:
    tape = parse([program])
    cases: list[tuple[Pattern, list[Matrix]]] = [
        (jacobian_pattern(tape, nodes(tape), tape.inputs), [dense_jacobian(tape, point)]),
        (hessian_pattern(tape, nodes(tape), tape.inputs), [*dense_hessians(tape, point)]),
    ]
    for pattern, matrices in cases:
        assert [left_out(pattern, matrix) for matrix in matrices] == [[]] * len(matrices)
        for i, row in enumerate(pattern.rows):
            for j in row:
                rows = [[c for c in r if (k, c) != (i, j)] for k, r in enumerate(pattern.rows)]
                found = [left_out(Pattern(rows, pattern.width), matrix) for matrix in matrices]
                assert [(i, j)] in found


# Size

MANY = 100_000


def many(make: Callable[[Builder, list[int]], Iterable[int]], count: int = MANY) -> Tape:
    """The sum of the terms that `make` gives, of so many inputs."""
    b = Builder()
    inputs = [b.input(f"x[{i}]") for i in range(count)]
    total = b.literal("0")
    for term in make(b, inputs):
        total = b.apply(TABLE["add"], total, term)
    b.tape.outputs = []
    return b.tape


def measured(work: Callable[[], Any]) -> tuple[Any, int]:
    """What a call gives, and the most memory that it held in bytes."""
    tracemalloc.start()
    try:
        found = work()
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_sum_of_100000_terms_has_its_patterns_in_linear_memory() -> None:
    for count, limit in ((MANY, None), (5_000, 1_000 * 5_000)):
        tape = many(lambda b, xs: (b.apply(TABLE["mul"], x, x) for x in xs), count)
        for pattern in (jacobian_pattern, hessian_pattern):

            def work(pattern: Any = pattern, tape: Tape = tape) -> Pattern:
                return pattern(tape, [len(tape) - 1], tape.inputs)  # type: ignore[no-any-return]

            found, most = (work(), 0) if limit is None else measured(work)
            assert found.entries == count
            assert limit is None or most < limit


def test_a_deep_chain_on_one_set_costs_nothing_for_a_node() -> None:
    b = Builder()
    t = b.input("x")
    for _ in range(MANY):
        t = b.apply(TABLE["sin"], t)
    assert jacobian_pattern(b.tape, [t], b.tape.inputs).rows == [[0]]
    assert hessian_pattern(b.tape, [t], b.tape.inputs).rows == [[0]]


def test_prefix_sums_share_what_they_can() -> None:
    """The outputs x1, x1 + x2, ...: a triangle of entries, which is what the pattern itself takes."""
    b = Builder()
    total = b.input("x[1]")
    tops = [total]
    for i in range(2, 301):
        total = b.apply(TABLE["add"], total, b.input(f"x[{i}]"))
        tops.append(total)
    assert jacobian_pattern(b.tape, tops, b.tape.inputs).rows == [list(range(i + 1)) for i in range(300)]
    assert jacobian_pattern(b.tape, tops[-1:], b.tape.inputs).rows == [list(range(300))]


def test_what_is_too_far_from_sparse_is_a_problem_of_size(monkeypatch: pytest.MonkeyPatch) -> None:
    tape = parse(["s = sum(x[i] for i in 1..30); [s*s, exp(s)]"])
    with pytest.raises(ProblemError, match="Hessian") as caught:
        hessian_pattern(tape, nodes(tape), tape.inputs, most=899)
    assert caught.value.problem.kind == "limit"
    assert hessian_pattern(tape, nodes(tape), tape.inputs, most=1800).entries == 900
    monkeypatch.setattr(sparsity, "MOST_ENTRIES", 59)
    with pytest.raises(ProblemError, match="Jacobian") as caught:
        jacobian_pattern(tape, nodes(tape), tape.inputs)
    assert "--wrt" in caught.value.problem.hint
