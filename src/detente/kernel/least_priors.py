"""From which common prior on a roadmap is carried: exact pieces of the prior, from 1 down (T15–T17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from detente.kernel.exit_plans import CommonPrior, Profile, Prospect, TrustGame
from detente.kernel.roadmap import HOLDS
from detente.kernel.system import FloatArray

STEP = 1e-7
"""Below a prior at which plans change, they are looked at again this much lower; so sharp are least priors."""

REAL = 1e-7
"""A root with a smaller imaginary part counts as real: double roots come out of rounding as pairs."""

LEADING = 1e-14
"""A leading coefficient this small beside the others is rounding: the degree is lower."""

ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True, eq=False, kw_only=True)
class Piece:
    """An interval of common priors on which the opportunists' plans do not change.

    Parameters
    ----------
    low, high : float
        Its ends.
    profiles : tuple of Profile
        The plans there, or the circle in which best replies run.
    """

    low: float
    high: float
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class LeastPriors:
    """From which prior on each party goes ahead.

    Parameters
    ----------
    leaving, exploiting : tuple of float or None
        Per party: the least prior from which on, at every stage, doing its part is no worse than leaving openly, or
        than any way of exiting; None if it is worse even at 1.
    pieces : tuple of Piece
        From 1 down, as far as was needed.
    """

    leaving: tuple[float | None, ...]
    exploiting: tuple[float | None, ...]
    pieces: tuple[Piece, ...]

    @property
    def carried(self) -> float | None:
        """The least prior from which on every reliable party goes ahead; None if some never does."""
        found = [prior for prior in self.leaving if prior is not None]
        return max(found, default=0.0) if len(found) == len(self.leaving) else None


@lru_cache
def _to_bernstein(degree: int) -> FloatArray:
    return np.array(
        [[comb(j, i) / comb(degree, i) if i <= j else 0.0 for j in range(degree + 1)] for i in range(degree + 1)]
    )


def _bernstein(polynomials: FloatArray, high: float) -> FloatArray:
    """Return the coefficients (N, D) in Bernstein's basis on [0, high]: all of one sign means no root there."""
    degree = polynomials.shape[1] - 1
    return np.asarray((polynomials * high ** np.arange(degree + 1)) @ _to_bernstein(degree))


def _all_roots(polynomials: FloatArray) -> ComplexArray:
    """Return every root of polynomials (N, D): eigenvalues of companion matrices, those of one degree together."""
    scale = np.abs(polynomials).max(axis=1, keepdims=True)
    counts = np.arange(polynomials.shape[1])
    degrees = np.where(np.abs(polynomials) > LEADING * scale, counts, 0).max(axis=1)
    found = [np.zeros(0, dtype=np.complex128)]
    for degree in range(1, polynomials.shape[1]):
        chosen = polynomials[degrees == degree]
        companion = np.zeros((len(chosen), degree, degree))
        companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
        companion[:, :, degree - 1] = -chosen[:, :degree] / chosen[:, degree : degree + 1]
        found.append(np.linalg.eigvals(companion).ravel().astype(np.complex128))
    return np.concatenate(found)


def roots_below(polynomials: FloatArray, high: float) -> list[float]:
    """Return the roots in (0, high) of polynomials (N, D), the greatest first; what vanishes everywhere has none."""
    moving = polynomials[np.abs(polynomials).max(axis=1, initial=0.0) > HOLDS]
    shape = _bernstein(moving, high)
    crossing = moving[(shape.min(axis=1, initial=np.inf) <= 0.0) & (shape.max(axis=1, initial=-np.inf) >= 0.0)]
    roots = _all_roots(crossing)
    real = roots.real[np.abs(roots.imag) <= REAL]
    return [float(root) for root in np.unique(real[(real > 0.0) & (real < high)])[::-1]]


def _choices(prospect: Prospect) -> Iterator[FloatArray]:
    """Yield how much better each choice is than what was not chosen: (alternatives, D)."""
    for ways, stay, choice in zip(prospect.exits, prospect.stay, prospect.choice, strict=True):
        yield stay - ways if choice < 0 else np.concatenate([[ways[choice] - stay], ways[choice] - ways])


def going_ahead(game: TrustGame, party: int, prospect: Prospect, *, exploiting: bool) -> FloatArray:
    """Return how much better doing its part is than leaving openly, or than any exit, at every stage: (N, D)."""
    rows = []
    for stage, ways, follow in zip(game.stages, prospect.exits, prospect.follow, strict=True):
        manner = stage.manners[party]
        rows.append(follow - (ways if exploiting else ways[manner.leaves]))
    return np.concatenate(rows)


def _fails_below(advantage: FloatArray, piece: Piece) -> float | None:
    """The greatest prior of a piece below which something is negative; None if nothing is within it."""
    tops = [piece.high, *(root for root in roots_below(advantage, piece.high) if root > piece.low)]
    for top, end in zip(tops, [*tops[1:], piece.low], strict=True):
        middle = (top + end) / 2.0
        if (advantage @ middle ** np.arange(advantage.shape[1]) < -HOLDS).any():
            return top
    return None


def least_priors(game: TrustGame, *, trusting: bool) -> LeastPriors:
    """Return from which common prior on each party goes ahead, whatever the plans of the opportunists there (T16).

    Parameters
    ----------
    game : TrustGame
        The roadmap.
    trusting : bool
        Whether best replies start from opportunists that never exit, or from those that withhold their first part.

    Notes
    -----
    With common prior p every value is a polynomial in p of a degree below the number of parties.  From p = 1 down, the
    roots of all differences between what is chosen and what is not give the next prior at which a plan changes; within
    such a piece the roots of the advantages of going ahead are exact.
    """
    n_parties = game.n_parties
    start = game.trusting() if trusting else game.mistrusting()
    found: list[list[float | None]] = [[None] * n_parties for _ in range(2)]
    open_ = [[True] * n_parties for _ in range(2)]
    pieces = []
    high, at = 1.0, 1.0
    while high > 0.0 and any(any(flags) for flags in open_):
        prior = CommonPrior(n_parties, at)
        settled = game.settle(start, prior)
        changes = np.concatenate([row for reply in settled.replies for row in _choices(reply)])
        low = next((root for root in roots_below(changes, at) if root < at - STEP), 0.0)
        piece = Piece(low=low, high=high, profiles=settled.profiles)
        pieces.append(piece)
        for profile in settled.profiles:
            for party in range(n_parties):
                prospect = game.prospect(party, profile, prior)
                for standard in range(2):
                    if not open_[standard][party]:
                        continue
                    advantage = going_ahead(game, party, prospect, exploiting=bool(standard))
                    fails = _fails_below(advantage, piece)
                    is_hopeless = high == 1.0 and (advantage.sum(axis=1) < -HOLDS).any()
                    known = found[standard][party]
                    if is_hopeless:
                        found[standard][party], open_[standard][party] = np.inf, False
                    elif fails is not None and (known is None or fails > known):
                        found[standard][party] = fails
        for standard in range(2):
            for party in range(n_parties):
                open_[standard][party] &= found[standard][party] is None
        high, at = low, max(low - STEP, 0.0)
    leaving, exploiting = (
        tuple(0.0 if prior is None else None if np.isinf(prior) else prior for prior in row) for row in found
    )
    return LeastPriors(leaving=leaving, exploiting=exploiting, pieces=tuple(pieces))
