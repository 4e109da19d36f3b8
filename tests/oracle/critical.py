"""Critical values (§8 of the model), literally: the number is changed in the case and everything is judged anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.case import Case, Measure, Party
from detente.casefile.levels import shares
from tests.oracle.evaluation import Stages, evaluate_system, steps
from tests.oracle.system import System

TOTAL = "hazard"
"""The place of the total hazard."""


def with_number(case: Case, place: str, value: float) -> Case:
    """The case with another number at a dotted place; a graded measure's total is shared out among its levels."""
    words = place.split(".")
    if words[0] == "parties":
        return replace(case, parties=tuple(_moved(p, words[2], value) if p.id == words[1] else p for p in case.parties))
    if words[0] == "interests":
        return replace(
            case,
            interests=tuple(
                replace(i, weight={**i.weight, words[3]: value}) if i.id == words[1] else i for i in case.interests
            ),
        )
    if words[0] == "terms":
        return replace(
            case,
            terms=tuple(replace(t, value=value) if n == int(words[1]) else t for n, t in enumerate(case.terms)),
        )
    known = {m.id for m in case.measures} | {m.level.chain for m in case.measures if m.level is not None}
    named = max((k for k in known if place.startswith(f"measures.{k}.")), key=len)
    rest = place.removeprefix(f"measures.{named}.")
    chain = [m for m in case.measures if m.level is not None and m.level.chain == named]
    portion = dict(zip([m.id for m in chain], shares([m.level.label for m in chain if m.level]), strict=True))
    portion = portion or {named: 1.0}
    return replace(
        case,
        measures=tuple(_changed(m, rest, value, portion[m.id]) if m.id in portion else m for m in case.measures),
    )


def _moved(party: Party, what: str, value: float) -> Party:
    match what:
        case "discount":
            return replace(party, discount=value)
        case "hazard":
            return replace(party, hazard=value)
    assert what == "breakdown"
    return replace(party, breakdown=value)


def _changed(measure: Measure, rest: str, value: float, portion: float) -> Measure:
    what, _, below = rest.partition(".")
    if what == "duration":
        return replace(measure, duration=int(value))
    if what == "detection-lag":
        return replace(measure, detection_lag=int(value))
    if what == "verifies":
        return replace(measure, verifies={**measure.verifies, below: int(value)})
    if what == "effects":
        interest, party = below.split(".")
        effects = {**measure.effects, interest: {**measure.effects[interest], party: value * portion}}
        return replace(measure, effects=effects)
    match what:
        case "value":
            return replace(measure, value={**measure.value, below: value * portion})
        case "cost":
            return replace(measure, cost={**measure.cost, below: value * portion})
        case "undo-cost":
            return replace(measure, undo_cost={**measure.undo_cost, below: value * portion})
    assert what == "deters"
    return replace(measure, deters={**measure.deters, below: value * portion})


def margins_at(
    case: Case, stages: Stages, durations: Sequence[int] | None, place: str, value: float
) -> dict[tuple[int, str, str], float] | None:
    """The margin of every check with another number; None if the roadmap's lengths are then too short."""
    hazard = None
    if place == TOTAL:
        hazard = value
    elif place.startswith("roadmaps."):
        lengths = [step.periods for step in steps(System(case), stages, durations)]
        lengths[int(place.rsplit(".", 1)[1])] = int(value)
        durations = lengths
    else:
        case = with_number(case, place, value)
    try:
        entry = evaluate_system(System(case), stages, durations, hazard=hazard)
    except ValueError:
        return None
    return {(row["stage"], row["check"], row["party"]): row["margin"] for row in entry["rows"]}


def holds_at(case: Case, stages: Stages, durations: Sequence[int] | None, place: str, value: float) -> bool | None:
    """Whether the roadmap holds with another number; None if its lengths are then too short."""
    margins = margins_at(case, stages, durations, place, value)
    return None if margins is None else all(margin >= -1e-9 for margin in margins.values())
