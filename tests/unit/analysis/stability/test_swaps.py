"""Sensitivity of equilibria on conflicts small enough to follow by hand."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from detente.analysis.result import Status
from detente.analysis.stability.swaps import analyse_swaps
from detente.case import Case, Measure, Party, Statements, parse_condition
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from tests.unit.analysis.stability.conflicts import dilemma, elmira


def test_cooperation_ends_by_half_a_pair() -> None:
    result = analyse_swaps(dilemma(), concepts=["gmr", "seq"], parties=["row"])
    assert str(result.explain()) == (
        "Stable for all as preferences are, of 4 states: 2 by GMR and 2 by SEQ.\n"
        "State 4, “row-quiet col-quiet”, is no longer stable for all by SEQ once Row ranks “row-quiet” at least as "
        "high as “-”: half a pair of states ranked otherwise.\n"
        "State 1, “-”, is no longer stable for all by GMR and SEQ once Row ranks “row-quiet” above “-”: 1 pair of "
        "states ranked otherwise.\n"
        "State 4, “row-quiet col-quiet”, is no longer stable for all by GMR once Row ranks “-” above “row-quiet "
        "col-quiet”: 1 pair of states ranked otherwise.\n"
        "Nearest to becoming stable for all by GMR and SEQ is “row-quiet”, once Row ranks “row-quiet” at least as high "
        "as “-”: half a pair of states ranked otherwise.\n"
        "Of 3 swaps of neighbours, 2 alter the equilibria.\n"
        "If Row swapped its places for “row-quiet col-quiet” and “-”, “row-quiet col-quiet” would no longer be stable "
        "for all by GMR and SEQ.\n"
        "If Row swapped its places for “-” and “row-quiet”, “-” would no longer be stable for all by GMR; “-” and "
        "“row-quiet col-quiet” would no longer be stable for all by SEQ; “row-quiet” would become stable for all by "
        "GMR and SEQ."
    )
    assert result.status is Status.ANSWERED


def test_an_equilibrium_that_no_single_party_can_end_is_named() -> None:
    result = analyse_swaps(elmira(), concepts=["gmr"], states=["s9", "s5", "s3"])
    assert str(result.explain()) == (
        "Stable for all as preferences are, of 9 states: 5 by GMR.\n"
        "State 5, “s5”, is no longer stable for all by GMR once Uniroyal ranks “s9” above “s5”: 1 pair of states "
        "ranked otherwise.\n"
        "No change of one party's order alone ends “s9” as an equilibrium.\n"
        "Nearest to becoming stable for all by GMR is “s3”, once Uniroyal ranks “s3” at least as high as “s9”: half a "
        "pair of states ranked otherwise.\n"
        "Of 24 swaps of neighbours, 2 alter the equilibria.\n"
        "If Uniroyal swapped its places for “s5” and “s9”, “s5” would no longer be stable for all by GMR.\n"
        "If Uniroyal swapped its places for “s9” and “s3”, “s3” would become stable for all by GMR."
    )
    least = result.least(4, "gmr")
    assert least is not None
    assert (least.party, least.distance, least.is_proven) == ("uniroyal", 1.0, True)
    assert result.least(8, "gmr") is None


def test_tables_and_json_name_what_changes() -> None:
    result = analyse_swaps(elmira(), concepts=["gmr"], states=["s5"], parties=["uniroyal"])
    assert result.to_frame().values.tolist() == [[5, "s5", "gmr", "uniroyal", True, 1.0, True, "s9 above s5"]]
    assert result.swaps_frame().values.tolist() == [
        ["uniroyal", "ranks", "s5", "s9", "gmr", "s5", ""],
        ["uniroyal", "ranks", "s9", "s3", "gmr", "", "s3"],
    ]
    body = result.to_dict()
    assert body["tolerances"] == [
        {
            "state": 4,
            "concept": "gmr",
            "party": "uniroyal",
            "equilibrium": True,
            "distance": 1.0,
            "bound": 1.0,
            "proven": True,
            "comparisons": [{"upper": 8, "lower": 4, "strict": True}],
        }
    ]
    assert body["swaps"] == [
        {"party": "uniroyal", "kind": "ranks", "place": 4, "lost": {"gmr": [4]}, "gained": {}},
        {"party": "uniroyal", "kind": "ranks", "place": 5, "lost": {}, "gained": {"gmr": [2]}},
    ]


def test_a_tie_that_is_broken_is_told_as_ranking_above() -> None:
    case = Case(
        name="tie",
        parties=(Party(id="a", name="A"),),
        measures=(Measure(id="m", name="M", owners=("a",), value={"a": 0.0}),),
    )
    result = analyse_swaps(case, concepts=["nash"])
    assert [(t.distance, t.comparisons[0].upper, t.comparisons[0].is_strict) for t in result.tolerances] == [
        (0.5, 1, True),
        (0.5, 0, True),
    ]
    assert "None of 0 swaps" not in str(result.explain())


def test_swaps_of_statements_are_told_by_what_they_say() -> None:
    statements = tuple(parse_condition(text) for text in ("m", "not m if not n", "n"))
    case = Case(
        name="lists",
        parties=(Party(id="a", name="A"), Party(id="b", name="B")),
        measures=(
            Measure(id="m", name="M", owners=("a",)),
            Measure(id="n", name="N", owners=("b",), value={"b": -1.0}),
        ),
        preferences={"a": Statements(statements=statements)},
    )
    result = analyse_swaps(case, concepts=["nash"], states=["-"])
    assert str(result.explain()).splitlines()[-3:] == [
        "Of 6 swaps of neighbours, 2 alter the equilibria.",
        "If A swapped the statements “m” and “not m if not n”, “m” would no longer be stable for all by Nash; “-” "
        "would become stable for all by Nash.",
        "If B swapped its places for “-; m” and “n; m n”, “m” would no longer be stable for all by Nash; “m n” would "
        "become stable for all by Nash.",
    ]


def test_the_picture_has_a_bar_for_each_equilibrium() -> None:
    with mpl.rc_context({"backend": "Agg"}):
        ax = analyse_swaps(dilemma(), concepts=["seq"], parties=["row"]).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["row-quiet col-quiet (seq; Row)", "- (seq; Row)"]


def test_too_many_swaps_are_left_out_and_it_is_said() -> None:
    measures = tuple(Measure(id=f"m{n}", name=f"m{n}", owners=("a",), value={"a": float(2**n)}) for n in range(13))
    case = Case(name="many", parties=(Party(id="a", name="A"),), measures=measures)
    result = analyse_swaps(case, concepts=["nash"])
    assert (result.n_swaps, result.n_untried, result.states) == (0, 2**13 - 1, (2**13 - 1,))
    assert str(result.explain()).splitlines()[-1] == (
        "Swaps of neighbouring places not tried one by one, as there are too many: 8,191."
    )


def test_what_is_asked_for_wrongly_is_said() -> None:
    with pytest.raises(OptionError, match=r"^unknown party 'china' \(the case has: row, column\)$"):
        analyse_swaps(dilemma(), parties=["china"])
    with pytest.raises(OptionError, match=r"^the limit of time is -1 seconds; it must be positive$"):
        analyse_swaps(dilemma(), max_seconds=-1)


def test_a_stopped_search_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)
    events: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        events.append(event)
        if len(events) == 3:
            raise Cancelled

    result = analyse_swaps(elmira(), concepts=["nash"], progress=stop)
    assert result.status is Status.STOPPED
    assert len(result.tolerances) == 6
    assert str(result.explain()).endswith("The search was stopped before everything was settled.")
    short = analyse_swaps(elmira(), max_seconds=1e-9)
    assert (short.status, short.tolerances, short.swaps) == (Status.STOPPED, (), ())
