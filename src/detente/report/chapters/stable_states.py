"""The states that are stable for all: side by side, in numbers, as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.analysis.stability import Stability
from detente.analysis.stability.stability_pictures import condense, head_of, name_holder, option_form
from detente.analysis.stability.stability_words import name_concept, name_strongest
from detente.case import Case
from detente.display.option_form import EITHER, NO, YES, OptionForm, draw_option_form
from detente.display.prose import format_share
from detente.display.state_graph import MOST_STATES as MOST_DRAWN
from detente.display.svg import axes_to_svg
from detente.kernel.conflict import ProductConflict
from detente.kernel.system import IntArray
from detente.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Details,
    Paragraph,
    Picture,
    Section,
    Strong,
    Table,
    Text,
)
from detente.report.words import join, under

MOST_SHOWN = 12
"""States side by side in a table."""
MOST_WHOLE = 16
"""States up to which a conflict is shown whole, with those that are not stable."""
MOST_INLINE = 40
"""States up to which the graph of states is shown without being asked for."""
_ALIKE = {YES: "In force in all of them", NO: "In force in none of them", EITHER: "Open in all of them"}


def nearest_first(result: Stability, states: IntArray) -> IntArray:
    """Sort states by how many measures differ from the status quo; as they stand in the graph form."""
    form, start = result.conflict.form, result.conflict.status_quo
    if not isinstance(form, ProductConflict) or start is None:
        return states
    changed = np.bitwise_count((form.masks[states] ^ form.masks[start]).view(np.uint64))
    return np.asarray(states[np.argsort(changed, kind="stable")], dtype=np.int64)


def _selected(result: Stability) -> IntArray:
    """Return the states to show side by side: few, those stable by the most concepts and near the status quo first."""
    if result.conflict.n_states <= MOST_WHOLE:
        return np.arange(result.conflict.n_states, dtype=np.int64)
    shown = result.shown_states()
    if shown.size > MOST_SHOWN:
        flags = np.array([result.is_equilibrium(concept)[shown] for concept in result.concepts], dtype=np.int64)
        order = np.argsort(-flags.sum(axis=0)[_ranks(shown, nearest_first(result, shown))], kind="stable")
        shown = nearest_first(result, shown)[order][:MOST_SHOWN]
    start = result.conflict.status_quo
    if start is not None and start not in shown:
        shown = np.append(shown, start)
    return shown


def _ranks(states: IntArray, order: IntArray) -> IntArray:
    """Return where in `states` each state of `order` stands."""
    sorter = np.argsort(states)
    return np.asarray(sorter[np.searchsorted(states, order, sorter=sorter)], dtype=np.int64)


def option_table(form: OptionForm, caption: str) -> Table:
    """Return states in option form: measures in rows by who holds them, states in columns, then by what they last."""
    rows: list[tuple[Cell, ...]] = []
    for group in form.groups:
        for name, letters in group.options:
            cells = [Cell(text=(letter.strip(),), tone=None if letter == YES else "faint") for letter in letters]
            rows.append((Cell(text=(group.holder,)), Cell(text=(name,)), *cells))
    for name, marks in form.marks:
        cells = [Cell(text=("✓" if mark else "",), tone="holds" if mark else None) for mark in marks]
        rows.append((Cell(text=("Stable for all by",)), Cell(text=(name,)), *cells))
    return Table(
        caption=caption,
        columns=(
            Column(header="Holder"),
            Column(header="Option"),
            *(Column(header=state, is_number=True) for state in form.states),
        ),
        rows=tuple(rows),
        is_grouped=True,
    )


def _form_picture(result: Stability, form: OptionForm) -> Picture:
    strong = [
        f"{head}: {', '.join(name for name, marks in form.marks if marks[place]) or 'by none'}"
        for place, head in enumerate(form.states)
    ]
    return Picture(
        name="stability.options",
        title="The same states as a picture: a filled square is a measure in force, a dot a concept by which the state "
        "is stable for all; the status quo has a star",
        description=f"What each state is stable for all by. {'; '.join(strong)}.",
        svg=axes_to_svg(draw_option_form(form)),
    )


def _individual(result: Stability, states: IntArray) -> Table:
    conflict = result.conflict
    rows = []
    for number in states:
        state = int(number)
        own = [
            name_strongest(concept for concept in result.concepts if bool(result.stable[concept][party, state]))
            for party in range(len(conflict.parties))
        ]
        together = name_strongest(result.concepts_of(state))
        rows.append(
            (
                Cell(text=(head_of(conflict, state),)),
                *(Cell(text=(cell or "–",), tone=None if cell else "fails") for cell in own),
                Cell(text=(together or "–",), tone="holds" if together else None),
            )
        )
    return Table(
        caption="For whom each state is stable: the strongest concepts, from which weaker ones follow; a dash: by none",
        columns=(
            Column(header="State"),
            *(Column(header=conflict.case.party(party).name) for party in conflict.parties),
            Column(header="All"),
        ),
        rows=tuple(rows),
    )


def _shares(result: Stability) -> Table:
    """Return in what share of the states that are stable for all each measure is in force."""
    form, case = result.conflict.form, result.conflict.case
    assert isinstance(form, ProductConflict), "a graph has no measures"
    alike: dict[bytes, list[str]] = {}
    sets: dict[bytes, IntArray] = {}
    for concept in result.concepts:
        states = result.equilibria(concept)
        if states.size:
            alike.setdefault(states.tobytes(), []).append(name_concept(concept))
            sets[states.tobytes()] = states
    rows: dict[str, list[tuple[Cell, ...]]] = {}
    for index, measure in enumerate(case.measures):
        shares = [format_share(float((form.masks[sets[key]] >> index & 1).mean())) for key in alike]
        holder = name_holder(result.conflict, measure)
        cells = [Cell(text=(share,)) for share in shares]
        rows.setdefault(holder, []).append((Cell(text=(holder,)), Cell(text=(measure.name,)), *cells))
    return Table(
        caption="In what share of the states that are stable for all each measure is in force",
        columns=(
            Column(header="Holder"),
            Column(header="Measure"),
            *(
                Column(header=f"{', '.join(names)} ({sets[key].size:,})", is_number=True)
                for key, names in alike.items()
            ),
        ),
        rows=tuple(row for group in rows.values() for row in group),
        is_grouped=True,
    )


def _names(result: Stability, states: Sequence[int]) -> list[Text]:
    graph = result.conflict.case.graph
    if graph is None:
        return []
    labels = [result.conflict.label(state) for state in states]
    return [(Strong(label), f": {graph.names[label]}") for label in labels if label in graph.names]


def states_stable_for_all(case: Case, answered: tuple[str | None, Stability]) -> Section:
    """Return which states last without agreement: all of a few, else their common features and the nearest ones."""
    reading, result = answered
    where = under(case, reading, starts=False)
    number = int(result.shown_states().size)
    is_whole = result.conflict.n_states <= MOST_WHOLE
    states = _selected(result)
    form = option_form(result, states, by_name=True)
    kept, alike = condense(form)
    blocks: list[Block] = []
    if number == 0:
        blocks.append(Paragraph(text=(f"No state is stable for every party by any concept {where}.",)))
    elif number > MOST_SHOWN and not is_whole:
        blocks.append(
            Paragraph(
                text=(
                    f"By some concept {number:,} states are stable for every party {where}; the first table says what "
                    f"they have in common. Of those stable by the most concepts, the second one has the {MOST_SHOWN} "
                    "that differ least from the status quo.",
                )
            )
        )
        blocks += [] if result.conflict.is_graph else [_shares(result)]
    letters = "Y taken, N not, - either" if result.conflict.is_graph else "Y in force, N not"
    which = "All states" if is_whole else "States that are stable for all"
    caption = f"{which} in option form, {where}: {letters}"
    star = "; * is the status quo" if any(head.endswith("*") for head in form.states) else ""
    if states.size:
        if form.groups:
            blocks.append(option_table(kept, caption + star))
            words = [f"{_ALIKE.get(letter, 'Not told of any')}: {join(names)}." for letter, names in alike.items()]
            blocks += [Paragraph(text=(text,)) for text in words]
        names = _names(result, [int(state) for state in states])
        blocks += [Bullets(items=tuple(names))] if names else []
        individual = _individual(result, states)
        if is_whole:
            blocks.append(individual)
        elif not all(result.concepts_of(int(state)) == result.concepts for state in states):
            blocks.append(Details(summary="For whom each of these states is stable", blocks=(individual,)))
        if kept.groups:
            picture = _form_picture(result, kept)
            blocks.append(Details(summary="These states as a picture", blocks=(picture,)))
    return Section(id="stability.states", heading="The states that are stable for all", blocks=tuple(blocks))


def state_graph(case: Case, answered: tuple[str | None, Stability]) -> Section | None:
    """Return the graph of states, folded away where it is large; None where it is too large to be drawn."""
    reading, result = answered
    conflict = result.conflict
    if conflict.n_states > MOST_DRAWN or conflict.n_states < 2:
        return None
    concept = result.concepts[-1]
    stable = [head_of(conflict, int(state)) for state in result.equilibria(concept)]
    lasting = join(stable) if stable else "none"
    picture = Picture(
        name="stability.graph",
        title=f"Moves between the states, {under(case, reading, starts=False)}: arrows are improvements for the mover, "
        "thin lines other moves; what one mover can do in two moves of its own is left out. States stable for all by "
        f"{name_concept(concept)} are filled, the status quo is ringed",
        description=f"{conflict.n_states} states. Stable for all by {name_concept(concept)}: {lasting}.",
        svg=axes_to_svg(result.plot_graph(concept)),
    )
    is_small = conflict.n_states <= MOST_INLINE
    blocks: tuple[Block, ...] = (picture,) if is_small else (Details(summary="The graph of states", blocks=(picture,)),)
    return Section(id="stability.graph", heading="Moves and improvements", blocks=blocks)
