"""Games of coalitions: what a player adds, and its Shapley value.

A game gives every coalition of n players a value.  A coalition is a mask, bit i for the i-th player, and a game is an
array over all 2ⁿ masks; that of nobody counts too, though it usually is 0.  A value may be known only as an interval,
and then so are the answers: every coalition enters a player's answer with one sign, so their ends are reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from detente.kernel.system import BoolArray, FloatArray, IntArray

MOST_PLAYERS = 16
"""Players of a game whose coalitions are all listed: 65,536 of them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Shares:
    """What every player of a game is worth in two senses, each with the interval that it lies in.

    Parameters
    ----------
    marginal, marginal_low, marginal_high : FloatArray
        Shape (n,): value of all players less that of all but one.
    shapley, shapley_low, shapley_high : FloatArray
        Shape (n,): the mean, over all orders in which players could come, of what one adds on coming.
    """

    marginal: FloatArray
    marginal_low: FloatArray
    marginal_high: FloatArray
    shapley: FloatArray
    shapley_low: FloatArray
    shapley_high: FloatArray


def without_player(player: int, n_players: int) -> IntArray:
    """Return the masks of the coalitions that a player is not in, rising."""
    masks = np.arange(1 << n_players, dtype=np.int64)
    return np.asarray(masks[(masks >> player) & 1 == 0])


def order_weights(n_players: int) -> FloatArray:
    """Return, by the size of a coalition, the share of the orders in which a player comes right after it.

    Returns
    -------
    FloatArray
        Shape (n,): s!(n − s − 1)!/n! for s = 0 … n − 1.
    """
    orders = factorial(n_players)
    return np.array([factorial(s) * factorial(n_players - s - 1) / orders for s in range(n_players)])


def shapley_values(joined: FloatArray, apart: FloatArray) -> FloatArray:
    """Return Σ_S s!(n − s − 1)!/n! · (joined(S ∪ i) − apart(S)) for every player i, S over the coalitions without it.

    Parameters
    ----------
    joined, apart : FloatArray
        Shape (2ⁿ,): the game, once for the coalitions that a player is in and once for those it is not in; the same
        array unless values are known as intervals.

    Returns
    -------
    FloatArray
        Shape (n,).

    Notes
    -----
    O(n · 2ⁿ).

    References
    ----------
    [shapley1953]_.
    """
    n_players = len(joined).bit_length() - 1
    weights = order_weights(n_players)
    values = np.empty(n_players)
    for player in range(n_players):
        others = without_player(player, n_players)
        adds = joined[others | (1 << player)] - apart[others]
        values[player] = float(weights[np.bitwise_count(others)] @ adds)
    return values


def marginal_values(joined: FloatArray, apart: FloatArray) -> FloatArray:
    """Return what all players have beyond what all but one have, for every player: shape (n,)."""
    everybody = len(joined) - 1
    n_players = everybody.bit_length()
    return np.array([joined[everybody] - apart[everybody & ~(1 << player)] for player in range(n_players)])


def share_out(found: FloatArray, low: FloatArray, high: FloatArray) -> Shares:
    """Return marginal and Shapley values of a game whose values lie between `low` and `high`.

    Parameters
    ----------
    found, low, high : FloatArray
        Shape (2ⁿ,): the values to compute with, and what they lie between.
    """
    return Shares(
        marginal=marginal_values(found, found),
        marginal_low=marginal_values(low, high),
        marginal_high=marginal_values(high, low),
        shapley=shapley_values(found, found),
        shapley_low=shapley_values(low, high),
        shapley_high=shapley_values(high, low),
    )


def needed_players(high: FloatArray, low: FloatArray) -> BoolArray:
    """Tell which players no coalition comes to anything without, though some coalition comes to something.

    Parameters
    ----------
    high, low : FloatArray
        Shape (2ⁿ,): what the values, >= 0, lie between.

    Returns
    -------
    BoolArray
        Shape (n,): true only where that is certain.
    """
    n_players = (len(high) - 1).bit_length()
    some = bool((low > 0.0).any())
    return np.array([some and not (high[without_player(i, n_players)] > 0.0).any() for i in range(n_players)])
