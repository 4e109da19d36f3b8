"""The program with all its commands: importing their modules adds them."""

from __future__ import annotations

from detente.cli import (
    commands_of_cases,
    commands_of_comparisons,
    commands_of_conflicts,
    commands_of_designs,
    commands_of_exchange,
    commands_of_indices,
    commands_of_numbers,
    commands_of_parties,
    commands_of_preferences,
    commands_of_repairs,
    commands_of_roadmaps,
    commands_of_stability,
    commands_of_trust,
)
from detente.cli.program import app

__all__ = [
    "app",
    "commands_of_cases",
    "commands_of_comparisons",
    "commands_of_conflicts",
    "commands_of_designs",
    "commands_of_exchange",
    "commands_of_indices",
    "commands_of_numbers",
    "commands_of_parties",
    "commands_of_preferences",
    "commands_of_repairs",
    "commands_of_roadmaps",
    "commands_of_stability",
    "commands_of_trust",
]
