"""What mediators look at in a roadmap: who gives first, who can be held up, where power moves, what it leaves out.

The definitions are in decision 0015 and on the page on indices of the theory; they use nothing but the values, present
values and breakdowns of §3–6 of the model.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.design import DEFAULT_MEMORY
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_roadmaps
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.goals import resolve_goal
from detente.analysis.roadmap.indices_entries import RoadmapIndices, weigh_roadmap
from detente.analysis.roadmap.indices_order import OrderDemands, OrderLimits, find_order_demands
from detente.analysis.roadmap.indices_words import explain_indices
from detente.case import Case, Direction
from detente.errors import Cancelled, OptionError
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REFERENCES = ("macaulay1938", "klein1978", "williamson1985", "fearon1995", "powell2006")

MOST_MEASURES = 12
"""Measures of a goal up to which derived demands are looked for, unless told otherwise."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Indices(Result):
    """What mediators look at: the indices of roadmaps, and the order that different readings demand.

    Parameters
    ----------
    roadmaps : tuple of RoadmapIndices
        One entry per reading and roadmap.
    orders : tuple of OrderDemands
        One entry per set of measures that roadmaps lead to.
    """

    roadmaps: tuple[RoadmapIndices, ...]
    orders: tuple[OrderDemands, ...]

    def _body(self) -> dict[str, object]:
        return {
            "status": self.status.value,
            "roadmaps": [entry.to_dict() for entry in self.roadmaps],
            "orders": [order.to_dict() for order in self.orders],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per roadmap, reading, stage and party: hold-up, outside option and its shift."""
        import pandas as pd

        records = []
        for entry in self.roadmaps:
            overall = {index.party: index for index in entry.parties}
            for row in entry.stages:
                flat = row.to_dict()
                del flat["inflicts"]
                timing = overall[row.party].to_dict()
                del timing["id"]
                records.append({"roadmap": entry.id, "reading": entry.reading, **flat, **timing})
        return pd.DataFrame.from_records(records)

    def levers_frame(self) -> pd.DataFrame:
        """Return one row per roadmap, reading, lever and party: what using the lever does to the party."""
        import pandas as pd

        records = [
            {
                "roadmap": entry.id,
                "reading": entry.reading,
                "measure": lever.measure,
                "use": lever.use,
                "users": " ".join(lever.parties),
                "party": index.party,
                "at_start": None if lever.at_start is None else lever.at_start[index.party],
                "at_end": None if lever.at_end is None else lever.at_end[index.party],
                "holds_after": lever.holds_after,
            }
            for entry in self.roadmaps
            for lever in entry.levers
            for index in entry.parties
        ]
        return pd.DataFrame.from_records(records)

    def demands_frame(self) -> pd.DataFrame:
        """Return one row per demand on the order of two measures, and its reading."""
        import pandas as pd

        records = [
            {"goal": " and ".join(order.goal), **demand.to_dict()} for order in self.orders for demand in order.demands
        ]
        return pd.DataFrame.from_records(records)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw when each party gives and gets in the first roadmap; without one, the order that is demanded."""
        from detente.analysis.roadmap.indices_pictures import plot_front_loading, plot_order

        return plot_front_loading(self.roadmaps[0], ax=ax) if self.roadmaps else plot_order(self.orders[0], ax=ax)

    def explain(self) -> Explanation:
        """Say who gives first, who can be held up, where power moves, what is left out, and where orders conflict."""
        return Explanation(sentences=tuple(explain_indices(self.roadmaps, self.orders)))


def _goals(
    case: Case, roadmaps: Sequence[RoadmapEvaluation], goal: str | Sequence[str] | None
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The sets of measures whose order is looked into, each with the roadmaps that lead to it."""
    if goal is not None or not roadmaps:
        default = [measure.id for measure in case.measures if measure.direction is not Direction.BACKWARD]
        wanted = resolve_goal(case, goal, default)
        if wanted is None:
            raise OptionError("the goal 'best' has no order of its own; name measures")
        return [(wanted, ())]
    goals: dict[tuple[str, ...], dict[str, None]] = {}
    for entry in roadmaps:
        taken = {measure for stage in entry.stages for measure in stage}
        measures = tuple(measure.id for measure in case.measures if measure.id in taken)
        goals.setdefault(measures, {})[entry.id] = None
    return [(measures, tuple(ids)) for measures, ids in goals.items()]


def compute_indices(
    case: Case,
    roadmaps: Sequence[RoadmapLike] | None = None,
    *,
    readings: Sequence[str | None] | None = None,
    orders_under: Sequence[str | None] | None = None,
    goal: str | Sequence[str] | None = None,
    max_measures: int = MOST_MEASURES,
    max_per_stage: int | None = None,
    memory: float = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> Indices:
    """Tell who gives first, who can be held up, where power moves, what is left out, and which orders contradict.

    Parameters
    ----------
    case : Case
        The case; without roadmaps only the order that readings demand is looked into.
    roadmaps : sequence of roadmap ids, roadmaps or lists of stages, optional
        All roadmaps of the case unless given.
    readings : sequence of reading ids, optional
        Which to see the roadmaps by; the base case only unless given.
    orders_under : sequence of reading ids, optional
        Whose demands on the order are looked into: `readings` if these are given, otherwise the base case and all
        readings.
    goal : measure ids, or ids joined by " and ", optional
        Whose order is looked into; for each roadmap its own measures unless given.
    max_measures : int
        The order of more measures than these is not derived; what readings state of it is told all the same.
    max_per_stage : int, optional
        Derive the order from roadmaps with at most so many measures a stage.
    memory : float
        Bytes that one search for an order may take.
    progress : callable, optional
        Told how far it is; if it raises `Cancelled`, the answer has what was found until then.

    Returns
    -------
    Indices
        With status *stopped* if it was cancelled.

    Raises
    ------
    OptionError
        If a roadmap, reading or measure is unknown, a limit is below 1, or a roadmap is not legal.
    CaseError
        If parties lack what roadmaps need.
    Cancelled
        If `progress` raised it before anything was found.
    """
    started = time.perf_counter()
    for name, limit in (("max_measures", max_measures), ("max_per_stage", max_per_stage)):
        if limit is not None and limit < 1:
            raise OptionError(f"{name} must be at least 1, got {limit}")
    status = Status.ANSWERED
    entries: tuple[RoadmapIndices, ...] = ()
    if roadmaps is not None or case.roadmaps:
        evaluation = evaluate_roadmaps(case, roadmaps, readings=readings, progress=progress)
        status = evaluation.status
        entries = tuple(weigh_roadmap(entry) for entry in evaluation.roadmaps)
    everybody = (None, *(reading.id for reading in case.readings))
    asked = tuple(dict.fromkeys(orders_under or readings or everybody))
    for reading in asked:
        case.under(reading)
    orders = []
    limits = OrderLimits(max_measures=max_measures, max_per_stage=max_per_stage, memory=memory)
    reporter = Reporter(progress)
    stopped = status is Status.STOPPED
    for measures, leading in _goals(case, [entry.evaluation for entry in entries], goal):
        if stopped:
            break
        try:
            order, stopped = find_order_demands(
                case, measures, asked, limits=limits, reporter=reporter, roadmaps=leading
            )
        except Cancelled:
            if not entries:
                raise
            stopped = True
            break
        orders.append(order)
    parameters: dict[str, object] = {
        "roadmaps": list(dict.fromkeys(entry.id for entry in entries)),
        "readings": [reading for reading in asked if reading is not None],
        "max_measures": max_measures,
    }
    if max_per_stage is not None:
        parameters["max_per_stage"] = max_per_stage
    return Indices(
        status=Status.STOPPED if stopped else Status.ANSWERED,
        method="indices of roadmaps from their values (model §3–6), demanded orders by design (§8)",
        parameters=parameters,
        provenance=Provenance.of(
            case,
            reading=readings[0] if readings and len(readings) == 1 else None,
            seconds=time.perf_counter() - started,
        ),
        references=REFERENCES,
        roadmaps=entries,
        orders=tuple(orders),
    )
