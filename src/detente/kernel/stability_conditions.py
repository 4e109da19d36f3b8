"""When a state is stable for a party, in full: what it must rank no higher, all others being as they are.

Stability only asks which states are better than the one in question.  So it holds exactly if, for one of a few sets of
states, none of the set is better: a disjunction of conjunctions, kept minimal.
"""

from __future__ import annotations

from detente.kernel.conflict import Int32Array
from detente.kernel.preference_search import moves_after
from detente.kernel.sanctions import Judge

MOST_SETS = 64
"""Sets kept; where more are needed the condition is too long to be of use."""

States = frozenset[int]


def _minimal(sets: set[States]) -> list[States]:
    kept: list[States] = []
    for candidate in sorted(sets, key=lambda states: (len(states), sorted(states))):
        if not any(smaller <= candidate for smaller in kept):
            kept.append(candidate)
    return kept


def _ways_to_stop(
    judge: Judge, rank: Int32Array, party: int, state: int, start: int, concept: str
) -> list[States] | None:
    """What must be no better than the state, one set or the other, so that one move does not pay; None if too many."""
    ways: set[States] = {frozenset([start])}
    if concept != "nash":
        reached = {
            target
            for _, _, target, counts in moves_after(judge, rank, party, start, improving=concept in ("seq", "sseq"))
            if counts
        }
        for target in reached:
            states = {target}
            if concept in ("smr", "sseq"):
                states |= set(judge.moves(party, target).tolist())
            ways.add(frozenset(states - {state}))
            if len(ways) > MOST_SETS * MOST_SETS:
                return None
    return _minimal(ways)


def conditions_for_stability(
    judge: Judge, rank: Int32Array, party: int, state: int, concept: str
) -> tuple[States, ...] | None:
    """Return the minimal sets of states of which one must hold none that the party prefers to the state.

    Returns
    -------
    tuple of frozenset of int, or None
        One empty set if the state is stable whatever the party prefers; None if there are more than `MOST_SETS`.
    """
    found = [States()]
    for start in judge.moves(party, state).tolist():
        ways = _ways_to_stop(judge, rank, party, state, start, concept)
        if ways is None or len(ways) * len(found) > MOST_SETS * MOST_SETS:
            return None
        found = _minimal({one | other for one in found for other in ways})
        if len(found) > MOST_SETS:
            return None
    return tuple(found)
