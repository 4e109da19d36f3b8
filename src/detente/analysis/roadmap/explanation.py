"""Verdicts on roadmaps in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.words import join_words, quote_measures
from detente.case import Case
from detente.game import is_stated
from detente.kernel.deviations import Check

if TYPE_CHECKING:
    from detente.analysis.roadmap.evaluation import EvaluationRow, RoadmapEvaluation

MOST_NAMED = 4
"""Measures of a stage named in full; a longer stage is told as so many measures."""


def describe_stage(case: Case, stage: tuple[str, ...]) -> str:
    """Name a stage by its measures, or by how many there are."""
    return quote_measures(case, stage) if len(stage) <= MOST_NAMED else f"its {len(stage)} measures"


def describe_deviation(evaluation: RoadmapEvaluation, row: EvaluationRow) -> str:
    """Say what the best deviation of a row does: “leaving openly”, “withholding … and undoing …”."""
    case, deviation = evaluation.case, row.deviation
    if deviation.leave:
        first = row.stage == 1 and row.check is Check.BEFORE
        return "not starting at all" if first and not evaluation.values.has_begun else "walking out openly"
    deeds = []
    if deviation.withhold:
        deeds.append(f"withholding {quote_measures(case, deviation.withhold)}")
    if deviation.undo:
        deeds.append(f"undoing {quote_measures(case, deviation.undo)}")
    unit = case.period or "period"
    noticed = f"noticed after {row.noticed_after} {unit}{'s' if row.noticed_after != 1 else ''}"
    return f"{' and '.join(deeds)} ({noticed})"


def describe_place(evaluation: RoadmapEvaluation, row: EvaluationRow) -> str:
    """Say where a row stands: “At stage 3, before “…””, “After stage 3”, “At the end”."""
    if row.check is Check.END:
        return "At the end, with everything in force" if row.stage else "With what is in force now"
    if row.stage == 0:
        periods, unit = evaluation.values.waiting, evaluation.case.period or "period"
        return f"Now, with {periods} {unit}{'s' if periods != 1 else ''} to wait"
    stage = describe_stage(evaluation.case, evaluation.stages[row.stage - 1])
    return f"At stage {evaluation.number_of(row.stage)}, {row.check.value} {stage}"


def describe_row(evaluation: RoadmapEvaluation, row: EvaluationRow) -> str:
    """Say who gains or loses how much by which deviation at a check."""
    party = evaluation.case.party(row.party).name
    unit = evaluation.case.period or "period"
    verb = "gain" if row.flow_margin < 0 else "lose"
    return (
        f"{describe_place(evaluation, row)}, {party} would {verb} {abs(row.flow_margin):.2g} a {unit} by "
        f"{describe_deviation(evaluation, row)}."
    )


def _row_sentence(evaluation: RoadmapEvaluation, row: EvaluationRow) -> Sentence:
    return Sentence(
        text=describe_row(evaluation, row),
        parties=(row.party,),
        measures=(*row.deviation.withhold, *row.deviation.undo),
        stage=row.stage,
    )


def worst_by_party(rows: Iterable[EvaluationRow]) -> list[EvaluationRow]:
    """Return the row of the least margin of each party, the least first."""
    worst: dict[str, EvaluationRow] = {}
    for row in rows:
        if row.party not in worst or row.flow_margin < worst[row.party].flow_margin:
            worst[row.party] = row
    return sorted(worst.values(), key=lambda row: row.flow_margin)


def explain_evaluation(evaluation: RoadmapEvaluation) -> Iterator[Sentence]:
    """Yield the verdict, then each tempted party's worst temptation, then trust and hazard."""
    case = evaluation.case
    title = f"“{evaluation.name}”"
    if evaluation.reading is not None:
        reading = next((r.name for r in case.readings if r.id == evaluation.reading), evaluation.reading)
        title = f"Under the reading “{reading}”, {title}"
    tempted = evaluation.tempted()
    if tempted:
        who = list(dict.fromkeys(row.party for row in tempted))
        names = join_words(case.party(party).name for party in who)
        places = f"{len(tempted)} of {len(evaluation.rows)} checks"
        yield Sentence(
            text=f"{title} does not hold: {names} would do better by reneging, at {places}.", parties=tuple(who)
        )
        yield from (_row_sentence(evaluation, row) for row in worst_by_party(tempted))
        hopeless = [row for row in evaluation.rows if row.none_suffices]
        for row in hopeless[:1]:
            party = case.party(row.party).name
            stage = evaluation.number_of(row.stage)
            text = f"No trust in the others, however great, would make {party} go ahead at stage {stage}."
            yield Sentence(text=text, parties=(row.party,), stage=row.stage)
        return
    yield Sentence(text=f"{title} holds: at no point would a party do better by reneging or walking out.")
    yield _row_sentence(evaluation, evaluation.critical)
    if evaluation.trust:
        most = max(
            (row for row in evaluation.rows if row.required_trust is not None),
            key=lambda row: row.required_trust or 0.0,
        )
        party = case.party(most.party).name
        text = (
            f"It asks most trust of {party}, at stage {evaluation.number_of(most.stage)}: the others must be expected "
            f"to do their part with a probability of at least {most.required_trust:.0%}."
        )
        yield Sentence(text=text, parties=(most.party,), stage=most.stage)
    elif evaluation.stages:
        yield Sentence(text="It asks for no trust: every party would go ahead even if it expected the others to fail.")
    unit = case.period or "period"
    if evaluation.critical_hazard is None:
        text = "No chance of an outside breakdown makes it fail."
    else:
        text = (
            f"It stops holding when the chance of an outside breakdown reaches {evaluation.critical_hazard:.3g} "
            f"a {unit} (here {evaluation.hazard:.3g})."
        )
    yield Sentence(text=text)


def explain_unstated(evaluations: Iterable[RoadmapEvaluation]) -> Iterator[Sentence]:
    """Yield one sentence on values that nobody states although a roadmap takes the measure (§3); none if all are."""
    entries = list(evaluations)
    taken = {measure for entry in entries for stage in entry.stages for measure in stage}
    missing: dict[str, dict[str, None]] = {}
    for entry in entries:
        for measure in entry.case.measures:
            for party in entry.parties:
                if measure.id in taken and not is_stated(measure, party):
                    missing.setdefault(measure.id, {})[party] = None
    if not missing:
        return
    case = entries[0].case
    cells = [
        f"{quote_measures(case, [measure])} to {join_words(case.party(party).name for party in parties)}"
        for measure, parties in missing.items()
    ]
    yield Sentence(
        text=f"Nobody states what these are worth, so each counts as 0: {'; '.join(cells)}.",
        parties=tuple(dict.fromkeys(party for parties in missing.values() for party in parties)),
        measures=tuple(missing),
    )
