"""A request: what was asked on the command line, resolved to a function, a point and a way to answer."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from adcli.cli import state
from adcli.cli.output import write_file, write_out
from adcli.cli.terminal import SHOWN, is_terminal, only_ascii, say, stdin_has_program, wants_color, width
from adcli.errors import Problem, ProblemError, did_you_mean, layout, printable
from adcli.files import decode, read_text, reason

if TYPE_CHECKING:
    from adcli.engines.notes import Note
    from adcli.function import Function
    from adcli.report.document import Document, View
    from adcli.results import Result

R = TypeVar("R")
SWEEPS = 64  # of one mode, up to which a trace shows both modes without being asked
COMMANDS = {"matrix": "jacobian or hessian", "graph": "graph"}  # that have what a format needs
COLORS = ("auto", "always", "never")
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


@dataclass(eq=False, repr=False)
class Request:
    """The shared options, as given. `function` and `point` are made when first asked for."""

    exprs: list[str] | None = None
    file: str | None = None
    max_nodes: int | None = None
    at: list[str] | None = None
    strict: bool = False
    wrt: list[str] | None = None
    of: list[str] | None = None
    checkpoint: bool = False
    memory: str | None = None
    precision: int | None = None
    certify: bool = False
    stats: bool = False
    format: str | None = None
    output: str | None = None
    digits: int | None = None
    whole: bool = False
    color: str = "auto"
    quiet: bool = False
    debug: bool = False
    points: list[str] | None = None
    input_format: str | None = None
    map: list[str] | None = None
    keep: bool = False
    columns: list[str] | None = None
    line_buffered: bool = False
    on_error: str = "fail"
    max_errors: int | None = None
    errors: str | None = None
    workers: int | None = None
    engine: str = "auto"
    resume: bool = False

    def __post_init__(self) -> None:
        if self.color not in COLORS:
            raise ProblemError(Problem("usage", f"--color is one of {', '.join(COLORS)}, not {self.color}"))
        if self.format is not None and not self.points:
            known_format(self.format)
        if self.output == "":
            raise ProblemError(Problem("usage", "-o names no file", hint="write -o FILE"))
        if self.checkpoint or self.memory is not None:
            _ = self.bytes

    # The program and the point

    @cached_property
    def texts(self) -> list[str]:
        """The program's texts: EXPR, -f, standard input, or the last ones."""
        given = [read_text(self.file)] if self.file is not None else []
        for text in self.exprs or []:
            given.append(read_stdin() if text == "-" else text)
        if given:
            return given
        return self.last.texts if self.falls_back else [read_stdin()]

    @cached_property
    def falls_back(self) -> bool:
        """Whether no program was given."""
        read = "-" not in (self.points or []) and stdin_has_program()
        return not self.exprs and self.file is None and not read

    @cached_property
    def last(self) -> state.Last:
        """The program to fall back on, said on standard error."""
        last = state.recall()
        found = state.TEXTBOOK if last is None else last
        if not self.quiet:
            point = self.given if self.points else {**found.at, **self.given}
            from adcli.numbers.text import write

            at = ",".join(f"{name}={write(value)}" for name, value in list(point.items())[:8])
            source = "the textbook example" if last is None else "the last program"
            text = printable(" ; ".join(" ".join(part.split()) for part in found.texts))
            text = text if len(text) <= 60 else text[:59] + "…"
            say(f"using {source}: {text}" + (f" --at {at}{',…' if len(point) > 8 else ''}" if at else ""))
        return found

    @cached_property
    def given(self) -> dict[str, float]:
        """The values of --at."""
        return bindings(self.at or [])

    @cached_property
    def function(self) -> Function:
        from adcli.function import Function
        from adcli.tape.tape import MAX_NODES

        texts = self.texts
        if not any(text.strip() for text in texts):
            raise ProblemError(Problem("syntax", "the program is empty", hint="write an expression, such as x^2"))
        try:
            return Function(*texts, max_nodes=self.max_nodes or MAX_NODES)
        except ProblemError as wrong:
            meant = next((text for text in self.exprs or [] if Path(text).suffix and os.path.isfile(text)), None)
            if meant is None:
                raise
            hint = f"to read the file, write -f {meant}"
            raise ProblemError(*(problem._replace(hint=hint) for problem in wrong.problems)) from None
        finally:
            gc.enable()  # see adcli.__main__

    @cached_property
    def point(self) -> dict[str, float]:
        """The point: --at, over the last one where the last program is used."""
        if not self.falls_back:
            return self.given
        return {**self.last.at, **self.given}

    @property
    def variables(self) -> list[str] | None:
        return self.names(self.wrt, "--wrt")

    @property
    def outputs(self) -> list[str] | None:
        return self.names(self.of, "--of")

    def names(self, given: list[str] | None, option: str) -> list[str] | None:
        """The names in the values of an option. Raises ProblemError where there are none."""
        if given is None:
            return None
        names = names_of(given)
        if not names:
            known = self.function.outputs if option == "--of" else self.function.variables
            hint = f"write {option} {','.join(known[:2])}"
            raise ProblemError(Problem("usage", f"{option} names nothing", hint=hint))
        return names

    @cached_property
    def bytes(self) -> int | None:
        """The memory of --memory."""
        return None if self.memory is None else bytes_of(self.memory)

    def direction(self, option: str, given: list[str] | None) -> dict[str, float]:
        """The tangent or cotangent that an option gives. Raises ProblemError where it is missing or empty."""
        if given and any(map(str.strip, given)):
            return bindings(given)
        known = self.function.outputs if option == "--cotangent" else self.function.variables
        example = ",".join(f"{name}={int(i == 0)}" for i, name in enumerate(known[:2]))
        hint = f"write {option} {example}" if example else "the program has no variables"
        raise ProblemError(Problem("usage", f"{option} is missing", hint=hint))

    def write_nothing(self, hint: str) -> None:
        """Raise ProblemError where a format or a file is given to what is shown on a terminal only."""
        if self.format is not None or self.output is not None:
            option = "--format" if self.format is not None else "-o"
            raise ProblemError(Problem("usage", f"{option} is for what is written", hint=hint))

    def on_floats(self, option: str) -> None:
        """Raise ProblemError where proven numbers are asked for together with `option`."""
        if self.certify or self.precision is not None:
            asked = "--certify" if self.certify else "--precision"
            raise ProblemError(Problem("usage", f"{option} is on floats, not with {asked}", hint=f"leave {asked} out"))

    def without_checkpoints(self, option: str) -> None:
        """Raise ProblemError where checkpoints are asked for together with `option`."""
        if self.checkpoint or self.memory is not None:
            asked = "--checkpoint" if self.checkpoint else "--memory"
            raise ProblemError(
                Problem("usage", f"{asked} is for reverse sweeps, not with {option}", hint=f"leave {asked} out")
            )

    @cached_property
    def chosen(self) -> str | None:
        """The format of --format, or that of the ending of -o."""
        from adcli.render import format_of

        return self.format or (format_of(self.output) if self.output else None)

    @property
    def for_matrices(self) -> bool:
        """Whether the format is one of sparse matrices: then the entries are found by colour."""
        from adcli.render import load

        return self.chosen is not None and load(self.chosen).NEEDS == "matrix"

    @property
    def for_machines(self) -> bool:
        """Whether a machine format was asked for: then nothing is left out."""
        from adcli.render import load

        return self.chosen is not None and bool(load(self.chosen).PLAIN)

    def affordable_sweeps(self) -> str:
        """The modes a trace shows when none is asked for: both, unless one has very many sweeps."""
        inputs, outputs = (
            len(self.function.choose_inputs(self.variables)),
            len(self.function.choose_outputs(self.outputs)),
        )
        mode = affordable(inputs, outputs)
        if mode != "both" and not self.quiet:
            other, count = ("forward", inputs) if mode == "reverse" else ("reverse", outputs)
            say(f"showing the {mode} mode only: --mode both adds {count:,} {other} sweeps")
        return mode

    # The answer

    def found(self, method: Callable[..., R], *args: Any, **options: Any) -> R:
        """What a method of the function finds, with the digits of --precision; remembered for --certify."""
        if self.certify:
            if self.precision is not None:
                hint = "leave one of them out"
                raise ProblemError(Problem("usage", "--certify is for floats, not with --precision", hint=hint))
            self.again = partial(method, *args, **options)
        if self.precision is not None:
            self.without_checkpoints("--precision")
        return method(*args, **options, precision=self.precision)

    def answer(self, document: Document, result: Result, piped: str = "tsv") -> None:
        """Print a result; its notes go to standard error, and with --strict they are problems."""
        if self.certify:
            from adcli.report.certified import CertifiedReport

            document = CertifiedReport(document, result, self.again)
            if document.why and not self.quiet:
                what = "nothing" if document.exact is None else "not every number"
                say(f"note: {what} is proven here: {document.why}")
        self.begin(result)
        self.print(document, piped)
        self.end(result)

    def begin(self, result: Result) -> None:
        """What comes before a result is shown: with --strict its notes are problems."""
        if self.strict:
            self.refuse(result)

    def end(self, result: Result) -> None:
        """What comes after: its notes on standard error, and that it is the last one from now on."""
        if not self.quiet:
            tell(result.notes)
        if self.stats:
            from adcli.report.stats import stats_text

            say(stats_text(result))
        state.remember(state.Last(list(self.texts), {name: self.point.get(name, x) for name, x in result.at.items()}))

    def refuse(self, result: Result) -> None:
        """Raise what --strict does not accept."""
        if result.notes:
            raise ProblemError(*(note.problem() for note in result.notes))
        for x in (*result.values, *result.numbers()):
            if x - x != 0:
                raise ProblemError(Problem("domain", f"a result is {x}", source=result.program))

    def print(self, document: Document, piped: str = "tsv") -> None:
        """The document in its format, on standard output or in the file of -o.

        Without --format a terminal gets the table, a file what its ending means, and all else `piped`.
        """
        from adcli import render

        module = render.load(self.chosen or ("table" if is_terminal(sys.stdout) and self.output is None else piped))
        if module.NEEDS and module.NEEDS not in document.offers:
            headline = f"{self.chosen} is a format of a {module.NEEDS}"
            raise ProblemError(Problem("usage", headline, hint=f"use it with {COMMANDS[module.NEEDS]}"))
        pieces = module.render(document, self.view(module.PLAIN))
        if self.output is not None:
            if self.chosen is None and not self.quiet and Path(self.output).suffix:
                say(f"note: {self.output} is written as {piped}; --format chooses another format")
            write_file(self.output, pieces)
            return
        if sys.stdout is None:
            raise ProblemError(Problem("file", "standard output is closed", hint="write -o FILE"))
        write_out(pieces)

    def view(self, plain: bool) -> View:
        from adcli.report.document import View

        if plain:
            return View(ascii=self.output is None and only_ascii(sys.stdout))
        if self.output is not None:
            return View(self.digits, whole=True, color=self.color == "always")
        color = wants_color(self.color, sys.stdout)
        return View(self.digits, ascii=only_ascii(sys.stdout), whole=self.whole, width=width(), color=color)


