"""The compiled loops give the same answers run as plain Python, as they are when coverage is measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from detente import design_roadmap
from detente.analysis.roadmap import OBJECTIVES
from detente.case import Case
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.oracle.random_cases import random_case, random_goal

ROOT = Path(__file__).parents[3]
WRAPPING = "ignore:overflow encountered in scalar:RuntimeWarning"
"""Masks are multiplied modulo 2⁶⁴, which numpy warns of outside compiled code."""


def chain_of(n_measures: int) -> Case:
    """Measures in a chain, so that masks use all 64 bits."""
    ids = [f"m{n}" for n in range(n_measures)]
    everybody = dict.fromkeys("ABCD", 1.0)
    return case_of(
        [party(i, 0.9) for i in "ABCD"],
        [measure(m, "ABCD"[n % 4], everybody, irreversible=True, requires=ids[n - 1 : n]) for n, m in enumerate(ids)],
    )


def answers() -> list[dict[str, Any]]:
    """Designs of small cases: every objective, goals and limits, conflicts, and the widest masks."""
    designs = [design_roadmap(pair(), objective=objective) for objective in OBJECTIVES]
    designs.append(design_roadmap(pair(), goal="best", objective="nash", max_per_stage=1))
    designs.append(design_roadmap(pair(irreversible=True)))
    designs.append(design_roadmap(chain_of(64), objective="duration", max_per_stage=2))
    for seed in range(6):
        case = random_case(seed, n_measures=2 + seed % 3, n_parties=1 + seed % 3, generous=8.0)
        goal = random_goal(case, seed)
        designs += [design_roadmap(case, goal=goal, objective=objective) for objective in OBJECTIVES]
    documents = [design.to_dict() for design in designs]
    for document in documents:
        del document["seconds"]
    return documents


def test_designs_are_the_same_without_compilation() -> None:
    script = (
        "import json, numba; assert numba.config.DISABLE_JIT; "
        "from tests.unit.kernel.test_without_compilation import answers; print(json.dumps(answers()))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", WRAPPING, "-c", script],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == json.loads(json.dumps(answers()))
