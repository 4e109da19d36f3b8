"""A ``.gmcr`` file whose options belong to several decision makers: states and moves outright.

Each decision maker moves by turning any of its options, shared ones too, as their directions allow; it may pass over an
infeasible state and not stop there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from detente.case import Direction
from detente.casefile.tree import Plain
from detente.errors import LimitError
from detente.exchange.gmcr_file import GmcrFile, Simple
from detente.kernel.system import BoolArray, IntArray

MOST_STATES = 4_096
"""States that are worth listing one by one."""
MOST_MOVES = 50_000
"""Moves that a case file of 2 MB has room for."""


def fitting(patterns: Iterable[Simple], masks: IntArray, order: Sequence[int]) -> BoolArray:
    """Tell which states satisfy any of some conjunctions, shape of `masks`; bit i of a state is the i-th option."""
    bit = {option: np.uint64(1 << index) for index, option in enumerate(order)}
    states = masks.astype(np.uint64)
    found = np.zeros(masks.shape, dtype=np.bool_)
    for simple in patterns:
        taken = sum((bit[option] for option, is_taken in simple if is_taken), np.uint64(0))
        left = sum((bit[option] for option, is_taken in simple if not is_taken), np.uint64(0))
        if not taken & left:
            found |= ((states & taken) == taken) & ((states & left) == 0)
    return found


def scores(statements: Sequence[Sequence[Simple]], masks: IntArray, order: Sequence[int]) -> list[int]:
    """Rank states as Σ 2^(K−1−j) over the statements that each satisfies does, K of them, the first j = 0."""
    ranks = np.zeros(masks.shape, dtype=np.int64)
    for statement in statements:
        ranks = np.unique(2 * ranks + fitting(statement, masks, order), return_inverse=True)[1].reshape(masks.shape)
    return [int(rank) for rank in ranks]


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
    if masks.size > MOST_STATES:
        raise _too_large(f"{masks.size:,} states")
    states = [f"s{number}" for number in range(1, masks.size + 1)]
    moves: dict[str, Plain] = {}
    count = 0
    for key, party in zip(parties, read.parties, strict=True):
        takes, ends = _own_bits(read, party.options, order)
        listed: list[Plain] = []
        for origin, mask in enumerate(masks.astype(np.uint64)):
            flips = masks.astype(np.uint64) ^ mask
            free = (takes & ~mask) | (ends & mask)
            listed += [
                [states[origin], states[target]] for target in np.flatnonzero(((flips & ~free) == 0) & (flips != 0))
            ]
            if count + len(listed) > MOST_MOVES:
                raise _too_large(f"more than {MOST_MOVES:,} moves")
        count += len(listed)
        if listed:
            moves[key] = listed
    return {
        "states": list[Plain](states),
        "moves": moves,
        "ranks": {key: _places(row) for key, row in zip(parties, values, strict=True)},
        "status-quo": states[0],
        "options": _options(read, order, parties),
        "patterns": {
            state: "".join("Y" if mask >> bit & 1 else "N" for bit in range(len(order)))
            for state, mask in zip(states, masks.tolist(), strict=True)
        },
    }


def _too_large(what: str) -> LimitError:
    return LimitError(
        f"the file has options of several decision makers and {what}, too many to be listed one by one; give each "
        "option to one decision maker."
    )


def _own_bits(read: GmcrFile, options: Sequence[int], order: Sequence[int]) -> tuple[np.uint64, np.uint64]:
    """Return the bits that a decision maker may take and may end."""
    takes = ends = np.uint64(0)
    for option in options:
        bit = np.uint64(1 << order.index(option))
        takes |= bit if read.options[option].direction is not Direction.BACKWARD else np.uint64(0)
        ends |= bit if read.options[option].direction is not Direction.FORWARD else np.uint64(0)
    return takes, ends


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
