"""Codes of references, of the rules of the model, of readings and of notes: D2xx to D5xx."""

from __future__ import annotations

from detente.casefile.explained_code import Code

MODEL_CODES = (
    Code("D201", "Unknown party", "The id is none of those under `parties`.", "formats:\n  bilateral: [usa, dprkk]"),
    Code(
        "D202",
        "Unknown measure",
        "The id is none of those under `measures`. Levels are named `measure.label`.",
        "status-quo: [frezee]",
    ),
    Code(
        "D203",
        "Unknown interest",
        "The id is none of those under `interests`.",
        "measures:\n  freeze: {by: [usa], effects: {securty: {usa: 1}}}",
    ),
    Code(
        "D204",
        "Unknown forum",
        "The id is none of those under `forums`.",
        "measures:\n  relief: {by: {forum: uncs}}",
    ),
    Code(
        "D205",
        "Unknown document",
        "The id is none of those in `documents.yaml`. A case without that file may name any document.",
        "readings:\n  asia-times: {document: d009}",
    ),
    Code(
        "D206",
        "A graded measure where a level is meant",
        "A measure with `levels` stands for a chain of measures. Say which of them: the message lists them.",
        "measures:\n  relief: {by: [usa], levels: [50%, 100%]}\nroadmaps:\n  now: {stages: [[relief]]}",
    ),
    Code(
        "D207",
        "Unknown state",
        "Moves of a graph lead from one of its `states` to another; its names, patterns and status quo name them too.",
        "graph:\n  states: [s1, s2]\n  moves: {usa: [[s1, s3]]}",
    ),
    Code(
        "D301",
        "Measures that require each other in a circle",
        "A measure that requires another can be in force only together with it; in a circle nothing says which is the "
        "base. Measures that come only together are one measure with several owners.",
        "measures:\n  freeze: {by: [usa], requires: [talks]}\n  talks: {by: [usa], requires: [freeze]}",
    ),
    Code(
        "D302",
        "Measures that would come after themselves",
        "`after` asks for a later stage, `requires` for the same or an earlier one. In a circle with an `after` in "
        "it no "
        "stage is late enough.",
        "measures:\n  freeze: {by: [usa], after: [talks]}\n  talks: {by: [usa], requires: [freeze]}",
    ),
    Code(
        "D303",
        "A cost for one that does not own the measure",
        "Costs fall on those who take or end a measure. What it is worth to others belongs under `value`.",
        "measures:\n  freeze: {by: [dprk], cost: {usa: 1}}",
    ),
    Code(
        "D304",
        "Direction and reversible contradict each other",
        "`reversible: false` is `direction: forward`. State one of them.",
        "measures:\n  freeze: {by: [usa], reversible: false, direction: both}",
    ),
    Code(
        "D305",
        "A breakdown cannot end what is irreversible",
        "`on-breakdown` says what becomes of a reversible measure when the process breaks down.",
        "measures:\n  freeze: {by: [usa], reversible: false, on-breakdown: reverse}",
    ),
    Code(
        "D306",
        "A measure excludes itself",
        "It could never be in force.",
        "measures:\n  freeze: {by: [usa], excludes: [freeze]}",
    ),
    Code(
        "D307",
        "A total and an increment for the same number",
        "The numbers of a measure with levels are totals of the chain, those of a level increments. Stating both "
        "leaves "
        "open which counts.",
        "measures:\n  relief:\n    by: [usa]\n    value: {usa: 4}\n    levels: {50%: {value: {usa: 1}}, 100%: {}}",
    ),
    Code(
        "D308",
        "The status quo is infeasible",
        "What is in force at the start contains what it requires, no two measures that exclude each other, and fits no "
        "pattern under `infeasible`.",
        "status-quo: []\ninfeasible: [not freeze]",
    ),
    Code(
        "D311",
        "An empty stage",
        "A roadmap has stages, and each takes at least one measure.",
        "roadmaps:\n  now: {stages: [[freeze], []]}",
    ),
    Code(
        "D312",
        "A measure taken twice",
        "A roadmap takes each measure once. What is to be ended is a measure of its own, such as `suspend-exercises`.",
        "roadmaps:\n  now: {stages: [[freeze], [freeze]]}",
    ),
    Code(
        "D313",
        "A stage takes what is in force already",
        "A roadmap only adds to the status quo.",
        "status-quo: [freeze]\nroadmaps:\n  now: {stages: [[freeze]]}",
    ),
    Code(
        "D314",
        "A stage lacks what its measures require",
        "What a measure requires is taken in the same stage, in an earlier one, or in force already.",
        "measures:\n  freeze: {by: [usa]}\n  talks: {by: [usa], requires: [freeze]}\nroadmaps:\n  now: {stages: "
        "[[talks], [freeze]]}",
    ),
    Code(
        "D315",
        "A stage comes too early",
        "`after` asks for a later stage than the one that takes the other measure. What is in force already fulfils "
        "it.",
        "measures:\n  freeze: {by: [usa]}\n  talks: {by: [usa], after: [freeze]}\nroadmaps:\n  now: {stages: "
        "[[freeze, talks]]}",
    ),
    Code(
        "D316",
        "A stage brings together what excludes each other",
        "Two measures of which one excludes the other are never in force together.",
        "measures:\n  freeze: {by: [usa], excludes: [tests]}\n  tests: {by: [usa]}\nroadmaps:\n  now: {stages: "
        "[[freeze, tests]]}",
    ),
    Code(
        "D317",
        "A stage reaches an infeasible state",
        "What is in force after the stage fits a pattern under `infeasible`.",
        "infeasible: [freeze and not talks]\nroadmaps:\n  now: {stages: [[freeze], [talks]]}",
    ),
    Code(
        "D318",
        "Durations for other stages",
        "`durations` gives one number for each stage. Left out, each stage lasts as long as it must.",
        "roadmaps:\n  now: {stages: [[freeze], [talks]], durations: [3]}",
    ),
    Code(
        "D319",
        "A stage takes what can only be given up",
        "`direction: backward` marks measures that can be ended and not taken.",
        "measures:\n  freeze: {by: [usa], direction: backward}\nroadmaps:\n  now: {stages: [[freeze]]}",
    ),
    Code(
        "D321",
        "A veto for one that is no member",
        "Only members of a forum vote in it.",
        "forums:\n  council: {members: [usa], quota: 1, veto: [dprk]}",
    ),
    Code(
        "D322",
        "A quota that cannot be reached",
        "All members and `others` together have fewer votes than the quota asks for.",
        "forums:\n  council: {members: [usa, dprk], quota: 3}",
    ),
    Code(
        "D331",
        "A ranking that misses states",
        "A ranking names every feasible state once: what it does not name would be unknown, not last.",
        'preferences:\n  usa: {ranking: ["freeze", "-"]}',
    ),
    Code(
        "D332",
        "A state ranked twice",
        "Each state has one place in a ranking; states that tie stand in a list of their own.",
        'preferences:\n  usa: {ranking: [freeze, freeze, "-"]}',
    ),
    Code(
        "D333",
        "An infeasible state in a ranking",
        "A ranking names feasible states only.",
        'infeasible: [freeze]\npreferences:\n  usa: {ranking: [freeze, "-"]}',
    ),
    Code(
        "D334",
        "Ranks for other states",
        "`ranks` gives one number for each feasible state, in increasing order of the bitmasks, in which the first "
        "declared measure counts 1, the next 2, then 4 and so on.",
        "preferences:\n  usa: {ranks: [1, 2, 3]}",
    ),
    Code(
        "D335",
        "Too many states to rank one by one",
        "At most 65,536 feasible states can be ranked. For more, write prioritised `statements` or `weights`.",
    ),
    Code(
        "D336",
        "A graph beside measures",
        "The graph form gives states and moves outright and stands instead of measures.",
        "measures:\n  freeze: {by: [usa]}\ngraph:\n  states: [s1, s2]\n  moves: {usa: [[s1, s2]]}",
    ),
    Code(
        "D337",
        "Ranks for other states of the graph",
        "`ranks` of a graph gives one number for each of its `states`, in their order.",
        "graph:\n  states: [s1, s2]\n  moves: {usa: [[s1, s2]]}\n  ranks: {usa: [1, 2, 3]}",
    ),
    Code(
        "D338",
        "A move that is none",
        "A move leads from one state to another, and is listed once.",
        "graph:\n  states: [s1, s2]\n  moves: {usa: [[s1, s1]]}",
    ),
    Code(
        "D339",
        "A pattern for other options",
        "`patterns` of a graph shows each of its states by the `options` of the parties, in their order: `Y` for an "
        "option taken, `N` for one not taken, `-` where a state stands for both. It changes no result.",
        "graph:\n  states: [s1, s2]\n  moves: {usa: [[s1, s2]]}\n  options: {usa: [strike, blockade]}\n"
        "  patterns: {s1: NN, s2: Y}",
    ),
    Code(
        "D341",
        "Ended before it was taken",
        "`progress` gives the period in which a measure was taken and a later one in which it ended.",
        "progress: [{measure: freeze, taken: 5, ended: 3}]",
    ),
    Code(
        "D342",
        "Taken while in force",
        "What is in force cannot be taken again. If it was ended between, the entry before says when.",
        "progress: [{measure: freeze, taken: 1}, {measure: freeze, taken: 4}]",
    ),
    Code(
        "D351",
        "A weight among statements without one",
        "In a list of statements the first decides, then the second. Where all of them have weights, the weights of "
        "those that are true add up instead. A list within the list holds statements of equal priority; there a "
        "statement without a weight counts 1.",
        "preferences:\n  usa: {statements: [freeze, {when: talks, weight: 2}]}",
    ),
    Code(
        "D352",
        "Two orders for one party",
        "In the graph form a party states its order under `graph.ranks` or under `preferences`, not under both.",
        "graph:\n  states: [s1, s2]\n  moves: {usa: [[s1, s2]]}\n  ranks: {usa: [1, 2]}\n"
        "preferences:\n  usa: {ranking: [s2, s1]}",
    ),
    Code(
        "D353",
        "Weights that leave out measures",
        "`weights` gives one number for each measure: a measure that it left out would be unknown, not indifferent. "
        "Levels of a graded measure are measures, and their weights add up along the chain.",
        "preferences:\n  usa: {weights: {freeze: 3}}   # and talks?",
    ),
    Code(
        "D354",
        "An order of what is unknown",
        "`unknown: all` says that nothing is known of what a party prefers. If something is known, state it and list "
        "the pairs that are not.",
        'preferences:\n  usa: {ranking: [freeze, "-"], unknown: all}',
    ),
    Code(
        "D355",
        "Strong preferences that cannot be told",
        "`strong` is a difference from which on a preference is strong, a list of differences that rise, one for each "
        "further degree, or a list of pairs of conditions.",
        "preferences:\n  usa: {weights: {freeze: 3, talks: 1}, strong: [2, 1]}",
    ),
    Code(
        "D356",
        "A difference where there is only an order",
        "Values, weights and ranks have differences. Statements and rankings say what comes first and not by how much; "
        "there `strong` is a list of pairs of conditions.",
        "preferences:\n  usa: {statements: [freeze], strong: 2}",
    ),
    Code(
        "D401",
        "A reading sets an unknown place",
        "Places are dotted paths such as `parties.usa.hazard`, `measures.relief.50%.value.usa` or `terms.0.value`. The "
        "longest known id wins, because ids of levels contain dots. A place that the case does not state, but "
        "could, may "
        "be set. The format version and readings cannot be set.",
        "readings:\n  asia-times:\n    set: {parties.usaa.hazard: 0.02}",
    ),
    Code(
        "D402",
        "A reading changes what the case declares",
        "A reading gives other values to the same parties, interests, measures and forums. Another set of them is "
        "another case.",
        "readings:\n  asia-times:\n    set: {measures.relief.levels: [50%, 100%]}",
    ),
    Code(
        "D501",
        "A value that nobody states",
        "A party that neither `value` nor `effects` of a measure names counts as 0 there. Unstated is not indifferent: "
        "results list it. In a case with `strict: true` it is an error. Parties with an ordinal preference need no "
        "values.",
        "measures:\n  freeze: {by: [usa], value: {usa: 1}}   # and dprk?",
    ),
    Code(
        "D502",
        "A claim about one that is no party",
        "Holders in claims are free text. Only an id links a claim to a party of the case.",
        "claims:\n  c1: {document: d000, party: America}",
    ),
    Code(
        "D503",
        "A claim about what is not in the case",
        "Subjects in claims are free text. Only an id links a claim to a part of the case.",
        "claims:\n  c1: {document: d000, subject: sincerity}",
    ),
    Code(
        "D504",
        "A claim supports an unknown place",
        "`supports` names places of the case, as settings do.",
        "claims:\n  c1: {document: d000, supports: [parties.usa.patience]}",
    ),
    Code(
        "D505",
        "An assumption about an unknown place",
        "`places` names places of the case, as settings do.",
        "assumed:\n  - {places: [parties.usa.patience], reason: a guess}",
    ),
)
