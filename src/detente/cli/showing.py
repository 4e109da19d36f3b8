"""``detente show``: a case as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from detente.case import (
    Case,
    Counted,
    Level,
    Measure,
    OnBreakdown,
    OrdinalPreference,
    Quantity,
    Range,
    Ranking,
    Ranks,
    Statements,
    States,
    Tiers,
    Weights,
    format_condition,
)
from detente.cli.cases import open_case
from detente.cli.output import dump_json
from detente.cli.screen import Screen
from detente.cli.showing_graphs import describe_ranking, graph_sections
from detente.display.tables import Cell, Column, Table, build_table, split_table

UNSTATED = Cell("·", "faint")
LEGEND = "Ranges are written low..mode..high; · is unstated: as a value it counts as 0, though nobody says so."


def show_case(path: str, settings: Sequence[str], *, reading: str | None, as_json: bool) -> None:
    """Show a case, by a reading if one is given."""
    base = open_case(path, settings)
    case = base.under(reading)
    if as_json:
        from detente.casefile import case_to_tree

        print(dump_json(case_to_tree(case)))  # noqa: T201 - the answer
        return
    screen = Screen()
    names = {each.id: each.name for each in base.readings}
    screen.heading(case.name if reading is None else f"{case.name} – reading {reading}: {names[reading]}")
    unit = f"Numbers are per {case.period}. " if case.period else ""
    screen.paragraph(f"{unit}{LEGEND}", tone="faint")
    for title, table in _sections(case):
        if table.rows:
            screen.line()
            screen.heading(title)
            for number, part in enumerate(split_table(table, screen.width, keep=1)):
                if number:
                    screen.line()
                screen.table(part)


def _sections(case: Case) -> Iterator[tuple[str, Table]]:
    ids = [party.id for party in case.parties]
    yield "Parties", _parties(case)
    yield (
        "Interests: what each party values, and how much",
        _by_party(ids, [(interest.id, interest.weight) for interest in case.interests], "interest"),
    )
    yield "Measures", _measures(case.measures)
    yield "Measures: how they depend on each other", _dependences(case.measures)
    yield (
        "Values of measures to parties, interests included (ranges at their mode)",
        _values(case, ids),
    )
    yield "Values and effects of which a range is known", _ranges(case)
    for title, numbers in (
        ("Costs of taking a measure, once", [(m.id, m.cost) for m in case.measures]),
        ("Costs of ending a measure, once", [(m.id, m.undo_cost) for m in case.measures]),
        ("Deterrence: what breaking the process would cost a party", [(m.id, m.deters) for m in case.measures]),
    ):
        yield title, _by_party(ids, [(key, row) for key, row in numbers if row], "measure")
    yield (
        "Terms: values of combinations",
        build_table(
            (Column(header="party"), Column(header="value", align="right"), Column(header="when", can_wrap=True)),
            [(term.party, format_quantity(term.value), format_condition(term.when)) for term in case.terms],
        ),
    )
    yield "Ordinal preferences", _two("party", "preference", _preferences(case))
    yield from graph_sections(case)
    yield (
        "Infeasible",
        build_table(
            [Column(header="pattern", can_wrap=True)], [(format_condition(pattern),) for pattern in case.infeasible]
        ),
    )
    yield "Forums", _forums(case)
    yield "Formats", _two("format", "parties", [(each.id, ", ".join(each.parties)) for each in case.formats])
    yield "Status quo", build_table([Column(header="measure")], [(measure,) for measure in case.status_quo])
    yield "Roadmaps", _roadmaps(case)
    for reading in case.readings:
        document = f" (document {reading.document})" if reading.document is not None else ""
        yield (
            f"Reading {reading.id}: {reading.name}{document}",
            build_table(
                (Column(header="sets", can_wrap=True), Column(header="to", align="right")),
                [(place, _setting(value)) for place, value in reading.settings.items()],
            ),
        )


def _two(first: str, second: str, rows: Iterable[tuple[str, str]]) -> Table:
    return build_table((Column(header=first, can_wrap=True), Column(header=second, can_wrap=True)), rows)


def format_quantity(quantity: Quantity) -> str:
    """Write a number, or a range as low..mode..high."""
    if isinstance(quantity, Range):
        return "..".join(f"{number:.4g}" for number in (quantity.low, quantity.mode, quantity.high))
    return f"{quantity:.4g}"


def _parties(case: Case) -> Table:
    columns = (
        Column(header="party"),
        Column(header="name", can_wrap=True),
        Column(header="discount", align="right"),
        Column(header="hazard", align="right"),
        Column(header="breakdown", align="right"),
    )
    rows = [
        (
            party.id,
            party.name,
            UNSTATED if party.discount is None else format_quantity(party.discount),
            format_quantity(party.hazard),
            format_quantity(party.breakdown),
        )
        for party in case.parties
    ]
    if all(tuple(row[2:]) == (UNSTATED, "0", "0") for row in rows):  # a case for stability alone
        return build_table(columns[:2], [row[:2] for row in rows])
    return build_table(columns, rows)


def _by_party(ids: Sequence[str], rows: Iterable[tuple[str, Mapping[str, Quantity]]], what: str) -> Table:
    columns = [Column(header=what), *(Column(header=party, align="right") for party in ids)]
    return build_table(
        columns,
        [(key, *(format_quantity(row[party]) if party in row else UNSTATED for party in ids)) for key, row in rows],
    )


def _measures(measures: Sequence[Measure]) -> Table:
    columns = (
        Column(header="measure"),
        Column(header="name", can_wrap=True),
        Column(header="by", can_wrap=True),
        Column(header="can be\nundone"),
        Column(header="takes", align="right"),
        Column(header="noticed\nafter", align="right"),
    )
    undone = {OnBreakdown.OWN_INTEREST: "", OnBreakdown.REVERSE: ", snaps back", OnBreakdown.KEEP: ", is kept"}
    return build_table(
        columns,
        [
            (
                measure.id,
                measure.name if measure.name != measure.id else "",
                measure.forum if measure.forum is not None else ", ".join(measure.owners),
                f"{'yes' if measure.is_reversible else 'no'}{undone[measure.on_breakdown]}",
                str(measure.duration),
                str(measure.detection_lag),
            )
            for measure in measures
        ],
    )


def _dependences(measures: Sequence[Measure]) -> Table:
    columns = (
        Column(header="measure"),
        *(Column(header=header, can_wrap=True) for header in ("requires", "after", "excludes", "verifies")),
    )
    rows = [
        (
            measure.id,
            " ".join(measure.requires),
            " ".join(measure.after),
            " ".join(measure.excludes),
            ", ".join(f"{other} after {lag}" for other, lag in measure.verifies.items()),
        )
        for measure in measures
        if measure.requires or measure.after or measure.excludes or measure.verifies
    ]
    used = [0, *(j for j in range(1, len(columns)) if any(row[j] for row in rows))]
    return build_table([columns[j] for j in used], [[row[j] for j in used] for row in rows])


def _values(case: Case, ids: Sequence[str]) -> Table:
    from detente.game import is_stated, value_weights

    valuing = [party for party in ids if any(is_stated(measure, party) for measure in case.measures)]
    if not valuing:
        return build_table((), ())
    ids = [party for party in ids if party in valuing or party not in case.preferences]
    weights = {party: value_weights(case, party) for party in ids}
    columns = [Column(header="measure"), *(Column(header=party, align="point") for party in ids)]
    return build_table(
        columns,
        [
            (
                measure.id,
                *(f"{weights[p][measure.id]:.3g}" if is_stated(measure, p) else UNSTATED for p in ids),
            )
            for measure in case.measures
        ],
    )


def _ranges(case: Case) -> Table:
    rows = []
    for measure in case.measures:
        numbers = [("value", party, number) for party, number in measure.value.items()]
        for interest, effect in measure.effects.items():
            numbers += [(f"effect on {interest}", party, number) for party, number in effect.items()]
        rows += [
            (measure.id, what, party, format_quantity(number))
            for what, party, number in numbers
            if isinstance(number, Range)
        ]
    columns = (Column(header="measure"), Column(header="what"), Column(header="party"), Column(header="range"))
    return build_table(columns, rows)


def _preferences(case: Case) -> list[tuple[str, str]]:
    """Return what each party prefers, with what of it is unknown and what is strong."""
    rows = []
    for party in dict.fromkeys([*case.preferences, *case.unknown, *case.strong]):
        parts = [_preference(case, case.preferences[party])] if party in case.preferences else []
        if party in case.unknown:
            unknown = case.unknown[party]
            parts.append(f"unknown: {'all' if unknown.everything else _pairs(unknown.pairs, 'against')}")
        if party in case.strong:
            strong = case.strong[party]
            thresholds = ", ".join(f"from a difference of {threshold:g}" for threshold in strong.thresholds)
            parts.append(f"strong: {thresholds or _pairs(strong.pairs, 'over')}")
        rows.append((party, "; ".join(parts)))
    return rows


def _pairs(pairs: Sequence[tuple[States, States]], word: str) -> str:
    return ", ".join(f"{_states(one)} {word} {_states(other)}" for one, other in pairs)


def _states(states: States) -> str:
    return " or ".join(states) if isinstance(states, tuple) else format_condition(states)


def _preference(case: Case, given: OrdinalPreference) -> str:
    match given:
        case Statements(statements=statements):
            return "; ".join(format_condition(statement) for statement in statements)
        case Tiers(tiers=tiers):
            return "; ".join(" + ".join(_counted(counted) for counted in tier) for tier in tiers)
        case Weights(weights=weights):
            return "; ".join(f"{format_quantity(weight)} × {measure}" for measure, weight in weights.items())
        case Ranking():
            return describe_ranking(case, given)
        case Ranks(ranks=ranks):
            return f"ranks of {len(ranks)} states"


def _counted(counted: Counted) -> str:
    words = format_condition(counted.when)
    return words if counted.weight == 1 else f"{format_quantity(counted.weight)} × ({words})"


def _forums(case: Case) -> Table:
    columns = (
        Column(header="forum"),
        Column(header="members", can_wrap=True),
        Column(header="other\nseats", align="right"),
        Column(header="quota", align="right"),
        Column(header="veto", can_wrap=True),
        Column(header="to end:\nquota, veto", can_wrap=True),
    )
    rows = []
    for forum in case.forums:
        same = (forum.end_quota, forum.end_veto) == (forum.quota, forum.veto)
        ending = "the same" if same else f"{forum.end_quota}; {', '.join(forum.end_veto) or 'no veto'}"
        members, veto = ", ".join(forum.members), ", ".join(forum.veto) or "nobody"
        rows.append((forum.id, members, str(forum.others), str(forum.quota), veto, ending))
    return build_table(columns, rows)


def shorten_levels(case: Case, measures: Sequence[str]) -> list[str]:
    """Name consecutive levels of a graded measure once: ``relief.25–100%`` for 25 %, 50 % and 100 %."""
    levels: dict[str, Level] = {m.id: m.level for m in case.measures if m.level is not None}
    words: list[tuple[str, list[Level]]] = []
    for measure in measures:
        level = levels.get(measure)
        if level is not None and words and words[-1][1] and words[-1][0] == level.chain:
            words[-1][1].append(level)
        else:
            words.append((level.chain if level is not None else measure, [level] if level is not None else []))
    return [f"{name}.{'/'.join(level.label for level in found)}" if found else name for name, found in words]


def _roadmaps(case: Case) -> Table:
    has_durations = any(roadmap.durations is not None for roadmap in case.roadmaps)
    columns = (
        Column(header="roadmap", can_wrap=True),
        Column(header="stage", align="right"),
        *([Column(header="lasts", align="right")] if has_durations else []),
        Column(header="measures", can_wrap=True),
    )
    rows = []
    for roadmap in case.roadmaps:
        for number, stage in enumerate(roadmap.stages):
            lasts = UNSTATED if roadmap.durations is None else str(roadmap.durations[number])
            name = roadmap.id if number == 0 else ""
            measures = ", ".join(shorten_levels(case, stage))
            rows.append((name, str(number + 1), *([lasts] if has_durations else []), measures))
    return build_table(columns, rows)


def _setting(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) == 3:
        return "..".join(str(number) for number in value)
    return str(value)
