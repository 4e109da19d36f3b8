"""Random conflicts without agreement that mix every feature of §9, as cases and as graphs, all from one seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from detente.case import (
    Case,
    Condition,
    Counted,
    Direction,
    Forum,
    Graph,
    GraphMoves,
    InForce,
    Interest,
    Joined,
    Measure,
    Not,
    OrdinalPreference,
    Party,
    Quantity,
    Range,
    Ranking,
    Ranks,
    Statements,
    Term,
    Tiers,
    Weights,
)
from tests.oracle.stability import Position, Situation, Together
from tests.oracle.stability_of_cases import feasible_states
from tests.oracle.system import State

FEATURES = ("one-way", "joint", "forum", "requires", "excludes", "infeasible", "status-quo", "after", "idle", "ties")
PREFERENCES = ("additive", "pairwise", "pairwise", "interests", "statements", "tiers", "ranking", "ranks", "few-ranks")
FORWARD_OR_BACKWARD = (Direction.FORWARD, Direction.FORWARD, Direction.BACKWARD)

CONNECTIVES: tuple[Literal["and", "or", "if", "iff"], ...] = ("and", "or", "if", "iff")


@dataclass(frozen=True, kw_only=True)
class _Draw:
    random: Random
    has: frozenset[str]
    parties: tuple[str, ...]
    measures: tuple[str, ...]

    def is_so(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> float:
        """A value: small whole numbers provoke ties, so do tenths that binary fractions only approximate."""
        if "ties" in self.has:
            return float(self.random.randint(-2, 2))
        return self.random.randint(-40, 40) / 10.0

    def quantity(self) -> Quantity:
        """A value, or now and then a range around it, of which the middle counts."""
        number = self.number()
        return Range(low=number - 1.0, mode=number, high=number + 2.0) if self.is_so(0.1) else number

    def some(self, share: float, among: Sequence[str]) -> list[str]:
        return [x for x in among if self.is_so(share)]


def features_of(seed: int) -> frozenset[str]:
    """Tell which features a random conflict has."""
    random = Random(f"features of conflict {seed}")  # noqa: S311  # no secret depends on it
    return frozenset(f for f in FEATURES if random.random() < 0.4)


def random_conflict(seed: int, *, n_measures: int, n_parties: int, features: frozenset[str] | None = None) -> Case:
    """Build the case of a seed: measures, who moves them, what is infeasible, and one kind of preference per party."""
    random = Random(f"conflict {seed} {n_measures} {n_parties}")  # noqa: S311
    draw = _Draw(
        random=random,
        has=features_of(seed) if features is None else features,
        parties=tuple(f"p{i}" for i in range(n_parties)),
        measures=tuple(f"m{i}" for i in range(n_measures)),
    )
    while True:
        forums = (_forum(draw),) if "forum" in draw.has else ()
        active = [i for i in draw.parties if "idle" not in draw.has or draw.is_so(0.6)] or [draw.parties[0]]
        order = random.sample(draw.measures, n_measures)
        measures = tuple(_measure(draw, m, order, active, forums) for m in draw.measures)
        bare = Case(name="random", parties=tuple(Party(id=i, name=i) for i in draw.parties), measures=measures)
        infeasible = _patterns(draw)
        states = feasible_states(_with(bare, infeasible=infeasible, forums=forums))
        if not states:
            continue
        start = random.choice(states) if "status-quo" in draw.has else states[0]
        status_quo = tuple(m for m in draw.measures if m in start)
        framed = _with(bare, infeasible=infeasible, forums=forums, status_quo=status_quo)
        return _with_preferences(draw, framed, states)


def _with(
    case: Case,
    *,
    infeasible: tuple[Condition, ...],
    forums: tuple[Forum, ...],
    status_quo: tuple[str, ...] = (),
) -> Case:
    return Case(
        name=case.name,
        parties=case.parties,
        measures=case.measures,
        infeasible=infeasible,
        forums=forums,
        status_quo=status_quo,
    )


def _forum(draw: _Draw) -> Forum:
    members = draw.some(0.8, draw.parties) or [draw.parties[0]]
    others = draw.random.choice((0, 0, 1, 2))
    quota = draw.random.randint(1, len(members) + others)
    veto = tuple(draw.some(0.3, members))
    is_same = draw.is_so(0.5)
    return Forum(
        id="council",
        members=tuple(members),
        quota=quota,
        others=others,
        veto=veto,
        end_quota=quota if is_same else draw.random.randint(1, len(members) + others),
        end_veto=veto if is_same else tuple(draw.some(0.3, members)),
    )


def _measure(draw: _Draw, m: str, order: list[str], active: list[str], forums: tuple[Forum, ...]) -> Measure:
    random = draw.random
    earlier = order[: order.index(m)]
    forum: str | None = None
    owners: tuple[str, ...] = ()
    if forums and draw.is_so(0.35):
        forum = forums[0].id
    elif "joint" in draw.has and len(active) > 1 and draw.is_so(0.5):
        owners = tuple(random.sample(active, random.choice((2, 2, len(active)))))
    else:
        owners = (random.choice(active),)
    requires = draw.some(0.35, earlier)[:2] if "requires" in draw.has else []
    apart = [x for x in order if x != m and x not in requires]
    return Measure(
        id=m,
        name=m,
        owners=owners,
        forum=forum,
        direction=random.choice(FORWARD_OR_BACKWARD) if "one-way" in draw.has and draw.is_so(0.35) else Direction.BOTH,
        requires=tuple(requires),
        excludes=(random.choice(apart),) if "excludes" in draw.has and apart and draw.is_so(0.3) else (),
        after=tuple(draw.some(0.3, [x for x in earlier if x not in requires])) if "after" in draw.has else (),
    )


def _patterns(draw: _Draw) -> tuple[Condition, ...]:
    """Up to three patterns of two or three measures, so that a third of the states may be infeasible."""
    if "infeasible" not in draw.has or len(draw.measures) < 2:
        return ()
    found: list[Condition] = []
    for _ in range(draw.random.randint(1, 3)):
        size = draw.random.randint(2, min(3, len(draw.measures)))
        operands = tuple(_literal(draw, m, 0.5) for m in draw.random.sample(draw.measures, size))
        found.append(Joined(connective="and", operands=operands))
    return tuple(found)


def _literal(draw: _Draw, m: str, share_of_not: float) -> Condition:
    atom = InForce(measure=m)
    return Not(operand=atom) if draw.is_so(share_of_not) else atom


def random_condition(draw: _Draw, depth: int = 2) -> Condition:
    """Draw a condition with all connectives, `if` and `iff` included, nested."""
    if depth == 0 or draw.is_so(0.35):
        return _literal(draw, draw.random.choice(draw.measures), 0.35)
    connective = draw.random.choice(CONNECTIVES)
    size = draw.random.randint(2, 3) if connective in ("and", "or") else 2
    operands = tuple(random_condition(draw, depth - 1) for _ in range(size))
    joined = Joined(connective=connective, operands=operands)
    return Not(operand=joined) if draw.is_so(0.15) else joined


def _with_preferences(draw: _Draw, case: Case, states: tuple[State, ...]) -> Case:
    """State a preference for each party of one kind, or leave it out for one that owns nothing and sits in no forum."""
    worth: dict[str, dict[str, Quantity]] = {m: {} for m in draw.measures}
    effects: dict[str, dict[str, Quantity]] = {m: {} for m in draw.measures}
    weight: dict[str, Quantity] = {}
    terms: list[Term] = []
    ordinal: dict[str, OrdinalPreference] = {}
    seated = {i for forum in case.forums for i in forum.members} | {i for m in case.measures for i in m.owners}
    for i in draw.parties:
        kind = draw.random.choice(PREFERENCES)
        if i not in seated and draw.is_so(0.3):
            continue
        if kind in ("statements", "tiers", "ranking", "ranks", "few-ranks"):
            ordinal[i] = _ordinal(draw, kind, states)
            continue
        if kind == "additive" and draw.is_so(0.3):
            ordinal[i] = Weights(weights={m: draw.number() for m in draw.measures})
            continue
        for m in draw.measures:
            worth[m][i] = draw.quantity()
            if kind == "interests" and draw.is_so(0.6):
                weight[i] = draw.random.choice((0.1, 0.3, 1.0, 2.0))
                effects[m][i] = draw.quantity()
        if kind == "pairwise" and len(draw.measures) > 1:
            for _ in range(draw.random.randint(1, 2 * len(draw.measures))):
                pair = tuple(_literal(draw, m, 0.2) for m in draw.random.sample(draw.measures, 2))
                terms.append(Term(party=i, when=Joined(connective="and", operands=pair), value=draw.quantity()))
    return Case(
        name=case.name,
        parties=case.parties,
        interests=(Interest(id="security", name="security", weight=weight),),
        measures=tuple(_valued(m, worth[m.id], effects[m.id]) for m in case.measures),
        terms=tuple(terms),
        preferences=ordinal,
        infeasible=case.infeasible,
        forums=case.forums,
        status_quo=case.status_quo,
    )


def _valued(m: Measure, worth: dict[str, Quantity], effects: dict[str, Quantity]) -> Measure:
    return Measure(
        id=m.id,
        name=m.name,
        owners=m.owners,
        forum=m.forum,
        direction=m.direction,
        requires=m.requires,
        excludes=m.excludes,
        after=m.after,
        value=worth,
        effects={"security": effects},
    )


def _ordinal(draw: _Draw, kind: str, states: tuple[State, ...]) -> OrdinalPreference:
    random = draw.random
    if kind == "statements":
        return Statements(statements=tuple(random_condition(draw) for _ in range(random.randint(1, 6))))
    if kind == "tiers":
        return Tiers(
            tiers=tuple(
                tuple(
                    Counted(when=random_condition(draw), weight=random.choice((0.1, 0.2, 0.3, 1.0, 2.0)))
                    for _ in range(random.randint(1, 4))
                )
                for _ in range(random.randint(1, 3))
            )
        )
    if kind == "ranking":
        order = random.sample(states, len(states))
        places: list[tuple[State, ...]] = []
        while order:
            size = random.choice((1, 1, 2, 3))
            places.append(tuple(order[:size]))
            order = order[size:]
        return Ranking(places=tuple(places))
    if kind == "ranks":
        return Ranks(ranks=tuple(random.uniform(-5.0, 5.0) for _ in states))
    return Ranks(ranks=tuple(float(random.randint(0, 3)) for _ in states))


# Graphs


def random_graph(seed: int, *, n_states: int, n_parties: int, in_common: bool = True) -> Situation:
    """Build a conflict given as a graph: moves that need not be transitive, and perhaps moves in common."""
    random = Random(f"graph {seed} {n_states} {n_parties}")  # noqa: S311
    states: tuple[Position, ...] = tuple(f"s{number}" for number in range(n_states))
    parties = tuple(f"p{i}" for i in range(n_parties))
    share = random.choice((0.05, 0.1, 0.15, 0.2, 0.3, 0.5))
    most = random.choice((1, 3, n_states, 4 * n_states))  # the fewer, the more ties

    def arcs(share: float) -> dict[Position, tuple[Position, ...]]:
        return {s: tuple(t for t in states if t != s and random.random() < share) for s in states}

    is_idle = random.random() < 0.2
    moves = {i: arcs(0.0 if is_idle and i == parties[-1] and n_parties > 1 else share) for i in parties}
    together = []
    for _ in range(random.randint(0, 3) if in_common else 0):
        size = random.choice((1, 2, 2, n_parties))
        members = frozenset(random.sample(parties, min(size, n_parties)))
        together.append(Together(coalition=members, leads=arcs(share / 2)))
    return Situation(
        parties=parties,
        states=states,
        moves=moves,
        together=tuple(together),
        place={i: {s: random.randint(0, most) for s in states} for i in parties},
    )


def case_of_graph(situation: Situation) -> Case:
    """Write a graph as a case, its ranks stretched so that only their order is the same."""

    def pairs(leads: Mapping[Position, tuple[Position, ...]]) -> tuple[tuple[str, str], ...]:
        return tuple((str(s), str(t)) for s in situation.states for t in leads.get(s, ()))

    return Case(
        name="graph",
        parties=tuple(Party(id=i, name=i) for i in situation.parties),
        graph=Graph(
            states=tuple(str(s) for s in situation.states),
            moves={i: pairs(situation.moves[i]) for i in situation.parties},
            common=tuple(
                GraphMoves(parties=tuple(i for i in situation.parties if i in t.coalition), moves=pairs(t.leads))
                for t in situation.together
            ),
            ranks={
                i: tuple(situation.place[i][s] ** 3 / 7.0 - 1.0 for s in situation.states) for i in situation.parties
            },
        ),
    )
