"""What the chapters say, case by case."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from detente import Design, Evaluation, design_roadmap, evaluate_roadmaps, read_case
from detente.analysis.result import Status
from detente.analysis.roadmap import sensitivity
from detente.case import Case
from detente.casefile import change_case
from detente.errors import Cancelled, LimitError
from detente.progress import ProgressEvent
from detente.report import findings as finding
from detente.report.chapters.verdicts import in_short
from detente.report.content import compose
from detente.report.document import Block, Bullets, Facts, Paragraph, Section, Table, Text
from detente.report.findings import find
from detente.report.words import at_most_per_stage, join, say_goal, say_number, say_value, under
from tests.report_case import DAY, report_case

CASE = report_case()


def plain(text: Text) -> str:
    return "".join(run if isinstance(run, str) else run.text for run in text)


def said(blocks: Sequence[Block]) -> list[str]:
    """The paragraphs, items and facts of blocks, without tables, pictures and what is folded away."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Paragraph():
                found.append(plain(block.text))
            case Bullets():
                found += [plain(item) for item in block.items]
            case Facts():
                found += [f"{plain(name)}: {'; '.join(plain(m) for m in meanings)}" for name, meanings in block.pairs]
            case _:
                pass
    return found


def chapter(case: Case, chapter_id: str, **options: object) -> Section:
    document = compose(find(case, date=DAY, **options))  # type: ignore[arg-type]  # options of find, by name
    return next(section for section in document.sections if section.id == chapter_id)


def short(case: Case, **options: object) -> list[str]:
    return said(chapter(case, "in-short", **options).blocks)


def without_readings(case: Case) -> Case:
    return replace(case, readings=(), reading_cases={})


def test_in_short_readings_that_agree_are_told_together() -> None:
    assert short(CASE, designs=[]) == [
        "In the base case, both roadmaps hold.",
        "Under the reading “The Herald”, neither of the two roadmaps holds.",
        "In the base case, of 12 feasible states these are stable for every party without any agreement: 2 by Nash; "
        "6 by GMR, SMR, SEQ and SSEQ.",
        "In the base case and under the reading “The Herald”, the status quo is stable without agreement for every "
        "party by every concept.",
        "A single number changes both verdicts of the base case within its range: weight of “Calm at the line” for "
        "South, at 1 in place of 4.",
    ]
    failing = change_case(CASE, {"measures.withdraw.value.north": -9})
    assert short(failing, designs=[])[0] == (
        "In the base case and under the reading “The Herald”, neither of the two roadmaps holds."
    )


def test_in_short_one_roadmap_and_some_of_several() -> None:
    bare = without_readings(CASE)
    assert short(bare, designs=[], roadmaps=["step-by-step"])[0] == "In the base case, the only roadmap holds."
    korea = read_case("korea-2018")
    told = short(korea, designs=[], readings=["rsis"], roadmaps=["double-freeze", "relief-first", "single-round"])
    assert told[:2] == [
        "In the base case, none of the 3 roadmaps holds.",
        "Under the reading “RSIS – Russia's motives in order, and their limits”, “Double freeze, direct talks, "
        "multilateral security” holds; the other 2 do not.",
    ]
    assert "would hold if nothing outside the process could break it" in told[2]


def test_in_short_without_anything_to_tell() -> None:
    bare = replace(without_readings(CASE), roadmaps=())
    assert short(bare, designs=[], stability=False) == ["The case has no roadmap, and none was designed."]
    assert [section.id for section in compose(find(bare, date=DAY, designs=[], stability=False)).sections] == [
        "in-short",
        "unstated",
        "terms",
        "method",
    ]


def test_designs_with_several_goals_are_told_apart() -> None:
    case = without_readings(CASE)
    whole = design_roadmap(case, max_per_stage=3)
    bare = design_roadmap(case, goal=["withdraw", "relief.50%", "relief.100%"], max_per_stage=3)
    other = design_roadmap(case, goal=["watch"], max_per_stage=1)
    section = chapter(case, "designs", designs=[whole, bare, other])
    assert [inner.heading for inner in section.sections] == [
        "Base case",
        "Base case, without “Observers at the line”",
        "Base case, without “Troops withdrawn”, “Relief 50%” and “Relief 100%”",
    ]
    assert [inner.id for inner in section.sections] == ["design.1", "design.2", "design.3"]
    assert said(section.sections[1].blocks)[0].startswith(
        "Goal: all measures but “Observers at the line”; at most 3 measures a stage. The roadmap that asks for the "
    )
    assert said(section.sections[2].blocks)[0].startswith("Goal: “Observers at the line”; one measure a stage.")


