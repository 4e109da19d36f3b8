"""Strength of stability in plain sentences, and in option form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.analysis.stability.stability_pictures import MOST_COLUMNS, head_of, option_groups
from detente.analysis.stability.stability_words import MOST_DESCRIBED, count_states, name_concept
from detente.analysis.words import describe_state, join_words, name_parties
from detente.conflict import Conflict
from detente.display.option_form import OptionForm

if TYPE_CHECKING:
    from detente.analysis.stability.strength import StrengthStability


def name_degree(degree: int, most: int) -> str:
    """Say how strongly a state is stable."""
    if degree < 2 or most == 2:
        return "strongly" if degree > 1 else "weakly"
    return f"strongly, by degree {degree} of {most}"


def _are_stable(conflict: Conflict, count: int) -> str:
    return f"{count:,} of {count_states(conflict.n_states)} {'is' if count == 1 else 'are'} stable for every party"


def explain_strength(result: StrengthStability) -> Iterator[str]:
    """Yield how many states are stable for all and how strongly, which ones, and whose sanctions are never strong."""
    conflict = result.conflict
    most = max(result.degrees.values())
    yield (
        "A state is strongly stable for a party if whatever better state it moves to, the others can answer with "
        "something that it likes much less; weakly, if only with something that it likes less or as much."
    )
    for concept in result.concepts:
        found = result.equilibrium_degree(concept)
        if concept == "nash":
            yield f"By Nash, {_are_stable(conflict, int((found > 0).sum()))}."
            continue
        weak, strong = int((found == 1).sum()), int((found > 1).sum())
        yield (
            f"By {name_concept(concept)}, {_are_stable(conflict, weak + strong)}: {strong:,} strongly for all of them, "
            f"{weak:,} weakly for one or more."
        )
    shown = result.shown_states()
    for state in shown[:MOST_DESCRIBED]:
        by: dict[str, list[str]] = {}
        for concept in result.concepts:
            degree = int(result.equilibrium_degree(concept)[state])
            if degree:
                how = "by" if concept == "nash" else f"{name_degree(degree, most)} by"
                by.setdefault(how, []).append(name_concept(concept))
        said = "; ".join(f"{how} {join_words(names)}" for how, names in by.items())
        yield f"State {int(state) + 1}, {describe_state(conflict, int(state))}, is stable for all {said}."
    if shown.size > MOST_DESCRIBED:
        more = shown.size - MOST_DESCRIBED
        yield f"{more:,} more {'is' if more == 1 else 'are'} stable for all under some concept."
    mild = [party for party, degrees in result.degrees.items() if degrees == 1]
    if mild:
        names = name_parties(conflict.case, mild)
        yield f"The case states no strong preference of {names}: nothing counts as much worse there."
    yield "This follows from the preferences stated; it says what would last if they are right, not what will happen."


def strength_form(result: StrengthStability) -> OptionForm:
    """Return the states that are stable for all side by side, with the degrees of each concept."""
    chosen = [int(state) for state in result.shown_states()[:MOST_COLUMNS]]
    most = max(result.degrees.values())
    marks = []
    for concept in result.concepts:
        found = result.equilibrium_degree(concept)[chosen]
        if concept == "nash":
            marks.append((name_concept(concept), tuple(bool(degree > 0) for degree in found)))
            continue
        for step in range(1, most + 1):
            name = f"{name_concept(concept)}, {name_degree(step, most)}"
            marks.append((name, tuple(bool(degree == step) for degree in found)))
    return OptionForm(
        states=tuple(head_of(result.conflict, state) for state in chosen),
        groups=option_groups(result.conflict, chosen),
        marks=tuple(marks),
    )
