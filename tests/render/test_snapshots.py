"""One snapshot per format and document, byte for byte. ADCLI_SNAPSHOTS=1 writes them anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import DOCUMENTS, TEXTUAL, formats_of, made

from adcli.render import load
from adcli.report.document import View
from adcli.report.trace import TraceReport

FOLDER = Path(__file__).parent / "snapshots"
PINNED: dict[str, Any] = {"width": 80}


# Formats for people on other terminals
VIEWS: dict[str, dict[str, Any]] = {
    "120": {"width": 120},
    "ascii": {"width": 80, "ascii": True},
    "color": {"width": 80, "color": True},
    "digits": {"width": 80, "digits": 3},
}
VIEWED = ["trace-textbook", "trace-kinks", "hessian-rosenbrock", "taylor-robot_arm", "mixed-exp_2", "sparse-large",
          "sparse_hessian-rosenbrock", "modes-broyden", "second-griewank", "seeds-lorenz"]  # fmt: skip


def file_of(name: str, document: str) -> str:
    return f"{name}/{document}{(*load(name).SUFFIXES, '.txt')[0]}"


def is_page(name: str, document: str) -> bool:
    """Whether it is the page of a trace: most of it is script, which is driven in a browser instead."""
    return name == "html" and isinstance(made(document), TraceReport)


CASES = [
    (file_of(name, document), document, name, PINNED)
    for document in DOCUMENTS for name in formats_of(made(document))
    if not is_page(name, document)
]  # fmt: skip
CASES += [
    (file_of(name, f"{document}-{view}"), document, name, VIEWS[view])
    for document in VIEWED for name in formats_of(made(document))
    if not load(name).PLAIN and name not in ("svg", "html")
    for view in VIEWS
]  # fmt: skip


@pytest.fixture(autouse=True)
def plain_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs are laid out as they are without the extra, so that snapshots hold with and without it."""
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)


def rendered(document: str, name: str, view: dict[str, Any]) -> str:
    return "".join(load(name).render(made(document), View(**view)))


@pytest.mark.parametrize(("file", "document", "name", "view"), CASES, ids=[case[0] for case in CASES])
def test_a_document_is_written_as_its_snapshot(file: str, document: str, name: str, view: dict[str, Any]) -> None:
    text = rendered(document, name, view)
    path = FOLDER / file
    if os.environ.get("ADCLI_SNAPSHOTS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert path.is_file(), "no snapshot yet: look at what ADCLI_SNAPSHOTS=1 writes"
    assert text.encode() == path.read_bytes()


def test_there_is_no_snapshot_of_nothing() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert found == {case[0] for case in CASES}


@pytest.mark.parametrize("name", TEXTUAL)
def test_the_same_document_is_written_the_same_twice(name: str) -> None:
    """Nothing is used up by writing it, and nothing random is in it."""
    for document in (
        "trace-textbook",
        "graph_both-kinks",
        "jacobian-textbook",
        "sparse_hessian-rosenbrock",
        "modes-textbook",
    ):
        if name in formats_of(made(document)):
            assert rendered(document, name, PINNED) == rendered(document, name, PINNED)


@pytest.mark.parametrize("name", [name for name in TEXTUAL if load(name).PLAIN])
def test_the_formats_for_machines_do_not_look_at_the_view(name: str) -> None:
    one, other = ({"width": 20, "color": True, "digits": 1}, {"width": 200, "whole": True})
    for document in (
        "trace-kinks",
        "graph_both-kinks",
        "jacobian-robot_arm",
        "trace-long",
        "sparse-large",
        "second-griewank",
    ):
        if name in formats_of(made(document)):
            assert rendered(document, name, one) == rendered(document, name, other)
