"""The reverse sweep inside a memory limit: the schedule is the optimal one, the numbers are those of the one sweep."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import live_at, points, share, tapes

from adcli.cli.request import bytes_of
from adcli.engines.checkpoint import (
    ADVANCE,
    FREE,
    MOST,
    REVERSE,
    STORE,
    Cost,
    Plan,
    advances,
    halvings,
    in_bytes,
    plan,
    schedule,
    trade,
    vjp,
)
from adcli.engines.forward import zero
from adcli.engines.linearise import Linearisation, linearise
from adcli.engines.reverse import reverse
from adcli.errors import ProblemError
from adcli.numbers.array import ARRAY, quietly
from adcli.numbers.namespace import Namespace
from adcli.numbers.real import REAL
from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.liveness import last_uses
from adcli.tape.tape import Builder, Tape


def nodes(tape: Tape) -> list[int]:
    return [o.node for o in tape.outputs]


def cut(tape: Tape, bounds: Sequence[int], slots: int) -> Plan:
    """The plan with these boundaries and so many checkpoints."""
    outputs = nodes(tape)
    return Plan(bounds, slots, 0, 0.0, outputs, last_uses(tape, outputs))


def evenly(tape: Tape, segments: int, slots: int) -> Plan:
    return cut(tape, [i * len(tape) // segments for i in range(segments + 1)], slots)


def bits(x: Any) -> list[str]:
    """Every bit of a number or of an array, but not which nan a nan is."""
    return [float(element).hex() for element in np.atleast_1d(x)]


def assert_same(F: Namespace, tape: Tape, point: Sequence[Any], seeds: dict[int, Any], plan: Plan) -> bool:
    """That a plan gives the numbers of the whole sweep; whether these are all finite."""
    linear = linearise(F, tape, point)
    adjoints = reverse(F, tape, linear, seeds)
    found = vjp(F, tape, point, seeds, plan)
    assert {k: bits(v) for k, v in found.values.items()} == {k: bits(linear.values[k]) for k in plan.outputs}
    assert {k: bits(v) for k, v in found.adjoints.items()} == {k: bits(zero(adjoints[k])) for k in tape.inputs}
    return F.finite(adjoints)


# The schedule


@cache
def fewest(segments: int, slots: int) -> int:
    """Segments to advance over at least, by trying every first checkpoint."""
    if segments == 1:
        return 0
    if slots == 0:
        return segments * (segments - 1) // 2
    return min(k + fewest(k, slots) + fewest(segments - k, slots - 1) for k in range(1, segments))


@pytest.mark.parametrize("slots", range(9))
def test_the_schedule_reverses_every_segment_with_the_fewest_advances(slots: int) -> None:
    for segments in range(1, 61):
        state, kept, total, reversed_ = 0, [0], 0, []
        for kind, start, stop in schedule(segments, slots):
            if kind == ADVANCE:
                assert start == state < stop
                total += stop - start
                state = stop
            elif kind == STORE:
                assert start == state > kept[-1]
                kept.append(start)
                assert len(kept) - 1 <= slots
            elif kind == REVERSE:
                assert (start, stop) == (state, state + 1)
                reversed_.append(start)
                state = kept[-1]
            else:
                assert kind == FREE
                assert start == kept.pop() == reversed_[-1]
                state = kept[-1]
        assert reversed_ == list(range(segments))[::-1]
        assert kept == [0]
        assert total == advances(segments, slots) == fewest(segments, slots)


def test_numbers_of_advances_known_in_general() -> None:
    assert advances(10, 2) == 15  # numforw(10, 3) of revolve: reps*steps - range*reps/(snaps + 1) = 20 - 10*2/4
    for segments in (2, 17, 1000):
        assert advances(segments, segments - 1) == segments - 1
        assert advances(segments, 0) == segments * (segments - 1) // 2


# The numbers


@pytest.mark.parametrize(
    ("program", "point"),
    [
        ("ln(x1) + x1*x2 - sin(x2)", [2.0, 5.0]),
        ("a = sin(x)*y; b = a*a + x; [b*a, exp(b), a]", [0.5, -2.0]),
        ("if(x > 0, ln(x), x)*y", [0.0, 3.0]),
        ("0*ln(x) + y", [0.0, 1.0]),
        ("0*(-b) + ln(x)", [1.0, 0.0]),  # plain products leave -0.0 in b, absolute ones 0.0
        ("sqrt(x)*0 + sqrt(x)*y", [0.0, 0.0]),
        ("1/x - 1/x + x*y", [0.0, 2.0]),
        ("exp(exp(exp(x)))*y", [3.0, 0.0]),
        ("a = x*1e200; b = a*1e200; c = b - b; c*y + x", [1.0, 1.0]),
        ("2*3 + x - x", [float("inf")]),
        ("[x, 3, x*y]", [float("nan"), 1.0]),
    ],
)
def test_every_number_of_segments_and_checkpoints_gives_the_same(program: str, point: list[float]) -> None:
    tape = parse([program])
    for segments in range(1, len(tape) + 1):
        for slots in range(segments + 1):
            assert_same(REAL, tape, point, dict.fromkeys(nodes(tape), 1.0), evenly(tape, segments, slots))


EXTREME = st.sampled_from([1e200, -1e-200, 1e308, float("inf"), float("-inf"), float("nan"), -0.0])
SEEDS = st.lists(st.sampled_from([1.0, -2.5, 0.0, -0.0, 1e300]), min_size=3, max_size=3)


def test_any_cut_of_any_tape_gives_the_numbers_of_the_whole_sweep() -> None:
    finite = [0, 0]

    @settings(max_examples=share(500))
    @given(tapes(), points, st.lists(EXTREME | st.none(), min_size=3, max_size=3), SEEDS, st.data())
    def agree(
        tape: Tape, near: list[float], far: list[float | None], weights: list[float], data: st.DataObject
    ) -> None:
        point = [x if y is None else y for x, y in zip(near, far, strict=True)][: len(tape.inputs)]
        bounds = sorted(data.draw(st.sets(st.integers(1, len(tape) - 1))) | {0, len(tape)})
        slots = data.draw(st.integers(0, len(bounds)))
        seeds = dict(zip(nodes(tape), weights, strict=False))
        finite[assert_same(REAL, tape, point, seeds, cut(tape, bounds, slots))] += 1

    agree()
    assert min(finite) > 2


def test_any_cut_of_any_tape_gives_the_numbers_of_the_whole_sweep_on_arrays() -> None:
    finite = [0, 0]

    @settings(max_examples=share(100))
    @given(tapes(most=12), points, points, EXTREME, st.data())
    def agree(tape: Tape, one: list[float], two: list[float], three: float, data: st.DataObject) -> None:
        point = [np.array([x, y, three]) for x, y in zip(one, two, strict=True)][: len(tape.inputs)]
        segments = data.draw(st.integers(1, len(tape)))
        slots = data.draw(st.integers(0, segments))
        with quietly():
            finite[assert_same(ARRAY, tape, point, {nodes(tape)[-1]: 1.0}, evenly(tape, segments, slots))] += 1

    agree()
    assert min(finite) > 2


def test_a_seed_must_be_on_an_output_of_the_plan() -> None:
    tape = parse(["[sin(x), cos(x)]"])
    one, two = nodes(tape)
    with pytest.raises(ValueError, match="output"):
        vjp(REAL, tape, [1.0], {two: 1.0}, plan(tape, [one], None))
    assert vjp(REAL, tape, [1.0], {}, plan(tape, [one], None)).adjoints == {0: 0.0}


# What is visited, and what is held


@settings(max_examples=share(150))
@given(tapes(), points, st.data())
def test_every_segment_is_visited_once_with_its_linearisation_and_no_dead_values(
    tape: Tape, point: list[float], data: st.DataObject
) -> None:
    at = point[: len(tape.inputs)]
    segments = data.draw(st.integers(1, len(tape)))
    chosen = evenly(tape, segments, data.draw(st.integers(0, segments)))
    whole, last = linearise(REAL, tape, at), chosen.last
    live = dict(zip(chosen.bounds, map(set, live_at(tape, last, chosen.bounds)), strict=True))
    seen = []

    def visit(lo: int, hi: int, linear: Linearisation) -> None:
        seen.append((lo, hi))
        for k in range(lo, hi):
            if last[k] > k:
                assert list(map(bits, (linear.values[k], *map(nan, linear.partials[k])))) == list(
                    map(bits, (whole.values[k], *map(nan, whole.partials[k])))
                )
                assert all(linear.values[a] is not None for a in tape.arguments(k))
        held = {k for k in range(len(tape)) if tape.arguments(k) and linear.values[k] is not None}
        assert live[lo] <= {k for k in held if k < lo} <= set().union(*(live[b] for b in chosen.bounds if b <= lo))
        assert all(lo <= k < hi for k in held if k >= lo)
        assert not any(linear.partials[k] for k in range(len(tape)) if not lo <= k < hi)

    vjp(REAL, tape, at, {chosen.outputs[-1]: 1.0}, chosen, visit)
    assert seen == list(zip(chosen.bounds, chosen.bounds[1:], strict=False))[::-1]


def nan(x: float | None) -> float:
    return float("nan") if x is None else x


SIZE = 10**9  # so large that only numbers count


@settings(max_examples=share(100))
@given(tapes(), points)
def test_no_more_numbers_are_held_than_the_plan_says(tape: Tape, point: list[float]) -> None:
    outputs, at = nodes(tape), point[: len(tape.inputs)]
    for choice in halvings(tape, outputs, last_uses(tape, outputs), SIZE):
        for slots in {0, 1, choice.segments // 2, choice.segments - 1}:
            most = [0]

            def visit(lo: int, hi: int, linear: Linearisation, most: list[int] = most) -> None:
                numbers = sum(bool(tape.arguments(k)) and linear.values[k] is not None for k in range(len(tape)))
                numbers += sum(tape.varying[k] * len(linear.partials[k]) for k in range(lo, hi))
                most[0] = max(most[0], numbers)

            vjp(REAL, tape, at, {outputs[-1]: 1.0}, evenly(tape, choice.segments, slots), visit)
            assert most[0] * SIZE <= choice.cost(slots).stored


def chain(count: int) -> tuple[Tape, int]:
    """A tape of about so many nodes, each on the one before, and the last of them."""
    b = Builder()
    x, c = b.input("x"), b.literal("0.9")
    t = x
    while len(b.tape) < count - 2:
        t = b.apply(TABLE["add"], b.apply(TABLE["mul"], b.apply(TABLE["sin"], t), c), x)
    return b.tape, t


@pytest.mark.parametrize(
    ("count", "size", "memory"),
    [
        (10_000, 50, 200_000),
        (10_000, 50, None),
        pytest.param(200_000, 50, 4_000_000, marks=pytest.mark.slow),
        pytest.param(1_000_000, 100, 100_000_000, marks=pytest.mark.slow),
    ],
)
def test_a_long_chain_on_arrays_stays_within_its_memory(count: int, size: int, memory: int | None) -> None:
    tape, top = chain(count)
    chosen = plan(tape, [top], memory, 8 * size)
    assert memory is None or chosen.stored <= memory
    point = [np.linspace(0.1, 1.0, size)]
    with quietly():
        tracemalloc.start()
        try:
            found = vjp(ARRAY, tape, point, {top: 1.0}, chosen)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        pointers = 4 * 8 * len(tape)  # values, leaves, partials, adjoints
        assert most - pointers <= (memory or 500_000)
        if count <= 200_000:
            linear = linearise(ARRAY, tape, point)
            assert bits(found.values[top]) == bits(linear.values[top])
            assert bits(found.adjoints[0]) == bits(reverse(ARRAY, tape, linear, {top: 1.0})[0])


# The choice


def test_without_a_limit_there_are_about_as_many_segments_as_nodes_in_one() -> None:
    tape, top = chain(40_000)
    chosen = plan(tape, [top], None)
    segments = len(chosen.bounds) - 1
    assert 100 < segments < 1000
    assert chosen.slots == segments - 1
    assert 0.9 < chosen.extra < 1


def test_a_plan_takes_no_more_evaluations_than_its_memory_makes_it() -> None:
    tape, top = chain(5_000)
    full = trade(tape, [top])[0].stored
    assert plan(tape, [top], full).extra == 0
    assert len(plan(tape, [top], full).bounds) == 2
    before = 0.0
    for part in (2, 4, 10, 30, 100):
        chosen = plan(tape, [top], full // part)
        assert chosen.stored <= full // part
        assert before <= chosen.extra <= 4
        before = chosen.extra


def test_the_trade_goes_from_everything_stored_to_the_least() -> None:
    tape, top = chain(3_000)
    costs = trade(tape, [top], 80)
    assert (costs[0].segments, costs[0].slots, costs[0].extra) == (1, 0, 0.0)
    assert 4 <= len(costs) <= 7
    assert costs == sorted(costs, key=lambda cost: -cost.stored) == sorted(costs, key=lambda cost: cost.extra)
    assert costs[-1].extra <= MOST
    assert plan(tape, [top], costs[-1].stored, 80).stored == costs[-1].stored
    with pytest.raises(ProblemError) as caught:
        plan(tape, [top], costs[-1].stored - 1, 80)
    problem = caught.value.problem
    assert problem.kind == "limit"
    shown = problem.hint.removeprefix("write --memory ")
    assert f"needs {shown} of memory at least" in problem.headline
    least = bytes_of(shown)
    assert plan(tape, [top], least, 80).stored <= least


def test_what_lives_across_several_checkpoints_is_counted_once() -> None:
    """A hundred values made first, and used last: every checkpoint keeps the same hundred."""
    b = Builder()
    t = b.input("x")
    early = [t := b.apply(TABLE["sin"], t) for _ in range(100)]
    for _ in range(2_000):
        t = b.apply(TABLE["cos"], t)
    for k in early:
        t = b.apply(TABLE["add"], t, k)
    by_segments = {choice.segments: choice for choice in halvings(b.tape, [t], last_uses(b.tape, [t]), SIZE)}
    assert by_segments[64].carried[-1] < 300 * SIZE
    assert by_segments[64].cost(63).stored < by_segments[1].cost(0).stored / 5


def test_a_tape_without_steps_is_one_segment() -> None:
    tape = parse(["x"])
    assert trade(tape, nodes(tape)) == [Cost(1, 0, trade(tape, nodes(tape))[0].stored, 0.0)]
    found = vjp(REAL, tape, [3.0], {0: 2.0}, plan(tape, nodes(tape), None))
    assert (found.values, found.adjoints) == ({0: 3.0}, {0: 2.0})


@pytest.mark.parametrize(("count", "text"), [
    (7, "7B"), (960, "960B"), (961, "970B"), (996, "1kB"), (5640, "5.7kB"), (120_000, "120kB"), (120_001, "130kB"),
    (2_900_001, "3MB"), (64_000_000, "64MB"), (3 * 10**9, "3000MB")])  # fmt: skip
def test_a_memory_is_rounded_up_to_two_digits(count: int, text: str) -> None:
    assert in_bytes(count) == text
    assert bytes_of(text) >= count
