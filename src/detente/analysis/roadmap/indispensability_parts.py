"""What is told of parties, formats, sources and refusals under one reading (§10 of the model, decision 0014)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from detente.analysis.roadmap.coalitions import Coalition

SPOILS = 1e-9
"""A refusal costs more than an absence only by more than this."""


def _finite(number: float) -> float | None:
    """What JSON can hold."""
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number with the interval that it is proven to lie in."""

    value: float
    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left open."""
        return self.high - self.low <= SPOILS

    def range(self) -> list[float | None]:
        """Return the interval for JSON; null where it has no end."""
        return [_finite(self.low), _finite(self.high)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyWorth:
    """What a party is worth to the process.

    Parameters
    ----------
    marginal : Amount
        q(N) − q(N without the party).
    shapley : Amount
        Its Shapley value in the game q.
    others : Amount
        What the others lose: their own geometric mean in the best roadmap of all, less q(N without the party). Its sign
        depends on nobody's unit.
    is_needed : bool
        Whether some table comes to something, and none does without it.
    """

    party: str
    marginal: Amount = field(metadata={"unit": "score"})
    shapley: Amount = field(metadata={"unit": "score"})
    others: Amount = field(metadata={"unit": "score"})
    is_needed: bool

    def to_dict(self, reading: str | None) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "id": self.party,
            "reading": reading,
            "marginal": self.marginal.value,
            "marginal_range": self.marginal.range(),
            "shapley": self.shapley.value,
            "shapley_range": self.shapley.range(),
            "others": self.others.value,
            "others_range": self.others.range(),
            "needed": self.is_needed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatValue:
    """What a format comes to.

    Parameters
    ----------
    id : str
        Of the format; of a table that is no format of the case, its parties joined by ``+``.
    is_named : bool
        Whether it is a format of the case; the others are the best tables of their size.
    within_all : float or None
        Geometric mean of what the same parties gain in the best roadmap of all, None where there is none; comparing it
        with their own score needs no common unit.
    """

    id: str
    is_named: bool
    coalition: Coalition
    within_all: float | None = field(metadata={"unit": "score"})

    def to_dict(self, reading: str | None) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "reading": reading,
            "named": self.is_named,
            "within_all": self.within_all,
            **self.coalition.to_dict(),
        }


class SourceKind(StrEnum):
    """What a party's worth can come from."""

    LEVER = "lever"
    JOINT = "joint"
    VOTE = "vote"
    VETO = "veto"
    GUARANTEE = "guarantee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One thing that a party has: a measure of its own, its part in a joint one, a vote, a veto, a promise to punish.

    Parameters
    ----------
    of : str
        The measure, or the forum of a vote or veto.
    """

    party: str
    kind: SourceKind
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWorth:
    """What would be gone without a source.

    Parameters
    ----------
    table : Amount
        What all parties together would lose: q(N) less the same without the source.
    marginal, shapley : Amount
        By how much the party's own marginal loss and Shapley value would be smaller.
    """

    source: Source
    table: Amount = field(metadata={"unit": "score"})
    marginal: Amount = field(metadata={"unit": "score"})
    shapley: Amount = field(metadata={"unit": "score"})

    def to_dict(self, reading: str | None) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "party": self.source.party,
            "reading": reading,
            "kind": self.source.kind.value,
            "of": self.source.of,
            "table": self.table.value,
            "table_range": self.table.range(),
            "marginal": self.marginal.value,
            "marginal_range": self.marginal.range(),
            "shapley": self.shapley.value,
            "shapley_range": self.shapley.range(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A party that sits at the table of all and refuses whatever needs it, against the table without it.

    Parameters
    ----------
    refusing : Coalition
        All parties, with what can be taken without the consent of this one.
    absent : Coalition
        The table without it.
    others : float
        Geometric mean of what the others gain while it refuses; 0 where one of them gains nothing.
    """

    party: str
    refusing: Coalition
    absent: Coalition
    others: float = field(metadata={"unit": "score"})

    @property
    def is_spoiler(self) -> bool:
        """Whether it is certain that refusing costs more than being absent, in the score and to the others."""
        return self.refusing.is_proven and self.absent.value > max(self.refusing.value, self.others) + SPOILS

    def to_dict(self, reading: str | None) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "id": self.party,
            "reading": reading,
            "refusing": self.refusing.value,
            "refusing_range": [self.refusing.value, _finite(self.refusing.bound)],
            "absent": self.absent.value,
            "absent_range": [self.absent.value, _finite(self.absent.bound)],
            "others": self.others,
            "losers": list(self.refusing.losers),
            "spoiler": self.is_spoiler,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class ReadingWorth:
    """Who and which format is worth what under one reading.

    Parameters
    ----------
    reading : str or None
        The reading; None for the base case.
    coalitions : tuple of Coalition
        All sets of parties; bit i of the place tells whether the i-th party is in it.
    sources : tuple of SourceWorth or None
        None unless they were asked for.
    names : mapping from party to name
        As this reading calls them.
    """

    reading: str | None
    parties: tuple[PartyWorth, ...]
    formats: tuple[FormatValue, ...]
    coalitions: tuple[Coalition, ...]
    refusals: tuple[Refusal, ...]
    sources: tuple[SourceWorth, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def everybody(self) -> Coalition:
        """The table of all parties."""
        return self.coalitions[-1]

    @property
    def is_proven(self) -> bool:
        """Whether nothing is left open."""
        tables = [*self.coalitions, *(refusal.refusing for refusal in self.refusals)]
        exact = all(part.is_exact for worth in self.sources or () for part in (worth.table, worth.shapley))
        return exact and all(table.is_proven for table in tables)

    def best_formats(self) -> tuple[FormatValue, ...]:
        """Return the formats that are certain to come to most; several if they tie, none if nothing is certain."""
        best = max((entry.coalition.value for entry in self.formats), default=0.0)
        tied = tuple(entry for entry in self.formats if entry.coalition.value >= best - SPOILS)
        open_ones = [entry for entry in self.formats if entry not in tied and entry.coalition.bound > best + SPOILS]
        return () if open_ones or best <= 0.0 else tied
