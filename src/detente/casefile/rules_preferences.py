"""What ordinal preferences must keep: each says how any two feasible states compare (§3 of the model)."""

from __future__ import annotations

from detente.case import Case, OrdinalPreference, Ranking, Ranks, Statements, Tiers, Weights
from detente.casefile.levels import Read
from detente.casefile.preferences import is_weighted, state_words
from detente.casefile.problems import Problems, listed
from detente.casefile.rules_orders import MOST_RANKED, feasible_states
from detente.casefile.tree import Node, locate
from detente.display.prose import count_noun


def check_preferences(case: Case, root: Node, read: Read, problems: Problems) -> None:
    """Note preferences that leave something open: what weighs what, which order counts, the place of some state."""
    _check_unknown(case, root, problems)
    _check_strong(case, root, problems)
    for party, given in case.preferences.items():
        _check_form(case, party, given, root, problems)
        stated = read["preferences"][party].get("statements", [])
        mixed = [index for index, item in enumerate(stated) if isinstance(item, dict)]
        if mixed and not is_weighted(stated):
            problems.add(
                "D351",
                locate(root, "preferences", party, "statements", mixed[0]),
                f"statements of '{party}' has a weight among statements that have none.",
                "give all of them a weight, so that weights add up, or put those that count together in a list of "
                "their own.",
            )
    direct = {party: given for party, given in case.preferences.items() if isinstance(given, Ranking | Ranks)}
    if not direct or problems.has_errors:
        return  # which states are feasible cannot be told while the case has other faults
    in_graph = case.graph is not None
    states = [frozenset({state}) for state in case.graph.states] if case.graph is not None else feasible_states(case)
    for party, given in direct.items():
        word = "ranking" if isinstance(given, Ranking) else "ranks"
        if states is None:
            problems.add(
                "D335",
                locate(root, "preferences", party, word),
                f"the case has too many feasible states for the {word} of '{party}'.",
                f"at most {MOST_RANKED:,} can be named one by one; write statements or weights instead.",
            )
        elif isinstance(given, Ranking):
            _check_ranking(case, party, given, states, root, problems)
        elif len(given.ranks) != len(states):
            problems.add(
                "D334",
                locate(root, "preferences", party, "ranks"),
                f"ranks of '{party}' has {count_noun(len(given.ranks), 'number')} for "
                f"{count_noun(len(states), 'feasible state')}.",
                "give one for each state, in the order of graph.states."
                if in_graph
                else "give one for each feasible state, in increasing bitmask order.",
            )


def _check_unknown(case: Case, root: Node, problems: Problems) -> None:
    for party, unknown in case.unknown.items():
        ranked = party in case.preferences or (case.graph is not None and party in case.graph.ranks)
        if unknown.everything and ranked:
            problems.add(
                "D354",
                locate(root, "preferences", party, "unknown"),
                f"'{party}' has an order, and unknown: all says that none is known.",
                "delete the order, or name the pairs that are unknown.",
            )


def _check_strong(case: Case, root: Node, problems: Problems) -> None:
    for party, strong in case.strong.items():
        place = locate(root, "preferences", party, "strong")
        given = case.preferences.get(party)
        rising = all(low < high for low, high in zip(strong.thresholds, strong.thresholds[1:], strict=False))
        if not rising or (strong.thresholds and strong.pairs):
            problems.add(
                "D355",
                place,
                f"strong of '{party}' mixes differences and pairs."
                if strong.pairs
                else f"the differences under strong of '{party}' do not rise.",
                "write one difference, several that rise, or pairs of conditions.",
            )
        elif strong.thresholds and (
            isinstance(given, Statements | Ranking) or (isinstance(given, Tiers) and len(given.tiers) > 1)
        ):
            words = "a ranking says" if isinstance(given, Ranking) else "statements say"
            problems.add(
                "D356",
                place,
                f"strong of '{party}' is a difference, and {words} only what comes first.",
                "write pairs of conditions, or state the order by weights or ranks.",
            )


def _check_form(case: Case, party: str, given: OrdinalPreference, root: Node, problems: Problems) -> None:
    if case.graph is not None and party in case.graph.ranks:
        problems.add(
            "D352",
            locate(root, "preferences", party),
            f"'{party}' has an order both here and under graph.ranks.",
            "keep one of them.",
        )
    elif isinstance(given, Weights):
        missing = [measure.id for measure in case.measures if measure.id not in given.weights]
        if missing:
            problems.add(
                "D353",
                locate(root, "preferences", party, "weights"),
                f"the weights of '{party}' leave out {listed(missing)}.",
                "give every measure a weight, 0 if it does not matter.",
            )


def _check_ranking(
    case: Case, party: str, given: Ranking, states: list[frozenset[str]], root: Node, problems: Problems
) -> None:
    feasible = set(states)
    seen: set[frozenset[str]] = set()
    for place, tied in enumerate(given.places):
        for index, state in enumerate(tied):
            node = locate(root, "preferences", party, "ranking", place, index)
            if state in seen:
                problems.add(
                    "D332",
                    node,
                    f"the ranking of '{party}' names the state '{state_words(case, state)}' twice.",
                    "keep one.",
                )
            elif state not in feasible:
                problems.add(
                    "D333",
                    node,
                    f"the ranking of '{party}' names the state '{state_words(case, state)}', which is infeasible.",
                    "leave it out.",
                )
            seen.add(state)
    missing = [f"'{state_words(case, state)}'" for state in states if state not in seen]
    if missing:
        problems.add(
            "D331",
            locate(root, "preferences", party, "ranking"),
            f"the ranking of '{party}' misses {len(missing)} of {len(states)} feasible states.",
            f"add {listed(missing)}; states that tie go in a list of their own.",
        )
