"""Orders of states and lists of priorities of a case: taken apart, put together again, and written into the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from detente.case import (
    Case,
    OrdinalPreference,
    Ranking,
    Ranks,
    Statements,
    Tiers,
    format_condition,
)
from detente.casefile.assembly import digest_of
from detente.casefile.plain import canonical, case_to_tree
from detente.conflict import Conflict
from detente.conflict.ranks import rank_by_tiers
from detente.conflict.states import holds_in
from detente.kernel.conflict import Int32Array, ProductConflict
from detente.kernel.system import IntArray

MOST_RANKED = 64
"""States up to which a changed order is written as a ranking of states; a longer one as numbers."""


def statements_of(conflict: Conflict, party: str) -> tuple[str, ...]:
    """Return a party's list of priorities in words, the most important first; nothing if it states none."""
    match conflict.case.preferences.get(party):
        case Statements(statements=statements):
            return tuple(format_condition(statement) for statement in statements)
        case Tiers(tiers=tiers):
            return tuple(
                ", ".join(f"{format_condition(counted.when)} ({counted.weight})" for counted in tier) for tier in tiers
            )
    return ()


def layers_of(conflict: Conflict, party: str) -> IntArray:
    """Return what each statement, or each group of them, makes of each state, (K, F): the greater the better."""
    if not isinstance(conflict.form, ProductConflict):
        return np.zeros((0, conflict.n_states), dtype=np.int64)
    masks = conflict.form.masks
    column = {measure: index for index, measure in enumerate(conflict.measures)}
    match conflict.case.preferences.get(party):
        case Statements(statements=statements):
            layers = [holds_in(statement, column, masks).astype(np.int32) for statement in statements]
        case Tiers(tiers=tiers):
            layers = [rank_by_tiers(Tiers(tiers=(tier,)), column, masks)[0] for tier in tiers]
        case _:
            layers = []
    return np.array(layers, dtype=np.int64).reshape(len(layers), conflict.n_states)


def reordered_statements(conflict: Conflict, party: str, priorities: Sequence[int]) -> OrdinalPreference:
    """Return a party's list of priorities in another order."""
    match conflict.case.preferences[party]:
        case Statements(statements=statements):
            return Statements(statements=tuple(statements[number] for number in priorities))
        case Tiers(tiers=tiers):
            return Tiers(tiers=tuple(tiers[number] for number in priorities))
    raise AssertionError("only lists of priorities are reordered")


def to_preference(conflict: Conflict, order: Int32Array) -> OrdinalPreference:
    """Write an order of the states, (F,), as a ranking where there are few of them, else as ranks."""
    if conflict.n_states > MOST_RANKED:
        return Ranks(ranks=tuple(float(rank) for rank in order))
    places = []
    for value in np.unique(order)[::-1]:
        tied = np.flatnonzero(order == value).tolist()
        places.append(
            tuple(
                frozenset([conflict.label(state)]) if conflict.is_graph else frozenset(conflict.in_force(state))
                for state in tied
            )
        )
    return Ranking(places=tuple(places))


def case_with(conflict: Conflict, preferences: Mapping[str, OrdinalPreference]) -> Case:
    """Return the case of a conflict with other preferences of some parties; in a graph they replace its ranks."""
    case = conflict.case
    if case.graph is not None:
        ranks = {party: given for party, given in case.graph.ranks.items() if party not in preferences}
        case = replace(case, graph=replace(case.graph, ranks=ranks))
    changed = replace(case, preferences={**case.preferences, **preferences}, readings=(), reading_cases={})
    return replace(changed, digest=digest_of(canonical(case_to_tree(changed))))
