"""What differs between two cases, place by place."""

from pathlib import Path

import pytest

from detente.case import Case
from detente.casefile import case_from_tree, change_case, read_case
from detente.casefile.differences import apply_differences, comparable_tree, list_differences

BORDER = Path(__file__).parents[2] / "cases" / "border.yaml"
GRADED = """\
detente: 1
parties: {bank: {discount: 0.9}, town: {discount: 0.9}}
measures:
  loan: {by: [bank], levels: [25%, 100%], value: {bank: -4, town: [4, 8, 12]}, effects: {calm: {bank: 2}}}
  other: {by: [town]}
interests: {calm: {weight: {bank: 1}}}
"""


@pytest.fixture
def graded(tmp_path: Path) -> Case:
    (tmp_path / "graded.yaml").write_text(GRADED, encoding="utf-8")
    return read_case(tmp_path / "graded.yaml")


def _differences(before: Case, after: Case) -> list[tuple[str, object, object]]:
    found = list_differences(comparable_tree(before), comparable_tree(after))
    return [(difference.place, difference.before, difference.after) for difference in found]


def _edited(path: Path, folder: Path, *edits: tuple[str, str]) -> Case:
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (folder / "edited.yaml").write_text(text, encoding="utf-8")
    return read_case(folder / "edited.yaml")


def test_a_case_does_not_differ_from_itself() -> None:
    assert _differences(read_case(BORDER), read_case(BORDER)) == []


def test_the_name_of_the_case_and_its_readings_do_not_count(tmp_path: Path) -> None:
    edited = _edited(BORDER, tmp_path, ("The border", "Another"), ("north: -4}", "north: -5}"))
    assert _differences(read_case(BORDER), edited) == []


def test_numbers_differ_one_by_one_at_the_places_that_settings_take() -> None:
    settings = {
        "parties.south.discount": 0.9,
        "parties.south.breakdown": -1,
        "measures.withdraw.value.north": [-2, -1, 0],
        "measures.pay.detection-lag": 3,
        "terms.0.value": -3,
    }
    case = read_case(BORDER)
    assert _differences(case, change_case(case, settings)) == [
        ("parties.south.discount", [0.8, 0.9, 0.95], 0.9),
        ("parties.south.breakdown", None, -1),
        ("measures.withdraw.value.north", -1, [-2, -1, 0]),
        ("measures.pay.detection-lag", None, 3),
        ("terms.0.value", -2, -3),
    ]


def test_what_only_one_case_has_is_one_difference(tmp_path: Path) -> None:
    edited = _edited(
        BORDER,
        tmp_path,
        ("terms:", "  talks: {by: [south], value: {north: 1}}\nterms:\n  - {party: north, when: talks, value: 1}"),
        ("formats:\n  both: [north, south]\n", "formats:\n"),
        ("[[withdraw, pay]]}", "[[withdraw], [pay]]}"),
    )
    case = read_case(BORDER)
    assert _differences(case, edited) == [
        ("measures.talks", None, {"by": ["south"], "value": {"north": 1}}),
        ("terms.1", None, {"party": "north", "when": "talks", "value": 1}),
        ("formats.both", ["north", "south"], None),
        ("roadmaps.at-once.stages", [["withdraw", "pay"]], [["withdraw"], ["pay"]]),
    ]
    assert [place for place, _, _ in _differences(edited, case)] == [
        "measures.talks",
        "terms.0",
        "formats.both",
        "roadmaps.at-once.stages",
    ]


def test_a_section_that_only_one_case_has_is_told_entry_by_entry(tmp_path: Path) -> None:
    edited = _edited(BORDER, tmp_path, ("terms:", "interests: {calm: {weight: {north: 1}}, trade: {}}\nterms:"))
    assert _differences(read_case(BORDER), edited) == [
        ("interests.calm", None, {"weight": {"north": 1}}),
        ("interests.trade", None, {}),
    ]


def test_terms_are_told_apart_by_party_and_condition(tmp_path: Path) -> None:
    edited = _edited(BORDER, tmp_path, ("canal and not withdraw", "canal and not pay"))
    assert _differences(read_case(BORDER), edited) == [
        ("terms.0", {"party": "south", "when": "canal and not withdraw", "value": -2}, None),
        ("terms.1", None, {"party": "south", "when": "canal and not pay", "value": -2}),
    ]


def test_levels_are_compared_by_the_total_that_they_are_shares_of(graded: Case) -> None:
    settings = {"measures.loan.value.town": [2, 4, 6], "measures.loan.effects.calm.bank": 1.2}
    assert _differences(graded, change_case(graded, settings)) == [
        ("measures.loan.value.town", [4, 8, 12], [2, 4, 6]),
        ("measures.loan.effects.calm.bank", 2, 1.2),
    ]


def test_levels_that_are_no_shares_are_compared_one_by_one(graded: Case) -> None:
    assert _differences(graded, change_case(graded, {"measures.loan.25%.value.bank": -3})) == [
        ("measures.loan.25%.value.bank", None, -3),
        ("measures.loan.100%.value.bank", None, -3),
        ("measures.loan.value.bank", -4, None),
    ]


def test_other_levels_are_other_measures(graded: Case, tmp_path: Path) -> None:
    edited = _edited(tmp_path / "graded.yaml", tmp_path, ("[25%, 100%]", "[25%, 50%, 100%]"))
    assert ("measures.loan.50%", None, {}) in _differences(graded, edited)


def test_all_differences_together_make_the_second_case(graded: Case, tmp_path: Path) -> None:
    edited = _edited(
        tmp_path / "graded.yaml",
        tmp_path,
        ("[25%, 100%]", "{25%: {value: {bank: -3}}, 100%: {}}"),
        ("value: {bank: -4, town:", "value: {town:"),
        ("  other: {by: [town]}\n", "  third: {by: [town], requires: [loan.25%]}\n"),
    )
    one, other = comparable_tree(graded), comparable_tree(edited)
    differences = list_differences(one, other)
    assert len(differences) == 4
    made = case_from_tree(apply_differences(one, differences, name="x"))
    assert comparable_tree(made) == other
    assert comparable_tree(case_from_tree(apply_differences(one, [], name="x"))) == one
