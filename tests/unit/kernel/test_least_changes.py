"""Searches that are stopped, given up or refused say so, and what they know by then."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import Cancelled, LimitError
from detente.kernel import preference_search
from detente.kernel.conflict import GraphConflict, ProductConflict, make_arcs
from detente.kernel.least_changes import least_from_stability, least_to_stability, own_lift
from detente.kernel.nearest_orders import Demand
from detente.kernel.preference_search import Deadline, PartyDemand, Profile, ProfileSearch
from detente.kernel.priorities import fewest_swaps, rank_by_priorities
from detente.kernel.sanctions import Judge
from detente.progress import ProgressEvent, Reporter


def _random(n_measures: int, n_parties: int, seed: int) -> ProductConflict:
    random = np.random.default_rng(seed)
    n_states = 1 << n_measures
    own = np.array([sum(1 << bit for bit in range(p, n_measures, n_parties)) for p in range(n_parties)])
    rank = np.array([random.permutation(n_states) for _ in range(n_parties)]).astype(np.int32)
    return ProductConflict(n_measures=n_measures, masks=np.arange(n_states), takes=own, ends=own, common=(), rank=rank)


def test_another_order_may_cost_less_than_lifting_the_state() -> None:
    """A change of one pair in b's order makes its answer credible; lifting the state for a would take four pairs."""
    own = make_arcs(6, np.array([0]), np.array([1]))
    other = make_arcs(6, np.array([1]), np.array([2]))
    rank = np.array([[1, 5, 0, 2, 3, 4], [3, 2, 2, 4, 5, 6]], dtype=np.int32)
    judge = Judge(GraphConflict(arcs=(own, other), common=(), rank=rank))
    found = least_to_stability(judge, 0, "seq", [0, 1], reporter=Reporter(None), deadline=Deadline(None))
    assert found.profile is not None
    assert (found.profile.twice, found.profile.costs, found.is_proven) == (1, (0, 1), True)
    assert found.profile.demands == (PartyDemand(1, Demand(2, 1, is_strict=True)),)
    alone = least_to_stability(judge, 0, "seq", [0], reporter=Reporter(None), deadline=Deadline(None))
    assert alone.profile is not None
    assert alone.profile.twice == 7


def test_a_search_without_time_has_the_lift_and_a_bound() -> None:
    judge = Judge(_random(4, 2, 1))
    states = [s for s in range(16) if not all(judge.is_stable(p, s, "seq") for p in range(2))]
    stopped = least_to_stability(judge, states[0], "seq", range(2), reporter=Reporter(None), deadline=Deadline(0.0))
    proven = least_to_stability(judge, states[0], "seq", range(2), reporter=Reporter(None), deadline=Deadline(None))
    assert stopped.profile is not None
    assert proven.profile is not None
    assert not stopped.is_proven
    assert stopped.bound <= proven.profile.twice <= stopped.profile.twice
    assert proven.is_proven


def test_a_search_cancelled_on_the_way_keeps_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)
    judge = Judge(_random(4, 2, 1))
    states = [s for s in range(16) if not all(judge.is_stable(p, s, "seq") for p in range(2))]
    proven = least_to_stability(judge, states[0], "seq", range(2), reporter=Reporter(None), deadline=Deadline(None))
    assert proven.profile is not None
    bounds = []
    for most in (1, 2, 10, 50):
        events: list[ProgressEvent] = []

        def stop(event: ProgressEvent, events: list[ProgressEvent] = events, most: int = most) -> None:
            events.append(event)
            if len(events) == most:
                raise Cancelled

        found = least_to_stability(judge, states[0], "seq", range(2), reporter=Reporter(stop), deadline=Deadline(None))
        assert found.bound <= proven.profile.twice
        bounds.append(found.bound)
    assert bounds == sorted(bounds)


