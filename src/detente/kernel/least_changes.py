"""Least changes of orders that make a state stable for all, or make it unstable: closed forms first, then search (§9).

By Nash, GMR and SMR a party's order bears on its own stability alone, so the parties are independent and each has a
closed form (`detente.kernel.shifts`).  By SEQ and SSEQ it also decides which answers others can count on; then the
closed forms bound a search over all orders that may change at once (`detente.kernel.preference_search`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.errors import LimitError
from detente.kernel.conflict import Int32Array
from detente.kernel.nearest_orders import Demand
from detente.kernel.preference_search import (
    Deadline,
    PartyDemand,
    Profile,
    ProfileSearch,
    Searched,
    needed_against_stability,
    needed_for_stability,
    same_but,
)
from detente.kernel.sanctions import Judge
from detente.kernel.shifts import Shift, least_fall, least_lift
from detente.progress import Reporter

TOO_LARGE = (
    "the conflict is too large to judge a single state: the others have too many moves. Fix some measures with --set, "
    "or state more infeasible patterns."
)
"""What is said if a judgement takes more steps than are allowed."""

CREDIBLE = ("seq", "sseq")
"""Concepts in which answers must be improvements, so that each order bears on the stability of others."""


def _judge_one(judge: Judge, rank: Int32Array, party: int, state: int, concept: str, order: Int32Array) -> bool:
    is_stable = judge.is_stable(party, state, concept, same_but(rank, party, order))
    if is_stable is None:
        raise LimitError(TOO_LARGE)
    return is_stable


def _within_reach(judge: Judge, party: int, state: int, order: Int32Array, shift: Shift) -> Shift:
    """Tell how far a shift goes by a state that the party could move to, if the place has one."""
    reached = judge.moves(party, state)
    is_there = order[reached] == order[shift.passed]
    is_alike = np.sign(shift.order[reached] - shift.order[state]) == np.sign(
        shift.order[shift.passed] - shift.order[state]
    )
    there = reached[is_there & is_alike]
    return shift._replace(passed=int(there[0])) if there.size else shift


def own_lift(judge: Judge, rank: Int32Array, party: int, state: int, concept: str) -> Shift | None:
    """Return the least change of a party's order that makes a state stable for it; None if it is, or under none."""
    order = rank[party]
    shift = least_lift(order, state, lambda other: _judge_one(judge, rank, party, state, concept, other))
    return None if shift is None else _within_reach(judge, party, state, order, shift)


def own_fall(judge: Judge, rank: Int32Array, party: int, state: int, concept: str) -> Shift | None:
    """Return the least change of a party's order that makes a state, stable for it, unstable; None if none does."""
    order = rank[party]
    shift = least_fall(order, state, lambda other: _judge_one(judge, rank, party, state, concept, other))
    return None if shift is None else _within_reach(judge, party, state, order, shift)


def is_equilibrium(judge: Judge, rank: Int32Array, state: int, concept: str) -> bool:
    """Tell whether a state is stable for all under orders (P, F)."""
    return all(_judge_one(judge, rank, party, state, concept, rank[party]) for party in range(rank.shape[0]))


def _lifted(
    judge: Judge, state: int, concept: str, lifting: str, parties: Sequence[int], *, everywhere: bool
) -> Profile | None:
    """Lift the state in the orders of some parties, one after the other; None if it is not stable for all then.

    Parameters
    ----------
    concept : str
        Under which it must be stable in the end.
    lifting : str
        Under which it is made stable for each party: the same, or Nash, which implies it.
    everywhere : bool
        Whether it is lifted for those too for whom it is stable under `concept`.
    """
    rank, costs, demands = judge.form.rank, [0] * judge.form.n_parties, []
    for party in parties:
        if not everywhere and _judge_one(judge, rank, party, state, concept, rank[party]):
            continue
        shift = own_lift(judge, rank, party, state, lifting)
        if shift is not None:
            rank, costs[party] = same_but(rank, party, shift.order), shift.twice
            demands.append(PartyDemand(party, Demand(state, shift.passed, is_strict=False)))
    if not is_equilibrium(judge, rank, state, concept):
        return None
    return Profile(rank=rank, twice=sum(costs), costs=tuple(costs), demands=tuple(demands))


def least_to_stability(
    judge: Judge,
    state: int,
    concept: str,
    parties: Sequence[int],
    *,
    reporter: Reporter,
    deadline: Deadline,
) -> Searched:
    """Return the nearest orders of some parties, all others as they are, in which a state is stable for all.

    Parameters
    ----------
    parties : sequence of int
        Whose orders may change.

    Notes
    -----
    Always exact by Nash, GMR and SMR: O(P · log F) judgements of one state. By SEQ and SSEQ a search that may take
    exponential time; it stops at the deadline, or if the caller cancels, with the best so far and a bound.
    """
    found = _lifted(judge, state, concept, concept, parties, everywhere=False)
    if concept not in CREDIBLE:
        return Searched(profile=found, bound=0 if found is None else found.twice, is_proven=True)
    for everywhere in (False, True):
        other = _lifted(judge, state, concept, "nash", parties, everywhere=everywhere)
        if found is None or (other is not None and other.twice < found.twice):
            found = other
    search = ProfileSearch(judge.form.rank, parties)
    return search.run(
        lambda rank: needed_for_stability(judge, rank, state, concept),
        best=found,
        reporter=reporter,
        task="looking for the least change of preferences",
        deadline=deadline,
    )


def least_from_stability(
    judge: Judge, state: int, concept: str, party: int, *, reporter: Reporter, deadline: Deadline
) -> Searched:
    """Return the nearest order of one party in which a state, stable for all now, no longer is.

    Notes
    -----
    Either the party itself would rather leave, which has a closed form; or, by SEQ and SSEQ, the party no longer
    answers a move of somebody else, which is searched for, move by move.
    """
    rank = judge.form.rank
    shift = own_fall(judge, rank, party, state, concept)
    best = None
    if shift is not None:
        is_strict = shift.passed != state
        passed = PartyDemand(party, Demand(shift.passed, state, is_strict=True)) if is_strict else None
        best = Profile(
            rank=same_but(rank, party, shift.order),
            twice=shift.twice,
            costs=tuple(shift.twice if p == party else 0 for p in range(rank.shape[0])),
            demands=() if passed is None else (passed,),
        )
    if concept not in CREDIBLE:
        return Searched(profile=best, bound=0 if best is None else best.twice, is_proven=True)
    bound, is_proven = None if best is None else best.twice, True
    for mover in range(rank.shape[0]):
        if mover == party:
            continue
        for start in judge.improvements(mover, state).tolist():

            def examine(changed: Int32Array, mover: int = mover, start: int = start) -> list[PartyDemand] | None:
                return needed_against_stability(judge, changed, mover, state, start, concept)

            found = ProfileSearch(rank, [party]).run(
                examine, best=best, reporter=reporter, task="looking for answers that would fail", deadline=deadline
            )
            best = found.profile
            is_proven &= found.is_proven
            bound = found.bound if bound is None else min(bound, found.bound)
    return Searched(profile=best, bound=bound or 0, is_proven=is_proven)
