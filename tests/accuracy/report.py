"""What was found of every row, as Markdown that can be read as it is."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from adcli.ops import TABLE

from .audit import AT_SUBNORMAL, Finding, Side, Worst

HEADER = ["row", "points", "budget", "floats", "at", "arrays", "subnormal", "floats", "arrays", "outside"]

TEXT = """# Accuracy

    {command}

Every row of the table (adcli/ops) against arb. A point counts where the value is proven to {digits} digits and is a
float; points are drawn from the whole domain (tests/accuracy/points.py): of every magnitude, near 0, 1, whole numbers
and multiples of pi/2, and near zeros, poles and the ends of the range. Figures are the largest errors of
"value, partial" in units of the last place of the exact result, never less than the smallest float. An infinity counts
as 2^1024. "budget" is what the row promises (`ulp=`), "at" the point of the largest error of floats.

A partial may be made of the value or of a quotient: where that is below the smallest normal float it has fewer digits,
and so has the partial. Such points are counted apart: those where an argument is subnormal, or the value or a partial
is below 2^-1000. "outside" says what does not hold the budget.

{versions}
"""

UNPROVEN = """Drawn as well, but not counted: balls do not reach polygamma below -10,000, and of a negative x there
is no x^(y - 1) where only the rounding of y - 1 makes it a whole number."""


def figure(x: float) -> str:
    """An error with two digits after the point, or with three in all."""
    return f"{x:.2f}" if x < 100 else f"{x:.3g}"


def pair(numbers: Sequence[float]) -> str:
    return ", ".join(map(figure, numbers))


def place(columns: list[Worst]) -> str:
    """The point of the largest error."""
    worst = max(columns, key=lambda w: w.error)
    return ", ".join(map(repr, worst.at))


def outside(finding: Finding) -> str:
    """'floats: partial; arrays: value'; empty where all holds."""
    sides: dict[str, Side] = {"floats": finding.floats, "arrays": finding.arrays}
    found = {name: ", ".join(finding.outside(side)) for name, side in sides.items()}
    if found["floats"] == found["arrays"]:
        return found["floats"]
    return "; ".join(f"{name}: {what}" for name, what in found.items() if what)


def cells(finding: Finding) -> list[str]:
    """One line of the table."""
    few = finding.subnormal > 0
    return [
        f"`{finding.key}`",
        f"{finding.points - finding.subnormal:,}",
        ", ".join(f"{x:g}" for x in finding.budget),
        pair(finding.floats.pair()),
        place(finding.floats.usual),
        pair(finding.arrays.pair()),
        f"{finding.subnormal:,}",
        pair(finding.floats.pair(subnormal=True)) if few else "",
        pair(finding.arrays.pair(subnormal=True)) if few else "",
        outside(finding),
    ]


def table(rows: Iterable[list[str]]) -> str:
    """Columns padded to their widest cell."""
    lines = [HEADER, *rows]
    widths = [max(len(row[i]) for row in lines) for i in range(len(HEADER))]
    padded = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in lines]
    return "\n".join([padded[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *padded[1:]])


def why(findings: Iterable[Finding]) -> str:
    """The budgets above 4, with the reasons that the rows give."""
    above = [
        f"- `{f.key}` ({f.budget[0]:g}, {f.budget[1]:g}): {TABLE[f.key].why}" for f in findings if max(f.budget) > 4
    ]
    return "\n".join(above)


def skipped(findings: Iterable[Finding]) -> str:
    """Points that were drawn and do not count."""
    return "; ".join(f"`{f.key}` {f.open:,}" for f in findings if f.open) or "none"


def exempt(reasons: dict[str, str]) -> str:
    return "\n".join(f"- `{key}`: {reason}" for key, reason in reasons.items())


def document(findings: list[Finding], command: str, digits: int, lost: dict[str, str]) -> str:
    """The whole file. `lost` says why something is outside at subnormal numbers."""
    versions = [f"{name} {version(name)}" for name in ("numpy", "scipy", "python-flint")]
    head = TEXT.format(
        command=command,
        digits=digits,
        versions=", ".join(
            [f"{platform.system()} {platform.machine()}", f"CPython {platform.python_version()}", *versions]
        ),
    )
    parts = [head, table(map(cells, findings)), "## Budgets above 4", why(findings)]
    parts += [f"## Outside {AT_SUBNORMAL}", exempt(lost)]
    parts += ["## Points without a proven truth", UNPROVEN, skipped(findings)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
