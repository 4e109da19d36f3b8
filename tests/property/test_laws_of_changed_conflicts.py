"""What more or less in a conflict does to stability (§9): nothing where it concerns nobody, else in one direction."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np

from detente.case import Case, Direction, Forum, Measure, Party
from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS, make_arcs
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.stability import find_stable
from tests.oracle.random_conflicts import random_conflict
from tests.property.conflict_changes import (
    mapped,
    side_by_side,
    with_further_measure,
)
from tests.property.drawn_conflicts import (
    SEEDS,
    WITHOUT_FORUMS,
    assert_at_least,
    assert_equal,
    by_label,
    drawn,
    drawn_graph,
    form_of,
)

# Something more that changes nothing


def test_an_onlooker_changes_nothing() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        more = replace(case, parties=(Party(id="onlooker", name="onlooker"), *case.parties))
        want = by_label(case)
        got = by_label(more)
        assert {key: states for key, states in got.items() if key[1] != "onlooker"} == want
        n_states = build_conflict(case).n_states
        assert all(len(states) == n_states for key, states in got.items() if key[1] == "onlooker")


def test_a_measure_that_nobody_can_move_splits_a_conflict_in_two_of_the_same() -> None:
    for seed in SEEDS:
        form = form_of(drawn(seed))
        want = find_stable(form)
        got = find_stable(with_further_measure(form, owner=None))
        assert_equal(got, {c: np.concatenate([want[c], want[c]], axis=1) for c in CONCEPTS}, seed)


def test_a_measure_that_nobody_cares_for_changes_nothing() -> None:
    for seed in SEEDS:
        form = form_of(drawn(seed, WITHOUT_FORUMS))
        want = find_stable(form)
        for owner in range(form.n_parties):
            got = find_stable(with_further_measure(form, owner=owner))
            assert_equal(got, {c: np.concatenate([want[c], want[c]], axis=1) for c in CONCEPTS}, seed, owner)


def test_a_conflict_elsewhere_changes_nothing() -> None:
    for seed in SEEDS:
        here = form_of(drawn(seed, WITHOUT_FORUMS, parties=(1, 2, 3)))
        there = form_of(random_conflict(seed, n_measures=3, n_parties=2, features=frozenset({"one-way"})))
        both, mine, theirs = (find_stable(form) for form in (side_by_side(here, there), here, there))
        want = {
            c: np.concatenate(
                [np.tile(mine[c], (1, there.n_states)), np.repeat(theirs[c], here.n_states, axis=1)], axis=0
            )
            for c in CONCEPTS
        }
        assert_equal(both, want, seed)


def test_two_graphs_that_nothing_joins_are_judged_apart() -> None:
    for seed in SEEDS:
        many = 2 + seed % 3
        one, other = drawn_graph(seed, n_parties=many), drawn_graph(seed + 1000, n_parties=many)
        n_states = one.n_states + other.n_states
        rank = np.concatenate([one.rank, other.rank], axis=1)
        first = mapped(one, np.arange(one.n_states), n_states, rank)
        second = mapped(other, np.arange(one.n_states, n_states), n_states, rank)
        union = replace(
            first,
            arcs=tuple(
                replace(a, start=a.start + b.start, target=np.concatenate([a.target, b.target]))
                for a, b in zip(first.arcs, second.arcs, strict=True)
            ),
            common=first.common + second.common,
        )
        apart = [find_stable_in_graph(form) for form in (one, other)]
        want = {c: np.concatenate([apart[0][c], apart[1][c]], axis=1) for c in CONCEPTS}
        assert_equal(find_stable_in_graph(union), want, seed)


def test_what_only_all_can_do_together_answers_nobody() -> None:
    for seed in SEEDS:
        form, graph = form_of(drawn(seed)), drawn_graph(seed)
        everybody = (1 << form.n_parties) - 1
        without = replace(form, common=tuple(c for c in form.common if c.coalition != everybody))
        assert_equal(find_stable(form), find_stable(without), seed)
        everybody = (1 << graph.n_parties) - 1
        fewer = replace(graph, common=tuple(c for c in graph.common if c.coalition != everybody))
        assert_equal(find_stable_in_graph(graph), find_stable_in_graph(fewer), seed)


def test_a_forum_of_all_is_a_joint_measure_as_long_as_nothing_ends() -> None:
    for seed in SEEDS:
        case = drawn(seed, frozenset({"joint", "infeasible", "requires", "ties"}), parties=(2, 3, 4))
        measures, forums = [], []
        for m in case.measures:
            if len(m.owners) < 2:
                measures.append(m)
                continue
            many = len(m.owners)
            forums.append(Forum(id=f"of-{m.id}", members=m.owners, quota=many, end_quota=many))
            measures.append(replace(m, owners=(), forum=f"of-{m.id}", direction=Direction.FORWARD))
        joint = tuple(replace(m, direction=Direction.FORWARD) if len(m.owners) > 1 else m for m in case.measures)
        in_forums = replace(case, measures=tuple(measures), forums=tuple(forums))
        assert by_label(in_forums) == by_label(replace(case, measures=joint))


# More or less


def test_who_can_do_less_has_less_reason_to_move_and_deters_less() -> None:
    for seed in SEEDS:
        random = Random(seed)  # noqa: S311
        form = drawn_graph(seed)
        party = random.randrange(form.n_parties)
        arcs = form.arcs[party]
        sources = np.repeat(np.arange(form.n_states), np.diff(arcs.start))
        kept = np.array([random.random() < 0.6 for _ in arcs.target], dtype=np.bool_)
        fewer = make_arcs(form.n_states, sources[kept], arcs.target[kept].astype(np.int64))
        less = find_stable_in_graph(replace(form, arcs=(*form.arcs[:party], fewer, *form.arcs[party + 1 :])))
        full = find_stable_in_graph(form)
        others = [i for i in range(form.n_parties) if i != party]
        assert_at_least({c: less[c][party] for c in CONCEPTS}, {c: full[c][party] for c in CONCEPTS}, CONCEPTS, seed)
        assert_at_least({c: full[c][others] for c in CONCEPTS}, {c: less[c][others] for c in CONCEPTS}, CONCEPTS, seed)


def test_a_measure_made_irreversible_binds_its_owner_and_frees_the_others() -> None:
    for seed in SEEDS:
        form = form_of(drawn(seed, WITHOUT_FORUMS))
        random = Random(seed)  # noqa: S311
        party = random.randrange(form.n_parties)
        ends = form.ends.copy()
        ends[party] = 0
        less, full = find_stable(replace(form, ends=ends)), find_stable(form)
        others = [i for i in range(form.n_parties) if i != party]
        assert_at_least({c: less[c][party] for c in CONCEPTS}, {c: full[c][party] for c in CONCEPTS}, CONCEPTS, seed)
        assert_at_least({c: full[c][others] for c in CONCEPTS}, {c: less[c][others] for c in CONCEPTS}, CONCEPTS, seed)


def test_breaking_ties_moves_the_one_and_arms_the_others() -> None:
    for seed in SEEDS:
        form = form_of(drawn(seed))
        random = Random(seed)  # noqa: S311
        party = random.randrange(form.n_parties)
        order = np.unique(form.rank[party], return_inverse=True)[1]
        rank = form.rank.copy()
        rank[party] = order * form.n_states + np.array(random.sample(range(form.n_states), form.n_states))
        sharp, tied = find_stable(replace(form, rank=rank)), find_stable(form)
        others = [i for i in range(form.n_parties) if i != party]
        assert_at_least({c: tied[c][party] for c in CONCEPTS}, {c: sharp[c][party] for c in CONCEPTS}, CONCEPTS, seed)
        theirs = [{c: stable[c][others] for c in CONCEPTS} for stable in (sharp, tied)]
        assert_at_least(theirs[0], theirs[1], CONCEPTS, seed)
        assert_at_least(theirs[1], theirs[0], ("nash", "gmr", "smr"), seed)


def test_others_who_move_as_one_deter_no_less() -> None:
    for seed in SEEDS:
        features = frozenset({"ties", "one-way"} | ({"infeasible"} if seed % 2 else set()))
        form = form_of(drawn(seed, features, parties=(3, 4)))
        merged = replace(
            form,
            takes=np.array([form.takes[0], np.bitwise_or.reduce(form.takes[1:])]),
            ends=np.array([form.ends[0], np.bitwise_or.reduce(form.ends[1:])]),
            rank=form.rank[:2].copy(),
        )
        apart, as_one = find_stable(form), find_stable(merged)
        mine = [{c: stable[c][:1] for c in CONCEPTS} for stable in (as_one, apart)]
        assert_at_least(mine[0], mine[1], ("nash", "gmr", "smr"), seed)
        if form.n_states == 2**form.n_measures:
            assert_at_least(mine[1], mine[0], ("nash", "gmr", "smr"), seed)


def test_measures_are_shared_out_as_declared() -> None:
    # Who owns what decides: with two measures swapped between owners the answers are those of the swapped conflict.
    case = Case(
        name="swap",
        parties=(Party(id="i", name="i"), Party(id="j", name="j")),
        measures=(
            Measure(id="a", name="a", owners=("i",), value={"i": 1.0, "j": 0.0}),
            Measure(id="b", name="b", owners=("j",), value={"i": 0.0, "j": -1.0}),
        ),
    )
    swapped = replace(
        case,
        measures=tuple(replace(m, owners=n.owners) for m, n in zip(case.measures, case.measures[::-1], strict=True)),
    )
    assert by_label(case)["nash", "i"] == {frozenset("a"), frozenset("ab")}
    assert by_label(swapped)["nash", "i"] == {frozenset(), frozenset("a"), frozenset("b"), frozenset("ab")}
