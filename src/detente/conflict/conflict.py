"""A conflict with the labels of its axes, in the product form or the graph form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from detente.case import Case, Graph, Ranking, Ranks
from detente.casefile.problems import nearest
from detente.conflict.moves import move_rules
from detente.conflict.ranks import rank_party, rank_states_outright
from detente.conflict.states import bit_of, feasible_masks
from detente.errors import CaseError, Diagnostic, OptionError
from detente.game import is_stated
from detente.kernel.conflict import Arcs, CommonArcs, GraphConflict, ProductConflict, make_arcs, to_graph
from detente.kernel.system import IntArray

MEMORY = 4 * 2**30
"""Bytes that a conflict may take, unless the caller allows more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflict:
    """A case as states, moves and ranks.

    Parameters
    ----------
    case : Case
        The case, as a reading sees it.
    reading : str or None
        That reading.
    parties : tuple of str
        Ids, axis P; all parties of the case in declared order.
    measures : tuple of str
        Ids in bit order; empty in the graph form.
    state_ids : tuple of str
        Names of the states in the graph form; empty in the product form.
    form : ProductConflict or GraphConflict
        The arrays.
    status_quo : int or None
        Number of the state from which the conflict starts; None in the graph form unless stated.
    rounded : tuple of str
        Parties whose values had to be rounded before they could be added.
    """

    case: Case
    reading: str | None
    parties: tuple[str, ...]
    measures: tuple[str, ...]
    state_ids: tuple[str, ...]
    form: ProductConflict | GraphConflict
    status_quo: int | None
    rounded: tuple[str, ...] = ()

    @property
    def n_states(self) -> int:
        """Number of feasible states."""
        return self.form.n_states

    @property
    def is_graph(self) -> bool:
        """Whether states and moves were given outright."""
        return isinstance(self.form, GraphConflict)

    @cached_property
    def graph(self) -> GraphConflict:
        """Every move listed one by one.

        Raises
        ------
        LimitError
            If there are too many.
        """
        return self.form if isinstance(self.form, GraphConflict) else to_graph(self.form)

    @property
    def masks(self) -> IntArray:
        """What stands for each state in JSON, (F,): its mask, or its number in the graph form."""
        return self.form.masks if isinstance(self.form, ProductConflict) else np.arange(self.n_states, dtype=np.int64)

    def in_force(self, state: int) -> tuple[str, ...]:
        """Return the ids in force in a state, in declared order; nothing in the graph form."""
        if not isinstance(self.form, ProductConflict):
            return ()
        mask = int(self.form.masks[state])
        return tuple(measure for index, measure in enumerate(self.measures) if mask >> index & 1)

    def label(self, state: int) -> str:
        """Name a state: the ids in force (``-`` for none), or its name in the graph form."""
        return self.state_ids[state] if self.is_graph else " ".join(self.in_force(state)) or "-"

    def find(self, label: str | Iterable[str]) -> int:
        """Return the number of a state given by its label, or by the ids in force.

        Raises
        ------
        OptionError
            If there is no such state, or it is infeasible.
        """
        text = label if isinstance(label, str) else " ".join(label) or "-"
        if isinstance(self.form, GraphConflict):
            if text not in self.state_ids:
                raise OptionError(f"unknown state '{text}' (the case has: {', '.join(self.state_ids)})")
            return self.state_ids.index(text)
        ids = [] if text.strip() == "-" else text.split()
        mask = np.int64(0)
        for measure in ids:
            if measure not in self.measures:
                near = nearest(measure, self.measures)
                known = f"did you mean '{near}'?" if near else f"the case has: {', '.join(self.measures)}"
                raise OptionError(f"unknown measure '{measure}' in the state '{text}' ({known})")
            mask |= bit_of(self.measures.index(measure))
        place = int(np.searchsorted(self.form.masks, mask))
        if place == self.form.masks.size or self.form.masks[place] != mask:
            raise OptionError(f"the state '{text}' is infeasible")
        return place


