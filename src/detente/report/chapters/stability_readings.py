"""What lasts without agreement under one reading and not under another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from detente.analysis.stability import Stability
from detente.analysis.stability.stability_pictures import head_of
from detente.analysis.stability.stability_words import name_concept, name_strongest
from detente.case import Case
from detente.kernel.system import BoolArray, IntArray
from detente.report.chapters.stable_states import MOST_SHOWN, nearest_first
from detente.report.document import Block, Bullets, Cell, Column, Paragraph, Section, Table, Text
from detente.report.words import join, reading_name, under

Answered = tuple[str | None, Stability]


def places_in(base: Stability, result: Stability) -> IntArray | None:
    """Return where the states of one answer stand in another, -1 where they do not; None if they are of other kinds."""
    one, other = base.conflict, result.conflict
    if one.is_graph != other.is_graph or one.measures != other.measures:
        return None
    if one.is_graph:
        numbers = {name: number for number, name in enumerate(other.state_ids)}
        return np.array([numbers.get(name, -1) for name in one.state_ids], dtype=np.int64)
    found = np.searchsorted(other.masks, one.masks).clip(max=other.n_states - 1)
    return np.where(other.masks[found] == one.masks, found, -1).astype(np.int64)


def _flags(result: Stability, places: IntArray) -> BoolArray:
    """Return by which concepts, (C, F), each state of the base case is stable for all in another answer."""
    stable = np.array([result.is_equilibrium(concept) for concept in result.concepts])
    return np.asarray(np.where(places >= 0, stable[:, places], False), dtype=np.bool_)


def say_changes(concepts: Sequence[str], before: BoolArray, after: BoolArray) -> str:
    """Write how many states are stable for all by each concept that were not, and the other way round."""
    alike: dict[tuple[int, int], list[str]] = {}
    for concept, was, now in zip(concepts, before, after, strict=True):
        counts = (int((now & ~was).sum()), int((was & ~now).sum()))
        alike.setdefault(counts, []).append(name_concept(concept))
    if list(alike) == [(0, 0)]:
        return "the same by every concept"
    parts = []
    for (gained, lost), names in alike.items():
        changes = [f"{gained:,} more"] if gained else []
        changes += [f"{lost:,} no longer"] if lost else []
        parts.append(f"{join(changes) or 'the same'} by {join(names)}")
    return "; ".join(parts)


def _say_shared(concepts: Sequence[str], flags: Iterable[BoolArray]) -> str:
    shared = np.logical_and.reduce(list(flags))
    alike: dict[int, list[str]] = {}
    for concept, both in zip(concepts, shared, strict=True):
        alike.setdefault(int(both.sum()), []).append(name_concept(concept))
    if len(alike) == 1:
        [number] = alike
        return f"Stable for all whichever reading is right: {f'{number:,}' if number else 'none'} by every concept."
    counts = "; ".join(f"{f'{n:,}' if n else 'none'} by {join(names)}" for n, names in alike.items())
    return f"Stable for all whichever reading is right: {counts}."


def _say_state(base: Stability, state: int) -> str:
    conflict = base.conflict
    if conflict.case.graph is not None:
        return conflict.case.graph.names.get(conflict.label(state), "")
    return "; ".join(conflict.case.measure(measure).name for measure in conflict.in_force(state)) or "nothing"


def _state_table(case: Case, base: Stability, others: Sequence[tuple[str, BoolArray]], states: IntArray) -> Table:
    told = [_say_state(base, int(state)) for state in states]
    has_words = any(told)
    columns = [
        Column(header="State"),
        *([Column(header="In force" if base.conflict.measures else "What it is")] * has_words),
    ]
    columns += [Column(header=name) for name in ("Base case", *(reading_name(case, reading) for reading, _ in others))]
    rows = []
    for state, words in zip(states.tolist(), told, strict=True):
        cells = [Cell(text=(head_of(base.conflict, state),)), *([Cell(text=(words,))] * has_words)]
        by = [name_strongest(base.concepts_of(state))]
        by += [
            name_strongest(concept for concept, flag in zip(base.concepts, flags[:, state], strict=True) if bool(flag))
            for _, flags in others
        ]
        rows.append((*cells, *(Cell(text=(names or "–",), tone="holds" if names else "fails") for names in by)))
    return Table(
        caption="States that last under one reading and not under another: the strongest concepts by which each is "
        "stable for all; a dash: by none",
        columns=tuple(columns),
        rows=tuple(rows),
    )


def readings_compared(case: Case, answered: Sequence[Answered]) -> Section | None:
    """Return what readings change about which states last; None without a base case or anything beside it."""
    if len(answered) < 2 or answered[0][0] is not None:
        return None
    base = answered[0][1]
    before = _flags(base, np.arange(base.conflict.n_states, dtype=np.int64))
    others: list[tuple[str, BoolArray]] = []
    apart: list[str] = []
    for reading, result in answered[1:]:
        assert reading is not None, "the base case stands first"
        places = places_in(base, result)
        if places is None:
            apart.append(reading)
        else:
            others.append((reading, _flags(result, places)))
    changes: dict[str, list[str | None]] = {}
    for reading, after in others:
        changes.setdefault(say_changes(base.concepts, before, after), []).append(reading)
    items: list[Text] = [(f"{under(case, *readings)}: {text}.",) for text, readings in changes.items()]
    if apart:
        items.append((f"{under(case, *apart)}: other states than in the base case; they are not compared.",))
    text = "Compared with the base case, these states are stable for every party:"
    blocks: list[Block] = [Paragraph(text=(text,)), Bullets(items=tuple(items))]
    if others:
        blocks.append(Paragraph(text=(_say_shared(base.concepts, [before, *(after for _, after in others)]),)))
    differing = np.logical_or.reduce([(after != before).any(axis=0) for _, after in others] or [before[0] & False])
    states = nearest_first(base, np.flatnonzero(differing).astype(np.int64))
    if states.size > MOST_SHOWN:
        text = f"Of the {states.size:,} states that differ, those are shown that differ least from the status quo."
        blocks.append(Paragraph(text=(text,)))
    if states.size:
        blocks.append(_state_table(case, base, others, states[:MOST_SHOWN]))
    return Section(id="stability.readings", heading="What lasts under which reading", blocks=tuple(blocks))
