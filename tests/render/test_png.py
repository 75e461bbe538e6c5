"""Pictures of pixels: what they are, what they are refused for, and that they show what the SVG shows."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from documents import BINARY, made
from running import here
from test_hostile import CONTROL, TEXTS, Fixture

from adcli.errors import ProblemError
from adcli.function import Function
from adcli.render import load
from adcli.report.document import Document, View
from adcli.report.graph import GraphReport

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(document: Document) -> bytes:
    pytest.importorskip("resvg_py")
    (piece,) = load("png").render(document, View())
    assert isinstance(piece, bytes)
    return piece


def size(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_these_are_the_formats_of_bytes() -> None:
    assert {"png"} == BINARY


@pytest.mark.parametrize("document", ["trace-textbook", "graph_both-textbook", "graph_both-kinks", "grad-textbook"])
def test_a_picture_is_png_of_twice_the_size(document: str) -> None:
    picture = png(made(document))
    assert picture.startswith(SIGNATURE)
    assert picture.endswith(b"IEND\xaeB`\x82")
    svg = "".join(load("svg").render(made(document), View()))
    width, height = (float(svg.partition(f' {side}="')[2].partition('"')[0]) for side in ("width", "height"))
    assert size(picture) == pytest.approx((2 * width, 2 * height), abs=2)
    assert len(picture) > 5_000  # text was drawn, too


@pytest.mark.parametrize("text", [*TEXTS[::6], *CONTROL[::3], "\ud800"], ids=ascii)
def test_hostile_text_is_drawn(text: str) -> None:
    assert png(Fixture(text)).startswith(SIGNATURE)


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ProblemError) as raised:
        list(load("png").render(made("grad-textbook"), View()))
    assert 'pip install "adcli[png]"' in (raised.value.problem.hint or "")


def test_the_command_writes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("resvg_py")
    path = tmp_path / "graph.png"
    assert here(capsys, f"graph x^2 --at x=3 --mode both -o {path}") == (0, "", "")
    assert path.read_bytes().startswith(SIGNATURE)


def test_what_is_too_large_is_refused() -> None:
    pytest.importorskip("resvg_py")
    trace = Function("\n".join(["a0 = x", *(f"a{i + 1} = sin(a{i})" for i in range(800))])).trace({"x": 1})
    with pytest.raises(ProblemError) as raised:
        list(load("png").render(GraphReport(trace), View()))
    assert "too large" in raised.value.problem.headline
    assert "--around" in (raised.value.problem.hint or "")
