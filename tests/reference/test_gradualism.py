"""Irreversible contributions that grow step by step, after Lockwood & Thomas 2002.

Two parties each hold a contribution that can only grow; a period pays *gain of the other's, less cost of one's own*.
Whoever stops is found out at once, and then nobody adds anything any more.  So at step t a party compares going on
for ever with keeping its last contribution while the other makes its next one.  Contributions grow as fast as that
allows: at every step the two are worth the same, and the first step is the largest from which they stay bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from detente import evaluate_roadmap
from detente.case import Case
from tests.oracle.hand_cases import case_of, measure, party
from tests.reference.roots import crossing
from tests.rows import row_of

DISCOUNT = 0.8


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """What a contribution costs its giver a period (its receiver gains just what is given), and the most of it."""

    cost: Callable[[float], float]
    most: float

    def going_on(self, current: float, following: float) -> float:
        """Value, per period, of taking the current step if the next one is to be binding too."""
        next_one = following - self.cost(current)
        return (1.0 - DISCOUNT) * (current - self.cost(current)) + DISCOUNT * next_one

    def stopping(self, last: float, current: float) -> float:
        """Value, per period, of keeping the last contribution while the other takes the current step."""
        return current - self.cost(last)

    def path(self, first: float, steps: int) -> list[float]:
        """Contributions that leave a party just willing at every step, found from its willingness alone.

        It breaks off where more is asked for than makes sense.
        """
        last, current, found = 0.0, first, [first]
        while len(found) < steps and current < self.most:
            tempting = self.stopping(last, current)

            def surplus(following: float, current: float = current, tempting: float = tempting) -> float:
                return self.going_on(current, following) - tempting

            last, current = current, crossing(surplus, current - 1e-9, current + 10.0 * self.most)
            found.append(current)
        return found

    def best_first_step(self) -> float:
        """The largest first step whose path never asks for more than makes sense, as far as 400 steps tell."""
        return crossing(lambda first: self.path(first, 400)[-1] - self.most, 1e-3, 0.999 * self.most)


QUADRATIC = Contributions(cost=lambda x: x * x / 2.0, most=1.0)
LINEAR = Contributions(cost=lambda x: 0.4 * x, most=1.0)


def test_the_recursion_of_binding_steps_after_lockwood_and_thomas() -> None:
    first = QUADRATIC.best_first_step()
    found = QUADRATIC.path(DISCOUNT / 2, 40)
    assert first == pytest.approx(DISCOUNT / 2, abs=1e-4)
    assert found[:5] == pytest.approx([0.4, 0.5, 0.55625, 0.593384, 0.620065], abs=1e-6)
    for before, after in pairwise(found):
        assert after == pytest.approx(DISCOUNT / 2 + before**2 / (2 * DISCOUNT), abs=1e-9)
    # Nothing beyond δ is ever given, though giving 1 would be best for both.
    assert max(found) < DISCOUNT
    assert QUADRATIC.path(DISCOUNT / 2, 3000)[-1] == pytest.approx(DISCOUNT, abs=2e-3)


def test_the_value_of_the_whole_path_after_lockwood_and_thomas() -> None:
    found = QUADRATIC.path(DISCOUNT / 2, 200)
    flows = [(c - QUADRATIC.cost(c)) * DISCOUNT**t for t, c in enumerate(found)]
    # What follows is worth at most .5 a period, which 200 periods of discounting make nothing.
    assert (1 - DISCOUNT) * sum(flows) == pytest.approx(DISCOUNT / 2, abs=1e-12)


def test_the_linear_form_after_lockwood_and_thomas() -> None:
    ratio = 0.4 / DISCOUNT
    found = LINEAR.path(LINEAR.best_first_step(), 8)
    assert found == pytest.approx([1 - ratio**t for t in range(1, 9)], abs=1e-9)
    assert found[:3] == pytest.approx([0.5, 0.75, 0.875], abs=1e-9)


def graded(path: list[float], cost: Callable[[float], float]) -> tuple[Case, list[list[str]]]:
    """The first steps of a path as a case: measures in chains, each irreversible and on top of the one before."""
    measures = []
    for own, other in ("AB", "BA"):
        last = 0.0
        for number, given in enumerate(path, start=1):
            value = {own: -(cost(given) - cost(last)), other: given - last}
            needs = (f"{own}{number - 1}",) if number > 1 else ()
            measures.append(measure(f"{own}{number}", own, value, irreversible=True, requires=needs))
            last = given
    stages = [[f"A{number}", f"B{number}"] for number in range(1, len(path) + 1)]
    return case_of([party("A", DISCOUNT), party("B", DISCOUNT)], measures), stages


@pytest.mark.parametrize("steps", [1, 2, 5, 9], ids=lambda steps: f"after Lockwood & Thomas 2002, {steps} steps")
@pytest.mark.parametrize("form", [QUADRATIC, LINEAR], ids=["quadratic", "linear"])
def test_any_finite_part_of_the_path_fails_by_its_last_step(form: Contributions, steps: int) -> None:
    first = DISCOUNT / 2 if form is QUADRATIC else 0.5
    path = form.path(first, steps)
    entry = evaluate_roadmap(*graded(path, form.cost)).roadmap
    assert not entry.holds
    # Nothing follows the last step, so it is short by its cost for ever; each step before it is short by that,
    # discounted, since all the steps in between are binding.
    by = (form.cost(path[-1]) - form.cost(path[-2] if steps > 1 else 0.0)) / (1 - DISCOUNT)
    for number in range(1, steps + 1):
        row = row_of(entry, number, "before", "A")
        assert row.margin == pytest.approx(-by * DISCOUNT ** (steps - number), abs=1e-7)
        assert row.deviation.withhold == (f"A{number}",)
