"""Inverse analysis: which preferences would make a state an equilibrium, and how little would have to change (§9)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.stability.inverse_words import explain_inverse, write_comparison
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.orders import case_with, reordered_statements, statements_of, to_preference
from detente.analysis.stability.preference_changes import (
    PreferenceChange,
    changes_of_ranks,
    changes_of_statements,
    swap_statements,
)
from detente.case import Case, OrdinalPreference
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import OptionError
from detente.kernel.conflict import CONCEPTS, Int32Array, ProductConflict
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.least_changes import least_to_stability
from detente.kernel.preference_search import Deadline
from detente.kernel.sanctions import Judge
from detente.kernel.stability import find_stable
from detente.kernel.stability_conditions import conditions_for_stability
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

By = Literal["ranks", "statements"]
"""What may change: places in the order of states, or places in the list of priorities."""

MOST_CHARACTERISED = 256
"""States up to which it is told in full when the state is stable."""
REFERENCES = ("kinsara2015", "wang2018", "fagin2006")


@dataclass(frozen=True, eq=False, kw_only=True)
class InverseAnalysis(Result):
    """The least change of preferences that makes a state an equilibrium.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    state : int
        The number of the state, from 0.
    concept : str
        By which it is to be stable for all.
    by : str
        Whether ranks or statements change.
    unstable : tuple of str
        For whom it is not stable as preferences are.
    changes : tuple of PreferenceChange
        One for each party whose preferences change; empty if none need to, or no change was found.
    distance : float or None
        Of all changes together; None if no change was found.
    bound : float
        What any change takes at least.
    verified : bool
        Whether all states were analysed anew with the changed preferences, and the state found stable for all.
    conditions : mapping from party to tuple of frozenset of int, or None
        The state is stable for the party, the others being as they are, exactly if there is a set among these of which
        it prefers no state; None where that takes too many sets, or there are too many states.
    """

    conflict: Conflict
    state: int
    concept: str
    by: By
    unstable: tuple[str, ...]
    changes: tuple[PreferenceChange, ...]
    distance: float | None
    bound: float
    verified: bool
    conditions: Mapping[str, tuple[frozenset[int], ...] | None]

    @property
    def unit(self) -> str:
        """What distances count."""
        return "pairs of states" if self.by == "ranks" else "swaps"

    @property
    def case(self) -> Case:
        """The case, as the reading sees it, with the changed preferences."""
        return case_with(self.conflict, self.preferences)

    @property
    def preferences(self) -> dict[str, OrdinalPreference]:
        """The changed preferences, as they would stand in the case."""
        return {
            change.party: to_preference(self.conflict, change.order)
            if self.by == "ranks"
            else reordered_statements(self.conflict, change.party, change.priorities)
            for change in self.changes
        }

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        return {
            "status": self.status.value,
            "measures": list(self.conflict.measures),
            "state": int(masks[self.state]),
            "concept": self.concept,
            "by": self.by,
            "unstable": list(self.unstable),
            "distance": self.distance,
            "bound": self.bound,
            "verified": self.verified,
            "changes": [
                {
                    "party": change.party,
                    "distance": change.distance,
                    "comparisons": [
                        {"upper": int(masks[c.upper]), "lower": int(masks[c.lower]), "strict": c.is_strict}
                        for c in change.comparisons
                    ],
                    "statements": list(change.statements) or None,
                    "ranks": change.order.tolist(),
                }
                for change in self.changes
            ],
            "conditions": {
                party: None if sets is None else [sorted(int(masks[state]) for state in states) for states in sets]
                for party, sets in self.conditions.items()
            },
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per party and comparison, or per place in a list of statements."""
        import pandas as pd

        rows: list[tuple[object, ...]] = []
        for change in self.changes:
            if self.by == "statements":
                before = statements_of(self.conflict, change.party)
                rows += [
                    (change.party, change.distance, place, before[place - 1], now)
                    for place, now in enumerate(change.statements, start=1)
                ]
            else:
                rows += [
                    (change.party, change.distance, *write_comparison(self.conflict, comparison))
                    for comparison in change.comparisons
                ]
        columns = ["place", "before", "after"] if self.by == "statements" else ["state", "ranked", "than"]
        return pd.DataFrame.from_records(rows, columns=["party", "distance", *columns])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how much each party's preferences would have to change."""
        from detente.display.bars import Bar, draw_bars

        changed = {change.party: change.distance for change in self.changes}
        groups = {
            party.name: [Bar(label=self.unit, value=value, low=value, high=value)]
            for party in self.conflict.case.parties
            for value in [changed.get(party.id, 0.0)]
        }
        return draw_bars(groups, title=f"least change of preferences, {self.unit}", ax=ax)

    def explain(self) -> Explanation:
        """Say how little would have to change, whose preferences, and what makes that enough."""
        return Explanation(sentences=tuple(explain_inverse(self)))


