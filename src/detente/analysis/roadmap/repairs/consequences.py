"""What a repair does beside mending a roadmap: under other readings, and to the other roadmaps of the case."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.repair import Repair
from detente.analysis.words import join_words
from detente.case import Case, Roadmap
from detente.errors import CaseError, LimitError
from detente.game import build_game
from detente.kernel.retiming import all_hold, row_margins
from detente.kernel.roadmap import RoadmapValues, least_durations, stage_states


def roadmap_holds(view: Case, roadmap: Roadmap) -> bool | None:
    """Tell whether a roadmap holds in a case as it stands; None if it cannot be evaluated there."""
    try:
        game = build_game(view, [measure for stage in roadmap.stages for measure in stage])
        stages = np.array([game.state(stage) for stage in roadmap.stages])
        least = least_durations(game.system, stage_states(stages))
        durations = least if roadmap.durations is None else np.array(roadmap.durations, dtype=np.int64)
        if (durations < least).any():
            return None
        return all_hold(row_margins(RoadmapValues(game.system, stages, durations)))
    except (CaseError, LimitError):
        return None


class Consequences:
    """Says what repairs do beside mending a roadmap.

    Parameters
    ----------
    case : Case
        The case with its readings, before any repair.
    before : RoadmapEvaluation
        The verdict on the roadmap to repair.
    """

    def __init__(self, case: Case, before: RoadmapEvaluation) -> None:
        self._case = case
        self._before = before
        self._held: dict[str, bool | None] | None = None

    def of(self, repair: Repair) -> Iterator[str]:
        """Yield sentences on other readings and on other roadmaps; none where nothing is to be said."""
        if repair.works:
            yield from self._under_readings(repair)
        yield from self._other_roadmaps(repair)

    def _under_readings(self, repair: Repair) -> Iterator[str]:
        every = (None, *(reading.id for reading in self._case.readings))
        also, not_there = [], []
        for reading in every:
            if reading == self._before.reading:
                continue
            view = repair.case.under(reading)
            place = "in the base case" if reading is None else f"under {reading}"
            match roadmap_holds(view, view.roadmap(repair.roadmap)):
                case True:
                    also.append(place)
                case False:
                    not_there.append(place)
        if not_there:
            first = f"holds {join_words(also)} too, but " if also else ""
            yield f"The repaired roadmap {first}does not hold {join_words(not_there, last='or')}."
        elif also:
            yield f"The repaired roadmap holds {join_words(also)} too."

    def _other_roadmaps(self, repair: Repair) -> Iterator[str]:
        own = (f"roadmaps.{repair.roadmap}", f"readings.{self._before.reading}.set.roadmaps.{repair.roadmap}")
        if all(change.path.startswith(own) for change in repair.changes):
            return
        if self._held is None:
            view = self._before.case
            others = (roadmap for roadmap in view.roadmaps if roadmap.id != repair.roadmap)
            self._held = {roadmap.id: roadmap_holds(view, roadmap) for roadmap in others}
        view = repair.case.under(self._before.reading)
        now = {key: roadmap_holds(view, view.roadmap(key)) for key in self._held}
        gained = [f"“{view.roadmap(key).name}”" for key, held in self._held.items() if held is False and now[key]]
        lost = [f"“{view.roadmap(key).name}”" for key, held in self._held.items() if held and now[key] is False]
        if gained:
            yield f"With the same change {join_words(gained)} would hold, too."
        if lost:
            yield f"With the same change {join_words(lost)} would no longer hold."
