"""How strongly states are stable: by sanctions that are much worse, or only somewhat worse (Hamouda et al.).

A party prefers one state to another mildly or strongly.  It leaves a state for anything better, and what deters it is
weighed: a stable state is *strongly* stable for it if every improvement can be answered by something that it likes
much less than the state, else *weakly*.  With more degrees of preference a state has the highest degree such that every
improvement can be answered by something that is worse by at least that degree.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.stability import check_concepts
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.comparisons import compare_states, count_degrees, much_worse
from detente.conflict.conflict import MEMORY
from detente.errors import CaseError, Diagnostic, OptionError
from detente.kernel.conflict import CONCEPTS
from detente.kernel.relations import Variant, judge_variants, require_room
from detente.kernel.system import IntArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DegreeArray = NDArray[np.int8]

WEAK, STRONG = 1, 2
"""Degrees of stability; 0 is not stable, and from 3 on there are as many as some party tells apart."""
REFERENCES = ("hamouda2004", "hamouda2006")


@dataclass(frozen=True, eq=False, kw_only=True)
class StrengthStability(Result):
    """How strongly states are stable, party by party and concept by concept.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels; P parties, F states.
    concepts : tuple of str
        Those asked for, in the order of `CONCEPTS`.
    degrees : mapping from party to int
        How many degrees of preference the party tells apart; 1 if it states nothing strong.
    degree : mapping from concept to DegreeArray
        Shape (P, F) each: 0 where a state is not stable for a party, 1 where it is weakly stable, 2 and more where it
        is strongly so.  Nash stability rests on no sanction and is 0 or 1; what is Nash stable has the highest degree
        under the other concepts.
    """

    conflict: Conflict
    concepts: tuple[str, ...]
    degrees: Mapping[str, int]
    degree: Mapping[str, DegreeArray]

    def equilibrium_degree(self, concept: str) -> DegreeArray:
        """Return the least degree over the parties of each state, (F,): 0 where it is not stable for all.

        Raises
        ------
        OptionError
            If the concept was not asked for.
        """
        if concept not in self.degree:
            raise OptionError(f"'{concept}' was not analysed (there are: {', '.join(self.concepts)})")
        return np.asarray(self.degree[concept].min(axis=0), dtype=np.int8)

    def equilibria(self, concept: str, *, degree: int = WEAK) -> IntArray:
        """Return the numbers of the states that are stable for all by at least a degree, in increasing order."""
        return np.flatnonzero(self.equilibrium_degree(concept) >= degree).astype(np.int64)

    def shown_states(self) -> IntArray:
        """Return the states that are stable for all under some concept, the strongest and most often stable first."""
        found = np.array([self.equilibrium_degree(concept) for concept in self.concepts], dtype=np.int64)
        some = np.flatnonzero(found.any(axis=0))
        order = np.lexsort((some, -(found > 0).sum(axis=0)[some], -found.sum(axis=0)[some]))
        return np.asarray(some[order], dtype=np.int64)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per state and concept: the degree by which it is stable for each party, and for all."""
        import pandas as pd

        labels = [self.conflict.label(state) for state in range(self.conflict.n_states)]
        frames = []
        for concept in self.concepts:
            columns: dict[str, object] = {
                "number": np.arange(1, len(labels) + 1),
                "state": labels,
                "concept": concept,
            }
            for number, party in enumerate(self.conflict.parties):
                columns[f"degree for {party}"] = self.degree[concept][number]
            columns["equilibrium degree"] = self.equilibrium_degree(concept)
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True).sort_values("number", kind="stable", ignore_index=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the states that are stable for all in option form, with how strongly they are."""
        from detente.analysis.stability.strength_words import strength_form
        from detente.display.option_form import draw_option_form

        return draw_option_form(strength_form(self), ax)

    def explain(self) -> Explanation:
        """Say which states are strongly and which weakly stable for all."""
        from detente.analysis.stability.strength_words import explain_strength

        return Explanation(sentences=tuple(Sentence(text=text) for text in explain_strength(self)))

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        named = {"state_names": list(self.conflict.state_ids)} if self.conflict.is_graph else {}
        most = max(self.degrees.values(), default=WEAK)

        def by_degree(concept: str, degree: DegreeArray) -> dict[str, object]:
            last = WEAK if concept == "nash" else most
            return {str(step): masks[degree == step].tolist() for step in range(WEAK, last + 1)}

        return {
            "measures": list(self.conflict.measures),
            **named,
            "states": masks.tolist(),
            "degrees": dict(self.degrees),
            "stability": {
                concept: {
                    party: by_degree(concept, self.degree[concept][number])
                    for number, party in enumerate(self.conflict.parties)
                }
                for concept in self.concepts
            },
            "equilibria": {concept: by_degree(concept, self.equilibrium_degree(concept)) for concept in self.concepts},
        }


def _require_strong(case: Case) -> None:
    if not case.strong:
        raise CaseError(
            [
                Diagnostic(
                    code="D615",
                    message="no party says which of its preferences are strong.",
                    help="state `strong:` under preferences: a difference from which on a preference is strong, or "
                    "pairs of conditions",
                )
            ]
        )


def analyse_strength(
    case: Case,
    *,
    reading: str | None = None,
    concepts: Sequence[str] = CONCEPTS,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> StrengthStability:
    """Tell how strongly states of a conflict are stable, for each party and for all.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; some party says which of its preferences are strong.
    reading : str, optional
        Reading to see the case by.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.
    memory : float
        Bytes to use at most; all pairs of states are held.
    progress : Progress, optional
        Told how far the work is; may stop it.

    Raises
    ------
    CaseError
        If the case has no states, a party that can move states no preference or leaves some unknown, or nobody says
        what is strong.
    LimitError
        If there are more feasible states than there is memory for.
    OptionError
        If an option is wrong.
    Cancelled
        If the user stops.

    Notes
    -----
    A state s is stable by degree k ≥ 2 for i iff from the end of every improvement of i the others can reach some u
    with s preferred to u by degree k or more; in SMR and SSEQ, s is also preferred by degree k or more to everything
    that i can move to from u; in SEQ and SSEQ the others move by improvements of any degree.  Degree 1 is stability
    without regard to strength.

    References
    ----------
    hamouda2004 for two parties, hamouda2006 for more; degrees above 2 go on in the same way, and so does SSEQ.

    Examples
    --------
    >>> import detente
    >>> from detente.casefile import case_from_tree
    >>> case = case_from_tree({
    ...     "detente": 1,
    ...     "parties": {"row": {}, "column": {}},
    ...     "measures": {"row-cooperates": {"by": ["row"]}, "column-cooperates": {"by": ["column"]}},
    ...     "preferences": {"row": {"ranks": [2, 0, 9, 8], "strong": 5},
    ...                     "column": {"ranks": [7, 9, 0, 8], "strong": 5}},
    ... })
    >>> result = detente.analyse_strength(case, concepts=["seq"])
    >>> {result.conflict.label(s): int(result.equilibrium_degree("seq")[s]) for s in result.equilibria("seq")}
    {'-': 2, 'row-cooperates column-cooperates': 1}
    """
    asked = check_concepts(concepts)
    began = time.perf_counter()
    _require_strong(case.under(reading))
    conflict = build_conflict(case, reading=reading, memory=memory)
    require_room(len(conflict.parties), conflict.n_states, memory)
    better = compare_states(conflict).better
    degrees = {party: count_degrees(conflict, party) for party in conflict.parties}
    most = max(degrees.values())

    def variants(number: int) -> list[Variant]:
        party = conflict.parties[number]
        worse = [much_worse(conflict, party, step) for step in range(STRONG, most + 1)]
        return [Variant(better[number], deterred) for deterred in (~better[number], *worse)]

    found = judge_variants(conflict.graph, variants, better, concepts=asked, reporter=Reporter(progress))
    degree: dict[str, DegreeArray] = {}
    for step, by_concept in enumerate(found, start=WEAK):
        for concept, flags in by_concept.items():
            if step == WEAK:
                degree[concept] = flags.astype(np.int8)
            elif concept != "nash":
                degree[concept][flags] = step
    for array in degree.values():
        array.flags.writeable = False
    return StrengthStability(
        status=Status.ANSWERED,
        method="graph model for conflict resolution, strength of preference",
        parameters={"concepts": list(asked)},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        concepts=asked,
        degrees=degrees,
        degree=degree,
    )
