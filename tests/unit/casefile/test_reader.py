"""Reading cases: where from, what with, which defaults, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.case import (
    Assumption,
    Claim,
    Direction,
    Document,
    Forum,
    Interest,
    Measure,
    Party,
    Range,
    Reading,
    Statements,
    parse_condition,
)
from detente.casefile import change_case, read_case
from detente.errors import CaseError, OptionError, Severity
from detente.gallery import gallery_names

SMALL = "detente: 1\nparties: {usa: , dprk: }\n"


def written(folder: Path, text: str, name: str = "small.yaml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_of_parties_and_measures(tmp_path: Path) -> None:
    case = read_case(written(tmp_path, SMALL + "measures: {freeze: {by: [dprk]}}\ninterests: {calm: }\n"))
    assert case.parties == (Party(id="usa", name="usa"), Party(id="dprk", name="dprk"))
    assert case.measures == (Measure(id="freeze", name="freeze", owners=("dprk",)),)
    assert case.interests == (Interest(id="calm", name="calm"),)
    assert (case.period, case.strict, case.status_quo) == (None, False, ())


def test_case_without_name_has_that_of_its_file_or_folder(tmp_path: Path) -> None:
    assert read_case(written(tmp_path, SMALL)).name == "small"
    written(tmp_path, SMALL, "korea/case.yaml")
    assert read_case(tmp_path / "korea").name == "korea"
    assert read_case(tmp_path / "korea" / "case.yaml").name == "korea"


def test_norway_is_a_text(tmp_path: Path) -> None:
    case = read_case(written(tmp_path, "detente: 1\nparties: {NO: {name: no}}\nformats: {pair: [NO]}\n"))
    assert case.parties == (Party(id="NO", name="no"),)
    assert case.formats[0].parties == ("NO",)


def test_numbers_are_values_or_ranges(tmp_path: Path) -> None:
    case = read_case(written(tmp_path, "detente: 1\nparties: {usa: {hazard: [0, 1e-2, .5], breakdown: -2}}\n"))
    assert case.party("usa").hazard == Range(low=0.0, mode=0.01, high=0.5)
    assert case.party("usa").breakdown == -2.0


def test_ending_follows_the_rule_for_taking_unless_said(tmp_path: Path) -> None:
    rules = "{a: {members: [usa], others: 2, quota: 2, veto: [usa], end: {quota: 3}}, b: {members: [usa], quota: 1}}"
    case = read_case(written(tmp_path, SMALL + f"forums: {rules}\n"))
    assert case.forums == (
        Forum(id="a", members=("usa",), quota=2, others=2, veto=("usa",), end_quota=3, end_veto=("usa",)),
        Forum(id="b", members=("usa",), quota=1, end_quota=1),
    )


def test_levels_are_a_chain_that_shares_what_is_stated_in_total(tmp_path: Path) -> None:
    text = """
measures:
  talks: {by: [usa]}
  relief:
    name: Relief
    by: [usa]
    levels: [25%, 50%, 100%]
    requires: [talks]
    duration: 2
    value: {dprk: [0, 4, 8]}
    cost: {usa: 2}