def find_inverse(
    case: Case,
    state: str | Iterable[str] | int | None = None,
    concept: str = "seq",
    *,
    parties: Sequence[str] | None = None,
    by: By = "ranks",
    reading: str | None = None,
    max_seconds: float | None = None,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> InverseAnalysis:
    """Tell which preferences would make a state stable for all, changing them as little as possible.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright.
    state : str, iterable of str or int, optional
        The ids in force, the name of a state, or its number from 1; the status quo unless given.
    concept : str
        One of nash, gmr, smr, seq and sseq.
    parties : sequence of str, optional
        Whose preferences may change; everybody's unless given. By statements: those who state some.
    by : str
        ``ranks``: the order of states, in pairs ranked otherwise; ``statements``: swaps of neighbours in lists of
        priorities.
    reading : str, optional
        Reading to see the case by.
    max_seconds : float, optional
        Seconds after which to stop with the best so far and a bound; no limit unless given.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it with the best so far.

    Returns
    -------
    InverseAnalysis
        With status ``optimal`` if proven, ``none`` if no change of these preferences does, ``stopped`` otherwise.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    LimitError
        If there is not the memory for the conflict, or a single state takes too many steps to judge.
    OptionError
        If an option is wrong.

    Notes
    -----
    Exact at once by ranks and Nash, GMR or SMR: the state is lifted in each order, to a place found by halving. By SEQ
    and SSEQ a search that may take exponential time, exact if it ends.

    References
    ----------
    kinsara2015; wang2018; fagin2006 (distance of orders with ties).
    """
    began = time.perf_counter()
    if concept not in CONCEPTS:
        raise OptionError(f"unknown concept '{concept}' (there are: {', '.join(CONCEPTS)})")
    if by not in ("ranks", "statements"):
        raise OptionError(f"preferences change by 'ranks' or by 'statements', not by '{by}'")
    if max_seconds is not None and max_seconds <= 0:
        raise OptionError(f"the limit of time is {max_seconds} seconds; it must be positive")
    conflict = build_conflict(case, reading=reading, memory=memory)
    number = find_state(conflict, state)
    allowed = _allowed(conflict, parties, by)
    judge = Judge(conflict.form)
    reporter, deadline = Reporter(progress), Deadline(max_seconds)
    rank = conflict.form.rank
    unstable = tuple(
        party for p, party in enumerate(conflict.parties) if judge.is_stable(p, number, concept) is not True
    )
    if by == "ranks":
        searched = least_to_stability(judge, number, concept, allowed, reporter=reporter, deadline=deadline)
        changes, distance, bound = changes_of_ranks(conflict, searched)
        proven = searched.is_proven
    else:
        swapped = swap_statements(judge, conflict, number, concept, allowed, reporter, deadline)
        changes, distance, bound = changes_of_statements(conflict, swapped)
        proven = swapped.is_proven
    status = Status.STOPPED
    if proven:
        status = Status.NONE if distance is None else Status.OPTIMAL
    changed = rank.copy()
    for change in changes:
        changed[conflict.parties.index(change.party)] = change.order
    is_small = conflict.n_states <= MOST_CHARACTERISED
    return InverseAnalysis(
        status=status,
        method="least change of preferences (model §9)",
        parameters={
            "state": conflict.label(number),
            "concept": concept,
            "parties": [conflict.parties[p] for p in allowed],
            "by": by,
            "max_seconds": max_seconds,
        },
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        state=number,
        concept=concept,
        by=by,
        unstable=unstable,
        changes=changes,
        distance=distance,
        bound=bound,
        verified=distance is not None and _holds(conflict, changed, number, concept),
        conditions={
            party: conditions_for_stability(judge, rank, p, number, concept) if is_small else None
            for p, party in enumerate(conflict.parties)
        },
    )


def _allowed(conflict: Conflict, parties: Sequence[str] | None, by: By) -> tuple[int, ...]:
    for party in parties or ():
        if party not in conflict.parties:
            raise OptionError(f"unknown party '{party}' (the case has: {', '.join(conflict.parties)})")
        if by == "statements" and not statements_of(conflict, party):
            raise OptionError(f"party '{party}' states no list of priorities that could change")
    chosen = [party for party in conflict.parties if parties is None or party in parties]
    if by == "statements":
        chosen = [party for party in chosen if statements_of(conflict, party)]
        if not chosen:
            raise OptionError("no party of the case states a list of priorities; use --by ranks")
    return tuple(conflict.parties.index(party) for party in chosen)


def _holds(conflict: Conflict, rank: Int32Array, state: int, concept: str) -> bool:
    """Analyse all states with other orders, and tell whether a state is stable for all."""
    form = replace(conflict.form, rank=rank)
    if isinstance(form, ProductConflict):
        stable = find_stable(form, (concept,))[concept]
    else:
        stable = find_stable_in_graph(form, (concept,))[concept]
    return bool(stable[:, state].all())