def build_conflict(
    case: Case, *, reading: str | None = None, memory: float = MEMORY, may_be_unknown: bool = False
) -> Conflict:
    """Make the arrays of a case, as a reading sees it.

    Parameters
    ----------
    memory : float
        Bytes that the arrays of an analysis may take.
    may_be_unknown : bool
        Whether the analysis can do with preferences that are unknown; the ranks then say nothing of those.

    Raises
    ------
    CaseError
        If the case has neither measures nor a graph, a party that can move states no preference, or leaves some
        unknown that must be known.
    LimitError
        If there are more feasible states than there is memory for.
    """
    seen = case.under(reading)
    parties = tuple(party.id for party in seen.parties)
    if seen.graph is not None:
        return _from_graph(seen, seen.graph, reading, parties, may_be_unknown=may_be_unknown)
    _require_measures(seen)
    masks = feasible_masks(seen, most=int(memory / bytes_per_state(len(parties))))
    takes, ends, common = move_rules(seen, parties)
    moves = [bool(takes[i] | ends[i]) or any(move.coalition >> i & 1 for move in common) for i in range(len(parties))]
    movers = [party for party, can_move in zip(parties, moves, strict=True) if can_move]
    _require_preferences(seen, movers)
    if not may_be_unknown:
        _require_known(seen, movers)
    rank = np.zeros((len(parties), masks.size), dtype=np.int32)
    rounded = []
    for index, party in enumerate(parties):
        rank[index], is_exact = rank_party(seen, party, masks)
        if not is_exact:
            rounded.append(party)
    form = ProductConflict(n_measures=len(seen.measures), masks=masks, takes=takes, ends=ends, common=common, rank=rank)
    unplaced = Conflict(
        case=seen,
        reading=reading,
        parties=parties,
        measures=tuple(measure.id for measure in seen.measures),
        state_ids=(),
        form=form,
        status_quo=None,
        rounded=tuple(rounded),
    )
    return replace(unplaced, status_quo=unplaced.find(seen.status_quo))


def bytes_per_state(n_parties: int) -> int:
    """Return how many bytes per feasible state a conflict and its five concepts take at most.

    The most is measured where no measure can be flipped back and all is left to the search; half of it is usual.
    """
    return 48 + 48 * n_parties


def _from_graph(
    case: Case, graph: Graph, reading: str | None, parties: tuple[str, ...], *, may_be_unknown: bool
) -> Conflict:
    number = {state: index for index, state in enumerate(graph.states)}
    n_states = len(graph.states)
    together = {party for entry in graph.common for party in entry.parties}
    movers = [party for party in parties if graph.moves.get(party) or party in together]
    _require_ranks(case, graph, movers)
    if not may_be_unknown:
        _require_known(case, movers)
    rank = np.zeros((len(parties), n_states), dtype=np.int32)
    arcs = []

    def to_arcs(moves: Iterable[tuple[str, str]]) -> Arcs:
        pairs = np.array([(number[a], number[b]) for a, b in moves], dtype=np.int64).reshape(-1, 2)
        return make_arcs(n_states, pairs[:, 0], pairs[:, 1])

    for index, party in enumerate(parties):
        arcs.append(to_arcs(graph.moves.get(party, ())))
        given = Ranks(ranks=graph.ranks[party]) if party in graph.ranks else case.preferences.get(party)
        if isinstance(given, Ranking | Ranks):
            rank[index] = rank_states_outright(given, graph.states)
    coalitions: dict[int, list[tuple[str, str]]] = {}
    for entry in graph.common:
        coalitions.setdefault(sum(1 << parties.index(party) for party in entry.parties), []).extend(entry.moves)
    common = tuple(CommonArcs(coalition=members, arcs=to_arcs(moves)) for members, moves in coalitions.items())
    return Conflict(
        case=case,
        reading=reading,
        parties=parties,
        measures=(),
        state_ids=graph.states,
        form=GraphConflict(arcs=tuple(arcs), common=common, rank=rank),
        status_quo=None if graph.status_quo is None else number[graph.status_quo],
    )


def _require_measures(case: Case) -> None:
    if not case.measures:
        raise CaseError(
            [
                Diagnostic(
                    code="D611",
                    message="the case has neither measures nor a graph, so there is no state that could be stable.",
                    help="declare `measures:`, or states and moves outright under `graph:`",
                )
            ]
        )


def _require_preferences(case: Case, movers: list[str]) -> None:
    problems = [
        Diagnostic(
            code="D612",
            message=f"party '{party}' can move but states no preference at all; that is not the same as indifference.",
            help=f"state `value:` or `effects:` for '{party}' at some measure, a term, or preferences.{party}",
        )
        for party in movers
        if party not in case.preferences
        and not _is_unknown(case, party)
        and not any(is_stated(measure, party) for measure in case.measures)
        and all(term.party != party for term in case.terms)
    ]
    if problems:
        raise CaseError(problems)


def _is_unknown(case: Case, party: str) -> bool:
    return party in case.unknown and case.unknown[party].everything


def _require_known(case: Case, movers: list[str]) -> None:
    problems = [
        Diagnostic(
            code="D614",
            message=f"preferences of party '{party}' are unknown, and this analysis needs to know them.",
            help=f"`detente unknown` does without; or state the order and delete preferences.{party}.unknown",
        )
        for party in movers
        if party in case.unknown
    ]
    if problems:
        raise CaseError(problems)


def _require_ranks(case: Case, graph: Graph, movers: list[str]) -> None:
    problems = [
        Diagnostic(
            code="D613",
            message=f"party '{party}' has moves in the graph but no order of states; that is not indifference.",
            help=f"state graph.ranks.{party}, one number for each state, or preferences.{party}, a ranking",
        )
        for party in movers
        if party not in graph.ranks and party not in case.preferences and not _is_unknown(case, party)
    ]
    if problems:
        raise CaseError(problems)
