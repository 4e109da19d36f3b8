"""Leaving measures out: the fewest without which the rest of a roadmap holds (§8 of the model).

What requires a measure that is left out, or may come only after it, is left out with it; a stage with nothing left
falls away.  Who owns what, what it is worth and how soon its lapse is noticed stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.repair import (
    NoRepair,
    Repair,
    RepairKind,
    make_repair,
    repaired_case,
    with_stages,
)
from detente.analysis.roadmap.repairs.trials import MOST_TOLD, MOST_TRIALS, Trials, others_would_do
from detente.analysis.words import quote_measures
from detente.case import Case, stage_problems
from detente.game import build_game
from detente.kernel.restaging import Restaging
from detente.kernel.roadmap import HOLDS
from detente.progress import Progress

Stages = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """What is left of a roadmap without some measures."""

    dropped: frozenset[str]
    stages: Stages
    durations: tuple[int, ...] | None
    holds: bool
    margin: float


class _Drops:
    """Evaluates what is left of a roadmap without some of its measures."""

    def __init__(self, evaluation: RoadmapEvaluation, trials: Trials) -> None:
        self._view = evaluation.case
        self._stages = evaluation.stages
        self._stated = self._view.roadmap(evaluation.id).durations
        self.measures = tuple(measure for stage in evaluation.stages for measure in stage)
        self._game = build_game(self._view, self.measures)
        self._restaging = Restaging(self._game.system)
        self._trials = trials
        # Later measures of the roadmap that cannot do without an earlier one.
        self.dependents = {
            measure: [
                other.id
                for other in self._view.measures
                if other.id in self.measures and measure in (*other.requires, *other.after)
            ]
            for measure in self.measures
        }

    def rest(self, dropped: frozenset[str], *, only_holding: bool = False) -> _Rest | None:
        """Return what is left; None if that is nothing or illegal, or does not hold where only that is asked for."""
        kept = [(number, tuple(m for m in stage if m not in dropped)) for number, stage in enumerate(self._stages)]
        numbers = [number for number, stage in kept if stage]
        stages = tuple(stage for _, stage in kept if stage)
        if not stages or stage_problems(self._view, stages):
            return None
        self._trials.spend()
        arrays = np.array([self._game.state(stage) for stage in stages])
        stated = None if self._stated is None else np.array([self._stated[n] for n in numbers], dtype=np.int64)
        lengths = self._restaging.durations(arrays, stated)
        if only_holding and not self._restaging.holds(arrays, lengths):
            return None
        margins = self._restaging.margins(arrays, lengths)
        return _Rest(
            dropped=dropped,
            stages=stages,
            durations=None if stated is None else tuple(int(length) for length in lengths),
            holds=bool((margins >= -HOLDS).all()),
            margin=self._restaging.least_flow_margin(margins),
        )

    def closed(self, dropped: frozenset[str]) -> frozenset[str]:
        """Return measures with everything in the roadmap that cannot do without them."""
        found, todo = set(dropped), list(dropped)
        while todo:
            further = [other for other in self.dependents[todo.pop()] if other not in found]
            found.update(further)
            todo += further
        return frozenset(found)


def closed_sets(measures: Sequence[str], dependents: dict[str, list[str]], size: int) -> Iterator[frozenset[str]]:
    """Yield the sets of so many measures that hold, with a measure, everything that depends on it.

    Parameters
    ----------
    measures : sequence of str
        In an order in which nothing comes before what it depends on.
    dependents : mapping
        What directly depends on each measure.
    """

    def extended(chosen: tuple[str, ...], index: int) -> Iterator[frozenset[str]]:
        if len(chosen) == size:
            yield frozenset(chosen)
            return
        if len(chosen) + index < size:
            return
        # From the last measure back, so that what depends on one has been decided before it.
        measure = measures[index - 1]
        if all(other in chosen for other in dependents[measure]):
            yield from extended((*chosen, measure), index - 1)
        yield from extended(chosen, index - 1)

    yield from extended((), len(measures))


def _in_order(view: Case, measures: Sequence[str]) -> list[str]:
    """Return measures so that each comes after all that it requires or may only come after."""
    needs = {m: {x for x in (*view.measure(m).requires, *view.measure(m).after) if x in measures} for m in measures}
    ordered: list[str] = []
    left = list(measures)
    while left:
        first = next(m for m in left if needs[m] <= set(ordered))
        left.remove(first)
        ordered.append(first)
    return ordered


def _greedy(drops: _Drops) -> _Rest | None:
    """Return what is left when the measure whose loss helps most goes first, and then whatever can comes back."""
    dropped: frozenset[str] = frozenset()
    best: _Rest | None = None
    while best is None or not best.holds:
        options = {drops.closed(dropped | {m}) for m in drops.measures if m not in dropped}
        rests = [rest for rest in map(drops.rest, sorted(options, key=sorted)) if rest is not None]
        if not rests:
            return None
        best = max(rests, key=lambda rest: (rest.holds, rest.margin))
        dropped = best.dropped
    for measure in sorted(best.dropped):
        back = best.dropped - {measure}
        if back and drops.closed(back) == back:
            best = drops.rest(back, only_holding=True) or best
    return best


def find_drop(
    case: Case, evaluation: RoadmapEvaluation, *, progress: Progress | None = None, most_trials: int = MOST_TRIALS
) -> Iterator[Repair | NoRepair]:
    """Find the fewest measures without which the rest of a roadmap holds.

    Parameters
    ----------
    case, evaluation, progress
        See `detente.analysis.roadmap.repairs.repair.Finder`.
    most_trials : int
        Sets of measures tried at most; then the measure whose loss helps most goes first, which need not be the fewest.

    Notes
    -----
    Sets of one measure first, then of two and so on, each with everything that cannot do without its members.  Of
    several smallest sets those come first whose rest has the greatest least margin.  Stated lengths of stages are kept,
    and made longer where a measure that is left out made verification shorter.
    """
    trials = Trials(most_trials, "leaving measures out", progress)
    drops = _Drops(evaluation, trials)
    ordered = _in_order(evaluation.case, drops.measures)
    tried = 0
    for size in range(1, len(ordered)):
        found = []
        for dropped in closed_sets(ordered, drops.dependents, size):
            if trials.are_spent:
                break
            rest = drops.rest(dropped, only_holding=True)
            if rest is not None:
                found.append(rest)
        if trials.are_spent:
            break
        if found:
            found.sort(key=lambda rest: -rest.margin)
            for rest in found[:MOST_TOLD]:
                notes = others_would_do(len(found), f"sets of {size} measures" if size > 1 else "measures")
                yield _repair(case, evaluation, rest, notes=notes)
            return
        tried = size
    else:
        reason = "Nothing that is left of the roadmap without some of its measures holds."
        if len(ordered) == 1:
            reason = "The roadmap has only one measure."
        yield NoRepair(kind=RepairKind.DROP, reason=reason)
        return
    best = _greedy(drops)
    count = "every set was not tried" if tried == 0 else f"no set of up to {tried} does, larger ones were not all tried"
    if best is None:
        reason = f"Leaving out the measure whose loss helps most, again and again, leaves nothing that holds; {count}."
        yield NoRepair(kind=RepairKind.DROP, reason=reason)
        return
    note = f"These are not proven to be the fewest: {count}. No single one of them can stay."
    yield _repair(case, evaluation, best, notes=(note,))


def _repair(case: Case, evaluation: RoadmapEvaluation, rest: _Rest, *, notes: tuple[str, ...]) -> Repair:
    view = evaluation.case
    every = [measure for stage in evaluation.stages for measure in stage]
    gone = [measure for measure in every if measure in rest.dropped]
    verb = "is" if len(gone) == 1 else "are"
    if len(gone) > len(every) - len(gone):
        kept = [measure for measure in every if measure not in rest.dropped]
        summary = (
            f"Of {len(every)} measures only {quote_measures(view, kept)} {'is' if len(kept) == 1 else 'are'} left."
        )
    else:
        summary = f"{quote_measures(view, gone)} {verb} left out."
    repaired = repaired_case(
        case, evaluation.reading, lambda seen: with_stages(seen, evaluation.id, rest.stages, rest.durations)
    )
    return make_repair(
        case,
        evaluation,
        repaired,
        kind=RepairKind.DROP,
        amount=float(len(gone)),
        unit="measures",
        summary=summary,
        notes=notes,
    )
