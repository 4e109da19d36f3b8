"""Which attitudes make a state stable for everybody, each party's attitude toward itself left as it is.

By Nash, GMR and SMR what is stable for a party depends on its own attitudes alone, so each party is looked at by
itself.  By SEQ the others' attitudes decide how they reply, so matrices are tried whole; only those need be that make
the state stable by GMR, which follows from SEQ.
"""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernel.attitudes import AttitudeMatrix, RelationalModel, selfish
from detente.progress import Reporter

Row = NDArray[np.int8]

MOST_ROWS = 729
"""Attitudes of one party to try: toward six others."""

MOST_MATRICES = 20_000
"""Matrices to try for SEQ: all of three parties are 729."""


def count_changes(attitudes: NDArray[np.int8]) -> int:
    """Return how many attitudes toward others a row, or a matrix, has."""
    return int(np.count_nonzero(attitudes)) - (1 if attitudes.ndim == 1 else attitudes.shape[0])


def rows_of(n_parties: int, party: int) -> list[Row]:
    """List all attitudes of a party that is positive toward itself.

    Those toward the fewest others come first, of these the ones with the fewest against anybody, then those toward
    parties declared earlier.

    Raises
    ------
    LimitError
        If there are more than `MOST_ROWS`.
    """
    if 3 ** (n_parties - 1) > MOST_ROWS:
        raise LimitError(
            f"each of {n_parties} parties can have {3 ** (n_parties - 1):,} attitudes toward the others; at most "
            f"{MOST_ROWS} are tried. Leave out parties that no attitude could be about."
        )
    rows = []
    for signs in product((1, -1, 0), repeat=n_parties - 1):
        row = np.insert(np.array(signs, dtype=np.int8), party, np.int8(1))
        rows.append(row)
    return sorted(rows, key=lambda row: (count_changes(row), int(np.count_nonzero(row < 0))))


def find_rows(
    model: RelationalModel, state: int, concepts: tuple[str, ...], *, reporter: Reporter
) -> dict[str, list[list[Row]]]:
    """Return by concept (nash, gmr, smr) and party the attitudes that make a state stable, the fewest changes first."""
    n_parties = model.conflict.n_parties
    states = np.array([state], dtype=np.int64)
    found: dict[str, list[list[Row]]] = {concept: [[] for _ in range(n_parties)] for concept in concepts}
    for party in range(n_parties):
        rows = rows_of(n_parties, party)
        for number, row in enumerate(rows):
            reporter.report("attitudes", fraction=(party + number / len(rows)) / n_parties)
            stands = {"nash": bool(model.stable_for(party, row, "nash", states)[0])}
            stands["gmr"] = stands["nash"] or bool(model.stable_for(party, row, "gmr", states)[0])
            if "smr" in concepts:
                may = stands["gmr"] and not stands["nash"]
                stands["smr"] = stands["nash"] or (may and bool(model.stable_for(party, row, "smr", states)[0]))
            for concept in concepts:
                if stands[concept]:
                    found[concept][party].append(row)
    return found


def find_matrices(
    model: RelationalModel, state: int, rows: list[list[Row]], *, reporter: Reporter
) -> list[AttitudeMatrix]:
    """Return the matrices of rows by which a state is stable for all by SEQ, the fewest changes first.

    Raises
    ------
    LimitError
        If there are more than `MOST_MATRICES` to try.
    """
    n_matrices = prod(len(choices) for choices in rows)
    if n_matrices > MOST_MATRICES:
        raise LimitError(
            f"by SEQ {n_matrices:,} combinations of attitudes would have to be tried; at most {MOST_MATRICES:,} are. "
            "Ask for nash, gmr or smr, where every party can be looked at by itself."
        )
    states = np.array([state], dtype=np.int64)
    found = []
    for number, chosen in enumerate(product(*rows)):
        reporter.report("attitudes, replies by attitudes", fraction=number / n_matrices)
        matrix = np.array(chosen, dtype=np.int8).reshape(selfish(len(rows)).shape)
        if bool(model.stable(matrix, ("seq",), states=states)["seq"].all()):
            found.append(matrix)
    return sorted(found, key=count_changes)
