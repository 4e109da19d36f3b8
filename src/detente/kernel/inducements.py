"""The least that keeps one party to a roadmap, paid to it stage by stage once each is verified (§8 of the model)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.kernel.deviations import Check
from detente.kernel.system import FloatArray, IntArray
from detente.kernel.temptations import Temptation


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Inducement:
    """What one party is paid; K stages.

    Parameters
    ----------
    present_value : float
        All payments together, valued at the start.
    rewards : FloatArray
        Shape (K,): p_k, the reward for stage k, valued at the start of that stage.
    handed_over : FloatArray
        Shape (K,): the sum in which the reward is paid at the start of the next stage, once stage k is verified.
    """

    present_value: float
    rewards: FloatArray
    handed_over: FloatArray


def induce(gaps: FloatArray, durations: IntArray, gamma: float) -> Inducement:
    """Return the least payments that close one party's gaps, and their schedule: the closed form.

    Parameters
    ----------
    gaps : FloatArray
        Shape (K,): what complying falls short of the best deviation at each stage, 0 where it does not.
    durations : IntArray
        Shape (K,), periods of each stage.
    gamma : float
        Discount factor per period, times the chance that the process survives it; in (0, 1).

    Notes
    -----
    P_k = max_{s≥k} γ^{τ_s−τ_k} gap_s is what must still be to come at stage k; p_k = P_k − γ^{d_k} P_{k+1}; the least
    present value is P_1 = max_k γ^{τ_k} gap_k.  A reward worth p_k at the start of stage k is p_k/γ^{d_k} when it is
    handed over.
    """
    n_stages = gaps.size
    still = np.zeros(n_stages + 1)
    fades = gamma ** durations.astype(np.float64)
    for k in reversed(range(n_stages)):
        still[k] = max(float(gaps[k]), float(fades[k] * still[k + 1]), 0.0)
    rewards = np.maximum(still[:-1] - fades * still[1:], 0.0)
    return Inducement(present_value=float(still[0]), rewards=rewards, handed_over=rewards / fades)


def list_gaps(temptations: Sequence[Temptation], party: int, n_stages: int) -> FloatArray:
    """Return what complying falls short of a party's best deviation at each stage, the end left out, shape (K,)."""
    gaps = np.zeros(n_stages)
    for at in temptations:
        if at.party == party and at.check is not Check.END:
            gaps[at.stage] = max(float(gaps[at.stage]), -at.margin)
    return gaps
