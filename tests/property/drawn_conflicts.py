"""Random conflicts for the laws of stability, what is stable in them, and comparisons of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS, GraphConflict, ProductConflict
from detente.kernel.stability import find_stable
from tests.oracle.random_conflicts import FEATURES, random_conflict, random_graph
from tests.oracle.stability_arrays import graph_of

SEEDS = range(60)
Stable = Mapping[str, NDArray[np.bool_]]
IMPLIED = (("nash", "smr"), ("smr", "gmr"), ("nash", "sseq"), ("sseq", "seq"), ("seq", "gmr"), ("sseq", "smr"))
MAXIMIN = ("nash", "gmr", "smr")
WITHOUT_FORUMS = frozenset(FEATURES) - {"forum"}
SOLE_AND_TWO_WAY = frozenset({"ties", "idle", "status-quo"})


def drawn(seed: int, features: Iterable[str] = FEATURES, *, parties: tuple[int, ...] = (1, 2, 3, 3, 4)) -> Case:
    """A random case that has a random half of the features named."""
    random = Random(f"law {seed}")  # noqa: S311  # no secret depends on it
    some = frozenset(f for f in sorted(features) if random.random() < 0.5)
    return random_conflict(seed, n_measures=random.randint(2, 6), n_parties=random.choice(parties), features=some)


def form_of(case: Case) -> ProductConflict:
    form = build_conflict(case).form
    assert isinstance(form, ProductConflict)
    return form


def drawn_graph(seed: int, *, in_common: bool = True, n_parties: int | None = None) -> GraphConflict:
    many = n_parties or 2 + seed % 3
    return graph_of(random_graph(seed, n_states=2 + seed % 11, n_parties=many, in_common=in_common))


def by_label(case: Case) -> dict[tuple[str, str], set[frozenset[str]]]:
    """The states that are stable for each party, by concept and party, each as the ids in force."""
    conflict = build_conflict(case)
    found = find_stable(form_of(case))
    return {
        (concept, party): {frozenset(conflict.in_force(int(s))) for s in np.flatnonzero(found[concept][index])}
        for concept in CONCEPTS
        for index, party in enumerate(conflict.parties)
    }


def assert_equal(got: Stable, want: Stable, *context: object) -> None:
    for concept in CONCEPTS:
        assert np.array_equal(got[concept], want[concept]), (concept, *context)


def assert_at_least(more: Stable, less: Stable, concepts: Iterable[str], *context: object) -> None:
    """What is stable in one is so in the other."""
    for concept in concepts:
        assert not (less[concept] & ~more[concept]).any(), (concept, *context)
