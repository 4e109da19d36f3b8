"""Repairs in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence, Status
from detente.analysis.roadmap.explanation import explain_evaluation
from detente.analysis.roadmap.repairs.repair import Repair, RepairKind
from detente.analysis.words import join_words
from detente.display.prose import format_short

if TYPE_CHECKING:
    from detente.analysis.roadmap.repairs.search import RepairSearch

KINDS = {
    RepairKind.PAYMENTS: "payments after verification",
    RepairKind.DETECTION: "earlier detection",
    RepairKind.STAGE_LENGTH: "other stage lengths",
    RepairKind.COUNTERPART: "a further counterpart",
    RepairKind.GUARANTOR: "a guarantor",
    RepairKind.ORDER: "another order",
    RepairKind.DROP: "leaving measures out",
    RepairKind.SPLIT: "splitting a measure",
}
"""What each kind of repair is called in a sentence."""

_ONE = {"measures": "measure", "pairs of measures": "pair of measures", "instalments": "instalments"}


def say_amount(repair: Repair) -> str:
    """Write the amount of a repair with its unit."""
    if repair.amount is None:
        return "–"
    number, unit = repair.amount, repair.unit
    if number == 1.0:
        first, *rest = unit.split(" ")
        unit = _ONE.get(unit) or " ".join([first.removesuffix("s"), *rest])
    return f"{format_short(number)} {unit}"


def explain_outcome(search: RepairSearch) -> Iterator[Sentence]:
    """Yield whether the search was stopped, and which kinds of repair make the roadmap hold."""
    if search.status is Status.STOPPED:
        yield Sentence(text="The search was stopped: there may be repairs that were not looked for.")
    works = [kind for kind in RepairKind if any(repair.kind is kind for repair in search.works)]
    if works:
        yield Sentence(text=f"It would hold with {join_words((KINDS[kind] for kind in works), last='or')}.")
    elif search.status is Status.ANSWERED:
        yield Sentence(text="No repair of the kinds looked for makes it hold.")


def explain_repairs(search: RepairSearch) -> Iterator[Sentence]:
    """Yield the verdict as it is, then every repair with what is to be minded, then the kinds that cannot mend it."""
    before = search.before
    first, *others = explain_evaluation(before)
    yield first
    if before.holds:
        yield Sentence(text="There is nothing to repair.")
        return
    yield from others[:1]
    yield from explain_outcome(search)
    for repair in search.repairs:
        doubt = "" if repair.works else " That alone does not make the roadmap hold."
        yield Sentence(text=" ".join([f"{repair.summary}{doubt}", *repair.notes]))
    for failure in search.failures:
        name = KINDS[failure.kind]
        yield Sentence(text=f"Not by {name}: {failure.reason}")
