"""The table: one row per function, and nothing else knows a function by name."""

from __future__ import annotations

from adcli.ops import arithmetic, elementary, hyperbolic, piecewise, special
from adcli.ops.row import Row

TABLE: dict[str, Row] = {
    row.key: row for module in (arithmetic, elementary, hyperbolic, special, piecewise) for row in module.ROWS
}

# What a user can call, by name; `log` is the other name of `ln`, and pow(a, b) is a^b.
FUNCTIONS: dict[str, Row] = {row.name: row for row in TABLE.values() if row.name}
ALIASES: dict[str, str] = {"log": "ln", "pow": "^"}
OPERATORS: dict[tuple[str, int], Row] = {
    (row.infix, len(row.params)): row for row in TABLE.values() if row.infix and row.key != "powc"
}

# Names of constants, with their number types' spelling left to `Namespace.literal`.
CONSTANTS: dict[str, str] = {
    "pi": "circle constant, 3.14159...",
    "e": "Euler's number, 2.71828...",
    "tau": "2*pi",
}

__all__ = ["ALIASES", "CONSTANTS", "FUNCTIONS", "OPERATORS", "TABLE", "Row"]
