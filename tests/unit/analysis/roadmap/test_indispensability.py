"""Who is indispensable: cases worked by hand, and what does not depend on units."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente import design_roadmap, find_indispensable
from detente.analysis.roadmap.coalitions import Grounds, game_digest, geometric_mean, subsets
from detente.analysis.roadmap.goals import takeable_measures
from detente.case import Case, Reading
from detente.game import build_game
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.oracle.small_tables import base, council, said, trio

# Worth by hand


def test_two_who_give_to_each_other_share_what_both_gain() -> None:
    # Both at once: each gains 3 − 1 = 2 a period from the first period on.
    entry = base(pair())
    assert [(table.parties, table.value, table.grounds) for table in entry.coalitions] == [
        ((), 0.0, Grounds.FEW),
        (("A",), 0.0, Grounds.FEW),
        (("B",), 0.0, Grounds.FEW),
        (("A", "B"), pytest.approx(2.0), Grounds.FOUND),
    ]
    assert entry.everybody.stages == (("a", "b"),)
    assert dict(entry.everybody.gains) == {"A": pytest.approx(2.0), "B": pytest.approx(2.0)}
    for worth in entry.parties:
        assert [worth.marginal.value, worth.shapley.value] == pytest.approx([2.0, 1.0])
        assert worth.others.value == pytest.approx(2.0)
        assert worth.is_needed
    assert entry.is_proven


def test_three_alike_are_worth_the_same_and_none_is_needed() -> None:
    # Two gain 3 − 1 = 2 each, three gain 3 + 3 − 1 = 5: the Shapley value is 5/3, what is lost without one 5 − 2.
    entry = base(trio())
    assert [round(table.value, 9) for table in entry.coalitions] == [0, 0, 0, 2, 0, 2, 2, 5]
    for worth in entry.parties:
        assert worth.shapley.value == pytest.approx(5 / 3)
        assert worth.marginal.value == pytest.approx(3.0)
        assert not worth.is_needed
    outsiders = entry.coalitions[0b011].outsiders
    assert dict(outsiders) == {"C": pytest.approx(6.0)}


def test_alike_tables_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Four tables of two or three, and three of all at which one refuses; a reading that changes nothing adds none.
    case = trio()
    seen = replace(case, readings=(Reading(id="same", name="Same"),), reading_cases={"same": case})
    counted: list[tuple[str, ...]] = []
    design = design_roadmap

    def counting(case: Case, **options: object) -> object:
        counted.append(options["at_table"])  # type: ignore[arg-type]  # a tuple of ids
        return design(case, **options)  # type: ignore[arg-type]  # options by name

    monkeypatch.setattr("detente.analysis.roadmap.coalitions.design_roadmap", counting)
    result = find_indispensable(seen, readings=[None, "same"])
    assert sorted(counted) == [("A", "B"), *[("A", "B", "C")] * 4, ("A", "C"), ("B", "C")]
    assert [worth.shapley.value for worth in result.under("same").parties] == [pytest.approx(5 / 3)] * 3


def test_the_digest_tells_games_apart_and_nothing_else() -> None:
    case = trio()

    def digest(case: Case, *table: str) -> str:
        return game_digest(build_game(case, [m.id for m in takeable_measures(case, table)], parties=table))

    assert digest(case, "A", "B") == digest(replace(case, name="other", formats=()), "A", "B")
    assert digest(case, "A", "B") != digest(case, "A", "C")
    changed = replace(case, parties=(party("A", hazard=0.1), *case.parties[1:]))
    assert digest(case, "A", "B") != digest(changed, "A", "B")
    assert digest(case, "B", "C") == digest(changed, "B", "C")


def test_nobody_gains_from_what_an_absent_party_would_have_to_take() -> None:
    case = case_of([party("A"), party("B"), party("C")], [measure("j", "ABC", {"A": 1, "B": 1, "C": 1})])
    entry = base(case)
    assert entry.coalitions[0b011].grounds is Grounds.NOTHING
    assert [worth.is_needed for worth in entry.parties] == [True, True, True]
    assert said(case)[1] == "Without A, B or C, no others come to anything, whoever sits down."


def test_a_party_that_can_only_lose_needs_no_search() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 3})])
    table = base(case).everybody
    assert (table.grounds, table.losers, table.value, table.bound) == (Grounds.LOSES, ("A",), 0.0, 0.0)
    assert said(case)[0] == (
        "Both parties together come to nothing: A would gain nothing from anything that they can take without others."
    )


def test_a_party_whom_every_roadmap_that_holds_leaves_where_it_was() -> None:
    # B could gain 1 by b, but that costs it 2 at once, which is what it is worth: nothing is left.
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": 1}), measure("b", "B", {"B": 1}, cost={"B": 2})],
    )
    table = base(case).everybody
    assert (table.grounds, table.losers, table.value) == (Grounds.UNEVEN, ("B",), 0.0)
    assert said(case)[0] == (
        "Both parties together come to nothing: no roadmap of theirs that holds leaves B better off."
    )


def test_where_no_roadmap_holds_nothing_is_lost() -> None:
    # To give 1.9 for 2 is worth it only to those who look far ahead.
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1.9, "B": 2}), measure("b", "B", {"B": -1.9, "A": 2})],
    )
    entry = base(case)
    assert (entry.everybody.grounds, entry.everybody.value) == (Grounds.NONE, 0.0)
    assert said(case) == [
        "Both parties together come to nothing: no roadmap of theirs holds.",
        "Scores mix the parties' own units: tables of the same parties compare as they stand, tables of different "
        "parties only as far as one party's unit is worth another's. Who is needed at all depends on no unit.",
    ]


def test_the_mean_of_gains_is_none_if_one_is() -> None:
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert geometric_mean([2.0, 1e-10]) == 0.0
    assert geometric_mean([]) == 0.0


def test_bit_i_of_a_place_is_the_i_th_party() -> None:
    assert subsets(["x", "y", "z"])[0b101] == ("x", "z")


# Units


def test_another_unit_changes_scores_but_not_who_is_needed_or_whether_others_lose() -> None:
    case = council()
    scaled = replace(
        case,
        measures=tuple(
            replace(m, value={i: v * (8.0 if i == "B" else 1.0) for i, v in m.value.items()})  # type: ignore[operator]
            for m in case.measures
        ),
    )
    one, other = base(case), base(scaled)
    for table, again in zip(one.coalitions, other.coalitions, strict=True):
        factor = 8.0 ** (1.0 / len(table.parties)) if "B" in table.parties else 1.0
        assert again.value == pytest.approx(table.value * factor)
        assert again.stages == table.stages
    assert [worth.is_needed for worth in one.parties] == [worth.is_needed for worth in other.parties]
    signs = [[worth.others.value > 1e-9 for worth in entry.parties] for entry in (one, other)]
    assert signs[0] == signs[1]
