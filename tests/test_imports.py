"""What is loaded when, who may import whom, and what must not be in the code."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, TEXTBOOK

MODULES = sorted((ROOT / "adcli").rglob("*.py"))
HEAVY = {"numpy", "rich", "pydantic", "scipy", "decimal", "lark"}
LONGEST = 420  # lines of a file

AFTER = """
import json, sys
from adcli.cli.app import guarded_run
code = guarded_run(sys.argv[1:])
print("loaded", json.dumps(sorted(sys.modules)), code)
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """The names of all modules that a process has loaded after some code."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    last = done.stdout.splitlines()[-1]
    assert last.startswith("loaded ")
    return set(json.loads(last[len("loaded ") : last.rindex("]") + 1]))


def test_a_scalar_result_in_json_is_light() -> None:
    line = ["grad", TEXTBOOK, "--at", "x1=2,x2=5", "--format", "json"]
    loaded(AFTER, *line)  # the first run may have to build the grammar
    found = loaded(AFTER, *line)
    assert not found & HEAVY
    assert not {name for name in found if name.startswith(("adcli.render.", "adcli.cli.commands."))} - {
        "adcli.render.json", "adcli.cli.commands.grad"
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "eval x^2 --at x=3",
        "trace x^2 --at x=3",
        "explain x*x --at x=3",
        "explain x*x --at x=3 --node",
        "fmt x^2",
        "eval gamma(x) --at x=3",
        "jacobian [x,y] --at x=1,y=2 --format csv",
    ],
)
def test_results_for_machines_need_neither_numpy_nor_rich(line: str) -> None:
    assert not loaded(AFTER, *line.split()) & {"numpy", "rich", "pydantic", "scipy"}


@pytest.mark.parametrize(
    "line",
    [
        "hessian x^2*y --at x=1,y=2",
        "hessian x^2*y --at x=1,y=2 --sparse",
        "hvp x^2*y --at x=1,y=2 --tangent x=1",
        "taylor x^2*y --at x=1,y=2 --tangent x=1",
        "taylor x^2*y --at x=1,y=2 --mixed",
        "modes [x*y,x] --at x=1,y=2 --repeat 0",
        "jacobian [x*y,x] --at x=1,y=2 --sparse",
        "trace x^2*y --at x=1,y=2 --second x",
    ],
)
def test_second_order_and_sparse_results_of_scalars_are_light(line: str) -> None:
    loaded(AFTER, *line.split(), "--format", "json")  # the first run may have to build the grammar
    assert not loaded(AFTER, *line.split(), "--format", "json") & {"numpy", "rich", "pydantic", "scipy", "lark"}


@pytest.mark.parametrize("arguments", [["--help"], ["grad", "--help"], ["--version"], ["nope"], ["grad", "--typo"]])
def test_help_and_usage_errors_are_light(arguments: list[str]) -> None:
    assert not loaded(AFTER, *arguments) & HEAVY


def test_importing_adcli_is_light() -> None:
    bare = loaded("import json, sys; print('loaded', json.dumps(sorted(sys.modules)))")
    found = loaded("import adcli, json, sys; print('loaded', json.dumps(sorted(sys.modules)))") - bare
    assert not found & (HEAVY | {"typer", "click"})
    assert {name for name in found if name.startswith("adcli")} == {"adcli"}


def test_the_api_is_light_until_it_meets_an_array() -> None:
    code = "from adcli import Function; Function('x^2').grad({'x': 3}); import json, sys"
    assert not loaded(f"{code}; print('loaded', json.dumps(sorted(sys.modules)))") & {"numpy", "rich", "scipy", "typer"}


def test_imports_point_down_the_house(tmp_path: Path) -> None:
    pytest.importorskip("importlinter")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


# The code itself

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def dangers(source: str) -> list[str]:
    """What could run a text or a file as code: calls of eval and the like, and modules that unpickle."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_CALLS:
            found.append(node.id)
        elif isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_CALLS - {"compile"}:
            found.append(node.attr)
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(alias.name for alias in node.names)]
        found += [name for name in names if name.partition(".")[0] in FORBIDDEN_MODULES]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_runs_a_text_as_code(path: Path) -> None:
    assert not dangers(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    ["eval('1')", "x = exec", "compile('1', '', 'eval')", "__import__('os')", "import builtins; builtins.eval('1')",
     "import pickle", "from pickle import loads", "import marshal as m", "from a import shelve"],
)  # fmt: skip
def test_the_search_for_them_finds_them(source: str) -> None:
    assert dangers(source)
    assert not dangers("import re; re.compile('x')")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short_and_say_what_they_are(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") < LONGEST
    assert not source.strip() or ast.get_docstring(ast.parse(source))
