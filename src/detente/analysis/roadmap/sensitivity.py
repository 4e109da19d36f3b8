"""How verdicts depend on hazards, on readings and on single numbers (§6, §11 of the model)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.analysis.roadmap.evaluation import EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.influences import place_of, varying_measures
from detente.analysis.roadmap.numbers import CaseNumber, case_numbers
from detente.case import Case, Range, Roadmap
from detente.casefile import change_case
from detente.errors import CaseError, OptionError
from detente.game import Game, build_game, is_stated
from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS, TIES, RoadmapValues, least_durations, stage_states
from detente.kernel.streams import Path, margin_against
from detente.kernel.system import FloatArray, IntArray
from detente.progress import Progress, Reporter

MULTIPLES = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Hazards that verdicts are shown at, as multiples of the case's own."""

PLAIN_HAZARDS = (0.0, 0.005, 0.01, 0.02, 0.05)
"""Hazards that verdicts are shown at if the case's own is zero."""

HIGHEST_HAZARD = 0.95
"""No hazard shown is above this: hardly any process would last a period."""

MOST_MOVES = 2000
"""Verdicts judged anew, at most, when single numbers are moved: beyond this the answer would take minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a roadmap holds, and its critical check.

    Parameters
    ----------
    margin : float
        Least flow-equivalent margin of all checks.
    party, stage, check
        Where that is.
    """

    holds: bool
    margin: float = field(metadata={"unit": "own value units per period"})
    party: str
    stage: int
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardVerdict:
    """The verdict at one chance of an outside breakdown; `multiple` of the case's own, None if that is zero."""

    hazard: float = field(metadata={"unit": "probability per period"})
    multiple: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDifference:
    """A roadmap whose verdict or critical party differs between a reading and the base case.

    Parameters
    ----------
    base, read : Verdict
        In the base case and under the reading.
    alone : tuple of str
        Places of the reading's settings each of which, alone, brings the difference about.
    together : tuple of str
        If none does alone: settings that do together, none of which can be left out; others may do too.
    """

    reading: str
    roadmap: str
    base: Verdict
    read: Verdict
    alone: tuple[str, ...]
    together: tuple[str, ...]

    @property
    def flips(self) -> bool:
        """Whether the verdict differs, not only the critical party."""
        return self.base.holds is not self.read.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeFlip:
    """A number that, moved to one end of its range, changes a verdict.

    Parameters
    ----------
    value : float
        The end of the range.
    base, moved : Verdict
        With the most likely value and with the end.
    """

    number: CaseNumber
    roadmap: str
    value: float
    base: Verdict
    moved: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class UnstatedValue:
    """Measures about whose value to a party the case says nothing, so that it counts as 0 (§3)."""

    party: str
    measures: tuple[str, ...]


def bare_case(case: Case) -> Case:
    """Return a case without readings and evidence, which what-ifs about its verdicts do not need."""
    return replace(case, readings=(), reading_cases={}, claims=(), documents=(), assumptions=(), notes=())


def _durations(game: Game, roadmap: Roadmap, states: np.ndarray) -> IntArray | None:
    least = least_durations(game.system, states)
    if roadmap.durations is None:
        return least
    given = np.array(roadmap.durations, dtype=np.int64)
    return given if (given >= least).all() else None


def _row_margins(values: RoadmapValues, hazards: FloatArray) -> FloatArray:
    """Flow-equivalent margins of all rows, shape (n_rows, H)."""
    margins = values.comply_values(hazards) - values.best_deviations(hazards)
    patience = np.array([1.0 - values.system.discount[row.party] for row in values.deviations.rows])
    return np.asarray(margins * patience[:, None])


def _verdict(values: RoadmapValues, parties: Sequence[str], flows: FloatArray) -> Verdict:
    rows = values.deviations.rows
    patience = np.array([1.0 - values.system.discount[row.party] for row in rows])
    critical = rows[int(np.argmax(flows <= flows.min() + TIES))]
    return Verdict(
        holds=bool((flows >= -HOLDS * patience).all()),
        margin=float(flows.min()),
        party=parties[critical.party],
        stage=critical.stage + 1,
        check=critical.check,
    )


