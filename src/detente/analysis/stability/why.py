"""Why a state is or is not stable: what each party could gain by moving, and what the others could answer (§9)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.stability import check_concepts
from detente.analysis.stability.why_words import explain_reasons, write_sanction
from detente.analysis.stability.worths import Worth
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import Cancelled, OptionError
from detente.kernel.conflict import CONCEPTS
from detente.kernel.sanctions import Answer, Judge, Judgement
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_KEPT = 100
"""Improvements of a party told one by one, unless the caller says otherwise."""
MOST_DRAWN = 12
"""Improvements in a picture."""
REFERENCES = ("fang1993", "xu2018")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move of an answer: who makes it, and from where to where."""

    movers: tuple[str, ...]
    source: int
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction:
    """What the others could do about a move so that it was not worth it.

    Parameters
    ----------
    steps : tuple of Step
        As few moves as possible, in their order.
    change : float or None
        What the party has then, compared with the state it moved from; at most 0. None if only its order is stated.
    places : int
        The same in places of its order; at most 0.
    """

    steps: tuple[Step, ...]
    change: float | None
    places: int

    @property
    def end(self) -> int:
        """Where it leads."""
        return self.steps[-1].target


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """A move that would make a party better off, and what stops it.

    Parameters
    ----------
    target : int
        Where it leads.
    gain : float or None
        How much better that is, in the party's value units per period; None if only its order is stated.
    places : int
        How many places of its order that is upwards.
    sanction : Sanction or None
        The shortest answer; None if there is none, or if none is asked for (Nash).
    is_settled : bool
        False if the search was stopped before it could tell whether there is one.
    """

    target: int
    gain: float | None
    places: int
    sanction: Sanction | None
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Whether the state is stable for a party under a concept, and through what.

    Parameters
    ----------
    is_stable : bool or None
        None if the search was stopped before it could tell.
    improvements : tuple of Improvement
        The greatest first; those beyond a limit are left out, but for the first that nobody can answer.
    n_improvements : int
        How many there are.
    """

    party: str
    concept: str
    is_stable: bool | None
    improvements: tuple[Improvement, ...]
    n_improvements: int

    @property
    def open(self) -> Improvement | None:
        """The greatest improvement that is known to have no answer."""
        return next((i for i in self.improvements if i.is_settled and i.sanction is None), None)


@dataclass(frozen=True, eq=False, kw_only=True)
class StabilityReasons(Result):
    """Why a state is or is not stable, party by party and concept by concept.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    state : int
        The number of the state, from 0.
    reasons : tuple of Reason
        One for each party and concept asked for.
    """

    conflict: Conflict
    state: int
    reasons: tuple[Reason, ...]

    def reason(self, party: str, concept: str) -> Reason:
        """Return what was found for a party under a concept.

        Raises
        ------
        OptionError
            If that was not asked for.
        """
        for reason in self.reasons:
            if reason.party == party and reason.concept == concept:
                return reason
        raise OptionError(f"nothing was asked about '{party}' under '{concept}'")

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        return {
            "status": self.status.value,
            "measures": list(self.conflict.measures),
            "state": int(masks[self.state]),
            "reasons": [
                {
                    "party": reason.party,
                    "concept": reason.concept,
                    "stable": reason.is_stable,
                    "n_improvements": reason.n_improvements,
                    "improvements": [self._improvement(improvement) for improvement in reason.improvements],
                }
                for reason in self.reasons
            ],
        }

    def _improvement(self, improvement: Improvement) -> dict[str, object]:
        masks, sanction = self.conflict.masks, improvement.sanction
        answer = None
        if sanction is not None:
            answer = {
                "moves": [{"by": list(step.movers), "to": int(masks[step.target])} for step in sanction.steps],
                "change": sanction.change,
                "places": sanction.places,
            }
        return {
            "to": int(masks[improvement.target]),
            "gain": improvement.gain,
            "places": improvement.places,
            "settled": improvement.is_settled,
            "answer": answer,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per party, concept and improvement: how much better, and the answer move by move."""
        import pandas as pd

        columns = (
            *("party", "concept", "stable", "state", "improvement", "gain", "places"),
            *("answered", "answer", "end", "change", "places_after"),
        )
        records: list[tuple[object, ...]] = []
        label = self.conflict.label
        for reason in self.reasons:
            origin = (reason.party, reason.concept, reason.is_stable, label(self.state))
            if not reason.improvements:
                records.append((*origin, None, None, None, None, "", None, None, None))
            for improvement in reason.improvements:
                sanction = improvement.sanction
                answered = sanction is not None if improvement.is_settled else None
                found: tuple[object, ...] = ("", None, None, None)
                if sanction is not None:
                    told = write_sanction(self.conflict, sanction)
                    found = (told, label(sanction.end), sanction.change, sanction.places)
                records.append(
                    (*origin, label(improvement.target), improvement.gain, improvement.places, answered, *found)
                )
        return pd.DataFrame.from_records(records, columns=list(columns))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each improvement would bring, and what is left of it after the answer, in places of the order."""
        from detente.display.bars import Bar, draw_bars

        last = {reason.party: reason for reason in self.reasons}
        groups: dict[str, list[Bar]] = {}
        for reason in last.values():
            name = self.conflict.case.party(reason.party).name
            for improvement in reason.improvements[: MOST_DRAWN - len(groups)]:
                left = improvement.places if improvement.sanction is None else improvement.sanction.places
                groups[f"{name}: {self.conflict.label(improvement.target)}"] = [
                    Bar(label=label, value=value, low=value, high=value)
                    for label, value in (("by moving", improvement.places), ("after the answer", left))
                ]
        concept = self.reasons[-1].concept
        return draw_bars(
            groups, title=f"places gained by leaving “{self.conflict.label(self.state)}” ({concept})", ax=ax
        )

    def explain(self) -> Explanation:
        """Say who could gain by moving, what the others could answer, and what is left then."""
        return Explanation(sentences=tuple(explain_reasons(self)))


def explain_stability(
    case: Case,
    state: str | Iterable[str] | int | None = None,
    *,
    party: str | Sequence[str] | None = None,
    concepts: Sequence[str] | None = None,
    reading: str | None = None,
    most: int = MOST_KEPT,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> StabilityReasons:
    """Tell why a state is or is not stable: the improvements of each party, and what the others could answer.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright.
    state : str, iterable of str or int, optional
        The ids in force, the name of a state, or its number from 1; the status quo unless given.
    party : str or sequence of str, optional
        Whose moves to look at; everybody's unless given.
    concepts : sequence of str, optional
        Some of nash, gmr, smr, seq and sseq; all unless given.
    reading : str, optional
        Reading to see the case by.
    most : int
        Improvements of a party told one by one, at least 1; more are looked at until one is found that has no answer.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it with what was found until then.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    OptionError
        If the state, a party or a concept is unknown.

    Notes
    -----
    A search forward from each improvement over states and last movers; the nearest state that takes the improvement
    back is told, of several as near the first in number. At most as many steps as the others have states and moves.

    References
    ----------
    fang1993, chapter 3.
    """
    began = time.perf_counter()
    asked = check_concepts(CONCEPTS if concepts is None else concepts)
    if most < 1:
        raise OptionError(f"the number of improvements to tell is {most}; it must be at least 1")
    conflict = build_conflict(case, reading=reading, memory=memory)
    number = find_state(conflict, state)
    parties = _parties(conflict, party)
    reporter = Reporter(progress)
    judge = Judge(conflict.form)
    reasons: list[Reason] = []
    try:
        for index in parties:
            worth = Worth(conflict, index)
            for concept in asked:
                reporter.report("looking for answers", fraction=len(reasons) / (len(parties) * len(asked)))
                judgement = judge.judge(index, number, concept, most_answers=most)
                reasons.append(_reason(conflict, worth, index, concept, number, judgement))
    except Cancelled:
        if not reasons:
            raise
    is_whole = len(reasons) == len(parties) * len(asked) and all(reason.is_stable is not None for reason in reasons)
    return StabilityReasons(
        status=Status.ANSWERED if is_whole else Status.STOPPED,
        method="nearest sanctions, searched forward (model §9)",
        parameters={
            "state": conflict.label(number),
            "parties": [conflict.parties[index] for index in parties],
            "concepts": list(asked),
            "most": most,
        },
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        state=number,
        reasons=tuple(reasons),
    )


def _parties(conflict: Conflict, party: str | Sequence[str] | None) -> list[int]:
    asked = conflict.parties if party is None else (party,) if isinstance(party, str) else tuple(party)
    for name in asked:
        if name not in conflict.parties:
            raise OptionError(f"unknown party '{name}' (the case has: {', '.join(conflict.parties)})")
    if not asked:
        raise OptionError("no party to look at")
    return [number for number, name in enumerate(conflict.parties) if name in asked]


def _reason(conflict: Conflict, worth: Worth, party: int, concept: str, state: int, judgement: Judgement) -> Reason:
    return Reason(
        party=conflict.parties[party],
        concept=concept,
        is_stable=judgement.is_stable,
        improvements=tuple(_improvement(conflict, worth, state, answer) for answer in judgement.answers),
        n_improvements=judgement.n_improvements,
    )


def _improvement(conflict: Conflict, worth: Worth, state: int, answer: Answer) -> Improvement:
    sanction = None
    if answer.sanction is not None:
        end = answer.sanction[-1].target
        sanction = Sanction(
            steps=tuple(
                Step(
                    movers=tuple(p for index, p in enumerate(conflict.parties) if move.movers >> index & 1),
                    source=move.source,
                    target=move.target,
                )
                for move in answer.sanction
            ),
            change=worth.change(state, end),
            places=worth.climb(state, end),
        )
    return Improvement(
        target=answer.target,
        gain=worth.change(state, answer.target),
        places=worth.climb(state, answer.target),
        sanction=sanction,
        is_settled=answer.is_settled,
    )
