"""Inverse analysis in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence, Status
from detente.analysis.stability.stability_words import name_concept
from detente.analysis.words import describe_move, describe_state, join_words, name_parties
from detente.conflict import Conflict
from detente.display.prose import count_noun

if TYPE_CHECKING:
    from detente.analysis.stability.inverse import InverseAnalysis
    from detente.analysis.stability.preference_changes import Comparison, PreferenceChange

MOST_TOLD = 5
"""Comparisons of a party told in a sentence."""
LONGEST_LABEL = 60
"""Letters of a label that is told; a state with a longer one is told by what differs."""
MOST_SETS_TOLD = 4
"""Alternatives told in a sentence."""


def write_comparison(conflict: Conflict, comparison: Comparison) -> tuple[str, str, str]:
    """Write a comparison for a table: the state, how it is ranked, and compared with which."""
    ranked = "above" if comparison.is_strict else "at least as high as"
    return conflict.label(comparison.upper), ranked, conflict.label(comparison.lower)


def quote_state(conflict: Conflict, state: int) -> str:
    """Name a state shortly, by its label in quotation marks."""
    return f"“{conflict.label(state)}”"


def describe_comparison(conflict: Conflict, comparison: Comparison, state: int) -> str:
    """Say how two states are to be ranked: by their labels, or if these are long by how they differ from a state."""
    high = "above" if comparison.is_strict else "at least as high as"
    ends = (comparison.upper, comparison.lower)
    if conflict.is_graph or all(len(conflict.label(end)) <= LONGEST_LABEL for end in ends):
        return f"{quote_state(conflict, comparison.upper)} {high} {quote_state(conflict, comparison.lower)}"
    upper, lower = ("this state" if end == state else None for end in ends)
    if upper is None:
        upper = f"the state that differs from this one by {describe_move(conflict, state, comparison.upper)}"
    if lower is None:
        lower = f"the one that differs from it by {describe_move(conflict, state, comparison.lower)}"
        if comparison.upper != state:
            lower = f"the one that differs by {describe_move(conflict, state, comparison.lower)}"
    return f"{upper} {high} {lower}"


def format_pairs(distance: float) -> str:
    """Write how many pairs of states are ranked otherwise: half a pair is one that is tied in one order only."""
    whole, half = int(distance), distance % 1 != 0
    if not whole and half:
        return "half a pair of states"
    return f"{whole:,}{'½' if half else ''} {'pair' if distance == 1 else 'pairs'} of states"


def _swaps(number: float) -> str:
    return f"{int(number):,} swap{'' if number == 1 else 's'} of neighbours"


def explain_inverse(result: InverseAnalysis) -> Iterator[Sentence]:
    """Yield how the state stands, the least change that makes it stable for all, and the conditions in full."""
    conflict, concept = result.conflict, name_concept(result.concept)
    state = describe_state(conflict, result.state)
    start = f"{state[:1].upper()}{state[1:]} is" if conflict.is_graph else f"State {result.state + 1:,}, {state}, is"
    if not result.unstable:
        yield Sentence(text=f"{start} stable for every party by {concept} as preferences are; nothing need change.")
        return
    names = name_parties(conflict.case, result.unstable)
    yield Sentence(text=f"{start} not stable by {concept} for {names}.", parties=result.unstable)
    yield from _answer(result)
    for change in result.changes:
        yield Sentence(text=_change(result, change), parties=(change.party,))
    if result.by == "ranks" and any(change.distance % 1 for change in result.changes):
        yield Sentence(text="A pair counts half if it is tied before or afterwards, and whole if it changes places.")
    if result.distance is not None and result.verified:
        yield Sentence(
            text=f"Checked by analysing all states anew with the changed preferences: the state is stable for all by "
            f"{concept}."
        )
    yield from _conditions(result)
    yield Sentence(
        text="How far preferences would have to change is counted; whether anybody could or should change them is "
        "not said."
    )


def _answer(result: InverseAnalysis) -> Iterator[Sentence]:
    measure = format_pairs if result.by == "ranks" else _swaps
    whose = "" if len(result.changes) != 1 else f" by {result.conflict.case.party(result.changes[0].party).name}"
    if result.status is Status.NONE:
        what = "order of the states" if result.by == "ranks" else "list of the same statements"
        yield Sentence(text=f"No other {what} of those whose preferences may change makes it stable for all.")
    elif result.distance is None:
        least = f"; it takes at least {measure(result.bound)}" if result.bound else ""
        yield Sentence(text=f"The search was stopped before a change was found{least}.")
    else:
        otherwise = " ranked otherwise" if result.by == "ranks" else " in lists of priorities"
        amount = f"{measure(result.distance)}{otherwise}{whose if result.by == 'ranks' else ''}"
        if result.status is Status.OPTIMAL:
            yield Sentence(text=f"The least change that makes it so takes {amount}.")
        elif result.bound:
            yield Sentence(
                text=f"A change of {amount} makes it so. The search was stopped before that was known to be the least, "
                f"which takes at least {measure(result.bound)}."
            )
        else:
            yield Sentence(
                text=f"A change of {amount} makes it so. The search was stopped before any smaller one was ruled out."
            )


def _change(result: InverseAnalysis, change: PreferenceChange) -> str:
    conflict = result.conflict
    name = conflict.case.party(change.party).name
    if result.by == "statements":
        listed = "; ".join(change.statements)
        return f"{name}, {_swaps(change.distance)}: the list would read, the most important first: {listed}."
    told = [
        f"rank {describe_comparison(conflict, comparison, result.state)}"
        for comparison in change.comparisons[:MOST_TOLD]
    ]
    more = len(change.comparisons) - len(told)
    rest = f" and {count_noun(more, 'comparison')} more" if more else ""
    return f"{name}, {format_pairs(change.distance)}: it would have to {join_words(told)}{rest}."


def _conditions(result: InverseAnalysis) -> Iterator[Sentence]:
    """Say in full what each party for which the state is not stable would have to prefer, the others unchanged."""
    conflict = result.conflict
    for party in result.unstable:
        sets = result.conditions.get(party)
        if not sets or len(sets) > MOST_SETS_TOLD or max(map(len, sets)) > MOST_TOLD:
            continue
        name = conflict.case.party(party).name
        ways = [join_words(quote_state(conflict, state) for state in sorted(states)) for states in sets]
        own = quote_state(conflict, result.state)
        yield Sentence(
            text=f"With all others as they are, it is stable for {name} exactly if {name} ranks {own} at least as high "
            f"as {'; or as '.join(ways)}.",
            parties=(party,),
        )
