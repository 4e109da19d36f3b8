"""What roadmaps and progress must keep: which measures a stage may take (§2, §5 of the model)."""

from __future__ import annotations

from detente.case import Case
from detente.case.legality import StageFault, stage_problems
from detente.casefile.problems import Problems
from detente.casefile.tree import Node, locate

_FAULTS = {
    StageFault.EMPTY: ("D311", "put a measure into it or delete it."),
    StageFault.REPEATED: ("D312", "a roadmap takes each measure once; what is ended is a measure of its own."),
    StageFault.IN_STATUS_QUO: ("D313", "a roadmap only adds to the status quo; leave it out."),
    StageFault.REQUIRES: ("D314", "take what it requires in the same stage or an earlier one."),
    StageFault.AFTER: ("D315", "take it in a later stage, or what it comes after in an earlier one."),
    StageFault.EXCLUDES: ("D316", "leave one of them out."),
    StageFault.INFEASIBLE: ("D317", "see infeasible in the case; take other measures or another order."),
    StageFault.CANNOT_BE_TAKEN: ("D319", "leave it out, or change its direction."),
}


def check_roadmaps(case: Case, root: Node, problems: Problems) -> None:
    """Note every stage of every roadmap that is not legal; whether its durations suffice, evaluating says."""
    for roadmap in case.roadmaps:
        if not roadmap.stages:
            problems.add(
                "D311",
                locate(root, "roadmaps", roadmap.id, "stages"),
                f"roadmap '{roadmap.id}' has no stages.",
                "write stages: [[…], […]].",
            )
        problems_found = stage_problems(case, roadmap.stages)
        if any(found.fault is StageFault.UNKNOWN for found in problems_found):
            continue  # the measure is declared, but could not be read
        for found in problems_found:
            stage = roadmap.stages[found.stage]
            way: tuple[str | int, ...] = ("roadmaps", roadmap.id, "stages", found.stage)
            if found.measure in stage:
                last = len(stage) - 1 - stage[::-1].index(found.measure)
                way = (*way, last if found.fault is StageFault.REPEATED else stage.index(found.measure))
            code, help_ = _FAULTS[found.fault]
            problems.add(code, locate(root, *way), f"roadmap '{roadmap.id}': {found}.", help_)
        if roadmap.durations is not None and len(roadmap.durations) != len(roadmap.stages):
            problems.add(
                "D318",
                locate(root, "roadmaps", roadmap.id, "durations"),
                f"roadmap '{roadmap.id}' has {len(roadmap.durations)} durations for {len(roadmap.stages)} stages.",
                "give one for each stage, or leave them out.",
            )


def check_progress(case: Case, root: Node, problems: Problems) -> None:
    """Note progress that cannot have been: ended before taken, taken again while in force."""
    ended: dict[str, int | None] = dict.fromkeys(case.status_quo)
    for index, entry in enumerate(case.progress):
        if entry.ended is not None and entry.ended <= entry.taken:
            problems.add(
                "D341",
                locate(root, "progress", index, "ended"),
                f"'{entry.measure}' was taken in period {entry.taken} and ended in period {entry.ended}.",
                "what is ended was taken in an earlier period.",
            )
        elif entry.measure in ended:
            before = ended[entry.measure]
            if before is None or before > entry.taken:
                problems.add(
                    "D342",
                    locate(root, "progress", index, "taken"),
                    f"'{entry.measure}' is taken in period {entry.taken}, when it is in force already.",
                    "say in which period it ended before, or delete one of the entries.",
                )
        ended[entry.measure] = entry.ended
