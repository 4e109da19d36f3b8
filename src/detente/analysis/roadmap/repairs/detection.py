"""Earlier detection: how soon a lapse must be noticed for a roadmap to hold (§5–6 and §8 of the model).

A shorter lag leaves a deviator less time with its gain, and, where the roadmap does not state them, makes the stages
that wait for verification shorter.  Neither needs make every margin wider, so every whole lag is tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.repair import (
    Edit,
    NoRepair,
    Repair,
    RepairKind,
    make_repair,
    repaired_case,
    with_measure,
)
from detente.analysis.roadmap.repairs.trials import (
    MOST_TOLD,
    MOST_TRIALS,
    Trials,
    chain_of,
    name_of,
    others_would_do,
    periods,
    scaled,
    unit_of,
    worst_after,
)
from detente.analysis.words import join_words
from detente.case import Case, Measure, point
from detente.game import build_game
from detente.kernel.retiming import Timetable, all_hold
from detente.kernel.roadmap import RoadmapValues
from detente.kernel.system import IntArray, System
from detente.kernel.verdict import Parts
from detente.progress import Progress

LARGEST_SET = 3
"""Measures in the largest sets of which every one is tried."""


def longest_lag(parts: Parts, discount: float) -> float:
    """Return the lag at which the margin of a deviation is zero, where margins have parts and stages keep their length.

    Parameters
    ----------
    parts : Parts
        F, G, H and C of §6: the margin is F + δ^L·H − G − C.
    discount : float
        δ, in (0, 1).

    Returns
    -------
    float
        L_max in periods: the deviation pays if it is noticed later.  Infinite if it pays at no lag above some, negative
        if it pays even if it is noticed at once.

    Notes
    -----
    L_max = ln((G + C − F)/H)/ln δ (§8).

    Examples
    --------
    >>> round(longest_lag(Parts(F=0.0, G=4.0, H=10.0, C=0.0), 0.4 ** (1 / 8)), 9)
    8.0
    """
    gained = parts.G + parts.C - parts.F
    if gained <= 0.0:
        return math.inf
    return -math.inf if parts.H <= 0.0 else math.log(gained / parts.H) / math.log(discount)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """Measures whose lapse could be noticed sooner, as one: a measure, or the levels of a graded one."""

    chain: tuple[Measure, ...]
    columns: tuple[int, ...]
    lag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A way to notice lapses sooner: by their own lags, or by what a measure that verifies grants."""

    verifier: tuple[Measure, ...]
    watched: tuple[_Watched, ...]


class _Lags:
    """Margins of a roadmap when some lapses are noticed within other lags, in one way."""

    def __init__(self, evaluation: RoadmapEvaluation, way: _Way) -> None:
        view = evaluation.case
        self._game = build_game(view, [m for stage in evaluation.stages for m in stage])
        self._way = way
        self._columns = [self._game.column(m.id) for m in way.verifier if m.id in self._game.measures]
        base = self._game.system
        self._is_stated = view.roadmap(evaluation.id).durations is not None
        self._durations = np.array(evaluation.durations, dtype=np.int64)
        # A grant of the lag that there is changes nothing, but links what verification will link.
        everything = self._lagged(base, way.watched, None)
        stages = np.array([self._game.state(stage) for stage in evaluation.stages])
        self._timetable = Timetable(RoadmapValues(everything, stages, self._durations))

    def _lagged(self, system: System, watched: Iterable[_Watched], most: int | None) -> System:
        lag, granted = system.lag.copy(), system.granted_lag.copy()
        for one in watched:
            columns = list(one.columns)
            limit = lag[columns] if most is None else np.minimum(lag[columns], most)
            if self._columns:
                for verifier in self._columns:
                    granted[verifier, columns] = np.minimum(granted[verifier, columns], limit)
            else:
                lag[columns] = limit
        return replace(system, lag=lag, granted_lag=granted)

    def hold(self, watched: Sequence[_Watched], most: int) -> bool:
        """Tell whether the roadmap holds if a lapse of these is noticed within `most` periods."""
        system = self._lagged(self._timetable.system, watched, most)
        durations: IntArray = self._durations if self._is_stated else self._timetable.least_durations(system)
        return all_hold(self._timetable.margins(durations, system))


