"""Sequences of moves by parties and coalitions, with labels, in JSON and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detente.analysis.words import describe_move, name_parties
from detente.conflict import Conflict
from detente.kernel.graph_paths import PathStep


@dataclass(frozen=True, slots=True, kw_only=True)
class JointMove:
    """One move of a sequence.

    Parameters
    ----------
    movers : tuple of str
        Who makes it, together if they are several.
    source, target : int
        Numbers of the states, from 0.
    """

    movers: tuple[str, ...]
    source: int
    target: int


def members_of(conflict: Conflict, mask: int) -> tuple[str, ...]:
    """Return the ids of a mask of parties, in declared order."""
    return tuple(party for number, party in enumerate(conflict.parties) if mask >> number & 1)


def joint_moves(conflict: Conflict, source: int, path: Iterable[PathStep]) -> tuple[JointMove, ...]:
    """Label the moves of a path."""
    moves = []
    for step in path:
        moves.append(JointMove(movers=members_of(conflict, step.movers), source=source, target=step.state))
        source = step.state
    return tuple(moves)


def moves_to_dict(conflict: Conflict, moves: Sequence[JointMove]) -> list[dict[str, object]]:
    """Return moves as they stand in JSON: by whom, and to which state."""
    return [{"by": list(move.movers), "to": int(conflict.masks[move.target])} for move in moves]


def write_movers(conflict: Conflict, movers: Sequence[str]) -> str:
    """Name who moves: “A”, or “A and B together”."""
    return name_parties(conflict.case, movers) + (" together" if len(movers) > 1 else "")


def write_moves(conflict: Conflict, moves: Sequence[JointMove]) -> str:
    """Say a sequence of moves: “first A by taking …; then B by ending …”."""
    deeds = [
        f"{write_movers(conflict, move.movers)} by {describe_move(conflict, move.source, move.target)}"
        for move in moves
    ]
    return "; then ".join(deeds) if len(deeds) < 2 else f"first {'; then '.join(deeds)}"
