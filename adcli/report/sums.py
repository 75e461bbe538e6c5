"""Sums: in a line, and in a table with a line for each term and one for what they add up to."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.report.document import Group, View
from adcli.report.number import sum_texts


def sum_group(name: str, rows: list[tuple[str, str, float]], total: float, view: View, dim: bool) -> Group:
    """The lines of what is called `name`: a line a term (rule, the same with numbers, value), and their sum.

    Printed terms add up to the printed sum, or an ≈ says that they do not.
    """
    if len(rows) < 2:
        rule, number, _ = rows[0]
        return Group([[name, rule, number, view.number(total)]], dim)
    shown, value, adds_up = sum_texts([term for _, _, term in rows], total, view.digits)
    found = []
    for i, ((rule, number, _), term) in enumerate(zip(rows, shown, strict=True)):
        sign = "- " if rule.startswith("-") else "+ " if i else "  "
        found.append(["" if i else name, sign + rule.removeprefix("-"), number, term])
    found.append(["", f"= {name}", "", value if adds_up else f"{view.about}{value}"])
    return Group(found, dim)


def joined(terms: Sequence[str]) -> str:
    """Terms as a sum: a + b - c."""
    text = terms[0] if terms else ""
    for term in terms[1:]:
        text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return text
