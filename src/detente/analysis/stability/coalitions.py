"""Which states would last even if parties joined forces, and which coalitions would leave the others (§9)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Sentence, Status
from detente.analysis.stability.coalition_improvements import CoalitionImprovement, Comparison, improvements_of
from detente.analysis.stability.coalitions_words import explain_coalitions
from detente.analysis.stability.equilibria import find_equilibria
from detente.analysis.stability.joint_moves import members_of, moves_to_dict
from detente.analysis.stability.named_states import find_state
from detente.case import Case
from detente.conflict import Conflict, build_conflict
from detente.conflict.conflict import MEMORY
from detente.errors import Cancelled, LimitError, OptionError
from detente.kernel.coalition_stability import COALITION_CONCEPTS, find_stable_for_coalitions
from detente.kernel.conflict import CONCEPTS
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_COALITIONS = 4095
"""Coalitions that are analysed unless they are chosen: all those of 12 parties."""
MOST_LISTED = 1 << 16
"""Flags, coalitions times states, up to which the JSON lists the states of every coalition."""
MOST_SOURCES = 4
"""States, beside the status quo, from which improvements are told with their moves."""
MOST_DRAWN = 16
"""Coalitions in a picture."""
LONGEST_LABEL = 60
"""Letters of the names of a coalition in a picture; longer ones give way to ids."""
REFERENCES = ("kilgour2001", "inohara2008coalitions", "xu2018")


@dataclass(frozen=True, eq=False, kw_only=True)
class CoalitionStability(Result):
    """Which states are stable for which coalitions; C coalitions, F states.

    Parameters
    ----------
    conflict : Conflict
        States, moves and ranks with their labels.
    coalitions : tuple of tuple of str
        The members of each, axis C.
    improvement : str
        ``strict`` or ``pareto``.
    concepts : tuple of str
        Those asked for, in the order of `COALITION_CONCEPTS`.
    stable : mapping from concept to BoolArray
        Shape (C, F) each.
    n_improvements : IntArray
        Shape (C, F): to how many states each coalition can improve from each.
    individual : mapping from concept to BoolArray
        Shape (F,) each: the states that are stable for every party by itself, by the five concepts for parties.
    improvements : tuple of CoalitionImprovement
        From the status quo and from states that are stable for every party by itself by Nash: one for each smallest
        coalition of two or more that can improve, to the state that most concepts find stable for all parties.
    n_coalitions : int
        How many were to be analysed; more than C only if the work was stopped.
    """

    conflict: Conflict
    coalitions: tuple[tuple[str, ...], ...]
    improvement: Comparison
    concepts: tuple[str, ...]
    stable: Mapping[str, BoolArray]
    n_improvements: IntArray
    individual: Mapping[str, BoolArray]
    improvements: tuple[CoalitionImprovement, ...]
    n_coalitions: int

    @property
    def is_universal(self) -> bool:
        """Whether every nonempty coalition was analysed."""
        return len(self.coalitions) == (1 << len(self.conflict.parties)) - 1

    def is_stable(self, concept: str) -> BoolArray:
        """Tell of each state, (F,), whether it is stable for every coalition analysed.

        Raises
        ------
        OptionError
            If the concept was not asked for.
        """
        if concept not in self.stable:
            raise OptionError(f"'{concept}' was not analysed (there are: {', '.join(self.concepts)})")
        return np.asarray(self.stable[concept].all(axis=0), dtype=np.bool_)

    def leaving(self, state: int) -> tuple[tuple[str, ...], ...]:
        """Return the smallest coalitions that can improve on a state: none of them has another one in it."""
        found: list[tuple[str, ...]] = []
        able = [self.coalitions[place] for place in np.flatnonzero(self.n_improvements[:, state])]
        for coalition in sorted(able, key=len):
            if not any(set(smaller) <= set(coalition) for smaller in found):
                found.append(coalition)
        return tuple(found)

    def improvements_from(
        self, state: str | int | None, coalition: Sequence[str], *, most: int = 20
    ) -> tuple[CoalitionImprovement, ...]:
        """Return where a coalition can get to from a state that is better for it, by which moves.

        Parameters
        ----------
        state : str, int or None
            The ids in force or the name of a state, or its number from 1; None is the status quo.
        coalition : sequence of str
            Ids of its members.
        most : int
            How many to return; first those that most concepts find stable for all parties, then those reached in the
            fewest moves.

        Raises
        ------
        OptionError
            If there is no such state or party.
        """
        members = _mask(self.conflict, coalition)
        return improvements_of(
            self.conflict, find_state(self.conflict, state), members, self.improvement, self.individual, most=most
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row per state: for every coalition stable or not, by concept, and the smallest that would leave."""
        import pandas as pd

        states = np.arange(self.conflict.n_states)
        columns: dict[str, object] = {
            "number": states + 1,
            "state": [self.conflict.label(int(state)) for state in states],
        }
        for concept in self.concepts:
            columns[concept] = self.is_stable(concept)
        columns["left by"] = [", ".join("+".join(c) for c in self.leaving(int(state))) for state in states]
        return pd.DataFrame(columns)

    def coalitions_frame(self) -> pd.DataFrame:
        """Return a row per coalition: from how many states it can improve, and how many are stable for it."""
        import pandas as pd

        columns: dict[str, object] = {
            "coalition": ["+".join(coalition) for coalition in self.coalitions],
            "can improve": (self.n_improvements > 0).sum(axis=1),
        }
        for concept in self.concepts:
            columns[concept] = self.stable[concept].sum(axis=1)
        return pd.DataFrame(columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the coalitions that can improve on most states: on what share, and what share is not stable for them."""
        from detente.analysis.stability.coalitions_words import name_concept
        from detente.display.bars import Bar, draw_bars

        able = (self.n_improvements > 0).sum(axis=1)
        order = np.argsort(-able, kind="stable")[:MOST_DRAWN]
        bars = {}
        for place in sorted(order.tolist()):
            counts = {"can improve": int(able[place])}
            for concept in self.concepts:
                if concept != "cnash":
                    counts[f"not stable by {name_concept(concept)}"] = int((~self.stable[concept][place]).sum())
            shares = {what: 100 * n / self.conflict.n_states for what, n in counts.items()}
            bars[place] = [Bar(label=what, value=share, low=share, high=share) for what, share in shares.items()]
        labels = {
            place: " + ".join(self.conflict.case.party(party).name for party in self.coalitions[place])
            for place in bars
        }
        if any(len(label) > LONGEST_LABEL for label in labels.values()):
            labels = {place: "+".join(self.coalitions[place]) for place in bars}
        groups = {labels[place]: drawn for place, drawn in bars.items()}
        return draw_bars(groups, title=f"% of {self.conflict.n_states:,} states", ax=ax)

    def explain(self) -> Explanation:
        """Say which states no coalition would leave, and who would leave the status quo and other equilibria."""
        return Explanation(sentences=tuple(Sentence(text=text) for text in explain_coalitions(self)))

    def _body(self) -> dict[str, object]:
        masks = self.conflict.masks
        named: dict[str, object] = {}
        if self.conflict.is_graph:
            named["state_names"] = list(self.conflict.state_ids)
        is_listed = len(self.coalitions) * self.conflict.n_states <= MOST_LISTED
        able = (self.n_improvements > 0).sum(axis=1)
        rows = []
        for place, coalition in enumerate(self.coalitions):
            flags = {concept: self.stable[concept][place] for concept in self.concepts}
            row: dict[str, object] = {"coalition": list(coalition), "can_improve": int(able[place])}
            row["n_stable"] = {concept: int(flag.sum()) for concept, flag in flags.items()}
            if is_listed:
                row["stable"] = {concept: masks[flag].tolist() for concept, flag in flags.items()}
            rows.append(row)
        return {
            "measures": list(self.conflict.measures),
            **named,
            "improvement": self.improvement,
            "coalitions": rows,
            "universal": self.is_universal,
            "stable_for_all": {concept: masks[self.is_stable(concept)].tolist() for concept in self.concepts},
            "improvements": [
                {
                    "coalition": list(found.coalition),
                    "from": int(masks[found.source]),
                    "to": int(masks[found.target]),
                    "path": moves_to_dict(self.conflict, found.moves),
                }
                for found in self.improvements
            ],
            "status": self.status.value,
        }


def _mask(conflict: Conflict, coalition: Sequence[str]) -> int:
    members = 0
    for party in coalition:
        if party not in conflict.parties:
            raise OptionError(f"unknown party '{party}' in a coalition (the case has: {', '.join(conflict.parties)})")
        members |= 1 << conflict.parties.index(party)
    if not members:
        raise OptionError("a coalition has at least one party")
    return members


def _chosen(conflict: Conflict, coalitions: Sequence[Sequence[str]] | None) -> list[int]:
    if coalitions is not None:
        if not coalitions:
            raise OptionError("no coalition to analyse")
        return list(dict.fromkeys(_mask(conflict, coalition) for coalition in coalitions))
    everybody = (1 << len(conflict.parties)) - 1
    if everybody > MOST_COALITIONS:
        raise LimitError(
            f"{len(conflict.parties)} parties make 2^{len(conflict.parties)} coalitions, and at most "
            f"{MOST_COALITIONS:,} are analysed: choose coalitions."
        )
    return sorted(range(1, everybody + 1), key=lambda members: (members.bit_count(), _reversed(members)))


def _reversed(members: int) -> int:
    """The order in which coalitions of one size are listed: those of the first party first."""
    return -int(f"{members:064b}"[::-1], 2)


def _require_memory(conflict: Conflict, n_coalitions: int, memory: float) -> None:
    needed = n_coalitions * conflict.n_states * (8 + len(COALITION_CONCEPTS))
    if needed > memory:
        raise LimitError(
            f"{n_coalitions:,} coalitions and {conflict.n_states:,} states take about {needed / 2**30:.1f} GiB, and "
            f"{memory / 2**30:.1f} GiB may be used: choose fewer coalitions, fix some measures, or allow more memory."
        )


def _told(found: CoalitionStability, reporter: Reporter) -> list[CoalitionImprovement]:
    """The improvements told with their moves."""
    conflict = found.conflict
    starts = [] if conflict.status_quo is None else [conflict.status_quo]
    left = np.flatnonzero(found.individual["nash"] & (found.n_improvements > 0).any(axis=0))
    told: list[CoalitionImprovement] = []
    for source in dict.fromkeys([*starts, *left[:MOST_SOURCES].tolist()]):
        for coalition in found.leaving(source):
            reporter.report("improvements of coalitions")
            members = _mask(conflict, coalition)
            if len(coalition) > 1 or source in starts:
                told += improvements_of(conflict, source, members, found.improvement, found.individual, most=1)
    return told


def analyse_coalitions(
    case: Case,
    *,
    reading: str | None = None,
    coalitions: Sequence[Sequence[str]] | None = None,
    improvement: Comparison = "strict",
    concepts: Sequence[str] = COALITION_CONCEPTS,
    memory: float = MEMORY,
    progress: Progress | None = None,
) -> CoalitionStability:
    """Tell which states would last even if parties joined forces, and which coalitions would leave the others.

    Parameters
    ----------
    case : Case
        With measures, or states and moves outright; values or ordinal preferences of every party that can move.
    reading : str, optional
        Reading to see the case by.
    coalitions : sequence of sequence of str, optional
        Ids of the members of each; every nonempty coalition unless given.
    improvement : str
        ``strict``: all members must be better off; ``pareto``: one must be, and none worse.
    concepts : sequence of str
        Some of cnash, cgmr, csmr and cseq.
    memory : float
        Bytes to use at most.
    progress : Progress, optional
        Told how far the work is; if it stops the work, the coalitions finished until then are returned.

    Raises
    ------
    CaseError
        If the case has no states, or a party that can move states no preference.
    LimitError
        If there are too many coalitions or states.
    OptionError
        If an option is wrong.

    Notes
    -----
    See the theory of coalitions.  States that are stable for every nonempty coalition are universally coalition stable.

    References
    ----------
    kilgour2001; inohara2008coalitions; xu2018.

    Examples
    --------
    >>> import detente
    >>> found = detente.analyse_coalitions(detente.read_case("hipel-1993/elmira"))
    >>> [found.conflict.label(state) for state in found.is_stable("cnash").nonzero()[0]]
    ['s8', 's9']
    >>> found.leaving(4)
    (('moe', 'uniroyal'),)
    """
    if improvement not in get_args(Comparison):
        raise OptionError(f"unknown improvement '{improvement}' (one of: {', '.join(get_args(Comparison))})")
    for concept in concepts:
        if concept not in COALITION_CONCEPTS:
            raise OptionError(f"unknown concept '{concept}' (one of: {', '.join(COALITION_CONCEPTS)})")
    if not concepts:
        raise OptionError(f"no concept to analyse (there are: {', '.join(COALITION_CONCEPTS)})")
    asked = tuple(concept for concept in COALITION_CONCEPTS if concept in concepts)
    began = time.perf_counter()
    conflict = build_conflict(case, reading=reading, memory=memory)
    chosen = _chosen(conflict, coalitions)
    _require_memory(conflict, len(chosen), memory)
    reporter = Reporter(progress)
    individual = find_equilibria(conflict, CONCEPTS, reporter)
    found = find_stable_for_coalitions(conflict.form, chosen, asked, pareto=improvement == "pareto", reporter=reporter)
    for array in (*individual.values(), *found.stable.values(), found.n_improvements):
        array.flags.writeable = False

    def result(improvements: Sequence[CoalitionImprovement], status: Status) -> CoalitionStability:
        return CoalitionStability(
            status=status,
            method="coalition stability in the graph model for conflict resolution",
            parameters={"improvement": improvement, "concepts": list(asked)},
            provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - began),
            references=REFERENCES,
            conflict=conflict,
            coalitions=tuple(members_of(conflict, members) for members in found.coalitions),
            improvement=improvement,
            concepts=asked,
            stable=found.stable,
            n_improvements=found.n_improvements,
            individual=individual,
            improvements=tuple(improvements),
            n_coalitions=len(chosen),
        )

    if len(found.coalitions) < len(chosen):
        return result([], Status.STOPPED)
    try:
        return result(_told(result([], Status.ANSWERED), reporter), Status.ANSWERED)
    except Cancelled:
        return result([], Status.STOPPED)
