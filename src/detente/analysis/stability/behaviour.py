"""Which stability concepts explain what parties were seen to do (behavioural analysis)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.behaviour_words import explain_behaviour
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.stability import check_concepts
from detente.analysis.stability.stability_words import name_concept
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import OptionError
from detente.kernel.behaviour import Fears, movers_between
from detente.kernel.conflict import CONCEPTS
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REFERENCES = ("wang2019", "fang1993")

StateName = str | Iterable[str] | int
"""A state as users name it: the ids in force, ``-`` for none; its name in the graph form; or its number from 1."""


class Deed(StrEnum):
    """What a party was seen to do in a state."""

    STAYS = "stays"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that a party was seen to do, and what each concept says of it.

    Parameters
    ----------
    party : str
        Who.
    state : int
        Where, a number of a state.
    deed : Deed
        Whether it stayed there or left.
    target : int or None
        Where it went; None if it stayed, or if only that it left was stated.
    n_improvements : int
        How many better states it had within its own reach.
    improves : bool or None
        Whether it preferred where it went; None if it did not go anywhere known.
    agrees : mapping from concept to bool
        Whether the concept agrees: with staying if the state is stable for the party; with a move if it is an
        improvement that the concept does not deter from; with leaving for somewhere unknown if the state is unstable.
    """

    party: str
    state: int
    deed: Deed
    target: int | None
    n_improvements: int
    improves: bool | None
    agrees: Mapping[str, bool]

    @property
    def tells(self) -> bool:
        """Whether it tells concepts apart."""
        return len(set(self.agrees.values())) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """A step of the path that says nothing of any one party.

    Parameters
    ----------
    origin, target : int
        Numbers of its states.
    movers : tuple of tuple of str
        Who could have made it: several parties in common, or one of several.
    improves : mapping from party to bool
        Whether each of them prefers where it leads.
    """

    origin: int
    target: int
    movers: tuple[tuple[str, ...], ...]
    improves: Mapping[str, bool]


