"""``detente repair``: what would make a roadmap hold, side by side, and the case so mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detente.analysis.result import Status
from detente.analysis.roadmap.evaluating import evaluate_roadmap
from detente.analysis.roadmap.explanation import explain_evaluation
from detente.analysis.roadmap.repairs import Repair, RepairKind, RepairSearch, repair_roadmap
from detente.analysis.roadmap.repairs.words import KINDS, say_amount
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.evaluating import format_trust, format_verdict
from detente.cli.exits import say
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_signed
from detente.display.tables import Cell, Column, Table, build_table
from detente.errors import OptionError
from detente.kernel.roadmap import HOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRequest:
    """The options of ``detente repair`` as they were typed."""

    roadmap: str
    kinds: tuple[str, ...]
    rates: tuple[str, ...]
    own_ratio: float | None
    punishment_ratio: float | None
    reading: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Which repair to apply, where to write the repaired case, and whether what is there may be replaced."""

    which: str
    target: Path | None
    overwrite: bool


def run_repair(
    path: str,
    settings: Sequence[str],
    *,
    request: RepairRequest,
    application: Application | None,
    delivery: Delivery,
) -> None:
    """Look for repairs of a roadmap, show or write the answer, and write the repaired case if that is asked for."""
    case = open_case(path, settings)
    target = None
    if application is not None:
        if not application.which.isdigit() and application.which not in set(RepairKind):
            kinds = ", ".join(RepairKind)
            raise OptionError(f"--apply '{application.which}' is neither a number nor a kind of repair ({kinds})")
        target = application.target or _usual_target(case, path)
        check_place(target, case, overwrite=application.overwrite)
    given = {"own_ratio": request.own_ratio, "punishment_ratio": request.punishment_ratio}
    with Watch() as watch:
        result = repair_roadmap(
            case,
            request.roadmap,
            reading=request.reading,
            kinds=request.kinds or None,
            rates=_parse_rates(case, request.rates),
            progress=watch,
            **{key: value for key, value in given.items() if value is not None},
        )
    try:
        delivery.deliver(result, show=lambda screen: show_repairs(screen, case, result), summary=summarise(result))
    finally:
        # A search that was stopped may have found what is to be applied.
        if application is not None and target is not None:
            for text in _apply(result, application.which, target):
                say(text) if delivery.json else Screen().paragraph(text)


def _parse_rates(case: Case, texts: Sequence[str]) -> dict[tuple[str, str], float]:
    """Read the values of ``--rate``, such as ``usa:dprk=0.5``."""
    known = [party.id for party in case.parties]
    rates = {}
    for text in texts:
        pair, _, number = text.partition("=")
        payer, _, receiver = pair.strip().partition(":")
        unknown = [party for party in (payer, receiver) if party not in known]
        try:
            rate = float(number)
        except ValueError:
            rate = 0.0
        if not 0.0 < rate < float("inf"):
            raise OptionError(f"--rate '{text}' is no rate; write one as PAYER:RECEIVER=NUMBER, the number above 0")
        if unknown:
            raise OptionError(f"--rate '{text}' names unknown party '{unknown[0]}' (the case has: {', '.join(known)})")
        rates[payer, receiver] = rate
    return rates


def _usual_target(case: Case, path: str) -> Path:
    """Return where a repaired case goes unless told: beside the working folder's files, under the case's own name."""
    stem = Path(path).resolve().stem if Path(path).is_file() else Path(path).resolve().name
    if stem == "case":
        stem = Path(path).resolve().parent.name
    return Path(f"{stem}-repaired" if case.documents or case.claims else f"{stem}-repaired.yaml")


def check_place(target: Path, case: Case, *, overwrite: bool) -> None:
    """Refuse to replace a case unless told to, before the work is done."""
    is_file = target.suffix in {".yaml", ".yml"} and not target.is_dir()
    if not is_file and target.exists() and not target.is_dir():
        raise OptionError(f"'{target}' is neither a folder nor a .yaml file; a case is written to one of these")
    if is_file and target.name != "case.yaml" and (case.documents or case.claims):
        raise OptionError(f"'{target}' cannot hold the case's claims and documents; name a folder with --to")
    folder = target.parent if is_file else target
    names = [target.name] if is_file else ["case.yaml", "claims.yaml", "documents.yaml"]
    present = [name for name in names if (folder / name).exists()]
    if present and not overwrite:
        raise OptionError(f"'{folder / present[0]}' exists; name another place with --to, or add --overwrite")


