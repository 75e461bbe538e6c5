"""The formats as a family, and what the table format does where there is little room."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
from documents import DOCUMENTS, TEXTUAL, formats_of, made
from printed import table_text
from rich.cells import cell_len

from adcli import render
from adcli.cli.request import COMMANDS
from adcli.render import format_of, formats, load, needs
from adcli.report.document import Column, Document, Group, Table, View
from adcli.report.functions import FunctionsReport


def test_the_formats_are_the_files_of_the_folder() -> None:
    folder = Path(render.__file__).parent
    assert formats() == sorted(path.stem for path in folder.glob("*.py") if path.stem[0] != "_")
    assert {"table", "tsv", "csv", "json", "raw", "markdown"} <= set(formats())


@pytest.mark.parametrize("name", formats())
def test_a_format_is_a_module_of_this_shape(name: str) -> None:
    module: ModuleType = importlib.import_module(f"adcli.render.{name}")
    assert module is load(name)
    assert module.__doc__
    assert isinstance(module.PLAIN, bool)
    assert needs()[name] == module.NEEDS
    assert module.NEEDS in ("", *COMMANDS)
    assert all(re.fullmatch(r"\.[a-z]+", suffix) for suffix in module.SUFFIXES)
    for suffix in module.SUFFIXES:
        assert format_of(f"some.folder/file{suffix}") == format_of(f"FILE{suffix.upper()}") == name


def test_no_two_formats_claim_one_ending() -> None:
    endings = [suffix for name in formats() for suffix in load(name).SUFFIXES]
    assert len(endings) == len(set(endings))
    assert [format_of(path) for path in ("file", "file.xyz", "json", ".json", "file.json.gz", "")] == [None] * 6


@pytest.mark.parametrize("name", TEXTUAL)
def test_every_text_ends_its_last_line(name: str) -> None:
    for document in DOCUMENTS:
        if name in formats_of(made(document)) and not document.endswith("-constant"):  # a matrix of nothing
            text = "".join(load(name).render(made(document), View(width=80)))
            assert text.endswith("\n"), document
            assert not text.endswith("\n\n"), document


def test_the_formats_that_need_something_are_those_that_refuse_what_has_none() -> None:
    def refuses(name: str) -> bool:
        try:
            list(load(name).render(made("eval-robot_arm"), View()))
        except NotImplementedError:
            return True
        return False

    assert list(filter(refuses, TEXTUAL)) == [name for name, need in needs().items() if need]


# Tables where there is little room


def number_cells(document: Document, view: View) -> list[str]:
    return [
        cell
        for block in document.blocks(view) if isinstance(block, Table)
        for group in block.groups for line in group.lines
        for column, cell in zip(block.columns, line, strict=True) if column.number and cell
    ]  # fmt: skip


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("document", [d for d in DOCUMENTS if not d.startswith(("fmt", "functions"))])
def test_a_number_is_never_lost_or_cut(document: str, width: int) -> None:
    text = table_text(made(document), width=width, whole=True)
    shown = re.split(r" {2,}|\n", text)
    words = set(shown) | {word for part in shown for word in part.split(" ")}
    missing = [
        cell for cell in number_cells(made(document), View(width=width, whole=True)) if cell.strip() not in words
    ]
    assert missing == []


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_line_is_wider_than_the_terminal(document: str, width: int) -> None:
    for ascii_only in (False, True):
        text = table_text(made(document), width=width, ascii=ascii_only)
        assert max(map(cell_len, text.split("\n"))) <= width


@pytest.mark.parametrize("width", [40, 60, 80, 120, None])
def test_the_list_of_functions_is_whole_at_any_width(width: int | None) -> None:
    report = FunctionsReport([])
    lines = table_text(report, width=width, whole=True).split("\n")
    forms = [row["form"] for row in report.data()["functions"]]
    assert [form for form in forms if not any(line.startswith(f"{form} ") for line in lines)] == []
    if width is not None and width >= 80:
        assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_function_in_full_is_whole_at_any_width(width: int) -> None:
    for row in FunctionsReport([]).data()["functions"]:
        text = table_text(FunctionsReport([row["name"]]), width=width)
        assert "LaTeX" in text, row["form"]
        assert row["meaning"].split()[0] in text


def test_a_table_without_numbers_is_shown_where_it_does_not_fit() -> None:
    class Words(Document):
        def blocks(self, view: View):  # type: ignore[no-untyped-def]  # noqa: ANN202
            yield Table("title", [Column("a"), Column("b")], [Group([["word " * 10, "other " * 10]])])

    for width in (20, 60, 120, 130):
        text = table_text(Words(), width=width)
        assert text.count("word") >= 1
        assert text.count("other") >= 1


def test_decimal_points_stand_under_each_other() -> None:
    class Numbers(Document):
        def blocks(self, view: View):  # type: ignore[no-untyped-def]  # noqa: ANN202
            texts = ["1.5", "-0.25", "100", "1e-20", "2.5e300", "inf", "-inf", "nan", "12.125", "", "true"]
            yield Table("", [Column("value", number=True)], [Group([[text]]) for text in texts])

    lines = table_text(Numbers()).split("\n")[2:]
    points = {line.index(".") for line in lines if re.match(r" *-?[0-9]+\.[0-9]+$", line)}
    assert len(points) == 1
    (place,) = points
    assert [line.index("e") for line in lines if line.strip() == "1e-20"] == [place]
    assert [len(line) for line in lines if line.strip() == "100"] == [place]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nothing_but_ascii_where_it_is_asked_for(document: str) -> None:
    for name in formats_of(made(document)):
        if name != "svg":
            text = "".join(load(name).render(made(document), View(width=80, ascii=True)))
            assert text.isascii(), name
            assert "?" not in text or name == "html", name  # whose page has a button ?


def test_colour_is_there_only_where_it_is_asked_for() -> None:
    assert "\x1b[" not in table_text(made("trace-textbook"), width=80)
    assert "\x1b[36m" in table_text(made("trace-textbook"), width=80, color=True)
