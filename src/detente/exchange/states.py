"""A conflict and the stability of its states for other programs: tables (CSV, Parquet) and graphs (GraphML, DOT).

A table has a row for each state: its options as letters, its ranks, for whom it is stable under which concept.  A graph
has a node for each state and an arc for each move, with who moves and whether the mover is better off.  Both carry
labels; the number of a state is its place among the feasible ones, from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.conflict import Conflict
from detente.errors import LimitError, OptionError
from detente.exchange.files import written_whole
from detente.exchange.graph_files import Edge, GraphData, write_dot, write_graphml
from detente.kernel.conflict import ProductConflict, coalition_arcs, is_improvement, n_moves_at_most, origins
from detente.kernel.system import BoolArray

if TYPE_CHECKING:
    import pyarrow as pa

MOST_MOVES = 1_000_000
"""Moves that a graph for other programs may have."""
_ROWS_AT_ONCE = 1 << 16
_LETTERS = ("N", "Y", "-")


class ExportFormat(StrEnum):
    """What states can be written as; the words are the suffixes of the files too."""

    CSV = "csv"
    PARQUET = "parquet"
    GRAPHML = "graphml"
    DOT = "dot"


class Option(NamedTuple):
    """Something that can be taken or not: whose it is (several are joined by ``+``), and its name."""

    owner: str
    name: str


def list_options(conflict: Conflict) -> tuple[Option, ...]:
    """Return the options in the order of the letters of a state: the measures, or the options of a graph."""
    case = conflict.case
    if case.graph is not None:
        return tuple(Option(party, name) for party, names in case.graph.options.items() for name in names)
    return tuple(
        Option(measure.forum if measure.forum is not None else "+".join(measure.owners), measure.id)
        for measure in case.measures
    )


def list_letters(conflict: Conflict, states: Sequence[int] | range) -> list[str]:
    """Return the letters of states: ``Y`` taken, ``N`` not, ``-`` either; empty where a graph has no patterns."""
    graph = conflict.case.graph
    if graph is not None:
        return [graph.patterns.get(graph.states[state], "") for state in states]
    masks = conflict.masks[np.asarray(states, dtype=np.int64)]
    bits = (masks[:, None] >> np.arange(len(conflict.measures))) & 1
    return ["".join(row) for row in np.array(["N", "Y"])[bits].tolist()]


def export_states(
    conflict: Conflict,
    stable: Mapping[str, BoolArray],
    path: str | Path,
    *,
    format: ExportFormat | str | None = None,
    only_improvements: bool = False,
) -> None:
    """Write the states of a conflict, with what is known of their stability, for other programs.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks.
    stable : mapping from concept to BoolArray
        Shape (P, F) each: whether a state is stable for a party; may be empty.
    path : str or Path
        The file; it is written whole or not at all.
    format : ExportFormat or str, optional
        As the suffix of the file says, unless given.
    only_improvements : bool
        Whether a graph leaves out the moves that do not make their mover better off.

    Raises
    ------
    OptionError
        If the format is unknown, or the file cannot be written.
    LimitError
        If a graph would have more than a million moves.
    """
    target = Path(path)
    match _format_of(target, format):
        case ExportFormat.CSV | ExportFormat.PARQUET as kind:
            with written_whole(target) as temporary:
                _write_table(conflict, stable, temporary, kind)
        case kind:
            data = graph_data(conflict, stable, only_improvements=only_improvements)
            with written_whole(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
                (write_dot if kind is ExportFormat.DOT else write_graphml)(data, stream)


def _format_of(path: Path, given: ExportFormat | str | None) -> ExportFormat:
    word = path.suffix.lower().removeprefix(".") if given is None else str(given)
    known = [kind.value for kind in ExportFormat]
    if word in known:
        return ExportFormat(word)
    allowed = f"{', '.join(known[:-1])} or {known[-1]}"
    if given is None:
        seen = f"'{path.suffix}'" if path.suffix else "no suffix"
        raise OptionError(f"'{path}' ends in {seen}; states are written as {allowed}")
    raise OptionError(f"unknown format '{word}'; states are written as {allowed}")


# --- tables


def _batches(conflict: Conflict, stable: Mapping[str, BoolArray]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the table, some at a time."""
    import pyarrow as pa

    options = list_options(conflict)
    heads = _heads([f"{option.owner}: {option.name}" for option in options])
    masks = conflict.masks
    for first in range(0, conflict.n_states, _ROWS_AT_ONCE):
        rows = range(first, min(first + _ROWS_AT_ONCE, conflict.n_states))
        part = slice(rows.start, rows.stop)
        columns: dict[str, object] = {
            "number": pa.array(np.arange(rows.start + 1, rows.stop + 1)),
            "state": pa.array([conflict.label(state) for state in rows]),
            "mask": pa.array(masks[part]),
        }
        letters = list_letters(conflict, rows)
        if all(len(pattern) == len(options) for pattern in letters):
            for column, head in enumerate(heads):
                codes = pa.array([_LETTERS.index(pattern[column]) for pattern in letters], type=pa.int8())
                columns[head] = pa.DictionaryArray.from_arrays(codes, pa.array(_LETTERS))
        for number, party in enumerate(conflict.parties):
            columns[f"rank for {party}"] = pa.array(conflict.form.rank[number, part])
        for concept, flags in stable.items():
            for number, party in enumerate(conflict.parties):
                columns[f"{concept} for {party}"] = pa.array(flags[number, part])
        for concept, flags in stable.items():
            columns[concept] = pa.array(flags[:, part].all(axis=0))
        yield pa.RecordBatch.from_pydict(columns)


