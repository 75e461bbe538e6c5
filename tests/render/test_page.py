"""The page of a trace as a file: whole, small, closed to the network, and with nothing of a user's as mark-up."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from documents import DOCUMENTS, made, text_of
from running import SAMPLES

from adcli.function import Function
from adcli.render import html
from adcli.report.document import View
from adcli.report.page import page
from adcli.report.templates import Templates, pattern
from adcli.report.trace import TraceReport

WITHOUT_DATA = 300_000  # bytes


def written(text: str, at: Mapping[str, float]) -> str:
    return text_of(TraceReport(Function(text).trace(at)), "html")


class Reader(HTMLParser):
    """The elements of a page, and the text of each kind."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts.setdefault(self.inside[-1], []).append(data)


def source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES])
def test_a_page_is_closed_to_the_network_and_its_parts_have_the_hashes_it_names(sample: str) -> None:
    read = Reader(text_of(made(f"trace-{sample}"), "html"))
    (policy,) = (a["content"] for t, a in read.tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    (style,) = read.texts["style"]
    data, script = read.texts["script"]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src {source(style)};" in policy
    assert policy.endswith(f"script-src {source(script)}")
    assert not [a for _, a in read.tags if {"src", "srcset", "style", "onclick"} & set(a)]
    assert all((a.get("href") or "#").startswith("#") for _, a in read.tags)
    assert "innerHTML" not in script
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|\beval\(|new Function", script)
    assert json.loads(data)["program"] == made(f"trace-{sample}").data()["program"]


@pytest.mark.parametrize("extra", [True, False], ids=["fast-sugiyama", "plain layout"])
def test_a_page_is_small(extra: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if extra:
        pytest.importorskip("fast_sugiyama")
    else:
        monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    text = text_of(made("trace-textbook"), "html")
    assert len(text.encode()) < WITHOUT_DATA
    several = page(Function("sum(sin(i*x)*y for i in 1..250)").trace({"x": 1, "y": 2}, "reverse"), View())
    assert len(json.dumps(several.data)) < 120_000


HOSTILE = ["x # </script><script>alert(1)</script>", "x # <!--<script>", "x # \u2028 & <b>", "x # \x00\x1b[31m"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_of_a_user_is_data(text: str) -> None:
    if "\x00" in text:
        text = text.replace("\x00", "")
    found = written(text, {"x": 2})
    read = Reader(found)
    assert [t for t, _ in read.tags].count("script") == 2
    assert json.loads(read.texts["script"][0])["program"] == text
    assert found.isascii()


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if not isinstance(made(name), TraceReport)])
def test_other_documents_are_plain_tables(name: str) -> None:
    read = Reader(text_of(made(name), "html"))
    assert "script" not in read.texts
    assert {"h1", "table", "p"} & {t for t, _ in read.tags}


def test_a_rule_with_a_choice_has_a_rule_for_each_branch() -> None:
    tape = Function("max(x, y)").tape
    k = tape.outputs[0].node
    templates = Templates()
    found: list[list[str]] = []

    def leaves(tree: Any) -> None:
        if isinstance(tree[0], str):
            found.append(tree)
            return
        assert list(templates.conditions)[tree[0]].startswith("(a, b, c, v) => a ")
        leaves(tree[1])
        leaves(tree[2])

    leaves(templates.rules(tape.rows[k], pattern(tape, k))[0])
    assert sorted({tuple(leaf) for leaf in found}) == [("0", "0"), ("0.5", "{w}*0.5"), ("1", "{w}")]


def test_a_digest_is_that_of_its_text() -> None:
    assert html.digest("x") == source("x")
