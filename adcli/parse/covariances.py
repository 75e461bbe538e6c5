"""The covariances in a file: a square CSV or TSV table with a header of names, or JSON objects by name."""

from __future__ import annotations

import csv
import json
from typing import Any

from adcli.errors import Problem, ProblemError
from adcli.numbers.text import read
from adcli.parse.point import no_number, number_only, once

HINT = 'write x1,x2 and a row for each below, or {"x1": {"x1": 0.01, "x2": 0.002}}'
Covariances = dict[tuple[str, str], float]


def read_covariances(text: str, name: str) -> Covariances:
    """(name, name) -> covariance. Raises ProblemError."""
    return of_json(text, name) if text.lstrip().startswith("{") else of_table(text, name)


def of_json(text: str, name: str) -> Covariances:
    try:
        data = json.loads(text, object_pairs_hook=once, parse_constant=no_number)
        return {(a, b): float(number_only(c)) for a, row in data.items() for b, c in row.items()}
    except (ValueError, RecursionError, AttributeError, TypeError, OverflowError) as wrong:
        why = str(wrong) or "each is a number"
        raise ProblemError(Problem("file", f"{name} holds no covariances: {why}", hint=HINT)) from None


def of_table(text: str, name: str) -> Covariances:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=separator(text)) if row]
    header = rows[0] if rows else []
    if not header or len(rows) != len(header) + 1 or len(set(header)) < len(header):
        headline = f"{name} holds no square table: {len(header)} names, and {max(0, len(rows) - 1)} rows below"
        raise ProblemError(Problem("file", headline, hint=HINT))
    found: Covariances = {}
    for a, row in zip(header, rows[1:], strict=True):
        if len(row) != len(header):
            raise ProblemError(Problem("file", f"{name}: the row of {a} has {len(row)} cells, not {len(header)}"))
        for b, cell in zip(header, row, strict=True):
            found[a, b] = number(cell, f"{name}: the covariance of {a} and {b}")
    return found


def separator(text: str) -> str:
    return "\t" if "\t" in text.partition("\n")[0] else ","


def number(cell: str, what: str) -> Any:
    try:
        return read(cell)
    except ValueError:
        raise ProblemError(Problem("file", f"{what} is no number: {cell[:40]}")) from None
