"""A small case for reports: something that holds, something that fails, and evidence for both."""

from __future__ import annotations

import datetime
from dataclasses import replace

from detente.case import Assumption, Case, Claim, Document
from detente.casefile import case_from_tree

DAY = datetime.date(2026, 1, 2)


def report_case(*, names: tuple[str, str] = ("North", "South"), hazard: float = 0.01) -> Case:
    """Two neighbours, a line between them, relief in two steps and one source with a view of its own."""
    case = case_from_tree(
        {
            "detente": 1,
            "name": "The line",
            "period": "month",
            "parties": {
                "north": {"name": names[0], "discount": 0.9, "hazard": hazard, "breakdown": -1},
                "south": {"name": names[1], "discount": [0.8, 0.9, 0.95]},
            },
            "interests": {"calm": {"name": "Calm at the line", "weight": {"north": 2, "south": [1, 4, 5]}}},
            "measures": {
                "withdraw": {
                    "name": "Troops withdrawn",
                    "by": ["north"],
                    "value": {"north": [-4, -2, -1]},
                    "effects": {"calm": {"north": 0.5, "south": 0.5}},
                    "undo-cost": {"north": 0.5},
                    "detection-lag": 2,
                },
                "relief": {
                    "name": "Relief",
                    "by": ["south"],
                    "levels": ["50%", "100%"],
                    "value": {"north": 4, "south": -1},
                },
                "watch": {
                    "name": "Observers at the line",
                    "by": ["north", "south"],
                    "verifies": {"withdraw": 1},
                    "deters": {"north": 1},
                    "value": {"south": 0.2},
                    "cost": {"south": 0.5},
                },
            },
            "terms": [{"party": "south", "when": "relief.100% and not withdraw", "value": [-2, -1, 0]}],
            "roadmaps": {
                "step-by-step": {
                    "name": "Step by step",
                    "stages": [["watch"], ["withdraw", "relief.50%"], ["relief.100%"]],
                },
                "troops-first": {"name": "Troops first", "stages": [["withdraw"], ["relief.50%", "relief.100%"]]},
            },
            "readings": {
                "herald": {
                    "name": "The Herald",
                    "document": "h1",
                    "set": {"measures.withdraw.value.north": -9, "interests.calm.weight.south": 5},
                }
            },
        }
    )
    return replace(
        case,
        documents=(Document(id="h1", title="The North will not move", author="A. Reporter", date="2025-12-01"),),
        claims=(
            Claim(
                id="c1",
                document="h1",
                paragraph=3,
                voice=("A. Reporter", "north"),
                mode="report",
                paraphrase="The line matters more to the North than all that is offered.",
                supports=("measures.withdraw.value",),
            ),
        ),
        assumptions=(
            Assumption(places=("parties",), reason="By comparison with earlier processes."),
            Assumption(places=("interests.calm.weight", "measures.relief"), reason="Judgement."),
        ),
    )
