"""What is said of one code: its title, what it means, and an example of the fault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem.

    Parameters
    ----------
    id : str
        Permanent, such as ``"D104"``.
    title : str
        What is wrong, in a few words.
    explanation : str
        Why it is refused or noted, and what to do; Markdown.
    example : str, optional
        Lines of a case file with the fault.
    """

    id: str
    title: str
    explanation: str
    example: str = ""
