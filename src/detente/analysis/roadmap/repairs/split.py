"""Splitting a measure: equal instalments in different stages that make a roadmap hold (§8 of the model).

Small steps give little away at a time; each instalment is a measure of its own that requires the one before, with an
equal share of its values and costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.instalments import LABELS, split_ids, why_not_split, with_instalments
from detente.analysis.roadmap.repairs.repair import (
    NoRepair,
    Repair,
    RepairKind,
    make_repair,
    repaired_case,
    with_stages,
)
from detente.analysis.roadmap.repairs.trials import Trials
from detente.analysis.words import join_words
from detente.case import Case, measures_of, stage_problems
from detente.casefile import change_case
from detente.game import build_game
from detente.kernel.restaging import Restaging
from detente.progress import Progress

Stages = tuple[tuple[str, ...], ...]

MOST_PLACEMENTS = 20_000
"""Placements of instalments tried at most, unless told otherwise: some seconds."""

WORDS = {2: "halves", 3: "thirds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placement:
    """Where the instalments of a measure go.

    Parameters
    ----------
    added : tuple of int
        Stages, counted from 1, that are added for an instalment alone.
    """

    stages: Stages
    durations: tuple[int, ...] | None
    added: tuple[int, ...]
    margin: float


def placements(stages: Stages, measure: str, ids: tuple[str, ...]) -> Iterator[tuple[Stages, tuple[int | None, ...]]]:
    """Yield the roadmaps with a measure in instalments, and the stage that each of their stages was, if any.

    Every instalment goes into a stage that there is, or into one of its own between two, before the first or after the
    last; they go into different stages, in their order.  A stage with nothing left falls away.
    """
    slots = [(number, is_own) for number in range(len(stages) + 1) for is_own in (True, False)][:-1]
    for chosen in combinations(slots, len(ids)):
        placed = dict(zip(chosen, ids, strict=True))
        found: list[tuple[str, ...]] = []
        origins: list[int | None] = []
        for number, is_own in slots:
            added = (placed[number, is_own],) if (number, is_own) in placed else ()
            stage = added if is_own else (*(m for m in stages[number] if m != measure), *added)
            if stage:
                found.append(stage)
                origins.append(None if is_own else number)
        yield tuple(found), tuple(origins)


class _Split:
    """Tries where the instalments of one measure could go."""

    def __init__(self, evaluation: RoadmapEvaluation, measure: str, number: int, trials: Trials) -> None:
        self._case = with_instalments(evaluation.case, measure, number)
        self._ids = split_ids(measure, number)
        self._measure = measure
        self._stages = evaluation.stages
        self._stated = evaluation.case.roadmap(evaluation.id).durations
        rest = [m for stage in evaluation.stages for m in stage if m != measure]
        self._game = build_game(self._case, [*rest, *self._ids])
        self._restaging = Restaging(self._game.system)
        self._trials = trials

    def best(self) -> _Placement | None:
        """Return where they go best: fewest stages added, then the greatest least margin; None if nowhere does."""
        if not self._restaging.end_holds(np.ones(len(self._game.measures), dtype=np.bool_)):
            return None
        found: list[_Placement] = []
        for stages, origins in placements(self._stages, self._measure, self._ids):
            if self._trials.are_spent:
                break
            if stage_problems(self._case, stages):
                continue
            self._trials.spend()
            arrays = np.array([self._game.state(stage) for stage in stages])
            stated = self._stated
            lengths = None if stated is None else np.array([1 if o is None else stated[o] for o in origins])
            durations = self._restaging.durations(arrays, lengths)
            if self._restaging.holds(arrays, durations):
                margin = self._restaging.least_flow_margin(self._restaging.margins(arrays, durations))
                found.append(
                    _Placement(
                        stages=stages,
                        durations=None if stated is None else tuple(int(length) for length in durations),
                        added=tuple(k for k, origin in enumerate(origins, start=1) if origin is None),
                        margin=margin,
                    )
                )
        return max(found, key=lambda one: (-len(one.added), one.margin), default=None)


def find_split(
    case: Case, evaluation: RoadmapEvaluation, *, progress: Progress | None = None, most_trials: int = MOST_PLACEMENTS
) -> Iterator[Repair | NoRepair]:
    """Find the measures that, taken in two or three equal instalments in different stages, make a roadmap hold.

    Yields one repair for each measure that does so in halves; where none does, for each that does in thirds.

    Parameters
    ----------
    case, evaluation, progress
        See `detente.analysis.roadmap.repairs.repair.Finder`.
    most_trials : int
        Placements of instalments tried at most.

    Notes
    -----
    Instalments go into stages that there are or into stages of their own, everywhere in the roadmap.  Of the placements
    that do, the one told adds the fewest stages and then has the greatest least margin.  Stated lengths of stages are
    kept; a stage that is added is as short as verification allows.  What requires the measure, comes after it or values
    a combination with it waits for its last instalment.
    """
    view = evaluation.case
    every = [measure for stage in evaluation.stages for measure in stage]
    refusals = {measure: why_not_split(case, view.measure(measure)) for measure in every}
    able = [measure for measure in every if not refusals[measure]]
    slots = 2 * len(evaluation.stages) + 1
    expected = len(able) * sum(comb(slots, number) for number in LABELS)
    trials = Trials(most_trials, "splitting measures", progress, expected=expected)
    for number in LABELS:
        any_found = False
        for measure in able:
            found = _Split(evaluation, measure, number, trials).best()
            if found is not None:
                any_found = True
                yield _repair(case, evaluation, measure, number, found)
        if any_found:
            return
    yield NoRepair(kind=RepairKind.SPLIT, reason=_why_not(able, refusals, trials))


def _why_not(able: list[str], refusals: dict[str, str], trials: Trials) -> str:
    if not able:
        first = next(iter(refusals.values()))
        more = f", and {len(refusals) - 1} more cannot be split either" if len(refusals) > 1 else ""
        return f"No measure can be split: {first}{more}."
    tried = "Halves or thirds of no single measure, wherever they are put, make the roadmap hold"
    if trials.are_spent:
        return f"{tried} as far as was tried: {trials.count} placements, not all."
    refused = len(refusals) - len(able)
    out = "" if not refused else f" ({refused} of {len(refusals)} measures cannot be split further)"
    return f"{tried}{out}."


def _is_named(case: Case, measure: str) -> bool:
    """Tell whether other measures or values of combinations depend on a measure."""
    others = any(measure in (*other.requires, *other.after) for other in case.measures)
    return others or any(measure in measures_of(term.when) for term in case.terms)


def _repair(case: Case, evaluation: RoadmapEvaluation, measure: str, number: int, found: _Placement) -> Repair:
    view = evaluation.case
    ids = split_ids(measure, number)
    at = [next(k for k, stage in enumerate(found.stages, start=1) if new in stage) for new in ids]
    places = join_words(f"stage {k}" for k in at)
    notes = []
    if _is_named(view, measure):
        notes.append("Whatever requires it, comes after it or values it with others waits for the last instalment.")
    if found.added:
        numbers = join_words(str(k) for k in found.added)
        which = f"stage {numbers} is" if len(found.added) == 1 else f"stages {numbers} are"
        notes.insert(0, f"For that, {which} added, with nothing else in {'it' if len(found.added) == 1 else 'them'}.")
    split = change_case(with_instalments(case, measure, number), {})
    repaired = repaired_case(
        split, evaluation.reading, lambda seen: with_stages(seen, evaluation.id, found.stages, found.durations)
    )
    return make_repair(
        case,
        evaluation,
        repaired,
        kind=RepairKind.SPLIT,
        amount=float(number),
        unit="instalments",
        summary=f"“{view.measure(measure).name}” is taken in {WORDS[number]}, at {places}.",
        notes=tuple(notes),
    )
