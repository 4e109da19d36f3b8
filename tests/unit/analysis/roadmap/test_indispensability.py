"""Who is indispensable, and which format serves: cases worked by hand, what is said of them, and limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from detente import design_roadmap, find_indispensable
from detente.analysis.result import Status
from detente.analysis.roadmap import ReadingWorth
from detente.analysis.roadmap.coalitions import Grounds, game_digest, geometric_mean, subsets
from detente.analysis.roadmap.goals import takeable_measures
from detente.case import Case, Format, Forum, Measure, Reading
from detente.errors import Cancelled, CaseError, LimitError, OptionError
from detente.game import build_game
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party


def base(case: Case, **options: object) -> ReadingWorth:
    [entry] = find_indispensable(case, **options).readings  # type: ignore[arg-type]  # options by name
    return entry


def said(case: Case, **options: object) -> list[str]:
    return str(find_indispensable(case, **options).explain()).splitlines()  # type: ignore[arg-type]  # as above


def forum_measure(measure_id: str, forum: str, value: dict[str, float]) -> Measure:
    return Measure(id=measure_id, name=measure_id, forum=forum, value=value)


def trio(**other: object) -> Case:
    """Each of three can give every other one 3 a period at 1 to itself; all discount by a half."""
    gifts = {i: {j: -1.0 if i == j else 3.0 for j in "ABC"} for i in "ABC"}
    return case_of(
        [party(i) for i in "ABC"],
        [measure(i.lower(), i, gifts[i]) for i in "ABC"],
        **other,
    )


def council(quota: int = 2, veto: tuple[str, ...] = ("A",)) -> Case:
    """A and B need relief by a council; C sits on it too and likes relief a little."""
    return case_of(
        [party("A"), party("B"), party("C")],
        [
            measure("a", "A", {"A": -1, "B": 4, "C": 1}),
            forum_measure("relief", "council", {"A": 3, "B": -1, "C": 1}),
        ],
        forums=(Forum(id="council", members=("A", "B", "C"), quota=quota, veto=veto, end_quota=quota, end_veto=veto),),
    )


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


# Sources


def worth_of(entry: ReadingWorth, who: str, kind: str, of: str) -> tuple[float, float, float]:
    [found] = [s for s in entry.sources or () if (s.source.party, s.source.kind.value, s.source.of) == (who, kind, of)]
    assert found.table.is_exact
    assert found.shapley.is_exact
    return found.table.value, found.marginal.value, found.shapley.value


def test_all_of_a_partys_worth_can_come_from_one_lever() -> None:
    entry = base(pair(), sources=True)
    assert worth_of(entry, "A", "lever", "a") == pytest.approx((2.0, 2.0, 1.0))
    assert said(pair(), sources=True)[3:6] == [
        "The Shapley value of A, 1, would be 0 without “a”.",
        "The Shapley value of B, 1, would be 0 without “b”.",
        "No party costs more by refusing its part at the table of all than by being absent.",
    ]


def test_without_a_veto_the_others_do_without_the_party() -> None:
    # Quota 2 of 3. A alone holds a veto: without A there is neither a nor relief. Without the veto B and C could vote
    # relief, but B loses by it and has nothing in return, so A stays worth what it is.
    entry = base(council(), sources=True)
    table, marginal, shapley = worth_of(entry, "A", "veto", "council")
    assert (table, marginal, shapley) == pytest.approx((0.0, 0.0, 0.0))
    # C's vote is not needed where A and B vote; A's is, everywhere.
    assert worth_of(entry, "C", "vote", "council")[:2] == pytest.approx((0.0, 0.0))
    assert worth_of(entry, "A", "vote", "council")[0] == pytest.approx(entry.everybody.value)


def test_a_veto_is_worth_what_others_could_do_without_its_holder() -> None:
    # Relief is good for all three; any two pass it, but for the veto of C.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [forum_measure("relief", "council", {"A": 1, "B": 1, "C": 1})],
        forums=(Forum(id="council", members=("A", "B", "C"), quota=2, veto=("C",), end_quota=2, end_veto=("C",)),),
    )
    entry = base(case, sources=True)
    # With the veto: AC, BC and ABC come to 1, AB to 0: C is worth 2/3, A and B 1/6 each, as with gloves.
    assert [worth.shapley.value for worth in entry.parties] == pytest.approx([1 / 6, 1 / 6, 2 / 3])
    assert [worth.is_needed for worth in entry.parties] == [False, False, True]
    # Without it any two come to 1: all are alike, and nothing is lost without one of them.
    assert worth_of(entry, "C", "veto", "council") == pytest.approx((0.0, 1.0, 1 / 3))
    assert (
        "The Shapley value of C, 0.6667, would be 0 without its vote in the forum “council” and 0.3333 without its "
        "veto in the forum “council”."
    ) in said(case, sources=True)
    assert "Of the formats compared, the table of A and C and the table of A, B and C come to most, 1." in said(case)


def test_a_promise_to_punish_is_told_apart_from_the_measure_that_makes_it() -> None:
    # A is tempted to take 4 for one period and to be left with nothing, against 1 for good: C's promise deters it.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [
            measure("a", "A", {"A": -3, "B": 6, "C": 1}),
            measure("b", "B", {"A": 4, "B": -1}),
            measure("g", "C", {"C": 1}, deters={"A": 6}),
        ],
    )
    entry = base(case, sources=True)
    assert worth_of(entry, "C", "guarantee", "g")[0] > 0.1
    lever, promise = worth_of(entry, "C", "lever", "g"), worth_of(entry, "C", "guarantee", "g")
    assert lever[2] >= promise[2] - 1e-12
    assert any("the punishment that “g” promises" in text for text in said(case, sources=True))


def test_what_makes_no_difference_by_itself() -> None:
    # Either of A's two measures will do for B; together they do no more.
    case = case_of(
        [party("A"), party("B")],
        [
            measure("x", "A", {"A": -1, "B": 3}, excludes=("y",)),
            measure("y", "A", {"A": -1, "B": 3}),
            measure("b", "B", {"B": -1, "A": 3}),
        ],
    )
    entry = base(case, sources=True)
    assert worth_of(entry, "A", "lever", "x") == pytest.approx((0.0, 0.0, 0.0))
    assert "Nothing that A has makes a difference by itself to what it is worth." in said(case, sources=True)


# Refusals


def test_a_party_that_would_end_the_process_spoils_it_by_sitting_there() -> None:
    # C adds a little; its politics end the process with a chance of ½ a period. At the table and refusing, it brings
    # that chance along and nothing else; absent, it does not.
    case = case_of(
        [party("A"), party("B"), party("C", hazard=0.5)],
        [
            measure("a", "A", {"A": -1, "B": 3, "C": 1}),
            measure("b", "B", {"B": -1, "A": 3, "C": 1}),
            measure("c", "C", {"A": 1, "B": 1, "C": 1}),
        ],
    )
    entry = base(case)
    refusals = {refusal.party: refusal for refusal in entry.refusals}
    assert refusals["C"].is_spoiler
    assert refusals["C"].absent.value == pytest.approx(2.0)
    assert refusals["C"].refusing.available == ("a", "b")
    assert refusals["C"].refusing.value < 2.0
    assert not refusals["A"].is_spoiler
    assert [text for text in said(case) if text.startswith("A seat for")] == [
        "A seat for C at which it refuses its part costs more than its absence: all come to 0, since no roadmap of "
        "theirs holds; the others without it to 2."
    ]


def test_refusing_what_nobody_needs_costs_nothing() -> None:
    entry = base(council(quota=2, veto=()))
    [refusal] = [refusal for refusal in entry.refusals if refusal.party == "C"]
    assert refusal.refusing is not refusal.absent
    assert refusal.refusing.value == pytest.approx(entry.everybody.value)


# Formats


def test_formats_of_the_case_and_the_best_tables_of_other_sizes() -> None:
    case = trio(formats=(Format(id="all", parties=("C", "A", "B")), Format(id="alone", parties=("B",))))
    entry = base(case)
    assert [(f.id, f.is_named, f.coalition.parties) for f in entry.formats] == [
        ("alone", True, ("B",)),
        ("A+B", False, ("A", "B")),
        ("all", True, ("A", "B", "C")),
    ]
    assert [f.within_all for f in entry.formats] == pytest.approx([5.0, 5.0, 5.0])
    assert [f.id for f in entry.best_formats()] == ["all"]
    texts = said(case)
    assert "Of the formats compared, “all” comes to most, 5." in texts
    assert "“alone” comes to nothing: one party alone has nobody to agree with." in texts


def test_formats_that_tie_are_all_best() -> None:
    # D gains nothing, so nothing comes of a table at which it sits.
    case = trio(
        formats=(
            Format(id="one", parties=("A", "B")),
            Format(id="two", parties=("B", "C")),
            Format(id="three", parties=("A", "B", "D")),
            Format(id="four", parties=("A", "B", "C", "D")),
        )
    )
    case = replace(case, parties=(*case.parties, party("D")))
    assert [value.id for value in base(case).best_formats()] == ["one", "two"]
    assert "Of the formats compared, “one” and “two” come to most, 2." in said(case)


def test_a_small_table_that_comes_to_most_is_held_against_the_table_of_all() -> None:
    # C brings 1 to each of the others and gains a tenth itself: the mean falls when it joins, though both gain by it.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [
            measure("a", "A", {"A": -1, "B": 3, "C": 0.1}),
            measure("b", "B", {"B": -1, "A": 3}),
            measure("c", "C", {"A": 1, "B": 1}),
        ],
    )
    entry = base(case)
    small, large = entry.formats
    assert (small.id, large.id) == ("A+B", "A+B+C")
    assert [small.coalition.value, small.within_all] == pytest.approx([2.0, 3.0])
    assert [large.coalition.value, large.within_all] == pytest.approx([0.9 ** (1 / 3)] * 2)
    assert (
        "Of the formats compared, the table of A and B comes to most, 2; at the table of all, the mean of the same "
        "parties is 3."
    ) in said(case)


# Other objectives


def test_other_objectives_of_every_table() -> None:
    result = find_indispensable(pair(), objectives=("trust", "margin", "duration", "nash"))
    [entry] = result.readings
    alone, both = entry.coalitions[1], entry.everybody
    assert {objective: reach.value for objective, reach in alone.reaches.items()} == {
        "trust": None, "margin": None, "duration": None,
    }  # fmt: skip
    assert {objective: reach.status for objective, reach in both.reaches.items()} == dict.fromkeys(
        ("trust", "margin", "duration"), Status.OPTIMAL
    )
    assert both.reaches["duration"].value == 1
    assert list(result.coalitions_frame().columns[-3:]) == ["trust", "margin", "duration"]


def test_a_goal_for_trust_and_duration() -> None:
    result = find_indispensable(trio(), objectives=("duration",), goal="a and b")
    [entry] = result.readings
    assert result.parameters["goal"] == "a and b"
    assert entry.everybody.reaches["duration"].value == 1
    assert entry.coalitions[0b101].reaches["duration"].status is Status.NONE  # B's gift is out of reach of A and C


# Readings


def test_several_readings_are_compared() -> None:
    # In the other reading C gains nothing from what the others do, and sits at no table that comes to something.
    case = trio()
    other = replace(
        case, measures=tuple(replace(m, value={**m.value, "C": -1.0 if m.id == "c" else 0.0}) for m in case.measures)
    )
    seen = replace(case, readings=(Reading(id="other", name="Another"),), reading_cases={"other": other})
    result = find_indispensable(seen, readings=[None, "other", None])
    assert [entry.reading for entry in result.readings] == [None, "other"]
    assert result.provenance.reading is None
    texts = str(result.explain()).splitlines()
    assert texts[0] == (
        "In the base case, the best roadmap of all 3 parties adds 5 a period to what each has, as the geometric mean "
        "over them."
    )
    assert (
        "Under the reading “Another”, all 3 parties together come to nothing: C would gain nothing from anything that "
        "they can take without others."
    ) in texts
    assert [text for text in texts if text.startswith("Shapley value of")] == [
        "Shapley value of A: 1.667 (place 1) in the base case, 0.3333 (place 1) under the reading “Another”.",
        "Shapley value of B: 1.667 (place 1) in the base case, 0.3333 (place 1) under the reading “Another”.",
        "Shapley value of C: 1.667 (place 1) in the base case, -0.6667 (place 3) under the reading “Another”.",
    ]
    assert [row["reading"] for row in result.to_dict()["parties"]] == [None] * 3 + ["other"] * 3  # type: ignore[attr-defined]
    assert len(result.plot().containers) == 12  # two bars per party and reading


def test_readings_under_which_nothing_comes_of_anything() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 3})])
    seen = replace(case, readings=(Reading(id="same", name="Same"),), reading_cases={"same": case})
    texts = str(find_indispensable(seen, readings=[None, "same"]).explain()).splitlines()
    assert texts[2] == "Under none of these readings does any table come to anything."


# The result


def test_a_result_is_told_in_every_form() -> None:
    result = find_indispensable(trio(), sources=True)
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [party["id"] for party in told["parties"]] == ["A", "B", "C"]
    assert told["parties"][0]["shapley_range"] == [pytest.approx(5 / 3), pytest.approx(5 / 3)]
    assert told["formats"][0] | {"value": 2.0} == told["formats"][0]
    assert len(told["coalitions"]) == 8
    assert [row["id"] for row in told["spoilers"]] == ["A", "B", "C"]
    assert {row["kind"] for row in told["sources"]} == {"lever"}
    assert told["status"] == "answered"
    frame = result.to_frame()
    assert list(frame["party"]) == ["A", "B", "C"]
    assert len(result.coalitions_frame()) == 8
    assert "Shapley" in result._repr_html_()
    texts = {text.get_text() for text in result.plot().get_yticklabels()}
    assert texts == {"A", "B", "C"}


# Limits


def test_options_that_make_no_sense() -> None:
    for options, message in (
        ({"objectives": ("speed",)}, "unknown objective 'speed' (one of: trust, margin, duration, nash)"),
        ({"max_per_stage": 0}, "max_per_stage must be at least 1, got 0"),
        ({"time_limit": 0.0}, "time_limit must be above 0 seconds, got 0"),
        ({"goal": "best"}, "a goal for trust and duration is a set of measures; 'best' is what the score aims at"),
        ({"readings": ["x"]}, "unknown reading 'x' (the case has: none)"),
    ):
        with pytest.raises(OptionError) as refused:
            find_indispensable(pair(), **options)
        assert str(refused.value) == message
    with pytest.raises(OptionError) as refused:
        find_indispensable(Case(name="empty"))
    assert str(refused.value) == "the case has no parties"


def test_too_many_parties_to_seat() -> None:
    with pytest.raises(LimitError) as refused:
        find_indispensable(case_of([party(f"p{i}") for i in range(17)], [measure("a", "p", {})]))
    assert str(refused.value) == (
        "17 parties make 2^17 tables, and at most 16 parties can be seated in every way: leave parties out of the "
        "case, or compare formats with detente design --at-table"
    )


def test_a_party_without_a_discount_factor_is_refused() -> None:
    case = pair()
    with pytest.raises(CaseError):
        find_indispensable(replace(case, parties=(replace(case.parties[0], discount=None), case.parties[1])))


def test_large_cases_take_few_measures_a_stage_unless_told_otherwise() -> None:
    many = case_of([party("A"), party("B")], [measure(f"m{i}", "AB"[i % 2], {"A": 1, "B": 1}) for i in range(13)])
    assert find_indispensable(many, max_per_stage=4).parameters["max_per_stage"] == 4
    result = find_indispensable(many)
    assert result.parameters["max_per_stage"] == 2
    assert "Every table took at most 2 measures a stage; with more, each could reach more." in str(result.explain())


def test_a_table_that_needs_too_much_memory_is_left_open() -> None:
    many = case_of([party("A"), party("B")], [measure(f"m{i}", "AB"[i % 2], {"A": 1, "B": 1}) for i in range(12)])
    result = find_indispensable(many, memory=2**20)
    [entry] = result.readings
    assert (result.status, entry.everybody.grounds) == (Status.STOPPED, Grounds.LARGE)
    assert [entry.everybody.value, entry.everybody.bound] == pytest.approx([0.0, 12.0])
    worth = entry.parties[0]
    assert [worth.shapley.low, worth.shapley.high] == pytest.approx([0.0, 6.0])
    assert str(result.explain()).splitlines()[0] == (
        "It is open whether both parties come to anything: the search would need more memory than allowed; a smaller "
        "--max-per-stage may help."
    )
    assert "One table was not settled; what rests on it is told as an interval." in str(result.explain())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come without a pause between them."""
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)