def affordable(inputs: int, outputs: int) -> str:
    """The modes of a trace of so many inputs and outputs that are shown when none is asked for."""
    if max(inputs, outputs) <= SWEEPS:
        return "both"
    return "reverse" if inputs >= outputs else "forward"


def bytes_of(text: str) -> int:
    """A memory size such as 64MB, 500 kB, 1.5e9. Raises ProblemError."""
    found = re.fullmatch(r"([0-9.]+(?:e[0-9]+)?) ?([kmgt]?)(i?)b?", text.strip().lower(), re.ASCII)
    size = 0
    if found is not None:
        unit = 2 ** (10 * "kmgt".find(found[2]) + 10) if found[3] else UNITS[found[2]]
        with contextlib.suppress(ValueError, OverflowError):  # 1.2.3, 1e999
            size = int(float(found[1]) * unit)
    if size <= 0:
        headline = f"--memory {text.strip() or '(empty)'} is no size"
        raise ProblemError(Problem("usage", headline, hint="write --memory 64MB"))
    return size


def known_format(name: str) -> None:
    from adcli.render import formats

    if name not in formats():
        hint = did_you_mean(name, formats()) or f"the formats are {', '.join(formats())}"
        raise ProblemError(Problem("usage", f"there is no format {name or '(empty)'}", hint=hint))


