"""``detente inverse``: which preferences would make a state stable, and the case with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from detente.analysis.stability import InverseAnalysis, find_inverse
from detente.case import Case
from detente.cli.output import Delivery
from detente.cli.questions import Question, run_question
from detente.cli.repairing import check_place
from detente.cli.screen import Screen
from detente.cli.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class InverseRequest:
    """The options of ``detente inverse`` as they were typed."""

    state: str | None
    concept: str
    parties: tuple[str, ...] | None
    by: Literal["ranks", "statements"]
    max_seconds: float | None
    reading: str | None
    memory: float
    to: Path | None
    overwrite: bool


def run_inverse(path: str, settings: Sequence[str], *, request: InverseRequest, delivery: Delivery) -> None:
    """Look for the least change of preferences, show or write the answer, and write the changed case if asked."""
    written: list[Path] = []

    def ask(case: Case, watch: Watch) -> InverseAnalysis:
        if request.to is not None:
            check_place(request.to, case, overwrite=request.overwrite)
        result = find_inverse(
            case,
            request.state,
            request.concept,
            parties=request.parties,
            by=request.by,
            reading=request.reading,
            max_seconds=request.max_seconds,
            memory=request.memory,
            progress=watch,
        )
        if request.to is not None and result.preferences:
            from detente.casefile import write_case

            write_case(result.case, request.to)
            written.append(request.to)
        return result

    question = Question(title="which preferences would make a state stable", ask=ask)
    run_question(path, settings, question, delivery=delivery)
    if written and not delivery.json:
        Screen().line(f"The case with the changed preferences is written to {written[0]}.")
