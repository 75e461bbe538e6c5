"""What a syntax error means to a person: the problem by its name, and the fix."""

from __future__ import annotations

import re
from typing import Any

from lark.exceptions import UnexpectedCharacters, UnexpectedInput

from adcli.errors import Problem, Span, brief, printable
from adcli.ops import ALIASES, FUNCTIONS
from adcli.parse.code import SUPERSCRIPTS
from adcli.parse.grammar import tokens as scanned

# Terminals after which a value is complete, and terminals with which one begins.
ENDS = {"NUMBER", "NAME", "RPAR", "RSQB", "SUPERSCRIPT"}
BEGINS = {"NUMBER", "NAME", "LPAR", "DEFNAME"}
OPERATORS = {"ADD", "MUL", "POW", "COMPARE", "AND", "OR"}
PAIRS = {"(": ")", "[": "]"}

# Characters of other notations, and how to write them here.
FOREIGN = {
    "|": "write abs(x) for |x|", "!": "for a factorial write gamma(x + 1)", "%": "write mod(a, b)",
    "{": "brackets are round: ( )", "}": "brackets are round: ( )", "$": "leave it out", "\\": "leave it out",
    "√": "write sqrt(x)", "∛": "write cbrt(x)", "∞": "inf is no input", "∂": "adcli differentiates by itself",
    "∑": "write sum(e for i in 1..n)", "Σ": "write sum(e for i in 1..n)", "∏": "write prod(e for i in 1..n)",
    "&": "write 'and'", "~": "write 'not'", "'": "adcli differentiates by itself", "@": "write * for a product",
    ":": "a range is written 1..n", "?": "write if(c, a, b)", '"': "no quotes inside a program",
    "“": "no quotes inside a program", "”": "no quotes inside a program", "º": "write pi/180 times the degrees",
    "°": "write pi/180 times the degrees", "–": "write -", "—": "write -", "→": "write an expression",
    "≈": "write == or <=",
}  # fmt: skip
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma_", "δ": "delta", "ε": "eps", "θ": "theta", "λ": "lam", "μ": "mu",
    "µ": "mu", "ν": "nu", "ρ": "rho", "σ": "sigma", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "κ": "kappa", "η": "eta", "ξ": "xi", "ζ": "zeta", "Δ": "Delta", "Ω": "Omega",
}  # fmt: skip


def explain(wrong: UnexpectedInput, text: str, start: str, source: str, offset: int) -> Problem:
    """The problem behind an error of the parser or the lexer, with its place in the whole source."""
    tokens = tokens_before(text, wrong)
    found = unmatched_bracket(text, wrong, tokens[-1] if tokens else None)
    if found is None and isinstance(wrong, UnexpectedCharacters):
        found = bad_character(text, wrong, start)
    headline, span, hint = found or bad_token(text, wrong, tokens, start)
    place = Span(span[0] + offset, span[1] + offset)
    return Problem("syntax", brief(headline), place, hint=brief(hint), source=source)


Found = tuple[str, tuple[int, int], str]


def tokens_before(text: str, wrong: Any) -> list[Any]:
    """The tokens before the one that did not fit."""
    stop = getattr(wrong, "token", None)
    end: int = len(text) if stop is not None and stop.type == "$END" else wrong.pos_in_stream or 0
    tokens: list[Any] = []
    try:
        for token in scanned(text):
            if (token.start_pos or 0) >= end:
                break
            tokens.append(token)
    except UnexpectedInput:
        pass  # the character that is no token: what came before it is known
    return tokens


def unmatched_bracket(text: str, wrong: UnexpectedInput, before: Any) -> Found | None:
    """A bracket never closed, or closed by the wrong one, if that is what stopped the parser."""
    at_end = getattr(getattr(wrong, "token", None), "type", "") == "$END"
    position = len(text) if at_end else wrong.pos_in_stream or 0
    open_at: list[int] = []
    for mark in re.finditer(r"#[^\n]*|[()\[\]]", text):
        if mark.start() > position:
            break
        sign, i = mark[0], mark.start()
        if sign in PAIRS:
            open_at.append(i)
        elif sign[0] == "#":
            continue
        elif not open_at:
            return f"'{sign}' has no opening bracket", (i, i + 1), "remove it, or open one before it"
        elif PAIRS[text[open_at[-1]]] == sign:
            open_at.pop()
        else:
            first = open_at[-1]
            return f"'{text[first]}' is closed by '{sign}'", (i, i + 1), f"write '{PAIRS[text[first]]}' here"
    if at_end and open_at and (before is None or before.type not in OPERATORS | {"COMMA", "LPAR", "LSQB"}):
        first = open_at[-1]
        return f"'{text[first]}' is never closed", (first, first + 1), f"add '{PAIRS[text[first]]}'"
    return None