def verdict_of(evaluation: RoadmapEvaluation) -> Verdict:
    """Return the verdict of an evaluation."""
    row = evaluation.critical
    return Verdict(holds=evaluation.holds, margin=row.flow_margin, party=row.party, stage=row.stage, check=row.check)


def judge(case: Case, roadmap: Roadmap, *, unless: EvaluationRow | None = None) -> Verdict | None:
    """Return the verdict on a roadmap, and nothing else about it.

    Parameters
    ----------
    unless : EvaluationRow, optional
        A temptation: if it still tempts, None is returned at once, since the roadmap then fails as well.

    Returns
    -------
    Verdict or None
        None also if the roadmap's own durations are too short to verify everything.
    """
    game = build_game(case, [measure for stage in roadmap.stages for measure in stage])
    stages = np.array([game.state(stage) for stage in roadmap.stages])
    states = stage_states(stages)
    durations = _durations(game, roadmap, states)
    if durations is None:
        return None
    if unless is not None:
        path = Path(system=game.system, stages=stages, states=states, durations=durations)
        if margin_against(path, *place_of(unless, game.parties, game.measures)) < -HOLDS:
            return None
    values = RoadmapValues(game.system, stages, durations)
    return _verdict(values, game.parties, _row_margins(values, np.array([game.system.hazard]))[:, 0])


def hazard_range(own: float) -> tuple[tuple[float, float | None], ...]:
    """Return the hazards that verdicts are shown at, rising, each with its multiple of the case's own."""
    if own <= 0.0:
        return tuple((hazard, None) for hazard in PLAIN_HAZARDS)
    return tuple((own * multiple, multiple) for multiple in MULTIPLES if own * multiple <= HIGHEST_HAZARD)


def hazard_verdicts(evaluation: RoadmapEvaluation) -> tuple[HazardVerdict, ...]:
    """Return the verdicts on a roadmap over a range of chances of an outside breakdown.

    The total chance h is set in place of the case's own; which parties it comes from does not enter (§5).
    """
    wanted = hazard_range(evaluation.hazard)
    flows = _row_margins(evaluation.values, np.array([hazard for hazard, _ in wanted]))
    return tuple(
        HazardVerdict(
            hazard=hazard,
            multiple=multiple,
            verdict=_verdict(evaluation.values, evaluation.parties, flows[:, number]),
        )
        for number, (hazard, multiple) in enumerate(wanted)
    )


def margins_over_hazards(evaluation: RoadmapEvaluation, hazards: Sequence[float]) -> tuple[float, ...]:
    """Return the least flow-equivalent margin of all checks at each hazard."""
    flows = _row_margins(evaluation.values, np.array(hazards, dtype=np.float64))
    return tuple(float(margin) for margin in flows.min(axis=0))


def _judge_with(case: Case, settings: Mapping[str, object], roadmap: str) -> Verdict | None:
    try:
        changed = change_case(case, settings)
    except (CaseError, OptionError):
        return None
    return judge(changed, changed.roadmap(roadmap))


def _is_reached(verdict: Verdict | None, base: Verdict, read: Verdict) -> bool:
    """Tell whether a verdict differs from the base case's as the reading's does."""
    if verdict is None:
        return False
    if base.holds is not read.holds:
        return verdict.holds is read.holds
    return verdict.party == read.party


def _needed(case: Case, settings: Mapping[str, object], roadmap: str, base: Verdict, read: Verdict) -> tuple[str, ...]:
    """Leave out settings one by one as long as the difference stays."""
    kept = dict(settings)
    for place in settings:
        fewer = {other: value for other, value in kept.items() if other != place}
        if fewer and _is_reached(_judge_with(case, fewer, roadmap), base, read):
            kept = fewer
    return tuple(kept)


