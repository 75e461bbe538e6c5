"""What is done to a valid text so that it is no longer one: the ways in which input is hostile."""

from __future__ import annotations

import re
from random import Random

LARGEST = 4_000  # bytes of a program: the limits hold up to 4 kB
TOKENS = re.compile(r"\s+|[A-Za-z_]\w*|[0-9.]+(?:e[-+]?[0-9]+)?|\*\*|[<>=!]=|\.\.|.", re.DOTALL)
PIECES = [
    *"xyabn01239.,;:()[]{}=<>!+-*/^#\n \t\"'|&%_@$~`\\?", "sin", "if(", "sum(", "prod(", "for ", " in ", "..", "1..3",
    "and ", "or ", "not ", "**", "<=", "==", "f(t) = ", "f(", "u[", "pi", "e", "tau", "1e5", "1..", "..3", "x y",
    "2x", "×", "·", "÷", "²", "⁻", "⁻¹", "₁", "π", "τ", "−", "≤", "≠", "é", "\u00a0", "\u200b", "\u202e", "\ufeff",
    "\u2028", "\x00", "\x1b[31m", "\x07", "\x7f", "\r", "\x0b", "\x85", "\ud800", "\udcff", "\udfff", "日", "😀",
    "e\u0301", "٣", "1e400", "1e-400", "9" * 40, "0" * 30 + "1", "1_000", "0x1f", "1e", "inf", "nan", "1e308",
    "x^1e9", "2^1023", "[bold]", "[/]", "[link=http://a]b[/link]", "<script>alert(1)</script>", "$x$", "\\input{a}",
    "%s%n", "{x}", "__import__('os').system('id')", "lambda: 0", "exec(", "eval(", "x.__class__", "; rm -rf /",
    "$(id)", "`id`", "import os", "'; DROP TABLE t; --", "=HYPERLINK(\"a\")", "@file", "--at", "-f", "-",
    "sum(i for i in 1..3)", "sum(x^i for i in 1..1000)", "prod(i for i in 1..200)", "sum(x for i in 1..1e9)",
    "[x*i for i in 1..500]", "sum(sum(x*i*j for j in 1..i) for i in 1..60)", "u[9999999]", "u[1,2]", "u[-1]",
    "u[0.5]", "max(x for i in 1..0)", "sum(u[i] for i in 1..800)", "x[1]", "x", "y", "if(x>0,1,ln(x))", "x/0", "0^0",
    "0^x", "gamma(200)", "exp(exp(exp(x)))", "polygamma(3, x)", "polygamma(1000, x)", "polygamma(-1, x)", "x^-0.5",
    "mod(x, 0)", "f(t)=f(t)", "f(t)=g(t);g(t)=f(t)", "a=a", "pi=3", "sin=2", "a=1;a=2", "x^x^x^x", "lgamma(x)",
    "atan2(0,0)",
]  # fmt: skip
STRANGE = [  # expressions that parse, and are wrong, without end, or extreme
    "sum(i for i in 1..3)", "sum(x^i for i in 1..1000)", "prod(i for i in 1..200)", "sum(x for i in 1..1e9)", "(x<1)",
    "sum(sum(x*i*j for j in 1..i) for i in 1..60)", "u[9999999]", "u[1,2]", "u[-1]", "u[0.5]", "u[x]", "u[0]", "v",
    "max(x for i in 1..0)", "sum(u[i] for i in 1..800)", "if(x>0,1,ln(x))", "if(x,1,2)", "x/0", "0^0", "0^x",
    "(-1)^x", "gamma(200)", "exp(exp(exp(x)))", "polygamma(3, x)", "polygamma(1000, x)", "polygamma(-1, x)",
    "polygamma(x, x)", "polygamma(0.5, 2)", "x^-0.5", "mod(x, 0)", "x^x^x^x", "atan2(0,0)", "1e308*10", "1e-320",
    "1e400", "1e-400", "0.1e1", "9" * 40, "x^1e9", "x^-1e300", "2^1023*2",
    "sum(ln(x+i+j) for i in 1..30 for j in 1..30)", "min(x)", "max()", "sin()", "sin(x,x)", "foo(x)", "i",
    "sum(x for x in 1..2)", "sum(1 for i in 1..n)", "sum(i for i in 3..1)", "clamp(x, 2, 1)",
    "prod(x-i for i in 1..50)", "sum(1/i for i in 0..3)", "sum(u[i]*u[i+1] for i in 1..50)", "hypot(1e200,1e200)",
    "cbrt(-x)", "ln(-1)", "asin(2)", "acosh(0)", "lgamma(-1)", "digamma(0)", "gamma(-170.5)", "erfc(30)", "tan(pi/2)",
    "sum(sum(sum(x for i in 1..20) for j in 1..20) for k in 1..20)", "sum(x for i in 1..19000)", "round(1e300)",
    "sin(1e300)", "min(sin(x*i) for i in 1..300)", "max(u[i] for i in 1..100)", "mod(-x, 1e-300)", "floor(x*1e300)",
    "sign(0)", "abs(0)", "sum(u[i,j] for i in 1..20 for j in 1..i)", "log2(0)", "exp2(1024)", "sigmoid(-800)",
    "softplus(800)", "normcdf(-40)",
]  # fmt: skip
NESTS = [
    ("(", ")"), ("-", ""), ("+", ""), ("not ", ""), ("sin(", ")"), ("[", "]"), ("f(", ")"), ("x^", ""), ("2^-", ""),
    ("if(x>", ",1,2)"), ("max(x,", ")"), ("sum(", " for i in 1..2)"), ("u[", "]"), ("", "²"), ("x+", ""), ("1/", ""),
    ("x-(", ")"), ("cbrt(", ")"), ("exp(", ")"), ("gamma(", ")"), ("a=", ""), ("", ";"), ("", "\n"), ("x,", ""),
]  # fmt: skip


