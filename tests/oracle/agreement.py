"""Whether an answer of the program agrees with the twin's, number by number, ties understood."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from detente.case import Case
from tests.oracle.evaluation import (
    Deviation,
    Entry,
    Stages,
    Step,
    deviation_value,
    evaluate_system,
    is_separable,
    margin_parts,
    preference,
    step_deviations,
    steps,
)
from tests.oracle.hazards import critical_hazard, holds_under
from tests.oracle.system import System

NUMBERS = 1e-9
"""Numbers agree to this, relative to those above 1."""
EXACT = 2e-13
"""Values that differ by no more tie whatever the order of additions, if they are below `PLAIN`."""
PLAIN = 200.0
HAZARDS = 1e-7
"""A crossing is found less sharply than a value: where a margin is flat, its rounding moves the crossing."""
VERDICT_KEYS = ("holds", "trust", "margin", "end_margin")
ROW_NUMBERS = ("comply", "deviate", "margin", "leave_value", "betrayed_value", "required_trust", "flow_margin")
ROW_KEYS = {"stage", "check", "party", "deviation", "none_suffices", "parts", *ROW_NUMBERS}


def near(want: object) -> object:
    """What a number must be to agree; anything else as it is."""
    if isinstance(want, float):
        return pytest.approx(want, rel=NUMBERS, abs=NUMBERS)
    return want


def assert_same_evaluation(
    got: Entry, case: Case, stages: Stages, durations: Sequence[int] | None = None, *, with_hazard: bool = True
) -> None:
    """Fail where one entry of the program's evaluation is not the twin's."""
    system = System(case)
    want = evaluate_system(system, stages, durations)
    for key in VERDICT_KEYS:
        assert got[key] == near(want[key]), key
    wanted = {(r["stage"], r["check"], r["party"]): r for r in want["rows"]}
    seen = [(r["stage"], r["check"], r["party"]) for r in got["rows"]]
    assert sorted(seen) == sorted(wanted)
    path = steps(system, stages, durations)
    for place, row in zip(seen, got["rows"], strict=True):
        assert_same_row(row, wanted[place], system, path)
    assert got["critical"] == want["critical"]
    if with_hazard:
        assert_same_hazard(got["critical_hazard"], case, stages, durations)


def assert_same_row(got: Entry, want: Entry, system: System, path: Sequence[Step]) -> None:
    """Fail where one row is not the twin's; of deviations that tie, one may stand for another only by rounding."""
    where = (want["stage"], want["check"], want["party"])
    assert set(got) >= ROW_KEYS, where
    for key in (*ROW_NUMBERS, "none_suffices"):
        assert got[key] == near(want[key]), (where, key)
    deviation = _chosen(got, want, system, path)
    if is_separable(system, system.hazard):
        step = path[want["stage"] - 1]
        parts = margin_parts(system, path, step, want["check"], want["party"], deviation)
        assert got["parts"] == {key: near(part) for key, part in parts.items()}, where
    else:
        assert got["parts"] is None, where


def _chosen(got: Entry, want: Entry, system: System, path: Sequence[Step]) -> Deviation:
    where = (want["stage"], want["check"], want["party"])
    step = path[want["stage"] - 1]
    valued = {
        (d.withhold, d.undo, d.leave): (d, deviation_value(system, want["party"], d, system.hazard))
        for d in step_deviations(system, step, want["check"], want["party"])
    }
    stated = got["deviation"]
    assert stated["withhold"] == system.ordered(stated["withhold"]), where
    assert stated["undo"] == system.ordered(stated["undo"]), where
    key = (frozenset(stated["withhold"]), frozenset(stated["undo"]), stated["leave"])
    assert key in valued, (where, stated)
    deviation, worth = valued[key]
    most = want["deviate"]
    tolerance = NUMBERS * max(1.0, abs(most))
    assert worth >= most - tolerance, (where, stated, want["deviation"])
    tied = [(d, w) for d, w in valued.values() if w >= most - tolerance]
    if abs(most) <= PLAIN and all(w >= most - EXACT for _, w in tied):
        first = min((d for d, _ in tied), key=lambda d: preference(system, d))
        assert deviation == first, (where, stated, want["deviation"])
    return deviation


def assert_same_hazard(got: float | None, case: Case, stages: Stages, durations: Sequence[int] | None) -> None:
    """Fail where the critical hazard is not the twin's, or does not do what its definition says."""
    want = critical_hazard(case, stages, durations)
    if got is None:
        assert want is None
        return
    # The twin's scan may step over a short dip of a margin; if the program found one, it must be there.
    assert want is None or got <= want + HAZARDS
    holds = holds_under(case, stages, durations)
    assert holds(System(case).hazard)
    assert not all(holds(min(got + further, 1 - 1e-12)) for further in (0.0, 1e-12, 1e-10, 1e-8, HAZARDS))
