"""Derivatives that are lost below the range: told where they are, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from adcli import Function


def kinds(text: str, at: dict[str, float]) -> list[tuple[str, str]]:
    return [(note.kind, note.message) for note in Function(text).jacobian(at).notes]


LOST: list[tuple[str, dict[str, float], str, str]] = [
    ("1/(1 + exp(x))", {"x": 400}, "v3 = 1/5.221469689764144e173", "1e-174"),
    ("1/x^x", {"x": 123.456}, "v2 = 1/1.6208034937136549e258", "1e-258"),
    ("e/x^150", {"x": -92.5}, "v2 = 2.718281828459045/8.341802645069079e294", "1e-295"),
    ("exp(x)^-1", {"x": 400}, "v2 = 5.221469689764144e173^(-1)", "1e-174"),
]


@pytest.mark.parametrize(("text", "at", "node", "size"), LOST, ids=[row[0] for row in LOST])
def test_a_partial_below_the_range_is_told(text: str, at: dict[str, float], node: str, size: str) -> None:
    message = f"{node}: below the range of binary64 its part in a derivative of about {size} is taken for 0"
    f = Function(text)
    assert kinds(text, at) == [("underflow", message)]
    assert [note.message for note in f.jvp(at, {"x": 1}).notes] == [message]
    assert [note.message for note in f.vjp(at, {"y": 1}).notes] == [message]
    assert [note.message for note in f.trace(at).result.notes] == [message]
    assert f.jacobian(at).jacobian == [[0.0]]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x - x", {"x": 3}),  # cancels
        ("x^2", {"x": 0}),
        ("0*sin(x)", {"x": 1}),
        ("relu(x) + max(x, y)", {"x": -1, "y": 3}),
        ("exp(-x^2)", {"x": 40}),  # below the range itself
        ("exp(-x)*exp(-y)", {"x": 400, "y": 400}),
        ("1/x", {"x": 1e200}),
        ("1/(1 + exp(x)) + x", {"x": 400}),  # what is lost is nothing beside 1
        ("[1/(1 + exp(x)), x]", {"x": 800}),
    ],
)
def test_a_derivative_that_is_0_is_no_loss(text: str, at: dict[str, float]) -> None:
    assert not [kind for kind, _ in kinds(text, at) if kind == "underflow"]


def test_a_loss_is_a_problem_for_strict(capsys: Any) -> None:
    from running import here

    ran = here(capsys, 'grad "1/(1 + exp(x))" --at x=400 --strict')
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: v3 = 1/5.221469689764144e173: below the range")
