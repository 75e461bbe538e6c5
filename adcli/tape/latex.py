"""A tape as LaTeX, from the templates of the rows, with no brackets but the necessary ones.

As in `adcli.tape.show`, pieces are emitted in reading order from an explicit stack: neither depth nor length matter.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from adcli.errors import printable
from adcli.ops.row import ADD, AND, ATOM, COMPARE, MULTIPLY, NEGATE, NOT, OR, POWER, Row
from adcli.tape.show import Label
from adcli.tape.tape import INPUT, LITERAL, Tape

BAR, DOT, PRIME = "\u0304", "\u0307", "′"
PART = 20  # characters of a long name that stand together on a line
MOST = 6  # such parts that are shown: TeX has no room for lines of 5,000 characters
GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "rho", "sigma", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma",
    "Upsilon", "Phi", "Psi", "Omega", "pi", "tau",
))  # fmt: skip
# A name: its first letter, the mark on it, the rest, an index, a prime.
NAME = re.compile(rf"([A-Za-z_])([{BAR}{DOT}]?)(-?[A-Za-z0-9_]*)(?:\[([0-9, -]+)\])?({PRIME}?)")
NUMBER = re.compile(r"(-?)([0-9]*\.?[0-9]*)(?:[eE]([+-]?[0-9]+))?")
WORDS = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}", "true": r"\text{true}", "false": r"\text{false}"}

# Signs of a template: how tightly they bind.
SIGNS = {
    "+": ADD, "-": ADD, r"\cdot": MULTIPLY, r"\,": MULTIPLY, r"\bmod": MULTIPLY, r"\land": AND, r"\lor": OR,
    "<": COMPARE, ">": COMPARE, "=": COMPARE, r"\le": COMPARE, r"\ge": COMPARE, r"\ne": COMPARE, r"\lnot": NOT,
}  # fmt: skip
SIGN = "|".join(re.escape(sign) + ("(?![a-z])" if sign[-1].isalpha() else "") for sign in SIGNS)
BEFORE = re.compile(rf"({SIGN}) *$")
AFTER = re.compile(rf" *({SIGN})")
TOKEN = re.compile(r"\\(?:left|right) *(?:\\[a-z]+|.)|[{}]|\\[a-z]+|.")
UPRIGHT = re.compile(r"\\(?:operatorname|ln|log|sin|cos|tan|sec|csc|cot|arc|max|min)")
TIMES = r" \cdot "
TALL = (r"\frac", r"\sqrt", r"\begin")

ESCAPES = {
    **{c: f"\\{c}" for c in "{}$&#%_"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
    '"': r"\textquotedbl{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "…": r"\ldots{}",
    **{c: f"${latex}$" for c, latex in {
        "≈": r"\approx", "∂": r"\partial", PRIME: "'", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "∗": "*",
        "−": "-", "÷": r"\div", "π": r"\pi", "τ": r"\tau", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "→": r"\to",
        "√": r"\surd", "Σ": r"\Sigma", "∞": r"\infty",
    }.items()},
    **{c: rf"\textsuperscript{{{i}}}" for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{c: rf"\textsubscript{{{i}}}" for i, c in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{c: rf"\rule{{{i / 8:g}ex}}{{1.4ex}}" for i, c in enumerate("▏▎▍▌▋▊▉█", 1)},
}  # fmt: skip


def escaped(text: str) -> str:
    """Any text as LaTeX that shows it, in ASCII. A word too long for a line may be broken."""
    words = printable(text).split(" ")
    return " ".join(r"\allowbreak{}".join(map(escaped_part, parts(word))) for word in words)


def escaped_part(text: str) -> str:
    """Two signs that LaTeX would join (--, ,,) are kept apart; one that it has not is named: U+65E5."""
    found = "".join(ESCAPES.get(c) or (c if c.isascii() else rf"\unicode{{{ord(c):04X}}}") for c in text)
    return re.sub(r"([-,'?!])(?=[-,'`])", r"\1{}", found)


def parts(word: str) -> list[str]:
    """A word in pieces of PART characters."""
    return [word[i : i + PART] for i in range(0, len(word), PART)] or [""]


def name_latex(name: str) -> str:
    r"""A name of a trace or a program: v3 is v_{3}, x[1,2] x_{1,2}; with their marks \bar{v}_{3}, \dot{v}_{3}."""
    found = NAME.fullmatch(name)
    if found is None:
        return rf"\text{{{escaped(name)}}}"
    first, mark, rest, index, prime = found.groups()
    word, below = first + rest, index
    numbered = re.fullmatch(r"([A-Za-z]+?)(-?[0-9]+)", word)
    if numbered and index is None:
        word, below = numbered.groups()
    if len(word) == 1 and word != "_":
        base = word
    elif word in GREEK:
        base = f"\\{word}"
    else:
        shown = [rf"\mathit{{{part}}}".replace("_", r"\_") for part in parts(word)]
        base = r"\allowbreak ".join(shown if len(shown) <= MOST else [*shown[: MOST - 1], r"\ldots", shown[-1]])
    if mark:
        accent = r"\dot" if mark == DOT else r"\overline" if base.startswith(r"\mathit") else r"\bar"
        base = f"{accent}{{{base}}}"
    return base + (f"_{{{below.replace(' ', '')}}}" if below else "") + ("'" if prime else "")


def number_latex(text: str) -> str:
    r"""A number as it was written: 1.5e-20 is 1.5 \times 10^{-20}."""
    if text in WORDS:
        return WORDS[text]
    found = NUMBER.fullmatch(text)
    if found is None or not found[2]:
        return rf"\text{{{escaped(text)}}}"
    sign, digits, power = found.groups()
    return f"{sign}{digits}" + (rf" \times 10^{{{int(power)}}}" if power else "")


def leaf_latex(text: str) -> str:
    """A name or a number."""
    return number_latex(text) if text in WORDS or NUMBER.fullmatch(text) else name_latex(text)


class Hole(NamedTuple):
    """The place of an argument: how tightly it must bind to stand without brackets; whether a negation must not."""

    argument: int
    needed: int
    right: bool


class Template(NamedTuple):
    """A row's LaTeX taken to pieces.

    level    how tightly it binds as a whole; what is no operator needs brackets under an exponent only
    tall     whether brackets around it must grow
    """

    pieces: list[str | Hole]
    level: int
    tall: bool


@cache
def template(row: Row) -> Template:
    """The pieces of a row's LaTeX."""
    texts = re.split(r"#([1-9])", row.latex)
    pieces: list[str | Hole] = []
    for i, text in enumerate(texts):
        if i % 2:
            pieces.append(hole(int(text) - 1, texts[i - 1], texts[i + 1], i == 1))
        elif text:
            pieces.append(text)
    return Template(pieces, outer_level(row.latex), any(sign in row.latex for sign in TALL))


