"""The options that commands share, and the request they add up to."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple

import typer

from adcli.cli.request import Request
from adcli.errors import Problem, ProblemError
from adcli.render import needs


class Shared(NamedTuple):
    """One shared option: its name in the request, its type with Typer's description, its default."""

    name: str
    annotation: Any
    default: Any = None


def format_names() -> str:
    """The formats as --help lists them."""
    groups: dict[str, list[str]] = {"": []}
    for name, need in needs().items():
        groups.setdefault(need, []).append(name)
    return "; ".join((f"for a {need} " if need else "") + ", ".join(names) for need, names in groups.items())


def whole(option: str, least: int, most: int | None = None) -> Callable[[Any], int]:
    """What reads the value of an option that is a whole number. Raises ProblemError."""
    wanted = f"a whole number from {least} to {most}" if most is not None else "a whole number"

    def read(given: Any) -> int:
        text = str(given).strip()
        if re.fullmatch("[-+]?[0-9]+", text) is None or (most is not None and not least <= int(text) <= most):
            raise ProblemError(Problem("usage", f"{option} is {wanted}, not {text or '(empty)'}",
                                       hint=f"write {option} {max(least, 4)}"))  # fmt: skip
        return int(text)

    return read


PROGRAM = [
    Shared("exprs", Annotated[list[str] | None, typer.Argument(
        metavar="[EXPR]...", show_default=False,
        help="Program text, each an output; - reads standard input. Without any: the last program.")]),
    Shared("file", Annotated[str | None, typer.Option(
        "-f", "--file", metavar="FILE", help="Read the program from a file (.ad).")]),
    Shared("max_nodes", Annotated[int | None, typer.Option(
        "--max-nodes", metavar="N", parser=whole("--max-nodes", 1, 10**9),
        help="Refuse a program of more nodes. Default: 5,000,000.")]),
]  # fmt: skip
POINT = [
    Shared("at", Annotated[list[str] | None, typer.Option(
        "--at", metavar="NAME=VALUE,...",
        help="The point: x1=2,x2=pi/4 or x=[1,2,3]; repeatable; @FILE reads JSON.")]),
    Shared("strict", Annotated[bool, typer.Option(
        "--strict", help="Fail (exit 1) on a domain problem, a kink or a non-finite result.")], False),
]  # fmt: skip
WRT = [
    Shared("wrt", Annotated[list[str] | None, typer.Option(
        "--wrt", metavar="NAME,...", help="Differentiate in these variables only, in this order.")]),
]  # fmt: skip
OF = [
    Shared("of", Annotated[list[str] | None, typer.Option(
        "--of", metavar="NAME,...", help="These outputs only, in this order.")]),
]  # fmt: skip
Tangent = Annotated[list[str] | None, typer.Option(
    "--tangent", metavar="NAME=VALUE,...", help="The direction; variables not named have 0.")]  # fmt: skip
Mode = Annotated[str | None, typer.Option(
    "--mode", metavar="MODE", help="forward, reverse or both (the default).")]  # fmt: skip
Numbering = Annotated[str | None, typer.Option(
    "--numbering", metavar="ORDER", help="Number nodes by level (the default), or as written (source).")]  # fmt: skip
