"""Exit plans of opportunists, best replies to them, and profiles that are best replies to themselves (T7–T14).

A plan is the stage and the manner in which an opportunist stops doing its part, or never.  Values are polynomials in
the one prior that all parties share, of a degree below the number of parties, or numbers where priors are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np

from detente.kernel.exits import Exits, StageGame
from detente.kernel.roadmap import HOLDS, TIES
from detente.kernel.system import FloatArray
from detente.progress import Reporter

Plan = tuple[int, int] | None
"""Stage (from 0; the end is one more than the last) and manner of an exit; None for never."""

Profile = tuple[Plan, ...]
"""One plan per party, that of its opportunistic type."""

MOST_REPLIES = 200
"""Rounds of best replies after which a search for a profile gives up; circles are found long before."""


class Priors:
    """Probabilities of who is reliable, given for each party.

    Parameters
    ----------
    given : sequence of float
        Per party, the prior that the others hold.
    """

    degree = 1

    def __init__(self, given: Sequence[float]) -> None:
        self.given = np.array(given, dtype=np.float64)

    def weight(self, stay: Sequence[int], exit_: Sequence[int]) -> FloatArray:
        """Return the probability that these are reliable and those are not."""
        return np.array([np.prod(self.given[list(stay)]) * np.prod(1.0 - self.given[list(exit_)])])

    def at(self, values: FloatArray) -> FloatArray:
        """Return values (…, degree) as numbers (…)."""
        return values[..., 0]

    @staticmethod
    def number(value: FloatArray) -> float:
        """Return one value (degree,) as a number."""
        return float(value[0])


class CommonPrior:
    """The same prior for every party, as an unknown: values are polynomials in it.

    Parameters
    ----------
    n_parties : int
        Each other party enters a value once, so that degrees stay below this.
    prior : float
        Where values are looked at when a choice is to be made.
    """

    def __init__(self, n_parties: int, prior: float) -> None:
        self.degree = n_parties
        self.prior = prior
        self._powers = prior ** np.arange(n_parties)

    def weight(self, stay: Sequence[int], exit_: Sequence[int]) -> FloatArray:
        """Return p^a·(1 − p)^b as coefficients, the constant first."""
        coefficients = np.zeros(self.degree)
        for power in range(len(exit_) + 1):
            coefficients[len(stay) + power] = comb(len(exit_), power) * (-1.0) ** power
        return coefficients

    def at(self, values: FloatArray) -> FloatArray:
        """Return values (…, degree) at the prior."""
        return np.asarray(values @ self._powers)


def _times(one: FloatArray, other: FloatArray) -> FloatArray:
    """Multiply two polynomials whose product is known to have a degree below their length."""
    return np.convolve(one, other)[: len(one)]


@dataclass(frozen=True, eq=False, kw_only=True)
class Prospect:
    """What one party expects at every stage if the others' opportunists have certain plans; D coefficients.

    Parameters
    ----------
    exits : tuple of FloatArray
        Per stage, the end included, (M, D): exiting there, in each manner, given that nobody has before.
    stay : tuple of FloatArray
        Per stage, (D,): doing its part now and what is best from the next stage on.
    follow : tuple of FloatArray
        Per stage, (D,): doing its part to the end, as a reliable party does.
    choice : tuple of int
        Per stage, the manner that is better than staying on by more than the tolerance; −1 for none.
    nobody : tuple of FloatArray
        Per stage, (D,): the probability that no other party exits there.
    betrayed : tuple of FloatArray
        Per stage, (D,): doing its part where others exit, times the probability of that.
    """

    exits: tuple[FloatArray, ...]
    stay: tuple[FloatArray, ...]
    follow: tuple[FloatArray, ...]
    choice: tuple[int, ...]
    nobody: tuple[FloatArray, ...]
    betrayed: tuple[FloatArray, ...]

    @property
    def plan(self) -> Plan:
        """The best exit plan: the first stage at which exiting is better than staying on."""
        for stage, choice in enumerate(self.choice):
            if choice >= 0:
                return stage, choice
        return None

    def best(self, stage: int) -> FloatArray:
        """Return what the opportunist expects at a stage, (D,)."""
        choice = self.choice[stage]
        return self.stay[stage] if choice < 0 else self.exits[stage][choice]


@dataclass(frozen=True, eq=False, kw_only=True)
class Settled:
    """Where best replies lead from some profile.

    Parameters
    ----------
    profiles : tuple of Profile
        One profile that is a best reply to itself, or the circle in which best replies run.
    replies : tuple of Prospect
        Every prospect that was looked at on the way: as long as their choices stay, so does the result.
    """

    profiles: tuple[Profile, ...]
    replies: tuple[Prospect, ...]

    @property
    def is_equilibrium(self) -> bool:
        """Whether it is one profile."""
        return len(self.profiles) == 1


class TrustGame:
    """A roadmap as a game of types: each party is reliable, or an opportunist with an exit plan.

    Parameters
    ----------
    stages : sequence of StageGame
        One per stage, the end last.
    reporter : Reporter, optional
        Told what is being done whenever a party's prospect is worked out; may raise `Cancelled`.
    """

    def __init__(self, stages: Sequence[StageGame], reporter: Reporter | None = None) -> None:
        self.stages = tuple(stages)
        self._reporter = reporter
        self._priors: Priors | CommonPrior | None = None
        self._known: dict[tuple[int, Profile], Prospect] = {}
        self.n_parties = stages[0].system.n_parties

    @property
    def last(self) -> int:
        """The number of the end, counted as a stage from 0."""
        return len(self.stages) - 1

    def exits_at(self, stage: int, profile: Profile, *, without: int = -1) -> Exits:
        """Return who plans to exit at a stage, and how."""
        return tuple(
            (party, plan[1])
            for party, plan in enumerate(profile)
            if plan is not None and plan[0] == stage and party != without
        )

    def prospect(self, party: int, profile: Profile, priors: Priors | CommonPrior) -> Prospect:
        """Work out backward what a party expects from the plans of the others' opportunists (T8–T10).

        Notes
        -----
        Given that a stage was reached, who planned to exit earlier is reliable for certain, and who plans to exit here
        or later is so with its prior.  O(stages · manners · 2^(exits at the stage)).
        """
        if priors is not self._priors:  # what is known is of the last priors that were asked about
            self._priors, self._known = priors, {}
        key = (party, (*profile[:party], None, *profile[party + 1 :]))
        if key not in self._known:
            self._known[key] = self._prospect(party, profile, priors)
        return self._known[key]

    def _prospect(self, party: int, profile: Profile, priors: Priors | CommonPrior) -> Prospect:
        if self._reporter is not None:
            self._reporter.report("following best replies")
        found: list[tuple[FloatArray, FloatArray, FloatArray, int, FloatArray, FloatArray]] = []
        best = follow = np.zeros(priors.degree)
        for number in reversed(range(len(self.stages))):
            stage = self.stages[number]
            planned = self.exits_at(number, profile, without=party)
            everyone = [other for other, _ in planned]
            ways = np.zeros((len(stage.manners[party].pays), priors.degree))
            betrayed = np.zeros(priors.degree)
            for here in _subsets(planned):
                gone = [other for other, _ in here]
                weight = priors.weight([other for other in everyone if other not in gone], gone)
                victim, own = stage.outcomes(party, here)
                ways += own[:, None] * weight
                if here:
                    betrayed = betrayed + victim * weight
            nobody = priors.weight(everyone, [])
            now = np.zeros(priors.degree)
            now[0] = stage.keep[party]
            stay = _times(nobody, now + stage.fade[party] * best) + betrayed
            follow = _times(nobody, now + stage.fade[party] * follow) + betrayed
            worth = priors.at(ways)
            most = float(worth.max())
            better = most > float(priors.at(stay)) + HOLDS
            choice = int(np.argmax(worth >= most - TIES)) if better else -1
            best = ways[choice] if better else stay
            found.append((ways, stay, follow, choice, nobody, betrayed))
        exits, stays, follows, choices, nobodies, betrayals = zip(*reversed(found), strict=True)
        return Prospect(exits=exits, stay=stays, follow=follows, choice=choices, nobody=nobodies, betrayed=betrayals)

    def trusting(self) -> Profile:
        """Return the profile in which no opportunist ever exits."""
        return (None,) * self.n_parties

    def mistrusting(self) -> Profile:
        """Return the profile in which each opportunist withholds its whole part of the first stage where it has one."""
        plans: list[Plan] = []
        for party in range(self.n_parties):
            plan: Plan = None
            for number, stage in enumerate(self.stages):
                manner = stage.manners[party]
                counts = np.where(manner.undone.any(axis=1), 0, manner.withheld.sum(axis=1))
                if counts.max() > 0:
                    plan = (number, int(counts.argmax()))
                    break
            plans.append(plan)
        return tuple(plans)

    def settle(self, start: Profile, priors: Priors | CommonPrior) -> Settled:
        """Follow best replies from a profile: all at once, then, if that runs in a circle, the earlier exits first.

        Notes
        -----
        A profile that is its own best reply is a Nash equilibrium in pure plans, sequentially rational by the backward
        computation (T11).  None need exist, and where parties are alike but their plans in equilibrium are not, no rule
        that treats them alike finds one; then the circle of replies all at once is returned.
        """
        replies: list[Prospect] = []
        at_once = self._walk(start, priors, replies, earlier_first=False)
        if len(at_once) > 1:
            cautious = self._walk(start, priors, replies, earlier_first=True)
            at_once = cautious if len(cautious) == 1 else at_once
        return Settled(profiles=at_once, replies=_once(replies))

    def _walk(
        self, start: Profile, priors: Priors | CommonPrior, replies: list[Prospect], *, earlier_first: bool
    ) -> tuple[Profile, ...]:
        """Return the profile where best replies come to rest, or the circle in which they run."""
        seen: dict[Profile, int] = {}
        walked: list[Profile] = []
        profile = start
        while profile not in seen and len(walked) < MOST_REPLIES:
            seen[profile] = len(walked)
            walked.append(profile)
            found = [self.prospect(party, profile, priors) for party in range(self.n_parties)]
            replies += found
            wanted = tuple(one.plan for one in found)
            earlier = [self._stage_of(new) < self._stage_of(old) for new, old in zip(wanted, profile, strict=True)]
            if earlier_first and any(earlier):
                wanted = tuple(
                    new if is_earlier else old for new, old, is_earlier in zip(wanted, profile, earlier, strict=True)
                )
            profile = wanted
        return tuple(walked[seen.get(profile, 0) :])

    def _stage_of(self, plan: Plan) -> int:
        return len(self.stages) if plan is None else plan[0]

    def plans(self, party: int) -> list[Plan]:
        """List every exit plan of a party, never last."""
        return [
            *(
                (number, manner)
                for number, stage in enumerate(self.stages)
                for manner in range(len(stage.manners[party].pays))
            ),
            None,
        ]

    def equilibria(self, priors: Priors | CommonPrior, most: int) -> tuple[Profile, ...] | None:
        """List every profile that is its own best reply, ties broken towards staying on; None if that takes too long.

        Parameters
        ----------
        priors : Priors or CommonPrior
            What is believed of each party.
        most : int
            Profiles of all parties but the one with most plans that may be tried.
        """
        plans = [self.plans(party) for party in range(self.n_parties)]
        last = max(range(self.n_parties), key=lambda party: len(plans[party]))
        others = [party for party in range(self.n_parties) if party != last]
        if prod(len(plans[party]) for party in others) > most:
            return None

        def reply(party: int, profile: Profile) -> Plan:
            return self.prospect(party, profile, priors).plan

        found = []
        for chosen in product(*(plans[party] for party in others)):
            partial: Profile = (*chosen[:last], None, *chosen[last:])
            profile: Profile = (*chosen[:last], reply(last, partial), *chosen[last:])
            if all(reply(party, profile) == profile[party] for party in others):
                found.append(profile)
        return tuple(found)


def _once(replies: Sequence[Prospect]) -> tuple[Prospect, ...]:
    """Each prospect once: those asked for again are the same objects."""
    return tuple({id(reply): reply for reply in replies}.values())


def _subsets(exits: Exits) -> Iterator[Exits]:
    for size in range(len(exits) + 1):
        yield from combinations(exits, size)
