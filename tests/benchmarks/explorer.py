"""The explorers: pages and graphs as whole processes, the page's first step by the browser's own clock, and the
terminal explorer's first screen as a person sees it."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import struct
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter

from .printing import program
from .table import Table, at_most
from .timing import Command, Size, adcli, processes, workplace

BROWSERS = ("chromium", "chromium-browser", "google-chrome")  # else that of Playwright
POINT = ("--at", "x=0.3,y=2")
STEP = """
async () => {
    document.getElementById("home").click();
    const start = performance.now();
    document.getElementById("next").click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    return performance.now() - start;
}
"""


def tables(size: Size) -> Iterator[Table]:
    with workplace() as (folder, environment):
        yield written(size, folder, environment)
        yield first_step(size, folder, environment)
        yield first_screen(size, folder, environment)


def stored(folder: Path, nodes: int) -> Path:
    """A program of about so many nodes, as a file."""
    path = folder / f"of{nodes}.ad"
    path.write_text(program(nodes) + "\n", encoding="utf-8")
    return path


def written(size: Size, folder: Path, environment: dict[str, str]) -> Table:
    """Whole processes that write a page or a graph."""
    thousand, five = size.traced // 10, size.traced // 2 - 10  # with inputs and output no more than 5,000

    def command(name: str, format: str, nodes: int) -> Command:
        return Command(adcli(name, "-f", str(stored(folder, nodes)), *POINT, "--format", format))

    targets = {f"trace, html, {thousand:,} nodes": (command("trace", "html", thousand), 0.8)}
    for format in ("text", "svg", "dot", "mermaid"):
        targets[f"graph, {format}, {five:,} nodes"] = (command("graph", format, five), 2.0)
    found = processes({name: one for name, (one, _) in targets.items()}, max(2, size.rounds // 8), folder, environment)
    table = Table("Pages and graphs, whole processes", ["command", "wall ms, median (quartiles)", "kB", "target, s"])
    for name, runs in found.items():
        seconds = runs.milliseconds / 1000
        table.rows.append(
            [name, runs.spread, f"{len(runs.output.encode()) / 1000:,.0f}", at_most(seconds, targets[name][1])]
        )
    return table


def first_step(size: Size, folder: Path, environment: dict[str, str]) -> Table:
    """From the click to the frame after it, by performance.now() in the browser; nothing from the network."""
    table = Table("The page in a browser", ["page", "loaded, ms", "first step, ms", "target, ms"])
    if find_spec("playwright") is None:
        table.notes.append("playwright is not installed")
        return table
    from playwright.sync_api import Error, sync_playwright

    page_file = folder / "page.html"
    source = stored(folder, size.traced)
    made = adcli("trace", "-f", str(source), *POINT, "--mode", "reverse", "-o", str(page_file))
    subprocess.run(made, env=environment, check=True, stdin=subprocess.DEVNULL)
    with sync_playwright() as driver:
        try:
            found = next(filter(None, map(shutil.which, BROWSERS)), None)
            browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        except Error as fault:
            table.notes.append(f"no browser: {str(fault).splitlines()[0]}")
            return table
        loads, steps = [], []
        for _ in range(max(2, size.rounds // 8)):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(page_file.as_uri())
            loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].domComplete"))
            steps.append(page.evaluate(STEP))
            page.close()
        browser.close()
    name = f"{size.traced:,} nodes, {page_file.stat().st_size / 1e6:.1f} MB"
    table.rows.append([name, f"{median(loads):.0f}", f"{median(steps):.1f}", at_most(median(steps), 100)])
    return table


def first_screen(size: Size, folder: Path, environment: dict[str, str]) -> Table:
    """From the start of the process until the last line of the screen is on the terminal."""
    table = Table("The terminal explorer, 80 x 24", ["command", "first screen, ms", "target, s"])
    if find_spec("textual") is None:
        table.notes.append("textual is not installed")
        return table
    command = adcli("explore", "ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
    times = [screen_time(command, environment) for _ in range(max(3, size.rounds // 4))][1:]  # the first fills caches
    table.rows.append(["explore, textbook", f"{median(times) * 1000:.0f}", at_most(median(times), 0.6)])
    return table


def screen_time(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the last line of the screen says how to leave."""
    import fcntl
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    start = perf_counter()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    os.close(slave)
    seen = b""
    try:
        while b"quit" not in seen:
            ready, _, _ = select.select([master], [], [], 10)
            if not ready:
                raise RuntimeError(f"no screen within 10 s: {seen[-300:]!r}")
            seen += os.read(master, 65536)
        return perf_counter() - start
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(master)
