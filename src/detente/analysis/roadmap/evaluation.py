"""Verdicts on roadmaps: who is tempted, where, by what, and how much trust is asked for (§5–7 of the model)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Result
from detente.analysis.roadmap.explanation import explain_evaluation, explain_unstated
from detente.case import Case
from detente.errors import OptionError
from detente.kernel.deviations import Check
from detente.kernel.hazard import least_margins
from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.verdict import Parts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


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
        Counted from 1; checks at the end carry the last stage's number. 0 is waiting before the first stage, and the
        end where no stage is left.
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
    numbers : tuple of int
        What the stages are called, if they are part of a longer roadmap; empty where they count from 1.
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
    numbers: tuple[int, ...] = field(default=(), repr=False)

    def number_of(self, stage: int) -> int:
        """Return what a stage is called in the roadmap that it is part of."""
        return self.numbers[stage - 1] if self.numbers and stage > 0 else stage

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


def evaluation_records(entry: RoadmapEvaluation) -> list[dict[str, object]]:
    """Return the rows of a verdict as flat records, one per check."""
    records = []
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
    return records


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

        return pd.DataFrame.from_records([each for entry in self.roadmaps for each in evaluation_records(entry)])

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
        """Say whether each roadmap holds and, if not, who is tempted where and by what; then what is unstated."""
        verdicts = (s for entry in self.roadmaps for s in explain_evaluation(entry))
        return Explanation(sentences=(*verdicts, *explain_unstated(self.roadmaps)))
