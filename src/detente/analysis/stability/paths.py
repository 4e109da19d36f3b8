"""How a conflict moves from the status quo: what is reached when, by whose moves, and which equilibria (§9)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.equilibria import find_equilibria
from detente.analysis.stability.joint_moves import JointMove, joint_moves, moves_to_dict
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.paths_explorer import (
    MOST_DRAWN,
    MOST_EXPLORED,
    FirstMoves,
    count_first_moves,
    draw_paths,
    explore,
)
from detente.analysis.stability.paths_words import explain_paths
from detente.analysis.stability.stability import check_concepts
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import OptionError
from detente.kernel.conflict import CONCEPTS
from detente.kernel.first_reach import FirstReach, first_reach, shortest_paths
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_STATES = 10_000_000
"""States after which a search begins no further step, unless the caller says otherwise."""
MOST_LISTED = 1 << 16
"""States up to which tables and JSON have all of them; of more, only those that matter."""
MOST_PATHS = 12
"""Equilibria to which a path is told."""
REFERENCES = ("li2005", "xu2018")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuoPath:
    """A shortest sequence of moves from the start to a state that is stable for all.

    Parameters
    ----------
    target : int
        Number of the state, from 0.
    concepts : tuple of str
        By which concepts it is stable for all.
    by_improvements : bool
        Whether every move improves the position of all who make it.
    moves : tuple of JointMove
        The moves; empty if the start is stable itself.
    n_paths : int
        How many sequences are as short.
    """

    target: int
    concepts: tuple[str, ...]
    by_improvements: bool
    moves: tuple[JointMove, ...]
    n_paths: int


@dataclass(frozen=True, eq=False, kw_only=True)
class StatusQuoAnalysis(Result):
    """When states are first reached from a state, and by whom; F states.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    start : int
        Number of the state where it begins, from 0.
    concepts : tuple of str
        By which equilibria are meant.
    moves, improvements : FirstReach
        First arrivals by moves of any kind, and by moves that improve the position of all who make them.
    equilibria : mapping from concept to BoolArray
        Shape (F,) each: the states that are stable for every party.
    first_moves : tuple of FirstMoves
        Who can move from the start, and who can improve.
    paths : tuple of StatusQuoPath
        To equilibria, those reached by improvements first, the nearest before.
    """

    conflict: Conflict
    start: int
    concepts: tuple[str, ...]
    moves: FirstReach
    improvements: FirstReach
    equilibria: Mapping[str, BoolArray]
    first_moves: tuple[FirstMoves, ...]
    paths: tuple[StatusQuoPath, ...]

    def concepts_of(self, state: int) -> tuple[str, ...]:
        """Return the concepts by which a state, a number from 0, is stable for all."""
        return tuple(concept for concept in self.concepts if bool(self.equilibria[concept][state]))

    def path_to(self, state: str | int | None, *, improvements: bool = False) -> tuple[JointMove, ...]:
        """Return a shortest sequence of moves to a state.

        Parameters
        ----------
        state : str, int or None
            The ids in force or the name of a state, or its number from 1; None is the status quo.
        improvements : bool
            Whether every move must improve the position of all who make it.

        Raises
        ------
        OptionError
            If there is no such state, or it is not reached.
        """
        found = self.improvements if improvements else self.moves
        place = find_state(self.conflict, state)
        if found.n_moves[place] < 0:
            how = "improvements" if improvements else "moves"
            raise OptionError(f"no sequence of {how} leads to the state '{self.conflict.label(place)}'")
        path = shortest_paths(self.conflict.form, found, [place], improvements=improvements)[place]
        return joint_moves(self.conflict, self.start, path)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per state: in how many moves and improvements it is first reached, and whether it is stable.

        Above 2¹⁶ states there are rows for those only that are reached by improvements or lie on a path told.
        """
        import pandas as pd

        states = self._listed()
        columns: dict[str, object] = {
            "number": states + 1,
            "state": [self.conflict.label(int(state)) for state in states],
        }
        for name, found in (("moves", self.moves), ("improvements", self.improvements)):
            steps = pd.array(found.n_moves[states].astype(np.int64), dtype="Int64")
            steps[found.n_moves[states] < 0] = pd.NA
            columns[name] = steps
            columns[f"sequences of {name}"] = np.minimum(found.n_paths[states], 2.0**62).astype(np.int64)
        for concept in self.concepts:
            columns[concept] = self.equilibria[concept][states]
        return pd.DataFrame(columns)

    def explorer(self, *, most: int = MOST_EXPLORED) -> dict[str, object]:
        """Return states and moves as nodes and edges for a path explorer, at most so many states.

        Returns
        -------
        dict
            ``nodes``, each with ``id`` (as in the JSON), ``number`` from 1, ``label``, ``step`` and
            ``improvement_step`` (None if it is not reached), ``measures`` in force, ``equilibria`` (concepts) and
            ``start``; ``edges``, each with ``from``, ``to``, ``by`` and ``improvement``; ``states``, how many there are
            in all; ``complete``, whether these are all of them.
        """
        return explore(self, most)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw states in layers by the number of moves to them: all of them, or those about the paths."""
        return draw_paths(self, MOST_DRAWN, ax)

    def explain(self) -> Explanation:
        """Say who can move, what is reached, and how equilibria are reached."""
        return Explanation(sentences=tuple(Sentence(text=text) for text in explain_paths(self)))

    def _listed(self) -> IntArray:
        if self.conflict.n_states <= MOST_LISTED:
            return np.arange(self.conflict.n_states)
        on_paths = [move.target for path in self.paths for move in path.moves]
        some = np.flatnonzero(self.improvements.n_moves >= 0)[:MOST_LISTED]
        return np.unique(np.concatenate([some, np.array(on_paths, dtype=np.int64)]))

    def _body(self) -> dict[str, object]:
        masks, states = self.conflict.masks, self._listed()
        named: dict[str, object] = {}
        if self.conflict.is_graph:
            named["state_names"] = list(self.conflict.state_ids)
        table: dict[str, object] = {"states": masks[states].tolist()}
        for name, found in (("moves", self.moves), ("improvements", self.improvements)):
            table[name] = [int(n) if n >= 0 else None for n in found.n_moves[states]]
        return {
            "measures": list(self.conflict.measures),
            **named,
            "start": int(masks[self.start]),
            "first_reached": table,
            "complete": {"moves": self.moves.is_complete, "improvements": self.improvements.is_complete},
            "equilibria": {
                concept: {
                    "count": int(flags.sum()),
                    "by_moves": int((flags & (self.moves.n_moves >= 0)).sum()),
                    "by_improvements": int((flags & (self.improvements.n_moves >= 0)).sum()),
                }
                for concept, flags in self.equilibria.items()
            },
            "first_moves": [
                {"by": list(first.movers), "moves": first.n_moves, "improvements": first.n_improvements}
                for first in self.first_moves
            ],
            "paths": [
                {
                    "to": int(masks[path.target]),
                    "equilibria": list(path.concepts),
                    "improvements": path.by_improvements,
                    "moves": moves_to_dict(self.conflict, path.moves),
                    "sequences": path.n_paths,
                }
                for path in self.paths
            ],
            "explorer": self.explorer(),
        }


def _paths_to(
    conflict: Conflict,
    equilibria: Mapping[str, BoolArray],
    found: FirstReach,
    *,
    by_improvements: bool,
    among: BoolArray,
    most: int,
) -> list[StatusQuoPath]:
    """Paths to equilibria among some states: those stable by most concepts first, of these the nearest."""
    strength = np.zeros(conflict.n_states, dtype=np.int64)
    for flags in equilibria.values():
        strength += flags
    candidates = np.flatnonzero(among & (strength > 0) & (found.n_moves >= 0))
    chosen = candidates[np.lexsort((candidates, found.n_moves[candidates], -strength[candidates]))][:most]
    paths = shortest_paths(conflict.form, found, chosen.tolist(), improvements=by_improvements)
    return [
        StatusQuoPath(
            target=target,
            concepts=tuple(concept for concept, flags in equilibria.items() if bool(flags[target])),
            by_improvements=by_improvements,
            moves=joint_moves(conflict, found.source, path),
            n_paths=int(found.n_paths[target]),
        )
        for target, path in paths.items()
    ]


def trace_status_quo(
    case: Case,
    *,
    reading: str | None = None,
    start: str | int | None = None,
    concepts: Sequence[str] = CONCEPTS,
    most_states: int = MOST_STATES,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> StatusQuoAnalysis:
    """Tell how a conflict can move from the status quo, and which equilibria are reached by improvements alone.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; values or ordinal preferences of every party that can move.
    reading : str, optional
        Reading to see the case by.
    start : str or int, optional
        The ids in force or the name of a state, or its number from 1; the status quo unless given.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq: by which a state is an equilibrium.
    most_states : int
        States after which a search begins no further step.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    LimitError
        If there are more feasible states than there is memory for.
    OptionError
        If an option is wrong, or a case given as a graph states no status quo and no start is given.
    Cancelled
        If the user stops.

    Notes
    -----
    Breadth first, nobody moving twice in a row; flipping several measures of one's own is one move.

    References
    ----------
    li2005; xu2018.

    Examples
    --------
    >>> import detente
    >>> found = detente.trace_status_quo(detente.read_case("hipel-1993/elmira"))
    >>> [found.conflict.label(move.target) for move in found.path_to("s5", improvements=True)]
    ['s5']
    """
    asked = check_concepts(concepts)
    if most_states < 1:
        raise OptionError(f"most_states must be at least 1, got {most_states}")
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory)
    source = find_state(conflict, start)
    reporter = Reporter(progress)
    equilibria = find_equilibria(conflict, asked, reporter)
    moves = first_reach(conflict.form, source, most_states=most_states, reporter=reporter)
    improvements = first_reach(conflict.form, source, improvements=True, most_states=most_states, reporter=reporter)
    everywhere = np.ones(conflict.n_states, dtype=np.bool_)
    paths = _paths_to(conflict, equilibria, improvements, by_improvements=True, among=everywhere, most=MOST_PATHS)
    others = improvements.n_moves < 0
    most = MOST_PATHS - len(paths)
    paths += _paths_to(conflict, equilibria, moves, by_improvements=False, among=others, most=most)
    for found in (moves, improvements):
        found.n_moves.flags.writeable = False
        found.n_paths.flags.writeable = False
    for flags in equilibria.values():
        flags.flags.writeable = False
    is_complete = moves.is_complete and improvements.is_complete
    return StatusQuoAnalysis(
        status=Status.ANSWERED if is_complete else Status.STOPPED,
        method="status quo analysis in the graph model for conflict resolution",
        parameters={"start": conflict.label(source), "concepts": list(asked), "most_states": most_states},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        start=source,
        concepts=asked,
        moves=moves,
        improvements=improvements,
        equilibria=equilibria,
        first_moves=count_first_moves(conflict, source),
        paths=tuple(paths),
    )
