"""Which verdicts differ between two cases, and through which differences."""

import json
from pathlib import Path

import pytest

from detente import change_case, compare_cases, read_case
from detente.analysis.result import Status
from detente.case import Case
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent

BORDER = Path(__file__).parents[3] / "cases" / "border.yaml"
WITHDRAW = "measures.withdraw.value.north"
PAY = "measures.pay.value.south"
TENSE = "parties.south.breakdown"


@pytest.fixture
def border() -> Case:
    return read_case(BORDER)


@pytest.fixture
def stubborn(border: Case) -> Case:
    """Both parties would rather do nothing; either of them alone keeps the roadmap from holding."""
    return change_case(border, {WITHDRAW: -4, PAY: -4})


def test_a_difference_that_does_it_alone_is_needed_if_nothing_else_does(border: Case) -> None:
    result = compare_cases(border, change_case(border, {WITHDRAW: -4, TENSE: -0.1}))
    assert [d.place for d in result.differences] == [TENSE, WITHDRAW]
    (at_once, _) = result.verdicts
    assert (at_once.before.holds, at_once.after.holds, at_once.changed[0]) == (True, False, "holds")
    assert (at_once.alone, at_once.needed, at_once.smallest) == ((WITHDRAW,), (WITHDRAW,), ())


def test_differences_that_each_do_it_are_both_told_and_none_is_needed(border: Case, stubborn: Case) -> None:
    (at_once, _) = compare_cases(border, stubborn).verdicts
    assert (at_once.alone, at_once.needed, at_once.smallest) == ((WITHDRAW, PAY), (), ())


def test_differences_that_only_together_do_it_are_a_smallest_set(border: Case, stubborn: Case) -> None:
    result = compare_cases(stubborn, change_case(border, {TENSE: -0.1}))
    (at_once, _) = result.verdicts
    assert (at_once.before.holds, at_once.after.holds) == (False, True)
    assert (at_once.alone, at_once.needed, at_once.smallest) == ((), (WITHDRAW, PAY), (WITHDRAW, PAY))
    assert str(result.explain()).splitlines()[:2] == [
        "“At once” now holds.",
        "No difference alone makes it so, but these 2 together do, and none of them can be left out (an "
        "inclusion-minimal set): measures.withdraw.value.north (-4 → -1) and measures.pay.value.south (-4 → -1).",
    ]


def test_who_is_critical_and_how_much_trust_is_asked_for_are_verdicts_too(border: Case) -> None:
    result = compare_cases(border, change_case(border, {"measures.withdraw.value.north": -1.2}))
    assert [verdict.changed for verdict in result.verdicts] == [("trust",), ()]
    assert result.verdicts[0].alone == (WITHDRAW,)
    lines = str(result.explain()).splitlines()
    assert lines[0].startswith("“At once” still holds, but asks for ")
    assert lines[-1] == "All of it is through the only difference: measures.withdraw.value.north (-1 → -1.2)."


def test_what_changes_no_verdict_is_a_difference_all_the_same(border: Case) -> None:
    result = compare_cases(border, change_case(border, {"parties.north.name": "The North"}))
    assert [(d.place, d.before, d.after) for d in result.differences] == [("parties.north.name", "North", "The North")]
    assert result.changed == ()
    assert str(result.explain()) == (
        "Every verdict stays the same: who holds, who is critical and how much trust is asked for."
    )


def test_a_place_that_a_reading_sets_is_named_by_the_reading(border: Case) -> None:
    result = compare_cases(border, change_case(border, {WITHDRAW: -1.2}), readings=[None, "hawk"])
    own = f"readings.hawk.set.{WITHDRAW}"
    assert [(d.place, d.before, d.after) for d in result.differences] == [(WITHDRAW, -1, -1.2), (own, -4, -1.2)]
    by_reading = {(v.before.id, v.before.reading): v for v in result.verdicts}
    assert by_reading["at-once", "hawk"].alone == (own,)
    assert by_reading["at-once", None].alone == (WITHDRAW,)
    assert str(result.explain()).splitlines()[2] == "Under the reading “A hawk's view”, “At once” now holds."


def test_a_difference_that_alone_is_no_case_does_nothing_alone(border: Case, tmp_path: Path) -> None:
    text = BORDER.read_text(encoding="utf-8")
    text = text.replace("terms:", "  talks: {by: [south], value: {north: -9}}\nterms:")
    (tmp_path / "other.yaml").write_text(text.replace("[[withdraw, pay]]", "[[withdraw, pay, talks]]"))
    (at_once, pay_first) = compare_cases(border, read_case(tmp_path / "other.yaml")).verdicts
    assert (at_once.alone, at_once.smallest) == ((), ("measures.talks", "roadmaps.at-once.stages"))
    assert pay_first.changed == ()


def test_the_json_has_both_verdicts_and_all_differences(border: Case) -> None:
    other = change_case(border, {WITHDRAW: -4})
    document = json.loads(json.dumps(compare_cases(border, other, readings=["hawk"]).to_dict(), allow_nan=False))
    assert (document["case"], document["reading"]) == ("The border", "hawk")
    assert document["parameters"] == {"other": "The border", "other_digest": other.digest, "readings": ["hawk"]}
    assert document["differences"] == [{"path": WITHDRAW, "before": -1, "after": -4}]
    assert [verdict["changed"] for verdict in document["verdicts"]] == [[], []]


def test_the_table_has_one_row_per_verdict(border: Case, stubborn: Case) -> None:
    frame = compare_cases(border, stubborn).to_frame()
    assert frame["roadmap"].tolist() == ["at-once", "pay-first"]
    assert frame["alone"].tolist()[0] == f"{WITHDRAW} {PAY}"
    assert frame["holds_before"].tolist() == [True, True]


def test_the_picture_has_a_line_before_and_after(border: Case) -> None:
    axes = compare_cases(border, change_case(border, {WITHDRAW: -4}), readings=["hawk", None]).plot()
    named = [text.get_text() for text in axes.texts] + [str(line.get_label()) for line in axes.lines]
    for name in ("at-once (before)", "at-once (after)", "pay-first (before)", "pay-first (after)"):
        assert any(name in text for text in named)


def test_cases_without_a_common_roadmap_are_refused(border: Case) -> None:
    with pytest.raises(OptionError) as refused:
        compare_cases(border, read_case("korea-2018"))
    assert str(refused.value) == "the cases have no roadmap in common, so there are no verdicts to compare"


def test_a_reading_that_a_case_lacks_is_refused(border: Case) -> None:
    with pytest.raises(OptionError) as refused:
        compare_cases(border, border, readings=["dove"])
    assert str(refused.value) == "unknown reading 'dove' (the case has: hawk)"


def test_when_stopped_the_verdicts_are_there_without_all_reasons(border: Case, stubborn: Case) -> None:
    def stop(event: ProgressEvent) -> None:
        assert event.task == "trying the differences one by one"
        raise Cancelled("stop")

    result = compare_cases(border, stubborn, progress=stop)
    assert result.status is Status.STOPPED
    assert [verdict.changed[0] for verdict in result.verdicts] == ["holds", "holds"]
    assert all(verdict.alone == () for verdict in result.verdicts)
