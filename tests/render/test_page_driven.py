"""The page of a trace in a real browser without a network: every control, every sample, and the numbers of Python."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from documents import text_of
from javascript import chromium
from running import SAMPLES, TEXTBOOK
from sampled import function, sample

from adcli.function import Function
from adcli.report.number import display
from adcli.report.trace import TraceReport

POINT = {"x1": 2.0, "x2": 5.0}
READ = """() => {
    const { T } = app, spell = (x) => Number.isFinite(x) ? x : String(x);
    return JSON.stringify({
        names: [...T.order].map((k) => T.name[k]), values: [...T.order].map((k) => spell(T.values[k])),
        tangents: T.seeds.map((i) => [...T.order].map((k) => spell(T.tangents(i)[k]))),
        adjoints: T.outputs.map((_, j) => [...T.order].map((k) => spell(T.adjoints(j)[k]))),
        active: [...T.order].map((k) => T.active[k]),
        notes: T.notes.map((note) => note.message),
    });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A context without a network; a request, an error or a word on the console fails the test."""
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    wrong: list[str] = []

    def refuse(route: Any) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            wrong.append(f"request {route.request.url}")
            route.abort()

    made.route("**/*", refuse)
    made.on("console", lambda message: wrong.append(f"console {message.text}"))
    made.on("weberror", lambda error: wrong.append(f"error {error.error}"))
    yield made
    made.close()
    assert wrong == []


class Opened:
    """A page of a trace, opened."""

    def __init__(self, context: Any, folder: Path, trace: Any, address: str = ""):
        path = folder / "t.html"
        path.write_text(text_of(TraceReport(trace), "html"), encoding="utf-8")
        self.page = context.new_page()
        self.url = path.as_uri()
        self.page.goto(self.url + address)

    def text(self, selector: str) -> str:
        return normal(" ".join(self.page.locator(selector).first.inner_text().split()))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def count(self, mode: str = "reverse") -> str:
        return self.text(f"#count-{mode}")

    def rows(self, section: str) -> list[list[str]]:
        script = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
        found = self.page.locator(f"#{section} tbody tr").evaluate_all(script)
        return [[normal(cell) for cell in row] for row in found]


def normal(text: str) -> str:
    """Letters with their marks as one character, where there is one: as they are typed here."""
    return unicodedata.normalize("NFC", text)


@pytest.fixture
def textbook(context: Any, tmp_path: Path) -> Opened:
    return Opened(context, tmp_path, Function(TEXTBOOK).trace(POINT))


def close(found: Any, expected: Any, scale: float) -> bool:
    """Whether two numbers are one but for rounding: 4 ulp, or a few of the largest number on the way."""
    if isinstance(found, str):
        return {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[found] == repr(float(expected))
    return abs(found - expected) <= 2.0**-50 * max(abs(expected), scale)


def agrees(opened: Opened, trace: Any) -> None:
    """Every number of the page is that of Python."""
    data = json.loads(opened.page.evaluate(READ))
    record = TraceReport(trace).data()["nodes"]
    assert data["names"] == [node["name"] for node in record]
    for i, node in enumerate(record):
        scale = max(
            [abs(node["value"])] + [abs(other["value"]) for other in record if other["value"] - other["value"] == 0]
        )
        assert close(data["values"][i], float(node["value"]), scale)
        for s, seed in enumerate(trace.seeds):
            assert close(data["tangents"][s][i], node["tangents"][seed], largest(record, "tangents", seed)), (
                node["name"],
                seed,
            )
        for o, output in enumerate(trace.coseeds):
            assert close(data["adjoints"][o][i], node["adjoints"][output], largest(record, "adjoints", output)), node[
                "name"
            ]
    assert [bool(x) for x in data["active"]] == [node["active"] for node in record]
    assert data["notes"] == [note.message for note in trace.result.notes]


def largest(record: list[Mapping[str, Any]], what: str, seed: str) -> float:
    return max((abs(node[what][seed]) for node in record if node[what][seed] - node[what][seed] == 0), default=0.0)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_and_another_point(path: Path, context: Any, tmp_path: Path) -> None:
    f, at = function(path), sample(path).at
    opened = Opened(context, tmp_path, f.trace(at))
    agrees(opened, f.trace(at))
    moved = {name: x + (0.125 if abs(x) < 4 else 1.0) for name, x in at.items()}
    opened.page.evaluate("point => { app.setPoint(point); app.recompute(); }", [moved[name] for name in f.variables])
    agrees(opened, f.trace(moved))


def test_the_tables_are_those_of_the_trace(textbook: Opened) -> None:
    assert textbook.rows("evaluation")[6] == ["v5", "v4 - v3", "10.693147 - (-0.958924)", "11.652071", TEXTBOOK]
    assert textbook.rows("sweep")[-3:] == [
        ["v̄-1", "v̄2*v0", "1*5", "5"], ["", "+ v̄1/v-1", "1/2", "0.5"], ["", "= v̄-1", "", "5.5"]
    ]  # fmt: skip
    assert [cell for row in textbook.rows("jacobian") for cell in row] == ["ȳ = 1", "5.5", "1.716338"]
    assert [row[1:] for row in textbook.rows("paths")] == [
        ["x1 → v2 → v4 → v5 → y", "5"], ["x1 → v1 → v4 → v5 → y", "0.5"], ["= ∂y/∂x1", "5.5"]
    ]  # fmt: skip


def test_the_timeline(textbook: Opened) -> None:
    page = textbook.page
    assert textbook.count() == "8 / 8"
    page.click("#home")
    assert (textbook.count(), textbook.text("#step h2")) == ("1 / 8", "ȳ step 1 of 8, reverse sweep")
    assert [row[-1] for row in textbook.rows("sweep")][:3] == ["1", "", ""]
    page.click("#next")
    assert textbook.count() == "2 / 8"
    page.click("#back")
    assert textbook.count() == "1 / 8"
    page.click("#end")
    assert textbook.count() == "8 / 8"
    page.check("#mode-forward")
    assert textbook.text("#sweep caption") == "Forward sweep, seed ẋ1 = 1"
    page.select_option("#seed", "1")
    assert textbook.text("#sweep caption") == "Forward sweep, seed ẋ2 = 1"
    page.locator("#cursor-forward").fill("3")
    assert textbook.count("forward") == "4 / 8"
    assert textbook.text("#step h2").startswith("v̇2")


def test_play_runs_from_the_start_to_the_end_and_stops(textbook: Opened) -> None:
    page = textbook.page
    page.select_option("#speed", "100")
    page.click("#play")
    page.wait_for_function("() => document.getElementById('play').textContent === 'stop'")
    page.wait_for_function("() => document.getElementById('play').textContent === 'play'")
    assert textbook.count() == "8 / 8"
    page.click("#play")
    page.click("#play")
    assert textbook.text("#play") == "play"


def test_the_keyboard(textbook: Opened) -> None:
    textbook.press("Home")
    assert textbook.count() == "1 / 8"
    textbook.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert textbook.count() == "2 / 8"
    textbook.press("End", "f")
    assert textbook.text("#sweep caption").startswith("Forward sweep, seed ẋ1")
    textbook.press("s")
    assert textbook.text("#sweep caption").startswith("Forward sweep, seed ẋ2")
    textbook.press("r", "/")
    textbook.page.keyboard.type("sin")
    assert textbook.text("#hits") == "1 hit"
    textbook.press("Escape", "?")
    assert textbook.page.locator("#keys").is_visible()
    textbook.press("Escape")
    assert not textbook.page.locator("#keys").is_visible()
    textbook.press("t")
    assert textbook.page.evaluate("document.documentElement.dataset.theme") == "dark"
    textbook.press("+", "0", "-", "Home")
    textbook.press("Space")
    textbook.page.wait_for_function("() => document.querySelector('#play').textContent === 'stop'")


def test_the_point_is_live(textbook: Opened) -> None:
    page = textbook.page
    page.fill("[data-variable=x1][type=text]", "4")
    page.wait_for_function("() => document.querySelector('#evaluation caption').textContent.includes('x1 = 4')")
    expected = Function(TEXTBOOK).jacobian({"x1": 4, "x2": 5})
    assert textbook.rows("evaluation")[-1][3] == display(expected.values[0])
    assert textbook.rows("jacobian")[0][1] == display(expected.jacobian[0][0])
    page.fill("[data-variable=x1][type=text]", "4..")
    assert page.get_attribute("[data-variable=x1][type=text]", "aria-invalid") == "true"
    assert "x1 = 4" in textbook.text("#evaluation caption")
    page.locator("[data-variable=x2][type=range]").fill("400")
    page.wait_for_function("() => document.querySelector('#evaluation caption').textContent.includes('x2 = 10')")
    page.click("#reset")
    page.wait_for_function("() => document.querySelector('#evaluation caption').textContent.includes('x2 = 5')")
    assert page.input_value("[data-variable=x1][type=text]") == "2"


def test_a_click_anywhere_and_all_follows(textbook: Opened) -> None:
    page = textbook.page
    page.click("#drawing text.op >> text=sin(v0)")
    assert textbook.text("#step h2").startswith("v̄3")
    assert page.locator("#evaluation tr.current th").inner_text() == "v3"
    assert textbook.text("#program mark") == "sin(x2)"
    page.click("#evaluation tbody tr:nth-child(3)")
    assert textbook.text("#step h2").startswith("v̄1")
    box = page.locator("#program").bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + 12)
    assert textbook.text("#program mark") == "ln(x1)"
    page.click("#end")
    page.click("#step tbody tr >> nth=1")
    assert textbook.text("#step h2").startswith("v̄1")


def test_search_and_filter(context: Any, tmp_path: Path) -> None:
    opened = Opened(context, tmp_path, Function("a = x*0; b = ln(a); [b, sin(x) + a]").trace({"x": 3}))
    page = opened.page
    once = dict.fromkeys(["v3", "ln", "x", "b", ">2", "=0", "inf"], "1 hit")
    for query, hits in {**once, "zzz": "0 hits", ">z": "no number", "": ""}.items():
        page.fill("#search", query)
        assert opened.text("#hits") == hits, query
    page.select_option("#filter", "inf")
    assert [row[0].split()[0] for row in opened.rows("evaluation")][:2] == ["v1", "v3"]  # by its adjoint, by its value
    page.select_option("#filter", "note")
    assert len(opened.rows("evaluation")) == 3
    page.select_option("#filter", "")
    assert "needs x > 0" in opened.text("#notes")
    page.click("#notes button")
    assert opened.text("#step .spoken")


def test_the_jacobian_chooses_seed_and_output(context: Any, tmp_path: Path) -> None:
    opened = Opened(context, tmp_path, Function("[x*y, x - y, 3*x]").trace({"x": 2, "y": 5}))
    opened.page.click("#jacobian tbody tr:nth-child(2) td:nth-child(3) button")
    assert opened.text("#paths caption").startswith("Paths from y to y2")
    opened.page.click("#jacobian tbody tr:nth-child(3) th button")
    assert opened.text("#sweep caption") == "Reverse sweep, seed ȳ3 = 1"
    opened.page.click("#jacobian thead th:nth-child(3) button")
    assert opened.text("#sweep caption") == "Forward sweep, seed ẏ = 1"
    assert opened.page.locator("#jacobian td.chosen").count() == 1


def test_a_path_is_shown_in_the_graph(textbook: Opened) -> None:
    textbook.page.click("#paths button >> nth=0")
    assert textbook.page.locator("#drawing .edge.path").count() == 3
    textbook.page.click("#paths button >> nth=0")
    assert textbook.page.locator("#drawing .edge.path").count() == 0


def test_the_address(context: Any, tmp_path: Path) -> None:
    opened = Opened(context, tmp_path, Function(TEXTBOOK).trace(POINT), "#mode=forward&step=4&seed=x2&x1=3")
    assert opened.text("#sweep caption") == "Forward sweep, seed ẋ2 = 1"
    assert opened.count("forward") == "4 / 8"
    assert "x1 = 3" in opened.text("#evaluation caption")
    opened.page.click("#next")
    opened.page.wait_for_function("() => location.hash.includes('step=5')")
    assert "x1=3" in opened.page.evaluate("location.hash")
    opened.page.goto(opened.url + "#mode=reverse&node=v3")
    opened.page.wait_for_function("() => document.querySelector('#step h2').textContent.startsWith('v\u03043')")
    opened.page.goto(opened.url + "#mode=nonsense&step=-5&x1=abc&%E0%A4")
    opened.page.reload()
    assert opened.count().endswith("/ 8")


def test_a_variable_may_be_called_like_a_part_of_the_address(context: Any, tmp_path: Path) -> None:
    opened = Opened(
        context, tmp_path, Function("step^2 + constructor/z").trace({"step": 2, "constructor": 5, "z": -0.0})
    )
    page = opened.page
    assert opened.rows("evaluation")[-1][3] == "-inf"  # -0 is a point of its own
    page.fill("[data-variable=step][type=text]", "3")
    page.wait_for_function("() => location.hash.includes('at.step=3')")
    page.reload()
    assert page.input_value("[data-variable=step][type=text]") == "3"
    page.fill("#search", "constructor")
    assert opened.text("#hits") == "1 hit"
    page.fill("#search", "__proto__")
    assert opened.text("#hits") == "0 hits"


@pytest.mark.parametrize(
    "text",
    ["x[1] + y # </script><img src=x onerror=alert(1)>", "x[1]*y # [bold] \u2028 <b>&amp;", "y + x[1]" + " + y" * 300],
)
def test_hostile_programs(text: str, context: Any, tmp_path: Path) -> None:
    opened = Opened(context, tmp_path, Function(text).trace({"x[1]": 2, "y": 5}))
    assert opened.page.locator("#program").inner_text().split() == text.split()
    opened.press("Home", "ArrowRight", "f", "End")


def test_a_long_trace_draws_what_is_in_view(context: Any, tmp_path: Path) -> None:
    f = Function("sum(sin(i*x)*y for i in 1..2500)")
    opened = Opened(context, tmp_path, f.trace({"x": 0.3, "y": 2}, "reverse"))
    page = opened.page
    assert page.evaluate("document.querySelectorAll('*').length") < 6000
    assert page.locator("#drawing g.node.current").count() == 1  # what is near the step
    assert page.locator("#drawing path.edge").count() < 500  # of the 2,500 of x
    page.click("#zoom-fit")
    assert page.locator("#drawing g.node").count() == 0
    assert page.locator("#drawing path.dots.lit").count() == 1
    page.click("#home")
    milliseconds = page.evaluate("""() => {
        const start = performance.now();
        document.getElementById('next').click();
        return performance.now() - start;
    }""")
    print(f"a step of {len(f.tape):,} nodes: {milliseconds:.1f} ms")
    page.evaluate("document.getElementById('evaluation').scrollTop = 1e6")
    page.wait_for_function("() => document.querySelector('#evaluation tbody').textContent.includes('v9990')")
    page.fill("#search", "v7000")
    assert opened.text("#hits") == "1 hit"
    assert page.locator("#evaluation tr.current th").inner_text() == "v7000"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_it_fits_every_screen(width: int, scheme: str, browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    opened = Opened(context, tmp_path, Function(TEXTBOOK).trace(POINT))
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert (ink == "rgb(31, 35, 40)") == (scheme == "light")
    page.emulate_media(media="print")
    assert not page.locator("#timeline").is_visible()
    context.close()


def test_tables_are_tables_and_controls_have_names(textbook: Opened) -> None:
    unnamed = textbook.page.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
        !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)""")
    assert unnamed == []
    assert textbook.page.evaluate("[...document.querySelectorAll('table')].every((t) => t.caption)")
    assert textbook.page.evaluate("[...document.querySelectorAll('th')].every((t) => t.scope)")
    textbook.press("Home")
    assert textbook.text("#live").startswith("Step 1 of 8: ȳ = 1.")
