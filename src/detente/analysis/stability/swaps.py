"""Sensitivity of equilibria to swaps of ranks: how little one party would have to change its mind (§9)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.preference_changes import Comparison
from detente.analysis.stability.stability import check_concepts
from detente.analysis.stability.swaps_search import Swap, SwapSearch, Tolerance
from detente.analysis.stability.swaps_words import explain_swaps, shown_tolerances, write_places
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import Cancelled, OptionError
from detente.kernel.conflict import CONCEPTS
from detente.kernel.preference_search import Deadline
from detente.kernel.system import BoolArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_STATES = 64
"""States up to which all are looked at unless the caller names some; of more, the equilibria."""
MOST_EQUILIBRIA = 40
"""Equilibria looked at, of more states than that: those by the most concepts."""
MOST_SWAPS = 5_000
"""Swaps of neighbouring places tried one by one."""
MOST_DRAWN = 12
"""Equilibria in a picture."""
REFERENCES = ("fagin2006", "fang1993")


@dataclass(frozen=True, eq=False, kw_only=True)
class SwapAnalysis(Result):
    """How little of one party's preferences would have to change for an equilibrium to end, or to come about.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    concepts : tuple of str
        Those asked for.
    equilibria : mapping from concept to BoolArray
        Shape (F,) each: which states are stable for all as preferences are.
    states : tuple of int
        Numbers of the states looked at.
    n_left_out : int
        Equilibria not looked at because there are too many.
    tolerances : tuple of Tolerance
        For each state looked at, concept and party: the least change of that party's order that alters whether the
        state is an equilibrium.
    swaps : tuple of Swap
        Swaps of neighbouring places or statements that alter the set of equilibria.
    n_swaps : int
        How many were tried.
    n_untried : int
        How many swaps of neighbouring places were not tried because there are too many.
    """

    conflict: Conflict
    concepts: tuple[str, ...]
    equilibria: Mapping[str, BoolArray] = field(repr=False)
    states: tuple[int, ...]
    n_left_out: int
    tolerances: tuple[Tolerance, ...]
    swaps: tuple[Swap, ...]
    n_swaps: int
    n_untried: int

    def least(self, state: int, concept: str) -> Tolerance | None:
        """Return the least change of any one party's order that alters whether a state is an equilibrium."""
        known = [t for t in self.tolerances if (t.state, t.concept) == (state, concept) and t.distance is not None]
        return min(known, key=lambda t: t.distance or 0.0) if known else None

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        return {
            "status": self.status.value,
            "measures": list(self.conflict.measures),
            "tolerances": [
                {
                    "state": int(masks[t.state]),
                    "concept": t.concept,
                    "party": t.party,
                    "equilibrium": t.is_equilibrium,
                    "distance": t.distance,
                    "bound": t.bound,
                    "proven": t.is_proven,
                    "comparisons": [self._comparison(c) for c in t.comparisons],
                }
                for t in self.tolerances
            ],
            "swaps": [
                {
                    "party": swap.party,
                    "kind": swap.kind,
                    "place": swap.place,
                    "lost": self._states(swap.lost),
                    "gained": self._states(swap.gained),
                }
                for swap in self.swaps
            ],
            "n_swaps": self.n_swaps,
            "n_untried": self.n_untried,
            "n_left_out": self.n_left_out,
        }

    def _comparison(self, comparison: Comparison) -> dict[str, object]:
        masks = self.conflict.masks
        return {
            "upper": int(masks[comparison.upper]),
            "lower": int(masks[comparison.lower]),
            "strict": comparison.is_strict,
        }

    def _states(self, changed: Mapping[str, tuple[int, ...]]) -> dict[str, list[int]]:
        return {concept: [int(self.conflict.masks[state]) for state in states] for concept, states in changed.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per state, concept and party: how far its order is from one that alters the verdict."""
        import pandas as pd

        label = self.conflict.label
        records = []
        for t in self.tolerances:
            told = "; ".join(
                f"{label(c.upper)} {'above' if c.is_strict else 'at least as high as'} {label(c.lower)}"
                for c in t.comparisons
            )
            row = (t.state + 1, label(t.state), t.concept, t.party, t.is_equilibrium, t.distance, t.is_proven, told)
            records.append(row)
        columns = ["number", "state", "concept", "party", "equilibrium", "distance", "proven", "by_ranking"]
        return pd.DataFrame.from_records(records, columns=columns)

    def swaps_frame(self) -> pd.DataFrame:
        """Return one row per swap of neighbours that alters the equilibria, and concept."""
        import pandas as pd

        label = self.conflict.label
        records = [
            (
                swap.party,
                swap.kind,
                *write_places(self.conflict, swap),
                concept,
                "; ".join(label(state) for state in swap.lost.get(concept, ())),
                "; ".join(label(state) for state in swap.gained.get(concept, ())),
            )
            for swap in self.swaps
            for concept in self.concepts
            if concept in swap.lost or concept in swap.gained
        ]
        columns = ["party", "kind", "upper", "lower", "concept", "lost", "gained"]
        return pd.DataFrame.from_records(records, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw, for each equilibrium, the least change of one party's order that ends it."""
        from detente.display.bars import Bar, draw_bars

        groups: dict[str, list[Bar]] = {}
        for t in shown_tolerances(self)[:MOST_DRAWN]:
            distance = t.distance or 0.0
            name = self.conflict.case.party(t.party).name
            label = f"{self.conflict.label(t.state)} ({t.concept}; {name})"
            groups[label] = [Bar(label="pairs of states", value=distance, low=distance, high=distance)]
        return draw_bars(groups, title="least change of one party's order that ends an equilibrium", ax=ax)

    def explain(self) -> Explanation:
        """Say which equilibria hang by a thread, and by whose."""
        return Explanation(sentences=tuple(explain_swaps(self)))


def analyse_swaps(
    case: Case,
    *,
    states: Sequence[str | Iterable[str] | int] | None = None,
    concepts: Sequence[str] | None = None,
    parties: Sequence[str] | None = None,
    reading: str | None = None,
    max_seconds: float | None = None,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> SwapAnalysis:
    """Tell how far each party's order is from one in which an equilibrium ends, or a state becomes one.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright.
    states : sequence, optional
        States to look at, each as the ids in force, a name, or a number from 1. Unless given: all of up to 64, of more
        the equilibria.
    concepts : sequence of str, optional
        Some of nash, gmr, smr, seq and sseq; all unless given.
    parties : sequence of str, optional
        Whose orders to move; everybody's unless given.
    reading : str, optional
        Reading to see the case by.
    max_seconds : float, optional
        Seconds after which to stop with what was found until then; no limit unless given.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it with what was found until then.

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
    The distance counts pairs of states that are ranked the opposite way, and half of those tied in one order only; in
    an order without ties that is what swaps of neighbours count. After a swap of two neighbouring places only their own
    states are judged anew, unless the party can move from one to the other.

    References
    ----------
    fagin2006 (distance of orders with ties); fang1993.
    """
    began = time.perf_counter()
    asked = check_concepts(CONCEPTS if concepts is None else concepts)
    if max_seconds is not None and max_seconds <= 0:
        raise OptionError(f"the limit of time is {max_seconds} seconds; it must be positive")
    conflict = build_conflict(case, reading=reading, memory=memory)
    for party in parties or ():
        if party not in conflict.parties:
            raise OptionError(f"unknown party '{party}' (the case has: {', '.join(conflict.parties)})")
    movers = [p for p, party in enumerate(conflict.parties) if parties is None or party in parties]
    named = None if states is None else list(dict.fromkeys(find_state(conflict, state) for state in states))
    search = SwapSearch(conflict, asked, Reporter(progress), Deadline(max_seconds))
    equilibria = {concept: np.asarray(flags.all(axis=0), dtype=np.bool_) for concept, flags in search.stable.items()}
    chosen, left_out = _chosen(conflict, equilibria) if named is None else (named, 0)
    status = Status.ANSWERED
    try:
        search.find_tolerances(chosen, movers)
        search.try_statements(movers)
        search.try_ranks(movers, most=MOST_SWAPS)
    except Cancelled:
        status = Status.STOPPED
    if not all(tolerance.is_proven for tolerance in search.tolerances) or search.is_stopped:
        status = Status.STOPPED
    return SwapAnalysis(
        status=status,
        method="least changes of single orders, and swaps of neighbours (model §9)",
        parameters={
            "states": None if named is None else [conflict.label(state) for state in named],
            "concepts": list(asked),
            "parties": [conflict.parties[p] for p in movers],
            "max_seconds": max_seconds,
        },
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        concepts=asked,
        equilibria=equilibria,
        states=tuple(chosen),
        n_left_out=left_out,
        tolerances=tuple(search.tolerances),
        swaps=tuple(search.swaps),
        n_swaps=search.n_swaps,
        n_untried=search.n_untried,
    )


def _chosen(conflict: Conflict, equilibria: Mapping[str, BoolArray]) -> tuple[list[int], int]:
    if conflict.n_states <= MOST_STATES:
        return list(range(conflict.n_states)), 0
    often = np.sum(list(equilibria.values()), axis=0)
    found = np.flatnonzero(often)
    ordered = found[np.lexsort((found, -often[found]))].tolist()
    return sorted(ordered[:MOST_EQUILIBRIA]), max(0, len(ordered) - MOST_EQUILIBRIA)
