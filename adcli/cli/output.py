"""Where a document goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from adcli.cli.terminal import PipeClosed, is_terminal
from adcli.errors import Problem, ProblemError
from adcli.files import reason, usual_mode, write_whole


def write_out(pieces: Iterator[str | bytes]) -> None:
    """Pieces of text on standard output, whatever its encoding can hold; bytes as they are, on no terminal."""
    out = sys.stdout
    buffer = getattr(out, "buffer", None)
    if isinstance(buffer, io.RawIOBase):
        # Told not to buffer (PYTHONUNBUFFERED), Python drops what a pipe does not take at once.
        out = io.TextIOWrapper(io.BufferedWriter(buffer), out.encoding, "backslashreplace", newline="")
    elif isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    try:
        for piece in pieces:
            if isinstance(piece, str):
                out.write(piece)
                continue
            if is_terminal(sys.stdout):
                raise ProblemError(Problem("usage", "a picture is nothing for a terminal", hint="write -o FILE"))
            out.flush()
            out.buffer.write(piece)
        out.flush()
    except BrokenPipeError:
        raise PipeClosed from None
    finally:
        if out is not sys.stdout:
            with contextlib.suppress(OSError):
                out.detach().detach()  # type: ignore[union-attr]  # closing it would close standard output


def write_file(path: str, pieces: Iterator[str | bytes]) -> None:
    """A file, whole or not at all; a device or a pipe is written to as it is."""
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                stream.writelines(map(encoded, pieces))
        else:
            write_whole(target.resolve(), b"".join(map(encoded, pieces)), usual_mode(target))
    except BrokenPipeError:
        raise PipeClosed from None
    except OSError as fault:
        raise ProblemError(Problem("file", f"cannot write {path}: {reason(fault)}")) from None


def encoded(piece: str | bytes) -> bytes:
    """A piece of a file, in UTF-8."""
    return piece.encode("utf-8", "backslashreplace") if isinstance(piece, str) else piece
