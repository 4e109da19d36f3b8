"""Stability in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.words import describe_state, join_words, name_parties
from detente.case import measures_of
from detente.conflict import Conflict
from detente.game import is_stated

if TYPE_CHECKING:
    from detente.analysis.stability.stability import Stability

MOST_DESCRIBED = 6
"""Equilibria told in full; the table has them all."""

SHORT_NAMES = {"nash": "Nash", "gmr": "GMR", "smr": "SMR", "seq": "SEQ", "sseq": "SSEQ"}
"""What the literature calls each concept."""

MEANINGS = {
    "nash": "no party has a better state within its own reach.",
    "gmr": "whatever better state a party could move to, the others could answer so that it ends no better off "
    "(general metarationality).",
    "smr": "as by GMR, and from there it could not escape to anything better (symmetric metarationality).",
    "seq": "whatever better state a party could move to, the others could answer so that it ends no better off, each "
    "step an improvement for whoever makes it (sequential stability).",
    "sseq": "as by SEQ, and from there it could not escape to anything better (symmetric sequential stability).",
}
"""What it means that a state is an equilibrium, for people."""


FORESIGHT = {
    "maximin": "no party is better off for leaving if it looks {moves} ahead, its own first, and fears the worst of "
    "what the others could do.",
    "limited": "neither party is better off for leaving if it looks {moves} ahead, its own first, and both do the best "
    "for themselves in turn.",
}
"""The same for concepts with a number of moves of foresight."""


def explain_concept(concept: str) -> str:
    """Say in one line what it means that a state is an equilibrium by a concept."""
    name, _, moves = concept.partition("-")
    ahead = "1 move" if moves == "1" else f"{moves} moves"
    said = FORESIGHT[name].format(moves=ahead) if name in FORESIGHT else MEANINGS[concept]
    return f"{name_concept(concept)}: {said}"


def count_states(number: int) -> str:
    """Write how many feasible states there are."""
    return f"{number:,} feasible state{'' if number == 1 else 's'}"


def name_concept(concept: str) -> str:
    """Name a concept as the literature does."""
    name, _, moves = concept.partition("-")
    if name in FORESIGHT:
        return f"{'limited moves' if name == 'limited' else name} ({moves})"
    return SHORT_NAMES[concept]


_IMPLIES: dict[str, set[str]] = {
    "nash": {"gmr", "smr", "seq", "sseq"},
    "sseq": {"gmr", "smr", "seq"},
    "smr": {"gmr"},
    "seq": {"gmr"},
}
"""What else a state is that is stable by a concept (§9)."""


def name_strongest(concepts: Iterable[str]) -> str:
    """Name the concepts by which a state is stable, without those that follow from another; empty for none."""
    holding = list(concepts)
    implied = set().union(*(_IMPLIES.get(concept, set()) for concept in holding))
    return " ".join(name_concept(concept) for concept in holding if concept not in implied)


def unstable_for(result: Stability, state: int) -> dict[tuple[str, ...], list[str]]:
    """Return for which parties together a state is not stable, with the concepts by which it is not for just them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for concept in result.concepts:
        stable = result.stable[concept][:, state]
        parties = tuple(p for p, flag in zip(result.conflict.parties, stable, strict=True) if not bool(flag))
        if parties:
            found.setdefault(parties, []).append(concept)
    return found


def explain_stability(result: Stability) -> Iterator[str]:
    """Yield what there is to say: how many states last, which ones, and how the status quo stands."""
    conflict = result.conflict
    counts = [(concept, int(result.is_equilibrium(concept).sum())) for concept in result.concepts]
    said = join_words(f"{count:,} by {name_concept(concept)}" for concept, count in counts)
    yield (f"Stable for every party without any agreement, of {count_states(conflict.n_states)}: {said}.")
    yield from _status_quo(result)
    shown = result.shown_states()
    for state in shown[:MOST_DESCRIBED]:
        concepts = result.concepts_of(int(state))
        by = "every concept" if concepts == result.concepts else join_words(map(name_concept, concepts))
        number = "" if conflict.is_graph else f"State {int(state) + 1}, "
        said = f"{number}{describe_state(conflict, int(state))}{'' if conflict.is_graph else ','}"
        yield f"{said[:1].upper()}{said[1:]} is stable for all by {by}."
    if shown.size > MOST_DESCRIBED:
        more = shown.size - MOST_DESCRIBED
        entirely = int(np.logical_and.reduce([result.is_equilibrium(concept) for concept in result.concepts]).sum())
        told = sum(result.concepts_of(int(state)) == result.concepts for state in shown[:MOST_DESCRIBED])
        too = f", {entirely - told:,} of them by every concept" if entirely > told else ""
        yield f"{more:,} more {'is' if more == 1 else 'are'} stable for all under some concept{too}."
    yield from _unstated(conflict)
    if conflict.rounded:
        yield (
            f"The values of {name_parties(conflict.case, conflict.rounded)} have too many digits to be added exactly "
            "and were rounded to one part in 10¹⁵ of the largest; ties that such digits make may be lost."
        )
    yield "This follows from the preferences stated; it says what would last if they are right, not what will happen."


def _status_quo(result: Stability) -> Iterator[str]:
    conflict, state = result.conflict, result.conflict.status_quo
    if state is None:
        return
    concepts = result.concepts_of(state)
    if len(concepts) == len(result.concepts):
        yield "The status quo is stable for every party by all of the concepts."
        return
    if concepts:
        yield f"The status quo is stable for every party by {join_words(map(name_concept, concepts))} only."
    else:
        yield "The status quo is stable for every party by none of the concepts."
    for parties, unstable in unstable_for(result, state).items():
        names = name_parties(conflict.case, parties)
        yield f"It is not stable for {names} by {join_words(map(name_concept, unstable))}."


def _unstated(conflict: Conflict) -> Iterator[str]:
    """Say what counts as 0 because nobody stated it."""
    case = conflict.case
    if conflict.is_graph:
        return
    lists = []
    for party in case.parties:
        if party.id in case.preferences:
            continue
        unstated = [measure.id for measure in case.measures if not is_stated(measure, party.id)]
        in_terms = {measure for term in case.terms if term.party == party.id for measure in measures_of(term.when)}
        missing = [measure for measure in unstated if measure not in in_terms]
        if missing:
            lists.append(f"{party.name} ({', '.join(missing)})")
    if lists:
        yield f"Counted as 0 because the case does not state it: {'; '.join(lists)}."
