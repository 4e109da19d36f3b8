"""Would the others give an answer, and take it back when the party returns? (graduated answers, G9 to G11)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from detente.errors import LimitError
from detente.kernel.aftermaths import break_down_once
from detente.kernel.answers import lapsing
from detente.kernel.breakdown import Aftermath
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, lags

MOST_KEPT_BACK = 12
"""Suspended measures of one party of which all subsets are tried when it could keep some back."""

Instead = Literal["let it stand", "break off", "keep back", "walk out"]
"""What a party that should answer or resume could do instead."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Place:
    """A check whose deviations are answered, and what is the same for all of them.

    Parameters
    ----------
    rule_periods : int or None
        n, how long an answer lasts; None is for good.
    party : int
        Who deviates.
    target : BoolArray
        Shape (n,): the state agreed, S.
    bound : int
        Periods after which a lapse is found at the latest.
    ahead : FloatArray
        Shape (P,): Ā, what is ahead with the state agreed in force and the stage begun anew.
    own_costs : FloatArray
        Shape (P, n): costs of taking, of owners only.
    """

    system: System
    rule_periods: int | None
    party: int
    target: BoolArray
    bound: int
    ahead: FloatArray
    own_costs: FloatArray

    @property
    def gamma(self) -> FloatArray:
        """δ(1 − h), shape (P, 1)."""
        return np.asarray((self.system.discount * (1.0 - self.system.hazard))[:, None])

    def flows(self, after: Aftermath) -> FloatArray:
        """Value per period of living in some states, the risk of breakdown included: (P, N)."""
        return np.asarray(after.value + (self.system.discount * self.system.hazard)[:, None] * after.nobody)

    def answerers(self, suspended: BoolArray) -> BoolArray:
        """Who gives answers: the other owners of what is suspended, (P, N)."""
        share = np.asarray(self.system.owns.astype(np.int64) @ suspended.T.astype(np.int64) > 0)
        share[self.party] = False
        return share


@dataclass(frozen=True, eq=False, kw_only=True)
class Credibility:
    """The least margin of those who should answer a deviation, or resume after it, over some deviations.

    Parameters
    ----------
    party : int
        Whose margin it is.
    suspended : IntArray
        Columns of the answer.
    worth, instead_worth : float
        Present value of doing it, and of the best that the party could do instead.
    """

    party: int
    suspended: IntArray
    worth: float
    instead_worth: float
    instead: Instead
    flow_margin: float

    @property
    def margin(self) -> float:
        """Doing it less the best instead."""
        return self.worth - self.instead_worth


def answering_costs(system: System, party: int, suspended: BoolArray) -> FloatArray:
    """Undo costs that each party bears for suspending sets (N, n) because of one party: (P, N); snapback is free."""
    costs = np.where(system.owns & ~system.snapback, system.undo_cost, 0.0)
    costs[party] = 0.0
    return np.asarray(costs @ suspended.T.astype(np.float64))


def _least(
    place: Place,
    who: BoolArray,
    suspended: BoolArray,
    worth: FloatArray,
    first: FloatArray,
    second: FloatArray,
    names: tuple[Instead, Instead],
) -> Credibility | None:
    """The least flow-equivalent margin of those who act, and what they would rather do."""
    if not who.any():
        return None
    instead = np.maximum(first, second)
    patience = (1.0 - place.system.discount)[:, None]
    margins = np.where(who, patience * (worth - instead), np.inf)
    party, line = (int(x) for x in np.unravel_index(int(margins.argmin()), margins.shape))
    return Credibility(
        party=party,
        suspended=np.flatnonzero(suspended[line]),
        worth=float(worth[party, line]),
        instead_worth=float(instead[party, line]),
        instead=names[0] if first[party, line] >= second[party, line] else names[1],
        flow_margin=float(margins[party, line]),
    )


def answer_margins(
    place: Place,
    *,
    here: Aftermath,
    there: Aftermath,
    suspended: BoolArray,
    retaken: BoolArray,
    returns: BoolArray,
    leaves: BoolArray,
) -> Credibility | None:
    """Return the least margin of answering some deviations, N in all; None if nobody has anything to suspend (G10).

    Parameters
    ----------
    here, there : Aftermath
        Of the states X that the deviations left, and of Y, what is in force while the answers last.
    suspended, retaken : BoolArray
        Shape (N, n): U, and what its owners other than the party pay for when all is taken again.
    returns, leaves : BoolArray
        Shape (N,): whether the party returns in the end, or walks out at once.
    """
    gamma = place.gamma
    back = place.ahead[:, None] - place.own_costs @ retaken.T.astype(np.float64)
    then = np.where(returns, back, there.nobody)
    fades = 0.0 if place.rule_periods is None else gamma**place.rule_periods
    held = place.flows(there) * (1.0 - fades) / (1.0 - gamma) + fades * then
    worth = np.where(leaves, there.nobody, held) - answering_costs(place.system, place.party, suspended)
    stand = place.flows(here) / (1.0 - gamma)
    who = place.answerers(suspended)
    return _least(place, who, suspended, worth, stand, here.nobody, ("let it stand", "break off"))


def resume_margins(place: Place, *, there: Aftermath, suspended: BoolArray, retaken: BoolArray) -> Credibility | None:
    """Return the least margin of resuming after some deviations, N in all, whose party returns (G11).

    Parameters
    ----------
    there : Aftermath
        Of Y, what is in force while the answers last.
    suspended, retaken : BoolArray
        Shape (N, n): U, and what its owners other than the party pay for when all is taken again.

    Raises
    ------
    LimitError
        If one party would have suspended more than `MOST_KEPT_BACK` measures of its own.
    """
    who = place.answerers(suspended)
    if not who.any():
        return None
    costs = place.own_costs @ retaken.T.astype(np.float64)
    worth = place.ahead[:, None] - costs
    kept = np.full(who.shape, -np.inf)
    known: dict[tuple[int, bytes, bytes], float] = {}
    for party, line in np.argwhere(who).tolist():
        own = suspended[line] & place.system.withholds[party]
        key = (party, own.tobytes(), retaken[line].tobytes())
        if key not in known:
            known[key] = _best_kept_back(place, party, own, retaken[line])
        kept[party, line] = known[key] - costs[party, line]
    return _least(place, who, suspended, worth, kept, there.breaker, ("keep back", "walk out"))


def _best_kept_back(place: Place, party: int, own: BoolArray, retaken: BoolArray) -> float:
    """The best worth to a party of keeping back some of what it suspended, costs of what it saves added."""
    columns = np.flatnonzero(own)
    if columns.size == 0:
        return -np.inf
    if columns.size > MOST_KEPT_BACK:
        raise LimitError(
            f"an answer suspends {columns.size} measures of one party; 2^{columns.size} ways of keeping some back are "
            f"too many; at most {MOST_KEPT_BACK} can be tried"
        )
    system = place.system
    chosen = np.zeros((2**columns.size - 1, system.n_measures), dtype=np.bool_)
    chosen[:, columns] = np.array(list(product((False, True), repeat=columns.size))[1:])
    gone = lapsing(system, chosen) & place.target
    left = place.target & ~gone
    lag = np.minimum(np.where(gone, lags(system, left), place.bound).min(axis=1), place.bound)
    after = break_down_once(system, left)
    gamma = float(place.gamma[party, 0])
    fades = gamma**lag
    held = place.flows(after)[party] * (1.0 - fades) / (1.0 - gamma) + fades * after.breaker[party]
    return float((held + (gone & retaken) @ place.own_costs[party]).max())