@dataclass(frozen=True, eq=False, kw_only=True)
class Behaviour(Result):
    """Which concepts explain what parties were seen to do.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    path : tuple of int
        The states seen, the last of them the end.
    concepts : tuple of str
        Those asked for.
    observations : tuple of Observation
        Moves along the path in order, then who stayed at the end, then what was stated besides.
    uncounted : tuple of Uncounted
        Steps that several parties made, or could have made.
    """

    conflict: Conflict
    path: tuple[int, ...]
    concepts: tuple[str, ...]
    observations: tuple[Observation, ...]
    uncounted: tuple[Uncounted, ...]

    def concepts_for(self, party: str) -> tuple[str, ...]:
        """Return the concepts that agree with all that a party was seen to do."""
        seen = [entry for entry in self.observations if entry.party == party]
        return tuple(concept for concept in self.concepts if all(entry.agrees[concept] for entry in seen))

    @property
    def explaining(self) -> tuple[str, ...]:
        """The concepts that agree with all that everybody was seen to do."""
        return tuple(concept for concept in self.concepts if all(entry.agrees[concept] for entry in self.observations))

    def count_agreeing(self, concept: str) -> int:
        """Return with how many observations a concept agrees."""
        return sum(entry.agrees[concept] for entry in self.observations)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per observation: who, where, what, and whether each concept agrees; no target if it stayed."""
        import pandas as pd

        label = self.conflict.label
        rows = [
            {
                "party": entry.party,
                "number": entry.state + 1,
                "state": label(entry.state),
                "deed": str(entry.deed),
                "target": "" if entry.target is None else label(entry.target),
                "improvements": entry.n_improvements,
                "improves": entry.improves,
                **{concept: entry.agrees[concept] for concept in self.concepts},
            }
            for entry in self.observations
        ]
        columns = ["party", "number", "state", "deed", "target", "improvements", "improves", *self.concepts]
        return pd.DataFrame(rows, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw with what share of each party's deeds each concept agrees."""
        from detente.display.bars import Bar, draw_bars

        groups = {}
        for party in dict.fromkeys(entry.party for entry in self.observations):
            seen = [entry for entry in self.observations if entry.party == party]
            bars = []
            for concept in self.concepts:
                share = sum(entry.agrees[concept] for entry in seen) / len(seen)
                bars.append(Bar(label=name_concept(concept), value=share, low=share, high=share))
            groups[self.conflict.case.party(party).name] = bars
        return draw_bars(groups, title="share of observations that a concept agrees with", ax=ax)

    def explain(self) -> Explanation:
        """Say which concepts explain the end, each party's deeds, and all of them together."""
        return Explanation(sentences=tuple(Sentence(text=text) for text in explain_behaviour(self)))

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        return {
            "measures": list(self.conflict.measures),
            "path": [int(masks[state]) for state in self.path],
            "observations": [
                {
                    "party": entry.party,
                    "state": int(masks[entry.state]),
                    "deed": str(entry.deed),
                    "target": None if entry.target is None else int(masks[entry.target]),
                    "improvements": entry.n_improvements,
                    "improves": entry.improves,
                    "agrees": dict(entry.agrees),
                }
                for entry in self.observations
            ],
            "uncounted": [
                {
                    "origin": int(masks[entry.origin]),
                    "target": int(masks[entry.target]),
                    "movers": [list(movers) for movers in entry.movers],
                    "improves": dict(entry.improves),
                }
                for entry in self.uncounted
            ],
            "explaining": list(self.explaining),
            "parties": {party: list(self.concepts_for(party)) for party in self.conflict.parties},
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class _Observer:
    conflict: Conflict
    fears: Fears
    concepts: tuple[str, ...]

    def see(self, party: int, deed: Deed, state: int, target: int | None = None) -> Observation:
        fears, rank = self.fears, self.conflict.graph.rank[party]
        if target is not None:
            agrees = {concept: fears.explains_move(party, concept, state, target) for concept in self.concepts}
        else:
            stays = deed is Deed.STAYS
            agrees = {concept: fears.is_stable(party, concept, state) == stays for concept in self.concepts}
        return Observation(
            party=self.conflict.parties[party],
            state=state,
            deed=deed,
            target=target,
            n_improvements=fears.improvements(party, state),
            improves=None if target is None else bool(rank[target] > rank[state]),
            agrees=agrees,
        )


def _members(conflict: Conflict, movers: int) -> tuple[str, ...]:
    return tuple(party for i, party in enumerate(conflict.parties) if movers >> i & 1)


def _steps(observer: _Observer, path: Sequence[int]) -> tuple[list[Observation], list[Uncounted]]:
    conflict, graph = observer.conflict, observer.conflict.graph
    seen, uncounted = [], []
    for origin, target in pairwise(path):
        movers = movers_between(graph, origin, target)
        if not movers:
            raise OptionError(
                f"nobody can move from '{conflict.label(origin)}' to '{conflict.label(target)}' in one move; state the "
                "states in between"
            )
        if len(movers) == 1 and movers[0] & (movers[0] - 1) == 0:
            seen.append(observer.see(movers[0].bit_length() - 1, Deed.LEAVES, origin, target))
            continue
        named = [_members(conflict, one) for one in movers]
        rank = graph.rank[:, target] > graph.rank[:, origin]
        involved = dict.fromkeys(party for one in named for party in one)
        uncounted.append(
            Uncounted(
                origin=origin,
                target=target,
                movers=tuple(named),
                improves={party: bool(rank[conflict.parties.index(party)]) for party in involved},
            )
        )
    return seen, uncounted


def _stated(conflict: Conflict, deeds: Mapping[str, Iterable[StateName]] | None) -> Iterable[tuple[int, int]]:
    for party, states in (deeds or {}).items():
        if party not in conflict.parties:
            raise OptionError(f"unknown party '{party}' (the case has: {', '.join(conflict.parties)})")
        for state in states:
            yield conflict.parties.index(party), find_state(conflict, state)


def analyse_behaviour(
    case: Case,
    *,
    path: Sequence[StateName],
    stayed: Mapping[str, Iterable[StateName]] | None = None,
    left: Mapping[str, Iterable[StateName]] | None = None,
    reading: str | None = None,
    concepts: Sequence[str] = CONCEPTS,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> Behaviour:
    """Tell which stability concepts explain what parties were seen to do.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; preferences of every party that can move.
    path : sequence of states
        What was seen, one move from each to the next; everybody stayed in the last.  A state is the ids in force, ``-``
        for none, its name in the graph form, or its number from 1.
    stayed, left : mapping from party to states, optional
        Other states in which a party was seen to stay, or that it was seen to leave.
    reading : str, optional
        Reading to see the case by.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; may stop it.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    LimitError
        If there are too many states or moves.
    OptionError
        If an option is wrong, or nobody can make a step of the path.
    Cancelled
        If the user stops.

    Notes
    -----
    A concept agrees with staying if the state is stable for the party, and with a move if it is an improvement that the
    concept does not deter from.  Steps that several parties make in common, or that more than one party could have
    made, are told and count for nobody.

    References
    ----------
    wang2019, the observed stability of each party and the concepts that are consistent with it.
    """
    asked = check_concepts(concepts)
    if not path:
        raise OptionError("no state was seen; state at least the one where everybody stayed")
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory)
    states = tuple(find_state(conflict, state) for state in path)
    reporter = Reporter(progress)
    observer = _Observer(conflict=conflict, fears=Fears(conflict.graph), concepts=asked)
    seen, uncounted = _steps(observer, states)
    for party in range(len(conflict.parties)):
        reporter.report("behaviour", fraction=party / len(conflict.parties))
        seen.append(observer.see(party, Deed.STAYS, states[-1]))
    for deed, deeds in ((Deed.STAYS, stayed), (Deed.LEAVES, left)):
        seen += [observer.see(party, deed, state) for party, state in _stated(conflict, deeds)]
    return Behaviour(
        status=Status.ANSWERED,
        method="behavioural analysis",
        parameters={"path": [conflict.label(state) for state in states], "concepts": list(asked)},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
        references=REFERENCES,
        conflict=conflict,
        path=states,
        concepts=asked,
        observations=tuple(seen),
        uncounted=tuple(uncounted),
    )
