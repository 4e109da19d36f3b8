"""What coalitions can improve from one state, and by which moves (§9 of the model)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from detente.analysis.stability.joint_moves import JointMove, joint_moves, members_of
from detente.conflict import Conflict
from detente.kernel.coalition_stability import is_better
from detente.kernel.first_reach import first_reach, shortest_paths
from detente.kernel.system import BoolArray, IntArray

Comparison = Literal["strict", "pareto"]
"""When a coalition improves: if all its members do, or if one does and none is worse off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoalitionImprovement:
    """A state that a coalition can get to and that is better for it.

    Parameters
    ----------
    coalition : tuple of str
        Its members.
    source, target : int
        Numbers of the states, from 0.
    moves : tuple of JointMove
        A shortest sequence of moves within the coalition.
    """

    coalition: tuple[str, ...]
    source: int
    target: int
    moves: tuple[JointMove, ...]


def improvements_of(
    conflict: Conflict,
    source: int,
    members: int,
    improvement: Comparison,
    individual: Mapping[str, BoolArray],
    *,
    most: int,
) -> tuple[CoalitionImprovement, ...]:
    """Return improvements of a coalition, a mask of parties, from a state, with a shortest sequence to each."""
    inside = [party for party in range(len(conflict.parties)) if members >> party & 1]
    ranks: IntArray = conflict.form.rank[inside].astype(np.int64)
    reach = first_reach(conflict.form, source, members=members)
    is_reached = (reach.n_moves > 0) & is_better(ranks, ranks[:, source], pareto=improvement == "pareto")
    better = np.flatnonzero(is_reached)
    strength = sum((flags[better].astype(np.int64) for flags in individual.values()), np.zeros(better.size, dtype=int))
    chosen = better[np.lexsort((better, reach.n_moves[better], -strength))][:most]
    paths = shortest_paths(conflict.form, reach, chosen.tolist(), members=members)
    return tuple(
        CoalitionImprovement(
            coalition=members_of(conflict, members),
            source=source,
            target=target,
            moves=joint_moves(conflict, source, path),
        )
        for target, path in paths.items()
    )
