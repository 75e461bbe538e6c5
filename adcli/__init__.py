"""adcli: exact derivatives of formulas, and the trace that makes them.

>>> from adcli import Function
>>> Function("ln(x1) + x1*x2 - sin(x2)").grad({"x1": 2, "x2": 5}).gradient
[5.5, 1.7163378145367738]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adcli.errors import Problem as Problem
    from adcli.errors import ProblemError as ProblemError
    from adcli.function import Function as Function

__all__ = ["Function", "Problem", "ProblemError", "__version__"]
__version__ = "0.1.0"

WHERE = {"Function": "adcli.function", "Problem": "adcli.errors", "ProblemError": "adcli.errors"}


def __getattr__(name: str) -> Any:
    """Names are loaded when first used: `import adcli` stays as light as Python itself."""
    if name not in WHERE:
        raise AttributeError(f"module 'adcli' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(WHERE[name]), name)
