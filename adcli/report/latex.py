"""The texts of a report as LaTeX: formulas are parsed as a program is, names are set as names, the rest is escaped."""

from __future__ import annotations

import re
from functools import lru_cache, reduce

from adcli.ops import ALIASES, CONSTANTS, FUNCTIONS, OPERATORS, Row
from adcli.parse.code import BINARY, CALL, LITERAL, NAME, PREFIX
from adcli.parse.program import expression
from adcli.tape.latex import BAR, DOT, GREEK, PRIME, escaped, leaf_latex, name_latex, node_latex
from adcli.tape.tape import Builder

KEYWORDS = frozenset(("and", "or", "not"))
PROSE = frozenset(("seed",))  # words of a trace that stand where formulas do

MARK = f"[{BAR}{DOT}]"
NUMBER = r"-?(?:[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?|inf|nan)(?![A-Za-z0-9_.])"
NODE = rf"v{MARK}?-?[0-9]+(?![A-Za-z0-9_\[]){PRIME}?"
INDEX = r"\[[0-9, -]+\]"
WORD = rf"[A-Za-z_]{MARK}?[A-Za-z0-9_]*(?:{INDEX})?{PRIME}?"
NAMED = re.compile(rf"(?<![A-Za-z0-9_.])(?:{NODE}|{WORD})")
POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
PARTIAL = rf"∂[{POWERS}]*(?:{WORD})/(?:∂(?:{WORD})[{POWERS}]*)+"
# Mathematics in a sentence: a partial derivative, a name with its value, a name with a mark, digits or an index.
INLINE = re.compile(
    rf"(?<![A-Za-z0-9_.])(?:(?P<partial>{PARTIAL})|(?P<name>{NODE}|{WORD}) = (?P<number>{NUMBER})"
    rf"|(?P<lone>{NODE}|[A-Za-z]{MARK}[A-Za-z0-9_]*(?:{INDEX})?{PRIME}?|[A-Za-z][0-9]+(?![A-Za-z0-9_])"
    rf"|[A-Za-z_][A-Za-z0-9_]*{INDEX}))"
)
SHORT = re.compile(rf"{NODE}|[A-Za-z]{MARK}?[0-9]*(?:{INDEX})?{PRIME}?")


@lru_cache(1 << 14)  # what stands in a table stands in its equations too
def mathematics(text: str) -> str | None:
    """A formula of a trace (names of nodes and marks included; sides joined by =) as LaTeX for math mode.

    None for a text that is no formula.
    """
    if text in PROSE:
        return None
    sides = [formula(side) for side in text.split(" = ")]
    return " = ".join(sides) if None not in sides else None  # type: ignore[arg-type]


def formula(text: str) -> str | None:
    """One formula as LaTeX, or None."""
    names: list[str] = []

    def put(found: re.Match[str]) -> str:
        word = found[0]
        called = text.startswith("(", found.end())
        if called or word in KEYWORDS or word in CONSTANTS:
            return word
        names.append(word)
        return f"n{len(names) - 1}"

    plain = NAMED.sub(put, text)
    if not plain.isascii() or any(sign in plain for sign in "#;\n"):
        return None
    if plain == "n0":
        return leaf_latex(names[0])
    code = expression(plain)
    if code is None:
        return None
    builder = Builder()
    known: dict[int, str] = {}
    stack: list[int] = []
    for kind, payload, _, _ in code.instructions():
        if kind == LITERAL or (kind == NAME and payload in CONSTANTS):
            stack.append(builder.literal(payload))
        elif kind == NAME:
            word = names[int(payload[1:])]
            stack.append(builder.input(word))
            known[stack[-1]] = word
        elif kind in (BINARY, PREFIX, CALL):
            row, count = (payload, len(payload.params)) if kind != CALL else (function(*payload[:2]), payload[1])
            if row is None:
                return None
            args = stack[len(stack) - count :]
            del stack[len(stack) - count :]
            fold = len(row.params) != count
            stack.append(reduce(lambda a, b: builder.apply(row, a, b), args) if fold else builder.apply(row, *args))
        else:
            return None
    return node_latex(builder.tape, stack[0], known.get)


def function(name: str, count: int) -> Row | None:
    """The row of a call; None where there is none of so many arguments."""
    name = ALIASES.get(name, name)
    row = FUNCTIONS.get(name) or OPERATORS.get((name, 2))
    folds = name in ("min", "max") and count > 2
    return row if row is not None and (len(row.params) == count or folds) else None


def prose(text: str) -> str:
    """A sentence, a title, a foot: the names in it in math mode, all else escaped. A command is left as it is."""
    if "--" in text:
        return escaped(text)
    pieces, end = [], 0
    for found in INLINE.finditer(text):
        pieces.append(escaped(text[end : found.start()]))
        pieces.append(f"${inline(found)}$")
        end = found.end()
    return "".join([*pieces, escaped(text[end:])])


def inline(found: re.Match[str]) -> str:
    """One piece of mathematics in a sentence."""
    if found["partial"]:
        return partial(found["partial"])
    if found["name"]:
        return f"{name_latex(found['name'])} = {leaf_latex(found['number'])}"
    return name_latex(found["lone"])


def partial(text: str) -> str:
    """A partial derivative of any order, on one line."""
    powers = str.maketrans(POWERS, "0123456789")

    def put(found: re.Match[str]) -> str:
        order, name, power = found.groups()
        raised = [f"^{{{digits.translate(powers)}}}" if digits else "" for digits in (order, power)]
        return rf"\partial{raised[0]} {name_latex(name)}{raised[1]}"

    return re.sub(rf"∂([{POWERS}]*)({WORD})([{POWERS}]*)", put, text)


def title(text: str) -> str:
    """What stands over a column or before a row: a name as in formulas, or words."""
    if text in GREEK or SHORT.fullmatch(text):
        return f"${name_latex(text)}$"
    return prose(text)
