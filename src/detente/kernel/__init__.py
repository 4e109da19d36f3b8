"""Arrays in, arrays out: states, values, breakdowns, checks of roadmaps and their design.

Nothing here knows ids, files or results; `detente.game` makes the arrays from a case.
"""
