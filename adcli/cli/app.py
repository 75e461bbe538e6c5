"""The command line: finds the command's module, guards its arguments, turns failures into exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import _click as click  # Typer carries its own Click from 0.26 on

from adcli import __version__
from adcli.cli.terminal import PipeClosed, report_problem, silence_stdout
from adcli.errors import BROKEN_PIPE, BUG, INTERRUPTED, OK, Problem, ProblemError, did_you_mean

SUMMARY = """Exact derivatives of formulas, and the trace that makes them.

adcli grad "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5

Then 'adcli trace' shows every step, and 'adcli jacobian' the matrix: without a program they take
the last one. 'adcli COMMAND --help' tells the rest, 'adcli functions' what can stand in a formula."""

EPILOG = (
    "Exit codes: 0 ok, 1 domain, --strict or check failure, 2 usage or input/output, "
    "3 the expression is wrong, 4 some rows failed, 70 a bug in adcli, 130 interrupt, 141 broken pipe."
)


def command_names() -> list[str]:
    """A command for every module in cli/commands."""
    found = sorted(path.stem for path in (Path(__file__).parent / "commands").glob("*.py") if path.stem[0] != "_")
    order = ["eval", "grad", "jacobian", "jvp", "vjp", "hessian", "hvp", "taylor", "trace", "graph", "explain"]
    order += ["explore", "quiz", "check", "propagate", "modes"]
    return [name for name in order if name in found] + [name for name in found if name not in order]


def show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"adcli {__version__}")
        raise typer.Exit


def make_app(names: Sequence[str]) -> typer.Typer:
    """An app with these commands only: registering all of them costs more than running one."""
    app = typer.Typer(
        name="adcli", help=SUMMARY, epilog=EPILOG, rich_markup_mode=None, pretty_exceptions_enable=False,
        no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )  # fmt: skip

    @app.callback()
    def main(
        version: Annotated[
            bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
        ] = False,
    ) -> None:
        pass

    for name in names:
        app.command(name)(import_module(f"adcli.cli.commands.{name}").command)
    return app


def guarded(name: str, arguments: Sequence[str], command: Any) -> list[str]:
    """Arguments in which expressions that begin with a minus cannot be taken for options.

    A single-dash token that is no option of the command is an expression; so is all behind `--`.
    The values of options are left alone, and `--typo` stays an error. Raises ProblemError for an option in the
    place of a value.
    """
    valued = {
        name: 0 if getattr(p, "is_flag", False) else p.nargs
        for p in command.params
        for name in (*p.opts, *p.secondary_opts)
    }
    options: list[str] = []
    expressions: list[str] = []
    rest = iter(arguments)
    for token in rest:
        if token == "--":
            expressions += rest
        elif token.startswith("--") or (token in valued and token.startswith("-")):
            options.append(token)
            option, written, _ = token.partition("=")  # --diff=a.json b.json
            for _ in range(valued.get(option, 0) - bool(written)):
                value = next(rest, None)
                if value is None:  # let Click say that it is missing
                    return options
                if value in valued:
                    headline = f"{token} has no value: {value} is an option"
                    raise ProblemError(Problem("usage", headline, hint=see_help([name, *arguments])))
                options.append(value)
        elif token in ("-h",):
            options.append(token)
        else:
            expressions.append(token)
    return [*options, "--", *expressions] if expressions else options


def run(arguments: list[str]) -> int:
    """Run the command of these arguments; the exit code. Raises what the command raises."""
    names = command_names()
    arguments = arguments or ["--help"]
    asked = arguments[0] if arguments else ""
    completing = any(key.endswith("_ADCLI_COMPLETE") for key in os.environ)
    chosen = [asked] if asked in names and not completing else names
    group = typer.main.get_command(make_app(chosen))
    if asked in names and not completing:
        arguments = [asked, *guarded(asked, arguments[1:], group.commands[asked])]  # type: ignore[attr-defined]
    elif asked and not asked.startswith("-") and not completing:
        hint = did_you_mean(asked, names) or f"write adcli grad {asked!r}, or see adcli --help"
        raise ProblemError(Problem("usage", f"there is no command {asked}", hint=hint))
    result = group.main(args=arguments, prog_name="adcli", standalone_mode=False)
    return result if isinstance(result, int) else OK


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Never shows a traceback for a wrong input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(guarded_run(given))


def guarded_run(given: list[str]) -> int:
    """Run, and turn whatever happens into an exit code."""
    try:
        code = run(given)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except ProblemError as wrong:
        report_problem(*wrong.problems)
        return wrong.problem.exit_code
    except click.exceptions.NoSuchOption as wrong:
        known = [] if wrong.ctx is None else [name for p in wrong.ctx.command.params for name in p.opts]
        hint = did_you_mean(wrong.option_name, known) or see_help(given)
        report_problem(Problem("usage", f"there is no option {wrong.option_name}", hint=hint))
        return Problem("usage", "").exit_code
    except click.exceptions.ClickException as wrong:
        text = wrong.format_message().rstrip(".").replace("'--at' / ", "")
        report_problem(Problem("usage", text[:1].lower() + text[1:], hint=see_help(given)))
        return Problem("usage", "").exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except (PipeClosed, BrokenPipeError):
        silence_stdout()
        return BROKEN_PIPE
    except MemoryError:
        hint = "shorten the program, or ask for less of it"
        report_problem(Problem("limit", "this takes more memory than there is", hint=hint))
        return Problem("limit", "").exit_code
    except OSError as wrong:
        silence_stdout()
        report_problem(Problem("file", f"cannot write the result: {(wrong.strerror or str(wrong)).lower()}"))
        return Problem("file", "").exit_code
    except Exception as bug:  # the last line of defence: one line, never a traceback unless asked for
        if "--debug" in given:
            traceback.print_exc()
        kind = type(bug).__name__
        report_problem(Problem("bug", f"a bug in adcli: {kind}: {bug}", hint="--debug shows where; please report it"))
        return BUG


def see_help(given: list[str]) -> str:
    command = f"{given[0]} " if given and given[0] in command_names() else ""
    return f"see adcli {command}--help"
