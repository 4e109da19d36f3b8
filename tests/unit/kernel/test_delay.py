"""What standing still is worth, and from when on somebody would rather not (§5–6)."""

from __future__ import annotations

import numpy as np
import pytest

from detente.case import Case
from detente.game import build_game
from detente.kernel.delay import MOST_LAGS, Delay, delay_values
from detente.kernel.deviations import Check
from detente.kernel.roadmap import RoadmapValues, least_durations, stage_states
from tests.oracle.hand_cases import case_of, measure, party


def delay(case: Case, start: str, *stages: str, waiting: int = 0, periods: tuple[int, ...] = (1, 2)) -> Delay:
    game = build_game(case, start + "".join(stages))
    rows = np.array([game.state(stage) for stage in stages], dtype=np.bool_).reshape(len(stages), len(game.measures))
    begun = game.state(start)
    lengths = least_durations(game.system, stage_states(rows, begun))
    values = RoadmapValues(game.system, rows, lengths, start=begun, waiting=waiting)
    return delay_values(values, np.array(periods, dtype=np.int64))


def half_done(*, discount: float = 0.5, lag: int = 1, **parties: float) -> Case:
    """A has done its part, which B likes; B's part, which A likes, is still to come."""
    return case_of(
        [party("A", discount, **parties), party("B", discount, **parties)],
        [measure("a", "A", {"A": -1, "B": 3}, detection_lag=lag), measure("b", "B", {"B": -1, "A": 3})],
    )


def test_each_period_of_delay_costs_what_lies_ahead_of_it() -> None:
    # A has −1 a period now and 2 later: V = 4, F = −2; after n more periods −2 + .5ⁿ·6.
    found = delay(half_done(), "a", "b")
    assert found.comply[0].tolist() == [1.0, -0.5]
    assert found.loss.tolist() == [3.0, -1.0]  # B has 3 now and 2 later: waiting pays


def test_undoing_something_now_is_what_waiting_is_compared_with() -> None:
    # A undoes a, noticed at once: 0. B walks out: a breaks down, 0. So A would not wait 2 periods more.
    found = delay(half_done(), "a", "b")
    assert found.deviate.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert found.unwilling == (2, None)


def test_what_is_to_be_waited_anyway_comes_first() -> None:
    found = delay(half_done(), "a", "b", waiting=1)
    assert found.comply[0].tolist() == [-0.5, -1.25]
    assert found.unwilling == (1, None)


def test_a_lag_counts_in_full_only_if_so_long_is_waited() -> None:
    # Undoing b is noticed after the wait, at most 3 periods: A then has B's b for so long, and nothing breaks down.
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -8}, detection_lag=3), measure("b", "B", {"A": 8}), measure("c", "B", {"A": 8})],
    )
    found = delay(case, "ab", "c", periods=(1, 2, 3, 4))
    # Undone, A has 8 a period while it is not noticed; found out, B does not end b, which costs it nothing: 16.
    assert found.deviate[0].tolist() == [16.0, 16.0, 16.0, 16.0]
    assert found.unwilling == (1, None)
    keeps = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"A": -8}, detection_lag=3),
            measure("b", "B", {"A": 8, "B": -1}),
            measure("c", "B", {"A": 8}),
        ],
    )
    # Found out after L, B ends b: 8·(1 − .5^L)/.5.
    found = delay(keeps, "ab", "c", periods=(1, 2, 3, 4))
    assert found.deviate[0].tolist() == [8.0, 12.0, 14.0, 14.0]
    # A has 0 a period now and 8 with c: .5ⁿ·16.
    assert found.comply[0].tolist() == [8.0, 4.0, 2.0, 1.0]
    assert found.unwilling[0] == 2


@pytest.mark.parametrize("breakdown", [-0.4, -0.1, -0.01])
def test_far_crossings_have_a_closed_form(breakdown: float) -> None:
    # Undoing a is worth 0 for a period, then b/(1 − δ); waiting n falls towards −1/(1 − δ): the first n worth less.
    case = case_of(
        [party("A", 0.99, breakdown=breakdown), party("B", 0.99)],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": 3})],
    )
    found = delay(case, "a", "b").unwilling[0]
    assert found is not None
    assert found > 10

    def worth(periods: int) -> float:
        return -100.0 + 0.99**periods * 300.0

    assert worth(found) < 99 * breakdown <= worth(found - 1)


def test_who_loses_nothing_by_waiting_waits_for_ever() -> None:
    assert delay(half_done(breakdown=-3.0), "a", "b").unwilling == (None, None)


def test_what_has_not_begun_does_not_break() -> None:
    # With a hazard and a cost of breakdown; before the first stage neither counts, and never starting is worth 0.
    found = delay(half_done(hazard=0.2, breakdown=-1.0), "", "ab", periods=(1, 3))
    start = delay(half_done(hazard=0.2, breakdown=-1.0), "", "ab", periods=(2,)).comply[0, 0]
    assert found.deviate.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert start == pytest.approx(0.5 * found.comply[0, 0])
    assert found.unwilling == (None, None)


def test_longer_lags_than_are_tried_count_as_the_longest() -> None:
    found = delay(half_done(discount=0.9999, lag=3 * MOST_LAGS), "a", "b", periods=(MOST_LAGS, 2 * MOST_LAGS))
    assert found.deviate[0, 0] == found.deviate[0, 1]


def test_where_no_stage_is_left_the_rows_are_those_of_staying() -> None:
    case = half_done()
    game = build_game(case, "ab")
    none = np.zeros((0, 2), dtype=np.bool_)
    values = RoadmapValues(game.system, none, np.zeros(0, dtype=np.int64), start=np.ones(2, dtype=np.bool_), waiting=2)
    rows = [(row.stage, row.check, row.party) for row in values.deviations.rows]
    assert rows == [(-1, Check.AFTER, 0), (-1, Check.AFTER, 1), (-1, Check.END, 0), (-1, Check.END, 1)]
    assert values.comply_values(np.array([0.0]))[:, 0].tolist() == [4.0, 4.0, 4.0, 4.0]
