"""--points: the rows of files, one command for all of them."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adcli.cli.batch_files import ENDINGS, TEXT, chosen, distinct, ending, files, maps, output_ending
from adcli.cli.batch_streams import TABLES, Errors, Progress, TableFile, source
from adcli.cli.options import one_of
from adcli.cli.request import Request, names_of
from adcli.cli.terminal import PipeClosed, is_terminal, say
from adcli.errors import ROWS, Problem, ProblemError, layout
from adcli.files import reason

if TYPE_CHECKING:
    from adcli.many import Many
    from adcli.points.journal import Aside
    from adcli.points.stream import Done, Job, Total

SHORT = 1_000  # nodes up to which machine code is not worth its making for rows of text
READING = 20  # nodes that take as long as a cell is read
DIRECTIONS = {"jvp": "tangent", "hvp": "tangent", "vjp": "cotangent"}


def evaluate(ask: Request, kind: str, own: dict[str, Any]) -> int:
    """Run a command at every row of --points; the exit code. `own` are the options that only this command has."""
    wanted = DIRECTIONS.get(kind)
    for name in own:
        if name != wanted:
            raise ProblemError(Problem("usage", f"--{name} is not for --points", hint=f"leave --{name} out"))
    directions = {} if wanted is None else {wanted: ask.direction(f"--{wanted}", own.get(wanted))}
    return Run(ask, kind, directions).run()


class Run:
    """One run: what was asked of it, resolved."""

    def __init__(self, ask: Request, kind: str, directions: dict[str, Any]):
        self.ask = ask
        self.kind = kind
        self.directions = directions
        refuse(ask)
        self.files = files(ask.points or [])
        given = chosen("--input-format", ask.input_format)
        self.formats = [given or ending(path) or "csv" for path in self.files]
        self.input_format = self.formats[0]
        distinct(ask, self.files)
        named = ask.format or (output_ending(ask) if ask.output else None)
        usual = self.input_format if ask.output or self.input_format in TEXT else "csv"
        self.output_format = chosen("--format", named) or usual
        self.on_error = on_error(ask)
        self.engine = engine(ask)

    def run(self) -> int:
        from adcli.engines.blocks import cores
        from adcli.points.stream import Counts, Job, Total

        ask = self.ask
        names = names_of(ask.columns) if ask.columns else None
        if names == []:
            raise ProblemError(Problem("usage", "--columns names no column", hint="write --columns x,y"))
        renamed = maps(ask.map or [])
        fixed = ask.given
        function = ask.function
        function.refuse(renamed, function.variables, "variable")
        wanted = [name for name in function.variables if name not in fixed]
        short = self.engine == "auto" and len(function.tape) < SHORT + READING * len(wanted)
        many = function.ready_many(
            wanted, self.kind, fixed, ask.variables, ask.outputs, engine="numpy" if short else self.engine,
            **self.directions,
        )  # fmt: skip
        if short:
            many.why = "numpy: with text most of the time is reading and writing, not computing"
        numeric = {renamed.get(name, name) for name in wanted}
        job = Job(
            many, reader(self.formats[0]), writer(self.output_format, numeric), self.on_error, ask.strict,
            ask.workers or cores(), ask.line_buffered,
        )  # fmt: skip
        aside = self.aside(many, renamed)
        total = Total(ask.max_errors)
        place: dict[str, Any] = {"file": 0, "offset": 0, "line": 0, "troubles": 0}
        resumed = False
        if aside is not None:
            state = aside.resume() if ask.resume and not isinstance(aside, TableFile) else None
            if state is None:
                aside.begin()
            else:
                resumed = True
                place = state["place"]
                total.counts = Counts.read(state["counts"])
        start = time.monotonic()
        keep = False
        try:
            with self.sink(aside) as out, Errors(ask.errors, place["troubles"]) as errors:
                self.stream(job, wanted, renamed, names, list(fixed), out, errors, aside, total, place, resumed)
            if aside is not None:
                aside.finish()
                aside = None
        except (KeyboardInterrupt, OSError, PipeClosed, MemoryError):
            keep = True  # stopped, not wrong: --resume goes on
            raise
        finally:
            if aside is not None:
                aside.leave(keep)
                if keep and aside.journal is not None and aside.journal.exists() and not ask.quiet:
                    say(f"stopped after {total.counts.rows:,} rows; the same command with --resume goes on")
        self.close(many, total, time.monotonic() - start)
        return ROWS if total.counts.failed else 0

    def aside(self, many: Many, renamed: dict[str, str]) -> Aside | TableFile | None:
        """Where -o is written; None for standard output and devices."""
        from adcli.points.journal import Aside, fingerprint, identity

        ask = self.ask
        regular = ask.output is not None and (not os.path.exists(ask.output) or os.path.isfile(ask.output))
        lasting = all(os.path.isfile(path) for path in self.files if path != "-") and "-" not in self.files
        if ask.resume and not (regular and lasting):
            what = "-o FILE" if not regular else "files: what comes from a pipe is gone"
            raise ProblemError(Problem("usage", f"--resume needs {what}", hint="begin anew without --resume"))
        if self.output_format in TABLES:
            if ask.resume:
                raise ProblemError(Problem("usage", f"a {self.output_format} file cannot be resumed", hint="write CSV"))
            if not regular or ask.output is None:
                headline = f"{self.output_format} is nothing for a pipe"
                hint = f"write -o out.{self.output_format}, or --format csv"
                raise ProblemError(Problem("usage", headline, hint=hint))
            return TableFile(ask.output, self.output_format)
        if not regular or ask.output is None:
            return None
        if lasting:
            try:
                inputs = [identity(path) for path in self.files]
            except OSError as fault:
                raise ProblemError(Problem("file", f"cannot read {fault.filename}: {reason(fault)}")) from None
        else:
            inputs = []
        asked = [
            ask.texts, self.kind, many.names, many.columns, sorted(many.fixed.items()), sorted(many.seeds.items()),
            renamed, ask.columns, ask.keep, self.input_format, self.output_format, self.on_error, ask.strict,
            ask.max_errors, ask.errors, many.engine_name, inputs,
        ]  # fmt: skip
        return Aside(ask.output, fingerprint(asked), lasting)

    @contextlib.contextmanager
    def sink(self, aside: Aside | TableFile | None) -> Iterator[Any]:
        """Where the rows go, as bytes."""
        if aside is not None:
            yield aside.stream
        elif self.ask.output is not None:
            try:
                with open(self.ask.output, "wb") as stream:
                    yield stream
            except BrokenPipeError:
                raise PipeClosed from None
        else:
            if sys.stdout is None:
                raise ProblemError(Problem("file", "standard output is closed", hint="write -o FILE"))
            buffer: Any = sys.stdout.buffer
            out = io.BufferedWriter(buffer) if isinstance(buffer, io.RawIOBase) else buffer  # see write_out
            try:
                yield out
                out.flush()
            except BrokenPipeError:
                raise PipeClosed from None
            finally:
                if out is not buffer:
                    with contextlib.suppress(OSError):
                        out.detach()

    def stream(
        self, job: Job, wanted: list[str], renamed: dict[str, str], names: list[str] | None, fixed: list[str],
        out: Any, errors: Errors, aside: Aside | TableFile | None, total: Total, place: dict[str, Any], resumed: bool,
    ) -> None:  # fmt: skip
        """All files, one after the other."""
        import numpy as np

        from adcli.points.rows import match
        from adcli.points.stream import nothing

        head: list[str] | None = None
        to_file = self.ask.output is not None or not is_terminal(sys.stdout)
        with Progress(self.files, not self.ask.quiet and to_file and is_terminal(sys.stderr)) as progress:
            for i, path in enumerate(self.files):
                if i < place["file"]:
                    head = head or []
                    progress.skip(path)
                    continue
                job.reader = reader(self.formats[i])
                with source(path, self.formats[i], job.reader.separator, self.ask.line_buffered) as lines:
                    columns = match(lines.name, job.reader.header(lines, names), wanted, renamed, fixed, self.ask.keep)
                    if head and set(head) == set(columns.kept_names):  # in whatever order
                        columns = columns._replace(kept=[columns.names.index(name) for name in head])
                    names_out = [*columns.kept_names, *job.compute.names]
                    first = job.writer.head(names_out)
                    check_names(names_out)
                    if head is None and not resumed and first:
                        out.write(first)
                        out.flush()
                    elif head and head != columns.kept_names:
                        headline = f"{lines.name} has other columns than {self.files[0]}"
                        raise ProblemError(Problem("file", headline, hint="take them one at a time"))
                    head = columns.kept_names
                    if resumed and i == place["file"] and place["line"]:
                        lines.move(place["offset"], place["line"])
                    for done in job.file(lines, columns):
                        self.write(done, out, errors, total)
                        place.update(
                            file=i, offset=done.piece.end, line=done.piece.line + done.piece.lines,
                            troubles=errors.size,
                        )  # fmt: skip
                        progress.step(done.piece.end, total.counts.rows)
                        if aside is not None:
                            aside.note(lambda: {
                                "place": place, "counts": dataclasses.asdict(total.counts), "errors": errors.sync()
                            })  # fmt: skip
                    progress.skip(path)
            if self.output_format in TABLES and not total.counts.rows + total.counts.failed:
                out.write(job.writer.rows(nothing(), [np.empty(0)] * len(job.compute.names)))

    def write(self, done: Done, out: Any, errors: Errors, total: Total) -> None:
        if done.text is not None:
            out.write(done.text)
        if self.ask.line_buffered:
            out.flush()
        for trouble in done.troubles:
            errors.add(trouble)
        total.add(done.counts)
        if done.troubles and self.on_error == "fail":
            if self.output_format not in TABLES:
                out.flush()
            raise ProblemError(done.troubles[0].problem())
        total.check()

    def close(self, many: Many, total: Total, seconds: float) -> None:
        """What there is to be said in the end."""
        counts = total.counts
        if self.ask.quiet:
            return
        for number, first, what in (
            (counts.nonfinite, counts.first_nonfinite, "not finite"), (counts.kinks, counts.first_kink, "at a kink")
        ):  # fmt: skip
            if number and first is not None:
                kinds = ("kink",) if what == "at a kink" else ("domain", "overflow")
                notes = [note for note in many.notes(first.point) if note.kind in kinds]
                rows = f"{number:,} row{'s are' if number > 1 else ' is'} {what}"
                text = f"{rows}; the first is {first.file}, row {first.row}"
                note = notes[0] if notes else None
                problem = Problem(
                    "domain", text + (f": {note.message}" if note else ""), note.span if note else None,
                    source=note.source if note else "",
                )  # fmt: skip
                say(layout(problem, "note"))
        if counts.failed:
            done = "left empty" if self.on_error == "null" else "left out"
            where = f"see {self.ask.errors}" if self.ask.errors else "--errors FILE lists them"
            were = "1 row failed and was" if counts.failed == 1 else f"{counts.failed:,} rows failed and were"
            say(f"note: {were} {done}; {where}")
        if self.ask.stats:
            rate = counts.rows / seconds if seconds else 0
            say(f"{counts.rows:,} rows in {seconds:.2f} s, {rate:,.0f} a second")
            say(f"engine {many.why}")


def refuse(ask: Request) -> None:
    """Raise ProblemError for options that have no use for many points."""
    single = {
        "--checkpoint": ask.checkpoint, "--memory": ask.memory, "--digits": ask.digits, "--precision": ask.precision,
        "--certify": ask.certify,
    }  # fmt: skip
    for option, given in single.items():
        if given:
            raise ProblemError(Problem("usage", f"{option} is not for --points", hint=f"leave {option} out"))
    for text in ask.exprs or []:
        if Path(text).suffix[1:] in ENDINGS and os.path.isfile(text):
            raise ProblemError(
                Problem("usage", f"{text} is a file, not a program", hint="write --points 'PATTERN', quoted")
            )


def on_error(ask: Request) -> str:
    from adcli.points.stream import ON_ERROR

    one_of("--on-error", ask.on_error, ON_ERROR)
    if ask.on_error == "fail" and ask.max_errors is not None:
        raise ProblemError(Problem("usage", "--max-errors is for --on-error null or skip", hint="add --on-error skip"))
    return ask.on_error


def engine(ask: Request) -> str:
    """The engine asked for; numba is the name under which LLVM is known to most."""
    from adcli.many import ENGINES

    found = "llvm" if ask.engine == "numba" else ask.engine
    one_of("--engine", found, ENGINES)
    return found


def check_names(names: list[str]) -> None:
    """Raise ProblemError for two columns of one name."""
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        headline = f"the result has two columns {repeated[0]}"
        raise ProblemError(Problem("usage", headline, hint=f"name the output: z = ...; or leave {repeated[0]} out"))


def reader(name: str) -> Any:
    from adcli.points import delimited, jsonl

    if name in TABLES:
        from adcli.points import frames

        return frames.Reader()
    return jsonl.Reader() if name == "jsonl" else delimited.Reader(delimited.SEPARATORS[name])


def writer(name: str, variables: set[str]) -> Any:
    """The writer of a format; `variables` are columns that are numbers."""
    from adcli.points import delimited, jsonl

    if name in TABLES:
        from adcli.points import frames

        return frames.Writer(name, variables)
    return jsonl.Writer() if name == "jsonl" else delimited.Writer(delimited.SEPARATORS[name])
