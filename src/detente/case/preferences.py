"""Ordinal preferences and the general-graph form: for conflicts of which only orders are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.case.conditions import Condition
from detente.case.quantities import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Prioritised statements, the most important first: a state ranks by its lexicographic truth vector."""

    statements: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A statement among others of equal priority: it counts its weight where it is true, and nothing elsewhere."""

    when: Condition
    weight: Quantity = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """Groups of statements, the most important group first; within a group the weights of those that are true add up.

    The first group in which two states have different sums decides between them.
    """

    tiers: tuple[tuple[Counted, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One number for each measure (*option weights*): a state ranks by the sum over the measures in force."""

    weights: Mapping[str, Quantity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """States best first; each place holds the states that tie there.

    A state is the ids in force; in the graph form, its own name alone.
    """

    places: tuple[tuple[frozenset[str], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """One number per state, in increasing bitmask order or in the order of the graph's states; higher is better."""

    ranks: tuple[float, ...]


OrdinalPreference = Statements | Tiers | Weights | Ranking | Ranks

States = Condition | tuple[str, ...]
"""Some states: those that satisfy a condition, or in the graph form those named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Which of a party's preferences nobody knows; they override what its order or its values say.

    Parameters
    ----------
    pairs : tuple of pairs of States
        Between any state of the first kind and any of the second, either way round, the preference is unknown.
    everything : bool
        Whether nothing is known, between no two states.
    """

    pairs: tuple[tuple[States, States], ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strong:
    """Which of a party's preferences are strong.

    Parameters
    ----------
    thresholds : tuple of float
        Differences from which on a preference has the next degree, rising; the first makes it strong.
    pairs : tuple of pairs of States
        A state of the first kind is strongly preferred to one of the second, if it is preferred at all.
    """

    thresholds: tuple[float, ...] = ()
    pairs: tuple[tuple[States, States], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphMoves:
    """Moves of a graph that need several parties together."""

    parties: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A conflict given outright: states, the moves of each party and each party's ranks (higher is better).

    Parameters
    ----------
    states : tuple of str
        What the states are called.
    moves : mapping from party to pairs of states
        What each party can do by itself.
    ranks : mapping from party to tuple of float
        One number for each state; the higher the better.
    common : tuple of GraphMoves
        What parties can only do together.
    status_quo : str or None
        The state from which the conflict starts, where one is stated.
    names : mapping from state to str
        What a state means, where that is stated.
    options : mapping from party to tuple of str
        What each party can do or not do, for showing states; order counts.
    patterns : mapping from state to str
        One letter for each option: ``Y`` taken, ``N`` not, ``-`` either.
    """

    states: tuple[str, ...]
    moves: Mapping[str, tuple[tuple[str, str], ...]]
    ranks: Mapping[str, tuple[float, ...]]
    common: tuple[GraphMoves, ...] = ()
    status_quo: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
