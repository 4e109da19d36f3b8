"""The rules of the model that a case must keep (§2–§5 of the model), each broken one noted at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.case import Case, Direction, Measure, OnBreakdown, format_condition, is_satisfied
from detente.case.legality import excluded_pairs
from detente.casefile import tree
from detente.casefile.levels import Read
from detente.casefile.problems import Problems, listed
from detente.casefile.rules_orders import check_graph
from detente.casefile.rules_preferences import check_preferences
from detente.casefile.rules_roadmaps import check_progress, check_roadmaps
from detente.casefile.tree import Node, locate

_STRUCTURAL = ("by", "reversible", "direction", "on-breakdown", "requires", "after", "excludes")


def check_rules(case: Case, root: Node, read: Read, problems: Problems) -> None:
    """Note every rule of the model that a case breaks.

    Parameters
    ----------
    case : Case
        What could be read of the case.
    root : Node
        The tree it was read from, for places.
    read : mapping
        What the shapes have read, for what is stated and what is default.
    problems : Problems
        Where to note them.
    """
    check_measures(case, root, read, problems)
    check_cycles(case, root, problems)
    check_forums(case, root, problems)
    check_status_quo(case, root, problems)
    check_roadmaps(case, root, problems)
    check_progress(case, root, problems)
    check_graph(case, root, problems)
    check_preferences(case, root, read, problems)


def have_same_structure(read: Read, other: Read) -> bool:
    """Tell whether two readings of a case differ only in numbers that no rule looks at."""
    sections = ("forums", "status-quo", "infeasible", "roadmaps", "preferences", "graph", "progress")
    if any(read.get(section) is not other.get(section) for section in sections):
        return False
    measures, others = read.get("measures", {}), other.get("measures", {})
    return measures is others or (
        list(measures) == list(others)
        and all(
            measure is others[key] or _structure(measure) == _structure(others[key])
            for key, measure in measures.items()
        )
    )


def _structure(measure: Read) -> dict[str, object]:
    structure = {key: measure.get(key) for key in _STRUCTURAL}
    return (
        structure
        | {key: list(measure.get(key, {})) for key in ("cost", "undo-cost")}
        | {
            "levels": {
                label: {key: list(level.get(key, {})) for key in ("cost", "undo-cost")} if level else None
                for label, level in (
                    measure["levels"].items()
                    if isinstance(measure.get("levels"), dict)
                    else dict.fromkeys(measure.get("levels", ())).items()
                )
            }
        }
    )


def key_of(measure: Measure) -> str:
    """Return the key under which the case file states a measure: for a level, the chain."""
    return measure.id if measure.level is None else measure.level.chain


def check_measures(case: Case, root: Node, read: Read, problems: Problems) -> None:
    """Check what each measure says of itself: costs, direction, breakdown, levels, exclusions."""
    forums = {forum.id: forum.members for forum in case.forums}
    for key, record in read.get("measures", {}).items():
        by = record.get("by")
        owners = by if isinstance(by, list) else forums.get(by.get("forum", "")) if isinstance(by, dict) else None
        if owners is not None:
            _check_costs(key, record, tuple(owners), root, problems)
        _check_direction(key, record, root, problems)
        if isinstance(record.get("levels"), dict):
            _check_totals(key, record, root, problems)
        for excluded in record.get("excludes", []):
            if excluded == key or ("levels" in record and excluded.startswith(f"{key}.")):
                problems.add(
                    "D306",
                    _item(root, excluded, "measures", key, "excludes"),
                    f"measure '{key}' excludes itself.",
                    "leave it out of the list.",
                )


def _item(root: Node, text: str, *steps: str) -> Node:
    """Return the item of a list that has this text; the list's key if it has none."""
    node = root
    for step in steps:
        node = node.values[step] if isinstance(node, tree.Mapping) and step in node.values else node
    if isinstance(node, tree.Sequence):
        for item in node.items:
            if isinstance(item, tree.Scalar) and item.text == text:
                return item
    return locate(root, *steps)


def _check_costs(key: str, record: Read, owners: tuple[str, ...], root: Node, problems: Problems) -> None:
    stated: list[tuple[tuple[str, ...], Mapping[str, object]]] = [
        ((field,), record.get(field, {})) for field in ("cost", "undo-cost")
    ]
    levels = record.get("levels")
    if isinstance(levels, dict):
        stated += [
            (("levels", label, field), level.get(field, {}))
            for label, level in levels.items()
            for field in ("cost", "undo-cost")
        ]
    for way, costs in stated:
        for party in costs:
            if party not in owners:
                problems.add(
                    "D303",
                    locate(root, "measures", key, *way, party),
                    f"{way[-1]} of measure '{key}' is stated for '{party}', which does not own it.",
                    f"its owners: {listed(owners)}; what it is worth to others belongs under value.",
                )


def _check_direction(key: str, record: Read, root: Node, problems: Problems) -> None:
    reversible, direction = record.get("reversible"), record.get("direction")
    if reversible is not None and direction is not None and reversible == (direction == Direction.FORWARD):
        problems.add(
            "D304",
            locate(root, "measures", key, "direction"),
            f"measure '{key}' has direction {direction} and reversible: {str(reversible).lower()}, "
            "which contradict each other.",
            "forward is what cannot be reversed; leave out one of the two.",
        )
        return
    irreversible = direction == Direction.FORWARD or (direction is None and reversible is False)
    on_breakdown = record.get("on-breakdown", OnBreakdown.OWN_INTEREST)
    if irreversible and on_breakdown != OnBreakdown.OWN_INTEREST:
        problems.add(
            "D305",
            locate(root, "measures", key, "on-breakdown"),
            f"measure '{key}' is irreversible and has on-breakdown: {on_breakdown}.",
            "what cannot be ended stays at a breakdown; leave on-breakdown out.",
        )


