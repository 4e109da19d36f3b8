"""The indices of one roadmap under one reading (decision 0015)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.indices_levers import Lever, find_levers
from detente.case import Case
from detente.kernel.indices import Exchange, HoldUp, Power, weigh_exchange, weigh_hold_up, weigh_power


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyIndices:
    """When one party gives and gets along a roadmap.

    Parameters
    ----------
    gives, gets : float
        What the roadmap takes from the party and what it brings it, in all.
    gives_at, gets_at : float or None
        When on average, from the start; None where there is nothing.
    front_loading : float or None
        From −1 (gets everything first) to 1 (gives everything first).
    order_cost : float
        What it would gain if everything came at once.
    worst : float
        The lowest value of a stage's state, less that of the status quo.
    worst_stage : int
        That stage, counted from 1.
    """

    party: str
    gives: float = field(metadata={"unit": "own value units per period"})
    gets: float = field(metadata={"unit": "own value units per period"})
    gives_at: float | None = field(metadata={"unit": "periods"})
    gets_at: float | None = field(metadata={"unit": "periods"})
    front_loading: float | None
    order_cost: float = field(metadata={"unit": "own value units per period"})
    worst: float = field(metadata={"unit": "own value units per period"})
    worst_stage: int

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "id": self.party,
            "gives": self.gives,
            "gets": self.gets,
            "gives_at": self.gives_at,
            "gets_at": self.gets_at,
            "front_loading": self.front_loading,
            "order_cost": self.order_cost,
            "worst": self.worst,
            "worst_stage": self.worst_stage,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StageIndices:
    """How one party stands right after a stage; values are flow equivalents in its own units per period.

    Parameters
    ----------
    stage : int
        Counted from 1.
    sunk : float
        What its own irreversible measures and one-off costs so far have taken from it.
    stake : float
        What the others could at most extract: going on, less what is left if they stop.
    loss : float
        How much worse off than if it had never begun it is if they stop; negative: better off.
    hold_up : float or None
        Hold-up risk: the least probability of the others' going on at which it need not regret; None if none suffices.
    outside : float
        What walking out is worth.
    shift : float
        How much the stage has changed that.
    shift_share : float or None
        That over what the whole roadmap gains it; None if it gains nothing.
    inflicts : mapping from party to float
        The most that it could take from each other, in the other's units, by undoing measures of its own.
    """

    stage: int
    party: str
    sunk: float = field(metadata={"unit": "own value units per period"})
    stake: float = field(metadata={"unit": "own value units per period"})
    loss: float = field(metadata={"unit": "own value units per period"})
    hold_up: float | None
    outside: float = field(metadata={"unit": "own value units per period"})
    shift: float = field(metadata={"unit": "own value units per period"})
    shift_share: float | None
    inflicts: dict[str, float] = field(metadata={"unit": "the other's value units per period"})

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "stage": self.stage,
            "party": self.party,
            "sunk": self.sunk,
            "stake": self.stake,
            "loss": self.loss,
            "hold_up": self.hold_up,
            "outside": self.outside,
            "shift": self.shift,
            "shift_share": self.shift_share,
            "inflicts": dict(self.inflicts),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class RoadmapIndices:
    """The indices of one roadmap under one reading.

    Parameters
    ----------
    parties : tuple of PartyIndices
        In declared order.
    stages : tuple of StageIndices
        By stage, then party.
    levers : tuple of Lever
        What no stage mentions.
    evaluation : RoadmapEvaluation
        The verdict on the roadmap.
    """

    parties: tuple[PartyIndices, ...]
    stages: tuple[StageIndices, ...]
    levers: tuple[Lever, ...]
    evaluation: RoadmapEvaluation = field(repr=False)

    @property
    def id(self) -> str:
        """The roadmap's id."""
        return self.evaluation.id

    @property
    def reading(self) -> str | None:
        """The reading; None is the base case."""
        return self.evaluation.reading

    @property
    def case(self) -> Case:
        """The case as the reading sees it."""
        return self.evaluation.case

    def of_party(self, party: str) -> tuple[StageIndices, ...]:
        """Return one party's rows, stage by stage."""
        return tuple(row for row in self.stages if row.party == party)

    def to_dict(self) -> dict[str, object]:
        """Return one entry of the JSON."""
        return {
            "id": self.id,
            "reading": self.reading,
            "holds": self.evaluation.holds,
            "parties": [entry.to_dict() for entry in self.parties],
            "stages": [row.to_dict() for row in self.stages],
            "levers": [lever.to_dict() for lever in self.levers],
        }


def weigh_roadmap(evaluation: RoadmapEvaluation) -> RoadmapIndices:
    """Return the indices of a roadmap that has been evaluated.

    References
    ----------
    Decision 0015; [macaulay1938]_ (mean times), [klein1978]_ and [williamson1985]_ (hold-up), [fearon1995]_ and
    [powell2006]_ (shifting power).
    """
    values, parties = evaluation.values, evaluation.parties
    exchange, hold_up, power = weigh_exchange(values), weigh_hold_up(values), weigh_power(values)
    return RoadmapIndices(
        parties=tuple(_party(exchange, number, party) for number, party in enumerate(parties)),
        stages=tuple(
            _stage(hold_up, power, parties, stage, number)
            for stage in range(values.n_stages)
            for number in range(len(parties))
        ),
        levers=find_levers(evaluation.case, evaluation.stages, evaluation.durations),
        evaluation=evaluation,
    )


def _party(exchange: Exchange, number: int, party: str) -> PartyIndices:
    lowest = int(exchange.worst[number].argmin())
    return PartyIndices(
        party=party,
        gives=float(exchange.gives[number].sum()),
        gets=float(exchange.gets[number].sum()),
        gives_at=_known(float(exchange.gives_at[number])),
        gets_at=_known(float(exchange.gets_at[number])),
        front_loading=_known(float(exchange.front_loading[number])),
        order_cost=float(exchange.order_cost[number]),
        worst=float(exchange.worst[number, lowest]),
        worst_stage=lowest + 1,
    )


def _stage(hold_up: HoldUp, power: Power, parties: Sequence[str], stage: int, number: int) -> StageIndices:
    return StageIndices(
        stage=stage + 1,
        party=parties[number],
        sunk=float(hold_up.sunk[number, stage]),
        stake=float(hold_up.stake[number, stage]),
        loss=float(hold_up.loss[number, stage]),
        hold_up=_known(float(hold_up.risk[number, stage])),
        outside=float(power.outside[number, stage + 1]),
        shift=float(power.shift[number, stage]),
        shift_share=_known(float(power.share[number, stage])),
        inflicts={
            other: float(power.inflicts[number, place, stage]) for place, other in enumerate(parties) if place != number
        },
    )
