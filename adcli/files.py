"""Files adcli keeps or reads: private folders, atomic writes, texts a user names."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO, cast

from adcli.errors import Problem, ProblemError

FOLDERS = {"cache": ("XDG_CACHE_HOME", ".cache"), "state": ("XDG_STATE_HOME", ".local/state")}


def user_folder(kind: str) -> Path | None:
    """adcli's folder for `cache` or `state` (XDG), or None where there is no home."""
    variable, fallback = FOLDERS[kind]
    base = os.environ.get(variable, "")
    if os.path.isabs(base):
        return Path(base) / "adcli"
    home = os.path.expanduser("~")
    return Path(home) / fallback / "adcli" if os.path.isabs(home) else None


def write_private(path: Path, data: str | bytes) -> bool:
    """Write a file of our own atomically, mode 0600 in a folder of mode 0700; False where that fails."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError:
        return False
    return True


def write_whole(path: Path, data: str | bytes, mode: int = 0o600) -> None:
    """Write beside the file, then rename: whatever happens, the file is the old one or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def usual_mode(path: Path) -> int:
    """The permissions of a file a user asks for: those it has, or those of any new file."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def read_text(path: str) -> str:
    """The text of a file a user named. Raises ProblemError for what is no readable UTF-8 text."""
    try:
        with open(path, "rb") as stream:
            return decode(stream.read(), path)
    except OSError as fault:
        raise ProblemError(Problem("file", f"cannot read {path}: {reason(fault)}")) from None


def decode(data: bytes, name: str) -> str:
    """Bytes as UTF-8 text, a byte order mark dropped. Raises ProblemError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        headline = f"{name} is not UTF-8 text (line {line})"
        raise ProblemError(Problem("file", headline, hint="save it as UTF-8")) from None
    if "\0" in text:
        raise ProblemError(Problem("file", f"{name} is a binary file, not a program"))
    return text


def reason(fault: OSError) -> str:
    """What the system says of a failed call, in lower case."""
    return (fault.strerror or str(fault)).lower()


def locked(part: Path, mode: str, path: Path) -> IO[bytes]:
    """A file beside `path`, opened to be written by this process only. Raises ProblemError where another one does."""
    try:
        stream = cast(IO[bytes], part.open(mode))
    except OSError as fault:
        raise ProblemError(Problem("file", f"cannot write {part}: {reason(fault)}")) from None
    with contextlib.suppress(ImportError):  # no such locks on Windows
        import fcntl

        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            raise ProblemError(Problem("file", f"another run is writing {path}")) from None
    return stream
