"""What the graph form must keep, and which states are feasible (§2, §9 of the model)."""

from __future__ import annotations

from collections import Counter

from detente.case import Case, Graph, is_satisfied
from detente.case.conditions import measures_of
from detente.casefile.problems import Problems, listed, shown
from detente.casefile.tree import Node, locate
from detente.display.prose import count_noun

MOST_RANKED = 1 << 16
"""Feasible states that a ranking or ranks can name; more cannot be written down."""
_MOST_LOOKED_AT = 1 << 20


def feasible_states(case: Case, most: int = MOST_RANKED) -> list[frozenset[str]] | None:
    """List the feasible states in increasing order of their bitmasks; None if there are more than `most`.

    Measures are decided one by one from the last declared, so that what no later choice can mend is left at once.
    """
    measures = case.measures
    position = {measure.id: index for index, measure in enumerate(measures)}
    # What can be judged once the measures from some index on are decided: the index is the least one involved.
    pairs: list[list[tuple[int, int, bool]]] = [[] for _ in measures]
    for index, measure in enumerate(measures):
        for other in measure.requires:
            if other in position:
                pairs[min(index, position[other])].append((index, position[other], False))
        for other in measure.excludes:
            if other in position:
                pairs[min(index, position[other])].append((index, position[other], True))
    patterns: list[list[int]] = [[] for _ in measures]
    for number, pattern in enumerate(case.infeasible):
        involved = [position[measure] for measure in measures_of(pattern) if measure in position]
        if involved:
            patterns[min(involved)].append(number)
    masks = [0]
    looked_at = 0
    for index in range(len(measures) - 1, -1, -1):
        kept = []
        for mask in masks:
            for state in (mask, mask | 1 << index):
                looked_at += 1
                if all(
                    not (state >> first & 1) or bool(state >> other & 1) != forbidden
                    for first, other, forbidden in pairs[index]
                ) and not any(is_satisfied(case.infeasible[n], _ids(case, state)) for n in patterns[index]):
                    kept.append(state)
        masks = kept
        if looked_at > _MOST_LOOKED_AT or len(masks) > most * 4:
            return None
    if len(masks) > most:
        return None
    return [_ids(case, mask) for mask in sorted(masks)]


def _ids(case: Case, mask: int) -> frozenset[str]:
    return frozenset(measure.id for index, measure in enumerate(case.measures) if mask >> index & 1)


def check_graph(case: Case, root: Node, problems: Problems) -> None:
    """Note a graph beside measures, ranks of the wrong length, and moves that go nowhere."""
    if case.graph is None:
        return
    if case.measures:
        problems.add(
            "D336",
            locate(root, "graph"),
            "the case has both measures and a graph.",
            "the graph form stands instead of measures; keep one of them.",
        )
    for party, ranks in case.graph.ranks.items():
        if len(ranks) != len(case.graph.states):
            problems.add(
                "D337",
                locate(root, "graph", "ranks", party),
                f"ranks of '{party}' has {count_noun(len(ranks), 'number')} for "
                f"{count_noun(len(case.graph.states), 'state')}.",
                "give one for each state, in the order of states.",
            )
    for party, moves in case.graph.moves.items():
        _check_moves(f"the move of '{party}'", moves, ("moves", party), root, problems)
    for number, together in enumerate(case.graph.common):
        who = " and ".join(f"'{party}'" for party in together.parties)
        _check_moves(f"the common move of {who}", together.moves, ("common", number, "moves"), root, problems)
    _check_patterns(case.graph, root, problems)


def _check_moves(
    what: str, moves: tuple[tuple[str, str], ...], way: tuple[str | int, ...], root: Node, problems: Problems
) -> None:
    twice = {move for move, count in Counter(moves).items() if count > 1}
    for index, move in enumerate(moves):
        if move[0] == move[1] or (move in twice and move in moves[:index]):
            fault = "leads nowhere" if move[0] == move[1] else "is listed twice"
            problems.add(
                "D338",
                locate(root, "graph", *way, index),
                f"{what} from '{move[0]}' to '{move[1]}' {fault}.",
                "delete it.",
            )


def _check_patterns(graph: Graph, root: Node, problems: Problems) -> None:
    n_options = sum(map(len, graph.options.values()))
    for state, pattern in graph.patterns.items():
        if len(pattern) != n_options or not set(pattern) <= set("YN-"):
            problems.add(
                "D339",
                locate(root, "graph", "patterns", state),
                f"the pattern of '{state}' is {shown(pattern)}.",
                f"it must be {n_options} letters Y, N or -, one for each option."
                if n_options
                else "state the options of the parties under graph.options.",
            )
    missing = [f"'{state}'" for state in graph.states if state not in graph.patterns]
    if missing and (graph.patterns or graph.options):
        problems.add(
            "D339",
            locate(root, "graph", "patterns" if graph.patterns else "options"),
            f"{len(missing)} of {len(graph.states)} states have no pattern.",
            f"add {listed(missing)} to graph.patterns.",
        )
