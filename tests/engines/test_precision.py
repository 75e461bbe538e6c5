"""Second derivatives where the usual rules lose their digits, and zeros among mixed partials."""

from __future__ import annotations

import math

import pytest

from adcli.errors import ProblemError
from adcli.function import Function

CANCELLING = [  # the usual rules lose all digits here: 1/v - x*x/v^3, and v*(1 - v)*(1 - 2*v)
    ("hypot(x, 1)", 1e8, "1e-24"), ("hypot(x, 1)", 1e4, "9.9999998500000018749999781250002460937472929687647e-13"),
    ("hypot(1, x)", 1e8, "1e-24"), ("sigmoid(x)", 1e-8, "-1.25e-9"), ("sigmoid(x)", 1e-100, "-1.25e-101"),
    ("softplus(x)", 0.0, "0.25"), ("softplus(x)", 800.0, "3.66e-348"), ("tanh(x)", 1e-9, "-2e-9"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "x", "second"), CANCELLING, ids=[f"{row[0]} at {row[1]}" for row in CANCELLING])
def test_second_derivatives_keep_their_digits(program: str, x: float, second: str) -> None:
    found = Function(program).hessian({"x": x}).hessian[0][0]
    assert found == pytest.approx(float(second), rel=1e-14, abs=0)
    assert Function(program).taylor({"x": x}, 2).coefficients[0][2] == pytest.approx(
        float(second) / 2, rel=1e-14, abs=0
    )


NOTHING = [  # 0 times what is infinite is 0 in the gradient, and so among the partials up to any order
    ("min(x, y)^0.5", {"x": 1, "y": 0}), ("(x*y)^1.5", {"x": 2, "y": 0}), ("sqrt(x^2*y)", {"x": 0, "y": 1}),
    ("sqrt((x - y)^2)", {"x": 1, "y": 1}), ("cbrt(x - y)", {"x": 1, "y": 1}),
    ("sqrt(clamp(x, 0, y))", {"x": 2, "y": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("program", "at"), NOTHING, ids=[row[0] for row in NOTHING])
def test_zero_is_absolute_among_mixed_partials(program: str, at: dict[str, float]) -> None:
    f = Function(program)
    found = f.mixed(at, 2)
    mixed = dict(zip(found.indices, found.derivatives[0], strict=True))
    assert [mixed[1, 0], mixed[0, 1]] == f.grad(at).gradient
    assert not any(math.isnan(x) for x in (mixed[1, 0], mixed[0, 1]))


def test_mixed_partials_are_for_a_few_variables() -> None:
    f = Function("sum(x[i]^2 for i in 1..61)")
    with pytest.raises(ProblemError) as caught:
        f.mixed({"x": [1.0] * 61}, 1)
    assert caught.value.problem.kind == "limit"
    assert "60 variables" in caught.value.problem.headline
    assert f.mixed({"x": [1.0] * 61}, 1, wrt=[f"x[{i}]" for i in range(1, 61)]).derivatives[0][:3] == [61, 2, 2]
