"""A ``.gmcr`` file whose options belong to several decision makers: states and moves outright.

Each decision maker moves by turning any of its options, shared ones too, as their directions allow; it may pass over an
infeasible state and not stop there.
"""

from __future__ import annotations

from collections.abc import Sequence

from detente.case import Direction
from detente.casefile.tree import Plain
from detente.errors import LimitError
from detente.exchange.gmcr_file import GmcrFile, Simple
from detente.kernel.system import IntArray

MOST_MOVES = 50_000
"""Moves that a case file of 2 MB has room for."""


def fits(mask: int, simple: Simple, order: Sequence[int]) -> bool:
    """Tell whether a state satisfies a conjunction; bit i of the state is the i-th option in order."""
    place = {option: index for index, option in enumerate(order)}
    return all(bool(mask >> place[option] & 1) == is_taken for option, is_taken in simple)


def scores(statements: Sequence[Sequence[Simple]], masks: IntArray, order: Sequence[int]) -> list[int]:
    """Return Σ 2^(K−1−j) over the statements that each state satisfies, K of them, the first j = 0."""
    most = len(statements)
    return [
        sum(
            1 << (most - 1 - index)
            for index, statement in enumerate(statements)
            if any(fits(mask, simple, order) for simple in statement)
        )
        for mask in masks.tolist()
    ]


def graph_of(
    read: GmcrFile, order: Sequence[int], parties: Sequence[str], masks: IntArray, values: Sequence[Sequence[int]]
) -> dict[str, Plain]:
    """Return the states, moves and ranks of a file with the keys of ``graph``.

    Parameters
    ----------
    read : GmcrFile
        The file.
    order : sequence of int
        Its options in canonical order, bit i of a state the i-th.
    parties : sequence of str
        Ids of the decision makers.
    masks : IntArray
        Shape (F,): the feasible states, ascending.
    values : sequence of sequence of int
        What each state is worth to each decision maker; only the order counts.

    Raises
    ------
    LimitError
        If there are more moves than a case file has room for.
    """
    states = {mask: f"s{number}" for number, mask in enumerate(masks.tolist(), start=1)}
    moves: dict[str, Plain] = {}
    count = 0
    for key, party in zip(parties, read.parties, strict=True):
        listed: list[Plain] = []
        own = [(order.index(option), read.options[option].direction) for option in party.options]
        for mask, state in states.items():
            free = sum(
                1 << bit
                for bit, direction in own
                if direction is not (Direction.FORWARD if mask >> bit & 1 else Direction.BACKWARD)
            )
            flips = free
            while flips:
                target = states.get(mask ^ flips)
                if target is not None:
                    listed.append([state, target])
                    count += 1
                flips = (flips - 1) & free
            if count > MOST_MOVES:
                raise LimitError(
                    f"the file has options of several decision makers and more than {MOST_MOVES:,} moves, too many to "
                    "be listed one by one; give each option to one decision maker."
                )
        if listed:
            moves[key] = listed
    return {
        "states": list(states.values()),
        "moves": moves,
        "ranks": {key: _places(row) for key, row in zip(parties, values, strict=True)},
        "status-quo": next(iter(states.values())),
        "options": _options(read, order, parties),
        "patterns": {
            state: "".join("Y" if mask >> bit & 1 else "N" for bit in range(len(order)))
            for mask, state in states.items()
        },
    }


def _places(values: Sequence[int]) -> list[Plain]:
    place = {value: index for index, value in enumerate(sorted(set(values)), start=1)}
    return [place[value] for value in values]


def _options(read: GmcrFile, order: Sequence[int], parties: Sequence[str]) -> dict[str, Plain]:
    """Return the options in canonical order, each under the first decision maker that has it."""
    found: dict[str, Plain] = {}
    seen: set[int] = set()
    for key, party in zip(parties, read.parties, strict=True):
        names = [read.options[option].name for option in party.options if option not in seen]
        numbers = [order.index(option) + 1 for option in party.options if option not in seen]
        seen.update(party.options)
        if names:
            is_plain = all(names) and len(set(names)) == len(names)
            found[key] = [
                name if is_plain else f"{name} ({number})".strip() for name, number in zip(names, numbers, strict=True)
            ]
    return found
