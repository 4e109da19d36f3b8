"""What a report tells: the answers of every analysis it needs, found once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from detente.analysis.result import Status
from detente.analysis.roadmap import (
    Design,
    Evaluation,
    Indices,
    Indispensability,
    RepairSearch,
    RoadmapEvaluation,
    compute_indices,
    design_roadmap,
    evaluate_roadmaps,
    find_indispensable,
    repair_roadmap,
)
from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.analysis.roadmap.progress import ProgressEvaluation, evaluate_progress
from detente.analysis.roadmap.sensitivity import (
    HazardVerdict,
    RangeFlip,
    ReadingDifference,
    hazard_verdicts,
    range_flips,
    reading_differences,
)
from detente.case import Case, Roadmap
from detente.errors import Cancelled, LimitError, OptionError
from detente.game import missing_values
from detente.progress import Progress
from detente.report.stability_findings import StabilityFinding, find_stability

MANY = 12
"""Measures above which designs of a report have a limit of measures a stage, so that a report takes seconds."""

FEW_PER_STAGE = 3
"""That limit."""

FEWER = 2
"""Measures a stage, at most, where designing would still need more memory than allowed."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DesignFinding:
    """The roadmap that asks for the least trust under a reading, or why none was looked for.

    Parameters
    ----------
    refusal : str
        Why there is no design; empty where there is one.
    """

    reading: str | None
    design: Design | None = None
    refusal: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings:
    """Everything that a report on a case tells.

    Parameters
    ----------
    readings : tuple of str
        Those told beside the base case.
    evaluation : Evaluation or None
        Of every roadmap in the base case and under every reading; None if the case has no roadmap.
    hazards : mapping from roadmap to verdicts over a range of hazards
    flips : tuple of RangeFlip or None
        None if there are too many numbers to move.
    make_designs : callable
        Makes what `designs` keeps.
    max_per_stage : int or None
        The limit of measures a stage that was asked for.
    under_way : ProgressEvaluation or None
        Where the roadmaps stand that the case's progress is part of; None if there is none.
    make_indices : callable
        Makes what `indices` keeps.
    make_critical : callable or None
        Makes what `critical` keeps; None where that is not to be told.
    worth : Indispensability or None
        What parties and formats are worth; None unless it was asked for.
    repairs : tuple of RepairSearch or None
        What would make the roadmaps hold that fail in the base case; None unless it was asked for.
    make_stability : callable or None
        Makes what `stability` keeps; None if it is not to be told.
    """

    case: Case
    date: datetime.date
    roadmaps: tuple[Roadmap, ...]
    readings: tuple[str, ...]
    evaluation: Evaluation | None
    hazards: dict[str, tuple[HazardVerdict, ...]]
    differences: tuple[ReadingDifference, ...]
    flips: tuple[RangeFlip, ...] | None
    make_designs: Callable[[], tuple[DesignFinding, ...]] = field(repr=False)
    max_per_stage: int | None = None
    under_way: ProgressEvaluation | None = None
    make_indices: Callable[[], Indices | None] = field(repr=False)
    make_critical: Callable[[], tuple[CriticalValues, ...]] | None = field(repr=False)
    worth: Indispensability | None = None
    repairs: tuple[RepairSearch, ...] | None = None
    make_stability: Callable[[], tuple[StabilityFinding, ...]] | None = field(repr=False)

    @cached_property
    def designs(self) -> tuple[DesignFinding, ...]:
        """The designs to tell, made when they are first asked for."""
        return self.make_designs()

    @cached_property
    def critical(self) -> tuple[CriticalValues, ...] | None:
        """What would tip the verdict on each roadmap of the base case, found when it is first asked for."""
        return None if self.make_critical is None else self.make_critical()

    @cached_property
    def indices(self) -> Indices | None:
        """What mediators look at, computed when it is first asked for; None where there is nothing to look at."""
        return self.make_indices()

    @cached_property
    def stability(self) -> tuple[StabilityFinding, ...]:
        """What would last without agreement, found when it is first asked for; empty for what is no conflict."""
        return () if self.make_stability is None else self.make_stability()

    def entries(self, reading: str | None) -> tuple[RoadmapEvaluation, ...]:
        """Return the verdicts under a reading, in the order of the roadmaps."""
        if self.evaluation is None:
            return ()
        return tuple(entry for entry in self.evaluation.roadmaps if entry.reading == reading)

    def entry(self, roadmap: str, reading: str | None) -> RoadmapEvaluation:
        """Return the verdict on a roadmap under a reading."""
        return next(entry for entry in self.entries(reading) if entry.id == roadmap)


def can_have_roadmaps(case: Case) -> bool:
    """Tell whether a case states what roadmaps need: measures, values and discount factors."""
    return bool(case.measures) and not missing_values(case, [party.id for party in case.parties])


def _finished(status: Status) -> None:
    """Give up if the user stopped an analysis: half a report would be mistaken for a whole one."""
    if status is Status.STOPPED:
        raise Cancelled("stopped before everything was known; no report was written")


def _evaluate(
    case: Case, roadmaps: Sequence[Roadmap], readings: Sequence[str], progress: Progress | None
) -> Evaluation | None:
    if not roadmaps:
        return None
    ids = [roadmap.id for roadmap in roadmaps]
    evaluation = evaluate_roadmaps(case, ids, readings=[None, *readings], progress=progress)
    _finished(evaluation.status)
    return evaluation


