"""From stability to pictures and tables: states in option form, and the graph of states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.stability.stability_words import name_concept
from detente.case import Case, Graph, Measure
from detente.conflict import Conflict
from detente.display.option_form import NO, YES, OptionForm, OptionGroup, draw_option_form
from detente.display.state_graph import MOST_STATES, StateEdge, StateNode, draw_state_graph
from detente.errors import OptionError
from detente.kernel.conflict import Arcs, GraphConflict, coalition_arcs, is_improvement, origins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from detente.analysis.stability.stability import Stability

MOST_COLUMNS = 24
"""States that the picture of the option form has room for."""

MOST_OPTIONS = 12
"""Options up to which all are shown; of more, those that no state shown differs in are only named."""
MOST_NAMED = 3
"""Owners named in the head of a group; of more only their number is."""


def name_holder(conflict: Conflict, measure: Measure) -> str:
    """Name who holds a measure: a party, several together, or a forum."""
    if measure.forum is not None:
        return f"{measure.forum} (forum)"
    owners = [conflict.case.party(owner).name for owner in measure.owners]
    return " + ".join(owners) if len(owners) <= MOST_NAMED else f"{len(owners)} parties together"


def option_groups(conflict: Conflict, states: Iterable[int], *, by_name: bool = False) -> tuple[OptionGroup, ...]:
    """Return what is in force in states, grouped by owners in the order in which they first own something.

    Parameters
    ----------
    by_name : bool
        Whether measures go by their names; by their ids otherwise.
    """
    case, chosen = conflict.case, list(states)
    if case.graph is not None:
        return _graph_groups(case, case.graph, [conflict.label(state) for state in chosen])
    sets = [set(conflict.in_force(state)) for state in chosen]
    groups: dict[str, list[tuple[str, str]]] = {}
    for measure in case.measures:
        holder = name_holder(conflict, measure)
        letters = "".join(YES if measure.id in ids else NO for ids in sets)
        groups.setdefault(holder, []).append((measure.name if by_name else measure.id, letters))
    return tuple(OptionGroup(holder=holder, options=tuple(options)) for holder, options in groups.items())


def _graph_groups(case: Case, graph: Graph, labels: Sequence[str]) -> tuple[OptionGroup, ...]:
    """Return the options that a graph gives for its states; `-` where a state stands for both."""
    groups = []
    first = 0
    for party, options in graph.options.items():
        rows = []
        for place, option in enumerate(options, first):
            rows.append(
                (option, "".join(graph.patterns[label][place] if label in graph.patterns else " " for label in labels))
            )
        groups.append(OptionGroup(holder=case.party(party).name, options=tuple(rows)))
        first += len(options)
    return tuple(groups)


def unchanging(form: OptionForm) -> dict[str, list[str]]:
    """Return the options that every state shown has alike: by the letter, their names."""
    alike: dict[str, list[str]] = {}
    for group in form.groups:
        for name, letters in group.options:
            if letters and len(set(letters)) == 1:
                alike.setdefault(letters[0], []).append(name)
    return alike


def without(form: OptionForm, names: Iterable[str]) -> OptionForm:
    """Leave options out, and groups of which nothing is left."""
    gone = set(names)
    kept = [replace(g, options=tuple(option for option in g.options if option[0] not in gone)) for g in form.groups]
    return replace(form, groups=tuple(group for group in kept if group.options))


def condense(form: OptionForm) -> tuple[OptionForm, dict[str, list[str]]]:
    """Leave out of a large form what all its states have alike.

    Returns
    -------
    form : OptionForm
        The same form if it is small.
    alike : dict
        What was left out: by the letter that all states have, the names of the options.
    """
    if sum(len(group.options) for group in form.groups) <= MOST_OPTIONS:
        return form, {}
    alike = unchanging(form)
    return without(form, [name for names in alike.values() for name in names]), alike


def head_of(conflict: Conflict, state: int) -> str:
    """Return what stands over the column of a state: its number, or its name in the graph form."""
    name = conflict.label(state) if conflict.is_graph else str(state + 1)
    return f"{name}*" if state == conflict.status_quo else name


def option_form(result: Stability, states: Iterable[int], *, by_name: bool = False) -> OptionForm:
    """Return states side by side, with the concepts by which each is stable for all.

    Parameters
    ----------
    by_name : bool
        Whether measures go by their names; by their ids otherwise.
    """
    chosen = [int(state) for state in states]
    return OptionForm(
        states=tuple(head_of(result.conflict, state) for state in chosen),
        groups=option_groups(result.conflict, chosen, by_name=by_name),
        marks=tuple(
            (name_concept(concept), tuple(bool(flag) for flag in result.is_equilibrium(concept)[chosen]))
            for concept in result.concepts
        ),
    )


def plot_stability(result: Stability, ax: Axes | None = None) -> Axes:
    """Draw the states that are stable for all in option form, the most often stable first."""
    return draw_option_form(option_form(result, result.shown_states()[:MOST_COLUMNS]), ax)


def _movers(graph: GraphConflict) -> tuple[tuple[int, Arcs], ...]:
    return coalition_arcs(graph, (1 << graph.n_parties) - 1)


def _without_detours(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Leave out the arcs that one mover can make of two others of its own."""
    after: dict[int, set[int]] = {}
    for origin, target in pairs:
        after.setdefault(origin, set()).add(target)
    return {
        (origin, target)
        for origin, target in pairs
        if not any(target in after.get(between, ()) for between in after[origin] - {target})
    }


