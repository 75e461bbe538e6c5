"""--points: every command and sample, formats, row errors and streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pointed import POINTS, grad, large
from running import (
    PATIENCE,
    SAMPLES,
    TEXTBOOK_GRADIENT,
    here,
    on_terminal,
    process,
    shell,
    shell_command,
    surroundings,
)
from sampled import function, sample

from adcli.files import locked
from adcli.numbers.text import write


def table(text: str, separator: str = ",") -> list[dict[str, str]]:
    head, *rows = (line.split(separator) for line in text.splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_textbook_as_csv(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = grad(capsys, "--points in.csv")
    assert (ran.code, ran.err) == (0, "")
    first = table(ran.out)[0]
    assert list(first) == ["x1", "x2", "y", "dy/dx1", "dy/dx2"]
    assert [float(first["dy/dx1"]), float(first["dy/dx2"])] == pytest.approx(TEXTBOOK_GRADIENT, rel=1e-15)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_what_it_is_at_one_point(path: Path, points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, f = sample(path), function(path)
    at = f.point(given.at)
    wrt = f"--wrt {','.join(given.wrt)}" if given.wrt else ""
    lines = [[write(x * factor) for x in at.values()] for factor in (1, 1.0009765625)]
    cells = [f'"{name}"' for name in at]
    points.write_text("\n".join(",".join(line) for line in [cells, *lines]) + "\n")
    ran = here(capsys, f"jacobian -f {path} --points in.csv {wrt} --format jsonl -q")
    assert ran.code == 0
    for row in map(json.loads, ran.out.splitlines()):
        one = f.jacobian({name: float(row[name]) for name in at}, wrt=given.wrt)
        results = list(row.values())[len(at) :]
        theirs = [*one.values, *(p for partials in one.jacobian for p in partials)]
        largest = max(map(abs, theirs))
        assert [float(x) for x in results] == pytest.approx(theirs, rel=1e-12, abs=1e-13 * largest, nan_ok=True)


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ('eval "x1*x2" --points in.csv', ["y"]),
        ('grad "x1*x2" --points in.csv --wrt x2', ["y", "dy/dx2"]),
        ('jacobian "[x1*x2, x1]" --points in.csv --of y2', ["y2", "dy2/dx1", "dy2/dx2"]),
        ('jvp "x1*x2" --points in.csv --tangent x1=1', ["y", "tangent:y"]),
        ('vjp "[x1*x2, x1]" --points in.csv --cotangent y2=1', ["y1", "y2", "adjoint:x1", "adjoint:x2"]),
        ('hessian "z = x1*x2" --points in.csv', ["z", "d2z/dx1dx1", "d2z/dx1dx2", "d2z/dx2dx2"]),
        ('hvp "x1*x2" --points in.csv --tangent x1=1', ["y", "hvp:x1", "hvp:x2"]),
    ],
)
def test_every_command_appends_its_columns(
    line: str, columns: list[str], points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = here(capsys, line)
    assert (ran.code, ran.err) == (0, "")
    assert list(table(ran.out)[0]) == ["x1", "x2", *columns]


def test_columns_are_renamed_kept_named_and_filled(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = here(capsys, 'eval "a*x2+c" --points in.csv --map a=x1 --at c=1 --keep')
    assert kept.out.splitlines()[:2] == ["x1,x2,name,y", "2,5,a,11"]
    points.write_text("2,5\n1,0\n")
    bare = here(capsys, 'eval "a*b" --points in.csv --columns b,a')
    assert bare.out == "b,a,y\n2,5,10\n1,0,0\n"


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl"])
def test_formats_by_ending_and_by_name(name: str, points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grad(capsys, f"--points in.csv --keep -o out.{name}").code == 0
    text = Path(f"out.{name}").read_text()
    assert grad(capsys, f"--points in.csv --keep --format {name}").out == text
    back = grad(capsys, f"--points out.{name} --format csv")
    assert back.out == grad(capsys, "--points in.csv").out
    Path("other").write_text(text)
    assert grad(capsys, f"--points other --input-format {name} --format csv").out == back.out


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_tables_of_polars(name: str, points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    polars = pytest.importorskip("polars")
    assert grad(capsys, f"--points in.csv --keep -o out.{name}").code == 0
    frame = polars.read_parquet("out.parquet") if name == "parquet" else polars.read_ipc("out.arrow")
    assert frame.columns == ["x1", "x2", "name", "y", "dy/dx1", "dy/dx2"]
    assert frame["dy/dx1"].to_list()[0] == TEXTBOOK_GRADIENT[0]
    back = grad(capsys, f"--points out.{name} --format csv")
    assert (back.code, back.err) == (0, "")
    assert [float(row["dy/dx2"]) for row in table(back.out)] == frame["dy/dx2"].to_list()
    for line, says in (
        (f"--points in.csv --format {name}", "nothing for a pipe"),
        (f"--points in.csv -o new.{name} --resume", "cannot be resumed"),
        (f"--points out.{name} -o out.{name}", "is read"),
        (f"--points - --input-format {name}", "cannot be read from standard input"),
    ):
        ran = grad(capsys, line)
        assert (ran.code, says in ran.err) == (2, True), ran.err
    points.write_text("x1,x2\n2,5\nx,5\n")
    failed = grad(capsys, f"--points in.csv -o new.{name}")
    assert (failed.code, "row 3" in failed.err) == (4, True)
    assert grad(capsys, f"--points in.csv -o new.{name} --on-error null").code == 4
    assert grad(capsys, f"--points new.{name} --on-error skip --format csv").out.count("\n") == 2
    points.write_text("x1,x2\n")
    assert grad(capsys, f"--points in.csv -o empty.{name}").code == 0
    assert grad(capsys, f"--points empty.{name} --format csv").out == "x1,x2,y,dy/dx1,dy/dx2\n"
    assert sorted(os.listdir()) == sorted(["in.csv", f"out.{name}", f"new.{name}", f"empty.{name}"])


def test_several_files_and_patterns(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p2.csv").write_text("x1,x2\n3,4\n")
    Path("p1.csv").write_text("x1,x2\n2,5\n")
    both = here(capsys, "eval x1+x2 --points 'p*.csv' --points in.csv")
    assert [row["y"] for row in table(both.out)] == ["7", "7", "7", "1", "-0.5"]
    Path("p3.csv").write_text("x2,x1\n3,4\n")
    turned = here(capsys, "eval x1+2*x2 --points 'p*.csv'")  # columns are found by name, and written as in the first
    assert turned.out.splitlines() == ["x1,x2,y", "2,5,12", "3,4,11", "4,3,10"]
    Path("p3.csv").write_text("x2,x1,z\n3,4,5\n")
    other = here(capsys, "eval x1+x2 --points 'p*.csv' --keep")
    assert (other.code, "other columns" in other.err) == (2, True)


def test_every_file_is_read_by_its_own_ending(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.tsv").write_text("x1\tx2\n1\t2\n")
    Path("b.jsonl").write_text('{"x2": 3, "x1": 4}\n')
    ran = here(capsys, "eval x1+x2 --points a.tsv --points b.jsonl --points in.csv --format csv")
    assert ran.out.splitlines()[:3] == ["x1,x2,y", "1,2,3", "4,3,7"]


# What is written may be nothing that is read, nor be written twice.
COLLISIONS = [
    "--points in.csv -o in.csv",
    "--points in.csv -o ./in.csv",
    "--points in.csv --errors in.csv",
    "--points in.csv --points b.csv --errors b.csv",
    "--points b.csv --points in.csv -o link.csv",
    "--points in.csv.part --input-format csv -o in.csv",
    "--points in.csv.part --input-format csv -o in.csv --resume",
    "--points in.csv -o out.csv --errors out.csv",
    "--points in.csv -o out.csv --errors out.csv.part",
    "--points in.csv -o out.csv --errors out.csv.journal",
    "-f p.ad --points in.csv -o p.ad",
]


@pytest.mark.parametrize("line", COLLISIONS)
def test_no_file_is_written_that_is_read(line: str, points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.ad").write_text("x1+x2\n")
    for name in ("b.csv", "in.csv.part"):
        Path(name).write_bytes(points.read_bytes())
    os.link("in.csv", "link.csv")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    ran = here(capsys, f"eval {'' if '-f' in line else 'x1+x2'} {line} --on-error skip")
    assert (ran.code, ran.out) == (2, "")
    assert "it cannot be written" in ran.err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_two_runs_do_not_write_one_table(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("polars")
    with locked(Path("t.parquet.part"), "ab", Path("t.parquet")):
        ran = here(capsys, "eval x1+x2 --points in.csv -o t.parquet")
        assert (ran.code, "another run is writing" in ran.err) == (2, True)
    assert here(capsys, "eval x1+x2 --points in.csv -o t.parquet").code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["in.csv", "t.parquet"]


def test_the_list_of_bad_rows_may_be_a_device(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points.write_bytes(SPOILT.encode())
    ran = here(capsys, "eval x1+x2 --points in.csv --on-error skip --errors /dev/null -o /dev/null")
    assert (ran.code, "see /dev/null" in ran.err) == (4, True)


# (input, rows that come out, troubles as row and reason): what stands in quotes, and what only looks so.
QUOTES = {
    "a quote within a cell": ('x,l\n1,pipe 5"\n2,"6"" pipe"\n3,d\n', ["1,1", "2,4", "3,9"], []),
    "a quote that is not closed": ('x,l\n1,a\n2,"b\n3,c\n', ["1,1"], [(3, "a quote is not closed")]),
    "text behind a quote": ('x,l\n"3"4,a\n"2",b\n', ["2,4"], [(2, "text follows a closing quote")]),
    "rows within quotes": ('x,l\n1,"a\nb\n"\n2,"c"\nq,"d\n"\n3,e\n', ["1,1", "2,4", "3,9"], [(6, "not a number")]),
    "a return within quotes": ('x,l\n5,"b\rc"\nq,e\n', ["5,25"], [(3, "not a number")]),
    "a return without quotes": ('x,l\n1,a\rb\n"q",c\n2,d\n', ["1,1", "2,4"], [(3, "not a number")]),
    "a cell of 140,000 characters": (f'x,l\n1,"{"a" * 140_000}"\n2,b\n', ["1,1", "2,4"], []),
    "line ends of two kinds": ('x,l\r\n1,"a\r\nb"\r\n2,c', ["1,1", "2,4"], []),
}


@pytest.mark.parametrize("name", QUOTES)
def test_quotes(name: str, points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, rows, troubles = QUOTES[name]
    points.write_bytes(text.encode())
    ran = here(capsys, "eval x^2 --points in.csv --on-error skip --errors bad.jsonl")
    assert ran.out.splitlines() == ["x,y", *rows]
    assert ran.code == (4 if troubles else 0)
    found = [json.loads(line) for line in Path("bad.jsonl").read_text().splitlines()]
    assert [one["row"] for one in found] == [row for row, _ in troubles]
    assert all(reason in one["reason"] for one, (_, reason) in zip(found, troubles, strict=True))
    first = here(capsys, "eval x^2 --points in.csv")
    assert first.code == (4 if troubles else 0)
    assert not troubles or f"row {troubles[0][0]}" in first.err


def test_stray_quotes_take_linear_time(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points.write_text('x,l\n1,pipe 5"\n' + '2,"b"\n' * 100_000)  # 44 s before it was
    assert here(capsys, "eval x^2 --points in.csv -o out.csv").code == 0
    assert Path("out.csv").read_text().count("\n") == 100_002


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x,y\r1,2\r3,4\r", "ends its lines with carriage returns"),
        (b"PAR1 and more", "is a Parquet file"),
        (b"\x1f\x8b\x08", "compressed (gzip)"),
        (b"x;y\n1;2\n", "cells are separated by commas, not by ;"),
        (b"x\ty\n1\t2\n", "--input-format tsv"),
        (b'x,"y\n1,2\n', "a quote is not closed"),
    ],
)
def test_a_file_of_another_kind_is_named(
    data: bytes, says: str, points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points.write_bytes(data)
    ran = here(capsys, "eval x*y --points in.csv")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_cells_pass_through_as_what_they_are(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("k.jsonl").write_text('{"x": 2, "id": "007", "zip": "12345678901234567890", "e": "1e5", "s": "\\ud800"}\n')
    ran = here(capsys, "eval x^2 --points k.jsonl --keep")
    assert ran.out == '{"x": 2, "id": "007", "zip": "12345678901234567890", "e": "1e5", "s": "\\ud800", "y": 4}\n'
    assert here(capsys, "eval x^2 --points k.jsonl --keep --format csv").code == 0
    points.write_text("x,id,n,t\n2,007,2.5,1e5\n")
    ran = here(capsys, "eval x^2 --points in.csv --keep --format jsonl")
    assert ran.out == '{"x": 2, "id": "007", "n": 2.5, "t": "1e5", "y": 4}\n'


def test_a_column_name_may_hold_commas_and_two_variables_one_column(
    points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points.write_text('x,"weight, kg"\n2,3\n')
    assert here(capsys, """eval x*y --points in.csv --map 'y="weight, kg"'""").out == 'x,"weight, kg",f\n2,3,6\n'
    assert here(capsys, "eval z=x*y --points in.csv --map y=x").out == "x,z\n2,4\n"
    twice = here(capsys, "eval x*y --points in.csv --map y=x,y=q")
    assert (twice.code, "--map names y twice" in twice.err) == (2, True)
    points.write_text("x,y,,\n1,2,,\n")
    assert here(capsys, "eval x*y --points in.csv --keep").out == "x,y,column3,column4,f\n1,2,,,2\n"


def test_the_ending_of_another_format_is_refused(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, "eval x1+x2 --points in.csv -o x.json")
    assert (ran.code, "json is no format of many points" in ran.err) == (2, True)
    assert here(capsys, "eval x1+x2 --points in.csv -o x.json -q").code == 2
    other = here(capsys, "eval x1+x2 --points in.csv -o x.xyz")
    assert (other.code, "note: x.xyz is written in the format of the input" in other.err) == (0, True)


@pytest.mark.parametrize("zeros", ["1" + "0" * 400, "0." + "0" * 400 + "1"])
def test_what_binary64_cannot_hold_is_refused_in_large_files_too(
    zeros: str, points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points.write_text("x\n" + "0\n1\n" * 80_000 + zeros + "\n")
    ran = here(capsys, "eval x --points in.csv -o out.csv")
    assert (ran.code, "row 160002, column x: binary64 cannot hold" in ran.err) == (4, True)


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("--points none.csv", 2, "cannot read none.csv"),
        ("--points '*.none'", 2, "cannot read *.none"),
        ("--points in.csv --at x1=1", 2, "x1 is a column of in.csv and in --at"),
        ("--points in.csv --map x1=q", 2, "no column q"),
        ("--points in.csv --map q=x1", 2, "there is no variable q"),
        ("--points in.csv --map x1", 2, "renames nothing"),
        ("--points in.csv --format table", 2, "no format of a table"),
        ("--points in.csv --input-format xml", 2, "no format of a table"),
        ("--points in.csv --on-error stop", 2, "--on-error is one of"),
        ("--points in.csv --max-errors 3", 2, "--max-errors is for"),
        ("--points in.csv --checkpoint", 2, "--checkpoint is not for --points"),
        ("--points in.csv --engine fast", 2, "--engine is one of"),
        ("--points in.csv --resume", 2, "--resume needs -o FILE"),
        ("--points in.csv -o in.csv", 2, "in.csv is read"),
        ("--points in.csv --errors no/where", 2, "cannot write no/where"),
        ("--points in.csv -o no/where.csv", 2, "cannot write"),
        ("--points .", 2, "cannot read .: is a directory"),
        ("--points in.csv in.csv", 2, "in.csv is a file, not a program"),
    ],
)
def test_what_cannot_be_done_is_said(
    line: str, code: int, says: str, points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = grad(capsys, line)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert sorted(os.listdir()) == ["in.csv"]


def test_options_of_one_command_are_not_for_points(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, "jacobian x1*x2 --points in.csv --sparse")
    assert (ran.code, "--sparse is not for --points" in ran.err) == (2, True)
    ran = here(capsys, "jvp x1*x2 --points in.csv")
    assert (ran.code, "--tangent is missing" in ran.err) == (2, True)


def test_options_for_points_need_points(capsys: pytest.CaptureFixture[str]) -> None:
    ran = grad(capsys, "--at x1=2,x2=5 --line-buffered")
    assert (ran.code, "--line-buffered is for --points" in ran.err) == (2, True)


# Row errors

SPOILT = "x1,x2\r\n2,5\r\n,3\r\n\r\n4,four\r\n5\r\n6,7\r\n"


@pytest.mark.parametrize(
    ("line", "code", "rows"),
    [
        ("", 4, ["2,5,7"]),
        ("--on-error null", 4, ["2,5,7", ",3,", "4,four,", "5,,", "6,7,13"]),
        ("--on-error skip", 4, ["2,5,7", "6,7,13"]),
        ("--on-error skip --max-errors 3", 4, ["2,5,7", "6,7,13"]),
    ],
)
def test_bad_rows(line: str, code: int, rows: list[str], points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points.write_bytes(SPOILT.encode())
    ran = here(capsys, f"eval x1+x2 --points in.csv {line} --errors e.jsonl")
    assert ran.code == code
    assert ran.out.replace("\r", "").splitlines() == ["x1,x2,y", *rows]
    errors = [json.loads(text) for text in Path("e.jsonl").read_text().splitlines()]
    assert [(e["row"], e["column"]) for e in errors] == [(3, "x1"), (5, "x2"), (6, "")][: 3 if line else 1]
    assert errors[0]["file"] == "in.csv"


def test_more_bad_rows_than_are_allowed(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points.write_bytes(SPOILT.encode())
    ran = here(capsys, "eval x1+x2 --points in.csv --on-error skip --max-errors 2 -o out.csv")
    assert (ran.code, "more rows failed than --max-errors 2" in ran.err) == (4, True)
    assert os.listdir() == ["in.csv"]


def test_strict_makes_bad_rows_of_notes(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points.write_text("x\n4\n-1\n0\n9\n")
    ran = here(capsys, 'grad "sqrt(x)" --points in.csv --strict --on-error null --errors e.jsonl')
    assert (ran.code, ran.out) == (4, "x,y,dy/dx\n4,2,0.25\n-1,,\n0,,\n9,3,0.16666666666666666\n")
    first, second = (json.loads(text) for text in Path("e.jsonl").read_text().splitlines())
    assert (first["row"], first["node"], first["span"]) == (3, "v1", [0, 7])
    assert first["reason"] == "v1 = sqrt(-1) is nan: sqrt(x) needs x >= 0"
    assert (second["row"], "no finite derivative" in second["reason"]) == (4, True)
    assert here(capsys, 'grad "sqrt(x)" --points in.csv --strict').out == "x,y,dy/dx\n4,2,0.25\n"


def test_what_is_not_finite_is_kept_and_counted_once(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points.write_text("x\n4\n\n-1\n0\n9\n")
    ran = here(capsys, 'grad "sqrt(x)" --points in.csv')
    assert (ran.code, ran.out) == (0, "x,y,dy/dx\n4,2,0.25\n-1,nan,nan\n0,0,inf\n9,3,0.16666666666666666\n")
    note, *caret = ran.err.splitlines()
    assert note == (
        "note: 2 rows are not finite; the first is in.csv, row 4: v1 = sqrt(-1) is nan: sqrt(x) needs x >= 0"
    )
    assert caret == ["  1 | sqrt(x)", "    | ^^^^^^^"]
    assert here(capsys, 'grad "sqrt(x)" --points in.csv -q').err == ""
    points.write_text("x\n1\n0\n0\n")
    kinks = here(capsys, 'grad "abs(x)" --points in.csv')
    assert kinks.err.startswith("note: 2 rows are at a kink; the first is in.csv, row 3: v1 = abs(0) has a kink here")


# Streams


def test_workers_change_no_byte(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large(points, 120_000)
    outs = {grad(capsys, f"--points in.csv --keep -q --workers {n}").out for n in (1, 2, 5)}
    assert len(outs) == 1
    assert outs.pop().count("\n") == 120_001


def test_points_from_a_pipe() -> None:
    ran = process('grad "x1*x2" --points - --wrt x1', stdin=POINTS)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "x1,x2,y,dy/dx1\n2,5,10,5\n1,0,0,0\n0.5,-1,-0.5,-1\n"


def test_points_from_a_pipe_go_with_the_last_program(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path), "ADCLI_NO_STATE": "0"}
    process("eval a+b --at a=1,b=2", **env)
    ran = process("eval --points -", stdin="a,b\n3,4\n", **env)
    assert ran.out == "a,b,y\n3,4,7\n"
    assert ran.err == "using the last program: a+b\n"


def test_rows_come_out_one_by_one_where_that_is_asked_for() -> None:
    command = [sys.executable, "-m", "adcli", "eval", "x^2", "--points", "-", "--line-buffered"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings({})) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        run.stdin.write(b"x\n3\n")
        run.stdin.flush()
        assert run.stdout.readline() == b"x,y\n"
        assert run.stdout.readline() == b"3,9\n"
        run.stdin.write(b"4\n")
        run.stdin.flush()
        assert run.stdout.readline() == b"4,16\n"
        run.stdin.close()
        assert run.wait(timeout=PATIENCE) == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe.csv")
    feeder = threading.Thread(target=lambda: Path("pipe.csv").write_text(POINTS))
    feeder.start()
    ran = grad(capsys, "--points pipe.csv")
    feeder.join()
    assert ran.out == grad(capsys, "--points in.csv").out
    refused = grad(capsys, "--points pipe.csv -o out.csv --resume")
    assert (refused.code, "what comes from a pipe is gone" in refused.err) == (2, True)


def test_a_reader_that_goes_away_is_no_error(points: Path) -> None:
    large(points, 200_000)
    ran = shell("adcli eval x1*x2 --points in.csv | head -n 2; echo ${PIPESTATUS[0]}")
    assert ran.out.splitlines()[-1] == "141"
    assert (ran.err, len(ran.out.splitlines())) == ("", 3)


def test_progress_is_shown_on_a_terminal_only(points: Path) -> None:
    large(points, 200_000)
    slow = "(cat in.csv; sleep 0.7; tail -n 5 in.csv) | adcli eval x1*x2 --points -"
    for more, shown in (("-o out.csv", True), ("-q -o out.csv", False), ("| tail -n 1", True), ("", False)):
        code, screen = on_terminal(shell_command(f"{slow} {more}"), cwd=points.parent)
        assert (code, "rows/s" in screen) == (0, shown)
    assert shell(f"cd {points.parent}; {slow} -o out.csv").err == ""
