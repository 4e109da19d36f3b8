"""What stability on measures costs: all five concepts, four parties; states and ranks are made before the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.conflicts import Gaps, Values, sized_conflict, staircase
from benchmarks.measuring import Sized, Work, peak_megabytes

if TYPE_CHECKING:
    from detente.kernel.conflict import ProductConflict

SEEDS = (1, 2, 3)

AIMS: dict[tuple[int, Values], float] = {
    (20, "additive"): 0.5,
    (20, "pairwise"): 2.0,
    (22, "additive"): 2.0,
    (22, "pairwise"): 10.0,
}
"""Seconds aimed at, by measures and values."""

MEGABYTES = {22: 1024.0, 24: 4096.0}
"""Peak memory aimed at, by measures."""

MATRIX_SIZES = (8, 9, 10, 11)


def _forget_peak() -> float:
    """Let the peak memory of this process begin anew; return what it holds."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as references:
        references.write("5")
    return peak_megabytes()


def _work(conflict: ProductConflict, most_sweeps: int | None) -> Work:
    from detente.kernel.product_reach import MOST_SWEEPS
    from detente.kernel.stability import find_stable

    sweeps = MOST_SWEEPS if most_sweeps is None else most_sweeps
    for warming in (MOST_SWEEPS, 0):
        find_stable(sized_conflict(8, "pairwise", gaps="scattered"), most_sweeps=warming)

    def work() -> str:
        held = _forget_peak()
        find_stable(conflict, most_sweeps=sweeps)
        return f"{conflict.n_states:,} states, {round(peak_megabytes() - held, -1):.0f} MB more than before"

    return work


def stability(
    n_measures: int,
    values: Values,
    gaps: Gaps = "patterns",
    one_way: bool = True,
    seed: int = 1,
    most_sweeps: int | None = None,
) -> Work:
    """Find what is stable in a conflict of a given size."""
    return _work(sized_conflict(n_measures, values, gaps=gaps, one_way=one_way, seed=seed), most_sweeps)


def turns(side_bits: int, most_sweeps: int | None = None) -> Work:
    """Find what is stable where parties take turns along a diagonal."""
    return _work(staircase(side_bits), most_sweeps)


def _sized(n_measures: int, values: Values) -> Sized:
    return Sized(
        name=f"stability, {n_measures} measures, {values}",
        prepare="benchmarks.stability:stability",
        arguments=tuple({"n_measures": n_measures, "values": values, "seed": seed} for seed in SEEDS),
        runs=3 if n_measures < 24 else 1,
        aim=AIMS.get((n_measures, values)),
        aim_megabytes=MEGABYTES.get(n_measures),
    )


def _variant(name: str, **arguments: object) -> Sized:
    return Sized(
        name=f"stability, 20 measures, {arguments['values']}, {name}",
        prepare="benchmarks.stability:stability",
        arguments=({"n_measures": 20, **arguments},),
    )


KINDS: tuple[Values, ...] = ("additive", "pairwise", "random")

CASES = (
    *(_sized(n_measures, values) for n_measures in (16, 18, 20, 22, 24) for values in KINDS),
    *(_variant("gaps scattered", values=values, gaps="scattered") for values in KINDS),
    *(_variant("no gaps, nothing one-way", values=values, gaps="none", one_way=False) for values in KINDS),
    *(_variant("by the search alone", values=values, most_sweeps=0) for values in KINDS),
    *(
        Sized(
            name=f"stability, {2 << side_bits} turns on {2 << 2 * side_bits:,} states, {name}",
            prepare="benchmarks.stability:turns",
            arguments=({"side_bits": side_bits, "most_sweeps": most_sweeps},),
        )
        for side_bits in (8, 10)
        for name, most_sweeps in (
            ("sweeps, then the search", None),
            ("by the search alone", 0),
            ("by sweeps alone", 10**6),
        )
    ),
)


def run_matrices(only: str) -> None:
    """Print what the matrix method takes beside this one, and how many times as much."""
    from detente.kernel.stability import find_stable
    from tests.oracle.stability_matrix import MatrixConflict, stable_by_matrices

    for n_measures in MATRIX_SIZES:
        name = f"stability by matrices, {n_measures} measures, pairwise"
        if only not in name:
            continue
        conflict = sized_conflict(n_measures, "pairwise", gaps="none")
        flips = conflict.masks[:, None] ^ conflict.masks[None, :]
        moves = tuple(
            np.asarray(
                (flips != 0)
                & (flips & ~conflict.masks[:, None] & ~takes == 0)
                & (flips & conflict.masks[:, None] & ~ends == 0)
            )
            for takes, ends in zip(conflict.takes, conflict.ends, strict=True)
        )
        by_matrices = MatrixConflict(moves=moves, common=(), rank=conflict.rank.astype(np.int64))
        find_stable(conflict)
        ours, theirs = [], []
        for _ in range(5):
            begun = time.process_time()
            found = find_stable(conflict)
            ours.append(time.process_time() - begun)
        begun = time.process_time()
        wanted = stable_by_matrices(by_matrices)
        theirs.append(time.process_time() - begun)
        assert all(np.array_equal(found[concept], wanted[concept]) for concept in found)
        ratio = theirs[0] / sorted(ours)[2]
        print(f"{name:<72} {theirs[0]:.3f} s, here {sorted(ours)[2]:.5f} s: {ratio:,.0f} times as much", flush=True)
