"""What a table of some parties can reach by itself: q(C) of §10 of the model, with the roadmap that reaches it.

Only what those at the table can take is available, and only they are checked.  The score is the geometric mean of what
the roadmap with the greatest product of flow gains adds to their flows.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

import numpy as np

from detente.analysis.result import Status
from detente.analysis.roadmap.design import DEFAULT_MEMORY, Design, design_roadmap
from detente.analysis.roadmap.goals import BEST, takeable_measures
from detente.case import Case, excluded_pairs, format_condition
from detente.errors import Cancelled, LimitError
from detente.game import Game, build_game
from detente.kernel.objectives import Objective
from detente.kernel.onlookers import flow_gains, gain_ceilings
from detente.kernel.system import FloatArray, System, flow_values
from detente.progress import Progress, ProgressEvent, Reporter

NO_GAIN = 1e-9
"""A gain per period that is no larger counts as none: the root of a product would make rounding look like a gain."""

GROWTH = 1.6
"""How much longer one further measure makes a design, roughly: only the progress bar depends on it."""


class Grounds(StrEnum):
    """Why a table has the value that it has."""

    FOUND = "found"
    FEW = "fewer than two parties"
    NOTHING = "nothing to take"
    LOSES = "a party can only lose"
    NONE = "no roadmap holds"
    UNEVEN = "a party gains nothing"
    STOPPED = "stopped"
    LARGE = "too large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a table gets in an objective other than the product of gains.

    Parameters
    ----------
    status : Status
        *optimal*, *none* or *stopped*.
    value, bound : float or None
        As of a `Design`.
    """

    status: Status
    value: float | None
    bound: float | None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"status": self.status.value, "value": self.value, "bound": self.bound}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coalition:
    """What some parties can reach among themselves.

    Parameters
    ----------
    parties, available : tuple of str
        Who sits at the table, and what they can take.
    value, bound : float
        The score of the best roadmap found, and what no roadmap betters; the same where that is proven.
    grounds : Grounds
        Why it has this value.
    losers : tuple of str
        Who gains nothing from anything that the table can take, or from the best roadmap; empty elsewhere.
    stages, durations
        The best roadmap; empty where there is none.
    gains, outsiders : mapping from party to float
        What that roadmap adds to the flows of those at the table, and of the others.
    reaches : mapping from objective to Reach
        Other objectives that were asked for.
    """

    parties: tuple[str, ...]
    available: tuple[str, ...] = ()
    value: float = 0.0
    bound: float = field(default=0.0, metadata={"unit": "as the value"})
    grounds: Grounds
    losers: tuple[str, ...] = ()
    stages: tuple[tuple[str, ...], ...] = ()
    durations: tuple[int, ...] = ()
    gains: Mapping[str, float] = field(default_factory=dict, metadata={"unit": "own value units per period"})
    outsiders: Mapping[str, float] = field(default_factory=dict, metadata={"unit": "own value units per period"})
    reaches: Mapping[Objective, Reach] = field(default_factory=dict)

    @property
    def is_proven(self) -> bool:
        """Whether no roadmap does better."""
        return self.grounds not in (Grounds.STOPPED, Grounds.LARGE)

    @property
    def measures(self) -> tuple[str, ...]:
        """What the best roadmap takes."""
        return tuple(measure for stage in self.stages for measure in stage)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "parties": list(self.parties),
            "value": self.value,
            "bound": None if math.isinf(self.bound) else self.bound,
            "reason": self.grounds.value,
            "losers": list(self.losers),
            "stages": [list(stage) for stage in self.stages],
            "durations": list(self.durations),
            "gains": dict(self.gains),
            "outsiders": dict(self.outsiders),
            "objectives": {objective: reach.to_dict() for objective, reach in self.reaches.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A table whose value is asked for, in a case as it stands."""

    case: Case
    table: tuple[str, ...]


def subsets(parties: Sequence[str]) -> list[tuple[str, ...]]:
    """List every set of parties; bit i of its place tells whether the i-th party is in it."""
    return [tuple(party for bit, party in enumerate(parties) if mask >> bit & 1) for mask in range(1 << len(parties))]


def geometric_mean(gains: Iterable[float]) -> float:
    """Return the geometric mean of gains, 0 if one is none."""
    listed = list(gains)
    if not listed or min(listed) <= NO_GAIN:
        return 0.0
    return float(math.exp(math.fsum(math.log(gain) for gain in listed) / len(listed)))


def _numbers(system: System) -> bytes:
    """Every array of a system as bytes; terms, whose predicates are functions, are told apart by the case."""
    parts = [b""]
    for entry in fields(system):
        value = getattr(system, entry.name)
        if isinstance(value, np.ndarray):
            parts.append(f"{entry.name}{value.shape}".encode() + np.ascontiguousarray(value).tobytes())
        elif isinstance(value, dict):
            rules = [(column, rule.members.tolist(), rule.veto.tolist(), rule.quota) for column, rule in value.items()]
            parts.append(repr(sorted(rules)).encode())
        elif not isinstance(value, tuple):
            parts.append(repr(value).encode())
    return b"|".join(parts)


def game_digest(game: Game) -> str:
    """Return the same text for tables whose designs are the same, whoever sits at them."""
    case, system = game.case, game.system
    place = {party: number for number, party in enumerate(game.parties)}
    reachable = set(game.measures) | game.status_quo
    words = [
        game.measures,
        tuple(sorted(game.status_quo)),
        tuple((place[t.party], format_condition(t.when), repr(t.value)) for t in case.terms if t.party in place),
        tuple(format_condition(pattern) for pattern in case.infeasible),
        tuple(pair for pair in excluded_pairs(case, reachable)),
        tuple((m.id, m.requires, m.after) for m in case.measures if m.id in reachable),
    ]
    return hashlib.sha256(repr(words).encode() + _numbers(system)).hexdigest()


class Tables:
    """Finds what tables can reach, and remembers it for all that come to the same game.

    Parameters
    ----------
    max_per_stage : int, optional
        Measures per stage, at most, for every table alike.
    max_seconds : float, optional
        Seconds for one table at most; what is not proven by then has a bound.
    memory : float
        Bytes that one design may take.
    progress : callable, optional
        Told how far the work is; once it raises `Cancelled`, every further table is left open.
    """

    def __init__(
        self,
        *,
        max_per_stage: int | None = None,
        max_seconds: float | None = None,
        memory: float = DEFAULT_MEMORY,
        progress: Progress | None = None,
    ) -> None:
        self.is_cancelled = False
        self.n_designs = 0
        self._max_per_stage = max_per_stage
        self._max_seconds = max_seconds
        self._memory = memory
        self._reporter = Reporter(progress)
        self._known: dict[tuple[str, Objective, tuple[str, ...] | None], Design | None] = {}
        self._deadline = math.inf
        self._task, self._start, self._share = "", 0.0, 0.0

    def values(self, task: str, jobs: Sequence[Job]) -> list[Coalition]:
        """Return what the tables of some jobs reach, in their order; those with least to take are looked at first."""
        available = [
            [m.id for m in takeable_measures(job.case, job.table)] if len(job.table) > 1 else [] for job in jobs
        ]
        order = sorted(range(len(jobs)), key=lambda number: len(available[number]))
        self._task, self._start = task, 0.0
        total = sum(GROWTH ** len(measures) for measures in available)
        found: dict[int, Coalition] = {}
        for number in order:
            self._share = GROWTH ** len(available[number]) / total
            self._report()
            found[number] = self._value(jobs[number], available[number])
            self._start += self._share
        return [found[number] for number in range(len(jobs))]

    def reach(self, job: Job, objective: Objective, goal: Sequence[str] | None) -> Reach:
        """Return how far a table gets in an objective, towards a goal or, for None, towards anything."""
        if not takeable_measures(job.case, job.table):
            return Reach(status=Status.NONE, value=None, bound=None)
        wanted = None if goal is None else tuple(goal)
        game = build_game(job.case, _varying(job, wanted), parties=job.table)
        try:
            design = self._design(game, objective, wanted)
        except LimitError:
            design = None
        if design is None:
            return Reach(status=Status.STOPPED, value=None, bound=None)
        return Reach(status=design.status, value=design.value, bound=design.bound)

    def reaches(self, task: str, jobs: Sequence[tuple[Job, Objective, Sequence[str] | None]]) -> list[Reach]:
        """Return how far several tables get, each in an objective of its own."""
        self._task, self._share = task, 1.0 / max(1, len(jobs))
        found = []
        for number, (job, objective, goal) in enumerate(jobs):
            self._start = number * self._share
            self._report()
            found.append(self.reach(job, objective, goal))
        return found

    # One table

    def _value(self, job: Job, available: Sequence[str]) -> Coalition:
        table = tuple(party.id for party in job.case.parties if party.id in job.table)
        blank = Coalition(parties=table, available=tuple(available), grounds=Grounds.NOTHING)
        if len(table) < 2:
            return replace(blank, grounds=Grounds.FEW)
        if not available:
            return blank
        game = build_game(job.case, available, parties=table)
        empty = np.zeros((1, len(available)), dtype=np.bool_)
        ceilings = gain_ceilings(game.system, flow_values(game.system, empty)[:, 0])
        losers = tuple(party for party, most in zip(table, ceilings, strict=True) if most <= NO_GAIN)
        if losers:
            return replace(blank, grounds=Grounds.LOSES, losers=losers)
        most = geometric_mean(ceilings.tolist())
        try:
            design = self._design(game, "nash", None)
        except LimitError:
            return replace(blank, grounds=Grounds.LARGE, bound=most)
        if design is None:
            return replace(blank, grounds=Grounds.STOPPED, bound=most)
        return _settled(blank, job.case, design, most)

    def _design(self, game: Game, objective: Objective, goal: tuple[str, ...] | None) -> Design | None:
        """The best roadmap of a game, or None if there was no time to look for one."""
        key = (game_digest(game), objective, goal)
        if key in self._known:
            return self._known[key]
        if self.is_cancelled:
            return None
        self._deadline = math.inf if self._max_seconds is None else time.monotonic() + self._max_seconds
        try:
            design = design_roadmap(
                game.case,
                goal=BEST if goal is None else goal,
                objective=objective,
                max_per_stage=self._max_per_stage,
                at_table=game.parties,
                memory=self._memory,
                progress=self._listen,
            )
        except Cancelled:  # before any state was known
            return None
        self.n_designs += 1
        self._known[key] = design
        return design

    # How far the work is

    def _report(self, event: ProgressEvent | None = None) -> None:
        inside = 0.0 if event is None or event.fraction is None else event.fraction
        try:
            self._reporter.report(self._task, fraction=min(1.0, self._start + self._share * inside))
        except Cancelled:
            self.is_cancelled = True

    def _listen(self, event: ProgressEvent) -> None:
        self._report(event)
        if self.is_cancelled:
            raise Cancelled("stopped")
        if time.monotonic() > self._deadline:
            raise Cancelled("no time left for this table")


def _varying(job: Job, goal: tuple[str, ...] | None) -> list[str]:
    """What a design towards a goal looks at."""
    return [m.id for m in takeable_measures(job.case, job.table)] if goal is None else list(goal)


def _settled(blank: Coalition, case: Case, design: Design, most: float) -> Coalition:
    """What a design says of a table whose score cannot exceed `most`."""
    is_stopped = design.status is Status.STOPPED
    if not design.stages:
        return replace(
            blank, grounds=Grounds.STOPPED if is_stopped else Grounds.NONE, bound=most if is_stopped else 0.0
        )
    gains, outsiders = gains_of(case, blank.parties, design.stages)
    losers = tuple(party for party, gain in gains.items() if gain <= NO_GAIN)
    value = geometric_mean(gains.values())
    bound = value
    if is_stopped:
        root = most if design.bound is None else max(design.bound, 0.0) ** (1.0 / len(blank.parties))
        bound = max(value, min(most, root))
    return replace(
        blank,
        value=value,
        bound=bound,
        grounds=Grounds.STOPPED if is_stopped else Grounds.UNEVEN if losers else Grounds.FOUND,
        losers=losers,
        stages=design.stages,
        durations=design.durations,
        gains=gains,
        outsiders=outsiders,
    )


def gains_of(
    case: Case, table: Sequence[str], stages: Sequence[Sequence[str]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what a roadmap of a table adds to the flow of each of its parties, and of each party that is not there."""
    measures = [measure for stage in stages for measure in stage]
    others = [party.id for party in case.parties if party.id not in set(table)]
    game = build_game(case, measures, parties=table)
    onlookers = build_game(case, measures, parties=others)
    rows = np.array([game.state(stage) for stage in stages], dtype=np.bool_)
    members, away = flow_gains(game.system, onlookers.system, rows)
    return _named(game.parties, members), _named(onlookers.parties, away)


def _named(parties: Sequence[str], numbers: FloatArray) -> dict[str, float]:
    return dict(zip(parties, numbers.tolist(), strict=True))
