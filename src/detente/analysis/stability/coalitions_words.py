"""Stability for coalitions in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.stability.joint_moves import write_moves
from detente.analysis.stability.stability_words import SHORT_NAMES, count_states
from detente.analysis.words import describe_state, join_words, name_parties
from detente.conflict import Conflict

if TYPE_CHECKING:
    from detente.analysis.stability.coalition_improvements import CoalitionImprovement
    from detente.analysis.stability.coalitions import CoalitionStability

MOST_TOLD = 8
"""Improvements on the status quo told one by one; the JSON has the others."""
MOST_ELSEWHERE = 4
"""Improvements on other states told."""

MEANINGS = {
    "cnash": "no coalition can get to a state that is better for it.",
    "cgmr": "whatever better state a coalition could get to, the others could answer so that it is no better off.",
    "csmr": "as by CGMR, and from there the coalition could not escape to anything better.",
    "cseq": "as by CGMR, each step of the answer an improvement for whoever makes it.",
}
"""What it means that a state is stable for every coalition, for people."""

_NAMES = {"cnash": "CNash", "cgmr": "CGMR", "csmr": "CSMR", "cseq": "CSEQ"}


def name_concept(concept: str) -> str:
    """Name a concept for coalitions as the literature does."""
    return _NAMES[concept]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def explain_coalitions(result: CoalitionStability) -> Iterator[str]:
    """Yield which states no coalition would leave, and who would leave the status quo and other equilibria."""
    conflict = result.conflict
    if len(result.coalitions) < result.n_coalitions:
        yield (
            f"The work was stopped when {len(result.coalitions):,} of {_count(result.n_coalitions, 'coalition')} were "
            "analysed."
        )
    if not result.coalitions:
        return
    said = join_words(f"{int(result.is_stable(c).sum()):,} by {name_concept(c)}" for c in result.concepts)
    which = "every coalition" if result.is_universal else f"the {_count(len(result.coalitions), 'coalition')} analysed"
    gain = (
        "all members better off" if result.improvement == "strict" else "at least one member better off and none worse"
    )
    yield (
        f"Stable for {which}, of {count_states(conflict.n_states)}: {said}. A coalition improves if that leaves {gain}."
    )
    yield from _survivors(result)
    yield from _from_status_quo(result)
    elsewhere = [found for found in result.improvements if found.source != conflict.status_quo]
    for found in elsewhere[:MOST_ELSEWHERE]:
        place = _introduce(conflict, found.source)
        yield f"{place} is stable for every party by itself (Nash). But {_write(result, found)}"
    yield (
        "This says what parties could gain by moving together if the preferences stated are right; it does not say "
        "that they could agree to."
    )


def _survivors(result: CoalitionStability) -> Iterator[str]:
    """Say how many of the states stable for every party by itself no coalition can improve on."""
    nash = result.individual["nash"]
    if not nash.any():
        yield "No state is stable for every party by itself (Nash)."
        return
    kept = np.flatnonzero(nash & ~(result.n_improvements > 0).any(axis=0))
    total = int(nash.sum())
    only = "the only state that is stable for every party by itself (Nash)"
    if not kept.size:
        which = "Some coalition" if result.is_universal else "Some of these coalitions"
        each = only if total == 1 else f"each of the {total:,} states that are stable for every party by itself (Nash)"
        yield f"{which} can improve on {each}."
        return
    named = join_words(describe_state(result.conflict, int(state)) for state in kept[:3])
    no_coalition = "no coalition" if result.is_universal else "none of these coalitions"
    if total == 1:
        yield f"{_upper(no_coalition)} can improve on {only}: {named}."
        return
    which = f": {named}" if kept.size <= 3 else ""
    if kept.size == total:
        yield (
            f"{_upper(no_coalition)} can improve on any of the {total:,} states that are stable for every party by "
            f"itself (Nash){which}."
        )
        return
    yield (
        f"Of the {total:,} states that are stable for every party by itself (Nash), {no_coalition} can improve on "
        f"{kept.size:,}{which}."
    )


def _from_status_quo(result: CoalitionStability) -> Iterator[str]:
    state = result.conflict.status_quo
    if state is None:
        return
    leaving = result.leaving(state)
    if not leaving:
        yield "From the status quo none of them can get to a state that is better for it."
        return
    told = [found for found in result.improvements if found.source == state]
    for found in told[:MOST_TOLD]:
        yield f"From the status quo {_write(result, found)}"
    if not told:
        names = join_words(name_parties(result.conflict.case, coalition) for coalition in leaving[:MOST_TOLD])
        yield f"From the status quo these can improve: {names}."
    elif len(leaving) > MOST_TOLD:
        yield f"{_count(len(leaving) - MOST_TOLD, 'more coalition')} can improve on the status quo."


def _write(result: CoalitionStability, found: CoalitionImprovement) -> str:
    """Say who can get where: “A and B together can get to …, better for both: first A by …; then B by …”."""
    conflict = result.conflict
    names = name_parties(conflict.case, found.coalition)
    if len(found.coalition) == 1:
        who, gain = f"{names} alone", "better for it"
    else:
        strictly = {2: "better for both"}.get(len(found.coalition), "better for all of them")
        who, gain = (
            f"{names} together",
            strictly if result.improvement == "strict" else "better for at least one and worse for none",
        )
    place = result.coalitions.index(found.coalition)
    others = int(result.n_improvements[place, found.source]) - 1
    more = f" ({_count(others, 'other state')} too)" if others else ""
    state = name_state(conflict, found.target)
    stable = [concept for concept, flags in result.individual.items() if flags[found.target]]
    by = "every concept" if len(stable) == len(result.individual) else join_words(SHORT_NAMES[c] for c in stable)
    lasts = f" {_upper(state)} is stable for every party by {by}." if stable else ""
    return f"{who} can get to {state}, {gain}{more}: {write_moves(conflict, found.moves)}.{lasts}"


def name_state(conflict: Conflict, state: int) -> str:
    """Name a state briefly: its number, or its name in the graph form."""
    return describe_state(conflict, state) if conflict.is_graph else f"state {state + 1}"


def _introduce(conflict: Conflict, state: int) -> str:
    """Name a state at the beginning of a sentence, with what is in force."""
    described = describe_state(conflict, state)
    return _upper(described) if conflict.is_graph else f"State {state + 1}, {described},"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
