"""How likely the others' part must be before a party does its own: one-shot games of (T, R, P, S)."""

from __future__ import annotations

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.kernel.roadmap import required_trust
from tests.oracle.hand_cases import case_of, measure, party, term
from tests.reference.roots import crossing
from tests.rows import row_of


def one_shot(exploit: float, reward: float, punished: float, betrayed: float) -> RoadmapEvaluation:
    """Both act at once and for good, with payoffs per period: (T, R, P, S)."""
    case = case_of(
        [party("A", 0.9), party("B", 0.8)],
        [measure("a", "A", irreversible=True), measure("b", "B", irreversible=True)],
        terms=tuple(
            term(i, when, value)
            for i, own, other in (("A", "a", "b"), ("B", "b", "a"))
            for when, value in (
                (f"{own} and {other}", reward),
                (f"{own} and not {other}", betrayed),
                (f"{other} and not {own}", exploit),
                (f"not {own} and not {other}", punished),
            )
        ),
    )
    return evaluate_roadmap(case, [["a", "b"]]).roadmap


@pytest.mark.parametrize(
    ("payoffs", "threshold"),
    [
        # What can be lost over what can be lost and what can be won, (P − S)/((P − S) + (R − P)).
        pytest.param((3, 4, 2, 1), 1 / 3, id="after Coleman 1990, (T,R,P,S) = (3,4,2,1)"),
        pytest.param((3, 4, 2, 0), 1 / 2, id="after Coleman 1990, (T,R,P,S) = (3,4,2,0)"),
        pytest.param((3, 5, 1, -2), 3 / 7, id="after Coleman 1990, (T,R,P,S) = (3,5,1,-2)"),
    ],
)
def test_trust_needed_against_leaving_openly(payoffs: tuple[float, float, float, float], threshold: float) -> None:
    entry = one_shot(*payoffs)
    _, reward, punished, betrayed = payoffs
    assert entry.trust == pytest.approx(threshold, abs=1e-12)
    for who in "AB":
        assert row_of(entry, 1, "before", who).required_trust == pytest.approx(threshold, abs=1e-12)
    # The same as the probability at which going ahead and staying away are worth the same.
    even = crossing(lambda p: p * reward + (1 - p) * betrayed - punished, 0.0, 1.0)
    assert entry.trust == pytest.approx(even, abs=1e-12)


def test_what_exploiting_would_bring_does_not_enter_the_trust_of_a_roadmap() -> None:
    # Against exploiting the thresholds would be 1/2 and 2/3; T moves the temptation only.
    assert one_shot(3, 4, 2, 1).trust == one_shot(-5, 4, 2, 1).trust
    assert one_shot(3, 4, 2, 1).holds
    assert not one_shot(4.5, 4, 2, 1).holds


@pytest.mark.parametrize(
    ("comply", "leave", "betrayed", "trust"),
    [
        (4.0, 2.0, 2.0, 0.0),  # nothing to lose by going ahead
        (4.0, 2.0, 2.0 - 1e-10, 0.0),  # within tolerance
        (1.0, 2.0, 0.0, None),  # not even worth it if all perform
        (2.0, 2.0, 0.0, 1.0),  # only just worth it if all perform
        (2.0 - 1e-10, 2.0, 0.0, 1.0),  # within tolerance, at most 1
        (4.0, 2.0, 0.0, 0.5),
    ],
)
def test_edges_of_required_trust(comply: float, leave: float, betrayed: float, trust: float | None) -> None:
    assert required_trust(comply, leave, betrayed) == trust
