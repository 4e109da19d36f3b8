"""Who is indispensable, and which format serves (§10 of the model, decision 0014).

Every set of parties is seated at a table of its own, and the best roadmap that it can take by itself is looked for.
What the table of all loses without a party, and the party's Shapley value in this game, tell what the party is worth;
the tables themselves tell which format serves.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.coalitions import Coalition, Job, Reach, Tables, geometric_mean, subsets
from detente.analysis.roadmap.design import DEFAULT_MEMORY
from detente.analysis.roadmap.goals import resolve_goal
from detente.analysis.roadmap.indispensability_parts import Amount, FormatValue, PartyWorth, ReadingWorth
from detente.analysis.roadmap.indispensability_sources import shares_of, weigh_refusals, weigh_sources
from detente.analysis.roadmap.indispensability_words import explain_worth
from detente.case import Case
from detente.errors import Cancelled, LimitError, OptionError
from detente.kernel.cooperative import MOST_PLAYERS, needed_players
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.progress import Progress

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REFERENCES = ("shapley1953", "nash1950", "stedman1997")

MANY = 12
"""Measures outside the status quo above which stages have a limit unless one is given."""

FEW_PER_STAGE = 2
"""That limit: the same for every table, so that tables compare."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Indispensability(Result):
    """What parties and formats are worth, under one reading or several.

    Parameters
    ----------
    readings : tuple of ReadingWorth
        One entry per reading asked for.
    is_cancelled : bool
        Whether `progress` stopped it; readings that were not begun are missing then.
    """

    readings: tuple[ReadingWorth, ...]
    is_cancelled: bool = False
    case: Case = field(repr=False)

    def under(self, reading: str | None) -> ReadingWorth:
        """Return what was found under a reading; None is the base case."""
        return next(entry for entry in self.readings if entry.reading == reading)

    def _body(self) -> dict[str, object]:
        return {
            "parties": [worth.to_dict(entry.reading) for entry in self.readings for worth in entry.parties],
            "formats": [value.to_dict(entry.reading) for entry in self.readings for value in entry.formats],
            "coalitions": [
                {"reading": entry.reading, **table.to_dict()} for entry in self.readings for table in entry.coalitions
            ],
            "spoilers": [refusal.to_dict(entry.reading) for entry in self.readings for refusal in entry.refusals],
            "sources": [source.to_dict(entry.reading) for entry in self.readings for source in entry.sources or ()],
            "status": self.status.value,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per reading and party: marginal loss, Shapley value, what refusal and absence leave."""
        import pandas as pd

        records = []
        for entry in self.readings:
            for worth, refusal in zip(entry.parties, entry.refusals, strict=True):
                records.append(
                    {
                        "reading": entry.reading,
                        "party": worth.party,
                        "marginal": worth.marginal.value,
                        "marginal_low": worth.marginal.low,
                        "marginal_high": worth.marginal.high,
                        "shapley": worth.shapley.value,
                        "shapley_low": worth.shapley.low,
                        "shapley_high": worth.shapley.high,
                        "others": worth.others.value,
                        "needed": worth.is_needed,
                        "absent": refusal.absent.value,
                        "refusing": refusal.refusing.value,
                        "spoiler": refusal.is_spoiler,
                    }
                )
        return pd.DataFrame.from_records(records)

    def coalitions_frame(self) -> pd.DataFrame:
        """Return one row per reading and set of parties: its score, its roadmap, and other objectives asked for."""
        import pandas as pd

        records = [
            {
                "reading": entry.reading,
                "parties": " ".join(table.parties),
                "value": table.value,
                "bound": table.bound,
                "reason": table.grounds.value,
                "stages": " | ".join(" ".join(stage) for stage in table.stages),
                **{objective: reach.value for objective, reach in table.reaches.items()},
            }
            for entry in self.readings
            for table in entry.coalitions
        ]
        return pd.DataFrame.from_records(records)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw marginal loss and Shapley value of every party, side by side for every reading."""
        from detente.display.bars import Bar, draw_bars

        names = {reading.id: reading.name for reading in self.case.readings}
        entries = self.readings
        groups: dict[str, list[Bar]] = {}
        for place, party in enumerate(party.id for party in self.case.parties):
            bars = []
            for entry in entries:
                worth = entry.parties[place]
                suffix = "" if len(entries) == 1 else f", {names.get(entry.reading or '', 'base case')}"
                for what, amount in (("lost without it", worth.marginal), ("Shapley value", worth.shapley)):
                    bars.append(Bar(label=f"{what}{suffix}", value=amount.value, low=amount.low, high=amount.high))
            groups[self.case.party(party).name] = bars
        return draw_bars(groups, title="share in the score of the table of all", ax=ax)

    def explain(self) -> Explanation:
        """Say who is needed, which table serves, where parties' worth comes from, and who spoils by refusing."""
        return Explanation(sentences=tuple(explain_worth(self)))


def _check(
    case: Case,
    objectives: Sequence[Objective],
    max_per_stage: int | None,
    max_seconds: float | None,
) -> None:
    if not case.parties:
        raise OptionError("the case has no parties")
    if len(case.parties) > MOST_PLAYERS:
        raise LimitError(
            f"{len(case.parties)} parties make 2^{len(case.parties)} tables, and at most {MOST_PLAYERS} parties can be "
            "seated in every way: leave parties out of the case, or compare formats with detente design --at-table"
        )
    for objective in objectives:
        if objective not in OBJECTIVES:
            raise OptionError(f"unknown objective '{objective}' (one of: {', '.join(OBJECTIVES)})")
    if max_per_stage is not None and max_per_stage < 1:
        raise OptionError(f"max_per_stage must be at least 1, got {max_per_stage}")
    if max_seconds is not None and not max_seconds > 0.0:
        raise OptionError(f"max_seconds must be above 0, got {max_seconds:g}")


def _goal_of(table: Coalition, objective: Objective, goal: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What a table aims at: anything for margins; for trust and duration the goal given, or its own best package."""
    if objective == "margin":
        return None
    return table.measures if goal is None else goal


def _with_reaches(
    case: Case,
    coalitions: Sequence[Coalition],
    objectives: Sequence[Objective],
    goal: tuple[str, ...] | None,
    tables: Tables,
) -> tuple[Coalition, ...]:
    """The coalitions with how far each gets in other objectives; those without a package of their own reach none."""
    none = Reach(status=Status.NONE, value=None, bound=None)
    further = [objective for objective in OBJECTIVES if objective in objectives and objective != "nash"]
    asked = [
        (place, objective, aim)
        for place, table in enumerate(coalitions)
        if len(table.parties) > 1 and table.available
        for objective in further
        if (aim := _goal_of(table, objective, goal)) is None or aim
    ]
    jobs = [(Job(case=case, table=coalitions[place].parties), objective, aim) for place, objective, aim in asked]
    found = dict(zip(((p, o) for p, o, _ in asked), tables.reaches("other objectives", jobs), strict=True))
    return tuple(
        replace(table, reaches={objective: found.get((place, objective), none) for objective in further})
        for place, table in enumerate(coalitions)
    )


def _formats(case: Case, coalitions: Sequence[Coalition]) -> tuple[FormatValue, ...]:
    """The formats of the case, then the best table of every size that no format has; the first of those that tie."""
    everybody = coalitions[-1]
    by_parties = {frozenset(table.parties): table for table in coalitions}

    def value(label: str, table: Coalition, *, is_named: bool) -> FormatValue:
        gains = [gain for party, gain in everybody.gains.items() if party in table.parties]
        within = geometric_mean(gains) if everybody.stages else None
        return FormatValue(id=label, is_named=is_named, coalition=table, within_all=within)

    found = [value(f.id, by_parties[frozenset(f.parties)], is_named=True) for f in case.formats]
    sizes = {len(set(format_.parties)) for format_ in case.formats}
    for size in range(2, len(case.parties) + 1):
        if size not in sizes:
            best = max((t for t in coalitions if len(t.parties) == size), key=lambda table: table.value)
            found.append(value("+".join(best.parties), best, is_named=False))
    return tuple(sorted(found, key=lambda entry: len(entry.coalition.parties)))


def _lost_by_others(coalitions: Sequence[Coalition], player: int) -> Amount:
    """What all but one have with it in the best roadmap of all, less what they come to without it."""
    everybody, absent = coalitions[-1], coalitions[(len(coalitions) - 1) & ~(1 << player)]
    gone = everybody.parties[player]
    mean = geometric_mean(gain for party, gain in everybody.gains.items() if party != gone)
    if not everybody.is_proven:
        return Amount(value=mean - absent.value, low=-math.inf, high=math.inf)
    return Amount(value=mean - absent.value, low=mean - absent.bound, high=mean - absent.value)


def _worths(case: Case, coalitions: Sequence[Coalition]) -> tuple[PartyWorth, ...]:
    import numpy as np

    shares = shares_of(coalitions)
    needed = needed_players(np.array([t.bound for t in coalitions]), np.array([t.value for t in coalitions]))
    return tuple(
        PartyWorth(
            party=party.id,
            marginal=Amount(
                value=float(shares.marginal[i]),
                low=float(shares.marginal_low[i]),
                high=float(shares.marginal_high[i]),
            ),
            shapley=Amount(
                value=float(shares.shapley[i]), low=float(shares.shapley_low[i]), high=float(shares.shapley_high[i])
            ),
            others=_lost_by_others(coalitions, i),
            is_needed=bool(needed[i]),
        )
        for i, party in enumerate(case.parties)
    )


def find_indispensable(
    case: Case,
    *,
    readings: Sequence[str | None] | None = None,
    objectives: Sequence[Objective] = ("nash",),
    goal: str | Sequence[str] | None = None,
    sources: bool = False,
    max_per_stage: int | None = None,
    max_seconds: float | None = None,
    memory: float = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> Indispensability:
    """Tell who is indispensable, which format serves, and what parties' worth comes from.

    Parameters
    ----------
    case : Case
        The case.
    readings : sequence of reading ids, optional
        The base case only unless given; None in the list is the base case.
    objectives : sequence of {"nash", "margin", "trust", "duration"}
        What is told of every table beside the score, which always is of the product of gains.
    goal : measure ids, or ids joined by " and ", optional
        What `trust` and `duration` aim at; each table's own best package unless given.
    sources : bool
        Whether to look again without every lever, vote, veto and promise to punish; this takes many designs.
    max_per_stage : int, optional
        Measures per stage, at most, for every table alike. Unless given, 2 in cases of more than 12 measures outside
        the status quo, and no limit in smaller ones.
    max_seconds : float, optional
        Seconds for one table at most. What is not proven by then has a bound, and what rests on it an interval.
    memory : float
        Bytes that one design may take.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, tables not looked at yet are left open.

    Returns
    -------
    Indispensability
        With status *answered*, or *stopped* where something is left open.

    Raises
    ------
    OptionError
        If an option is wrong.
    CaseError
        If parties lack what roadmaps need.
    LimitError
        If there are more than 16 parties.
    Cancelled
        If `progress` raised it before any table was looked at.

    Notes
    -----
    One exact design for every set of parties that could gain anything, merged where they come to the same game.

    References
    ----------
    Model §10; [shapley1953]_ (the value), [nash1950]_ (the product of gains), [stedman1997]_ (spoilers).
    """
    started = time.perf_counter()
    _check(case, objectives, max_per_stage, max_seconds)
    asked = tuple(dict.fromkeys(readings or (None,)))
    seen = [case.under(reading) for reading in asked]
    wanted = None if goal is None else resolve_goal(case, goal, ())
    if goal is not None and wanted is None:
        raise OptionError("a goal for trust and duration is a set of measures; 'best' is what the score aims at")
    limit = max_per_stage
    if limit is None and len(case.measures) - len(case.status_quo) > MANY:
        limit = FEW_PER_STAGE
    tables = Tables(max_per_stage=limit, max_seconds=max_seconds, memory=memory, progress=progress)
    entries = []
    for reading, read in zip(asked, seen, strict=True):
        entries.append(_look(read, reading, objectives, wanted, tables, sources=sources))
        if tables.is_cancelled:
            break
    if tables.is_cancelled and not tables.n_designs:
        raise Cancelled("stopped before anything was known")
    parameters: dict[str, object] = {"objectives": list(objectives)}
    if wanted is not None:
        parameters["goal"] = " and ".join(wanted)
    if limit is not None:
        parameters["max_per_stage"] = limit
    if max_seconds is not None:
        parameters["max_seconds"] = max_seconds
    is_whole = not tables.is_cancelled and all(entry.is_proven for entry in entries)
    return Indispensability(
        status=Status.ANSWERED if is_whole else Status.STOPPED,
        method="one exact design per set of parties; Shapley value over all of them (model §10)",
        parameters={**parameters, "sources": sources},
        provenance=Provenance.of(
            case, reading=asked[0] if len(asked) == 1 else None, seconds=time.perf_counter() - started
        ),
        references=REFERENCES,
        readings=tuple(entries),
        is_cancelled=tables.is_cancelled,
        case=case,
    )


def _look(
    case: Case,
    reading: str | None,
    objectives: Sequence[Objective],
    goal: tuple[str, ...] | None,
    tables: Tables,
    *,
    sources: bool,
) -> ReadingWorth:
    """Everything under one reading."""
    parties = [party.id for party in case.parties]
    jobs = [Job(case=case, table=table) for table in subsets(parties)]
    coalitions = tuple(tables.values("seating every set of parties", jobs))
    if set(objectives) - {"nash"}:
        coalitions = _with_reaches(case, coalitions, objectives, goal, tables)
    refusals = weigh_refusals(case, coalitions, tables)
    return ReadingWorth(
        reading=reading,
        parties=_worths(case, coalitions),
        formats=_formats(case, coalitions),
        coalitions=coalitions,
        refusals=refusals,
        sources=weigh_sources(case, coalitions, tables) if sources else None,
        names={party.id: party.name for party in case.parties},
    )
