"""Does a roadmap hold? Who is tempted, where, by what, and how much trust does it ask for? (§5–7 of the model)"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.explanation import explain_evaluation, explain_unstated
from detente.case import Case, Roadmap, stage_problems
from detente.errors import Cancelled, CaseError, Diagnostic, OptionError
from detente.game import Game, build_game
from detente.kernel.deviations import Check
from detente.kernel.hazard import critical_hazard, least_margins
from detente.kernel.roadmap import HOLDS, TIES, RoadmapValues, least_durations, stage_states
from detente.kernel.verdict import CheckValues, Parts, check_values
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

RoadmapLike = str | Roadmap | Sequence[Sequence[str]]
"""A roadmap of the case by its id, a roadmap, or just its stages as lists of measure ids."""

REFERENCES = ("telser1980", "kydd2005", "lockwood2002")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """What a party does instead of complying: the measures it withholds and undoes, or that it leaves openly."""

    withhold: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    leave: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"withhold": list(self.withhold), "undo": list(self.undo), "leave": self.leave}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRow:
    """One check of one party (§6, §7); values are present values in the party's own units.

    Parameters
    ----------
    stage : int
        Counted from 1; checks at the end carry the last stage's number.
    margin : float
        Complying less the best deviation; `flow_margin` is the same per period, (1 − δ)·margin.
    noticed_after : int
        Periods until the best deviation is noticed; 0 for leaving openly.
    """

    stage: int
    check: Check
    party: str
    comply: float
    deviate: float
    margin: float
    deviation: Deviation
    noticed_after: int = field(metadata={"unit": "periods"})
    leave_value: float
    betrayed_value: float | None
    required_trust: float | None
    none_suffices: bool
    flow_margin: float
    parts: Parts | None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        parts = self.parts
        return {
            "stage": self.stage,
            "check": self.check.value,
            "party": self.party,
            "comply": self.comply,
            "deviate": self.deviate,
            "margin": self.margin,
            "deviation": self.deviation.to_dict(),
            "leave_value": self.leave_value,
            "betrayed_value": self.betrayed_value,
            "required_trust": self.required_trust,
            "none_suffices": self.none_suffices,
            "flow_margin": self.flow_margin,
            "parts": None if parts is None else {"F": parts.F, "G": parts.G, "H": parts.H, "C": parts.C},
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class RoadmapEvaluation:
    """The verdict on one roadmap under one reading.

    Parameters
    ----------
    holds : bool
        Whether every margin is at least zero (tolerance 1e-9).
    trust : float or None
        Largest required trust; None if somewhere no probability suffices.
    margin, end_margin : float
        Least flow-equivalent margins before the end and at it (INTERFACE).
    critical : EvaluationRow
        The row of the least flow-equivalent margin.
    critical_hazard : float or None
        First total hazard at which the roadmap stops holding; None if it does not hold now or never stops.
    hazard : float
        The case's own total hazard.
    """

    id: str
    name: str
    reading: str | None
    stages: tuple[tuple[str, ...], ...]
    durations: tuple[int, ...]
    holds: bool
    trust: float | None
    margin: float
    end_margin: float
    critical: EvaluationRow
    critical_hazard: float | None
    hazard: float
    rows: tuple[EvaluationRow, ...]
    case: Case = field(repr=False)
    parties: tuple[str, ...] = field(repr=False)
    values: RoadmapValues = field(repr=False)

    def to_dict(self) -> dict[str, object]:
        """Return one entry of the JSON of `evaluate`."""
        critical = self.critical
        return {
            "id": self.id,
            "reading": self.reading,
            "holds": self.holds,
            "trust": self.trust,
            "margin": self.margin,
            "end_margin": self.end_margin,
            "critical": {"stage": critical.stage, "check": critical.check.value, "party": critical.party},
            "critical_hazard": self.critical_hazard,
            "stages": [list(stage) for stage in self.stages],
            "durations": list(self.durations),
            "rows": [row.to_dict() for row in self.rows],
        }

    def tempted(self) -> tuple[EvaluationRow, ...]:
        """Return the rows that do not hold, in the order of the roadmap."""
        return tuple(row for row in self.rows if row.margin < -HOLDS)

    def trust_profile(self) -> tuple[float | None, ...]:
        """Return per stage the largest required trust: None where no probability suffices."""
        profile: list[float | None] = []
        for number in range(1, len(self.stages) + 1):
            rows = [row for row in self.rows if row.stage == number and row.check is Check.BEFORE]
            if any(row.none_suffices for row in rows):
                profile.append(None)
            else:
                profile.append(max((row.required_trust or 0.0 for row in rows), default=0.0))
        return tuple(profile)

    def stage_margins(self) -> tuple[float, ...]:
        """Return per stage the least flow-equivalent margin of all its checks, the end included in the last."""
        numbers = range(1, len(self.stages) + 1)
        return tuple(min(row.flow_margin for row in self.rows if row.stage == number) for number in numbers)

    def margins_over_hazards(self, hazards: Sequence[float]) -> tuple[float, ...]:
        """Return the least margin (present value) at each total hazard in place of the case's own.

        Raises
        ------
        OptionError
            If a hazard is not in [0, 1).
        """
        if not all(0.0 <= hazard < 1.0 for hazard in hazards):
            raise OptionError(f"hazards must lie in [0, 1), got {list(hazards)}")
        return tuple(float(x) for x in least_margins(self.values, np.array(hazards, dtype=np.float64)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation(Result):
    """Verdicts on one or more roadmaps, one entry per roadmap and reading."""

    roadmaps: tuple[RoadmapEvaluation, ...]

    @property
    def roadmap(self) -> RoadmapEvaluation:
        """The only entry of an evaluation of one roadmap under one reading."""
        if len(self.roadmaps) != 1:
            raise OptionError(f"this evaluation has {len(self.roadmaps)} entries; use .roadmaps")
        return self.roadmaps[0]

    @property
    def holds(self) -> bool:
        """Whether every roadmap evaluated holds."""
        return all(entry.holds for entry in self.roadmaps)

    def _body(self) -> dict[str, object]:
        return {"roadmaps": [entry.to_dict() for entry in self.roadmaps]}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per check: roadmap, reading, stage, check, party, margins, deviation, trust."""
        import pandas as pd

        records = []
        for entry in self.roadmaps:
            for row in entry.rows:
                flat = row.to_dict()
                deviation, parts = row.deviation, row.parts
                del flat["deviation"], flat["parts"]
                records.append(
                    {
                        "roadmap": entry.id,
                        "reading": entry.reading,
                        **flat,
                        "withhold": " ".join(deviation.withhold),
                        "undo": " ".join(deviation.undo),
                        "leave": deviation.leave,
                        "F": parts.F if parts else None,
                        "G": parts.G if parts else None,
                        "H": parts.H if parts else None,
                        "C": parts.C if parts else None,
                    }
                )
        return pd.DataFrame.from_records(records)

    def verdicts(self) -> pd.DataFrame:
        """Return one row per roadmap and reading: does it hold, how much trust, the least margins, who is critical."""
        import pandas as pd

        return pd.DataFrame.from_records(
            [
                {
                    "roadmap": entry.id,
                    "reading": entry.reading,
                    "holds": entry.holds,
                    "trust": entry.trust,
                    "margin": entry.margin,
                    "end_margin": entry.end_margin,
                    "critical_stage": entry.critical.stage,
                    "critical_check": entry.critical.check.value,
                    "critical_party": entry.critical.party,
                    "critical_hazard": entry.critical_hazard,
                    "hazard": entry.hazard,
                }
                for entry in self.roadmaps
            ]
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage, one line per roadmap and reading."""
        from detente.display import charts

        lines = {
            entry.id if entry.reading is None else f"{entry.id} ({entry.reading})": entry.stage_margins()
            for entry in self.roadmaps
        }
        return charts.draw_margins(lines, ax=ax)

    def explain(self) -> Explanation:
        """Say of every roadmap whether it holds and, if not, who is tempted where and by what; then what is unstated."""
        verdicts = (s for entry in self.roadmaps for s in explain_evaluation(entry))
        return Explanation(sentences=(*verdicts, *explain_unstated(self.roadmaps)))


def _resolve(case: Case, roadmap: RoadmapLike) -> Roadmap:
    if isinstance(roadmap, str):
        return case.roadmap(roadmap)
    if isinstance(roadmap, Roadmap):
        return roadmap
    stages = tuple(tuple(stage) for stage in roadmap)
    return Roadmap(id="roadmap", name="roadmap", stages=stages)


def _checked(case: Case, roadmap: Roadmap) -> Roadmap:
    """Refuse an illegal roadmap, all its faults at once."""
    if not roadmap.stages:
        raise OptionError(f"roadmap '{roadmap.id}' has no stages; give at least one, each with at least one measure")
    problems = stage_problems(case, roadmap.stages)
    if problems:
        faults = "; ".join(str(problem) for problem in problems)
        raise OptionError(f"roadmap '{roadmap.id}' is not legal: {faults}")
    return roadmap


def _durations(game: Game, roadmap: Roadmap, stages: np.ndarray, given: Sequence[int] | None) -> np.ndarray:
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
    game = build_game(case, [measure for stage in roadmap.stages for measure in stage], parties=parties)
    stages = np.array([game.state(stage) for stage in roadmap.stages])
    lengths = _durations(game, roadmap, stages, roadmap.durations if durations is None else durations)
    values = RoadmapValues(game.system, stages, lengths)
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
        durations=tuple(int(length) for length in lengths),
        holds=all(row.margin >= -HOLDS for row in rows),
        trust=None if hopeless else max((r.required_trust for r in rows if r.required_trust is not None), default=0.0),
        margin=min(row.flow_margin for row in under_way),
        end_margin=min(row.flow_margin for row in at_end),
        critical=next(row for row in rows if row.flow_margin <= least + TIES),
        critical_hazard=critical_hazard(values),
        hazard=game.system.hazard,
        rows=rows,
        case=case,
        parties=game.parties,
        values=values,
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
    asked: Sequence[RoadmapLike] = case.roadmaps if roadmaps is None else roadmaps
    if not asked:
        raise OptionError("the case has no roadmaps; add one under `roadmaps:` or design one")
    readings = (None,) if not readings else tuple(readings)
    tasks = [
        (read, _checked(read, _resolve(read, roadmap)), reading)
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
