"""The grammar file and the LALR parser made from it.

The parse tables are kept in the user's cache folder (mode 0700), as JSON: reading a pickle would run
whatever it holds. The file's name carries the versions and a hash of the grammar; a file that cannot
be read, or not written, costs only the time to build the tables again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adcli.files import user_folder, write_private
from adcli.parse.code import Emitter
from adcli.parse.driver import Driver

if TYPE_CHECKING:
    from lark import Lark

STARTS = ["program", "point"]
OPTIONS: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "maybe_placeholders": False}


def grammar_text() -> str:
    """The grammar: packaged beside this module in a wheel, at the top of the checkout otherwise."""
    for folder in (Path(__file__).parents[1], Path(__file__).parents[2]):
        path = folder / "grammar" / "expression.lark"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError("grammar/expression.lark is not in this installation of adcli")


DAMAGED = (KeyError, TypeError, ValueError, AttributeError, IndexError, AssertionError, re.error)  # tables can be
MARKS = re.compile(r"#[^\n]*|[()\[\]\n]")


def blanked(text: str) -> str:
    """The text with comments, and newlines inside brackets, overwritten by blanks: positions stay."""
    if "\n" not in text and "#" not in text:
        return text
    pieces: list[str] = []
    done = depth = 0
    for mark in MARKS.finditer(text):
        sign = mark[0]
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif sign[0] == "#" or depth:
            pieces += [text[done : mark.start()], " " * len(sign)]
            done = mark.end()
    return "".join([*pieces, text[done:]])


@cache
def emitter() -> Emitter:
    """The one transformer, embedded in both parsers."""
    return Emitter()


@cache
def driver() -> Driver | None:
    """The parser that runs the kept tables; None where there are none, or none that it can read."""
    path = kept()
    tables = None if path is None else load(path)
    if tables is None:
        return None
    try:
        return Driver(*tables, emitter())
    except DAMAGED:
        return None


@cache
def parser() -> Lark:
    """Lark's own parser with the emitter embedded: it makes the tables, and explains what does not fit."""
    from lark import Lark

    path = kept()
    tables = None if path is None else load(path)
    if tables is not None:
        try:
            return Lark._load_from_dict(*tables, transformer=emitter())  # type: ignore[no-any-return, no-untyped-call]
        except DAMAGED:
            pass  # build anew and replace it
    built = Lark(grammar_text(), start=STARTS, transformer=emitter(), **OPTIONS)
    if path is not None:
        save(path, built)
    return built


@cache
def lexer() -> Any:
    """The parser's lexer by itself, for explaining errors: Lark makes a new one at every `lex`."""
    return parser()._build_lexer()


def tokens(text: str) -> Iterator[Any]:
    """The tokens of a text, as the parser sees them."""
    from lark.lexer import LexerThread

    return LexerThread.from_text(lexer(), blanked(text)).lex(None)  # type: ignore[no-any-return, no-untyped-call]


@cache
def kept() -> Path | None:
    """The file of the tables of this grammar, this Lark and this Python (whose `re` compiles the terminals)."""
    import sys
    from zlib import crc32

    folder = user_folder("cache")
    version = f"{lark_version()}-{sys.version_info[0]}.{sys.version_info[1]}"
    return None if folder is None else folder / f"grammar-{version}-{crc32(grammar_text().encode()):08x}.json"


def lark_version() -> str:
    """The version of the Lark that is installed, read from its first file: importing it takes a tenth of a second."""
    from importlib.util import find_spec

    spec = find_spec("lark")
    text = Path(spec.origin).read_text(encoding="utf-8") if spec is not None and spec.origin else ""
    found = re.search(r"""^__version__[^=\n]*=\s*["']([^"'\n]+)["']""", text, re.M)
    return found[1] if found else "unknown"


def load(path: Path) -> tuple[Any, Any] | None:
    """(data, memo) as Lark keeps them, or None where the file cannot be used."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        data, memo = stored["data"], numbered(stored["memo"])
        tables = data["parser"]["parser"]
        tables["tokens"] = numbered(tables["tokens"])
        tables["states"] = {int(k): numbered(state) for k, state in tables["states"].items()}
        return data, memo
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def numbered(table: dict[str, Any]) -> dict[int, Any]:
    """JSON makes text of the numbers that are Lark's keys; this makes numbers of them again."""
    return {int(key): value for key, value in table.items()}


def save(path: Path, built: Lark) -> None:
    """Keep the tables of a parser; carry on without where they cannot be kept."""
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    data, memo = built.memo_serialize([TerminalDef, Rule])
    data["options"].pop("transformer", None)
    write_private(path, json.dumps({"data": data, "memo": memo}))
