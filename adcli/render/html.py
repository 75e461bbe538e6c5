"""HTML, one file that loads nothing from anywhere: the page of a trace, and plain tables of every other document.

A content security policy forbids all but the file's own style and script, named by their hashes; text of a user is
only ever data or escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from adcli.errors import printable
from adcli.render._tree import tree
from adcli.report.document import Document, Graph, Table, Text, View
from adcli.report.trace import TraceReport

SUFFIXES = (".html", ".htm")
PLAIN = False
NEEDS = ""

PAGE = Path(__file__).with_name("page")
SCRIPTS = (
    "number", "model", "rules", "paths", "words", "table", "tables", "graph", "point", "matrix", "panels", "app",
)  # fmt: skip
HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
"""


def render(document: Document, view: View) -> Iterator[str]:
    """A trace as a page to step through; anything else as its tables."""
    if isinstance(document, TraceReport):
        yield from explorer(document, view)
    else:
        yield from plain(document, view)


def asset(name: str) -> str:
    return (PAGE / name).read_text("utf-8")


def digest(text: str) -> str:
    """A source of a content security policy: an inline part, by its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def head(title: str, script: str = "") -> str:
    """Everything before the body."""
    style = asset("page.css")
    policy = f"default-src 'none'; style-src {digest(style)}; base-uri 'none'; form-action 'none'"
    if script:
        policy += f"; script-src {digest(script)}"
    return HEAD.format(policy=policy, title=text(title), style=style)


def text(string: str) -> str:
    """Text as HTML of plain ASCII, whatever it holds."""
    return escape(printable(string)).encode("ascii", "xmlcharrefreplace").decode()


def embedded(data: Any) -> str:
    """JSON that cannot end the element it stands in."""
    found = json.dumps(data, separators=(",", ":"), allow_nan=False)  # ASCII: U+2028 and U+2029 are escaped too
    return found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


# The page of a trace


def explorer(document: TraceReport, view: View) -> Iterator[str]:
    """The data of the trace, an evaluator of the rows it uses, and what shows them."""
    from adcli.numbers.script import kernels, library
    from adcli.report.page import page

    found = page(document.trace, view)
    conditions = ",\n".join(found.conditions)
    script = "\n".join(
        ['"use strict";', library(), f"const kernels = {kernels(found.rows)};", f"const conditions = [{conditions}];",
         asset("engine.js"), *(asset(f"{name}.js") for name in SCRIPTS)]
    )  # fmt: skip
    yield head(f"Trace of {found.data['program']:.80}", script)
    yield asset("body.html")
    yield f'<script type="application/json" id="data">{embedded(found.data)}</script>\n'
    yield f"<script>{script}</script>\n</body>\n</html>\n"


# Plain tables


def plain(document: Document, view: View) -> Iterator[str]:
    """Each block under the other."""
    started = False
    for block in document.blocks(view):
        shown = tree(block, view) if isinstance(block, Graph) else block
        if not started:
            started = True
            yield head(shown.title if isinstance(shown, Table) else shown.text)
            yield '<body class="plain">\n<main>\n'
        yield drawn(shown)
    if not started:
        yield f'{head("adcli")}<body class="plain">\n<main>\n'
    yield "</main>\n</body>\n</html>\n"


def drawn(block: Table | Text) -> str:
    """A paragraph, or a table whose numbers stand under each other by their decimal points."""
    if not isinstance(block, Table):
        return f"<p{marked(block.role)}>{text(block.text)}</p>\n"
    from adcli.render.table import aligned

    lines = [(cells, group.dim) for group in block.groups for cells in group.lines]
    cells = [[*column] for column in zip(*(cells for cells, _ in lines), strict=True)] or [[] for _ in block.columns]
    shown = [aligned(column) if c.number else column for c, column in zip(block.columns, cells, strict=True)]
    titles = "".join(f'<th scope="col"{marked(c.role, c.number)}>{text(c.title)}</th>' for c in block.columns)
    pieces = ['<div class="book"><table>\n', f"<caption>{text(block.title)}</caption>\n" if block.title else "",
              f"<thead><tr>{titles}</tr></thead>\n<tbody>\n"]  # fmt: skip
    for i, (_, dim) in enumerate(lines):
        row = "".join(cell(c.role, c.number, column[i]) for c, column in zip(block.columns, shown, strict=True))
        pieces.append(f"<tr{marked('dim' if dim else '')}>{row}</tr>\n")
    pieces.append("</tbody>\n</table>\n")
    pieces += [f'<p class="foot">{text(line)}</p>\n' for line in block.foot]
    return "".join([*pieces, "</div>\n"])


def cell(role: str, number: bool, content: str) -> str:
    tag, scope = ("th", ' scope="row"') if role == "name" else ("td", "")
    return f"<{tag}{scope}{marked(role, number)}>{text(content)}</{tag}>"


def marked(role: str, number: bool = False) -> str:
    """The class attribute of a role."""
    names = " ".join(filter(None, (role, "number" if number else "")))
    return f' class="{escape(names)}"' if names else ""
