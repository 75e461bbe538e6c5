"""Checks of a function's derivatives, and of a gradient that somebody claims: what `Function.check` returns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import NamedTuple

from adcli.engines import check
from adcli.engines.check import Finding, Sweeps, both_sweeps
from adcli.engines.linearise import evaluate
from adcli.engines.notes import Note, notes
from adcli.errors import Problem, ProblemError
from adcli.named import Asked, Named
from adcli.numbers.real import REAL
from adcli.numbers.text import NUMBER
from adcli.parse.program import parse
from adcli.results import Result
from adcli.tape.numbering import numbering

TIGHT = 1e-9  # how near two formulas of one number come to each other, relatively
COARSE = 0.05  # the most that a number of few digits may be off, relatively
NEAR = 0.1  # how far around the point a claimed formula is tried as well, relatively
TRIES = 5
SHAKEN = 100.0  # times what the last bit of the point does
LOST = 2.0**26  # ulp: half of the digits
DIGITS = 25  # that are proven
MOST = 400  # partials of which the order is looked for
MEASURED = 40_000  # the same times nodes
MOST_WORK = 10_000_000  # sweeps times nodes
MOST_PAIRS = 100_000  # of an output and a variable
DEPARTED = {-1.0: "is missing", -2.0: "has the wrong sign", 1.0: "is counted twice"}
Box = Mapping[str, tuple[float, float]]
Exact = list[list[float | str]] | str | None  # proven partials, by output and variable


class Verdict(NamedTuple):
    """One test of one partial (of all together where `variable` is empty), the worst over all points.

    figure, limit   what was measured, and what it has to keep; no figure where there was nothing to be measured
    remark          why nothing was measured, or what is wrong
    at              the point at which it was worst
    """

    output: str
    variable: str
    test: str
    ok: bool
    figure: float | None
    limit: float
    remark: str
    at: dict[str, float]

    @property
    def severity(self) -> tuple[bool, float]:
        """How bad it is, to be compared with the same test at other points."""
        if self.figure is None:
            return not self.ok, -math.inf
        return not self.ok, -self.figure if self.test == "order" else self.figure


@dataclass(eq=False, repr=False)
class Check(Result):
    """The verdicts, at the point or at `points` random ones, `left` of which were outside the domain.

    `skipped` are partials, of very many, whose order was not looked for.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    points: int = 1
    left: int = 0
    skipped: int = 0

    @property
    def ok(self) -> bool:
        """Whether every test is passed, and at least one point was inside the domain."""
        return self.left < self.points and all(v.ok for v in self.verdicts)


class Claim(Named):
    """A partial that somebody claims: a formula in the variables, or a number, right to `slack`.

    slack  half a unit of the last decimal of a plain number; 0 of one without, of a float, and of a formula without
           variables; None for a formula, which has to hold near to the point as well
    """

    def __init__(self, variable: str, claimed: str | float):
        text = claimed if isinstance(claimed, str) else repr(float(claimed))
        self.variable = variable
        self.slack = written_slack(text.strip()) if isinstance(claimed, str) else 0.0
        self.tape = parse((text,))
        if len(self.tape.outputs) != 1:
            raise ProblemError(Problem("point", f"the claim of {variable} is no single expression", source=text))
        if self.slack is None and not self.variables:
            self.slack = 0.0

    def value(self, at: Mapping[str, float]) -> float:
        """What is claimed at a point. Raises ProblemError for names that are no variables."""
        self.refuse(self.variables, list(at), "variable")
        values = evaluate(REAL, self.tape, [at[name] for name in self.variables])
        return float(values[self.tape.outputs[0].node])


def apart(claim: Claim, claimed: float, true: float, noise: float) -> tuple[float, float]:
    """(how far a claim is off, how far it may be): a formula, whose terms are rounded too, by their `noise`."""
    slack = noise if claim.slack is None else min(claim.slack, COARSE * abs(true))
    return abs(claimed - true) if claimed - claimed == 0 else math.inf, max(slack, TIGHT * abs(true))


def written_slack(text: str) -> float | None:
    """How far off a number is that was rounded as it is written; None for what is no plain number."""
    if not NUMBER.match(text):
        return None
    if "." not in text and "e" not in text.lower():
        return 0.0
    digits, _, power = text.lower().partition("e")
    return 0.5 * 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))


def checked(asked: Asked, box: Box, samples: int, claims: Mapping[str, str | float], seed: int) -> Check:
    """All tests at the point, or at random points of a box."""
    if claims and len(asked.outputs) != 1:
        hint = f"choose one: --of {asked.outputs[0].name}"
        raise ProblemError(
            Problem("usage", f"a claim is about one output, and here are {len(asked.outputs)}", hint=hint)
        )
    random = Random(seed)
    places = [inside(asked.at, box, random) for _ in range(samples)] if box else [asked.at]
    run = Run(asked, random)
    for at in places:
        run.point(at)
    if claims:
        near = [] if box else [around(asked.at, random) for _ in range(TRIES)]
        for name, claimed in claims.items():
            run.claim(Claim(name, claimed), places, near)
    common = asked.common(evaluate(REAL, asked.tape, asked.x), [])
    return Check(**common, verdicts=list(run.found.values()), points=len(places), left=run.left, skipped=run.skipped)


