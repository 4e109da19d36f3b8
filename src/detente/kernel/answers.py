"""Answers in proportion to a deviation: which measures the others suspend (graduated answers, G1 to G5).

A set of measures is chosen for many states at once, one measure at a time, by what its suspension loses the party that
deviated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.roadmap import TIES
from detente.kernel.system import BoolArray, FloatArray, System, flow_values


@dataclass(frozen=True, eq=False, kw_only=True)
class Answers:
    """What the others suspend in some states because of one party; N states.

    Parameters
    ----------
    suspended : BoolArray
        Shape (N, n): U, without what lapses with it.
    remains : BoolArray
        Shape (N, n): Y, what is in force while the answer lasts.
    needed, loss : FloatArray
        Shape (N,): what the answer should lose the party per period, and what it does.
    """

    suspended: BoolArray
    remains: BoolArray
    needed: FloatArray
    loss: FloatArray

    @property
    def is_enough(self) -> BoolArray:
        """Whether each answer loses the party what it should, shape (N,)."""
        return np.asarray(self.loss >= self.needed - TIES)


def lapsing(system: System, chosen: BoolArray) -> BoolArray:
    """Return sets of measures (N, n) with everything that requires one of them."""
    return np.asarray(chosen.astype(np.int64) @ system.dependents.astype(np.int64) > 0)


def others_can_end(system: System, party: int) -> BoolArray:
    """Return which measures somebody but the party can end at the table, shape (n,): an owner, or a passing coalition.

    Irreversible measures, those marked `keep` and those that deter the party itself are none of them (G2).
    """
    others = np.arange(system.n_parties) != party
    can = system.owns[others].any(axis=0)
    for measure, rule in system.ending_rules.items():
        voters = rule.members & others
        can[measure] = voters.sum() >= rule.quota and not (rule.veto & ~voters).any()
    return np.asarray(can & system.reversible & ~system.keep & (system.deters[party] == 0.0), dtype=np.bool_)


def _losses(system: System, party: int, states: BoolArray, candidates: BoolArray) -> FloatArray:
    """What suspending each candidate in force, and what lapses with it, loses the party per period: (N, n), else 0."""
    losses = np.zeros(states.shape)
    for measure in np.flatnonzero(candidates).tolist():
        irreversible = system.dependents[measure] & ~system.reversible
        ready = np.flatnonzero(states[:, measure] & ~states[:, irreversible].any(axis=1))
        if ready.size == 0:
            continue
        before = states[ready]
        gone = system.dependents[measure]
        loss = (before & gone) @ system.weight[party]
        for term in system.terms:
            if term.party == party and (term.measures & gone).any():
                change = term.holds(before).astype(np.float64) - term.holds(before & ~gone)
                loss = loss + term.value * change
        losses[ready, measure] = loss
    return losses


def choose_answers(system: System, party: int, states: BoolArray, needed: FloatArray) -> Answers:
    """Return what the others suspend in each state so that the party loses so much per period, or all there is (G4).

    Parameters
    ----------
    party : int
        Who deviated.
    states : BoolArray
        Shape (N, n): the states that deviations left.
    needed : FloatArray
        Shape (N,): ρ·g, what the suspension should lose the party per period.

    Notes
    -----
    Greedy: the least single loss that closes what is lacking, else the greatest; O(N·n²) and terms.
    """
    candidates = others_can_end(system, party)
    suspended = np.zeros_like(states)
    remains = states.copy()
    start = flow_values(system, states)[party]
    loss = np.zeros(len(states))
    active = np.flatnonzero(loss < needed - TIES)
    while active.size:
        single = _losses(system, party, remains[active], candidates)
        lacking = (needed - loss)[active][:, None]
        bites = single > TIES
        closes = bites & (single >= lacking - TIES)
        least = np.where(closes, single, np.inf).min(axis=1)
        greatest = np.where(bites, single, -np.inf).max(axis=1)
        fits = np.where(
            np.isfinite(least)[:, None],
            closes & (single <= least[:, None] + TIES),
            bites & (single >= greatest[:, None] - TIES),
        )
        found = fits.any(axis=1)
        rows, columns = active[found], fits[found].argmax(axis=1)
        suspended[rows, columns] = True
        remains[rows] &= ~system.dependents[columns]
        loss[rows] = start[rows] - flow_values(system, remains[rows])[party]
        active = rows[loss[rows] < needed[rows] - TIES]
    return Answers(suspended=suspended, remains=remains, needed=needed, loss=loss)
