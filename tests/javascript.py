"""JavaScript engines for the tests: Node where it is installed, and Chromium through Playwright.

Their `Math` may differ, so tests run in each. One that is missing skips its tests; with ADCLI_BROWSER=required a
missing Chromium fails them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

# Playwright's own browsers are where it puts them, whatever cache folder a test is given.
if sys.platform == "linux":
    CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(Path(CACHE) / "ms-playwright"))

LACKING: list[str] = []  # what was found missing: it is not looked for again
ENGINES = ("node", "chromium")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")  # else Playwright's own
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def run(source: str, engine: str) -> str:
    """What the function body `source` returns, a text; `any` is Node where there is one, else Chromium."""
    if engine == "node" or (engine == "any" and shutil.which("node")):
        return in_node(source)
    with ThreadPoolExecutor(1) as pool:  # Playwright takes one browser a thread, and a test may hold one already
        return pool.submit(in_chromium, source).result()


def in_node(source: str) -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    program = f"process.stdout.write((() => {{\n{source}\n}})())"
    done = subprocess.run([node, "-"], input=program, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def in_chromium(source: str) -> str:
    with chromium() as browser:
        found: str = browser.new_page().evaluate(f"() => {{\n{source}\n}}")
    return found


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser."""
    if LACKING:
        missing(LACKING[0])
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing('Playwright: pip install "adcli[browser]"')
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, BROWSERS)), None), args=FLAGS
            )
        except Error as fault:
            missing(f"Chromium: playwright install chromium ({str(fault).splitlines()[0]})")
        try:
            yield browser
        finally:
            browser.close()


def missing(what: str) -> NoReturn:
    """Skip for want of a browser, or fail where one is required."""
    LACKING.append(what)
    if os.environ.get("ADCLI_BROWSER") == "required":
        pytest.fail(f"this needs {what}")
    pytest.skip(f"this needs {what}")
