"""Repairs: the least change of each kind after which a roadmap that fails holds (§8 of the model)."""
