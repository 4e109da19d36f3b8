"""What a design answers: the best roadmap with a certificate, or who and what rules out every one (§8 of the model)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Result
from detente.analysis.roadmap.design_words import explain_design
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.goals import BEST
from detente.case import Case
from detente.kernel.objectives import Aim

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The parties whose checks rule out every roadmap, and the measures whose withholding or undoing does so.

    Parameters
    ----------
    minimal : bool
        Whether there is no smaller conflict; otherwise none of its members can be left out.
    """

    parties: tuple[str, ...]
    measures: tuple[str, ...]
    minimal: bool

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"parties": list(self.parties), "measures": list(self.measures), "minimal": self.minimal}


@dataclass(frozen=True, eq=False, kw_only=True)
class Design(Result):
    """The best roadmap to a goal, or why there is none.

    Parameters
    ----------
    objective : str
        What was optimised; "distance" for the order nearest to a given one.
    goal : tuple of str or None
        The measures to be in force at the end, beside the status quo and what is in force already; None for "any".
    stages, durations
        The roadmap; empty where there is none.
    in_force : tuple of str
        What is in force beside the status quo before its first stage.
    waiting : int
        Periods that pass before its first stage.
    value, bound : float or None
        Of the objective: what the roadmap reaches, and what no roadmap betters.
    conflict : Conflict or None
        Why no roadmap holds; None where one does, or where the goal itself is out of reach.
    missing : tuple of str
        What makes the goal itself impossible, as sentences.
    evaluation : RoadmapEvaluation or None
        The verdict on the roadmap.
    """

    objective: Aim
    goal: tuple[str, ...] | None
    in_force: tuple[str, ...] = ()
    waiting: int = 0
    stages: tuple[tuple[str, ...], ...] = ()
    durations: tuple[int, ...] = ()
    value: float | None = None
    bound: float | None = None
    conflict: Conflict | None = None
    missing: tuple[str, ...] = ()
    evaluation: RoadmapEvaluation | None = None
    case: Case = field(repr=False)

    def _body(self) -> dict[str, object]:
        return {
            "objective": self.objective,
            "goal": BEST if self.goal is None else " and ".join(self.goal),
            "status": self.status.value,
            **({"in_force": list(self.in_force), "waiting": self.waiting} if self.in_force else {}),
            "stages": [list(stage) for stage in self.stages],
            "durations": list(self.durations),
            "value": self.value,
            "bound": self.bound,
            "conflict": None if self.conflict is None else self.conflict.to_dict(),
            "missing": list(self.missing),
            "evaluation": None if self.evaluation is None else self.evaluation.to_dict(),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage: when it starts, how long it takes, its measures, its least margin and trust."""
        import pandas as pd

        margins = self.evaluation.stage_margins() if self.evaluation else ()
        trust = self.evaluation.trust_profile() if self.evaluation else ()
        records = []
        start = self.waiting
        for number, stage in enumerate(self.stages):
            records.append(
                {
                    "stage": number + 1,
                    "start": start,
                    "duration": self.durations[number],
                    "measures": " ".join(stage),
                    "margin": margins[number],
                    "trust": trust[number],
                }
            )
            start += self.durations[number]
        columns = ["stage", "start", "duration", "measures", "margin", "trust"]
        return pd.DataFrame.from_records(records, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage of the roadmap found."""
        from detente.display import charts

        margins = self.evaluation.stage_margins() if self.evaluation else ()
        return charts.draw_margins({f"least {self.objective}": margins}, ax=ax)

    def explain(self) -> Explanation:
        """Say what was found and how sure that is; or who and what rules out every roadmap."""
        return Explanation(sentences=tuple(explain_design(self)))
