"""Patterns: the letters of one text looked for in another, in order or as a mere collection."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, text
from neuroglot.programs.forms import (
    both,
    branch,
    compose,
    count_up,
    each_letter,
    verdict,
)
from neuroglot.programs.reading import read

PAIRS = (("first", "second"), ("left", "right"), ("former", "latter"))


def count_pattern(rng: Generator) -> Exercise:
    """Where a pattern stands in a text: how often, first or last, or whether at all."""
    want = pick(rng, ("count", "count", "first", "last", "apart"))
    inner = count_up(
        rng,
        "if {text}[{i} + {j}] != {part}[{j}]:\n    {same} = False",
        counter="{j}",
        start="0",
        stop="len({part})",
    )
    with_flag = f"{{same}} = True\n{inner}\nif {{same}}:\n    {{then}}"
    matched = """\
{j} = 0
while {j} < len({part}) and {text}[{i} + {j}] == {part}[{j}]:
    {j} += 1
if {j} == len({part}):
    {then}"""
    count, first = "{found} += 1", "if {found} < 0:\n    {found} = {i}"
    then = {"count": count, "first": first, "last": "{found} = {i}", "apart": count}[want]
    early = want == "first" and chance(rng)
    frame = """
for {i} in range(len({text}) - len({part}) + 1):
    {body}
"""
    if want == "apart" or chance(rng):
        move = "{i} += 1"
        if want == "apart":
            move = "{i} += len({part})"
            with_flag += "\n    " + move + "\nelse:\n    {i} += 1"
            matched = matched.replace("{then}", "{then}\n    " + move) + "\nelse:\n    {i} += 1"
        frame = "\n{i} = 0\nwhile {i} + len({part}) <= len({text}):\n    {body}\n"
        frame += "" if want == "apart" else "    {i} += 1\n"
    start = "" if early else ("{found} = 0" if then == count else "{found} = -1")
    what = {
        "count": "the number of places at which `{part}` stands in `{text}`, overlaps included",
        "apart": "how often `{part}` stands in `{text}`, overlaps left out",
        "first": "the first index at which `{part}` stands in `{text}`, or -1",
        "last": "the last index at which `{part}` stands in `{text}`, or -1",
    }[want]
    source = compose(
        rng,
        """
def {entry}({text}: str, {part}: str) -> int:
    '''{what}

    {text}: the text to search
    {part}: what to look for, one letter or more
    '''
    {start}
    {frame}
    return {found}
""",
        roles={
            "text": ("text", "word", "phrase", "line"),
            "part": ("pattern", "part", "piece"),
            "found": "count" if then == count else ("found", "place_found", "where_found"),
            "i": ("i", "start", "place"),
            "j": ("j", "k", "step"),
            "same": ("same", "equal", "fits"),
        },
        what=what,
        start=start,
        frame=frame,
        body=pick(rng, (with_flag, matched)),
        then="return {i}" if early else then,
        **({"found": "-1"} if early else {}),
        entry=pick(
            rng,
            ("count_pattern", "count_parts") if then == count else ("find_pattern", "find_part"),
        ),
    )
    program = read(source, title=pick(rng, ("pattern_search", "text_searcher")))

    def draw(rng: Generator) -> tuple[str, str]:
        return text(rng, "aab"), text(rng, "aab", length=(1, 3))

    return Exercise(program, draw, (("", "a"), ("aaaa", "aa"), ("abab", "ab"), ("b", "ab")))


def hidden_text(rng: Generator) -> Exercise:
    """Whether one text's letters stand in another in order; or how many of them do."""
    counts, missing = chance(rng), chance(rng)
    by_letter = """
{n} = 0
{loop}
"""
    step = both(rng, "{n} < len({part})", "{letter} == {part}[{n}]", "{n} += 1")
    by_two = """
{n} = 0
{i} = 0
while {i} < len({text}) and {n} < len({part}):
    if {text}[{i}] == {part}[{n}]:
        {n} += 1
    {i} += 1
"""
    last = "{n} == len({part})"
    what = "whether all letters of `{part}` stand in `{text}` in their order, gaps allowed"
    if counts:
        last = "len({part}) - {n}" if missing else "{n}"
        what = "how many letters of `{part}`, taken in order, can{not} be found one after another"
        what = what.replace("{not}", "not" if missing else "") + " in `{text}`"
    loop = each_letter(rng, step)
    by_one = chance(rng)
    source = compose(
        rng,
        """
def {entry}({text}: str, {part}: str) -> {kind}:
    '''{what}

    {text}: the text to read
    {part}: the letters to find in it
    '''
    {steps}
    return {last}
""",
        roles={
            "text": "text",
            "letter": "letter",
            "part": ("hidden", "letters", "wanted"),
            "n": ("found", "reached", "used"),
        },
        kind="int" if counts else "bool",
        what=what,
        steps=by_letter if by_one else by_two,
        **({"loop": loop} if by_one else {}),
        last=last,
        entry=pick(
            rng, ("letters_found", "match_letters") if counts else ("contains_letters", "is_hidden")
        ),
    )
    program = read(source, title=pick(rng, ("letter_matcher", "hidden_word")))

    def draw(rng: Generator) -> tuple[str, str]:
        given = text(rng, "abcd", length=(0, 9))
        part = "".join(each for each in given if chance(rng))
        return given, part + (text(rng, "abcd", length=(1, 2)) if chance(rng) else "")

    return Exercise(program, draw, (("", ""), ("abc", "ac"), ("abc", "ca")))


