"""How each party compares any two states: better, unknown, and by how much (§9 of the model).

Where one number per state is not enough: some preferences are unknown, some are strong.  Relations between states are
kept as a set of states for each state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from detente.case import Ranks, States, Strong
from detente.conflict.conflict import Conflict
from detente.conflict.intervals import has_ranges, sign_rows
from detente.conflict.ranks import Scores, exactly, score_party, scores_of_ranks
from detente.conflict.states import holds_in
from detente.kernel.closures import Reach, pack
from detente.kernel.conflict import ProductConflict
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

_PAIRS_AT_ONCE = 1 << 23


class Comparisons(NamedTuple):
    """What each party prefers, by party: from each state, the states surely better and those that may be better.

    `unknown` counts the pairs of states between which nobody knows.
    """

    better: tuple[Reach, ...]
    may_be_better: tuple[Reach, ...]
    unknown: tuple[int, ...]


def satisfying(conflict: Conflict, states: States) -> BoolArray:
    """Tell which states are meant, (F,): those that satisfy a condition, or those named."""
    if isinstance(states, tuple):
        return np.isin(np.array(conflict.state_ids, dtype=object), list(states))
    assert isinstance(conflict.form, ProductConflict)
    column = {measure: index for index, measure in enumerate(conflict.measures)}
    return holds_in(states, column, conflict.form.masks)


def _blocks(n_states: int) -> Iterator[IntArray]:
    """Yield the numbers of all states, as many at once as there is room to compare with all."""
    step = max(1, _PAIRS_AT_ONCE // max(1, n_states))
    for first in range(0, n_states, step):
        yield np.arange(first, min(n_states, first + step), dtype=np.int64)


def _in_blocks(n_states: int, relation: Callable[[IntArray], BoolArray]) -> Reach:
    """Build a relation from its rows for some states at a time."""
    return np.concatenate([pack(relation(rows)) for rows in _blocks(n_states)])


def _open_pairs(conflict: Conflict, party: str) -> Callable[[IntArray], BoolArray]:
    """Return what gives, for some states, the states with which the case says that nobody can compare them."""
    stated = conflict.case.unknown.get(party)
    sides = [
        (satisfying(conflict, one), satisfying(conflict, other)) for one, other in (stated.pairs if stated else ())
    ]
    everything = stated is not None and stated.everything

    def rows(states: IntArray) -> BoolArray:
        found = np.full((states.size, conflict.n_states), everything, dtype=np.bool_)
        for first, second in sides:
            found |= (first[states, None] & second) | (second[states, None] & first)
        found[np.arange(states.size), states] = False
        return found

    return rows


def compare_states(conflict: Conflict, *, ranges: bool = False, reporter: Reporter | None = None) -> Comparisons:
    """Compare every two states as each party does.

    Parameters
    ----------
    ranges : bool
        Whether what depends on which values in the ranges are right is unknown too; otherwise ranges count as their
        most likely values.
    reporter : Reporter, optional
        Told how far the work is.

    Raises
    ------
    LimitError
        If values with ranges have too many digits to be compared exactly.
    """
    better, may_be_better, unknown = [], [], []
    for number, party in enumerate(conflict.parties):
        rank = conflict.form.rank[number]
        rows_of_open = _open_pairs(conflict, party)
        is_ranged = ranges and has_ranges(conflict.case, party) and isinstance(conflict.form, ProductConflict)
        signs = sign_rows(conflict.case, party, conflict.masks) if is_ranged else None
        n_unknown = 0
        surely, perhaps = [], []
        for states in _blocks(conflict.n_states):
            if reporter is not None:
                share = (number + states[0] / conflict.n_states) / len(conflict.parties)
                reporter.report("comparing states", fraction=float(share))
            is_open = rows_of_open(states)
            if signs is not None:
                for row, (low, high) in zip(is_open, signs, strict=False):
                    row |= low != high
            is_better = rank > rank[states, None]
            n_unknown += int(is_open.sum())
            surely.append(pack(is_better & ~is_open))
            perhaps.append(pack(is_better | is_open))
        better.append(np.concatenate(surely))
        may_be_better.append(np.concatenate(perhaps))
        unknown.append(n_unknown // 2)
    return Comparisons(tuple(better), tuple(may_be_better), tuple(unknown))


def _scores(conflict: Conflict, party: str) -> Scores | None:
    if isinstance(conflict.form, ProductConflict):
        return score_party(conflict.case, party, conflict.form.masks)
    graph = conflict.case.graph
    assert graph is not None
    given = Ranks(ranks=graph.ranks[party]) if party in graph.ranks else conflict.case.preferences.get(party)
    return scores_of_ranks(given) if isinstance(given, Ranks) else None


def count_degrees(conflict: Conflict, party: str) -> int:
    """Return how many degrees of preference a party tells apart: 1 if it states nothing strong."""
    strong = conflict.case.strong.get(party)
    return 1 if strong is None else 1 + max(1, len(strong.thresholds))


def much_worse(conflict: Conflict, party: str, degree: int) -> Reach:
    """Return for each state the states to which a party prefers it by at least a degree, (F, words).

    Parameters
    ----------
    degree : int
        2 for strong preferences; 3 and more for further thresholds.
    """
    rank = conflict.form.rank[conflict.parties.index(party)]
    strong = conflict.case.strong.get(party, Strong())
    scores = _scores(conflict, party) if len(strong.thresholds) > degree - 2 else None
    sides = [(satisfying(conflict, one), satisfying(conflict, other)) for one, other in strong.pairs if degree == 2]
    steps = 0 if scores is None else int(min(-(-exactly(strong.thresholds[degree - 2]) // scores.unit), 1 << 62))

    def rows(states: IntArray) -> BoolArray:
        found = np.zeros((states.size, rank.size), dtype=np.bool_)
        if scores is not None:
            found |= scores.values[states, None] - scores.values >= steps
        for one, other in sides:
            found |= one[states, None] & other
        return np.asarray(found & (rank < rank[states, None]))

    return _in_blocks(rank.size, rows)
