"""Formulas, names and numbers as LaTeX: no brackets but the necessary ones, and nothing that LaTeX cannot read."""

from __future__ import annotations

import pytest

from adcli.ops import TABLE, Row
from adcli.parse.program import parse
from adcli.tape.latex import escaped, name_latex, node_latex, number_latex, template
from adcli.tape.tape import Builder

BAR, DOT = "\u0304", "\u0307"


def latex(program: str) -> str:
    tape = parse([program])
    return node_latex(tape, tape.outputs[0].node)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("ln(x1) + x1*x2 - sin(x2)", r"\ln(x_{1}) + x_{1}\,x_{2} - \sin(x_{2})"),
        ("(a + b)*c", r"(a + b)\,c"),
        ("a*(b + c)", r"a \cdot (b + c)"),
        ("a*(b*c)", r"a \cdot (b\,c)"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - -b", "a - (-b)"),
        ("2*3*x*4", r"2 \cdot 3\,x \cdot 4"),
        ("x*cos(y)", r"x \cos(y)"),
        ("x*gamma(y)", r"x\,\Gamma(y)"),
        ("x*2^y", r"x \cdot 2^{y}"),
        ("x*exp2(y)", r"x \cdot 2^{y}"),
        ("2*(x/y)", r"2 \cdot \frac{x}{y}"),
        ("(a + b)/(c - d)", r"\frac{a + b}{c - d}"),
        ("(a/b)^2", r"\left(\frac{a}{b}\right)^{2}"),
        ("(x^y)^z", "(x^{y})^{z}"),
        ("x^y^z", "x^{y^{z}}"),
        ("(-x)^2", "(-x)^{2}"),
        ("-x^2", "-x^{2}"),
        ("-(a + b)", "-(a + b)"),
        ("exp(x)^2", "(e^{x})^{2}"),
        ("expm1(x)^2", "(e^{x} - 1)^{2}"),
        ("abs(x)^2 + abs(x/2)", r"\lvert x\rvert ^{2} + \mathopen{}\left|\frac{x}{2}\right|"),
        ("sin(x/y)", r"\sin\mathopen{}\left(\frac{x}{y}\right)"),
        ("mod(x, 2)*3", r"(x \bmod 2) \cdot 3"),
        ("log1p(-x)", r"\ln(1 + (-x))"),
        ("hypot(-x, y)", r"\sqrt{(-x)^2 + y^2}"),
        ("1.5e-20^x", r"(1.5 \times 10^{-20})^{x}"),
        ("-1.5e-20*x", r"-1.5 \times 10^{-20}\,x"),
        ("pi*tau*e*sigma*spot", r"\pi\,\tau\,e\,\sigma\,\mathit{spot}"),
        ("if(x > 0 and not y <= 2, x, -x)",
         r"\begin{cases}x & \text{if } x > 0 \land \lnot y \le 2\\ -x & \text{otherwise}\end{cases}"),
        ("2*if(x == 0, 1, 2)",
         r"2 \cdot \left(\begin{cases}1 & \text{if } x = 0\\ 2 & \text{otherwise}\end{cases}\right)"),
    ],
)  # fmt: skip
def test_a_formula(program: str, expected: str) -> None:
    assert latex(program) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"), ("x1", "x_{1}"), ("v-1", "v_{-1}"), ("x[1]", "x_{1}"), ("A[1,2]", "A_{1,2}"), ("d10", "d_{10}"),
        (f"v{BAR}3", r"\bar{v}_{3}"), (f"v{DOT}-1", r"\dot{v}_{-1}"), (f"v{BAR}3′", r"\bar{v}_{3}'"),
        (f"x{DOT}[2]", r"\dot{x}_{2}"), ("speed_of_light", r"\mathit{speed\_of\_light}"), ("x_1", r"\mathit{x\_1}"),
        (f"s{BAR}peed", r"\overline{\mathit{speed}}"), ("sigma", r"\sigma"), (f"s{DOT}igma", r"\dot{\sigma}"),
        ("input1", r"\mathit{input}_{1}"), ("x1[2]", r"\mathit{x1}_{2}"), ("_", r"\mathit{\_}"), ("a b", r"\text{a b}"),
        ("a" * 30, r"\mathit{aaaaaaaaaaaaaaaaaaaa}\allowbreak \mathit{aaaaaaaaaa}"),
    ],
)  # fmt: skip
def test_a_name(name: str, expected: str) -> None:
    assert name_latex(name) == expected


def test_a_vast_name_is_shown_by_its_ends() -> None:
    part = rf"\mathit{{{'b' * 20}}}"
    assert name_latex("b" * 5000) == r"\allowbreak ".join([*[part] * 5, r"\ldots", part])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2", "2"), ("-0.958924", "-0.958924"), (".5", ".5"), ("1.5e-20", r"1.5 \times 10^{-20}"), ("inf", r"\infty"),
     ("-1e300", r"-1 \times 10^{300}"), ("-inf", r"-\infty"), ("nan", r"\mathrm{nan}"), ("1.2.3", r"\text{1.2.3}")],
)  # fmt: skip
def test_a_number(text: str, expected: str) -> None:
    assert number_latex(text) == expected


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_every_row_is_set_with_all_its_arguments(row: Row) -> None:
    """Each argument stands in it, brackets and braces are closed, and as the base of a power it is one thing."""
    builder = Builder()
    names = ["a", "b", "c"][: len(row.params)]
    node = builder.apply(row, *map(builder.input, names))
    text = node_latex(builder.tape, node)
    plain = text.replace(r"\text{otherwise}", "").replace(r"\operatorname", "")
    assert [name for name in names if name not in plain] == []
    assert all(text.count(a) == text.count(b) for a, b in ("{}", "()", (r"\left", r"\right")))
    assert "#" not in text
    assert template(row).pieces
    if not row.condition:
        power = builder.apply(TABLE["powc"], node, builder.literal("2"))
        base = node_latex(builder.tape, power).removesuffix("^{2}")
        assert base[0] in "(" or base.startswith((r"\left", r"\mathopen", r"\lvert", r"\lfloor", r"\lceil"))


@pytest.mark.slow
def test_depth_and_length_do_not_matter() -> None:
    n = 20_000
    assert latex("-sin(" * n + "x" + ")" * n).count(r"\sin(") == n
    assert latex("+".join(["x"] * n)).count("+") == n - 1
    assert latex("((" * n + "x" + ")^2)" * n).count("^{2}") == n
    assert latex("1/(1 + " * n + "x" + ")" * n).count(r"\frac") == n


def test_any_text_is_ascii_without_a_sign_of_latex() -> None:
    assert escaped(r"a\b{c}$x$&#%_~^`") == (
        r"a\textbackslash{}b\{c\}\$x\$\&\#\%\_\textasciitilde{}\textasciicircum{}\textasciigrave{}"
    )
    assert escaped("--wrt ?` ,, ''") == r"-{}-wrt ?\textasciigrave{} ,{}, '{}'"
    assert escaped("日本 x₁² …") == r"\unicode{65E5}\unicode{672C} x\textsubscript{1}\textsuperscript{2} \ldots{}"
    assert escaped("\x1b[0m \ud800") == r"\textbackslash{}u001b[0m \textbackslash{}ud800"
