"""Reading printed traces: the sums that stand in them, as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from adcli.render import table
from adcli.report.document import Document, View

NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?"
# The numbers put in at the end of a row of a forward sweep: 2 - 0.5   1.5
FORWARD_SUM = re.compile(rf"(?:= |  )({NUMBER}(?: [+-] {NUMBER})+) +([≈~]?)({NUMBER})$")
REVERSE_TOTAL = re.compile(r"= (?:.\u0304\S*|\S+bar|\S+bardot)$")
SHOWN_NUMBER = re.compile(rf"([≈~]?)({NUMBER})$")


class PrintedSum(NamedTuple):
    """Numbers of a printed trace that stand there as terms and their sum; `about` where it says so."""

    terms: list[Decimal]
    total: Decimal
    about: bool


def printed_sums(text: str) -> Iterator[PrintedSum]:
    """All sums in the sweeps of a trace as the table format prints it: forward, reverse and of second order."""
    sweep = ""
    terms: list[Decimal] = []
    for line in text.split("\n"):
        if line.startswith(("Forward sweep", "Reverse sweep", "Tangents of", "Second order", "Jacobian")):
            sweep = line.split()[0]
        elif sweep == "Forward":
            found = FORWARD_SUM.search(line)
            if found:
                signed = found[1].replace(" - -", " + ").replace(" - ", " + -").split(" + ")
                yield PrintedSum([Decimal(term) for term in signed], Decimal(found[3]), bool(found[2]))
        elif sweep in ("Reverse", "Tangents"):
            if not line.startswith(" "):
                terms = []
            cells = re.split(" {2,}", line.strip())
            number = SHOWN_NUMBER.match(cells[-1])
            if number and len(cells) > 1 and REVERSE_TOTAL.match(cells[-2]):
                yield PrintedSum(terms, Decimal(number[2]), bool(number[1]))
            elif number:
                terms.append(Decimal(number[2]))


def table_text(document: Document, **view: Any) -> str:
    """A document in the table format."""
    return "".join(table.render(document, View(**view)))
