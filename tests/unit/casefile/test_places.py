"""Dotted places: which there are, and what setting one does."""

from __future__ import annotations

from typing import Any

import pytest

from detente.case import Measure, Range
from detente.casefile import case_from_tree, change_case
from detente.errors import OptionError

TREE: dict[str, Any] = {  # Any: as a case file
    "detente": 1,
    "parties": {"usa": {}, "dprk": {"hazard": [0, 0.1, 0.2]}},
    "interests": {"calm": {}},
    "measures": {
        "relief": {"by": ["usa"], "levels": ["25%", "100%"], "value": {"usa": 4, "dprk": 8}, "cost": {"usa": 1}},
        "aid": {"by": ["usa"], "levels": {"food": {"value": {"dprk": 1}}, "fuel": {"value": {"dprk": 5}}}},
        "talks": {"by": ["usa"]},
    },
    "terms": [{"party": "usa", "when": "talks", "value": 1}],
    "forums": {"council": {"members": ["usa"], "quota": 1}},
    "roadmaps": {"now": {"stages": [["talks"], ["relief.25%"]]}},
    "issues": {"arms": {"scale": {"62.5": "most"}}},
}


def changed(place: str, value: object) -> dict[str, Measure]:
    return {measure.id: measure for measure in change_case(case_from_tree(TREE), {place: value}).measures}


def values(place: str, value: object, party: str = "dprk") -> list[object]:
    after = changed(place, value)
    return [after[key].value.get(party) for key in ("relief.25%", "relief.100%", "aid.food", "aid.fuel")]


def test_level_states_its_own_increment_and_the_others_keep_their_share() -> None:
    assert values("measures.relief.25%.value.dprk", 7) == [7.0, 6.0, 1.0, 5.0]
    assert values("measures.relief.25%.value.usa", 7, "usa") == [7.0, 3.0, None, None]
    assert values("measures.aid.fuel.value.dprk", -1) == [2.0, 6.0, 1.0, -1.0]


def test_level_can_set_all_its_values_at_once() -> None:
    assert values("measures.relief.25%.value", {"usa": 1}, "usa") == [1.0, 3.0, None, None]
    assert values("measures.relief.25%.value", {"usa": 1}) == [None, 6.0, 1.0, 5.0]


def test_total_of_a_chain_takes_the_place_of_increments() -> None:
    assert values("measures.relief.value.dprk", [0, 4, 8]) == [
        Range(low=0, mode=1, high=2),
        Range(low=0, mode=3, high=6),
        1.0,
        5.0,
    ]
    assert values("measures.aid.value.dprk", 8) == [2.0, 6.0, 4.0, 4.0]
    assert values("measures.aid.value", {"usa": 2}) == [2.0, 6.0, None, None]


def test_number_that_is_not_stated_is_added() -> None:
    assert changed("measures.talks.cost.usa", 3)["talks"].cost == {"usa": 3.0}
    assert changed("measures.talks.effects.calm.dprk", 3)["talks"].effects == {"calm": {"dprk": 3.0}}
    assert changed("measures.aid.food.cost.usa", 3)["aid.food"].cost == {"usa": 3.0}
    assert changed("measures.relief.100%.deters.dprk", 3)["relief.100%"].deters == {"dprk": 3.0}


def test_what_holds_for_every_level_is_set_at_the_chain() -> None:
    assert {key: measure.duration for key, measure in changed("measures.relief.duration", 9).items()} == {
        "relief.25%": 9,
        "relief.100%": 9,
        "aid.food": 1,
        "aid.fuel": 1,
        "talks": 1,
    }


def test_levels_can_be_set_as_a_whole() -> None:
    assert [m.id for m in change_case(case_from_tree(TREE), {"measures.aid.levels": ["a", "b", "c"]}).measures] == [
        "relief.25%",
        "relief.100%",
        "aid.a",
        "aid.b",
        "aid.c",
        "talks",
    ]


def test_entries_of_lists_and_ranges_go_by_number() -> None:
    case = change_case(
        case_from_tree(TREE),
        {"terms.0.value": 5, "roadmaps.now.stages.1.0": "relief.25%", "parties.dprk.hazard.2": 0.5},
    )
    assert case.terms[0].value == 5.0
    assert case.party("dprk").hazard == Range(low=0.0, mode=0.1, high=0.5)


def test_keys_that_are_numbers_are_places_too() -> None:
    assert change_case(case_from_tree(TREE), {"issues.arms.scale.62.5": "all"}).issues[0].scale == {62.5: "all"}


def test_settings_apply_one_after_the_other() -> None:
    case = change_case(case_from_tree(TREE), {"measures.relief.value.dprk": 4, "measures.relief.25%.value.dprk": 0})
    assert [case.measures[0].value["dprk"], case.measures[1].value["dprk"]] == [0.0, 3.0]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("", "the place '' has no end; write it as parties.usa.hazard"),
        ("party.usa", "unknown place 'party.usa': a case has no 'party'; did you mean 'parties'?"),
        ("parties.usa.", "the place 'parties.usa.' has no end; write it as parties.usa.hazard"),
        (
            "parties.japan.hazard",
            "unknown place 'parties.japan.hazard': parties has no 'japan'; there is: usa, dprk",
        ),
        (
            "measures.relief.50%.value.usa",
            "unknown place 'measures.relief.50%.value.usa': measures.relief has no '50%'; there is: name, by, levels, "
            "value, effects, cost, undo-cost, deters and 9 more",
        ),
        (
            "measures.relief.25%.duration",
            "unknown place 'measures.relief.25%.duration': measures.relief.25% has no 'duration'; there is: name, "
            "value, effects, cost, undo-cost, deters",
        ),
        ("measures.relief.25%", "the level 'measures.relief.25%' cannot be set as a whole; set one of its numbers"),
        (
            "terms.1.value",
            "unknown place 'terms.1.value': terms has no entry '1'; its entries are numbered 0 to 0",
        ),
        (
            "terms.first.value",
            "unknown place 'terms.first.value': terms has no entry 'first'; its entries are numbered 0 to 0",
        ),
        ("progress.0.taken", "unknown place 'progress.0.taken': progress has no entry '0'; it is empty"),
        (
            "parties.usa.hazard.low",
            "unknown place 'parties.usa.hazard.low': nothing is below parties.usa.hazard; set parties.usa.hazard "
            "itself",
        ),
        ("readings", "'readings' cannot be set; set what it is about"),
    ],
)
def test_unknown_place_says_what_there_is(place: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        change_case(case_from_tree(TREE), {place: 1})
    assert str(caught.value) == message
