"""Last uses and live values, against their definitions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import live_at, share, tapes

from adcli.ops import TABLE
from adcli.parse.program import parse
from adcli.tape.liveness import last_uses, peak
from adcli.tape.tape import Builder, Tape


def nodes(tape: Tape) -> list[int]:
    return [o.node for o in tape.outputs]


@settings(max_examples=share(200))
@given(tapes())
def test_a_last_use_is_the_greatest_user_that_an_output_depends_on(tape: Tape) -> None:
    outputs = nodes(tape)
    reached = tape.reachable(outputs)
    last = last_uses(tape, outputs)
    for k in range(len(tape)):
        users = [u for u in range(len(tape)) if reached[u] and k in tape.arguments(u)]
        assert last[k] == (len(tape) if k in outputs else max(users, default=k))
        assert (last[k] == k) == (not reached[k])


@settings(max_examples=share(200))
@given(tapes(), st.data())
def test_live_values_are_those_made_before_and_used_from_there_on(tape: Tape, data: st.DataObject) -> None:
    last = last_uses(tape, nodes(tape))
    boundaries = sorted(data.draw(st.sets(st.integers(0, len(tape)))))
    for b, live in zip(boundaries, live_at(tape, last, boundaries), strict=True):
        used = {a for k in range(b, len(tape)) if last[k] > k for a in tape.arguments(k)} | set(nodes(tape))
        assert live == [k for k in sorted(used) if k < b and tape.arguments(k)]


@settings(max_examples=share(200))
@given(tapes())
def test_the_peak_is_the_most_that_are_live_after_any_node_with_what_dies_there(tape: Tape) -> None:
    last = last_uses(tape, nodes(tape))
    before = live_at(tape, last, range(len(tape)))
    held = [len(before[k]) + 1 for k, *_ in tape.interior() if last[k] > k]
    assert peak(tape, last) == max(held, default=0)


@pytest.mark.parametrize(
    ("program", "most"),
    [
        ("x", 0),
        ("x + 1", 1),
        ("sin(sin(sin(sin(x))))", 2),
        ("a = sin(x); a*a", 2),
        ("a = sin(x); cos(cos(cos(x)))*a", 3),
        ("[sin(x), cos(x), exp(x), sqrt(x)]", 4),
    ],
)
def test_the_peak_of_small_programs(program: str, most: int) -> None:
    tape = parse([program])
    assert peak(tape, last_uses(tape, nodes(tape))) == most


def test_a_long_chain_holds_two_values() -> None:
    b = Builder()
    t = b.input("x")
    for _ in range(20_000):
        t = b.apply(TABLE["sin"], t)
    last = last_uses(b.tape, [t])
    assert peak(b.tape, last) == 2
    assert [len(live) for live in live_at(b.tape, last, [0, 1, 2, 10_000, t])] == [0, 0, 1, 1, 1]
