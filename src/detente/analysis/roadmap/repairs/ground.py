"""The ground on which further measures are looked for: a failing roadmap, its checks, and the case they are written to.

Payments, counterparts and guarantees are measures of their own that nothing links to the others; here they get ids,
stages and a place in the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.repair import repaired_case, with_measure, with_stages
from detente.case import Case, Direction, Measure
from detente.kernel.roadmap import RoadmapValues, least_durations, stage_states
from detente.kernel.temptations import Temptation, list_temptations


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ground:
    """A roadmap that fails, perhaps with a further stage after its last, in which so far nothing is done.

    Parameters
    ----------
    values : RoadmapValues
        Of the roadmap with that stage.
    temptations : tuple of Temptation
        Its checks.
    n_stages : int
        Stages of the roadmap itself.
    """

    evaluation: RoadmapEvaluation
    values: RoadmapValues
    temptations: tuple[Temptation, ...]
    n_stages: int

    @property
    def parties(self) -> tuple[str, ...]:
        """Ids of the parties, as the arrays have them."""
        return self.evaluation.parties

    def name(self, party: int) -> str:
        """Return the name of a party by its number."""
        return self.evaluation.case.party(self.parties[party]).name

    def tempted(self) -> tuple[int, ...]:
        """Return the numbers of the parties that would do better by not complying somewhere."""
        found = {row.party for row in self.evaluation.tempted()}
        return tuple(number for number, party in enumerate(self.parties) if party in found)


def survey(evaluation: RoadmapEvaluation, *, further_stage: bool = False) -> Ground:
    """Return the ground of a roadmap, if asked for with a further stage of the least length."""
    values = evaluation.values
    if further_stage:
        stages = np.concatenate([values.stages, np.zeros((1, values.stages.shape[1]), dtype=np.bool_)])
        last = least_durations(values.system, stage_states(stages))[-1:]
        values = RoadmapValues(values.system, stages, np.concatenate([values.durations, last]))
    return Ground(
        evaluation=evaluation,
        values=values,
        temptations=list_temptations(values),
        n_stages=len(evaluation.stages),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A further measure and the stage, counted from 0, at which it is taken."""

    measure: Measure
    stage: int


def further_measure(
    ground: Ground,
    *,
    measure: str,
    name: str,
    giver: int,
    value: Mapping[int, float],
    cost: float = 0.0,
    deters: Mapping[int, float] | None = None,
    reversible: bool = True,
) -> Measure:
    """Return a measure of one party that is worth something to some and, as it says, nothing to the rest."""
    parties = ground.parties
    return Measure(
        id=measure,
        name=name,
        owners=(parties[giver],),
        value={party: written(value.get(number, 0.0)) for number, party in enumerate(parties)},
        cost={parties[giver]: written(cost)} if cost else {},
        deters={parties[number]: written(amount) for number, amount in (deters or {}).items()},
        direction=Direction.BOTH if reversible else Direction.FORWARD,
    )


def written(number: float) -> float:
    """Return a number as the case file states it: twelve digits, so that rounding in the last does not show."""
    return float(f"{number:.12g}") + 0.0


def with_further(case: Case, ground: Ground, further: Sequence[Further]) -> Case:
    """Return the case with further measures in its roadmap.

    Parameters
    ----------
    case : Case
        The case with its readings.

    Raises
    ------
    CaseError
        If the case cannot take further measures: one that ranks every feasible state cannot.
    """
    evaluation = ground.evaluation
    taken = {measure.id for measure in case.measures} | {m.level.chain for m in case.measures if m.level is not None}

    def edit(view: Case) -> Case:
        roadmap = view.roadmap(evaluation.id)
        stages = [list(stage) for stage in roadmap.stages]
        durations = roadmap.durations
        if any(entry.stage == len(stages) for entry in further):
            stages.append([])
            if durations is not None:
                durations = (*durations, int(ground.values.durations[-1]))
        for entry in further:
            free = entry.measure.id
            number = 2
            while free in taken or any(free in stage for stage in stages):
                free = f"{entry.measure.id}-{number}"
                number += 1
            view = with_measure(view, replace(entry.measure, id=free))
            stages[entry.stage].append(free)
        return with_stages(view, evaluation.id, tuple(tuple(stage) for stage in stages), durations)

    return repaired_case(case, evaluation.reading, edit)
