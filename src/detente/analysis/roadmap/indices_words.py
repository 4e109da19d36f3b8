"""Indices of roadmaps in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.words import join_words, quote_measures
from detente.case import Case
from detente.display.style import format_margin

if TYPE_CHECKING:
    from detente.analysis.roadmap.indices_cycles import Cycle, Demand
    from detente.analysis.roadmap.indices_entries import PartyIndices, RoadmapIndices, StageIndices
    from detente.analysis.roadmap.indices_levers import Lever
    from detente.analysis.roadmap.indices_order import OrderDemands

SMALL = 5e-3
"""Amounts per period, and shares, below this are told as none."""
SHORTEST = 0.05
"""Periods below this, which one decimal would tell as 0, are told as at once."""
TIED = 1e-9
"""Harms that differ by no more are told as equal."""
MULTIPLE = 2.0
"""Shares from here on are told as multiples."""
MOST_LEVERS = 4
"""Levers told in sentences; the table has all of them."""


def unit_of(case: Case) -> str:
    """Return what a period of the case is called."""
    return case.period or "period"


def _name(case: Case, party: str) -> str:
    return case.party(party).name


def say_signed(value: float) -> str:
    """Write an amount with its sign: two digits that count, a true minus."""
    return f"{value:+.2g}".replace("-", "−")


def _start(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def reading_name(case: Case, reading: str | None) -> str:
    """Name a reading in a sentence."""
    if reading is None:
        return "the base case"
    return f"the reading “{next((r.name for r in case.readings if r.id == reading), reading)}”"


def explain_front_loading(entry: RoadmapIndices) -> Iterator[Sentence]:
    """Yield who gives first and who last, and who is worst off on the way."""
    case, unit = entry.case, unit_of(entry.case)
    known = [index for index in entry.parties if index.front_loading is not None]
    if len(entry.evaluation.stages) == 1:
        yield Sentence(text="Everything comes in one stage, so nobody gives before the others.")
    elif known:
        first = max(known, key=lambda index: index.front_loading or 0.0)
        last = min(known, key=lambda index: index.front_loading or 0.0)
        for index in [first] if first is last else [first, last]:
            yield Sentence(
                text=_timing(case, index, is_first=index is first and len(known) > 1), parties=(index.party,)
            )
    idle = [index for index in entry.parties if index.front_loading is None]
    if idle:
        yield Sentence(text=_idle(case, idle), parties=tuple(index.party for index in idle))
    troughs = [index for index in entry.parties if index.worst < -SMALL]
    if troughs:
        told = (f"{_name(case, i.party)} by {-i.worst:.2g} after stage {i.worst_stage}" for i in troughs)
        yield Sentence(
            text=f"On the way these are worse off than before the first stage, at worst: {join_words(told)}, a {unit} "
            "in each one's own units.",
            parties=tuple(index.party for index in troughs),
        )


def _timing(case: Case, index: PartyIndices, *, is_first: bool) -> str:
    unit, name, loading = unit_of(case), _name(case, index.party), index.front_loading or 0.0
    if abs(loading) < SMALL:
        return f"{name} gives and gets at the same time on average (front-loading 0)."
    order = "gives before it gets" if loading > 0.0 else "gets before it gives"
    most = ", more than any other" if is_first and loading > 0.0 else ""
    return (
        f"{name} {order}{most}: on average it gives {_after(index.gives_at, unit)} and gets "
        f"{_after(index.gets_at, unit)} (front-loading {format_margin(loading)} on a scale from −1 to +1)."
    )


def _after(periods: float | None, unit: str) -> str:
    assert periods is not None, "told only of parties that give and get"
    if periods < SHORTEST:
        return "at once"
    number = f"{periods:.1f}".removesuffix(".0")
    return f"after {number} {unit}{'' if number == '1' else 's'}"


def _idle(case: Case, idle: Sequence[PartyIndices]) -> str:
    told = []
    givers = [_name(case, i.party) for i in idle if i.gets_at is None and i.gives_at is not None]
    takers = [_name(case, i.party) for i in idle if i.gives_at is None and i.gets_at is not None]
    others = [_name(case, i.party) for i in idle if i.gives_at is None and i.gets_at is None]
    for names, what in ((givers, "only gives"), (takers, "only gets"), (others, "neither gives nor gets")):
        if names:
            verb = what if len(names) == 1 else what.replace("gives", "give").replace("gets", "get")
            told.append(f"{join_words(names)} {verb}")
    return f"By the values of this case {join_words(told)}, so that no front-loading can be told."


def explain_hold_up(entry: RoadmapIndices) -> Iterator[Sentence]:
    """Yield who has most to regret if the others stop, what could be extracted from it, and whom nothing assures."""
    case, unit = entry.case, unit_of(entry.case)
    exposed = [row for row in entry.stages if row.hold_up is not None and row.hold_up >= SMALL]
    hopeless = [row for row in entry.stages if row.hold_up is None]
    if not exposed and not hopeless:
        yield Sentence(
            text="Nobody can be held up: wherever the others stop, no party is worse off than if it had never begun."
        )
    if exposed:
        worst = max(exposed, key=lambda row: row.hold_up or 0.0)
        name = _name(case, worst.party)
        yield Sentence(
            text=f"The greatest hold-up risk is {worst.hold_up:.0%}, for {name} after stage {worst.stage}: if the "
            f"others stopped there, it would be {worst.loss:.2g} a {unit} worse off than if it had never begun, so "
            "that it has to trust with that probability that they go on.",
            parties=(worst.party,),
            stage=worst.stage,
        )
        sunk = (
            f"; its own irreversible steps and one-off costs until then come to {worst.sunk:.2g} a {unit}"
            if worst.sunk > SMALL
            else ""
        )
        yield Sentence(
            text=f"By threatening to stop there, the others could press {name} for concessions worth up to "
            f"{worst.stake:.2g} a {unit}, since going on is worth that much more to it than a breakdown{sunk}.",
            parties=(worst.party,),
            stage=worst.stage,
        )
        others = tuple(dict.fromkeys(row.party for row in exposed if row.party != worst.party))
        if others:
            names = join_words(_name(case, party) for party in others)
            yield Sentence(text=f"{names} could be held up too, to a lesser degree.", parties=others)
    if hopeless:
        who = tuple(dict.fromkeys(row.party for row in hopeless))
        yield Sentence(
            text=f"{join_words(_name(case, party) for party in who)} would at some stage be worse off than if it had "
            "never begun even if the others went on, so that no trust could make up for that.",
            parties=who,
        )


def explain_power(entry: RoadmapIndices) -> Iterator[Sentence]:
    """Yield at which stage outside options move most, and what each could lose to another in the end."""
    case, unit = entry.case, unit_of(entry.case)
    rows = [row for row in entry.stages if abs(row.shift) > SMALL]
    if not rows:
        yield Sentence(text="No stage moves what any party could fall back on.")
    # Units differ between parties: what a stage moves is compared as a share of what the roadmap gains each.
    shared = [row for row in rows if row.shift_share is not None]
    if shared:
        largest = max(shared, key=lambda row: abs(row.shift_share or 0.0))
        stage = [row for row in rows if row.stage == largest.stage]
        losers = [_moved(case, row) for row in stage if row.shift < 0.0]
        gainers = [_moved(case, row) for row in stage if row.shift > 0.0]
        told = []
        if losers:
            told.append(f"what walking out is worth falls for {join_words(losers)}")
        if gainers:
            told.append(f"{'it' if losers else 'what walking out is worth'} rises for {join_words(gainers)}")
        text = f"Power moves most at stage {largest.stage}: {'; '.join(told)}, a {unit} in each one's own units."
        yield Sentence(text=text, parties=tuple(row.party for row in stage), stage=largest.stage)
    last = [row for row in entry.stages if row.stage == len(entry.evaluation.stages)]
    threats = []
    for victim in last:
        harms = {row.party: row.inflicts[victim.party] for row in last if row.party != victim.party}
        most = max(harms.values(), default=0.0)
        if most > SMALL:
            who = join_words((_name(case, party) for party, harm in harms.items() if harm > most - TIED), last="or")
            threats.append(f"{_name(case, victim.party)} {most:.2g} to {who}")
    if threats:
        text = (
            "Once all is in force, this is the most that each could lose to another's undoing its own measures: "
            f"{join_words(threats)}, a {unit} in each one's own units."
        )
        yield Sentence(text=text, parties=tuple(row.party for row in last), stage=last[0].stage)
    else:
        yield Sentence(
            text="Once all is in force, nobody could take anything from another by undoing its own measures."
        )


def _moved(case: Case, row: StageIndices) -> str:
    share = ""
    if row.shift_share is not None:
        size = abs(row.shift_share)
        share = f" ({size:.2g} times" if size >= MULTIPLE else f" ({size:.0%} of"
        share += " what the roadmap gains it)"
    return f"{_name(case, row.party)} by {abs(row.shift):.2g}{share}"


def describe_users(case: Case, lever: Lever) -> str:
    """Say who can use a lever, and whether alone."""
    names = [_name(case, party) for party in lever.parties]
    forum = case.measure(lever.measure).forum
    if forum is not None and lever.jointly:
        return f"the forum “{forum}”"
    return f"{join_words(names)} together" if lever.jointly else join_words(names, last="or")


def describe_lever(case: Case, lever: Lever, *, holds: bool | None = None) -> str:
    """Say what a lever is, who can use it, what that does to whom, and whether that changes the verdict `holds`."""
    unit = unit_of(case)
    verb = "take" if lever.use == "take" else "end"
    with_ = ""
    if lever.along:
        with_ = f", {'with' if lever.use == 'take' else 'and with it'} {quote_measures(case, lever.along)}"
    change = lever.at_start if lever.at_start is not None else lever.at_end
    assert change is not None, "a lever can be used at one of the two"
    moved = [f"{say_signed(value)} for {_name(case, party)}" for party, value in change.items() if abs(value) > SMALL]
    effect = f"{join_words(moved)} a {unit}" if moved else "worth nothing to anybody by the values of this case"
    when = "" if lever.at_start is not None else ", once all is in force"
    then = ""
    if lever.holds_after not in (None, holds) and holds is not None:
        then = f"; used at the outset, it would make the roadmap {'fail' if holds else 'hold'}"
    what = quote_measures(case, [lever.measure])
    return f"{describe_users(case, lever)} could {verb} {what}{with_}{when}: {effect}{then}"


def flips_verdict(entry: RoadmapIndices, lever: Lever) -> bool:
    """Tell whether using a lever at the outset changes the verdict on the roadmap."""
    return lever.holds_after not in (None, entry.evaluation.holds)


def explain_levers(entry: RoadmapIndices) -> Iterator[Sentence]:
    """Yield what no stage mentions: first what would change the verdict, then what moves most."""
    case = entry.case
    if not entry.levers:
        yield Sentence(text="Every measure of the case that could be taken or ended is in the roadmap.")
        return
    ranked = sorted(
        entry.levers,
        key=lambda lever: (not flips_verdict(entry, lever), len(lever.along), -_weight(entry, lever)),
    )
    shown = ranked[:MOST_LEVERS]
    flips = [lever for lever in entry.levers if flips_verdict(entry, lever)]
    count = len(entry.levers)
    head = f"No stage mentions {count} measure{'s' if count != 1 else ''} that could be taken or ended"
    if len(shown) < count:
        head += f", these {len(shown)} among them"
    if flips:
        verdict = "make it fail" if entry.evaluation.holds else "make it hold"
        which = "it" if count == 1 else "one of them" if len(flips) == 1 else f"any one of {len(flips)} of them"
        head += f"; using {which} at the outset would {verdict}"
    yield Sentence(text=f"{head}.", measures=tuple(lever.measure for lever in entry.levers))
    for lever in shown:
        text = f"{_start(describe_lever(case, lever, holds=entry.evaluation.holds))}."
        yield Sentence(text=text, parties=lever.parties, measures=(lever.measure, *lever.along))


def _weight(entry: RoadmapIndices, lever: Lever) -> float:
    """The most that a lever moves for anybody, as a share of what the roadmap gives or takes that party."""
    change = lever.at_start if lever.at_start is not None else lever.at_end
    assert change is not None, "a lever can be used at one of the two"
    scale = {index.party: index.gives + index.gets for index in entry.parties}
    return max(abs(value) / scale[party] if scale[party] > 0.0 else 0.0 for party, value in change.items())


def _said_by(case: Case, demands: Sequence[Demand]) -> str:
    stated = [reading_name(case, demand.reading) for demand in demands if demand.stated]
    derived = [reading_name(case, demand.reading) for demand in demands if not demand.stated]
    told = []
    if stated:
        told.append(f"as {join_words(stated)} state{'s' if len(stated) == 1 else ''}")
    if derived:
        told.append(f"since under {join_words(derived)} no roadmap holds otherwise")
    return " and ".join(told)


def describe_cycle(case: Case, cycle: Cycle) -> str:
    """Say how demands contradict each other, each with whose it is."""
    steps = []
    for step in cycle.steps:
        first, second = (quote_measures(case, [measure]) for measure in (step[0].before, step[0].after))
        how = "before" if any(demand.strict for demand in step) else "not after"
        steps.append(f"{first} {how} {second} ({_said_by(case, step)})")
    return f"{'; '.join(steps)}"


def explain_order(order: OrderDemands) -> Iterator[Sentence]:
    """Yield whether the readings' demands on the order contradict each other, and what was not examined."""
    case = order.case
    for cycle in order.cycles:
        wider = [measure for measure in cycle.measures if measure not in cycle.path]
        entangled = f" The same contradiction entangles {quote_measures(case, wider)}." if wider else ""
        yield Sentence(
            text=f"The demands of the readings form a cycle, which no roadmap can meet: {describe_cycle(case, cycle)}."
            f"{entangled}",
            measures=(*cycle.path, *wider),
        )
    failing = [found.reading for found in order.readings if found.holds is False]
    if not order.cycles:
        yield Sentence(
            text="What is known of the readings' demands on the order can be met together."
            if order.demands
            else "No reading is known to demand any order."
        )
    if failing:
        names = join_words(reading_name(case, reading) for reading in failing)
        every = "Under every reading" if len(failing) == len(order.readings) > 1 else f"Under {names}"
        yield Sentence(text=f"{every} no roadmap with these measures holds, in whatever order.")
    left = [found for found in order.readings if found.reason]
    for reason in dict.fromkeys(found.reason for found in left):
        same = [found for found in left if found.reason == reason]
        open_ = sum(found.undecided for found in same)
        undecided = f" ({open_} ways for two measures to follow each other are left open)" if open_ else ""
        who = (
            "any reading"
            if len(same) == len(order.readings) > 1
            else join_words(reading_name(case, found.reading) for found in same)
        )
        yield Sentence(
            text=f"What {who} demands of the order beyond what is stated was not examined"
            f"{' to the end' if open_ else ''}{undecided}: {reason}."
        )


