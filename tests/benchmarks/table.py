"""A table of figures as Markdown that can be read as it is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows under a header, and what must be known to read them."""

    title: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Columns padded to their widest cell; figures, all but the first column, to the right."""
        cells = [[cell.replace("|", r"\|") for cell in row] for row in (self.header, *self.rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(self.header))]

        def line(row: list[str]) -> str:
            first, *others = zip(row, widths, strict=True)
            return f"| {' | '.join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])} |"

        rule = f"|{'|'.join('-' * (w + 1) + (':' if i else '-') for i, w in enumerate(widths))}|"
        lines = [f"### {self.title}", "", line(cells[0]), rule, *map(line, cells[1:])]
        return "\n".join([*lines, *(f"\n{note}" for note in self.notes)])


def at_most(value: float, limit: float) -> str:
    """'≤ 0.40: met' or '≤ 0.40: missed'."""
    return f"≤ {limit:g}: {'met' if value <= limit else 'missed'}"


def at_least(value: float, limit: float) -> str:
    return f"≥ {limit:,g}: {'met' if value >= limit else 'missed'}"