def names_of(given: list[str]) -> list[str]:
    """Names from repeated, comma-separated options; the commas of A[1,2] separate nothing."""
    return [name.strip() for text in given for name in re.split(r",(?![^\[]*\])", text) if name.strip()]


def bindings(texts: Sequence[str]) -> dict[str, float]:
    """The values of repeated NAME=VALUE options. Raises ProblemError for a name given twice."""
    point: dict[str, float] = {}
    for text in texts:
        if text.startswith("@"):
            from adcli.parse.point import point_of_file

            found = point_of_file(read_text(text[1:]), text[1:])
            repeated = [name for name in found if name in point]
            if repeated:
                raise ProblemError(Problem("point", f"{repeated[0]} is given twice"))
            point |= found
            continue
        from adcli.parse.point import parse_point

        for binding in parse_point(text):
            if binding.name in point:
                raise ProblemError(Problem("point", f"{binding.name} is given twice", binding.span, source=text))
            point[binding.name] = binding.value
    return point


def box_of(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The bounds of repeated NAME=LOW:HIGH options. Raises ProblemError."""
    box: dict[str, tuple[float, float]] = {}
    for part in names_of(list(texts)):
        name, sign, bounds = (one.strip() for one in part.partition("="))
        low, colon, high = bounds.partition(":")
        if not (name and sign and low.strip() and high.strip()):
            raise ProblemError(Problem("usage", f"--box {part} is no range", hint="write --box x=1:2"))
        ends = [bindings([f"{name}={end}"])[name] for end in (low, high)]
        if not ends[0] <= ends[1]:
            raise ProblemError(Problem("usage", f"--box {part} is empty", hint=f"write --box {name}={high}:{low}"))
        if name in box:
            raise ProblemError(Problem("usage", f"--box names {name} twice", hint="leave one of them out"))
        box[name] = ends[0], ends[1]
    if not box:
        raise ProblemError(Problem("usage", "--box names no variable", hint="write --box x=1:2"))
    return box


def read_stdin(hint: str = "write the program as an argument, or use < /dev/null") -> str:
    """All of standard input. Raises ProblemError where there is nothing, with this hint."""
    if sys.stdin is None:
        raise ProblemError(Problem("file", "standard input is closed", hint=hint))
    try:
        data = sys.stdin.buffer.read()
    except OSError as fault:
        raise ProblemError(Problem("file", f"cannot read standard input: {reason(fault)}")) from None
    text = decode(data, "standard input")
    if not text.strip():
        raise ProblemError(Problem("usage", "standard input is empty", hint=hint))
    return text


def tell(notes: Sequence[Note]) -> None:
    """Notes on standard error, in the layout of problems."""
    for note in notes[:SHOWN]:
        say(layout(note.problem(), "note"))
    if len(notes) > SHOWN:
        say(f"and {len(notes) - SHOWN} more notes: --format json lists them")
