"""Stability with unknown preferences in plain sentences, and in option form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.stability.stability_pictures import MOST_COLUMNS, head_of, option_groups
from detente.analysis.stability.stability_words import MOST_DESCRIBED, count_states, name_concept
from detente.analysis.words import describe_state, join_words
from detente.display.option_form import OptionForm
from detente.kernel.system import BoolArray, IntArray

if TYPE_CHECKING:
    from detente.analysis.stability.unknown import UnknownStability

MOST_IN_FULL = 3
"""States named in full in one sentence; of more, it has the numbers that the table gives them."""

MEANINGS = {
    "a": "a party leaves for what may be better, and only what is surely no better deters it",
    "b": "a party leaves only for what is surely better, and only what is surely no better deters it",
    "c": "a party leaves for what may be better, and whatever is not surely better deters it",
    "d": "a party leaves only for what is surely better, and whatever is not surely better deters it",
}
"""What each extension makes of not knowing, for people."""


def explain_unknown(result: UnknownStability) -> Iterator[str]:
    """Yield what is unknown, how many states are stable by each extension, and which by all of them."""
    conflict = result.conflict
    n_pairs = conflict.n_states * (conflict.n_states - 1) // 2
    doubts = [f"{conflict.case.party(party).name} in {count:,}" for party, count in result.unknown.items() if count > 0]
    pairs = f"{n_pairs:,} pair{'' if n_pairs == 1 else 's'} of states"
    if doubts:
        yield f"Of {pairs}, it is unknown which is preferred by {join_words(doubts)}."
    else:
        yield f"Of {pairs}, every party's preference is known, so the extensions are the ordinary concepts."
    for extension in result.extensions:
        counts = [
            f"{int(result.is_equilibrium(extension, concept).sum()):,} by {name_concept(concept)}"
            for concept in result.concepts
        ]
        yield (
            f"Extension {extension}, in which {MEANINGS[extension]}: of {count_states(conflict.n_states)}, stable for "
            f"every party are {join_words(counts)}."
        )
    for concept in result.concepts:
        yield from _whatever_is_made_of_it(result, concept)
    yield "This follows from the preferences stated; it says what would last if they are right, not what will happen."


def _whatever_is_made_of_it(result: UnknownStability, concept: str) -> Iterator[str]:
    if len(result.extensions) < 2:
        return
    flags = np.array([result.is_equilibrium(extension, concept) for extension in result.extensions])
    always, sometimes = np.flatnonzero(flags.all(axis=0)), np.flatnonzero(flags.any(axis=0) & ~flags.all(axis=0))
    name = name_concept(concept)
    if always.size:
        verb = "is" if always.size == 1 else "are"
        yield (f"By {name}, {_listed(result, always, {})} {verb} stable for every party by all of these extensions.")
    else:
        yield f"By {name}, no state is stable for every party by all of these extensions."
    if sometimes.size:
        ways = {int(state): _ways(result, flags[:, state]) for state in sometimes[:MOST_DESCRIBED]}
        verb = "is" if sometimes.size == 1 else "are"
        yield (
            f"By {name}, it turns on what is unknown whether {_listed(result, sometimes, ways)} {verb} stable for "
            "every party."
        )


def _short(result: UnknownStability, state: int) -> str:
    return f"“{result.conflict.label(state)}”" if result.conflict.is_graph else str(state + 1)


def _ways(result: UnknownStability, flags: BoolArray) -> str:
    return f" ({', '.join(way for way, found in zip(result.extensions, flags, strict=True) if found)})"


def _listed(result: UnknownStability, states: IntArray, ways: Mapping[int, str]) -> str:
    """Name a few states in full, or more of them by their numbers."""
    if states.size <= MOST_IN_FULL:
        return join_words(f"{describe_state(result.conflict, int(s))}{ways.get(int(s), '')}" for s in states)
    numbers = [f"{_short(result, int(state))}{ways.get(int(state), '')}" for state in states[:MOST_DESCRIBED]]
    more = [f"{states.size - MOST_DESCRIBED:,} more"] if states.size > MOST_DESCRIBED else []
    return f"states {join_words([*numbers, *more])}"


def unknown_form(result: UnknownStability) -> OptionForm:
    """Return the states that are stable for all in some way side by side, with the extensions of each concept."""
    chosen = [int(state) for state in result.shown_states()[:MOST_COLUMNS]]
    return OptionForm(
        states=tuple(head_of(result.conflict, state) for state in chosen),
        groups=option_groups(result.conflict, chosen),
        marks=tuple(
            (
                f"{name_concept(concept)}, {extension}",
                tuple(bool(flag) for flag in result.is_equilibrium(extension, concept)[chosen]),
            )
            for concept in result.concepts
            for extension in result.extensions
        ),
    )
