"""How the planted English looks: prose about programs, in short paragraphs."""

STYLE = "prose"
PATH = "docs/$noun/$adj-$noun.md"
START = "# $title\n\n$unit"
MORE = "\n\n$unit"

GRAMMAR = {
    "title": (
        "The $adj $noun",
        "How $nouns are $verbed",
        "$Verbing the $noun",
        "A $noun for $nouns",
    ),
    "unit": (
        "$s $s $s",
        "$s $s $s $s",
        "$s $s $s $s $s",
        "$s $s\n\n- $bullet\n- $bullet\n- $bullet",
        "## $title\n\n$s $s $s",
    ),
    "bullet": (
        "the $adj $noun $verbs $nouns",
        "$verb the $noun before the $noun",
        "a $noun of $n $nouns",
        "every $adj $noun that is $verbed",
    ),
    "s": (
        "The $adj $noun $verbs each $noun before it $verbs the $noun.",
        "A $noun is $verbed only when its $noun is $adj.",
        "When a $noun arrives, the program $verbs it and $verbs the $adj $nouns.",
        "Most readers $verb the $noun first, because the $noun is $adj.",
        "There are $n $nouns in the $noun, and each of them $verbs a $noun.",
        "It was $verbed by a $adj $noun that had been $verbed twice.",
        "This is why the $nouns are $verbed at the end of every $noun.",
        "If the $noun is $adj, then it must be $verbed again.",
        "Between the $noun and the $noun, a $adj $noun $verbs what was $verbed.",
        "Authors of the library often $verb the $nouns with a $adj $noun.",
        "An older version $verbed these $nouns, so the $noun stayed $adj.",
        "They are $verbed slowly, to keep the $noun $adj.",
        "Nobody $verbs a $noun on $n servers, which is $adj and $adj.",
        "$Verbing a $adj $noun takes the program about $k steps.",
        "For each $noun the routine $verbs its $noun and then $verbs the rest.",
        "To $verb a $noun, call `$call` and wait for the $noun.",
        "The $nouns that were $verbed yesterday are $adj, but the $noun is not.",
    ),
    "call": ("$verb_$noun", "$verb($noun)", "$noun.$verb"),
}
