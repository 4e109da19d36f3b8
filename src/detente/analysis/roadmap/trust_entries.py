"""What an assessment of trust over time is made of: exits, stages, parties and outcomes (T1–T20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from detente.kernel.deviations import Check
from detente.kernel.stage_trust import StagePayoffs, Step

Expectation = Literal["mistrust", "trust"]
"""Where best replies start: from opportunists that withhold their first part, or from ones that never exit (T12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPlan:
    """When and how a party's opportunist stops doing its part (T2).

    Parameters
    ----------
    stage : int
        Counted from 1; an exit at the end carries the last stage's number.
    noticed_after : int
        Periods until the others know; 0 for leaving openly.
    """

    party: str
    stage: int
    check: Check
    withhold: tuple[str, ...]
    undo: tuple[str, ...]
    leave: bool
    noticed_after: int = field(metadata={"unit": "periods"})

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "party": self.party,
            "stage": self.stage,
            "check": self.check.value,
            "withhold": list(self.withhold),
            "undo": list(self.undo),
            "leave": self.leave,
            "noticed_after": self.noticed_after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StageThreshold:
    """What doing its part of a stage asks of one party, the stage taken by itself (T18).

    Parameters
    ----------
    stage : int
        Counted from 1.
    payoffs : StagePayoffs
        T, R, P and S as present values at the stage's start, and both thresholds.
    """

    stage: int
    party: str
    payoffs: StagePayoffs

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        payoffs = self.payoffs
        return {
            "stage": self.stage,
            "party": self.party,
            "exploit": payoffs.exploit,
            "reward": payoffs.reward,
            "leave": payoffs.leave,
            "both_fail": payoffs.both_fail,
            "betrayed": payoffs.betrayed,
            "against_leaving": payoffs.against_leaving,
            "against_exploiting": payoffs.against_exploiting,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One stage, or the end, in one profile of plans.

    Parameters
    ----------
    stage : int
        Counted from 1; the end carries the last stage's number.
    is_end : bool
        Whether this is the end.
    exits : tuple of ExitPlan
        The opportunists that exit here.
    informative : bool
        Whether a belief moves if the stage passes (T9); otherwise every type does its part.
    known_after : int or None
        Periods from the stage's start after which silence tells; None if it never does.
    reached : float
        Probability that nobody has exited before, outside breakdown apart.
    beliefs : mapping from party to float
        How likely each is reliable if the stage is reached.
    steps : mapping from party to Step
        How far trust so far carries.
    """

    stage: int
    is_end: bool
    exits: tuple[ExitPlan, ...]
    informative: bool
    known_after: int | None
    reached: float
    beliefs: Mapping[str, float]
    steps: Mapping[str, Step]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "stage": self.stage,
            "end": self.is_end,
            "exits": [exit_.to_dict() for exit_ in self.exits],
            "informative": self.informative,
            "known_after": self.known_after,
            "reached": self.reached,
            "beliefs": dict(self.beliefs),
            "steps": [
                {
                    "party": party,
                    "belief": step.belief,
                    "advantage": step.advantage,
                    "exposure": step.exposure,
                    "cap": step.cap,
                    "wait_cap": step.wait_cap,
                    "next_value": step.next_value,
                }
                for party, step in self.steps.items()
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyView:
    """What a party expects in one profile of plans.

    Parameters
    ----------
    reliable, opportunist : float
        Present value at the start for each type.
    never : float
        Not starting at all.
    goes_ahead : bool
        Whether the reliable type never does better by leaving openly (T13).
    stops_at : int or None
        The first stage, counted from 1, at which it would rather leave.
    """

    reliable: float
    opportunist: float
    never: float
    goes_ahead: bool
    stops_at: int | None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "reliable": self.reliable,
            "opportunist": self.opportunist,
            "never": self.never,
            "goes_ahead": self.goes_ahead,
            "stops_at": self.stops_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """One profile of the opportunists' plans, at the priors given.

    Parameters
    ----------
    stages : tuple of StageView
        The end last.
    completion : float
        Probability that nobody exits, outside breakdown apart (T14).
    """

    stages: tuple[StageView, ...]
    parties: Mapping[str, PartyView]
    completion: float

    @property
    def exits(self) -> tuple[ExitPlan, ...]:
        """Every exit, in the order of the roadmap."""
        return tuple(exit_ for stage in self.stages for exit_ in stage.exits)

    @property
    def carried(self) -> bool:
        """Whether every reliable party goes ahead."""
        return all(party.goes_ahead for party in self.parties.values())

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "stages": [stage.to_dict() for stage in self.stages],
            "parties": {party: view.to_dict() for party, view in self.parties.items()},
            "completion": self.completion,
            "carried": self.carried,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustOutcome:
    """Where best replies lead from mistrust, or from trust.

    Parameters
    ----------
    profiles : tuple of ProfileView
        One, an equilibrium at the priors given; several are a circle of best replies (T12).
    least_prior : float or None
        The least common prior from which on the roadmap is carried (T16); None if none suffices.
    least_priors, exploiting_priors : mapping from party to float or None
        From which common prior on each party goes ahead, against leaving openly and against every exit.
    """

    expectation: Expectation
    profiles: tuple[ProfileView, ...]
    least_prior: float | None
    least_priors: Mapping[str, float | None]
    exploiting_priors: Mapping[str, float | None]

    @property
    def is_equilibrium(self) -> bool:
        """Whether the plans are best replies to each other."""
        return len(self.profiles) == 1

    @property
    def carried(self) -> bool:
        """Whether every profile is carried at the priors given."""
        return all(profile.carried for profile in self.profiles)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "expectation": self.expectation,
            "equilibrium": self.is_equilibrium,
            "carried": self.carried,
            "least_prior": self.least_prior,
            "least_priors": dict(self.least_priors),
            "exploiting_priors": dict(self.exploiting_priors),
            "profiles": [profile.to_dict() for profile in self.profiles],
        }
