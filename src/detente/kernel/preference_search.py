"""The least change of several parties' orders at once, after which a state is (or no longer is) stable for all (§9).

Best first over demands on pairs of states.  A node is a set of demands for each party that may change; its bound is how
far the nearest orders that meet them are.  Those orders are examined: either the state is as wanted, and the node is
the answer, or there is a list of demands of which every solution meets at least one.  Each of these is added in a child
of its own, together with the opposites of those before it, so that no solution is looked for twice.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from detente.errors import Cancelled
from detente.kernel.conflict import Int32Array
from detente.kernel.nearest_orders import Demand, TooManyBlocks, nearest_distance, nearest_order
from detente.kernel.sanctions import Judge
from detente.progress import Reporter

DIVE_EVERY = 32
"""Nodes between two quick attempts at a solution."""


MOST_OPPOSITES = 12
"""Opposites kept in a child; with more, the orders would have more blocks than can be arranged."""
COMPARED_STATES = 1 << 16
"""Of improvements without a sanction the one with the fewest ways to stop it is chosen, among so many over the number
of states, and at least `LEAST_COMPARED`: listing the ways takes time."""
LEAST_COMPARED = 3


class PartyDemand(NamedTuple):
    """A demand on the order of a party."""

    party: int
    demand: Demand


class Profile(NamedTuple):
    """Orders of all parties, and how they differ from those that there are.

    Parameters
    ----------
    rank : Int32Array
        Shape (P, F).
    twice : int
        Twice the distance, added over the parties.
    costs : tuple of int
        The same for each party.
    demands : tuple of PartyDemand
        What the change does: demands that the orders met before do not meet.
    """

    rank: Int32Array
    twice: int
    costs: tuple[int, ...]
    demands: tuple[PartyDemand, ...]


class Searched(NamedTuple):
    """What a search found.

    Parameters
    ----------
    profile : Profile or None
        The best; None if there is none, or none was found.
    bound : int
        Twice the least that any solution can cost.
    is_proven : bool
        Whether the best costs no more than any other, or it is certain that there is none.
    """

    profile: Profile | None
    bound: int
    is_proven: bool


Examine = Callable[[Int32Array], "list[PartyDemand] | None"]
"""What every solution must add to a profile (P, F), one of several; None if the profile is as wanted."""


class Deadline:
    """A limit of time.

    Parameters
    ----------
    seconds : float or None
        Seconds from now; None for ever.
    """

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._end is not None and time.monotonic() > self._end


class _Node(NamedTuple):
    bound: int
    depth: int
    number: int
    demands: tuple[frozenset[Demand], ...]
    added: tuple[PartyDemand, ...]


class ProfileSearch:
    """Search for the nearest profile that is as wanted.

    Parameters
    ----------
    rank : Int32Array
        Shape (P, F): the orders as they are.
    parties : sequence of int
        Whose orders may change.
    """

    def __init__(self, rank: Int32Array, parties: Sequence[int]) -> None:
        self._rank = rank
        self._parties = tuple(parties)
        self._slot = {party: slot for slot, party in enumerate(self._parties)}
        self._best: Profile | None = None
        self._limit: int | None = None
        self._known: dict[tuple[int, frozenset[Demand]], int | None] = {}

    def run(
        self,
        examine: Examine,
        *,
        best: Profile | None,
        below: int | None = None,
        reporter: Reporter,
        task: str,
        deadline: Deadline,
    ) -> Searched:
        """Return the nearest profile that is as wanted.

        Parameters
        ----------
        best : Profile or None
            A profile that is as wanted, found otherwise.
        below : int, optional
            Only profiles that cost less than this, counted twice, are of interest.
        """
        self._best, self._limit = best, best.twice if best is not None else below
        waiting = [_Node(0, 0, 0, tuple(frozenset[Demand]() for _ in self._parties), ())]
        given_up: int | None = None
        made = popped = 0
        is_stopped = False
        node: _Node | None = None
        try:
            while waiting:
                if self._limit is not None and waiting[0].bound >= self._limit:
                    break
                if deadline.is_over():
                    is_stopped = True
                    break
                node = heapq.heappop(waiting)
                least = None if self._limit is None else self._limit / 2
                reporter.report(task, best=least, bound=node.bound / 2)
                profile = self._profile(node)
                alternatives = examine(profile.rank)
                if alternatives is None:
                    self._keep(profile)
                    node = None
                    break
                if popped % DIVE_EVERY == (0 if self._best is None else DIVE_EVERY - 1):
                    self._dive(node, examine, deadline)
                popped += 1
                for child in self._children(node, alternatives):
                    if deadline.is_over():
                        is_stopped = True
                        break
                    reporter.report(task, best=least, bound=node.bound / 2)
                    if child is None:
                        given_up = node.bound if given_up is None else min(given_up, node.bound)
                    elif self._limit is None or child.bound < self._limit:
                        made += 1
                        heapq.heappush(waiting, child._replace(number=made))
                if is_stopped:
                    break
                node = None
        except Cancelled:
            is_stopped = True
        if node is not None:
            heapq.heappush(waiting, node)
        return self._searched(self._best, self._limit, waiting, given_up, is_stopped)

    def _keep(self, profile: Profile) -> None:
        if self._limit is None or profile.twice < self._limit:
            self._best, self._limit = profile, profile.twice

    def _dive(self, node: _Node, examine: Examine, deadline: Deadline) -> None:
        """Follow the cheapest child until the state is as wanted, for something to compare others with."""
        while not deadline.is_over() and (self._limit is None or node.bound < self._limit):
            profile = self._profile(node)
            alternatives = examine(profile.rank)
            if alternatives is None:
                self._keep(profile)
                return
            cheapest: _Node | None = None
            for child in self._children(node, alternatives):
                if deadline.is_over():
                    return
                if child is not None and (cheapest is None or child.bound < cheapest.bound):
                    cheapest = child
            if cheapest is None:
                return
            node = cheapest

    def _children(self, node: _Node, alternatives: Sequence[PartyDemand]) -> Iterator[_Node | None]:
        """Yield the children of a node that can be met; None for one whose orders are too many to arrange."""
        for added, demands in self._branches(node, alternatives):
            for asked in (demands, self._only(added)):
                # Without the opposites nothing is lost but that two branches may find the same.
                try:
                    bound = self._bound(asked)
                except TooManyBlocks:
                    continue
                if bound is not None:
                    yield _Node(max(bound, node.bound), -len(added), 0, asked, added)
                break
            else:
                yield None

    def _searched(
        self, best: Profile | None, limit: int | None, waiting: list[_Node], given_up: int | None, is_stopped: bool
    ) -> Searched:
        bounds = [node.bound for node in waiting[:1]] + ([] if given_up is None else [given_up])
        least = min(bounds, default=limit)
        is_proven = not is_stopped and given_up is None
        if limit is not None:
            least = limit if least is None else min(least, limit)
            is_proven = is_proven or least >= limit
        return Searched(profile=best, bound=least or 0, is_proven=is_proven)

    def _branches(
        self, node: _Node, alternatives: Sequence[PartyDemand]
    ) -> Iterator[tuple[tuple[PartyDemand, ...], tuple[frozenset[Demand], ...]]]:
        refused = list(node.demands)
        for party, demand in dict.fromkeys(alternatives):
            if party not in self._slot:
                continue
            slot = self._slot[party]
            demands = list(refused)
            demands[slot] = demands[slot] | {demand}
            yield (*node.added, PartyDemand(party, demand)), tuple(demands)
            if len(refused[slot]) < MOST_OPPOSITES:
                refused[slot] = refused[slot] | {demand.opposite}

    def _only(self, added: Sequence[PartyDemand]) -> tuple[frozenset[Demand], ...]:
        return tuple(frozenset(demand for p, demand in added if p == party) for party in self._parties)

    def _distance(self, party: int, demands: frozenset[Demand]) -> int | None:
        key = (party, demands)
        if key not in self._known:
            self._known[key] = nearest_distance(self._rank[party], demands)
        return self._known[key]

    def _bound(self, demands: tuple[frozenset[Demand], ...]) -> int | None:
        total = 0
        for party, asked in zip(self._parties, demands, strict=True):
            distance = self._distance(party, asked)
            if distance is None:
                return None
            total += distance
        return total

    def _profile(self, node: _Node) -> Profile:
        rank = self._rank.copy()
        costs = [0] * rank.shape[0]
        for party, asked in zip(self._parties, node.demands, strict=True):
            found = nearest_order(self._rank[party], asked)
            assert found is not None, "only nodes with orders are kept"
            rank[party], costs[party] = found.order, found.twice
        return Profile(rank=rank, twice=sum(costs), costs=tuple(costs), demands=node.added)


def moves_after(
    judge: Judge, rank: Int32Array, party: int, start: int, *, improving: bool
) -> Iterator[tuple[int, int, int, bool]]:
    """Yield every move that the others may make after an improvement: mover, source, target, whether it counts."""
    n_parties = rank.shape[0]
    seen: set[tuple[int, int]] = {(start, -1)}
    waiting = [(start, -1)]
    while waiting:
        state, last = waiting.pop()
        for mover, members in enumerate(judge.members.tolist()):
            if members >> party & 1 or (mover < n_parties and mover == last):
                continue
            mark = members.bit_length() - 1 if members & (members - 1) == 0 else -1
            for target in judge.moves(mover, state).tolist():
                counts = not improving or all(
                    rank[p, target] > rank[p, state] for p in range(n_parties) if members >> p & 1
                )
                yield mover, state, target, counts
                if counts and (target, mark) not in seen:
                    seen.add((target, mark))
                    waiting.append((target, mark))


def needed_for_stability(judge: Judge, rank: Int32Array, state: int, concept: str) -> list[PartyDemand] | None:
    """Return demands of which every profile in which the state is stable for all meets one; None if it is.

    Notes
    -----
    Of an improvement that has no sanction: it is no improvement any more, or a state that the others lead to already
    comes to sanction, or the first move of a sequence that is no improvement for its mover yet becomes one.
    """
    found: list[PartyDemand] | None = None
    compared, most = 0, max(LEAST_COMPARED, COMPARED_STATES // rank.shape[1])
    for party in range(rank.shape[0]):
        for answer in judge.judge(party, state, concept, rank=rank, most_answers=most).answers:
            if answer.sanction is not None:
                continue
            if compared == most:
                return found
            compared += 1
            needed = list(dict.fromkeys(_needed_against(judge, rank, party, state, answer.target, concept)))
            if found is None or len(needed) < len(found):
                found = needed
    return found


def _needed_against(
    judge: Judge, rank: Int32Array, party: int, state: int, start: int, concept: str
) -> Iterator[PartyDemand]:
    own = rank[party]
    yield PartyDemand(party, Demand(state, start, is_strict=False))
    if concept == "nash":
        return
    final, improving = concept in ("smr", "sseq"), concept in ("seq", "sseq")
    reached: set[int] = set()
    for mover, source, target, counts in moves_after(judge, rank, party, start, improving=improving):
        if not counts:
            members = int(judge.members[mover])
            first = next(p for p in range(rank.shape[0]) if members >> p & 1 and rank[p, target] <= rank[p, source])
            yield PartyDemand(first, Demand(target, source, is_strict=True))
        elif target not in reached:
            reached.add(target)
            if own[target] > own[state]:
                yield PartyDemand(party, Demand(state, target, is_strict=False))
            elif final:
                escapes = judge.moves(party, target)
                better = escapes[own[escapes] > own[state]]
                if better.size:
                    yield PartyDemand(party, Demand(state, int(better[0]), is_strict=False))


def needed_against_stability(
    judge: Judge, rank: Int32Array, party: int, state: int, start: int, concept: str
) -> list[PartyDemand] | None:
    """Return demands of which every profile in which an improvement of a party has no sanction meets one; None if none.

    Notes
    -----
    Some move of the sequence that sanctions now must be no improvement any more; or its end must be better for the
    party, or leave it an escape.
    """
    answers = {answer.target: answer for answer in judge.judge(party, state, concept, rank=rank).answers}
    if start not in answers:
        return [PartyDemand(party, Demand(start, state, is_strict=True))]
    sanction = answers[start].sanction
    if sanction is None:
        return None
    end = sanction[-1].target
    found = [PartyDemand(party, Demand(end, state, is_strict=True))]
    if concept in ("smr", "sseq"):
        found += [
            PartyDemand(party, Demand(int(escape), state, is_strict=True))
            for escape in judge.moves(party, end)
            if escape != state
        ]
    if concept in ("seq", "sseq"):
        found += [
            PartyDemand(p, Demand(move.source, move.target, is_strict=False))
            for move in sanction
            for p in range(rank.shape[0])
            if move.movers >> p & 1
        ]
    return found


def same_but(rank: Int32Array, party: int, order: Int32Array) -> Int32Array:
    """Return the orders of all, (P, F), with that of one party replaced."""
    changed = np.array(rank, dtype=np.int32)
    changed[party] = order
    return changed
