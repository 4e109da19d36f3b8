"""The roadmap to a goal that asks for the least prior trust (T21 of trust over time; experimental)."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.roadmap.evaluating import evaluate_path
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.explanation import describe_row
from detente.analysis.roadmap.goals import (
    BEST,
    forbidden_patterns,
    goal_order,
    goal_problems,
    resolve_goal,
    takeable_measures,
)
from detente.analysis.roadmap.trust_building import IS_EXPERIMENTAL, REFERENCES
from detente.analysis.roadmap.trust_words import format_prior
from detente.analysis.words import quote_measures
from detente.case import Case, Direction, Roadmap
from detente.display.prose import count_noun
from detente.errors import ExperimentalWarning, LimitError, OptionError
from detente.game import Game, build_game
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from detente.kernel.stage_orders import Stages

TRUST_BUILDING = "trust-building"
"""The word of this objective."""

MOST_MEASURES = 64
"""Measures that a state can hold as a mask."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TrustDesign(Result):
    """The roadmap that asks for the least prior trust, or why there is none.

    Parameters
    ----------
    goal : tuple of str
        The measures to be in force at the end, beside the status quo.
    stages, durations
        The roadmap; empty where there is none.
    value : float or None
        The least common prior from which on it is carried, whatever opportunists expect of each other.
    trusting : float or None
        The same if everybody starts from good faith.
    bound : float or None
        What no roadmap betters: the value if every one was tried, else 0.
    tried : int
        Roadmaps that were tried.
    total : int or None
        Roadmaps that there are; None if too many to list.
    missing : tuple of str
        What makes the goal itself impossible, as sentences.
    evaluation : RoadmapEvaluation or None
        The ordinary verdict on the roadmap, which need not hold.
    """

    goal: tuple[str, ...]
    stages: tuple[tuple[str, ...], ...] = ()
    durations: tuple[int, ...] = ()
    value: float | None = None
    trusting: float | None = None
    bound: float | None = None
    tried: int = 0
    total: int | None = None
    missing: tuple[str, ...] = ()
    evaluation: RoadmapEvaluation | None = None
    case: Case = field(repr=False)

    def _body(self) -> dict[str, object]:
        return {
            "experimental": True,
            "objective": TRUST_BUILDING,
            "goal": " and ".join(self.goal),
            "status": self.status.value,
            "stages": [list(stage) for stage in self.stages],
            "durations": list(self.durations),
            "value": self.value,
            "trusting": self.trusting,
            "bound": self.bound,
            "tried": self.tried,
            "total": self.total,
            "conflict": None,
            "missing": list(self.missing),
            "evaluation": None if self.evaluation is None else self.evaluation.to_dict(),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage: when it starts, how long it takes, its measures, its least margin and trust."""
        import pandas as pd

        margins = self.evaluation.stage_margins() if self.evaluation else ()
        trust = self.evaluation.trust_profile() if self.evaluation else ()
        starts = np.concatenate([[0], np.cumsum(self.durations, dtype=np.int64)]).tolist()
        return pd.DataFrame(
            {
                "stage": range(1, len(self.stages) + 1),
                "start": starts[: len(self.stages)],
                "duration": list(self.durations),
                "measures": [" ".join(stage) for stage in self.stages],
                "margin": list(margins),
                "trust": list(trust),
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage of the roadmap found."""
        from detente.display import charts

        margins = self.evaluation.stage_margins() if self.evaluation else ()
        return charts.draw_margins({"least prior trust": margins}, ax=ax)

    def explain(self) -> Explanation:
        """Say what was found, how sure that is, and whether it also holds against opportunists."""
        return Explanation(sentences=tuple(_explain(self)))


def _explain(design: TrustDesign) -> Iterator[Sentence]:
    case, entry = design.case, design.evaluation
    if design.missing:
        yield Sentence(text=f"No roadmap leads to the goal: {'; '.join(design.missing)}.")
        return
    tried = count_noun(design.tried, "order of stages", "orders of stages")
    if entry is None or design.value is None:
        if design.status is Status.NONE:
            yield Sentence(
                text=f"No prior trust is enough for any roadmap to the goal: among {tried} there is none in which "
                "every party would rather go ahead than leave openly if certain that all others are reliable."
            )
        else:
            yield Sentence(text=f"Of {tried} tried, none is carried at any prior; others may be.")
        return
    if design.status is Status.OPTIMAL:
        sure = f"proven: all {tried} were tried" if design.tried != 1 else "there is no other order of stages"
    elif design.total is None:
        sure = f"the best of {tried} tried by local search; others may ask for less"
    else:
        sure = f"stopped: the best of {design.tried} of {design.total} orders of stages; others may ask for less"
    stages = count_noun(len(design.stages), "stage")
    need = (
        "needs no prior trust"
        if design.value <= 0.0
        else f"needs each party to be thought reliable with a probability of at least {format_prior(design.value)}"
    )
    yield Sentence(text=f"The roadmap that asks for the least prior trust has {stages} and {need} ({sure}).")
    for number, stage in enumerate(design.stages, start=1):
        yield Sentence(text=f"Stage {number}: {quote_measures(case, stage)}.", measures=stage, stage=number)
    if entry.holds:
        yield Sentence(text="It also holds: starting from good faith, even opportunists carry it.")
        return
    if design.trusting is not None and design.trusting < design.value:
        yield Sentence(text=f"If everybody starts from good faith, {format_prior(design.trusting)} is enough.")
    yield Sentence(text="It does not hold against opportunists: it rests on there being reliable parties.")
    critical = entry.critical
    yield Sentence(text=describe_row(entry, critical), parties=(critical.party,), stage=critical.stage)


def _table(case: Case, at_table: str | Sequence[str] | None) -> tuple[str, ...]:
    known = tuple(party.id for party in case.parties)
    if at_table is None:
        return known
    if isinstance(at_table, str):
        for format_ in case.formats:
            if format_.id == at_table:
                return tuple(party for party in known if party in format_.parties)
        formats = ", ".join(format_.id for format_ in case.formats) or "none"
        raise OptionError(f"unknown format '{at_table}' (the case has: {formats})")
    for party in at_table:
        if party not in known:
            raise OptionError(f"unknown party '{party}' at the table (the case has: {', '.join(known)})")
    return tuple(party for party in known if party in at_table)


def _case_roadmaps(case: Case, game: Game) -> Iterable[Stages]:
    """The case's own roadmaps as masks, for a search to begin from; it looks itself whether they are legal."""
    column = {measure: index for index, measure in enumerate(game.measures)}
    for roadmap in case.roadmaps:
        if all(measure in column for stage in roadmap.stages for measure in stage):
            yield tuple(sum(1 << column[measure] for measure in set(stage)) for stage in roadmap.stages)


def design_trust_building(
    case: Case,
    *,
    goal: str | Sequence[str] | None = None,
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    max_duration: int | None = None,
    together: Sequence[Sequence[str]] = (),
    before: Sequence[tuple[str, str]] = (),
    at_table: str | Sequence[str] | None = None,
    reading: str | None = None,
    progress: Progress | None = None,
) -> TrustDesign:
    """Find the roadmap to a goal that asks for the least prior trust, holding or not.

    Experimental: a call emits an `ExperimentalWarning`.

    Parameters
    ----------
    case : Case
        The case.
    goal : measure ids, or ids joined by " and ", optional
        What is to be in force at the end; every measure outside the status quo unless given.
    max_stages, max_per_stage, max_duration : int, optional
        Limits: stages, measures per stage, periods in all.
    together : sequence of sets of measures
        Measures that are taken in one stage or not at all.
    before : sequence of pairs
        (earlier, later): the later one comes only in a later stage.
    at_table : str or sequence of party ids, optional
        A format of the case, or parties: only these decide, and only what they can take is available (§10).
    reading : str, optional
        The reading to design under; the base case unless given.
    progress : callable, optional
        Told how far it is; may raise `Cancelled`, and the best found so far is returned.

    Returns
    -------
    TrustDesign
        *optimal* if every legal order of stages was tried, *none* if none of them is carried at any prior, else
        *stopped*: the best found by local search, or until it was cancelled.

    Raises
    ------
    OptionError
        If an option is wrong.
    CaseError
        If parties lack what roadmaps need.
    LimitError
        If there are more than 64 measures.

    References
    ----------
    T21 of trust over time; [watson2002]_ (starting small).
    """
    warnings.warn(IS_EXPERIMENTAL, ExperimentalWarning, stacklevel=2)
    started = time.perf_counter()
    read = case.under(reading)
    limits = (("max_stages", max_stages), ("max_per_stage", max_per_stage), ("max_duration", max_duration))
    for name, limit in limits:
        if limit is not None and limit < 1:
            raise OptionError(f"{name} must be at least 1, got {limit}")
    if goal == BEST:
        raise OptionError(
            f"goal 'best' needs objective nash or margin; with '{TRUST_BUILDING}' doing nothing would win"
        )
    parties = _table(read, at_table)
    takeable = [measure.id for measure in takeable_measures(read, parties)]
    everything = [measure.id for measure in read.measures if measure.direction is not Direction.BACKWARD]
    wanted = resolve_goal(read, goal, everything if at_table is None else takeable)
    assert wanted is not None, "'best' is refused above"
    strangers = [
        measure
        for measure in dict.fromkeys(measure for group in (*together, *before) for measure in group)
        if measure not in wanted and measure not in read.status_quo
    ]
    if strangers:
        names = ", ".join(f"'{measure}'" for measure in strangers)
        raise OptionError(f"--together or --before names {names}, which the goal does not contain")
    parameters: dict[str, object] = {
        "objective": TRUST_BUILDING,
        "goal": " and ".join(wanted),
        **{name: limit for name, limit in limits if limit is not None},
    }
    if together:
        parameters["together"] = [list(group) for group in together]
    if before:
        parameters["before"] = [list(pair) for pair in before]
    if at_table is not None:
        parameters["at_table"] = at_table if isinstance(at_table, str) else list(parties)

    def finish(status: Status, **found: object) -> TrustDesign:
        return TrustDesign(
            status=status,
            method="every order of stages tried, or local search (trust over time, T21)",
            parameters=parameters,
            provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - started),
            references=REFERENCES,
            goal=wanted,
            case=read,
            **found,  # type: ignore[arg-type]  # one of a few sets of fields of TrustDesign
        )

    problems = goal_problems(read, wanted, None if at_table is None else parties)
    if problems:
        return finish(Status.NONE, missing=tuple(problems))
    if len(wanted) > MOST_MEASURES:
        raise LimitError(
            f"{len(wanted)} measures vary, and a design can hold {MOST_MEASURES}: leave some out of --goal"
        )
    game = build_game(read, wanted, parties=parties)
    # What follows loads compiled code, which everything else does without.
    from detente.kernel.stage_orders import StageOrders
    from detente.kernel.trust_search import TrustSearch

    order = goal_order(game, together, before)
    if order is None:
        return finish(Status.NONE, missing=("what must come before what forms a cycle",))
    orders = StageOrders(order, forbidden_patterns(game), max_per_stage=max_per_stage, max_stages=max_stages)
    if not orders.is_feasible(0):
        return finish(Status.NONE, missing=("the status quo is infeasible",))
    search = TrustSearch(game.system, orders, max_length=max_duration, reporter=Reporter(progress))
    found = search.run(_case_roadmaps(read, game))
    if found.stages is None:
        if found.proven and not found.any_legal:
            return finish(Status.NONE, missing=("no order of stages leads to it within what is allowed",))
        status = Status.NONE if found.proven else Status.STOPPED
        return finish(status, tried=found.tried, total=found.total)
    stages = tuple(
        tuple(measure for column, measure in enumerate(game.measures) if mask >> column & 1) for mask in found.stages
    )
    roadmap = Roadmap(id="design", name="least prior trust", stages=stages)
    evaluation = evaluate_path(read, roadmap, reading=reading, parties=parties)
    return finish(
        Status.OPTIMAL if found.proven else Status.STOPPED,
        stages=stages,
        durations=evaluation.durations,
        value=found.prior,
        trusting=found.trusting,
        bound=found.prior if found.proven else 0.0,
        tried=found.tried,
        total=found.total,
        evaluation=evaluation,
    )
