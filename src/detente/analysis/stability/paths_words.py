"""How a conflict moves from the status quo, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.analysis.stability.joint_moves import write_movers, write_moves
from detente.analysis.stability.stability_words import count_states, name_concept
from detente.analysis.words import describe_state, join_words
from detente.display.prose import count_noun

if TYPE_CHECKING:
    from detente.analysis.stability.paths import StatusQuoAnalysis, StatusQuoPath
    from detente.kernel.first_reach import FirstReach

MOST_TOLD = 5
"""Paths told one by one; the JSON has more."""


def explain_paths(result: StatusQuoAnalysis) -> Iterator[str]:
    """Yield who can move from the start, what is reached, and how equilibria are reached."""
    yield from _first_moves(result)
    yield from _how_far(result)
    if not (result.moves.is_complete and result.improvements.is_complete):
        yield (
            f"The search was stopped after {result.parameters['most_states']:,} states, so that states further away "
            "are missing; fix some measures to go further."
        )
    yield from _equilibria(result)
    for path in result.paths[:MOST_TOLD]:
        if path.moves:
            yield _write_path(result, path)
    yield (
        "These are moves that parties could make if the preferences stated are right; which of them they make is not "
        "said."
    )


def _here(result: StatusQuoAnalysis) -> str:
    if result.start == result.conflict.status_quo:
        return "the status quo"
    return describe_state(result.conflict, result.start)


def _first_moves(result: StatusQuoAnalysis) -> Iterator[str]:
    here = _here(result)
    concepts = result.concepts_of(result.start)
    if concepts:
        every = len(concepts) == len(result.concepts) > 1
        by = "every concept" if every else join_words(map(name_concept, concepts))
        place = here[0].upper() + here[1:]
        yield f"{place} is itself stable for every party by {by}."
    able = [first for first in result.first_moves if first.n_improvements]
    if not result.first_moves:
        yield f"From {here} nobody can move."
        return
    if not able:
        who = "; ".join(write_movers(result.conflict, first.movers) for first in result.first_moves)
        yield f"From {here} nobody can improve its position in one move. Without gain these can move: {who}."
        return
    said = "; ".join(
        f"{write_movers(result.conflict, first.movers)}, to {count_noun(first.n_improvements, 'state')}"
        for first in able
    )
    yield f"From {here} these can improve their position in one move: {said}."


def _how_far(result: StatusQuoAnalysis) -> Iterator[str]:
    n_states = result.conflict.n_states

    def far(found: FirstReach) -> str:
        reached = int((found.n_moves > 0).sum())
        if not reached:
            return "none"
        return f"{reached:,}, the furthest in {count_noun(int(found.n_moves.max()), 'move')}"

    yield (
        f"Of the {count_states(n_states - 1).replace('feasible', 'other feasible')}, moves of any kind reach "
        f"{far(result.moves)}; moves that improve the position of all who make them reach {far(result.improvements)}."
    )


def _equilibria(result: StatusQuoAnalysis) -> Iterator[str]:
    """Say per concept how many equilibria are reached; concepts of which the same is to be said stand together."""
    said: dict[tuple[int, int, int], list[str]] = {}
    for concept, flags in result.equilibria.items():
        by_moves = int((flags & (result.moves.n_moves >= 0)).sum())
        by_improvements = int((flags & (result.improvements.n_moves >= 0)).sum())
        said.setdefault((int(flags.sum()), by_moves, by_improvements), []).append(name_concept(concept))
    for (total, by_moves, by_improvements), names in said.items():
        concepts = join_words(names)
        if total == 0:
            yield f"No state is stable for all by {concepts}."
            continue
        states = (
            f"The one state that is stable for all by {concepts}"
            if total == 1
            else (f"Of the {total:,} states that are stable for all by {concepts},")
        )
        if total == 1:
            how = "by improvements" if by_improvements else "by moves, but not by improvements" if by_moves else ""
            yield f"{states} {f'is reached {how}' if how else 'is not reached'}."
        else:
            yield (
                f"{states} {_number(by_improvements)} reached by improvements and {by_moves:,} by moves of any "
                "kind, the start counted."
            )


def _number(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}" if count else "none is"


def _write_path(result: StatusQuoAnalysis, path: StatusQuoPath) -> str:
    conflict = result.conflict
    described = describe_state(conflict, path.target)
    state = described[0].upper() + described[1:] if conflict.is_graph else f"State {path.target + 1}, {described},"
    every = len(path.concepts) == len(result.concepts) > 1
    by = "every concept" if every else join_words(map(name_concept, path.concepts))
    kind = "improvement" if path.by_improvements else "move"
    how = count_noun(len(path.moves), kind)
    others = path.n_paths - 1
    more = f" ({others:,} other sequence{'' if others == 1 else 's'} as short)" if others else ""
    lead = "" if path.by_improvements else ", though not by improvements"
    comma = "," if conflict.is_graph else ""
    deeds = write_moves(conflict, path.moves)
    return f"{state}{comma} stable for all by {by}, is reached in {how}{lead}{more}: {deeds}."
