"""Which states are stable with no agreement at all, for whom and under which concept (§9 of the model)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.coalitions import CoalitionStability
from detente.analysis.stability.stability_files import StateFiles, list_or_file
from detente.analysis.stability.stability_words import explain_stability
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import OptionError
from detente.kernel.conflict import CONCEPTS, ProductConflict
from detente.kernel.graph_stability import find_stable_in_graph, maximin_stable_in_graph
from detente.kernel.limited_moves import limited_move_stable
from detente.kernel.stability import find_stable, maximin_stable
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_LISTED = 1 << 16
"""States up to which lists of them stand in the JSON itself; longer ones go to files."""
REFERENCES = ("fang1993", "xu2018")


@dataclass(frozen=True, eq=False, kw_only=True)
class Stability(Result):
    """Which states are stable, party by party and concept by concept.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels; P parties, F states.
    concepts : tuple of str
        Those asked for, in the order of `CONCEPTS`; then ``maximin-h`` and ``limited-h`` where asked for.
    stable : mapping from concept to BoolArray
        Shape (P, F) each: whether a state is stable for a party.
    coalitions : CoalitionStability or None
        The same for coalitions, where that was asked for.
    """

    conflict: Conflict
    concepts: tuple[str, ...]
    stable: Mapping[str, BoolArray]
    coalitions: CoalitionStability | None = None

    def is_equilibrium(self, concept: str) -> BoolArray:
        """Tell of each state, (F,), whether it is stable for every party.

        Raises
        ------
        OptionError
            If the concept was not asked for.
        """
        if concept not in self.stable:
            raise OptionError(f"'{concept}' was not analysed (there are: {', '.join(self.concepts)})")
        return np.asarray(self.stable[concept].all(axis=0), dtype=np.bool_)

    def equilibria(self, concept: str) -> IntArray:
        """Return the states that are stable for every party, in increasing order, counted from 0.

        Where people name a state by a number, to a command or to `explain_stability`, it is counted from 1: add 1, or
        pass its label, `conflict.label(state)`.
        """
        return np.flatnonzero(self.is_equilibrium(concept)).astype(np.int64)

    def concepts_of(self, state: int) -> tuple[str, ...]:
        """Return the concepts under which a state is stable for every party."""
        return tuple(concept for concept in self.concepts if bool(self.stable[concept][:, state].all()))

    def shown_states(self) -> IntArray:
        """Return the states worth a line: those stable for all under some concept, the most often stable first.

        Of two that are stable equally often, the one that is stable under an earlier concept comes first.
        """
        flags = np.array([self.is_equilibrium(concept) for concept in self.concepts], dtype=np.int64)
        some = np.flatnonzero(flags.any(axis=0)) if flags.size else np.zeros(0, dtype=np.int64)
        weights = 1 << np.arange(len(self.concepts) - 1, -1, -1, dtype=np.int64)
        order = np.lexsort((some, -(weights @ flags[:, some]), -flags[:, some].sum(axis=0)))
        return np.asarray(some[order], dtype=np.int64)

    def to_frame(self, states: Sequence[int] | IntArray | None = None) -> pd.DataFrame:
        """Return a row per state: its measures as booleans, stability per concept and party, equilibria.

        Parameters
        ----------
        states : sequence of int, optional
            Which states; all of them up to 2¹⁶, else those stable for all under some concept.
        """
        import pandas as pd

        if states is None:
            small = self.conflict.n_states <= MOST_LISTED
            states = np.arange(self.conflict.n_states) if small else np.sort(self.shown_states())
        chosen = np.asarray(states, dtype=np.int64)
        columns: dict[str, object] = {
            "number": chosen + 1,
            "state": [self.conflict.label(int(state)) for state in chosen],
        }
        if isinstance(self.conflict.form, ProductConflict):
            masks = self.conflict.form.masks[chosen]
            for index, measure in enumerate(self.conflict.measures):
                columns[measure] = (masks >> index & 1).astype(np.bool_)
        for concept in self.concepts:
            for number, party in enumerate(self.conflict.parties):
                columns[f"{concept} for {party}"] = self.stable[concept][number, chosen]
        for concept in self.concepts:
            columns[concept] = self.is_equilibrium(concept)[chosen]
        return pd.DataFrame(columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the states that are stable for all in option form."""
        from detente.analysis.stability.stability_pictures import plot_stability

        return plot_stability(self, ax)

    def plot_graph(self, concept: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw all states with moves and improvements.

        Parameters
        ----------
        concept : str, optional
            Filled are the states that are stable for all by this concept; the last analysed unless given.

        Raises
        ------
        OptionError
            If there are more than 200 states.
        """
        from detente.analysis.stability.stability_pictures import plot_state_graph

        return plot_state_graph(self, concept, ax)

    def explain(self) -> Explanation:
        """Say which states are stable, and how the status quo stands."""
        return Explanation(sentences=tuple(Sentence(text=text) for text in explain_stability(self)))

    def _body(self) -> dict[str, object]:
        return _with_lists(self._document(StateFiles(folder=Path.cwd(), stem="stability")))

    def _streamed(self, beside: Path | None) -> dict[str, object]:
        folder, stem = (Path.cwd(), "stability") if beside is None else (beside.parent, beside.stem)
        return {**self._header(), **self._document(StateFiles(folder=folder, stem=stem))}

    def _document(self, files: StateFiles) -> dict[str, object]:
        masks = self.conflict.masks
        needed = files if self.conflict.n_states > MOST_LISTED else None
        named = {"state_names": list(self.conflict.state_ids)} if self.conflict.is_graph else {}
        return {
            "measures": list(self.conflict.measures),
            **named,
            "states": list_or_file(masks, needed, "states"),
            "stability": {
                concept: {
                    party: list_or_file(masks[self.stable[concept][number]], needed, f"{concept}-{party}")
                    for number, party in enumerate(self.conflict.parties)
                }
                for concept in self.concepts
            },
            "equilibria": {
                concept: list_or_file(masks[self.is_equilibrium(concept)], needed, concept) for concept in self.concepts
            },
            **({} if self.coalitions is None else {"coalitions": self.coalitions._body()}),
        }


def _with_lists(document: Mapping[str, object]) -> dict[str, object]:
    """Turn arrays, however deep, into lists."""
    plain: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, np.ndarray):
            plain[key] = value.tolist()
        else:
            plain[key] = _with_lists(value) if isinstance(value, Mapping) else value
    return plain


def check_concepts(concepts: Sequence[str]) -> tuple[str, ...]:
    """Return concepts in the order of `CONCEPTS`, each once.

    Raises
    ------
    OptionError
        If one is unknown, or there is none.
    """
    for concept in concepts:
        if concept not in CONCEPTS:
            raise OptionError(f"unknown concept '{concept}' (there are: {', '.join(CONCEPTS)})")
    if not concepts:
        raise OptionError(f"no concept to analyse (there are: {', '.join(CONCEPTS)})")
    return tuple(concept for concept in CONCEPTS if concept in concepts)


def analyse_stability(
    case: Case,
    *,
    reading: str | None = None,
    concepts: Sequence[str] = CONCEPTS,
    horizon: int | None = None,
    limited_moves: int | None = None,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> Stability:
    """Tell which states of a conflict are stable for each party, and for all.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; values or ordinal preferences of every party that can move.
    reading : str, optional
        Reading to see the case by.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.
    horizon : int, optional
        Also tell maximin stability with so many moves of foresight, >= 1: the others are expected to do their worst.
    limited_moves : int, optional
        Also tell limited-move stability with so many moves of foresight, >= 1: both are expected to do their best in
        turn.  For two parties that can move; for more there is no settled definition.
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
        If an option is wrong, or `limited_moves` is asked of more than two parties that can move.
    Cancelled
        If the user stops.

    Notes
    -----
    Near-linear in the number of feasible states; see the theory of stability.

    References
    ----------
    fang1993, chapter 3; xu2018, chapter 4.

    Examples
    --------
    >>> import detente
    >>> result = detente.analyse_stability(detente.read_case("rapoport-1966/prisoners-dilemma"))
    >>> [result.conflict.label(state) for state in result.equilibria("seq")]
    ['-', 'row-cooperates column-cooperates']
    """
    asked = check_concepts(concepts)
    if horizon is not None and horizon < 1:
        raise OptionError(f"the horizon is {horizon}; it must be a whole number of moves, at least 1")
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory)
    reporter = Reporter(progress)
    stable: dict[str, BoolArray] = {}
    if isinstance(conflict.form, ProductConflict):
        stable |= find_stable(conflict.form, asked, reporter=reporter)
        if horizon is not None:
            stable[f"maximin-{horizon}"] = maximin_stable(conflict.form, horizon, reporter=reporter)
    else:
        stable |= find_stable_in_graph(conflict.form, asked, reporter=reporter)
        if horizon is not None:
            stable[f"maximin-{horizon}"] = maximin_stable_in_graph(conflict.form, horizon)
    if limited_moves is not None:
        stable[f"limited-{limited_moves}"] = limited_move_stable(conflict.graph, limited_moves, reporter=reporter)
    for flags in stable.values():
        flags.flags.writeable = False
    return Stability(
        status=Status.ANSWERED,
        method="graph model for conflict resolution",
        parameters={"concepts": list(asked), "horizon": horizon, "limited_moves": limited_moves},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        concepts=tuple(stable),
        stable=stable,
    )
