"""States as users name them: by what is in force, by name, or by number from 1."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detente.conflict import Conflict
from detente.errors import OptionError


def find_state(conflict: Conflict, state: str | Iterable[str] | int | np.int64 | None) -> int:
    """Return the number, from 0, of a state that a user names.

    Parameters
    ----------
    state : str, iterable of str, int or None
        The ids in force, in one text or several, or the name of a state in the graph form; a whole number is the
        state's place among the feasible states, from 1, as tables show it; None is the status quo.

    Raises
    ------
    OptionError
        If there is no such state.
    """
    if state is None:
        if conflict.status_quo is None:
            raise OptionError("name a state, or add graph.status-quo to the case: its graph states none")
        return conflict.status_quo
    if isinstance(state, str) and state.strip().isdecimal() and not (conflict.is_graph and state in conflict.state_ids):
        state = int(state)
    if isinstance(state, int | np.integer):
        if not 1 <= state <= conflict.n_states:
            raise OptionError(f"there is no state {state}; states are numbered from 1 to {conflict.n_states}")
        return int(state) - 1
    return conflict.find(state)
