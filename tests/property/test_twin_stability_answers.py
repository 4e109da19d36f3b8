"""What `analyse_stability` answers about a case file is what the literal implementation says: JSON, labels, table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from detente import analyse_stability, read_case
from detente.case import Case
from detente.casefile import write_case
from tests.oracle.random_conflicts import case_of_graph, random_conflict, random_graph
from tests.oracle.stability import CONCEPTS, Position, Situation, equilibria, is_stable, maximin_stable
from tests.oracle.stability_of_cases import situation_of

SEEDS = range(40)


def drawn(seed: int) -> Case:
    random = Random(f"answer {seed}")  # noqa: S311  # no secret depends on it
    if seed % 3 == 0:
        graph = random_graph(seed, n_states=random.randint(2, 8), n_parties=random.randint(2, 4), in_common=False)
        return case_of_graph(graph)
    return random_conflict(seed, n_measures=random.randint(1, 5), n_parties=random.randint(1, 4))


def masks(case: Case, situation: Situation, states: Iterable[Position]) -> list[int]:
    """What stands for states in JSON: their binary numbers, or their places in a graph."""
    if case.graph is not None:
        return [situation.states.index(s) for s in states]
    return [sum(2**place for place, m in enumerate(case.measures) if m.id in s) for s in states]


def label(case: Case, state: Position) -> str:
    if isinstance(state, str):
        return state
    return " ".join(m.id for m in case.measures if m.id in state) or "-"


@pytest.mark.parametrize("horizon", [None, 2])
def test_json_and_labels_are_the_twins(tmp_path: Path, horizon: int | None) -> None:
    for seed in SEEDS:
        file = tmp_path / f"{seed}.yaml"
        write_case(drawn(seed), file)
        case = read_case(file)
        situation = situation_of(case)
        result = analyse_stability(case, horizon=horizon)
        answer: Any = result.to_dict()
        assert answer["measures"] == [m.id for m in case.measures]
        assert answer["states"] == masks(case, situation, situation.states)
        stable: dict[str, dict[str, list[int]]] = {
            c: {
                i: masks(case, situation, (s for s in situation.states if is_stable(situation, i, s, c)))
                for i in situation.parties
            }
            for c in CONCEPTS
        }
        if horizon is not None:
            rows = {i: maximin_stable(situation, i, horizon) for i in situation.parties}
            stable[f"maximin-{horizon}"] = {
                i: masks(case, situation, (s for s, holds in zip(situation.states, row, strict=True) if holds))
                for i, row in rows.items()
            }
        assert answer["stability"] == stable
        in_all = {c: set.intersection(*map(set, by_party.values())) for c, by_party in stable.items()}
        assert {c: set(listed) for c, listed in answer["equilibria"].items()} == in_all
        for c in CONCEPTS:
            shown = [result.conflict.label(int(s)) for s in result.equilibria(c)]
            assert shown == [label(case, s) for s in equilibria(situation, c)]
        frame = result.to_frame()
        assert list(frame["state"]) == [label(case, s) for s in situation.states]
        assert list(frame["number"]) == list(range(1, len(situation.states) + 1))
        for c, by_party in stable.items():
            for i, listed in by_party.items():
                in_column = [
                    number for number, holds in zip(answer["states"], frame[f"{c} for {i}"], strict=True) if holds
                ]
                assert in_column == listed
            assert {number for number, holds in zip(answer["states"], frame[c], strict=True) if holds} == in_all[c]
