"""The roadmap to a goal that asks for the least prior trust (T21 of trust over time)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.bits import to_states
from detente.kernel.exit_plans import CommonPrior, TrustGame
from detente.kernel.exits import Aftermaths, StageGame
from detente.kernel.least_priors import going_ahead, least_priors
from detente.kernel.roadmap import HOLDS, least_durations
from detente.kernel.stage_orders import StageOrders, Stages
from detente.kernel.system import BoolArray, System
from detente.progress import Reporter

SAME = 1e-6
"""Least priors that differ by no more tie: ten times the step at which plans are looked at again."""

MOST_LISTED = 5_000
"""Roadmaps that are all tried; with more, a local search tries some."""

MOST_TRIED = 100
"""Roadmaps that a local search tries from one start."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Asked:
    """What a roadmap asks for, the least first.

    Parameters
    ----------
    prior : float
        The least common prior from mistrust, in steps of `SAME` so that ties are seen; infinite if none suffices.
    shortfall : float
        How much the worst party lacks for going ahead if all are surely reliable; 0 if some prior suffices.
    trusting : float
        The least prior from trust.
    periods : int
        How long it takes.
    """

    prior: float
    shortfall: float
    trusting: float
    periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A roadmap with what it asks for, rounded for comparing and exactly (from mistrust, from trust)."""

    stages: Stages
    asked: Asked
    exact: tuple[float, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class FoundTrust:
    """The best roadmap found.

    Parameters
    ----------
    stages : Stages or None
        One mask per stage; None if none is carried at any prior.
    prior, trusting : float or None
        Its least prior from mistrust and from trust.
    proven : bool
        Whether every legal roadmap was tried.
    any_legal : bool
        Whether there is any roadmap within the limits, carried or not.
    tried : int
        How many were.
    total : int or None
        How many there are; None if too many to list.
    is_cancelled : bool
        Whether the search was stopped.
    """

    stages: Stages | None
    prior: float | None
    trusting: float | None
    proven: bool
    any_legal: bool
    tried: int
    total: int | None
    is_cancelled: bool


class TrustSearch:
    """Tries roadmaps, and keeps the one that asks for the least prior trust.

    Parameters
    ----------
    system : System
        The game; all its measures are the goal.
    orders : StageOrders
        The legal roadmaps.
    max_length : int or None
        Periods in all.
    reporter : Reporter
        Told how far it is.
    """

    def __init__(self, system: System, orders: StageOrders, *, max_length: int | None, reporter: Reporter) -> None:
        self.system, self.orders, self.reporter = system, orders, reporter
        self._max_length = np.inf if max_length is None else max_length
        self._aftermaths = Aftermaths(system)
        self._stages: dict[tuple[int, int, bool], StageGame] = {}
        self._tried: set[Stages] = set()
        self._left_out = 0
        self.best: Record | None = None

    def _state(self, mask: int) -> BoolArray:
        states = to_states(np.array([mask], dtype=np.uint64).view(np.int64), self.system.n_measures)
        return np.asarray(states[0], dtype=np.bool_)

    def _stage(self, mask: int, taken: int, *, is_end: bool = False) -> StageGame:
        key = (mask, taken, is_end)
        if key not in self._stages:
            start, state = self._state(mask), self._state(mask | taken)
            length = int(least_durations(self.system, np.array([start, state]))[0])
            self._stages[key] = StageGame(self._aftermaths, start, state, length, is_end=is_end)
        return self._stages[key]

    def _game(self, stages: Stages) -> TrustGame:
        mask = 0
        games = []
        for taken in stages:
            games.append(self._stage(mask, taken))
            mask |= taken
        games.append(self._stage(mask & ~stages[-1], stages[-1], is_end=True))
        return TrustGame(games)

    def consider(self, stages: Stages, *, ties: bool = True) -> bool:
        """Try a roadmap; tell whether it is the best so far. Without `ties` it must ask for a lower prior to be so."""
        if stages in self._tried:
            return False
        self._tried.add(stages)
        try:
            game = self._game(stages)
        except LimitError:
            self._left_out += 1
            return False
        periods = sum(stage.length for stage in game.stages[:-1])
        if periods > self._max_length or not self._may_be_better(game, periods, ties=ties):
            return False
        lacks = self._shortfall(game, 1.0)
        if lacks > HOLDS:
            asked, exact = Asked(prior=np.inf, shortfall=lacks, trusting=np.inf, periods=periods), (np.inf, np.inf)
        else:
            cautious, hopeful = (least_priors(game, trusting=trusting).carried for trusting in (False, True))
            exact = (np.inf if cautious is None else cautious, np.inf if hopeful is None else hopeful)
            rounded = [float(np.round(prior / SAME) * SAME) for prior in exact]
            asked = Asked(prior=rounded[0], shortfall=0.0, trusting=rounded[1], periods=periods)
        if self.best is not None and asked >= self.best.asked:
            return False
        self.best = Record(stages=stages, asked=asked, exact=exact)
        return True

    def _may_be_better(self, game: TrustGame, periods: int, *, ties: bool) -> bool:
        """Whether it is carried just above the best prior so far, or below: it must be, to ask for no more, or less."""
        if self.best is None or not np.isfinite(self.best.asked.prior):
            return True
        asked = self.best.asked
        if asked.prior <= SAME and asked.trusting <= SAME and periods >= asked.periods:
            return False
        if not ties and asked.prior <= SAME:
            return False
        at = self.best.exact[0] + (SAME if ties else -SAME)
        return self._shortfall(game, min(1.0, at)) <= HOLDS

    def _shortfall(self, game: TrustGame, prior: float) -> float:
        """How much the worst reliable party lacks for going ahead at a common prior, from mistrust."""
        common = CommonPrior(game.n_parties, prior)
        settled = game.settle(game.mistrusting(), common)
        worst = 0.0
        for profile in settled.profiles:
            for party in range(game.n_parties):
                prospect = game.prospect(party, profile, common)
                advantage = common.at(going_ahead(game, party, prospect, exploiting=False))
                worst = max(worst, -float(advantage.min()) * (1.0 - float(self.system.discount[party])))
        return worst

    def run(self, starts: Iterable[Stages]) -> FoundTrust:
        """Try every roadmap if they are few, else improve the starts as long as some neighbour asks for less."""
        total = self.orders.count(MOST_LISTED)
        is_cancelled = False
        try:
            if total is not None:
                for number, stages in enumerate(self.orders.listed()):
                    self._report(number / max(total, 1))
                    self.consider(stages)
            else:
                for start in (*starts, *self.orders.starts()):
                    self._improve(start)
        except Cancelled:
            is_cancelled = True
        best = self.best if self.best is not None and np.isfinite(self.best.exact[0]) else None
        return FoundTrust(
            stages=None if best is None else best.stages,
            prior=None if best is None else best.exact[0],
            trusting=None if best is None or not np.isfinite(best.exact[1]) else best.exact[1],
            proven=total is not None and not is_cancelled and not self._left_out,
            any_legal=self.best is not None or self._left_out > 0,
            tried=len(self._tried),
            total=total,
            is_cancelled=is_cancelled,
        )

    def _report(self, fraction: float) -> None:
        best = self.best.exact[0] if self.best is not None and np.isfinite(self.best.exact[0]) else None
        self.reporter.report("trying orders of stages", fraction=fraction, best=best, bound=0.0)

    def _improve(self, start: Stages) -> None:
        """Go from a start to better neighbours; each start may lead elsewhere, and the best of all is kept."""
        kept, self.best = self.best, None
        before = len(self._tried)
        try:
            improved = self.consider(start)
            while improved:
                improved = self._step(before + MOST_TRIED, before)
        finally:
            reached: Record | None = self.best
            if kept is not None and (reached is None or kept.asked <= reached.asked):
                self.best = kept

    def _step(self, most: int, before: int) -> bool:
        """Try the neighbours of the best roadmap until one is better."""
        if self.best is None:
            return False
        for neighbour in self.orders.neighbours(self.best.stages):
            if len(self._tried) >= most:
                return False
            self._report((len(self._tried) - before) / MOST_TRIED)
            if self.consider(neighbour, ties=False):
                return True
        return False
