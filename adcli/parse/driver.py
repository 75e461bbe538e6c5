"""Runs the parse tables that Lark made, without loading Lark: one regular expression and one stack.

Lark makes the tables, and explains a text that does not fit; but most texts fit, and loading Lark takes longer than
taking a gradient. This is the standard shift-reduce loop (Aho, Lam, Sethi & Ullman 2006, algorithm 4.44).
"""

from __future__ import annotations

import re
from typing import Any

SHIFT = 0


class Stuck(Exception):
    """The text does not fit the grammar."""


class Token(str):
    """A piece of the text, and where it begins."""

    __slots__ = ("start_pos",)
    start_pos: int


class Driver:
    """The parser of one grammar; `callbacks` are methods by the grammar's names, as Lark's transformers have.

    data, memo   the tables as Lark serialises them. Raises KeyError and the like for tables it cannot read
    """

    def __init__(self, data: Any, memo: dict[int, Any], callbacks: Any):
        lexer, table = data["parser"]["lexer_conf"], data["parser"]["parser"]
        terminals = sorted((memo[place["@"]] for place in lexer["terminals"]), key=precedence)
        self.scan = re.compile("|".join(f"(?P<{t['name']}>{source(t['pattern'])})" for t in terminals)).match
        self.ignored = frozenset(lexer["ignore"])
        names = table["tokens"]
        rules = {place: reduction(row, callbacks) for place, row in memo.items() if row["__type__"] == "Rule"}
        self.actions = {
            state: {
                names[token]: (kind, target if kind == SHIFT else rules[target["@"]])
                for token, (kind, target) in row.items()
            }
            for state, row in table["states"].items()
        }
        self.starts, self.ends = table["start_states"], table["end_states"]

    def parse(self, text: str, start: str) -> Any:
        """What the last reduction gave. Raises Stuck."""
        actions, scan, ignored = self.actions, self.scan, self.ignored
        states, values = [self.starts[start]], []
        end = self.ends[start]
        position, length = 0, len(text)
        while True:
            token: Token | None = None
            kind = "$END"
            if position < length:
                found = scan(text, position)
                if found is None:
                    raise Stuck
                kind = found.lastgroup or ""
                if kind not in ignored:
                    token = Token(found[0])
                    token.start_pos = position
                position = found.end()
                if token is None:
                    continue
            while True:
                action = actions[states[-1]].get(kind)
                if action is None:
                    raise Stuck
                if action[0] == SHIFT:
                    states.append(action[1])
                    values.append(token)
                    break
                size, callback, kept, origin = action[1]
                children = values[-size:] if size else []
                if size:
                    del values[-size:], states[-size:]
                if kept is not None:
                    children = [children[i] for i in kept]
                values.append(children[0] if callback is None else callback(children))
                states.append(actions[states[-1]][origin][1])
                if token is None and states[-1] == end:
                    return values[-1]


def precedence(terminal: dict[str, Any]) -> tuple[int, int, int, str]:
    """The order in which Lark's lexer tries terminals: by priority, longest match, longest pattern, name."""
    pattern = terminal["pattern"]
    longest = pattern["_width"][1] if "_width" in pattern else len(pattern["value"])
    return -terminal["priority"], -longest, -len(pattern["value"]), terminal["name"]


def source(pattern: dict[str, Any]) -> str:
    """A terminal's pattern as a regular expression."""
    if pattern["flags"]:
        raise ValueError("a pattern with flags")
    value: str = pattern["value"]
    return value if pattern["__type__"] == "PatternRE" else re.escape(value)


def reduction(rule: dict[str, Any], callbacks: Any) -> tuple[int, Any, list[int] | None, str]:
    """(symbols, callback or None to hand on the one child, children that are kept or None for all, nonterminal)."""
    symbols, origin = rule["expansion"], rule["origin"]["name"]
    kept = [i for i, symbol in enumerate(symbols) if not symbol.get("filter_out", False)]
    callback = None
    if rule["alias"] or len(kept) != 1 or not rule["options"]["expand1"]:
        callback = getattr(callbacks, rule["alias"] or origin)
    return len(symbols), callback, None if len(kept) == len(symbols) else kept, origin
