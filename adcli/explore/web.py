"""The page of a trace in a browser."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from pathlib import Path

from adcli.errors import Problem, ProblemError
from adcli.files import write_whole
from adcli.render import html
from adcli.report.document import Document, View


def open_page(document: Document, view: View) -> Path:
    """Write the page of a trace where nobody else reads it, and open it. It stays there: a browser reads a file when
    it likes. Raises ProblemError where there is no browser.
    """
    if not has_window():
        hint = "adcli trace --format html -o trace.html writes the page"
        raise ProblemError(Problem("usage", "there is no browser here", hint=hint))
    path = Path(tempfile.mkdtemp(prefix="adcli-")) / "trace.html"  # for its owner only
    write_whole(path, "".join(html.render(document, view)))
    show(path)
    return path


def show(path: Path) -> None:
    """Open a page that was written. Raises ProblemError."""
    try:
        shown = has_window() and webbrowser.open(path.resolve().as_uri())
    except webbrowser.Error:
        shown = False
    if not shown:
        raise ProblemError(Problem("usage", "no browser could be opened", hint=f"open {path} in one"))


def has_window() -> bool:
    """Whether a browser may have a window here, or is named; else Python might take one that runs no script."""
    known = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, known))
