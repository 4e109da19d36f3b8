"""Hypothesis strategies for cases, as plain data with the keys of the case file: every key, in every form."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from detente.case import StageFault, stage_problems
from detente.case.conditions import KEYWORDS
from detente.casefile import case_from_tree
from detente.casefile.rules_orders import feasible_states

Tree = dict[str, Any]  # Any: a tree of lists, dicts, texts and numbers

_LETTERS = st.characters(categories=["Lu", "Ll", "Lo"])
_LATER = st.one_of(_LETTERS, st.characters(categories=["Nd"]), st.sampled_from("-_"))
ids = st.builds(str.__add__, _LETTERS, st.text(_LATER, max_size=6)).filter(lambda word: word not in KEYWORDS)
"""Ids in letters of any script."""

texts = st.one_of(
    st.sampled_from(["no", "Yes", "~", "null", "1", "1e3", ".5", "0x1F", "- a", "a: b", "a #b", "'", '"', "!x", "*a"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\t\n\x85"), max_size=12),
)
"""Names and other free text, what YAML could mistake included."""

finite = st.one_of(st.integers(-5, 5), st.sampled_from([0.1, -0.25, 1e-7, 1e22]), st.floats(-1e6, 1e6, allow_nan=False))


def numbers(
    least: float = -1e6, most: float = 1e6, *, above: bool = False, below: bool = False
) -> st.SearchStrategy[Any]:
    """Return numbers and ranges within bounds."""
    point = st.floats(least, most, exclude_min=above, exclude_max=below, allow_nan=False)
    if not above and least == int(least):
        point = st.one_of(st.just(int(least)), point)
    return st.one_of(point, st.lists(point, min_size=3, max_size=3).map(sorted))


def by_some(keys: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    """Return tables from some of the keys to values."""
    if not keys:
        return st.just({})
    return st.dictionaries(st.sampled_from(keys), values, max_size=3)


def some(items: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    """Return lists of some of the items, each once."""
    if len(items) < least or not items:
        return st.just([])
    return st.lists(st.sampled_from(items), unique=True, min_size=least, max_size=3)


def conditions(measures: list[str]) -> st.SearchStrategy[str]:
    """Return conditions over measures."""
    words = st.sampled_from(measures)
    return st.recursive(
        words,
        lambda inner: st.one_of(
            st.builds("not ({})".format, inner),
            st.builds("({}) {} {}".format, inner, st.sampled_from(["and", "or", "if", "iff"]), words),
            st.builds("{} {} {}".format, words, st.sampled_from(["and", "or", "if", "iff"]), inner),
        ),
        max_leaves=4,
    )


@st.composite
def parties(draw: st.DrawFn, keys: list[str]) -> Tree:
    fields = st.fixed_dictionaries(
        {},
        optional={
            "name": texts,
            "discount": numbers(0, 1, above=True, below=True),
            "hazard": numbers(0, 1, below=True),
            "breakdown": numbers(-100, 0),
        },
    )
    return {key: draw(fields) for key in keys}


def _graded(draw: st.DrawFn, who: list[str], owners: list[str], interests: list[str]) -> Tree:
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "value": by_some(who, numbers()),
                "effects": by_some(interests, by_some(who, numbers())),
                "cost": by_some(owners, numbers(0)),
                "undo-cost": by_some(owners, numbers(0)),
                "deters": by_some(who, numbers(0)),
            },
        )
    )


@st.composite
def measures(draw: st.DrawFn, who: list[str], interests: list[str], forums: Tree) -> tuple[Tree, list[str]]:
    """Return measures, graded ones among them, and the ids of all levels; each requires only earlier ones."""
    tree: Tree = {}
    known: list[str] = []
    for key in draw(st.lists(ids, unique=True, max_size=4)):
        forum = draw(st.sampled_from([None, *forums]))
        owners = draw(some(who, 1)) if forum is None else forums[forum]["members"]
        record: Tree = {"by": owners if forum is None else {"forum": forum}}
        record |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "name": texts,
                    "duration": st.integers(1, 30),
                    "detection-lag": st.integers(1, 9),
                    "verifies": by_some(known, st.integers(1, 5)),
                    "requires": some(known),
                    "after": some(known),
                    "excludes": some(known),
                },
            )
        )
        record |= draw(
            st.sampled_from(
                [
                    {},
                    {"reversible": False},
                    {"reversible": True, "on-breakdown": "keep"},
                    {"on-breakdown": "reverse"},
                    {"direction": "backward"},
                    {"direction": "forward"},
                ]
            )
        )
        record |= _graded(draw, who, owners, interests)
        labels = draw(st.one_of(st.none(), st.just(["25%", "50%", "100%"]), st.just(["some", "all.of-it"])))
        if labels is None:
            known.append(key)
        else:
            if draw(st.booleans()):
                record["levels"] = labels
            else:
                record = {k: v for k, v in record.items() if k not in LEVEL_KEYS}
                names = st.fixed_dictionaries({}, optional={"name": texts})
                record["levels"] = {label: draw(names) | _graded(draw, who, owners, interests) for label in labels}
            known.extend(f"{key}.{label}" for label in labels)
        tree[key] = record
    return tree, known


LEVEL_KEYS = ("value", "effects", "cost", "undo-cost", "deters")


def forums(who: list[str]) -> st.SearchStrategy[Tree]:
    """Return forums whose quotas can be reached."""

    @st.composite
    def forum(draw: st.DrawFn) -> Tree:
        members = draw(some(who, 1))
        others = draw(st.integers(0, 3))
        rule = st.fixed_dictionaries({"quota": st.integers(1, len(members) + others)}, optional={"veto": some(members)})
        tree: Tree = {"members": members} | ({"others": others} if draw(st.booleans()) else {})
        return (
            tree
            | draw(rule)
            | ({"end": draw(rule)} if not others and draw(st.booleans()) else {})
            | ({} if "others" in tree or not others else {"others": others})
        )

    return st.dictionaries(ids, forum(), max_size=2)


@st.composite
def roadmaps(draw: st.DrawFn, tree: Tree, known: list[str]) -> Tree:
    """Return roadmaps of a case that are legal: what a stage cannot take is left out."""
    case = case_from_tree(tree)
    found: Tree = {}
    for key in draw(st.lists(ids, unique=True, max_size=2)):
        stages: list[list[str]] = []
        for measure in draw(st.permutations(known)):
            joins = bool(stages) and draw(st.booleans())
            stage = [*stages[-1], measure] if joins else [measure]
            tried = [*stages[:-1], stage] if len(stage) > 1 else [*stages, stage]
            if not stage_problems(case, tried):
                stages = tried
        if stages:
            found[key] = {"stages": stages} | draw(st.fixed_dictionaries({}, optional={"name": texts}))
            if draw(st.booleans()):
                found[key]["durations"] = draw(st.lists(st.integers(1, 9), min_size=len(stages), max_size=len(stages)))
    assert StageFault.EMPTY not in {
        problem.fault for road in found.values() for problem in stage_problems(case, road["stages"])
    }
    return found


@st.composite
def preferences(draw: st.DrawFn, tree: Tree, who: list[str], known: list[str]) -> Tree:
    """Return ordinal preferences in each of their forms."""
    states = feasible_states(case_from_tree(tree)) or []
    found: Tree = {}
    for party in draw(some(who)):
        form = draw(st.sampled_from(["statements", "weights", "ranking", "ranks"]))
        if form == "statements":
            weighted = st.fixed_dictionaries({"when": conditions(known), "weight": numbers()})
            tiers = st.lists(st.one_of(conditions(known), weighted), min_size=1, max_size=3)
            items = draw(
                st.one_of(
                    st.lists(st.one_of(conditions(known), tiers), min_size=1, max_size=3),
                    st.lists(weighted, min_size=1, max_size=3),
                )
            )
            found[party] = {form: items}
        elif form == "weights":
            found[party] = {form: {measure: draw(numbers()) for measure in known}}
        elif form == "ranks":
            found[party] = {form: draw(st.lists(st.integers(0, 9), min_size=len(states), max_size=len(states)))}
        else:
            order = [" ".join(sorted(state, key=known.index)) or "-" for state in draw(st.permutations(states))]
            tie = draw(st.integers(1, len(order)))
            places: list[Any] = [order[:tie] if tie > 1 else order[0], *order[tie:]]
            found[party] = {form: places}
    pairs = st.lists(st.tuples(conditions(known), conditions(known)).map(list), min_size=1, max_size=2)
    for party in draw(some(who)):
        found.setdefault(party, {})["unknown"] = draw(pairs)
    for party in draw(some(who)):
        entry = found.setdefault(party, {"unknown": "all"})
        has_differences = not {"statements", "ranking"} & set(entry)
        thresholds = st.sampled_from([0.5, 3, [1, 2.5], [1, 2, 3]])
        entry["strong"] = draw(st.one_of(pairs, thresholds) if has_differences else pairs)
    return found


@st.composite
def case_trees(draw: st.DrawFn) -> Tree:
    """Return a valid case as plain data: parties, interests, forums, measures and all that speaks of them."""
    who = draw(st.lists(ids, unique=True, min_size=1, max_size=4))
    interests = draw(st.lists(ids, unique=True, max_size=3))
    tree: Tree = {"detente": 1}
    tree |= draw(st.fixed_dictionaries({}, optional={"name": texts, "period": texts}))
    tree["parties"] = draw(parties(who))
    named = st.fixed_dictionaries({}, optional={"name": texts, "weight": by_some(who, numbers())})
    tree["interests"] = {key: draw(named) for key in interests}
    tree["forums"] = draw(forums(who))
    tree["measures"], known = draw(measures(who, interests, tree["forums"]))
    if known:
        pairs = st.lists(st.sampled_from(known), min_size=2, max_size=3).map(" and ".join)
        tree["infeasible"] = draw(st.lists(pairs, max_size=2))
        term = st.fixed_dictionaries({"party": st.sampled_from(who), "when": conditions(known), "value": numbers()})
        tree["terms"] = draw(st.lists(term, max_size=3))
        tree["roadmaps"] = draw(roadmaps(tree, known))
        if len(known) <= 5:
            tree["preferences"] = draw(preferences(tree, who, known))
        taken = st.fixed_dictionaries({"measure": st.sampled_from(known), "taken": st.integers(0, 9)})
        tree["progress"] = draw(st.lists(taken, max_size=1))
    else:
        tree |= draw(st.one_of(st.just({}), graphs(who)))
    tree["formats"] = draw(st.dictionaries(ids, some(who, 1), max_size=2))
    tree["issues"] = draw(issues(who))
    tree["readings"] = draw(readings(tree, who, known))
    return {key: value for key, value in tree.items() if value not in ({}, [])}


def graphs(who: list[str]) -> st.SearchStrategy[Tree]:
    """Return conflicts in graph form."""

    @st.composite
    def graph(draw: st.DrawFn) -> Tree:
        states = draw(st.lists(texts.filter(str.strip), unique=True, min_size=2, max_size=4))
        move = st.tuples(st.sampled_from(states), st.sampled_from(states)).filter(lambda pair: pair[0] != pair[1])
        moves = st.lists(move.map(list), max_size=3, unique_by=tuple)
        ranks = st.lists(st.integers(0, 5), min_size=len(states), max_size=len(states))
        tree: Tree = {"states": states, "moves": draw(by_some(who, moves)), "ranks": draw(by_some(who, ranks))}
        tree["names"] = draw(by_some(states, texts))
        tree |= draw(st.one_of(st.just({}), st.fixed_dictionaries({"status-quo": st.sampled_from(states)})))
        if len(who) > 1:
            together = st.lists(st.sampled_from(who), min_size=2, unique=True)
            tree["common"] = draw(st.lists(st.fixed_dictionaries({"by": together, "moves": moves}), max_size=2))
        options = draw(by_some(who, st.lists(texts.filter(str.strip), unique=True, min_size=1, max_size=2)))
        if options:
            pattern = st.text("YN-", min_size=(n := sum(map(len, options.values()))), max_size=n)
            tree |= {"options": options, "patterns": {state: draw(pattern) for state in states}}
        orders: Tree = {}
        for party in draw(some([party for party in who if party not in tree["ranks"]])):
            tie = draw(st.integers(1, len(states)))
            order = draw(st.permutations(states))
            orders[party] = draw(
                st.sampled_from([{"ranking": [order[:tie], *order[tie:]]}, {"ranks": list(range(len(states)))}])
            )
            if draw(st.booleans()):
                orders[party]["unknown"] = [[states[0], states[1:]]]
                orders[party]["strong"] = [[states[:1], states[1]]]
        graph = {"graph": {key: value for key, value in tree.items() if key in ("states", "moves") or value}}
        return graph | {"preferences": orders}

    return graph()


def issues(who: list[str]) -> st.SearchStrategy[Tree]:
    """Return issues for forecasts."""
    position = st.fixed_dictionaries(
        {"position": numbers(0, 100), "salience": numbers(0, 100), "capability": numbers(0)}
    )
    scale = st.dictionaries(st.sampled_from(["0", "50", "62.5", "100"]), texts, max_size=3)
    issue = st.fixed_dictionaries(
        {},
        optional={"name": texts, "scale": scale, "positions": by_some(who, position), "reference": numbers(0, 100)},
    )
    return st.dictionaries(ids, issue, max_size=2)


@st.composite
def readings(draw: st.DrawFn, tree: Tree, who: list[str], known: list[str]) -> Tree:
    """Return readings that set numbers anywhere in the case."""
    party = draw(st.sampled_from(who))
    settings: Tree = {f"parties.{party}.hazard": draw(numbers(0, 1, below=True))}
    for measure in draw(some([*known, *tree["measures"]])):
        settings[f"measures.{measure}.value.{party}"] = draw(numbers())
    for interest in draw(some(list(tree["interests"]))):
        settings[f"interests.{interest}.weight.{party}"] = draw(numbers())
    reading = {"set": settings} | draw(st.fixed_dictionaries({}, optional={"name": texts, "document": ids}))
    return {key: reading for key in draw(st.lists(ids, unique=True, max_size=2))}
