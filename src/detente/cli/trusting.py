"""``detente trust``, and ``detente design --objective trust-building``: trust over time (experimental)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from detente.analysis.result import Status
from detente.analysis.roadmap.explanation import explain_unstated
from detente.analysis.roadmap.trust_building import DEFAULT_PRIOR, TrustAssessment, assess_trust
from detente.analysis.roadmap.trust_design import TrustDesign, design_trust_building
from detente.analysis.roadmap.trust_words import describe_least, format_prior
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.evaluating import format_trust
from detente.cli.goals import parse_goal, parse_groups
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.showing import shorten_levels
from detente.cli.watch import Watch
from detente.display.prose import format_share, format_signed
from detente.display.tables import Cell, Column, Table, build_table
from detente.errors import ExperimentalWarning, OptionError

if TYPE_CHECKING:
    from detente.cli.designing import DesignRequest

NOTE = "Experimental: trust over time may still change in its definitions, words and numbers."


@contextmanager
def experimental() -> Iterator[None]:
    """Let an experimental function run without a warning: what is printed, or the JSON, says it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


def parse_priors(texts: Sequence[str]) -> tuple[float, dict[str, float]]:
    """Read the values of ``--prior``: the prior of every party, and those of some.

    Raises
    ------
    OptionError
        If one is no number, or two speak of the same.
    """
    common: float | None = None
    own: dict[str, float] = {}
    for text in texts:
        party, given, number = text.rpartition("=")
        try:
            prior = float(number)
        except ValueError:
            raise OptionError(f"--prior '{text}' is no prior: write a probability such as 0.6, or usa=0.7") from None
        if (party in own) if given else (common is not None):
            whose = f"'{party}'" if given else "every party"
            raise OptionError(f"--prior is given twice for {whose}")
        if given:
            own[party] = prior
        else:
            common = prior
    return DEFAULT_PRIOR if common is None else common, own


def run_trust(
    path: str,
    settings: Sequence[str],
    *,
    roadmap: str,
    priors: Sequence[str],
    reading: str | None,
    delivery: Delivery,
) -> None:
    """Assess trust along one roadmap and show or write the answer."""
    common, own = parse_priors(priors)
    case = open_case(path, settings)
    with Watch() as watch, experimental():
        result = assess_trust(case, roadmap, prior=common, priors=own, reading=reading, progress=watch)
    summary = f"{NOTE} “{result.evaluation.name}”: {describe_least(result.case, result.mistrust)}."
    delivery.deliver(result, show=lambda screen: show_trust(screen, result), summary=summary)


def show_trust(screen: Screen, result: TrustAssessment) -> None:
    """Show what every stage asks and tells, then the sentences."""
    screen.heading(f"{result.case.name} – trust over time: {result.evaluation.name}")
    screen.line()
    screen.paragraph(NOTE, tone="faint")
    screen.line()
    screen.table(stage_table(result))
    screen.line()
    first, *others = (sentence.text for sentence in result.explain().sentences)
    screen.paragraph(first)
    screen.points(others)
    screen.line()
    screen.table(party_table(result))
    screen.line()
    for sentence in explain_unstated([result.evaluation]):
        screen.paragraph(sentence.text)
        screen.line()
    for text in _legend(result.case):
        screen.paragraph(text, tone="faint")