def stop_at(number: int) -> Callable[[ProgressEvent], None]:
    seen = 0

    def progress(event: ProgressEvent) -> None:
        nonlocal seen
        seen += 1
        if seen >= number:
            raise Cancelled("stop")

    return progress


@pytest.mark.usefixtures("impatient")
def test_what_was_not_looked_at_is_left_open() -> None:
    counted = 0

    def count(event: ProgressEvent) -> None:
        nonlocal counted
        counted += 1
        assert event.fraction is not None
        assert 0.0 <= event.fraction <= 1.0

    whole = find_indispensable(trio(), sources=True, progress=count)
    assert whole.status is Status.ANSWERED
    stopped = find_indispensable(trio(), sources=True, progress=stop_at(counted // 4))
    assert stopped.status is Status.STOPPED
    [entry], [full] = stopped.readings, whole.readings
    for table, proven in zip(entry.coalitions, full.coalitions, strict=True):
        assert table.value <= proven.value + 1e-9
        assert proven.value <= table.bound + 1e-9
    for worth, exact in zip(entry.parties, full.parties, strict=True):
        assert worth.shapley.low - 1e-9 <= exact.shapley.value <= worth.shapley.high + 1e-9
        assert worth.marginal.low - 1e-9 <= exact.marginal.value <= worth.marginal.high + 1e-9


@pytest.mark.usefixtures("impatient")
def test_stopped_at_once_is_no_answer() -> None:
    with pytest.raises(Cancelled, match=r"^stopped before anything was known$"):
        find_indispensable(trio(), progress=stop_at(1))


@pytest.mark.usefixtures("impatient")
def test_a_table_without_time_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10**9))
    monkeypatch.setattr("detente.analysis.roadmap.coalitions.time.monotonic", lambda: float(next(ticks)))
    result = find_indispensable(trio(), time_limit=0.5)
    assert result.status is Status.STOPPED
    assert result.parameters["time_limit"] == 0.5
    [entry] = result.readings
    assert not entry.everybody.is_proven
    assert entry.everybody.bound >= 5.0 - 1e-9
    assert all(worth.shapley.high >= 5 / 3 - 1e-9 for worth in entry.parties)


def test_no_limit_of_time_changes_nothing_that_is_proven() -> None:
    one, other = base(trio()), base(trio(), time_limit=600.0)
    assert [t.to_dict() for t in one.coalitions] == [t.to_dict() for t in other.coalitions]
