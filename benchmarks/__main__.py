"""Run the benchmarks and print medians, what was aimed at, and ratios."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import even_stages, largest_case_text, sized_case

if TYPE_CHECKING:
    from detente.kernel.objectives import Objective

ROW = "{:<58} {:>10} {:>10} {:>8}"


def report(name: str, seconds: float, aim: float) -> None:
    """Print one line: time, aim and the share of the aim that was used."""
    print(ROW.format(name, f"{seconds:.3f} s", f"{aim:g} s", f"{seconds / aim:.2f}"), flush=True)


def median_time(work: Callable[[], object], runs: int) -> float:
    """Return the median of several runs, after one that loads and compiles."""
    work()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def process(arguments: list[str]) -> float:
    """Run a process; return its wall time in seconds."""
    begun = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def peak_memory(work: str) -> tuple[float, float]:
    """Run Python code in a process of its own; return its wall time in seconds and its peak memory in MB."""
    watched = f"{work}\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    begun = time.perf_counter()
    printed = subprocess.run([sys.executable, "-c", watched], check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begun, int(printed.split()[-2]) / 1024


def benchmark_processes() -> None:
    """Time whole processes: import, help."""
    for name, arguments in (
        ("import detente", [sys.executable, "-c", "import detente"]),
        ("import detente, read_case and evaluate_roadmap",
         [sys.executable, "-c", "from detente import read_case, evaluate_roadmap"]),
        ("detente --help", [sys.executable, "-m", "detente", "--help"]),
    ):  # fmt: skip
        times = sorted(process(arguments) for _ in range(5))
        report(name, times[2], 0.3)


def benchmark_evaluation() -> None:
    """Time evaluations, beside the literal twin of the tests."""
    from detente import evaluate_roadmap
    from tests.oracle.evaluation import evaluate

    case = sized_case(16, 6)
    stages = even_stages(case, 6)
    ours = median_time(lambda: evaluate_roadmap(case, stages), 20)
    report("evaluate, 6 parties, 16 measures, 6 stages", ours, 0.02)
    crowded = sized_case(24, 3)
    stages = even_stages(crowded, 6)
    ours = median_time(lambda: evaluate_roadmap(crowded, stages), 5)
    literal = median_time(lambda: evaluate(crowded, stages), 1)
    print(f"    3 parties, 24 measures, 6 stages: {literal / ours:.1f} times as fast as the literal twin of the tests")
    long = sized_case(100, 5)
    stages = even_stages(long, 10)
    ours = median_time(lambda: evaluate_roadmap(long, stages), 3)
    print(f"    5 parties, 100 measures, 10 stages: {ours:.2f} s (no limit on the number of measures)")


def benchmark_design(seeds: tuple[int, ...] = (1, 2, 3)) -> None:
    """Time exact designs, at most 4 measures a stage, worst of several seeds."""
    from detente import design_roadmap

    design_roadmap(sized_case(4, 3), objective="nash")
    objectives: tuple[Objective, ...] = ("trust", "margin")
    for n_measures, chains, aim in ((10, 0, 0.5), (12, 0, 2.0), (16, 5, 0.5), (14, 0, 20.0)):
        for objective in objectives:
            slowest, statuses = 0.0, []
            for seed in seeds:
                case = sized_case(n_measures, 5, chains=chains, seed=seed)
                begun = time.perf_counter()
                design = design_roadmap(case, objective=objective, max_per_stage=4)
                slowest = max(slowest, time.perf_counter() - begun)
                statuses.append(design.status.value)
            form = f"{chains} chains" if chains else "free"
            found = ", ".join(statuses)
            report(f"design {objective}, {n_measures} measures, {form} ({found})", slowest, aim)


def benchmark_memory() -> None:
    """Measure peak memory of a design over 20 measures and 6 parties, and of the largest case file."""
    _, megabytes = peak_memory(
        "from benchmarks.cases import sized_case; from detente import design_roadmap; "
        "design_roadmap(sized_case(20, 6, chains=6, seed=2), max_per_stage=4)"
    )
    row = ROW.format(
        "peak memory, design, 20 measures, 6 parties", f"{megabytes:.0f} MB", "1000 MB", f"{megabytes / 1000:.2f}"
    )
    print(row, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(largest_case_text(), encoding="utf-8")
        seconds, megabytes = peak_memory(f"from detente import read_case; read_case({str(path)!r})")
    report("read the largest case file (2 MB, 1,000 measures)", seconds, 10.0)
    print(ROW.format("    its peak memory", f"{megabytes:.0f} MB", "600 MB", f"{megabytes / 600:.2f}"))


def main() -> None:
    """Run all benchmarks."""
    print(ROW.format("median (design: slowest of three seeds)", "time", "aim", "ratio"))
    benchmark_processes()
    benchmark_evaluation()
    benchmark_design()
    benchmark_memory()


main()