def stage_table(result: TrustAssessment) -> Table:
    """Make the table of stages: who would exit, what the stage tells, and what it asks by itself."""
    asked: dict[int, list[float | None]] = {}
    leaving: dict[int, list[float | None]] = {}
    for each in result.thresholds:
        asked.setdefault(each.stage, []).append(each.payoffs.against_exploiting)
        leaving.setdefault(each.stage, []).append(each.payoffs.against_leaving)
    columns = (
        Column(header="stage", align="right"),
        Column(header="tells"),
        Column(header="opportunists that exit", can_wrap=True),
        Column(header="reached", align="right"),
        Column(header="against\nleaving", align="right", can_wrap=True),
        Column(header="against\nexploiting", align="right", can_wrap=True),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for view in result.mistrust.profiles[0].stages:
        if view.is_end and not view.exits:
            continue
        rows.append(
            (
                "end" if view.is_end else str(view.stage),
                "informative" if view.informative else "cheap talk" if not view.exits else "–",
                ", ".join(exit_.party for exit_ in view.exits) or "–",
                format_share(view.reached),
                "–" if view.is_end or view.stage not in leaving else _most(leaving[view.stage]),
                "–" if view.is_end or view.stage not in asked else _most(asked[view.stage]),
            )
        )
    return build_table(columns, rows)


def _most(thresholds: Sequence[float | None]) -> str:
    if None in thresholds:
        return "none suffices"
    return format_prior(max(prior for prior in thresholds if prior is not None))


def party_table(result: TrustAssessment) -> Table:
    """Make the table of parties: priors, what they expect, and from which prior on they go ahead."""
    columns = (
        Column(header="party", can_wrap=True),
        Column(header="prior", align="right"),
        Column(header="reliable", align="point"),
        Column(header="opportunist", align="point"),
        Column(header="goes\nahead"),
        Column(header="from\nprior", align="right"),
        Column(header="rather than\nexploiting", align="right", can_wrap=True),
    )
    rows: list[tuple[str | Cell, ...]] = []
    outcome = result.mistrust
    views = [profile.parties for profile in outcome.profiles]
    discounts = result.evaluation.values.system.discount.tolist()
    for (party, prior), discount in zip(result.priors.items(), discounts, strict=True):
        ahead = all(parties[party].goes_ahead for parties in views)
        reliable = [(1.0 - discount) * (view[party].reliable - view[party].never) for view in views]
        opportunist = [(1.0 - discount) * (view[party].opportunist - view[party].never) for view in views]
        rows.append(
            (
                party,
                format_share(prior),
                _range(reliable),
                _range(opportunist),
                Cell("yes", "good") if ahead else Cell("no", "bad"),
                _from(outcome.least_priors[party]),
                _from(outcome.exploiting_priors[party]),
            )
        )
    return build_table(columns, rows)


def _from(prior: float | None) -> str:
    return "none suffices" if prior is None else format_prior(prior)


def _range(values: Sequence[float]) -> str:
    low, high = format_signed(min(values)), format_signed(max(values))
    return low if low == high else f"{low}..{high}"


def _legend(case: Case) -> Iterator[str]:
    unit = case.period or "period"
    yield (
        "tells: a stage is informative if opportunists would exit in it, so that its passing raises trust; otherwise "
        "it is cheap talk. reached: the chance that nobody has exited before."
    )
    yield (
        "against leaving, exploiting: how likely the others must do their part in this one stage for everyone to do "
        "better by doing its own than by leaving openly, or by any deviation."
    )
    yield (
        f"reliable, opportunist: what each type of the party gains a {unit} over not starting, in its own value units. "
        "from prior: the least probability of being reliable, the same for all parties, from which on its reliable "
        "type goes ahead at every stage; the last column asks that this also be better than any deviation."
    )


def run_trust_design(path: str, settings: Sequence[str], *, request: DesignRequest, delivery: Delivery) -> None:
    """Look for the roadmap that asks for the least prior trust and show or write the answer."""
    if request.start is not None:
        raise OptionError("--from does not go with --objective trust-building, which designs from the beginning")
    if request.max_seconds is not None:
        raise OptionError(
            "--max-seconds does not go with --objective trust-building; Ctrl-C stops it with the best found"
        )
    case = open_case(path, settings)
    goal = parse_goal(case, request.goal)
    with Watch() as watch, experimental():
        result = design_trust_building(
            case,
            goal=goal,
            max_stages=request.max_stages,
            max_per_stage=request.max_per_stage,
            max_duration=request.max_duration,
            together=parse_groups(case, "--together", request.together),
            before=[(first, second) for first, second in parse_groups(case, "--before", request.before, exactly=2)],
            at_table=request.at_table,
            reading=request.reading,
            progress=watch,
        )
    summary = f"{NOTE} {result.explain().sentences[0].text}"
    delivery.deliver(result, show=lambda screen: show_trust_design(screen, result), summary=summary)


def show_trust_design(screen: Screen, result: TrustDesign) -> None:
    """Show the roadmap found stage by stage, and what is said of it."""
    outcome = {Status.OPTIMAL: "optimal", Status.NONE: "none exists", Status.STOPPED: "best found"}[result.status]
    screen.heading(f"{result.case.name} – design for trust-building: {outcome}")
    screen.line()
    screen.paragraph(NOTE, tone="faint")
    screen.line()
    entry = result.evaluation
    if entry is not None:
        columns = (
            Column(header="stage", align="right"),
            Column(header=f"{result.case.period or 'period'}s", align="right"),
            Column(header="trust", align="right"),
            Column(header="margin", align="point"),
            Column(header="measures", can_wrap=True),
        )
        stages = zip(entry.stages, entry.durations, entry.trust_profile(), entry.stage_margins(), strict=True)
        screen.table(
            build_table(
                columns,
                [
                    (
                        str(number),
                        str(duration),
                        format_trust(trust),
                        format_signed(margin),
                        ", ".join(shorten_levels(result.case, measures)),
                    )
                    for number, (measures, duration, trust, margin) in enumerate(stages, start=1)
                ],
            )
        )
        screen.line()
    # The table has the stages; sentences that only list their measures would repeat it.
    for sentence in result.explain().sentences:
        if sentence.stage is None or sentence.measures != result.stages[sentence.stage - 1]:
            screen.paragraph(sentence.text)
    if entry is not None:
        screen.line()
        for sentence in explain_unstated([entry]):
            screen.paragraph(sentence.text)
            screen.line()
        unit = result.case.period or "period"
        screen.paragraph(
            f"margin: what the most tempted party would lose a {unit} by its best deviation, in its own value units; "
            "below zero it would gain. trust: how likely the others must do their part in this one stage.",
            tone="faint",
        )
