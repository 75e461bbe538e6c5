"""Random command lines: a command, a program (or what was one), a point and options, each of which may be wrong."""

from __future__ import annotations

from random import Random

from adcli.errors import ProblemError
from adcli.numbers.text import write
from adcli.parse.program import parse

from .mutations import PIECES, STRANGE, mutated
from .programs import anything, moderate, program, variables

COMMANDS = ["eval", "grad", "jacobian", "jvp", "vjp", "hessian", "hvp", "taylor", "trace", "graph", "explain", "check",
            "propagate", "fmt", "modes"]  # fmt: skip
FORMATS = ["tsv", "json", "text", "table", "markdown", "latex", "csv", "raw", "jsonl", "html", "coo", "mtx", "svg",
           "dot", "mermaid", "png", "nonsense", ""]  # fmt: skip
BY_COMMAND: dict[str, list[list[str]]] = {
    "taylor": [["--order", "3"], ["--order", "9"], ["--order", "-1"], ["--order", "99999999"], ["--derivatives"],
               ["--mixed"], ["--mixed", "--order", "2"]],
    "trace": [["--mode", "forward"], ["--mode", "reverse"], ["--numbering", "source"], ["--second", "x"],
              ["--rounding"], ["--step"], ["--mode", "x"], ["--diff", "a", "b"]],
    "graph": [["--mode", "reverse"], ["--around", "v1"], ["--around", "v1", "--hops", "1"], ["--hops", "3"],
              ["--around", "x"], ["--around", ""]],
    "explain": [["--path", "x"], ["--node"], ["--edge"], ["--top", "3"], ["--top", "0"], ["--path", ""]],
    "check": [["--samples", "2", "--box", "x=1:2"], ["--claim", "x=1"], ["--claim", "x=2*x,y=x"], ["--claim", "x=("],
              ["--box", "x=2:1"], ["--seed", "3"]],
    "propagate": [["--sigma", "x=0.1"], ["--sigma", "x=-1"], ["--sigma", "x=0.1", "--second-order"], ["--cov", "none"]],
    "fmt": [["--expand"]],
    "modes": [["--repeat", "0"]],
    "grad": [["--checkpoint"], ["--memory", "1kB"], ["--memory", "x"], ["--precision", "20"], ["--certify"]],
    "jacobian": [["--mode", "forward"], ["--mode", "reverse"], ["--precision", "5"]],
    "hessian": [["--precision", "12"], ["--certify"]],
    "eval": [["--precision", "40"], ["--certify"], ["--stats"]],
}  # fmt: skip
ANY = [["--wrt", "x"], ["--of", "y"], ["--strict"], ["--digits", "3"], ["--digits", "17"], ["--all"], ["--quiet"],
       ["--color", "always"], ["--stats"], ["--digits", "99"], ["--wrt", ""], ["--of", ","], ["--color", "x"],
       ["--typo"], ["--max-nodes", "10"], ["-o", "out.txt"], ["-o", "out.png"], ["-o", ""], ["--at"],
       ["--", "x"]]  # fmt: skip


def point_text(random: Random, names: list[str]) -> str:
    """The values of some names as --at takes them."""
    values = []
    for name in names[:40]:
        x = anything(random)
        values.append(f"{name}={write(x) if x - x == 0 else random.choice(['pi/4', '1/3', '-e', '2^-3'])}")
    return ",".join(values)


def plain_line(random: Random) -> tuple[list[str], dict[str, str], list[int]]:
    """The arguments of a line in which nothing but the program may be wrong, no files, and the right exit codes."""
    text = program(random)
    if random.random() < 0.5:
        text = mutated(random, text, program(random))
    command = random.choice(COMMANDS)
    codes = [0, 1] if command == "check" else [0]
    try:
        names = parse([text], 2_000).variables
    except ProblemError:
        names, codes = ["x"], [3]
    if (text.startswith("-") and (len(text) < 3 or text[1] == "-")) or not names:
        codes = []  # an option; and without variables the options below are wrong
    line = [command, text]
    if command != "fmt":
        line += ["--at", ",".join(f"{name}={moderate(random)!r}" for name in names)]
    if command in ("jvp", "hvp", "taylor"):
        line += ["--tangent", ",".join(f"{name}=1" for name in names[:2])]
    elif command == "vjp":
        line += ["--cotangent", "y=1"]
        codes = codes if codes == [3] else [0, 2]  # the output may be called otherwise
    elif command == "propagate":
        line += ["--sigma", f"{names[0]}=0.1" if names else "x=1"]
    if random.random() < 0.5:
        line += ["--format", random.choice(["tsv", "json", "text", "latex", "markdown", "csv", "html"])]
    return [*line, "--max-nodes", "2000"], {}, codes


def command_line(random: Random) -> tuple[list[str], dict[str, str], list[int]]:
    """The arguments, the texts of files that they name, and no exit codes: anything may be wrong.

    Files and options keep to the folder of the run.
    """
    text = program(random, strange=STRANGE if random.random() < 0.4 else ())
    if random.random() < 0.4:
        text = mutated(random, text, program(random))
    names = variables(text, ["x", "y"])
    command = random.choice(COMMANDS)
    line, files = [command, text], {}
    if random.random() < 0.05:
        files["p.ad"] = text
        line[1:] = ["-f", "p.ad"]
    elif random.random() < 0.05:
        line.append(program(random))
    at = point_text(random, names)
    if random.random() < 0.12:
        at = mutated(random, at, text)
    if random.random() < 0.04:
        files["p.json"] = random.choice(['{"x": 1, "y": [1, 2]}', '{"x": 1e999}', "[1", '{"x": "a"}', '{"x": null}', at,
                                         '{"at": {"x": 2}}', '{"x": 1, "x": 2}', "[" * 2000, '{"x": NaN}'])  # fmt: skip
        at = "@p.json"
    if random.random() < (0.97 if command != "fmt" else 0.1):
        line += ["--at", at]
    if command in ("jvp", "hvp", "taylor") and random.random() < 0.9:
        line += ["--tangent", point_text(random, names[:2])]
    elif command == "vjp" and random.random() < 0.9:
        line += ["--cotangent", "y=1"]
    elif command == "propagate":
        line += ["--sigma", ",".join(f"{name}=0.1" for name in names[:3])] * (random.random() < 0.8)
    if random.random() < 0.6:
        line += ["--format", random.choice(FORMATS)]
    if random.random() < 0.4:
        line += random.choice(BY_COMMAND.get(command, ANY))
    if random.random() < 0.25:
        line += random.choice(ANY)
    if random.random() < 0.04:
        k = random.randrange(len(line))
        line[k] = random.choice([random.choice(PIECES), mutated(random, line[k], text), ""])
    if random.random() < 0.02:
        del line[random.randrange(1, len(line))]
    return [*line, "--max-nodes", "20000"], files, []