"""
    case = read_case(written(tmp_path, SMALL + text))
    first, second, third = case.measures[1:]
    assert [level.id for level in (first, second, third)] == ["relief.25%", "relief.50%", "relief.100%"]
    assert [level.name for level in (first, second, third)] == ["Relief 25%", "Relief 50%", "Relief 100%"]
    assert [level.requires for level in (first, second, third)] == [
        ("talks",),
        ("relief.25%", "talks"),
        ("relief.50%", "talks"),
    ]
    assert [level.duration for level in (first, second, third)] == [2, 2, 2]
    assert first.value == {"dprk": Range(low=0, mode=1, high=2)}
    assert third.value == {"dprk": Range(low=0, mode=2, high=4)}
    assert [level.cost["usa"] for level in (first, second, third)] == [0.5, 0.5, 1]


def test_levels_can_state_increments(tmp_path: Path) -> None:
    text = "measures: {aid: {by: [usa], levels: {food: {value: {dprk: 3}}, fuel: {name: Oil, cost: {usa: 1}}}}}\n"
    food, fuel = read_case(written(tmp_path, SMALL + text)).measures
    assert (food.name, food.value, food.cost) == ("aid.food", {"dprk": 3.0}, {})
    assert (fuel.name, fuel.value, fuel.cost) == ("Oil", {}, {"usa": 1.0})


def test_direction_follows_from_reversible(tmp_path: Path) -> None:
    text = "measures: {a: {by: [usa], reversible: false}, b: {by: [usa], direction: backward}}\n"
    first, second = read_case(written(tmp_path, SMALL + text)).measures
    assert (first.direction, second.direction) == (Direction.FORWARD, Direction.BACKWARD)


def test_ordinal_case_needs_neither_values_nor_discount(tmp_path: Path) -> None:
    text = "measures: {freeze: {by: [dprk]}}\npreferences: {usa: {statements: [freeze]}, dprk: {ranks: [2, 1]}}\n"
    case = read_case(written(tmp_path, SMALL + text))
    assert case.preferences["usa"] == Statements(statements=(parse_condition("freeze"),))
    assert case.notes == ()


def test_case_for_forecasts_needs_no_measures(tmp_path: Path) -> None:
    text = "issues: {arms: {scale: {0: none}, positions: {usa: {position: 1, salience: 2, capability: 3}}}}\n"
    case = read_case(written(tmp_path, SMALL + text))
    assert case.issues[0].scale == {0.0: "none"}
    assert case.issues[0].positions["usa"].capability == 3.0


def test_unstated_values_are_noted_and_an_error_in_a_strict_case(tmp_path: Path) -> None:
    text = SMALL + "measures: {freeze: {by: [dprk], value: {usa: 1}}}\n"
    file = written(tmp_path, text)
    (note,) = read_case(file).notes
    assert str(note) == (
        f"{file}:3:12: note[D501]: measure 'freeze' states no value for dprk.\n"
        "    help: it counts as 0; state it under value or effects if that is meant."
    )
    with pytest.raises(CaseError) as caught:
        read_case(written(tmp_path, text + "strict: true\n"))
    (error,) = caught.value.diagnostics
    assert str(error) == (
        f"{file}:3:12: error[D501]: measure 'freeze' states no value for dprk.\n"
        "    help: state it under value or effects, 0 included."
    )


def test_all_problems_come_at_once_in_document_order(tmp_path: Path) -> None:
    text = """detente: 1
partys: {}
measures:
  freeze: {by: [usa], cost: {usa: -1}, on-breakdown: revert}
  talks: {by: [usa], requires: [talks]}