def hole(argument: int, left: str, right: str, first: bool) -> Hole:
    """The place between two texts of a template."""
    if right.lstrip().startswith(("^", "!")):
        return Hole(argument, ATOM, False)
    before, after = BEFORE.search(left), AFTER.match(right)
    if before is None:
        level = SIGNS[after[1]] if after else OR
        return Hole(argument, level + (level == COMPARE), False)
    level, head = SIGNS[before[1]], left[: before.start()].rstrip()
    if before[1] == "-" and (head.endswith(("(", "{")) or (first and not head)):
        return Hole(argument, NEGATE, True)
    return Hole(argument, level + (level != NOT), level in (ADD, MULTIPLY))


def outer_level(latex: str) -> int:
    """How tightly a template binds as a whole: as its loosest sign outside all brackets."""
    if latex.startswith(r"\begin"):
        return OR
    depth, outside = 0, ""
    for token in TOKEN.findall(latex):
        depth -= token == "}" or token.startswith(r"\right")
        if depth == 0:
            outside += token
        depth += token == "{" or token.startswith(r"\left")
    if latex.startswith("-"):
        return NEGATE
    signs = [SIGNS[found[1]] for found in re.finditer(f"({SIGN})", outside)]
    bracketed = re.fullmatch(r"\\left\S+ *\\right\S+", outside)
    return min(signs, default=ATOM if bracketed else POWER)