def _apply(result: RepairSearch, which: str, target: Path) -> list[str]:
    """Write the case with a repair, read it back, and say what was done."""
    from detente.casefile import read_case, write_case

    if result.before.holds:
        raise OptionError(f"'{result.roadmap}' holds as it is; there is no repair to apply")
    repair = result.choose(which)
    write_case(repair.case, target)
    reading = result.before.reading
    after = evaluate_roadmap(read_case(target), result.roadmap, reading=reading).roadmap
    words = ["detente evaluate", str(target), "--roadmap", result.roadmap]
    if reading is not None:
        words += ["--reading", reading]
    verdict = next(iter(explain_evaluation(after))).text
    said = [f"{KINDS[repair.kind].capitalize()}: the repaired case is written to {target}. Read back: {verdict}"]
    settings = repair.case.source.settings if repair.case.source is not None else {}
    if settings:
        said.append("The values of --set are part of it.")
    own = [change.path for change in repair.changes if change.path.startswith("readings.")]
    if own:
        said.append(
            f"Because the reading states these values itself, they are changed in the reading: {', '.join(own)}."
        )
    elif reading is not None:
        said.append("What it changes is changed in the case itself, so for every reading.")
    return [*said, f"To see it: {' '.join(words)}"]


def summarise(result: RepairSearch) -> str:
    """Say in one line how many repairs make the roadmap hold."""
    if result.before.holds:
        return f"'{result.roadmap}' holds: there is nothing to repair."
    stopped = " Stopped before every kind was looked for." if result.status is Status.STOPPED else ""
    kinds = len({repair.kind for repair in result.works})
    found = f"{count_noun(len(result.works), 'repair')} of {count_noun(kinds, 'kind')}" if kinds else "No repair"
    verb = "makes" if len(result.works) < 2 else "make"
    return f"{found} {verb} '{result.roadmap}' hold.{stopped}"


def show_repairs(screen: Screen, case: Case, result: RepairSearch) -> None:
    """Show the verdict as it is, the repairs side by side, what is to be minded, and which kinds cannot."""
    before = result.before
    names = {reading.id: reading.name for reading in case.readings}
    seen = "base case" if before.reading is None else f"reading {before.reading}: {names[before.reading]}"
    screen.heading(f"{case.name} – {seen}")
    screen.line()
    first, *others = [sentence.text for sentence in explain_evaluation(before)]
    screen.paragraph(first)
    if before.holds:
        screen.paragraph("There is nothing to repair.")
        return
    screen.points(others[:1])
    screen.line()
    if result.repairs:
        screen.heading("Repairs, the least of each kind")
        screen.table(repair_table(result))
        screen.line()
        for number, repair in enumerate(result.repairs, start=1):
            _show_notes(screen, number, repair)
    if result.failures:
        screen.heading("What cannot mend it")
        screen.points(f"{KINDS[failure.kind]}: {failure.reason}" for failure in result.failures)
        screen.line()
    for text in _legend(case):
        screen.paragraph(text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(result), tone="bad")


def _show_notes(screen: Screen, number: int, repair: Repair) -> None:
    screen.paragraph(f"{number}. {repair.summary}")
    screen.points(repair.notes)
    screen.line()


def repair_table(result: RepairSearch) -> Table:
    """Make the table of repairs side by side, with the roadmap as it is on top."""
    unit = result.before.case.period or "period"
    columns = (
        Column(header="", align="right"),
        Column(header="repair", can_wrap=True),
        Column(header="takes at least", can_wrap=True),
        Column(header="holds"),
        Column(header="margin", align="point"),
        Column(header="end\nmargin", align="point"),
        Column(header="trust", align="right", can_wrap=True),
        Column(header=f"{unit}s", align="right"),
    )
    before = result.before
    rows: list[tuple[str | Cell, ...]] = [
        (
            "",
            "as it is",
            "",
            format_verdict(before.holds),
            _margin(before.margin),
            _margin(before.end_margin),
            format_trust(before.trust),
            str(sum(before.durations)),
        )
    ]
    for number, repair in enumerate(result.repairs, start=1):
        after = repair.evaluation
        rows.append(
            (
                str(number),
                repair.kind.value,
                say_amount(repair),
                format_verdict(repair.works),
                _margin(after.margin),
                _margin(after.end_margin),
                format_trust(after.trust),
                str(sum(after.durations)),
            )
        )
    return build_table(columns, rows)


def _margin(margin: float) -> str:
    """Write a margin; what is held but for rounding is zero."""
    return format_signed(0.0 if -HOLDS <= margin < 0.0 else margin)


def _legend(case: Case) -> tuple[str, ...]:
    unit = case.period or "period"
    return (
        f"margin: what the most tempted party would lose a {unit} by its best deviation, in its own value units; below "
        "zero it would gain. end margin: the same once everything is in force.",
        "holds: by evaluating the repaired roadmap, and of a guarantor, if its promise is credible as well.",
        "trust: how likely the others must be thought to do their part for everyone to go ahead.",
        "Amounts of different kinds are in different units: which repair is cheapest is a judgement.",
    )