parties: {usa: {hazard: 2}}
parties: {}
"""
    with pytest.raises(CaseError) as caught:
        read_case(written(tmp_path, text))
    assert [(d.code, d.span.line) for d in caught.value.diagnostics if d.span] == [
        ("D101", 2),
        ("D104", 4),
        ("D107", 4),
        ("D301", 5),
        ("D104", 6),
        ("D009", 7),
    ]


def test_problems_of_several_files_come_file_by_file(tmp_path: Path) -> None:
    written(tmp_path, "detente: 1\nparties: {usa: {hazard: 2}}\n", "korea/case.yaml")
    written(tmp_path, "claims: {c1: {document: d1}}\n", "korea/claims.yaml")
    written(tmp_path, "documents: [\n", "korea/documents.yaml")
    with pytest.raises(CaseError) as caught:
        read_case(tmp_path / "korea")
    assert [(Path(d.span.path).name, d.code) for d in caught.value.diagnostics if d.span] == [
        ("case.yaml", "D104"),
        ("documents.yaml", "D004"),
    ]


def test_warnings_and_notes_do_not_stop_reading(tmp_path: Path) -> None:
    written(tmp_path, SMALL, "korea/case.yaml")
    written(tmp_path, "claims: {c1: {document: d1, supports: [parties.us]}}\n", "korea/claims.yaml")
    assert [note.severity for note in read_case(tmp_path / "korea").notes] == [Severity.WARNING]


def test_evidence_is_read_from_the_files_beside(tmp_path: Path) -> None:
    written(tmp_path, SMALL, "korea/case.yaml")
    written(
        tmp_path,
        "claims: {c1: {document: d1, voice: [a, b], stance: -2, supports: [parties.usa.hazard]}}\n"
        "assumed: [{places: [parties], reason: a guess}]\n",
        "korea/claims.yaml",
    )
    written(
        tmp_path,
        "documents: {d1: {title: T, author: null, date: [2017-01, 2018], pages: 3}}\n",
        "korea/documents.yaml",
    )
    case = read_case(tmp_path / "korea")
    assert case.claims == (
        Claim(id="c1", document="d1", voice=("a", "b"), stance=-2.0, supports=("parties.usa.hazard",)),
    )
    assert case.assumptions == (Assumption(places=("parties",), reason="a guess"),)
    assert case.documents == (Document(id="d1", title="T", date="2017-01/2018", details=(("pages", "3"),)),)
    assert case.notes == ()


def test_single_file_has_no_evidence_beside_it(tmp_path: Path) -> None:
    written(tmp_path, "claims: {}\n", "claims.yaml")
    assert read_case(written(tmp_path, SMALL)).claims == ()


def test_settings_lie_over_readings_and_readings_over_the_base(tmp_path: Path) -> None:
    text = SMALL + (
        "readings:\n"
        "  a: {set: {parties.usa.hazard: 0.2, parties.dprk.hazard: 0.2}}\n"
        "  b: {name: B, document: d1, set: {parties.usa.breakdown: -3}}\n"
    )
    case = read_case(written(tmp_path, text), settings={"parties.usa.hazard": 0.4})
    hazards = {reading: [party.hazard for party in case.under(reading).parties] for reading in (None, "a", "b")}
    assert hazards == {None: [0.4, 0.0], "a": [0.4, 0.2], "b": [0.4, 0.0]}
    assert case.under("b").party("usa").breakdown == -3.0
    assert case.readings[1] == Reading(id="b", name="B", document="d1", settings={"parties.usa.breakdown": -3})
    assert case.source is not None
    assert case.source.settings == {"parties.usa.hazard": 0.4}
    assert case.under("a").reading_cases == {}


def test_reading_is_checked_as_if_it_stood_in_the_file(tmp_path: Path) -> None:
    text = SMALL + (
        "measures: {freeze: {by: [dprk]}, talks: {by: [usa], requires: [freeze]}}\n"
        "roadmaps: {now: {stages: [[freeze], [talks]]}}\n"
        "readings:\n"
        "  a: {set: {parties.usa.hazard: 2, roadmaps.now.stages: [[talks]]}}\n"
    )
    with pytest.raises(CaseError) as caught:
        read_case(file := written(tmp_path, text))
    assert [str(error) for error in caught.value.diagnostics] == [
        f"{file}:6:33: error[D104]: parties.usa.hazard is 2.\n    help: it must be >= 0 and < 1.",
        f"{file}:6:59: error[D314]: roadmap 'now': stage 1 takes 'talks' without 'freeze', which it requires.\n"
        "    help: take what it requires in the same stage or an earlier one.",
    ]


def test_reading_repeats_no_problem_of_the_base_case(tmp_path: Path) -> None:
    text = "detente: 1\nparties: {usa: {hazard: 2}}\nreadings: {a: {set: {parties.usa.breakdown: -1}}}\n"
    with pytest.raises(CaseError) as caught:
        read_case(written(tmp_path, text))
    assert [error.code for error in caught.value.diagnostics] == ["D104"]


def test_digest_is_of_what_the_case_says_not_of_how(tmp_path: Path) -> None:
    first = read_case(written(tmp_path, "detente: 1\nname: N\nparties: {usa: {hazard: 0.10, breakdown: 0}}\n"))
    second = read_case(
        written(tmp_path, "# comment\nname: 'N'\nparties:\n  usa:\n    hazard: 1e-1 # tenth\ndetente: 1\n")
    )
    assert first == second
    assert first.digest == second.digest
    changed = change_case(first, {"parties.usa.hazard": 0.2})
    assert changed.digest != first.digest
    assert change_case(changed, {"parties.usa.hazard": 0.1}).digest == first.digest


def test_changing_a_case_keeps_its_source_with_the_settings(tmp_path: Path) -> None:
    case = read_case(written(tmp_path, SMALL), settings={"parties.usa.hazard": 0.1})
    changed = change_case(case, {"parties.dprk.hazard": 0.2})
    assert case.source is not None
    assert changed.source is not None
    assert changed.source.text == SMALL
    assert changed.source.settings == {"parties.usa.hazard": 0.1, "parties.dprk.hazard": 0.2}
    assert [party.hazard for party in changed.parties] == [0.1, 0.2]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"parties.us.hazard": 0.1},
            "unknown place 'parties.us.hazard': parties has no 'us'; did you mean 'usa'?",
        ),
        ({"detente": 2}, "'detente' cannot be set; set what it is about"),
        ({"parties.usa.hazard": object}, "cannot set parties.usa.hazard: a case file cannot hold <class 'object'>"),
    ],
)
def test_setting_that_has_no_place_is_a_usage_error(tmp_path: Path, settings: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_case(written(tmp_path, SMALL), settings=settings)
    assert str(caught.value) == message


def test_setting_with_a_wrong_value_makes_the_case_invalid(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(written(tmp_path, SMALL), settings={"parties.usa.hazard": 2})
    assert str(caught.value) == (
        "--set parties.usa.hazard:1:1: error[D104]: parties.usa.hazard is 2.\n    help: it must be >= 0 and < 1."
    )


def test_gallery_case_is_read_by_name_and_a_path_of_that_name_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = read_case("korea-2018")
    assert case.name == "Korea 2017–18"
    assert case.source is not None
    assert case.source.path == "korea-2018/case.yaml"
    assert set(case.source.beside) == {"claims.yaml", "documents.yaml"}
    written(tmp_path, "detente: 1\nname: Mine\n", "korea-2018/case.yaml")
    monkeypatch.chdir(tmp_path)
    assert read_case("korea-2018").name == "Mine"


def test_missing_case_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as caught:
        read_case("korea-2081")
    assert str(caught.value) == (
        "no such case: 'korea-2081' is no folder, no file and no case of the gallery "
        f"(the gallery has: {', '.join(gallery_names())})"
    )
    with pytest.raises(OptionError) as caught:
        read_case(tmp_path)
    assert str(caught.value) == f"the folder {tmp_path} has no case.yaml (`detente new` writes a starter case)"


def test_states_of_a_graph_may_be_numbers(tmp_path: Path) -> None:
    case = read_case(written(tmp_path, SMALL + "graph: {states: [1, s2], moves: {usa: [[1, s2]]}}\n"))
    assert case.graph is not None
    assert case.graph.moves == {"usa": (("1", "s2"),)}


def test_measure_that_cannot_be_read_draws_no_errors_about_roadmaps(tmp_path: Path) -> None:
    text = (
        "measures: {talks: {by: [usa], requires: [freeze]}, freeze: 3}\nroadmaps: {r: {stages: [[freeze], [talks]]}}\n"
    )
    with pytest.raises(CaseError) as caught:
        read_case(written(tmp_path, SMALL + text))
    assert [error.code for error in caught.value.diagnostics] == ["D103"]


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_bytes(b"\xef\xbb\xbfdetente: 1\r\nparties:\r\n  usa: {hazard: 2}\r\n")
    with pytest.raises(CaseError) as caught:
        read_case(file)
    assert [str(error.span) for error in caught.value.diagnostics] == [f"{file}:3:17"]
