"""How wide a text is: what is taken for narrow is so to Rich."""

import sys
import unicodedata

from rich import cells

from adcli.render._cells import NARROW, cell_len


def test_every_narrow_character_takes_a_column() -> None:
    narrow = [chr(c) for c in range(sys.maxunicode + 1) if NARROW.fullmatch(chr(c))]
    assert len(narrow) > 1000
    assert not [c for c in narrow if cells.cell_len(c) != 1 or unicodedata.combining(c) or not c.isprintable()]


def test_what_is_not_narrow_is_measured() -> None:
    assert [cell_len(text) for text in ("", "∂y/∂x", "v̄3", "日本", "x日")] == [0, 5, 2, 4, 3]