def bad_character(text: str, wrong: UnexpectedCharacters, start: str) -> Found:
    """A character that no terminal begins with."""
    i = wrong.pos_in_stream or 0
    c = text[i]
    span = (i, i + 1)
    if text[i : i + 2] in ("&&", "||"):
        word = "and" if c == "&" else "or"
        return f"'{c * 2}' is not an operator here", (i, i + 2), f"write '{word}'"
    if c == ":" and text[i + 1 : i + 2] == "=":
        return "':=' is not part of the language", span, "write a = x*y"
    if c == ".":
        return "'.' is not part of a number here", span, "write a range as 1..n, a number as 0.5"
    if c in GREEK:
        return f"'{c}' is not a letter of names here", span, f"write {GREEK[c]}"
    shown = f"'{c}'" if c.isprintable() and not c.isspace() else f"character U+{ord(c):04X}"
    if c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉":
        return f"{shown} does not belong to anything", span, "write it right after a name or a bracket"
    if start == "point":
        return f"{shown} has no place in a point", span, "write x1=2,x2=5"
    follows_value = re.search(r"[\w)\]]\s*\Z", text[:i]) is not None
    if c == "!" and not follows_value:
        return f"{shown} is not part of the language", span, "write 'not'"
    if c == "|" and follows_value and text.count("|") == 1:
        return f"{shown} is not part of the language", span, "write 'or'"
    hint = FOREIGN.get(c, "names are made of the letters a-z, A-Z, digits and _" if c.isalpha() else "remove it")
    return f"{shown} is not part of the language", span, hint


def bad_token(text: str, wrong: Any, tokens: list[Any], start: str) -> Found:
    """A terminal that does not fit where it stands."""
    token = wrong.token
    before = tokens[-1] if tokens else None
    kind, prior = token.type, before.type if before is not None else ""
    word = printable(str(token))
    if kind == "_SEP" and start == "point" and prior in ENDS:
        return "the parts of a point are separated by commas", (token.start_pos, token.start_pos + 1), "write x1=2,x2=5"
    if kind == "_SEP" and token == ";" and inside(text, token.start_pos):
        return "';' stands between statements, not inside brackets", (token.start_pos, token.start_pos + 1), "write ','"
    if kind in ("$END", "_SEP"):
        end = len(text.rstrip()) if kind == "$END" else token.start_pos
        return at_the_end(text, before, prior, end, start)
    span = (token.start_pos, token.start_pos + len(token))
    if start == "point" and (prior == "" or (prior == "COMMA" and not inside(text, span[0]))):
        return "a point is written name=value", span, "write x1=2,x2=5"
    special = bad_parameter(tokens, token, span) or bad_loop(tokens, token, span) or after_list(tokens, token, span)
    if special is not None:
        return special
    if prior in ENDS and kind in BEGINS | {"LSQB"}:
        return no_operator(text, before, token, start)
    if prior == "SUPERSCRIPT" and kind in ("POW", "SUPERSCRIPT"):
        base = value_before(text, before)
        return "two powers need brackets", span, f"write ({base}){word}..., or {base.rstrip(before)}^(...)"
    if start == "point" and kind == "COMPARE":
        return "a point is written name=value", span, "write x1=2,x2=5"
    if before is not None and prior == "COMPARE" and kind in ("COMPARE", "EQUALS") and before.end_pos == span[0]:
        meant = {"<>": "!=", "===": "==", "!==": "!="}.get(f"{before}{word}", before)
        return f"'{before}{word}' is not a comparison", span, f"write '{meant}'"
    if before is not None and prior == "EQUALS" and kind == "COMPARE" and before.end_pos == span[0]:
        return f"'={word}' is not a comparison", span, f"write '{word}='"
    if kind == "COMPARE" and prior in ENDS:
        return "comparisons do not chain", span, f"write a < b and b {word} c"
    if kind == "EQUALS":
        if prior in ("AND", "OR", "NOT") and len(tokens) == 1:
            return keyword(before)
        return lone_equals(text, before, token, start)
    if kind in ("RPAR", "RSQB"):
        if before is not None and prior == "COMMA":
            return "a comma with nothing after it", (before.start_pos, before.start_pos + 1), "remove it"
        if prior in OPERATORS | {"NOT"}:
            return missing_operand(before)
        return f"there is nothing before '{word}'", span, "write an expression there"
    if kind == "COMMA":
        if prior == "EQUALS":
            return "there is nothing after '='", span, "write a value there"
        if prior in OPERATORS | {"NOT"}:
            return missing_operand(before)
        if prior in ("COMMA", "LPAR", "LSQB"):
            return "there is nothing before the comma", span, "remove it, or write an expression before it"
        return decimal_comma(text, before, span) or (
            "a comma stands only between arguments", span, "write several outputs as a list: [e1, e2]"
        )  # fmt: skip
    if kind in ("AND", "OR") and not tokens and re.match(r"\s*=(?!=)", text[span[1] :]):
        return keyword(token)
    if kind in OPERATORS:
        if prior in OPERATORS | {"NOT"}:
            return f"'{word}' follows '{before}' with nothing between", span, "write a value between them"
        return f"'{word}' has nothing on its left", span, "write a value before it"
    if kind in ("FOR", "IN", "NOT"):
        return keyword(token)
    if kind == "RANGE":
        return "'..' stands only in 'for i in 1..n'", span, "write sum(e for i in 1..n)"
    if kind == "SUPERSCRIPT":
        digits = word.translate(SUPERSCRIPTS)
        return f"'{word}' has nothing to be the power of", span, f"write ^{digits} after a value"
    if kind == "LSQB":
        return "a list stands only as the output of a program", span, "write [e1, e2] as the last statement"
    if kind == "DEFNAME":
        return "a function is defined in a statement of its own", span, "write f(t) = t^2; f(x)"
    return f"'{word}' does not belong here", span, "write an operator before it" if prior in ENDS else "remove it"


