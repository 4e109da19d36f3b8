"""What payments and lasting counterparts change at every check of a roadmap: margins linear in their amounts (§8).

An *instrument* is a further measure of one party, the giver, that is worth something to one other, the receiver, and
that nothing links to the rest: a *payment* of an amount p is irreversible and worth p at once; a *counterpart* of an
amount x is worth x a period for as long as it is in force, and its giver takes it back when it can.  Both are noticed
after one period when they are withheld or taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS
from detente.kernel.system import BoolArray, FloatArray, IntArray, System
from detente.kernel.temptations import Temptation


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Instruments:
    """Payments and counterparts whose amounts are looked for; n in all.

    Parameters
    ----------
    giver, receiver, stage : IntArray
        Shape (n,), counted from 0: who gives, who is given, and the stage at which it is taken.
    lasts : BoolArray
        Shape (n,): whether it is a counterpart.
    rate : FloatArray
        Shape (n,): what a unit to the receiver costs the giver, in the giver's own units.
    """

    giver: IntArray
    receiver: IntArray
    stage: IntArray
    lasts: BoolArray
    rate: FloatArray

    def __len__(self) -> int:
        return int(self.giver.size)


class Way(StrEnum):
    """How a party fails to comply, as far as instruments are concerned."""

    LEAVE = "leave"
    DEVIATE = "deviate"
    WITHDRAW = "withdraw"
    """It also withholds and takes back all that it gives."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Demands:
    """Linear demands on the amounts of instruments, one per check and way of failing; N in all.

    Parameters
    ----------
    check : IntArray
        Shape (N,): the number of the check among the temptations.
    way : tuple of Way
        How the party would fail there.
    lag : IntArray
        Shape (N,), periods until that is noticed; 0 for leaving.
    margin : FloatArray
        Shape (N,): the margin against it with no instrument at all; 0 where it is held within the tolerance.
    gain : FloatArray
        Shape (N, n): what one unit of each instrument adds to that margin.
    concerns : BoolArray
        Shape (N, n): for demands of the way `WITHDRAW`, the instruments with which the demand comes.
    """

    check: IntArray
    way: tuple[Way, ...]
    lag: IntArray
    margin: FloatArray
    gain: FloatArray
    concerns: BoolArray

    @property
    def is_conditional(self) -> BoolArray:
        """Which demands are made only of those who give something."""
        return np.array([way is Way.WITHDRAW for way in self.way], dtype=np.bool_)


def starts(durations: IntArray) -> IntArray:
    """Return when each stage starts, shape (K,), periods from the start of the roadmap."""
    return np.asarray(np.concatenate([[0], np.cumsum(durations)[:-1]]), dtype=np.int64)


def expected_costs(system: System, durations: IntArray, instruments: Instruments) -> FloatArray:
    """Return what one unit of each instrument costs its giver, expected present value at the start, shape (n,)."""
    gamma = (system.discount * (1.0 - system.hazard))[instruments.giver]
    once = np.where(instruments.lasts, 1.0 / (1.0 - gamma), 1.0)
    return np.asarray(instruments.rate * once * gamma ** starts(durations)[instruments.stage])


def list_demands(
    system: System, durations: IntArray, temptations: Sequence[Temptation], instruments: Instruments
) -> Demands:
    """Return what every check demands of the amounts of instruments.

    Parameters
    ----------
    durations : IntArray
        Shape (K,): the lengths of the stages, that of a further one included where there is one.
    temptations : sequence of Temptation
        The checks of the roadmap without instruments.

    Notes
    -----
    O(number of checks · lags · n).
    """
    writer = _Writer(system, durations, instruments)
    check: list[int] = []
    ways: list[Way] = []
    lags: list[int] = []
    margins: list[float] = []
    gains: list[FloatArray] = []
    concerns: list[BoolArray] = []
    nothing = np.zeros(len(instruments), dtype=np.bool_)
    for number, at in enumerate(temptations):
        given = writer.given(at)
        rows = [(Way.LEAVE, 0, at.leave, nothing)]
        rows += [(Way.DEVIATE, int(lag), float(worth), nothing) for lag, worth in zip(at.lags, at.worth, strict=True)]
        if given.any():
            rows.append((Way.WITHDRAW, 1, at.at_once, given))
        for way, lag, worth, concerned in rows:
            check.append(number)
            ways.append(way)
            lags.append(lag)
            margins.append(at.comply - worth)
            gains.append(writer.gain(at, way, lag))
            concerns.append(concerned)
    margin = np.array(margins)
    margin[(margin < 0.0) & (margin >= -HOLDS)] = 0.0
    return Demands(
        check=np.array(check, dtype=np.int64),
        way=tuple(ways),
        lag=np.array(lags, dtype=np.int64),
        margin=margin,
        gain=np.array(gains).reshape(len(margins), len(instruments)),
        concerns=np.array(concerns, dtype=np.bool_).reshape(len(margins), len(instruments)),
    )


class _Writer:
    """What a unit of each instrument adds to a margin, check by check."""

    def __init__(self, system: System, durations: IntArray, instruments: Instruments) -> None:
        self._gamma = system.discount * (1.0 - system.hazard)
        self._start = starts(durations)
        self._of = instruments

    def given(self, at: Temptation) -> BoolArray:
        """Which instruments the party could withhold or take back at a check."""
        own = self._of.giver == at.party
        if at.check is Check.BEFORE:
            return np.asarray(own & ((self._of.stage == at.stage) | (self._of.lasts & (self._of.stage < at.stage))))
        return np.asarray(own & self._of.lasts & (self._of.stage <= at.stage))

    def gain(self, at: Temptation, way: Way, lag: int) -> FloatArray:
        """What a unit of each instrument adds to complying less failing in this way, with this lag."""
        of = self._of
        gamma = float(self._gamma[at.party])
        forever = 1.0 / (1.0 - gamma)
        own = of.giver == at.party
        if at.check is Check.END:
            ahead, now = np.zeros(len(of), dtype=np.bool_), np.zeros(len(of), dtype=np.bool_)
        else:
            ahead = of.stage > at.stage
            now = (of.stage == at.stage) & (at.check is Check.BEFORE)
        fades = gamma ** np.maximum(self._start[of.stage] - self._start[at.stage], 0).astype(np.float64)
        # What is still to come is lost whatever the party does instead.  Of what is there, or taken with this stage, it
        # loses a payment only by leaving before or by withholding it, a counterpart when the process breaks down.
        if way is Way.LEAVE:
            payment, counterpart = np.where(now, 1.0, 0.0), np.full(len(of), forever)
        elif way is Way.WITHDRAW:
            payment, counterpart = np.where(now & own, 1.0, 0.0), np.where(own, forever, gamma * forever)
        else:
            payment, counterpart = np.zeros(len(of)), np.full(len(of), gamma**lag * forever)
        worth = np.where(
            ahead,
            fades * np.where(of.lasts, forever, 1.0),
            np.where(of.lasts, counterpart, payment),
        )
        sign = np.where(of.receiver == at.party, 1.0, 0.0) - np.where(own, of.rate, 0.0)
        return np.asarray(sign * worth)