def reading_differences(
    case: Case, evaluations: Sequence[RoadmapEvaluation], *, progress: Progress | None = None
) -> tuple[ReadingDifference, ...]:
    """Tell which verdicts and critical parties differ between readings, and through which of their settings.

    Parameters
    ----------
    case : Case
        The case, with its readings.
    evaluations : sequence of RoadmapEvaluation
        Of roadmaps of the case, under the base case and under the readings to compare with it.

    Notes
    -----
    A verdict per setting and roadmap that differs, and as many again where no setting alone brings the difference
    about.
    """
    base = {entry.id: verdict_of(entry) for entry in evaluations if entry.reading is None}
    pairs = [
        (entry, base[entry.id], verdict_of(entry))
        for entry in evaluations
        if entry.reading is not None and entry.id in base
    ]
    differing = [pair for pair in pairs if pair[1].holds is not pair[2].holds or pair[1].party != pair[2].party]
    bare, reporter = bare_case(case), Reporter(progress)
    found = []
    for done, (entry, before, after) in enumerate(differing):
        reporter.report("comparing readings", fraction=done / len(differing))
        reading = next(r for r in case.readings if r.id == entry.reading)
        settings = reading.settings
        alone = tuple(
            place
            for place, value in settings.items()
            if _is_reached(_judge_with(bare, {place: value}, entry.id), before, after)
        )
        found.append(
            ReadingDifference(
                reading=reading.id,
                roadmap=entry.id,
                base=before,
                read=after,
                alone=alone,
                together=() if alone else _needed(bare, settings, entry.id, before, after),
            )
        )
    return tuple(found)


def _moves(case: Case) -> Iterator[tuple[CaseNumber, float]]:
    for number in case_numbers(case):
        quantity = number.quantity
        if isinstance(quantity, Range):
            for value in (quantity.low, quantity.high):
                if value != quantity.mode:
                    yield number, value


def range_flips(
    case: Case, evaluations: Sequence[RoadmapEvaluation], *, progress: Progress | None = None
) -> tuple[RangeFlip, ...] | None:
    """Tell which single numbers, moved to one end of their range, change a verdict of the base case.

    Parameters
    ----------
    evaluations : sequence of RoadmapEvaluation
        Of roadmaps of the case, in the base case.

    Returns
    -------
    tuple of RangeFlip or None
        In the order of the case's numbers; None if there are more than `MOST_MOVES` verdicts to judge.

    Notes
    -----
    A roadmap that fails is judged anew only where its critical temptation no longer tempts.
    """
    moves = list(_moves(case))
    if len(moves) * len(evaluations) > MOST_MOVES:
        return None
    bare, reporter = bare_case(case), Reporter(progress)
    found = []
    for done, (number, value) in enumerate(moves):
        reporter.report("moving single numbers", fraction=done / len(moves))
        changed = change_case(bare, {number.place: value})
        for entry in evaluations:
            before = verdict_of(entry)
            after = judge(changed, changed.roadmap(entry.id), unless=None if before.holds else entry.critical)
            if after is not None and after.holds is not before.holds:
                found.append(RangeFlip(number=number, roadmap=entry.id, value=value, base=before, moved=after))
    return tuple(found)


def unstated_values(case: Case) -> tuple[UnstatedValue, ...]:
    """Return, for each party, the measures whose value to it the case does not state, graded measures as one."""
    found = []
    for party in case.parties:
        unstated = [measure for measure in case.measures if not is_stated(measure, party.id)]
        ids = dict.fromkeys(measure.level.chain if measure.level else measure.id for measure in unstated)
        if ids:
            found.append(UnstatedValue(party=party.id, measures=tuple(ids)))
    return tuple(found)


__all__ = [
    "HazardVerdict",
    "RangeFlip",
    "ReadingDifference",
    "UnstatedValue",
    "Verdict",
    "hazard_verdicts",
    "judge",
    "margins_over_hazards",
    "range_flips",
    "reading_differences",
    "unstated_values",
    "varying_measures",
    "verdict_of",
]
