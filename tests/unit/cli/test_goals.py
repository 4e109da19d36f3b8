"""What design is asked for, in the words of the command line."""

import pytest

from detente.case import Case, Level, Measure
from detente.cli.goals import parse_goal, parse_groups, parse_memory
from detente.errors import OptionError

CASE = Case(
    name="x",
    measures=(
        Measure(id="freeze-tests", name="x"),
        Measure(id="talks", name="x"),
        Measure(id="relief.50%", name="x", level=Level(chain="relief", label="50%", number=1)),
        Measure(id="relief.100%", name="x", level=Level(chain="relief", label="100%", number=2)),
    ),
)
NO_SET = (
    "--goal '{}' is no set of measures: write ids joined by ' and ', or 'best'; "
    "'or', 'not' and parentheses are not possible here"
)


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        (None, None),
        ("best", "best"),
        (" best ", "best"),
        ("talks", ["talks"]),
        ("talks and freeze-tests", ["talks", "freeze-tests"]),
        ("talks and talks and relief.50%", ["talks", "relief.50%"]),
    ],
)
def test_a_goal_is_ids_or_best(text: str | None, goal: object) -> None:
    assert parse_goal(CASE, text) == goal


@pytest.mark.parametrize(
    "text", ["talks or freeze-tests", "not talks", "(talks and freeze-tests)", "(talks)", "talks if freeze-tests"]
)
def test_anything_but_a_set_is_refused(text: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse_goal(CASE, text)
    assert str(refused.value) == NO_SET.format(text)


def test_what_cannot_be_read_is_refused_with_what_was_expected() -> None:
    with pytest.raises(OptionError) as refused:
        parse_goal(CASE, "talks freeze-tests")
    assert str(refused.value) == NO_SET.format("talks freeze-tests") + (
        " (expected 'and', 'or', 'if', 'iff' or the end, found 'freeze-tests')"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("freeze-test", "unknown measure 'freeze-test' (did you mean 'freeze-tests'?)"),
        ("xyz", "unknown measure 'xyz' (detente show lists the measures of the case)"),
        ("relief", "'relief' has levels; name one of them: relief.50%, relief.100%"),
        (
            "xyz and freeze-test and xyz",
            "unknown measure 'xyz' (detente show lists the measures of the case); "
            "unknown measure 'freeze-test' (did you mean 'freeze-tests'?)",
        ),
    ],
)
def test_unknown_measures_are_all_named_with_the_nearest_match(text: str, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse_goal(CASE, text)
    assert str(refused.value) == message


def test_groups_are_split_at_spaces_and_commas() -> None:
    assert parse_groups(CASE, "--together", ["talks freeze-tests", "talks,relief.50%, relief.100%"]) == [
        ["talks", "freeze-tests"],
        ["talks", "relief.50%", "relief.100%"],
    ]
    assert parse_groups(CASE, "--together", None) == []


@pytest.mark.parametrize(
    ("text", "exactly", "message"),
    [
        ("talks", None, "--together 'talks' names 1 measures; it takes two or more, as in --together \"a b\""),
        ("a b c", 2, "--together 'a b c' names 3 measures; it takes two, as in --together \"a b\""),
        ("talks talk", None, "--together: unknown measure 'talk' (did you mean 'talks'?)"),
    ],
)
def test_wrong_groups_are_refused(text: str, exactly: int | None, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse_groups(CASE, "--together", [text], exactly=exactly)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GB", 4 * 2**30), ("1.5 gib", 3 * 2**29), ("500MB", 500 * 2**20), ("1k", 1024), ("2T", 2**41), ("77", 77)],
)
def test_memory_is_read_in_powers_of_1024(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "0", "4 GB RAM", "4XB"])
def test_other_amounts_are_refused(text: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse_memory(text)
    assert str(refused.value) == f"--memory '{text}' is no amount of memory; write one such as 4GB or 500MB"
