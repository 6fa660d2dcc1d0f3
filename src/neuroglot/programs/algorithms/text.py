"""Text: the words of a sentence counted, measured, abbreviated."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, text, whole
from neuroglot.programs.forms import (
    both,
    branch,
    compose,
    each_letter,
    each_place,
    inside,
)
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

MARKS = ((" ", "spaces"), (" ", "spaces"), ("-", "hyphens"), ("/", "slashes"), ("_", "underscores"))
TEXT: Roles = {
    "text": ("text", "line", "phrase", "title"),
    "letter": "letter",
    "result": "result text",
    "i": ("i", "place", "spot"),
    "inside": ("in_word", "within", "started"),
    "size": ("size", "run", "letters"),
    "here": ("at_edge", "at_border", "on_edge"),
    "start": ("start", "head", "first"),
}
CORNERS = (("",), ("-a bc_/d",))


def some_words(rng: Generator, mark: str) -> str:
    """Words of small letters with the mark between them, sometimes twice or at an end."""
    return text(rng, "abcde" + mark * 2, length=(0, 14))


def first_letters(rng: Generator, mark: str, body: str, *, last: bool) -> str:
    """A loop that runs a body for the first, or the last, `{letter}` of every word."""
    if last:
        test = f"{{i}} + 1 == len({{text}}) or {{text}}[{{i}} + 1] == '{mark}'"
    else:
        test = f"{{i}} == 0 or {{text}}[{{i}} - 1] == '{mark}'"
    nested = inside(f"if {{letter}} != '{mark}':\n    if {test}:\n        {{body}}", body)
    named = inside(
        f"{{here}} = {test}\nif {{here}} and {{letter}} != '{mark}':\n    {{body}}", body
    )
    by_place = "{letter} = {text}[{i}]\n" + pick(rng, (nested, named))
    flagged = f"""\
if {{letter}} == '{mark}':
    {{inside}} = False
else:
    if not {{inside}}:
        {{body}}
    {{inside}} = True"""
    shorter = f"""\
if {{letter}} == '{mark}':
    {{inside}} = False
elif not {{inside}}:
    {{inside}} = True
    {{body}}"""
    if last or chance(rng):
        return each_place(rng, by_place, of="{text}")
    with_flag = inside(pick(rng, (flagged, shorter)), body)
    return "{inside} = False\n" + each_letter(rng, with_flag)


def count_words(rng: Generator) -> Exercise:
    """The number of words, or of those that begin or end with one half of the alphabet."""
    (mark, marks), last, middle = pick(rng, MARKS), chance(rng), pick(rng, "bcd")
    relation, side = pick(rng, (("<=", "up to"), (">=", "from"), ("", ""), ("", "")))
    step = "{count} += 1"
    if relation:
        step = f"if {{letter}} {relation} '{middle}':\n    {step}"
    which = f" that {'end' if last else 'begin'} with a letter {side} {middle}" if relation else ""
    which += " on" if relation == ">=" else ""
    uses_letter = first_letters(rng, mark, step, last=last)
    source = compose(
        rng,
        """
def {entry}({text}: str) -> int:
    '''the number of words separated by {marks} in `{text}`{which}

    {text}: words separated by {marks}
    '''
    {count} = 0
    {loop}
    return {count}
""",
        roles={**TEXT, "count": "count"},
        which=which,
        marks=marks,
        loop=uses_letter,
        entry=pick(rng, ("count_words", "number_of_words", "word_count")),
    )
    program = read(source, title=pick(rng, ("word_counter", "sentence_reader")))
    return Exercise(program, lambda rng: (some_words(rng, mark),), CORNERS)


def join_initials(rng: Generator) -> Exercise:
    """The first letters of all words, or the last, as they are or as capitals."""
    (mark, marks), last = pick(rng, MARKS), chance(rng)
    capital, point = chance(rng), pick(rng, ("", "", ".", "*"))
    piece = "chr(ord({letter}) - ord('a') + ord('A'))" if capital else "{letter}"
    step = f"{{result}} += {piece}" + (f"\n{{result}} += '{point}'" if point else "")
    name = {".": "a full stop", "*": "a star", "": ""}[point]
    source = compose(
        rng,
        """
