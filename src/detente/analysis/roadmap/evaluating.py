"""From a case and a roadmap to the verdict: does it hold, under which reading? (§5–7 of the model)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import numpy as np

from detente.analysis.result import Provenance, Status
from detente.analysis.roadmap.evaluation import Deviation, Evaluation, EvaluationRow, RoadmapEvaluation
from detente.case import Case, Roadmap, stage_problems
from detente.errors import Cancelled, CaseError, Diagnostic, OptionError
from detente.game import Game, build_game
from detente.kernel.deviations import Check
from detente.kernel.hazard import critical_hazard
from detente.kernel.roadmap import HOLDS, TIES, RoadmapValues, least_durations, stage_states
from detente.kernel.system import BoolArray, IntArray
from detente.kernel.verdict import CheckValues, check_values
from detente.progress import Progress, Reporter

RoadmapLike = str | Roadmap | Sequence[Sequence[str]]
"""A roadmap of the case by its id, a roadmap, or just its stages as lists of measure ids."""

REFERENCES = ("telser1980", "kydd2005", "lockwood2002")


def resolve_roadmap(case: Case, roadmap: RoadmapLike) -> Roadmap:
    """Return the legal roadmap that is meant.

    Raises
    ------
    OptionError
        If the case has no such roadmap, or it is not legal.
    """
    return _checked(_named(case, roadmap), case)


def _named(case: Case, roadmap: RoadmapLike) -> Roadmap:
    if isinstance(roadmap, str):
        return case.roadmap(roadmap)
    if isinstance(roadmap, Roadmap):
        return roadmap
    stages = tuple(tuple(stage) for stage in roadmap)
    return Roadmap(id="roadmap", name="roadmap", stages=stages)


def _checked(roadmap: Roadmap, case: Case) -> Roadmap:
    """Refuse an illegal roadmap, all its faults at once."""
    if not roadmap.stages:
        raise OptionError(f"roadmap '{roadmap.id}' has no stages; give at least one, each with at least one measure")
    problems = stage_problems(case, roadmap.stages)
    if problems:
        faults = "; ".join(str(problem) for problem in problems)
        raise OptionError(f"roadmap '{roadmap.id}' is not legal: {faults}")
    return roadmap


def _durations(game: Game, roadmap: Roadmap, stages: BoolArray, given: Sequence[int] | None) -> IntArray:
    """The lengths of the stages: the least unless given, and none shorter."""
    least = least_durations(game.system, stage_states(stages))
    if given is None:
        return least
    if len(given) != len(roadmap.stages):
        raise OptionError(
            f"roadmap '{roadmap.id}' has {len(roadmap.stages)} stages, but {len(given)} durations are given"
        )
    unit = game.case.period or "period"
    problems = [
        Diagnostic(
            code="D603",
            message=(
                f"roadmap '{roadmap.id}' gives stage {number + 1} {length} {unit}(s), "
                f"but verifying everything takes {needed}."
            ),
            help=f"give it at least {needed}, or shorten the durations and detection lags of its measures",
        )
        for number, (length, needed) in enumerate(zip(given, least.tolist(), strict=True))
        if length < needed
    ]
    if problems:
        raise CaseError(problems)
    return np.array(given, dtype=np.int64)


def _labelled(game: Game, row: CheckValues) -> EvaluationRow:
    def ids(columns: Iterable[int]) -> tuple[str, ...]:
        return tuple(game.measures[int(column)] for column in columns)

    return EvaluationRow(
        stage=row.stage + 1,
        check=row.check,
        party=game.parties[row.party],
        comply=row.comply,
        deviate=row.deviate,
        margin=row.margin,
        deviation=Deviation(withhold=ids(row.withheld), undo=ids(row.undone), leave=row.leaves),
        noticed_after=row.noticed_after,
        leave_value=row.leave_value,
        betrayed_value=row.betrayed_value,
        required_trust=row.required_trust,
        none_suffices=row.none_suffices,
        flow_margin=row.flow_margin,
        parts=row.parts,
    )


def evaluate_path(
    case: Case,
    roadmap: Roadmap,
    *,
    durations: Sequence[int] | None = None,
    reading: str | None = None,
    parties: Sequence[str] | None = None,
) -> RoadmapEvaluation:
    """Evaluate one legal roadmap of a case as it stands; `reading` is only its label.

    Raises
    ------
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.
    """
    game, stages = _stages_of(case, roadmap, parties=parties)
    lengths = _durations(game, roadmap, stages, roadmap.durations if durations is None else durations)
    return _verdict(game, roadmap, RoadmapValues(game.system, stages, lengths), reading)


def evaluate_onward(
    case: Case,
    roadmap: Roadmap,
    *,
    in_force: Sequence[str],
    waiting: int = 0,
    numbers: Sequence[int] = (),
    reading: str | None = None,
    parties: Sequence[str] | None = None,
) -> RoadmapEvaluation:
    """Evaluate stages that begin with measures in force; where verifying takes longer than planned, they last longer.

    Parameters
    ----------
    roadmap : Roadmap
        What is left, legal from there on; its `durations`, if any, are the least lengths of its stages.
    in_force : sequence of str
        Measures in force beside the status quo, which can be undone and break down.
    waiting : int
        Periods that pass before the first stage.
    numbers : sequence of int
        What the stages are called, where they are part of a longer roadmap.
    """
    game, stages = _stages_of(case, roadmap, in_force=in_force, parties=parties)
    start = game.state(in_force)
    lengths = least_durations(game.system, stage_states(stages, start))
    if roadmap.durations is not None:
        lengths = np.maximum(lengths, np.array(roadmap.durations, dtype=np.int64))
    values = RoadmapValues(game.system, stages, lengths, start=start, waiting=waiting)
    return _verdict(game, roadmap, values, reading, numbers=tuple(numbers))


def planned_durations(case: Case, roadmap: Roadmap, durations: Sequence[int] | None = None) -> tuple[int, ...]:
    """Return the lengths of the stages of a legal roadmap from the status quo on: those given, or the least."""
    game, stages = _stages_of(case, roadmap)
    given = roadmap.durations if durations is None else durations
    return tuple(int(length) for length in _durations(game, roadmap, stages, given))


def _stages_of(
    case: Case, roadmap: Roadmap, *, in_force: Sequence[str] = (), parties: Sequence[str] | None = None
) -> tuple[Game, BoolArray]:
    measures = [measure for stage in roadmap.stages for measure in stage]
    game = build_game(case, [*in_force, *measures], parties=parties)
    stages = np.array([game.state(stage) for stage in roadmap.stages], dtype=np.bool_)
    return game, stages.reshape(len(roadmap.stages), len(game.measures))


def _verdict(
    game: Game, roadmap: Roadmap, values: RoadmapValues, reading: str | None, *, numbers: tuple[int, ...] = ()
) -> RoadmapEvaluation:
    rows = tuple(_labelled(game, row) for row in check_values(values))
    last = len(roadmap.stages)
    under_way = [r for r in rows if r.check is Check.BEFORE or (r.check is Check.AFTER and r.stage < last)]
    at_end = [r for r in rows if r.check is Check.END or (r.check is Check.AFTER and r.stage == last)]
    least = min(row.flow_margin for row in rows)
    hopeless = any(row.none_suffices for row in rows)
    return RoadmapEvaluation(
        id=roadmap.id,
        name=roadmap.name,
        reading=reading,
        stages=roadmap.stages,
        durations=tuple(int(length) for length in values.durations),
        holds=all(row.margin >= -HOLDS for row in rows),
        trust=None if hopeless else max((r.required_trust for r in rows if r.required_trust is not None), default=0.0),
        margin=min(row.flow_margin for row in under_way or at_end),
        end_margin=min(row.flow_margin for row in at_end),
        critical=next(row for row in rows if row.flow_margin <= least + TIES),
        critical_hazard=critical_hazard(values),
        hazard=game.system.hazard,
        rows=rows,
        case=game.case,
        parties=game.parties,
        values=values,
        numbers=numbers,
    )


def evaluate_roadmaps(
    case: Case,
    roadmaps: Sequence[RoadmapLike] | None = None,
    *,
    readings: Sequence[str | None] | None = None,
    durations: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Tell whether roadmaps hold, for each roadmap under each reading asked for.

    Parameters
    ----------
    case : Case
        The case.
    roadmaps : sequence of roadmap ids, roadmaps or lists of stages, optional
        All roadmaps of the case unless given.
    readings : sequence of reading ids, optional
        The base case only unless given; None in the list is the base case.
    durations : sequence of int, optional
        Periods of each stage, in place of the roadmaps' own.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, the answer has what was evaluated until then.

    Returns
    -------
    Evaluation
        One entry per reading and roadmap.

    Raises
    ------
    OptionError
        If a roadmap or reading is unknown, or a roadmap is not legal.
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.
    Cancelled
        If `progress` raised it before anything was evaluated.
    """
    started = time.perf_counter()
    # By id, so that a reading that changes a roadmap is heard.
    asked: Sequence[RoadmapLike] = [roadmap.id for roadmap in case.roadmaps] if roadmaps is None else roadmaps
    if not asked:
        raise OptionError("the case has no roadmaps; add one under `roadmaps:` or design one")
    readings = (None,) if not readings else tuple(readings)
    tasks = [
        (read, resolve_roadmap(read, roadmap), reading)
        for read, reading in [(case.under(reading), reading) for reading in readings]
        for roadmap in asked
    ]
    reporter = Reporter(progress)
    entries: list[RoadmapEvaluation] = []
    status = Status.ANSWERED
    try:
        for read, checked, reading in tasks:
            reporter.report("evaluating roadmaps", fraction=len(entries) / len(tasks))
            entries.append(evaluate_path(read, checked, durations=durations, reading=reading))
    except Cancelled:
        if not entries:
            raise
        status = Status.STOPPED
    return Evaluation(
        status=status,
        method="roadmap evaluation, all deviations (model §5–7)",
        parameters={
            "roadmaps": list(dict.fromkeys(entry.id for entry in entries)),
            "readings": [reading for reading in readings if reading is not None],
        },
        provenance=Provenance.of(
            case,
            reading=readings[0] if len(readings) == 1 else None,
            seconds=time.perf_counter() - started,
        ),
        references=REFERENCES,
        roadmaps=tuple(entries),
    )


def evaluate_roadmap(
    case: Case,
    roadmap: RoadmapLike,
    *,
    durations: Sequence[int] | None = None,
    reading: str | None = None,
) -> Evaluation:
    """Tell whether one roadmap holds and, if not, who is tempted, where and by what.

    Parameters
    ----------
    case : Case
        The case.
    roadmap : str, Roadmap or list of lists of measure ids
        A roadmap of the case by id, or any other.
    durations : sequence of int, optional
        Periods of each stage; the least that verification allows unless given here or in the roadmap.
    reading : str, optional
        The reading to evaluate under; the base case unless given.

    Returns
    -------
    Evaluation
        With one entry, also as ``.roadmap``.

    Raises
    ------
    OptionError
        If the roadmap or the reading is unknown, or the roadmap is not legal.
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.

    Notes
    -----
    All deviations of every party at every check are tried; time grows with the number of deviations, not with 2ⁿ.

    References
    ----------
    Model §5–7; [telser1980]_ (self-enforcing agreements), [kydd2005]_ (trust).
    """
    return evaluate_roadmaps(case, [roadmap], readings=[reading], durations=durations)
