"""What a design can optimise (§8 of the model)."""

from __future__ import annotations

from typing import Literal

Objective = Literal["trust", "margin", "duration", "nash"]
OBJECTIVES: tuple[Objective, ...] = ("trust", "margin", "duration", "nash")

Aim = Literal["trust", "margin", "duration", "nash", "distance"]
"""What a design can make best: an objective, or the distance to a given order."""