def _heads(names: Sequence[str]) -> list[str]:
    """Return names made different by their numbers where they are the same."""
    return [name if names.count(name) == 1 else f"{name} ({number})" for number, name in enumerate(names, start=1)]


def _write_table(conflict: Conflict, stable: Mapping[str, BoolArray], path: Path, kind: ExportFormat) -> None:
    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    batches = _batches(conflict, stable)
    first = next(batches)
    if kind is ExportFormat.PARQUET:
        with pq.ParquetWriter(path, first.schema) as writer:
            writer.write_batch(first)
            for batch in batches:
                writer.write_batch(batch)
        return
    plain = pa.schema(
        [(each.name, pa.string() if pa.types.is_dictionary(each.type) else each.type) for each in first.schema]
    )
    with pacsv.CSVWriter(path, plain) as writer:
        writer.write_table(pa.Table.from_batches([first]).cast(plain))
        for batch in batches:
            writer.write_table(pa.Table.from_batches([batch]).cast(plain))


# --- graphs


def graph_data(conflict: Conflict, stable: Mapping[str, BoolArray], *, only_improvements: bool = False) -> GraphData:
    """Return states and moves as attributes of nodes and edges.

    Raises
    ------
    LimitError
        If there are more than a million moves.
    """
    if isinstance(conflict.form, ProductConflict):
        bound = n_moves_at_most(conflict.form)
        if bound > MOST_MOVES:
            raise LimitError(
                f"the conflict has {conflict.n_states:,} states and up to {bound:,} moves; a graph for other programs "
                f"may have {MOST_MOVES:,}. Write a table (csv, parquet), or fix some measures with --set."
            )
    graph = conflict.graph
    everybody = (1 << len(conflict.parties)) - 1
    edges: list[Edge] = []
    for movers, arcs in coalition_arcs(graph, everybody):
        names = "+".join(party for index, party in enumerate(conflict.parties) if movers >> index & 1)
        improves = is_improvement(graph, movers, arcs).tolist()
        edges.extend(
            Edge(source, target, names, better)
            for source, target, better in zip(origins(arcs).tolist(), arcs.target.tolist(), improves, strict=True)
            if better or not only_improvements
        )
    states = range(conflict.n_states)
    named = conflict.case.graph.names if conflict.case.graph is not None else {}
    equilibria = {concept: np.asarray(flags.all(axis=0)) for concept, flags in stable.items()}
    labels = [conflict.label(state) for state in states]
    return GraphData(
        title=conflict.case.name,
        movers=tuple(dict.fromkeys(edge.mover for edge in edges)),
        labels=tuple(named.get(label, label) for label in labels),
        letters=tuple(list_letters(conflict, states)),
        ranks={party: conflict.form.rank[index].tolist() for index, party in enumerate(conflict.parties)},
        equilibria=tuple(
            tuple(concept for concept, flags in equilibria.items() if bool(flags[state])) for state in states
        ),
        status_quo=conflict.status_quo,
        edges=tuple(edges),
    )
