"""Which attitudes toward each other would make a state stable for everybody."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.attitudes import (
    IS_EXPERIMENTAL,
    REFERENCES,
    WRITTEN,
    check_relational_concepts,
    to_signs,
)
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.stability_words import name_concept
from detente.analysis.words import describe_state, join_words
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.display.prose import count_noun
from detente.errors import ExperimentalWarning
from detente.kernel.attitude_search import Row, count_changes, find_matrices, find_rows
from detente.kernel.attitudes import AttitudeMatrix, RelationalModel
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

CONCEPTS_BY_DEFAULT = ("nash", "gmr", "smr")
"""Those by which each party can be looked at by itself."""

MOST_ALTERNATIVES = 2
"""Combinations of attitudes of one party that a sentence tells, where it takes more than one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AttitudesFound:
    """The attitudes by which a state is stable for everybody, by one concept.

    Parameters
    ----------
    concept : str
        Which.
    n_matrices : int
        How many combinations of attitudes would do; every party is positive toward itself.
    choices : tuple of int
        How many attitudes of each party are part of one that would do; by nash, gmr and smr they combine freely.
    fewest : AttitudeMatrix or None
        Of those that would do, one with the fewest attitudes toward others; None if none does.
    alternatives : tuple of AttitudeMatrix
        By nash, gmr and smr: of each party all attitudes that would do with as few toward others, a row each; by seq
        only those of `fewest`.
    """

    concept: str
    n_matrices: int
    choices: tuple[int, ...]
    fewest: AttitudeMatrix | None
    alternatives: tuple[AttitudeMatrix, ...]

    @property
    def n_changes(self) -> int | None:
        """How many attitudes toward others it takes at least."""
        return None if self.fewest is None else count_changes(self.fewest)


