"""A ``.gmcr`` file as a case: options become measures, decision makers parties, and nothing is lost in silence.

Measures stand in the file's canonical order – the decision makers' lists of options one after another – so that the
bitmask of a state is its decimal number in GMCR+.  Where an option belongs to several decision makers, each of whom may
move it alone, no measure says so; then the case states its states and moves outright.  What the format of cases cannot
say is told in messages and kept as comments of the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import numpy as np

from detente.case import Case, Condition, Direction, InForce, Joined, Measure, Not, format_condition
from detente.casefile import read_case
from detente.casefile.reader import CASE_FILE
from detente.casefile.tree import Plain
from detente.casefile.writer import replace_file
from detente.conflict.states import feasible_masks
from detente.errors import CaseError, Diagnostic, LimitError, OptionError
from detente.exchange.gmcr_file import GmcrFile, Simple, read_gmcr
from detente.exchange.gmcr_graph import MOST_STATES, fitting, graph_of, scores
from detente.exchange.ids import make_ids
from detente.kernel.system import IntArray

_MOST_RANKED = 1 << 16
_MOST_STATES = 1 << 20
_MOST_WORK = 1 << 28


@dataclass(frozen=True, slots=True, kw_only=True)
class GmcrImport:
    """A case made from a ``.gmcr`` file.

    Parameters
    ----------
    folder : Path
        Where it was written.
    case : Case
        The case, as it was read back.
    messages : tuple of str
        What the case says otherwise than the file, or not at all; one sentence each.
    """

    folder: Path
    case: Case
    messages: tuple[str, ...]


def import_gmcr(file: str | Path, folder: str | Path) -> GmcrImport:
    """Write a ``.gmcr`` file as a case into a new or empty folder.

    Raises
    ------
    CaseError
        If the file says what its format does not foresee, or contradicts itself (D701).
    LimitError
        If it has more feasible states than can be looked through.
    OptionError
        If the file cannot be read, or the folder is not empty or cannot be written to.
    """
    source, target = Path(file), Path(folder)
    try:
        read = read_gmcr(source)
    except OSError as error:
        raise OptionError(f"cannot read {source}: {error.strerror or error}") from error
    tree, messages = gmcr_to_tree(read, source.name)
    text = _text(tree, messages, source.name)
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise OptionError(f"the folder {target} is not empty; a new case needs a folder of its own")
        replace_file(target / CASE_FILE, text)
    except FileExistsError as error:
        raise OptionError(f"{target} is a file; a new case needs a folder") from error
    except OSError as error:
        raise OptionError(f"cannot write {error.filename or target}: {error.strerror or error}") from error
    return GmcrImport(folder=target, case=read_case(target), messages=messages)


def _text(tree: dict[str, Plain], messages: Sequence[str], name: str) -> str:
    from detente.casefile.editing import tidy  # ruamel.yaml's round trip takes time to import

    shown = "".join(c if c.isprintable() else "?" for c in name)
    sentences = [f"Imported from {shown}.", *messages]
    lines = [line for each in sentences for line in wrap(each, 118, initial_indent="# ", subsequent_indent="#   ")]
    return "\n".join(lines) + "\n" + tidy(tree)


def gmcr_to_tree(read: GmcrFile, name: str) -> tuple[dict[str, Plain], tuple[str, ...]]:
    """Return what a ``.gmcr`` file says as plain data with the keys of ``case.yaml``, and what it says otherwise.

    Parameters
    ----------
    read : GmcrFile
        The file as it was read.
    name : str
        What the file is called.

    Raises
    ------
    CaseError
        If the file contradicts itself (D701).
    LimitError
        If it has more feasible states than can be looked through.
    """
    return _Translation(read, name).tree()


class _Translation:
    """One file on its way to a case: ids, measures in canonical order, feasible states, messages."""

    def __init__(self, read: GmcrFile, name: str) -> None:
        self.read = read
        self.name = name
        self.messages: list[str] = []
        self.order = tuple(dict.fromkeys(option for party in read.parties for option in party.options))
        self.parties = make_ids([party.name for party in read.parties], "party")
        names = [read.options[option].name for option in self.order]
        self.ids = dict(zip(self.order, make_ids(names, "option"), strict=True))
        self.owners = {
            option: [self.parties[index] for index, party in enumerate(read.parties) if option in party.options]
            for option in self.order
        }

    def refuse(self, what: str, help_: str) -> CaseError:
        return CaseError([Diagnostic(code="D701", message=f"'{self.name}' cannot be imported: {what}.", help=help_)])

    def called(self, index: int) -> str:
        """Return what messages call a decision maker: its name, with its id where names are empty or the same."""
        name = self.read.parties[index].name
        is_plain = name and [party.name for party in self.read.parties].count(name) == 1
        return name if is_plain else f"{name} ({self.parties[index]})".lstrip()

    def tree(self) -> tuple[dict[str, Plain], tuple[str, ...]]:
        self._check_owners()
        is_shared = any(len(owners) > 1 for owners in self.owners.values())
        masks = self._feasible(is_shared=is_shared)
        tree: dict[str, Plain] = {
            "detente": 1,
            "name": self.name.removesuffix(".gmcr") or self.name,
            "parties": {
                key: {"name": party.name} if party.name not in (key, "") else {}
                for key, party in zip(self.parties, self.read.parties, strict=True)
            },
        }
        self._say_what_is_equal()
        if is_shared:
            tree["graph"] = self._graph(masks)
        else:
            tree |= self._product(masks)
        self._say_the_rest()
        return tree, tuple(self.messages)

    def _check_owners(self) -> None:
        without = [number for number in range(len(self.read.options)) if number not in self.ids]
        named = {
            option
            for party in self.read.parties
            for simple in (*(s for statement in party.statements for s in statement), *party.misperceptions)
            for option, _ in simple
        } | {option for simple in self.read.infeasible for option, _ in simple}
        for option in without:
            if option in named:
                raise self.refuse(
                    f"option {option} {self.read.options[option].name!r} belongs to no decision maker, "
                    "and yet a condition names it",
                    "give it to a decision maker, or take it out of the condition.",
                )
            self.messages.append(
                f"The option {self.read.options[option].name!r} belongs to no decision maker and is left out."
            )

    # --- conditions

    def condition(self, simple: Simple) -> Condition:
        """Return a conjunction of options taken and not taken."""
        if not self.order:
            raise self.refuse("it has conditions but no options", "give the decision makers options.")
        parts = [
            InForce(measure=self.ids[option]) if is_taken else Not(operand=InForce(measure=self.ids[option]))
            for option, is_taken in simple
        ]
        if not parts:
            return self._always()
        return parts[0] if len(parts) == 1 else Joined(connective="and", operands=tuple(parts))

    def _always(self) -> Condition:
        first = InForce(measure=self.ids[self.order[0]])
        return Joined(connective="or", operands=(first, Not(operand=first)))

    def statement(self, members: Sequence[Simple]) -> str:
        """Return a disjunction of conjunctions as text; of none, what never holds."""
        if not members:
            first = InForce(measure=self.ids[self.order[0]])
            return format_condition(Joined(connective="and", operands=(first, Not(operand=first))))
        conditions = tuple(self.condition(simple) for simple in members)
        return format_condition(conditions[0] if len(conditions) == 1 else Joined(connective="or", operands=conditions))

    def possible(self, patterns: Iterable[Simple]) -> list[Simple]:
        """Return the patterns that any state can fit: none that has an option both taken and not taken."""
        return [simple for simple in patterns if len({option for option, _ in simple}) == len(simple)]

    # --- states

    def _feasible(self, *, is_shared: bool) -> IntArray:
        """List the feasible states, ascending; only the first if nothing depends on the others."""
        patterns = self.possible(self.read.infeasible)
        views = [simple for party in self.read.parties for simple in self.possible(party.misperceptions)]
        if not (is_shared or self.read.is_ranked or self._fits_any(0, [*patterns, *views])):
            return np.zeros(1, dtype=np.int64)
        measures = tuple(
            Measure(id=self.ids[option], name=self.ids[option], owners=tuple(self.owners[option]))
            for option in self.order
        )
        infeasible = tuple(self.condition(simple) for simple in patterns)
        work = 1 + sum(map(len, patterns))
        most = min(MOST_STATES if is_shared else _MOST_STATES, _MOST_WORK // work)
        masks = feasible_masks(Case(name="", measures=measures, infeasible=infeasible), most=most)
        if not masks.size:
            raise self.refuse("no state is feasible", "its infeasible patterns rule out every state.")
        return masks

    def in_force(self, mask: int) -> list[str]:
        """Return the ids in force in a state."""
        return [self.ids[option] for index, option in enumerate(self.order) if mask >> index & 1]

    def _start(self, masks: IntArray) -> int:
        """Return the state that stands for the status quo: the lowest that is feasible for all, or at all."""
        views = [simple for party in self.read.parties for simple in party.misperceptions]
        first = masks[:_MOST_RANKED]
        if first.size == 1:
            return int(first[0])
        fine = np.flatnonzero(~fitting(views, first, self.order))
        return int(first[fine[0]] if fine.size else first[0])

    def _fits_any(self, mask: int, patterns: Iterable[Simple]) -> bool:
        place = {option: index for index, option in enumerate(self.order)}
        return any(all(bool(mask >> place[option] & 1) == taken for option, taken in simple) for simple in patterns)

    # --- the two forms

    def _product(self, masks: IntArray) -> dict[str, Plain]:
        start = self._start(masks)
        sections: dict[str, Plain] = {
            "measures": {self.ids[option]: self._measure(option) for option in self.order},
            "preferences": {
                key: self._preference(index, masks) for index, key in enumerate(self.parties) if self.order
            },
            "infeasible": [self.statement([simple]) for simple in self.possible(self.read.infeasible)],
            "status-quo": list[Plain](self.in_force(start)),
            "readings": self._readings(masks, start),
        }
        shown = " ".join(self.in_force(start)) or "no option taken"
        self.messages.append(
            f"The file names no status quo; the case begins in the first feasible state ({shown}). Edit status-quo."
        )
        return {key: value for key, value in sections.items() if value not in ({}, [])}

    def _measure(self, option: int) -> Plain:
        stated = self.read.options[option]
        measure: dict[str, Plain] = {"name": stated.name} if stated.name not in (self.ids[option], "") else {}
        measure["by"] = list[Plain](self.owners[option])
        if stated.direction is not Direction.BOTH:
            measure["direction"] = stated.direction.value
        return measure

    def _preference(self, index: int, masks: IntArray) -> Plain:
        party = self.read.parties[index]
        if not self.read.is_ranked:
            always = format_condition(self._always())
            return {"statements": [self.statement(each) for each in party.statements] or [always]}
        return {"ranking": self._ranking(self.ranked(index, masks.size), masks)}

    def _ranking(self, places: Sequence[Sequence[int]], masks: IntArray) -> Plain:
        labels = [[" ".join(self.in_force(int(masks[state]))) or "-" for state in tied] for tied in places]
        return [tied[0] if len(tied) == 1 else list[Plain](tied) for tied in labels]

    def ranked(self, index: int, n_states: int) -> list[list[int]]:
        """Return a manual ranking as numbers of states from 0; every state must be there once."""
        party = self.read.parties[index]
        where = f"the ranking of {party.name!r}"
        if n_states > _MOST_RANKED:
            raise LimitError(f"'{self.name}' ranks {n_states:,} states by hand; at most {_MOST_RANKED:,} can be named.")
        named = [number for tied in party.ranking for number in tied]
        twice = [number for number, count in Counter(named).items() if count > 1]
        if twice:
            raise self.refuse(f"{where} names state {twice[0]} twice", "each state has one place.")
        beyond = [number for number in named if number > n_states]
        if beyond:
            raise self.refuse(f"{where} names state {beyond[0]}", f"there are {n_states} feasible states.")
        missing = sorted(set(range(1, n_states + 1)) - set(named))
        if missing:
            shown = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")
            raise self.refuse(
                f"{where} misses {len(missing)} of {n_states} feasible states ({shown})",
                "unranked is not last: rank every state, or turn manual ranking off.",
            )
        return [[number - 1 for number in tied] for tied in party.ranking]

    def _graph(self, masks: IntArray) -> Plain:
        shared = [repr(self.read.options[option].name) for option in self.order if len(self.owners[option]) > 1]
        self.messages.append(
            f"Options of several decision makers, each of whom can move them alone, are no joint measures ("
            f"{', '.join(shared)}); so the case states its {masks.size:,} states and their moves outright."
        )
        values = []
        for index, party in enumerate(self.read.parties):
            if self.read.is_ranked:
                places = self.ranked(index, masks.size)
                worth = {state: -place for place, tied in enumerate(places) for state in tied}
                values.append([worth[state] for state in range(masks.size)])
            else:
                values.append(scores(party.statements, masks, self.order))
        self.messages.append("The file names no status quo; the case begins in its first state. Edit graph.status-quo.")
        for index, party in enumerate(self.read.parties):
            if view := self.possible(party.misperceptions):
                self._say_view(self.called(index), view, "the graph form keeps this in words only")
        return graph_of(self.read, self.order, self.parties, masks, values)

    # --- what is left to say

    def _readings(self, masks: IntArray, start: int) -> Plain:
        """Return a reading for each decision maker that misperceives: the case as it sees it."""
        readings: dict[str, Plain] = {}
        for index, party in enumerate(self.read.parties):
            view = self.possible(party.misperceptions)
            if not view:
                continue
            name = self.called(index)
            patterns = [*self.possible(self.read.infeasible), *view]
            if self._fits_any(start, view):
                self._say_view(name, view, "no state is feasible for all, so this is kept in words only")
                continue
            changes: dict[str, Plain] = {"infeasible": [self.statement([simple]) for simple in patterns]}
            if self.read.is_ranked:
                seen = (~fitting(view, masks, self.order)).tolist()
                for other, key in enumerate(self.parties):
                    places = [[s for s in tied if seen[s]] for tied in self.ranked(other, masks.size)]
                    changes[f"preferences.{key}.ranking"] = self._ranking([tied for tied in places if tied], masks)
            reading = f"seen-by-{self.parties[index]}"
            readings[reading] = {"name": f"As {party.name or name} sees it", "set": changes}
            self._say_view(name, view, f"this is the reading '{reading}'")
        return readings

    def _say_view(self, name: str, view: Sequence[Simple], how: str) -> None:
        patterns = "; ".join(self.statement([simple]) for simple in view)
        self.messages.append(f"{name} alone holds infeasible: {patterns}; {how}.")

    def _say_what_is_equal(self) -> None:
        if self.read.is_ranked:
            return
        for index, party in enumerate(self.read.parties):
            if not party.statements:
                self.messages.append(
                    f"{self.called(index)} has no preference statements; in the file, and so here, all "
                    "states are equal to it. If they are unknown rather than equal, say so."
                )

    def _say_the_rest(self) -> None:
        impossible = len(self.read.infeasible) - len(self.possible(self.read.infeasible))
        if impossible:
            self.messages.append(
                "Infeasible patterns with an option both taken and not, which no state fits, are left out: "
                f"{impossible}."
            )
        for members in self.read.coalitions:
            names = " and ".join(self.called(member) for member in members)
            self.messages.append(f"The file treats {names} as one coalition; the case keeps them apart.")
        if self.read.not_read:
            keys = ", ".join(
                "".join(c if c.isprintable() else "?" for c in key[:40]) for key in self.read.not_read[:10]
            )
            self.messages.append(f"Keys of the file that were not read: {keys}.")
