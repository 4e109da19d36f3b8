"""Random cases that mix every feature of the model, and random legal roadmaps for them, all from one seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random

from detente.case import (
    Case,
    Condition,
    Direction,
    Forum,
    InForce,
    Interest,
    Joined,
    Measure,
    Not,
    OnBreakdown,
    Party,
    Quantity,
    Range,
    Term,
)
from tests.oracle.evaluation import illegal
from tests.oracle.system import State, System, stated, subsets

FEATURES = (
    "terms",
    "costs",
    "undo_costs",
    "joint",
    "forum",
    "requires",
    "after",
    "excludes",
    "infeasible",
    "reverse",
    "keep",
    "verifies",
    "deters",
    "forward",
    "committing",
    "hazard",
    "lags",
    "durations",
    "status_quo",
    "interests",
    "breakdown",
    "ranges",
)
SHARE = {
    "breakdown": 0.7,
    "committing": 0.2,
    "excludes": 0.25,
    "infeasible": 0.25,
    "terms": 0.4,
    "requires": 0.45,
    "ranges": 0.2,
}
"""Share of the cases that have a feature; 0.5 for those not named."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """Where numbers come from: anywhere between two bounds, or small integers that provoke ties."""

    random: Random
    whole: bool

    def number(self, low: float, high: float) -> float:
        """A number between the bounds."""
        if not self.whole:
            return self.random.uniform(low, high)
        low_whole, high_whole = math.ceil(low), math.floor(high)
        if low_whole > high_whole:
            return round(self.random.uniform(low, high), 1)
        return float(self.random.randint(low_whole, high_whole))

    def is_so(self, share: float = 0.5) -> bool:
        """True in this share of the draws."""
        return self.random.random() < share


def features_of(seed: int) -> frozenset[str]:
    """Tell which features a random case has."""
    random = Random(f"features {seed}")  # noqa: S311  # no secret depends on it
    return frozenset(f for f in FEATURES if random.random() < SHARE.get(f, 0.5))


def random_case(
    seed: int,
    *,
    n_measures: int,
    n_parties: int,
    features: frozenset[str] | None = None,
    generous: float | None = None,
) -> Case:
    """Build the case of a seed.

    `generous` is what a measure gives the others per unit that it takes from its owners; the larger, the more roadmaps
    hold.  Drawn unless given.
    """
    random = Random(f"case {seed} {n_measures} {n_parties}")  # noqa: S311
    has = features_of(seed) if features is None else features
    draw = Draw(random=random, whole=draw_share(random, 0.3))
    surplus = random.uniform(1.0, 8.0) if generous is None else generous
    while True:
        case = _case(draw, has, n_measures, n_parties, surplus)
        system = System(case)
        if not system.is_feasible(system.status_quo):
            continue
        free = [m for m in system.measures if m not in system.status_quo]
        if any(not illegal(system, system.status_quo, a) for a in subsets(free)):
            return case


def draw_share(random: Random, share: float) -> bool:
    """True in this share of the draws."""
    return random.random() < share


def _case(draw: Draw, has: frozenset[str], n_measures: int, n_parties: int, surplus: float) -> Case:
    random = draw.random
    party_ids = [f"p{i}" for i in range(n_parties)]
    measure_ids = [f"m{i}" for i in range(n_measures)]
    patient = draw.is_so(0.7)
    is_tense = draw.is_so(0.5)  # breaking is dear: what tempts is to cheat, not to leave
    parties = tuple(
        Party(
            id=i,
            name=i,
            discount=random.uniform(0.9 if patient else 0.7, 0.99),
            hazard=random.uniform(0.0, 0.03) if "hazard" in has and draw.is_so(0.7) else 0.0,
            breakdown=_tension(draw, has, is_tense=is_tense),
        )
        for i in party_ids
    )
    forums: tuple[Forum, ...] = ()
    if "forum" in has:
        forums = (_forum(draw, party_ids),)
    order = measure_ids[:]
    random.shuffle(order)
    in_force: list[str] = []
    if "status_quo" in has and n_measures > 1:
        # First in the order, so that nothing in S₀ requires anything outside.
        in_force = order[: random.randint(1, min(2, n_measures - 1))]
    interests: tuple[Interest, ...] = ()
    if "interests" in has:
        interests = tuple(
            Interest(id=x, name=x, weight={i: draw.number(0.0, 2.0) for i in party_ids if draw.is_so(0.7)})
            for x in ("security", "prestige")
        )
    built = {m: _measure(draw, has, m, order, party_ids, forums, interests, in_force, surplus) for m in measure_ids}
    if draw.is_so(0.7):
        built = _with_something_for_all(draw, built, parties, interests, in_force)
    terms: tuple[Term, ...] = ()
    if "terms" in has:
        terms = tuple(
            Term(
                party=random.choice(party_ids),
                when=_condition(draw, measure_ids),
                value=draw.number(-1.0, 2.0),
            )
            for _ in range(random.randint(1, 3))
        )
    infeasible: tuple[Condition, ...] = ()
    if "infeasible" in has and n_measures > 2:
        infeasible = (
            Joined(
                connective="and",
                operands=tuple(
                    InForce(measure=m) if draw.is_so(0.6) else Not(operand=InForce(measure=m))
                    for m in random.sample(measure_ids, 3)
                ),
            ),
        )
    return Case(
        name="random",
        parties=parties,
        interests=interests,
        measures=tuple(built[m] for m in measure_ids),
        terms=terms,
        infeasible=infeasible,
        forums=forums,
        status_quo=tuple(m for m in measure_ids if m in in_force),
    )


def _tension(draw: Draw, has: frozenset[str], *, is_tense: bool) -> float:
    if "breakdown" not in has:
        return 0.0
    if is_tense:
        return draw.number(-6.0, -1.0)
    return draw.number(-3.0, 0.0) if draw.is_so(0.7) else 0.0


def _forum(draw: Draw, party_ids: list[str]) -> Forum:
    random = draw.random
    members = [i for i in party_ids if draw.is_so(0.8)] or party_ids[:1]
    others = random.randint(0, 2)
    veto = tuple(i for i in members if draw.is_so(0.4))
    quota = random.randint(1, len(members) + others)
    end_quota, end_veto = quota, veto
    if draw.is_so(0.4):
        end_quota = random.randint(1, len(members) + others)
        end_veto = tuple(i for i in members if draw.is_so(0.3))
    return Forum(
        id="council",
        members=tuple(members),
        quota=quota,
        others=others,
        veto=veto,
        end_quota=end_quota,
        end_veto=end_veto,
    )


def _measure(
    draw: Draw,
    has: frozenset[str],
    m: str,
    order: list[str],
    party_ids: list[str],
    forums: tuple[Forum, ...],
    interests: tuple[Interest, ...],
    in_force: list[str],
    surplus: float,
) -> Measure:
    random = draw.random
    earlier = order[: order.index(m)]
    others = [x for x in order if x != m]
    forum: str | None = None
    owners: list[str] = []
    if forums and draw.is_so(0.35):
        forum, owners = forums[0].id, list(forums[0].members)
    elif "joint" in has and len(party_ids) > 1 and draw.is_so(0.35):
        size = random.randint(2, len(party_ids))
        owners = sorted(random.sample(party_ids, size))
    else:
        owners = [random.choice(party_ids)]

    value: dict[str, Quantity] = {}
    for i in party_ids:
        if len(owners) == len(party_ids):
            low, high = -0.5, surplus / 2.0
        elif i in owners:
            low, high = -2.0, 0.5
        else:
            low, high = -0.3, surplus
        if draw.is_so(0.85):
            value[i] = _quantity(draw, has, draw.number(low, high))
    effects = {
        x.id: {i: _quantity(draw, has, draw.number(-0.5, 0.7)) for i in party_ids if draw.is_so(0.5)}
        for x in interests
        if draw.is_so(0.5)
    }
    direction = Direction.BOTH
    forward = max(0.35 * ("forward" in has), 0.9 * ("committing" in has))
    if draw.is_so(forward):
        direction = Direction.FORWARD
    elif m in in_force and draw.is_so(0.2):
        direction = Direction.BACKWARD
    on_breakdown = OnBreakdown.OWN_INTEREST
    if direction is not Direction.FORWARD:
        if "reverse" in has and draw.is_so(0.4):
            on_breakdown = OnBreakdown.REVERSE
        elif "keep" in has and draw.is_so(0.4):
            on_breakdown = OnBreakdown.KEEP
    requires = tuple(
        x for x in earlier if "requires" in has and draw.is_so(0.4) and not (m in in_force and x not in in_force)
    )[:2]
    after = tuple(x for x in earlier if "after" in has and draw.is_so(0.3) and x not in requires and m not in in_force)[
        :2
    ]
    excludes: tuple[str, ...] = ()
    if "excludes" in has and len(others) > 2 and draw.is_so(0.2):
        excludes = tuple(x for x in [random.choice(others)] if x not in requires + after)
    return Measure(
        id=m,
        name=m,
        owners=() if forum is not None else tuple(owners),
        forum=forum,
        value=value,
        effects=effects,
        cost={i: _quantity(draw, has, draw.number(0.0, 3.0)) for i in owners if "costs" in has and draw.is_so(0.6)},
        undo_cost={
            i: _quantity(draw, has, draw.number(0.0, 6.0)) for i in owners if "undo_costs" in has and draw.is_so(0.6)
        },
        direction=direction,
        on_breakdown=on_breakdown,
        duration=random.randint(1, 3) if "durations" in has else 1,
        detection_lag=random.randint(1, 4) if "lags" in has else 1,
        verifies={x: random.randint(1, 3) for x in others if "verifies" in has and draw.is_so(0.25)},
        deters={i: draw.number(0.0, 2.0) for i in party_ids if "deters" in has and draw.is_so(0.25)},
        requires=requires,
        after=after,
        excludes=excludes,
    )


def _with_something_for_all(
    draw: Draw,
    built: dict[str, Measure],
    parties: tuple[Party, ...],
    interests: tuple[Interest, ...],
    in_force: list[str],
) -> dict[str, Measure]:
    """Raise what measures give to those who would lose if all were taken, so that not everything fails for that."""
    raised = dict(built)
    system = System(
        Case(
            name="values alone",
            parties=parties,
            interests=interests,
            measures=tuple(replace(m, forum=None) for m in built.values()),
        )
    )
    for party in parties:
        new = [m for m in built if m not in in_force]
        once = system.cost(party.id, new) * (1.0 - system.discount[party.id])
        total = sum(system.weight[party.id, m] for m in new) - once
        wanted = draw.number(0.5, 4.0)
        if total < wanted:
            from_others = [m for m in new if party.id not in built[m].owners] or new
            m = draw.random.choice(from_others)
            stated_now = stated(raised[m].value.get(party.id))
            gift = float(math.ceil(wanted - total)) if draw.whole else wanted - total
            raised[m] = replace(raised[m], value={**raised[m].value, party.id: stated_now + gift})
    return raised


def _quantity(draw: Draw, has: frozenset[str], mode: float) -> Quantity:
    if "ranges" in has and draw.is_so(0.3):
        return Range(low=min(mode, 0.0), mode=mode, high=max(mode, 0.0) + 1.0)
    return mode


def _condition(draw: Draw, measure_ids: list[str]) -> Condition:
    random = draw.random

    def literal() -> Condition:
        atom = InForce(measure=random.choice(measure_ids))
        return Not(operand=atom) if draw.is_so(0.3) else atom

    connective = random.choice(("and", "and", "or", "if", "iff"))
    if connective == "and":
        return Joined(connective="and", operands=tuple(literal() for _ in range(random.randint(2, 3))))
    if connective == "or":
        return Joined(connective="or", operands=(literal(), literal()))
    if connective == "if":
        return Joined(connective="if", operands=(literal(), literal()))
    return Joined(connective="iff", operands=(literal(), literal()))


def random_roadmap(case: Case, seed: int) -> tuple[tuple[str, ...], ...]:
    """Draw a legal roadmap of the case: at every stage some legal set of what is left."""
    random = Random(f"roadmap {seed}")  # noqa: S311
    system = System(case)
    stages: list[tuple[str, ...]] = []
    prev: State = system.status_quo
    most = random.randint(1, 3)
    while True:
        left = [m for m in system.measures if m not in prev]
        legal = [a for a in subsets(left) if len(a) <= most and not illegal(system, prev, a)]
        if not legal and not stages:  # what must come together is more than `most`
            legal = [a for a in subsets(left) if not illegal(system, prev, a)]
        if not legal or (stages and random.random() < 0.15):
            return tuple(stages)
        stage = system.ordered(random.choice(legal))
        random.shuffle(stage)
        stages.append(tuple(stage))
        prev |= frozenset(stage)


def random_durations(case: Case, stages: tuple[tuple[str, ...], ...], seed: int) -> tuple[int, ...] | None:
    """Draw lengths of the stages, at least the least ones; in two draws of three none are given."""
    random = Random(f"durations {seed}")  # noqa: S311
    if random.random() < 0.67:
        return None
    system = System(case)
    prev, lengths = system.status_quo, []
    for stage in stages:
        lengths.append(system.least_duration(prev, stage) + random.randint(0, 3))
        prev |= frozenset(stage)
    return tuple(lengths)


def random_goal(case: Case, seed: int) -> list[str]:
    """Draw a goal: all measures outside S₀ if that is feasible, else (or sometimes) a feasible set of them."""
    random = Random(f"goal {seed}")  # noqa: S311
    system = System(case)
    takable = [m for m in system.measures if m not in system.status_quo]
    everything = frozenset(takable)
    if system.is_feasible(system.status_quo | everything) and random.random() < 0.8:
        return system.ordered(everything)
    closed = [
        s
        for s in subsets(takable)
        if s
        and system.is_feasible(system.status_quo | s)
        and all(set(system.measure[m].after) <= system.status_quo | s for m in s)
    ]
    weights = [2.0 ** len(s) for s in closed]
    return system.ordered(random.choices(closed, weights)[0])