STATS = [
    Shared("stats", Annotated[bool, typer.Option("--stats", help="Say what it took, on standard error.")], False),
]  # fmt: skip
PRECISION = [
    Shared("precision", Annotated[int | None, typer.Option(
        "--precision", metavar="N", parser=whole("--precision", 1, 100_000),
        help="Print N proven digits of every number; decimals mean what is written (extra certified).")]),
]  # fmt: skip
CERTIFY = [
    *PRECISION,
    Shared("certify", Annotated[bool, typer.Option(
        "--certify", help="Beside every float its proven enclosure, and how many of its digits are right.")], False),
]  # fmt: skip
CHECKPOINT = [
    Shared("checkpoint", Annotated[bool, typer.Option(
        "--checkpoint", help="In reverse, evaluate pieces of the program again rather than remember all.")], False),
    Shared("memory", Annotated[str | None, typer.Option(
        "--memory", metavar="SIZE", help="The same, keeping at most this much of numbers: 500kB, 64MB, 1GB.")]),
]  # fmt: skip
POINTS = [
    Shared("points", Annotated[list[str] | None, typer.Option(
        "--points", metavar="FILE", help="Many points: a CSV, TSV, JSONL, Parquet or Arrow file, a quoted "
        "pattern, or - for standard input; repeatable.")]),
    Shared("input_format", Annotated[str | None, typer.Option(
        "--input-format", metavar="FORMAT",
        help="csv, tsv, jsonl, parquet or arrow; default: by the file's ending, else csv.")]),
    Shared("map", Annotated[list[str] | None, typer.Option(
        "--map", metavar="NAME=COLUMN,...", help="The columns of variables that are called otherwise.")]),
    Shared("keep", Annotated[bool, typer.Option("--keep", help="Pass the other columns through.")], False),
    Shared("columns", Annotated[list[str] | None, typer.Option(
        "--columns", metavar="NAME,...", help="The names of the columns of a file that has no header.")]),
    Shared("line_buffered", Annotated[bool, typer.Option(
        "--line-buffered", help="Write the result of a row as soon as the row is read (for tail -f).")], False),
    Shared("on_error", Annotated[str, typer.Option(
        "--on-error", metavar="WHAT", help="With a bad row: fail, null (its results stay empty) or skip.")], "fail"),
    Shared("max_errors", Annotated[int | None, typer.Option(
        "--max-errors", metavar="N", parser=whole("--max-errors", 0, 10**15),
        help="Stop when more rows than these are bad.")]),
    Shared("errors", Annotated[str | None, typer.Option(
        "--errors", metavar="FILE", help="List the bad rows in a file, as JSON lines.")]),
    Shared("workers", Annotated[int | None, typer.Option(
        "--workers", metavar="N", parser=whole("--workers", 1, 1024), help="Threads; default: all cores.")]),
    Shared("engine", Annotated[str, typer.Option(
        "--engine", metavar="NAME", help="auto, numpy or llvm (machine code; extra jit).")], "auto"),
    Shared("resume", Annotated[bool, typer.Option(
        "--resume", help="Go on with an interrupted run into -o FILE.")], False),
]  # fmt: skip
DISPLAY = [
    Shared("format", Annotated[str | None, typer.Option(
        "--format", metavar="FORMAT",
        help=f"{format_names()}. Default: table on a terminal, tsv in a pipe.")]),
    Shared("output", Annotated[str | None, typer.Option(
        "-o", "--output", metavar="FILE", help="Write to a file; its ending chooses the format.")]),
    Shared("digits", Annotated[int | None, typer.Option(
        "--digits", metavar="N", parser=whole("--digits", 1, 17),
        help="Decimals in tables; default: results in full, steps of a trace 6.")]),
    Shared("whole", Annotated[bool, typer.Option("--all", help="Show all rows of long tables.")], False),
    Shared("color", Annotated[str, typer.Option("--color", metavar="WHEN", help="auto, always or never.")], "auto"),
    Shared("quiet", Annotated[bool, typer.Option("--quiet", "-q", help="No notes on standard error.")], False),
    Shared("debug", Annotated[bool, typer.Option("--debug", help="Show the traceback of a bug.")], False),
]  # fmt: skip


def takes(*groups: list[Shared], many: str = "") -> Callable[[Callable[..., None]], Callable[..., int | None]]:
    """Give a command the options of these groups: it gets them as one `Request`, its own by name.

    A command with a kind of derivative for `many` points also has the options of those, which are not its business.
    """
    shared = [option for group in (*groups, POINTS if many else []) for option in group]

    def decorate(body: Callable[..., None]) -> Callable[..., int | None]:
        own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
        defaults = {p.name: p.default for p in own}

        def run(**given: Any) -> int | None:
            ask = Request(**{o.name: given.pop(o.name) for o in shared})
            if ask.points:
                from adcli.cli.batch import evaluate

                return evaluate(ask, many, {name: x for name, x in given.items() if x != defaults[name]})
            for option in POINTS if many else []:
                if getattr(ask, option.name) != option.default:
                    name = f"--{option.name.replace('_', '-')}"
                    raise ProblemError(Problem("usage", f"{name} is for --points", hint="add --points FILE"))
            body(ask, **given)
            return None

        kind = inspect.Parameter.KEYWORD_ONLY
        common = [inspect.Parameter(o.name, kind, default=o.default, annotation=o.annotation) for o in shared]
        parameters = [p.replace(kind=kind) for p in own]
        run.__signature__ = inspect.Signature([*common[:2], *parameters, *common[2:]])  # type: ignore[attr-defined]
        run.__doc__ = body.__doc__
        run.__name__ = body.__module__.rpartition(".")[2]
        run.__annotations__ = {p.name: p.annotation for p in [*common, *parameters]}
        return run

    return decorate


def traced(mode: str | None, numbering: str | None) -> str:
    """The numbering of a trace. Raises ProblemError for an unknown one, or an unknown mode."""
    from adcli.tape.numbering import ORDERS

    one_of("--mode", mode or "both", ("forward", "reverse", "both"))
    one_of("--numbering", numbering or ORDERS[0], ORDERS)
    return numbering or ORDERS[0]


def one_of(option: str, given: str, known: Sequence[str]) -> None:
    """Raise ProblemError unless the value of an option is a known one."""
    if given not in known:
        raise ProblemError(Problem("usage", f"{option} is one of {', '.join(known)}, not {given}"))
