"""Trust over time: who would cheat when, which steps tell something, and how much prior trust a roadmap asks for.

Experimental: docs/design/trust-over-time.md has the equations, T1 to T22.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_path, resolve_roadmap
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.trust_entries import (
    ExitPlan,
    Expectation,
    PartyView,
    ProfileView,
    StageThreshold,
    StageView,
    TrustOutcome,
)
from detente.analysis.roadmap.trust_words import explain_trust
from detente.case import Case
from detente.errors import Cancelled, ExperimentalWarning, OptionError
from detente.kernel.exit_plans import Plan, Priors, Profile, Prospect, TrustGame
from detente.kernel.exits import Aftermaths, StageGame
from detente.kernel.least_priors import going_ahead, least_priors
from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.stage_trust import stage_payoffs, stage_step
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REFERENCES = ("kydd2005", "watson1999", "watson2002", "nash1951")

DEFAULT_PRIOR = 0.5
"""How likely a party is thought to be reliable where nobody says: neither way."""

MOST_PROFILES = 500
"""Profiles of all parties but one that are tried when all equilibria are counted: a second or so."""

EXPECTATIONS: tuple[Expectation, ...] = ("mistrust", "trust")

IS_EXPERIMENTAL = "trust over time is experimental: its definitions and numbers may still change"


@dataclass(frozen=True, eq=False, kw_only=True)
class TrustAssessment(Result):
    """How trust develops along one roadmap, and how much of it has to be there at the start.

    Parameters
    ----------
    evaluation : RoadmapEvaluation
        The ordinary verdict on the roadmap.
    priors : mapping from party to float
        How likely each is thought to be reliable.
    thresholds : tuple of StageThreshold
        What each stage asks by itself, of every party with something to do in it.
    outcomes : tuple of TrustOutcome
        From mistrust, and from trust.
    equilibria : int or None
        How many profiles of plans are best replies to themselves at these priors; None if too many would have to be
        tried.
    """

    evaluation: RoadmapEvaluation
    priors: Mapping[str, float]
    thresholds: tuple[StageThreshold, ...]
    outcomes: tuple[TrustOutcome, ...]
    equilibria: int | None
    case: Case = field(repr=False)

    @property
    def mistrust(self) -> TrustOutcome:
        """The outcome that headlines are of."""
        return self.outcomes[0]

    @property
    def trust(self) -> TrustOutcome:
        """The outcome that starts from good faith."""
        return self.outcomes[1]

    def _body(self) -> dict[str, object]:
        return {
            "experimental": True,
            "roadmap": self.evaluation.id,
            "stages": [list(stage) for stage in self.evaluation.stages],
            "durations": list(self.evaluation.durations),
            "holds": self.evaluation.holds,
            "priors": dict(self.priors),
            "thresholds": [threshold.to_dict() for threshold in self.thresholds],
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
            "equilibria": self.equilibria,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per expectation, profile, stage and party: belief, thresholds, exposure and caps."""
        import pandas as pd

        thresholds = {(each.stage, each.party): each.payoffs for each in self.thresholds}
        records = []
        for outcome in self.outcomes:
            for number, profile in enumerate(outcome.profiles, start=1):
                for view in profile.stages:
                    for party, step in view.steps.items():
                        payoffs = None if view.is_end else thresholds.get((view.stage, party))
                        records.append(
                            {
                                "expectation": outcome.expectation,
                                "profile": number,
                                "stage": view.stage,
                                "end": view.is_end,
                                "informative": view.informative,
                                "party": party,
                                "exits": any(exit_.party == party for exit_ in view.exits),
                                "reliable": view.beliefs[party],
                                "others_perform": step.belief,
                                "against_leaving": payoffs.against_leaving if payoffs else None,
                                "against_exploiting": payoffs.against_exploiting if payoffs else None,
                                "advantage": step.advantage,
                                "exposure": step.exposure,
                                "cap": step.cap,
                                "wait_cap": step.wait_cap,
                                "next_value": step.next_value,
                            }
                        )
        return pd.DataFrame.from_records(records)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how likely each party is thought to be reliable when a stage is reached, from mistrust."""
        from detente.display import charts

        stages = [view for view in self.mistrust.profiles[0].stages if not view.is_end]
        names = {party: self.case.party(party).name for party in self.priors}
        return charts.draw_trust_profile(
            {names[party]: [view.beliefs[party] for view in stages] for party in self.priors}, ax=ax
        )

    def explain(self) -> Explanation:
        """Say how much trust has to be there, who would cheat when, which stages tell something, and what caps them."""
        return Explanation(sentences=tuple(explain_trust(self)))


def make_game(values: RoadmapValues, reporter: Reporter | None = None) -> TrustGame:
    """Make the game of types of a roadmap: one stage game each, the end last.

    Raises
    ------
    LimitError
        If a party could withhold or undo too many measures at once.
    """
    aftermaths = Aftermaths(values.system)
    pairs = list(zip(values.states[:-1], values.states[1:], values.durations.tolist(), strict=True))
    stages = [StageGame(aftermaths, start, state, length) for start, state, length in pairs]
    start, state, length = pairs[-1]
    return TrustGame([*stages, StageGame(aftermaths, start, state, length, is_end=True)], reporter)


def check_priors(parties: Sequence[str], prior: float, priors: Mapping[str, float]) -> dict[str, float]:
    """Return every party's prior.

    Raises
    ------
    OptionError
        If one is no probability, or of an unknown party.
    """
    for party in priors:
        if party not in parties:
            raise OptionError(f"--prior names unknown party '{party}' (the case has: {', '.join(parties)})")
    found = {party: float(priors.get(party, prior)) for party in parties}
    for party, value in found.items():
        if not 0.0 <= value <= 1.0:
            raise OptionError(f"the prior of '{party}' is {value:g}; a prior is a probability from 0 to 1")
    return found


class _Viewer:
    """Turns plans as numbers into what a reader is shown, at given priors."""

    def __init__(self, game: TrustGame, evaluation: RoadmapEvaluation, measures: Sequence[str], priors: Priors) -> None:
        self.game, self.evaluation, self.measures, self.priors = game, evaluation, measures, priors
        self.parties = evaluation.parties

    def _exit(self, party: int, plan: tuple[int, int]) -> ExitPlan:
        number, manner = plan
        stage = self.game.stages[number]
        own = stage.manners[party]
        return ExitPlan(
            party=self.parties[party],
            stage=min(number + 1, len(self.evaluation.stages)),
            check=own.check[manner],
            withhold=tuple(self.measures[column] for column in np.flatnonzero(own.withheld[manner]).tolist()),
            undo=tuple(self.measures[column] for column in np.flatnonzero(own.undone[manner]).tolist()),
            leave=bool(own.leaves[manner]),
            noticed_after=stage.noticed_after(party, manner),
        )

    def profile(self, profile: Profile) -> ProfileView:
        """Show one profile of plans."""
        prospects = [self.game.prospect(party, profile, self.priors) for party in range(len(self.parties))]
        given = self.priors.given
        views = []
        reached = 1.0
        for number in range(len(self.game.stages)):
            exits = [(party, plan) for party, plan in enumerate(profile) if plan is not None and plan[0] == number]
            shown = tuple(self._exit(party, plan) for party, plan in exits)
            views.append(
                StageView(
                    stage=min(number + 1, len(self.evaluation.stages)),
                    is_end=number == self.game.last,
                    exits=shown,
                    informative=any(0.0 < given[party] < 1.0 for party, _ in exits),
                    known_after=max((exit_.noticed_after for exit_ in shown), default=None),
                    reached=reached,
                    beliefs={
                        name: 1.0 if _is_before(profile[party], number) else float(given[party])
                        for party, name in enumerate(self.parties)
                    },
                    steps={
                        name: stage_step(self.game, party, number, prospects[party])
                        for party, name in enumerate(self.parties)
                    },
                )
            )
            reached *= float(np.prod([given[party] for party, _ in exits]))
        return ProfileView(
            stages=tuple(views),
            parties={name: self._party(party, prospects[party]) for party, name in enumerate(self.parties)},
            completion=reached,
        )

    def _party(self, party: int, prospect: Prospect) -> PartyView:
        stops_at = None
        for number, (stage, ways, follow) in enumerate(
            zip(self.game.stages, prospect.exits, prospect.follow, strict=True)
        ):
            leaving = ways[stage.manners[party].leaves, 0]
            if (follow[0] < leaving - HOLDS).any():
                stops_at = min(number + 1, len(self.evaluation.stages))
                break
        return PartyView(
            reliable=Priors.number(prospect.follow[0]),
            opportunist=Priors.number(prospect.best(0)),
            never=Priors.number(prospect.exits[0][0]),
            goes_ahead=bool((going_ahead(self.game, party, prospect, exploiting=False)[:, 0] >= -HOLDS).all()),
            stops_at=stops_at,
        )


def _is_before(plan: Plan, stage: int) -> bool:
    return plan is not None and plan[0] < stage


def _thresholds(game: TrustGame, parties: Sequence[str]) -> Iterator[StageThreshold]:
    everybody = Priors([1.0] * game.n_parties)
    prospects = [game.prospect(party, game.trusting(), everybody) for party in range(game.n_parties)]
    for number, stage in enumerate(game.stages[:-1]):
        taken = stage.state & ~stage.start
        for party, name in enumerate(parties):
            if (stage.system.owns[party] & taken).any():
                reward = Priors.number(prospects[party].follow[number])
                yield StageThreshold(stage=number + 1, party=name, payoffs=stage_payoffs(stage, party, reward))


def assess_trust(
    case: Case,
    roadmap: RoadmapLike,
    *,
    prior: float = DEFAULT_PRIOR,
    priors: Mapping[str, float] | None = None,
    durations: Sequence[int] | None = None,
    reading: str | None = None,
    progress: Progress | None = None,
) -> TrustAssessment:
    """Tell how trust develops along a roadmap: who would cheat when, and how much trust has to be there first.

    Experimental: a call emits an `ExperimentalWarning`.

    Parameters
    ----------
    case : Case
        The case.
    roadmap : str, Roadmap or list of lists of measure ids
        A roadmap of the case by id, or any other.
    prior : float
        How likely every party is thought to be reliable, in [0, 1].
    priors : mapping from party to float, optional
        The same for some parties, in place of `prior`.
    durations : sequence of int, optional
        Periods of each stage.
    reading : str, optional
        The reading to see the case by; the base case unless given.
    progress : callable, optional
        Told how far it is; may raise `Cancelled`, and then only the count of equilibria may be missing.

    Returns
    -------
    TrustAssessment
        Thresholds of every stage, and for either expectation the plans, beliefs, values, caps and least priors.

    Raises
    ------
    OptionError
        If the roadmap, the reading or a party is unknown, or a prior is no probability.
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.
    LimitError
        If a party could withhold or undo too many measures at once.
    Cancelled
        If `progress` raised it before there was an answer.

    Notes
    -----
    Equilibria in pure exit plans, all plans enumerated; where best replies only run in a circle, the circle (T10–T12).

    References
    ----------
    T1–T20 of trust over time; [kydd2005]_ (thresholds), [watson1999]_ and [watson2002]_ (starting small).
    """
    warnings.warn(IS_EXPERIMENTAL, ExperimentalWarning, stacklevel=2)
    started = time.perf_counter()
    read = case.under(reading)
    evaluation = evaluate_path(read, resolve_roadmap(read, roadmap), durations=durations, reading=reading)
    given = check_priors(evaluation.parties, prior, priors or {})
    reporter = Reporter(progress)
    reporter.report("listing exit plans")
    game = make_game(evaluation.values, reporter)
    known = Priors(list(given.values()))
    taken = {measure for stage in evaluation.stages for measure in stage}
    measures = [measure.id for measure in read.measures if measure.id in taken]
    viewer = _Viewer(game, evaluation, measures, known)
    outcomes = []
    for expectation in EXPECTATIONS:
        is_trusting = expectation == "trust"
        settled = game.settle(game.trusting() if is_trusting else game.mistrusting(), known)
        least = least_priors(game, trusting=is_trusting)
        outcomes.append(
            TrustOutcome(
                expectation=expectation,
                profiles=tuple(viewer.profile(profile) for profile in settled.profiles),
                least_prior=least.carried,
                least_priors=dict(zip(evaluation.parties, least.leaving, strict=True)),
                exploiting_priors=dict(zip(evaluation.parties, least.exploiting, strict=True)),
            )
        )
    status = Status.ANSWERED
    found = None
    try:
        found = game.equilibria(known, MOST_PROFILES)
    except Cancelled:
        status = Status.STOPPED
    return TrustAssessment(
        status=status,
        method="pure exit plans of opportunists, best replies from mistrust and from trust (trust over time, T1–T20)",
        parameters={"roadmap": evaluation.id, "priors": given},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - started),
        references=REFERENCES,
        evaluation=evaluation,
        priors=given,
        thresholds=tuple(_thresholds(game, evaluation.parties)),
        outcomes=tuple(outcomes),
        equilibria=None if found is None else len(found),
        case=read,
    )
