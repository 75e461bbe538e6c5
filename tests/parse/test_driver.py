"""The quick parser runs Lark's tables as Lark does: the same code for every text, or both refuse it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.exceptions import UnexpectedInput
from running import SAMPLES
from support import share

from adcli.parse import grammar
from adcli.parse.code import Block, Statement
from adcli.parse.driver import Driver, Stuck
from adcli.parse.program import parse

PIECES = [
    "x", "y1", "x_2", "12", ".5", "1e-3", "1.", "1..n", "..", "+", "-", "*", "**", "^", "/", "(", ")", "[", "]", ",",
    ";", "\n", "=", "==", "<", "<=", "!=", "≤", "·", "²", "⁻¹", "π", "and", "or", "not", "for", "in", "forx", "android",
    " ", "\t", "f(t) =", "sin(", "sum(", "if(", "i in 1..3", "# c\n", "%", "é", "x[", "=(", ")=",
]  # fmt: skip


def plain(x: Any) -> Any:
    """Code as nested lists that can be compared; a block has no equality of its own."""
    if isinstance(x, Block):
        return [list(x.kinds), plain(x.payloads), list(x.starts), list(x.ends)]
    if isinstance(x, Statement):
        return [type(x).__name__, *map(plain, x)]
    if isinstance(x, (list, tuple)):
        return [plain(item) for item in x]
    return str(x) if isinstance(x, str) else x


def quick(text: str, start: str) -> Any:
    """The code by the driver; None where it refuses."""
    emit = grammar.emitter()
    emit.reset(0)
    driver = grammar.driver()
    assert driver is not None
    try:
        driver.parse(grammar.blanked(text), start)
    except Stuck:
        return None
    return plain(emit.statements)


def slow(text: str, start: str) -> Any:
    """The same by Lark."""
    emit = grammar.emitter()
    emit.reset(0)
    try:
        grammar.parser().parse(grammar.blanked(text), start=start)
    except UnexpectedInput:
        return None
    return plain(emit.statements)


@pytest.fixture(scope="module", autouse=True)
def tables() -> None:
    """Lark makes the tables, where no test has done so before."""
    grammar.parser()
    grammar.driver.cache_clear()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_give_the_same_code(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert quick(text, "program") == slow(text, "program") is not None


@pytest.mark.parametrize("path", sorted((SAMPLES[0].parent / "errors").glob("*.ad")), ids=lambda path: path.stem)
def test_broken_samples_are_refused_by_both_or_none(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert quick(text, "program") == slow(text, "program")


@pytest.mark.parametrize("text", ["x1=2,x2=pi/4", "x=[1,2,3]", "A=[[1,2],[3,4]]", "x[2]=5", "x=", "x=1,", "x=1;y=2"])
def test_points_give_the_same_code(text: str) -> None:
    assert quick(text, "point") == slow(text, "point")


@settings(max_examples=share(400), deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.sampled_from(grammar.STARTS))
def test_any_text_gives_the_same_code_or_is_refused_by_both(text: str, start: str) -> None:
    assert quick(text, start) == slow(text, start)


def test_a_difference_would_be_noticed() -> None:
    assert quick("x+y", "program") != slow("x-y", "program")
    assert quick("x +* y", "program") is None


@pytest.mark.parametrize("damage", ["states", "tokens", "start_states", "end_states"])
def test_tables_without_a_part_are_no_tables(damage: str) -> None:
    path = grammar.kept()
    assert path is not None
    data, memo = grammar.load(path) or ({}, {})
    del data["parser"]["parser"][damage]
    with pytest.raises(grammar.DAMAGED):
        Driver(data, memo, grammar.emitter())


def test_without_tables_lark_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "driver", lambda: None)
    assert len(parse(["ln(x1) + x1*x2"])) == 5


def test_the_version_of_lark_is_read_without_loading_it() -> None:
    import lark

    assert grammar.lark_version() == lark.__version__
