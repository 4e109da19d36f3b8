"""What is had when some parties stop doing their part of a stage, several at once too (trust over time, T1–T6).

A party exits by leaving openly or by a deviation of §6 of the model, before or after the stage's measures are taken, or
at the end.  Alone this is §6; together, what all of them withhold and undo is missing, the first thing missed ends it,
and each pays for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import LimitError
from detente.kernel.breakdown import break_down
from detente.kernel.deviations import Check, list_deviations
from detente.kernel.system import NEVER, BoolArray, FloatArray, System, lags

MOST_JOINT = 12
"""Own measures that a party may withhold or undo at one check: 2^12 ways of exiting there."""

Exits = tuple[tuple[int, int], ...]
"""Who exits at a stage, and how: pairs of party and number of the manner, by party."""


class Aftermaths:
    """Values of states and of their breakdown, each worked out once.

    Parameters
    ----------
    system : System
        The game.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self._known: dict[bytes, int] = {}
        self._values = np.zeros((3, system.n_parties, 0))

    def of(self, states: BoolArray) -> FloatArray:
        """Return v(X), B(X, nobody) and B(X, i) of some states: shape (3, P, n_states)."""
        keys = [row.tobytes() for row in np.packbits(states, axis=1)]
        new = {key: place for place, key in enumerate(keys) if key not in self._known}
        if new:
            found = break_down(self.system, states[list(new.values())])
            for key in new:
                self._known[key] = len(self._known)
            worth = np.stack([found.value, found.nobody, found.breaker])
            self._values = np.concatenate([self._values, worth], axis=2)
        return self._values[:, :, [self._known[key] for key in keys]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Manners:
    """How one party can exit at one stage; M ways, those before the measures are taken first.

    Parameters
    ----------
    check : tuple of Check
        Where each is.
    before, leaves : BoolArray
        Shape (M,): whether it comes before the stage's measures are taken, and whether it is leaving openly.
    removed : BoolArray
        Shape (M, n): what is missing because of it, with what requires that.
    withheld, undone : BoolArray
        Shape (M, n): what is chosen.
    pays : FloatArray
        Shape (M,): own one-off costs as a negative number.
    """

    check: tuple[Check, ...]
    before: BoolArray
    leaves: BoolArray
    removed: BoolArray
    withheld: BoolArray
    undone: BoolArray
    pays: FloatArray


class StageGame:
    """One stage, or the end, as a game of who does its part (T1–T6).

    Parameters
    ----------
    aftermaths : Aftermaths
        Of the system.
    start, state : BoolArray
        Shape (n,): S_{k−1} and S_k.
    length : int
        d_k, in periods.
    is_end : bool
        Whether this is the end, with S_k in force for good and nothing to take; `start` is then S_{K−1}.

    Raises
    ------
    LimitError
        If a party could withhold or undo more than `MOST_JOINT` measures at once.
    """

    def __init__(
        self, aftermaths: Aftermaths, start: BoolArray, state: BoolArray, length: int, *, is_end: bool = False
    ) -> None:
        self.system = system = aftermaths.system
        self.aftermaths = aftermaths
        self.start, self.state, self.is_end = start, state, is_end
        self.length = NEVER if is_end else length
        self.gamma = system.discount * (1.0 - system.hazard)
        own_cost = np.where(system.owns, system.cost, 0.0) @ (state & ~start).astype(np.float64)
        self.cost: FloatArray = np.zeros(system.n_parties) if is_end else own_cost
        value, nobody, _ = aftermaths.of(state[None, :])[:, :, 0]
        flow = value + system.discount * system.hazard * nobody
        if is_end:
            self.keep, self.fade = flow / (1.0 - self.gamma), np.zeros(system.n_parties)
        else:
            self.fade = self.gamma**length
            self.keep = flow * (1.0 - self.fade) / (1.0 - self.gamma) - self.cost
        self.manners = self._list_manners(length)
        self._known: dict[tuple[int, Exits], tuple[float, FloatArray]] = {}

    def _list_manners(self, length: int) -> tuple[Manners, ...]:
        system, n_measures = self.system, self.system.n_measures
        found = list_deviations(system, np.array([self.start, self.state]), np.array([length]), joint_bits=MOST_JOINT)
        checks = (Check.END,) if self.is_end else (Check.BEFORE, Check.AFTER)
        manners = []
        for party in range(system.n_parties):
            rows = [row for check in checks for row in found.rows if row.check is check and row.party == party]
            check_of: list[Check] = []
            removed, withheld, undone = ([np.zeros((0, n_measures), dtype=np.bool_)] for _ in range(3))
            pays = [np.zeros(0)]
            nothing = np.zeros((1, n_measures), dtype=np.bool_)
            for row in rows:
                if len(row.groups) > 1:
                    raise LimitError(
                        f"a party could withhold or undo more than {MOST_JOINT} measures at once, and every way of "
                        "exiting is tried: trust over time needs a smaller roadmap"
                    )
                sunk = 0.0 if row.check is Check.BEFORE else float(self.cost[party])
                lines = slice(*row.groups[0]) if row.groups else slice(0, 0)
                check_of += [row.check] * (1 + lines.stop - lines.start)
                removed += [nothing, self.state & ~found.left[lines]]
                withheld += [nothing, found.withheld[lines]]
                undone += [nothing, found.undone[lines]]
                pays += [np.array([-sunk]), found.pays[lines] - sunk]
            out = np.concatenate(removed)
            taken, ended = np.concatenate(withheld), np.concatenate(undone)
            manners.append(
                Manners(
                    check=tuple(check_of),
                    before=np.array([check is Check.BEFORE for check in check_of], dtype=np.bool_),
                    leaves=np.asarray(~(taken | ended).any(axis=1), dtype=np.bool_),
                    removed=out,
                    withheld=taken,
                    undone=ended,
                    pays=np.concatenate(pays),
                )
            )
        return tuple(manners)

    def outcomes(self, party: int, others: Exits) -> tuple[float, FloatArray]:
        """What a party has at the stage's start if these others exit here.

        Parameters
        ----------
        party : int
            Not among the others.
        others : tuple of (party, manner)
            Who exits, by party; may be empty.

        Returns
        -------
        float
            If it does its part; not a number if nobody exits.
        FloatArray
            Shape (M,): if it exits too, in each of its manners.

        Notes
        -----
        Who leaves openly before the stage is heard before anything is taken, who leaves openly after it before anything
        is undone in secret; otherwise all deviations stand together until the first thing missing is noticed (T3, T4).
        """
        key = (party, others)
        if key not in self._known:
            values = self._outcomes(party, *self._others(others))
            self._known[key] = (float(values[0]) if others else np.nan, values[1:])
        return self._known[key]

    def betrayals(self, party: int) -> tuple[float, FloatArray]:
        """What a party has if the others withhold every measure of the stage that has another owner (§7, T18).

        Returns
        -------
        float
            If it does its part: X of §7 of the model.
        FloatArray
            Shape (M,): if it exits too, in each of its manners.
        """
        withheld = self.state & ~self.start & self.system.others_own[party]
        if withheld.any():
            gone = self.state & self.system.dependents[withheld].any(axis=0)
            values = self._outcomes(party, False, False, gone, np.zeros_like(gone), watched=withheld)
            return float(values[0]), values[1:]
        # The others fail at the next gate.
        _, nobody, _ = self.aftermaths.of(self.state[None, :])[:, party, 0]
        return float(self.keep[party] + self.fade[party] * nobody), self.outcomes(party, ())[1]

    def _outcomes(
        self,
        party: int,
        early: bool,
        late: bool,
        gone_before: BoolArray,
        gone_after: BoolArray,
        *,
        watched: BoolArray | None = None,
    ) -> FloatArray:
        """Values of doing its part, first, and of every manner; `watched` is all that tells who does its part."""
        own = self.manners[party]
        n_ways = len(own.pays) + 1  # the first is doing its part
        first = np.zeros(1, dtype=np.bool_)
        before, leaves = np.concatenate([first, own.before]), np.concatenate([first, own.leaves])
        exits = np.arange(n_ways) > 0
        removed = np.concatenate([np.zeros((1, self.system.n_measures), dtype=np.bool_), own.removed])
        pays = np.concatenate([[-self.cost[party]], own.pays])
        # Who leaves before: nothing of the stage is taken.
        leaves_before = before & leaves
        unbegun = early | leaves_before
        # Who leaves after: what was withheld before is missing, nothing is undone in secret.
        missing = gone_before | (removed & (before & ~leaves)[:, None])
        leaves_after = ~before & leaves & exits
        open_after = ~unbegun & (late | leaves_after)
        secret = ~unbegun & ~open_after
        undone = gone_after | (removed & (~before & ~leaves & exits)[:, None])
        missing = missing | (undone & secret[:, None])
        left = np.where(unbegun[:, None], self.start, self.state & ~missing)
        broke = np.where(unbegun, leaves_before, exits & (before | leaves_after | secret))
        paid = np.where(unbegun, 0.0, np.where(broke, pays, -self.cost[party]))
        value, nobody, breaker = self.aftermaths.of(left)[:, party]
        lost = np.where(broke, breaker, nobody)
        if not self.start.any() and not self.is_end:  # nothing has begun that could break
            lost = np.where(unbegun, value / (1.0 - self.system.discount[party]), lost)
        gone = self.state & ~left
        if watched is not None:
            gone[0] = watched
        noticed = np.where(gone, lags(self.system, left), NEVER).min(axis=1, initial=NEVER)
        fades = np.where(secret, self.gamma[party] ** np.minimum(noticed, self.length), 1.0)
        flow = value + self.system.discount[party] * self.system.hazard * nobody
        return np.asarray(paid + flow * (1.0 - fades) / (1.0 - self.gamma[party]) + fades * lost)

    def _others(self, others: Exits) -> tuple[bool, bool, BoolArray, BoolArray]:
        """Whether one of them leaves before, or after; what they withhold and undo before, and undo after."""
        early = late = False
        gone_before, gone_after = np.zeros((2, self.system.n_measures), dtype=np.bool_)
        for other, number in others:
            manner = self.manners[other]
            if manner.leaves[number]:
                early |= bool(manner.before[number])
                late |= not manner.before[number]
            elif manner.before[number]:
                gone_before = gone_before | manner.removed[number]
            else:
                gone_after = gone_after | manner.removed[number]
        return early, late, gone_before, gone_after

    def noticed_after(self, party: int, number: int) -> int:
        """Return after how many periods an exit by one party alone is known to all; 0 if it is open."""
        manner = self.manners[party]
        if manner.leaves[number]:
            return 0
        left = self.state & ~manner.removed[number]
        seen = lags(self.system, left[None, :])[0, manner.removed[number]]
        return int(min(int(seen.min()), self.length))