def test_in_short_a_narrower_goal_is_told_by_what_it_leaves_out() -> None:
    case = without_readings(CASE)
    whole = design_roadmap(case, max_per_stage=3)
    bare = design_roadmap(case, goal=["withdraw", "relief.50%", "relief.100%"], max_per_stage=3)
    none = replace(bare, status=Status.NONE, stages=(), durations=(), value=None, evaluation=None)
    assert short(case, designs=[whole, none])[1:3] == [
        "Out of all possible roadmaps to all 4 measures (at most 3 measures a stage), some hold. The least trust that "
        "one of them asks for is 5% in the base case.",
        "Out of all possible roadmaps to the same without “Observers at the line” (at most 3 measures a stage), none "
        "holds in the base case.",
    ]


def test_a_design_that_was_stopped_says_so() -> None:
    case = without_readings(CASE)
    design = design_roadmap(case)
    stopped = replace(design, status=Status.STOPPED, bound=0.01)
    section = chapter(case, "designs", designs=[stopped])
    assert said(section.blocks)[0].endswith(
        "Where the search was stopped, the best one found so far is told, with a bound on what others could reach."
    )
    assert ", as far as was searched, is" in short(case, designs=[stopped])[1]
    empty = replace(stopped, stages=(), durations=(), evaluation=None, value=None, bound=None)
    assert (
        "Stopped before any roadmap was found; none may exist."
        in said(chapter(case, "designs", designs=[empty]).sections[0].blocks)[0]
    )


def test_where_designing_is_too_large_fewer_measures_a_stage_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(case: Case, *, max_per_stage: int | None, **options: object) -> Design:
        if max_per_stage is None:
            raise LimitError("too large")
        return design_roadmap(case, max_per_stage=max_per_stage)

    monkeypatch.setattr(finding, "design_roadmap", limited)
    section = chapter(without_readings(CASE), "designs")
    assert "; at most 2 measures a stage." in said(section.sections[0].blocks)[0]


def test_where_designing_is_refused_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(case: Case, **options: object) -> Design:
        raise LimitError("far too large: leave some measures out.")

    monkeypatch.setattr(finding, "design_roadmap", refused)
    case = without_readings(CASE)
    assert said(chapter(case, "designs").sections[0].blocks) == [
        "No design was made: far too large: leave some measures out."
    ]
    assert len(short(case, stability=False)) == 2


def test_a_goal_that_is_infeasible_is_told() -> None:
    case = change_case(without_readings(CASE), {"measures.watch.excludes": ["withdraw"], "roadmaps": {}})
    told = said(chapter(case, "designs").sections[0].blocks)
    assert told[0].startswith("No design was made: the state with every measure in force is not feasible")


def test_an_evaluation_that_was_stopped_is_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(case: Case, *arguments: object, **options: object) -> Evaluation:
        return replace(evaluate_roadmaps(case), status=Status.STOPPED)

    monkeypatch.setattr(finding, "evaluate_roadmaps", stopped)
    with pytest.raises(Cancelled) as error:
        find(CASE, date=DAY)
    assert str(error.value) == "stopped before everything was known; no report was written"


def test_numbers_too_many_to_move_are_not_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "MOST_MOVES", 1)
    assert said(chapter(CASE, "numbers", designs=[]).blocks)[1] == (
        "The case has too many ranges and roadmaps to try them all within a report; none was."
    )


def test_where_no_number_changes_a_verdict_that_is_said() -> None:
    fixed = change_case(
        CASE,
        {
            "parties.south.discount": 0.9,
            "interests.calm.weight.south": 4,
            "measures.withdraw.value.north": -2,
            "terms.0.value": -1,
        },
    )
    assert said(chapter(fixed, "numbers", designs=[]).blocks)[1] == (
        "No single number, moved to an end of its range, changes a verdict."
    )


def test_a_reading_that_changes_nothing_is_said_to() -> None:
    settings = {"measures.withdraw.value.north": -2.1}
    (reading,) = CASE.readings
    same = replace(CASE, readings=(replace(reading, settings=settings),))
    same = replace(same, reading_cases={"herald": replace(change_case(CASE, settings), readings=same.readings)})
    section = chapter(same, "readings", designs=[]).sections[0]
    assert said(section.blocks)[1] == "No verdict and no critical party differs from the base case."


def test_settings_are_told_with_their_base_values_and_their_support() -> None:
    section = chapter(CASE, "readings", designs=[]).sections[0]
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [[plain(cell.text) for cell in row] for row in table.rows] == [
        [
            "what “Troops withdrawn” is worth to North measures.withdraw.value.north",
            "−2 (−4\xa0to\xa0−1)",
            "−9",
            "¶3: The line matters more to the North than all that is offered (report, A. Reporter reporting North).",
        ],
        [
            "weight of “Calm at the line” for South interests.calm.weight.south",
            "4 (1\xa0to\xa05)",
            "5",
            "The case names nothing that it rests on.",
        ],
    ]


