"""Which node of one trace is which node of another: by what they compute, not by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from adcli.report.record import Node, Record, Result


class Match(NamedTuple):
    """A node (or an output) of either trace, or of both.

    change  '' where both do the same to the same; 'changed' where one took the place of the other; 'removed' and
            'added' for what only the first or the second has
    """

    a: Node | None
    b: Node | None
    change: str


class Steps:
    """The nodes of a trace and behind them its outputs; `args` are their arguments, by place where they are nodes.

    partner  the place, in the other trace, of what each of them is there
    """

    def __init__(self, record: Record):
        self.nodes = [*record.nodes, *(as_node(record, i, one) for i, one in enumerate(record.outputs))]
        self.outputs = range(len(record.nodes), len(self.nodes))
        self.args: list[tuple[int | str, ...]] = [
            tuple(record.position.get(a, a) for a in node.args) for node in self.nodes
        ]
        self.partner: dict[int, int] = {}

    def key(self, i: int, meaning: Callable[[int], int | None]) -> tuple[object, ...]:
        """What node i does, and to what: arguments are what they mean, constants their text."""
        node = self.nodes[i]
        named = node.formula if node.is_input else node.name if i in self.outputs else ""
        return node.op, named, *(meaning(a) if isinstance(a, int) else a for a in self.args[i])


def as_node(record: Record, i: int, output: Result) -> Node:
    """An output as a node whose argument is the node that it is; its tangents are its row of the Jacobian."""
    partials = dict(zip(record.variables, record.jacobian[i], strict=True))
    return Node(output.name, "output", (output.node,), output.node, output.value, (), True, (), partials, {}, {})


def matches(one: Record, other: Record) -> list[Match]:
    """All nodes and outputs: those of the first trace in order, then those that only the second has.

    What computes the same from the same inputs is the same. Of the rest, what stands in the same place below the same
    output belongs together, and then what does the same to arguments that belong together.
    """
    a, b = Steps(one), Steps(other)
    pair_equal(a, b)
    pair_below_outputs(a, b)
    pair_users(a, b)
    found = []
    for i, node in enumerate(a.nodes):
        j = a.partner.get(i)
        if j is None:
            found.append(Match(node, None, "removed"))
        else:
            same = a.key(i, a.partner.get) == b.key(j, itself)
            found.append(Match(node, b.nodes[j], "" if same else "changed"))
    return found + [Match(None, node, "added") for j, node in enumerate(b.nodes) if j not in b.partner]


def itself(i: int) -> int:
    return i


def join(a: Steps, i: int, b: Steps, j: int) -> bool:
    """Make two nodes partners, if both are free."""
    if i in a.partner or j in b.partner:
        return False
    a.partner[i], b.partner[j] = j, i
    return True


def pair_equal(a: Steps, b: Steps) -> None:
    """Nodes of equal expressions: these are numbered, from the inputs up."""
    numbers: dict[tuple[object, ...], int] = {}
    places: list[dict[int, int]] = []  # for each trace, number -> node
    for steps in (a, b):
        known: dict[int, int] = {}
        for i in range(len(steps.nodes)):
            known[i] = numbers.setdefault(steps.key(i, known.get), len(numbers))
        places.append({number: i for i, number in reversed(known.items())})
    for number, i in places[0].items():
        if number in places[1]:
            join(a, i, b, places[1][number])


def pair_below_outputs(a: Steps, b: Steps) -> None:
    """Outputs of the same name, then the others in order; and place by place what is below them."""
    named = {b.nodes[j].name: j for j in b.outputs}
    stack = [(i, named[a.nodes[i].name]) for i in a.outputs if a.nodes[i].name in named]
    others = [j for j in b.outputs if b.nodes[j].name not in {a.nodes[i].name for i in a.outputs}]
    stack += zip((i for i in a.outputs if a.nodes[i].name not in named), others, strict=False)
    while stack:
        i, j = stack.pop()
        if join(a, i, b, j) or i in a.outputs:
            below = zip(a.args[i], b.args[j], strict=False)
            stack += [(x, y) for x, y in below if isinstance(x, int) and isinstance(y, int)]


def pair_users(a: Steps, b: Steps) -> None:
    """What is still alone, and does the same to arguments that are partners."""
    free = {b.key(j, itself): j for j in range(len(b.nodes)) if j not in b.partner and not b.nodes[j].is_input}
    for i in range(len(a.nodes)):
        if i not in a.partner:
            j = free.get(a.key(i, a.partner.get))
            if j is not None:
                join(a, i, b, j)
