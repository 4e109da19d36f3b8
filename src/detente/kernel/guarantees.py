"""What a promise to punish whoever breaks must amount to, and what the one who promises has at stake (§4, §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.kernel.breakdown import break_down
from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS, TIES, RoadmapValues
from detente.kernel.system import FloatArray, System
from detente.kernel.temptations import Temptation


@dataclass(frozen=True, slots=True, kw_only=True)
class Deterrence:
    """What keeps one party from breaking the process.

    Parameters
    ----------
    party, stage : int
        Counted from 0; the latest stage with which the promise can enter into force.
    amount : float
        Least punishment per period, in the party's own units.
    checks : tuple of int
        Numbers of the checks that it must mend.
    out_of_reach : int or None
        Number of a check at which no promise helps, as nothing has begun there that could be broken.
    """

    party: int
    stage: int
    amount: float
    checks: tuple[int, ...]
    out_of_reach: int | None = None


def deter(system: System, temptations: Sequence[Temptation], party: int) -> Deterrence:
    """Return the least punishment per period that keeps a party to a roadmap.

    Notes
    -----
    A deviation noticed after L periods is worth γ^L/(1−δ) less for each unit, leaving openly 1/(1−δ); both only where
    the promise is in force in the state that they leave.  Leaving before a stage leaves the state before that stage.
    """
    patience = 1.0 - float(system.discount[party])
    gamma = float(system.discount[party]) * (1.0 - system.hazard)
    amount, stage = 0.0, max((at.stage for at in temptations), default=0)
    checks: list[int] = []
    out_of_reach = None
    for number, at in enumerate(temptations):
        if at.party != party or at.margin >= -HOLDS:
            continue
        checks.append(number)
        if at.comply - at.leave < -HOLDS:
            entry = at.stage - (at.check is Check.BEFORE)
            if entry < 0:
                out_of_reach = number
                continue
            stage = min(stage, entry)
            amount = max(amount, (at.leave - at.comply) * patience)
        for lag, worth in zip(at.lags, at.worth, strict=True):
            if at.comply - worth < -HOLDS:
                stage = min(stage, at.stage)
                amount = max(amount, (float(worth) - at.comply) * patience / gamma ** int(lag))
    return Deterrence(party=party, stage=stage, amount=amount, checks=tuple(checks), out_of_reach=out_of_reach)


def withdrawal_margin(temptations: Sequence[Temptation], party: int, stage: int) -> float:
    """Return the least margin of keeping up a promise that costs nothing while it is kept, from a stage on."""
    return min(at.comply - at.at_once for at in temptations if at.party == party and at.stage >= stage)


def stakes(roadmap: RoadmapValues, temptations: Sequence[Temptation], checks: Sequence[int]) -> FloatArray:
    """Return what every party loses at least if the process is broken at one of some checks, shape (P,).

    Notes
    -----
    Complying less B_j(X, another broke it) at each of the checks, X the state that the best deviation there leaves.
    """
    system = roadmap.system
    complied = {(at.stage, at.check, at.party): at.comply for at in temptations}
    leave = roadmap.leave_values()
    least = np.full(system.n_parties, np.inf)
    for number in checks:
        row = roadmap.deviations.rows[number]
        value, lines = roadmap.choice(row, system.hazard)
        if leave[number] >= value - TIES:
            left = roadmap.states[row.stage + (row.check is not Check.BEFORE)]
        else:
            withheld, undone = roadmap.chosen(lines)
            left = roadmap.states[row.stage + 1] & ~system.dependents[withheld | undone].any(axis=0)
        broken = break_down(system, left[None, :]).nobody[:, 0]
        comply = np.array([complied[row.stage, row.check, j] for j in range(system.n_parties)])
        least = np.minimum(least, comply - broken)
    return least
