"""Stability by matrices, after Xu, Hipel and Kilgour: a second twin, and what the program's speed is compared with.

A conflict is a matrix J_i of the moves of each party, one J_c for each coalition that moves in common, and a row of
ranks per party.  M_H, what a coalition reaches, comes of an iteration over sequences by their last mover: whoever moved
last is not the next, in a sequence of any length.  (Letting each member move once is wrong from three parties on.)

Two things differ from the articles.  The matrix of "no better" has ones on its diagonal here, because a party that is
brought back to where it started gains nothing; the articles leave the diagonal out, which matters only where others can
undo a party's own move.  And the moves in common are added: whoever moved last, a coalition may move, and after two or
more have moved in common anybody may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BoolMatrix = NDArray[np.bool_]
Ranks = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixConflict:
    """P parties, F states: (F, F) moves of each party, of each coalition (a mask of parties), and ranks (P, F)."""

    moves: tuple[BoolMatrix, ...]
    common: tuple[tuple[int, BoolMatrix], ...]
    rank: Ranks

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return len(self.moves)


def times(left: BoolMatrix, right: BoolMatrix) -> BoolMatrix:
    """Return the sign of the product of two matrices of zeros and ones."""
    return np.asarray(left.astype(np.float32) @ right.astype(np.float32) > 0.5)


def preferred(conflict: MatrixConflict, party: int) -> BoolMatrix:
    """P_i⁺: one where the party prefers the state of the column to that of the row."""
    rank = conflict.rank[party]
    return np.asarray(rank[None, :] > rank[:, None])


def improving(conflict: MatrixConflict, movers: Sequence[int], moves: BoolMatrix) -> BoolMatrix:
    """J_i⁺ = J_i ∘ P_i⁺; of a move in common, what is better for each mover."""
    found = moves.copy()
    for party in movers:
        found &= preferred(conflict, party)
    return found


def members_of(coalition: int) -> list[int]:
    """List the parties of a mask."""
    return [party for party in range(coalition.bit_length()) if coalition >> party & 1]


def reach(conflict: MatrixConflict, coalition: int, *, improvements: bool) -> BoolMatrix:
    """M_H or M_H⁺: one where members of a coalition can bring the state of the row to that of the column."""
    movers: list[tuple[int | None, int | None, BoolMatrix]] = []
    # Who may not have moved just before, who is the single last mover afterwards, and along which moves.
    for party in members_of(coalition):
        moves = conflict.moves[party]
        movers.append((party, party, improving(conflict, [party], moves) if improvements else moves))
    for together, moves in conflict.common:
        if together & ~coalition == 0:
            who = members_of(together)
            after = who[0] if len(who) == 1 else None
            movers.append((None, after, improving(conflict, who, moves) if improvements else moves))
    n_states = conflict.rank.shape[1]
    nothing = np.zeros((n_states, n_states), dtype=np.bool_)
    found = [moves.copy() for _, _, moves in movers]
    while True:
        longer = []
        for blocked, _, moves in movers:
            before = nothing.copy()
            for (_, after, _), sequences in zip(movers, found, strict=True):
                if blocked is None or after != blocked:
                    before |= sequences
            longer.append(times(before, moves))
        grown = [old | new for old, new in zip(found, longer, strict=True)]
        if all(np.array_equal(old, new) for old, new in zip(found, grown, strict=True)):
            return np.asarray(np.logical_or.reduce([nothing, *found]))
        found = grown


def stable_by_matrices(conflict: MatrixConflict) -> dict[str, BoolMatrix]:
    """Return for each concept which states are stable for which party, (P, F).

    A stability matrix has a zero on its diagonal where the state is stable.
    """
    everybody = (1 << conflict.n_parties) - 1
    stable: dict[str, list[BoolMatrix]] = {concept: [] for concept in ("nash", "gmr", "smr", "seq", "sseq")}
    for party, moves in enumerate(conflict.moves):
        better = preferred(conflict, party)
        improves = improving(conflict, [party], moves)
        others = everybody & ~(1 << party)
        by_moves = reach(conflict, others, improvements=False)
        by_improvements = reach(conflict, others, improvements=True)
        no_better = ~better.T  # of s₂, the row, against s, the column
        no_escape = ~times(moves, better.T)
        stable["nash"].append(np.asarray(~improves.any(axis=1)))
        for concept, answers, stops in (
            ("gmr", by_moves, no_better),
            ("smr", by_moves, no_better & no_escape),
            ("seq", by_improvements, no_better),
            ("sseq", by_improvements, no_better & no_escape),
        ):
            unsanctioned = ~times(answers, stops)
            stable[concept].append(~times(improves, unsanctioned).diagonal())
    return {concept: np.array(rows) for concept, rows in stable.items()}