def test_orders_with_too_many_blocks_are_given_up_and_nothing_is_called_proven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judge = Judge(_random(4, 2, 1))
    states = [s for s in range(16) if not all(judge.is_stable(p, s, "seq") for p in range(2))]
    free = least_to_stability(judge, states[0], "seq", range(2), reporter=Reporter(None), deadline=Deadline(None))
    monkeypatch.setattr("detente.kernel.nearest_orders.MOST_BLOCKS", 1)
    found = least_to_stability(judge, states[0], "seq", range(2), reporter=Reporter(None), deadline=Deadline(None))
    assert free.profile is not None
    assert found.profile is not None
    assert found.profile.twice >= free.profile.twice >= found.bound
    assert (free.is_proven, found.is_proven) == (True, found.bound == found.profile.twice)


def test_a_quick_attempt_finds_something_where_nothing_is_known() -> None:
    judge = Judge(_random(4, 2, 3))
    state = next(s for s in range(16) if not all(judge.is_stable(p, s, "seq") for p in range(2)))
    search = ProfileSearch(judge.form.rank, range(2))
    found = search.run(
        lambda rank: preference_search.needed_for_stability(judge, rank, state, "seq"),
        best=None,
        reporter=Reporter(None),
        task="",
        deadline=Deadline(None),
    )
    known = least_to_stability(judge, state, "seq", range(2), reporter=Reporter(None), deadline=Deadline(None))
    assert isinstance(found.profile, Profile)
    assert isinstance(known.profile, Profile)
    assert found.profile.twice == known.profile.twice
    nothing = search.run(
        lambda rank: preference_search.needed_for_stability(judge, rank, state, "seq"),
        best=None,
        below=known.profile.twice,
        reporter=Reporter(None),
        task="",
        deadline=Deadline(None),
    )
    assert (nothing.profile, nothing.bound, nothing.is_proven) == (None, known.profile.twice, True)


def test_a_state_that_takes_too_many_steps_is_refused() -> None:
    conflict = _random(8, 2, 1)
    judge = Judge(conflict, most_steps=1)
    state = int(conflict.rank[0].argmin())
    assert judge.is_stable(0, state, "gmr") is None
    with pytest.raises(
        LimitError,
        match=r"^the conflict is too large to judge a single state: the others have too many moves\. Fix some measures "
        r"with --set, or state more infeasible patterns\.$",
    ):
        own_lift(judge, conflict.rank, 0, state, "gmr")


def test_nobody_can_end_what_nobody_can_leave() -> None:
    nowhere = make_arcs(2, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    rank = np.array([[0, 1], [0, 1]], dtype=np.int32)
    judge = Judge(GraphConflict(arcs=(nowhere, nowhere), common=(), rank=rank))
    for concept in ("nash", "sseq"):
        found = least_from_stability(judge, 0, concept, 0, reporter=Reporter(None), deadline=Deadline(None))
        assert (found.profile, found.is_proven) == (None, True)


def test_lists_of_priorities_rank_lexicographically() -> None:
    layers = np.array([[0, 1, 0, 1], [5, 5, 7, 5], [1, 0, 0, 0]])
    assert rank_by_priorities(layers, (0, 1, 2)).tolist() == [0, 2, 1, 2]
    assert rank_by_priorities(layers, (1, 0, 2)).tolist() == [0, 1, 2, 1]
    assert rank_by_priorities(layers, ()).tolist() == [0, 0, 0, 0]


def test_swaps_without_time_have_a_bound() -> None:
    layers = {0: np.eye(3, dtype=np.int64)}
    rank = np.zeros((1, 3), dtype=np.int32)
    stopped = fewest_swaps(
        rank, layers, lambda changed: False, reporter=Reporter(None), task="", deadline=Deadline(0.0)
    )
    assert (stopped.lists, stopped.bound, stopped.is_proven) == (None, 0, False)
    none = fewest_swaps(rank, layers, lambda changed: False, reporter=Reporter(None), task="", deadline=Deadline(None))
    assert (none.lists, none.bound, none.is_proven) == (None, 4, True)
    found = fewest_swaps(
        rank,
        layers,
        lambda changed: bool(changed[0].argmax() == 2),
        reporter=Reporter(None),
        task="",
        deadline=Deadline(None),
    )
    assert (found.lists, found.swaps, found.is_proven) == ({0: (2, 0, 1)}, 2, True)
