"""From a case to verdicts with graduated answers instead of full breakdown. Experimental."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Sequence

import numpy as np

from detente.analysis.result import Provenance, Status
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_path, resolve_roadmap
from detente.analysis.roadmap.evaluation import Deviation, EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.graduated import GraduatedEvaluation, GraduatedRoadmap
from detente.analysis.roadmap.graduated_rows import (
    AlarmCost,
    FalseAlarmCosts,
    GraduatedAnswer,
    GraduatedRow,
    OthersMargin,
)
from detente.case import Case
from detente.errors import Cancelled, ExperimentalWarning, OptionError
from detente.game import build_game
from detente.kernel.alarms import FalseAlarms
from detente.kernel.credibility import Credibility
from detente.kernel.graduated import AnswerRule, GivenAnswer, GraduatedCheck, GraduatedValues
from detente.progress import Progress, Reporter

REFERENCES = ("green1984", "abreu1988", "ostrom1990", "telser1980")
ANSWER_PERIODS = 3
"""How long an answer lasts unless it is said."""


def _checked_rule(answer_periods: int | None, proportion: float, false_alarm: float) -> AnswerRule:
    if answer_periods is not None and answer_periods < 1:
        raise OptionError(f"an answer must last at least 1 period, got {answer_periods}")
    if not 0.0 < proportion < float("inf"):
        raise OptionError(f"the proportion of an answer must be above 0 and finite, got {proportion}")
    if not 0.0 <= false_alarm < 1.0:
        raise OptionError(f"the chance of a false alarm must lie in [0, 1), got {false_alarm}")
    return AnswerRule(periods=answer_periods, proportion=proportion)


class _Labels:
    """Puts the ids of a game into what the kernel found."""

    def __init__(self, ordinary: RoadmapEvaluation) -> None:
        measures = [measure for stage in ordinary.stages for measure in stage]
        game = build_game(ordinary.case, measures, parties=ordinary.parties)
        self.parties, self._measures = game.parties, game.measures

    def ids(self, columns: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._measures[int(column)] for column in columns)

    def answer(self, given: GivenAnswer | None) -> GraduatedAnswer | None:
        if given is None:
            return None
        return GraduatedAnswer(
            suspend=self.ids(given.suspended),
            gain=given.gain,
            needed=given.needed,
            loss=given.loss,
            enough=given.is_enough,
            outcome=given.outcome,
        )

    def others(self, given: Credibility | None) -> OthersMargin | None:
        if given is None:
            return None
        return OthersMargin(
            party=self.parties[given.party],
            suspend=self.ids(given.suspended),
            worth=given.worth,
            instead_worth=given.instead_worth,
            instead=given.instead,
            flow_margin=given.flow_margin,
        )

    def row(self, check: GraduatedCheck, ordinary: EvaluationRow) -> GraduatedRow:
        deviation = Deviation(withhold=self.ids(check.withheld), undo=self.ids(check.undone), leave=check.leaves)
        return GraduatedRow(
            row=EvaluationRow(
                stage=check.stage + 1,
                check=check.check,
                party=self.parties[check.party],
                comply=check.comply,
                deviate=check.deviate,
                margin=check.margin,
                deviation=deviation,
                noticed_after=check.noticed_after,
                leave_value=ordinary.leave_value,
                betrayed_value=None,
                required_trust=None,
                none_suffices=False,
                flow_margin=check.flow_margin,
                parts=None,
            ),
            answer=self.answer(check.answer),
            answering=self.others(check.answering),
            resuming=self.others(check.resuming),
            ordinary_margin=check.ordinary_margin,
        )


def answer_deviations(ordinary: RoadmapEvaluation, rule: AnswerRule, *, false_alarm: float = 0.0) -> GraduatedRoadmap:
    """Tell whether an evaluated roadmap holds if its deviations are answered by a rule.

    Raises
    ------
    LimitError
        If a party has too many measures at one check for all combinations to be tried, or alarms can name too many
        parties.
    """
    values = GraduatedValues(ordinary.values, rule)
    labels = _Labels(ordinary)
    rows = tuple(labels.row(check, row) for check, row in zip(values.checks(), ordinary.rows, strict=True))
    return GraduatedRoadmap(
        ordinary=ordinary,
        rows=rows,
        false_alarm=_alarm_costs(values, labels.parties, false_alarm) if false_alarm > 0.0 else None,
        answer_periods=rule.periods,
        proportion=rule.proportion,
    )


def _alarm_costs(values: GraduatedValues, parties: Sequence[str], chance: float) -> FalseAlarmCosts:
    system = values.values.system
    costs = FalseAlarms(values).costs(chance)
    patience = 1.0 - system.discount
    idle = values.values.aftermath.value[:, values.values.stage_index[0]]
    columns = (
        patience * (costs.without - costs.breakdown),
        patience * (costs.without - costs.graduated),
        patience * costs.breakdown - idle,
        patience * costs.graduated - idle,
    )
    return FalseAlarmCosts(
        chance=chance,
        parties=tuple(
            AlarmCost(party=party, breakdown=b, graduated=g, gain_breakdown=left_b, gain_graduated=left_g)
            for party, b, g, left_b, left_g in zip(
                parties, *(np.asarray(column).tolist() for column in columns), strict=True
            )
        ),
        reaches_end_breakdown=costs.reaches_end_breakdown,
        reaches_end_graduated=costs.reaches_end_graduated,
    )


def evaluate_graduated(
    case: Case,
    roadmaps: Sequence[RoadmapLike] | None = None,
    *,
    answer_periods: int | None = ANSWER_PERIODS,
    proportion: float = 1.0,
    false_alarm: float = 0.0,
    readings: Sequence[str | None] | None = None,
    durations: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> GraduatedEvaluation:
    """Tell whether roadmaps hold if deviations meet answers in proportion and for a time, not breakdown. Experimental.

    Parameters
    ----------
    case : Case
        The case.
    roadmaps : sequence of roadmap ids, roadmaps or lists of stages, optional
        All roadmaps of the case unless given.
    answer_periods : int or None
        How many periods an answer lasts, at least 1; None is for good.
    proportion : float
        What an answer loses the party per period, as a multiple of what its deviation gains it per period; above 0.
    false_alarm : float
        Chance per period, in [0, 1), of a false alarm; if above 0, what alarms cost is reckoned, with full breakdown
        and with graduated answers.
    readings : sequence of reading ids, optional
        The base case only unless given; None in the list is the base case.
    durations : sequence of int, optional
        Periods of each stage, in place of the roadmaps' own.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, the answer has what was evaluated until then.

    Returns
    -------
    GraduatedEvaluation
        One entry per reading and roadmap, each with the verdict of the ordinary model beside it.

    Raises
    ------
    OptionError
        If a roadmap or reading is unknown, a roadmap is not legal, or a number is out of its range.
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.
    LimitError
        If a party has too many measures at one check for all combinations to be tried.
    Cancelled
        If `progress` raised it before anything was evaluated.

    Warns
    -----
    ExperimentalWarning
        Always: definitions, words and numbers may still change.

    References
    ----------
    The design page on graduated answers, G1 to G15; [green1984]_ (punishments that end), [abreu1988]_ (punishing must
    be worth it), [ostrom1990]_ (graduated sanctions).
    """
    warnings.warn(
        "graduated answers are experimental: definitions, words and numbers may still change",
        ExperimentalWarning,
        stacklevel=2,
    )
    started = time.perf_counter()
    rule = _checked_rule(answer_periods, proportion, false_alarm)
    asked: Sequence[RoadmapLike] = [roadmap.id for roadmap in case.roadmaps] if roadmaps is None else roadmaps
    if not asked:
        raise OptionError("the case has no roadmaps; add one under `roadmaps:` or design one")
    readings = (None,) if not readings else tuple(readings)
    tasks = [
        (read, resolve_roadmap(read, roadmap), reading)
        for read, reading in [(case.under(reading), reading) for reading in readings]
        for roadmap in asked
    ]
    reporter = Reporter(progress)
    entries: list[GraduatedRoadmap] = []
    status = Status.ANSWERED
    try:
        for read, checked, reading in tasks:
            reporter.report("evaluating graduated answers", fraction=len(entries) / len(tasks))
            ordinary = evaluate_path(read, checked, durations=durations, reading=reading)
            entries.append(answer_deviations(ordinary, rule, false_alarm=false_alarm))
    except Cancelled:
        if not entries:
            raise
        status = Status.STOPPED
    return GraduatedEvaluation(
        status=status,
        method="roadmap evaluation, all deviations, graduated answers instead of breakdown (experimental; G1–G15)",
        parameters={
            "answers": "graduated",
            "answer_periods": answer_periods,
            "proportion": proportion,
            "false_alarm": false_alarm,
            "roadmaps": list(dict.fromkeys(entry.id for entry in entries)),
            "readings": [reading for reading in readings if reading is not None],
        },
        provenance=Provenance.of(
            case,
            reading=readings[0] if len(readings) == 1 else None,
            seconds=time.perf_counter() - started,
        ),
        references=REFERENCES,
        roadmaps=tuple(entries),
    )
