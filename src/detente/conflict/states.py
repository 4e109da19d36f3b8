"""The feasible states of a case as masks (§2, §9 of the model): what is required is there, nothing excluded is.

Measures are decided one by one, from the first declared, and what no later choice can mend is left out at once; so the
states come in increasing order of their masks, and a case of many measures in chains costs what its states cost.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detente.case import Case, Condition, InForce, Not, measures_of
from detente.errors import LimitError
from detente.kernel.bits import MOST_MEASURES
from detente.kernel.system import BoolArray, IntArray

MOST_NAMED = 8  # measures that a message names


def bit_of(index: int) -> np.int64:
    """Return the mask of one measure; the 64th is the sign of a signed number."""
    return np.uint64(1 << index).astype(np.int64)


def holds_in(condition: Condition, column: Mapping[str, int], masks: IntArray) -> BoolArray:
    """Tell which states satisfy a condition, shape of `masks`; a measure without a column is never in force."""
    match condition:
        case InForce(measure=measure):
            if measure not in column:
                return np.zeros(masks.shape, dtype=np.bool_)
            return np.asarray((masks & bit_of(column[measure])) != 0)
        case Not(operand=operand):
            return ~holds_in(operand, column, masks)
    operands = [holds_in(operand, column, masks) for operand in condition.operands]
    match condition.connective:
        case "and":
            return np.asarray(np.logical_and.reduce(operands), dtype=np.bool_)
        case "or":
            return np.asarray(np.logical_or.reduce(operands), dtype=np.bool_)
        case "if":
            return operands[0] | ~operands[1]
        case "iff":
            return np.asarray(operands[0] == operands[1])


def feasible_masks(case: Case, *, most: int) -> IntArray:
    """List the feasible states as masks, bit i for the i-th declared measure.

    Parameters
    ----------
    most : int
        How many states there is room for.

    Returns
    -------
    IntArray
        Shape (F,), in increasing order.

    Raises
    ------
    LimitError
        If there are more than 64 measures, or more than `most` states on the way.
    """
    measures = case.measures
    if len(measures) > MOST_MEASURES:
        raise LimitError(
            f"the case has {len(measures)} measures, levels counted; a state holds at most {MOST_MEASURES}. "
            "Leave out what no party would move."
        )
    column = {measure.id: index for index, measure in enumerate(measures)}
    checks: list[list[Condition]] = [[] for _ in measures]
    pairs: list[list[tuple[np.int64, np.int64, bool]]] = [[] for _ in measures]
    for index, measure in enumerate(measures):
        for required, names in ((True, measure.requires), (False, measure.excludes)):
            for name in names:
                if name in column:
                    pairs[max(index, column[name])].append((bit_of(index), bit_of(column[name]), required))
    never = False
    for pattern in case.infeasible:
        involved = [column[measure] for measure in measures_of(pattern) if measure in column]
        if involved:
            checks[max(involved)].append(pattern)
        else:
            never |= bool(holds_in(pattern, column, np.zeros(1, dtype=np.int64))[0])
    masks = np.zeros(0 if never else 1, dtype=np.int64)
    for index in range(len(measures)):
        if masks.size > most:
            break
        masks = np.concatenate([masks, masks | bit_of(index)])
        for bit, other, is_needed in pairs[index]:
            masks = masks[((masks & bit) == 0) | (((masks & other) != 0) == is_needed)]
        for pattern in checks[index]:
            masks = masks[~holds_in(pattern, column, masks)]
    if masks.size > most:
        free = [measure.id for measure in measures if not measure.requires]
        more = [f"{len(free) - MOST_NAMED} more"] if len(free) > MOST_NAMED else []
        fixed = ", ".join([*free[:MOST_NAMED], *more])
        raise LimitError(
            f"the case has more than {most:,} feasible states, more than there is memory for. Fix measures as "
            f"infeasible or leave them out (candidates: {fixed}), or allow more with --memory."
        )
    return np.sort(masks)
