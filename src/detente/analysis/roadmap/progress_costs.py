"""What an agreement in progress costs: what each party has sunk, and what further delay means to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.progress_history import History, SunkCost
from detente.case import point
from detente.kernel.delay import delay_values


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyDelay:
    """What further delay before the next stage means to one party.

    Parameters
    ----------
    loss : float
        What the first further period costs it; negative if it pays.
    margins : tuple of (int, float)
        Further periods, and the flow-equivalent margin of waiting so long against undoing something or leaving now.
    unwilling_after : int or None
        The least number of further periods that it would rather not wait; None if it would wait for ever.
    """

    party: str
    loss: float = field(metadata={"unit": "own value units, once"})
    margins: tuple[tuple[int, float], ...] = field(metadata={"unit": "periods, own value units per period"})
    unwilling_after: int | None = field(metadata={"unit": "periods"})

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "party": self.party,
            "loss": self.loss,
            "unwilling_after": self.unwilling_after,
            "margins": [{"periods": periods, "flow_margin": margin} for periods, margin in self.margins],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySunk:
    """What one party has spent by now; no margin counts it.

    Parameters
    ----------
    total : float
        Costs as they were paid, added up.
    compounded : float
        Their worth now, each divided by the discount factor for every period since.
    """

    party: str
    total: float = field(metadata={"unit": "own value units"})
    compounded: float = field(metadata={"unit": "own value units"})
    costs: tuple[SunkCost, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        costs = [{"measure": c.measure, "period": c.period, "deed": c.deed, "cost": c.cost} for c in self.costs]
        return {"party": self.party, "total": self.total, "compounded": self.compounded, "costs": costs}


def party_delays(evaluation: RoadmapEvaluation, periods: Sequence[int]) -> tuple[PartyDelay, ...]:
    """Return what further delay before the first stage that is left means to each party; empty if none is left."""
    if not evaluation.stages:
        return ()
    delay = delay_values(evaluation.values, np.array(periods, dtype=np.int64))
    patience = 1.0 - evaluation.values.system.discount
    margins = patience[:, None] * (delay.comply - delay.deviate)
    return tuple(
        PartyDelay(
            party=party,
            loss=float(delay.loss[i]),
            margins=tuple((n, float(margin)) for n, margin in zip(periods, margins[i], strict=True)),
            unwilling_after=delay.unwilling[i],
        )
        for i, party in enumerate(evaluation.parties)
    )


def party_sunk(history: History) -> tuple[PartySunk, ...]:
    """Return what each party has spent by now."""
    every = history.sunk_costs()
    result = []
    for party in history.case.parties:
        own = tuple(cost for cost in every if cost.party == party.id)
        discount = point(party.discount or 1.0)
        result.append(
            PartySunk(
                party=party.id,
                total=sum((cost.cost for cost in own), 0.0),
                compounded=sum((cost.cost * discount ** (cost.period - history.now) for cost in own), 0.0),
                costs=own,
            )
        )
    return tuple(result)
