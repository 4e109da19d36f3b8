"""Repairs: the least change of each kind after which a roadmap that fails holds (§8 of the model)."""

from detente.analysis.roadmap.repairs.repair import Change, NoRepair, Repair, RepairKind
from detente.analysis.roadmap.repairs.search import RepairSearch, repair_roadmap

__all__ = ["Change", "NoRepair", "Repair", "RepairKind", "RepairSearch", "repair_roadmap"]
