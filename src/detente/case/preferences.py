"""Ordinal preferences and the general-graph form: for conflicts of which only orders are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detente.case.conditions import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Prioritised statements, the most important first: a state ranks by its lexicographic truth vector."""

    statements: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """States best first; each place holds the states that tie there, a state being the ids in force."""

    places: tuple[tuple[frozenset[str], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """One number per feasible state in increasing bitmask order; higher is better."""

    ranks: tuple[float, ...]


OrdinalPreference = Statements | Ranking | Ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A conflict given outright: states, the moves of each party and each party's ranks (higher is better)."""

    states: tuple[str, ...]
    moves: Mapping[str, tuple[tuple[str, str], ...]]
    ranks: Mapping[str, tuple[float, ...]]
