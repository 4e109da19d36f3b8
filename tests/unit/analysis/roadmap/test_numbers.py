"""Where the numbers of a case stand, what they are called, and what they rest on."""

from dataclasses import replace

from detente.analysis.roadmap.numbers import case_numbers, covers, support_of
from detente.case import Assumption, Case, Claim, Range
from detente.casefile import case_from_tree, change_case, read_case
from tests.report_case import report_case

CASE = report_case()


def labels(case: Case) -> dict[str, str]:
    return {number.place: number.label for number in case_numbers(case)}


def test_every_number_has_its_place_and_its_words() -> None:
    assert labels(CASE) == {
        "parties.north.discount": "North: discount factor per month",
        "parties.north.hazard": "North: chance per month that its politics end the process",
        "parties.north.breakdown": "North: value per month of living in a broken process",
        "parties.south.discount": "South: discount factor per month",
        "parties.south.hazard": "South: chance per month that its politics end the process",
        "parties.south.breakdown": "South: value per month of living in a broken process",
        "interests.calm.weight.north": "weight of “Calm at the line” for North",
        "interests.calm.weight.south": "weight of “Calm at the line” for South",
        "measures.withdraw.value.north": "what “Troops withdrawn” is worth to North",
        "measures.withdraw.undo-cost.north": "what ending “Troops withdrawn” costs North, once",
        "measures.withdraw.effects.calm.north": "what “Troops withdrawn” adds to “Calm at the line” for North",
        "measures.withdraw.effects.calm.south": "what “Troops withdrawn” adds to “Calm at the line” for South",
        "measures.withdraw.detection-lag": "months until an end of “Troops withdrawn” is noticed",
        "measures.relief.value.north": "what “Relief” is worth to North",
        "measures.relief.value.south": "what “Relief” is worth to South",
        "measures.relief.detection-lag": "months until an end of “Relief” is noticed",
        "measures.watch.value.south": "what “Observers at the line” is worth to South",
        "measures.watch.cost.south": "what taking “Observers at the line” costs South, once",
        "measures.watch.deters.north": (
            "what “Observers at the line” would cost North per month if it broke the process"
        ),
        "measures.watch.detection-lag": "months until an end of “Observers at the line” is noticed",
        "measures.watch.verifies.withdraw": (
            "months until an end of “Troops withdrawn” is noticed with “Observers at the line” in force"
        ),
        "terms.0.value": "what the combination of “Relief 100%” and not “Troops withdrawn” is worth to South",
    }


def test_levels_are_told_as_the_total_that_they_are_shares_of() -> None:
    numbers = {number.place: number.quantity for number in case_numbers(CASE)}
    assert numbers["measures.relief.value.north"] == 4.0
    changed = change_case(CASE, {"measures.relief.value.north": [2, 4, 6]})
    numbers = {number.place: number.quantity for number in case_numbers(changed)}
    assert numbers["measures.relief.value.north"] == Range(low=2.0, mode=4.0, high=6.0)


def test_levels_that_are_no_shares_are_told_apart() -> None:
    changed = change_case(CASE, {"measures.relief.50%.value.north": 3})
    numbers = {number.place: number.quantity for number in case_numbers(changed)}
    assert "measures.relief.value.north" not in numbers
    assert numbers["measures.relief.50%.value.north"] == 3.0
    assert numbers["measures.relief.100%.value.north"] == 2.0
    assert labels(changed)["measures.relief.50%.value.north"] == "what “Relief 50%” is worth to North"


def test_parentheses_of_conditions_stay() -> None:
    case = case_from_tree(
        {
            "detente": 1,
            "name": "two",
            "parties": {"a": {"discount": 0.5}},
            "measures": {"x": {"by": ["a"]}, "y": {"by": ["a"]}},
            "terms": [{"party": "a", "when": "not (x or y)", "value": 1}],
        }
    )
    assert labels(case)["terms.0.value"] == "what the combination of not (“x” or “y”) is worth to a"


def test_every_number_can_be_set_at_its_place() -> None:
    for case in (CASE, change_case(CASE, {"measures.relief.50%.value.north": 3}), read_case("korea-2018")):
        bare = replace(case, readings=(), reading_cases={})
        for number in case_numbers(bare):
            assert change_case(bare, {number.place: _plain(number.quantity)}) == bare, number.place


def _plain(quantity: float | Range) -> object:
    if isinstance(quantity, Range):
        return [quantity.low, quantity.mode, quantity.high]
    return int(quantity) if quantity == int(quantity) else quantity


def test_a_path_covers_everything_below_it() -> None:
    assert covers("measures.relief", "measures.relief.value.north")
    assert covers("measures.relief", "measures.relief")
    assert not covers("measures.relief", "measures.relief-fund.value.north")
    assert not covers("measures.relief.value.north", "measures.relief")


def test_support_is_claims_and_assumptions_that_cover_the_place() -> None:
    found = support_of(CASE, "measures.withdraw.value.north")
    assert [claim.id for claim in found.claims] == ["c1"]
    assert found.assumptions == ()
    assert [a.reason for a in support_of(CASE, "parties.north.hazard").assumptions] == [
        "By comparison with earlier processes."
    ]


def test_a_setting_rests_on_what_names_it_else_on_its_readings_document() -> None:
    place = "measures.withdraw.value.north"
    assert [claim.id for claim in support_of(CASE, place, reading="herald").claims] == ["c1"]
    other = Claim(id="c2", document="h2", supports=(place,))
    case = replace(CASE, claims=(*CASE.claims, other))
    assert [claim.id for claim in support_of(case, place).claims] == ["c1", "c2"]
    assert [claim.id for claim in support_of(case, place, reading="herald").claims] == ["c1"]
    own = Claim(id="c3", document="h2", supports=(f"readings.herald.set.{place}",))
    with_own = replace(case, claims=(*case.claims, own))
    assert [claim.id for claim in support_of(with_own, place, reading="herald").claims] == ["c3"]
    assumed = Assumption(places=("readings.herald.set",), reason="guess")
    found = support_of(replace(case, assumptions=(assumed,)), place, reading="herald")
    assert (found.claims, found.assumptions) == ((), (assumed,))
