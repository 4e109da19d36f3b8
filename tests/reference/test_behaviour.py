"""Behavioural analysis on the published tables of the prisoner's dilemma and of Elmira.

Wang, Hipel, Fang, Xu and Kilgour (2019) ask which of the concepts is consistent with the observed stability of each
party and the equilibrium observed.  Where the stability of states is published, so is the answer: a state is explained,
for everybody, by exactly the concepts in whose list of equilibria it stands.
"""

from __future__ import annotations

import pytest

from detente import Case
from detente.analysis.stability import analyse_behaviour
from detente.case import Graph, GraphMoves, Party
from tests.oracle.hand_cases import pair

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")


def elmira(*, in_common: bool = False) -> Case:
    """Groundwater contamination at Elmira in the form of Xu (2007), states 1 to 9."""
    moe = ("12", "34", "56", "78")
    uniroyal = ("13", "19", "24", "29", "39", "49", "57", "59", "68", "69", "79", "89")
    local = ("15", "26", "37", "48")
    graph = Graph(
        states=tuple("123456789"),
        moves={
            "moe": tuple((move[0], move[1]) for move in moe),
            "uniroyal": tuple((move[0], move[1]) for move in uniroyal),
            "local": tuple(pair for move in local for pair in ((move[0], move[1]), (move[1], move[0]))),
        },
        ranks={
            "moe": (4.0, 3.0, 8.0, 7.0, 5.0, 2.0, 9.0, 6.0, 1.0),
            "uniroyal": (9.0, 2.0, 4.0, 8.0, 6.0, 1.0, 3.0, 7.0, 5.0),
            "local": (6.0, 2.0, 8.0, 3.0, 7.0, 4.0, 9.0, 5.0, 1.0),
        },
        common=(GraphMoves(parties=("moe", "uniroyal"), moves=(("5", "8"),)),) if in_common else (),
    )
    names = {"moe": "MoE", "uniroyal": "Uniroyal", "local": "Local government"}
    return Case(name="Elmira", parties=tuple(Party(id=i, name=name) for i, name in names.items()), graph=graph)


@pytest.mark.parametrize("state", "123456789")
def test_what_explains_that_elmira_stayed_where_it_was(state: str) -> None:
    """Published (Xu 2007): Nash = SEQ = SSEQ = {5, 8, 9}, GMR = SMR = {1, 4, 5, 8, 9}."""
    expected = CONCEPTS if state in "589" else ("gmr", "smr") if state in "14" else ()
    assert analyse_behaviour(elmira(), path=[state]).explaining == expected


def test_who_stayed_at_elmira_against_a_better_state_within_reach() -> None:
    """The status quo, 1, lasts by GMR and SMR only: local government could improve to 5, which is not answered."""
    result = analyse_behaviour(elmira(), path=["1"])
    assert {party: result.concepts_for(party) for party in result.conflict.parties} == {
        "moe": CONCEPTS,
        "uniroyal": CONCEPTS,
        "local": ("gmr", "smr"),
    }


def test_local_government_insisted_which_gmr_and_smr_do_not_explain() -> None:
    """From 1 to 5: 5 is an equilibrium by all, but by GMR and SMR 1 was one too."""
    assert analyse_behaviour(elmira(), path=["1", "5"]).explaining == ("nash", "seq", "sseq")


def test_the_way_to_the_resolution_is_no_chain_of_improvements() -> None:
    """Published: 8 is reached from 5 by MoE and Uniroyal together; MoE alone would first go to 6, its 8th best."""
    alone = analyse_behaviour(elmira(), path=["1", "5", "6", "8"])
    assert alone.explaining == ()
    assert alone.concepts_for("moe") == ()
    assert alone.concepts_for("uniroyal") == CONCEPTS
    together = analyse_behaviour(elmira(in_common=True), path=["5", "8"])
    assert together.explaining == CONCEPTS
    [step] = together.uncounted
    assert step.movers == (("moe", "uniroyal"),)
    assert step.improves == {"moe": True, "uniroyal": True}


@pytest.mark.parametrize(
    ("state", "expected"),
    [("-", CONCEPTS), ("a", ()), ("b", ()), ("a b", ("gmr", "smr", "seq", "sseq"))],
)
def test_what_explains_cooperation_in_the_prisoners_dilemma(state: str, expected: tuple[str, ...]) -> None:
    """Published (Fang, Hipel and Kilgour 1993): Nash {DD}; GMR, SMR and SEQ {DD, CC}."""
    assert analyse_behaviour(pair(), path=[state]).explaining == expected
