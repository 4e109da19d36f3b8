"""How each party compares any two states: better, unknown, and by how much (§9 of the model).

Where one number per state is not enough: some preferences are unknown, some are strong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case import Ranks, States, Strong
from detente.conflict.conflict import Conflict
from detente.conflict.intervals import is_certain, sign_bounds
from detente.conflict.ranks import Scores, exactly, score_party, scores_of_ranks
from detente.conflict.states import holds_in
from detente.kernel.conflict import ProductConflict
from detente.kernel.system import BoolArray

DegreeArray = NDArray[np.int8]


class Comparisons(NamedTuple):
    """Of each party and two states, (P, F, F): whether the second is surely better, and whether nobody can tell."""

    better: BoolArray
    unknown: BoolArray


def satisfying(conflict: Conflict, states: States) -> BoolArray:
    """Tell which states are meant, (F,): those that satisfy a condition, or those named."""
    if isinstance(states, tuple):
        return np.isin(np.array(conflict.state_ids, dtype=object), list(states))
    assert isinstance(conflict.form, ProductConflict)
    column = {measure: index for index, measure in enumerate(conflict.measures)}
    return holds_in(states, column, conflict.form.masks)


def compare_states(conflict: Conflict, *, ranges: bool = False) -> Comparisons:
    """Compare every two states as each party does.

    Parameters
    ----------
    ranges : bool
        Whether what depends on which values in the ranges are right is unknown too; otherwise ranges count as their
        most likely values.

    Raises
    ------
    LimitError
        If values with ranges have too many digits to be compared exactly.
    """
    case = conflict.case
    shape = (len(conflict.parties), conflict.n_states, conflict.n_states)
    unknown = np.zeros(shape, dtype=np.bool_)
    for number, party in enumerate(conflict.parties):
        stated = case.unknown.get(party)
        if stated is not None and stated.everything:
            unknown[number] = True
        elif ranges and isinstance(conflict.form, ProductConflict):
            unknown[number] = ~is_certain(*sign_bounds(case, party, conflict.form.masks))
        for one, other in stated.pairs if stated is not None else ():
            first, second = satisfying(conflict, one), satisfying(conflict, other)
            unknown[number] |= np.outer(first, second) | np.outer(second, first)
        np.fill_diagonal(unknown[number], val=False)
    rank = conflict.form.rank
    better = np.asarray(rank[:, None, :] > rank[:, :, None]) & ~unknown
    return Comparisons(better, unknown)


def _scores(conflict: Conflict, party: str) -> Scores | None:
    if isinstance(conflict.form, ProductConflict):
        return score_party(conflict.case, party, conflict.form.masks)
    graph = conflict.case.graph
    assert graph is not None
    given = Ranks(ranks=graph.ranks[party]) if party in graph.ranks else conflict.case.preferences.get(party)
    return scores_of_ranks(given) if isinstance(given, Ranks) else None


def degrees_of_preference(conflict: Conflict) -> DegreeArray:
    """Return by which degree each party prefers the second of two states to the first, (P, F, F).

    Returns
    -------
    DegreeArray
        0 where it does not prefer it; 1 where the preference is mild; 2 and more where it is strong, one degree for
        each threshold that the difference reaches.
    """
    rank = conflict.form.rank
    degrees = (rank[:, None, :] > rank[:, :, None]).astype(np.int8)
    for number, party in enumerate(conflict.parties):
        strong = conflict.case.strong.get(party, Strong())
        for one, other in strong.pairs:
            is_strong = np.outer(satisfying(conflict, other), satisfying(conflict, one))
            degrees[number][is_strong & (degrees[number] > 0)] = 2
        scores = _scores(conflict, party) if strong.thresholds else None
        if scores is None:
            continue
        gains = scores.values[None, :] - scores.values[:, None]
        for degree, threshold in enumerate(strong.thresholds, start=2):
            steps = -(-exactly(threshold) // scores.unit)
            degrees[number][(gains >= min(steps, 1 << 62)) & (degrees[number] > 0)] = degree
    return degrees
