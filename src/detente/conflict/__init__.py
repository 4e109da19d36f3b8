"""From a case to a conflict without agreement (§9 of the model): states, moves and ranks with their labels."""

from detente.conflict.conflict import Conflict, build_conflict

__all__ = ["Conflict", "build_conflict"]
