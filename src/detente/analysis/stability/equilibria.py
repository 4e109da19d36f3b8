"""Which states are stable for every party by itself, in either form: what analyses of groups and paths compare with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.conflict import Conflict
from detente.kernel.conflict import ProductConflict
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.stability import find_stable
from detente.kernel.system import BoolArray
from detente.progress import Reporter


def find_equilibria(conflict: Conflict, concepts: Sequence[str], reporter: Reporter) -> dict[str, BoolArray]:
    """Return concept -> which states, (F,), are stable for every party."""
    form = conflict.form
    if isinstance(form, ProductConflict):
        stable = find_stable(form, concepts, reporter=reporter)
    else:
        stable = find_stable_in_graph(form, concepts, reporter=reporter)
    return {concept: np.asarray(flags.all(axis=0), dtype=np.bool_) for concept, flags in stable.items()}
