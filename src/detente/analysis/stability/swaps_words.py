"""Sensitivity of equilibria in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence, Status
from detente.analysis.stability.inverse_words import describe_comparison, format_pairs, quote_state
from detente.analysis.stability.orders import statements_of
from detente.analysis.stability.stability_words import name_concept
from detente.analysis.words import join_words
from detente.conflict import Conflict
from detente.display.prose import count_noun

if TYPE_CHECKING:
    from detente.analysis.stability.swaps import SwapAnalysis
    from detente.analysis.stability.swaps_search import Swap, Tolerance

MOST_TOLD = 5
"""Equilibria, and swaps, told in a sentence each; tables have all."""
MOST_NAMED = 3
"""States named in a list."""


def shown_tolerances(result: SwapAnalysis) -> list[Tolerance]:
    """Return for each equilibrium and concept the least change that ends it, the least of all first.

    Of concepts for which it is the same change by the same party only the first is kept.
    """
    shown: dict[tuple[object, ...], Tolerance] = {}
    for state in result.states:
        for concept in result.concepts:
            least = result.least(state, concept)
            if least is not None and least.is_equilibrium:
                shown.setdefault((state, least.party, least.distance, least.comparisons), least)
    return sorted(shown.values(), key=lambda tolerance: tolerance.distance or 0.0)


def write_places(conflict: Conflict, swap: Swap) -> tuple[str, str]:
    """Write what changes places, for a table."""
    if swap.kind == "statements":
        stated = statements_of(conflict, swap.party)
        return stated[swap.place - 1], stated[swap.place]
    return _list(conflict, swap.upper), _list(conflict, swap.lower)


def _list(conflict: Conflict, states: tuple[int, ...]) -> str:
    return "; ".join(conflict.label(state) for state in states)


def _name_states(conflict: Conflict, states: tuple[int, ...]) -> str:
    named = [quote_state(conflict, state) for state in states[:MOST_NAMED]]
    more = len(states) - len(named)
    return join_words([*named, *([f"{more:,} more"] if more else [])])


def _concepts_of(result: SwapAnalysis, tolerance: Tolerance) -> str:
    """Under which concepts the same change ends the same equilibrium."""
    return join_words(
        name_concept(t.concept)
        for t in result.tolerances
        if t.is_equilibrium
        and (t.state, t.party, t.distance, t.comparisons)
        == (tolerance.state, tolerance.party, tolerance.distance, tolerance.comparisons)
    )


def explain_swaps(result: SwapAnalysis) -> Iterator[Sentence]:
    """Yield which equilibria end with the least change of one party's order, and what swaps of neighbours do."""
    conflict = result.conflict
    counts = join_words(
        f"{int(result.equilibria[concept].sum()):,} by {name_concept(concept)}" for concept in result.concepts
    )
    yield Sentence(text=f"Stable for all as preferences are, of {conflict.n_states:,} states: {counts}.")
    shown = shown_tolerances(result)
    for tolerance in shown[:MOST_TOLD]:
        yield _ending(result, tolerance)
    if len(shown) > MOST_TOLD:
        yield Sentence(text=f"The table has {count_noun(len(shown) - MOST_TOLD, 'more least change')} of this kind.")
    firm = [
        state
        for state in result.states
        if any(bool(result.equilibria[concept][state]) for concept in result.concepts)
        and all(result.least(state, c) is None for c in result.concepts if bool(result.equilibria[c][state]))
    ]
    if firm and result.status is not Status.STOPPED:
        yield Sentence(
            text=f"No change of one party's order alone ends {_name_states(conflict, tuple(firm))} as an equilibrium."
        )
    yield from _nearest(result)
    yield from _swaps(result)
    if result.n_left_out:
        yield Sentence(
            text=f"Of the equilibria those by the most concepts were looked at, {result.n_left_out:,} were not."
        )
    if result.status is Status.STOPPED:
        yield Sentence(text="The search was stopped before everything was settled.")


def _by_ranking(result: SwapAnalysis, tolerance: Tolerance) -> str:
    conflict = result.conflict
    name = conflict.case.party(tolerance.party).name
    told = [
        f"ranks {describe_comparison(conflict, comparison, tolerance.state)}"
        for comparison in tolerance.comparisons[:MOST_NAMED]
    ]
    return f"{name} {join_words(told)}" if told else f"{name} no longer ranks it as high as what it ties with"


def _ending(result: SwapAnalysis, tolerance: Tolerance) -> Sentence:
    state = f"State {tolerance.state + 1:,}, {quote_state(result.conflict, tolerance.state)},"
    return Sentence(
        text=f"{state} is no longer stable for all by {_concepts_of(result, tolerance)} once "
        f"{_by_ranking(result, tolerance)}: {format_pairs(tolerance.distance or 0.0)} ranked otherwise.",
        parties=(tolerance.party,),
    )


def _nearest(result: SwapAnalysis) -> Iterator[Sentence]:
    """Say which state that is no equilibrium is the nearest to being one, under each concept."""
    told: dict[tuple[object, ...], list[str]] = {}
    found: dict[tuple[object, ...], Tolerance] = {}
    for concept in result.concepts:
        candidates = [
            least
            for state in result.states
            if not bool(result.equilibria[concept][state]) and (least := result.least(state, concept)) is not None
        ]
        if candidates:
            nearest = min(candidates, key=lambda t: t.distance or 0.0)
            key = (nearest.state, nearest.party, nearest.distance, nearest.comparisons)
            told.setdefault(key, []).append(name_concept(concept))
            found[key] = nearest
    for change, concepts in told.items():
        nearest = found[change]
        yield Sentence(
            text=f"Nearest to becoming stable for all by {join_words(concepts)} is "
            f"{quote_state(result.conflict, nearest.state)}, once {_by_ranking(result, nearest)}: "
            f"{format_pairs(nearest.distance or 0.0)} ranked otherwise.",
            parties=(nearest.party,),
        )


def _swaps(result: SwapAnalysis) -> Iterator[Sentence]:
    if result.n_untried:
        why = "the search was stopped" if result.n_swaps and result.status is Status.STOPPED else "there are too many"
        yield Sentence(text=f"Swaps of neighbouring places not tried one by one, as {why}: {result.n_untried:,}.")
    if not result.n_swaps:
        return
    if not result.swaps:
        yield Sentence(text=f"None of {count_noun(result.n_swaps, 'swap')} of neighbours alters the equilibria.")
        return
    verb = "alters" if len(result.swaps) == 1 else "alter"
    yield Sentence(
        text=f"Of {count_noun(result.n_swaps, 'swap')} of neighbours, {len(result.swaps):,} {verb} the equilibria."
    )
    for swap in result.swaps[:MOST_TOLD]:
        name = result.conflict.case.party(swap.party).name
        what = "the statements" if swap.kind == "statements" else "its places for"
        upper, lower = write_places(result.conflict, swap)
        yield Sentence(
            text=f"If {name} swapped {what} “{upper}” and “{lower}”, {'; '.join(_effects(result.conflict, swap))}.",
            parties=(swap.party,),
        )


def _effects(conflict: Conflict, swap: Swap) -> Iterator[str]:
    for verb, changed in (("would no longer be", swap.lost), ("would become", swap.gained)):
        grouped: dict[tuple[int, ...], list[str]] = {}
        for concept, states in changed.items():
            grouped.setdefault(states, []).append(name_concept(concept))
        for states, concepts in grouped.items():
            yield f"{_name_states(conflict, states)} {verb} stable for all by {join_words(concepts)}"