def mutated(random: Random, text: str, other: str) -> str:
    """The text after one to four mutations, at most 4 kB; `other` is one to be spliced with."""
    for _ in range(random.choice([1, 1, 1, 2, 2, 3, 4])):
        text = mutate(random, text, other)
    while len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        text = text[: len(text) * 3 // 4]
    return text


def mutate(random: Random, text: str, other: str) -> str:
    """One mutation of the text's tokens."""
    tokens = TOKENS.findall(text) or [""]
    i, j = random.randrange(len(tokens)), random.randrange(len(tokens))
    low, high = min(i, j), max(i, j) + 1
    match random.randrange(12):
        case 0:
            del tokens[i]
        case 1:
            del tokens[low : min(high, low + 5)]
        case 2:
            tokens.insert(j, tokens[i])
        case 3:
            tokens[i], tokens[j] = tokens[j], tokens[i]
        case 4:
            tokens[i:i] = tokens[low:high]
        case 5:
            others = TOKENS.findall(other) or [""]
            k = random.randrange(len(others))
            tokens[low:high] = others[k : k + random.randint(1, 12)]
        case 6 | 7:
            tokens.insert(i, random.choice(PIECES))
        case 8:
            tokens[i] = random.choice(PIECES)
        case 9:
            before, after = random.choice(NESTS)
            count = random.choice([1, 1, 2, 2, 3, 3, 5, 10, 50, random.choice([200, 1000])])
            tokens[low:high] = [before * count, *tokens[low:high], after * count]
        case 10:
            tokens[i] = random.choice([
                f"{random.randrange(10**6)}", f"1e{random.randrange(-400, 400)}", "9" * 300, tokens[i] * 9,
                f"1..{10 ** random.randrange(1, 12)}", f"x^{random.choice([50, 999, 1e5, -77])}", tokens[i] * 2,
                f"0.{'0' * random.randrange(400)}1", tokens[i] * random.choice([2, 99]),
            ])  # fmt: skip
        case _:
            k = random.randrange(len(text) + 1)
            code = random.choice([random.randrange(32), random.randrange(0x300), random.randrange(0xD7FF),
                                  random.randrange(0xD800, 0xE000), random.randrange(0x110000)])  # fmt: skip
            return text[:k] + chr(code) + text[k + random.choice([0, 1]) :]
    return "".join(tokens)