def inside(text: str, position: int) -> bool:
    """Whether a position stands inside brackets."""
    head = text[:position]
    return head.count("(") + head.count("[") > head.count(")") + head.count("]")


def at_the_end(text: str, before: Any, prior: str, end: int, start: str) -> Found:
    """The text, or a statement, ends where something is still wanted."""
    span = (end, end + 1)
    if before is None:
        what = "point" if start == "point" else "program"
        return f"the {what} is empty", (0, 1), "write x1=2,x2=5" if start == "point" else "write an expression"
    if prior in OPERATORS | {"NOT"}:
        return missing_operand(before)
    if prior == "COMMA":
        return "a comma with nothing after it", (before.start_pos, before.start_pos + 1), "remove it"
    if prior == "EQUALS":
        return "there is nothing after '='", span, "write a value there"
    if prior in ENDS and start == "point":
        return "a point is written name=value", (0, end), "write x1=2,x2=5"
    if prior in ("LPAR", "LSQB"):
        closing = PAIRS[str(before)]
        return f"'{before}' is never closed", (before.start_pos, before.start_pos + 1), f"add a value and '{closing}'"
    if prior == "DEFNAME":
        return "the definition is not finished", span, "write f(t) = t^2"
    return "the text ends too early", span, "write for i in 1..n" if prior in ("FOR", "IN", "RANGE") else ""


def missing_operand(before: Any) -> Found:
    """An operator without its right side."""
    span = (before.start_pos, before.start_pos + len(before))
    return f"'{before}' has nothing on its right", span, "write a value after it"


def no_operator(text: str, before: Any, token: Any, start: str) -> Found:
    """Two values side by side: never guess whether a product is meant."""
    span = (token.start_pos, token.start_pos + len(token))
    left, right = value_before(text, before), value_after(text, token)
    if before.type == "SUPERSCRIPT" and is_function(text, left.rstrip(before)):
        name, power = left.rstrip(before), before.translate(SUPERSCRIPTS)
        return f"a power stands behind the call, not behind {name}", span, f"write {name}({right.strip('()')})^{power}"
    if before.type == "NAME" and is_function(text, before) and token.type != "LSQB":
        return f"{before} needs brackets around its argument", span, f"write {before}({right})"
    if re.fullmatch(r"[0-9]{1,3}", before) and re.fullmatch(r"[0-9]{3}(\.[0-9]*)?", token):
        return "digits are not grouped", span, f"write {before}{token}"
    if before.type == "NUMBER" and re.fullmatch(r"_[0-9_]+", str(token)):
        return "digits are not grouped", span, f"write {before}{str(token).replace('_', '')}"
    if before == "0" and before.start_pos + 1 == span[0] and re.match(r"[xXbo][0-9a-fA-F]", text[span[0] :]):
        return "numbers are decimal", (before.start_pos, span[1]), "write the number in decimal"
    if token == "to":
        return "a range is written with two dots", span, "write 1..n"
    if start == "point":
        return "two values with nothing between", span, "write x1=2,x2=5"
    if token.type == "LSQB":
        if before.type == "NAME":
            return f"'{before}' and '[' do not go together here", span, "write x[1]"
        return "only a name has elements", span, "write x[1]"
    return f"there is no operator between {shown(left)} and {shown(right)}", span, f"to multiply, write {left}*{right}"


def is_function(text: str, name: str) -> bool:
    """Whether a name is a function of the language or one that the text defines."""
    return name in FUNCTIONS or name in ALIASES or name in ("sum", "prod") or bool(
        re.search(rf"(?:^|[;\n])[ \t]*{re.escape(name)}[ \t]*\([^()]*\)[ \t]*=(?!=)", text)
    )  # fmt: skip