def test_what_if_settings_are_told_at_the_head() -> None:
    korea = read_case("korea-2018", settings={"parties.usa.hazard": [0, 0.001, 0.01]})
    document = compose(find(korea, date=DAY, roadmaps=[], readings=[], designs=[]))
    assert "What if: parties.usa.hazard = 0.001 (0\xa0to\xa00.01)" in said(document.blocks)
    method = next(section for section in document.sections if section.id == "method")
    assert said(method.blocks)[2] == (
        "To compute it again: detente report korea-2018 --set 'parties.usa.hazard=[0, 0.001, 0.01]' -o report.html"
    )


def test_a_report_says_how_all_of_it_was_computed_and_with_which_options() -> None:
    late = change_case(CASE, {"measures.withdraw.detection-lag": 12, "roadmaps.troops-first.durations": [12, 12]})
    assert said(chapter(late, "method", readings=[], designs=[], indispensable=True, repairs=True).blocks)[:5] == [
        "Roadmap evaluation, all deviations (model §5–7).",
        "Critical values, every crossing (model §8).",
        "Indices of roadmaps from their values (model §3–6), demanded orders by design (§8).",
        "Least change of every kind, each verified by evaluating the repaired roadmap (model §8).",
        "One exact design per set of parties; Shapley value over all of them (model §10).",
    ]
    korea = read_case("korea-2018", settings={"parties.usa.hazard": 0.001})
    found = find(korea, date=DAY, roadmaps=["double-freeze"], readings=["rsis"], designs=[], max_per_stage=2)
    assert said(next(s for s in compose(found).sections if s.id == "method").blocks)[-2] == (
        "To compute it again: detente report korea-2018 --roadmap double-freeze --reading rsis --max-per-stage 2 "
        "--set parties.usa.hazard=0.001 -o report.html"
    )


def test_in_short_takes_no_more_than_it_is_given() -> None:
    found = find(CASE, date=DAY, readings=[], designs=[])
    assert said(in_short(found).blocks)[0] == "In the base case, both roadmaps hold."


def test_words() -> None:
    assert [join(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert say_number(-0.25) == "−0.25"
    assert [
        say_value(value) for value in (True, False, 2, -0.5, None, "word", [1, 2, 3], ["a", "b"], [], {"a": 1})
    ] == [
        "yes",
        "no",
        "2",
        "−0.5",
        "none",
        "word",
        "2 (1\xa0to\xa03)",
        "a, b",
        "none",
        "a: 1",
    ]
    assert under(CASE, None, "herald", starts=False) == "in the base case and under the reading “The Herald”"
    assert [at_most_per_stage([limit]) for limit in (1, 4)] == ["one measure a stage", "at most 4 measures a stage"]
    assert say_goal(CASE, None) == "any measures"


def test_who_is_indispensable_is_told_where_it_is_asked_for() -> None:
    assert "indispensability" not in [section.id for section in compose(find(CASE, date=DAY, designs=[])).sections]
    told = chapter(CASE, "indispensability", designs=[], indispensable=True)
    assert [section.heading for section in told.sections] == ["Base case", "The Herald"]
    assert said(told.blocks)[1:3] == [
        "Shapley value of North: 0.8434 (place 1) in the base case, 0 (place 1) under the reading “The Herald”.",
        "Shapley value of South: 0.8434 (place 1) in the base case, 0 (place 1) under the reading “The Herald”.",
    ]
    first = told.sections[0]
    assert said(first.blocks)[0] == (
        "In the base case, the best roadmap of both parties adds 1.687 a month to what each has, as the geometric mean "
        "over them."
    )
    parties, formats = (block for block in first.blocks if isinstance(block, Table))
    assert [[plain(cell.text) for cell in row] for row in parties.rows] == [
        ["North", "0", "1.687", "1.067", "0.8434", "0", "yes"],
        ["South", "0", "1.687", "2.666", "0.8434", "0", "yes"],
    ]
    assert [[plain(cell.text) for cell in row] for row in formats.rows] == [
        ["North and South", "1.687", "1.687", "North +2.67, South +1.07", "–"]
    ]
    empty = [block for block in told.sections[1].blocks if isinstance(block, Table)][1]
    assert [plain(cell.text) for cell in empty.rows[0]] == ["any 2 parties", "0", "–", "–", "–"]


def test_a_report_stopped_among_the_tables_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)

    def progress(event: ProgressEvent) -> None:
        if event.task == "refusals":
            raise Cancelled("stop")

    with pytest.raises(Cancelled, match=r"^stopped before everything was known; no report was written$"):
        find(CASE, date=DAY, designs=[], indispensable=True, progress=progress)
