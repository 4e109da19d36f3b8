"""One stage as a game of trust: thresholds, and how large the next step may be given trust so far (T18–T20)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.exit_plans import Priors, Prospect, TrustGame
from detente.kernel.exits import StageGame
from detente.kernel.roadmap import HOLDS, required_trust


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePayoffs:
    """What a stage is worth to a party that has something to do in it: Kydd's T, R, P and S, read off the case.

    Parameters
    ----------
    exploit : float
        T: its best exit while the others do their part.
    reward : float
        R: all do their part, in this stage and later.
    leave : float
        Leaving openly before the stage.
    both_fail : float
        P: the exit that decides the threshold, while the others withhold their part.
    betrayed : float
        S: it does its part while the others withhold theirs.
    against_leaving : float or None
        Least probability of the others' performing at which doing its part is no worse than leaving openly (§7).
    against_exploiting : float or None
        The same against every exit, secret ones too; None if none suffices.
    """

    exploit: float
    reward: float
    leave: float
    both_fail: float
    betrayed: float
    against_leaving: float | None
    against_exploiting: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far trust so far carries at one stage, for one party (T19, T20).

    Parameters
    ----------
    belief : float
        Probability, by what is known when the stage begins, that no other party exits there.
    advantage : float
        Doing its part less leaving openly before the stage, as a reliable party expects them.
    exposure : float
        What it loses if others exit, against leaving; 0 if nobody may.
    cap : float or None
        The largest exposure at which it would go ahead by what it believes; None if nobody may exit.
    wait_cap, next_value : float or None
        For the opportunist that exits at this stage: the worth of the next stage above which it would wait, and
        that worth as it is; None if it does not exit here, or nothing comes after.
    """

    belief: float
    advantage: float
    exposure: float
    cap: float | None
    wait_cap: float | None
    next_value: float | None


def stage_payoffs(stage: StageGame, party: int, reward: float) -> StagePayoffs:
    """Read T, R, P and S off a stage, and both thresholds (T18).

    Parameters
    ----------
    stage : StageGame
        Not the end.
    party : int
        With something to do in the stage.
    reward : float
        V_i(k): what the roadmap is worth to it from this stage on if all perform.

    Notes
    -----
    Going ahead is no worse than exit e at probability π of the others' performing iff
    π·(R − T_e) ≥ (1 − π)·(P_e − S), so that the threshold is the greatest of (P_e − S)/((R − T_e) + (P_e − S)).

    References
    ----------
    [kydd2005]_: the threshold of trust in the security dilemma game.
    """
    alone = stage.outcomes(party, ())[1]
    betrayed, both = stage.betrayals(party)
    leave = float(alone[0])
    worst, deciding = 0.0, int(np.argmax(both))
    for number, (tempted, failing) in enumerate(zip(alone.tolist(), both.tolist(), strict=True)):
        if reward < tempted - HOLDS:
            worst, deciding = np.inf, int(np.argmax(alone))
            break
        if betrayed < failing - HOLDS:
            needed = (failing - betrayed) / (max(reward - tempted, 0.0) + failing - betrayed)
            if needed > worst:
                worst, deciding = needed, number
    return StagePayoffs(
        exploit=float(alone.max()),
        reward=reward,
        leave=leave,
        both_fail=float(both[deciding]),
        betrayed=betrayed,
        against_leaving=required_trust(reward, leave, betrayed),
        against_exploiting=None if np.isinf(worst) else worst,
    )


def stage_step(game: TrustGame, party: int, number: int, prospect: Prospect) -> Step:
    """Tell how large the next step may be for a party, given what it believes when the stage begins (T19, T20).

    Parameters
    ----------
    prospect : Prospect
        With priors given as numbers.

    References
    ----------
    [watson1999]_, [watson2002]_: stakes that grow no faster than trust does.
    """
    stage = game.stages[number]
    value = Priors.number
    belief, betrayed = value(prospect.nobody[number]), value(prospect.betrayed[number])
    leave, follow = value(prospect.exits[number][0]), value(prospect.follow[number])
    later = value(prospect.follow[number + 1]) if number < game.last else 0.0
    exposure, cap = 0.0, None
    if belief < 1.0:
        performed = float(stage.keep[party]) + float(stage.fade[party]) * later
        exposure = leave - betrayed / (1.0 - belief)
        cap = belief / (1.0 - belief) * (performed - leave)
    wait_cap = next_value = None
    plan = prospect.plan
    if plan is not None and plan[0] == number < game.last and belief > 0.0:
        exit_ = value(prospect.best(number))
        wait_cap = ((exit_ - betrayed) / belief - float(stage.keep[party])) / float(stage.fade[party])
        next_value = value(prospect.best(number + 1))
    return Step(
        belief=belief,
        advantage=follow - leave,
        exposure=exposure,
        cap=cap,
        wait_cap=wait_cap,
        next_value=next_value,
    )
