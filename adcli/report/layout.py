"""Stand-in until the real layout is merged."""

from __future__ import annotations


def layout(
    count: int, edges: list[tuple[int, int]]
) -> tuple[list[float], list[float], dict[tuple[int, int], list[tuple[float, float]]]]:
    level = [0] * count
    for a, b in sorted(edges, key=lambda e: e[1]):
        level[b] = max(level[b], level[a] + 1)
    seen: dict[int, int] = {}
    x, y = [], []
    for k in range(count):
        i = seen.get(level[k], 0)
        seen[level[k]] = i + 1
        x.append(float(i))
        y.append(float(level[k]))
    width = max(seen.values(), default=1)
    x = [xi + (width - seen[level[k]]) / 2 for k, xi in enumerate(x)]
    return [xi * 120 for xi in x], [yi * 90 for yi in y], {}