def shown(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"


def value_before(text: str, before: Any) -> str:
    """The value that ends with the token before: brackets and what a superscript belongs to are taken whole."""
    end = begin = before.start_pos + len(before)
    if before.type not in ("RPAR", "RSQB", "SUPERSCRIPT"):
        return text[before.start_pos : end]
    begin = before.start_pos if before.type == "SUPERSCRIPT" else end
    if text[begin - 1 : begin] in (")", "]"):
        depth = 0
        while begin > 0:
            begin -= 1
            depth += (text[begin] in ")]") - (text[begin] in "([")
            if depth == 0:
                break
    name = re.search(r"[A-Za-z0-9_.₀-₉πτ]+\Z", text[max(0, begin - 40) : begin])
    return text[begin - (len(name[0]) if name else 0) : end]


def value_after(text: str, token: Any) -> str:
    """The value that begins with a token: brackets are taken whole."""
    begin = token.start_pos
    i = begin + len(token)
    if token.type != "LPAR":
        if i >= len(text) or text[i] not in "([":
            return text[begin:i]
    else:
        i = begin
    depth = 0
    for j in range(i, len(text)):
        depth += (text[j] in "([") - (text[j] in ")]")
        if depth == 0:
            return text[begin : j + 1]
    return text[begin:i] or str(token)


def bad_parameter(tokens: list[Any], token: Any, span: tuple[int, int]) -> Found | None:
    """Something else than names in the brackets of a definition."""
    kinds = [token.type for token in tokens]
    if kinds[-1:] == ["COMMA"] and token.type == "RPAR":
        return None
    if "DEFNAME" in kinds and "EQUALS" not in kinds[len(kinds) - kinds[::-1].index("DEFNAME") :]:
        return "a parameter is a name", span, f"write {tokens[kinds.index('DEFNAME')]}(t) = ..."
    return None


def bad_loop(tokens: list[Any], token: Any, span: tuple[int, int]) -> Found | None:
    """A 'for' that is not followed by 'i in 1..n'."""
    kinds = [token.type for token in tokens]
    if "FOR" not in kinds:
        return None
    since = kinds[len(kinds) - kinds[::-1].index("FOR") :]
    if "RANGE" in since or token.type in ("IN", "RANGE") or token == "to" or "LPAR" in since:
        return None
    return f"'{token}' cuts the range short", span, "write for i in 1..n"


def after_list(tokens: list[Any], token: Any, span: tuple[int, int]) -> Found | None:
    """A list is the whole statement: nothing follows it."""
    if token.type not in OPERATORS or tokens[-1:] == [] or tokens[-1].type != "RSQB":
        return None
    depth = 0
    for i in range(len(tokens) - 1, -1, -1):
        depth += (tokens[i].type == "RSQB") - (tokens[i].type == "LSQB")
        if depth == 0:
            if i == 0 or tokens[i - 1].type == "_SEP":
                return "a list stands only as the output of a program", span, "write [e1, e2] as the last statement"
            return None
    return None


def keyword(token: Any) -> Found:
    """A word of the language used as a name."""
    span = (token.start_pos, token.start_pos + len(token))
    hint = "write if(not (c), a, b)" if token.type == "NOT" else "write sum(e for i in 1..n)"
    return f"'{token}' is a word of the language and cannot stand here", span, f"{hint}, or choose another name"


def lone_equals(text: str, before: Any, token: Any, start: str) -> Found:
    """An '=' that does not bind a name."""
    span = (token.start_pos, token.start_pos + 1)
    follows = text[span[1] : span[1] + 1]
    if follows in ("<", ">"):
        return f"'={follows}' is not a comparison", span, f"write '{follows}='"
    if start == "point":
        return "a value is not a name", span, "write x1=2,x2=5"
    if before is None:
        return "there is no name before '='", span, "write a = x*y"
    if before.type == "RSQB":
        return "an element cannot be bound", span, "bind a name: a = ..."
    if before.type in ENDS and inside(text, span[0]):
        return "'=' binds a name; it does not compare", span, "write '==' to compare"
    if before.type in ENDS:
        return "only a name can be bound", span, "write '==' to compare, or a = ... to bind a name"
    return "'=' cannot stand here", span, "write a = x*y"


def decimal_comma(text: str, before: Any, span: tuple[int, int]) -> Found | None:
    """1,5 for 1.5."""
    after = re.match(r"[0-9]+", text[span[1] :])
    if before is not None and before.type == "NUMBER" and after and text[span[0] - 1].isdigit():
        return "a decimal point is a point", span, f"write {before}.{after[0]}"
    return None
