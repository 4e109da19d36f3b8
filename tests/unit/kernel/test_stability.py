"""Stability on measures: small conflicts by hand, the definitions on random ones, sweeps against the search."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import Cancelled, LimitError, OptionError
from detente.kernel import product_groups, product_reach
from detente.kernel.conflict import CONCEPTS, CommonMove, Int32Array, ProductConflict
from detente.kernel.product_search import Trails, search
from detente.kernel.stability import find_stable, maximin_stable
from detente.kernel.system import IntArray
from detente.progress import ProgressEvent, Reporter
from tests.oracle.product_conflicts import Twin, make_conflict, random_conflict

PER_BLOCK = 25
SEARCH_ONLY = 0


def stable_for(conflict: ProductConflict, party: int) -> dict[str, list[int]]:
    """The numbers of the states that are stable for a party."""
    return {name: np.flatnonzero(stable[party]).tolist() for name, stable in find_stable(conflict).items()}


def equilibria(conflict: ProductConflict) -> dict[str, list[int]]:
    return {name: np.flatnonzero(stable.all(axis=0)).tolist() for name, stable in find_stable(conflict).items()}


class Eager(Reporter):
    """Passes on every event, however soon after the last."""

    def report(
        self,
        task: str,
        *,
        fraction: float | None = None,
        best: float | None = None,
        bound: float | None = None,
    ) -> None:
        self._last = float("-inf")
        super().report(task, fraction=fraction, best=best, bound=bound)


def staircase(side_bits: int) -> ProductConflict:
    """A grid on which two parties take turns along its diagonal, and a third whose gain they undo at the end.

    Party 0 owns the lowest bit; party 1 moves within rows, and likes one state of each; party 2 within columns.
    """
    side = 1 << side_bits
    x = np.arange(side)[None, :, None]
    y = np.arange(side)[:, None, None]
    mine = np.arange(2)[None, None, :]
    shape = (side, side, 2)
    rank = np.array(
        [
            np.where((x == side - 1) & (y == side - 1) & (mine == 1), 0, 1 + mine),
            np.broadcast_to(x == y + 1, shape),
            np.broadcast_to(x == y, shape),
        ]
    )
    row, column = (side - 1) << 1, (side - 1) << (1 + side_bits)
    return make_conflict(2 * side_bits + 1, [1, row, column], [1, row, column], rank.reshape(3, -1).tolist())


def test_prisoners_stay_where_leaving_is_answered() -> None:
    dilemma = make_conflict(2, [1, 2], [1, 2], [[1, 0, 3, 2], [1, 3, 0, 2]])

    assert equilibria(dilemma) == {"nash": [0], "gmr": [0, 3], "smr": [0, 3], "seq": [0, 3], "sseq": [0, 3]}


def test_a_move_passes_over_an_infeasible_state_but_does_not_stop_there() -> None:
    """Party 0 would like one of its two measures best, which cannot be; it still gets from none to both."""
    leap = make_conflict(2, [3], [3], [[0, 2, 1]], masks=[0, 1, 3])
    assert stable_for(leap, 0)["nash"] == [1]

    leap = make_conflict(2, [3], [3], [[0, 1]], masks=[0, 3])
    assert stable_for(leap, 0)["nash"] == [1]


def test_others_pass_over_an_infeasible_state_too() -> None:
    """Party 0 gains by its measure unless party 1 takes both of its own, either of which alone cannot be."""
    answer = make_conflict(3, [1, 6], [1, 6], [[1, 2, 2, 0], [0, 0, 0, 1]], masks=[0, 1, 6, 7])

    assert stable_for(answer, 0) == {
        "nash": [1, 2],
        "gmr": [0, 1, 2],
        "smr": [1, 2],
        "seq": [0, 1, 2],
        "sseq": [1, 2],
    }


def test_an_answer_that_cannot_be_undone_goes_one_way() -> None:
    """Party 1 can only take measure 1, so it answers where it is not taken yet and nowhere else."""
    forward = make_conflict(2, [1, 2], [1, 0], [[1, 2, 0, 0], [0, 0, 0, 0]])
    backward = make_conflict(2, [1, 0], [1, 2], [[0, 0, 1, 2], [0, 0, 0, 0]])

    assert stable_for(forward, 0)["gmr"] == [0, 1, 2, 3]
    assert stable_for(backward, 0)["gmr"] == [0, 1, 2, 3]
    assert stable_for(make_conflict(2, [1, 0], [1, 2], [[1, 2, 0, 0], [0, 0, 0, 0]]), 0)["gmr"] == [1, 2, 3]
    assert stable_for(make_conflict(2, [1, 2], [1, 0], [[0, 0, 1, 2], [0, 0, 0, 0]]), 0)["gmr"] == [0, 1, 3]


def test_who_cannot_go_back_has_no_such_move() -> None:
    assert stable_for(make_conflict(1, [1], [0], [[1, 0]]), 0)["nash"] == [0, 1]
    assert stable_for(make_conflict(1, [0], [1], [[1, 0]]), 0)["nash"] == [0]


def test_a_tie_sanctions_and_is_no_improvement() -> None:
    """The answer brings party 0 back to what it had; party 1 gives it only if that is better for party 1."""
    like_before = make_conflict(2, [1, 2], [1, 2], [[1, 2, 1, 1], [0, 0, 0, 0]])
    assert stable_for(like_before, 0) == {
        "nash": [1, 2, 3],
        "gmr": [0, 1, 2, 3],
        "smr": [0, 1, 2, 3],
        "seq": [1, 2, 3],
        "sseq": [1, 2, 3],
    }

    eager = make_conflict(2, [1, 2], [1, 2], [[1, 2, 1, 1], [0, 0, 0, 1]])
    assert stable_for(eager, 0)["seq"] == [0, 1, 2, 3]


def test_the_state_that_sanctions_must_have_no_escape_itself() -> None:
    """Of two answers one hurts but can be escaped from; the other can be neither escaped from nor hurts."""
    rank = np.ones((2, 8), dtype=np.int64)
    rank[0] = [1, 2, 3, 0, 1, 2, 0, 2]
    conflict = make_conflict(3, [1, 6], [1, 6], rank.tolist())

    stable = stable_for(conflict, 0)

    assert 0 in stable["gmr"]
    assert 0 not in stable["smr"]


def test_a_common_move_takes_all_of_its_coalition() -> None:
    """Parties 1 and 2 take measure 1 together: a sanction by improvement only if both like it."""
    together = (CommonMove(coalition=6, measure=1, takes=True),)
    both = make_conflict(2, [1, 0, 0], [1, 0, 0], [[1, 2, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]], common=together)
    one = make_conflict(2, [1, 0, 0], [1, 0, 0], [[1, 2, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]], common=together)

    assert stable_for(both, 0) == {name: [0, 1, 2, 3] for name in CONCEPTS} | {"nash": [1, 2, 3]}
    assert stable_for(one, 0)["gmr"] == [0, 1, 2, 3]
    assert stable_for(one, 0)["seq"] == [1, 2, 3]


def test_no_common_move_without_the_party_itself() -> None:
    with_it = (CommonMove(coalition=3, measure=1, takes=True),)
    conflict = make_conflict(2, [1, 0], [1, 0], [[1, 2, 0, 0], [0, 0, 0, 0]], common=with_it)

    assert stable_for(conflict, 0)["gmr"] == [1, 2, 3]


def test_who_decided_in_a_forum_alone_does_not_go_on_alone() -> None:
    """Party 1 decides on measure 1 and owns measure 2, which needs it; party 2 could let it go on."""
    alone = (CommonMove(coalition=2, measure=1, takes=True),)
    masks = [0, 1, 2, 3, 6, 7]
    rank = [[1, 2, 1, 2, 0, 0], [0] * 6]
    silent = make_conflict(3, [1, 4], [1, 4], rank, masks=masks, common=alone)
    assert stable_for(silent, 0)["gmr"] == [1, 2, 3, 4, 5]

    masks += [8 + mask for mask in masks]
    rank = [[*rank[0], *rank[0]], [0] * 12, [0] * 12]
    lively = make_conflict(4, [1, 4, 8], [1, 4, 8], rank, masks=masks, common=alone)
    assert stable_for(lively, 0)["gmr"] == list(range(12))


def test_who_owns_nothing_is_stable_everywhere() -> None:
    conflict = make_conflict(1, [0, 1], [0, 1], [[0, 1], [0, 1]])

    assert stable_for(conflict, 0) == {name: [0, 1] for name in CONCEPTS}
    assert maximin_stable(conflict, 3).tolist() == [[True, True], [False, True]]


def test_who_owns_everything_goes_where_it_likes_best() -> None:
    rank = np.random.default_rng(3).permutation(256)
    conflict = make_conflict(8, [0, 255], [0, 255], [[0] * 256, rank.tolist()])

    assert stable_for(conflict, 1) == {name: [int(rank.argmax())] for name in CONCEPTS}


@pytest.mark.parametrize("masks", [[0], [5]])
def test_a_single_state_is_stable(masks: list[int]) -> None:
    conflict = make_conflict(3, [1, 6], [1, 6], [[0], [0]], masks=masks)

    assert equilibria(conflict) == {name: [0] for name in CONCEPTS}


def test_no_measures_and_no_parties() -> None:
    assert equilibria(make_conflict(0, [0], [0], [[0]])) == {name: [0] for name in CONCEPTS}
    assert {name: stable.shape for name, stable in find_stable(make_conflict(2, [], [], [])).items()} == {
        name: (0, 4) for name in CONCEPTS
    }


def test_only_what_is_asked_for_comes_back_in_that_order() -> None:
    conflict = random_conflict(5)
    everything = find_stable(conflict)

    for concepts in (("seq", "nash"), ("smr",), ("sseq", "gmr"), ()):
        found = find_stable(conflict, concepts)
        assert list(found) == list(concepts)
        assert all(np.array_equal(found[name], everything[name]) for name in concepts)


def test_what_is_no_concept_or_horizon_is_refused() -> None:
    conflict = random_conflict(5)
    with pytest.raises(OptionError) as concept:
        find_stable(conflict, ("nash", "core"))
    with pytest.raises(OptionError) as horizon:
        maximin_stable(conflict, 0)

    assert str(concept.value) == "unknown stability concept 'core' (one of: nash, gmr, smr, seq, sseq)"
    assert str(horizon.value) == "the horizon must be at least 1, got 0"


def test_too_many_parties_to_tell_who_moved_last() -> None:
    parties = 31
    conflict = make_conflict(
        2,
        [1, 2] + [0] * (parties - 2),
        [1, 2] + [0] * (parties - 2),
        [[0] * 4] * parties,
        common=(CommonMove(coalition=2, measure=0, takes=True),),
    )
    with pytest.raises(LimitError) as refused:
        find_stable(conflict)

    assert str(refused.value) == (
        "the conflict has 31 parties; who moved last can be told apart for at most 30, which a forum that one party "
        "decides alone makes necessary"
    )


def compare_with_twin(conflict: ProductConflict, seed: int) -> None:
    twin = Twin(conflict)
    wanted = {name: twin.stable(name) for name in CONCEPTS}
    horizons = {horizon: twin.maximin(horizon) for horizon in (1, 2, 3, 4 + seed % 2)}
    assert [horizons[1], horizons[2], horizons[3]] == [wanted["nash"], wanted["gmr"], wanted["smr"]]
    for most_sweeps in (product_reach.MOST_SWEEPS, SEARCH_ONLY):
        found = find_stable(conflict, most_sweeps=most_sweeps)
        assert {name: stable.tolist() for name, stable in found.items()} == wanted, (seed, most_sweeps)
        for horizon, answer in horizons.items():
            assert maximin_stable(conflict, horizon, most_sweeps=most_sweeps).tolist() == answer, (seed, horizon)


@pytest.mark.parametrize("block", range(8))
def test_random_conflicts_as_the_definitions_say(block: int) -> None:
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        compare_with_twin(random_conflict(seed), seed)


@pytest.mark.parametrize("block", range(2))
def test_lists_of_patterns_serve_as_well_as_their_bits(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_groups, "MOST_BITS", 0)
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        compare_with_twin(random_conflict(seed), seed)


@pytest.mark.long
@pytest.mark.parametrize("block", range(8, 80))
def test_many_random_conflicts_as_the_definitions_say(block: int) -> None:
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        compare_with_twin(random_conflict(seed), seed)


def large_conflict(seed: int, kind: str) -> ProductConflict:
    """Twelve measures of four parties, of which one cannot undo any; too large for the definitions."""
    random = np.random.default_rng(seed)
    owner = random.permutation(np.arange(12) % 4)
    takes = [int(sum(1 << m for m in range(12) if owner[m] == i)) for i in range(4)]
    ends = [*takes[:2], takes[2] & int(random.integers(1 << 12)), 0]
    masks = np.flatnonzero(random.random(1 << 12) < (0.02 if kind == "sparse" else 0.7)).tolist()
    rank = random.integers(0, 20 if kind == "tied" else 1 << 30, (4, len(masks)))
    common = [
        CommonMove(coalition=int(random.integers(1, 16)), measure=int(random.integers(12)), takes=bool(way))
        for way in (0, 1, 1)
    ]
    return make_conflict(12, takes, ends, rank.tolist(), masks=masks, common=common if kind == "common" else ())


@pytest.mark.parametrize("kind", ["plain", "sparse", "tied", "common"])
@pytest.mark.parametrize("seed", range(3))
def test_sweeps_and_search_agree(seed: int, kind: str) -> None:
    conflict = large_conflict(seed, kind)
    swept, searched = find_stable(conflict), find_stable(conflict, most_sweeps=SEARCH_ONLY)

    assert all(np.array_equal(swept[name], searched[name]) for name in CONCEPTS)


def test_a_path_of_many_turns_is_left_to_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    conflict = staircase(7)
    calls = []

    def watched(
        conflict: ProductConflict,
        trails: Trails,
        movers: IntArray,
        common: list[CommonMove],
        values: Int32Array,
        *,
        improvements: bool,
        is_strict: bool,
    ) -> Int32Array:
        calls.append((improvements, is_strict))
        return search(conflict, trails, movers, common, values, improvements=improvements, is_strict=is_strict)

    monkeypatch.setattr(product_reach, "search", watched)
    given_up = find_stable(conflict, ("gmr", "seq", "sseq"))
    assert calls == [(True, False), (True, False)]
    calls.clear()
    swept = find_stable(conflict, ("gmr", "seq", "sseq"), most_sweeps=1_000)
    assert calls == []

    assert all(np.array_equal(given_up[name], swept[name]) for name in given_up)
    # Party 0 gains 1 by its measure and would keep it, but for what others make of that in 256 turns.
    without = np.arange(conflict.n_states) % 2 == 0
    assert given_up["seq"][0][without].all()


def test_masks_of_64_measures() -> None:
    """A few states of 64 measures, the highest of which is the sign of a signed number."""
    random = np.random.default_rng(9)
    low, high = (1 << 20) - 1, (1 << 64) - (1 << 58)
    masks = sorted({int(random.integers(1 << 3)) | (int(random.integers(1 << 3)) << 61) for _ in range(40)})
    rank = random.integers(0, 30, (2, len(masks))).tolist()

    for ends in ([low, high], [low, high >> 63 << 63], [1, high], [0, 0]):
        compare_with_twin(make_conflict(64, [low, high], ends, rank, masks=masks), 0)
        compare_with_twin(make_conflict(64, ends, [low, high], rank, masks=masks), 1)


def test_negative_ranks_count_like_others() -> None:
    conflict = large_conflict(1, "plain")
    lowest = ProductConflict(
        n_measures=12,
        masks=conflict.masks,
        takes=conflict.takes,
        ends=conflict.ends,
        common=(),
        rank=(conflict.rank.astype(np.int64) * 4 - (1 << 31)).astype(np.int32),
    )
    wanted, found = find_stable(conflict), find_stable(lowest)

    assert all(np.array_equal(wanted[name], found[name]) for name in CONCEPTS)


@pytest.mark.parametrize("most_sweeps", [product_reach.MOST_SWEEPS, SEARCH_ONLY])
def test_work_tells_how_far_it_is_and_can_be_stopped(most_sweeps: int) -> None:
    seen: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        seen.append(event)
        raise Cancelled

    with pytest.raises(Cancelled):
        find_stable(staircase(3), reporter=Reporter(stop), most_sweeps=most_sweeps)
    with pytest.raises(Cancelled):
        maximin_stable(staircase(3), 3, reporter=Reporter(stop), most_sweeps=most_sweeps)

    assert [event.task for event in seen] == ["finding stable states", "finding stable states"]

    fractions: list[float | None] = []
    conflict = staircase(5)
    find_stable(conflict, reporter=Eager(lambda event: fractions.append(event.fraction)), most_sweeps=most_sweeps)
    assert fractions[:3] == [None] * conflict.n_parties
    assert sorted({fraction for fraction in fractions[3:] if fraction is not None}) == [n / 6 for n in range(6)]
    assert fractions[3:] == sorted(fractions[3:], key=lambda fraction: fraction or 0.0)
