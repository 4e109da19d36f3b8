"""Cases of a given size, drawn from a seed: parties that pay for what they do and gain from what others do."""

from __future__ import annotations

import numpy as np

from detente.case import Case, Direction, Measure, Party


def sized_case(n_measures: int, n_parties: int, *, chains: int = 0, seed: int = 1) -> Case:
    """Return a case in which measures take turns among parties.

    Parameters
    ----------
    chains : int
        With k > 0 every measure requires the one k places before it: k chains.
    """
    draw = np.random.default_rng(seed)
    parties = tuple(
        Party(id=f"p{i}", name=f"Party {i}", discount=0.95, hazard=0.002, breakdown=-1.0) for i in range(n_parties)
    )
    measures = []
    for number in range(n_measures):
        owner = f"p{number % n_parties}"
        gains = {party.id: float(draw.uniform(0.3, 2.0)) for party in parties}
        gains[owner] *= -0.6
        measures.append(
            Measure(
                id=f"m{number}",
                name=f"Measure {number}",
                owners=(owner,),
                value=gains,
                cost={owner: float(draw.uniform(0.0, 1.0))},
                direction=Direction.BOTH if draw.uniform() < 0.5 else Direction.FORWARD,
                detection_lag=int(draw.integers(1, 4)),
                duration=int(draw.integers(1, 4)),
                requires=(f"m{number - chains}",) if chains and number >= chains else (),
            )
        )
    return Case(name=f"{n_measures} measures", period="month", parties=parties, measures=tuple(measures))


def even_stages(case: Case, n_stages: int) -> list[list[str]]:
    """Split the measures of a case into stages of about the same size, in declared order."""
    ids = np.array([measure.id for measure in case.measures])
    return [list(part) for part in np.array_split(ids, n_stages)]


def largest_case_text(n_measures: int = 1000, limit: int = 2_000_000) -> str:
    """Return a case file as large as the limits allow: 1,000 measures, close to 2 MB."""
    head = "detente: 1\nname: Largest\nperiod: month\nparties:\n"
    head += "".join(f"  p{i}: {{name: Party {i}, discount: 0.95, breakdown: -1}}\n" for i in range(10))
    lines = ["measures:\n"]
    for number in range(n_measures):
        values = ", ".join(f"p{i}: [-{i}.5, {number % 7}.25, {number % 7 + i}.75]" for i in range(10))
        after = f", after: [m{number - 7}]" if number >= 7 else ""
        lines.append(f"  m{number}: {{name: Measure {number}, by: [p{number % 10}], value: {{{values}}}{after}}}\n")
    text = head + "".join(lines) + "terms:\n"
    number = 0
    while True:
        one, other = number % n_measures, (number * 7 + 1) % n_measures
        line = (
            f"  - {{party: p{number % 10}, when: m{one} and not (m{other} or m{(one + 3) % n_measures}), value: 0.5}}\n"
        )
        if len(text) + len(line) > limit:
            return text
        text += line
        number += 1
