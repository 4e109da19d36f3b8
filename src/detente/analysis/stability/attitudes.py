"""What attitudes of parties toward each other change: stability where somebody wishes another well, or ill."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.stability import MOST_LISTED
from detente.analysis.stability.stability_files import StateFiles, list_or_file
from detente.analysis.stability.stability_pictures import MOST_COLUMNS, head_of, option_groups
from detente.analysis.stability.stability_words import name_concept
from detente.analysis.words import describe_state, join_words
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.display.option_form import OptionForm, draw_option_form
from detente.errors import ExperimentalWarning, OptionError
from detente.kernel.attitudes import RELATIONAL_CONCEPTS, AttitudeMatrix, RelationalModel, selfish
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SIGNS = {"+": 1, "0": 0, "-": -1}
"""How attitudes are written."""

WRITTEN = {number: sign for sign, number in SIGNS.items()}
REFERENCES = ("inohara2007", "inohara2008", "inohara2009")


IS_EXPERIMENTAL = (
    "attitudes are experimental: they keep the published propositions, but no published table of numbers was at hand "
    "to be reproduced"
)


def check_relational_concepts(concepts: Sequence[str]) -> tuple[str, ...]:
    """Return concepts in their own order, each once.

    Raises
    ------
    OptionError
        If one has no published form with attitudes, or there is none.
    """
    for concept in concepts:
        if concept not in RELATIONAL_CONCEPTS:
            raise OptionError(
                f"'{concept}' has no form with attitudes (these have one: {', '.join(RELATIONAL_CONCEPTS)})"
            )
    if not concepts:
        raise OptionError(f"no concept to analyse (with attitudes there are: {', '.join(RELATIONAL_CONCEPTS)})")
    return tuple(concept for concept in RELATIONAL_CONCEPTS if concept in concepts)


def to_matrix(parties: Sequence[str], attitudes: Mapping[str, Mapping[str, str]]) -> AttitudeMatrix:
    """Turn attitudes by party into a matrix, (P, P); what is not stated is + toward oneself and 0 toward others.

    Raises
    ------
    OptionError
        If a party is unknown, or an attitude is none of +, 0 and -.
    """
    matrix = selfish(len(parties))
    for holder, row in attitudes.items():
        for toward, sign in row.items():
            for party in (holder, toward):
                if party not in parties:
                    raise OptionError(f"unknown party '{party}' in the attitudes (the case has: {', '.join(parties)})")
            if sign not in SIGNS:
                raise OptionError(
                    f"the attitude of '{holder}' toward '{toward}' is '{sign}'; it must be one of +, 0 and -"
                )
            matrix[parties.index(holder), parties.index(toward)] = SIGNS[sign]
    return matrix


def to_signs(parties: Sequence[str], matrix: AttitudeMatrix) -> dict[str, dict[str, str]]:
    """Write a matrix of attitudes as signs, every party toward every party."""
    return {
        holder: {toward: WRITTEN[int(matrix[i, j])] for j, toward in enumerate(parties)}
        for i, holder in enumerate(parties)
    }


@dataclass(frozen=True, eq=False, kw_only=True)
class AttitudeStability(Result):
    """Which states are stable with certain attitudes, beside the same without any.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels; P parties, F states.
    attitudes : AttitudeMatrix
        Shape (P, P): +1, 0 or -1 of the party in the row toward the one in the column.
    concepts : tuple of str
        Those asked for.
    stable, ordinary : mapping from concept to BoolArray
        Shape (P, F) each: whether a state is stable for a party, with these attitudes and with each party looking to
        itself alone.
    """

    conflict: Conflict
    attitudes: AttitudeMatrix
    concepts: tuple[str, ...]
    stable: Mapping[str, BoolArray]
    ordinary: Mapping[str, BoolArray]

    def equilibria(self, concept: str) -> IntArray:
        """Return the numbers of the states that are stable for every party with these attitudes."""
        return np.flatnonzero(self.stable[concept].all(axis=0)).astype(np.int64)

    def ordinary_equilibria(self, concept: str) -> IntArray:
        """Return the numbers of the states that are stable for every party that looks to itself alone."""
        return np.flatnonzero(self.ordinary[concept].all(axis=0)).astype(np.int64)

    def shown_states(self) -> IntArray:
        """Return the states that are stable for all under some concept, with or without the attitudes."""
        some = np.zeros(self.conflict.n_states, dtype=np.bool_)
        for concept in self.concepts:
            some |= self.stable[concept].all(axis=0) | self.ordinary[concept].all(axis=0)
        return np.flatnonzero(some).astype(np.int64)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per concept and state that is stable for all, with or without the attitudes."""
        import pandas as pd

        rows = []
        for concept in self.concepts:
            after, before = self.stable[concept], self.ordinary[concept]
            for state in np.flatnonzero(after.all(axis=0) | before.all(axis=0)):
                row = {
                    "concept": concept,
                    "number": int(state) + 1,
                    "state": self.conflict.label(int(state)),
                    "with_attitudes": bool(after[:, state].all()),
                    "without": bool(before[:, state].all()),
                }
                row |= {f"for {party}": bool(after[i, state]) for i, party in enumerate(self.conflict.parties)}
                rows.append(row)
        columns = ["concept", "number", "state", "with_attitudes", "without"]
        return pd.DataFrame(rows, columns=[*columns, *(f"for {party}" for party in self.conflict.parties)])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the states that are stable for all in option form, with and without the attitudes."""
        chosen = [int(state) for state in self.shown_states()[:MOST_COLUMNS]]
        marks = []
        for concept in self.concepts:
            for note, stable in (("", self.stable[concept]), (" without", self.ordinary[concept])):
                flags = tuple(bool(stable[:, state].all()) for state in chosen)
                marks.append((f"{name_concept(concept)}{note}", flags))
        form = OptionForm(
            states=tuple(head_of(self.conflict, state) for state in chosen),
            groups=option_groups(self.conflict, chosen),
            marks=tuple(marks),
        )
        return draw_option_form(form, ax)

    def explain(self) -> Explanation:
        """Say which attitudes were taken, and which states they make stable or unstable."""
        return Explanation(sentences=tuple(Sentence(text=text) for text in _explain(self)))

    def _body(self) -> dict[str, object]:
        def listed(masks: IntArray, name: str) -> object:
            entry = list_or_file(masks, files, name)
            return entry.tolist() if isinstance(entry, np.ndarray) else entry

        files = self._files(Path.cwd(), "attitudes")
        return self._document(listed)

    def _streamed(self, beside: Path | None) -> dict[str, object]:
        folder, stem = (Path.cwd(), "attitudes") if beside is None else (beside.parent, beside.stem)
        files = self._files(folder, stem)
        return {**self._header(), **self._document(lambda masks, name: list_or_file(masks, files, name))}

    def _files(self, folder: Path, stem: str) -> StateFiles | None:
        return StateFiles(folder=folder, stem=stem) if self.conflict.n_states > MOST_LISTED else None

    def _document(self, listed: Callable[[IntArray, str], object]) -> dict[str, object]:
        masks, parties = self.conflict.masks, self.conflict.parties
        return {
            "measures": list(self.conflict.measures),
            "attitudes": to_signs(parties, self.attitudes),
            "stability": {
                concept: {
                    party: listed(masks[self.stable[concept][i]], f"{concept}-{party}")
                    for i, party in enumerate(parties)
                }
                for concept in self.concepts
            },
            "equilibria": {concept: listed(masks[self.equilibria(concept)], concept) for concept in self.concepts},
            "without_attitudes": {
                concept: listed(masks[self.ordinary_equilibria(concept)], f"without-{concept}")
                for concept in self.concepts
            },
        }


def describe_attitudes(case: Case, parties: Sequence[str], matrix: AttitudeMatrix) -> Iterator[str]:
    """Yield a sentence for every party whose attitudes are not to itself alone."""
    for i, holder in enumerate(parties):
        if np.array_equal(matrix[i], selfish(len(parties))[i]):
            continue
        effects = []
        for sign, end in ((1, "better"), (-1, "worse")):
            names = [case.party(toward).name for j, toward in enumerate(parties) if matrix[i, j] == sign and j != i]
            if matrix[i, i] == sign:
                names.append("itself")
            if names:
                effects.append(f"{join_words(names)} {end} off")
        name = case.party(holder).name
        if effects:
            yield f"{name} makes only moves that leave {join_words(effects)}."
        else:
            yield f"{name} is indifferent to everybody, itself included, and may make any move it has."


def _explain(result: AttitudeStability) -> Iterator[str]:
    conflict = result.conflict
    said = list(describe_attitudes(conflict.case, conflict.parties, result.attitudes))
    if not said:
        yield "Every party looks to its own preferences alone, which is the ordinary analysis."
    yield from said
    alike: dict[tuple[frozenset[int], frozenset[int]], list[str]] = {}
    for concept in result.concepts:
        after = frozenset(int(state) for state in result.equilibria(concept))
        before = frozenset(int(state) for state in result.ordinary_equilibria(concept))
        alike.setdefault((after, before), []).append(name_concept(concept))
    for (after, before), concepts in alike.items():
        names = join_words(concepts)
        yield (
            f"By {names} {len(after):,} of {conflict.n_states:,} states "
            f"{'is' if len(after) == 1 else 'are'} stable for all with these attitudes, {len(before):,} without them."
        )
        for states, change in ((sorted(after - before), "become"), (sorted(before - after), "cease to be")):
            if states:
                yield _describe_change(conflict, states, change, names)
    yield "This follows from the preferences and attitudes stated; it says what would last, not what will happen."


def _describe_change(conflict: Conflict, states: Sequence[int], change: str, concepts: str) -> str:
    verb = change if len(states) > 1 else {"become": "becomes", "cease to be": "ceases to be"}[change]
    count = f"{len(states):,} {'state' if len(states) == 1 else 'states'}"
    first = "" if len(states) == 1 else "first "
    return (
        f"With them {count} {verb} stable for all by {concepts}, {first}"
        f"{describe_state(conflict, states[0])} (state {states[0] + 1:,})."
    )


def analyse_attitudes(
    case: Case,
    *,
    attitudes: Mapping[str, Mapping[str, str]],
    reading: str | None = None,
    concepts: Sequence[str] = RELATIONAL_CONCEPTS,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> AttitudeStability:
    """Tell which states are stable if parties wish each other well or ill.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; preferences of every party that can move.
    attitudes : mapping of str to mapping of str to str
        By party, toward which party: ``+``, ``0`` or ``-``.  Not stated is ``+`` toward oneself and ``0`` toward
        others.
    reading : str, optional
        Reading to see the case by.
    concepts : sequence of str
        Some of nash, gmr, smr and seq.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    LimitError
        If there are too many states or moves.
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
    A move counts if all whom the mover wishes well strictly prefer where it leads, and all whom it wishes ill strictly
    prefer where it comes from.  The published definitions let a weak preference do for those it wishes well; there is a
    difference only where parties are indifferent, and with attitudes to oneself alone this form is the ordinary
    analysis there too.

    References
    ----------
    inohara2007, definitions of relational stability; inohara2009, propositions.
    """
    warnings.warn(IS_EXPERIMENTAL, ExperimentalWarning, stacklevel=2)
    asked = check_relational_concepts(concepts)
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory)
    matrix = to_matrix(conflict.parties, attitudes)
    reporter = Reporter(progress)
    model = RelationalModel(conflict.graph)
    stable = model.stable(matrix, asked, reporter=reporter)
    ordinary = model.stable(selfish(len(conflict.parties)), asked, reporter=reporter)
    for flags in (*stable.values(), *ordinary.values(), matrix):
        flags.flags.writeable = False
    return AttitudeStability(
        status=Status.ANSWERED,
        method="graph model for conflict resolution with attitudes",
        parameters={"attitudes": to_signs(conflict.parties, matrix), "concepts": list(asked)},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        attitudes=matrix,
        concepts=asked,
        stable=stable,
        ordinary=ordinary,
    )
