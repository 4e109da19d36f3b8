"""From thresholds to roadmaps: bounds that delete arcs, then labels on what is left (§8 of the model)."""

from __future__ import annotations

import numpy as np

from detente.errors import LimitError
from detente.kernel.bounds import Bounds
from detente.kernel.labels import Asked, Labels, Lattice, Weighing, place_labels
from detente.kernel.system import IntArray
from detente.progress import Reporter

Path = IntArray
"""A roadmap as its arcs, first stage first."""


def keep_best(n_parties: int, beam: int) -> Weighing:
    """Return a weighing that keeps so many labels per state, 0 for all, by their value alone."""
    nothing, none = np.zeros((0, n_parties)), np.zeros(0, dtype=np.int64)
    return Weighing(
        by_product=False,
        slopes=nothing,
        constants=nothing,
        floor=np.zeros(n_parties),
        incumbent=0.0,
        beam=beam,
        weights=nothing,
        faded=np.zeros((0, 0, n_parties)),
        behind=np.zeros((0, 0)),
        floors=np.zeros(0),
        base=none,
        earliest=none,
    )


def label_paths(bounds: Bounds, weighing: Weighing, reporter: Reporter, *, task: str) -> list[Path]:
    """Label all states; return the paths of the labels at the start, as places among the arcs first built.

    Raises
    ------
    LimitError
        If there are more labels than the limits allow.
    Cancelled
        If the user stops.
    """
    arcs, limits = bounds.arcs, bounds.limits
    n_states, n_parties = arcs.end_values.shape
    lattice = Lattice._make(getattr(arcs, name) for name in Lattice._fields)
    asked = Asked._make(getattr(bounds, name) for name in Asked._fields)
    capacity = min(limits.most_labels, max(1 << 14, 4 * n_states))
    labels = Labels(
        np.zeros(n_states, dtype=np.int64),
        np.zeros(n_states, dtype=np.int64),
        np.full(n_states, -1, dtype=np.int64),
        np.empty((capacity, n_parties)),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        scores=np.empty(capacity),
    )
    step, used = 0, 0
    chunk = max(64, n_states // 64)
    while step < n_states:
        stop = min(n_states, step + chunk)
        step, used = place_labels(
            step, stop, lattice, asked, limits.max_length, limits.max_stages, weighing, labels, used
        )
        if step < stop:
            if capacity >= limits.most_labels:
                raise LimitError(f"more than {limits.most_labels} labels")
            grown = min(limits.most_labels, 2 * capacity)
            labels = _grow(labels, grown - capacity)
            capacity = grown
        reporter.report(task, fraction=step / n_states)
    start = arcs.order[-1]
    begun, ended = labels.block_start[start], labels.block_stop[start]
    return [arcs.origin[_follow(label, labels)] for label in range(begun, ended)]


def _grow(labels: Labels, more: int) -> Labels:
    """Make room for more labels."""
    return labels._replace(
        values=np.concatenate([labels.values, np.empty((more, labels.values.shape[1]))]),
        scores=np.concatenate([labels.scores, np.empty(more)]),
        **{
            name: np.concatenate([getattr(labels, name), np.empty(more, dtype=np.int64)])
            for name in ("periods_of", "stages_of", "arc_of", "next_of")
        },
    )


def _follow(label: int, labels: Labels) -> Path:
    """The arcs of a label and of those that it leads to."""
    path = []
    at = label
    while labels.arc_of[at] >= 0:
        path.append(labels.arc_of[at])
        at = int(labels.next_of[at])
    return np.array(path, dtype=np.int64)
