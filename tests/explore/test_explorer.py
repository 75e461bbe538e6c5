"""The terminal explorer as Textual's pilot drives it: every key, every prompt, what is asked of the command line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from documents import text_of
from running import TEXTBOOK
from test_walk import walk_of

from adcli.cli.explore_session import Session
from adcli.cli.request import Request
from adcli.report.document import View
from adcli.report.record import Record

pytest.importorskip("textual")

from textual.pilot import Pilot  # noqa: E402
from textual.widgets import Input, Static, TextArea  # noqa: E402

from adcli.explore.app import Explorer, explore  # noqa: E402
from adcli.explore.help import KEYS  # noqa: E402

SNAPSHOTS = Path(__file__).parent / "snapshots"
Drive = Callable[[Any], Awaitable[None]]


def session(*exprs: str, at: str = "", file: str | None = None, **options: Any) -> tuple[Explorer, Session]:
    """An explorer, and the session that serves it."""
    ask = Request(exprs=list(exprs) or None, file=file, at=[at] if at else None, quiet=True)
    found = Session(ask)
    report, record = found.start()
    return Explorer(record, report, View(**options), found), found


def drive(explorer: Explorer, body: Callable[[Pilot[int]], Awaitable[None]], size: tuple[int, int] = (80, 24)) -> None:
    """Run the explorer and do this with it."""

    async def main() -> None:
        async with explorer.run_test(size=size) as pilot:
            await pilot.pause()
            await body(pilot)

    asyncio.run(main())


def shown(explorer: Explorer) -> str:
    """The text on the screen."""
    strips = explorer.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


def message(explorer: Explorer) -> str:
    found = explorer.query_one("#message", Static)
    return str(found.render()) if found.display else ""


def textbook(**options: Any) -> Explorer:
    return session(TEXTBOOK, at="x1=2,x2=5", **options)[0]


# What is seen


SCREENS: dict[str, tuple[tuple[int, int], dict[str, Any], list[str]]] = {
    "start-80": ((80, 24), {}, []),
    "reverse-80": ((80, 24), {}, ["r", "end", "tab"]),
    "forward-120": ((120, 36), {}, ["f", "s", "n", "n", "n"]),
    "reverse-40-ascii": ((40, 20), {"ascii": True}, ["r", "end"]),
    "graph-80": ((80, 24), {}, ["n", "n", "n", "t"]),
    "graph-40": ((40, 20), {}, ["r", "end", "t"]),
    "help-80": ((80, 24), {}, ["question_mark"]),
    "help-40": ((40, 40), {}, ["question_mark"]),
    "find-80": ((80, 24), {}, ["slash", "s", "i", "n"]),
}


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_its_snapshot(name: str) -> None:
    size, options, keys = SCREENS[name]
    explorer = textbook(**options)

    async def body(pilot: Pilot[int]) -> None:
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        found = shown(explorer)
        path = SNAPSHOTS / f"{name}.txt"
        if os.environ.get("ADCLI_SNAPSHOTS") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(found, encoding="utf-8")
        assert found == path.read_text(encoding="utf-8")
        assert not options.get("ascii") or found.isascii()

    drive(explorer, body, size)


def test_there_is_no_screen_of_nothing() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == set(SCREENS)


@pytest.mark.parametrize("size", [(20, 6), (10, 3), (200, 60)])
def test_any_terminal_will_do(size: tuple[int, int]) -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        for key in ("r", "end", "t", "f", "t", "question_mark", "escape", "slash", "escape"):
            await pilot.press(key)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Forward sweep" in shown(explorer)

    drive(explorer, body, size)


# Keys


def test_the_keys_move() -> None:
    explorer = textbook()
    presses: list[tuple[str, tuple[str, str, int]]] = [
        ("n", ("primal", "", 1)), ("space", ("primal", "", 2)), ("right", ("primal", "", 3)),
        ("p", ("primal", "", 2)), ("left", ("primal", "", 1)), ("down", ("primal", "", 2)),
        ("j", ("primal", "", 3)), ("k", ("primal", "", 2)), ("up", ("primal", "", 1)),
        ("G", ("primal", "", 7)), ("g", ("primal", "", 0)), ("end", ("primal", "", 7)), ("home", ("primal", "", 0)),
        ("pagedown", ("primal", "", 7)), ("pageup", ("primal", "", 0)),
        ("r", ("adjoint", "y", 7)), ("up", ("adjoint", "y", 7)), ("down", ("adjoint", "y", 6)),
        ("f", ("tangent", "x1", 1)), ("s", ("tangent", "x2", 1)), ("v", ("primal", "", 1)), ("z", ("primal", "", 1)),
    ]  # fmt: skip

    async def body(pilot: Pilot[int]) -> None:
        for key, place in presses:
            await pilot.press(key)
            assert explorer.walk.place == place, key

    drive(explorer, body)


def test_a_contribution_is_followed_and_come_back_from() -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("r", "end", "tab", "enter")
        assert explorer.walk.node == "v1"
        await pilot.press("enter")
        assert explorer.walk.node == "v4"
        await pilot.press("backspace", "backspace")
        assert (explorer.walk.node, explorer.walk.term) == ("v-1", 1)
        await pilot.press("backspace")
        assert "began" in message(explorer)
        await pilot.press("shift+tab")
        assert message(explorer) == ""
        assert explorer.walk.term == 0

    drive(explorer, body)


def test_every_key_of_the_help_does_something() -> None:
    named = {"PgDn": "pagedown", "PgUp": "pageup", "Tab": "tab", "Shift+Tab": "shift+tab", "Home": "home",
             "End": "end", "Enter": "enter", "Backspace": "backspace", "/": "slash", "?": "question_mark"}  # fmt: skip
    bound = {key for bindings in Explorer.BINDINGS for key in bindings.key.split(",")}
    for keys, _ in KEYS:
        for key in keys.split():
            assert named.get(key, key) in bound, key
    for binding in Explorer.BINDINGS:
        assert hasattr(Explorer, f"action_{binding.action.partition('(')[0]}"), binding.action


def test_the_mouse_chooses_a_row() -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await pilot.click("#table", offset=(4, 5))
        assert explorer.walk.node == "v3"
        await pilot.click("#table", offset=(4, 0))
        await pilot.click("#step", offset=(4, 1))
        assert explorer.walk.node == "v3"

    drive(explorer, body)


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130), ("ctrl+q", 0)])
def test_it_is_left(key: str, code: int) -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press(key)

    drive(explorer, body)
    assert (explorer.return_value or 0) == code


# What is asked


async def typed(pilot: Pilot[int], key: str, text: str, enter: bool = True) -> None:
    """Press a key that asks something, and answer."""
    await pilot.press(key)
    pilot.app.query_one("#line", Input).value = text
    if enter:
        await pilot.press("enter")
    await pilot.pause()


def test_the_search_says_what_it_found() -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("slash", "s", "i", "n", "enter")
        await pilot.pause()
        assert explorer.walk.node == "v3"
        assert message(explorer) == "sin: 1 of 1"
        await typed(pilot, "slash", "q")
        assert message(explorer) == "nothing here is called, made of or equal to q"
        await typed(pilot, "slash", "v4")
        await typed(pilot, "slash", "")  # the next of them
        assert (explorer.walk.node, message(explorer)) == ("v5", "v4: 2 of 2")
        await pilot.press("slash", "x", "escape", "n")
        assert explorer.walk.node == "y"

    drive(explorer, body)


def test_another_point() -> None:
    explorer, served = session(TEXTBOOK, at="x1=2,x2=5")

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("r", "end", "a")
        assert explorer.query_one("#line", Input).value == "x1=2,x2=5"
        await typed(pilot, "escape", "", enter=False)
        await typed(pilot, "a", "x1=4,x2=pi")
        assert explorer.walk.node == "v-1"
        assert explorer.walk.sweep == "adjoint"
        assert explorer.walk.record.at == {"x1": 4, "x2": pytest.approx(3.141592653589793)}
        await typed(pilot, "a", "x1=4,x9=2")
        assert "x9" in message(explorer)
        assert explorer.asked == "point"
        await pilot.press("escape")
        assert message(explorer) == ""
        assert served.at["x1"] == 4

    drive(explorer, body)


def test_another_expression() -> None:
    explorer, served = session(TEXTBOOK, at="x1=2,x2=5")

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "e", "x1^2*")
        assert "^" in message(explorer)
        await typed(pilot, "escape", "", enter=False)
        await typed(pilot, "e", "x1^2")
        assert explorer.walk.record.at == {"x1": 2}
        await typed(pilot, "e", "x1^2*z")  # a variable without a value: the point is asked
        assert explorer.asked == "point"
        assert explorer.query_one("#line", Input).value == "x1=2,z="
        assert "z" in message(explorer)
        await pilot.press("3", "enter")
        await pilot.pause()
        assert explorer.walk.record.at == {"x1": 2, "z": 3}
        assert (served.texts, served.at) == (["x1^2*z"], {"x1": 2, "z": 3})

    drive(explorer, body)


def test_a_program_of_several_lines_is_edited_in_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "p.ad"
    path.write_text("a = x^2\ny = a*sin(x)\n")
    explorer, served = session(file=str(path), at="x=1")

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("e")
        editor = explorer.query_one("#editor", TextArea)
        editor.text = "a = x^3\ny = a+"
        await pilot.press("ctrl+s")
        assert "y = a+" in message(explorer)
        editor.text = "a = x^3\ny = a+1"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert not explorer.query("#editor")
        assert explorer.walk.record.program == "a = x^3\ny = a+1"
        await pilot.press("e", "escape")
        assert not explorer.query("#editor")

    drive(explorer, body)
    assert served.texts == ["a = x^3\ny = a+1"]


def test_several_expressions_stay_several() -> None:
    explorer, served = session("x*y", "x+y", at="x=2,y=3")

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "a", "x=1,y=1")
        assert served.texts == ["x*y", "x+y"]
        await pilot.press("e")
        explorer.query_one("#editor", TextArea).text = "x*y*2\nx+y"
        await pilot.press("ctrl+s")
        assert [o.name for o in explorer.walk.record.outputs] == ["y1", "y2"]
        assert served.texts == ["x*y*2", "x+y"]

    drive(explorer, body)


def test_the_trace_and_a_step_are_written(tmp_path: Path) -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        for name, text in (
            ("t.html", "<!doctype html>"),
            ("t.json", '{"format": "adcli trace"'),
            ("t.tex", "booktabs"),
        ):
            await typed(pilot, "w", str(tmp_path / name))
            assert message(explorer) == f"{tmp_path / name} is written"
            assert text in (tmp_path / name).read_text(encoding="utf-8")
        await pilot.press("r", "end")
        await typed(pilot, "W", str(tmp_path / "s.txt"))
        assert "v-1 is used by v2 and v1" in (tmp_path / "s.txt").read_text(encoding="utf-8")
        await typed(pilot, "W", str(tmp_path / "s.json"))
        assert '"value": 5.5' in (tmp_path / "s.json").read_text(encoding="utf-8")

    drive(explorer, body)


def test_a_file_is_replaced_when_it_is_said_twice(tmp_path: Path) -> None:
    explorer = textbook()
    path = tmp_path / "t.tsv"
    path.write_text("mine")

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "w", str(path))
        assert (message(explorer), path.read_text()) == (f"{path} exists: Enter again replaces it", "mine")
        await pilot.press("enter")
        await pilot.pause()
        assert path.read_text().startswith("node\t")

    drive(explorer, body)


@pytest.mark.parametrize("name", ["", "t.docx", "t.mtx", "none/t.html"])
def test_what_cannot_be_written_is_said(name: str, tmp_path: Path) -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "w", str(tmp_path / name) if name else "")
        assert message(explorer).startswith("error: ")
        assert explorer.asked == "trace"

    drive(explorer, body)
    assert not list(tmp_path.iterdir())


def test_a_page_needs_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("b")
        assert "there is no browser here" in message(explorer)

    drive(explorer, body)


def test_a_sweep_that_was_not_recorded_is_said() -> None:
    record = walk_of("x^2", "forward", x=3).record
    explorer = Explorer(record, None, View(), Session(Request()))

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("r")
        assert message(explorer) == "this trace has no reverse sweep: adcli trace --mode both has"
        await pilot.press("s")
        assert message(explorer) == "there is no other seed"
        await pilot.press("enter")
        assert message(explorer) == "this step reads no other node"

    drive(explorer, body)


def test_a_bug_is_raised_for_the_command_line_to_tell(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken(Session):
        def recompute(self, text: str, at: str | dict[str, float]) -> Any:
            raise ZeroDivisionError("a bug of ours")

    async def keys(pilot: Pilot[int]) -> None:
        await typed(pilot, "a", "x=2")

    record = walk_of("x^2", x=3).record
    with pytest.raises(ZeroDivisionError, match="a bug of ours"):
        explore(record, None, View(), Broken(Request()), headless=True, auto_pilot=keys)
    assert "Traceback" not in capfd.readouterr().err


def test_a_recorded_trace_is_written_as_it_was_made(tmp_path: Path) -> None:
    record = walk_of(TEXTBOOK, "forward", x1=2, x2=5).record
    explorer = Explorer(record, None, View(), Session(Request()))

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "w", str(tmp_path / "t.json"))
        assert message(explorer).endswith("is written")

    drive(explorer, body)
    assert '"mode": "forward"' in (tmp_path / "t.json").read_text(encoding="utf-8")


def test_a_program_that_was_given_up_is_not_the_last_one() -> None:
    explorer, served = session("x^2", at="x=3")

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "e", "x^2*z")
        assert explorer.asked == "point"
        await pilot.press("escape", "a")
        assert explorer.query_one("#line", Input).value == "x=3"

    drive(explorer, body)
    assert (served.texts, served.at) == (["x^2"], {"x": 3})


def test_a_screen_that_changes_its_size_is_laid_out_anew() -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        for width, height, graph in ((60, 20, False), (100, 30, True), (40, 12, False), (80, 24, True)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert explorer.query_one("#graph").display == graph, width
            assert explorer.query_one("#step").size.height == max(3, min(10, height // 3))

    drive(explorer, body)


def test_what_is_differentiated_stays_when_the_point_changes() -> None:
    ask = Request(exprs=["x1*x2", "x1+x2"], at=["x1=2,x2=5"], wrt=["x2"], of=["y2"], quiet=True)
    served = Session(ask)
    report, record = served.start()
    explorer = Explorer(record, report, View(), served)

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "a", "x1=3,x2=4")
        assert (explorer.walk.record.seeds, explorer.walk.record.coseeds) == (["x2"], ["y2"])

    drive(explorer, body)


def test_a_program_of_very_many_outputs_shows_one_mode() -> None:
    explorer, _ = session("x", at="x=2")

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "e", "[sin(i*x) for i in 1..200]")
        assert explorer.walk.record.mode == "forward"

    drive(explorer, body)


def test_strict_holds_for_every_point() -> None:
    ask = Request(exprs=["abs(x)"], at=["x=1"], strict=True, quiet=True)
    served = Session(ask)
    report, record = served.start()
    explorer = Explorer(record, report, View(), served)

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "a", "x=0")
        assert "abs" in message(explorer)
        assert explorer.walk.record.at == {"x": 1}

    drive(explorer, body)


def test_a_program_without_variables_has_an_empty_point() -> None:
    explorer, _ = session("3")

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "a", "")
        assert message(explorer) == ""

    drive(explorer, body)


def test_the_help_scrolls_and_the_walk_stays() -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await pilot.press("question_mark", "end")
        await pilot.pause()
        assert "these keys; quit" in shown(explorer)
        assert explorer.walk.index == 0
        await pilot.press("escape", "n")
        assert explorer.walk.index == 1

    drive(explorer, body, (40, 20))


@pytest.mark.parametrize("name", ["~nosuch/t.html", "x" * 300 + ".html", "a\ud800.html", "none/t.html"])
def test_a_name_that_is_none_of_a_file_is_said(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "w", name)
        assert message(explorer).startswith("error: ")

    drive(explorer, body)


@pytest.mark.parametrize("numbering", ["level", "source"])
def test_a_record_is_made_again_with_its_names_and_outputs(numbering: str, tmp_path: Path) -> None:
    ask = Request(exprs=["a=x^2", "a2=x+1", "sin(x)*a2"], at=["x=2"], wrt=None, quiet=True)
    report, _ = Session(ask, "reverse", numbering).start()
    path = tmp_path / "t.json"
    path.write_text(text_of(report, "json"))
    served = Session(Request(exprs=[str(path)]))
    _, record = served.start()
    made = served.again(record)
    assert [made.trace.names[k] for k in made.trace.nodes] == record.names
    assert made.data() == report.data()
    assert served.texts == ["a=x^2", "a2=x+1", "sin(x)*a2"]


def test_what_a_terminal_would_obey_is_not_sent_to_it() -> None:
    explorer, _ = session("x^2 # \x1b]0;PWNED\x07", at="x=1")

    async def body(pilot: Pilot[int]) -> None:
        for key in ("n", "r", "e"):
            await pilot.press(key)
            assert not {"\x1b", "\x07"} & set(shown(explorer))
        assert explorer.query_one("#line", Input).value == "x^2 # \\u001b]0;PWNED\\u0007"

    drive(explorer, body)


SPOILT = {
    "an op that is no op": (2, "op", "v-1"),
    "too few arguments": (4, "args", []),
    "another formula": (4, "formula", "v99*2"),
    "a formula of very many nodes": (4, "formula", "sum(sum(v0*i for i in 1..2000) for j in 1..2000)"),
    "a contribution of nobody": (1, "contributions", {"y": [{"from": "", "adjoint": 1, "partial": 1, "term": 1}]}),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_record_is_walked_through(name: str) -> None:
    k, key, value = SPOILT[name]
    data = session(TEXTBOOK, at="x1=2,x2=5")[0].whole().data()
    data["nodes"][k][key] = value
    explorer = Explorer(Record(data), None, View(), Session(Request()))

    async def body(pilot: Pilot[int]) -> None:
        for keys in ("v", "f", "r"):
            await pilot.press(keys, "g", *["n", "enter", "backspace", "tab"] * 3)
        assert "quit" in shown(explorer)

    drive(explorer, body)


def test_a_device_is_no_point() -> None:
    explorer = textbook()

    async def body(pilot: Pilot[int]) -> None:
        await typed(pilot, "a", "@/dev/stdin")
        assert "is no file" in message(explorer)

    drive(explorer, body)
