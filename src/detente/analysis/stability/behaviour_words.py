"""Observed behaviour in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from detente.analysis.stability.stability_words import name_concept
from detente.analysis.words import describe_move, describe_state, join_words, name_parties
from detente.display.prose import count_noun

if TYPE_CHECKING:
    from detente.analysis.stability.behaviour import Behaviour, Observation, Uncounted


def _by(concepts: Sequence[str]) -> str:
    return join_words(map(name_concept, concepts))


def explain_behaviour(result: Behaviour) -> Iterator[str]:
    """Yield what explains the whole, the end, each move and each party, and what tells nothing."""
    yield from _whole(result)
    steps = list(pairwise(result.path))
    moves = [(steps.index((step.origin, step.target)), _uncounted(result, step)) for step in result.uncounted]
    others = []
    for entry in result.observations:
        if entry.target is not None:
            moves.append((steps.index((entry.state, entry.target)), _move(result, entry)))
        elif entry.tells or not any(entry.agrees.values()):
            others.append(_rest(result, entry))
    for _, text in sorted(moves):
        yield text
    yield from others
    yield from _parties(result)
    yield (
        "That a concept agrees does not show how a party reasoned, and all of this holds only as far as the "
        "preferences stated are right."
    )


def _is_at_end(result: Behaviour, entry: Observation) -> bool:
    return entry.deed == "stays" and entry.state == result.path[-1]


def _whole(result: Behaviour) -> Iterator[str]:
    conflict = result.conflict
    end = describe_state(conflict, result.path[-1])
    lasting = [
        concept
        for concept in result.concepts
        if all(entry.agrees[concept] for entry in result.observations if _is_at_end(result, entry))
    ]
    if not result.explaining:
        first, *others = [(name_concept(concept), result.count_agreeing(concept)) for concept in result.concepts]
        counts = join_words([f"{first[0]} explains {first[1]}", *(f"{name} {count}" for name, count in others)])
        yield (
            f"No concept alone explains all that was seen up to {end}; of "
            f"{count_noun(len(result.observations), 'observation')} {counts}."
        )
        if lasting:
            yield f"That everybody stayed there is explained by {_by(lasting)}; the moves before are not."
    elif len(result.explaining) == len(result.concepts):
        yield f"Every concept asked for explains what was seen up to {end}: it does not tell them apart."
    else:
        rest = [concept for concept in result.concepts if concept not in result.explaining]
        verb = "explains" if len(result.explaining) == 1 else "explain"
        does = "does" if len(rest) == 1 else "do"
        yield f"{_by(result.explaining)} {verb} all that was seen up to {end}; {_by(rest)} {does} not."


def _uncounted(result: Behaviour, step: Uncounted) -> str:
    conflict = result.conflict
    move = describe_move(conflict, step.origin, step.target)
    if len(step.movers) == 1:
        worse = [party for party, improves in step.improves.items() if not improves]
        gain = f"no improvement for {name_parties(conflict.case, worse)}" if worse else "an improvement for all of them"
        who = name_parties(conflict.case, step.movers[0])
        return f"{who} moved in common, {move}: {gain}; it says nothing of what each would do alone."
    able = join_words((name_parties(conflict.case, movers) for movers in step.movers), last="or")
    return f"That {move} was done by {able} cannot be told apart, so it counts for nobody."


def _apart(result: Behaviour, entry: Observation) -> tuple[list[str], list[str]]:
    yes = [concept for concept in result.concepts if entry.agrees[concept]]
    return yes, [concept for concept in result.concepts if concept not in yes]


def _move(result: Behaviour, entry: Observation) -> str:
    conflict = result.conflict
    yes, no = _apart(result, entry)
    target = entry.target if entry.target is not None else entry.state
    name = conflict.case.party(entry.party).name
    did = f"{name} left {describe_state(conflict, entry.state)}, {describe_move(conflict, entry.state, target)}"
    if not entry.improves:
        return f"{did}, though it does not prefer where that led; no concept explains such a move."
    if not no:
        return f"{did}: an improvement from which no concept would have deterred it."
    if not yes:
        return f"{did}: an improvement from which every concept asked for would have deterred it."
    return f"{did}: an improvement from which {_by(no)} would have deterred it, {_by(yes)} not."


def _rest(result: Behaviour, entry: Observation) -> str:
    conflict = result.conflict
    name = conflict.case.party(entry.party).name
    yes, no = _apart(result, entry)
    where = "there" if entry.state == result.path[-1] else f"in {describe_state(conflict, entry.state)}"
    if entry.deed == "leaves":
        why = f"explained by {_by(yes)}, not by {_by(no)}" if yes else "explained by no concept asked for"
        return f"That {name} did not stay {where} is {why}."
    better = "a better state" if entry.n_improvements == 1 else f"{entry.n_improvements:,} better states"
    why = f"explained by {_by(yes)}, not by {_by(no)}" if yes else "explained by no concept asked for"
    return f"That {name} stayed {where}, with {better} within its reach, is {why}."


def _parties(result: Behaviour) -> Iterator[str]:
    if result.explaining:
        return
    for party in result.conflict.parties:
        concepts = result.concepts_for(party)
        if len(concepts) == len(result.concepts):
            continue
        name = result.conflict.case.party(party).name
        if concepts:
            yield f"All that {name} did is explained by {_by(concepts)}."
        else:
            yield f"No concept alone explains all that {name} did."
