"""The files that a run over many points names, and what its options say of them."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

from adcli.cli.batch_streams import TABLES
from adcli.cli.request import Request
from adcli.cli.terminal import say
from adcli.errors import Problem, ProblemError, did_you_mean

TEXT = ("csv", "tsv", "jsonl")
ENDINGS = {
    "csv": "csv", "tsv": "tsv", "tab": "tsv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet",
    "arrow": "arrow", "ipc": "arrow", "feather": "arrow",
}  # fmt: skip


COMMAS = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*\Z)(?![^\[]*\])')  # not those in quotes or in an index


def files(given: list[str]) -> list[str]:
    """The files of --points, patterns resolved. Raises ProblemError where there is none."""
    found: list[str] = []
    for text in given:
        if not text:
            raise ProblemError(Problem("usage", "--points names no file", hint="write --points FILE"))
        names = [text] if text == "-" or os.path.exists(text) else sorted(glob.glob(text))
        if not names:
            raise ProblemError(Problem("file", f"cannot read {text}: no such file or directory"))
        found += names
    if found.count("-") > 1:
        raise ProblemError(Problem("usage", "standard input can be read once only"))
    return found


def ending(path: str) -> str | None:
    return ENDINGS.get(Path(path).suffix[1:].lower())


def output_ending(ask: Request) -> str | None:
    """The format that the ending of -o means. Raises ProblemError where it means one that is not for many points."""
    from adcli.render import format_of

    path = ask.output or ""
    if (found := ending(path)) is None and Path(path).suffix:
        if (other := format_of(path)) is not None:
            known = ", ".join([*TEXT, *TABLES])
            raise ProblemError(Problem("usage", f"{other} is no format of many points", hint=f"these are {known}"))
        if not ask.quiet:
            say(f"note: {path} is written in the format of the input; --format chooses another format")
    return found


def same_place(path: str) -> str:
    """What tells whether two paths are one file: links are followed, also hard ones."""
    try:
        found = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return f"{found.st_dev}:{found.st_ino}"


def chosen(option: str, name: str | None) -> str | None:
    known = [*TEXT, *TABLES]
    if name is not None and name not in known:
        hint = did_you_mean(name, known) or f"the formats of many points are {', '.join(known)}"
        raise ProblemError(Problem("usage", f"{option} {name} is no format of a table", hint=hint))
    return name


def maps(given: list[str]) -> dict[str, str]:
    """The columns of --map x1=col."""
    found: dict[str, str] = {}
    for text in (part for one in given for part in COMMAS.split(one) if part.strip()):
        name, sign, column = (part.strip() for part in text.partition("="))
        column = column[1:-1] if len(column) > 1 and column[0] == column[-1] == '"' else column
        if not sign or not name or not column:
            quoted = ", with quotes around a name that has commas" if found else ""
            raise ProblemError(Problem("usage", f"--map {text} renames nothing", hint=f"write --map x1=COLUMN{quoted}"))
        if name in found:
            raise ProblemError(Problem("usage", f"--map names {name} twice", hint="leave one of them out"))
        found[name] = column
    return found


def distinct(ask: Request, files: list[str]) -> None:
    """Raise ProblemError where a file would be written that is read, or written twice."""
    roles = [(path, "read") for path in files if path != "-"]
    if ask.file is not None:
        roles.append((ask.file, "read"))
    if ask.output is not None:
        beside = (".part", ".journal") if not os.path.exists(ask.output) or os.path.isfile(ask.output) else ()
        roles += [(ask.output + more, "written") for more in ("", *beside)]
    if ask.errors is not None:
        roles.append((ask.errors, "written"))
    known: dict[str, str] = {}
    for path, what in roles:
        if os.path.exists(path) and not os.path.isfile(path):
            continue  # a pipe or a device
        place = same_place(path)
        if what == "written" and place in known:
            hint = "choose another -o" if path != ask.errors else "choose another --errors"
            how = "read" if known[place] == "read" else "written already"
            raise ProblemError(Problem("usage", f"{path} is {how}: it cannot be written", hint=hint))
        known.setdefault(place, what)
