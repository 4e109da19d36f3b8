"""Checks of a roadmap under graduated answers, and what false alarms cost, with labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.analysis.roadmap.evaluation import EvaluationRow
from detente.kernel.credibility import Instead
from detente.kernel.graduated import Outcome
from detente.kernel.roadmap import HOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduatedAnswer:
    """The answer that the best deviation of a check would meet (G1 to G7).

    Parameters
    ----------
    suspend : tuple of str
        Ids of the measures that the others suspend.
    gain : float
        What the deviation gains or saves the party, in its own value units per period.
    needed, loss : float
        What the answer should lose it per period, and what it does.
    enough : bool
        Whether the loss reaches what is needed; if not, these are all measures that could be found.
    outcome : Outcome
        What the party does: returns, refuses, leaves (at once), or stays (with an answer for good).
    """

    suspend: tuple[str, ...]
    gain: float = field(metadata={"unit": "value units per period"})
    needed: float = field(metadata={"unit": "value units per period"})
    loss: float = field(metadata={"unit": "value units per period"})
    enough: bool
    outcome: Outcome

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "suspend": list(self.suspend),
            "gain": self.gain,
            "needed": self.needed,
            "loss": self.loss,
            "enough": self.enough,
            "outcome": self.outcome.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersMargin:
    """The least margin of those who should answer, or resume, over the deviations of a check (G10, G11).

    Parameters
    ----------
    party : str
        Whose margin it is.
    suspend : tuple of str
        The answer in question.
    worth, instead_worth : float
        Present value, in the party's own units, of doing it and of the best it could do instead.
    instead : str
        What that is: "let it stand" or "break off"; "keep back" or "walk out".
    flow_margin : float
        The first less the second, per period: (1 − δ) times it.
    """

    party: str
    suspend: tuple[str, ...]
    worth: float
    instead_worth: float
    instead: Instead
    flow_margin: float

    @property
    def margin(self) -> float:
        """Doing it less the best instead, as present value."""
        return self.worth - self.instead_worth

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "party": self.party,
            "suspend": list(self.suspend),
            "worth": self.worth,
            "instead_worth": self.instead_worth,
            "instead": self.instead,
            "flow_margin": self.flow_margin,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduatedRow:
    """One check of one party under graduated answers.

    Parameters
    ----------
    row : EvaluationRow
        Its place, values, margin and best deviation; it has no trust and no parts.
    answer : GraduatedAnswer or None
        What the best deviation would meet; None for leaving openly, which is full breakdown.
    answering, resuming : OthersMargin or None
        The least margins of the others; None if no deviation that pays when let stand has an answer.
    ordinary_margin : float
        The margin of the same check with full breakdown as the only answer, as present value.
    """

    row: EvaluationRow
    answer: GraduatedAnswer | None
    answering: OthersMargin | None
    resuming: OthersMargin | None
    ordinary_margin: float

    @property
    def is_tempted(self) -> bool:
        """Whether the party would do better by deviating."""
        return self.row.margin < -HOLDS

    @property
    def is_unanswered(self) -> bool:
        """Whether somebody would do better by not answering a deviation that pays."""
        return self.answering is not None and self.answering.margin < -HOLDS

    @property
    def is_not_resumed(self) -> bool:
        """Whether somebody would do better by not resuming what it suspended."""
        return self.resuming is not None and self.resuming.margin < -HOLDS

    @property
    def holds(self) -> bool:
        """Whether nobody would do better by deviating, by not answering or by not resuming."""
        return not (self.is_tempted or self.is_unanswered or self.is_not_resumed)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        row = self.row
        return {
            "stage": row.stage,
            "check": row.check.value,
            "party": row.party,
            "comply": row.comply,
            "deviate": row.deviate,
            "margin": row.margin,
            "flow_margin": row.flow_margin,
            "ordinary_margin": self.ordinary_margin,
            "deviation": row.deviation.to_dict(),
            "leave_value": row.leave_value,
            "answer": None if self.answer is None else self.answer.to_dict(),
            "answering": None if self.answering is None else self.answering.to_dict(),
            "resuming": None if self.resuming is None else self.resuming.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCost:
    """What false alarms cost one party, per period (G14).

    Parameters
    ----------
    breakdown, graduated : float
        What it loses if every alarm is met by full breakdown; by a graduated answer. Below zero it gains.
    gain_breakdown, gain_graduated : float
        What is left of its gain from starting the roadmap at all.
    """

    party: str
    breakdown: float = field(metadata={"unit": "value units per period"})
    graduated: float = field(metadata={"unit": "value units per period"})
    gain_breakdown: float = field(metadata={"unit": "value units per period"})
    gain_graduated: float = field(metadata={"unit": "value units per period"})

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "party": self.party,
            "breakdown": self.breakdown,
            "graduated": self.graduated,
            "gain_breakdown": self.gain_breakdown,
            "gain_graduated": self.gain_graduated,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarmCosts:
    """What false alarms cost a roadmap (G12 to G15).

    Parameters
    ----------
    chance : float
        φ, the chance of a false alarm.
    parties : tuple of AlarmCost
        One per party, in declared order.
    reaches_end_breakdown, reaches_end_graduated : float
        Chance that alarms alone do not break the process before its last stage is verified.
    """

    chance: float = field(metadata={"unit": "per period"})
    parties: tuple[AlarmCost, ...]
    reaches_end_breakdown: float
    reaches_end_graduated: float

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "chance": self.chance,
            "parties": [party.to_dict() for party in self.parties],
            "reaches_end_breakdown": self.reaches_end_breakdown,
            "reaches_end_graduated": self.reaches_end_graduated,
        }