@dataclass(frozen=True, eq=False, kw_only=True)
class AttitudeSearch(Result):
    """Which attitudes would make a state stable for everybody.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    state : int
        Number of the state, from 0.
    found : mapping from concept to AttitudesFound
        What would do.
    """

    conflict: Conflict
    state: int
    found: Mapping[str, AttitudesFound]

    def to_frame(self) -> pd.DataFrame:
        """Return a row per concept and party: its attitudes where there are the fewest, and how many would do."""
        import pandas as pd

        rows = []
        parties = self.conflict.parties
        for concept, entry in self.found.items():
            for i, party in enumerate(parties):
                row: dict[str, object] = {"concept": concept, "party": party, "choices": entry.choices[i]}
                for j, toward in enumerate(parties):
                    row[f"toward {toward}"] = None if entry.fewest is None else WRITTEN[int(entry.fewest[i, j])]
                rows.append(row)
        return pd.DataFrame(rows, columns=["concept", "party", "choices", *(f"toward {party}" for party in parties)])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw by concept how many attitudes toward others it takes at least."""
        from detente.display.bars import Bar, draw_bars

        groups = {}
        for concept, entry in self.found.items():
            if entry.n_changes is not None:
                least = float(entry.n_changes)
                groups[name_concept(concept)] = [Bar(label="at least", value=least, low=least, high=least)]
        return draw_bars(groups, title="attitudes toward others", ax=ax)

    def explain(self) -> Explanation:
        """Say by which attitudes the state would be stable for everybody."""
        return Explanation(sentences=tuple(Sentence(text=text) for text in _explain(self)))

    def _body(self) -> dict[str, object]:
        return {
            "measures": list(self.conflict.measures),
            "state": int(self.conflict.masks[self.state]),
            "concepts": {
                concept: {
                    "matrices": entry.n_matrices,
                    "changes": entry.n_changes,
                    "attitudes": None if entry.fewest is None else to_signs(self.conflict.parties, entry.fewest),
                    "alternatives": {
                        party: [
                            {
                                toward: WRITTEN[int(sign)]
                                for toward, sign in zip(self.conflict.parties, row, strict=True)
                            }
                            for row in rows
                        ]
                        for party, rows in zip(self.conflict.parties, entry.alternatives, strict=True)
                    },
                }
                for concept, entry in self.found.items()
            },
        }


def _explain(result: AttitudeSearch) -> Iterator[str]:
    alike: dict[str, list[str]] = {}
    for concept, entry in result.found.items():
        alike.setdefault(_describe_found(result, entry), []).append(name_concept(concept))
    for said, concepts in alike.items():
        yield f"By {join_words(concepts)} {said}"
    yield "Every party is taken to look to itself as well; attitudes say which moves it would make, not why."


def _describe_found(result: AttitudeSearch, entry: AttitudesFound) -> str:
    conflict = result.conflict
    state = describe_state(conflict, result.state)
    if entry.fewest is None:
        stuck = [conflict.case.party(p).name for p, n in zip(conflict.parties, entry.choices, strict=True) if n == 0]
        why = f": nothing would make it so for {join_words(stuck)}" if stuck else ""
        return f"no attitudes toward others make {state} stable for all{why}."
    if entry.n_changes == 0:
        return f"{state} is stable for all without any attitude toward others."
    count = count_noun(entry.n_changes or 0, "attitude")
    wishes = [_describe_wishes(conflict, i, rows) for i, rows in enumerate(entry.alternatives)]
    said = "; ".join(wish for wish in wishes if wish)
    return f"it takes at least {count} toward others to make {state} stable for all: {said}."


def _describe_wishes(conflict: Conflict, party: int, rows: AttitudeMatrix) -> str:
    """Say what a party would have to wish whom, given all that would do; nothing if it may look to itself alone."""
    case, parties = conflict.case, conflict.parties
    if rows.shape[0] == 0 or count_changes(rows[0]) == 0:
        return ""
    ways = []
    if all(count_changes(row) == 1 for row in rows):
        for sign, end in ((1, "well"), (-1, "ill")):
            whom = [case.party(p).name for j, p in enumerate(parties) if j != party and (rows[:, j] == sign).any()]
            if whom:
                ways.append(f"{join_words(whom, last='or')} {end}")
    else:
        for row in rows[:MOST_ALTERNATIVES]:
            ends = []
            for sign, end in ((1, "well"), (-1, "ill")):
                whom = [case.party(p).name for j, p in enumerate(parties) if j != party and row[j] == sign]
                if whom:
                    ends.append(f"{join_words(whom)} {end}")
            ways.append(" and ".join(ends))
    more = " (among others)" if len(rows) > MOST_ALTERNATIVES and count_changes(rows[0]) > 1 else ""
    return f"{case.party(parties[party]).name} would have to wish {', or '.join(ways)}{more}"


def _fewest(rows: Sequence[Row], n_parties: int) -> AttitudeMatrix:
    least = [row for row in rows if count_changes(row) == count_changes(rows[0])]
    return np.array(least, dtype=np.int8).reshape(len(least), n_parties)


def _freely(concept: str, rows: Sequence[Sequence[Row]]) -> AttitudesFound:
    n_matrices = prod(len(choices) for choices in rows)
    return AttitudesFound(
        concept=concept,
        n_matrices=n_matrices,
        choices=tuple(len(choices) for choices in rows),
        fewest=np.array([choices[0] for choices in rows], dtype=np.int8) if n_matrices else None,
        alternatives=tuple(_fewest(choices, len(rows)) for choices in rows),
    )


def find_attitudes(
    case: Case,
    *,
    state: str | Iterable[str] | int | None = None,
    concepts: Sequence[str] = CONCEPTS_BY_DEFAULT,
    reading: str | None = None,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> AttitudeSearch:
    """Tell which attitudes toward each other would make a state stable for everybody.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; preferences of every party that can move.
    state : str, iterable of str or int, optional
        The ids in force, ``-`` for none; the name of a state in the graph form; or its number from 1.  The status quo
        unless given.
    concepts : sequence of str
        Some of nash, gmr, smr and seq; seq tries all attitudes of all parties together and is for three parties or so.
    reading : str, optional
        Reading to see the case by.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    LimitError
        If there are too many states, moves, parties or combinations.
    OptionError
        If an option is wrong.
    Cancelled
        If the user stops.

    Warns
    -----
    ExperimentalWarning
        Always: published propositions are kept, but no published table of numbers was at hand to be reproduced.

    Notes
    -----
    Every party stays positive toward itself; all of its 3^(P−1) attitudes toward the others are tried.

    References
    ----------
    inohara2007, definitions of relational stability.
    """
    warnings.warn(IS_EXPERIMENTAL, ExperimentalWarning, stacklevel=2)
    asked = check_relational_concepts(concepts)
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory)
    number = find_state(conflict, state)
    reporter = Reporter(progress)
    n_parties = len(conflict.parties)
    model = RelationalModel(conflict.graph)
    alone = tuple(concept for concept in ("nash", "gmr", "smr") if concept in asked or concept == "gmr")
    rows = find_rows(model, number, alone, reporter=reporter)
    found = {}
    for concept in asked:
        if concept != "seq":
            found[concept] = _freely(concept, rows[concept])
            continue
        matrices = find_matrices(model, number, rows["gmr"], reporter=reporter)
        found[concept] = AttitudesFound(
            concept=concept,
            n_matrices=len(matrices),
            choices=tuple(len({matrix[i].tobytes() for matrix in matrices}) for i in range(n_parties)),
            fewest=matrices[0] if matrices else None,
            alternatives=tuple(_fewest([matrix[i] for matrix in matrices[:1]], n_parties) for i in range(n_parties)),
        )
    return AttitudeSearch(
        status=Status.ANSWERED if any(entry.fewest is not None for entry in found.values()) else Status.NONE,
        method="attitudes tried one by one",
        parameters={"state": conflict.label(number), "concepts": list(asked)},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        state=number,
        found=found,
    )
