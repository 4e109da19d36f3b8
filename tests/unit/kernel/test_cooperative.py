"""Games of coalitions: games whose values are known, the laws that single out the Shapley value, and intervals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from detente.kernel.cooperative import marginal_values, needed_players, shapley_values, share_out
from detente.kernel.system import FloatArray
from tests.oracle.tables import marginal, shapley_by_orders


def game_of(n_players: int, value: Callable[[frozenset[int]], float]) -> FloatArray:
    """The array of a game given by the members of a coalition."""
    coalitions = [frozenset(i for i in range(n_players) if mask >> i & 1) for mask in range(1 << n_players)]
    return np.array([value(coalition) for coalition in coalitions], dtype=np.float64)


def weighted(weights: list[int], quota: int) -> FloatArray:
    """1 for the coalitions whose weights add up to the quota."""
    return game_of(len(weights), lambda members: float(sum(weights[i] for i in members) >= quota))


def random_game(seed: int, n_players: int) -> FloatArray:
    values = np.random.default_rng(seed).uniform(-1.0, 3.0, 1 << n_players)
    values[0] = 0.0
    return values


def value(game: FloatArray) -> FloatArray:
    return shapley_values(game, game)


# Games whose values are known


def test_one_left_glove_and_two_right_ones() -> None:
    gloves = game_of(3, lambda members: float(min(len(members & {0}), len(members & {1, 2}))))
    assert value(gloves) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-15)


def test_two_left_gloves_and_three_right_ones() -> None:
    gloves = game_of(5, lambda members: float(min(len(members & {0, 1}), len(members & {2, 3, 4}))))
    assert value(gloves) == pytest.approx([39 / 60, 39 / 60, 14 / 60, 14 / 60, 14 / 60], abs=1e-15)


def test_the_security_council_of_fifteen() -> None:
    # Five with a veto, nine votes of fifteen. A member without one turns a defeat into success only as the ninth vote
    # after all five and three of the other nine: C(9, 3) · 8! · 6! / 15! of the orders.
    council = game_of(15, lambda members: float(members >= frozenset(range(5)) and len(members) >= 9))
    small = Fraction(4, 2145)
    large = (1 - 10 * small) / 5
    assert large == Fraction(421, 2145)
    assert value(council) == pytest.approx([float(large)] * 5 + [float(small)] * 10, abs=1e-12)


def test_three_members_with_a_veto_among_twelve_others_in_favour() -> None:
    # As in a case that holds three of the seats: the three need each other, and nobody else is asked.
    council = game_of(3, lambda members: float(len(members) == 3))
    assert value(council) == pytest.approx([1 / 3] * 3)


def test_the_council_of_the_six_of_1958_leaves_one_without_a_say() -> None:
    # Weights 4, 4, 4, 2, 2, 1 and a quota of 12: the weight of 1 never turns anything.
    assert value(weighted([4, 4, 4, 2, 2, 1], 12)) * 60 == pytest.approx([14, 14, 14, 9, 9, 0], abs=1e-12)


def test_marginal_values_by_hand() -> None:
    game = game_of(3, lambda members: {0: 0.0, 1: 0.0, 2: 1.0 + (1 in members), 3: 4.0}[len(members)])
    # Without 0 the others have 2, without 1 they have 1, without 2 they have 2.
    assert marginal_values(game, game).tolist() == [2.0, 3.0, 2.0]


# Laws


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_mean_over_all_orders(seed: int) -> None:
    n_players = 1 + seed % 6
    game = random_game(seed, n_players)
    players = [str(i) for i in range(n_players)]
    by_set = {
        frozenset(str(i) for i in range(n_players) if mask >> i & 1): float(game[mask]) for mask in range(len(game))
    }
    want = shapley_by_orders(by_set, players)
    assert value(game) == pytest.approx([want[i] for i in players], abs=1e-12)
    assert marginal_values(game, game) == pytest.approx([marginal(by_set, players, i) for i in players], abs=1e-12)


@pytest.mark.parametrize("n_players", range(1, 9))
def test_everything_is_shared_out(n_players: int) -> None:
    game = random_game(n_players, n_players)
    assert value(game).sum() == pytest.approx(game[-1], abs=1e-12)


def test_those_who_add_the_same_get_the_same() -> None:
    # 1 and 3 may be exchanged in every coalition.
    game = game_of(4, lambda members: len(members & {1, 3}) ** 2 + 3.0 * (0 in members) * len(members))
    shares = value(game)
    assert shares[1] == pytest.approx(shares[3], abs=1e-12)
    assert shares[2] != pytest.approx(shares[1], abs=1e-3)


def test_whoever_adds_nothing_gets_nothing() -> None:
    inner = random_game(3, 3)
    game = game_of(4, lambda members: float(inner[sum(1 << i for i in members if i < 3)]))
    assert value(game)[3] == pytest.approx(0.0, abs=1e-12)
    assert value(game)[:3] == pytest.approx(value(inner), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_two_games_played_together_add_up(seed: int) -> None:
    one, two = random_game(seed, 5), random_game(seed + 100, 5)
    assert value(one + 2.5 * two) == pytest.approx(value(one) + 2.5 * value(two), abs=1e-12)


# Intervals


@pytest.mark.parametrize("seed", range(6))
def test_intervals_hold_whatever_the_values_are_and_are_reached(seed: int) -> None:
    n_players = 4
    low = random_game(seed, n_players)
    high = low + np.random.default_rng(seed + 50).uniform(0.0, 1.0, len(low))
    high[0] = 0.0
    shares = share_out(low, low, high)
    random = np.random.default_rng(seed + 99)
    for _ in range(50):
        game = low + random.uniform(0.0, 1.0, len(low)) * (high - low)
        for found, least, most in (
            (value(game), shares.shapley_low, shares.shapley_high),
            (marginal_values(game, game), shares.marginal_low, shares.marginal_high),
        ):
            assert (found >= least - 1e-12).all()
            assert (found <= most + 1e-12).all()
    for player in range(n_players):
        inside = np.array([mask >> player & 1 == 1 for mask in range(len(low))])
        worst, best = np.where(inside, low, high), np.where(inside, high, low)
        worst[0] = best[0] = 0.0
        assert value(worst)[player] == pytest.approx(shares.shapley_low[player], abs=1e-12)
        assert value(best)[player] == pytest.approx(shares.shapley_high[player], abs=1e-12)


def test_who_is_needed() -> None:
    gloves = game_of(3, lambda members: float(min(len(members & {0}), len(members & {1, 2}))))
    assert needed_players(gloves, gloves).tolist() == [True, False, False]
    nothing = np.zeros(8)
    assert needed_players(nothing, nothing).tolist() == [False, False, False]
    maybe = gloves.copy()
    maybe[0b110] = 0.5  # the two right gloves might come to something
    assert needed_players(maybe, gloves).tolist() == [False, False, False]
