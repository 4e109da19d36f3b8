"""Who may move what (§2, §9 of the model): own measures, the ending of joint ones, and moves in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from detente.case import Case, Direction, Forum
from detente.game import passes
from detente.kernel.conflict import CommonMove
from detente.kernel.system import IntArray


class MoveRules(NamedTuple):
    """Bits that each party may take and end by itself, (P,) each, and the common moves."""

    takes: IntArray
    ends: IntArray
    common: tuple[CommonMove, ...]


def minimal_coalitions(forum: Forum, *, ending: bool) -> list[tuple[str, ...]]:
    """List the smallest sets of members whose votes, with the seats that nobody in the case holds, pass a rule."""
    found: list[tuple[str, ...]] = []
    for size in range(1, len(forum.members) + 1):
        for voters in combinations(forum.members, size):
            if not any(set(smaller) <= set(voters) for smaller in found) and passes(forum, voters, ending=ending):
                found.append(voters)
    return found


def _mask(parties: Iterable[int]) -> int:
    return sum(1 << party for party in parties)


def move_rules(case: Case, parties: Sequence[str]) -> MoveRules:
    """Return what each party may flip by itself, and what needs a coalition.

    A sole measure is flipped by its owner, as its direction allows.  A joint measure is taken by all its owners in
    common and ended, if it is reversible, by any of them.  What a forum decides, either way, is a common move of each
    smallest coalition that passes its rule.
    """
    number = {party: index for index, party in enumerate(parties)}
    takes = [0] * len(parties)
    ends = [0] * len(parties)
    common: list[CommonMove] = []
    for index, measure in enumerate(case.measures):
        bit = 1 << index
        can_take = measure.direction is not Direction.BACKWARD
        can_end = measure.is_reversible
        if measure.forum is not None:
            forum = case.forum(measure.forum)
            for is_taking in (True, False):
                if can_take if is_taking else can_end:
                    common.extend(
                        CommonMove(
                            coalition=sum(1 << number[voter] for voter in voters), measure=index, takes=is_taking
                        )
                        for voters in minimal_coalitions(forum, ending=not is_taking)
                    )
            continue
        owners = [number[owner] for owner in measure.owners]
        if can_take and len(owners) == 1:
            takes[owners[0]] |= bit
        elif can_take:
            common.append(CommonMove(coalition=_mask(owners), measure=index, takes=True))
        if can_end:
            for owner in owners:
                ends[owner] |= bit
    return MoveRules(
        takes=np.array(takes, dtype=np.uint64).astype(np.int64),
        ends=np.array(ends, dtype=np.uint64).astype(np.int64),
        common=tuple(common),
    )
