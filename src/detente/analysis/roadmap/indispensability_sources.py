"""Where a party's worth comes from, and what its refusal costs: the tables again, without one thing (decision 0014).

A lever, a part in a joint measure, a vote, a veto or a promise to punish is taken away, and the game is played again.
Taking something away other than a veto only takes roadmaps away and changes no other; so a table whose best roadmap
does without it, and still holds, keeps its value, and no design is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detente.analysis.roadmap.coalitions import Coalition, Grounds, Job, Tables, geometric_mean
from detente.analysis.roadmap.evaluating import evaluate_path
from detente.analysis.roadmap.indispensability_parts import Amount, Refusal, Source, SourceKind, SourceWorth
from detente.case import Case, Direction, Roadmap, point
from detente.game import is_available, passes
from detente.kernel.cooperative import Shares, share_out
from detente.kernel.system import FloatArray


def shares_of(coalitions: Sequence[Coalition]) -> Shares:
    """Return marginal and Shapley values of the game that the tables of all sets of parties make."""
    found = np.array([coalition.value for coalition in coalitions])
    bounds = np.array([coalition.bound for coalition in coalitions])
    return share_out(found, found, bounds)


def without_measures(case: Case, measures: Sequence[str]) -> Case:
    """Return the case in which nobody can take some measures."""
    gone = set(measures) - set(case.status_quo)
    changed = tuple(replace(m, direction=Direction.BACKWARD) if m.id in gone else m for m in case.measures)
    return replace(case, measures=changed) if gone else case


def list_sources(case: Case, available: Sequence[str]) -> list[Source]:
    """List what each party has, in declared order: of the measures that all parties together can take."""
    found = []
    free, in_force = set(available), set(case.status_quo)
    for measure in case.measures:
        if measure.id in free:
            kind = SourceKind.LEVER if len(measure.owners) == 1 else SourceKind.JOINT
            found += [Source(party=owner, kind=kind, of=measure.id) for owner in measure.owners]
        if measure.id in free | in_force and any(point(punishment) > 0.0 for punishment in measure.deters.values()):
            found += [Source(party=owner, kind=SourceKind.GUARANTEE, of=measure.id) for owner in measure.owners]
    for forum in case.forums:
        if not any(measure.forum == forum.id and measure.id in free for measure in case.measures):
            continue
        for member in forum.members:
            found.append(Source(party=member, kind=SourceKind.VOTE, of=forum.id))
            if member in (*forum.veto, *forum.end_veto):
                found.append(Source(party=member, kind=SourceKind.VETO, of=forum.id))
    place = {party.id: number for number, party in enumerate(case.parties)}
    return sorted(found, key=lambda source: place[source.party])


def _forum_measures(case: Case, forum: str) -> list[str]:
    return [measure.id for measure in case.measures if measure.forum == forum]


def without_source(case: Case, source: Source, table: Sequence[str]) -> Case:
    """Return the case in which a party lacks a source, as far as it matters at a table."""
    match source.kind:
        case SourceKind.LEVER | SourceKind.JOINT:
            return without_measures(case, [source.of])
        case SourceKind.GUARANTEE:
            changed = tuple(replace(m, deters={}) if m.id == source.of else m for m in case.measures)
            return replace(case, measures=changed)
        case SourceKind.VOTE:
            rest = [party for party in table if party != source.party]
            if passes(case.forum(source.of), rest):
                return case
            return without_measures(case, _forum_measures(case, source.of))
    forums = tuple(
        replace(
            forum,
            veto=tuple(party for party in forum.veto if party != source.party),
            end_veto=tuple(party for party in forum.end_veto if party != source.party),
        )
        if forum.id == source.of
        else forum
        for forum in case.forums
    )
    return replace(case, forums=forums)


def _holds(case: Case, table: Coalition) -> bool:
    roadmap = Roadmap(id="best", name="best", stages=table.stages)
    return evaluate_path(case, roadmap, parties=table.parties).holds


def _is_unmoved(case: Case, table: Coalition, source: Source) -> bool:
    """Tell whether a table certainly keeps its value without a source, before looking for roadmaps again."""
    if source.kind is SourceKind.VETO or not table.is_proven:
        return table.grounds in (Grounds.FEW,)
    if table.value <= 0.0:
        return True
    match source.kind:
        case SourceKind.LEVER | SourceKind.JOINT:
            return source.of not in table.measures
        case SourceKind.VOTE:
            return not set(_forum_measures(case, source.of)) & set(table.measures)
    return _holds(without_source(case, source, table.parties), table)


def weigh_sources(case: Case, coalitions: Sequence[Coalition], tables: Tables) -> tuple[SourceWorth, ...]:
    """Return what would be gone without each source of each party.

    Parameters
    ----------
    case : Case
        As the reading sees it.
    coalitions : sequence of Coalition
        What every set of parties comes to with everything.
    """
    sources = list_sources(case, coalitions[-1].available)
    moved = [
        (source, mask)
        for source in sources
        for mask, table in enumerate(coalitions)
        if not _is_unmoved(case, table, source)
    ]
    jobs = [
        Job(case=without_source(case, source, coalitions[mask].parties), table=coalitions[mask].parties)
        for source, mask in moved
    ]
    again = dict(zip(moved, tables.values("what parties bring", jobs), strict=True))
    whole = shares_of(coalitions)
    return tuple(_weigh(case, coalitions, whole, source, again) for source in sources)


def _weigh(
    case: Case,
    coalitions: Sequence[Coalition],
    whole: Shares,
    source: Source,
    again: dict[tuple[Source, int], Coalition],
) -> SourceWorth:
    player = [party.id for party in case.parties].index(source.party)
    left = [again.get((source, mask), table) for mask, table in enumerate(coalitions)]
    if source.kind is not SourceKind.VETO:  # fewer roadmaps: no table can come to more
        left = [
            replace(now, bound=max(now.value, min(now.bound, before.bound)))
            for now, before in zip(left, coalitions, strict=True)
        ]
    rest = shares_of(left)
    everybody, without = coalitions[-1], left[-1]
    return SourceWorth(
        source=source,
        table=Amount(
            value=everybody.value - without.value,
            low=everybody.value - without.bound,
            high=everybody.bound - without.value,
        ),
        marginal=_lost(
            (whole.marginal, whole.marginal_low, whole.marginal_high),
            (rest.marginal, rest.marginal_low, rest.marginal_high),
            player,
        ),
        shapley=_lost(
            (whole.shapley, whole.shapley_low, whole.shapley_high),
            (rest.shapley, rest.shapley_low, rest.shapley_high),
            player,
        ),
    )


def _lost(with_it: Sequence[FloatArray], without_it: Sequence[FloatArray], player: int) -> Amount:
    value, low, high = (float(numbers[player]) for numbers in with_it)
    less, least, most = (float(numbers[player]) for numbers in without_it)
    return Amount(value=value - less, low=low - most, high=high - least)


def weigh_refusals(case: Case, coalitions: Sequence[Coalition], tables: Tables) -> tuple[Refusal, ...]:
    """Return, for each party, the table of all at which it refuses whatever needs it, and the table without it."""
    everybody = coalitions[-1]
    parties = everybody.parties
    refused, jobs = [], []
    for party in parties:
        rest = [other for other in parties if other != party]
        needs_it = [m.id for m in case.measures if m.id in everybody.available and not is_available(case, m, rest)]
        refused.append(needs_it)
        jobs.append(Job(case=without_measures(case, needs_it), table=parties))
    moved = [
        number
        for number, needs_it in enumerate(refused)
        if not everybody.is_proven or (everybody.value > 0.0 and set(needs_it) & set(everybody.measures))
    ]
    again = dict(zip(moved, tables.values("refusals", [jobs[number] for number in moved]), strict=True))
    last = len(coalitions) - 1
    refusals = []
    for number, party in enumerate(parties):
        refusing = again.get(number, everybody)
        refusing = replace(refusing, bound=max(refusing.value, min(refusing.bound, everybody.bound)))
        others = geometric_mean(gain for other, gain in refusing.gains.items() if other != party)
        refusals.append(
            Refusal(party=party, refusing=refusing, absent=coalitions[last & ~(1 << number)], others=others)
        )
    return tuple(refusals)