def _check_totals(key: str, record: Read, root: Node, problems: Problems) -> None:
    for label, level in record["levels"].items():
        for field in ("value", "cost", "undo-cost", "deters", "effects"):
            for way in _ways(level.get(field, {})):
                total = record.get(field, {})
                for step in way:
                    total = total.get(step) if isinstance(total, dict) else None
                if total is not None:
                    place = ".".join((field, *way))
                    problems.add(
                        "D307",
                        locate(root, "measures", key, "levels", label, field, *way),
                        f"measure '{key}' states {place} both in total and for level {label}.",
                        "state the total or the increments.",
                    )


def _ways(stated: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    for key, value in stated.items():
        if isinstance(value, dict):
            yield from ((key, *way) for way in _ways(value))
        else:
            yield (key,)


def check_cycles(case: Case, root: Node, problems: Problems) -> None:
    """Check that no measure requires itself in the end, and none has to come after itself."""
    measures = {measure.id: measure for measure in case.measures}
    for cycle in _cycles({key: [o for o in m.requires if o in measures] for key, m in measures.items()}):
        problems.add(
            "D301",
            _item(root, cycle[1 % len(cycle)], "measures", key_of(measures[cycle[0]]), "requires"),
            f"these measures require each other in a circle: {_circle(cycle)}.",
            "leave one of the steps out.",
        )
    orders = {key: [o for o in (*m.requires, *m.after) if o in measures] for key, m in measures.items()}
    for cycle in _cycles(orders):
        steps = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        later = [(first, other) for first, other in steps if other in measures[first].after]
        if later:
            first, other = later[0]
            problems.add(
                "D302",
                _item(root, other, "measures", key_of(measures[first]), "after"),
                f"these measures would have to come after themselves: {_circle(cycle)}.",
                "leave one of the steps out.",
            )


def _circle(cycle: list[str]) -> str:
    shown = [*cycle, cycle[0]]
    if len(shown) > 10:
        shown = [*shown[:5], "…", *shown[-4:]]
    return " → ".join(shown)


def _cycles(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield one cycle of each strongly connected part that has any, beginning with the first declared of the part."""
    for part in _parts(edges):
        members = set(part)
        start = next(key for key in edges if key in members)
        if len(part) == 1 and start not in edges[start]:
            continue
        way = {start: ""}
        queue = [start]
        for key in queue:
            for other in edges[key]:
                if other == start:
                    cycle = [key]
                    while way[cycle[0]]:
                        cycle.insert(0, way[cycle[0]])
                    yield cycle
                    break
                if other in members and other not in way:
                    way[other] = key
                    queue.append(other)
            else:
                continue
            break


def _parts(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield the strongly connected parts (Tarjan's algorithm, no recursion), in the order of their first members."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    parts: list[list[str]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            key, others = work[-1]
            for other in others:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(edges[other])))
                    break
                if other in on_stack:
                    low[key] = min(low[key], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    part: list[str] = []
                    while not part or part[-1] != key:
                        part.append(stack.pop())
                        on_stack.discard(part[-1])
                    parts.append(part)
    order = {key: number for number, key in enumerate(edges)}
    yield from sorted(parts, key=lambda part: min(order[key] for key in part))


def check_forums(case: Case, root: Node, problems: Problems) -> None:
    """Check that who holds a veto is a member, and that there are votes enough for the quota."""
    for forum in case.forums:
        if not forum.members:
            continue
        rules: list[tuple[tuple[str, ...], int, tuple[str, ...]]] = [(("forums", forum.id), forum.quota, forum.veto)]
        end = locate(root, "forums", forum.id, "end")
        if isinstance(end, tree.Scalar) and end.text == "end":
            rules.append((("forums", forum.id, "end"), forum.end_quota, forum.end_veto))
        votes = len(forum.members) + forum.others
        for way, quota, veto in rules:
            for holder in veto:
                if holder not in forum.members:
                    problems.add(
                        "D321",
                        _item(root, holder, *way, "veto"),
                        f"forum '{forum.id}' gives '{holder}' a veto, which is no member.",
                        f"its members: {listed(forum.members)}.",
                    )
            if quota > votes:
                problems.add(
                    "D322",
                    locate(root, *way, "quota"),
                    f"forum '{forum.id}' has the quota {quota} and only {votes} votes.",
                    "members and others vote; the quota cannot be more.",
                )


def check_status_quo(case: Case, root: Node, problems: Problems) -> None:
    """Check that the status quo is feasible."""
    in_force = frozenset(case.status_quo)
    place = locate(root, "status-quo")
    if place is root:
        place = locate(root, "infeasible")
    for measure in case.measures:
        for needed in measure.requires if measure.id in in_force else ():
            if needed not in in_force:
                problems.add(
                    "D308",
                    _item(root, measure.id, "status-quo"),
                    f"the status quo has '{measure.id}' without '{needed}', which it requires.",
                    f"add '{needed}' or leave '{measure.id}' out.",
                )
    for first, other in excluded_pairs(case, in_force):
        problems.add(
            "D308",
            _item(root, other, "status-quo"),
            f"the status quo has both '{first}' and '{other}', which exclude each other.",
            "leave one of them out.",
        )
    for pattern in case.infeasible:
        if is_satisfied(pattern, in_force):
            problems.add(
                "D308",
                place,
                f"the status quo is infeasible: {format_condition(pattern)}.",
                "change status-quo or infeasible.",
            )
