"""Exit codes, each really produced; what goes to which stream; --strict and --quiet."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from typing import Any

import pytest
from running import PATIENCE, ROOT, TEXTBOOK, here, process, shell, surroundings

Capture = pytest.CaptureFixture[str]
AT = "--at x1=2,x2=5"

CODES = [
    (0, f'grad "{TEXTBOOK}" {AT}'),
    (0, "grad ln(x) --at x=-1"),
    (0, "--help"),
    (1, "grad ln(x) --at x=-1 --strict"),
    (2, "grad x --typo"),
    (2, "grad x --at y=1"),
    (2, "grad -f nope.ad"),
    (3, "grad 2x --at x=1"),
    (3, "grad foo(3)"),
    (3, "grad sin(x,y) --at x=1,y=1"),
    (3, "grad 3+"),
    (3, "grad a<b"),
    (3, "grad 1e400"),
    (3, "grad ''"),
    (3, "fmt 'f(x) = f(x); f(1)'"),
]


@pytest.mark.parametrize(("code", "line"), CODES, ids=[line for _, line in CODES])
def test_exit_code(code: int, line: str, capsys: Capture) -> None:
    ran = here(capsys, shlex.split(line)[0], *shlex.split(line)[1:])
    assert ran.code == code
    assert bool(ran.out) == (code == 0)
    assert code == 0 or ran.err.startswith("error: ")


@pytest.mark.parametrize(("code", "line"), CODES[::4], ids=[line for _, line in CODES[::4]])
def test_exit_code_of_the_process(code: int, line: str, capsys: Capture) -> None:
    ran = process(line)
    assert ran == here(capsys, line)
    assert ran.code == code


BUG = "import adcli.function as f\nf.Function.grad = lambda *a, **o: 1/0\nfrom adcli.cli.app import main\nmain({!r})"


def test_a_bug_is_one_line_and_how_to_report_it(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def boom(*_: Any, **__: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("adcli.function.Function.grad", boom)
    ran = here(capsys, f'grad "{TEXTBOOK}" {AT}')
    assert (ran.code, ran.out) == (70, "")
    assert ran.err.startswith("error: a bug in adcli: RuntimeError: boom\n")
    assert "--debug" in ran.err
    assert "report" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_debug_shows_where_a_bug_is_and_the_code_stays(debug: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG.format(["grad", "x", "--at", "x=1", *debug])],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ("Traceback (most recent call last)" in done.stderr) == bool(debug)
    assert "ZeroDivisionError" in done.stderr
    assert (done.returncode, done.stdout) == (70, "")


def test_an_interrupt() -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "adcli", "eval", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings({}),
    )  # fmt: skip
    assert run.stdin is not None
    # More than a pipe holds: when it is all written, adcli is reading.
    run.stdin.write(b" " * 4_000_000)
    run.stdin.flush()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE)
    assert (run.returncode, out) == (130, b"")
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("line", "unbuffered"),
    [
        ('eval "[i*x for i in 1..20000]" --at x=1', ""),
        ('eval "[i*x for i in 1..20000]" --at x=1', "1"),
        ('trace "sum(i*x for i in 1..500)" --at x=1 --format json', ""),
        ('trace "sum(i*x for i in 1..500)" --at x=1 --format json', "1"),
        ('fmt --expand "sum(i*x for i in 1..20000)" --format table', "1"),
    ],
)
def test_a_broken_pipe_is_silent(line: str, unbuffered: str) -> None:
    """Also where Python is told not to buffer: then the system may take a part of a write and say nothing."""
    ran = shell(f"set -o pipefail; adcli {line} | head -c 20", PYTHONUNBUFFERED=unbuffered)
    assert (ran.code, len(ran.out), ran.err) == (141, 20, "")


def test_head_of_a_long_output() -> None:
    ran = shell('set -o pipefail; adcli eval "[i*x for i in 1..20000]" --at x=1 | head -1')
    assert ran == (141, "output\tvalue\n", "")


# Standard output that cannot be written


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
@pytest.mark.parametrize("line", [f'grad "{TEXTBOOK}" {AT}', f'trace "{TEXTBOOK}" {AT} --format json', "--help",
                                  "grad --help", "--version", "functions", "fmt x"])  # fmt: skip
def test_a_full_disk(line: str) -> None:
    ran = shell(f"adcli {line} > /dev/full")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: cannot write the result: no space left on device\n"


def test_closed_streams() -> None:
    ran = shell(f'adcli grad "{TEXTBOOK}" {AT} >&-')
    assert ran.code == 2
    assert ran.err.startswith("error: standard output is closed\n")
    assert shell("adcli grad 2x 2>&-") == (3, "", "")
    assert shell("adcli grad 2x >&- 2>&- <&-") == (3, "", "")
    ran = shell("adcli grad 'abs(x)' --at x=0 --format raw 2>&-")
    assert ran == (0, "0\n", "")


def test_a_file_needs_no_standard_output(tmp_path: Any) -> None:
    ran = shell(f"adcli eval x --at x=3 -o {tmp_path}/out.tsv >&-")
    assert ran == (0, "", "")
    assert (tmp_path / "out.tsv").read_text() == "output\tvalue\ny\t3\n"


# Notes: on standard error, not with --quiet, and errors with --strict

NOTED = [
    ("eval ln(x) --at x=-1", "v1 = ln(-1) is nan"),
    ("eval 1/x --at x=0", "v1 = 1/0 is inf"),
    ("eval exp(x) --at x=1000", "beyond the range of binary64"),
    ("grad sqrt(x) --at x=0", "no finite derivative"),
    ("grad abs(x) --at x=0", "has a kink here: left -1, right 1; used 0"),
    ("jacobian max(x,y) --at x=1,y=1", "kink"),
    ("jvp abs(x) --at x=0 --tangent x=1", "kink"),
    ("vjp abs(x) --at x=0 --cotangent y=1", "kink"),
    ("trace floor(x) --at x=2", "jumps here"),
    ("grad if(x>0,x,-x) --at x=0", "equality"),
    ("hessian abs(x) --at x=0", "kink"),
    ("hessian abs(x) --at x=0 --sparse", "kink"),
    ("hessian ln(x) --at x=-1 --tangent x=1", "v1 = ln(-1) is nan"),
    ("hvp sqrt(x) --at x=0 --tangent x=1", "no finite derivative"),
    ("jacobian abs(x) --at x=0 --sparse", "kink"),
    ("taylor ln(x) --at x=-1", "v1 = ln(-1) is nan"),
    ("taylor x^2.5 --at x=0 --order 3", "v1 = 0^2.5: its coefficient of order 3 comes out as inf"),
    ("taylor abs(x) --at x=0 --mixed", "kink"),
    ("grad ln(x) --at x=-1 --checkpoint", "v1 = ln(-1) is nan"),
    ("grad abs(x) --at x=0 --memory 1MB", "kink"),
    ("trace abs(x) --at x=0 --second x", "kink"),
    ("modes abs(x) --at x=0 --repeat 0", "kink"),
]


@pytest.mark.parametrize(("line", "text"), NOTED, ids=[line for line, _ in NOTED])
def test_notes_are_told_on_standard_error_only(line: str, text: str, capsys: Capture) -> None:
    ran = here(capsys, line)
    assert ran.code == 0
    assert ran.err.startswith("note: ")
    assert text in ran.err.splitlines()[0]
    source = shlex.split(line)[1]
    assert f"  1 | {source}\n" in ran.err
    assert "note" not in ran.out
    assert text not in ran.out


@pytest.mark.parametrize("line", [line for line, _ in NOTED])
@pytest.mark.parametrize("option", ["--quiet", "-q"])
def test_quiet_leaves_the_notes_out_and_changes_no_result(line: str, option: str, capsys: Capture) -> None:
    loud = here(capsys, line)
    assert here(capsys, f"{line} {option}") == (0, loud.out, "")


@pytest.mark.parametrize(("line", "text"), NOTED, ids=[line for line, _ in NOTED])
@pytest.mark.parametrize("more", ["", "--quiet", "--format json", "-o {}/result.txt"])
def test_strict_makes_a_note_an_error(line: str, text: str, more: str, tmp_path: Any, capsys: Capture) -> None:
    ran = here(capsys, f"{line} --strict {more.format(tmp_path)}")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert text in ran.err.splitlines()[0]
    assert not (tmp_path / "result.txt").exists()


@pytest.mark.parametrize(
    "line",
    [f'grad "{TEXTBOOK}" {AT}', "grad abs(x) --at x=1", "grad 'if(x > 0, ln(x), 0)' --at x=-1",
     "grad 'L = ln(x); if(x > 0, L, 0)' --at x=-1", "eval abs(x) --at x=0", "grad 'abs(x) + y' --at x=0,y=1 --wrt y",
     "grad '[abs(x), y]' --at x=0,y=1 --of y2"],
)  # fmt: skip
def test_strict_accepts_what_needs_no_note(line: str, capsys: Capture) -> None:
    plain = here(capsys, line)
    assert (plain.code, plain.err) == (0, "")
    assert here(capsys, f"{line} --strict") == plain


def test_many_notes_are_counted(capsys: Capture) -> None:
    ran = here(capsys, "grad '[abs(x[i]) for i in 1..50]' --format json", "--at", f"x=[{','.join(['0'] * 50)}]")
    assert ran.code == 0
    assert ran.err.count("note: ") == 20
    assert "30 more notes" in ran.err.splitlines()[-1]


def test_many_problems_are_counted(capsys: Capture) -> None:
    ran = here(capsys, "eval", " + ".join(f"f{i}(x)" for i in range(50)))
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("error: ") == 20
    assert "30 more problems" in ran.err.splitlines()[-1]


# The samples of wrong programs

WRONG = sorted((ROOT / "samples" / "errors").glob("*.ad"))


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_program_prints_nothing_on_standard_output(path: Any, capsys: Capture) -> None:
    ran = here(capsys, f"eval -f {path}")
    assert ran.out == ""
    assert ran.code in (1, 2, 3)
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
