"""The chapter on what would last without agreement."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from detente import analyse_stability, read_case
from detente.analysis.result import Status
from detente.analysis.stability import StabilityReasons, explain_stability
from detente.case import Case, Roadmap
from detente.casefile import case_from_tree, case_to_tree, change_case
from detente.casefile.tree import Plain
from detente.errors import Cancelled
from detente.report import stability_findings as finding
from detente.report.chapters.stability import row_of, say_better
from detente.report.chapters.stability_readings import places_in, readings_compared, say_changes
from detente.report.chapters.stable_states import nearest_first, states_stable_for_all
from detente.report.content import compose
from detente.report.document import Details, Document, Facts, Picture, Section, Table
from detente.report.findings import find
from tests.report_case import DAY, report_case
from tests.unit.report.test_chapters import chapter, plain, said, short, without_readings

Tree = dict[str, Plain]

LINE = report_case()
ELMIRA = read_case("hipel-1993/elmira")


def dilemma(**more: object) -> Case:
    """Two who help each other or not, known by the order of states alone."""
    tree: Tree = {
        "detente": 1,
        "name": "Dilemma",
        "parties": {"row": {"name": "Row"}, "column": {"name": "Column"}},
        "measures": {
            "row-helps": {"name": "Row helps", "by": ["row"]},
            "column-helps": {"name": "Column helps", "by": ["column"]},
        },
        "preferences": {"row": {"ranks": [2, 1, 4, 3]}, "column": {"ranks": [2, 4, 1, 3]}},
    }
    return case_from_tree(tree | cast("Tree", more))


def begun_in(*measures: str) -> Case:
    """The same from another status quo."""
    return case_from_tree(case_to_tree(dilemma()) | {"status-quo": list(measures)})


def many(n_measures: int, *in_force: str) -> Case:
    """One party with measures that are all worth something to it, some of them in force."""
    measures: Tree = {f"m{number}": {"by": ["one"], "value": {"one": 1}} for number in range(n_measures)}
    tree: Tree = {"detente": 1, "name": "Many", "parties": {"one": {"name": "One"}}, "measures": measures}
    return case_from_tree(tree | {"status-quo": list(in_force)})


def told(case: Case, **options: object) -> Document:
    return compose(find(case, date=DAY, **options))  # type: ignore[arg-type]  # options of find, by name


def part(case: Case, name: str, **options: object) -> Section:
    whole = chapter(case, "stability", designs=[], **options)
    return next(section for section in whole.sections if section.id == f"stability.{name}")


def rows_of(table: Table) -> list[list[str]]:
    return [[plain(cell.text) for cell in row] for row in table.rows]


def tables_of(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def ids(document: Document) -> list[str]:
    return [section.id for section in document.sections]


def test_a_case_for_stability_only_is_told_as_one() -> None:
    document = told(dilemma())
    assert document.title == "Dilemma: what would last without agreement?"
    assert said(document.blocks)[:2] == [
        "Parties: Row and Column",
        "Content: 2 measures; the order of states for every party",
    ]
    assert said(document.blocks)[-1] == (
        "The preferences in this case are judgements. What would last follows from them by calculation and is worth no "
        "more than they are; nothing here predicts what any government will do. They say which of two states a party "
        "prefers, not by how much."
    )
    assert ids(document) == ["in-short", "stability", "terms", "method"]
    assert said(document.sections[0].blocks) == [
        "In the base case, of 4 feasible states these are stable for every party without any agreement: 1 by Nash; "
        "2 by GMR, SMR, SEQ and SSEQ.",
        "In the base case, the status quo is stable without agreement for every party by every concept.",
    ]
    assert said(document.sections[-1].blocks)[:3] == [
        "Graph model for conflict resolution.",
        "The concepts are those of the graph model for conflict resolution: Fang, Hipel and Kilgour, Interactive "
        "Decision Making (1993), chapter 3; Xu, Hipel, Kilgour and Fang, Conflict Resolution Using the Graph Model "
        "(2018), chapter 4.",
        "No roadmap was designed: that takes values and a discount factor of every party, and the case does not state "
        "both for any party.",
    ]


def test_what_roadmaps_lack_is_told_of_those_who_lack_it() -> None:
    parties = {"row": {"name": "Row", "discount": 0.9}, "column": {"name": "Column"}}
    values = {
        "row-helps": {"by": ["row"], "value": {"row": -1}},
        "column-helps": {"by": ["column"], "value": {"row": 2}},
    }
    case = dilemma(parties=parties, measures=values)
    document = told(case)
    assert said(document.blocks)[1] == "Content: 2 measures; values per period; the order of states for every party"
    assert said(document.blocks)[-1] == (
        "The values in this case are judgements. What would last follows from them by calculation and is worth no more "
        "than they are; nothing here predicts what any government will do. Values are per period, each in the party’s "
        "own units; what lasts rests on nothing but the order that they give the states for each party."
    )
    assert said(document.sections[-1].blocks)[2] == (
        "No roadmap was designed: that takes values and a discount factor of every party, and the case does not state "
        "both for Column."
    )
    # Column has an order and no values, so that nothing of it counts as 0.
    assert said(chapter(case, "unstated").blocks) == ["The case states what every measure is worth to every party."]


def test_an_order_of_some_parties_is_told_as_theirs() -> None:
    case = dilemma(
        preferences={"row": {"ranks": [2, 1, 4, 3]}},
        measures={"row-helps": {"by": ["row"]}, "column-helps": {"by": ["column"], "value": {"column": -1}}},
    )
    assert said(told(case).blocks)[1] == "Content: 2 measures; values per period; the order of states for Row"


def test_the_chapter_of_a_graph() -> None:
    document = told(ELMIRA)
    assert document.title == f"{ELMIRA.name}: what would last without agreement?"
    assert "9 states" in said(document.blocks)[1]
    assert ids(document) == ["in-short", "stability", "terms", "method"]
    whole = chapter(ELMIRA, "stability")
    [counts] = tables_of(whole)
    assert rows_of(counts) == [["base case", "9", "3", "5", "5", "3", "3", "SMR"]]
    assert [section.id for section in whole.sections] == [
        "stability.status-quo",
        "stability.paths",
        "stability.states",
        "stability.graph",
    ]
    [terms] = document.sections[2].blocks
    assert isinstance(terms, Facts)
    names = [plain(name) for name, _ in terms.pairs]
    assert names == ["Feasible state", "GMR", "Improvement", "Nash", "Sanction", "SEQ", "SMR", "SSEQ", "Stable"]


def test_who_would_leave_the_status_quo_and_what_stops_it() -> None:
    why = explain_stability(ELMIRA, party="local").explain()
    assert said(part(ELMIRA, "status-quo").blocks) == [
        "In the base case, the status quo is stable without agreement for every party by GMR and SMR only; it is not "
        "for Local government by Nash, SEQ and SSEQ.",
        "In the base case, no feasible state is better than the status quo for every party.",
        "Who would leave it, and what the others could answer, in the base case:",
        *(sentence.text for sentence in why.sentences[1:]),
        "In the base case, there are no two or more parties who could leave it together, each to its own gain, and "
        "none of whom gains by leaving alone.",
    ]


def test_who_could_leave_the_status_quo_together() -> None:
    assert said(part(dilemma(), "status-quo").blocks)[-1] == (
        "Row and Column: first Column by taking “Column helps”; then Row by taking “Row helps”. That state is stable "
        "for every party by GMR, SMR, SEQ and SSEQ."
    )
    assert said(part(begun_in("row-helps", "column-helps"), "status-quo").blocks)[-1] == (
        "In the base case, there are no two or more parties who could leave it together, each to its own gain, and "
        "none of whom gains by leaving alone."
    )
    alone = said(part(many(1), "status-quo").blocks)
    assert (
        alone[-1]
        == "One would gain 1 a period by taking “m0”. No answer of the others takes that back (GMR, SMR, SEQ, SSEQ)."
    )


def test_groups_are_not_looked_for_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_SEARCHED", 15)
    assert len(said(part(dilemma(), "status-quo").blocks)) == 2


def test_how_the_conflict_could_move_from_the_status_quo() -> None:
    assert said(part(ELMIRA, "paths").blocks)[:3] == [
        "In the base case, by moves of one party or of several together, nobody twice in a row:",
        "From the status quo these can improve their position in one move: Local government, to 1 state.",
        "Of the 8 other feasible states, moves of any kind reach 8, the furthest in 3 moves; moves that improve the "
        "position of all who make them reach 1, the furthest in 1 move.",
    ]
    unkept = said(part(begun_in("row-helps"), "paths").blocks)
    assert unkept[1] == "From the status quo these can improve their position in one move: Row, to 1 state."
    large = part(many(8), "paths")
    [folded] = [block for block in large.blocks if isinstance(block, Details)]
    [picture] = folded.blocks
    assert isinstance(picture, Picture)
    assert picture.description == "Shortest ways lead from state 1 to 256."


def test_a_status_quo_that_nobody_keeps() -> None:
    assert short(begun_in("row-helps"))[1] == (
        "In the base case, the status quo is stable without agreement for every party by no concept; it is not for Row "
        "by Nash, GMR, SMR, SEQ and SSEQ."
    )


def test_what_would_be_better_for_all_is_counted() -> None:
    assert said(part(dilemma(), "status-quo").blocks)[1] == (
        "In the base case, 1 feasible state is better than the status quo for every party; of these, stable for all "
        "are none by Nash; 1 by GMR, SMR, SEQ and SSEQ."
    )
    bystander = {"row": {"name": "Row"}, "column": {"name": "Column"}, "third": {"name": "Third"}}
    assert say_better(analyse_stability(dilemma(parties=bystander), concepts=["nash"])) == (
        "1 feasible state is better than the status quo for every party that prefers one state to another; none of "
        "them is stable for all by any concept"
    )
    both = analyse_stability(begun_in("row-helps", "column-helps"))
    assert say_better(both) == "no feasible state is better than the status quo for every party"


def test_small_conflicts_are_shown_whole() -> None:
    options, individual = tables_of(part(ELMIRA, "states"))
    assert options.caption == (
        "All states in option form, in the base case: Y taken, N not, - either; * is the status quo"
    )
    assert [column.header for column in options.columns] == [
        "Holder",
        "Option",
        "s1*",
        *(f"s{n}" for n in range(2, 10)),
    ]
    assert rows_of(options)[4:7] == [
        ["Local government", "insist", "N", "N", "N", "N", "Y", "Y", "Y", "Y", "-"],
        ["Stable for all by", "Nash", "", "", "", "", "✓", "", "", "✓", "✓"],
        ["Stable for all by", "GMR", "✓", "", "", "✓", "✓", "", "", "✓", "✓"],
    ]
    assert rows_of(individual)[:3] == [
        ["s1*", "Nash", "Nash", "SMR", "SMR"],
        ["s2", "Nash", "–", "SSEQ", "–"],
        ["s3", "Nash", "–", "SSEQ", "–"],
    ]


def test_a_graph_without_options_or_status_quo_has_its_names() -> None:
    case = case_from_tree(
        {
            "detente": 1,
            "name": "Changes",
            "parties": {"usa": {"name": "United States"}, "iaea": {"name": "IAEA"}},
            "graph": {
                "states": ["calm", "tense"],
                "names": {"tense": "Forces on alert"},
                "moves": {"usa": [["calm", "tense"]], "iaea": [["tense", "calm"]]},
                "ranks": {"usa": [1, 2], "iaea": [2, 1]},
            },
        }
    )
    whole = chapter(case, "stability")
    assert [section.id for section in whole.sections] == ["stability.states", "stability.graph"]
    assert said(whole.sections[0].blocks) == [
        "tense: Forces on alert",
    ]
    assert [column.header for column in tables_of(whole)[0].columns][-1] == "SSEQ"
    assert short(case) == [
        "In the base case, of 2 feasible states these are stable for every party without any agreement: none by Nash, "
        "SMR and SSEQ; 2 by GMR and SEQ."
    ]
    nowhere = states_stable_for_all(case, (None, analyse_stability(case, concepts=["nash"])))
    assert said(nowhere.blocks)[0] == "No state is stable for every party by any concept in the base case."


def test_many_states_are_told_by_what_they_have_in_common_and_the_nearest_are_shown() -> None:
    free: Tree = {f"m{number}": {"by": ["one"]} for number in range(5)}
    indifferent = case_from_tree(
        {
            "detente": 1,
            "name": "Free",
            "parties": {"one": {"name": "One"}},
            "measures": free | {"kept": {"name": "Kept", "by": ["one"], "value": {"one": 1}}},
            "status-quo": ["m0"],
        }
    )
    states = part(indifferent, "states")
    assert said(states.blocks) == [
        "By some concept 32 states are stable for every party in the base case; the first table says what they have in "
        "common. Of those stable by the most concepts, the second one has the 12 that differ least from the status quo."
    ]
    shares, options = tables_of(states)
    assert rows_of(shares) == [*(["One", f"m{number}", "50%"] for number in range(5)), ["One", "Kept", "100%"]]
    assert [column.header for column in shares.columns] == ["Holder", "Measure", "Nash, GMR, SMR, SEQ, SSEQ (32)"]
    heads = [column.header for column in options.columns][2:]
    assert heads == ["34", "33", "36", "38", "42", "50", "35", "37", "40", "41", "44", "46", "2*"]
    folded = [block.summary for block in states.blocks if isinstance(block, Details)]
    assert folded == ["For whom each of these states is stable", "These states as a picture"]


def test_what_all_states_shown_have_alike_is_said() -> None:
    at_best = many(14, *(f"m{number}" for number in range(14)))
    assert said(part(at_best, "states").blocks) == [
        f"In force in all of them: {', '.join(f'm{number}' for number in range(13))} and m13."
    ]


def test_the_ends_of_roadmaps_and_who_would_leave_them() -> None:
    ends = part(LINE, "roadmaps")
    [table] = tables_of(ends)
    assert rows_of(table) == [
        ["Status quo", "all", "Nash", "Nash", "Nash"],
        ["End of “Step by step”", "base case", "SSEQ", "SSEQ", "SSEQ"],
        ["End of “Step by step”", "The Herald", "–", "–", "SSEQ"],
        ["End of “Troops first”", "base case", "SSEQ", "SSEQ", "SSEQ"],
        ["End of “Troops first”", "The Herald", "–", "–", "SSEQ"],
    ]
    assert said(ends.blocks)[1:] == [
        "Where it is stable for somebody by no concept, this is the move that nobody could take back:",
        "Under the reading “The Herald”, at the end of “Step by step”: North would gain 8 a month by ending “Troops "
        "withdrawn” and “Observers at the line”. No answer of the others takes that back (GMR, SMR, SEQ, SSEQ).",
        "Under the reading “The Herald”, at the end of “Troops first”: North would gain 8 a month by ending “Troops "
        "withdrawn”. No answer of the others takes that back (GMR, SMR, SEQ, SSEQ).",
    ]


def test_an_end_that_is_no_feasible_state_is_told_as_such() -> None:
    broken = Roadmap(id="broken", name="Broken", stages=(("relief.100%",),))
    [found] = finding.find_stability(LINE, [broken], [], progress=None)
    assert [(end.state, end.why) for end in found.ends] == [(None, None)]
    assert found.stability is not None
    assert row_of(found.stability, None) == ("not feasible", "", "")


def test_readings_are_compared_with_the_base_case() -> None:
    compared = part(LINE, "readings")
    assert said(compared.blocks) == [
        "Compared with the base case, these states are stable for every party:",
        "Under the reading “The Herald”: the same by Nash; 4 no longer by GMR, SMR, SEQ and SSEQ.",
        "Stable for all whichever reading is right: 2 by every concept.",
    ]
    [table] = tables_of(compared)
    assert rows_of(table)[0] == ["4", "Troops withdrawn; Relief 50%", "SSEQ", "–"]
    assert len(table.rows) == 4


def test_readings_that_agree_are_told_together() -> None:
    case = dilemma(
        readings={
            "first": {"name": "First", "set": {"name": "One way"}},
            "second": {"name": "Second", "set": {"name": "Another way"}},
        }
    )
    assert said(part(case, "readings").blocks) == [
        "Compared with the base case, these states are stable for every party:",
        "Under the readings “First” and “Second”: the same by every concept.",
        "Stable for all whichever reading is right: 1 by Nash; 2 by GMR, SMR, SEQ and SSEQ.",
    ]
    assert said(part(case, "status-quo").blocks)[0] == (
        "In the base case and under every reading, the status quo is stable without agreement for every party by every "
        "concept."
    )
    assert said(chapter(case, "readings").blocks) == [
        "A reading is what one source’s account implies, laid over the base case. Each keeps its own values; none is "
        "an average of others."
    ]


def test_gains_and_losses_are_counted_by_concept() -> None:
    before = np.array([[True, False, False], [True, True, False]])
    after = np.array([[False, True, True], [True, True, True]])
    assert say_changes(("nash", "seq"), before, after) == "2 more and 1 no longer by Nash; 1 more by SEQ"


def test_states_of_another_kind_are_not_compared() -> None:
    small, large = analyse_stability(many(2)), analyse_stability(many(3))
    graph = analyse_stability(ELMIRA)
    assert places_in(small, large) is None
    assert places_in(small, graph) is None
    same = places_in(graph, graph)
    assert same is not None
    assert list(same) == list(range(9))
    told_apart = readings_compared(report_case(), [(None, small), ("herald", large)])
    assert told_apart is not None
    assert said(told_apart.blocks) == [
        "Compared with the base case, these states are stable for every party:",
        "Under the reading “The Herald”: other states than in the base case; they are not compared.",
    ]


def test_of_many_states_that_differ_the_nearest_are_shown() -> None:
    worthless = {f"measures.m{number}.value.one": 0 for number in range(5)}
    indifferent = analyse_stability(change_case(many(5), worthless))
    compared = readings_compared(report_case(), [(None, analyse_stability(many(5))), ("herald", indifferent)])
    assert compared is not None
    assert said(compared.blocks)[1:] == [
        "Under the reading “The Herald”: 31 more by Nash, GMR, SMR, SEQ and SSEQ.",
        "Stable for all whichever reading is right: 1 by every concept.",
        "Of the 31 states that differ, those are shown that differ least from the status quo.",
    ]
    [table] = tables_of(compared)
    assert [row[:2] for row in rows_of(table)][:3] == [["1*", "nothing"], ["2", "m0"], ["3", "m1"]]
    assert len(table.rows) == 12


def test_what_is_missing_is_said_in_place_of_an_answer() -> None:
    case = dilemma(preferences={"row": {"ranks": [2, 1, 4, 3]}})
    assert said(chapter(case, "stability").blocks) == [
        "What would last without agreement is not told in the base case:",
        "Party 'column' can move but states no preference at all; that is not the same as indifference.",
    ]
    assert short(case) == ["The case has no roadmap, and none was designed."]


def test_too_many_states_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_STATES", 3)
    assert said(chapter(dilemma(), "stability").blocks) == [
        "What would last without agreement is not told in the base case:",
        "The case has more than 3 feasible states, which are too many for a report.",
    ]
    assert said(chapter(many(65), "stability", designs=[]).blocks)[1] == (
        "The case has 65 measures, levels counted; a state holds at most 64. Leave out what no party would move."
    )


def test_what_is_no_conflict_has_no_such_chapter() -> None:
    document = told(dilemma(preferences={}))
    assert document.title == "Dilemma"
    assert ids(document) == ["in-short", "unstated", "terms", "method"]
    assert "stability" not in ids(told(without_readings(LINE), stability=False, designs=[], critical=False))


def test_large_graphs_are_folded_away_and_larger_ones_left_out() -> None:
    def graph_blocks(n_measures: int) -> list[type]:
        whole = chapter(many(n_measures), "stability")
        graphs = [section for section in whole.sections if section.id == "stability.graph"]
        return [type(block) for section in graphs for block in section.blocks]

    assert graph_blocks(5) == [Picture]
    assert graph_blocks(6) == [Details]
    assert graph_blocks(8) == []


def test_states_near_the_status_quo_come_first() -> None:
    result = analyse_stability(many(3, "m0", "m1"))
    assert list(nearest_first(result, np.arange(8))) == [3, 1, 2, 7, 0, 5, 6, 4]
    assert list(nearest_first(analyse_stability(ELMIRA), np.array([4, 2]))) == [4, 2]


def test_an_explanation_that_was_stopped_is_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    explain = explain_stability

    def stopped(case: Case, state: int, **options: object) -> StabilityReasons:
        found = explain(case, state, **options)  # type: ignore[arg-type]  # options of the function, by name
        return replace(found, status=Status.STOPPED)

    monkeypatch.setattr(finding, "explain_stability", stopped)
    with pytest.raises(Cancelled) as error:
        told(ELMIRA)
    assert str(error.value) == "stopped before everything was known; no report was written"
