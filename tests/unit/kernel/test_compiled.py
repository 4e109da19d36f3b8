"""Compiling works with a cache and without, and ahead of the first design."""

from __future__ import annotations

import os
import subprocess
import sys

from numba import config

from detente.kernel.bits import lowest_bit
from detente.kernel.compiled import compiled
from detente.kernel.warm_up import warm_up_stability


def test_what_stands_in_a_file_is_kept_in_a_cache() -> None:
    assert lowest_bit(8) == 3
    # Behind its type it is numba's dispatcher, unless compiling is switched off.
    assert config.DISABLE_JIT or lowest_bit.stats.cache_path  # type: ignore[attr-defined]


def test_what_has_no_place_for_a_cache_is_compiled_all_the_same() -> None:
    double = eval("lambda x: 2 * x")  # noqa: S307 - a function that stands in no file
    assert compiled(double)(21) == 42


COMPILING = {"NUMBA_DISABLE_JIT": "0"}

WARMED = """
from detente.case import Case, Measure, Party
from detente.kernel import expansion, labels
from detente.kernel.warm_up import warm_up
from detente import design_roadmap

compiled = (expansion.best_deviation, expansion.expand, labels.place_labels)
assert warm_up()
before = [list(function.signatures) for function in compiled]
parties = tuple(Party(id=p, name=p, discount=0.9, hazard=0.01, breakdown=-1.0) for p in "ABC")
measures = tuple(
    Measure(id=f"m{n}", name=f"m{n}", owners=(p,), value={q: -1.0 if p == q else 3.0 for q in "ABC"}, cost={p: 0.1})
    for n, p in enumerate("ABCABC")
)
design = design_roadmap(Case(name="six", parties=parties, measures=measures), max_per_stage=3)
print(design.status.value, all(before), before == [list(function.signatures) for function in compiled])
"""


def test_warming_up_leaves_nothing_to_compile_for_a_design() -> None:
    fresh = [sys.executable, "-c", WARMED]  # a process in which nothing is loaded yet
    done = subprocess.run(fresh, capture_output=True, text=True, env={**os.environ, **COMPILING})
    assert (done.stdout, done.stderr) == ("optimal True True\n", "")


def test_warming_up_for_stability_judges_every_concept() -> None:
    assert warm_up_stability()