def inside(at: Mapping[str, float], box: Box, random: Random) -> dict[str, float]:
    """A random point of the box; what is not in it stays."""
    return {name: random.uniform(*box[name]) if name in box else x for name, x in at.items()}


def around(at: Mapping[str, float], random: Random) -> dict[str, float]:
    """A random point near to one."""
    return {name: x + random.uniform(-NEAR, NEAR) * (abs(x) or 1.0) for name, x in at.items()}


class Run:
    """The verdicts so far."""

    def __init__(self, asked: Asked, random: Random):
        self.asked = asked
        self.random = random
        self.found: dict[tuple[str, str, str], Verdict] = {}
        self.left = 0
        self.exact: dict[tuple[float, ...], Exact] = {}
        pairs = [(i, j) for i in range(len(asked.nodes)) for j in range(len(asked.wrt))]
        tape = asked.tape
        if len(pairs) > MOST_PAIRS or (2 * len(asked.nodes) + len(asked.wrt)) * len(tape) > MOST_WORK:
            headline = f"checking {len(pairs):,} partials of {len(tape):,} nodes takes too long"
            raise ProblemError(Problem("limit", headline, hint="take part of them with --wrt and --of"))
        most = min(MOST, max(4, MEASURED // len(tape)))
        self.measured = set(pairs if len(pairs) <= most else random.sample(pairs, most))
        self.skipped = len(pairs) - len(self.measured)

    @cached_property
    def moving(self) -> list[bytearray]:
        """What depends on each variable."""
        return [self.asked.tape.depends_on([node]) for node in self.asked.wrt]

    @cached_property
    def below(self) -> list[bytearray]:
        """What each output depends on."""
        return [self.asked.tape.reachable([node]) for node in self.asked.nodes]

    @cached_property
    def names(self) -> tuple[list[str], list[str]]:
        """Those of the outputs, and of the variables."""
        return [output.name for output in self.asked.outputs], list(self.asked.inputs)

    @cached_property
    def places(self) -> list[int]:
        """The place of each variable among all inputs."""
        return [self.asked.tape.inputs.index(node) for node in self.asked.wrt]

    def add(self, i: int | None, j: int | None, at: dict[str, float], finding: Finding) -> None:
        """Keep a finding, if it is the worst of its kind."""
        outputs, variables = self.names
        output, variable = "" if i is None else outputs[i], "" if j is None else variables[j]
        verdict = Verdict(output, variable, *finding, at)
        known = self.found.get((output, variable, finding.test))
        if known is None or verdict.severity > known.severity:
            self.found[output, variable, finding.test] = verdict

    def proven(self, at: dict[str, float]) -> Exact:
        """See `proven`: many a partial, and a claim, asks at the same point."""
        key = tuple(at.values())
        if key not in self.exact:
            if len(self.exact) * len(self.asked.nodes) * len(self.asked.wrt) > MOST_PAIRS:
                self.exact.clear()
            self.exact[key] = proven(self.asked._replace(at=at))
        return self.exact[key]

    def sweeps(self, at: Mapping[str, float]) -> tuple[Sweeps, list[Note]] | None:
        """Both sweeps at a point, and its kinks; None outside the domain."""
        asked = self.asked
        sweeps = both_sweeps(asked.tape, list(at.values()), asked.nodes, asked.wrt)
        told = notes(asked.tape, sweeps.linear, asked.nodes, asked.wrt)
        if any(note.kind != "kink" for note in told):
            return None
        return sweeps, told

    def kinks(self, i: int, j: int, found: Sequence[Note]) -> list[Note]:
        """Those between a variable and an output."""
        return [note for note in found if self.moving[j][note.node] and self.below[i][note.node]]

    def point(self, at: dict[str, float]) -> None:
        """All tests at one point."""
        asked, tape = self.asked, self.asked.tape
        known = self.sweeps(at)
        if known is None:
            self.left += 1
            return
        sweeps, kinks = known
        x = list(at.values())
        exact = self.proven(at)
        for i, output in enumerate(asked.nodes):
            for j, place in enumerate(self.places):
                self.add(i, j, at, check.agreement(sweeps, i, j))
                partial = sweeps.by_reverse[i][j]
                if (i, j) in self.measured:
                    kinked = bool(self.kinks(i, j, kinks))
                    self.add(i, j, at, check.remainder(tape, x, output, place, partial, kinked))
                if exact is not None:
                    truth = exact if isinstance(exact, str) else exact[i][j]
                    finding = in_ulp(partial, truth, sweeps.sizes[i][j])
                    if not finding.ok and not isinstance(truth, str):
                        finding = self.conditioned(finding, partial, truth, i, j, at)
                    self.add(i, j, at, finding)
        if asked.wrt:
            self.add(None, None, at, check.dot_product(tape, sweeps, asked.nodes, asked.wrt, self.random))

    def conditioned(
        self, finding: Finding, partial: float, truth: float, i: int, j: int, at: dict[str, float]
    ) -> Finding:
        """No float can be right where the last bit of the point moves the truth as far: that is no failure."""
        for way in (math.inf, -math.inf):
            moved = {name: math.nextafter(x, way) for name, x in at.items()}
            exact = self.proven(moved)
            there = exact[i][j] if isinstance(exact, list) else ""
            if not isinstance(there, str) and SHAKEN * abs(float(there) - float(truth)) >= abs(partial - truth):
                return finding._replace(ok=True, remark="ill-conditioned: the last bit of the point moves it as far")
        return finding

    def claim(self, claim: Claim, places: Sequence[dict[str, float]], near: Sequence[dict[str, float]]) -> None:
        """Whether a claimed partial is right: a number at the points, a formula near to them as well."""
        asked = self.asked
        if claim.variable not in asked.inputs:
            raise ProblemError(claim.unknown(claim.variable, list(asked.inputs), "variable"))
        j = list(asked.inputs).index(claim.variable)
        departed: list[dict[tuple[int, int], float]] = []
        worst: tuple[Finding, dict[str, float]] | None = None
        for at in [*places, *(near if claim.slack is None else ())]:
            known = self.sweeps(at)
            if known is None:
                continue
            sweeps, kinks = known
            claimed, true = claim.value(at), sweeps.by_reverse[0][j]
            figure, limit = apart(claim, claimed, true, check.noise(sweeps, 0, j))
            if figure > limit:  # it may be adcli's own float that is off
                exact = self.proven(at)
                truth = exact[0][j] if isinstance(exact, list) else ""
                if not isinstance(truth, str):
                    true = float(truth)
                    figure, limit = apart(claim, claimed, true, limit if claim.slack is None else 0.0)
            if figure > limit:
                departed.append(
                    check.departures(asked.tape, sweeps.linear, asked.nodes[0], self.places[j], claimed, true)
                )
            bent = "".join(f"; {note.message}" for note in self.kinks(0, j, kinks))
            finding = Finding("claim", figure <= limit, figure, limit, f"claimed {claimed!r}, but it is {true!r}{bent}")
            if worst is None or (worst[0].ok and not finding.ok):  # the point itself comes first
                worst = finding, at
        if worst is None:
            return
        finding, at = worst
        if finding.ok:
            finding = finding._replace(remark="")
        elif departed:
            where = self.departure(departed)
            finding = finding._replace(remark=finding.remark + (f": {where}" if where else ""))
        self.add(0, j, at, finding)

    def departure(self, found: list[dict[tuple[int, int], float]]) -> str:
        """Where in the trace a claim departs, if it does so in one way at all points."""
        tape = self.asked.tape
        names = numbering(tape)
        for k, i in sorted(found[0]):
            ratios = [one.get((k, i), 0.0) for one in found]
            for ratio, what in DEPARTED.items():
                if all(abs(r - ratio) < 1e-4 for r in ratios):
                    user = tape.rows[k].applied([names.get(a, "c") for a in tape.arguments(k)])
                    return f"what {names[k]} = {user} contributes to {names[tape.arguments(k)[i]]} {what}"
        return ""


def proven(asked: Asked) -> Exact:
    """The proven Jacobian, the reason in the place of what is not; or why there is none; None without the extra."""
    from importlib.util import find_spec

    if find_spec("flint") is None:
        return None
    from adcli.certified import Undecided, prove
    from adcli.swept import swept

    try:
        return [[*row] for row in prove(lambda one: swept(one, "auto")[0], asked, DIGITS).jacobian]
    except Undecided as wrong:
        why = wrong.problem.headline
        return why if wrong.found is None else [[why if x is None else x for x in row] for row in wrong.found.jacobian]
    except ProblemError as wrong:
        return wrong.problem.headline


def in_ulp(partial: float, exact: float | str, size: float) -> Finding:
    """The error of a float against the proven number; of one that is 0 in ulp of the sizes of its terms."""
    if isinstance(exact, str):
        return Finding("certified", True, None, LOST, exact)
    truth = float(exact)
    if partial == truth or (truth == 0 and abs(partial) <= LOST * math.ulp(size if size - size == 0 else 0.0)):
        return Finding("certified", True, 0.0, LOST)
    figure = exact.ulps(partial) if partial - partial == 0 else math.inf  # type: ignore[attr-defined]
    return Finding("certified", figure <= LOST, figure, LOST)
