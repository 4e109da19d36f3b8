"""Stability with unknown preferences: by hand, in words, in a table, as JSON, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from detente import analyse_stability, analyse_unknown
from detente.analysis.stability import UnknownStability
from detente.case import Case
from detente.casefile import case_from_tree, change_case
from detente.errors import CaseError, LimitError, OptionError

GISBORNE: Any = {  # Any: a tree of JSON
    "detente": 1,
    "name": "Bulk water",
    "parties": {"federal": {"name": "Federal"}, "provincial": {"name": "Provincial"}, "support": {"name": "Support"}},
    "graph": {
        # Bits: the federal government keeps its ban, the province lifts its own, the supporters appeal.
        "states": ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"],
        "moves": {
            "federal": [
                m for a, b in ((1, 2), (3, 4), (5, 6), (7, 8)) for m in ([f"s{a}", f"s{b}"], [f"s{b}", f"s{a}"])
            ],
            "provincial": [
                m for a, b in ((1, 3), (2, 4), (5, 7), (6, 8)) for m in ([f"s{a}", f"s{b}"], [f"s{b}", f"s{a}"])
            ],
            "support": [
                m for a, b in ((1, 5), (2, 6), (3, 7), (4, 8)) for m in ([f"s{a}", f"s{b}"], [f"s{b}", f"s{a}"])
            ],
        },
    },
    "preferences": {
        "federal": {"ranking": ["s2", "s6", "s4", "s8", "s1", "s5", "s3", "s7"]},
        # Sure only that it would rather have no appeal, all else alike.
        "provincial": {
            "ranking": [["s1", "s2", "s3", "s4"], ["s5", "s6", "s7", "s8"]],
            "unknown": [
                ["s1", ["s2", "s3", "s4", "s6", "s7", "s8"]],
                ["s2", ["s3", "s4", "s5", "s7", "s8"]],
                ["s3", ["s4", "s5", "s6", "s8"]],
                ["s4", ["s5", "s6", "s7"]],
                ["s5", ["s6", "s7", "s8"]],
                ["s6", ["s7", "s8"]],
                ["s7", "s8"],
            ],
        },
        "support": {"ranking": ["s3", "s4", "s7", "s8", "s5", "s6", "s1", "s2"]},
    },
}


def gisborne() -> UnknownStability:
    return analyse_unknown(case_from_tree(GISBORNE))


def named(result: UnknownStability, extension: str, concept: str) -> list[str]:
    return [result.conflict.label(state) for state in result.equilibria(extension, concept)]


def test_every_pair_but_four_is_unknown_to_the_province() -> None:
    assert gisborne().unknown == {"federal": 0, "provincial": 24, "support": 0}


def test_an_order_known_in_four_pairs_makes_equilibria_that_turn_on_the_rest() -> None:
    # By hand.  The federal government keeps the ban wherever it can, so only even states last by its lights.  The
    # province can only lift its ban or not, and of each such pair its preference is unknown: by b and d it never
    # leaves.  Supporters end an appeal once the ban is lifted (s4 before s8) and appeal while it stands (s6 before
    # s2).  Leaving s8 for s4 can be answered by the province going to s2, worse for them than s8 and perhaps better
    # for the province.
    result = gisborne()
    assert {way: named(result, way, "nash") for way in "abcd"} == {
        "a": [],
        "b": ["s4", "s6"],
        "c": [],
        "d": ["s4", "s6"],
    }
    for concept in ("gmr", "smr", "seq", "sseq"):
        assert named(result, "b", concept) == named(result, "d", concept) == ["s4", "s6", "s8"]
        # By a the province leaves, and nothing that the others can do then is surely no better for it: they cannot
        # bring its own option back.
        assert named(result, "a", concept) == []
    # By c whatever the others can do then deters it, for nobody knows; but out of s6, where it goes from s8, nobody
    # would move.  Where it goes from s6, supporters take it from s8 to s4; from there it gets to s2, surely better.
    assert {concept: named(result, "c", concept) for concept in ("gmr", "smr", "seq", "sseq")} == {
        "gmr": ["s4", "s6", "s8"],
        "smr": ["s4", "s6", "s8"],
        "seq": ["s4", "s6"],
        "sseq": ["s4"],
    }


TWO: Any = {  # Any: a tree of JSON
    "detente": 1,
    "parties": {"up": {"name": "Upstream"}, "down": {"name": "Downstream"}},
    "measures": {"release": {"by": ["up"]}, "protest": {"by": ["down"]}},
    "preferences": {
        "up": {"weights": {"release": [-1, 1, 3], "protest": -5}},
        "down": {"statements": ["release", "protest iff not release"]},
    },
}


def two(**preferences: Any) -> Case:  # Any: as above
    return case_from_tree({**TWO, "preferences": {**TWO["preferences"], **preferences}})


def test_with_nothing_unknown_all_extensions_are_the_ordinary_concepts() -> None:
    case = two()
    result, ordinary = analyse_unknown(case), analyse_stability(case)
    for extension in result.extensions:
        for concept in result.concepts:
            assert result.stable[extension][concept].tolist() == ordinary.stable[concept].tolist()
    assert str(result.explain()).splitlines()[0] == (
        "Of 6 pairs of states, every party's preference is known, so the extensions are the ordinary concepts."
    )


def test_ranges_leave_open_what_turns_on_them() -> None:
    # Released or not turns on the range; protest is worse whatever the range, by 5 against at most 3.
    result = analyse_unknown(two(), ranges=True)
    assert result.unknown == {"up": 2, "down": 0}
    assert {way: named(result, way, "nash") for way in "abcd"} == {
        "a": [],
        "b": ["release", "protest"],
        "c": [],
        "d": ["release", "protest"],
    }


def test_a_pair_of_conditions_is_unknown_both_ways() -> None:
    result = analyse_unknown(two(up={"weights": {"release": 1, "protest": -5}, "unknown": [["release", "protest"]]}))
    assert result.unknown == {
        "up": 3,
        "down": 0,
    }  # with both in force both hold, so that state is unknown against the two others
    assert result.to_dict()["unknown"] == {"up": 3, "down": 0}


def test_explanation_says_what_is_unknown_and_what_lasts_in_any_case() -> None:
    result = analyse_unknown(two(up={"unknown": "all"}), concepts=["gmr", "nash"], extensions=["d", "a"])
    assert str(result.explain()).splitlines() == [
        "Of 6 pairs of states, it is unknown which is preferred by Upstream in 6.",
        "Extension a, in which a party leaves for what may be better, and only what is surely no better deters it: of "
        "4 feasible states, stable for every party are 0 by Nash and 0 by GMR.",
        "Extension d, in which a party leaves only for what is surely better, and whatever is not surely better deters "
        "it: of 4 feasible states, stable for every party are 2 by Nash and 3 by GMR.",
        "By Nash, no state is stable for every party by all of these extensions.",
        "By Nash, it turns on what is unknown whether the state with “release” in force (d) and the state with "
        "“protest” in force (d) are stable for every party.",
        "By GMR, no state is stable for every party by all of these extensions.",
        "By GMR, it turns on what is unknown whether the state with “release” in force (d), the state with “protest” "
        "in force (d) and the state with “release” and “protest” in force (d) are stable for every party.",
        "This follows from the preferences stated; it says what would last if they are right, not what will happen.",
    ]


def test_explanation_names_what_lasts_in_any_case_and_cuts_long_lists() -> None:
    tree: Any = {  # Any: as above
        "detente": 1,
        "parties": {"up": {"name": "Upstream"}, "down": {"name": "Downstream"}},
        "measures": {key: {"by": ["up"]} for key in ("m1", "m2", "m3")} | {"sue": {"by": ["down"]}},
        "preferences": {"up": {"unknown": "all"}, "down": {"statements": ["not sue"]}},
    }
    case = case_from_tree(tree)
    lines = str(analyse_unknown(case, concepts=["nash"]).explain()).splitlines()
    assert lines[-3:-1] == [
        "By Nash, no state is stable for every party by all of these extensions.",
        "By Nash, it turns on what is unknown whether states 1 (b, d), 2 (b, d), 3 (b, d), 4 (b, d), 5 (b, d), 6 (b, "
        "d) and 2 more are stable for every party.",
    ]
    assert "By GMR, it turns on what is unknown whether state “s4” (b, c, d)" in str(gisborne().explain())
    sure = analyse_unknown(two(up={"statements": ["release"]}), concepts=["nash"])
    assert str(sure.explain()).splitlines()[-2] == (
        "By Nash, the state with “release” in force is stable for every party by all of these extensions."
    )


def test_of_one_extension_alone_nothing_is_compared() -> None:
    result = analyse_unknown(two(up={"unknown": "all"}), concepts=["nash"], extensions=["b"])
    assert str(result.explain()).splitlines() == [
        "Of 6 pairs of states, it is unknown which is preferred by Upstream in 6.",
        "Extension b, in which a party leaves only for what is surely better, and only what is surely no better deters "
        "it: of 4 feasible states, stable for every party are 2 by Nash.",
        "This follows from the preferences stated; it says what would last if they are right, not what will happen.",
    ]


def test_the_weight_of_an_interest_is_one_number_for_all_its_effects() -> None:
    # Calm is worth 2 to 3.  Releasing serves it by 3 and costs 7, so it may gain 3 · 3 − 7 or lose 2 · 3 − 7; protest
    # harms it by 1.  Were the weight not the same in both, release with protest could gain 3 · 3 − 7 − 2 · 1 = 0
    # against nothing; it is (3 − 1) W − 7, less than 0 for all W.
    tree: Any = {
        "detente": 1,
        "parties": {"up": {}},
        "interests": {"calm": {"weight": {"up": [2, 2.5, 3]}}},
        "measures": {
            "release": {"by": ["up"], "value": {"up": -7}, "effects": {"calm": {"up": 3}}},
            "protest": {"by": ["up"], "effects": {"calm": {"up": -1}}},
        },
    }
    result = analyse_unknown(case_from_tree(tree), ranges=True, concepts=["nash"], extensions=["a", "d"])
    # Open: release or not, without protest and with it; release against protest, 4 W − 7 from 1, is sure.
    assert result.unknown == {"up": 2}
    assert {way: named(result, way, "nash") for way in "ad"} == {"a": [], "d": ["-", "release"]}


def test_the_table_has_a_row_for_each_state_concept_and_extension() -> None:
    table = analyse_unknown(two(up={"unknown": "all"}), concepts=["nash"], extensions=["a", "b"]).to_frame()
    assert list(table.columns) == [
        "number",
        "state",
        "concept",
        "extension",
        "stable for up",
        "stable for down",
        "equilibrium",
    ]
    assert table.values.tolist() == [
        [1, "-", "nash", "a", False, False, False],
        [1, "-", "nash", "b", True, False, False],
        [2, "release", "nash", "a", False, True, False],
        [2, "release", "nash", "b", True, True, True],
        [3, "protest", "nash", "a", False, True, False],
        [3, "protest", "nash", "b", True, True, True],
        [4, "release protest", "nash", "a", False, False, False],
        [4, "release protest", "nash", "b", True, False, False],
    ]


def test_json_lists_states_by_extension_and_concept() -> None:
    document = analyse_unknown(two(up={"unknown": "all"}), concepts=["nash"], extensions=["b"]).to_dict()
    assert {key: document[key] for key in ("measures", "states", "unknown", "stability", "equilibria")} == {
        "measures": ["release", "protest"],
        "states": [0, 1, 2, 3],
        "unknown": {"up": 6, "down": 0},
        "stability": {"b": {"nash": {"up": [0, 1, 2, 3], "down": [1, 2]}}},
        "equilibria": {"b": {"nash": [1, 2]}},
    }
    assert gisborne().to_dict()["state_names"] == ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]


def test_the_picture_marks_the_ways_in_which_each_state_lasts() -> None:
    ax = analyse_unknown(two(up={"unknown": "all"}), concepts=["nash"]).plot()
    words = [text.get_text() for text in ax.texts]
    assert words[-4:] == ["Nash, a", "Nash, b", "Nash, c", "Nash, d"]


def test_concepts_that_need_an_order_refuse_what_is_unknown() -> None:
    with pytest.raises(CaseError) as error:
        analyse_stability(two(up={"unknown": "all"}))
    assert str(error.value) == (
        "error[D614]: preferences of party 'up' are unknown, and this analysis needs to know them.\n"
        "    help: `detente unknown` does without; or state the order and delete preferences.up.unknown"
    )
    graph = case_from_tree(GISBORNE)
    with pytest.raises(CaseError, match="party 'provincial' are unknown"):
        analyse_stability(graph)


def test_what_nobody_states_is_not_unknown() -> None:
    silent = change_case(case_from_tree({**TWO, "preferences": {"down": TWO["preferences"]["down"]}}), {})
    with pytest.raises(CaseError, match=r"error\[D612\]: party 'up' can move but states no preference"):
        analyse_unknown(silent)


def test_wrong_options_are_refused() -> None:
    for options, message in (
        ({"extensions": ["e"]}, "unknown extension 'e' (there are: a, b, c, d)"),
        ({"extensions": []}, "no extension to analyse (there are: a, b, c, d)"),
        ({"concepts": ["nush"]}, "unknown concept 'nush' (there are: nash, gmr, smr, seq, sseq)"),
    ):
        with pytest.raises(OptionError) as error:
            analyse_unknown(two(), **options)
        assert str(error.value) == message
    with pytest.raises(OptionError) as error:
        analyse_unknown(two(), extensions=["a"], concepts=["nash"]).equilibria("b", "nash")
    assert str(error.value) == "'b' of 'nash' was not analysed (there are: a of nash)"
    with pytest.raises(LimitError, match="comparing each with each takes about"):
        analyse_unknown(two(), memory=600)
    digits = two(up={"weights": {"release": [0.123456789012345, 1e12, 1e12], "protest": 1}})
    with pytest.raises(LimitError) as limit:
        analyse_unknown(digits, ranges=True)
    assert str(limit.value) == (
        "the numbers of party 'up' have too many digits to be compared exactly over their ranges; round them"
    )
