"""Codes of the file, its YAML and its shape: D0xx and D1xx."""

from __future__ import annotations

from detente.casefile.explained_code import Code

FILE_CODES = (
    Code(
        "D001",
        "The file is too large",
        "A file of a case has at most 2 MB. It holds the model, not texts: these stay in `.texts/`.",
    ),
    Code("D002", "The file is no UTF-8", "Case files are text in UTF-8. Save the file in that encoding."),
    Code(
        "D003",
        "A character that no text has",
        "Control characters, NUL, lone carriage returns, line separators (U+2028, U+2029) and a byte order mark within "
        "the text are refused, because editors and programs disagree about what they are. In double quotes "
        "escapes can stand for separators and the mark, not for the others.",
    ),
    Code(
        "D004",
        "This is not YAML",
        "Most often a bracket or quote that is not closed, a tab as indentation, a line indented too much or too "
        "little, "
        "or a colon within a text without quotes.",
        "parties: {usa: {hazard: 0.01}",
    ),
    Code(
        "D005",
        "A text is too long",
        "One value has at most 64 kB. A missing closing quote makes the rest of the file one text.",
    ),
    Code(
        "D006",
        "Nested too deeply",
        "Collections stand inside each other at most 64 deep; nothing in a case file needs more than a few.",
        "name: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    ),
    Code(
        "D007",
        "Aliases stand for too much",
        "`*name` repeats the value marked `&name`. All aliases of a file together may stand for 10,000 nodes.",
    ),
    Code(
        "D008",
        "A tag",
        "`!` before a value says how a program is to load it. Case files have plain values only. A text that begins "
        "with "
        "an exclamation mark goes in quotes.",
        "name: !python/object:os.system x",
    ),
    Code(
        "D009",
        "A key is written twice",
        "Which of the two would count? Keep one.",
        "parties:\n  usa: {hazard: 0.01}\n  usa: {hazard: 0.02}",
    ),
    Code("D010", "The file is empty", "A case says at least `detente: 1`."),
    Code(
        "D011",
        "A second document",
        "A file holds one case. `---` within it begins another document.",
        "detente: 1\n---\ndetente: 1",
    ),
    Code(
        "D012",
        "A key that is no text",
        "Keys are ids, words and numbers. Lists, mappings, anchors and aliases cannot be keys, nor does `?` mark one.",
        "{a: 1}: 2",
    ),
    Code(
        "D013",
        "A directive",
        "Of the lines that begin with `%` only `%YAML 1.2` may stand.",
        "%YAML 1.1\n---\ndetente: 1",
    ),
    Code(
        "D014",
        "An alias stands for nothing",
        "`*name` repeats a value that is marked `&name` further up, and cannot stand within that value.",
        "parties: {usa: *superpower}",
    ),
    Code("D015", "Too many measures", "A case has at most 1,000 measures, each level of a graded one counted."),
    Code("D016", "A condition is too long", "A condition has at most 10 kB."),
    Code("D017", "Too many readings", "A case has at most 1,000 readings."),
    Code(
        "D101",
        "Unknown key",
        "The key may be misspelt, or stand one level too high or too low. The message lists the nearest key or all "
        "of them.",
        "parties:\n  usa: {hazrd: 0.01}",
    ),
    Code(
        "D102",
        "A key is missing",
        "Few keys are required: `detente` in a case; `by` in a measure; `members` and `quota` in a forum; `party`, "
        "`when` "
        "and `value` in a term; `stages` in a roadmap; `states` and `moves` in a graph, "
        "`by` and `moves` in its common moves; `title` of a document; "
        "`document` "
        "of a claim.",
        "measures:\n  freeze: {value: {usa: 1}}",
    ),
    Code(
        "D103",
        "A value of the wrong type",
        "For example a text where a number is expected, or a single id where a list is. `no` and `yes` are texts, "
        "truth "
        "values are `true` and `false`.",
        "parties:\n  usa: {hazard: low}",
    ),
    Code(
        "D104",
        "A number out of bounds",
        "Discount factors lie between 0 and 1, hazards from 0 to below 1, values of a breakdown are at most 0, "
        "costs and "
        "`deters` at least 0, periods whole numbers from 1. For a range the bounds hold for all three numbers.",
        "parties:\n  usa: {discount: 1.2}",
    ),
    Code(
        "D105",
        "No range",
        "A list of numbers is a range: lowest, most likely and highest value, in this order.",
        "parties:\n  usa: {hazard: [0.02, 0.01, 0.03]}",
    ),
    Code(
        "D106",
        "No finite number",
        "Infinity and NaN are no values that anybody could state, and of numbers beyond 1e12 in size the margins could "
        "not be told apart.",
        "parties:\n  usa: {hazard: .nan}",
    ),
    Code(
        "D107",
        "Not one of the words",
        "Some keys take one of a few words, which the message lists.",
        "measures:\n  freeze: {by: [usa], on-breakdown: revert}",
    ),
    Code(
        "D108",
        "A condition that cannot be read",
        "Conditions join ids of measures by `and`, `or`, `not`, `if`, `iff` and parentheses. `not` binds before `and`, "
        "`and` before `or`, then `if` and `iff` from left to right. At most 50 parentheses or `not` stand inside each "
        "other, and at most 50 `if` and `iff` in one condition.",
        "infeasible: [freeze and or talks]",
    ),
    Code(
        "D109",
        "Too few or too many entries",
        "A measure has at least one owner, a forum at least one member, a move two states, a graded measure a level.",
        "measures:\n  freeze: {by: []}",
    ),
    Code(
        "D110",
        "No whole number",
        "Periods, votes, seats and counts are whole numbers.",
        "measures:\n  freeze: {by: [usa], duration: 1.5}",
    ),
    Code("D111", "Another version of the format", "This program reads version 1: `detente: 1`.", "detente: 2"),
    Code(
        "D112",
        "Listed twice",
        "Lists of owners, members, measures and labels name each only once.",
        "formats:\n  bilateral: [usa, usa]",
    ),
    Code(
        "D113",
        "This cannot be an id",
        "Ids are letters of any script, digits, `-` and `_`; they begin with a letter and are none of `and`, `or`, "
        "`not`, "
        "`if`, `iff`, `best`, `none`.",
        "parties:\n  not: {}",
    ),
    Code(
        "D114",
        "This cannot name a level",
        "Labels of levels are letters, digits, `%`, `.`, `-` and `_`.",
        "measures:\n  relief: {by: [usa], levels: [half way, all]}",
    ),
    Code(
        "D115",
        "One of several keys",
        "An ordinal preference is stated in one way: `statements`, `ranking` or `ranks`.",
        "preferences:\n  usa: {statements: [freeze], ranks: [1, 2]}",
    ),
)
