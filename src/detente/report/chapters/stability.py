"""The chapter on what would last if nothing were agreed: stable states, the status quo, and where roadmaps lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from detente.analysis.stability import CoalitionImprovement, Stability, StabilityReasons
from detente.analysis.stability.joint_moves import write_moves
from detente.analysis.stability.stability_words import (
    MEANINGS,
    count_states,
    name_concept,
    name_strongest,
    unstable_for,
)
from detente.display.state_graph import MOST_STATES as MOST_DRAWN
from detente.display.svg import axes_to_svg
from detente.report.chapters.stability_readings import readings_compared
from detente.report.chapters.stable_states import state_graph, states_stable_for_all
from detente.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Details,
    Paragraph,
    Picture,
    Section,
    Strong,
    Table,
    Text,
)
from detente.report.findings import Findings
from detente.report.stability_findings import StabilityFinding
from detente.report.words import join, reading_name, under, wherever

SOURCES = (
    "The concepts are those of the graph model for conflict resolution: Fang, Hipel and Kilgour, Interactive Decision "
    "Making (1993), chapter 3; Xu, Hipel, Kilgour and Fang, Conflict Resolution Using the Graph Model (2018), "
    "chapter 4."
)


def _concepts(concepts: Iterable[str]) -> str:
    return join(map(name_concept, concepts))


def count_equilibria(result: Stability) -> str:
    """Write how many states are stable for all, concepts that agree on the number together."""
    alike: dict[int, list[str]] = {}
    for concept in result.concepts:
        alike.setdefault(int(result.is_equilibrium(concept).sum()), []).append(concept)
    if len(alike) == 1:
        [number] = alike
        return f"{say_count(number)} by every concept"
    return "; ".join(f"{say_count(number)} by {_concepts(concepts)}" for number, concepts in alike.items())


def say_count(number: int) -> str:
    """Write a number of states."""
    return f"{number:,}" if number else "none"


def say_better(result: Stability) -> str | None:
    """Write how many states are better for every party than the status quo; None if there is none."""
    state, form = result.conflict.status_quo, result.conflict.form
    if state is None:
        return None
    caring = form.rank[form.rank.min(axis=1) < form.rank.max(axis=1)]
    better = (caring > caring[:, [state]]).all(axis=0) & (len(caring) > 0)
    number = int(better.sum())
    whom = "every party" if len(caring) == len(form.rank) else "every party that prefers one state to another"
    if number == 0:
        return f"no feasible state is better than the status quo for {whom}"
    alike: dict[int, list[str]] = {}
    for concept in result.concepts:
        alike.setdefault(int((better & result.is_equilibrium(concept)).sum()), []).append(concept)
    if list(alike) == [0]:
        lasting = "none of them is stable for all by any concept"
    else:
        lasting = (
            f"of these, stable for all are {'; '.join(f'{say_count(n)} by {_concepts(c)}' for n, c in alike.items())}"
        )
    verb = "state is" if number == 1 else "states are"
    return f"{number:,} feasible {verb} better than the status quo for {whom}; {lasting}"


def say_status_quo(result: Stability) -> str | None:
    """Write by what the status quo is stable for all and for whom it is not; None if there is none."""
    state = result.conflict.status_quo
    if state is None:
        return None
    concepts = result.concepts_of(state)
    if concepts == result.concepts:
        return "the status quo is stable without agreement for every party by every concept"
    only = f"{_concepts(concepts)} only" if concepts else "no concept"
    parts = [
        f"for {join(result.conflict.case.party(party).name for party in parties)} by {_concepts(unstable)}"
        for parties, unstable in unstable_for(result, state).items()
    ]
    return f"the status quo is stable without agreement for every party by {only}; it is not {join(parts)}"


def _alike(told: Iterable[tuple[str | None, str | None]]) -> dict[str, list[str | None]]:
    """Return what is said, with the readings of which it is."""
    found: dict[str, list[str | None]] = {}
    for reading, text in told:
        if text is not None:
            found.setdefault(text, []).append(reading)
    return found


def stability_in_short(findings: Findings) -> list[str]:
    """Return what lasts without agreement in the base case, and how the status quo stands, in a sentence each."""
    answered = [(found.reading, found.stability) for found in findings.stability if found.stability is not None]
    if not answered:
        return []
    reading, first = answered[0]
    told = [
        f"{under(findings.case, reading)}, of {count_states(first.conflict.n_states)} these are stable for every party "
        f"without any agreement: {count_equilibria(first)}."
    ]
    for text, readings in _alike((reading, say_status_quo(result)) for reading, result in answered).items():
        told.append(f"{wherever(findings.case, readings, [reading for reading, _ in answered])}, {text}.")
    return told


def _legend(concepts: Sequence[str]) -> Bullets:
    return Bullets(items=tuple((Strong(name_concept(concept)), f": {MEANINGS[concept]}") for concept in concepts))


def _counts(findings: Findings, answered: Sequence[tuple[str | None, Stability]]) -> Table:
    concepts = answered[0][1].concepts
    has_start = any(result.conflict.status_quo is not None for _, result in answered)
    columns = [Column(header="Reading"), Column(header="Feasible states", is_number=True)]
    columns += [Column(header=name_concept(concept), is_number=True) for concept in concepts]
    columns += [Column(header="Status quo")] if has_start else []
    rows = []
    for reading, result in answered:
        cells = [Cell(text=(reading_name(findings.case, reading),)), Cell(text=(f"{result.conflict.n_states:,}",))]
        cells += [Cell(text=(f"{int(result.is_equilibrium(concept).sum()):,}",)) for concept in concepts]
        if has_start:
            start = result.conflict.status_quo
            said = "" if start is None else name_strongest(result.concepts_of(start))
            cells.append(Cell(text=(said or "–",), tone="holds" if said else None))
        rows.append(tuple(cells))
    told = "; last, the strongest concepts by which the status quo is one of them" if has_start else ""
    return Table(
        caption=f"How many states are stable for every party, by each concept{told}",
        columns=tuple(columns),
        rows=tuple(rows),
    )


def _status_quo(findings: Findings) -> Section | None:
    """Return how the status quo stands, and the moves that would pay whoever leaves it."""
    case = findings.case
    answered = [found for found in findings.stability if found.stability is not None]
    seen = [found.reading for found in answered]
    results = [(found.reading, found.stability) for found in answered if found.stability is not None]
    said = [
        f"{wherever(case, readings, seen)}, {text}."
        for say in (say_status_quo, say_better)
        for text, readings in _alike((reading, say(result)) for reading, result in results).items()
    ]
    if not said:
        return None
    blocks: list[Block] = [Bullets(items=tuple((text,) for text in said))]
    reasons: dict[tuple[str, ...], list[str | None]] = {}
    for found in answered:
        if found.why is not None:
            _, *sentences = found.why.explain().sentences
            reasons.setdefault(tuple(sentence.text for sentence in sentences), []).append(found.reading)
    for texts, readings in reasons.items():
        where = wherever(case, readings, seen, starts=False)
        blocks.append(Paragraph(text=(f"Who would leave it, and what the others could answer, {where}:",)))
        blocks.append(Bullets(items=tuple((text,) for text in texts)))
    for found in answered:
        if found.stability is not None and found.together is not None:
            blocks += _leaving_together(found.stability, found.together)
    return Section(id="stability.status-quo", heading="The status quo", blocks=tuple(blocks))


def _paths(findings: Findings) -> Section | None:
    """Return how the conflict could move from the status quo in the base case, and by whose moves."""
    paths = next((found.paths for found in findings.stability if found.paths is not None), None)
    if paths is None:
        return None
    sentences = [sentence.text for sentence in paths.explain().sentences]
    if paths.concepts_of(paths.start):  # the first says so, as the section before does
        del sentences[0]
    blocks: list[Block] = [
        Paragraph(text=("In the base case, by moves of one party or of several together, nobody twice in a row:",)),
        Bullets(items=tuple((text,) for text in sentences)),
    ]
    if paths.conflict.n_states > MOST_DRAWN and paths.paths:
        numbers = [str(path.target + 1) for path in paths.paths if path.moves]
        picture = Picture(
            name="stability.paths",
            title="Shortest ways from the status quo, which is ringed, to states that are stable for all, which are "
            "filled: arrows are improvements for whoever moves, thin lines moves without gain",
            description=f"Shortest ways lead from state {paths.start + 1} to {join(numbers) or 'no other state'}.",
            svg=axes_to_svg(paths.plot()),
        )
        blocks.append(Details(summary="These ways as a picture", blocks=(picture,)))
    return Section(id="stability.paths", heading="How the conflict could move from there", blocks=tuple(blocks))


def _leaving_together(result: Stability, together: Sequence[CoalitionImprovement]) -> list[Block]:
    """Return who could leave the status quo together in the base case."""
    if len(result.conflict.parties) < 2:
        return []
    if not together:
        text = (
            "In the base case, there are no two or more parties who could leave it together, each to its own gain, and "
            "none of whom gains by leaving alone."
        )
        return [Paragraph(text=(text,))]
    text = (
        "In the base case, these could leave it together by moves of their own, each to its own gain; no smaller group "
        "among them, and none of them alone, could:"
    )
    return [Paragraph(text=(text,)), Bullets(items=tuple((_say_departure(result, found),) for found in together))]


def _say_departure(result: Stability, found: CoalitionImprovement) -> str:
    concepts = result.concepts_of(found.target)
    by = "every concept" if concepts == result.concepts else _concepts(concepts) or "no concept"
    names = join(result.conflict.case.party(party).name for party in found.coalition)
    return f"{names}: {write_moves(result.conflict, found.moves)}. That state is stable for every party by {by}."


def row_of(result: Stability, state: int | None) -> tuple[str, ...]:
    """Return the strongest concepts by which a state is stable for each party, then for all."""
    if state is None:
        return ("not feasible", *[""] * len(result.conflict.parties))
    own = [
        name_strongest(concept for concept in result.concepts if bool(result.stable[concept][party, state]))
        for party in range(len(result.conflict.parties))
    ]
    return (name_strongest(result.concepts_of(state)) or "–", *(cell or "–" for cell in own))


def _where_roadmaps_lead(findings: Findings, answered: Sequence[StabilityFinding]) -> Section | None:
    """Return whether the states in which the roadmaps end would last if nothing bound anybody there."""
    case = findings.case
    if not findings.roadmaps:
        return None
    rows = []
    for number, name in enumerate(["Status quo", *(f"End of “{roadmap.name}”" for roadmap in findings.roadmaps)]):
        alike: dict[tuple[str, ...], list[str | None]] = {}
        for found in answered:
            assert found.stability is not None, "answered"
            state = found.ends[number - 1].state if number else found.stability.conflict.status_quo
            alike.setdefault(row_of(found.stability, state), []).append(found.reading)
        for (together, *own), readings in alike.items():
            seen = "all" if len(readings) == len(answered) > 1 else join(reading_name(case, r) for r in readings)
            rows.append(
                (
                    Cell(text=(name,)),
                    Cell(text=(seen,)),
                    Cell(text=(together,), tone=None if together in {"–", "not feasible"} else "holds"),
                    *(Cell(text=(cell,), tone="fails" if cell == "–" else None) for cell in own),
                )
            )
    table = Table(
        caption="For whom the status quo and the ends of the roadmaps are stable without agreement: the strongest "
        "concepts, from which weaker ones follow; a dash: by none",
        columns=(
            Column(header="State"),
            Column(header="Reading"),
            Column(header="All"),
            *(Column(header=party.name) for party in case.parties),
        ),
        rows=tuple(rows),
        is_grouped=True,
    )
    text = (
        "A roadmap holds through what is still to come and what is lost when it breaks down. Here nothing of the kind "
        "counts: every party looks at the state in which a roadmap ends and asks whether another within its reach is "
        "worth more to it, and what the others would make of that. Irreversible measures stay."
    )
    blocks: list[Block] = [Paragraph(text=(text,)), table]
    told = [f"{where}: {text}" for where, text in _who_would_leave(findings, answered)]
    if told:
        text = "Where it is stable for somebody by no concept, this is the move that nobody could take back:"
        blocks += [Paragraph(text=(text,)), Bullets(items=tuple((sentence,) for sentence in told))]
    return Section(id="stability.roadmaps", heading="Where the roadmaps lead", blocks=tuple(blocks))


def _who_would_leave(findings: Findings, answered: Sequence[StabilityFinding]) -> Iterator[tuple[str, str]]:
    """Yield for which ends, under which readings, what a party would do; ends and readings that agree together."""
    alike: dict[str, dict[str, list[str | None]]] = {}
    for found in answered:
        for end in found.ends:
            for sentence in () if end.why is None else moves_told(end.why):
                alike.setdefault(sentence, {}).setdefault(end.roadmap.name, []).append(found.reading)
    for sentence, ends in alike.items():
        seen: dict[tuple[str | None, ...], list[str]] = {}
        for name, readings in ends.items():
            seen.setdefault(tuple(readings), []).append(f"“{name}”")
        among = [found.reading for found in answered]
        where: list[str] = []
        for agreeing, names in seen.items():
            first = wherever(findings.case, agreeing, among, starts=not where)
            where.append(f"{first}, at the end of {join(names)}")
        yield "; ".join(where), sentence


def moves_told(why: StabilityReasons) -> Iterator[str]:
    """Yield for each party the move that is told first: the one that most concepts find no answer to."""
    told: set[str] = set()
    for sentence in why.explain().sentences:
        if sentence.measures and sentence.parties and sentence.parties[0] not in told:
            told.add(sentence.parties[0])
            yield sentence.text


def _refusals(findings: Findings, refused: Sequence[StabilityFinding]) -> list[Block]:
    alike: dict[tuple[str, ...], list[str | None]] = {}
    for found in refused:
        alike.setdefault(found.refusal, []).append(found.reading)
    blocks: list[Block] = []
    for sentences, readings in alike.items():
        where = wherever(findings.case, readings, [found.reading for found in findings.stability], starts=False)
        text = f"What would last without agreement is not told {where}:"
        blocks.append(Paragraph(text=(text,)))
        blocks.append(Bullets(items=tuple((f"{text[:1].upper()}{text[1:]}",) for text in sentences)))
    return blocks


def stability(findings: Findings) -> Section | None:
    """Return what would last without agreement; None for what is no conflict."""
    if not findings.stability:
        return None
    answered = [(found.reading, found.stability) for found in findings.stability if found.stability is not None]
    refused = [found for found in findings.stability if found.stability is None]
    heading = "What would last without agreement"
    if not answered:
        return Section(id="stability", heading=heading, blocks=tuple(_refusals(findings, refused)))
    first = answered[0][1]
    text = (
        "Suppose that nothing is agreed and every party moves by itself whenever that pays. A state is stable for a "
        "party that would not leave it, and lasts if it is stable for every party. How far a party thinks ahead before "
        "it moves is what the concepts differ in:"
    )
    counted: Text = (
        "What each of these finds follows from the preferences that the case states; it says what would last if they "
        "are right, not what will happen.",
    )
    blocks: list[Block] = [Paragraph(text=(text,)), _legend(first.concepts), Paragraph(text=counted)]
    blocks += _refusals(findings, refused)
    blocks.append(_counts(findings, answered))
    sections = [
        _status_quo(findings),
        _paths(findings),
        _where_roadmaps_lead(findings, [found for found in findings.stability if found.stability is not None]),
        states_stable_for_all(findings.case, answered[0]),
        readings_compared(findings.case, answered),
        state_graph(findings.case, answered[0]),
    ]
    return Section(
        id="stability",
        heading=heading,
        blocks=tuple(blocks),
        sections=tuple(section for section in sections if section is not None),
    )


__all__ = ["SOURCES", "count_equilibria", "say_status_quo", "stability", "stability_in_short"]
