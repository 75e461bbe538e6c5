"""The formats of matrices: what other programs read in them, and the pattern as it is drawn."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from documents import DOCUMENTS, has, made, text_of
from running import ROOT, SAMPLES, columns_of, here
from sampled import sample

from adcli.report.document import Document, Matrix

Capture = pytest.CaptureFixture[str]


class Some(Document):
    """A matrix without a history."""

    def __init__(self, shape: tuple[int, int], places: list[tuple[int, int]], symmetric: bool = False):
        rows, cols = [i for i, _ in places], [j for _, j in places]
        self.found = Matrix(shape, rows, cols, [float(k + 1) for k in range(len(places))], symmetric, "note")

    def matrix(self) -> Matrix:
        return self.found


def band(n: int, across: int = 1) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n) for j in range(max(0, i - across), min(n, i + across + 1))]


# Matrix Market and coordinates, as SciPy reads them


def dense(lines: list[str]) -> list[list[float]]:
    return [[float(cell) for cell in line.split()] for line in lines]


MATRICES = {
    "general": "jacobian '[x*y, sin(x), 3, z - y]' --at x=1/3,y=2,z=0.1",
    "wide": "jacobian '[x*y + w*z]' --at x=1/3,y=2,z=0.1,w=1",
    "no entry": "jacobian '[1 + 0*x, 2]' --at x=1",
    "symmetric": "hessian 'x^2*y/3 + exp(y*z) + w' --at x=1/3,y=2,z=0.1,w=1",
    "one of two": "hessian '[x*y, x^3*y]' --at x=1/3,y=2 --of y2",
    "all zero": "hessian 'x + y' --at x=1,y=2",
    "tiny and huge": "jacobian '[1e-300*x, 1e300*y]' --at x=1,y=1",
}


@pytest.mark.parametrize("line", MATRICES.values(), ids=MATRICES)
def test_scipy_reads_back_the_same_matrix(line: str, tmp_path: Path, capsys: Capture) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    sparse = pytest.importorskip("scipy.sparse")
    expected = dense(here(capsys, f"{line} --format raw").out.splitlines())
    ran = here(capsys, f"{line} --format mtx")
    assert (ran.code, ran.err) == (0, "")
    found = scipy_io.mmread(BytesIO(ran.out.encode()))
    assert found.toarray().tolist() == expected
    path = tmp_path / "matrix.mtx"
    assert here(capsys, f"{line} -o {path}") == (0, "", "")
    assert path.read_text() == ran.out
    assert scipy_io.mminfo(path)[-1] == ("symmetric" if line.startswith("hessian") else "general")

    header, *rows = here(capsys, f"{line} --format coo").out.splitlines()
    assert header == "row\tcol\tvalue"
    entries = [row.split("\t") for row in rows]
    i, j = ([int(entry[k]) for entry in entries] for k in (0, 1))
    shape = (len(expected), len(expected[0]))
    assert sparse.coo_array(([float(entry[2]) for entry in entries], (i, j)), shape).toarray().tolist() == expected

    data = json.loads(here(capsys, f"{line} --sparse --format json").out)
    assert (data["rows"], data["cols"], data["shape"]) == (i, j, list(shape))
    assert data["data"] == [float(entry[2]) for entry in entries]


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if has("matrix", made(name))])
def test_every_document_with_a_matrix_is_read_back(document: str) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    matrix = made(document).matrix()
    found = scipy_io.mmread(BytesIO(text_of(made(document), "mtx").encode()))
    assert found.shape == matrix.shape
    expected = sorted((i, j, x) for i, j, x in zip(matrix.rows, matrix.cols, matrix.data, strict=True))
    assert sorted(zip(found.row.tolist(), found.col.tolist(), found.data.tolist(), strict=True)) == expected


def test_numbers_that_are_not_finite_are_read_back(capsys: Capture) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    ran = here(capsys, "jacobian '[1/x, sqrt(x), x*ln(x - 1)]' --at x=0 --quiet --format mtx")
    (minus_inf,), (inf,), (nan,) = scipy_io.mmread(BytesIO(ran.out.encode())).toarray().tolist()
    assert (minus_inf, inf, nan != nan) == (float("-inf"), float("inf"), True)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sparse_entries_are_those_of_the_full_matrix(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Of every sample: what is not listed is 0, what is listed is the same number."""
    monkeypatch.chdir(ROOT)
    given = [word for flag in ("-f", "--at", "--wrt") for value in sample(path).option(flag) for word in (flag, value)]
    for command in ("jacobian", "hessian"):
        lines = here(capsys, f"{command} --quiet", *given).out.splitlines()
        names = lines[0].split("\t")[1 if command == "jacobian" else 2 :]
        full: dict[tuple[str, ...], float] = {}
        for line in lines[1:]:
            cells = line.split("\t")
            labels, numbers = cells[: -len(names)], cells[-len(names) :]
            full |= {(*labels, name): float(x) for name, x in zip(names, numbers, strict=True)}
        rows = [line.split("\t") for line in here(capsys, f"{command} --quiet --sparse", *given).out.splitlines()[1:]]
        listed = {tuple(row[:-1]): float(row[-1]) for row in rows}
        assert set(listed) <= set(full)
        assert {place: listed.get(place, 0.0) for place in full} == pytest.approx(full, rel=1e-13, abs=1e-13)


