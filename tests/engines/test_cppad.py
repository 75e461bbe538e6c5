"""The worked introduction of CppAD, exp_2 and exp_eps: forward orders 0 to 2, reverse orders 1 and 2, row by row.

The numbers are those that its files check (coin-or/CppAD, introduction/exp_2_for0.cpp, exp_2_for1.cpp, exp_2_for2.cpp,
exp_2_rev1.cpp, exp_2_rev2.cpp, and the same for exp_eps), at x = 0.5 and epsilon = 0.2. They are derivatives:
v(t) = v0 + v1*t + v2*t^2/2. A reverse sweep of second order gives the partials of the last v1 in every v0 and v1.
"""

from __future__ import annotations

import math

import pytest

from adcli.engines.taylor import taylor
from adcli.function import Function
from adcli.numbers.dual import Dual
from adcli.numbers.real import REAL

# Per variable: v0, v1, v2 (forward 0, 1, 2), reverse 1, reverse 2 in v0 and in v1.
EXP_2 = "v2 = 1 + x; v3 = x*x; v4 = v3/2; v5 = v2 + v4; v5"
EXP_2_TABLE = {
    "x": (0.5, 1, 0, 1.5, 1, 1.5),
    "v2": (1.5, 1, 0, 1, 0, 1),
    "v3": (0.25, 1, 2, 0.5, 0, 0.5),
    "v4": (0.125, 0.5, 1, 1, 0, 1),
    "v5": (1.625, 1.5, 1, 1, 0, 1),
}
# Its loop goes on while the term is larger than epsilon: at this point, through two terms.
EXP_EPS = "v2 = 1*x; v3 = v2/1; v4 = 1 + v3; v5 = v3*x; v6 = v5/2; v7 = v4 + v6; if(v3 > epsilon, v7, v4)"
EXP_EPS_TABLE = {
    "x": (0.5, 1, 0, 1.5, 1, 1.5),
    "v2": (0.5, 1, 0, 1.25, 0.5, 1.25),
    "v3": (0.5, 1, 0, 1.25, 0.5, 1.25),
    "v4": (1.5, 1, 0, 1, 0, 1),
    "v5": (0.25, 1, 2, 0.5, 0, 0.5),
    "v6": (0.125, 0.5, 1, 1, 0, 1),
    "v7": (1.625, 1.5, 1, 1, 0, 1),
}
PUBLISHED = [
    pytest.param(EXP_2, {"x": 0.5}, EXP_2_TABLE, id="exp_2"),
    pytest.param(EXP_EPS, {"x": 0.5, "epsilon": 0.2}, EXP_EPS_TABLE, id="exp_eps"),
]
Table = dict[str, tuple[float, ...]]


def named(f: Function) -> dict[str, int]:
    """The node of every name in the program."""
    return {name: k for k, name in f.tape.names.items()} | dict(zip(f.variables, f.tape.inputs, strict=True))


@pytest.mark.parametrize(("program", "at", "table"), PUBLISHED)
def test_forward_orders_0_to_2_are_cppads(program: str, at: dict[str, float], table: Table) -> None:
    f = Function(program)
    _, series = taylor(REAL, f.tape, list(at.values()), [o.node for o in f.tape.outputs], {f.tape.inputs[0]: 1.0}, 2)
    place = named(f)
    for name, row in table.items():
        found = [math.factorial(k) * series[place[name]].coefficient(k) for k in range(3)]
        assert tuple(found) == row[:3], name
    assert f.taylor(at, 2, {"x": 1}).derivatives == [[1.625, 1.5, 1.0]]


@pytest.mark.parametrize(("program", "at", "table"), PUBLISHED)
def test_reverse_orders_1_and_2_are_cppads(program: str, at: dict[str, float], table: Table) -> None:
    f = Function(program)
    trace = f.trace(at, second="x")
    (output,) = f.outputs
    first, second = trace.adjoints(output), trace.second_adjoints(output)
    place = named(f)
    for name, (*_, reverse1, reverse2_in_v0, reverse2_in_v1) in table.items():
        k = place[name]
        both = (second[k].tangent, second[k].primal) if isinstance(second[k], Dual) else (0.0, second[k])
        assert (first[k], both) == (reverse1, (reverse2_in_v0, reverse2_in_v1)), name
    assert f.hessian(at).hessian[0][0] == 1
    assert all(x == 0 for x in f.hessian(at).hessian[-1][1:])


def test_the_adjoints_of_cppad_grow_term_by_term() -> None:
    """exp_eps_rev1.cpp: v1 has 0.25 from v5, then 1.25 from v2; v3 has 0.25 from v5, then 1 from v4."""
    f = Function(EXP_EPS)
    place = named(f)
    trace = f.trace({"x": 0.5, "epsilon": 0.2}, second="x")
    terms, second = trace.contributions(f.outputs[0]), trace.second_terms(f.outputs[0])
    assert [t.term for t in terms[place["x"]]] == [0.25, 1.25]
    assert [t.term for t in terms[place["v3"]]] == [0.25, 1.0]
    # exp_eps_rev2.cpp: f_v0[1] and f_v0[3] begin with 0.5 = f_v1[5]*v1[3] = f_v1[5]*v1[1]
    for name, total in (("x", 1.0), ("v3", 0.5)):
        assert 0.5 in [t.term for t in second[place[name]] if t.curved and t.user == place["v5"]]
        assert sum(t.term for t in second[place[name]]) == total
