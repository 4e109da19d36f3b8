"""The random conflicts are what the comparison needs: from the seed alone, legal, mixed, and they show up mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random

import pytest

from detente.case import Case, is_feasible
from detente.casefile import case_from_tree, case_to_tree
from tests.oracle.random_conflicts import FEATURES, case_of_graph, features_of, random_conflict, random_graph
from tests.oracle.stability import CONCEPTS, Coalition, Mover, Position, Situation, Together, stable_states
from tests.oracle.stability_of_cases import feasible_states, situation_of

SEEDS = range(300)


def drawn(seed: int) -> Case:
    random = Random(seed)  # noqa: S311  # no secret depends on it
    return random_conflict(seed, n_measures=random.randint(1, 6), n_parties=random.choice((1, 2, 3, 3, 4, 4)))


def drawn_graph(seed: int) -> Situation:
    return random_graph(seed, n_states=2 + seed % 11, n_parties=2 + seed % 3)


def test_a_seed_gives_the_same_conflict_again() -> None:
    for seed in SEEDS[:30]:
        assert drawn(seed) == drawn(seed)
        first, again = drawn_graph(seed), drawn_graph(seed)
        assert (first.moves, first.together, first.place) == (again.moves, again.together, again.place)


def test_a_case_file_can_say_each_of_them() -> None:
    for seed in SEEDS[:150]:
        case = drawn(seed)
        assert is_feasible(case, set(case.status_quo))
        read = case_from_tree(case_to_tree(case))
        assert situation_of(read).place == situation_of(case).place
        assert situation_of(read).moves == situation_of(case).moves
        drawn_one = drawn_graph(seed)
        # In a file what several do together is done by two at least.
        graph = replace(drawn_one, together=tuple(t for t in drawn_one.together if len(t.coalition) > 1))
        read = case_from_tree(case_to_tree(case_of_graph(graph)))
        again = situation_of(read)
        assert again.place == {i: ranked_densely(numbers) for i, numbers in graph.place.items()}
        assert {i: {s: set(t) for s, t in leads.items()} for i, leads in again.moves.items()} == {
            i: {s: set(t) for s, t in leads.items()} for i, leads in graph.moves.items()
        }


def ranked_densely(numbers: Mapping[Position, int]) -> dict[Position, int]:
    levels = sorted(set(numbers.values()))
    return {s: levels.index(number) for s, number in numbers.items()}


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_is_in_a_good_share(feature: str) -> None:
    share = sum(feature in features_of(seed) for seed in SEEDS) / len(SEEDS)
    assert 0.3 <= share <= 0.5


def test_every_kind_of_preference_and_move_occurs() -> None:
    kinds: dict[str, int] = {}
    for seed in SEEDS:
        case = drawn(seed)
        for stated in case.preferences.values():
            kinds[type(stated).__name__] = kinds.get(type(stated).__name__, 0) + 1
        kinds["terms"] = kinds.get("terms", 0) + bool(case.terms)
        kinds["unstated"] = kinds.get("unstated", 0) + any(
            p.id not in case.preferences and not any(p.id in m.value for m in case.measures) for p in case.parties
        )
        kinds["one"] = kinds.get("one", 0) + any(len(t.coalition) == 1 for t in situation_of(case).together)
        kinds["infeasible"] = kinds.get("infeasible", 0) + (len(feasible_states(case)) < 2 ** len(case.measures))
    assert min(kinds.values()) >= 10
    assert set(kinds) == {
        "Statements",
        "Tiers",
        "Weights",
        "Ranking",
        "Ranks",
        "terms",
        "unstated",
        "one",
        "infeasible",
    }


# Mistakes that a program could make


@dataclass(frozen=True, eq=False, kw_only=True)
class MovesOnAndOn(Situation):
    """Forgets that nobody moves twice in a row."""

    def steps(
        self, members: Coalition, state: Position, last: Coalition | None, *, improving: bool
    ) -> list[tuple[Position, Coalition]]:
        return super().steps(members, state, None, improving=improving)


@dataclass(frozen=True, eq=False, kw_only=True)
class BlocksCommonMoves(Situation):
    """Lets no coalition move of which a member has just moved, nor any of its members after it."""

    def steps(
        self, members: Coalition, state: Position, last: Coalition | None, *, improving: bool
    ) -> list[tuple[Position, Coalition]]:
        listed = super().steps(members, state, None, improving=improving)
        return [(t, who) for t, who in listed if not last or not who & last]


@dataclass(frozen=True, eq=False, kw_only=True)
class MovesOnAfterOne(Situation):
    """Lets a party move on after a common move that it made alone."""

    def movers(self, members: Coalition) -> list[Mover]:
        listed = super().movers(members)
        return [
            (who | {"the others' seats"} if in_common else who, in_common, leads) for who, in_common, leads in listed
        ]

    def prefers(self, party: str, one: Position, other: Position) -> bool:
        return party not in self.parties or super().prefers(party, one, other)


@dataclass(frozen=True, eq=False, kw_only=True)
class EachOnce(Situation):
    """Lets each member of a coalition move once only."""

    def reach(self, members: Iterable[str], source: Position, *, improving: bool) -> dict[Position, set[Coalition]]:
        everybody = frozenset(members)
        key = (everybody, source, improving)
        if key in self._reached:
            return self._reached[key]
        found = self._reached[key] = {}
        waiting: list[tuple[Position, Coalition]] = [(source, frozenset())]
        seen = set(waiting)
        while waiting:
            state, moved = waiting.pop()
            for t, who in self.steps(everybody, state, None, improving=improving):
                if who & moved:
                    continue
                found.setdefault(t, set()).add(who)
                if (t, moved | who) not in seen:
                    seen.add((t, moved | who))
                    waiting.append((t, moved | who))
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class OneAtATime(Situation):
    """Lets a party flip only one of its measures in a move."""

    def alone(self, party: str, state: Position) -> tuple[Position, ...]:
        return tuple(t for t in super().alone(party, state) if len(frozenset(t) ^ frozenset(state)) == 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class SelfishCommonMoves(Situation):
    """Takes a common move for an improvement if it is one for the first of the coalition."""

    def steps(
        self, members: Coalition, state: Position, last: Coalition | None, *, improving: bool
    ) -> list[tuple[Position, Coalition]]:
        listed = super().steps(members, state, last, improving=False)
        return [(t, who) for t, who in listed if not improving or self.prefers(min(who), t, state)]


def as_a(kind: type[Situation], situation: Situation) -> Situation:
    return kind(
        parties=situation.parties,
        states=situation.states,
        moves=situation.moves,
        together=situation.together,
        place=situation.place,
    )


def with_no_ties(situation: Situation) -> Situation:
    """Breaks ties by the number of the state."""
    number = {s: index for index, s in enumerate(situation.states)}
    many = len(situation.states)
    place = {i: {s: many * p + number[s] for s, p in places.items()} for i, places in situation.place.items()}
    return replace(situation, place=place, _reached={})


def with_all_who_pass(situation: Situation) -> Situation:
    """Adds the coalitions that are larger than needed, which changes no answer unless one alone would do."""
    wider = tuple(
        Together(coalition=t.coalition | {i}, leads=t.leads) for t in situation.together for i in situation.parties
    )
    return replace(situation, together=(*situation.together, *wider), _reached={})


def are_shown_up(kind: type[Situation], situations: Iterable[Situation]) -> bool:
    """Tell whether a mistake changes the answer in three conflicts at least."""
    n_found = 0
    for situation in situations:
        n_found += n_differing([(situation, as_a(kind, situation))])
        if n_found == 3:
            return True
    return False


def n_differing(pairs: list[tuple[Situation, Situation]]) -> int:
    return sum(any(stable_states(one, c) != stable_states(other, c) for c in CONCEPTS) for one, other in pairs)


@pytest.mark.parametrize("mistake", [MovesOnAndOn, BlocksCommonMoves, MovesOnAfterOne, EachOnce, SelfishCommonMoves])
def test_the_graphs_show_up_a_mistake(mistake: type[Situation]) -> None:
    assert are_shown_up(mistake, map(drawn_graph, SEEDS))


@pytest.mark.parametrize("mistake", [BlocksCommonMoves, EachOnce, OneAtATime, SelfishCommonMoves])
def test_the_cases_show_up_a_mistake(mistake: type[Situation]) -> None:
    assert are_shown_up(mistake, (situation_of(drawn(seed)) for seed in SEEDS))


def test_ties_matter_in_both() -> None:
    assert n_differing([(s, with_no_ties(s)) for s in map(drawn_graph, SEEDS[:100])]) >= 20
    assert n_differing([(s, with_no_ties(s)) for s in (situation_of(drawn(seed)) for seed in SEEDS[:100])]) >= 20


def test_larger_coalitions_than_needed_matter_only_where_one_would_do() -> None:
    situations = [situation_of(drawn(seed)) for seed in SEEDS[:150]]
    plain = [s for s in situations if s.together and all(len(t.coalition) > 1 for t in s.together)]
    assert len(plain) > 20
    assert n_differing([(s, with_all_who_pass(s)) for s in plain]) == 0
