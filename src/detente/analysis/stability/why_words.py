"""Reasons why a state is or is not stable, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence, Status
from detente.analysis.stability.stability_words import name_concept
from detente.analysis.words import describe_move, describe_state, join_words, name_parties
from detente.conflict import Conflict
from detente.display.prose import count_noun, format_short

if TYPE_CHECKING:
    from detente.analysis.stability.why import Improvement, Reason, Sanction, StabilityReasons, Step

MOST_TOLD = 3
"""Improvements of a party told in sentences; the table has more."""

_UNANSWERED = {
    "gmr": "no answer of the others takes that back",
    "smr": "no answer of the others takes that back for good",
    "seq": "no answer of the others to their own advantage takes that back",
    "sseq": "no answer of the others to their own advantage takes that back for good",
}
"""What is missing; of two that follow from each other only the first is told."""

_WEAKER = {"gmr": ("smr", "seq", "sseq"), "smr": ("sseq",), "seq": ("sseq",), "sseq": ()}
"""Concepts under which there is no answer either where there is none under this one."""


def write_sanction(conflict: Conflict, sanction: Sanction) -> str:
    """Write an answer in one line for a table: who, then what changes; moves one after the other."""
    return "; ".join(
        f"{'+'.join(step.movers)}: {_flips(conflict, step.source, step.target)}" for step in sanction.steps
    )


def _flips(conflict: Conflict, source: int, target: int) -> str:
    if conflict.is_graph:
        return f"→ {conflict.label(target)}"
    before, after = conflict.in_force(source), conflict.in_force(target)
    taken = [f"+{measure}" for measure in after if measure not in before]
    return " ".join([*taken, *(f"−{measure}" for measure in before if measure not in after)])


def explain_reasons(result: StabilityReasons) -> Iterator[Sentence]:
    """Yield what is asked about, then for each party the verdicts and the moves that they rest on."""
    state = describe_state(result.conflict, result.state)
    yield Sentence(text=f"Asked about: {state}, number {result.state + 1:,} of {result.conflict.n_states:,}.")
    parties = list(dict.fromkeys(reason.party for reason in result.reasons))
    content = [party for party in parties if not any(r.n_improvements for r in result.reasons if r.party == party)]
    for party in parties:
        if party not in content:
            yield from _party(result, party, [reason for reason in result.reasons if reason.party == party])
    if content:
        names = name_parties(result.conflict.case, content)
        prefer = "it prefers; for it" if len(content) == 1 else "they prefer; for them"
        has = "has" if len(content) == 1 else "have"
        yield Sentence(
            text=f"{names} {has} no move to a state that {prefer} the state is stable by every concept.",
            parties=tuple(content),
        )
    if result.status is Status.STOPPED:
        yield Sentence(text="The search was stopped before everything was settled.")


def _party(result: StabilityReasons, party: str, reasons: Sequence[Reason]) -> Iterator[Sentence]:
    name = result.conflict.case.party(party).name
    yield Sentence(text=f"{_verdict(name, reasons)} It has {_count_moves(reasons[0])}.", parties=(party,))
    told = _most_telling(reasons)
    for target in told:
        yield _improvement(result, party, reasons, target)
    left = reasons[0].n_improvements - len(told)
    if left:
        yield Sentence(text=f"{count_noun(left, 'further move')} of {name}'s would make it better off too.")


def _count_moves(reason: Reason) -> str:
    number = reason.n_improvements
    return f"{count_noun(number, 'move')} to {'a state' if number == 1 else 'states'} that it prefers"


def _verdict(name: str, reasons: Sequence[Reason]) -> str:
    stable = [name_concept(reason.concept) for reason in reasons if reason.is_stable is True]
    unstable = [name_concept(reason.concept) for reason in reasons if reason.is_stable is False]
    unknown = [name_concept(reason.concept) for reason in reasons if reason.is_stable is None]
    parts = []
    if stable:
        parts.append(f"stable by {join_words(stable)}")
    if unstable:
        parts.append(f"not stable by {join_words(unstable)}")
    if unknown:
        parts.append(f"not settled by {join_words(unknown)}")
    return f"For {name} the state is {join_words(parts)}."


def _most_telling(reasons: Sequence[Reason]) -> list[int]:
    """The moves to tell: for each concept the greatest that has no answer, then the greatest."""
    chosen = [reason.open.target for reason in reasons if reason.open is not None and reason.concept != "nash"]
    chosen += [improvement.target for reason in reasons for improvement in reason.improvements]
    return list(dict.fromkeys(chosen))[:MOST_TOLD]


def _improvement(result: StabilityReasons, party: str, reasons: Sequence[Reason], target: int) -> Sentence:
    conflict = result.conflict
    name = conflict.case.party(party).name
    found: list[tuple[str, Improvement]] = [
        (reason.concept, improvement)
        for reason in reasons
        for improvement in reason.improvements
        if improvement.target == target
    ]
    texts = [f"{name} would {_gain(result, found[0][1])} by {describe_move(conflict, result.state, target)}."]
    answers: dict[tuple[Step, ...], list[str]] = {}
    sanctions: dict[tuple[Step, ...], Sanction] = {}
    for concept, improvement in found:
        if improvement.sanction is not None:
            answers.setdefault(improvement.sanction.steps, []).append(concept)
            sanctions[improvement.sanction.steps] = improvement.sanction
    for number, (steps, concepts) in enumerate(answers.items()):
        texts.append(_answer(result, name, sanctions[steps], concepts, start="Or" if number else "But then"))
    texts += _unanswered([concept for concept, i in found if i.is_settled and i.sanction is None], bool(answers))
    return Sentence(
        text=" ".join(texts),
        parties=(party, *dict.fromkeys(p for s in sanctions.values() for step in s.steps for p in step.movers)),
        measures=_changed(conflict, result.state, target),
    )


def _unanswered(concepts: Sequence[str], is_answered: bool) -> Iterator[str]:
    """Say which kind of answer is missing."""
    left = [concept for concept in concepts if concept != "nash"]
    while left:
        first = left[0]
        implied = [first, *(concept for concept in left if concept in _WEAKER[first])]
        text = _UNANSWERED[first]
        yield f"{f'Yet {text}' if is_answered else f'{text[0].upper()}{text[1:]}'} ({_names(implied)})."
        left = [concept for concept in left if concept not in implied]


def _names(concepts: Sequence[str]) -> str:
    return ", ".join(name_concept(concept) for concept in concepts)


def _changed(conflict: Conflict, source: int, target: int) -> tuple[str, ...]:
    before, after = set(conflict.in_force(source)), set(conflict.in_force(target))
    return tuple(measure for measure in conflict.measures if (measure in before) != (measure in after))


def _gain(result: StabilityReasons, improvement: Improvement) -> str:
    if improvement.gain is None:
        return f"be {count_noun(improvement.places, 'place')} higher in its own order"
    return f"gain {format_short(improvement.gain)} a {result.conflict.case.period or 'period'}"


def _answer(result: StabilityReasons, name: str, sanction: Sanction, concepts: Sequence[str], *, start: str) -> str:
    conflict = result.conflict
    deeds = []
    is_own = any(concept in ("seq", "sseq") for concept in concepts)
    for number, step in enumerate(sanction.steps):
        who = name_parties(conflict.case, step.movers)
        together = " together" if len(step.movers) > 1 else ""
        advantage = f", to {'their' if together else 'its'} own advantage" if is_own else ""
        could = "" if number else " could answer"
        deeds.append(f"{who}{together}{could} by {describe_move(conflict, step.source, step.target)}{advantage}")
    final = ", with no move of its own from there to anything better than now"
    ending = final if any(concept in ("smr", "sseq") for concept in concepts) else ""
    return (
        f"{start} {', then '.join(deeds)}; that leaves {name} {_after(result, sanction)}{ending} ({_names(concepts)})."
    )


def _after(result: StabilityReasons, sanction: Sanction) -> str:
    if sanction.places == 0:
        return "as well off as now"
    if sanction.change is None:
        return f"{count_noun(-sanction.places, 'place')} lower than now"
    return f"{format_short(-sanction.change)} a {result.conflict.case.period or 'period'} worse off than now"
