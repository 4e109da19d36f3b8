"""A report can be written on any case, and its page is well formed."""

from dataclasses import replace

import pytest

from detente.case import Roadmap
from detente.report.content import compose
from detente.report.findings import find
from detente.report.html import render_html
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.report_case import DAY
from tests.unit.report.page import problems_of


@pytest.mark.parametrize("seed", range(12))
def test_a_report_on_a_random_case_has_no_problems(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 4, n_parties=2 + seed % 3)
    roadmaps = []
    for number in range(2):
        stages = random_roadmap(case, seed + number)
        durations = random_durations(case, stages, seed + number)
        roadmaps.append(Roadmap(id=f"r{number}", name=f"Roadmap {number}", stages=stages, durations=durations))
    case = replace(case, roadmaps=tuple(roadmaps))
    assert problems_of(render_html(compose(find(case, date=DAY)))) == []