def explain_roadmap_indices(entry: RoadmapIndices) -> Iterator[Sentence]:
    """Yield everything on one roadmap but the order."""
    yield from explain_front_loading(entry)
    yield from explain_hold_up(entry)
    yield from explain_power(entry)
    yield from explain_levers(entry)


def name_entry(entry: RoadmapIndices) -> str:
    """Name a roadmap with its reading."""
    title = f"“{entry.evaluation.name}”"
    return title if entry.reading is None else f"{title} under {reading_name(entry.case, entry.reading)}"


def name_order(order: OrderDemands) -> str:
    """Name a set of measures by the roadmaps that lead to it, or by how many measures it has."""
    if not order.roadmaps:
        return f"the order of {len(order.goal)} measures"
    known = {roadmap.id: roadmap.name for roadmap in order.case.roadmaps}
    names = join_words(f"“{known.get(roadmap, roadmap)}”" for roadmap in order.roadmaps)
    return f"the order of the {len(order.goal)} measures of {names}"


def explain_indices(entries: Iterable[RoadmapIndices], orders: Iterable[OrderDemands]) -> Iterator[Sentence]:
    """Yield the sentences of every roadmap under a line that names it, then those of every order."""
    for entry in entries:
        yield Sentence(text=f"{name_entry(entry)}:")
        yield from explain_roadmap_indices(entry)
    for order in orders:
        yield Sentence(text=f"{_start(name_order(order))}:")
        yield from explain_order(order)
