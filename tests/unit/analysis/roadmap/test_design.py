"""The forms of a design: its JSON, table and picture, and the verdict that it carries."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detente import __version__, design_roadmap, evaluate_roadmap
from detente.analysis.result import Status
from detente.analysis.roadmap import OBJECTIVES, Objective
from tests.oracle.hand_cases import case_of, measure, pair, party

CASE = replace(
    case_of(
        [party("A", 0.9), party("B", 0.9)],
        [
            measure("x", "A", {"A": -1, "B": 3}, duration=2),
            measure("y", "B", {"A": 3, "B": -1}, detection_lag=3),
            measure("z", "AB", {"A": 0.5, "B": 0.5}),
        ],
    ),
    name="three",
    digest="abc",
)


def strict(design: Any) -> dict[str, Any]:
    """The JSON of a design as read back, without NaN or infinity."""
    document: dict[str, Any] = json.loads(json.dumps(design.to_dict(), allow_nan=False))
    assert document.pop("seconds") >= 0.0
    return document


def test_json_of_a_design() -> None:
    document = strict(design_roadmap(CASE, objective="duration", max_stages=2, before=[("x", "z")]))
    evaluation = document.pop("evaluation")
    assert document == {
        "detente": 1,
        "case": "three",
        "digest": "abc",
        "reading": None,
        "method": "backward labels with bounds, exact (model §8)",
        "parameters": {"objective": "duration", "goal": "x and y and z", "max_stages": 2, "before": [["x", "z"]]},
        "objective": "duration",
        "goal": "x and y and z",
        "status": "optimal",
        "stages": [["x"], ["y", "z"]],
        "durations": [2, 3],
        "value": 5.0,
        "bound": 5.0,
        "conflict": None,
        "missing": [],
    }
    assert (evaluation["id"], evaluation["holds"]) == ("design", True)
    assert evaluation["stages"] == document["stages"]


def test_json_of_none() -> None:
    document = strict(design_roadmap(pair(irreversible=True)))
    assert document["conflict"] == {"parties": ["A", "B"], "measures": ["a"], "minimal": True}
    assert (document["status"], document["stages"], document["durations"]) == ("none", [], [])
    assert (document["value"], document["bound"], document["evaluation"]) == (None, None, None)


def test_json_of_an_impossible_goal() -> None:
    case = case_of([party("A")], [measure("x", "A", requires=("y",)), measure("y", "A")])
    document = strict(design_roadmap(case, goal=["x"]))
    assert (document["status"], document["conflict"]) == ("none", None)
    assert document["missing"] == ["'x' requires 'y', which the goal lacks"]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_roadmap_found_is_the_one_evaluated(objective: Objective) -> None:
    design = design_roadmap(CASE, objective=objective)
    assert design.evaluation is not None
    assert design.evaluation.holds
    again = evaluate_roadmap(CASE, design.stages).roadmap
    assert [row.to_dict() for row in again.rows] == [row.to_dict() for row in design.evaluation.rows]
    assert design.durations == design.evaluation.durations == again.durations
    assert design.value == design.bound
    assert design.status is Status.OPTIMAL


def test_the_value_is_that_of_the_objective() -> None:
    designs = {objective: design_roadmap(CASE, objective=objective) for objective in OBJECTIVES}
    found = {objective: design.evaluation for objective, design in designs.items()}
    assert designs["trust"].value == pytest.approx(getattr(found["trust"], "trust", None))
    assert designs["margin"].value == pytest.approx(getattr(found["margin"], "margin", None))
    assert designs["duration"].value == sum(designs["duration"].durations)
    # Every gain is a flow: (1 − δ)·V(1), as nothing is in force at first.
    gains = [0.1 * row.comply for row in found["nash"].rows if (row.stage, row.check.value) == (1, "before")]  # type: ignore[union-attr]  # it is there
    assert designs["nash"].value == pytest.approx(np.prod(gains))


def test_the_table_has_one_row_per_stage() -> None:
    design = design_roadmap(CASE, objective="duration", max_per_stage=1, before=[("x", "y"), ("y", "z")])
    frame = design.to_frame()
    assert list(frame.columns) == ["stage", "start", "duration", "measures", "margin", "trust"]
    assert frame[["stage", "start", "duration", "measures"]].to_numpy().tolist() == [
        [1, 0, 2, "x"],
        [2, 2, 3, "y"],
        [3, 5, 3, "z"],  # y is verified again
    ]
    assert design.evaluation is not None
    assert frame["margin"].tolist() == pytest.approx(list(design.evaluation.stage_margins()))
    assert frame["trust"].tolist() == pytest.approx(list(design.evaluation.trust_profile()))


def test_the_table_of_none_is_empty() -> None:
    frame = design_roadmap(pair(irreversible=True)).to_frame()
    assert list(frame.columns) == ["stage", "start", "duration", "measures", "margin", "trust"]
    assert frame.empty


def test_the_picture_shows_the_margins_of_the_stages() -> None:
    design = design_roadmap(CASE, max_per_stage=1)
    assert design.evaluation is not None
    drawn = [list(np.asarray(line.get_ydata(), dtype=float)) for line in design.plot().get_lines()]
    assert list(design.evaluation.stage_margins()) in drawn


def test_where_it_comes_from() -> None:
    design = design_roadmap(CASE)
    assert design.provenance.case == "three"
    assert design.provenance.digest == "abc"
    assert design.provenance.version == __version__
    assert design.references == ("martins1984", "nash1950", "kydd2005")
    assert "The roadmap that asks for the least trust has" in design._repr_html_()
