"""How wide a text is in a terminal."""

from __future__ import annotations

import re

from rich import cells

# Latin, Greek, small digits, arrows, mathematics and lines: what a table is written with. A column each.
NARROW = re.compile("[ -~¡-¬®-˿Ͱ-͵ͺ-Ϳ΄-ΊΑ-ΡΣ-ω‐-‧⁰ⁱ⁴-₎←-↓∀-⋿─-╿]*")


def cell_len(text: str) -> int:
    """Columns of a text that is printable. (Rich looks at each character.)"""
    return len(text) if NARROW.fullmatch(text) else cells.cell_len(text)
