"""JSON, one object. Non-finite numbers are the strings "inf", "-inf" and "nan"; of proven digits all are strings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from adcli.numbers.text import write
from adcli.report.document import Document, View

SUFFIXES = (".json",)
PLAIN = True
NEEDS = ""


def render(document: Document, view: View) -> Iterator[str]:
    """The whole document; `json.dumps` alone would write NaN and Infinity, which is no JSON."""
    data = document.data()
    if document.proven:
        data = spelled(data, True)
    try:
        text = json.dumps(data, ensure_ascii=view.ascii, allow_nan=False)
    except ValueError:
        text = json.dumps(spelled(data, False), ensure_ascii=view.ascii, allow_nan=False)
    yield text.encode("utf-8", "backslashreplace").decode() + "\n"


def spelled(data: Any, proven: bool) -> Any:
    """The same data with non-finite numbers as strings, or where digits are proven all. Its depth is the schema's."""
    if isinstance(data, float):
        return data if data - data == 0 and not proven else write(data)
    if isinstance(data, dict):
        return {key: spelled(value, proven) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [spelled(value, proven) for value in data]
    return data
