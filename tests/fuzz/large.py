"""Programs that are as large as the limits allow, in 4 kB: where the time goes that no small program takes."""

from __future__ import annotations

from random import Random

ONES = "u=[" + ",".join("1" * 1000) + "]"
PROGRAMS: list[tuple[str, str]] = [
    ("sum(u[i]^2 for i in 1..1000)", ONES),
    ("sum(u[i] for i in 1..1000)^2", ONES),
    ("prod(u[i] for i in 1..1000)", ONES),
    ("sum(u[i]*u[i+1] for i in 1..999)", ONES),
    ("[u[i]^2 for i in 1..1000]", ONES),
    ("[x*i for i in 1..9000]", "x=1"),
    ("[sin(x*i) for i in 1..9000]", "x=1"),
    ("[u[i]*x for i in 1..1000]", ONES + ",x=2"),
    ("sum(sin(x*i) for i in 1..6000)", "x=1"),
    ("sum(x for i in 1..19000)", "x=1"),
    ("sum(x^i for i in 1..6000)", "x=0.9"),
    ("sum(sum(x*i*j for i in 1..60) for j in 1..60)", "x=1"),
    ("max(x*i for i in 1..9000)", "x=1"),
    ("prod(x-i for i in 1..9000)", "x=0.5"),
    ("sum(ln(x+i)*exp(-x*i)/gamma(x) for i in 1..2000)", "x=1.5"),
    ("f(t)=t*t+t; " + "f(" * 900 + "x" + ")" * 900, "x=0.001"),
    ("sin(" * 790 + "x" + ")" * 790, "x=1"),
    ("-" * 3990 + "x", "x=1"),
    ("+".join(["x"] * 1990), "x=1"),
    ("^".join(["x"] * 1990), "x=1"),
    ("*".join(f"(x+{i})" for i in range(400)), "x=1"),
    ("1/(1+" * 650 + "x" + ")" * 650, "x=1"),
    ("if(x>" * 390 + "0" + ",1,2)" * 390, "x=1"),
    ("max(x," * 550 + "x" + ")" * 550, "x=1"),
    ("max(" + "-" * 300 + "x for i in 1..19000)", "x=1"),
    ("sum(" + "x*" * 900 + "x for i in 1..19000)", "x=1"),
    ("f(t)=" + "t+" * 900 + "t; sum(f(x) for i in 1..19000)", "x=1"),
    ("a=x;" * 999 + "x", "x=1"),
    ("; ".join(f"a{i} = a{i - 1}*a{i - 1}" if i else "a0 = x" for i in range(150)), "x=1"),
    ("; ".join(f"a{i} = a{i - 1}+a{i - 1}*x" if i else "a0 = x" for i in range(130)), "x=1"),
    ("polygamma(100000, x)", "x=1.5"),
    ("polygamma(3, x)+polygamma(170, x)", "x=1e-300"),
    ("gamma(x)^gamma(x)", "x=171"),
    ("sin(x)", "x=1e308"),
    ("mod(x, 1e-300)", "x=1e300"),
    ("exp(exp(exp(x)))", "x=6"),
    ("normcdf(gamma(x))", "x=20"),
    ("erfc(x)", "x=1e30"),
    ("x^(1/3)", "x=1e-320"),
    ("1e-300*x^1e15", "x=1.1"),
    ("u[999999999]", "u[999999999]=1"),
    ("sum(i for i in 1..19000)", "x=1"),
    ("2^(" * 600 + "1" + ")" * 600 + "*x", "x=1"),
    ("x" + "²" * 1, "x=1"),
    ("(" * 1990 + "x" + ")" * 1990, "x=1"),
    ("(" * 3990, "x=1"),
    ("foo(" * 950, "x=1"),
    ("[" * 3990, "x=1"),
    (",".join(["foo(x)"] * 500), "x=1"),
    ("[" + ",".join(["foo(x)"] * 400) + "]", "x=1"),
    ("[" + ",".join(f"v{i}" for i in range(700)) + "]", "x=1"),
    ("x" * 3990, "x=1"),
    ("9" * 3990, "x=1"),
    ("1e" + "9" * 3900, "x=1"),
    ("x^" + "9" * 300, "x=1"),
    ("sum(x for i in 1.." + "9" * 3000 + ")", "x=1"),
    ("sum(x for i in 1..9^9^9^9)", "x=1"),
    ("u[9^9^9]", "x=1"),
    ("u[gamma(30)]", "x=1"),
    ("x" + " " * 3900 + "y", "x=1"),
    ("x" + "\n" * 3900 + "y", "x=1"),
    ("#" * 3990, "x=1"),
    ("x;" * 1990, "x=1"),
    ("\ud800" * 900, "x=1"),
    ("\x00" * 3900, "x=1"),
    ("é" * 1900, "x=1"),
    ("x" + "₁" * 1300, "x=1"),
]
OPTIONS: dict[str, list[list[str]]] = {
    "eval": [[], ["--certify"], ["--precision", "30"]],
    "grad": [[], ["--certify"], ["--precision", "30"], ["--checkpoint"], ["--stats"]],
    "jacobian": [[], ["--mode", "forward"], ["--mode", "reverse"]],
    "jvp": [["--tangent", "x=1"], ["--tangent", "u[1]=1"]],
    "vjp": [["--cotangent", "y=1"], ["--cotangent", "y1=1"]],
    "hessian": [[], ["--precision", "20"]],
    "hvp": [["--tangent", "x=1"], ["--tangent", "u[1]=1"]],
    "taylor": [["--tangent", "x=1"], ["--tangent", "u[1]=1"], ["--mixed", "--order", "2"],
               ["--tangent", "x=1", "--precision", "20"]],
    "trace": [[], ["--mode", "forward"], ["--second", "x"], ["--rounding"], ["--precision", "20"], ["--step"]],
    "graph": [[], ["--mode", "both"], ["--around", "v1"]],
    "explain": [[], ["--node"], ["--edge"]],
    "check": [[], ["--claim", "x=1"], ["--box", "x=1:2", "--samples", "3"]],
    "propagate": [["--sigma", "x=0.1"], ["--sigma", "u[1]=0.1", "--second-order"]],
    "fmt": [[], ["--expand"]],
    "modes": [[], ["--repeat", "0"]],
}  # fmt: skip
FORMATS = ["", "", "json", "text", "latex", "html", "svg", "mermaid"]


def large_line(random: Random) -> tuple[list[str], dict[str, str], list[int]]:
    """A command line with one of these programs; no exit code is expected."""
    text, at = random.choice(PROGRAMS)
    command = random.choice(list(OPTIONS))
    line = [command, text, *([] if command == "fmt" else ["--at", at]), *random.choice(OPTIONS[command])]
    form = random.choice(FORMATS)
    return [*line, *(["--format", form] if form else []), "--max-nodes", "20000"], {}, []
