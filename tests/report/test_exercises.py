"""Random exercises: fit to be worked out by hand, at every level, and the same for the same seed."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from support import share

from adcli.function import Function
from adcli.report.exercises import LEVELS, LONGEST
from adcli.report.exercises import exercise as new
from adcli.trace import Trace

SEEDS = range(share(200))
exercise = cache(new)


def made(level: int, seed: int) -> tuple[Function, Trace]:
    one = exercise(level, seed)
    function = Function(one.text)
    return function, function.trace(one.at)


@pytest.mark.parametrize("level", LEVELS)
def test_exercises_are_fit_to_be_worked_out(level: int) -> None:
    for seed in SEEDS:
        one = exercise(level, seed)
        function, trace = made(level, seed)
        about = f"level {level}, seed {seed}: {one.text} at {one.at}"
        assert trace.result.notes == [], about
        assert list(one.at) == function.variables, about
        assert len(one.text) <= LONGEST, about
        assert all(x * 2 == int(x * 2) and abs(x) <= 5 for x in one.at.values()), about
        inner = [k for k in trace.nodes if trace.tape.first[k] >= 0]
        values = [trace.linear.values[k] for k in trace.nodes]
        assert all(0.01 < abs(x) < 100 for x in values), about
        assert len({round(x, 9) for x in values}) == len(values), about
        assert any(trace.linear.values[k] not in (0, 1, -1) for k in inner), about
        for output in trace.outputs:
            adjoints = [x for x in trace.adjoints(output.name) if x is not None]
            assert all(x != 0 and abs(x) < 1000 for x in adjoints), about
            assert any(abs(x) != 1 for x in adjoints), about


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_what_it_says(level: int) -> None:
    of = LEVELS[level]
    for seed in SEEDS:
        function, trace = made(level, seed)
        inner = [k for k in trace.nodes if trace.tape.first[k] >= 0]
        calls = [k for k in inner if trace.tape.rows[k].label not in "+-*/"]
        users = [a for k in inner for a in set(trace.tape.arguments(k))]
        assert len(function.variables) == of.variables
        assert len(function.outputs) == of.outputs
        assert (level == 1) == (not calls)
        if level > 2:
            assert any(trace.tape.first[trace.tape.first[k]] >= 0 for k in calls), seed
        if level > 3:
            assert any(users.count(k) > 1 for k in inner), seed
    assert [LEVELS[n].nodes for n in LEVELS] == sorted(LEVELS[n].nodes for n in LEVELS)


@pytest.mark.parametrize(("level", "different"), [(1, 10), (2, 0.75), (3, 0.95), (4, 0.97), (5, 0.99)])
def test_another_seed_is_mostly_another_exercise(level: int, different: float) -> None:
    assert len({exercise(level, seed).text for seed in SEEDS}) >= different * (1 if level == 1 else len(SEEDS))


# What a teacher has printed must stay what the seed means.
PRINTED = {
    (1, 7): ("x*(2*x)", {"x": 3.0}),
    (2, 7): ("sin(5*cos(x))", {"x": 0.5}),
    (3, 7): ("sqrt(x1) + 4*sqrt(x2*x1)", {"x1": 2.5, "x2": 2.0}),
    (4, 7): ("a = x1^3*x2; ln(a)*cos(sin(a))", {"x1": 3.0, "x2": 0.5}),
    (5, 7): ("a = x1/x2; [sin(a)*(4*(a*x1)), x3*a - atan(x3)]", {"x1": 2.5, "x2": 0.5, "x3": 2.0}),
}


@pytest.mark.parametrize(("level", "seed"), PRINTED)
def test_a_seed_is_the_same_exercise_for_ever(level: int, seed: int) -> None:
    one = exercise(level, seed)
    assert (one.text, one.at) == PRINTED[level, seed]


def test_the_hash_seed_does_not_matter() -> None:
    code = "from adcli.report.exercises import exercise; print([exercise(5, i) for i in range(5)])"
    found = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                       capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def test_only_what_is_stable_of_the_generator_is_used() -> None:
    import adcli.report.exercises as module

    source = Path(module.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r"self\.source\.(\w+)", source)) == {"random"}