SAME_LETTERS = """
def {entry}({a}: str, {b}: str) -> {kind}:
    '''{what}

    {a}: a word in small letters
    {b}: another word in small letters
    '''
    {tables}
    {before}
    {loop}
    {last}
"""


SAME_LETTERS_ONE_TABLE = """
{table} = [0] * 26
for {letter} in {a}:
    {table}[ord({letter}) - ord('a')] += 1
for {letter} in {b}:
    {table}[ord({letter}) - ord('a')] -= 1
"""


def same_letters(rng: Generator) -> Exercise:
    """Anagrams: a table of how often each small letter occurs, with a helper or without."""
    want = pick(rng, ("same", "distance", "contained", "shared"))
    parts = chance(rng)
    fill_table = each_letter(rng, "{counts}[ord({letter}) - ord('a')] += 1")
    helper = """
def {helper}({text}: str) -> list:
    '''how often each small letter occurs in `{text}`'''
    {counts} = [0] * 26
    {fill_table}
    return {counts}
"""
    two_tables = "{one} = {helper}({a})\n{two} = {helper}({b})\n"
    one, two = ("{one}[{k}]", "{two}[{k}]")
    if not parts:
        want = "same" if want in ("shared", "contained") else want
        one, two = ("{table}[{k}]", "0")
    loop, last = "", ""
    if want in ("same", "contained"):
        test = f"{one} != {two}" if want == "same" else f"{two} > {one}"
        before, body, last = verdict(rng, test, found=False)
    elif want == "shared":
        before, last = "{count} = 0", "return {count}"
        body = branch(
            rng, f"{one} < {two}", f"{one} >= {two}", f"{{count}} += {one}", f"{{count}} += {two}"
        )
    else:
        before, last = "{count} = 0", "return {count}"
        less = two + " - " + one if parts else "-" + one
        more = one + (" - " + two if parts else "")
        body = branch(
            rng, f"{one} > {two}", f"{one} <= {two}", f"{{count}} += {more}", f"{{count}} += {less}"
        )
        body = body.replace("+= -", "-= ")
    loop = count_up(rng, body, counter="{k}", start="0", stop="26")
    what = {
        "same": "whether `{a}` and `{b}` hold the same letters, each equally often",
        "contained": "whether `{b}` can be written with the letters of `{a}`, each used once",
        "distance": "how many letters to strike out of `{a}` and `{b}` to make them anagrams",
        "shared": "the number of letters that `{a}` and `{b}` share, repeated ones included",
    }[want]
    source = compose(
        rng,
        (helper if parts else "") + SAME_LETTERS,
        roles={
            "text": ("word", "letters", "given"),
            "letter": "letter",
            "counts": ("counts", "occurrences", "tallies"),
            "table": ("balance", "table", "differences"),
            "helper": ("count_letters", "letter_table", "letter_counts"),
            "one": ("first_counts", "first_table"),
            "two": ("second_counts", "second_table"),
            "k": ("k", "slot"),
            "count": ("total", "result"),
        },
        **dict(zip(("a", "b"), pick(rng, PAIRS), strict=True)),
        **({"fill_table": fill_table} if parts else {}),
        kind="bool" if want in ("same", "contained") else "int",
        what=what,
        tables=two_tables if parts else SAME_LETTERS_ONE_TABLE,
        before=before,
        loop=loop,
        last=last,
        entry={
            "same": "are_anagrams",
            "contained": "can_be_written",
            "distance": "anagram_distance",
            "shared": "shared_letters",
        }[want],
    )
    program = read(source, title=pick(rng, ("letter_inventory", "anagram_test")))

    def draw(rng: Generator) -> tuple[str, str]:
        word = text(rng, "abcz", length=(0, 6))
        other = "".join(sorted(word))[: pick(rng, (6, 6, 3))]
        return word, other + (text(rng, "abz", length=(0, 2)) if chance(rng) else "")

    return Exercise(program, draw, (("", ""), ("abc", "cab"), ("aab", "abb")))


ALGORITHMS = (
    Algorithm("count_pattern", "patterns", 3, count_pattern),
    Algorithm("hidden_text", "patterns", 2, hidden_text),
    Algorithm("same_letters", "patterns", 3, same_letters),
)
