"""Markdown with tables, as GitHub renders it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adcli.render.mermaid import flowchart
from adcli.report.document import Document, Graph, Text, View

SUFFIXES = (".md", ".markdown")
PLAIN = False
NEEDS = ""

# Everything that Markdown or HTML would read as its own.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&:@])")


def escaped(text: str) -> str:
    """Text that shows as it is. Numbers need nothing."""
    if re.fullmatch(r"(-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?)?", text):
        return text
    return SPECIAL.sub(lambda m: f"&#{ord(m[1])};" if m[1] in "<>&|:@" else f"\\{m[1]}", " ".join(text.split()))


def code(text: str) -> str:
    """A formula: set as code, whatever it holds."""
    text = " ".join(text.split()).replace("|", "\\|")
    if not text:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def render(document: Document, view: View) -> Iterator[str]:
    """Each table under its title; a graph as a flowchart, which GitHub draws."""
    first = True
    for block in document.blocks(view):
        if not first:
            yield "\n"
        first = False
        if isinstance(block, Text):
            yield f"{escaped(block.text)}\n"
            continue
        if block.title:
            yield f"### {escaped(block.title)}\n\n"
        if isinstance(block, Graph):
            yield f"```mermaid\n{''.join(flowchart(block))}```\n"
            yield from (f"\n{escaped(text)}\n" for text in block.foot)
            continue
        yield f"| {' | '.join(escaped(column.title) for column in block.columns)} |\n"
        yield f"| {' | '.join('---:' if column.number else '---' for column in block.columns)} |\n"
        for group in block.groups:
            for line in group.lines:
                cells = [
                    escaped(cell) if column.number or column.role == "name" else code(cell.strip())
                    for column, cell in zip(block.columns, line, strict=True)
                ]
                yield f"| {' | '.join(cells)} |\n"
        for text in block.foot:
            yield f"\n{escaped(text)}\n"
