"""Verdicts on roadmaps whose deviations meet graduated answers instead of full breakdown. Experimental."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Result
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.explanation import explain_unstated
from detente.analysis.roadmap.graduated_rows import FalseAlarmCosts, GraduatedRow, OthersMargin
from detente.analysis.roadmap.graduated_words import explain_graduated
from detente.errors import OptionError
from detente.kernel.deviations import Check
from detente.kernel.roadmap import TIES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def _least(margins: Iterable[OthersMargin | None]) -> float | None:
    return min((given.flow_margin for given in margins if given is not None), default=None)


@dataclass(frozen=True, eq=False, kw_only=True)
class GraduatedRoadmap:
    """The verdict on one roadmap under one reading, with graduated answers.

    Parameters
    ----------
    ordinary : RoadmapEvaluation
        The verdict of the ordinary model on the same roadmap.
    rows : tuple of GraduatedRow
        Every check of every party, in the order of the ordinary rows.
    false_alarm : FalseAlarmCosts or None
        None unless a chance of false alarms is given.
    answer_periods : int or None
        How long answers last; None is for good.
    proportion : float
        What an answer loses the party per period, as a multiple of what its deviation gains it.
    """

    ordinary: RoadmapEvaluation
    rows: tuple[GraduatedRow, ...]
    false_alarm: FalseAlarmCosts | None
    answer_periods: int | None
    proportion: float

    @property
    def id(self) -> str:
        """Id of the roadmap."""
        return self.ordinary.id

    @property
    def reading(self) -> str | None:
        """The reading it was seen by; None for the base case."""
        return self.ordinary.reading

    @property
    def holds(self) -> bool:
        """Whether nobody would do better by deviating, by not answering or by not resuming (tolerance 1e-9)."""
        return all(row.holds for row in self.rows)

    @property
    def margin(self) -> float:
        """The least flow-equivalent margin under way: `before` of all stages, `after` of all but the last."""
        last = len(self.ordinary.stages)
        rows = [graduated.row for graduated in self.rows]
        return min(
            row.flow_margin
            for row in rows
            if row.check is Check.BEFORE or (row.check is Check.AFTER and row.stage < last)
        )

    @property
    def end_margin(self) -> float:
        """The least flow-equivalent margin over `after` of the last stage and `end`."""
        last = len(self.ordinary.stages)
        rows = [graduated.row for graduated in self.rows]
        return min(
            row.flow_margin
            for row in rows
            if row.check is Check.END or (row.check is Check.AFTER and row.stage == last)
        )

    @property
    def answer_margin(self) -> float | None:
        """The least flow-equivalent margin of those who should answer; None if nobody has to."""
        return _least(row.answering for row in self.rows)

    @property
    def resume_margin(self) -> float | None:
        """The least flow-equivalent margin of those who should resume; None if nobody has to."""
        return _least(row.resuming for row in self.rows)

    @property
    def critical(self) -> GraduatedRow:
        """The row of the least flow-equivalent margin."""
        least = min(graduated.row.flow_margin for graduated in self.rows)
        return next(graduated for graduated in self.rows if graduated.row.flow_margin <= least + TIES)

    def to_dict(self) -> dict[str, object]:
        """Return one entry of the JSON of `evaluate` with graduated answers."""
        ordinary, critical = self.ordinary, self.critical.row
        return {
            "id": self.id,
            "reading": self.reading,
            "holds": self.holds,
            "margin": self.margin,
            "end_margin": self.end_margin,
            "answer_margin": self.answer_margin,
            "resume_margin": self.resume_margin,
            "critical": {"stage": critical.stage, "check": critical.check.value, "party": critical.party},
            "ordinary": {
                "holds": ordinary.holds,
                "margin": ordinary.margin,
                "end_margin": ordinary.end_margin,
            },
            "false_alarm": None if self.false_alarm is None else self.false_alarm.to_dict(),
            "stages": [list(stage) for stage in ordinary.stages],
            "durations": list(ordinary.durations),
            "rows": [row.to_dict() for row in self.rows],
        }

    def stage_margins(self) -> tuple[float, ...]:
        """Return per stage the least flow-equivalent margin of all its checks, the end included in the last."""
        return tuple(
            min(graduated.row.flow_margin for graduated in self.rows if graduated.row.stage == number)
            for number in range(1, len(self.ordinary.stages) + 1)
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class GraduatedEvaluation(Result):
    """Verdicts with graduated answers, one entry per roadmap and reading. Experimental."""

    roadmaps: tuple[GraduatedRoadmap, ...]

    @property
    def roadmap(self) -> GraduatedRoadmap:
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
        """Return one row per check: margins, the best deviation, the answer to it, and the margins of the others."""
        import pandas as pd

        records = []
        for entry in self.roadmaps:
            for graduated in entry.rows:
                flat = graduated.to_dict()
                deviation, answer = graduated.row.deviation, graduated.answer
                for key in ("deviation", "answer", "answering", "resuming"):
                    del flat[key]
                record: dict[str, object] = {
                    "roadmap": entry.id,
                    "reading": entry.reading,
                    **flat,
                    "withhold": " ".join(deviation.withhold),
                    "undo": " ".join(deviation.undo),
                    "leave": deviation.leave,
                    "suspend": "" if answer is None else " ".join(answer.suspend),
                    "gain": None if answer is None else answer.gain,
                    "needed": None if answer is None else answer.needed,
                    "loss": None if answer is None else answer.loss,
                    "enough": None if answer is None else answer.enough,
                    "outcome": None if answer is None else answer.outcome.value,
                }
                for name, given in (("answer", graduated.answering), ("resume", graduated.resuming)):
                    record[f"{name}_party"] = None if given is None else given.party
                    record[f"{name}_margin"] = None if given is None else given.flow_margin
                records.append(record)
        return pd.DataFrame.from_records(records)

    def false_alarms(self) -> pd.DataFrame:
        """Return one row per roadmap, reading and party: what false alarms cost; empty unless a chance was given."""
        import pandas as pd

        columns = ["roadmap", "reading", "party", "breakdown", "graduated", "gain_breakdown", "gain_graduated"]
        records = [
            {"roadmap": entry.id, "reading": entry.reading, **cost.to_dict()}
            for entry in self.roadmaps
            if entry.false_alarm is not None
            for cost in entry.false_alarm.parties
        ]
        return pd.DataFrame.from_records(records, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage with graduated answers and with breakdown, two lines per roadmap."""
        from detente.display import charts

        lines: dict[str, tuple[float, ...]] = {}
        for entry in self.roadmaps:
            label = entry.id if entry.reading is None else f"{entry.id} ({entry.reading})"
            lines[f"{label}, graduated"] = entry.stage_margins()
            lines[f"{label}, breakdown"] = entry.ordinary.stage_margins()
        return charts.draw_margins(lines, ax=ax)

    def explain(self) -> Explanation:
        """Say whether each roadmap holds with graduated answers, who would not, and what false alarms cost."""
        verdicts = (sentence for entry in self.roadmaps for sentence in explain_graduated(entry))
        return Explanation(
            sentences=(*verdicts, *explain_unstated([entry.ordinary for entry in self.roadmaps])),
        )
