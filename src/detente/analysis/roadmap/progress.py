"""Does the rest of an agreement hold? Roadmaps evaluated from what is in force by now, with what delay costs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_onward, planned_durations, resolve_roadmap
from detente.analysis.roadmap.evaluation import RoadmapEvaluation, evaluation_records
from detente.analysis.roadmap.explanation import explain_unstated
from detente.analysis.roadmap.progress_costs import PartyDelay, PartySunk, party_delays, party_sunk
from detente.analysis.roadmap.progress_history import History, When, history_of
from detente.analysis.roadmap.progress_rest import Rest, Standing, rest_of, standing_of
from detente.analysis.roadmap.progress_words import explain_progress
from detente.case import Case, Roadmap
from detente.errors import Cancelled, OptionError
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DELAYS = (1, 3, 6, 12, 24, 60)
"""Further periods of delay that are told unless others are asked for."""

REFERENCES = ("telser1980", "kydd2005", "lockwood2002")


@dataclass(frozen=True, eq=False, kw_only=True)
class Onward:
    """One way on: the stages that are left, and whether they hold.

    Parameters
    ----------
    evaluation : RoadmapEvaluation or None
        The verdict; None if the stages are not legal, or nothing is in force and nothing left.
    starts : tuple of int
        The period in which each stage starts if nothing is delayed any more.
    delays : tuple of PartyDelay
        Empty if no stage is left.
    """

    rest: Rest
    evaluation: RoadmapEvaluation | None
    starts: tuple[int, ...] = field(metadata={"unit": "period"})
    delays: tuple[PartyDelay, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form: what is left, beside its verdict."""
        return {
            "numbers": list(self.rest.numbers),
            "starts": list(self.starts),
            "retaken": list(self.rest.retaken),
            "problems": list(self.rest.problems),
            "delays": [delay.to_dict() for delay in self.delays],
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class RoadmapProgress:
    """Where one roadmap stands under one reading, and whether the rest of it holds.

    Parameters
    ----------
    rest : Onward
        What is left without what was lost.
    retaken : Onward or None
        What is left if what was lost is taken again first; None if nothing was lost.
    """

    roadmap: Roadmap
    reading: str | None
    standing: Standing
    rest: Onward
    retaken: Onward | None
    sunk: tuple[PartySunk, ...]
    case: Case = field(repr=False)

    @property
    def history(self) -> History:
        """What has happened by then."""
        return self.standing.history

    @property
    def holds(self) -> bool | None:
        """Whether the rest holds; None if there is nothing to judge."""
        return None if self.rest.evaluation is None else self.rest.evaluation.holds

    def to_dict(self) -> dict[str, object]:
        """Return one entry of the JSON: the verdict on the rest, as without progress, and where it stands."""
        standing = self.standing
        retaken = None
        if self.retaken is not None:
            retaken = {**_verdict_keys(self.roadmap.id, self.reading, self.retaken), **self.retaken.to_dict()}
        return {
            **_verdict_keys(self.roadmap.id, self.reading, self.rest),
            "progress": {
                "now": self.history.now,
                "in_force": list(self.history.in_force),
                "lost": list(standing.lost),
                "left_out": list(standing.left_out),
                "waiting": standing.waiting,
                **self.rest.to_dict(),
                "gates": [gate.to_dict() for gate in standing.gates],
                "sunk": [sunk.to_dict() for sunk in self.sunk],
                "with_retaken": retaken,
            },
        }


VERDICT_KEYS = ("holds", "trust", "margin", "end_margin", "critical", "critical_hazard")


def _verdict_keys(roadmap: str, reading: str | None, onward: Onward) -> dict[str, object]:
    if onward.evaluation is not None:
        return onward.evaluation.to_dict()
    stages = onward.rest.roadmap.stages
    empty: dict[str, object] = dict.fromkeys(VERDICT_KEYS)
    return {
        "id": roadmap,
        "reading": reading,
        **empty,
        "stages": [list(s) for s in stages],
        "durations": [],
        "rows": [],
    }


@dataclass(frozen=True, eq=False, kw_only=True)
class ProgressEvaluation(Result):
    """Where agreements stand and whether the rest of them holds, one entry per roadmap and reading."""

    roadmaps: tuple[RoadmapProgress, ...]

    @property
    def roadmap(self) -> RoadmapProgress:
        """The only entry, where one roadmap was asked for under one reading."""
        if len(self.roadmaps) != 1:
            raise OptionError(f"this evaluation has {len(self.roadmaps)} entries; use .roadmaps")
        return self.roadmaps[0]

    def evaluations(self) -> tuple[RoadmapEvaluation, ...]:
        """Return every verdict, of the rest and with what was lost taken again."""
        found = (onward for entry in self.roadmaps for onward in (entry.rest, entry.retaken) if onward is not None)
        return tuple(onward.evaluation for onward in found if onward.evaluation is not None)

    def _body(self) -> dict[str, object]:
        return {"roadmaps": [entry.to_dict() for entry in self.roadmaps]}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per check, as without progress, with whether what was lost is taken again."""
        import pandas as pd

        records: list[Mapping[str, object]] = []
        for entry in self.roadmaps:
            for retaken, onward in ((False, entry.rest), (True, entry.retaken)):
                if onward is not None and onward.evaluation is not None:
                    records += [{**each, "retaken": retaken} for each in evaluation_records(onward.evaluation)]
        return pd.DataFrame.from_records(records)

    def gates(self) -> pd.DataFrame:
        """Return one row per gate: roadmap, reading, stage, due, ready, passed, late, what is lacking and lost."""
        import pandas as pd

        records = []
        for entry in self.roadmaps:
            for gate in entry.standing.gates:
                flat = {
                    **gate.to_dict(),
                    **{key: " ".join(getattr(gate, key)) for key in ("measures", "lacking", "lost")},
                }
                records.append({"roadmap": entry.roadmap.id, "reading": entry.reading, **flat})
        return pd.DataFrame.from_records(records)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the course of the first agreement: what was planned, what happened, what is to come."""
        from detente.analysis.roadmap.progress_pictures import draw_progress

        return draw_progress(self.roadmaps[0], ax=ax)

    def explain(self) -> Explanation:
        """Say where each agreement stands, whether the rest holds, what delay costs, and what is unstated."""
        told = (sentence for entry in self.roadmaps for sentence in explain_progress(entry))
        return Explanation(sentences=(*told, *explain_unstated(self.evaluations())))


def _onward(standing: Standing, rest: Rest, reading: str | None, delays: Sequence[int]) -> Onward:
    history = standing.history
    evaluation = None
    if not rest.problems and (rest.roadmap.stages or history.in_force):
        evaluation = evaluate_onward(
            history.case,
            rest.roadmap,
            in_force=history.in_force,
            waiting=standing.waiting,
            numbers=rest.numbers,
            reading=reading,
        )
    lengths = () if evaluation is None else evaluation.durations
    return Onward(
        rest=rest,
        evaluation=evaluation,
        starts=tuple(accumulate(lengths[:-1], initial=history.now + standing.waiting)) if lengths else (),
        delays=() if evaluation is None else party_delays(evaluation, delays),
    )


def _entry(case: Case, roadmap: Roadmap, reading: str | None, at: When, delays: Sequence[int]) -> RoadmapProgress:
    history = history_of(case, at)
    standing = standing_of(history, roadmap, planned_durations(case, roadmap))
    ways = [
        _onward(standing, rest_of(standing, roadmap, durations=roadmap.durations, retake=retake), reading, delays)
        for retake in ((False, True) if standing.lost else (False,))
    ]
    return RoadmapProgress(
        roadmap=roadmap,
        reading=reading,
        standing=standing,
        rest=ways[0],
        retaken=ways[1] if len(ways) > 1 else None,
        sunk=party_sunk(history),
        case=case,
    )


def evaluate_progress(
    case: Case,
    roadmaps: Sequence[RoadmapLike] | None = None,
    *,
    at: When = "now",
    readings: Sequence[str | None] | None = None,
    delays: Sequence[int] = DELAYS,
    progress: Progress | None = None,
) -> ProgressEvaluation:
    """Tell where agreements stand by their `progress:`, whether the rest of them holds, and what delay costs whom.

    Parameters
    ----------
    case : Case
        The case, with what has happened under `progress:`.
    roadmaps : sequence of roadmap ids, roadmaps or lists of stages, optional
        All roadmaps of the case unless given; each begins in period 0.
    at : "now" or int
        The period to start from; later entries of `progress:` are ignored. Now is the latest period named there.
    readings : sequence of reading ids, optional
        The base case only unless given; None in the list is the base case.
    delays : sequence of int
        Further periods of delay before the next stage to value, each at least 1.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, the answer has what was evaluated until then.

    Returns
    -------
    ProgressEvaluation
        One entry per reading and roadmap.

    Raises
    ------
    OptionError
        If a roadmap or reading is unknown, a roadmap is not legal, or a period is out of range.
    CaseError
        If parties lack what roadmaps need, or progress contradicts the model.
    Cancelled
        If `progress` raised it before anything was evaluated.

    Notes
    -----
    The stages that are left are evaluated as a roadmap that starts where the agreement stands: what is in force can be
    undone and breaks down as in any stage, and what was spent is spent.

    References
    ----------
    Model §5–7; [telser1980]_ (self-enforcing agreements), [kydd2005]_ (trust).
    """
    started = time.perf_counter()
    asked: Sequence[RoadmapLike] = [roadmap.id for roadmap in case.roadmaps] if roadmaps is None else roadmaps
    if not asked:
        raise OptionError("the case has no roadmaps; add one under `roadmaps:` or design one")
    if any(periods < 1 for periods in delays):
        raise OptionError(f"a delay lasts 1 period or more, got {min(delays)}")
    readings = (None,) if not readings else tuple(readings)
    tasks = [
        (read, resolve_roadmap(read, roadmap), reading)
        for read, reading in [(case.under(reading), reading) for reading in readings]
        for roadmap in asked
    ]
    reporter = Reporter(progress)
    entries: list[RoadmapProgress] = []
    status = Status.ANSWERED
    try:
        for read, roadmap, reading in tasks:
            reporter.report("evaluating what is left", fraction=len(entries) / len(tasks))
            entries.append(_entry(read, roadmap, reading, at, delays))
    except Cancelled:
        if not entries:
            raise
        status = Status.STOPPED
    return ProgressEvaluation(
        status=status,
        method="roadmap evaluation from what is in force, all deviations (model §5–7)",
        parameters={
            "roadmaps": list(dict.fromkeys(entry.roadmap.id for entry in entries)),
            "readings": [reading for reading in readings if reading is not None],
            "from": entries[0].history.now,
        },
        provenance=Provenance.of(
            case,
            reading=readings[0] if len(readings) == 1 else None,
            seconds=time.perf_counter() - started,
        ),
        references=REFERENCES,
        roadmaps=tuple(entries),
    )
