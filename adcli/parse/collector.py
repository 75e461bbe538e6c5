"""The problems of names, arity and indices of a program, collected so that all are told in one go."""

from __future__ import annotations

from adcli.errors import Problem, Span, brief
from adcli.tape.tape import Tape

POISON = -2  # the node of what is wrong: it silences what depends on it


class Collector:
    """Notes problems, each place once, and goes on with POISON. (It knows nothing of the expansion, which
    would otherwise be kept alive with all that only parsing needs.)"""

    def __init__(self, problems: list[Problem], tape: Tape):
        self.problems = problems
        self.tape = tape

    def __call__(self, kind: str, headline: str, span: Span, hint: str = "", note: str = "") -> int:
        found = Problem(kind, brief(headline), span, note, brief(hint), self.tape.source)
        if found not in self.problems:
            self.problems.append(found)
        return POISON