def _edit(way: _Way, watched: Iterable[_Watched], most: int) -> Edit:
    """Write lags into a case: own ones, or those that the verifier grants."""
    chosen = [measure.id for one in watched for measure in one.chain]

    def edit(case: Case) -> Case:
        if way.verifier:
            for verifier in way.verifier:
                now = case.measure(verifier.id)
                granted = {**now.verifies, **{m: min(most, now.verifies.get(m, most)) for m in chosen}}
                case = with_measure(case, replace(now, verifies=granted))
            return case
        for measure in chosen:
            now = case.measure(measure)
            case = with_measure(case, replace(now, detection_lag=min(most, now.detection_lag)))
        return case

    return edit


def _watched(evaluation: RoadmapEvaluation, verifier: Sequence[Measure]) -> tuple[_Watched, ...]:
    """Return what is in the roadmap and whose lapse takes more than a period to be noticed."""
    view = evaluation.case
    game = build_game(view, [m for stage in evaluation.stages for m in stage])
    system = game.system
    by_chain: dict[str, list[int]] = {}
    for column, measure in enumerate(game.measures):
        by_chain.setdefault(chain_of(view, measure)[0].id, []).append(column)
    verifying = [game.column(m.id) for m in verifier if m.id in game.measures]
    shortest = np.minimum(system.lag, system.granted_lag[verifying].min(axis=0)) if verifying else system.lag
    found = []
    for first, columns in by_chain.items():
        chain = chain_of(view, first)
        lag = int(shortest[columns].max())
        if lag > 1 and not any(m.id == v.id for m in chain for v in verifier):
            found.append(_Watched(chain=chain, columns=tuple(columns), lag=lag))
    return tuple(found)


def _ways(evaluation: RoadmapEvaluation) -> Iterator[_Way]:
    """Yield the measures' own lags, then every measure that verifies something and is in force in the roadmap."""
    view = evaluation.case
    yield _Way(verifier=(), watched=_watched(evaluation, ()))
    in_force = {*view.status_quo, *(m for stage in evaluation.stages for m in stage)}
    seen: set[str] = set()
    for measure in view.measures:
        chain = chain_of(view, measure.id)
        if measure.verifies and measure.id in in_force and chain[0].id not in seen:
            seen.add(chain[0].id)
            yield _Way(verifier=chain, watched=_watched(evaluation, chain))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    watched: tuple[_Watched, ...]
    most: int
    notes: tuple[str, ...] = ()


def _longest(lags: _Lags, watched: tuple[_Watched, ...], trials: Trials) -> int | None:
    """Return the longest lag for some lapses, shorter than each has, at which the roadmap holds; None if none does."""
    for most in range(min(one.lag for one in watched) - 1, 0, -1):
        if trials.are_spent:
            return None
        trials.spend()
        if lags.hold(watched, most):
            return most
    return None


def _search(lags: _Lags, way: _Way, trials: Trials) -> tuple[list[_Found], int]:
    """Return the smallest sets that mend the roadmap with their longest lags, and up to which size all were tried."""
    tried = 0
    for size in range(1, min(LARGEST_SET, len(way.watched)) + 1):
        found = []
        for watched in combinations(way.watched, size):
            most = _longest(lags, watched, trials)
            if most is not None:
                found.append(_Found(watched=watched, most=most))
        if found:
            return found, size
        if trials.are_spent:
            break
        tried = size
    return _reduced(lags, way, tried), tried


def _reduced(lags: _Lags, way: _Way, tried: int) -> list[_Found]:
    """Return a larger set that mends the roadmap and of which nothing can be spared, if all together do."""
    longest = max((one.lag for one in way.watched), default=1) - 1
    if len(way.watched) <= tried:
        return []
    for most in range(longest, 0, -1):
        kept = [one for one in way.watched if one.lag > most]
        if not lags.hold(kept, most):
            continue
        for one in list(kept):
            rest = [other for other in kept if other is not one]
            if rest and lags.hold(rest, most):
                kept = rest
        sizes = f"No set of up to {tried} measures does." if tried else "Smaller sets were not all tried."
        note = f"{sizes} Of this set nothing can be left out; another one may have fewer measures."
        return [_Found(watched=tuple(kept), most=most, notes=(note,))]
    return []