def test_matrices_are_refused_where_there_is_none(tmp_path: Path, capsys: Capture) -> None:
    point = "--at x=1,y=2"
    for line in (f"eval x*y {point}", f"grad x*y {point}", f"jvp x*y {point} --tangent x=1",
                 f"vjp x*y {point} --cotangent f=1", f"hvp x*y {point} --tangent x=1", f"trace x*y {point}",
                 f"taylor x*y {point} --mixed", f"modes x*y {point} --repeat 0", "fmt x", "functions"):  # fmt: skip
        for more in ("--format mtx", "--format coo", "--format pattern", f"-o {tmp_path}/x.mtx"):
            ran = here(capsys, f"{line} {more}")
            assert (ran.code, ran.out) == (2, ""), line
            name = more[-3:] if more[-3:] in ("mtx", "coo") else "pattern"
            assert ran.err == f"error: {name} is a format of a matrix\n  use it with jacobian or hessian\n"
    assert not list(tmp_path.glob("x*"))


@pytest.mark.parametrize("more", ["--format mtx", "--format coo", "--format pattern", "--sparse --format mtx",
                                  "-o {}/x.mtx", "-o {}/x.coo"])  # fmt: skip
def test_several_hessians_are_no_matrix(more: str, tmp_path: Path, capsys: Capture) -> None:
    line = f"hessian '[x*y, x^2]' --at x=1,y=2 {more.format(tmp_path)}"
    ran = here(capsys, line)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: there are 2 Hessians, one for each output\n  choose one: --of y1\n"
    assert not list(tmp_path.glob("x*"))
    assert here(capsys, f"{line} --of y1").code == 0


def test_a_banner_names_the_program_in_one_line(capsys: Capture) -> None:
    ran = here(capsys, "jacobian --format mtx --at x=1,y=2", "a = x*y # é\n[a,\n x]")
    lines = ran.out.splitlines()
    assert lines[0] == "%%MatrixMarket matrix coordinate real general"
    assert lines[1].startswith("% Jacobian of ")
    assert lines[2] == "2 2 3"
    assert len(lines) == 6


# The pattern


def glyphs(text: str) -> list[str]:
    return text.split("\n")[2:-1]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (5, 3), (1, 40), (80, 1), (80, 40)])
def test_a_small_pattern_has_a_glyph_for_each_entry(shape: tuple[int, int], ascii_only: bool) -> None:
    m, n = shape
    places = [(i, j) for i in range(m) for j in range(n) if (i * 7 + j * 3) % 4 == 0]
    mark, dot = ("x", ".") if ascii_only else ("■", "·")
    drawn = [line.split(" ") for line in glyphs(text_of(Some(shape, places), "pattern", width=80, ascii=ascii_only))]
    assert drawn == [[mark if (i, j) in places else dot for j in range(n)] for i in range(m)]


