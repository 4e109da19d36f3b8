"""Words that explanations of every analysis share: lists, names of measures, states and moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from detente.case import Case
from detente.conflict import Conflict


def join_words(words: Iterable[str], *, last: str = "and") -> str:
    """Join words as a sentence does: a, b and c."""
    items = list(words)
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def quote_measures(case: Case, measures: Iterable[str]) -> str:
    """Name measures by their names in quotation marks, which keeps sentences readable whatever the names are.

    Where several measures of the case have the same name, the id follows in parentheses.
    """
    times = Counter(measure.name for measure in case.measures)
    named = [(case.measure(measure).name, measure) for measure in measures]
    return join_words(f"“{name}”" if times[name] == 1 else f"“{name}” ({measure})" for name, measure in named)


def name_parties(case: Case, parties: Iterable[str]) -> str:
    """Name parties as a sentence does."""
    return join_words(case.party(party).name for party in parties)


def describe_state(conflict: Conflict, state: int) -> str:
    """Name a state in a sentence: “the state with … in force”, or by its own name in the graph form."""
    if conflict.is_graph:
        label = conflict.label(state)
        name = conflict.case.graph.names.get(label) if conflict.case.graph is not None else None
        return f"state “{label}”" if name is None else f"state “{label}” ({name})"
    ids = conflict.in_force(state)
    if not ids:
        return "the state with nothing in force"
    return f"the state with {quote_measures(conflict.case, ids)} in force"


def describe_move(conflict: Conflict, origin: int, target: int) -> str:
    """Say what a move changes: “taking … and ending …”, or where it leads in the graph form."""
    if conflict.is_graph:
        return f"moving to “{conflict.label(target)}”"
    before, after = conflict.in_force(origin), conflict.in_force(target)
    taken = [measure for measure in after if measure not in before]
    ended = [measure for measure in before if measure not in after]
    deeds = []
    if taken:
        deeds.append(f"taking {quote_measures(conflict.case, taken)}")
    if ended:
        deeds.append(f"ending {quote_measures(conflict.case, ended)}")
    return " and ".join(deeds)
