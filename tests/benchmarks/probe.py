"""Run as a process of its own: python probe.py FILE (tracemalloc|resident). Prints JSON.

The peak memory of a gradient of the program in FILE, over what the process held before it: after the
parsing, and of parsing, linearisation and reverse sweep together.
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from pathlib import Path

from adcli import Function


def high_water() -> int:
    """Bytes of the most memory this process has held.

    Linux tells it in VmHWM. `ru_maxrss` is the same number, but a process begins there with what its
    parent held, so that it only serves where there is no /proc.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(path: str, how: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    Function("x^2").grad({"x": 1})  # everything is imported and the grammar is built
    if how == "tracemalloc":
        tracemalloc.start()

        def peak() -> int:
            return tracemalloc.get_traced_memory()[1]
    else:
        peak = high_water
    before = peak()
    function = Function(text)
    parsed = peak() - before
    if how == "tracemalloc":
        tracemalloc.reset_peak()
    at = {name: i % 10 / 10 for i, name in enumerate(function.variables)}
    result = function.grad(at)
    swept = peak() - before
    assert len(result.gradient) == len(at)
    print(json.dumps({"nodes": len(function.tape), "parsed": parsed, "peak": max(parsed, swept), "swept": swept}))


main(*sys.argv[1:])