LARGE = {
    "tridiagonal": ((300, 300), band(300)),
    "diagonal": ((10_000, 10_000), band(10_000, 0)),
    "dense": ((120, 120), [(i, j) for i in range(120) for j in range(120)]),
    "arrow": ((500, 500), [*((0, j) for j in range(500)), *((i, 0) for i in range(1, 500))]),
    "one row": ((1, 10_000), [(0, j) for j in range(10_000)]),
    "one column": ((10_000, 1), [(i, 0) for i in range(10_000)]),
    "empty": ((1000, 1000), []),
    "wide": ((81, 79), band(79)),
    "no column": ((1000, 0), []),
    "no row": ((0, 1000), []),
}


@pytest.mark.parametrize("width", [40, 80, 120, None])
@pytest.mark.parametrize("name", LARGE)
def test_a_large_pattern_stays_within_the_screen(name: str, width: int | None) -> None:
    shape, places = LARGE[name]
    for ascii_only in (False, True):
        text = text_of(Some(shape, places), "pattern", width=width, ascii=ascii_only)
        drawing, _, legend = text.partition("\na glyph is a block of ")
        assert len(drawing.split("\n")[2:]) <= (40 if legend else 80)
        assert max(map(columns_of, text.split("\n"))) <= (width or 80)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("program", ["[x[i]^2 - x[i-1] for i in 2..10000]", "[prod(x[j] for j in 1..5) for i in 1..3]"])
def test_all_that_is_said_of_a_pattern_stays_within_the_screen(
    program: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    point = f"x=[{','.join(['1'] * (10_000 if '10000' in program else 5))}]"
    ran = here(capsys, "jacobian --format pattern", program, "--at", point)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert max(map(columns_of, lines)) <= width, max(lines, key=columns_of)
    assert len(lines) <= 43  # note, size and legend, and 40 of the drawing


def test_a_dense_block_is_full_and_an_empty_one_blank() -> None:
    text = text_of(Some(*LARGE["dense"]), "pattern", width=80)
    assert set("".join(glyphs(text)[:-1])) == {"█"}
    text = text_of(Some(*LARGE["one row"]), "pattern", width=80, ascii=True)
    assert glyphs(text)[0] == "#" * 80
    assert set("".join(glyphs(text_of(Some(*LARGE["empty"]), "pattern", width=80))[:-1])) <= {" "}


def test_the_diagonal_is_drawn_from_corner_to_corner() -> None:
    lines = glyphs(text_of(Some(*LARGE["diagonal"]), "pattern", width=80))[:-1]
    assert len(lines) == 40
    assert [len(line) - len(line.lstrip()) for line in lines] == [2 * i for i in range(40)]
    assert "a glyph is a block of 250 x 125" in text_of(Some(*LARGE["diagonal"]), "pattern", width=80)


@pytest.mark.parametrize(("entries", "glyph"), [(0, ""), (1, "░"), (2, "░"), (3, "▒"), (4, "▒"), (5, "▓"), (6, "▓"),
                                                (7, "█"), (8, "█")])  # fmt: skip
def test_the_shades_are_those_of_the_legend(entries: int, glyph: str) -> None:
    """Blocks of 4 x 2: up to 1/4 of it, 1/2, 3/4, 1."""
    places = [(i, j) for i in range(4) for j in range(2)][:entries]
    first, *_, legend = glyphs(text_of(Some((160, 160), places), "pattern", width=80))
    assert legend == "a glyph is a block of 4 x 2; ░ ▒ ▓ █ up to 1/4, 1/2, 3/4 and all of it"
    assert first == glyph


@pytest.mark.parametrize("program", ["2*pi", "[1, 2]"])
def test_a_matrix_without_columns(program: str, capsys: Capture) -> None:
    for command in ("jacobian", "hessian --of y" if program == "2*pi" else "jacobian"):
        size = "0 0 0" if command.startswith("hessian") else f"{1 + program.count(',')} 0 0"
        ran = here(capsys, f"{command} '{program}' --format mtx")
        assert (ran.code, ran.out.splitlines()[2:], ran.err) == (0, [size], "")
        assert here(capsys, f"{command} '{program}' --format coo") == (0, "row\tcol\tvalue\n", "")
        ran = here(capsys, f"{command} '{program}' --format pattern")
        assert (ran.code, ran.err, ran.out.strip().count("\n")) == (0, "", 1)
