"""The last program and point, so that commands typed one after another are one conversation."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from adcli.files import user_folder, write_private
from adcli.numbers.text import Written, read, write


class Last(NamedTuple):
    """A program and the point it was last used at, its numbers with the texts that they were written as."""

    texts: list[str]
    at: dict[str, float]


TEXTBOOK = Last(["ln(x1)+x1*x2-sin(x2)"], {"x1": 2.0, "x2": 5.0})
LARGEST = 1_000_000  # characters of a program worth keeping


def state_file() -> Path | None:
    """Where it is kept; None with ADCLI_NO_STATE=1 or without a home."""
    if os.environ.get("ADCLI_NO_STATE", "") not in ("", "0"):
        return None
    folder = user_folder("state")
    return None if folder is None else folder / "last.json"


def recall() -> Last | None:
    """The last program and point, or None where there is none that can be read."""
    path = state_file()
    if path is None:
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        texts = data["program"]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return None
        written = data.get("written", {})
        at: dict[str, float] = {
            str(name): Written(read(value), str(written.get(name, value))) for name, value in data["at"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Last(texts, at) if texts else None


def remember(last: Last) -> None:
    """Keep a program and its point. Where that fails the next command only forgets."""
    path = state_file()
    if path is None or sum(map(len, last.texts)) > LARGEST or len(last.at) > LARGEST // 10:
        return
    at = {name: write(value) for name, value in last.at.items()}
    written = {name: x.text for name, x in last.at.items() if isinstance(x, Written) and x.text != at[name]}
    write_private(path, json.dumps({"program": list(last.texts), "at": at, "written": written}))
