"""Which states are stable for whom, where states are sets of measures (§9 of the model).

A party i that thinks of leaving s for a better s₁ asks what the others may make of s₁.  The worst of it is one number,
the least value over all that they reach from s₁; s is stable if no move of i has a worst that is better than s.  GMR
and SEQ count what a state is worth to i, SMR and SSEQ what i could still make of it; GMR and SMR let the others make
any moves, SEQ and SSEQ improvements only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.errors import OptionError
from detente.kernel.conflict import CONCEPTS, Int32Array, ProductConflict
from detente.kernel.graph_stability import check_concepts
from detente.kernel.product_reach import MOST_SWEEPS, Moves
from detente.kernel.system import BoolArray
from detente.progress import Reporter


def find_stable(
    conflict: ProductConflict,
    concepts: Sequence[str] = CONCEPTS,
    *,
    reporter: Reporter | None = None,
    most_sweeps: int = MOST_SWEEPS,
) -> dict[str, BoolArray]:
    """Tell which states are stable for which party by each concept.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    concepts : sequence of str
        Some of `CONCEPTS`.
    reporter : Reporter, optional
        Told how far the work is.
    most_sweeps : int
        Sweeps for each mover before a search takes over; the answer is the same.

    Returns
    -------
    dict of str to BoolArray
        Shape (P, F) each, in the order of `concepts`.

    Raises
    ------
    OptionError
        If a concept is unknown.
    LimitError
        If there are more than 30 parties and one of them decides in a forum alone.
    Cancelled
        If the progress callback says so.

    Notes
    -----
    With u the ranks of party i, let f(s) be u(s), or for SMR and SSEQ the greatest of u(s) and of u over R_i(s); let
    a(s) be the least f of s and of what the others reach from s.  Then s is stable if min(u(s₁), a(s₁)) ≤ u(s) for all
    s₁ in R_i(s): a move to what is no better never violates it, and that s₁ sanctions itself never helps, since there
    f ≥ u.  Sorting apart, a sweep is linear in the states, and so is the search that ends what sweeps do not.

    References
    ----------
    fang1993, sections 3.2 and 3.3.
    """
    check_concepts(concepts)
    moves = Moves(conflict, most_sweeps=most_sweeps, reporter=reporter or Reporter(None))
    stable = {concept: np.ones(conflict.rank.shape, dtype=np.bool_) for concept in concepts}
    for party, rank in enumerate(conflict.rank):
        if not moves.can_move(party):
            continue
        escape = _escapes(moves, party, rank)
        if "nash" in stable:
            np.less_equal(escape, rank, out=stable["nash"][party])
        for names, improvements in ((("gmr", "smr"), False), (("seq", "sseq"), True)):
            moves.done = (party + 0.5 * improvements) / conflict.n_parties
            if not any(name in stable for name in names):
                continue
            values = np.empty((rank.size, 2), dtype=np.int32)
            values[:, 0], values[:, 1] = rank, escape
            moves.lower(party, values, improvements=improvements)
            for column in (0, 1):
                np.minimum(values[:, column], rank, out=values[:, column])
            moves.lift(party, values)
            for column, name in enumerate(names):
                if name in stable:
                    np.less_equal(values[:, column], rank, out=stable[name][party])
    return stable


def _escapes(moves: Moves, party: int, rank: Int32Array) -> Int32Array:
    """Return the greatest rank of each state and of those that a party can move it to: (F,)."""
    values = _twice(rank)
    moves.lift(party, values)
    return values[:, 0].copy()


def _twice(rank: Int32Array) -> Int32Array:
    return np.repeat(rank[:, None], 2, axis=1)


def maximin_stable(
    conflict: ProductConflict, horizon: int, *, reporter: Reporter | None = None, most_sweeps: int = MOST_SWEEPS
) -> BoolArray:
    """Tell which states are stable for a party that looks some moves ahead and expects the worst of the others.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    horizon : int
        Moves looked ahead, its own and those of all others in turn; at least 1.
    reporter : Reporter, optional
        Told how far the work is.
    most_sweeps : int
        Sweeps for each mover before a search takes over; the answer is the same.

    Returns
    -------
    BoolArray
        Shape (P, F); for horizons 1, 2 and 3 that of Nash, GMR and SMR.

    Raises
    ------
    OptionError
        If the horizon is below 1.
    Cancelled
        If the progress callback says so.

    Notes
    -----
    With F₀ = O₀ = u, F_k(s) is the greatest of u(s) and of O_{k−1} over R_i(s), O_k(s) the least of u(s) and of F_{k−1}
    over what the others reach from s; s is stable if O_{h−1}(s₁) ≤ u(s) for all s₁ in R_i(s).  O_{h−1} needs every
    second of them only, and once O_k = O_{k−2} all that follow are the same.
    """
    if horizon < 1:
        raise OptionError(f"the horizon must be at least 1, got {horizon}")
    moves = Moves(conflict, most_sweeps=most_sweeps, reporter=reporter or Reporter(None))
    stable = np.ones(conflict.rank.shape, dtype=np.bool_)
    for party, rank in enumerate(conflict.rank):
        if not moves.can_move(party):
            continue
        moves.done = party / conflict.n_parties
        values = _twice(rank)
        before = np.zeros(0, dtype=np.int32)
        for left in range(horizon - 1, 0, -1):
            if left % 2 == 0:
                moves.lift(party, values)
                np.maximum(values, rank[:, None], out=values)
                continue
            moves.lower(party, values, improvements=False)
            np.minimum(values, rank[:, None], out=values)
            if np.array_equal(values[:, 0], before):
                break
            before = values[:, 0].copy()
        moves.lift(party, values)
        np.less_equal(values[:, 0], rank, out=stable[party])
    return stable