def _under_way(
    case: Case, roadmaps: Sequence[Roadmap], readings: Sequence[str], progress: Progress | None
) -> ProgressEvaluation | None:
    """Where those roadmaps stand that share a measure with what has happened."""
    happened = {entry.measure for entry in case.progress}
    ids = [roadmap.id for roadmap in roadmaps if any(happened & set(stage) for stage in roadmap.stages)]
    if not ids:
        return None
    found = evaluate_progress(case, ids, readings=[None, *readings], progress=progress)
    _finished(found.status)
    return found


def _design(case: Case, reading: str | None, max_per_stage: int | None, progress: Progress | None) -> DesignFinding:
    try:
        design = design_roadmap(case, reading=reading, max_per_stage=max_per_stage, progress=progress)
    except LimitError as error:
        if max_per_stage is None or max_per_stage > FEWER:
            return _design(case, reading, FEWER, progress)
        return DesignFinding(reading=reading, refusal=str(error))
    except OptionError as error:
        return DesignFinding(reading=reading, refusal=str(error))
    return DesignFinding(reading=reading, design=design)


def _worth(
    case: Case, readings: Sequence[str], max_per_stage: int | None, progress: Progress | None
) -> Indispensability:
    found = find_indispensable(case, readings=[None, *readings], max_per_stage=max_per_stage, progress=progress)
    if found.is_cancelled:
        _finished(found.status)
    return found


def _is_wanted(critical: bool | None, case: Case) -> bool:
    return len(case.measures) <= MANY if critical is None else critical


def _repairs(case: Case, entries: Sequence[RoadmapEvaluation], progress: Progress | None) -> tuple[RepairSearch, ...]:
    found = []
    for entry in entries:
        if not entry.holds:
            found.append(repair_roadmap(case, entry.id, progress=progress))
            _finished(found[-1].status)
    return tuple(found)


def find(
    case: Case,
    *,
    date: datetime.date,
    roadmaps: Sequence[str] | None = None,
    readings: Sequence[str] | None = None,
    designs: Sequence[Design] | Callable[[], Sequence[Design]] | None = None,
    max_per_stage: int | None = None,
    evaluation: Evaluation | None = None,
    critical: bool | None = None,
    indispensable: bool = False,
    repairs: bool = False,
    stability: bool = True,
    progress: Progress | None = None,
) -> Findings:
    """Run every analysis that a report needs.

    Parameters
    ----------
    case : Case
        The case.
    date : date
        The day to put on the report.
    roadmaps, readings : sequence of ids, optional
        Which to tell; all of the case unless given. The base case is always told.
    designs : sequence of Design, or a callable that makes one, optional
        Designs to tell instead of designing anew; none if empty. A callable is called last.
    max_per_stage : int, optional
        Limit of the designs that are made here.
    evaluation : Evaluation, optional
        The verdicts, if they are known already: of the same roadmaps, in the base case and under the same readings.
    critical : bool, optional
        Whether to find what would tip each verdict; unless given, in cases of up to `MANY` measures.
    indispensable : bool
        Whether to look at every set of parties too.
    repairs : bool
        Whether to look for repairs of the roadmaps that fail in the base case.
    stability : bool
        Whether to look at what would last without agreement.
    progress : callable, optional
        Told how far it is; `Cancelled` raised by it stops the report.
    """
    chosen = tuple(case.roadmaps) if roadmaps is None else tuple(case.roadmap(roadmap) for roadmap in roadmaps)
    asked = tuple(r.id for r in case.readings) if readings is None else tuple(dict.fromkeys(readings))
    for reading in asked:
        case.under(reading)
    if evaluation is None:
        evaluation = _evaluate(case, chosen, asked, progress)
    entries = evaluation.roadmaps if evaluation is not None else ()
    base = [entry for entry in entries if entry.reading is None]

    def make_designs() -> tuple[DesignFinding, ...]:
        if designs is None:
            limit = max_per_stage
            if limit is None and len(case.measures) - len(case.status_quo) > MANY:
                limit = FEW_PER_STAGE
            suited = [reading for reading in (None, *asked) if can_have_roadmaps(case.under(reading))]
            return tuple(_design(case, reading, limit, progress) for reading in suited)
        made = designs() if callable(designs) else designs
        return tuple(DesignFinding(reading=design.provenance.reading, design=design) for design in made)

    def make_indices() -> Indices | None:
        # Without any roadmap there is still the order that readings demand, if the case has a goal to look at.
        if not chosen and (case.roadmaps or not asked):
            return None
        if not all(can_have_roadmaps(case.under(reading)) for reading in (None, *asked)):
            return None
        ids = [roadmap.id for roadmap in chosen] or None
        try:
            found = compute_indices(case, ids, orders_under=[None, *asked], progress=progress)
        except OptionError:
            if chosen:
                raise
            return None
        _finished(found.status)
        return found

    def make_critical() -> tuple[CriticalValues, ...]:
        found = []
        for roadmap in chosen:
            result = find_critical_values(case, roadmap.id, with_times=False, with_derivatives=False, progress=progress)
            _finished(result.status)
            found.append(result)
        return tuple(found)

    return Findings(
        case=case,
        date=date,
        roadmaps=chosen,
        readings=asked,
        evaluation=evaluation,
        hazards={entry.id: hazard_verdicts(entry) for entry in base},
        differences=reading_differences(case, entries, progress=progress),
        flips=range_flips(case, base, progress=progress),
        make_designs=make_designs,
        max_per_stage=max_per_stage,
        under_way=_under_way(case, chosen, asked, progress),
        make_indices=make_indices,
        make_critical=make_critical if _is_wanted(critical, case) else None,
        worth=_worth(case, asked, max_per_stage, progress) if indispensable else None,
        repairs=_repairs(case, base, progress) if repairs else None,
        make_stability=(lambda: find_stability(case, chosen, asked, progress=progress)) if stability else None,
    )
