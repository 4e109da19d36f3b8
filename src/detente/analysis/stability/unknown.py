"""Which states are stable although some preferences are unknown: the four extensions of Li, Hipel, Kilgour and Fang.

Between two states a party prefers one, is indifferent, or nobody knows.  The extensions differ in what is made of not
knowing, when the party thinks of leaving a state and when it thinks of how others may answer:

- **a**: it leaves for what may be better, and only what is surely no better deters it;
- **b**: it leaves for what is surely better, and only what is surely no better deters it;
- **c**: it leaves for what may be better, and what is not surely better deters it;
- **d**: it leaves for what is surely better, and what is not surely better deters it.

Opponents are credited with moves to what may be better in all four.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.stability import check_concepts
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.comparisons import compare_states
from detente.conflict.conflict import MEMORY
from detente.errors import OptionError
from detente.kernel.conflict import CONCEPTS
from detente.kernel.relations import Variant, judge_variants, require_room
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

EXTENSIONS = ("a", "b", "c", "d")
"""The four ways to take what is unknown; whatever is stable by a is stable by all, and by d whatever is by any."""
REFERENCES = ("li2004",)


@dataclass(frozen=True, eq=False, kw_only=True)
class UnknownStability(Result):
    """Which states are stable, by each extension and concept, when some preferences are unknown.

    Parameters
    ----------
    conflict : Conflict
        States and moves with their labels; P parties, F states.
    concepts : tuple of str
        Those asked for, in the order of `CONCEPTS`.
    extensions : tuple of str
        Those asked for, of a, b, c and d.
    unknown : mapping from party to int
        Between how many pairs of states its preference is unknown.
    stable : mapping from extension to mapping from concept to BoolArray
        Shape (P, F) each: whether a state is stable for a party.
    """

    conflict: Conflict
    concepts: tuple[str, ...]
    extensions: tuple[str, ...]
    unknown: Mapping[str, int]
    stable: Mapping[str, Mapping[str, BoolArray]]

    def is_equilibrium(self, extension: str, concept: str) -> BoolArray:
        """Tell of each state, (F,), whether it is stable for every party by an extension of a concept.

        Raises
        ------
        OptionError
            If the extension or the concept was not asked for.
        """
        if extension not in self.stable or concept not in self.concepts:
            there = f"{', '.join(self.extensions)} of {', '.join(self.concepts)}"
            raise OptionError(f"'{extension}' of '{concept}' was not analysed (there are: {there})")
        return np.asarray(self.stable[extension][concept].all(axis=0), dtype=np.bool_)

    def equilibria(self, extension: str, concept: str) -> IntArray:
        """Return the numbers of the states that are stable for every party, in increasing order."""
        return np.flatnonzero(self.is_equilibrium(extension, concept)).astype(np.int64)

    def shown_states(self) -> IntArray:
        """Return the states that are stable for all in some way, those in the most ways first."""
        ways = [self.is_equilibrium(extension, concept) for extension in self.extensions for concept in self.concepts]
        count = np.sum(ways, axis=0)
        some = np.flatnonzero(count)
        return np.asarray(some[np.lexsort((some, -count[some]))], dtype=np.int64)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per state, concept and extension: for whom it is stable, and whether for all."""
        import pandas as pd

        labels = [self.conflict.label(state) for state in range(self.conflict.n_states)]
        frames = []
        for concept in self.concepts:
            for extension in self.extensions:
                columns: dict[str, object] = {
                    "number": np.arange(1, len(labels) + 1),
                    "state": labels,
                    "concept": concept,
                    "extension": extension,
                }
                for number, party in enumerate(self.conflict.parties):
                    columns[f"stable for {party}"] = self.stable[extension][concept][number]
                columns["equilibrium"] = self.is_equilibrium(extension, concept)
                frames.append(pd.DataFrame(columns))
        table = pd.concat(frames, ignore_index=True)
        return table.sort_values("number", kind="stable", ignore_index=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the states that are stable for all in some way in option form, with the ways."""
        from detente.analysis.stability.unknown_words import unknown_form
        from detente.display.option_form import draw_option_form

        return draw_option_form(unknown_form(self), ax)

    def explain(self) -> Explanation:
        """Say what is unknown, and which states are stable whatever is made of it."""
        from detente.analysis.stability.unknown_words import explain_unknown

        return Explanation(sentences=tuple(Sentence(text=text) for text in explain_unknown(self)))

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        named = {"state_names": list(self.conflict.state_ids)} if self.conflict.is_graph else {}
        return {
            "measures": list(self.conflict.measures),
            **named,
            "states": masks.tolist(),
            "unknown": dict(self.unknown),
            "stability": {
                extension: {
                    concept: {
                        party: masks[self.stable[extension][concept][number]].tolist()
                        for number, party in enumerate(self.conflict.parties)
                    }
                    for concept in self.concepts
                }
                for extension in self.extensions
            },
            "equilibria": {
                extension: {
                    concept: masks[self.is_equilibrium(extension, concept)].tolist() for concept in self.concepts
                }
                for extension in self.extensions
            },
        }


def _check_extensions(extensions: Sequence[str]) -> tuple[str, ...]:
    for extension in extensions:
        if extension not in EXTENSIONS:
            raise OptionError(f"unknown extension '{extension}' (there are: {', '.join(EXTENSIONS)})")
    if not extensions:
        raise OptionError(f"no extension to analyse (there are: {', '.join(EXTENSIONS)})")
    return tuple(extension for extension in EXTENSIONS if extension in extensions)


def analyse_unknown(
    case: Case,
    *,
    reading: str | None = None,
    concepts: Sequence[str] = CONCEPTS,
    extensions: Sequence[str] = EXTENSIONS,
    ranges: bool = False,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> UnknownStability:
    """Tell which states are stable when some preferences are unknown, by four ways of taking that.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; what is unknown stands under ``preferences``.
    reading : str, optional
        Reading to see the case by.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.
    extensions : sequence of str
        Some of a, b, c and d.
    ranges : bool
        Whether a preference that depends on which values in the ranges stated are right is unknown too.  A number is
        the same in both states that are compared, whatever it is; otherwise a range counts as its most likely value.
    memory : float
        Bytes to use at most; all pairs of states are held.
    progress : Progress, optional
        Told how far the work is; may stop it.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference and does not say that it is unknown.
    LimitError
        If there are more feasible states than there is memory for.
    OptionError
        If an option is wrong.
    Cancelled
        If the user stops.

    Notes
    -----
    With R_i⁺ᵁ the moves to what is better or unknown, and Φ_i the states that are surely no better: a is R_i⁺ᵁ against
    Φ_i, b is R_i⁺ against Φ_i, c is R_i⁺ᵁ against Φ_i and what is unknown, d is R_i⁺ against both.  In SMR and SSEQ no
    move of i from the sanction leads out of the same set; in SEQ and SSEQ the others move along R⁺ᵁ.  Hence what is
    stable by a is so by b and c, and what is by b or c is by d; with nothing unknown all are the ordinary concepts.

    References
    ----------
    li2004; we know of no published extension of SSEQ, and the one here is made in the same way.

    Examples
    --------
    >>> import detente
    >>> from detente.casefile import case_from_tree
    >>> case = case_from_tree({
    ...     "detente": 1,
    ...     "parties": {"upstream": {}, "downstream": {}},
    ...     "measures": {"release": {"by": ["upstream"]}, "protest": {"by": ["downstream"]}},
    ...     "preferences": {
    ...         "upstream": {"unknown": "all"},
    ...         "downstream": {"statements": ["release", "protest iff not release"]},
    ...     },
    ... })
    >>> result = detente.analyse_unknown(case, concepts=["nash"])
    >>> {way: [result.conflict.label(s) for s in result.equilibria(way, "nash")] for way in result.extensions}
    {'a': [], 'b': ['release', 'protest'], 'c': [], 'd': ['release', 'protest']}
    """
    asked, ways = check_concepts(concepts), _check_extensions(extensions)
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory, may_be_unknown=True)
    require_room(len(conflict.parties), conflict.n_states, memory)
    reporter = Reporter(progress)
    better, may_be_better, unknown = compare_states(conflict, ranges=ranges, reporter=reporter)

    def variants(party: int) -> list[Variant]:
        surely_no_better, not_surely_better = ~may_be_better[party], ~better[party]
        return [
            Variant(
                may_be_better[party] if extension in ("a", "c") else better[party],
                surely_no_better if extension in ("a", "b") else not_surely_better,
            )
            for extension in ways
        ]

    found = judge_variants(conflict.graph, variants, may_be_better, concepts=asked, reporter=reporter)
    for flags in (array for by_concept in found for array in by_concept.values()):
        flags.flags.writeable = False
    return UnknownStability(
        status=Status.ANSWERED,
        method="graph model for conflict resolution, unknown preferences",
        parameters={"concepts": list(asked), "extensions": list(ways), "ranges": ranges},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        concepts=asked,
        extensions=ways,
        unknown=dict(zip(conflict.parties, unknown, strict=True)),
        stable=dict(zip(ways, found, strict=True)),
    )
