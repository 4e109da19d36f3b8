"""The least amounts that meet linear demands, some of which come only with giving."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import LimitError
from detente.kernel import least_transfers
from detente.kernel.least_transfers import find_least, round_amounts
from detente.kernel.transfers import Demands, Instruments, Way


def instruments(*stages: int) -> Instruments:
    """Payments of 0 to 1 at some stages."""
    n = len(stages)
    return Instruments(
        giver=np.zeros(n, dtype=np.int64),
        receiver=np.ones(n, dtype=np.int64),
        stage=np.array(stages, dtype=np.int64),
        lasts=np.zeros(n, dtype=np.bool_),
        rate=np.ones(n),
    )


def demands(margin: list[float], gain: list[list[float]], concerns: list[list[int]] | None = None) -> Demands:
    """Demands; those that concern an instrument come with it."""
    rows = np.array(gain, dtype=np.float64).reshape(len(margin), -1)
    comes_with = np.zeros(rows.shape, dtype=np.bool_) if concerns is None else np.array(concerns, dtype=np.bool_)
    return Demands(
        check=np.arange(len(margin)),
        way=tuple(Way.WITHDRAW if row.any() else Way.LEAVE for row in comes_with),
        lag=np.zeros(len(margin), dtype=np.int64),
        margin=np.array(margin),
        gain=rows,
        concerns=comes_with,
    )


def test_the_cheapest_that_meets_the_demands() -> None:
    found = find_least(instruments(0, 1), demands([-3.0], [[1.0, 1.0]]), np.array([2.0, 1.0]))
    assert found is not None
    assert found.amounts.tolist() == [0.0, 3.0]
    assert found.cost == 3.0
    assert found.is_proven


def test_what_costs_the_same_is_given_sooner() -> None:
    found = find_least(instruments(0, 1), demands([-3.0], [[1.0, 1.0]]), np.array([1.0, 1.0]))
    assert found is not None
    assert found.amounts.tolist() == pytest.approx([3.0, 0.0])


def test_no_amounts_may_do() -> None:
    assert find_least(instruments(0), demands([-3.0, 1.0], [[1.0], [-1.0]]), np.array([1.0])) is None


def test_without_instruments_either_nothing_is_lacking_or_nothing_does() -> None:
    none = instruments()
    held = find_least(none, demands([1.0], [[]]), np.zeros(0))
    assert held is not None
    assert held.cost == 0.0
    assert find_least(none, demands([-1.0], [[]]), np.zeros(0)) is None


def test_what_comes_with_giving_is_avoided_by_not_giving() -> None:
    # The first is cheaper, but whoever gives it must meet a demand that nothing meets.
    choice = demands([-3.0, -1.0], [[1.0, 1.0], [0.0, 0.0]], [[0, 0], [1, 0]])
    found = find_least(instruments(0, 1), choice, np.array([1.0, 2.0]))
    assert found is not None
    assert found.amounts.tolist() == [0.0, 3.0]


def test_what_comes_with_giving_may_be_met_by_giving_more() -> None:
    choice = demands([-3.0, -1.0], [[1.0, 0.0], [0.0, 1.0]], [[0, 0], [1, 0]])
    found = find_least(instruments(0, 1), choice, np.array([1.0, 2.0]))
    assert found is not None
    assert found.amounts.tolist() == [3.0, 1.0]
    assert found.cost == 5.0


def test_shortfalls_are_as_small_as_they_can_be() -> None:
    short = demands([-3.0, 1.0], [[1.0], [-1.0]])
    found = find_least(instruments(0), short, np.array([1.0]), lacking=np.ones(2))
    assert found is not None
    assert found.amounts.tolist() == pytest.approx([1.0])
    assert found.shortfalls.tolist() == pytest.approx([2.0, 0.0])
    assert found.binding.tolist() == pytest.approx([1.0, 1.0])


def test_large_margins_are_scaled() -> None:
    found = find_least(instruments(0, 1), demands([-3e9], [[1.0, 0.5]]), np.array([2.0, 1.5]))
    assert found is not None
    assert found.amounts.tolist() == pytest.approx([3e9, 0.0])
    assert found.cost == pytest.approx(6e9)


def test_the_search_is_given_up_when_there_are_too_many_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(least_transfers, "MOST_BRANCHES", 1)
    choice = demands([-3.0, -1.0], [[1.0, 1.0], [0.0, 0.0]], [[0, 0], [1, 0]])
    with pytest.raises(LimitError) as raised:
        find_least(instruments(0, 1), choice, np.array([1.0, 2.0]))
    assert str(raised.value) == "1 choices of who gives at which stage were tried, and none of them holds"


def test_rounding_to_the_nearest_where_that_holds() -> None:
    rounded = round_amounts(demands([-3.0], [[1.0]]), np.array([1.0]), np.array([3.0]), 0.1)
    assert rounded is not None
    assert rounded.tolist() == pytest.approx([3.0])


def test_rounding_up_where_that_holds() -> None:
    rounded = round_amounts(demands([-3.01], [[1.0]]), np.array([1.0]), np.array([3.01]), 0.1)
    assert rounded is not None
    assert rounded.tolist() == pytest.approx([3.1])


def test_rounding_one_up_and_the_other_down() -> None:
    # Both up is more than the giver bears, both down less than the receiver needs.
    both = demands([-3.0, 3.02], [[1.0, 1.0], [-1.0, -1.0]])
    rounded = round_amounts(both, np.array([1.0, 1.0]), np.array([1.504, 1.496]), 0.01)
    assert rounded is not None
    assert 3.0 - 1e-9 <= rounded.sum() <= 3.02 + 1e-9


def test_no_rounding_where_there_is_no_room() -> None:
    exact = demands([-3.003, 3.003], [[1.0], [-1.0]])
    assert round_amounts(exact, np.array([1.0]), np.array([3.003]), 0.01) is None
