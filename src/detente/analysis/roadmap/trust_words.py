"""Trust over time in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.words import join_words, quote_measures
from detente.display.prose import count_noun, format_share
from detente.kernel.deviations import Check

if TYPE_CHECKING:
    from detente.analysis.roadmap.trust_building import TrustAssessment
    from detente.analysis.roadmap.trust_entries import ExitPlan, ProfileView, TrustOutcome
    from detente.case import Case

TIGHT = 2.0
"""A step whose exposure is within this factor of its cap is told of; one with more room is not."""


def format_prior(prior: float) -> str:
    """Write a least prior as a percentage rounded up, so that what is read suffices."""
    tenths = -int(-(prior * 1000.0 - 1e-6) // 1)  # the ceiling
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


def describe_exit(case: Case, exit_: ExitPlan) -> str:
    """Say who would stop doing its part, how and where."""
    name = case.party(exit_.party).name
    if exit_.check is Check.END:
        place = "once everything is in force"
    else:
        place = f"{exit_.check.value} stage {exit_.stage}" if exit_.leave else f"at stage {exit_.stage}"
    if exit_.leave:
        return f"{name} would leave openly {place}"
    deeds = []
    if exit_.withhold:
        deeds.append(f"withhold {quote_measures(case, exit_.withhold)}")
    if exit_.undo:
        deeds.append(f"undo {quote_measures(case, exit_.undo)}")
    noticed = count_noun(exit_.noticed_after, case.period or "period")
    return f"{name} would {' and '.join(deeds)} {place} (noticed after {noticed})"


def explain_trust(assessment: TrustAssessment) -> Iterator[Sentence]:
    """Yield how much trust is needed, the plans at the priors given, what the stages tell, thresholds and caps."""
    yield from _least(assessment)
    yield _priors(assessment)
    yield from _plans(assessment)
    yield from _values(assessment)
    yield from _threshold(assessment)
    yield from _caps(assessment)
    yield from _number(assessment)


def _least(assessment: TrustAssessment) -> Iterator[Sentence]:
    title = f"“{assessment.evaluation.name}”"
    yield Sentence(text=f"{title}: {describe_least(assessment.case, assessment.mistrust)}.")
    trusting = assessment.trust.least_prior
    if assessment.evaluation.holds:
        text = (
            "If everybody starts from good faith it needs no prior trust: the roadmap holds, so that opportunists "
            "carry it too."
        )
    elif trusting is None:
        return
    elif trusting == assessment.mistrust.least_prior:
        text = "Starting from good faith makes no difference: the roadmap does not hold, and opportunists cheat anyway."
    else:
        text = f"If everybody starts from good faith, a prior of {format_prior(trusting)} is enough."
    yield Sentence(text=text)


def describe_least(case: Case, outcome: TrustOutcome) -> str:
    """Say from which common prior on a roadmap is carried, or who would never go ahead; no full stop."""
    if outcome.least_prior is None:
        who = [party for party, prior in outcome.least_priors.items() if prior is None]
        names = join_words(case.party(party).name for party in who)
        return (
            f"no prior trust is enough: {names} would rather leave openly somewhere even if certain that "
            "all others are reliable"
        )
    if outcome.least_prior == 0.0:
        return "no prior trust is needed, even if opportunists expect the worst of each other"
    most = [party for party, prior in outcome.least_priors.items() if prior == outcome.least_prior]
    names = join_words(case.party(party).name for party in most)
    return (
        "every reliable party goes ahead at every stage once each party is thought reliable with a probability of at "
        f"least {format_prior(outcome.least_prior)}, even if opportunists expect the worst of each other; "
        f"{names} {'asks' if len(most) == 1 else 'ask'} most"
    )


def _priors(assessment: TrustAssessment) -> Sentence:
    priors = assessment.priors
    values = set(priors.values())
    if len(values) == 1:
        given = f"a prior of {format_share(values.pop())} for every party"
    else:
        given = "priors of " + join_words(
            f"{format_share(prior)} for {assessment.case.party(party).name}" for party, prior in priors.items()
        )
    outcome = assessment.mistrust
    if outcome.carried:
        return Sentence(text=f"With {given}, every reliable party goes ahead.")
    stops: dict[str, int | None] = {}
    for profile in outcome.profiles:
        for party, view in profile.parties.items():
            if not view.goes_ahead:
                stops.setdefault(party, view.stops_at)
    names = join_words(f"{assessment.case.party(party).name} at stage {stage}" for party, stage in stops.items())
    return Sentence(text=f"With {given}, this would rather leave openly: {names}.", parties=tuple(stops))


def _plans(assessment: TrustAssessment) -> Iterator[Sentence]:
    case, outcome = assessment.case, assessment.mistrust
    if not outcome.is_equilibrium:
        which = "only mixed plans are" if assessment.equilibria == 0 else "none of these is"
        yield Sentence(
            text="At these priors the opportunists' best replies to each other's plans run in a circle of "
            f"{len(outcome.profiles)} profiles: {which} in equilibrium. What follows is of the first of them."
        )
    first = outcome.profiles[0]
    if not first.exits:
        yield Sentence(
            text="No opportunist would ever stop doing its part, so that every stage is cheap talk: none tells "
            "anything about anybody."
        )
        return
    for exit_ in first.exits:
        text = f"As an opportunist, {describe_exit(case, exit_)}."
        yield Sentence(text=text, parties=(exit_.party,), measures=(*exit_.withhold, *exit_.undo), stage=exit_.stage)
    never = [party for party in assessment.priors if all(exit_.party != party for exit_ in first.exits)]
    if never:
        names = join_words(case.party(party).name for party in never)
        yield Sentence(
            text=f"{names} would do {_their(never)} part to the end even as an opportunist.", parties=tuple(never)
        )
    yield from _informative(assessment, first)


def _their(parties: Sequence[str]) -> str:
    return "its" if len(parties) == 1 else "their"


def _informative(assessment: TrustAssessment, profile: ProfileView) -> Iterator[Sentence]:
    case = assessment.case
    unit = case.period or "period"
    for view in profile.stages:
        if not view.informative or view.is_end:
            continue
        cleared = [exit_.party for exit_ in view.exits if 0.0 < assessment.priors[exit_.party] < 1.0]
        moves = join_words(
            f"{case.party(party).name} from {format_share(assessment.priors[party])} to 100%" for party in cleared
        )
        when = f"nothing is amiss {count_noun(view.known_after, unit)} into it" if view.known_after else "it begins"
        yield Sentence(
            text=f"Stage {view.stage} is informative: once {when}, the belief that a party is reliable moves for "
            f"{moves}.",
            parties=tuple(cleared),
            stage=view.stage,
        )
    quiet = [view for view in profile.stages if not view.exits and not view.is_end]
    if quiet:
        numbers = join_words(str(view.stage) for view in quiet)
        one = len(quiet) == 1
        noun, verb = ("Stage", "is") if one else ("Stages", "are")
        yield Sentence(
            text=f"{noun} {numbers} {verb} cheap talk: every type does its part in {'it' if one else 'them'}, so that "
            f"{'it tells' if one else 'they tell'} nothing about anybody."
        )


def _values(assessment: TrustAssessment) -> Iterator[Sentence]:
    profile = assessment.mistrust.profiles[0]
    yield Sentence(
        text=f"The chance that nobody cheats is {format_share(profile.completion)}, outside breakdown apart.",
    )


def _threshold(assessment: TrustAssessment) -> Iterator[Sentence]:
    case = assessment.case
    hopeless = [each for each in assessment.thresholds if each.payoffs.against_exploiting is None]
    if hopeless:
        places: dict[str, list[int]] = {}
        for each in hopeless:
            places.setdefault(each.party, []).append(each.stage)
        names = join_words(f"{case.party(party).name} at {_stages(stages)}" for party, stages in places.items())
        yield Sentence(
            text=f"Exploiting pays even if all others do their part, so that only being reliable stops them: {names}.",
            parties=tuple(places),
        )
    asked = [each for each in assessment.thresholds if each.payoffs.against_exploiting]
    if asked:
        most = max(asked, key=lambda each: each.payoffs.against_exploiting or 0.0)
        yield Sentence(
            text=f"Of single stages, stage {most.stage} asks most of {case.party(most.party).name}: to do better by "
            "doing its part than by exploiting the others, it must think that they do theirs with a probability of at "
            f"least {format_prior(most.payoffs.against_exploiting or 0.0)} "
            f"({_against_leaving(most.payoffs.against_leaving)} against leaving openly).",
            parties=(most.party,),
            stage=most.stage,
        )


def _stages(numbers: Sequence[int]) -> str:
    return f"{'stage' if len(numbers) == 1 else 'stages'} {join_words(str(number) for number in numbers)}"


def _against_leaving(prior: float | None) -> str:
    return "none suffices" if prior is None else format_prior(prior)


def _caps(assessment: TrustAssessment) -> Iterator[Sentence]:
    profile = assessment.mistrust.profiles[0]
    tight = []
    for view in profile.stages:
        for party, step in view.steps.items():
            if step.cap is not None and step.exposure > 0.0 and not view.is_end:
                tight.append((step.cap / step.exposure, view, party))
    if not tight:
        return
    factor, view, party = min(tight, key=lambda each: each[0])
    name = assessment.case.party(party).name
    if factor < 1.0:
        text = (
            f"At stage {view.stage} {name} stands to lose more than its trust allows: the step may be at most "
            f"{format_share(max(factor, 0.0))} as exposed as it is."
        )
    elif factor < TIGHT:
        text = (
            f"Stage {view.stage} is close to the largest step that trust so far allows: it could be {factor:.2f} times "
            f"as exposed for {name}."
        )
    else:
        text = (
            f"The step closest to what trust allows is stage {view.stage}, for {name}; it could be {factor:.3g} times "
            "as exposed."
        )
    yield Sentence(text=text, parties=(party,), stage=view.stage)
    yield from _patience(assessment, profile)


def _patience(assessment: TrustAssessment, profile: ProfileView) -> Iterator[Sentence]:
    discounts = assessment.evaluation.values.system.discount
    per_period = {party: 1.0 - float(d) for party, d in zip(assessment.evaluation.parties, discounts, strict=True)}
    unit = assessment.case.period or "period"
    for view in profile.stages:
        for exit_ in view.exits:
            step = view.steps[exit_.party]
            if step.wait_cap is None or step.next_value is None or view.is_end:
                continue
            name = assessment.case.party(exit_.party).name
            flow = per_period[exit_.party]
            yield Sentence(
                text=f"As an opportunist {name} would wait beyond stage {view.stage}, which would then tell nothing of "
                f"it, if what comes next were worth more than {step.wait_cap * flow:.3g} a {unit} to it (here "
                f"{step.next_value * flow:.3g}).",
                parties=(exit_.party,),
                stage=view.stage,
            )


def _number(assessment: TrustAssessment) -> Iterator[Sentence]:
    if assessment.equilibria is None:
        yield Sentence(text="There are too many plans to tell how many equilibria there are at these priors.")
    elif assessment.equilibria > 1:
        yield Sentence(
            text=f"{assessment.equilibria} profiles of plans are in equilibrium at these priors; this is the one that "
            "mistrust leads to."
        )
    elif assessment.equilibria == 0:
        yield Sentence(text="No profile of pure plans is in equilibrium at these priors.")
