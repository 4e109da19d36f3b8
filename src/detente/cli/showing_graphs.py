"""What ``detente show`` says of a conflict given outright, and of orders of states."""

from __future__ import annotations

from collections.abc import Iterator

from detente.case import Case, Graph, Ranking
from detente.display.tables import Column, Table, build_table

MOST_PLACES = 16
"""Places of a ranking that are written out; of a longer one only its length is."""


def graph_sections(case: Case) -> Iterator[tuple[str, Table]]:
    """Yield the tables of states, moves and ranks; nothing for a case of measures."""
    if case.graph is None:
        return
    if case.graph.patterns:
        yield "Options, in the order of their letters: Y taken, N not, - either", _options(case.graph)
    yield "States", _states(case.graph)
    yield "Moves", _moves(case.graph)


def _states(graph: Graph) -> Table:
    columns = [
        Column(header="state"),
        Column(header="name", can_wrap=True),
        Column(header="options"),
        *(Column(header=f"rank\n{party}", align="point") for party in graph.ranks),
    ]
    rows = []
    for place, state in enumerate(graph.states):
        start = "*" if state == graph.status_quo else ""
        ranks = [f"{ranks[place]:.6g}" for ranks in graph.ranks.values()]
        rows.append([f"{state}{start}", graph.names.get(state, ""), graph.patterns.get(state, ""), *ranks])
    used = [j for j, column in enumerate(columns) if j == 0 or any(row[j] for row in rows) or "rank" in column.header]
    return build_table([columns[j] for j in used], [[row[j] for j in used] for row in rows])


def _options(graph: Graph) -> Table:
    rows = [(party, ", ".join(options)) for party, options in graph.options.items()]
    return build_table((Column(header="party"), Column(header="options", can_wrap=True)), rows)


def _moves(graph: Graph) -> Table:
    rows = []
    for party, moves in graph.moves.items():
        rows.append((party, ", ".join(f"{origin} → {target}" for origin, target in moves)))
    for common in graph.common:
        moves = common.moves
        rows.append((" + ".join(common.parties), ", ".join(f"{origin} → {target}" for origin, target in moves)))
    return build_table((Column(header="party"), Column(header="can move", can_wrap=True)), rows)


def describe_ranking(case: Case, given: Ranking) -> str:
    """Write a ranking, best first, ties joined by ``=``; of a long one only its length."""
    if len(given.places) > MOST_PLACES:
        return f"ranking of {sum(len(place) for place in given.places)} states"
    return " > ".join(" = ".join(_state(case, state) for state in place) for place in given.places)


def _state(case: Case, state: frozenset[str]) -> str:
    ids = [measure.id for measure in case.measures if measure.id in state] if case.measures else sorted(state)
    return f"[{' '.join(ids) or '-'}]"
