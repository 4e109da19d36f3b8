"""Who takes part: parties, what they value, the forums they vote in and the formats that seat them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.case.quantities import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One that decides (*decision maker* in the literature).

    Parameters
    ----------
    discount : Quantity or None
        Discount factor per period, in (0, 1); roadmaps and packages need it.
    hazard : Quantity
        Chance per period, in [0, 1), that this party's politics end the process.
    breakdown : Quantity
        Value per period, <= 0, of living in a broken process, in the party's own units.
    """

    id: str
    name: str
    discount: Quantity | None = field(default=None, metadata={"unit": "factor per period"})
    hazard: Quantity = field(default=0.0, metadata={"unit": "probability per period"})
    breakdown: Quantity = field(default=0.0, metadata={"unit": "own value units per period"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Something that parties value, and how much each does."""

    id: str
    name: str
    weight: Mapping[str, Quantity] = field(
        default_factory=dict, metadata={"unit": "own value units per unit of effect"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """A body that owns measures by a voting rule.

    `others` seats are held by nobody in the case; they vote in favour of taking and of ending, gain and pay nothing.
    A rule is passed by a coalition of members with all the veto holders and, with the others, at least `quota` votes.
    """

    id: str
    members: tuple[str, ...]
    quota: int
    others: int = 0
    veto: tuple[str, ...] = ()
    end_quota: int
    end_veto: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A set of parties that sit at one table."""

    id: str
    parties: tuple[str, ...]
