"""Designs in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence, Status
from detente.analysis.roadmap.explanation import describe_row
from detente.analysis.words import join_words, quote_measures

if TYPE_CHECKING:
    from detente.analysis.roadmap.design_result import Design

SOUGHT = {
    "trust": "asks for the least trust",
    "margin": "has the widest margins",
    "duration": "is the shortest",
    "nash": "has the greatest product of gains",
    "distance": "is nearest to the order given",
}


def _value(design: Design) -> str:
    unit = design.case.period or "period"
    value = design.value or 0.0
    match design.objective:
        case "trust":
            return f"a required probability of {value:.0%}" if value > 0.0 else "no trust at all"
        case "margin":
            return f"a least margin of {value:.3g} a {unit}"
        case "duration":
            return f"{value:.0f} {unit}{'s' if value != 1 else ''}"
        case "distance":
            return f"a distance of {value:g} pair{'s' if value != 1 else ''} of measures from it"
        case "nash":
            return f"a product of {value:.4g}"


def explain_design(design: Design) -> Iterator[Sentence]:
    """Yield what was found and how sure that is, the stages, and where it is tightest; or why there is none."""
    case = design.case
    if design.missing:
        yield Sentence(text=f"No roadmap leads to the goal: {'; '.join(design.missing)}.")
        return
    if design.status is Status.NONE:
        yield from _explain_conflict(design)
        return
    if design.evaluation is None:
        yield Sentence(text="Stopped before any roadmap was found; none may exist.")
        return
    certificate = (
        "proven: no roadmap does better"
        if design.status is Status.OPTIMAL
        else (f"stopped early: others may reach {design.bound:.4g}")
    )
    verb = "needs" if design.objective in ("trust", "duration", "distance") else "reaches"
    yield Sentence(
        text=f"The roadmap that {SOUGHT[design.objective]} has {len(design.stages)} "
        f"stage{'s' if len(design.stages) != 1 else ''} and {verb} {_value(design)} ({certificate})."
    )
    for number, stage in enumerate(design.stages):
        text = f"Stage {number + 1}: {quote_measures(case, stage)}."
        yield Sentence(text=text, measures=stage, stage=number + 1)
    critical = design.evaluation.critical
    yield Sentence(text=describe_row(design.evaluation, critical), parties=(critical.party,), stage=critical.stage)


def _explain_conflict(design: Design) -> Iterator[Sentence]:
    case, conflict = design.case, design.conflict
    if conflict is None:
        yield Sentence(text="No roadmap to the goal holds; the search for who rules them out was stopped.")
        return
    names = join_words(case.party(party).name for party in conflict.parties)
    if conflict.measures:
        deeds = (
            f"what {names} could do with {quote_measures(case, conflict.measures)}, by withholding or undoing, or by "
            "walking out, rules out every order of stages"
        )
    else:
        deeds = f"{names} would walk out of every order of stages"
    sure = "no smaller set does" if conflict.minimal else "nothing of it can be left out, but a smaller set may exist"
    yield Sentence(
        text=f"No roadmap to the goal holds: {deeds} ({sure}).",
        parties=conflict.parties,
        measures=conflict.measures,
    )
