"""Broken programs: what the problem is called, where it is, what to do about it, and the exit code."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import share

from adcli.errors import EXIT, WRONG, Problem, ProblemError, layout, printable
from adcli.ops import ALIASES, FUNCTIONS
from adcli.parse.program import parse
from adcli.parse.words import SYNONYMS

KINDS = {"syntax", "name", "arity", "condition", "index", "literal", "size", *EXIT}


@cache
def problems(*texts: str) -> tuple[Problem, ...]:
    with pytest.raises(ProblemError) as caught:
        parse(texts)
    return caught.value.problems


def marked(problem: Problem) -> str:
    assert problem.span is not None
    return problem.source[slice(*problem.span)]


# Program, kind, exit code, fragment of the headline, the text above the carets, fragment of the hint
BROKEN = [
    # Two values with nothing between: a product is never guessed
    ("2x", "syntax", 3, "there is no operator between 2 and x", "x", "to multiply, write 2*x"),
    ("x y", "syntax", 3, "there is no operator between x and y", "y", "to multiply, write x*y"),
    ("2(3)", "syntax", 3, "there is no operator between 2 and (3)", "(", "to multiply, write 2*(3)"),
    ("(a)(b)", "syntax", 3, "there is no operator between (a) and (b)", "(", "to multiply, write (a)*(b)"),
    ("x(3)", "name", 3, "there is no function x", "x", "to multiply, write x*(...)"),
    ("3pi", "syntax", 3, "there is no operator between 3 and pi", "pi", "to multiply, write 3*pi"),
    ("2sin(x)", "syntax", 3, "there is no operator between 2 and sin(x)", "sin", "to multiply, write 2*sin(x)"),
    (
        "sin(x)cos(x)", "syntax", 3,
        "there is no operator between sin(x) and cos(x)", "cos", "to multiply, write sin(x)*cos(x)",
    ),
    ("(x + 1)y", "syntax", 3, "there is no operator between (x + 1) and y", "y", "to multiply, write (x + 1)*y"),
    ("(x + 1)2", "syntax", 3, "there is no operator between (x + 1) and 2", "2", "to multiply, write (x + 1)*2"),
    ("x 2", "syntax", 3, "there is no operator between x and 2", "2", "to multiply, write x*2"),
    ("2 3", "syntax", 3, "there is no operator between 2 and 3", "3", "to multiply, write 2*3"),
    ("u[1]x", "syntax", 3, "there is no operator between u[1] and x", "x", "to multiply, write u[1]*x"),
    ("u[1](3)", "syntax", 3, "there is no operator between u[1] and (3)", "(", "to multiply, write u[1]*(3)"),
    ("u[1]u[2]", "syntax", 3, "there is no operator between u[1] and u[2]", "u", "to multiply, write u[1]*u[2]"),
    ("2e", "syntax", 3, "there is no operator between 2 and e", "e", "to multiply, write 2*e"),
    ("2e3x", "syntax", 3, "there is no operator between 2e3 and x", "x", "to multiply, write 2e3*x"),
    ("pi r", "syntax", 3, "there is no operator between pi and r", "r", "to multiply, write pi*r"),
    ("pi(3)", "name", 3, "pi is a number, not a function", "pi", "write pi*(...)"),
    ("e(x)", "name", 3, "e is a number, not a function", "e", "write e*(...)"),
    ("2π", "syntax", 3, "there is no operator between 2 and π", "π", "to multiply, write 2*π"),
    ("πr", "syntax", 3, "there is no operator between π and r", "r", "to multiply, write π*r"),
    ("x²y", "syntax", 3, "between x² and y", "y", "x²*y"),
    ("x²2", "syntax", 3, "between x² and 2", "2", "x²*2"),
    ("2²(3)", "syntax", 3, "between 2² and (3)", "(", "2²*(3)"),
    ("sin²(x)", "syntax", 3, "", "(", "sin(x)"),
    ("2x + 3y", "syntax", 3, "there is no operator between 2 and x", "x", "to multiply, write 2*x"),
    ("a = 2x", "syntax", 3, "there is no operator between 2 and x", "x", "to multiply, write 2*x"),
    ("a(b + c)", "name", 3, "there is no function a", "a", "to multiply, write a*(...)"),
    ("1 000", "syntax", 3, "", "000", "1000"),
    ("x^2y", "syntax", 3, "there is no operator between 2 and y", "y", "to multiply, write 2*y"),
    ("2x^2", "syntax", 3, "there is no operator between 2 and x", "x", "to multiply, write 2*x"),
    (
        "(a + b)(a - b)(c)", "syntax", 3,
        "there is no operator between (a + b) and (a - b)", "(", "to multiply, write (a + b)*(a - b)",
    ),
    ("f(t) = 2t; f(x)", "syntax", 3, "there is no operator between 2 and t", "t", "to multiply, write 2*t"),
    # A function without brackets
    ("sin x", "syntax", 3, "sin needs brackets around its argument", "x", "write sin(x)"),
    ("sin 3", "syntax", 3, "sin needs brackets around its argument", "3", "write sin(3)"),
    ("sin x + 1", "syntax", 3, "sin needs brackets around its argument", "x", "write sin(x)"),
    ("sqrt 2", "syntax", 3, "sqrt needs brackets around its argument", "2", "write sqrt(2)"),
    ("ln x", "syntax", 3, "ln needs brackets around its argument", "x", "write ln(x)"),
    ("log x", "syntax", 3, "log needs brackets around its argument", "x", "write log(x)"),
    ("sum x", "syntax", 3, "sum needs brackets around its argument", "x", "write sum(x)"),
    ("sin", "name", 3, "sin is a function", "sin", "give it an argument: sin(x)"),
    ("sin + 1", "name", 3, "sin is a function", "sin", "give it an argument: sin(x)"),
    ("sin -x", "name", 3, "sin is a function", "sin", "give it an argument: sin(x)"),
    ("max", "name", 3, "max is a function", "max", "max(a, b"),
    ("atan2", "name", 3, "atan2 is a function", "atan2", "atan2(y, x)"),
    ("f(t) = t; f", "name", 3, "f is a function", "f", "f(t)"),
    ("f(t) = t; f x", "syntax", 3, "", "x", "f(x)"),
    ("sin[1]", "name", 3, "sin is a function", "sin", "write sin(...) with round brackets"),
    # An operator without its values
    ("3+", "syntax", 3, "'+' has nothing on its right", "+", "write a value after it"),
    ("3 *", "syntax", 3, "'*' has nothing on its right", "*", "write a value after it"),
    ("3^", "syntax", 3, "'^' has nothing on its right", "^", "write a value after it"),
    ("x -", "syntax", 3, "'-' has nothing on its right", "-", "write a value after it"),
    ("-", "syntax", 3, "'-' has nothing on its right", "-", "write a value after it"),
    ("x and", "syntax", 3, "'and' has nothing on its right", "and", "write a value after it"),
    ("not", "syntax", 3, "'not' has nothing on its right", "not", "write a value after it"),
    ("(3+)", "syntax", 3, "'+' has nothing on its right", "+", "write a value after it"),
    ("sin(x+)", "syntax", 3, "'+' has nothing on its right", "+", "write a value after it"),
    ("[x, 3*]", "syntax", 3, "'*' has nothing on its right", "*", "write a value after it"),
    ("max(x*, 3)", "syntax", 3, "'*' has nothing on its right", "*", "write a value after it"),
    ("3+; x", "syntax", 3, "'+' has nothing on its right", "+", "write a value after it"),
    ("x +", "syntax", 3, "'+' has nothing on its right", "+", "write a value after it"),
    ("*3", "syntax", 3, "'*' has nothing on its left", "*", "write a value before it"),
    ("/x", "syntax", 3, "'/' has nothing on its left", "/", "write a value before it"),
    ("^2", "syntax", 3, "'^' has nothing on its left", "^", "write a value before it"),
    ("== 3", "syntax", 3, "'==' has nothing on its left", "==", ""),
    ("< 3", "syntax", 3, "'<' has nothing on its left", "<", ""),
    ("and x", "syntax", 3, "'and' has nothing on its left", "and", "write a value before it"),
    ("x + * y", "syntax", 3, "'*' follows '+' with nothing between", "*", "write a value between them"),
    ("x */ y", "syntax", 3, "'/' follows '*' with nothing between", "/", "write a value between them"),
    ("x ** * 2", "syntax", 3, "'*' follows '**' with nothing between", "*", "write a value between them"),
    ("x ^ / 2", "syntax", 3, "'/' follows '^' with nothing between", "/", "write a value between them"),
    ("x + < 3", "syntax", 3, "'<' follows '+'", "<", ""),
    ("x == == 3", "syntax", 3, "'==' follows '=='", "==", ""),
    ("(*3)", "syntax", 3, "'*' has nothing on its left", "*", "write a value before it"),
    ("x^", "syntax", 3, "'^' has nothing on its right", "^", "write a value after it"),
    ("x and or y", "syntax", 3, "'or' follows 'and' with nothing between", "or", "write a value between them"),
    ("2^²", "syntax", 3, "'²' has nothing to be the power of", "²", "write ^2 after a value"),
    # Brackets
    ("(x", "syntax", 3, "'(' is never closed", "(", "add ')'"),
    ("((x)", "syntax", 3, "'(' is never closed", "(", "add ')'"),
    ("sin(x", "syntax", 3, "'(' is never closed", "(", "add ')'"),
    ("u[1", "syntax", 3, "'[' is never closed", "[", "add ']'"),
    ("[x, z", "syntax", 3, "'[' is never closed", "[", "add ']'"),
    ("(x + (z)", "syntax", 3, "'(' is never closed", "(", "add ')'"),
    ("x)", "syntax", 3, "')' has no opening bracket", ")", "remove it, or open one before it"),
    ("x + 1)", "syntax", 3, "')' has no opening bracket", ")", "remove it, or open one before it"),
    ("(x))", "syntax", 3, "')' has no opening bracket", ")", "remove it, or open one before it"),
    ("x]", "syntax", 3, "']' has no opening bracket", "]", "remove it, or open one before it"),
    ("(x]", "syntax", 3, "'(' is closed by ']'", "]", "write ')' here"),
    ("[x)", "syntax", 3, "'[' is closed by ')'", ")", "write ']' here"),
    ("sin(x]", "syntax", 3, "'(' is closed by ']'", "]", "write ')' here"),
    ("u[1)", "syntax", 3, "'[' is closed by ')'", ")", "write ']' here"),
    (
        "(x + [z)", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    ("()", "syntax", 3, "nothing", ")", ""),
    ("[]", "syntax", 3, "nothing", "]", ""),
    ("sin(()", "syntax", 3, "nothing", ")", ""),
    ("u[]", "syntax", 3, "nothing", "]", ""),
    ("( , )", "syntax", 3, "there is nothing before the comma", ",", "remove it"),
    ("(x +", "syntax", 3, "'+' has nothing on its right", "+", "write a value after it"),
    ("{x}", "syntax", 3, "'{' is not part of the language", "{", "brackets are round: ( )"),
    ("{x + 1}*2", "syntax", 3, "'{' is not part of the language", "{", "brackets are round: ( )"),
    # Commas
    ("sin(x,)", "syntax", 3, "a comma with nothing after it", ",", "remove it"),
    ("[x, z,]", "syntax", 3, "a comma with nothing after it", ",", "remove it"),
    ("[x,]", "syntax", 3, "a comma with nothing after it", ",", "remove it"),
    ("max(x, z,)", "syntax", 3, "a comma with nothing after it", ",", "remove it"),
    ("u[1,]", "syntax", 3, "a comma with nothing after it", ",", "remove it"),
    ("f(t,) = t; f(x)", "syntax", 3, "a comma with nothing after it", ",", "remove it"),
    ("max(,x)", "syntax", 3, "there is nothing before the comma", ",", "remove it"),
    ("max(x,,z)", "syntax", 3, "there is nothing before the comma", ",", "remove it"),
    ("[,x]", "syntax", 3, "there is nothing before the comma", ",", "remove it"),
    ("(x, z)", "syntax", 3, "a comma stands only between arguments", ",", "[e1, e2]"),
    ("x, z", "syntax", 3, "a comma stands only between arguments", ",", "[e1, e2]"),
    ("x,", "syntax", 3, "comma", ",", ""),
    (",x", "syntax", 3, "comma", ",", ""),
    ("1,5", "syntax", 3, "a decimal point is a point", ",", "write 1.5"),
    ("3,14*x", "syntax", 3, "a decimal point is a point", ",", "write 3.14"),
    ("a = 1,5", "syntax", 3, "a decimal point is a point", ",", "write 1.5"),
    ("max(1,5; 2)", "syntax", 3, "", ";", ""),
    # Comparisons and equality
    ("a<b<c", "syntax", 3, "comparisons do not chain", "<", "write a < b and b < c"),
    ("0 < x < 1", "syntax", 3, "comparisons do not chain", "<", "write a < b and b < c"),
    ("a < b <= c", "syntax", 3, "comparisons do not chain", "<=", "write a < b and b <= c"),
    ("a == b == c", "syntax", 3, "comparisons do not chain", "==", "write a < b and b == c"),
    ("if(a < b < c, 1, 2)", "syntax", 3, "comparisons do not chain", "<", "write a < b and b < c"),
    ("if(x = 3, 1, 2)", "syntax", 3, "'=' binds a name; it does not compare", "=", "write '==' to compare"),
    ("if(x === 3, 1, 2)", "syntax", 3, "", "=", "'=='"),
    ("if(x <> 3, 1, 2)", "syntax", 3, "", ">", "!="),
    ("if(x =< 3, 1, 2)", "syntax", 3, "", "=", "<="),
    ("if(x => 3, 1, 2)", "syntax", 3, "", "=", ">="),
    ("x + 1 = 3", "syntax", 3, "only a name can be bound", "=", "write '==' to compare, or a = ... to bind a name"),
    ("2 = x", "syntax", 3, "only a name can be bound", "=", "write '==' to compare, or a = ... to bind a name"),
    ("a = b = c", "syntax", 3, "only a name can be bound", "=", "write '==' to compare, or a = ... to bind a name"),
    ("(a = 3)", "syntax", 3, "'=' binds a name; it does not compare", "=", "write '==' to compare"),
    ("= 3", "syntax", 3, "there is no name before '='", "=", "write a = x*y"),
    ("x = = 3", "syntax", 3, "'=' cannot stand here", "=", "write a = x*y"),
    ("u[1] = 3", "syntax", 3, "an element cannot be bound", "=", "bind a name: a = ..."),
    ("[a, b] = 3", "syntax", 3, "an element cannot be bound", "=", "bind a name: a = ..."),
    ("x := 3", "syntax", 3, "", ":", " = "),
    ("x += 1", "syntax", 3, "", "=", ""),
    ("x -> 3", "syntax", 3, "", ">", ""),
    ("x=", "syntax", 3, "there is nothing after '='", "", "write a value there"),
    # Conditions are no numbers, numbers no conditions
    ("x > 0", "condition", 3, "x > 0 is a condition, not a number", "x > 0", "write if(x > 0, 1, 0)"),
    ("x == 3", "condition", 3, "x == 3 is a condition, not a number", "x == 3", "write if(x == 3, 1, 0)"),
    ("[x, x > 0]", "condition", 3, "x > 0 is a condition, not a number", "x > 0", "write if(x > 0, 1, 0)"),
    ("a = x > 0", "condition", 3, "x > 0 is a condition, not a number", "x > 0", "write if(x > 0, 1, 0)"),
    ("(x > 0) + 1", "condition", 3, "(x > 0) is a condition, not a number", "(x > 0)", "write if((x > 0), 1, 0)"),
    ("1 + (x > 0)", "condition", 3, "(x > 0) is a condition, not a number", "(x > 0)", "write if((x > 0), 1, 0)"),
    ("-(x > 0)", "condition", 3, "(x > 0) is a condition, not a number", "(x > 0)", "write if((x > 0), 1, 0)"),
    ("sin(x > 0)", "condition", 3, "x > 0 is a condition, not a number", "x > 0", "write if(x > 0, 1, 0)"),
    ("(x < z)^2", "condition", 3, "(x < z) is a condition, not a number", "(x < z)", "write if((x < z), 1, 0)"),
    ("x^(x > 0)", "condition", 3, "(x > 0) is a condition, not a number", "(x > 0)", "write if((x > 0), 1, 0)"),
    ("if(x > 0, z > 0, 1)", "condition", 3, "z > 0 is a condition, not a number", "z > 0", "write if(z > 0, 1, 0)"),
    ("if(x > 0, 1, z > 0)", "condition", 3, "z > 0 is a condition, not a number", "z > 0", "write if(z > 0, 1, 0)"),
    ("max(x, z > 0)", "condition", 3, "z > 0 is a condition, not a number", "z > 0", "write if(z > 0, 1, 0)"),
    ("(x > 0) < 1", "condition", 3, "(x > 0) is a condition, not a number", "(x > 0)", "write if((x > 0), 1, 0)"),
    (
        "(x > 0) == (z > 0)", "condition", 3,
        "(x > 0) is a condition, not a number", "(x > 0)", "write if((x > 0), 1, 0)",
    ),
    (
        "sum(x > i for i in 1..2)", "condition", 3,
        "x > i is a condition, not a number", "x > i", "write if(x > i, 1, 0)",
    ),
    ("if(x, 1, 2)", "condition", 3, "x is a number, not a condition", "x", "if takes a condition: write x > 0, say"),
    ("if(1, 1, 2)", "condition", 3, "1 is a number, not a condition", "1", "if takes a condition: write 1 > 0, say"),
    (
        "if(x > 0 and z, 1, 2)", "condition", 3,
        "z is a number, not a condition", "z", "and takes a condition: write z > 0, say",
    ),
    (
        "if(not x, 1, 2)", "condition", 3,
        "x is a number, not a condition", "x", "not takes a condition: write x > 0, say",
    ),
    (
        "if(x or z > 1, 1, 2)", "condition", 3,
        "x is a number, not a condition", "x", "or takes a condition: write x > 0, say",
    ),
    ("f(t) = t > 0; f(x)", "condition", 3, "f(x) is a condition, not a number", "f(x)", "write if(f(x), 1, 0)"),
    ("not x > 0", "condition", 3, "not x > 0 is a condition, not a number", "not x > 0", "write if(not x > 0, 1, 0)"),
    # Signs of other notations
    ("|x|", "syntax", 3, "'|' is not part of the language", "|", "write abs(x) for |x|"),
    ("x!", "syntax", 3, "'!' is not part of the language", "!", "for a factorial write gamma(x + 1)"),
    ("(x + 1)!", "syntax", 3, "'!' is not part of the language", "!", "for a factorial write gamma(x + 1)"),
    ("!x", "syntax", 3, "'!' is not part of the language", "!", "not"),
    ("if(!(x > 0), 1, 2)", "syntax", 3, "'!' is not part of the language", "!", "not"),
    ("x % 2", "syntax", 3, "'%' is not part of the language", "%", "write mod(a, b)"),
    ("if(a > 1 && b > 1, 1, 2)", "syntax", 3, "'&&' is not an operator here", "&&", "write 'and'"),
    ("if(a > 1 || b > 1, 1, 2)", "syntax", 3, "'||' is not an operator here", "||", "write 'or'"),
    ("a & b", "syntax", 3, "'&' is not part of the language", "&", "write 'and'"),
    ("a | b", "syntax", 3, "'|' is not part of the language", "|", "'or'"),
    ("~x", "syntax", 3, "'~' is not part of the language", "~", "write 'not'"),
    ("√2", "syntax", 3, "'√' is not part of the language", "√", "write sqrt(x)"),
    ("√(x)", "syntax", 3, "'√' is not part of the language", "√", "write sqrt(x)"),
    ("∞", "syntax", 3, "'∞' is not part of the language", "∞", "inf is no input"),
    ("∂x", "syntax", 3, "'∂' is not part of the language", "∂", "adcli differentiates by itself"),
    ("∑x", "syntax", 3, "'∑' is not part of the language", "∑", "write sum(e for i in 1..n)"),
    ("x : z", "syntax", 3, "':' is not part of the language", ":", "a range is written 1..n"),
    ("x ? 1 : 2", "syntax", 3, "'?' is not part of the language", "?", "write if(c, a, b)"),
    ("\"x\"", "syntax", 3, "'\"' is not part of the language", "\"", "no quotes inside a program"),
    ("'x'", "syntax", 3, "is not part of the language", "'", ""),
    ("x'", "syntax", 3, "''' is not part of the language", "'", "adcli differentiates by itself"),
    ("“x”", "syntax", 3, "'“' is not part of the language", "“", "no quotes inside a program"),
    ("$x$", "syntax", 3, "'$' is not part of the language", "$", "leave it out"),
    ("\\sin(x)", "syntax", 3, "'\\' is not part of the language", "\\", "leave it out"),
    ("@x", "syntax", 3, "'@' is not part of the language", "@", "write * for a product"),
    ("90°", "syntax", 3, "'°' is not part of the language", "°", "write pi/180 times the degrees"),
    ("x ≈ 3", "syntax", 3, "'≈' is not part of the language", "≈", "write == or <="),
    ("½", "syntax", 3, "'½' is not part of the language", "½", "remove it"),
    ("α + 1", "syntax", 3, "'α' is not a letter of names here", "α", "write alpha"),
    ("2*θ", "syntax", 3, "'θ' is not a letter of names here", "θ", "write theta"),
    ("é", "syntax", 3, "'é' is not part of the language", "é", "letters a-z, A-Z, digits and _"),
    ("x – 1", "syntax", 3, "'–' is not part of the language", "–", "write -"),
    ("x — 1", "syntax", 3, "'—' is not part of the language", "—", "write -"),
    ("x·", "syntax", 3, "'·' has nothing on its right", "·", "write a value after it"),
    ("日本", "syntax", 3, "'日' is not part of the language", "日", "letters a-z, A-Z, digits and _"),
    ("x٣", "syntax", 3, "'٣' is not part of the language", "٣", "remove it"),
    ("ｘ", "syntax", 3, "'ｘ' is not part of the language", "ｘ", "letters a-z, A-Z, digits and _"),
    ("xⁿ", "syntax", 3, "'ⁿ' is not part of the language", "ⁿ", "letters a-z, A-Z, digits and _"),
    ("`x`", "syntax", 3, "'`' is not part of the language", "`", "remove it"),
    # Characters nobody sees
    ("x\u0000", "syntax", 3, "character U+0000 is not part of the language", "\u0000", "remove it"),
    ("x\u0001 + 1", "syntax", 3, "character U+0001 is not part of the language", "\u0001", "remove it"),
    ("x\u001b[31m", "syntax", 3, "character U+001B is not part of the language", "\u001b", "remove it"),
    ("x\u007f", "syntax", 3, "character U+007F is not part of the language", "\u007f", "remove it"),
    ("x\u200b", "syntax", 3, "character U+200B is not part of the language", "\u200b", "remove it"),
    ("\ufeffx", "syntax", 3, "character U+FEFF is not part of the language", "\ufeff", "remove it"),
    ("x\u2028z", "syntax", 3, "character U+2028 is not part of the language", "\u2028", "remove it"),
    ("x\u202ez", "syntax", 3, "character U+202E is not part of the language", "\u202e", "remove it"),
    ("\ud800", "syntax", 3, "character U+D800 is not part of the language", "\ud800", "remove it"),
    ("x + \udfff", "syntax", 3, "character U+DFFF is not part of the language", "\udfff", "remove it"),
    ("x́", "syntax", 3, "'́' is not part of the language", "́", "remove it"),
    # Superscripts and subscripts
    ("²", "syntax", 3, "'²' has nothing to be the power of", "²", "write ^2 after a value"),
    ("x^²", "syntax", 3, "'²' has nothing to be the power of", "²", "write ^2 after a value"),
    ("²x", "syntax", 3, "'²' has nothing to be the power of", "²", "write ^2 after a value"),
    ("₁", "syntax", 3, "'₁' does not belong to anything", "₁", "write it right after a name or a bracket"),
    ("x⁻", "syntax", 3, "'⁻' does not belong to anything", "⁻", "write it right after a name or a bracket"),
    ("x⁺", "syntax", 3, "'⁺' does not belong to anything", "⁺", "write it right after a name or a bracket"),
    ("x²^3", "syntax", 3, "", "^", "(x²)"),
    ("x + ²", "syntax", 3, "'²' has nothing to be the power of", "²", "write ^2 after a value"),
    # Numbers
    ("1e400", "literal", 3, "1e400 is too large for a double", "1e400", "1.7976931348623157e308"),
    ("-1e400", "literal", 3, "1e400 is too large for a double", "1e400", "1.7976931348623157e308"),
    ("1e400*x", "literal", 3, "1e400 is too large for a double", "1e400", "1.7976931348623157e308"),
    ("1e-400", "literal", 3, "1e-400 is too small for a double", "1e-400", "the smallest is 5e-324"),
    ("x^1e999", "literal", 3, "1e999 is too large for a double", "1e999", "1.7976931348623157e308"),
    ("2e-324", "literal", 3, "2e-324 is too small for a double", "2e-324", "the smallest is 5e-324"),
    (
        "1.7976931348623159e308", "literal", 3,
        "1.7976931348623159e308 is too large for a double", "1.7976931348623159e308", "1.7976931348623157e308",
    ),
    ("1.2.3", "syntax", 3, "", ".3", ""),
    ("1..2", "syntax", 3, "'..' stands only in 'for i in 1..n'", "..", "write sum(e for i in 1..n)"),
    ("1...2", "syntax", 3, "'..' stands only in 'for i in 1..n'", "..", "write sum(e for i in 1..n)"),
    (".", "syntax", 3, "'.' is not part of a number here", ".", "write a range as 1..n, a number as 0.5"),
    ("x.z", "syntax", 3, "'.' is not part of a number here", ".", "write a range as 1..n, a number as 0.5"),
    ("1_000", "syntax", 3, "digits are not grouped", "_000", "write 1000"),
    ("1_000_000", "syntax", 3, "digits are not grouped", "_000_000", "write 1000000"),
    ("0x10", "syntax", 3, "numbers are decimal", "0x10", "write the number in decimal"),
    ("0b101", "syntax", 3, "numbers are decimal", "0b101", "write the number in decimal"),
    (".e5", "syntax", 3, "'.' is not part of a number here", ".", "write a range as 1..n, a number as 0.5"),
    ("1e", "syntax", 3, "", "e", ""),
    ("1e+", "syntax", 3, "", "e", ""),
    ("1'000", "syntax", 3, "is not part of the language", "'", ""),
    # Unknown functions
    ("foo(3)", "name", 3, "there is no function foo", "foo", "did you mean floor?"),
    ("sinn(x)", "name", 3, "there is no function sinn", "sinn", "did you mean sin?"),
    ("Sin(x)", "name", 3, "there is no function Sin", "Sin", "did you mean sin?"),
    ("SIN(x)", "name", 3, "there is no function SIN", "SIN", "did you mean sin?"),
    ("coss(x)", "name", 3, "there is no function coss", "coss", "did you mean cos?"),
    ("arcsin(x)", "name", 3, "there is no function arcsin", "arcsin", "write asin(x)"),
    ("arctan(x)", "name", 3, "there is no function arctan", "arctan", "write atan(x)"),
    ("factorial(5)", "name", 3, "there is no function factorial", "factorial", "write gamma(x + 1)"),
    ("sgn(x)", "name", 3, "there is no function sgn", "sgn", "write sign(x)"),
    ("power(a, b)", "name", 3, "there is no function power", "power", "write a^b"),
    ("lg(x)", "name", 3, "there is no function lg", "lg", "write log10(x)"),
    ("xy(3)", "name", 3, "there is no function xy", "xy", "to multiply, write xy*(...)"),
    ("x(z + 1)", "name", 3, "there is no function x", "x", "to multiply, write x*(...)"),
    ("f(x)", "name", 3, "there is no function f", "f", "to multiply, write f*(...)"),
    ("f(x, z)", "name", 3, "there is no function f", "f", "adcli functions"),
    ("qqq(1, 2)", "name", 3, "there is no function qqq", "qqq", "'adcli functions' lists them all"),
    ("f(t) = g(t); f(x)", "name", 3, "there is no function g", "g", "to multiply, write g*(...)"),
    ("square(x)", "name", 3, "there is no function square", "square", "write x^2"),
    ("hyp(a, b)", "name", 3, "there is no function hyp", "hyp", "did you mean hypot?"),
    ("gauss(x)", "name", 3, "there is no function gauss", "gauss", "to multiply, write gauss*(...)"),
    ("neg(x)", "name", 3, "there is no function neg", "neg", "to multiply, write neg*(...)"),
    ("where(x > 0, 1, 2)", "name", 3, "there is no function where", "where", "write if(c, a, b)"),
    ("3 + ln2(x)", "name", 3, "there is no function ln2", "ln2", "did you mean ln?"),
    # Number of arguments
    ("sin()", "arity", 3, "sin takes 1 argument, not 0", "sin()", "write sin(x)"),
    ("sin(x, z)", "arity", 3, "sin takes 1 argument, not 2", "sin(x, z)", "write sin(x)"),
    ("atan2(x)", "arity", 3, "atan2 takes 2 arguments, not 1", "atan2(x)", "write atan2(y, x)"),
    ("atan2(x, z, 1)", "arity", 3, "atan2 takes 2 arguments, not 3", "atan2(x, z, 1)", "write atan2(y, x)"),
    ("hypot(x)", "arity", 3, "hypot takes 2 arguments, not 1", "hypot(x)", "write hypot(x, y)"),
    ("clamp(x, 1)", "arity", 3, "clamp takes 3 arguments, not 2", "clamp(x, 1)", "write clamp(x, lo, hi)"),
    ("if(x > 0, 1)", "arity", 3, "if takes 3 arguments, not 2", "if(x > 0, 1)", "write if(c, a, b)"),
    ("if(x > 0)", "arity", 3, "if takes 3 arguments, not 1", "if(x > 0)", "write if(c, a, b)"),
    ("max(x)", "arity", 3, "max takes two or more arguments, not 1", "max(x)", "write max(a, b, ...)"),
    ("min()", "arity", 3, "min takes two or more arguments, not 0", "min()", "write min(a, b, ...)"),
    ("log(x, 2)", "arity", 3, "log takes 1 argument, not 2", "log(x, 2)", "write log(x)"),
    ("pow(x)", "arity", 3, "pow takes 2 arguments, not 1", "pow(x)", "write pow(x, y)"),
    ("polygamma(x)", "arity", 3, "polygamma takes 2 arguments, not 1", "polygamma(x)", "write polygamma(n, x)"),
    ("sum()", "arity", 3, "sum takes one or more arguments, not 0", "sum()", ""),
    ("f(t) = t; f()", "arity", 3, "f takes 1 argument, not 0", "f()", "write f(t)"),
    ("f(t) = t; f(x, z)", "arity", 3, "f takes 1 argument, not 2", "f(x, z)", "write f(t)"),
    ("f(t, s) = t + s; f(x)", "arity", 3, "f takes 2 arguments, not 1", "f(x)", "write f(t, s)"),
    # Names
    ("pi = 3", "name", 3, "pi is a constant and cannot be bound", "pi", "choose another name"),
    ("e = 2", "name", 3, "e is a constant and cannot be bound", "e", "choose another name"),
    ("sin = 3", "name", 3, "sin is a function and cannot be bound", "sin", "choose another name"),
    ("sum = 3", "name", 3, "sum is a function and cannot be bound", "sum", "choose another name"),
    ("log = 3", "name", 3, "log is a function and cannot be bound", "log", "choose another name"),
    ("sin(t) = t; sin(x)", "name", 3, "sin is a function and cannot be defined", "sin", "choose another name"),
    ("pi(t) = t; pi(x)", "name", 3, "pi is a constant and cannot be defined", "pi", "choose another name"),
    ("a = 1; a = 2", "name", 3, "a is bound already", "a", "a name is bound once; choose another"),
    ("f(t) = t; f = 3", "name", 3, "f is bound already", "f", "a name is bound once; choose another"),
    ("a = 3; a(t) = t", "name", 3, "a is bound already", "a", "a name is bound once; choose another"),
    ("f(t) = t; f(t) = t", "name", 3, "f is bound already", "f", "a name is bound once; choose another"),
    ("x = x + 1", "name", 3, "x is defined by itself", "x", "a name is bound once, from others"),
    ("f(t) = f(t - 1); f(3)", "name", 3, "f calls itself", "f", "recursion has no end here; write the steps out"),
    ("b = a; a = 3", "name", 3, "a is used before it is bound", "a", "bind it before it is used"),
    ("a = b; b = a", "name", 3, "b is used before it is bound", "b", "bind it before it is used"),
    ("f(t) = t*a; a = 3; f(x)", "name", 3, "a is used before it is bound", "a", "bind it before it is used"),
    ("z = f(x); f(t) = t", "name", 3, "f is used before", "f", ""),
    ("f(t, t) = t; f(x, x)", "name", 3, "t is a parameter already", "t", "give each parameter its own name"),
    ("f(pi) = pi; f(x)", "name", 3, "pi is already a name here", "pi", "give the parameter another name"),
    ("f(sin) = sin; f(x)", "name", 3, "sin is already a name here", "sin", "give the parameter another name"),
    ("a = 3; f(a) = a; f(x)", "name", 3, "a is already a name here", "a", "give the parameter another name"),
    ("f(2) = 4", "syntax", 3, "parameter", "2", ""),
    ("f() = 4", "syntax", 3, "parameter", ")", ""),
    ("f(t + 1) = t", "syntax", 3, "parameter", "+", ""),
    ("and = 3", "syntax", 3, "'and' is a word of the language", "and", ""),
    ("not = 3", "syntax", 3, "'not' is a word of the language", "not", ""),
    ("for = 3", "syntax", 3, "'for' is a word of the language and cannot stand here", "for", "choose another name"),
    ("in + 1", "syntax", 3, "'in' is a word of the language and cannot stand here", "in", "choose another name"),
    ("x for z", "syntax", 3, "'for' is a word of the language and cannot stand here", "for", "choose another name"),
    ("or", "syntax", 3, "'or' has nothing on its left", "or", "write a value before it"),
    # Statements and lists
    ("x; z", "syntax", 3, "only the last statement may be an expression without a name", "x", "[e1, e2]"),
    ("x; z = 3", "syntax", 3, "only the last statement may be an expression without a name", "x", "[e1, e2]"),
    ("x\n+ z", "syntax", 3, "only the last statement may be an expression without a name", "x", "[e1, e2]"),
    ("a = 3\n\nx\nz", "syntax", 3, "only the last statement may be an expression without a name", "x", "[e1, e2]"),
    (
        "a = [x, z]", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    (
        "[x, [z, 1]]", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    ("[x, z] + 1", "syntax", 3, "list", "+", "[e1, e2]"),
    (
        "1 + [x, z]", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    (
        "2*[x]", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    (
        "sin([x])", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    (
        "([x])", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    (
        "f(t) = [t, t]; f(x)", "syntax", 3,
        "a list stands only as the output of a program", "[", "write [e1, e2] as the last statement",
    ),
    ("[x, z][1]", "syntax", 3, "only a name has elements", "[", "write x[1]"),
    ("[x; z]", "syntax", 3, "", ";", ","),
    ("[x z]", "syntax", 3, "there is no operator between x and z", "z", "to multiply, write x*z"),
    ("f(t) = t^2", "syntax", 3, "no output", "", "f("),
    ("# nothing", "syntax", 3, "the program has no output", "", "write an expression, such as x^2"),
    (";", "syntax", 3, "the program has no output", "", "write an expression, such as x^2"),
    ("g(t) = f(t) = t", "syntax", 3, "a function is defined in a statement of its own", "f", "write f(t) = t^2; f(x)"),
    # Indices and comprehensions
    ("u[1.5]", "index", 3, "an index is a whole number, not 1.5", "1.5", ""),
    ("u[x]", "index", 3, "an index is built from numbers", "x", ""),
    ("u[pi]", "index", 3, "an index is a whole number, not 3.141592653589793", "pi", ""),
    ("u[1/0]", "index", 3, "an index is a whole number, not inf", "1/0", ""),
    ("u[i]", "index", 3, "an index is built from numbers", "i", ""),
    ("u + u[1]", "name", 3, "u is used with an index and without", "u", "write u[1], say"),
    ("u[1] + u", "name", 3, "u is used with an index and without", "u", "write u[1], say"),
    ("u[1] + u[1,2]", "index", 3, "u has 1 index elsewhere, here 2", "u", ""),
    ("pi[1]", "name", 3, "pi is a number and has no elements", "pi", ""),
    ("a = 3; a[1]", "name", 3, "a is a number and has no elements", "a", ""),
    ("f(t) = t[1]; f(x)", "name", 3, "t is a number and has no elements", "t", ""),
    ("u[1][2]", "syntax", 3, "only a name has elements", "[", "write x[1]"),
    ("(u)[1]", "syntax", 3, "only a name has elements", "[", "write x[1]"),
    ("2[1]", "syntax", 3, "only a name has elements", "[", "write x[1]"),
    ("u[1 2]", "syntax", 3, "between 1 and 2", "2", ""),
    ("sum(x for i in 1..n)", "index", 3, "a bound is built from numbers", "n", ""),
    ("sum(x for i in 1..2.5)", "index", 3, "a bound is a whole number, not 2.5", "2.5", ""),
    ("sum(x for i in 1..x)", "index", 3, "a bound is built from numbers", "x", ""),
    ("n = x; sum(x for i in 1..n)", "index", 3, "a bound is built from numbers", "n", ""),
    ("f(n) = sum(x for i in 1..n); f(x)", "index", 3, "a bound is built from numbers", "n", ""),
    ("sum(x for i in 1..9^9^9^9)", "index", 3, "a bound is a whole number, not inf", "9^9^9^9", ""),
    ("sum(x for i in 1..1/0)", "index", 3, "a bound is a whole number, not inf", "1/0", ""),
    ("sum(x for i in 1..1e300)", "index", 3, "a bound is a whole number, not 1e300", "1e300", ""),
    ("min(x for i in 2..1)", "index", 3, "min of an empty range has no value", "min(x for i in 2..1)", ""),
    ("max(x for i in 2..1)", "index", 3, "max of an empty range has no value", "max(x for i in 2..1)", ""),
    ("[x for i in 2..1]", "index", 3, "the list is empty", "[x for i in 2..1]", ""),
    ("sin(x for i in 1..2)", "name", 3, "sin takes no 'for'", "sin", "only sum, prod, min and max do"),
    ("foo(x for i in 1..2)", "name", 3, "foo takes no 'for'", "foo", "only sum, prod, min and max do"),
    ("x + sum(x for x in 1..2)", "name", 3, "x is already a name here", "for x in 1..2", "give the loop another name"),
    (
        "sum(i for i in 1..2 for i in 1..2)", "name", 3,
        "i is already a name here", "for i in 1..2", "give the loop another name",
    ),
    (
        "sum(sum(i for i in 1..2) for i in 1..2)", "name", 3,
        "i is already a name here", "for i in 1..2", "give the loop another name",
    ),
    ("sum(pi for pi in 1..2)", "name", 3, "pi is already a name here", "for pi in 1..2", "give the loop another name"),
    (
        "sum(sin for sin in 1..2)", "name", 3,
        "sin is already a name here", "for sin in 1..2", "give the loop another name",
    ),
    (
        "f(i) = sum(i for i in 1..2); f(x)", "name", 3,
        "i is already a name here", "for i in 1..2", "give the loop another name",
    ),
    ("sum(i for i in i..3)", "index", 3, "a bound is built from numbers", "i", ""),
    ("sum(x for i)", "syntax", 3, "", ")", "1..n"),
    ("sum(x for i in)", "syntax", 3, "", ")", ""),
    ("sum(x for i in 3)", "syntax", 3, "", ")", "1..n"),
    ("sum(x for i in 1..)", "syntax", 3, "", ")", ""),
    ("sum(x for i in ..3)", "syntax", 3, "'..' stands only in 'for i in 1..n'", "..", "write sum(e for i in 1..n)"),
    ("sum(x for i in 1.3)", "syntax", 3, "", ")", "1..n"),
    ("sum(x for i in 1...3)", "index", 3, "", ".3", "1..n"),
    ("sum(x for i in 1, 3)", "syntax", 3, "", ",", "1..n"),
    ("sum(x for i in 1:3)", "syntax", 3, "':' is not part of the language", ":", "a range is written 1..n"),
    ("sum(x for i = 1..3)", "syntax", 3, "", "=", "for i in 1..n"),
    ("sum(x for i in 1 to 3)", "syntax", 3, "a range is written with two dots", "to", "write 1..n"),
    (
        "sum(x for in 1..3)", "syntax", 3,
        "'in' is a word of the language and cannot stand here", "in", "choose another name",
    ),
    (
        "sum(for i in 1..3)", "syntax", 3,
        "'for' is a word of the language and cannot stand here", "for", "choose another name",
    ),
    (
        "sum(x, for i in 1..3)", "syntax", 3,
        "'for' is a word of the language and cannot stand here", "for", "choose another name",
    ),
    ("sum(x for 2 in 1..3)", "syntax", 3, "", "2", "for i in 1..n"),
    ("sum(x for i in 1..3, z)", "syntax", 3, "comma", ",", ""),
    ("sum(x for i in 1..3", "syntax", 3, "'(' is never closed", "(", "add ')'"),
    (
        "x for i in 1..3", "syntax", 3,
        "'for' is a word of the language and cannot stand here", "for", "choose another name",
    ),
    ("i in 1..3", "syntax", 3, "'in' is a word of the language and cannot stand here", "in", "choose another name"),
    ("[x for i in 1..2, z]", "syntax", 3, "comma", ",", ""),
    ("polygamma(x, x)", "index", 3, "n in polygamma(n, x) is a constant", "polygamma(x, x)", "write a number there"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "kind", "code", "headline", "caret", "hint"), BROKEN, ids=[ascii(row[0]) for row in BROKEN]
)
def test_a_broken_program_has_this_problem(
    program: str, kind: str, code: int, headline: str, caret: str, hint: str
) -> None:
    problem = problems(program)[0]
    assert (problem.kind, problem.exit_code) == (kind, code)
    assert headline in problem.headline
    assert marked(problem) == caret
    assert hint in problem.hint


def test_the_table_is_large_and_without_repetitions() -> None:
    programs = [row[0] for row in BROKEN]
    assert len(programs) == len(set(programs)) >= 150


def test_every_problem_says_what_to_do() -> None:
    """One concrete fix, or 'did you mean': the contract of every problem."""
    without = [row[0] for row in BROKEN if not problems(row[0])[0].hint]
    assert without == []


def test_every_row_with_brackets_is_asked_for_them() -> None:
    for name, row in FUNCTIONS.items():
        if len(row.params) == 1:
            (problem,) = problems(f"{name} x")
            assert problem.hint == f"write {name}(x)"
            assert marked(problem) == "x"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_refuses_a_wrong_number_of_arguments(name: str) -> None:
    row = FUNCTIONS[name]
    count = 1 if name in ("min", "max") else len(row.params) + 1
    program = f"1 + {name}({', '.join(['x'] * count)})"
    (problem,) = problems(program)
    assert (problem.kind, marked(problem)) == ("arity", program[4:])
    assert problem.headline.startswith(f"{name} takes ")
    assert problem.hint.startswith(f"write {name}({row.params[0]}")


@pytest.mark.parametrize("name", sorted(SYNONYMS))
def test_names_of_other_tools_are_known(name: str) -> None:
    """Each names something that parses (with its letters as variables), and no function of ours."""
    assert name not in FUNCTIONS
    assert name not in ALIASES
    parse([SYNONYMS[name].replace("(c,", "(c > 0,")])
    (problem,) = problems(f"{name}(x, x)")
    assert problem.hint == f"write {SYNONYMS[name]}"


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *ALIASES, "sum", "prod", "pi", "e", "tau"}))
def test_functions_and_constants_cannot_be_bound(name: str) -> None:
    for program in (f"{name} = 3", f"{name}(t) = t", f"f({name}) = 1; f(x)", f"sum(1 for {name} in 1..2)"):
        found = problems(program)
        assert (len(found), found[0].kind) == (1, "name"), program


# Programs with several problems, and all of them in the order of the text
SEVERAL = [
    (
        "foo(x) + sin(x, z) + bar(z)*atan2(x)",
        [("no function foo", "foo"), ("sin takes 1 argument, not 2", "sin(x, z)"), ("no function bar", "bar"),
         ("atan2 takes 2 arguments, not 1", "atan2(x)")],
    ),
    ("foo(bar(x))", [("no function foo", "foo"), ("no function bar", "bar")]),
    ("a = foo(x)\nb = a + coss(a)\n[a, b, max(b)]",
     [("no function foo", "foo"), ("no function coss", "coss"), ("max takes two or more", "max(b)")]),
    ("foo(x) + foo(z)", [("no function foo", "foo"), ("no function foo", "foo")]),
    ("f(t) = foo(t); f(x) + f(z)", [("no function foo", "foo")]),
    ("sum(foo(i) for i in 1..50)", [("no function foo", "foo")]),
    ("sin(x > 0) + cos(x, 1) + u[x]",
     [("is a condition", "x > 0"), ("cos takes 1", "cos(x, 1)"), ("built from numbers", "x")]),
    ("1e400 + 1e-400", [("too large", "1e400"), ("too small", "1e-400")]),
    ("a = 1; a = 2; a = 3; sin = 4",
     [("a is bound already", "a"), ("a is bound already", "a"), ("sin is a function", "sin")]),
    ("pi = 3; foo(pi)", [("pi is a constant", "pi"), ("no function foo", "foo")]),
    # What follows from a problem is no problem of its own
    ("a = foo(x); sin(a) + a*2", [("no function foo", "foo")]),
    ("a = sin(); b = a + 1; if(b > a, b, 1)", [("sin takes 1 argument", "sin()")]),
    ("x = x + 1; x*2", [("x is defined by itself", "x")]),
    ("f(t) = f(t - 1) + 1; f(3)", [("f calls itself", "f")]),
    ("pi(t) = t; pi(x)", [("pi is a constant", "pi")]),
    ("sin(t, s) = t; sin(x, z)", [("sin is a function", "sin")]),
    ("f(t, t) = t; f(x, x)", [("t is a parameter already", "t")]),
    ("a = b; b = a; a + b", [("b is used before it is bound", "b")]),
    ("f(t) = g(t); g(t) = t; f(x)", [("g is used before it is bound", "g")]),
    ("f(t) = g(t); g(t) = f(t); f(x)", [("g is used before it is bound", "g")]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "expected"), SEVERAL, ids=[ascii(row[0]) for row in SEVERAL])
def test_all_problems_of_names_and_arity_are_told_in_one_go(program: str, expected: list[tuple[str, str]]) -> None:
    found = problems(program)
    assert [marked(problem) for problem in found] == [caret for _, caret in expected]
    for problem, (headline, _) in zip(found, expected, strict=True):
        assert headline in problem.headline
    assert list(found) == sorted(found, key=lambda problem: problem.span or (0, 0))


def test_recursion_through_another_function_is_refused() -> None:
    for program in ("f(t) = g(t); g(t) = f(t); f(x)", "f(t) = g(t); g(t) = h(t); h(t) = f(t); f(x)"):
        assert {problem.kind for problem in problems(program)} == {"name"}


def test_a_problem_of_several_texts_stands_in_its_own() -> None:
    first, second = problems("a = foo(x)", "a + bar(x)")
    assert (first.source, marked(first), marked(second)) == ("a = foo(x)\na + bar(x)", "foo", "bar")
    assert second.span == (15, 18)
    (syntax,) = problems("a = x", "2a")
    assert syntax.span == (7, 8)


@pytest.mark.parametrize("program", ["", " ", "\n", "\t \r\n", "#", "# only words", ";;"])
def test_an_empty_program_is_a_problem_that_can_be_laid_out(program: str) -> None:
    (problem,) = problems(program)
    assert problem.exit_code == 3
    assert problem.hint
    layout(problem)


def test_a_condition_is_no_index() -> None:
    for program in ("u[1 > 0]", "u[not 1 > 0]", "sum(x for i in 1..(2 > 1))", "u[-(1 > 0)]", "u[if(1, 1, 2)]"):
        (problem,) = problems(program)
        assert problem.kind in ("index", "condition"), program


# No input whatever is anything but a tape or a problem

PIECES = st.sampled_from(
    [*"xyabn01239.,;:()[]{}=<>!+-*/^#\n \t\"'|&%_", "sin", "if(", "sum(", "for ", " in ", "..", "1..3", "and ", "or ",
     "not ", "**", "<=", "==", "=", "f(t) = ", "f(", "u[", "pi", "e", "1e5", "×", "²", "⁻", "₁", "π", "−", "é",
     "\u00a0", "\u200b", "\x00", "\r", "\ud800", "日"]
)  # fmt: skip


@settings(max_examples=share(250))
@given(st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=20)))
@example("[")
@example("f(t) =\n")
@example("x[1")
@example("sum(x for i in 1..")
def test_any_text_is_a_program_or_a_problem(program: str) -> None:
    try:
        parse([program], max_nodes=2_000)
    except ProblemError as wrong:
        for problem in wrong.problems:
            assert problem.kind in KINDS
            assert problem.exit_code == WRONG
            assert problem.headline
            assert "\n" not in printable(problem.headline)
            assert "__" not in problem.headline.replace(program, "")
            assert problem.span is not None
            assert 0 <= problem.span.start <= problem.span.end <= len(program) + 1
            assert all(line.isprintable() for line in layout(problem).split("\n"))
