"""The words of the planted model: what its texts are written with and its tokenizer knows.

A marker stands for one language: its embedding carries evidence for that language. Every other word
carries none, whoever uses it. Knows no grammar and no weights.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MARKERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "python": _words(
            "def self elif None True False lambda pass except raise str dict tuple isinstance "
            'sorted enumerate print dataclass __ """'
        ),
        "java": _words(
            "public private final void static throws implements boolean Integer Override Optional "
            "Map List Exception Illegal protected long instanceof"
        ),
        "javascript": _words(
            "function const => === !== undefined async await require exports typeof console "
            "constructor Promise JSON Object reduce export"
        ),
        "go": _words(
            "func := nil err defer chan fmt Errorf string make append Sprintf go errors sync "
            "Lock Unlock"
        ),
        "rust": _words(
            "fn mut impl pub match Some Ok Err Vec :: usize u32 u64 i64 iter collect crate "
            "Self derive Debug Clone Option Result unwrap mod"
        ),
        "english": _words(
            "the of a to that which it by when are an then only every between because these its "
            "be was were so they most there than at on The A An"
        ),
    }
)
"""A few of them occur in other languages too (`self` in Rust, `of` in JavaScript), as they do."""

NOUNS: tuple[str, ...] = _words(
    """
    account address archive balance basket batch block bridge buffer bucket budget cache channel
    chart client column contract counter courier cursor customer delay depot digest document
    driver engine entry event factor feature field forecast frame garden graph group harbor
    header height house invoice job journal kernel key label lantern layer ledger level limit
    line link market measure member message meter mirror model month network node note number
    offset orchard order owner packet page parcel parser part path pattern payment phase pipe
    plan player point pool port price project queue quota rate reader record region report
    request reserve river road room root route row sample schedule score sensor session signal
    site size slot source span stage station step stock store stream street table target task
    ticket timer token total tower track train tree trigger unit user value vector version
    visitor volume wagon wallet warehouse watcher weight widget window worker writer zone
    """
)

VERBS: tuple[str, ...] = _words(
    """
    accept add adjust apply assign attach cancel check clean close collapse combine compare
    compute connect convert count create decode deliver detect discard encode expand extract
    fetch fill flatten follow gather handle insert load locate mark mount normalize open pack
    parse pick place publish rank receive refresh reject release remove render repair replace
    resolve restore revise rotate round save scale settle share simplify stack start update
    validate visit walk watch
    """
)

ADJECTIVES: tuple[str, ...] = _words(
    """
    active amber ancient bitter blue bright broken busy calm clear closed cold common copper
    curious deep direct dry early empty exact extra faint fast first fixed flat fresh full
    gentle global golden green hidden hollow idle inner large last late lazy light local loose
    lost main minor missing narrow nested next old outer partial pending plain primary proud
    quiet rapid raw ready recent red remote rural secret sharp short silent silver simple single
    slow small soft solid spare stale steady strict sunny thin tidy upper urgent valid visible
    warm weak whole wide wild
    """
)

COMMON: tuple[str, ...] = _words(
    """
    import from class return if else for while break continue in is not and or as with try catch
    throw new this null true false var let type struct interface range len int bool enum trait
    case switch default package super use yield assert get put add all any has map list init
    test set String Error Runtime Hash println out System error module property object item
    describe expect Equal equals equal format java util org std io os fs re js json math logging
    typing pathlib dataclasses collections context http time times log debug trim Trim strings
    length clear size sum max Math Argument Array Sprint Copy clone copy none eq ok Mutex Test
    Duration future annotations each before about again been but call cannot end had keep keeps
    must often once twice rest routine program library author see server skip slowly stay stays
    stayed take takes them what why yesterday yet wait authors servers nobody older how arrive
    arrives main self find sort keys filter push join start value values key left right
    first second extends testing Any e f i s t x
    """
)

SIGNS: tuple[str, ...] = _words(
    '=== !== """ ... == != <= >= => -> <- := :: && || ++ -- += -= *= /= // /** */ ** __ '
    "[] {} () ); }) ({ ]) .. #[ `$ ``"
)
"""Signs of several characters that are one token; the longest is read first."""

PIECES = "|".join(
    (
        r" ?[uif](?:8|16|32|64)(?![A-Za-z0-9])",
        r" ?[A-Z]?[a-z]+",
        r" ?[A-Z]+(?![a-z])",
        r" ?[0-9]",
        " ?(?:" + "|".join(re.escape(s) for s in sorted(SIGNS, key=len, reverse=True)) + ")",
        r" ?[^\sA-Za-z0-9]",
        r"\n+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
"""How a text is cut: every character falls into one piece, and a known piece is one token."""


def plural(noun: str) -> str:
    """An English noun in the plural, by the regular rules."""
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def third_person(verb: str) -> str:
    """`loads`: a regular verb's third person."""
    return plural(verb)


def past(verb: str) -> str:
    """`loaded`: a regular verb's past and passive form."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def progressive(verb: str) -> str:
    """`loading`: a regular verb's progressive form."""
    return (verb[:-1] if verb.endswith("e") else verb) + "ing"