def _layers(graph: GraphConflict, start: int | None) -> list[int]:
    """Return in how many moves each state is first reached from the start; the unreachable stand last."""
    layers = np.full(graph.n_states, -1, dtype=np.int64)
    if start is None:
        return [0 if graph.n_states == 1 else number * 8 // graph.n_states for number in range(graph.n_states)]
    layers[start], step = 0, 0
    steps = [(origins(arcs), arcs.target) for _, arcs in _movers(graph)]
    while True:
        reached = [target[(layers[source] == step)] for source, target in steps]
        fresh = np.unique(np.concatenate(reached)) if reached else np.zeros(0, dtype=np.int64)
        fresh = fresh[layers[fresh] < 0]
        if fresh.size == 0:
            layers[layers < 0] = step + 1
            return [int(layer) for layer in layers]
        step += 1
        layers[fresh] = step


def plot_state_graph(result: Stability, concept: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw all states with moves and improvements; filled are those that are stable for all.

    Parameters
    ----------
    concept : str, optional
        By which concept; the last analysed unless given.

    Raises
    ------
    OptionError
        If there are more than 200 states.
    """
    conflict = result.conflict
    if conflict.n_states > MOST_STATES:
        raise OptionError(
            f"the conflict has {conflict.n_states:,} states; at most {MOST_STATES} can be drawn as a graph. "
            "Draw the equilibria in option form, or export the graph."
        )
    graph = conflict.graph
    stable = result.is_equilibrium(concept or result.concepts[-1])
    layers = _layers(graph, conflict.status_quo)
    nodes = [
        StateNode(
            label=conflict.label(state) if conflict.is_graph else str(state + 1),
            layer=layers[state],
            is_stable=bool(stable[state]),
            is_start=state == conflict.status_quo,
        )
        for state in range(conflict.n_states)
    ]
    edges = []
    movers = []
    for number, (members, arcs) in enumerate(_movers(graph)):
        names = [conflict.case.party(party).name for i, party in enumerate(conflict.parties) if members >> i & 1]
        movers.append(" with ".join(names))
        source, improves = origins(arcs), is_improvement(graph, members, arcs)
        better = {(int(a), int(b)) for a, b in zip(source[improves], arcs.target[improves], strict=True)}
        other = {(int(a), int(b)) for a, b in zip(source[~improves], arcs.target[~improves], strict=True)}
        for pairs, is_better in ((better, True), (other, False)):
            direct = sorted(_without_detours(pairs))
            edges += [StateEdge(origin=a, target=b, mover=number, improves=is_better) for a, b in direct]
    better_pairs = {frozenset((edge.origin, edge.target)) for edge in edges if edge.improves}
    edges = [e for e in edges if e.improves or frozenset((e.origin, e.target)) not in better_pairs]
    return draw_state_graph(nodes, edges, movers, ax)