def node_latex(tape: Tape, node: int, label: Label = lambda node: None) -> str:
    """One node as LaTeX. `label` may give the text (a name, a number) of any node below it; None descends."""
    leaves, tall, digital = looks(tape, node, label)
    pieces: list[str] = []
    # Work to do, last first: a piece of LaTeX, or (node, loosest level without brackets, is it a right side).
    stack: list[str | tuple[int, int, bool]] = [(node, OR, False)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        k, needed, right = item
        grow = k in tall
        if k in leaves:
            text = leaves[k]
            if loose(text, needed, right):
                text = f"({text})"
            pieces.append(text)
            continue
        row = tape.rows[k]
        found = template(row)
        args = tape.arguments(k)
        work: list[str | tuple[int, int, bool]] = []
        inner = any(a in tall for a in args)
        for i, piece in enumerate(found.pieces):
            if isinstance(piece, Hole):
                work.append((args[piece.argument], piece.needed, piece.right))
            elif piece == TIMES:
                work.append(times(tape, args, found.pieces[i + 1], leaves, digital))
            else:
                work.append(growing(piece) if inner else fixed(piece))
        if found.level < needed or (found.level == NEGATE and right):
            work = [r"\left(", *work, r"\right)"] if grow else ["(", *work, ")"]
        stack.extend(reversed(work))
    return "".join(pieces)


def looks(tape: Tape, node: int, label: Label) -> tuple[dict[int, str], set[int], set[int]]:
    """(the leaves as LaTeX, the nodes around which brackets must grow, those that begin with a digit or a fraction)."""
    inputs = dict(zip(tape.inputs, tape.variables, strict=True))
    leaves: dict[int, str] = {}
    inner: list[int] = []
    seen, stack = {node}, [node]
    while stack:
        k = stack.pop()
        text = label(k)
        if text is None and tape.rows[k] is INPUT:
            text = inputs[k]
        if text is None and tape.rows[k] is LITERAL:
            text = tape.literals[k]
        if text is not None:
            leaves[k] = leaf_latex(text)
            continue
        inner.append(k)
        new = set(tape.arguments(k)) - seen
        seen |= new
        stack += new
    tall: set[int] = set()
    digital = {k for k, text in leaves.items() if text[0] in "-.0123456789"}
    for k in sorted(inner):  # arguments first
        found, args = template(tape.rows[k]), tape.arguments(k)
        if found.tall or not tall.isdisjoint(args):
            tall.add(k)
        head = found.pieces[0]
        if args[head.argument] in digital if isinstance(head, Hole) else head[0] in "-2" or head.startswith(r"\frac"):
            digital.add(k)
    return leaves, tall, digital


def loose(text: str, needed: int, right: bool) -> bool:
    """Whether a leaf needs brackets: a negative number binds like a negation, and one with an exponent likewise."""
    if text.startswith("-"):
        return needed > NEGATE or right
    return needed > NEGATE and r"\times" in text


def times(tape: Tape, args: tuple[int, ...], place: str | Hole, leaves: dict[int, str], digital: set[int]) -> str:
    """The sign of a product: a thin space where its right side is a name or a function and has no brackets (before an
    upright function LaTeX has it anyway), else a dot.
    """
    assert isinstance(place, Hole)
    k = args[place.argument]
    if k in digital or (k not in leaves and template(tape.rows[k]).level < place.needed):
        return TIMES
    return " " if k not in leaves and UPRIGHT.match(tape.rows[k].latex) else r"\,"


def growing(piece: str) -> str:
    """A piece of a template around what is tall. (The empty opening keeps the bracket close to its function.)"""
    return piece.replace(r"\left", r"\mathopen{}\left")


def fixed(piece: str) -> str:
    """A piece of a template around what needs no growing brackets."""
    piece = piece.replace(r"\left|", r"\lvert ").replace(r"\right|", r"\rvert ")
    return re.sub(r"\\(?:left|right)(?![a-z])", "", piece).replace(r"\left\l", r"\l").replace(r"\right\r", r"\r")