def find_detection(
    case: Case, evaluation: RoadmapEvaluation, *, progress: Progress | None = None, most_trials: int = MOST_TRIALS
) -> Iterator[Repair | NoRepair]:
    """Find the longest detection lags at which a roadmap holds.

    Yields one repair for each measure whose lapse, noticed sooner, mends the roadmap alone; where there is none, the
    smallest sets that do with one lag for all of the set.  First by the measures' own lags, then by what each
    measure that verifies something already could grant.

    Parameters
    ----------
    case, evaluation, progress
        See `detente.analysis.roadmap.repairs.repair.Finder`.
    most_trials : int
        Timings tried at most for each way.

    Notes
    -----
    Every whole lag is tried from the longest down, for all sets of up to `LARGEST_SET` measures; a margin need not be
    monotone in a lag.  Amounts are the longest lag, in periods.
    """
    ways = [way for way in _ways(evaluation) if way.watched]
    view = evaluation.case
    if not ways:
        reason = f"Every lapse is noticed within {periods(view, 1)} already."
        yield NoRepair(kind=RepairKind.DETECTION, reason=reason)
        return
    any_found = False
    for number, way in enumerate(ways):
        trials = Trials(
            most_trials, "trying detection lags", scaled(progress, number / len(ways), (number + 1) / len(ways))
        )
        lags = _Lags(evaluation, way)
        found, _ = _search(lags, way, trials)
        any_found |= bool(found)
        chosen = sorted(found, key=lambda one: -one.most)
        is_single = all(len(one.watched) == 1 for one in chosen)
        for one in chosen if is_single else chosen[:MOST_TOLD]:
            notes = () if is_single else others_would_do(len(chosen), f"sets of {len(one.watched)} measures")
            yield _repair(case, evaluation, way, replace(one, notes=(*one.notes, *notes)))
    if not any_found:
        yield NoRepair(kind=RepairKind.DETECTION, reason=_why_not(evaluation, ways))


def _repair(case: Case, evaluation: RoadmapEvaluation, way: _Way, found: _Found) -> Repair:
    view = evaluation.case
    within = periods(view, found.most)
    names = [f"{name_of(one.chain)} (now {periods(view, one.lag)})" for one in found.watched]
    what = join_words(names, last="or")
    if len(found.watched) == 1:
        [one] = found.watched
        text = f"a lapse of {name_of(one.chain)} is noticed within {within} instead of {periods(view, one.lag)}"
    else:
        text = f"a lapse of {what} is noticed within {within}"
    summary = f"By {name_of(way.verifier)}, {text}." if way.verifier else f"{text[:1].upper()}{text[1:]}."
    repaired = repaired_case(case, evaluation.reading, _edit(way, found.watched, found.most))
    repair = make_repair(
        case,
        evaluation,
        repaired,
        kind=RepairKind.DETECTION,
        amount=float(found.most),
        unit=unit_of(view),
        summary=summary,
        notes=found.notes,
    )
    return replace(repair, notes=(*repair.notes, *_notes(evaluation, repair, found.most)))


def _notes(before: RoadmapEvaluation, repair: Repair, most: int) -> Iterator[str]:
    view, after = before.case, repair.evaluation
    if after.durations != before.durations:
        was, now = sum(before.durations), sum(after.durations)
        yield f"Verification being sooner, the roadmap takes {periods(view, now)} instead of {was}."
    row = after.critical
    if row.parts is None or row.noticed_after != most or view.roadmap(before.id).durations is None:
        return
    limit = longest_lag(row.parts, point(view.party(row.party).discount or 0.0))
    if most <= limit < math.inf:
        yield f"At the check that is tightest then, the margin is zero at a lag of {limit:.4g} {unit_of(view)}."


def _why_not(evaluation: RoadmapEvaluation, ways: Sequence[_Way]) -> str:
    view = evaluation.case

    def at_once(case: Case) -> Case:
        for way in ways:
            case = _edit(way, way.watched, 1)(case)
        return case

    return f"Even if every lapse were noticed within {periods(view, 1)}: {worst_after(evaluation, at_once)}"