def {entry}({text}: str) -> str:
    '''the {which} letters of the words separated by {marks} in `{text}`{how}

    {text}: words of small letters, separated by {marks}
    '''
    {result} = ""
    {loop}
    return {result}
""",
        roles=TEXT,
        which="last" if last else "first",
        how=(" as capitals" if capital else "") + (f", each followed by {name}" if point else ""),
        marks=marks,
        loop=first_letters(rng, mark, step, last=last),
        entry=pick(
            rng, ("last_letters", "word_endings") if last else ("join_initials", "acronym_of")
        ),
    )
    program = read(source, title=pick(rng, ("initials_maker", "acronym_builder")))
    return Exercise(program, lambda rng: (some_words(rng, mark),), (("",),))


def word_sizes(rng: Generator) -> Exercise:
    """The lengths of words: the longest, how many reach a limit, or all of them as a list."""
    (mark, marks), limit = pick(rng, MARKS), whole(rng, 2, 4)
    relation, side = pick(rng, ((">=", "at least "), ("==", "exactly "), ("<=", "at most ")))
    want = pick(rng, ("longest", "some", "all", "squares"))
    counted = both(rng, "{size} > 0", f"{{size}} {relation} {limit}", "{result} += 1")
    step = {
        "longest": "if {size} > {result}:\n    {result} = {size}",
        "some": counted
        if relation == "<="
        else f"if {{size}} {relation} {limit}:\n    {{result}} += 1",
        "all": "if {size} > 0:\n    {result}.append({size})",
        "squares": "{result} += {size} * {size}",
    }[want]
    words = f"words separated by {marks} in `{{text}}`"
    purpose = {
        "longest": f"the length of the longest of the {words}",
        "some": f"the number of {words} that have {side}{limit} letters",
        "all": f"the lengths of the {words}",
        "squares": f"the sum of the squares of the lengths of the {words}",
    }[want]
    grow, close = "{size} += 1", f"{step}\n{{size}} = 0"
    is_mark, is_letter = f"{{letter}} == '{mark}'", f"{{letter}} != '{mark}'"
    by_letter = (
        "{size} = 0\n"
        + each_letter(rng, branch(rng, is_letter, is_mark, grow, close))
        + "\n"
        + step
    )
    past = f"{{i}} == len({{text}}) or {{text}}[{{i}}] == '{mark}'"
    measured = inside(f"if {past}:\n    {{body}}\nelse:\n    {grow}", close)
    to_end = "{size} = 0\n" + inside("for {i} in range(len({text}) + 1):\n    {body}", measured)
    nested = inside(
        f"""\
{{i}} = 0
while {{i}} < len({{text}}):
    {{size}} = 0
    while {{i}} + {{size}} < len({{text}}) and {{text}}[{{i}} + {{size}}] != '{mark}':
        {{size}} += 1
    {{body}}
    {{i}} += {{size}} + 1""",
        step,
    )
    source = compose(
        rng,
        """
def {entry}({text}: str) -> {kind}:
    '''{purpose}

    {text}: words separated by {marks}
    '''
    {result} = {empty}
    {steps}
    return {result}
""",
        roles={
            **TEXT,
            "text": ("text", "line", "phrase"),
            "i": ("i", "at", "spot"),
            "result": ("result", "found", "answer"),
        },
        kind="list" if want == "all" else "int",
        empty="[]" if want == "all" else 0,
        purpose=purpose,
        marks=marks,
        steps=pick(rng, (by_letter, to_end, nested)),
        entry={
            "longest": "longest_word",
            "some": "count_some_words",
            "all": "word_sizes",
            "squares": "sum_of_squares",
        }[want],
    )
    program = read(source, title=pick(rng, ("word_measure", "sentence_scale")))
    return Exercise(program, lambda rng: (some_words(rng, mark),), (("",), (f"ab{mark}{mark}c",)))


ALGORITHMS = (
    Algorithm("count_words", "text", 2, count_words),
    Algorithm("join_initials", "text", 2, join_initials),
    Algorithm("word_sizes", "text", 3, word_sizes),
)
