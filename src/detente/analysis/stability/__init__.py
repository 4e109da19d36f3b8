"""Stability without agreement: which states would last, and how a conflict moves from the status quo (§9)."""
